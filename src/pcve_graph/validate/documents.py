"""Anybody's RDF, read for checking: triples by the real parser, places only when needed."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.parsers import expat

import pyoxigraph as ox

from ..errors import ContentError, Position, UsageError, breach
from ..names import DOCUMENT
from ..texts.nodes import decode
from .locate import Places, locate

FORMATS: Final[dict[str, ox.RdfFormat]] = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
"""What `pcve validate` reads, beside records."""

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
_ENTITY: Final = re.compile(r"<!ENTITY\s+([\w.-]+)\s+[\"']([^\"']*)[\"']\s*>")
_OUTSIDE: Final = re.compile(
    r"<!(?:ENTITY\s+(?:%\s+)?[\w.-]+|DOCTYPE\s+[\w:.-]+)\s+(?:SYSTEM|PUBLIC)\b"
)
_MADE_UP: Final = re.compile(r"[0-9a-f]{24,32}")
"""A label that the parser gives a node without one, another each time."""

_CHUNK: Final = 2**20
LARGEST: Final = 300 * 2**20
"""Bytes of the largest file that is read; a larger one is refused before it is opened."""


@dataclass(frozen=True)
class Document:
    """One file of RDF as UTF-8; read through as often as need be, never held as statements."""

    name: str
    form: str
    raw: bytes

    def lines(self) -> Iterator[str]:
        """Each statement as a line of N-Triples, in the order of the file, some more than once.

        Raises ContentError (`rdf-syntax`, `file-size`) with line and column where the parser gives
        them. A remote JSON-LD context is refused, never fetched.
        """
        file, names = io.BytesIO(self.raw), dict[str, str]()
        try:
            for quad in ox.parse(
                file, format=FORMATS[self.form], base_iri=DOCUMENT, rename_blank_nodes=False
            ):
                yield _line(quad, names)
        except SyntaxError as error:
            place = Position(self.name, error.lineno or 1, error.offset or 1)
            raise ContentError([breach("rdf-syntax", place, *_told(str(error.msg)))]) from None
        except MemoryError as error:
            if "buffer" not in str(error):  # the bound of memory is reached
                raise
            found, fix = "one term is longer than 16 MB", "shorten it: no label or quote is so long"
            raise ContentError([breach("file-size", Position(self.name), found, fix)]) from None

    def places(self, subjects: Collection[str]) -> Places:
        """Where what is said of `subjects` stands; `_:` is any node without a name."""
        return locate(self.raw, self.form, subjects)


def _line(quad: ox.Quad, names: dict[str, str]) -> str:
    """A statement; where the parser made a label up, the node has the next of `names`."""

    def named(term: object) -> str:
        if not isinstance(term, ox.BlankNode) or not _MADE_UP.fullmatch(term.value):
            return str(term)
        return names.setdefault(term.value, f"_:pcve-node{len(names) + 1}")

    return f"{named(quad.subject)} {quad.predicate} {named(quad.object)} ."


def named_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files among `paths`, and those of known endings in the folders among them, sorted.

    A folder that is reached twice, by a link, is read once. Raises UsageError for a path that is
    not there.
    """
    seen: set[Path] = set()
    for path in paths:
        if path.is_dir():
            for each in sorted(path.rglob("*")):
                real = each.resolve()
                if each.suffix in ENDINGS and each.is_file() and real not in seen:
                    seen.add(real)
                    yield each
        elif path.is_file() or str(path) == "-":
            yield path
        else:
            raise UsageError(f"there is no file or folder {path}")


def form_of(path: Path, asked: str | None) -> str:
    """The format of a file: `asked`, or what its ending says. Raises UsageError for neither."""
    known = {*FORMATS, "record"}
    if asked is not None and asked not in known:
        raise UsageError(f"there is no input format {asked!r}; known: {', '.join(sorted(known))}")
    form = asked or ENDINGS.get(path.suffix.casefold())
    if form is None:
        raise UsageError(f"{path}: which format? name it with --input-format")
    return form


def read_document(raw: bytes, name: str, form: str) -> Document:
    """The document in `raw`. Raises ContentError (`encoding`) where it is not UTF-8.

    XML is held to be well formed, too: the parser of RDF/XML does not say where it is not.
    """
    if raw[:2] == b"\x1f\x8b":
        found, fix = "found gzip", "unpack the file first"
        raise ContentError([breach("encoding", Position(name), found, fix)])
    _check_encoding(raw, name)
    raw = raw.removeprefix(codecs.BOM_UTF8)
    if form == "rdfxml":
        _guard_entities(raw.decode(), name)
        _well_formed(raw, name)
    return Document(name, form, raw)


def _check_encoding(raw: bytes, name: str) -> None:
    """Refuse what is not UTF-8, without holding the whole of it as text."""
    view, decoder = memoryview(raw), codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(raw), _CHUNK):
            decoder.decode(view[at : at + _CHUNK], at + _CHUNK >= len(raw))
        wrong = b"\0" in raw
    except UnicodeDecodeError:
        wrong = True
    if wrong:
        decode(raw, name)


def _guard_entities(text: str, name: str) -> None:
    """Refuse XML entities that lie elsewhere or grow: a parser would expand them into memory.

    Namespace abbreviations, which RDF/XML files do declare as entities, are let through.
    """
    entities = dict(_ENTITY.findall(text))
    grown = sum(len(value) * text.count(f"&{entity};") for entity, value in entities.items())
    nested = next((entity for entity, value in entities.items() if "&" in value), "")
    outside = _OUTSIDE.search(text)
    if not (nested or outside or grown > LARGEST):
        return
    found = f"the entity {nested} is made of entities" if nested else "the entities grow too large"
    at = text.find(f"<!ENTITY {nested}") if nested else 0
    if outside:
        found, at = "an entity lies outside the file", outside.start()
    place = Position(name, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
    fix = "write the text out: entities are not followed"
    raise ContentError([breach("rdf-syntax", place, found, fix)])


def _well_formed(raw: bytes, name: str) -> None:
    """Refuse XML that is cut short or crossed, with its place; the RDF parser tells neither."""
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        place = Position(name, error.lineno, error.offset + 1)
        found = expat.ErrorString(error.code)
        fix = "correct the XML here"
        raise ContentError([breach("rdf-syntax", place, found, fix)]) from None


def _told(message: str) -> tuple[str, str]:
    """The parser's message in one line, and the cure."""
    short = " ".join(message.split())
    _, colon, rest = short.partition(": ")
    if short.startswith("Parser error") and colon:
        short = rest
    if "LoadDocumentCallback" in short:
        return "the context lies elsewhere", "write the context into the file: none is fetched"
    return short[:200], "correct the syntax here"
