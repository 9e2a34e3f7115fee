"""Queries whose rows code takes apart: every edit that breaks one is a problem in its file."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import World, make_world

from pcve_graph import KnowledgeGraph
from pcve_graph.analysis.content import QUERY_COLUMNS
from pcve_graph.analysis.coverage.needs import NEED_COLUMNS
from pcve_graph.analysis.coverage.searches import SEARCH_COLUMNS
from pcve_graph.analysis.load import COLUMNS, SOURCE_COLUMNS
from pcve_graph.model.problems import UsageError
from pcve_graph.query.columns import Column
from pcve_graph.query.saved import read_queries

COMMANDS = {
    **{name: ["overlaps"] for name in COLUMNS},
    "lists": ["coverage"],
    "needs": ["coverage", "--needs"],
    "searches": ["coverage"],
    "sources": ["coverage", "--gaps"],
    "works-by-source": ["timeline"],
}
"""A command that reads the rows of each query in queries/landscape."""

DECLARED = {
    **COLUMNS,
    "lists": (Column("list"), Column("concept")),
    "needs": NEED_COLUMNS,
    "searches": SEARCH_COLUMNS,
    "sources": SOURCE_COLUMNS,
    "works-by-source": (Column("work"), Column("source")),
}
EXAMPLES = {
    "iri": "<https://e.example/x>",
    "text": '"x"',
    "amount": "1.5",
    "integer": "2",
    "date": '"2018"',
    "day": '"2018-05-22"',
    "term": "<https://e.example/x>",
}
"""A value of each kind, as SPARQL."""

WRONG = {
    "iri": ['"x"', "5", "true"],
    "text": ["<https://e.example/x>"],
    "amount": [
        '"many"',
        "-5",
        "-0.01",
        '"NaN"^^<http://www.w3.org/2001/XMLSchema#double>',
        "<https://e.example/x>",
    ],
    "integer": ['"many"', "1.5", "-1", "<https://e.example/x>"],
    "date": ['"last week"', '"2018-13"', "<https://e.example/x>", "true"],
    "day": ['"2018"', '"22.5.2018"', "<https://e.example/x>"],
}
"""Values that are not of a kind."""

EACH_COLUMN = [(name, place) for name in COMMANDS for place in range(len(DECLARED[name]))]


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Northtown, built, whose queries tests replace one after the other."""
    world = make_world(tmp_path_factory.mktemp("edited") / "project")
    assert world.pcve("build").exit_code == 0
    return world


def edit(world: World, name: str, text: str) -> str:
    """What the command writes on stderr that reads the query, with `text` in its place.

    It must be one problem, and nothing on stdout.
    """
    path = world.root / f"queries/landscape/{name}.rq"
    before = path.read_text("utf-8")
    path.write_text(text, "utf-8")
    try:
        result = world.pcve(*COMMANDS[name])
    finally:
        path.write_text(before, "utf-8")
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    assert "Traceback" not in result.stderr
    assert result.stderr.count(" error ") == 1
    assert "\n    rule: a query whose rows a command reads" in result.stderr
    assert "\n    fix:  " in result.stderr
    return result.stderr


def of_rows(columns: list[tuple[str, str]]) -> str:
    """A query with one row: the value of each column, or none."""
    chosen = "\n       ".join(f"({value or '?unbound'} AS ?{name})" for name, value in columns)
    return f"#+ summary: One row\nSELECT {chosen}\nWHERE {{}}\n"


def examples(name: str) -> list[tuple[str, str]]:
    return [(column.name, EXAMPLES[column.kind]) for column in DECLARED[name]]


def test_every_query_that_commands_read_is_tested(world: World) -> None:
    landscape = read_queries(world.project, "landscape")
    only_parameters = {"coverage", "overlaps"}
    assert landscape.keys() - only_parameters == COMMANDS.keys()
    assert DECLARED == QUERY_COLUMNS
    for name, columns in DECLARED.items():
        assert tuple(landscape[name].columns) == tuple(column.name for column in columns)


@pytest.mark.long
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("ASK { ?s ?p ?o }", "ASK"),
        ("PREFIX e: <http://e/>\n  CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "CONSTRUCT"),
        ("DESCRIBE <http://e/>", "DESCRIBE"),
    ],
)
def test_a_query_that_is_not_a_select(edited: World, name: str, text: str, form: str) -> None:
    stderr = edit(edited, name, f"#+ summary: Nothing\n{text}\n")
    place = "3:3" if "\n" in text else "2:1"
    message = f"queries/landscape/{name}.rq:{place}: error query-columns: the query returns no rows"
    assert f"{message}: it is of the form {form}" in stderr


