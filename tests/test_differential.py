"""Three engines, the same data, the same results: but for what is known and pinned.

The data is every example and every faulty file of these tests in one graph, and seeded parts of the
shipped graph with 3 to 5 % of their statements spoilt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import topquadrant
from conftest import ROOT, World
from dirt import dirty
from disagreements import KNOWN, Disagreement
from test_engines import triples

from pcve_graph import shacl
from pcve_graph.documents import Document, form_of, named_files, read_document
from pcve_graph.errors import ContentError, UsageError
from pcve_graph.graph import Built
from pcve_graph.names import expand
from pcve_graph.ontology import Ontology

SEEDS = (1, 2, 3, 4, 5, 6)
SIZE = 10_000

MET: dict[tuple[str, str], set[str]] = {}
"""Of a run and an engine: the disagreements that it meets."""


def results(engine: str, data: str, shapes: str, folder: Path) -> tuple[shacl.Result, ...]:
    if engine == "topquadrant":
        topquadrant.need()
        return topquadrant.validate(data, shapes, folder)
    return shacl.validate(data, shapes, engine).results


def compare(engine: str, data: str, shapes: str, folder: Path) -> set[str]:
    """What `engine` gets wrong on `data`, as entries of KNOWN; fails on anything else."""
    entries = [each for each in KNOWN if each.engine == engine]
    met: set[str] = set()
    kept = []
    for line in data.splitlines():
        _, predicate, value = line.removesuffix(" .").split(" ", 2)
        spoilt = {e.about for e in entries if e.spoils and e.spoils(predicate, value)}
        met |= spoilt
        if not spoilt:
            kept.append(line)
    data = "\n".join(kept)
    right = Counter(shacl.validate(data, shapes, "turbo").results)
    other = Counter(results(engine, data, shapes, folder))
    assert right
    assert other - right == Counter()
    for each in right - other:
        reason = [e.about for e in entries if e.meets and e.meets(each)]
        assert reason, f"{engine} lacks {each}"
        met |= set(reason[:1])
    return met


@pytest.mark.parametrize("engine", ["pyshacl", "topquadrant"])
@pytest.mark.parametrize("seed", SEEDS)
def test_spoilt_data_gives_the_same_results(
    seed: int, engine: str, built: Built, ontology: Ontology, tmp_path: Path
) -> None:
    base = [*built.graphs["ontology"], *built.graphs["vocabulary"]]
    rest = [line for name in ("facts", "evidence", "catalog") for line in built.graphs[name]]
    data = dirty(rest, base, SIZE - len(base), seed)
    assert data.count("\n") >= 0.97 * SIZE
    met = compare(engine, data, ontology.shapes, tmp_path)
    print(f"{seed},{engine}: {met}")
    assert met == MET.get((str(seed), engine), set())


@pytest.mark.parametrize("engine", ["pyshacl", "topquadrant"])
def test_all_examples_in_one_graph_give_the_same_results(
    engine: str, northtown: World, ontology: Ontology, tmp_path: Path
) -> None:
    data = "\n".join(sorted({*examples(), *northtown_lines(northtown)}))
    found = shacl.validate(data, ontology.shapes, "turbo").results
    assert len(found) >= 700
    assert len({each.rule for each in found}) >= 199
    met = compare(engine, data, ontology.shapes, tmp_path)
    print(f"examples,{engine}: {met}")
    assert met == MET.get(("examples", engine), set())


def test_every_disagreement_is_met() -> None:
    assert set().union(*MET.values()) == {each.about for each in KNOWN}


def northtown_lines(northtown: World) -> Iterator[str]:
    saved = northtown.saved()
    for name in ("facts", "evidence", "ontology", "vocabulary", "catalog"):
        yield from saved.lines(name)


def examples() -> set[str]:
    """The statements of every RDF file of the tests; its own things are told from the others'."""
    lines: set[str] = set()
    read = 0
    folders = [ROOT / "tests" / name for name in ("shapes", "checks", "syntaxes", "faults")]
    for number, path in enumerate(named_files(folders)):
        form = form_of(path, None)
        if form == "record":
            continue
        try:
            document = read_document(path.read_bytes(), path.name, form)
        except ContentError:
            continue
        read += 1
        lines |= renamed(document, number)
    assert read >= 600
    return lines


def renamed(document: Document, number: int) -> set[str]:
    """The statements of a document, each node that it describes under a name of its own."""
    quads = list(ox.parse("\n".join(document.lines), format=ox.RdfFormat.N_TRIPLES))
    own = {quad.subject for quad in quads if "/pcve/ns#" not in str(quad.subject)}

    def name(term: ox.Term) -> ox.Term:
        if isinstance(term, ox.BlankNode):
            return ox.BlankNode(f"x{number}{term.value}")
        return ox.NamedNode(f"{term.value}-x{number}") if term in own else term  # type: ignore[union-attr]

    return {f"{name(q.subject)} {q.predicate} {name(q.object)} ." for q in quads}


@pytest.mark.parametrize("entry", KNOWN, ids=lambda each: f"{each.engine}: {each.about}")
def test_a_known_disagreement_stands(entry: Disagreement, tmp_path: Path) -> None:
    data = triples(f'ex:a ex:s {entry.value} ; ex:t "2015-01-01"^^xsd:date .')
    shapes = triples(
        "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property ex:p . "
        f"ex:p a sh:PropertyShape ; sh:path ex:s ; {entry.shape} ."
    )
    kinds = {
        engine: components(engine, data, shapes, tmp_path)
        for engine in ("turbo", "topquadrant", "pyshacl")
    }
    assert kinds["turbo"] == entry.right
    for engine, found in kinds.items():
        assert (found == entry.wrong) if engine == entry.engine else True
        assert found != entry.right or engine != entry.engine
    others = {kinds[each] for each in ("topquadrant", "pyshacl") if each != entry.engine}
    assert others == {entry.right}


def components(engine: str, data: str, shapes: str, folder: Path) -> tuple[str, ...] | None:
    prefix, suffix = expand("sh:"), "ConstraintComponent"
    try:
        found = results(engine, data, shapes, folder)
    except UsageError:
        return None
    return tuple(each.component.removeprefix(prefix).removesuffix(suffix) for each in found)
