"""Months and places in names and ids, in the languages of the region."""

from __future__ import annotations

import pytest

from pcve_graph.records.precise_words import months_in, place_in


@pytest.mark.parametrize(
    "text",
    [
        "Forum, November 2019",
        "quiet-november-2019",
        "Forum on 18 November 2019",
        "Forumi i Shkupit, në nëntor",
        "Novembarski forum",
        "во ноември",
        "Ноемвриски форум",
        "novembrsko srečanje",
        "studenog 2019",
        "Toplantı, Kasım 2019",
        "Forum novembre",
        "Forum nov. 2019",
        "forum-nov2019",
        "forum-2019-11",
        "forum-11-2019",
        "forum20191118",
        "Forum 18. 11. 2019",
        "Forum 18. XI 2019",
        "Forum 11/18/2019",
        "Forum 2019–11",
        "forum_2019_11",
        "Forum 2019 11",
        "Forum ２０１９-１１",
        "novemberforum",
    ],
)
def test_a_month_is_recognized(text: str) -> None:
    assert {number for _, number in months_in(text)} == {11}


@pytest.mark.parametrize("text", ["May Forum", "quiet-may", "u maju", "3rd of May", "Мај 2019"])
def test_a_month_that_is_another_word_is_recognized_by_what_is_around_it(text: str) -> None:
    assert [number for _, number in months_in(text)] == [5]


@pytest.mark.parametrize(
    "text",
    [
        "Youth may lead",
        "Nov početak",
        "Student forum",
        "Travnik forum",
        "Julian Forum",
        "Programme 2018-2019",
        "Forum 2018-19",
        "Phase 2, 2019",
        "Forum 2019: 5 lessons",
        "Augmented reality in marketing, a seminar",
    ],
)
def test_other_words_are_no_month(text: str) -> None:
    assert list(months_in(text)) == []


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ("Skopje", "Skopje Forum"),
        ("Skopje", "Форум Скопје"),
        ("Skopje", "Forum Skopljanski"),
        ("Skopje", "Скопскиот форум"),
        ("Skopje", "Forum in Shkup"),
        ("Skopje", "Forumi i Shkupit"),
        ("skopje", "uskup-forum"),
        ("Mostar", "Mostarski forum"),
        ("Skopje", "forumskopje"),
        ("Novi Pazar", "Skup u Novom Pazaru"),
        ("Novi Pazar", "Novopazarski skup"),
        ("novi-pazar", "novipazar-forum"),
        ("Tirana", "Forum në Tiranë"),
        ("North Mitrovica", "Mitrovica Forum"),
    ],
)
def test_a_place_is_recognized_in_each_form(names: str, text: str) -> None:
    assert place_in(text, [names])


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ("Mostar", "The most successful forum"),
        ("Novi Pazar", "Novi Sad Forum"),
        ("Bar", "Forum on barriers"),
        ("Niš", "Nisan Forum"),
        ("Skopje", "Forum of North Macedonia"),
    ],
)
def test_other_words_are_no_place(names: str, text: str) -> None:
    assert not place_in(text, [names])


def test_a_place_may_be_called_like_its_economy() -> None:
    assert not place_in("Luxembourg Forum", ["Luxembourg"], ["Luxembourg"])
