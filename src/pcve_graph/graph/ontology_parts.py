"""What an ontology must have: the one place that states which parts the program relies on.

A part that is missing or empty is one message about the ontology; without it, every record that
needs the part would be reported instead. Whatever else shapes, concepts and terms refer to in the
namespaces of the project must be described too, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ..model.namespaces import BASE, expand, local_name, prefixed
from ..model.problems import ContentError, Position, Problem
from ..model.project import Project
from ..model.schema import VOCAB_BASE
from ..model.terms import from_iri
from .ontology_files import (
    NAME,
    OntologyFile,
    described_subjects,
    has_own_shape,
    list_fault,
    part_problem,
    property_paths,
)
from .ontology_references import (
    dangling_references,
    malformed_shapes,
    subjects_in_two_files,
    unpaired_roles,
)
from .triple_index import TripleIndex

REQUIRED_HEADERS: Final = {
    "ontology/pcve.ttl": BASE + "ns",
    "ontology/shapes/header.ttl": BASE + "shapes",
    "ontology/vocab/header.ttl": BASE + "vocab",
}
"""The files whose headers state licence, version and prefixes, and what the headers describe."""

REQUIRED_CLASSES: Final = {
    "pcve:Claim": ("pcve:certainty", "pcve:evidence", "pcve:rank"),
    "pcve:Evidence": ("pcve:certainty", "pcve:curator", "pcve:dateRead", "pcve:locator"),
    "pcve:Passage": ("pcve:firstWord", "pcve:says", "pcve:sha256", "pcve:wordCount"),
    "pcve:Source": (),
    "pcve:Participation": ("pcve:inEvent",),
    "oa:SpecificResource": ("oa:hasSource",),
    "oa:TextQuoteSelector": ("oa:exact",),
    "skos:Concept": ("skos:inScheme", "skos:prefLabel"),
    "pcve:Overlap": ("pcve:score", "pcve:verdict"),
    "pcve:Project": ("skos:prefLabel",),
    "pcve:Event": ("skos:prefLabel",),
    "pcve:Place": ("skos:prefLabel",),
    "pcve:Country": ("skos:prefLabel",),
}
"""The classes that the program names, each with the properties that it must have."""

REQUIRED_LISTS: Final = ("certainty", "rank", "role", "support", "value-status", "verdict")
"""The closed lists that the program names; shapes refer to the others."""

_FILES: Final = {"oa:SpecificResource": "quote", "oa:TextQuoteSelector": "quote"}
"""The file of the shape of a class, if it does not have the name of the class."""

_BOUND: Final = "pcve:earliest"
"""The date bound that the build derives; a shape compares it with the other one."""


def check_folders(project: Project, names: Sequence[str]) -> None:
    """Raise ContentError (`ontology-part`) where ontology/ lacks pcve.ttl, shapes or vocabularies.

    `names` are the Turtle files in ontology/, pcve.ttl included.
    """
    problems = []
    for folder in ("ontology/shapes", "ontology/vocab"):
        path = project.root / folder
        if not any(name.startswith(f"{folder}/") for name in names):
            why = "is not a folder" if path.is_file() else "is missing"
            message = f"{folder} " + ("has no Turtle file" if path.is_dir() else why)
            problems.append(
                part_problem(Position(folder), message, f"restore the files of {folder}/")
            )
    if not (project.ontology / "pcve.ttl").exists():
        name = "ontology/pcve.ttl"
        problems.append(part_problem(Position(name), "the file is missing", f"restore {name}"))
    if problems:
        raise ContentError(problems)


def check_parts(files: Sequence[OntologyFile], index: TripleIndex) -> None:
    """Raise ContentError where a part of the ontology is missing, empty or described twice.

    Problems that others follow from are reported alone: required parts, then references.
    The rules are `ontology-part`, `ontology-subject` and `role-concept`.
    """
    checks = (
        lambda: subjects_in_two_files(files),
        lambda: _missing_headers(files),
        lambda: _missing_parts(files, index),
        lambda: (*dangling_references(files, index), *malformed_shapes(files, index)),
        lambda: unpaired_roles(files, index),
    )
    for check in checks:
        if problems := list(check()):
            raise ContentError(problems)


def _missing_headers(files: Sequence[OntologyFile]) -> Iterator[Problem]:
    described = described_subjects(files)
    for name, iri in REQUIRED_HEADERS.items():
        if iri not in described:
            yield _missing_in(files, name, f"no file describes {from_iri(iri)}")


def _missing_parts(files: Sequence[OntologyFile], index: TripleIndex) -> Iterator[Problem]:
    """The first required part that is missing of each file in which it usually is."""
    faults: dict[str, str] = {}
    for name, properties in REQUIRED_CLASSES.items():
        file = _FILES.get(name, local_name(expand(name)).lower())
        absent = {expand(path) for path in properties} - property_paths(index, expand(name))
        if not has_own_shape(index, expand(name)):
            faults.setdefault(f"shapes/{file}", f"no shape has {name} as its only sh:targetClass")
        elif absent:
            file = "thing" if absent == {NAME} else file
            names = ", ".join(sorted(map(prefixed, absent)))
            faults.setdefault(f"shapes/{file}", f"the shapes of {name} have no property {names}")
    if not index.subjects_with("sh:targetSubjectsOf", expand(_BOUND)):
        faults["shapes/dated"] = f"no shape has sh:targetSubjectsOf {_BOUND}"
    for name in REQUIRED_LISTS:
        scheme = VOCAB_BASE + name
        if fault := list_fault(index, scheme):
            faults[f"vocab/{name}"] = fault
        elif not index.subjects_with("sh:hasValue", scheme):
            fault = f"no shape has sh:hasValue {from_iri(scheme)}"
            faults.setdefault("shapes/closed-lists", fault)
    for part, fault in faults.items():
        yield _missing_in(files, f"ontology/{part}.ttl", fault)


def _missing_in(files: Sequence[OntologyFile], name: str, fault: str) -> Problem:
    """The problem of a part that is usually in the file `name`."""
    absent = name not in {file.name for file in files}
    message = f"the file is missing: {fault}" if absent else fault
    return part_problem(Position(name), message, f"restore {name}, or what it describes")
