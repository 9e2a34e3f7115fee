"""One way to name a thing: ids, IRIs, names in any script and language, codes; the same everywhere."""

from __future__ import annotations

import json

import pytest
from conftest import World

from pcve_graph.api import KnowledgeGraph
from pcve_graph.graph.ontology import read_ontology
from pcve_graph.model.problems import UsageError
from pcve_graph.query.show import show
from pcve_graph.search.names import named_thing, named_things
from pcve_graph.search.search import saved_index

ECONOMIES = {
    "albania": """
        Albania, albania, ALBANIA, Republic of Albania, Shqipëria, Shqipëri, Shqiperia, shqiperi,
        Republika e Shqipërisë, Albanija, Албанија, Република Албанија, AL, ALB, place/albania,
        country/albania, wd:Q222, http://www.wikidata.org/entity/Q222,
        https://www.wikidata.org/entity/Q222/, https://w3id.org/pcve/id/place/albania,
        http://w3id.org/pcve/id/place/albania/, <https://w3id.org/pcve/id/place/albania>,
        https://sws.geonames.org/783754, place:albania, Shqipërisë, Albanije
    """,
    "bosnia-herzegovina": """
        Bosnia and Herzegovina, Bosnia & Herzegovina, Bosnia-Herzegovina, Bosnia, BiH, БиХ, BA, BIH,
        Bosna i Hercegovina, Босна и Херцеговина, Bosnja dhe Hercegovina, Bosnjë-Hercegovinë,
        Bosnjë dhe Hercegovinë, Bosna, Босна, Bosnja, Босне, Bosne i Hercegovine
    """,
    "kosovo": """
        Kosovo, Kosovo*, Kosova, Kosovë, Kosove, Косово, Republika e Kosovës, Република Косово,
        Republika Kosovo, Kosovo under UNSCR 1244, XK, XKX, xk, Kosovo (UNSCR 1244),
        Republic of Kosovo, the Republic of Kosovo, Kosovës
    """,
    "montenegro": """
        Montenegro, Crna Gora, crna gora, Црна Гора, Mali i Zi, Mal i Zi, ME, MNE
    """,
    "north-macedonia": """
        North Macedonia, Republic of North Macedonia, Северна Македонија, Severna Makedonija,
        Sjeverna Makedonija, Сјеверна Македонија, Maqedonia e Veriut, Република Северна Македонија,
        Republika Severna Makedonija, FYROM, Macedonia, Македонија, Makedonija, Maqedoni, MK, MKD,
        Maqedonia, Republika e Maqedonisë së Veriut, Republic of Macedonia, FYR Macedonia,
        N. Macedonia, The former Yugoslav Republic of Macedonia, the FYROM
    """,
    "serbia": """
        Serbia, Republic of Serbia, Србија, Srbija, Република Србија, Republika Srbija, Serbi,
        Republika e Serbisë, RS, SRB, Srbije, Србије, the Republic of Serbia
    """,
}
SPELLINGS = [
    (spelling, economy)
    for economy, spellings in ECONOMIES.items()
    for spelling in " ".join(spellings.split()).split(", ")
]


def test_the_spellings_are_many() -> None:
    assert len(SPELLINGS) == len(set(SPELLINGS)) >= 80


@pytest.mark.parametrize(("spelling", "economy"), SPELLINGS)
def test_an_economy_is_a_country_by_any_of_its_names(
    shipped: World, spelling: str, economy: str
) -> None:
    reply = shipped.pcve("queries", "--sparql", "events-in-country", "--set", f"country={spelling}")
    assert reply.exit_code == 0, reply.stderr
    assert f"<https://w3id.org/pcve/id/place/{economy}>" in reply.stdout


@pytest.mark.long
def test_commands_take_the_same_names(shipped: World) -> None:
    for command in (
        ("query", "events-in-country", "--set", "country={}"),
        ("timeline", "--format", "csv", "--country", "{}"),
        ("coverage", "--needs", "--format", "csv", "--country", "{}"),
        ("overlaps", "--format", "csv", "--country", "{}"),
        ("export", "turtle", "--only", "project", "--country", "{}"),
        ("show", "{}"),
    ):
        answers = set()
        for name in ("bosnia-herzegovina", "Босна и Херцеговина", "BIH", "wd:Q225"):
            reply = shipped.pcve(*(part.format(name) for part in command))
            assert reply.exit_code == 0, (command, reply.stderr)
            answers.add(reply.stdout)
        assert len(answers) == 1, command


