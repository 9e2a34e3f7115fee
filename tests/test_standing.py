"""Answers say where they rest on facts that are inferred, contested or announced."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from conftest import INFERRED, World, make_world
from engines import QUERIES
from test_export_faults import built, exported, put

ORDER = ["inferred", "contested", "announced"]


def lines(world: World, *arguments: str) -> list[dict[str, str]]:
    result = world.pcve(*arguments, "--format", "csv")
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def claims(world: World, pattern: str) -> set[str]:
    """The ids of works with a claim on name, date, place or status that fits `pattern`."""
    text = f"""
    PREFIX pcve: <https://w3id.org/pcve/ns#>
    PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
    PREFIX schema: <https://schema.org/>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT DISTINCT ?work WHERE {{
      ?claim rdf:subject ?work ; rdf:predicate ?property ; rdf:object ?value .
      ?work ?property ?any .
      FILTER (?property IN (pcve:status, schema:startDate, schema:endDate, schema:location, skos:prefLabel))
      {pattern}
    }}"""
    path = world.root / "claims.rq"
    path.write_text(text, "utf-8")
    try:
        result = world.pcve("query", str(path), "--iris", "--format", "csv")
    finally:
        path.unlink()
    assert result.exit_code == 0, result.output
    return {line["work"].rpartition("/")[2] for line in csv.DictReader(io.StringIO(result.stdout))}


def test_the_timeline_says_how_the_facts_of_its_rows_stand(shipped: World) -> None:
    states = {line["id"]: line["standing"].split(", ") for line in lines(shipped, "timeline")}
    inferred = claims(
        shipped,
        "?work ?property ?value . ?claim pcve:certainty <https://w3id.org/pcve/vocab/certainty/inferred> "
        "FILTER NOT EXISTS { ?plain rdf:subject ?work ; rdf:predicate ?property ; rdf:object ?value ; "
        "pcve:certainty ?other FILTER (?other != <https://w3id.org/pcve/vocab/certainty/inferred>) }",
    )
    contested = claims(shipped, "?claim pcve:conflictsWith ?against")
    assert {
        work for work, words in states.items() if "inferred" in words
    } == inferred & states.keys()
    assert {w for w, words in states.items() if "contested" in words} == contested & states.keys()
    assert len(inferred & states.keys()) > 20
    assert contested & states.keys()
    assert any("announced" in words for words in states.values())
    for words in states.values():
        assert [word for word in ORDER if word in words] == [word for word in words if word]


@pytest.mark.long
def test_the_text_of_the_timeline_has_the_same_words(shipped: World) -> None:
    text = shipped.pcve("timeline", "--topic", "prisons").stdout
    for line in lines(shipped, "timeline", "--topic", "prisons"):
        words = re.search(rf"\[{line['id']}\](?: \((.*)\))?$", text, re.M)
        assert words
        assert (words[1] or "") == line["standing"]


@pytest.mark.long
@pytest.mark.parametrize("count", ["projects", "events"])
def test_a_number_that_rests_on_other_facts_is_marked(shipped: World, count: str) -> None:
    cells = lines(shipped, "coverage", "--count", count)
    text = shipped.pcve("coverage", "--count", count).stdout
    table, notes = text.split("\n\n")[1:3]
    assert table.count("†") == sum(bool(cell["standing"]) for cell in cells)
    words = {word for cell in cells for word in cell["standing"].split(", ") if word}
    sign = next(line for line in notes.splitlines() if line.startswith("†"))
    assert sign.endswith(f": {', '.join(word for word in ORDER if word in words)}.")
    assert not any(cell["standing"] for cell in cells if not cell["things"])


def test_a_pair_says_how_its_facts_stand(shipped: World) -> None:
    pairs = lines(shipped, "overlaps", "--kind", "project")
    assert {pair["standing"] for pair in pairs} == {"", "inferred"}
    for pair in pairs:
        assert ("Rests on facts that are" in pair["reason"]) is bool(pair["standing"])


@pytest.mark.long
@pytest.mark.parametrize(
    "arguments",
    [
        ("timeline", "--since", "2018-05-22", "--until", "2018-05-22", "--kind", "event"),
        ("timeline",),
        ("overlaps",),
    ],
)
def test_a_row_with_a_standing_never_surely_holds(
    northtown: World, shipped: World, arguments: tuple[str, ...]
) -> None:
    rows = [*lines(northtown, *arguments), *lines(shipped, *arguments)]
    assert any(row["standing"] for row in rows)
    assert {row["holds"] for row in rows if row["standing"]} == {"not known"}


@pytest.mark.parametrize("count", ["projects", "events"])
def test_a_cell_counts_works_with_a_standing_as_possible(shipped: World, count: str) -> None:
    """In a row of one work, the count says what the standing of the cell says."""
    alone = [
        c for c in lines(shipped, "coverage", "--count", count) if len(c["things"].split()) == 1
    ]
    assert alone
    for cell in alone:
        counts = (cell[count], cell["notKnown"])
        assert counts == (("0", "1") if cell["standing"] else ("1", "0")), cell


def test_the_timeline_says_how_many_things_are_sure(shipped: World) -> None:
    options = ("--since", "2023-06-01", "--until", "2023-06-01", "--topic", "prisons")
    text = shipped.pcve("timeline", *options).stdout
    dated = [line for line in lines(shipped, "timeline", *options) if line["from"] or line["to"]]
    sure = sum(line["holds"] == "yes" for line in dated)
    maybe = len(dated) - sure
    assert sure == maybe == 1
    assert "2023  (1 thing going on, and 1 possibly, " in text
    for line in dated:
        unsure = f"[{line['id']}] (whether in the period: not known" in text
        assert unsure is (line["holds"] == "not known")
    trend = lines(shipped, "timeline", *options, "--trend")
    (year,) = [row for row in trend if (row["topicId"], row["year"]) == ("all", "2023")]
    assert (year["sure"], year["notKnown"], len(year["things"].split())) == ("1", "1", 2)


@pytest.mark.long
def test_a_thin_base_is_stated(shipped: World) -> None:
    base = re.compile(
        r"^(\d+) of (\d+) projects? states? a target group; the others may have any\.$", re.M
    )
    cells = lines(shipped, "coverage", "--by", "group")
    by_id = {cell["groupId"]: cell for cell in cells if cell["economyId"] == "all"}
    silent = int(by_id["unknown"]["projects"])
    whole = int(by_id["all"]["projects"])
    for arguments in (
        ("coverage", "--by", "group"),
        ("timeline", "--kind", "project", "--group", "judicial-services"),
    ):
        result = shipped.pcve(*arguments)
        assert result.exit_code == 0, result.output
        match = base.search(result.stdout)
        assert match, result.stdout
        assert (int(match[1]), int(match[2])) == (whole - silent, whole)


@pytest.mark.parametrize(
    "name", sorted(name for name, query in QUERIES.items() if query.theme == "money")
)
def test_every_question_about_money_says_how_its_facts_stand(name: str) -> None:
    assert "standing" in QUERIES[name].columns


def standings(world: World, question: str, *settings: str) -> dict[str, tuple[str, str]]:
    """The standing and `paid` of each thing of a question."""
    options = [word for setting in settings for word in ("--set", setting)]
    return {
        next(
            line[key]
            for key in ("thing", "part", "work", "funder", "payer", "payee")
            if key in line
        ).rpartition("/")[2]: (line["standing"], line.get("paid", ""))
        for line in lines(world, "query", question, *options)
    }


DATA_ABOUT_DATA = "it counts facts, sources or records, which are no findings about works"
PENDING = "it shall have the column, and has none yet"
WITHOUT_UNCERTAIN = {
    "audience-shares": PENDING,
    "audiences-by-year": PENDING,
    "completeness": DATA_ABOUT_DATA,
    "ideologies-addressed": PENDING,
    "inferred": DATA_ABOUT_DATA,
    "localisation": "it counts bodies; the projects are its base",
    "own-accounts": DATA_ABOUT_DATA,
    "people-by-sex": PENDING,
    "prevention-levels-by-year": PENDING,
    "reports-of-events": DATA_ABOUT_DATA,
    "shared-names": DATA_ABOUT_DATA,
    "single-sources": DATA_ABOUT_DATA,
    "source-profile": DATA_ABOUT_DATA,
    "sources": DATA_ABOUT_DATA,
    "topic-gaps": PENDING,
    "topics": PENDING,
    "topics-by-country-and-year": PENDING,
    "unserved-groups": "a row is an absence, and its number is of works whose end is not known",
    "uptake-of-texts": "it counts countries; `texts-taken-up` has the standing of each link",
    "who-what-where": PENDING,
    "works-with": "it has `announced`, and shall have the column too",
}
"""Questions that count and have neither `standing` nor `uncertain`, with the reason."""


def test_every_question_that_counts_works_says_how_many_are_uncertain() -> None:
    """A question is on the list of exceptions if it needs to be, and only then."""
    silent = {
        name
        for name, query in QUERIES.items()
        if "COUNT(" in query.text and not {"standing", "uncertain"} & {*query.columns}
    }
    assert silent == {*WITHOUT_UNCERTAIN}


def test_money_that_the_curator_concludes_is_marked(shipped: World) -> None:
    assert standings(shipped, "co-funded")["wbcti"][0] == "inferred"
    assert standings(shipped, "money")["gcerf"][0] == "inferred"
    union = standings(shipped, "paid-by", "funder=european-union")
    assert union["wbcti"] == union["ipa-ii-2017-iisg"] == ("inferred", "not known")
    assert not any(words and paid == "yes" for words, paid in union.values())


def test_a_row_stands_as_the_facts_that_it_needs(shipped: World) -> None:
    belonging = standings(shipped, "paid-by", "funder=ipa-ii")
    assert belonging["first-line-final"][0] == "inferred"
    assert belonging["ipa-ii-2017-iisg"][0] == ""
    parts = standings(shipped, "part-of", "whole=ipa-ii")
    assert {thing: words for thing, (words, _) in parts.items()} == {
        thing: words for thing, (words, _) in belonging.items()
    }


def test_that_an_event_was_held_is_a_fact_of_its_row(shipped: World) -> None:
    days = ("--set", "from=2018-03-01", "--set", "until=2018-03-31")
    for arguments in (("events-in-period", *days), ("host-changes", "--set", "hosted=iisg")):
        rows = lines(shipped, "query", *arguments)
        row = next(line for line in rows if line["event"].endswith("/iisg-board-2"))
        assert (row["holds"], row["standing"]) == ("not known", "inferred")


@pytest.fixture(scope="module")
def two_ways(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Northtown with a project that has a stated and an inferred topic, and inferred dates."""
    world = make_world(tmp_path_factory.mktemp("ways") / "northtown")
    facts = {"prefLabel": {"en": "Two Ways"}, "location": "northtown", "about": "youth"}
    put(world, "Project", "two-ways", **facts)
    name = "data/records/project/two-ways.yml"
    text = (world.root / name).read_text("utf-8")
    source = text.partition("source: ")[2].partition("\n")[0]
    inferred = (
        f"  - source: {source}\n    about: religious-communities\n    endDate: 2018-06\n"
        "    certainty: inferred\n    note: invented for a test\n"
    )
    world.write(name, text + inferred)
    return built(world)


