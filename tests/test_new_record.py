"""Data are not code: with a new event among the project's records, every test that reads them passes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, World

pytestmark = pytest.mark.long

EVENT = """\
id: {id}
type: Event
claims:
  - source: {source}
    prefLabel: {{en: Workshop on the work of probation officers after release}}
    kind: workshop
    status: held
    startDate: 2019-10-15
    endDate: 2019-10-16
    location: skopje
    organizer: osce
    supporter: rcc
    about: rehabilitation-reintegration
    audience: teachers
    isPartOf: first-line
"""
"""Keys of the template of `pcve edit new event`, on what much of the shipped data is about."""


def files_that_read_the_records() -> list[str]:
    """The files of tests that use the project's own records.

    Not this one, nor that of the servers, where the same graph is compared with itself.
    """
    fixtures = re.compile(r"\b(?:shipped|built): |request\.getfixturevalue\(|ROOT / \"data")
    paths = sorted((ROOT / "tests").rglob("test_*.py"))
    return [
        path.relative_to(ROOT).as_posix()
        for path in paths
        if path.name not in (Path(__file__).name, "test_servers.py")
        and fixtures.search(path.read_text("utf-8"))
    ]


def test_a_new_event_makes_no_test_fail(tmp_path: Path) -> None:
    copy = World(tmp_path / "copy")
    copy.root.mkdir()
    for path in ROOT.iterdir():
        if path.name in (".ci", ".github") or path.is_file():
            (shutil.copytree if path.is_dir() else shutil.copy)(path, copy.root / path.name)
    for name in ("benchmarks", "data", "docs", "ontology", "queries", "src", "tests"):
        shutil.copytree(ROOT / name, copy.root / name, ignore=shutil.ignore_patterns("__pycache__"))
    assert copy.pcve("edit", "new", "event", "new-event-2019").exit_code == 0
    template = (copy.root / "data/records/event/new-event-2019.yml").read_text("utf-8")
    source = min(path.stem for path in (copy.root / "data/sources").glob("*.yml"))
    event = EVENT.format(id="new-event-2019", source=source)
    assert set(re.findall(r"^ +(\w+):", event, re.M)) <= set(re.findall(r"(\w+):", template))
    copy.write("data/records/event/new-event-2019.yml", event)

    files = files_that_read_the_records()
    assert len(files) >= 15
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"]
    command += ["-m", "not long", "-k", "not northtown"]
    environment = {key: value for key, value in os.environ.items() if "XDIST" not in key}
    environment["PYTHONPATH"] = str(copy.root / "src")
    ran = subprocess.run(
        [*command, *files], cwd=copy.root, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr
    assert re.search(r"\d{3,} passed", ran.stdout)
