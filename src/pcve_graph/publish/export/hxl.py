"""HXL 1.1: who does what where, as a table whose second row says what its columns are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from ...model.namespaces import expand
from ...model.problems import NothingToWriteError
from ...model.schema import Ontology
from ...model.terms import Iri, is_iri, to_iri
from .entities import Entities, short_id
from .geojson import containing_places, latitude_and_longitude
from .standings import DATES, Fact, Standings, facts_of, facts_shown
from .subset import GraphPart

WORKS: Final = ("pcve:Project", "pcve:Programme")

_COLUMNS: Final = {
    "organisation": "#org+name",
    "organisation id": "#org+code",
    "role": "#org+role",
    "work": "#activity+name",
    "work id": "#activity+code",
    "kind of work": "#activity+type",
    "topics": "#sector+list",
    "target groups": "#beneficiary+type+list",
    "economy": "#country+name",
    "place": "#loc+name",
    "place id": "#loc+code",
    "latitude": "#geo+lat",
    "longitude": "#geo+lon",
    "start": "#date+start",
    "end": "#date+end",
    "standing": "#meta+standing",
    "sources": "#meta+source+url+list",
    "note": "#meta+note",
}
"""The hashtags of the columns by their headers (hxlstandard.org, HXL 1.1 hashtags)."""

_SEPARATOR: Final = " | "
"""Between the values of a cell with `+list`."""

_OF_WORK: Final = ("skos:prefLabel", "pcve:kind", "schema:about", "schema:audience")


def hxl(part: GraphPart, ontology: Ontology) -> bytes:
    """CSV in UTF-8: a row for each organisation, role, work and place that go together.

    An organisation or place that is not recorded is an empty cell. Dates are as stated. `standing`
    says whether any fact of the row is inferred or contested; `sources` are the addresses of the
    sources of the role, the place and the dates. Raises NothingToWriteError without projects and
    programmes.
    """
    entities = Entities(part, "facts", "catalog", "vocabulary")
    standings = Standings(Entities(part, "evidence"))
    works = [iri for iri in entities.of(*WORKS) if entities.is_described(iri)]
    if not works:
        raise NothingToWriteError("no project and no programme matches")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    writer.writerow(_COLUMNS.values())
    labels = role_labels(ontology)
    writer.writerows(row for iri in works for row in _rows(entities, standings, labels, iri))
    return out.getvalue().encode()


def role_labels(ontology: Ontology) -> dict[Iri, str]:
    """The properties by which actors take part in a work, with their labels, in their order."""
    agent = expand("foaf:Agent")
    kinds = [ontology.by_iri[expand(name)] for name in WORKS]
    keys = {key.path: key for kind in kinds for key in kind.keys.values() if agent in key.classes}
    return {key.path: key.label for key in sorted(keys.values(), key=lambda key: key.order)}


def _rows(
    entities: Entities, standings: Standings, labels: dict[Iri, str], work: Iri
) -> Iterator[list[str]]:
    roles: Sequence[Fact | None] = facts_of(entities, work, *labels) or [None]
    places: Sequence[Fact | None] = facts_of(entities, work, "schema:location") or [None]
    dates = facts_of(entities, work, *DATES)
    of_work = facts_shown(entities, work, *_OF_WORK)
    for role in roles:
        for place in places:
            facts = [fact for fact in (role, place, *dates) if fact]
            cells = [
                *_who(entities, labels, role),
                *_what(entities, work),
                *_where(entities, place),
                *(entities.text(work, name) for name in DATES),
                standings.of([*facts, *of_work]),
                _SEPARATOR.join(
                    url
                    for source in standings.sources(facts)
                    for url in entities.refs(source, "schema:url")
                ),
            ]
            yield [*cells, " ".join(entities.notes(cells))]


def _who(entities: Entities, labels: dict[Iri, str], role: Fact | None) -> list[str]:
    if role is None or not is_iri(role[2]):
        return ["", "", ""]
    actor = to_iri(role[2])
    return [entities.label(actor), short_id(actor), labels[role[1]]]


def _what(entities: Entities, work: Iri) -> list[str]:
    names = ("pcve:kind", "schema:about", "schema:audience")
    texts = (_SEPARATOR.join(entities.labels(entities.refs(work, name))) for name in names)
    return [entities.label(work), short_id(work), *texts]


def _where(entities: Entities, fact: Fact | None) -> list[str]:
    if fact is None or not is_iri(fact[2]):
        return [""] * 5
    place = to_iri(fact[2])
    economies = [
        iri
        for iri in (place, *containing_places(entities, place))
        if expand("pcve:Country") in entities.kinds(iri)
    ]
    economy = entities.label(economies[0]) if economies else ""
    return [
        economy,
        entities.label(place),
        short_id(place),
        *latitude_and_longitude(entities, place),
    ]
