"""The graph into a SPARQL 1.1 server, all or nothing.

All is loaded under other names first and counted. Then one request makes the graphs that people ask
equal to those: it takes away what is no longer so and adds what is new. Asked twice, it does the
same, so a lost answer does no harm. A server that runs a request as one transaction (Oxigraph,
Jena, RDF4J) shows the old graphs or the new ones, never some of each. Virtuoso commits operation
by operation: readers may see, while it runs, some of each; and if it dies in that moment, the
graphs stay so until they are published again. Before that request nothing that people ask has
changed, on any server. Two people do not publish into one server at the same time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ...graph.store import Saved
from ...model.namespaces import BASE, graph
from .endpoint import Endpoint
from .messages import EndpointError

BATCH: Final = 5_000
"""Triples in one request to a graph store."""
UPDATE_BATCH: Final = 500
"""Triples in one update: Virtuoso makes SQL of it, of 10,000 lines at most."""
ORDER: Final = ("ontology", "vocabulary", "catalog", "evidence", "facts")
"""In which the graphs are loaded and replaced: what a fact rests on comes before it."""

Progress = Callable[[str, int, int], None]
"""Told of a graph's name, the triples of it that are loaded, and how many it has."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What publishing would do: triples by graph, of the build and on the server.

    `left` counts what an earlier publishing that failed has left under the staging names.
    """

    new: dict[str, int]
    old: dict[str, int]
    left: dict[str, int]


def staging(name: str) -> str:
    """The IRI under which the graph `name` is loaded before the old one gives way."""
    return f"{BASE}graph/staging/{name}"


def plan(endpoint: Endpoint, saved: Saved) -> Plan:
    """What publishing `saved` would do; nothing is written. Raises EndpointError."""
    return Plan(
        {name: len(saved.lines(name)) for name in ORDER},
        {name: endpoint.count(graph(name)) for name in ORDER},
        {name: endpoint.count(staging(name)) for name in ORDER},
    )


def publish(endpoint: Endpoint, saved: Saved, progress: Progress) -> Plan:
    """Load `saved` into the server in place of what it has under the same names.

    Returns the plan that was carried out. Raises EndpointError, which says what the server holds.
    """
    replacement = plan(endpoint, saved)
    try:
        endpoint.update(_dropped())
        for name in ORDER:
            _load(endpoint, name, saved.lines(name), progress)
        _verify(endpoint, replacement.new, staging)
    except (EndpointError, KeyboardInterrupt) as error:
        cause = str(error) or "stopped"
        same = "the graphs that people ask are as they were"
        raise EndpointError(f"{cause}; {same}; {_cleared(endpoint)}; publish again") from None
    try:
        endpoint.update(_replaced())
        _verify(endpoint, replacement.new, graph)
    except EndpointError as error:
        raise EndpointError(f"{error}; {_in_between(endpoint)}; publish again") from None
    _cleared(endpoint)
    return replacement


def commits_in_parts(endpoint: Endpoint) -> bool:
    """Whether the server is known to run the operations of one request apart from each other."""
    return "virtuoso" in endpoint.server.lower()


def _load(endpoint: Endpoint, name: str, lines: list[str], progress: Progress) -> None:
    done = 0
    while done < len(lines):
        progress(name, done, len(lines))
        batch = lines[done : done + (BATCH if endpoint.where.store else UPDATE_BATCH)]
        endpoint.load(staging(name), batch)
        done += len(batch)


def _verify(endpoint: Endpoint, new: dict[str, int], called: Callable[[str], str]) -> None:
    counts = {name: endpoint.count(called(name)) for name in new}
    wrong = [
        f"{called(name)} has {counts[name]:,} triples and not {number:,}"
        for name, number in new.items()
        if counts[name] != number
    ]
    if wrong:
        raise EndpointError("; ".join(wrong))


def _dropped() -> str:
    return " ;\n".join(f"DROP SILENT GRAPH <{staging(name)}>" for name in ORDER)


def _replaced() -> str:
    """Operations after which each graph holds what its staging graph holds."""
    operations = []
    for name in ORDER:
        target, staged = (f"GRAPH <{iri(name)}> {{ ?s ?p ?o }}" for iri in (graph, staging))
        operations += [
            f"DELETE {{ {target} }} WHERE {{ {target} FILTER NOT EXISTS {{ {staged} }} }}",
            f"INSERT {{ {target} }} WHERE {{ {staged} FILTER NOT EXISTS {{ {target} }} }}",
        ]
    return " ;\n".join(operations)


def _cleared(endpoint: Endpoint) -> str:
    """Take away what was loaded, if the server still answers; what to do then."""
    with contextlib.suppress(EndpointError):
        endpoint.update(_dropped())
        return "what was loaded has been taken away"
    return f"what was loaded lies under {staging('')} until somebody publishes again"


def _in_between(endpoint: Endpoint) -> str:
    if commits_in_parts(endpoint):
        return (
            "this server commits in parts, so its graphs may be some of the old and some of the new"
        )
    return "a server with transactions holds all of the old graphs or all of the new ones"
