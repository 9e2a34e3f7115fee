"""The command as a user sees it: help, results, messages, exit codes."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from conftest import ROOT, World, all_commands

from pcve_graph.cli.main import cli
from pcve_graph.query.saved import read_queries
from pcve_graph.records.blocks import CLAIM_KEYS


def test_every_command_has_help_with_an_example() -> None:
    for name, _ in all_commands(cli):
        result = CliRunner().invoke(cli, [*name.split(), "--help"])
        assert result.exit_code == 0
        assert "Example" in result.output, name


def test_an_option_with_one_value_is_given_once(northtown: World) -> None:
    tried = 0
    for name, command in [*all_commands(cli), ("", cli)]:
        for option in command.params:
            if not isinstance(option, click.Option) or option.is_flag or option.multiple:
                continue
            longest = max(option.opts, key=len)
            for typed in ([f"{longest}=1", longest, "2"], [option.opts[0], "1", longest, "1"]):
                result = CliRunner().invoke(cli, [*name.split(), *typed])
                assert result.exit_code == 2, (name, typed)
                assert f"{longest} is given twice; leave out all but one" in result.stderr
                tried += 1
    assert tried > 100
    asked = ("queries", "--sparql", "events-in-country")
    for settings, both in (
        (("query", "events-in-country", "--set", "country=landia", "--set", "country = isles"), "'landia' and 'isles'"),
        ((*asked, "--set", "country=a", "--set", "country=a"), "'a' and 'a'"),
    ):  # fmt: skip
        result = northtown.pcve(*settings)
        assert (result.exit_code, result.stdout) == (2, "")
        assert (
            result.stderr == f"pcve: --set country is given twice, {both}; leave out all but one\n"
        )
    kinds = ("--kind", "event", "--kind", "project")
    assert northtown.pcve("search", "northtown", *kinds).exit_code == 0
    twice = ("query", "events-by-date", "--wide", "--wide")
    assert northtown.pcve(*twice).stdout == northtown.pcve(*twice[:-1]).stdout


def test_help_of_query_names_the_saved_queries(shipped: World) -> None:
    text = shipped.pcve("query", "--help").output
    for name, query in read_queries(shipped.project, "answers").items():
        assert f"  {name} " in text
        assert query.summary in text


def test_build_sums_up_what_it_did(world: World) -> None:
    result = world.pcve("build")
    assert result.exit_code == 0
    assert "read     74 records from 14 sources" in result.stdout
    assert (
        "facts    527: 358 verified, said by the words of a held text (67.9 %), 0 fingerprinted, "
        "169 cited" in result.stdout
    )
    assert (
        "cited    122 of them quoted: inferred from words of a held text, or assigned by them"
        in result.stdout
    )
    assert re.search(r"checked  \d+ shapes \(turbo\) and \d+ checks: 0 warnings", result.stdout)
    assert re.search(r"took     \d+\.\d\d s", result.stdout)
    assert re.search(r"wrote    [\d,]+ triples to ", result.stdout)


def start(command: list[str], folder: Path, **environment: str) -> str:
    """What a command of the shell prints, started in `folder`."""
    ran = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.long
def test_build_ends_with_a_command_that_works_where_it_was_typed(world: World) -> None:
    """However `pcve` was started: by its path, from PATH, or as a module."""
    programs = world.root / ".venv/bin"
    programs.mkdir(parents=True)
    source = str(ROOT / "src")
    script = (
        f"import sys; sys.path.insert(0, {source!r}); from pcve_graph.cli.main import main; main()"
    )
    (programs / "pcve").write_text(f"#!{sys.executable}\n{script}\n")
    (programs / "pcve").chmod(0o755)
    (world.root / "graph").symlink_to(programs / "pcve")
    outside = {"PATH": "/usr/bin:/bin", "PYTHONPATH": source}
    inside = outside | {"PATH": f"{programs}:/usr/bin:/bin"}
    program = str(programs / "pcve")
    elsewhere = ["--project", "northtown", "build"]
    for command, folder, environment, shown in (
        ([".venv/bin/pcve", "build"], world.root, outside, ".venv/bin/pcve"),
        ([program, "build"], world.root, outside, ".venv/bin/pcve"),
        (["./pcve", "--project", "../..", "build"], programs, outside, "./pcve --project ../.."),
        (["./graph", "build"], world.root, outside, "./graph"),
        (["./graph", "build"], world.root, inside, "pcve"),
        ([program, "build"], world.root, inside, "pcve"),
        ([program, *elsewhere], world.root.parent, inside, "pcve --project northtown"),
        (
            [sys.executable, "-m", "pcve_graph", "build"],
            world.root,
            outside,
            "PYTHON -m pcve_graph",
        ),
    ):
        last = start(command, folder, **environment).splitlines()[-1]
        shown = shown.replace("PYTHON", sys.executable)
        assert last == f"try:     {shown} show safe-harbours"
        shell = ["sh", "-c", last.removeprefix("try:")]
        assert "“" in start(shell, folder, **environment)


@pytest.mark.long
def test_the_reference_engine_passes_northtown_too(world: World) -> None:
    result = world.pcve("build", "--engine", "pyshacl")
    assert result.exit_code == 0
    assert "(pyshacl)" in result.stdout


def test_validate_writes_nothing(world: World) -> None:
    result = world.pcve("validate")
    assert result.exit_code == 0
    assert "527: 358 verified" in result.stdout
    assert not (world.root / "build").exists()


def test_validate_as_json_has_the_place_of_each_problem(world: World) -> None:
    world.replace("data/records/place/northtown.yml", "kind: city", "kind: cty")
    result = world.pcve("validate", "--format", "json")
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)
    assert problem["path"] == "data/records/place/northtown.yml"
    assert (problem["line"], problem["column"], problem["rule"]) == (7, 11, "pcvesh:Place-kind")


def test_a_table_shows_names_and_days(northtown: World) -> None:
    result = northtown.pcve("query", "events-by-date")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["event", "start", "end", "place", "country", "standing"]
    row = ("Third Northtown Conference on Mentoring", "19 Jan 2015", "20 Jan 2015", "Northtown")
    assert any(re.split(" {2,}", line) == [*row, "Landia", "contested"] for line in lines)
    assert lines[-1] == "14 events"


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("csv", "event,start,end"),
        ("tsv", "?event\t?start"),
        ("json", "{"),
        ("xml", "<?xml"),
        ("markdown", "| event | start |"),
        ("table", "event "),
    ],
)
def test_rows_come_in_every_format(northtown: World, form: str, start: str) -> None:
    result = northtown.pcve("query", "events-by-date", "--format", form)
    assert result.exit_code == 0
    assert result.stdout.startswith(start)


def test_a_query_of_ones_own_needs_no_prefixes(northtown: World) -> None:
    query = "SELECT ?s { ?s a pcve:Event ; skos:prefLabel ?n } ORDER BY ?s"
    result = northtown.pcve("query", "-", "--iris", stdin=query)
    assert result.exit_code == 0
    assert "https://w3id.org/pcve/id/event/northtown-conference-2015" in result.stdout
    assert northtown.pcve("query", "-", stdin="ASK { ?s a pcve:Event }").stdout == "yes\n"
    graph = northtown.pcve(
        "query", "-", stdin="CONSTRUCT { ?s a pcve:Event } WHERE { ?s a pcve:Event }"
    )
    assert graph.stdout.count("a pcve:Event .") == 14


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "message"),
    [
        (["query", "event-by-date"], None, 2, "did you mean events-by-date?"),
        (
            ["query", "events-on-topic"],
            None,
            2,
            "events-on-topic requires topic; for instance --set topic=ftf",
        ),
        (
            ["query", "events-on-topic", "--set", "topic=radicalisaton"],
            None,
            2,
            "did you mean:\n    topic/radicalisation  ",
        ),
        (["query", "events-on-topic", "--set", "topik=ftf"], None, 2, "did you mean topic?"),
        (["query", "events-in-country", "--set", "country"], None, 2, "KEY=VALUE"),
        (["query", "events-by-date", "--format", "yaml"], None, 2, "table, markdown, records, csv"),
        (["query", "-"], "SELECT ?s {\n ?s a }", 1, "stdin:2:7: error query-syntax"),
        (
            ["query", "-"],
            "SELECT ?s { ?s a foo:X }",
            1,
            "stdin:1:18: error query-syntax: the prefix foo: is not declared",
        ),
        (
            ["query", "-"],
            "SELECT ?s { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
            2,
            "SERVICE is refused",
        ),
        (["query", "nowhere.rq"], None, 2, "there is no file nowhere.rq"),
        (
            ["show", "northtown-confrence-2015"],
            None,
            2,
            "did you mean:\n    northtown-conference-2015  ",
        ),
        (["export", "turtel"], None, 2, "did you mean turtle?"),
        (["build", "--engine", "pysackl"], None, 2, "known engines: turbo, pyshacl"),
        (["edit", "new", "evnt", "x"], None, 2, "did you mean event?"),
        (["edit", "new", "event", "X y"], None, 2, "invalid id 'X y'"),
        (
            ["edit", "new", "place", "northtown"],
            None,
            2,
            "is already used by data/records/place/northtown.yml",
        ),
        (
            ["edit", "new", "source", "fair-news"],
            None,
            2,
            "unknown kind 'source'; `pcve evidence new ID` starts a source",
        ),
        (["evidence", "new", "X y"], None, 2, "invalid id 'X y'"),
        (["evidence", "new", "atlas"], None, 2, "is already used by data/sources/atlas.yml"),
        (
            ["evidence", "status", "--format", "cvs"],
            None,
            2,
            "unknown format 'cvs'; did you mean csv?",
        ),
        (["edit", "fmt", "nowhere.yml"], None, 2, "is not a file of the project"),
        (["bild"], None, 2, "No such command 'bild'"),
    ],
)
def test_wrong_use_gives_one_plain_message(
    northtown: World, arguments: list[str], stdin: str | None, code: int, message: str
) -> None:
    result = northtown.pcve(*arguments, stdin=stdin)
    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_word_in_a_string_is_not_a_service(northtown: World) -> None:
    result = northtown.pcve("query", "-", stdin='SELECT ?s { ?s ?p "SERVICE <x>" } # service')
    assert result.exit_code == 0


def test_a_parameter_takes_a_name_too(northtown: World) -> None:
    by_id = northtown.pcve("query", "events-in-country", "--set", "country=landia")
    by_name = northtown.pcve("query", "events-in-country", "--set", "country=Landia")
    assert by_id.stdout == by_name.stdout
    assert "Roundtable on prisons" in by_id.stdout


def test_show_prints_each_fact_with_its_words(northtown: World) -> None:
    text = northtown.pcve("show", "northtown-conference-2015", "--all").stdout
    assert "Third Northtown Conference on Mentoring  (event)" in text
    assert "organiser: Northtown Council\n    “organised by the Northtown Council" in text
    assert "end: 21 Jan 2015\n    “had been held from 19 to 21 January 2015”" in text
    assert "(contested: the organiser's own news has 20 January)" in text
    person = northtown.pcve("show", "ana-vale", "--all").stdout
    assert "membership: mayor\n    organisation: Northtown Council" in person
    assert "    start: 2014\n        cited [2]\n" in person
    assert "\n[2] Atlas of Landia  (atlas)\n    https://atlas.example/landia\n" in person
    assert "referred to by" in northtown.pcve("show", "northtown").stdout


EVIDENCE = (
    "    “",
    "    cited [",
    "    cited, one or more of [",
    "    fingerprint of a passage of ",
)
"""The beginnings of a line of evidence on a page."""


@pytest.mark.long
def test_show_prints_words_for_every_fact_of_every_event_of_the_seed(shipped: World) -> None:
    for path in sorted((shipped.root / "data/records/event").glob("*.yml")):
        if "source: wbcti-news" in path.read_text():
            lines = shipped.pcve("show", path.stem, "--all").stdout.splitlines()
            for place, line in enumerate(lines[4:], 4):
                if line in ("referred to by", ""):
                    break
                if not line.startswith(" "):
                    assert lines[place + 1].startswith(EVIDENCE), f"{path.stem}: {line}"


def test_an_export_goes_to_stdout_or_a_file(northtown: World, tmp_path: Path) -> None:
    result = northtown.pcve("export", "ntriples")
    assert result.exit_code == 0
    assert northtown.pcve("export", "ntriples", "-o", str(tmp_path / "x.nt")).exit_code == 0
    assert (tmp_path / "x.nt").read_text() == result.stdout
    assert northtown.pcve("export", "ntriples", "-o", str(tmp_path / "no/x.nt")).exit_code == 2


def test_a_new_record_offers_every_key_and_is_caught_until_it_is_filled_in(world: World) -> None:
    assert (
        world.pcve("edit", "new", "event", "northtown-fair").stdout
        == "data/records/event/northtown-fair.yml\n"
    )
    text = (world.root / "data/records/event/northtown-fair.yml").read_text()
    assert (
        "    startDate: <a day, month or year (2018-05-22, 2018-05, 2018), or EDTF (2018~)>" in text
    )
    assert "    kind: <a term of event-kind>" in text
    assert "    rank: <deprecated, normal, preferred; optional>" in text
    keys = re.findall(r"^  (?:- |  )(\w+):", text, re.M)
    assert [key for key in CLAIM_KEYS if key not in keys] == ["evidence", "occurrence"]
    result = world.pcve("validate", "--limit", "0")
    assert result.exit_code == 1
    assert (
        "data/records/event/northtown-fair.yml:4:13: error empty-value: the placeholder"
        in result.stdout
    )
    placeholders = len(re.findall("<[^>]+>", text))
    assert result.stdout.count("error empty-value: the placeholder") == placeholders
    assert world.pcve("evidence", "new", "fair-news").exit_code == 0
    assert world.pcve("edit", "new", "organizational-unit", "fair-office").exit_code == 0
    assert (world.root / "data/records/organization/fair-office.yml").is_file()


def test_a_new_source_offers_every_key_and_a_message_names_the_command(world: World) -> None:
    record = "data/records/event/northtown-fair.yml"
    world.write(
        record, "id: northtown-fair\ntype: Event\nclaims:\n  - source: zeitung\n    kind: meeting\n"
    )
    assert "(pcve evidence new zeitung)" in world.pcve("validate").stdout
    result = world.pcve("evidence", "new", "zeitung")
    assert (result.exit_code, result.stdout) == (0, "data/sources/zeitung.yml\n")
    text = (world.root / "data/sources/zeitung.yml").read_text()
    assert text.startswith("id: zeitung\n")
    assert "title: {en: <text>}" in text
    assert "error unknown-source" not in world.pcve("validate").stdout


@pytest.mark.parametrize("form", ["", "table", "csv", "json"])
@pytest.mark.long
def test_the_status_of_the_evidence_is_the_answer_of_a_saved_query(
    northtown: World, form: str
) -> None:
    options = ["--format", form] if form else []
    result = northtown.pcve("evidence", "status", *options)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == northtown.pcve("query", "sources", *options).stdout


def test_the_status_of_the_evidence_counts_every_claim(northtown: World) -> None:
    text = northtown.pcve("evidence", "status", "--format", "csv").stdout
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 13, "all but the source that no record rests on"
    count = """SELECT (COUNT(*) AS ?n) { { SELECT DISTINCT ?claim ?source {
        ?claim a pcve:Claim ; pcve:evidence/prov:hadPrimarySource ?source } } }"""
    claims = northtown.pcve("query", "-", "--format", "csv", stdin=count).stdout.split()[1]
    assert sum(int(row["verified"]) + int(row["cited"]) for row in rows) == int(claims)


def test_a_new_record_filled_in_is_green(world: World) -> None:
    world.pcve("edit", "new", "event", "northtown-fair")
    world.write(
        "data/records/event/northtown-fair.yml",
        "id: northtown-fair\ntype: Event\nclaims:\n  - source: atlas\n    prefLabel: {en: Fair}\n"
        "    kind: meeting\n    startDate: 2017-05\n",
    )
    result = world.pcve("build")
    assert result.exit_code == 0, result.stderr
    assert "read     75 records" in result.stdout


@pytest.mark.long
def test_fmt_orders_keys_and_keeps_every_value(world: World) -> None:
    name = "data/records/event/northtown-conference-2015.yml"
    path = world.root / name
    clean = path.read_text()
    assert world.pcve("edit", "fmt", "--check").exit_code == 0
    mixed = clean.replace(
        "    kind: conference\n    status: held\n", "    status: held\n    kind:   'conference'\n"
    )
    world.write(name, mixed)
    check = world.pcve("edit", "fmt", "--check")
    assert (check.exit_code, check.stdout) == (1, name + "\n")
    assert path.read_text() == mixed
    assert world.pcve("edit", "fmt").exit_code == 0
    assert path.read_text() == clean


@pytest.mark.parametrize("name", ["data/records/place/northtown.yml", "ontology/vocab/topic.ttl"])
def test_fmt_refuses_to_lose_a_comment(world: World, name: str) -> None:
    path = world.root / name
    path.write_text("# mind this\n" + path.read_text())
    result = world.pcve("edit", "fmt", str(path))
    assert result.exit_code == 1
    assert f"{name}:1:1: error comment" in result.stderr
    assert path.read_text().startswith("# mind this\n")


@pytest.mark.long
def test_the_project_is_in_canonical_form() -> None:
    result = CliRunner().invoke(cli, ["--project", str(ROOT), "edit", "fmt", "--check"])
    assert (result.exit_code, result.stdout) == (0, "")


def test_a_stale_graph_is_reported(world: World) -> None:
    assert world.pcve("build").exit_code == 0
    world.replace("data/records/place/northtown.yml", "{sq: Qyteti i Veriut}", "{sq: Veriut}")
    assert "files have changed since the last build" in world.pcve("query", "everything").stderr


def test_without_a_build_the_message_names_the_next_step(world: World) -> None:
    result = world.pcve("query", "everything")
    assert result.exit_code == 2
    assert "run `pcve build` first" in result.stderr


def test_a_folder_that_is_not_a_project_is_reported(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["--project", str(tmp_path), "build"])
    assert result.exit_code == 2
    assert "is not a pcve project" in result.stderr


def test_path_says_where_the_files_of_the_last_build_are(northtown: World) -> None:
    for part, name in (("graph", "graph"), ("store", "store"), ("manifest", "manifest.json")):
        result = northtown.pcve("path", part)
        assert (result.exit_code, result.stdout) == (0, f"{northtown.built(name)}\n")
    assert northtown.pcve("path").stdout == f"{northtown.built()}\n"
    assert northtown.pcve("path", "grph").exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["coverage", "--group", ""],
        ["coverage", "--group="],
        ["coverage", "--pillar", "  "],
        ["coverage", "--as-of", ""],
        ["timeline", "--country", ""],
        ["overlaps", "--funder="],
        ["overlaps", "--since", ""],
        ["export", "turtle", "--topic", ""],
        ["export", "turtle", "-o", ""],
        ["query", "topics", "--format", ""],
        ["query", "events-on-topic", "--set", ""],
        ["search", "x", "--kind", ""],
        ["validate", "--shapes", "", "x.ttl"],
    ],
)
def test_an_empty_value_of_an_option_is_reported(northtown: World, arguments: list[str]) -> None:
    result = northtown.pcve(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "empty value; give it one, or leave it out" in result.stderr
    option = next(word for word in arguments if word.startswith("-")).rstrip("=")
    assert f"Error: {option} " in result.stderr


@pytest.mark.parametrize(
    "arguments", [["search", ""], ["show", " "], ["query", ""], ["validate", ""]]
)
def test_an_empty_argument_is_reported(northtown: World, arguments: list[str]) -> None:
    result = northtown.pcve(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: an argument is empty; give it one, or leave it out" in result.stderr


@pytest.mark.parametrize("setting", ["topic=", "topic= "])
def test_an_empty_parameter_is_reported(northtown: World, setting: str) -> None:
    result = northtown.pcve("query", "events-on-topic", "--set", setting)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"pcve: --set {setting} sets an empty value" in result.stderr
    missing = northtown.pcve("query", "events-on-topic")
    assert "events-on-topic requires topic; for instance --set topic=" in missing.stderr
    dashes = northtown.pcve("search", "--", "--group=")
    assert (dashes.exit_code, dashes.stderr) == (0, "")


@pytest.mark.parametrize("form", ["table", "csv"])
def test_an_answer_that_is_being_written_is_not_stopped(form: str, northtown: World) -> None:
    text = "SELECT ?a ?b { ?a ?p ?o . ?b a pcve:Event } LIMIT 20000"
    northtown.write("large.rq", text)
    command = [sys.executable, "-m", "pcve_graph", "--project", str(northtown.root), "query"]
    options = [str(northtown.root / "large.rq"), "--format", form, "--timeout", "8"]
    with subprocess.Popen([*command, *options], stdout=-1, stderr=-1, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()  # it is written now, and the pipe is full
        time.sleep(10)
        rest, messages = process.stdout.read(), process.stderr.read()
    assert (process.returncode, messages) == (0, "")
    assert first.split() in (["a", "b"], ["a,b"])
    assert rest.count("\n") >= 20_000
    stopped = subprocess.run(
        [*command, "-", "--timeout", "1"],
        input="SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        capture_output=True,
        text=True,
    )
    assert (stopped.returncode, stopped.stdout) == (2, "")
    assert "was stopped after 1 s" in stopped.stderr
