"""GeoJSON (RFC 7946): places with their events and the outlines of economies, or each event."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final, Literal, TypedDict

from ...model.problems import NothingToWriteError
from ...model.schema import Ontology
from ...model.terms import Iri
from .entities import Entities, described_events, short_id
from .standings import DATES, Standings, facts_shown
from .subset import GraphPart

Geometry = Mapping[str, object]
"""A GeoJSON geometry (RFC 7946, section 3.1)."""

_ABOUT_OUTLINES: Final = (
    "Outlines: Natural Earth 4.1, 1:50 million, public domain. They are without prejudice to "
    "positions on status and borders."
)
_PLACE: Final = ("pcve:Place", "pcve:Country")
_FACTS_OF_PLACE: Final = (
    *("skos:prefLabel", "pcve:kind", "schema:containedInPlace"),
    *("schema:latitude", "schema:longitude"),
)
_PROPERTIES: Final = {
    "label": "skos:prefLabel",
    "startDate": "schema:startDate",
    "endDate": "schema:endDate",
    "kind": "pcve:kind",
    "status": "pcve:status",
    "places": "schema:location",
    "topics": "schema:about",
}
"""The facts that a feature of an event shows, by their names there."""


class Point(TypedDict):
    """A GeoJSON point (RFC 7946, section 3.1.2)."""

    type: Literal["Point"]
    coordinates: list[float]


def geojson(part: GraphPart, ontology: Ontology) -> bytes:
    """A feature for each place that has events, coordinates or an outline, as UTF-8.

    The point is that of the place, not of the building; an economy has its outline, its outer ring
    counterclockwise. A place without either is a feature without a geometry (section 3.2), so that
    no event is lost. `standing` of an event is as in `geojson_by_event`, that of a place says how
    what the graph has of the place stands. Raises NothingToWriteError where no place has any of
    them.
    """
    entities = Entities(part, "facts", "vocabulary")
    standings = Standings(Entities(part, "evidence"))
    events: dict[Iri, list[Iri]] = defaultdict(list)
    for event in filter(entities.is_described, entities.of("pcve:Event")):
        for place in entities.refs(event, "schema:location"):
            events[place].append(event)
    features = [
        _feature(entities, standings, place, events[place])
        for place in entities.of(*_PLACE)
        if events[place] or _place_geometry(entities, place)
    ]
    return _collection(features, "no place has events or coordinates")


def geojson_by_event(part: GraphPart, ontology: Ontology) -> bytes:
    """A feature for each event, as UTF-8: the points of its places.

    An event whose place is an economy or not known has no geometry; `places` names the place.
    `standing` says whether its status, dates or places are inferred, contested or only announced;
    `standingOf` names the properties concerned. Raises NothingToWriteError without events.
    """
    entities = Entities(part, "facts", "vocabulary")
    standings = Standings(Entities(part, "evidence"))
    events = _by_date(entities, described_events(entities))
    features = [_event_feature(entities, standings, event) for event in events]
    return _collection(features, "no event matches")


def _collection(features: Sequence[Mapping[str, object]], nothing: str) -> bytes:
    """The document; its `bbox` (section 5) goes around all geometries."""
    if not features:
        raise NothingToWriteError(nothing)
    geometries = [geometry for feature in features if (geometry := feature["geometry"])]
    positions = [position for geometry in geometries for position in _positions(geometry)]
    document: dict[str, object] = {"type": "FeatureCollection"}
    if positions:
        east_west, north_south = zip(*positions, strict=True)
        document["bbox"] = [min(east_west), min(north_south), max(east_west), max(north_south)]
    if any("Polygon" in str(geometry) for geometry in geometries):
        document["note"] = _ABOUT_OUTLINES
    document["features"] = features
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _positions(value: object) -> Iterator[tuple[float, float]]:
    """The positions within a geometry, as longitude and latitude."""
    if isinstance(value, Mapping):
        yield from _positions(value["coordinates"])
    elif isinstance(value, list) and value and isinstance(value[0], float):
        yield value[0], value[1]
    elif isinstance(value, list):
        for inner in value:
            yield from _positions(inner)


def _feature(
    entities: Entities, standings: Standings, place: Iri, events: list[Iri]
) -> dict[str, object]:
    within = containing_places(entities, place)
    properties = {
        "id": short_id(place),
        "label": entities.label(place),
        "kind": ", ".join(entities.labels(entities.refs(place, "pcve:kind"))),
        "within": entities.labels(within),
        "standing": standings.of(facts_shown(entities, place, *_FACTS_OF_PLACE)),
        "note": "; ".join(entities.notes(entities.labels([place, *within]))),
        "events": [
            _filled(
                {**_event(entities, event), "standing": standings.of_event(entities, event)}, ""
            )
            for event in _by_date(entities, events)
        ],
    }
    return {
        "type": "Feature",
        "id": place,
        "geometry": _place_geometry(entities, place),
        "properties": _filled(properties, "events"),
    }


def _place_geometry(entities: Entities, place: Iri) -> Geometry | None:
    outline = _outlines().get(short_id(place))
    if outline:
        return {"type": "Polygon", "coordinates": outline}
    point = geojson_point(entities, place)
    return dict(point) if point else None


@cache
def _outlines() -> dict[str, list[list[list[float]]]]:
    """The outlines of the economies of the region by id of the place: see tests/outlines.py."""
    text = files(__package__).joinpath("outlines.json").read_text("utf-8")
    outlines: dict[str, list[list[list[float]]]] = json.loads(text)
    return outlines


def _event_feature(entities: Entities, standings: Standings, event: Iri) -> dict[str, object]:
    places = entities.refs(event, "schema:location")
    points = [point["coordinates"] for place in places if (point := geojson_point(entities, place))]
    kinds = {kind for place in places for kind in entities.refs(place, "pcve:kind")}
    names = entities.labels(dict.fromkeys([event, *places, *_containing(entities, places)]))
    properties: dict[str, object] = {
        **_event(entities, event),
        "kind": ", ".join(entities.labels(entities.refs(event, "pcve:kind"))),
        "status": ", ".join(entities.labels(entities.refs(event, "pcve:status"))),
        "places": entities.labels(places),
        "placeKinds": entities.labels(sorted(kinds)),
        "within": entities.labels(_containing(entities, places)),
        "topics": entities.labels(entities.refs(event, "schema:about")),
        "standing": standings.of_event(entities, event),
        "standingOf": standings.in_words(entities, event, _PROPERTIES),
        "note": "; ".join(entities.notes(names)),
    }
    return {
        "type": "Feature",
        "id": event,
        "geometry": _points(points),
        "properties": _filled(properties, "label"),
    }


def _containing(entities: Entities, places: list[Iri]) -> list[Iri]:
    containing = (place for inner in places for place in containing_places(entities, inner))
    return list(dict.fromkeys(containing))


def _points(points: list[list[float]]) -> Geometry | None:
    if len(points) < 2:
        return {"type": "Point", "coordinates": points[0]} if points else None
    return {"type": "MultiPoint", "coordinates": points}


def _filled(properties: Mapping[str, object], always: str) -> dict[str, object]:
    return {name: value for name, value in properties.items() if value or name == always}


def _by_date(entities: Entities, events: list[Iri]) -> list[Iri]:
    return sorted(events, key=lambda event: (entities.text(event, "pcve:earliest"), event))


def _event(entities: Entities, event: Iri) -> dict[str, str]:
    dates = {name.partition(":")[2]: entities.text(event, name) for name in DATES}
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


def latitude_and_longitude(entities: Entities, place: Iri) -> tuple[str, str]:
    """The position of a place in degrees (WGS 84), as stated; empty texts where it is not."""
    return entities.text(place, "schema:latitude"), entities.text(place, "schema:longitude")


def geojson_point(entities: Entities, place: Iri) -> Point | None:
    """The GeoJSON point of a place: longitude, then latitude, WGS 84; None where it has none."""
    latitude, longitude = latitude_and_longitude(entities, place)
    if not (latitude and longitude):
        return None
    coordinates = [float(longitude), float(latitude)]
    return {"type": "Point", "coordinates": coordinates}
