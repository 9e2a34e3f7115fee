"""Write the golden answers anew: `python tests/golden.py`, then read the difference before you commit.

For each saved query and each of its runs (no parameters if none is needed) the answer on Northtown,
as CSV. Of the shipped graph, which grows, there are none: its tests hold what stays true.
All answers are written or, where a question fails, none.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pcve_graph.query.execute import ResultTable, ask
from pcve_graph.query.parameters import bind
from pcve_graph.query.saved import SavedQuery, read_queries
from pcve_graph.search.search import open_index

sys.path.insert(0, str(Path(__file__).parent))
from conftest import ROOT, World, make_world

GOLDEN = ROOT / "tests" / "golden" / "answers"

NORTHTOWN = {
    "actor": "river-institute",
    "body": "hill-foundation",
    "commitment": "harbour-plan",
    "country": "landia",
    "day": "2015-01-19",
    "economy": "landia",
    "event": "northtown-conference-2015",
    "from": "2015-01-01",
    "funder": "lake-fund",
    "group": "teachers",
    "hosted": "mentors-network",
    "ideology": "right-wing",
    "initiative": "harbour-process",
    "instrument": "lake-programme",
    "kind": "ngo",
    "level": "primary",
    "organiser": "hill-foundation",
    "organization": "northtown-council",
    "pillar": "mentors-network",
    "place": "northtown",
    "project": "calm-waters",
    "region": "lake-coast",
    "role": "assistant",
    "series": "northtown-conferences",
    "text": "isles-declaration",
    "thing": "northtown-conference-2015",
    "topic": "first-line-practitioners",
    "unit": "trained",
    "until": "2015-12-31",
    "whole": "lake-programme",
    "work": "calm-waters",
    "year": "2017",
}
"""The parameter values on Northtown."""

NORTHTOWN_OF = {
    "identity": {"thing": "river-institute"},
    "initiatives-after-funding": {"initiative": "lantern-circle"},
    "involvements-on-a-day": {
        "day": "2017-05-01",
        "work": "dune-circle",
        "actor": "moor-office",
    },
    "last-confirmed-active": {"work": "new-lanterns"},
    "money": {"kind": "disbursement"},
    "money-received": {"kind": "disbursement"},
    "names-on-a-day": {"thing": "river-institute"},
    "needs-and-responses": {"pillar": "prevent", "topic": "prisons"},
    "numbers-reached": {"work": "safe-harbours"},
    "ongoing-projects": {"day": "2016-05-01"},
    "searches": {"place": "lake-coast", "topic": "border-security"},
    "strategies-on-a-day": {"kind": "action-plan"},
    "strategy-lapses": {"country": "islia"},
    "strategy-successions": {"country": "islia"},
    "topic-gaps": {"country": "marshia"},
    "unserved-groups": {"country": "marshia"},
    "who-what-where": {"place": "landia"},
    "work-below-country": {"country": "islia"},
}
"""What they are set to for one question instead."""


def runs(query: SavedQuery, world: str) -> Iterator[tuple[str, dict[str, str]]]:
    """(file name, settings) of each run of a query on `northtown` or `shipped`.

    On `shipped` the settings are the header's examples, and no file has the name. What is needed is always set; what is not, in turn and then all together.
    """
    here = {**NORTHTOWN, **NORTHTOWN_OF.get(query.name, {})} if world == "northtown" else {}
    values = {
        parameter.name: here.get(parameter.name, parameter.example)
        for parameter in query.params.values()
    }
    needed = {name: values[name] for name, parameter in query.params.items() if parameter.required}
    yield f"{world}/{query.name}.csv", needed
    free = [name for name in values if name not in needed]
    for name in free:
        yield f"{world}/{query.name}.{name}.csv", {**needed, name: values[name]}
    if len(free) > 1:
        yield f"{world}/{query.name}.all.csv", values


def answer(world: World, query: SavedQuery, settings: dict[str, str]) -> bytes:
    saved = world.saved()
    table = ask(saved.store, query.text, bind(query, settings, open_index(saved.folder)))
    assert isinstance(table, ResultTable)
    return table.serialize("csv")


def write_answers(world: World, target: Path) -> None:
    """Write the answers on a built world to the folder `target`; a question that fails changes none."""
    files = {
        file: answer(world, query, settings)
        for query in read_queries(world.project, "answers").values()
        for file, settings in runs(query, "northtown")
    }
    replace_folder(target, files)


def replace_folder(target: Path, files: dict[str, bytes]) -> None:
    """Write `files`, by relative path, as the whole content of `target`.

    They are written beside it first, so that `target` is as it was if one cannot be written.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        new, old = Path(folder) / "new", Path(folder) / "old"
        for file, content in files.items():
            path = new / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if target.exists():
            target.rename(old)
        new.rename(target)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder) / "northtown")
        result = world.pcve("build")
        assert result.exit_code == 0, result.output
        write_answers(world, GOLDEN)


if __name__ == "__main__":
    main()
