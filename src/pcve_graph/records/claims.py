"""Collects the claims of one record, decides which are facts, and writes them with their evidence.

A claim is one statement; each block that makes it adds evidence, one source each. Facts are the
claims that are neither deprecated nor contested and that have a value. Rule: data/FORMAT.md,
"Claims, rank and dispute".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Protocol, TypeAlias

from ..model import namespaces
from ..model.namespaces import concept_iri, expand, hashed_iri, nterm
from ..model.problems import Position, Problem, rule_problem
from ..model.schema import Ontology, RecordClass, RecordKey
from ..model.terms import Iri, NTerm, from_iri, literal
from ..model.visible import first_refused
from ..syntax.tree import RecordNode, ScalarNode
from .blocks import BlockEvidence, ClaimBlock
from .quotes import HeldText
from .record_graph import RecordGraph
from .values import checked_key

Triple: TypeAlias = tuple[NTerm, NTerm, NTerm]
Properties: TypeAlias = tuple[tuple[str, NTerm], ...]

_INTEGER: Final = namespaces.PREFIXES["xsd"] + "integer"
_RANKS: Final = ("preferred", "normal", "deprecated")
_CERTAINTIES: Final = ("stated", "assigned", "inferred")
"""From the strongest to the weakest."""

_TEXT_PROPERTIES: Final = {
    "locator": "pcve:locator",
    "dateRead": "pcve:dateRead",
    "curator": "pcve:curator",
}
"""The properties of the texts of `BlockEvidence`."""

_LONGEST: Final = 300
"""Characters of a quote with its prefix and suffix, at most."""

_CONTEXT: Final = 32
"""Characters of the text before a quote, and after it, that its selector repeats, at most."""


class TermWriter(Protocol):
    """Writes the values of keys as terms: the writer of records, in `mapping`."""

    ontology: Ontology

    def term(self, key: RecordKey, value: ScalarNode, sheet: RecordGraph) -> NTerm | Problem:
        """The term of `value`, or the problem why it is not a value of `key`."""

    def values(
        self, key: RecordKey, node: RecordNode, sheet: RecordGraph
    ) -> Iterator[tuple[NTerm, Position]]:
        """The terms of `node`; a value without a term is added to the problems of the sheet."""


@cache
def _concept(scheme: str, term: str) -> NTerm:
    return from_iri(concept_iri(scheme, term))


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The node of one piece of evidence; `terms` are its properties, its certainty excepted."""

    node: Iri
    certainty: str
    terms: Properties
    unassigned: bool
    place: Position


