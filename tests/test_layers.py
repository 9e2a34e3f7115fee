"""The rooms and their doors: who may import whom, and what never lies where."""

from __future__ import annotations

import ast
import re

import pytest
from conftest import ROOT

SOURCE = ROOT / "src" / "pcve_graph"
MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts): path
    for path in sorted(SOURCE.rglob("*.py"))
}
FLOORS = (
    "texts",
    "shapes",
    "questions",
    "records",
    "build",
    "validate",
    "ask",
    "remote",
    "landscape",
    "exports",
    "releases",
)
"""The packages in their order: a room may enter those on the floors below its own, and the hall.

`validate` and `ask` stand side by side, so do `remote` and `exports`; `releases`, `commands` and the face in Python stand on all of them.
"""

DOORS: dict[str, set[str]] = {
    "hall": {"texts"},
    "sandbox": {"hall"},
    "texts": {"hall"},
    "shapes": {"hall", "texts"},
    "questions": {"hall", "texts"},
    "records": {"hall", "shapes", "texts"},
    "build": {"hall", "questions", "records", "shapes", "texts"},
    "validate": {"build", "hall", "questions", "records", "shapes", "texts"},
    "ask": {"build", "hall", "questions", "texts"},
    "remote": {"ask", "build", "hall", "questions", "texts"},
    "landscape": {"ask", "build", "hall", "questions", "texts"},
    "exports": {"ask", "build", "hall", "questions", "texts"},
    "releases": {
        "ask",
        "build",
        "exports",
        "hall",
        "questions",
        "remote",
        "shapes",
        "texts",
        "validate",
    },
    "commands": {"hall", *FLOORS},
    "face": {"commands", "hall", *FLOORS},
}
for doors in DOORS.values():
    doors.add("sandbox")
"""Work with foreign content says what it works on, wherever that is done."""
HALL = {"dates", "errors", "files", "folders", "kept", "limits", "locks", "names", "ontology"}
HALL |= {"project", "visible"}
FACE = {"__init__", "__main__", "cli", "knowledge"}
ALONE = {
    "yaml": {"texts.yamltext", "records.fmt"},
    "rdflib": {"knowledge", "shapes.engines", "records.fmt", "texts.patterns"},
    "SPARQLWrapper": {"remote.remote"},
    "rich": {"ask.present"},
    "sqlite3": {"build.folder", "build.index", "questions.search"},
    "matplotlib": {"landscape.drawing", "landscape.pictures"},
    "xlsxwriter": {"landscape.tables"},
}
TALKING = {"commands.building", "commands.console", "commands.finding", "commands.servers", "cli"}
TALKING |= {"commands.curating", "commands.exporting", "commands.here", "commands.releasing"}
TALKING |= {"commands.describing", "commands.sharing", "sandbox.command"}
CLOCKS = {"build.inputs"}
"""Who asks what time it is; nothing of it shows in what a build gives."""


def floor(name: str) -> str:
    """The package of a module; `hall` or `face` for one that stands outside of them."""
    if name in HALL:
        return "hall"
    return "face" if name in FACE else name.split(".")[0]


def imports(name: str) -> tuple[set[str], set[str]]:
    """(own modules, foreign packages) that a module imports, anywhere in it."""
    path = MODULES[name]
    home = path.relative_to(SOURCE).parts[:-1]
    own, foreign = set(), set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            foreign |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level:
            start = home[: len(home) - node.level + 1]
            base = ".".join((*start, *(node.module or "").split("."))).strip(".")
            names = {f"{base}.{alias.name}".strip(".") for alias in node.names}
            own |= {each for each in names if each in MODULES} or {base}
        elif isinstance(node, ast.ImportFrom) and node.module:
            foreign.add(node.module.split(".")[0])
    return own & MODULES.keys(), foreign


def test_every_room_is_on_the_plan() -> None:
    assert {floor(name) for name in MODULES} == set(DOORS)
    assert {name for name in MODULES if "." not in name} == HALL | FACE
    assert len(MODULES) >= 80


@pytest.mark.parametrize("name", MODULES)
def test_a_room_opens_only_the_doors_on_the_plan(name: str) -> None:
    own, foreign = imports(name)
    assert {floor(each) for each in own} - {floor(name)} <= DOORS[floor(name)]
    for package, rooms in ALONE.items():
        assert package not in foreign or name in rooms
    assert "click" not in foreign or floor(name) == "commands" or name == "cli"


@pytest.mark.parametrize("name", MODULES)
def test_rooms_do_not_go_round(name: str) -> None:
    """What a room imports while it is loaded never leads back to it."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        for each in imports(waiting.pop())[0] - seen:
            assert each != name, name
            seen.add(each)
            waiting.append(each)


@pytest.mark.parametrize("name", MODULES)
def test_only_the_console_writes(name: str) -> None:
    """Whatever reaches a terminal passes the one place that makes it visible."""
    streams = re.findall(r"sys\.(?:stdout|stderr)\b|click\.s?echo", MODULES[name].read_text())
    assert not streams or name in ("cli", "commands.console", "sandbox.command", "sandbox.inside")


def test_what_is_asked_never_touches_records() -> None:
    for name in MODULES:
        if floor(name) in ("ask", "landscape", "remote", "exports"):
            assert not {floor(each) for each in imports(name)[0]} & {"records", "shapes"}, name
        if floor(name) == "build" and name != "build.change":
            assert "texts.yamltext" not in imports(name)[0]


@pytest.mark.parametrize("name", MODULES)
def test_a_room_holds_no_queries_terms_or_paths(name: str) -> None:
    text = MODULES[name].read_text()
    assert not re.search(r"\b(SELECT|CONSTRUCT|ASK)\b[^\n\"]*\n[^\"]*\bWHERE\b", text)
    assert not re.search(r"^@?prefix\s", text, re.I | re.M)
    if name not in TALKING:
        assert not re.search(r"(?<![.\w])print\(|sys\.exit|os\.environ", text)
    if name not in TALKING | CLOCKS:
        assert not re.search(r"time\.time|datetime\.now", text)


@pytest.mark.parametrize("name", MODULES)
def test_a_room_has_a_size_and_its_functions_a_screen(name: str) -> None:
    assert len(MODULES[name].read_text().splitlines()) <= 500
    for node in ast.walk(ast.parse(MODULES[name].read_text())):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{name}.{node.name}"


@pytest.mark.parametrize("name", [each for each in MODULES if each != "__main__"])
def test_what_is_public_has_a_docstring(name: str) -> None:
    tree = ast.parse(MODULES[name].read_text())
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{name}.{node.name}"


def test_help_imports_nothing_heavy() -> None:
    import subprocess
    import sys

    script = (
        "import atexit, sys; sys.argv = ['pcve', '--help']\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        "from pcve_graph.cli.main import main; main()"
    )
    command = [sys.executable, "-c", script]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(result.stderr.split())
    heavy = {
        "rdflib",
        "pyshacl",
        "pyshacl_turbo",
        "rdflib_turbo",
        "pyoxigraph",
        "SPARQLWrapper",
        "yaml",
        "rich",
        "asyncio",
    }
    assert loaded & heavy == set()
    assert "click" in loaded
