"""Terms of earlier versions: what became of each, and how records follow."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, World

from pcve_graph.graph.ontology import read_ontology
from pcve_graph.model.namespaces import expand
from pcve_graph.model.project import Project
from pcve_graph.model.terms import Iri

TERMS_0_1_0 = [
    Iri(term) for term in (ROOT / "tests" / "terms-0.1.0.txt").read_text("utf-8").split()
]
ONTOLOGY = read_ontology(Project(ROOT, ROOT / "build"))
RENAMED = [
    (record_class.name, former, key.name)
    for record_class in ONTOLOGY.records()
    for key in record_class.keys.values()
    for former in key.former
]
OLD_FORMS = {
    "organization/northtown-council.yml": [("inCountry: ", "country: ")],
    "organization/mentoring-office.yml": [("subOrganizationOf: ", "unitOf: ")],
    "organization/river-institute.yml": [("hasNaming:", "naming:")],
    "initiative/mentors-network.yml": [
        ("hostedBy:", "hosting:"),
        ("hostingOrganization: northtown-council", "host: northtown-council"),
        ("hostingOrganization: river-institute", "host: river-institute"),
    ],
}
OLD_RECORDS = ROOT / "tests" / "migration"
"""Records in the form of 0.1.0 under `records/`, and what the code of 0.1.0 made of them, the facts
about these records: `facts.nt`, written by commit 842927d."""

BRIDGE = "data/records/project/lake-bridge.yml"
LAKE_PROGRAMME = "data/records/programme/lake-programme.yml"
NEW_MONEY = """    budget: {id: total, value: 900000, currency: EUR}
    startDate: 2014
    hasTransaction: {id: lake-fund, value: 750000, currency: EUR, kind: commitment, payer: lake-fund}
"""
OLD_MONEY = """    budget:
      - {id: total, value: 900000, currency: EUR, share: total}
      - {id: lake-fund, value: 750000, currency: EUR, share: other-contribution}
    startDate: 2014
