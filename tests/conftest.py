"""The project under test, and Northtown: a whole small project of invented records."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import click
import pytest
from click.testing import CliRunner, Result

from pcve_graph.cli.main import cli
from pcve_graph.graph.generations import current_generation
from pcve_graph.graph.ontology import read_ontology
from pcve_graph.graph.store import StoredGraph, open_graph
from pcve_graph.model.project import Project
from pcve_graph.model.schema import Ontology
from pcve_graph.records.assemble import AssembledGraph, build_graph
from pcve_graph.records.reader import read_records

ROOT = Path(__file__).resolve().parents[1]
# pytest-xdist sets it in its workers, and pcve wraps text for people at the columns that it states.
os.environ.pop("COLUMNS", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long tests first, so that no worker starts one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def not_available(reason: str) -> NoReturn:
    """Skip what cannot be tested here: a test, or a file while it is collected.

    With PCVE_TEST_EVERYTHING set, as .ci/run does where all is installed, it is a failure.
    """
    if os.environ.get("PCVE_TEST_EVERYTHING"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason, allow_module_level=True)


def require(*modules: str) -> None:
    """Skip where a module is not installed that the extra `full` brings."""
    absent = [name for name in modules if find_spec(name) is None]
    if absent:
        not_available(f"not installed: {', '.join(absent)}; pip install -e '.[full]'")


def all_commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Each command below a group as it is typed, such as `edit fmt`; groups before what is in them."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        typed = f"{path} {name}".strip()
        yield typed, command
        if isinstance(command, click.Group):
            yield from all_commands(command, typed)


INFERRED = "    certainty: inferred\n    note: invented for a test\n"


@dataclass(frozen=True)
class World:
    """A project in a folder of its own, and the command run on it."""

    root: Path

    @property
    def project(self) -> Project:
        return Project(self.root, self.root / "build")

    def pcve(self, *arguments: str, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(cli, ["--project", str(self.root), *arguments], input=stdin)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def replace(self, name: str, old: str, new: str) -> None:
        path = self.root / name
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), "utf-8")

    def infer(self, name: str, fact: str = "") -> None:
        """Marks what the quotes of a record state as inferred, for values that they do not say.

        With `fact`, a line of the record, only what its block states.
        """
        if fact:
            self.replace(name, fact, fact + INFERRED)
            return
        path = self.root / name
        text = path.read_text("utf-8")
        assert inferred(text) != text, f"{name} has no quote that states facts"
        path.write_text(inferred(text), "utf-8")

    def saved(self) -> StoredGraph:
        return open_graph(self.project)

    def built(self, name: str = "") -> Path:
        """A file of the last build, or the folder of them."""
        return current_generation(self.project.build).folder / name


def inferred(text: str) -> str:
    """The text of a record in which the quotes state nothing: what they stated is inferred."""
    blocks = re.split(r"^(?=  - )", text, flags=re.MULTILINE)
    return "".join(
        block.rstrip("\n") + "\n" + INFERRED
        if "    quote:" in block and not re.search("certainty:|note:", block)
        else block
        for block in blocks
    )


def make_world(folder: Path) -> World:
    shutil.copytree(ROOT / "tests" / "world" / "data", folder / "data")
    shutil.copytree(ROOT / "ontology", folder / "ontology")
    shutil.copytree(ROOT / "queries", folder / "queries")
    return World(folder)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A fresh Northtown that the test may change."""
    return make_world(tmp_path / "northtown")


@pytest.fixture(scope="session")
def northtown(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Northtown, built; not to be changed."""
    world = make_world(tmp_path_factory.mktemp("northtown") / "project")
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    return world


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The project's own records, built in a copy; not to be changed."""
    folder = tmp_path_factory.mktemp("shipped") / "project"
    for name in ("data", "ontology", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    world = World(folder)
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    return world


@pytest.fixture(scope="session")
def ontology() -> Ontology:
    return read_ontology(Project(ROOT, ROOT / "build"))


@pytest.fixture(scope="session")
def built(ontology: Ontology) -> AssembledGraph:
    """The graph of the project's own records, unchecked."""
    return build_graph(read_records(Project(ROOT, ROOT / "build")), ontology)
