"""Whether the words of each stated claim carry its value (rule value-not-in-words).

The words are those of a quote, or those that a passage says of which only the fingerprint is kept.
A claim is checked against each piece of its evidence that has words and whose certainty is stated:
what a curator assigns or infers is by its nature not in the words. Applied to a whole graph, or to
the claims that a change can affect: those whose statement or evidence changed, and those whose
value is a thing that changed its names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from ..evidence.value_in_words import Value, ValueKind, carries
from ..graph.claims import HAS_PASSAGE
from ..incremental.graph_view import GraphView
from ..model.namespaces import BASE, PREFIXES, concept_iri, expand, local_name
from ..model.problems import Position, Problem, ShaclResult, rule_problem
from ..model.schema import Ontology
from ..model.terms import NO_IRI, NO_TERM, Iri, Term, from_term, literal, parse_term

RULE: Final = "value-not-in-words"
SUPPORT: Final = Iri(f"rule:{RULE}")
"""The shape of the results of this check."""

_FIX: Final = (
    "correct the value; or quote more of the source, up to the words that say it; for a passage "
    "that is not held, cite the words that say it with `pcve evidence cite`; or write "
    "`certainty: inferred` with a note that says how it follows, or `certainty: assigned` where "
    "you classify what the words describe"
)
_SHOWN: Final = 160
"""Characters of words that a message shows."""


def _node(name: str) -> ox.NamedNode:
    return ox.NamedNode(expand(name))


_EVIDENCE, _CERTAINTY, _QUOTE, _PASSAGE, _SAYS, _CUE, _ROLE_PROPERTY, _HAS_NAMING, _RANK = map(
    _node,
    (
        "pcve:evidence",
        "pcve:certainty",
        "pcve:quote",
        HAS_PASSAGE,
        "pcve:says",
        "pcve:cue",
        "pcve:roleProperty",
        "pcve:hasNaming",
        "pcve:rank",
    ),
)
_SUBJECT, _PREDICATE, _OBJECT, _TYPE = map(
    _node, ("rdf:subject", "rdf:predicate", "rdf:object", "rdf:type")
)
_SELECTOR, _EXACT, _NAME = map(_node, ("oa:hasSelector", "oa:exact", "schema:name"))
_STATED: Final = ox.NamedNode(concept_iri("certainty", "stated"))
_DEPRECATED: Final = ox.NamedNode(concept_iri("rank", "deprecated"))
_COUNTRY: Final = _node("pcve:Country")
_LABEL, _OTHER_LABEL, _TITLE = map(_node, ("skos:prefLabel", "skos:altLabel", "dcterms:title"))
_NAMES: Final = (_LABEL, _OTHER_LABEL, _TITLE)
_STATEMENT: Final = frozenset((_SUBJECT, _PREDICATE, _OBJECT, _EVIDENCE, _RANK))
_OF_THING: Final = frozenset((*_NAMES, _HAS_NAMING, _TYPE, _NAME))
_OF_EVIDENCE: Final = frozenset((_CERTAINTY, _QUOTE, _PASSAGE))

_LABELS: Final = frozenset(["prefLabel", "altLabel", "hiddenLabel", "title", "name", "roleName"])
"""Keys that hold names; any other text is the curator's wording of what a source says."""
_SIDES: Final = {"startDate": "start", "endDate": "end", "plannedEndDate": "end"}
_BOUNDS: Final = {"minValue": "min", "maxValue": "max"}
_VOCABULARY: Final = f"{BASE}vocab/"
_THINGS: Final = f"{BASE}id/"
_DATES: Final = frozenset(
    (*(PREFIXES["xsd"] + name for name in ("date", "gYearMonth", "gYear")), expand("edtf:EDTF"))
)
_NUMBERS: Final = frozenset(PREFIXES["xsd"] + name for name in ("integer", "decimal"))


