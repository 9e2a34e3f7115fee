"""Second readings: whether the words of a claim support it, as a reader judged, one file a reader.

`pcve evidence review import` writes data/reviews/<reader>.yml and a build reads them. They have
verdicts and checksums, and no words of a source. Rule: data/FORMAT.md, "Reviews".
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..model.problems import ContentError, Problem, UsageError, rule_problem
from ..model.project import Project
from ..model.visible import first_refused, one_line
from ..syntax.tree import RecordNode, decode_utf8
from ..syntax.yaml import parse_yaml_record
from ..system.files import LARGEST_FILE, read_inside, walk_files
from .private_persons import private_mentions
from .readers import is_reader_id
from .written_files import WrittenFile, scalar_text

REVIEWS: Final = "reviews"
"""The folder in data/."""

REVIEW_TABLE: Final = "reviews.tsv"
"""The file of a release."""

VERDICTS: Final = ("supports", "contradicts", "unclear")
"""What a reader may judge of the words of a claim."""

LONGEST_NOTE: Final = 200
"""Characters of a note, and of a value that a reader wrote, at most: no passage fits in."""

_KEYS: Final = ("id", "shown", "thing", "key", "source", "on", "verdict", "value", "note")
_REQUIRED: Final = _KEYS[:7]
_FREE: Final = _KEYS[7:]
_COLUMNS: Final = ("by", *_REQUIRED, "value_written")
_ORCID: Final = "https://orcid.org/"
_FORMS: Final = {
    "id": re.compile("c[0-9a-f]{16}"),
    "shown": re.compile("[0-9a-f]{64}"),
    "thing": re.compile(r"[a-z0-9-]+(/[A-Za-z0-9._~%-]+){1,4}"),
    "key": re.compile("[A-Za-z][A-Za-z0-9]*"),
    "source": re.compile("[a-z0-9][a-z0-9-]*"),
    "on": re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "verdict": re.compile("|".join(VERDICTS)),
}
_NAMED: Final = {
    "id": "c and 16 digits of 0-9 and a-f",
    "shown": "64 digits of 0-9 and a-f",
    "thing": "a class and an id, such as event/fair",
    "key": "a key of a record",
    "source": "the id of a source",
    "on": "a day such as 2026-11-30",
    "verdict": f"one of {', '.join(VERDICTS)}",
}
_FIX: Final = "restore the file as `pcve evidence review import` wrote it, or import it again"
_FILE: Final = WrittenFile("review", _FIX, _FORMS, _NAMED)


@dataclass(frozen=True, slots=True)
class Reading:
    """The verdict of a reader on the words of one claim in one source.

    `id` is that of the claim and its words, `shown` the SHA-256 of what was to be judged. `thing`,
    `key` and `source` say which claim it was, also once it has changed. `on` is the day. `value` is
    what the reader wrote where the value was hidden, else empty; `note` is the reader's.
    """

    id: str
    shown: str
    thing: str
    key: str
    source: str
    on: str
    verdict: str
    value: str = ""
    note: str = ""


def reader_name(reader: str) -> str:
    """The id of a reader as files are named by it: an ORCID without its address.

    Raises UsageError for what is no id.
    """
    if not is_reader_id(reader):
        raise UsageError(
            f'"{one_line(reader)[:80]}" is not the id of a reader; write an id such as reader-a, '
            "or an ORCID with its check digit, and no name"
        )
    return reader.removeprefix(_ORCID)


def review_path(project: Project, reader: str) -> Path:
    """The file of a reader."""
    return project.data / REVIEWS / f"{reader}.yml"


def review_text(reader: str, readings: Iterable[Reading]) -> str:
    """The content of the file of a reader, in its one form: a line for each reading, sorted."""
    lines = [f"reader: {scalar_text(reader)}", "readings:"]
    for reading in sorted(readings, key=lambda reading: (reading.thing, reading.key, reading.id)):
        pairs = [(key, getattr(reading, key)) for key in _KEYS]
        shown = ", ".join(
            f"{key}: {scalar_text(text, key in _FREE)}" for key, text in pairs if text
        )
        lines.append(f"  - {{{shown}}}")
    return "".join(f"{line}\n" for line in lines)


def read_reviews(
    project: Project, names: Collection[str] | None = None
) -> dict[str, tuple[Reading, ...]]:
    """The readings by reader, sorted. With `names`, only those of these files, as paths from the
    root of the project. Raises ContentError (`review`, `reader-id`) with all problems.
    """
    readings: dict[str, tuple[Reading, ...]] = {}
    problems: list[Problem] = []
    for name in review_files(project):
        if names is None or name in names:
            try:
                readings[Path(name).stem] = _read(project.root / name, project)
            except ContentError as error:
                problems += error.problems
    if problems:
        raise ContentError(problems)
    return readings


def read_review(project: Project, reader: str) -> tuple[Reading, ...]:
    """The readings of a reader, empty without a file. Raises ContentError as `read_reviews`."""
    path = review_path(project, reader)
    return _read(path, project) if os.path.lexists(path) else ()


def review_files(project: Project) -> list[str]:
    """The files of readers, as paths from the root of the project, sorted.

    Raises ContentError (`special-file`) for anything but regular files of the project.
    """
    folder = project.data / REVIEWS
    top = f"{project.relative(folder)}/"
    names = [name for name, _ in walk_files(folder, top, project.root)]
    return sorted(
        name for name in names if name.endswith(".yml") and "/" not in name.removeprefix(top)
    )


def review_problems(project: Project, changed: Collection[str] | None = None) -> list[Problem]:
    """The problems of the files in data/reviews; with `changed`, of these files alone."""
    try:
        read_reviews(project, changed)
    except ContentError as error:
        return list(error.problems)
    return []


def text_fault(text: str, key: str) -> tuple[str, str] | None:
    """What is wrong with a note or a value that a reader wrote, and how to correct it."""
    if len(text) > LONGEST_NOTE:
        message = f"the {key} has {len(text):,} characters; at most {LONGEST_NOTE}"
        return message, "shorten it; words of the source are not repeated"
    if first_refused(text) or len(text.splitlines()) > 1:
        message = f"the {key} has a line end or a character that cannot be seen"
        return message, "write it in one line, without it"
    if mentions := private_mentions(text):
        message = f'the {key} names "{mentions[0].name}" near "{mentions[0].term}"'
        return message, "write it without the name"
    return None


def review_table(reviews: Mapping[str, Iterable[Reading]]) -> str:
    """The readings as a table with tabs, as releases have it, without what readers wrote."""
    lines = ["\t".join(_COLUMNS)]
    for reader, readings in sorted(reviews.items()):
        for reading in readings:
            written = "yes" if reading.value else "no"
            cells = (getattr(reading, key) for key in _REQUIRED)
            lines.append("\t".join([reader, *cells, written]))
    return "".join(f"{line}\n" for line in lines)


def _read(path: Path, project: Project) -> tuple[Reading, ...]:
    name = project.relative(path)
    root = parse_yaml_record(decode_utf8(read_inside(path, project.root, LARGEST_FILE), name), name)
    values = _FILE.mapping(root, ("reader", "readings"), ("reader", "readings"), "a review")
    reader, place = _FILE.text(values["reader"], "reader"), values["reader"].position
    if not is_reader_id(reader) or reader.startswith(_ORCID):
        message = f'"{one_line(reader)[:80]}" is not the id of a reader'
        fix = "write an id such as reader-a, or the digits of an ORCID, and name the file by it"
        raise ContentError([rule_problem("reader-id", place, message, fix)])
    if reader != path.stem:
        message = f"the reader is {reader}, and the file is {one_line(path.name)}"
        raise _FILE.stop(place, message, f"name the file by its reader; or {_FIX}")
    readings: dict[str, Reading] = {}
    for node in _FILE.items(values["readings"]):
        reading = _reading(node)
        if reading.id in readings:
            raise _FILE.stop(node.position, f"the reading {reading.id} stands here twice")
        readings[reading.id] = reading
    return tuple(readings.values())


def _reading(node: RecordNode) -> Reading:
    values = _FILE.mapping(node, _KEYS, _REQUIRED, "a reading")
    texts = {key: _FILE.text(value, key) for key, value in values.items()}
    _FILE.check_day(texts["on"], values["on"].position)
    for key in _FREE:
        if fault := text_fault(texts.get(key, ""), key):
            raise _FILE.stop(values[key].position, *fault)
    return Reading(**texts)
