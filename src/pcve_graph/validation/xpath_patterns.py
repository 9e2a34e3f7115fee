r"""Regular expressions of XPath, which sh:pattern has, as those of Python, which the engines read.

The two are mostly the same. XPath (Functions and Operators 3.1, 5.6.1; XML Schema 1.1 Datatypes,
appendix G) also has `\p{L}` and `\P{L}` for the general categories of Unicode, `\i` and `\c` for
the characters of XML names, and `[a-z-[aeiou]]` for a class less another.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, TypeAlias

_Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Code points from the first to the last of each pair, in order, without overlaps."""

_LAST: Final = sys.maxunicode
_SURROGATES: Final = (0xD800, 0xDFFF)
"""Code points that are no characters; turbo refuses a pattern with one of them."""

_NEEDS: Final = re.compile(r"\\[pPiIcC]|-\[")
_CATEGORY: Final = re.compile(
    r"\{(L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?|(?P<block>Is[\w-]+))\}"
)
_SPACE: Final = ("\t", "\n", "\r", " ")
_OF_CASE: Final = frozenset({"Lu", "Ll", "Lt"})

_NAME_START: Final[_Ranges] = (
    *((0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6)),
    *((0xF8, 0x2FF), (0x370, 0x37D), (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F)),
    *((0x2C00, 0x2FEF), (0x3001, 0xD7FF), (0xF900, 0xFDCF), (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF)),
)
"""NameStartChar of XML 1.0 (fifth edition), production 4."""

_NAME: Final[_Ranges] = tuple(
    sorted(
        (*_NAME_START, (0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))
    )
)
"""NameChar of XML 1.0 (fifth edition), production 4a."""


def python_pattern(pattern: str, flags: str = "") -> str:
    r"""`pattern` as the engines read it, which is `pattern` itself where it has none of the above.

    Of `flags` the engines apply `i` and `m`; `s` (a dot matches the end of a line), `x` (white
    space outside of classes is left out) and `q` (the pattern is plain text) become part of it.

    Raises ValueError, with the reason, for `\p{IsGreek}` and other blocks of Unicode, and for a
    category of upper or lower case together with the flag `i`, which does not apply to it.
    """
    if "q" in flags:
        return re.escape(pattern)
    if _NEEDS.search(pattern) or "x" in flags:
        pattern = _Reader(pattern, "i" in flags, "x" in flags).read()
    return f"(?s){pattern}" if "s" in flags else pattern


class _Reader:
    def __init__(self, pattern: str, ignores_case: bool, ignores_space: bool) -> None:
        self.pattern = pattern
        self.ignores_case = ignores_case
        self.ignores_space = ignores_space
        self.at = 0

    def read(self) -> str:
        parts = []
        while self.at < len(self.pattern):
            if self.pattern[self.at] == "[":
                parts.append(self.group())
            elif (ranges := self.escape()) is not None:
                parts.append(f"[{_written(ranges)}]")
            else:
                following = self.characters()
                parts.append("" if self.ignores_space and following in _SPACE else following)
        return "".join(parts)

    def characters(self) -> str:
        """The next character as it is, with the backslash before it."""
        start = self.at
        self.at += 2 if self.pattern[start] == "\\" else 1
        return self.pattern[start : self.at]

    def escape(self) -> _Ranges | None:
        """What the escape that begins here matches, if it is one of XPath alone."""
        name = self.pattern[self.at + 1 : self.at + 2] if self.pattern[self.at] == "\\" else ""
        if name and name in "iIcC":
            self.at += 2
            ranges = _NAME_START if name in "iI" else _NAME
            return ranges if name.islower() else _complement(ranges)
        if not name or name not in "pP":
            return None
        category = _CATEGORY.match(self.pattern, self.at + 2)
        if category is None:
            raise ValueError(f"\\{name} needs a category of Unicode in braces, such as \\p{{L}}")
        if category["block"]:
            raise ValueError(
                f"\\{name}{category[0]} is a block of Unicode: write its characters as a range"
            )
        if self.ignores_case and category[1] in _OF_CASE:
            raise ValueError(f'\\{name}{category[0]} cannot be combined with the flag "i"')
        self.at = category.end()
        ranges = _categories().get(category[1], ())
        return ranges if name == "p" else _complement(ranges)

    def group(self) -> str:
        """A character class, from its bracket to the one that closes it."""
        start = self.at
        self.at += 1
        parts = []
        if self.pattern.startswith("^", self.at):
            self.at += 1
            parts.append("^")
        first = self.at
        while self.at < len(self.pattern):
            if self.pattern[self.at] == "]" and self.at > first:
                self.at += 1
                return f"[{''.join(parts)}]"
            if self.at > first and self.pattern.startswith("-[", self.at):
                here = self.at
                self.at += 1
                without = self.group()
                if self.pattern.startswith("]", self.at):
                    self.at += 1
                    return f"(?:(?!{without})[{''.join(parts)}])"
                self.at = here
            ranges = self.escape()
            parts.append(self.characters() if ranges is None else _written(ranges))
        return self.pattern[start:]


@lru_cache(1)
def _categories() -> dict[str, _Ranges]:
    """The code points of each general category, by its one or two letters, without surrogates."""
    starts: dict[str, list[tuple[int, int]]] = {}
    start, current = 0, unicodedata.category("\0")
    for code in range(1, _LAST + 2):
        category = unicodedata.category(chr(code)) if code <= _LAST else ""
        if category != current:
            for name in (current, current[0]):
                if current != "Cs":
                    starts.setdefault(name, []).append((start, code - 1))
            start, current = code, category
    return {name: _joined(ranges) for name, ranges in starts.items()}


def _joined(ranges: Iterable[tuple[int, int]]) -> _Ranges:
    joined: list[tuple[int, int]] = []
    for start, end in ranges:
        if joined and joined[-1][1] == start - 1:
            start = joined.pop()[0]
        joined.append((start, end))
    return tuple(joined)


def _complement(ranges: _Ranges) -> _Ranges:
    """All other characters; `ranges` have no surrogates."""
    excluded = sorted((*ranges, _SURROGATES))
    ends = [-1, *(end for _, end in excluded)]
    starts = [*(start for start, _ in excluded), _LAST + 1]
    pairs = ((end + 1, start - 1) for end, start in zip(ends, starts, strict=True))
    return tuple((start, end) for start, end in pairs if start <= end)


def _written(ranges: _Ranges) -> str:
    """The ranges as a part of a character class."""
    return "".join(
        _code(start) if start == end else f"{_code(start)}-{_code(end)}" for start, end in ranges
    )


def _code(code: int) -> str:
    """A character in a character class; `\\u` stays out of the queries that rdflib reads."""
    return f"\\x{code:02x}" if code < 0x100 else chr(code)
