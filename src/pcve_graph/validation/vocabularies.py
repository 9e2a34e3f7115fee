"""The vocabularies whose terms are checked: our own, and seven published ones.

RDF is open: any term of any vocabulary may be stated of anything. What can be decided is whether a
term that claims to belong to one of these namespaces is one that its vocabulary defines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Final

from ..model.namespaces import PREFIXES
from ..model.schema import VOCAB_BASE, Ontology
from ..model.suggest import similar_names
from ..model.terms import NTerm, NTriple, iri_start, statement_lines, subject_of

_FOLDER: Final = Path(__file__).with_name("term_lists")
"""A list of local names for each published vocabulary; tests/term_lists.py writes them."""

_PUBLISHED: Final = ("dcterms", "foaf", "oa", "org", "prov", "schema", "skos")
_CONSTRAINED: Final = re.compile(r"([a-z]\w*)-(?:input|output)")
"""Matches the properties of constraints, such as query-input, and the property in it."""
_OURS: Final = iri_start(PREFIXES["pcve"])


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The local names of all terms in a namespace; `is_own` for those of this project."""

    namespace: str
    names: frozenset[str]
    is_own: bool

    def defines(self, name: str) -> bool:
        """Whether the vocabulary has a term of this local name.

        In schema.org, each property has two more, with `-input` and `-output` after its name, for
        the constraints of actions (https://schema.org/docs/actions.html, part 4).
        """
        if name in self.names:
            return True
        match = _CONSTRAINED.fullmatch(name) if self.namespace == PREFIXES["schema"] else None
        return match is not None and match[1] in self.names

    def nearest(self, name: str, is_class: bool | None) -> str:
        """The name most similar to `name`; empty if none is.

        Only classes are considered if `is_class` is set, only other terms if it is False. None
        considers all.
        """
        names = [
            candidate
            for candidate in self.names
            if is_class is None or is_class == is_class_name(candidate)
        ]
        from rapidfuzz.distance import OSA

        similar = similar_names(name, names, 5)
        return min(similar, key=lambda near: OSA.distance(near, name), default="")


def is_class_name(name: str) -> bool:
    """Whether a local name is that of a class: in all of these vocabularies, only classes and
    single values begin with a capital letter or a digit.
    """
    return not name[:1].islower()


def is_own_property(term: NTerm) -> bool:
    """Whether a term of pcve: has the name of a property, not of a class."""
    return term.startswith(_OURS) and not is_class_name(term[len(_OURS) : -1])


@lru_cache(1)
def published_vocabularies() -> Mapping[str, Vocabulary]:
    """schema.org, SKOS, DCTERMS, ORG, FOAF, PROV and OA, by namespace."""
    listed = {}
    for prefix in _PUBLISHED:
        lines = (_FOLDER / f"{prefix}.txt").read_text("utf-8").splitlines()
        names = frozenset(line for line in lines if not line.startswith("#"))
        listed[PREFIXES[prefix]] = Vocabulary(PREFIXES[prefix], names, is_own=False)
    return listed


def checked_vocabularies(ontology: Ontology) -> dict[str, Vocabulary]:
    """All vocabularies whose terms are checked, by namespace.

    Those of `ontology` are pcve:, pcvesh:, the closed lists, and their terms.
    """
    lines = chain(ontology.graphs["ontology"], ontology.graphs["vocabulary"])
    own = {
        PREFIXES["pcve"]: _names_in(lines, PREFIXES["pcve"]),
        PREFIXES["pcvesh"]: _names_in(statement_lines(ontology.shapes), PREFIXES["pcvesh"]),
        **{f"{VOCAB_BASE}{name}/": frozenset(ids) for name, ids in ontology.schemes.items()},
        VOCAB_BASE: _names_in(ontology.graphs["vocabulary"], VOCAB_BASE),
    }
    for name in own[VOCAB_BASE]:
        space, slash, local = f"{VOCAB_BASE}{name}".rpartition("/")
        own[space + slash] = own.get(space + slash, frozenset()) | {local}
    return {
        **published_vocabularies(),
        **{space: Vocabulary(space, names, is_own=True) for space, names in own.items()},
    }


def _names_in(lines: Iterable[str], space: str) -> frozenset[str]:
    """The local names of the subjects of these statements that are in the namespace `space`."""
    start = iri_start(space)
    subjects = {subject_of(NTriple(line)) for line in lines if line.startswith(start)}
    return frozenset(subject[len(start) : -1] for subject in subjects)
