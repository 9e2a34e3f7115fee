"""What is wrong with a value, said once: the same rule and the same cure in records and in any RDF.

A rule is a property shape; its message gives the plain sentence. The cure is worked out from the
value that was found: the nearest term or record, the right form of a date.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from ..model.messages import cure, rule_name, split_message, takes
from ..model.namespaces import expand, local_name
from ..model.problems import Position, Problem, Result
from ..model.schema import Ontology
from ..model.suggest import Ids

_SHOWN: Final = 200
"""Characters of a label or value that a message shows."""

_PLAIN: Final = ("Datatype", "NodeKind", "Or", "Class", "Node")


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
    message_text = f"{name or 'this'} of {thing}"
    if component == "MinCount":
        message_text += " is missing"
        fix = fix or (f"add {key.name}: {takes(key)}" if key else "")
    elif component in ("MaxCount", "UniqueLang"):
        message_text += " has more values than it may"
        fix = fix or "keep one of them"
    elif result.value:
        message_text += f" is {_shown(result.value, called)}"
        if key is not None and (component in _PLAIN or not (fix or key.datatypes)):
            fix = cure(key, _bare(result.value), ontology, ids)
    elif not result.path:
        message_text = f"{thing} breaks this rule"
    fix = fix or (f"write {takes(key)}" if key else "")
    severity = "error" if result.severity == expand("sh:Violation") else "warning"
    return Problem(position, rule_name(result.rule), message_text, why, fix, severity)


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
        held = (
            place for place in places if len(place) == 3 and place[0] == focus and place[2] == value
        )
        if match := next(held, None):
            return match
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
    firsts: dict[tuple[Position, str, str], Problem] = {}
    for problem in problems:
        firsts.setdefault((problem.position, problem.rule, problem.why), problem)
    return tuple(sorted(firsts.values()))


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
