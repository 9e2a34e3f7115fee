"""Namespaces and prefixes, and the IRIs of records, sources, concepts and graphs."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import Final

from .terms import Iri, NTerm, from_iri

BASE: Final = "https://w3id.org/pcve/"

DOCUMENT_BASE: Final = BASE + "document/"
"""The base IRI of a file that is validated and states none."""

PREFIXES: Final[dict[str, str]] = {
    "dcterms": "http://purl.org/dc/terms/",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
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
    "vs": "http://www.w3.org/2003/06/sw-vocab-status/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Every namespace that the graph and the shapes use; any other is an error."""

LABELS: Final = ("skos:prefLabel", "rdfs:label", "pcve:displayLabel", "dcterms:title")
"""The properties whose values are labels, the preferred ones first."""

OTHER_NAMES: Final = (
    *("skos:altLabel", "skos:hiddenLabel", "schema:name", "dcterms:identifier"),
    *("pcve:isoCode", "pcve:userAssignedCode"),
)
"""The properties whose values name a thing too: other names, names by period, numbers and codes."""

SAME_THINGS: Final = ("schema:sameAs", "skos:exactMatch")
"""The properties whose values are IRIs of the same thing in another collection."""

GRAPHS: Final = ("facts", "evidence", "ontology", "vocabulary", "catalog")
"""The names of the named graphs."""

LONGEST_ID: Final = 200
"""Characters of the longest id: the name of its file, and of the draft of it, has 255 at most."""

ID: Final = re.compile(rf"(?=.{{1,{LONGEST_ID}}}$)[a-z0-9]+(?:-[a-z0-9]+)*")
"""The form of the id of a record or source."""

ID_FIX: Final = (
    f"use lower-case letters a-z, digits and single hyphens, {LONGEST_ID} characters at most"
)
"""How to correct an invalid id."""


def short_id(text: str) -> str:
    """An id as messages show it: one that is far too long is cut."""
    return text if len(text) <= LONGEST_ID else f"{text[:60]}…"


@cache
def expand(name: str) -> Iri:
    """The IRI of a prefixed name such as `skos:prefLabel`.

    Raises KeyError if the prefix is not one of `PREFIXES`.
    """
    prefix, _, local = name.partition(":")
    return Iri(PREFIXES[prefix] + local)


@cache
def nterm(name: str) -> NTerm:
    """The term of a prefixed name in N-Triples syntax.

    Raises KeyError if the prefix is not one of `PREFIXES`.
    """
    return from_iri(expand(name))


def prefixed(iri: str) -> str:
    """`skos:prefLabel` for its IRI; an IRI outside `PREFIXES` unchanged."""
    for prefix, space in PREFIXES.items():
        if iri.startswith(space):
            return f"{prefix}:{iri.removeprefix(space)}"
    return iri


def local_name(iri: str) -> str:
    """The part of an IRI after its last `#` or `/`: the key of a property, the id of a concept."""
    return iri[max(iri.rfind("#"), iri.rfind("/")) + 1 :]


def record_iri(folder: str, identifier: str) -> Iri:
    """The IRI of the record `identifier` in `data/records/<folder>`."""
    return Iri(f"{BASE}id/{folder}/{identifier}")


def unreadable_iri(identifier: str) -> Iri:
    """The placeholder IRI of a record whose file exists but could not be read."""
    return record_iri("unread", identifier)


def source_iri(identifier: str) -> Iri:
    """The IRI of the source `identifier`."""
    return Iri(f"{BASE}source/{identifier}")


def graph_iri(name: str) -> Iri:
    """The IRI of one of `GRAPHS`."""
    return Iri(f"{BASE}graph/{name}")


def concept_iri(scheme: str, identifier: str) -> Iri:
    """The IRI of a concept in the vocabulary `scheme`."""
    return Iri(f"{BASE}vocab/{scheme}/{identifier}")


def hashed_iri(kind: str, *parts: str) -> Iri:
    """An IRI under `kind` whose last segment is a hash of `parts`, in their order.

    The IRI depends on `parts` alone: not on the machine, nor on the order of records or claims.
    """
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return Iri(f"{BASE}{kind}/{digest[:24]}")


def segment_of(iri: str) -> str:
    """The segment of the IRI of a thing that stands for its class: `event` of …/id/event/fair."""
    return iri.partition("/id/")[2].partition("/")[0]


def kebab_case(name: str) -> str:
    """`event-series` for `EventSeries`: the name of a class as an IRI segment or an argument."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def split_iri(iri: str) -> tuple[str, str]:
    """An IRI as its namespace, up to its last `#` or `/`, and its local name."""
    end = max(iri.rfind("#"), iri.rfind("/")) + 1
    return iri[:end], iri[end:]


def other_scheme(space: str) -> str:
    """A namespace with http in place of https, or the other way round."""
    scheme, colon, rest = space.partition("://")
    return {"http": "https", "https": "http"}.get(scheme, scheme) + colon + rest


def iri_key(iri: str) -> str:
    """What the spellings of one IRI share: http or https, a slash at its end or none.

    >>> iri_key("http://www.wikidata.org/entity/Q222/")
    '//www.wikidata.org/entity/Q222'
    """
    scheme, colon, rest = iri.strip().partition("://")
    if not colon:
        return scheme
    host, slash, path = rest.rstrip("/").partition("/")
    is_web = scheme.lower() in ("http", "https")
    return f"{'' if is_web else scheme + ':'}//{host.lower()}{slash}{path}"
