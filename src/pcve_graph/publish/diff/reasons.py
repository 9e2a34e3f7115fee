"""Why a statement came, went or changed, read off claims, sources, replacements and ontology."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ...model import namespaces
from ...model.namespaces import expand
from ...model.terms import Term
from .snapshot import Claim, Reading, is_part
from .states import Pair, State

REASONS: Final = {
    "source-added": "a source was added",
    "source-removed": "a source was removed",
    "source-edited": "a source's text or description was edited",
    "record-added": "a record was added",
    "record-removed": "a record was removed",
    "reclassified": "the record has another class",
    "read-further": "more was read in a known source",
    "withdrawn": "its claim was withdrawn; the source is still there",
    "reinterpreted": "a source was read otherwise",
    "other-source": "another known source is followed",
    "standing": "its standing changed",
    "evidence": "it stands, on other evidence",
    "merged": "two records became one",
    "retired": "a record was retired",
    "ontology": "the ontology changed",
    "program": "the same claims were mapped otherwise, by another program",
}
"""Every reason there is, in plain words."""

_TYPE: Final = expand("rdf:type")
_REPLACED: Final = expand("dcterms:isReplacedBy")
_TERMS: Final = (namespaces.BASE + "vocab/", *namespaces.PREFIXES.values())


@dataclass(frozen=True, slots=True)
class Reason:
    """One of `REASONS`, and the sources, things or terms that it is about, sorted."""

    code: str
    about: tuple[ox.NamedNode, ...] = ()


class Reasons:
    """Finds the reason of each pair, knowing what was said on both sides."""

    def __init__(self, old: Reading, new: Reading, states: list[State]) -> None:
        self.old = old
        self.new = new
        self.lost = {each.words for state in states for each in state.lost() if each.words[1]}
        self.won = {each.words for state in states for each in state.won() if each.words[1]}
        self.other_ontology = _ontology(old) != _ontology(new)

    def reason(self, pair: Pair) -> Reason:
        """Why the pair differs."""
        if pair.graph in ("ontology", "vocabulary"):
            return Reason("ontology")
        if pair.graph == "catalog":
            return self._of_source(pair.fact[0])
        if not any(state.before or state.after for state in (pair.old, pair.new) if state):
            return self._unclaimed(pair)
        found = self._replaced(pair) or self._defined(pair)
        if found:
            return found
        return self._same(pair.old) if pair.old and pair.is_same else self._read(pair)

    def _of_source(self, source: ox.NamedNode) -> Reason:
        if not self.old.knows(source):
            return Reason("source-added", (source,))
        return Reason("source-edited" if self.new.knows(source) else "source-removed", (source,))

    def _unclaimed(self, pair: Pair) -> Reason:
        """The class of a record, or what was derived from claims that are the same."""
        node, predicate, _ = pair.fact
        if predicate.value == _TYPE and not self.old.knows(node):
            return Reason("record-added", (node,))
        if predicate.value == _TYPE and not self.new.knows(node):
            return Reason("record-removed", (node,))
        if predicate.value == _TYPE and not self._defined(pair):
            return Reason("reclassified", (node,))
        return self._mapped()

    def _mapped(self) -> Reason:
        return Reason("ontology" if self.other_ontology else "program")

    def _replaced(self, pair: Pair) -> Reason | None:
        """Whether the statement came or went because one thing now stands in place of another."""
        subject, predicate, value = pair.fact
        if pair.is_same:
            return None
        if pair.new is None:
            return self._left(subject, predicate, value)
        if predicate.value == _REPLACED:
            return _about("retired", [subject])
        if pair.old is None:
            for one in self.new.replaced(subject):
                if self._is_retired(one) and self.old.claims((one, predicate, value)):
                    return _about("merged", [one, subject])
            return None
        before = pair.old.fact[2]
        merged = self._is_retired(before) and self.new.replacement(before) == value
        return _about("merged", [before, value]) if merged else None

    def _left(self, subject: Term, predicate: ox.NamedNode, value: Term) -> Reason | None:
        """Whether a statement went because its thing, or the one that it names, was retired."""
        if self._is_retired(subject):
            heir = self.new.replacement(subject)
            if isinstance(heir, ox.NamedNode) and self.new.claims((heir, predicate, value)):
                return _about("merged", [subject, heir])
            return _about("retired", [subject])
        return _about("retired", [value]) if self._is_retired(value) else None

    def _is_retired(self, node: Term) -> bool:
        """Whether a thing was retired since the old side."""
        return self.new.replacement(node) is not None and self.old.replacement(node) is None

    def _defined(self, pair: Pair) -> Reason | None:
        """Whether a property, class or concept in it is one that only one side has."""
        states = [state for state in (pair.old, pair.new) if state]
        terms = {term for state in states for term in state.fact[1:]}
        ours = [
            term
            for term in terms
            if isinstance(term, ox.NamedNode)
            and term.value.startswith(_TERMS)
            and self.old.knows(term) != self.new.knows(term)
        ]
        return _about("ontology", ours) if ours else None

    def _same(self, state: State) -> Reason:
        """Why a statement that stays has another standing, or other claims."""
        lost, won = state.lost(), state.won()
        if not lost and not won:
            return self._mapped()
        if state.was != state.now or (lost and won and _standings(lost) != _standings(won)):
            return _about("standing", _sources([*lost, *won]))
        if not lost:
            return self._gained(won)
        if not won:
            return self._given_up(lost)
        if {_but_place(each) for each in lost} != {_but_place(each) for each in won}:
            return _about("evidence", _sources([*lost, *won]))
        if {each.evidence for each in lost} == {each.evidence for each in won}:
            return self._mapped()
        return _about("source-edited", _sources(won))

    def _read(self, pair: Pair) -> Reason:
        """Why a statement came, went, or has another value, from what was read where."""
        lost = pair.old.lost() if pair.old else []
        won = pair.new.won() if pair.new else []
        if not lost:
            return self._added(pair.fact[0], won)
        if not won:
            return self._removed(pair.fact[0], lost)
        shared = [each for each in won if any(each.sources & other.sources for other in lost)]
        if shared:
            return _about("reinterpreted", _sources(shared))
        gained, given_up = self._gained(won), self._given_up(lost)
        if gained.code == "source-added":
            return gained
        if given_up.code == "source-removed":
            return given_up
        return _about("other-source", _sources(won))

    def _added(self, subject: ox.NamedNode, won: list[Claim]) -> Reason:
        gained = self._gained(won)
        if gained.code == "source-added":
            return gained
        if not is_part(subject) and not self.old.knows(subject):
            return _about("record-added", [subject])
        again = [each for each in won if each.words in self.lost]
        return _about("reinterpreted", _sources(again)) if again else gained

    def _removed(self, subject: ox.NamedNode, lost: list[Claim]) -> Reason:
        given_up = self._given_up(lost)
        if given_up.code == "source-removed":
            return given_up
        if not is_part(subject) and not self.new.knows(subject):
            return _about("record-removed", [subject])
        again = [each for each in lost if each.words in self.won]
        return _about("reinterpreted", _sources(again)) if again else given_up

    def _gained(self, won: list[Claim]) -> Reason:
        """Of claims that came: whether they rest on new sources alone."""
        sources = _sources(won)
        fresh = not any(map(self.old.knows, sources))
        return _about("source-added" if fresh else "read-further", sources)

    def _given_up(self, lost: list[Claim]) -> Reason:
        """Of claims that went: whether their sources went with them."""
        sources = _sources(lost)
        gone = not any(map(self.new.knows, sources))
        return _about("source-removed" if gone else "withdrawn", sources)


def _about(code: str, terms: Iterable[Term]) -> Reason:
    named = {term for term in terms if isinstance(term, ox.NamedNode)}
    return Reason(code, tuple(sorted(named, key=str)))


def _ontology(reading: Reading) -> dict[str, str]:
    """The SHA-256 of each file of the ontology, the shapes included."""
    inputs = reading.side.inputs.items()
    return {path: digest for path, digest in inputs if path.startswith("ontology/")}


def _sources(claims: Iterable[Claim]) -> list[ox.NamedNode]:
    found = {source for claim in claims for source in claim.sources}
    return [ox.NamedNode(namespaces.source(each)) for each in sorted(found)]


def _standings(claims: Iterable[Claim]) -> set[str]:
    return {claim.evidence.standing for claim in claims}


def _but_place(claim: Claim) -> tuple[object, ...]:
    """What a claim rests on, but for the place of its words in the text."""
    found = claim.evidence
    return claim.words, found.certainty, found.standing, found.note
