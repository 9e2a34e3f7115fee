"""How many records of which classes were checked, in record files and in the whole project."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ..incremental.change import GraphChange
from ..model.namespaces import expand, local_name, nterm, prefixed
from ..model.problems import Problem
from ..model.project import Project
from ..model.schema import Ontology
from ..model.terms import Iri, from_iri, parse_statement
from ..records.assemble import AssembledGraph
from ..records.reader import Record
from .checked_things import CheckedThings, counted

_UNREAD: Final = {
    *("alias", "control-character", "duplicate-id", "duplicate-key", "empty-value", "encoding"),
    *("file-size", "id", "special-file", "structure", "unreadable-file"),
    "yaml-syntax",
}
"""The rules that a file breaks before it is read as a source."""


def count_records(
    records: Collection[Record],
    problems: Collection[Problem],
    names: Mapping[str, str],
    project: Project,
    ontology: Ontology,
    focus: Collection[str],
) -> list[CheckedThings]:
    """The numbers of records by class in each file of `names`, a path to the name in messages.

    `records` are those that were read, `problems` those of all of them. A record with errors was
    checked too, since its keys and values are compared with its class as it is read; one of an
    unknown class was not. A file of the project that was not read is unchanged since the last
    build, which checked it: its records are of the class of its folder. With `focus`, IRIs of
    things, only these are counted.
    """
    ids = {local_name(iri) for iri in focus}
    numbers: dict[str, Counter[Iri]] = {path: Counter() for path in names}
    for record in records:
        kind = ontology.classes.get(record.type.text)
        of_file = numbers.get(record.position.path)
        if kind is None or of_file is None:
            continue
        of_file[kind.iri] += not ids or record.id in ids
    read = {record.position.path for record in records}
    read |= {problem.position.path for problem in problems}
    unread = {problem.position.path for problem in problems if problem.rule in _UNREAD}
    classes = {kind.folder: kind.iri for kind in ontology.records()}
    for path in names:
        file = project.root / path
        if path.startswith("data/sources/") and path not in unread:
            numbers[path][ontology.classes["Source"].iri] = 1
        elif path in read:
            continue
        elif path.startswith("data/records/") and file.parent.name in classes:
            numbers[path][classes[file.parent.name]] = _number_of_records(file, ids)
    return [_counted(names[path], +of_file) for path, of_file in numbers.items()]


def _number_of_records(file: Path, ids: Collection[str]) -> int:
    """The number of records in a file that is valid; with `ids`, only of these."""
    if file.suffix.casefold() != ".jsonl":
        return int(not ids or file.stem in ids)
    with file.open("rb") as lines:
        stated = [json.loads(line)["id"] for line in lines if line.strip()]
    return sum(not ids or identifier in ids for identifier in stated)


def count_project(graph: AssembledGraph | GraphChange, ontology: Ontology) -> CheckedThings:
    """The numbers of things in the project by class, nested ones and claims included."""
    numbers: Counter[Iri] = Counter()
    if isinstance(graph, GraphChange):
        for iri in ontology.by_iri:
            quads = graph.view.quads(None, ox.NamedNode(expand("rdf:type")), ox.NamedNode(iri))
            numbers[iri] = sum(1 for _ in quads)
        return _counted("", +numbers)
    kinds = {from_iri(iri): iri for iri in ontology.by_iri}
    of_type = f" {nterm('rdf:type')} "
    for lines in graph.graphs.values():
        for line in lines:
            if of_type in line and (value := parse_statement(line).object) in kinds:
                numbers[kinds[value]] += 1
    return _counted("", numbers)


def _counted(path: str, numbers: Counter[Iri]) -> CheckedThings:
    return counted(path, {iri: prefixed(iri) for iri in numbers}, numbers)
