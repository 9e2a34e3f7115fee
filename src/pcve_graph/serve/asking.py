"""The tool that takes plain words: it names the question that answers them, and answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from ..model.problems import UsageError
from .analyses import coverage, overlaps, timeline
from .answers import AskAnswer, QuestionChoice, TableAnswer, ThingAnswer
from .questions import run_question
from .things import show
from .tool_graph import ToolGraph

_COMMANDS: Final[Mapping[str, Callable[..., TableAnswer | ThingAnswer]]] = {
    "coverage": coverage,
    "overlaps": overlaps,
    "show": show,
    "timeline": timeline,
}
"""The tools of the commands that questions in plain words may mean."""


def ask(
    graph: ToolGraph,
    text: Annotated[str, "A question in plain English, such as: who pays for prison work?"],
    choice: Annotated[int, "The number of the question that is meant, where several may be."] = 0,
) -> AskAnswer:
    """Answer a question in plain English: the saved question or report that it means is run.

    Found by rules over what can be asked and what things are called. Where it is not `clear` which
    is meant, there is no answer but `choices`, each with the tool and arguments that ask it. Begin
    here; see in `choices` what was understood, and in `unused` what was not asked about.
    """
    asked = graph.python.ask(text)
    candidates = asked.candidates
    if not 0 <= choice <= len(candidates):
        raise UsageError(f"choice is from 1 to {len(candidates)}, not {choice}")
    choices = []
    for number, candidate in enumerate(candidates, 1):
        tool, arguments = _call(candidate.name, candidate.parameters, candidate.is_command)
        choices.append(
            QuestionChoice(
                number,
                candidate.summary,
                tool,
                arguments,
                candidate.score,
                [f"{words}: {matched}" for words, matched in candidate.why],
                list(candidate.unused),
                list(candidate.missing),
                list(candidate.negations),
            )
        )
    chosen = choices[choice - 1 if choice else 0]
    if chosen.missing or not (asked.is_clear or choice):
        return AskAnswer(text, False, choices, doubts=list(asked.doubts))
    work = run_question if chosen.tool == "run_question" else _COMMANDS[chosen.tool]
    answer = work(graph, **chosen.arguments)
    table, thing = (answer, None) if isinstance(answer, TableAnswer) else (None, answer)
    return AskAnswer(text, True, choices, chosen.number, table, thing)


def _call(name: str, parameters: Mapping[str, str], is_command: bool) -> tuple[str, dict[str, Any]]:
    """The tool that asks a question, with its arguments."""
    if is_command:
        return name, dict(parameters)
    return "run_question", {"question": name, "parameters": dict(parameters)}
