"""The overlaps as a briefing that can be forwarded: the answer, then the pairs, then doubts."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import pyoxigraph as ox

from ...graph import claims
from ...graph.labels import footnotes
from ...graph.serialize import serialize
from ...model.namespaces import concept, expand, hashed, source
from ..tables import Cell, Sheet
from ..works import Landscape, Work
from .find import Asked, Overlaps, Pair
from .reasons import Group, groups, listed, proofs, reason, shared
from .score import PARTS, VERDICTS

_WIDTH: Final = 100
_FEW: Final = 5
"""Pairs that are only named, where they are not asked for in full."""

_HEADS: Final = {
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
    """What a briefing is written from. `limit` is how many pairs of a verdict are told in full;
    `related` whether those that belong together are listed one by one."""

    landscape: Landscape
    store: ox.Store
    asked: Asked
    found: Overlaps
    successions: tuple[tuple[Work, Work], ...]
    limit: int = 10
    related: bool = False


def written(briefing: Briefing) -> str:
    """The briefing as plain text of 100 columns, its last lines the designation notes."""
    lines = list(_lines(briefing))
    notes = footnotes(briefing.store, lines)
    return "\n".join([*lines, *(["", *notes] if notes else [])]) + "\n"


def scope(landscape: Landscape, criteria: Asked) -> str:
    """What was asked for, in words: `in Albania, on prisons, paid by …, since 1 Jan 2019`."""
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
    overlaps, landscape = briefing.found, briefing.landscape
    sources = _Sources()
    where = scope(landscape, briefing.asked)
    yield "Overlaps" + (f" {where}" if where else "")
    yield ""
    yield from _wrapped(_answer(briefing))
    for verdict, head in _HEADS.items():
        pairs = overlaps.pairs[verdict]
        if pairs:
            yield from ("", head, "")
            for number, pair in enumerate(pairs[: briefing.limit], 1):
                yield from _pair(briefing, number, pair, sources)
            yield from _more(briefing, verdict)
        yield from _grouped(landscape, groups(landscape, pairs) if verdict != "colliding" else ())
    yield from _related(briefing)
    yield from _doubts(briefing)
    yield from sources.lines(briefing.store)


def _answer(briefing: Briefing) -> str:
    overlaps = briefing.found
    totals = _totals(overlaps)
    counts = [
        f"{totals[verdict]:,} {_WORDS[verdict][totals[verdict] != 1]}"
        for verdict in _HEADS
        if totals[verdict]
    ]
    answer = f"{'; '.join(counts)}." if counts else "No pair on record overlaps, meets or collides."
    top = next((overlaps.pairs[head][0] for head in _HEADS if overlaps.pairs[head]), None)
    if top:
        answer += f" The strongest: {top.one.label} and {top.other.label} ({top.score:.2f})."
    compared = " and ".join(
        f"{number:,} {kind}{'' if number == 1 else 's'}"
        for kind, number in overlaps.compared.items()
    )
    unknown = totals["not-known"]
    doubt = f"; of {unknown:,} pair{'' if unknown == 1 else 's'} it is not known" if unknown else ""
    return f"{answer} Compared: {compared} on record{doubt}."


def _totals(overlaps: Overlaps) -> dict[str, int]:
    totals = dict.fromkeys(overlaps.pairs, 0)
    for (_, verdict), number in overlaps.counts.items():
        totals[verdict] += number
    return totals


def _pair(briefing: Briefing, number: int, pair: Pair, sources: _Sources) -> Iterator[str]:
    landscape = briefing.landscape
    yield from _wrapped(f"{number}. {_named(pair.one)}", "   ")
    yield from _wrapped(f"   {_named(pair.other)}", "   ")
    parts = ", ".join(f"{name} {value:.2f}" for name, value in pair.parts.items())
    yield f"   score {pair.score:.2f}: {parts}"
    yield from _wrapped(f"   {reason(landscape, pair)}", "   ")
    known = proofs(landscape, briefing.store, pair)
    for work in (pair.one, pair.other):
        yield f"     {work.id}"
        parts_by_evidence: dict[str, dict[str, list[str]]] = {}
        for proof in known:
            if proof.work.iri == work.iri:
                words = "; ".join(sources.told(evidence) for evidence in proof.evidence)
                parts_by_evidence.setdefault(words, {}).setdefault(proof.part, []).append(
                    proof.value
                )
        for words, facts in parts_by_evidence.items():
            described = "; ".join(
                f"{part}: {(' to ' if part == 'time' else ', ').join(dict.fromkeys(values))}"
                for part, values in facts.items()
            )
            yield from _wrapped(f"       {described} {words}", "         ")
    yield ""


class _Sources:
    """The sources that are cited, numbered as they are met."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, str], int] = {}

    def told(self, proof: claims.Evidence) -> str:
        """`“the words” [1]`, or the numbers alone where a source is cited without its words."""
        numbers = [
            self.numbers.setdefault(source, len(self.numbers) + 1) for source in proof.sources
        ]
        quote = f"“{' '.join(proof.quote.split())}” " if proof.quote else ""
        note = f" ({proof.certainty}: {proof.note})" if proof.certainty != "stated" else ""
        return f"{quote}[{', '.join(map(str, numbers))}]{note}"

    def lines(self, store: ox.Store) -> Iterator[str]:
        """The list of them, each with its title, id and address."""
        if self.numbers:
            yield from ("", "Sources", "")
        for (identifier, title), number in self.numbers.items():
            node = ox.NamedNode(source(identifier))
            address = next(claims.values(store, node, expand("schema:url")), None)
            where = f", {getattr(address, 'value', '')}" if address else ""
            name = "" if title.startswith("[") else f"{title} "
            yield from _wrapped(f"[{number}] {name}[{identifier}]{where}", "    ")


