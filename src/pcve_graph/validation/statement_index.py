"""The classes and keys of each subject of a document, collected in one pass over its statements.

SHACL does not report terms that do not exist, nor what it did not check, and external files lack
the derived bounds of a build. All depend on the classes of a subject, which a file may state
anywhere. One integer per subject is stored: a bit for each key that it has, and the number of the
set of its classes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Final

import pyoxigraph as ox

from ..model.dates import BOUND_PROPERTIES, date_range, stated_bounds
from ..model.namespaces import (
    BASE,
    DOCUMENT_BASE,
    LABELS,
    PREFIXES,
    expand,
    local_name,
    nterm,
    other_scheme,
    segment_of,
    split_iri,
)
from ..model.schema import VOCAB_BASE, Ontology, RecordClass, RecordKey
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
    is_blank,
    is_iri,
    is_literal,
    lexical,
    literal,
    parse_statement,
    stated_datatype,
    to_iri,
    triple_line,
)
from ..model.visible import first_refused
from .class_sets import ClassSets
from .targets import SUBCLASS, Targets, read_targets, superclasses_in, with_superclasses
from .vocabularies import (
    Vocabulary,
    checked_vocabularies,
    is_own_property,
)

_TYPE = nterm("rdf:type")
BOUNDS: Final = {nterm(term): name for name, term in BOUND_PROPERTIES.items()}
"""The names of the bounds by their properties."""
_LABELS = {nterm(name): rank for rank, name in enumerate(LABELS)}
_OURS: Final = iri_start(PREFIXES["pcve"])
_OWN_TERMS: Final = (_OURS, iri_start(VOCAB_BASE))
_OWL: Final = iri_start(PREFIXES["owl"])
"""How the properties of an ontology begin, whose values are not terms, such as its version."""
_HERE, _DOCUMENT = iri_start(BASE), iri_start(DOCUMENT_BASE)
_IN_SCHEME: Final = (nterm("skos:inScheme"), nterm("skos:topConceptOf"))
UNDEFINED, OWN, LISTED, FIRST_KEY = 1, 2, 4, 8
"""Bits of a subject: it has a property of pcve: that is not a key, or a term that its vocabulary
does not define; it has a property of pcve:; it is in one of our lists. From `FIRST_KEY` on: it has
a key.
"""
_TERMS: Final = 10_000
"""Different properties and classes that are counted in one document."""
_DEPTH: Final = 100
"""Blank nodes in blank nodes up to which the owner is looked up."""
_SUSPICIOUS: Final = re.compile(r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\\[bfru]")
"""Matches each line of N-Triples in which a term may have a character that records refuse."""


class LabelIndex:
    """The preferred label of each thing, and the ids of all things that have a name.

    `ids` has them with the segments of their IRIs.
    """

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
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
            self._add(to_iri(subject))
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
        for subject in subjects:
            if "/id/" in subject:
                self._add(subject)

    def _add(self, iri: str) -> None:
        self.ids[local_name(iri)] = segment_of(iri)

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
    with its name. `uses` has the number of statements with each property that no key has, and
    `first_uses` the first statement with each such property, class and datatype (`_TERMS` of each
    at most). `owners` has the first subject that each blank node is a value of, `objects` hashes of
    the values of each property whose values are targets, `superclasses` what the document states,
    and `mentioned` the terms of `focus`, and the nodes that are targets, that occur. `nested` are
    the nodes of `focus` that a shape inside another one is about.

    `shapes` replaces the project's shapes, as N-Triples; `hierarchy` has statements of subclasses
    in addition to those of the document.
    """

    def __init__(
        self,
        ontology: Ontology,
        shapes: str | None = None,
        focus: Collection[NTerm] = (),
        hierarchy: Iterable[NTriple] = (),
    ) -> None:
        self.classes = dict(sorted(ontology.by_iri.items()))
        self.vocabularies = checked_vocabularies(ontology)
        self.targets = (
            Targets(frozenset(map(from_iri, self.classes)))
            if shapes is None
            else read_targets(shapes)
        )
        keys = [key for kind in self.classes.values() for key in kind.keys.values()]
        paths = [*sorted({from_iri(key.path) for key in keys}), *BOUNDS]
        counted = [*paths, *sorted(self.targets.subjects_of)]
        self.keys = {path: FIRST_KEY << at for at, path in enumerate(dict.fromkeys(counted))}
        self._shift = len(self.keys) + FIRST_KEY.bit_length() - 1
        self.deriving = {from_iri(key.path) for key in keys if key.derives}
        self.labels = LabelIndex()
        self.marks: dict[NTerm, int] = {}
        self.dated: set[Statement] = set()
        self.refused: dict[Statement, str] = {}
        self.uses: Counter[NTerm] = Counter()
        self.first_uses: dict[NTerm, Statement] = {}
        self.owners: dict[NTerm, NTerm] = {}
        self.objects: dict[NTerm, set[int]] = {name: set() for name in self.targets.objects_of}
        self._former_paths = {
            key.path.removesuffix(key.name) + name for key in keys for name in key.former
        }
        self.superclasses = superclasses_in(hierarchy)
        self.focus, self.mentioned = frozenset(focus), set[NTerm]()
        self.nested = frozenset[NTerm]()
        self._sets = ClassSets()
        self._own_values: dict[NTerm, int] = {}
        self.record_classes = lru_cache(None)(self._having)
        self._has_own_class = lru_cache(None)(self._is_own_set)

    def __contains__(self, subject: str) -> bool:
        return subject in self.marks

    def index_lines(
        self, lines: Iterable[NTriple], take: Callable[[Statement], None] | None = None
    ) -> Iterator[NTriple]:
        """Yields `lines` unchanged, and indexes each one; `take` gets each statement too.

        What was counted in a pass that was broken off is counted anew.
        """
        self.uses.clear()
        marks, deriving, objects = self.marks, self.deriving, self.objects
        looked_for = self.focus | self.targets.nodes
        marks_of = {
            path: bit | (OWN if path.startswith(_OURS) else 0) for path, bit in self.keys.items()
        }
        for line in lines:
            statement = parse_statement(line)
            subject, predicate, value = statement
            if predicate == _TYPE:
                marks[subject] = self._with_class(statement)
            else:
                mark = marks_of.get(predicate)
                if mark is None:
                    mark = self._mark_of_other(statement)
                elif predicate in deriving:
                    self.dated.add(statement)
                if predicate in _LABELS:
                    self.labels.take(statement)
                if value.startswith(_OWN_TERMS) and not predicate.startswith(_OWL):
                    mark |= self._mark_of_value(predicate, value)
                elif is_blank(value):
                    self.owners.setdefault(value, subject)
                elif is_literal(value) and (datatype := stated_datatype(value)):
                    self._take_first_use(datatype, statement)
                marks[subject] = marks.get(subject, 0) | mark
            if predicate in objects:
                objects[predicate].add(hash(value))
            if looked_for:
                self.mentioned.update(looked_for.intersection(statement))
            if _SUSPICIOUS.search(line) and (name := _refused(statement)):
                self.refused[statement] = name
            if take is not None:
                take(statement)
            yield line

    def _with_class(self, statement: Statement) -> int:
        """The mark of the subject of a statement of its class, with this class."""
        subject, _, value = statement
        mark = self.marks.get(subject, 0)
        self._take_first_use(value, statement)
        number = self._sets.with_class(mark >> self._shift, value)
        undefined = UNDEFINED if is_own_property(value) else self._undefined(value)
        return mark & ((1 << self._shift) - 1) | number << self._shift | undefined

    def _mark_of_other(self, statement: Statement) -> int:
        """The mark of a property that is not a key; the statement is counted."""
        subject, predicate, value = statement
        if predicate in self.uses or len(self.uses) < _TERMS:
            self.uses[predicate] += 1
            self._take_first_use(predicate, statement)
        if predicate == SUBCLASS:
            self.superclasses.setdefault(subject, set()).add(value)
        if predicate.startswith(_OURS):
            return OWN | UNDEFINED
        return self._undefined(predicate)

    def _take_first_use(self, term: NTerm, statement: Statement) -> None:
        if term not in self.first_uses and len(self.first_uses) < 2 * _TERMS:
            self.first_uses[term] = statement

    def _mark_of_value(self, predicate: NTerm, value: NTerm) -> int:
        """The mark of a value that is a term of ours."""
        if value in self._own_values:
            mark = self._own_values[value]
        else:
            mark = self._undefined(value)
            if len(self._own_values) < _TERMS:
                self._own_values[value] = mark
        return mark | (LISTED if predicate in _IN_SCHEME else 0)

    def _undefined(self, term: NTerm) -> int:
        if not is_iri(term):
            return 0
        iri = to_iri(term)
        return UNDEFINED if self.is_undefined(iri) or iri in self._former_paths else 0

    def is_undefined(self, iri: Iri) -> bool:
        """Whether a term is in the namespace of a checked vocabulary that does not define it."""
        space, name = split_iri(iri)
        vocabulary = self.vocabulary(space)
        if vocabulary is None:
            return space.startswith(VOCAB_BASE)
        return bool(name) and not vocabulary.defines(name)

    def vocabulary(self, space: str) -> Vocabulary | None:
        """The checked vocabulary in a namespace, also if that is written with the other scheme."""
        return self.vocabularies.get(space) or self.vocabularies.get(other_scheme(space))

    def classes_of(self, subject: NTerm) -> list[RecordClass]:
        """The classes of `subject` that have a shape of the project, by IRI."""
        return self.record_classes(self.class_number(subject))

    def class_number(self, subject: NTerm) -> int:
        """The number of the set of classes of `subject`."""
        return self.marks.get(subject, 0) >> self._shift

    def stated_classes(self, subject: NTerm) -> set[NTerm]:
        """All classes of `subject` that the document states."""
        return self._sets.classes(self.marks.get(subject, 0) >> self._shift)

    def _having(self, number: int) -> list[RecordClass]:
        stated = self._sets.classes(number)
        return [kind for iri, kind in self.classes.items() if from_iri(iri) in stated]

    def _is_own_set(self, number: int) -> bool:
        stated = self._sets.classes(number)
        classes = (up for name in stated for up in with_superclasses(name, self.superclasses))
        return any(name.startswith(_OURS) for name in classes)

    def class_numbers(self) -> Iterator[tuple[NTerm, int, int]]:
        """Each subject with its bits and the number of its set of classes (`classes_numbered`)."""
        lower = (1 << self._shift) - 1
        for subject, mark in self.marks.items():
            yield subject, mark & lower, mark >> self._shift

    def classes_numbered(self, number: int) -> set[NTerm]:
        """The classes in the set of this number."""
        return self._sets.classes(number)

    def is_ours(self, subject: NTerm) -> bool:
        """Whether the project's shapes are about `subject`, in a file that may be about anything.

        They are if its IRI is in our namespace, if it is in one of our lists, or if it has a class
        or a property of pcve:. Other things are those of others, also where they have a class that
        our shapes have too, such as skos:Concept or org:Organization. A blank node is ours if the
        node is that it is a value of.
        """
        for _ in range(_DEPTH):
            mark = self.marks.get(subject, 0)
            if mark & (OWN | LISTED) or self._has_own_class(mark >> self._shift):
                return True
            if not is_blank(subject):
                return subject.startswith(_HERE) and not subject.startswith(_DOCUMENT)
            owner = self.owners.get(subject)
            if owner is None:
                return False
            subject = owner
        return False

    def bounds(self) -> Iterator[tuple[NTerm, NTerm, NTerm, Statement]]:
        """The bounds that a build would derive: subject, property, date, and what it derives from.

        The date is a term. A bound that the document states is not derived.
        """
        for subject, statements in groupby(sorted(self.dated), itemgetter(0)):
            for bound, (term, reason) in self._bounds_of(statements).items():
                yield subject, bound, term, reason

    def _bounds_of(self, statements: Iterable[Statement]) -> dict[NTerm, tuple[NTerm, Statement]]:
        """The bounds that follow from the dates of one subject, by property."""
        best: dict[NTerm, tuple[int, date | None, Statement]] = {}
        for statement in statements:
            subject, predicate, value = statement
            days = date_range(escaped_text(value)) if is_literal(value) else None
            if days is None:
                continue
            for key in self._keys(subject, predicate):
                for bound in map(from_iri, key.derives):
                    order, *_ = best.get(bound, (-1,))
                    if order <= key.order and not self.marks[subject] & self.keys[bound]:
                        day = days.bound(BOUNDS[bound])
                        best[bound] = (key.order, day, statement)
        stated = stated_bounds({BOUNDS[bound]: day for bound, (_, day, _) in best.items()})
        return {
            bound: (literal(bound_day.isoformat(), expand("xsd:date")), reason)
            for bound, (_, _, reason) in best.items()
            if (bound_day := stated.get(BOUNDS[bound]))
        }

    def bound_lines(self) -> Iterator[NTriple]:
        """The bounds that a build would derive, as lines; complete once all is indexed."""
        for subject, bound, term, _ in self.bounds():
            yield triple_line((subject, bound, term))

    def _keys(self, subject: NTerm, predicate: NTerm) -> Iterator[RecordKey]:
        """The keys with this predicate in the classes of `subject`."""
        keys = (key for kind in self.classes_of(subject) for key in kind.keys.values())
        return (key for key in keys if predicate == from_iri(key.path))
