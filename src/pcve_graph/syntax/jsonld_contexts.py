"""Contexts that a JSON-LD document refers to, written out in it before it is parsed.

The parser loads no documents, and nothing is fetched. So each address of a context is replaced by
the content of a document that the caller has (JSON-LD 1.1 API, sections 4.1 and 9.4). Only terms
that occur in the file are written, so that many nodes may refer to a large context.
"""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias
from urllib.parse import urljoin, urlsplit, urlunsplit

from ..model.problems import ContentError, Position, rule_problem
from .jsonld_check import context_objects, has_context
from .tree import position_at

MOST_CONTEXTS: Final = 1000
"""The most contexts that one @context may consist of, and the most documents that a file uses."""

DEEPEST: Final = 10
"""The most documents that refer from one to the next."""

MOST_WRITTEN: Final = 64 * 2**20
"""The most bytes that the contexts may add to a file."""

_MOST_SPACES: Final = 500
"""The most namespaces of contexts that are looked up in a file."""

Load: TypeAlias = Callable[[str], object]
"""The content of the @context of the document at an address; None if there is no such document."""

_REST_OF_LINE: Final = 2**62

_KEY: Final = re.compile(rb'(?<!\\)"@context"\s*:\s*')
_STRING: Final = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)"', re.DOTALL)
_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]', re.DOTALL)


def context_address(text: str) -> str:
    """An address in the form in which addresses of contexts are compared.

    http and https are alike, as servers lead from one to the other, and so are the two forms of an
    address without a path (RFC 3986, section 6.2.3). A fragment is no part of it.
    """
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https"):
        return text.partition("#")[0]
    return urlunsplit(("https", parts.netloc.lower(), parts.path or "/", parts.query, ""))


class Shift(NamedTuple):
    """A context that was written out: its columns, and by how much text before and after it moved.

    All in characters; the columns are those in the document that was written out.
    """

    start: int
    end: int
    before: int
    after: int


class WrittenOut(NamedTuple):
    """A document with its contexts written out, and what is needed to find places in the original.

    `missing` is the first context that no document was there for: its address and place.
    `contexts` has the whole content of each context by the text that stands for it in `raw`, and
    `namespaces` those that only a context has, not the file, each with the address of the context.
    """

    raw: bytes
    shifts: dict[int, list[Shift]]
    missing: tuple[str, Position] | None = None
    contexts: Mapping[str, object] = MappingProxyType({})
    namespaces: Mapping[str, str] = MappingProxyType({})


def write_out_contexts(raw: bytes, name: str, load: Load) -> WrittenOut:
    """`raw` with the content of each context in place of its address, as far as `load` has it.

    Line breaks stay where they are. Raises ContentError (`nesting`, `rdf-syntax`) for contexts that
    are too deep, too many, too large, or invalid.
    """
    resolver = _Resolver(load)
    replaced: list[tuple[int, int, str, object]] = []
    missing: tuple[str, Position] | None = None
    for start, end, local in _contexts(raw):
        try:
            content = resolver.resolve(local)
        except _NoDocumentError as error:
            missing = missing or (error.address, position_at(raw, start, name))
        except ValueError as error:
            place = position_at(raw, start, name)
            fix = "correct the document of the context, or write the terms in the file"
            raise ContentError([rule_problem("nesting", place, str(error), fix)]) from None
        else:
            replaced.append((start, end, json.dumps(local), content))
    if not replaced:
        return WrittenOut(raw, {}, missing)
    used = _used_terms(raw, [content for *_, content in replaced])
    texts = {key: _short(content, used) for _, _, key, content in replaced}
    contexts = {texts[key].decode(): content for _, _, key, content in replaced}
    namespaces = _namespaces(resolver.documents, raw)
    return WrittenOut(*_spliced(raw, name, replaced, texts), missing, contexts, namespaces)


def original_place(shifts: dict[int, list[Shift]], line: int, column: int) -> tuple[int, int]:
    """The place in the original of a line and column of the document that was written out."""
    of_line = shifts.get(line, [])
    index = bisect.bisect_left(of_line, column, key=lambda shift: shift.start) - 1
    if index < 0:
        return line, column
    start, end, before, after = of_line[index]
    return line, start - before if column < end else column - after


