"""Deterministic serialization of triples as Turtle, JSON-LD, N-Triples or RDF/XML."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Final, NamedTuple

import pyoxigraph as ox

from ..model.languages import canonical_tag
from ..model.namespaces import PREFIXES, expand, local_name
from ..model.terms import Iri

RDF_FORMATS: Final = {
    "turtle": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
    "nt": ox.RdfFormat.N_TRIPLES,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
"""The formats that any graph can be serialized in, by name."""
_TURTLE_TAG: Final = re.compile(rb'("(?:[^"\\]|\\.)*")(@[a-z]+(?:-[a-z0-9]+)+)?', re.S)
_XML_TAG: Final = re.compile(rb'(<[^<>]* xml:lang=")([a-z]+(?:-[a-z0-9]+)+)')
_JSON_TYPES: Final = {"xsd:integer", "xsd:string"}


def sorted_triples(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The triples sorted by subject, then predicate (rdf:type first), then object."""
    kind = expand("rdf:type")

    def key(triple: ox.Triple) -> tuple[str, bool, str, str]:
        predicate = triple.predicate.value
        return str(triple.subject), predicate != kind, predicate, str(triple.object)

    return sorted(triples, key=key)


def serialize(triples: Iterable[ox.Triple], form: str) -> bytes:
    """The triples in one of `RDF_FORMATS`, sorted, with canonical labels of blank nodes."""
    rdf = RDF_FORMATS[form]
    ordered_triples = sorted_triples(_canonical(list(triples)))
    if rdf is ox.RdfFormat.JSON_LD:
        statements = [
            (_reference(triple.subject), triple.predicate.value, jsonld_value(triple.object))
            for triple in ordered_triples
        ]
        return compact_jsonld(statements, [], {})
    prefixes = None if rdf is ox.RdfFormat.N_TRIPLES else PREFIXES
    return with_canonical_tags(ox.serialize(ordered_triples, format=rdf, prefixes=prefixes) or b"")


def with_canonical_tags(text: bytes) -> bytes:
    """RDF as pyoxigraph writes it, with language tags such as `sr-Latn` in the case of BCP 47.

    The text is Turtle, TriG, N-Triples, N-Quads or RDF/XML. pyoxigraph has tags in lower case, and
    reads these ones as the same terms (RDF 1.1 Concepts, section 3.3).

    >>> with_canonical_tags(b'<a:s> <a:p> "a @sr-latn"@sr-latn .')
    b'<a:s> <a:p> "a @sr-latn"@sr-Latn .'
    """
    if text.startswith(b"<?xml"):
        return _XML_TAG.sub(_canonical_match, text)
    return _TURTLE_TAG.sub(_canonical_match, text)


def _canonical_match(match: re.Match[bytes]) -> bytes:
    tag = match[2]
    return match[1] + (canonical_tag(tag.decode()).encode() if tag else b"")


