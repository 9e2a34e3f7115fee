"""What OWL 2 RL adds to our things once the vocabularies that we reuse are loaded.

The engine is reasonable, in Rust. It writes no statement about a literal, as Turtle cannot; spells out
no owl:AllDisjointClasses; and reports no contradiction: `literals_in_classes` and `contradictions` do.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

import pyoxigraph as ox
import rdflib

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = {
    "dcmitype": "http://purl.org/dc/dcmitype/",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": OWL,
    "pcve": "https://w3id.org/pcve/ns#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": XSD,
}
TRIVIAL = {f"<{OWL}Thing>", f"<{RDFS}Resource>"}
Statement = tuple[str, str, str]
"""Subject, predicate and object as N-Triples writes them."""


def close(triples: Iterable[ox.Triple]) -> set[Statement]:
    """The closure under the rules of OWL 2 RL."""
    from reasonable import PyReasoner

    with tempfile.NamedTemporaryFile(suffix=".ttl") as file:
        ox.serialize(triples, output=file, format=ox.RdfFormat.N_TRIPLES)
        file.flush()
        reasoner = PyReasoner()
        reasoner.load_file(file.name)
        return {(_text(s), _text(p), _text(o)) for s, p, o in reasoner.reason()}


def _text(term: Any) -> str:
    """An rdflib term as N-Triples writes it: rdflib's own form of a literal may have line breaks."""
    if not isinstance(term, rdflib.Literal):
        return str(term.n3())
    if term.language:
        return str(ox.Literal(str(term), language=term.language))
    datatype = term.datatype or rdflib.XSD.string
    return str(ox.Literal(str(term), datatype=ox.NamedNode(str(datatype))))


def added_types(ours: Iterable[ox.Triple], closure: set[Statement]) -> dict[tuple[str, str], int]:
    """The number of nodes of `ours` by (stated class, type that the closure adds).

    What follows from our own hierarchy is added as well: the list says all that a user finds.
    """
    stated: dict[str, set[str]] = defaultdict(set)
    nodes = set()
    for triple in ours:
        nodes |= {str(triple.subject), str(triple.object)}
        if triple.predicate.value == RDF + "type":
            stated[str(triple.subject)].add(str(triple.object))
    numbers: dict[tuple[str, str], int] = defaultdict(int)
    for subject, predicate, kind in closure:
        if predicate != f"<{RDF}type>" or subject not in nodes or kind in stated[subject]:
            continue
        if kind not in TRIVIAL and not kind.startswith("_:") and not subject.startswith('"'):
            for own in sorted(stated[subject]) or ["an IRI without a type"]:
                numbers[prefixed(own), prefixed(kind)] += 1
    for _, kind in literals_in_classes(closure):
        numbers["a literal", prefixed(kind)] += 1
    return dict(numbers)


def literals_in_classes(closure: set[Statement]) -> set[tuple[str, str]]:
    """The literals that the range of their property puts in a class."""
    ranges = defaultdict(set)
    for subject, predicate, value in closure:
        if predicate == f"<{RDFS}range>" and not value[1:].startswith((XSD, RDF, RDFS + "Literal")):
            ranges[subject].add(value)
    return {
        (value, kind)
        for _, predicate, value in closure
        if value.startswith('"')
        for kind in ranges[predicate]
        if kind not in TRIVIAL and not kind.startswith("_:")
    }


def contradictions(closure: set[Statement]) -> list[str]:
    """Things in two disjoint classes or in owl:Nothing, and broken characteristics of properties."""
    members: dict[str, set[str]] = defaultdict(set)
    for subject, predicate, value in closure:
        if predicate == f"<{RDF}type>":
            members[value].add(subject)
    problems = {f"{thing} is in owl:Nothing" for thing in members[f"<{OWL}Nothing>"]}
    pairs = {(s, o) for s, p, o in closure if p == f"<{OWL}disjointWith>"}
    pairs |= {pair for group in _disjoint_groups(closure) for pair in combinations(group, 2)}
    for left, right in pairs:
        for thing in members[left] & members[right]:
            classes = " and ".join(sorted((prefixed(left), prefixed(right))))
            problems.add(f"{thing} is in {classes}, which are disjoint")
    asymmetric = members[f"<{OWL}AsymmetricProperty>"]
    for subject, predicate, value in closure:
        if predicate in asymmetric and (value, predicate, subject) in closure:
            problems.add(f"{prefixed(predicate)} leads from {subject} to {value} and back")
    return sorted(problems - {f"<{OWL}Nothing> is in owl:Nothing"})


def _disjoint_groups(closure: set[Statement]) -> Iterator[list[str]]:
    first = {s: o for s, p, o in closure if p == f"<{RDF}first>"}
    rest = {s: o for s, p, o in closure if p == f"<{RDF}rest>"}
    for _, predicate, head in closure:
        if predicate == f"<{OWL}members>":
            group = []
            while head in first:
                group.append(first[head])
                head = rest[head]
            yield group


def prefixed(term: str) -> str:
    """A prefixed name where there is a prefix for it."""
    for prefix, namespace in PREFIXES.items():
        if term.startswith("<" + namespace):
            return f"{prefix}:{term[1:-1].removeprefix(namespace)}"
    return term
