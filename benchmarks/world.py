"""Invented records in the project's own format, of the kinds and links of the shipped ones.

A world is a backbone (a region, countries, donors, programmes), which every part of it may name,
and parts of at most PART records, which name only the backbone and themselves: so that a world of
any size is made, mapped and written part by part. The same seed gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from invented import Name, name

PART: Final = 1000
"""Records of the largest part."""

SHARES: Final = {
    "Organization": 0.27,
    "Event": 0.31,
    "Place": 0.09,
    "Document": 0.09,
    "Person": 0.06,
    "OrganizationalUnit": 0.05,
    "Project": 0.05,
    "Initiative": 0.03,
    "EventSeries": 0.03,
    "Programme": 0.02,
}
FOLDERS: Final = {
    "Country": "place",
    "EventSeries": "event-series",
    "OrganizationalUnit": "organization",
}
SOURCES: Final = 0.4
"""Sources for each record; HELD of them have their text."""
HELD: Final = 0.4

_FIRST: Final = date(2008, 1, 1)
_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")

TOPICS: Final = (
    *("prisons", "radicalisation", "education", "youth", "media", "migration", "ftf", "cyber"),
    *("border-security", "civil-society", "women-gender", "victims", "families", "research"),
    *("legislation", "drugs", "firearms", "local-communities", "multi-agency"),
    *("community-policing", "information-sharing", "online-radicalisation", "capacity-building"),
)
_KINDS: Final[dict[str, dict[str, str]]] = {
    "Event": {
        "conference": "conference",
        "forum": "forum",
        "workshop": "workshop",
        "training": "training",
        "meeting": "meeting",
    },
    "Organization": {
        "research-institute": "institute",
        "ministry": "ministry",
        "ngo": "association",
        "foundation": "association",
        "university": "institute",
    },
    "OrganizationalUnit": {"unit": "unit"},
    "Document": {"report": "report", "study": "report", "national-strategy": "strategy"},
    "Project": {"implementation-project": "project", "research-project": "project"},
    "Programme": {"grant-programme": "programme", "regional-programme": "programme"},
    "Initiative": {"network": "network", "coordination-process": "network"},
    "EventSeries": {"": "series"},
    "Place": {"city": ""},
    "Country": {"country": ""},
    "Person": {"": ""},
}
_SAYS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "startDate": "began on {}",
        "endDate": "ended on {}",
        "issued": "was issued on {}",
        "location": "took place in {}",
        "containedInPlace": "lies in {}",
        "inCountry": "works in {}",
        "organizer": "was organised by {}",
        "funder": "was paid for by {}",
        "about": "dealt with {}",
        "status": "was {}",
        "": "has the {key} {}",
    },
    "sq": {
        "startDate": "filloi më {}",
        "endDate": "përfundoi më {}",
        "location": "u mbajt në {}",
        "organizer": "u organizua nga {}",
        "about": "trajtoi {}",
    },
    "sr": {
        "startDate": "почиње {}",
        "endDate": "завршава се {}",
        "location": "одржава се у месту {}",
        "organizer": "организује {}",
        "about": "бави се темом {}",
    },
    "mk": {
        "startDate": "започнува на {}",
        "endDate": "завршува на {}",
        "location": "се одржува во {}",
        "organizer": "го организира {}",
        "about": "се занимава со {}",
    },
}
Value = str | list[str] | dict[str, str]


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of the world. `day` is when it begins, `edition` its number in its `series`."""

    type: str
    name: Name
    kind: str
    day: date
    series: Thing | None = None
    edition: int = 0
    before: Thing | None = None

    @property
    def path(self) -> str:
        folder = FOLDERS.get(self.type, self.type.lower())
        return f"data/records/{folder}/{self.name.id}.yml"


@dataclass(frozen=True, slots=True)
class Fact:
    """A key, its value as YAML has it, and how a sentence shows it."""

    key: str
    value: Value
    shown: str


@dataclass(slots=True)
class Source:
    """A source; `sentences` are those of its held text."""

    name: Name
    language: str
    held: bool
    day: date
    sentences: dict[str, None] = field(default_factory=dict)


