"""`pcve evidence recheck`: every kind of change of a page, on a real server, in a folder, in a WARC."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import World, make_world, require
from page_server import PageServer, answer, endless, page_server, redirect

from pcve_graph.evidence import fetching, recheck_source
from pcve_graph.evidence.passages import PassageText, fingerprint
from pcve_graph.evidence.rechecking import SoughtPassage, ValueWords, recheck_passages
from pcve_graph.evidence.rechecks import PassageRecheck, Recheck, recheck_text

READ = "The Third Northtown Conference was held on 18 November 2019 in Northtown."
PAGE = f"Welcome to the calendar of the council. {READ} All were welcome, the council said."
EDITED = PAGE.replace("in Northtown.", "in the town of Northtown.")
MOVED = (
    f"The calendar has a new order of its items. Older ones follow. {READ} More is to come soon."
)
CANCELLED = PAGE.replace("18 November 2019", "a later day")
SOURCE = """\
id: {id}
title: {{en: '[Page {id}]'}}
publisherName: Northtown Council
kind: web-page
url: {url}
archivedAt: https://archive.example/{id}
language: en
dateRead: 2026-11-23
rights: {{en: 'Invented for the tests of this project; cited, not held.'}}
"""
BLOCK = """\
  - source: {id}
    passage:
      words: 12
      sha256: {sha256}
      says: 18 November 2019
      at: 7
    startDate: 2019-11-18
"""
RECORD = """\
id: northtown-conference-2019
type: Event
claims:
  - source: atlas
    prefLabel: {en: Third Northtown Conference}
    kind: conference
    location: northtown
