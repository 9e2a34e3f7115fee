"""The position and the fix of a syntax error in a query.

The parser of the engine reports that a text is invalid, but not reliably where: its position is
after the longest keyword that it tried. So a binary search over the tokens finds how much of the
text can be continued to a query.
"""

from __future__ import annotations

import re
from typing import Final

import pyoxigraph as ox

from ..model.namespaces import PREFIXES
from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.suggest import similar_names
from .sparql_bounds import check_query_text
from .sparql_grouping import AGGREGATES, grouping_fault
from .sparql_tokens import KEYWORDS, Token, declared_prefixes, line_and_column, token_iri, tokenize

_PAD: Final = 40
"""Spaces appended to a beginning that is parsed: more than the length of the longest keyword."""

_AFTER: Final = {
    "FILTER": "put the condition into ( )",
    "GROUP": "write GROUP BY",
    "LIMIT": "write a whole number",
    "OFFSET": "write a whole number",
    "ORDER": "write ORDER BY",
    "SELECT": "put ( ) around what is computed: (COUNT(?x) AS ?n)",
}
"""The fix of an invalid token after a keyword, by the keyword."""


def check_syntax(text: str, name: str, added: int = 0) -> None:
    """Raise ContentError (`query-syntax`) if `text`, in the file `name`, is not a SPARQL query.

    The text is parsed but never run. Raises as `check_query_text` does if it must not be
    parsed. `added` is the number of characters prepended to the first line that the user wrote.
    """
    check_query_text(text, name, added)
    if message := _message(text):
        raise ContentError([syntax_problem(text, message, name, added)])


def syntax_problem(text: str, message: str, name: str, added: int = 0) -> Problem:
    """The problem, with position and fix, of `text`, which the parser rejects with `message`."""
    query_tokens = tokenize(text)
    wrong = _first_wrong(text, query_tokens)
    grouping = grouping_fault(query_tokens)
    if grouping and wrong >= grouping.query_end:
        offset, message, fix = grouping.start, grouping.message, grouping.fix
    elif wrong >= len(query_tokens):
        offset, message, fix = _at_end(text, query_tokens, message)
    else:
        offset = query_tokens[wrong].start
        message, fix = _at_token(text, query_tokens, wrong)
    line, column = line_and_column(text, offset)
    place = Position(name, line, column - added if line == 1 else column)
    return rule_problem("query-syntax", place, message, fix)


def first_wrong_token(text: str) -> int | None:
    """The index of the first token after which `text` is not a query; None if it is one.

    It is the number of tokens if each can be continued, but the text as a whole is not a query.
    """
    return _first_wrong(text, tokenize(text)) if _message(text) else None


def _first_wrong(text: str, query_tokens: list[Token]) -> int:
    """The index of the first token that no query has at its place, or the number of tokens."""
    low, high = 0, len(query_tokens) + 1
    while low + 1 < high:
        middle = (low + high) // 2
        beginning = text[: query_tokens[middle - 1].end]
        low, high = (middle, high) if _can_continue(beginning) else (low, middle)
    return high - 1


def _message(text: str) -> str:
    """The error message of the parser for `text`; empty if it is a query.

    pyoxigraph has no function that only parses. Two options that exclude each other stop this call
    after parsing and before running, which would send a query to the server of a SERVICE (0.5.13,
    tests/attacks/test_outgoing.py).
    """
    try:
        ox.Store().query(text, use_default_graph_as_union=True, default_graph=ox.DefaultGraph())
    except SyntaxError as error:
        return " ".join(str(error).split()) or "not SPARQL"
    except ValueError:
        return ""
    raise RuntimeError("a query was run instead of only parsed")


def _can_continue(beginning: str) -> bool:
    """Whether a query can begin with `beginning`."""
    message = _message(f"{beginning}\n{' ' * _PAD}\x01")
    match = re.match(r"error at (\d+):(\d+):", message)
    last = beginning.count("\n") + 2
    return match is None or (int(match[1]) == last and int(match[2]) > _PAD - 5)


