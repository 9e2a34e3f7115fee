"""A record that another one replaces is not listed, counted or summed: every saved question."""

from __future__ import annotations

import csv
import io
import re

import pytest
from conftest import World, inferred
from golden import answer, runs

from pcve_graph import KnowledgeGraph
from pcve_graph.query.lists import SEPARATOR
from pcve_graph.query.saved import read_queries

pytestmark = pytest.mark.long

FOLDERS = ("document", "event", "initiative", "need", "organization", "programme", "project")
"""Folders of records of which each gets a retired twin."""

WITH_PARTS = (
    *("lanterns-launch-2021", "mentor-training-2017", "network-meeting-2016-04"),
    *("network-meeting-2016-09", "northtown-conference-2015", "northtown-days-2017"),
    *("northtown-fair-2017", "southport-roundtable-2016", "dune-circle"),
)
"""Records with nodes that refer to them, which a retired record may not have."""

OF_CLAIMS = frozenset({"sources"})
"""Questions that count claims, which those of a retired record are as well; no row is of one."""


def twin(text: str, identifier: str) -> str:
    """The text of a retired record that states what another one does."""
    first, _, rest = text.partition("\n")
    assert first == f"id: {identifier}"
    assert "{en: " in rest
    rest = re.sub(r"((?:pref|alt|hidden)Label: \{en: )", r"\1Former ", rest)
    rest = re.sub(r"\n    edition: \d+", "", rest)
    return (
        f"id: {identifier}-retired\n{inferred(rest).rstrip()}\n"
        f"  - source: atlas\n    isReplacedBy: {identifier}\n"
    )


def in_order(content: bytes) -> bytes:
    """A CSV with the values of each list in order, as an engine joins them in any."""
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [SEPARATOR.join(sorted(cell.split(SEPARATOR))) for cell in row] for row in rows
    )
    return out.getvalue().encode()


def test_no_question_counts_a_retired_record(northtown: World, world: World) -> None:
    queries = read_queries(northtown.project, "answers")
    for folder in FOLDERS:
        for path in sorted((world.root / "data/records" / folder).glob("*.yml")):
            if path.stem in WITH_PARTS:
                continue
            name = path.relative_to(world.root).as_posix().replace(".yml", "-retired.yml")
            world.write(name, twin(path.read_text("utf-8"), path.stem))
    result = world.pcve("build")
    assert result.exit_code == 0, result.stderr
    different = {}
    listed = set()
    for query in queries.values():
        for file, settings in runs(query, "northtown"):
            before = in_order(answer(northtown, query, settings))
            after = in_order(answer(world, query, settings))
            if b"-retired" in after:
                listed.add(file)
            if before != after and query.name not in OF_CLAIMS:
                rows = [list(csv.reader(io.StringIO(text.decode()))) for text in (before, after)]
                different[file] = [row for row in rows[1] if row not in rows[0]] or rows[1]
    assert not listed
    assert not different, {name: rows[:3] for name, rows in different.items()}
    for arguments in (
        ("coverage", "--count", "money", "--by", "funder"),
        ("coverage", "--by", "funder"),
        ("overlaps",),
    ):
        assert world.pcve(*arguments).stdout == northtown.pcve(*arguments).stdout


ANALYSES = (
    *(("coverage",), ("coverage", "--by", "funder"), ("coverage", "--gaps", "--all-topics")),
    *(("coverage", "--needs"), ("timeline",), ("timeline", "--trend"), ("overlaps",)),
)


def test_no_analysis_has_a_retired_record_and_its_name_means_the_standing_one(
    northtown: World, world: World
) -> None:
    folders = ("project", "need", "organization", "programme", "place")
    for folder in folders:
        for path in sorted((world.root / "data/records" / folder).glob("*.yml")):
            text = path.read_text("utf-8")
            if path.stem not in WITH_PARTS and (folder != "place" or "type: Country" in text):
                name = path.relative_to(world.root).as_posix().replace(".yml", "-retired.yml")
                world.write(name, twin(text, path.stem))
    result = world.pcve("build")
    assert result.exit_code == 0, result.stderr
    for arguments in ANALYSES:
        assert world.pcve(*arguments).stdout == northtown.pcve(*arguments).stdout, arguments
    for line in (
        "coverage --funder lake-fund",
        "coverage --needs --country marshia",
        "timeline --country landia",
        "overlaps --country marshia --funder lake-fund",
        "coverage --cell marshia/education",
    ):
        retired = re.sub(r"(marshia|landia|lake-fund)", r"\1-retired", line).split()
        of_retired = world.pcve(*retired)
        assert of_retired.exit_code == 0, of_retired.output
        assert of_retired.stdout == northtown.pcve(*line.split()).stdout, retired


def test_what_passes_on_money_of_a_retired_record_is_an_error(world: World) -> None:
    """Else the sums would leave out both: the money of the retired record, and what is part of it."""
    text = (world.root / "data/records/programme/isles-programme.yml").read_text("utf-8")
    name = "data/records/programme/isles-programme-retired.yml"
    world.write(name, twin(text, "isles-programme"))
    project = "data/records/project/new-lanterns.yml"
    reference = "partOfTransaction: isles-programme"
    world.replace(project, f"{reference}/", f"{reference}-retired/")
    result = world.pcve("build")
    assert result.exit_code == 1
    assert result.stderr.count(" error ") == 1, result.stderr
    assert "check:nothing-points-to-the-retired" in result.stderr
    assert f"{project}:" in result.stderr


def test_what_identifies_a_retired_record_is_read_as_what_replaces_it(world: World) -> None:
    """In parameters, by id, IRI and name, in `show` and in `search`; through a chain, too."""
    for name, label, after in (
        ("pond-fund", "Pond Fund", "lake-fund"),
        ("tarn-fund", "Tarn Fund", "pond-fund"),
    ):
        world.write(
            f"data/records/organization/{name}.yml",
            f"id: {name}\ntype: Organization\nclaims:\n  - source: atlas\n"
            f"    prefLabel: {{en: {label}}}\n    kind: foundation\n    isReplacedBy: {after}\n",
        )
    assert world.pcve("build").exit_code == 0
    asked = ("query", "paid-by", "--format", "csv", "--set")
    now = world.pcve(*asked, "funder=lake-fund").stdout
    assert now.count("\n") > 1
    iri = "https://w3id.org/pcve/id/organization/tarn-fund"
    for former in ("pond-fund", "tarn-fund", "Tarn Fund", iri):
        assert world.pcve(*asked, f"funder={former}").stdout == now
    page = world.pcve("show", "tarn-fund").stdout
    assert page.startswith("Lake Fund")
    assert "tarn-fund is retired: this record replaces it." in page
    hit = world.pcve("search", "Tarn Fund").stdout.splitlines()[0]
    assert hit.split() == "lake-fund organization Lake Fund alias: Tarn Fund".split()
    graph = KnowledgeGraph.open(world.root)
    assert [hit.id for hit in graph.search("Pond Fund")][:1] == ["lake-fund"]
    assert repr(graph.show("pond-fund")).startswith("Lake Fund")
