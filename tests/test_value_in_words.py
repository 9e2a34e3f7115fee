"""A stated fact is carried by its words: the value, and the words under it, are compared."""

from __future__ import annotations

import sys
from collections import Counter

import pytest
from conftest import ROOT, World

from pcve_graph.evidence.dates_in_words import carries_date
from pcve_graph.evidence.names_in_words import carries_cue, carries_name, carries_prose, lacking
from pcve_graph.evidence.numbers_in_words import (
    carries_currency,
    carries_duration,
    carries_number,
)
from pcve_graph.evidence.value_in_words import Value, ValueKind, carries

sys.path.insert(0, str(ROOT / "benchmarks"))
import evidence as benchmark

DATES = (
    ("held from 22 to 24 of May 2018", "2018-05-22", "2018-05-24"),
    ("Between 21-22 May 2018", "2018-05-21", "2018-05-22"),
    ("23 – 24 May 2017", "2017-05-23", "2017-05-24"),
    ("May 22–24, 2018", "2018-05-22", "2018-05-24"),
    ("from 28 February to 1 March 2017", "2017-02-28", "2017-03-01"),
    ("from 30 December 2019 to 2 January 2020", "2019-12-30", "2020-01-02"),
    ("22.–24.05.2018", "2018-05-22", "2018-05-24"),
    ("28.02.-01.03.2017", "2017-02-28", "2017-03-01"),
    ("nga 22 deri më 24 maj 2018", "2018-05-22", "2018-05-24"),
    ("od 22. do 24. maja 2018. godine", "2018-05-22", "2018-05-24"),
    ("од 22. до 24. маја 2018. године", "2018-05-22", "2018-05-24"),
    ("22, 23 i 24. svibnja 2018.", "2018-05-22", "2018-05-24"),
    ("од 22 до 24 мај 2018 година", "2018-05-22", "2018-05-24"),
    ("od 22. do 24. novembra 2018", "2018-11-22", "2018-11-24"),
    ("vom 22. bis 24. März 2018", "2018-03-22", "2018-03-24"),
    ("dal 22 al 24 maggio 2018", "2018-05-22", "2018-05-24"),
    ("du 22 au 24 août 2018", "2018-08-22", "2018-08-24"),
    ("22-24 Ağustos 2018 tarihlerinde", "2018-08-22", "2018-08-24"),
    ("for the years 2016 and 2017", "2016", "2017"),
    ("runs from May 2015 to 30 June 2017", "2015-05", "2017-06-30"),
    ("in 2014–18", "2014", "2018"),
)
SINGLE = (
    ("Tuesday, 22 May 2018", "2018-05-22"),
    ("18 Novem\u00adber\u202f2019", "2019-11-18"),
    ("18 Novem-\r\n  ber 2019", "2019-11-18"),
    ("18 Nov\u2010\nember 201\u200b9", "2019-11-18"),
    ("të martën, më 22 maj 2018", "2018-05-22"),
    ("le 1er mai 2018", "2018-05-01"),
    ("on May 22nd, 2018", "2018-05-22"),
    ("22/5/2018", "2018-05-22"),
    ("2018-05-22", "2018-05-22"),
    ("05/22/2018", "2018-05-22"),
    ("18. новембра 2019. године", "2019-11-18"),
    ("18. studenoga 2019.", "2019-11-18"),
    ("18 Kasım 2019'da", "2019-11-18"),
    ("11/2019", "2019-11"),
    ("about 2017", "2017~"),
    ("between May 2018 and 2019", "2018-05/2019"),
    ("under way by May 2018", "../2018-05"),
    ("in the spring of 2018", "2018-XX"),
    ("at the 2018 conference, from 10 to 11 May", "2018-05-10"),
)


@pytest.mark.parametrize(("words", "start", "end"), DATES)
def test_the_ends_of_a_range_are_not_exchanged(words: str, start: str, end: str) -> None:
    assert carries_date(words, start, "start")
    assert carries_date(words, end, "end")
    assert not carries_date(words, end, "start")
    assert not carries_date(words, start, "end")


@pytest.mark.parametrize(("words", "value"), SINGLE)
def test_a_date_is_read_in_any_form(words: str, value: str) -> None:
    assert carries_date(words, value)


