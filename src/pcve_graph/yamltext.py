"""Strict YAML: text only, every node with its place. The only room that knows PyYAML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import yaml

from .errors import ContentError, Position, breach

DEPTH: Final = 12
"""Levels a record may have; its own form needs six."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value as it was typed."""

    text: str
    position: Position


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of values."""

    values: tuple[Node, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and their values, in the order of the file."""

    entries: tuple[tuple[Scalar, Node], ...]
    position: Position

    def get(self, key: str) -> Node | None:
        """The value of `key`, or None."""
        return next((value for name, value in self.entries if name.text == key), None)


Node: TypeAlias = Scalar | Sequence | Mapping


def decode(raw: bytes, path: str) -> str:
    """The text of a file. Raises ContentError (`encoding`) where it is not UTF-8 or holds a NUL."""
    try:
        text = raw.decode("utf-8-sig")
        bad = text.find("\0")
        if bad < 0:
            return text
        before, found = text[:bad], "a NUL byte"
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        found = f"the byte 0x{raw[error.start]:02x}"
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    fix = "save the file as UTF-8 text; if it is a picture or a PDF, it does not belong here"
    raise ContentError([breach("encoding", Position(path, line, column), f"found {found}", fix)])


def parse(text: str, path: str, first_line: int = 1) -> Node:
    """The one document in `text`, whose first line is line `first_line` of `path`.

    Raises ContentError: `yaml-syntax`, `alias`, `duplicate-key`, `empty-value`, `structure`.
    """
    reader = _Reader(path, first_line)
    try:
        events = yaml.parse(text, Loader=yaml.CSafeLoader)
        return reader.document(events)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        position = reader.position(mark) if mark else Position(path, first_line)
        raise ContentError([_syntax(text, position, error.problem, first_line)]) from None
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n"), len(before) - before.rfind("\n")
        position = Position(path, first_line + line, column)
        code = error.character if isinstance(error.character, int) else ord(error.character)
        found = f"found the control character U+{code:04X}"
        fix = "delete the character"
        raise ContentError([breach("yaml-syntax", position, found, fix)]) from None


def _syntax(text: str, position: Position, problem: str | None, first_line: int) -> Any:
    lines = text.splitlines()
    row = position.line - first_line
    line = lines[row] if 0 <= row < len(lines) else ""
    tab = re.match(r"\s*", line)
    if tab and "\t" in tab.group():
        place = Position(position.path, position.line, line.index("\t") + 1)
        return breach("yaml-syntax", place, "found a tab", "indent with two spaces for each level")
    if problem and "maximum nesting" in problem:
        return breach("structure", position, "nested without end", "flatten it")
    fix = "look at the indentation, and put quotation marks around a value that holds ': ' or ' #'"
    return breach("yaml-syntax", position, problem or "cannot be read as YAML", fix)


class _Reader:
    """Builds nodes from the parser's events, refusing what a record may not hold."""

    def __init__(self, path: str, first_line: int) -> None:
        self.path = path
        self.first_line = first_line

    def position(self, mark: Any) -> Position:
        return Position(self.path, mark.line + self.first_line, mark.column + 1)

    def stop(self, rule: str, mark: Any, message: str, fix: str) -> ContentError:
        return ContentError([breach(rule, self.position(mark), message, fix)])

    def document(self, events: Any) -> Node:
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    fix = "one file holds one record"
                    raise self.stop("structure", event.start_mark, "found a second document", fix)
                root = self.node(next(events), events, 0)
        if root is None:
            place = Position(self.path, self.first_line)
            fix = "write the record, or delete the file"
            raise ContentError([breach("structure", place, "the file is empty", fix)])
        return root

    def node(self, event: Any, events: Any, depth: int) -> Node:
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent) or event.anchor or getattr(event, "tag", None):
            found = "found an anchor, an alias or a tag (& * !)"
            fix = "write the value out; quote it if it begins with one of these characters"
            raise self.stop("alias", mark, found, fix)
        if depth > DEPTH:
            raise self.stop(
                "structure", mark, f"nested more than {DEPTH} levels deep", "flatten it"
            )
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, self.position(mark))
        if isinstance(event, yaml.SequenceStartEvent):
            values = []
            while not isinstance(event := next(events), yaml.SequenceEndEvent):
                values.append(self.filled(self.node(event, events, depth + 1), "an item"))
            return Sequence(tuple(values), self.position(mark))
        return self.mapping(mark, events, depth)

    def mapping(self, mark: Any, events: Any, depth: int) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self.node(event, events, depth + 1)
            if not isinstance(key, Scalar):
                fix = "a key is a single word"
                raise self.stop("structure", event.start_mark, "found a list as a key", fix)
            value = self.node(next(events), events, depth + 1)
            if key.text in entries:
                first = entries[key.text][0].position
                found = f'the key "{key.text}" stands twice, first on line {first.line}'
                fix = "keep one of them; several values are a list: [a, b]"
                raise self.stop("duplicate-key", event.start_mark, found, fix)
            entries[key.text] = (key, self.filled(value, f'"{key.text}"', key.position))
        return Mapping(tuple(entries.values()), self.position(mark))

    def filled(self, value: Node, what: str, at: Position | None = None) -> Node:
        if isinstance(value, Scalar) and not value.text.strip():
            found = f"{what} has no value"
            place = at or value.position
            fix = "fill it in or delete it; a text with a comma inside { } needs quotation marks"
            raise ContentError([breach("empty-value", place, found, fix)])
        return value