"""
ASSEMBLY = "data/records/event/shore-assembly-2014.yml"
PLAN = "data/records/document/harbour-plan.yml"


def facts(world: World) -> tuple[str, ...]:
    assert world.pcve("build").exit_code == 0
    return tuple(world.saved().lines("facts"))


def write_old_forms(world: World) -> None:
    """Write the records of Northtown as they were in 0.1.0."""
    for name, changes in OLD_FORMS.items():
        for new, old in changes:
            world.replace(f"data/records/{name}", new, old)
    world.replace(LAKE_PROGRAMME, NEW_MONEY, OLD_MONEY)
    assembly = (world.root / ASSEMBLY).read_text("utf-8")
    moved = re.search(
        r"  - source: lake-review\n    quote: .*\n(?:      .*\n)*    adopts: harbour-plan\n",
        assembly,
    )
    assert moved is not None
    world.write(ASSEMBLY, assembly.replace(moved[0], ""))
    block = moved[0].replace("adopts: harbour-plan", "adoptedAt: shore-assembly-2014")
    world.write(PLAN, (world.root / PLAN).read_text("utf-8") + block)


@pytest.mark.parametrize("term", TERMS_0_1_0)
def test_a_term_of_an_earlier_version_is_declared_or_deprecated_with_its_replacement(
    term: Iri,
) -> None:
    declared = "\n".join((*ONTOLOGY.graphs["ontology"], *ONTOLOGY.graphs["vocabulary"]))
    assert f"<{term}> <{expand('rdf:type')}> " in declared
    if term in ONTOLOGY.deprecated:
        assert f"<{ONTOLOGY.deprecated[term]}> <{expand('rdf:type')}> " in declared


def test_every_term_of_an_earlier_version_is_listed() -> None:
    assert len(TERMS_0_1_0) >= 300


@pytest.mark.long
@pytest.mark.parametrize(("kind", "former", "new"), RENAMED)
def test_a_former_key_is_one_error_with_the_new_key(
    world: World, kind: str, former: str, new: str
) -> None:
    folder = ONTOLOGY.classes[kind].folder
    name = f"data/records/{folder}/former.yml"
    text = f"id: former\ntype: {kind}\nclaims:\n  - source: atlas\n    {former}: northtown\n"
    world.write(name, text)
    result = world.pcve("build")
    assert result.exit_code == 1
    assert result.stderr.count(" error ") == 1
    assert (
        f'{name}:5:5: error unknown-key: {kind} no longer has the key "{former}"' in result.stderr
    )
    assert f"it is now {new}" in result.stderr


@pytest.mark.long
def test_records_of_an_earlier_version_are_migrated_without_loss(world: World) -> None:
    before = facts(world)
    write_old_forms(world)
    broken = world.pcve("build")
    assert broken.exit_code == 1
    assert "write adopts in the event's record" in broken.stderr
    assert broken.stderr.count("pcve edit migrate") == 7
    check = world.pcve("edit", "migrate", "--check")
    assert check.exit_code == 1
    assert "8 keys would be renamed, 1 fact moved, 7 files changed" in check.stderr
    assert world.pcve("build").exit_code == 1
    assert world.pcve("edit", "migrate").exit_code == 0
    assert facts(world) == before
    assert world.pcve("edit", "fmt", "--check").exit_code == 0
    again = world.pcve("edit", "migrate")
    assert (again.exit_code, again.stdout) == (0, "")


@pytest.mark.long
def test_a_record_with_comments_is_left_to_its_curator(world: World) -> None:
    write_old_forms(world)
    text = (world.root / PLAN).read_text("utf-8")
    world.write(PLAN, "# a comment\n" + text)
    result = world.pcve("edit", "migrate")
    assert result.exit_code == 1
    assert f"{PLAN}:1:1: error comment: formatting would lose" in result.stderr
    assert (world.root / PLAN).read_text("utf-8") == "# a comment\n" + text


def test_a_fact_whose_record_is_missing_stays_where_it_is(world: World) -> None:
    write_old_forms(world)
    world.replace(PLAN, "adoptedAt: shore-assembly-2014", "adoptedAt: shore-assembly-2041")
    result = world.pcve("edit", "migrate")
    assert result.exit_code == 1
    assert "shore-assembly-2041" in result.stderr
    assert "adoptedAt: shore-assembly-2041" in (world.root / PLAN).read_text("utf-8")


@pytest.mark.long
def test_json_lines_are_migrated_with_their_numbers(world: World) -> None:
    record = (
        '{"id": "lake-office", "type": "Organization", "claims": [{"source": "atlas", '
        '"prefLabel": {"en": "Lake office"}, "kind": "ngo", "country": "landia", "startDate": 2014}]}\n'
    )
    world.write("data/records/organization/more.jsonl", record)
    assert world.pcve("edit", "migrate").exit_code == 0
    migrated = (world.root / "data/records/organization/more.jsonl").read_text("utf-8")
    assert '"inCountry": "landia"' in migrated
    assert '"startDate": 2014' in migrated
    assert world.pcve("build").exit_code == 0


@pytest.fixture
def ranked(world: World) -> World:
    """Northtown with the records of `OLD_RECORDS`, as they were in 0.1.0."""
    shutil.copytree(OLD_RECORDS / "records", world.root / "data/records", dirs_exist_ok=True)
    world.write("data/unassigned.yml", "harbour-link: 1\n")
    return world


NEW_SINCE = "<https://w3id.org/pcve/ns#certain"
"""The predicates of derived days that the code of 0.1.0 did not write."""
RETIRED = "<https://w3id.org/pcve/ns#share>"
"""The predicate for which the kind of an amount is told by its key now."""


def facts_of_0_1_0() -> list[str]:
    """What the code of 0.1.0 made of `OLD_RECORDS`, without what has no successor by design."""
    lines = (OLD_RECORDS / "facts.nt").read_text("utf-8").splitlines()
    return [line for line in lines if RETIRED not in line]


def old_facts(world: World) -> list[str]:
    """The facts of the last build about the records of `OLD_RECORDS`, as 0.1.0 wrote them."""
    names = "|".join(path.stem for path in OLD_RECORDS.rglob("*.yml"))
    subject = re.compile(rf"<https://w3id\.org/pcve/id/[a-z/-]*({names})")
    lines = [line for line in world.saved().lines("facts") if subject.match(line)]
    return [line for line in lines if NEW_SINCE not in line]


def test_a_standing_is_one_error_for_each_block(ranked: World) -> None:
    result = ranked.pcve("build")
    assert result.exit_code == 1
    assert result.stderr.count(": error unknown-key: standing is now rank (superseded)") == 6
    assert result.stderr.count(": error ") == 6


@pytest.mark.long
def test_standings_become_ranks_and_no_fact_is_lost(ranked: World) -> None:
    check = ranked.pcve("edit", "migrate", "--check")
    assert check.exit_code == 1
    assert (
        "2 keys would be renamed, 0 facts moved, 6 blocks ranked, 3 files changed" in check.stderr
    )
    assert ranked.pcve("edit", "migrate").exit_code == 0
    result = ranked.pcve("build")
    assert result.exit_code == 0, result.output
    assert old_facts(ranked) == facts_of_0_1_0()
    assert ranked.pcve("edit", "fmt", "--check").exit_code == 0
    again = ranked.pcve("edit", "migrate")
    assert (again.exit_code, again.stdout) == (0, "")


def test_the_ranks_are_those_of_the_standings(ranked: World) -> None:
    assert ranked.pcve("edit", "migrate").exit_code == 0
    text = (ranked.root / "data/records/project/harbour-link.yml").read_text("utf-8")
    blocks = yaml.load(text, yaml.BaseLoader)["claims"]
    budget = {"value": "90000", "currency": "EUR"}
    assert blocks[1:] == [
        {"source": "atlas", "implementer": "reed-trust", "startDate": "2018-02"},
        {"source": "atlas", "funder": ["lake-fund", "isles-agency"], "rank": "preferred"},
        {
            "source": "shore-herald", "funder": "hill-foundation", "endDate": "2019-05",
            "contested": "true", "note": "the atlas is of the year after",
        },
        {"source": "shore-herald", "startDate": "2018-02"},
        {"source": "shore-herald", "funder": "lake-fund", "rank": "preferred"},
        {
            "source": "fair-calendar", "endDate": "2019-04", "certainty": "inferred",
            "rank": "preferred", "note": "the closing meeting was in that month",
        },
        {
            "source": "bridge-study", "implementer": "hill-foundation", "rank": "deprecated",
            "note": "the Hill Foundation was to carry it out at first",
        },
        {"source": "bridge-study", "implementer": "reed-trust"},
        {
            "source": "bridge-study", "budget": {"id": "total", **budget}, "rank": "deprecated",
            "note": "the sum of the first contract",
        },
        {"source": "atlas", "budget": {"id": "contract", **budget, "value": "80000"}},
    ]  # fmt: skip


@pytest.mark.long
def test_a_disputed_fact_without_another_value_is_left_to_its_curator(world: World) -> None:
    text = (
        "id: lake-bridge\ntype: Project\nclaims:\n  - source: atlas\n    prefLabel: {en: Lake Bridge}\n"
        "  - source: shore-herald\n    startDate: 2015\n    standing: disputed\n    note: no one else says so\n"
        "  - source: shore-herald\n    funder: lake-fund\n    standing: superseded\n"
    )
    world.write(BRIDGE, text)
    result = world.pcve("edit", "migrate")
    assert result.exit_code == 1
    assert f"{BRIDGE}:7:5: error conflict: startDate is disputed, and the record has no other" in (
        result.stderr
    )
    assert "1 block ranked" in result.stderr
    migrated = yaml.load((world.root / BRIDGE).read_text("utf-8"), yaml.BaseLoader)
    expected = text.replace("standing: superseded", "rank: deprecated")
    assert migrated == yaml.load(expected, yaml.BaseLoader)
    built = world.pcve("build")
    assert built.exit_code == 1
    assert built.stderr.count(": error ") == 1
    world.replace(BRIDGE, "standing: disputed", "contested: true\n    conflictsWith: endDate")
    world.write(BRIDGE, (world.root / BRIDGE).read_text("utf-8") + (
        "  - source: bridge-study\n    endDate: 2014\n    rank: preferred\n"
    ))  # fmt: skip
    assert world.pcve("build").exit_code == 0


def test_a_block_that_has_a_rank_is_not_taken_for_another_value(world: World) -> None:
    text = (
        "id: lake-bridge\ntype: Project\nclaims:\n  - source: atlas\n    prefLabel: {en: Lake Bridge}\n"
        "  - source: atlas\n    startDate: 2014\n    rank: deprecated\n"
        "  - source: shore-herald\n    startDate: 2015\n    standing: disputed\n    note: a misprint\n"
    )
    world.write(BRIDGE, text)
    result = world.pcve("edit", "migrate")
    assert result.exit_code == 1
    assert "startDate is disputed, and the record has no other value of it" in result.stderr
    assert (world.root / BRIDGE).read_text("utf-8") == text


def test_standings_in_json_lines_become_ranks(ranked: World) -> None:
    rows = []
    for path in sorted((OLD_RECORDS / "records/project").glob("*.yml")):
        record = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
        (ranked.root / "data/records/project" / path.name).unlink()
        rows.append(json.dumps(record).replace('"80000"', "80000"))
    ranked.write("data/records/project/old.jsonl", "\n".join(rows) + "\n")
    assert ranked.pcve("edit", "migrate").exit_code == 0
    text = (ranked.root / "data/records/project/old.jsonl").read_text("utf-8")
    assert "standing" not in text
    assert '"value": 80000' in text
    assert '"contested": "true"' in text
    result = ranked.pcve("build")
    assert result.exit_code == 0, result.output
    assert old_facts(ranked) == facts_of_0_1_0()


@pytest.mark.long
def test_rdf_with_a_deprecated_property_names_the_present_one(
    northtown: World, tmp_path: Path
) -> None:
    path = tmp_path / "old.ttl"
    path.write_text(
        """PREFIX org: <http://www.w3.org/ns/org#>