@pytest.mark.long
@pytest.mark.parametrize(("name", "place"), EACH_COLUMN)
def test_a_column_that_is_missing(edited: World, name: str, place: int) -> None:
    columns = examples(name)
    del columns[place]
    stderr = edit(edited, name, of_rows(columns))
    line = place + 2 if place < len(columns) else 2
    assert re.match(
        rf"queries/landscape/{name}\.rq:{line}:\d+: error query-columns: the query ", stderr
    )
    wanted = " ".join(f"?{column.name}" for column in DECLARED[name])
    assert f"fix:  select {wanted}, in this order" in stderr


@pytest.mark.long
@pytest.mark.parametrize(("name", "place"), EACH_COLUMN)
def test_a_column_that_is_renamed(edited: World, name: str, place: int) -> None:
    columns = examples(name)
    columns[place] = ("renamed", columns[place][1])
    stderr = edit(edited, name, of_rows(columns))
    assert f"{name}.rq:{place + 2}:" in stderr
    assert "?renamed" in stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_columns_in_another_order_and_a_column_too_many(edited: World, name: str) -> None:
    columns = examples(name)
    assert f"{name}.rq:2:" in edit(edited, name, of_rows(columns[::-1]))
    line = len(columns) + 2
    assert f"{name}.rq:{line}:" in edit(edited, name, of_rows([*columns, ("more", "1")]))


@pytest.mark.long
@pytest.mark.parametrize(("name", "place"), EACH_COLUMN)
def test_a_value_of_the_wrong_kind(edited: World, name: str, place: int) -> None:
    column = DECLARED[name][place]
    wrong = [*WRONG.get(column.kind, ()), *([] if column.optional else [""])]
    for value in wrong:
        columns = examples(name)
        columns[place] = (column.name, value)
        stderr = edit(edited, name, of_rows(columns))
        assert f"{name}.rq:{place + 2}:" in stderr
        assert f"error query-columns: ?{column.name} has " in stderr


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("rdf:type", '"Project"'),
        ("skos:prefLabel", "<http://e/x>"),
        ("schema:location", '"Northtown"'),
        ("schema:startDate", '"soon"'),
        ("schema:endDate", "<http://e/x>"),
        ("pcve:earliest", '"2018"'),
        ("pcve:latest", '"2018-02-30"'),
        ("pcve:status", '"planned"'),
    ],
)
def test_a_value_of_a_work_that_its_property_cannot_have(
    edited: World, key: str, value: str
) -> None:
    text = (edited.root / "queries/landscape/works.rq").read_text("utf-8")
    prologue = (
        "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>\n"
        "PREFIX schema: <https://schema.org/>\nPREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
    )
    start = text.index("PREFIX")
    text = text[:start] + prologue + text[start:]
    text = text.replace(
        "?property ?value .",
        f"?property ?stated .\n  BIND(IF(?property = {key}, {value}, ?stated) AS ?value)",
    )
    stderr = edit(edited, "works", text)
    column = text[: text.index("?value")].rpartition("\n")[2]
    assert re.match(rf"queries/landscape/works\.rq:\d+:{len(column) + 1}: ", stderr)
    assert "error query-columns: ?value has the value " in stderr


def test_works_without_their_class(edited: World) -> None:
    text = (edited.root / "queries/landscape/works.rq").read_text("utf-8")
    assert text.endswith("}\n")
    stderr = edit(
        edited,
        "works",
        text[:-2]
        + "  FILTER (?property != rdf:type)\n}\n".replace(
            "rdf:type", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
        ),
    )
    assert (
        "error query-columns: the query returns no row with the class (rdf:type) of <https://w3id.org/pcve/id/"
        in stderr
    )


@pytest.mark.parametrize("name", [*COMMANDS, "coverage", "overlaps"])
def test_a_query_that_is_missing(edited: World, name: str) -> None:
    path = edited.root / f"queries/landscape/{name}.rq"
    before = path.read_bytes()
    path.unlink()
    try:
        command = COMMANDS.get(name, [name, "--funder", "lake-fund"])
        result = edited.pcve(*command)
    finally:
        path.write_bytes(before)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"pcve: queries/landscape: missing {name}.rq; copy it from a project of this version of pcve\n"
    )


@pytest.mark.parametrize("name", ["coverage", "overlaps"])
def test_a_filter_whose_parameter_is_not_a_thing(edited: World, name: str) -> None:
    path = edited.root / f"queries/landscape/{name}.rq"
    before = path.read_text("utf-8")
    path.write_text(before.replace("funder: {type: thing", "funder: {type: text"), "utf-8")
    try:
        result = edited.pcve(name, "--funder", "lake-fund")
    finally:
        path.write_text(before, "utf-8")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "error query-columns: the type of the parameter funder is not " in result.stderr