@pytest.mark.parametrize(
    ("words", "value", "side"),
    [
        ("22 May 2018", "2018-05-23", ""),
        ("22 May 2018", "2018-04-22", ""),
        ("22 May 2018", "2017-05-22", ""),
        ("in May 2018", "2018-05-22", ""),
        ("On 30th May", "2018-05-30", ""),
        ("since April 2018", "2018-04", "end"),
        ("until 31 March 2018", "2018-03-31", "start"),
        ("2,018 people came", "2018", ""),
        ("11/12/2019", "2019-11-12", ""),
        ("in 2017", "2017~", ""),
        ("no date at all", "2018", ""),
        ("2018", "not a date", ""),
    ],
)
def test_a_date_that_the_words_do_not_give_is_not_read_into_them(
    words: str, value: str, side: str
) -> None:
    assert not carries_date(words, value, side)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("Forty people came", "40"),
        ("1,200,000 EUR", "1200000"),
        ("1.200.000,00 €", "1200000"),
        ("1 200 000", "1200000"),
        ("1.2 million euros", "1200000"),
        ("1,5 miliona evra", "1500000"),
        ("njëzet e pesë mësues", "25"),
        ("dvadeset i dva", "22"),
        ("petindvajset", "25"),
        ("двадесет пет особа", "25"),
        ("zweiundzwanzig Personen", "22"),
        ("ventotto insegnanti", "28"),
        ("soixante-douze agents", "72"),
        ("otuz beş öğretmen", "35"),
    ],
)
def test_a_number_is_read_in_digits_and_words(words: str, value: str) -> None:
    assert carries_number(words, value)
    assert not carries_number(words, str(int(value) + 1))
    assert not carries_number(words, str(int(value) - 1))


def test_a_number_of_a_date_is_no_amount() -> None:
    assert not carries_number("on 20 April 2021, 22 women came", "20")
    assert carries_number("on 20 April 2021, 22 women came", "22")


def test_bounds_and_ordinals() -> None:
    assert carries_number("more than 12 people", "13", "min")
    assert not carries_number("more than 12 people", "12", "min")
    assert carries_number("fewer than 12 people", "11", "max")
    assert carries_number("the Third Conference", "3", ordinal=True)
    assert carries_number("XII. edition", "12", ordinal=True)
    assert not carries_number("the Third Conference", "3")


def test_durations_and_currencies() -> None:
    assert carries_duration("a meeting of four hours", "PT4H")
    assert carries_duration("tri godine", "P36M")
    assert not carries_duration("36 months", "P37M")
    assert carries_currency("1.000 евра", "EUR")
    assert not carries_currency("1.000 EUR", "USD")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("in the capital, Beogradu", "Beograd"),
        ("у Београду", "Beograd"),
        ("në Tiranës", "Tiranë"),
        ("v Kopru", "Koper"),
        ("Ankara'da yapıldı", "Ankara"),
        ("the Council of Europe’s action", "Council of Europe"),
        ("RCC is organising", "Regional Cooperation Council"),
        ("Fondacionit të Kodrës", "Fondacioni i Kodrës"),
        ("sa Fondacijom Breg", "Fondacija Breg"),
        ("the Slovenian police", "Slovenia"),
    ],
)
def test_a_name_is_seen_in_its_forms(words: str, name: str) -> None:
    assert carries_name(words, [name])


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("in Australia", "Austria"),
        ("in Slovakia", "Slovenia"),
        ("the Reed Trust", "Reedham"),
        ("the Hill Foundation", "Hill Institute"),
        ("Moor Office", "Moor Agency"),
        ("in Hilltown", "Hill"),
    ],
)
def test_another_name_is_not(words: str, name: str) -> None:
    assert not carries_name(words, [name])


def test_an_adjective_names_a_country_where_it_is_one() -> None:
    assert carries_name("the Turkish ministry", ["Turkey"], is_country=True)
    assert not carries_name("the Turkish ministry", ["Turkey"])


def test_labels_prose_and_cues() -> None:
    assert lacking("The first Strategy of Islia was in force", "First Strategy of Islia") == []
    assert lacking("the Lake Fund", "Lake Programme") == ["programme"]
    assert carries_prose("mentors need more training", "Mentors need training")
    assert not carries_prose("mentors need more training", "Prison guards want higher wages")
    assert not carries_prose("mentors need more training", "The mentors of Landia need training")
    assert carries_cue("it was organised by them", ["organis*"])
    assert not carries_cue("it will be held", ["was held", "took place"])