@dataclass(slots=True)
class CollectedClaim:
    """One statement of a record, with what its blocks say of it.

    `key` is the key that states it, `holder` the link to the nested entity that it is about,
    `conflict_paths` the properties that a contested claim names as contradicting it. With `is_link`
    its value is a nested entity; without `has_value` it says that there is no value, or that none
    is known.
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
    evidence: dict[Iri, _Evidence] = field(default_factory=dict)

    @property
    def iri(self) -> Iri:
        """The IRI of the claim: the hash of its statement alone."""
        return hashed_iri("claim", *self.statement)

    @property
    def is_fact(self) -> bool:
        """Whether its statement is a fact of the graph."""
        return self.has_value and self.rank != "deprecated" and not self.contested

    @property
    def certainty(self) -> str:
        """The strongest certainty of its evidence."""
        return min((item.certainty for item in self.evidence.values()), key=_CERTAINTIES.index)


def default_certainty(key: RecordKey) -> str:
    """The certainty of a fact whose block states none (pcve:defaultCertainty of the shape)."""
    return namespaces.local_name(key.certainty) if key.certainty else "stated"


class BlockTerms:
    """A block as terms: its evidence, its rank and what it conflicts with."""

    def __init__(
        self, writer: TermWriter, sheet: RecordGraph, block: ClaimBlock, kind: RecordClass
    ) -> None:
        self.block, self.sheet, self.writer = block, sheet, writer
        sheet.needs.update(f"source/{source.id}" for source in block.sources)
        self.rank = self._chosen("pcve:Claim", "rank", block.rank) or "normal"
        names = [checked_key(kind, name, sheet, writer.ontology) for name in block.conflicts_with]
        self.conflict_paths = tuple(from_iri(key.path) for key in names if key)
        self.evidence = [(item, *self._parts(item)) for item in block.evidence]

    def _chosen(self, owner: str, name: str, value: ScalarNode | None) -> str:
        """The term of the list of a key; empty where none is stated."""
        if value is None:
            return ""
        key = self.writer.ontology.by_iri[expand(owner)].keys[name]
        term = self.writer.term(key, value, self.sheet)
        if isinstance(term, Problem):
            self.sheet.problems.append(term)
            return ""
        return value.text

    def _parts(self, item: BlockEvidence) -> tuple[str, tuple[str, ...], Properties]:
        """The certainty of a piece of evidence, the parts of its hash, and its properties."""
        source = namespaces.source_iri(item.source.id)
        terms = [("rdf:type", nterm("pcve:Evidence")), ("prov:hadPrimarySource", from_iri(source))]
        parts: list[str] = [source]
        if item.span and item.source.text:
            quote = self._quote(source, item.source.text, item.span, item.position)
            terms.append(("pcve:quote", from_iri(quote)))
            parts.append("{}-{}".format(*item.span))
        keys = self.writer.ontology.by_iri[expand("pcve:Evidence")].keys
        for name, value in item.texts:
            for term, _ in self.writer.values(keys[name], value, self.sheet):
                terms.append((_TEXT_PROPERTIES[name], term))
            if name == "locator" and not item.span:
                parts.append(value.text)
        if item.unassigned:
            terms.append(("pcve:support", _concept("support", "unassigned")))
        if item.note:
            terms.append(("skos:note", literal(item.note)))
        certainty = self._chosen("pcve:Evidence", "certainty", item.certainty)
        return certainty, tuple(parts), tuple(terms)

    def _quote(self, source: Iri, held: HeldText, span: tuple[int, int], place: Position) -> Iri:
        """The node of a quote: its source, and its words and position as selectors of their own.

        W3C Web Annotation Data Model, 4.2.4, 4.2.5 and 4.1 (Specific Resources).
        """
        start, end = span
        exact = held.text[start:end]
        prefix, suffix = _context(held.text, start, end)
        node = hashed_iri("quote", source, str(start), str(end), exact)
        words, position = Iri(f"{node}/words"), Iri(f"{node}/position")
        for subject, name, term in (
            (node, "rdf:type", nterm("oa:SpecificResource")),
            (node, "oa:hasSource", from_iri(source)),
            (node, "oa:hasSelector", from_iri(words)),
            (node, "oa:hasSelector", from_iri(position)),
            (words, "rdf:type", nterm("oa:TextQuoteSelector")),
            (words, "oa:exact", literal(exact)),
            *((words, "oa:prefix", literal(text)) for text in (prefix,) if text),
            *((words, "oa:suffix", literal(text)) for text in (suffix,) if text),
            (position, "rdf:type", nterm("oa:TextPositionSelector")),
            (position, "oa:start", literal(str(start), _INTEGER)),
            (position, "oa:end", literal(str(end), _INTEGER)),
        ):
            triple = (from_iri(subject), nterm(name), term)
            self.sheet.add(self.sheet.evidence, triple, place)
        return node


def _context(text: str, start: int, end: int) -> tuple[str, str]:
    """The characters before and after a quote, without any that the graph does not take."""
    length = max(0, min(_CONTEXT, (_LONGEST - (end - start)) // 2))
    prefix, suffix = text[max(0, start - length) : start], text[end : end + length]
    while prefix and first_refused(prefix):
        prefix = prefix[1:]
    while suffix and first_refused(suffix):
        suffix = suffix[:-1]
    return prefix, suffix


class ClaimCollector:
    """The claims of one record by their statements."""

    def __init__(self, sheet: RecordGraph) -> None:
        self.sheet = sheet
        self.claims: dict[Triple, CollectedClaim] = {}

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
        for item, certainty, parts, properties in terms.evidence:
            node = hashed_iri("evidence", claim.iri, *parts)
            stated = certainty or default_certainty(key)
            piece = _Evidence(node, stated, properties, item.unassigned, item.position)
            self._add_evidence(claim, piece, place)

    def _add_evidence(self, claim: CollectedClaim, piece: _Evidence, place: Position) -> None:
        """Add a piece of evidence; one that is unassigned gives way to another of its source."""
        other = claim.evidence.get(piece.node)
        if other is None or (other.unassigned and not piece.unassigned):
            claim.evidence[piece.node] = piece
        elif piece.unassigned and not other.unassigned:
            return
        elif (other.certainty, other.terms) != (piece.certainty, piece.terms):
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
        subject, predicate, _ = claim.statement
        for other in self.facts():
            if other.statement[:2] == (subject, predicate):
                message = f"{claim.key.name} has no value here, and one in line {other.place.line}"
                fix = "delete one of the two, or make one contested or deprecated"
                self.sheet.problems.append(rule_problem("conflict", claim.place, message, fix))
                return

    def _conflicts(self, claim: CollectedClaim) -> set[Iri]:
        """The claims that contradict a contested one: the preferred, else those contested as well.

        What is said of a nested entity that is contested conflicts with what the entity does.
        """
        candidates = self._candidates(claim)
        preferred = {
            other.iri for other in candidates if other.rank == "preferred" and other.is_fact
        }
        if preferred:
            return preferred
        if contested := {other.iri for other in candidates if other.contested}:
            return contested
        holder = self.claims.get(claim.holder) if claim.holder else None
        if holder is not None and holder.contested:
            return self._conflicts(holder)
        message = f"{claim.key.name} is contested, but the record has no claim that contradicts it"
        fix = (
            "write `rank: preferred` in the block of the claim that is taken; "
            "if that is one of another key, name the key in `conflictsWith`"
        )
        problem = rule_problem("conflict", claim.place, message, fix)
        if problem not in self.sheet.problems:
            self.sheet.problems.append(problem)
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
            ("pcve:certainty", _concept("certainty", claim.certainty)),
            ("pcve:rank", _concept("rank", claim.rank)),
            *(("pcve:conflictsWith", from_iri(other)) for other in conflicts),
            *(("pcve:evidence", from_iri(item)) for item in claim.evidence),
        ):
            sheet.add(sheet.evidence, (node, nterm(name), term), claim.place)
        for item in claim.evidence.values():
            certainty = ("pcve:certainty", _concept("certainty", item.certainty))
            for name, term in (*item.terms, certainty):
                triple = (from_iri(item.node), nterm(name), term)
                sheet.add(sheet.evidence, triple, item.place)
        names = {name for item in claim.evidence.values() for name, _ in item.terms}
        if "pcve:quote" in names:
            sheet.verified += 1
            return
        sheet.cited += 1
        sheet.unassigned += all(item.unassigned for item in claim.evidence.values())
