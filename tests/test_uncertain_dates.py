"""An answer says "yes", or names a year, only where the dates of the sources make it certain."""

from __future__ import annotations

import csv
import io

import pytest
from conftest import World

WIDE_SHORE = "data/records/project/wide-shore.yml"
DATES = "    startDate: 2016\n    endDate: 2016\n"


def out(world: World, *arguments: str) -> str:
    result = world.pcve(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def answer(world: World, name: str, *settings: str) -> list[dict[str, str]]:
    options = [word for setting in settings for word in ("--set", setting)]
    text = out(world, "query", name, *options, "--format", "csv")
    return list(csv.DictReader(io.StringIO(text)))


def dated(world: World, start: str, end: str = "") -> None:
    """Gives the project Wide Shore these dates, and builds."""
    text = f"    startDate: {start}\n" + (f"    endDate: {end}\n" if end else "")
    world.infer(WIDE_SHORE)
    world.replace(WIDE_SHORE, DATES, text)
    out(world, "build")


def cited(world: World, kind: str, name: str, *facts: str) -> None:
    """Writes a record whose facts an invented page states, and no words of it, and builds."""
    folder = "data/records/" + kind.lower()
    block = "".join(f"    {fact}\n" for fact in (f"prefLabel: {{en: {name.title()}}}", *facts))
    world.write(
        f"{folder}/{name}.yml", f"id: {name}\ntype: {kind}\nclaims:\n  - source: atlas\n{block}"
    )
    out(world, "build")


@pytest.mark.long
@pytest.mark.parametrize(
    ("start", "holds"),
    [
        ("2016", "yes"), ("2016-XX", "yes"), ("2016-05/2016-09", "yes"), ("2015/2017", "not known"),
        ("2016?", "not known"), ("2016%", "not known"), ("2016~", "not known"),
        ("2016-05?", "not known"),
    ],
)  # fmt: skip
def test_an_event_of_an_uncertain_date_may_lie_in_the_period(
    world: World, start: str, holds: str
) -> None:
    cited(world, "Event", "reed-day", "kind: conference", f"startDate: {start}")
    for first, last in (("2016-01-01", "2016-12-31"), ("2014-01-01", "2018-12-31")):
        lines = answer(world, "events-in-period", f"from={first}", f"until={last}")
        states = {line["holds"] for line in lines if line["event"].endswith("/reed-day")}
        wide = first == "2014-01-01" and start == "2015/2017"
        assert states == {"yes" if wide else holds}


@pytest.mark.long
@pytest.mark.parametrize(
    ("facts", "rows"),
    [
        (("status: held",), [("yes", "")]), (("status: planned",), [("not known", "announced")]),
        (("status: postponed",), [("not known", "announced")]), (("status: cancelled",), []),
        (("certainty: inferred", "note: the page names the year"), [("not known", "inferred")]),
    ],
)  # fmt: skip
def test_an_event_that_is_not_stated_to_be_held_does_not_surely_fall_in_the_period(
    world: World, facts: tuple[str, ...], rows: list[tuple[str, str]]
) -> None:
    cited(world, "Event", "reed-day", "kind: conference", "startDate: 2016-05-05", *facts)
    lines = answer(world, "events-in-period", "from=2016-01-01", "until=2016-12-31")
    mine = [line for line in lines if line["event"].endswith("/reed-day")]
    assert [(line["holds"], line["standing"]) for line in mine] == rows


@pytest.mark.parametrize(
    ("start", "year"),
    [
        ("2016-05", "2016"), ("2016-XX", "2016"), ("2016-05/2016-09", "2016"),
        ("2016/2017", "0"), ("201X", "0"), ("2016?", "0"), ("2016~", "0"), ("../2016", "0"),
        ("2016/..", "0"),
    ],
)  # fmt: skip
@pytest.mark.long
def test_a_work_begins_in_a_year_that_is_certain(world: World, start: str, year: str) -> None:
    world.infer(WIDE_SHORE)
    world.replace(WIDE_SHORE, DATES, f"    startDate: {start}\n    preventionLevel: tertiary\n")
    world.replace(WIDE_SHORE, "first-line-practitioners", "border-security")
    out(world, "build")
    lines = answer(world, "topics-by-year", "topic=border-security")
    assert {line["year"] for line in lines if line["projects"] != "0"} == {year}
    levels = answer(world, "prevention-levels-by-year", "level=tertiary")
    assert year in {line["year"] for line in levels}


@pytest.mark.long
@pytest.mark.parametrize(
    ("start", "end", "intime"),
    [
        ("2016", "2016", "yes"), ("2014", "2018", "yes"), ("2016-05", "", "yes"),
        ("2014", "", "not known"), ("2016-05~", "", "not known"), ("2015", "2016~", "not known"),
        ("../2016-04", "2016-06", "yes"), ("2015/..", "2016-06", "yes"), ("2015/2016", "", "not known"),
    ],
)  # fmt: skip
def test_a_project_is_in_time_where_its_dates_decide(
    world: World, start: str, end: str, intime: str
) -> None:
    dated(world, start, end)
    settings = ("country=marshia", "topic=first-line-practitioners")
    days = ("from=2016-01-01", "until=2016-12-31")
    lines = answer(world, "projects-on-topic-in-country", *settings, *days)
    states = {line["intime"] for line in lines if line["project"].endswith("/wide-shore")}
    assert states == {intime}


@pytest.mark.long
@pytest.mark.parametrize(
    ("until", "holds"),
    [("2016-06", "yes"), ("2016", "not known"), ("2016-09~", "not known"), ("", "not known")],
)
def test_a_host_of_an_uncertain_period_is_not_certain(world: World, until: str, holds: str) -> None:
    end = f", endDate: {until}" if until else ""
    hosting = f"hostedBy: {{id: reed, hostingOrganization: reed-trust, startDate: 2014{end}}}"
    cited(world, "Initiative", "reed-network", "kind: practitioner-network", hosting)
    cited(
        world, "Event", "reed-day", "kind: conference", "startDate: 2016-04", "isPartOf: reed-network"
    )  # fmt: skip
    lines = answer(world, "host-changes", "hosted=reed-network")
    states = [(line["holds"], line["host"].rpartition("/")[2], line["until"]) for line in lines]
    assert states == [(holds, "reed-trust", until)]


@pytest.mark.long
@pytest.mark.parametrize(("end", "listed"), [("2017", False), ("2017~", True), ("2016/2018", True)])
def test_a_group_is_served_in_a_year_that_is_certain(world: World, end: str, listed: bool) -> None:
    world.infer(WIDE_SHORE)
    world.replace(
        WIDE_SHORE, DATES, f"    startDate: 2016\n    endDate: {end}\n    audience: women\n"
    )
    out(world, "build")
    lines = answer(world, "unserved-groups", "country=marshia", "year=2017")
    assert any(line["group"].endswith("/women") for line in lines) is listed


# Parts that ended, or had not begun

SOFT_DUNES = "data/records/project/soft-dunes.yml"
LOW_TIDE = "data/records/project/low-tide.yml"


def with_parts(world: World) -> None:
    """Soft Dunes has a funder, a leader and an implementer of 2016 to June 2018."""
    world.infer(SOFT_DUNES)
    world.replace(
        SOFT_DUNES,
        "    startDate: 2017~\n    endDate: 2018-05/2019",
        "    startDate: 2016\n    endDate: 2020",
    )
    text = (world.root / SOFT_DUNES).read_text("utf-8")
    world.write(
        SOFT_DUNES,
        text
        + "  - source: atlas\n    hasInvolvement:\n"
        + "".join(
            f"      - {{id: {role}, actor: {actor}, role: {role}, startDate: 2016, endDate: 2018-06}}\n"
            for role, actor in (("leader", "moor-office"), ("implementer", "tide-college"))
        ),
    )
    out(world, "build")


@pytest.mark.long
def test_a_part_that_excludes_the_day_does_not_count_on_it(world: World) -> None:
    with_parts(world)
    for day, shown in (("2018-06-01", True), ("2019-06-01", False)):
        lines = answer(world, "ongoing-projects", f"day={day}")
        line = next(line for line in lines if line["project"].endswith("/soft-dunes"))
        assert (bool(line["funder"]), bool(line["implementer"])) == (shown, shown)
        assert (
            "soft-dunes" in out(world, "show", "tide-college", "--as-of", day, "--all")
        ) is shown
        table = out(world, "coverage", "--by", "funder", "--as-of", day, "--format", "csv")
        cells = csv.DictReader(io.StringIO(table))
        paid = [cell["things"] for cell in cells if cell["funderId"] == "lake-fund"]
        assert any("soft-dunes" in things for things in paid) is shown
    name, *settings = "projects-on-topic-in-country", "country=marshia", "topic=education"
    until = answer(world, name, *settings, "until=2018-01-01")
    since = answer(world, name, *settings, "from=2019-01-01")
    funders = [
        {line["funder"] for line in lines if line["project"].endswith("/soft-dunes")}
        for lines in (until, since)
    ]
    assert [bool(names - {""}) for names in funders] == [True, False]


@pytest.mark.long
def test_a_part_that_excludes_the_period_does_not_count_in_it(world: World) -> None:
    with_parts(world)
    for since, shown in (("2018", True), ("2019", False)):
        options = ("--funder", "lake-fund", "--since", since)
        assert ("Soft Dunes" in out(world, "timeline", *options)) is shown
    actors = [
        out(world, "coverage", "--count", "actors", "--as-of", day, "--format", "csv")
        for day in ("2018-06-01", "2019-06-01")
    ]
    assert actors[0] != actors[1]


@pytest.mark.long
def test_a_later_part_of_the_same_actor_counts(world: World) -> None:
    with_parts(world)
    text = (world.root / SOFT_DUNES).read_text("utf-8")
    again = "{id: again, actor: lake-fund, role: funder, startDate: 2019}"
    world.write(SOFT_DUNES, f"{text}  - source: atlas\n    hasInvolvement: {again}\n")
    out(world, "build")
    lines = answer(world, "ongoing-projects", "day=2019-06-01")
    line = next(line for line in lines if line["project"].endswith("/soft-dunes"))
    assert line["funder"].endswith("/lake-fund")
    assert "Soft Dunes" in out(world, "timeline", "--funder", "lake-fund", "--since", "2019")


@pytest.mark.long
def test_overlaps_have_the_funders_of_the_period(world: World) -> None:
    with_parts(world)
    world.infer(LOW_TIDE)
    world.replace(LOW_TIDE, "location: hilltown", "location: marshia")
    world.replace(
        LOW_TIDE,
        "startDate: ../2018-05",
        "startDate: 2016\n    endDate: 2020",
    )
    out(world, "build")
    for since, shown in (("2018", True), ("2019", False)):
        text = out(world, "overlaps", "--funder", "lake-fund", "--since", since, "--format", "csv")
        assert ("low-tide" in text) is shown


# Years


@pytest.mark.long
@pytest.mark.parametrize(
    ("start", "end", "years"),
    [
        ("2016-05", "2018", {"2016", "2017", "2018"}), ("2016-05", "", {"2016"}),
        ("2016-XX", "2016", {"2016"}), ("2015/2016", "2018", {"2016", "2017", "2018"}),
        ("201X", "", set()), ("2016~", "", set()), ("2016?", "2016?", set()),
        ("2016", "2018~", {"2016"}),
    ],
)  # fmt: skip
def test_a_work_counts_in_the_years_that_are_certain(
    world: World, start: str, end: str, years: set[str]
) -> None:
    dated(world, start, end)
    cells = csv.DictReader(io.StringIO(out(world, "coverage", "--by", "year", "--format", "csv")))
    columns = {
        cell["year"] for cell in cells
        if cell["economyId"] == "all" and "wide-shore" in cell["things"]
    }  # fmt: skip
    assert columns - {"all, each once"} == (years or {"year not known"})
    text = out(world, "timeline", "--kind", "project")
    heading = ""
    for line in text.splitlines():
        heading = line if line and not line.startswith(" ") else heading
        if "[wide-shore]" in line:
            break
    assert heading.startswith(min(years) if years else "year not known")


@pytest.mark.long
@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2017", "2020", "together from 2017 to 2019"),
        ("2017-05/2018-06", "2020", "together from 30 Jun 2018 to 2019"),
        ("2017-XX", "2018-05/2020", "together from 31 Dec 2017 to 1 May 2018"),
        ("2017~", "2020", "whether at the same time is not known"),
        ("2016", "2017?", "together from 2016, end not known"),
        ("", "2018", "together until 2018, start not stated"),
    ],
)
def test_a_reason_states_days_that_are_certain(
    world: World, start: str, end: str, words: str
) -> None:
    def between(first: str, last: str) -> str:
        return (f"startDate: {first}\n    " if first else "") + f"endDate: {last}"

    world.infer(SOFT_DUNES)
    world.replace(
        SOFT_DUNES, "startDate: 2017~\n    endDate: 2018-05/2019", between("2015-06", "2019")
    )
    world.infer(LOW_TIDE)
    world.replace(LOW_TIDE, "location: hilltown", "location: marshia")
    world.replace(LOW_TIDE, "startDate: ../2018-05", between(start, end))
    out(world, "build")
    text = " ".join(out(world, "overlaps", "--kind", "project", "--country", "marshia").split())
    table = out(world, "overlaps", "--kind", "project", "--country", "marshia", "--format", "csv")
    line = next(line for line in csv.DictReader(io.StringIO(table)) if "low-tide" in str(line))
    assert words in str(line)
    assert words in text


