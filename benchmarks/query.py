"""Each saved query on the shipped graph and on a generated one, compared with rdflib.

    python benchmarks/query.py              # the shipped graph
    python benchmarks/query.py --million    # and generated ones: 100,000 triples, a million

A question is asked with what it needs set and the rest left open, through the store that the build
saves. rdflib holds the same quads in memory; it is stopped after --cap seconds of CPU a question,
and not asked at a million triples. Times are of one warm process. CPU time is what is judged and
compared, as other programs on the machine change it least: fails where the least of the runs of a
question takes over 150 ms on the shipped graph, or over 2 s on the million; and where rdflib takes
over 2 s on the shipped graph, in the least of its runs.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import rdflib
from generate import ROOT, write_graph
from measure import measured, pcve, write_section

from pcve_graph.graph.generations import current_generation
from pcve_graph.graph.ontology import read_ontology
from pcve_graph.model.namespaces import expand, kebab_case
from pcve_graph.model.problems import UsageError
from pcve_graph.model.project import Project
from pcve_graph.model.terms import Term
from pcve_graph.query.binding import substitute_terms
from pcve_graph.query.execute import ResultTable, ask
from pcve_graph.query.parameters import bind
from pcve_graph.query.saved import Parameter, SavedQuery, read_queries
from pcve_graph.search.search import open_index

BOUNDS: Final = {"shipped": 150.0, "1,000,000": 2000.0}
"""Milliseconds that no question may take, by graph."""

RDFLIB_BOUND: Final = 2000.0
"""Milliseconds that no question may take in rdflib on the shipped graph."""

HEAD: Final = (
    "| question | rows | ms (median) | CPU ms (least) | rdflib CPU ms | times |\n"
    "| --- | --- | --- | --- | --- | --- |"
)


@dataclass(frozen=True, slots=True)
class Timed:
    """Runs of one question: rows, and milliseconds by the clock and of CPU for each run."""

    rows: int
    wall: tuple[float, ...]
    cpu: tuple[float, ...]


@contextmanager
def stopped_after(seconds: int) -> Iterator[None]:
    """Raise TimeoutError where the block takes more CPU time."""

    def stop(*_: Any) -> None:
        raise TimeoutError

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def timed(asked: Callable[[], int], repeat: int) -> Timed:
    """`repeat` runs of `asked`, which returns its number of rows, after one to warm up."""
    rows, wall, cpu = asked(), [], []
    for _ in range(repeat):
        clock, processor = time.perf_counter(), time.process_time()
        asked()
        wall.append(1000 * (time.perf_counter() - clock))
        cpu.append(1000 * (time.process_time() - processor))
    return Timed(rows, tuple(wall), tuple(cpu))


def shipped(folder: Path) -> Path:
    """The project's own records, built in `folder`; the folder of its build."""
    for name in ("data", "ontology", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    measured(pcve("--project", str(folder), "build"), folder / "build.log")
    return current_generation(folder / "build").folder


def generated(folder: Path, triples: int) -> ox.Store:
    """A store with a graph of about `triples`, without faults."""
    path = folder / f"{triples}.nt"
    write_graph(path, triples, rate=0)
    store = ox.Store(str(folder / f"store-{triples}"))
    store.bulk_load(path=str(path), format=ox.RdfFormat.N_TRIPLES)
    store.flush()
    return store


class Settings:
    """What the parameters are set to on a generated graph, whose things have other names."""

    def __init__(self, store: ox.Store) -> None:
        self.store = store
        classes = read_ontology(Project(ROOT, ROOT / "build")).classes
        self.classes = {kebab_case(name): class_.iri for name, class_ in classes.items()}
        self.known: dict[str, Term | None] = {}

    def of(self, query: SavedQuery) -> dict[str, Term]:
        """Terms for what `query` needs."""
        needed = [parameter for parameter in query.params.values() if parameter.required]
        return {parameter.variable: self.term(parameter) for parameter in needed}

    def term(self, parameter: Parameter) -> Term:
        """The thing with most links of the kinds of `parameter`; for other types, its example."""
        if parameter.type == "concept":
            return ox.NamedNode(expand_concept(parameter))
        if parameter.type != "thing":
            kind = {"date": "xsd:date", "year": "xsd:integer", "number": "xsd:integer"}
            name = expand(kind.get(parameter.type, "xsd:string"))
            return ox.Literal(parameter.example, datatype=ox.NamedNode(name))
        for thing_kind in parameter.kinds or ("organization",):
            thing = self.linked(thing_kind)
            if thing is not None:
                return thing
        return ox.NamedNode("https://w3id.org/pcve/id/none/none")

    def linked(self, kind: str) -> Term | None:
        """The thing of a class that most triples point to."""
        if kind not in self.known:
            text = (
                f"SELECT ?t {{ ?s ?p ?t . ?t a <{self.classes[kind]}> }} "
                "GROUP BY ?t ORDER BY DESC(COUNT(?s)) ?t LIMIT 1"
            )
            answer = ask(self.store, text)
            assert isinstance(answer, ResultTable)
            self.known[kind] = answer.rows[0][0] if answer.rows else None
        return self.known[kind]


def expand_concept(parameter: Parameter) -> str:
    """The IRI of the example of a parameter that is a concept."""
    return f"https://w3id.org/pcve/vocab/{parameter.scheme}/{parameter.example}"


def compare(
    store: ox.Store,
    settings: Callable[[SavedQuery], dict[str, Term]],
    reference: rdflib.Dataset | None,
    repeat: int,
    cap: int,
) -> dict[str, tuple[Timed, Timed | None]]:
    """Each question on the store, and on `reference` where there is one; None after `cap`.

    Exits where the two do not give as many rows.
    """
    timings: dict[str, tuple[Timed, Timed | None]] = {}
    for name, query in read_queries(Project(ROOT, ROOT / "build"), "answers").items():
        bound = settings(query)

        def ours(query: SavedQuery = query, bound: dict[str, Term] = bound) -> int:
            answer = ask(store, query.text, bound)
            assert isinstance(answer, ResultTable)
            return len(answer.rows)

        mine, theirs = timed(ours, repeat), None
        if reference is not None:
            text = substitute_terms(query.text, bound)
            try:
                with stopped_after(cap):
                    theirs = timed(lambda text=text: len(list(reference.query(text))), 2)  # type: ignore[misc]
            except TimeoutError:
                theirs = None
        if theirs is not None and theirs.rows != mine.rows:
            raise SystemExit(f"{name}: {mine.rows} rows here, {theirs.rows} from rdflib")
        timings[name] = mine, theirs
        print(f"  {name}: {statistics.median(mine.wall):.1f} ms", file=sys.stderr, flush=True)
    return timings


def in_rdflib(store: ox.Store) -> rdflib.Dataset:
    """The quads of `store` in memory, in rdflib."""
    dataset = rdflib.Dataset(default_union=True)
    content = store.dump(format=ox.RdfFormat.N_QUADS)
    assert content is not None
    dataset.parse(data=content.decode(), format="nquads")
    return dataset


def least(of: Timed) -> float:
    """The least CPU time of the runs, at least the resolution of the clock."""
    return max(min(of.cpu), 0.1)


def section(title: str, timings: dict[str, tuple[Timed, Timed | None]], introduction: str) -> bool:
    """Write a section of RESULTS.md; return whether every query stays within its bound."""
    bound = next((limit for name, limit in BOUNDS.items() if name in title), 0.0)
    slow = [name for name, (mine, _) in timings.items() if bound and min(mine.cpu) > bound]
    late = late_in_rdflib(timings) if "shipped" in title else []
    both = {name: pair for name, pair in timings.items() if pair[1] is not None}
    ratios = [min(theirs.cpu) / least(mine) for mine, theirs in both.values() if theirs]
    lines = [introduction, ""]
    if bound:
        most = max(timings, key=lambda name: min(timings[name][0].cpu))
        lines += [
            f"**{len(timings)} questions, {len(slow)} over {bound:,.0f} ms.** The longest, {most}, "
            f"takes {min(timings[most][0].cpu):,.0f} ms of CPU.",
            "",
        ]
    if ratios:
        lines += [f"rdflib takes {statistics.median(ratios):.0f} times the CPU time (median).", ""]
        if "shipped" in title:
            lines[-2] += f" {len(late)} questions take it over {RDFLIB_BOUND:,.0f} ms."
    lines.append(HEAD)
    for name, (mine, theirs) in timings.items():
        middle = statistics.median(mine.wall)
        cpu, times = ("", "") if not ratios else ("over the cap", "")
        if theirs is not None:
            cpu = f"{min(theirs.cpu):,.1f}"
            times = f"{min(theirs.cpu) / least(mine):,.0f}"
        lines.append(
            f"| {name} | {mine.rows:,} | {middle:,.1f} | {min(mine.cpu):,.1f} | {cpu} | {times} |"
        )
    write_section(title, lines)
    print("\n".join([f"## {title}", "", *lines, ""]))
    for name in slow:
        print(f"{name} takes over {bound:,.0f} ms", file=sys.stderr)
    for name in late:
        print(f"{name} takes rdflib over {RDFLIB_BOUND:,.0f} ms", file=sys.stderr)
    return not (slow or late)


def late_in_rdflib(timings: dict[str, tuple[Timed, Timed | None]]) -> list[str]:
    """The questions that take rdflib longer than `RDFLIB_BOUND`, those over the cap included."""
    return [
        name
        for name, (_, theirs) in timings.items()
        if theirs is None or min(theirs.cpu) > RDFLIB_BOUND
    ]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--million", action="store_true", help="generated graphs, too")
    parser.add_argument("--reference", type=int, default=100_000, help="triples, for rdflib too")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--cap", type=int, default=30, help="seconds for rdflib, a question")
    asked = parser.parse_args()
    if asked.repeat < 1:
        raise UsageError("--repeat is 1 or more")
    kept = []
    with tempfile.TemporaryDirectory() as folder:
        build = shipped(Path(folder) / "shipped")
        store = ox.Store.read_only(str(build / "store"))
        index = open_index(build)

        def examples(query: SavedQuery) -> dict[str, Term]:
            needed = [parameter for parameter in query.params.values() if parameter.required]
            return dict(
                bind(query, {parameter.name: parameter.example for parameter in needed}, index)
            )

        cap = f"rdflib is stopped after {asked.cap} s of CPU a question."
        timings = compare(store, examples, in_rdflib(store), asked.repeat, asked.cap)
        kept.append(section("query: the shipped graph", timings, f"{len(store):,} triples. {cap}"))
        for triples in (asked.reference, 1_000_000) if asked.million else ():
            store = generated(Path(folder), triples)
            reference = in_rdflib(store) if triples <= asked.reference else None
            timings = compare(store, Settings(store).of, reference, asked.repeat, asked.cap)
            introduction = (
                f"{len(store):,} triples. {cap if reference else 'rdflib is not asked here.'}"
            )
            kept.append(section(f"query: {triples:,} triples generated", timings, introduction))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
