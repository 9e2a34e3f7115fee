"""Things in the order of time, and topics by year compared with the number of sources."""

from __future__ import annotations

import json
import re

import pytest
from conftest import World

from pcve_graph.analysis.load import read_landscape
from pcve_graph.analysis.scope import Scope, holds_in, option_period
from pcve_graph.analysis.timeline import Timeline, build_timeline, read_source_coverage
from pcve_graph.analysis.works import Landscape, Work


@pytest.fixture(scope="module")
def landscape(shipped: World) -> Landscape:
    return read_landscape(shipped.project, shipped.saved().store)


@pytest.fixture(scope="module")
def timeline(shipped: World, landscape: Landscape) -> Timeline:
    collected = read_source_coverage(shipped.project, shipped.saved().store, landscape)
    return build_timeline(landscape, collected, Scope(), ("project", "event"))


def test_everything_is_on_the_timeline_or_among_the_undated(
    landscape: Landscape, timeline: Timeline
) -> None:
    every = {work.iri for work in landscape.works if work.status != "cancelled"}
    dated, undated = ({work.iri for work in part} for part in (timeline.dated, timeline.undated))
    assert dated | undated == every
    assert not dated & undated
    assert len(undated) > 5


def test_the_timeline_is_in_order_and_leaves_out_no_year(timeline: Timeline) -> None:
    firsts = [work.earliest or work.latest or "" for work in timeline.dated]
    assert firsts == sorted(firsts)
    span = list(map(int, timeline.years))
    assert span == list(range(span[0], span[-1] + 1))
    assert len(span) > 10


def test_a_year_counts_the_sources_of_its_things(timeline: Timeline) -> None:
    cited = {year: timeline.collected.cited(works) for year, works in timeline.years.items()}
    assert cited["2018"] > cited["2010"] > 0
    every = timeline.collected.undated + sum(timeline.collected.published.values())
    assert every >= 262


@pytest.mark.long
def test_a_source_with_a_date_of_publication_is_counted_in_its_year(world: World) -> None:
    path = next((world.root / "data/sources").glob("*.yml"))
    name = str(path.relative_to(world.root))
    world.replace(name, "dateRead:", "issued: 2015-02\ndateRead:")
    assert world.pcve("build").exit_code == 0
    result = world.pcve("timeline", "--trend")
    assert result.exit_code == 0, result.output
    assert "sources published" in result.stdout
    assert "sources state no date of publication" in result.stdout


WORKS = {
    "a day": ("event", "2018-10-03", None),
    "a year": ("event", "2018", None),
    "a project": ("project", "2019", "2022-12-31"),
    "no end": ("project", "2019-03", None),
    "no start": ("project", None, "2023-08"),
    "no dates": ("project", None, None),
}


def scope_of(since: str | None, until: str | None, as_of: str | None) -> Scope:
    first, last = option_period(since, until, as_of)
    return Scope(first=first, last=last)


@pytest.mark.parametrize(
    ("name", "day", "answer"),
    [
        ("a day", "2018-10-03", "yes"),
        ("a day", "2018-10-04", "no"),
        ("a year", "2018-06-01", "not known"),
        ("a year", "2019-01-01", "no"),
        ("a project", "2018-12-31", "no"),
        ("a project", "2019-06-01", "not known"),
        ("a project", "2020-01-01", "yes"),
        ("a project", "2023-01-01", "no"),
        ("no end", "2019-02-28", "no"),
        ("no end", "2024-01-01", "not known"),
        ("no start", "2015-01-01", "not known"),
        ("no start", "2023-09-01", "no"),
        ("no dates", "2020-01-01", "not known"),
    ],
)
def test_imprecise_dates_give_yes_no_or_undecided(name: str, day: str, answer: str) -> None:
    kind, start, end = WORKS[name]
    work = Work("https://w3id.org/pcve/id/x/y", kind, name, start=start, end=end)
    assert holds_in(work, scope_of(None, None, day)) == answer


def test_a_year_is_surely_in_a_period_that_holds_all_of_it() -> None:
    kind, start, end = WORKS["a year"]
    work = Work("https://w3id.org/pcve/id/x/y", kind, "", start=start, end=end)
    assert holds_in(work, scope_of("2018", "2018", None)) == "yes"
    assert holds_in(work, scope_of("2018-06", None, None)) == "not known"


def test_the_trend_has_shares_only_where_there_are_things_enough(shipped: World) -> None:
    result = shipped.pcve("timeline", "--trend", "--format", "json")
    rows = json.loads(result.stdout)["rows"]
    every = {row["year"]: row["sure"] + row["notKnown"] for row in rows if row["topicId"] == "all"}
    assert every[2018] > 30
    assert any(number < 5 for number in every.values())
    for row in rows:
        number = row["sure"] + row["notKnown"]
        assert number == len(row["things"].split())
        few = every[row["year"]] < 5
        assert row["share"] == (None if few else round(number / every[row["year"]], 4)), row
    text = shipped.pcve("timeline", "--trend", "--format", "markdown").stdout
    (line,) = re.findall(r"^\| counter-terrorism .*$", text, re.M)
    assert " %)" in line


def test_the_text_lists_undated_things_apart(shipped: World) -> None:
    text = shipped.pcve("timeline", "--topic", "prisons").stdout
    below = text.split("without a date\n")[1]
    assert "[hope]" in below
    assert re.search(r"\b\d+ of \d+ without a date are not on the timeline\.", below)


@pytest.mark.long
def test_a_country_is_named_in_any_script_and_has_its_footnote(shipped: World) -> None:
    named = {name: shipped.pcve("timeline", "--country", name) for name in ("kosovo", "Kosovo*")}
    texts = {result.stdout for result in named.values()}
    assert len(texts) == 1
    assert "without prejudice to positions on status" in texts.pop()
    cyrillic = shipped.pcve("timeline", "--country", "Албанија", "--format", "csv").stdout
    assert "iom-rrr" not in cyrillic
    assert "leaving-past-behind" in cyrillic


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--since", "last year"], "--since requires a day, month or year"),
        (["--since", "2019", "--until", "2018"], "--until 2018 is before --since 2019"),
        (["--as-of", "2019"], "--as-of requires a day such as 2019-05-01"),
        (
            ["--as-of", "2019-01-01", "--since", "2018"],
            "cannot be combined with --since or --until",
        ),
        (["--kind", "projects"], "did you mean project?"),
        (["--topic", "prisns"], "topic/prisons"),
        (["--format", "pdf"], "the formats are text, csv, xlsx, markdown, json"),
        (["--picture", "x.pdf"], "must be an .svg or .png file"),
        (
            ["--kind", "event", "--until", "1990", "--picture", "x.svg"],
            "nothing to draw has a date",
        ),
    ],
)
def test_a_wrong_question_gets_one_plain_message(
    shipped: World, arguments: list[str], message: str
) -> None:
    result = shipped.pcve("timeline", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.startswith("pcve: ")


@pytest.mark.parametrize("value", ["2018-13", "2019-05", "2019", "soon", "2019-02-30"])
@pytest.mark.parametrize("command", ["timeline", "coverage", "show northtown"])
def test_a_state_is_asked_for_by_its_day(northtown: World, command: str, value: str) -> None:
    result = northtown.pcve(*command.split(), "--as-of", value)
    message = f"pcve: --as-of requires a day such as 2019-05-01, not {value!r}\n"
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", message)
