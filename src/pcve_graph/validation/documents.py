"""RDF documents to be validated: pyoxigraph parses them, and places are located on demand."""

from __future__ import annotations

import codecs
import io
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import pyoxigraph as ox

from ..model.namespaces import DOCUMENT_BASE
from ..model.problems import ContentError, Position, UsageError, rule_problem
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
)
from ..syntax.jsonld_check import check_jsonld
from ..syntax.positions import Places, locate_statements
from ..syntax.positions.parser_errors import find_error_offset
from ..syntax.rdfxml_check import check_elements, check_entities, decode_xml
from ..syntax.tree import decode_utf8, position_at
from ..syntax.turtle_check import check_turtle, rdf12_error
from ..system.files import walk_files
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

ENDINGS: Final = {
    ".ttl": "turtle",
    ".trig": "trig",
    ".nt": "ntriples",
    ".nq": "nquads",
    ".jsonld": "jsonld",
    ".json": "jsonld",
    ".rdf": "rdfxml",
    ".xml": "rdfxml",
    ".owl": "rdfxml",
    ".yml": "record",
    ".yaml": "record",
    ".jsonl": "record",
}
_GENERATED: Final = re.compile(r"[0-9a-f]{24,32}")
"""Matches the random labels that the parser generates for blank nodes without one."""

_CHUNK: Final = 2**20
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
    """One RDF file as UTF-8 bytes; parsed again for each use, since statements need more memory."""

    name: str
    form: str
    raw: bytes

    def lines(self) -> Iterator[NTriple]:
        """Each statement as a line of N-Triples, in the order of the file, possibly repeated.

        IRIs of parts of the file, such as <#a>, begin with `DOCUMENT_BASE`. Raises ContentError
        (`rdf-syntax`, `rdf-version`, `relative-iri`, `nesting`, `file-size`) with line and column.
        A remote JSON-LD context is rejected, never fetched.
        """
        scheme = self._unused_scheme()
        base, names = scheme + DOCUMENT_BASE.partition(":")[2], dict[str, NTerm]()
        file, form = io.BytesIO(self.raw), FORMATS[self.form]
        unnamed = max(UNNAMED, len(self.raw) // _UNNAMED_BYTES)
        try:
            for quad in ox.parse(file, format=form, base_iri=base, rename_blank_nodes=False):
                line = _line(quad, names)
                if len(names) > unnamed:
                    message = f"the file has more than {unnamed:,} unlabelled blank nodes"
                    fix = "give the nodes IRIs, or split the file"
                    raise ContentError([rule_problem("nesting", Position(self.name), message, fix)])
                if scheme in line:
                    line = self._based(line, scheme, base)
                if line.endswith(_NEWER) and not isinstance(quad.object, ox.BlankNode):
                    at = self._offset(parse_statement(line))
                    raise rdf12_error(self.raw, at, self.name, "a base direction or a triple term")
                yield line
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
        return locate_statements(self.raw, self.form, subjects)

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
        for iri in map(to_iri, re.findall(f"{iri_start(scheme)}[^>]*>", line)):
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
        places = self.places({statement.subject})
        key = nearest_key(places, *statement)
        if not key:
            return 0
        line, column = places[key]
        start = self._start_of(line)
        end = self.raw.find(b"\n", start)
        text = self.raw[start : end if end >= 0 else len(self.raw)].decode()
        return start + len(text[: column - 1].encode())

    def _start_of(self, line: int) -> int:
        start = 0
        for _ in range(line - 1):
            start = self.raw.find(b"\n", start) + 1
        return start

    def _fault(self, error: SyntaxError, base: str) -> ContentError:
        """A parser error with its place."""
        message = str(error.msg)
        place = Position(self.name, error.lineno or 1, error.offset or 1)
        if not error.lineno:
            at = find_error_offset(self.raw, self.form, message, base)
            place = position_at(self.raw, at, self.name)
        elif self.form == "jsonld":  # this parser alone counts its columns in bytes
            at = self._start_of(place.line) + place.column - 1
            place = position_at(self.raw, at, self.name)
        rule = "rdf-version" if "rdf:dirLangString" in message else "rdf-syntax"
        return ContentError(
            [rule_problem(rule, place, *_parser_message(message.replace(base, "")))]
        )


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


def named_files(
    paths: Iterable[Path], refuse: Callable[[ContentError], None] = lambda _: None
) -> Iterator[Path]:
    """The files among `paths`, and the files with a known extension in folders among them, sorted.

    A folder that is reached twice by way of links is read once, and so is a file in a folder.
    `refuse` is called with what is in a folder instead of such a file or folder and is not
    followed: a FIFO, a device, a broken link, or a link that leads out of the folder, and out of
    the working directory if the folder is in it.
    """
    seen: set[Path] = set()
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        prefix, working, top = f"{path.as_posix()}/", Path.cwd(), path.resolve()
        root = working if top.is_relative_to(working) else top
        entries = walk_files(
            path, prefix.removeprefix("./"), root, hidden=True, refuse=_for_data(refuse)
        )
        for file in sorted(Path(name) for name, _ in entries):
            real = file.resolve()
            if file.suffix in ENDINGS and real not in seen:
                seen.add(real)
                yield file


def _for_data(refuse: Callable[[ContentError], None]) -> Callable[[ContentError], None]:
    """`refuse`, called only for entries in place of a folder or of a file of data."""

    def refuse_data(error: ContentError) -> None:
        name = Path(error.problems[0].position.path)
        if name.suffix in ENDINGS or name.is_dir():
            refuse(error)

    return refuse_data


def check_input_format(named: str | None) -> None:
    """Raise UsageError for an unknown format."""
    formats = {*FORMATS, "record"}
    if named is not None and named not in formats:
        raise UsageError(f"there is no input format {named!r}; known: {', '.join(sorted(formats))}")


def form_of(path: Path, named: str | None) -> str:
    """The format of a file that can be read: `named`, or that of its extension.

    Raises ContentError (`unreadable-file`) for a file that does not exist, is not regular, may not
    be read, or has an unknown extension.
    """
    form, stdin = named or ENDINGS.get(path.suffix.casefold()), str(path) == "-"
    if not stdin and not path.exists():
        message, fix = f"there is no file or folder {path}", "correct the name, or leave it out"
    elif not stdin and not path.is_file():
        message, fix = "it is not a regular file", "use `-` to read from a pipe"
    elif not stdin and not os.access(path, os.R_OK):
        message, fix = "permission denied", "make it readable, or leave it out"
    elif form is None:
        message, fix = "unknown file extension", "set the format with --input-format"
    else:
        return form
    raise ContentError([rule_problem("unreadable-file", Position(path.as_posix()), message, fix)])


def read_document(raw: bytes, name: str, form: str) -> Document:
    """The document in `raw`, checked so that every parser can read it safely.

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
    if form == "jsonld":
        check_jsonld(raw, name)
    else:
        check_turtle(raw, name)
    return Document(name, form, raw)


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
