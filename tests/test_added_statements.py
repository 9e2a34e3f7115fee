"""New statements against a saved graph give the results that validating the whole gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import World

from pcve_graph.model.namespaces import GRAPHS
from pcve_graph.model.problems import ContentError
from pcve_graph.model.schema import Ontology
from pcve_graph.validation import shacl
from pcve_graph.validation.documents import read_document
from pcve_graph.validation.incremental_gate import check_against_saved
from pcve_graph.validation.input_files import ENDINGS

HERE = Path(__file__).parent
FILES = sorted(
    path
    for folder in ("faults", "syntaxes", "shapes")
    for path in (HERE / folder).rglob("*.*")
    if ENDINGS.get(path.suffix) not in (None, "record")
)[::5]


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 150


@pytest.mark.parametrize("start", range(4))
@pytest.mark.long
def test_the_results_are_those_of_the_whole(
    start: int, northtown: World, ontology: Ontology
) -> None:
    saved = northtown.saved()
    saved_lines = [line for name in GRAPHS for line in saved.lines(name)]
    compared = 0
    for path in FILES[start::4]:
        try:
            document = read_document(path.read_bytes(), path.name, ENDINGS[path.suffix])
            new = list(document.lines())
        except ContentError:
            continue
        subjects = {line.split(" ", 1)[0] for line in new}
        whole = shacl.validate([*saved_lines, *new], ontology.shapes).results
        incremental = check_against_saved(saved, new, ontology).results
        actual = [result for result in incremental if result.focus in subjects]
        assert actual == [result for result in whole if result.focus in subjects], path
        compared += 1
    assert compared >= 30