@pytest.mark.long
def test_every_name_of_a_record_leads_back_to_it(shipped: World) -> None:
    """Alone, or as one of those that an error lists."""
    saved = shipped.saved()
    index = saved_index(saved)
    names = index.execute(
        "select entry.iri, entry.text from entry join thing on thing.iri = entry.iri "
        "where field in (1, 2) and kind not in ('concept', 'source')",
        [],
    )
    assert len(names) > 1000
    lost = [
        (iri, name)
        for iri, name in names
        if iri not in {thing.named_iri for thing in named_things(index, name)}
    ]
    assert lost == []


def test_a_record_has_its_name_before_a_source_with_that_title(shipped: World) -> None:
    kg = KnowledgeGraph.open(shipped.root)
    for name, identifier in (
        ("Bosnja dhe Hercegovina", "bosnia-herzegovina"),
        ("Western Balkans Regional Hub", "scn-wb-hub"),
        ("Committee of Experts on Terrorism (CODEXTER)", "cdct"),
    ):
        assert kg.name(name).id == identifier
        assert f"/{identifier}" in shipped.pcve("show", name).stdout.splitlines()[1]
        hits = kg.search(name)
        assert hits[0].id == identifier
        assert kg.name(name, kind="source").kind == "source"
    with pytest.raises(UsageError, match=r"ct-challenges-2011.*\n.*ct-challenges-2016"):
        kg.name("Izzivi zoperstavljanja terorizmu v regiji Jugovzhodne Evrope")
    assert kg.name("elitetravel-al-bosnja-dhe-hercegovina").kind == "source"


def test_an_entity_of_bosnia_is_no_slip_of_a_country(shipped: World) -> None:
    kg = KnowledgeGraph.open(shipped.root)
    for text in ("Republika Srpska", "Република Српска"):
        assert [hit.id for hit in kg.search(text)][:2] == ["moi-rs", "iisg-rs-2023"]
        for command in (("show", text), ("search", "RCC", "--country", text)):
            reply = shipped.pcve(*command)
            assert (reply.exit_code, reply.stdout) == (2, "")
            assert "Serbia" not in reply.stderr
        assert "moi-rs" in shipped.pcve("show", text).stderr
    assert "serbia" in shipped.pcve("show", "Republika Srbjia").stderr


def test_forms_of_country_names_name_countries_only(shipped: World) -> None:
    kg = KnowledgeGraph.open(shipped.root)
    assert kg.name("Srbije").kind == "country"
    with pytest.raises(UsageError, match=r"it names:\n *serbia"):
        kg.name("Srbije", kind="organization")
    assert shipped.pcve("search", "RCC", "--country", "Kosovës").exit_code == 0


def test_a_term_is_named_by_its_list_by_itself_and_by_its_labels(shipped: World) -> None:
    kg = KnowledgeGraph.open(shipped.root)
    for name in (
        "topic/ftf-returnees",
        "ftf-returnees",
        "RFTF",
        "topic/returnees",
        "topic:RFTF",
    ):
        term = kg.name(name, kind="topic")
        assert (term.id, term.kind) == ("topic/ftf-returnees", "concept"), name


@pytest.mark.long
def test_show_opens_every_id_that_search_prints(shipped: World) -> None:
    """All things of the index: what search prints is one of them."""
    saved, ontology = shipped.saved(), read_ontology(shipped.project)
    index = saved_index(saved)
    things = index.execute("select id, iri from thing", [])
    assert len(things) > 1000
    for identifier, iri in things:
        thing = named_thing(index, identifier)
        assert thing.named_iri == iri
        assert show(saved.store, ontology, thing.named_iri).label


@pytest.mark.parametrize("text", ["Albania", "returnees", "geonames", "Brdo", "prisons"])
def test_show_prints_what_search_prints(shipped: World, text: str) -> None:
    hits = json.loads(shipped.pcve("search", text, "--limit", "3", "--format", "json").stdout)
    assert hits
    for hit in hits:
        page = shipped.pcve("show", hit["id"])
        assert page.exit_code == 0, page.stderr
        assert hit["iri"] in page.stdout.splitlines()[:4]


