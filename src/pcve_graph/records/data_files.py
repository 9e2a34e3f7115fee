"""Files below data/ that nothing reads: each is a problem, so that no content is left out unseen.

Names that begin with a dot, everything in folders of such names, and the backups of editors
(`x~`, `#x#`) are not content. Rule: data/FORMAT.md, "Files".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from ..evidence.rechecks import RECHECKS
from ..evidence.reviews import REVIEWS
from ..model.problems import Position, Problem, rule_problem
from ..model.project import Project
from ..model.suggest import similar_names
from ..system.files import walk_files

READ_FILES: Final = (
    "FORMAT.md",
    "README.md",
    "bounds.yml",
    "cited.tsv",
    "ledger.yml",
    "left-out.md",
    "moved.tsv",
    "unassigned.yml",
    "unquoted.yml",
)
"""The files directly in data/ that have a reader: the program, or people."""

_SUFFIXES: Final = (".yml", ".jsonl")
_SUFFIX_OF: Final = {".yml": ".yml", ".yaml": ".yml", ".jsonl": ".jsonl", ".json": ".jsonl"}
"""The suffix that is read, by one that a file may have by mistake."""

_TEXTS: Final = "sources/texts"


def all_data_files(project: Project) -> list[str]:
    """The paths of all files below data/, from the project's root, sorted.

    Raises ContentError (`special-file`) for anything but a regular file inside the project.
    """
    top = project.data
    return sorted(path for path, _ in walk_files(top, f"{project.relative(top)}/", project.root))


def unread_files(
    project: Project, paths: Iterable[str], texts: Collection[str] | None
) -> list[Problem]:
    """A problem for each of `paths` (below data/, from the project's root) that nothing reads.

    `texts` are the names of the held texts that sources name; None where that is not known, as a
    source could not be read: then each text counts as read.
    """
    start = f"{project.relative(project.data)}/"
    problems = []
    for path in paths:
        if fix := _fix(path.removeprefix(start), texts):
            message = "no part of the program reads this file"
            problems.append(rule_problem("unread-file", Position(path), message, fix))
    return problems


def held_files(project: Project) -> Iterator[str]:
    """The paths of the files in data/sources/texts, from the project's root."""
    top = project.data.joinpath(*_TEXTS.split("/"))
    return (path for path, _ in walk_files(top, f"{project.relative(top)}/", project.root))


def _fix(inner: str, texts: Collection[str] | None) -> str:
    """How to correct a file that is not read, by its path in data/; empty for one that is."""
    path = PurePosixPath(inner)
    folder, name = path.parent.as_posix(), path.name
    is_record = path.suffix in _SUFFIXES
    if folder == ".":
        read = name in READ_FILES
    elif path.parts[0] == "records" or folder == "sources":
        read = is_record
    elif folder in (RECHECKS, REVIEWS):
        read = path.suffix == ".yml"
    elif folder == _TEXTS:
        read = texts is None or name in texts
    else:
        read = False
    if read or _is_no_content(path):
        return ""
    if folder == _TEXTS:
        return "name it as the textFile of a source, with its sha256, or move it out of data/"
    if path.parts[0] == RECHECKS:
        return "`pcve evidence recheck` writes what is in this folder; move it out of data/"
    if path.parts[0] == "sources" and len(path.parts) > 2:
        return f"move it to data/{_TEXTS if path.parts[1] == 'texts' else 'sources'}/"
    suffix = _SUFFIX_OF.get(path.suffix.casefold())
    if suffix and path.parts[0] in ("records", "sources"):
        return f"rename it to {path.with_suffix(suffix).name}"
    if folder == "." and (similar := similar_names(name, READ_FILES, 1)):
        return f"did you mean {similar[0]}? Else move it out of data/"
    return "write its content as records (.yml or .jsonl), or move it out of data/"


def _is_no_content(path: PurePosixPath) -> bool:
    """Whether a file is hidden, in a hidden folder, or the backup of an editor."""
    name = path.name
    return (
        any(part.startswith(".") for part in path.parts)
        or name.endswith("~")
        or (len(name) > 2 and name.startswith("#") and name.endswith("#"))
    )