def part_sizes(records: int) -> list[int]:
    """The sizes of the parts of a world of so many records besides its backbone."""
    whole, rest = divmod(records, PART)
    return [PART] * whole + ([rest] if rest else [])


class Part:
    """One part of a world, or its backbone: all its files, by path from the project's root."""

    def __init__(self, seed: int, number: int, size: int) -> None:
        self.random = random.Random(f"{seed}/{number}")
        self.next = BACKBONE * 2 + (number - 1) * PART * 2 if number else 0
        self.things: dict[str, list[Thing]] = {kind: [] for kind in (*SHARES, "Country")}
        self.base = Part(seed, 0, 0) if number else self
        self.sources = [self.source(at) for at in range(max(4, int(size * SOURCES)))]
        for kind, count in (_counts(size) if number else _BACKBONE).items():
            self.add(kind, count)

    def files(self) -> dict[str, str]:
        """Every file of the part."""
        files = {}
        for things in self.things.values():
            for thing in things:
                files[thing.path] = self.record(thing)
        for source in self.sources:
            files.update(_source_files(source))
        return files

    def source(self, at: int) -> Source:
        language = self.random.choices(("en", "sq", "sr", "mk"), (7, 1, 1, 1))[0]
        held = at < 2 or (at > 2 and self.random.random() < HELD)
        return Source(self.take("news"), "en" if at < 2 else language, held, self.day())

    def take(self, noun: str, words: int = 2) -> Name:
        self.next += 1
        return name(self.next, noun, words)

    def day(self) -> date:
        return _FIRST + timedelta(days=self.random.randrange(6500))

    def add(self, kind: str, count: int) -> None:
        editions: dict[str, Thing] = {}
        for _ in range(count):
            own = self.random.choice(sorted(_KINDS[kind]))
            words = 1 if kind in ("Place", "Country") else 2
            thing = Thing(kind, self.take(_KINDS[kind][own], words), own, self.day())
            if kind == "Event" and self.things["EventSeries"] and self.random.random() < 0.42:
                series = self.random.choice(self.things["EventSeries"])
                thing = _edition(thing, series, editions.get(series.name.id))
                editions[series.name.id] = thing
            self.things[kind].append(thing)

    def any(self, *kinds: str, own: float = 0.7) -> Thing:
        """A thing of one of the kinds: of this part, or of the backbone."""
        mine = [thing for kind in kinds for thing in self.things[kind]]
        shared = [thing for kind in kinds for thing in self.base.things[kind]]
        near = self.random.random() < own
        return self.random.choice((mine or shared) if near else (shared or mine))

    def record(self, thing: Thing) -> str:
        """The record of `thing`: its first passage names it, each further one says more."""
        passages = _passages(self, thing)
        lines = [f"id: {thing.name.id}", f"type: {thing.type}", "claims:"]
        for facts in passages:
            if facts:
                lines += self.block(thing, facts)
        return "\n".join(lines) + "\n"

    def block(self, thing: Thing, facts: list[Fact]) -> list[str]:
        """A block: the facts, their source, and its words where the text is held."""
        source, quote = self.evidence(thing, facts)
        names = [source.name.id]
        if not source.held:
            others = [cited.name.id for cited in self.sources if not cited.held][:40]
            more = self.random.sample(others, min(len(others), self.random.choice((0, 0, 0, 1, 2))))
            names += [identifier for identifier in more if identifier != source.name.id]
        lines = [f"source: {_flow(names[0])}", *([f"quote: {_flow(quote)}"] if quote else [])]
        if len(names) > 1:
            lines = [f"evidence: [{', '.join(f'{{source: {name}}}' for name in names)}]"]
        lines += [f"{fact.key}: {_flow(fact.value)}" for fact in facts]
        if self.random.random() < 0.3:
            note = f"it follows from the items of {source.day.year} beside it; it is not stated"
            lines += ["certainty: inferred", f"note: {note}"]
        return [("  - " if not at else "    ") + line for at, line in enumerate(lines)]

    def evidence(self, thing: Thing, facts: list[Fact]) -> tuple[Source, str]:
        """A source that can state these facts, and its sentence; none if its text is not held."""
        while True:
            source = self.random.choice(self.sources)
            if not source.held:
                return source, ""
            sentence = _sentence(source.language, thing, facts)
            if sentence and len(sentence) <= 300 and sentence not in source.sentences:
                source.sentences[sentence] = None
                return source, sentence


