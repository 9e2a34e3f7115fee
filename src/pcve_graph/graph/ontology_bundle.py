"""The published files of the ontology: many edited files become one for each address."""

from __future__ import annotations

from ..model.namespaces import PREFIXES, expand, local_name
from ..model.schema import Ontology
from ..syntax.turtle_format import format_turtle
from .ontology import read_turtle

_NS = PREFIXES["pcve"].rstrip("#")


def bundled_turtle(ontology: Ontology, folder: str) -> bytes:
    """The files of ontology/`folder`/ as one canonical Turtle file, UTF-8."""
    texts = [
        text for name, text in ontology.texts.items() if name.startswith(f"ontology/{folder}/")
    ]
    return format_turtle("\n".join(texts), f"ontology/{folder}.ttl").encode()


def published_modules(ontology: Ontology) -> dict[str, list[str]]:
    """The N-Triples lines of the ontology `ns` and of each of its modules, by name.

    A module is a file with a header of its own. The terms that it declares are in `ns` as well,
    where their IRIs lead; its header and what it states of other terms are in the module alone.
    """
    modules: dict[str, list[str]] = {}
    apart: set[str] = set()
    for name, text in ontology.texts.items():
        lines = [f"{triple} ." for triple in read_turtle(text.encode(), name)]
        header = next((s for s, p, o in map(_terms, lines) if (p, o) == _IS_ONTOLOGY), f"<{_NS}>")
        if header != f"<{_NS}>" and name.count("/") == 1:
            declared = {s for s, p, _ in map(_terms, lines) if p == _DEFINED}
            modules[local_name(header[1:-1])] = sorted(lines)
            apart |= {line for line in lines if _terms(line)[0] not in declared}
    own = [line for line in ontology.graphs["ontology"] if line not in apart]
    return {local_name(_NS): own, **modules}


_IS_ONTOLOGY = (f"<{expand('rdf:type')}>", f"<{expand('owl:Ontology')}>")
_DEFINED = f"<{expand('rdfs:isDefinedBy')}>"


def _terms(line: str) -> tuple[str, str, str]:
    subject, predicate, value = line[:-2].split(" ", 2)
    return subject, predicate, value
