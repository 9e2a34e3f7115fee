"""From a saved graph to its projects and events.

Six queries of `queries/landscape` are read whole; all else is walks over what they gave. A thing
that has been merged into another is read as the one that stands in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

import pyoxigraph as ox

from ..graph.labels import labels
from ..model.namespaces import expand, local_name
from ..model.problems import UsageError
from ..model.project import Project
from ..query.execute import cells
from ..query.saved import read_queries
from ..syntax.sparql_results import bare
from .works import LEADING, TAKING_PART, Landscape, Money, Work

QUERIES: Final = ("works", "frames", "places", "concepts", "replaced", "budgets")
"""What is read, by the names of the files in queries/landscape."""

_ROLES: Final = (*LEADING, *TAKING_PART)

_READ: Final = {
    f"<{expand(each)}>": local_name(expand(each))
    for each in (
        *("rdf:type", "skos:prefLabel"),
        *("schema:startDate", "schema:endDate", "pcve:earliest", "pcve:latest"),
        *("pcve:status", "pcve:mode", "pcve:kind", "pcve:edition", "schema:funder"),
        *("schema:location", "schema:about", "schema:audience", "pcve:contributesTo"),
        *("dcterms:isPartOf", "pcve:precededBy", "dcterms:relation", "pcve:series"),
        *("schema:organizer", *(f"pcve:{role}" for role in _ROLES if role != "organizer")),
    )
}
"""The properties that are read, as cells, to the local names by which their values are kept."""

_PROJECT: Final = expand("pcve:Project")

Values: TypeAlias = dict[str, tuple[str, ...]]
"""What is said of a work, by local names of properties; the values are sorted."""


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
        self.wide: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.read_places()
        self.broader = _closure(_grouped(self.pairs("concepts")))
        self.kinds: dict[str, str] = {}
        self.parts: dict[str, list[str]] = {}
        self.payers: dict[str, list[str]] = {}
        self.follows: dict[str, list[str]] = {}
        self.sorts: dict[str, str] = {}
        self.read_frames()
        self.upward: dict[str, tuple[str, ...]] = {}

    def cells(self, name: str) -> list[list[str]]:
        query = self.queries[name]
        return cells(self.store, query.text, query.path)

    def rows(self, name: str) -> list[list[str]]:
        return [[bare(cell) for cell in row] for row in self.cells(name)]

    def pairs(self, name: str) -> Iterator[tuple[str, str]]:
        return ((one, other) for one, other in self.rows(name))

    def standing(self, iri: str) -> str:
        return self.replaced.get(iri, iri)

    def read_places(self) -> None:
        rows = self.rows("places")
        self.countries = frozenset(place for place, kind, _ in rows if kind.endswith("#Country"))
        pairs = ((self.standing(place), self.standing(above)) for place, _, above in rows if above)
        self.within = _closure(_grouped(pairs))

    def read_frames(self) -> None:
        into = {
            expand("dcterms:isPartOf"): self.parts,
            expand("schema:funder"): self.payers,
            expand("pcve:precededBy"): self.follows,
        }
        for frame, kind, name, value in self.rows("frames"):
            self.kinds[frame] = local_name(kind)
            if name == expand("pcve:kind"):
                self.sorts[frame] = local_name(value)
            elif name in into:
                into[name].setdefault(self.standing(frame), []).append(self.standing(value))

    def landscape(self) -> Landscape:
        stated: dict[str, dict[str, list[str]]] = {}
        for work, name, value in self.cells("works"):
            if key := _READ.get(name):
                value = value[1:-1] if value[0] == "<" else bare(value)
                stated.setdefault(work, {}).setdefault(key, []).append(value)
        values = {
            bare(work): {key: self.settled(each) for key, each in found.items()}
            for work, found in stated.items()
        }
        for iri, found in values.items():
            for key, into in (("isPartOf", self.parts), ("funder", self.payers)):
                if key in found:
                    into.setdefault(iri, []).extend(found[key])
        self.upward = _closure(self.parts)
        budgets, names = self.budgets(), self.names(values)
        works = tuple(
            self.work(iri, names[iri], values[iri], budgets.get(iri, ())) for iri in sorted(values)
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

    def names(self, values: Mapping[str, Values]) -> dict[str, str]:
        """What people call each work; where it has several names, their languages decide."""
        found, others = {}, []
        for iri, known in values.items():
            if len(stated := known.get("prefLabel", ())) == 1:
                found[iri] = stated[0]
            else:
                others.append(ox.NamedNode(iri))
        return found | labels(self.store, others)

    def named(self, works: Iterable[Work]) -> dict[str, str]:
        """The labels of all that works are told by: themselves, places, topics, frames, actors."""
        found = {each.iri: each.label for each in works}
        others = {*self.within, *self.countries, *self.broader, *self.kinds}
        for above in (self.within, self.broader):
            others |= {each for chain in above.values() for each in chain}
        for work in works:
            others.update(work.places, work.topics, work.groups, work.funders, work.frames)
            others.update(work.series, work.pillars, work.relation, *work.actors.values())
        missing = sorted(others - found.keys())
        return found | labels(self.store, map(ox.NamedNode, missing))

    def settled(self, values: list[str]) -> tuple[str, ...]:
        """The values of a property, each once, the retired things replaced."""
        if len(values) == 1:
            return (self.replaced.get(values[0], values[0]),)
        return tuple(sorted({self.replaced.get(each, each) for each in values}))

    def work(self, iri: str, name: str, values: Values, budget: tuple[Money, ...]) -> Work:
        known = values.get
        places, topics, groups = known("location", ()), known("about", ()), known("audience", ())
        countries, regions = self.lying(places)
        frames = self.upward.get(iri, ())
        edition = _first(values, "edition")
        return Work(
            iri=iri,
            kind="project" if _PROJECT in values["type"] else "event",
            label=" ".join(name.split()),
            start=_first(values, "startDate"),
            end=_last(values, "endDate"),
            earliest=_first(values, "earliest"),
            latest=_last(values, "latest"),
            status=_id(values, "status"),
            mode=_id(values, "mode"),
            sort=_id(values, "kind"),
            places=places,
            countries=countries,
            regions=regions,
            topics=topics,
            wider=self.wider(topics),
            groups=groups,
            wider_groups=self.wider(groups),
            funders=known("funder", ()) or self.paying(iri),
            pillars=self.pillars(frames, known("contributesTo", ())),
            frames=frames,
            part_of=known("isPartOf", ()),
            preceded_by=known("precededBy", ()),
            relation=known("relation", ()),
            series=known("series", ()),
            edition=int(edition) if edition and edition.isdecimal() else None,
            budget=budget,
            actors={role: values[role] for role in _ROLES if role in values},
        )

    def wider(self, stated: tuple[str, ...]) -> tuple[str, ...]:
        """The concepts that are broader than those stated, without them."""
        if stated not in self.wide:
            above = {up for each in stated for up in self.broader.get(each, ())}
            self.wide[stated] = tuple(sorted(above.difference(stated)))
        return self.wide[stated]

    def pillars(self, frames: tuple[str, ...], aims: tuple[str, ...]) -> tuple[str, ...]:
        """The initiatives among what a work is part of or contributes to, near and far."""
        if not (frames or aims):
            return ()
        toward = {*frames, *aims, *(each for aim in aims for each in self.upward.get(aim, ()))}
        return tuple(sorted(each for each in toward if self.kinds.get(each) == "Initiative"))

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

    def paying(self, iri: str) -> tuple[str, ...]:
        """The funders of what a thing without any is part of, or of what that is, and so on."""
        level, seen = [*self.parts.get(iri, ())], {iri}
        while level:
            found = {payer for each in level for payer in self.payers.get(each, ())}
            if found:
                return tuple(sorted(found))
            level = [up for each in level for up in self.parts.get(each, ()) if up not in seen]
            seen |= {*level}
        return ()

    def budgets(self) -> dict[str, tuple[Money, ...]]:
        found: dict[str, dict[str, Money]] = {}
        for work, node, value, least, most, currency, share in self.rows("budgets"):
            amount = Money(
                *(_number(value), _number(least), _number(most)), currency, local_name(share)
            )
            found.setdefault(self.standing(work), {})[node] = amount
        return {
            work: tuple(amounts[each] for each in sorted(amounts))
            for work, amounts in found.items()
        }


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _first(values: Values, key: str) -> str | None:
    return values[key][0] if key in values else None


def _last(values: Values, key: str) -> str | None:
    return values[key][-1] if key in values else None


def _id(values: Values, key: str) -> str:
    return local_name(values[key][0]) if key in values else ""


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
