"""Each row has the facts that it is based on, all of them and no others."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pyoxigraph as ox
import pytest
from conftest import World
from engines import QUERIES, RUNS, Embedded, Run

from pcve_graph.model.namespaces import PREFIXES, expand, local_name
from pcve_graph.model.problems import UsageError
from pcve_graph.model.terms import Term
from pcve_graph.query.parameters import bind
from pcve_graph.query.property_paths import triples_on_path
from pcve_graph.query.why import RowReason, why
from pcve_graph.search.search import open_index
from pcve_graph.syntax.sparql_patterns import property_path
from pcve_graph.syntax.sparql_tokens import tokenize

NORTHTOWN = [run for run in RUNS if run[0] == "northtown"]

ABSENCE = {
    ("missing-facts", "missing"): "the property of which there is no fact",
    ("series-editions", "edition"): "the number of an edition of which there is no event",
}
"""Columns about what is absent, which cannot be a part of any fact."""
CATALOG = {"source-profile"}
"""Queries about sources alone: what the catalogue says of them is no claim and has no evidence."""


def computed(text: str) -> set[str]:
    """The variables that an expression of the query gives a value."""
    tokens = tokenize(text)
    return {b.text[1:] for a, b in pairwise(tokens) if a.word == "AS"}


def words(reasons: tuple[RowReason, ...]) -> set[str]:
    """All terms of the facts, and what their evidence says."""
    texts = set()
    for fact in (fact for reason in reasons for fact in reason.all()):
        texts |= {str(getattr(t, "value", "")) for t in (fact.subject, fact.predicate, fact.object)}
        for proof in fact.evidence:
            texts |= {proof.quote, proof.certainty, proof.rank, proof.note, proof.source[0]}
            texts |= {proof.locator, "unassigned" if proof.unassigned else ""}
    return texts


@pytest.mark.parametrize("run", NORTHTOWN, ids=[run[2] for run in NORTHTOWN])
@pytest.mark.long
def test_every_row_stands_on_facts_that_hold_its_cells(northtown: World, run: Run) -> None:
    query, saved = QUERIES[run[1]], northtown.saved()
    bound = bind(query, dict(run[3]), open_index(saved.folder))
    table = Embedded(northtown).ask(query.text, bound)
    for cells in table.rows:
        row = dict(zip(table.columns, cells, strict=True))
        reasons = why(saved.store, query.text, bound, row)
        stands = (
            fact.evidence or query.name in CATALOG for reason in reasons for fact in reason.all()
        )
        assert any(stands), row
        stated = words(reasons)
        for name in row.keys() - bound.keys() - computed(query.text):
            cell = row[name]
            if cell is None or (query.name, name) in ABSENCE:
                continue
            value = str(getattr(cell, "value", ""))
            assert value in stated or local_name(value) in stated, (name, row)


def test_each_fact_is_in_the_graph_and_each_quote_in_its_text(northtown: World) -> None:
    store = northtown.saved().store
    table = Embedded(northtown).ask(QUERIES["everything"].text, {})
    texts = {path.stem: path.read_text() for path in northtown.root.glob("data/sources/texts/*")}
    seen = 0
    for cells in table.rows:
        row = dict(zip(table.columns, cells, strict=True))
        for reason in why(store, QUERIES["everything"].text, {}, row):
            assert any(
                store.quads_for_pattern(reason.subject, reason.predicate, reason.object, None)
            )
            for proof in (proof for fact in reason.all() for proof in fact.evidence):
                if proof.quote:
                    (source, _), seen = proof.source, seen + 1
                    assert texts[source][proof.start : proof.end] == proof.quote
    assert seen > 30


def facts(world: World, text: str, row: int = 0) -> set[tuple[str, str, str]]:
    """The claimed facts under one row of a query, as last segments."""
    prologue = "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items())
    store = world.saved().store
    table = Embedded(world).ask(prologue + text, {})
    cells = dict(zip(table.columns, table.rows[row], strict=True))
    reasons = why(store, prologue + text, {}, cells)

    def short(term: Term) -> str:
        return local_name(str(getattr(term, "value", "")))

    return {
        (short(fact.subject), short(fact.predicate), short(fact.object))
        for reason in reasons
        for fact in reason.all()
        if fact.evidence
    }


NAME = ("steady-hands", "prefLabel", "Steady Hands")
FUNDED = ("steady-hands", "funder", "lake-fund")
EXACTLY = {
    "a join": (
        "SELECT ?p ?f { ?p schema:funder ?f ; pcve:develops ?m }",
        {FUNDED, ("steady-hands", "develops", "mentors-network")},
    ),
    "an optional part that holds": (
        "SELECT ?p ?f { ?p pcve:develops ?m OPTIONAL { ?p schema:funder ?f } }",
        {FUNDED, ("steady-hands", "develops", "mentors-network")},
    ),
    "an optional part that does not hold": (
        "SELECT ?p ?e { ?p pcve:develops ?m OPTIONAL { ?p schema:funder ?f ; schema:endDate ?e } }",
        {("steady-hands", "develops", "mentors-network")},
    ),
    "one branch of a union, though the other has facts of the row": (
        'SELECT ?p ?how { { ?p pcve:develops ?m BIND ("builds" AS ?how) } UNION '
        '{ ?p pcve:develops ?m ; schema:funder ?f BIND ("paid" AS ?how) } } ORDER BY ?how',
        {("steady-hands", "develops", "mentors-network")},
    ),
    "a path of several steps": (
        "SELECT ?p { ?p pcve:develops/pcve:originatesFrom "
        "<https://w3id.org/pcve/id/initiative/harbour-process> }",
        {
            ("steady-hands", "develops", "mentors-network"),
            ("mentors-network", "originatesFrom", "harbour-process"),
        },
    ),
    "a path of any length, upward": (
        "SELECT ?place { <https://w3id.org/pcve/id/project/steady-hands> "
        "schema:location/schema:containedInPlace+ ?place } ORDER BY STR(?place)",
        {
            ("steady-hands", "location", "northtown"),
            ("northtown", "containedInPlace", "landia"),
            ("landia", "containedInPlace", "lake-coast"),
        },
    ),
    "a path backward, of which one way arrives": (
        "SELECT ?p { <https://w3id.org/pcve/id/programme/lake-programme> ^dcterms:isPartOf ?p . "
        "?p pcve:develops ?m }",
        {
            ("steady-hands", "isPartOf", "lake-programme"),
            ("steady-hands", "develops", "mentors-network"),
        },
    ),
    "a sub-select that counts": (
        "SELECT ?f ?n { { SELECT ?f (COUNT(?p) AS ?n) { ?p schema:funder ?f ; pcve:develops ?m } "
        "GROUP BY ?f } }",
        {FUNDED, ("steady-hands", "develops", "mentors-network")},
    ),
    "a group": (
        "SELECT ?m (COUNT(?p) AS ?n) { ?p pcve:develops ?m } GROUP BY ?m",
        {("steady-hands", "develops", "mentors-network")},
    ),
    "what must exist": (
        "SELECT ?p { ?p pcve:develops ?m FILTER EXISTS { ?p schema:funder ?f } }",
        {FUNDED, ("steady-hands", "develops", "mentors-network")},
    ),
    "what must not exist": (
        "SELECT ?p { ?p pcve:develops ?m FILTER NOT EXISTS { ?p schema:endDate ?e } "
        "MINUS { ?p pcve:output ?o } }",
        {("steady-hands", "develops", "mentors-network")},
    ),
    "a bound, back to the date that it comes from": (
        "SELECT ?day { <https://w3id.org/pcve/id/project/steady-hands> pcve:earliest ?day }",
        {("steady-hands", "startDate", "2015-03")},
    ),
    "a participation, back to the words on the event": (
        "SELECT ?a { ?x pcve:role <https://w3id.org/pcve/vocab/role/assistant> ; pcve:actor ?a }",
        {("northtown-conference-2015", "assistant", "river-institute")},
    ),
    "a claim, and not the others with the same words": (
        "SELECT ?q { ?c rdf:predicate pcve:assistant ; "
        "pcve:evidence/pcve:quote/oa:hasSelector/oa:exact ?q }",
        {("northtown-conference-2015", "assistant", "river-institute")},
    ),
    "a class, back to the name that a source gives": (
        "SELECT ?p { ?p a pcve:Project ; pcve:develops ?m }",
        {NAME, ("steady-hands", "develops", "mentors-network")},
    ),
}


@pytest.mark.parametrize("case", EXACTLY)
def test_the_facts_are_those_and_no_others(northtown: World, case: str) -> None:
    text, expected = EXACTLY[case]
    assert facts(northtown, text) == expected


def test_a_row_of_one_of_two_values_does_not_stand_on_the_other(northtown: World) -> None:
    text = "SELECT ?p ?a { ?p pcve:output ?o OPTIONAL { ?p schema:about ?a } } ORDER BY STR(?a)"
    supporting = facts(northtown, text, 1)
    assert ("calm-waters", "about", "prisons") in supporting
    assert ("calm-waters", "about", "first-line-practitioners") not in supporting


def test_a_local_variable_of_a_sub_select_is_not_taken_for_the_row_s(northtown: World) -> None:
    text = (
        "SELECT ?x ?n { ?x pcve:develops ?m . "
        "{ SELECT (COUNT(?x) AS ?n) { ?x schema:location ?y } } }"
    )
    assert len({subject for subject, _, _ in facts(northtown, text)}) > 5


@pytest.mark.parametrize("text", ["ASK { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"])
def test_only_rows_have_reasons(northtown: World, text: str) -> None:
    with pytest.raises(UsageError, match="reasons are available for the rows of a SELECT only"):
        why(northtown.saved().store, text, {}, {})


def test_a_path_gives_the_ways_that_arrive() -> None:
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    store = ox.Store()
    store.load(
        b"@prefix : <x:> . :a :p :b . :b :p :c . :b :q :d . :c :p :a . :d :r :c . :e :p :c .",
        format=ox.RdfFormat.TURTLE,
    )

    def ways(words: str, start: str, goal: str) -> set[str]:
        query = translateQuery(parseQuery(f"PREFIX : <x:> SELECT * {{ ?s {words} ?o }}"))
        node = query.algebra
        while node.name != "BGP":
            node = node.p
        steps = triples_on_path(
            store,
            property_path(node.triples[0][1]),
            ox.NamedNode(f"x:{start}"),
            ox.NamedNode(f"x:{goal}"),
        )
        return {re.sub(r"<x:(\w)> <x:(\w)> <x:(\w)>", r"\1\2\3", str(triple)) for triple in steps}

    assert ways(":p/:p", "a", "c") == {"apb", "bpc"}
    assert ways(":p|:q", "b", "d") == {"bqd"}
    assert ways("(:p/:q/:r)|(:p/:p)", "a", "c") == {"apb", "bqd", "drc", "bpc"}
    assert ways("^:p", "c", "b") == {"bpc"}
    assert ways("^(:p/:q)", "d", "a") == {"apb", "bqd"}
    assert ways(":p*", "a", "a") == {"apb", "bpc", "cpa"}
    assert ways(":q?", "b", "b") == set()
    assert ways(":p+/:q", "c", "d") == {"cpa", "apb", "bpc", "bqd"}
    assert ways(":p/^:p", "b", "e") == {"bpc", "epc"}
    assert ways("!:p", "b", "d") == {"bqd"}
    assert ways(":q", "a", "c") == set()


def test_the_command_shows_the_evidence_of_one_row_or_of_all(northtown: World) -> None:
    asked = ("query", "initiative-origins", "--why")
    first_row = northtown.pcve(*asked, "1")
    assert first_row.exit_code == 0
    assert (
        "  origin: Harbour Process\n    Mentors' Network, originates from: Harbour Process\n"
        in (first_row.stdout)
    )
    assert "“the Mentors' Network, which originates from the Harbour Process” [northtown-news" in (
        first_row.stdout
    )
    assert northtown.pcve(*asked).stdout == first_row.stdout
    document = json.loads(northtown.pcve(*asked, "--format", "json").stdout)
    (fact,) = document[0]["facts"]
    assert fact["predicate"]["value"] == expand("pcve:originatesFrom")
    assert fact["evidence"][0]["source"]["title"] == "News of the Northtown council"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("initiative-origins", "--why", "7"), "there is no row 7; the answer has one row"),
        (("initiative-origins", "--why", "0"), "there is no row 0; the answer has one row"),
        (("events-by-date", "--why=0"), "there is no row 0; the answer has 14 rows, 1 to 14"),
        (
            ("initiative-origins", "--why", "--format", "csv"),
            "the formats of --why are table and json",
        ),
    ],
)
def test_a_wrong_use_of_why_gets_one_message(
    northtown: World, arguments: tuple[str, ...], message: str
) -> None:
    result = northtown.pcve("query", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