def _at_end(text: str, query_tokens: list[Token], message: str) -> tuple[int, str, str]:
    """(offset, message, fix) if every token is valid but the whole text is not."""
    if "custom function" in message:
        called = re.search(r"<([^>]*)>", message)
        prefixes = declared_prefixes(text)
        name, start = called[0] if called else "what is called", 0
        for token in query_tokens:
            if called and token_iri(token, prefixes) == called[1]:
                name, start = token.text, token.start
                break
        return start, f"{name} is not a function of SPARQL", "use a function of SPARQL 1.1"
    if "overrides an existing variable" in message or "Duplicated variable" in message:
        start = next((token.start for token in query_tokens if token.word == "SELECT"), 0)
        return start, "two columns, or a column and the pattern, share a name", "rename one"
    if not query_tokens:
        return 0, "the query is empty", "write one, such as SELECT ?event { ?event a pcve:Event }"
    signs = [token.text for token in query_tokens if token.kind == "sign"]
    for opening, closing in ("{}", "()", "[]"):
        missing = signs.count(opening) - signs.count(closing)
        if missing > 0:
            times = f", {missing} times" if missing > 1 else ""
            what = f"the query ends, but {closing} is missing{times}"
            return len(text.rstrip()), what, f"add {closing} to close {opening}"
    return len(text.rstrip()), "the query is incomplete", "complete it"


def _at_token(text: str, query_tokens: list[Token], index: int) -> tuple[str, str]:
    """(message, fix) for the token at `index`, which cannot follow the tokens before it."""
    token = query_tokens[index]
    before = query_tokens[index - 1] if index else None
    what = f"unexpected {token.text}"
    prefix = token.text.partition(":")[0]
    if token.kind == "name" and prefix not in declared_prefixes(text):
        near = similar_names(prefix, PREFIXES, 1) or sorted(PREFIXES)
        hint = f"declare it; known prefixes: {', '.join(near)}"
        return f"the prefix {prefix}: is not declared", hint
    if token.kind == "iri" and not re.match(r"<[A-Za-z][A-Za-z0-9+.-]*:", token.text):
        fix = (
            "write it in full, or begin the query with BASE and the address that it is relative to"
        )
        return f"the IRI {token.text} is relative, and the query has no BASE", fix
    if token.text == "A":
        return "only the word a in lower case stands for rdf:type", "write a"
    if token.text in "\"'":
        return f"{token.text} opens a string that is not closed on its line", "close it"
    modifiers = similar_names(token.word, ("DISTINCT", "REDUCED"), 1)
    if before and before.word == "SELECT" and modifiers:
        return f"{token.text} is not a keyword of SPARQL", f"did you mean {modifiers[0]}?"
    if token.word in AGGREGATES and _in_select_clause(query_tokens, index):
        return what, _AFTER["SELECT"]
    if before and before.word in _AFTER:
        return what, _AFTER[before.word]
    if token.kind == "word" and token.word not in KEYWORDS:
        near = similar_names(token.word, KEYWORDS, 1)
        hint = f"did you mean {near[0]}?" if near else "a variable begins with ?"
        return f"{token.text} is not a keyword of SPARQL", hint
    if token.text == "," and before and before.kind == "variable":
        return what, "separate the columns by spaces"
    if token.text == "=" and before and before.text == "=":
        return "== is not SPARQL", "compare with one ="
    if token.word in ("ORDER", "GROUP", "HAVING"):
        return what, "write the clauses in the order GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET"
    if before and before.text == ")" and index > 2 and query_tokens[index - 3].word == "AS":
        variable = query_tokens[index - 2].text
        return f"{variable} already has a value in this group", "use a new variable in BIND"
    signs = [token.text for token in query_tokens[: index + 1] if token.kind == "sign"]
    if token.text in "})]":
        opening = "{(["["})]".index(token.text)]
        if signs.count(token.text) > signs.count(opening):
            return f"{token.text} closes no bracket", f"delete it, or add {opening} before it"
        return what, "write subject, predicate and object of the triple pattern; one is missing"
    if token.kind in ("variable", "iri", "name", "string", "number"):
        return what, "end a triple pattern (subject, predicate, object) with a . before the next"
    return what, _expected(text[: before.end] if before else "")


def _in_select_clause(query_tokens: list[Token], index: int) -> bool:
    """Whether the nearest brace or SELECT before the token at `index` is a SELECT."""
    words = (token.word for token in reversed(query_tokens[:index]))
    return next((word for word in words if word in ("{", "}", "SELECT")), "") == "SELECT"


def _expected(beginning: str) -> str:
    """A fix that lists what the parser accepts after `beginning`, as far as it is readable."""
    message = _message(f"{beginning}\n{' ' * _PAD}\x01")
    offered = message.partition("expected ")[2].removeprefix("one of ").split(", ")
    plain = [
        option.strip('"') for option in offered if re.fullmatch(r'"[^"\\]+"|[A-Z]{2,}', option)
    ]
    continuations = " or ".join(plain[:6])
    return f"write {continuations} here" if continuations else "check the text before it"
