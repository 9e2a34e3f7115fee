"""The files of a project that a release brings up to date, and the acceptance of losses.

They are compared with what every later build finds: data/bounds.yml has the figures of the whole,
data/cited.tsv the cited facts of each record.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..graph.store import StoredGraph
from ..incremental.dependency_index import INDEX_FILE, DependencyIndex
from ..incremental.figures import FigureCounts
from ..incremental.graph_view import GraphView
from ..model.grades import Grade
from ..model.problems import UsageError
from ..model.project import Project
from ..model.schema import Ontology
from ..records.cited import CITED, cited_text
from .bounds import (
    BOUNDS,
    Loss,
    accepted_bounds,
    bounds_text,
    read_bounds,
    released_bounds,
)


def released_files(project: Project, ontology: Ontology, saved: StoredGraph) -> dict[Path, str]:
    """The text of each file that a release of the graph `saved` brings up to date.

    Raises ContentError as `read_bounds` does.
    """
    facts = saved.manifest["facts"]
    counts = FigureCounts.of(GraphView(saved.store), ontology)
    number = sum(facts[grade.value] for grade in Grade)
    figures = counts.figures(facts["verified"], number)
    bounds = released_bounds(read_bounds(project, ontology), figures)
    index = DependencyIndex.read(saved.folder / INDEX_FILE)
    if index is None:
        raise UsageError(f"{project.build} is damaged; run `pcve build --whole`")
    return {
        project.data / BOUNDS: bounds_text(bounds, ontology),
        project.data / CITED: cited_text(index.cited_records()),
    }


def accept_losses(
    project: Project, ontology: Ontology, losses: Iterable[Loss], reason: str
) -> tuple[Path, str]:
    """The path and the new text of data/bounds.yml after these losses are accepted.

    Raises UsageError if the file is gone, and ContentError as `read_bounds` does.
    """
    bounds, path = read_bounds(project, ontology), project.data / BOUNDS
    if bounds is None:
        raise UsageError(f"{path} is gone; run the command again")
    return path, bounds_text(accepted_bounds(bounds, losses, reason), ontology)
