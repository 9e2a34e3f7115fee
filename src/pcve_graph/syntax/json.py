"""JSON (RFC 8259) with the place of every key and value, and JSON Lines: a record on each line.

Numbers, `true` and `false` stay the text that was typed; what a record may not hold is refused as
in YAML. A line that is wrong stops no other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ..model.problems import ContentError, Position, breach
from .tree import (
    DEPTH,
    Mapping,
    Node,
    Scalar,
    Sequence,
    check_characters,
    checked,
    decode,
    empty,
    too_deep,
    twice,
)

LONGEST: Final = 2**22
"""Bytes of the longest line that is read."""

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_STRING: Final = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+')
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][+-]?\d++)?(?![\w.+-])")
_WORD: Final = re.compile(r"(?:true|false|null)(?!\w)")
_OTHER: Final = re.compile(r"[\w.+/#-]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Value:
    """A JSON value and its offset in the text.

    `kind` is the first character of what it is: `{`, `[`, `"`, `0` for any number, `t` for true,
    `f` for false, `n` for null. `text` is a string without its quotation marks and escapes, else
    what was typed. `values` are those of a list, `members` the (key, offset of the key, value) of
    an object, in their order.
    """

    kind: str
    at: int
    text: str = ""
    values: tuple[Value, ...] = ()
    members: tuple[tuple[str, int, Value], ...] = ()


class JsonError(ValueError):
    """Text that is no JSON. `early` is true where it ends before the value does."""

    def __init__(self, at: int, found: str, fix: str, early: bool = False) -> None:
        super().__init__(found)
        self.at, self.found, self.fix, self.early = at, found, fix, early


class TooDeepError(ValueError):
    """Text with more levels than were asked for, the first of them at `at`."""

    def __init__(self, at: int) -> None:
        super().__init__(f"too deep at {at}")
        self.at = at


def read(text: str, levels: int = 400) -> Value:
    """The one value in `text`. Raises JsonError, or TooDeepError past so many levels."""
    reader = _Reader(text)
    value = reader.value(levels)
    if reader.peek():
        fix = "write one record a line, and nothing after it"
        raise JsonError(reader.at, "found more after the end of the record", fix)
    return value


def typed(value: Value) -> Iterator[tuple[int, str]]:
    """The numbers and words in `value`: the offset of each, and what was typed."""
    if value.kind not in '{["':
        yield value.at, value.text
    for each in (*value.values, *(member for _, _, member in value.members)):
        yield from typed(each)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]
        return self.text[self.at : self.at + 1]

    def value(self, levels: int) -> Value:
        kind, at = self.peek(), self.at
        if kind and kind in "{[":
            if levels == 0:
                raise TooDeepError(at)
            self.at += 1
            if kind == "{":
                return Value(kind, at, members=tuple(self.members(levels - 1)))
            return Value(kind, at, values=tuple(self.values(levels - 1)))
        if kind == '"':
            return Value(kind, at, self.string())
        for pattern, name in ((_NUMBER, "0"), (_WORD, kind)):
            if match := pattern.match(self.text, at):
                self.at = match.end()
                return Value(name, at, match.group())
        raise self.unexpected("a value")

    def values(self, levels: int) -> Iterator[Value]:
        while self.goes_on("]"):
            yield self.value(levels)

    def members(self, levels: int) -> Iterator[tuple[str, int, Value]]:
        while self.goes_on("}"):
            if self.peek() != '"':
                raise self.unexpected("a key in double quotation marks")
            at, key = self.at, self.string()
            if self.peek() != ":":
                raise self.unexpected("a colon after the key")
            self.at += 1
            yield key, at, self.value(levels)

    def goes_on(self, closing: str) -> bool:
        """Whether another value comes before `closing`; passes over the comma or the bracket."""
        first = self.text[self.at - 1] in "{["
        found, at = self.peek(), self.at
        if found == closing:
            self.at += 1
            return False
        if first:
            return True
        if found != ",":
            raise self.unexpected(f"a comma or {closing}")
        self.at += 1
        if self.peek() == closing:
            raise JsonError(at, f"found a comma before {closing}", "delete the comma")
        return True

    def string(self) -> str:
        start = self.at
        match = _STRING.match(self.text, start)
        assert match
        self.at = end = match.end()
        if self.text[end : end + 1] != '"':
            raise self.unfinished(end)
        self.at += 1
        if "\\" not in match.group():
            return match.group()[1:]
        try:
            value = str(json.loads(match.group() + '"'))
            value.encode()
        except json.JSONDecodeError as error:
            fix = 'write a backslash as \\\\ and a quotation mark as \\"'
            raise JsonError(start + error.pos, "found an escape that JSON has not", fix) from None
        except UnicodeEncodeError:
            found, fix = "found half of a character (\\ud800 to \\udfff)", "write the character"
            raise JsonError(start, found, fix) from None
        return value

    def unfinished(self, at: int) -> JsonError:
        if at >= len(self.text) or self.text[at] == "\\":
            return self.ended(at)
        found = f"found the control character U+{ord(self.text[at]):04X} in a text"
        return JsonError(at, found, "write \\t for a tab and \\n for a line break")

    def ended(self, at: int) -> JsonError:
        fix = "write the whole of the record on one line; a line break in a text is \\n"
        return JsonError(at, "the line ends inside the record", fix, early=True)

    def unexpected(self, wanted: str) -> JsonError:
        match = _OTHER.match(self.text, self.at)
        if match is None:
            return self.ended(self.at)
        found = match.group()[:40]
        fix = f"write {wanted}"
        if found == "'":
            fix = "put keys and texts in double quotation marks"
        elif wanted == "a value" and (found[0].isalnum() or found[0] in "+-."):
            fix = "put a text in double quotation marks; a number has no + and no leading zero"
        return JsonError(self.at, f"found {found} where {wanted} belongs", fix)


def parse(text: str, path: str, line: int = 1) -> Node:
    """The record in `text`, which is line `line` of `path`.

    Raises ContentError: `json-syntax`, `control-character`, `duplicate-key`, `empty-value`,
    `structure`.
    """
    check_characters(text, path, line)
    try:
        return _node(read(text, DEPTH), path, line)
    except JsonError as error:
        position = Position(path, line, error.at + 1)
        raise ContentError([breach("json-syntax", position, error.found, error.fix)]) from error
    except TooDeepError as error:
        raise too_deep(Position(path, line, error.at + 1)) from None


def _node(value: Value, path: str, line: int) -> Node:
    position = Position(path, line, value.at + 1)
    if value.kind == "[":
        values = tuple(_node(each, path, line) for each in value.values)
        for each, node in zip(value.values, values, strict=True):
            if _blank(each):
                raise empty("an item", node.position)
        return Sequence(values, position)
    if value.kind != "{":
        return checked(Scalar(value.text, position))
    entries: dict[str, tuple[Scalar, Node]] = {}
    for name, at, each in value.members:
        key = checked(Scalar(name, Position(path, line, at + 1)))
        if name in entries:
            raise twice(key, entries[name][0].position)
        if _blank(each):
            raise empty(f'"{name}"', key.position)
        entries[name] = (key, _node(each, path, line))
    return Mapping(tuple(entries.values()), position)


def _blank(value: Value) -> bool:
    return value.kind == "n" or (value.kind == '"' and not value.text.strip())


def parse_lines(lines: Iterable[bytes], path: str) -> Iterator[tuple[str, Node | ContentError]]:
    """Each record of JSON Lines: its text, and its tree or what is wrong with it.

    Empty lines are passed over. Where a line ends inside its record, so are the lines that it
    seems to go on with: a record that is spread over many lines is one mistake, not many. A file
    whose first line is no text is no text at all.
    """
    broken = False
    for number, raw in enumerate(lines, 1):
        if not raw.strip() or (broken and not raw.startswith(b"{")):
            continue
        broken = False
        text = ""
        try:
            if len(raw) > LONGEST:
                found = f"the line is longer than {LONGEST // 2**20} MB"
                fix = "a record is a page or two of text"
                raise ContentError([breach("file-size", Position(path, number), found, fix)])
            text = decode(raw.rstrip(b"\r\n"), path, number)
            yield text, parse(text, path, number)
        except ContentError as error:
            broken = isinstance(error.__cause__, JsonError) and error.__cause__.early
            yield text, error
            if number == 1 and error.problems[0].rule == "encoding":
                return
