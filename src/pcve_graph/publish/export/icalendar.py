"""iCalendar (RFC 5545): the events whose days are known, as all-day entries."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from types import ModuleType
from typing import Any, Final

from ...model.dates import precision
from ...model.namespaces import local_name
from ...model.problems import NothingToWriteError
from ...model.schema import Ontology
from ...model.terms import Iri
from .entities import Entities, described_events, import_optional, left_out_events
from .geojson import containing_places, geojson_point
from .standings import Standings, facts_of
from .subset import GraphPart, sources_of

_STATUS: Final = {
    "cancelled": "CANCELLED",
    "held": "CONFIRMED",
    "planned": "TENTATIVE",
    "postponed": "TENTATIVE",
}
"""The STATUS of a VEVENT (RFC 5545, 3.8.1.11) by the status of an event."""


_PROPERTIES: Final = {
    "name": "skos:prefLabel",
    "status": "pcve:status",
    "start": "schema:startDate",
    "end": "schema:endDate",
    "place": "schema:location",
    "venue": "pcve:venue",
    "kind": "pcve:kind",
    "organiser": "schema:organizer",
    "host": "pcve:host",
    "purpose": "pcve:purpose",
    "topic": "schema:about",
}
"""The properties that an entry shows."""


def icalendar_file(part: GraphPart, ontology: Ontology) -> bytes:
    """A calendar with an entry for each event whose days are known, as UTF-8.

    Events dated to the month or year, in EDTF, or not at all are left out; the description of the
    calendar and its X-PCVE-WITHOUT-A-DAY give their number. STATUS is CONFIRMED only where a source
    states that the event was held, and its dates and place stand plainly; what is inferred,
    contested or announced is TENTATIVE, and DESCRIPTION names the facts. An event whose status no
    source states has no STATUS. DTSTAMP is the latest day
    on which a source was read. Raises UsageError where icalendar is not installed,
    NothingToWriteError without events, and where the days of none are known.
    """
    icalendar = import_optional("icalendar", "calendar")
    entities = Entities(part, "facts", "vocabulary", "catalog")
    events = described_events(entities)
    dated = [event for event in events if event_days(entities, event)]
    undated = len(events) - len(dated)
    if not dated:
        raise NothingToWriteError(f"the days of no event are known; {undated} are left out")
    days_read = [entities.text(source, "pcve:dateRead") for source in entities.of("pcve:Source")]
    stamp = datetime.combine(date.fromisoformat(max(days_read, default="1970-01-01")), time(), UTC)
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//pcve-graph//pcve export ics//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Preventing violent extremism: events")
    calendar.add("x-wr-caldesc", f"Events left out because their days are not known: {undated}.")
    calendar.add("x-pcve-without-a-day", str(undated))
    sources, standings = sources_of(part), Standings(Entities(part, "evidence"))
    for dated_event in sorted(dated, key=lambda iri: (event_days(entities, iri), iri)):
        calendar.add_component(
            _entry(icalendar, entities, standings, dated_event, sources.get(dated_event, []), stamp)
        )
    return bytes(calendar.to_ical())


def events_without_a_day(part: GraphPart, ontology: Ontology) -> tuple[str, ...]:
    """A line that counts the events that a calendar leaves out; none if there are none."""
    return left_out_events(part, event_days, "their days are not known")


def event_days(entities: Entities, event: Iri) -> tuple[date, date] | None:
    """The first and the last day of an event; None where a date is not known to the day."""
    texts = [entities.literals(event, name) for name in ("schema:startDate", "schema:endDate")]
    if not texts[0] or any(precision(text) != "date" for words in texts for text in words):
        return None
    first = date.fromisoformat(min(texts[0]))
    return first, max([first, *map(date.fromisoformat, texts[1])])


def _entry(
    icalendar: ModuleType,
    entities: Entities,
    standings: Standings,
    event: Iri,
    sources: list[Iri],
    stamp: datetime,
) -> Any:
    first, last = event_days(entities, event) or (date.min, date.min)
    places = entities.refs(event, "schema:location")
    entry = icalendar.Event()
    entry.add("uid", event)
    entry.add("dtstamp", stamp)
    entry.add("dtstart", first)
    if last < date.max:
        entry.add("dtend", last + timedelta(1))
    entry.add("summary", entities.label(event))
    if where := _location_text(entities, event, places):
        entry.add("location", where)
    if len(places) == 1 and (location := geojson_point(entities, places[0])):
        entry.add("geo", tuple(reversed(location["coordinates"])))
    standing = standings.in_words(entities, event, _PROPERTIES)
    entry.add("description", _description(entities, event, where, sources, standing))
    if topics := entities.labels(entities.refs(event, "schema:about")):
        entry.add("categories", topics)
    if status := _status(entities, standings, event):
        entry.add("status", status)
    entry.add("transp", "TRANSPARENT")
    entry.add("url", event)
    return entry


def _status(entities: Entities, standings: Standings, event: Iri) -> str:
    """The STATUS of an event; empty where no source states one, and dates and place stand plainly.

    A stated cancellation holds whatever the dates are.
    """
    codes = map(local_name, entities.refs(event, "pcve:status"))
    stated = [_STATUS[code] for code in codes if code in _STATUS]
    if stated == ["CANCELLED"] and not standings.of(facts_of(entities, event, "pcve:status")):
        return "CANCELLED"
    return "TENTATIVE" if standings.of_event(entities, event) else next(iter(stated), "")


def _location_text(entities: Entities, event: Iri, places: list[Iri]) -> str:
    venue = entities.text(event, "pcve:venue")
    place_texts = [
        ", ".join(entities.labels([place, *containing_places(entities, place)[:1]]))
        for place in places
    ]
    return "; ".join([venue, *place_texts] if venue else place_texts)


def _description(
    entities: Entities, event: Iri, where: str, sources: list[Iri], standing: str
) -> str:
    texts_by_name = {
        "Kind": entities.labels(entities.refs(event, "pcve:kind")),
        "Organised by": entities.labels(entities.refs(event, "schema:organizer")),
        "Hosted by": entities.labels(entities.refs(event, "pcve:host")),
        "Purpose": entities.literals(event, "pcve:purpose"),
        "Status": entities.labels(entities.refs(event, "pcve:status")),
    }
    lines = [f"{name}: {'; '.join(words)}" for name, words in texts_by_name.items() if words]
    lines += [f"Standing: {standing}"] if standing else []
    for source in sources:
        address = " ".join(entities.refs(source, "schema:url"))
        lines.append(f"Source: {entities.label(source)} {address}")
    lines += entities.notes([entities.label(event), where, *lines])
    return "\n".join(line.strip() for line in lines)
