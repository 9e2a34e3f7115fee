"""Whether a value that a fix would state conforms to the shape, so that no fix leads to another."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final

from ..model.terms import NTerm, is_blank, is_literal, lexical
from .shape_parameters import ShapeParameters
from .sparql_order import relations
from .xpath_patterns import python_pattern

_BOUNDS: Final = {
    "sh:minInclusive": ">=",
    "sh:minExclusive": ">",
    "sh:maxInclusive": "<=",
    "sh:maxExclusive": "<",
}


def is_allowed(parameters: ShapeParameters, shape: NTerm, value: NTerm) -> bool:
    """Whether `value` conforms to what `shape` says of patterns, lengths, bounds and members.

    True where the shape says nothing of these, or has a pattern that cannot be read; a blank node
    has no text to match.
    """
    if not shape:
        return True
    stated, text = parameters.values, lexical(value)
    lists = parameters.lists(shape, "sh:in")
    if is_blank(value) and (stated(shape, "sh:pattern") or stated(shape, "sh:minLength")):
        return False
    lengths = [("sh:minLength", 1), ("sh:maxLength", -1)]
    return (
        all(_matches(text, lexical(of), parameters, shape) for of in stated(shape, "sh:pattern"))
        and all(
            sign * len(text) >= sign * int(lexical(number))
            for name, sign in lengths
            for number in stated(shape, name)
            if is_literal(number) and re.fullmatch(r"[0-9]{1,9}", lexical(number))
        )
        and all(
            operator in relations(value, bound)
            for name, operator in _BOUNDS.items()
            for bound in stated(shape, name)
        )
        and all(value in members for members in lists)
    )


def _matches(text: str, pattern: str, parameters: ShapeParameters, shape: NTerm) -> bool:
    """Whether a pattern of a shape matches anywhere in `text`; true if it cannot be read."""
    flags = "".join(map(lexical, parameters.values(shape, "sh:flags")))
    options = re.NOFLAG
    for letter, option in (("i", re.IGNORECASE), ("m", re.MULTILINE)):
        options |= option if letter in flags else re.NOFLAG
    with suppress(re.error, OverflowError, RecursionError, ValueError):
        return re.search(python_pattern(pattern, flags), text, options) is not None
    return True
