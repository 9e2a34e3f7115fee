"""The results of rechecks: one file per source in data/rechecks, of its last recheck.

`pcve evidence recheck` writes them and a build reads them. They hold numbers, checksums and
addresses, and no text of a source. Rule: data/FORMAT.md, "Rechecks".
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..model.namespaces import ID
from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.project import Project
from ..model.visible import one_line
from ..syntax.tree import RecordNode, decode_utf8
from ..syntax.yaml import parse_yaml_record
from ..system.files import LARGEST_FILE, read_inside, walk_files
from .written_files import WrittenFile, scalar_text

RECHECKS: Final = "rechecks"
"""The folder in data/."""

RECHECK_TABLE: Final = "rechecks.tsv"
"""The file of a release."""

WAYS: Final = ("pages", "fetch", "warc")
"""How the pages were had: from a folder of saved pages, from their addresses, from a WARC file."""

ADDRESSES: Final = ("alive", "gone", "unknown")
"""An address that answered with a page, one that answered 404 or 410, and any other."""

PAGES: Final = ("first", "same", "different", "gone", "unread")
"""The bytes of a page: nothing to compare them with, the same as before, others, none, not read."""

OUTCOMES: Final = ("found", "moved", "changed", "gone", "unread")
"""What became of a passage, the best first; `unread` where the page could not be read."""

LOST: Final = ("changed", "gone")
"""The outcomes of a passage that does not stand in its source as it was read."""

_TEXTS: Final = ("source", "day", "by", "address", "page", "reason", "sha256")
_COLUMNS: Final = (
    "source",
    "day",
    "by",
    "address",
    "page",
    "page_sha256",
    "words",
    "passage_sha256",
    "outcome",
)
_KEYS: Final = (*_TEXTS, "redirects", "passages")
_REQUIRED: Final = ("source", "day", "by", "page")
_PASSAGE_KEYS: Final = ("words", "sha256", "outcome", "before", "after")
_FORMS: Final = {
    "day": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "sha256": re.compile("[0-9a-f]{64}"),
    "words": re.compile("[1-9][0-9]{0,5}"),
    "before": re.compile("[0-9a-f]{16}"),
    "after": re.compile("[0-9a-f]{16}"),
    "redirects": re.compile(r"https?://[!-~]+"),
    "by": re.compile("|".join(WAYS)),
    "address": re.compile("|".join(ADDRESSES)),
    "page": re.compile("|".join(PAGES)),
    "outcome": re.compile("|".join(OUTCOMES)),
}
_NAMED: Final = {
    "day": "a day such as 2026-11-30",
    "sha256": "64 digits of 0-9 and a-f",
    "words": "a number of words",
    "before": "16 digits of 0-9 and a-f",
    "after": "16 digits of 0-9 and a-f",
    "redirects": "a web address, beginning with http",
    "by": f"one of {', '.join(WAYS)}",
    "address": f"one of {', '.join(ADDRESSES)}",
    "page": f"one of {', '.join(PAGES)}",
    "outcome": f"one of {', '.join(OUTCOMES)}",
}
_FIX: Final = "delete the file, and run `pcve evidence recheck` for the source again"
_FILE: Final = WrittenFile("recheck", _FIX, _FORMS, _NAMED)


@dataclass(frozen=True, slots=True)
class PassageRecheck:
    """What became of one passage, which is named by its fingerprint.

    `before` and `after` are digests of the words around it on the page, by which the next recheck
    sees whether it moved; empty where it stands nowhere, or more than once.
    """

    words: int
    sha256: str
    outcome: str
    before: str = ""
    after: str = ""

    @property
    def key(self) -> tuple[int, str]:
        """The fingerprint."""
        return self.words, self.sha256


@dataclass(frozen=True, slots=True)
class Recheck:
    """The last recheck of a source.

    `by` is one of `WAYS`, `address` one of `ADDRESSES` or empty where none was asked, `page` one of
    `PAGES`. `sha256` is that of the bytes of the page when it was last read, empty before that.
    `redirects` are the addresses that the address of the source led to, in order. `reason` says why
    a page is gone or was not read.
    """

    source: str
    day: str
    by: str
    page: str
    address: str = ""
    reason: str = ""
    sha256: str = ""
    redirects: tuple[str, ...] = ()
    passages: tuple[PassageRecheck, ...] = ()

    def counts(self) -> dict[str, int]:
        """The number of passages by outcome, in the order of `OUTCOMES`, without zeros."""
        numbers = Counter(passage.outcome for passage in self.passages)
        return {outcome: numbers[outcome] for outcome in OUTCOMES if numbers[outcome]}

    def summary(self) -> str:
        """One line: day, page, address and the number of passages by outcome."""
        page = {"first": "page read", "unread": "page not read"}.get(self.page, f"page {self.page}")
        counts = [f"{number:,} {outcome}" for outcome, number in self.counts().items()]
        address = f"address {self.address}" if self.address else ""
        return ", ".join(filter(None, (self.day, address, page, *counts)))


def recheck_path(project: Project, source: str) -> Path:
    """The file of the last recheck of a source."""
    return project.data / RECHECKS / f"{source}.yml"


def recheck_text(recheck: Recheck) -> str:
    """The content of the file, in its one form: passages are sorted by fingerprint."""
    pairs = [(key, getattr(recheck, key)) for key in _TEXTS]
    lines = [f"{key}: {scalar_text(text)}" for key, text in pairs if text != ""]
    if recheck.redirects:
        lines += ["redirects:", *(f"  - {scalar_text(address)}" for address in recheck.redirects)]
    if recheck.passages:
        lines.append("passages:")
        for passage in sorted(recheck.passages, key=lambda passage: (passage.sha256, passage.key)):
            pairs = [(key, getattr(passage, key)) for key in _PASSAGE_KEYS]
            shown = ", ".join(f"{key}: {value}" for key, value in pairs if value != "")
            lines.append(f"  - {{{shown}}}")
    return "".join(f"{line}\n" for line in lines)


def read_recheck(project: Project, source: str) -> Recheck | None:
    """The last recheck of a source; None without one. Raises ContentError (`recheck`)."""
    path = recheck_path(project, source)
    return _read(path, project) if ID.fullmatch(source) and os.path.lexists(path) else None


def read_rechecks(project: Project, names: Collection[str] | None = None) -> list[Recheck]:
    """The last recheck of each source that has one, sorted by source.

    With `names`, only those of these files, as paths from the root of the project. Raises
    ContentError (`recheck`) with all problems.
    """
    rechecks: list[Recheck] = []
    problems: list[Problem] = []
    for name in sorted(recheck_files(project)):
        if names is None or name in names:
            try:
                rechecks.append(_read(project.root / name, project))
            except ContentError as error:
                problems += error.problems
    if problems:
        raise ContentError(problems)
    return rechecks


def recheck_files(project: Project) -> list[str]:
    """The files of rechecks, as paths from the root of the project.

    Raises ContentError (`special-file`) for anything but regular files of the project.
    """
    folder = project.data / RECHECKS
    files = walk_files(folder, f"{project.relative(folder)}/", project.root)
    return [name for name, _ in files if name.endswith(".yml")]


def recheck_problems(
    project: Project,
    are_sources: Callable[[set[str]], Collection[str]],
    changed: Collection[str] | None = None,
) -> list[Problem]:
    """The problems (`recheck`) of the files in data/rechecks.

    `are_sources` returns those of some ids that are ids of sources. With `changed`, only the
    content of these files is read; that of the others was read by an earlier build.
    """
    problems: list[Problem] = []
    try:
        read_rechecks(project, changed)
    except ContentError as error:
        problems += error.problems
    names = {Path(name).stem: name for name in recheck_files(project)}
    for source in sorted(names.keys() - set(are_sources(set(names)))):
        message = f"no source has the id {one_line(source)}"
        fix = "delete the file, or restore the source"
        problems.append(rule_problem("recheck", Position(names[source]), message, fix))
    return problems


def recheck_table(rechecks: Iterable[Recheck]) -> str:
    """The rechecks as a table with tabs, as releases have it: a row for each passage.

    A source without passages has one row. The SHA-256 of a page and that of a passage have columns
    of their own.
    """
    lines = ["\t".join(_COLUMNS)]
    for recheck in rechecks:
        first = [recheck.source, recheck.day, recheck.by, recheck.address, recheck.page]
        first.append(recheck.sha256)
        for passage in recheck.passages:
            lines.append("\t".join([*first, str(passage.words), passage.sha256, passage.outcome]))
        if not recheck.passages:
            lines.append("\t".join([*first, "", "", ""]))
    return "".join(f"{line}\n" for line in lines)


def _read(path: Path, project: Project) -> Recheck:
    name = project.relative(path)
    text = decode_utf8(read_inside(path, project.root, LARGEST_FILE), name)
    root = parse_yaml_record(text, name)
    if path.parent != project.data / RECHECKS:
        raise _FILE.stop(root.position, "a file of a recheck is not in a subfolder")
    values = _FILE.mapping(root, _KEYS, _REQUIRED, "a recheck")
    texts = {key: _FILE.text(values[key], key) for key in _TEXTS if key in values}
    if texts["source"] != path.stem:
        message = f'the source is "{one_line(texts["source"])}", and the file is {path.name}'
        fix = f"name the file by its source; or {_FIX}"
        raise _FILE.stop(values["source"].position, message, fix)
    _FILE.check_day(texts["day"], values["day"].position)
    redirects = tuple(
        _FILE.text(node, "redirects") for node in _FILE.items(values.get("redirects"))
    )
    passages = tuple(_passage(node) for node in _FILE.items(values.get("passages")))
    numbers = Counter(passage.key for passage in passages)
    repeated = [key for key, number in numbers.items() if number > 1]
    if repeated:
        message = f"the passage with the SHA-256 {repeated[0][1]} stands here twice"
        raise _FILE.stop(values["passages"].position, message)
    return Recheck(**texts, redirects=redirects, passages=passages)


def _passage(node: RecordNode) -> PassageRecheck:
    values = _FILE.mapping(node, _PASSAGE_KEYS, ("words", "sha256", "outcome"), "a passage")
    texts = {key: _FILE.text(value, key) for key, value in values.items()}
    return PassageRecheck(
        int(texts["words"]),
        texts["sha256"],
        texts["outcome"],
        texts.get("before", ""),
        texts.get("after", ""),
    )
