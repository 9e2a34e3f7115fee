"""Make invented projects and graphs of any size.

    python benchmarks/generate.py project big --records 10000
    python benchmarks/generate.py graph 100k.nt --triples 100000 --faults 0.0005
    python benchmarks/generate.py news new.nt --records 10 --beside 10000

A graph is the output of the project's own mapping; the results that its faults give are written
to FILE.expected.tsv (focus, path, value, component, shape, severity).
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from faults import Expected, Spoiler
from world import BACKBONE, PART, Part, part_sizes, region_files

from pcve_graph.graph.ontology import read_ontology
from pcve_graph.model.project import Project
from pcve_graph.model.schema import Ontology
from pcve_graph.records.assemble import build_graph
from pcve_graph.records.reader import read_records

ROOT = Path(__file__).resolve().parents[1]
PER_RECORD = 90
"""About how many triples a record has, to choose how many records a graph needs."""


def write_project(folder: Path, records: int, seed: int = 1) -> None:
    """A whole project of `records` records in `folder`, ready for `pcve build`."""
    for name in ("ontology", "queries"):
        shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True)
    write_files(folder, backbone_files(seed))
    for number, size in enumerate(part_sizes(records - BACKBONE), 1):
        write_files(folder, Part(seed, number, size).files())


def backbone_files(seed: int) -> dict[str, str]:
    """The files of what every part of a world may name."""
    return {**region_files(), **Part(seed, 0, 0).files()}


def write_files(folder: Path, files: dict[str, str]) -> None:
    """Write each file under its path from `folder`."""
    for parent in sorted({(folder / name).parent for name in files}):
        parent.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())


def graph_lines(files: dict[str, str], ontology: Ontology) -> set[str]:
    """The triples of the records among `files`, as the build maps them, without the ontology's."""
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), files)
        built = build_graph(read_records(Project(Path(folder), Path(folder))), ontology)
    return {line for name in ("facts", "evidence", "catalog") for line in built.graphs[name]}


def graph_parts(triples: int, seed: int, ontology: Ontology) -> Iterator[set[str]]:
    """The triples of a world that has about as many, part by part; the terms come first."""
    terms = {line for lines in ontology.graphs.values() for line in lines}
    shared = backbone_files(seed)
    base = graph_lines(shared, ontology)
    yield terms | base
    left, number = triples - len(terms | base), 0
    while left > PER_RECORD // 2:
        number += 1
        size = min(PART, max(12, left // PER_RECORD))
        files = {**shared, **Part(seed, number, size).files()}
        part = graph_lines(files, ontology) - base
        left -= len(part)
        yield part


def write_graph(path: Path, triples: int, rate: float, seed: int = 1) -> list[Expected]:
    """Write a graph with faults to `path`, its results next to it, and return these, sorted."""
    ontology = read_ontology(Project(ROOT, ROOT / "build"))
    spoiler = Spoiler(seed, rate)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for at, part in enumerate(graph_parts(triples, seed, ontology)):
            _write(file, spoiler.spoil(part) if at else sorted(part))
    expected = sorted(spoiler.expected)
    rows = ["\t".join(result) for result in expected]
    path.with_name(path.name + ".expected.tsv").write_bytes(
        "".join(f"{r}\n" for r in rows).encode()
    )
    return expected


def write_news(path: Path, records: int, existing: int, seed: int = 1) -> None:
    """Write the triples of `records` new records of a project that has `existing` others."""
    ontology = read_ontology(Project(ROOT, ROOT / "build"))
    number = len(part_sizes(existing - BACKBONE)) + 1
    shared = backbone_files(seed)
    files = {**shared, **Part(seed, number, records).files()}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        _write(file, sorted(graph_lines(files, ontology) - graph_lines(shared, ontology)))


def _write(file: TextIO, lines: list[str]) -> None:
    file.writelines(line + "\n" for line in lines)


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("project", "graph", "news"):
        command = commands.add_parser(name)
        command.add_argument("path", type=Path)
        command.add_argument("--seed", type=int, default=1)
        if name == "graph":
            command.add_argument("--triples", type=int, default=10_000)
            command.add_argument("--faults", type=float, default=0.0005, help="for each triple")
        else:
            command.add_argument("--records", type=int, default=10 if name == "news" else 1_000)
        if name == "news":
            command.add_argument("--beside", type=int, default=1_000)
    asked = parser.parse_args(arguments)
    if asked.command == "project":
        write_project(asked.path, asked.records, asked.seed)
    elif asked.command == "graph":
        results = write_graph(asked.path, asked.triples, asked.faults, asked.seed)
        print(f"{len(results)} results are expected", file=sys.stderr)
    else:
        write_news(asked.path, asked.records, asked.beside, asked.seed)


if __name__ == "__main__":
    main()
