"""Money: sums by payer and payee through `pcve query`, references between transactions, warnings."""

from __future__ import annotations

import csv
import io
import json

import pytest
from conftest import ROOT, World

HARBOURS = "data/records/project/safe-harbours.yml"
LANTERNS = "data/records/project/new-lanterns.yml"
PROGRAMME = "data/records/programme/isles-programme.yml"


def rows(world: World, name: str, *arguments: str) -> list[dict[str, str]]:
    """The rows of a saved question, with ids in the place of IRIs."""
    result = world.pcve("query", name, "--format", "csv", *arguments)
    assert result.exit_code == 0, result.stderr
    return [
        {key: value.rpartition("/")[2] for key, value in row.items()}
        for row in csv.DictReader(io.StringIO(result.stdout))
    ]


def sums(
    world: World, name: str, party: str, *arguments: str
) -> dict[tuple[str, str, str], tuple[str, str]]:
    return {
        (row[party], row["currency"], row["year"]): (row["least"], row["most"])
        for row in rows(world, name, *arguments)
    }


def test_a_sum_by_payer_counts_what_is_passed_on_once(northtown: World) -> None:
    assert sums(northtown, "money", "payer") == {
        ("isles-agency", "EUR", "2020"): ("1200000", "1200000"),
        ("lake-fund", "EUR", ""): ("750000", "750000"),
        ("lake-fund", "USD", "2020"): ("90000", "90000"),
        ("not stated", "EUR", "2022"): ("50000", "60000"),
    }


def test_a_sum_by_payee_counts_what_is_passed_on_once(northtown: World) -> None:
    assert sums(northtown, "money-received", "payee") == {
        ("reed-trust", "EUR", "2020"): ("700000", "700000"),
        ("reed-trust", "EUR", "2021"): ("500000", "500000"),
        ("not stated", "EUR", ""): ("750000", "750000"),
        ("not stated", "USD", "2020"): ("90000", "90000"),
        ("not stated", "EUR", "2022"): ("50000", "60000"),
    }


def test_payments_are_summed_apart_from_commitments(northtown: World) -> None:
    paid = sums(northtown, "money", "payer", "--set", "kind=disbursement")
    assert paid == {("tide-college", "EUR", ""): ("650000", "650000")}


@pytest.mark.long
def test_without_an_upper_end_a_sum_has_none(world: World) -> None:
    world.replace(LANTERNS, "minValue: 50000, maxValue: 60000", "minValue: 50000")
    assert world.pcve("build").exit_code == 0
    assert sums(world, "money", "payer")["not stated", "EUR", "2022"] == ("50000", "")


def test_the_sums_of_all_amounts_would_be_wrong(northtown: World) -> None:
    """What the questions are for: the same money is in the graph several times."""
    stated = [row for row in rows(northtown, "amounts") if row["currency"] == "EUR"]
    assert sum(int(row["value"] or 0) for row in stated) > 2 * (1_200_000 + 750_000)


@pytest.mark.parametrize(
    ("instrument", "expected"),
    [
        ("isles-agency", [("isles-programme", "commitment", "EUR", "1200000")]),
        (
            "isles-programme",
            [
                ("isles-programme", "commitment", "EUR", "1200000"),
                ("safe-harbours", "disbursement", "EUR", "650000"),
            ],
        ),
        (
            "lake-fund",
            [
                ("lake-programme", "commitment", "EUR", "750000"),
                ("safe-harbours", "commitment", "USD", "90000"),
            ],
        ),
    ],
)
def test_the_money_of_an_instrument_is_counted_once(
    northtown: World, instrument: str, expected: list[tuple[str, ...]]
) -> None:
    answer = rows(northtown, "instrument-money", "--set", f"instrument={instrument}")
    assert [
        (row["thing"], row["kind"], row["currency"], row["least"]) for row in answer if row["kind"]
    ] == expected


def test_what_only_belongs_to_an_instrument_is_not_surely_paid(northtown: World) -> None:
    (row,) = rows(northtown, "instrument-money", "--set", "instrument=lake-programme")
    assert (row["thing"], row["payer"], row["payee"], row["least"]) == (
        *("lake-programme", "lake-fund", "not stated", "750000"),
    )
    belonging = rows(northtown, "paid-by", "--set", "funder=lake-programme")
    assert {row["thing"]: (row["paid"], row["partOf"]) for row in belonging} == {
        "calm-waters": ("not known", "lake-programme"),
        "mentor-training-2017": ("not known", "calm-waters"),
        "steady-hands": ("not known", "lake-programme"),
    }


@pytest.mark.long
def test_the_money_of_a_funder_is_not_that_of_all_who_pay(shipped: World) -> None:
    """A total of 17.9 million and three contributions to it: 35.8 million, if added up."""
    committed = sums(shipped, "money", "payer")
    assert committed["bmz", "EUR", ""] == ("1215000", "1215000")
    answer = rows(shipped, "instrument-money", "--set", "instrument=bmz")
    assert sum(int(row["least"] or 0) for row in answer) == 1_215_000


