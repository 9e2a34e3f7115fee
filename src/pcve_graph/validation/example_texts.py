"""Examples in the three syntaxes: Turtle, JSON-LD and the record format, each whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from ..model.namespaces import PREFIXES, expand, local_name, prefixed
from ..model.schema import Ontology, RecordClass, RecordKey
from ..model.terms import Iri, from_iri

Facts = list[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]]
"""The (property, value) pairs of a thing, in the order in which they are shown."""

Things = dict[ox.NamedNode, Facts]
"""Things with what is stated of each, in the order in which they are shown."""

TYPE: Final = ox.NamedNode(expand("rdf:type"))
_LOCAL: Final = re.compile(r"[A-Za-z_](?:[\w-]*\w)?")
_PLAIN: Final = {"integer": re.compile(r"[+-]?\d+"), "decimal": re.compile(r"[+-]?\d+\.\d+")}
"""The literals that Turtle writes without quotes, by the local name of their datatype."""

SOURCE: Final = "atlas"
"""The source that a record of an example names: one of Northtown, whose text is not held."""


def turtle(things: Things) -> str:
    """The things as a Turtle document with the prefixes that it uses, one property a line."""
    blocks = []
    for subject, facts in things.items():
        rows = [f"{_name(predicate)} {values}" for predicate, values in _grouped(facts)]
        blocks.append(f"{_name(subject)} " + " ;\n    ".join(rows) + " .")
    body = "\n\n".join(blocks)
    head = [f"PREFIX {name}: {from_iri(PREFIXES[name])}" for name in _used(things)]
    return "\n".join([*head, "", body])


def jsonld(things: Things) -> str:
    """The things as a JSON-LD document; its context has the prefixes that it uses."""
    nodes = []
    for subject, facts in things.items():
        rows: dict[str, list[object]] = {}
        for predicate, value in facts:
            if predicate == TYPE:
                rows.setdefault("@type", []).append(prefixed(str(value.value)))
            else:
                rows.setdefault(prefixed(predicate.value), []).append(_json(value))
        lines = [f'"@id": {_dump(subject.value)}']
        for name, values in rows.items():
            lines.append(f"{_dump(name)}: {_dump(values if len(values) > 1 else values[0])}")
        nodes.append("    {\n      " + ",\n      ".join(lines) + "\n    }")
    context = ",\n".join(f"    {_dump(name)}: {_dump(PREFIXES[name])}" for name in _used(things))
    listed = ",\n".join(nodes)
    return f'{{\n  "@context": {{\n{context}\n  }},\n  "@graph": [\n{listed}\n  ]\n}}'


def record(subject: ox.NamedNode, things: Things, ontology: Ontology) -> str:
    """The record of `subject`; that of a source is the file of the source.

    Empty for what is no record.
    """
    kind = class_of(things[subject], ontology)
    if kind is None or not (kind.folder or kind.name == "Source"):
        return ""
    rows = key_lines(subject, things, ontology)
    head = [f"id: {local_name(subject.value)}"]
    if kind.folder:
        head += [f"type: {kind.name}", "claims:", f"  - source: {SOURCE}"]
        rows = [f"    {row}" for row in rows]
    return "\n".join([*head, *rows])


def key_lines(subject: ox.NamedNode, things: Things, ontology: Ontology) -> list[str]:
    """The `key: value` lines of a block of the record of `subject`."""
    kind = class_of(things[subject], ontology)
    rows = []
    for key in kind.keys.values() if kind else ():
        values = [value for predicate, value in things[subject] if predicate.value == key.path]
        texts = [value_text(key, value, things, ontology) for value in values]
        if texts:
            rows.append(
                f"{key.name}: " + (texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]")
            )
    return rows


def class_of(facts: Facts, ontology: Ontology) -> RecordClass | None:
    """The class that is stated of a thing; None for a thing of a class without a shape."""
    iris = [str(value.value) for predicate, value in facts if predicate == TYPE]
    return next((ontology.by_iri[Iri(iri)] for iri in iris if iri in ontology.by_iri), None)


def term_text(term: ox.NamedNode | ox.Literal) -> str:
    """A term as Turtle writes it, prefixed where a prefix applies."""
    if isinstance(term, ox.NamedNode):
        return _name(term)
    kind = prefixed(term.datatype.value)
    plain = _PLAIN.get(kind.removeprefix("xsd:"))
    if plain is not None and plain.fullmatch(term.value):
        return term.value
    quoted = str(ox.Literal(term.value))
    if term.language:
        return f"{quoted}@{term.language}"
    return quoted if kind == "xsd:string" else f"{quoted}^^{kind}"


def value_text(
    key: RecordKey, value: ox.NamedNode | ox.Literal, things: Things, ontology: Ontology
) -> str:
    """A value as a record writes it."""
    if isinstance(value, ox.Literal):
        return (
            f"{{{value.language}: {_text(value.value)}}}" if value.language else _text(value.value)
        )
    owned = ontology.by_iri.get(key.classes[0]) if key.classes else None
    if key.refers:
        return "/".join(value.value.rsplit("/", 2)[1:])
    if owned is not None and not owned.folder and owned.name != "Source" and value in things:
        rows = key_lines(value, things, ontology)
        return "{" + ", ".join([f"id: {local_name(value.value)}", *rows]) + "}"
    return local_name(value.value) if key.classes or key.scheme or key.choices else value.value


def _text(text: str) -> str:
    """A text as YAML; quoted where it would read as something else within braces."""
    return (
        text
        if re.fullmatch(r"[^\s,:{}\[\]'\"#&*!|>%@`-][^,{}\[\]'\"#]*", text) and (": " not in text)
        else json.dumps(text, ensure_ascii=False)
    )


def _name(term: ox.NamedNode) -> str:
    if term == TYPE:
        return "a"
    name = prefixed(term.value)
    return name if _LOCAL.fullmatch(name.partition(":")[2]) else from_iri(term.value)


def _grouped(facts: Facts) -> Iterable[tuple[ox.NamedNode, str]]:
    """Each property with its values, separated by commas."""
    values: dict[ox.NamedNode, list[str]] = {}
    for predicate, value in facts:
        values.setdefault(predicate, []).append(term_text(value))
    return [(predicate, ", ".join(texts)) for predicate, texts in values.items()]


def _used(things: Things) -> list[str]:
    """The prefixes of the terms of `things`, sorted."""
    iris = {subject.value for subject in things}
    for facts in things.values():
        for predicate, value in facts:
            if predicate != TYPE:
                iris.add(predicate.value)
            if isinstance(value, ox.Literal):
                iris.add(value.datatype.value)
            else:
                iris.add(value.value)
    hidden = {expand("xsd:string"), expand("rdf:langString")}
    names = {prefixed(iri).partition(":")[0] for iri in iris - hidden}
    return sorted(names & PREFIXES.keys())


def _json(value: ox.NamedNode | ox.Literal) -> object:
    if isinstance(value, ox.NamedNode):
        return {"@id": value.value}
    if value.language:
        return {"@value": value.value, "@language": value.language}
    kind = prefixed(value.datatype.value)
    return value.value if kind == "xsd:string" else {"@value": value.value, "@type": kind}


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
