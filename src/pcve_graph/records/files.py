"""Files of records and sources as they lie there: one of YAML holds one, JSON Lines one a line.

What an entry says is the business of `records`; here it gets its id, its place and its tree.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from ..model.namespaces import ID
from ..model.problems import ContentError, Position, UsageError, breach
from ..model.project import Project
from ..syntax.json import parse_lines
from ..syntax.tree import Mapping, Node, Scalar, decode
from ..syntax.yaml import parse
from ..system.files import read_file, walk

LARGEST: Final = 2**22
"""Bytes of the largest record that is read."""

LARGEST_LINES: Final = 300 * 2**20
"""Bytes of the largest file of JSON Lines that is read."""

_ID: Final = re.compile(r'\s*\{\s*"id"\s*:\s*"([^"\\]*)"')

File: TypeAlias = Path | bytes
"""A file of records, or what came through stdin."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record or source in a file. `found` is its tree, or what kept it from being read.

    `id` is empty where it could not be made out. `path` is None for stdin.
    """

    id: str
    path: Path | None
    position: Position
    found: Mapping | ContentError

    def root(self) -> Mapping:
        """Its tree. Raises ContentError where there is none."""
        if isinstance(self.found, ContentError):
            raise self.found
        return self.found


def files(paths: Iterable[Path]) -> list[Path]:
    """Those of `paths` that are read as records or sources, sorted."""
    return sorted(path for path in paths if path.suffix in (".yml", ".jsonl"))


def home_files(project: Project, folder: Path) -> list[Path]:
    """The files of records or sources of `project` in a folder and beneath, sorted.

    Raises ContentError (`special-file`) for what is no file of the project's own.
    """
    if not folder.is_dir():
        return []
    walked = walk(folder, f"{project.relative(folder)}/", project.root)
    return files(Path(entry) for _, entry in walked)


def read_entries(project: Project, paths: Iterable[File]) -> Iterator[Entry]:
    """The entries of each file, in the order of the files and of their lines."""
    for path in paths:
        if isinstance(path, bytes):
            yield from _stdin(path)
            continue
        name = project.relative(path)
        try:
            yield from _file(path, name)
        except OSError as error:
            raise UsageError(f"{name} cannot be read: {error.strerror}") from None


def _file(path: Path, name: str) -> Iterator[Entry]:
    size, lines = path.stat().st_size, _is_lines(path)
    if size > (LARGEST_LINES if lines else LARGEST):
        found = f"the file has {size // 2**20:,} MB"
        fix = "split the file" if lines else "a record is a page or two of text"
        stop = ContentError([breach("file-size", Position(name), found, fix)])
        yield Entry("" if lines else path.stem, path, Position(name), stop)
    elif lines:
        with path.open("rb") as file:
            yield from _lines(file, name, path)
    else:
        yield _document(read_file(path, LARGEST), name, path)


def _is_lines(path: Path) -> bool:
    """Whether a file is JSON Lines: by its ending, else by its first character."""
    if path.suffix in (".yml", ".yaml", ".jsonl"):
        return path.suffix == ".jsonl"
    with path.open("rb") as file:
        return file.read(1024).lstrip()[:1] == b"{"


def _stdin(raw: bytes) -> Iterator[Entry]:
    if raw.lstrip()[:1] == b"{":
        yield from _lines(io.BytesIO(raw), "stdin", None)
    else:
        yield _document(raw, "stdin", None)


def _document(raw: bytes, name: str, path: Path | None) -> Entry:
    """The one entry of a file of YAML. Its id is that of the file, which it states too."""
    try:
        root = _identified(parse(decode(raw, name), name), path)
    except ContentError as error:
        return Entry(path.stem if path else "", path, Position(name), error)
    identifier = root.get("id")
    assert isinstance(identifier, Scalar)
    return Entry(identifier.text, path, Position(name), root)


def _lines(lines: Iterable[bytes], name: str, path: Path | None) -> Iterator[Entry]:
    for text, found in parse_lines(lines, name):
        match = _ID.match(text)
        guess = match[1] if match else ""
        try:
            if isinstance(found, ContentError):
                raise found
            root = _identified(found, None)
        except ContentError as error:
            yield Entry(guess, path, error.problems[0].position, error)
            continue
        identifier = root.get("id")
        assert isinstance(identifier, Scalar)
        yield Entry(identifier.text, path, identifier.position, root)


def _identified(root: Node, path: Path | None) -> Mapping:
    """`root`, which has keys and an id of the right form: that of the file, where one is given."""
    if not isinstance(root, Mapping):
        raise _stop("structure", root.position, "found no keys", "begin with `id: …`")
    identifier = root.get("id")
    if not isinstance(identifier, Scalar):
        fix = f"write `id: {path.stem if path else '…'}`"
        raise _stop("missing-key", root.position, "there is no id", fix)
    if path and identifier.text != path.stem:
        found = f'the id is "{identifier.text}", the file {path.name}'
        fix = "make them the same: small letters a-z, digits and single hyphens"
        raise _stop("file-name", identifier.position, found, fix)
    if not ID.fullmatch(identifier.text):
        fix = "write small letters a-z, digits and single hyphens"
        raise _stop("id", identifier.position, f'"{identifier.text}" is no id', fix)
    return root


def _stop(rule: str, position: Position, found: str, fix: str) -> ContentError:
    return ContentError([breach(rule, position, found, fix)])
