"""Every file below data/ is read, or the build fails and names it."""

from __future__ import annotations

import hashlib

import pytest
from conftest import World

EVENT = "data/records/event"
UNREAD = [
    (f"{EVENT}/fair.yaml", "rename it to fair.yml"),
    (f"{EVENT}/fair.YML", "rename it to fair.yml"),
    (f"{EVENT}/fair.JSONL", "rename it to fair.jsonl"),
    (f"{EVENT}/fair.csv", "write its content as records"),
    ("data/sources/atlas.yaml", "rename it to atlas.yml"),
    ("data/sources/older/atlas-2.yml", "move it to data/sources/"),
    ("data/sources/texts/older/text.txt", "move it to data/sources/texts/"),
    ("data/sources/texts/of-nobody.txt", "name it as the textFile of a source"),
    ("data/ledgr.yml", "did you mean ledger.yml?"),
    ("data/notes.txt", "move it out of data/"),
    ("data/rechecks/atlas.yaml", "`pcve evidence recheck` writes what is in this folder"),
    ("data/rechecks/older/atlas.yml", "`pcve evidence recheck` writes what is in this folder"),
]
IGNORED = [
    *("data/.DS_Store", f"{EVENT}/.#fair.yml", "data/ledger.yml~", f"{EVENT}/#fair.yml#"),
    *("data/.editor/settings.json", "data/sources/texts/.note.swp", "data/README.md"),
]


@pytest.mark.long
@pytest.mark.parametrize("before", [False, True], ids=["whole", "incremental"])
def test_a_file_that_nothing_reads_is_an_error(world: World, before: bool) -> None:
    if before:
        assert world.pcve("build").exit_code == 0
    for name, _ in UNREAD:
        world.write(name, "id: fair\n")
    result = world.pcve("build")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    for name, fix in UNREAD:
        at = lines.index(f"{name}:1:1: error unread-file: no part of the program reads this file")
        assert fix in lines[at + 2], name
    assert result.output.count("error unread-file") == len(UNREAD)
    assert f"{len(UNREAD)}  error  unread-file" in world.pcve("validate").output
    for name, _ in UNREAD:
        (world.root / name).unlink()
    assert world.pcve("build").exit_code == 0


def test_hidden_files_and_backups_of_editors_are_no_content(world: World) -> None:
    for name in IGNORED:
        world.write(name, "not: read\n")
    assert world.pcve("build", "--whole").exit_code == 0
    world.write("data/left-out.md~", "later")
    assert world.pcve("build").exit_code == 0


@pytest.mark.long
@pytest.mark.parametrize("before", [False, True], ids=["whole", "incremental"])
def test_a_text_whose_source_is_gone_is_an_error(world: World, before: bool) -> None:
    text = "Words that nobody quotes.\n"
    world.write("data/sources/texts/spare.txt", text)
    source = (world.root / "data/sources/atlas.yml").read_text().replace("id: atlas", "id: spare")
    held = f"textFile: spare.txt\nsha256: {hashlib.sha256(text.encode()).hexdigest()}\n"
    world.write("data/sources/spare.yml", source + held)
    if before:
        result = world.pcve("build")
        assert result.exit_code == 0, result.output
    world.write("data/sources/spare.yml", source)
    result = world.pcve("build")
    assert "data/sources/texts/spare.txt:1:1: error unread-file" in result.output
    assert result.exit_code == 1
    (world.root / "data/sources/texts/spare.txt").unlink()
    assert world.pcve("build").exit_code == 0


@pytest.mark.parametrize("before", [False, True], ids=["whole", "incremental"])
def test_a_link_out_of_the_project_is_an_error(world: World, before: bool) -> None:
    if before:
        assert world.pcve("build").exit_code == 0
    outside = world.root.parent / "outside.yml"
    outside.write_text("id: outside\n")
    (world.root / "data/sources/outside.yml").symlink_to(outside)
    result = world.pcve("build")
    assert result.exit_code == 1
    assert "data/sources/outside.yml:1:1: error special-file" in result.output


def test_a_text_is_not_reported_where_a_source_cannot_be_read(world: World) -> None:
    world.replace("data/sources/northtown-news.yml", "textFile: ", "textFile: no-")
    output = world.pcve("build").output
    assert "error held-text" in output
    assert "unread-file" not in output
