"""GeoJSON (RFC 7946): places with their events, one feature a place."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Literal, TypedDict

from ...model.schema import Ontology
from ...model.terms import Iri
from .entities import Entities, short_id
from .subset import GraphPart


class Point(TypedDict):
    """A GeoJSON point (RFC 7946, section 3.1.2)."""

    type: Literal["Point"]
    coordinates: list[float]


def geojson(part: GraphPart, ontology: Ontology) -> bytes:
    """A feature for each place that has events or coordinates, as UTF-8.

    The point is that of the place, not of the building. A place without coordinates is a feature
    without a geometry (section 3.2), so that no event is lost.
    """
    entities = Entities(part, "facts", "vocabulary")
    events: dict[Iri, list[Iri]] = defaultdict(list)
    for event in entities.of("pcve:Event"):
        for place in entities.refs(event, "schema:location"):
            events[place].append(event)
    features = [
        _feature(entities, place, events[place])
        for place in entities.of("pcve:Place", "pcve:Country")
        if events[place] or entities.text(place, "schema:latitude")
    ]
    document = {"type": "FeatureCollection", "features": features}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _feature(entities: Entities, place: Iri, events: list[Iri]) -> dict[str, object]:
    within = containing_places(entities, place)
    properties = {
        "id": short_id(place),
        "label": entities.label(place),
        "kind": ", ".join(entities.labels(entities.refs(place, "pcve:kind"))),
        "within": entities.labels(within),
        "note": "; ".join(entities.notes(entities.labels([place, *within]))),
        "events": [_event(entities, event) for event in _by_date(entities, events)],
    }
    stated = {name: value for name, value in properties.items() if value or name == "events"}
    return {
        "type": "Feature",
        "id": place,
        "geometry": geojson_point(entities, place),
        "properties": stated,
    }


def _by_date(entities: Entities, events: list[Iri]) -> list[Iri]:
    return sorted(events, key=lambda event: (entities.text(event, "pcve:earliest"), event))


def _event(entities: Entities, event: Iri) -> dict[str, str]:
    names = ("schema:startDate", "schema:endDate")
    dates = {name.partition(":")[2]: entities.text(event, name) for name in names}
    known_dates = {name: date for name, date in dates.items() if date}
    return {"id": short_id(event), "label": entities.label(event), **known_dates}


def containing_places(entities: Entities, place: Iri) -> list[Iri]:
    """The places that contain a place, the innermost first."""
    containing: list[Iri] = []
    waiting = entities.refs(place, "schema:containedInPlace")
    while waiting:
        container = waiting.pop(0)
        if container not in containing:
            containing.append(container)
            waiting += entities.refs(container, "schema:containedInPlace")
    return containing


def geojson_point(entities: Entities, place: Iri) -> Point | None:
    """The GeoJSON point of a place: longitude, then latitude, WGS 84; None where it has none."""
    coordinates = [entities.text(place, name) for name in ("schema:longitude", "schema:latitude")]
    return (
        {"type": "Point", "coordinates": [float(degrees) for degrees in coordinates]}
        if all(coordinates)
        else None
    )