"""


def add_sources(world: World, urls: dict[str, str]) -> None:
    """Sources at these addresses, by id, and an event on whose date each has the passage."""
    for name, url in urls.items():
        world.write(f"data/sources/{name}.yml", SOURCE.format(id=name, url=url))
    sha256 = fingerprint(READ).sha256
    blocks = "".join(BLOCK.format(id=name, sha256=sha256) for name in sorted(urls))
    world.write("data/records/event/northtown-conference-2019.yml", RECORD + blocks)
    result = world.pcve("build")
    assert result.exit_code == 0, result.output


def save_page(world: World, name: str, content: str | bytes) -> str:
    return str(world.write(f"../pages/{name}", content).parent)


def recheck_file(world: World, source: str) -> dict[str, Any]:
    text = (world.root / f"data/rechecks/{source}.yml").read_text("utf-8")
    content: dict[str, Any] = yaml.load(text, yaml.BaseLoader)
    return content


def outcomes(output: str) -> dict[str, list[str]]:
    return {
        source["source"]: [passage["outcome"] for passage in source["passages"]]
        for source in json.loads(output)
    }


@pytest.fixture
def server() -> Iterator[PageServer]:
    with page_server() as served:
        yield served


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "Fetcher", partial(fetching.Fetcher, seconds=2, pause=0))


@pytest.fixture
def page_world(tmp_path: Path) -> World:
    """Northtown with one source whose passage has a fingerprint, built."""
    world = make_world(tmp_path / "northtown")
    add_sources(world, {"calendar": "https://calendar.example/"})
    return world


@pytest.mark.usefixtures("no_pause")
@pytest.mark.long
def test_every_kind_of_change_on_a_server(world: World, server: PageServer) -> None:
    """Each source is first as it was read, then something happened to it."""
    names = (
        "page-bomb",
        "page-cancelled",
        "page-charset",
        "page-deleted",
        "page-edited",
        "page-endless",
        "page-forbidden",
        "page-gone",
        "page-inward",
        "page-reordered",
        "page-same",
        "page-slow",
        "page-twice",
        "page-withdrawn",
    )
    server.pages = {f"/{name}": answer(PAGE) for name in names}
    server.pages["/robots.txt"] = answer("User-agent: *\nDisallow: /closed\n")
    add_sources(world, {name: server.url(f"/{name}") for name in names})
    fetch = ("evidence", "recheck", *names, "--fetch", "--allow-host", server.host)
    result = world.pcve(*fetch, "--format", "json")
    assert result.exit_code == 0, result.output
    assert outcomes(result.stdout) == {name: ["found"] for name in names}
    assert {recheck_file(world, name)["page"] for name in names} == {"first"}

    bomb = gzip.compress(b"\0" * (100 << 20))
    server.pages |= {
        "/page-bomb": answer(bomb, Content_Encoding="gzip"),
        "/page-cancelled": answer(CANCELLED),
        "/page-charset": answer(f"ë {PAGE}", "text/plain; charset=utf-16"),
        "/page-deleted": answer("no such page", status=404),
        "/page-edited": answer(EDITED),
        "/page-endless": endless(b"x" * (1 << 20)),
        "/page-forbidden": redirect("/closed/page"),
        "/page-gone": answer("no such page", status=410),
        "/page-inward": redirect("http://169.254.169.254/latest/meta-data"),
        "/page-reordered": answer(MOVED),
        "/page-slow": endless(b".", 0.1),
        "/page-twice": answer(f"{PAGE} {PAGE}"),
        "/page-withdrawn": redirect("/news"),
        "/news": answer("The council has nothing to announce at the moment."),
    }
    result = world.pcve(*fetch)
    assert result.exit_code == 1, result.output
    table = {row.split()[0]: row.split(maxsplit=3)[1:] for row in result.stdout.splitlines()}
    assert {name: table[name] for name in names} == {
        "page-bomb": ["unknown", "unread", "1 unread"],
        "page-cancelled": ["alive", "different", "1 gone"],
        "page-charset": ["alive", "different", "1 found"],
        "page-deleted": ["gone", "gone", "1 gone"],
        "page-edited": ["alive", "different", "1 changed"],
        "page-endless": ["unknown", "unread", "1 unread"],
        "page-forbidden": ["unknown", "unread", "1 unread"],
        "page-gone": ["gone", "gone", "1 gone"],
        "page-inward": ["unknown", "unread", "1 unread"],
        "page-reordered": ["alive", "different", "1 moved"],
        "page-same": ["alive", "same", "1 found"],
        "page-slow": ["unknown", "unread", "1 unread"],
        "page-twice": ["alive", "different", "1 moved"],
        "page-withdrawn": ["alive", "different", "1 gone"],
    }
    passage = "the passage of 12 words with “18 November 2019”"
    for line in (
        "    returned more than 67,108,864 bytes",
        "    answered 404 Not Found\n    archived copy: https://archive.example/page-deleted\n",
        f"    changed: {passage}: the words that carry the value stand there, the passage does not\n",
        f"    redirects to {server.url('/closed/page')}\n",
        "/robots.txt does not allow it; the page was not asked for\n"
        "    archived copy: https://archive.example/page-forbidden\n",
        "    redirects to http://169.254.169.254/latest/meta-data\n",
        "is at 169.254.169.254, which is not a public address",
        f"    moved: {passage}: other words stand before and after it\n",
        "no complete response within 2 s\n",
        f"    moved: {passage}: it stands there 2 times\n",
        f"    gone: {passage}: not even the words that carry the value stand there\n",
    ):
        assert line.strip() in result.stdout
    assert "/closed/page" not in server.paths()
    assert "14 passages of 14 sources: 2 found, 2 moved, 1 changed, 4 gone, 5 unread" in (
        result.stderr
    )


@pytest.mark.usefixtures("no_pause")
def test_no_private_address_is_asked_without_leave(world: World, server: PageServer) -> None:
    add_sources(world, {"calendar": server.url("/page")})
    result = world.pcve("evidence", "recheck", "calendar", "--fetch")
    assert result.exit_code == 1
    assert f"allow it with --allow-host {server.host}" in result.stdout
    assert server.asked == []


def test_the_second_recheck_compares_with_the_first(page_world: World) -> None:
    world = page_world
    pages = save_page(world, "calendar.txt", PAGE)
    for content, page, outcome in (
        (PAGE, "first", "found"),
        (PAGE, "same", "found"),
        (f"{PAGE} And more.", "different", "found"),
        (MOVED, "different", "moved"),
        (MOVED, "same", "found"),
        (EDITED, "different", "changed"),
    ):
        save_page(world, "calendar.txt", content)
        world.pcve("evidence", "recheck", "--pages", pages)
        written = recheck_file(world, "calendar")
        assert written["page"] == page
        assert [passage["outcome"] for passage in written["passages"]] == [outcome]
        assert written["sha256"] == hashlib.sha256(content.encode()).hexdigest()
        assert (written["source"], written["by"], "address" in written) == (
            "calendar",
            "pages",
            False,
        )
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", written["day"])


def test_a_page_is_compared_with_what_was_read(page_world: World) -> None:
    world = page_world
    sha256 = hashlib.sha256(PAGE.encode()).hexdigest()
    world.replace("data/sources/calendar.yml", "rights:", f"sha256Read: {sha256}\nrights:")
    assert world.pcve("build").exit_code == 0
    for content, page in ((PAGE, "same"), (MOVED, "different"), (MOVED, "different")):
        pages = save_page(world, "calendar.txt", content)
        world.pcve("evidence", "recheck", "calendar", "--pages", pages)
        assert recheck_file(world, "calendar")["page"] == page


def test_an_unread_page_does_not_forget_what_was_seen(page_world: World) -> None:
    world = page_world
    pages = save_page(world, "calendar.txt", PAGE)
    world.pcve("evidence", "recheck", "--pages", pages)
    before = recheck_file(world, "calendar")
    save_page(world, "calendar.txt", "")
    result = world.pcve("evidence", "recheck", "--pages", pages)
    assert result.exit_code == 1  # no page could be read
    assert "it has no text" in result.stdout
    after = recheck_file(world, "calendar")
    assert after["passages"][0]["before"] == before["passages"][0]["before"]
    save_page(world, "calendar.txt", MOVED)
    result = world.pcve("evidence", "recheck", "--pages", pages)
    assert "1 moved" in result.stdout


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\4\0", "is an image"),
        (b"\0\1\2\3 of a program", "it is not a text"),
        (f"Žë. {PAGE}".encode("cp1250"), "it is not UTF-8, and nothing says how it is encoded"),
        (PAGE.encode("utf-16-le"), "it is not a text"),
        (f"\ufeff{PAGE}".encode("utf-16-le"), ""),
        (f"\ufeff{PAGE}".encode(), ""),
    ],
    ids=["png", "program", "cp1250", "utf-16 without mark", "utf-16", "utf-8 with mark"],
)
def test_a_saved_text_that_is_none_is_unread(
    page_world: World, content: bytes, reason: str
) -> None:
    """Nothing follows for the passage; not that it is gone."""
    pages = save_page(page_world, "calendar.txt", content)
    result = page_world.pcve("evidence", "recheck", "--pages", pages, "--format", "json")
    assert outcomes(result.stdout) == {"calendar": ["unread" if reason else "found"]}
    assert result.exit_code == bool(reason)  # no page could be read
    assert reason in json.loads(result.stdout)[0]["reason"]


@pytest.mark.long
def test_what_is_not_built_is_named_and_results_are_no_change(page_world: World) -> None:
    """Rechecks and reviews are not in the graph, so that it is not older than they are."""
    world = page_world
    pages = save_page(world, "calendar.txt", PAGE)
    source = SOURCE.format(id="almanac", url="https://almanac.example/")
    world.write("data/sources/almanac.yml", source)
    assert world.pcve("build").exit_code == 0
    save_page(world, "almanac.txt", PAGE)
    result = world.pcve("evidence", "recheck", "almanac", "--pages", pages)
    assert "the built graph has no quote or fingerprint of almanac; " in result.stderr
    world.pcve("evidence", "recheck", "calendar", "--pages", pages)
    row = json.loads(world.pcve("evidence", "review", "export").stdout.splitlines()[0])
    text = json.dumps(row | {"verdict": "supports"})
    command = ("evidence", "review", "import", "-", "--by", "reader-a")
    assert world.pcve(*command, stdin=text).exit_code == 0
    stale = "files have changed since the last build"
    assert stale not in world.pcve("show", "northtown-conference-2019").output
    world.write("data/rechecks/calendar.yml", "no recheck")
    assert world.pcve("build").exit_code == 1  # the files are read strictly all the same
    world.replace("data/sources/almanac.yml", "Page almanac", "The almanac")
    assert stale in world.pcve("show", "northtown-conference-2015").output


def test_quotes_are_looked_for_as_well(northtown: World, tmp_path: Path) -> None:
    texts = northtown.root / "data/sources/texts"
    pages = tmp_path / "pages"
    pages.mkdir()
    for path in texts.iterdir():
        (pages / path.name).write_bytes(path.read_bytes())
    command = ("evidence", "recheck", "--pages", str(pages), "--dry-run")
    result = northtown.pcve(*command)
    assert result.exit_code == 0, result.output
    assert re.search(r"(\d+) passages of 7 sources: \1 found", result.stderr)
    assert not (northtown.root / "data/rechecks").exists()
    letter = pages / "dunes-letter.txt"
    words = letter.read_text("utf-8").split()
    letter.write_text(" ".join(words[: len(words) // 2]), "utf-8")
    result = northtown.pcve(*command, "dunes-letter")
    assert result.exit_code == 1
    assert re.search(r"gone: “.+”: most of its words do not stand there together", result.stdout)


def test_a_huge_saved_page_is_not_read(page_world: World) -> None:
    pages = save_page(page_world, "calendar.html", "")
    os.truncate(Path(pages, "calendar.html"), 1 << 30)
    result = page_world.pcve("evidence", "recheck", "--pages", pages)
    assert result.exit_code == 1
    assert "calendar.html has 1,073,741,824 bytes; at most 67,108,864 are read" in result.stdout
    assert recheck_file(page_world, "calendar")["page"] == "unread"


def test_a_page_that_matches_almost_everywhere_is_left(
    page_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words that carry the value, again and again: each is a place to compare."""
    monkeypatch.setattr(recheck_source, "PAGE_SECONDS", 1.0)
    pages = save_page(page_world, "calendar.txt", "18 November 2019 " * 800_000)
    result = page_world.pcve("evidence", "recheck", "--pages", pages)
    assert result.exit_code == 1
    assert "1 unread" in result.stdout
    assert "the search in the page of calendar" in result.stdout


