"""Validation reports (W3C SHACL, section 3.6) as rows, whoever wrote them, to be compared."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox
from conftest import World

from pcve_graph.model.namespaces import expand


class Row(NamedTuple):
    """A result of a report; its terms are in N-Triples syntax, empty where the report has none.

    A blank node is `_:`, since each program gives its own labels; a path is in Turtle.
    """

    focus: str
    path: str
    value: str
    component: str
    severity: str
    shape: str
    constraint: str
    messages: tuple[str, ...]


class Report(NamedTuple):
    """The value of sh:conforms, and the number of each result."""

    conforms: bool
    rows: Counter[Row]


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
    return f"[ {' ; '.join(f'<{key}> {text}' for key, text in sorted(rows))} ]"


def read(graph: ox.Dataset, report: Any) -> Report:
    """The report that a node of `graph` is."""
    rows = Counter(_row(graph, node) for node in values(graph, report, expand("sh:result")))
    return Report(value(graph, report, expand("sh:conforms")).value == "true", rows)


def _row(graph: ox.Dataset, node: Any) -> Row:
    def term(name: str) -> str:
        return shown(value(graph, node, expand(name)))

    return Row(
        focus=term("sh:focusNode"),
        path=path(graph, value(graph, node, expand("sh:resultPath"))),
        value=term("sh:value"),
        component=term("sh:sourceConstraintComponent"),
        severity=term("sh:resultSeverity"),
        shape=term("sh:sourceShape"),
        constraint=term("sh:sourceConstraint"),
        messages=tuple(sorted(map(str, values(graph, node, expand("sh:resultMessage"))))),
    )


def parse(text: str | bytes, form: ox.RdfFormat = ox.RdfFormat.TURTLE) -> Report:
    """The only report in a document."""
    graph = ox.Dataset(ox.parse(text, format=form))
    kind = ox.NamedNode(expand("sh:ValidationReport"))
    (report,) = (
        quad.subject
        for quad in graph.quads_for_object(kind)
        if quad.predicate.value == expand("rdf:type")
    )
    return read(graph, report)


def of_command(world: World, data: Path, shapes: Path, engine: str | None) -> Report | str:
    """The report that `pcve validate` writes; its message where it writes none."""
    named = [] if engine is None else ["--engine", engine]
    run = world.pcve("validate", str(data), "--shapes", str(shapes), "--format", "turtle", *named)
    if run.exit_code == 2:
        assert run.stdout == "" or "pcve-result" in run.stdout
        return run.stderr or run.stdout
    report = parse(run.stdout)
    severities = {row.severity for row in report.rows}
    lenient = {f"<{expand('sh:Warning')}>", f"<{expand('sh:Info')}>"}
    assert run.exit_code == int(not severities <= lenient)
    return report


def of_pyshacl(data: str, shapes: str) -> Report | str:
    """The report of pySHACL's Python API on N-Triples; its message where it gives none.

    rdflib keeps the lexical forms of literals, as SHACL requires of sh:value.
    """
    import pyshacl
    import rdflib

    normalizes, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        graphs = [rdflib.Graph().parse(data=text, format="nt") for text in (data, shapes)]
        _, report, text = pyshacl.validate(graphs[0], shacl_graph=graphs[1], inference="none")
    except Exception as error:  # rdflib raises plain Exception for a query it cannot parse
        return str(error)
    finally:
        rdflib.NORMALIZE_LITERALS = normalizes
    if not isinstance(report, rdflib.Graph):
        return str(text)
    return parse(report.serialize(format="nt"), ox.RdfFormat.N_TRIPLES)
