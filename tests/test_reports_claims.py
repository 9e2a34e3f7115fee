"""Claims in RDF are checked as claims, and the queries in queries/checks run on files too."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import ROOT, World

from pcve_graph.query.saved import read_query

HEAD = """PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX event: <https://w3id.org/pcve/id/event/>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX pcve: <https://w3id.org/pcve/ns#>
PREFIX place: <https://w3id.org/pcve/id/place/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX source: <https://w3id.org/pcve/source/>
PREFIX vocab: <https://w3id.org/pcve/vocab/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

"""
FAIR = """event:fair a pcve:Event ;
    skos:prefLabel "Fair of Tests"@en ;
    pcve:kind <https://w3id.org/pcve/vocab/event-kind/conference> ;
    schema:startDate "2016-05-01"^^xsd:date .
"""
VALUES = {
    "skos:prefLabel": '"Fair of Tests"@en',
    "pcve:kind": "<https://w3id.org/pcve/vocab/event-kind/conference>",
    "schema:startDate": '"2016-05-01"^^xsd:date',
}
WORDS = "the Third Northtown Conference on Mentoring"


def claim(number: int, predicate: str, value: str, *more: str, quote: str = "") -> str:
    """A claim about the fair in Turtle; `more` are further statements about it."""
    stated = "".join(f" ;\n    {line}" for line in more)
    quoted = f" ;\n        pcve:quote {quote}" if quote else ""
    rank = "" if any("pcve:rank" in line for line in more) else (
        " ;\n    pcve:rank <https://w3id.org/pcve/vocab/rank/normal>"
    )  # fmt: skip
    return f"""<https://w3id.org/pcve/claim/{number}> a pcve:Claim ;
    rdf:subject event:fair ;
    rdf:predicate {predicate} ;
    rdf:object {value}{rank} ;
    pcve:certainty <https://w3id.org/pcve/vocab/certainty/stated>{stated} ;
    pcve:evidence <https://w3id.org/pcve/evidence/{number}> .
<https://w3id.org/pcve/evidence/{number}> a pcve:Evidence ;
    pcve:certainty <https://w3id.org/pcve/vocab/certainty/stated> ;
    prov:hadPrimarySource source:northtown-news{quoted} .
"""


CLAIMS = "".join(claim(number, *row) for number, row in enumerate(VALUES.items(), 1))


def quote(start: int, end: int, words: str = WORDS) -> str:
    return f"""<https://w3id.org/pcve/quote/1> a oa:SpecificResource ;
    oa:hasSource source:northtown-news ;
    oa:hasSelector <https://w3id.org/pcve/quote/1/words>, <https://w3id.org/pcve/quote/1/place> .
<https://w3id.org/pcve/quote/1/words> a oa:TextQuoteSelector ;
    oa:exact "{words}" .
<https://w3id.org/pcve/quote/1/place> a oa:TextPositionSelector ;
    oa:start {start} ;
    oa:end {end} .
