"""Invisible characters: escaped in text that is shown, refused in records.

An escape sequence in a label can rewrite the output of a terminal, a bidirectional override
reverses what is read (Unicode TR36 and UAX #9), and a zero-width character makes two different
names look the same. Everything else is text: letters of all scripts, combining marks, emoji and
their sequences, and the marks and joiners that right-to-left and joining scripts require.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

_CONTROLS: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff"
"""C0 without tab and line feed, DEL, C1 (ISO 6429), and halves of surrogate pairs.

A carriage return counts as one unless a line feed follows it.
"""

_BIDI: Final = r"\u202a-\u202e\u2066-\u2069"
"""Embeddings, overrides, isolates and their closing characters (UAX #9, section 2)."""

_INVISIBLE: Final = (
    r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2028\u2029\u2060-\u2065\u206a-\u206f"
    r"\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
"""Line and paragraph separators, and characters without width or shape: Unicode's
Default_Ignorable_Code_Point, tag characters included, without the joiners, marks and variation
selectors, which have rules of their own.
"""

_JOINED: Final = (
    r"\u0590-\u109f\u1780-\u18af\u1900-\u1cff\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f"
    r"\ua800-\uabff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00011fff\U0001e800-\U0001faff"
)
"""Scripts that are written with joiners, and emoji."""

_RIGHT_TO_LEFT: Final = re.compile(
    r"[\u05be-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff"
    r"\U0001e800-\U0001efff]"
)

_HIDDEN: Final = (
    r"(?P<flag>\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f)"
    r"|(?P<mark>[\u200e\u200f\u061c])"
    rf"|[{_CONTROLS}{_BIDI}{_INVISIBLE}]|\r(?!\n)"
    rf"|(?<![{_JOINED}])[\u200c\u200d]"
    r"|(?<![0-9#*\u00a9\u00ae\u0300-\ufdff\ufe30-\uffff\U00010000-\U000dffff])[\ufe00-\ufe0f]"
    r"|(?<![\u1800-\u18aa])[\u180b-\u180d\u180f]"
    r"|(?<![\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]"
)

_NEAR: Final = 64
"""Characters around a mark in which a right-to-left letter of its line justifies the mark."""

_REFUSED: Final = re.compile(rf"[{_CONTROLS}\u202d\u202e\ufffe\uffff]|\r(?!\n)")
"""All that no document of XML 1.0 can contain (section 2.2) is among them."""

_PAIRED: Final = re.compile("[\u202a\u202b\u202c\u2066-\u2069\n]")
_CLOSING: Final = {"\u202c": "\u202a\u202b", "\u2069": "\u2066\u2067\u2068"}


class RefusedCharacter(NamedTuple):
    """A character that content may not contain: its offset in the text, and its code point."""

    at: int
    name: str


def escape_hidden(text: str) -> str:
    r"""`text` with each hidden character as its escape, `\u001b`; tabs and line ends remain.

    Hidden characters are control characters, unpaired surrogates, bidirectional embeddings,
    overrides and isolates, line and paragraph separators, and characters without width. The
    exceptions are the marks LRM, RLM and ALM near a right-to-left letter of their line, joiners
    after letters of scripts that use them and within emoji, one variation selector after its base,
    and the tags of a flag. The escapes are those of JSON and Turtle, which can read them.

    >>> escape_hidden("Bell\x1b[2J Society")
    'Bell\\u001b[2J Society'
    """
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return _hidden().sub(_escaped, text)


@cache
def _hidden() -> re.Pattern[str]:
    """Compiled when it is first needed: that takes a tenth of `pcve --help`."""
    return re.compile(_HIDDEN)


def one_line(text: str) -> str:
    r"""`escape_hidden(text)` with each line end as `\n`, for a value within a line."""
    return escape_hidden(text).replace("\r\n", "\\r\\n").replace("\n", "\\n")


def has_surrogate(text: str) -> bool:
    """Whether `text` has an unpaired surrogate, which has no bytes in UTF-8 and is in no graph."""
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)


def first_refused(text: str) -> RefusedCharacter | None:
    """The first character of `text` that a record or source may not contain, or None.

    Refused are control characters other than tabs and line ends, unpaired surrogates, U+FFFE and
    U+FFFF, bidirectional overrides, and embeddings and isolates without their opening or closing
    character in the line.
    """
    control = None if text.isprintable() else _REFUSED.search(text)
    offsets = [at for at in (control and control.start(), _unpaired(text)) if at is not None]
    return RefusedCharacter(min(offsets), f"U+{ord(text[min(offsets)]):04X}") if offsets else None


def offset_in_turtle(turtle: str, name: str) -> int:
    """The offset of the character `name`, or of its escape, in `turtle`; 0 if it is not found."""
    code = name.removeprefix("U+")
    short = {"0008": r"|(?<!\\)\\b", "000C": r"|(?<!\\)\\f"}.get(code, "")
    match = re.search(rf"{re.escape(chr(int(code, 16)))}|(?i:\\u(?:0000)?{code}){short}", turtle)
    return match.start() if match else 0


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    if match["flag"] or (match["mark"] and _is_near_right_to_left(match.string, match.start())):
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _is_near_right_to_left(text: str, at: int) -> bool:
    before = text[max(0, at - _NEAR) : at].rpartition("\n")[2]
    behind = text[at + 1 : at + 1 + _NEAR].partition("\n")[0]
    return bool(_RIGHT_TO_LEFT.search(before + behind))


def _unpaired(text: str) -> int | None:
    """The offset of the first embedding or isolate that is not paired in its line, or None."""
    if text.isascii():
        return None
    opened: list[int] = []
    unpaired: list[int] = []
    for match in _PAIRED.finditer(text + "\n"):
        mark = match.group()
        if mark == "\n":
            unpaired += opened
            opened = []
        elif mark not in _CLOSING:
            opened.append(match.start())
        elif opened and text[opened[-1]] in _CLOSING[mark]:
            opened.pop()
        else:
            unpaired.append(match.start())
        if unpaired:
            return min(unpaired)
    return None
