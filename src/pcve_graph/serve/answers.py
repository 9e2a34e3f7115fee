"""What tools answer: tables and things with the facts behind them, the evidence and the sources.

Every answer is bounded, and says in `left_out` what it leaves out and how to get that. Fields with
an empty value are left out of the JSON.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

MOST_BYTES: Final = 40_000
"""The most bytes of an answer as JSON, apart from the few of its head and notes."""

ROWS: Final = 50
"""The rows of an answer where no limit is given."""


@dataclass(frozen=True)
class ThingRef:
    """A thing, concept or source; `show` opens what has an `id`, which in facts stands alone."""

    label: str
    iri: str = ""
    id: str = ""


Scalar: TypeAlias = ThingRef | str | int | float | bool | None
Cell: TypeAlias = Scalar | list[Scalar]
"""A value of a row: a thing, a text (dates as stated), a number, or a list of these."""


@dataclass(frozen=True)
class SourceEntry:
    """A source: `address` is where it can be read, `archived` an archived copy."""

    id: str
    title: str
    address: str = ""
    archived: str = ""


@dataclass(frozen=True)
class EvidenceEntry:
    """What one source says for a fact.

    `checked` is how far that was checked: verified, fingerprinted or cited. `link` opens the source
    at the words, where that is possible; its address is in the list of sources. `quote` are words
    of a held text; `says` the words that carry the value in a passage of which `passage` (SHA-256
    of its `passage_words` words) is the fingerprint; `show` and `why` have that. `certainty` is
    stated, inferred or assigned, and `note` says why. With `together`, several sources were named
    together, and it is not recorded which supports it. `read_by` are verdicts of second readers.
    """

    source: str
    checked: str
    certainty: str = "stated"
    link: str = ""
    quote: str = ""
    says: str = ""
    passage: str = ""
    passage_words: int = 0
    locator: str = ""
    read_on: str = ""
    rank: str = "normal"
    contested: bool = False
    withdrawn: bool = False
    together: bool = False
    note: str = ""
    read_by: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class FactEntry:
    """A fact behind an answer, with its number, by which rows refer to it.

    `checked` is the best of its evidence. A statement without evidence of its own, such as a term
    of a closed list or the title of a source, has the graph that it is in as `origin`. `holds` is
    whether it holds on the day that was asked for, `dates` are those of the subject of a fact that
    refers to the thing shown.
    """

    number: int
    subject: ThingRef
    property: str
    value: ThingRef | str
    checked: str = ""
    evidence: list[EvidenceEntry] = field(default_factory=list)
    origin: str = ""
    holds: str = ""
    dates: str = ""


@dataclass(frozen=True)
class RowEntry:
    """A row: its number in the whole answer, its values by column, and the facts behind it."""

    number: int
    values: dict[str, Cell]
    facts: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class ColumnEntry:
    """A column of a table, and what it means."""

    name: str
    meaning: str = ""


@dataclass(frozen=True)
class TableAnswer:
    """Rows with the facts behind them.

    `total` is the number of rows of the whole answer. `notes` are to be read with the rows: what
    counts are taken from, designations, caveats.
    """

    title: str
    columns: list[ColumnEntry]
    rows: list[RowEntry]
    total: int
    facts: list[FactEntry] = field(default_factory=list)
    sources: list[SourceEntry] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    parameters: dict[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True)
class ThingAnswer:
    """A thing or source: its facts, those of others that refer to it, and those that rest on it.

    `checked` counts all facts by grade. With a `day`, `holds` says whether its dates include it.
    """

    thing: ThingRef
    kind: str
    facts: list[FactEntry]
    total: int
    checked: dict[str, int]
    sources: list[SourceEntry] = field(default_factory=list)
    day: str = ""
    holds: str = ""
    rechecks: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ParameterEntry:
    """A parameter of a saved question, and what it takes in words."""

    name: str
    takes: str
    description: str = ""
    example: str = ""
    required: bool = False


@dataclass(frozen=True)
class QuestionEntry:
    """A saved question, the names of its parameters, and those that must be set."""

    name: str
    summary: str
    theme: str
    parameters: list[str] = field(default_factory=list)
    required: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class QuestionList:
    """The saved questions by theme."""

    questions: list[QuestionEntry]
    themes: list[str]


@dataclass(frozen=True)
class QuestionDescription:
    """A saved question: its parameters, the JSON Schema of these, its columns and its SPARQL.

    `example` has the parameters of a call that has an answer.
    """

    name: str
    summary: str
    description: str
    theme: str
    parameters: list[ParameterEntry]
    schema: dict[str, Any]
    columns: list[ColumnEntry]
    example: dict[str, str | int | float]
    sparql: str


@dataclass(frozen=True)
class QuestionChoice:
    """A question that may be meant: the tool and its arguments that ask it.

    `why` has the words that decided, and what they match; `unused` are words, names and dates that
    it is not asked about, `negations` words that leave out what its answer has, `missing` required
    parameters without a value.
    """

    number: int
    summary: str
    tool: str
    arguments: dict[str, Any]
    score: float
    why: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    negations: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class AskAnswer:
    """What plain words mean, and the answer to the question `chosen`: a table or a thing.

    Without `clear` there is no answer: several questions may be meant, or the best lacks a
    parameter, or would leave out what `doubts` says.
    """

    text: str
    clear: bool
    choices: list[QuestionChoice]
    chosen: int = 0
    table: TableAnswer | None = None
    thing: ThingAnswer | None = None
    doubts: list[str] = field(default_factory=list)


ToolAnswer: TypeAlias = AskAnswer | TableAnswer | ThingAnswer | QuestionList | QuestionDescription


def has_content(value: Cell) -> bool:
    """Whether a cell has a value."""
    return value is not None and value not in ("", [])


def as_json(value: object) -> Any:
    """An answer, or a part of one, for json.dumps; fields with their default are left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            item.name: as_json(getattr(value, item.name))
            for item in dataclasses.fields(value)
            if getattr(value, item.name) != _default(item)
        }
    if isinstance(value, Mapping):
        return {key: as_json(content) for key, content in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(content) for content in value]
    return value


def _default(item: dataclasses.Field[Any]) -> object:
    """The default of a field; MISSING, which equals nothing, where it is required."""
    if item.default_factory is not dataclasses.MISSING:
        return item.default_factory()
    return item.default


def json_size(value: object) -> int:
    """The bytes of an answer, or of a part of one, as JSON."""
    return len(json.dumps(as_json(value), ensure_ascii=False).encode(errors="backslashreplace"))
