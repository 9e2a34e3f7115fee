"""What the build makes of records: claims, rank, bounds, participations, things within records."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from conftest import World

from pcve_graph.model.namespaces import PREFIXES
from pcve_graph.query.execute import ResultTable, ask

HEAD = "".join(f"PREFIX {name}: <{space}>\n" for name, space in PREFIXES.items())
HEAD += "PREFIX id: <https://w3id.org/pcve/id/>\nPREFIX vocab: <https://w3id.org/pcve/vocab/>\n"


def rows(world: World, query: str) -> list[tuple[str, ...]]:
    table = ask(world.saved().store, HEAD + query)
    assert isinstance(table, ResultTable)
    return [tuple(getattr(term, "value", "") for term in row) for row in table.rows]


def is_fact(world: World, pattern: str) -> bool:
    inside = f"ASK {{ GRAPH <https://w3id.org/pcve/graph/facts> {{ {pattern} }} }}"
    return bool(ask(world.saved().store, HEAD + inside))


def test_a_fact_has_a_claim_with_the_words_and_their_place(northtown: World) -> None:
    claims = rows(
        northtown,
        """SELECT ?claim ?quote ?prefix ?suffix ?start ?end ?source ?certainty ?rank {
          ?claim rdf:subject <https://w3id.org/pcve/id/event/northtown-conference-2015> ;
                 rdf:predicate schema:startDate ; rdf:object "2015-01-19"^^xsd:date ;
                 pcve:rank ?rank ; pcve:evidence ?evidence .
          ?evidence prov:hadPrimarySource ?source ; pcve:certainty ?certainty ; pcve:quote ?node .
          ?node oa:hasSource ?source ; oa:hasSelector ?words , ?position .
          ?words oa:exact ?quote ; oa:suffix ?suffix OPTIONAL { ?words oa:prefix ?prefix }
          ?position oa:start ?start ; oa:end ?end }""",
    )
    assert len(claims) == 2
    assert len({row[0] for row in claims}) == 1
    named = "https://w3id.org/pcve/source/northtown-news"
    ((_, quote, prefix, suffix, start, end, _, certainty, rank),) = (
        row for row in claims if row[6] == named
    )
    text = (northtown.root / "data/sources/texts/northtown-news.txt").read_text()
    assert text[int(start) : int(end)] == quote
    assert quote.endswith("from 19 to 20 January 2015 in Northtown")
    assert text[: int(start)].endswith(prefix)
    assert text[int(end) :].startswith(suffix)
    assert 0 < len(prefix) <= 32
    assert 0 < len(suffix) <= 32
    assert certainty.endswith("/stated")
    assert rank.endswith("/normal")


def test_a_contested_claim_is_evidence_but_not_a_fact(northtown: World) -> None:
    conference = "<https://w3id.org/pcve/id/event/northtown-conference-2015> schema:endDate"
    assert is_fact(northtown, f'{conference} "2015-01-20"^^xsd:date')
    assert not is_fact(northtown, f'{conference} "2015-01-21"^^xsd:date')
    contested = rows(
        northtown,
        """SELECT ?value ?taken ?rank ?note { ?claim pcve:conflictsWith ?other ; rdf:object ?value ;
             rdf:subject <https://w3id.org/pcve/id/event/northtown-conference-2015> ;
             pcve:evidence/skos:note ?note .
           ?other rdf:object ?taken ; pcve:rank ?rank }""",
    )
    preferred = "https://w3id.org/pcve/vocab/rank/preferred"
    note = "the organiser's own news has 20 January"
    assert contested == [("2015-01-21", "2015-01-20", preferred, note)]


@pytest.mark.parametrize(
    ("thing", "earliest", "latest"),
    [
        ("event/northtown-conference-2015", "2015-01-19", "2015-01-20"),
        ("event/northtown-conference-2016", "2016-01-01", "2016-12-31"),
        ("event/southport-roundtable-2016", "2016-06-03", "2016-06-03"),
        ("project/steady-hands", "2015-03-01", None),
        ("membership/ana-vale/mayor", "2014-01-01", None),
    ],
)
def test_bounds_are_the_days_that_a_date_can_mean(
    northtown: World, thing: str, earliest: str, latest: str | None
) -> None:
    node = f"<https://w3id.org/pcve/id/{thing}>"
    query = f"SELECT ?a ?b {{ {node} pcve:earliest ?a OPTIONAL {{ {node} pcve:latest ?b }} }}"
    assert rows(northtown, query) == [(earliest, latest or "")]


def test_what_is_derived_names_the_claim_that_it_follows_from(northtown: World) -> None:
    conference = "<https://w3id.org/pcve/id/event/northtown-conference-2015>"
    derived = rows(
        northtown,
        f"""SELECT ?bound ?day ?property ?value {{ ?statement a pcve:DerivedStatement ;
             rdf:subject {conference} ; rdf:predicate ?bound ; rdf:object ?day ;
             prov:wasDerivedFrom ?claim .
           ?claim rdf:subject {conference} ; rdf:predicate ?property ; rdf:object ?value
           }} ORDER BY ?bound ?property""",
    )
    assert [
        tuple(term.rpartition("#")[2].rpartition("/")[2] for term in row) for row in derived
    ] == [
        ("certainFrom", "2015-01-19", "endDate", "2015-01-20"),
        ("certainFrom", "2015-01-19", "startDate", "2015-01-19"),
        ("certainUntil", "2015-01-20", "endDate", "2015-01-20"),
        ("certainUntil", "2015-01-20", "startDate", "2015-01-19"),
        ("earliest", "2015-01-19", "startDate", "2015-01-19"),
        ("latest", "2015-01-20", "endDate", "2015-01-20"),
    ]
    without = rows(
        northtown,
        """SELECT ?node { { ?node a pcve:Participation FILTER NOT EXISTS {
             ?node prov:wasDerivedFrom ?claim . ?claim rdf:object ?actor . ?node pcve:actor ?actor } }
           UNION { ?thing pcve:earliest|pcve:latest|pcve:certainFrom|pcve:certainUntil ?day FILTER NOT EXISTS {
             ?node a pcve:DerivedStatement ; rdf:subject ?thing ; rdf:object ?day } } }""",
    )
    assert without == []


def test_a_role_of_an_event_is_a_participation_too(northtown: World) -> None:
    participations = rows(
        northtown,
        """SELECT ?actor ?role { ?p a pcve:Participation ; pcve:actor ?actor ; pcve:role ?role ;
           pcve:inEvent <https://w3id.org/pcve/id/event/northtown-conference-2015> } ORDER BY ?actor""",
    )
    short = [(actor.split("/")[-1], role.split("/")[-1]) for actor, role in participations]
    assert short == [
        ("northtown-council", "organizer"),
        ("river-institute", "assistant"),
        ("ana-vale", "speaker"),
    ]


