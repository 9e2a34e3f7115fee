"""What is known of a project without reading it whole: its sources and things, by their ids.

Those that were read for a change are at hand, the others are looked up in the index of the last
build.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ..incremental.dependency_index import Index
from ..model.project import Project
from ..records.reader import Source, read_sources_in


class Sources(Mapping[str, "Source | None"]):
    """All sources by id: those that were read already, the others read when they are asked for."""

    def __init__(
        self, project: Project, index: Index, read: dict[str, Source | None], gone: set[str]
    ) -> None:
        self.project, self.index, self.read, self.gone = project, index, dict(read), gone

    def __getitem__(self, identifier: str) -> Source | None:
        if identifier not in self.read:
            if identifier not in self:
                raise KeyError(identifier)
            (path,) = self.index.paths([f"source/{identifier}"])
            known, _ = read_sources_in(self.project, [self.project.root / path])
            self.read.update({**known, **self.read})
        return self.read[identifier]

    def __contains__(self, identifier: object) -> bool:
        owner = f"source/{identifier}"
        return identifier in self.read or (
            owner not in self.gone and bool(self.index.paths([owner]))
        )

    def __iter__(self) -> Iterator[str]:
        known = {owner[7:] for owner in self.index.sources() - self.gone}
        return iter(sorted(known | self.read.keys()))

    def __len__(self) -> int:
        return len(list(iter(self)))


class Things(Mapping[str, str]):
    """The IRI of each record by its id: of `own` those that were read, of the others but `gone` as
    the index has them."""

    def __init__(
        self, index: Index, own: Mapping[str, str] | None = None, gone: frozenset[str] = frozenset()
    ) -> None:
        self.index, self.own, self.gone = index, own or {}, gone

    def __getitem__(self, identifier: str) -> str:
        found = self.own.get(identifier)
        if found is None and identifier not in self.gone:
            found = self.index.iri(identifier)
        if found is None:
            raise KeyError(identifier)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.own.keys() | (set(self.index.things()) - self.gone))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def without(self, ids: Collection[str]) -> Things:
        """The same, but for these."""
        own = {key: iri for key, iri in self.own.items() if key not in ids}
        return Things(self.index, own, self.gone | frozenset(ids))
