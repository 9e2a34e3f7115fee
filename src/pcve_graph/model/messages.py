"""The text of messages about the values of keys: what is wrong, and how to fix it."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from . import namespaces
from .dates import EDTF, EDTF_FORMS, first_and_last, precision
from .namespaces import local_name
from .problems import Position, Problem
from .schema import Ontology, RecordClass, RecordKey
from .suggest import IdSuggestions, did_you_mean
from .text_normalization import fold

_MONTHS: Final = [name.casefold() for name in calendar.month_name[1:]]


_EDTF_SIGNS: Final = r"[~?%]|\dX|XX|\.\."
"""Matches what a date in EDTF has and other notations do not."""

_SCIENTIFIC: Final = r"[+-]?\d{1,9}(?:\.\d{1,9})?(?:[eE][+-]?\d)?"
"""A number that may have an exponent, within what a record would state."""


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
        plain = "a day, month or year (2018-05-22, 2018-05, 2018)"
        return f"{plain}, or EDTF (2018~)" if EDTF in kinds else plain
    if kinds:
        words = {"langString": "{en: text}", "integer": "a number", "decimal": "a number"}
        words |= {"date": "a day (2018-05-22)", "string": "text"}
        return words.get(kinds[0], kinds[0])
    if key.scheme:
        return f"a term of {key.scheme}"
    if key.choices:
        return "one of " + ", ".join(choice_names(key)[:2]) + " …"
    if key.same_class:
        return "id of a record of the same class"
    if key.refers:
        return "id of a record and of the " + local_name(key.classes[0]) + " in it, with a slash"
    if key.classes:
        return "id of " + " or ".join(local_name(class_iri) for class_iri in key.classes)
    return "a web address"


def choice_names(key: RecordKey) -> list[str]:
    """The choices of a key as records write them: the last segment of an IRI, if it has one."""
    return [local_name(iri) or iri for iri in key.choices]


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
        valid_date = "" if re.search(_EDTF_SIGNS, value) else _date(value, kinds)
        if EDTF in kinds and not valid_date and re.search(rf"{_EDTF_SIGNS}|/", value):
            return _interval_fix(value) or f"the forms of EDTF that are taken are {EDTF_FORMS}"
        fix = f"write {expected_values(key)}; if the source gives none, leave it out"
        return f"write {valid_date}" if valid_date else fix
    if "langString" in kinds:
        return "add the language of the text, such as en"
    if kinds & {"integer", "decimal"}:
        return _number_fix(key, value)
    if key.choices:
        return did_you_mean(value, choice_names(key)) or split_message(key.message)[1]
    if key.classes:
        return _id_fix(key, value, ontology, ids)
    if not kinds:
        return "write the full address, beginning with https://"
    return split_message(key.message)[1]


def requirement(key: RecordKey) -> str:
    """What the rule of `key` requires, as it follows "write": `one whole number, 1 or more`."""
    _, _, required = split_message(key.message)[0].partition(" is ")
    return required or expected_values(key)


def _number_fix(key: RecordKey, value: str) -> str:
    """The number that `value` is in another notation; for any other value, which are valid."""
    if re.fullmatch(r"[+-]?\d{19,}", value):
        return "write a number of at most 18 digits"
    try:
        number = format(Decimal(value), "f") if re.fullmatch(_SCIENTIFIC, value) else ""
    except InvalidOperation:
        number = ""
    repeated = number == value.lstrip("+") or number.startswith("-")
    if (
        number
        and not repeated
        and (number.isdigit() or "decimal" in {local_name(kind) for kind in key.datatypes})
    ):
        return f"write {number}"
    words = requirement(key)
    return f"write {words}" if "digits" in words else f"write {words}, in digits"


def _id_fix(key: RecordKey, value: str, ontology: Ontology, ids: IdSuggestions) -> str:
    """How to fix a `value` that is not the id of a record of a class that `key` takes."""
    identifier = value.rpartition("/")[2]
    if key.refers:
        owner, slash, _ = value.partition("/")
        near = ids.nearest(owner) if slash and owner not in ids else ""
        return near or f"write the {expected_values(key)}: record-id/its-id"
    if value.startswith(namespaces.BASE) and identifier in ids:
        return f"write the id alone: {identifier}"
    if value in ids:
        names = sorted(name for iri in key.classes for name in ontology.record_classes(iri))
        expected = f"id of {_alternatives(names)}" if names else expected_values(key)
        return f"{value} exists, but is of another class; write the {expected}"
    return ids.nearest(value) or "create the record, or correct the id"


def _alternatives(names: list[str]) -> str:
    """The names as alternatives: `A`, `A or B`, `A, B or C`."""
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _interval_fix(value: str) -> str:
    """How to fix an interval between two plain dates; empty for any other text."""
    start, _, end = value.partition("/")
    first, last = first_and_last(start), first_and_last(end)
    if first is None or last is None:
        return ""
    return f"write {start}" if start == end else "the earlier date is first: correct one of the two"


def _date(text: str, kinds: set[str]) -> str:
    """The date that `text` means, in the form of XML Schema; empty where it is ambiguous.

    A text with an N-Triples escape gives none: the digits of the escape are not part of a date.
    Nor does a year with a sign: before the common era is not a slip of the pen. A text with hyphens
    and a slash may be an interval.
    """
    if "\\" in text or re.match(r"\s*[+-]", text) or re.search(r"\d-\d.*/|/.*\d-\d", text):
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


def unknown_key(kinds: Sequence[RecordClass], name: str) -> tuple[str, str]:
    """The message and the fix for a key that none of the classes has or had."""
    called = " or ".join(kind.name for kind in kinds)
    keys = [key for kind in kinds for key in kind.keys]
    fix = did_you_mean(name, keys) or f"keys of {called}: " + ", ".join(keys)
    return f'{called} has no key "{name}"', fix


def former_key(kind: RecordClass, name: str, new: RecordKey | None = None) -> str:
    """The message on a key that the class had in an earlier version; `new` is its present form."""
    message = f'{kind.name} no longer has the key "{name}"'
    return f"{message}: it is now {new.name}" if new else message
