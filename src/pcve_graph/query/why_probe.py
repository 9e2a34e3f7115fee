"""Rewriting of a query so that its solutions show which group graph patterns matched.

The rewritten query selects all variables and binds a mark at the end of each group, so every
solution shows which branches of a UNION and which OPTIONAL parts it comes from. The same engine
evaluates it, so the semantics of SPARQL are not implemented a second time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from ..model.problems import UsageError
from ..syntax.sparql_patterns import TriplePattern, query_patterns
from ..syntax.sparql_tokens import Token, closing_braces, tokenize

MARK: Final = "held_in_group_"
_NEUTRAL: Final = " FILTER (true) "


@dataclass(slots=True)
class MarkedGroup:
    """A group graph pattern. `patterns` are those of its own level, without nested groups.

    `mark` is the variable that is bound where the group matched. `groups` are the nested groups
    that may match with it, `selects` its sub-selects, `exists` the groups of its FILTER EXISTS.
    `certain` are the variables that a pattern binds in every solution.
    """

    mark: str
    patterns: tuple[TriplePattern, ...] = ()
    groups: list[MarkedGroup] = field(default_factory=list)
    selects: list[QueryProbe] = field(default_factory=list)
    exists: list[QueryProbe] = field(default_factory=list)
    certain: frozenset[str] = frozenset()

    def all(self) -> list[MarkedGroup]:
        """The group and all nested groups, except those of sub-selects."""
        return [self, *(inner for group in self.groups for inner in group.all())]


@dataclass(frozen=True, slots=True)
class QueryProbe:
    """A SELECT of all variables with its groups marked, as `text`.

    `columns` are the variables that the original query selects, None for all; `hidden` are those
    that sub-selects do not project, `computed` those that an expression assigns.
    """

    text: str
    group: MarkedGroup
    columns: frozenset[str] | None
    hidden: frozenset[str]
    computed: frozenset[str]


@lru_cache(maxsize=128)
def probe(text: str) -> QueryProbe:
    """The probe of a SPARQL 1.1 SELECT whose syntax has been checked.

    Raises UsageError for another query form, and for a query with SERVICE.
    """
    reader = _QueryReader(text)
    place = next((n for n, token in enumerate(reader.tokens) if token.word in _FORMS), None)
    if place is None or reader.tokens[place].word != "SELECT":
        raise UsageError("reasons are available for the rows of a SELECT only")
    return reader.select(place, len(reader.tokens))


_FORMS: Final = ("SELECT", "CONSTRUCT", "DESCRIBE", "ASK")


class _QueryReader:
    """Reads the groups of one query from its tokens."""

    def __init__(self, text: str) -> None:
        self.source = text
        self.tokens = tokenize(text)
        self.partner = closing_braces(self.tokens)
        first = next((token for token in self.tokens if token.word in _FORMS), None)
        self.prologue = text[: first.start] if first else ""
        self.count = 0

    def select(self, place: int, end: int) -> QueryProbe:
        """The probe of the query or sub-select whose SELECT is at `place`."""
        opening = self.opening(place, end)
        group, marked = self.group(opening)
        clause = self.tokens[place + 1 : opening]
        selects_all = any(token.text == "*" for token in clause[:2])
        projected = frozenset(self.names(clause, after_as=False))
        inner = self.tokens[opening : self.partner[opening]]
        return QueryProbe(
            text=f"{self.prologue}SELECT * WHERE {marked}",
            group=group,
            columns=None if selects_all else projected,
            hidden=self.hidden(opening),
            computed=frozenset(self.names(inner, after_as=True)),
        )

    def opening(self, place: int, end: int) -> int:
        depth = 0
        for index in range(place, end):
            depth += {"(": 1, ")": -1}.get(self.tokens[index].word, 0)
            if self.tokens[index].word == "{" and depth == 0:
                return index
        raise UsageError("reasons are available for a SELECT with a WHERE pattern only")

    def names(self, clause: list[Token], after_as: bool) -> list[str]:
        """The variables in `clause` that AS assigns, or without `after_as` those it projects."""
        depth, names = 0, []
        for before, token in zip([None, *clause], clause, strict=False):
            depth += {"(": 1, ")": -1}.get(token.word, 0)
            if token.kind == "variable":
                assigned = before is not None and before.word == "AS"
                if assigned if after_as else (assigned or depth == 0):
                    names.append(token.text[1:])
        return names

    def hidden(self, opening: int) -> frozenset[str]:
        """The variables that the sub-selects in a group do not project."""
        hidden: set[str] = set()
        for index in range(opening, self.partner[opening]):
            if self.tokens[index].word == "SELECT" and self.tokens[index - 1].word == "{":
                closing = self.partner[index - 1]
                inside = self.opening(index, closing)
                projected = self.names(self.tokens[index + 1 : inside], after_as=False)
                used = {
                    token.text[1:]
                    for token in self.tokens[inside:closing]
                    if token.kind == "variable"
                }
                hidden |= used - set(projected)
        return frozenset(hidden)

    def group(self, opening: int) -> tuple[MarkedGroup, str]:
        """The group whose brace is at `opening`, and its text with marks."""
        self.count += 1
        group = MarkedGroup(f"{MARK}{self.count}")
        closing = self.partner[opening]
        bind = f" BIND (true AS ?{group.mark}) "
        if self.tokens[opening + 1].word == "SELECT":
            subselect = self.select(opening + 1, closing)
            group.selects.append(subselect)
            if subselect.columns is not None:
                group.certain = subselect.group.certain & subselect.columns
            inner = self.source[self.tokens[opening].start : self.tokens[closing].end]
            return group, f"{{ {inner}{bind}}}"
        content = _GroupReader(self, group, opening)
        content.read()
        return group, f"{{{content.marked_text}{bind}}}"

    def patterns(self, text: str) -> tuple[TriplePattern, ...]:
        return query_patterns(f"{self.prologue}SELECT * WHERE {{{text}}}").patterns


class _GroupReader:
    """Reads the content between the braces of a group."""

    def __init__(self, reader: _QueryReader, group: MarkedGroup, opening: int) -> None:
        self.reader = reader
        self.group = group
        self.place = opening + 1
        self.end = reader.partner[opening]
        self.copied_to = reader.tokens[opening].end
        self.own_text = ""
        self.marked_text = ""
        self.certain: set[str] = set()

    def read(self) -> None:
        all_tokens = self.reader.tokens
        while self.place < self.end:
            word = all_tokens[self.place].word
            if word in ("VALUES", "SERVICE"):
                self.data(word)
            elif word == "{":
                self.nested(self.place, certain=True)
            elif word in ("OPTIONAL", "MINUS", "GRAPH"):
                brace = self.place + (2 if word == "GRAPH" else 1)
                self.nested(brace, certain=word == "GRAPH", negated=word == "MINUS")
            elif word == "EXISTS":
                self.condition()
            else:
                self.place += 1
        self.copy(all_tokens[self.end].start)
        self.group.patterns = self.reader.patterns(self.own_text)
        for pattern in self.group.patterns:
            ends = map(str, (pattern.subject, pattern.path, pattern.object))
            self.certain |= {end[1:] for end in ends if end.startswith("?")}
        self.group.certain = frozenset(self.certain)

    def copy(self, until: int) -> None:
        """Copy the text up to the offset `until` unchanged."""
        copied = self.reader.source[self.copied_to : until]
        self.own_text += copied
        self.marked_text += copied
        self.copied_to = until

    def data(self, word: str) -> None:
        if word == "SERVICE":
            raise UsageError("reasons are not available for a query with SERVICE")
        all_tokens = self.reader.tokens
        while all_tokens[self.place].word != "{":
            self.place += 1
        self.place = self.reader.partner[self.place] + 1

    def nested(self, brace: int, *, certain: bool, negated: bool = False) -> None:
        """Read a nested group with its keyword, and the groups that UNION joins to it."""
        reader, all_tokens = self.reader, self.reader.tokens
        self.copy(all_tokens[self.place].start)
        branches = []
        while True:
            closing = reader.partner[brace]
            self.marked_text += reader.source[self.copied_to : all_tokens[brace].start]
            if negated:
                self.marked_text += reader.source[all_tokens[brace].start : all_tokens[closing].end]
            else:
                group, text = reader.group(brace)
                branches.append(group)
                self.marked_text += text
            self.copied_to = all_tokens[closing].end
            self.place = closing + 1
            if all_tokens[self.place].word != "UNION":
                break
            brace = self.place + 1
        self.own_text += _NEUTRAL
        self.group.groups += branches
        if certain and branches:
            self.certain |= frozenset.intersection(*(branch.certain for branch in branches))

    def condition(self) -> None:
        """Read EXISTS or NOT EXISTS with its group; `own_text` has `true` in its place."""
        reader, all_tokens = self.reader, self.reader.tokens
        negated = all_tokens[self.place - 1].word == "NOT"
        brace = self.place + 1
        closing = reader.partner[brace]
        if not negated:
            group, text = reader.group(brace)
            condition = QueryProbe(
                f"{reader.prologue}SELECT * WHERE {text}",
                group,
                None,
                reader.hidden(brace),
                frozenset(),
            )
            self.group.exists.append(condition)
        first = all_tokens[self.place - 1 if negated else self.place]
        self.copy(first.start)
        self.own_text += "(true)"
        self.marked_text += reader.source[first.start : all_tokens[closing].end]
        self.copied_to = all_tokens[closing].end
        self.place = closing + 1
