"""What is wrong with a value, said once: the same rule and the same cure in records and in any RDF.

A rule is a property shape; its message gives the plain sentence. The cure is worked out from the
value that was found: the nearest term or record, the right form of a date.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from ..model import namespaces
from ..model.dates import precision
from ..model.namespaces import Ids, expand, local_name, nearest
from ..model.problems import Position, Problem
from ..syntax.ontology import Key, Ontology
from .shacl import Result

_SHOWN: Final = 200
"""Characters of a label or value that a message shows."""

_PLAIN: Final = ("Datatype", "NodeKind", "Or", "Class", "Node")
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


def result_problem(
    result: Result,
    position: Position,
    ontology: Ontology,
    called: dict[str, str],
    ids: Ids,
) -> Problem:
    """A SHACL result as a problem; `called` gives the labels of terms, as N-Triples writes them."""
    name, message = ontology.messages.get(result.rule, ("", ""))
    why, fix = split_message(result.message or message)
    thing = _shown(result.focus, called)
    key = ontology.by_shape.get(result.shape)
    component = local_name(result.component).removesuffix("ConstraintComponent")
    found = f"{name or 'this'} of {thing}"
    if component == "MinCount":
        found += " is missing"
        fix = fix or (f"add {key.name}: {takes(key)}" if key else "")
    elif component in ("MaxCount", "UniqueLang"):
        found += " has more values than it may"
        fix = fix or "keep one of them"
    elif result.value:
        found += f" is {_shown(result.value, called)}"
        if key is not None and (component in _PLAIN or not (fix or key.datatypes)):
            fix = cure(key, _bare(result.value), ontology, ids)
    elif not result.path:
        found = f"{thing} breaks this rule"
    fix = fix or (f"write {takes(key)}" if key else "")
    severity = "error" if result.severity == expand("sh:Violation") else "warning"
    return Problem(position, rule_name(result.rule), found, why, fix, severity)


def nearest_key(places: Collection[tuple[str, ...]], *key: str) -> tuple[str, ...]:
    """The key of `places` that comes nearest to (focus, path, value): the value's, else its path's.

    A result without a path is placed by its value, whatever property holds it; empty where not
    even the focus is there.
    """
    focus, path, value = key
    for wanted in ((focus, path, value), (focus, path)):
        if wanted in places:
            return wanted
    if value and not path:
        held = (each for each in places if len(each) == 3 and each[0] == focus and each[2] == value)
        if found := next(held, None):
            return found
    return (focus,) if (focus,) in places else ()


def pointed(result: Result, places: Collection[tuple[str, ...]], ontology: Ontology) -> Result:
    """`result`; where a node breaks a rule about itself, on the value there that the rule names."""
    if result.path or result.value != result.focus:
        return result
    named = ontology.pointed.get(result.shape, ())
    keys = (nearest_key(places, result.focus, "", value) for value in named)
    return next((replace(result, value=key[2]) for key in keys if len(key) == 3), result)


def plainest(result: Result) -> int:
    """Sorts the results that say most plainly what a value is not before the others."""
    component = local_name(result.component).removesuffix("ConstraintComponent")
    return _PLAIN.index(component) if component in _PLAIN else len(_PLAIN)


def one_each(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The first problem of each rule at each place, sorted: one value breaks one rule once."""
    kept: dict[tuple[Position, str, str], Problem] = {}
    for each in problems:
        kept.setdefault((each.position, each.rule, each.why), each)
    return tuple(sorted(kept.values()))


def _bare(term: str) -> str:
    """The words of a term: the lexical form of a literal, the last segment of an IRI."""
    if term.startswith('"'):
        return term[1 : term.rindex('"')]
    return local_name(term.strip("<>"))


def _shown(term: str, called: dict[str, str]) -> str:
    if term.startswith("_:") and term not in called:
        return "a node without a name"
    words = called.get(term, _bare(term))
    words = words if len(words) <= _SHOWN else words[:_SHOWN] + "…"
    return f'"{words}"' if term in called or term.startswith('"') else words
