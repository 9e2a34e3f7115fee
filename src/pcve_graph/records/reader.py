"""Reads files to records and sources. No IRIs here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Mapping_
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TypeVar

from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.project import Project
from ..model.terms import RecordId
from ..syntax.tree import MappingNode, ScalarNode, SequenceNode, decode_utf8, text_of
from ..system.files import LARGEST_FILE, read_inside
from .blocks import ClaimBlock, EvidenceError, Source, read_block, stop
from .cited import content_digest
from .data_files import all_data_files, held_files, unread_files
from .files import RecordEntry, RecordFile, project_files, read_entries, source_paths
from .quotes import HeldText
from .record_keys import RECORD_KEYS, RecordSettings, read_record_settings
from .unassigned import BlockLimits, read_limits, too_many

Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class Record:
    """A record and its claim blocks. `folder` is None for a file outside data/records.

    `digest` is the SHA-256 of its content.
    """

    id: RecordId
    type: ScalarNode
    folder: str | None
    blocks: tuple[ClaimBlock, ...]
    position: Position
    digest: str
    settings: RecordSettings = field(default_factory=RecordSettings)


@dataclass(frozen=True, slots=True)
class Records:
    """Records and sources, sorted by id, with the problems of reading them.

    `unread` holds the ids of records that exist but could not be read, so that a reference to one
    of them is not reported as a second problem.
    """

    records: tuple[Record, ...]
    sources: tuple[Source, ...]
    problems: tuple[Problem, ...]
    unread: frozenset[RecordId] = frozenset()


def read_records(project: Project, guests: Iterable[RecordFile] = ()) -> Records:
    """Every source and record of `project`, in one pass over sorted file names.

    `guests` are files outside the project; their records replace those of the same id. An entry
    that cannot be read adds its problems to the result and does not stop the others.
    """
    unread = unread_files(project, all_data_files(project), None)
    sources, problems = read_sources_in(project, source_paths(project))
    texts = {text_of(source.entries.get("textFile")) for source in sources.values() if source}
    if None not in sources.values():
        unread += unread_files(project, held_files(project), texts)
    home = project_files(project, project.data / "records")
    records = read_records_in(project, home, sources, guests)
    return Records(
        records=records.records,
        sources=tuple(source for source in sources.values() if source is not None),
        problems=(*unread, *problems, *records.problems),
        unread=records.unread,
    )


def read_sources_in(
    project: Project, paths: Iterable[Path]
) -> tuple[dict[str, Source | None], tuple[Problem, ...]]:
    """The sources in these files by id (None for one that cannot be read), and the problems."""
    problems: list[Problem] = []
    positions_by_id: dict[str, Position] = {}
    entries = read_entries(project, paths)
    read = dict(
        _read_each(entries, positions_by_id, problems, lambda entry: _source(project, entry))
    )
    return {name: read.get(name) for name in positions_by_id}, tuple(problems)


def read_records_in(
    project: Project,
    paths: Iterable[Path],
    sources: Mapping_[str, Source | None],
    guests: Iterable[RecordFile] = (),
) -> Records:
    """The records in these files, without sources; `guests` as in `read_records`."""
    problems: list[Problem] = []
    guest_entries = list(read_entries(project, guests))
    names = {entry.id for entry in guest_entries} - {""}
    home = read_entries(project, paths)
    entries = chain((entry for entry in home if entry.id not in names), guest_entries)
    positions_by_id: dict[str, Position] = {}
    limits = _limits(project, problems)
    records = dict(
        _read_each(
            entries,
            positions_by_id,
            problems,
            lambda entry: _record(project, entry, sources, limits, problems),
        )
    )
    return Records(
        records=tuple(records.values()),
        sources=(),
        problems=tuple(problems),
        unread=frozenset(map(RecordId, positions_by_id.keys() - records.keys())),
    )


def without_faulty(records: Records, problems: Iterable[Problem]) -> Records:
    """The records and sources without any of `problems`, in them or in a source they cite.

    The other records become `unread`. A file with the wrong name can be read and mapped.
    """
    wrong = {record_extent(row.position) for row in problems if row.rule != "file-name"}
    sources = {source.id for source in records.sources if record_extent(source.position) in wrong}
    remaining = tuple(
        record
        for record in records.records
        if record_extent(record.position) not in wrong
        and not any(source.id in sources for block in record.blocks for source in block.sources)
    )
    return Records(
        records=remaining,
        sources=tuple(source for source in records.sources if source.id not in sources),
        problems=(),
        unread=records.unread
        | {record.id for record in records.records} - {record.id for record in remaining},
    )


def record_extent(position: Position) -> tuple[str, int]:
    """What identifies the record at `position`: its file, and in JSON Lines its line, else 0."""
    one_a_line = position.path.casefold().endswith(".jsonl") or position.path == "stdin"
    return position.path, position.line if one_a_line else 0


def _read_each(
    entries: Iterable[RecordEntry],
    positions_by_id: dict[str, Position],
    problems: list[Problem],
    read: Callable[[RecordEntry], Parsed],
) -> Iterator[tuple[str, Parsed]]:
    """The id and the result of `read` for each entry; positions and problems are collected.

    A repeated id is a problem.
    """
    for entry in entries:
        if entry.id in positions_by_id and not isinstance(entry.content, ContentError):
            first = positions_by_id[entry.id]
            message = f'the id "{entry.id}" is already used in {first.path}'
            message += f", line {first.line}" if first.line > 1 else ""
            fix = "merge the two if they are the same, else give the newer one another id"
            problems.append(rule_problem("duplicate-id", entry.position, message, fix))
            continue
        if entry.id:
            positions_by_id[entry.id] = entry.position
        problems.extend(entry.problems)
        try:
            yield entry.id, read(entry)
        except ContentError as error:
            problems.extend(error.problems)


def _source(project: Project, entry: RecordEntry) -> Source:
    root = entry.root()
    file, sha256 = root.get("textFile"), root.get("sha256")
    if file is None and sha256 is None:
        return Source(entry.id, root, None)
    if not isinstance(file, ScalarNode) or not isinstance(sha256, ScalarNode):
        fix = "state both, or neither"
        raise stop("held-text", root.position, "only one of textFile and sha256 is stated", fix)
    folder = project.data / "sources" / "texts"
    path = folder / file.text
    if path.parent != folder or not path.is_file():
        fix = f"put the file there, or correct its name ({project.relative(folder)})"
        raise stop("held-text", file.position, f'file not found: "{file.text}"', fix)
    raw = read_inside(path, project.root, LARGEST_FILE)
    digest = hashlib.sha256(raw).hexdigest()
    if digest != sha256.text:
        fix = f"restore the file; if it was changed on purpose, write sha256: {digest}"
        raise stop("checksum", sha256.position, f"the checksum of {file.text} does not match", fix)
    return Source(entry.id, root, HeldText(decode_utf8(raw, project.relative(path))))


def _limits(project: Project, problems: list[Problem]) -> BlockLimits | None:
    """`read_limits`; None where it has problems, which are added to `problems`."""
    try:
        return read_limits(project)
    except ContentError as error:
        problems.extend(error.problems)
        return None


def _record(
    project: Project,
    entry: RecordEntry,
    sources: Mapping_[str, Source | None],
    limits: BlockLimits | None,
    of_evidence: list[Problem],
) -> Record:
    """The record of an entry; the problems of its evidence are added to `of_evidence`.

    Raises ContentError with all other problems.
    """
    root = entry.root()
    problems = [
        rule_problem(
            "unknown-key",
            key.position,
            f'a record has no key "{key.text}"',
            "write facts in a block under `claims:`, next to their source",
        )
        for key, _ in root.entries
        if key.text not in RECORD_KEYS
    ]
    kind, claims = root.get("type"), root.get("claims")
    if not isinstance(kind, ScalarNode):
        problems.append(_missing(root, "type", "write `type: Event` or another class"))
    settings = RecordSettings()
    try:
        settings = read_record_settings(root)
    except ContentError as error:
        problems.extend(error.problems)
    if not isinstance(claims, SequenceNode) and root.get("redacted") is None:
        problems.append(_missing(root, "claims", "write `claims:` and a list of blocks under it"))
    blocks: list[ClaimBlock] = []
    nodes = claims.values if isinstance(claims, SequenceNode) else ()
    for node in nodes:
        try:
            blocks.append(read_block(node, sources))
        except EvidenceError as error:
            of_evidence.extend(error.problems)
            blocks.append(error.block)
        except ContentError as error:
            problems.extend(error.problems)
    if limits is not None:
        problems += too_many(entry.id, blocks, limits)
    if problems or len(blocks) < len(nodes) or not isinstance(kind, ScalarNode):
        raise ContentError(problems)
    digest = content_digest(root)
    home, path = project.data / "records", entry.path
    inside = path is not None and path.is_relative_to(home)
    folder = path.relative_to(home).parent.as_posix() if path and inside else None
    return Record(RecordId(entry.id), kind, folder, tuple(blocks), root.position, digest, settings)


def _missing(root: MappingNode, key: str, fix: str) -> Problem:
    return rule_problem("missing-key", root.position, f"{key} is missing or malformed", fix)
