"""Which names are alike, which are not, and how a decision silences a pair."""

from __future__ import annotations

import pytest
from conftest import World

from pcve_graph.model.problems import Position
from pcve_graph.model.text_normalization import fold_name
from pcve_graph.records.duplicates import NamedRecord, likely_duplicates

LEDGER = "data/ledger.yml"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Đorđević", "Djordjevic"),
        ("Ђорђевић", "Đorđević"),
        ("Prishtinë", "Prishtine"),
        ("Shoqëria Çelësi", "shoqeria celesi"),
        ("Министерство", "Ministerstvo"),
        ("Скопје", "Skopje"),
        ("R.C.C.", "RCC"),
        ("Lake Consulting d.o.o.", "Lake Consulting"),
        ("Anti-Money Laundering", "Anti Money  Laundering"),
        ("“First Line”", "First Line"),
    ],
)
def test_spellings_of_one_name_fold_together(first: str, second: str) -> None:
    assert fold_name(first) == fold_name(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [("SHIS", "SHISH"), ("Phase II", "Phase III"), ("Council of Europe", "Council of the EU")],
)
def test_different_names_stay_apart(first: str, second: str) -> None:
    assert fold_name(first) != fold_name(second)


def named(identifier: str, *names: str, family: str = "project") -> NamedRecord:
    return NamedRecord(
        identifier, family, names, Position(f"data/records/{family}/{identifier}.yml")
    )


def pairs(*things: NamedRecord) -> list[tuple[str, str]]:
    return list(likely_duplicates(things))


def test_like_names_of_one_family_are_a_pair() -> None:
    mentoring = named("a", "Support to Mentoring in the Northern Lakes")
    typo = named("b", "Support for Mentoring in the Northern Lakes")
    assert pairs(mentoring, typo) == [("a", "b")]
    assert pairs(mentoring, named("b", *typo.names, family="event")) == []


def test_the_same_acronym_is_a_pair_in_any_family() -> None:
    assert pairs(
        named("a", "Lake Plan", "LP"), named("b", "Lead Partner", "L.P.", family="event")
    ) == [("a", "b")]


def test_numbers_keep_phases_and_years_apart() -> None:
    assert (
        pairs(
            named("a", "Regional Programme 2016-2019"), named("b", "Regional Programme 2020-2023")
        )
        == []
    )


def test_editions_and_phases_are_not_a_pair() -> None:
    first = named("a", "Lake Forum", "LF")
    second = NamedRecord("b", "project", ("Lake Forum",), first.position, frozenset({"a"}))
    third = NamedRecord("c", "project", ("Lake Forum",), first.position, frozenset({"a"}))
    assert pairs(first, second, third) == []


def test_a_likely_duplicate_is_a_warning_that_names_both_files(world: World) -> None:
    world.replace("data/records/organization/lake-fund.yml", "Lake Fund}", "River Institute}")
    result = world.pcve("build")
    warnings = [line for line in result.stderr.splitlines() if "warning duplicate" in line]
    assert any("data/records/organization/lake-fund.yml:1:1" in line for line in warnings)
    assert "see data/records/organization/river-institute.yml" in result.stderr


def two_names(world: World) -> None:
    world.replace(
        "data/records/organization/lake-fund.yml",
        "claims:\n",
        "claims:\n  - source: atlas\n    altLabel: {en: River Institute}\n",
    )


@pytest.mark.long
def test_a_decision_silences_its_pair_once(world: World) -> None:
    two_names(world)
    assert "1 warning" in world.pcve("validate").stdout
    entry = "- pair: [lake-fund, river-institute]\n  verdict: different\n  reason: one gives, one works\n"
    ledger = (world.root / LEDGER).read_text("utf-8")
    world.write(LEDGER, ledger + entry)
    result = world.pcve("validate")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "checks: 0 warnings" in result.stdout
    world.write(LEDGER, entry + entry + ledger)
    result = world.pcve("validate")
    assert result.exit_code == 1
    assert (
        "data/ledger.yml:4:3: error ledger: this pair is already decided on line 1" in result.stdout
    )


@pytest.mark.long
@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "- pair: [lake-fund, nobody]\n  verdict: different\n  reason: x\n",
            "no record has the id nobody",
        ),
        (
            "- pair: [lake-fund, river-institute]\n  verdict: same\n  reason: x\n",
            "neither replaces the other",
        ),
        ("- pair: [lake-fund]\n  verdict: same\n  reason: x\n", "this is not a decision"),
        (
            "- pair: [lake-fund, river-institute]\n  verdict: perhaps\n  reason: x\n",
            "this is not a decision",
        ),
        ("- pair: [lake-fund, river-institute]\n  verdict: different\n", "this is not a decision"),
        ("pair: x\n", "this is not a decision"),
    ],
)
def test_an_invalid_decision_is_an_error(world: World, entry: str, message: str) -> None:
    world.write(LEDGER, entry)
    result = world.pcve("validate")
    assert result.exit_code == 1
    assert "error ledger" in result.stdout
    assert message in result.stdout


def test_two_that_are_one_need_a_successor(world: World) -> None:
    two_names(world)
    world.write(
        LEDGER, "- pair: [lake-fund, river-institute]\n  verdict: same\n  reason: renamed\n"
    )
    path = world.root / "data/records/organization/river-institute.yml"
    path.write_text(path.read_text() + "  - source: atlas\n    isReplacedBy: lake-fund\n")
    result = world.pcve("validate")
    assert "neither replaces the other" not in result.stdout
    assert "check:nothing-points-to-the-retired" in result.stdout