def _named(work: Work) -> str:
    return f"{work.label} [{work.id}]"


def _more(briefing: Briefing, verdict: str) -> Iterator[str]:
    left = _totals(briefing.found)[verdict] - briefing.limit
    if left > 0:
        yield f"   and {left:,} more; --limit 0 tells all, --format csv lists them"


def _grouped(landscape: Landscape, found_groups: Iterable[Group]) -> Iterator[str]:
    for group in found_groups:
        works = ", ".join(work.id for work in group.works)
        yield from _wrapped(
            f"   Together on {landscape.label(group.about)}: {works} "
            f"(up to {group.at_once} at one time)",
            "   ",
        )


def _related(briefing: Briefing) -> Iterator[str]:
    pairs = briefing.found.pairs["related"]
    met = {frozenset((pair.one.iri, pair.other.iri)) for pair in pairs}
    lines = [
        succession
        for succession in briefing.successions
        if {succession[0].iri, succession[1].iri} not in met
    ]
    total = _totals(briefing.found)["related"]
    if not (pairs or lines):
        return
    yield from ("", f"Related, and not counted: {total + len(lines):,}", "")
    most = None if briefing.related else _FEW
    told_of = [f"{_short(p)}: {reason(briefing.landscape, p)}" for p in pairs]
    told_of += [
        f"{earlier.id} / {later.id}: the second follows the first." for earlier, later in lines
    ]
    for line in told_of[:most]:
        yield from _wrapped(f"   {line}", "     ")
    if most and len(told_of) > most:
        yield f"   and {total + len(lines) - most:,} more; --related lists all"


def _doubts(briefing: Briefing) -> Iterator[str]:
    overlaps = briefing.found
    pairs = overlaps.pairs["not-known"]
    if pairs:
        total = _totals(overlaps)["not-known"]
        yield from ("", f"Not known, as a date or place is missing: {total:,}", "")
        most = briefing.limit
        for pair in pairs[:most]:
            line = f"{_short(pair)} ({pair.score:.2f} if so): {reason(briefing.landscape, pair)}"
            yield from _wrapped(f"   {line}", "     ")
        if total > most:
            yield f"   and {total - most:,} more; --limit 0 tells all, --format csv lists them"
    if overlaps.silent:
        yield ""
        names = ", ".join(work.id for work in overlaps.silent[: briefing.limit])
        rest = len(overlaps.silent) - briefing.limit
        yield from _wrapped(
            f"Without a topic or target group, and so without a pair by them: {names}"
            + (f" and {rest:,} more" if rest > 0 else "")
            + ". What has no record here may still exist."
        )