"""


def problems(world: World, tmp_path: Path, text: str, *options: str) -> list[dict[str, object]]:
    path = tmp_path / "my.ttl"
    path.write_text(HEAD + text, "utf-8")
    result = world.pcve("validate", str(path), *options, "--format", "json")
    report = json.loads(result.stdout)
    return report if isinstance(report, list) else report["problems"]


def rules(reported: list[dict[str, object]], severity: str = "error") -> list[str]:
    return sorted(str(row["rule"]) for row in reported if row["severity"] == severity)


def line_of(text: str, words: str) -> int:
    return (HEAD + text)[: (HEAD + text).index(words)].count("\n") + 1


def test_claims_that_hold_are_accepted(northtown: World, tmp_path: Path) -> None:
    reported = problems(northtown, tmp_path, FAIR + CLAIMS, "--against")
    assert rules(reported) == rules(reported, "warning") == []
    assert "no-claims" not in rules(reported, "info")


def test_a_claim_whose_statement_is_not_stated(northtown: World, tmp_path: Path) -> None:
    text = FAIR + CLAIMS.replace("2016-05-01", "2016-05-02")
    reported = problems(northtown, tmp_path, text, "--against")
    assert rules(reported) == ["claim-statement", "unsourced-fact"]
    places = {str(row["rule"]): row["line"] for row in reported}
    assert places["claim-statement"] == line_of(text, 'rdf:object "2016-05-02"')
    assert places["unsourced-fact"] == line_of(text, 'schema:startDate "2016')


@pytest.mark.parametrize(
    ("stated", "claimed"),
    [
        ('"Fair of Tests"@en', '"Fair of Tests"@de'),
        ('"Fair of Tests"@en', '"Fair of Tests"'),
        ('"2016-05-01"^^xsd:date', '"2016-05-01"^^xsd:dateTime'),
    ],
)
def test_a_claim_shows_language_and_datatype(
    northtown: World, tmp_path: Path, stated: str, claimed: str
) -> None:
    text = FAIR + CLAIMS.replace(f"rdf:object {stated}", f"rdf:object {claimed}")
    reported = {str(row["rule"]): row for row in problems(northtown, tmp_path, text)}
    assert str(reported["claim-statement"]["message"]).endswith(f" {claimed}")
    assert f" {stated})" in str(reported["unsourced-fact"]["message"])


def test_a_claim_about_a_statement_of_the_graph(northtown: World, tmp_path: Path) -> None:
    text = claim(1, "pcve:kind", VALUES["pcve:kind"]).replace(
        "event:fair", "event:northtown-conference-2015"
    )
    assert rules(problems(northtown, tmp_path, text, "--against")) == []
    assert "claim-statement" in rules(problems(northtown, tmp_path, text))


@pytest.mark.parametrize(
    ("predicate", "near"),
    [("schema:startdate", "schema:startDate"), ("pcve:organiser", "schema:organizer")],
)
def test_a_claim_of_an_unknown_property(
    northtown: World, tmp_path: Path, predicate: str, near: str
) -> None:
    text = FAIR + CLAIMS + claim(9, predicate, '"2016-05-01"^^xsd:date')
    (row,) = problems(northtown, tmp_path, text, "--against")
    assert row["rule"] == "claim-predicate"
    assert row["line"] == line_of(text, f"rdf:predicate {predicate}")
    assert f"{predicate}, which is not a property of Event" in str(row["message"])
    assert row["fix"] == f"did you mean {near}?"


def test_a_fact_whose_only_claim_does_not_count(northtown: World, tmp_path: Path) -> None:
    text = FAIR + CLAIMS.replace("vocab/rank/normal", "vocab/rank/deprecated", 1)
    (row,) = problems(northtown, tmp_path, text, "--against")
    assert row["rule"] == "unsourced-fact"
    assert "contested or deprecated" in str(row["message"])


def test_a_deprecated_claim_and_one_without_a_value_have_no_fact(
    northtown: World, tmp_path: Path
) -> None:
    old = claim(8, "schema:startDate", '"2015"^^xsd:gYear', "pcve:rank <https://w3id.org/pcve/vocab/rank/deprecated>")  # fmt: skip
    absent = claim(9, "schema:endDate", "<https://w3id.org/pcve/vocab/value-status/not-known>")
    assert rules(problems(northtown, tmp_path, FAIR + CLAIMS + old + absent, "--against")) == []


def test_a_file_without_claims_has_one_note(northtown: World, tmp_path: Path) -> None:
    reported = problems(northtown, tmp_path, FAIR)
    assert rules(reported) == rules(reported, "warning") == []
    (note,) = [row for row in reported if row["rule"] == "no-claims"]
    assert note["message"] == "3 facts of 1 thing without a source"
    (error,) = [row for row in problems(northtown, tmp_path, FAIR, "--require-claims")
                if row["rule"] == "no-claims"]  # fmt: skip
    assert error["severity"] == "error"


def test_claims_about_one_thing_do_not_ask_for_those_of_another(
    northtown: World, tmp_path: Path
) -> None:
    other = FAIR.replace("event:fair", "event:show").replace("Fair of", "Show of")
    reported = problems(northtown, tmp_path, FAIR + CLAIMS + other, "--against")
    assert rules(reported) == []
    (note,) = [row for row in reported if row["rule"] == "no-claims"]
    assert note["message"] == "3 facts of 1 thing without a source"


@pytest.mark.long
def test_facts_of_the_graph_keep_their_claims(northtown: World, tmp_path: Path) -> None:
    result = northtown.pcve("export", "turtle", "--only", "event", "--since", "2016")
    text = re.sub(r"(?ms)^derived:\w+\n?.*?\.\n\n", "", result.stdout)
    assert text != result.stdout
    path = tmp_path / "part.ttl"
    path.write_text(text, "utf-8")
    report = northtown.pcve("validate", str(path), "--against")
    assert "unsourced-fact" not in report.output
    assert "unsourced-fact" in northtown.pcve("validate", str(path)).output


def position(world: World, words: str) -> int:
    text = (world.root / "data/sources/texts/northtown-news.txt").read_text("utf-8")
    return text.index(words)


def test_a_quote_is_compared_with_the_held_text(northtown: World, tmp_path: Path) -> None:
    text = (northtown.root / "data/sources/texts/northtown-news.txt").read_text("utf-8")
    words = re.findall(r"[A-Za-z ]{30,60}", text)[0]
    start = text.index(words)
    cited = CLAIMS.replace(
        "hadPrimarySource source:northtown-news .",
        "hadPrimarySource source:northtown-news ; pcve:quote <https://w3id.org/pcve/quote/1> .",
        1,
    )
    for quoted, rule in (
        (quote(start, start + len(words), words), []),
        (quote(start + 3, start + 3 + len(words), words), ["quote-position"]),
        (quote(start, start + 9, words), ["check:quote-fills-its-span", "quote-position"]),
        (quote(start + 5, start, words), ["check:quote-fills-its-span", "pcvesh:QuotePosition-start", "quote-position"]),
        (quote(0, 26, "words that no source states"[:26]), ["quote-not-found"]),
    ):  # fmt: skip
        reported = problems(northtown, tmp_path, FAIR + cited + quoted, "--against")
        assert rules(reported) == rule, quoted


def test_a_check_runs_on_a_file_with_places(northtown: World, tmp_path: Path) -> None:
    text = FAIR.replace(" .\n", " ;\n    pcve:precededBy event:fair .\n")
    for options in ((), ("--against",)):
        reported = problems(northtown, tmp_path, text, *options)
        (row,) = [row for row in reported if row["rule"] == "check:nothing-precedes-itself"]
        assert row["line"] == line_of(text, "pcve:precededBy")


def test_a_check_joins_a_file_with_the_graph(northtown: World, tmp_path: Path) -> None:
    text = FAIR.replace("Fair of Tests", "Third Northtown Conference on Mentoring")
    assert rules(problems(northtown, tmp_path, text)) == []
    reported = problems(northtown, tmp_path, text, "--against")
    assert rules(reported) == ["check:one-name-one-thing"]
    (row,) = [row for row in reported if row["severity"] == "error"]
    assert row["line"] == line_of(text, "skos:prefLabel")


def test_a_check_that_needs_the_whole_graph_says_so(northtown: World, tmp_path: Path) -> None:
    text = """place:hamlet a pcve:Place ;
    skos:prefLabel "Hamlet"@en ;
    pcve:kind <https://w3id.org/pcve/vocab/place-kind/city> ;
    schema:containedInPlace place:northtown .
