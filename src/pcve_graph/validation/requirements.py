"""What a shape requires, in words: one phrase for each constraint component of SHACL.

A phrase follows the name of a property or a value: `has the datatype xsd:date`, `is at most 100`.
To add a component, add a line to `_PHRASES` here, one to `CLAUSES` in `component_messages`, and one
to `FIXES` in `component_fixes`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from ..model.namespaces import expand, local_name, nterm
from ..model.problems import ShaclResult
from ..model.terms import Iri, NTerm, is_blank, is_iri, is_literal, lexical, to_iri
from .notation import Notation
from .shape_parameters import ShapeParameters

_LISTED: Final = 10
"""Members of a list that a message shows."""

_DEEPEST: Final = 3
"""Levels of shapes in shapes that are described."""

_KINDS: Final = {
    nterm("sh:IRI"): ("an IRI",),
    nterm("sh:Literal"): ("a literal",),
    nterm("sh:BlankNode"): ("a blank node",),
    nterm("sh:BlankNodeOrIRI"): ("an IRI", "a blank node"),
    nterm("sh:BlankNodeOrLiteral"): ("a literal", "a blank node"),
    nterm("sh:IRIOrLiteral"): ("an IRI", "a literal"),
}


def component_of(result: ShaclResult) -> str:
    """The name of a component of SHACL, such as `MinCount`; the IRI of any other component."""
    if result.component.startswith(expand("sh:")):
        return local_name(result.component).removesuffix("ConstraintComponent")
    return result.component


def alternatives(words: Iterable[str], last: str = "or") -> str:
    """The words as a list: `a`, `a or b`, `a, b or c`; of many, the first and how many follow."""
    items = list(words)
    if len(items) > _LISTED:
        return f"{', '.join(items[:_LISTED])} … ({len(items)} in all)"
    return f" {last} ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))


def kind_of(term: NTerm) -> str:
    """The kind of a term with its article."""
    return "an IRI" if is_iri(term) else "a blank node" if is_blank(term) else "a literal"


def counted(number: str, noun: str) -> str:
    """A number with a noun: `1 value`, `3 values`."""
    return f"{number} {noun}" if number == "1" else f"{number} {noun}s"


class Requirements:
    """What the shapes of one graph require, with the terms of one file's notation."""

    def __init__(
        self,
        parameters: ShapeParameters,
        notation: Notation,
        labels: Mapping[NTerm, str] = MappingProxyType({}),
    ) -> None:
        self.parameters = parameters
        self.notation = notation
        self.labels = labels
        self._phrases: dict[tuple[NTerm, str, int], str] = {}
        self._paths: dict[NTerm, str] = {}
        self._of: dict[tuple[NTerm, Iri, NTerm], Requirements] = {}

    def of_constraint(self, result: ShaclResult) -> Requirements:
        """These, where the shape of the result has only the constraint that the result is of."""
        if not result.parameter:
            return self
        key = (self.parameters.source(result), result.component, result.parameter)
        if key not in self._of:
            parameters = self.parameters.of_constraint(result)
            self._of[key] = Requirements(parameters, self.notation, self.labels)
        return self._of[key]

    def number(self, shape: NTerm, name: str) -> str:
        """The text of a parameter that is a number; empty if the shape does not have it."""
        term = self.parameters.value(shape, name)
        return lexical(term) if is_literal(term) else ""

    def named(self, terms: Iterable[NTerm]) -> list[str]:
        """IRIs as properties and classes are named, other terms as in sentences."""
        return [
            self._named(to_iri(term)) if is_iri(term) else self.notation.shown(term)
            for term in terms
        ]

    def _named(self, iri: Iri) -> str:
        form = self.notation.form
        return self.notation.iri(iri) if form == "jsonld" else self.notation.datatype(iri)

    def shown(self, terms: Iterable[NTerm], last: str = "or") -> str:
        """Terms as a list, in the notation of the file."""
        return alternatives(map(self.notation.shown, terms), last)

    def datatypes(self, shape: NTerm) -> list[Iri]:
        """The datatypes of which sh:or requires one; empty if it has other alternatives."""
        lists = self.parameters.lists(shape, "sh:or")
        members = [node for nodes in lists for node in nodes]
        if len(lists) != 1 or not all(self.parameters.is_datatype(node) for node in members):
            return []
        return [to_iri(self.parameters.value(node, "sh:datatype")) for node in members]

    def path(self, shape: NTerm) -> str:
        """The name of the property of a shape: sh:name, its label, or its path."""
        if shape not in self._paths:
            path = self.parameters.path(shape)
            self._paths[shape] = self.parameters.label(shape) or self.path_name(path)
        return self._paths[shape]

    def path_name(self, path: NTerm) -> str:
        """The label of a property, or its name in the file; a path as in SPARQL."""
        if label := self.parameters.label(path) or self.labels.get(path, ""):
            return label
        parts = self.parameters.path_parts(path)
        return "".join(
            self.notation.iri(to_iri(NTerm(part))) if is_iri(part) else part for part in parts
        )

    def shape(self, shape: NTerm) -> str:
        """The name or IRI of a shape; empty for a blank node without a name."""
        if label := self.parameters.label(shape):
            return label
        hidden = is_blank(shape) or to_iri(shape).startswith("urn:x-shape:")
        return "" if hidden else self.notation.iri(to_iri(shape))

    def phrase(self, shape: NTerm, component: str, depth: int = 0) -> str:
        """What one component of a shape requires; empty if that cannot be said in words."""
        key = (shape, component, depth)
        if key not in self._phrases:
            writer = _PHRASES.get(component)
            words = writer(self, shape, depth) if writer and depth < _DEEPEST else ""
            if name := self.empty_list(shape, component):
                words = f"takes no value, as {name} is an empty list"
            self._phrases[key] = words
        return self._phrases[key]

    def empty_list(self, shape: NTerm, component: str) -> str:
        """The parameter of a component that allows no value, as its list has no members."""
        name = LISTS.get(component, "")
        return name if name and nterm("rdf:nil") in self.parameters.values(shape, name) else ""

    def all_of(self, shape: NTerm, depth: int = 0) -> str:
        """What a shape requires of a value; its name where it is nested too deeply."""
        phrases = (
            self.phrase(shape, component, depth)
            for component, names in _PARAMETERS.items()
            if all(self.parameters.values(shape, name) for name in names)
        )
        words = " and ".join(filter(None, phrases))
        name = self.shape(shape)
        return words or (f"conforms to {name}" if name else "conforms to a shape")

    def of_node(self, shape: NTerm, depth: int = 0) -> str:
        """What a shape requires of a node: all of it, with the property of a property shape."""
        named = f"its {self.path(shape)} " if self.parameters.path(shape) else ""
        return named + self.all_of(shape, depth)

    def inner(self, shapes: Iterable[NTerm], depth: int, sign: str = "; ") -> str:
        """What each of several shapes requires."""
        return sign.join(self.of_node(shape, depth + 1) for shape in shapes)


