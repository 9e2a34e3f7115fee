"""`KnowledgeGraph` does what the commands do: the same texts and tables, errors of its own, HTML."""

from __future__ import annotations

import csv
import datetime
import importlib.util
import inspect
import io
import json
import pickle
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click
import pytest
import rdflib
from conftest import World, all_commands, require

import pcve_graph
from pcve_graph import ContentError, KnowledgeGraph, PcveError, StoppedError, UsageError
from pcve_graph.cli.main import cli
from pcve_graph.model.problems import OptionError
from pcve_graph.python.reports import Report
from pcve_graph.query.results import Rows


@pytest.fixture(scope="module")
def kg(northtown: World) -> KnowledgeGraph:
    return KnowledgeGraph.open(northtown.root)


@pytest.mark.long
@pytest.mark.parametrize(
    ("ask", "command"),
    [
        (lambda kg: kg.overlaps(), "overlaps"),
        (lambda kg: kg.overlaps(country="landia", related=True, limit=2), "overlaps --country landia --related --limit 2"),
        (lambda kg: kg.overlaps(since=datetime.date(2015, 1, 1), kind="event"), "overlaps --since 2015-01-01 --kind event"),
        (lambda kg: kg.overlaps(min_score=0.5), "overlaps --min-score 0.5"),
        (lambda kg: kg.coverage(), "coverage"),
        (lambda kg: kg.coverage(by="group", count="events", since="2015"), "coverage --by group --count events --since 2015"),
        (lambda kg: kg.coverage(count="money"), "coverage --count money"),
        (lambda kg: kg.coverage(gaps=True, limit=2, as_of="2016-01-01"), "coverage --gaps --limit 2 --as-of 2016-01-01"),
        (lambda kg: kg.timeline(), "timeline"),
        (lambda kg: kg.timeline(trend=True, until="2016"), "timeline --trend --until 2016"),
        (lambda kg: kg.timeline(country="landia", kind="event"), "timeline --country landia --kind event"),
    ],
)  # fmt: skip
def test_a_report_is_that_of_the_command(
    kg: KnowledgeGraph, northtown: World, ask: Callable[[KnowledgeGraph], Report], command: str
) -> None:
    report = ask(kg)
    assert str(report) == northtown.pcve(*command.split()).stdout
    printed = northtown.pcve(*command.split(), "--format", "csv").stdout
    header, *rows = csv.reader(io.StringIO(printed, newline=""))
    assert list(report.columns) == header
    assert [["" if cell is None else str(cell) for cell in row] for row in report.rows] == rows
    document = json.loads(northtown.pcve(*command.split(), "--format", "json").stdout)
    assert (report.title, list(report.notes)) == (document["title"], document["notes"])
    assert len(report) == len(rows)
    assert report._repr_html_().startswith("<p><strong>")


def test_a_cell_of_the_coverage_has_its_works(kg: KnowledgeGraph, northtown: World) -> None:
    report = kg.coverage(cell="landia/prisons")
    assert str(report) == northtown.pcve("coverage", "--cell", "landia/prisons").stdout
    assert report._repr_html_().startswith("<pre>")


@pytest.mark.full
def test_reports_are_drawn_saved_and_computed_with(kg: KnowledgeGraph, tmp_path: Path) -> None:
    require("pandas", "polars", "matplotlib", "xlsxwriter", "openpyxl")
    import pandas

    report = kg.overlaps(picture=tmp_path / "pairs.svg")
    assert (tmp_path / "pairs.svg").read_bytes().startswith(b"<?xml")
    for name in ("pairs.csv", "pairs.txt", "pairs.md", "pairs.json", "pairs.xlsx", "pairs.ttl"):
        report.save(tmp_path / name)
    assert (tmp_path / "pairs.txt").read_text("utf-8") == str(report)
    assert len(rdflib.Graph().parse(tmp_path / "pairs.ttl")) > 10
    frame = report.to_pandas()
    assert pandas.api.types.is_datetime64_any_dtype(frame["one start_earliest"])
    assert frame["score"].dtype == float
    assert list(frame.columns) == report.to_polars().columns
    works = kg.timeline().to_pandas().sort_values("from")
    assert len(works) == len(kg.timeline())
    dated = works[works["from"].notna()]["from_earliest"]
    days = ["" if pandas.isna(day) else str(day) for day in dated]
    assert days == sorted(days)
    with pytest.raises(UsageError, match=r"a picture must be an \.svg or \.png file"):
        kg.timeline(picture=tmp_path / "works.gif")


