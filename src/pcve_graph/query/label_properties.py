"""The properties that hold names in this graph, for queries that expect them in another one.

The name of a thing or concept is its skos:prefLabel, the title of a source or list its
dcterms:title. rdfs:label is there for the terms of the ontology, schema:name for the names that a
thing had in a period (pcve:Naming).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ..model.namespaces import LABELS, PREFIXES, expand
from ..model.problems import Position, Problem, rule_problem
from ..syntax.sparql_tokens import declared_prefixes, line_and_column, token_iri, tokenize

_NARROW: Final = {
    "rdfs:label": "rdfs:label names the terms of the ontology only",
    "schema:name": "schema:name is a name that a thing had in a period (pcve:Naming)",
}
"""Properties that other graphs name things with, and what they hold here."""

_FIX: Final = "the name of a thing or concept is its skos:prefLabel, of a source its dcterms:title"


def label_notes(text: str, name: str) -> tuple[Problem, ...]:
    """A note (`query-labels`) at the first property of `text` that names few things here.

    Empty where the query `text` reads skos:prefLabel too, or the namings themselves. `name` is what
    the position calls the query. Prefixes of the project need not be declared.
    """
    places: dict[str, int] = {}
    prefixes = PREFIXES | declared_prefixes(text)
    for token in tokenize(text):
        if iri := token_iri(token, prefixes):
            places.setdefault(iri, token.start)
    if {expand(LABELS[0]), expand("pcve:hasNaming")} & places.keys():
        return ()
    narrow = [prefixed for prefixed in _NARROW if expand(prefixed) in places]
    return tuple(
        replace(
            rule_problem(
                "query-labels",
                Position(name, *line_and_column(text, places[expand(prefixed)])),
                _NARROW[prefixed],
                _FIX,
            ),
            severity="note",
        )
        for prefixed in narrow[:1]
    )
