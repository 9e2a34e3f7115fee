"""A source without a held text, from the passage as it was read to the page that changes, by commands."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata

import pytest
from conftest import World

from pcve_graph.api import KnowledgeGraph

READ = "The Third Northtown Conference was held on 18 November 2019 in Northtown."
PAGE = f"<html><body><p>Welcome.</p><p>{READ} All were welcome, the council said.</p></body></html>"
SOURCE = """\
id: calendar
title: {en: Calendar of the council}
publisherName: Northtown Council
kind: web-page
url: https://calendar.example/2019
language: en
dateRead: 2026-11-23
rights: {en: Invented for the tests of this project}
"""
EVENT = "data/records/event/northtown-conference-2019.yml"
RECORD = """\
id: northtown-conference-2019
type: Event
claims:
  - source: calendar
    prefLabel: {en: Third Northtown Conference}
    kind: conference
    location: northtown
"""


def counts(world: World) -> tuple[int, int, int]:
    """Verified, fingerprinted and cited facts, as the summary of a build prints them."""
    summary = world.pcve("build", "--whole").stdout
    facts = re.search(r"([\d,]+) verified.* ([\d,]+) fingerprinted, ([\d,]+) cited", summary)
    assert facts, summary
    verified, fingerprinted, cited = (int(number.replace(",", "")) for number in facts.groups())
    return verified, fingerprinted, cited


@pytest.mark.full
def test_a_passage_is_cited_built_rechecked_and_shown(world: World) -> None:
    page = world.write("../pages/calendar.html", PAGE)
    world.write("data/sources/calendar.yml", SOURCE)
    world.write(EVENT, RECORD)
    verified, fingerprinted, cited = counts(world)

    # The block that the command prints, pasted into the record with the fact that its words say.
    command = ("evidence", "cite", "calendar", "--page", str(page), "--says", "18 November 2019")
    block = world.pcve(*command, READ)
    assert block.exit_code == 0, block.output
    world.write(EVENT, f"{RECORD}{block.stdout}    startDate: 2019-11-18\n")
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    formatted = world.pcve("edit", "fmt", "--check")
    assert formatted.exit_code == 0, formatted.output
    assert counts(world) == (verified, fingerprinted + 1, cited)
    facts = world.saved().manifest["facts"]
    assert (facts["verified"], facts["fingerprinted"], facts["cited"]) == counts(world)
    table = world.pcve("query", "sources", "--format", "json")
    rows = json.loads(table.stdout)["results"]["bindings"]
    (row,) = (row for row in rows if row["source"]["value"].endswith("/calendar"))
    assert [row[name]["value"] for name in ("verified", "fingerprinted", "cited")] == [
        "0",
        "1",
        "3",
    ]
    assert "fingerprinted" in world.pcve("evidence", "status").stdout

    # No sentence of the page is stored; anybody who has it confirms the fingerprint.
    stored = "".join(path.read_text() for path in (world.root / "data").rglob("*.yml"))
    assert "was held on 18" not in stored
    folded = unicodedata.normalize("NFKC", READ).casefold()
    words = re.findall(r"\w+", folded)
    assert hashlib.sha256(" ".join(words).encode()).hexdigest() in block.stdout

    # A value that the words do not say is refused, in a build of the change and in a whole one.
    world.replace(EVENT, "startDate: 2019-11-18", "startDate: 2019-11-19")
    for options in ((), ("--whole",)):
        refused = world.pcve("build", *options)
        assert refused.exit_code == 1
        assert (
            f"{EVENT}:14:16: error value-not-in-words: the words do not say startDate"
            in refused.output
        )
        assert 'they are "18 November 2019"' in refused.output
    assert "error value-not-in-words" in world.pcve("validate").output
    world.replace(EVENT, "startDate: 2019-11-19", "startDate: 2019-11-18")
    assert world.pcve("build").exit_code == 0

    # As `inferred` or `assigned` the words need not say it; the passage was read all the same.
    world.replace(
        EVENT, "    startDate: 2019-11-18", "    certainty: assigned\n    startDate: 2019-11"
    )
    assert counts(world) == (verified, fingerprinted + 1, cited)
    world.replace(
        EVENT, "    certainty: assigned\n    startDate: 2019-11", "    startDate: 2019-11-18"
    )
    assert world.pcve("build").exit_code == 0

    # The page as it was, then with another sentence around the same words, then without them.
    recheck = ("evidence", "recheck", "calendar", "--pages", str(page.parent))
    outcomes = {}
    edits = {
        "found": PAGE,
        "changed": PAGE.replace("was held on", "took place on"),
        "gone": PAGE.replace("18 November 2019", "a later day"),
    }
    for outcome, content in edits.items():
        page.write_text(content, "utf-8")
        result = world.pcve(*recheck)
        outcomes[outcome] = result.exit_code
        recorded = (world.root / "data/rechecks/calendar.yml").read_text("utf-8")
        assert f"outcome: {outcome}" in recorded
        assert world.pcve("build").exit_code == 0  # a recheck is no unread file
    assert outcomes == {"found": 0, "changed": 1, "gone": 1}

    # The page of the source has all of it.
    page.write_text(edits["changed"], "utf-8")
    assert world.pcve(*recheck).exit_code == 1
    shown = world.pcve("show", "calendar").stdout
    for line in (
        "Calendar of the council  (source)",
        "publisher as printed: Northtown Council",
        "https://calendar.example/2019",
        "4 facts rest on it: 0 verified, 1 fingerprinted, 3 cited",
        "1 changed",
        "northtown-conference-2019: Third Northtown Conference",
        "start: 18 Nov 2019",
        "“18 November 2019”",
    ):
        assert line in shown, (line, shown)
    assert len(shown.splitlines()) <= 40
    weak = world.pcve("evidence", "sources", "--reason", "never-rechecked").stdout
    assert not re.search(r"^ *calendar\b", weak, re.M), weak
    event = world.pcve("show", "northtown-conference-2019", "--all").stdout
    assert "fingerprint of a passage of 12 words with “18 November 2019”" in event
    assert "https://calendar.example/2019#:~:text=18%20November%202019" in event
    page_of_source = str(KnowledgeGraph.open(world.root).show("calendar"))
    assert page_of_source == shown