def test_questions_are_objects_that_can_be_asked(kg: KnowledgeGraph, northtown: World) -> None:
    every, money = kg.questions(), kg.questions("money")
    assert {question.name for question in money} < {question.name for question in every}
    assert {question.theme for question in money} == {"money"}
    listed = northtown.pcve("queries").stdout
    assert all(f"\n{question.name}  " in f"\n{listed}" for question in every)
    question = next(question for question in every if question.name == "events-in-country")
    assert question.summary.endswith("?")
    assert [parameter.name for parameter in question.parameters] == ["country"]
    rows = kg.query(question.name, country="landia")
    assert rows.columns == tuple(question.columns)
    assert "<td>events-in-country</td>" in every._repr_html_()
    assert "events-in-country  Which" in str(every)


def test_the_questions_of_a_folder_are_asked(kg: KnowledgeGraph, tmp_path: Path) -> None:
    (tmp_path / "mine.rq").write_text("SELECT ?e { ?e a pcve:Event }")
    assert [question.name for question in kg.questions(queries=tmp_path)] == ["mine"]
    assert len(kg.query("mine", queries=tmp_path)) == len(kg.query("events-by-date"))
    (tmp_path / "broken.rq").write_text("SELECT ?e { ?e a }")
    with pytest.raises(ContentError) as caught:
        kg.questions(queries=tmp_path)
    assert caught.value.problems[0].rule == "query-syntax"


def test_reasons_are_those_of_the_command(kg: KnowledgeGraph, northtown: World) -> None:
    reasons = kg.why("events-in-country", 1, country="landia")
    printed = northtown.pcve(
        "query", "events-in-country", "--set", "country=landia", "--why", "1"
    ).stdout
    assert str(reasons) == printed
    assert reasons._repr_html_().startswith("<pre>row 1\n")
    rows = kg.query("events-in-country", country="landia")
    every = kg.why(rows)
    assert len(every) == len(rows)
    assert every[0] == reasons[0] == rows[0].why()
    assert len(kg.why(rows[1:2])) == 1
    with pytest.raises(UsageError, match="parameters belong to the name of a query"):
        kg.why(rows, country="landia")


def test_a_difference_is_that_of_the_command(
    kg: KnowledgeGraph, northtown: World, world: World
) -> None:
    conference = "data/records/event/northtown-conference-2015.yml"
    world.replace(conference, "    assistant: river-institute\n", "")
    assert world.pcve("build").exit_code == 0
    changed = kg.diff(world.root, northtown.root)
    assert str(changed) == northtown.pcve("diff", str(world.root), str(northtown.root)).stdout
    assert changed
    assert changed.counts["added"] >= 1
    assert json.loads(changed.formats["json"])["counts"] == changed.counts
    brief = kg.diff(world.root, northtown.root, brief=True)
    assert str(changed).endswith(str(brief))
    same = kg.diff(northtown.root)
    assert not same
    assert str(same) == "no differences\n"


