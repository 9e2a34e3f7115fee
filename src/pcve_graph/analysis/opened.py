"""The saved graph of a project, read for analysis, with lookup of the names in options."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from ..graph.ontology import read_ontology
from ..graph.store import StoredGraph
from ..model.project import Project
from ..model.schema import Ontology
from ..query.columns import query_error
from ..query.parameters import bind
from ..query.saved import required_queries
from ..search.search import saved_index
from .load import read_landscape
from .scope import Scope, option_period
from .works import Landscape

if TYPE_CHECKING:
    from .coverage.matrix import Matrix


@dataclass(frozen=True, slots=True)
class ScopeRequest:
    """The options that select a part of the graph, as typed; an empty text is not set.

    Things are named by id or by any name, in any script; `since` and `until` are days, months or
    years, `as_of` is a day.
    """

    topic: str = ""
    group: str = ""
    funder: str = ""
    pillar: str = ""
    since: str = ""
    until: str = ""
    as_of: str = ""
    country: str = ""


class AnalysisGraph:
    """The saved graph of a project, read for analysis when it is first needed."""

    def __init__(self, project: Project, saved: StoredGraph) -> None:
        self.project = project
        self.saved = saved
        self.store: ox.Store = saved.store

    @cached_property
    def landscape(self) -> Landscape:
        """The works, with places, topics and actors."""
        return read_landscape(self.project, self.store)

    @cached_property
    def ontology(self) -> Ontology:
        """The classes and properties of the project."""
        return read_ontology(self.project)

    def resolve(self, query: str = "coverage", **names: str) -> dict[str, str]:
        """The IRIs of named things, by parameter of a query of `queries/landscape`.

        Empty names are left out, replaced records are those that replace them. Raises UsageError,
        with the nearest names, for an unknown one, and ContentError for a query whose parameter
        does not stand for a thing.
        """
        saved_query = required_queries(self.project, "landscape", [query])[query]
        settings = {parameter: name for parameter, name in names.items() if name}
        iris: dict[str, str] = {}
        for name, term in bind(saved_query, settings, saved_index(self.saved)).items():
            if not isinstance(term, ox.NamedNode):
                message = f"the type of the parameter {name} is not thing or concept"
                raise query_error(saved_query, name, message, f"write {name}: {{type: thing, …}}")
            iris[name] = term.value
        return self.landscape.current_iris(iris)

    def scope(self, request: ScopeRequest) -> Scope:
        """The scope that options select. Raises UsageError as `resolve` and `option_period` do."""
        first, last = option_period(request.since, request.until, request.as_of)
        return Scope(**self.resolve(**_names(request)), first=first, last=last)

    def need_scope(self, request: ScopeRequest) -> tuple[Scope, str]:
        """The scope that options select for needs, and the pillar that a source names, or "".

        Raises UsageError as `scope` does.
        """
        first, last = option_period(request.since, request.until, request.as_of)
        iris = self.resolve("needs", **_names(request))
        pillar = iris.pop("pillar", "")
        return Scope(**iris, first=first, last=last), pillar

    def matrix(self, scope: Scope, by: str, count: str, every: bool = False) -> Matrix:
        """The coverage matrix of a scope; `every` adds all narrower topics or groups."""
        from .coverage.matrix import coverage_matrix, read_axis_labels

        lists = read_axis_labels(self.project, self.store, self.landscape.lists)
        return coverage_matrix(self.landscape, lists, scope, by, count, every)

    def with_searches(self, matrix: Matrix, period: Scope) -> Matrix:
        """The matrix with the searches on record that cover a cell for the days of `period`."""
        from .coverage.searches import read_searches, with_searches

        searches = read_searches(self.project, self.store, self.landscape)
        return with_searches(self.landscape, matrix, searches, period)


def _names(request: ScopeRequest) -> dict[str, str]:
    """The names of things that a request has, by parameter; an empty text is not set."""
    return {
        "topic": request.topic,
        "group": request.group,
        "funder": request.funder,
        "pillar": request.pillar,
        "country": request.country,
    }
