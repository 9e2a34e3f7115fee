"""The project's own records: what the seven news items state is there, verified, and stays there."""

from __future__ import annotations

import hashlib

import pytest
from conftest import ROOT, World

from pcve_graph.names import PREFIXES
from pcve_graph.query import Table, ask

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
organization:us-embassy-ljubljana-odc org:unitOf organization:us-embassy-ljubljana
organization:us-embassy-ljubljana pcve:country place:united-states
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
organization:slovenia-mfa pcve:country place:slovenia
organization:slovenia-mod pcve:country place:slovenia
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
        pytest.skip("the original of the seed is not beside this checkout")
    assert held == seed.read_bytes()


@pytest.mark.parametrize("triple", STATED)
def test_what_the_seven_items_state_is_in_the_graph(shipped: World, triple: str) -> None:
    assert ask(shipped.saved().store, f"{HEAD} ASK {{ {triple} }}") is True


def test_all_facts_from_the_seed_are_verified(shipped: World) -> None:
    query = f"""{HEAD} SELECT (COUNT(?claim) AS ?all) (COUNT(?quote) AS ?quoted) {{
        ?claim prov:hadPrimarySource <https://w3id.org/pcve/source/wbcti-news> .
        OPTIONAL {{ ?claim pcve:quote ?quote }} }}"""
    table = ask(shipped.saved().store, query)
    assert isinstance(table, Table)
    every, quoted = (int(getattr(term, "value", 0)) for term in table.rows[0])
    assert every == quoted >= 258


def test_years_that_the_seed_does_not_state_are_inferred(shipped: World) -> None:
    for event in ("rcc-ws-prosecutors-2018", "iom-skopje-2018"):
        query = f"""{HEAD} ASK {{ ?claim rdf:subject event:{event} ; rdf:predicate schema:startDate ;
            pcve:certainty <https://w3id.org/pcve/vocab/certainty/inferred> ; skos:note ?note }}"""
        assert ask(shipped.saved().store, query) is True
