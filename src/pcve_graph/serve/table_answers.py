"""Tables within bounds: as many rows, and facts behind them, as an answer may have."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import pyoxigraph as ox

from ..graph.labels import designation_notes
from ..model.limits import read_count
from ..model.words import quantity
from .answers import (
    MOST_BYTES,
    Cell,
    ColumnEntry,
    FactEntry,
    RowEntry,
    TableAnswer,
    ThingRef,
    has_content,
    json_size,
)
from .fact_list import FactList, StatedFact

EVIDENCE_ROWS: Final = 10
"""The rows of an answer that have their facts where no number is given."""

FACTS_OF_ROW: Final = 12
"""The most facts behind one row of a table; the tool `why` has all of them."""

ALL_FACTS: Final = 10_000
"""The most facts behind a row where all are asked for."""

_ROW_BYTES: Final = MOST_BYTES // 2
_EVIDENCE_SECONDS: Final = 20.0
"""Seconds after which no further row gets its facts."""


@dataclass(frozen=True, slots=True)
class RowDraft:
    """A row before it is numbered; `facts` gives the facts behind it."""

    values: Mapping[str, Cell]
    facts: Callable[[], Iterable[StatedFact]]


@dataclass(frozen=True, slots=True)
class TableBounds:
    """The rows that are asked for: `limit` from `offset` on, `evidence` of them with their facts.

    A `limit` of 0 is as many as there is space for. Raises UsageError for a negative number.
    """

    limit: int
    offset: int
    evidence: int
    most_facts: int = FACTS_OF_ROW

    def __post_init__(self) -> None:
        for name in ("limit", "offset", "evidence"):
            read_count(getattr(self, name), name)


def bounded_table(
    store: ox.Store,
    title: str,
    columns: Iterable[ColumnEntry],
    drafts: Sequence[RowDraft],
    bounds: TableBounds,
    notes: Iterable[str] = (),
    more_facts: str = "",
) -> TableAnswer:
    """The rows that are asked for, as far as there is space, with the facts behind the first.

    `more_facts` says how to get the facts that are left out.
    """
    first, total = bounds.offset, len(drafts)
    last = min(total, first + bounds.limit) if bounds.limit else total
    chosen = drafts[first:last]
    shown, size = _fitting(chosen)
    facts = FactList(store, MOST_BYTES - size, bounds.most_facts == ALL_FACTS)
    rows = []
    lacking: list[int] = []
    deadline = time.monotonic() + _EVIDENCE_SECONDS
    for place, draft in enumerate(chosen[:shown]):
        numbers: list[int] = []
        whole = place < bounds.evidence and time.monotonic() < deadline
        if whole:
            share = facts.bytes_left // (min(shown, bounds.evidence) - place)
            numbers, whole = _numbers(facts, draft, bounds.most_facts, share)
        if not whole and bounds.evidence:
            lacking.append(first + place + 1)
        values = {name: value for name, value in draft.values.items() if has_content(value)}
        rows.append(RowEntry(first + place + 1, values, numbers))
    left_out = []
    if first + shown < total or first:
        span = f"{first + 1:,} to {first + shown:,}" if shown else "none"
        more = f"; call again with offset={first + shown}" if first + shown < total else ""
        left_out.append(f"rows shown: {span} of {total:,}{more}")
    if lacking:
        which = f"{lacking[0]:,}" if len(lacking) == 1 else f"{lacking[0]:,} to {lacking[-1]:,}"
        left_out.append(
            f"some or all facts behind {quantity(len(lacking), 'row')} ({which})"
            + (f": {more_facts}" if more_facts else "")
        )
    designations = designation_notes(store, _labels(title, rows, facts.facts))
    notes = list(dict.fromkeys([*notes, *designations]))
    return TableAnswer(
        title, list(columns), rows, total, facts.facts, facts.sources, notes, left_out
    )


def _labels(title: str, rows: Iterable[RowEntry], facts: Iterable[FactEntry]) -> Iterator[str]:
    """The texts of a table that a note on a designation can concern."""
    yield title
    cells: list[object] = [cell for row in rows for cell in row.values.values()]
    cells += [thing for fact in facts for thing in (fact.subject, fact.value)]
    for cell in cells:
        for value in cell if isinstance(cell, list) else (cell,):
            if isinstance(value, ThingRef | str):
                yield value if isinstance(value, str) else value.label


def _fitting(drafts: Sequence[RowDraft]) -> tuple[int, int]:
    """How many rows there is space for, one at least, and their bytes."""
    total = 0
    for count, draft in enumerate(drafts):
        size = json_size(draft.values)
        if total + size > _ROW_BYTES and count:
            return count, total
        total += size
    return len(drafts), total


def _numbers(facts: FactList, draft: RowDraft, most: int, share: int) -> tuple[list[int], bool]:
    """The numbers of the facts behind a row, and whether these are all of them.

    After those that take a `share` of the space, in bytes, no further one is added.
    """
    numbers: list[int] = []
    stated = iter(draft.facts())
    least = facts.bytes_left - share
    for fact in islice(stated, most):
        number = facts.number(fact)
        if number is None:
            return numbers, False
        if number not in numbers:
            numbers.append(number)
        if facts.bytes_left < least:
            break
    return numbers, next(stated, None) is None