PREFIX pcve: <https://w3id.org/pcve/ns#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
<https://w3id.org/pcve/id/organization/a> a org:Organization ; skos:prefLabel "A"@en ;
    pcve:kind <https://w3id.org/pcve/vocab/organization-kind/ngo> ;
    pcve:country <https://w3id.org/pcve/id/place/landia> ;
    org:memberOf <https://w3id.org/pcve/id/initiative/mentors-network> .
<https://w3id.org/pcve/id/organization/c> a org:OrganizationalUnit ; skos:prefLabel "C"@en ;
    pcve:kind <https://w3id.org/pcve/vocab/organization-kind/unit> ;
    org:unitOf <https://w3id.org/pcve/id/organization/northtown-council> .
<https://w3id.org/pcve/id/document/b> a pcve:Document ; skos:prefLabel "B"@en ;
    pcve:kind <https://w3id.org/pcve/vocab/document-kind/report> ;
    pcve:adoptedAt <https://w3id.org/pcve/id/event/shore-assembly-2014> .
<https://w3id.org/pcve/id/monetary-amount/d/total> a schema:MonetaryAmount ; schema:value 5.0 ;
    schema:currency "EUR" ; pcve:share <https://w3id.org/pcve/vocab/money-share/total> .
"""
    )
    result = northtown.pcve("validate", str(path), "--against")
    assert result.exit_code == 1
    fault = f'{path}:7:5: error unknown-key: Organization no longer has the key "country"'
    assert fault in result.output
    assert 'MonetaryAmount no longer has the key "share"' in result.output
    assert "write pcve:hasTransaction" in result.output
    assert "write pcve:inCountry" in result.output
    assert "state pcve:adopts of the event" in result.output
    # A term that ORG defines is no error, though pcve:memberOf is what the graph has.
    assert re.search(r"other-vocabularies: .*org:memberOf", result.output)
    assert 'OrganizationalUnit no longer has the key "unitOf"' in result.output
    assert "write org:subOrganizationOf" in result.output
    assert "6 errors" in result.output


def test_a_block_without_a_value_outlives_a_migration(world: World) -> None:
    arrangement = "data/records/document/northtown-arrangement.yml"
    before = (world.root / arrangement).read_text("utf-8")
    assert "noValue: endDate" in before
    write_old_forms(world)
    assert world.pcve("edit", "migrate").exit_code == 0
    assert (world.root / arrangement).read_text("utf-8") == before


OLD_AMOUNTS = """id: marsh-programme
type: Programme
claims:
  - source: atlas
    prefLabel: {en: Marsh Programme}
    kind: grant-programme
    funder: [lake-fund, moor-office]
    budget:
      - {id: total, value: 900, currency: EUR, share: total}
      - {id: lake-fund, value: 700.25, currency: EUR, share: eu-contribution}
      - {id: somebody, maxValue: 100, currency: USD, share: other-contribution}
      - {id: round-1, minValue: 200, currency: EUR, share: allocation}
      - {id: grant, minValue: 10, maxValue: 40, currency: EUR, share: per-grant}
  - source: shore-herald
    budget:
      - {id: moor-office, share: other-contribution, value: 5, currency: EUR}
      - {id: round-1, maxValue: 300}
    certainty: inferred
    note: read from a chart
