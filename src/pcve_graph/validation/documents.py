"""RDF documents to be validated: pyoxigraph parses them, and places are located on demand."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final
from urllib.parse import urljoin

import pyoxigraph as ox

from ..model.namespaces import DOCUMENT_BASE
from ..model.problems import ContentError, Position, rule_problem
from ..model.terms import (
    NTerm,
    NTriple,
    Statement,
    Term,
    blank,
    from_iri,
    from_term,
    from_triple,
    iri_start,
    parse_statement,
    to_iri,
    triple_line,
    without_suffix,
)
from ..syntax.jsonld_check import check_jsonld
from ..syntax.jsonld_contexts import Load, Shift, original_place, write_out_contexts
from ..syntax.parser_input import ParserInput, parser_input
from ..syntax.positions import Place, Places, locate_statements
from ..syntax.positions.parser_errors import find_error_offset
from ..syntax.rdfxml_check import (
    check_elements,
    check_entities,
    decode_xml,
    foreign_root,
    foreign_root_error,
)
from ..syntax.tree import decode_utf8, position_at
from ..syntax.turtle_check import check_turtle, rdf12_error
from .notation import Notation, read_notation
from .results import nearest_key

FORMATS: Final[dict[str, ox.RdfFormat]] = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
"""The formats that `pcve validate` reads in addition to records."""

_GENERATED: Final = re.compile(r"[0-9a-f]{24,32}")
"""Matches the random labels that the parser generates for blank nodes without one."""

_CHUNK: Final = 2**20
_STEP: Final = 50_000
"""Statements after which progress is reported."""

LARGEST: Final = 300 * 2**20
"""Bytes of the largest file that is read; a larger file is rejected before it is opened."""

UNNAMED: Final = 150_000
"""Unlabelled blank nodes that any file may have; a list has one for each member.

