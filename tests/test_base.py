"""The base of an answer: of how many things the graph states what the answer is about."""

from __future__ import annotations

import re

import pytest
from conftest import World
from engines import QUERIES

from pcve_graph import KnowledgeGraph
from pcve_graph.query.base import base_notes
from pcve_graph.query.saved import read_query

WITH_BASE = {name: query for name, query in QUERIES.items() if query.base}

COUNTED = {
    "conclusions": "event",
    "decisions": "event",
    "local-actors": "work",
    "texts-taken-up": "document",
    "work-below-country": "project",
}
"""Questions that list all things of their base, with the column that holds them."""

OWN = """\
#+ summary: Which groups are addressed?
#+ base:
#+   text: A group is stated for {stating} of {of} events.
#+   of: "?thing a pcve:Event"
#+   stating: "?thing schema:audience ?group"
PREFIX pcve: <https://w3id.org/pcve/ns#>
PREFIX schema: <https://schema.org/>

SELECT DISTINCT ?group
WHERE {
  ?event a pcve:Event ;
         schema:audience ?group .
}
ORDER BY ?group
"""


@pytest.fixture
def graph(northtown: World) -> KnowledgeGraph:
    return KnowledgeGraph.open(northtown.root)


def counted(note: str) -> tuple[int, int]:
    """The two numbers in a sentence about a base."""
    match = re.search(r"([\d,]+) of ([\d,]+) ", note)
    assert match, note
    stating, of = (int(number.replace(",", "")) for number in match.groups())
    return stating, of


def test_a_table_ends_in_its_base_and_a_format_for_machines_is_only_data(northtown: World) -> None:
    table = northtown.pcve("query", "audience-shares")
    note = table.stdout.splitlines()[-1]
    assert note.startswith("A target group is stated or inferred for ")
    assert note.endswith(" events, projects and programmes.")
    assert northtown.pcve("query", "audience-shares", "--format", "markdown").stdout.endswith(
        f"\n{note}\n"
    )
    for form in ("csv", "tsv", "json", "xml", "records"):
        result = northtown.pcve("query", "audience-shares", "--format", form)
        assert (note in result.stdout, note in result.stderr) == (False, True)


def test_rows_have_the_base_as_a_note(northtown: World, graph: KnowledgeGraph) -> None:
    rows = graph.query("audience-shares")
    assert rows.notes == (northtown.pcve("query", "audience-shares").stdout.splitlines()[-1],)
    assert rows[:1].notes == rows.notes
    assert rows.notes[0] in rows._repr_html_()
    assert graph.query("everything").notes == ()
    works = graph.sparql(
        "SELECT DISTINCT ?w { ?w a ?c FILTER (?c IN (pcve:Event, pcve:Programme, pcve:Project)) }"
    )
    assert counted(rows.notes[0])[1] == len(works)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", WITH_BASE)
def test_a_base_has_as_many_things_as_the_answer_lists(graph: KnowledgeGraph, name: str) -> None:
    query = WITH_BASE[name]
    if any(parameter.required for parameter in query.params.values()):
        assert query.base is not None
        return
    rows = graph.query(name)
    stating, of = counted(rows.notes[0])
    assert 0 <= stating <= of
    if name in COUNTED:
        kind = re.sub(r"s? .*", "", rows.notes[0].partition(" of ")[2].partition(" ")[2])
        things = {str(row[COUNTED[name]]) for row in rows}
        assert len(things) == stating, kind


def test_a_parameter_holds_in_the_base(northtown: World, graph: KnowledgeGraph) -> None:
    funded, other = (
        graph.query("instrument-money", instrument=name).notes[0]
        for name in ("isles-programme", "lake-programme")
    )
    assert counted(funded) != counted(other)
    assert counted(other) == (1, 3)


def test_a_question_of_ones_own_can_have_a_base(northtown: World, world: World) -> None:
    path = world.write("queries/answers/own.rq", OWN)
    assert world.pcve("queries").exit_code == 0
    query = read_query("queries/answers/own.rq", path)
    assert query.base is not None
    graph = KnowledgeGraph.open(northtown.root)
    notes = base_notes(graph._graph.ask, query.base, {}, 5)
    assert counted(notes[0])[0] >= 1


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("  stating:", "  statting:", "5:6", 'unknown key "statting" in base; did you mean'),
        ('#+   of: "?thing a pcve:Event"\n', "", "3:6", "base has no of"),
        ("{stating} of", "some of", "3:12", "the text of base has {stating} 0 times"),
        ('"?thing a pcve:Event"', '"?thing a"', "4:10", "this is not a graph pattern"),
        ('"?thing a pcve:Event"', '"?thing a other:Event"', "4:10", "this is not a graph pattern"),
        ('"?thing schema:', '"?event schema:', "5:15", "the pattern has no variable ?thing"),
        (OWN[OWN.index("#+   text") : OWN.index("PREFIX")], "", "2:7", "base is not a mapping"),
    ],
)
def test_a_fault_in_a_base_is_an_error_at_its_place(
    world: World, old: str, new: str, place: str, message: str
) -> None:
    text = OWN.replace(old, new, 1)
    if "not a mapping" in message:
        text = text.replace("#+ base:", "#+ base: groups")
        place = "2:10"
    world.write("queries/answers/own.rq", text)
    result = world.pcve("queries")
    assert result.exit_code == 1
    assert f"queries/answers/own.rq:{place}: error query-header" in result.stderr
    assert message.partition("; ")[0] in result.stderr