"""
NEW_AMOUNTS = {
    "budget": [("total", "900", "EUR", "", "")],
    "grantSize": [("grant", "10-40", "EUR", "", "")],
    "hasTransaction": [
        ("lake-fund", "700.25", "EUR", "commitment", "lake-fund"),
        ("moor-office", "5", "EUR", "commitment", ""),
        ("round-1", "200-300", "EUR", "allocation", ""),
        ("somebody", "-100", "USD", "commitment", ""),
    ],
}


def amounts(world: World) -> dict[str, list[tuple[str, ...]]]:
    """The amounts of the marsh programme as `amounts` answers, without their works."""
    text = world.pcve("query", "amounts", "--format", "csv").stdout
    rows_by_key: dict[str, list[tuple[str, ...]]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        if row["thing"].endswith("/marsh-programme"):
            number = row["value"] or f"{row['least']}-{row['most']}"
            ids = [row[name].rpartition("/")[2] for name in ("kind", "payer")]
            rows_by_key.setdefault(row["property"].rpartition("#")[2], []).append(
                (number, row["currency"], *ids)
            )
    return {key: sorted(rows) for key, rows in rows_by_key.items()}


@pytest.mark.long
def test_each_share_becomes_a_budget_a_grant_size_or_a_transaction(world: World) -> None:
    """A payer is written only where the block of the amount states it as funder."""
    world.write("data/records/programme/marsh-programme.yml", OLD_AMOUNTS)
    result = world.pcve("build")
    assert result.exit_code == 1
    assert 'in data/FORMAT.md, "Changes of the format"' in result.stderr
    assert "write hasTransaction" not in result.stderr
    assert world.pcve("edit", "migrate").exit_code == 0
    assert world.pcve("build").exit_code == 0
    assert amounts(world) == {
        key: sorted(row[1:] for row in rows) for key, rows in NEW_AMOUNTS.items()
    }
    shown = world.pcve("show", "marsh-programme", "--all").stdout
    assert "read from a chart" in shown
    assert all(row[0] in shown for rows in NEW_AMOUNTS.values() for row in rows)
    assert world.pcve("edit", "migrate").stdout == ""


@pytest.mark.long
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("share: total", "share: half", 'no share was called "half"'),
        (
            "id: round-1, maxValue: 300",
            "id: round-1, maxValue: 300, share: total",
            "has the shares",
        ),
        ("share: total", "share: [total, allocation]", 'has the shares "total" and "allocation"'),
        ("share: total", "share: {en: total}", "a share was one word"),
        ("share: total", "share: []", "a share was one word"),
        (
            "    certainty: inferred",
            "    hasTransaction: {id: lake-fund, value: 9, currency: EUR, kind: disbursement}\n"
            "    certainty: inferred",
            'the record has a hasTransaction "lake-fund" already',
        ),
    ],
)
def test_a_share_that_is_not_clear_is_left_to_the_curator(
    world: World, old: str, new: str, message: str
) -> None:
    """No part of the record is rewritten then, whatever else in it is of 0.1.0."""
    name = "data/records/programme/marsh-programme.yml"
    text = OLD_AMOUNTS.replace(old, new)
    assert text != OLD_AMOUNTS
    text += "  - source: shore-herald\n    hasCount: []\n    standing: superseded\n"
    world.write(name, text)
    result = world.pcve("edit", "migrate")
    assert result.exit_code == 1
    assert result.stderr.count(" error ") == 1, result.stderr
    assert message in result.stderr
    assert (world.root / name).read_text("utf-8") == text


DISPUTED_AMOUNT = """id: marsh-programme
type: Programme
claims:
  - source: atlas
    prefLabel: {en: Marsh Programme}
    kind: grant-programme
  - source: atlas
    budget:
      - {id: eu, value: 100, currency: EUR, share: eu-contribution}
      - {id: whole, value: 300, currency: EUR, share: total}
  - source: shore-herald
    budget: {id: eu, value: 120, currency: EUR, share: eu-contribution}
    standing: disputed
    note: the Herald has another sum
"""


@pytest.mark.long
def test_a_disputed_amount_is_contested_and_what_both_sources_say_of_it_is_not(
    world: World,
) -> None:
    world.write("data/records/programme/marsh-programme.yml", DISPUTED_AMOUNT)
    assert world.pcve("edit", "migrate").exit_code == 0
    result = world.pcve("build")
    assert result.exit_code == 0, result.stderr
    assert amounts(world) == {
        "budget": [("300", "EUR", "", "")], "hasTransaction": [("100", "EUR", "commitment", "")],
    }  # fmt: skip
    disputed = world.pcve("query", "disputed", "--format", "csv").stdout
    rows = [row for row in disputed.splitlines() if "marsh-programme/eu" in row]
    assert len(rows) == 1
    assert ",120," in rows[0]
    assert ",contested," in rows[0]
    assert "the Herald has another sum" in rows[0]
    assert world.pcve("edit", "migrate").stdout == ""
