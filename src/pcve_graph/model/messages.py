"""The text of messages about values: what is wrong, and how to fix it."""

from __future__ import annotations

import calendar
import re
from typing import Final

from . import namespaces
from .dates import precision
from .namespaces import local_name
from .problems import Position, Problem
from .schema import Key, Ontology
from .suggest import Ids, nearest

_MONTHS: Final = [name.casefold() for name in calendar.month_name[1:]]


def rule_name(shape: str) -> str:
    """`pcvesh:Event-startDate` for the IRI of a shape; any other IRI as it is."""
    return shape.replace(namespaces.PREFIXES["pcvesh"], "pcvesh:")


def value_problem(
    key: Key, found: str, position: Position, ontology: Ontology, ids: Ids
) -> Problem:
    """The problem that `key` has with the value `found`, whatever syntax it was written in."""
    why, _ = split_message(key.message)
    message = f'{key.label} is "{found}"'
    fix = cure(key, found, ontology, ids)
    return Problem(position, rule_name(key.shape), message, why, fix)


def split_message(message: str) -> tuple[str, str]:
    """The rule and the cure of a shape's message: its first sentence, and what follows."""
    rule, _, fix = message.partition(". ")
    return rule.rstrip("."), fix


def takes(key: Key) -> str:
    """What a key takes, in a few words: `day, month or year`, `a term of event-kind`, `id of …`."""
    kinds = [local_name(each) for each in key.datatypes]
    if "gYear" in kinds:
        return "a day, month or year (2018-05-22, 2018-05, 2018)"
    if kinds:
        words = {"langString": "{en: text}", "integer": "a number", "decimal": "a number"}
        words |= {"date": "a day (2018-05-22)", "string": "text"}
        return words.get(kinds[0], kinds[0])
    if key.scheme:
        return f"a term of {key.scheme}"
    if key.classes:
        return "id of " + " or ".join(local_name(each) for each in key.classes)
    return "a web address"


def cure(key: Key, found: str, ontology: Ontology, ids: Ids) -> str:
    """How to mend the value `found` of `key`: the nearest right value where there is one."""
    kinds = {local_name(each) for each in key.datatypes}
    if key.scheme:
        known = ontology.schemes.get(key.scheme, ())
        called = {
            name: term for term in known for name in ontology.labels.get((key.scheme, term), ())
        }
        if found.casefold() in called:
            return f"did you mean {called[found.casefold()]}?"
        return nearest(found, known) or f"terms of {key.scheme}: " + ", ".join(known)
    if "date" in kinds:
        right = _date(found, kinds)
        fix = f"write {takes(key)}; if the source gives none, leave it out"
        return f"write {right}" if right else fix
    if "langString" in kinds:
        return "give the text its language, such as en"
    if kinds & {"integer", "decimal"}:
        return f"write {takes(key)} in digits; {split_message(key.message)[0]}"
    if key.classes:
        if found in ids:
            return f"{found} is there, but another kind of thing: name the {takes(key)}"
        return ids.nearest(found) or "make the record, or correct the id"
    if not kinds:
        return "write the whole address, beginning with https://"
    return split_message(key.message)[1]


def _date(text: str, kinds: set[str]) -> str:
    """The date that `text` means, in the form of XML Schema; empty where that is not plain.

    A text with an escape of N-Triples is not: the digits of the escape are nobody's date.
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
