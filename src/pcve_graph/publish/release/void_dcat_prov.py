"""Machine-readable descriptions of a release: VoID, DCAT 3, PROV-O (as Turtle) and RO-Crate."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pyoxigraph as ox

from ...graph.serialize import sorted_triples
from ...model.namespaces import BASE, GRAPHS, PREFIXES, expand, graph_iri
from .metadata import CRATE, INPUTS, ReleaseFile, ReleaseInfo, iri_segment
from .service_description import DATASET

_SPACES: Final = {
    **PREFIXES,
    "dcat": "http://www.w3.org/ns/dcat#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
}
_IANA: Final = "https://www.iana.org/assignments/media-types/"


def void(about: ReleaseInfo) -> bytes:
    """The counts of the graph, its named graphs, classes and properties (W3C VoID, section 4)."""
    document = _Document()
    document.add(
        DATASET,
        ("rdf:type", _iri("void:Dataset")),
        ("dcterms:title", _text(about.title)),
        ("void:triples", _number(len(about.triples))),
        ("void:entities", _number(_entities(about))),
        ("void:classes", _number(len(about.classes))),
        ("void:properties", _number(len(about.properties))),
        ("void:distinctSubjects", _number(about.subjects)),
        ("void:distinctObjects", _number(about.objects)),
        ("void:uriSpace", ox.Literal(BASE)),
        ("void:dataDump", ox.NamedNode(about.base + "pcve.nt")),
        *(("void:vocabulary", ox.NamedNode(vocabulary)) for vocabulary in _vocabularies(about)),
        *((("dcterms:publisher", ox.NamedNode(_publisher(about))),) if about.owner else ()),
    )
    _add_owner(document, about)
    for name in GRAPHS:
        document.add(DATASET, ("void:subset", ox.NamedNode(graph_iri(name))))
        lines = len(about.part.graphs[name])
        document.add(
            graph_iri(name), ("rdf:type", _iri("void:Dataset")), ("void:triples", _number(lines))
        )
    for iri, number in about.classes.items():
        node = f"{DATASET}/class/{iri_segment(iri)}"
        document.add(DATASET, ("void:classPartition", ox.NamedNode(node)))
        document.add(node, ("void:class", ox.NamedNode(iri)), ("void:entities", _number(number)))
    for iri, number in about.properties.items():
        node = f"{DATASET}/property/{iri_segment(iri)}"
        document.add(DATASET, ("void:propertyPartition", ox.NamedNode(node)))
        document.add(node, ("void:property", ox.NamedNode(iri)), ("void:triples", _number(number)))
    return document.turtle()


def dcat(about: ReleaseInfo, files: Iterable[ReleaseFile]) -> bytes:
    """The dataset and a distribution for each exported file (W3C DCAT 3, sections 6.6 and 6.8)."""
    document = _Document()
    document.add(
        DATASET,
        ("rdf:type", _iri("dcat:Dataset")),
        ("dcterms:title", _text(about.title)),
        ("dcterms:description", _text(about.summary)),
        ("dcterms:issued", _day(about.issued)),
        ("dcterms:creator", ox.NamedNode(BASE + "agent/project")),
        ("dcterms:publisher", ox.NamedNode(_publisher(about))),
        ("dcat:version", ox.Literal(about.version)),
        *((("dcterms:license", ox.NamedNode(about.licence)),) if about.licence else ()),
    )
    document.add(
        BASE + "agent/project",
        ("rdf:type", _iri("foaf:Agent")),
        ("foaf:name", ox.Literal(about.creator)),
    )
    _add_owner(document, about)
    _add_contact(document, about)
    for file in files:
        address = about.base + file.name
        digest = hashlib.sha256(file.content).hexdigest()
        document.add(DATASET, ("dcat:distribution", ox.NamedNode(address + "#distribution")))
        document.add(
            address + "#distribution",
            ("rdf:type", _iri("dcat:Distribution")),
            ("dcterms:title", _text(file.title)),
            ("dcat:downloadURL", ox.NamedNode(address)),
            ("dcat:mediaType", ox.NamedNode(_IANA + file.media_type)),
            (
                "dcat:byteSize",
                ox.Literal(str(len(file.content)), datatype=_xsd("nonNegativeInteger")),
            ),
            ("spdx:checksum", ox.NamedNode(address + "#sha256")),
            *((("dcterms:license", ox.NamedNode(about.licence)),) if about.licence else ()),
        )
        document.checksum(address + "#sha256", digest)
    return document.turtle()


def _publisher(about: ReleaseInfo) -> str:
    """The IRI of the publisher: the owner, or the project as long as no owner is set."""
    return f"{BASE}agent/{'owner' if about.owner else 'project'}"


def _add_owner(document: _Document, about: ReleaseInfo) -> None:
    """Add the owner as an agent with its address; nothing without an owner."""
    if about.owner:
        node = _publisher(about)
        document.add(node, ("rdf:type", _iri("foaf:Agent")), ("foaf:name", ox.Literal(about.owner)))
        if about.contact:
            name = "foaf:mbox" if about.contact.startswith("mailto:") else "foaf:page"
            document.add(node, (name, ox.NamedNode(about.contact)))


def _add_contact(document: _Document, about: ReleaseInfo) -> None:
    """Add the contact point (W3C DCAT 3, section 6.4.3); nothing without a contact."""
    if about.contact:
        node = f"{BASE}agent/contact"
        is_mail = about.contact.startswith("mailto:")
        document.add(DATASET, ("dcat:contactPoint", ox.NamedNode(node)))
        document.add(
            node,
            ("rdf:type", _iri("vcard:Kind")),
            ("vcard:fn", ox.Literal(about.owner or about.title)),
            ("vcard:hasEmail" if is_mail else "vcard:hasURL", ox.NamedNode(about.contact)),
        )


def prov(about: ReleaseInfo, inputs: Mapping[str, str], tools: Mapping[str, str]) -> bytes:
    """The build as an activity with its inputs, tools and result (W3C PROV-O, section 3.1).

    It has no time, as the same inputs give the same release at any time.
    """
    document = _Document()
    build, whole = about.base + "#build", about.base + INPUTS
    document.add(
        DATASET,
        ("rdf:type", _iri("prov:Entity")),
        ("prov:wasGeneratedBy", ox.NamedNode(build)),
        ("prov:wasDerivedFrom", ox.NamedNode(whole)),
    )
    document.add(build, ("rdf:type", _iri("prov:Activity")), ("prov:used", ox.NamedNode(whole)))
    for name, version in tools.items():
        agent = f"{BASE}tool/{name}/{version}"
        document.add(build, ("prov:wasAssociatedWith", ox.NamedNode(agent)))
        document.add(
            agent,
            ("rdf:type", _iri("prov:SoftwareAgent")),
            ("foaf:name", ox.Literal(name)),
            ("owl:versionInfo", ox.Literal(version)),
        )
    document.add(whole, ("rdf:type", _iri("prov:Collection")))
    for path, digest in inputs.items():
        node = f"{about.base}input/{path}"
        document.add(whole, ("prov:hadMember", ox.NamedNode(node)))
        document.add(
            node,
            ("rdf:type", _iri("prov:Entity")),
            ("spdx:checksum", ox.NamedNode(node + "#sha256")),
        )
        document.checksum(node + "#sha256", digest)
    return document.turtle()


class _Document:
    """Collects triples, and serializes them as Turtle with the prefixes in use."""

    def __init__(self) -> None:
        self.triples: set[ox.Triple] = set()

    def add(self, node: str, *pairs: tuple[str, ox.NamedNode | ox.Literal]) -> None:
        for name, value in pairs:
            self.triples.add(ox.Triple(ox.NamedNode(node), _iri(name), value))

    def checksum(self, node: str, digest: str) -> None:
        self.add(
            node,
            ("rdf:type", _iri("spdx:Checksum")),
            ("spdx:algorithm", _iri("spdx:checksumAlgorithm_sha256")),
            ("spdx:checksumValue", ox.Literal(digest, datatype=_xsd("hexBinary"))),
        )

    def turtle(self) -> bytes:
        used = {
            p: s for p, s in _SPACES.items() if any(s in str(triple) for triple in self.triples)
        }
        return (
            ox.serialize(sorted_triples(self.triples), format=ox.RdfFormat.TURTLE, prefixes=used)
            or b""
        )


_EVIDENCE: Final = (
    *("pcve:Claim", "pcve:Evidence", "pcve:DerivedStatement", "oa:SpecificResource"),
    *("oa:TextQuoteSelector", "oa:TextPositionSelector", "pcve:Passage"),
)
"""The classes of the nodes of the evidence."""


def _entities(about: ReleaseInfo) -> int:
    """The number of things with a class, those of the evidence excluded."""
    evidence = {*map(expand, _EVIDENCE)}
    return len(
        {
            triple.subject
            for triple in about.triples
            if triple.predicate.value == expand("rdf:type")
            and getattr(triple.object, "value", "") not in evidence
        }
    )


def _vocabularies(about: ReleaseInfo) -> list[str]:
    used = (*about.properties, *about.classes)
    return sorted(s for s in PREFIXES.values() if any(iri.startswith(s) for iri in used))


def _iri(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(_SPACES[prefix] + local)


def _xsd(name: str) -> ox.NamedNode:
    return _iri(f"xsd:{name}")


def _number(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=_xsd("integer"))


def _text(words: str) -> ox.Literal:
    return ox.Literal(words, language="en")


def _day(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=_xsd("date"))


_VERSION: Final = "https://w3id.org/ro/crate/1.1"


def crate(about: ReleaseInfo, files: Iterable[ReleaseFile]) -> bytes:
    """The RO-Crate 1.1 metadata file: the root dataset, the released files and the creator."""
    listed = sorted(files, key=lambda file: file.name)
    root: dict[str, object] = {
        "@id": "./",
        "@type": "Dataset",
        "name": about.title,
        "description": about.summary,
        "datePublished": about.issued,
        "version": about.version,
        "creator": {"@id": "#project"},
        "publisher": {"@id": "#owner" if about.owner else "#project"},
        "hasPart": [{"@id": file.name} for file in listed],
    }
    nodes: list[dict[str, object]] = [
        {
            "@id": CRATE,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": _VERSION},
        },
        root,
        {"@id": "#project", "@type": "Organization", "name": about.creator},
    ]
    nodes += _crate_owner(about, nodes[-1])
    if about.licence:
        root["license"] = {"@id": about.licence}
        nodes.append({"@id": about.licence, "@type": "CreativeWork", "name": "Licence of the data"})
    nodes += [
        {
            "@id": file.name,
            "@type": "File",
            "name": file.title,
            "encodingFormat": file.media_type,
            "contentSize": str(len(file.content)),
        }
        for file in listed
    ]
    document = {"@context": f"{_VERSION}/context", "@graph": nodes}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _crate_owner(about: ReleaseInfo, publisher: dict[str, object]) -> Iterator[dict[str, object]]:
    """The nodes of the owner and of its contact point (RO-Crate 1.1, contact information).

    `publisher` is the node of the project, which has the contact point as long as no owner is set.
    """
    if about.owner:
        publisher = {"@id": "#owner", "@type": "Organization", "name": about.owner}
        yield publisher
    if about.contact:
        publisher["contactPoint"] = {"@id": "#contact"}
        kind = "email" if about.contact.startswith("mailto:") else "url"
        reach = {kind: about.contact.removeprefix("mailto:")}
        yield {
            "@id": "#contact",
            "@type": "ContactPoint",
            "contactType": "corrections and removals",
            **reach,
        }
