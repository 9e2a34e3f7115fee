"""Files of records and sources: a YAML file holds one entry, a JSON Lines file one on each line.

An entry gets its id, its position and its syntax tree; `reader` interprets it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from ..model.namespaces import ID, ID_FIX, short_id
from ..model.problems import ContentError, Position, Problem, UsageError, rule_problem
from ..model.project import Project
from ..syntax.json import parse_json_lines
from ..syntax.tree import MappingNode, RecordNode, ScalarNode, SequenceNode, decode_utf8
from ..syntax.yaml import parse_yaml_record
from ..system.files import read_file, walk_files

LARGEST: Final = 2**22
"""Size limit of a file that holds one record, in bytes."""

LARGEST_LINES: Final = 300 * 2**20
"""Size limit of a JSON Lines file, in bytes."""

_PLACEHOLDER: Final = re.compile(r"<[a-z][^<>:]*>")
"""A value of a template that is not filled in, such as `<id of a source>`."""

_ID: Final = re.compile(r'\s*\{\s*"id"\s*:\s*"([^"\\]*)"')

RecordFile: TypeAlias = Path | bytes
"""The path of a file of records, or the bytes read from stdin."""


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """A record or source in a file. `content` is its tree, or the error that reading it raised.

    `id` is empty where it could not be read. `path` is None for stdin. `problems` are those that do
    not prevent reading the content.
    """

    id: str
    path: Path | None
    position: Position
    content: MappingNode | ContentError
    problems: tuple[Problem, ...] = ()

    def root(self) -> MappingNode:
        """The tree. Raises ContentError where the entry could not be read."""
        if isinstance(self.content, ContentError):
            raise self.content
        return self.content


def record_files(paths: Iterable[Path]) -> list[Path]:
    """Those of `paths` that hold records or sources (.yml, .jsonl), sorted."""
    return sorted(path for path in paths if path.suffix in (".yml", ".jsonl"))


def project_files(project: Project, folder: Path) -> list[Path]:
    """The files of records or sources in `folder` of `project` and its subfolders, sorted.

    Raises ContentError (`special-file`) for anything but a regular file inside the project.
    """
    walked = walk_files(folder, f"{project.relative(folder)}/", project.root)
    return record_files(Path(entry) for _, entry in walked)


def source_paths(project: Project) -> list[Path]:
    """The files of the sources, which lie directly in data/sources, sorted.

    Raises ContentError as `project_files` does.
    """
    folder = project.data / "sources"
    return [path for path in project_files(project, folder) if path.parent == folder]


def read_entries(project: Project, paths: Iterable[RecordFile]) -> Iterator[RecordEntry]:
    """The entries of each file, in the order of the files and of their lines."""
    for path in paths:
        if isinstance(path, bytes):
            yield from _stdin(path)
            continue
        name = project.relative(path)
        try:
            yield from _file(path, name, path.is_relative_to(project.data))
        except OSError as error:
            raise UsageError(f"{name} cannot be read: {error.strerror}") from None


def _file(path: Path, name: str, inside: bool) -> Iterator[RecordEntry]:
    size, lines = path.stat().st_size, _is_lines(path)
    if size > (LARGEST_LINES if lines else LARGEST):
        message = f"the file is too large ({size // 2**20:,} MB)"
        fix = "split the file" if lines else "split the record: one is a page or two of text"
        stop = ContentError([rule_problem("file-size", Position(name), message, fix)])
        yield RecordEntry("" if lines else path.stem, path, Position(name), stop)
    elif lines:
        with path.open("rb") as file:
            yield from _lines(file, name, path)
    else:
        yield _document(read_file(path, LARGEST), name, path, inside)


def _is_lines(path: Path) -> bool:
    """Whether a file is JSON Lines: by its suffix, else by its first character."""
    suffix = path.suffix.casefold()
    if suffix in (".yml", ".yaml", ".jsonl"):
        return suffix == ".jsonl"
    with path.open("rb") as file:
        return file.read(1024).lstrip()[:1] == b"{"


def _stdin(raw: bytes) -> Iterator[RecordEntry]:
    if raw.lstrip()[:1] == b"{":
        yield from _lines(io.BytesIO(raw), "stdin", None)
    else:
        yield _document(raw, "stdin", None, False)


def _document(raw: bytes, name: str, path: Path | None, inside: bool) -> RecordEntry:
    """The entry of a YAML file; its id must be the name of the file.

    Where it is not, other files refer to one that is `inside` the project by the name of the file.
    """
    try:
        text = decode_utf8(raw, name)
        root, identifier = _identified(parse_yaml_record(text, name), path, text)
    except ContentError as error:
        return RecordEntry(path.stem if path else "", path, Position(name), error)
    problems: tuple[Problem, ...] = ()
    chosen = identifier.text
    if path and chosen != path.stem:
        problems = (_misnamed(identifier, path),)
        chosen = path.stem if inside and ID.fullmatch(path.stem) else chosen
    return RecordEntry(chosen, path, Position(name), root, problems)


def _misnamed(identifier: ScalarNode, path: Path) -> Problem:
    message = f'the id "{identifier.text}" is not the name of the file, {path.name}'
    fix = "make them equal: lower-case letters a-z, digits and single hyphens"
    return rule_problem("file-name", identifier.position, message, fix)


def _lines(lines: Iterable[bytes], name: str, path: Path | None) -> Iterator[RecordEntry]:
    for text, parsed in parse_json_lines(lines, name):
        match = _ID.match(text)
        guess = match[1] if match else ""
        try:
            if isinstance(parsed, ContentError):
                raise parsed
            root, identifier = _identified(parsed, None, text)
        except ContentError as error:
            yield RecordEntry(guess, path, error.problems[0].position, error)
            continue
        yield RecordEntry(identifier.text, path, identifier.position, root)


def _identified(root: RecordNode, path: Path | None, text: str) -> tuple[MappingNode, ScalarNode]:
    """`root`, which is parsed from `text`, as a mapping, and its valid id.

    `path` is that of a file of one record. Raises ContentError, also for values that are as the
    template has them.
    """
    if not isinstance(root, MappingNode):
        raise _stop("structure", root.position, "expected keys", "begin with `id: …`")
    if "<" in text and (placeholders := list(_placeholders(root))):
        raise ContentError(placeholders)
    identifier = root.get("id")
    if not isinstance(identifier, ScalarNode):
        fix = f"write `id: {path.stem if path else '…'}`"
        raise _stop("missing-key", root.position, "the id is missing", fix)
    if path and identifier.text != path.stem and not ID.fullmatch(identifier.text):
        raise ContentError([_misnamed(identifier, path)])
    if not ID.fullmatch(identifier.text):
        message = f'"{short_id(identifier.text)}" is not a valid id'
        raise _stop("id", identifier.position, message, ID_FIX)
    return root, identifier


def _placeholders(node: RecordNode) -> Iterator[Problem]:
    """A problem for each value that is as the template has it; an IRI is none."""
    if isinstance(node, MappingNode):
        for _, value in node.entries:
            yield from _placeholders(value)
    elif isinstance(node, SequenceNode):
        for value in node.values:
            yield from _placeholders(value)
    elif _PLACEHOLDER.fullmatch(node.text):
        message = f"the placeholder {node.text} is not filled in"
        fix = "write the value, or delete the key if the source states none"
        yield rule_problem("empty-value", node.position, message, fix)


def _stop(rule: str, position: Position, message: str, fix: str) -> ContentError:
    return ContentError([rule_problem(rule, position, message, fix)])