# Messages


@pytest.mark.long
@pytest.mark.parametrize(
    ("start", "fix"),
    [
        ("2019-XX-05", "the forms of EDTF"), ("2018-05/06", "the forms of EDTF"),
        ("2019-~05", "the forms of EDTF"), ("2019-05-XX~", "the forms of EDTF"),
        ("2019-01-01/2018", "the earlier date is first"), ("2019/2018", "the earlier date is first"),
        ("2018/2018", "write 2018"), ("2018-05/2018-05", "write 2018-05"),
        ("2018/05/22", "write 2018-05-22"), ("22 May 2018", "write 2018-05-22"),
    ],
)  # fmt: skip
def test_a_fix_of_a_date_states_what_was_written(world: World, start: str, fix: str) -> None:
    world.replace(WIDE_SHORE, "    startDate: 2016\n", f"    startDate: {start}\n")
    result = world.pcve("build")
    assert result.exit_code == 1
    assert fix in " ".join(result.output.split())
    if not fix.startswith("write"):
        assert "write 2" not in result.output


@pytest.mark.long
@pytest.mark.parametrize("value", ["-5", "0", "-5e0"])
def test_a_fix_of_a_number_does_not_repeat_it(world: World, value: str) -> None:
    text = (world.root / WIDE_SHORE).read_text("utf-8")
    count = f"{{id: all, value: {value}, unit: trained, basis: achieved}}"
    world.write(WIDE_SHORE, f"{text}    hasCount: {count}\n")
    output = world.pcve("build").output
    money = f"    budget: {{id: total, value: {value}, currency: EUR}}\n"
    world.write(WIDE_SHORE, text + money)
    result = world.pcve("build")
    assert result.exit_code == 1
    for shown in (output, result.output):
        assert f"write {value}" not in shown
        assert "write -5" not in shown


