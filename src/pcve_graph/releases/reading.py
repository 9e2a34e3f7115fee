"""One side of a comparison, asked: its claims, what it knows, what replaces what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import pyoxigraph as ox

from ..graph.claims import Evidence, evidence, rank, values
from ..model import namespaces
from ..model.namespaces import expand
from ..model.terms import Term
from ..publish.diff.snapshot import Side

Fact: TypeAlias = tuple[ox.NamedNode, ox.NamedNode, Term]
"""Subject, predicate and value of a statement."""

FACTS: Final = ox.NamedNode(namespaces.graph("facts"))
_PARTS: Final = tuple(map(expand, ("rdf:subject", "rdf:predicate", "rdf:object")))


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of a statement: its node, and what it rests on."""

    node: ox.NamedNode
    evidence: Evidence

    @property
    def sources(self) -> frozenset[str]:
        """The ids of its sources."""
        return frozenset(identifier for identifier, _ in self.evidence.sources)

    @property
    def words(self) -> tuple[frozenset[str], str]:
        """The sources and the quote, white space set aside."""
        return self.sources, " ".join(self.evidence.quote.split())


def is_part(node: ox.NamedNode) -> bool:
    """Whether a thing is written inside the record of another: its IRI has that one's id in it."""
    return node.value.removeprefix(namespaces.BASE).count("/") > 2


class Reading:
    """The graph of one side, and what of it was read so far."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.store = side.store
        self._claims: dict[ox.NamedNode, dict[Fact, list[ox.NamedNode]]] = {}

    def quads(self, name: str, lines: Iterable[str]) -> list[ox.Quad]:
        """N-Triples lines as quads of the graph `name`, sorted."""
        node = ox.NamedNode(namespaces.graph(name))
        text = "\n".join(sorted(lines)).encode()
        parsed = ox.parse(text, format=ox.RdfFormat.N_TRIPLES)
        return [ox.Quad(each.subject, each.predicate, each.object, node) for each in parsed]

    def stated(self, claim: ox.NamedNode) -> Fact | None:
        """What a claim states; None where the node is no claim of this side."""
        subject, predicate, value = (self.one(claim, each) for each in _PARTS)
        if not isinstance(subject, ox.NamedNode) or not isinstance(predicate, ox.NamedNode):
            return None
        return (subject, predicate, value) if value is not None else None

    def claims(self, fact: Fact) -> tuple[Claim, ...]:
        """The claims of a statement, current ones first."""
        subject = fact[0]
        if subject not in self._claims:
            known: dict[Fact, list[ox.NamedNode]] = defaultdict(list)
            for claim in self.pointing("rdf:subject", subject):
                if stated := self.stated(claim):
                    known[stated].append(claim)
            self._claims[subject] = known
        found = (Claim(each, evidence(self.store, each)) for each in self._claims[subject][fact])
        return tuple(sorted(found, key=lambda each: (rank(each.evidence), each.node.value)))

    def quoting(self, quote: ox.NamedNode) -> list[ox.NamedNode]:
        """The claims that rest on a quote, sorted."""
        return sorted(self.pointing("pcve:quote", quote), key=str)

    def is_fact(self, fact: Fact) -> bool:
        """Whether the statement is among the facts."""
        return ox.Quad(*fact, FACTS) in self.store

    def knows(self, node: Term) -> bool:
        """Whether anything is said of a node."""
        if not isinstance(node, ox.NamedNode):
            return False
        return next(self.store.quads_for_pattern(node, None, None, None), None) is not None

    def replacement(self, node: Term) -> Term | None:
        """What a retired thing is replaced by; None where it is not retired."""
        return self.one(node, expand("dcterms:isReplacedBy"))

    def replaced(self, node: Term) -> list[ox.NamedNode]:
        """The things that a thing stands in place of, sorted."""
        return sorted(self.pointing("dcterms:isReplacedBy", node, FACTS), key=str)

    def types(self, node: Term) -> set[str]:
        """The classes of a node."""
        return {str(getattr(each, "value", "")) for each in self.all(node, expand("rdf:type"))}

    def roles(self, concept: Term) -> set[Term]:
        """The properties that stand for a role."""
        return set(self.all(concept, expand("pcve:roleProperty")))

    def one(self, node: Term, predicate: str) -> Term | None:
        """A value of a node; None where it has none."""
        return next(self.all(node, predicate), None)

    def all(self, node: Term, predicate: str) -> Iterator[Term]:
        """The values of a node."""
        return values(self.store, node, predicate) if isinstance(node, ox.NamedNode) else iter(())

    def pointing(
        self, name: str, value: Term, where: ox.NamedNode | None = None
    ) -> list[ox.NamedNode]:
        """The nodes that have `value` under a property, in one graph or any."""
        quads = self.store.quads_for_pattern(None, ox.NamedNode(expand(name)), value, where)
        return [quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)]
