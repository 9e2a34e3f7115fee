"""Conversion of the values that users give to the parameters of a query into RDF terms.

A thing or concept may be given by IRI, id, name or alternative name, in any spelling or script, as
`search.names` says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

import pyoxigraph as ox

from ..graph.serialize import prefixed
from ..model import namespaces
from ..model.dates import precision
from ..model.languages import LANGUAGE_TAG
from ..model.namespaces import expand, kebab_case, local_name
from ..model.problems import UsageError
from ..model.suggest import did_you_mean, similar_names
from ..model.terms import Term
from ..model.text_normalization import fold
from ..model.visible import has_surrogate
from ..search.names import named_thing, named_things
from ..search.search import SearchIndex
from ..syntax.lexical_forms import integer_range, is_lexical_form
from .saved import Parameter, SavedQuery

_IRI: Final = re.compile(r"<?([A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|^`\\]+)>?")


PERIOD: Final = ("from", "until")
"""The parameters of a period in the project's own queries: its first and its last day."""

_DATATYPE_WORDS: Final = {
    "decimal": "a decimal number, without an exponent",
    "double": "a number",
    "float": "a number",
    "boolean": "true or false",
    "date": "a day in the form YYYY-MM-DD",
    "dateTime": "a day and time in the form YYYY-MM-DDThh:mm:ss",
    "dateTimeStamp": "a day and time with a time zone, in the form YYYY-MM-DDThh:mm:ssZ",
    "time": "a time in the form hh:mm:ss",
    "gYear": "a year of four digits",
    "gYearMonth": "a month in the form YYYY-MM",
    "gMonth": "a month of any year, in the form --MM",
    "gMonthDay": "a day of any year, in the form --MM-DD",
    "gDay": "a day of any month, in the form ---DD",
    "duration": "a duration in the form P1Y2M3DT4H5M6S",
    "dayTimeDuration": "a duration in the form P3DT4H5M6S",
    "yearMonthDuration": "a duration in the form P1Y2M",
    "anyURI": "an address (IRI)",
    "language": "a language tag (BCP 47)",
    "hexBinary": "bytes in hexadecimal digits, two for a byte",
    "base64Binary": "bytes in Base64",
    "normalizedString": "a text without tabs and line breaks",
    "token": "a text without tabs, line breaks and double spaces",
}
"""What the datatypes of XML Schema that are not integers have as values, in words."""


class MissingParameterError(UsageError):
    """A required parameter is not set; callers show `example` as it is typed where they are."""

    def __init__(self, query: str, name: str, example: str) -> None:
        super().__init__(f"{query} requires {name}; for instance {name}={example}")
        self.query, self.name, self.example = query, name, example

    def __reduce__(self) -> tuple[type[MissingParameterError], tuple[str, str, str]]:
        return type(self), (self.query, self.name, self.example)

    def with_example(self, typed: str) -> UsageError:
        """The same error with `typed` as the example."""
        return UsageError(f"{self.query} requires {self.name}; for instance {typed}")


def bind(
    query: SavedQuery, settings: Mapping[str, str], index: SearchIndex | None = None
) -> dict[str, Term]:
    """The terms for `settings` (parameter name to text), by the variables of `query`.

    A parameter that is not set has its default, if the header gives one. Without an `index` a thing
    can be given by IRI only, a concept also by its term. Raises UsageError with the parameter, the
    values that it takes and the nearest of them, or for a period that ends before it begins.
    """
    for name in sorted(settings.keys() - query.params.keys()):
        if not query.params:
            raise UsageError(f"{query.name} has no parameters, so {name!r} cannot be set")
        hint = did_you_mean(name, query.params) or f"its parameters: {', '.join(query.params)}"
        raise UsageError(f"{query.name} has no parameter {name!r}; {hint}")
    bound: dict[str, Term] = {}
    for parameter in query.params.values():
        text = settings.get(parameter.name, parameter.default)
        if parameter.name in settings and not text.strip():
            raise UsageError(
                f"{parameter.name} is set to an empty value; give it one, or leave it out"
            )
        if has_surrogate(text):
            raise UsageError(f"{parameter.name}: the value contains an unpaired surrogate")
        if text:
            bound[parameter.variable] = _term(parameter, text.strip(), index)
        elif parameter.required:
            raise MissingParameterError(query.name, parameter.name, parameter.example or "…")
    _check_period(query, bound)
    return bound


