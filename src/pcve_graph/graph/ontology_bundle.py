"""The published files of the ontology: many edited files become one for each address."""

from __future__ import annotations

from typing import Final

from ..model.namespaces import PREFIXES
from ..model.schema import Ontology
from ..syntax.turtle_format import format_turtle
from .portable_shapes import PARTS, portable_shapes

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


def portable_turtle(ontology: Ontology) -> dict[str, bytes]:
    """The files of portable shapes by name, each canonical Turtle in UTF-8."""
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    return {
        PORTABLE[part]: format_turtle(
            prefixes + "".join(f"{triple} .\n" for triple in triples), PORTABLE[part]
        ).encode()
        for part, triples in portable_shapes(ontology).items()
    }
