"""The text of messages about the values of keys: what is wrong, and how to fix it."""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from . import namespaces
from .dates import EDTF, EDTF_FORMS, first_and_last, precision
from .namespaces import local_name
from .problems import Position, Problem
from .schema import Ontology, RecordClass, RecordKey
from .suggest import IdSuggestions, did_you_mean, similar_names
from .text_normalization import fold

_MONTHS: Final = [name.casefold() for name in calendar.month_name[1:]]


_EDTF_SIGNS: Final = r"[~?%]|\dX|XX|\.\."
"""Matches what a date in EDTF has and other notations do not."""

_SCIENTIFIC: Final = r"[+-]?\d{1,9}(?:\.\d{1,9})?(?:[eE][+-]?\d)?"
"""A number that may have an exponent, within what a record would state."""


_LONGEST_PASSAGE: Final = 120
"""Characters of the passage of a source that a message shows."""


class RecordValues:
    """The values of keys as records write them; a subclass writes them in another syntax."""

    thing_is = "id of"
    """How the values of a key that takes things are called."""

    elsewhere = ""
    """Where else a thing may be described than in what is validated, as a fix adds it."""

    def literal(self, text: str, datatype: str) -> str:
        """A literal of a datatype, which is an IRI."""
        return text

    def text(self, text: str, language: str) -> str:
        """A text in a language."""
        return f"{{{language}: {text}}}"

    def wording(self, message: str) -> str:
        """What a shape says of a value, which is worded for records."""
        return message

    def concept(self, scheme: str, term: str) -> str:
        """A term of a vocabulary."""
        return term

    def scheme(self, scheme: str) -> str:
        """A vocabulary, before its terms are listed by their ids."""
        return scheme

    def thing(self, identifier: str) -> str:
        """The thing with this id."""
        return identifier

    def address(self) -> str:
        """How to write a web address."""
        return "write the full address, beginning with https://"

    def choice(self, iri: str) -> str:
        """One of the choices of a key: the last segment of its IRI, if it has one."""
        return local_name(iri) or iri


IN_RECORDS: Final = RecordValues()


def with_passage(message: str, passage: str) -> str:
    """A message on a fact, with the passage of the source that it is stated from, if it has one."""
    if not passage:
        return message
    short = passage if len(passage) <= _LONGEST_PASSAGE else passage[:_LONGEST_PASSAGE] + "…"
    return f'{message}; its source says "{short}"'


def rule_name(shape: str) -> str:
    """`pcvesh:Event-startDate` for the IRI of a shape; any other IRI as it is."""
    return shape.replace(namespaces.PREFIXES["pcvesh"], "pcvesh:")


def value_problem(
    key: RecordKey,
    value: str,
    position: Position,
    ontology: Ontology,
    ids: IdSuggestions,
    subject: str = "",
) -> Problem:
    """The problem of an invalid `value` of `key` in a record, of the thing `subject` (an IRI)."""
    why, _ = split_message(key.message)
    message = f'{key.label} is "{value}"'
    fix = value_fix(key, value, ontology, ids, subject=subject)
    return Problem(position, rule_name(key.shape), message, why, fix)


def split_message(message: str) -> tuple[str, str]:
    """The rule and the fix in the message of a shape: its first sentence, and the rest."""
    rule, _, fix = message.partition(". ")
    return rule.rstrip("."), fix


def expected_values(key: RecordKey, syntax: RecordValues = IN_RECORDS) -> str:
    """The values that a key takes, in a few words: `a term of event-kind`, `id of Organization`."""
    kinds = {local_name(datatype): datatype for datatype in key.datatypes}
    if "gYear" in kinds:
        forms = (("2018-05-22", "date"), ("2018-05", "gYearMonth"), ("2018", "gYear"))
        examples = [syntax.literal(text, kinds[kind]) for text, kind in forms if kind in kinds]
        plain = f"a day, month or year ({', '.join(examples)})"
        edtf = f", or EDTF ({syntax.literal('2018~', kinds[EDTF])})" if EDTF in kinds else ""
        return plain + edtf
    if kinds:
        kind, datatype = next(iter(kinds.items()))
        words = {"langString": syntax.text("text", "en"), "integer": "a number"}
        words |= {"decimal": "a number", "string": "text"}
        if kind == "date":
            return f"a day ({syntax.literal('2018-05-22', datatype)})"
        return words.get(kind, kind)
    if key.scheme:
        return f"a term of {key.scheme}"
    if key.choices:
        return "one of " + ", ".join(map(syntax.choice, key.choices[:2])) + " …"
    if key.same_class:
        return f"{syntax.thing_is} a record of the same class"
    if key.refers:
        name = local_name(key.classes[0])
        if syntax is IN_RECORDS:
            return f"id of a record and of the {name} in it, with a slash"
        return f"{syntax.thing_is} {name}"
    if key.classes:
        names = " or ".join(local_name(class_iri) for class_iri in key.classes)
        return f"{syntax.thing_is} {names}"
    return "a web address"


def choice_names(key: RecordKey) -> list[str]:
    """The choices of a key as records write them: the last segment of an IRI, if it has one."""
    return [local_name(iri) or iri for iri in key.choices]


