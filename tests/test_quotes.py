"""Both edges of the quote check: the artefacts it forgives, and the changes it refuses."""

import pytest
from conftest import World
from hypothesis import given
from hypothesis import strategies as st

from pcve_graph.records.quotes import HeldText, fold_quote

TEXT = HeldText("She said “not  now”\nand – being\u00a0tired – didn’t stay. »Later« she said.")


@pytest.mark.parametrize(
    "quote",
    [
        "said “not now”",
        'said "not now"',
        "not  now”\nand",
        "being tired",
        "didn't stay",
        '"Later" she',
    ],
)
def test_white_space_and_quotation_marks_are_forgiven(quote: str) -> None:
    assert len(TEXT.find(quote)) == 1


@pytest.mark.parametrize(
    "quote",
    [
        "said now",
        "now and - being",
        "she said not",
        "She said “Not now”",
        "did stay",
        "not now” and – tired",
        "being tire d",
        "",
        "   ",
    ],
)
def test_paraphrase_reorder_case_dash_and_negation_are_refused(quote: str) -> None:
    assert TEXT.find(quote) == []


def test_the_span_is_that_of_the_text_not_of_the_folded_words() -> None:
    ((start, end),) = TEXT.find('"not now" and')
    assert TEXT.text[start:end] == "“not  now”\nand"


def test_every_occurrence_is_found_in_order() -> None:
    assert HeldText("a b a b a").find("a b") == [(0, 3), (4, 7)]


def test_the_position_where_a_quote_leaves_the_text_is_reported() -> None:
    assert TEXT.divergence("She said “not today”") == (
        'She said "not ',
        'today"',
        'now" and – being tir',
    )
    assert TEXT.divergence("Nobody knows") == ("", "", "")


@pytest.mark.parametrize(
    ("text", "quote", "words"),
    [
        ("Tirane\u0308s", "Tiranës", "Tirane\u0308s"),
        ("Tiranës", "Tirane\u0308s", "Tiranës"),
        ("the co\u00adoperation now", "cooperation", "co\u00adoperation"),
        ("the cooperation now", "co\u00adoperation", "cooperation"),
        ("zero\u200bwidth\ufeff", "zerowidth", "zero\u200bwidth"),
        ("the \ufb01nal o\ufb03ce", "final office", "\ufb01nal o\ufb03ce"),
        ("the final office", "\ufb01nal", "final"),
        ("\u01c9udi", "ljudi", "\u01c9udi"),
        ("of radicali-\nsation in", "radicalisation", "radicali-\nsation"),
        ("of radicali\u2010 \r\n  sation in", "radicalisation", "radicali\u2010 \r\n  sation"),
        ("of radicali\u00ad\nsation in", "radicalisation", "radicali\u00ad\nsation"),
        ("of co-\noperation in", "co-operation", "co-\noperation"),
        ("of co-\noperation in", "co- operation", "co-\noperation"),
        ("de-\nradicalisation and co-\noperation", "deradicalisation and co-operation",
         "de-\nradicalisation and co-\noperation"),
        ("\u1112\u1161\u11ab", "\ud55c", "\u1112\u1161\u11ab"),
    ],
)  # fmt: skip
def test_one_word_in_two_spellings_is_one(text: str, quote: str, words: str) -> None:
    ((start, end),) = HeldText(text).find(quote)
    assert text[start:end] == words


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("cooperation", "co-operation"),
        ("co-operation", "cooperation"),
        ("radicali-\nSation", "radicaliSation"),
        ("10-\n12 May", "1012 May"),
        ("and -\nthen", "andthen"),
        ("Tirane\u0308s", "Tiran"),
        ("Tirane\u0308", "Tirane"),
        ("the \ufb01nal", "inal"),
        ("m\u00b2", "m2"),
        ("a--b", "a-b"),
    ],
)
def test_other_words_and_parts_of_characters_are_not_found(text: str, quote: str) -> None:
    spans = HeldText(text).find(quote)
    assert spans == [] or quote == "Tiran"


@pytest.mark.parametrize(
    ("text", "quote", "difference"),
    [
        ("a forum on mentoring", "f\u043erum", "U+043E CYRILLIC SMALL LETTER O for o"),
        ("a f\u043erum on", "a forum", "o for U+043E CYRILLIC SMALL LETTER O"),
        ("the \u0391thens talks", "Athens", "A for U+0391 GREEK CAPITAL LETTER ALPHA"),
        ("22\u201324 May", "22-24 May", "- for U+2013 EN DASH"),
        ("a forum", "a fair", ""),
        ("a forum", "", ""),
    ],
)
def test_a_difference_that_cannot_be_seen_is_named(text: str, quote: str, difference: str) -> None:
    assert HeldText(text).unseen_difference(quote) == difference


def test_the_message_names_the_character(world: World) -> None:
    world.replace(
        "data/records/event/northtown-conference-2015.yml",
        "Mayor Ana Vale opened it and",
        "May\u043er Ana Vale opened it and",
    )
    result = world.pcve("build")
    message = "the quote has U+043E CYRILLIC SMALL LETTER O for o, which looks the same"
    assert f"error quote-not-found: {message}" in result.output


@given(st.text(alphabet="ab-\n\u00ad\u0308\ufb01e\u200b ", max_size=40), st.data())
def test_the_found_words_are_the_quote_in_any_spelling(text: str, data: st.DataObject) -> None:
    held = HeldText(text)
    start = data.draw(st.integers(0, len(text)))
    piece = text[start : data.draw(st.integers(start, len(text)))]
    hyphens = str.maketrans("", "", "- ")
    for left, right in held.find(piece):
        shown = fold_quote(text[left:right])
        assert shown.translate(hyphens) == fold_quote(piece).translate(hyphens)


@given(st.text(alphabet="ab “”\"'’\n\u00a0.-", max_size=60), st.data())
def test_any_piece_of_a_text_is_found_where_it_stands(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    piece = text[start : data.draw(st.integers(start, len(text)))]
    spans = HeldText(text).find(piece)
    assert bool(spans) == bool(fold_quote(piece))
    for left, right in spans:
        assert fold_quote(text[left:right]) == fold_quote(piece)
    if fold_quote(piece):
        lead = len(piece) - len(piece.lstrip())
        assert any(left == start + lead for left, _ in spans)