_BACKBONE: Final = {
    "Country": 6,
    "Place": 6,
    "Organization": 8,
    "Initiative": 2,
    "Programme": 2,
}
BACKBONE: Final = sum(_BACKBONE.values()) + 1
"""Records of the backbone, its region included."""


def _counts(size: int) -> dict[str, int]:
    """How many records of each kind; the kinds that others name come first."""
    order = ["Place", "EventSeries", "Organization", *SHARES]
    counts = {kind: max(1, round(SHARES[kind] * size)) for kind in order}
    counts["Event"] = max(1, size - sum(count for kind, count in counts.items() if kind != "Event"))
    return counts


def _edition(thing: Thing, series: Thing, last: Thing | None) -> Thing:
    """`thing` as the edition of `series` that follows `last`."""
    number = last.edition + 1 if last else 1
    day = (last.day if last else series.day) + timedelta(days=170)
    ordinal = {1: "st", 2: "nd", 3: "rd"}.get(number if number < 20 else number % 10, "th")
    own = Name(f"{series.name.id}-{number}", {"en": f"{number}{ordinal} {series.name.en}"})
    return Thing("Event", own, thing.kind, day, series, number, last)


def _passages(part: Part, thing: Thing) -> Iterator[list[Fact]]:
    """The facts of a record, passage by passage."""
    chance = part.random.random
    first = [Fact("prefLabel", _label(part, thing.name), thing.name.en)]
    if thing.kind:
        first.append(_term("kind", thing.kind))
    yield first
    if chance() < 0.4 and len(thing.name.texts) > 1:
        language = part.random.choice(("sq", "sr", "mk"))
        alias = thing.name.texts[language]
        yield [Fact("altLabel", {language: alias}, alias)]
    yield from _OF[thing.type](part, thing)
    if chance() < 0.4:
        note = f"Seen in {part.random.randrange(2, 9)} items, the last of {thing.day.year + 1}."
        yield [Fact("editorialNote", {"en": note}, note)]


def _label(part: Part, own: Name) -> dict[str, str]:
    """English, and in a third of the cases a local language and script besides."""
    more = part.random.choices((None, "sq", "sr", "mk"), (6, 1, 1, 1))[0]
    texts = {"en": own.en}
    return texts | {more: own.texts[more]} if more in own.texts else texts


def _event(part: Part, thing: Thing) -> Iterator[list[Fact]]:
    chance = part.random.random
    place = part.any("Place")
    yield [*_dates(part, thing, 0.46), _link("location", place)]
    if chance() < 0.84:
        yield [_link("organizer", part.any("Organization")), _topics(part)]
    if thing.series:
        facts = [_link("series", thing.series), Fact("edition", str(thing.edition), "")]
        if thing.before and chance() < 0.4:
            facts.append(_link("precededBy", thing.before))
        yield facts
    if chance() < 0.67:
        yield [_term("status", "held")]
    for key, share in (("participant", 0.33), ("speaker", 0.2), ("host", 0.2), ("partner", 0.15)):
        if chance() < share:
            kind = "Person" if key == "speaker" and part.things["Person"] else "Organization"
            yield [_link(key, part.any(kind))]
    if chance() < 0.37:
        yield [_link("isPartOf", part.any("Project", "Programme"))]
    if chance() < 0.25:
        theme = f"The role of {part.random.choice(TOPICS).replace('-', ' ')} after {thing.day.year}"
        yield [Fact("theme", {"en": theme}, theme), _term("audience", "first-line-practitioners")]


