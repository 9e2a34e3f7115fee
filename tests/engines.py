"""Engines that answer the saved queries, and when their answers are equal.

An engine is whatever has `ask(text, bindings)` and gives a Table. `agrees` compares it on one run
with the golden answer, or on the shipped graph with the embedded store; tests of other engines take
RUNS and `agrees` from here.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from typing import Protocol

import pyoxigraph as ox
import rdflib
from conftest import ROOT, World
from golden import GOLDEN, runs

from pcve_graph.graph.ontology import read_ontology
from pcve_graph.model.project import Project
from pcve_graph.model.terms import Term
from pcve_graph.publish.export.rdf import nquads
from pcve_graph.publish.export.subset import whole_graph
from pcve_graph.query.binding import substitute_terms
from pcve_graph.query.execute import ResultTable, ask
from pcve_graph.query.lists import SEPARATOR
from pcve_graph.query.parameters import bind
from pcve_graph.query.saved import read_queries
from pcve_graph.search.search import open_index

QUERIES = read_queries(Project(ROOT, ROOT / "build"), "answers")
Run = tuple[str, str, str, tuple[tuple[str, str], ...]]
RUNS: list[Run] = [
    (world, query.name, file, tuple(settings.items()))
    for world in ("northtown", "shipped")
    for query in QUERIES.values()
    for file, settings in runs(query, world)
]
"""(world, question, file, settings) of each run; the file is golden for `northtown`."""


class Engine(Protocol):
    """Anything that answers a SELECT over the union of all graphs."""

    def ask(self, text: str, bindings: Mapping[str, Term]) -> ResultTable:
        """The answer of `text` with terms for some of its variables."""
        ...


class Embedded:
    """The store that the build saves."""

    def __init__(self, world: World) -> None:
        self.store = world.saved().store

    def ask(self, text: str, bindings: Mapping[str, Term]) -> ResultTable:
        table = ask(self.store, text, bindings)
        assert isinstance(table, ResultTable)
        return table


class Rdflib:
    """rdflib on the same graphs."""

    def __init__(self, world: World) -> None:
        self.dataset = rdflib.Dataset(default_union=True)
        content = nquads(whole_graph(world.saved()), read_ontology(world.project))
        self.dataset.parse(data=content.decode(), format="nquads")

    def ask(self, text: str, bindings: Mapping[str, Term]) -> ResultTable:
        result = self.dataset.query(substitute_terms(text, bindings))
        content = result.serialize(format="json")
        assert content is not None
        solutions = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
        assert isinstance(solutions, ox.QuerySolutions)
        columns = tuple(variable.value for variable in solutions.variables)
        return ResultTable(columns, tuple(tuple(row) for row in solutions))


def agrees(engine: Engine, world: World, run: Run) -> None:
    """Assert that `engine` gives the columns and rows of the right answer, in any order.

    Rows are compared as CSV writes them, which is what all engines can give alike; the values of a
    list may be in any order.
    """
    world_name, name, file, settings = run
    query = QUERIES[name]
    bound = bind(query, dict(settings), open_index(world.saved().folder))
    rows = _rows(engine.ask(query.text, bound).serialize("csv").decode())
    if world_name == "northtown":
        agreed = _rows((GOLDEN / file).read_bytes().decode())
    else:
        agreed = _rows(Embedded(world).ask(query.text, bound).serialize("csv").decode())
    assert rows[0] == agreed[0]
    if len(agreed) == 1 and isinstance(engine, Rdflib):
        # To GROUP BY over no solutions rdflib 7.6 gives a row; in SPARQL 1.1 (18.5.1) there is none.
        return
    assert Counter(rows[1:]) == Counter(agreed[1:])


def _rows(text: str) -> list[tuple[str, ...]]:
    """The rows of a CSV; the values of a list in order, as engines join them in any."""
    rows = csv.reader(io.StringIO(text, newline=""))
    return [tuple(SEPARATOR.join(sorted(cell.split(SEPARATOR))) for cell in row) for row in rows]