def test_an_export_says_what_it_leaves_out(
    kg: KnowledgeGraph, northtown: World, tmp_path: Path
) -> None:
    whole = kg.export("ntriples")
    assert whole.content == northtown.pcve("export", "ntriples").stdout_bytes
    assert whole.notes == ()
    path = tmp_path / "events.ttl"
    part = kg.export("turtle", only="event", since=datetime.date(2015, 1, 1), output=path)
    printed = northtown.pcve("export", "turtle", "--only", "event", "--since", "2015-01-01")
    assert path.read_bytes() == part.content == printed.stdout_bytes
    assert list(part.notes) == printed.stderr.splitlines()
    assert part.notes[0].startswith("selected ")
    with pytest.raises(UsageError, match="nothing in the graph matches"):
        kg.export("turtle", only="event", until="1950")


BAD = """@prefix pcve: <https://w3id.org/pcve/ns#> .
<https://e.org/1> a pcve:Event ; pcve:edition "three" .
"""


def test_a_graph_in_memory_is_validated(kg: KnowledgeGraph, world: World) -> None:
    graph = rdflib.Graph().parse(data=BAD)
    of_graph, of_text = kg.validate(graph), kg.validate(text=BAD)
    of_file = kg.validate(world.write("mine.ttl", BAD))
    rules = [
        sorted(problem.rule for problem in problems) for problems in (of_graph, of_text, of_file)
    ]
    assert rules[0] == rules[1] == rules[2]
    assert {problem.position.path for problem in of_text} == {"text"}
    assert {problem.position.path for problem in of_graph} == {"graph"}
    lines = sorted(graph.serialize(format="nt").split("\n"))[1:]
    edition = next(problem for problem in of_graph if problem.rule.endswith("edition"))
    assert "three" in lines[edition.position.line - 1]
    assert [problem.position.line for problem in of_text] == [
        problem.position.line for problem in of_file
    ]
    dataset = rdflib.Dataset()
    dataset.parse(data=BAD, format="turtle")
    assert sorted(problem.rule for problem in kg.validate(dataset)) == rules[0]
    only_errors = kg.validate(graph, severity="error", focus="https://e.org/1")
    assert {problem.severity for problem in only_errors} == {"error"}
    assert kg.validate(graph, focus="https://e.org/2") != of_graph
    assert "three" in of_graph._repr_html_()
    assert str(kg.validate()) == "no problems"


def test_other_shapes_and_records_in_memory_are_read(kg: KnowledgeGraph, world: World) -> None:
    shapes = world.write(
        "own.ttl",
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://e.org/> . "
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .",
    )
    text = "@prefix ex: <https://e.org/> . ex:x a ex:C ."
    problems = kg.validate(text=text, shapes=shapes)
    assert [problem.severity for problem in problems] == ["error"]
    assert kg.validate(text=text + " ex:x ex:p 1 .", shapes=[shapes]) == ()
    assert [problem.rule for problem in kg.validate(text="a: b", input_format="record")] == [
        "missing-key"
    ]


def test_errors_are_a_small_hierarchy_with_problems(kg: KnowledgeGraph) -> None:
    assert {"PcveError", "UsageError", "ContentError", "StoppedError", "EndpointError"} <= set(
        pcve_graph.__all__
    )
    assert all(
        issubclass(getattr(pcve_graph, name), PcveError)
        for name in pcve_graph.__all__
        if name.endswith("Error")
    )
    assert issubclass(StoppedError, UsageError)
    with pytest.raises(PcveError) as caught:
        kg.sparql("SELECT ?e { ?e a }")
    assert len(caught.value.problems) == 1
    with pytest.raises(PcveError) as refused:
        kg.show("nothing-like-it")
    assert refused.value.problems == ()
    error = OptionError("--as-of requires a day, not {day!r}", day="--since {x}")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert str(error.in_python()) == "as_of requires a day, not '--since {x}'"


@pytest.mark.parametrize(
    "call",
    [
        lambda kg: kg.overlaps(timeout=0.001),
        lambda kg: kg.coverage(timeout=0.001),
        lambda kg: kg.timeline(timeout=0.001),
        lambda kg: kg.diff(timeout=0.001),
        lambda kg: kg.export("turtle", timeout=0.001),
        lambda kg: kg.validate(text=BAD, timeout=0.001),
        lambda kg: kg.sparql("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", timeout=0.01),
    ],
)
def test_whatever_reads_input_is_stopped_in_time(
    kg: KnowledgeGraph, call: Callable[[KnowledgeGraph], object]
) -> None:
    with pytest.raises(StoppedError, match="was stopped after"):
        call(kg)