QUOTE = "the fund pays for the calm waters of the lake until the end of 2019"
PARTS = {
    f"It is said that {QUOTE} and no longer.": ("found", ""),
    f"It is said that {QUOTE.upper()}, and no longer.": ("found", ""),
    f"In this report {QUOTE}. New text.": ("moved", "other words stand before and after it"),
    f"{QUOTE}. {QUOTE}.": ("moved", "it stands there 2 times"),
    f"It is said that {QUOTE} and no longer. Also, {QUOTE}.": ("found", ""),
    f"It is said that {QUOTE.replace('2019', '2020')} and no longer.": (
        "changed",
        "14 of its 15 words stand there together",
    ),
    "The lake is calm, and the fund of the waters ended.": (
        "gone",
        "most of its words do not stand there together",
    ),
    "": ("gone", "most of its words do not stand there together"),
}


@pytest.mark.parametrize(("text", "expected"), PARTS.items())
def test_a_quote_in_a_changed_page(text: str, expected: tuple[str, str]) -> None:
    words = fingerprint(QUOTE)
    sought = SoughtPassage(
        words.words, words.sha256, QUOTE, "and it is said that", "and no longer than"
    )
    (result,) = recheck_passages([sought], [PassageText(text)], {})
    assert (result.recheck.outcome, result.remark) == expected


