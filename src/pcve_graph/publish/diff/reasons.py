"""The reason of each change, derived from claims, sources, replacements and the ontology."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ...model import namespaces
from ...model.namespaces import expand
from ...model.terms import Term
from .snapshot import SnapshotClaim, SnapshotReader, is_nested
from .states import StatementPair, StatementState

REASONS: Final = {
    "source-added": "a source was added",
    "source-removed": "a source was removed",
    "source-edited": "the text or description of a source was edited",
    "record-added": "a record was added",
    "record-removed": "a record was removed",
    "reclassified": "the record has another class",
    "read-further": "more was read in a known source",
    "withdrawn": "evidence was withdrawn; its source remains",
    "reinterpreted": "a source was interpreted differently",
    "other-source": "another known source is now cited",
    "rank": "the rank or a dispute changed",
    "certainty": "unchanged, but the certainty changed",
    "evidence": "unchanged, but the evidence changed",
    "form": "unchanged, written in another form",
    "shifted": "unchanged, at another place of the edited text",
    "merged": "two records were merged",
    "retired": "a record was retired",
    "ontology": "the ontology changed",
    "program": "the same claims were mapped differently by another version of the program",
}
"""The text of each reason by its code."""

_TYPE: Final = expand("rdf:type")
_REPLACED: Final = expand("dcterms:isReplacedBy")
_CONFLICTS: Final = expand("pcve:conflictsWith")
_AROUND: Final = frozenset(map(expand, ("oa:prefix", "oa:suffix")))
_TERMS: Final = (namespaces.BASE + "vocab/", *namespaces.PREFIXES.values())


@dataclass(frozen=True, slots=True)
class ChangeReason:
    """The code of one of `REASONS`, and the sources, entities or terms concerned, sorted."""

    code: str
    about: tuple[ox.NamedNode, ...] = ()


class ReasonFinder:
    """Determines the reason of each pair from all statements that differ."""

    def __init__(
        self, old: SnapshotReader, new: SnapshotReader, states: list[StatementState]
    ) -> None:
        self.old = old
        self.new = new
        self.claims_removed = {
            claim.source_and_quote
            for state in states
            for claim in state.claims_removed()
            if claim.source_and_quote[1]
        }
        self.claims_added = {
            claim.source_and_quote
            for state in states
            for claim in state.claims_added()
            if claim.source_and_quote[1]
        }
        self.ontology_differs = _ontology(old) != _ontology(new)
        self.renamed = {
            (state.fact[0], state.fact[2]): state.fact[1]
            for state in states
            if self._is_defined_once(state.fact[1])
        }
        """The property that only one side defines, by the subject and value of its statement."""

    def reason(self, pair: StatementPair) -> ChangeReason:
        """The reason why the pair differs."""
        if pair.graph in ("ontology", "vocabulary"):
            return ChangeReason("ontology")
        if pair.graph == "catalog":
            return self._of_source(pair.fact[0])
        if not any(state.before or state.after for state in (pair.old, pair.new) if state):
            return self._unclaimed(pair)
        reason = self._replaced(pair) or self._defined(pair)
        if reason:
            return reason
        return self._same(pair.old) if pair.old and pair.is_same else self._read(pair)

    def _of_source(self, source: ox.NamedNode) -> ChangeReason:
        if not self.old.describes(source):
            return ChangeReason("source-added", (source,))
        return ChangeReason(
            "source-edited" if self.new.describes(source) else "source-removed", (source,)
        )

    def _unclaimed(self, pair: StatementPair) -> ChangeReason:
        """The reason for the class of a record, or for a statement derived from equal claims."""
        node, predicate, _ = pair.fact
        if predicate.value == _TYPE and not self.old.describes(node):
            return ChangeReason("record-added", (node,))
        if predicate.value == _TYPE and not self.new.describes(node):
            return ChangeReason("record-removed", (node,))
        if predicate.value == _TYPE and not self._defined(pair):
            return ChangeReason("reclassified", (node,))
        return self._mapped()

    def _mapped(self) -> ChangeReason:
        return ChangeReason("ontology" if self.ontology_differs else "program")

    def _replaced(self, pair: StatementPair) -> ChangeReason | None:
        """The reason where the statement changed because an entity replaced another, else None."""
        subject, predicate, value = pair.fact
        if pair.is_same:
            return None
        if pair.new is None:
            return self._retired(subject, predicate, value)
        if predicate.value == _REPLACED:
            return _about("retired", [subject])
        if pair.old is None:
            for predecessor in self.new.predecessors(subject):
                if self._is_retired(predecessor) and self.old.claims(
                    (predecessor, predicate, value)
                ):
                    return _about("merged", [predecessor, subject])
            return None
        before = pair.old.fact[2]
        merged = self._is_retired(before) and self.new.replacement(before) == value
        return _about("merged", [before, value]) if merged else None

    def _retired(self, subject: Term, predicate: ox.NamedNode, value: Term) -> ChangeReason | None:
        """The reason where a statement was removed because its subject or value was retired."""
        if self._is_retired(subject):
            replacement = self.new.replacement(subject)
            if isinstance(replacement, ox.NamedNode) and self.new.claims(
                (replacement, predicate, value)
            ):
                return _about("merged", [subject, replacement])
            return _about("retired", [subject])
        return _about("retired", [value]) if self._is_retired(value) else None

    def _is_retired(self, node: Term) -> bool:
        """Whether an entity was retired since the old side."""
        return self.new.replacement(node) is not None and self.old.replacement(node) is None

    def _defined(self, pair: StatementPair) -> ChangeReason | None:
        """The reason where only one side defines a property, class or concept of the statement.

        Or the property of another statement on the same subject and value, which this one replaces.
        """
        states = [state for state in (pair.old, pair.new) if state]
        terms = {term for state in states for term in state.fact[1:]}
        terms_defined_once = [
            term for term in terms if isinstance(term, ox.NamedNode) and self._is_defined_once(term)
        ]
        renamed = self.renamed.get((pair.fact[0], pair.fact[2]))
        if renamed is not None and not terms_defined_once:
            terms_defined_once = [renamed]
        return _about("ontology", terms_defined_once) if terms_defined_once else None

    def _is_defined_once(self, term: ox.NamedNode) -> bool:
        """Whether a term of the ontology or of a vocabulary is on one side only."""
        return term.value.startswith(_TERMS) and self.old.describes(term) != self.new.describes(
            term
        )

    def _same(self, state: StatementState) -> ChangeReason:
        """The reason why a statement that remains has another rank or other evidence."""
        claims_removed, claims_added = state.claims_removed(), state.claims_added()
        if not claims_removed and not claims_added and state.was == state.now:
            return self._rewritten(state)
        if state.was != state.now or (
            claims_removed and claims_added and _ranks(claims_removed) != _ranks(claims_added)
        ):
            return _about("rank", _sources([*claims_removed, *claims_added]))
        if not claims_removed:
            return self._gained(claims_added)
        if not claims_added:
            return self._withdrawn(claims_removed)
        before, after = ({*map(_content, claims)} for claims in (claims_removed, claims_added))
        if before == after:
            return _about("shifted", _sources(claims_added))
        if _without_certainty(before) == _without_certainty(after) and {
            certainty for *_, certainty in before
        } != {certainty for *_, certainty in after}:
            return _about("certainty", _sources(claims_added))
        return _about("evidence", _sources([*claims_removed, *claims_added]))

    def _rewritten(self, state: StatementState) -> ChangeReason:
        """The reason where the evidence and the rank are as before, and only their quads differ."""
        quads = [*state.removed, *state.added]
        if any(quad.predicate.value == _CONFLICTS for quad in quads):
            return _about("rank", _sources(state.after))
        if any(quad.predicate.value in _AROUND and self._is_on_both(quad) for quad in quads):
            return _about("source-edited", _sources(state.after))
        return ChangeReason("form")

    def _is_on_both(self, quad: ox.Quad) -> bool:
        """Whether both sides describe the subject of a quad."""
        return self.old.describes(quad.subject) and self.new.describes(quad.subject)

    def _read(self, pair: StatementPair) -> ChangeReason:
        """The reason why a statement was added, removed, or has another value, from its claims."""
        claims_removed = pair.old.claims_removed() if pair.old else []
        claims_added = pair.new.claims_added() if pair.new else []
        if not claims_removed:
            return self._added(pair.fact[0], claims_added)
        if not claims_added:
            return self._removed(pair.fact[0], claims_removed)
        shared = [
            claim
            for claim in claims_added
            if any(claim.source == earlier.source for earlier in claims_removed)
        ]
        if shared:
            return _about("reinterpreted", _sources(shared))
        gained, withdrawn = self._gained(claims_added), self._withdrawn(claims_removed)
        if gained.code == "source-added":
            return gained
        if withdrawn.code == "source-removed":
            return withdrawn
        return _about("other-source", _sources(claims_added))

    def _added(self, subject: ox.NamedNode, claims_added: list[SnapshotClaim]) -> ChangeReason:
        gained = self._gained(claims_added)
        if gained.code == "source-added":
            return gained
        if not is_nested(subject) and not self.old.describes(subject):
            return _about("record-added", [subject])
        restated = [
            claim for claim in claims_added if claim.source_and_quote in self.claims_removed
        ]
        return _about("reinterpreted", _sources(restated)) if restated else gained

    def _removed(self, subject: ox.NamedNode, claims_removed: list[SnapshotClaim]) -> ChangeReason:
        withdrawn = self._withdrawn(claims_removed)
        if withdrawn.code == "source-removed":
            return withdrawn
        if not is_nested(subject) and not self.new.describes(subject):
            return _about("record-removed", [subject])
        restated = [
            claim for claim in claims_removed if claim.source_and_quote in self.claims_added
        ]
        return _about("reinterpreted", _sources(restated)) if restated else withdrawn

    def _gained(self, claims_added: list[SnapshotClaim]) -> ChangeReason:
        """The reason of added claims: whether all their sources are new."""
        sources = _sources(claims_added)
        fresh = not any(map(self.old.describes, sources))
        return _about("source-added" if fresh else "read-further", sources)

    def _withdrawn(self, claims_removed: list[SnapshotClaim]) -> ChangeReason:
        """The reason of removed claims: whether their sources were all removed."""
        sources = _sources(claims_removed)
        gone = not any(map(self.new.describes, sources))
        return _about("source-removed" if gone else "withdrawn", sources)


def _about(code: str, terms: Iterable[Term]) -> ChangeReason:
    nodes = {term for term in terms if isinstance(term, ox.NamedNode)}
    return ChangeReason(code, tuple(sorted(nodes, key=str)))


def _ontology(reading: SnapshotReader) -> dict[str, str]:
    """The SHA-256 of each file of the ontology, the shapes included."""
    inputs = reading.side.inputs.items()
    return {path: digest for path, digest in inputs if path.startswith("ontology/")}


def _sources(claims: Iterable[SnapshotClaim]) -> list[ox.NamedNode]:
    source_ids = {claim.source for claim in claims}
    return [ox.NamedNode(namespaces.source_iri(source_id)) for source_id in sorted(source_ids)]


def _ranks(claims: Iterable[SnapshotClaim]) -> set[tuple[str, bool]]:
    return {(claim.evidence.rank, claim.evidence.contested) for claim in claims}


def _content(claim: SnapshotClaim) -> tuple[object, ...]:
    """A piece of evidence except the offsets of its quote; its note and its certainty last."""
    piece = claim.evidence
    ranked = (piece.rank, piece.contested, piece.unassigned)
    described = (piece.passage, piece.locator, piece.date_read, piece.curator)
    return claim.source_and_quote, ranked, described, piece.note, piece.certainty


def _without_certainty(contents: Iterable[tuple[object, ...]]) -> set[tuple[object, ...]]:
    """These pieces of evidence without certainty, and without the note that gives its reason."""
    return {content[:-2] for content in contents}
