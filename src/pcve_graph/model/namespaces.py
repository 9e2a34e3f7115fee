"""Names: namespaces, and the way from a record's id to its IRI."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from functools import cache
from typing import Final

BASE: Final = "https://w3id.org/pcve/"

DOCUMENT: Final = BASE + "document/"
"""What a file that is checked is called, where it needs an IRI."""

PREFIXES: Final[dict[str, str]] = {
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "pcve": BASE + "ns#",
    "pcvesh": BASE + "shapes#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vann": "http://purl.org/vocab/vann/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Every namespace that the graph and the shapes use. A namespace outside it is a mistake."""

ALIGNED: Final[dict[str, str]] = {
    "eurio": "http://data.europa.eu/s66#",
    "frapo": "http://purl.org/cerif/frapo/",
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
}
"""Namespaces that only ontology/align.ttl uses."""

GRAPHS: Final = ("facts", "evidence", "ontology", "vocabulary", "catalog")

_NEAR: Final = 60
"""Of 100: how like two words are that one may be meant for the other."""

_COMPARISONS: Final = 20_000_000
"""Of pairs of ids, at a few million a second."""

ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@cache
def expand(name: str) -> str:
    """The IRI of a prefixed name such as `skos:prefLabel`.

    Raises KeyError where the prefix is not one of `PREFIXES`.
    """
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def prefixed(iri: str) -> str:
    """`skos:prefLabel` for its IRI; an IRI of none of `PREFIXES` and `ALIGNED` as it is."""
    for prefix, space in (PREFIXES | ALIGNED).items():
        if iri.startswith(space):
            return f"{prefix}:{iri.removeprefix(space)}"
    return iri


def local_name(iri: str) -> str:
    """What follows the last `#` or `/` of an IRI: the key of a property, the id of a concept."""
    return iri[max(iri.rfind("#"), iri.rfind("/")) + 1 :]


def thing(folder: str, identifier: str) -> str:
    """The IRI of the record `identifier` in `data/records/<folder>`."""
    return f"{BASE}id/{folder}/{identifier}"


def unread(identifier: str) -> str:
    """The IRI that stands for a record that is there but could not be read."""
    return thing("unread", identifier)


def source(identifier: str) -> str:
    """The IRI of the source `identifier`."""
    return f"{BASE}source/{identifier}"


def graph(name: str) -> str:
    """The IRI of one of `GRAPHS`."""
    return f"{BASE}graph/{name}"


def concept(scheme: str, identifier: str) -> str:
    """The IRI of a concept in the closed list `scheme`."""
    return f"{BASE}vocab/{scheme}/{identifier}"


def hashed(kind: str, *parts: str) -> str:
    """An IRI under `kind` whose last segment is a hash of `parts`, in their order.

    The same parts give the same IRI on every machine; the order of records or claims plays no part.
    """
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return f"{BASE}{kind}/{digest[:24]}"


def kebab(name: str) -> str:
    """`EventSeries` as `event-series`: a class as an IRI segment or an argument."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def likely(word: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Up to `limit` of `known` that are nearest to `word`, the nearest first; none if none is."""
    from rapidfuzz import fuzz, process

    folded = {each.casefold(): each for each in known}
    found = process.extract(
        word.casefold(), sorted(folded), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=limit
    )
    return [folded[each] for each, _, _ in found]


def nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean …?` with the nearest of `known`; empty where none is near."""
    found = likely(word, known, 1)
    return f"did you mean {found[0]}?" if found else ""


class Ids:
    """The ids of things, and for a wrong one the nearest of them: each is sought once."""

    def __init__(self, ids: Collection[str]) -> None:
        self._ids = ids
        self._sorted: list[str] = []
        self._sought: dict[str, str] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._ids

    def nearest(self, word: str) -> str:
        """As `nearest`; empty for all further words after so many that it would take too long."""
        if word in self._sought:
            return self._sought[word]
        self._sorted = self._sorted or sorted(self._ids)
        if len(self._sought) * len(self._sorted) > _COMPARISONS:
            return ""
        from rapidfuzz import fuzz, process

        match = process.extractOne(
            word.casefold(), self._sorted, scorer=fuzz.ratio, score_cutoff=_NEAR
        )
        self._sought[word] = f"did you mean {match[0]}?" if match else ""
        return self._sought[word]
