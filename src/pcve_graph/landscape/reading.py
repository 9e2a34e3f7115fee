"""From a saved graph to its projects and events.

Six queries of `queries/landscape` are read whole; all else is walks over what they gave. A thing
that has been merged into another is read as the one that stands in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

import pyoxigraph as ox

from ..ask.query import Table, ask, labels
from ..errors import UsageError
from ..names import expand, local_name
from ..project import Project
from ..questions.binding import Term
from ..questions.saved import read_queries
from .work import LEADING, TAKING_PART, Landscape, Money, Work

QUERIES: Final = ("works", "frames", "places", "concepts", "replaced", "budgets")
"""What is read, by the names of the files in queries/landscape."""

_ROLES: Final = (*LEADING, *TAKING_PART)

_READ: Final = {
    expand(each): local_name(expand(each))
    for each in (
        *("skos:prefLabel", "schema:startDate", "schema:endDate", "pcve:earliest", "pcve:latest"),
        *("pcve:status", "pcve:mode", "pcve:kind", "pcve:edition", "schema:funder"),
        *("schema:location", "schema:about", "schema:audience", "pcve:contributesTo"),
        *("dcterms:isPartOf", "pcve:precededBy", "dcterms:relation", "pcve:series"),
        *("schema:organizer", *(f"pcve:{role}" for role in _ROLES if role != "organizer")),
    )
}
"""The properties that are read, to the local names by which their values are kept."""

Values: TypeAlias = dict[str, list[str]]


def read_landscape(project: Project, store: ox.Store) -> Landscape:
    """The projects and events of `store`, by the queries of `project`.

    Raises UsageError for a query that is not there, ContentError for one that cannot be read.
    """
    return _Reader(project, store).landscape()


class _Reader:
    def __init__(self, project: Project, store: ox.Store) -> None:
        self.store = store
        self.queries = read_queries(project, "landscape")
        missing = [f"{each}.rq" for each in QUERIES if each not in self.queries]
        if missing:
            folder = project.relative(project.queries / "landscape")
            raise UsageError(f"{folder} lacks {', '.join(missing)}; take it from a newer project")
        self.replaced = _settled(dict(self.pairs("replaced")))
        self.within: dict[str, tuple[str, ...]] = {}
        self.countries: frozenset[str] = frozenset()
        self.known: dict[tuple[str, ...], tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self.read_places()
        self.broader = _closure(_grouped(self.pairs("concepts")))
        self.kinds: dict[str, str] = {}
        self.parts: dict[str, list[str]] = {}
        self.payers: dict[str, list[str]] = {}
        self.follows: dict[str, list[str]] = {}
        self.sorts: dict[str, str] = {}
        self.read_frames()
        self.upward: dict[str, tuple[str, ...]] = {}

    def rows(self, name: str) -> tuple[tuple[Term | None, ...], ...]:
        query = self.queries[name]
        found = ask(self.store, query.text, name=query.path)
        assert isinstance(found, Table)
        return found.rows

    def pairs(self, name: str) -> Iterator[tuple[str, str]]:
        for one, other in self.rows(name):
            yield _value(one), _value(other)

    def standing(self, iri: str) -> str:
        return self.replaced.get(iri, iri)

    def read_places(self) -> None:
        rows = [tuple(map(_value, row)) for row in self.rows("places")]
        self.countries = frozenset(place for place, kind, _ in rows if kind.endswith("#Country"))
        pairs = ((self.standing(place), self.standing(above)) for place, _, above in rows if above)
        self.within = _closure(_grouped(pairs))

    def read_frames(self) -> None:
        into = {
            expand("dcterms:isPartOf"): self.parts,
            expand("schema:funder"): self.payers,
            expand("pcve:precededBy"): self.follows,
        }
        for row in self.rows("frames"):
            frame, kind, name, value = map(_value, row)
            self.kinds[frame] = local_name(kind)
            if name == expand("pcve:kind"):
                self.sorts[frame] = local_name(value)
            elif name in into:
                into[name].setdefault(self.standing(frame), []).append(self.standing(value))

    def landscape(self) -> Landscape:
        values: dict[str, Values] = {}
        kinds: dict[str, str] = {}
        names: dict[str, list[Term]] = {}
        for node, kind, name, value in self.rows("works"):
            work, key = _value(node), _READ.get(_value(name))
            if work not in kinds:
                kinds[work] = local_name(_value(kind)).lower()
                values[work] = {}
            if key == "prefLabel" and value is not None:
                names.setdefault(work, []).append(value)
            elif key:
                values[work].setdefault(key, []).append(_value(value))
        for iri, found in values.items():
            if parts := self.among(found, "isPartOf"):
                self.parts.setdefault(iri, []).extend(parts)
            if payers := self.among(found, "funder"):
                self.payers.setdefault(iri, []).extend(payers)
        self.upward = _closure(self.parts)
        budgets = self.budgets()
        works = tuple(
            self.work(
                iri, kinds[iri], _named(names.get(iri, ())), values[iri], budgets.get(iri, ())
            )
            for iri in sorted(values)
        )
        members = _grouped(
            (above, country)
            for country in sorted(self.countries)
            for above in self.within.get(country, ())
        )
        return Landscape(
            works=works,
            labels=self.named(works),
            within=self.within,
            members={region: tuple(found) for region, found in members.items()},
            countries=self.countries,
            broader=self.broader,
            frames={each: self.upward.get(each, ()) for each in sorted(self.kinds)},
            sorts=self.sorts,
            successions={each: tuple(sorted(found)) for each, found in self.follows.items()},
            replaced=self.replaced,
        )

    def named(self, works: Iterable[Work]) -> dict[str, str]:
        """The labels of all that works are told by: themselves, places, topics, frames, actors."""
        found = {each.iri: each.label for each in works}
        others = {*self.within, *self.countries, *self.broader, *self.kinds}
        for above in (self.within, self.broader):
            others |= {each for chain in above.values() for each in chain}
        for work in works:
            others |= {*work.places, *work.topics, *work.groups, *work.funders, *work.frames}
            others |= {*work.company, *work.series, *work.pillars, *work.relation}
        missing = sorted(others - found.keys())
        return found | labels(self.store, map(ox.NamedNode, missing))

    def among(self, values: Values, key: str) -> tuple[str, ...]:
        """The things that are values of a property, each once, the retired ones replaced."""
        found = values.get(key)
        if not found:
            return ()
        return tuple(sorted({self.replaced.get(each, each) for each in found}))

    def work(
        self, iri: str, kind: str, name: str, values: Values, budget: tuple[Money, ...]
    ) -> Work:
        places = self.among(values, "location")
        countries, regions = self.lying(places)
        topics, groups = self.among(values, "about"), self.among(values, "audience")
        frames = self.upward.get(iri, ())
        aims = self.among(values, "contributesTo")
        toward = {*frames, *aims, *(each for aim in aims for each in self.upward.get(aim, ()))}
        edition = _first(values, "edition")
        return Work(
            iri=iri,
            kind=kind,
            label=name or local_name(iri),
            start=_first(values, "startDate"),
            end=_last(values, "endDate"),
            earliest=_first(values, "earliest"),
            latest=_last(values, "latest"),
            status=local_name(_first(values, "status") or ""),
            mode=local_name(_first(values, "mode") or ""),
            sort=local_name(_first(values, "kind") or ""),
            places=places,
            countries=countries,
            regions=regions,
            topics=topics,
            wider=_above(topics, self.broader),
            groups=groups,
            wider_groups=_above(groups, self.broader),
            funders=tuple(sorted(self.paying(iri))),
            pillars=tuple(sorted(e for e in toward if self.kinds.get(e) == "Initiative")),
            frames=frames,
            part_of=self.among(values, "isPartOf"),
            preceded_by=self.among(values, "precededBy"),
            relation=self.among(values, "relation"),
            series=self.among(values, "series"),
            edition=int(edition) if edition and edition.isdecimal() else None,
            budget=budget,
            actors={role: self.among(values, role) for role in _ROLES if role in values},
        )

    def lying(self, places: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The countries that `places` are or lie in, and those of them that lie in none."""
        if places not in self.known:
            around = {each: {*self.around(each)} & self.countries for each in places}
            countries = {country for found in around.values() for country in found}
            regions = tuple(each for each in places if not around[each])
            self.known[places] = tuple(sorted(countries)), regions
        return self.known[places]

    def around(self, place: str) -> tuple[str, ...]:
        return (place, *self.within.get(place, ()))

    def paying(self, iri: str) -> set[str]:
        """The funders of a thing; where it states none, those of what it is part of, and so on."""
        level, seen = [iri], {iri}
        while level:
            found = {payer for each in level for payer in self.payers.get(each, ())}
            if found:
                return found
            level = [up for each in level for up in self.parts.get(each, ()) if up not in seen]
            seen |= {*level}
        return set()

    def budgets(self) -> dict[str, tuple[Money, ...]]:
        found: dict[str, dict[str, Money]] = {}
        for row in self.rows("budgets"):
            work, node, value, least, most, currency, share = map(_value, row)
            amount = Money(
                *(_number(value), _number(least), _number(most)), currency, local_name(share)
            )
            found.setdefault(self.standing(work), {})[node] = amount
        return {
            work: tuple(amounts[each] for each in sorted(amounts))
            for work, amounts in found.items()
        }


