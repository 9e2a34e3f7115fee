"""What a graph holds in figures, by which a loss shows: counted, and updated after a change.

The counts add up over the records, so after a change only the records that it affects are counted,
before and after it. Rule: data/FORMAT.md, "Bounds".
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Final, TypeAlias

import pyoxigraph as ox

from ..model.namespaces import expand, graph_iri, local_name
from ..model.schema import Ontology
from ..model.terms import Iri
from .graph_view import GraphView

Figure: TypeAlias = tuple[str, str]
"""The section of a figure, one of `SECTIONS`, and its name in there."""

SECTIONS: Final = {
    "class": "records of the class",
    "country": "records that name the country or a place in it",
    "year": "records that begin or were issued in the year",
    "fill": "keys that a record of the class states on average",
    "share": "percent of the facts",
}
"""What the figures of each section count."""

_Quads: TypeAlias = Callable[
    [ox.NamedNode | None, ox.NamedNode | None, ox.NamedNode | None], Iterable[ox.Quad]
]

_FACTS: Final = ox.NamedNode(graph_iri("facts"))
_TYPE, _WITHIN, _START, _ISSUED, _COUNTRY = (
    ox.NamedNode(expand(name))
    for name in (
        "rdf:type",
        "schema:containedInPlace",
        "schema:startDate",
        "dcterms:issued",
        "pcve:Country",
    )
)
_YEAR: Final = re.compile(r"(\d{4})(?:-[\dX-]+)?", re.ASCII)
"""A date whose year is sure: neither approximate or uncertain, nor a decade or an interval."""

_DEEP: Final = 5
"""Places of which each contains the last, at most, up to a country."""


class FigureCounts:
    """The counts behind the figures: records by class, country and year, and keys by class."""

    def __init__(self, numbers: Counter[Figure] | None = None) -> None:
        self.numbers = numbers or Counter()

    @classmethod
    def of(cls, view: GraphView, ontology: Ontology) -> FigureCounts:
        """The counts of the whole graph."""
        nodes = {
            quad.subject
            for kind in ontology.records()
            for quad in view.quads(None, _TYPE, ox.NamedNode(kind.iri))
            if isinstance(quad.subject, ox.NamedNode)
        }
        return cls(_counted(nodes, view.quads, ontology))

    @classmethod
    def from_json(cls, text: str) -> FigureCounts | None:
        """The counts that `to_json` wrote; None for an empty text."""
        if not text:
            return None
        rows = json.loads(text)
        return cls(Counter({(section, name): number for section, name, number in rows}))

    def to_json(self) -> str:
        """The counts as JSON, in their order."""
        return json.dumps([[*figure, number] for figure, number in sorted(self.numbers.items())])

    def after(self, view: GraphView, ontology: Ontology) -> FigureCounts:
        """The counts after the change of `view`; these are those before it."""

        def before(
            subject: ox.NamedNode | None, predicate: ox.NamedNode | None, value: ox.NamedNode | None
        ) -> Iterator[ox.Quad]:
            return view.store.quads_for_pattern(subject, predicate, value, None)

        nodes = _affected(view)
        numbers = Counter(self.numbers)
        numbers.subtract(_counted(nodes, before, ontology))
        numbers.update(_counted(nodes, view.quads, ontology))
        return FigureCounts(+numbers)

    def figures(self, verified: int, facts: int) -> dict[Figure, Decimal]:
        """The figures; averages and shares have two decimals. `verified` are those of `facts`."""
        figures: dict[Figure, Decimal] = {}
        for (section, name), number in sorted(self.numbers.items()):
            if section == "fill":
                mean = Decimal(number) / self.numbers["class", name]
                figures[section, name] = _rounded(mean)
            else:
                figures[section, name] = Decimal(number)
        if facts:
            figures["share", "verified"] = _rounded(Decimal(100 * verified) / facts)
        return figures


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.01"))


def _affected(view: GraphView) -> set[ox.NamedNode]:
    """The nodes whose counts the change can affect.

    Those are the changed ones, and what names a place that lies in another country now.
    """
    nodes: set[ox.NamedNode] = set()
    moved: list[ox.NamedNode] = []
    for quad in view.changes():
        if quad.graph_name == _FACTS and isinstance(quad.subject, ox.NamedNode):
            nodes.add(quad.subject)
            if quad.predicate == _WITHIN or quad.object == _COUNTRY:
                moved.append(quad.subject)
    seen = set(moved)
    while moved:
        for quad in view.quads(None, None, moved.pop(), old=True):
            if quad.graph_name == _FACTS and isinstance(quad.subject, ox.NamedNode):
                nodes.add(quad.subject)
                if quad.predicate == _WITHIN and quad.subject not in seen:
                    seen.add(quad.subject)
                    moved.append(quad.subject)
    return nodes


def _counted(nodes: Iterable[ox.NamedNode], quads: _Quads, ontology: Ontology) -> Counter[Figure]:
    """The counts of these nodes in the graph that `quads` reads; only records count."""
    keys = {kind.iri: {key.path for key in kind.keys.values()} for kind in ontology.records()}
    numbers: Counter[Figure] = Counter()
    countries: dict[ox.NamedNode, set[str]] = {}
    for node in nodes:
        facts = [quad for quad in quads(node, None, None) if quad.graph_name == _FACTS]
        kinds = (
            Iri(quad.object.value)
            for quad in facts
            if quad.predicate == _TYPE and isinstance(quad.object, ox.NamedNode)
        )
        kind = next((iri for iri in kinds if iri in keys), None)
        if kind is None:
            continue
        name = local_name(kind)
        numbers["class", name] += 1
        stated = {quad.predicate.value for quad in facts}
        numbers["fill", name] += len(stated & keys[kind])
        within: set[str] = set()
        for quad in facts:
            if isinstance(quad.object, ox.NamedNode) and "/id/place/" in quad.object.value:
                if quad.object not in countries:
                    countries[quad.object] = _countries(quad.object, quads, _DEEP)
                within |= countries[quad.object]
        for country in within:
            numbers["country", country] += 1
        if year := _year(facts):
            numbers["year", year] += 1
    return numbers


def _countries(place: ox.NamedNode, quads: _Quads, depth: int) -> set[str]:
    """The ids of the country that a place is, or of those that it lies in."""
    if any(True for _ in quads(place, _TYPE, _COUNTRY)):
        return {local_name(place.value)}
    larger = [quad.object for quad in quads(place, _WITHIN, None)] if depth else []
    return {
        country
        for node in larger
        if isinstance(node, ox.NamedNode)
        for country in _countries(node, quads, depth - 1)
    }


def _year(facts: Iterable[ox.Quad]) -> str:
    """The first year in which a record begins, or else was issued; empty where none is sure."""
    dates = {_START: [""], _ISSUED: [""]}
    for quad in facts:
        if quad.predicate in dates and isinstance(quad.object, ox.Literal):
            dates[quad.predicate].append(quad.object.value)
    for texts in dates.values():
        years = [match[1] for text in texts if (match := _YEAR.fullmatch(text))]
        if years:
            return min(years)
    return ""
