"""Where a query stops being SPARQL, and what to do about it.

The engine's parser says that a text is wrong, but not reliably where: the place it gives lies
behind the longest keyword that it tried. So the place is found by asking it how far the text can
be continued, token by token, in as many steps as halving takes.
"""

from __future__ import annotations

import re
from typing import Final

import pyoxigraph as ox

from ..model.namespaces import PREFIXES
from ..model.problems import ContentError, Position, Problem, breach
from ..model.suggest import likely
from .sparql_bounds import check_text
from .sparql_tokens import KEYWORDS, Token, declared, line_and_column, tokens

_PAD: Final = 40
"""Spaces after the beginning that is tried: more than the longest keyword has letters."""


_AFTER: Final = {
    "FILTER": "put the condition into ( )",
    "GROUP": "write GROUP BY",
    "LIMIT": "write a whole number",
    "OFFSET": "write a whole number",
    "ORDER": "write ORDER BY",
    "SELECT": "put ( ) around what is computed: (COUNT(?x) AS ?n)",
}
"""What is amiss behind a word that nothing fitting follows."""


def check_syntax(text: str, name: str, added: int = 0) -> None:
    """Raise ContentError (`query-syntax`) with the place in `name` where `text` is no SPARQL query.

    The text is parsed and never run. Raises as `bounds.check_text` does for one not to be parsed.
    `added` counts the characters put before the first line of what the person wrote.
    """
    check_text(text, name, added)
    if message := _message(text):
        raise ContentError([syntax_problem(text, message, name, added)])


def syntax_problem(text: str, message: str, name: str, added: int = 0) -> Problem:
    """What is wrong with `text`, of which the parser says `message`, with place and cure."""
    found = tokens(text)
    low, high = 0, len(found) + 1
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if _goes_on(text[: found[middle - 1].end]) else (low, middle)
    if high > len(found):
        offset, what, fix = _at_end(text, found, message)
    else:
        offset = found[high - 1].start
        what, fix = _at_token(text, found, high - 1)
    line, column = line_and_column(text, offset)
    place = Position(name, line, column - added if line == 1 else column)
    return breach("query-syntax", place, what, fix)


def _message(text: str) -> str:
    """What the parser says against `text`; empty where it is a query.

    pyoxigraph has no call that parses alone. Two settings that exclude each other stop this one
    after parsing and before running, which would ask the server of a SERVICE (0.5.13,
    tests/attacks/test_outgoing.py).
    """
    try:
        ox.Store().query(text, use_default_graph_as_union=True, default_graph=ox.DefaultGraph())
    except SyntaxError as error:
        return " ".join(str(error).split()) or "not SPARQL"
    except ValueError:
        return ""
    raise RuntimeError("a query was run where it was to be parsed")


def _goes_on(beginning: str) -> bool:
    """Whether some query begins so."""
    message = _message(f"{beginning}\n{' ' * _PAD}\x01")
    match = re.match(r"error at (\d+):(\d+):", message)
    last = beginning.count("\n") + 2
    return match is None or (int(match[1]) == last and int(match[2]) > _PAD - 5)


def _at_end(text: str, found: list[Token], message: str) -> tuple[int, str, str]:
    """(offset, what, fix) where every token fits and the whole does not."""
    if "custom function" in message:
        name = next((each for each in found if each.text in message), found[0])
        return name.start, f"{name.text} is no function of SPARQL", "use one that SPARQL 1.1 has"
    if "SELECT contains" in message:
        start = next((each.start for each in found if each.word == "SELECT"), 0)
        fix = "name the column in GROUP BY, or put it into an aggregate such as SAMPLE( )"
        return start, "a column of SELECT is neither grouped by nor computed from the groups", fix
    if not found:
        return 0, "there is no query", "write one, such as SELECT ?event { ?event a pcve:Event }"
    signs = [each.text for each in found if each.kind == "sign"]
    for opening, closing in ("{}", "()", "[]"):
        missing = signs.count(opening) - signs.count(closing)
        if missing > 0:
            times = f", {missing} times" if missing > 1 else ""
            what = f"the query ends, and {closing} is missing{times}"
            return len(text.rstrip()), what, f"close what {opening} opens"
    return len(text.rstrip()), "the query ends too soon", "write the rest of it"


def _at_token(text: str, found: list[Token], place: int) -> tuple[str, str]:
    """(what, fix) where the token at `place` cannot follow what stands before it."""
    token = found[place]
    before = found[place - 1] if place else None
    what = f"{token.text} cannot stand here"
    prefix = token.text.partition(":")[0]
    if token.kind == "name" and prefix not in declared(text):
        near = likely(prefix, PREFIXES, 1) or sorted(PREFIXES)
        return f"the prefix {prefix}: is not declared", f"declare it; known here: {', '.join(near)}"
    if token.text in "\"'":
        return f"{token.text} opens a text that is not closed on its line", "close it"
    if before and before.word in _AFTER:
        return what, _AFTER[before.word]
    if token.kind == "word" and token.word not in KEYWORDS:
        near = likely(token.word, KEYWORDS, 1)
        hint = f"did you mean {near[0]}?" if near else "a variable begins with ?"
        return f"{token.text} is no word of SPARQL", hint
    if token.text == "," and before and before.kind == "variable":
        return what, "separate the columns by spaces"
    if token.text == "=" and before and before.text == "=":
        return "== is not SPARQL", "compare with one ="
    if token.word in ("ORDER", "GROUP", "HAVING"):
        return what, "the order is GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET"
    if before and before.text == ")" and place > 2 and found[place - 3].word == "AS":
        variable = found[place - 2].text
        return f"{variable} has a value in this group already", "give BIND a new variable"
    signs = [each.text for each in found[: place + 1] if each.kind == "sign"]
    if token.text in "})]":
        opening = "{(["["})]".index(token.text)]
        if signs.count(token.text) > signs.count(opening):
            return f"{token.text} closes nothing", f"delete it, or open it with {opening}"
        return what, "a pattern has three parts: subject, predicate, object; one is missing"
    if token.kind in ("variable", "iri", "name", "string", "number"):
        return what, "a pattern has three parts, then a . before the next"
    return what, _expected(text[: before.end] if before else "")


def _expected(beginning: str) -> str:
    """What the parser could go on with after `beginning`, as far as people can read it."""
    message = _message(f"{beginning}\n{' ' * _PAD}\x01")
    offered = message.partition("expected ")[2].removeprefix("one of ").split(", ")
    plain = [each.strip('"') for each in offered if re.fullmatch(r'"[^"\\]+"|[A-Z]{2,}', each)]
    here = " or ".join(plain[:6])
    return f"here could stand {here}" if here else "look at what stands before it"