def _nodes(writer: Requirements, shape: NTerm, depth: int) -> str:
    """The shapes of sh:node by their names; what a shape without a name requires."""
    shapes = writer.parameters.values(shape, "sh:node")
    names = [writer.shape(node) for node in shapes]
    if all(names):
        return f"conforms to {alternatives(names, 'and')}"
    return writer.inner(shapes, depth, " and ")


def _properties(writer: Requirements, shape: NTerm, depth: int) -> str:
    return " and ".join(
        writer.of_node(node, depth + 1) for node in writer.parameters.values(shape, "sh:property")
    )


def _listed(name: str, before: str) -> Callable[[Requirements, NTerm, int], str]:
    def phrase(writer: Requirements, shape: NTerm, depth: int) -> str:
        lists = writer.parameters.lists(shape, name)
        return " and ".join(f"{before} ({writer.inner(members, depth)})" for members in lists)

    return phrase


def _or(writer: Requirements, shape: NTerm, depth: int) -> str:
    if datatypes := writer.datatypes(shape):
        return f"has the datatype {alternatives(map(writer.notation.datatype, datatypes))}"
    return _listed("sh:or", "meets one or more of")(writer, shape, depth)


def _bound(words: str, name: str) -> Callable[[Requirements, NTerm, int], str]:
    return lambda writer, shape, _: f"{words} {writer.shown(writer.parameters.values(shape, name))}"


