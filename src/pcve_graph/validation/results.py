"""SHACL results as problems, with the same rule and fix for records and for any RDF document.

The sentence of a shape of the project comes from its sh:message, which states the rule and a fix;
that of any other shape from its parameters (`component_messages`, `component_fixes`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ..model.messages import (
    IN_RECORDS,
    RecordValues,
    expected_values,
    requirement,
    rule_name,
    split_message,
    value_fix,
    with_passage,
)
from ..model.namespaces import BASE, expand, local_name
from ..model.problems import Position, Problem, ShaclResult
from ..model.schema import Ontology, RecordKey
from ..model.suggest import IdSuggestions
from ..model.terms import (
    NO_IRI,
    NO_TERM,
    NTerm,
    Statement,
    escaped_text,
    from_iri,
    is_blank,
    is_iri,
    is_literal,
    lexical,
    to_iri,
)
from .component_fixes import as_required, fix_of, keep_languages, keep_one, retyped
from .component_messages import Finding, rule_sentence, sentence
from .notation import SHOWN, Notation
from .rdf_wording import ValuesIn
from .requirements import Requirements, alternatives
from .value_reasons import ORDERS, is_iri_text, order_fix, reason, stated_dates

_SEVERITIES: Final = {expand("sh:Info"): "info", expand("sh:Warning"): "warning"}
"""The severities that are not errors; sh:Violation and those of other vocabularies are."""

_SELECTING: Final = (NO_IRI, expand("sh:SPARQLConstraintComponent"))
"""The components of results that a query selects; those of checks have none."""

_PLAIN: Final = ("Datatype", "NodeKind", "Or", "Class", "Node")


@dataclass(frozen=True)
class Context:
    """What the messages on the results of one file need to know of its shapes and data.

    `requirements` has the shapes and the notation, `labels` the labels of terms, `ids` the ids of
    all things. `values_of` gives the values of a property of a node that the file states,
    `passage_of` the passage of the source of a statement, or an empty text, and `saved_values` the
    values that a built graph states.
    """

    ontology: Ontology
    requirements: Requirements
    labels: Mapping[NTerm, str]
    ids: IdSuggestions
    values_of: Callable[[NTerm, NTerm], tuple[NTerm, ...]]
    passage_of: Callable[[Statement], str] = lambda _: ""
    saved_values: Callable[[NTerm, NTerm], tuple[NTerm, ...]] = lambda *_: ()

    @property
    def notation(self) -> Notation:
        """The notation of the file."""
        return self.requirements.notation


def segments(ontology: Ontology) -> tuple[str, ...]:
    """The segments that the IRIs of things have before their ids."""
    return tuple(sorted({record_class.segment for record_class in ontology.by_iri.values()}))


def stated_values(places: Collection[tuple[NTerm, ...]], path: NTerm) -> tuple[NTerm, ...]:
    """The values of a property in the keys of `places`, which are about one subject."""
    return tuple(sorted(key[2] for key in places if len(key) == 3 and key[1] == path))


def result_problem(
    result: ShaclResult, position: Position, context: Context, nth: int = 0, equal: int = 1
) -> Problem:
    """A SHACL result as a problem, with what was found, what is required, and a fix.

    `nth` is its index among results that are equal to it, of which there are `equal`.
    """
    thing = _thing(result.focus, context)
    finding = Finding(
        result=result,
        shape=context.requirements.parameters.source(result),
        thing=thing,
        requirements=context.requirements.of_constraint(result),
        values_of=context.values_of,
        nth=nth,
        equal=equal,
        saved_values=context.saved_values,
    )
    severity = _SEVERITIES.get(result.severity, "error")
    name, message = context.ontology.messages.get(result.rule, ("", ""))
    if message:
        text, why, fix = _of_the_project(finding, name, result.message or message, context)
    else:
        text, why, fix = _of_any_shape(finding)
    if result.path and result.value:
        passage = context.passage_of(Statement(result.focus, result.path, result.value))
        text = with_passage(text, passage)
    return Problem(position, rule_name(result.rule), text, why, fix, severity)


def _of_any_shape(finding: Finding) -> tuple[str, str, str]:
    """What was found, the rule and the fix, from the parameters of the shape.

    The message of the author of the shape is whole, after what was found.
    """
    text, own = sentence(finding), finding.result.message
    if own and not finding.is_described:
        value = finding.result.value
        values = [value] if value else finding.values
        shown = alternatives(map(finding.shown, values), "and")
        text = finding.subject + (f" ({shown})" if values and value != finding.result.focus else "")
    return f"{text}: {own}" if own else text, rule_sentence(finding), fix_of(finding)


def _of_the_project(
    finding: Finding, name: str, message: str, context: Context
) -> tuple[str, str, str]:
    """What was found, the rule and the fix of a shape whose sh:message states rule and fix."""
    result, thing, component = finding.result, finding.thing, finding.component
    why, fix = split_message(message)
    key = context.ontology.by_shape.get(result.shape)
    path = from_iri(key.path) if key else NO_TERM
    in_record = context.notation.form == "record"
    syntax = IN_RECORDS if in_record else ValuesIn(context.notation, path)
    why, fix = syntax.wording(why), syntax.wording(fix)
    text = f"{name} {thing}" if name.endswith(" of") else f"{name} of {thing}"
    text = text if name else finding.subject
    if component == "MinCount":
        text += " is missing"
        if key and not fix:
            fix = f"add {context.notation.iri(key.path)}: {expected_values(key, syntax)}"
    elif component in ("MaxCount", "UniqueLang"):
        words = sentence(finding).removeprefix(finding.subject)
        text += words.removesuffix(" (at most 1)")
        fix = keep_one(finding) if component == "MaxCount" else keep_languages(finding)
    elif result.value:
        value = _value(result.value, context)
        if key is not None and not in_record and is_iri(result.value):
            value = _with_label(result.value, context)
        text = (
            f"{text} is {value}" if name else f"{thing} violates this rule with the value {value}"
        )
        if component in ORDERS and (dates := stated_dates(finding, context.ontology)):
            text = f"{thing} has {dates}"
        elif not in_record:
            text += reason(finding, key, context.ontology)
        by_value = component in _PLAIN or component.endswith("clusive")
        if component in ORDERS and not in_record and finding.shape:
            fix = fix or order_fix(finding, key, context.ontology)
        elif key is not None and (by_value or not (fix or key.datatypes)):
            fix = _value_fix(finding, key, context, syntax)
    elif not (result.path and name):
        text = f"{thing} violates this rule"
    return text, why, fix or (_required(finding, key, syntax) if key else "")


def _required(finding: Finding, key: RecordKey, syntax: RecordValues) -> str:
    """What to write for a key whose message has no fix: of a text, the form that the rule gives."""
    if expand("xsd:string") not in key.datatypes:
        return f"write {expected_values(key, syntax)}"
    words = syntax.wording(requirement(key))
    if words == "text" and finding.component in ("Pattern", "MinLength", "MaxLength"):
        return as_required(finding) or "write text"
    return f"write {'a text ' if words.startswith('of ') else ''}{words}"


def _value_fix(finding: Finding, key: RecordKey, context: Context, syntax: RecordValues) -> str:
    """How to fix a value: the same text with the right datatype, else as `value_fix` says."""
    result, value = finding.result, finding.result.value
    is_text = expand("rdf:langString") in key.datatypes
    if is_blank(value) or (is_text and is_iri(value)):  # nobody wrote its name as a text
        return ""
    if context.notation.form != "record" and (fix := retyped(finding, key.datatypes)):
        return fix
    if context.notation.form != "record" and is_iri_text(
        value, key, context.ontology, context.notation
    ):
        return f"write {context.notation.pasted(from_iri(lexical(value)), result.path)}"
    word, subject = _plain_text(value), to_iri(result.focus) if is_iri(result.focus) else ""
    if key.classes and is_literal(value) and word.startswith(BASE):
        word = local_name(word) or word
    return value_fix(key, word, context.ontology, context.ids, syntax, subject)


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


def joined(described: Iterable[tuple[ShaclResult, Problem]], ontology: Ontology) -> list[Problem]:
    """The problems of the results on a document, each once; the plainest result comes first.

    A shape of the project has one message for all of its constraints, so that of a value that
    violates several of them the first is the problem. Of other shapes each result is a problem.
    """
    problems: list[Problem] = []
    of_project: dict[tuple[NTerm, ...], list[Problem]] = defaultdict(list)
    for result, problem in described:
        key = (result.focus, result.path, result.source, result.value)
        (of_project[key] if result.rule in ontology.messages else problems).append(problem)
    for group in of_project.values():
        problems += first_per_rule(group)
    return problems


def located_key(result: ShaclResult, places: Container[NTerm] = ()) -> tuple[NTerm, NTerm, NTerm]:
    """What a result is located by, for `nearest_key`: focus, path and value, or the value alone.

    The latter for a blank node in `places` that is not a value of one property of the focus node:
    a message cannot name it, and a place distinguishes it from others. A result on the node itself
    has it as its value (SHACL 3.6.2.3), which names no statement; a query selects one on purpose.
    """
    focus, path, value = result.focus, result.path, result.value
    if path and not is_iri(path) and is_blank(value) and value in places:
        return (value, NO_TERM, NO_TERM)
    if value == focus and not path and result.component not in _SELECTING:
        return (focus, NO_TERM, NO_TERM)
    return (focus, path, value)


def _plain_text(term: NTerm) -> str:
    """The plain text of a term: the lexical form of a literal, the last segment of an IRI."""
    if is_literal(term):
        return escaped_text(term)
    return local_name(to_iri(term)) or to_iri(term) if is_iri(term) else term


def _thing(term: NTerm, context: Context) -> str:
    """The label of a node in quotation marks, else its IRI as the file writes it."""
    label = context.labels.get(term, "")
    return f'"{_cut(label)}"' if label else context.notation.shown(term)


def _value(term: NTerm, context: Context) -> str:
    """A value of a key: its label in quotation marks, else as the file writes it."""
    return context.notation.shown(term) if is_literal(term) else _thing(term, context)


def _with_label(term: NTerm, context: Context) -> str:
    """An IRI that is a wrong value, as the file writes it, with the label that the thing has.

    The label alone may be that of a right one: a term of another list can have the same.
    """
    label = context.labels.get(term, "")
    return context.notation.shown(term) + (f' ("{_cut(label)}")' if label else "")


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
