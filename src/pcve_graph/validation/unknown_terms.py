"""Terms of a document that their vocabulary does not define, or that a closed class does not have.

RDF is an open world: a property or class of any vocabulary may be stated of anything, and is not a
fault. A fault is a term in a namespace of ours, or of a published vocabulary that the project
reuses, that does not exist there; a property of pcve: on a thing of a class that does not have it;
and any property that a class with a closed shape (sh:closed) does not have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import Final, TypeAlias

from ..model.dates import EDTF_FORMS, date_range
from ..model.messages import former_key
from ..model.namespaces import PREFIXES, local_name, nterm, split_iri
from ..model.schema import Ontology, RecordClass, RecordKey, moved_key, split_key
from ..model.suggest import did_you_mean, similar_names
from ..model.terms import (
    Iri,
    NTerm,
    Statement,
    from_iri,
    iri_start,
    is_iri,
    is_literal,
    lexical,
    parse_statement,
    statement_lines,
    to_iri,
)
from .documents import Document
from .statement_index import BOUNDS, UNDEFINED, StatementIndex
from .vocabularies import is_own_property

Fault: TypeAlias = tuple[str, str, str]
"""The rule, the message and the fix."""

_TYPE: Final = nterm("rdf:type")
_OURS: Final = iri_start(PREFIXES["pcve"])
_EDTF: Final = f"^^{nterm('edtf:EDTF')}"
_CLOSED: Final = (nterm("sh:closed"), nterm("sh:targetClass"))

_NO_TERMS: Final = (nterm("rdf:predicate"), iri_start(PREFIXES["owl"]))
"""Properties whose values are not checked here: that of claims, and those of an ontology."""
_WORDS: Final = {True: "class", False: "property", None: "term"}


class TermCheck:
    """The faults of the terms of an indexed document.

    `unused` counts the statements, by property, that are about a thing of ours and whose property
    is a key of other classes only: no fault, but no shape checks them. `reported` counts those with
    a property that their class may not have. `saved_classes` gives the classes that a built graph
    states of a node, which count as those that the document states.
    """

    def __init__(
        self,
        index: StatementIndex,
        ontology: Ontology,
        document: Document,
        saved_classes: Callable[[NTerm], Collection[NTerm]] | None = None,
    ) -> None:
        self.index, self.ontology, self.document = index, ontology, document
        self._saved_classes = saved_classes
        self.unused: Counter[NTerm] = Counter()
        self.reported: Counter[NTerm] = Counter()
        self._closed = _closed_classes(ontology)
        self._strange = lru_cache(None)(self._is_strange)

    def _name(self, iri: Iri) -> str:
        """A class or property as it is written in the document."""
        return self.document.notation.iri(iri)

    def suspects(self) -> set[NTerm]:
        """The subjects that may have a term at fault."""
        index = self.index
        return {
            subject
            for subject, bits, number in index.class_numbers()
            if self._strange(bits, self._kinds(subject, number))
            and (index.is_ours(subject) or bits & UNDEFINED)
        } | {statement.subject for statement in index.dated if _is_no_date(statement)}

    def _kinds(self, subject: NTerm, number: int) -> tuple[Iri, ...]:
        """The classes of `subject` with a shape: those of the set `number`, those of the graph."""
        stated = tuple(kind.iri for kind in self.index.record_classes(number))
        if self._saved_classes is None or not self.index.is_ours(subject):
            return stated
        saved = map(to_iri, filter(is_iri, self._saved_classes(subject)))
        of_graph = [iri for iri in saved if iri in self.index.classes]
        return tuple(sorted({*stated, *of_graph})) if of_graph else stated

    def _is_strange(self, bits: int, classes: tuple[Iri, ...]) -> bool:
        if bits & UNDEFINED:
            return True
        kinds = [self.index.classes[iri] for iri in classes]
        right = {from_iri(key.path) for kind in kinds for key in kind.keys.values()}
        wrong = (path for path in self.index.keys if path not in right and path not in BOUNDS)
        closed = any(from_iri(kind.iri) in self._closed for kind in kinds) and bool(self.index.uses)
        return bool(kinds) and (closed or any(bits & self.index.keys[path] for path in wrong))

    def faults(self, statements: Iterable[Statement]) -> list[tuple[Statement, Fault]]:
        """The statements with a term at fault, each with its rule, message and fix."""
        rows = []
        for statement in dict.fromkeys(statements):
            if fault := self._fault(statement):
                rows.append((statement, fault))
                self.reported[statement.predicate] += fault[0] == "unknown-key"
        return sorted(rows, key=lambda row: (row[0][1] != _TYPE, row))

    def _fault(self, statement: Statement) -> Fault | None:
        subject, predicate, value = statement
        if predicate == _TYPE:
            return self._class_fault(value)
        if _is_no_date(statement):
            message = f'"{lexical(value)}" has the datatype EDTF, but there are no such days'
            return "edtf", message, f"write a date that exists, in a form such as {EDTF_FORMS}"
        kinds = self._classes_of(subject) if self.index.is_ours(subject) else []
        return self._property_fault(to_iri(predicate), kinds) or self._value_fault(statement)

    def _classes_of(self, subject: NTerm) -> list[RecordClass]:
        number = self.index.class_number(subject)
        return [self.index.classes[iri] for iri in self._kinds(subject, number)]

    def _class_fault(self, value: NTerm) -> Fault | None:
        if not is_iri(value):
            return None
        iri = to_iri(value)
        space, name = split_iri(iri)
        same = [kind.iri for kind in self.index.classes.values() if _is_like(kind.name, name)]
        if is_own_property(value) and not self.index.is_undefined(iri):
            if self._is_described(value):
                return None
            fix = f"did you mean {self._name(same[0])}?" if same else self._all_types()
            return "unknown-type", f"{self._name(iri)} is a property, not a class", fix
        if iri in self.ontology.deprecated:
            new = self._name(self.ontology.deprecated[iri])
            return "unknown-type", f"{self._name(iri)} is deprecated", f"write {new}"
        if self._is_defined(value):
            return None
        if not value.startswith(_OURS):
            return self._undefined(iri, is_class=True)
        elsewhere = [kind.iri for kind in self.index.classes.values() if kind.name == name]
        if elsewhere:
            fix = f"write {self._name(elsewhere[0])}"
            return "unknown-type", f"there is no class {self._name(iri)}", fix
        near = self.index.vocabularies[space].nearest(name, is_class=True)
        meant = Iri(space + near)
        if same and not (near and _is_like(near, name)):  # in another namespace
            meant = same[0]
        fix = f"did you mean {self._name(meant)}?" if near or same else self._all_types()
        return "unknown-type", f'there is no type "{name}"', fix

    def _all_types(self) -> str:
        kinds = sorted(self.index.classes.values(), key=lambda kind: kind.name)
        return "known types: " + ", ".join(self._name(kind.iri) for kind in kinds)

    def _is_defined(self, term: NTerm) -> bool:
        """Whether a term exists: in its vocabulary, or since the document itself describes it."""
        return not self.index.is_undefined(to_iri(term)) or self._is_described(term)

    def _is_described(self, term: NTerm) -> bool:
        """Whether the document states a class of a term, as an ontology does of its own."""
        return bool(self.index.stated_classes(term))

    def _property_fault(self, predicate: Iri, kinds: list[RecordClass]) -> Fault | None:
        term = from_iri(predicate)
        if former := self._former_key(predicate, kinds):
            return former
        if term in BOUNDS or any(
            key.path == predicate for kind in kinds for key in kind.keys.values()
        ):
            return None
        closed = any(from_iri(kind.iri) in self._closed for kind in kinds)
        is_described = term.startswith(_OURS) and term not in self.index.keys
        is_described = is_described and predicate not in self.ontology.deprecated
        is_class = term.startswith(_OURS) and not is_own_property(term) and self._is_defined(term)
        if is_class and not self._is_described(term):
            return self._class_as_property(predicate, kinds)
        if is_described and self._is_defined(term):  # what the ontology says of its own terms
            return None
        if kinds and (term.startswith(_OURS) or closed):
            return self._unknown_key(predicate, kinds)
        if not self._is_defined(term):
            return self._undefined(predicate, is_class=False, kinds=kinds)
        if kinds and self.index.keys.get(term):
            self.unused[term] += 1
        return None

    def _value_fault(self, statement: Statement) -> Fault | None:
        """The fault of a value that is a term of ours which does not exist."""
        value = statement.object
        if not is_iri(value) or statement.predicate.startswith(_NO_TERMS):
            return None
        space, _ = split_iri(to_iri(value))
        vocabulary = self.index.vocabularies.get(space)
        if not (vocabulary and vocabulary.is_own) or self._is_defined(value):
            return None
        return self._undefined(to_iri(value), is_class=None)

    def _undefined(
        self, iri: Iri, is_class: bool | None, kinds: Collection[RecordClass] = ()
    ) -> Fault:
        """The fault of a term that its vocabulary does not define, with the nearest that it does.

        The nearest is a term of the same namespace, first one that the classes of the thing have.
        """
        space, name = split_iri(iri)
        word = (
            {True: "class ", False: "property "}.get(is_class is True, "")
            if is_class is not None
            else ""
        )
        name_of = self._term if is_class is None else self._name
        message = f"there is no {word or 'term '}{name_of(iri)}"
        keys = [key.path for kind in kinds for key in kind.keys.values()]
        own = [path.removeprefix(space) for path in keys if split_iri(path)[0] == space]
        vocabulary = self.index.vocabulary(space)
        near = did_you_mean(name, own).removeprefix("did you mean ").removesuffix("?")
        if vocabulary and not (near and near.casefold() == name.casefold()):
            near = vocabulary.nearest(name, is_class) or near
        fix = f"did you mean {name_of(Iri(space + near))}?" if near else ""
        return "unknown-term", message, fix or f"use a term that {space} defines"

    def _former_key(self, predicate: Iri, kinds: Collection[RecordClass]) -> Fault | None:
        """The fault of a property that the ontology had in an earlier version."""
        name = local_name(predicate)
        everyone = self.index.classes.values()
        for kind in kinds:
            new = kind.renamed(name)
            if new and name not in kind.keys and predicate in _former_paths(new, name):
                fix = f"write {self._name(new.path)}"
                return "unknown-key", former_key(kind, name, new), fix
            moved = moved_key(everyone, name)
            if moved and predicate == PREFIXES["pcve"] + name:
                fix = f"state {self._name(moved[1].path)} of the {moved[0].label}"
                return "unknown-key", former_key(kind, name), fix
            split = split_key(everyone, kind, name)
            if split and predicate == PREFIXES["pcve"] + name:
                return "unknown-key", former_key(kind, name), f"write {self._name(split.path)}"
        return None

    def _term(self, iri: Iri) -> str:
        """A term as the value of a property in the document."""
        return self.document.notation.shown(from_iri(iri))

    def _properties(self, kinds: Collection[RecordClass]) -> str:
        """The properties of classes, as they are written in the document."""
        paths = dict.fromkeys(key.path for kind in kinds for key in kind.keys.values())
        called = " or ".join(kind.name for kind in kinds)
        return f"properties of {called}: {', '.join(map(self._name, paths))}"

    def _class_as_property(self, predicate: Iri, kinds: Collection[RecordClass]) -> Fault:
        """The fault of a class in the place of a property."""
        fix = "write a property; a class is a value of rdf:type"
        if any(kind.keys for kind in kinds):
            fix = self._properties(kinds)
        return "unknown-key", f"{self._name(predicate)} is a class, not a property", fix

    def _unknown_key(self, predicate: Iri, kinds: Collection[RecordClass]) -> Fault:
        """The fault of a property that no class of the thing has; the nearest of its namespace."""
        name = local_name(predicate)
        message = f"{' or '.join(kind.name for kind in kinds)} has no property "
        message += self._name(predicate)
        for kind in kinds:
            if same_name := kind.keys.get(name):
                return "unknown-key", message, f"write {self._name(same_name.path)}"
        space, _ = split_iri(predicate)
        keys = {key.name: key for kind in kinds for key in kind.keys.values()}
        near = similar_names(name, keys, 1)
        if near and split_iri(keys[near[0]].path)[0] == space:  # else a nearer one is elsewhere
            return "unknown-key", message, f"did you mean {self._name(keys[near[0]].path)}?"
        return "unknown-key", message, self._properties(kinds)


def _is_like(name: str, other: str) -> bool:
    return name.casefold() == other.casefold()


def _closed_classes(ontology: Ontology) -> frozenset[NTerm]:
    """The classes whose shapes are closed (SHACL 4.8.1)."""
    closed, target = _CLOSED
    lines = [line for line in statement_lines(ontology.shapes) if closed in line or target in line]
    rows = [parse_statement(line) for line in lines]
    shapes = {row.subject for row in rows if row.predicate == closed and "true" in row.object}
    return frozenset(
        row.object for row in rows if row.predicate == target and row.subject in shapes
    )


def _is_no_date(statement: Statement) -> bool:
    """Whether the value is a literal of datatype EDTF that is no date of the forms that are read.

    A shape can only compare such a literal with a pattern; `2018-02-30~` has the right one.
    """
    value = statement.object
    if not is_literal(value) or not value.endswith(_EDTF):
        return False
    return date_range(lexical(value)) is None


def _former_paths(key: RecordKey, name: str) -> tuple[str, str]:
    """The IRIs that a former key may have had: in our namespace, or in that of the present one."""
    return PREFIXES["pcve"] + name, key.path.removesuffix(key.name) + name
