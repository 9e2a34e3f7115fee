"""What of a graph holds on a day: things by their dates, facts by the periods of their parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

import pyoxigraph as ox

from ..graph.claims import Evidence, evidence, value_text, values
from ..model.dates import BOUND_PROPERTIES
from ..model.namespaces import expand
from ..model.periods import (
    NEVER,
    NO,
    NOT_KNOWN,
    YES,
    period_of_days,
    period_of_node,
    share_a_day,
)
from ..model.schema import Ontology
from ..model.standing import (
    CONTESTED,
    INFERRED,
    holds_with_standing,
    joined_standings,
    word_of_status,
)
from ..model.terms import Iri, Term
from .render import format_date
from .thing_view import ThingFact

UNDATED: Final = "undated"
"""In place of `yes` or `not known`: no source states a date, so the fact is not said of the day."""

DATES: Final = ("schema:startDate", "schema:endDate")
"""The properties with the dates of a thing, as stated."""

_ORDER: Final = (YES, NOT_KNOWN, UNDATED, NO)
"""What several nodes for one fact say together: the first of these that one of them says."""


def standing_of(pieces: Iterable[Evidence]) -> str:
    """How a fact with this evidence stands: `inferred` if all of it is, `contested` if any is.

    Words as in `model.standing`; empty where it is stated plainly, or has no evidence.
    """
    pieces = tuple(pieces)
    inferred = bool(pieces) and all(piece.certainty == INFERRED for piece in pieces)
    contested = any(piece.contested for piece in pieces)
    return joined_standings((INFERRED * inferred, CONTESTED * contested))


class StateOfDay:
    """Answers whether nodes, and facts about them, hold on `day`, as `share_a_day` does.

    What no source dates is `undated`.
    """

    def __init__(self, store: ox.Store, ontology: Ontology, day: date) -> None:
        self.day = day
        self._store = store
        self._asked = period_of_days(day, day)
        self._inversely = {*ontology.implied_inversely.values()}
        self._deciding = {expand("pcve:status")} | {
            key.path
            for record in ontology.by_iri.values()
            for key in record.keys.values()
            if key.derives
        }
        self._standings: dict[Term, str] = {}
        self._roles: dict[str, set[str]] = {}
        for role, path in (*ontology.implied.items(), *ontology.implied_inversely.items()):
            self._roles.setdefault(path, set()).add(role)

    def of_node(self, node: Term) -> str:
        """Whether the period of a node surely includes the day.

        Not known where its dates do, but they or its status are not stated plainly.
        """
        return holds_with_standing(self.by_dates(node), self.standing(node))

    def standing(self, node: Term) -> str:
        """How the dates and the status of a node stand, in the words of `model.standing`."""
        if node not in self._standings:
            self._standings[node] = joined_standings(self._words(node))
        return self._standings[node]

    def _words(self, node: Term) -> Iterator[str]:
        if not isinstance(node, ox.NamedNode):
            return
        pieces: dict[tuple[str, Term], list[Evidence]] = {}
        claims = self._store.quads_for_pattern(None, ox.NamedNode(expand("rdf:subject")), node)
        for claim in {quad.subject for quad in claims}:
            path = value_text(self._store, claim, "rdf:predicate")
            value = next(values(self._store, claim, expand("rdf:object")), None)
            if isinstance(claim, ox.NamedNode) and path in self._deciding and value is not None:
                pieces.setdefault((path, value), []).extend(evidence(self._store, claim))
        for path in self._deciding:
            for value in values(self._store, node, path):
                yield standing_of(pieces.get((path, value), ()))
        yield word_of_status(value_text(self._store, node, "pcve:status"))

    def by_dates(self, node: Term) -> str:
        """Whether the period of a node includes the day, by its dates alone.

        What is dated by its day of issue alone stays issued from then on.
        """
        texts = {
            name: value_text(self._store, node, term) for name, term in BOUND_PROPERTIES.items()
        }
        bounds = {name: text for name, text in texts.items() if text}
        if not bounds:
            return UNDATED
        period = period_of_node(bounds)
        if not any(value_text(self._store, node, name) for name in DATES):
            period = replace(period, earliest_end=NEVER, last=NEVER)
        return share_a_day(period, self._asked)

    def of_role(self, node: Term, path: Iri, value: Term) -> str:
        """Whether a direct property holds, by the periods of the parts that it follows from."""
        if path in self._inversely:
            node, value = value, node
        answers = {
            self.of_node(part)
            for part in values(self._store, node, expand("pcve:hasInvolvement"))
            if next(values(self._store, part, expand("pcve:actor")), None) == value
            and value_text(self._store, part, "pcve:role") in self._roles.get(path, ())
        }
        return next(filter(answers.__contains__, _ORDER), UNDATED)

    def of_reference(self, node: Term, path: Iri, value: Term) -> str:
        """Whether a fact of another thing holds: that has a day in common with it, and its part."""
        answers = {self.of_node(node), self.of_role(node, path, value)} - {UNDATED}
        return next((state for state in (NO, NOT_KNOWN, YES) if state in answers), UNDATED)

    def names(
        self, node: ox.NamedNode, facts: tuple[ThingFact, ...], label: str
    ) -> tuple[str, tuple[ThingFact, ...]]:
        """The name of a thing on the day, and its facts with its names as they hold on it.

        `label` is the name without a day. The name is the one that surely holds, or else the only
        one that may; where two or more may, it is not known. Names in English are chosen among, if
        there are any, as for labels.
        """
        states: dict[str, set[str]] = {}
        for naming, name in self._namings(node):
            states.setdefault(name, set()).add(self.of_node(naming))
        if not states:
            return label, facts
        best = {
            name: next(filter(of_name.__contains__, _ORDER)) for name, of_name in states.items()
        }
        certain = [name for name, state in best.items() if state == YES]
        possible = sorted(name for name, state in {label: UNDATED, **best}.items() if state != NO)
        if len(certain) == 1 or len(possible) == 1:
            label = (certain if len(certain) == 1 else possible)[0]
        elif possible:
            day = format_date(self.day.isoformat())
            label = f"{label} (which name it had on {day} is not known: {', '.join(possible)})"
        shown = (
            replace(fact, holds=best[fact.value]) if fact.value in best and not fact.inner else fact
            for fact in facts
        )
        return label, tuple(fact for fact in shown if fact.holds != NO)

    def _namings(self, node: ox.NamedNode) -> list[tuple[Term, str]]:
        """The parts with names by period, each with its name: in English, if any of them is."""
        namings = [
            (naming, name)
            for naming in values(self._store, node, expand("pcve:hasNaming"))
            for name in values(self._store, naming, expand("schema:name"))
            if isinstance(name, ox.Literal)
        ]
        english = [pair for pair in namings if pair[1].language == "en"]
        return [(naming, name.value) for naming, name in english or namings]
