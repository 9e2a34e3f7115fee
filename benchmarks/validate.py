"""`pcve validate` beside pySHACL's own command: the same data, the same shapes, whole processes.

    python benchmarks/validate.py               # 10,000 and 100,000 triples
    python benchmarks/validate.py --million     # and a million: pySHACL takes an hour or so

Fails where the two do not find the same results, or not those that the data were made to give.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from generate import ROOT, write_graph
from measure import HEAD, Sample, measured, pcve, raw, row, write_section

from pcve_graph.names import expand

SHAPES: Final = ROOT / "ontology" / "shapes.ttl"
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
    return Counter(tuple(stated[each].get(expand(part), "") for part in _PARTS) for each in named)


def expected(rows: Iterable[tuple[str, ...]]) -> Found:
    """What the data were made to give, in the same form."""
    return Counter(
        (focus, path, value, f"<{component}>", f"<{severity}>")
        for focus, path, value, component, _, severity in rows
    )


def compare(folder: Path, triples: int, repeat: int, repeat_reference: int) -> list[str]:
    """Run both on a graph of about `triples`; the lines of its report."""
    data = folder / f"{triples}.nt"
    right = expected(write_graph(data, triples, rate=0.0005))
    with data.open("rb") as file:
        count = sum(1 for _ in file)
    reference = str(Path(sys.executable).with_name("pyshacl"))
    commands = {
        "pcve validate": (
            pcve("validate", str(data), "--shapes", str(SHAPES), "--format", "turtle"),
            repeat,
        ),
        "pyshacl": ([reference, "-s", str(SHAPES), "-f", "turtle", str(data)], repeat_reference),
    }
    samples: dict[str, list[Sample]] = {}
    for name, (command, times) in commands.items():
        out = folder / "report.ttl"
        samples[name] = []
        for _ in range(times):
            print(f"{count:,} triples: {name} …", end=" ", file=sys.stderr, flush=True)
            samples[name].append(measured(command, out, right=(1,)))
            print(samples[name][-1], file=sys.stderr, flush=True)
        found = results(out)
        if found != right:
            wrong = sorted((found - right) + (right - found))
            raise SystemExit(f"{name} finds other results than the data have: {wrong[:5]}")
    ours, theirs = samples.values()
    ratios = [
        statistics.median(getattr(each, of) for each in theirs)
        / statistics.median(getattr(each, of) for each in ours)
        for of in ("wall", "cpu", "peak")
    ]
    return [
        "`pcve validate data.nt --shapes shapes.ttl` beside `pyshacl -s shapes.ttl data.nt`.",
        "",
        f"**{count:,} triples, {right.total():,} results, the same from both.** `pcve validate` is "
        f"{ratios[0]:.0f} times as fast by the clock, {ratios[1]:.0f} times in CPU time; pySHACL "
        f"takes {ratios[2]:.1f} times the memory.",
        "",
        HEAD,
        *(row(name, each) for name, each in samples.items()),
        "",
        *(raw(name, each) for name, each in samples.items()),
        "",
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
