"""Collects the claims of one record, decides which are facts, and writes them with their evidence.

A claim is one statement; each block that makes it adds evidence, one source each. Facts are the
claims that are neither deprecated nor contested and that have a value. Rule: data/FORMAT.md,
"Certainty" and "Rank and dispute".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from ..model import namespaces
from ..model.grades import Grade, Support, grade
from ..model.namespaces import hashed_iri, nterm
from ..model.problems import Position, rule_problem
from ..model.schema import RecordKey
from ..model.terms import Iri, NTerm, from_iri
from .block_terms import BlockTerms, Properties, concept
from .record_graph import RecordGraph

Triple: TypeAlias = tuple[NTerm, NTerm, NTerm]

NO_VALUE: Final = ("value-status", "no-value")
"""The list and the term that is the value of a claim that there is none."""
_RANKS: Final = ("preferred", "normal", "deprecated")
CERTAINTIES: Final = ("stated", "assigned", "inferred")
"""From the strongest to the weakest."""


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The node of one piece of evidence; `terms` are its properties, its certainty excepted."""

    node: Iri
    source: str
    certainty: str
    terms: Properties
    unassigned: bool
    withdrawn: bool
    place: Position

    @property
    def support(self) -> Support:
        """What it gives for the grade of a fact."""
        names = {name for name, _ in self.terms}
        is_stated = self.certainty == "stated"
        return Support("pcve:quote" in names, is_stated, "pcve:passage" in names, self.withdrawn)


