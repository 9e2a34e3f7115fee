"""Where a statement stands in a file: readers that keep line and column.

RDF parsers drop positions, so each syntax is read once more, only when something is wrong, and only
to find places: the graph itself always comes from the real parser. What a reader here does not
find falls back to the place of the subject, and that to the first line.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from ...validate.locate.blanks import pair_blanks
from .jsonld import locate_jsonld
from .ntriples import locate_lines
from .rdfxml import locate_rdfxml
from .turtle import locate_turtle

__all__ = ["LOCATORS", "Place", "Places", "locate", "pair_blanks"]

Place = tuple[int, int]
"""Line and column, both from 1; the column counts characters."""

Places = dict[tuple[str, ...], Place]
"""By (subject,), (subject, predicate) or (subject, predicate, object), as N-Triples writes them."""

LOCATORS: Final[dict[str, Callable[[str], Places]]] = {
    "jsonld": locate_jsonld,
    "rdfxml": locate_rdfxml,
}


def locate(raw: bytes, form: str, subjects: Collection[str] | None = None) -> Places:
    """The places of the statements in `raw`, a document that the parser of `form` accepts.

    The first place of each is kept; with `subjects`, those of other subjects may be left out, and
    `_:` is any node without a name. Never raises: what cannot be followed is left out.
    """
    try:
        if form in ("ntriples", "nquads"):
            return locate_lines(raw, subjects)
        if form in ("turtle", "trig"):
            return locate_turtle(raw.decode(), subjects)
        return LOCATORS[form](raw.decode())
    except (RecursionError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return {}
