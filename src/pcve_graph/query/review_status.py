"""What second readers found of the claims of a graph, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ..evidence.agreement import Agreement, ReviewState
from ..evidence.reviews import VERDICTS, Reading
from ..graph.reviewable import ReviewableClaim
from ..model.visible import escape_hidden
from .render import single_line
from .text_table import aligned_columns


def review_lines(state: ReviewState, claims: Mapping[str, ReviewableClaim]) -> Iterator[str]:
    """The counts, the agreement of readers, and each claim to look at; `claims` is by `shown`."""
    alone, agreed, disputed = state.by_number()
    counts = Counter(reader for shown in alone for reader in state.current[shown])
    by_reader = ", ".join(f"{number:,} by {reader}" for reader, number in sorted(counts.items()))
    both = f": {len(agreed):,} agree, {len(disputed):,} disagree" if agreed or disputed else ""
    rows = [
        ["claims with words", f"{len(claims):,}"],
        ["read by nobody", f"{len(claims) - len(state.current):,}"],
        ["read by one reader", f"{len(alone):,}" + (f": {by_reader}" if by_reader else "")],
        ["read by two or more", f"{len(agreed) + len(disputed):,}{both}"],
        ["stale", f"{len(state.stale):,}"],
    ]
    yield from aligned_columns(rows).splitlines()
    for agreement in state.agreements():
        yield _agreement(agreement)
    yield from _section("readers disagree", state, disputed, claims)
    not_supported = [
        shown
        for shown in alone
        if any(reading.verdict != VERDICTS[0] for reading in state.current[shown].values())
    ]
    yield from _section("one reader, not supported", state, not_supported, claims)
    if state.stale:
        yield from ("", "stale: changed since they were read")
        by_id = {claim.id for claim in claims.values()}
        keys = {(claim.thing, claim.key) for claim in claims.values()}
        for reader, reading in state.stale:
            why = _why_stale(reading, by_id, keys)
            yield f"  {reading.thing}  {reading.key}  {reader} on {reading.on}: {why}"


def review_json(state: ReviewState, claims: Mapping[str, ReviewableClaim]) -> dict[str, Any]:
    """All of it as JSON: the claims that were read by how many readers, and how these agree."""
    alone, agreed, disputed = state.by_number()
    by_id = {claim.id for claim in claims.values()}
    keys = {(claim.thing, claim.key) for claim in claims.values()}

    def described(shown: str) -> dict[str, Any]:
        claim = claims[shown]
        return {
            "id": claim.id,
            "thing": claim.thing,
            "key": claim.key,
            "value": claim.value,
            "words": claim.words,
            "source": claim.source[0],
            "readings": [
                _reading(reader, reading)
                for reader, reading in sorted(state.current[shown].items())
            ],
        }

    return {
        "claims": len(claims),
        "unread": len(claims) - len(state.current),
        "one": list(map(described, alone)),
        "agreed": list(map(described, agreed)),
        "disputed": list(map(described, disputed)),
        "stale": [
            {
                "id": reading.id,
                "thing": reading.thing,
                "key": reading.key,
                "source": reading.source,
                "why": _why_stale(reading, by_id, keys),
                "readings": [_reading(reader, reading)],
            }
            for reader, reading in state.stale
        ],
        "agreement": [
            {
                "readers": list(agreement.readers),
                "claims": agreement.claims,
                "same": agreement.same,
                "kappa": None if agreement.kappa is None else round(agreement.kappa, 4),
            }
            for agreement in state.agreements()
        ],
    }


def _reading(reader: str, reading: Reading) -> dict[str, str]:
    values = {
        "by": reader,
        "on": reading.on,
        "verdict": reading.verdict,
        "value_read": reading.value,
        "note": reading.note,
    }
    return {name: value for name, value in values.items() if value}


def _agreement(agreement: Agreement) -> str:
    first, second = agreement.readers
    kappa = "undefined, since both always give the same verdict"
    if agreement.kappa is not None:
        kappa = f"{agreement.kappa:.2f}"
    claims = "1 claim" if agreement.claims == 1 else f"{agreement.claims:,} claims"
    return f"{first} and {second}: {agreement.same:,} of {claims} alike, Cohen's kappa {kappa}"


def _section(
    title: str, state: ReviewState, shown: list[str], claims: Mapping[str, ReviewableClaim]
) -> Iterator[str]:
    if shown:
        yield from ("", title)
    for claim, readings in ((claims[key], state.current[key]) for key in shown):
        value, words = (single_line(escape_hidden(text)) for text in (claim.value, claim.words))
        yield f"  {claim.thing}  {claim.key}: {value}  [{claim.source[0]}] “{words}”"
        for reader, reading in sorted(readings.items()):
            wrote = f', read as "{reading.value}"' if reading.value else ""
            note = f" ({reading.note})" if reading.note else ""
            yield f"    {reader} on {reading.on}: {reading.verdict}{wrote}{note}"


def _why_stale(reading: Reading, ids: set[str], keys: set[tuple[str, str]]) -> str:
    if reading.id in ids:
        return "the words or the name of a thing have changed"
    if (reading.thing, reading.key) in keys:
        return "the value or the source has changed"
    return "the claim is gone, or has no words any more"
