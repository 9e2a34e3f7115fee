"""Reads files to records and sources, and checks quotes against held texts. No IRIs here.

The classes and the functions that fill them stay in one module, a little over the length of others:
a key of a block is read where its field is declared, and nearly all users take both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Mapping_
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TypeVar

from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.project import Project
from ..model.suggest import did_you_mean
from ..model.terms import RecordId
from ..model.visible import first_refused
from ..syntax.tree import MappingNode, RecordNode, ScalarNode, SequenceNode, decode_utf8
from ..system.files import LARGEST_FILE, read_inside
from .files import RecordEntry, RecordFile, project_files, read_entries
from .quotes import HeldText

Parsed = TypeVar("Parsed")

CLAIM_KEYS = ("source", "quote", "occurrence", "certainty", "standing", "note")
"""The keys of a block that describe the claim; every other key is a fact."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source as its file states it. `text` is None where no text is held."""

    id: str
    entries: MappingNode
    text: HeldText | None

    @property
    def position(self) -> Position:
        return self.entries.position


@dataclass(frozen=True, slots=True)
class ClaimBlock:
    """A claim block: facts with their sources and quote.

    There are several `sources` where only all of them together support the facts. `span` is
    (start, end) in the held text of the source, in characters; None where there is no text.
    """

    sources: tuple[Source, ...]
    span: tuple[int, int] | None
    certainty: ScalarNode | None
    standing: ScalarNode | None
    note: ScalarNode | None
    facts: tuple[tuple[ScalarNode, RecordNode], ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Record:
    """A record and its claim blocks. `folder` is None for a file outside data/records."""

    id: RecordId
    type: ScalarNode
    folder: str | None
    blocks: tuple[ClaimBlock, ...]
    position: Position


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
    folder = project.data / "sources"
    home = [path for path in project_files(project, folder) if path.parent == folder]
    sources, problems = read_sources_in(project, home)
    home = project_files(project, project.data / "records")
    records = read_records_in(project, home, sources, guests)
    return Records(
        records=records.records,
        sources=tuple(source for source in sources.values() if source is not None),
        problems=(*problems, *records.problems),
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
    records = dict(
        _read_each(
            entries, positions_by_id, problems, lambda entry: _record(project, entry, sources)
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

    The other records become `unread`.
    """
    wrong = {record_extent(problem.position) for problem in problems}
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
    one_a_line = position.path.endswith(".jsonl") or position.path == "stdin"
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
        raise _stop("held-text", root.position, "only one of textFile and sha256 is stated", fix)
    folder = project.data / "sources" / "texts"
    path = folder / file.text
    if path.parent != folder or not path.is_file():
        fix = f"put the file there, or correct its name ({project.relative(folder)})"
        raise _stop("held-text", file.position, f'file not found: "{file.text}"', fix)
    raw = read_inside(path, project.root, LARGEST_FILE)
    digest = hashlib.sha256(raw).hexdigest()
    if digest != sha256.text:
        fix = f"restore the file; if it was changed on purpose, write sha256: {digest}"
        raise _stop("checksum", sha256.position, f"the checksum of {file.text} does not match", fix)
    return Source(entry.id, root, HeldText(decode_utf8(raw, project.relative(path))))


def _record(project: Project, entry: RecordEntry, sources: Mapping_[str, Source | None]) -> Record:
    root = entry.root()
    problems = [
        rule_problem(
            "unknown-key",
            key.position,
            f'a record has no key "{key.text}"',
            "write facts in a block under `claims:`, next to their source",
        )
        for key, _ in root.entries
        if key.text not in ("id", "type", "claims")
    ]
    kind, claims = root.get("type"), root.get("claims")
    if not isinstance(kind, ScalarNode):
        problems.append(_missing(root, "type", "write `type: Event` or another class"))
    if not isinstance(claims, SequenceNode):
        problems.append(_missing(root, "claims", "write `claims:` and a list of blocks under it"))
    blocks: list[ClaimBlock] = []
    nodes = claims.values if isinstance(claims, SequenceNode) else ()
    for node in nodes:
        try:
            blocks.append(_block(node, sources))
        except ContentError as error:
            problems.extend(error.problems)
    if problems or len(blocks) < len(nodes) or not isinstance(kind, ScalarNode):
        raise ContentError(problems)
    home, path = project.data / "records", entry.path
    inside = path is not None and path.is_relative_to(home)
    folder = path.relative_to(home).parent.as_posix() if path and inside else None
    return Record(RecordId(entry.id), kind, folder, tuple(blocks), root.position)


def _block(node: RecordNode, sources: Mapping_[str, Source | None]) -> ClaimBlock:
    """One block. Raises ContentError, without problems where a source has reported its own."""
    if not isinstance(node, MappingNode):
        fix = "a block begins with `- source: …`"
        raise _stop("structure", node.position, "a block must have keys", fix)
    settings: dict[str, ScalarNode] = {}
    for key, value in node.entries:
        if key.text in CLAIM_KEYS and key.text != "source":
            if not isinstance(value, ScalarNode):
                raise _stop(
                    "structure", value.position, f"{key.text} is not a text", "write one text"
                )
            settings[key.text] = value
    facts = tuple((key, value) for key, value in node.entries if key.text not in CLAIM_KEYS)
    names = _scalars(node.get("source"))
    if not names or not facts:
        missing = "fact" if names else "source"
        raise _stop(
            "missing-key", node.position, f"this block states no {missing}", f"add a {missing}"
        )
    doubt = next(
        (settings[key] for key in ("certainty", "standing") if _doubtful(settings.get(key))),
        None,
    )
    if doubt is not None and "note" not in settings:
        fix = "add `note:` with the reason"
        raise _stop("reason", doubt.position, f"this block is {doubt.text} but has no note", fix)
    chosen = tuple(_cited(name, sources) for name in names)
    return ClaimBlock(
        sources=chosen,
        span=_span(chosen, settings, node.position),
        certainty=settings.get("certainty"),
        standing=settings.get("standing"),
        note=settings.get("note"),
        facts=facts,
        position=node.position,
    )


def _scalars(node: RecordNode | None) -> tuple[ScalarNode, ...]:
    nodes = node.values if isinstance(node, SequenceNode) else (node,)
    return tuple(node for node in nodes if isinstance(node, ScalarNode))


def _cited(name: ScalarNode, sources: Mapping_[str, Source | None]) -> Source:
    if name.text not in sources:
        hint = did_you_mean(name.text, sources)
        fix = hint or f"create it (pcve evidence new {name.text}), or correct the id"
        raise _stop("unknown-source", name.position, f'no source has the id "{name.text}"', fix)
    source = sources[name.text]
    if source is None:
        raise ContentError([])
    return source


def _doubtful(value: ScalarNode | None) -> bool:
    return value is not None and value.text in ("inferred", "disputed")


def _span(
    sources: tuple[Source, ...], settings: dict[str, ScalarNode], position: Position
) -> tuple[int, int] | None:
    quote, occurrence = settings.get("quote"), settings.get("occurrence")
    source = next((source for source in sources if source.text is not None), sources[0])
    if source.text is None:
        if quote is not None:
            fix = "delete the quote: the facts are then cited; or add the text of the source"
            message = f"the text of {source.id} is not held"
            raise _stop("quote-not-held", quote.position, message, fix)
        return None
    if len(sources) > 1:
        fix = "put the facts that the held text supports in a separate block, with their quote"
        message = f"the text of {source.id} is held, but the block has other sources as well"
        raise _stop("quote-missing", position, message, fix)
    if quote is None:
        fix = "quote the words that state it; leave out what no words state"
        raise _stop(
            "quote-missing",
            position,
            f"the text of {source.id} is held, but the block has no quote",
            fix,
        )
    spans = source.text.find(quote.text)
    if not spans:
        shared, continuation, text = source.text.divergence(quote.text)
        message = f"not even its first word occurs in the text of {source.id}"
        if shared:
            message = f'after "…{shared}" the quote continues "{continuation}", the text "{text}"'
        fix = "copy the words from the text verbatim, its errors included"
        raise _stop("quote-not-found", quote.position, message, fix)
    which = occurrence.text if occurrence else "1"
    if (len(spans) > 1 and occurrence is None) or which not in map(str, range(1, len(spans) + 1)):
        fix = f"quote more words, or add `occurrence:` with a number from 1 to {len(spans)}"
        place = occurrence or quote
        times = "time" if len(spans) == 1 else "times"
        message = f"the quote occurs {len(spans)} {times} in the text"
        raise _stop("quote-ambiguous", place.position, message, fix)
    start, end = spans[int(which) - 1]
    if bad := first_refused(source.text.text[start:end]):
        message = f"in the text of {source.id} these words contain the character {bad.name}"
        fix = "quote the words before it, or those after it"
        raise _stop("control-character", quote.position, message, fix)
    return start, end


def _missing(root: MappingNode, key: str, fix: str) -> Problem:
    return rule_problem("missing-key", root.position, f"{key} is missing or malformed", fix)


def _stop(rule: str, position: Position, message: str, fix: str) -> ContentError:
    return ContentError([rule_problem(rule, position, message, fix)])
