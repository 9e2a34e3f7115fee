"""The claims of a document, collected in the pass over its statements that indexes them.

Memory holds what the claims, derived statements and quotes say, and a number for each subject;
nothing of the other statements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from ..graph.claims import STATEMENT_PARTS
from ..model.namespaces import concept_iri, expand, nterm
from ..model.schema import Ontology, RecordClass
from ..model.terms import NO_TERM, NTerm, NTriple, Statement, from_iri
from .statement_index import BOUNDS, StatementIndex

NOT_FACTS: Final = {
    expand(name)
    for name in (
        "oa:SpecificResource",
        "oa:TextPositionSelector",
        "oa:TextQuoteSelector",
        "pcve:Claim",
        "pcve:DerivedStatement",
        "pcve:Evidence",
        "pcve:Overlap",
        "pcve:Participation",
        "pcve:Passage",
        "pcve:Source",
        "skos:Concept",
    )
}
"""The classes whose instances no claim is about; the statements about all others are facts."""

_TYPE, _CLAIM = nterm("rdf:type"), nterm("pcve:Claim")
_DERIVED: Final = nterm("pcve:DerivedStatement")
_DEPRECATED: Final = from_iri(concept_iri("rank", "deprecated"))
_RANK, _CONFLICT = nterm("pcve:rank"), nterm("pcve:conflictsWith")
_PARTS: Final = {nterm(name): at for at, name in enumerate(STATEMENT_PARTS)}
_QUOTED: Final = {nterm(name) for name in ("oa:exact", "oa:start", "oa:end")}
_OF_PASSAGES: Final = {
    nterm(name) for name in ("pcve:says", "pcve:firstWord", "pcve:wordCount", "pcve:sha256")
}
_SELECTOR, _SOURCE = nterm("oa:hasSelector"), nterm("oa:hasSource")
_ANNOTATED, _IN_CLAIM = nterm("owl:annotatedSource"), nterm("pcve:inClaim")


@dataclass(slots=True)
class Quote:
    """A quote: its source and selectors, as N-Triples terms."""

    source: NTerm = NO_TERM
    selectors: list[NTerm] = field(default_factory=list)


class ClaimIndex:
    """The claims, derived statements and quotes of a document, and the classes of its subjects.

    Complete once the iterator from `index_lines` is exhausted; `index` then is too, whose `focus`
    are the terms in `focus`. `selectors` has the words and offsets of each selector,
    `passages` the words and numbers of each passage, `predicates` and `types` the properties and
    classes of the document.
    """

    def __init__(self, ontology: Ontology, focus: Collection[NTerm] = ()) -> None:
        self.index = StatementIndex(ontology, focus=focus)
        self.quotes: dict[NTerm, Quote] = defaultdict(Quote)
        self.selectors: dict[NTerm, dict[NTerm, NTerm]] = defaultdict(dict)
        self.passages: dict[NTerm, dict[NTerm, NTerm]] = defaultdict(dict)
        self.predicates: set[NTerm] = set()
        self.types: set[NTerm] = set()
        self._parts: dict[NTerm, list[NTerm]] = {}
        self._claims: set[NTerm] = set()
        self._derived: set[NTerm] = set()
        self._not_taken: set[NTerm] = set()
        self._annotated: dict[NTerm, NTerm] = {}
        self._referring: set[NTerm] = set()
        self._numbers: dict[NTerm, int] = {}
        self._absent = {
            from_iri(concept_iri("value-status", term))
            for term in ontology.schemes.get("value-status", ())
        }
        self._paths = {
            iri: frozenset(from_iri(key.path) for key in kind.keys.values()).union(BOUNDS)
            for iri, kind in ontology.by_iri.items()
        }

    def index_lines(self, lines: Iterable[NTriple]) -> Iterator[NTriple]:
        """Yields the lines of a document unchanged, and collects what they say of claims."""
        self.quotes.clear()
        self.passages.clear()
        self._numbers.clear()
        yield from self.index.index_lines(lines, self._take)

    def _take(self, statement: Statement) -> None:
        subject, predicate, value = statement
        self.predicates.add(predicate)
        if predicate == _TYPE:
            self.types.add(value)
            if value == _CLAIM:
                self._claims.add(subject)
            elif value == _DERIVED:
                self._derived.add(subject)
        elif predicate in _PARTS:
            terms = self._parts.setdefault(subject, [NO_TERM] * 3)
            terms[_PARTS[predicate]] = terms[_PARTS[predicate]] or value
        elif predicate == _CONFLICT or (predicate == _RANK and value == _DEPRECATED):
            self._not_taken.add(subject)
        elif predicate == _SELECTOR:
            self.quotes[subject].selectors.append(value)
        elif predicate == _SOURCE:
            self.quotes[subject].source = value
        elif predicate == _ANNOTATED:
            self._annotated[subject] = value
        elif predicate == _IN_CLAIM:
            self._referring.add(subject)
        elif predicate in _QUOTED:
            self.selectors[subject][predicate] = value
        elif predicate in _OF_PASSAGES:
            self.passages[subject][predicate] = value
        else:
            self._numbers[subject] = self._numbers.get(subject, 0) + 1

    def claims(self) -> Iterator[tuple[NTerm, Statement, bool]]:
        """Each claim and derived statement: its node, its statement, and whether that is a fact.

        Nodes that lack a part of the statement are left out: a shape reports them. The rule is that
        of the build: a fact has a value, and its claim is neither contested nor deprecated.
        """
        for node in sorted((self._claims | self._derived) & self._parts.keys()):
            statement = Statement(*self._parts[node])
            if all(statement):
                yield (
                    node,
                    statement,
                    node not in self._not_taken and statement.object not in self._absent,
                )

    def is_derived(self, node: NTerm) -> bool:
        """Whether a node of `claims` is a derived statement."""
        return node not in self._claims

    @property
    def has_claims(self) -> bool:
        """Whether the document has any claim."""
        return bool(self._claims)

    @property
    def has_things(self) -> bool:
        """Whether the document has any thing that claims can be about."""
        return any(self.classes_of(subject) for subject in self._numbers)

    def classes_of(self, subject: NTerm) -> list[RecordClass]:
        """The classes of a subject whose instances claims are about; none of things of others."""
        kinds = [kind for kind in self.index.classes_of(subject) if kind.iri not in NOT_FACTS]
        return kinds if kinds and self.index.is_ours(subject) else []

    def is_fact(self, statement: Statement) -> bool:
        """Whether a statement of the document is one that needs a source.

        It is about a thing of the graph, and its property is a key of the class of the thing.
        """
        subject, predicate, _ = statement
        return predicate != _TYPE and any(
            predicate in self._paths[kind.iri] for kind in self.classes_of(subject)
        )

    def unclaimed(self, claimed: set[NTerm]) -> tuple[int, int]:
        """The numbers of facts and of things that no claim is about; `claimed` are the others.

        In OWL the claims themselves are elsewhere: an axiom that is annotated with the claim that
        states it has a source (W3C OWL 2 Mapping to RDF Graphs, section 2.2).
        """
        axioms = self._referring & self._annotated.keys()
        sourced = claimed | {self._annotated[node] for node in axioms}
        numbers = [
            number
            for subject, number in self._numbers.items()
            if subject not in sourced and self.classes_of(subject)
        ]
        return sum(numbers), len(numbers)
