"""The project's own records: what the seven news items state is there, verified, and stays there.

What holds of records that grow: invariants and bounds, no golden answers. CONTRIBUTING.md has the
command that checks a change of data alone; it runs this file.
"""

from __future__ import annotations

import hashlib
import re

import pytest
import yaml
from conftest import ROOT, World

from pcve_graph.model.namespaces import PREFIXES
from pcve_graph.model.schema import Ontology
from pcve_graph.query.execute import ResultTable, ask
from pcve_graph.query.saved import read_queries

HEAD = "".join(f"PREFIX {name}: <{space}>\n" for name, space in PREFIXES.items())
for _kind in (
    "event", "event-series", "organization", "person", "initiative", "programme", "project",
    "document", "place",
):  # fmt: skip
    HEAD += f"PREFIX {_kind}: <https://w3id.org/pcve/id/{_kind}/>\n"
for _list in ("topic", "target-group", "event-status", "document-kind"):
    HEAD += f"PREFIX {_list}: <https://w3id.org/pcve/vocab/{_list}/>\n"

STATED = """
event:rcc-ws-prosecutors-2018 schema:organizer organization:rcc
event:rcc-ws-prosecutors-2018 schema:location place:tirana
event:rcc-ws-prosecutors-2018 schema:startDate "2018-05-30"^^xsd:date
event:rcc-ws-prosecutors-2018 schema:location/schema:containedInPlace place:albania
event:rcc-ws-prosecutors-2018 dcterms:isPartOf programme:ipa-ii-2016-pcve
event:rcc-ws-prosecutors-2018 dcterms:isPartOf/dcterms:isPartOf programme:ipa-ii-2016
event:rcc-ws-prosecutors-2018 dcterms:isPartOf/schema:funder organization:european-union
event:rcc-ws-prosecutors-2018 schema:audience target-group:prosecutors
event:rcc-ws-prosecutors-2018 schema:audience target-group:law-enforcement
event:rcc-ws-prosecutors-2018 schema:audience target-group:judicial-services
event:ct-challenges-2018 schema:startDate "2018-05-22"^^xsd:date
event:ct-challenges-2018 schema:endDate "2018-05-24"^^xsd:date
event:ct-challenges-2018 pcve:host place:slovenia
event:ct-challenges-2018 schema:location/schema:containedInPlace* place:slovenia
event:ct-challenges-2018 pcve:edition 8
event:ct-challenges-2018 pcve:series event-series:ct-challenges
event:ct-challenges-2018 schema:organizer organization:slovenia-mod
event:ct-challenges-2018 schema:organizer organization:us-embassy-ljubljana-odc
event:ct-challenges-2018 schema:organizer organization:jsou
event:ct-challenges-2018 schema:about topic:radicalisation
organization:us-embassy-ljubljana-odc org:subOrganizationOf organization:us-embassy-ljubljana
organization:us-embassy-ljubljana pcve:inCountry place:united-states
organization:jsou schema:location place:tampa
event:iom-skopje-2018 schema:organizer organization:iom
event:iom-skopje-2018 schema:startDate "2018-05-21"^^xsd:date
event:iom-skopje-2018 schema:endDate "2018-05-22"^^xsd:date
event:iom-skopje-2018 schema:location place:skopje
event:iom-skopje-2018 schema:location/schema:containedInPlace place:north-macedonia
event:iom-skopje-2018 pcve:considers organization:nccvect
event:iom-skopje-2018 schema:about topic:pcve
event:iom-skopje-2018 schema:about topic:national-strategies
event:osce-ct-2018 schema:startDate "2018-05-10"^^xsd:date
event:osce-ct-2018 schema:endDate "2018-05-11"^^xsd:date
event:osce-ct-2018 schema:location place:rome
event:osce-ct-2018 schema:location/schema:containedInPlace place:italy
event:osce-ct-2018 schema:organizer organization:osce
event:osce-ct-2018 pcve:series event-series:osce-ct-conference
event:osce-ct-2018 schema:about topic:ftf-returnees
event:osce-ct-2018 schema:about topic:border-security
event:osce-ct-2018 schema:about topic:information-sharing
event:osce-ct-2018 schema:about topic:rehabilitation-reintegration
event:osce-ct-2018 schema:about topic:returnee-families
event:osce-ct-2018 schema:about topic:juvenile-justice
event:osce-ct-2018 schema:about topic:civil-society
document:osce-ct-2018-concept-paper pcve:considers event:osce-ct-2018
project:unodc-aml-cft dcterms:isPartOf programme:ipa-ii-2017-iisg
project:unodc-aml-cft dcterms:isPartOf programme:unodc-rp-see
project:unodc-aml-cft pcve:implementer organization:unodc
project:unodc-aml-cft schema:about topic:aml-cft
event:sl-roundtable-3 pcve:edition 3
event:sl-roundtable-3 schema:organizer organization:slovenian-criminal-police
event:sl-roundtable-3 pcve:assistant organization:irvd
event:sl-roundtable-3 pcve:speaker person:lindav
event:sl-roundtable-3 pcve:considers initiative:ran
event:sl-roundtable-3 pcve:series/schema:organizer initiative:slovenian-national-platform
person:lindav org:hasMembership/org:organization organization:slovenian-criminal-police
project:first-line pcve:leader place:slovenia
project:first-line pcve:develops initiative:national-platforms
project:first-line schema:location place:western-balkans
project:first-line dcterms:isPartOf programme:ipa-ii-2016-pcve
programme:ipa-ii-2016-pcve pcve:coordinator organization:dcaf-ljubljana
initiative:national-platforms pcve:enables initiative:ran
event:codexter-2017 schema:organizer organization:cdct
event:codexter-2017 schema:startDate "2017-05-23"^^xsd:date
event:codexter-2017 schema:endDate "2017-05-24"^^xsd:date
event:codexter-2017 schema:location place:strasbourg
event:codexter-2017 schema:location/schema:containedInPlace place:france
event:codexter-2017 pcve:considers initiative:wbcti
event:codexter-2017 pcve:considers initiative:iisg
event:codexter-2017 pcve:receives document:slovenia-mfa-non-paper-2017
document:slovenia-mfa-non-paper-2017 pcve:submittedBy organization:slovenia-mfa
document:slovenia-mfa-non-paper-2017 pcve:kind document-kind:non-paper
organization:cdct org:subOrganizationOf organization:council-of-europe
organization:slovenia-mfa pcve:inCountry place:slovenia
organization:slovenia-mod pcve:inCountry place:slovenia
initiative:wbcti pcve:originatesFrom initiative:brdo-process
initiative:iisg pcve:originatesFrom initiative:brdo-process
initiative:brdo-process pcve:leader place:slovenia
""".strip().splitlines()


