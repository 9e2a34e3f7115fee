"""A query with values in place of some of its variables, as a text that stands alone.

The same text goes to the embedded engine and to a remote one, so an answer cannot depend on how an
engine binds. Each *token* of a bound variable in a pattern or expression gives way to a term that
the store's own writer prints, which is one token again; so the structure of the query stays what
its author wrote. Outside the pattern (in SELECT, GROUP BY, ORDER BY, a template) the variable
stays, and a BIND at the end of the pattern gives it its value. Constants in place are also what
engines plan best: a block of VALUES in front of OPTIONAL or a property path is slow in some and
refused in others.

This is the pre-binding of SHACL 1.0, section 5.2.1, with the cases that it leaves open decided: a
parameter is one variable in sub-selects too; BOUND of it is true; a VALUES block or BIND for it
filters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

from ..model.problems import UsageError
from ..model.terms import Term
from ..syntax.sparql_tokens import Token, partners, tokens

_FORMS = ("SELECT", "CONSTRUCT", "DESCRIBE", "ASK")


def spell(term: Term) -> str:
    """`term` as SPARQL, one token or three (a string, `^^`, its datatype).

    A backslash before u or U is kept apart from it, and escapes have eight digits: some engines
    read \\u0022 as a quotation mark before they look for the end of the string, and up to eight
    digits whatever was meant. Raises UsageError for what cannot be a constant.
    """
    if isinstance(term, ox.NamedNode):
        return str(term)
    if not isinstance(term, ox.Literal):
        raise UsageError("a parameter is set to an IRI or a literal, never to a blank node")

    def apart(match: re.Match[str]) -> str:
        letter, code = match.groups()
        if letter:
            return f"\\\\\\U{ord(letter):08X}"
        return f"\\U0000{code}" if code else match[0]

    return re.sub(r"\\(?:\\([uU])|u([0-9A-F]{4})|.)", apart, str(term))


def standalone(text: str, bindings: Mapping[str, Term]) -> str:
    """`text` with the terms of `bindings` in place of its variables of these names.

    `text` is a SPARQL query whose syntax was checked. Raises UsageError where a variable is
    computed by the query's own SELECT, or a term cannot be written.
    """
    if not bindings:
        return text
    return _Binder(text, {name: spell(term) for name, term in bindings.items()}).text()


def limited(text: str, rows: int) -> str:
    """`text`, a SELECT, with a LIMIT of at most `rows`."""
    query_tokens = tokens(text)
    depth, at = 0, len(text)
    for place, token in enumerate(query_tokens):
        depth += {"{": 1, "}": -1}.get(token.text, 0) if token.kind == "sign" else 0
        if depth == 0 and token.word == "LIMIT":
            number = query_tokens[place + 1]
            own = min(rows, int(number.text))
            return f"{text[: number.start]}{own}{text[number.end :]}"
        if depth == 0 and token.word == "VALUES":
            at = token.start
            break
    return f"{text[:at].rstrip()}\nLIMIT {rows}\n{text[at:]}".rstrip() + "\n"


class _Binder:
    """Collects edits (start, end, replacement) over the tokens of one query."""

    def __init__(self, text: str, values: dict[str, str]) -> None:
        self.source = text
        self.values = values
        self.tokens = tokens(text)
        self.names = {token.text[1:] for token in self.tokens if token.kind == "variable"}
        self.edits: list[tuple[int, int, str]] = []
        self.partner = partners(self.tokens)

    def text(self) -> str:
        start = next((n for n, token in enumerate(self.tokens) if token.word in _FORMS), None)
        if start is not None:
            self.query(start, len(self.tokens), {name: name for name in self.values})
        parts, done = [], 0
        for begin, end, words in sorted(self.edits):
            parts += [self.source[done:begin], words]
            done = end
        return "".join([*parts, self.source[done:]])

    def query(self, start: int, end: int, called: dict[str, str]) -> None:
        """A query or sub-select: `called` names each variable outside of the pattern."""
        opening = self.opening(start, end)
        if opening is None:
            for place in range(start, end):
                self.value(place)
            return
        closing = self.partner[opening]
        self.pattern(opening + 1, closing)
        wanted = self.outside(start, opening, called) | self.outside(closing + 1, end, called)
        if any(token.text == "*" for token in self.tokens[start + 1 : start + 3]):
            wanted |= {name for name in called.values() if name in self.values}
        binds = "".join(
            f" BIND({self.values[name]} AS ?{name_here})"
            for name, name_here in called.items()
            if name_here in wanted
        )
        if binds:
            inner = self.tokens[opening + 1].word == "SELECT"
            if inner:
                self.insert(self.tokens[opening].end, " {")
            self.insert(self.tokens[closing].start, (" }" if inner else "") + binds + " ")

    def opening(self, start: int, end: int) -> int | None:
        """The brace that opens the pattern of the query whose form stands at `start`."""
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

    def outside(self, start: int, end: int, called: dict[str, str]) -> set[str]:
        """The new names of bound variables that stand outside of the pattern."""
        outer_names = set()
        for place in range(start, end):
            token = self.tokens[place]
            name = token.text[1:]
            if token.kind == "variable" and name in called:
                if self.tokens[place - 1].word == "AS":
                    raise UsageError(f"{name} is computed by the query, so it cannot be set")
                outer_names.add(called[name])
                if called[name] != name:
                    self.edits.append((token.start, token.end, f"?{called[name]}"))
        return outer_names

    def pattern(self, start: int, end: int) -> None:
        """What stands between the braces of a pattern.

        MINUS compares the variables that both its sides have, so that what is bound goes on being
        one of them, under a name of its own.
        """
        place = start
        while place < end:
            token = self.tokens[place]
            if token.word == "SELECT" and self.tokens[place - 1].text == "{":
                closing = self.partner[place - 1]
                self.query(place, closing, {name: self.fresh(name) for name in self.values})
                place = closing
            elif token.word == "VALUES":
                place = self.data(place)
            elif token.word == "MINUS":
                place += 1
                closing = self.partner[place]
                for name in sorted(self.bound(place, closing)):
                    bind = f" BIND({self.values[name]} AS ?{self.fresh(name)}) "
                    self.insert(token.start, bind)
                    self.insert(self.tokens[closing].start, bind)
            else:
                self.value(place)
                place += 1

    def bound(self, start: int, end: int) -> set[str]:
        """The variables from `start` to `end` that are bound."""
        names = {token.text[1:] for token in self.tokens[start:end] if token.kind == "variable"}
        return names & self.values.keys()

    def value(self, place: int) -> None:
        """Put the value in place of the variable at `place`, if it is one that is bound."""
        token = self.tokens[place]
        name = token.text[1:]
        if token.kind != "variable" or name not in self.values:
            return
        before = self.tokens[max(place - 2, 0) : place]
        if before[-1].word == "AS":
            self.filter(token, name, self.tokens[place + 1])
        elif [token.word for token in before] == ["BOUND", "("]:
            self.edits.append((before[0].start, before[0].end, ""))
            self.edits.append((token.start, token.end, "true"))
        else:
            self.edits.append((token.start, token.end, f" {self.values[name]} "))

    def data(self, place: int) -> int:
        """A VALUES block within a pattern; returns the place after it."""
        opening = next(n for n in range(place, len(self.tokens)) if self.tokens[n].text == "{")
        closing = self.partner[opening]
        for token in self.tokens[place:opening]:
            if token.kind == "variable" and token.text[1:] in self.values:
                self.filter(token, token.text[1:], self.tokens[closing])
        return closing + 1

    def filter(self, token: Token, name: str, last: Token) -> None:
        """Give the variable another name, and after `last` keep only the rows of its value."""
        renamed = self.fresh(name)
        self.edits.append((token.start, token.end, f"?{renamed}"))
        keep = f"!BOUND(?{renamed}) || SAMETERM(?{renamed}, {self.values[name]})"
        self.insert(last.end, f" FILTER({keep}) ")

    def insert(self, at: int, words: str) -> None:
        self.edits.append((at, at, words))

    def fresh(self, name: str) -> str:
        """A name like `name` that the query does not use."""
        number = 1
        while f"{name}_{number}" in self.names:
            number += 1
        self.names.add(f"{name}_{number}")
        return f"{name}_{number}"
