"""The ontology as the program uses it: classes, the keys of their records, labels and messages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .namespaces import BASE, kebab, prefixed
from .problems import Position

VOCAB = BASE + "vocab/"


@dataclass(frozen=True, slots=True)
class Key:
    """What one key of a record may hold, as its property shape says.

    At most one of `datatypes`, `scheme` and `classes` is filled; where none is, the value is a
    web address or the id of any record. `derives` names the bounds that the build reads from it.
    """

    name: str
    path: str
    shape: str
    label: str
    description: str
    message: str
    order: int
    datatypes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    scheme: str | None = None
    derives: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class RecordClass:
    """A class that has a shape. `folder` is None for a class that is written inside a record."""

    name: str
    iri: str
    label: str
    description: str
    folder: str | None
    keys: dict[str, Key]

    @property
    def segment(self) -> str:
        """The segment of the IRIs of its things."""
        return self.folder or kebab(self.name)


@dataclass(frozen=True)
class Ontology:
    """The terms, vocabulary and shapes, read once.

    `graphs` holds N-Triples lines by graph name, `shapes` those of shapes.ttl, whose SHA-256 is
    `digest`. `classes` is by local name, `schemes` lists the ids of each closed list, `roles` maps
    a property to the concept of its role. `messages` holds the name and message of each shape,
    `labels` the small-letter names of each (list, term), `by_shape` the key of a property shape,
    `pointed` the values that a node shape asks for or forbids, as N-Triples writes them,
    `texts` what the files hold, by their names.
    """

    graphs: dict[str, tuple[str, ...]]
    shapes: str
    digest: str
    classes: dict[str, RecordClass]
    by_iri: dict[str, RecordClass]
    schemes: dict[str, tuple[str, ...]]
    roles: dict[str, str]
    messages: dict[str, tuple[str, str]]
    labels: dict[tuple[str, str], tuple[str, ...]]
    by_shape: dict[str, Key]
    pointed: dict[str, tuple[str, ...]]
    texts: dict[str, str]

    def place_of(self, iri: str) -> Position:
        """Where a term, concept or shape begins in its file; the folder where that is not found."""
        names = "|".join(map(re.escape, (f"<{iri}>", prefixed(iri))))
        for name, text in self.texts.items():
            if found := re.search(rf"^(?:{names})(?=\s)", text, re.M):
                return Position(name, text.count("\n", 0, found.start()) + 1)
        return Position(next(iter(self.texts)).rpartition("/")[0])

    def records(self) -> Iterator[RecordClass]:
        """The classes that have records of their own, by name."""
        return (each for _, each in sorted(self.classes.items()) if each.folder)
