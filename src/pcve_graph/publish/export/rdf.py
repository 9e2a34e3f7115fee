"""RDF syntaxes: Turtle, RDF/XML, N-Triples, N-Quads, TriG and JSON-LD, deterministically."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import pyoxigraph as ox

from ...graph.serialize import compact_jsonld, with_canonical_tags
from ...model.namespaces import BASE, PREFIXES, graph_iri
from ...model.schema import Ontology
from ...model.terms import NTriple, from_iri, in_graph, subject_of, to_iri
from .entities import Entities
from .subset import GraphPart, parse_quads, sorted_lines


def turtle(part: GraphPart, ontology: Ontology) -> bytes:
    """Turtle 1.1, all graphs merged, with prefixes for ids and concepts; blocks are separated."""
    prefixes = PREFIXES | _id_prefixes(part)
    text = serialized(sorted_lines(part.lines), ox.RdfFormat.TURTLE, prefixes)
    *head, body = text.split(b"\n", len(prefixes))
    blocks = body.replace(b" .\n", b" .\n\n").rstrip(b"\n")
    return b"".join(line + b"\n" for line in (*sorted(head), b"", blocks))


def serialized(
    lines: Iterable[str],
    form: ox.RdfFormat = ox.RdfFormat.RDF_XML,
    prefixes: dict[str, str] = PREFIXES,
) -> bytes:
    """The statements of N-Triples or N-Quads lines in another syntax, in their order."""
    quads = parse_quads("\n".join(lines))
    return with_canonical_tags(ox.serialize(quads, format=form, prefixes=prefixes) or b"")


def _id_prefixes(part: GraphPart) -> dict[str, str]:
    """Prefixes for the kinds of ids and the concept schemes: `event`, `topic`, `claim`."""
    subjects = {to_iri(subject_of(line)) for line in part.lines}
    namespaces: dict[str, str] = {}
    for space in sorted({iri.rpartition("/")[0] + "/" for iri in subjects}):
        match space.removeprefix(BASE).split("/"):
            case ["id" | "vocab", name, ""] | [name, ""] if name not in PREFIXES:
                namespaces.setdefault(name, space)
    return namespaces


def rdfxml(part: GraphPart, ontology: Ontology) -> bytes:
    """RDF 1.1 XML, all graphs merged."""
    return serialized(sorted_lines(part.lines))


def ntriples(part: GraphPart, ontology: Ontology) -> bytes:
    """N-Triples 1.1, all graphs merged, sorted by line."""
    return with_canonical_tags("".join(line + "\n" for line in part.lines).encode())


def nquads(part: GraphPart, ontology: Ontology) -> bytes:
    """N-Quads 1.1, one graph after the other, each sorted by line."""
    lines_of_graphs = (_in_graph(name, lines) for name, lines in sorted(part.graphs.items()))
    lines = (line for lines in lines_of_graphs for line in lines)
    return with_canonical_tags("".join(line + "\n" for line in lines).encode())


def _in_graph(name: str, lines: Iterable[NTriple]) -> list[str]:
    """N-Triples lines as N-Quads in one of `namespaces.GRAPHS`."""
    graph = from_iri(graph_iri(name))
    return [in_graph(line, graph) for line in lines]


def trig(part: GraphPart, ontology: Ontology) -> bytes:
    """TriG 1.1, one block a graph."""
    lines_of_graphs = (
        _in_graph(name, sorted_lines(lines)) for name, lines in sorted(part.graphs.items())
    )
    return serialized(chain.from_iterable(lines_of_graphs), ox.RdfFormat.TRIG, PREFIXES)


def jsonld(part: GraphPart, ontology: Ontology) -> bytes:
    """JSON-LD 1.1: a context derived from the shapes, then one node object an entity."""
    shaped = [key.path for kind in ontology.by_iri.values() for key in kind.keys.values()]
    classes = {iri: kind.name for iri, kind in ontology.by_iri.items()}
    return compact_jsonld(list(Entities(part, *part.graphs).statements()), shaped, classes)
