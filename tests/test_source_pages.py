"""Sources that open: their pages, the numbered sources of every page, and the weak ones."""

from __future__ import annotations

import csv
import io
import json
import re

import pyoxigraph as ox
import pytest
from conftest import ROOT, World

from pcve_graph.api import KnowledgeGraph
from pcve_graph.model.namespaces import expand
from pcve_graph.model.text_fragments import text_fragment_link
from pcve_graph.query.weak_sources import REASONS, is_listing

PAGE = "https://lake.example/news"
COLUMNS = 100


def shown(world: World, *arguments: str) -> str:
    result = world.pcve("show", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def rows_on_a_terminal(text: str) -> int:
    return sum(max(1, -(-len(line) // COLUMNS)) for line in text.splitlines())


def ids(world: World, folder: str) -> list[str]:
    return sorted(path.stem for path in (world.root / "data" / folder).rglob("*.yml"))


def claims_on(world: World, source: str) -> set[ox.NamedNode]:
    """The claims with evidence from a source, read off the graph without the program."""
    store = world.saved().store
    node = ox.NamedNode(f"https://w3id.org/pcve/source/{source}")
    primary, evidence = map(ox.NamedNode, map(expand, ("prov:hadPrimarySource", "pcve:evidence")))
    return {
        claim.subject
        for piece in store.quads_for_pattern(None, primary, node, None)
        for claim in store.quads_for_pattern(None, evidence, piece.subject, None)
        if isinstance(claim.subject, ox.NamedNode)
    }


def weak(world: World, *arguments: str) -> dict[str, list[str]]:
    """The reasons of each source that `pcve evidence sources` lists."""
    result = world.pcve("evidence", "sources", "--format", "csv", *arguments)
    assert result.exit_code == 0, result.output
    rows = csv.DictReader(io.StringIO(result.stdout))
    return {row["source"]: row["reasons"].split(", ") for row in rows}


# The page of a source


def test_a_source_has_a_page_with_what_is_recorded_and_what_is_not(northtown: World) -> None:
    page = shown(northtown, "lake-fund-page")
    for line in (
        "Calm Waters: what the Lake Fund pays for  (source)",
        "https://w3id.org/pcve/source/lake-fund-page",
        "publisher: Lake Fund",
        "address: https://lakefund.example/calm-waters",
        "archived copy: https://archive.example/20261123/https://lakefund.example/calm-waters",
        "licence: https://spdx.org/licenses/CC-BY-4.0",
        "published: 4 Sep 2017",
        "last recheck: none",
        "1 fact rests on it: 0 verified, 0 fingerprinted, 1 cited",
        "calm-waters: Calm Waters  (1)",
        "    funder: Lake Fund",
    ):
        assert line in page.splitlines()
    assert "not recorded: archived copy, published, licence" in shown(northtown, "atlas")
    assert "(source; title by the curator)" in shown(northtown, "shore-herald")


@pytest.mark.parametrize("source", ["northtown-news", "atlas", "lake-review", "shore-herald"])
def test_the_counts_of_a_source_are_those_of_the_graph(northtown: World, source: str) -> None:
    page = shown(northtown, source, "--all")
    counts = re.search(r"(\d+) facts? rests? on it: (\d+) v\w+, (\d+) f\w+, (\d+) c\w+", page)
    assert counts
    total, *grades = map(int, counts.groups())
    others = re.search(r"; (\d+) further claim", page)
    assert total == sum(grades)
    assert total + (int(others[1]) if others else 0) == len(claims_on(northtown, source))


def test_all_facts_of_a_source_have_its_words_and_no_others(northtown: World) -> None:
    page = shown(northtown, "northtown-news", "--all")
    assert (
        "    name: Ana Vale\n        “organised by the Northtown Council, assisted by "
        "the River Institute; Mayor Ana Vale opened it” [1, "
        in page.split("\nana-vale: Ana Vale\n")[1]
    )
    assert page.count("\nsources\n[1] News of the Northtown council  (northtown-news)") == 1
    assert "[2" not in page
    assert "mayor" in page
    assert "2014" not in page.split("ana-vale: ")[1].split("\n\n")[0]


def test_a_source_is_asked_for_by_id_iri_or_with_its_folder(northtown: World) -> None:
    by_id = shown(northtown, "atlas")
    assert shown(northtown, "source/atlas") == by_id
    assert shown(northtown, "https://w3id.org/pcve/source/atlas") == by_id
    best = northtown.pcve("search", "what the lake fund pays for", "--kind", "source").stdout
    assert "lake-fund-page" in re.findall(r"^\S+", best, re.M)[:2]
    assert "atlas  source  Atlas of Landia" in northtown.pcve("search", "atlas").stdout


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("lake-fund-pag", "did you mean:\n    lake-fund-page  "),
        ("Calendar of events on the Lake", "did you mean:\n    fair-calendar  "),
    ],
)
def test_a_source_is_suggested_by_its_id_and_its_title(
    northtown: World, typed: str, hint: str
) -> None:
    result = northtown.pcve("show", typed)
    assert (result.exit_code, result.stdout) == (2, "")
    assert hint in result.stderr


def test_a_record_comes_before_a_source_with_its_id(world: World) -> None:
    text = (world.root / "data/sources/fair-calendar.yml").read_text()
    world.write("data/sources/landia.yml", text.replace("id: fair-calendar", "id: landia"))
    assert world.pcve("build").exit_code == 0
    assert shown(world, "landia").startswith("Landia  (country)")
    assert "(source)" in shown(world, "source/landia").splitlines()[0]


# Forty lines


@pytest.mark.long
@pytest.mark.parametrize("folder", ["records", "sources"])
def test_every_page_takes_forty_lines_at_most(northtown: World, folder: str) -> None:
    for identifier in ids(northtown, folder):
        page = shown(northtown, identifier)
        assert rows_on_a_terminal(page) <= 40, identifier
        assert page.endswith(f"pcve show {identifier} --all\n")


@pytest.mark.long
def test_the_pages_with_most_facts_take_forty_lines(shipped: World) -> None:
    for identifier in ("osce-ct-2018", "iisg", "wbcti-news", "geonames", "rcc"):
        page = shown(shipped, identifier)
        assert rows_on_a_terminal(page) <= 40, identifier
        assert all(len(line) <= COLUMNS for line in page.splitlines() if "://" not in line)
    page = shown(shipped, "osce-ct-2018")
    left_out = re.search(r"^left out: (.*(?:\n  .*)*)$", page, re.M)
    assert left_out
    missing = re.findall(r"([a-z ]+) \((\d+)\s+of\s+(\d+)\)", " ".join(left_out[1].split()))
    assert "topic" in {label.strip() for label, _, _ in missing}
    whole = shown(shipped, "osce-ct-2018", "--all")
    for label, number, total in missing:
        pattern = re.compile(f"^{label.strip()}: ", re.M)
        if label.strip() != "referred to by":
            assert len(pattern.findall(whole)) == int(total)
            assert len(pattern.findall(page)) == int(total) - int(number) >= 1


@pytest.mark.long
@pytest.mark.parametrize("identifier", ["osce-ct-2018", "iisg"])
def test_a_page_begins_with_what_when_where_and_who(shipped: World, identifier: str) -> None:
    lines = shown(shipped, identifier).splitlines()
    places = [
        next(place for place, line in enumerate(lines) if line.startswith(label))
        for label in (
            "kind: ",
            "start: ",
            "location: ",
            ("organiser: ", "governed by: "),
            "topic: ",
        )
    ]
    assert places == sorted(places)
    assert places[0] == 4


def test_what_refers_to_a_thing_has_label_dates_and_evidence(northtown: World) -> None:
    page = shown(northtown, "northtown", "--all")
    incoming = page.split("\nreferred to by\n")[1].split("\n\nsources\n")[0]
    facts = re.findall(r"^  [a-z -]+: (.+)$", incoming, re.M)
    assert (
        "Third Northtown Conference on Mentoring (northtown-conference-2015), 19 Jan 2015 – 20 Jan 2015"
        in facts
    )
    evidence = re.findall(r"^      (?:“|cited|fingerprint)", incoming, re.M)
    assert len(evidence) >= len(facts)
    assert "(northtown-conference-2015), 19 Jan 2015" in shown(northtown, "northtown")


def test_a_source_without_facts_says_so(shipped: World) -> None:
    unused = next(iter(weak(shipped, "--reason", "unused")))
    assert "0 facts rest on it: 0 verified, 0 fingerprinted, 0 cited\n" in shown(shipped, unused)


# Numbered sources


def test_every_number_on_a_page_is_that_of_a_source_with_its_address(northtown: World) -> None:
    for identifier in ("northtown-conference-2015", "calm-waters", "reed-trust", "dune-circle"):
        for more in ((), ("--all",)):
            facts, _, sources = shown(northtown, identifier, *more).partition("\nsources")
            listed = re.findall(r"^\[(\d+)\]", sources, re.M)
            named = re.findall(r"\[(?:one or more of )?(\d+)", facts)
            assert listed == [str(number) for number in range(1, len(listed) + 1)]
            assert set(named) <= set(listed)
            assert set(named) >= {"1"}
            assert sources.count("://") + sources.count("(no address") >= len(listed)


def test_the_reasons_of_a_row_end_in_the_addresses_of_their_sources(northtown: World) -> None:
    result = northtown.pcve(
        "query", "who-did-what", "--set", "actor=northtown-council", "--why", "1"
    )
    facts, _, addresses = result.stdout.partition("\n  sources\n")
    assert "[northtown-news, characters " in facts
    assert "    [northtown-news]  https://northtown.example/news\n" in addresses


def test_facts_state_how_far_they_were_checked(northtown: World) -> None:
    page = shown(northtown, "northtown-conference-2015")
    assert "14 facts: 12 verified, 0 fingerprinted, 2 cited; 1 further claim is not a fact" in page
    assert "end: 21 Jan 2015 [3] (contested) “had been held from 19 to 21 January 2015”" in page


def test_a_fact_opens_its_source_at_its_words(northtown: World) -> None:
    link = "https://northtown.example/news#:~:text=organised%20by%20the%20Northtown,Ana%20Vale%20opened%20it\n"
    assert link in shown(northtown, "ana-vale", "--all")
    assert f"] northtown-news  {link}" in shown(northtown, "ana-vale")


def test_a_passage_that_is_not_held_opens_at_the_words_on_record(world: World) -> None:
    block = """\
  - source: atlas
    passage:
      words: 12
      sha256: f366729faf75fbf78828d2ffdd2303916d813f5f574e2e4065edda35eb992bec
      says: 18 March 2015
      at: 7
    startDate: 2015-03-18
"""
    world.replace("data/records/project/steady-hands.yml", "    startDate: 2015-03\n", "")
    path = world.root / "data/records/project/steady-hands.yml"
    path.write_text(path.read_text() + block)
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    link = "https://atlas.example/landia#:~:text=18%20March%202015"
    whole = shown(world, "steady-hands", "--all")
    words = "fingerprint of a passage of 12 words with “18 March 2015”"
    assert re.search(rf"^    {words}: \[\d\]\n    {re.escape(link)}$", whole, re.M)
    assert re.search(
        r"^start: 18 Mar 2015 \[\d\] “18 March 2015”$", shown(world, "steady-hands"), re.M
    )
    assert "1 fingerprinted" in shown(world, "atlas")


@pytest.mark.parametrize(
    ("address", "words", "link"),
    [
        (PAGE, "18 March 2015", f"{PAGE}#:~:text=18%20March%202015"),
        (PAGE, "OSCE-wide, A & B", f"{PAGE}#:~:text=OSCE%2Dwide%2C%20A%20%26%20B"),
        (PAGE, "Ljubljana\n је Љ", f"{PAGE}#:~:text=Ljubljana%20%D1%98%D0%B5%20%D0%89"),
        (PAGE, "a b c d e f g h i", f"{PAGE}#:~:text=a%20b%20c%20d,f%20g%20h%20i"),
        (f"{PAGE}#top", "one", f"{PAGE}#top:~:text=one"),
        (f"{PAGE}#:~:text=old", "new", f"{PAGE}#:~:text=new"),
        (f"{PAGE}?p=1&q=2", "one", f"{PAGE}?p=1&q=2#:~:text=one"),
        (PAGE, " ", ""),
        ("", "one", ""),
        (f"{PAGE}/report.PDF", "one", ""),
        (f"{PAGE}/report.pdf?v=2#page=4", "one", ""),
        (f"{PAGE}/report.docx", "one", ""),
        (f"{PAGE}/?file=report.pdf", "one", f"{PAGE}/?file=report.pdf#:~:text=one"),
    ],
)
def test_a_link_has_the_words_as_the_directive_says(address: str, words: str, link: str) -> None:
    assert text_fragment_link(address, words) == link


# Weak sources


@pytest.mark.parametrize(
    ("address", "is_list"),
    [
        ("https://a.example", True),
        ("https://a.example/", True),
        ("https://a.example/blog/", True),
        ("https://a.example/blog/tag/pcve/", True),
        ("https://a.example/past-events/page/14", True),
        ("https://a.example/events?page=3", True),
        ("https://a.example/x/?eventDisplay=past", True),
        ("https://a.example/?s=radicalisation", True),
        ("https://a.example/index.php?page=news&id=988", False),
        ("https://a.example/?p=4017", False),
        ("https://a.example/?lang=en&p=201", False),
        ("https://a.example/blog/2018/06/21/kick-off/", False),
        ("https://a.example/page-of-the-lake", False),
        ("https://a.example/news/7052", False),
        ("", False),
    ],
)
def test_a_list_is_recognized_by_its_address(address: str, is_list: bool) -> None:
    assert is_listing(address) is is_list


def test_weak_sources_have_the_reasons_that_hold(northtown: World) -> None:
    reasons = weak(northtown)
    assert reasons["shore-herald"] == ["mirror", "no-title", "no-date", "never-rechecked"]
    assert reasons["lake-fund-page"] == ["never-rechecked"]
    assert "listing" in reasons["northtown-news"]
    assert "shore-rumours" not in reasons  # withdrawn
    for source, names in reasons.items():
        assert ("many-claims" in names) == (len(claims_on(northtown, source)) > 50)
        assert ("unused" in names) == (not claims_on(northtown, source))
        assert list(names) == [name for name in REASONS if name in names]
    assert weak(northtown, "--reason", "mirror").keys() == {"shore-herald"}


def test_weak_sources_are_listed_in_every_format(northtown: World) -> None:
    listed = northtown.pcve("evidence", "sources")
    assert listed.stdout.splitlines()[0].split() == ["source", "claims", "reasons", "address"]
    assert re.match(r"reasons: .*\b1 mirror, .*never-rechecked", listed.stderr)
    document = json.loads(northtown.pcve("evidence", "sources", "--format", "json").stdout)
    assert document["head"]["vars"] == ["source", "claims", "reasons", "address"]
    assert len(document["results"]["bindings"]) == len(weak(northtown))
    for arguments, message in (
        (("--reason", "mirrors"), "pcve: unknown reason 'mirrors'; did you mean mirror?\n"),
        (("--format", "yaml"), "pcve: the formats of rows are table, markdown"),
    ):
        wrong = northtown.pcve("evidence", "sources", *arguments)
        assert (wrong.exit_code, wrong.stdout) == (2, "")
        assert wrong.stderr.startswith(message)


def test_the_help_has_every_reason(northtown: World) -> None:
    text = northtown.pcve("evidence", "sources", "--help").stdout
    for name, meaning in REASONS.items():
        assert re.search(rf"^ +{name} +{re.escape(meaning)}$", text, re.M), name


@pytest.mark.long
def test_the_page_on_evidence_has_what_the_commands_print(shipped: World) -> None:
    page = (
        (ROOT / "docs/evidence.md")
        .read_text("utf-8")
        .partition("\n## Sources\n")[2]
        .partition("\n## ")[0]
    )
    blocks = re.findall(r"```console\n\$ pcve show (\S+)\n([\s\S]*?)```", page)
    assert len(blocks) == 2
    for identifier, printed in blocks:
        lines = iter(shown(shipped, identifier).splitlines())
        for line in printed.splitlines():
            assert line == "…" or line in lines, line
    assert re.findall(r"^\| `([a-z-]+)` \|", page, re.M) == list(REASONS)


def test_a_recheck_shows_on_pages_and_in_the_list(world: World) -> None:
    world.write(
        "data/rechecks/atlas.yml", "source: atlas\nday: 2026-11-30\nby: pages\npage: same\n"
    )
    assert world.pcve("build").exit_code == 0
    assert "\nlast recheck: 2026-11-30, page same\n" in shown(world, "atlas")
    line = "\nlast recheck of the sources\n  atlas: 2026-11-30, page same\n"
    assert line in shown(world, "ana-vale")
    assert line in shown(world, "ana-vale", "--all")
    assert str(KnowledgeGraph.open(world.root).show("atlas")) == shown(world, "atlas")
    assert "never-rechecked" not in weak(world)["atlas"]
    assert "atlas" not in weak(world, "--reason", "never-rechecked")
    world.replace("data/rechecks/atlas.yml", "page: same", "page: unread")
    assert "never-rechecked" in weak(world)["atlas"]