def value_fix(
    key: RecordKey,
    value: str,
    ontology: Ontology,
    ids: IdSuggestions,
    syntax: RecordValues = IN_RECORDS,
    subject: str = "",
) -> str:
    """How to fix the invalid `value` of `key`: the nearest valid value if there is one.

    `subject` is the IRI of the thing that has the value, which is not one of its own.
    """
    kinds = {local_name(datatype): datatype for datatype in key.datatypes}
    if key.scheme:
        return _term_fix(key.scheme, value, ontology, syntax)
    if "date" in kinds:
        valid_date = "" if re.search(_EDTF_SIGNS, value) else date_of(value, kinds)
        if EDTF in kinds and not valid_date and re.search(rf"{_EDTF_SIGNS}|/", value):
            return _interval_fix(value) or f"the forms of EDTF that are taken are {EDTF_FORMS}"
        fix = f"write {expected_values(key, syntax)}; if the source gives none, leave it out"
        form = precision(valid_date) or ""
        return f"write {syntax.literal(valid_date, kinds[form])}" if valid_date else fix
    if "langString" in kinds:
        return _language_fix(value, syntax)
    if kinds.keys() & {"integer", "decimal"}:
        return _number_fix(key, value, syntax)
    if key.choices:
        choices = {local_name(iri) or iri: iri for iri in key.choices}
        near = similar_names(value, choices, 1)
        if near:
            return f"did you mean {syntax.choice(choices[near[0]])}?"
        return syntax.wording(split_message(key.message)[1])
    if key.classes:
        return _id_fix(key, value, ontology, ids, syntax, subject)
    if not kinds:
        return syntax.address()
    return syntax.wording(split_message(key.message)[1])


def _term_fix(scheme: str, value: str, ontology: Ontology, syntax: RecordValues) -> str:
    """The term that `value` is the label of or similar to; all terms if there is none."""
    terms = ontology.schemes.get(scheme, ())
    by_label = {label: term for term in terms for label in ontology.labels.get((scheme, term), ())}
    near = [by_label[fold(value)]] if fold(value) in by_label else similar_names(value, terms, 1)
    if near:
        return f"did you mean {syntax.concept(scheme, near[0])}?"
    return f"terms of {syntax.scheme(scheme)}: " + ", ".join(terms)


def _language_fix(value: str, syntax: RecordValues) -> str:
    """How to add the language to a text, which only a reader can tell."""
    if syntax is IN_RECORDS:
        return "add the language of the text, such as en"
    pasted = syntax.text(value, "en")
    return (
        f"add the language of the text: {pasted} if it is English"
        if pasted
        else ("add the language of the text, such as en")
    )


def requirement(key: RecordKey) -> str:
    """What the rule of `key` requires, as it follows "write": `one whole number, 1 or more`."""
    _, _, required = split_message(key.message)[0].partition(" is ")
    return required or expected_values(key)


def _number_fix(key: RecordKey, value: str, syntax: RecordValues) -> str:
    """The number that `value` is in another notation; for any other value, which are valid."""
    if re.fullmatch(r"[+-]?\d{19,}", value):
        return "write a number of at most 18 digits"
    try:
        number = format(Decimal(value), "f") if re.fullmatch(_SCIENTIFIC, value) else ""
    except InvalidOperation:
        number = ""
    repeated = number == value.lstrip("+") or number.startswith("-")
    decimals = [kind for kind in key.datatypes if local_name(kind) == "decimal"]
    if number and not repeated and (number.isdigit() or decimals):
        return f"write {syntax.literal(number, (decimals or key.datatypes)[0])}"
    words = requirement(key)
    return f"write {words}" if "digits" in words else f"write {words}, in digits"


def key_segments(key: RecordKey, ontology: Ontology, subject: str) -> frozenset[str]:
    """The segments of the IRIs of the things that a key takes; none if they are not known."""
    if key.same_class:
        return frozenset(filter(None, (namespaces.segment_of(subject),)))
    names = {name for iri in key.classes for name in ontology.record_classes(iri)}
    kinds = [ontology.classes[name] for name in names]
    kinds += [ontology.by_iri[iri] for iri in key.classes if iri in ontology.by_iri]
    return frozenset(kind.segment for kind in kinds)


def _id_fix(
    key: RecordKey,
    value: str,
    ontology: Ontology,
    ids: IdSuggestions,
    syntax: RecordValues,
    subject: str,
) -> str:
    """How to fix a `value` that is not the id of a record of a class that `key` takes."""
    identifier = value.rpartition("/")[2]
    segments = key_segments(key, ontology, subject)
    own = local_name(subject)
    if key.refers:
        owner, slash, _ = value.partition("/")
        near = ids.nearest(owner) if slash and owner not in ids else ""
        expected = expected_values(key, syntax)
        form = ": record-id/its-id" if syntax is IN_RECORDS else ""
        return (near and f"did you mean {syntax.thing(near)}?") or f"write the {expected}{form}"
    if value.startswith(namespaces.BASE) and identifier in ids and syntax is IN_RECORDS:
        return f"write the id alone: {identifier}"
    if value in ids and value != own and ids.is_in(value, segments) and syntax is not IN_RECORDS:
        return f"write {syntax.thing(value)}"
    names = sorted(name for iri in key.classes for name in ontology.record_classes(iri))
    expected = (
        f"{syntax.thing_is} {_alternatives(names)}" if names else expected_values(key, syntax)
    )
    if value in ids:
        return f"{syntax.thing(value)} exists, but is of another class; write the {expected}"
    if near := ids.nearest(value, segments, own):
        return f"did you mean {syntax.thing(near)}?"
    if syntax is IN_RECORDS:
        return "create the record, or correct the id"
    return f"write the {expected}, or state that thing in this file{syntax.elsewhere}"


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


def date_of(text: str, kinds: Collection[str]) -> str:
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
