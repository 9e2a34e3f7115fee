"""Fingerprints of passages: the vectors of the format page, records with passages, and `pcve evidence cite`."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from conftest import ROOT, World
from hypothesis import given
from hypothesis import strategies as st

from pcve_graph.evidence.passages import Passage, PassageText, find_passage, fingerprint, words_of

FORMAT = (ROOT / "data/FORMAT.md").read_text("utf-8")
PAGE = (ROOT / "docs/evidence.md").read_text("utf-8")
VECTORS = [
    json.loads(line)
    for block in re.findall(r"```json\n([\s\S]*?)```", FORMAT)
    for line in block.splitlines()
    if '"vector"' in line
]
READ = "The Third Northtown Conference was held on 18 November 2019 in Northtown."
PASSAGE = Passage(12, fingerprint(READ).sha256, "18 November 2019", 7)
EVENT = "data/records/event/northtown-conference-2019.yml"
RECORD = f"""\
id: northtown-conference-2019
type: Event
claims:
  - source: atlas
    prefLabel: {{en: Third Northtown Conference}}
    kind: conference
    location: northtown
  - source: atlas
    passage:
      words: 12
      sha256: {PASSAGE.sha256}
      says: 18 November 2019
      at: 7
    startDate: 2019-11-18
"""


def test_there_are_ten_vectors() -> None:
    assert len(VECTORS) == 10
    assert len({vector["sha256"] for vector in VECTORS}) == 6
    scripts = {
        unicodedata.name(letter).split()[0]
        for v in VECTORS
        for letter in v["normalized"]
        if letter.isalpha()
    }
    assert {"LATIN", "CYRILLIC"} <= scripts


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["vector"] for vector in VECTORS])
def test_a_vector_has_its_words_and_fingerprint(vector: dict[str, Any]) -> None:
    assert " ".join(words_of(vector["passage"])) == vector["normalized"]
    result = fingerprint(vector["passage"])
    assert (result.words, result.sha256) == (vector["words"], vector["sha256"])


def confirm(tmp_path: Path, text: str, words: int, sha256: str) -> list[int]:
    """What the program of the page prints, run without anything of this project."""
    (program,) = re.findall(r"```python\n([\s\S]*?)```", PAGE)
    assert len(program.splitlines()) <= 10
    (tmp_path / "confirm.py").write_text(program, "utf-8")
    (tmp_path / "page.txt").write_text(text, "utf-8", newline="")
    command = [sys.executable, "-I", "confirm.py", "page.txt", str(words), sha256]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    places: list[int] = json.loads(result.stdout)
    return places


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["vector"] for vector in VECTORS])
def test_ten_lines_of_python_confirm_a_vector(tmp_path: Path, vector: dict[str, str]) -> None:
    text = f"Four words before it. {vector['passage']}\nMore of them."
    assert confirm(tmp_path, text, int(vector["words"]), vector["sha256"]) == [4]
    assert confirm(tmp_path, text, int(vector["words"]), vector["sha256"][::-1]) == []


@given(st.text(alphabet="aé\u0301ﬁß-‐\u00ad\u200b\n\r \u2028Ѓѓ½>\u0338٣.İ", max_size=60))
def test_the_places_of_words_are_those_of_the_text(text: str) -> None:
    read = PassageText(text)
    spans = [read.span(index, 1) for index in range(len(read.words))]
    assert spans == sorted(spans)
    for (start, end), word in zip(spans, read.words, strict=True):
        assert 0 <= start < end <= len(text)
        assert word in words_of(text[start:end])


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKD"])
def test_a_passage_is_found_at_all_its_places(form: Literal["NFC", "NFD", "NFKD"]) -> None:
    read = unicodedata.normalize(form, f"Çdo fjalë. {READ} Ѓорѓи. {READ.upper()}")
    passage = Passage(12, fingerprint(READ).sha256, "18 NOVEMBER 2019", 7)
    spans = find_passage(read, passage)
    assert [fingerprint(read[start:end]).sha256 for start, end in spans] == [passage.sha256] * 2
    assert find_passage(read.replace("18", "19"), passage) == []
    assert find_passage(read, Passage(12, passage.sha256, "18 November 2019", 6)) == []
    assert find_passage(read, Passage(12, passage.sha256, "", 0)) == spans


def problems(world: World) -> list[dict[str, object]]:
    result = world.pcve("validate", "--format", "json")
    report = json.loads(result.stdout)
    return report if isinstance(report, list) else report["problems"]


@pytest.mark.long
def test_a_record_with_a_passage_is_built_shown_and_formatted(world: World, tmp_path: Path) -> None:
    world.write(EVENT, RECORD)
    assert problems(world) == []
    assert world.pcve("build").exit_code == 0
    assert world.pcve("edit", "fmt", "--check").exit_code == 0
    shown = world.pcve("show", "northtown-conference-2019", "--all")
    assert "passage of 12 words with “18 November 2019”: [" in shown.stdout
    asked = ("query", "events-in-country", "--set", "country=Landia", "--format", "json")
    rows = json.loads(world.pcve(*asked).stdout)["results"]["bindings"]
    row = 1 + [row["event"]["value"].endswith("conference-2019") for row in rows].index(True)
    reasons = json.loads(world.pcve(*asked, "--why", str(row)).stdout)
    stated = {"words": 12, "sha256": PASSAGE.sha256, "says": "18 November 2019", "at": 7}
    assert stated in [piece.get("passage") for piece in pieces(reasons)]
    exported = tmp_path / "world.trig"
    assert world.pcve("export", "trig", "-o", str(exported)).exit_code == 0
    checked = world.pcve("validate", str(exported), "--format", "json")
    assert checked.exit_code == 0, checked.output


def pieces(node: object) -> list[dict[str, object]]:
    """The pieces of evidence anywhere in a JSON document."""
    if isinstance(node, list):
        return [piece for item in node for piece in pieces(item)]
    if isinstance(node, dict):
        inner = [piece for item in node.values() for piece in pieces(item)]
        return [node, *inner] if "certainty" in node else inner
    return []


def test_evidence_in_a_list_and_json_lines_take_a_passage(world: World) -> None:
    listed = yaml.safe_load(RECORD)
    block = listed["claims"][1]
    entry = {key: block.pop(key) for key in ("source", "passage")}
    block |= {"evidence": [entry, {"source": "shore-herald"}], "startDate": "2019-11-18"}
    world.write("data/records/event/all.jsonl", json.dumps(listed) + "\n")
    assert problems(world) == []
    assert world.pcve("build").exit_code == 0


@pytest.mark.parametrize(
    ("old", "new", "rule", "message", "fix"),
    [
        ("words: 12", "words: 7", "passage", 'words is "7"', "longer passage"),
        ("words: 12", "words: 0012", "passage", 'words is "0012"', "longer passage"),
        ("words: 12", "words: " + "9" * 5000, "passage", "words is", "longer passage"),
        (PASSAGE.sha256, "abc", "passage", 'sha256 is "abc"', "pcve evidence cite"),
        (PASSAGE.sha256, PASSAGE.sha256.upper(), "passage", "not 64 digits", "pcve evidence cite"),
        ("18 November 2019", READ, "passage", "says has 12 words", "1 to 8"),
        ("says: 18 November 2019", "says: '...'", "passage", "no word", "1 to 8"),
        ("says: 18 November 2019", f"says: {'x' * 161}", "passage", "161 characters", "1 to 8"),
        ("at: 7", "at: 10", "passage", 'at is "10", but 3 words', "from 0"),
        ("at: 7", "at: -1", "passage", "not the index of a word", "from 0"),
        ("      at: 7\n", "", "passage", "has no at", "pcve evidence cite"),
        ("at: 7", "art: 7", "passage", 'no key "art"', "did you mean at"),
        ("at: 7", "at: [7]", "passage", "at is not one value", "pcve evidence cite"),
        ("source: atlas\n    passage", "source: [atlas, bridge-study]\n    passage", "passage", "of one source", "of their own"),
        ("source: atlas\n    passage", "source: northtown-news\n    quote: in Northtown\n    occurrence: 1\n    passage", "passage-held", "is held", "delete the passage"),
        ("source: atlas\n    passage", "source: northtown-news\n    passage", "quote-missing", "no quote", "quote the words"),
        ("source: atlas\n    passage", "source: atlas\n    quote: in Northtown\n    passage", "quote-not-held", "not held", "passage that `pcve evidence cite`"),
    ],
)  # fmt: skip
@pytest.mark.long
def test_a_passage_in_a_wrong_form_is_one_message(
    world: World, old: str, new: str, rule: str, message: str, fix: str
) -> None:
    assert old in RECORD
    world.write(EVENT, RECORD.replace(old, new))
    (problem,) = problems(world)
    assert problem["rule"] == rule, problem
    assert message in str(problem["message"])
    assert fix in str(problem["fix"])


SAME = f"""\
  - source: {{source}}
    passage:
      words: {{words}}
      sha256: {PASSAGE.sha256}
      says: {{says}}
      at: {{at}}
    location: northtown
