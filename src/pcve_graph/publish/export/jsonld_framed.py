"""Nested JSON-LD: the entities by class, each with its nested nodes and its claims."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, TypeAlias

from ...graph.serialize import JsonLdValue, add_text, add_value, format_json, prefixed
from ...model.namespaces import GRAPHS, PREFIXES, expand, local_name, nterm
from ...model.schema import Ontology, RecordKey
from ...model.terms import NO_IRI, Iri, from_iri, triple_line
from ...model.words import plural
from .entities import Entities, term_value
from .subset import GraphPart

CLAIMS: Final = "claims"
PARTICIPATIONS: Final = "participations"
TERMS: Final = "terms"
MORE: Final = "more"
"""Groups that do not correspond to a class of records."""

_REVERSE: Final = {CLAIMS: expand("rdf:subject"), PARTICIPATIONS: expand("pcve:inEvent")}
"""The properties by whose objects claims and participations are nested."""

Definition: TypeAlias = str | float | dict[str, str]
"""The definition of a term or keyword in a context."""


def context(ontology: Ontology) -> dict[str, Definition]:
    """The context (JSON-LD 1.1, section 4.1): prefixes, classes, keys and groups.

    A key whose values share one type has it in the context. A group, such as `events`, holds the
    instances of a class (section 4.7, included nodes); `claims` and `participations` are reverse
    properties. A deprecated property keeps its entry, for documents of earlier versions.
    """
    definitions: dict[str, Definition] = {"@version": 1.1, "id": "@id", "type": "@type"}
    definitions |= {prefix: PREFIXES[prefix] for prefix in sorted(PREFIXES)}
    definitions |= {kind.name: iri for iri, kind in sorted(ontology.by_iri.items())}
    definitions |= dict.fromkeys(
        (*sorted(groups_by_class(ontology).values()), TERMS, MORE), "@included"
    )
    definitions |= {name: {"@reverse": path} for name, path in _REVERSE.items()}
    by_path: dict[Iri, list[RecordKey]] = defaultdict(list)
    for kind in ontology.by_iri.values():
        for key in kind.keys.values():
            by_path[key.path].append(key)
    for path, name in keys_by_path(ontology).items():
        definitions[name] = {"@id": path, **_form(by_path[path], ontology)}
    for term in sorted(iri for iri in ontology.deprecated if iri.startswith(PREFIXES["pcve"])):
        definitions.setdefault(local_name(term), {"@id": term, "@type": "@id"})
    for keys in by_path.values():
        for key in keys:
            for name in key.former:
                iri = key.path.removesuffix(key.name) + name
                definitions.setdefault(name, {"@id": iri, "@type": "@id"})
    return definitions


def keys_by_path(ontology: Ontology) -> dict[Iri, str]:
    """The keys of the properties in shapes: local names, prefixed where that is taken."""
    paths = sorted({key.path for kind in ontology.by_iri.values() for key in kind.keys.values()})
    names_by_path: dict[Iri, str] = {}
    for path in paths:
        name = local_name(path)
        names_by_path[path] = name if name not in names_by_path.values() else prefixed(path)
    return names_by_path


def groups_by_class(ontology: Ontology) -> dict[Iri, str]:
    """The names of the groups by IRI of the class: `events` for Event."""
    return {
        iri: plural(kind.name[0].lower() + kind.name[1:]) for iri, kind in ontology.by_iri.items()
    }


def _form(keys: list[RecordKey], ontology: Ontology) -> dict[str, str]:
    """The type or container that all values of a property share; empty where they differ."""
    kinds = {kind for key in keys for kind in key.datatypes or [_id_type(key, ontology)]}
    (kind, *others) = kinds
    if others or kind in ("", expand("xsd:string")):
        return {}
    if kind == expand("rdf:langString"):
        return {"@container": "@language"}
    return {"@type": kind if kind == "@id" else prefixed(kind)}


def _id_type(key: RecordKey, ontology: Ontology) -> str:
    """`@id` where every value is an IRI, else empty."""
    statement = triple_line((from_iri(key.shape), nterm("sh:nodeKind"), nterm("sh:IRI")))
    return "@id" if key.classes or key.scheme or key.choices or statement in ontology.shapes else ""


def context_document(ontology: Ontology) -> bytes:
    """The context as a JSON-LD document, UTF-8."""
    document = {"@context": context(ontology)}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


_TYPE: Final = expand("rdf:type")
_FREE: Final = (
    *("skos:Concept", "pcve:Source", "pcve:Claim", "pcve:DerivedStatement"),
    "pcve:Participation",
)
"""Classes without a folder whose instances are not nested in another entity."""


def framed_jsonld(part: GraphPart, ontology: Ontology) -> bytes:
    """JSON-LD 1.1 with one list a class; it expands to exactly the statements of the graph.

    Memberships, names, amounts and hostings are nested in the entity that has them, participations
    in their event, claims with their evidence and quotes in their subject. The context is that of
    `context`.
    """
    nested = _Nested(part, ontology)
    return (format_json({"@context": nested.context, **nested.groups()}) + "\n").encode()


class _Nested:
    """Writes each node once, in its parent; a quote that several claims share is repeated."""

    def __init__(self, part: GraphPart, ontology: Ontology) -> None:
        self.entities = Entities(part, *GRAPHS)
        self.context = context(ontology)
        self.names = keys_by_path(ontology)
        self.kinds = {iri: kind.name for iri, kind in ontology.by_iri.items()}
        self.group_of = groups_by_class(ontology)
        free = {expand(name) for name in _FREE}
        inner = [kind.iri for kind in ontology.by_iri.values() if not kind.folder]
        self.inner = set(self.entities.of(*(iri for iri in inner if iri not in free)))
        keys = (key for kind in ontology.by_iri.values() for key in kind.keys.values())
        self.references = {key.path for key in keys if key.refers}
        self.back: dict[str, dict[Iri, list[Iri]]] = {
            CLAIMS: self._reverse("pcve:Claim", "rdf:subject"),
            PARTICIPATIONS: self._reverse("pcve:Participation", "pcve:inEvent"),
        }
        self.written: set[Iri] = set()
        self._keys: dict[Iri, tuple[str, str, str]] = {}

    def _reverse(self, kind: str, name: str) -> dict[Iri, list[Iri]]:
        sources_by_target: dict[Iri, list[Iri]] = defaultdict(list)
        for iri in self.entities.of(kind):
            for target in self.entities.refs(iri, name):
                sources_by_target[target].append(iri)
        return sources_by_target

    def groups(self) -> dict[str, list[dict[str, object]]]:
        """The nodes by group, and last those that are not in any of them."""
        nested = self.inner | {
            iri for back in self.back.values() for iris in back.values() for iri in iris
        }
        nodes_by_group: dict[str, list[dict[str, object]]] = defaultdict(list)
        for iri in self.entities.all():
            if iri not in nested:
                kinds = [kind for kind in self.entities.kinds(iri) if kind in self.group_of]
                nodes_by_group[self.group_of[kinds[0]] if kinds else TERMS].append(self.node(iri))
        for iri in self.entities.all():
            if iri not in self.written:
                nodes_by_group[MORE].append(self.node(iri))
        return {
            name: nodes_by_group[name]
            for name in sorted(nodes_by_group, key=lambda group: (group in (TERMS, MORE), group))
        }

    def node(self, iri: Iri, without: Iri = NO_IRI) -> dict[str, object]:
        """The object of a node, without the property `without` by which it is nested."""
        self.written.add(iri)
        node: dict[str, object] = {"id": iri}
        values_by_predicate = self.entities.values_by_property(iri)
        for predicate in sorted(values_by_predicate, key=_order):
            if predicate != without:
                self._put(node, predicate, map(term_value, values_by_predicate[predicate]))
        for name, back in self.back.items():
            if iri in back:
                node[name] = [self.node(source, _REVERSE[name]) for source in back[iri]]
        return node

    def _put(self, node: dict[str, object], predicate: Iri, values: Iterable[JsonLdValue]) -> None:
        if predicate == _TYPE:
            for value in values:
                add_value(node, "type", self.kinds.get(Iri(value.text), prefixed(value.text)))
            return
        name, kind, bare = self._key(predicate)
        for value in values:
            is_nested = value.text in self.inner and predicate not in self.references
            if value.kind == "@id" and is_nested:
                add_value(node, name, self.node(Iri(value.text)))
            elif value.kind != kind:
                add_value(node, bare, _expanded(value))
            elif value.language:
                add_text(node, name, value)
            else:
                add_value(node, name, _typed(value))

    def _key(self, predicate: Iri) -> tuple[str, str, str]:
        """The key of a property, the type of its values, and the key for values of other types."""
        if predicate not in self._keys:
            name = self.names.get(predicate) or prefixed(predicate)
            form = self.context.get(name)
            form = form if isinstance(form, dict) else {}
            kind = form.get("@type") or form.get("@container", "")
            bare = name if form.keys() == {"@id"} else prefixed(predicate)
            self._keys[predicate] = name, kind, bare
        return self._keys[predicate]


@lru_cache(None)
def _order(predicate: Iri) -> tuple[bool, bool, str]:
    return predicate != _TYPE, not predicate.endswith("Label"), predicate


def _typed(value: JsonLdValue) -> object:
    """A value as JSON where the context states its type."""
    whole = value.kind == "xsd:integer"
    return int(value.text) if whole and str(int(value.text)) == value.text else value.text


def _expanded(value: JsonLdValue) -> object:
    """A value as JSON with its own type."""
    if value.kind == "@id":
        return {"id": value.text}
    if value.language:
        return {"@value": value.text, "@language": value.language}
    return value.text if value.kind == "xsd:string" else {"@value": value.text, "@type": value.kind}
