"""The parts of YAML files that commands write and a build reads strictly: mappings, lists, texts.

Nobody edits these files by hand, so that every problem of one has the same fix.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..model.problems import ContentError, Position, rule_problem
from ..model.suggest import did_you_mean
from ..model.visible import one_line
from ..syntax.tree import MappingNode, RecordNode, ScalarNode, SequenceNode


def scalar_text(text: str, quoted: bool = False) -> str:
    """A text as YAML, also inside of braces: plain of plain characters, else in single quotes.

    With `quoted` always in quotes, as free text may be a word such as null.
    """
    if not quoted and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9/._-]*", text):
        return text
    return "'" + one_line(text).replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """How a kind of file is read: the rule and the fix of its problems, and the forms of values.

    `forms` and `named` have the pattern of a value and its description in words, by key.
    """

    rule: str
    fix: str
    forms: Mapping[str, re.Pattern[str]]
    named: Mapping[str, str]

    def mapping(
        self, node: RecordNode, keys: Iterable[str], required: Iterable[str], what: str
    ) -> dict[str, RecordNode]:
        """The values of a mapping with some of `keys`, all those `required` among them.

        Raises ContentError at the first problem, as all methods do.
        """
        keys = tuple(keys)
        if not isinstance(node, MappingNode):
            raise self.stop(node.position, f"{what} has the keys {', '.join(keys)}")
        values: dict[str, RecordNode] = {}
        for key, value in node.entries:
            if key.text not in keys:
                hint = did_you_mean(key.text, keys) or f"its keys are {', '.join(keys)}"
                raise self.stop(key.position, f'{what} has no key "{one_line(key.text)}"', hint)
            values[key.text] = value
        if missing := [key for key in required if key not in values]:
            raise self.stop(node.position, f"{what} has no {missing[0]}")
        return values

    def items(self, node: RecordNode | None) -> tuple[RecordNode, ...]:
        """The values of a list; none without a node."""
        if node is None:
            return ()
        if not isinstance(node, SequenceNode):
            raise self.stop(node.position, "this is not a list")
        return node.values

    def text(self, node: RecordNode, key: str) -> str:
        """The text of a value in the form that `key` requires."""
        if not isinstance(node, ScalarNode):
            raise self.stop(node.position, f"{key} is not one value")
        form = self.forms.get(key)
        if form is not None and not form.fullmatch(node.text):
            shown = one_line(node.text)[:80]
            raise self.stop(node.position, f'{key} is "{shown}", not {self.named[key]}')
        return node.text

    def check_day(self, text: str, position: Position) -> None:
        """Raise ContentError where a day such as 2026-02-30 does not exist."""
        try:
            datetime.date.fromisoformat(text)
        except ValueError:
            raise self.stop(position, f'the day "{text}" does not exist') from None

    def stop(self, position: Position, message: str, fix: str = "") -> ContentError:
        """The error of one problem, with a `fix` of its own or that of the file."""
        return ContentError([rule_problem(self.rule, position, message, fix or self.fix)])
