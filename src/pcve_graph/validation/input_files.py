"""The files that are validated, and the format of each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from ..model.problems import ContentError, Position, Problem, UsageError, rule_problem
from ..model.visible import one_line
from ..system.files import real_path, walk_files
from .documents import FORMATS

ENDINGS: Final = {
    ".ttl": "turtle",
    ".trig": "trig",
    ".nt": "ntriples",
    ".nq": "nquads",
    ".jsonld": "jsonld",
    ".json": "jsonld",
    ".rdf": "rdfxml",
    ".xml": "rdfxml",
    ".owl": "rdfxml",
    ".yml": "record",
    ".yaml": "record",
    ".jsonl": "record",
}
"""The format of each extension, in lower case; in names of files either case is read."""

_SHOWN: Final = 5
"""Files that a note names."""


def named_files(
    paths: Iterable[Path],
    refuse: Callable[[ContentError], None] = lambda _: None,
    report: Callable[[Problem], None] = lambda _: None,
) -> Iterator[Path]:
    """The files among `paths`, and the files with a known extension in folders among them, sorted.

    A folder that is reached twice by way of links is read once, and so is a file that is named
    twice, or that is named and in a folder.
    `refuse` is called with what is in a folder instead of such a file or folder and is not
    followed: a FIFO, a device, a broken link, or a link that leads out of the folder, and out of
    the working directory if the folder is in it. `report` is called with a warning for a folder in
    which no file is read, and with a note on the files in a folder that have another extension.
    """
    seen: set[Path] = set()
    for path in paths:
        if not path.is_dir():
            real = path if str(path) == "-" else real_path(path)
            if real not in seen:
                seen.add(real)
                yield path
            continue
        prefix = f"{path.as_posix()}/".removeprefix("./")
        working, top = Path.cwd(), path.resolve()
        root = working if top.is_relative_to(working) else top
        refused: list[ContentError] = []
        entries = walk_files(path, prefix, root, hidden=True, refuse=_for_data(refused.append))
        files = sorted(Path(name) for name, _ in entries)
        for error in refused:
            refuse(error)
        readable = [file for file in files if _has_format(file)]
        unread = [file.as_posix() for file in files if not _has_format(file)]
        others = [Path(name.removeprefix(prefix)) for name in unread]
        if not readable and not refused:
            report(_nothing_read(path, bool(others)))
        # what is hidden, such as the files of a version control system, nobody meant to be read
        shown = [file for file in others if not any(part[0] == "." for part in file.parts)]
        if shown:
            report(_passed_over(path, shown))
        for file in readable:
            real = real_path(file)
            if real not in seen:
                seen.add(real)
                yield file


def _has_format(path: Path) -> bool:
    """Whether the extension of a file is that of a format, in upper or lower case."""
    return path.suffix.casefold() in ENDINGS


def _nothing_read(folder: Path, has_files: bool) -> Problem:
    """The warning of a folder in which no file is read."""
    reason = "no file in the folder has a known extension" if has_files else "the folder is empty"
    fix = f"name a folder of files with these extensions: {', '.join(ENDINGS)}"
    place = Position(folder.as_posix())
    problem = rule_problem("nothing-checked", place, f"nothing was checked: {reason}", fix)
    return replace(problem, severity="warning")


def _passed_over(folder: Path, files: list[Path]) -> Problem:
    """The note on the files in a folder whose extension is not known; `files` are named from it."""
    names = ", ".join(one_line(file.as_posix()) for file in files[:_SHOWN])
    more = f" and {len(files) - _SHOWN:,} more" if len(files) > _SHOWN else ""
    what = f"{len(files):,} files are" if len(files) > 1 else "1 file is"
    message = f"{what} not read (unknown file extension): {names}{more}"
    fix = "to read such a file, name it and set the format with --input-format"
    problem = rule_problem("unreadable-file", Position(folder.as_posix()), message, fix)
    return replace(problem, severity="info")


def _for_data(refuse: Callable[[ContentError], None]) -> Callable[[ContentError], None]:
    """`refuse`, called only for entries in place of a folder or of a file of data."""

    def refuse_data(error: ContentError) -> None:
        name = Path(error.problems[0].position.path)
        if _has_format(name) or name.is_dir():
            refuse(error)

    return refuse_data


def check_input_format(named: str | None) -> None:
    """Raise UsageError for an unknown format."""
    formats = {*FORMATS, "record"}
    if named is not None and named not in formats:
        raise UsageError(f"there is no input format {named!r}; known: {', '.join(sorted(formats))}")


def form_of(path: Path, named: str | None) -> str:
    """The format of a file that can be read: `named`, or that of its extension.

    Raises ContentError (`unreadable-file`) for a file that does not exist, is not regular, may not
    be read, or has an unknown extension.
    """
    form, stdin = named or ENDINGS.get(path.suffix.casefold()), str(path) == "-"
    if not stdin and not path.exists():
        message, fix = f"there is no file or folder {path}", "correct the name, or leave it out"
    elif not stdin and not path.is_file():
        message, fix = "it is not a regular file", "use `-` to read from a pipe"
    elif not stdin and not os.access(path, os.R_OK):
        message, fix = "permission denied", "make it readable, or leave it out"
    elif form is None:
        message, fix = "unknown file extension", "set the format with --input-format"
        if path.suffix.casefold() in (".html", ".htm", ".xhtml"):
            message = "it is HTML, which is not read"
            fix = 'validate what is in <script type="application/ld+json">, saved as a .jsonld file'
    else:
        return form
    raise ContentError([rule_problem("unreadable-file", Position(path.as_posix()), message, fix)])


def name_of(path: Path) -> str:
    """The name of a file in messages."""
    return "stdin" if str(path) == "-" else path.as_posix()
