"""The vocabularies of others that we reuse, as far as anything can follow from them.

`python tests/reasoners/vocabularies.py NODE_MODULES` writes tests/vocabularies/ from the N-Quads in the
npm packages @vocabulary/*: of each vocabulary what it states of its own terms in RDF, RDFS and OWL,
without labels, comments and headers (their authors are blank nodes that OWLAPI refuses, and owl:imports
would fetch). schema.org says http://schema.org/ where we say https: it is mapped, else nothing
in it would touch our data; only those of its terms are taken that another vocabulary or our ontology
leads to, or that is near to one of ours by ontology/mappings.sssom.tsv.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pyoxigraph as ox

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "vocabularies"
NAMESPACES = {
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "schema": "http://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
HTTP, HTTPS = "http://schema.org/", "https://schema.org/"
RDF, RDFS, OWL = (
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://www.w3.org/2000/01/rdf-schema#",
    "http://www.w3.org/2002/07/owl#",
)
_NOTES = {RDFS + name for name in ("comment", "isDefinedBy", "label", "seeAlso")}
_NOTES |= {OWL + name for name in ("deprecated", "versionInfo")}


def files() -> list[Path]:
    """The reduced copies."""
    copies = sorted(FOLDER.glob("*.nq"))
    assert [path.stem for path in copies] == sorted(NAMESPACES)
    return copies


def reduced(name: str, file: Path) -> dict[ox.NamedNode, list[ox.Triple]]:
    """What a vocabulary states of each of its own terms, with the blank nodes in it.

    A file that describes few terms of its own is an error: it is not the file that was meant.
    """
    by_subject: dict[object, list[ox.Triple]] = defaultdict(list)
    for quad in ox.parse(path=str(file), format=ox.RdfFormat.N_QUADS):
        if quad.predicate.value.startswith((RDF, RDFS, OWL)) and quad.predicate.value not in _NOTES:
            by_subject[quad.subject].append(_https(quad.triple))
    own = NAMESPACES[name]
    terms = {
        _https_node(term): list(_with_nodes(term, by_subject))
        for term in list(by_subject)
        if isinstance(term, ox.NamedNode) and term.value.startswith(own) and term.value != own
    }
    assert len(terms) > 20, f"{file} describes {len(terms)} terms of {own}"
    return terms


def _with_nodes(term: object, by_subject: dict[object, list[ox.Triple]]) -> Iterator[ox.Triple]:
    waiting = [term]
    while waiting:
        for triple in by_subject.get(waiting.pop(), ()):
            yield triple
            if isinstance(triple.object, ox.BlankNode):
                waiting.append(triple.object)


def _https(triple: ox.Triple) -> ox.Triple:
    return ox.Triple(*map(_https_node, (triple.subject, triple.predicate, triple.object)))


def _https_node(term: Any) -> Any:
    if isinstance(term, ox.NamedNode) and term.value.startswith(HTTP):
        return ox.NamedNode(HTTPS + term.value.removeprefix(HTTP))
    return term


def reachable(
    terms: dict[ox.NamedNode, list[ox.Triple]],
    used: Iterable[ox.Triple],
    near: Iterable[ox.NamedNode],
) -> Iterator[ox.Triple]:
    """The statements of schema.org that anything can follow from.

    They are those of terms that `used` speaks of, of the terms `near` to ours, of terms that are tied to other vocabularies,
    and of what these lead to.
    """
    waiting: set[Any] = set(near)
    waiting |= {
        term for triple in used for term in (triple.subject, triple.predicate, triple.object)
    }
    waiting |= {term for term, triples in terms.items() if _is_tied(triples)}
    taken: set[Any] = set()
    while waiting:
        term = waiting.pop()
        if term in terms and term not in taken:
            taken.add(term)
            yield from terms[term]
            waiting |= {triple.object for triple in terms[term]}


def _is_tied(triples: list[ox.Triple]) -> bool:
    return any(
        triple.predicate.value != RDF + "type"
        and not (isinstance(triple.object, ox.NamedNode) and triple.object.value.startswith(HTTPS))
        for triple in triples
    )


def write(packages: Path) -> None:
    """Write the copies."""
    by_name = {name: reduced(name, packages / name / f"{name}.nq") for name in NAMESPACES}
    near = re.findall(
        r"\bschema:(\w+)", (ROOT / "ontology" / "mappings.sssom.tsv").read_text("utf-8")
    )
    used = [
        quad.triple
        for path in (ROOT / "ontology").glob("*.ttl")
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    ]
    statements = {name: set(chain(*terms.values())) for name, terms in by_name.items()}
    others = chain(*(triples for name, triples in statements.items() if name != "schema"))
    statements["schema"] = set(
        reachable(
            by_name["schema"], [*used, *others], [ox.NamedNode(HTTPS + name) for name in near]
        )
    )
    FOLDER.mkdir(exist_ok=True)
    for name, triples in statements.items():
        lines = sorted(f"{triple} ." for triple in triples)
        (FOLDER / f"{name}.nq").write_text("".join(line + "\n" for line in lines), "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) / "@vocabulary")
