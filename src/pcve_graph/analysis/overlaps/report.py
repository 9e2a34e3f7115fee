"""Writes overlaps as a text briefing: a summary, the pairs, and the undecided pairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ...graph import claims
from ...graph.labels import designation_notes
from ...model.namespaces import expand, source_iri
from ...model.periods import YES
from ...model.standing import joined_standings
from ...query.text_table import indented_lines
from ..works import Landscape, Work
from .find import OverlapCriteria, OverlapPair, Overlaps
from .reasons import OverlapGroup, overlap_groups, pair_standing, reason_text
from .supporting_facts import SupportingFact, find_supporting_facts

_MOST_RELATED: Final = 5
"""The number of related pairs that are listed by default."""

_TITLES: Final = {
    "overlapping": "Projects that overlap",
    "back-to-back": "Events back to back",
    "colliding": "Events that collide",
}
_WORDS: Final = {
    "overlapping": ("pair of projects overlaps", "pairs of projects overlap"),
    "back-to-back": ("pair of events is back to back", "pairs of events are back to back"),
    "colliding": ("pair of events collides", "pairs of events collide"),
}


@dataclass(frozen=True, slots=True)
class Briefing:
    """The contents of a briefing.

    `limit` is the number of pairs of each verdict that are described in full; `list_related` is
    whether all related pairs are listed. `width` is the columns of the terminal, 0 for lines of any
    length.
    """

    landscape: Landscape
    store: ox.Store
    criteria: OverlapCriteria
    overlaps: Overlaps
    successions: tuple[tuple[Work, Work], ...]
    limit: int = 10
    list_related: bool = False
    width: int = 0

    def wrapped(self, text: str, indent: str = "") -> list[str]:
        """A paragraph in lines within `width`, those after the first with `indent`."""
        lead = text[: len(text) - len(text.lstrip())]
        return indented_lines(text.strip(), self.width, lead, indent or lead)


def briefing_text(briefing: Briefing) -> str:
    """The briefing as plain text; notes on designations come last."""
    lines = list(_lines(briefing))
    notes = designation_notes(briefing.store, lines)
    return "\n".join([*lines, *(["", *notes] if notes else [])]) + "\n"


def criteria_text(landscape: Landscape, criteria: OverlapCriteria) -> str:
    """The criteria in words: `in Albania, on prisons, paid by …, since 2019-01-01`."""
    words = [
        f"{word} {landscape.label(iri)}"
        for word, iri in (
            ("in", criteria.country),
            ("on", criteria.topic),
            ("paid by", criteria.funder),
        )
        if iri
    ]
    for word, bound in (("since", criteria.since), ("until", criteria.until)):
        words += [f"{word} {bound.isoformat()}"] if bound else []
    return ", ".join(words)


def _lines(briefing: Briefing) -> Iterator[str]:
    overlaps, landscape = briefing.overlaps, briefing.landscape
    sources = _Sources()
    where = criteria_text(landscape, briefing.criteria)
    yield "Overlaps" + (f" {where}" if where else "")
    yield ""
    yield from briefing.wrapped(overlaps_summary(briefing))
    for verdict, head in _TITLES.items():
        pairs = overlaps.pairs[verdict]
        if pairs:
            yield from ("", head, "")
            for number, pair in enumerate(pairs[: briefing.limit], 1):
                yield from _pair(briefing, number, pair, sources)
            yield from _more_note(briefing, verdict)
        yield from _grouped(
            briefing, overlap_groups(landscape, pairs) if verdict != "colliding" else ()
        )
    yield from _related(briefing)
    yield from _undecided(briefing)
    yield from sources.lines(briefing)


def overlaps_summary(briefing: Briefing) -> str:
    """How many pairs of each verdict there are, the strongest, and what was compared."""
    overlaps = briefing.overlaps
    totals = _totals(overlaps)
    counts = [
        f"{totals[verdict]:,} {_WORDS[verdict][totals[verdict] != 1]}{_resting(briefing, verdict)}"
        for verdict in _TITLES
        if totals[verdict]
    ]
    answer = (
        f"{'; '.join(counts)}."
        if counts
        else "No pair on record overlaps, is back to back or collides."
    )
    top = next((overlaps.pairs[head][0] for head in _TITLES if overlaps.pairs[head]), None)
    if top:
        answer += f" The strongest: {top.first.label} and {top.second.label} ({top.score:.2f})."
    unsure = sum(pair.holds != YES for head in _TITLES for pair in overlaps.pairs[head])
    if unsure:
        answer += f" Of {unsure:,} of these the dates leave open whether in that period."
    compared = " and ".join(
        f"{number:,} {kind}{'' if number == 1 else 's'}"
        for kind, number in overlaps.compared.items()
    )
    unknown = totals["not-known"]
    undecided = (
        f"; {unknown:,} further pair{'' if unknown == 1 else 's'} could not be decided "
        "(a date or place is missing)"
    )
    return f"{answer} Compared: {compared} on record{undecided if unknown else ''}."


def _resting(briefing: Briefing, verdict: str) -> str:
    """How many pairs of a verdict rest on facts that are not stated plainly, in brackets."""
    pairs = briefing.overlaps.pairs[verdict]
    standings = [words for pair in pairs if (words := pair_standing(briefing.landscape, pair))]
    if not standings:
        return ""
    words = joined_standings(standings).replace(", ", " or ")
    which = f"{len(standings):,} of them" if len(pairs) > 1 else "it"
    return f" ({which} {'rest' if len(standings) > 1 else 'rests'} on facts that are {words})"


def _totals(overlaps: Overlaps) -> dict[str, int]:
    totals = dict.fromkeys(overlaps.pairs, 0)
    for (_, verdict), number in overlaps.counts.items():
        totals[verdict] += number
    return totals


def _pair(briefing: Briefing, number: int, pair: OverlapPair, sources: _Sources) -> Iterator[str]:
    landscape = briefing.landscape
    yield from briefing.wrapped(f"{number}. {_label_and_id(pair.first)}", "   ")
    yield from briefing.wrapped(f"   {_label_and_id(pair.second)}", "   ")
    parts = ", ".join(f"{name} {value:.2f}" for name, value in pair.parts.items())
    yield f"   score {pair.score:.2f}: {parts}"
    yield from briefing.wrapped(f"   {reason_text(landscape, pair)}", "   ")
    supporting_facts = find_supporting_facts(landscape, briefing.store, pair)
    for work in (pair.first, pair.second):
        yield f"     {work.id}"
        parts_by_evidence: dict[str, dict[str, list[SupportingFact]]] = {}
        for proof in supporting_facts:
            if proof.work.iri == work.iri:
                words = "; ".join(sources.cite(proof.evidence))
                parts_by_evidence.setdefault(words, {}).setdefault(proof.part, []).append(proof)
        for words, facts in parts_by_evidence.items():
            described = "; ".join(
                f"{part}: {_time_text(proofs) if part == 'time' else _values(proofs)}"
                for part, proofs in facts.items()
            )
            yield from briefing.wrapped(f"       {described} {words}", "         ")
    yield ""


def _values(proofs: Iterable[SupportingFact], separator: str = ", ") -> str:
    return separator.join(dict.fromkeys(proof.value for proof in proofs))


def _time_text(proofs: list[SupportingFact]) -> str:
    """The dates that one piece of evidence states: `Apr 2016 to Jun 2018`, or `until Aug 2023`.

    A start without an end is the day of an event that states no other end, else `from Apr 2016`.
    """
    work = proofs[0].work
    start = _values((proof for proof in proofs if proof.key == "startDate"), " or ")
    end = _values((proof for proof in proofs if proof.key == "endDate"), " or ")
    if start and end:
        return start if start == end else f"{start} to {end}"
    if work.kind == "event" and (work.end or work.start) == (work.start or work.end):
        return start or end
    return f"from {start}" if start else f"until {end}"


class _Sources:
    """The sources that a briefing cites, numbered in order of first citation."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, str], int] = {}

    def cite(self, evidence: Iterable[claims.Evidence]) -> Iterator[str]:
        """`“the quote” [1]` for each piece of evidence; only numbers where a source is cited.

        Sources that were named together have their numbers in one pair of brackets.
        """
        for group in claims.groups_of_evidence(evidence):
            numbers = [
                self.numbers.setdefault(piece.source, len(self.numbers) + 1) for piece in group
            ]
            first = group[0]
            quote = f"“{' '.join(first.quote.split())}” " if first.quote else ""
            note = f" ({first.certainty}: {first.note})" if first.certainty == "inferred" else ""
            yield f"{quote}[{', '.join(map(str, numbers))}]{note}"

    def lines(self, briefing: Briefing) -> Iterator[str]:
        """The list of sources, each with its title, id and address."""
        if self.numbers:
            yield from ("", "Sources", "")
        for (identifier, title), number in self.numbers.items():
            node = ox.NamedNode(source_iri(identifier))
            address = next(claims.values(briefing.store, node, expand("schema:url")), None)
            where = f", {getattr(address, 'value', '')}" if address else ""
            name = "" if title.startswith("[") else f"{title} "
            yield from briefing.wrapped(f"[{number}] {name}[{identifier}]{where}", "    ")