@pytest.mark.long
@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ("leader: moor-office", "role-stated-once"),
        ("hasInvolvement: {id: reed, actor: reed-trust, role: leader}", "part-has-a-period"),
    ],
)
def test_a_role_is_stated_once_and_a_part_has_a_period(world: World, facts: str, rule: str) -> None:
    name = "data/records/initiative/dune-circle.yml"
    text = (world.root / name).read_text("utf-8")
    assert rule not in out(world, "build")
    world.write(name, f"{text}  - source: atlas\n    {facts}\n")
    assert rule in out(world, "build")


def test_a_member_has_the_membership_that_follows_from_a_part(northtown: World) -> None:
    shown = out(northtown, "show", "hill-foundation", "--all")
    assert "member of: Dune Circle" in shown
    assert "was a member of the Circle until 2019" in shown
    assert "Dune Circle" not in out(northtown, "show", "hill-foundation", "--as-of", "2020-01-01")
    for thing in ("hill-foundation", "dune-circle"):
        lines = answer(northtown, "all-known", f"thing={thing}")
        assert any(
            line["subject"].endswith("/hill-foundation")
            and line["property"].endswith("#memberOf")
            and line["value"].endswith("/dune-circle")
            for line in lines
        )


@pytest.mark.long
@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("2016-XX", "start: 2016 (month not known)"), ("2016-05-XX", "start: May 2016 (day not known)"),
        ("201X", "start: between 2010 and 2019"),
    ],
)  # fmt: skip
def test_unspecified_digits_are_shown_in_words(world: World, start: str, words: str) -> None:
    dated(world, start)
    assert words in out(world, "show", "wide-shore")
