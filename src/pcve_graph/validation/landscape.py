"""The files of queries/landscape, which the commands of analysis read, validated as content."""

from __future__ import annotations

import json
from dataclasses import astuple
from functools import partial
from typing import Final

from ..model.problems import Position, Problem
from ..model.project import Project
from ..model.schema import Ontology
from ..query.saved import read_query_file
from ..system.cache import cached
from ..system.files import LARGEST_FILE, read_inside, walk_files

_FOLDER: Final = "landscape"


def landscape_problems(project: Project, ontology: Ontology) -> list[Problem]:
    """The problems of the queries in queries/landscape and of weights.yml.

    A file that is missing is not a problem; a command that requires it reports that. The result is
    cached in `build/` for the same files, classes and closed lists. Raises ContentError for a file
    that is not a regular file of the project, or too large.
    """
    contents = _read_contents(project)
    names = [ontology.schemes, sorted(ontology.classes), *contents]
    inputs = [json.dumps(names).encode(), *contents.values()]
    rows = cached(project.build, _FOLDER, inputs, partial(_problems, contents, ontology))
    return [Problem(Position(*position), *rest) for position, *rest in rows]


def _read_contents(project: Project) -> dict[str, bytes]:
    """The content of weights.yml and of each query directly in queries/landscape, by its name."""
    contents: dict[str, bytes] = {}
    top = project.queries / _FOLDER
    for name, _ in walk_files(top, f"{project.relative(top)}/", project.root):
        path = project.root / name
        if path.parent != top:
            continue
        if path.suffix == ".rq":
            contents[name] = read_query_file(path, name)
        elif path.name == "weights.yml":
            contents[name] = read_inside(path, project.root, LARGEST_FILE)
    return dict(sorted(contents.items()))


def _problems(contents: dict[str, bytes], ontology: Ontology) -> list[tuple[object, ...]]:
    from ..analysis.content import content_problems  # most builds have the result in the cache

    return [astuple(problem) for problem in content_problems(contents, ontology)]
