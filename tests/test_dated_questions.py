"""Every question about a day or a period equals brute force over all days that its dates allow.

Hypothesis writes records with vague dates. A build asks the questions of them, and the test reads
the same dates day by day, without the bounds that the build derives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import pytest
from conftest import World, make_world
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pcve_graph import KnowledgeGraph

CASES = 9
WINDOW = [date(2000, 1, 1) + timedelta(number) for number in range(366 * 30)]
"""All days that a date of these records can mean; those that are asked for lie well within."""

Days = frozenset[date]
Row = dict[str, Any]
ANY_DAY: Days = frozenset(WINDOW)


# The days that a date means, from its text alone


@lru_cache(4096)
def days_of(text: str) -> Days:
    """Each day that a date can mean, found by comparing the texts of days."""
    if not text:
        return ANY_DAY
    if "/" in text:
        first, last = text.split("/")
        start = WINDOW[0] if first == ".." else min(days_of(first))
        end = WINDOW[-1] if last == ".." else max(days_of(last))
        return frozenset(day for day in WINDOW if start <= day <= end)
    plain = re.sub(r"[~?%]", "", text)
    pattern = re.compile(plain.replace("X", "[0-9]"))
    inside = {day for day in WINDOW if pattern.match(day.isoformat())}
    if plain == text:
        return frozenset(inside)
    neighbours = {min(inside) - timedelta(1), max(inside) + timedelta(1)}
    return frozenset(inside | {day for other in neighbours for day in unit(other, len(plain))})


def unit(day: date, width: int) -> Days:
    """The days of the year, month or day that a day lies in."""
    return frozenset(
        other for other in WINDOW if other.isoformat()[:width] == day.isoformat()[:width]
    )


def is_exact(text: str) -> bool:
    """Whether a date is stated and neither approximate nor uncertain."""
    return bool(text) and not re.search("[~?%]", text)


def is_plain(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text))


@dataclass(frozen=True)
class Span:
    """A start and an end as a record states them; empty where no source does."""

    start: str
    end: str

    def __str__(self) -> str:
        return f"{self.start or 'no start'} to {self.end or 'no end'}"

    def may_hold(self, day: date) -> bool:
        """Whether some reading has begun and not ended on the day."""
        return self.may_meet(day, day)

    def may_meet(self, first: date, last: date) -> bool:
        begins = any(day <= last for day in days_of(self.start))
        return begins and any(day >= first for day in days_of(self.end))

    def surely_holds(self, day: date) -> bool:
        """Whether every reading has begun and not ended on the day."""
        if not (is_exact(self.start) and is_exact(self.end)):
            return False
        begun = all(start <= day for start in days_of(self.start))
        return begun and all(end >= day for end in days_of(self.end))

    @property
    def begins_by(self) -> date:
        """The last day of the start that some day of the end follows."""
        last = max(days_of(self.end))
        return max(day for day in days_of(self.start) if day <= last)

    @property
    def ends_from(self) -> date:
        """The first day of the end that follows some day of the start."""
        first = min(days_of(self.start))
        return min(day for day in days_of(self.end) if day >= first)

    @property
    def of_event(self) -> Span:
        """An event without an end lies in the days that its start can mean."""
        return Span(self.start, self.end or self.start)

    @property
    def is_certain(self) -> bool:
        return is_exact(self.start) and is_exact(self.end)


@dataclass(frozen=True)
class Case:
    """One thing of each kind. Its own dates are `whole`, those of what is nested in it `part`."""

    whole: Span
    part: Span
    shown: str
    standing: str
    planned: bool


# The records


def lines(span: Span, indent: str = "    ") -> str:
    keys = (("startDate", span.start), ("endDate", span.end))
    return "".join(f"{indent}{key}: {value}\n" for key, value in keys if value)


def nested(span: Span) -> str:
    keys = (("startDate", span.start), ("endDate", span.end))
    return "".join(f", {key}: {value}" for key, value in keys if value)


def dated(case: Case, span: Span) -> str:
    """The blocks that state the dates of a thing, as the case says that they stand."""
    stated = lines(span)
    if not stated:
        return ""
    block = f"  - source: atlas\n{stated}"
    if case.standing == "inferred":
        return f"{block}    certainty: inferred\n    note: concluded for a test\n"
    if case.standing == "contested":
        key = "startDate" if span.start else "endDate"
        against = f"  - source: shore-herald\n    {key}: 2001\n    contested: true\n"
        return f"{block}    rank: preferred\n{against}    note: the Atlas is taken\n"
    return block


def records(number: int, case: Case) -> Iterator[tuple[str, str, str]]:
    """(folder, id, facts) of the records of a case."""
    head = f"  - source: atlas\n    prefLabel: {{en: Case {number} %s}}\n"
    part = nested(case.part)
    issued = f"    issued: {case.shown}\n" if case.shown else ""
    yield (
        "project", f"case-{number}",
        f"type: Project\nclaims:\n{head % 'Works'}    about: education\n    location: landia\n"
        f"    hasInvolvement: {{id: payer, actor: lake-fund, role: funder{part}}}\n"
        + dated(case, case.whole),
    )  # fmt: skip
    yield (
        "organization", f"body-{number}",
        f"type: Organization\nclaims:\n{head % 'Body'}    kind: ngo\n"
        f"    hasNaming: {{id: former, name: {{en: Case {number} Name}}{part}}}\n"
        + dated(Case(case.whole, case.part, "", "", False), case.whole),
    )  # fmt: skip
    attested = f", attested: {case.shown}" if case.shown else ""
    yield (
        "person", f"person-{number}",
        f"type: Person\nclaims:\n{head % 'Person'}    hasMembership: {{id: seat, "
        f"organization: body-{number}, role: head, roleName: {{en: Head}}{part}{attested}}}\n",
    )  # fmt: skip
    yield (
        "document", f"paper-{number}",
        f"type: Document\nclaims:\n{head % 'Paper'}    kind: strategy\n{issued}"
        + dated(case, case.whole),
    )  # fmt: skip
    active = f"    activeOn: {case.shown}\n" if case.shown else ""
    yield (
        "initiative", f"network-{number}",
        f"type: Initiative\nclaims:\n{head % 'Network'}    kind: practitioner-network\n{active}"
        f"    fundedThrough: case-{number}\n",
    )  # fmt: skip
    status = "    status: planned\n" if case.planned else ""
    yield (
        "event", f"meeting-{number}",
        f"type: Event\nclaims:\n{head % 'Meeting'}    kind: conference\n{status}"
        f"    isPartOf: [network-{number}, circle]\n    about: education\n    location: landia\n"
        + dated(case, case.whole),
    )  # fmt: skip


def circle(numbered: list[Case]) -> str:
    """The record of an initiative with all events, hosted by each body in turn."""
    hostings = "".join(
        f"      - {{id: host-{number}, hostingOrganization: body-{number}{nested(case.part)}}}\n"
        for number, case in enumerate(numbered)
    )
    return (
        "id: circle\ntype: Initiative\nclaims:\n  - source: atlas\n    prefLabel: {en: Circle}\n"
        f"    kind: practitioner-network\n    hostedBy:\n{hostings}"
    )


@st.composite
def dates(draw: st.DrawFn, *, vague: bool = True) -> str:
    """A date of 2015 to 2018, of any form that records take."""
    day = draw(st.dates(date(2015, 1, 1), date(2018, 12, 31))).isoformat()
    plain = draw(st.sampled_from([day, day[:7], day[:4]]))
    if not vague or draw(st.booleans()):
        return plain
    later = str(int(day[:4]) + draw(st.integers(1, 2)))
    forms = ["", f"{plain}~", f"{plain}?", "201X", f"{day[:4]}-XX", f"{day[:7]}-XX"]
    return draw(st.sampled_from([*forms, f"{plain}/{later}", f"../{plain}", f"{plain}/.."]))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start, end = draw(dates()), draw(dates())
    if start and end and min(days_of(start)) > max(days_of(end)):
        start, end = end, start
    return Span(start, end)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    whole, part = draw(spans()), draw(spans())
    shown = draw(st.one_of(st.just(""), dates(vague=False)))
    if shown and whole.end and min(days_of(shown)) > max(days_of(whole.end)):
        shown = ""
    standing = draw(st.sampled_from(["", "", "", "inferred", "contested"]))
    return Case(whole, part, shown, standing, draw(st.booleans()) and draw(st.booleans()))


# The questions


class Asked:
    """Answers of one build, each compared with what the readings of the dates allow."""

    def __init__(self, graph: KnowledgeGraph, numbered: list[Case]) -> None:
        self.graph, self.cases = graph, numbered

    def rows(self, question: str, column: str, segment: str, **parameters: Any) -> dict[int, Row]:
        """The rows of the invented things, by the number of their case."""
        by_number = {}
        for row in self.graph.query(question, **parameters):
            cell = str(row[column])
            if re.search(rf"/{segment}-[0-9]+$", cell):
                number = int(cell.rpartition("-")[2])
                assert number not in by_number, f"{question} has two rows of {cell}"
                by_number[number] = row.asdict()
        return by_number

    def compare(
        self,
        rows: dict[int, Row],
        may: Callable[[Case], bool],
        surely: Callable[[Case], bool],
        standing: Callable[[Case], str] = lambda case: stands(case),
    ) -> None:
        """A row for each case that some reading lets hold; yes where all do and all is plain."""
        for number, case in enumerate(self.cases):
            assert (number in rows) is may(case), (case, rows.get(number))
            if number in rows:
                row, words = rows[number], standing(case)
                assert (row["standing"] or "") == words, (case, row)
                holds = "yes" if surely(case) and not words else "not known"
                assert row["holds"] == holds, (case, row)

    def day(self, day: date) -> None:
        """The questions about a day."""
        projects = self.rows("ongoing-projects", "project", "case", day=day)
        self.compare(
            projects,
            lambda case: case.whole.may_hold(day),
            lambda case: case.whole.surely_holds(day),
        )
        for number, row in projects.items():
            assert bool(row["funder"]) is self.cases[number].part.may_hold(day)
        self.compare(
            self.rows("strategies-on-a-day", "document", "paper", day=day),
            lambda case: in_force(case).may_hold(day),
            lambda case: case.whole.surely_holds(day),
        )
        self.compare(
            self.rows("involvements-on-a-day", "work", "case", day=day),
            lambda case: case.whole.may_hold(day) and case.part.may_hold(day),
            lambda case: case.part.surely_holds(day),
            unmarked,
        )
        self.compare(
            self.rows("names-on-a-day", "thing", "body", day=day),
            lambda case: case.part.may_hold(day) and Span(case.whole.start, "").may_hold(day),
            lambda case: case.part.surely_holds(day),
            unmarked,
        )
        self.roles(day)

    def roles(self, day: date) -> None:
        rows = self.rows("roles-on-a-day", "person", "person", day=day)
        for number, case in enumerate(self.cases):
            may = case.whole.may_hold(day) and case.part.may_hold(day)
            assert (number in rows) is may, (case, rows.get(number))
            if number in rows:
                begun = [text for text in (case.part.start, case.shown) if is_plain(text)]
                going = [text for text in (case.part.end, case.shown) if is_plain(text)]
                before = any(all(start <= day for start in days_of(text)) for text in begun)
                after = any(all(end >= day for end in days_of(text)) for text in going)
                surely = case.part.surely_holds(day) or (before and after)
                assert rows[number]["holds"] == ("yes" if surely else "not known"), (case, day)

    def period(self, first: date, last: date) -> None:
        """The questions about a period."""

        def within(case: Case) -> bool:
            event = case.whole.of_event
            return (
                event.is_certain
                and all(day >= first for day in days_of(event.start))
                and all(day <= last for day in days_of(event.end))
            )

        def may(case: Case) -> bool:
            return case.whole.of_event.may_meet(first, last)

        for name in ("events-in-period", "events-of-topic-in-country"):
            settings = {} if "period" in name else {"topic": "education", "country": "landia"}
            rows = self.rows(name, "event", "meeting", from_=first, until=last, **settings)
            self.compare(rows, may, within, announced)

        def ran(case: Case) -> bool:
            start, end = days_of(case.whole.start), days_of(case.whole.end)
            begins = is_exact(case.whole.start) and max(start) <= last
            ends = is_exact(case.whole.end) and min(end) >= first
            return (
                (begins and min(start) >= first) or (ends and max(end) <= last) or (begins and ends)
            )

        self.compare(
            self.rows(
                "projects-on-topic-in-country", "project", "case",
                topic="education", country="landia", from_=first, until=last,
            ),
            lambda case: case.whole.may_meet(first, last),
            ran,
        )  # fmt: skip

    def hosts(self) -> None:
        """Each event with each host: certain if all its days lie in the hosting in every reading."""
        rows = {}
        for row in self.graph.query("host-changes", hosted="circle"):
            pair = tuple(str(row[name] or "-").rpartition("-")[2] for name in ("event", "host"))
            assert pair not in rows
            rows[pair] = row.asdict()
        hosted = {number for number, host in rows if host}
        for number, case in enumerate(self.cases):
            event = case.whole.of_event
            for place, other in enumerate(self.cases):
                line, hosting = rows.get((str(number), str(place))), other.part
                may = min(days_of(hosting.start)) <= max(days_of(event.end)) and (
                    max(days_of(hosting.end)) >= min(days_of(event.start))
                )
                assert (line is not None) is may, (event, hosting)
                surely = (
                    event.is_certain
                    and hosting.is_certain
                    and max(days_of(hosting.start)) <= min(days_of(event.start))
                    and min(days_of(hosting.end)) >= max(days_of(event.end))
                )
                if line:
                    holds = "yes" if surely and not announced(case) else "not known"
                    assert line["holds"] == holds, (event, hosting, line)
            assert (str(number) in hosted) is not ((str(number), "") in rows)

    def overlaps(self) -> None:
        """Each pair of projects: all have the topic and the place in common."""
        rows = {}
        for row in self.graph.query("overlapping-projects", topic="education", place="landia"):
            numbers = [
                re.search(r"/case-([0-9]+)$", str(row[name])) for name in ("project", "other")
            ]
            if all(numbers):
                key = frozenset(int(number[1]) for number in numbers if number)
                assert key not in rows
                rows[key] = row.asdict()
        for number, case in enumerate(self.cases):
            for place, other in enumerate(self.cases[:number]):
                line = rows.get(frozenset((number, place)))
                span, against = case.whole, other.whole
                may = min(days_of(span.start)) <= max(days_of(against.end)) and (
                    min(days_of(against.start)) <= max(days_of(span.end))
                )
                assert (line is not None) is may, (span, against)
                if line and line["holds"] == "yes":
                    assert span.is_certain
                    assert against.is_certain
                    assert span.begins_by <= against.ends_from
                    assert against.begins_by <= span.ends_from
                    assert not stands(case) + stands(other)
                elif (
                    line
                    and not stands(case) + stands(other)
                    and span.is_certain
                    and against.is_certain
                ):
                    ranges = [
                        (max(days_of(own.start)), min(days_of(own.end))) for own in (span, against)
                    ]
                    start, end = max(low for low, _ in ranges), min(high for _, high in ranges)
                    assert start > end, (span, against)

    def funding(self) -> None:
        """An initiative outlived its funding if a witness is after every day of the end of it."""
        rows = self.rows("initiatives-after-funding", "initiative", "network")
        for number, case in enumerate(self.cases):
            witnesses = [case.shown] if case.shown else []
            if not case.planned and is_plain(case.whole.start):
                witnesses.append(case.whole.start)
            ends = days_of(case.whole.end)
            outlived = is_exact(case.whole.end) and any(
                min(days_of(text)) > max(ends) for text in witnesses
            )
            row = rows[number]
            if row["holds"] == "yes":
                assert outlived, (case, row)
            elif not row["standing"]:
                assert not outlived, (case, row)


def unmarked(case: Case) -> str:
    """What is nested in a record is stated plainly, in whichever case."""
    return ""


def stands(case: Case) -> str:
    """How the dates of the case stand; without a date there is nothing to be inferred."""
    return case.standing if case.whole.start or case.whole.end else ""


def announced(case: Case) -> str:
    words = [stands(case), "announced" if case.planned else ""]
    return ", ".join(filter(None, words))


def in_force(case: Case) -> Span:
    """A document without a start is in force from the day of its issue at the earliest."""
    return Span(case.whole.start or case.shown, case.whole.end)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A project that is written anew for each example."""
    return make_world(tmp_path_factory.mktemp("dated") / "northtown")


