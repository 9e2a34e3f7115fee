"""Terms as a file abbreviates them: by the prefixes that it declares, else by ours."""

from __future__ import annotations

from ..model.namespaces import PREFIXES, split_iri
from ..model.terms import NTerm, is_iri, to_iri
from .notation import Notation


class PrefixedNames:
    """The names of terms in one file; a term without a prefix is shown as `<IRI>`."""

    def __init__(self, notation: Notation) -> None:
        self._notation = notation
        declared = notation.prefixes
        ours = {space: name for name, space in PREFIXES.items() if name not in declared}
        self._prefixes = ours | notation.by_namespace

    def of(self, term: NTerm) -> str:
        """The prefixed name of a term, or the term in N-Triples syntax."""
        if not is_iri(term):
            return term
        space, name = split_iri(to_iri(term))
        return f"{self._prefixes[space]}:{name}" if space in self._prefixes else term

    def written(self, term: NTerm) -> str:
        """A class or property as it is written in the file."""
        return self._notation.iri(to_iri(term)) if is_iri(term) else term
