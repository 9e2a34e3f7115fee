"""From files to records: text and lines, quotes checked against held texts. No IRIs here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Mapping_
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TypeVar

from ..model.problems import ContentError, Position, Problem, breach
from ..model.project import Project
from ..model.suggest import nearest
from ..model.visible import refused
from ..syntax.tree import Mapping, Node, Scalar, Sequence, decode
from ..system.files import LARGEST, read_inside
from .files import Entry, File, home_files, read_entries
from .quotes import HeldText

Found = TypeVar("Found")

TALK = ("source", "quote", "occurrence", "certainty", "standing", "note")
"""The keys of a block that speak of the claim; every other key is a fact."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source as its file states it. `text` is there where the words are held."""

    id: str
    entries: Mapping
    text: HeldText | None

    @property
    def position(self) -> Position:
        return self.entries.position


@dataclass(frozen=True, slots=True)
class Block:
    """Facts, and the words they rest on.

    `sources` are several where the facts were read in them taken together. `span` is (start, end)
    in the held text of the one source, in characters; None where no text is held.
    """

    sources: tuple[Source, ...]
    span: tuple[int, int] | None
    certainty: Scalar | None
    standing: Scalar | None
    note: Scalar | None
    facts: tuple[tuple[Scalar, Node], ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Record:
    """One thing and the claims about it. `folder` is None for a record from elsewhere."""

    id: str
    type: Scalar
    folder: str | None
    blocks: tuple[Block, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Records:
    """Everything under data/, sorted by id. `problems` is what was wrong while reading.

    `unread` holds the ids of records that are there but have problems of their own, so that a
    reference to one of them is not a second mistake.
    """

    records: tuple[Record, ...]
    sources: tuple[Source, ...]
    problems: tuple[Problem, ...]
    unread: frozenset[str] = frozenset()


def read_records(project: Project, guests: Iterable[File] = ()) -> Records:
    """Every source and record of `project`, in one pass over sorted file names.

    `guests` are records from elsewhere; each stands in for the project's record of its id. What
    cannot be read leaves its problems in the result and stops nothing else.
    """
    folder = project.data / "sources"
    home = [path for path in home_files(project, folder) if path.parent == folder]
    sources, problems = read_sources_in(project, home)
    home = home_files(project, project.data / "records")
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
    """The sources in these files by id, None for one that cannot be read, and what is wrong."""
    problems: list[Problem] = []
    known: dict[str, Position] = {}
    entries = read_entries(project, paths)
    read = dict(_each(entries, known, problems, lambda entry: _source(project, entry)))
    return {name: read.get(name) for name in known}, tuple(problems)


def read_records_in(
    project: Project,
    paths: Iterable[Path],
    sources: Mapping_[str, Source | None],
    guests: Iterable[File] = (),
) -> Records:
    """The records in these files, and no sources; `guests` as in `read_records`."""
    problems: list[Problem] = []
    invited = list(read_entries(project, guests))
    names = {entry.id for entry in invited} - {""}
    home = read_entries(project, paths)
    entries = chain((entry for entry in home if entry.id not in names), invited)
    met: dict[str, Position] = {}
    records = dict(_each(entries, met, problems, lambda entry: _record(project, entry, sources)))
    return Records(
        records=tuple(records.values()),
        sources=(),
        problems=tuple(problems),
        unread=frozenset(met) - records.keys(),
    )


def without(records: Records, problems: Iterable[Problem]) -> Records:
    """The records and sources that have none of `problems`, and rest on no source that has.

    The others count as there but unread.
    """
    wrong = {extent(problem.position) for problem in problems}
    sources = {source.id for source in records.sources if extent(source.position) in wrong}
    kept = tuple(
        record
        for record in records.records
        if extent(record.position) not in wrong
        and not any(one.id in sources for block in record.blocks for one in block.sources)
    )
    return Records(
        records=kept,
        sources=tuple(source for source in records.sources if source.id not in sources),
        problems=(),
        unread=records.unread
        | {record.id for record in records.records} - {each.id for each in kept},
    )


def extent(position: Position) -> tuple[str, int]:
    """What tells the record at `position` from others: its file, and in JSON Lines its line."""
    one_a_line = position.path.endswith(".jsonl") or position.path == "stdin"
    return position.path, position.line if one_a_line else 0


def _each(
    entries: Iterable[Entry],
    met: dict[str, Position],
    problems: list[Problem],
    read: Callable[[Entry], Found],
) -> Iterator[tuple[str, Found]]:
    """What `read` makes of each entry, by id; its place goes to `met`, what is wrong to `problems`.

    An id that was met before is a problem.
    """
    for entry in entries:
        if entry.id in met and not isinstance(entry.found, ContentError):
            there = met[entry.id]
            found = f'the id "{entry.id}" is also that of {there.path}'
            found += f", line {there.line}" if there.line > 1 else ""
            fix = "join the two if they are one thing, else give the newer one another id"
            problems.append(breach("duplicate-id", entry.position, found, fix))
            continue
        if entry.id:
            met[entry.id] = entry.position
        try:
            yield entry.id, read(entry)
        except ContentError as error:
            problems.extend(error.problems)


def _source(project: Project, entry: Entry) -> Source:
    root = entry.root()
    file, sha256 = root.get("textFile"), root.get("sha256")
    if file is None and sha256 is None:
        return Source(entry.id, root, None)
    if not isinstance(file, Scalar) or not isinstance(sha256, Scalar):
        fix = "give both, or neither"
        raise _stop("held-text", root.position, "found one of textFile and sha256", fix)
    folder = project.data / "sources" / "texts"
    held = folder / file.text
    if held.parent != folder or not held.is_file():
        fix = f"put the file there, or correct its name ({project.relative(folder)})"
        raise _stop("held-text", file.position, f'there is no file "{file.text}"', fix)
    raw = read_inside(held, project.root, LARGEST)
    digest = hashlib.sha256(raw).hexdigest()
    if digest != sha256.text:
        fix = f"restore the file; if it was changed on purpose, write sha256: {digest}"
        raise _stop("checksum", sha256.position, f"{file.text} has another checksum", fix)
    return Source(entry.id, root, HeldText(decode(raw, project.relative(held))))


def _record(project: Project, entry: Entry, sources: Mapping_[str, Source | None]) -> Record:
    root = entry.root()
    problems = [
        breach(
            "unknown-key",
            key.position,
            f'a record has no key "{key.text}"',
            "a fact stands in a block under claims, beside its source",
        )
        for key, _ in root.entries
        if key.text not in ("id", "type", "claims")
    ]
    kind, claims = root.get("type"), root.get("claims")
    if not isinstance(kind, Scalar):
        problems.append(_missing(root, "type", "write `type: Event` or another class"))
    if not isinstance(claims, Sequence):
        problems.append(_missing(root, "claims", "write `claims:` and a list of blocks under it"))
    blocks: list[Block] = []
    nodes = claims.values if isinstance(claims, Sequence) else ()
    for node in nodes:
        try:
            blocks.append(_block(node, sources))
        except ContentError as error:
            problems.extend(error.problems)
    if problems or len(blocks) < len(nodes) or not isinstance(kind, Scalar):
        raise ContentError(problems)
    home, path = project.data / "records", entry.path
    inside = path is not None and path.is_relative_to(home)
    folder = path.relative_to(home).parent.as_posix() if path and inside else None
    return Record(entry.id, kind, folder, tuple(blocks), root.position)


def _block(node: Node, sources: Mapping_[str, Source | None]) -> Block:
    """One block. Raises ContentError, empty where a source has told its own problem already."""
    if not isinstance(node, Mapping):
        fix = "a block begins with `- source: …`"
        raise _stop("structure", node.position, "found a block without keys", fix)
    talk: dict[str, Scalar] = {}
    for key, value in node.entries:
        if key.text in TALK and key.text != "source":
            if not isinstance(value, Scalar):
                raise _stop("structure", value.position, f"{key.text} is no text", "write one text")
            talk[key.text] = value
    facts = tuple((key, value) for key, value in node.entries if key.text not in TALK)
    named = _scalars(node.get("source"))
    if not named or not facts:
        lacks = "a fact" if named else "a source"
        raise _stop("missing-key", node.position, f"the block has not {lacks}", f"add {lacks}")
    doubt = next((talk[key] for key in ("certainty", "standing") if _doubtful(talk.get(key))), None)
    if doubt is not None and "note" not in talk:
        fix = "add `note:` and say why"
        raise _stop("reason", doubt.position, f"the block is {doubt.text} and has no note", fix)
    chosen = tuple(_named(each, sources) for each in named)
    return Block(
        sources=chosen,
        span=_span(chosen, talk, node.position),
        certainty=talk.get("certainty"),
        standing=talk.get("standing"),
        note=talk.get("note"),
        facts=facts,
        position=node.position,
    )


def _scalars(node: Node | None) -> tuple[Scalar, ...]:
    nodes = node.values if isinstance(node, Sequence) else (node,)
    return tuple(node for node in nodes if isinstance(node, Scalar))


def _named(name: Scalar, sources: Mapping_[str, Source | None]) -> Source:
    if name.text not in sources:
        hint = nearest(name.text, sources)
        fix = hint or f"make it (pcve new source {name.text}), or correct the id"
        raise _stop("unknown-source", name.position, f'there is no source "{name.text}"', fix)
    source = sources[name.text]
    if source is None:
        raise ContentError([])
    return source


def _doubtful(value: Scalar | None) -> bool:
    return value is not None and value.text in ("inferred", "disputed")


def _span(
    sources: tuple[Source, ...], talk: dict[str, Scalar], position: Position
) -> tuple[int, int] | None:
    quote, occurrence = talk.get("quote"), talk.get("occurrence")
    source = next((source for source in sources if source.text is not None), sources[0])
    if source.text is None:
        if quote is not None:
            fix = "delete the quote: the facts are cited; or hold the text of the source"
            found = f"the text of {source.id} is not held"
            raise _stop("quote-not-held", quote.position, found, fix)
        return None
    if len(sources) > 1:
        fix = "give what rests on the held text a block of its own, with its quote"
        found = f"the text of {source.id} is held, and there are other sources beside it"
        raise _stop("quote-missing", position, found, fix)
    if quote is None:
        fix = "quote the words that say it; what no words say is left out"
        raise _stop("quote-missing", position, f"the text of {source.id} is held", fix)
    spans = source.text.find(quote.text)
    if not spans:
        shared, goes_on, text = source.text.divergence(quote.text)
        found = f"not one beginning of it stands in the text of {source.id}"
        if shared:
            found = f'after "…{shared}" the quote goes on "{goes_on}", the text "{text}"'
        fix = "copy the words from the text as they are, its slips included"
        raise _stop("quote-not-found", quote.position, found, fix)
    which = occurrence.text if occurrence else "1"
    if (len(spans) > 1 and occurrence is None) or which not in map(str, range(1, len(spans) + 1)):
        fix = f"quote a few words more, or add `occurrence:` and a number from 1 to {len(spans)}"
        place = occurrence or quote
        times = "time" if len(spans) == 1 else "times"
        found = f"it stands there {len(spans)} {times}"
        raise _stop("quote-ambiguous", place.position, found, fix)
    start, end = spans[int(which) - 1]
    if bad := refused(source.text.text[start:end]):
        found = f"in the text of {source.id} these words hold the character {bad.name}"
        fix = "quote the words before it, or those behind it"
        raise _stop("control-character", quote.position, found, fix)
    return start, end


def _missing(root: Mapping, key: str, fix: str) -> Problem:
    return breach("missing-key", root.position, f"{key} is not there or not of its form", fix)


def _stop(rule: str, position: Position, found: str, fix: str) -> ContentError:
    return ContentError([breach(rule, position, found, fix)])
