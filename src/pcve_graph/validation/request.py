"""What the options of `pcve validate` ask for: which go together, and the problems they lead to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..graph.store import open_graph
from ..model.problems import OptionError, Problem
from ..model.project import Project
from .run import ValidationOptions, validate_paths

_OF_FILES = ("shapes", "focus", "input_format", "context", "ontologies", "advanced")
"""The options that validation of the whole project would ignore, with those below."""


def check_options(options: ValidationOptions, against: bool, files: bool) -> None:
    """Raise OptionError for options that need others; `files`: some are named."""
    given = {**options, "against": against}
    if not files:
        for name in (*_OF_FILES, "against", "require_claims"):
            if given[name]:
                raise OptionError(f"{_option(name)} requires FILE: name the files")
    for name in ("ontologies", "advanced"):
        if given[name] and not options["shapes"]:
            raise OptionError(f"{_option(name)} requires --shapes: name the file of shapes")


def _option(name: str) -> str:
    return "--ontology" if name == "ontologies" else f"--{name.replace('_', '-')}"


def problems_in(
    project: Project,
    paths: tuple[Path, ...],
    text: bytes | None,
    name: str,
    options: ValidationOptions,
    against: bool,
) -> tuple[Problem, ...]:
    """The problems in `paths` and in `text`, or in the whole project if there are neither.

    Positions in `text`, which has the input format of the options, are in a file called `name`.
    With `against`, references are resolved in the saved graph. Raises as `validate_paths` does.
    """
    saved = open_graph(project) if against else None
    stdin = () if text is None else (Path("-"),)
    outcome = validate_paths(project, (*paths, *stdin), options, saved, text or b"")
    return tuple(
        replace(problem, position=problem.position._replace(path=name))
        if stdin and problem.position.path == "stdin"
        else problem
        for problem in outcome.problems
    )
