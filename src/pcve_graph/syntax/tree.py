"""The tree of a record, each node with its position, and the refusals that all readers share.

YAML and JSON are read into the same nodes and refused with the same messages, so that a fault has
the same rule and the same fix in both. Rule: data/FORMAT.md, "Values".
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from ..model.problems import ContentError, Position, rule_problem
from ..model.visible import first_refused

RECORD_DEPTH: Final = 12
"""Levels that a record may have; its format requires six."""

DOCUMENT_DEPTH: Final = 100
"""Levels of brackets or elements that an RDF document may have: 5 are common, 20 are rare.

Native parsers have failed from about 10,000 levels on, the readers of positions from 200.
"""


class ScalarNode(NamedTuple):
    """A scalar value as it was typed."""

    text: str
    position: Position


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list of values."""

    values: tuple[RecordNode, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Keys and their values in the order of the file."""

    entries: tuple[tuple[ScalarNode, RecordNode], ...]
    position: Position

    def get(self, key: str) -> RecordNode | None:
        """The value of `key`, or None if it is absent."""
        return next((value for name, value in self.entries if name.text == key), None)


RecordNode: TypeAlias = ScalarNode | SequenceNode | MappingNode


def items_of(node: RecordNode | None) -> tuple[RecordNode, ...]:
    """The values of a list, or the one value that the node is; none without a node."""
    if node is None:
        return ()
    return node.values if isinstance(node, SequenceNode) else (node,)


def scalars_of(node: RecordNode | None) -> tuple[ScalarNode, ...]:
    """The texts among the values of a list, or the one text that the node is."""
    return tuple(item for item in items_of(node) if isinstance(item, ScalarNode))


def leaves_of(node: RecordNode | None) -> Iterator[ScalarNode]:
    """The texts in a tree at any depth, without the keys, in their order; none without a node."""
    if isinstance(node, ScalarNode):
        yield node
    elif node is not None:
        inner = node.values if isinstance(node, SequenceNode) else [v for _, v in node.entries]
        for value in inner:
            yield from leaves_of(value)


def text_of(node: RecordNode | None) -> str:
    """The text of a scalar; empty for any other node, and without one."""
    return node.text if isinstance(node, ScalarNode) else ""


def decode_utf8(raw: bytes, path: str, first_line: int = 1) -> str:
    """The text of a file, or of the part of it that begins at line `first_line`.

    Raises ContentError (`encoding`) if it is not UTF-8 or contains a NUL byte.
    """
    try:
        text = raw.decode("utf-8-sig")
        bad = text.find("\0")
        if bad < 0:
            return text
        before, message, fix = text[:bad], "a NUL byte", "delete the byte"
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        message = f"the byte 0x{raw[error.start]:02x}, which is not UTF-8 here"
        fix = "save the file as UTF-8"
    if wide := _wide_encoding(raw):
        before, message, fix = "", wide, "save the file as UTF-8"
    line, column = before.count("\n") + first_line, len(before) - before.rfind("\n")
    fix += "; if the file is an image or a PDF, move it out of this folder"
    raise ContentError(
        [rule_problem("encoding", Position(path, line, column), f"found {message}", fix)]
    )


def _wide_encoding(raw: bytes) -> str:
    """The encoding of more than one byte a character that a file begins in, or nothing.

    It is detected by a byte order mark, or by the NUL bytes of two characters of ASCII.
    """
    nul = tuple(byte == 0 for byte in raw[:8])
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) or nul in _UTF32:
        return "UTF-32"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or nul[:4] in _UTF16:
        return "UTF-16"
    return ""


_UTF16: Final = ((False, True) * 2, (True, False) * 2)
_UTF32: Final = ((False, True, True, True) * 2, (True, True, True, False) * 2)
"""Which of the first bytes are NUL, from either end (RFC 4627, section 3)."""


def check_characters(text: str, path: str, first_line: int = 1) -> None:
    """Raise ContentError (`control-character`) at the first character that text may not contain.

    `text` begins at line `first_line` of the file.
    """
    if bad := first_refused(text):
        line = text.count("\n", 0, bad.at) + first_line
        column = bad.at - text.rfind("\n", 0, bad.at)
        raise _control(Position(path, line, column), bad.name, "here")


def checked_scalar(value: ScalarNode) -> ScalarNode:
    """Return `value` if its text, in which escapes are resolved, has no refused character.

    A carriage return is refused here before a line feed too: XML and iCalendar, in which the value
    is exported, read both as one line feed. Raises ContentError (`control-character`) at the
    position of the value.
    """
    if bad := first_refused(value.text.replace("\r\n", "\r")):
        raise _control(value.position, bad.name, "from this value")
    return value


def _control(position: Position, name: str, where: str) -> ContentError:
    message, fix = f"found the character {name}", f"delete the character {name} {where}"
    return ContentError([rule_problem("control-character", position, message, fix)])


def position_at(raw: bytes, at: int, path: str) -> Position:
    """The position of the byte offset `at` in a file of UTF-8."""
    start = raw.rfind(b"\n", 0, at) + 1
    column = len(raw[start:at].decode("utf-8", "replace")) + 1
    return Position(path, raw.count(b"\n", 0, at) + 1, column)


def document_depth_error(position: Position) -> ContentError:
    """The error of an RDF document that is nested more than `DOCUMENT_DEPTH` levels deep."""
    message = f"nested more than {DOCUMENT_DEPTH} levels deep"
    fix = "give the nested nodes IRIs, and describe each at the top level"
    return ContentError([rule_problem("nesting", position, message, fix)])


def record_depth_error(position: Position) -> ContentError:
    """The error of a record that is nested more than `RECORD_DEPTH` levels deep."""
    message = f"nested more than {RECORD_DEPTH} levels deep"
    return ContentError([rule_problem("structure", position, message, "flatten it")])


def duplicate_key_error(key: ScalarNode, first: Position) -> ContentError:
    """The error of a key that occurs a second time in its mapping, `first` the first time."""
    same = first.line == key.position.line
    where = f"in column {first.column}" if same else f"on line {first.line}"
    message = f'the key "{key.text}" occurs twice, first {where}'
    fix = "delete one of them; several values are a list: [a, b]"
    return ContentError([rule_problem("duplicate-key", key.position, message, fix)])


def empty_value_error(what: str, position: Position, hint: str = "") -> ContentError:
    """The error of a key or an item, named by `what`, without a value."""
    fix = f"fill it in or delete it{hint}"
    return ContentError([rule_problem("empty-value", position, f"{what} has no value", fix)])
