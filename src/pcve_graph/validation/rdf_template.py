"""Templates in RDF: a new thing with all keys of its class, as Turtle or JSON-LD, to fill in.

What is required has a blank, which breaks the rule of its key until it is filled in: a text without
a language or datatype, and for a key that takes such a text an IRI. So `pcve validate` reports each
blank at its place, with what is required there. What may be left out is a comment in Turtle, and a
null in JSON-LD, which states nothing; the context of JSON-LD has the type of each key.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Final

from ..model.namespaces import PREFIXES, concept_iri, expand, prefixed, record_iri
from ..model.schema import Ontology, RecordClass, RecordKey
from ..model.terms import from_iri
from .class_help import LITERALS, number_of, single_valued, values_of

BLANK: Final = "FILL IN"
_BLANK_IRI: Final = "urn:fill-in"


def turtle_template(kind: RecordClass, identifier: str, ontology: Ontology) -> str:
    """A thing of `kind` in Turtle: valid but for the blanks."""
    most = single_valued(ontology)
    names = sorted({"xsd", *(prefixed(iri).partition(":")[0] for iri in _iris(kind))})
    lines = [f"PREFIX {name}: {from_iri(PREFIXES[name])}" for name in names]
    lines += [
        "",
        f'# Replace each "{BLANK}…". Of the other lines, remove the # of those that you need.',
        "# A thing that is named by its IRI is described in this file too, or `pcve validate FILE",
        f"# --against` finds it in the graph. `pcve explain {kind.name}` has an example.",
        f"{from_iri(record_iri(kind.segment, identifier))} a {prefixed(kind.iri)} ;",
    ]
    for key in _ordered(kind):
        words = f"{number_of(key, most)}: {values_of(key, kind)}"
        if key.required:
            lines += [f"    # {words}, such as {_form(key, kind, ontology)}"]
            lines += [f"    {prefixed(key.path)} {_turtle_blank(key, kind)} ;"]
        else:
            lines += [f"    # {prefixed(key.path)} {_form(key, kind, ontology)} ;  # {words}"]
    return "\n".join([*lines, "    .", ""])


def jsonld_template(kind: RecordClass, identifier: str, ontology: Ontology) -> str:
    """A thing of `kind` in JSON-LD: valid but for the blanks; a null states nothing."""
    names = sorted({"xsd", *(prefixed(iri).partition(":")[0] for iri in _iris(kind))})
    context: dict[str, object] = {name: PREFIXES[name] for name in names}
    node: dict[str, object] = {
        "@id": record_iri(kind.segment, identifier),
        "@type": prefixed(kind.iri),
    }
    for key in _ordered(kind):
        name = prefixed(key.path)
        if coerced := _coercion(key):
            context[name] = coerced
        node[name] = _json_blank(key, kind) if key.required else None
    inner = ",\n".join(f"    {_dump(name)}: {_dump(value)}" for name, value in context.items())
    rows = [f'  "@context": {{\n{inner}\n  }}']
    rows += [f"  {_dump(name)}: {_dump(value)}" for name, value in node.items()]
    return "{\n" + ",\n".join(rows) + "\n}\n"


TEMPLATES: Final = {"turtle": turtle_template, "jsonld": jsonld_template}
"""The templates by syntax."""


def _iris(kind: RecordClass) -> Iterator[str]:
    yield kind.iri
    yield from (key.path for key in kind.keys.values())
    yield from (datatype for key in kind.keys.values() for datatype in key.datatypes)


def _ordered(kind: RecordClass) -> Iterable[RecordKey]:
    """The keys of a class, those that are required first."""
    return sorted(kind.keys.values(), key=lambda key: not key.required)


def _words(key: RecordKey, kind: RecordClass) -> str:
    return f"{BLANK}: {values_of(key, kind)}"


def _takes_text(key: RecordKey) -> bool:
    """Whether a text without a language is a value of `key`, so that its blank has to be an IRI."""
    return expand("xsd:string") in key.datatypes


def _turtle_blank(key: RecordKey, kind: RecordClass) -> str:
    return from_iri(_BLANK_IRI) if _takes_text(key) else _dump(_words(key, kind))


def _json_blank(key: RecordKey, kind: RecordClass) -> object:
    return {"@id": _BLANK_IRI} if _takes_text(key) else {"@value": _words(key, kind)}


def _coercion(key: RecordKey) -> dict[str, str]:
    """What the context says of the values of `key`, so that each is written as a plain text."""
    if not key.datatypes:
        return {"@type": "@id"}
    datatype = prefixed(key.datatypes[0])
    if datatype == "rdf:langString":
        return {"@language": "en"}
    return {} if datatype == "xsd:string" else {"@type": datatype}


def _form(key: RecordKey, kind: RecordClass, ontology: Ontology) -> str:
    """A value of `key` as Turtle writes it."""
    if key.datatypes:
        return LITERALS[prefixed(key.datatypes[0])][0]
    if key.scheme:
        return from_iri(concept_iri(key.scheme, "TERM"))
    if key.choices:
        return from_iri(key.choices[0])
    target = ontology.by_iri.get(key.classes[0]) if key.classes and not key.same_class else None
    target = kind if key.same_class else target
    return from_iri(record_iri(target.segment, "ID")) if target else "<https://…>"


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