def _canonical(triples: list[ox.Triple]) -> Iterable[ox.Triple]:
    """The same triples with canonical labels of blank nodes (RDFC-1.0)."""
    if not any(isinstance(term, ox.BlankNode) for triple in triples for term in triple):
        return triples
    dataset = ox.Dataset(ox.Quad(*triple) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return (quad.triple for quad in dataset)


class JsonLdValue(NamedTuple):
    """A term for JSON-LD. `kind` is `@id`, `@language` or a prefixed datatype."""

    kind: str
    text: str
    language: str = ""


JsonLdStatement = tuple[str, str, JsonLdValue]
"""A statement for JSON-LD: the reference to the subject, the IRI of the property, the value."""


def jsonld_value(term: object) -> JsonLdValue:
    """A term as a value for JSON-LD."""
    if not isinstance(term, ox.Literal):
        return JsonLdValue("@id", _reference(term))
    if term.language:
        return JsonLdValue("@language", term.value, canonical_tag(term.language))
    return JsonLdValue(prefixed(term.datatype.value), term.value)


def compact_jsonld(
    statements: Sequence[JsonLdStatement], shaped: Sequence[str], classes: Mapping[Iri, str]
) -> bytes:
    """Compact JSON-LD 1.1 of sorted statements: the context, then one node object a subject."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for _, predicate, value in statements:
        kinds[predicate].add(value.kind)
    terms = _terms(kinds.keys(), shaped)
    context = _context(terms, kinds, classes)
    document = {"@context": context, "@graph": _nodes(statements, terms, kinds, classes)}
    return (format_json(document) + "\n").encode()


def format_json(value: object, margin: str = "\n") -> str:
    """As `json.dumps(value, ensure_ascii=False, indent=1)`, in half the time."""
    inner = margin + " "
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, dict) and value:
        parts = [f"{encode_basestring(k)}: {format_json(v, inner)}" for k, v in value.items()]
        return "{" + inner + f",{inner}".join(parts) + margin + "}"
    if isinstance(value, list) and value:
        parts = [format_json(item, inner) for item in value]
        return "[" + inner + f",{inner}".join(parts) + margin + "]"
    return json.dumps(value)


def _terms(used: Set[str], shaped: Sequence[str]) -> dict[str, str]:
    """A readable key for each property: its local name, prefixed where that is taken.

    Properties in `shaped` come first, so that the keys of records keep their names.
    """
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
    terms: dict[str, str], kinds: dict[str, set[str]], classes: Mapping[Iri, str]
) -> dict[str, object]:
    """The JSON-LD context. The type of a key is stated in it where all its values share one."""
    context: dict[str, object] = {"@version": 1.1, **{p: PREFIXES[p] for p in sorted(PREFIXES)}}
    context |= {
        name: {"@id": iri} for iri, name in sorted(classes.items(), key=lambda entry: entry[1])
    }
    for iri, name in sorted(terms.items(), key=lambda entry: entry[1]):
        (kind, *others) = sorted(kinds[iri])
        definition: dict[str, str] = {"@id": iri}
        if not others and kind == "@language":
            definition["@container"] = "@language"
        elif not others and kind not in _JSON_TYPES:
            definition["@type"] = kind
        context[name] = definition
    return context


@lru_cache(None)
def prefixed(iri: str) -> str:
    """The IRI shortened with the prefix of its namespace; unchanged where it has none."""
    for prefix, space in PREFIXES.items():
        if iri.startswith(space):
            return f"{prefix}:{iri[len(space) :]}"
    return iri


def _nodes(
    statements: Iterable[JsonLdStatement],
    terms: dict[str, str],
    kinds: dict[str, set[str]],
    classes: Mapping[Iri, str],
) -> list[dict[str, object]]:
    nodes: dict[str, dict[str, object]] = {}
    kind, texts = expand("rdf:type"), {iri for iri in terms if kinds[iri] == {"@language"}}
    uniform = {iri for iri in terms if len(kinds[iri]) == 1}
    for subject, predicate, value in statements:
        node = nodes.get(subject) or nodes.setdefault(subject, {"@id": subject})
        if predicate == kind:
            add_value(node, "@type", classes.get(Iri(value.text), prefixed(value.text)))
        elif predicate in texts:
            add_text(node, terms[predicate], value)
        else:
            add_value(node, terms[predicate], _json(value, predicate in uniform))
    return list(nodes.values())


def _json(value: JsonLdValue, typed: bool) -> object:
    """A value as JSON; `typed` where the context states its type."""
    kind, text, language = value
    if kind == "@id":
        return text if typed else {"@id": text}
    if language:
        return {"@value": text, "@language": language}
    if kind == "xsd:integer" and re.fullmatch(r"[+-]?\d+", text):
        return int(text)
    if kind == "xsd:string" or typed:
        return text
    return {"@value": text, "@type": kind}


def _reference(term: object) -> str:
    return str(term) if isinstance(term, ox.BlankNode) else str(getattr(term, "value", term))


def add_value(node: dict[str, object], key: str, value: object) -> None:
    """Add a value to a node object: a single value as such, several as a list."""
    values = node.get(key)
    if key not in node:
        node[key] = value
    elif isinstance(values, list):
        values.append(value)
    else:
        node[key] = [values, value]


def add_text(node: dict[str, object], key: str, value: JsonLdValue) -> None:
    """Add a text to the language map of `key` in a node object."""
    texts_by_language = node.setdefault(key, {})
    if not isinstance(texts_by_language, dict):
        raise TypeError(f"{key} has values that are not texts")
    add_value(texts_by_language, value.language, value.text)
