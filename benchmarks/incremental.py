"""What one change costs: a record edited among 1,000 and 10,000, ten new records against a graph.

    python benchmarks/incremental.py            # edit one of 1,000 and one of 10,000 records
    python benchmarks/incremental.py --against  # and ten new records against a million triples

Every edit is on another record; in the end the graph must have the bytes of a clean build.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from generate import PER_RECORD, write_news, write_project
from measure import HEAD, Sample, measured, pcve, raw, row, write_section

from pcve_graph.graph.generations import current_generation
from pcve_graph.graph.store import open_graph
from pcve_graph.model.project import Project
from pcve_graph.validation.run import ValidationOptions, validate_paths

MILLION: Final = 1_000_000 // PER_RECORD
"""Records whose graph has a million triples."""


def edit(folder: Path, number: int) -> None:
    """Add a claim to the event of that number, as a curator would: a remark from a cited source."""
    events = sorted((folder / "data" / "records" / "event").glob("*.yml"))
    path = events[number * 17 % len(events)]
    cited = next(
        source.stem
        for source in sorted((folder / "data" / "sources").glob("*.yml"))
        if "textFile" not in source.read_text("utf-8")
    )
    block = f"  - source: {cited}\n    remark: {{en: Remark {number} of the curator}}\n"
    path.write_text(path.read_text("utf-8") + block, "utf-8")


def graph_bytes(folder: Path) -> dict[str, bytes]:
    """The graph files of a build, by name."""
    graph = current_generation(folder / "build").folder / "graph"
    return {path.name: path.read_bytes() for path in sorted(graph.iterdir())}


def edits(folder: Path, records: int, times: int) -> list[str]:
    """Build a project of so many records, then edit one at a time; the lines of its report."""
    write_project(folder, records)
    command = pcve("--project", str(folder), "build")
    out = folder / "out"
    samples: dict[str, list[Sample]] = {"clean build": [measured(command, out)]}
    samples["build, nothing changed"] = [measured(command, out) for _ in range(times)]
    samples["build, one record edited"] = []
    for number in range(times):
        edit(folder, number)
        samples["build, one record edited"].append(measured(command, out))
        print(f"{records:,} records:", samples["build, one record edited"][-1], file=sys.stderr)
    kept = graph_bytes(folder)
    shutil.rmtree(folder / "build")
    samples["clean build"].append(measured(command, out))
    if graph_bytes(folder) != kept:
        raise SystemExit("the graph has other bytes than that of a clean build")
    triples = sum(content.count(b"\n") for content in kept.values())
    return [
        f"**{records:,} records, {triples:,} triples**; after the edits, the graph has the bytes "
        "of a clean build.",
        "",
        HEAD,
        *(row(name, runs) for name, runs in samples.items()),
        "",
        *(raw(name, runs) for name, runs in samples.items()),
    ]


def news(folder: Path, records: int, times: int) -> list[str]:
    """Ten new records against a built graph; the lines of its report."""
    write_project(folder, records)
    build = measured(pcve("--project", str(folder), "build"), folder / "out")
    new = folder / "new.nt"
    write_news(new, 10, records)
    command = pcve("--project", str(folder), "validate", str(new), "--against")
    whole = [measured(command, folder / "out") for _ in range(times)]
    project = Project(folder, folder / "build")
    saved = open_graph(project)
    options = ValidationOptions(
        engine=None,
        input_format=None,
        shapes=(),
        ontologies=(),
        advanced=False,
        focus=(),
        severity="warning",
        context=(),
        require_checked=False,
        require_claims=False,
    )
    inside = []
    for _ in range(times + 1):
        start = time.perf_counter()
        outcome = validate_paths(project, (new,), options, saved, b"")
        inside.append(time.perf_counter() - start)
        if outcome.problems:
            raise SystemExit(f"the new records are right, but it finds {outcome.problems[0]}")
    first, *rest = inside
    triples = sum(saved.manifest["triples"].values())
    added = len(new.read_text("utf-8").splitlines())
    return [
        f"**Ten new records ({added:,} triples) against {triples:,} triples**, built in "
        f"{build.wall:.0f} s. Within a process whose store is open: {first:.3f} s the first time, "
        f"then {statistics.median(rest):.3f} s (median of {len(rest)}).",
        "",
        HEAD,
        row("pcve validate new.nt --against", whole),
        "",
        raw("whole process", whole),
        "    in one process: " + "; ".join(f"{seconds:.3f} s" for seconds in inside),
    ]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--against", action="store_true", help="new records against a million")
    parser.add_argument("--records", type=int, nargs="*", default=[1_000, 10_000])
    parser.add_argument("--base", type=int, default=MILLION, help="records of the graph beside")
    parser.add_argument("--repeat", type=int, default=5)
    asked = parser.parse_args()
    for records in asked.records:
        with tempfile.TemporaryDirectory() as folder:
            lines = edits(Path(folder), records, asked.repeat)
        write_section(f"incremental: one of {records:,} records", lines)
        print("\n".join(lines))
    if asked.against:
        with tempfile.TemporaryDirectory() as folder:
            lines = news(Path(folder), asked.base, asked.repeat)
        write_section("incremental: ten new records", lines)
        print("\n".join(lines))


if __name__ == "__main__":
    main()
