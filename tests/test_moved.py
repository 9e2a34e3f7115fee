"""Addresses that moved: data/moved.tsv, what keeps it, and the pages that lead on."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT, World

from pcve_graph.model.namespaces import BASE, expand, hashed_iri
from pcve_graph.model.problems import UsageError
from pcve_graph.model.project import Project
from pcve_graph.publish.release.moved import (
    MovedIri,
    lost_iris,
    moved_text,
    read_moved,
    with_moves,
)

RELEASE = ROOT / "tests" / "releases" / "0.1.0"
NOTE = "    remark: {en: Ana Vale asked for patience}\n"
CONFERENCE = "data/records/event/northtown-conference-2015.yml"


@pytest.fixture
def shipped_rows() -> dict[str, MovedIri]:
    return read_moved(Project(ROOT, ROOT / "build"))


def test_the_shipped_file_has_each_claim_and_quote_once_and_is_sorted(
    shipped_rows: dict[str, MovedIri],
) -> None:
    kinds = [row.old.removeprefix(BASE).partition("/")[0] for row in shipped_rows.values()]
    assert kinds.count("claim") == 5_610
    assert kinds.count("quote") == 92
    assert len(kinds) == 5_702
    text = (ROOT / "data" / "moved.tsv").read_text("utf-8")
    assert text == moved_text(shipped_rows.values())
    without = [row for row in shipped_rows.values() if not row.is_replaced]
    # 16 shares of amounts, which their keys tell now, and 14 claims that their sources do not state.
    assert len(without) == 30
    assert all("/id/" in row.new and row.reason.startswith("the claim was") for row in without)
    assert (
        not {row.new for row in shipped_rows.values() if row.old != row.new} & shipped_rows.keys()
    )


def release_of_0_1_0() -> ox.Store:
    store = ox.Store()
    store.load(path=str(RELEASE / "pcve.nq"), format=ox.RdfFormat.N_QUADS)
    return store


def test_the_claims_of_a_release_of_0_1_0_lead_to_those_of_the_same_statement(
    northtown: World,
) -> None:
    """All but the name that only that release has, which leads to the organisation.

    Two quotes were widened since, up to the words that say the value; they lead to their source.
    """
    old, new = release_of_0_1_0(), northtown.saved().store
    assert len(lost_iris({}, old, new)) == 91
    rows = with_moves({}, old, new)
    assert lost_iris(rows, old, new) == []
    others = [row for row in rows.values() if not row.is_replaced]
    assert sorted({row.new for row in others}) == [
        f"{BASE}id/organization/river-institute",
        f"{BASE}source/northtown-news",
    ]
    claims = [row for row in rows.values() if "/claim/" in row.old and row.is_replaced]
    for row in claims:
        parts = [
            next(
                old.quads_for_pattern(
                    ox.NamedNode(row.old), ox.NamedNode(expand(f"rdf:{part}")), None
                )
            ).object
            for part in ("subject", "predicate", "object")
        ]
        assert row.new == hashed_iri("claim", *map(str, parts))
    assert with_moves(rows, old, new) == rows


def test_a_row_leads_where_its_new_address_has_moved_to(northtown: World) -> None:
    """A claim of a release that had moved once before: the first address follows the second."""
    old, new = release_of_0_1_0(), northtown.saved().store
    row = next(row for row in with_moves({}, old, new).values() if "/claim/" in row.old)
    first = MovedIri(f"{BASE}claim/{'0' * 24}", row.old, "the claim was renamed")
    rows = with_moves({first.old: first}, old, new)
    assert rows[first.old] == MovedIri(first.old, row.new, first.reason)


@pytest.mark.long
def test_a_release_refuses_to_lose_an_address(world: World, tmp_path: Path) -> None:
    old, new = str(tmp_path / "old"), str(tmp_path / "new")
    assert world.pcve("release", old).exit_code == 0
    world.replace(CONFERENCE, NOTE, NOTE.replace("patience", "time"))
    refused = world.pcve("release", new, "--previous", old)
    assert refused.exit_code == 2
    assert "1 IRI of " in refused.stderr
    assert f"run `pcve edit moved {old}`" in refused.stderr
    assert not Path(new).exists()
    added = world.pcve("edit", "moved", old)
    assert (added.exit_code, added.stderr) == (0, "1 IRI added to data/moved.tsv, which has 1\n")
    (row,) = read_moved(world.project).values()
    assert row.new == f"{BASE}id/event/northtown-conference-2015"
    written = world.pcve("release", new, "--previous", old)
    assert written.exit_code == 0
    assert (Path(new) / "moved.tsv").read_bytes() == (world.root / "data/moved.tsv").read_bytes()
    assert world.pcve("release", "--verify", new).exit_code == 0
    again = world.pcve("edit", "moved", old)
    assert again.stderr == "0 IRIs added to data/moved.tsv, which has 1\n"
    assert world.pcve("release", "--verify", new, "--previous", old).exit_code == 2


def test_pages_lead_to_the_new_address(world: World, tmp_path: Path) -> None:
    old, new = (f"{BASE}claim/{digit * 24}" for digit in "12")
    thing = f"{BASE}id/event/northtown-conference-2015"
    gone = f"{BASE}claim/{'3' * 24}"
    quote = f"{BASE}quote/{'4' * 24}"
    rows = [
        MovedIri(old, new, "a reason"),
        MovedIri(gone, thing, "withdrawn"),
        MovedIri(quote, quote, "its form"),
    ]
    world.write("data/moved.tsv", moved_text(rows))
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("mine", "utf-8")
    result = world.pcve("docs", "moved", str(tmp_path / "site"))
    assert result.stderr.startswith("wrote 10 files to ")
    assert (tmp_path / "site" / "index.html").read_text("utf-8") == "mine"
    folder = tmp_path / "site" / "claim"
    page = (folder / f"{'1' * 24}.html").read_text("utf-8")
    assert re.search(r'http-equiv="refresh" content="0; url=(.*)"', page)[1] == new  # type: ignore[index]
    for digits, predicate, value in (
        ("1" * 24, "http://purl.org/dc/terms/isReplacedBy", new),
        ("3" * 24, "http://www.w3.org/2000/01/rdf-schema#seeAlso", thing),
    ):
        for ending in ("ttl", "rdf", "nt", "jsonld"):
            (quad,) = ox.parse(path=str(folder / f"{digits}.{ending}"))
            assert quad.predicate.value == predicate
            assert quad.object == ox.NamedNode(value)
    assert world.pcve("docs", "moved", str(world.root / "data")).exit_code == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "data/moved.tsv:1: the first line must be"),
        ("old\tnew\n", "data/moved.tsv:1: the first line must be"),
        (f"old\tnew\treason\n{BASE}claim/1\t{BASE}claim/2\n", "data/moved.tsv:2: a line is"),
        (f"old\tnew\treason\n{BASE}claim/1\thttp://x.example/\tr\n", "data/moved.tsv:2: a line is"),
        (f'old\tnew\treason\n{BASE}claim/1\t{BASE}claim/"><\tr\n', "data/moved.tsv:2: a line is"),
        (f"old\tnew\treason\n{BASE}claim/../x\t{BASE}claim/2\tr\n", "data/moved.tsv:2: a line is"),
        ("old\tnew\treason\n" + f"{BASE}claim/1\t{BASE}claim/2\tr\n" * 2, "data/moved.tsv:3: "),
    ],
)
def test_a_line_that_is_not_a_move_gives_one_message(world: World, text: str, message: str) -> None:
    world.write("data/moved.tsv", text)
    with pytest.raises(UsageError, match=re.escape(message)):
        read_moved(world.project)


@pytest.mark.long
def test_a_release_refuses_to_lose_an_address_that_the_previous_one_led_on(
    world: World, tmp_path: Path
) -> None:
    first, second, third = (str(tmp_path / name) for name in ("first", "second", "third"))
    assert world.pcve("release", first).exit_code == 0
    world.replace(CONFERENCE, NOTE, NOTE.replace("patience", "time"))
    assert world.pcve("edit", "moved", first).exit_code == 0
    assert world.pcve("release", second, "--previous", first).exit_code == 0
    (world.root / "data" / "moved.tsv").unlink()
    refused = world.pcve("release", third, "--previous", second)
    assert refused.exit_code == 2
    assert "1 IRI of " in refused.stderr
