"""The addresses at w3id.org lead where they should, in the form that is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
import rdflib
from conftest import ROOT, World, not_available
from servers import missing
from w3id import W3id, served

from pcve_graph import __version__
from pcve_graph.graph.ontology import read_ontology
from pcve_graph.model.namespaces import BASE, GRAPHS
from pcve_graph.model.project import Project
from pcve_graph.model.schema import Ontology
from pcve_graph.publish.release.moved import read_moved
from pcve_graph.records.assemble import build_graph
from pcve_graph.records.reader import read_records

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
ENDINGS = {
    "text/turtle": "ttl",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdf",
    "application/n-triples": "nt",
    "text/html": "html",
    BROWSER: "html",
    "*/*": "html",
    "": "html",
    "application/rdf+xml, text/turtle;q=0.8, */*;q=0.1": "rdf",
    "application/x-trig;q=0.5, text/turtle, application/ld+json;q=0.9": "ttl",
    "text/html;q=0.2, text/turtle": "html",
}


@pytest.fixture(scope="module")
def w3id() -> Iterator[W3id]:
    if reason := missing("apache"):
        not_available(reason)
    with served() as server:
        yield server


@pytest.mark.parametrize("accept", ENDINGS)
@pytest.mark.full
def test_a_form_is_given_as_it_is_asked_for(w3id: W3id, accept: str) -> None:
    ending = ENDINGS[accept]
    for name in ("axioms", "report"):
        file = "ns.html" if ending == "html" else f"{name}.{ending}"
        assert w3id.leads_to(name, accept) == f"/reference/{file}"
        version = f"/releases/{__version__}/reference/{file}"
        assert w3id.leads_to(f"{name}/{__version__}", accept) == version
    for name in ("ns", "shapes", "vocab"):
        assert w3id.leads_to(name, accept) == f"/reference/{name}.{ending}"
        version = f"/releases/{__version__}/reference/{name}.{ending}"
        assert w3id.leads_to(f"{name}/{__version__}", accept) == version
    assert w3id.leads_to("shapes/core", accept) == "/reference/pcve.shacl.ttl"
    assert w3id.leads_to("shapes/rules", accept) == "/reference/rules.shacl.ttl"
    version = f"/releases/{__version__}/reference/claims.shacl.ttl"
    assert w3id.leads_to(f"shapes/claims/{__version__}", accept) == version
    assert w3id.leads_to("context.jsonld", accept) == "/reference/context.jsonld"
    assert w3id.leads_to("id/event/osce-ct-2018", accept) == f"/id/event/osce-ct-2018.{ending}"
    assert w3id.leads_to("source/wbcti-news", accept) == f"/source/wbcti-news.{ending}"
    assert w3id.leads_to("claim/0004a86c311d166d", accept) == f"/claim/0004a86c311d166d.{ending}"
    assert w3id.leads_to("graph/facts", accept) == f"/graph/facts.{ending}"
    term = "vocab/topic.html#ftf" if ending == "html" else f"vocab.{ending}"
    assert w3id.leads_to("vocab/topic/ftf", accept) == f"/reference/{term}"
    assert w3id.leads_to("rule/Event-startDate", accept) == "/reference/rule/Event-startDate.html"


@pytest.mark.parametrize(
    "accept", [ending for ending in ENDINGS if "," not in ending and "/" in ending]
)
@pytest.mark.parametrize("name", ["ns", "axioms", "report", "shapes", "vocab", f"ns/{__version__}"])
@pytest.mark.full
def test_what_an_address_leads_to_is_there(w3id: W3id, name: str, accept: str) -> None:
    kind, content = w3id.read(name, accept)
    assert kind == ("text/html" if accept == "*/*" else accept)
    assert len(content) > 1000


@pytest.mark.full
def test_the_root_leads_to_the_site_and_what_is_no_address_nowhere(w3id: W3id) -> None:
    assert w3id.leads_to("") == w3id.leads_to("dataset") == "/"
    assert w3id.leads_to("dataset", "text/turtle") == "/void.ttl"
    for path in ("nss", "ns/1", "id/event", "id/Event/x", "vocab/topic/ftf/x", "rule/a/b", "x/y"):
        assert w3id.leads_to(path) == "", path
    assert w3id.leads_to("claim/../../etc/passwd") == ""


class Ids(HTMLParser):
    """The ids of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids |= {value or "" for name, value in attrs if name == "id"}


