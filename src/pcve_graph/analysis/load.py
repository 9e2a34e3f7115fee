"""Reads the projects and events of a saved graph into a `Landscape`.

Runs eight queries of `queries/landscape`; all else is computed from their rows. A record that
another one replaces is read as its replacement.

A little over the length of other modules: what one query gives is needed to read the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final, TypeAlias

import pyoxigraph as ox

from ..graph.labels import labels
from ..graph.ontology import read_ontology
from ..model.closure import closure
from ..model.namespaces import expand, local_name, nterm
from ..model.project import Project
from ..model.terms import from_iri
from ..query.columns import KINDS, Column, query_error, select_cells, wrong_value
from ..query.saved import required_queries
from ..syntax.sparql_results import cell_value
from .involvements import FUNDER, inherited_periods, read_periods
from .roles import subject_lists, work_roles
from .standing import read_standings
from .works import TOTAL, Landscape, Money, PartPeriods, Work

_VALUE: Final = Column("value", "term")
COLUMNS: Final = {
    "works": (Column("work"), Column("property"), _VALUE),
    "frames": (Column("frame"), Column("kind"), Column("property"), Column("value")),
    "places": (Column("place"), Column("kind"), Column("within", optional=True)),
    "concepts": (Column("concept"), Column("broader")),
    "replaced": (Column("retired"), Column("standing")),
    "involvements": (
        *(Column("work"), Column("role"), Column("actor")),
        *(Column(name, "date", optional=True) for name in ("start", "end")),
    ),
    "budgets": (
        *(Column("work"), Column("amount"), Column("kind", optional=True)),
        *(Column(name, "amount", optional=True) for name in ("value", "least", "most")),
        *(Column("currency", "text", optional=True), Column("payer", optional=True)),
        Column("origin", optional=True),
    ),
    "standings": (Column("work"), Column("property"), _VALUE, Column("standing", "text")),
}
"""The files in queries/landscape that are run, each with the columns of its rows."""

SOURCE_COLUMNS: Final = (
    Column("source"),
    Column("issued", "date", True),
    Column("read", "day", True),
)
"""The columns of queries/landscape/sources.rq."""

_READ: Final[dict[str, str]] = {
    nterm(name): local_name(expand(name))
    for name in (
        *("rdf:type", "skos:prefLabel"),
        *("schema:startDate", "schema:endDate", "pcve:earliest", "pcve:latest"),
        *("pcve:status", "pcve:mode", "pcve:kind", "pcve:edition", "schema:funder"),
        *("schema:location", "schema:about", "schema:audience", "pcve:contributesTo"),
        *("dcterms:isPartOf", "pcve:precededBy", "dcterms:relation", "pcve:series"),
    )
}
"""The properties that are read, roles apart, as query cells (`<IRI>`), to their local names."""

_LITERALS: Final = {
    "prefLabel": "text",
    "edition": "text",
    "startDate": "date",
    "endDate": "date",
    "earliest": "day",
    "latest": "day",
}
"""The kinds of values of properties whose values are not IRIs."""

_PROJECT: Final = expand("pcve:Project")

WorkValues: TypeAlias = dict[str, tuple[str, ...]]
"""The values that are stated of a work, sorted, by local name of the property."""


def read_landscape(project: Project, store: ox.Store) -> Landscape:
    """The projects and events of `store`, by the queries of `project`.

    Raises UsageError for a missing query, ContentError for an ontology or a query that cannot be
    read, or whose columns are not those of `COLUMNS`.
    """
    return _Reader(project, store).landscape()


class _Reader:
    def __init__(self, project: Project, store: ox.Store) -> None:
        self.store = store
        self.queries = required_queries(project, "landscape", COLUMNS)
        self.ontology = read_ontology(project)
        self.roles = work_roles(self.ontology)
        self.replaced = _final_replacements(dict(self.pairs("replaced")))
        self.within: dict[str, tuple[str, ...]] = {}
        self.countries: frozenset[str] = frozenset()
        self.located_in_cache: dict[tuple[str, ...], tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self.wider_cache: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.read_places()
        self.broader = _all_above(_grouped(self.pairs("concepts")))
        self.kinds: dict[str, str] = {}
        self.parts: dict[str, list[str]] = {}
        self.funders: dict[str, list[str]] = {}
        self.predecessors: dict[str, list[str]] = {}
        self.kind_ids: dict[str, str] = {}
        self.read_frames()
        keys = {**self.roles.by_property, expand("schema:funder"): FUNDER}
        self.periods = read_periods(
            self.rows("involvements"),
            {role: keys[path] for role, path in self.ontology.implied.items() if path in keys},
            self.replaced,
        )
        self.frames_above: dict[str, tuple[str, ...]] = {}

    def cells(self, name: str) -> list[list[str]]:
        return select_cells(self.store, self.queries[name], COLUMNS[name])

    def rows(self, name: str) -> list[list[str]]:
        return [[cell_value(cell) for cell in row] for row in self.cells(name)]

    def pairs(self, name: str) -> Iterator[tuple[str, str]]:
        return ((key, value) for key, value in self.rows(name))

    def replacement_of(self, iri: str) -> str:
        return self.replaced.get(iri, iri)

    def read_places(self) -> None:
        rows = self.rows("places")
        self.countries = frozenset(
            self.replacement_of(place) for place, kind, _ in rows if kind.endswith("#Country")
        )
        pairs = (
            (self.replacement_of(place), self.replacement_of(above))
            for place, _, above in rows
            if above
        )
        self.within = _all_above(_grouped(pairs))

    def read_frames(self) -> None:
        into: dict[str, dict[str, list[str]]] = {
            expand("dcterms:isPartOf"): self.parts,
            expand("schema:funder"): self.funders,
            expand("pcve:precededBy"): self.predecessors,
        }
        for frame, kind, name, value in self.rows("frames"):
            self.kinds[frame] = local_name(kind)
            if name == expand("pcve:kind"):
                self.kind_ids[frame] = local_name(value)
            elif name in into:
                into[name].setdefault(self.replacement_of(frame), []).append(
                    self.replacement_of(value)
                )

    def landscape(self) -> Landscape:
        keys_by_cell = _READ | {from_iri(iri): key for iri, key in self.roles.by_property.items()}
        stated: dict[str, dict[str, list[str]]] = {}
        is_valid = {key: KINDS[_LITERALS.get(key, "iri")][1] for key in keys_by_cell.values()}
        for work, name, value in self.cells("works"):
            if key := keys_by_cell.get(name):
                if not is_valid[key](value):
                    column = Column("value", _LITERALS.get(key, "iri"))
                    raise wrong_value(self.queries["works"], column, value)
                value = cell_value(value)
                stated.setdefault(work, {}).setdefault(key, []).append(value)
        self.check_classes(stated)
        values = {
            cell_value(work): {
                key: self.current_values(texts) for key, texts in texts_by_key.items()
            }
            for work, texts_by_key in stated.items()
        }
        for iri, work_values in values.items():
            for key, into in (("isPartOf", self.parts), ("funder", self.funders)):
                if key in work_values:
                    into.setdefault(iri, []).extend(work_values[key])
        self.frames_above = _all_above(self.parts)
        budgets, names = self.budgets(), self.work_labels(values)
        standings = read_standings(self.cells("standings"), keys_by_cell, self.replaced)
        works = tuple(
            replace(
                self.work(iri, names[iri], values[iri], budgets.get(iri, ())),
                standings=standings.get(iri, {}),
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
            labels=self.labels_of(works),
            within=self.within,
            members={region: tuple(countries) for region, countries in members.items()},
            countries=self.countries,
            broader=self.broader,
            frames={
                frame: self.frames_above.get(frame, ())
                for frame in sorted(self.kinds.keys() - self.replaced.keys())
            },
            sorts=self.kind_ids,
            successions={
                frame: tuple(sorted(predecessors))
                for frame, predecessors in self.predecessors.items()
            },
            replaced=self.replaced,
            lists=subject_lists(self.ontology),
        )

    def check_classes(self, stated: Mapping[str, Mapping[str, list[str]]]) -> None:
        """Raise ContentError unless the class of each work is stated."""
        if lacking := sorted(work for work, values in stated.items() if "type" not in values):
            message = f"the query returns no row with the class (rdf:type) of {lacking[0]}"
            fix = "include the rows whose ?property is rdf:type and whose ?value is the class"
            raise query_error(self.queries["works"], "property", message, fix)

    def work_labels(self, values: Mapping[str, WorkValues]) -> dict[str, str]:
        """The label of each work by IRI; among several labels the order of languages decides."""
        labels_by_iri, others = {}, []
        for iri, work_values in values.items():
            if len(stated := work_values.get("prefLabel", ())) == 1:
                labels_by_iri[iri] = stated[0]
            else:
                others.append(ox.NamedNode(iri))
        return labels_by_iri | labels(self.store, others)

    def labels_of(self, works: Iterable[Work]) -> dict[str, str]:
        """The labels by IRI of works and of the places, topics, frames and actors they have."""
        labels_by_iri = {work.iri: work.label for work in works}
        others = {*self.within, *self.countries, *self.broader, *self.kinds}
        for above in (self.within, self.broader):
            others |= {iri for chain in above.values() for iri in chain}
        for work in works:
            others.update(work.places, work.topics, work.groups, work.funders, work.frames)
            others.update(work.series, work.pillars, work.relation, *work.actors.values())
        missing = sorted(others - labels_by_iri.keys())
        return labels_by_iri | labels(self.store, map(ox.NamedNode, missing))

    def current_values(self, values: list[str]) -> tuple[str, ...]:
        """The distinct values, sorted, with replaced records as their replacements."""
        if len(values) == 1:
            return (self.replaced.get(values[0], values[0]),)
        return tuple(sorted({self.replaced.get(value, value) for value in values}))

    def work(self, iri: str, name: str, values: WorkValues, budget: tuple[Money, ...]) -> Work:
        stated = values.get
        places, topics, groups = stated("location", ()), stated("about", ()), stated("audience", ())
        countries, regions = self.located_in(places)
        frames = self.frames_above.get(iri, ())
        edition = _first(values, "edition")
        own_funders = self.payers(stated("funder", ()), budget)
        actors = {role: values[role] for role in self.roles.by_property.values() if role in values}
        leading = self.roles.leading & actors.keys()
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
            funders=own_funders or self.inherited_funders(iri),
            own_funders=own_funders,
            contributes_to=stated("contributesTo", ()),
            periods=self.periods_of(iri, bool(stated("funder", ())), budget),
            leading=leading,
            pillars=self.pillars(frames, stated("contributesTo", ())),
            frames=frames,
            part_of=stated("isPartOf", ()),
            preceded_by=stated("precededBy", ()),
            relation=stated("relation", ()),
            series=stated("series", ()),
            edition=int(edition) if edition and edition.isdecimal() else None,
            budget=budget,
            actors=actors,
            leaders=tuple(sorted({actor for role in leading for actor in actors[role]})),
        )

    def wider(self, stated: tuple[str, ...]) -> tuple[str, ...]:
        """The concepts broader than `stated`, without `stated` itself."""
        if stated not in self.wider_cache:
            above = {up for concept in stated for up in self.broader.get(concept, ())}
            self.wider_cache[stated] = tuple(sorted(above.difference(stated)))
        return self.wider_cache[stated]

    def pillars(self, frames: tuple[str, ...], aims: tuple[str, ...]) -> tuple[str, ...]:
        """The initiatives that a work is part of or contributes to, directly or indirectly."""
        if not (frames or aims):
            return ()
        toward = {
            *frames,
            *aims,
            *(frame for aim in aims for frame in self.frames_above.get(aim, ())),
        }
        return tuple(sorted(iri for iri in toward if self.kinds.get(iri) == "Initiative"))

    def located_in(self, places: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The countries that `places` are or lie in, and the places that lie in no country."""
        if places not in self.located_in_cache:
            around = {place: {*self.place_and_above(place)} & self.countries for place in places}
            countries = {country for around_place in around.values() for country in around_place}
            regions = tuple(place for place in places if not around[place])
            self.located_in_cache[places] = tuple(sorted(countries)), regions
        return self.located_in_cache[places]

    def place_and_above(self, place: str) -> tuple[str, ...]:
        return (place, *self.within.get(place, ()))

    def payers(self, stated: tuple[str, ...], budget: tuple[Money, ...]) -> tuple[str, ...]:
        """The stated funders and the payers of the transactions."""
        return tuple(sorted({*stated, *(money.payer for money in budget if money.payer)}))

    def periods_of(self, iri: str, funded: bool, budget: tuple[Money, ...]) -> PartPeriods:
        """The periods of the actors and funders of a work; who pays a transaction has none."""
        paying = {(FUNDER, money.payer) for money in budget if money.payer}
        own = self.periods.get(iri, {})
        if not (funded or paying):
            frames = self.funded_frames(iri)
            own = {**own, **inherited_periods(self.periods, self.funders, frames)}
        return {part: spans for part, spans in own.items() if part not in paying}

    def inherited_funders(self, iri: str) -> tuple[str, ...]:
        """The funders of the nearest frames with any funder that the work is part of."""
        frames = self.funded_frames(iri)
        return tuple(sorted({payer for frame in frames for payer in self.funders.get(frame, ())}))

    def funded_frames(self, iri: str) -> list[str]:
        """The nearest frames that the work is part of, if any of them has a funder."""
        level, seen = [*self.parts.get(iri, ())], {iri}
        while level and not any(self.funders.get(part) for part in level):
            level = [up for part in level for up in self.parts.get(part, ()) if up not in seen]
            seen |= {*level}
        return level

    def budgets(self) -> dict[str, tuple[Money, ...]]:
        amounts_by_work: dict[str, dict[str, Money]] = {}
        for work, node, kind, value, least, most, currency, payer, origin in self.rows("budgets"):
            amounts = amounts_by_work.setdefault(self.replacement_of(work), {})
            others = amounts[node].origins if node in amounts else frozenset()
            amounts[node] = Money(
                *(_number(value), _number(least), _number(most)),
                currency,
                local_name(kind) or TOTAL,
                node,
                self.replacement_of(payer),
                others | ({origin} if origin else frozenset()),
            )
        return {
            work: tuple(amounts[node] for node in sorted(amounts))
            for work, amounts in amounts_by_work.items()
        }


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _first(values: WorkValues, key: str) -> str | None:
    return values[key][0] if key in values else None


def _last(values: WorkValues, key: str) -> str | None:
    return values[key][-1] if key in values else None


def _id(values: WorkValues, key: str) -> str:
    return local_name(values[key][0]) if key in values else ""


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    values_by_key: dict[str, list[str]] = {}
    for key, value in pairs:
        values_by_key.setdefault(key, []).append(value)
    return values_by_key


def _all_above(direct: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Each node to all nodes above it by the direct relation, itself left out, sorted."""
    return {
        node: tuple(sorted(closure(above, lambda node: direct.get(node, ())) - {node}))
        for node, above in direct.items()
    }


def _final_replacements(replaced: dict[str, str]) -> dict[str, str]:
    """Each replaced record to the last one in its chain of replacements."""
    current = {}
    for old in replaced:
        seen, new = {old}, replaced[old]
        while new in replaced and new not in seen:
            seen.add(new)
            new = replaced[new]
        current[old] = new
    return current
