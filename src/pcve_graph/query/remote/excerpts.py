"""Excerpts of a remote graph, as small stores for code that reads the embedded store.

Each takes a handful of queries, whatever the number of facts; IRIs are sent in blocks of `BLOCK`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from ...graph.claims import EVIDENCE_PATH, HAS_PASSAGE, WITHDRAWN
from ...model import namespaces
from ...model.dates import BOUND_PROPERTIES
from ...model.namespaces import BASE, LABELS, OTHER_NAMES, SAME_THINGS, expand, nterm, prefixed
from ...model.redirects import last_replacement
from ...model.schema import Ontology
from ...model.terms import Term
from ...search.index import DATE_TYPES
from ..execute import ResultTable, ResultTriples
from ..lists import table_terms
from ..state_of_day import DATES
from .endpoint import Endpoint
from .messages import EndpointError

BLOCK: Final = 500
"""The most IRIs in one query."""
_PARTS: Final = ("prov:wasDerivedFrom", *EVIDENCE_PATH, HAS_PASSAGE)
"""What leads from a claim, or a statement derived from one, to all nodes of its evidence."""
_FACTS: Final = ox.NamedNode(namespaces.graph_iri("facts"))
_TYPE: Final = ox.NamedNode(expand("rdf:type"))
_REPLACED: Final = ox.NamedNode(expand("dcterms:isReplacedBy"))
_NAMES: Final = (*LABELS, *OTHER_NAMES, *SAME_THINGS)
_SHOWN_PROPERTIES: Final = (
    "rdf:type",
    *LABELS,
    *BOUND_PROPERTIES.values(),
    *DATES,
    "pcve:status",
    *("pcve:hasNaming", "schema:name"),
    *("pcve:hasInvolvement", "pcve:actor", "pcve:role"),
    "schema:url",
    "schema:archivedAt",
    WITHDRAWN,
    "dcterms:isReplacedBy",
)
_DECIDING: Final = (*DATES, "dcterms:issued", "pcve:status")
"""What decides whether a thing holds on a day."""
_PARTS_OF_BASE: Final = ("id/", "vocab/", "source/")
_REPLACED_BY: Final = "dcterms:isReplacedBy"
_DESIGNATIONS: Final = (
    f"CONSTRUCT {{ ?n {nterm('pcve:designationNote')} ?note . ?n ?p ?o }} WHERE "
    f"{{ ?n {nterm('pcve:designationNote')} ?note ; ?p ?o FILTER(?p = "
    f"{nterm('skos:prefLabel')}) }}"
)


def labels_excerpt(endpoint: Endpoint, table: ResultTable) -> ox.Store:
    """The labels of the IRIs in a table and of their classes, and the designation notes.

    A table is rendered with them. Raises EndpointError.
    """
    store = ox.Store()
    nodes = {term for term in table_terms(table) if isinstance(term, ox.NamedNode)}
    _add_properties(endpoint, store, nodes, (*LABELS, "rdf:type"))
    kinds = {
        quad.object
        for quad in store.quads_for_pattern(None, ox.NamedNode(expand("rdf:type")), None, None)
        if isinstance(quad.object, ox.NamedNode)
    }
    _add_properties(endpoint, store, kinds - nodes, LABELS)
    _add_answer(store, endpoint.ask(_DESIGNATIONS))
    return store


def names_excerpt(endpoint: Endpoint, is_linked: bool = False) -> ox.Store:
    """The types and names of all things, concepts and sources, and what replaces retired ones.

    With `is_linked` also how they are linked, and their dates. A search index is written from it.
    Raises EndpointError.
    """
    store = ox.Store()
    predicates = ", ".join(map(nterm, (*_NAMES, "rdf:type", _REPLACED_BY)))
    condition = f"?p IN ({predicates})"
    if is_linked:
        targets = " || ".join(f'STRSTARTS(STR(?o), "{BASE}{part}")' for part in _PARTS_OF_BASE)
        datatypes = ", ".join(map(nterm, DATE_TYPES))
        condition = f"({condition} || (ISIRI(?o) && ({targets})) || DATATYPE(?o) IN ({datatypes}))"
    for part in _PARTS_OF_BASE:
        within = f'{condition} && STRSTARTS(STR(?n), "{BASE}{part}")'
        text = f"CONSTRUCT {{ ?n ?p ?o }} WHERE {{ ?n ?p ?o FILTER({within}) }}"
        _add_answer(store, endpoint.ask(text))
    return store


def thing_with_id(endpoint: Endpoint, ontology: Ontology, identifier: str) -> str:
    """The IRI of the thing, source or term with this id or IRI; empty if there is none.

    It takes one small query, so that not all names are fetched for it. Raises EndpointError.
    """
    store = ox.Store()
    candidates = map(ox.NamedNode, _candidates(ontology, identifier))
    _add_properties(endpoint, store, candidates, ["rdf:type"])
    return min(
        (quad.subject.value for quad in store if isinstance(quad.subject, ox.NamedNode)), default=""
    )


def _candidates(ontology: Ontology, identifier: str) -> list[str]:
    """The IRIs that a text may be the id of, or is."""
    candidates = [identifier] if identifier.startswith(BASE) else []
    if namespaces.ID.fullmatch(identifier):
        candidates += [
            namespaces.record_iri(kind.folder, identifier)
            for kind in ontology.classes.values()
            if kind.folder
        ]
    scheme, slash, term = identifier.rpartition("/")
    if namespaces.ID.fullmatch(term) and scheme in ("", "source"):
        candidates.append(namespaces.source_iri(term))
    if slash and namespaces.ID.fullmatch(term) and namespaces.ID.fullmatch(scheme):
        candidates.append(namespaces.concept_iri(scheme, term))
    return candidates


def thing_excerpt(endpoint: Endpoint, ontology: Ontology, identifier: str) -> ox.Store:
    """The data `show` reads about the thing, source or term with this id or IRI; empty without one.

    Raises EndpointError.
    """
    store = ox.Store()
    candidates = map(ox.NamedNode, _candidates(ontology, identifier))
    _add_properties(endpoint, store, candidates, _properties_of_things(ontology))
    nodes = {quad.subject for quad in store if isinstance(quad.subject, ox.NamedNode)}
    if retired := next(store.quads_for_pattern(None, _REPLACED, None, None), None):
        current = ox.NamedNode(_current_iri(endpoint, store, retired.subject))
        _add_properties(endpoint, store, [current], _properties_of_things(ontology))
        nodes = {current}
    if not nodes:
        return store
    things = {node for node in nodes if node.value.startswith(f"{BASE}id/")}
    if not things and min(nodes).value.startswith(f"{BASE}vocab/"):
        _add_concept(endpoint, store, min(nodes))
    elif not things:
        (source,) = nodes
        things = _add_records_on(endpoint, store, source, ontology)
    _add_all_claims(endpoint, store, things, ontology)
    for node in nodes:
        pointing = (
            f"CONSTRUCT {{ ?n ?p {node} . ?n a ?c }} WHERE {{ ?n ?p {node} ; a ?c "
            f'FILTER(STRSTARTS(STR(?n), "{BASE}id/")) }}'
        )
        _add_incoming(endpoint, store, node, pointing)
    _add_answer(store, endpoint.ask(_DESIGNATIONS))
    return store


def _add_concept(endpoint: Endpoint, store: ox.Store, node: ox.NamedNode) -> None:
    """Add what the vocabulary states about a term, with labels, and its narrower terms."""
    broader = nterm("skos:broader")
    for text in (
        f"CONSTRUCT {{ {node} ?p ?o }} WHERE {{ {node} ?p ?o }}",
        f"CONSTRUCT {{ ?n {broader} {node} }} WHERE {{ ?n {broader} {node} }}",
    ):
        _add_answer(store, endpoint.ask(text))
    named = {term for quad in store for term in (quad.subject, quad.predicate, quad.object)}
    terms = [term for term in named if isinstance(term, ox.NamedNode)]
    _add_properties(endpoint, store, terms, LABELS)


def _current_iri(endpoint: Endpoint, store: ox.Store, node: Term) -> str:
    """The IRI of what a retired node is read as; the chain that leads there is added to `store`."""

    def replacement_of(iri: str) -> str | None:
        retired = ox.NamedNode(iri)
        _add_properties(endpoint, store, [retired], [_REPLACED_BY])
        quads = store.quads_for_pattern(retired, _REPLACED, None, None)
        iris = (quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode))
        return min(iris, default=None)

    return last_replacement(str(getattr(node, "value", "")), replacement_of)


def _add_incoming(endpoint: Endpoint, store: ox.Store, node: ox.NamedNode, pointing: str) -> None:
    """Add what refers to a node, as `pointing` constructs it, with labels, dates and evidence."""
    incoming = ox.Store()
    _add_answer(incoming, endpoint.ask(pointing))
    store.extend(incoming)
    subjects = {quad.subject for quad in incoming if isinstance(quad.subject, ox.NamedNode)}
    _add_properties(endpoint, store, subjects, _SHOWN_PROPERTIES)
    _add_deciding_claims(endpoint, store, subjects)
    path = "/".join(f"{nterm(name)}?" for name in _PARTS)
    claims = ox.Store()
    pattern = f"?c {nterm('rdf:object')} {node} ; {path} ?n"
    text = f"CONSTRUCT {{ ?n ?p ?o }} WHERE {{ {pattern} . ?n ?p ?o }}"
    _add_answer(claims, endpoint.ask(text))
    store.extend(claims)
    sources = {
        quad.object
        for quad in claims
        if isinstance(quad.object, ox.NamedNode) and quad.object.value.startswith(f"{BASE}source/")
    }
    _add_properties(endpoint, store, sources, _SHOWN_PROPERTIES)


def _add_deciding_claims(
    endpoint: Endpoint, store: ox.Store, subjects: Iterable[ox.NamedNode]
) -> None:
    """Add the claims that state the dates and the status of things."""
    path = "/".join(f"{nterm(name)}?" for name in ("pcve:evidence", "prov:hadPrimarySource"))
    names = " ".join(map(nterm, _DECIDING))
    for block in _blocks(subjects):
        pattern = (
            f"VALUES ?s {{ {block} }} VALUES ?d {{ {names} }} ?c {nterm('rdf:subject')} ?s ; "
            f"{nterm('rdf:predicate')} ?d ; {path} ?n"
        )
        text = f"CONSTRUCT {{ ?n ?p ?o }} WHERE {{ {pattern} . ?n ?p ?o }}"
        _add_answer(store, endpoint.ask(text))


def _properties_of_things(ontology: Ontology) -> tuple[str, ...]:
    implied = map(prefixed, sorted({*ontology.implied_inversely.values()}))
    return (*_SHOWN_PROPERTIES, *implied)


def _add_records_on(
    endpoint: Endpoint, store: ox.Store, source: ox.NamedNode, ontology: Ontology
) -> set[ox.NamedNode]:
    """Add what is recorded about a source; the records with a claim that rests on it."""
    text = f"CONSTRUCT {{ {source} ?p ?o }} WHERE {{ {source} ?p ?o }}"
    _add_answer(store, endpoint.ask(text))
    objects = {quad.object for quad in store.quads_for_pattern(source, None, None, None)}
    named = [node for node in objects if isinstance(node, ox.NamedNode)]
    _add_properties(endpoint, store, named, _SHOWN_PROPERTIES)
    claims = ox.Store()
    subject, path = nterm("rdf:subject"), f"{nterm('pcve:evidence')}?"
    pattern = f"?c {subject} ?s ; {path}/{nterm('prov:hadPrimarySource')} {source}"
    text = f"CONSTRUCT {{ ?c {subject} ?s }} WHERE {{ {pattern} }}"
    _add_answer(claims, endpoint.ask(text))
    paths = (str(getattr(quad.object, "value", "")).removeprefix(BASE) for quad in claims)
    ids = {path.split("/")[2] for path in paths if path.startswith("id/") and path.count("/") > 1}
    folders = [kind.folder for kind in ontology.classes.values() if kind.folder]
    records = {
        ox.NamedNode(namespaces.record_iri(folder, identifier))
        for identifier in ids
        for folder in folders
    }
    _add_properties(endpoint, store, records, _properties_of_things(ontology))
    return {
        node for node in records if next(store.quads_for_pattern(node, _TYPE, None, None), None)
    }


def _add_all_claims(
    endpoint: Endpoint, store: ox.Store, nodes: set[ox.NamedNode], ontology: Ontology
) -> None:
    """Add the claims about `nodes` and about those nested in them, at any depth."""
    read_nodes: set[ox.NamedNode] = set()
    while unread_nodes := nodes - read_nodes:
        read_nodes |= unread_nodes
        nodes = _add_claims(endpoint, store, unread_nodes, ontology)


def _add_claims(
    endpoint: Endpoint, store: ox.Store, nodes: set[ox.NamedNode], ontology: Ontology
) -> set[ox.NamedNode]:
    """Add the claims about `nodes` with their evidence; returns the nodes nested in `nodes`."""
    claims = ox.Store()
    path = "/".join(f"{nterm(name)}?" for name in _PARTS)
    for block in _blocks(nodes):
        pattern = f"VALUES ?s {{ {block} }} ?c {nterm('rdf:subject')} ?s ; {path} ?n"
        text = f"CONSTRUCT {{ ?n ?p ?o }} WHERE {{ {pattern} . ?n ?p ?o }}"
        _add_answer(claims, endpoint.ask(text))
    store.extend(claims)
    read_nodes = {quad.subject for quad in claims}
    objects = {quad.object for quad in claims if isinstance(quad.object, ox.NamedNode)}
    own_nodes = {node for node in objects - read_nodes if node.value.startswith(BASE)}
    _add_properties(endpoint, store, own_nodes, _SHOWN_PROPERTIES)
    inner = {iri for iri, kind in ontology.by_iri.items() if kind.folder is None}
    return {
        node
        for node in own_nodes
        if f"{BASE}id/" in node.value
        and any(
            getattr(quad.object, "value", "") in inner
            for quad in store.quads_for_pattern(node, _TYPE, None, None)
        )
    }


def _add_properties(
    endpoint: Endpoint, store: ox.Store, nodes: Iterable[ox.NamedNode], properties: Iterable[str]
) -> None:
    """Add the triples of `nodes` with these properties."""
    predicates = ", ".join(map(nterm, properties))
    for block in _blocks(nodes):
        values = f"VALUES ?n {{ {block} }}"
        text = (
            f"CONSTRUCT {{ ?n ?p ?o }} WHERE {{ {values} ?n ?p ?o FILTER(?p IN ({predicates})) }}"
        )
        _add_answer(store, endpoint.ask(text))


def _blocks(nodes: Iterable[ox.NamedNode]) -> Iterator[str]:
    listed = sorted(map(str, nodes))
    for start in range(0, len(listed), BLOCK):
        yield " ".join(listed[start : start + BLOCK])


def _add_answer(store: ox.Store, answer: object) -> None:
    if not isinstance(answer, ResultTriples):
        raise EndpointError("the server answered a CONSTRUCT with something other than triples")
    store.extend(ox.Quad(t.subject, t.predicate, t.object, _FACTS) for t in answer.triples)
