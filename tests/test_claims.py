"""Claims of a record: their evidence, certainty and rank, disputes, and keys without a value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import World
from test_graph import is_fact, rows

from pcve_graph import KnowledgeGraph
from pcve_graph.graph.claims import Evidence

BRIDGE = "data/records/project/lake-bridge.yml"
HEAD = """\
id: lake-bridge
type: Project
claims:
  - source: atlas
    prefLabel: {en: Lake Bridge}
"""
NODE = "<https://w3id.org/pcve/id/project/lake-bridge>"
REASON = "    note: the two sources disagree\n"
START = f"{NODE} schema:startDate"


def block(text: str, source: str = "atlas") -> str:
    """A block with the lines of `text`, separated by semicolons."""
    lines = [f"source: {source}", *text.split("; ")] if source else text.split("; ")
    return "  - " + "\n    ".join(lines) + "\n"


def build(world: World, *blocks: str) -> str:
    """Builds Northtown with a project of these blocks; what the command printed."""
    world.write(BRIDGE, HEAD + "".join(blocks))
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    return result.output


def local(terms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(term.rpartition("/")[2].rpartition("#")[2] for term in terms)


def claims(world: World, name: str) -> list[tuple[str, ...]]:
    """(value, rank, certainty) of each claim about the project with the property `name`."""
    query = f"""SELECT ?value ?rank ?certainty {{ ?claim a pcve:Claim ; rdf:subject {NODE} ;
      rdf:predicate {name} ; rdf:object ?value ; pcve:rank ?rank ; pcve:certainty ?certainty
      }} ORDER BY ?value"""
    return [local(row) for row in rows(world, query)]


def evidence(world: World, name: str) -> list[tuple[str, ...]]:
    """(value, source, certainty, support) of each piece of evidence for the property `name`."""
    query = f"""SELECT ?value ?source ?certainty ?support {{ ?claim a pcve:Claim ;
      rdf:subject {NODE} ; rdf:predicate {name} ; rdf:object ?value ; pcve:evidence ?piece .
      ?piece prov:hadPrimarySource ?source ; pcve:certainty ?certainty
      OPTIONAL {{ ?piece pcve:support ?support }} }} ORDER BY ?value ?source ?certainty"""
    return [local(row) for row in rows(world, query)]


def conflicts(world: World, name: str) -> list[tuple[str, ...]]:
    """(value, conflicting value) of each contested claim with the property `name`."""
    query = f"""SELECT ?value ?other {{ ?claim rdf:subject {NODE} ; rdf:predicate {name} ;
      rdf:object ?value ; pcve:conflictsWith/rdf:object ?other }} ORDER BY ?value ?other"""
    return [local(row) for row in rows(world, query)]


def shown(world: World, key: str) -> tuple[Evidence, ...]:
    """The evidence that the Python API gives for a key of the project."""
    facts = KnowledgeGraph.open(world.root).show("lake-bridge").view.facts
    (fact,) = (fact for fact in facts if fact.key == key)
    return fact.evidence


def test_evidence_that_is_listed_is_one_node_for_each_source(world: World) -> None:
    entry = "{source: atlas, locator: p. 12, dateRead: 2026-11-20, curator: reader-a}"
    quoted = "{source: lake-review, quote: “Wide Shore” worked on first-line training}"
    build(world, block(f"evidence: [{entry}, {quoted}]; about: first-line-practitioners", ""))
    assert evidence(world, "schema:about") == [
        ("first-line-practitioners", "atlas", "assigned", ""),
        ("first-line-practitioners", "lake-review", "assigned", ""),
    ]
    by_source = {piece.source[0]: piece for piece in shown(world, "about")}
    assert by_source["lake-review"].quote == "“Wide Shore” worked on first-line training"
    atlas = by_source["atlas"]
    assert (atlas.locator, atlas.date_read, atlas.curator) == ("p. 12", "2026-11-20", "reader-a")
    assert (atlas.quote, atlas.unassigned, atlas.rank) == ("", False, "normal")


def test_each_entry_of_evidence_alone_carries_all_facts_of_the_block(world: World) -> None:
    build(world, block("evidence: [{source: atlas}, {source: shore-herald}]; startDate: 2016", ""))
    with_list = evidence(world, "schema:startDate")
    build(world, block("startDate: 2016"), block("startDate: 2016", "shore-herald"))
    assert evidence(world, "schema:startDate") == with_list
    assert [row[1] for row in with_list] == ["atlas", "shore-herald"]


def test_two_places_in_one_source_are_two_pieces_of_evidence(world: World) -> None:
    pages = "evidence: [{source: atlas, locator: p. 1}, {source: atlas, locator: p. 9}]"
    build(world, block(f"{pages}; startDate: 2016", ""))
    assert sorted(piece.locator for piece in shown(world, "startDate")) == ["p. 1", "p. 9"]


def test_the_same_evidence_twice_is_one_piece(world: World) -> None:
    build(world, block("startDate: 2016"), block("startDate: 2016; endDate: 2017"))
    assert evidence(world, "schema:startDate") == [("2016", "atlas", "stated", "")]


def test_a_key_has_the_certainty_of_its_shape_unless_the_block_says_another(world: World) -> None:
    build(
        world,
        block("startDate: 2016; audience: teachers; kind: research-project"),
        block("endDate: 2017; about: education; certainty: inferred; note: it follows"),
        block("funder: lake-fund; certainty: assigned"),
        block("location: landia; sameAs: https://lake.example/bridge; certainty: stated"),
    )
    expected = {
        "startDate": "stated", "audience": "assigned", "kind": "assigned", "endDate": "inferred",
        "about": "inferred", "funder": "assigned", "location": "stated", "sameAs": "stated",
    }  # fmt: skip
    facts = KnowledgeGraph.open(world.root).show("lake-bridge").view.facts
    assert {fact.key: fact.evidence[0].certainty for fact in facts if fact.key in expected} == (
        expected
    )


def test_every_default_certainty_is_assigned_and_of_a_key(northtown: World) -> None:
    shapes = {
        path.name: path.read_text("utf-8")
        for path in (northtown.root / "ontology/shapes").iterdir()
    }
    stated = [line for text in shapes.values() for line in text.splitlines() if "defaultC" in line]
    assert len(stated) > 30
    assert all("certainty/assigned" in line for line in stated)


def test_a_claim_has_the_strongest_certainty_of_its_evidence(world: World) -> None:
    build(
        world,
        block("startDate: 2016; certainty: inferred; note: it follows"),
        block("startDate: 2016; certainty: assigned", "fair-calendar"),
        block("endDate: 2017; certainty: inferred; note: it follows"),
        block("endDate: 2017", "shore-herald"),
    )
    assert claims(world, "schema:startDate") == [("2016", "normal", "assigned")]
    assert claims(world, "schema:endDate") == [("2017", "normal", "stated")]
    assert [row[2] for row in evidence(world, "schema:endDate")] == ["inferred", "stated"]


def test_certainty_and_note_of_a_block_hold_for_each_entry_that_states_none(world: World) -> None:
    listed = (
        "evidence: [{source: atlas}, {source: shore-herald, certainty: stated, note: as printed}]"
    )
    build(world, block(f"{listed}; startDate: 2016; certainty: inferred; note: it follows", ""))
    pieces = {piece.source[0]: piece for piece in shown(world, "startDate")}
    assert (pieces["atlas"].certainty, pieces["atlas"].note) == ("inferred", "it follows")
    assert (pieces["shore-herald"].certainty, pieces["shore-herald"].note) == (
        ("stated", "as printed")
    )


def test_a_deprecated_claim_is_no_fact_and_a_preferred_one_is(world: World) -> None:
    build(
        world,
        block("startDate: 2015; rank: deprecated; note: the first plan"),
        block("startDate: 2016; rank: preferred", "shore-herald"),
    )
    assert claims(world, "schema:startDate") == [
        ("2015", "deprecated", "stated"),
        ("2016", "preferred", "stated"),
    ]
    assert is_fact(world, f'{START} "2016"^^xsd:gYear')
    assert not is_fact(world, f'{START} "2015"^^xsd:gYear')
    assert rows(world, f"SELECT ?day {{ {NODE} pcve:earliest ?day }}") == [("2016-01-01",)]


def test_a_contested_claim_conflicts_with_the_preferred_one(world: World) -> None:
    build(
        world,
        block("startDate: 2015; rank: preferred"),
        block("startDate: 2016; contested: true; note: it counts the preparation", "shore-herald"),
        block("startDate: 2017; contested: true; note: a misprint", "bridge-study"),
    )
    assert conflicts(world, "schema:startDate") == [("2016", "2015"), ("2017", "2015")]
    assert is_fact(world, f'{START} "2015"^^xsd:gYear')
    assert not is_fact(world, f'{START} "2016"^^xsd:gYear')
    disputed = KnowledgeGraph.open(world.root).query("disputed")
    mine = [row for row in disputed if str(row.thing).endswith("lake-bridge")]
    assert [(row["value"], row.other, row.taken, row.reason) for row in mine] == [
        ("2016", "2015", "yes", "it counts the preparation"),
        ("2017", "2015", "yes", "a misprint"),
    ]


def test_of_contested_claims_without_a_preferred_one_none_is_a_fact(world: World) -> None:
    build(
        world,
        block("startDate: 2015; contested: true\n" + REASON.rstrip()),
        block("startDate: 2016; contested: true\n" + REASON.rstrip(), "shore-herald"),
    )
    assert conflicts(world, "schema:startDate") == [("2015", "2016"), ("2016", "2015")]
    assert not is_fact(world, f"{START} ?day")
    assert not is_fact(world, f"{NODE} pcve:earliest ?day")
    disputed = KnowledgeGraph.open(world.root).query("disputed")
    mine = [row for row in disputed if str(row.thing).endswith("lake-bridge")]
    assert [(row["value"], row.other, row.taken, row.status) for row in mine] == [
        ("2015", "2016", "no", "contested"),
        ("2016", "2015", "no", "contested"),
    ]


def test_a_contested_claim_can_conflict_with_claims_of_another_key(world: World) -> None:
    contested = "implementer: hill-foundation; contested: true; conflictsWith: coordinator"
    build(
        world,
        block("coordinator: river-institute; rank: preferred"),
        block(f"{contested}\n{REASON.rstrip()}", "shore-herald"),
    )
    assert conflicts(world, "pcve:implementer") == [("hill-foundation", "river-institute")]


def test_the_conflicting_claims_keep_their_evidence_apart(world: World) -> None:
    together = "evidence: [{source: bridge-study}, {source: shore-herald}]"
    build(
        world,
        block("funder: lake-fund; rank: preferred"),
        block(f"{together}; funder: isles-agency; contested: true\n{REASON.rstrip()}", ""),
    )
    assert evidence(world, "schema:funder") == [
        ("isles-agency", "bridge-study", "stated", ""),
        ("isles-agency", "shore-herald", "stated", ""),
        ("lake-fund", "atlas", "stated", ""),
    ]


BUDGET = "budget: {{id: {}, value: {}, currency: EUR}}"


@pytest.mark.long
@pytest.mark.parametrize("rank", ["rank: deprecated", f"contested: true\n{REASON.rstrip()}"])
def test_an_entity_within_a_block_that_does_not_count_is_no_fact(world: World, rank: str) -> None:
    taken = BUDGET.format("whole", 500) + "; rank: preferred"
    build(world, block(taken), block(f"{BUDGET.format('first', 400)}; {rank}", "shore-herald"))
    first = "<https://w3id.org/pcve/id/monetary-amount/lake-bridge/first>"
    whole = "<https://w3id.org/pcve/id/monetary-amount/lake-bridge/whole>"
    assert is_fact(world, f"{NODE} pcve:budget {whole} . {whole} a ?class ; ?amount ?value")
    assert not is_fact(world, f"{NODE} pcve:budget {first}")
    assert not is_fact(world, f"{first} ?property ?value")
    query = f"""SELECT ?property ?other {{ ?claim rdf:subject {first} ; rdf:predicate ?property
      OPTIONAL {{ ?claim pcve:conflictsWith/rdf:object ?other }} }} ORDER BY ?property"""
    inner = rows(world, query)
    assert len(inner) == 2
    expected = "" if rank == "rank: deprecated" else whole.strip("<>")
    assert {other for _, other in inner} == {expected}


def test_an_entity_that_a_deprecated_block_only_adds_to_is_a_fact(world: World) -> None:
    build(
        world,
        block(BUDGET.format("whole", 500)),
        block("budget: {id: whole, currency: EUR}", "shore-herald"),
        block("budget: {id: whole, maxValue: 600}; rank: deprecated", "bridge-study"),
    )
    whole = "<https://w3id.org/pcve/id/monetary-amount/lake-bridge/whole>"
    assert is_fact(world, f"{NODE} pcve:budget {whole}")
    assert claims(world, "pcve:budget") == [("whole", "normal", "stated")]
    assert not is_fact(world, f"{whole} schema:maxValue ?value")
    assert is_fact(world, f"{whole} schema:value ?value")


@pytest.mark.long
@pytest.mark.parametrize(
    ("key", "term"), [("noValue", "value-status/no-value"), ("notKnown", "value-status/not-known")]
)
def test_a_key_without_a_value_is_a_claim_and_not_a_fact(world: World, key: str, term: str) -> None:
    printed = build(world, block(f"{key}: [endDate, funder]"), block("startDate: 2016"))
    assert "error" not in printed
    status = term.rpartition("/")[2]
    assert claims(world, "schema:endDate") == [(status, "normal", "stated")]
    assert claims(world, "schema:funder") == [(status, "normal", "stated")]
    assert evidence(world, "schema:endDate") == [(status, "atlas", "stated", "")]
    assert not is_fact(world, f"{NODE} schema:endDate ?day")
    assert not is_fact(world, f"?thing ?property <https://w3id.org/pcve/vocab/{term}>")


def test_no_value_may_be_preferred_to_a_value_that_is_contested(world: World) -> None:
    build(
        world,
        block("noValue: endDate; rank: preferred"),
        block(f"endDate: 2017; contested: true\n{REASON.rstrip()}", "shore-herald"),
    )
    assert conflicts(world, "schema:endDate") == [("2017", "no-value")]
    assert not is_fact(world, f"{NODE} schema:endDate ?day")


def test_a_value_may_be_preferred_to_no_value_that_is_contested(world: World) -> None:
    build(
        world,
        block("endDate: 2017; rank: preferred", "shore-herald"),
        block(f"noValue: endDate; contested: true\n{REASON.rstrip()}"),
    )
    assert conflicts(world, "schema:endDate") == [("no-value", "2017")]
    assert is_fact(world, f'{NODE} schema:endDate "2017"^^xsd:gYear')


FAULTS = {
    # name: (blocks, line:column, rule, message, fix)
    "two ranks": (
        block("startDate: 2016; rank: deprecated") + block("startDate: 2016", "shore-herald"),
        "10:16", "rank", "this fact is normal here and deprecated in line 7", "write one rank",
    ),
    "contested and not": (
        block("startDate: 2016") + block("startDate: 2016; contested: true; note: x", "shore-herald"),
        "9:16", "rank", "this fact is contested here and normal in line 7", "delete it in one",
    ),
    "nothing to conflict with": (
        block("startDate: 2016; contested: true; note: x"), "7:16", "conflict",
        "but the record has no claim that contradicts it", "`rank: preferred`",
    ),
    "only a normal claim to conflict with": (
        block("startDate: 2016; contested: true; note: x") + block("startDate: 2015", "shore-herald"),
        "7:16", "conflict", "and the claim in line 11 is not preferred", "`rank: preferred` there",
    ),
    "only a deprecated claim to conflict with": (
        block("startDate: 2016; contested: true; note: x")
        + block("startDate: 2015; rank: deprecated", "shore-herald"),
        "7:16", "conflict", "the record has no claim that contradicts it", "`conflictsWith`",
    ),
    "only values of its own block to conflict with": (
        block("implementer: [hill-foundation, river-institute]; contested: true; note: x"),
        "7:19", "conflict", "the record has no claim that contradicts it", "`rank: preferred`",
    ),
    "conflict with a key that nothing states": (
        block("implementer: hill-foundation; contested: true; conflictsWith: funder; note: x"),
        "7:18", "conflict", "the record has no claim that contradicts it", "`conflictsWith`",
    ),
    "conflict with a key that there is not": (
        block("funder: lake-fund; contested: true; conflictsWith: funding; note: x")
        + block("funder: isles-agency; rank: preferred", "shore-herald"),
        "9:20", "unknown-key", 'Project has no key "funding"', "did you mean",
    ),
    "conflict of a block that is not contested": (
        block("funder: lake-fund; conflictsWith: implementer"), "8:20", "conflict",
        "this block is not contested", "`contested: true`",
    ),
    "contested and preferred": (
        block("funder: lake-fund; contested: true; rank: preferred; note: x"), "9:11", "conflict",
        "this block is contested, and preferred as well", "delete the rank",
    ),
    "contested without a reason": (
        block("funder: lake-fund; contested: true"), "8:16", "reason",
        "this block is contested but has no note", "add `note:`",
    ),
    "contested is a word": (
        block("funder: lake-fund; contested: maybe"), "8:16", "structure", 'contested is "maybe"',
        "write `contested: true`",
    ),
    "rank that is none": (
        block("funder: lake-fund; rank: best"), "8:11", "pcvesh:Claim-rank", 'rank is "best"',
        "deprecated, normal, preferred",
    ),
    "certainty of evidence that is none": (
        block("evidence: [{source: atlas, certainty: sure}]; funder: lake-fund", ""),
        "6:43", "pcvesh:Evidence-certainty", 'certainty is "sure"', "assigned, inferred, stated",
    ),
    "inferred evidence without a reason": (
        block("evidence: [{source: atlas, certainty: inferred}]; funder: lake-fund", ""),
        "6:43", "reason", "inferred but has no note", "add `note:`",
    ),
    "standing": (
        block("startDate: 2016; standing: disputed; note: x"), "8:5", "unknown-key",
        "standing is now rank (superseded) and contested (disputed)", "pcve edit migrate",
    ),
    "no value and a value": (
        block("noValue: endDate") + block("endDate: 2017", "shore-herald"), "7:14", "conflict",
        "has no value here, and line 9 has a value", "make one contested and the other preferred",
    ),
    "no value, and not known": (
        block("noValue: endDate") + block("notKnown: endDate", "shore-herald"), "9:15", "conflict",
        "has no value here, and line 7 says otherwise", "delete one of the two",
    ),
    "no value of a key that there is not": (
        block("noValue: endDay"), "7:14", "unknown-key", 'Project has no key "endDay"', "endDate",
    ),
    "no value of a list of mappings": (
        block("noValue: [{key: endDate}]"), "7:14", "structure", "noValue takes names of keys",
        "noValue: [endDate]",
    ),
    "evidence and a source": (
        block("evidence: [{source: shore-herald}]; funder: lake-fund"), "6:5", "structure",
        "a block that lists its evidence has no source of its own", "move source to the entry",
    ),
    "evidence without a source": (
        block("evidence: [{locator: p. 1}]; funder: lake-fund", ""), "6:16", "structure",
        "each entry under evidence names one source", "source: ID",
    ),
    "evidence of two sources": (
        block("evidence: [{source: [atlas, shore-herald]}]; funder: lake-fund", ""), "6:16",
        "structure", "each entry under evidence names one source", "source: ID",
    ),
    "evidence with a fact": (
        block("evidence: [{source: atlas, funder: lake-fund}]; location: landia", ""), "6:32",
        "unknown-key", 'evidence has no key "funder"', "the keys of evidence are source, quote",
    ),
    "evidence with a key that is nearly one": (
        block("evidence: [{source: atlas, locater: p. 1}]; location: landia", ""), "6:32",
        "unknown-key", 'evidence has no key "locater"', "did you mean locator?",
    ),
    "no evidence": (
        block("evidence: []; funder: lake-fund", ""), "6:15", "missing-key",
        "evidence is an empty list", "name one source",
    ),
    "no source": (
        block("source: []; funder: lake-fund", ""), "6:5", "missing-key", "states no source",
        "add a source",
    ),
    "source that is not an id": (
        block("source: [atlas, {id: shore-herald}]; funder: lake-fund", ""), "6:13", "structure",
        "source is not the id of a source", "write one id",
    ),
    "day of reading that is none": (
        block("dateRead: in May; funder: lake-fund"), "7:15", "pcvesh:Evidence-dateRead",
        'date read is "in May"', "a day such as",
    ),
    "the same words twice, with two notes": (
        block("funder: lake-fund; note: one") + block("funder: lake-fund; note: two"), "10:13",
        "evidence-repeated", "the same words of the same source support this fact twice", "line 6",
    ),
    "sources together in a new record": (
        block("source: [atlas, shore-herald]; funder: lake-fund", ""), "6:5", "unassigned",
        "this block names several sources together", "under `evidence:`",
    ),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_claim_is_one_message(northtown: World, tmp_path: Path, name: str) -> None:
    text, place, rule, message, fix = FAULTS[name]
    path = tmp_path / "lake-bridge.yml"
    path.write_text(HEAD + text, "utf-8")
    result = northtown.pcve("validate", str(path))
    assert result.exit_code == 1, result.output
    problems = [line for line in result.output.splitlines() if ": error " in line]
    assert len(problems) == 1, result.output
    assert problems[0].startswith(f"{path}:{place}: error {rule}: "), result.output
    assert message in problems[0]
    assert fix in result.output
    assert "Traceback" not in result.output


TOGETHER = block("source: [atlas, shore-herald]; funder: lake-fund; startDate: 2016", "")
AGAIN = block("source: [atlas, fair-calendar]; endDate: 2017", "")


def test_sources_that_are_named_together_are_evidence_without_an_assignment(world: World) -> None:
    world.write("data/unassigned.yml", "lake-bridge: 1\n")
    before = build(world)
    assert "together" not in before
    printed = build(world, TOGETHER)
    assert ", 2 of them by several sources together" in printed
    assert evidence(world, "schema:startDate") == [
        ("2016", "atlas", "stated", "unassigned"),
        ("2016", "shore-herald", "stated", "unassigned"),
    ]
    assert is_fact(world, f'{START} "2016"^^xsd:gYear')
    counts = world.saved().manifest["facts"]
    assert counts["unassigned"] == 2
    assert all(piece.unassigned for piece in shown(world, "startDate"))


@pytest.mark.long
@pytest.mark.parametrize("own", ["source: atlas", "evidence: [{source: atlas, locator: p. 3}]"])
@pytest.mark.parametrize("first", [True, False])
def test_unassigned_evidence_gives_way_to_what_its_source_states_itself(
    world: World, own: str, first: bool
) -> None:
    world.write("data/unassigned.yml", "lake-bridge: 1\n")
    blocks = [block(f"{own}; startDate: 2016", ""), TOGETHER]
    printed = build(world, *(blocks if first else reversed(blocks)))
    assert evidence(world, "schema:startDate") == [
        ("2016", "atlas", "stated", ""),
        ("2016", "shore-herald", "stated", "unassigned"),
    ]
    assert [row[3] for row in evidence(world, "schema:funder")] == ["unassigned"] * 2
    assert ", 1 of them by several sources together" in printed


def test_a_record_has_no_more_blocks_with_several_sources_than_it_had(world: World) -> None:
    world.write("data/unassigned.yml", "lake-bridge: 1\n")
    world.write(BRIDGE, HEAD + TOGETHER + AGAIN)
    result = world.pcve("build")
    assert result.exit_code == 1
    assert result.stderr.count(": error ") == 1
    assert f"{BRIDGE}:9:5: error unassigned: this block names several sources" in result.stderr
    world.write("data/unassigned.yml", "lake-bridge: 2\n")
    assert world.pcve("build").exit_code == 0


@pytest.mark.parametrize(
    ("content", "place", "rule"),
    [
        ("lake-bridge: many\n", "1:14", "unassigned"),
        ("lake-bridge: -1\n", "1:14", "unassigned"),
        (f"lake-bridge: {'9' * 5000}\n", "1:14", "unassigned"),
        ("lake-bridge: [1]\n", "1:14", "unassigned"),
        ("- lake-bridge\n", "1:1", "unassigned"),
        ("lake-bridge: 1\nlake-bridge: 2\n", "2:1", "duplicate-key"),
        ("", "1:1", "structure"),
        ("lake-bridge: [\n", "2:1", "yaml-syntax"),
    ],
)
def test_a_malformed_list_of_such_records_is_one_message(
    world: World, content: str, place: str, rule: str
) -> None:
    world.write("data/unassigned.yml", content)
    result = world.pcve("build")
    assert result.exit_code == 1
    assert result.stderr.count(": error ") == 1, result.stderr
    assert f"data/unassigned.yml:{place}: error {rule}: " in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.long
def test_a_build_after_a_change_of_that_list_is_a_whole_one(world: World) -> None:
    world.write("data/unassigned.yml", "lake-bridge: 1\n")
    build(world, TOGETHER)
    before = tuple(world.saved().lines("evidence"))
    world.write("data/unassigned.yml", "lake-bridge: 0\n")
    refused = world.pcve("build")
    assert refused.exit_code == 1
    assert "error unassigned" in refused.stderr
    world.write("data/unassigned.yml", "lake-bridge: 1\n")
    build(world, TOGETHER, block("location: landia"))
    (world.root / "data/unassigned.yml").unlink()
    assert world.pcve("build").exit_code == 1
    world.write("data/unassigned.yml", "lake-bridge: 1\n")
    build(world, TOGETHER)
    assert tuple(world.saved().lines("evidence")) == before


def test_an_incremental_build_counts_what_is_unassigned(world: World) -> None:
    world.write("data/unassigned.yml", "lake-bridge: 2\n")
    build(world, TOGETHER)
    assert ", 3 of them by several" in build(world, TOGETHER, AGAIN)
    assert "together" not in build(world, block("startDate: 2016"))


def test_json_lines_have_the_same_claims(world: World) -> None:
    build(
        world,
        block("evidence: [{source: atlas, locator: p. 1}, {source: shore-herald}]; startDate: 2015"
              "; rank: preferred", ""),
        block("startDate: 2016; contested: true; note: x", "bridge-study"),
        block("noValue: [endDate]; rank: normal"),
    )  # fmt: skip
    before = tuple(world.saved().lines("evidence"))
    (world.root / BRIDGE).unlink()
    entries = [{"source": "atlas", "locator": "p. 1"}, {"source": "shore-herald"}]
    claims = [
        {"source": "atlas", "prefLabel": {"en": "Lake Bridge"}},
        {"evidence": entries, "startDate": 2015, "rank": "preferred"},
        {"source": "bridge-study", "startDate": 2016, "contested": True, "note": "x"},
        {"source": "atlas", "noValue": ["endDate"], "rank": "normal"},
    ]
    record = {"id": "lake-bridge", "type": "Project", "claims": claims}
    world.write("data/records/project/more.jsonl", json.dumps(record) + "\n")
    assert world.pcve("build").exit_code == 0
    assert tuple(world.saved().lines("evidence")) == before


@pytest.mark.long
def test_the_formatter_orders_the_keys_of_a_block_and_keeps_its_meaning(world: World) -> None:
    listed = "evidence: [{locator: p. 1, source: atlas}, {source: shore-herald}]"
    build(
        world,
        block(f"note: x; contested: true; startDate: 2016; {listed}", ""),
        block("rank: preferred; startDate: 2015", "bridge-study"),
        block("notKnown: funder; location: landia"),
    )
    before = tuple(world.saved().lines("evidence"))
    assert world.pcve("edit", "fmt").exit_code == 0
    text = (world.root / BRIDGE).read_text("utf-8")
    places = [
        text.index(word) for word in ("evidence:", "startDate: 2016", "contested:", "note: x")
    ]
    assert places == sorted(places)
    assert text.index("location: landia") < text.index("notKnown: funder")
    assert world.pcve("build").exit_code == 0
    assert tuple(world.saved().lines("evidence")) == before


@pytest.mark.long
def test_a_claim_keeps_its_iri_whatever_supports_it(world: World) -> None:
    query = f"SELECT ?claim {{ ?claim rdf:subject {NODE} ; rdf:predicate schema:startDate }}"
    build(world, block("startDate: 2016"))
    before = rows(world, query)
    build(world, block("startDate: 2016; rank: deprecated; certainty: assigned", "shore-herald"))
    assert rows(world, query) == before


INVOLVED = "hasInvolvement: {id: lead, actor: river-institute, role: leader, endDate: 2018}"


@pytest.mark.long
@pytest.mark.parametrize(
    "denial",
    [
        block("leader: northtown; rank: preferred")
        + block("leader: river-institute; contested: true; note: x", "shore-herald"),
        block("leader: river-institute; rank: deprecated"),
        block("noValue: leader"),
    ],
    ids=["contested", "deprecated", "no value"],
)
def test_what_a_claim_denies_does_not_follow_from_an_involvement(world: World, denial: str) -> None:
    world.write(BRIDGE, HEAD + denial + block(INVOLVED, "shore-herald"))
    result = world.pcve("build")
    assert result.exit_code == 1
    assert result.stderr.count(": error ") == 1
    assert "error conflict: leader would follow from this part, and line 7 denies it" in (
        result.stderr.replace("line 10", "line 7")
    )


def test_who_read_a_passage_and_when_is_shown(world: World) -> None:
    build(world, block("startDate: 2016; locator: p. 3; dateRead: 2026-11-20; curator: reader-b"))
    shown = world.pcve("show", "lake-bridge", "--all").stdout
    assert "[1, p. 3, read 20 Nov 2026 by reader-b]" in shown
