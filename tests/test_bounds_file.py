"""data/bounds.yml: a build that loses more than a twentieth of any figure fails with the list."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, World

from pcve_graph.graph.ontology import read_ontology
from pcve_graph.incremental.dependency_index import FIGURES, INDEX_FILE, DependencyIndex
from pcve_graph.incremental.figures import SECTIONS, FigureCounts
from pcve_graph.incremental.graph_view import GraphView
from pcve_graph.model.project import Project
from pcve_graph.validation.bounds import bounds_text, read_bounds
from pcve_graph.validation.released_figures import released_files

BOUNDS = "data/bounds.yml"
FAIR = "data/records/event/northtown-conference-2015.yml"


def bounded(world: World) -> World:
    """The world with the bounds that a release writes, built."""
    assert world.pcve("build").exit_code == 0
    ontology = read_ontology(world.project)
    texts = released_files(world.project, ontology, world.saved())
    world.write(BOUNDS, texts[world.root / BOUNDS])
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    return world


def bounds_of(world: World) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((world.root / BOUNDS).read_text())
    return content


def losses(output: str) -> set[str]:
    return set(re.findall(r"error loss: (\w+ [\w-]+):", output))


def saved_counts(world: World) -> str:
    index = DependencyIndex.read(world.built(INDEX_FILE))
    assert index is not None
    return index.get(FIGURES)


@pytest.mark.parametrize("arguments", [["--whole"], []], ids=["whole", "incremental"])
@pytest.mark.long
def test_a_build_that_loses_records_fails_with_the_list(world: World, arguments: list[str]) -> None:
    bounded(world)
    before = bounds_of(world)["class"]["Search"]
    paths = sorted((world.root / "data/records/search").glob("*.yml"))
    assert len(paths) == before
    paths[0].unlink()
    result = world.pcve("build", *arguments)
    assert result.exit_code == 1
    assert "class Search" in losses(result.output)
    line = next(row for row in result.output.splitlines() if "class Search" in row)
    assert f"{before - 1} records of the class, the bound is {before}" in line
    assert re.match(rf"{BOUNDS}:\d+:\d+: ", line)
    assert losses(world.pcve("validate").output) == losses(result.output)


@pytest.mark.long
def test_a_loss_is_accepted_with_a_reason_that_stays(world: World) -> None:
    bounded(world)
    before = bounds_of(world)["class"]["Search"]
    path = sorted((world.root / "data/records/search").glob("*.yml"))[0]
    path.unlink()
    lost = losses(world.pcve("build").output)
    reason = "the register is closed"
    result = world.pcve("build", "--accept-loss", reason)
    assert result.exit_code == 0, result.output
    bounds = bounds_of(world)
    assert bounds["class"]["Search"] == before - 1
    assert {entry["figure"] for entry in bounds["accepted"]} == lost
    assert {entry["reason"] for entry in bounds["accepted"]} == {reason}
    assert world.pcve("build", "--whole").exit_code == 0
    assert world.pcve("edit", "fmt", "--check").exit_code == 0
    again = world.pcve("build", "--accept-loss", reason)
    assert again.exit_code == 2
    assert "nothing is lost" in again.output
    assert world.pcve("build", "--accept-loss", " ").exit_code == 2


def test_other_errors_are_not_accepted(world: World) -> None:
    bounded(world)
    sorted((world.root / "data/records/search").glob("*.yml"))[0].unlink()
    world.replace(FAIR, "type: Event", "type: Evnt")
    text = (world.root / BOUNDS).read_text()
    result = world.pcve("build", "--accept-loss", "it is gone")
    assert result.exit_code == 1
    assert "unknown-type" in result.output
    assert (world.root / BOUNDS).read_text() == text


def test_what_grows_beyond_a_most_fails(world: World) -> None:
    bounded(world)
    number = int(bounds_of(world)["class"]["Search"])
    world.replace(BOUNDS, f"Search: {number}", f"Search: {{least: 1, most: {number}}}")
    assert world.pcve("build").exit_code == 0
    world.replace(BOUNDS, f"most: {number}", f"most: {number - 1}")
    result = world.pcve("build")
    assert losses(result.output) == {"class Search"}
    assert "(more than the most)" in result.output


def test_a_twentieth_may_go(world: World) -> None:
    bounded(world)
    number = int(bounds_of(world)["country"]["landia"])
    least = number * 20 // 19  # 5 % less than this is at most the present number
    world.replace(BOUNDS, f"landia: {number}", f"landia: {least}")
    assert world.pcve("build").exit_code == 0
    world.replace(BOUNDS, f"landia: {least}", f"landia: {number * 20 // 19 + 1}")
    assert losses(world.pcve("build").output) == {"country landia"}


WRONG = {
    "clas: {Event: 3}": 'there is no section "clas"',
    "class: {Evnt: 3}": 'class has no figure "Evnt"',
    "class: {Event: many}": "the bound of Event is not a number",
    "class: {Event: -3}": "the bound of Event is not a number",
    "class: {Event: {least: 4, most: 3}}": "the bound of Event is not a number",
    "class: {Event: {last: 4}}": "the bound of Event is not a number",
    "class: 3": "class has no figures",
    "year: {'15': 3}": 'year has no figure "15"',
    "share: {cited: 3}": 'share has no figure "cited"',
    "country: {Landia: 3}": 'country has no figure "Landia"',
    "accepted: [{figure: class Event}]": "this is not an accepted loss",
    "- a": "this is not a list of figures",
}


@pytest.mark.long
def test_the_file_is_read_strictly(world: World) -> None:
    for text, message in WRONG.items():
        world.write(BOUNDS, text + "\n")
        output = world.pcve("validate").output
        assert f"error bounds: {message}" in output, text
        assert output.startswith(f"{BOUNDS}:1:"), text


@pytest.mark.long
def test_saved_counts_are_those_of_the_whole_graph(world: World) -> None:
    """After a change, also where a place moves to another country."""
    bounded(world)
    (world.root / BOUNDS).write_text("share: {verified: 0.01}\n")
    ontology = read_ontology(world.project)
    edits = [
        (
            FAIR,
            "    startDate: 2015-01-19",
            "    certainty: assigned\n    startDate: 2014-01-19",
        ),
        (
            "data/records/place/northtown.yml",
            "    containedInPlace: landia",
            "    certainty: assigned\n    containedInPlace: marshia",
        ),
    ]
    for name, old, new in edits:
        world.write(name, (world.root / name).read_text().replace(old, new))
        before = saved_counts(world)
        result = world.pcve("build")
        assert result.exit_code == 0, result.output
        whole = FigureCounts.of(GraphView(world.saved().store), ontology).to_json()
        assert saved_counts(world) == whole
        assert whole != before


@pytest.mark.full
def test_a_release_writes_the_figures(world: World, tmp_path: Path) -> None:
    written = world.pcve("release", str(tmp_path / "first"))
    assert written.exit_code == 0, written.output
    note = f"note: {BOUNDS} and data/cited.tsv now state what this release has; commit them"
    assert note in written.output
    again = world.pcve("release", str(tmp_path / "second"))
    assert "this release has" not in again.output
    same = [(tmp_path / name / "SHA256SUMS").read_bytes() for name in ("first", "second")]
    assert same[0] == same[1]
    assert world.pcve("release", "--verify", str(tmp_path / "first")).exit_code == 0


def test_the_shipped_data_have_bounds() -> None:
    project = Project(ROOT, ROOT / "build")
    ontology = read_ontology(project)
    bounds = read_bounds(project, ontology)
    assert bounds is not None
    assert {section for section, _ in bounds.figures} == SECTIONS.keys()
    assert bounds_text(bounds, ontology) == (ROOT / BOUNDS).read_text("utf-8")
