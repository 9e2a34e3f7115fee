"""Both edges of the quote check: the artefacts it forgives, and the changes it refuses."""

import pytest
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
