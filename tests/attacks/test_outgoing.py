"""No input makes a connection: a server on this machine counts connections, and there are none.

Besides the plain SERVICE there are spellings that some SPARQL parser reads as SERVICE and a search
in the text would miss. The pattern before it matches, so that it would be asked.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from conftest import ROOT, World, make_world
from servers import free_port

from pcve_graph import KnowledgeGraph
from pcve_graph.model.problems import ContentError, UsageError
from pcve_graph.query.foreign import parse_foreign_query
from pcve_graph.validation import shacl

from .listening import Listener, listening

pytestmark = pytest.mark.long

SPELLINGS = {
    "plain": "SELECT ?s { ?s a pcve:Event . SERVICE <URL> { ?s ?p ?o } }",
    "small": "SELECT ?s { service silent <URL> { ?s ?p ?o } }",
    "construct": "CONSTRUCT { ?s ?p ?o } { SERVICE <URL> { ?s ?p ?o } }",
    "ask": "ASK { SERVICE <URL> { ?s ?p ?o } }",
    "aggregate": "SELECT (COUNT(*) AS ?n) { SERVICE <URL> { ?s ?p ?o } }",
    "variable": "SELECT ?s { VALUES ?v { <URL> } SERVICE ?v { ?s ?p ?o } }",
    "sub-select": "SELECT ?s { { SELECT ?s { SERVICE <URL> { ?s ?p ?o } } } }",
    "exists": "SELECT ?s { ?s a pcve:Event FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "comment": "SELECT ?s { SERVICE#x>\n<URL>{ ?s ?p ?o } }",
    "carriage return": "SELECT ?s { #\r SERVICE <URL> { ?s ?p ?o } #\r\n}",
    "glued": "SELECT*{SERVICESILENT<URL>{?s ?p ?o}}",
    "number": "SELECT*{VALUES ?x{1}FILTER(?x=1)?s ?p 1SERVICE<URL>{?s ?p ?o}}",
    "prefix": "PREFIX : <URL> SELECT*{SERVICE:{?s ?p ?o}}",
    "comparison": "SELECT*{VALUES(?a ?b){(1 2)}FILTER(?a<?b)SERVICE#>\n<URL>{?s ?p ?o}}",
    "string after it": 'SELECT*{VALUES(?a ?b){(1 2)}FILTER(?a<?b#>"""\n)SERVICE<URL>{?s ?p ?o}#"""\n}',
    "bad escape": 'SELECT*{VALUES(?a ?b){("""x")}SERVICE<URL>{?s ?p ?o}#\\q"""\n}',
    "mark in a name": (
        "PREFIX e: <urn:e> SELECT*{?s e:a\u00b7VALUES ?o FILTER(?a<?b)SERVICE#>\n<URL>{?s ?p ?o}}"
    ),
    "code": "SELECT ?s { ?s a pcve:Event . S\\u0045RVICE <URL> { ?s ?p ?o } }",
    "long code": "SELECT ?s { ?s a pcve:Event . \\U00000053ERVICE <URL> { ?s ?p ?o } }",
    "code of a mark": 'SELECT ?s { ?s a "\\u0022 . SERVICE <URL> { ?s ?p ?o } #"\n}',
    "code of a bracket": "SELECT ?s { ?s a <http://e/\\u003E . SERVICE <URL> { ?s ?p ?o } #>\n}",
    "code of a line": "SELECT ?s { # \\u000A SERVICE <URL> { ?s ?p ?o } }\n}",
    "long s": "SELECT ?s { \u017fERVICE <URL> { ?s ?p ?o } }",
}
"""Texts that ask a server, in the eyes of one parser at least."""

