"""`pcve evidence requote`: the quotes of a source after its held text was edited."""

from __future__ import annotations

import hashlib
import json
import time

import pytest
from conftest import World

TEXT = "data/sources/texts/northtown-news.txt"
SOURCE = "data/sources/northtown-news.yml"
CONFERENCE = "data/records/event/northtown-conference-2015.yml"
LINES = "data/records/event/fairs.jsonl"


def edited(world: World, *replacements: tuple[str, str]) -> World:
    """The world, built, then with an edited text."""
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    path = world.root / TEXT
    text = path.read_text("utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    return world


def digest(world: World) -> str:
    return hashlib.sha256((world.root / TEXT).read_bytes()).hexdigest()


EDIT = ("was held from 19 to 20 January 2015", "took place from 19 until 20 January 2015")


@pytest.mark.long
def test_lost_quotes_are_found_by_their_context_and_rewritten(world: World) -> None:
    edited(world, EDIT, ("The Third", "News.\n\nThe Third"))
    before = {path: path.read_bytes() for path in (world.root / "data").rglob("*.yml")}
    assert "error checksum" in world.pcve("build").output
    result = world.pcve("evidence", "requote", "northtown-news", "--accept-all")
    assert result.exit_code == 0, result.output
    old, new = (f"Mentoring {words} in Northtown" for words in EDIT)
    assert f"    old: The Third Northtown Conference on {old}" in result.output
    assert f"    new: The Third Northtown Conference on {new}" in result.output
    changed = {path.name for path, content in before.items() if path.read_bytes() != content}
    assert {"northtown-news.yml", "northtown-conference-2015.yml"} <= changed
    assert digest(world) in (world.root / SOURCE).read_text()
    built = world.pcve("build")
    assert built.exit_code == 0, built.output
    assert world.pcve("edit", "fmt", "--check").exit_code == 0


def test_words_are_accepted_one_by_one(world: World) -> None:
    edited(world, EDIT)
    text = (world.root / CONFERENCE).read_text()
    shown = world.pcve("evidence", "requote", "northtown-news", "--check")
    lost = shown.output.count("    old: ")
    assert shown.exit_code == 1
    assert lost >= 2
    assert (world.root / CONFERENCE).read_text() == text
    result = world.pcve("evidence", "requote", "northtown-news", stdin="y\nmaybe\nn\nq\n")
    assert result.exit_code == 0, result.output
    assert f"{lost:,} lost, 1 accepted" in result.output
    assert world.pcve("build").output.count("error quote-not-found") == lost - 1
    again = world.pcve("evidence", "requote", "northtown-news", stdin="")
    assert "0 accepted" in again.output


def test_only_the_quote_is_replaced_in_a_file_that_is_not_canonical(world: World) -> None:
    record = {
        "id": "fair-2015",
        "type": "Event",
        "claims": [
            {
                "source": "northtown-news",
                "quote": "was held from 19 to 20 January 2015",
                "prefLabel": {"en": "Fair"},
                "kind": "conference",
                "startDate": "2015",
                "certainty": "assigned",
            }
        ],
    }
    other = (
        json.dumps({**record, "id": "fair-2016"})
        .replace("Fair", "Market")
        .replace("northtown-news", "atlas")
    )
    other = other.replace('"quote": "was held from 19 to 20 January 2015", ', "")
    line = json.dumps(record).replace(": ", " :  ")
    world.write(LINES, f"{other}\n{line}\n")
    with_comment = (world.root / CONFERENCE).read_text() + "# a comment\n"
    world.write(CONFERENCE, with_comment)
    edited(world, EDIT)
    assert world.pcve("evidence", "requote", "northtown-news", "--accept-all").exit_code == 0
    assert (world.root / LINES).read_text() == f"{other}\n{line.replace(*EDIT)}\n"
    assert (world.root / CONFERENCE).read_text().endswith("# a comment\n")
    assert world.pcve("build").exit_code == 0


def test_words_that_are_gone_are_not_proposed(world: World) -> None:
    edited(world, (EDIT[0], "is off"))
    text = world.root / TEXT
    text.write_text("Nothing of all this.\n", "utf-8")
    result = world.pcve("evidence", "requote", "northtown-news", "--accept-all")
    assert "new: (no words are like it)" in result.output
    assert ", 0 accepted" in result.output
    assert world.pcve("build").exit_code == 1


@pytest.mark.parametrize(
    ("copies", "new"),
    [(1, "A roundtable on prisons will be held on 4 June 2016 in Southport. It"), (400, "(no")],
)
def test_words_that_stand_in_the_text_twice(world: World, copies: int, new: str) -> None:
    """They are extended by the words behind them until they occur once, else given up."""
    old = "A roundtable on prisons will be held on 3 June 2016 in Southport. "
    line = old.replace("on 3", "on 4")
    edited(world, (old, f"{line * copies}It is the last. {line}"))
    started = time.monotonic()
    result = world.pcve("evidence", "requote", "northtown-news", "--check")
    assert time.monotonic() - started < 20
    assert result.exit_code == 1
    assert f"    old: {old.strip('. ')}\n    new: {new}" in result.output


@pytest.mark.long
def test_a_pure_shift_is_no_change(world: World) -> None:
    """Quotes that stand at another place are the same facts with the same evidence."""
    edited(world, ("The Third", "A new first line.\n\nThe Third"))
    result = world.pcve("evidence", "requote", "northtown-news")
    assert ", 0 lost, 0 accepted" in result.output
    shown = world.pcve("diff", str(world.root / "build"), str(world.root), "--format", "json")
    assert shown.exit_code == 1, shown.output
    changes = json.loads(shown.output)["changes"]
    assert {change["reason"]["code"] for change in changes} == {"source-edited"}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("northtown-new", "did you mean northtown-news?"),
        ("atlas", "the text of atlas is not held"),
    ],
)
def test_a_source_without_a_text_is_refused(world: World, source: str, message: str) -> None:
    result = world.pcve("evidence", "requote", source)
    assert result.exit_code == 2
    assert message in result.output
