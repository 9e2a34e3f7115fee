"""A withdrawn source takes its facts out; they are kept in the evidence, with the reason."""

from __future__ import annotations

from collections import Counter

import pytest
from conftest import World

from pcve_graph.graph.claims import fact_grades
from pcve_graph.model.grades import Grade

FAIR = "data/records/event/fair-2017.yml"
RECORD = """\
id: fair-2017
type: Event
claims:
  - source: atlas
    prefLabel: {en: Fair of Reeds}
    kind: conference
    startDate: 2017
  - source: gazette
    startDate: 2017
    about: prisons
  - source: gazette
    edition: 3
    note: the herald counts them
"""


@pytest.mark.long
def test_what_it_alone_states_is_no_fact_any_more(world: World) -> None:
    source = (world.root / "data/sources/atlas.yml").read_text().replace("id: atlas", "id: gazette")
    path = world.write("data/sources/gazette.yml", source)
    world.write(FAIR, RECORD)
    first = world.pcve("build")
    assert first.exit_code == 0, first.output
    facts = world.saved().manifest["facts"]
    path.write_text(path.read_text() + "withdrawn: {en: Its author made it up.}\n")
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    assert f"{FAIR}:1:1: warning check:source-is-withdrawn" in result.output
    stated = [line for line in world.saved().lines("facts") if "/event/fair-2017>" in line]
    assert any("startDate" in line for line in stated)
    assert not any("edition" in line or "/prisons>" in line for line in stated)
    evidence = "".join(world.saved().lines("evidence"))
    assert '"the herald counts them; the source is withdrawn: Its author made it up."' in evidence
    assert world.saved().manifest["facts"]["cited"] < facts["cited"]
    graph = {name: world.saved().lines(name) for name in ("facts", "evidence", "catalog")}
    assert world.pcve("build", "--whole").exit_code == 0
    assert graph == {name: world.saved().lines(name) for name in graph}
    shown = world.pcve("show", "fair-2017", "--all").output
    assert "the source is withdrawn: Its author made it up." in shown


@pytest.mark.long
def test_the_words_of_a_withdrawn_source_verify_nothing(world: World) -> None:
    """Another source still cites the fact; every count says so."""
    passage = f"{{words: 12, sha256: {'ab' * 32}, says: in 2017, at: 1}}"
    source = (world.root / "data/sources/atlas.yml").read_text().replace("id: atlas", "id: gazette")
    path = world.write("data/sources/gazette.yml", source)
    world.write(
        FAIR, RECORD.replace("gazette\n    start", f"gazette\n    passage: {passage}\n    start")
    )
    assert world.pcve("build").exit_code == 0
    assert world.saved().manifest["facts"]["fingerprinted"] == 2
    path.write_text(path.read_text() + "withdrawn: {en: Its author made it up.}\n")
    assert world.pcve("build").exit_code == 0
    facts = world.saved().manifest["facts"]
    assert facts["fingerprinted"] == 0
    lines = [world.saved().lines(name) for name in ("facts", "evidence", "catalog")]
    assert fact_grades(*lines) == Counter({grade: facts[grade.value] for grade in Grade})
    assert "0 fingerprinted" in world.pcve("show", "fair-2017").output