def test_one_plain_way_into_a_cell_is_enough(two_ways: World) -> None:
    cells = {
        cell["topicId"]: cell
        for cell in lines(two_ways, "coverage", "--all-topics")
        if cell["economyId"] == "all" and "two-ways" in cell["things"].split()
    }
    assert "inferred" in cells["religious-communities"]["standing"]
    assert cells["youth"]["standing"] == ""
    assert cells["youth"]["notKnown"] == "0"


def test_a_gap_says_that_dates_are_inferred(two_ways: World) -> None:
    options = ("coverage", "--gaps", "--all-topics", "--as-of", "2022-01-01")
    rows = [row for row in lines(two_ways, *options) if "Two Ways" in row["there"]]
    assert {row["topic"] for row in rows} >= {"youth", "religious communities"}
    for row in rows:
        assert "Two Ways, ended Jun 2018 (inferred)" in row["there"]
        assert "inferred" in row["standing"]
    text = two_ways.pcve(*options, "--limit", "0").stdout
    assert "Two Ways, ended Jun 2018 (inferred) (" in text


def last_id(iri: str) -> str:
    return iri.rpartition("/")[2]


def of_funder(world: World, question: str, funder: str) -> dict[str, str]:
    """The only row of a funder."""
    [row] = [row for row in lines(world, "query", question) if last_id(row["funder"]) == funder]
    return row


