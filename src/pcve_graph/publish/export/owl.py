"""OWL 2 in RDF/XML: terms, lists and facts, and the claim of each fact on its axiom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ...model.namespaces import PREFIXES, expand, local_name
from ...model.schema import Ontology
from .rdf import serialized
from .subset import GraphPart, sorted_lines

_TYPE, _IMPORTS, _IN_CLAIM, _ONTOLOGY, _AXIOM = (
    f"<{expand(name)}>"
    for name in ("rdf:type", "owl:imports", "pcve:inClaim", "owl:Ontology", "owl:Axiom")
)
_HEADER: Final = f"<{PREFIXES['pcve'].rstrip('#')}>"
_ANNOTATED: Final = {
    f"<{expand(part)}>": f"<{expand(name)}>"
    for part, name in (
        ("rdf:subject", "owl:annotatedSource"),
        ("rdf:predicate", "owl:annotatedProperty"),
        ("rdf:object", "owl:annotatedTarget"),
    )
}


def owl(part: GraphPart, ontology: Ontology) -> bytes:
    """OWL 2 in RDF/XML: each claim that states a fact of the part is an owl:Axiom.

    The axiom is annotated with the IRI of the claim (W3C OWL 2 Mapping to RDF Graphs, section 2.2).
    The file has all terms of the ontology, since OWL tools read what is not declared as an
    annotation, and one ontology header without imports, since they take one a file.
    """
    terms = (*ontology.graphs["ontology"], *part.graphs["vocabulary"])
    lines = sorted_lines({*_with_one_header(terms), *part.graphs["facts"], *_axioms(part)})
    return serialized(sorted(lines, key=lambda line: not line.startswith(_HEADER + " ")))


def _with_one_header(lines: Iterable[str]) -> Iterator[str]:
    """The statements but those of the headers of modules and lists, and the imports."""
    headers = {line.split(" ", 1)[0] for line in lines if line.endswith(f" {_TYPE} {_ONTOLOGY} .")}
    for line in lines:
        subject, predicate, _ = line.split(" ", 2)
        if predicate != _IMPORTS and (subject == _HEADER or subject not in headers):
            yield line


def _axioms(part: GraphPart) -> Iterator[str]:
    facts = set(part.graphs["facts"])
    for claim, parts in _claims(part.graphs["evidence"]):
        if " ".join(parts.values()) + " ." not in facts:
            continue
        node = f"_:claim-{local_name(claim[1:-1])}"  # XML ids begin with a letter
        yield f"{node} {_TYPE} {_AXIOM} ."
        yield f"{node} {_IN_CLAIM} {claim} ."
        for predicate, value in parts.items():
            yield f"{node} {_ANNOTATED[predicate]} {value} ."


def _claims(lines: Iterable[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each claim with its subject, predicate and object, in this order."""
    parts_by_claim: dict[str, dict[str, str]] = {}
    for line in lines:
        claim, predicate, value = line[:-2].split(" ", 2)
        if predicate in _ANNOTATED:
            parts_by_claim.setdefault(claim, dict.fromkeys(_ANNOTATED, ""))[predicate] = value
    yield from sorted(parts_by_claim.items())
