"""The help pages of a class, of a key and of a closed list: what outsiders need to write RDF.

A page says how each key is written: the name in a record, the property in RDF, how many values it
has, and which. An example of the class is whole in each syntax.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ..model.namespaces import concept_iri, expand, kebab_case, local_name, prefixed
from ..model.schema import Ontology, RecordClass, RecordKey
from ..model.terms import from_iri
from .examples import Examples
from .rule_examples import Example, RuleExamples

SHOWN: Final = 12
"""The terms of a longer list are cut off on the page of a class."""

SYNTAXES: Final = {
    "yaml": ("a record", "yml"),
    "turtle": ("Turtle", "ttl"),
    "jsonld": ("JSON-LD", "jsonld"),
}
"""The syntaxes of examples: the words for each, and the ending of its files."""


LITERALS: Final = {
    "rdf:langString": ('"text"@en', '{"@value": "text", "@language": "en"}'),
    "xsd:string": ('"text"', '"text"'),
    "xsd:integer": ("3", "3"),
    "xsd:decimal": ('"3"^^xsd:decimal', '{"@value": "3", "@type": "xsd:decimal"}'),
    "xsd:date": ('"2018-05-22"^^xsd:date', '{"@value": "2018-05-22", "@type": "xsd:date"}'),
    "xsd:gYearMonth": (
        '"2018-05"^^xsd:gYearMonth',
        '{"@value": "2018-05", "@type": "xsd:gYearMonth"}',
    ),
    "xsd:gYear": ('"2018"^^xsd:gYear', '{"@value": "2018", "@type": "xsd:gYear"}'),
    "edtf:EDTF": ('"2018~"^^edtf:EDTF', '{"@value": "2018~", "@type": "edtf:EDTF"}'),
}
"""How Turtle and JSON-LD write a value of each datatype."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key in the table of its class: its name in records, its property, its values in words."""

    key: str
    property: str
    number: str
    values: str


@dataclass(frozen=True, slots=True)
class ClassPage:
    """The help page of a class.

    `forms` are sentences on the values of the keys, `lists` has the terms of each closed list that
    a key takes.
    """

    kind: RecordClass
    keys: tuple[KeyRow, ...]
    forms: tuple[str, ...]
    lists: dict[str, tuple[str, ...]]
    example: Example


def describe_class(kind: RecordClass, ontology: Ontology) -> ClassPage:
    """The page of the class `kind`."""
    examples = RuleExamples(ontology, Examples(ontology))
    most = single_valued(ontology)
    keys = kind.keys.values()
    rows = tuple(
        KeyRow(key.name, prefixed(key.path), number_of(key, most), values_of(key, kind))
        for key in keys
    )
    lists = {key.scheme: ontology.schemes.get(key.scheme, ()) for key in keys if key.scheme}
    forms = (*_forms(keys), *_general(keys, ontology))
    return ClassPage(kind, rows, forms, lists, examples.of_class(kind))


def find_class(name: str, ontology: Ontology) -> RecordClass | None:
    """The class called `name`: a local name or a prefixed one in any case, or the IRI."""
    wanted = name.casefold()
    for kind in ontology.by_iri.values():
        names = (local_name(kind.iri), prefixed(kind.iri), kind.iri, kebab_case(kind.name))
        if wanted in map(str.casefold, names):
            return kind
    return None


def find_keys(name: str, ontology: Ontology) -> list[tuple[RecordClass, RecordKey]]:
    """The keys called `name`, a local or prefixed name or the IRI of the property, by class."""
    wanted = name.casefold()
    return [
        (kind, key)
        for kind in sorted(ontology.by_iri.values(), key=lambda record_class: record_class.name)
        for key in kind.keys.values()
        if wanted in map(str.casefold, (key.name, prefixed(key.path), key.path))
    ]


def class_text(page: ClassPage) -> str:
    """A page as plain text for the terminal; the examples stand at the margin, to be copied."""
    kind = page.kind
    lines = [f"{kind.name}  ({prefixed(kind.iri)})", kind.iri, "", kind.description, ""]
    lines += _table(("key", "property", "number", "values"), map(_cells, page.keys))
    lines += ["", *page.forms]
    for name, terms in page.lists.items():
        lines += ["", *_list(name, terms, SHOWN)]
    for form, text in page_examples(page.example):
        words, ending = SYNTAXES[form]
        lines += ["", f"Example as {words} (.{ending}):", "", text]
        if form == "yaml" and kind.folder:
            lines += ["", record_note(text)]
    lines += ["", *_next_steps(kind)]
    return "\n".join(lines) + "\n"


def record_note(text: str) -> str:
    """What the example `text` of a record needs, which a file of RDF states itself."""
    sources = list(dict.fromkeys(re.findall(r"^ *(?:- )?source: ([\w-]+)$", text, re.M)))
    return (
        "The ids are those of Northtown, which is invented: write those of your project.\n"
        f"Each source ({', '.join(sources)}) needs a file in data/sources, and each other thing "
        "that is named, a record."
    )


def _cells(row: KeyRow) -> tuple[str, ...]:
    return row.key, row.property, row.number, row.values