def test_the_seed_is_held_byte_for_byte() -> None:
    held = (ROOT / "data/sources/texts/wbcti-news.txt").read_bytes()
    digest = "054070b60db368471cd8efabf3ca84efe89002afe35ef8ba834fe1021c467113"
    assert hashlib.sha256(held).hexdigest() == digest
    seed = ROOT.parent / "shared" / "sources" / "wbcti-news.txt"
    if not seed.is_file():
        pytest.skip("the original of the seed is not next to this checkout")
    assert held == seed.read_bytes()


@pytest.mark.parametrize("triple", STATED)
def test_what_the_seven_items_state_is_in_the_graph(shipped: World, triple: str) -> None:
    assert ask(shipped.saved().store, f"{HEAD} ASK {{ {triple} }}") is True


def test_all_facts_from_the_seed_are_verified(shipped: World) -> None:
    query = f"""{HEAD} SELECT (COUNT(?piece) AS ?all) (COUNT(?quote) AS ?quoted) {{
        ?piece prov:hadPrimarySource <https://w3id.org/pcve/source/wbcti-news> .
        OPTIONAL {{ ?piece pcve:quote ?quote }} }}"""
    table = ask(shipped.saved().store, query)
    assert isinstance(table, ResultTable)
    every, quoted = (int(getattr(term, "value", 0)) for term in table.rows[0])
    assert every == quoted >= 257


def test_years_that_the_seed_does_not_state_are_inferred(shipped: World) -> None:
    for event in ("rcc-ws-prosecutors-2018", "iom-skopje-2018"):
        query = f"""{HEAD} ASK {{ ?claim rdf:subject event:{event} ; rdf:predicate schema:startDate ;
            pcve:evidence [ prov:hadPrimarySource <https://w3id.org/pcve/source/wbcti-news> ;
              pcve:certainty <https://w3id.org/pcve/vocab/certainty/inferred> ;
              skos:note ?note ] }}"""
        assert ask(shipped.saved().store, query) is True


