"""From files to records: text and lines, quotes checked against held texts. No IRIs here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from collections.abc import Sequence as Sequence_
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from .errors import ContentError, Position, Problem, breach
from .names import ID, nearest
from .project import Project
from .quotes import HeldText
from .yamltext import Mapping, Node, Scalar, Sequence, decode, parse

Found = TypeVar("Found")

LARGEST = 2**22
"""Bytes of the largest record that is read."""

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


def read_records(project: Project, guests: Sequence_[Path] = ()) -> Records:
    """Every source and record of `project`, in one pass over sorted file names.

    `guests` are records from elsewhere; each stands in for the project's record of its id. A file
    that cannot be read leaves its problems in the result and stops no other.
    """
    problems: list[Problem] = []
    paths = sorted((project.data / "sources").glob("*.yml"))
    read = dict(_each(project, paths, problems, lambda path: _source(project, path)))
    sources = {path.stem: read.get(path.stem) for path in paths}
    invited = {path.stem for path in guests}
    home = sorted((project.data / "records").rglob("*.yml"))
    paths = [*(path for path in home if path.stem not in invited), *guests]
    records = dict(_each(project, paths, problems, lambda path: _record(project, path, sources)))
    return Records(
        records=tuple(records.values()),
        sources=tuple(read.values()),
        problems=tuple(problems),
        unread=frozenset(path.stem for path in paths) - records.keys(),
    )


def _each(
    project: Project, paths: list[Path], problems: list[Problem], read: Callable[[Path], Found]
) -> Iterator[tuple[str, Found]]:
    """What `read` makes of each file, by id; problems and ids met before go to `problems`."""
    met: dict[str, str] = {}
    for path in paths:
        place = Position(project.relative(path))
        if path.stem in met:
            found = f'the id "{path.stem}" is also that of {met[path.stem]}'
            fix = "join the two files if they are one thing, else give the newer one another id"
            problems.append(breach("duplicate-id", place, found, fix))
            continue
        met[path.stem] = place.path
        try:
            yield path.stem, read(path)
        except ContentError as error:
            problems.extend(error.problems)


def _root(project: Project, path: Path) -> Mapping:
    name = project.relative(path)
    if path.stat().st_size > LARGEST:
        found = f"the file has {path.stat().st_size // 2**20:,} MB"
        raise _stop("file-size", Position(name), found, "a record is a page or two of text")
    root = parse(decode(path.read_bytes(), name), name)
    if not isinstance(root, Mapping):
        raise _stop("structure", root.position, "found no keys", "begin with `id: …`")
    identifier = root.get("id")
    if not isinstance(identifier, Scalar):
        raise _stop("missing-key", root.position, "there is no id", f"write `id: {path.stem}`")
    if identifier.text != path.stem or not ID.fullmatch(identifier.text):
        found = f'the id is "{identifier.text}", the file {path.name}'
        fix = "make them the same: small letters a-z, digits and single hyphens"
        raise _stop("file-name", identifier.position, found, fix)
    return root


def _source(project: Project, path: Path) -> Source:
    root = _root(project, path)
    file, sha256 = root.get("textFile"), root.get("sha256")
    if file is None and sha256 is None:
        return Source(path.stem, root, None)
    if not isinstance(file, Scalar) or not isinstance(sha256, Scalar):
        fix = "give both, or neither"
        raise _stop("held-text", root.position, "found one of textFile and sha256", fix)
    folder = project.data / "sources" / "texts"
    held = folder / file.text
    if held.parent != folder or not held.is_file():
        fix = f"put the file there, or correct its name ({project.relative(folder)})"
        raise _stop("held-text", file.position, f'there is no file "{file.text}"', fix)
    raw = held.read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    if digest != sha256.text:
        fix = f"restore the file; if it was changed on purpose, write sha256: {digest}"
        raise _stop("checksum", sha256.position, f"{file.text} has another checksum", fix)
    return Source(path.stem, root, HeldText(decode(raw, project.relative(held))))


def _record(project: Project, path: Path, sources: dict[str, Source | None]) -> Record:
    root = _root(project, path)
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
    home = project.data / "records"
    folder = path.relative_to(home).parent.as_posix() if path.is_relative_to(home) else None
    return Record(path.stem, kind, folder, tuple(blocks), root.position)


def _block(node: Node, sources: dict[str, Source | None]) -> Block:
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
    return tuple(each for each in nodes if isinstance(each, Scalar))


def _named(name: Scalar, sources: dict[str, Source | None]) -> Source:
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
    source = next((each for each in sources if each.text is not None), sources[0])
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
    return spans[int(which) - 1]


def _missing(root: Mapping, key: str, fix: str) -> Problem:
    return breach("missing-key", root.position, f"{key} is not there or not of its form", fix)


def _stop(rule: str, position: Position, found: str, fix: str) -> ContentError:
    return ContentError([breach(rule, position, found, fix)])
