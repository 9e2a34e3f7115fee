"""Where a statement stands in a file: readers that keep line and column.

RDF parsers drop positions, so each syntax is read once more, only when something is wrong, and only
to find places: the graph itself always comes from the real parser. What a reader here does not
find falls back to the place of the subject, and that to the first line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .jsonld import locate_jsonld
from .lines import locate_lines
from .rdfxml import locate_rdfxml
from .turtle import locate_turtle

Place = tuple[int, int]
"""Line and column, both from 1; the column counts characters."""

Places = dict[tuple[str, ...], Place]
"""By (subject,), (subject, predicate) or (subject, predicate, object), as N-Triples writes them."""

LOCATORS: Final[dict[str, Callable[[str], Places]]] = {
    "turtle": locate_turtle,
    "trig": locate_turtle,
    "ntriples": locate_lines,
    "nquads": locate_lines,
    "jsonld": locate_jsonld,
    "rdfxml": locate_rdfxml,
}


def locate(text: str, form: str) -> Places:
    """The places of the statements in `text`, a document that the parser of `form` accepts.

    The first place of each is kept. Never raises: what cannot be followed is left out.
    """
    try:
        return LOCATORS[form](text)
    except (RecursionError, ValueError, KeyError, IndexError):
        return {}