@pytest.mark.full
def test_every_term_leads_to_its_own_place_on_a_page(w3id: W3id, ontology: Ontology) -> None:
    """What follows a `#` stays with the browser, which seeks it on the page that it is led to."""
    text = "\n".join((*ontology.graphs["ontology"], *ontology.graphs["vocabulary"]))
    text += ontology.shapes
    iris = set(re.findall(rf"^<({BASE}(?:ns#|shapes#|vocab/)[^>]+)> ", text, re.M))
    lists = {term.rpartition("/")[0] for term in iris if "/vocab/" in term} - {f"{BASE}vocab"}
    pages: dict[str, set[str]] = {}
    for iri in sorted({term.partition("#")[0] for term in iris}):
        to = w3id.leads_to(iri.removeprefix(BASE))
        page, _, place = to.partition("#")
        if page not in pages:
            pages[page] = Ids(w3id.read(iri.removeprefix(BASE), "text/html")[1].decode()).ids
        assert not place or place in pages[page], iri
        own = {term.partition("#")[2] for term in iris if term.startswith(f"{iri}#")}
        assert own - pages[page] == set()
        assert place or own or iri in lists, iri
    assert len(iris) >= 540
    assert len(pages) >= 18


@pytest.mark.full
def test_every_iri_of_the_graph_is_an_address(w3id: W3id, northtown: World) -> None:
    """One of each kind is asked for; the shape of all others is that of one of these."""
    store = northtown.saved().store
    kinds = {}
    for quad in store:
        iri = getattr(quad.subject, "value", "")
        if iri.startswith(BASE):
            path = iri.removeprefix(BASE).partition("#")[0]
            parts = path.split("/")
            shape = (parts[0], len(parts), parts[1] if parts[0] == "id" else "")
            kinds[shape] = path
    assert len(kinds) >= 15
    assert {path for path in kinds.values() if not w3id.leads_to(path)} == set()


@pytest.mark.full
@pytest.mark.long
def test_every_iri_of_version_0_1_0_resolves(w3id: W3id) -> None:
    """Each claim's page leads to its new address, which stands in the graph; a quote stays."""
    project = Project(ROOT, ROOT / "build")
    built = build_graph(read_records(project), read_ontology(project))
    nodes = {line.split(" ", 1)[0][1:-1] for name in GRAPHS for line in built.graphs[name]}
    rows = read_moved(project).values()
    assert len(rows) > 5_400
    for row in rows:
        assert row.new in nodes, row
        path = row.old.removeprefix(BASE)
        if row.old == row.new:
            assert w3id.leads_to(path) == f"/{path}.html"
            continue
        kind, page = w3id.read(path, "text/html")
        assert kind == "text/html"
        assert f'<meta http-equiv="refresh" content="0; url={row.new}">' in page.decode()


@pytest.mark.full
@pytest.mark.parametrize(
    "kind", ["text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples"]
)
def test_an_iri_that_moved_says_so_in_rdf(w3id: W3id, kind: str) -> None:
    for row in sorted(read_moved(Project(ROOT, ROOT / "build")).values())[::500]:
        if row.old != row.new:
            graph = rdflib.Graph()
            graph.parse(data=w3id.read(row.old.removeprefix(BASE), kind)[1], format=kind)
            assert [tuple(map(str, triple)) for triple in graph] == [
                (row.old, str(rdflib.DCTERMS.isReplacedBy), row.new)
            ]


def test_the_folder_is_as_w3id_requires_it() -> None:
    folder = ROOT / "docs" / "w3id"
    assert {path.name for path in folder.iterdir()} == {".htaccess", "README.md"}
    rules = (folder / ".htaccess").read_text("utf-8")
    assert "Contact" in (folder / "README.md").read_text("utf-8")
    sites = {urlsplit(url).netloc for url in re.findall(r"https?://[^\]\s:]+", rules)}
    assert sites == {"w3id.org", "pcve-graph.example"}
