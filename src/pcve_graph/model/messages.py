"""The text of messages about the values of keys: what is wrong, and how to fix it."""

from __future__ import annotations

import calendar
import re
from typing import Final

from . import namespaces
from .dates import precision
from .namespaces import local_name
from .problems import Position, Problem
from .schema import Ontology, RecordKey
from .suggest import IdSuggestions, did_you_mean
from .text_normalization import fold

_MONTHS: Final = [name.casefold() for name in calendar.month_name[1:]]


def rule_name(shape: str) -> str:
    """`pcvesh:Event-startDate` for the IRI of a shape; any other IRI as it is."""
    return shape.replace(namespaces.PREFIXES["pcvesh"], "pcvesh:")


def value_problem(
    key: RecordKey, value: str, position: Position, ontology: Ontology, ids: IdSuggestions
) -> Problem:
    """The problem of an invalid `value` of `key`, in whatever syntax the value is written."""
    why, _ = split_message(key.message)
    message = f'{key.label} is "{value}"'
    fix = value_fix(key, value, ontology, ids)
    return Problem(position, rule_name(key.shape), message, why, fix)


def split_message(message: str) -> tuple[str, str]:
    """The rule and the fix in the message of a shape: its first sentence, and the rest."""
    rule, _, fix = message.partition(". ")
    return rule.rstrip("."), fix


def expected_values(key: RecordKey) -> str:
    """The values that a key takes, in a few words: `a term of event-kind`, `id of Organization`."""
    kinds = [local_name(datatype) for datatype in key.datatypes]
    if "gYear" in kinds:
        return "a day, month or year (2018-05-22, 2018-05, 2018)"
    if kinds:
        words = {"langString": "{en: text}", "integer": "a number", "decimal": "a number"}
        words |= {"date": "a day (2018-05-22)", "string": "text"}
        return words.get(kinds[0], kinds[0])
    if key.scheme:
        return f"a term of {key.scheme}"
    if key.same_class:
        return "id of a record of the same class"
    if key.classes:
        return "id of " + " or ".join(local_name(class_iri) for class_iri in key.classes)
    return "a web address"


def value_fix(key: RecordKey, value: str, ontology: Ontology, ids: IdSuggestions) -> str:
    """How to fix the invalid `value` of `key`: the nearest valid value if there is one."""
    kinds = {local_name(datatype) for datatype in key.datatypes}
    if key.scheme:
        terms = ontology.schemes.get(key.scheme, ())
        terms_by_label = {
            label: term for term in terms for label in ontology.labels.get((key.scheme, term), ())
        }
        if fold(value) in terms_by_label:
            return f"did you mean {terms_by_label[fold(value)]}?"
        return did_you_mean(value, terms) or f"terms of {key.scheme}: " + ", ".join(terms)
    if "date" in kinds:
        valid_date = _date(value, kinds)
        fix = f"write {expected_values(key)}; if the source gives none, leave it out"
        return f"write {valid_date}" if valid_date else fix
    if "langString" in kinds:
        return "add the language of the text, such as en"
    if kinds & {"integer", "decimal"}:
        return f"write {expected_values(key)} in digits; {split_message(key.message)[0]}"
    if key.classes:
        if value in ids:
            return f"{value} exists, but is of another class; write the {expected_values(key)}"
        return ids.nearest(value) or "create the record, or correct the id"
    if not kinds:
        return "write the full address, beginning with https://"
    return split_message(key.message)[1]


def _date(text: str, kinds: set[str]) -> str:
    """The date that `text` means, in the form of XML Schema; empty where it is ambiguous.

    A text with an N-Triples escape gives none: the digits of the escape are not part of a date.
    """
    if "\\" in text:
        return ""
    words = re.findall(r"[a-z]+|\d+", text.casefold())
    numbers = [int(word) for word in words if word.isdigit()]
    named = [word for word in words if word.isalpha() and len(word) > 2]
    months = [n for n, name in enumerate(_MONTHS, 1) for w in named if name.startswith(w)]
    month = months[0] if len(months) == 1 else 0
    year = next((number for number in numbers if 1000 <= number <= 2999), 0)
    rest = [number for number in numbers if number != year]
    guess = ""
    if year and month and len(rest) <= 1:
        guess = f"{year}-{month:02}" + (f"-{rest[0]:02}" if rest else "")
    elif year and len(numbers) >= 3 and numbers[0] == year:
        guess = f"{year}-{numbers[1]:02}-{numbers[2]:02}"
    elif year and len(rest) == 2 and max(rest) > 12:
        guess = f"{year}-{min(rest):02}-{max(rest):02}"
    elif year and len(rest) == 1 and len(numbers) == 2:
        guess = f"{year}-{rest[0]:02}"
    return guess if precision(guess) in kinds else ""
