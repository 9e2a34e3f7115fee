"""The base of an answer: of how many things the graph states what the answer is about.

Few sources state a target group, a level of prevention or an evaluation. A count or a share of what
they state says little without the number of things that it is taken from, so the header of such a
query names its base, and each answer ends in one sentence about it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ..model.namespaces import expand
from ..model.problems import ContentError, Position, UsageError, rule_problem
from ..model.suggest import did_you_mean
from ..model.terms import Term
from ..syntax.sparql_errors import check_syntax
from ..syntax.sparql_tokens import tokenize
from ..syntax.tree import MappingNode, RecordNode, ScalarNode
from .execute import Answer, ResultTable

BASE_KEYS: Final = ("text", "of", "stating")
_PLACES: Final = ("{stating}", "{of}")
_SHORTEST: Final = 0.05
"""Seconds. With less time left the base is not counted."""

Asker = Callable[..., Answer]
"""What answers SPARQL as `execute.ask` does, such as the `ask` of a `ReadableGraph`."""


@dataclass(frozen=True, slots=True)
class Base:
    """What the base of an answer is.

    `text` is a sentence with `{stating}` and `{of}` in the place of the two counts, `query` a
    SELECT of these. Parameters that are set hold in it as in the query itself.
    """

    text: str
    query: str


def read_base(node: RecordNode | None, text: str, name: str) -> Base | None:
    """The base that the header of the query `text` gives with the key `base`; None without one.

    `of` is a graph pattern of the things that are counted, as `?thing`, and `stating` one that
    holds for those of which the graph states what the answer is about. The prefixes are those of
    the query. Things that another one replaces are in neither count. Raises ContentError, with the
    line and column in `name`.
    """
    if node is None:
        return None
    if not isinstance(node, MappingNode):
        raise _error(node.position, "base is not a mapping", "write text, of and stating below it")
    for key, _ in node.entries:
        if key.text not in BASE_KEYS:
            hint = did_you_mean(key.text, BASE_KEYS) or "valid keys: " + ", ".join(BASE_KEYS)
            raise _error(key.position, f'unknown key "{key.text}" in base', hint)
    parts = {}
    for key_name in BASE_KEYS:
        value = node.get(key_name)
        if not isinstance(value, ScalarNode) or not value.text.strip():
            fix = f"add {key_name}, a text"
            raise _error(node.position, f"base has no {key_name}", fix)
        parts[key_name] = value
    for place in _PLACES:
        if parts["text"].text.count(place) != 1:
            fault = f"the text of base has {place} {parts['text'].text.count(place)} times"
            fix = "write a sentence with {stating} and {of}, once each"
            raise _error(parts["text"].position, fault, fix)
    return Base(parts["text"].text, _count_query(parts, text, name))


def _count_query(parts: Mapping[str, ScalarNode], text: str, name: str) -> str:
    """The SELECT of both counts. Raises ContentError at the pattern that is not SPARQL."""
    first = next(token for token in tokenize(text) if token.word in ("SELECT", "ASK"))
    prologue = text[: first.start]
    of, stating = parts["of"].text, parts["stating"].text
    for pattern in (parts["of"], parts["stating"]):
        try:
            check_syntax(f"{prologue}SELECT ?thing WHERE {{ {pattern.text} }}", name)
        except ContentError as error:
            fault = f"this is not a graph pattern: {error.problems[0].message}"
            raise _error(pattern.position, fault, "write a pattern about ?thing") from None
        variables = {token.text for token in tokenize(pattern.text) if token.kind == "variable"}
        if "?thing" not in variables:
            fix = "name what is counted ?thing"
            raise _error(pattern.position, "the pattern has no variable ?thing", fix)
    current = f"{of} FILTER NOT EXISTS {{ ?thing <{expand('dcterms:isReplacedBy')}> ?retiredFor }}"
    return (
        f"{prologue}SELECT ?of ?stating WHERE {{\n"
        f"  {{ SELECT (COUNT(DISTINCT ?thing) AS ?of) WHERE {{ {current} }} }}\n"
        f"  {{ SELECT (COUNT(DISTINCT ?thing) AS ?stating) WHERE {{ {current} {stating} }} }}\n"
        "}\n"
    )


def base_notes(
    ask: Asker,
    base: Base | None,
    bindings: Mapping[str, Term],
    name: str,
    seconds: float,
    **bounds: object,
) -> tuple[str, ...]:
    """The sentence about the base of an answer to the query `name`; none where it has no base.

    `ask` counts within `seconds`, 0 for no limit, and `bounds`. An answer is worth reading without
    its base, so where the time is up the sentence says that it was not counted.
    """
    if base is None:
        return ()
    try:
        answer = ask(base.query, bindings, name, timeout=seconds, **bounds)
    except UsageError:
        return ("The base of this answer was not counted within the time limit.",)
    if not isinstance(answer, ResultTable) or len(answer.rows) != 1:
        return ()
    counts = dict(zip(answer.columns, answer.rows[0], strict=True))
    numbers = {name: int(getattr(term, "value", 0)) for name, term in counts.items()}
    return (base.text.format(**{name: f"{count:,}" for name, count in numbers.items()}),)


def remaining_seconds(limit: float, spent: float) -> float:
    """What is left of a limit in seconds, at least a moment; 0 where there is no limit."""
    return max(limit - spent, _SHORTEST) if limit else 0


def _error(position: Position, fault: str, fix: str) -> ContentError:
    return ContentError([rule_problem("query-header", position, fault, fix)])
