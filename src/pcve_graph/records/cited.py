"""The cited facts that each record had at the last release: data/cited.tsv.

From then on, records get better and not worse: a new record does not rest on cited facts alone,
and an old one gets no more of them, and is reported for those that it has when it is edited. What
is new and what is edited shows in the file alone, which a release writes. Rule: data/FORMAT.md,
"From release to release".
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.project import Project
from ..syntax.tree import MappingNode, RecordNode, ScalarNode, decode_utf8
from ..system.files import LARGEST_FILE, read_inside

CITED: Final = "cited.tsv"
_HEADER: Final = "id\tcited\tsha256"
_ROW: Final = re.compile(r"([a-z0-9-]{1,200})\t(0|[1-9][0-9]{0,8})\t([0-9a-f]{64})")
_FIX: Final = (
    "quote a text that is held, or take the fingerprint of the passage (pcve evidence cite)"
)


class CitedRecord(NamedTuple):
    """A record with the numbers of its cited and of all facts, and the SHA-256 of its content."""

    id: str
    position: Position
    cited: int
    facts: int
    digest: str


class ReleasedRecord(NamedTuple):
    """The number of cited facts and the SHA-256 of a record at the last release."""

    cited: int
    digest: str


def content_digest(tree: RecordNode) -> str:
    """The SHA-256 of what a record states: its JSON with sorted keys, without its layout."""
    plain = json.dumps(_plain(tree), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _plain(node: RecordNode) -> object:
    if isinstance(node, ScalarNode):
        return node.text
    if isinstance(node, MappingNode):
        return [[key, value] for key, value in sorted((k.text, _plain(v)) for k, v in node.entries)]
    return {"list": [_plain(value) for value in node.values]}


def read_cited(project: Project) -> Mapping[str, ReleasedRecord] | None:
    """The records of the last release by id; None where no release has written the file.

    Raises ContentError (`cited-file`) with every line that is not an id, a number and a SHA-256.
    """
    path = project.data / CITED
    if not os.path.lexists(path):
        return None
    name = project.relative(path)
    lines = decode_utf8(read_inside(path, project.root, LARGEST_FILE), name).splitlines()
    problems: list[Problem] = []
    records: dict[str, ReleasedRecord] = {}
    if not lines or lines[0] != _HEADER:
        fix = f"write {_HEADER!r}, or restore the file of the last release"
        problems.append(_malformed(Position(name), "the first line is not that of the file", fix))
    for number, line in enumerate(lines[1:], 2):
        match = _ROW.fullmatch(line)
        if match is None or match[1] in records:
            message = "this is not an id, a number and a SHA-256, between tabs"
            if match:
                message = f'the id "{match[1]}" has a line already'
            fix = "restore the file of the last release: git has it"
            problems.append(_malformed(Position(name, number), message, fix))
        else:
            records[match[1]] = ReleasedRecord(int(match[2]), match[3])
    if problems:
        raise ContentError(problems)
    return records


def cited_text(records: Iterable[CitedRecord]) -> str:
    """The text of data/cited.tsv for these records."""
    rows = sorted((record.id, record.cited, record.digest) for record in records)
    return "".join(f"{line}\n" for line in (_HEADER, *("\t".join(map(str, row)) for row in rows)))


def cited_problems(
    records: Iterable[CitedRecord], released: Mapping[str, ReleasedRecord]
) -> Iterator[Problem]:
    """What is worse than at the last release (an error), or was not made better (a warning)."""
    for record in records:
        old = released.get(record.id)
        if not record.cited:
            continue
        if old is None:
            if record.cited == record.facts:
                number = _facts(record.cited)
                message = f"this record is new, and rests on cited facts alone ({number})"
                yield rule_problem("cited", record.position, message, _FIX)
        elif record.cited > old.cited:
            message = (
                f"this record has {_facts(record.cited)} that are only cited, "
                f"{old.cited:,} at the last release"
            )
            yield rule_problem("cited", record.position, message, f"for the new ones, {_FIX}")
        elif record.digest != old.digest:
            message = (
                f"this record has changed since the last release, and {record.cited:,} of its "
                f"{_facts(record.facts)} are only cited"
            )
            problem = rule_problem("cited", record.position, message, _FIX)
            yield replace(problem, severity="warning")


def _facts(number: int) -> str:
    return "1 fact" if number == 1 else f"{number:,} facts"


def _malformed(position: Position, message: str, fix: str) -> Problem:
    return rule_problem("cited-file", position, message, fix)
