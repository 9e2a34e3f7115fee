"""IATI 2.03: the projects that have what the standard requires, as activities.

What is inferred or contested is not written, since IATI has no way to say so; nor is any amount,
for which IATI requires days that are seldom recorded. No status is invented: an activity is closed
where a source says how it ended, and its dates are then actual ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

from ...model.dates import precision
from ...model.languages import canonical_tag
from ...model.namespaces import LABELS, concept_iri, local_name
from ...model.problems import NothingToWriteError
from ...model.schema import Ontology
from ...model.terms import Iri, NTerm, is_iri, is_literal, literal_parts, to_iri
from .entities import Entities, short_id
from .geojson import containing_places, latitude_and_longitude
from .standings import Standings, facts_of
from .subset import GraphPart, Publisher

_CLOSED: Final = tuple(concept_iri("ending", term) for term in ("as-planned", "ended-early"))
"""The endings of an activity that is closed; one that was extended may be under way."""

_CLOSED_STATUS: Final = "4"
"""The code of IATI's list ActivityStatus for a closed activity."""

_ROLES: Final = {"schema:funder": "1", "pcve:implementer": "4"}
"""Codes of IATI's list OrganisationRole; the list has none for the other roles."""

_DATES: Final = {"schema:startDate": "2", "schema:endDate": "4", "pcve:plannedEndDate": "3"}
"""Codes of IATI's list ActivityDateType: actual start, actual end, planned end."""

_DESCRIPTIONS: Final = {"pcve:theme": "1", "pcve:purpose": "2"}
"""Codes of IATI's list DescriptionType: general, objectives."""

_TARGET_GROUPS, _OTHER = "3", "4"
"""Codes of the same list."""

_CODES: Final = ("pcve:isoCode", "pcve:userAssignedCode")
"""The properties of economies whose values of two letters are codes of IATI's list Country."""

_TAGS: Final = ("schema:about", "pcve:activity")
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_DEFAULT_LANGUAGE: Final = "en"
_WGS_84: Final = "http://www.opengis.net/def/crs/EPSG/0/4326"

Text = tuple[str, str]
"""A text and its language tag, which may be empty."""


@dataclass(frozen=True, slots=True)
class _Activity:
    """A project, and what is stated or assigned of it."""

    iri: Iri
    entities: Entities
    standings: Standings

    def refs(self, *names: str) -> list[Iri]:
        return [to_iri(value) for value in self._values(*names) if is_iri(value)]

    def texts(self, *names: str) -> list[Text]:
        parts = (literal_parts(value) for value in self._values(*names) if is_literal(value))
        return [(text, language) for text, language, _ in parts]

    def days(self, name: str) -> list[str]:
        """The values of a date that are days, which is what IATI takes."""
        return [text for text, _ in self.texts(name) if precision(text) == "date"]

    def _values(self, *names: str) -> list[NTerm]:
        facts = facts_of(self.entities, self.iri, *names)
        return [fact[2] for fact in facts if not self.standings.of([fact])]

    def label(self, iri: Iri) -> Text:
        """The label of an entity, and the language that it is in."""
        label = self.entities.label(iri)
        terms = (term for name in LABELS for term in self.entities.values(iri, name))
        parts = (literal_parts(term) for term in terms if is_literal(term))
        return label, next((language for text, language, _ in parts if text == label), "")

    def descriptions(self) -> Iterator[tuple[str, list[Text]]]:
        """The descriptions by the code of their type; a description in several languages is one."""
        for name, code in _DESCRIPTIONS.items():
            if texts := self.texts(name):
                yield code, texts
        if groups := self.refs("schema:audience"):
            yield _TARGET_GROUPS, [(", ".join(self.entities.labels(groups)), "")]

    def missing(self) -> Iterator[str]:
        """What IATI requires and the graph does not state of it."""
        if not set(self.refs("pcve:ending")) & set(_CLOSED):
            yield "a status (how it ended)"
        if not any(self.days(name) for name in _DATES):
            yield "a date to the day"
        if not self.refs(*_ROLES):
            yield "a funder or an implementer"
        if not any(self.descriptions()):
            yield "a description (purpose, theme or target group)"


