"""Finds the quotes of a source again after its held text was edited, and rewrites the records.

A quote that the text does not have any more is looked for between the words that stood around it,
else near its old place, else in the whole text. Only the quotes are replaced in the files, at their
positions; the rest of a file stays as it is. Rule: data/FORMAT.md, "Quotes".
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from ..model.problems import UsageError
from ..model.project import Project
from ..model.schema import Ontology
from ..model.suggest import did_you_mean
from ..syntax.json import string_end
from ..syntax.tree import (
    MappingNode,
    RecordNode,
    ScalarNode,
    decode_utf8,
    items_of,
    text_of,
)
from ..syntax.yaml import scalar_extents
from ..system.files import LARGEST_FILE, read_inside
from .files import LARGEST_LINES, project_files, read_entries, source_paths
from .formatter import format_text
from .quotes import HeldText, fold_quote

LONGEST_QUOTE: Final = 300
_NEAR: Final = 1000
"""Characters around the old place in which a quote is looked for first."""

_MOST_PLACES: Final = 20
"""The most places between the same words as before that are compared, those nearest to the old one:
words such as "in" and "the" stand at hundreds of places in a text.
"""

_SENTENCE_END: Final = re.compile(r"[.!?](?:\s|\Z)|\n\s*\n")
_WORD_BEHIND: Final = re.compile(r"\s*\S+")
_WORD_BEFORE: Final = re.compile(r"\S+\s*\Z")

_LEAST: Final = 60
"""The least similarity, of 100, of words that are proposed for a quote."""


class OldPlace(NamedTuple):
    """Where a quote was in the text that the last build read, and the words around it."""

    start: int
    prefix: str
    suffix: str


@dataclass(frozen=True, slots=True)
class LostQuote:
    """A quote of a record that the text does not have.

    `words` are those of the text that are proposed for it, empty where none are like it.
    """

    path: Path
    quote: ScalarNode
    words: str


@dataclass(frozen=True, slots=True)
class Requoted:
    """What an edited text means for the quotes of its source.

    `quotes` is the number of all, `lost` those that the text does not have, `digest` the SHA-256
    of the text, which the file `path` of the source states at `sha256`.
    """

    path: Path
    sha256: ScalarNode
    digest: str
    quotes: int
    lost: tuple[LostQuote, ...]


def find_lost_quotes(project: Project, identifier: str, places: Mapping[str, OldPlace]) -> Requoted:
    """The quotes of the source `identifier` in its text as it is now.

    `places` are those of the last build, by quote as `fold_quote` writes it. Raises UsageError if
    there is no such source, or its text is not held, and ContentError if its file is not a text.
    """
    path, root = _source(project, identifier)
    file, sha256 = root.get("textFile"), root.get("sha256")
    if not isinstance(file, ScalarNode) or not isinstance(sha256, ScalarNode):
        raise UsageError(f"the text of {identifier} is not held, so that nothing quotes it")
    text_path = project.data / "sources" / "texts" / file.text
    if not text_path.is_file():
        raise UsageError(f"{project.relative(text_path)} does not exist; restore it first")
    raw = read_inside(text_path, project.root, LARGEST_FILE)
    held = HeldText(decode_utf8(raw, project.relative(text_path)))
    count, lost = 0, []
    nearest: dict[str, str] = {}
    for record_path, quote in _quotes(project, identifier):
        count += 1
        if not held.find(quote.text, 1):
            folded = fold_quote(quote.text)
            if folded not in nearest:
                nearest[folded] = _nearest(held, quote.text, places.get(folded))
            lost.append(LostQuote(record_path, quote, nearest[folded]))
    digest = hashlib.sha256(raw).hexdigest()
    return Requoted(path, sha256, digest, count, tuple(lost))


def requoted_texts(
    project: Project, ontology: Ontology, requoted: Requoted, accepted: Iterable[LostQuote]
) -> dict[Path, str]:
    """The new text of each file: the accepted quotes, and the checksum of the source."""
    by_path: dict[Path, list[tuple[ScalarNode, str]]] = defaultdict(list)
    for quote in accepted:
        by_path[quote.path].append((quote.quote, quote.words))
    if requoted.sha256.text != requoted.digest:
        by_path[requoted.path].append((requoted.sha256, requoted.digest))
    texts: dict[Path, str] = {}
    for path, replacements in by_path.items():
        name = project.relative(path)
        content = read_inside(path, project.root, LARGEST_LINES)
        text = decode_utf8(content, name)
        new = _spliced(text, replacements, path.suffix == ".jsonl")
        if path.suffix == ".yml" and _is_canonical(content, name, ontology):
            new = format_text(new.encode(), name, ontology)
        texts[path] = new
    return texts


def _is_canonical(content: bytes, name: str, ontology: Ontology) -> bool:
    """Whether a file without comments has the text that `pcve edit fmt` gives it."""
    text = decode_utf8(content, name)
    return "#" not in text and format_text(content, name, ontology) == text


def _source(project: Project, identifier: str) -> tuple[Path, MappingNode]:
    """The file and the tree of a source. Raises UsageError where there is none of this id."""
    names = []
    for entry in read_entries(project, source_paths(project)):
        names.append(entry.id)
        if entry.id == identifier and entry.path is not None:
            return entry.path, entry.root()
    hint = did_you_mean(identifier, names) or "see data/sources"
    raise UsageError(f'no source has the id "{identifier}"; {hint}')


def _quotes(project: Project, identifier: str) -> Iterator[tuple[Path, ScalarNode]]:
    """The quotes of a source in all records, with their files; unreadable records have none."""
    paths = project_files(project, project.data / "records")
    citing = [path for path in paths if identifier.encode() in path.read_bytes()]
    for entry in read_entries(project, citing):
        claims = entry.content.get("claims") if isinstance(entry.content, MappingNode) else None
        for block in items_of(claims):
            if not isinstance(block, MappingNode) or entry.path is None:
                continue
            for piece in (block, *items_of(block.get("evidence"))):
                if quote := _quote_of(piece, identifier):
                    yield entry.path, quote


def _quote_of(piece: RecordNode, identifier: str) -> ScalarNode | None:
    if not isinstance(piece, MappingNode) or text_of(piece.get("source")) != identifier:
        return None
    quote = piece.get("quote")
    return quote if isinstance(quote, ScalarNode) else None


def _nearest(held: HeldText, quote: str, place: OldPlace | None) -> str:
    """The words of the text that stand for a quote now; empty where none are like it."""
    from rapidfuzz import fuzz

    folded, text = fold_quote(quote), held.text
    between = _between(held, quote, place) if place else ()
    spans = [_within_sentence(text, folded, *_whole_words(text, *span)) for span in between]
    areas = [(0, len(text))]
    if place:
        start, end = max(0, place.start - _NEAR), place.start + len(quote) + _NEAR
        areas.insert(0, (start, min(end, len(text))))
    for start, end in areas:
        place_in_area = fuzz.partial_ratio_alignment(folded, text[start:end], score_cutoff=_LEAST)
        if place_in_area is not None and place_in_area.dest_end > place_in_area.dest_start:
            first, last = start + place_in_area.dest_start, start + place_in_area.dest_end
            spans.append(_fitted(text, folded, *_whole_words(text, first, last)))
    for start, end in spans:
        words = _unambiguous(held, *_whole_words(text, start, end))
        if words and fuzz.ratio(folded, fold_quote(words)) >= _LEAST:
            return words
    return ""


def _within_sentence(text: str, folded: str, start: int, end: int) -> tuple[int, int]:
    """All words between the old neighbours of a quote, without those of sentences beside it."""
    first, last = _fitted(text, folded, start, end)
    if start <= first and not _SENTENCE_END.search(text, start, first):
        first = start
    if last <= end and not _SENTENCE_END.search(text, last, end):
        last = end
    return first, last


def _fitted(text: str, folded: str, start: int, end: int) -> tuple[int, int]:
    """The words around a place that are most like the quote; either end moves by single words."""
    from rapidfuzz import fuzz

    best = fuzz.ratio(folded, fold_quote(text[start:end]))
    while True:
        behind = _WORD_BEHIND.match(text, end)
        before = _WORD_BEFORE.search(text, max(0, start - _NEAR), start)
        last = _WORD_BEFORE.search(text, start, end)
        first = _WORD_BEHIND.match(text, start)
        candidates = [
            *((start, match.end()) for match in (behind,) if match),
            *((match.start(), end) for match in (before,) if match),
            *((start, match.start()) for match in (last,) if match),
            *((match.end(), end) for match in (first,) if match),
        ]
        scored = [
            (fuzz.ratio(folded, fold_quote(text[left:right])), left, right)
            for left, right in candidates
            if left < right
        ]
        score, left, right = max(scored, default=(0.0, start, end))
        if score <= best:
            return start, end
        best, start, end = score, left, right


def _between(held: HeldText, quote: str, place: OldPlace) -> Iterator[tuple[int, int]]:
    """The parts of the text between the words before the quote and those after it.

    At most `_MOST_PLACES`, the nearest to the old place first.
    """
    starts = sorted(
        (end for _, end in held.find(place.prefix)), key=lambda at: abs(at - place.start)
    )
    ends = [start for start, _ in held.find(place.suffix)]
    for start in starts[:_MOST_PLACES]:
        behind = bisect_left(ends, start)
        if behind < len(ends) and start < ends[behind] <= start + 2 * len(quote) + _NEAR // 10:
            yield start, ends[behind]


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end


def _unambiguous(held: HeldText, start: int, end: int) -> str:
    """The words at this place, and those behind them until they occur once; empty beyond 300."""
    text = held.text
    while True:
        words = " ".join(text[start:end].split())
        if not words or len(words) > LONGEST_QUOTE:
            return ""
        if len(held.find(words, 2)) == 1:
            return words
        behind = _WORD_BEHIND.match(text, end)
        if behind is None:
            return ""
        end = behind.end()


def _spliced(text: str, replacements: Iterable[tuple[ScalarNode, str]], is_lines: bool) -> str:
    """The text with other values at the positions of these; each keeps to its own characters."""
    parts: list[tuple[int, int, str]] = []
    extents = {} if is_lines else scalar_extents(text)
    starts = [0, *_line_ends(text)]
    for node, value in replacements:
        line, column = node.position.line, node.position.column
        if is_lines:
            start = starts[line - 1] + column - 1
            extent = start, string_end(text, start)
        else:
            extent = extents[line, column]
        parts.append((*extent, json.dumps(value, ensure_ascii=False)))
    for start, end, new in sorted(parts, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _line_ends(text: str) -> Iterator[int]:
    """The offset behind each line feed."""
    at = text.find("\n")
    while at >= 0:
        yield at + 1
        at = text.find("\n", at + 1)