def test_a_role_is_that_which_the_words_give() -> None:
    words = "The Hill Foundation carried it out with the River Institute as partner, paid by the Lake Fund"
    cues = {"implementer": ("carried it out",), "partner": ("partner",), "funder": ("paid",)}
    for key, name in (
        ("implementer", "Hill Foundation"),
        ("partner", "River Institute"),
        ("funder", "Lake Fund"),
    ):
        for other, own in cues.items():
            rest = frozenset(cue for texts in cues.values() for cue in texts) - set(own)
            value = Value(ValueKind.THING, names=(name,), cues=own, other_cues=rest)
            if other == key or "Lake Fund" in (name, other) or other == "funder":
                assert carries(words, value) == (other == key), (name, other)
    assert not carries(words, Value(ValueKind.THING, names=("Hill Foundation",), cues=("host",)))


@pytest.mark.long
def test_swapped_values_are_caught_and_true_ones_are_not() -> None:
    replaced, missed, worlds = benchmark.measure(seed=7, number=60)
    numbers, misses = Counter(swap.type for swap in replaced), Counter(swap.type for swap in missed)
    assert min(numbers.values()) >= 60
    assert len(missed) / len(replaced) <= 1 - benchmark.OVERALL
    for kind in numbers:
        assert misses[kind] / numbers[kind] <= 1 - benchmark.OF_TYPE + 0.02, kind
    claims = [claim for world in worlds for claim in world.claims]
    assert [claim for claim in claims if not carries(claim.words, claim.value)] == []


def problem(world: World) -> str:
    result = world.pcve("validate")
    assert result.exit_code == 1
    assert result.stdout.count("error value-not-in-words") == 1, result.stdout
    return result.stdout


FAULTS = (
    ("event/northtown-conference-2015", "endDate: 2015-01-20\n", "endDate: 2015-01-19\n"),
    ("project/steady-hands", "startDate: 2015-03\n", "startDate: 2015-04\n"),
    ("project/calm-waters", "partner: river-institute", "partner: tide-college"),
    ("event/southport-roundtable-2016", "status: planned", "status: held"),
    ("project/new-lanterns", "value: 560000", "value: 550000"),
    ("organization/hill-foundation", "en: Hill Foundation}", "en: Hill Institute}"),
)


@pytest.mark.parametrize(("record", "true", "false"), FAULTS)
@pytest.mark.parametrize("is_change", [False, True])
@pytest.mark.long
def test_a_false_value_under_a_true_quote_is_an_error(
    world: World, record: str, true: str, false: str, is_change: bool
) -> None:
    """In a whole build, and in one of the change alone."""
    if is_change:
        assert world.pcve("build").exit_code == 0
    name = f"data/records/{record}.yml"
    text = (world.root / name).read_text("utf-8")
    world.write(name, text.replace(true, false, 1))
    printed = world.pcve("validate").stdout
    assert f"{name}:" in printed
    assert "error value-not-in-words: the words do not say" in printed
    assert "certainty: inferred" in printed


def test_the_message_shows_the_value_and_the_words(world: World) -> None:
    name = "data/records/project/steady-hands.yml"
    world.replace(name, "startDate: 2015-03", "startDate: 2014-03")
    printed = problem(world)
    assert (
        'do not say startDate "2014-03": they are "The mentoring scheme “Steady Hands”' in printed
    )
    world.replace(name, "startDate: 2014-03", "startDate: 2014-03\n    certainty: assigned")
    assert world.pcve("validate").exit_code == 0


@pytest.mark.long
def test_a_changed_name_of_the_thing_fails_in_a_change_as_in_a_whole_build(world: World) -> None:
    """The claims about it are in other records, which do not change."""
    assert world.pcve("build").exit_code == 0
    name = "data/records/organization/tide-college.yml"
    text = (world.root / name).read_text("utf-8")
    world.write(name, text.replace("made by Tide College in 2022", "Tide College evaluated"))
    world.replace(name, "{en: Tide College}", "{en: Sea Academy}")
    changed, whole = (
        [line for line in world.pcve("build", *options).stderr.splitlines() if ": error " in line]
        for options in ((), ("--whole",))
    )
    assert changed == whole
    assert sum("error value-not-in-words" in line for line in whole) > 3
