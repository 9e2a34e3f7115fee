"""Sources and IRIs by their ids, of which only those that are looked up are read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import pyoxigraph as ox

from ..model.namespaces import expand, local_name
from ..model.project import Project
from ..model.terms import Iri, RecordId
from ..records.blocks import Source
from ..records.coarsening import PlaceEntry, RecordLookup, place_entry
from ..records.reader import Record, read_sources_in
from .dependency_index import DependencyIndex


class SourcesById(Mapping[str, "Source | None"]):
    """All sources by id: `read` holds those already read, the others are read on first access."""

    def __init__(
        self,
        project: Project,
        index: DependencyIndex,
        read: dict[str, Source | None],
        gone: set[str],
    ) -> None:
        self.project, self.index, self.read, self.gone = project, index, dict(read), gone

    def __getitem__(self, identifier: str) -> Source | None:
        if identifier not in self.read:
            if identifier not in self:
                raise KeyError(identifier)
            (path,) = self.index.paths([f"source/{identifier}"])
            sources, _ = read_sources_in(self.project, [self.project.root / path])
            self.read.update({**sources, **self.read})
        return self.read[identifier]

    def __contains__(self, identifier: object) -> bool:
        owner = f"source/{identifier}"
        return identifier in self.read or (
            owner not in self.gone and bool(self.index.paths([owner]))
        )

    def __iter__(self) -> Iterator[str]:
        saved_ids = {owner[7:] for owner in self.index.sources() - self.gone}
        return iter(sorted(saved_ids | self.read.keys()))

    def __len__(self) -> int:
        return len(list(iter(self)))


class IrisById(Mapping[RecordId, Iri]):
    """The IRI of each record by its id: `read` has those that were read, the index has the others,
    of which `gone` no longer exist."""

    def __init__(
        self,
        index: DependencyIndex,
        read: Mapping[RecordId, Iri] | None = None,
        gone: frozenset[RecordId] = frozenset(),
    ) -> None:
        self.index, self.read, self.gone = index, read or {}, gone

    def __getitem__(self, identifier: RecordId) -> Iri:
        iri = self.read.get(identifier)
        if iri is None and identifier not in self.gone:
            iri = self.index.iri(identifier)
        if iri is None:
            raise KeyError(identifier)
        return iri

    def __iter__(self) -> Iterator[RecordId]:
        return iter(self.read.keys() | (set(self.index.things()) - self.gone))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def without(self, ids: Collection[RecordId]) -> IrisById:
        """The same mapping without these ids."""
        read = {key: iri for key, iri in self.read.items() if key not in ids}
        return IrisById(self.index, read, self.gone | frozenset(ids))


def record_lookup(
    index: DependencyIndex,
    store: ox.Store,
    records: Iterable[Record] = (),
    gone: Collection[RecordId] = (),
) -> RecordLookup:
    """The lookup in `records`, and of the others, without those `gone`, in the saved graph."""
    read = {record.id: record for record in records}

    def is_redacted(identifier: RecordId) -> bool:
        if identifier in read:
            return read[identifier].settings.redacted
        return identifier not in gone and bool(index.paths([f"redacted/{identifier}"]))

    def place(identifier: RecordId) -> PlaceEntry | None:
        if identifier in read:
            return place_entry(read[identifier])
        iri = None if identifier in gone else index.iri(identifier)
        if iri is None or "/place/" not in iri:
            return None
        node = ox.NamedNode(iri)
        larger = store.quads_for_pattern(node, ox.NamedNode(_WITHIN), None)
        ids = {local_name(quad.object.value) for quad in larger if hasattr(quad.object, "value")}
        kinds = store.quads_for_pattern(node, ox.NamedNode(_TYPE), ox.NamedNode(_COUNTRY))
        names = {
            quad.object.value
            for label in _LABELS
            for quad in store.quads_for_pattern(node, ox.NamedNode(label), None)
            if isinstance(quad.object, ox.Literal)
        }
        return PlaceEntry(any(kinds), tuple(sorted(map(RecordId, ids))), tuple(sorted(names)))

    return RecordLookup(is_redacted, place)


_LABELS = tuple(map(expand, ("skos:prefLabel", "skos:altLabel")))
_WITHIN, _TYPE, _COUNTRY = map(expand, ("schema:containedInPlace", "rdf:type", "pcve:Country"))