def test_a_count_says_for_how_many_works_the_payment_is_concluded(shipped: World) -> None:
    """The Embassy of the Netherlands is only inferred to pay, and only for one event."""
    row = of_funder(shipped, "funders", "nl-embassy-bih")
    assert (row["others"], row["uncertain"], row["standing"]) == ("1", "1", "inferred")
    row = of_funder(shipped, "funders", "btd")
    assert (row["projects"], row["uncertain"], row["standing"]) == ("1", "0", "")
    row = of_funder(shipped, "last-funded", "us-embassy-tirana")
    assert (row["works"], row["uncertain"], row["standing"]) == ("2", "1", "inferred")
    rows = lines(shipped, "query", "funders-by-topic", "--set", "funder=norway-gov")
    assert rows
    for row in rows:
        assert (row["projects"], row["uncertain"], row["standing"]) == ("1", "1", "inferred")


def test_a_flow_stands_as_the_links_that_it_takes(shipped: World) -> None:
    """That the Council pays for its project is stated, that the grants are part of one is not."""
    states = {
        (last_id(row["funder"]), last_id(row["project"])): row["standing"]
        for row in lines(shipped, "query", "funding-flow")
    }
    assert states["uk-gov", "iff-asset-recovery"] == "inferred"
    assert states["council-of-europe", "coe-prisons-hf2"] == ""
    assert states["btd", "cf-small-grants"] == "inferred"
    assert states["", "wb-pact"] == ""
    assert states["", "marri-pact"] == "inferred", "its implementer is"


