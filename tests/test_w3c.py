"""The W3C's own SHACL tests, core and SPARQL: the reports that `pcve validate --shapes` writes.

The suite is data of the Data Shapes Working Group and is not a part of the project: it is in the
folder that PCVE_W3C_SHACL names, or in ../shared/w3c-shacl.
"""

from __future__ import annotations

import os
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pyoxigraph as ox
import pytest
from conftest import ROOT, World, make_world
from validation_reports import Report, Row, members, of_command, read, value, values

pytestmark = pytest.mark.long

SUITE = Path(os.environ.get("PCVE_W3C_SHACL", ROOT.parent / "shared" / "w3c-shacl"))
MANIFEST = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
TEST = "http://www.w3.org/ns/shacl-test#"

MISSES = {
    "sparql/pre-binding/shapesGraph-001": "does not know $shapesGraph (SHACL 5.3.1)",
}
"""What pySHACL 0.40.1 gets wrong, and how."""


@cache
def stated(path: Path) -> ox.Dataset:
    form = ox.RdfFormat.TURTLE
    return ox.Dataset(ox.parse(path.read_bytes(), format=form, base_iri=path.as_uri()))


def file(iri: Any) -> Path:
    return Path(unquote(urlparse(iri.value).path))


def cases(manifest: Path) -> list[tuple[str, Path, Any]]:
    """(name, file, node) of every test that a manifest lists, itself and in those it includes."""
    graph, own = stated(manifest), ox.NamedNode(manifest.as_uri())
    listed = []
    for included in values(graph, own, MANIFEST + "include"):
        listed += cases(file(included))
    for entries in values(graph, own, MANIFEST + "entries"):
        for node in members(graph, entries):
            name = manifest.relative_to(SUITE).with_suffix("").as_posix()
            listed.append((name, manifest, node))
    return listed


CASES = sorted(cases(SUITE / "manifest.ttl"), key=lambda case: case[0]) if SUITE.is_dir() else []
need_suite = pytest.mark.skipif(not CASES, reason=f"the W3C's SHACL tests are not at {SUITE}")


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A project to run the command in, not built: with --shapes nothing of it is applied."""
    return make_world(tmp_path_factory.mktemp("w3c") / "project")


def copy(path: Path, folder: Path) -> Path:
    """A file of the suite that states its base: the command refuses relative IRIs without one."""
    based = folder / str(path.relative_to(SUITE)).replace("/", "_")
    based.write_text(f"@base <{path.as_uri()}> .\n{path.read_text('utf-8')}", "utf-8")
    return based


def comparable(actual: Report, wanted: Report) -> Report:
    """`actual` without what `wanted` does not state: messages, constraints, and some shapes."""
    with_messages = any(row.messages for row in wanted.rows)
    with_constraints = any(row.constraint for row in wanted.rows)
    bare = {row[:5] for row in wanted.rows if not row.shape}
    rows: Counter[Row] = Counter()
    for row, number in actual.rows.items():
        rows[
            row._replace(
                messages=row.messages if with_messages else (),
                constraint=row.constraint if with_constraints else "",
                shape="" if row[:5] in bare else row.shape,
            )
        ] += number
    return Report(actual.conforms, rows)


def run(case: tuple[str, Path, Any], engine: str | None, world: World) -> tuple[Any, Any]:
    """(the report that is written, the one that is expected) of a test; "failure" for none."""
    _, manifest, node = case
    graph = stated(manifest)
    action, wanted = (
        value(graph, node, MANIFEST + "action"),
        value(graph, node, MANIFEST + "result"),
    )
    data, shapes = (
        copy(file(value(graph, action, TEST + f"{kind}Graph")), world.root)
        for kind in ("data", "shapes")
    )
    actual = of_command(world, data, shapes, engine)
    if isinstance(wanted, ox.NamedNode):
        return "failure" if isinstance(actual, str) else actual, "failure"
    want = read(graph, wanted)
    if isinstance(actual, str):
        return actual, want
    assert all(row.shape for row in actual.rows)
    return comparable(actual, want), want


@need_suite
def test_the_suite_is_whole() -> None:
    assert len(CASES) == len({name for name, _, _ in CASES}) == 120
    wants = [value(stated(manifest), node, MANIFEST + "result") for _, manifest, node in CASES]
    assert sum(isinstance(want, ox.NamedNode) for want in wants) == 7


@need_suite
@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_report_of_the_command_is_the_expected_one(
    case: tuple[str, Path, Any], project: World
) -> None:
    actual, want = run(case, None, project)
    assert actual == want


@need_suite
def test_the_reference_passes_except_for_recorded_misses(project: World) -> None:
    missed = {
        case[0]
        for case in CASES
        for actual, want in [run(case, "pyshacl", project)]
        if actual != want
    }
    assert missed == set(MISSES)