def page_examples(example: Example) -> Iterator[tuple[str, str]]:
    """The syntax and the text of each form of an example."""
    for form, text in zip(SYNTAXES, (example.record, example.turtle, example.jsonld), strict=True):
        if text:
            yield form, text


def key_text(keys: list[tuple[RecordClass, RecordKey]], ontology: Ontology) -> str:
    """The page of a property as plain text: how each class has it, and an example."""
    examples = RuleExamples(ontology, Examples(ontology))
    most = single_valued(ontology)
    kind, key = next((pair for pair in keys if pair[0].folder), keys[0])
    lines = [f"{key.name}  ({prefixed(key.path)})", key.path, "", key.description, ""]
    rows = (
        (owner.name, prefixed(owner.iri), number_of(shown, most), values_of(shown, owner))
        for owner, shown in keys
    )
    lines += _table(("of", "class", "number", "values"), rows)
    schemes = dict.fromkeys(shown.scheme for _, shown in keys if shown.scheme)
    for scheme in schemes:
        lines += ["", *_list(scheme, ontology.schemes.get(scheme, ()), SHOWN)]
    example, _ = examples.of_key(key, kind)
    lines += ["", f"In a record of {kind.name}:", "", example.record]
    lines += ["", f"In Turtle, whole for {kind.name}:", "", example.turtle]
    lines += ["", f"`pcve explain {kind.name}` explains the class"]
    return "\n".join(lines) + "\n"


def list_text(name: str, ontology: Ontology) -> str:
    """The terms of a closed list as plain text, with the names of each."""
    rows = (
        (term, ", ".join(ontology.labels.get((name, term), ()))) for term in ontology.schemes[name]
    )
    head = [f"{name}  (closed list)", concept_iri(name, "").rstrip("/"), ""]
    lines = _table(("term", "names"), rows)
    return "\n".join([*head, *lines, "", _term_form(name)]) + "\n"


def values_of(key: RecordKey, kind: RecordClass) -> str:
    """The values in RDF of a key of the class `kind`: its datatypes, the classes, or the list."""
    if key.datatypes:
        return _either(map(prefixed, key.datatypes))
    if key.scheme:
        return f"a term of {key.scheme}"
    if key.choices:
        return _either(from_iri(iri) for iri in key.choices)
    if key.same_class:
        return f"IRI of {prefixed(kind.iri)}"
    if key.classes:
        return "IRI of " + _either(map(prefixed, key.classes))
    return "an IRI"


def number_of(key: RecordKey, most: set[str]) -> str:
    """How many values a key has, in words; `most` are the shapes that allow one at most."""
    if key.required:
        return "one, required" if key.shape in most else "one or more, required"
    return "one at most" if key.shape in most else "any"


def single_valued(ontology: Ontology) -> set[str]:
    """The IRIs of the property shapes that allow one value at most."""
    stated = rf'^<(\S+)> {re.escape(from_iri(expand("sh:maxCount")))} "1"\^\^'
    return set(re.findall(stated, ontology.shapes, re.M))


def _general(keys: Iterable[RecordKey], ontology: Ontology) -> Iterator[str]:
    """For each general class among the values, such as foaf:Agent, the classes of its things."""
    iris = dict.fromkeys(iri for key in keys for iri in key.classes if not key.same_class)
    for iri in iris:
        if iri not in ontology.by_iri and (names := ontology.record_classes(iri)):
            kinds = _either(prefixed(ontology.classes[name].iri) for name in names)
            yield f"{prefixed(iri)} is any of {kinds}"


def _forms(keys: Iterable[RecordKey]) -> Iterator[str]:
    """How Turtle and JSON-LD write the literals that the keys take."""
    kinds = dict.fromkeys(prefixed(datatype) for key in keys for datatype in key.datatypes)
    for kind in kinds:
        if kind in LITERALS:
            turtle, jsonld = LITERALS[kind]
            yield f"{kind} is {turtle} in Turtle, {jsonld} in JSON-LD"


def _either(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def _list(name: str, terms: tuple[str, ...], most: int) -> list[str]:
    rest = len(terms) - most
    cut = f" … and {rest} more: `pcve explain {name}` lists all" if rest > 0 else ""
    return [f"Terms of {name}: {', '.join(terms[:most])}{cut}", f"    {_term_form(name)}"]


def _term_form(name: str) -> str:
    return f"in RDF {from_iri(concept_iri(name, 'TERM'))}, in a record TERM"


def _next_steps(kind: RecordClass) -> list[str]:
    name = kebab_case(kind.name)
    lines = [f"`pcve explain {kind.name} --example turtle` prints an example alone"]
    if kind.folder:
        lines.append(f"`pcve edit new {name} ID --format turtle` prints a template to fill in")
    return [*lines, f"`pcve explain {kind.name}-KEY` explains the rule of a key"]


def _table(heads: tuple[str, ...], rows: Iterable[Iterable[str]]) -> list[str]:
    """A table in columns; the last is as wide as its text."""
    cells = [heads, *(tuple(row) for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(heads) - 1)]
    return [
        "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[-1]])
        for row in cells
    ]
