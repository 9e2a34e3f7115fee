"""What is wrong with a value of a key in RDF, where its text does not show it.

A record writes a value without its datatype, and the mapping gives it the right one; in RDF the
text may be right and the datatype, the language or the kind of term wrong.
"""

from __future__ import annotations

from typing import Final

from ..model.messages import key_segments
from ..model.namespaces import BASE, concept_iri, expand, segment_of
from ..model.schema import Ontology, RecordKey
from ..model.terms import Iri, NTerm, from_iri, is_literal, lexical, to_iri
from ..syntax.lexical_forms import datatype_of, is_lexical_form
from .component_fixes import IRI_TEXT
from .component_messages import Finding, confusable
from .notation import Notation
from .requirements import alternatives
from .sparql_order import relations

ORDERS: Final = {"LessThan": "sh:lessThan", "LessThanOrEquals": "sh:lessThanOrEquals"}
"""The components that compare the values of two properties, with the parameter of each."""


def reason(finding: Finding, key: RecordKey | None, ontology: Ontology) -> str:
    """What is wrong with the value, as it follows `start of … is …`; empty if nothing is to add."""
    value = finding.result.value
    if finding.component in ORDERS and finding.shape:
        return _order(finding, ontology)
    if key is None or not key.datatypes or not is_literal(value):
        return ""
    stated = datatype_of(value)
    if expand("rdf:langString") in key.datatypes:
        return "" if stated in key.datatypes else ", a text without a language"
    if stated in key.datatypes:
        name = finding.requirements.notation.datatype(stated)
        return "" if is_lexical_form(lexical(value), stated) else f", which is not a valid {name}"
    if names := confusable(stated, key.datatypes):
        return f", which has the datatype {names[0]}, not {names[1]}"
    return ", a text without a datatype" if stated == expand("xsd:string") else ""


def _order(finding: Finding, ontology: Ontology) -> str:
    """How a value lies to that of the property that it must be less than."""
    result = finding.result
    others = finding.parameter(ORDERS[finding.component])
    values = [value for _, value in finding.violating(ORDERS[finding.component])]
    name = alternatives(_names(others, ontology, finding))
    shown = alternatives(map(finding.shown, values), "and")
    if not values:  # of a bound that is derived, the file states the dates alone
        return ""
    if not all(relations(result.value, value) for value in values):
        return f", which cannot be compared with its {name}, {shown}"
    if result.value in values:
        return f", and its {name} is the same"
    return f", but its {name}, {shown}, lies before it"


def stated_dates(finding: Finding, ontology: Ontology) -> str:
    """The dates that a bound follows from, as the file writes them; empty if it is stated itself.

    A build derives the bounds, so that their values are in no file.
    """
    focus, path = finding.result.focus, finding.result.path
    if finding.values_of(focus, path):
        return ""
    others = finding.parameter(ORDERS[finding.component])
    bounds = {path, *others}
    keys = [key for kind in ontology.by_iri.values() for key in kind.keys.values()]
    keys = sorted((key for key in keys if key.derives), key=lambda key: key.order)
    dates = [from_iri(k.path) for k in keys if bounds & set(map(from_iri, k.derives))]
    return alternatives(
        (
            f"{finding.requirements.notation.iri(to_iri(stated))} {finding.shown(value)}"
            for stated in dict.fromkeys([*dates, *others])
            for value in finding.values_of(focus, stated)
        ),
        "and",
    )


def order_fix(finding: Finding, key: RecordKey | None, ontology: Ontology) -> str:
    """Which of two properties to correct, and how their values must lie."""
    others = finding.parameter(ORDERS[finding.component])
    other = alternatives(_names(others, ontology, finding))
    name = key.label if key else finding.name
    verb = "lies after" if finding.component == "LessThan" else "does not lie before"
    return f"correct the {name} or the {other}: the {other} {verb} the {name}"


def _names(paths: tuple[NTerm, ...], ontology: Ontology, finding: Finding) -> list[str]:
    """What the properties are called in the shapes of the same class."""
    writer = finding.requirements
    start = finding.result.shape.partition("-")[0] + "-"
    shapes = {iri: name for iri, (name, _) in ontology.messages.items() if iri.startswith(start)}
    names = {writer.parameters.path(from_iri(iri)): name for iri, name in shapes.items() if name}
    return [names.get(path) or writer.path_name(path) for path in paths]


def is_iri_text(value: NTerm, key: RecordKey, ontology: Ontology, notation: Notation) -> bool:
    """Whether a literal has the text of an IRI that the key takes, or of any web address."""
    if key.datatypes or not is_literal(value) or not IRI_TEXT.fullmatch(lexical(value)):
        return False
    text = lexical(value)
    if key.scheme:
        terms = ontology.schemes.get(key.scheme, ())
        return text in {concept_iri(key.scheme, term) for term in terms}
    if key.choices:
        return text in key.choices
    segments = key_segments(key, ontology, "") if segment_of(text) else ()
    is_ours = text.startswith(BASE) and segment_of(text) in segments
    return not key.classes or is_ours or notation.exists(Iri(text))
