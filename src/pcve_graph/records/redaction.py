"""Redaction: a record becomes a tombstone, and what is left of it elsewhere is listed.

The tombstone has the id, the type, the day and the reason, and no facts, so that the id is not used
again and nothing refers to it unnoticed. The past is not changed here: docs/do-no-harm.md says how
releases and the history of a repository are purged. Rule: data/FORMAT.md, "Do no harm".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..model.problems import ContentError, Position, UsageError
from ..model.project import Project
from ..model.schema import Ontology
from ..model.text_normalization import fold
from ..syntax.tree import (
    MappingNode,
    RecordNode,
    ScalarNode,
    SequenceNode,
    decode_utf8,
    text_of,
)
from ..system.files import read_file, walk_files
from .files import LARGEST_LINES, RecordEntry, project_files, read_entries
from .formatter import json_line, yaml_text

_NAME_KEYS: Final = frozenset(("prefLabel", "altLabel", "name"))


@dataclass(frozen=True)
class Redaction:
    """The new content of the file with the record, and the places that still name it.

    `old` is the content that `text` was made from; `remains` are positions with what stands there.
    """

    path: Path
    old: bytes
    text: str
    remains: tuple[tuple[Position, str], ...]


def redact(
    project: Project, ontology: Ontology, identifier: str, day: str, reason: str
) -> Redaction:
    """The redaction of a record on `day`, an ISO date. Nothing is written.

    Raises UsageError where no record has the id, where it is redacted, or where the reason repeats
    one of its names; ContentError where its file cannot be read.
    """
    path, entry = _entry(project, identifier)
    root = entry.root()
    if root.get("redacted") is not None:
        raise UsageError(f"{identifier} is redacted already ({project.relative(path)})")
    names = {fold(name) for name in _names(root)} - {""}
    if any(f" {name} " in f" {fold(reason)} " for name in names):
        raise UsageError("the reason repeats a name of the record: say why without it")
    old = read_file(path, LARGEST_LINES)
    tombstone = _tombstone(identifier, root, day, reason)
    if path.suffix == ".jsonl":
        text = _with_line(old, entry.position, json_line(tombstone, ontology, {}))
    else:
        text = yaml_text(tombstone, ontology)
    return Redaction(path, old, text, tuple(_remains(project, identifier, names, path)))


def _entry(project: Project, identifier: str) -> tuple[Path, RecordEntry]:
    for path in project_files(project, project.data / "records"):
        if path.suffix == ".jsonl" or path.stem == identifier:
            for entry in read_entries(project, [path]):
                if entry.id == identifier:
                    return path, entry
    raise UsageError(f'no record has the id "{identifier}"; `pcve search` finds ids by names')


def _tombstone(identifier: str, root: MappingNode, day: str, reason: str) -> MappingNode:
    at = root.position

    def pair(key: str, value: RecordNode) -> tuple[ScalarNode, RecordNode]:
        return ScalarNode(key, at), value

    when_and_why = (pair("on", ScalarNode(day, at)), pair("reason", ScalarNode(reason, at)))
    entries = (
        pair("id", ScalarNode(identifier, at)),
        pair("type", ScalarNode(text_of(root.get("type")), at)),
        pair("redacted", MappingNode(when_and_why, at)),
    )
    return MappingNode(entries, at)


def _with_line(old: bytes, place: Position, line: str) -> str:
    """The JSON Lines `old` with another line at `place`."""
    lines = old.decode("utf-8-sig").splitlines(keepends=True)
    lines[place.line - 1] = line
    return "".join(lines)


def _names(node: RecordNode, named: bool = False) -> Iterator[str]:
    """The names that a record states for itself and for its parts."""
    if isinstance(node, ScalarNode):
        if named:
            yield node.text
    elif isinstance(node, SequenceNode):
        for value in node.values:
            yield from _names(value, named)
    else:
        for key, value in node.entries:
            yield from _names(value, named or key.text in _NAME_KEYS)


def _remains(
    project: Project, identifier: str, names: set[str], home: Path
) -> Iterator[tuple[Position, str]]:
    """Where other files of data/ have the id or a name of the record, held texts included."""
    as_id = re.compile(rf"(?<![\w-]){re.escape(identifier)}(?![\w-])")
    for name, _ in walk_files(project.data, f"{project.relative(project.data)}/", project.root):
        path = project.root / name
        if path == home and path.suffix != ".jsonl":
            continue
        try:
            lines = decode_utf8(read_file(path, LARGEST_LINES), name).splitlines()
        except (ContentError, OSError):
            continue
        for number, line in enumerate(lines, 1):
            if path == home and json.dumps(identifier) in line[: len(identifier) + 12]:
                continue
            folded = f" {fold(line)} "
            if as_id.search(line):
                yield Position(name, number), "the id"
            elif any(f" {spelling} " in folded for spelling in names):
                yield Position(name, number), "a name"