def test_what_is_read_from_elsewhere_has_a_time_limit_by_default() -> None:
    for name in (
        "query",
        "sparql",
        "why",
        "validate",
        "overlaps",
        "coverage",
        "timeline",
        "diff",
        "export",
    ):
        timeout = inspect.signature(getattr(KnowledgeGraph, name)).parameters["timeout"].default
        assert timeout is None or timeout > 0, name


METHODS = {
    "coverage": {"form", "output"},
    "diff": {"form", "output"},
    "export": {"listed"},
    "overlaps": {"form", "output"},
    "queries": {"name", "check", "timeout", "endpoint", "sparql", "settings", "since", "save"},
    "search": {"form"},
    "show": {"endpoint"},
    "timeline": {"form", "output"},
    "validate": {"form", "limit", "paths", "watch"},
}
"""The commands that have a method, and what of their options the result has, or Python has no use for."""
WITHOUT_ARGUMENT = {"timeout", "memory", "endpoint", "allow_redirect", "no_pager"}
OTHER_NAMES = {"queries": "questions"}


@pytest.mark.parametrize("command", METHODS)
def test_a_method_has_the_arguments_of_its_command(command: str) -> None:
    parameters = dict(all_commands(cli))[command].params
    options = set()
    for parameter in parameters:
        if isinstance(parameter, click.Option):
            long = next(name for name in parameter.opts if name.startswith("--"))
            words = long.removeprefix("--").replace("-", "_")
        else:
            words = str(parameter.name)
        if {parameter.name, words} & METHODS[command] or words in WITHOUT_ARGUMENT:
            continue
        options.add(words)
    method: Any = getattr(KnowledgeGraph, OTHER_NAMES.get(command, command))
    assert options <= set(inspect.signature(method).parameters)


def test_days_are_given_as_texts_or_dates(kg: KnowledgeGraph) -> None:
    day = datetime.date(2015, 6, 1)
    for moment in (day, "2015-06-01", datetime.datetime(2015, 6, 1, 12)):
        assert str(kg.timeline(as_of=moment)) == str(kg.timeline(as_of=day))
        assert str(kg.show("northtown", as_of=moment)) == str(kg.show("northtown", as_of=day))
        rows = kg.query("events-in-period", from_=moment, until="2017-12-31")
        assert rows.table == kg.query("events-in-period", from_=day, until="2017-12-31").table


def test_a_page_can_have_everything(kg: KnowledgeGraph, northtown: World) -> None:
    page = kg.show("northtown-conference-2015", all=True)
    assert str(page) == northtown.pcve("show", "northtown-conference-2015", "--all").stdout


def test_rows_note_which_property_holds_names(kg: KnowledgeGraph) -> None:
    rows = kg.sparql("SELECT ?e ?l { ?e a pcve:Event ; rdfs:label ?l }")
    assert isinstance(rows, Rows)
    (note,) = rows.notes
    assert "skos:prefLabel" in note
    assert note in rows._repr_html_()
    named = kg.sparql("SELECT ?e ?l { ?e a pcve:Event ; skos:prefLabel ?l }")
    assert isinstance(named, Rows)
    assert named.notes == ()


def public_methods(kg: Any) -> Iterator[tuple[str, Any]]:
    """The methods of a graph and of what it returns, by name."""
    rows = kg.query("events-by-date")
    for owner in (kg, rows, rows[0], kg.overlaps(), kg.export("geojson")):
        for name, method in inspect.getmembers(owner, inspect.ismethod):
            if name[0] != "_" and type(owner).__module__.startswith("pcve_graph"):
                yield f"{type(owner).__name__}.{name}", method