def test_of_several_texts_the_best_outcome_counts() -> None:
    words = fingerprint(READ)
    sought = SoughtPassage(
        words.words, words.sha256, value_words=(ValueWords(7, "18 November 2019"),)
    )
    texts = [PassageText(text) for text in (CANCELLED, EDITED, PAGE)]
    assert recheck_passages([sought], texts, {})[0].recheck.outcome == "found"
    assert recheck_passages([sought], texts[:2], {})[0].recheck.outcome == "changed"


LONG = (
    "The Third Northtown Conference on Mentoring was held on 18 November 2019 in Northtown and was"
    " organised by the Northtown Council with the help of many."
)
SAID = {
    "The Third Northtown Conference on Mentoring": "prefLabel: {en: Third Northtown Conference}",
    "held on 18 November 2019 in Northtown": "startDate: 2019-11-18\n    location: northtown",
    "organised by the Northtown Council": "organizer: northtown-council",
}


@pytest.mark.long
def test_each_words_of_a_passage_have_their_outcome(world: World) -> None:
    """The passage has the worst of them."""
    words = LONG.lower().replace(".", "").split()
    assert len(words) == 26
    blocks = "".join(
        f"  - source: calendar\n    passage:\n      words: 26\n"
        f"      sha256: {fingerprint(LONG).sha256}\n      says: {says}\n"
        f"      at: {words.index(says.lower().split()[0])}\n    {fact}\n"
        for says, fact in SAID.items()
    )
    record = RECORD.replace("    prefLabel: {en: Third Northtown Conference}\n", "")
    record = record.replace("    location: northtown\n", "")
    world.write("data/records/event/northtown-conference-2019.yml", record + blocks)
    source = SOURCE.format(id="calendar", url="https://calendar.example/")
    world.write("data/sources/calendar.yml", source)
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    _, day, organiser = SAID
    for text, lost, worst in (
        (LONG, [], "found"),
        (LONG.replace("Northtown Council", "Lake Fund"), [organiser], "gone"),
        (LONG.replace("18 November", "12 March"), [day], "gone"),
        (LONG.replace("many", "all"), [], "changed"),
    ):
        pages = save_page(world, "calendar.txt", text)
        command = ("evidence", "recheck", "--pages", pages)
        ((passage,),) = (
            source["passages"]
            for source in json.loads(world.pcve(*command, "--format", "json").stdout)
        )
        assert passage["outcome"] == worst
        rest = "found" if text == LONG else "changed"
        assert {item["says"]: item["outcome"] for item in passage["valueWords"]} == {
            says: "gone" if says in lost else rest for says in SAID
        }
        shown = world.pcve(*command).stdout
        assert [f"gone: the passage of 26 words with “{says}”" in shown for says in SAID] == [
            says in lost for says in SAID
        ]
        others = ", ".join(f"“{says}”" for says in SAID if says not in lost)
        assert (f"changed: the passage of 26 words with {others}: " in shown) == (text != LONG)
        written = recheck_file(world, "calendar")["passages"]
        assert [item["outcome"] for item in written] == [worst]


