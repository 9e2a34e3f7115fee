"""The rooms and their doors: who may import whom, and what never lies where."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from conftest import ROOT

SOURCE = ROOT / "src" / "pcve_graph"
MODULES = {path.stem: path for path in sorted(SOURCE.glob("*.py"))}

DOORS: dict[str, set[str]] = {
    "__init__": {"knowledge"},
    "__main__": {"cli"},
    "errors": set(),
    "names": set(),
    "dates": set(),
    "quotes": set(),
    "project": {"errors"},
    "nodes": {"errors"},
    "yamltext": {"errors", "nodes"},
    "jsontext": {"errors", "nodes"},
    "entries": {"errors", "jsontext", "names", "nodes", "project", "yamltext"},
    "records": {"entries", "errors", "names", "nodes", "project", "quotes"},
    "ontology": {"errors", "names", "project"},
    "patterns": set(),
    "sparqltext": set(),
    "binding": {"errors", "sparqltext"},
    "folding": set(),
    "search": {"binding", "errors", "folding", "names"},
    "syntax": {"errors", "names", "sparqltext"},
    "saved": {"errors", "names", "nodes", "project", "syntax", "yamltext"},
    "dialects": {
        "errors",
        "names",
        "nodes",
        "project",
        "saved",
        "sparqltext",
        "syntax",
        "yamltext",
    },
    "parameters": {"binding", "dates", "errors", "folding", "names", "saved", "search"},
    "findings": {"dates", "errors", "names", "ontology", "shacl"},
    "graph": {"dates", "errors", "findings", "names", "nodes", "ontology", "records", "sheets"},
    "engines": {"errors", "names"},
    "shacl": {"engines", "errors", "names"},
    "documents": {"errors", "locate", "names", "nodes"},
    "survey": {"dates", "names", "ontology"},
    "inspection": {
        "change",
        "documents",
        "errors",
        "findings",
        "locate",
        "names",
        "ontology",
        "recheck",
        "shacl",
        "store",
        "survey",
    },
    "examine": {
        "build",
        "check",
        "documents",
        "entries",
        "errors",
        "graph",
        "inspection",
        "names",
        "ontology",
        "project",
        "records",
        "shacl",
        "store",
    },
    "report": {"__version__", "errors", "names", "shacl"},
    "explain": {
        "errors",
        "findings",
        "names",
        "nodes",
        "ontology",
        "project",
        "report",
        "saved",
        "yamltext",
    },
    "pages": {"errors", "explain", "names"},
    "likeness": {"errors", "names", "nodes", "ontology", "project", "sheets", "yamltext"},
    "sheets": {"errors"},
    "rules": {"names", "patterns", "saved"},
    "reach": {"names", "patterns", "rules"},
    "lines": {"names"},
    "inputs": {"project"},
    "index": {"errors", "inputs", "likeness", "shacl", "sheets"},
    "change": {
        "errors",
        "graph",
        "index",
        "inputs",
        "likeness",
        "lines",
        "ontology",
        "project",
        "reach",
        "records",
        "sheets",
    },
    "recheck": {
        "change",
        "check",
        "inputs",
        "likeness",
        "lines",
        "ontology",
        "project",
        "reach",
        "rules",
        "saved",
        "shacl",
        "store",
    },
    "build": {
        "change",
        "check",
        "errors",
        "graph",
        "inputs",
        "ontology",
        "project",
        "recheck",
        "records",
        "saving",
        "store",
    },
    "check": {
        "change",
        "errors",
        "findings",
        "graph",
        "likeness",
        "names",
        "ontology",
        "project",
        "reach",
        "saved",
        "shacl",
        "sheets",
    },
    "store": {"errors", "inputs", "project", "search"},
    "query": {"binding", "errors", "names", "sparqltext", "syntax"},
    "evidence": {"binding", "names", "query"},
    "probes": {"errors", "patterns", "sparqltext"},
    "walks": {"binding", "patterns"},
    "why": {"binding", "dates", "evidence", "names", "ontology", "patterns", "probes", "walks"},
    "grounds": {"binding", "errors", "evidence", "names", "ontology", "present", "query", "why"},
    "show": {"binding", "errors", "evidence", "names", "ontology", "query"},
    "export": {"names", "ontology", "store"},
    "worker": {"binding", "errors", "query"},
    "asking": {
        "dialects",
        "errors",
        "export",
        "grounds",
        "names",
        "ontology",
        "present",
        "project",
        "query",
        "reading",
        "saved",
        "search",
        "store",
        "worker",
    },
    "present": {"binding", "errors", "evidence", "export", "names", "query", "show"},
    "console": {"check", "errors", "project", "query", "saved", "shacl", "store"},
    "draft": {"errors", "findings", "names", "ontology", "project"},
    "fmt": {"entries", "errors", "jsontext", "nodes", "ontology", "project", "records", "yamltext"},
    "excerpts": {"names", "ontology", "query", "remote"},
    "publish": {"names", "remote", "store", "transport"},
    "reading": {
        "binding",
        "excerpts",
        "ontology",
        "parameters",
        "query",
        "remote",
        "saved",
        "search",
        "store",
        "worker",
    },
    "answers": {"binding", "names", "query", "transport"},
    "remote": {"answers", "binding", "errors", "names", "query", "sparqltext", "transport"},
    "saving": {
        "change",
        "check",
        "errors",
        "graph",
        "index",
        "inputs",
        "likeness",
        "names",
        "ontology",
        "project",
        "recheck",
        "saved",
        "search",
    },
    "servers": {
        "asking",
        "console",
        "dialects",
        "errors",
        "project",
        "publish",
        "reading",
        "remote",
        "saved",
        "store",
        "transport",
        "trial",
        "worker",
    },
    "transport": {"errors"},
    "trial": {"errors", "query", "reading", "saved"},
    "knowledge": {
        "binding",
        "build",
        "dialects",
        "errors",
        "examine",
        "export",
        "names",
        "ontology",
        "present",
        "project",
        "query",
        "reading",
        "remote",
        "rows",
        "saving",
        "search",
        "show",
        "store",
        "transport",
        "why",
    },
    "rows": {"binding", "errors", "names", "present", "query", "why"},
    "cli": set(MODULES) - {"cli", "__main__"},
}
ALONE = {
    "yaml": {"yamltext", "fmt"},
    "rdflib": {"knowledge", "engines", "fmt", "patterns"},
    "click": {"cli", "console", "servers"},
    "SPARQLWrapper": {"remote"},
    "rich": {"present"},
}


def imports(path: Path) -> tuple[set[str], set[str]]:
    """(own modules, foreign packages) that a module imports, anywhere in it."""
    own, foreign = set(), set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            foreign |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level:
            own |= {node.module} if node.module else {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            foreign.add(node.module.split(".")[0])
    return own - {"__version__"}, foreign


def test_every_room_is_on_the_plan() -> None:
    assert set(MODULES) == set(DOORS)


@pytest.mark.parametrize("name", MODULES)
def test_a_room_opens_only_the_doors_on_the_plan(name: str) -> None:
    own, foreign = imports(MODULES[name])
    assert own <= DOORS[name]
    for package, rooms in ALONE.items():
        assert package not in foreign or name in rooms


@pytest.mark.parametrize("name", MODULES)
def test_a_room_holds_no_queries_terms_or_paths(name: str) -> None:
    text = MODULES[name].read_text()
    assert not re.search(r"\b(SELECT|CONSTRUCT|ASK)\b[^\n\"]*\n[^\"]*\bWHERE\b", text)
    assert not re.search(r"^@?prefix\s", text, re.I | re.M)
    if name not in ("cli", "console", "servers"):
        assert not re.search(
            r"(?<![.\w])print\(|sys\.exit|os\.environ|time\.time|datetime\.now", text
        )


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

    command = [sys.executable, "-X", "importtime", "-m", "pcve_graph", "--help"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = {line.split("|")[-1].strip() for line in result.stderr.splitlines()}
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
