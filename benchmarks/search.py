"""How well `pcve search` finds what people look for, how fast, and how large its index is.

The searches of `labelled/` were written by somebody who had not read the code: each has the things
that answer it, any of which is right. One half serves to develop with, the other to measure by: of
that one only figures are printed, unless `--misses-of-measuring-half` asks for its misses too.

MRR is the mean, over the searches, of 1 / the position of the first right hit, 0 where none of the
first 20 is right; recall@5 is the mean share of the right things (of five, where there are more)
among the first five hits.
"""

from __future__ import annotations

import csv
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from measure import write_section
from query import shipped

from pcve_graph import KnowledgeGraph
from pcve_graph.graph.generations import current_generation
from pcve_graph.graph.store import SEARCH_INDEX

LABELLED: Final = Path(__file__).with_name("labelled")
HITS: Final = 20
LEAST: Final = 0.85
"""The MRR that the measuring half is to reach."""
REPEAT: Final = 5
OPTION: Final = "--misses-of-measuring-half"


@dataclass(frozen=True, slots=True)
class Search:
    """A labelled search: its text, the ids that are right, and its kind."""

    text: str
    right: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search gave: the ids of the hits, in order, and the milliseconds of its runs."""

    search: Search
    ids: tuple[str, ...]
    milliseconds: tuple[float, ...]

    @property
    def reciprocal_rank(self) -> float:
        """1 / the position of the first right hit, 0 without any."""
        positions = (1 / at for at, hit in enumerate(self.ids, 1) if hit in self.search.right)
        return next(positions, 0.0)

    @property
    def recall(self) -> float:
        """The share of the right things among the first five hits."""
        return len({*self.ids[:5]} & {*self.search.right}) / min(5, len(self.search.right))


def read_searches(half: str) -> list[Search]:
    """The searches of a half, `develop` or `measure`."""
    with (LABELLED / f"search-{half}.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [Search(row["query"], tuple(row["right"].split(" | ")), row["kind"]) for row in rows]


def outcomes(graph: KnowledgeGraph, searches: Iterable[Search]) -> list[Outcome]:
    """What each search gives, run `REPEAT` times."""
    results = []
    for search in searches:
        milliseconds = []
        for _ in range(REPEAT):
            start = time.perf_counter()
            hits = graph.search(search.text, limit=HITS)
            milliseconds.append(1000 * (time.perf_counter() - start))
        results.append(Outcome(search, tuple(hit.id for hit in hits), tuple(milliseconds)))
    return results


def mean(values: Sequence[float]) -> float:
    """The mean, 0 of nothing."""
    return statistics.fmean(values) if values else 0.0


def row(name: str, results: Sequence[Outcome]) -> str:
    """A line of the table of figures."""
    ranks = [outcome.reciprocal_rank for outcome in results]
    first = sum(rank == 1 for rank in ranks)
    recall = mean([outcome.recall for outcome in results])
    return f"| {name} | {len(results)} | {first} | {mean(ranks):.3f} | {recall:.3f} |"


def table(half: str, results: Sequence[Outcome]) -> list[str]:
    """The figures of a half, over all its searches and by their kind."""
    by_kind = defaultdict(list)
    for outcome in results:
        by_kind[outcome.search.kind].append(outcome)
    head = [
        f"| {half} | searches | right first | MRR | recall@5 |",
        "| --- | --- | --- | --- | --- |",
    ]
    kinds = [row(kind, by_kind[kind]) for kind in sorted(by_kind)]
    return [*head, row("all", results), *kinds, ""]


def misses(results: Sequence[Outcome]) -> list[str]:
    """The searches whose first hit is not right: the position of the first right one, the hits."""
    lines = []
    for outcome in results:
        if outcome.reciprocal_rank < 1:
            rank = outcome.reciprocal_rank
            position = f"{round(1 / rank)}" if rank else "none"
            hits = ", ".join(outcome.ids[:4]) or "nothing"
            right = ", ".join(outcome.search.right[:4])
            lines.append(f"    {position:>4}  {outcome.search.text!r}: {hits}; right: {right}")
    return lines


def figures(graph: KnowledgeGraph, index: Path, halves: Sequence[str]) -> dict[str, list[Outcome]]:
    """Search `graph` for the searches of the `halves`, and write the figures down."""
    results = {half: outcomes(graph, read_searches(half)) for half in halves}
    taken = [ms for half in results.values() for outcome in half for ms in outcome.milliseconds]
    lines = [line for half, listed in results.items() for line in table(half, listed)]
    lines.append(
        f"A search takes {statistics.median(taken):.1f} ms (median), {max(taken):.0f} ms at most; "
        f"the index has {index.stat().st_size / 1e6:.1f} MB."
    )
    print("\n".join(lines))
    if "measure" in halves:
        write_section("search: labelled searches", lines)
    return results


def main() -> int:
    """Print the figures; 1 where the measuring half falls short.

    `--develop` takes the developing half alone, and the project as it is built.
    """
    root = Path(__file__).resolve().parents[1]
    if "--develop" in sys.argv[1:]:
        index = current_generation(root / "build").folder / SEARCH_INDEX
        results = figures(KnowledgeGraph.open(root), index, ["develop"])
    else:
        with tempfile.TemporaryDirectory() as name:
            index = shipped(Path(name)) / SEARCH_INDEX
            results = figures(KnowledgeGraph.open(name), index, ["develop", "measure"])
    for half in ["develop", "measure"] if OPTION in sys.argv[1:] else ["develop"]:
        print(f"\nnot right first, {half}:", *misses(results[half]), sep="\n")
    measure = results.get("measure", [])
    reached = mean([outcome.reciprocal_rank for outcome in measure])
    return 0 if not measure or reached >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