COUNTS = ["events", "dated", "placed", "organised", "topical"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("#+ summary: x\nASK {}\n", "2:1", "the query returns no rows: it is of the form ASK"),
        (of_rows([(name, "1") for name in COUNTS[:-1]]), "2:1", "the query selects ?events"),
        (of_rows([(name, "1") for name in COUNTS[1:]]), "2:14", "the query selects ?dated"),
        (of_rows([(name, "1") for name in [*COUNTS, "more"]]), "7:14", "the query selects"),
        (of_rows([(name, "1") for name in COUNTS[::-1]]), "2:14", "the query selects ?topical"),
        (of_rows([(name, '"x"') for name in COUNTS]), "2:16", '?events has the value "x", but'),
        (of_rows([(name, "1.5") for name in COUNTS]), "2:16", "?events has the value 1.5, but"),
        (
            of_rows([(name, "-5") for name in COUNTS]),
            "2:15",
            "?events has the value -5, but must be a whole number (0 or more)",
        ),
        (
            of_rows([(name, f'"1"^^<http://e.example/{"long" * 30}>') for name in COUNTS]),
            "2:157",
            f'?events has the value "1"^^<http://e.example/{"long" * 9}l…, but must be a whole',
        ),
        (of_rows([(name, "") for name in COUNTS]), "2:21", "?events has a row without a value"),
        (
            of_rows([(name, "1") for name in COUNTS]).replace("{}", "{ VALUES ?n { 1 2 } }"),
            "2:1",
            "the query returns 2 rows",
        ),
        (
            of_rows([(name, "1") for name in COUNTS]).replace("{}", "{ FILTER(false) }"),
            "2:1",
            "the query returns 0 rows",
        ),
    ],
)
def test_an_edit_that_breaks_the_counts_of_a_build(
    world: World, text: str, place: str, message: str
) -> None:
    world.write("queries/answers/completeness.rq", text)
    result = world.pcve("build")
    assert result.exit_code == 1
    assert (
        f"queries/answers/completeness.rq:{place}: error query-columns: {message}" in result.stderr
    )
    assert "\n    fix:  " in result.stderr
    assert not world.root.joinpath("build", "generations").exists() or "wrote" not in result.stdout


@pytest.mark.long
def test_the_counts_are_checked_after_a_change_too(world: World) -> None:
    assert world.pcve("build").exit_code == 0
    world.write("queries/answers/completeness.rq", of_rows([(name, "1") for name in COUNTS[1:]]))
    world.replace("data/records/organization/lake-fund.yml", "kind: foundation", "kind: ngo")
    result = world.pcve("build")
    assert result.exit_code == 1
    assert "completeness.rq:2:14: error query-columns: the query selects ?dated" in result.stderr


@pytest.mark.long
@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ('("x" AS ?subject) ("y" AS ?problem)', '?subject has the value "x", but must be an IRI'),
        ("(?no AS ?subject) (1 AS ?problem)", "?subject has a row without a value"),
        ("(<http://e/> AS ?subject) (?no AS ?problem)", "?problem has a row without a value"),
        (
            "(<http://e/> AS ?subject) (<http://e/> AS ?problem)",
            "?problem has the value <http://e/>",
        ),
    ],
)
def test_a_check_with_values_of_the_wrong_kind(world: World, columns: str, message: str) -> None:
    header = "#+ summary: x\n#+ rule: y\n#+ fix: z\n"
    world.write("queries/checks/odd.rq", f"{header}SELECT {columns} WHERE {{}}\n")
    result = world.pcve("validate")
    assert result.exit_code == 1
    assert f"error check-query: {message}" in result.stdout
    assert re.search(r"queries/checks/odd\.rq:4:\d+: error", result.stdout)


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "old", "new", "problem", "fix"),
    [
        ("overlaps", "scheme: topic", "scheme: topik", "8:37 header: there is no closed", "topic?"),
        ("overlaps", "[Country, Place]", "[Contry]", "9:37 header: there is no class", "Country?"),
        ("coverage", "kinds: [Initiative]", "kinds: Initative", "header: there is", "Initiative?"),
        ("works", "a ?kind ;", "a kind ;", "syntax: ", "SPARQL"),
        ("works", "#+ tags", "#+ tag", "4:4 header: unknown key", "did you mean tags?"),
        (
            "concepts",
            "?concept ?broader",
            "?broader ?concept",
            "columns: the query",
            "in this order",
        ),
        ("lists", "SELECT ?list", "SELECT (1 AS ?n) ?list", "columns: the query", "in this order"),
        (
            "sources",
            "?source a",
            "SERVICE <http://e/> {} ?source a",
            "service: SERVICE",
            "query only",
        ),
    ],
)
@pytest.mark.parametrize("command", ["build", "validate"])
def test_a_build_checks_the_queries_of_the_analysis(
    edited: World, name: str, old: str, new: str, problem: str, fix: str, command: str
) -> None:
    path = edited.root / f"queries/landscape/{name}.rq"
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), "utf-8")
    try:
        result = edited.pcve(command)
    finally:
        path.write_text(before, "utf-8")
    assert result.exit_code == 1
    assert result.output.count(" error ") == 1
    shown = re.sub(r"queries/landscape/\w+\.rq:(\S+): error query-", r"\1 ", result.output)
    assert re.search(rf"(?m)^\d+:\d+ .*{re.escape(problem.partition(' ')[2])}", shown)
    assert problem.partition(" ")[0] in shown
    assert fix in shown