def test_saved_html_and_its_wrong_charset(page_world: World) -> None:
    require("trafilatura")
    html = f"<html><head><meta charset=latin1></head><body><p>Žë</p><p>{PAGE}</p></body></html>"
    pages = save_page(page_world, "calendar.html", html)
    result = page_world.pcve("evidence", "recheck", "--pages", pages)
    assert result.exit_code == 0, result.output
    assert "1 found" in result.stdout
    hidden = html.replace(f"<p>{PAGE}", f"<p>Other text.</p><p hidden>{PAGE}")
    save_page(page_world, "calendar.html", hidden)
    result = page_world.pcve("evidence", "recheck", "--pages", pages)
    assert (result.exit_code, "1 gone" in result.stdout) == (1, True)


def capture(url: str, status: str, body: str = "", **more: str) -> bytes:
    """A record of a WARC file: the answer of a server."""
    content = gzip.compress(body.encode()) if "Content_Encoding" in more else body.encode()
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in more.items())
    block = f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\n{head}\r\n".encode() + content
    lines = (
        "WARC/1.0",
        "WARC-Type: response",
        f"WARC-Target-URI: {url}",
        "WARC-Date: 2026-11-23T00:00:00Z",
        f"WARC-Record-ID: <urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, url + body)}>",
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {len(block)}",
    )
    return "\r\n".join([*lines, "", ""]).encode() + block + b"\r\n\r\n"


