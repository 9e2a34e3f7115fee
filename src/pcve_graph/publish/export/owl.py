"""OWL 2 in RDF/XML: terms, lists and facts, and the claim of each fact on its axiom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ...model.namespaces import PREFIXES, local_name, nterm
from ...model.schema import Ontology
from ...model.terms import (
    NO_TERM,
    NTerm,
    NTriple,
    blank,
    from_iri,
    parse_statement,
    subject_of,
    to_iri,
    triple_line,
)
from .rdf import serialized
from .subset import GraphPart, sorted_lines

_HEADER: Final = from_iri(PREFIXES["pcve"].rstrip("#"))
_TYPE: Final = nterm("rdf:type")
_ANNOTATED: Final = {
    nterm("rdf:subject"): nterm("owl:annotatedSource"),
    nterm("rdf:predicate"): nterm("owl:annotatedProperty"),
    nterm("rdf:object"): nterm("owl:annotatedTarget"),
}


def owl(part: GraphPart, ontology: Ontology) -> bytes:
    """OWL 2 in RDF/XML: each claim that states a fact of the part is an owl:Axiom.

    The axiom is annotated with the IRI of the claim (W3C OWL 2 Mapping to RDF Graphs, section 2.2).
    The file has all terms of the ontology, since OWL tools read what is not declared as an
    annotation; and one ontology header, the first thing in it, without imports, since they take one
    a file.
    """
    terms = (*ontology.graphs["ontology"], *part.graphs["vocabulary"])
    lines = sorted_lines({*_with_one_header(terms), *part.graphs["facts"], *_axioms(part)})
    return serialized(sorted(lines, key=lambda line: subject_of(line) != _HEADER))


def _with_one_header(lines: Iterable[NTriple]) -> Iterator[NTriple]:
    """The statements but those of the headers of modules and lists, and the imports."""
    statements = {line: parse_statement(line) for line in lines}
    is_ontology = (_TYPE, nterm("owl:Ontology"))
    headers = {s.subject for s in statements.values() if (s.predicate, s.object) == is_ontology}
    for line, statement in statements.items():
        imports = statement.predicate == nterm("owl:imports")
        if not imports and statement.subject not in headers - {_HEADER}:
            yield line


def _axioms(part: GraphPart) -> Iterator[NTriple]:
    facts = set(part.graphs["facts"])
    for claim, terms in _claims(part.graphs["evidence"]):
        subject, predicate, value = terms.values()
        if triple_line((subject, predicate, value)) not in facts:
            continue
        node = blank(f"claim-{local_name(to_iri(claim))}")  # XML ids begin with a letter
        yield triple_line((node, _TYPE, nterm("owl:Axiom")))
        yield triple_line((node, nterm("pcve:inClaim"), claim))
        for name, term in terms.items():
            yield triple_line((node, _ANNOTATED[name], term))


def _claims(lines: Iterable[NTriple]) -> Iterator[tuple[NTerm, dict[NTerm, NTerm]]]:
    """Each claim with its subject, predicate and object, in this order."""
    terms_by_claim: dict[NTerm, dict[NTerm, NTerm]] = {}
    claims = set()
    for node, predicate, value in map(parse_statement, lines):
        if predicate in _ANNOTATED:
            terms = terms_by_claim.setdefault(node, dict.fromkeys(_ANNOTATED, NO_TERM))
            terms[predicate] = value
        elif (predicate, value) == (_TYPE, nterm("pcve:Claim")):
            claims.add(node)
    yield from sorted(item for item in terms_by_claim.items() if item[0] in claims)