def test_a_membership_gathers_claims_of_two_sources(northtown: World) -> None:
    claims = rows(
        northtown,
        """SELECT ?property ?source { ?claim a pcve:Claim ; rdf:predicate ?property ;
             pcve:evidence/prov:hadPrimarySource ?source ;
             rdf:subject <https://w3id.org/pcve/id/membership/ana-vale/mayor> } ORDER BY ?property""",
    )
    assert [(p.split("/")[-1].split("#")[-1], s.split("/")[-1]) for p, s in claims] == [
        ("organization", "northtown-news"),
        ("role", "northtown-news"),
        ("roleName", "northtown-news"),
        ("startDate", "atlas"),
    ]


def test_names_keep_their_language(northtown: World) -> None:
    assert is_fact(
        northtown, '<https://w3id.org/pcve/id/place/northtown> skos:altLabel "Qyteti i Veriut"@sq'
    )


def test_the_grades_are_counted_apart(northtown: World) -> None:
    facts = northtown.saved().manifest["facts"]
    supported, quoted, without = (
        int(count)
        for (count,) in rows(
            northtown,
            """SELECT (COUNT(?claim) AS ?n) { ?claim a pcve:Claim ; rdf:subject ?s ;
                 rdf:predicate ?p ; rdf:object ?o .
               GRAPH <https://w3id.org/pcve/graph/facts> { ?s ?p ?o }
               BIND (EXISTS { ?claim pcve:evidence ?piece . ?piece pcve:quote ?quote ;
                 pcve:certainty <https://w3id.org/pcve/vocab/certainty/stated> } AS ?said)
               BIND (EXISTS { ?claim pcve:evidence/pcve:quote ?quote } AS ?quoted) }
               GROUP BY ?said ?quoted ORDER BY DESC(?said) DESC(?quoted)""",
        )
    )
    assert facts == {
        "verified": supported,
        "fingerprinted": 0,
        "notStated": 0,
        "cited": quoted + without,
        "quoted": quoted,
        "unassigned": 0,
    }


@pytest.mark.long
def test_a_claim_keeps_its_name_when_others_come_and_go(world: World) -> None:
    assert world.pcve("build").exit_code == 0
    before = set(world.saved().lines("evidence"))
    world.write(
        "data/records/place/southport.yml",
        (world.root / "data/records/place/southport.yml").read_text()
        + "  - source: northtown-news\n    quote: 3 June 2016 in Southport\n    altLabel: {en: Southport in June}\n",
    )
    assert world.pcve("build").exit_code == 0
    after = set(world.saved().lines("evidence"))
    assert before < after


def test_no_node_is_blank(northtown: World) -> None:
    for quad in northtown.saved().store:
        assert isinstance(quad.subject, ox.NamedNode)
        assert not isinstance(quad.object, ox.BlankNode)