def _label_and_id(work: Work) -> str:
    return f"{work.label} [{work.id}]"


def _more_note(briefing: Briefing, verdict: str) -> Iterator[str]:
    left = _totals(briefing.overlaps)[verdict] - briefing.limit
    if left > 0:
        yield f"   and {left:,} more; --limit 0 describes all, --format csv lists them"


def _grouped(briefing: Briefing, found_groups: Iterable[OverlapGroup]) -> Iterator[str]:
    for group in found_groups:
        works = ", ".join(work.id for work in group.works)
        yield from briefing.wrapped(
            f"   Together on {briefing.landscape.label(group.about)}: {works} "
            f"(up to {group.at_once} at one time)",
            "   ",
        )


def _related(briefing: Briefing) -> Iterator[str]:
    pairs = briefing.overlaps.pairs["related"]
    listed_pairs = {frozenset((pair.first.iri, pair.second.iri)) for pair in pairs}
    lines = [
        succession
        for succession in briefing.successions
        if {succession[0].iri, succession[1].iri} not in listed_pairs
    ]
    total = _totals(briefing.overlaps)["related"]
    if not (pairs or lines):
        return
    yield from ("", f"Related, and not counted: {total + len(lines):,}", "")
    most = None if briefing.list_related else _MOST_RELATED
    related_lines = [f"{_ids(p)}: {reason_text(briefing.landscape, p)}" for p in pairs]
    related_lines += [
        f"{earlier.id} / {later.id}: the second follows the first." for earlier, later in lines
    ]
    for line in related_lines[:most]:
        yield from briefing.wrapped(f"   {line}", "     ")
    if most and len(related_lines) > most:
        yield f"   and {total + len(lines) - most:,} more; --related lists all"


def _undecided(briefing: Briefing) -> Iterator[str]:
    overlaps = briefing.overlaps
    pairs = overlaps.pairs["not-known"]
    if pairs:
        total = _totals(overlaps)["not-known"]
        yield from ("", f"Undecided, as a date or place is missing: {total:,}", "")
        most = briefing.limit
        for pair in pairs[:most]:
            line = f"{_ids(pair)} ({pair.score:.2f} if so): {reason_text(briefing.landscape, pair)}"
            yield from briefing.wrapped(f"   {line}", "     ")
        if total > most:
            yield f"   and {total - most:,} more; --limit 0 describes all, --format csv lists them"
    if overlaps.silent:
        yield ""
        names = ", ".join(work.id for work in overlaps.silent[: briefing.limit])
        rest = len(overlaps.silent) - briefing.limit
        yield from briefing.wrapped(
            f"Not compared, as they state no topic or target group: {names}"
            + (f" and {rest:,} more" if rest > 0 else "")
            + ". What has no record here may still exist."
        )


def _ids(pair: OverlapPair) -> str:
    return f"{pair.first.id} / {pair.second.id}"
