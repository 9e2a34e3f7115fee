"""The examples of classes, keys and rules, each a whole file, cut out of `northtown.ttl`.

A rule shows the statement that it is about; `whole` adds what the validator requires of the things
in it, and of those that they refer to. So an example can be pasted as it is, and the page, the
command and the tests show and check the same text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ..model.namespaces import BASE, LABELS, PREFIXES, concept_iri, expand, local_name
from ..model.schema import Ontology, RecordClass, RecordKey
from ..model.terms import Iri, from_iri
from .example_texts import TYPE, Facts, Things, class_of

_HEAD: Final = "".join(f"PREFIX {name}: {from_iri(space)}\n" for name, space in PREFIXES.items())
_WITHOUT: Final = re.compile(r"^# without (\S+)", re.M)
"""A comment of a snippet: its first thing has no such property, although one is required."""

_SUBJECT: Final = ox.NamedNode(expand("rdf:subject"))
_LABELS: Final = {expand(name) for name in LABELS}


@dataclass(frozen=True)
class Examples:
    """The examples by the classes and keys of `ontology`."""

    ontology: Ontology

    @cached_property
    def world(self) -> Things:
        """All of `northtown.ttl`, in its order."""
        return parse(Path(__file__).with_name("northtown.ttl").read_text("utf-8"))

    @cached_property
    def _first(self) -> dict[str, ox.NamedNode]:
        """The example of each class by the name of the class: the first thing of it."""
        return dict(reversed(self._named))

    @cached_property
    def _last(self) -> dict[str, ox.NamedNode]:
        """The last thing of each class, which has what a thing of the class needs and no more."""
        return dict(self._named)

    @cached_property
    def _named(self) -> list[tuple[str, ox.NamedNode]]:
        """The name of the class of each thing of Northtown, and the thing."""
        kinds = ((class_of(facts, self.ontology), node) for node, facts in self.world.items())
        return [(kind.name, node) for kind, node in kinds if kind is not None]

    @cached_property
    def _by_path(self) -> dict[str, RecordClass]:
        """The class of the things whose IRIs begin with this path, such as `id/event/`."""
        by_path: dict[str, RecordClass] = {}
        for node, facts in self.world.items():
            if kind := class_of(facts, self.ontology):
                by_path.setdefault(_path(node), kind)
        return by_path

    def subject(self, kind: RecordClass) -> ox.NamedNode | None:
        """The thing whose record is the example of `kind`; None for a class without one.

        Of what stands inside a record, it is that record.
        """
        node = self._first.get(kind.name)
        if node is not None and "/id/" in node.value and kind.folder is None:
            owners = (
                thing
                for thing, facts in self.world.items()
                if any(value == node for _, value in facts)
            )
            return next(owners, node)
        return node

    def of_class(self, kind: RecordClass) -> Things:
        """The whole example of `kind`: the thing, and what it refers to. Empty without one."""
        node = self.subject(kind)
        return self._closed({node: list(self.world[node])}) if node is not None else {}

    def new_node(self, kind: RecordClass, name: str) -> ox.NamedNode:
        """The IRI of a thing of `kind` that is not in Northtown."""
        return ox.NamedNode(BASE + _path(self._first[kind.name]) + name)

    def value_of(self, key: RecordKey, owner: RecordClass) -> ox.NamedNode:
        """A thing of Northtown that `key` takes on a thing of the class `owner`."""
        for iri in (owner.iri,) if key.same_class else key.classes:
            for node, facts in self.world.items():
                kind = class_of(facts, self.ontology)
                if kind is not None and self._is_a(kind, iri):
                    return node
        raise KeyError(key.name)

    def _is_a(self, kind: RecordClass, iri: Iri) -> bool:
        return kind.iri == iri or kind.name in self.ontology.record_classes(iri)

    def whole(self, snippet: str) -> Things:
        """The things of a snippet of Turtle, what their classes require, and what they refer to."""
        stated = parse(snippet)
        lacking = {expand(name) for name in _WITHOUT.findall(snippet)}
        things: Things = {}
        for number, (node, facts) in enumerate(stated.items()):
            left_out = lacking if number == 0 else set()
            things[node] = self._completed(node, facts, left_out)
        return self._closed(things)

    def _closed(self, things: Things) -> Things:
        """`things` with those that they refer to, each with what is required of it."""
        closed = dict(things)
        waiting = list(things)
        while waiting:
            node = waiting.pop(0)
            for _, value in closed[node]:
                if isinstance(value, ox.NamedNode) and value not in closed and self._kind(value):
                    closed[value] = self._completed(value, [], set())
                    waiting.append(value)
            for claim in self._claims_of(closed, node):
                if claim not in closed:
                    closed[claim] = list(self.world[claim])
                    waiting.append(claim)
        return closed

    def _claims_of(self, things: Things, node: ox.NamedNode) -> list[ox.NamedNode]:
        """The claims about `node`, if there is one in `things`."""
        about = (_SUBJECT, node)
        if node not in self._claims or not any(about in facts for facts in things.values()):
            return []
        return self._claims[node]

    @cached_property
    def _claims(self) -> dict[ox.NamedNode, list[ox.NamedNode]]:
        """The claims about each thing of Northtown."""
        claims: dict[ox.NamedNode, list[ox.NamedNode]] = {}
        for node, facts in self.world.items():
            if (TYPE, ox.NamedNode(expand("pcve:Claim"))) in facts:
                for predicate, value in facts:
                    if predicate == _SUBJECT and isinstance(value, ox.NamedNode):
                        claims.setdefault(value, []).append(node)
        return claims

    def _kind(self, node: ox.NamedNode) -> RecordClass | None:
        """The class of a thing, by what is stated of it in Northtown or by its IRI.

        None for a term of a list and for what is no thing of this project.
        """
        if node in self.world:
            return class_of(self.world[node], self.ontology)
        path = node.value.removeprefix(BASE)
        is_thing = path != node.value and not path.startswith(("vocab/", "ns"))
        return self._by_path.get(_path(node)) if is_thing else None

    def _completed(self, node: ox.NamedNode, facts: Facts, without: set[Iri]) -> Facts:
        """`facts` about `node`, and those that its class requires besides."""
        kind = class_of(facts, self.ontology) or self._kind(node)
        if kind is None or node.value in self._terms:
            return facts
        own = self.world.get(node)
        model = own if own is not None and class_of(own, self.ontology) == kind else None
        template = self.world.get(self._last.get(kind.name, node), [])
        needed = {predicate for predicate, _ in template}
        stated = {predicate.value for predicate, _ in facts} | without
        added = [
            (predicate, _renamed(node, predicate, value) if model is None else value)
            for predicate, value in model or template
            if predicate.value not in stated
            and (predicate in needed or self._is_shown_whole(node, kind))
        ]
        types = [fact for fact in [*facts, *added] if fact[0] == TYPE]
        return [*types, *(fact for fact in [*facts, *added] if fact[0] != TYPE)]

    def _is_shown_whole(self, node: ox.NamedNode, kind: RecordClass) -> bool:
        """Whether all of a thing is shown: it stands inside a record, or a claim is about it."""
        return node in self._claims or (kind.folder is None and kind.name != "Source")

    @cached_property
    def _terms(self) -> set[str]:
        """The IRIs of the terms of the closed lists, which the validator knows."""
        schemes = self.ontology.schemes.items()
        return {concept_iri(scheme, term) for scheme, terms in schemes for term in terms}


def parse(text: str) -> Things:
    """The statements of a snippet of Turtle, read with the standard prefixes in front.

    Raises SyntaxError where it is not Turtle.
    """
    things: Things = {}
    for quad in ox.parse(_HEAD + text, format=ox.RdfFormat.TURTLE):
        things.setdefault(quad.subject, []).append((quad.predicate, quad.object))
    return things


def _path(node: ox.NamedNode) -> str:
    """The start of the path of an IRI, which the things of a class share."""
    first, _, rest = node.value.removeprefix(BASE).partition("/")
    return f"{first}/{rest.partition('/')[0]}/" if first == "id" else f"{first}/"


def _renamed(
    node: ox.NamedNode, predicate: ox.NamedNode, value: ox.NamedNode | ox.Literal
) -> ox.NamedNode | ox.Literal:
    """`value` of an example, for another thing: its name is that of its IRI."""
    if predicate.value in _LABELS and isinstance(value, ox.Literal):
        words = local_name(node.value).replace("-", " ")
        return ox.Literal(words[:1].upper() + words[1:], language=value.language)
    return value