@dataclass(slots=True)
class CollectedClaim:
    """One statement of a record, with what its blocks say of it.

    `key` is the key that states it, `holder` the link to the nested entity that it is about,
    `conflict_paths` the properties that a contested claim names as contradicting it, `blocks` the
    positions of the blocks that state it. With `is_link` its value is a nested entity; without
    `has_value` it says that there is no value, or that none is known.
    """

    statement: Triple
    key: RecordKey
    place: Position
    rank: str
    contested: bool
    holder: Triple | None
    conflict_paths: tuple[NTerm, ...]
    is_link: bool = False
    has_value: bool = True
    iri: Iri = field(init=False)
    evidence: dict[Iri, _Evidence] = field(default_factory=dict)
    blocks: set[Position] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Gives it its IRI: the hash of its statement alone."""
        self.iri = hashed_iri("claim", *self.statement)

    @property
    def is_fact(self) -> bool:
        """Whether its statement is a fact of the graph."""
        return self.has_value and self.is_taken

    @property
    def states_absence(self) -> bool:
        """Whether it says that there is no value; that one is not known contradicts none."""
        return not self.has_value and self.statement[2] == concept(*NO_VALUE)

    @property
    def is_taken(self) -> bool:
        """Whether it counts: it is neither deprecated nor contested."""
        return self.rank != "deprecated" and not self.contested

    @property
    def certainty(self) -> str:
        """The strongest certainty of its evidence; of evidence with problems none is known."""
        stated = (item.certainty for item in self.evidence.values())
        return min(stated, key=CERTAINTIES.index, default=default_certainty(self.key))


def default_certainty(key: RecordKey) -> str:
    """The certainty of a fact whose block states none (pcve:defaultCertainty of the shape)."""
    return namespaces.local_name(key.certainty) if key.certainty else "stated"


class ClaimCollector:
    """The claims of one record by their statements."""

    def __init__(self, sheet: RecordGraph) -> None:
        self.sheet = sheet
        self.claims: dict[Triple, CollectedClaim] = {}
        self.unopposed: set[tuple[tuple[NTerm, ...], frozenset[Position]]] = set()
        """Subject and predicate, and blocks, of contested claims that nothing contradicts."""

    def add(
        self,
        terms: BlockTerms,
        statement: Triple,
        key: RecordKey,
        place: Position,
        holder: Triple | None = None,
        is_link: bool = False,
        has_value: bool = True,
    ) -> None:
        """Add the evidence of a block for a statement.

        A link to a nested entity takes the highest rank of the blocks that repeat it, since they
        name the entity only to add to it; any other statement has one rank.
        """
        contested = terms.block.contested
        claim = self.claims.get(statement)
        if claim is None:
            claim = CollectedClaim(
                statement,
                key,
                place,
                terms.rank,
                contested,
                holder,
                terms.conflict_paths,
                is_link,
                has_value,
            )
            self.claims[statement] = claim
        elif is_link:
            claim.rank = min(claim.rank, terms.rank, key=_RANKS.index)
            claim.contested &= contested
        elif (claim.rank, claim.contested) != (terms.rank, contested):
            self._report_ranks(claim, terms.rank, contested, place)
        claim.blocks.add(terms.block.position)
        for item, certainty, parts, properties in terms.evidence:
            node = hashed_iri("evidence", claim.iri, *parts)
            stated, source = certainty or default_certainty(key), item.source.id
            piece = _Evidence(
                node=node,
                source=source,
                certainty=stated,
                terms=properties,
                unassigned=item.unassigned,
                withdrawn=bool(item.source.withdrawn),
                place=item.position,
            )
            self._add_evidence(claim, piece, place)

    def _add_evidence(self, claim: CollectedClaim, piece: _Evidence, place: Position) -> None:
        """Add a piece of evidence; one that is unassigned gives way to another of its source."""
        same_source = [item for item in claim.evidence.values() if item.source == piece.source]
        if piece.unassigned and not all(item.unassigned for item in same_source):
            return
        if not piece.unassigned:
            for item in same_source:
                if item.unassigned:
                    del claim.evidence[item.node]
        other = claim.evidence.setdefault(piece.node, piece)
        if (other.certainty, other.terms) != (piece.certainty, piece.terms):
            message = "the same words of the same source support this fact twice"
            fix = f"delete the fact here, or merge the block with line {other.place.line}"
            self.sheet.problems.append(rule_problem("evidence-repeated", place, message, fix))

    def _report_ranks(
        self, claim: CollectedClaim, rank: str, contested: bool, place: Position
    ) -> None:
        before = "contested" if claim.contested else claim.rank
        here = "contested" if contested else rank
        message = f"this fact is {here} here and {before} in line {claim.place.line}"
        fix = "write one rank for the fact in both blocks, or delete it in one of them"
        self.sheet.problems.append(rule_problem("rank", place, message, fix))

    def withdraw(self) -> None:
        """Make no facts of the claims that only withdrawn sources support; the evidence stays."""
        for claim in self.claims.values():
            if all(item.withdrawn for item in claim.evidence.values()):
                claim.rank, claim.contested = "deprecated", False

    def denying(self, statement: Triple) -> CollectedClaim | None:
        """The claim by which a statement is no fact: its own, or one that there is no value."""
        own = self.claims.get(statement)
        if own is not None and not own.is_fact:
            return own
        absence = self.claims.get((*statement[:2], concept(*NO_VALUE)))
        return absence if absence and absence.states_absence and absence.is_taken else None

    def facts(self) -> Iterator[CollectedClaim]:
        """The claims that are facts, in the order of the record."""
        return (claim for claim in self.claims.values() if claim.is_fact)

    def write(self) -> None:
        """Write the facts, and each claim with its evidence; problems go to the sheet."""
        for claim in self.claims.values():
            if not claim.has_value:
                self._check_absence(claim)
            conflicts = sorted(self._conflicts(claim)) if claim.contested else []
            self._write_claim(claim, conflicts)

    def _check_absence(self, claim: CollectedClaim) -> None:
        """Report a claim without a value if the key has one, or such a claim before it."""
        if not claim.is_taken:
            return
        for other in self.claims.values():
            if other is claim:
                continue
            is_rival = other.statement[:2] == claim.statement[:2] and other.is_taken
            denied = claim.states_absence and other.has_value
            if is_rival and (denied or (not other.has_value and other.place < claim.place)):
                what = "has a value" if other.has_value else "says otherwise"
                message = f"{claim.key.name} has no value here, and line {other.place.line} {what}"
                fix = "delete one of the two, or make one contested and the other preferred"
                self.sheet.problems.append(rule_problem("conflict", claim.place, message, fix))
                return

    def _conflicts(self, claim: CollectedClaim) -> set[Iri]:
        """The claims that contradict a contested one: the preferred, else those contested as well.

        The values of one block do not contradict each other. What is said of a nested entity that
        is contested conflicts with what the entity does.
        """
        candidates = self._candidates(claim)
        preferred = {
            other.iri for other in candidates if other.rank == "preferred" and other.is_taken
        }
        if preferred:
            return preferred
        contested = {
            other.iri for other in candidates if other.contested and not other.blocks & claim.blocks
        }
        if contested:
            return contested
        holder = self.claims.get(claim.holder) if claim.holder else None
        if holder is not None and holder.contested:
            return self._conflicts(holder)
        name = claim.key.name
        others = [str(other.place.line) for other in candidates if not other.blocks & claim.blocks]
        if others:
            message = f"{name} is contested, and the claim in line {others[0]} is not preferred"
            fix = "write `rank: preferred` there, or `contested: true` if neither is taken"
        else:
            message = f"{name} is contested, but the record has no claim that contradicts it"
            fix = (
                "write `rank: preferred` in the block of the claim that is taken; "
                "if that is one of another key, name the key in `conflictsWith`"
            )
        stated = claim.statement[:2], frozenset(claim.blocks)
        if stated not in self.unopposed:
            self.unopposed.add(stated)
            self.sheet.problems.append(rule_problem("conflict", claim.place, message, fix))
        return set()

    def _candidates(self, claim: CollectedClaim) -> list[CollectedClaim]:
        subject, predicate, _ = claim.statement
        if claim.conflict_paths and claim.holder is None:
            paths: tuple[NTerm, ...] = claim.conflict_paths
        else:
            paths = (predicate,)
        return [
            other
            for other in self.claims.values()
            if other is not claim
            and other.statement[0] == subject
            and other.statement[1] in paths
            and other.rank != "deprecated"
        ]

    def _write_claim(self, claim: CollectedClaim, conflicts: list[Iri]) -> None:
        sheet, node = self.sheet, from_iri(claim.iri)
        subject, predicate, value = claim.statement
        if claim.is_fact:
            sheet.add(sheet.facts, claim.statement, claim.place)
        for name, term in (
            ("rdf:type", nterm("pcve:Claim")),
            ("rdf:subject", subject),
            ("rdf:predicate", predicate),
            ("rdf:object", value),
            ("pcve:certainty", concept("certainty", claim.certainty)),
            ("pcve:rank", concept("rank", claim.rank)),
            *(("pcve:conflictsWith", from_iri(other)) for other in conflicts),
            *(("pcve:evidence", from_iri(item)) for item in claim.evidence),
        ):
            sheet.add(sheet.evidence, (node, nterm(name), term), claim.place)
        for item in claim.evidence.values():
            certainty = ("pcve:certainty", concept("certainty", item.certainty))
            for name, term in (*item.terms, certainty):
                triple = (from_iri(item.node), nterm(name), term)
                sheet.add(sheet.evidence, triple, item.place)
        if not claim.is_fact:
            return
        relied_on = [item for item in claim.evidence.values() if not item.withdrawn]
        pieces = [item.support for item in relied_on]
        match grade(pieces):
            case Grade.VERIFIED:
                sheet.verified += 1
            case Grade.FINGERPRINTED:
                sheet.fingerprinted += 1
                sheet.not_stated += not any(
                    piece.has_fingerprint and piece.is_stated for piece in pieces
                )
            case Grade.CITED:
                sheet.cited += 1
                sheet.quoted += any(piece.has_words for piece in pieces)
                sheet.unassigned += all(item.unassigned for item in relied_on)
