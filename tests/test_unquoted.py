"""A cited source becomes held block by block: data/unquoted.yml."""

from __future__ import annotations

import hashlib

import pytest
from conftest import World

FAIR = "data/records/event/fair-2017.yml"
RECORD = """\
id: fair-2017
type: Event
claims:
  - source: gazette
    prefLabel: {en: Fair of Reeds}
    kind: conference
    startDate: 2017
  - source: gazette
    about: prisons
  - evidence: [{source: gazette}, {source: atlas}]
    edition: 3
"""
TEXT = "The Fair of Reeds of 2017 was about prisons. It was the third.\n"


def now_held(world: World, record: str = RECORD) -> World:
    """A world in which the text of a source that three blocks cite is held since the last build."""
    source = (world.root / "data/sources/atlas.yml").read_text().replace("id: atlas", "id: gazette")
    world.write("data/sources/gazette.yml", source)
    world.write(FAIR, record)
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    world.write("data/sources/texts/gazette.txt", TEXT)
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    world.write("data/sources/gazette.yml", f"{source}textFile: gazette.txt\nsha256: {digest}\n")
    return world


@pytest.mark.long
def test_blocks_get_their_quotes_one_by_one(world: World) -> None:
    now_held(world)
    output = world.pcve("build").output
    places = ("4:5", "8:5", "10:16")
    for place in places:
        assert f"{FAIR}:{place}: error quote-missing" in output
    world.write("data/unquoted.yml", "fair-2017: 3\n")
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    before = world.saved().manifest["facts"]
    quoted = "    quote: was about prisons\n    certainty: stated\n    about: prisons\n"
    world.replace(FAIR, "    about: prisons\n", quoted)
    world.write("data/unquoted.yml", "fair-2017: 2\n")
    assert world.pcve("build").exit_code == 0
    after = world.saved().manifest["facts"]
    assert after["verified"] == before["verified"] + 1
    assert after["cited"] == before["cited"] - 1
    world.replace(FAIR, quoted, "    about: prisons\n")
    assert world.pcve("build").output.count("error quote-missing") == 1
    world.write("data/unquoted.yml", "fair-2017: two\n")
    assert "data/unquoted.yml:1:12: error unassigned" in world.pcve("build").output


PASSAGE = f"{{words: 12, sha256: {'ab' * 32}, says: Fair of Reeds of 2017, at: 1}}"


@pytest.mark.long
def test_a_block_keeps_its_passage_until_it_is_quoted(world: World) -> None:
    """Its facts stay fingerprinted; beyond the number it is an error that asks for the quote."""
    cited = RECORD.replace("    startDate", f"    passage: {PASSAGE}\n    startDate")
    now_held(world, cited)
    result = world.pcve("build")
    assert f"{FAIR}:4:5: error quote-missing" in result.output
    assert "quote the words that state it in place of the passage" in result.output
    world.write("data/unquoted.yml", "fair-2017: 3\n")
    for command in (("build",), ("build", "--whole")):
        result = world.pcve(*command)
        assert result.exit_code == 0, result.output
        assert world.saved().manifest["facts"]["fingerprinted"] == 3
    assert "warning" in result.output
    world.replace(FAIR, f"passage: {PASSAGE}", "quote: The Fair of Reeds of 2017 was about prisons")
    world.write("data/unquoted.yml", "fair-2017: 2\n")
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    assert world.saved().manifest["facts"]["fingerprinted"] == 0
