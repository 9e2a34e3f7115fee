"""The published files of the ontology: many edited files become one for each address."""

from __future__ import annotations

from ..model.schema import Ontology
from ..syntax.turtle_format import format_turtle


def bundled_turtle(ontology: Ontology, folder: str) -> bytes:
    """The files of ontology/`folder`/ as one canonical Turtle file, UTF-8."""
    texts = [
        text for name, text in ontology.texts.items() if name.startswith(f"ontology/{folder}/")
    ]
    return format_turtle("\n".join(texts), f"ontology/{folder}.ttl").encode()