class SupportCheck:
    """Checks claims in a view of the graph; looks up names and cues there."""

    def __init__(self, view: GraphView, ontology: Ontology) -> None:
        self._view = view
        self._nested = {iri for iri, kind in ontology.by_iri.items() if kind.folder is None}
        self._cues: dict[ox.NamedNode, tuple[str, ...]] = {}

    def results(self, claims: Iterable[ox.NamedNode]) -> list[ShaclResult]:
        """A result for each claim and piece of stated evidence whose words lack the value."""
        return [result for claim in claims for result in self._of_claim(claim)]

    def all_claims(self) -> list[ox.NamedNode]:
        """The claims that have a piece of evidence with words."""
        claims = {
            row.subject: None
            for words in (_QUOTE, _PASSAGE)
            for quoted in self._view.quads(None, words, None)
            for row in self._view.quads(None, _EVIDENCE, quoted.subject)
        }
        return [claim for claim in claims if isinstance(claim, ox.NamedNode)]

    def affected_claims(self) -> list[ox.NamedNode]:
        """The claims with words on which the change of the view can have an effect."""
        view = self._view
        claims: dict[Term, None] = {}
        things: dict[Term, None] = {}
        for quad in view.changes():
            if quad.predicate in _STATEMENT:
                claims[quad.subject] = None
            if quad.predicate in _OF_EVIDENCE:
                for row in view.quads(None, _EVIDENCE, quad.subject):
                    claims[row.subject] = None
            if quad.predicate in _OF_THING:
                things[quad.subject] = None
        for thing in list(things):
            holders = view.quads(None, _HAS_NAMING, thing, old=True)
            things.update(dict.fromkeys(row.subject for row in holders))
        for thing in things:
            for row in view.quads(None, _OBJECT, thing):
                claims[row.subject] = None
        return [claim for claim in claims if isinstance(claim, ox.NamedNode)]

    def claims_of(self, results: Iterable[ShaclResult]) -> list[ox.NamedNode]:
        """The claims that earlier results of this check are about, as far as they still exist.

        A result is kept with a build where a warning stands for it: the value breaks a shape.
        """
        claims: dict[Term, None] = {}
        for result in results:
            focus, path = parse_term(result.focus), result.path
            if path == NO_TERM:
                claims.update(
                    (row.subject, None) for row in self._view.quads(None, _EVIDENCE, focus)
                )
                continue
            predicate = parse_term(path)
            for row in self._view.quads(None, _SUBJECT, focus):
                if self._view.value(row.subject, _PREDICATE) == predicate:
                    claims[row.subject] = None
        return [claim for claim in claims if isinstance(claim, ox.NamedNode)]

    def _of_claim(self, claim: ox.NamedNode) -> Iterator[ShaclResult]:
        pieces = list(self._view.quads(claim, _EVIDENCE, None))
        value: Value | None = None
        for piece in pieces:
            words = self._words(piece.object)
            if not words or self._view.value(piece.object, _CERTAINTY) != _STATED:
                continue
            subject, predicate, stated = (
                self._view.value(claim, part) for part in (_SUBJECT, _PREDICATE, _OBJECT)
            )
            if subject is None or not isinstance(predicate, ox.NamedNode) or stated is None:
                return
            value = value or self.value(predicate, stated)
            if value is None:
                return
            if self._view.value(claim, _RANK) == _DEPRECATED:
                value = replace(value, is_deprecated=True)
            if not carries(words, value):
                message = literal(self._message(predicate, stated, value, words), language="en")
                is_only = len(pieces) == 1
                yield ShaclResult(
                    focus=from_term(subject if is_only else piece.object),
                    path=from_term(predicate) if is_only else NO_TERM,
                    value=from_term(stated) if is_only else NO_TERM,
                    shape=SUPPORT,
                    component=NO_IRI,
                    severity=NO_IRI,
                    messages=(message,),
                )

    def value(self, predicate: ox.NamedNode, stated: Term) -> Value | None:
        """What of a value must stand in the words; None for a thing whose names cannot be compared.

        That is one that lacks a name in English, which check:name-in-english reports at its record:
        each fact that refers to it would be a second message of one mistake.
        """
        key = local_name(predicate.value)
        if isinstance(stated, ox.Literal):
            return _literal_value(key, stated)
        if not isinstance(stated, ox.NamedNode):
            return Value(ValueKind.PART)
        if stated.value.startswith(_VOCABULARY):
            return Value(ValueKind.CONCEPT, cues=self._cues_of(stated))
        if not stated.value.startswith(BASE):
            return Value(ValueKind.ADDRESS, stated.value)
        kinds = {row.object for row in self._view.quads(stated, _TYPE, None)}
        if not stated.value.startswith(_THINGS) or any(
            getattr(kind, "value", "") in self._nested for kind in kinds
        ):
            return Value(ValueKind.PART)
        if not self._has_name(stated):
            return None
        names = tuple(self._names_of(stated))
        return Value(
            ValueKind.THING,
            names=names,
            cues=self.cues_of_role(predicate),
            other_cues=self.other_cues(predicate),
            is_country=_COUNTRY in kinds,
        )

    def _has_name(self, thing: ox.NamedNode) -> bool:
        """Whether a thing has a name in English; a source has its title, in any language."""
        return any(
            isinstance(row.object, ox.Literal) and (name == _TITLE or row.object.language == "en")
            for name in (_LABEL, _TITLE)
            for row in self._view.quads(thing, name, None)
        )

    def _names_of(self, thing: Term) -> Iterator[str]:
        for name in _NAMES:
            yield from self._texts(thing, name)
        for naming in self._view.quads(thing, _HAS_NAMING, None):
            yield from self._texts(naming.object, _NAME)

    def _cues_of(self, concept: ox.NamedNode) -> tuple[str, ...]:
        """The cues of a concept; its labels where it has none."""
        if concept not in self._cues:
            self._cues[concept] = self._texts(concept, _CUE) or tuple(
                text for name in _NAMES[:2] for text in self._texts(concept, name)
            )
        return self._cues[concept]

    def _texts(self, node: Term, predicate: ox.NamedNode) -> tuple[str, ...]:
        rows = self._view.quads(node, predicate, None)
        return tuple(row.object.value for row in rows if isinstance(row.object, ox.Literal))

    def cues_of_role(self, predicate: ox.NamedNode) -> tuple[str, ...]:
        """The cues of the roles that a property is; empty for any other property."""
        return self._roles.get(predicate, ())

    @cached_property
    def _roles(self) -> dict[Term, tuple[str, ...]]:
        """The cues of each property that is a role."""
        cues: dict[Term, tuple[str, ...]] = defaultdict(tuple)
        for row in self._view.quads(None, _ROLE_PROPERTY, None):
            if isinstance(row.subject, ox.NamedNode):
                cues[row.object] += self._cues_of(row.subject)
        return dict(cues)

    def other_cues(self, predicate: ox.NamedNode) -> frozenset[str]:
        """The cues of all roles that are no cue of the role that a property is."""
        own = self.cues_of_role(predicate)
        if not own:
            return frozenset()
        return self._cues_of_roles.difference(own)

    @cached_property
    def _cues_of_roles(self) -> frozenset[str]:
        return frozenset(cue for cues in self._roles.values() for cue in cues)

    def _words(self, evidence: Term) -> str:
        """The words of a piece of evidence, or of its passage; empty if it only cites a source."""
        quoted = self._view.value(evidence, _QUOTE)
        for selector in self._view.quads(quoted, _SELECTOR, None) if quoted else ():
            exact = self._view.value(selector.object, _EXACT)
            if isinstance(exact, ox.Literal):
                return exact.value
        passage = self._view.value(evidence, _PASSAGE)
        says = self._view.value(passage, _SAYS) if passage else None
        return says.value if isinstance(says, ox.Literal) else ""

    def _message(self, predicate: ox.NamedNode, stated: Term, value: Value, words: str) -> str:
        text = value.names[0] if value.names else str(getattr(stated, "value", stated))
        shown = _cut(local_name(text) if text.startswith(_VOCABULARY) else text)
        role = ", as which the words must name it" if value.cues and value.names else ""
        key = local_name(predicate.value)
        return f'the words do not say {key} "{shown}"{role}: they are "{_cut(words)}"'


def _literal_value(key: str, stated: ox.Literal) -> Value:
    text, kind = stated.value, stated.datatype.value
    if kind in _DATES:
        return Value(ValueKind.DATE, text, side=_SIDES.get(key, ""))
    if kind in _NUMBERS:
        bound = _BOUNDS.get(key, "")
        return Value(ValueKind.NUMBER, text, bound=bound, ordinal=key == "edition")
    if stated.language:
        return Value(ValueKind.LABEL if key in _LABELS else ValueKind.PROSE, text)
    of_key = {"duration": ValueKind.DURATION, "currency": ValueKind.CURRENCY}
    return Value(of_key.get(key, ValueKind.TEXT), text)


def support_problem(result: ShaclResult, position: Position) -> Problem:
    """A result of this check as a problem at `position`."""
    return rule_problem(RULE, position, result.message, _FIX)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"