def test_a_wrong_argument_is_a_usage_error_in_every_method(kg: KnowledgeGraph) -> None:
    names = set()
    for name, method in public_methods(kg):
        if name in ("Rows.count", "Rows.index"):  # those of a sequence
            continue
        names.add(name)
        with pytest.raises(UsageError):
            method(*range(20))
        for argument in inspect.signature(method).parameters.values():
            if argument.kind is argument.KEYWORD_ONLY:
                with pytest.raises(UsageError, match=argument.name):
                    method(**{f"{argument.name}s": 1})
    assert {"Rows.to_pandas", "Row.why", "Report.save", "ExportedFile.save"} < names


def test_errors_of_results_are_usage_errors(kg: KnowledgeGraph, tmp_path: Path) -> None:
    results: Any = kg.query("events-by-date"), kg.overlaps(), kg.export("geojson")
    rows, report, exported = results
    wrong: dict[str, Callable[[], object]] = {
        "to_pandas has no argument 'lables'; did you mean labels": lambda: rows.to_pandas(lables=0),
        "save has no argument 'picture'": lambda: report.save("a.csv", picture="a.svg"),
        "why: too many positional arguments": lambda: rows[0].why(3),
        "the row has no column 'strt'; did you mean start": lambda: rows[0]["strt"],
        "the row has no column 'evnt'; did you mean event": lambda: rows[0].evnt,
        "path must be a text or a Path, not 3": lambda: exported.save(3),
        "there is no row 0; the answer has 14 rows, 1 to 14": lambda: kg.why(rows, 0),
        "country is given twice": lambda: kg.query("events-in-country", country="a", country_="b"),
    }
    for place in (tmp_path / "none" / "a.csv", tmp_path):
        for save in (report.save, exported.save):
            if place.suffix or save == exported.save:
                wrong[f"{place} cannot be written: {len(wrong)}"] = partial(save, place)
    drawn = tmp_path / "none" / "a.svg"
    if importlib.util.find_spec("matplotlib"):
        wrong[f"{drawn} cannot be written: "] = lambda: kg.overlaps(picture=drawn)
    for message, call in wrong.items():
        with pytest.raises(UsageError) as caught:
            call()
        assert message.rstrip("0123456789") in str(caught.value)
        assert ".pcve-tmp" not in str(caught.value)
    assert not hasattr(rows[0], "evnt")
    with pytest.raises(KeyError):
        rows[0]["strt"]
    assert list(tmp_path.iterdir()) == []


def test_a_trend_and_a_cell_are_numbers_and_things(kg: KnowledgeGraph) -> None:
    require("pandas")
    trend = kg.timeline(trend=True).to_pandas()
    assert trend[["year", "sure", "notKnown", "sources"]].dtypes.map(str).eq("Int64").all()
    assert str(trend["share"].dtype).lower() == "float64"
    whole = trend[trend["topicId"] == "all"]
    assert list(whole["year"]) == list(range(whole["year"].min(), whole["year"].max() + 1))
    cell = kg.coverage(cell="landia/prisons")
    counts = kg.coverage(topic="prisons").to_pandas()
    (things,) = counts[(counts["economyId"] == "landia") & (counts["topicId"] == "prisons")][
        "things"
    ]
    assert list(cell.to_pandas()["id"]) == things.split()
    assert not (counts["standing"] == "").any()
    assert counts["standing"].isna().any()


def test_a_year_is_a_date_everywhere(kg: KnowledgeGraph) -> None:
    assert kg.overlaps(since=2015).rows == kg.overlaps(since="2015").rows
    assert kg.timeline(until=2016).title == kg.timeline(until="2016").title
    assert kg.export("ntriples", since=2015).content == kg.export("ntriples", since="2015").content
    with pytest.raises(UsageError, match="day such as"):
        kg.show("dune-circle", as_of=2015)
