"""The rules of the project's shapes and checks, worded for a file in RDF.

Their messages speak of records: of keys, of ids, of blocks, of texts that are written {en: …}. In
RDF these are properties, IRIs, claims, and literals with a language.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ..model.messages import RecordValues
from ..model.schema import VOCAB_BASE
from ..model.terms import NO_IRI, NO_TERM, Iri, NTerm, from_iri, literal
from .notation import Notation

_TEXT: Final = re.compile(r"\{(?P<language>[a-z]{2}): (?P<text>[^{}]*)\}")
"""Matches a text with its language as a record writes it."""

_NESTED: Final = "takes a thing with an IRI and properties of its own"
_ABSENT: Final = "f the data do not have {0} yet, add {0}"
_PHRASES: Final = tuple(
    (re.compile(pattern), phrase)
    for pattern, phrase in (
        (r"takes nested keys with an id: \{.*\}", _NESTED),
        (r"takes the id of its own, with keys of its own: \{.*\}", _NESTED),
        (r"(hasMembership): \{.*\}", r"\1"),
        (
            r"the id of a record and that of (one transaction) in it, [^:]*: [\w/-]+",
            r"the IRI of \1",
        ),
        (r"f that record does not have the transaction yet, add it there", _ABSENT.format("it")),
        (r"f there is no record of it yet, (?:create|make) one", _ABSENT.format("it")),
        (r"f there is no record of the actor yet, create one", _ABSENT.format("the actor")),
        (r"; in the build of a record it is a bug, to be reported", ""),
        (r"this is a bug in the build, not .* report it", "correct the fact or the claim"),
        (r"merge the two records", "use one IRI for the two"),
        (r"one thing has one record", "one thing has one IRI"),
        (r"delete the record", "delete the person"),
        (r"A record of a person states", "What is stated of a person is"),
        (r"No record of a person describes", "No person is"),
        (r"A record of type", "A thing of the class"),
        (r"that has a record", "that is in the data"),
        (r"to the record of the", "to the"),
        (r"in a contested block", "in contested claims"),
        (r"\bid\b", "IRI"),
        (r"\bids\b", "IRIs"),
        (r"\brecord(s?)\b", r"thing\1"),
        (r"\bRecord(s?)\b", r"Thing\1"),
        (r"\bkey\b", "property"),
        (r"\bkeys\b", "properties"),
    )
)
"""What records call it, with what it is in RDF; the first phrases go before the single words."""


def in_rdf(text: str, notation: Notation, path: NTerm = NO_TERM) -> str:
    """A rule or fix of the project in the words of RDF, its texts as values of `path` in the file.

    `text` is what the project states, without any value of a file.
    """
    return _TEXT.sub(
        lambda match: notation.pasted(literal(match["text"], language=match["language"]), path),
        _reworded(text),
    )


@lru_cache(2048)
def _reworded(text: str) -> str:
    """A text with the phrases of RDF; a file with many errors has the same few again and again."""
    for pattern, phrase in _PHRASES:
        text = pattern.sub(phrase, text)
    return text


class ValuesIn(RecordValues):
    """The values of keys as a file in RDF writes them, for `model.messages.value_fix`."""

    thing_is = "IRI of"

    def __init__(self, notation: Notation, path: NTerm) -> None:
        self._notation = notation
        self._path = path
        if not notation.against:
            self.elsewhere = ", or validate with --against where the built graph has it"

    def literal(self, text: str, datatype: str) -> str:
        return self._notation.pasted(literal(text, datatype), self._path)

    def text(self, text: str, language: str) -> str:
        """A text in a language; `text` has the escapes of N-Triples."""
        return self._notation.pasted(literal(text, language=language), self._path)

    def concept(self, scheme: str, term: str) -> str:
        return self._notation.pasted(from_iri(f"{VOCAB_BASE}{scheme}/{term}"), self._path)

    def scheme(self, scheme: str) -> str:
        return f"{scheme} (each IRI begins with {VOCAB_BASE}{scheme}/)"

    def thing(self, identifier: str) -> str:
        """The IRI of the thing with this id that the data have; the id alone if they have none."""
        base = VOCAB_BASE.removesuffix("vocab/")
        iris = [Iri(f"{base}id/{folder}/{identifier}") for folder in self._notation.folders]
        iri = next(filter(self._notation.exists, iris), NO_IRI)
        return self._notation.pasted(from_iri(iri), self._path) if iri else identifier

    def choice(self, iri: str) -> str:
        return self._notation.pasted(from_iri(iri), self._path)

    def address(self) -> str:
        return f"write the full address as an IRI: {self._notation.pasted(from_iri('https://…'))}"

    def wording(self, message: str) -> str:
        return in_rdf(message, self._notation, self._path)
