"""The tools for saved questions: list, describe, run, and the facts behind rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Final

from ..model.problems import UsageError
from ..model.suggest import did_you_mean
from ..model.terms import Term
from ..python.arguments import parameter_texts
from ..python.questions import select_questions
from ..query.access import bind_for_graph
from ..query.answering import answer_query
from ..query.execute import ResultTable
from ..query.lists import row_cells
from ..query.parameter_words import accepted_values
from ..query.parameters import MissingParameterError
from ..query.saved import Parameter, SavedQuery, read_queries
from ..query.themes import THEMES
from ..query.why import why as row_reasons
from ..system.sandbox import inside
from .answers import (
    ROWS,
    ColumnEntry,
    ParameterEntry,
    QuestionDescription,
    QuestionEntry,
    QuestionList,
    TableAnswer,
)
from .fact_list import StatedFact, row_facts
from .table_answers import ALL_FACTS, EVIDENCE_ROWS, RowDraft, TableBounds, bounded_table
from .tool_graph import ToolGraph

Settings = dict[str, str | int | float | None]
"""The parameters of a question by name; None leaves one open."""

Question = Annotated[str, "The name of a saved question, from list_questions."]
Parameters = Annotated[
    Settings,
    'The parameters of the question by name, such as {"topic": "prisons"}; things and terms by '
    "id, IRI or any name. describe_question has their schema.",
]
Limit = Annotated[int, "The most rows; 0 for as many as an answer has space for."]
Offset = Annotated[int, "The number of rows to skip, to see those that an answer left out."]
EvidenceRows = Annotated[int, "The rows that come with the facts and sources behind them."]

_JSON_TYPES: Final = {"year": "integer", "number": "number"}


def list_questions(
    graph: ToolGraph, theme: Annotated[str, f"Only one of: {', '.join(THEMES)}."] = ""
) -> QuestionList:
    """List the saved questions with a one-line summary, by theme: what the graph can be asked.

    Choose one, see describe_question for its parameters, and run it with run_question.
    """
    queries = read_queries(graph.project, "answers").values()
    questions = [
        QuestionEntry(
            question.name,
            question.summary,
            question.theme,
            [parameter.name for parameter in question.parameters],
            [parameter.name for parameter in question.parameters if parameter.required],
        )
        for question in select_questions(queries, theme)
    ]
    return QuestionList(questions, list(THEMES))


def describe_question(graph: ToolGraph, question: Question) -> QuestionDescription:
    """Describe a saved question: its parameters with their JSON Schema, its columns, its SPARQL."""
    query = _chosen(graph, question)
    parameters = query.params.values()
    return QuestionDescription(
        query.name,
        query.summary,
        query.description,
        query.theme,
        [
            ParameterEntry(
                parameter.name,
                accepted_values(parameter),
                parameter.description,
                parameter.example,
                parameter.required,
            )
            for parameter in parameters
        ],
        parameter_schema(query),
        [ColumnEntry(name, meaning) for name, meaning in query.columns.items()],
        {
            parameter.name: _typed_value(parameter, parameter.example)
            for parameter in parameters
            if parameter.required and parameter.example
        },
        query.text,
    )


def parameter_schema(query: SavedQuery) -> dict[str, Any]:
    """The JSON Schema of the parameters of a query, as run_question takes them."""
    return {
        "type": "object",
        "properties": {
            parameter.name: _property_schema(parameter) for parameter in query.params.values()
        },
        "required": [parameter.name for parameter in query.params.values() if parameter.required],
        "additionalProperties": False,
    }


def _property_schema(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": _JSON_TYPES.get(parameter.type, "string")}
    words = accepted_values(parameter)
    schema["description"] = f"{parameter.description} ({words})" if parameter.description else words
    if parameter.type == "date":
        schema["format"] = "date"
    if parameter.allowed:
        schema["enum"] = list(parameter.allowed)
    if parameter.default:
        schema["default"] = _typed_value(parameter, parameter.default)
    if parameter.example:
        schema["examples"] = [_typed_value(parameter, parameter.example)]
    return schema


def _typed_value(parameter: Parameter, text: str) -> str | int | float:
    """A value of a parameter as its schema has it: a number where that is its type."""
    if parameter.type not in _JSON_TYPES:
        return text
    return int(text) if text.lstrip("+-").isdecimal() else float(text)


def run_question(
    graph: ToolGraph,
    question: Question,
    parameters: Parameters = {},  # noqa: B006 - never changed
    limit: Limit = ROWS,
    offset: Offset = 0,
    evidence: EvidenceRows = EVIDENCE_ROWS,
) -> TableAnswer:
    """Run a saved question. Rows have ids, labels and IRIs, and the facts and sources behind them.

    `holds` is `yes` or `not known`; `standing` says which facts are inferred, contested, in draft
    or only announced. The notes belong to the answer.
    """
    asked = _Asked(graph, question, parameters)
    more_facts = f"why(question={question!r}, the same parameters, row=N)"
    return asked.table(TableBounds(limit, offset, evidence), more_facts)


def why(
    graph: ToolGraph,
    question: Question,
    parameters: Parameters = {},  # noqa: B006 - never changed
    row: Annotated[int, "The number of the row, from 1, as run_question numbers them."] = 1,
) -> TableAnswer:
    """Show all facts behind one row of a question: the answer to "how do you know?".

    Each has its sources with their addresses, how far it was checked, and the quote or passage if
    there is one.
    """
    asked = _Asked(graph, question, parameters)
    total = len(asked.drafts)
    if not 1 <= row <= total:
        count = f"rows 1 to {total:,}" if total > 1 else "one row" if total else "no rows"
        raise UsageError(f"there is no row {row}; the answer has {count}")
    table = asked.table(TableBounds(1, row - 1, 1, ALL_FACTS), "there is no space for more")
    return replace(table, left_out=table.left_out[1:] if total > 1 else table.left_out)


class _Asked:
    """A question with the answer to it, and a row for each of its rows."""

    def __init__(self, graph: ToolGraph, name: str, settings: Settings) -> None:
        self.graph = graph
        self.query = _chosen(graph, name)
        self.bindings = _bound(graph, self.query, settings)
        seconds = self.query.timeout if graph.question_limits else 0
        with inside.shorter_time_limit(f"the question {name}", seconds):
            answer, self.base = answer_query(graph.graph, self.query, self.bindings, 0)
        if not isinstance(answer, ResultTable):
            raise UsageError(f"the question {name} is not a SELECT: it has no rows")
        self.answer = answer
        self.drafts = [
            RowDraft(
                {
                    column: graph.cell(cell)
                    for column, cell in zip(answer.columns, cells, strict=True)
                    if cell not in (None, ())
                },
                partial(self._facts, dict(zip(answer.columns, terms, strict=True))),
            )
            for cells, terms in zip(row_cells(answer), answer.rows, strict=True)
        ]

    def _facts(self, row: Mapping[str, Term | None]) -> Iterator[StatedFact]:
        store = self.graph.store
        return row_facts(store, row_reasons(store, self.query.text, self.bindings, row))

    def table(self, bounds: TableBounds, more_facts: str = "") -> TableAnswer:
        """The rows that are asked for; `more_facts` as in `bounded_table`."""
        query = self.query
        table = bounded_table(
            self.graph.store,
            query.summary or query.name,
            [ColumnEntry(name, query.columns.get(name, "")) for name in self.answer.columns],
            self.drafts,
            bounds,
            self.base,
            more_facts,
        )
        parameters = {
            parameter.name: self.graph.cell(self.bindings[parameter.variable])
            for parameter in query.params.values()
            if parameter.variable in self.bindings
        }
        return replace(table, parameters=parameters)


def _chosen(graph: ToolGraph, name: str) -> SavedQuery:
    """The saved query `name`. Raises UsageError, with the nearest names, where there is none."""
    queries = read_queries(graph.project, "answers")
    if name not in queries:
        hint = did_you_mean(name, queries) or "list_questions has all of them"
        raise UsageError(f"there is no saved question {name!r}; {hint}")
    return queries[name]


def _bound(graph: ToolGraph, query: SavedQuery, settings: Settings) -> dict[str, Term]:
    stated = {name: value for name, value in settings.items() if value is not None}
    try:
        return bind_for_graph(graph.graph, query, parameter_texts(stated))
    except MissingParameterError as error:
        raise error.with_example(f'parameters={{"{error.name}": "{error.example}"}}') from None
