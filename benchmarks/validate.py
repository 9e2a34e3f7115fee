"""`pcve validate` compared with pySHACL's command: the same data and shapes, whole processes.

    python benchmarks/validate.py               # 10,000 and 100,000 triples
    python benchmarks/validate.py --million     # and a million: pySHACL takes an hour or so

Each size is checked twice: against the shapes of the project, which say in core SHACL what it can
say, and against the same with the rules of sparql.ttl said in SPARQL, as shapes often have it.
Fails where the two do not find the same results, or not those that the data were made to give.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from generate import ROOT, write_graph
from measure import HEAD, Sample, measured, pcve, raw, row, write_section

from pcve_graph.graph.ontology import read_ontology
from pcve_graph.graph.ontology_bundle import bundled_turtle
from pcve_graph.model.namespaces import expand
from pcve_graph.model.project import open_project

SPARQL: Final = Path(__file__).with_name("sparql.ttl")
_PARTS: Final = (
    "sh:focusNode",
    "sh:resultPath",
    "sh:value",
    "sh:sourceConstraintComponent",
    "sh:resultSeverity",
)
Found = Counter[tuple[str, ...]]


def results(report: Path) -> Found:
    """Focus, path, value, component and severity of each result of a report in Turtle."""
    stated: dict[str, dict[str, str]] = {}
    named = []
    for quad in ox.parse(path=str(report), format=ox.RdfFormat.TURTLE):
        stated.setdefault(str(quad.subject), {})[quad.predicate.value] = str(quad.object)
        if quad.predicate.value == expand("sh:result"):
            named.append(str(quad.object))
    return Counter(
        tuple(stated[result].get(expand(part), "") for part in _PARTS) for result in named
    )


def write_shapes(path: Path) -> None:
    """The project's shapes in one file."""
    ontology = read_ontology(open_project(ROOT))
    path.write_bytes(bundled_turtle(ontology, "shapes"))


def write_sparql_shapes(shapes: Path, path: Path) -> set[str]:
    """The project's `shapes`, some of them in SPARQL, to `path`; which ones, as IRIs."""
    sparql_triples = [
        quad.triple for quad in ox.parse(path=str(SPARQL), format=ox.RdfFormat.TURTLE)
    ]
    names = {
        triple.subject for triple in sparql_triples if isinstance(triple.subject, ox.NamedNode)
    }
    kept = [
        quad.triple
        for quad in ox.parse(path=str(shapes), format=ox.RdfFormat.TURTLE)
        if quad.subject not in names
    ]
    ox.serialize([*kept, *sparql_triples], output=str(path), format=ox.RdfFormat.TURTLE)
    return {name.value for name in names}


def expected(rows: Iterable[tuple[str, ...]], in_sparql: Collection[str]) -> Found:
    """What the data were made to give, in the same form, with some shapes said in SPARQL."""
    sparql = expand("sh:SPARQLConstraintComponent")
    return Counter(
        (focus, path, value, f"<{sparql if shape in in_sparql else component}>", f"<{severity}>")
        for focus, path, value, component, shape, severity in rows
    )


def compare(folder: Path, triples: int, repeat: int, repeat_reference: int) -> list[str]:
    """Run both on a graph of about `triples`; the lines of its report."""
    data, own = folder / f"{triples}.nt", folder / "shapes.ttl"
    rows = write_graph(data, triples, rate=0.0005)
    shapes = folder / "project.ttl"
    write_shapes(shapes)
    in_sparql = write_sparql_shapes(shapes, own)
    lines = ["`pcve validate data.nt --shapes shapes.ttl` and `pyshacl -s shapes.ttl data.nt`."]
    times = repeat, repeat_reference
    lines += _both(data, shapes, expected(rows, ()), "the project's shapes", times)
    lines += _both(data, own, expected(rows, in_sparql), "the same, more said in SPARQL", times)
    return lines


def _both(data: Path, shapes: Path, right: Found, called: str, times: tuple[int, int]) -> list[str]:
    """Both commands on `data`, so many `times`; their results must equal `right`."""
    with data.open("rb") as file:
        count = sum(1 for _ in file)
    ours = pcve("validate", str(data), "--shapes", str(shapes), "--format", "turtle")
    reference = str(Path(sys.executable).with_name("pyshacl"))
    theirs = [reference, "-s", str(shapes), "-f", "turtle", str(data)]
    samples: dict[str, list[Sample]] = {"pcve validate": [], "pyshacl": []}
    for (name, taken), command, runs in zip(samples.items(), (ours, theirs), times, strict=True):
        out = data.with_suffix(".report.ttl")
        for _ in range(runs):
            print(f"{count:,} triples, {called}: {name} …", end=" ", file=sys.stderr, flush=True)
            taken.append(measured(command, out, right=(1,)))
            print(taken[-1], file=sys.stderr, flush=True)
        reported = results(out)
        if reported != right:
            wrong = sorted((reported - right) + (right - reported))
            raise SystemExit(f"{name} finds other results than the data have: {wrong[:5]}")
    wall, cpu, peak = (
        statistics.median(getattr(sample, of) for sample in samples["pyshacl"])
        / statistics.median(getattr(sample, of) for sample in samples["pcve validate"])
        for of in ("wall", "cpu", "peak")
    )
    return [
        "",
        f"**{count:,} triples, {called}: {right.total():,} results, the same from both.** "
        f"`pcve validate` is {wall:.1f} times as fast by the clock, {cpu:.1f} times in CPU time; "
        f"pySHACL takes {peak:.1f} times the memory.",
        "",
        HEAD,
        *(row(name, taken) for name, taken in samples.items()),
        "",
        *(raw(name, taken) for name, taken in samples.items()),
    ]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--million", action="store_true", help="a million triples, too")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--repeat-reference", type=int, default=1, help="runs of pySHACL's command")
    asked = parser.parse_args()
    sizes = [10_000, 100_000, *([1_000_000] if asked.million else [])]
    with tempfile.TemporaryDirectory() as folder:
        for triples in sizes:
            lines = compare(Path(folder), triples, asked.repeat, asked.repeat_reference)
            write_section(f"validate: {triples:,} triples", lines)
            print("\n".join(lines))


if __name__ == "__main__":
    main()
