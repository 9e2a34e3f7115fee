"""What a SHACL result found and what the shape requires: one sentence for each component.

The words come from the parameters of the shape, so any shape has them, with or without sh:message.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from ..model.languages import canonical_tag
from ..model.namespaces import expand, local_name
from ..model.problems import ShaclResult
from ..model.terms import (
    Iri,
    NTerm,
    from_iri,
    is_blank,
    is_iri,
    is_literal,
    lexical,
    literal_parts,
    to_iri,
)
from ..syntax.lexical_forms import datatype_of
from .notation import SHOWN
from .requirements import (
    Requirements,
    alternatives,
    component_of,
    counted,
    kind_of,
    pattern,
    qualified,
)
from .sparql_order import relations

COMPARED: Final = {"sh:lessThan": "<", "sh:lessThanOrEquals": "<="}
"""The parameters that compare the values of two properties, and how these must compare."""

_DETAILS: Final = 3
"""Results inside a value that a message shows."""


@dataclass(frozen=True)
class Finding:
    """A result with what its sentence and its fix need.

    `shape` is empty if the shape is not among the shapes. `thing` is the focus node as it is shown.
    `values_of` are the values of a property of a node that the file states. Of equal results, such
    as of one value and several others, this is the one of the index `nth`, and there are `equal`.
    `saved_values` are those that a built graph states, if the file is checked against one.
    """

    result: ShaclResult
    shape: NTerm
    thing: str
    requirements: Requirements
    values_of: Callable[[NTerm, NTerm], tuple[NTerm, ...]]
    nth: int = 0
    equal: int = 1
    saved_values: Callable[[NTerm, NTerm], tuple[NTerm, ...]] = lambda *_: ()

    @property
    def component(self) -> str:
        """The name of the component."""
        return component_of(self.result)

    @property
    def is_described(self) -> bool:
        """Whether the sentence states what is wrong, so that a message of an author only adds."""
        return self.component in _WHOLE or (self.component in CLAUSES and bool(self.shape))

    @property
    def name(self) -> str:
        """The property: sh:name, its label, or its path; empty for a result on the node itself."""
        path = self.result.path
        if not path:
            return ""
        if self.shape and self.requirements.parameters.path(self.shape):
            return self.requirements.path(self.shape)
        return self.requirements.path_name(path) if is_iri(path) else path

    @property
    def values(self) -> tuple[NTerm, ...]:
        """The values of the property of the result in the file; empty if it is another path."""
        return self.values_of(self.result.focus, self.result.path)

    @property
    def all_values(self) -> tuple[NTerm, ...]:
        """The values in the file, then those in the built graph alone."""
        saved = self.saved_values(self.result.focus, self.result.path)
        return tuple(dict.fromkeys((*self.values, *saved)))

    def of_graph(self, values: Iterable[NTerm]) -> str:
        """`; … is in the graph` for those of `values` that the file does not state."""
        saved = [self.shown(value) for value in values if value not in self.values]
        verb = "is" if len(saved) == 1 else "are"
        return f"; {alternatives(saved, 'and')} {verb} in the graph" if saved else ""

    @property
    def subject(self) -> str:
        """What the sentence is about: a property of the focus node, or the node."""
        return f"{self.name} of {self.thing}" if self.name else self.thing

    def parameter(self, name: str) -> tuple[NTerm, ...]:
        """The values of a parameter of the shape."""
        return self.requirements.parameters.values(self.shape, name)

    def shown(self, term: NTerm) -> str:
        """A term as it is in a sentence."""
        return self.requirements.notation.shown(term)

    def inside(self, detail: ShaclResult) -> Finding:
        """The finding of a result inside this one."""
        shape = self.requirements.parameters.source(detail)
        thing, writer = self.shown(detail.focus), self.requirements.of_constraint(detail)
        return replace(
            self, result=detail, shape=shape, thing=thing, requirements=writer, nth=0, equal=1
        )

    def violating(self, name: str) -> list[tuple[NTerm, NTerm]]:
        """The properties of `COMPARED` with their values to which the value does not compare so.

        One of them for each of several equal results, which have one pair each (SHACL 4.5.3).
        """
        pairs = [
            (path, value)
            for path in self.parameter(name)
            for value in self.values_of(self.result.focus, path)
            if COMPARED[name] not in relations(self.result.value, value)
        ]
        return [pairs[self.nth]] if len(pairs) == self.equal else pairs


def sentence(finding: Finding) -> str:
    """What was found: the property, the value, and what is wrong with it."""
    result, component = finding.result, finding.component
    if component in _WHOLE:
        return f"{finding.subject} {_WHOLE[component](finding)}"
    if not result.value:
        values = alternatives(map(finding.shown, finding.values), "and")
        return f"{finding.subject}{f' is {values}, which' if values else ''} violates this rule"
    clause = CLAUSES[component](finding) if component in CLAUSES and finding.shape else ""
    if name := finding.requirements.empty_list(finding.shape, component):
        clause = f"is not allowed: {name} is an empty list"
    kind = f"is {finding.shown(result.value)}"
    if is_blank(result.value) and clause.startswith((f"{kind},", f"{kind}:")):
        rest = clause.removeprefix(kind)  # its kind is all that is shown of it
        if result.path or result.value != result.focus:
            return f"{finding.subject} {kind}{rest}"
        return f"{finding.subject}{rest.replace(',', ' is', 1) if rest[0] == ',' else rest}"
    if not result.path and result.value == result.focus:
        return f"{finding.thing} {clause or 'violates this rule'}"
    subject = finding.subject if finding.name else f"{finding.thing} violates this rule: its value"
    ending = f", which {clause}" if clause else ""
    return f"{subject} is {finding.shown(result.value)}{ending}"


def rule_sentence(finding: Finding) -> str:
    """What the constraint requires; for one that words cannot state, what its author says of it."""
    writer, result = finding.requirements, finding.result
    name = finding.name if finding.component != "Closed" else ""
    if not name:
        shape = writer.shape(finding.shape or from_iri(result.holder))
        name = f"a node of {shape}" if shape else "the node"
    if finding.shape and (phrase := writer.phrase(finding.shape, finding.component)):
        return f"{name}{':' if phrase.startswith('its ') else ''} {phrase}"
    constraint = writer.parameters.constraint(result)
    described = (constraint, finding.shape, from_iri(result.holder))
    words = ("sh:description", "rdfs:comment", "sh:name", "rdfs:label")
    texts = (writer.parameters.text(node, *words) for node in described if node)
    if text := next(filter(None, texts), ""):
        return text
    if finding.component == "SPARQL":
        rule = result.constraint or result.shape or result.holder
        of = writer.notation.iri(rule) if rule else "the shape"
        several = len(finding.parameter("sh:sparql")) > 1 and not result.constraint
        query = writer.parameters.text(constraint, "sh:select") if several else ""
        return f"the SPARQL query of {of} has no result" + (f": {_cut(query)}" if query else "")
    return _of_component(finding, name)


def _cut(query: str) -> str:
    """A query on one line, of a long one the start."""
    line = " ".join(query.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"


def _of_component(finding: Finding, name: str) -> str:
    """The component of a rule, with the parameters that the shape states."""
    parameters, notation = finding.requirements.parameters, finding.requirements.notation
    component = from_iri(finding.result.component)
    settings = []
    for parameter in parameters.values(component, "sh:parameter"):
        path = parameters.path(parameter)
        if is_iri(path):
            stated = finding.requirements.parameters.objects(finding.shape, path)
            settings += [f"{notation.iri(to_iri(path))} {notation.shown(term)}" for term in stated]
    label = parameters.label(component) or notation.iri(finding.result.component)
    ending = f" with {alternatives(settings, 'and')}" if settings else ""
    return f"{name} meets {label}{ending}"


def too_many(finding: Finding) -> tuple[NTerm, ...]:
    """The values of a property of which there are too many; empty if they are not known."""
    number = finding.requirements.number(finding.shape, "sh:maxCount") or "1"
    values = finding.all_values
    return values if number.isdigit() and len(values) > int(number) else ()


def repeated_languages(finding: Finding) -> dict[str, list[NTerm]]:
    """The texts of a property by their language, where there are several in one."""
    texts: dict[str, list[NTerm]] = defaultdict(list)
    for value in finding.all_values:
        if is_literal(value) and (language := literal_parts(value)[1]):
            texts[language.lower()].append(value)
    return {language: of for language, of in texts.items() if len(of) > 1}


def absent_values(finding: Finding) -> list[NTerm]:
    """The values of sh:hasValue that the property does not have."""
    required = finding.parameter("sh:hasValue")
    return [value for value in required if value not in finding.values] or list(required)


def _min_count(finding: Finding) -> str:
    number = finding.requirements.number(finding.shape, "sh:minCount") or "1"
    values = finding.values
    if number == "1":
        return "is missing"
    if not values:
        return f"is missing: {counted(number, 'value')} are required"
    shown = alternatives(map(finding.shown, values), "and")
    return f"has {counted(str(len(values)), 'value')}, {shown}: at least {number} are required"


def _max_count(finding: Finding) -> str:
    number = finding.requirements.number(finding.shape, "sh:maxCount") or "1"
    of = too_many(finding)
    values = alternatives(map(finding.shown, of), "and") + finding.of_graph(of)
    if number == "0":
        return (
            f"has the value {values}, but takes none" if values else "has a value, but takes none"
        )
    return f"has too many values{': ' if values else ''}{values} (at most {number})"


def _unique_language(finding: Finding) -> str:
    texts = repeated_languages(finding)
    if not texts:
        return "has several texts in one language"
    words = [
        f"{alternatives(map(finding.shown, of), 'and')} in {canonical_tag(language)}"
        + finding.of_graph(of)
        for language, of in sorted(texts.items())
    ]
    return f"has several texts in one language: {'; '.join(words)}"


def _closed(finding: Finding) -> str:
    value = finding.shown(finding.result.value) if finding.result.value else ""
    return f"is {value}, but the shape has no such property".replace("is ,", "is stated,")


def _has_value(finding: Finding) -> str:
    absent = alternatives(map(finding.shown, absent_values(finding)), "and")
    values = alternatives(map(finding.shown, finding.values), "and")
    return f"does not have the value {absent}" + (f": it is {values}" if values else "")


def _qualified(words: str, name: str) -> Callable[[Finding], str]:
    def clause(finding: Finding) -> str:
        writer = finding.requirements
        number = writer.number(finding.shape, name)
        kind = qualified(writer, finding.shape)
        values = alternatives(map(finding.shown, finding.values), "and")
        ending = f"; its values: {values}" if values else ""
        return f"has {words} {counted(number, 'value')} of this kind: {kind}{ending}"

    return clause


def _equals(finding: Finding) -> str:
    value, values = finding.result.value, finding.values
    others = alternatives(finding.requirements.named(finding.parameter("sh:equals")))
    if value in values or not is_iri(finding.result.path):
        return f"is {finding.shown(value)}, which is not a value of {others}"
    return f"does not have {finding.shown(value)}, a value of {others}"


_WHOLE: Final[dict[str, Callable[[Finding], str]]] = {
    "MinCount": _min_count,
    "MaxCount": _max_count,
    "UniqueLang": _unique_language,
    "Closed": _closed,
    "HasValue": _has_value,
    "QualifiedMinCount": _qualified("fewer than", "sh:qualifiedMinCount"),
    "QualifiedMaxCount": _qualified("more than", "sh:qualifiedMaxCount"),
    "Equals": _equals,
}
"""What is wrong with all values of a property, as it follows the property of the node."""


def _class(finding: Finding) -> str:
    names = finding.requirements.named(finding.parameter("sh:class"))
    several = "all of " if len(names) > 1 else ""  # of a result inside another one
    return f"is not an instance of {several}{alternatives(names, 'and')}"


def _datatype(finding: Finding) -> str:
    return _not_of_datatype(finding, list(map(to_iri, finding.parameter("sh:datatype"))))


def _not_of_datatype(finding: Finding, required: list[Iri]) -> str:
    """How a value differs from a literal of the datatypes that are required."""
    value, notation = finding.result.value, finding.requirements.notation
    name = alternatives(map(notation.datatype, required))
    if not is_literal(value):
        return f"is {kind_of(value)}, not a literal of the datatype {name}"
    stated = datatype_of(value)
    if stated in required:
        return f"is not a valid {notation.datatype(stated)}"
    if whole := confusable(stated, required):
        return f"has the datatype {whole[0]}, not {whole[1]}"
    if literal_parts(value)[1]:
        return f"is a text with a language, not of the datatype {name}"
    return f"has the datatype {notation.datatype(stated)}, not {name}"


def confusable(stated: Iri, required: Iterable[Iri]) -> tuple[str, str] | None:
    """A datatype and the one of `required` that it is meant to be, as whole IRIs.

    It ends as that one does, in another namespace: without `#`, or with https. None otherwise.
    """
    if stated.startswith((expand("xsd:"), expand("rdf:"))):
        return None
    for iri in required:
        name = local_name(iri)
        if (
            iri != stated
            and stated.casefold().endswith(name.casefold())
            and not stated.startswith(iri.removesuffix(name))
        ):
            return from_iri(stated), from_iri(iri)
    return None


def _node_kind(finding: Finding) -> str:
    required = finding.requirements.phrase(finding.shape, "NodeKind").removeprefix("is ")
    return f"is {kind_of(finding.result.value)}, not {required}"


def _bound(words: str, name: str) -> Callable[[Finding], str]:
    def clause(finding: Finding) -> str:
        value = finding.result.value
        bounds = finding.parameter(name)
        shown = alternatives(map(finding.shown, bounds), "and")
        if any(relations(value, bound) for bound in bounds):
            return f"is {words} {shown}"
        return f"cannot be compared with {shown}"

    return clause


def _length(words: str, name: str) -> Callable[[Finding], str]:
    def clause(finding: Finding) -> str:
        value = finding.result.value
        if is_blank(value):
            return "has no text"
        length = counted(str(len(lexical(value))), "character")
        return f"has {length}, {words} {finding.requirements.number(finding.shape, name)}"

    return clause


def _language(finding: Finding) -> str:
    tags = map(lexical, finding.requirements.parameters.members(finding.shape, "sh:languageIn"))
    return f"is not a text in {alternatives(tags)}"


def _common(finding: Finding) -> str:
    return f"is a value also of {_other_values(finding, 'sh:disjoint')}"


def _compared(words: str, name: str) -> Callable[[Finding], str]:
    def clause(finding: Finding) -> str:
        pairs = finding.violating(name)
        if not pairs:
            return f"{words} {_other_values(finding, name)}"
        unlike = [pair for pair in pairs if not relations(finding.result.value, pair[1])]
        ordered = [pair for pair in pairs if pair not in unlike]
        return " and ".join(
            f"{what} {_of_properties(finding, of)}"
            for what, of in ((words, ordered), ("cannot be compared with", unlike))
            if of
        )

    return clause


def _other_values(finding: Finding, name: str) -> str:
    """The properties that a parameter names, with their values."""
    others, focus = finding.parameter(name), finding.result.focus
    pairs = [(other, value) for other in others for value in finding.values_of(focus, other)]
    if pairs:
        return _of_properties(finding, pairs)
    return alternatives(map(finding.requirements.path_name, others))


def _of_properties(finding: Finding, pairs: list[tuple[NTerm, NTerm]]) -> str:
    """Properties with values: `ex:p (1 or 2)`."""
    others = dict.fromkeys(other for other, _ in pairs)
    names = alternatives(map(finding.requirements.path_name, others))
    return f"{names} ({alternatives(finding.shown(value) for _, value in pairs)})"


def _node(finding: Finding) -> str:
    """The shape of sh:node, and what failed in it: of the value, or of its properties."""
    writer, value = finding.requirements, finding.result.value
    names = [writer.shape(node) for node in finding.parameter("sh:node")]
    named = alternatives(names, "and") if all(names) else "its shape"
    inner = [finding.inside(detail) for detail in finding.result.details[:_DETAILS]]
    if inner and not all(names) and not any(part.result.path for part in inner):
        of_value = [part for part in inner if part.result.focus == value]
        return " and ".join(sentence(part).removeprefix(part.thing).strip() for part in of_value)
    reasons = "; ".join(dict.fromkeys(map(sentence, inner)))
    return f"does not conform to {named}" + (f": {reasons}" if reasons else "")


def _logical(words: str, name: str) -> Callable[[Finding], str]:
    def clause(finding: Finding) -> str:
        lists = finding.requirements.parameters.lists(finding.shape, name)
        return "; or ".join(f"{words}: {finding.requirements.inner(of, 0)}" for of in lists)

    return clause


def _or(finding: Finding) -> str:
    datatypes = finding.requirements.datatypes(finding.shape)
    if datatypes:
        return _not_of_datatype(finding, datatypes)
    return _logical("meets none of", "sh:or")(finding)


def _not(finding: Finding) -> str:
    words = finding.requirements.inner(finding.parameter("sh:not"), 0, " or ")
    if words.startswith("its "):
        return f"meets what is excluded: {words}"
    return f"{words}: that is excluded"


CLAUSES: Final[dict[str, Callable[[Finding], str]]] = {
    "Class": _class,
    "Datatype": _datatype,
    "NodeKind": _node_kind,
    "MinInclusive": _bound("less than", "sh:minInclusive"),
    "MaxInclusive": _bound("more than", "sh:maxInclusive"),
    "MinExclusive": _bound("not more than", "sh:minExclusive"),
    "MaxExclusive": _bound("not less than", "sh:maxExclusive"),
    "MinLength": _length("fewer than", "sh:minLength"),
    "MaxLength": _length("more than", "sh:maxLength"),
    "Pattern": lambda finding: (
        f"does not match {pattern(finding.requirements, finding.shape)}"
        if not is_blank(finding.result.value)
        else f"has no text to match {pattern(finding.requirements, finding.shape)}"
    ),
    "LanguageIn": _language,
    "Disjoint": _common,
    "LessThan": _compared("is not less than", "sh:lessThan"),
    "LessThanOrEquals": _compared("is more than", "sh:lessThanOrEquals"),
    "In": lambda finding: (
        "is not one of "
        + finding.requirements.shown(
            finding.requirements.parameters.members(finding.shape, "sh:in"), "and"
        )
    ),
    "Node": _node,
    "Not": _not,
    "And": _logical("does not meet all of", "sh:and"),
    "Or": _or,
    "Xone": _logical("does not meet exactly one of", "sh:xone"),
}
"""What is wrong with a value, as it follows `which`."""
