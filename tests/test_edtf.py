"""Dates in EDTF and parts that ended, from the record to answers, exports and diffs.

Northtown has a start of about 2017, an end between May 2018 and 2019, a start by May 2018, a leader
until 31 March 2018, a funder until June 2018 and a member until 2019.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil

import pytest
from conftest import World, require
from test_uncertain_dates import answer, cited, out

from pcve_graph.query.execute import ResultTable, ask

HEAD = """PREFIX pcve: <https://w3id.org/pcve/ns#> PREFIX schema: <https://schema.org/>
PREFIX edtf: <http://id.loc.gov/datatypes/edtf/> """
THING = "https://w3id.org/pcve/id/"
DAYS = "data/records/event/northtown-days-2017.yml"


def rows(world: World, query: str) -> list[tuple[str, ...]]:
    table = ask(world.saved().store, HEAD + query)
    assert isinstance(table, ResultTable)
    return [tuple(getattr(term, "value", "") for term in row) for row in table.rows]


def bounds(world: World, thing: str) -> str:
    text = f"""SELECT ?from ?to ?surelyFrom ?surelyTo {{ BIND (<{THING}{thing}> AS ?x)
        OPTIONAL {{ ?x pcve:earliest ?from }} OPTIONAL {{ ?x pcve:latest ?to }}
        OPTIONAL {{ ?x pcve:certainFrom ?surelyFrom }} OPTIONAL {{ ?x pcve:certainUntil ?surelyTo }} }}"""
    return " ".join(day or "-" for day in rows(world, text)[0])


@pytest.mark.parametrize(
    ("thing", "days"),
    [
        ("project/soft-dunes", "2016-01-01 2019-12-31 - -"),
        ("project/low-tide", "- - - -"),
        ("project/calm-waters", "2015-05-01 2017-06-30 2015-05-31 2017-06-30"),
        ("project/wide-shore", "2016-01-01 2016-12-31 - -"),
        ("event/northtown-days-2017", "2017-02-28 2017-03-01 2017-02-28 2017-03-01"),
        ("event/southport-roundtable-2016", "2016-06-03 2016-06-03 2016-06-03 2016-06-03"),
        ("event/northtown-conference-2016", "2016-01-01 2016-12-31 - -"),
        ("involvement/dune-circle/moor-lead", "2016-01-01 2018-03-31 2016-12-31 2018-03-31"),
        ("involvement/dune-circle/hill-member", "- 2019-12-31 - -"),
    ],
)
def test_a_thing_has_the_bounds_that_its_dates_allow(
    northtown: World, thing: str, days: str
) -> None:
    assert bounds(northtown, thing) == days


def test_the_graph_has_the_date_as_it_was_written(northtown: World) -> None:
    text = "SELECT ?s ?d { ?s ?p ?d FILTER (DATATYPE(?d) = edtf:EDTF && ?p != rdf:object) } ORDER BY ?d"
    stated = rows(northtown, "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> " + text)
    assert [date for _, date in stated] == ["../2018-05", "2017~", "2018-05/2019", "2020~"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("start", "end", "day", "holds"),
    [
        ("2016-05", "2016-09", "2016-05-15", "not known"),
        ("2016-05", "2016-09", "2016-07-01", "yes"),
        ("2016-05", "2016-09", "2016-10-01", None),
        ("2016~", "2018", "2017-06-01", "not known"),
        ("2016~", "2018", "2015-01-01", "not known"),
        ("2016~", "2018", "2014-12-31", None),
        ("../2016", "2018-05/2019", "2017-01-01", "yes"),
        ("../2016", "2018-05/2019", "2018-06-01", "not known"),
        ("2016", "2018/..", "2030-01-01", "not known"),
    ],
)
def test_a_project_runs_certainly_or_possibly(
    world: World, start: str, end: str, day: str, holds: str | None
) -> None:
    cited(world, "Project", "reed-works", f"startDate: {start}", f"endDate: {end}")
    lines = answer(world, "ongoing-projects", f"day={day}")
    states = {line["holds"] for line in lines if line["project"].endswith("/reed-works")}
    assert states == ({holds} if holds else set())


@pytest.mark.long
def test_an_end_that_cannot_follow_the_start_is_an_error(world: World) -> None:
    world.replace(
        "data/records/project/soft-dunes.yml", "endDate: 2018-05/2019", "endDate: ../2015"
    )
    result = world.pcve("build")
    assert result.exit_code == 1
    assert "pcvesh:Dated-earliest" in result.output


def test_dates_in_edtf_are_shown_in_words(northtown: World) -> None:
    shown = out(northtown, "show", "soft-dunes")
    assert "start: about 2017" in shown
    assert "end: between May 2018 and 2019" in shown
    assert "since May 2018 or earlier: Low Tide" in out(northtown, "timeline")


def test_a_bound_leads_to_the_date_that_it_comes_from(northtown: World) -> None:
    text = f"{HEAD} SELECT ?d {{ <{THING}project/soft-dunes> pcve:latest ?d }}"
    path = northtown.root.parent / "bound.rq"
    path.write_text(text)
    assert "end: between May 2018 and 2019" in out(northtown, "query", str(path), "--why", "1")


