"""The tools by name, and one call of a tool."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_type_hints

from ..model.problems import ContentError, OptionError, UsageError
from ..model.project import Project
from .analyses import coverage, overlaps, timeline
from .answer_text import answer_text
from .answers import ToolAnswer, as_json
from .asking import ask
from .questions import describe_question, list_questions, run_question, why
from .things import search, show, terms, thing_answer
from .tool_graph import open_tool_graph


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: `work` takes the graph and the arguments by name.

    The types of its arguments and their descriptions are those of its signature, its description is
    its docstring, and `answer` the type of what it returns.
    """

    title: str
    work: Callable[..., ToolAnswer]

    @property
    def description(self) -> str:
        return inspect.getdoc(self.work) or ""

    @property
    def answer(self) -> type:
        kind: type = get_type_hints(self.work)["return"]
        return kind

    @property
    def arguments(self) -> dict[str, tuple[Any, str, Any]]:
        """(type, description, default) of each argument; `inspect.Parameter.empty` is none."""
        hints = get_type_hints(self.work, include_extras=True)
        parameters = list(inspect.signature(self.work).parameters.values())[1:]
        return {
            parameter.name: (
                hints[parameter.name].__origin__,
                hints[parameter.name].__metadata__[0],
                parameter.default,
            )
            for parameter in parameters
        }


TOOLS: Final[Mapping[str, Tool]] = {
    "ask": Tool("Ask in plain words", ask),
    "list_questions": Tool("List the saved questions", list_questions),
    "describe_question": Tool("Describe a saved question", describe_question),
    "run_question": Tool("Run a saved question", run_question),
    "why": Tool("How we know: all facts behind a row", why),
    "search": Tool("Search for things", search),
    "show": Tool("Show a thing or source with its evidence", show),
    "overlaps": Tool("Find work that overlaps", overlaps),
    "coverage": Tool("Show who works where on what", coverage),
    "timeline": Tool("Show work over time", timeline),
    "terms": Tool("List closed lists and their terms", terms),
}
"""The tools, in the order in which clients list them."""


def run_tool(
    project: Project, name: str, arguments: Mapping[str, Any], question_limits: bool
) -> tuple[Any, str]:
    """The answer of a tool as JSON and as text. Runs in the process of a `ToolWorkers`.

    With `question_limits` a question is stopped after the time that its header states. Raises
    UsageError with the message that the caller of the tool gets.
    """
    graph = open_tool_graph(project)
    graph.question_limits = question_limits
    try:
        answer = TOOLS[name].work(graph, **arguments)
    except OptionError as error:
        raise error.in_python() from None
    except ContentError as error:
        raise UsageError("\n".join(map(str, error.problems))) from None
    return as_json(answer), answer_text(answer)


def read_thing(project: Project, identifier: str) -> str:
    """The text of a resource: a thing or source with its facts and their evidence."""
    return answer_text(thing_answer(open_tool_graph(project), identifier, "", 0, 0))
