"""How the terms of a message are written: in the syntax of the file, with the prefixes it declares.

`shown` is for sentences, `pasted` for fixes: the text that replaces what is in the file.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from ..model.languages import canonical_tag
from ..model.namespaces import expand, local_name
from ..model.terms import (
    NO_TERM,
    Iri,
    NTerm,
    escaped_text,
    from_iri,
    is_blank,
    is_iri,
    is_literal,
    literal_parts,
    to_iri,
)
from ..syntax.declared_prefixes import context_terms, declared_prefixes, inherits_language

SHOWN: Final = 200
"""Characters of a value that a message shows."""

_LINES: Final = ("ntriples", "nquads")
_LOCAL: Final = re.compile(r"(?:\w(?:[\w.-]*[\w-])?)?")
"""Matches the local names of Turtle that need no escape (W3C Turtle 1.1, PN_LOCAL)."""

_XML_NAME: Final = re.compile(r"[^\W\d][\w.-]*")
_BARE: Final[Mapping[Iri, re.Pattern[str]]] = {
    expand("xsd:integer"): re.compile(r"[+-]?\d+"),
    expand("xsd:decimal"): re.compile(r"[+-]?\d*\.\d+"),
    expand("xsd:double"): re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)[eE][+-]?\d+"),
    expand("xsd:boolean"): re.compile("true|false"),
}
"""The literals that Turtle has without quotation marks (section 2.5)."""

_JSON: Final = {
    expand("xsd:integer"): re.compile(r"-?(?:0|[1-9]\d{0,14})"),
    expand("xsd:boolean"): re.compile("true|false"),
}
"""The literals that JSON-LD has without @value (JSON-LD 1.1, section 4.2.2)."""

_STRING: Final = expand("xsd:string")
_STANDARD: Final = ("xsd", "rdf")
"""The prefixes that everyone uses for one namespace each."""


@dataclass(frozen=True)
class Notation:
    """A syntax with the prefixes of one file, by prefix, and the terms of its JSON-LD context.

    `form` is a format of `documents.FORMATS` or `record`. `names`, `vocabulary` and `defined` are
    those of `ContextTerms`. `exists` says whether a thing with this
    IRI is among the data, which are those of the file and, with `against`, of the built graph;
    `folders` has the segments of the IRIs of things. `has_language` is set for RDF/XML whose
    elements may inherit a language.
    """

    form: str = "record"
    prefixes: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    vocabulary: str = ""
    defined: frozenset[str] = frozenset()
    exists: Callable[[Iri], bool] = lambda _: False
    folders: tuple[str, ...] = ()
    against: bool = False
    has_language: bool = False

    @property
    def has_prefixes(self) -> bool:
        """Whether the syntax has prefixes and other short forms, unlike N-Triples."""
        return self.form not in _LINES

    def iri(self, iri: str) -> str:
        """An IRI as the file writes it in the position of a property; never a bare local name.

        Only a record has bare names: its keys.
        """
        if self.form == "record":
            return local_name(iri) or iri
        return self._term(iri) or self._prefixed(iri) or self._whole(iri)

    def _term(self, iri: str) -> str:
        """The term of the JSON-LD context for an IRI, or its name relative to the vocabulary.

        The order is that of compaction (W3C JSON-LD 1.1 API, section 6.2).
        """
        if iri in self.names:
            return self.names[iri]
        name = iri.removeprefix(self.vocabulary) if self.vocabulary else iri
        is_relative = name != iri and name not in self.defined and ":" not in name
        return name if is_relative and not name.startswith("@") else ""

    def datatype(self, iri: str) -> str:
        """A datatype with the prefix of the file, else with the one that everyone uses."""
        return self._of_datatype(iri) or self._whole(iri)

    def shown(self, term: NTerm) -> str:
        """A term in a sentence: as in Turtle, and in a record as the text alone."""
        if is_blank(term):
            return "a blank node"
        if is_iri(term):
            iri = to_iri(term)
            return (local_name(iri) or iri) if self.form == "record" else self._node(iri)
        if self.form == "record":
            return f'"{_cut(escaped_text(term))}"'
        return self._literal(_shortened(term), self._shown_datatype)

    def pasted(self, term: NTerm, path: NTerm = NO_TERM) -> str:
        """A term as it is pasted into the file in place of a value of `path`; empty if it is long.

        In RDF/XML it is the whole property element, which needs the name of `path`.
        """
        if is_blank(term) or len(term) > SHOWN:
            return ""
        if self.form == "record":
            return _in_record(term)
        if self.form == "jsonld":
            return self._in_json(term)
        if self.form == "rdfxml":
            return self._in_xml(term, path)
        return self._node(to_iri(term)) if is_iri(term) else self._literal(term, self._whole_or)

    def statement(self, subject: NTerm, path: NTerm, term: NTerm) -> str:
        """A property with a value as it is added to a node; empty where it is not a property.

        In N-Triples it is the whole line.
        """
        value = self.pasted(term, path) if is_iri(path) else ""
        if not value or self.form == "rdfxml":
            return value
        name = self.iri(to_iri(path))
        if self.form in _LINES:
            return f"{subject} {name} {value} ."
        if self.form == "jsonld":
            return f"{json.dumps(name)}: {value}"
        return f"{name}: {value}" if self.form == "record" else f"{name} {value}"

    def _node(self, iri: str) -> str:
        return (self._prefixed(iri) if self.form != "rdfxml" else "") or self._whole(iri)

    def _whole(self, iri: str) -> str:
        return iri if self.form in ("jsonld", "rdfxml") else from_iri(iri)

    def _whole_or(self, iri: str) -> str:
        return self._prefixed(iri) or from_iri(iri)

    def _shown_datatype(self, iri: str) -> str:
        return self._of_datatype(iri) or from_iri(iri)

    def _of_datatype(self, iri: str) -> str:
        """The prefixed name of a datatype; empty if it would be read as that of another one."""
        usual = _usual(iri)
        if short := self._prefixed(iri):
            prefix = short.partition(":")[0]
            return "" if prefix in _STANDARD and short != usual else short
        return "" if usual.partition(":")[0] in self.prefixes else usual

    def _prefixed(self, iri: str) -> str:
        """The prefixed name of an IRI in the file; empty if it has none."""
        if self.form in _LINES:
            return ""
        form = _XML_NAME if self.form == "rdfxml" else _LOCAL
        for space, prefix in self._spaces:
            if iri.startswith(space) and form.fullmatch(iri, len(space)):
                return f"{prefix}:{iri[len(space) :]}"
        return ""

    @cached_property
    def by_namespace(self) -> dict[str, str]:
        """The first prefix of each namespace: a later one may be declared below what it is for."""
        spaces: dict[str, str] = {}
        for prefix, space in self.prefixes.items():
            spaces.setdefault(space, prefix)
        return spaces

    @cached_property
    def _spaces(self) -> list[tuple[str, str]]:
        """The namespaces, the longest first, each with its prefix."""
        spaces = [pair for pair in self.by_namespace.items() if pair[0]]
        return sorted(spaces, key=lambda pair: (-len(pair[0]), pair))

    def _literal(self, term: NTerm, datatype: Callable[[str], str]) -> str:
        text, language, iri = literal_parts(term)
        quoted = f'"{escaped_text(term)}"'
        if language:
            return f"{quoted}@{canonical_tag(language)}"
        if iri is None or iri == _STRING:
            return quoted
        if self.form not in _LINES and iri in _BARE and _BARE[iri].fullmatch(text):
            return text
        return f"{quoted}^^{datatype(iri)}"

    def _in_json(self, term: NTerm) -> str:
        if is_iri(term):
            return json.dumps({"@id": self._node(to_iri(term))}, ensure_ascii=False)
        text, language, iri = literal_parts(term)
        value = {"@value": text}
        if language:
            value["@language"] = canonical_tag(language)
        elif iri in _JSON and _JSON[iri].fullmatch(text):
            return text
        elif iri and iri != _STRING:
            value["@type"] = self._term(iri) or self._prefixed(iri) or iri
        return json.dumps(value, ensure_ascii=False)

    def _in_xml(self, term: NTerm, path: NTerm) -> str:
        name = self._prefixed(to_iri(path)) if is_iri(path) else ""
        if is_iri(term):
            resource = f'rdf:resource="{html.escape(to_iri(term))}"'
            return f"<{name} {resource}/>" if name else resource
        text, language, iri = literal_parts(term)
        attribute = ""
        if language:
            attribute = f' xml:lang="{canonical_tag(language)}"'
        elif self.has_language or (iri and iri != _STRING):
            attribute = f' rdf:datatype="{iri or _STRING}"'
        if not name:
            return attribute.strip()
        return f"<{name}{attribute}>{html.escape(text, quote=False)}</{name}>"


def read_notation(raw: bytes, form: str, contexts: Mapping[str, object]) -> Notation:
    """The notation of an RDF file: the prefixes that it declares, the terms of its JSON-LD context.

    `contexts` are those of `WrittenOut`. A prefix that is declared twice, with different IRIs, is
    left out. Never raises.
    """
    if form == "jsonld":
        return Notation(form, *context_terms(raw, contexts))
    has_language = form == "rdfxml" and inherits_language(raw)
    return Notation(form, declared_prefixes(raw, form), has_language=has_language)


def _usual(iri: str) -> str:
    """`xsd:date` or `rdf:langString` for its IRI; empty for another datatype."""
    for prefix in _STANDARD:
        space = expand(f"{prefix}:")
        if iri.startswith(space):
            return f"{prefix}:{iri.removeprefix(space)}"
    return ""


def _in_record(term: NTerm) -> str:
    if is_literal(term):
        text, language, _ = literal_parts(term)
        return f"{{{canonical_tag(language)}: {text}}}" if language else text
    return local_name(to_iri(term)) or to_iri(term)


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _shortened(term: NTerm) -> NTerm:
    """A literal whose text is cut to what a message shows; never in the middle of an escape."""
    text = escaped_text(term)
    if len(text) <= SHOWN:
        return term
    short = re.sub(r"\\+$", "", text[:SHOWN])
    return NTerm(f'"{short}…"{term[len(text) + 2 :]}')
