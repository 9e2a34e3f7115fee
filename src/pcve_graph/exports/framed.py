"""The graph as nested JSON-LD: things by class, each with what is part of it and its claims."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any, Final

import pyoxigraph as ox

from ..ask.export import add, prefixed
from ..names import GRAPHS, expand
from ..ontology import Ontology
from ..questions.binding import Term
from .context import CLAIMS, MORE, PARTICIPATIONS, TERMS, context, groups, names
from .part import Part
from .things import Things

_TYPE: Final = expand("rdf:type")
_FREE: Final = ("skos:Concept", "pcve:Source", "pcve:Claim", "pcve:Participation")
"""Classes without a folder whose things are no part of another."""


def framed(part: Part, ontology: Ontology) -> bytes:
    """JSON-LD 1.1 whose top has a list a class; it expands to the graph and nothing else.

    A membership, name, budget or hosting stands in the thing that has it, a participation in its
    event, a claim in what it is about, with its quote. The context is that of `context`.
    """
    nested = _Nested(part, ontology)
    text = json.dumps({"@context": nested.context, **nested.groups()}, ensure_ascii=False, indent=1)
    return (text + "\n").encode()


class _Nested:
    """Writes each node once where it belongs; a quote that many claims share stands in each."""

    def __init__(self, part: Part, ontology: Ontology) -> None:
        self.things = Things(part, *GRAPHS)
        self.context = context(ontology)
        self.names = names(ontology)
        self.kinds = {iri: kind.name for iri, kind in ontology.by_iri.items()}
        self.group_of = groups(ontology)
        free = {expand(name) for name in _FREE}
        inner = [kind.iri for kind in ontology.by_iri.values() if not kind.folder]
        self.inner = set(self.things.of(*(iri for iri in inner if iri not in free)))
        self.back: dict[str, dict[str, list[str]]] = {
            CLAIMS: self._pointing("pcve:Claim", "rdf:subject"),
            PARTICIPATIONS: self._pointing("pcve:Participation", "pcve:event"),
        }
        self.written: set[str] = set()

    def _pointing(self, kind: str, name: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for iri in self.things.of(kind):
            for target in self.things.refs(iri, name):
                found[target].append(iri)
        return found

    def groups(self) -> dict[str, list[dict[str, Any]]]:
        """The things of each class, and last what stands in none of them."""
        nested = self.inner | {
            iri for back in self.back.values() for each in back.values() for iri in each
        }
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for iri in self.things.all():
            if iri not in nested:
                kinds = [each for each in self.things.kinds(iri) if each in self.group_of]
                found[self.group_of[kinds[0]] if kinds else TERMS].append(self.node(iri))
        for iri in self.things.all():
            if iri not in self.written:
                found[MORE].append(self.node(iri))
        return {
            name: found[name]
            for name in sorted(found, key=lambda each: (each in (TERMS, MORE), each))
        }

    def node(self, iri: str, without: str = "") -> dict[str, Any]:
        """The object of one node; `without` is the property by which it is reached."""
        self.written.add(iri)
        node: dict[str, Any] = {"id": iri}
        for predicate in sorted(self.things.predicates(iri), key=self._order):
            for term in self.things.values(iri, predicate):
                if predicate != without:
                    self._put(node, predicate, term)
        for name, back in self.back.items():
            if iri in back:
                path = self.context[name]["@reverse"]
                node[name] = [self.node(each, path) for each in back[iri]]
        return node

    def _order(self, predicate: str) -> tuple[bool, bool, str]:
        return predicate != _TYPE, not predicate.endswith("Label"), predicate

    def _put(self, node: dict[str, Any], predicate: str, term: Term) -> None:
        if predicate == _TYPE:
            assert isinstance(term, ox.NamedNode)
            add(node, "type", self.kinds.get(term.value, prefixed(term.value)))
            return
        name = self.names.get(predicate, "")
        form = self.context.get(name, {})
        if isinstance(term, ox.NamedNode):
            if term.value in self.inner:
                add(node, name or prefixed(predicate), self.node(term.value))
            elif form.get("@type") == "@id":
                add(node, name, term.value)
            else:
                add(node, self._bare(name, form, predicate), {"id": term.value})
            return
        assert isinstance(term, ox.Literal)
        if term.language and "@container" in form:
            add(node.setdefault(name, {}), term.language, term.value)
        elif form.get("@type") == prefixed(term.datatype.value):
            add(node, name, _number(term))
        else:
            add(node, self._bare(name, form, predicate), _value(term))

    def _bare(self, name: str, form: dict[str, str], predicate: str) -> str:
        """A key that says nothing of the kind of its values."""
        return name if name and form.keys() == {"@id"} else prefixed(predicate)


def _number(term: ox.Literal) -> Any:
    whole = term.datatype.value == expand("xsd:integer")
    return int(term.value) if whole and str(int(term.value)) == term.value else term.value


def _value(term: ox.Literal) -> Any:
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value == expand("xsd:string"):
        return term.value
    return {"@value": term.value, "@type": prefixed(term.datatype.value)}