def _organization(part: Part, thing: Thing) -> Iterator[list[Fact]]:
    chance = part.random.random
    if thing.type == "OrganizationalUnit":
        yield [_link("subOrganizationOf", part.any("Organization"))]
    if chance() < 0.6:
        yield [_link("inCountry", part.any("Country"))]
    if chance() < 0.3:
        yield [_link("location", part.any("Place"))]
    if chance() < 0.16:
        yield [_link("memberOf", part.any("Initiative", own=0.3))]
    if chance() < 0.3:
        aim = f"To work on {part.random.choice(TOPICS).replace('-', ' ')} since {thing.day.year}"
        yield [Fact("purpose", {"en": aim}, aim)]
    if chance() < 0.15:
        yield _dates(part, thing, 0.0)


def _place(part: Part, thing: Thing) -> Iterator[list[Fact]]:
    country = part.random.choice(part.base.things["Country"])
    yield [_link("containedInPlace", country)]
    latitude, longitude = 41 + part.random.random() * 5, 14 + part.random.random() * 9
    yield [
        Fact("latitude", f"{latitude:.5f}", f"{latitude:.5f}"),
        Fact("longitude", f"{longitude:.5f}", f"{longitude:.5f}"),
        _address(thing),
    ]


def _country(part: Part, thing: Thing) -> Iterator[list[Fact]]:
    yield [Fact("containedInPlace", REGION, REGION), _address(thing)]


def _person(part: Part, thing: Thing) -> Iterator[list[Fact]]:
    post = {
        "id": "post",
        "organization": part.any("Organization").name.id,
        "role": part.random.choice(("official", "expert", "head", "representative")),
        "attested": thing.day.isoformat(),
    }
    shown = f"{post['role']} of {post['organization']} on {_date_in_words(thing.day)}"
    yield [Fact("hasMembership", post, shown)]


def _document(part: Part, thing: Thing) -> Iterator[list[Fact]]:
    chance = part.random.random
    yield [Fact("issued", *_written(part, thing.day)), _link("author", part.any("Organization"))]
    if chance() < 0.7:
        yield [_topics(part)]
    if chance() < 0.43:
        yield [_link("considers", part.any("Project", "Event", "Organization"))]
    if chance() < 0.3:
        yield [_link("signedAt", part.any("Event"))]


def _work(part: Part, thing: Thing) -> Iterator[list[Fact]]:
    """A project, programme or initiative."""
    chance = part.random.random
    yield _dates(part, thing, 0.5)
    yield [_link("location", part.any("Place", "Country", own=0.4)), _topics(part)]
    if thing.type != "Initiative" and chance() < 0.9:
        yield [_link("funder", part.any("Organization", own=0.1)), _budget(part)]
        if chance() < 0.3:
            yield [_transaction(part)]
    if chance() < 0.6:
        yield [_link("implementer", part.any("Organization"))]
    if chance() < 0.5:
        yield [_link("partner", part.any("Organization"))]
    if thing.type == "Project":
        yield [_link("isPartOf", part.any("Programme", own=0.5))]
        code = f"HOME-{part.random.randrange(10**6):06}"
        yield [Fact("identifier", code, code), _term("audience", "prison-probation-staff")]


def _series(part: Part, thing: Thing) -> Iterator[list[Fact]]:
    yield [_topics(part), _link("organizer", part.any("Organization"))]


_OF: Final = {
    "Event": _event,
    "Organization": _organization,
    "OrganizationalUnit": _organization,
    "Place": _place,
    "Country": _country,
    "Person": _person,
    "Document": _document,
    "Project": _work,
    "Programme": _work,
    "Initiative": _work,
    "EventSeries": _series,
}

REGION: Final = "low-hills"


def region_files() -> dict[str, str]:
    """The region in which every country lies."""
    text = (
        f"id: {REGION}\ntype: Place\nclaims:\n  - source: atlas\n"
        "    prefLabel: {en: Low Hills}\n    kind: region\n"
    )
    source = Source(Name("atlas", {"en": "Atlas of the Low Hills"}), "en", False, _FIRST)
    return {f"data/records/place/{REGION}.yml": text, **_source_files(source)}


def _link(key: str, thing: Thing) -> Fact:
    return Fact(key, thing.name.id, thing.name.en)


def _term(key: str, term: str) -> Fact:
    return Fact(key, term, term.replace("-", " "))


def _topics(part: Part) -> Fact:
    chosen = part.random.sample(TOPICS, part.random.choice((1, 1, 2, 3)))
    return Fact("about", chosen, " and ".join(chosen).replace("-", " "))


