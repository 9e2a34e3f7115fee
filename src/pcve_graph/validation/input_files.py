"""The files that are validated, and the format of each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from ..model.problems import ContentError, Position, UsageError, rule_problem
from ..system.files import walk_files
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


def named_files(
    paths: Iterable[Path], refuse: Callable[[ContentError], None] = lambda _: None
) -> Iterator[Path]:
    """The files among `paths`, and the files with a known extension in folders among them, sorted.

    A folder that is reached twice by way of links is read once, and so is a file in a folder.
    `refuse` is called with what is in a folder instead of such a file or folder and is not
    followed: a FIFO, a device, a broken link, or a link that leads out of the folder, and out of
    the working directory if the folder is in it.
    """
    seen: set[Path] = set()
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        prefix, working, top = f"{path.as_posix()}/", Path.cwd(), path.resolve()
        root = working if top.is_relative_to(working) else top
        entries = walk_files(
            path, prefix.removeprefix("./"), root, hidden=True, refuse=_for_data(refuse)
        )
        for file in sorted(Path(name) for name, _ in entries):
            real = file.resolve()
            if file.suffix in ENDINGS and real not in seen:
                seen.add(real)
                yield file


def _for_data(refuse: Callable[[ContentError], None]) -> Callable[[ContentError], None]:
    """`refuse`, called only for entries in place of a folder or of a file of data."""

    def refuse_data(error: ContentError) -> None:
        name = Path(error.problems[0].position.path)
        if name.suffix in ENDINGS or name.is_dir():
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
