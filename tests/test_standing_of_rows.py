"""The column `standing` of every question agrees with the facts behind each row, as `why` finds them.

The rule is in queries/README.md, under "How facts stand". The facts are those that the query
matched for the row; the certainty and the conflicts of each are read from its claims.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TypeAlias

import pyoxigraph as ox
import pytest
from conftest import World
from engines import QUERIES, Embedded
from golden import runs

from pcve_graph.graph.claims import values
from pcve_graph.model.namespaces import expand, local_name
from pcve_graph.model.terms import Term, plain_value
from pcve_graph.query.lists import SEPARATOR
from pcve_graph.query.parameters import bind
from pcve_graph.query.why import why
from pcve_graph.search.search import open_index

Fact: TypeAlias = "tuple[Term | None, Term | None, Term | None]"
Row: TypeAlias = "dict[str, Term | None]"

WITH_STANDING = [name for name, query in QUERIES.items() if "standing" in query.columns]

NO_FACT_OF_A_ROW = {"prefLabel", "type", "containedInPlace"}
"""What a thing is called and is, and what lies where, is no finding about the row."""

SUREST = "of several ways from the first thing of a row to the other the surest counts"

EXEMPT = {
    ("evaluations-by-funder", "funder"): SUREST,
    ("funding-flow", "funder"): SUREST,
    ("funding-flow", "isPartOf"): SUREST,
    ("host-changes", "isPartOf"): SUREST,
    ("host-changes", "memberOf"): SUREST,
    ("host-changes", "organizer"): SUREST,
    ("funders-by-topic", "funder"): "its row counts works; `uncertain` says how many are so",
    ("funders-by-topic", "isPartOf"): "its row counts works, as above",
    ("funders-by-topic", "hasTransaction"): "its row counts works, as above",
    ("funders-by-topic", "payer"): "its row counts works, as above",
    ("last-confirmed-active", "startDate"): "only the latest of the dates is shown",
    ("last-confirmed-active", "isPartOf"): "only the latest of the events is shown",
    ("series-editions", "series"): "a missing edition is an absence, bounded by others",
    ("series-editions", "edition"): "a missing edition is an absence, bounded by others",
}
"""Properties whose facts need not show in `standing`, by question, with the reason."""

ROWS = 60
"""Rows of a question that are looked into, spread over its answer, to bound the time."""


def facts_that_stand(store: ox.Store) -> tuple[set[Fact], set[Fact]]:
    """The facts that are inferred alone, and those that another claim conflicts with."""

    def fact(claim: Term) -> Fact:
        parts = ("rdf:subject", "rdf:predicate", "rdf:object")
        subject, predicate, value = (next(values(store, claim, expand(p)), None) for p in parts)
        return subject, predicate, value

    certainties: dict[Fact, set[str]] = defaultdict(set)
    for quad in store.quads_for_pattern(None, ox.NamedNode(expand("pcve:certainty")), None, None):
        certainties[fact(quad.subject)].add(local_name(plain_value(quad.object)))
    conflict = ox.NamedNode(expand("pcve:conflictsWith"))
    contested = {
        fact(claim)
        for quad in store.quads_for_pattern(None, conflict, None, None)
        for claim in (quad.subject, quad.object)
    }
    return {key for key, words in certainties.items() if words == {"inferred"}}, contested


def answers(world: World, name: str) -> Iterator[tuple[dict[str, Term], Row]]:
    """The rows of all runs of a question on the shipped graph, each with the parameters."""
    query, seen = QUERIES[name], set()
    for _, settings in runs(query, "shipped"):
        bound = bind(query, settings, open_index(world.saved().folder))
        table = Embedded(world).ask(query.text, bound)
        for cells in table.rows:
            if cells not in seen:
                seen.add(cells)
                yield bound, dict(zip(table.columns, cells, strict=True))


def words(row: Row) -> set[str]:
    standing = row["standing"]
    return set(plain_value(standing or "").split(", ")) - {""}


@pytest.mark.long
@pytest.mark.parametrize("name", WITH_STANDING)
def test_a_row_stands_as_the_facts_behind_it(shipped: World, name: str) -> None:
    store = shipped.saved().store
    doubtful = dict(zip(("inferred", "contested"), facts_that_stand(store), strict=True))
    rows = list(answers(shipped, name))
    for bound, row in rows[:: len(rows) // ROWS + 1]:
        facts: set[Fact] = set()
        for reason in why(store, QUERIES[name].text, bound, row):
            facts.add((reason.subject, reason.predicate, reason.object))
            if local_name(reason.predicate.value) != "type":
                facts |= {(b.subject, b.predicate, b.object) for b in reason.basis}
        for word, stands in doubtful.items():
            behind = {local_name(plain_value(f[1])) for f in facts & stands}
            behind -= NO_FACT_OF_A_ROW
            if word in words(row):
                assert behind, (word, row)
            else:
                assert not {p for p in behind if (name, p) not in EXEMPT}, (word, behind, row)


@pytest.mark.long
@pytest.mark.parametrize("name", WITH_STANDING)
def test_the_status_of_an_event_of_a_row_shows(shipped: World, name: str) -> None:
    """An event in any cell: planned and postponed ones are announced, and their status may be doubted."""
    store = shipped.saved().store
    inferred, contested = facts_that_stand(store)
    expected: dict[str, set[str]] = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(expand("pcve:status")), None, None):
        status: Fact = (quad.subject, quad.predicate, quad.object)
        ahead = local_name(plain_value(quad.object)) in ("planned", "postponed")
        expected.setdefault(plain_value(quad.subject), set()).update(
            word
            for word, holds in (
                ("inferred", status in inferred),
                ("contested", status in contested),
                ("announced", ahead),
            )
            if holds
        )
    for _, row in answers(shipped, name):
        for cell in row.values():
            for value in str(getattr(cell, "value", "")).split(SEPARATOR):
                assert expected.get(value, set()) <= words(row), (value, row)
