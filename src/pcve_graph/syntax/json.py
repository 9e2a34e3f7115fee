"""JSON (RFC 8259) with the position of every key and value, and JSON Lines, one record a line.

Numbers, `true` and `false` remain the text that was typed; what a record may not contain is refused
as in YAML. An invalid line does not affect the others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ..model.problems import ContentError, Position, rule_problem
from .tree import (
    RECORD_DEPTH,
    MappingNode,
    RecordNode,
    ScalarNode,
    SequenceNode,
    check_characters,
    checked_scalar,
    decode_utf8,
    duplicate_key_error,
    empty_value_error,
    record_depth_error,
)

LONGEST_LINE: Final = 2**22
"""The length in bytes of the longest line that is read."""

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_STRING: Final = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+')
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][+-]?\d++)?(?![\w.+-])")
_WORD: Final = re.compile(r"(?:true|false|null)(?!\w)")
_UNEXPECTED: Final = re.compile(r"[\w.+/#-]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class JsonValue:
    """A JSON value and its offset in the text.

    `kind` is `{`, `[`, `"`, `0` for any number, `t` for true, `f` for false or `n` for null. `text`
    is the value of a string, else the literal as it was typed. `values` are those of an array,
    `members` the (key, offset of the key, value) of an object, both in their order.
    """

    kind: str
    at: int
    text: str = ""
    values: tuple[JsonValue, ...] = ()
    members: tuple[tuple[str, int, JsonValue], ...] = ()


def string_end(text: str, start: int) -> int:
    """The end of the JSON string that begins at `start`; `start` where none does."""
    match = _STRING.match(text, start)
    return match.end() + 1 if match else start


class JsonError(ValueError):
    """Text that is not JSON. `early` is true if it ends before the value does."""

    def __init__(self, at: int, message: str, fix: str, early: bool = False) -> None:
        super().__init__(message)
        self.at, self.message, self.fix, self.early = at, message, fix, early


class TooDeepError(ValueError):
    """Text with more levels than allowed; the first of them begins at the offset `at`."""

    def __init__(self, at: int) -> None:
        super().__init__(f"too deep at {at}")
        self.at = at


def read_json(text: str, levels: int = 400) -> JsonValue:
    """The JSON value that `text` consists of. Raises JsonError, or TooDeepError beyond `levels`."""
    reader = _Reader(text)
    value = reader.value(levels)
    if reader.peek():
        fix = "write one record on each line, and nothing after it"
        raise JsonError(reader.at, "unexpected text after the end of the record", fix)
    return value


def unquoted_values(value: JsonValue) -> Iterator[tuple[int, str]]:
    """The numbers, booleans and nulls in `value`: the offset of each, and its text as typed."""
    if value.kind not in '{["':
        yield value.at, value.text
    for item in (*value.values, *(member for _, _, member in value.members)):
        yield from unquoted_values(item)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def peek(self) -> str:
        """The next character that is not white space; empty at the end."""
        self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]
        return self.text[self.at : self.at + 1]

    def value(self, levels: int) -> JsonValue:
        kind, at = self.peek(), self.at
        if kind and kind in "{[":
            if levels == 0:
                raise TooDeepError(at)
            self.at += 1
            if kind == "{":
                return JsonValue(kind, at, members=tuple(self.members(levels - 1)))
            return JsonValue(kind, at, values=tuple(self.values(levels - 1)))
        if kind == '"':
            return JsonValue(kind, at, self.string())
        for pattern, name in ((_NUMBER, "0"), (_WORD, kind)):
            if match := pattern.match(self.text, at):
                self.at = match.end()
                return JsonValue(name, at, match.group())
        raise self.unexpected("a value")

    def values(self, levels: int) -> Iterator[JsonValue]:
        while self.has_next("]"):
            yield self.value(levels)

    def members(self, levels: int) -> Iterator[tuple[str, int, JsonValue]]:
        while self.has_next("}"):
            if self.peek() != '"':
                raise self.unexpected("a key in double quotation marks")
            at, key = self.at, self.string()
            if self.peek() != ":":
                raise self.unexpected("a colon after the key")
            self.at += 1
            yield key, at, self.value(levels)

    def has_next(self, closing: str) -> bool:
        """Whether another value comes before `closing`; consumes the comma or the bracket."""
        first = self.text[self.at - 1] in "{["
        sign, at = self.peek(), self.at
        if sign == closing:
            self.at += 1
            return False
        if first:
            return True
        if sign != ",":
            raise self.unexpected(f"a comma or {closing}")
        self.at += 1
        if self.peek() == closing:
            raise JsonError(at, f"unexpected comma before {closing}", "delete the comma")
        return True

    def string(self) -> str:
        start = self.at
        match = _STRING.match(self.text, start)
        if match is None:
            raise self.unexpected("a string in double quotation marks")
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
            message = "invalid escape sequence in a JSON string"
            raise JsonError(start + error.pos, message, fix) from None
        except UnicodeEncodeError:
            message = "unpaired surrogate (\\ud800 to \\udfff) in a JSON string"
            raise JsonError(start, message, "write the character itself") from None
        return value

    def unfinished(self, at: int) -> JsonError:
        if at >= len(self.text) or self.text[at] == "\\":
            return self.ended(at)
        message = f"control character U+{ord(self.text[at]):04X} in a JSON string"
        return JsonError(at, message, "write \\t for a tab and \\n for a line break")

    def ended(self, at: int) -> JsonError:
        fix = "write the whole record on one line; a line break in a string is \\n"
        return JsonError(at, "the JSON object is not closed on this line", fix, early=True)

    def unexpected(self, expected: str) -> JsonError:
        match = _UNEXPECTED.match(self.text, self.at)
        if match is None:
            return self.ended(self.at)
        word = match.group()[:40]
        fix = f"write {expected}"
        if word == "'":
            fix = "put keys and strings in double quotation marks"
        elif expected == "a value" and (word[0].isalnum() or word[0] in "+-."):
            fix = "put a string in double quotation marks; a number has no + and no leading zero"
        return JsonError(self.at, f"unexpected {word}, expected {expected}", fix)


def parse_json_record(text: str, path: str, line: int = 1) -> RecordNode:
    """The tree of the record in `text`, which is line `line` of `path`.

    Raises ContentError: `json-syntax`, `control-character`, `duplicate-key`, `empty-value`,
    `structure`.
    """
    check_characters(text, path, line)
    try:
        return _node(read_json(text, RECORD_DEPTH), path, line)
    except JsonError as error:
        position = Position(path, line, error.at + 1)
        raise ContentError(
            [rule_problem("json-syntax", position, error.message, error.fix)]
        ) from error
    except TooDeepError as error:
        raise record_depth_error(Position(path, line, error.at + 1)) from None


def _node(value: JsonValue, path: str, line: int) -> RecordNode:
    position = Position(path, line, value.at + 1)
    if value.kind == "[":
        values = tuple(_node(item, path, line) for item in value.values)
        for item, node in zip(value.values, values, strict=True):
            if _blank(item):
                raise empty_value_error("an item", node.position)
        return SequenceNode(values, position)
    if value.kind != "{":
        return checked_scalar(ScalarNode(value.text, position))
    entries: dict[str, tuple[ScalarNode, RecordNode]] = {}
    for name, at, item in value.members:
        key = checked_scalar(ScalarNode(name, Position(path, line, at + 1)))
        if name in entries:
            raise duplicate_key_error(key, entries[name][0].position)
        if _blank(item):
            raise empty_value_error(f'"{name}"', key.position)
        entries[name] = (key, _node(item, path, line))
    return MappingNode(tuple(entries.values()), position)


def _blank(value: JsonValue) -> bool:
    return value.kind == "n" or (value.kind == '"' and not value.text.strip())


def parse_json_lines(
    lines: Iterable[bytes], path: str
) -> Iterator[tuple[str, RecordNode | ContentError]]:
    """The records of JSON Lines: the text of each, and its tree or its error.

    Empty lines are skipped. After a line that does not close its object, lines that do not begin a
    new object are skipped too: a record spread over several lines is one error, not many. If the
    first line is not valid UTF-8, the rest of the file is skipped.
    """
    unclosed = False
    for number, raw in enumerate(lines, 1):
        if not raw.strip() or (unclosed and not raw.startswith(b"{")):
            continue
        unclosed = False
        text = ""
        try:
            if len(raw) > LONGEST_LINE:
                message = f"the line is longer than {LONGEST_LINE // 2**20} MB"
                fix = "shorten the record; one is a page or two of text"
                raise ContentError(
                    [rule_problem("file-size", Position(path, number), message, fix)]
                )
            text = decode_utf8(raw.rstrip(b"\r\n"), path, number)
            yield text, parse_json_record(text, path, number)
        except ContentError as error:
            unclosed = isinstance(error.__cause__, JsonError) and error.__cause__.early
            yield text, error
            if number == 1 and error.problems[0].rule == "encoding":
                return
