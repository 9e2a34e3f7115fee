"""The tree that a strict reader gives, every node with its place; and what no record may hold.

YAML and JSON are read into the same nodes and refuse the same things in the same words, so that
one fault has one rule and one cure in both. Rule: data/FORMAT.md, "Values".
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from ..model.problems import ContentError, Position, breach
from ..model.visible import refused

DEPTH: Final = 12
"""Levels a record may have; its own form needs six."""


DEEPEST: Final = 100
"""Levels of brackets or elements that a document of RDF may have: 5 are common, 20 are rare.

Native parsers were seen to fail from some 10,000 on; readers of places in Python from 200.
"""


class Scalar(NamedTuple):
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


def decode(raw: bytes, path: str, first_line: int = 1) -> str:
    """The text of a file, or of the part of it that begins at line `first_line`.

    Raises ContentError (`encoding`) where it is not UTF-8 or has a NUL.
    """
    try:
        text = raw.decode("utf-8-sig")
        bad = text.find("\0")
        if bad < 0:
            return text
        before, found, fix = text[:bad], "a NUL byte", "delete the byte"
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        found = f"the byte 0x{raw[error.start]:02x}, which is not UTF-8 here"
        fix = "save the file as UTF-8"
    if wide := _wide_encoding(raw):
        before, found, fix = "", wide, "save the file as UTF-8"
    line, column = before.count("\n") + first_line, len(before) - before.rfind("\n")
    fix += "; if it is a picture or a PDF, it does not belong here"
    raise ContentError([breach("encoding", Position(path, line, column), f"found {found}", fix)])


def _wide_encoding(raw: bytes) -> str:
    """The encoding of more than one byte a character that a file begins in, or nothing.

    That is told by a byte order mark, or by the NUL bytes of two characters of ASCII.
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
    """Raise ContentError (`control-character`) with the place of a character that no text may hold.

    `text` begins at line `first_line` of the file.
    """
    if bad := refused(text):
        line = text.count("\n", 0, bad.at) + first_line
        column = bad.at - text.rfind("\n", 0, bad.at)
        raise _control(Position(path, line, column), bad.name, "here")


def checked(value: Scalar) -> Scalar:
    """`value`, if its text has no refused character: one that was written as an escape.

    Raises ContentError (`control-character`) with the place of the value.
    """
    if bad := refused(value.text):
        raise _control(value.position, bad.name, "from this value")
    return value


def _control(position: Position, name: str, where: str) -> ContentError:
    found, fix = f"found the character {name}", f"delete the character {name} {where}"
    return ContentError([breach("control-character", position, found, fix)])


def place_in(raw: bytes, at: int, path: str) -> Position:
    """The place of the offset `at` in the bytes of a file of UTF-8."""
    start = raw.rfind(b"\n", 0, at) + 1
    column = len(raw[start:at].decode("utf-8", "replace")) + 1
    return Position(path, raw.count(b"\n", 0, at) + 1, column)


def too_nested(position: Position) -> ContentError:
    """The refusal of a document that is nested more than `DEEPEST` levels deep."""
    found = f"nested more than {DEEPEST} levels deep"
    fix = "give the things inside names of their own, and state them beside each other"
    return ContentError([breach("nesting", position, found, fix)])


def too_deep(position: Position) -> ContentError:
    """The refusal of what is nested more than `DEPTH` levels deep."""
    found = f"nested more than {DEPTH} levels deep"
    return ContentError([breach("structure", position, found, "flatten it")])


def twice(key: Scalar, first: Position) -> ContentError:
    """The refusal of a key that stood in the same mapping before."""
    same = first.line == key.position.line
    where = f"in column {first.column}" if same else f"on line {first.line}"
    found = f'the key "{key.text}" stands twice, first {where}'
    fix = "keep one of them; several values are a list: [a, b]"
    return ContentError([breach("duplicate-key", key.position, found, fix)])


def empty(what: str, position: Position, hint: str = "") -> ContentError:
    """The refusal of a key or an item without a value."""
    fix = f"fill it in or delete it{hint}"
    return ContentError([breach("empty-value", position, f"{what} has no value", fix)])
