"""English words for counts of things."""

from __future__ import annotations


def plural(word: str) -> str:
    """The plural of a regular English noun, such as the name of a class or of a column.

    >>> plural("project"), plural("country"), plural("day"), plural("series"), plural("process")
    ('projects', 'countries', 'days', 'series', 'processes')
    """
    if word.endswith("y") and word[-2:-1] not in ("a", "e", "o", "u"):
        return word[:-1] + "ies"
    if word.endswith(("ss", "ch", "sh", "x")):
        return word + "es"
    return word if word.endswith("s") else word + "s"


def quantity(number: int, word: str) -> str:
    """A number with its noun.

    >>> quantity(1, "record"), quantity(1_200, "body")
    ('1 record', '1,200 bodies')
    """
    return f"{number:,} {word if number == 1 else plural(word)}"
