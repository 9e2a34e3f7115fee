"""`pcve evidence review`: claims go to second readers and come back, in three formats."""

from __future__ import annotations

import csv
import datetime
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import World, make_world, require

from pcve_graph.evidence.agreement import cohen_kappa
from pcve_graph.evidence.passages import fingerprint

Row = dict[str, str]
CONFERENCE = "Third Northtown Conference on Mentoring"
EVENT = "data/records/event/northtown-conference-2015.yml"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Northtown, built; tests change only data/reviews, which `review_world` empties."""
    world = make_world(tmp_path_factory.mktemp("review") / "project")
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    return world


@pytest.fixture
def review_world(base: World) -> World:
    for path in (base.root / "data/reviews").glob("*"):
        path.unlink()
    return base


def exported(world: World, *options: str) -> list[Row]:
    result = world.pcve("evidence", "review", "export", *options)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def imported(world: World, rows: list[Row], reader: str, *options: str) -> str:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    command = ("evidence", "review", "import", "-", "--by", reader, *options)
    result = world.pcve(*command, stdin=text)
    assert result.exit_code == 0, result.output
    return result.stderr


def refused(world: World, content: str | bytes, *options: str) -> str:
    result = world.pcve(
        "evidence", "review", "import", "-", "--by", "reader-a", *options, stdin=content
    )
    assert result.exit_code in (1, 2), result.output
    assert "Traceback" not in result.output
    assert not list((world.root / "data/reviews").glob("*"))
    return result.output


def judged(rows: list[Row], *verdicts: str) -> list[Row]:
    return [row | {"verdict": verdict} for row, verdict in zip(rows, verdicts, strict=False)]


def review_status(world: World) -> dict[str, Any]:
    result = world.pcve("evidence", "review", "status", "--format", "json")
    assert result.exit_code == 0, result.output
    content: dict[str, Any] = json.loads(result.stdout)
    return content


def as_json(path: Path, rows: list[Row]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def as_csv(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def fill_workbook(path: Path, verdicts: dict[str, tuple[str, str]]) -> None:
    """Verdict and note of each row with such an id, as a reader writes them in a spreadsheet."""
    import openpyxl

    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    head = [cell.value for cell in sheet[3]]
    for number in range(4, sheet.max_row + 1):
        cells = dict(zip(head, sheet[number], strict=True))
        verdict, note = verdicts.get(str(cells["id"].value), ("", ""))
        cells["verdict"].value, cells["note"].value = verdict or None, note or None
    book.save(path)


@pytest.mark.parametrize("form", ["jsonl", "csv", "xlsx"])
@pytest.mark.long
def test_claims_go_out_and_verdicts_come_back(
    review_world: World, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"claims.{form}"
    if form == "xlsx":
        require("openpyxl", "xlsxwriter")
    rows = exported(review_world, "--only", "event")
    export = ("evidence", "review", "export", "--only", "event", "-o", str(path))
    assert review_world.pcve(*export).exit_code == 0
    verdicts = {
        rows[0]["id"]: ("supports", ""),
        rows[1]["id"]: ("Contradicts", "another year: 2016"),
        rows[2]["id"]: (" unclear ", ""),
    }
    if form == "xlsx":
        fill_workbook(path, verdicts)
    else:
        if form == "csv":
            with path.open(encoding="utf-8", newline="") as file:
                read = list(csv.DictReader(file))
            assert [row["words"] for row in read] == [row["words"] for row in rows]
            rows = read
        filled = [
            row | dict(zip(("verdict", "note"), verdicts.get(row["id"], ("", "")), strict=True))
            for row in rows
        ]
        (as_json if form == "jsonl" else as_csv)(path, filled)
    command = ("evidence", "review", "import", str(path), "--by", "reader-a", "--on", "2026-11-28")
    result = review_world.pcve(*command)
    assert result.exit_code == 0, result.output
    assert "3 readings by reader-a on 2026-11-28: 3 new, 0 replaced, 0 as before" in result.stderr
    assert f"{len(rows) - 3} rows without a verdict" in result.stderr
    text = (review_world.root / "data/reviews/reader-a.yml").read_text("utf-8")
    lines = text.splitlines()
    assert lines[:2] == ["reader: reader-a", "readings:"]
    assert lines[2:] == sorted(lines[2:], key=lambda line: line.partition("thing:")[2])
    assert "verdict: contradicts, note: 'another year: 2016'" in text
    assert not any(row["words"] in text for row in rows if len(row["words"]) > 20)
    assert review_world.pcve(*command).exit_code == 0  # the same again changes nothing
    assert (review_world.root / "data/reviews/reader-a.yml").read_text("utf-8") == text
    for mode in ((), ("--whole",)):
        assert review_world.pcve("build", *mode).exit_code == 0
    assert review_world.pcve("edit", "fmt", "--check").exit_code == 0
    state = review_status(review_world)
    assert len(state["one"]) == 3
    assert (state["agreed"], state["disputed"], state["agreement"]) == ([], [], [])


def test_what_is_exported(review_world: World) -> None:
    rows = exported(review_world)
    assert len({row["id"] for row in rows}) == len(rows) > 300
    by_key = {(row["thing"], row["key"], row["source"]): row for row in rows}
    row = by_key[CONFERENCE, "startDate", "News of the Northtown council"]
    assert row["property"] == "start"
    assert row["value"] == "2015-01-19"
    assert row["words_are"] == "quote"
    assert row["address"].startswith("https://")
    assert not any(row["key"].startswith("has") for row in rows)  # a part has claims of its own


@pytest.mark.long
def test_part_of_the_claims(review_world: World) -> None:
    rows = exported(review_world)
    events = exported(review_world, "--only", "event")
    assert 0 < len(events) < len(rows)
    source = exported(review_world, "--source", "isles-report", "--only", "Document")
    assert {row["source"] for row in source} == {"Report of the Isles"}
    sample = exported(review_world, "--sample", "20", "--seed", "a")
    assert sample == exported(review_world, "--sample", "20", "--seed", "a")
    assert len(sample) == 20
    assert [row for row in rows if row in sample] == sample
    assert sample != exported(review_world, "--sample", "20", "--seed", "b")
    imported(review_world, judged(rows, "supports", "unclear"), "reader-a")
    assert exported(review_world, "--unreviewed") == rows[2:]
    assert exported(review_world, "--unreviewed", "--reader", "reader-a") == rows[2:]
    assert exported(review_world, "--unreviewed", "--reader", "reader-b") == rows


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--source", "isles-reprt"), "did you mean isles-report?"),
        (("--only", "evnt"), "did you mean event?"),
        (("--reader", "reader-a"), "--reader requires --unreviewed"),
        (("--seed", "a"), "--seed requires --sample"),
        (("--format", "xls"), "did you mean xlsx?"),
        (("--format", "xlsx"), "-o FILE.xlsx"),
        (("--unreviewed", "--reader", "Ana Vale"), "is not the id of a reader"),
    ],
)
def test_wrong_options_of_an_export(
    review_world: World, options: tuple[str, ...], message: str
) -> None:
    result = review_world.pcve("evidence", "review", "export", *options)
    assert result.exit_code == 2
    assert message in result.output


def test_words_of_passages_are_exported_and_cells_are_no_formulas(world: World) -> None:
    read = 'The council says: "=HYPERLINK(1)" was held on 18 November 2019 in Northtown.'
    world.write(
        "data/sources/calendar.yml",
        "id: calendar\ntitle: {en: '=2+5 calendar'}\npublisherName: Council\nkind: web-page\n"
        "url: https://calendar.example/2019\nlanguage: en\ndateRead: 2026-11-23\n"
        "rights: {en: 'Invented for the tests of this project; cited, not held.'}\n",
    )
    found_in = fingerprint(read)
    world.write(
        "data/records/event/northtown-conference-2019.yml",
        "id: northtown-conference-2019\ntype: Event\nclaims:\n  - source: calendar\n"
        "    prefLabel: {en: '=SUM(A1) Conference'}\n    kind: conference\n    location: northtown\n"
        f"  - source: calendar\n    passage: {{words: {found_in.words}, sha256: {found_in.sha256}, "
        "says: 18 November 2019, at: 8}\n    startDate: 2019-11-18\n",
    )
    assert world.pcve("build").exit_code == 0
    (row,) = exported(world, "--source", "calendar")
    assert (row["words"], row["words_are"]) == ("18 November 2019", "passage")
    assert row["thing"] == "=SUM(A1) Conference"
    text = world.pcve("evidence", "review", "export", "--source", "calendar", "--format", "csv")
    (cells,) = csv.DictReader(io.StringIO(text.stdout))
    assert (cells["thing"], cells["source"]) == ("'=SUM(A1) Conference", "'=2+5 calendar")
    cells |= {"verdict": "supports", "note": "'-1"}
    path = world.root / "back.csv"
    as_csv(path, [cells])
    command = ("evidence", "review", "import", str(path), "--by", "0000-0002-1825-0097")
    assert world.pcve(*command).exit_code == 0
    kept = (world.root / "data/reviews/0000-0002-1825-0097.yml").read_text()
    assert "reader: 0000-0002-1825-0097" in kept
    assert "note: '-1'" in kept


def test_a_hidden_value_is_written_by_the_reader(review_world: World) -> None:
    shown = {row["id"]: row for row in exported(review_world)}
    rows = exported(review_world, "--hide-value")
    for row in rows:
        assert "value" not in row
        assert row["value_read"] == ""
        assert shown[row["id"]]["value"].casefold() not in row["thing"].casefold()
    by_value = {
        (row["key"], shown[row["id"]]["value"]): row
        for row in rows
        if shown[row["id"]]["certainty"] == "stated"
    }
    cases = {
        ("startDate", "2018-01-01"): ("1 January 2018", "supports"),
        ("addressee", "Islia"): ("Islia", "supports"),
        ("status", "planned"): ("planned", "supports"),
        ("presenter", "River Institute"): ("the Hill Foundation", "contradicts"),
        ("startDate", "2020-03-09"): ("8 March 2020", "contradicts"),
        ("prefLabel", "Northtown Days"): ("Northtown Days", "supports"),
    }
    filled = [by_value[case] | {"value_read": written} for case, (written, _) in cases.items()]
    imported(review_world, filled, "reader-a")
    state = review_status(review_world)
    verdicts = {(item["key"], item["value"]): item["readings"][0] for item in state["one"]}
    for case, (written, verdict) in cases.items():
        assert verdicts[case]["verdict"] == verdict, case
        assert verdicts[case]["value_read"] == written
    wrong = [filled[0] | {"verdict": "supports"}]
    text = "".join(json.dumps(row) + "\n" for row in wrong)
    result = review_world.pcve("evidence", "review", "import", "-", "--by", "reader-b", stdin=text)
    assert result.exit_code == 1
    assert "the value was hidden, and there is a verdict" in result.stderr


def test_readers_agree_and_disagree(review_world: World) -> None:
    rows = exported(review_world)[:10]
    first = "supports supports supports supports unclear contradicts supports supports supports"
    other = "supports supports supports contradicts unclear supports supports supports"
    imported(review_world, judged(rows, *first.split()), "reader-a", "--on", "2026-11-28")
    imported(review_world, judged(rows, *other.split()), "reader-b", "--on", "2026-11-29")
    state = review_status(review_world)
    assert [len(state[name]) for name in ("one", "agreed", "disputed", "stale")] == [1, 6, 2, 0]
    # By hand: 6 of 8 alike; reader-a says 6 supports, 1 contradicts, 1 unclear, reader-b the same.
    # Chance: (36 + 1 + 1) / 64 = 0.59375; kappa = (0.75 - 0.59375) / (1 - 0.59375) = 0.3846.
    assert state["agreement"] == [
        {"readers": ["reader-a", "reader-b"], "claims": 8, "same": 6, "kappa": 0.3846}
    ]
    text = review_world.pcve("evidence", "review", "status").stdout
    assert "read by one reader   1: 1 by reader-a" in text
    assert "read by two or more  8: 6 agree, 2 disagree" in text
    assert "reader-a and reader-b: 6 of 8 claims alike, Cohen's kappa 0.38" in text
    disputed = text.partition("readers disagree\n")[2]
    assert "reader-a on 2026-11-28: supports\n    reader-b on 2026-11-29: contradicts" in disputed


@pytest.mark.long
def test_a_reading_shows_and_becomes_stale(world: World) -> None:
    assert world.pcve("build").exit_code == 0
    rows = exported(world, "--only", "event")
    (row,) = (
        row
        for row in rows
        if (row["thing"], row["key"]) == (CONFERENCE, "startDate") and "News" in row["source"]
    )
    imported(world, judged([row], "supports"), "reader-a", "--on", "2026-11-28")
    shown = ("show", "northtown-conference-2015")
    assert "read by 1: supports" in world.pcve(*shown).stdout
    imported(world, judged([row], "supports"), "reader-b", "--on", "2026-11-28")
    for options in ((), ("--all",)):
        assert world.pcve(*shown, *options).stdout.count("read by 2: supports") == 1
    imported(world, judged([row], "unclear"), "reader-b", "--on", "2026-11-29")
    assert "read by 2: 1 supports, 1 unclear" in world.pcve(*shown).stdout
    older = imported(world, judged([row], "supports"), "reader-b", "--on", "2026-11-28")
    assert "1 older than what is kept" in older
    assert "read by 2: 1 supports, 1 unclear" in world.pcve(*shown).stdout

    world.replace(EVENT, f"{{en: {CONFERENCE}}}", "{en: Third Northtown Conference}")
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    assert "read by 2: stale" in world.pcve(*shown).stdout
    state = review_status(world)
    assert [item["why"] for item in state["stale"]] == [
        "the words or the name of a thing have changed"
    ] * 2
    assert (state["one"], state["agreed"], state["disputed"]) == ([], [], [])
    text = json.dumps(row | {"verdict": "supports"})
    result = world.pcve("evidence", "review", "import", "-", "--by", "reader-a", stdin=text)
    assert result.exit_code == 1
    assert "its words are not as they were shown" in result.stderr
    assert (
        "stale: changed since they were read" in world.pcve("evidence", "review", "status").stdout
    )


def test_readers_of_other_words_do_not_count_together(review_world: World) -> None:
    """As `review status`, which counts two readers only of the same words."""
    shown = ("show", "northtown-conference-2015")
    rows = {
        row["source"]: row
        for row in exported(review_world, "--only", "event")
        if (row["thing"], row["key"]) == (CONFERENCE, "startDate")
    }
    news = rows.pop("News of the Northtown council")
    (other,) = rows.values()
    imported(review_world, judged([news], "supports"), "reader-a")
    imported(review_world, judged([other], "supports"), "reader-b")
    text = review_world.pcve(*shown).stdout
    assert "2 passages read by 1 each: supports" in text
    assert "read by 2" not in text
    status = review_world.pcve("evidence", "review", "status").stdout
    assert "read by two or more  0" in status
    imported(review_world, judged([news], "unclear"), "reader-c")
    text = review_world.pcve(*shown).stdout
    assert "2 passages read by 1 to 2: 2 supports, 1 unclear" in text


@pytest.mark.full
def test_a_release_has_the_readings(review_world: World, tmp_path: Path) -> None:
    row = exported(review_world)[0] | {"note": "see the next page"}
    imported(review_world, judged([row], "unclear"), "reader-a", "--on", "2026-11-28")
    assert review_world.pcve("build").exit_code == 0
    result = review_world.pcve("release", str(tmp_path / "release"))
    assert result.exit_code == 0, result.output
    head, line = (tmp_path / "release/reviews.tsv").read_text("utf-8").splitlines()
    cells = dict(zip(head.split("\t"), line.split("\t"), strict=True))
    assert (cells["by"], cells["id"], cells["shown"]) == ("reader-a", row["id"], row["shown"])
    assert (cells["on"], cells["verdict"]) == ("2026-11-28", "unclear")
    assert "next page" not in line


@pytest.mark.parametrize("note", ["null", "it's", "a: {b}, #c", "~", "- x", "“Ž”", "yes"])
@pytest.mark.long
def test_notes_come_back_as_they_were_written(review_world: World, note: str) -> None:
    row = exported(review_world)[0] | {"note": note}
    imported(review_world, judged([row], "unclear"), "reader-a")
    assert review_world.pcve("build").exit_code == 0
    assert review_status(review_world)["one"][0]["readings"][0]["note"] == note


def test_a_spreadsheet_makes_dates_and_numbers_of_what_is_written(
    review_world: World, tmp_path: Path
) -> None:
    require("openpyxl", "xlsxwriter")
    import openpyxl

    path = tmp_path / "hidden.xlsx"
    export = ("evidence", "review", "export", "--hide-value", "--only", "event", "-o", str(path))
    assert review_world.pcve(*export).exit_code == 0
    values = {row["id"]: row["value"] for row in exported(review_world)}
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    head = [cell.value for cell in sheet[3]]
    for line in sheet.iter_rows(min_row=4):
        cells = dict(zip(head, line, strict=True))
        value = values[str(cells["id"].value)]
        if len(value) == 10 and value.startswith("20"):
            cells["value_read"].value = datetime.date.fromisoformat(value)
        elif value.isdecimal():
            cells["value_read"].value = int(value)
    book.save(path)
    command = ("evidence", "review", "import", str(path), "--by", "reader-a")
    assert review_world.pcve(*command).exit_code == 0
    read = [item["readings"][0] for item in review_status(review_world)["one"]]
    assert len(read) > 15
    assert {reading["verdict"] for reading in read} == {"supports"}


def edit(changes: Row) -> Callable[[Row], Row]:
    return lambda row: {key: text for key, text in (row | changes).items() if text != "-"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (edit({"verdict": "suports"}), "did you mean supports?"),
        (edit({"verdict": "yes"}), "write supports, contradicts, unclear, or nothing"),
        (edit({"id": "0" * 16}), 'no claim with words has the id "0000000000000000"'),
        (edit({"id": ""}), "there is no id"),
        (edit({"id": "-"}), "there is no column id"),
        (edit({"shown": "0" * 64}), "its words are not as they were shown"),
        (edit({"shown": ""}), "no checksum of what was shown"),
        (edit({"verdict": "", "note": "why?"}), "a note without a verdict"),
        (edit({"note": "x" * 201}), "the note has 201 characters; at most 200"),
        (edit({"note": "the suspect Arben Hoti was there"}), "write it without the name"),
        (edit({"note": "a\u202eb"}), "a character that cannot be seen"),
        (edit({"note": "\ud800"}), "unpaired surrogate"),
        (edit({"verdit": "supports"}), "did you mean verdict?"),
        (edit({"value_read": "x"}), "the value is both shown and hidden"),
    ],
)
@pytest.mark.long
def test_a_wrong_row_has_its_place(
    review_world: World, change: Callable[[Row], Row], message: str
) -> None:
    good, bad = judged(exported(review_world, "--sample", "2"), "supports", "supports")
    lines = [json.dumps(row) for row in (good, change(bad))]
    output = refused(review_world, "\n".join(lines))
    assert message in output
    assert "stdin:2:" in output


def test_all_problems_of_a_table_have_their_cells(review_world: World, tmp_path: Path) -> None:
    rows = judged(exported(review_world, "--sample", "3"), "supports", "maybe", "no")
    path = tmp_path / "claims.csv"
    as_csv(path, [rows[0], *rows])
    result = review_world.pcve("evidence", "review", "import", str(path), "--by", "reader-a")
    assert result.exit_code == 1
    column = list(rows[0]).index("verdict") + 1
    for place in (
        ":3:1: error review: line 2 has the same id",
        f":4:{column}: ",
        f":5:{column}: ",
    ):
        assert f"claims.csv{place}" in result.stderr
    assert "3 errors" in result.stderr


def workbook(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/"), content)
    return out.getvalue()


LAUGHS = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaa">]><x>&a;</x>'
HOSTILE: dict[str, tuple[str, str | bytes, str]] = {
    "empty": ("jsonl", "", "0 readings"),
    "nested": ("jsonl", "[" * 100_000, "the values are nested"),
    "nested object": (
        "jsonl",
        '{"id": {"a": 1}, "shown": "", "verdict": ""}',
        "id is not one value",
    ),
    "no json": ("jsonl", "{'id': 1}", "json-syntax"),
    "no object": ("jsonl", '"supports"', "this is not an object"),
    "twice": ("jsonl", '{"id": "", "id": "", "shown": "", "verdict": ""}', "stands here twice"),
    "latin": ("jsonl", b'{"id": "\xe9"}', "encoding"),
    "csv empty": ("csv", "", "there is no column id"),
    "csv no head": ("csv", "a,b\n1,2\n", 'there is no column "a"'),
    "csv extra cell": ("csv", "id,shown,verdict\n1,2,supports,why\n", "a column without a name"),
    "csv quote": ("csv", 'id,shown,verdict\n"1,2', "this is not CSV"),
    "csv huge cell": ("csv", f"id,shown,verdict\n{'x' * 200_000},2,3\n", "this is not CSV"),
    "csv nul": ("csv", "id,shown,verdict\n\0,2,3\n", ""),
    "csv many": ("csv", "id,shown,verdict\n" + "\n" * 200_001, "more than 200,000 lines"),
    "json many": ("jsonl", "\n" * 200_001, "more than 200,000 lines"),
    "large": ("csv", b"x" * (33 << 20), "at most 33,554,432 are read"),
    "xlsx text": ("xlsx", "id,shown", "is not a workbook (XLSX), or it is damaged"),
    "xlsx zip": ("xlsx", workbook(a="b"), "is an archive, but not a workbook (XLSX)"),
    "xlsx bomb": (
        "xlsx",
        workbook(**{"[Content_Types].xml": "<a/>", "b": "0" * (64 << 20)}),
        "becomes more than 200 times larger",
    ),
    "xlsx entities": ("xlsx", workbook(**{"[Content_Types].xml": LAUGHS}), "declares entities"),
    "xlsx damaged": ("xlsx", workbook(**{"[Content_Types].xml": "<a/>"}), "damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(review_world: World, name: str) -> None:
    form, content, message = HOSTILE[name]
    if form == "xlsx":
        require("openpyxl")
    if name == "empty":
        result = review_world.pcve(
            "evidence", "review", "import", "-", "--by", "reader-a", stdin=content
        )
        assert (result.exit_code, message in result.stderr) == (0, True)
        return
    output = refused(review_world, content, "--format", form)
    assert message in output
    assert len(output) < 5000


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--by", "Ana Vale"), "is not the id of a reader"),
        (("--by", "../x"), "is not the id of a reader"),
        (("--by", "0000-0002-1825-0098"), "is not the id of a reader"),
        (("--by", "reader-a", "--on", "2026-02-30"), "is not a day such as"),
        (("--by", "reader-a", "--on", "2999-01-01"), "has not come yet"),
        (("--by", "reader-a", "--format", "ods"), "unknown format"),
    ],
)
def test_wrong_options_of_an_import(
    review_world: World, options: tuple[str, ...], message: str
) -> None:
    result = review_world.pcve("evidence", "review", "import", "-", *options, stdin="")
    assert result.exit_code == 2
    assert message in result.output


READING = (
    "  - {id: c0123456789abcdef, shown: " + "a" * 64 + ", thing: event/fair, key: startDate, "
    "source: atlas, on: 2026-11-30, verdict: supports}\n"
)
FILE = f"reader: reader-a\nreadings:\n{READING}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (FILE.replace("reader-a", "reader-b"), "reader-a.yml:1:9: error review: the reader is"),
        (FILE.replace("reader-a", "Ana Vale"), "reader-a.yml:1:9: error reader-id"),
        (FILE.replace("supports", "perhaps"), 'verdict is "perhaps", not one of supports'),
        (FILE.replace("2026-11-30", "2026-02-30"), 'the day "2026-02-30" does not exist'),
        (FILE.replace("verdict:", "verdit:"), "did you mean verdict?"),
        (FILE.replace(", verdict: supports", ""), "a reading has no verdict"),
        (FILE + READING, "the reading c0123456789abcdef stands here twice"),
        (FILE.replace("supports}", f"supports, note: {'x' * 201}}}"), "has 201 characters"),
        (
            FILE.replace("supports}", "supports, note: the suspect Arben Hoti}"),
            "write it without the name",
        ),
        ("reader: reader-a\nreadings: all\n", "this is not a list"),
    ],
)
@pytest.mark.long
def test_a_file_of_readings_is_read_strictly(
    review_world: World, content: str, message: str
) -> None:
    path = review_world.write("data/reviews/reader-a.yml", content)
    for command in (("build",), ("build", "--whole"), ("validate", str(path))):
        result = review_world.pcve(*command)
        assert result.exit_code == 1, command
        assert message in result.output, (command, result.output)
    assert review_world.pcve("evidence", "review", "status").exit_code == 1
    assert message in review_world.pcve("show", "fair-of-shores").output
    review_world.write("data/reviews/reader-a.yml", FILE)
    assert review_world.pcve("build").exit_code == 0
    assert [item["why"] for item in review_status(review_world)["stale"]] == [
        "the claim is gone, or has no words any more"
    ]


def table(*counts: int) -> list[tuple[str, str]]:
    """The pairs of a table of two readers: rows are the first, columns the second."""
    names = ("supports", "contradicts", "unclear")
    size = int(len(counts) ** 0.5)
    return [
        (names[place // size], names[place % size])
        for place, count in enumerate(counts)
        for _ in range(count)
    ]


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        # 35 of 50 alike (0.7); chance 25/50 * 30/50 + 25/50 * 20/50 = 0.5; (0.7 - 0.5) / 0.5
        (table(20, 5, 10, 15), 0.4),
        # all alike, two verdicts in use
        (table(3, 0, 0, 4), 1.0),
        # never alike: chance 0.5; -0.5 / 0.5
        (table(0, 5, 5, 0), -1.0),
        # as chance has it
        (table(4, 4, 4, 4), 0.0),
        # 140 of 200 alike (0.7); margins 120, 60, 20 and 100, 60, 40: chance
        # (120 * 100 + 60 * 60 + 20 * 40) / 40,000 = 0.41; (0.7 - 0.41) / 0.59 = 29 / 59
        (table(88, 14, 18, 10, 40, 10, 2, 6, 12), 29 / 59),
        (table(7), None),
        ([], None),
    ],
)
def test_cohens_kappa(pairs: list[tuple[str, str]], kappa: float | None) -> None:
    assert cohen_kappa(pairs) == (kappa if kappa is None else pytest.approx(kappa))