@pytest.mark.long
@pytest.mark.parametrize("built", [True, False])
def test_a_build_reports_all_problems_of_weights_and_queries(world: World, built: bool) -> None:
    if built:
        assert world.pcve("build").exit_code == 0
    world.replace("queries/landscape/weights.yml", "reach: 0.8", "reach: 8")
    world.replace("queries/landscape/weights.yml", "grant-programme", "grant-program")
    world.replace("queries/landscape/coverage.rq", "scheme: topic", "scheme: topik")
    for command in ("build", "validate"):
        result = world.pcve(command)
        assert result.exit_code == 1
        assert result.output.count(" error weights: ") == 2
        assert result.output.count(" error query-header: ") == 1
    problems = KnowledgeGraph.open(world.root).validate() if built else ()
    assert [problem.rule for problem in problems] == ["query-header", "weights", "weights"] * built
    world.replace("queries/landscape/weights.yml", "reach: 8", "reach: 0.8")
    world.replace("queries/landscape/weights.yml", "grant-program", "grant-programme")
    world.replace("queries/landscape/coverage.rq", "scheme: topik", "scheme: topic")
    assert world.pcve("build").exit_code == 0


@pytest.mark.long
def test_the_header_of_a_query_is_checked_against_new_lists_too(world: World) -> None:
    assert world.pcve("build").exit_code == 0
    world.replace("queries/landscape/coverage.rq", "scheme: target-group", "scheme: target-grup")
    assert world.pcve("build").exit_code == 1
    path = world.root / "ontology/vocab/target-group.ttl"
    text = path.read_text("utf-8")
    world.write("ontology/vocab/target-grup.ttl", text.replace("target-group", "target-grup"))
    assert "target-grup'" not in world.pcve("build").stderr


@pytest.mark.long
def test_a_query_of_the_analysis_stops_after_its_timeout(edited: World) -> None:
    path = edited.root / "queries/landscape/concepts.rq"
    before = path.read_text("utf-8")
    endless = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER(STR(?c) = CONCAT(STR(?l), 'x'))"
    text = before.replace("#+ timeout: 60", "#+ timeout: 1").replace(
        "?concept skos:broader", f"{endless} ?concept skos:broader"
    )
    assert text != before
    path.write_text(text, "utf-8")
    command = [sys.executable, "-m", "pcve_graph", "--project", str(edited.root)]
    try:
        for more, name in (([], "queries/landscape/concepts.rq"), (["--timeout", "0.5"], "")):
            ran = subprocess.run(
                [*command, "overlaps", *more], capture_output=True, text=True, timeout=60
            )
            assert (ran.returncode, ran.stdout) == (2, "")
            seconds = "0.5" if more else "1"
            assert f"{name} was stopped after {seconds} s" in ran.stderr, ran.stderr
    finally:
        path.write_text(before, "utf-8")


@pytest.mark.long
@pytest.mark.parametrize(
    "name", ["checks/asks-elsewhere", "answers/completeness", "landscape/concepts"]
)
def test_a_query_that_a_build_runs_asks_no_other_server(world: World, name: str) -> None:
    assert world.pcve("build").exit_code == 0
    header = "#+ summary: x\n" + "#+ rule: y\n#+ fix: z\n" * name.startswith("checks")
    world.write(f"queries/{name}.rq", f"{header}SELECT * {{ SERVICE <http://e/> {{ ?s ?p ?o }} }}")
    for command in ("build --whole", "overlaps") if "concepts" in name else ("build --whole",):
        result = world.pcve(*command.split())
        place = f"queries/{name}.rq:{header.count('#') + 1}:12"
        assert result.exit_code == 1
        assert f"{place}: error query-service: SERVICE queries another server" in result.stderr
        assert "--allow-service" not in result.stderr


def test_only_a_command_that_allows_service_names_the_option(
    northtown: World, tmp_path: Path
) -> None:
    text = "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"
    (tmp_path / "elsewhere.rq").write_text(text)
    checked = northtown.pcve("queries", "--check", "--queries", str(tmp_path))
    assert "SERVICE is refused: it queries another server\n" in checked.output
    with pytest.raises(UsageError, match=r"another server; allow_service=True permits it$"):
        KnowledgeGraph.open(northtown.root).sparql(text)
