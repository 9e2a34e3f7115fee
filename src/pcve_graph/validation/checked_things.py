"""How many things of which classes the shapes were applied to, in a file or in the project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

import pyoxigraph as ox

from ..graph.store import StoredGraph
from ..model.namespaces import nterm
from ..model.terms import Iri, NTerm, from_term, is_iri, to_iri
from .documents import Document
from .prefixed_names import PrefixedNames
from .statement_index import StatementIndex
from .targets import with_superclasses

_SHOWN: Final = 6
"""Classes that the line of counts names."""


@dataclass(frozen=True, slots=True)
class CheckedThings:
    """What was checked in the file `path`.

    `classes` has the number of things of each class that a shape is about, with the prefixed name
    of the class in the file: a thing of two classes counts in both, and once in `things`. `others`
    has the nodes that other targets select, in words. `without_shape` are the other things: named
    nodes, and blank nodes that have a class.
    """

    path: str
    things: int
    classes: tuple[tuple[Iri, str, int], ...] = ()
    others: tuple[tuple[str, int], ...] = ()
    without_shape: int = 0

    def as_json(self) -> dict[str, object]:
        """The counts as a JSON object, the classes by IRI; `path` only if it is that of a file."""
        path = {"path": self.path} if self.path else {}
        return {
            **path,
            "things": self.things,
            "classes": {iri: number for iri, _, number in self.classes},
            "otherTargets": dict(self.others),
            "withoutShape": self.without_shape,
        }


def counted(
    path: str, names: Mapping[Iri, str], numbers: Mapping[Iri, int], without_shape: int = 0
) -> CheckedThings:
    """The counts of things that have one class each."""
    ordered = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    classes = tuple((iri, names.get(iri, iri), number) for iri, number in ordered)
    return CheckedThings(path, sum(numbers.values()), classes, (), without_shape)


def total(checked: Collection[CheckedThings]) -> CheckedThings:
    """The sums over several files."""
    numbers: Counter[tuple[Iri, str]] = Counter()
    others: Counter[str] = Counter()
    for part in checked:
        numbers.update({(iri, name): number for iri, name, number in part.classes})
        others.update(dict(part.others))
    ordered = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return CheckedThings(
        "",
        sum(part.things for part in checked),
        tuple((iri, name, number) for (iri, name), number in ordered),
        tuple(sorted(others.items())),
        sum(part.without_shape for part in checked),
    )


def counts_line(checked: CheckedThings) -> str:
    """`checked 3 pcve:Event, 1 pcve:Place; 2 things have no shape`."""
    parts = [f"{number:,} {name}" for _, name, number in checked.classes]
    parts += [f"{number:,} {words}" for words, number in checked.others]
    if len(parts) > _SHOWN + 1:
        rest = checked.classes[_SHOWN:]
        parts = [
            *parts[:_SHOWN],
            f"{sum(number for *_, number in rest):,} of {len(rest)} more classes",
        ]
    line = "checked " + (", ".join(parts) or "nothing")
    if number := checked.without_shape:
        line += f"; {number:,} " + ("thing has no shape" if number == 1 else "things have no shape")
    return line


def saved_values(against: StoredGraph, path: NTerm, node: NTerm) -> tuple[NTerm, ...]:
    """The values of a property of `node` that a built graph states, sorted; none of other nodes."""
    if not (is_iri(node) and is_iri(path)):
        return ()
    subject, predicate = ox.NamedNode(to_iri(node)), ox.NamedNode(to_iri(path))
    quads = against.store.quads_for_pattern(subject, predicate, None, None)
    return tuple(sorted({from_term(quad.object) for quad in quads}))


class ThingCounter:
    """Counts the things of an indexed document that shapes are about, or that are `focus`.

    `saved_classes` gives the classes that a built graph states of a node.
    """

    def __init__(
        self,
        index: StatementIndex,
        names: PrefixedNames,
        of_project: bool,
        saved_classes: Callable[[NTerm], Collection[NTerm]] | None = None,
    ) -> None:
        self.index, self.names = index, names
        self.of_project, self.saved_classes = of_project, saved_classes
        self.targeted = lru_cache(None)(self._targeted)

    @classmethod
    def of_document(
        cls,
        document: Document,
        index: StatementIndex,
        of_project: bool,
        against: StoredGraph | None,
    ) -> ThingCounter:
        """The counter of a document that is indexed, with the classes that `against` states."""
        names = PrefixedNames(document.notation)
        if against is None:
            return cls(index, names, of_project)
        return cls(index, names, of_project, partial(saved_values, against, nterm("rdf:type")))

    def count(self, path: str) -> CheckedThings:
        """The counts of the document, which is named `path`."""
        index, targets = self.index, self.index.targets
        numbers: Counter[NTerm] = Counter()
        by_property: Counter[NTerm] = Counter()
        things = without_shape = 0
        nested = set(index.nested)
        for subject, bits, number in index.class_numbers():
            if index.focus and subject not in index.focus:
                continue
            classes = self.classes_checked(subject, number)
            selecting = [name for name in targets.subjects_of if bits & index.keys[name]]
            numbers.update(classes)
            if not classes:
                by_property.update(selecting)
            if classes or selecting or subject in targets.nodes:
                things += 1
                nested.discard(subject)
            elif (number or is_iri(subject)) and subject not in nested:
                without_shape += 1
        others = [(f"subjects of {self.names.of(name)}", n) for name, n in by_property.items()]
        nodes, hashes = targets.nodes, index.objects
        if index.focus:
            focus = set(map(hash, index.focus))
            nodes = nodes & index.focus
            hashes = {name: of & focus for name, of in hashes.items()}
        absent = nodes - index.mentioned
        nested -= nodes
        nested = {node for node in nested if not any(hash(node) in of for of in hashes.values())}
        values = [(f"values of {self.names.of(name)}", len(of)) for name, of in hashes.items()]
        others += [
            ("nodes of sh:targetNode", len(nodes - absent)),
            ("nodes of sh:targetNode that are not in the file", len(absent)),
            *values,
            ("values of shapes in other shapes", len(nested)),
        ]
        things += sum(node not in index for node in nodes - absent) + len(nested)
        things += sum(number for _, number in values)
        ordered = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
        return CheckedThings(
            path,
            things,
            tuple((to_iri(term), self.names.of(term), number) for term, number in ordered),
            tuple((words, number) for words, number in others if number),
            without_shape,
        )

    def classes_checked(self, subject: NTerm, number: int) -> Collection[NTerm]:
        """The classes of `subject`, from the set `number`, that shapes are about."""
        classes = self.targeted(number)
        if not number and self.saved_classes is not None and is_iri(subject):
            classes = self._of_saved(self.saved_classes(subject))
        if classes and self.of_project and not self.index.is_ours(subject):
            return ()
        return classes

    def _targeted(self, number: int) -> tuple[NTerm, ...]:
        return self._of_saved(self.index.classes_numbered(number))

    def _of_saved(self, classes: Iterable[NTerm]) -> tuple[NTerm, ...]:
        targets, stated = self.index.targets.classes, self.index.superclasses
        return tuple(name for name in sorted(classes) if with_superclasses(name, stated) & targets)
