"""Answers to saved questions in files, and how a later answer differs from a recorded one.

A release has a file for each question, with its answer for each set of parameters that the question
is tried with. Rows are compared in any order, values as RDF terms, and lists as lists.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from ..model.problems import UsageError
from ..system.files import read_file
from .access import QueryTrial
from .execute import ResultTable
from .lists import row_cells, terms_of
from .saved import SavedQuery

FOLDER: Final = "answers"
"""The folder of a release that has the answers."""

_LARGEST: Final = 2**30
"""Size limit of a file of answers, in bytes."""

Cell: TypeAlias = "str | tuple[str, ...] | None"
"""The terms of a cell in N-Triples syntax: one, those of a list, or None where it is unbound."""


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """The answer to a question with some parameters: columns, and how often it has each row."""

    columns: tuple[str, ...]
    rows: Counter[tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """How an answer differs from a recorded one; without differences there is none.

    `columns` are those before and now where they differ; rows are then not compared.
    """

    added: tuple[tuple[Cell, ...], ...] = ()
    removed: tuple[tuple[Cell, ...], ...] = ()
    columns: tuple[tuple[str, ...], ...] = ()


Recorded: TypeAlias = dict[tuple[str, tuple[tuple[str, str], ...]], RecordedAnswer]
"""Recorded answers by the name of the question and its sorted parameters."""


def recorded(table: ResultTable) -> RecordedAnswer:
    """An answer as it is recorded; the values of a list are sorted."""
    rows = (
        tuple(
            tuple(map(str, terms_of(cell)))
            if name in table.lists
            else next(map(str, terms_of(cell)), None)
            for name, cell in zip(table.columns, cells, strict=True)
        )
        for cells in row_cells(table)
    )
    return RecordedAnswer(table.columns, Counter(rows))


def answer_files(
    queries: Mapping[str, SavedQuery], trials: Iterable[QueryTrial]
) -> dict[str, bytes]:
    """The files of the answers that `trials` gave, by path below FOLDER.

    A trial that failed, and an answer that is not a table, is left out; so is a question without
    any other. The bytes depend on the answers alone, not on the order of their rows.
    """
    runs_by_name: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for trial in trials:
        if isinstance(trial.answer, ResultTable) and not trial.problem:
            answer = recorded(trial.answer)
            rows = sorted(answer.rows.elements(), key=lambda row: [str(cell) for cell in row])
            run = {"parameters": trial.settings, "columns": answer.columns, "rows": rows}
            runs_by_name[trial.name].append(run)
    return {f"{name}.json": _document(queries[name], runs) for name, runs in runs_by_name.items()}


def _document(query: SavedQuery, runs: list[dict[str, Any]]) -> bytes:
    """A file: JSON with one row to a line, so that a version control system shows what changed."""
    head = {"question": query.name, "summary": query.summary}
    lines = [f" {json.dumps(key)}: {_json(value)}," for key, value in head.items()]
    blocks = []
    for run in runs:
        rows = ",\n".join(f"   {_json(row)}" for row in run["rows"])
        listed = f"[\n{rows}\n  ]" if rows else "[]"
        blocks.append(
            f'  {{"parameters": {_json(run["parameters"])},\n'
            f'  "columns": {_json(run["columns"])},\n  "rows": {listed}}}'
        )
    text = "\n".join(["{", *lines, ' "runs": [', ",\n".join(blocks), " ]", "}"])
    return f"{text}\n".encode()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def read_answers(folder: Path) -> Recorded:
    """The recorded answers in a release, or in a folder of such files.

    Raises UsageError for a folder without any, and for a file that has another form.
    """
    top = folder / FOLDER if (folder / FOLDER).is_dir() else folder
    answers: Recorded = {}
    for path in sorted(top.rglob("*.json")):
        name = path.relative_to(top).with_suffix("").as_posix()
        try:
            for run in json.loads(read_file(path, _LARGEST))["runs"]:
                rows = Counter(
                    tuple(tuple(cell) if isinstance(cell, list) else cell for cell in row)
                    for row in run["rows"]
                )
                key = name, tuple(sorted(run["parameters"].items()))
                answers[key] = RecordedAnswer(tuple(run["columns"]), rows)
        except (ValueError, KeyError, TypeError, AttributeError):
            if top != folder:
                raise UsageError(f"{path} is not a file of answers; write it anew") from None
    if not answers:
        raise UsageError(f"{folder} has no answers; a release has them in {FOLDER}/")
    return answers


def change_of(before: RecordedAnswer, table: ResultTable) -> AnswerChange | None:
    """How an answer differs from the recorded one; None if it does not."""
    now = recorded(table)
    if now.columns != before.columns:
        return AnswerChange(columns=(before.columns, now.columns))
    added, removed = now.rows - before.rows, before.rows - now.rows
    if not added and not removed:
        return None
    return AnswerChange(tuple(_sorted(added)), tuple(_sorted(removed)))


def _sorted(rows: Counter[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    yield from sorted(rows.elements(), key=lambda row: [str(cell) for cell in row])
