"""The published files of the ontology: many edited files become one for each address."""

from __future__ import annotations

from typing import Final

from ..model.namespaces import PREFIXES, local_name, nterm
from ..model.schema import Ontology
from ..model.terms import NTriple, from_iri, from_triple, parse_statement, subject_of, to_iri
from ..syntax.turtle_format import format_turtle
from .ontology import read_turtle
from .portable_shapes import PARTS, portable_shapes

_HEADER: Final = from_iri(PREFIXES["pcve"].rstrip("#"))
_IS_ONTOLOGY: Final = (nterm("rdf:type"), nterm("owl:Ontology"))
_DEFINED_BY: Final = nterm("rdfs:isDefinedBy")

PORTABLE: Final = {
    part: "pcve.shacl.ttl" if part == "core" else f"{part}.shacl.ttl" for part in PARTS
}
"""The names of the files of portable shapes, by part."""


def bundled_turtle(ontology: Ontology, folder: str) -> bytes:
    """The files of ontology/`folder`/ as one canonical Turtle file, UTF-8."""
    texts = [
        text for name, text in ontology.texts.items() if name.startswith(f"ontology/{folder}/")
    ]
    return format_turtle("\n".join(texts), f"ontology/{folder}.ttl").encode()


def published_modules(ontology: Ontology) -> dict[str, list[NTriple]]:
    """The N-Triples lines of the ontology `ns` and of each of its modules, by name.

    A module is a file directly in ontology/ with a header of its own. The terms that it declares
    are in `ns` as well, where their IRIs lead; its header and what it states of other terms are in
    the module alone.
    """
    modules: dict[str, list[NTriple]] = {}
    apart: set[NTriple] = set()
    for name, text in ontology.texts.items():
        if name.count("/") > 1:  # a list or a shape
            continue
        lines = [from_triple(triple) for triple in read_turtle(text.encode(), name)]
        statements = list(map(parse_statement, lines))
        headers = {s.subject for s in statements if (s.predicate, s.object) == _IS_ONTOLOGY}
        if (header := min(headers, default=_HEADER)) != _HEADER:
            declared = {s.subject for s in statements if s.predicate == _DEFINED_BY}
            modules[local_name(to_iri(header))] = sorted(lines)
            apart |= {line for line in lines if subject_of(line) not in declared}
    own = [line for line in ontology.graphs["ontology"] if line not in apart]
    return {local_name(to_iri(_HEADER)): own, **modules}


def portable_turtle(ontology: Ontology) -> dict[str, bytes]:
    """The files of portable shapes by name, each canonical Turtle in UTF-8."""
    prefixes = "".join(f"PREFIX {prefix}: {from_iri(iri)}\n" for prefix, iri in PREFIXES.items())
    return {
        PORTABLE[part]: format_turtle(
            prefixes + "".join(f"{triple} .\n" for triple in triples), PORTABLE[part]
        ).encode()
        for part, triples in portable_shapes(ontology).items()
    }