def test_a_term_has_a_page_with_its_definition_and_what_uses_it(northtown: World) -> None:
    page = northtown.pcve("show", "topic/prisons", "--all").stdout.splitlines()
    assert page[0].endswith("(term of the list topic)")
    assert page[1] == "https://w3id.org/pcve/vocab/topic/prisons"
    assert any(line.startswith("definition: ") for line in page)
    assert "referred to by" in page
    assert (
        "on 1 Jan 2016: it has no dates"
        in northtown.pcve("show", "topic/prisons", "--as-of", "2016-01-01").stdout
    )


def test_a_name_of_another_kind_says_what_it_names(shipped: World) -> None:
    reply = shipped.pcve("query", "events-in-country", "--set", "country=Tirana")
    assert (reply.exit_code, reply.stdout) == (2, "")
    assert reply.stderr == (
        "pcve: country: no country matches 'Tirana'; it names:\n    tirana  Tirana (place)\n"
    )


def test_a_shared_name_lists_what_it_may_be(northtown: World) -> None:
    kg = KnowledgeGraph.open(northtown.root)
    with pytest.raises(UsageError) as caught:
        kg.name("zzzz")
    assert "did you mean" not in str(caught.value)
    place = kg.name("northtown", kind="place")
    assert (place.id, place.kind, place.matched) == ("northtown", "place", "id")


def test_kosovo_has_no_code_of_iso(shipped: World) -> None:
    asked = "SELECT ?code { <https://w3id.org/pcve/id/place/kosovo> pcve:isoCode|pcve:userAssignedCode ?code }"
    reply = shipped.pcve("query", "-", "--format", "csv", "--iris", stdin=asked)
    assert sorted(reply.stdout.split()[1:]) == ["XK", "XKK", "XKX"]
    iso = shipped.pcve(
        "query", "-", "--format", "csv", stdin=asked.replace("|pcve:userAssignedCode", "")
    )
    assert iso.stdout.split()[1:] == []
    page = shipped.pcve("show", "XKX")
    assert "This designation is without prejudice to positions on status" in page.stdout


def test_the_lists_and_their_terms(northtown: World) -> None:
    lists = northtown.pcve("terms")
    assert lists.exit_code == 0
    assert any(line.split()[:1] == ["topic"] for line in lists.stdout.splitlines())
    tree = northtown.pcve("terms", "topic").stdout.splitlines()
    places = {line.split("  ")[0].lstrip("· "): line.startswith("· ") for line in tree}
    assert places["topic/ftf"]
    assert not places["topic/pcve"]
    rows = json.loads(northtown.pcve("terms", "topic", "--format", "json").stdout)["rows"]
    by_term = {row["term"]: row for row in rows}
    assert by_term["topic/ftf"]["broader"] == "topic/counter-terrorism"
    assert by_term["topic/ftf"]["definition"]
    header = northtown.pcve("terms", "topic", "--format", "csv").stdout.splitlines()[0]
    assert header == "term,label,language,broader,definition"


def test_labels_in_another_language_or_in_english(northtown: World) -> None:
    path = "ontology/vocab/ending.ttl"
    northtown.replace(
        path, 'skos:prefLabel "as planned"@en', 'skos:prefLabel "as planned"@en , "sipas planit"@sq'
    )
    assert northtown.pcve("build").exit_code == 0
    reply = northtown.pcve("terms", "ending", "--lang", "sq")
    assert "sipas planit" in reply.stdout
    assert "2 of 3 terms have no label in sq; the label shown is in English." in reply.stdout
    kg = KnowledgeGraph.open(northtown.root)
    terms = kg.terms("ending", lang="sq")
    assert {(term.id, term.language) for term in terms} == {
        ("ending/as-planned", "sq"),
        ("ending/ended-early", "en"),
        ("ending/extended", "en"),
    }
    assert kg.terms()[0].size > 0


def test_wrong_lists_and_languages_are_refused(northtown: World) -> None:
    for arguments, message in (
        (("topc",), "there is no list 'topc'; did you mean topic?"),
        (("topic", "--lang", "albanian"), "--lang takes a language tag such as sq or sr-Latn"),
        (("topic", "--format", "cvs"), "unknown format 'cvs'; did you mean csv?"),
    ):
        reply = northtown.pcve("terms", *arguments)
        assert (reply.exit_code, reply.stdout) == (2, "")
        assert message in reply.stderr
