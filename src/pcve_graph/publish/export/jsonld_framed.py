"""The graph as nested JSON-LD: things by class, each with what is part of it and its claims."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from ...graph.serialize import Value, add, laid_out, prefixed
from ...model.namespaces import GRAPHS, PREFIXES, expand, local_name
from ...model.schema import Key, Ontology
from .entities import Things, value
from .subset import Part

CLAIMS: Final = "claims"


PARTICIPATIONS: Final = "participations"


TERMS: Final = "terms"


MORE: Final = "more"
"""Groups of what is no class of records."""


def context(ontology: Ontology) -> dict[str, Any]:
    """The context (JSON-LD 1.1, section 4.1): prefixes, classes, keys and groups.

    A key whose values are all of one kind says so. A group, such as `events`, holds the things of
    a class (section 4.7, included nodes); `claims` and `participations` hold what points here.
    """
    made: dict[str, Any] = {"@version": 1.1, "id": "@id", "type": "@type"}
    made |= {prefix: PREFIXES[prefix] for prefix in sorted(PREFIXES)}
    made |= {kind.name: iri for iri, kind in sorted(ontology.by_iri.items())}
    made |= dict.fromkeys((*sorted(groups(ontology).values()), TERMS, MORE), "@included")
    made[CLAIMS] = {"@reverse": expand("rdf:subject")}
    made[PARTICIPATIONS] = {"@reverse": expand("pcve:event")}
    by_path: dict[str, list[Key]] = defaultdict(list)
    for kind in ontology.by_iri.values():
        for key in kind.keys.values():
            by_path[key.path].append(key)
    for path, name in names(ontology).items():
        made[name] = {"@id": path, **_form(by_path[path], ontology)}
    return made


def names(ontology: Ontology) -> dict[str, str]:
    """The key of each property that a shape lists: its local name, prefixed where that is taken."""
    paths = sorted({key.path for kind in ontology.by_iri.values() for key in kind.keys.values()})
    found: dict[str, str] = {}
    for path in paths:
        name = local_name(path)
        found[path] = name if name not in found.values() else prefixed(path)
    return found


def groups(ontology: Ontology) -> dict[str, str]:
    """The name of the group of each class, by IRI: `events` for Event."""
    return {iri: _plural(kind.name) for iri, kind in ontology.by_iri.items()}


def _plural(name: str) -> str:
    word = name[0].lower() + name[1:]
    if word.endswith("y"):
        return word[:-1] + "ies"
    return word if word.endswith("s") else word + "s"


def _form(keys: list[Key], ontology: Ontology) -> dict[str, str]:
    """What all values of a property are, where one word can say it."""
    kinds = {kind for key in keys for kind in key.datatypes or [_points(key, ontology)]}
    (kind, *others) = kinds
    if others or kind in ("", expand("xsd:string")):
        return {}
    if kind == expand("rdf:langString"):
        return {"@container": "@language"}
    return {"@type": kind if kind == "@id" else prefixed(kind)}


def _points(key: Key, ontology: Ontology) -> str:
    """`@id` where every value is an IRI."""
    said = f"<{key.shape}> <{expand('sh:nodeKind')}> <{expand('sh:IRI')}>"
    return "@id" if key.classes or key.scheme or said in ontology.shapes else ""


def published(ontology: Ontology) -> bytes:
    """The context as a file of its own."""
    document = {"@context": context(ontology)}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


_TYPE: Final = expand("rdf:type")
_FREE: Final = ("skos:Concept", "pcve:Source", "pcve:Claim", "pcve:Participation")
"""Classes without a folder whose things are no part of another."""


def framed(part: Part, ontology: Ontology) -> bytes:
    """JSON-LD 1.1 whose top has a list a class; it expands to the graph and nothing else.

    A membership, name, budget or hosting stands in the thing that has it, a participation in its
    event, a claim in what it is about, with its quote. The context is that of `context`.
    """
    nested = _Nested(part, ontology)
    return (laid_out({"@context": nested.context, **nested.groups()}) + "\n").encode()


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
        self._keys: dict[str, tuple[str, str, str]] = {}

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
                kinds = [kind for kind in self.things.kinds(iri) if kind in self.group_of]
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
        said = self.things.said(iri)
        for predicate in sorted(said, key=_order):
            if predicate != without:
                self._put(node, predicate, map(value, said[predicate]))
        for name, back in self.back.items():
            if iri in back:
                path = self.context[name]["@reverse"]
                node[name] = [self.node(each, path) for each in back[iri]]
        return node

    def _put(self, node: dict[str, Any], predicate: str, values: Iterable[Value]) -> None:
        if predicate == _TYPE:
            for value in values:
                add(node, "type", self.kinds.get(value.text, prefixed(value.text)))
            return
        name, kind, bare = self._key(predicate)
        for value in values:
            if value.kind == "@id" and value.text in self.inner:
                add(node, name, self.node(value.text))
            elif value.kind != kind:
                add(node, bare, _alone(value))
            elif value.language:
                add(node.setdefault(name, {}), value.language, value.text)
            else:
                add(node, name, _typed(value))

    def _key(self, predicate: str) -> tuple[str, str, str]:
        """The key of a property, the kind of values that it is for, and the key for others."""
        if predicate not in self._keys:
            name = self.names.get(predicate) or prefixed(predicate)
            form = self.context.get(name, {})
            kind = form.get("@type") or form.get("@container", "")
            bare = name if form.keys() == {"@id"} else prefixed(predicate)
            self._keys[predicate] = name, kind, bare
        return self._keys[predicate]


@lru_cache(None)
def _order(predicate: str) -> tuple[bool, bool, str]:
    return predicate != _TYPE, not predicate.endswith("Label"), predicate


def _typed(value: Value) -> Any:
    """A value as JSON where the context says of what kind it is."""
    whole = value.kind == "xsd:integer"
    return int(value.text) if whole and str(int(value.text)) == value.text else value.text


def _alone(value: Value) -> Any:
    """A value as JSON where nothing else says of what kind it is."""
    if value.kind == "@id":
        return {"id": value.text}
    if value.language:
        return {"@value": value.text, "@language": value.language}
    return value.text if value.kind == "xsd:string" else {"@value": value.text, "@type": value.kind}
