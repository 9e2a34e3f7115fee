"""The ontology as data: classes, the keys of their records, vocabularies, labels and messages."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .closure import closure
from .namespaces import BASE, kebab_case, nterm, prefixed
from .problems import Position
from .terms import Iri, NTerm, NTriple, from_iri, parse_statement

VOCAB_BASE = BASE + "vocab/"


@dataclass(frozen=True, slots=True)
class RecordKey:
    """What one key of a record may hold, by its property shape.

    At most one of `datatypes`, `scheme`, `classes` and `choices` is set; if none is, the value
    is a web address or the id of any record. `choices` are the IRIs of sh:in, written whole or
    by their last segment. `derives` holds the date bounds that the build derives from it,
    `former` the names of the key in earlier versions, `former_inverse` the keys by which the
    record of the value stated the same, `former_nested` those by which an entity nested in the
    record did, `group` the IRI of its sh:group, `group_order` the place of that group, and
    `certainty` that of its facts where a block states none; empty for stated. `same_class` is
    set if it takes the classes that have the key, `refers` if it takes the ids of a record and
    of an entity nested there, with a slash.
    """

    name: str
    path: Iri
    shape: Iri
    label: str
    description: str
    message: str
    order: int
    datatypes: tuple[Iri, ...] = ()
    classes: tuple[Iri, ...] = ()
    scheme: str | None = None
    derives: tuple[Iri, ...] = ()
    required: bool = False
    former: tuple[str, ...] = ()
    former_inverse: tuple[str, ...] = ()
    former_nested: tuple[str, ...] = ()
    group: str = ""
    group_order: int = 0
    choices: tuple[Iri, ...] = ()
    same_class: bool = False
    certainty: str = ""
    refers: bool = False


@dataclass(frozen=True, slots=True)
class RecordClass:
    """A class with a shape. `folder` is None for a class whose instances lie inside a record."""

    name: str
    iri: Iri
    label: str
    description: str
    folder: str | None
    keys: dict[str, RecordKey]

    def renamed(self, name: str) -> RecordKey | None:
        """The key that had this name in an earlier version of the ontology."""
        return next((key for key in self.keys.values() if name in key.former), None)

    @property
    def segment(self) -> str:
        """The path segment of the IRIs of its instances."""
        return self.folder or kebab_case(self.name)


@dataclass(frozen=True)
class Ontology:
    """The terms, vocabularies and shapes of a project.

    `graphs` holds N-Triples lines by graph name, `shapes` those of the shapes, whose files have
    the SHA-256 `digest`. `classes` is by local name, `by_iri` by IRI; `schemes` holds the term ids
    of each vocabulary, `roles` the concept of the role in events of a property, `implied` the
    property that each involvement role implies of the undertaking and `implied_inversely` that of
    the actor, by its concept, `messages` the (name,
    message) of each shape, `labels` the folded labels of each (vocabulary, term), `by_shape`
    the key of each property shape, `has_values` the values of sh:hasValue in each shape in
    N-Triples syntax, `deprecated` the term that replaces each deprecated one, and `texts` the
    content of each file by its name.
    """

    graphs: dict[str, tuple[NTriple, ...]]
    shapes: str
    digest: str
    classes: dict[str, RecordClass]
    by_iri: dict[Iri, RecordClass]
    schemes: dict[str, tuple[str, ...]]
    roles: dict[Iri, Iri]
    implied: dict[Iri, Iri]
    implied_inversely: dict[Iri, Iri]
    messages: dict[Iri, tuple[str, str]]
    labels: dict[tuple[str, str], tuple[str, ...]]
    by_shape: dict[Iri, RecordKey]
    has_values: dict[Iri, tuple[NTerm, ...]]
    deprecated: dict[Iri, Iri]
    texts: dict[str, str]

    def position_of(self, iri: Iri) -> Position:
        """The position of a term, concept or shape in its file; the folder if it is not found."""
        names = "|".join(map(re.escape, (from_iri(iri), prefixed(iri))))
        for name, text in self.texts.items():
            if match := re.search(rf"^(?:{names})(?=\s)", text, re.M):
                return Position(name, text.count("\n", 0, match.start()) + 1)
        return Position(next(iter(self.texts)).rpartition("/")[0])

    @functools.cached_property
    def _subclasses(self) -> dict[NTerm, set[NTerm]]:
        """The direct subclasses of each class."""
        subclasses: dict[NTerm, set[NTerm]] = defaultdict(set)
        for line in self.graphs["ontology"]:
            statement = parse_statement(line)
            if statement.predicate == nterm("rdfs:subClassOf"):
                subclasses[statement.object].add(statement.subject)
        return subclasses

    def record_classes(self, iri: Iri) -> list[str]:
        """The names of the classes with records that are `iri` or a subclass of it, sorted."""
        classes = closure([from_iri(iri)], lambda term: self._subclasses.get(term, ()))
        return [record.name for record in self.records() if from_iri(record.iri) in classes]

    def records(self) -> Iterator[RecordClass]:
        """The classes that have records of their own, sorted by name."""
        return (
            record_class for _, record_class in sorted(self.classes.items()) if record_class.folder
        )


def moved_key(classes: Iterable[RecordClass], name: str) -> tuple[RecordClass, RecordKey] | None:
    """The class and key that now state what the key `name` of the other record stated."""
    return next(
        (
            (record_class, key)
            for record_class in classes
            for key in record_class.keys.values()
            if name in key.former_inverse
        ),
        None,
    )


def split_key(classes: Iterable[RecordClass], kind: RecordClass, name: str) -> RecordKey | None:
    """The key of records that now states what the key `name` of the nested class `kind` stated."""
    keys = (key for record_class in classes for key in record_class.keys.values())
    return None if kind.folder else next((key for key in keys if name in key.former_nested), None)