The engines need about 4 KB of memory for each of them, while a member of a list in Turtle can be
written in two bytes.
"""

_UNNAMED_BYTES: Final = 32
"""A large file may have one unlabelled blank node for each of these bytes."""


@dataclass(frozen=True)
class Document:
    """One RDF file as UTF-8 bytes; parsed again for each use, since statements need more memory.

    In JSON-LD, contexts that the file refers to are written out in `raw`; `shifts` has what that
    moves in each line, and `missing` the first context that nobody gave, with its place;
    `contexts` and `namespaces` are those of `WrittenOut`.
    """

    name: str
    form: str
    raw: bytes
    shifts: dict[int, list[Shift]] = field(default_factory=dict)
    missing: tuple[str, Position] | None = None
    contexts: Mapping[str, object] = field(default_factory=dict)
    namespaces: Mapping[str, str] = field(default_factory=dict)
    based: bool = False
    """Whether relative IRIs are resolved against `DOCUMENT_BASE` in a file without a base."""
    progress: Callable[[str], None] | None = None
    """Gets a line on how much of a large file is read, whenever it is read."""

    @cached_property
    def notation(self) -> Notation:
        """How the file writes terms, without what is known of its things."""
        return read_notation(self.raw, self.form, self.contexts)

    @cached_property
    def _input(self) -> ParserInput:
        return parser_input(self.raw, self.form)

    def lines(self) -> Iterator[NTriple]:
        """Each statement as a line of N-Triples, in the order of the file, possibly repeated.

        IRIs of parts of the file, such as <#a>, begin with `DOCUMENT_BASE`. Raises ContentError
        (`rdf-syntax`, `rdf-version`, `relative-iri`, `nesting`, `file-size`) with line and column.
        A remote JSON-LD context that nobody gave is rejected, never fetched.
        """
        try:
            yield from self._lines()
        except _NoContextError:
            raise
        except ContentError as error:
            raise _at_original(error, self.shifts) from None

    def _lines(self) -> Iterator[NTriple]:
        scheme = self._unused_scheme()
        base, names = scheme + DOCUMENT_BASE.partition(":")[2], dict[str, NTerm]()
        file, form = io.BytesIO(self._input.raw), FORMATS[self.form]
        left_out = [f"@{self._input.language}"] if self._input.language else []
        left_out += _DIRECTIONS if self.form == "jsonld" else ()  # without rdfDirection
        unnamed = max(UNNAMED, len(self.raw) // _UNNAMED_BYTES)
        try:
            quads = ox.parse(file, format=form, base_iri=base, rename_blank_nodes=False)
            number = 0
            for number, quad in enumerate(quads, 1):
                if self.progress is not None and not number % _STEP:
                    share = 100 * file.tell() // len(self.raw)
                    self.progress(f"reading {self.name}: {number:,} statements, {share} %")
                line = _line(quad, names)
                if len(names) > unnamed:
                    message = f"the file has more than {unnamed:,} unlabelled blank nodes"
                    fix = "give the nodes IRIs, or split the file"
                    raise ContentError([rule_problem("nesting", Position(self.name), message, fix)])
                for suffix in left_out if isinstance(quad.object, ox.Literal) else ():
                    line = without_suffix(line, suffix)
                if scheme in line:
                    line = self._based(line, scheme, base)
                if line.endswith(_NEWER) and not isinstance(quad.object, ox.BlankNode):
                    at = self._offset(parse_statement(line))
                    raise rdf12_error(self.raw, at, self.name, "a base direction or a triple term")
                yield line
            if self.progress is not None and number >= _STEP:
                self.progress(f"checking {self.name} …")
        except SyntaxError as error:
            raise self._fault(error, base) from None
        except MemoryError as error:
            if "buffer" not in str(error):  # the memory limit of the process
                raise
            message, fix = "one term is longer than 16 MB", "shorten the term"
            raise ContentError(
                [rule_problem("file-size", Position(self.name), message, fix)]
            ) from None

    def places(self, subjects: Collection[NTerm]) -> Places:
        """The places of the statements about `subjects`; `_:` stands for any blank node."""
        places = locate_statements(self.raw, self.form, subjects)
        if not self.shifts:
            return places
        return {key: self.original(place) for key, place in places.items()}

    def original(self, place: Place) -> Place:
        """The place in the file as it was before contexts were written out in it."""
        return original_place(self.shifts, *place)

    def _unused_scheme(self) -> str:
        """A scheme that does not occur in the file; as the base it marks relative IRIs."""
        scheme = "x-document:"
        while scheme.encode() in self.raw:
            scheme = "x" + scheme
        return scheme

    def _based(self, line: NTriple, scheme: str, base: str) -> NTriple:
        """`line` with `DOCUMENT_BASE` as its base. Raises ContentError for other relative IRIs.

        A same-document reference is valid under every base (RFC 3986, section 4.4).
        """
        real = DOCUMENT_BASE.partition(":")[0] + ":"
        relative = () if self.based else re.findall(f"{iri_start(scheme)}[^>]*>", line)
        for iri in map(to_iri, relative):
            if iri != base and not iri.startswith(base + "#"):
                terms = parse_statement(line.replace(iri_start(scheme), iri_start(real)))
                at, written = _written(self, real + iri.removeprefix(scheme))
                place = position_at(self.raw, at if written else self._offset(terms), self.name)
                message = (
                    f"the relative IRI {from_iri(written)} has no base" if written else _NO_BASE
                )
                raise ContentError(
                    [rule_problem("relative-iri", place, message, _BASES[self.form])]
                )
        return NTriple(line.replace(iri_start(scheme), iri_start(real)))

    def _offset(self, statement: Statement) -> int:
        """The offset of a statement in bytes; 0 if it cannot be located."""
        places = locate_statements(self.raw, self.form, {statement.subject})
        key = nearest_key(places, *statement)
        if not key:
            return 0
        line, column = places[key]
        start = _start_of(self.raw, line)
        end = self.raw.find(b"\n", start)
        text = self.raw[start : end if end >= 0 else len(self.raw)].decode()
        return start + len(text[: column - 1].encode())

    def _fault(self, error: SyntaxError, base: str) -> ContentError:
        """A parser error with its place."""
        message = str(error.msg)
        if "LoadDocumentCallback" in message and self.missing:
            return _NoContextError(*self.missing)
        if self.form == "rdfxml" and (root := foreign_root(self.raw)):
            at = self.raw.find(b"<" + root.encode())
            return foreign_root_error(root, position_at(self.raw, at, self.name))
        place = Position(self.name, error.lineno or 1, error.offset or 1)
        if not error.lineno:
            at = find_error_offset(self._input.raw, self.form, message, base)
            place = position_at(self.raw, self._input.original(at), self.name)
        elif self.form == "jsonld":  # this parser alone counts its columns in bytes
            at = _start_of(self._input.raw, place.line) + place.column - 1
            place = position_at(self.raw, self._input.original(at), self.name)
        rule = "rdf-version" if "rdf:dirLangString" in message else "rdf-syntax"
        return ContentError(
            [rule_problem(rule, place, *_parser_message(message.replace(base, "")))]
        )


def _start_of(raw: bytes, line: int) -> int:
    """The offset of a line of `raw`."""
    start = 0
    for _ in range(line - 1):
        start = raw.find(b"\n", start) + 1
    return start


class _NoContextError(ContentError):
    """The file refers to a context at `address` that nobody gave; `place` is that in the file."""

    def __init__(self, address: str, place: Position) -> None:
        message = f"remote @context is not loaded: {address}"
        fix = (
            f"pass a copy of it with --context {address}=FILE, or write its terms in the file, in "
            "place of its address"
        )
        super().__init__([rule_problem("rdf-syntax", place, message, fix)])


def _at_original(error: ContentError, shifts: dict[int, list[Shift]]) -> ContentError:
    """`error` with the places of the file as it was before contexts were written out in it."""
    problems = []
    for problem in error.problems:
        line, column = original_place(shifts, problem.position.line, problem.position.column)
        place = problem.position._replace(line=line, column=column)
        problems.append(replace(problem, position=place))
    return ContentError(problems)


_DIRECTIONS: Final = ("--ltr", "--rtl")
_NEWER: Final = ("--ltr .", "--rtl .", ")>> .")
"""The ends of RDF 1.2 statements; in RDF 1.1 only a statement with a blank node can end so."""

_NO_BASE: Final = "a relative IRI has no base"
_BASES: Final = {
    "turtle": "write the whole IRI, or state a base: @base <…> .",
    "trig": "write the whole IRI, or state a base: @base <…> .",
    "ntriples": "write the whole IRI",
    "nquads": "write the whole IRI",
    "jsonld": 'write the whole IRI, or state a base in the context: "@base"',
    "rdfxml": "write the whole IRI, or state a base: xml:base",
}
_TURTLE_IRI: Final = re.compile(
    rb"#[^\n]*|\"[^\"\\\n]*+(?:\\.[^\"\\\n]*+)*+\"|<(?P<iri>[^<>\"\s]*)>"
)
_QUOTED_IRI: Final = re.compile(rb"(?P<mark>[\"'])(?P<iri>[^<>\"'\s]*)(?P=mark)")


def _written(document: Document, iri: str) -> tuple[int, str]:
    """The offset and text of the relative IRI that resolves to `iri`; (0, "") if there is none."""
    form = _TURTLE_IRI if document.form in ("turtle", "trig") else _QUOTED_IRI
    for match in form.finditer(document.raw):
        text = (match["iri"] or b"").decode("utf-8", "replace")
        if text and ":" not in text and urljoin(DOCUMENT_BASE, text) == iri:
            return match.start() if document.form != "rdfxml" else match.start("iri"), text
    return 0, ""


def _line(quad: ox.Quad, names: dict[str, NTerm]) -> NTriple:
    """A statement as a line; generated labels of blank nodes are replaced by numbers in `names`."""

    if not isinstance(quad.subject, ox.BlankNode) and not isinstance(quad.object, ox.BlankNode):
        return from_triple(quad.triple)

    def named(term: Term) -> NTerm:
        if not isinstance(term, ox.BlankNode) or not _GENERATED.fullmatch(term.value):
            return from_term(term)
        return names.setdefault(term.value, blank(f"pcve-node{len(names) + 1}"))

    return triple_line((named(quad.subject), from_term(quad.predicate), named(quad.object)))


def read_document(raw: bytes, name: str, form: str, load: Load = lambda _: None) -> Document:
    """The document in `raw`, checked so that every parser can read it safely.

    `load` has the contexts that a document in JSON-LD may refer to.
    Raises ContentError if its bytes are not text in the declared encoding (`encoding`), if it is
    nested too deeply or has too many nodes (`nesting`), if it is RDF 1.2 (`rdf-version`), and if
    XML is not well-formed (`rdf-syntax`).
    """
    if raw[:2] == b"\x1f\x8b":
        message, fix = "found gzip data", "decompress the file first"
        raise ContentError([rule_problem("encoding", Position(name), message, fix)])
    if form == "rdfxml":
        raw = decode_xml(raw, name)
        check_entities(raw, name, LARGEST)
        check_elements(raw, name)
        return Document(name, form, raw)
    _check_encoding(raw, name)
    raw = raw.removeprefix(codecs.BOM_UTF8)
    if _HTML.match(raw):
        fix = 'validate what is in <script type="application/ld+json">, saved as a file of its own'
        raise ContentError([rule_problem("rdf-syntax", Position(name), "the file is HTML", fix)])
    if form != "jsonld":
        check_turtle(raw, name)
        return Document(name, form, raw)
    check_jsonld(raw, name)
    written = write_out_contexts(raw, name, load)
    if written.shifts:
        try:
            check_jsonld(written.raw, name)
        except ContentError as error:
            raise _at_original(error, written.shifts) from None
    return Document(name, form, *written)


_HTML: Final = re.compile(rb"\s*<!doctype\s+html\b", re.IGNORECASE)


def _check_encoding(raw: bytes, name: str) -> None:
    """Raise ContentError for bytes that are not UTF-8, without decoding all of them at once."""
    view, decoder = memoryview(raw), codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(raw), _CHUNK):
            decoder.decode(view[at : at + _CHUNK], at + _CHUNK >= len(raw))
        wrong = b"\0" in raw
    except UnicodeDecodeError:
        wrong = True
    if wrong:
        decode_utf8(raw, name)


_LONE_SPACE: Final = re.compile(r"'([\n\r\t])'")
"""A character that a message quotes, which must not be folded into a space."""


def _parser_message(message: str) -> tuple[str, str]:
    """The parser's message on one line, and the fix."""
    short = " ".join(_LONE_SPACE.sub(lambda match: repr(match[1]), message).split())
    _, colon, rest = short.partition(": ")
    if short.startswith("Parser error") and colon:
        short = rest
    if "LoadDocumentCallback" in short:
        return "remote @context is not loaded", "embed the context in the file"
    return short[:200], "correct the syntax here"
