"""The rows that a second reader gets, and the readings that come back in them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

import pyoxigraph as ox

from ..evidence.review_files import HIDDEN, ReviewRow
from ..evidence.reviews import VERDICTS, Reading, text_fault
from ..graph.reviewable import ReviewableClaim
from ..model.namespaces import expand, local_name
from ..model.problems import ContentError, Problem, rule_problem
from ..model.schema import Ontology
from ..model.suggest import did_you_mean
from ..model.terms import Iri
from ..model.visible import one_line
from .blind_readings import BlindReadings

_TYPE: Final = ox.NamedNode(expand("rdf:type"))
_AGAIN: Final = "export the claims again, and read this one as it is now"


def drawn(claims: Collection[ReviewableClaim], number: int, seed: str) -> list[ReviewableClaim]:
    """A sample of claims, in their order: the same for the same claims and `seed`, everywhere."""

    def lot(claim: ReviewableClaim) -> bytes:
        return hashlib.sha256(f"{seed}\x1f{claim.id}".encode()).digest()

    ids = {claim.id for claim in sorted(claims, key=lot)[:number]}
    return [claim for claim in claims if claim.id in ids]


class ReviewRows:
    """Writes and reads rows about the claims of a built graph."""

    def __init__(self, store: ox.Store, ontology: Ontology) -> None:
        self._store = store
        self._ontology = ontology
        self._blind = BlindReadings(store, ontology)

    def is_of_class(self, claim: ReviewableClaim, classes: Collection[Iri]) -> bool:
        """Whether the record that a claim is about is of one of some classes."""
        return not self._classes(claim.record).isdisjoint(classes)

    def is_comparable(self, claim: ReviewableClaim) -> bool:
        """Whether the value can be hidden, and compared with what a reader writes."""
        return self._blind.is_comparable(claim)

    def row(self, claim: ReviewableClaim, hide_value: bool) -> dict[str, str]:
        """The cells of a claim by column, with those for the verdict empty.

        With `hide_value` nothing has the value: the thing is its class alone where its name does.
        """
        thing = claim.name
        if claim.part:
            part = self._label(claim.subject)
            thing += f": {part}" if hide_value else f": {part} {claim.part}"
        if hide_value and claim.value.casefold() in thing.casefold():
            thing = self._label(claim.record)
        return {
            "id": claim.id,
            "thing": thing,
            "key": claim.key,
            "property": self._property(claim),
            HIDDEN if hide_value else "value": "" if hide_value else claim.value,
            "words": " ".join(claim.words.split()),
            "words_are": "quote" if claim.is_quote else "passage",
            "certainty": claim.certainty,
            "source": claim.source[1],
            "address": claim.address,
            "verdict": "",
            "note": "",
            "shown": claim.shown,
        }

    def readings(
        self, rows: Iterable[ReviewRow], claims: Iterable[ReviewableClaim], day: str
    ) -> list[Reading]:
        """The readings in the rows that have a verdict, or a value where that was hidden.

        Raises ContentError (`review`) with all problems at their places.
        """
        by_id = {claim.id: claim for claim in claims}
        readings: list[Reading] = []
        problems: list[Problem] = []
        lines: dict[str, int] = {}
        for row in rows:
            try:
                claim = _claim_of(row, by_id)
                reading = self._reading(row, claim, day)
                if claim.id in lines:
                    message = f"line {lines[claim.id]:,} has the same id"
                    raise _stop(row, "id", message, "delete one of the two rows")
                lines[claim.id] = row.position.line
                readings += [reading] if reading else []
            except ContentError as error:
                problems += error.problems
        if problems:
            raise ContentError(problems)
        return readings

    def _reading(self, row: ReviewRow, claim: ReviewableClaim, day: str) -> Reading | None:
        verdict = row.cells.get("verdict", "").strip().casefold()
        written, note = (" ".join(row.cells.get(name, "").split()) for name in (HIDDEN, "note"))
        if verdict and verdict not in VERDICTS:
            fix = did_you_mean(verdict, VERDICTS) or f"write {', '.join(VERDICTS)}, or nothing"
            raise _stop(row, "verdict", f'there is no verdict "{one_line(verdict)[:80]}"', fix)
        for text, column in ((written, HIDDEN), (note, "note")):
            if fault := text_fault(text, column):
                raise _stop(row, column, *fault)
        if HIDDEN in row.columns:
            if verdict and (written or verdict != "unclear"):
                message = "the value was hidden, and there is a verdict"
                fix = f"write in {HIDDEN} what the words state, without a verdict; or unclear alone"
                raise _stop(row, "verdict", message, fix)
            verdict = self._blind.verdict(claim, written) if written else verdict
        if not verdict:
            if note:
                fix = "write a verdict, or delete the note"
                raise _stop(row, "note", "there is a note without a verdict", fix)
            return None
        return Reading(
            id=claim.id,
            shown=claim.shown,
            thing=claim.thing,
            key=claim.key,
            source=claim.source[0],
            on=day,
            verdict=verdict,
            value=written,
            note=note,
        )

    def _classes(self, node: ox.NamedNode) -> set[str]:
        quads = self._store.quads_for_pattern(node, _TYPE, None, None)
        return {quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode)}

    def _label(self, node: ox.NamedNode) -> str:
        """The label of the class of a thing."""
        kinds = map(self._ontology.by_iri.get, map(Iri, sorted(self._classes(node))))
        return next((kind.label for kind in kinds if kind), "thing")

    def _property(self, claim: ReviewableClaim) -> str:
        """The label of the property of a claim, of the class of its subject."""
        for name in sorted(self._classes(claim.subject)):
            kind = self._ontology.by_iri.get(Iri(name))
            for key in kind.keys.values() if kind else ():
                if key.path == claim.predicate.value:
                    return key.label
        return local_name(claim.predicate.value)


def _claim_of(row: ReviewRow, by_id: Mapping[str, ReviewableClaim]) -> ReviewableClaim:
    """The claim of a row, as it is in the graph and was shown."""
    identifier, shown = (row.cells.get(name, "").strip() for name in ("id", "shown"))
    if not identifier:
        raise _stop(row, "id", "there is no id", "copy the id from the export")
    if identifier not in by_id:
        message = f'no claim with words has the id "{one_line(identifier)[:80]}"'
        raise _stop(row, "id", message, "copy the id from the export; or the claim is gone")
    claim = by_id[identifier]
    if claim.shown == shown:
        return claim
    if not shown:
        fix = "copy it from the export"
        raise _stop(row, "shown", "there is no checksum of what was shown", fix)
    message = f"{claim.key} of {claim.thing} or its words are not as they were shown"
    raise _stop(row, "shown", message, _AGAIN)


def _stop(row: ReviewRow, column: str, message: str, fix: str) -> ContentError:
    return ContentError([rule_problem("review", row.place(column), message, fix)])


def unread(
    claims: Iterable[ReviewableClaim],
    reviews: Mapping[str, Iterable[Reading]],
    reader: str,
) -> Iterator[ReviewableClaim]:
    """The claims that nobody has read as they are now; with a `reader`, that this one has not."""
    shown = {
        reading.shown
        for name, readings in reviews.items()
        if reader in ("", name)
        for reading in readings
    }
    return (claim for claim in claims if claim.shown not in shown)
