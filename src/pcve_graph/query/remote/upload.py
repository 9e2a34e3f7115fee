"""Upload of the graph to a SPARQL 1.1 server, all or nothing.

The triples are loaded into staging graphs and counted. Then a single update makes the published
graphs equal to the staging graphs: it deletes outdated triples and inserts new ones. The update is
idempotent, so it can be repeated after a lost response. A server that runs it as one transaction
(Oxigraph, Jena, RDF4J) has either the old graphs or the new ones. Virtuoso commits each operation:
while it runs, readers may see a mixture, which remains after a crash until the next upload. Before
that update the published graphs are unchanged on every server. Concurrent uploads to one server are
not supported.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ...graph.store import StoredGraph
from ...model.namespaces import BASE
from ...model.namespaces import graph_iri as graph
from ...model.terms import NTriple, from_iri
from .endpoint import Endpoint
from .messages import EndpointError

BATCH: Final = 5_000
"""The most triples in one request to a graph store."""
UPDATE_BATCH: Final = 500
"""The most triples in one update: Virtuoso translates it to SQL of at most 10,000 lines."""
GRAPH_ORDER: Final = ("ontology", "vocabulary", "catalog", "evidence", "facts")
"""The order in which graphs are loaded and replaced: evidence comes before the facts."""

Progress = Callable[[str, int, int], None]
"""Called with the name of a graph, the number of triples loaded and their total."""


@dataclass(frozen=True, slots=True)
class UploadPlan:
    """The effect of an upload: numbers of triples by graph, in the build and on the server.

    `left` counts the triples of a failed upload in the staging graphs.
    """

    new: dict[str, int]
    old: dict[str, int]
    staged: dict[str, int]


def staging_graph(name: str) -> str:
    """The IRI of the staging graph of the graph `name`."""
    return f"{BASE}graph/staging/{name}"


def plan_upload(endpoint: Endpoint, saved: StoredGraph) -> UploadPlan:
    """The effect of an upload of `saved`; nothing is written. Raises EndpointError."""
    return UploadPlan(
        {name: len(saved.lines(name)) for name in GRAPH_ORDER},
        {name: endpoint.count(graph(name)) for name in GRAPH_ORDER},
        {name: endpoint.count(staging_graph(name)) for name in GRAPH_ORDER},
    )


def upload_graph(endpoint: Endpoint, saved: StoredGraph, progress: Progress) -> UploadPlan:
    """Replace the graphs on the server by those of `saved`; returns the plan carried out.

    Raises EndpointError, whose message states what the server then contains.
    """
    executed = plan_upload(endpoint, saved)
    try:
        endpoint.update(_drop_staging())
        for name in GRAPH_ORDER:
            _load(endpoint, name, saved.lines(name), progress)
        _verify(endpoint, executed.new, staging_graph)
    except (EndpointError, KeyboardInterrupt) as error:
        cause = str(error) or "stopped"
        unchanged = "the published graphs are unchanged"
        raise EndpointError(
            f"{cause}; {unchanged}; {_clear_staging(endpoint)}; publish again"
        ) from None
    try:
        endpoint.update(_replace_graphs())
        _verify(endpoint, executed.new, graph)
    except EndpointError as error:
        raise EndpointError(f"{error}; {_partial_state(endpoint)}; publish again") from None
    _clear_staging(endpoint)
    return executed


def commits_in_parts(endpoint: Endpoint) -> bool:
    """Whether the server commits each operation of an update separately, as Virtuoso does."""
    return "virtuoso" in endpoint.server.lower()


def _load(endpoint: Endpoint, name: str, lines: list[NTriple], progress: Progress) -> None:
    done = 0
    while done < len(lines):
        progress(name, done, len(lines))
        batch = lines[done : done + (BATCH if endpoint.addresses.store else UPDATE_BATCH)]
        endpoint.load(staging_graph(name), batch)
        done += len(batch)


def _verify(endpoint: Endpoint, new: dict[str, int], graph_iri: Callable[[str], str]) -> None:
    counts = {name: endpoint.count(graph_iri(name)) for name in new}
    wrong = [
        f"{graph_iri(name)} has {counts[name]:,} triples instead of {number:,}"
        for name, number in new.items()
        if counts[name] != number
    ]
    if wrong:
        raise EndpointError("; ".join(wrong))


def _drop_staging() -> str:
    return " ;\n".join(f"DROP SILENT GRAPH {from_iri(staging_graph(name))}" for name in GRAPH_ORDER)


def _replace_graphs() -> str:
    """An update that makes each graph equal to its staging graph."""
    operations = []
    for name in GRAPH_ORDER:
        target, staged = (
            f"GRAPH {from_iri(iri(name))} {{ ?s ?p ?o }}" for iri in (graph, staging_graph)
        )
        operations += [
            f"DELETE {{ {target} }} WHERE {{ {target} FILTER NOT EXISTS {{ {staged} }} }}",
            f"INSERT {{ {target} }} WHERE {{ {staged} FILTER NOT EXISTS {{ {target} }} }}",
        ]
    return " ;\n".join(operations)


def _clear_staging(endpoint: Endpoint) -> str:
    """Drop the staging graphs if the server responds; returns a message on the outcome."""
    with contextlib.suppress(EndpointError):
        endpoint.update(_drop_staging())
        return "the staging graphs have been removed"
    return f"the staging graphs remain under {staging_graph('')} until the next upload"


def _partial_state(endpoint: Endpoint) -> str:
    if commits_in_parts(endpoint):
        return "this server commits in parts, so its graphs may be a mixture of old and new"
    return "a server with transactions has either all of the old graphs or all of the new ones"
