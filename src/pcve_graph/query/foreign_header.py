"""The header of a query from outside the project, in the decorators of grlc.

grlc ignores a whole header if one line of it is not YAML. This module parses each key by itself:
YAML where it is valid, otherwise plain text, with a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.suggest import did_you_mean
from ..syntax.tree import MappingNode, RecordNode, ScalarNode, SequenceNode
from ..syntax.yaml import parse_yaml_record
from .saved import KEYS

_SUPPORTED_KEYS: Final = (*KEYS, "defaults", "enumerate")
_TEXT_KEYS: Final = ("summary", "description")
_GRLC_SERVER_KEYS: Final = {
    "endpoint": "name one with --endpoint",
    "endpoint-method": "",
    "endpoint_in_url": "",
    "method": "",
    "mime": "--format says how the answer is written",
    "pagination": "--limit N stops after N rows",
    "transform": "--format json gives the results of SPARQL 1.1",
}
"""Decorators of grlc that configure its server, each with its replacement in pcve."""


class ForeignHeader:
    """Parses a header key by key, and collects notes on what it could not parse."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.notes: list[Problem] = []

    def add_note(self, line: int, fault: str, fix: str) -> None:
        problem = rule_problem("query-header", Position(self.name, line), fault, fix)
        self.notes.append(replace(problem, severity="note"))

    def parse_whole(self, lines: list[str]) -> MappingNode | None:
        """The header as one YAML (or JSON) mapping; None for anything else and for nested texts."""
        try:
            node = parse_yaml_record("\n".join(lines), self.name)
        except ContentError:
            return None
        if not isinstance(node, MappingNode):
            return None
        nested = any(isinstance(node.get(key), (MappingNode, SequenceNode)) for key in _TEXT_KEYS)
        return None if nested else node

    def parse_mapping(self, lines: list[tuple[int, str]]) -> MappingNode:
        """The keys and values of lines of one depth and deeper; a line is (number, text)."""
        values_by_key: dict[str, tuple[ScalarNode, RecordNode]] = {}
        for number, key, chunk in self.split_keys([line for line in lines if line[1].strip()]):
            if key in values_by_key:
                self.add_note(number, f'duplicate key "{key}"', "the first value is used")
                continue
            value = self.parse_value(number, key, chunk)
            if value is not None:
                values_by_key[key] = (ScalarNode(key, Position(self.name, number)), value)
        return MappingNode(tuple(values_by_key.values()), Position(self.name))

    def split_keys(
        self, lines: list[tuple[int, str]]
    ) -> Iterator[tuple[int, str, list[tuple[int, str]]]]:
        """(line number, key, its lines) for each key of the least depth."""
        depth = min((len(text) - len(text.lstrip()) for _, text in lines), default=0)
        chunks: list[tuple[int, str, list[tuple[int, str]]]] = []
        for number, text in lines:
            match = re.match(r"([A-Za-z_][\w-]*)\s*:(?:\s|$)", text[depth:])
            if match:
                chunks.append((number, match[1], []))
            if chunks:
                chunks[-1][2].append((number, text))
            else:
                self.add_note(
                    number, f"{text.strip()!r} does not belong to a key", "write `#+ key: value`"
                )
        yield from chunks

    def parse_value(self, number: int, key: str, chunk: list[tuple[int, str]]) -> RecordNode | None:
        """The value of a key, parsed as YAML where that is valid, otherwise as plain text."""
        try:
            node = parse_yaml_record("\n".join(text for _, text in chunk), self.name, number)
            value = node.get(key) if isinstance(node, MappingNode) else None
            if isinstance(value, ScalarNode) or key not in _TEXT_KEYS:
                return value
            problem = "it has nested keys"
        except ContentError as error:
            problem = error.problems[0].message
        first = chunk[0][1].split(":", 1)[1].strip()
        nested = key not in _TEXT_KEYS and not first and len(chunk) > 1
        if nested and next(self.split_keys(chunk[1:]), None):
            return self.parse_mapping(chunk[1:])
        text = " ".join([first, *(text.strip() for _, text in chunk[1:])]).strip()
        if not text:
            self.add_note(number, f'"{key}" has no value', "fill it in or delete it")
            return None
        bare = re.sub(r"^(['\"])(.*)\1$", r"\2", text)
        quoted = "'" + bare.replace("'", "''") + "'"
        why = f'"{key}" is not YAML ({problem}), so it is read as text'
        self.add_note(number, why, f"write {key}: {quoted}")
        return ScalarNode(bare, Position(self.name, number))

    def check_keys(self, node: MappingNode) -> None:
        """Add a note for each key that pcve ignores."""
        for key, _ in node.entries:
            line = key.position.line
            if key.text in _GRLC_SERVER_KEYS:
                instead = _GRLC_SERVER_KEYS[key.text] or "no action is needed"
                self.add_note(line, f'"{key.text}" configures the grlc server; ignored', instead)
            elif key.text not in _SUPPORTED_KEYS:
                hint = did_you_mean(key.text, _SUPPORTED_KEYS) or "no action is needed"
                self.add_note(line, f'unknown key "{key.text}"; ignored', hint)
