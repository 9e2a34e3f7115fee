"""What the whole and the bounded text of a thing or source have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import pyoxigraph as ox

from ..graph.claims import Evidence
from ..model.grades import Grade
from ..model.languages import canonical_tag
from ..model.periods import NO, NOT_KNOWN, YES
from ..model.text_fragments import text_fragment_link
from ..model.words import quantity
from .render import format_date, single_line
from .state_of_day import UNDATED
from .thing_view import IncomingFact, SourceReference, ThingFact, ThingView, grade_counts

NO_ADDRESS: Final = "(no address on record)"


class Citations:
    """The numbers of sources, from 1, in the order in which they are first referred to."""

    def __init__(self, view: ThingView) -> None:
        self._by_id = {source.id: source for source in view.sources}
        self._numbers: dict[str, int] = {}
        self.links: dict[str, str] = {}
        """By source, the link to the first words of it that are shown."""

    def number(self, source: str) -> int:
        return self._numbers.setdefault(source, len(self._numbers) + 1)

    def has_numbers(self, sources: Iterable[str]) -> bool:
        """Whether all of these sources have been referred to."""
        return all(source in self._numbers for source in sources)

    def source(self, identifier: str) -> SourceReference:
        return self._by_id.get(identifier) or SourceReference(identifier, identifier)

    def link(self, piece: Evidence) -> str:
        """The address that opens the source at the words of a piece of evidence, if it has any."""
        return text_fragment_link(self.source(piece.source[0]).address, piece.words)

    def __iter__(self) -> Iterator[tuple[int, SourceReference]]:
        for identifier, number in self._numbers.items():
            yield number, self.source(identifier)


def header(view: ThingView) -> list[str]:
    """The name, class and IRI of a thing, and whether its dates include the day asked for."""
    curators = view.is_source and view.label.startswith("[")
    kind = f"{view.type}; title by the curator" if curators else view.type
    lines = [f"{single_line(view.label)}  ({single_line(kind)})", view.iri]
    if view.day and not view.is_source:
        lines.append(f"on {format_date(view.day)}: {_IN_ITS_DATES[view.within_dates]}")
        if view.standing:
            words = view.standing.replace(", ", " or ")
            is_unsure = view.within_dates == YES
            lines[-1] += f"; not sure, as facts are {words}" if is_unsure else f" ({view.standing})"
    return lines


_IN_ITS_DATES: Final = {
    YES: "within its dates",
    NOT_KNOWN: "its dates leave open whether within them",
    NO: "outside its dates",
    UNDATED: "it has no dates",
}


def marks_of(fact: ThingFact | IncomingFact) -> list[str]:
    """The marks of a fact: the language of a text other than English; whether it may not hold, why.

    The reason is how the dates and the status of the thing stand that the fact is about.
    """
    term = fact.term if isinstance(fact, ThingFact) else None
    language = term.language if isinstance(term, ox.Literal) else None
    marks = [canonical_tag(language)] if language and language != "en" else []
    marks += [fact.holds] if fact.holds not in ("", YES) else []
    if isinstance(fact, IncomingFact) and fact.standing:
        marks += fact.standing.split(", ")
    return marks


def grades_line(view: ThingView) -> str:
    """How many facts there are of each grade, and how many claims are not facts."""
    if view.is_term:
        return "stated by the vocabulary of the ontology; no source states it"
    supported = (fact for record in view.supported for fact in record.facts)
    counts, others = grade_counts(supported if view.is_source else view.facts)
    total = counts.total()
    what = quantity(total, "fact")
    if view.is_source:
        what += " rests on it" if total == 1 else " rest on it"
    text = f"{what}: " + ", ".join(f"{counts[grade]:,} {grade.value}" for grade in Grade)
    if others:
        are = "1 further claim is not a fact" if others == 1 else "further claims are not facts"
        text += f"; {are}" if others == 1 else f"; {others:,} {are}"
    return text


def source_lines(view: ThingView) -> list[str]:
    """What is recorded about a source, and what is not; addresses are not cut."""
    lines = [
        f"{single_line(fact.label)}: {single_line(format_date(fact.value))}"
        for fact in view.facts
        if fact.value != view.label
    ]
    if view.absent:
        lines.append(f"not recorded: {', '.join(view.absent)}")
    rechecks = [f"last recheck: {recheck.summary()}" for recheck in view.rechecks]
    return [*lines, *(rechecks or ["last recheck: none"])]


def recheck_lines(view: ThingView, numbered: Sequence[tuple[int, SourceReference]]) -> list[str]:
    """The last rechecks of the sources that are listed, of a thing that is not a source."""
    listed = {source.id for _, source in numbered}
    lines = [
        f"  {recheck.source}: {recheck.summary()}"
        for recheck in view.rechecks
        if recheck.source in listed and not view.is_source
    ]
    return ["last recheck of the sources", *lines] if lines else []


LEAST: Final = 24
"""The fewest columns that words or a value are cut to."""


def incoming_value(fact: IncomingFact, room: int = 0) -> str:
    """The thing that a fact is about: its label, id and dates as stated.

    The label is cut where the whole is longer than `room`, but to no less than `LEAST`; 0 is no
    limit.
    """
    dates = dict.fromkeys(filter(None, (fact.start, fact.end)))
    period = " – ".join(map(format_date, dates))
    if fact.end and not fact.start:
        period = f"until {period}"
    rest = f" ({single_line(fact.id)})" + (f", {period}" if period else "")
    label = single_line(fact.label)
    return f"{cut(label, max(LEAST, room - len(rest))) if room else label}{rest}"


def cut(text: str, width: int) -> str:
    """`text` in `width` characters, with an ellipsis where some are missing.

    Whole words are kept, unless that is less than half of the room.

    >>> cut("Council conclusions", 14), cut("Deradicalisation", 9)
    ('Council…', 'Deradica…')
    """
    if len(text) <= width:
        return text
    kept = text[: max(0, width - 1)]
    end = len(kept) if text[len(kept)] == " " else kept.rfind(" ")
    return f"{(kept[:end] if end >= len(kept) / 2 else kept).rstrip(' ,;:')}…"
