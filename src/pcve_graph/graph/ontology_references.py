"""What the files of an ontology state about each other: references, shapes and roles that fit.

Whatever an ontology refers to in the namespaces of the project is described in it, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pyoxigraph as ox

from ..model.closure import closure
from ..model.dates import BOUNDS
from ..model.namespaces import BASE, expand, local_name, prefixed
from ..model.problems import Problem, rule_problem
from ..model.schema import VOCAB_BASE
from ..model.suggest import did_you_mean
from .ontology_files import (
    NAME,
    OntologyFile,
    described_subjects,
    has_own_shape,
    iri_of,
    list_fault,
    part_problem,
    property_paths,
)
from .triple_index import TripleIndex

_OWN: Final = tuple(BASE + start for start in ("ns#", "shapes#", "vocab/"))
"""How the IRIs of terms, shapes, lists and concepts of the project begin."""

_AGENT: Final = expand("foaf:Agent")
_CLASS: Final = expand("sh:class")
_DERIVES: Final = expand("pcve:derives")
_ORDER: Final = expand("sh:order")
_PAYING: Final = expand("schema:funder")
_PROPERTY: Final = expand("sh:property")
_TARGET: Final = expand("sh:targetClass")
_VERSION: Final = expand("owl:versionIRI")


def subjects_in_two_files(files: Sequence[OntologyFile]) -> Iterator[Problem]:
    """A subject of a shape or vocabulary in two files; one problem for each pair of files."""
    first: dict[ox.NamedNode, OntologyFile] = {}
    twice: dict[tuple[str, str], tuple[OntologyFile, OntologyFile, list[ox.NamedNode]]] = {}
    for file in files:
        if not file.name.startswith(("ontology/shapes/", "ontology/vocab/")):
            continue
        subjects = dict.fromkeys(triple.subject for triple in file.triples)
        for subject in subjects:
            if not isinstance(subject, ox.NamedNode):
                continue
            earlier = first.setdefault(subject, file)
            if earlier is not file:
                pair = twice.setdefault((earlier.name, file.name), (earlier, file, []))
                pair[2].append(subject)
    for earlier, later, shared in twice.values():
        subject = min(shared, key=lambda node: later.position(node))
        others = len(shared) - 1
        more = f" ({others} more subjects are in both files)" if others else ""
        message = f"{prefixed(subject.value)} is described in {earlier.position(subject)} too{more}"
        fix = "delete one of the two descriptions, or move all statements to one file"
        yield rule_problem("ontology-subject", later.position(subject), message, fix)


def dangling_references(files: Sequence[OntologyFile], index: TripleIndex) -> Iterator[Problem]:
    """References to what is not described: one problem for each, at the first reference."""
    described = described_subjects(files)
    seen: set[str] = set()
    for file in files:
        for triple in file.triples:
            iri = iri_of(triple.object)
            if not iri or iri in seen:
                continue
            if fault := _reference_fault(triple.predicate.value, iri, described, index):
                seen.add(iri)
                message, fix = fault
                place = file.position(triple.subject, triple.predicate, triple.object)
                yield part_problem(place, message, fix)


def _reference_fault(
    predicate: str, iri: str, described: set[str], index: TripleIndex
) -> tuple[str, str] | None:
    """What is wrong with a reference by `predicate` to `iri`, and the fix; None if it is right."""
    name = prefixed(iri)
    if (predicate == _TARGET and not has_own_shape(index, iri)) or (
        predicate == _CLASS and not _can_have_instances(index, iri)
    ):
        message = f"no shape has {name} as its only sh:targetClass"
        return message, "add a node shape with that target, or delete this reference"
    if not iri.startswith(_OWN) or predicate == _VERSION:
        return None
    if iri in described and not _is_list(iri):
        return None
    if iri.startswith(VOCAB_BASE):
        vocabulary, _, concept = iri.removeprefix(VOCAB_BASE).partition("/")
        if fault := list_fault(index, VOCAB_BASE + vocabulary):
            fix = f"add ontology/vocab/{vocabulary}.ttl with its concepts, or correct the reference"
            return None if concept else (fault, fix)
        if not concept:
            return None
    space = next(start for start in _OWN if iri.startswith(start))
    near = [prefixed(subject) for subject in described if subject.startswith(space)]
    hint = did_you_mean(name, near) or "describe it in ontology/, or delete the reference"
    return f"{name} is not described in ontology/", hint


def _is_list(iri: str) -> bool:
    """Whether an IRI is one of a closed list: that of a concept has one more segment."""
    return iri.startswith(VOCAB_BASE) and "/" not in iri.removeprefix(VOCAB_BASE)


def _can_have_instances(index: TripleIndex, class_iri: str) -> bool:
    """Whether a class or a subclass has a shape of its own, or the ontology has instances of it."""
    classes = closure([class_iri], lambda above: index.subjects_with("rdfs:subClassOf", above))
    return any(
        has_own_shape(index, current) or index.subjects_with("rdf:type", current)
        for current in classes
    )


def malformed_shapes(files: Sequence[OntologyFile], index: TripleIndex) -> Iterator[Problem]:
    """Statements on shapes that the program cannot read."""
    path = expand("sh:path")
    triples = (triple for file in files for triple in file.triples)
    with_path = {iri_of(triple.subject) for triple in triples if triple.predicate.value == path}
    pathless = described_subjects(files) - with_path
    yield from _without_folder(files, index)
    for file in files:
        for triple in file.triples:
            predicate, value = triple.predicate.value, triple.object
            message = ""
            if predicate == _ORDER and not _is_whole(value):
                message = f"sh:order of {prefixed(iri_of(triple.subject))} is not a whole number"
                fix = "write a whole number, such as 3"
            elif predicate == _PROPERTY and iri_of(value) in pathless:
                message = f"{prefixed(iri_of(value))} has no sh:path"
                fix = "add sh:path with the property that the shape is about"
            elif predicate == _DERIVES and local_name(iri_of(value)) not in BOUNDS:
                message = f"{prefixed(iri_of(value))} is not a bound that the build derives"
                fix = "name one of " + ", ".join(BOUNDS) + " of the same namespace"
            if message:
                place = file.position(triple.subject, triple.predicate, value)
                yield part_problem(place, message, fix)


def _without_folder(files: Sequence[OntologyFile], index: TripleIndex) -> Iterator[Problem]:
    """Shapes of classes whose instances have a name, and so records, but no folder for these."""
    for file in files:
        for triple in file.triples:
            if triple.predicate.value != _TARGET or not isinstance(triple.subject, ox.NamedNode):
                continue
            class_iri, shape = iri_of(triple.object), triple.subject.value
            shapes = index.subjects_with("sh:targetClass", class_iri)
            if (
                set(index.all(shape, "sh:targetClass")) == {class_iri}
                and NAME in property_paths(index, class_iri)
                and not index.subjects_with("rdf:type", class_iri)
                and not any(index.one(member, "pcve:folder") for member in shapes)
            ):
                message = f"{prefixed(shape)} has no pcve:folder"
                fix = "add pcve:folder with the name of the folder in data/records/"
                yield part_problem(file.position(triple.subject), message, fix)


def _is_whole(value: object) -> bool:
    return isinstance(value, ox.Literal) and value.value.isdecimal() and value.value.isascii()


def unpaired_roles(files: Sequence[OntologyFile], index: TripleIndex) -> Iterator[Problem]:
    """Roles in events without a concept in the list of roles, and concepts without a property.

    A participation is derived only for a property that a concept names, so a role without a concept
    would be missing from every answer about roles.
    """
    concepts = index.subjects_with("skos:inScheme", VOCAB_BASE + "role")
    named = {path for concept in concepts for path in index.all(concept, "pcve:roleProperty")}
    members = _role_shapes(index)

    def problem(iri: str, message: str, fix: str) -> Problem:
        node = ox.NamedNode(iri)
        file = next(file for file in files if any(node == t.subject for t in file.triples))
        place = file.position(node)
        return rule_problem("role-concept", place, message, fix)

    for shape, path in members.items():
        if path not in named:
            name = prefixed(path)
            fix = f"add a concept with pcve:roleProperty {name} to ontology/vocab/role.ttl"
            yield problem(shape, f"the role {name} has no concept in the list role", fix)
    for concept in concepts:
        if not index.all(concept, "pcve:roleProperty"):
            message = f"the role {local_name(concept)} names no property"
            yield problem(concept, message, "add pcve:roleProperty with the property of the role")


def _role_shapes(index: TripleIndex) -> dict[str, str]:
    """The path of each property shape of an event that takes any agent, by the shape's IRI.

    Who pays for an event has no role in it.
    """
    holders = index.subjects_with("sh:targetClass", expand("pcve:Event"))
    members = [member for holder in holders for member in index.all(holder, "sh:property")]
    paths = {
        member: index.one(member, "sh:path")
        for member in members
        if index.all(member, "sh:class") == [_AGENT]
    }
    return {shape: path for shape, path in paths.items() if path != _PAYING}