@pytest.mark.long
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("isles-programme", "write the id of a record and of the Transaction in it"),
        ("isles-programe/isles-agency", "did you mean isles-programme"),
        ("isles-programme/lake-fund", "Transaction-partOfTransaction"),
        ("isles-programme/Lake Fund", "write the id of a record and of the Transaction in it"),
        ("safe-harbours/isles-programme", "Remove the partOfTransaction that completes the cycle"),
    ],
)
def test_a_wrong_reference_to_a_transaction_is_one_error(
    world: World, value: str, message: str
) -> None:
    text = (world.root / HARBOURS).read_text("utf-8")
    first, right, rest = text.partition("partOfTransaction: isles-programme/isles-agency")
    assert right
    world.write(HARBOURS, f"{first}partOfTransaction: {value}{rest}")
    result = world.pcve("build")
    assert result.exit_code == 1
    assert result.stderr.count(" error ") == 1, result.stderr
    assert message in result.stderr
    assert f"{HARBOURS}:" in result.stderr


@pytest.mark.long
def test_a_transaction_that_others_pass_on_is_not_deleted_unnoticed(world: World) -> None:
    """The incremental build checks the records that refer to what changed."""
    assert world.pcve("build").exit_code == 0
    world.replace(PROGRAMME, "{id: isles-agency, kind", "{id: agency, kind")
    result = world.pcve("build")
    assert result.exit_code == 1
    assert "Transaction-partOfTransaction" in result.stderr
    assert HARBOURS in result.stderr


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "old", "new", "warning"),
    [
        (LANTERNS, "value: 560000", "value: 540000", "add up to 550000 EUR, more than the budget"),
        (
            HARBOURS,
            "value: 700000",
            "value: 900000",
            "add up to 1400000 EUR, more than its 1200000",
        ),
    ],
)
def test_amounts_that_cannot_be_right_give_a_warning(
    world: World, name: str, old: str, new: str, warning: str
) -> None:
    world.infer(name)
    world.replace(name, old, new)
    result = world.pcve("build")
    assert result.exit_code == 0, result.stderr
    assert result.stderr.count(" warning ") == 1
    assert warning in result.stderr


MOON = "data/records/project/moon-bridges.yml"


def project(*transactions: str, also: str = "") -> str:
    """A project with these transactions, of a source whose text is not held."""
    lines = "".join(f"      - {{{transaction}}}\n" for transaction in transactions)
    money = f"    hasTransaction:\n{lines}" if lines else ""
    return (
        "id: moon-bridges\ntype: Project\nclaims:\n  - source: atlas\n"
        f"    prefLabel: {{en: Moon Bridges}}\n    funder: lake-fund\n{also}{money}"
    )


def by_funder(world: World) -> dict[tuple[str, str], str]:
    """The sums of all economies in GBP, which only `project` has, by funder and kind."""
    arguments = ("coverage", "--count", "money", "--by", "funder", "--format", "json")
    result = world.pcve(*arguments)
    assert result.exit_code == 0, result.stderr
    return {
        (row["funderId"], row["kind"]): str(row["least"])
        for row in json.loads(result.stdout)["rows"]
        if row["economyId"] == "all" and row["currency"] == "GBP"
    }


@pytest.mark.long
def test_coverage_by_funder_agrees_with_the_sums_by_payer(world: World) -> None:
    """Of a donor are the payments that it makes, not those that others make of its money."""
    world.write(
        MOON,
        project(
            "id: c, kind: commitment, value: 50, currency: GBP, payer: lake-fund",
            "id: d, kind: disbursement, value: 50, currency: GBP, payer: lake-fund,"
            " partOfTransaction: moon-bridges/c",
            "id: e, kind: commitment, value: 40, currency: GBP, payer: reed-trust,"
            " partOfTransaction: moon-bridges/c",
            "id: f, kind: disbursement, value: 30, currency: GBP, payer: reed-trust,"
            " partOfTransaction: moon-bridges/e",
            "id: g, kind: disbursement, value: 20, currency: GBP, payer: tide-college,"
            " partOfTransaction: moon-bridges/d",
            "id: h, kind: commitment, value: 7, currency: GBP",
        ),
    )
    assert world.pcve("build").exit_code == 0
    covered = by_funder(world)
    for kind in ("commitment", "disbursement"):
        by_payer = {
            payer.replace("not stated", "unknown"): least
            for (payer, currency, _), (least, _) in sums(
                world, "money", "payer", "--set", f"kind={kind}"
            ).items()
            if currency == "GBP"
        }
        assert {
            funder: least
            for (funder, of), least in covered.items()
            if of == kind and funder != "all"
        } == by_payer
    assert covered["lake-fund", "disbursement"] == "50"
    assert covered["reed-trust", "disbursement"] == "30"
    assert covered["unknown", "commitment"] == "7"
    text = world.pcve("coverage", "--count", "money", "--by", "funder").stdout
    assert "not stated" in text.splitlines()[2] + text.splitlines()[3]


