"""The layers of the program: which package may import which, and what stands in one place only."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest
from conftest import ROOT

SOURCE = ROOT / "src" / "pcve_graph"
MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts): path
    for path in sorted(SOURCE.rglob("*.py"))
}
MAY_IMPORT: dict[str, set[str]] = {
    "model": set(),
    "system": {"model"},
    "syntax": {"model"},
    "evidence": {"model", "syntax", "system"},
    "records": {"evidence", "model", "syntax", "system"},
    "graph": {"evidence", "model", "syntax", "system"},
    "search": {"evidence", "graph", "model", "syntax"},
    "query": {"evidence", "graph", "model", "search", "syntax", "system"},
    "ask": {"evidence", "model", "query", "search", "syntax"},
    "analysis": {"graph", "model", "query", "search", "syntax", "system"},
    "incremental": {"graph", "model", "query", "records", "syntax", "system"},
    "validation": {
        "analysis",
        "evidence",
        "graph",
        "incremental",
        "model",
        "query",
        "records",
        "syntax",
        "system",
    },
    "publish": {"evidence", "graph", "model", "query", "search", "system", "validation"},
    "pipeline": {"graph", "incremental", "model", "records", "search", "system", "validation"},
    "python": {
        "analysis",
        "ask",
        "graph",
        "model",
        "pipeline",
        "publish",
        "query",
        "search",
        "system",
        "validation",
    },
    "api": {"analysis", "ask", "graph", "model", "pipeline", "python", "query", "system"},
    "serve": {"analysis", "api", "graph", "model", "python", "query", "search", "system"},
    "cli": {
        "analysis",
        "ask",
        "evidence",
        "graph",
        "model",
        "pipeline",
        "publish",
        "query",
        "records",
        "search",
        "serve",
        "system",
        "validation",
    },
    "__init__": {"api", "model"},
    "__main__": {"cli"},
}
"""What each package may import, in the order of the data, from below; modules of the root count as
packages. Each permission is used: one that is not fails.
"""
IN_ORDER = tuple(MAY_IMPORT)
ONLY_IN = {
    "yaml": {"syntax.yaml", "records.formatter"},
    "rdflib": {
        "api",
        "python.checks",
        "syntax.sparql_patterns",
        "syntax.turtle_format",
        "validation.engines",
    },
    "SPARQLWrapper": {"query.remote.endpoint"},
    "rich": {"query.text_table"},
    "snowballstemmer": {"ask.words"},
    "sqlite3": {
        "graph.build_folder",
        "incremental.dependency_index",
        "search.index",
        "search.search",
    },
    "matplotlib": {"analysis.chart_page", "analysis.charts"},
    "xlsxwriter": {"analysis.tables"},
    "openpyxl": {"evidence.review_files"},
    "trafilatura": {"evidence.html_text"},
    "pypdf": {"evidence.pdf_text"},
    "docx": {"evidence.docx_text"},
    "lxml": {"evidence.docx_text", "evidence.html_text"},
    "warcio": {"evidence.warc"},
    "anyio": {"serve.mcp_server", "serve.tool_workers"},
    "mcp": {"serve.mcp_server"},
    "mcp_types": {"serve.mcp_server"},
    "pydantic": {"serve.tool_arguments"},
}
"""The modules that may import a library."""
CLOCKS = {"graph.inputs"}
"""Who asks what time it is; nothing of it shows in what a build gives."""


def package(name: str) -> str:
    """The package of a module; a module of the root is one of its own."""
    return name.split(".")[0]


@cache
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
            for alias in node.names:
                module = f"{base}.{alias.name}".strip(".")
                package_file = f"{base}.__init__".strip(".")
                own.add(next(m for m in (module, base, package_file) if m in MODULES))
        elif isinstance(node, ast.ImportFrom) and node.module:
            foreign.add(node.module.split(".")[0])
    return own, foreign


def package_imports() -> dict[str, set[str]]:
    """The other packages that each package imports."""
    used: dict[str, set[str]] = {name: set() for name in MAY_IMPORT}
    for name in MODULES:
        used[package(name)] |= {package(module) for module in imports(name)[0]} - {package(name)}
    return used


@pytest.mark.long
def test_packages_import_what_they_may_and_no_permission_is_unused() -> None:
    used = package_imports()
    print(sum(map(len, used.values())), "pairs of packages, one of which imports the other")
    assert used == MAY_IMPORT


def test_imports_run_one_way() -> None:
    """A package imports only those before it."""
    for name, used in MAY_IMPORT.items():
        assert used <= set(IN_ORDER[: IN_ORDER.index(name)]), name


@pytest.mark.parametrize("name", MODULES)
def test_a_library_is_imported_in_one_place(name: str) -> None:
    foreign = imports(name)[1]
    for library, modules in ONLY_IN.items():
        assert library not in foreign or name in modules
    assert "click" not in foreign or package(name) == "cli"


@pytest.mark.parametrize("name", MODULES)
def test_modules_have_no_import_cycles(name: str) -> None:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        for module in imports(waiting.pop())[0] - seen:
            assert module != name, name
            seen.add(module)
            waiting.append(module)


@pytest.mark.parametrize("name", MODULES)
def test_only_the_console_writes(name: str) -> None:
    """Whatever reaches a terminal passes the one place that makes it visible."""
    streams = re.findall(r"sys\.(?:stdout|stderr)\b|click\.s?echo", MODULES[name].read_text())
    writers = ("cli.console", "cli.main", "system.sandbox.command", "system.sandbox.inside")
    assert not streams or name in writers


@pytest.mark.parametrize("name", MODULES)
def test_code_holds_no_queries_and_only_commands_exit(name: str) -> None:
    text = MODULES[name].read_text()
    assert not re.search(r"\b(SELECT|CONSTRUCT|ASK)\b[^\n\"]*\n[^\"]*\bWHERE\b", text)
    assert not re.search(r"^@?prefix\s", text, re.I | re.M)
    if package(name) != "cli" and name != "system.sandbox.command":
        assert not re.search(r"(?<![.\w])print\(|sys\.exit|os\.environ", text)
    if package(name) != "cli" and name not in CLOCKS:
        assert not re.search(r"time\.time|datetime\.now", text)


@pytest.mark.parametrize("name", MODULES)
def test_modules_and_functions_are_short(name: str) -> None:
    assert len(MODULES[name].read_text().splitlines()) <= 500
    for node in ast.walk(ast.parse(MODULES[name].read_text())):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{name}.{node.name}"


@pytest.mark.parametrize("name", [name for name in MODULES if name != "__main__"])
def test_what_is_public_has_a_docstring(name: str) -> None:
    tree = ast.parse(MODULES[name].read_text())
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{name}.{node.name}"


@pytest.mark.parametrize("group", [(), ("edit",), ("evidence",), ("evidence", "review"), ("docs",)])
def test_help_imports_nothing_heavy(group: tuple[str, ...]) -> None:
    import subprocess
    import sys

    script = (
        f"import atexit, sys; sys.argv = {['pcve', *group, '--help']}\n"
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
        "mcp",
        "pydantic",
    }
    assert loaded & heavy == set()
    assert "click" in loaded
