from datetime import date

import pytest
from conftest import require
from hypothesis import given, settings
from hypothesis import strategies as st

from pcve_graph.model.dates import (
    DateRange,
    date_range,
    first_and_last,
    plain_date,
    precision,
    stated_bounds,
)


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
        "٢٠١٨",
        "2018-०५",
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


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


EDTF_DATES = [
    ("2019~", "2018-01-01", "2020-12-31", True),
    ("2019?", "2018-01-01", "2020-12-31", True),
    ("2019%", "2018-01-01", "2020-12-31", True),
    ("2019-01~", "2018-12-01", "2019-02-28", True),
    ("2019-03-01?", "2019-02-28", "2019-03-02", True),
    ("9999~", "9998-01-01", "", True),
    ("0001-01-01~", "", "0001-01-02", True),
    ("201X", "2010-01-01", "2019-12-31", False),
    ("20XX", "2000-01-01", "2099-12-31", False),
    ("2019-XX", "2019-01-01", "2019-12-31", False),
    ("2020-02-XX", "2020-02-01", "2020-02-29", False),
    ("2019-XX-XX", "2019-01-01", "2019-12-31", False),
    ("2018-05/2019", "2018-05-01", "2019-12-31", False),
    ("2018/2018-05-03", "2018-01-01", "2018-05-03", False),
    ("../2018-05", "", "2018-05-31", False),
    ("2018-05/..", "2018-05-01", "", False),
]


@pytest.mark.parametrize(("text", "first", "last", "approximate"), EDTF_DATES)
def test_a_date_in_edtf_means_a_range_of_days(
    text: str, first: str, last: str, approximate: bool
) -> None:
    assert precision(text) == "EDTF"
    assert date_range(text) == DateRange(day(first), day(last), approximate)
    assert first_and_last(text) is None, "options and parameters take plain dates only"


@pytest.mark.parametrize(
    "text",
    [
        "2018-13~", "2018-02-30~", "~", "~2018", "2018~?", "2019/2018", "2018-05/2018-04", "../..",
        "/2018", "2018/", "..", "2018/2019/2020", "2018~/2019", "2018-21", "1XXX", "XXXX", "00XX-05",
        "2018-XX-12", "2018-1X", "2018-05-1X", "Y2018", "-2018", "2018-13-XX", "2018-05-22T10:00", "٢٠١X", "٢٠١٨~",
    ],
)  # fmt: skip
def test_other_forms_of_edtf_are_not_taken(text: str) -> None:
    assert date_range(text) is None
    assert precision(text) is None
    assert plain_date(text) == ""


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("2018-05-22", "2018-05-22"), ("2018-05", "2018-05"), ("2018-05-XX", "2018-05"),
        ("2018-XX-XX", "2018"), ("2018-02/2018-03", "2018"), ("2018-02-03/2018-02-04", "2018-02"),
        ("2018~", ""), ("201X", ""), ("2018/2019", ""), ("../2018", ""), ("2018/..", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_plain_date_that_a_date_surely_lies_in(text: str, plain: str) -> None:
    assert plain_date(text) == plain


@pytest.mark.parametrize(
    ("start", "end", "bounds"),
    [
        ("2015-03", "2015-06", "2015-03-01 2015-06-30 2015-03-31 2015-06-01"),
        ("2015", "2015", "2015-01-01 2015-12-31"),
        ("2015-03-01", "2015-03-01", "2015-03-01 2015-03-01 2015-03-01 2015-03-01"),
        ("2015~", "2018", "2014-01-01 2018-12-31"),
        ("2015", "2018?", "2015-01-01 2019-12-31"),
        ("../2015", "2018", "2018-12-31 2015-12-31 2018-01-01"),
        ("2015", "2018/..", "2015-01-01 2015-12-31 2018-01-01"),
        ("2015", "../2018", "2015-01-01 2018-12-31"),
        ("2015/2016", "2016-05/2019", "2015-01-01 2019-12-31"),
    ],
)
def test_the_four_bounds_of_a_span(start: str, end: str, bounds: str) -> None:
    start_days, end_days = date_range(start), date_range(end)
    assert start_days
    assert end_days
    stated = stated_bounds(
        {
            "earliest": start_days.bound("earliest"),
            "latest": end_days.bound("latest"),
            "certainFrom": start_days.bound("certainFrom"),
            "certainUntil": end_days.bound("certainUntil"),
        }
    )
    assert " ".join(day.isoformat() for day in stated.values()) == bounds
    possible = [stated[name] for name in ("earliest", "certainFrom") if name in stated]
    assert possible == sorted(possible)


EDTF_TEXTS = st.one_of(
    st.dates(date(1000, 1, 1), date(2999, 1, 1)).flatmap(
        lambda when: st.sampled_from([str(when), str(when)[:7], str(when)[:4]]).flatmap(
            lambda text: st.sampled_from(
                [text, f"{text}~", f"{text}?", f"../{text}", f"{text}/..", f"{text}/2999-12"]
            )
        )
    ),
    st.from_regex(
        r"[12][0-9]([0-9]X|XX|[0-9]{2}-XX(-XX)?|[0-9]{2}-(0[1-9]|1[0-2])-XX)", fullmatch=True
    ),
)


@pytest.mark.full
@settings(deadline=None)
@given(EDTF_TEXTS)
def test_the_package_edtf_gives_the_same_days(text: str) -> None:
    """edtf 5.0.2; its strict bounds ignore a qualifier, its fuzzy ones widen a year by one year.

    Those of a month or day it widens in all units at once, so only their strict bounds compare.
    """
    require("edtf")
    import edtf

    theirs, ours = edtf.parse_edtf(text), date_range(text)
    assert ours is not None

    def days(struct: object) -> date | None:
        return None if isinstance(struct, float) else date(*tuple(struct)[:3])  # type: ignore[arg-type]

    stated = date_range(text.rstrip("~?"))
    assert stated is not None
    assert (stated.first, stated.last) == (days(theirs.lower_strict()), days(theirs.upper_strict()))
    assert ours.approximate == (text[-1] in "~?")
    if ours.approximate and len(text) == len("2018~"):
        assert (ours.first, ours.last) == (days(theirs.lower_fuzzy()), days(theirs.upper_fuzzy()))