def _compared(words: str, name: str) -> Callable[[Requirements, NTerm, int], str]:
    return lambda writer, shape, _: (
        f"{words} {alternatives(writer.named(writer.parameters.values(shape, name)), 'and')}"
    )


def _numbered(words: str, noun: str, name: str) -> Callable[[Requirements, NTerm, int], str]:
    return lambda writer, shape, _: f"{words} {counted(writer.number(shape, name), noun)}"


def _max_count(writer: Requirements, shape: NTerm, depth: int) -> str:
    number = writer.number(shape, "sh:maxCount")
    return "has no value" if number == "0" else f"has at most {counted(number, 'value')}"


def _qualified(words: str, name: str) -> Callable[[Requirements, NTerm, int], str]:
    def phrase(writer: Requirements, shape: NTerm, depth: int) -> str:
        number = writer.number(shape, name)
        return f"has {words} {counted(number, 'value')} of this kind: {qualified(writer, shape)}"

    return phrase


def qualified(writer: Requirements, shape: NTerm) -> str:
    """What the values that a qualified count is about conform to, and the kinds they are not of."""
    kind = writer.inner(writer.parameters.values(shape, "sh:qualifiedValueShape"), 0, " and ")
    siblings = [writer.inner([node], 0) for node in writer.parameters.siblings(shape)]
    return f"{kind}, and not of a sibling kind ({'; '.join(siblings)})" if siblings else kind


def pattern(writer: Requirements, shape: NTerm, depth: int = 0) -> str:
    """The pattern of a shape with its flags."""
    flags = writer.parameters.text(shape, "sh:flags")
    text = f'the pattern "{writer.parameters.text(shape, "sh:pattern")}"'
    return f'{text} with the flags "{flags}"' if flags else text


def _languages(writer: Requirements, shape: NTerm, depth: int) -> str:
    tags = map(lexical, writer.parameters.members(shape, "sh:languageIn"))
    return f"is a text in {alternatives(tags)}"


def properties_of_closed(parameters: ShapeParameters, shape: NTerm) -> list[NTerm]:
    """The properties that a closed shape allows (SHACL 4.8.1)."""
    nodes = parameters.values(shape, "sh:property")
    paths = [parameters.path(node) for node in nodes]
    ignored = parameters.members(shape, "sh:ignoredProperties")
    allowed = [*sorted(filter(is_iri, paths)), *ignored]
    return list(dict.fromkeys(allowed))


def _closed(writer: Requirements, shape: NTerm, depth: int) -> str:
    names = writer.named(properties_of_closed(writer.parameters, shape))
    return f"has no properties but {alternatives(names, 'and')}" if names else "has no properties"


def _node_kind(writer: Requirements, shape: NTerm, depth: int) -> str:
    kinds = _KINDS.get(writer.parameters.value(shape, "sh:nodeKind"), ())
    return f"is {alternatives(kinds)}"


def _datatype(writer: Requirements, shape: NTerm, depth: int) -> str:
    term = writer.parameters.value(shape, "sh:datatype")
    return f"has the datatype {writer.notation.datatype(to_iri(term))}"


def _not(writer: Requirements, shape: NTerm, depth: int) -> str:
    shapes = writer.parameters.values(shape, "sh:not")
    return " and ".join(negated(writer.of_node(node, depth + 1)) for node in shapes)


def negated(phrase: str) -> str:
    """The phrase of what a value must not be: `is not one of "a" and "b"`.

    Of several requirements together it is only their combination that is excluded.
    """
    if " and its " in phrase or _SEVERAL.search(phrase):
        return f"does not meet all of ({phrase})"
    if phrase.startswith("its "):
        return f"does not meet ({phrase})"
    verb, _, rest = phrase.partition(" ")
    plain = {"is": "is not", "has": "does not have", "matches": "does not match"}
    plain |= {"conforms": "does not conform", "meets": "does not meet", "does": "does"}
    return f"{plain[verb]} {rest}" if verb in plain else f"does not meet ({phrase})"