@pytest.mark.long
@given(
    numbered=st.lists(cases(), min_size=CASES, max_size=CASES),
    asked=st.lists(
        st.tuples(st.integers(0, CASES - 1), st.integers(-1, 1)), min_size=5, max_size=5
    ),
    first=st.dates(date(2014, 6, 1), date(2017, 6, 1)),
    length=st.integers(0, 900),
)
@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_answers_equal_brute_force_over_the_days_that_vague_dates_allow(
    written: World, numbered: list[Case], asked: list[tuple[int, int]], first: date, length: int
) -> None:
    for number, case in enumerate(numbered):
        for folder, name, text in records(number, case):
            written.write(f"data/records/{folder}/{name}.yml", f"id: {name}\n{text}")
    written.write("data/records/initiative/circle.yml", circle(numbered))
    result = written.pcve("build")
    assert result.exit_code == 0, result.output
    answers = Asked(KnowledgeGraph.open(written.root), numbered)
    for place, shift in asked:
        case = numbered[place]
        text = case.whole.start or case.part.end or case.part.start or "2016"
        edge = min(days_of(text)) if shift < 0 else max(days_of(text))
        day = edge + timedelta(shift)
        answers.day(max(date(2013, 1, 1), min(day, date(2022, 1, 1))))
    answers.period(first, first + timedelta(length))
    answers.hosts()
    answers.overlaps()
    answers.funding()
