"""data/cited.tsv: from release to release records rest less on addresses alone."""

from __future__ import annotations

import pytest
from conftest import World

from pcve_graph.graph.ontology import read_ontology
from pcve_graph.incremental.dependency_index import INDEX_FILE, DependencyIndex
from pcve_graph.model.grades import Grade
from pcve_graph.validation.released_figures import released_files

CITED = "data/cited.tsv"
BOUNDS = "data/bounds.yml"
EVENT = "data/records/event"
NEW = """\
id: {0}
type: Event
claims:
  - source: atlas
    prefLabel: {{en: Fair of {0}}}
    kind: conference
    startDate: 2016-05
    location: northtown
"""
QUOTED = """\
  - source: northtown-news
    quote: Third Northtown Conference on Mentoring
    edition: 3
"""


def released(world: World) -> World:
    """The world with the file that a release writes, built."""
    assert world.pcve("build").exit_code == 0
    texts = released_files(world.project, read_ontology(world.project), world.saved())
    world.write(CITED, texts[world.root / CITED])
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    assert "cited:" not in result.output
    return world


def lines_of(world: World) -> dict[str, list[str]]:
    rows = (line.split("\t") for line in (world.root / CITED).read_text().splitlines()[1:])
    return {identifier: rest for identifier, *rest in rows}


@pytest.mark.parametrize("arguments", [["--whole"], []], ids=["whole", "incremental"])
@pytest.mark.long
def test_a_new_record_does_not_rest_on_cited_facts_alone(
    world: World, arguments: list[str]
) -> None:
    released(world)
    world.write(f"{EVENT}/market-2016.yml", NEW.format("market-2016"))
    result = world.pcve("build", *arguments)
    assert result.exit_code == 1
    start = f"{EVENT}/market-2016.yml:1:1: error cited: this record is new"
    assert f"{start}, and rests on cited facts alone (4 facts)" in result.output
    assert result.output.count("error cited") == 1
    world.write(f"{EVENT}/market-2016.yml", NEW.format("market-2016") + QUOTED)
    assert world.pcve("build", *arguments).exit_code == 0


PASSAGE = f"""\
  - source: atlas
    passage: {{words: 12, sha256: {"ab" * 32}, says: in May 2016, at: 2}}
    startDate: 2016-05
"""


@pytest.mark.parametrize("arguments", [["--whole"], []], ids=["whole", "incremental"])
@pytest.mark.long
def test_a_fingerprint_is_more_than_a_citation(world: World, arguments: list[str]) -> None:
    """And its fact is one of all facts: of a record, of the graph, and in the share verified."""
    released(world)
    cited = NEW.format("market-2016").replace("    startDate: 2016-05\n", "")
    world.write(f"{EVENT}/market-2016.yml", cited + PASSAGE)
    result = world.pcve("build", *arguments)
    assert result.exit_code == 0, result.output
    facts = world.saved().manifest["facts"]
    assert facts["fingerprinted"] == 1
    number = sum(facts[grade.value] for grade in Grade)
    index = DependencyIndex.read(world.saved().folder / INDEX_FILE)
    assert index
    records = {record.id: record for record in index.cited_records()}
    assert records["market-2016"].cited == 3
    assert records["market-2016"].facts == 4
    assert sum(record.facts for record in records.values()) == number
    texts = released_files(world.project, read_ontology(world.project), world.saved())
    share = 100 * facts["verified"] / number
    assert f"share: {{verified: {share:.2f}}}" in texts[world.root / BOUNDS]
    world.write(BOUNDS, texts[world.root / BOUNDS])
    assert world.pcve("build", *arguments).exit_code == 0


def test_without_a_release_nothing_is_compared(world: World) -> None:
    world.write(f"{EVENT}/market-2016.yml", NEW.format("market-2016"))
    assert world.pcve("build").exit_code == 0


def old(world: World) -> World:
    """A world whose last release has a record of cited facts."""
    world.write(f"{EVENT}/market-2016.yml", NEW.format("market-2016"))
    released(world)
    assert lines_of(world)["market-2016"][0] == "4"
    return world


@pytest.mark.long
def test_an_old_record_that_is_edited_is_a_warning_until_the_next_release(world: World) -> None:
    old(world)
    world.replace(f"{EVENT}/market-2016.yml", "startDate: 2016-05", "startDate: 2016-05-01")
    place = f"{EVENT}/market-2016.yml:1:1: warning cited"
    message = f"{place}: this record has changed since the last release, and 4 of its 4 facts"
    edited = world.pcve("build")
    assert edited.exit_code == 0
    assert message in edited.output
    world.replace(
        f"{EVENT}/northtown-conference-2015.yml",
        "edition: 3",
        "edition: 3\n    remark: {en: on mentoring}",
    )
    assert message in world.pcve("build").output  # also after another change
    assert message in world.pcve("build", "--whole").output
    assert message in world.pcve("validate").output
    texts = released_files(world.project, read_ontology(world.project), world.saved())
    world.write(CITED, texts[world.root / CITED])
    assert "warning cited" not in world.pcve("build").output


def test_layout_is_no_edit(world: World) -> None:
    old(world)
    path = f"{EVENT}/market-2016.yml"
    text = (world.root / path).read_text()
    moved = text.replace("    kind: conference\n", "") + "    kind: 'conference'\n\n"
    world.write(path, moved)
    assert "warning cited" not in world.pcve("build").output


@pytest.mark.long
def test_an_old_record_gets_no_more_cited_facts(world: World) -> None:
    old(world)
    path = f"{EVENT}/market-2016.yml"
    world.write(path, (world.root / path).read_text() + "    edition: 3\n")
    result = world.pcve("build")
    assert result.exit_code == 1
    message = "this record has 5 facts that are only cited, 4 at the last release"
    assert f"{path}:1:1: error cited: {message}" in result.output
    world.replace(path, "    edition: 3\n", QUOTED)
    result = world.pcve("build")
    assert result.exit_code == 0, result.output


def test_in_json_lines_the_line_is_named(world: World) -> None:
    released(world)
    rows = [
        f'{{"id": "{name}", "type": "Event", "claims": [{{"source": "atlas", '
        f'"prefLabel": {{"en": "Fair of {name}"}}, "kind": "conference", "startDate": "2016", "location": "northtown"}}]}}\n'
        for name in ("upper-market", "lower-market")
    ]
    world.write(f"{EVENT}/more.jsonl", "".join(rows))
    output = world.pcve("build").output
    assert {f"{EVENT}/more.jsonl:{n}:1: error cited" in output for n in (1, 2)} == {True}


WRONG = {
    "id\tcited\n": "1:1: error cited-file: the first line is not that of the file",
    "id\tcited\tsha256\nfair\t1\n": "2:1: error cited-file: this is not an id, a number and a SHA-256",
    "id\tcited\tsha256\n"
    + 2 * ("fair\t1\t" + 64 * "0" + "\n"): '3:1: error cited-file: the id "fair" has a line',
    "id\tcited\tsha256\nfair\t-1\t" + 64 * "0" + "\n": "2:1: error cited-file",
}


def test_the_file_is_read_strictly(world: World) -> None:
    for text, message in WRONG.items():
        world.write(CITED, text)
        assert f"{CITED}:{message}" in world.pcve("validate").output, text