@pytest.mark.parametrize("compressed", [True, False])
def test_captures_in_a_warc_file(world: World, tmp_path: Path, compressed: bool) -> None:
    require("warcio")
    captures = [
        capture("https://one.example/", "200 OK", "an earlier capture"),
        capture("https://one.example/", "200 OK", PAGE, Content_Encoding="gzip"),
        capture("https://two.example/page", "301 Moved", Location="/other"),
        capture("https://two.example/other", "200 OK", EDITED),
        capture("https://three.example/", "404 Not Found", "no such page"),
        capture("https://four.example/", "302 Found", Location="/nowhere"),
        capture("https://six.example/", "302 Found", Location="/"),
        capture("not an address", "200 OK", PAGE),
        capture("https://seven.example/", "200 OK", f"{PAGE} {PAGE}"),
    ]
    path = tmp_path / ("crawl.warc.gz" if compressed else "crawl.warc")
    path.write_bytes(
        b"".join(gzip.compress(record) if compressed else record for record in captures)
    )
    urls = {
        "one": "https://one.example",
        "two": "https://two.example/page#top",
        "three": "https://three.example/",
        "four": "https://four.example/",
        "five": "https://five.example/",
        "six": "https://six.example/",
        "seven": "https://seven.example/",
    }
    add_sources(world, urls)
    command = ("evidence", "recheck", *urls, "--warc", str(path), "--format", "json")
    result = world.pcve(*command)
    assert result.exit_code == 1, result.output
    expected = {
        "four": ["unread"],
        "one": ["found"],
        "seven": ["moved"],
        "six": ["unread"],
        "three": ["gone"],
        "two": ["changed"],
    }
    assert outcomes(result.stdout) == expected
    assert "no page of five\n" in result.stderr
    pages = {page["source"]: page for page in json.loads(result.stdout)}
    assert pages["two"]["redirects"] == ["https://two.example/other"]
    assert pages["six"]["reason"] == "it redirects more than 5 times"
    assert pages["four"]["reason"] == "the file has no capture of it"
    assert recheck_file(world, "one")["by"] == "warc"
    path.write_bytes(path.read_bytes()[:-60])
    result = world.pcve(*command)
    assert outcomes(result.stdout) == expected | {"seven": ["unread"]}


@pytest.mark.parametrize("content", [b"", b"not a WARC file", b"\x1f\x8b\x08\x00", b"WARC/1.0\r\n"])
def test_what_is_no_warc_file(northtown: World, tmp_path: Path, content: bytes) -> None:
    require("warcio")
    path = tmp_path / "damaged.warc.gz"
    path.write_bytes(content)
    result = northtown.pcve("evidence", "recheck", "--warc", str(path), "--dry-run")
    assert result.exit_code == 2
    messages = ("is not a whole WARC file", "there is no page of any of these sources")
    assert any(message in result.stderr for message in messages)