def _short(pair: Pair) -> str:
    return f"{pair.one.id} / {pair.other.id}"


def _wrapped(text: str, indent: str = "") -> list[str]:
    lead = text[: len(text) - len(text.lstrip())]
    return textwrap.wrap(
        text.strip(),
        _WIDTH,
        initial_indent=lead,
        subsequent_indent=indent or lead,
        break_long_words=False,
        break_on_hyphens=False,
    )


COLUMNS = (
    *("verdict", "score", "one", "one name", "one start", "one end"),
    *("other", "other name", "other start", "other end"),
    *PARTS,
    *("shared topics and groups", "shared places", "shared bodies", "reason"),
)


def sheet(landscape: Landscape, store: ox.Store, criteria: Asked, overlaps: Overlaps) -> Sheet:
    """All pairs kept, by verdict and then score; scores and parts have four decimals.

    A part that cannot be known is an empty cell. Notes are the designation notes, and how many
    pairs were left out, if any.
    """
    rows: list[tuple[Cell, ...]] = []
    for verdict in VERDICTS:
        for pair in overlaps.pairs[verdict]:
            common = shared(landscape, pair)
            parts = [pair.parts.get(name) for name in PARTS]
            works = [
                cell
                for work in (pair.one, pair.other)
                for cell in (work.id, work.label, work.start, work.end)
            ]
            rows.append(
                (
                    *(verdict, round(pair.score, 4), *works),
                    *(None if value is None else round(value, 4) for value in parts),
                    listed(landscape, common.subjects),
                    listed(landscape, common.places),
                    listed(landscape, common.company),
                    reason(landscape, pair),
                )
            )
    where = scope(landscape, criteria)
    title = "Overlaps" + (f" {where}" if where else "")
    texts = [cell for row in rows for cell in row if isinstance(cell, str)]
    left = sum(overlaps.counts.values()) - len(rows)
    notes = [f"{left:,} weaker pairs are left out."] if left else []
    return Sheet(title, COLUMNS, tuple(rows), (*notes, *footnotes(store, [title, *texts])))


def turtle(landscape: Landscape, store: ox.Store, overlaps: Overlaps) -> bytes:
    """All pairs kept, as Turtle that the shapes accept, without blank nodes.

    The IRI of an overlap is a hash of its two works, whichever is named first, so it stays the same
    while scores and claims change. Scores are decimals of four places.
    """
    triples = [
        triple
        for verdict in VERDICTS
        for pair in overlaps.pairs[verdict]
        for triple in _triples(landscape, store, pair)
    ]
    return serialize(triples, "turtle")


def _triples(landscape: Landscape, store: ox.Store, pair: Pair) -> Iterator[ox.Triple]:
    node = ox.NamedNode(hashed("overlap", *sorted((pair.one.iri, pair.other.iri))))

    def stated(name: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
        return ox.Triple(node, ox.NamedNode(expand(name)), value)

    yield stated("rdf:type", ox.NamedNode(expand("pcve:Overlap")))
    for work in (pair.one, pair.other):
        yield stated("pcve:between", ox.NamedNode(work.iri))
    yield stated("pcve:verdict", ox.NamedNode(concept("verdict", pair.verdict)))
    yield stated("pcve:score", _decimal(pair.score))
    for part, value in pair.parts.items():
        yield stated(f"pcve:{part}Score", _decimal(value))
    yield stated("skos:note", ox.Literal(reason(landscape, pair)))
    claims = {claim for proof in proofs(landscape, store, pair) for claim in proof.claims}
    for claim in sorted(claims):
        yield stated("pcve:restsOn", ox.NamedNode(claim))


def _decimal(value: float) -> ox.Literal:
    number = Decimal(str(round(value, 4)))
    return ox.Literal(format(number, "f"), datatype=ox.NamedNode(expand("xsd:decimal")))