@pytest.mark.long
def test_the_query_of_the_manual_gives_the_same_sums(world: World) -> None:
    """A commitment of 30 passes on a pledge of 80: another kind, so it counts."""
    world.write(
        MOON,
        project(
            "id: pledged, kind: pledge, value: 80, currency: GBP, payer: lake-fund",
            "id: given, kind: commitment, value: 30, currency: GBP, payer: lake-fund,"
            " partOfTransaction: moon-bridges/pledged",
            "id: range, kind: commitment, minValue: 4, maxValue: 6, currency: GBP",
        ),
    )
    assert world.pcve("build").exit_code == 0
    manual = (ROOT / "docs/how-to/query.md").read_text("utf-8")
    text = manual.partition("The same in SPARQL of your own")[2].split("```")[1]
    world.write("own.rq", text.removeprefix("sparql\n"))
    own = rows(world, str(world.root / "own.rq"))
    by_payer: dict[tuple[str, str], list[int]] = {}
    for row in rows(world, "money"):
        total = by_payer.setdefault((row["payer"], row["currency"]), [0, 0])
        total[0] += int(row["least"])
        total[1] += int(row["most"])
    assert by_payer["lake-fund", "GBP"] == [30, 30]
    assert by_payer["not stated", "GBP"] == [4, 6]
    assert {
        (row["payer"], row["currency"]): [int(row["least"]), int(row["most"])] for row in own
    } == by_payer


@pytest.mark.long
def test_an_instrument_pays_for_what_passes_on_its_money(world: World) -> None:
    """The chain of transactions proves it, without funder or fundedThrough."""
    world.replace(HARBOURS, "    fundedThrough: isles-programme\n", "")
    world.replace(LANTERNS, "    funder: isles-agency\n", "")
    assert world.pcve("build").exit_code == 0
    for instrument in ("isles-programme", "isles-agency"):
        belonging = rows(world, "paid-by", "--set", f"funder={instrument}")
        paid = {row["thing"]: row["paid"] for row in belonging}
        assert paid["new-lanterns"] == paid["safe-harbours"] == "yes"
        answer = rows(world, "instrument-money", "--set", f"instrument={instrument}")
        amounts = {(row["thing"], row["kind"]): row["least"] for row in answer if row["kind"]}
        assert amounts["isles-programme", "commitment"] == "1200000"
        assert ("new-lanterns", "commitment") not in amounts
    answer = rows(world, "instrument-money", "--set", "instrument=isles-programme")
    assert ("safe-harbours", "disbursement", "650000") in [
        (row["thing"], row["kind"], row["least"]) for row in answer
    ]


@pytest.mark.long
@pytest.mark.parametrize("also", ["minValue: 5", "maxValue: 60", "minValue: 5, maxValue: 60"])
def test_a_value_and_a_range_of_one_amount_are_an_error(world: World, also: str) -> None:
    world.write(MOON, project(f"id: c, kind: commitment, value: 50, {also}, currency: GBP"))
    result = world.pcve("build")
    assert result.exit_code == 1
    assert result.stderr.count(" error ") == 1, result.stderr
    assert "Transaction-isNoValueAndRange" in result.stderr
    assert "Keep the value, or the minValue and maxValue" in result.stderr


@pytest.mark.long
@pytest.mark.parametrize(
    ("transaction", "fix"),
    [
        ("value: 5, currency: eur", "fix:  Write the code of ISO 4217."),
        ('value: "1,000,000", currency: EUR', "no commas or spaces, no sign, and a point before"),
        ("minValue: 1 000, currency: EUR", "no commas or spaces, no sign, and a point before"),
    ],
)
def test_a_currency_or_number_in_another_form_has_a_fix(
    world: World, transaction: str, fix: str
) -> None:
    world.write(MOON, project(f"id: c, kind: commitment, {transaction}"))
    result = world.pcve("build")
    assert result.exit_code == 1
    assert result.stderr.count(" error ") == 1, result.stderr
    assert fix in result.stderr


@pytest.mark.long
def test_amounts_that_are_both_contested_are_stated_whole(world: World) -> None:
    start = (
        "  - source: {0}\n    hasTransaction: {{{1}}}\n    contested: true\n    note: two sums\n"
    )
    shared = "    hasTransaction: {id: base, kind: commitment, currency: GBP}\n"
    blocks = start.format("bridge-study", "id: base, value: 222")
    blocks += start.format("shore-herald", "id: base, value: 333")
    world.write(MOON, project(also=shared) + blocks)
    result = world.pcve("build")
    assert result.exit_code == 1
    assert result.stderr.count(" error ") == 1, result.stderr
    assert "state each amount whole, with an id of its own, in a contested block" in result.stderr
    blocks = start.format("atlas", "id: a, kind: commitment, currency: GBP, value: 222")
    blocks += start.format("shore-herald", "id: b, kind: commitment, currency: GBP, value: 333")
    world.write(MOON, project() + blocks)
    assert world.pcve("build").exit_code == 0
    assert "GBP" not in {row["currency"] for row in rows(world, "money")}
    disputed = [row["value"] for row in rows(world, "disputed") if row["thing"] == "moon-bridges"]
    assert sorted(disputed) == ["a", "b"]