USAGE = {
    (): "--pages DIR, --fetch (their addresses) or --warc FILE",
    ("--fetch", "--pages", "."): "--pages DIR, --fetch (their addresses) or --warc FILE",
    ("--pages", ".", "--allow-host", "localhost:1"): "--allow-host requires --fetch",
    ("--fetch", "--allow-host", "localhost"): "is not a host and a port",
    ("--pages", "no-such-folder"): "no-such-folder is not a folder",
    ("--warc", "no-such-file"): "no-such-file is not a file",
    ("lake-reviev", "--fetch"): "no source has the id 'lake-reviev'; did you mean lake-review?",
}


@pytest.mark.parametrize(("arguments", "message"), USAGE.items())
def test_what_cannot_be_asked(northtown: World, arguments: tuple[str, ...], message: str) -> None:
    result = northtown.pcve("evidence", "recheck", *arguments)
    assert result.exit_code == 2
    assert message in result.output


def test_a_folder_of_other_files(page_world: World) -> None:
    world = page_world
    pages = save_page(world, "unrelated.html", "x")
    result = world.pcve("evidence", "recheck", "--pages", pages)
    assert result.exit_code == 2
    assert "no source has the id of unrelated.html" in result.stderr
    assert "there is no page of any of these sources" in result.stderr
    save_page(world, "calendar.txt", PAGE)
    save_page(world, "calendar.html", PAGE)
    result = world.pcve("evidence", "recheck", "--pages", pages)
    assert "has two pages of calendar, calendar.html and calendar.txt" in result.stderr
    Path(pages, "calendar.html").unlink()
    Path(pages, "calendar.txt").unlink()
    os.mkfifo(Path(pages, "calendar.txt"))
    result = world.pcve("evidence", "recheck", "--pages", pages)
    assert result.exit_code == 2


@pytest.mark.full
def test_it_shows_in_show_and_in_a_release(page_world: World, tmp_path: Path) -> None:
    world = page_world
    shown = world.pcve("show", "northtown-conference-2019")
    assert "recheck" not in shown.stdout
    pages = save_page(world, "calendar.txt", EDITED)
    world.pcve("evidence", "recheck", "--pages", pages)
    day = recheck_file(world, "calendar")["day"]
    line = f"  calendar: {day}, page read, 1 changed\n"
    shown = world.pcve("show", "northtown-conference-2019")
    assert f"last recheck of the sources\n{line}" in shown.stdout
    assert world.pcve("build").exit_code == 0
    result = world.pcve("release", str(tmp_path / "release"))
    if result.exit_code == 0:
        table = (tmp_path / "release/rechecks.tsv").read_text("utf-8").splitlines()
        sha256 = hashlib.sha256(EDITED.encode()).hexdigest()
        row = ["calendar", day, "pages", "", "first", sha256, "12", fingerprint(READ).sha256]
        assert table[1:] == ["\t".join([*row, "changed"])]
    else:
        raise AssertionError(result.output)


GOOD = recheck_text(
    Recheck(
        "atlas",
        "2026-11-30",
        "fetch",
        "same",
        "alive",
        sha256="0" * 64,
        redirects=("https://atlas.example/new?a=b'c",),
        passages=(PassageRecheck(12, "f" * 64, "found", "1" * 16, "2" * 16),),
    )
)
BAD = {
    ("source: atlas", "source: atlass"): '1:9: error recheck: the source is "atlass"',
    ("day: 2026-11-30", "day: yesterday"): '2:6: error recheck: day is "yesterday", not a day',
    (
        "day: 2026-11-30",
        "day: 2026-02-30",
    ): '2:6: error recheck: the day "2026-02-30" does not exist',
    ("by: fetch", "by: hand"): '3:5: error recheck: by is "hand", not one of pages, fetch, warc',
    ("page: same", "page: fine"): 'error recheck: page is "fine", not one of first, same',
    ("page: same", "pages: same"): '5:1: error recheck: a recheck has no key "pages"',
    ("page: same\n", ""): "error recheck: a recheck has no page",
    (
        "outcome: found",
        "outcome: lost",
    ): 'error recheck: outcome is "lost", not one of found, moved',
    ("words: 12", "words: many"): 'error recheck: words is "many", not a number of words',
    ("words: 12, ", ""): "error recheck: a passage has no words",
    ("f" * 64, "f" * 63): "not 64 digits of 0-9 and a-f",
    ("https://atlas", "file://atlas"): "not a web address",
    ("address: alive", "address: [alive]"): "error recheck: address is not one value",
    ("words: 12", "words: [12]"): "error recheck: words is not one value",
}


