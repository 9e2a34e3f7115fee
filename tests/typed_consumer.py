"""A program that uses the Python API, as a strict type checker reads it: `.ci/run` checks it."""

from __future__ import annotations

import datetime

from pcve_graph import ContentError, KnowledgeGraph, PcveError, StoppedError, UsageError


def labels(path: str | None = None) -> list[str]:
    """The events on returning foreign fighters, as text."""
    graph: KnowledgeGraph = KnowledgeGraph.open(path)
    return [str(row) for row in graph.query("events-on-topic", topic="ftf", limit=3)]


def number_of_problems(file: str) -> int:
    """The number of problems in a file."""
    return len(KnowledgeGraph.open().validate(file, against=True))


def strongest_pairs(country: str) -> list[tuple[object, ...]]:
    """The first pairs of the table of overlaps, from a day that is given as a date."""
    report = KnowledgeGraph.open().overlaps(country=country, since=datetime.date(2018, 1, 1))
    return [tuple(row) for row in report.rows[:3]]


def in_order(country: str) -> list[str]:
    """The events of a country, by the days that their dates can mean."""
    frame = KnowledgeGraph.open().query("events-in-country", country=country).to_pandas()
    return [str(name) for name in frame.sort_values("start")["event_label"]]


def parameters(theme: str) -> dict[str, list[str]]:
    """The parameters of the questions of a theme."""
    questions = KnowledgeGraph.open().questions(theme)
    return {question.name: [param.name for param in question.parameters] for question in questions}


def outcome(text: str) -> str:
    """What comes of an export and a check: all errors of the package have one class."""
    graph = KnowledgeGraph.open()
    try:
        exported = graph.export("ics", topic="returnees", since="2020")
        problems = graph.validate(text=text, severity="error")
        return f"{len(exported.content)} {exported.notes} {[problem.rule for problem in problems]}"
    except StoppedError as error:
        return f"stopped: {error}"
    except ContentError as error:
        return error.problems[0].fix
    except UsageError:
        return "used wrongly"
    except PcveError:
        raise
