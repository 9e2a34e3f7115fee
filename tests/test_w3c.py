"""The W3C's own SHACL tests, core and SPARQL, through `shacl.validate`.

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
from conftest import ROOT

from pcve_graph.model.namespaces import expand
from pcve_graph.model.problems import UsageError
from pcve_graph.validation import shacl
from pcve_graph.validation.documents import read_document

pytestmark = pytest.mark.long

SUITE = Path(os.environ.get("PCVE_W3C_SHACL", ROOT.parent / "shared" / "w3c-shacl"))
MANIFEST = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
TEST = "http://www.w3.org/ns/shacl-test#"

MISSES = {
    "core/property/uniqueLang-002": 'takes sh:uniqueLang "1"^^xsd:boolean for true (SHACL 4.4.5: '
    "the value true, whose term is another)",
    "sparql/node/prefixes-001": "does not look for prefixes through owl:imports (SHACL 5.2.1)",
    "sparql/pre-binding/shapesGraph-001": "does not know $shapesGraph (SHACL 5.3.1)",
}
"""What pySHACL 0.40.1 gets wrong, and how."""


@cache
def stated(path: Path) -> ox.Dataset:
    form = ox.RdfFormat.TURTLE
    return ox.Dataset(ox.parse(path.read_bytes(), format=form, base_iri=path.as_uri()))


def values(graph: ox.Dataset, subject: Any, predicate: str) -> list[Any]:
    quads = graph.quads_for_subject(subject)
    return [quad.object for quad in quads if quad.predicate.value == predicate]


def value(graph: ox.Dataset, subject: Any, predicate: str) -> Any:
    return next(iter(values(graph, subject, predicate)), None)


def members(graph: ox.Dataset, node: Any) -> list[Any]:
    items = []
    while first := value(graph, node, expand("rdf:first")):
        items.append(first)
        node = value(graph, node, expand("rdf:rest"))
    return items


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


def lines(path: Path) -> str:
    """A file of the suite as the engines get it."""
    text = path.read_text("utf-8")
    based = f"@base <{path.as_uri()}> .\n{text}"
    return "\n".join(sorted(read_document(based.encode(), path.name, "turtle").lines()))


def shown(term: Any) -> str:
    if term is None:
        return ""
    return "_:" if isinstance(term, ox.BlankNode) else str(term)


def path(graph: ox.Dataset, term: Any) -> str:
    """A property path in Turtle."""
    if not isinstance(term, ox.BlankNode):
        return shown(term)
    if parts := members(graph, term):
        return f"( {' '.join(path(graph, part) for part in parts)} )"
    rows = [(q.predicate.value, path(graph, q.object)) for q in graph.quads_for_subject(term)]
    return f"[ {' ; '.join(f'<{key}> {text}' for key, text in rows)} ]"


def expected(graph: ox.Dataset, report: Any) -> Counter[tuple[str, ...]]:
    """The results that a test requires: focus, path, value, component, severity, source shape."""
    return Counter(
        (
            shown(value(graph, node, expand("sh:focusNode"))),
            path(graph, value(graph, node, expand("sh:resultPath"))),
            shown(value(graph, node, expand("sh:value"))),
            value(graph, node, expand("sh:sourceConstraintComponent")).value,
            value(graph, node, expand("sh:resultSeverity")).value,
            shown(value(graph, node, expand("sh:sourceShape"))),
        )
        for node in values(graph, report, expand("sh:result"))
    )


def run(case: tuple[str, Path, Any], engine: str | None) -> tuple[Any, Any]:
    """(what was found, what is expected) of a test: results, or "failure"."""
    _, manifest, node = case
    graph = stated(manifest)
    action, wanted = (
        value(graph, node, MANIFEST + "action"),
        value(graph, node, MANIFEST + "result"),
    )
    data, shapes = (
        lines(file(value(graph, action, TEST + f"{kind}Graph"))) for kind in ("data", "shapes")
    )
    want = "failure" if isinstance(wanted, ox.NamedNode) else expected(graph, wanted)
    try:
        results = shacl.validate(data, shapes, engine).results
    except UsageError:
        return "failure", want
    bare = {key[:5] for key in want if not key[5]} if want != "failure" else set()
    counts: Counter[tuple[str, ...]] = Counter()
    for result in results:
        focus, value_ = (
            "_:" if term.startswith("_:") else term for term in (result.focus, result.value)
        )
        key = (focus, result.path, value_, result.component, result.severity)
        shape = f"<{result.shape}>" if result.shape else "_:"
        counts[(*key, "" if key in bare else shape)] += 1
    return counts, want


@need_suite
def test_the_suite_is_whole() -> None:
    assert len(CASES) == len({name for name, _, _ in CASES}) == 120
    wants = [value(stated(manifest), node, MANIFEST + "result") for _, manifest, node in CASES]
    assert sum(isinstance(want, ox.NamedNode) for want in wants) == 7


@need_suite
@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_default_engine_passes(case: tuple[str, Path, Any]) -> None:
    actual, want = run(case, None)
    assert actual == want


@need_suite
def test_the_reference_passes_except_for_recorded_misses() -> None:
    missed = {
        case[0] for case in CASES for actual, want in [run(case, "pyshacl")] if actual != want
    }
    assert missed == set(MISSES)
