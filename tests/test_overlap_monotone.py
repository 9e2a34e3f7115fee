"""A part more in common never lowers the score of an overlap, whatever the works and the weights.

docs/overlap-score.md states the property. Each example is a small landscape; a part is added to two
of its works, and all is worked out anew, the rarity of terms included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from conftest import ROOT
from hypothesis import assume, event, example, given, settings
from hypothesis import strategies as st

from pcve_graph.analysis.overlaps.profiles import build_profiles
from pcve_graph.analysis.overlaps.score import PairScore, PairScorer
from pcve_graph.analysis.overlaps.weights import NUMBERS, Weights, read_weights
from pcve_graph.analysis.works import Landscape, Work
from pcve_graph.model.project import Project

SHIPPED: Final = read_weights(Project(ROOT, ROOT / "build"))
TOPIC, GROUP, PLACE = "v/topic/", "v/target-group/", "p/"
BROADER: Final = {
    f"{TOPIC}prisons": (f"{TOPIC}pcve", f"{TOPIC}all"),
    f"{TOPIC}media": (f"{TOPIC}pcve", f"{TOPIC}all"),
    f"{TOPIC}pcve": (f"{TOPIC}all",),
    f"{TOPIC}all": (),
    f"{TOPIC}borders": (),
    f"{TOPIC}capacity-building": (),
    f"{GROUP}teachers": (f"{GROUP}staff",),
    f"{GROUP}staff": (),
    f"{GROUP}youth": (),
}
"""The concepts with all broader ones; capacity-building is general: it weighs nothing."""

WITHIN: Final = {
    f"{PLACE}town": (f"{PLACE}one", f"{PLACE}region"),
    f"{PLACE}city": (f"{PLACE}one", f"{PLACE}region"),
    f"{PLACE}port": (f"{PLACE}two", f"{PLACE}region"),
    f"{PLACE}one": (f"{PLACE}region",),
    f"{PLACE}two": (f"{PLACE}region",),
    f"{PLACE}three": (),
    f"{PLACE}region": (),
    f"{PLACE}sea": (),
}
COUNTRIES: Final = frozenset(f"{PLACE}{name}" for name in ("one", "two", "three"))
LEADING: Final = ("organizer", "host")
ROLES: Final = (*LEADING, "partner", "speaker", "presenter")
TOPICS = [term for term in BROADER if term.startswith(TOPIC)]
GROUPS = [term for term in BROADER if term.startswith(GROUP)]
ACTORS = ["institute", "council", "office"]


def completed(work: Work) -> Work:
    """The work with all that a landscape derives from what the work states."""

    def above(stated: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted({up for term in stated for up in BROADER[term]} - {*stated}))

    around = {place: {place, *WITHIN[place]} & COUNTRIES for place in work.places}
    return replace(
        work,
        wider=above(work.topics),
        wider_groups=above(work.groups),
        countries=tuple(sorted({country for near in around.values() for country in near})),
        regions=tuple(place for place in work.places if not around[place]),
        leaders=tuple(sorted({a for role in LEADING for a in work.actors.get(role, ())})),
    )


def landscape(works: list[Work]) -> Landscape:
    return Landscape(
        works=tuple(map(completed, works)),
        labels={},
        within=WITHIN,
        members={f"{PLACE}region": (f"{PLACE}one", f"{PLACE}two")},
        countries=COUNTRIES,
        broader=BROADER,
        frames={},
        sorts={},
        successions={},
        replaced={},
        lists={"topic": TOPIC.rstrip("/"), "group": GROUP.rstrip("/")},
    )


def some(terms: list[str], most: int = 3) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from(terms), max_size=most).map(lambda chosen: tuple(sorted(chosen)))


@st.composite
def dates(draw: st.DrawFn, kind: str) -> tuple[str | None, str | None]:
    """Start and end, each a day, a month, a year or not stated."""
    days = st.integers(0, 12 if kind == "event" else 900)
    start = date(2018, 1, 1) + timedelta(draw(days))
    end = start + timedelta(draw(st.integers(0, 9 if kind == "event" else 900)))
    cut = st.sampled_from((10, 10, 10, 7, 4, 0))
    texts = (day.isoformat()[: draw(cut)] or None for day in (start, end))
    return next(texts), next(texts)


@st.composite
def works_of_one_kind(draw: st.DrawFn) -> list[Work]:
    kind = draw(st.sampled_from(("project", "event")))
    works = []
    for number in range(draw(st.integers(2, 3))):
        start, end = draw(dates(kind))
        places = draw(some([*WITHIN]))
        works.append(
            Work(
                iri=f"https://w3id.org/pcve/id/{kind}/w{number}",
                kind=kind,
                label=f"w{number}",
                start=start,
                end=end,
                mode="" if places else draw(st.sampled_from(("", "online"))),
                places=places,
                topics=draw(some(TOPICS)),
                groups=draw(some(GROUPS, 2)),
                funders=draw(some(ACTORS, 1)),
                series=draw(st.sampled_from(((), (), (), ("series",)))),
                actors={role: (draw(st.sampled_from(ACTORS)),) for role in draw(some([*ROLES], 2))},
            )
        )
    if draw(st.booleans()):
        works[1] = replace(works[1], topics=works[0].topics)
    return works


def with_term(name: str, term: str) -> Callable[[Work], Work]:
    def changed(work: Work) -> Work:
        terms: Any = tuple(sorted({*getattr(work, name), term}))
        return replace(work, **{name: terms})

    return changed


def with_actor(role: str, actor: str) -> Callable[[Work], Work]:
    def changed(work: Work) -> Work:
        actors = tuple(sorted({*work.actors.get(role, ()), actor}))
        return replace(work, actors={**work.actors, role: actors})

    return changed


def to_the_day(work: Work) -> bool:
    return all(len(text) == 10 for text in (work.start, work.end) if text)


def with_day(day: str) -> Callable[[Work], Work]:
    """Under way on this day too."""

    def changed(work: Work) -> Work:
        if work.start is None and work.end is None:
            return replace(work, start=day, end=day)
        start, end = work.start, work.end or (work.start if work.kind == "event" else None)
        return replace(work, start=start and min(start, day), end=end and max(end, day))

    return changed


PARTS: Final = st.one_of(
    st.sampled_from(TOPICS).map(lambda term: ("topic", with_term("topics", term))),
    st.sampled_from(GROUPS).map(lambda term: ("group", with_term("groups", term))),
    st.sampled_from([*WITHIN]).map(lambda term: ("place", with_term("places", term))),
    st.sampled_from(ACTORS).map(lambda term: ("funder", with_term("funders", term))),
    st.tuples(st.sampled_from(ROLES), st.sampled_from(ACTORS)).map(
        lambda part: (part[0], with_actor(*part))
    ),
    st.integers(0, 1800).map(
        lambda days: ("day", with_day((date(2018, 1, 1) + timedelta(days)).isoformat()))
    ),
    st.integers(0, 20).map(
        lambda days: ("day", with_day((date(2018, 1, 1) + timedelta(days)).isoformat()))
    ),
)

FIXED: Final = tuple(name for name in NUMBERS if name.startswith(("rarity.", "place.", "least.")))


@st.composite
def weights(draw: st.DrawFn) -> Weights:
    """The shipped weights or any others, with the shipped rarities and places."""
    if draw(st.booleans()):
        return SHIPPED
    share = st.floats(0, 1, allow_nan=False)
    numbers = {name: draw(share) for name in NUMBERS if name not in FIXED}
    return Weights({**SHIPPED.numbers, **numbers}, SHIPPED.words)


def compared(works: list[Work], chosen: Weights) -> PairScore | None:
    """The finding on the first two works, in order of their start as the search gives them."""
    profiles = build_profiles(landscape(works), chosen)
    pair = sorted(profiles.all[:2], key=lambda profile: (profile.when.first, profile.work.iri))
    return PairScorer(profiles).compare(*pair)


def two(
    kind: str,
    places: tuple[str, str],
    *dates: tuple[str, str],
    topic: str = "",
    organizer: str = "",
) -> list[Work]:
    """Two works at these places and dates, both on the topic, both of the organiser."""
    return [
        Work(
            iri=f"https://w3id.org/pcve/id/{kind}/w{number}",
            kind=kind,
            label=f"w{number}",
            start=start,
            end=end,
            places=(f"{PLACE}{place}",),
            topics=(f"{TOPIC}{topic}",) if topic else (),
            actors={"organizer": (organizer,)} if organizer else {},
        )
        for number, (place, (start, end)) in enumerate(zip(places, dates, strict=True))
    ]


YEAR, DAY, NEXT_DAYS = (
    ("2020-01-01", "2020-12-31"),
    ("2018-01-01", "2018-01-01"),
    ("2018-01-02", "2018-01-31"),
)
BEFORE: Final = ("2017-12-01", "2018-01-01")


@settings(max_examples=400, deadline=None)
@given(works_of_one_kind(), weights(), PARTS)
@example(
    two("event", ("town", "town"), DAY, DAY, topic="prisons"),
    SHIPPED,
    ("speaker", with_actor("speaker", "institute")),
)
@example(
    two("event", ("town", "town"), DAY, DAY),
    SHIPPED,
    ("topic", with_term("topics", f"{TOPIC}capacity-building")),
)
@example(
    two("project", ("region", "three"), YEAR, YEAR, topic="prisons"),
    SHIPPED,
    ("place", with_term("places", f"{PLACE}region")),
)
@example(
    two("project", ("town", "one"), YEAR, YEAR, topic="prisons"),
    Weights({**SHIPPED.numbers, "place.reach": 1.0, "topic.common": 1.0}, SHIPPED.words),
    ("place", with_term("places", f"{PLACE}region")),
)
@example(
    two("event", ("town", "town"), BEFORE, NEXT_DAYS, organizer="institute"),
    SHIPPED,
    ("day", with_day("2018-01-02")),
)
def test_a_part_more_in_common_never_lowers_the_score(
    works: list[Work], chosen: Weights, part: tuple[str, Callable[[Work], Work]]
) -> None:
    name, add = part
    assume(name != "day" or all(map(to_the_day, works[:2])))
    before = compared(works, chosen)
    after = compared([*map(add, works[:2]), *works[2:]], chosen)
    for finding in (before, after):
        assert finding is None or 0 <= finding.score <= 1
    if before:
        event(f"{works[0].kind}, {name}: {before.verdict}")
        assert after, (name, before)
        assert after.score >= before.score - 1e-12, (name, before, after)
