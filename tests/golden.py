"""Write the golden answers anew: `python tests/golden.py`, then read the difference before you commit.

For each saved query and each of its runs (no parameters if none is needed, and the header's
examples) the answer on Northtown and on the shipped graph, as CSV.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pcve_graph.query import Table, ask, bind
from pcve_graph.saved import SavedQuery, read_queries

sys.path.insert(0, str(Path(__file__).parent))
from conftest import ROOT, World, make_world

GOLDEN = ROOT / "tests" / "golden" / "answers"

NORTHTOWN = {
    "country": "landia",
    "actor": "river-institute",
    "topic": "first-line-practitioners",
    "whole": "lake-programme",
    "initiative": "harbour-process",
    "kind": "ngo",
    "role": "assistant",
    "thing": "northtown-conference-2015",
    "series": "northtown-conferences",
    "day": "2015-01-19",
    "organization": "northtown-council",
    "from": "2015-01-01",
    "until": "2015-12-31",
    "funder": "lake-fund",
}
"""What the parameters are set to on Northtown."""


def runs(query: SavedQuery, world: str) -> Iterator[tuple[str, dict[str, str]]]:
    """(file name, settings) of each run of a query on `northtown` or `shipped`.

    What is needed is always set; what is not, in turn and then all together.
    """
    values = {
        each.name: NORTHTOWN[each.name] if world == "northtown" else each.example
        for each in query.params.values()
    }
    needed = {name: values[name] for name, each in query.params.items() if each.required}
    yield f"{world}/{query.name}.csv", needed
    free = [name for name in values if name not in needed]
    for name in free:
        yield f"{world}/{query.name}.{name}.csv", {**needed, name: values[name]}
    if len(free) > 1:
        yield f"{world}/{query.name}.all.csv", values


def answer(world: World, query: SavedQuery, settings: dict[str, str]) -> bytes:
    store = world.saved().store
    table = ask(store, query.text, bind(query, settings, store))
    assert isinstance(table, Table)
    return table.serialize("csv")


def main() -> None:
    shutil.rmtree(GOLDEN, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        northtown = make_world(Path(folder) / "northtown")
        shipped = World(Path(folder) / "shipped")
        for name in ("data", "ontology", "queries"):
            shutil.copytree(ROOT / name, shipped.root / name)
        for name, world in (("northtown", northtown), ("shipped", shipped)):
            result = world.pcve("build")
            assert result.exit_code == 0, result.output
            for query in read_queries(world.project, "answers").values():
                for file, settings in runs(query, name):
                    path = GOLDEN / file
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(answer(world, query, settings))


if __name__ == "__main__":
    main()
