"""The JSON-LD context of the graph: what each key of a record means, from the ontology alone.

It is published as ontology/context.jsonld, and stands in each file that uses it, so that a reader
needs no network.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any, Final

from ..graph.serialize import prefixed
from ..model.namespaces import PREFIXES, expand, local_name
from ..model.schema import Key, Ontology

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
