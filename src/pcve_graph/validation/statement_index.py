"""The classes and keys of each subject of a document, collected in one pass over its statements.

SHACL does not report classes and properties that no shape mentions, and external files lack the
derived bounds of a build. Both depend on the classes of a subject, which a file may state anywhere.
One integer per subject is stored, with a bit for each class and key of the ontology that it has.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from ..model.dates import EDTF_FORMS, date_range, stated_bounds
from ..model.messages import former_key, unknown_key
from ..model.namespaces import LABELS, PREFIXES, expand, local_name, nterm, prefixed
from ..model.schema import Ontology, RecordClass, RecordKey, moved_key, split_key
from ..model.suggest import did_you_mean
from ..model.terms import (
    Iri,
    NTerm,
    NTriple,
    Statement,
    escaped_text,
    from_iri,
    from_term,
    has_language,
    iri_start,
    is_iri,
    is_literal,
    lexical,
    literal,
    parse_statement,
    to_iri,
)
from ..model.visible import first_refused

_TYPE = nterm("rdf:type")
_EDTF: Final = f"^^{nterm('edtf:EDTF')}"
_BOUNDS: Final = {
    nterm(name): local_name(expand(name))
    for name in ("pcve:certainFrom", "pcve:certainUntil", "pcve:earliest", "pcve:latest")
}
"""The names of the bounds by their properties."""
_LABELS = {nterm(name): rank for rank, name in enumerate(LABELS)}
_OURS: Final = iri_start(PREFIXES["pcve"])
_UNKNOWN_KEY, _UNKNOWN_CLASS = 1, 2
"""The bits of a property that is not a key of any class, and of a pcve: class without a shape."""
_SUSPICIOUS: Final = re.compile(r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\\[bfru]")
"""Matches each line of N-Triples in which a term may have a character that records refuse."""


class LabelIndex:
    """The preferred label of each thing, and the ids of all things that have a name."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self._best: dict[NTerm, tuple[int, bool, NTerm]] = {}

    def take(self, statement: Statement) -> None:
        """Store the label in a statement, if it has one that is preferred to the stored label.

        Order of preference: that of `LABELS`; within each, English first.
        """
        subject, predicate, value = statement
        rank = _LABELS.get(predicate)
        if rank is None:
            return
        if rank == 0 and "/id/" in subject:
            self.ids.add(local_name(to_iri(subject)))
        if is_literal(value):
            candidate = (rank, not has_language(value, "en"), value)
            self._best[subject] = min(candidate, self._best.get(subject, candidate))

    def read(self, store: ox.Store, terms: Iterable[NTerm]) -> None:
        """Store the labels that a store has for these terms, and the ids of all its things."""
        predicates = [ox.NamedNode(to_iri(name)) for name in _LABELS]
        for term in terms:
            if is_iri(term):
                for predicate in predicates:
                    node = ox.NamedNode(to_iri(term))
                    for quad in store.quads_for_pattern(node, predicate, None, None):
                        self.take(Statement(term, from_term(predicate), from_term(quad.object)))
        named = store.quads_for_pattern(None, predicates[0], None, None)
        subjects = (lexical(from_term(quad.subject)) for quad in named)
        self.ids.update(local_name(subject) for subject in subjects if "/id/" in subject)

    def of(self, terms: Iterable[NTerm]) -> dict[NTerm, str]:
        """The label of each of these terms that has one, as plain text."""
        return {term: lexical(self._best[term][2]) for term in terms if term in self._best}


def _refused(statement: Statement) -> str:
    """The name of the first character that records may not contain, as U+001B; empty if none."""
    subject, predicate, value = statement
    text = lexical(value) if is_literal(value) else value
    names = [bad.name for term in (subject, predicate, text) if (bad := first_refused(term))]
    return names[0] if names else ""


