"""The order of the facts on the page of a thing: what, when, where, who, then all else."""

from __future__ import annotations

from typing import Final

from ..model.schema import RecordKey

_NAMES: Final = 7.5
"""Other names and descriptions follow those who take part and pay."""

LAST: Final = 99.0
"""The place of a property that is in no group."""


def page_order(key: RecordKey) -> float:
    """The place of a property on a page.

    It is that of its group in forms, except for the first group, which is that of the names: a page
    has the name above all facts.
    """
    return _NAMES if key.group_order == 1 else key.group_order or LAST