def test_the_file_of_a_recheck_is_read_back(northtown: World) -> None:
    content = yaml.load(GOOD, yaml.BaseLoader)
    assert content["redirects"] == ["https://atlas.example/new?a=b'c"]
    assert list(content) == sorted(
        content,
        key=("source", "day", "by", "address", "page", "sha256", "redirects", "passages").index,
    )


@pytest.fixture(scope="module")
def rechecked_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_world(tmp_path_factory.mktemp("rechecks") / "northtown")
    world.write("data/rechecks/atlas.yml", GOOD)
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    return world


@pytest.mark.parametrize(("change", "message"), BAD.items())
def test_a_damaged_file_stops_the_build(
    rechecked_world: World, change: tuple[str, str], message: str
) -> None:
    """At its place; the first of them in a whole build as well."""
    world = rechecked_world
    assert GOOD.count(change[0]) == 1
    world.write("data/rechecks/atlas.yml", GOOD.replace(*change))
    for mode in ((), ("--whole",)) if change == next(iter(BAD)) else ((),):
        result = world.pcve("build", *mode)
        assert result.exit_code == 1, result.output
        assert "data/rechecks/atlas.yml:" in result.output
        assert message in result.output
        assert "a file in data/rechecks is as `pcve evidence recheck` writes it" in result.output


@pytest.mark.parametrize("mode", [(), ("--whole",)])
@pytest.mark.long
def test_a_recheck_of_no_source_stops_the_build(world: World, mode: tuple[str, ...]) -> None:
    assert world.pcve("build").exit_code == 0
    path = world.write(
        "data/rechecks/no-such-source.yml", GOOD.replace("atlas\n", "no-such-source\n")
    )
    result = world.pcve("build", *mode)
    assert result.exit_code == 1
    assert "data/rechecks/no-such-source.yml:1:1" in result.output
    assert "no source has the id no-such-source" in result.output
    path.unlink()
    world.write("data/rechecks/old/atlas.yml", GOOD)
    result = world.pcve("build", *mode)
    assert "`pcve evidence recheck` writes what is in this folder" in result.output


def test_a_file_of_a_recheck_is_validated_as_one(rechecked_world: World) -> None:
    world = rechecked_world
    path = str(world.write("data/rechecks/atlas.yml", GOOD))
    assert "0 errors" in world.pcve("validate", path).output
    world.write("data/rechecks/atlas.yml", GOOD.replace("by: fetch", "by: hand"))
    result = world.pcve("validate", path)
    assert 'atlas.yml:3:5: error recheck: by is "hand"' in result.output
    assert "1 error," in result.output


def test_fmt_leaves_rechecks_alone(rechecked_world: World) -> None:
    world = rechecked_world
    world.write("data/rechecks/atlas.yml", GOOD)
    result = world.pcve("edit", "fmt", "--check")
    assert "rechecks" not in result.output


def test_a_source_that_is_deleted_takes_its_recheck_along(page_world: World) -> None:
    world = page_world
    pages = save_page(world, "calendar.txt", PAGE)
    world.pcve("evidence", "recheck", "--pages", pages)
    assert world.pcve("build").exit_code == 0
    for name in ("sources/calendar.yml", "records/event/northtown-conference-2019.yml"):
        (world.root / "data" / name).unlink()
    result = world.pcve("build")
    assert result.exit_code == 1
    assert "data/rechecks/calendar.yml:1:1" in result.output
    (world.root / "data/rechecks/calendar.yml").unlink()
    assert world.pcve("build").exit_code == 0
