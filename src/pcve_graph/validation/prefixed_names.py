"""Terms as a file abbreviates them: by the prefixes that it declares, else by ours."""

from __future__ import annotations

from ..model.namespaces import PREFIXES
from ..model.terms import NTerm, is_iri, to_iri
from ..syntax.declared_prefixes import declared_prefixes
from .vocabularies import split_iri


class PrefixedNames:
    """The prefixed names of terms in one file; a term without a prefix is shown as `<IRI>`."""

    def __init__(self, raw: bytes, form: str) -> None:
        declared = declared_prefixes(raw, form)
        ours = {space: name for name, space in PREFIXES.items() if name not in declared}
        self._prefixes = ours | {space: name for name, space in declared.items()}

    def of(self, term: NTerm) -> str:
        """The prefixed name of a term, or the term in N-Triples syntax."""
        if not is_iri(term):
            return term
        space, name = split_iri(to_iri(term))
        return f"{self._prefixes[space]}:{name}" if space in self._prefixes else term
