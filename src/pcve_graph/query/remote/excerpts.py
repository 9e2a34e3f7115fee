"""Excerpts of a remote graph: what the code for the embedded store reads, as small stores.

A handful of queries each, whatever the number of facts; names go in blocks of `BLOCK`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from ...model import namespaces
from ...model.namespaces import BASE, expand
from ...model.schema import Ontology
from ..execute import Table, Triples
from .endpoint import Endpoint

BLOCK: Final = 500
"""The names in one query."""
_FACTS: Final = ox.NamedNode(namespaces.graph("facts"))
_TYPE: Final = ox.NamedNode(expand("rdf:type"))
_LABELS: Final = ("skos:prefLabel", "rdfs:label", "dcterms:title")
_NAMES: Final = (*_LABELS, "skos:altLabel", "schema:name", "dcterms:identifier")
_TOLD: Final = (
    "rdf:type",
    *_LABELS,
    "pcve:earliest",
    "pcve:latest",
    "oa:exact",
    "oa:start",
    "oa:end",
)
_DESIGNATIONS: Final = (
    f"CONSTRUCT {{ ?n <{expand('pcve:designationNote')}> ?note . ?n ?p ?o }} WHERE "
    f"{{ ?n <{expand('pcve:designationNote')}> ?note ; ?p ?o FILTER(?p = "
    f"<{expand('skos:prefLabel')}>) }}"
)


def of_words(endpoint: Endpoint, table: Table) -> ox.Store:
    """The labels of the IRIs in a table, and the designation notes, as `present` reads them.

    Raises EndpointError.
    """
    store = ox.Store()
    nodes = {term for row in table.rows for term in row if isinstance(term, ox.NamedNode)}
    _tell(endpoint, store, nodes, _LABELS)
    _add(store, endpoint.ask(_DESIGNATIONS))
    return store


def of_names(endpoint: Endpoint) -> ox.Store:
    """The kinds and names of all things, concepts and sources, as the search index reads them.

    Raises EndpointError.
    """
    store = ox.Store()
    predicates = ", ".join(f"<{expand(name)}>" for name in (*_NAMES, "rdf:type"))
    for part in ("id/", "vocab/", "source/"):
        ours = f'STRSTARTS(STR(?n), "{BASE}{part}")'
        text = (
            f"CONSTRUCT {{ ?n ?p ?o }} WHERE {{ ?n ?p ?o FILTER(?p IN ({predicates}) && {ours}) }}"
        )
        _add(store, endpoint.ask(text))
    return store


def of_thing(endpoint: Endpoint, ontology: Ontology, identifier: str) -> ox.Store:
    """What `show` reads of the thing with this id or IRI; where there is none, the ids there are.

    Raises EndpointError.
    """
    store = ox.Store()
    kinds = ontology.classes.values()
    maybe = [identifier] if identifier.startswith(BASE) else []
    if namespaces.ID.fullmatch(identifier):
        maybe += [namespaces.thing(kind.folder, identifier) for kind in kinds if kind.folder]
    _tell(endpoint, store, map(ox.NamedNode, maybe), _TOLD)
    nodes = {quad.subject for quad in store if isinstance(quad.subject, ox.NamedNode)}
    if not nodes:
        ours = f'STRSTARTS(STR(?n), "{BASE}id/")'
        _add(store, endpoint.ask(f"CONSTRUCT {{ ?n a ?c }} WHERE {{ ?n a ?c FILTER({ours}) }}"))
        return store
    read_nodes: set[ox.NamedNode] = set()
    while waiting := nodes - read_nodes:
        read_nodes |= waiting
        nodes = _within(endpoint, store, waiting, ontology)
    for node in read_nodes:
        pointing = f"CONSTRUCT {{ ?n ?p {node} . ?n a ?c }} WHERE {{ ?n ?p {node} ; a ?c }}"
        if node.value in maybe:
            _add(store, endpoint.ask(pointing))
    _add(store, endpoint.ask(_DESIGNATIONS))
    return store


def _within(
    endpoint: Endpoint, store: ox.Store, nodes: set[ox.NamedNode], ontology: Ontology
) -> set[ox.NamedNode]:
    """Read the claims about `nodes` with their words; returns the nodes that lie within them."""
    claims = ox.Store()
    for block in _blocks(nodes):
        pattern = f"VALUES ?s {{ {block} }} ?c <{expand('rdf:subject')}> ?s"
        text = f"CONSTRUCT {{ ?c ?p ?o }} WHERE {{ {pattern} ; ?p ?o }}"
        _add(claims, endpoint.ask(text))
    store.extend(claims)
    named = {quad.object for quad in claims if isinstance(quad.object, ox.NamedNode)}
    ours = {node for node in named if node.value.startswith(BASE)}
    _tell(endpoint, store, ours, _TOLD)
    inner = {iri for iri, kind in ontology.by_iri.items() if kind.folder is None}
    return {
        node
        for node in ours
        if f"{BASE}id/" in node.value
        and any(
            getattr(quad.object, "value", "") in inner
            for quad in store.quads_for_pattern(node, _TYPE, None, None)
        )
    }


def _tell(
    endpoint: Endpoint, store: ox.Store, nodes: Iterable[ox.NamedNode], properties: Iterable[str]
) -> None:
    """Add what the server says of `nodes` by these properties."""
    predicates = ", ".join(f"<{expand(name)}>" for name in properties)
    for block in _blocks(nodes):
        values = f"VALUES ?n {{ {block} }}"
        text = (
            f"CONSTRUCT {{ ?n ?p ?o }} WHERE {{ {values} ?n ?p ?o FILTER(?p IN ({predicates})) }}"
        )
        _add(store, endpoint.ask(text))


def _blocks(nodes: Iterable[ox.NamedNode]) -> Iterator[str]:
    listed = sorted(map(str, nodes))
    for start in range(0, len(listed), BLOCK):
        yield " ".join(listed[start : start + BLOCK])


def _add(store: ox.Store, answer: object) -> None:
    assert isinstance(answer, Triples)
    store.extend(ox.Quad(t.subject, t.predicate, t.object, _FACTS) for t in answer.triples)