def _address(thing: Thing) -> Fact:
    address = f"https://atlas.example/{thing.name.id}"
    return Fact("sameAs", address, address)


def _budget(part: Part) -> Fact:
    amount = part.random.randrange(5, 900) * 10_000
    money = {"id": "total", "value": str(amount), "currency": "EUR"}
    if part.random.random() < 0.3:
        del money["value"]
        money |= {"minValue": str(amount), "maxValue": str(amount * 2)}
        return Fact("budget", money, f"of EUR {amount} to EUR {amount * 2}")
    return Fact("budget", money, f"of EUR {amount}")


def _transaction(part: Part) -> Fact:
    amount = str(part.random.randrange(5, 90) * 10_000)
    money = {"id": "grant", "kind": "commitment", "value": amount, "currency": "EUR"}
    return Fact("hasTransaction", money, f"a grant of EUR {amount}")


def _dates(part: Part, thing: Thing, ends: float) -> list[Fact]:
    facts = [Fact("startDate", *_written(part, thing.day))]
    if part.random.random() < ends and len(str(facts[0].value)) == 10:
        length = 3 if thing.type == "Event" else 1400
        end = thing.day + timedelta(days=part.random.randrange(1, length))
        facts.append(Fact("endDate", end.isoformat(), _date_in_words(end)))
    return facts


def _written(part: Part, day: date) -> tuple[str, str]:
    """A date as precise as its source, in both of its forms."""
    digits = part.random.choices((10, 7, 4), (85, 10, 5))[0]
    return day.isoformat()[:digits], _date_in_words(day).split(" ", (10 - digits) // 3)[-1]


def _date_in_words(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _sentence(language: str, thing: Thing, facts: list[Fact]) -> str:
    """What a text of the language says of the thing; empty where it has no words for a fact."""
    says = _SAYS[language]
    clauses = []
    for fact in facts:
        if fact.key == "prefLabel" and language == "en":
            continue
        if fact.key not in says and "" not in says:
            return ""
        key = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", fact.key).lower()
        shown = fact.shown if language == "en" else _digits(fact)
        clauses.append(says.get(fact.key, says.get("", "")).format(shown.rstrip("."), key=key))
    subject = thing.name.texts.get(language, thing.name.en)
    names = [
        name
        for fact in facts
        if fact.key in ("prefLabel", "altLabel")
        for name in (fact.value.values() if isinstance(fact.value, dict) else ())
    ]
    if others := [name for name in names if name != subject]:
        subject += f" ({', '.join(others)})"
    if not clauses:
        clauses = [f"was named in {thing.day.year}"]
    return f"{subject} {', '.join(clauses)}."


def _digits(fact: Fact) -> str:
    """How a text that is not English shows a fact: days in digits."""
    written = re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", str(fact.value))
    return ".".join(reversed(written[0].split("-"))) if written else fact.shown


def _flow(value: Value) -> str:
    """A value in YAML, on one line."""
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)


def _source_files(source: Source) -> dict[str, str]:
    """The file of a source, and its text where it is held."""
    own = source.name.id
    title = source.name.texts.get(source.language, source.name.en)
    lines = [
        f"id: {own}",
        f"title: {{{source.language}: {_flow(title)}}}",
        f"publisherName: {_flow(source.name.en)}",
        f"url: {_flow(f'https://{own}.example/news')}",
        f"language: {source.language}",
        f"issued: {source.day.isoformat()}",
        "dateRead: 2026-11-23",
        "rights: {en: Invented for measuring; under the licences of this project.}",
    ]
    files = {}
    if source.held:
        sentences = list(source.sentences)
        groups = [" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4)]
        text = (
            "\n\n".join(
                [title, *(textwrap.fill(group, 100, break_on_hyphens=False) for group in groups)]
            )
            + "\n"
        )
        files[f"data/sources/texts/{own}.txt"] = text
        lines += [f"textFile: {own}.txt", f"sha256: {hashlib.sha256(text.encode()).hexdigest()}"]
    files[f"data/sources/{own}.yml"] = "\n".join(lines) + "\n"
    return files
