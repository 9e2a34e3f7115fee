"""Terms as a file abbreviates them: by the prefixes that it declares, else by ours."""

from __future__ import annotations

import re
from typing import Final

from ..model.namespaces import PREFIXES
from ..model.terms import NTerm, is_iri, to_iri
from .vocabularies import split_iri

_DECLARED: Final = {
    "turtle": re.compile(rb"(?im)^[ \t]*@?prefix\s+([\w.-]*):\s*<([^<>\"\s]+)>"),
    "rdfxml": re.compile(rb"xmlns:([\w.-]+)\s*=\s*[\"']([^\"'<>\s]+)[\"']"),
    "jsonld": re.compile(rb"\"([A-Za-z][\w.-]*)\"\s*:\s*\"([a-z]+:[^\"\s]*[#/])\""),
}
"""Declarations of prefixes by format. What they match in a comment only changes an abbreviation."""

_READ: Final = 2**20
"""Bytes at the start of a file in which prefixes are looked for."""


class PrefixedNames:
    """The prefixed names of terms in one file; a term without a prefix is shown as `<IRI>`."""

    def __init__(self, raw: bytes, form: str) -> None:
        pattern = _DECLARED.get({"trig": "turtle"}.get(form, form))
        matches = pattern.finditer(raw[:_READ]) if pattern else ()
        declared = {match[2].decode("utf-8", "replace"): match[1].decode() for match in matches}
        self._prefixes = {space: prefix for prefix, space in PREFIXES.items()} | declared

    def of(self, term: NTerm) -> str:
        """The prefixed name of a term, or the term in N-Triples syntax."""
        if not is_iri(term):
            return term
        space, name = split_iri(to_iri(term))
        return f"{self._prefixes[space]}:{name}" if space in self._prefixes else term
