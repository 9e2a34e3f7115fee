"""Strict YAML: text only, every node with its position. The only module that uses PyYAML."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from ..model.problems import ContentError, Position, Problem, rule_problem
from .tree import (
    RECORD_DEPTH,
    MappingNode,
    RecordNode,
    ScalarNode,
    SequenceNode,
    check_characters,
    checked_scalar,
    duplicate_key_error,
    empty_value_error,
    record_depth_error,
)

_COMMA: Final = "; a text with a comma inside { } requires quotation marks"


def parse_yaml_record(text: str, path: str, first_line: int = 1) -> RecordNode:
    """The tree of the document in `text`, whose first line is line `first_line` of `path`.

    Raises ContentError: `yaml-syntax`, `alias`, `control-character`, `duplicate-key`,
    `empty-value`, `structure`.
    """
    check_characters(text, path, first_line)
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
        message = f"found the control character U+{code:04X}"
        fix = "delete the character"
        raise ContentError([rule_problem("yaml-syntax", position, message, fix)]) from None


def scalar_extents(text: str) -> dict[tuple[int, int], tuple[int, int]]:
    """The start and the end, in characters, of each scalar of a document, by line and column.

    Lines and columns count from 1. Raises ContentError for text that is not YAML.
    """
    parse_yaml_record(text, "")
    # The parser in Python, since that in C counts no characters.
    extents: dict[tuple[int, int], tuple[int, int]] = {}
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        start, end = event.start_mark, event.end_mark
        if isinstance(event, yaml.ScalarEvent) and start and end:
            extents[start.line + 1, start.column + 1] = start.index, end.index
    return extents


def _syntax(text: str, position: Position, problem: str | None, first_line: int) -> Problem:
    lines = text.splitlines()
    row = position.line - first_line
    line = lines[row] if 0 <= row < len(lines) else ""
    tab = re.match(r"\s*", line)
    if tab and "\t" in tab.group():
        place = Position(position.path, position.line, line.index("\t") + 1)
        return rule_problem(
            "yaml-syntax", place, "found a tab", "indent with two spaces for each level"
        )
    if problem and ("maximum nesting" in problem or "exceeded maximum" in problem):
        return record_depth_error(position).problems[0]
    if problem and "escape" in problem:
        fix = "write the character itself, or a valid escape: \\u and four hexadecimal digits"
        return rule_problem("yaml-syntax", position, problem, fix)
    fix = "check the indentation, and put quotation marks around a value with ': ' or ' #' in it"
    return rule_problem("yaml-syntax", position, problem or "not valid YAML", fix)


class _Reader:
    """Builds nodes from the events of the parser, and refuses what a record may not contain."""

    def __init__(self, path: str, first_line: int) -> None:
        self.path = path
        self.first_line = first_line

    def position(self, mark: yaml.Mark) -> Position:
        return Position(self.path, mark.line + self.first_line, mark.column + 1)

    def error(self, rule: str, mark: Any, message: str, fix: str) -> ContentError:
        return ContentError([rule_problem(rule, self.position(mark), message, fix)])

    def document(self, events: Any) -> RecordNode:
        root: RecordNode | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    fix = "write one document in each file"
                    raise self.error("structure", event.start_mark, "found a second document", fix)
                root = self.node(next(events), events, 0)
        if root is None:
            place = Position(self.path, self.first_line)
            fix = "write its content, or delete the file"
            raise ContentError([rule_problem("structure", place, "the file is empty", fix)])
        return root

    def node(self, event: Any, events: Any, depth: int) -> RecordNode:
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent) or event.anchor or getattr(event, "tag", None):
            message = "found an anchor, an alias or a tag (& * !)"
            fix = "write the value out; quote it if it begins with one of these characters"
            raise self.error("alias", mark, message, fix)
        if depth > RECORD_DEPTH:
            raise record_depth_error(self.position(mark))
        if isinstance(event, yaml.ScalarEvent):
            return checked_scalar(ScalarNode(event.value, self.position(mark)))
        if isinstance(event, yaml.SequenceStartEvent):
            values: list[RecordNode] = []
            while not isinstance(event := next(events), yaml.SequenceEndEvent):
                values.append(self.node(event, events, depth + 1))
                if _blank(values[-1]):
                    raise empty_value_error("an item", values[-1].position)
            return SequenceNode(tuple(values), self.position(mark))
        return self.mapping(event, events, depth)

    def mapping(self, opening: Any, events: Any, depth: int) -> MappingNode:
        entries: dict[str, tuple[ScalarNode, RecordNode]] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self.node(event, events, depth + 1)
            if not isinstance(key, ScalarNode):
                fix = "a key is a single word"
                raise self.error("structure", event.start_mark, "found a list as a key", fix)
            value = self.node(next(events), events, depth + 1)
            if key.text in entries:
                raise duplicate_key_error(key, entries[key.text][0].position)
            if _blank(value):
                raise empty_value_error(
                    f'"{key.text}"', key.position, _COMMA if opening.flow_style else ""
                )
            entries[key.text] = (key, value)
        return MappingNode(tuple(entries.values()), self.position(opening.start_mark))


def _blank(value: RecordNode) -> bool:
    return isinstance(value, ScalarNode) and not value.text.strip()
