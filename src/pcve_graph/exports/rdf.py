"""The graph in the line-based and nested syntaxes of RDF, the same bytes every time."""

from __future__ import annotations

import pyoxigraph as ox

from ..names import BASE, PREFIXES, graph
from ..ontology import Ontology
from .part import Part, parsed


def turtle(part: Part, ontology: Ontology) -> bytes:
    """Turtle 1.1, all graphs as one; ids and concepts have prefixes too, blocks a line between."""
    triples = part.triples()
    prefixes = PREFIXES | _spaces(part)
    text = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""
    lines = text.splitlines(keepends=True)
    head = sum(line.startswith(b"@prefix ") for line in lines)
    body = b"".join(lines[head:]).replace(b" .\n", b" .\n\n")
    return b"".join(sorted(lines[:head])) + b"\n" + body.rstrip(b"\n") + b"\n"


def _spaces(part: Part) -> dict[str, str]:
    """A prefix for each kind of id and each list of concepts: `event`, `topic`, `claim`."""
    subjects = {line[1 : line.index(">")] for line in part.lines}
    found: dict[str, str] = {}
    for space in sorted({iri.rpartition("/")[0] + "/" for iri in subjects}):
        match space.removeprefix(BASE).split("/"):
            case ["id" | "vocab", name, ""] | [name, ""] if name not in PREFIXES:
                found.setdefault(name, space)
    return found


def rdfxml(part: Part, ontology: Ontology) -> bytes:
    """RDF 1.1 XML, all graphs as one."""
    return ox.serialize(part.triples(), format=ox.RdfFormat.RDF_XML, prefixes=PREFIXES) or b""


def ntriples(part: Part, ontology: Ontology) -> bytes:
    """N-Triples 1.1, all graphs as one, sorted by line."""
    return "".join(line + "\n" for line in part.lines).encode()


def nquads(part: Part, ontology: Ontology) -> bytes:
    """N-Quads 1.1, a graph after the other, sorted within each."""
    return "".join(
        f"{line.removesuffix(' .')} <{graph(name)}> .\n"
        for name, lines in sorted(part.graphs.items())
        for line in lines
    ).encode()


def trig(part: Part, ontology: Ontology) -> bytes:
    """TriG 1.1, a block for each graph."""
    quads = [
        ox.Quad(each.subject, each.predicate, each.object, ox.NamedNode(graph(name)))
        for name, lines in sorted(part.graphs.items())
        for each in parsed(lines)
    ]
    return ox.serialize(quads, format=ox.RdfFormat.TRIG, prefixes=PREFIXES) or b""