def _value(term: Term | None) -> str:
    return str(getattr(term, "value", ""))


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _first(values: Values, key: str) -> str | None:
    return min(values.get(key, ()), default=None)


def _last(values: Values, key: str) -> str | None:
    return max(values.get(key, ()), default=None)


def _named(names: Iterable[Term]) -> str:
    """The English name, else the first by its letters."""
    words = [(getattr(each, "language", "") != "en", _value(each)) for each in names]
    return min(words, default=(True, ""))[1]


def _above(found: Iterable[str], broader: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    stated = {*found}
    if not stated:
        return ()
    return tuple(sorted({up for each in stated for up in broader.get(each, ())} - stated))


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one, other in pairs:
        found.setdefault(one, []).append(other)
    return found


def _closure(direct: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Each node to all that are above it, near or far, sorted; circles are walked once."""
    found = {}
    for node in direct:
        seen: set[str] = set()
        waiting = [*direct[node]]
        while waiting:
            each = waiting.pop()
            if each not in seen:
                seen.add(each)
                waiting += direct.get(each, ())
        found[node] = tuple(sorted(seen - {node}))
    return found


def _settled(replaced: dict[str, str]) -> dict[str, str]:
    """Each retired record to the last one in its line of replacements."""
    found = {}
    for old in replaced:
        seen, new = {old}, replaced[old]
        while new in replaced and new not in seen:
            seen.add(new)
            new = replaced[new]
        found[old] = new
    return found