def test_a_file_of_others_may_have_dates_in_edtf(northtown: World) -> None:
    def validated(date: str) -> str:
        text = f"""{HEAD.replace(" PREFIX", chr(10) + "PREFIX")}
            PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
            <{THING}project/new> a pcve:Project ; skos:prefLabel "New"@en ;
            schema:startDate "2017"^^<http://www.w3.org/2001/XMLSchema#gYear> ;
            schema:endDate "{date}"^^edtf:EDTF ."""
        path = northtown.root.parent / "new.ttl"
        path.write_text(text)
        return northtown.pcve("validate", str(path)).output

    assert "0 errors" in validated("2018-05/2019")
    assert 'error edtf: "2018-21" has the datatype EDTF' in validated("2018-21")
    assert "pcvesh:Dated-earliest" in validated("../2015")


# Exports


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Northtown with events dated in EDTF."""
    from conftest import make_world

    world = make_world(tmp_path_factory.mktemp("edtf") / "northtown")
    world.infer(DAYS)
    world.infer("data/records/document/mentors-handbook.yml")
    world.replace(DAYS, "startDate: 2017-02-28", "startDate: 2017-02-28~")
    world.replace(
        "data/records/event/northtown-fair-2017.yml",
        "startDate: 2017-03-01",
        "startDate: 2017-03-XX",
    )
    world.replace(
        "data/records/document/mentors-handbook.yml",
        "    kind: manual",
        "    kind: manual\n    issued: 201X",
    )
    out(world, "build")
    return world


def export(world: World, form: str, *options: str) -> str:
    path = world.root.parent / f"export.{form}"
    out(world, "export", form, "-o", str(path), *options)
    return path.read_text("utf-8")


@pytest.mark.long
def test_a_calendar_has_no_entry_for_a_day_that_is_not_exact(
    dated: World, northtown: World
) -> None:
    require("icalendar")
    undated, others = (
        int(re.findall(r"X-PCVE-WITHOUT-A-DAY:(\d+)", export(world, "ics"))[0])
        for world in (dated, northtown)
    )
    assert undated == others + 2
    text = export(dated, "ics")
    assert "SUMMARY:Northtown Days" not in text
    assert "SUMMARY:Northtown Fair" not in text


def test_a_bibliography_says_that_a_date_is_not_exact(dated: World) -> None:
    require("pybtex")
    entries = export(dated, "bibtex").split("\n@")
    letter = next(entry for entry in entries if "Letter on the Dunes" in entry)
    assert 'year = "about 2020"' in letter
    assert not re.search(r"^ *date =", letter, re.M)
    assert "month" not in letter
    handbook = next(entry for entry in entries if "Mentors' Handbook" in entry)
    assert 'year = "201X"' in handbook


def test_schema_org_has_the_month_or_year_that_is_sure(dated: World) -> None:
    events = json.loads(export(dated, "schemaorg"))["@graph"]
    days = {event["@id"].rpartition("/")[2]: event.get("startDate") for event in events}
    assert days["northtown-fair-2017"] == "2017-03"
    assert days["northtown-days-2017"] == "2017", "28 February or a day next to it"


def test_a_table_has_the_four_bounds_and_the_date_as_written(northtown: World) -> None:
    text = out(
        northtown, "export", "csv", "--only", "project", "-o", str(northtown.root.parent / "p.zip")
    )
    assert not re.search(r"Traceback", text)
    import zipfile

    with zipfile.ZipFile(northtown.root.parent / "p.zip") as archive:
        name = next(name for name in archive.namelist() if name.endswith("project.csv"))
        table = list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
    lines = {row["id"]: row for row in table}
    names = ("startDate", "endDate", "earliest", "latest", "certainFrom", "certainUntil")
    assert [lines["soft-dunes"][name] for name in names] == [
        "2017~", "2018-05/2019", "2016-01-01", "2019-12-31", "", "",
    ]  # fmt: skip
    assert lines["calm-waters"]["certainFrom"] == "2015-05-31"


# Parts that ended


def test_the_direct_property_of_a_role_is_a_fact(northtown: World) -> None:
    leads = rows(
        northtown, f"SELECT ?a {{ <{THING}initiative/dune-circle> pcve:leader ?a }} ORDER BY ?a"
    )
    assert leads == [(f"{THING}organization/moor-office",), (f"{THING}organization/reed-trust",)]
    member = f"<{THING}organization/hill-foundation> pcve:memberOf <{THING}initiative/dune-circle>"
    assert rows(northtown, f"SELECT (1 AS ?n) {{ {member} }}") == [("1",)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("leader", f"SELECT ?a {{ <{THING}initiative/dune-circle> pcve:leader ?a }} ORDER BY ?a"),
        ("memberOf", f"SELECT ?a {{ ?a pcve:memberOf <{THING}initiative/dune-circle> }}"),
    ],
)
def test_a_derived_role_leads_to_the_words_on_the_part(
    northtown: World, path: str, text: str
) -> None:
    file = northtown.root.parent / f"{path}.rq"
    file.write_text(HEAD + text)
    shown = out(northtown, "query", str(file), "--why", "1")
    words = "was a member of the Circle" if path == "memberOf" else "was led by the Moor Office"
    assert words in shown
    assert "actor:" in shown


@pytest.mark.parametrize(
    ("day", "leaders"),
    [
        ("2015-12-31", set()), ("2016-06-01", {"Moor Office"}), ("2018-03-31", {"Moor Office"}),
        ("2018-04-01", {"Reed Trust"}), ("2024-01-01", {"Reed Trust"}),
    ],
)  # fmt: skip
def test_what_is_shown_of_a_day_has_the_leader_of_that_day(
    northtown: World, day: str, leaders: set[str]
) -> None:
    shown = out(northtown, "show", "dune-circle", "--as-of", day)
    assert set(re.findall(r"actor: (Moor Office|Reed Trust)", shown)) == leaders


@pytest.mark.long
def test_a_leader_stated_twice_is_hidden_when_the_part_is_over(world: World) -> None:
    world.replace(
        "data/records/initiative/dune-circle.yml",
        "    kind: practitioner-network\n",
        "    kind: practitioner-network\n  - source: atlas\n    leader: moor-office\n",
    )
    out(world, "build")
    assert "leader: Moor Office" in out(world, "show", "dune-circle")
    assert "leader: Moor Office" in out(world, "show", "dune-circle", "--as-of", "2017-01-01")
    assert "leader: Moor Office" not in out(world, "show", "dune-circle", "--as-of", "2019-01-01")


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        ("2016-06-01", "not known"),
        ("2017-01-01", "yes"),
        ("2018-03-31", "yes"),
        ("2018-04-01", None),
    ],
)
def test_a_part_holds_certainly_or_possibly(northtown: World, day: str, holds: str | None) -> None:
    lines = answer(northtown, "involvements-on-a-day", f"day={day}", "work=dune-circle")
    states = {line["holds"] for line in lines if line["actor"].endswith("/moor-office")}
    assert states == ({holds} if holds else set())


@pytest.mark.long
def test_an_ended_part_counts_in_overlaps(world: World) -> None:
    world.infer("data/records/project/soft-dunes.yml")
    world.infer("data/records/project/low-tide.yml")
    name = "data/records/project/soft-dunes.yml"
    text = (world.root / name).read_text("utf-8")
    world.write(
        name,
        text.replace("startDate: 2017~", "startDate: 2017").replace("2018-05/2019", "2019")
        + "  - source: atlas\n    hasInvolvement: {id: reed, actor: reed-trust, role: implementer, endDate: 2018}\n",
    )
    name = "data/records/project/low-tide.yml"
    text = (world.root / name).read_text("utf-8").replace("hilltown", "marshia")
    world.write(
        name,
        text.replace("../2018-05", "2017") + "    endDate: 2019\n    implementer: reed-trust\n",
    )
    out(world, "build")
    briefing = out(world, "overlaps")
    assert briefing.count("company: Reed Trust") == 2, "of the stated and of the derived role"


def test_a_role_that_the_class_does_not_have_is_an_error(world: World) -> None:
    world.replace("data/records/project/soft-dunes.yml", "role: funder", "role: governing-body")
    result = world.pcve("build")
    assert result.exit_code == 1
    assert (
        "soft-dunes.yml:14:67: error involvement-role: governing-body is not a role"
        in result.output
    )
    assert "roles in it: beneficiary, contracting-authority, coordinator, funder" in result.output


@pytest.mark.long
def test_a_changed_leader_is_one_change(world: World) -> None:
    old = world.root.parent / "old"
    world.infer("data/records/initiative/dune-circle.yml")
    shutil.copytree(world.root, old)
    world.replace(
        "data/records/initiative/dune-circle.yml", "actor: moor-office", "actor: mentoring-office"
    )
    changes = json.loads(world.pcve("diff", str(old), "--format", "json").stdout)["changes"]
    (change,) = (change for change in changes if change["graph"] == "facts")
    assert change["predicate"].endswith("#actor")
    follows = [statement["predicate"].rpartition("#")[2] for statement in change["follows"]]
    assert follows == ["leader"]


@pytest.mark.long
@pytest.mark.parametrize("gone", [True, False])
def test_an_incremental_build_forgets_a_member_that_was(world: World, gone: bool) -> None:
    out(world, "build")
    name = "data/records/initiative/dune-circle.yml"
    if gone:
        (world.root / name).unlink()
    else:
        world.infer(name)
        world.replace(name, "role: member, endDate: 2019", "role: partner, endDate: 2019")
    out(world, "build")
    member = f"<{THING}organization/hill-foundation> pcve:memberOf ?circle"
    assert rows(world, f"SELECT ?circle {{ {member} }}") == []