def _check_period(query: SavedQuery, bound: Mapping[str, Term]) -> None:
    """Raise UsageError for a period that ends before it begins: no day lies in it."""
    days = [
        term.value
        for name in PERIOD
        if name in query.params
        and query.params[name].type == "date"
        and isinstance(term := bound.get(query.params[name].variable), ox.Literal)
    ]
    if len(days) == len(PERIOD) and days[1] < days[0]:
        raise UsageError(f"{PERIOD[1]} {days[1]} is before {PERIOD[0]} {days[0]}")


def check_value(parameter: Parameter, text: str) -> None:
    """Raise UsageError if `text` is no value of the parameter, as far as no graph is needed."""
    if parameter.allowed:
        if not is_looked_up(parameter, text):
            _allowed(parameter, text)
    elif parameter.type in _CONVERTERS:
        _CONVERTERS[parameter.type](parameter, text)


def is_looked_up(parameter: Parameter, text: str) -> bool:
    """Whether the value `text` of a parameter is looked up in a graph, as it may be a name."""
    if parameter.type == "iri":
        return bool(text.strip()) and _iri(text.strip()) is None
    return parameter.type in ("thing", "concept") and bool(text)


def read_kinds(kinds: Collection[str], index: SearchIndex) -> tuple[str, ...]:
    """`kinds` as `index` has them. Raises UsageError, with the nearest, for one that it lacks."""
    names = index.kinds() if kinds else set()
    for kind in kinds:
        if kebab_case(kind) not in names:
            hint = did_you_mean(kebab_case(kind), names)
            hint = hint or "the kinds are " + ", ".join(sorted(names))
            raise UsageError(f"unknown kind {kind!r}; {hint}")
    return tuple(map(kebab_case, kinds))


def _term(parameter: Parameter, text: str, index: SearchIndex | None) -> Term:
    if parameter.type in ("thing", "concept"):
        return _resolved(parameter, text, index)
    if parameter.type == "iri" and parameter.allowed:
        return _allowed_iri(parameter, text, index)
    if parameter.allowed:
        text = _allowed(parameter, text)
    if parameter.type == "iri":
        return _iri(text) or _resolved(parameter, text, index)
    return _CONVERTERS[parameter.type](parameter, text)


def _allowed(parameter: Parameter, text: str) -> str:
    """The allowed value that equals `text` apart from case and accents."""
    if text in parameter.allowed:
        return text
    for value in parameter.allowed:
        if fold(value) == fold(text) and fold(text):
            return value
    raise _not_allowed(parameter, text)


def _allowed_iri(parameter: Parameter, text: str, index: SearchIndex | None) -> ox.NamedNode:
    """The allowed IRI that `text` is, or names: an IRI, an id or any name in the graph."""
    nodes = {iri.value: iri for value in parameter.allowed if (iri := _iri(value))}
    stated = _iri(text)
    named = {stated.value} if stated else {iri for iri in nodes if local_name(iri) == text}
    if not stated and index is not None:
        named |= {thing.iri for thing in named_things(index, text, parameter.kinds)}
    matching = sorted(named & nodes.keys())
    if len(matching) > 1:
        iris = "".join(f"\n    {iri}" for iri in matching)
        raise UsageError(f"{parameter.name}: {text!r} is ambiguous; use one of these:{iris}")
    if not matching:
        raise _not_allowed(parameter, text)
    return nodes[matching[0]]


def _not_allowed(parameter: Parameter, text: str) -> UsageError:
    near = similar_names(text, parameter.allowed) or parameter.allowed[:8]
    return _invalid(parameter, text, f"one of {len(parameter.allowed)} values", near)


def _text(parameter: Parameter, text: str) -> ox.Literal:
    return ox.Literal(text, language=parameter.language or None)


def _language(parameter: Parameter, text: str) -> ox.Literal:
    if LANGUAGE_TAG.fullmatch(text):
        return ox.Literal(text.lower())
    raise _invalid(parameter, text, "a language tag", ["en", "sq", "sr-latn"])