def iati(part: GraphPart, ontology: Ontology) -> bytes:
    """XML in UTF-8 of the projects that have what IATI requires, with their recorded values alone.

    The publisher that pcve.toml names reports them, as a secondary reporter. Raises
    NothingToWriteError where it names none, or where no project has all that is required.
    """
    publisher = part.publisher
    if publisher is None:
        raise NothingToWriteError(
            "IATI requires a reporting organisation, and pcve.toml names none; set owner, "
            "iati-identifier and iati-type there"
        )
    activities = _activities(part)
    complete = [activity for activity in activities if not any(activity.missing())]
    if not complete:
        raise NothingToWriteError(
            f"none of {len(activities):,} projects has all that IATI requires\n"
            + "\n".join(incomplete_projects(part, ontology))
        )
    root = ElementTree.Element("iati-activities", {"version": "2.03"})
    for activity in complete:
        _write(root, activity, publisher)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, "unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def incomplete_projects(part: GraphPart, ontology: Ontology) -> tuple[str, ...]:
    """The projects that `iati` leaves out, a line each, with what is not recorded of them."""
    lines = ((short_id(activity.iri), list(activity.missing())) for activity in _activities(part))
    return tuple(f"left out: {name}: not recorded: {', '.join(m)}" for name, m in lines if m)


def _activities(part: GraphPart) -> list[_Activity]:
    entities = Entities(part, "facts", "vocabulary")
    standings = Standings(Entities(part, "evidence"))
    return [
        _Activity(iri, entities, standings)
        for iri in entities.of("pcve:Project")
        if entities.is_described(iri)
    ]


def _write(root: ElementTree.Element, activity: _Activity, publisher: Publisher) -> None:
    """Add an activity, its elements in the order that the schema requires."""
    iri = activity.iri
    node = _add(root, "iati-activity", {_LANGUAGE: _DEFAULT_LANGUAGE, "linked-data-uri": iri})
    _add(node, "iati-identifier").text = f"{publisher.identifier}-{short_id(iri)}"
    reporting = {"ref": publisher.identifier, "type": publisher.type, "secondary-reporter": "1"}
    _narrate(_add(node, "reporting-org", reporting), [(publisher.name, "")])
    _narrate(_add(node, "title"), [activity.label(iri)])
    for code, texts in activity.descriptions():
        _narrate(_add(node, "description", {"type": code}), texts)
    shown = [iri, *activity.refs(*_ROLES), *activity.refs("schema:location")]
    if notes := activity.entities.notes(activity.entities.labels(shown)):
        _narrate(_add(node, "description", {"type": _OTHER}), [(" ".join(notes), "")])
    for name, role in _ROLES.items():
        for actor in activity.refs(name):
            _narrate(_add(node, "participating-org", {"role": role}), [activity.label(actor)])
    for text, _ in activity.texts("dcterms:identifier"):
        _add(node, "other-identifier", {"ref": text, "type": "A9"})
    _add(node, "activity-status", {"code": _CLOSED_STATUS})
    for name, kind in _DATES.items():
        for day in activity.days(name):
            _add(node, "activity-date", {"iso-date": day, "type": kind})
    _write_places(node, activity)
    for concept in activity.refs(*_TAGS):
        scheme = concept.rpartition("/")[0]
        tag = {"code": local_name(concept), "vocabulary": "99", "vocabulary-uri": scheme}
        _narrate(_add(node, "tag", tag), [activity.label(concept)])


def _write_places(node: ElementTree.Element, activity: _Activity) -> None:
    """The economy, where there is one only, since no share of several is recorded; the places."""
    entities, places = activity.entities, activity.refs("schema:location")
    economies = {
        code
        for place in places
        for iri in (place, *containing_places(entities, place))
        for name in _CODES
        for code in entities.literals(iri, name)
        if len(code) == 2
    }
    if len(economies) == 1:
        _add(node, "recipient-country", {"code": economies.pop()})
    for place in places:
        location = _add(node, "location")
        _narrate(_add(location, "name"), [activity.label(place)])
        position = latitude_and_longitude(entities, place)
        if all(position):
            point = _add(location, "point", {"srsName": _WGS_84})
            _add(point, "pos").text = " ".join(position)


def _add(
    parent: ElementTree.Element, name: str, attributes: dict[str, str] | None = None
) -> ElementTree.Element:
    return ElementTree.SubElement(parent, name, attributes or {})


def _narrate(parent: ElementTree.Element, texts: Iterable[Text]) -> None:
    """Add the narratives of an element; the language of the activity is not repeated."""
    for text, language in texts:
        tag = canonical_tag(language)
        attributes = {_LANGUAGE: tag} if tag not in ("", _DEFAULT_LANGUAGE) else {}
        _add(parent, "narrative", attributes).text = text
