"""A graph of any kind as Turtle, JSON-LD, N-Triples or RDF/XML, the same bytes every time."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox

from ..names import PREFIXES, expand, local_name

RDF_FORMATS: Final = {
    "turtle": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
    "nt": ox.RdfFormat.N_TRIPLES,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
"""What a graph of any kind is written as."""
_JSON_TYPES: Final = {"xsd:integer", "xsd:string"}


def ordered(found: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Triples by subject, then type before other predicates, then object."""
    kind = expand("rdf:type")

    def key(triple: ox.Triple) -> tuple[str, bool, str, str]:
        predicate = triple.predicate.value
        return str(triple.subject), predicate != kind, predicate, str(triple.object)

    return sorted(found, key=key)


def serialize(found: Iterable[ox.Triple], form: str) -> bytes:
    """Triples as one of `RDF_FORMATS`, in a fixed order, blank nodes with canonical names."""
    rdf = RDF_FORMATS[form]
    kept = ordered(_named(list(found)))
    if rdf is ox.RdfFormat.JSON_LD:
        return compact(kept, [], {})
    prefixes = None if rdf is ox.RdfFormat.N_TRIPLES else PREFIXES
    return ox.serialize(kept, format=rdf, prefixes=prefixes) or b""


def _named(found: list[ox.Triple]) -> Iterable[ox.Triple]:
    """The same triples; names of blank nodes depend on the triples alone (RDFC-1.0)."""
    if not any(isinstance(term, ox.BlankNode) for triple in found for term in triple):
        return found
    dataset = ox.Dataset(ox.Quad(*triple) for triple in found)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return (quad.triple for quad in dataset)


def compact(found: list[ox.Triple], shaped: list[str], classes: dict[str, str]) -> bytes:
    """JSON-LD 1.1 of ordered triples: the context, then one node object a subject."""
    terms = _terms(found, shaped)
    kinds = _kinds(found)
    context = _context(terms, kinds, classes)
    document = {"@context": context, "@graph": _nodes(found, terms, kinds, classes)}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _terms(found: list[ox.Triple], shaped: list[str]) -> dict[str, str]:
    """A readable key for each property: its local name, prefixed where a shaped one has it.

    Properties that shapes list come first, so that the keys of the records keep their names.
    """
    used = {triple.predicate.value for triple in found}
    terms: dict[str, str] = {}
    taken: set[str] = set()
    for iri in (*dict.fromkeys(shaped), *sorted(used - set(shaped))):
        if iri in used and iri != expand("rdf:type"):
            name = local_name(iri)
            if name in taken or not name:
                name = prefixed(iri)
            taken.add(name)
            terms[iri] = name
    return terms


def _context(
    terms: dict[str, str], kinds: dict[str, set[str]], classes: dict[str, str]
) -> dict[str, Any]:
    """What each key means. A key whose values are all of one kind says so once, here."""
    context: dict[str, Any] = {"@version": 1.1, **{p: PREFIXES[p] for p in sorted(PREFIXES)}}
    context |= {
        name: {"@id": iri} for iri, name in sorted(classes.items(), key=lambda each: each[1])
    }
    for iri, name in sorted(terms.items(), key=lambda each: each[1]):
        (kind, *others) = sorted(kinds[iri])
        definition: dict[str, str] = {"@id": iri}
        if not others and kind == "@language":
            definition["@container"] = "@language"
        elif not others and kind not in _JSON_TYPES:
            definition["@type"] = kind
        context[name] = definition
    return context


def _kinds(found: list[ox.Triple]) -> dict[str, set[str]]:
    """The kinds of values that each property has: `@id`, `@language` or a datatype."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for triple in found:
        kinds[triple.predicate.value].add(_kind(triple.object))
    return kinds


def _kind(term: object) -> str:
    if isinstance(term, ox.Literal):
        return "@language" if term.language else prefixed(term.datatype.value)
    return "@id"


@lru_cache(None)
def prefixed(iri: str) -> str:
    """The IRI with the prefix of its namespace, where that is one of ours; else as it is."""
    for prefix, space in PREFIXES.items():
        if iri.startswith(space):
            return f"{prefix}:{iri[len(space) :]}"
    return iri


def _nodes(
    found: list[ox.Triple],
    terms: dict[str, str],
    kinds: dict[str, set[str]],
    classes: dict[str, str],
) -> list[dict[str, Any]]:
    subjects: dict[str, list[ox.Triple]] = defaultdict(list)
    for triple in found:
        subjects[_reference(triple.subject)].append(triple)
    return [_node(iri, own, terms, kinds, classes) for iri, own in subjects.items()]


def _node(
    iri: str,
    own: list[ox.Triple],
    terms: dict[str, str],
    kinds: dict[str, set[str]],
    classes: dict[str, str],
) -> dict[str, Any]:
    node: dict[str, Any] = {"@id": iri}
    for triple in own:
        predicate = triple.predicate.value
        if predicate == expand("rdf:type"):
            kind = _reference(triple.object)
            add(node, "@type", classes.get(kind, prefixed(kind)))
        elif kinds[predicate] == {"@language"}:
            assert isinstance(triple.object, ox.Literal)
            texts = node.setdefault(terms[predicate], {})
            add(texts, triple.object.language or "", triple.object.value)
        else:
            add(node, terms[predicate], _value(triple.object, len(kinds[predicate]) == 1))
    return node


def _value(term: object, typed: bool) -> Any:
    """A value as JSON; `typed` where the context already says what kind it is."""
    if not isinstance(term, ox.Literal):
        return _reference(term) if typed else {"@id": _reference(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    kind = prefixed(term.datatype.value)
    if kind == "xsd:integer" and re.fullmatch(r"[+-]?\d+", term.value):
        return int(term.value)
    if kind == "xsd:string" or typed:
        return term.value
    return {"@value": term.value, "@type": kind}


def _reference(term: object) -> str:
    return str(term) if isinstance(term, ox.BlankNode) else str(getattr(term, "value", term))


def add(node: dict[str, Any], key: str, value: Any) -> None:
    """Add a value to a node object: alone it stands for itself, with others in a list."""
    if key not in node:
        node[key] = value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]
