"""SHACL results as problems, with the same rule and fix for records and for any RDF document.

The sentence comes from the message of the shape. The fix depends on the value: the most similar
term or record, or the correct form of a date.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from ..model.messages import expected_values, rule_name, split_message, value_fix
from ..model.namespaces import expand, local_name
from ..model.problems import Position, Problem, ShaclResult
from ..model.schema import Ontology
from ..model.suggest import IdSuggestions
from ..model.terms import NO_TERM, NTerm, escaped_text, is_blank, is_iri, is_literal, to_iri

_SHOWN: Final = 200
"""Characters of a label or value that a message shows."""

_SEVERITIES: Final = {expand("sh:Info"): "info", expand("sh:Warning"): "warning"}
"""The severities that are not errors; sh:Violation and those of other vocabularies are."""

_PLAIN: Final = ("Datatype", "NodeKind", "Or", "Class", "Node")


def result_problem(
    result: ShaclResult,
    position: Position,
    ontology: Ontology,
    labels: dict[NTerm, str],
    ids: IdSuggestions,
) -> Problem:
    """A SHACL result as a problem; `labels` has the labels of terms, by N-Triples term."""
    name, message = ontology.messages.get(result.rule, ("", ""))
    why, fix = split_message(result.message or message)
    thing = _shown(result.focus, labels)
    key = ontology.by_shape.get(result.shape)
    component = local_name(result.component).removesuffix("ConstraintComponent")
    text = f"{name} {thing}" if name.endswith(" of") else f"{name} of {thing}"
    if component == "MinCount":
        text += " is missing"
        fix = fix or (f"add {key.name}: {expected_values(key)}" if key else "")
    elif component in ("MaxCount", "UniqueLang"):
        text += " has too many values"
        fix = "keep one value" if component == "MaxCount" else "keep one text in each language"
    elif result.value:
        value = _shown(result.value, labels)
        text = (
            f"{text} is {value}" if name else f"{thing} violates this rule with the value {value}"
        )
        by_value = component in _PLAIN or component.endswith("clusive")
        if key is not None and (by_value or not (fix or key.datatypes)):
            fix = value_fix(key, _plain_text(result.value), ontology, ids)
    elif not (result.path and name):
        text = f"{thing} violates this rule"
    fix = fix or (f"write {expected_values(key)}" if key else "")
    severity = _SEVERITIES.get(result.severity, "error")
    return Problem(position, rule_name(result.rule), text, why, fix, severity)


def nearest_key(places: Collection[tuple[NTerm, ...]], *key: NTerm) -> tuple[NTerm, ...]:
    """The most specific key of `places` for (focus, path, value): with value, path, or focus only.

    A result without a path gets the place of its value under any property. Empty if `places` does
    not have the focus.
    """
    focus, path, value = key
    for candidate in ((focus, path, value), (focus, path)):
        if candidate in places:
            return candidate
    if value and not path:
        held = (
            place for place in places if len(place) == 3 and place[0] == focus and place[2] == value
        )
        if match := next(held, None):
            return match
    return (focus,) if (focus,) in places else ()


def with_named_value(
    result: ShaclResult, places: Collection[tuple[NTerm, ...]], ontology: Ontology
) -> ShaclResult:
    """`result`, with one of the values that its shape points to if it is about the node itself."""
    if result.path or result.value != result.focus:
        return result
    named = ontology.has_values.get(result.shape, ())
    keys = (nearest_key(places, result.focus, NO_TERM, value) for value in named)
    return next((replace(result, value=key[2]) for key in keys if len(key) == 3), result)


def plainness(result: ShaclResult) -> int:
    """A sort key that puts the components with the simplest explanation first."""
    component = local_name(result.component).removesuffix("ConstraintComponent")
    return _PLAIN.index(component) if component in _PLAIN else len(_PLAIN)


def first_per_rule(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The first problem of each rule at each place, sorted."""
    firsts: dict[tuple[Position, str, str], Problem] = {}
    for problem in problems:
        firsts.setdefault((problem.position, problem.rule, problem.why), problem)
    return tuple(sorted(firsts.values()))


def _plain_text(term: NTerm) -> str:
    """The plain text of a term: the lexical form of a literal, the last segment of an IRI."""
    if is_literal(term):
        return escaped_text(term)
    return local_name(to_iri(term) if is_iri(term) else term)


def _shown(term: NTerm, labels: dict[NTerm, str]) -> str:
    if is_blank(term) and term not in labels:
        return "a blank node"
    words = labels.get(term, _plain_text(term))
    words = words if len(words) <= _SHOWN else words[:_SHOWN] + "…"
    return f'"{words}"' if term in labels or is_literal(term) else words