"""
    reported = problems(northtown, tmp_path, text)
    (note,) = [row for row in reported if row["rule"] == "checks-not-run"]
    assert note["message"] == "1 check was not run: place-has-a-country"
    against = problems(northtown, tmp_path, text, "--against")
    assert "checks-not-run" not in rules(against, "info")
    alone = text.replace(" ;\n    schema:containedInPlace place:northtown", "")
    assert "check:place-has-a-country" in rules(problems(northtown, tmp_path, alone, "--against"))


def test_checks_and_claims_are_not_applied_with_other_shapes(
    northtown: World, tmp_path: Path
) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        HEAD + "PREFIX sh: <http://www.w3.org/ns/shacl#>\n"
        "<https://northtown.example/s> a sh:NodeShape ; sh:targetClass pcve:Event .\n"
    )
    text = FAIR + CLAIMS.replace("2016-05-01", "2016-05-02")
    reported = problems(northtown, tmp_path, text, "--shapes", str(shapes))
    assert not {"claim-statement", "unsourced-fact"} & set(rules(reported))


NAMELESS = """
[] rdfs:isDefinedBy <https://w3id.org/pcve/ns#>, [] ; vann:usageNote "a" ;
    skos:prefLabel "Nom"@fr ; skos:inScheme _:list ; skos:narrower [] ; skos:related _:other ;
    skos:topConceptOf _:list ; skos:broader [ skos:inScheme [] ] ; skos:exactMatch _:other ;
    skos:closeMatch _:other ; rdfs:subClassOf <https://w3id.org/pcve/ns#Nothing> .