def _number(parameter: Parameter, text: str) -> ox.Literal:
    if match := re.fullmatch(r"[+-]?\d+(\.\d+)?", text, re.ASCII):
        return _typed(text, "xsd:decimal" if match[1] else "xsd:integer")
    if re.fullmatch(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+", text, re.ASCII):
        return _typed(text, "xsd:double")
    raise _invalid(parameter, text, "a number", ["12", "0.5"])


def _year(parameter: Parameter, text: str) -> ox.Literal:
    if precision(text) == "gYear":
        return _typed(text, "xsd:integer")
    raise _invalid(parameter, text, "a year", re.findall(r"\d{4}", text)[:1] or ["2018"])


def _date(parameter: Parameter, text: str) -> ox.Literal:
    if precision(text) == "date":
        return _typed(text, "xsd:date")
    raise _invalid(parameter, text, "a day", [_day(text) or parameter.example or "2018-05-22"])


def _day(text: str) -> str:
    """A day written as 22.5.2018 or 22/05/2018 in ISO 8601; empty for other text."""
    match = re.fullmatch(r"(\d{1,2})[./-]\s*(\d{1,2})[./-]\s*(\d{4})\.?", text)
    day = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" if match else ""
    return day if precision(day) == "date" else ""


def _literal(parameter: Parameter, text: str) -> ox.Literal:
    datatype = parameter.datatype or expand("xsd:string")
    if datatype == expand("xsd:boolean") and text.lower() in ("true", "false"):
        text = text.lower()
    if not is_lexical_form(text, datatype):
        raise _invalid(parameter, text, datatype_words(datatype), ())
    return ox.Literal(text, datatype=ox.NamedNode(datatype))


def datatype_words(datatype: str) -> str:
    """The values of a datatype of XML Schema in words, such as `a whole number from 0`."""
    name = datatype.removeprefix(expand("xsd:"))
    bounds = integer_range(datatype)
    if bounds is None:
        return _DATATYPE_WORDS.get(name, f"a literal of {prefixed(datatype)}")
    least, greatest = bounds
    words = [f" from {least}"] if least is not None else []
    words += [f"{'' if words else ' up'} to {greatest}"] if greatest is not None else []
    return "".join(["a whole number", *words])


def _typed(text: str, datatype: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(expand(datatype)))


_CONVERTERS: Final[dict[str, Callable[[Parameter, str], Term]]] = {
    "text": _text,
    "language": _language,
    "number": _number,
    "year": _year,
    "date": _date,
    "literal": _literal,
}


def _iri(text: str) -> ox.NamedNode | None:
    """`text` as an IRI, with or without angle brackets; None if it is not one."""
    match = _IRI.fullmatch(text)
    try:
        return ox.NamedNode(match[1]) if match else None
    except ValueError:
        return None


def _resolved(parameter: Parameter, text: str, index: SearchIndex | None) -> ox.NamedNode:
    """The IRI of the thing or concept that `text` names."""
    iri = _iri(text)
    if index is None:
        if iri:
            return iri
        if parameter.scheme and namespaces.ID.fullmatch(text.rpartition("/")[2]):
            return ox.NamedNode(namespaces.concept_iri(parameter.scheme, text.rpartition("/")[2]))
        takes = f"the IRI of a {_expected(parameter)}, as there is no graph to look names up in"
        raise _invalid(parameter, text, takes, [parameter.example] if parameter.example else [])
    type_kinds = {"thing": ("thing",), "concept": (parameter.scheme or "concept",)}
    kinds = parameter.kinds or type_kinds.get(parameter.type, ())
    allowed = parameter.allowed if parameter.type != "iri" else ()
    try:
        return ox.NamedNode(named_thing(index, text, kinds, allowed).iri)
    except UsageError as error:
        raise UsageError(f"{parameter.name}: {error}") from None


def _expected(parameter: Parameter) -> str:
    if parameter.type == "concept":
        return parameter.scheme or "concept"
    return " or ".join(parameter.kinds) or "thing"


def _invalid(parameter: Parameter, text: str, takes: str, near: Iterable[str]) -> UsageError:
    hint = ", ".join(near)
    return UsageError(
        f"{parameter.name} takes {takes}, not {text!r}" + (f"; for instance {hint}" if hint else "")
    )