BOUNDS = {
    "pcve:Event": (184, 400),
    "pcve:EventSeries": (22, 60),
    "org:Organization": (170, 300),
    "org:OrganizationalUnit": (31, 60),
    "foaf:Person": (38, 60),
    "pcve:Initiative": (25, 60),
    "pcve:Programme": (21, 60),
    "pcve:Project": (36, 120),
    "pcve:Document": (58, 150),
    "pcve:Place": (49, 120),
    "pcve:Country": (30, 60),
    "pcve:Source": (262, 600),
    "pcve:Claim": (5344, 12000),
    "pcve:Evidence": (6800, 20000),
    "pcve:Participation": (504, 1200),
}
"""How many things of each class there are: at least what there is today, and no sudden flood."""


def number(world: World, pattern: str) -> int:
    table = ask(world.saved().store, f"{HEAD} SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {pattern} }}")
    assert isinstance(table, ResultTable)
    return int(getattr(table.rows[0][0], "value", 0))


@pytest.mark.parametrize("kind", BOUNDS)
def test_there_are_as_many_things_as_there_should_be(shipped: World, kind: str) -> None:
    least, most = BOUNDS[kind]
    assert least <= number(shipped, f"?x a {kind}") <= most


def test_the_readme_states_how_many_facts_there_are_give_or_take_a_twentieth(
    shipped: World,
) -> None:
    facts = shipped.saved().manifest["facts"]
    total = facts["verified"] + facts["fingerprinted"] + facts["cited"]
    text = " ".join((ROOT / "README.md").read_text("utf-8").split())
    for count, words in (
        (total, "facts"),
        (facts["verified"], "are verified"),
        (facts["fingerprinted"], "are fingerprinted"),
        (facts["notStated"], "are inferred from the passage"),
        (facts["cited"], "are cited"),
    ):
        right = f"{count:,} {words}"
        stated = [int(number.replace(",", "")) for number in re.findall(rf"([\d,]+) {words}", text)]
        assert stated, f"README.md states no number of {words}; today: {right}"
        assert abs(stated[0] - count) <= 0.05 * count, f"bring README.md up to date: {right}"


@pytest.mark.parametrize(
    ("share", "column"), [(0.90, "dated"), (0.80, "placed"), (0.80, "organised"), (0.90, "topical")]
)
def test_events_say_when_where_by_whom_and_about_what(
    shipped: World, share: float, column: str
) -> None:
    query = read_queries(shipped.project, "answers")["completeness"]
    table = ask(shipped.saved().store, query.text)
    assert isinstance(table, ResultTable)
    row = dict(
        zip(table.columns, (int(getattr(t, "value", 0)) for t in table.rows[0]), strict=True)
    )
    assert row[column] / row["events"] >= share


def test_no_likely_duplicate_is_undecided(shipped: World) -> None:
    result = shipped.pcve("validate")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "checks: 0 warnings" in result.stdout


def researched() -> dict[str, list[dict[str, object]]]:
    path = ROOT.parent / "shared" / "domain" / "facts.yaml"
    if not path.is_file():
        pytest.skip("the researched facts are not beside this checkout")
    facts = yaml.safe_load(path.read_text("utf-8"))
    return {name: entries for name, entries in facts.items() if name not in ("meta", "topics")}


def left_out() -> set[str]:
    """The ids that data/left-out.md names, each with a reason."""
    lines = (ROOT / "data/left-out.md").read_text().splitlines()
    matches = [re.fullmatch(r"\| `([a-z0-9-]+)` \| (.{10,}) \|", line) for line in lines]
    return {match[1] for match in matches if match}


def test_every_researched_thing_has_its_record(shipped: World) -> None:
    """Or a line in data/left-out.md, which names no person: of persons it has one line for each."""
    entries = {entry["id"]: entry for listed in researched().values() for entry in listed}
    records = {path.stem for path in (shipped.root / "data/records").rglob("*.yml")}
    missing = entries.keys() - records
    assert len(entries) >= 540
    assert {entries[identifier]["kind"] for identifier in missing - left_out()} <= {"person"}
    assert len(missing) == len(left_out())
    assert len(records) >= 664


def test_every_researched_address_is_a_source(shipped: World) -> None:
    def same(address: str) -> str:
        return re.sub(r"^https?://(www\.)?|:443|/$", "", address)

    addresses = {
        same(str(address))
        for entries in researched().values()
        for entry in entries
        for address in (entry.get("source") or [])  # type: ignore[attr-defined]
        if not str(address).startswith("source:")
    }
    table = ask(
        shipped.saved().store, f"{HEAD} SELECT ?url {{ ?s a pcve:Source ; schema:url ?url }}"
    )
    assert isinstance(table, ResultTable)
    urls = {same(str(getattr(row[0], "value", ""))) for row in table.rows}
    assert len(addresses) >= 210
    assert addresses <= urls