_:other skos:prefLabel "Nom"@fr ; skos:inScheme _:list ; a _:class .
_:class rdfs:subClassOf _:class .
<https://example.org/named> skos:prefLabel "Nom"@fr ; skos:inScheme _:list ; a _:class ;
    skos:topConceptOf [] ; skos:broader _:other ; skos:related _:other ; skos:narrower _:other ;
    skos:exactMatch _:other ; skos:closeMatch _:other .
"""
"""Of others: a term, concepts and a class that are blank nodes, and one with an IRI about them."""


def test_a_check_has_nothing_to_say_of_nodes_without_an_iri(
    northtown: World, tmp_path: Path
) -> None:
    """STR of a blank node is an error in SPARQL, and so is a text with it."""
    prefixes = (
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        "PREFIX vann: <http://purl.org/vocab/vann/>\n"
    )
    for options in ((), ("--against",)):
        reported = problems(northtown, tmp_path, prefixes + NAMELESS, *options)
        assert not [row for row in reported if str(row["rule"]).startswith("check")]


def test_a_check_names_a_value_without_an_iri(northtown: World, tmp_path: Path) -> None:
    concept = "<https://w3id.org/pcve/vocab/event-kind/conference>"
    reported = problems(northtown, tmp_path, f"{concept} skos:related [] .\n")
    (row,) = [row for row in reported if row["rule"] == "check:concept-relations-agree"]
    assert str(row["message"]).endswith("is related to a blank node, but not vice versa")


@pytest.mark.parametrize("path", sorted((ROOT / "queries/checks").iterdir()), ids=lambda p: p.stem)
def test_a_check_states_its_scope(path: Path) -> None:
    assert read_query(path.name, path).header["scope"] in ("part", "graph", "build")


def test_a_scope_that_there_is_not(world: World) -> None:
    world.replace("queries/checks/nothing-precedes-itself.rq", "#+ scope: part", "#+ scope: file")
    result = world.pcve("build")
    assert result.exit_code == 1
    assert "queries/checks/nothing-precedes-itself.rq:5:11: error query-header" in result.stderr
    assert "write one of part, graph, build" in result.stderr


@pytest.mark.long
def test_owl_names_the_claims_of_its_axioms(northtown: World, tmp_path: Path) -> None:
    """The claims are elsewhere, and their axioms refer to them: these facts have a source."""
    path = tmp_path / "pcve.owl"
    assert northtown.pcve("export", "owl", "-o", str(path)).exit_code == 0
    command = ("validate", str(path), "--format", "json")
    assert "no-claims" not in {row["rule"] for row in json.loads(northtown.pcve(*command).stdout)}
    assert northtown.pcve(*command, "--require-claims").exit_code == 0
    text = re.sub(r"<pcve:inClaim [^>]*/>", "", path.read_text("utf-8"))
    path.write_text(text, "utf-8")
    assert "no-claims" in {row["rule"] for row in json.loads(northtown.pcve(*command).stdout)}


def test_a_predicate_is_named_as_the_file_names_it(northtown: World, tmp_path: Path) -> None:
    text = FAIR + CLAIMS + claim(9, "schema:startdate", '"2016-05-01"^^xsd:date')
    text = (HEAD + text).replace("PREFIX schema:", "PREFIX s:").replace(" schema:", " s:")
    path = tmp_path / "data.ttl"
    path.write_text(text, "utf-8")
    listed = json.loads(northtown.pcve("validate", str(path), "--format", "json").stdout)
    (row,) = [row for row in listed if row["rule"] == "claim-predicate"]
    assert row["message"] == "the claim states s:startdate, which is not a property of Event"
    assert row["fix"] == "did you mean s:startDate?"