def _contexts(raw: bytes) -> Iterator[tuple[int, int, object]]:
    """The outermost contexts that refer to a document: start, end and value of each."""
    after = 0
    for match in _KEY.finditer(raw):
        start = match.end()
        if start < after:
            continue
        after = _end_of_value(raw, start)
        text = raw[start:after]
        if text[:1] in (b'"', b"[", b"{"):
            try:
                local = json.loads(text)
            except (ValueError, RecursionError):
                continue
            if _refers(local):
                yield start, after, local


def _end_of_value(raw: bytes, start: int) -> int:
    """The end of the string, array or object that begins at `start`."""
    depth = 0
    for match in _TOKEN.finditer(raw, start):
        token = match.group()
        depth += (token in (b"[", b"{")) - (token in (b"]", b"}"))
        if depth <= 0:
            return match.end()
    return len(raw)


def _refers(local: object) -> bool:
    """Whether a local context refers to a document, itself or in a scoped context."""
    pending = [local]
    for context in pending:
        if isinstance(context, str):
            return True
        if isinstance(context, list):
            pending += context
        elif isinstance(context, dict):
            if "@import" in context:
                return True
            pending += [value["@context"] for value in context.values() if has_context(value)]
    return False


class _NoDocumentError(Exception):
    """There is no document for the context at `address`."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


@dataclass
class _Resolver:
    """Replaces addresses by the contexts of their documents, each of which is loaded once."""

    load: Load
    documents: dict[str, object] = field(default_factory=dict)

    def resolve(self, local: object, base: str = "", chain: tuple[str, ...] = ()) -> object:
        """A local context without addresses.

        `base` is the address of the document in which it is written, `chain` those that led to it.
        Raises _NoDocumentError, or ValueError for contexts that are too many, too deep or invalid.
        """
        if isinstance(local, str):
            return self.document(urljoin(base, local), chain)
        if isinstance(local, list):
            parts: list[object] = []
            for item in local:
                part = self.resolve(item, base, chain)
                parts += part if isinstance(part, list) else [part]
                if len(parts) > MOST_CONTEXTS:
                    raise ValueError(f"a context consists of more than {MOST_CONTEXTS:,} others")
            return parts
        if not isinstance(local, dict):
            return local
        content = dict(local)
        if isinstance(address := content.pop("@import", None), str):
            imported = self.document(urljoin(base, address), chain)
            if not isinstance(imported, dict):
                raise ValueError(f"the context {address} is imported, and is not one object")
            content = imported | content
        if base:
            content.pop("@base", None)  # it does not apply in other documents (API, 4.1, step 5.7)
        return {
            term: value | {"@context": self.resolve(value["@context"], base, chain)}
            if has_context(value)
            else value
            for term, value in content.items()
        }

    def document(self, address: str, chain: tuple[str, ...]) -> object:
        """The content of the context at `address`, without addresses."""
        key = context_address(address)
        if key in chain:
            raise ValueError(f"the context {address} contains itself")
        if len(chain) == DEEPEST:
            raise ValueError(f"contexts refer to more than {DEEPEST} others in a row: {address}")
        if key not in self.documents:
            if len(self.documents) == MOST_CONTEXTS:
                raise ValueError(f"the file uses more than {MOST_CONTEXTS:,} documents of contexts")
            content = self.load(address)
            if content is None:
                raise _NoDocumentError(address)
            self.documents[key] = self.resolve(content, address, (*chain, key))
        return self.documents[key]


def _used_terms(raw: bytes, contexts: list[object]) -> set[str]:
    """The terms of `contexts` that the file uses: as a key, in a value, or by way of others."""
    objects = context_objects(contexts)
    names = {term.encode() for content in objects for term in content}
    words: set[str] = set()
    for match in _STRING.finditer(raw):
        word = match[1]
        if b"\\" in word:
            try:
                word = json.loads(match.group()).encode()
            except ValueError:
                continue
        for part in (word, word.partition(b":")[0]):
            if part in names:
                words.add(part.decode())
    words |= {term for content in objects for term in content if term.startswith("@")}
    definitions: dict[str, list[object]] = {}
    for content in objects:
        for term, value in content.items():
            definitions.setdefault(term, []).append(value)
    pending = list(words)
    for term in pending:
        for value in definitions.get(term, ()):
            for part in _parts(term, value):
                if part in definitions and part not in words:
                    words.add(part)
                    pending.append(part)
    return words


def _parts(term: str, value: object) -> Iterator[str]:
    """The names that the definition of a term uses: in its IRI, its type, or as prefixes."""
    stated = value if isinstance(value, dict) else {"@id": value}
    keywords = ("@id", "@type", "@reverse", "@index")
    for word in (term, *(stated.get(keyword) for keyword in keywords)):
        if isinstance(word, str):
            yield word
            yield word.partition(":")[0]


def _only(context: object, used: set[str]) -> object:
    """`context` with only the terms in `used`."""
    if isinstance(context, list):
        return [_only(part, used) for part in context]
    if not isinstance(context, dict):
        return context
    return {
        term: value | {"@context": _only(value["@context"], used)} if has_context(value) else value
        for term, value in context.items()
        if term in used
    }


def _short(context: object, used: set[str]) -> bytes:
    """`context` with only the terms in `used`, on one line."""
    return json.dumps(_only(context, used), ensure_ascii=False, separators=(",", ":")).encode()


def _namespaces(documents: dict[str, object], raw: bytes) -> dict[str, str]:
    """The namespaces in contexts that do not occur in `raw`, each with the address of its context.

    If several contexts have it, that of the first that was read.
    """
    spaces: dict[str, str] = {}
    for address, content in documents.items():
        for text in _texts(content):
            if "://" in text:
                spaces.setdefault(text[: max(text.rfind("#"), text.rfind("/")) + 1], address)
    looked_up = islice(spaces.items(), _MOST_SPACES)
    return {space: address for space, address in looked_up if space.encode() not in raw}


def _texts(content: object) -> Iterator[str]:
    """All strings that are values in the content of a context."""
    pending = [content]
    for value in pending:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            pending += value
        elif isinstance(value, dict):
            pending += value.values()


def _spliced(
    raw: bytes, name: str, replaced: list[tuple[int, int, str, object]], texts: dict[str, bytes]
) -> tuple[bytes, dict[int, list[Shift]]]:
    """`raw` with the `texts` of the contexts in their places, and the shifts in each line.

    After a context of several lines, what follows stays where it is.
    """
    pieces: list[bytes] = []
    shifts: dict[int, list[Shift]] = {}
    at = added = moved = 0
    line = column = 1
    for start, end, key, _ in replaced:
        between, old, new = raw[at:start], raw[start:end], texts[key]
        if breaks := between.count(b"\n"):
            line, column, moved = line + breaks, 1, 0
        column += _characters(between.rpartition(b"\n")[2])
        begin, before = column + moved, moved
        if breaks := old.count(b"\n"):
            last = _characters(old.rpartition(b"\n")[2])
            new += b"\n" * breaks + b" " * last
            shifts.setdefault(line, []).append(Shift(begin, _REST_OF_LINE, before, before))
            line, column, moved = line + breaks, 1 + last, 0
        else:
            length, written = _characters(old), _characters(new)
            moved += written - length
            shifts.setdefault(line, []).append(Shift(begin, begin + written, before, moved))
            column += length
        added += len(new) - len(old)
        if added > MOST_WRITTEN:
            message = f"the contexts add more than {MOST_WRITTEN // 2**20} MB to the file"
            fix = "state the context once, at the beginning of the file"
            place = position_at(raw, start, name)
            raise ContentError([rule_problem("nesting", place, message, fix)])
        pieces += [between, new]
        at = end
    return b"".join([*pieces, raw[at:]]), shifts


def _characters(text: bytes) -> int:
    return len(text.decode("utf-8", "replace"))