def test_every_researched_topic_is_a_concept(ontology: Ontology) -> None:
    path = ROOT.parent / "shared" / "domain" / "facts.yaml"
    if not path.is_file():
        pytest.skip("the researched facts are not beside this checkout")
    topics = {topic["id"] for topic in yaml.safe_load(path.read_text("utf-8"))["topics"]}
    assert topics <= set(ontology.schemes["topic"])


@pytest.mark.long
def test_a_page_has_the_name_and_host_as_of_a_day(shipped: World) -> None:
    before = shipped.pcve("show", "iisg-support-group", "--as-of", "2019-05-01").stdout
    after = shipped.pcve("show", "iisg-support-group", "--as-of", "2021-05-01").stdout
    assert "hosting body: DCAF Ljubljana" in before
    assert "hosting body: DCAF Ljubljana" not in after
    assert (
        "hosting body: Regional Cooperation"
        in shipped.pcve("show", "iisg-secretariat", "--as-of", "2021-05-01").stdout
    )
    assert (
        "Regional Cooperation Council"
        not in shipped.pcve("show", "iisg-secretariat", "--as-of", "2019-05-01")
        .stdout.split("referred to by")[0]
        .split("hosting")[-1]
    )
    assert shipped.pcve("show", "north-macedonia", "--as-of", "2020-05-01").stdout.startswith(
        "North Macedonia  (country)"
    )
    assert not shipped.pcve("show", "north-macedonia", "--as-of", "2018-05-01").stdout.startswith(
        "North Macedonia  (country)"
    )


@pytest.mark.parametrize(
    "command",
    [
        ["show", "kosovo"],
        ["query", "events-in-country", "--set", "country=kosovo"],
        ["query", "events-in-country", "--set", "country=kosovo", "--format", "markdown"],
    ],
)
def test_kosovo_carries_its_note_wherever_it_is_shown(shipped: World, command: list[str]) -> None:
    text = shipped.pcve(*command).stdout
    assert "Kosovo*" in text
    assert "Kosovo* This designation is without prejudice to positions on status" in text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("programme/ipa-ii", "document/wbcti-ipa-2018-2020"),
        ("project/wb-pact", "project/marri-pact"),
        ("initiative/cti-network", "initiative/wbcti"),
        ("organization/council-of-europe", "organization/council-eu"),
        ("organization/shis", "organization/shish"),
        ("project/cscwb-2017", "project/cscwb-2019"),
        ("initiative/rcc-nfp-group", "initiative/rnnc"),
        ("place/brdo", "initiative/brdo-process"),
        ("project/first-line", "event/alb-first-line-2019"),
    ],
)
def test_easily_confused_things_have_records_of_their_own(
    shipped: World, first: str, second: str
) -> None:
    for identifier in (first, second):
        iri = f"<https://w3id.org/pcve/id/{identifier}>"
        assert ask(shipped.saved().store, f"{HEAD} ASK {{ {iri} skos:prefLabel ?name }}") is True


def test_the_records_with_sources_that_are_named_together_are_those_of_the_list() -> None:
    """A number in data/unassigned.yml goes down with the blocks, and never up."""
    limits = yaml.safe_load((ROOT / "data/unassigned.yml").read_text("utf-8"))
    blocks_by_id = {}
    for path in (ROOT / "data/records").rglob("*.yml"):
        blocks = yaml.safe_load(path.read_text("utf-8"))["claims"]
        together = [block for block in blocks if isinstance(block.get("source"), list)]
        if together:
            blocks_by_id[path.stem] = len(together)
    assert limits == blocks_by_id
    assert len(limits) <= 222
    assert sum(limits.values()) <= 427


def test_a_deprecated_date_stays_separate_from_the_one_that_is_taken(
    shipped: World,
) -> None:
    query = f"""{HEAD} SELECT ?day ?rank {{ ?c rdf:subject event:iisg-board-6 ; rdf:object ?day ;
        rdf:predicate schema:startDate ; pcve:rank ?rank }} ORDER BY ?day"""
    table = ask(shipped.saved().store, query)
    assert isinstance(table, ResultTable)
    pairs = [tuple(str(getattr(t, "value", "")).split("/")[-1] for t in row) for row in table.rows]
    assert ("2022-06-20", "normal") in pairs
    assert {rank for day, rank in pairs if day < "2022"} == {"deprecated"}
