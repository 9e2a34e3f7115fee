"""Substitution of RDF terms for variables in the text of a SPARQL query.

The embedded engine and a remote one receive the same text, so an answer cannot depend on how an
engine binds variables. Each *token* of a bound variable in a pattern or expression is replaced by a
term as the store serializes it, which is a single token again, so the structure of the query does
not change. Outside the pattern (in SELECT, GROUP BY, ORDER BY, a template) the variable stays, and
a BIND at the end of the pattern assigns its value. Constants are also what query planners handle
best: a VALUES block in front of OPTIONAL or a property path is slow in some engines and rejected by
others.

This is the pre-binding of SHACL 1.0, section 5.2.1. Cases that it leaves open are decided as
follows: a parameter is the same variable in sub-selects; BOUND of it is true; a VALUES block or
BIND for it is a filter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

from ..model.problems import UsageError
from ..model.terms import Term, is_iri
from ..syntax.sparql_constants import GRAPH, LIMIT, ROW, constant_places
from ..syntax.sparql_tokens import Token, closing_braces, tokenize

_FORMS = ("SELECT", "CONSTRUCT", "DESCRIBE", "ASK")
_PATH_MODIFIER = re.compile(r"[+*]|\?(?!\w)")
_MOST_ROWS = 10**9
"""The greatest number after LIMIT or OFFSET; engines overflow at a greater one."""


def sparql_term(term: Term) -> str:
    """`term` in SPARQL syntax, one token or three (a string, `^^`, its datatype).

    A backslash before u or U is followed by that letter as an escape, and all escapes have eight
    digits: some engines decode \\u0022 to a quotation mark before they look for the end of the
    string, and read up to eight digits after either letter. Raises UsageError for a term that
    cannot be a constant.
    """
    if isinstance(term, ox.NamedNode):
        return str(term)
    if not isinstance(term, ox.Literal):
        raise UsageError("the value of a parameter is an IRI or a literal, not a blank node")

    def escaped(match: re.Match[str]) -> str:
        letter, code = match.groups()
        if letter:
            return f"\\\\\\U{ord(letter):08X}"
        return f"\\U0000{code}" if code else match[0]

    return re.sub(r"\\(?:\\([uU])|u([0-9A-F]{4})|.)", escaped, str(term))


def substitute_terms(text: str, bindings: Mapping[str, Term]) -> str:
    """`text` with each variable that `bindings` names replaced by its term.

    `text` is a SPARQL query whose syntax has been checked. A variable where SPARQL has a constant
    is replaced too; without a value, LIMIT, OFFSET or FROM is left out, and a row of VALUES has
    UNDEF. Raises UsageError if the query's own SELECT computes such a variable, or a term has no
    SPARQL syntax or cannot stand after LIMIT.
    """
    values = {name: sparql_term(term) for name, term in bindings.items()}
    binder = _Binder(text, values)
    binder.fill_constants(bindings)
    return binder.text() if values or binder.edits else text


def with_limit(text: str, rows: int) -> str:
    """`text`, a SELECT query, with a LIMIT of at most `rows`."""
    query_tokens = tokenize(text)
    depth, end = 0, len(text)
    for place, token in enumerate(query_tokens):
        depth += {"{": 1, "}": -1}.get(token.text, 0) if token.kind == "sign" else 0
        if depth == 0 and token.word == "LIMIT":
            number = query_tokens[place + 1]
            limit = min(rows, int(number.text))
            return f"{text[: number.start]}{limit}{text[number.end :]}"
        if depth == 0 and token.word == "VALUES":
            end = token.start
            break
    return f"{text[:end].rstrip()}\nLIMIT {rows}\n{text[end:]}".rstrip() + "\n"


def _row_count(token: Token, term: Term) -> str:
    """The number of rows that `term` states, after LIMIT or OFFSET. Raises UsageError."""
    number = term.value if isinstance(term, ox.Literal) else ""
    if not re.fullmatch(r"\+?[0-9]{1,100}", number):
        raise UsageError(f"{token.text} takes a whole number from 0, not {number or term}")
    return str(min(int(number), _MOST_ROWS))


class _Binder:
    """Collects edits (start, end, replacement) of the tokens of one query."""

    def __init__(self, text: str, values: dict[str, str]) -> None:
        self.source = text
        self.values = values
        self.tokens = tokenize(text)
        self.names = {token.text[1:] for token in self.tokens if token.kind == "variable"}
        self.edits: list[tuple[int, int, str]] = []
        self.constants = constant_places(self.tokens)
        self.partner = closing_braces(self.tokens)

    def text(self) -> str:
        start = next((n for n, token in enumerate(self.tokens) if token.word in _FORMS), None)
        if start is not None:
            self.query(start, len(self.tokens), {name: name for name in self.values})
        parts, copied_to = [], 0
        for begin, end, replacement in sorted(self.edits):
            parts += [self.source[copied_to:begin], replacement]
            copied_to = end
        return "".join([*parts, self.source[copied_to:]])

    def fill_constants(self, bindings: Mapping[str, Term]) -> None:
        """Edit the variables where SPARQL has constants, whether they are bound or not."""
        for place, kind in self.constants.items():
            token = self.tokens[place]
            term = bindings.get(token.text[1:])
            start = token.start
            if term is not None:
                value = _row_count(token, term) if kind == LIMIT else self.values[token.text[1:]]
            elif kind == ROW:
                value = "UNDEF"
            elif kind in (LIMIT, GRAPH):
                named = self.tokens[place - 1].word == "NAMED"
                value, start = "", self.tokens[place - (2 if named else 1)].start
            else:
                continue
            self.edits.append((start, token.end, self.spaced(start, token.end, value)))

    def query(self, start: int, end: int, outer_names: dict[str, str]) -> None:
        """Edit a query or sub-select; `outer_names` names its variables outside the pattern."""
        opening = self.opening(start, end)
        if opening is None:
            for place in range(start, end):
                self.replace_variable(place)
            return
        closing = self.partner[opening]
        self.pattern(opening + 1, closing)
        needed_names = self.outer_variables(start, opening, outer_names)
        needed_names |= self.outer_variables(closing + 1, end, outer_names)
        if any(token.text == "*" for token in self.tokens[start + 1 : start + 3]):
            needed_names |= {name for name in outer_names.values() if name in self.values}
        binds = "".join(
            f" BIND({self.values[name]} AS ?{outer_name})"
            for name, outer_name in outer_names.items()
            if outer_name in needed_names
        )
        if binds:
            has_subselect = self.tokens[opening + 1].word == "SELECT"
            if has_subselect:
                self.insert(self.tokens[opening].end, " {")
            self.insert(self.tokens[closing].start, (" }" if has_subselect else "") + binds + " ")

    def opening(self, start: int, end: int) -> int | None:
        """The place of the brace that opens the pattern of the query whose form is at `start`."""
        place = start + 1
        if self.tokens[start].word == "CONSTRUCT" and self.tokens[place].text == "{":
            place = self.partner[place] + 1
        depth = 0
        while place < end:
            sign = self.tokens[place].word
            depth += {"(": 1, ")": -1}.get(sign, 0)
            if sign == "{" and depth == 0:
                return place
            place = self.partner[place] + 1 if sign == "{" else place + 1
        return None

    def outer_variables(self, start: int, end: int, outer_names: dict[str, str]) -> set[str]:
        """The new names of the bound variables that occur outside the pattern."""
        used_names = set()
        for place in range(start, end):
            token = self.tokens[place]
            name = token.text[1:]
            if token.kind == "variable" and name in outer_names and place not in self.constants:
                if self.tokens[place - 1].word == "AS":
                    raise UsageError(f"{name} is computed by the query and cannot be set")
                used_names.add(outer_names[name])
                if outer_names[name] != name:
                    self.edits.append((token.start, token.end, f"?{outer_names[name]}"))
        return used_names

    def pattern(self, start: int, end: int) -> None:
        """Edit the content between the braces of a pattern.

        MINUS compares the variables that both of its sides have, so a bound variable stays on both
        sides, under a new name.
        """
        place = start
        while place < end:
            token = self.tokens[place]
            if token.word == "SELECT" and self.tokens[place - 1].text == "{":
                closing = self.partner[place - 1]
                self.query(place, closing, {name: self.fresh_name(name) for name in self.values})
                place = closing
            elif token.word == "VALUES":
                place = self.values_block(place)
            elif token.word == "MINUS":
                place += 1
                closing = self.partner[place]
                for name in sorted(self.bound_names(place, closing)):
                    bind = f" BIND({self.values[name]} AS ?{self.fresh_name(name)}) "
                    self.insert(token.start, bind)
                    self.insert(self.tokens[closing].start, bind)
            else:
                self.replace_variable(place)
                place += 1

    def bound_names(self, start: int, end: int) -> set[str]:
        """The bound variables that occur between the places `start` and `end`."""
        places = set(range(start, end)) - self.constants.keys()
        tokens = (self.tokens[place] for place in places)
        names = {token.text[1:] for token in tokens if token.kind == "variable"}
        return names & self.values.keys()

    def replace_variable(self, place: int) -> None:
        """Replace the variable at `place` by its value if it is bound."""
        token = self.tokens[place]
        name = token.text[1:]
        if token.kind != "variable" or name not in self.values or place in self.constants:
            return
        before = self.tokens[max(place - 2, 0) : place]
        if before[-1].word == "AS":
            self.rename_and_filter(token, name, self.tokens[place + 1])
        elif [token.word for token in before] == ["BOUND", "("]:
            self.edits.append((before[0].start, before[0].end, ""))
            self.edits.append((token.start, token.end, "true"))
        else:
            value = self.spaced(token.start, token.end, self.values[name])
            self.edits.append((token.start, token.end, value))

    def values_block(self, place: int) -> int:
        """Edit a VALUES block in a pattern; returns the place after it."""
        opening = next(n for n in range(place, len(self.tokens)) if self.tokens[n].text == "{")
        closing = self.partner[opening]
        for token in self.tokens[place:opening]:
            if token.kind == "variable" and token.text[1:] in self.values:
                self.rename_and_filter(token, token.text[1:], self.tokens[closing])
        return closing + 1

    def rename_and_filter(self, token: Token, name: str, last: Token) -> None:
        """Rename the variable, and after `last` filter for the rows that have its value."""
        renamed = self.fresh_name(name)
        self.edits.append((token.start, token.end, f"?{renamed}"))
        condition = f"!BOUND(?{renamed}) || SAMETERM(?{renamed}, {self.values[name]})"
        self.insert(last.end, f" FILTER({condition}) ")

    def spaced(self, start: int, end: int, value: str) -> str:
        """`value` with spaces, so that it is not joined to its neighbours in the text.

        There is none after `^` and before the modifier of a path, where rdflib accepts none.
        """
        before = "" if self.source[start - 1 : start] == "^" else " "
        modified = _PATH_MODIFIER.match(self.source, end) and is_iri(value)
        return f"{before}{value}{'' if modified else ' '}"

    def insert(self, offset: int, text: str) -> None:
        self.edits.append((offset, offset, text))

    def fresh_name(self, name: str) -> str:
        """A new name, derived from `name`, that the query does not use."""
        number = 1
        while f"{name}_{number}" in self.names:
            number += 1
        self.names.add(f"{name}_{number}")
        return f"{name}_{number}"