"""


@pytest.mark.parametrize(
    ("words", "says", "at", "message"),
    [
        (12, "2019 in Northtown", 9, ""),
        (12, "in Northtown", 10, ""),
        (12, "2017 in Northtown", 9, 'have "2019" and "2017" as the word with the index 9'),
        (12, "in Northtown", 9, 'have "2019" and "in" as the word with the index 9'),
        (13, "in Northtown", 10, "have 12 and 13 words"),
    ],
)
@pytest.mark.long
def test_fingerprints_of_one_passage_agree(
    world: World, words: int, says: str, at: int, message: str
) -> None:
    """In one record or two, of one source or two, in a whole build or after a change."""
    record = RECORD.replace("    location: northtown\n", "", 1)
    block = SAME.format(source="shore-herald", words=words, says=says, at=at)
    other = record.replace("northtown-conference-2019", "northtown-fair-2019").replace(
        "Third Northtown Conference", "Northtown Fair"
    )
    other = other[: other.index("  - source: atlas\n    passage")]
    if not message:
        world.write(EVENT, record + block)
        assert problems(world) == []
        return
    world.write(EVENT, record)
    assert world.pcve("build").exit_code == 0
    fair = world.write("data/records/event/northtown-fair-2019.yml", other + block)
    for mode in ((), ("--whole",)):
        result = world.pcve("build", *mode)
        assert result.output.count("error passage-contradiction") == 2, result.output
        assert message in result.output
    fair.unlink()
    world.write(EVENT, record + block.replace("shore-herald", "atlas"))
    after_a_change = problems(world)
    assert [problem["rule"] for problem in after_a_change] == ["passage-contradiction"] * 2
    shutil.rmtree(world.root / "build")
    assert problems(world) == after_a_change


@pytest.mark.long
def test_fingerprints_in_rdf_agree(world: World, tmp_path: Path) -> None:
    block = SAME.format(source="atlas", words=12, says="2019 in Northtown", at=9)
    world.write(EVENT, RECORD.replace("    location: northtown\n", "") + block)
    assert world.pcve("build").exit_code == 0
    exported = tmp_path / "world.trig"
    assert world.pcve("export", "trig", "-o", str(exported)).exit_code == 0
    text = exported.read_text("utf-8")
    for new, number in (("2019 in Northtown", 0), ("2017 in Northtown", 2)):
        exported.write_text(text.replace("2019 in Northtown", new), "utf-8")
        result = world.pcve("validate", str(exported))
        assert result.output.count("error passage-contradiction") == number, result.output


def test_a_passage_that_is_a_text_is_one_message(world: World) -> None:
    world.write(EVENT, re.sub(r"passage:\n(?: {6}.*\n)+", "passage: on 18 November\n", RECORD))
    (problem,) = problems(world)
    assert (problem["rule"], problem["line"]) == ("passage", 9)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('pcve:says "18 November 2019"', f'pcve:says "{READ}"', "passage"),
        ("pcve:firstWord 7", "pcve:firstWord 10", "passage"),
        ("pcve:firstWord 7", "pcve:firstWord 12", "pcvesh:Passage-firstWord"),
        ("pcve:wordCount 12", "pcve:wordCount 7", "pcvesh:Passage-wordCount"),
    ],
)
@pytest.mark.long
def test_a_passage_in_rdf_is_checked(
    world: World, tmp_path: Path, old: str, new: str, rule: str
) -> None:
    world.write(EVENT, RECORD)
    assert world.pcve("build").exit_code == 0
    path = tmp_path / "event.ttl"
    assert world.pcve("export", "turtle", "-o", str(path)).exit_code == 0
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    report = json.loads(world.pcve("validate", str(path), "--format", "json").stdout)
    rows = report if isinstance(report, list) else report["problems"]
    assert rule in {row["rule"] for row in rows if row["severity"] == "error"}, rows


def cite(world: World, *arguments: str, stdin: str | None = None) -> tuple[int, str, str]:
    result = world.pcve("evidence", "cite", *arguments, stdin=stdin)
    return result.exit_code, result.stdout, result.stderr


TEXT = f"News of the week. {READ} It was the third of its kind."


def test_cite_prints_a_block_that_the_build_takes(world: World) -> None:
    page = world.write("page.txt", TEXT.replace("Conference", "Confer-\nence"))
    options = ("atlas", "--text", str(page), "--says", "18 november 2019")
    code, block, warnings = cite(world, *options, READ.upper().replace("NOVEMBER", "November"))
    assert code == 0, warnings
    assert "“Conference” at the end of a line" in warnings
    assert block == RECORD.partition("location: northtown\n")[2].partition("    startDate")[0]
    world.write(
        EVENT,
        RECORD.partition("  - source")[0]
        + "  - source: atlas\n    prefLabel: {en: Third}\n    kind: conference\n    location: northtown\n"
        + block
        + "    startDate: 2019-11-18\n",
    )
    assert problems(world) == []
    assert not (world.root / "data/sources/texts/page.txt").exists()
    kept = "".join(path.read_text("utf-8") for path in (world.root / "data").rglob("*.yml"))
    assert "Third Northtown Conference was held" not in kept


def test_cite_reads_text_or_passage_from_stdin(world: World) -> None:
    page = str(world.write("page.txt", TEXT))
    says = ("--says", "18 November 2019")
    first = cite(world, "atlas", "--text", page, *says, READ)
    assert first == cite(world, "atlas", "--text", "-", *says, READ, stdin=TEXT)
    assert first == cite(world, "atlas", "--text", page, *says, "-", stdin=READ)
    assert cite(world, "atlas", "--text", "-", *says, "-", stdin=TEXT)[0] == 2


def test_cite_warns_of_a_passage_that_stands_twice(world: World) -> None:
    page = str(world.write("page.txt", f"{TEXT} {READ}"))
    code, block, warnings = cite(world, "atlas", "--text", page, "--says", "Northtown", READ)
    assert code == 0
    assert "stands in the text 2 times, at the characters 18, " in warnings
    assert (
        "“Northtown” stands in the passage 2 times; the first is taken, --at takes another (11)"
        in warnings
    )
    assert yaml.safe_load(block)[0]["passage"]["at"] == 2
    _, block, _ = cite(world, "atlas", "--text", page, "--says", "Northtown", "--at", "11", READ)
    assert yaml.safe_load(block)[0]["passage"]["at"] == 11


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--says", "19 November", READ), 2, "“19 November” does not stand in the passage"),
        (("--says", "November 18", READ), 2, "does not stand in the passage"),
        (("--says", READ, READ), 2, "--says has 12 words, and 1 to 8 are kept"),
        (("--says", "Northtown", "--at", "3", READ), 2, "does not stand at 3 in the passage, but at 2, 11"),
        (("held on 18 November 2019 in Northtown",), 2, "the passage has 7 words, and a fingerprint is of 8 to 9,999"),
        ((READ.replace("18", "19"),), 1, 'after "…northtown conference was held on" the passage continues "19 november 2019 in"'),
        (("eight words of which none stands here xyz",), 1, "passage-not-in-text: not even the first word"),
    ],
)  # fmt: skip
def test_cite_refuses(world: World, arguments: tuple[str, ...], code: int, message: str) -> None:
    page = str(world.write("page.txt", TEXT))
    returned, out, err = cite(world, "atlas", "--text", page, *arguments)
    assert (returned, out) == (code, ""), err
    assert message in err


def test_cite_is_of_a_source_without_a_held_text(world: World) -> None:
    page = str(world.write("page.txt", TEXT))
    code, _, err = cite(world, "northtown-news", "--text", page, READ)
    assert (code, "the text of northtown-news is held" in err) == (2, True)
    code, _, err = cite(world, "atlus", "--text", page, READ)
    assert (code, "did you mean atlas" in err) == (2, True)
    assert cite(world, "atlas", READ)[0] == 2
    assert cite(world, "atlas", "--text", page, "--page", page, READ)[0] == 2
    assert cite(world, "atlas", "--text", f"{page}x", READ)[0] == 2
    latin = str(world.write("latin.txt", "fjalë".encode("cp1252")))
    assert cite(world, "atlas", "--text", latin, READ)[0] == 1


def test_cite_without_says_prints_blanks(world: World) -> None:
    page = str(world.write("page.txt", TEXT))
    code, block, err = cite(world, "atlas", "--text", page, READ)
    assert (code, "add --says WORDS" in err) == (0, True)
    passage = yaml.safe_load(block)[0]["passage"]
    assert passage["sha256"] == PASSAGE.sha256
    assert passage["says"].startswith("<")


def test_a_held_text_may_be_an_excerpt(world: World) -> None:
    name = "data/sources/northtown-news.yml"
    text = (world.root / name).read_text("utf-8")
    assert "extentRead" not in text
    world.write(name, text + "extentRead: excerpt\n")
    assert [row for row in problems(world) if row["severity"] == "error"] == []
    world.replace(name, "extentRead: excerpt", "extentRead: part")
    assert "beginning, excerpt, whole" in str(problems(world)[0]["fix"])
