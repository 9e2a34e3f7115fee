from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcve_graph.model.dates import first_and_last, precision


@pytest.mark.parametrize(
    ("text", "kind", "first", "last"),
    [
        ("2018-05-22", "date", date(2018, 5, 22), date(2018, 5, 22)),
        ("2018-02", "gYearMonth", date(2018, 2, 1), date(2018, 2, 28)),
        ("2020-02", "gYearMonth", date(2020, 2, 1), date(2020, 2, 29)),
        ("2018-12", "gYearMonth", date(2018, 12, 1), date(2018, 12, 31)),
        ("2018", "gYear", date(2018, 1, 1), date(2018, 12, 31)),
    ],
)
def test_a_date_means_the_days_that_it_can(text: str, kind: str, first: date, last: date) -> None:
    assert precision(text) == kind
    assert first_and_last(text) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "2018-13",
        "2018-02-30",
        "2018-2-3",
        "18",
        "0000",
        "2018-00",
        "May 2018",
        "2018-05-22Z",
        "",
        "20180522",
    ],
)
def test_what_names_no_day_is_not_a_date(text: str) -> None:
    assert first_and_last(text) is None
    assert precision(text) is None


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_day_lies_within_its_month_and_year(day: date) -> None:
    for text in (day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]):
        days = first_and_last(text)
        assert days is not None
        assert days[0] <= day <= days[1]
