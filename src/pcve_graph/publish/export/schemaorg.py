"""schema.org: events as search engines read them, JSON-LD with terms of schema.org only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from ...model.dates import plain_date
from ...model.namespaces import local_name
from ...model.problems import NothingToWriteError
from ...model.schema import Ontology
from ...model.terms import Iri
from .entities import Entities, described_events, left_out_events
from .geojson import containing_places, geojson_point
from .standings import Standings, facts_of
from .subset import GraphPart, sources_of

_STATUS: Final = {
    "held": "https://schema.org/EventScheduled",
    "cancelled": "https://schema.org/EventCancelled",
    "postponed": "https://schema.org/EventPostponed",
}
_MODE: Final = {
    "in-person": "https://schema.org/OfflineEventAttendanceMode",
    "online": "https://schema.org/OnlineEventAttendanceMode",
    "hybrid": "https://schema.org/MixedEventAttendanceMode",
}


_PROPERTIES: Final = {
    "name": "skos:prefLabel",
    "other name": "skos:altLabel",
    "purpose": "pcve:purpose",
    "status": "pcve:status",
    "start": "schema:startDate",
    "end": "schema:endDate",
    "place": "schema:location",
    "mode": "pcve:mode",
    "organiser": "schema:organizer",
    "funder": "schema:funder",
    "topic": "schema:about",
}
"""The properties that an event shows."""


def schemaorg(part: GraphPart, ontology: Ontology) -> bytes:
    """An Event for each event that has what search engines require: name, start and place.

    Dates keep their precision. One that is not exact, in EDTF, is the month or year that it surely
    lies in; without any, an end is left out, and so is an event without a start. `eventStatus` is
    there only where a source states that the event was held, cancelled or postponed; and for one
    that was held, where its dates and place stand plainly. `description` names the facts that are
    inferred, contested or announced. Raises NothingToWriteError where none is left.
    """
    entities = Entities(part, "facts", "vocabulary", "catalog")
    sources, standings = sources_of(part), Standings(Entities(part, "evidence"))
    events = [
        _event(entities, standings, iri, sources.get(iri, []))
        for iri in described_events(entities)
        if _has_start_and_place(entities, iri)
    ]
    if not events:
        raise NothingToWriteError("no event has the start and the place that schema.org requires")
    document = {"@context": "https://schema.org", "@graph": events}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def events_without_start_or_place(part: GraphPart, ontology: Ontology) -> tuple[str, ...]:
    """A line that counts the events that `schemaorg` leaves out; none if there are none."""
    return left_out_events(part, _has_start_and_place, "no start or no place")


def _has_start_and_place(entities: Entities, event: Iri) -> bool:
    start = plain_date(entities.text(event, "schema:startDate"))
    return bool(start and entities.refs(event, "schema:location"))


def _event(
    entities: Entities, standings: Standings, iri: Iri, sources: list[Iri]
) -> dict[str, object]:
    mode = _terms(entities, iri, "pcve:mode")
    standing = standings.in_words(entities, iri, _PROPERTIES)
    description = entities.literals(iri, "pcve:purpose")
    description += [f"Standing: {standing}"] if standing else []
    event: dict[str, object] = {
        "@type": "Event",
        "@id": iri,
        "url": iri,
        "name": entities.label(iri),
        "alternateName": entities.literals(iri, "skos:altLabel"),
        "description": "\n".join(description),
        "startDate": plain_date(entities.text(iri, "schema:startDate")),
        "endDate": plain_date(entities.text(iri, "schema:endDate")),
        "eventStatus": _status(entities, standings, iri),
        "eventAttendanceMode": next((_MODE[code] for code in mode if code in _MODE), ""),
        "location": [_place(entities, ref) for ref in entities.refs(iri, "schema:location")],
        "organizer": [_actor(entities, ref) for ref in entities.refs(iri, "schema:organizer")],
        "funder": [_actor(entities, ref) for ref in entities.refs(iri, "schema:funder")],
        "about": [_topic(entities, ref) for ref in entities.refs(iri, "schema:about")],
        "subjectOf": [_page(entities, source) for source in sources],
    }
    return _filled(event)


def _status(entities: Entities, standings: Standings, event: Iri) -> str:
    """The status as a source states it; empty where none does."""
    statuses = _terms(entities, event, "pcve:status")
    facts = facts_of(entities, event, "pcve:status")
    standing = standings.of_event(entities, event) if "held" in statuses else standings.of(facts)
    return "" if standing else next((_STATUS[code] for code in statuses if code in _STATUS), "")


def _place(entities: Entities, iri: Iri) -> dict[str, object]:
    places = [iri, *containing_places(entities, iri)]
    countries, towns = (
        [place for place in places if kind in _terms(entities, place, "pcve:kind")]
        for kind in ("country", "city")
    )
    point = geojson_point(entities, iri)
    geo = point and dict(zip(("longitude", "latitude"), point["coordinates"], strict=True))
    address = {
        "@type": "PostalAddress",
        "addressLocality": next(iter(entities.labels(towns)), ""),
        "addressCountry": next(iter(entities.labels(countries)), ""),
        "addressRegion": "" if towns or countries else entities.label(iri),
    }
    venue = {
        "@type": "Place",
        "@id": iri,
        "name": entities.label(iri),
        "description": "; ".join(entities.notes(entities.labels(places))),
        "address": _filled(address),
        "geo": {"@type": "GeoCoordinates", **geo} if geo else None,
        "sameAs": entities.refs(iri, "schema:sameAs"),
    }
    return _filled(venue)


def _terms(entities: Entities, iri: Iri, name: str) -> list[str]:
    """The local names of the concepts that are values of a property."""
    return [local_name(ref) for ref in entities.refs(iri, name)]


def _actor(entities: Entities, iri: Iri) -> dict[str, object]:
    person = "Person" in map(local_name, entities.kinds(iri))
    actor = {
        "@type": "Person" if person else "Organization",
        "@id": iri,
        "name": entities.label(iri),
        "url": iri,
        "sameAs": entities.refs(iri, "schema:sameAs"),
    }
    return _filled(actor)


def _topic(entities: Entities, iri: Iri) -> dict[str, object]:
    return {"@type": "DefinedTerm", "@id": iri, "name": entities.label(iri)}


def _page(entities: Entities, iri: Iri) -> dict[str, object]:
    page = {
        "@type": "WebPage",
        "@id": iri,
        "name": entities.label(iri),
        "url": entities.refs(iri, "schema:url"),
    }
    return _filled(page)


def _filled(node: Mapping[str, object]) -> dict[str, object]:
    """`node` without empty values, and with the item in place of a list of one."""
    compacted = {k: v[0] if isinstance(v, list) and len(v) == 1 else v for k, v in node.items()}
    return {name: value for name, value in compacted.items() if value}
