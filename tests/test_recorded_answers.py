"""Answers in a release, and `pcve queries --check --since`, which says how answers have changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import World

OWN = """#+ summary: Who pays for which project?
#+ params:
#+   project: {type: thing, kinds: [Project], description: the project, example: calm-waters}
#+ lists: [funder]
SELECT ?project (GROUP_CONCAT(DISTINCT STR(?payer); separator=" | ") AS ?funder)
WHERE { ?project a pcve:Project . OPTIONAL { ?project schema:funder ?payer } }
GROUP BY ?project ORDER BY ?project
"""
QUIET_ISLES = "data/records/project/quiet-isles.yml"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with two queries of somebody else."""
    folder = tmp_path / "own"
    (folder / "below").mkdir(parents=True)
    (folder / "funders.rq").write_text(OWN)
    (folder / "below" / "years.rq").write_text(
        "SELECT ?project ?start WHERE { ?project a pcve:Project ; schema:startDate ?start }"
    )
    return folder


def add_funders(world: World) -> None:
    """Two funders for a project that has none."""
    world.infer(QUIET_ISLES)
    implementer = "    implementer: tide-college\n"
    funders = "    funder: [isles-agency, lake-fund]\n"
    world.replace(QUIET_ISLES, implementer, implementer + funders)


def check(world: World, own: Path, *options: str) -> tuple[int, str, str]:
    result = world.pcve("queries", "--check", "--queries", str(own), *options)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.long
def test_answers_to_own_queries_are_saved_and_compared(
    world: World, own: Path, tmp_path: Path
) -> None:
    assert world.pcve("build").exit_code == 0
    saved = tmp_path / "saved"
    assert check(world, own, "--save", str(saved))[0] == 0
    code, shown, summary = check(world, own, "--since", str(saved))
    assert (code, shown.count("\nok")) == (0, 2)
    assert summary.startswith("2 queries, 2 ran; 0 answers changed since ")

    add_funders(world)
    world.replace(QUIET_ISLES, "startDate: 2022", "startDate: 2022-02")
    built = world.pcve("build")
    assert built.exit_code == 0, built.output
    code, shown, summary = check(world, own, "--since", str(saved))
    assert code == 1
    assert "2 ran; 2 answers changed" in summary
    lines = [line.split() for line in shown.splitlines()]
    assert ["1", "row", "added,", "1", "removed"] in lines
    added = next(line for line in shown.splitlines() if "  + " in line and "funder" not in line)
    assert "2022-02" in added
    assert "quiet-isles" in added
    both = [line for line in shown.splitlines() if "lake-fund" in line and "isles-agency" in line]
    assert len(both) == 1
    assert both[0].startswith("        + https://w3id.org/pcve/id/project/quiet-isles | ")
    assert "project=calm-waters\n" in shown
    assert sum(line.startswith("ok") for line in shown.splitlines()) == 1


def test_the_order_of_rows_and_of_lists_is_no_change_and_a_datatype_is(
    northtown: World, own: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "saved"
    assert check(northtown, own, "--save", str(saved))[0] == 0
    file = saved / "funders.json"
    content = json.loads(file.read_text("utf-8"))
    content["runs"][0]["rows"].reverse()
    file.write_text(json.dumps(content), "utf-8")
    assert check(northtown, own, "--since", str(saved))[0] == 0

    years = saved / "below" / "years.json"
    text = years.read_text("utf-8")
    assert text.count("#gYear>") == 2
    years.write_text(text.replace("#gYear>", "#string>"), "utf-8")
    code, shown, _ = check(northtown, own, "--since", str(saved))
    assert code == 1
    assert "2 rows added, 2 removed" in shown


def test_new_and_gone_queries_and_columns_are_named(
    northtown: World, own: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "saved"
    assert check(northtown, own, "--save", str(saved))[0] == 0
    (own / "funders.rq").rename(own / "payers.rq")
    (own / "below" / "years.rq").write_text("SELECT ?start WHERE { ?s schema:startDate ?start }")
    code, shown, summary = check(northtown, own, "--since", str(saved))
    assert code == 1
    assert "no answer is recorded for this query with these parameters" in shown
    assert "its columns were project, start; they are start" in shown
    assert "funders has a recorded answer, but is not a query any more" in summary


def test_many_changed_rows_are_counted_and_ten_are_shown(
    northtown: World, own: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "saved"
    (own / "all.rq").write_text("SELECT ?s WHERE { ?s a pcve:Event }")
    assert check(northtown, own, "--save", str(saved))[0] == 0
    (own / "all.rq").write_text("SELECT ?s WHERE { ?s a pcve:Event FILTER (false) }")
    _, shown, _ = check(northtown, own, "--since", str(saved))
    assert "0 rows added, 14 removed" in shown
    assert sum(line.startswith("        - ") for line in shown.splitlines()) == 11
    assert "        - and 4 more" in shown


def test_what_cannot_be_compared_or_saved_is_an_error(
    northtown: World, own: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "has no answers" in check(northtown, own, "--since", str(empty))[2]
    assert "already exists" in check(northtown, own, "--save", str(empty))[2]
    (empty / "answers").mkdir()
    (empty / "answers" / "funders.json").write_text("[]", "utf-8")
    assert "is not a file of answers" in check(northtown, own, "--since", str(empty))[2]
    result = northtown.pcve("queries", "--since", str(empty))
    assert (result.exit_code, "require --check" in result.stderr) == (2, True)


@pytest.mark.long
@pytest.mark.full
def test_a_release_has_the_answers_and_shows_which_change(world: World, tmp_path: Path) -> None:
    for path in (world.root / "queries" / "answers").iterdir():
        if path.stem not in ("projects", "topics", "paid-by"):
            path.unlink()
    release = tmp_path / "release"
    written = world.pcve("release", str(release))
    assert written.exit_code == 0, written.output
    assert {path.name for path in (release / "answers").iterdir()} == {
        "projects.json",
        "topics.json",
    }
    content = json.loads((release / "answers" / "projects.json").read_text("utf-8"))
    assert content["question"] == "projects"
    assert len(content["runs"][0]["rows"]) >= 9
    assert "answers/projects.json" in (release / "SHA256SUMS").read_text("utf-8")
    verified = world.pcve("release", "--verify", str(release))
    assert verified.stdout == "identical, file by file\n", verified.output

    (world.root / "queries" / "answers" / "paid-by.rq").unlink()
    unchanged = world.pcve("queries", "--check", "--since", str(release))
    assert "0 answers changed" in unchanged.stderr
    world.replace("data/records/project/calm-waters.yml", "    isPartOf: lake-programme\n", "")
    built = world.pcve("build")
    assert built.exit_code == 0, built.output
    checked = world.pcve("queries", "--check", "--since", str(release))
    assert "calm-waters" in checked.stdout
    assert "1 row added, 1 removed" in checked.stdout
    assert checked.exit_code == 1