DUNES = "data/records/project/soft-dunes.yml"
PAID = (
    "    hasInvolvement: {id: lake-fund-money, actor: lake-fund, role: funder, endDate: 2018-06}\n"
)
RIVAL = """    rank: preferred
  - source: atlas
    funder: isles-agency
    contested: true
    conflictsWith: hasInvolvement
    note: the letter of the project itself names the Lake Fund
"""


def states_of_dunes(world: World) -> dict[str, str]:
    """How answers and exports say that it stands that the fund pays for the project."""
    built(world)
    of_lake_fund = {
        "flow": ("query", "funding-flow", "--set", "funder=lake-fund"),
        "paid": ("query", "paid-by", "--set", "funder=lake-fund"),
        "timeline": ("timeline", "--funder", "lake-fund"),
    }
    states = {
        name: row["standing"]
        for name, arguments in of_lake_fund.items()
        for row in lines(world, *arguments)
        if "soft-dunes" in map(last_id, row.values())
    }
    for name in ("funders", "last-funded"):
        states[name] = of_funder(world, name, "lake-fund")["standing"]
    with zipfile.ZipFile(io.BytesIO(exported(world, "csv"))) as file:
        links = csv.DictReader(io.StringIO(file.read("links.csv").decode(), newline=""))
        [states["export"]] = [
            link["standing"]
            for link in links
            if (link["subject"], link["property"]) == ("soft-dunes", "funder")
        ]
    return states


@pytest.mark.long
def test_a_role_stands_as_the_involvement_that_it_follows_from(world: World) -> None:
    names = ("export", "flow", "funders", "last-funded", "paid", "timeline")
    assert states_of_dunes(world) == dict.fromkeys(names, "")
    for word, change in (("inferred", INFERRED), ("contested", RIVAL)):
        world.replace(DUNES, PAID, PAID + change)
        assert states_of_dunes(world) == dict.fromkeys(names, word)
        world.replace(DUNES, change, "")