class StatementIndex:
    """Classes, keys, dates and labels of the subjects of a document.

    Complete once the iterator from `index_lines` is exhausted. `dated` has the statements that
    bounds are derived from; `refused` those with a character that records may not contain, each
    with its name.
    """

    def __init__(self, ontology: Ontology) -> None:
        self.classes = dict(sorted(ontology.by_iri.items()))
        keys = [key for kind in self.classes.values() for key in kind.keys.values()]
        paths = sorted({key.path for key in keys})
        self.keys = {from_iri(path): 4 << at for at, path in enumerate(paths)}
        for bound in _BOUNDS:
            self.keys.setdefault(bound, 4 << len(self.keys))
        self.kinds = {
            from_iri(iri): 4 << len(self.keys) + at for at, iri in enumerate(self.classes)
        }
        self.deriving = {from_iri(key.path) for key in keys if key.derives}
        self.labels = LabelIndex()
        self.marks: dict[NTerm, int] = {}
        self.dated: set[Statement] = set()
        self.refused: dict[Statement, str] = {}
        self.subjects_with, self.faulty = (
            lru_cache(None)(self._having),
            lru_cache(None)(self._faulty),
        )

    def __contains__(self, subject: str) -> bool:
        return subject in self.marks

    def index_lines(self, lines: Iterable[NTriple]) -> Iterator[NTriple]:
        """Yields `lines` unchanged, and indexes each one."""
        marks, keys, kinds, deriving = self.marks, self.keys, self.kinds, self.deriving
        for line in lines:
            statement = parse_statement(line)
            subject, predicate, value = statement
            if predicate == _TYPE:
                mark = kinds.get(value, _UNKNOWN_CLASS if value.startswith(_OURS) else 0)
            else:
                mark = keys.get(predicate, _UNKNOWN_KEY)
                if predicate in deriving:
                    self.dated.add(statement)
                elif predicate in _LABELS:
                    self.labels.take(statement)
            marks[subject] = marks.get(subject, 0) | mark
            if _SUSPICIOUS.search(line) and (name := _refused(statement)):
                self.refused[statement] = name
            yield line

    def classes_of(self, subject: NTerm) -> list[RecordClass]:
        """The classes of `subject` that have a shape, by IRI."""
        return self.subjects_with(self.marks.get(subject, 0))

    def _having(self, mark: int) -> list[RecordClass]:
        return [self.classes[to_iri(iri)] for iri, bit in self.kinds.items() if mark & bit]

    def bounds(self) -> dict[tuple[NTerm, NTerm], tuple[NTerm, Statement]]:
        """The bounds that a build would derive, by (subject, property).

        Each is the date as a term, and the statement it is derived from. A bound that the document
        states is not derived.
        """
        best: dict[tuple[NTerm, NTerm], tuple[int, date | None, Statement]] = {}
        for statement in sorted(self.dated):
            subject, predicate, value = statement
            days = date_range(escaped_text(value)) if is_literal(value) else None
            if days is None:
                continue
            for key in self._keys(subject, predicate):
                for bound in map(from_iri, key.derives):
                    order, *_ = best.get((subject, bound), (-1,))
                    if order <= key.order and not self.marks[subject] & self.keys[bound]:
                        day = days.bound(_BOUNDS[bound])
                        best[subject, bound] = (key.order, day, statement)
        days_by_subject: dict[NTerm, dict[str, date | None]] = defaultdict(dict)
        for (subject, bound), (_, day, _) in best.items():
            days_by_subject[subject][_BOUNDS[bound]] = day
        stated = {subject: stated_bounds(days) for subject, days in days_by_subject.items()}
        return {
            (subject, bound): (literal(bound_day.isoformat(), expand("xsd:date")), reason)
            for (subject, bound), (_, _, reason) in best.items()
            if (bound_day := stated[subject].get(_BOUNDS[bound]))
        }

    def _keys(self, subject: NTerm, predicate: NTerm) -> Iterator[RecordKey]:
        """The keys with this predicate in the classes of `subject`."""
        keys = (key for kind in self.classes_of(subject) for key in kind.keys.values())
        return (key for key in keys if predicate == from_iri(key.path))

    def suspects(self) -> set[NTerm]:
        """The subjects with a property or class that no shape mentions, or with no date in EDTF."""
        strange = {subject for subject, mark in self.marks.items() if self.faulty(mark)}
        return strange | {statement.subject for statement in self.dated if _is_no_date(statement)}

    def _faulty(self, mark: int) -> bool:
        kinds = self.subjects_with(mark)
        right = {from_iri(key.path) for kind in kinds for key in kind.keys.values()}
        wrong = {*self.keys} - right - _BOUNDS.keys()
        strange = mark & _UNKNOWN_KEY or any(mark & self.keys[path] for path in wrong)
        return bool(mark & _UNKNOWN_CLASS or (kinds and strange))

    def unknown_terms(
        self, statements: Iterable[Statement]
    ) -> list[tuple[Statement, tuple[str, str, str]]]:
        """The statements with a property or class that no shape mentions, or with no date in EDTF.

        Each comes with (rule, message, fix).
        """
        faults = {statement: self._unknown(statement) for statement in statements}
        rows = [(statement, problem) for statement, problem in faults.items() if problem]
        return sorted(rows, key=lambda row: (row[0][1] != _TYPE, row))

    def _unknown(self, statement: Statement) -> tuple[str, str, str] | None:
        subject, predicate, value = statement
        if predicate == _TYPE:
            if value in self.kinds or not value.startswith(_OURS):
                return None
            name = local_name(to_iri(value))
            names = sorted(kind.name for kind in self.classes.values())
            fix = did_you_mean(name, names) or "known types: " + ", ".join(names)
            return "unknown-type", f'there is no type "{name}"', fix
        if _is_no_date(statement):
            message = f'"{lexical(value)}" has the datatype EDTF, but there are no such days'
            return "edtf", message, f"write a date that exists, in a form such as {EDTF_FORMS}"
        kinds = self.classes_of(subject)
        return self._former_key(to_iri(predicate), kinds) or _unknown_key(to_iri(predicate), kinds)

    def _former_key(
        self, predicate: Iri, kinds: Collection[RecordClass]
    ) -> tuple[str, str, str] | None:
        """The problem with a property that the ontology had in an earlier version."""
        name = local_name(predicate)
        for kind in kinds:
            new = kind.renamed(name)
            if new and name not in kind.keys and predicate in _former_paths(new, name):
                return "unknown-key", former_key(kind, name, new), f"write {prefixed(new.path)}"
            moved = moved_key(self.classes.values(), name)
            if moved and predicate == PREFIXES["pcve"] + name:
                fix = f"state {prefixed(moved[1].path)} of the {moved[0].label}"
                return "unknown-key", former_key(kind, name), fix
            split = split_key(self.classes.values(), kind, name)
            if split and predicate == PREFIXES["pcve"] + name:
                return "unknown-key", former_key(kind, name), f"write {prefixed(split.path)}"
        return None


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


def _unknown_key(predicate: Iri, kinds: Collection[RecordClass]) -> tuple[str, str, str] | None:
    if not kinds or from_iri(predicate) in _BOUNDS:
        return None
    paths = {key.path for kind in kinds for key in kind.keys.values()}
    if predicate in paths:
        return None
    name = " or ".join(kind.name for kind in kinds)
    for kind in kinds:
        if same_name := kind.keys.get(local_name(predicate)):
            message = f"{name} has no property {prefixed(predicate)}"
            return "unknown-key", message, f"write {prefixed(same_name.path)}"
    return ("unknown-key", *unknown_key(list(kinds), local_name(predicate)))