_SEVERAL: Final = re.compile(r" and (?:is|has|matches|conforms|meets|does) ")

LISTS: Final = {"In": "sh:in", "LanguageIn": "sh:languageIn", "Or": "sh:or", "Xone": "sh:xone"}
"""The components whose value is one of the members of a list, with its parameter."""

_PARAMETERS: Final = {
    "NodeKind": ("sh:nodeKind",),
    "Class": ("sh:class",),
    "Datatype": ("sh:datatype",),
    "MinCount": ("sh:minCount",),
    "MaxCount": ("sh:maxCount",),
    "MinInclusive": ("sh:minInclusive",),
    "MaxInclusive": ("sh:maxInclusive",),
    "MinExclusive": ("sh:minExclusive",),
    "MaxExclusive": ("sh:maxExclusive",),
    "MinLength": ("sh:minLength",),
    "MaxLength": ("sh:maxLength",),
    "Pattern": ("sh:pattern",),
    "LanguageIn": ("sh:languageIn",),
    "UniqueLang": ("sh:uniqueLang",),
    "Equals": ("sh:equals",),
    "Disjoint": ("sh:disjoint",),
    "LessThan": ("sh:lessThan",),
    "LessThanOrEquals": ("sh:lessThanOrEquals",),
    "HasValue": ("sh:hasValue",),
    "In": ("sh:in",),
    "Closed": ("sh:closed",),
    "QualifiedMinCount": ("sh:qualifiedMinCount", "sh:qualifiedValueShape"),
    "QualifiedMaxCount": ("sh:qualifiedMaxCount", "sh:qualifiedValueShape"),
    "Node": ("sh:node",),
    "Property": ("sh:property",),
    "Not": ("sh:not",),
    "And": ("sh:and",),
    "Or": ("sh:or",),
    "Xone": ("sh:xone",),
}
"""The parameters of each component (SHACL, section 4) by which a shape has it."""

_PHRASES: Final[dict[str, Callable[[Requirements, NTerm, int], str]]] = {
    "NodeKind": _node_kind,
    "Class": lambda writer, shape, _: (
        "is an instance of "
        + alternatives(writer.named(writer.parameters.values(shape, "sh:class")), "and")
    ),
    "Datatype": _datatype,
    "MinCount": _numbered("has at least", "value", "sh:minCount"),
    "MaxCount": _max_count,
    "MinInclusive": _bound("is at least", "sh:minInclusive"),
    "MaxInclusive": _bound("is at most", "sh:maxInclusive"),
    "MinExclusive": _bound("is more than", "sh:minExclusive"),
    "MaxExclusive": _bound("is less than", "sh:maxExclusive"),
    "MinLength": _numbered("has at least", "character", "sh:minLength"),
    "MaxLength": _numbered("has at most", "character", "sh:maxLength"),
    "Pattern": lambda writer, shape, _: f"matches {pattern(writer, shape)}",
    "LanguageIn": _languages,
    "UniqueLang": lambda *_: "has at most one text in each language",
    "Equals": _compared("has the same values as", "sh:equals"),
    "Disjoint": _compared("has no value in common with", "sh:disjoint"),
    "LessThan": _compared("is less than", "sh:lessThan"),
    "LessThanOrEquals": _compared("is at most", "sh:lessThanOrEquals"),
    "HasValue": lambda writer, shape, _: (
        "has the value "
        + alternatives(
            map(writer.notation.shown, writer.parameters.values(shape, "sh:hasValue")), "and"
        )
    ),
    "In": lambda writer, shape, _: (
        f"is one of {writer.shown(writer.parameters.members(shape, 'sh:in'), 'and')}"
    ),
    "Closed": _closed,
    "QualifiedMinCount": _qualified("at least", "sh:qualifiedMinCount"),
    "QualifiedMaxCount": _qualified("at most", "sh:qualifiedMaxCount"),
    "Node": _nodes,
    "Property": _properties,
    "Not": _not,
    "And": _listed("sh:and", "meets all of"),
    "Or": _or,
    "Xone": _listed("sh:xone", "meets exactly one of"),
}
"""What each component requires, as it follows the name of a property or `a value that`."""