FETCHED = {
    "from": "SELECT * FROM <URL> { ?s ?p ?o }",
    "from named": "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
    "load": "LOAD <URL>",
    "load silent": "load silent <URL> INTO GRAPH <urn:g>",
    "insert": "INSERT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "graph": "SELECT * { GRAPH <URL> { ?s ?p ?o } }",
    "function": "SELECT (<URL>(1) AS ?x) { }",
}
SH = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
EVENT = "<https://w3id.org/pcve/id/event/a> a <https://w3id.org/pcve/ns#Event> .\n"


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A built project, which each test of this file may add files to."""
    world = make_world(tmp_path_factory.mktemp("foreign") / "project")
    assert world.pcve("build").exit_code == 0
    return world


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as server:
        yield server


def pcve(world: World, *arguments: str, stdin: str = "") -> tuple[int, str]:
    """Exit code and output of the command, in a process of its own."""
    command = [sys.executable, "-m", "pcve_graph", "--project", str(world.root), *arguments]
    run = subprocess.run(command, input=stdin.encode(), capture_output=True, timeout=300)
    output = (run.stdout + run.stderr).decode()
    assert "Traceback" not in output
    return run.returncode, output


def aimed(text: str, listener: Listener) -> str:
    return text.replace("URL", listener.url)


@pytest.mark.quick
def test_the_listener_counts(listener: Listener, foreign: World) -> None:
    """Without this, the other tests would prove nothing."""
    text = aimed("SELECT ?s { SERVICE <URL> { ?s ?p ?o } }", listener)
    code, output = pcve(foreign, "query", "-", "--allow-service", stdin=text)
    assert code == 0, output
    assert listener.connections() == 1


@pytest.mark.quick
def test_a_service_that_is_wanted_is_asked_once(listener: Listener, foreign: World) -> None:
    texts = ("SELECT ?s { SERVICE <URL> { ?s ?p ?o } }", "ASK { SERVICE <URL> { ?s ?p ?o } }")
    for count, text in enumerate(texts, 1):
        path = foreign.write(f"wanted-{count}.rq", aimed(text, listener))
        code, output = pcve(foreign, "query", str(path), "--allow-service")
        assert code == 0, output
        assert listener.connections() == count


def test_a_service_that_fails_is_one_message(foreign: World) -> None:
    for text in (SPELLINGS["plain"], SPELLINGS["ask"]):
        text = text.replace("URL", f"http://127.0.0.1:{free_port()}/")
        code, output = pcve(foreign, "query", "-", "--allow-service", stdin=text)
        assert code == 2
        assert "the endpoint of SERVICE did not answer" in output


@pytest.mark.parametrize("name", [*SPELLINGS, *FETCHED])
def test_no_text_connects_from_python(name: str, listener: Listener, foreign: World) -> None:
    text = aimed({**SPELLINGS, **FETCHED}[name], listener)
    graph = KnowledgeGraph.open(foreign.root)
    try:
        answer = graph.sparql(text)
    except (ContentError, UsageError):
        answer = None
    assert answer is None or name == "graph"
    path = foreign.write(f"python-{name}.rq", text)
    with pytest.raises((ContentError, UsageError)) if name != "graph" else nullcontext():
        graph.query(str(path))
    assert listener.connections() == 0


@pytest.mark.parametrize("name", ["plain", "glued", "comparison", "from", "from named", "load"])
def test_no_text_connects_from_the_command(name: str, listener: Listener, foreign: World) -> None:
    text = aimed({**SPELLINGS, **FETCHED}[name], listener)
    code, output = pcve(foreign, "query", "-", "--why", stdin=text)
    assert code in (1, 2)
    assert listener.connections() == 0, output


def test_a_folder_of_queries_is_listed_checked_and_asked(
    listener: Listener, foreign: World, tmp_path: Path
) -> None:
    for name, text in {**SPELLINGS, **FETCHED}.items():
        (tmp_path / f"{name}.rq").write_text(aimed(text, listener), "utf-8", newline="")
    folder = ["--queries", str(tmp_path)]
    assert pcve(foreign, "queries", *folder)[0] == 1
    assert listener.connections() == 0
    code, output = pcve(foreign, "queries", *folder, "--check")
    assert (code, listener.connections()) == (1, 0), output
    assert "SERVICE is refused" in output
    assert pcve(foreign, "query", "aggregate", *folder)[0] == 2
    assert listener.connections() == 0


def test_the_saved_queries_of_a_foreign_project(listener: Listener, tmp_path: Path) -> None:
    world = make_world(tmp_path / "project")
    assert world.pcve("build").exit_code == 0
    world.write("queries/answers/bad.rq", aimed("#+ summary: x\n" + SPELLINGS["ask"], listener))
    lists = world.root / "queries" / "landscape" / "lists.rq"
    text = lists.read_text("utf-8")
    at = text.rindex("}")
    lists.write_text(f"{text[:at]} SERVICE <{listener.url}> {{ ?s0 ?p0 ?o0 }} }}{text[at + 1 :]}")
    for command in (["query", "bad"], ["queries"], ["queries", "--check"], ["query", "--help"]):
        code, output = pcve(world, *command)
        assert listener.connections() == 0, output
    assert pcve(world, "query", "bad")[0] == 2
    for command in (["coverage"], ["build"], ["validate"]):
        code, output = pcve(world, *command)
        assert (code, listener.connections()) == (1, 0), output
        assert "queries/landscape/lists.rq:" in output


@pytest.mark.parametrize("name", ["plain", "glued"])
def test_the_checks_of_a_foreign_project(name: str, listener: Listener, tmp_path: Path) -> None:
    world = make_world(tmp_path / "project")
    text = "PREFIX pcve: <https://w3id.org/pcve/ns#>\n" + SPELLINGS[name]
    text = text.replace("SELECT ?s", 'SELECT (?s AS ?subject) ("x" AS ?problem)')
    world.write("queries/checks/bad.rq", aimed(f"#+ rule: x\n{text}", listener))
    for command in ("build", "validate"):
        code, output = pcve(world, command)
        assert (code, listener.connections()) == (1, 0), output
        assert "queries/checks/bad.rq:3:" in output


@pytest.mark.parametrize("engine", ["turbo", "pyshacl"])
@pytest.mark.parametrize("name", ["plain", "code", "carriage return", "injected"])
def test_shapes_of_ones_own(name: str, engine: str, listener: Listener) -> None:
    """`injected` ends the declaration of a prefix, which engines write out as text."""
    prefix, text = "http://e/", "SELECT $this { $this a ?any }"
    if name == "injected":
        prefix = f"http://e/> SELECT $this {{ SERVICE <{listener.url}> {{ ?s ?p ?o }} }} #"
    else:
        pattern = aimed(SPELLINGS[name], listener).partition("{")[2].replace("pcve:Event", "?any")
        text = f"SELECT $this {{ $this a ?any . {pattern}"
    lines = [
        f"<urn:S> <{RDF}type> <{SHACL}NodeShape> .",
        f"<urn:S> <{SHACL}targetSubjectsOf> <{RDF}type> .",
        f"<urn:S> <{SHACL}sparql> <urn:C> .",
        f"<urn:C> <{SHACL}select> {json.dumps(text)} .",
        f"<urn:C> <{SHACL}prefixes> <urn:P> .",
        f"<urn:P> <{SHACL}declare> <urn:D> .",
        f'<urn:D> <{SHACL}prefix> "e" .',
        f"<urn:D> <{SHACL}namespace> {json.dumps(prefix)} .",
        f"<urn:P> <http://www.w3.org/2002/07/owl#imports> <{listener.url}> .",
    ]
    with pytest.raises(UsageError, match="the shapes cannot be used"):
        shacl.validate(f"<urn:s> <{RDF}type> <urn:T> .", "\n".join(lines), engine)
    assert listener.connections() == 0


RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SHACL = "http://www.w3.org/ns/shacl#"


@pytest.mark.parametrize("engine", ["turbo", "pyshacl"])
def test_files_that_name_others(
    engine: str, listener: Listener, foreign: World, tmp_path: Path
) -> None:
    """Contexts, imports, entities, a DTD, XInclude and a stylesheet: none is fetched."""
    url = listener.url
    rdf = f'<rdf:RDF xmlns:rdf="{RDF}" xmlns:x="http://www.w3.org/2001/XInclude">'
    files = {
        "context.jsonld": json.dumps({"@context": url, "@id": "urn:a", "@type": "urn:T"}),
        "nested.jsonld": json.dumps(
            {"@context": [{"@import": url, "@version": 1.1}], "@id": "a:b"}
        ),
        "scoped.jsonld": json.dumps(
            {"@context": {"p": {"@id": "urn:p", "@context": url}}, "p": {}}
        ),
        "imports.ttl": SH + EVENT + f"<urn:o> a owl:Ontology ; owl:imports <{url}> .",
        "shapes-graph.ttl": SH + EVENT + f"<urn:o> sh:shapesGraph <{url}> .",
        "entity.rdf": f'<!DOCTYPE r [<!ENTITY e SYSTEM "{url}">]>{rdf}&e;</rdf:RDF>',
        "dtd.rdf": f'<!DOCTYPE rdf:RDF SYSTEM "{url}">{rdf}</rdf:RDF>',
        "parameter.rdf": f'<!DOCTYPE r [<!ENTITY % e SYSTEM "{url}"> %e;]>{rdf}</rdf:RDF>',
        "include.rdf": f'{rdf}<x:include href="{url}"/></rdf:RDF>',
        "style.rdf": f'<?xml-stylesheet href="{url}"?>{rdf}</rdf:RDF>',
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    shapes = tmp_path / "own" / "shapes.ttl"
    shapes.parent.mkdir()
    shapes.write_text(
        f"{SH}<urn:o> a owl:Ontology ; owl:imports <{url}> . <urn:S> a sh:NodeShape ."
    )
    names = [str(tmp_path / name) for name in files]
    code, output = pcve(foreign, "validate", "--engine", engine, "--shapes", str(shapes), *names)
    assert code in (1, 2), output
    assert listener.connections() == 0, output


def test_an_export_treats_an_address_as_a_name(listener: Listener, foreign: World) -> None:
    for option in ("--topic", "--country"):
        code, output = pcve(foreign, "export", "turtle", option, listener.url)
        assert (code, listener.connections()) == (2, 0), output


def test_a_server_is_not_sent_what_reaches_out(listener: Listener, foreign: World) -> None:
    there = KnowledgeGraph.open(foreign.root, endpoint=listener.url)
    for text in SPELLINGS.values():
        with pytest.raises((ContentError, UsageError)):
            there.sparql(text.replace("URL", "http://127.0.0.1:9/"))
    text = "SELECT ?s { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"
    code, output = pcve(foreign, "query", "-", "--endpoint", listener.url, stdin=text)
    assert (code, listener.connections()) == (2, 0), output


def test_a_server_asks_the_service_that_is_wanted(listener: Listener, foreign: World) -> None:
    """The query goes to the endpoint; from this machine nothing goes to the service."""
    text = "SELECT ?s { SERVICE SILENT <URL> { ?s ?p ?o } }"
    with listening() as service:
        options = ["--endpoint", listener.url, "--allow-service", "--format", "csv"]
        code, output = pcve(foreign, "query", "-", *options, stdin=aimed(text, service))
        assert code == 0, output
        assert service.connections() == 0
    assert listener.connections() >= 1


def test_what_only_looks_like_a_service_is_asked(foreign: World) -> None:
    text = (
        "PREFIX service: <https://e.example/service#> # SERVICE <x> {\n"
        'SELECT ?service { ?service service:of "SERVICE <x> { }", <https://e.example/SERVICE#x>\n'
        "  FILTER (?service < 1 && 2 > ?service || IF(1 < 2, 3 > 2, false)) }"
    )
    assert parse_foreign_query(text.encode(), "query").text == text
    rows = KnowledgeGraph.open(foreign.root).sparql(text)
    assert len(rows) == 0  # type: ignore[arg-type]


def test_the_queries_of_the_project_read_one_way() -> None:
    paths = sorted((ROOT / "queries").rglob("*.rq"))
    assert len(paths) > 60
    for path in paths:
        parse_foreign_query(path.read_bytes(), path.name)
