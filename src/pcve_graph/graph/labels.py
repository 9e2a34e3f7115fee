"""What people call a thing: its preferred label, any label, the last segment of its IRI."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from ..model import namespaces as names
from ..model.namespaces import expand
from ..model.terms import Term


def labels(store: ox.Store, terms: Iterable[Term | None]) -> dict[str, str]:
    """What people call the IRIs among `terms`: an English label, any label, the last segment."""
    found: dict[str, str] = {}
    for term in terms:
        if isinstance(term, ox.NamedNode) and term.value not in found:
            found[term.value] = _label(store, term)
    return found


def _label(store: ox.Store, node: ox.NamedNode) -> str:
    for name in ("skos:prefLabel", "rdfs:label", "dcterms:title"):
        words = sorted(
            (quad.object.language != "en", quad.object.value)
            for quad in store.quads_for_pattern(node, ox.NamedNode(expand(name)), None, None)
            if isinstance(quad.object, ox.Literal)
        )
        if words:
            return " ".join(words[0][1].split())
    return names.local_name(node.value)


def footnotes(store: ox.Store, shown: Iterable[str]) -> tuple[str, ...]:
    """The designation notes of the names among the texts `shown`, each with its name, sorted."""
    texts = list(shown)
    found = set()
    predicate = ox.NamedNode(expand("pcve:designationNote"))
    for quad in store.quads_for_pattern(None, predicate, None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
            name = _label(store, quad.subject)
            if any(name in text for text in texts):
                found.add(f"{name} {' '.join(quad.object.value.split())}")
    return tuple(sorted(found))
