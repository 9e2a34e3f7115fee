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
from .entities import Entities
from .geojson import containing_places, geojson_point
from .subset import GraphPart, sources_of

_HELD: Final = "https://schema.org/EventScheduled"
_STATUS: Final = {
    "cancelled": "https://schema.org/EventCancelled",
    "postponed": "https://schema.org/EventPostponed",
}
_MODE: Final = {
    "in-person": "https://schema.org/OfflineEventAttendanceMode",
    "online": "https://schema.org/OnlineEventAttendanceMode",
    "hybrid": "https://schema.org/MixedEventAttendanceMode",
}


def schemaorg(part: GraphPart, ontology: Ontology) -> bytes:
    """An Event for each event that has what search engines require: name, start and place.

    Dates keep their precision. One that is not exact, in EDTF, is the month or year that it surely
    lies in; without any, an end is left out, and so is an event without a start. Held and planned
    events are both EventScheduled, as schema.org specifies. Raises NothingToWriteError where none
    is left.
    """
    entities = Entities(part, "facts", "vocabulary", "catalog")
    sources = sources_of(part)
    events = [
        _event(entities, iri, sources.get(iri, []))
        for iri in entities.of("pcve:Event")
        if plain_date(entities.text(iri, "schema:startDate"))
        and entities.refs(iri, "schema:location")
    ]
    if not events:
        raise NothingToWriteError("no event has the start and the place that schema.org requires")
    document = {"@context": "https://schema.org", "@graph": events}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _event(entities: Entities, iri: Iri, sources: list[Iri]) -> dict[str, object]:
    status, mode = (_terms(entities, iri, name) for name in ("pcve:status", "pcve:mode"))
    event: dict[str, object] = {
        "@type": "Event",
        "@id": iri,
        "url": iri,
        "name": entities.label(iri),
        "alternateName": entities.literals(iri, "skos:altLabel"),
        "description": "\n".join(entities.literals(iri, "pcve:purpose")),
        "startDate": plain_date(entities.text(iri, "schema:startDate")),
        "endDate": plain_date(entities.text(iri, "schema:endDate")),
        "eventStatus": next((_STATUS[code] for code in status if code in _STATUS), _HELD),
        "eventAttendanceMode": next((_MODE[code] for code in mode if code in _MODE), ""),
        "location": [_place(entities, ref) for ref in entities.refs(iri, "schema:location")],
        "organizer": [_actor(entities, ref) for ref in entities.refs(iri, "schema:organizer")],
        "funder": [_actor(entities, ref) for ref in entities.refs(iri, "schema:funder")],
        "about": [_topic(entities, ref) for ref in entities.refs(iri, "schema:about")],
        "subjectOf": [_page(entities, source) for source in sources],
    }
    return _filled(event)


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
