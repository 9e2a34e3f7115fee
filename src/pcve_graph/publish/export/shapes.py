"""The shapes as files for other SHACL engines: formats that have no part of the graph."""

from __future__ import annotations

from typing import Final

from ...graph.ontology_bundle import PORTABLE, portable_turtle
from ...model.schema import Ontology

SHAPES_FORMATS: Final = {
    "shacl": "shapes of things in SHACL Core, for any engine",
    "shacl-claims": "shapes of claims, evidence, quotes and sources",
    "shacl-concepts": "the shape of a concept of a closed list",
    "shacl-rules": "shapes that need SPARQL",
    "shacl-recommended": "shapes that only warn: what should be there",
}
"""The titles of the formats by name."""


def shapes_file(form: str) -> str:
    """The name of the file of a format in releases and in the reference."""
    return PORTABLE[form.removeprefix("shacl").removeprefix("-") or "core"]


def write_shapes(ontology: Ontology, form: str) -> bytes:
    """The file of one of `SHAPES_FORMATS`, canonical Turtle in UTF-8."""
    return portable_turtle(ontology)[shapes_file(form)]
