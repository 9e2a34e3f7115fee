"""JSON-LD of the web, validated without the network, and files that say nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import ROOT, World, require

from pcve_graph.model.namespaces import DOCUMENT_BASE
from pcve_graph.model.problems import ContentError
from pcve_graph.syntax import jsonld_contexts
from pcve_graph.syntax.jsonld_contexts import original_place, write_out_contexts
from pcve_graph.syntax.positions import jsonld
from pcve_graph.validation.documents import read_document
from pcve_graph.validation.supplied_contexts import OWN_CONTEXT

REPORTS = ROOT / "tests" / "reports"
PAGE = REPORTS / "11-schema-org-page.jsonld"
SCHEMA_ORG = {
    "type": "@type",
    "id": "@id",
    "@vocab": "http://schema.org/",
    "schema": "http://schema.org/",
    "Date": {"@id": "schema:Date"},
    "Event": {"@id": "schema:Event"},
    "name": {"@id": "schema:name"},
    "startDate": {"@id": "schema:startDate", "@type": "Date"},
    "location": {"@id": "schema:location"},
}
"""A part of the context that schema.org publishes."""


def context_file(path: Path, content: object = SCHEMA_ORG) -> Path:
    path.write_text(json.dumps({"@context": content}))
    return path


def found(result: Any) -> list[dict[str, Any]]:
    reported: list[dict[str, Any]] = json.loads(result.stdout)
    return reported


def check(world: World, path: Path, *options: str) -> tuple[int, list[dict[str, Any]]]:
    result = world.pcve("validate", str(path), "--format", "json", *options)
    return result.exit_code, found(result)


def test_a_page_names_both_ways_to_its_context(northtown: World) -> None:
    code, (problem,) = check(northtown, PAGE)
    assert (code, problem["rule"]) == (2, "rdf-syntax")
    assert (problem["line"], problem["column"]) == (2, 15)
    assert problem["message"] == "remote @context is not loaded: https://schema.org"
    assert "--context https://schema.org=FILE" in problem["fix"]
    assert "or write its terms in the file" in problem["fix"]


@pytest.mark.parametrize(
    "address",
    ["https://schema.org/", "https://schema.org", "http://schema.org", "HTTP://Schema.org/"],
)
def test_a_page_is_read_with_its_context(northtown: World, tmp_path: Path, address: str) -> None:
    """http and https, with and without a slash after the host: one address (RFC 3986, 6.2.3)."""
    file = context_file(tmp_path / "schema=org.json")
    code, reported = check(northtown, PAGE, "--context", f"{address}={file}")
    assert (code, [entry for entry in reported if entry["rule"] == "rdf-syntax"]) == (0, [])
    contexts = {"https://schema.org": SCHEMA_ORG}
    document = read_document(PAGE.read_bytes(), "page", "jsonld", contexts.get)
    lines = set(document.lines())
    assert any(line.endswith("<http://schema.org/Event> .") for line in lines)
    (start,) = (line for line in lines if "<http://schema.org/startDate>" in line)
    assert start.endswith('"2024-03-01T18:00:00+01:00"^^<http://schema.org/Date> .')


def test_our_own_context_is_answered_from_the_project(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "fair.jsonld"
    event = {
        "@context": OWN_CONTEXT,
        "id": "https://w3id.org/pcve/id/event/fair",
        "type": "Event",
        "prefLabel": {"en": "Fair"},
        "kind": "https://w3id.org/pcve/vocab/event-kind/conferense",
    }
    path.write_text(json.dumps(event))
    code, (problem,) = check(northtown, path, "--severity", "warning")
    assert (code, problem["rule"], problem["line"]) == (1, "pcvesh:Event-kind", 1)
    text = path.read_text()
    assert text[problem["column"] - 1 :].startswith('"https://w3id.org/pcve/vocab/event-kind/c')


def test_ro_crate_is_answered_from_its_package(northtown: World, tmp_path: Path) -> None:
    require("rocrate")
    path = tmp_path / "ro-crate-metadata.json"
    crate = {"@context": "https://w3id.org/ro/crate/1.3/context", "@graph": [{"@id": "./"}]}
    crate["@graph"] = [{"@id": "https://e.example/", "@type": "Dataset", "name": "Crate"}]
    path.write_text(json.dumps(crate))
    assert check(northtown, path)[0] == 0
    path.write_text(path.read_text().replace("crate/1.3", "crate/1.0"))
    code, (problem,) = check(northtown, path)
    assert (code, problem["rule"]) == (2, "rdf-syntax")


DOCUMENTS: dict[str, tuple[object, dict[str, object]]] = {
    # name: (the document, the contexts)
    "one": ({"@context": "https://c.example/a", "name": "x"}, {"a": {"name": "https://v.example/name"}}),
    "array": (
        {"@context": ["https://c.example/a", {"n": "v:n"}], "n": "x", "name": "y"},
        {"a": {"v": "https://v.example/", "name": "v:name", "other": "v:other"}},
    ),
    "within": (
        {"@context": "https://c.example/a", "name": "x", "b": 1},
        {"a": ["b", {"name": "v:name"}], "b": {"v": "https://v.example/", "b": "v:b"}},
    ),
    "import": (
        {"@context": {"@version": 1.1, "@import": "https://c.example/a", "name": "v:mine"}, "name": "x", "b": 1},
        {"a": {"v": "https://v.example/", "name": "v:name", "b": {"@id": "v:b", "@type": "v:t"}}},
    ),
    "scoped by type": (
        {"@context": "https://c.example/a", "@type": "T", "name": "x"},
        {"a": {"@version": 1.1, "T": {"@id": "https://v.example/T", "@context": "b"}}, "b": {"name": "https://b.example/n"}},
    ),
    "scoped by key": (
        {"@context": "https://c.example/a", "p": {"name": "x"}, "name": "lost"},
        {"a": {"p": {"@id": "https://v.example/p", "@context": "b"}}, "b": {"name": "https://b.example/n"}},
    ),
    "nodes": (
        [
            {"@context": "https://c.example/a", "name": "x", "p": {"@context": "https://c.example/b", "name": "y"}},
            {"@context": "https://c.example/b", "name": "z"},
        ],
        {"a": {"name": "https://v.example/a", "p": "https://v.example/p"}, "b": {"name": "https://v.example/b"}},
    ),
    "reset": (
        {"@context": ["https://c.example/a", None, {"q": "https://v.example/q"}], "p": 1, "q": 2},
        {"a": {"p": "https://v.example/p"}},
    ),
    "aliases and maps": (
        {"@context": "https://c.example/a", "id": "https://e.example/", "kind": "T", "words": {"en": "a", "sq": "b"}},
        {
            "a": {
                "@vocab": "https://v.example/", "id": "@id", "kind": "@type",
                "words": {"@container": "@language"}, "unused": {"@id": "v:lost"},
            }
        },
    ),
    "escaped": (
        {"@context": "https://c.example/a", "näme": "x"},
        {"a": {"näme": "https://v.example/n"}},
    ),
    "in a JSON literal": (
        {"@context": "https://c.example/a", "j": {"a": 1}},
        {"a": {"j": {"@id": "https://v.example/j", "@type": "@json"}}},
    ),
}  # fmt: skip


def loader(contexts: Mapping[str, object]) -> Callable[[str], object]:
    by_address = {f"https://c.example/{name}": context for name, context in contexts.items()}
    return by_address.get


@pytest.mark.parametrize("indent", [None, 1], ids=["line", "lines"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_statements_are_those_of_a_processor_that_loads(name: str, indent: int | None) -> None:
    """PyLD, with a loader that has the documents, gives the same statements."""
    require("pyld")
    from pyld import jsonld

    document, contexts = DOCUMENTS[name]
    load = loader(contexts)

    def offline(url: str, _: object) -> dict[str, object]:
        return {"document": {"@context": load(url)}, "documentUrl": url, "contextUrl": None}

    options = {
        "documentLoader": offline,
        "base": DOCUMENT_BASE,
        "format": "application/n-quads",
        "processingMode": "json-ld-1.1",
    }
    expected = ox.Dataset(ox.parse(jsonld.to_rdf(document, options), format=ox.RdfFormat.N_QUADS))
    raw = json.dumps(document, indent=indent).encode()
    text = "\n".join(read_document(raw, "x", "jsonld", load).lines())
    mine = ox.Dataset(ox.parse(text, format=ox.RdfFormat.N_TRIPLES))
    assert len(mine) > 0
    for dataset in (expected, mine):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert mine == expected


@pytest.mark.parametrize("indent", [None, 1, 4], ids=["line", "lines", "wide"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_place_in_the_written_document_is_that_of_the_original(
    name: str, indent: int | None
) -> None:
    document, contexts = DOCUMENTS[name]
    raw = json.dumps(document, indent=indent, ensure_ascii=False).encode()
    written = write_out_contexts(raw, "x", loader(contexts))
    assert written.raw.count(b"\n") == raw.count(b"\n")
    old, new = raw.decode().split("\n"), written.raw.decode().split("\n")
    compared = 0
    for number, line in enumerate(new, 1):
        for column, character in enumerate(line, 1):
            place = original_place(written.shifts, number, column)
            inside = any(
                shift.start <= column < shift.end for shift in written.shifts.get(number, ())
            )
            if not inside and character != " ":
                assert old[place[0] - 1][place[1] - 1] == character
                compared += 1
    assert compared > 20


def chain(length: int) -> dict[str, object]:
    links: dict[str, object] = {f"a{number}": f"a{number + 1}" for number in range(length)}
    return links | {f"a{length}": {"name": "https://v.example/name"}}


@pytest.mark.parametrize(
    ("contexts", "message"),
    [
        ({"a0": ["b"], "b": "a0"}, "contains itself"),
        (chain(30), "refer to more than 10 others in a row"),
        ({"a0": ["b"] * 100, "b": ["c"] * 100, "c": {}}, "more than 1,000 others"),
        ({"a0": {"@import": "b"}, "b": [{}]}, "is imported, and is not one object"),
    ],
    ids=["cycle", "deep", "many", "import"],
)
def test_contexts_have_bounds(contexts: Mapping[str, object], message: str) -> None:
    raw = b'{\n "@context": "https://c.example/a0", "name": "x"}'
    with pytest.raises(ContentError, match=message) as error:
        read_document(raw, "x", "jsonld", loader(contexts))
    (problem,) = error.value.problems
    assert (problem.position.line, problem.position.column) == (2, 14)
    assert problem.rule == "nesting"


@pytest.mark.long
def test_what_contexts_add_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonld_contexts, "MOST_WRITTEN", 2**20)
    node = '{"@context": "https://c.example/a", "name": "x"}'
    large = {f"t{number}": f"https://v.example/{number}" for number in range(10_000)}
    contexts = {"a": large | {"name": "https://v.example/name"}}
    raw = f"[{','.join([node] * 5000)}]".encode()
    document = read_document(raw, "x", "jsonld", loader(contexts))  # only `name` is written
    assert len(list(document.lines())) == 5000
    used = ",".join(f'"t{number}": 1' for number in range(10_000))
    raw = f'[{{"@context": "https://c.example/a", {used}}},{",".join([node] * 5000)}]'.encode()
    with pytest.raises(ContentError, match="the contexts add more than 1 MB to the file"):
        read_document(raw, "x", "jsonld", loader(contexts))


@pytest.mark.parametrize(
    ("text", "written", "message"),
    [
        (
            '{"@context": "https://c.example/a", "name": "ä", "p": }',
            "}",
            "Unexpected closing curly",
        ),
        (
            '{"@context": "https://c.example/a", "name": "ä",\n "p": }',
            "}",
            "Unexpected closing curly",
        ),
        (
            '{"@context": "https://c.example/a", "name": "ä", "ref": {"@id": ["x"]}}',
            '["x"]',
            "@id value must be a string",
        ),
        (
            '{"@context": "https://c.example/a", "name": "ä", "ref": {"@id": "rel"}}',
            '"rel"',
            "relative IRI <rel>",
        ),
        (
            '{"name": "ä", "ref": {"@context": "https://c.example/a", "ref": 1, "@graph": 3}, "@id": 1}',
            '"@id": 1}',
            "@id value must be a string",
        ),
    ],
)
def test_a_fault_after_a_context_has_its_place_in_the_file(
    text: str, written: str, message: str
) -> None:
    contexts = {"a": {"name": "https://v.example/name", "ref": "https://v.example/ref"}}
    with pytest.raises(ContentError) as error:
        list(read_document(text.encode(), "x", "jsonld", loader(contexts)).lines())
    (problem,) = error.value.problems
    assert message in problem.message
    line = text.split("\n")[problem.position.line - 1]
    assert line[problem.position.column - 1 :].startswith(written)


def test_a_base_in_another_document_does_not_apply() -> None:
    """JSON-LD 1.1 API, section 4.1, step 5.7; PyLD 3.3 applies it."""
    contexts = {"a": {"@base": "https://wrong.example/", "p": "https://v.example/p"}}
    raw = b'{"@context": "https://c.example/a", "@id": "#it", "p": {"@id": "#other"}}'
    (line,) = read_document(raw, "x", "jsonld", loader(contexts)).lines()
    assert line == f"<{DOCUMENT_BASE}#it> <https://v.example/p> <{DOCUMENT_BASE}#other> ."


def test_a_file_of_shapes_may_refer_to_a_context_too(northtown: World, tmp_path: Path) -> None:
    shapes, data = tmp_path / "shapes.jsonld", tmp_path / "x.ttl"
    data.write_text("<https://e.example/a> a <https://e.example/Boat> .\n")
    shape = {
        "@context": "https://c.example/shacl",
        "@id": "https://e.example/shape",
        "@type": "NodeShape",
        "targetClass": {"@id": "https://e.example/Boat"},
        "property": {"path": {"@id": "https://e.example/length"}, "minCount": 1},
    }
    shapes.write_text(json.dumps(shape))
    code, (problem,) = check(northtown, data, "--shapes", str(shapes))
    assert (code, problem["message"][:31]) == (2, "remote @context is not loaded: ")
    terms = context_file(tmp_path / "c.json", {"@vocab": "http://www.w3.org/ns/shacl#"})
    given = ("--context", f"https://c.example/shacl={terms}")
    code, (problem,) = check(northtown, data, "--shapes", str(shapes), *given)
    assert (code, problem["severity"]) == (1, "error")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "the file of a context is not JSON"),
        ("[]", "the file of a context has no @context"),
        ('{"name": "https://schema.org/name"}', "the file of a context has no @context"),
        ("\xff", "the file of a context is not JSON"),
    ],
)
def test_a_file_that_is_no_context_is_reported(
    northtown: World, tmp_path: Path, content: str, message: str
) -> None:
    file = tmp_path / "c.json"
    file.write_text(content, "latin-1")
    code, (problem,) = check(northtown, PAGE, "--context", f"https://schema.org/={file}")
    assert (code, problem["rule"], problem["path"]) == (2, "rdf-syntax", file.as_posix())
    assert message in problem["message"]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("https://schema.org/", "--context takes URL=FILE, not 'https://schema.org/'"),
        ("https://e.example/?a=b=no.json", "--context https://e.example/?a=b: there is no file no"),
    ],
)
def test_an_option_that_gives_no_file_is_wrong_use(
    northtown: World, option: str, message: str
) -> None:
    result = northtown.pcve("validate", str(PAGE), "--context", option)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


@pytest.mark.parametrize(
    ("name", "content", "place", "message"),
    [
        ("x.jsonld", '{"name": "x"}', (1, 2), 'the file has no @context, which would map the key "name"'),
        (
            "x.jsonld",
            '{"@context": {"title": "https://v.example/t"},\n "name": "x", "age": {"of": 3}}',
            (2, 2),
            'no context has a term for the keys "name", "age"',
        ),
        ("x.jsonld", "{}", (1, 1), "the file has no statements"),
        ("x.jsonld", "[]", (1, 1), "the file has no statements"),
        ("x.ttl", "", (1, 1), "the file has no statements"),
        ("x.ttl", "# nothing\nPREFIX a: <https://e.example/>\n", (1, 1), "the file has no statements"),
        ("x.nt", "\n", (1, 1), "the file has no statements"),
        (
            "x.rdf",
            '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
            (1, 1),
            "the file has no statements",
        ),
    ],
)  # fmt: skip
def test_a_file_without_statements_is_a_warning(
    northtown: World, tmp_path: Path, name: str, content: str, place: tuple[int, int], message: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    code, reported = check(northtown, path)
    (problem,) = (entry for entry in reported if entry["rule"] == "no-statements")
    assert (code, problem["severity"]) == (0, "warning")
    assert (problem["line"], problem["column"]) == place
    assert message in problem["message"]


XML_OF_OTHERS = {
    "x.xml": (
        '<?xml version="1.0"?>\n<!-- x --><iati-activities version="2.03"/>',
        "iati-activities",
    ),
    "feed.xml": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><id>a</id></entry></feed>',
        "feed",
    ),
    "page.xml": (
        '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>Two <b>words</b></p></body></html>',
        "html",
    ),
}


@pytest.mark.parametrize("name", XML_OF_OTHERS)
def test_xml_of_another_kind_is_named(northtown: World, tmp_path: Path, name: str) -> None:
    content, root = XML_OF_OTHERS[name]
    path = tmp_path / name
    path.write_text(content)
    code, (problem,) = check(northtown, path)
    assert (code, problem["message"]) == (2, f"not RDF/XML: its root is {root}")


def test_a_file_of_activities_is_not_rdf(northtown: World) -> None:
    code, (problem,) = check(northtown, REPORTS / "22-activities.xml")
    assert (code, problem["rule"], problem["line"]) == (2, "rdf-syntax", 2)
    assert problem["message"] == "not RDF/XML: its root is iati-activities"


def test_a_node_as_the_root_is_rdf_xml(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "x.rdf"
    path.write_text('<e:Thing xmlns:e="https://e.example/"><e:name>x</e:name></e:Thing>')
    assert check(northtown, path)[0] == 0


@pytest.mark.parametrize("name", ["page.html", "page.HTM", "page.jsonld", "page.ttl"])
def test_html_is_called_html(northtown: World, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("<!DOCTYPE html>\n<title>x</title>")
    code, (problem,) = check(northtown, path)
    assert code == 2
    assert "HTML" in problem["message"]
    assert "application/ld+json" in problem["fix"]


PREFIXED = {
    "pcve": "https://w3id.org/pcve/ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "json": {"@id": "skos:note", "@type": "@json"},
    "dropped": None,
    "type": "@type",
    "related": {"@id": "skos:related", "@type": "@id"},
    "graphs": {"@id": "skos:member", "@container": ["@graph", "@index"]},
    "names": {"@id": "skos:altLabel", "@container": "@language"},
    "indexed": {"@id": "skos:broader", "@container": "@index"},
}


def unread(world: World, tmp_path: Path, members: str, context: object = PREFIXED) -> list[Any]:
    path = tmp_path / "x.jsonld"
    node = '"@id": "https://w3id.org/pcve/id/event/e", "skos:prefLabel": "x"'
    path.write_text(f'{{"@context": {json.dumps(context)},\n{node},\n{members}}}')
    _, reported = check(world, path)
    rules = ("unmapped-key", "undeclared-prefix")
    return [entry for entry in reported if entry["rule"] in rules]


@pytest.mark.parametrize(
    ("members", "rule", "place", "message"),
    [
        ('"startDate": "no date"', "unmapped-key", (3, 1), '"startDate"'),
        ('"skos:note": {"a": 1},\n"skos:n": [{"a": 2}]', "unmapped-key", (3, 15), '"a" to an IRI (2 p'),
        ('"@reverse": {"a": {"@id": "http://e.example/"}}', "unmapped-key", (3, 14), '"a"'),
        ('"graphs": {"x": {"a": 1}}', "unmapped-key", (3, 18), '"a"'),
        ('"schema:endDate": "2016"', "undeclared-prefix", (3, 1), "<schema:endDate>"),
        ('"type": "schema:Event"', "undeclared-prefix", (3, 9), "schema as a prefix"),
        ('"related": "schema:x"', "undeclared-prefix", (3, 12), "<schema:x>"),
        ('"related": {"@id": "schema:x"}', "undeclared-prefix", (3, 20), "<schema:x>"),
        ('"skos:note": {"@value": "2016", "@type": "xsd:gYear"}', "undeclared-prefix", (3, 42), "<xsd:gYear>"),
        ('"skos:member": {"@context": {"d": "schema:x"}, "d": 1}', "undeclared-prefix", (3, 35), "<schema:x>"),
        ('"skos:member": {"@context": [{"d": {"@id": "schema:x"}}], "d": 1}', "undeclared-prefix", (3, 44), "<schema:x>"),
        ('"skos:member": {"@context": {"skos:note": {"@type": "xsd:date"}}, "skos:note": "x"}', "undeclared-prefix", (3, 53), "<xsd:date>"),
        ('"skos:member": {"@context": {"d": {"@reverse": "schema:x"}}, "d": {"@id": "a:b"}}', "undeclared-prefix", (3, 48), "<schema:x>"),
        ('"skos:member": {"@context": {"d": {"@id": "skos:related", "@context": {"e": "schema:x"}}}, "d": {"e": 1}}', "undeclared-prefix", (3, 77), "<schema:x>"),
    ],
)  # fmt: skip
def test_what_no_context_maps_is_a_warning(
    northtown: World,
    tmp_path: Path,
    members: str,
    rule: str,
    place: tuple[int, int],
    message: str,
) -> None:
    (problem,) = unread(northtown, tmp_path, members)
    assert (problem["rule"], problem["severity"]) == (rule, "warning")
    assert (problem["line"], problem["column"]) == place
    assert message in problem["message"]


@pytest.mark.parametrize(
    "members",
    [
        '"json": {"a": {"b": 1}}',
        '"skos:note": {"@type": "@json", "@value": {"a": 1}}',
        '"dropped": 1',
        '"@index": "a", "type": "pcve:Event"',
        '"names": {"en": "x"}, "indexed": {"a": {"@id": "http://e.example/"}}',
        '"graphs": {"a": {"skos:note": 1}}',
        '"@reverse": {"skos:broader": {"@id": "http://e.example/"}}',
        '"related": "urn:a:b", "skos:note": "schema:x"',
        '"skos:member": {"@context": {"d": {"@id": "skos:x", "@context": {"schema": "https://schema.org/", "f": "schema:x"}}}}',
        '"skos:member": {"@context": {"schema": "https://schema.org/", "d": "schema:x", "@language": "en"}, "d": 1}',
    ],
)
def test_keys_that_are_read_or_are_no_properties(
    northtown: World, tmp_path: Path, members: str
) -> None:
    assert unread(northtown, tmp_path, members) == []
    assert unread(northtown, tmp_path, '"skos:note": {"a": 1},\n' + members) != []


def test_a_vocabulary_maps_every_key(northtown: World, tmp_path: Path) -> None:
    for vocabulary in ("https://schema.org/", "", "#"):
        context = {**PREFIXED, "@base": "https://e.example/", "@vocab": vocabulary}
        assert unread(northtown, tmp_path, '"startDate": 1, "@type": "Event"', context) == []


def test_a_context_maps_keys_in_its_scope_only(northtown: World, tmp_path: Path) -> None:
    context = {**PREFIXED, "Fair": {"@id": "pcve:Fair", "@context": {"hall": "skos:note"}}}
    assert unread(northtown, tmp_path, '"@type": "Fair", "hall": "x"', context) == []
    (problem,) = unread(northtown, tmp_path, '"hall": "x"', context)
    assert '"hall"' in problem["message"]


SCOPES: dict[str, tuple[dict[str, Any], str]] = {
    "a key in the context of a type": (
        {"Fair": {"@id": "pcve:Fair", "@context": {"hall": {"@id": "skos:related", "@context": {"nr": "skos:note"}}}}},
        '"@type": "Fair", "hall": {"@id": "http://e.example/", "nr": "x"}',
    ),
    "nesting": ({"in": {"@id": "@nest", "@context": {"nr": "skos:note"}}}, '"in": {"nr": "x"}'),
    "an index of a reverse property": (
        {"parts": {"@reverse": "skos:broader", "@container": "@index"}},
        '"parts": {"k": {"@id": "http://e.example/"}}',
    ),
    "a context that does not propagate": (
        {"hall": {"@id": "skos:related", "@context": {"@propagate": False, "nr": "skos:note"}}},
        '"hall": {"nr": "x"}',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCOPES)
def test_keys_in_every_scope_are_read(northtown: World, tmp_path: Path, name: str) -> None:
    """JSON-LD 1.1 API, 5.1.2: steps 7 and 8, 13.7 and 14.2."""
    terms, members = SCOPES[name]
    assert unread(northtown, tmp_path, members, PREFIXED | terms) == []
    (problem,) = unread(northtown, tmp_path, members + ', "nr": 1', PREFIXED | terms)
    assert '"nr"' in problem["message"]


MAP: dict[str, Any] = {"kinds": {"@id": "skos:related", "@container": "@type"}}
TYPE_MAPS: dict[str, tuple[dict[str, Any], str]] = {
    "a node with @id": (MAP, '"kinds": {"pcve:Event":\n{"@id": "http://e.example/", "skos:note": 1}}'),
    "types of its own": (MAP, '"kinds": {"pcve:Event":\n{"@id": "http://e.example/", "@type": "skos:Concept"}}'),
    "several": (MAP, '"kinds": {"pcve:Event":\n[{"@id": "http://e.example/"}, "http://f.example/"]}'),
    "a set of nodes": (MAP, '"kinds": {"pcve:Event":\n{"@set": [{"@id": "http://e.example/", "@type": []}]}}'),
    "a set": (
        {"kinds": {"@id": "skos:related", "@container": ["@type", "@set"]}},
        '"kinds": {"pcve:Event":\n[{"@id": "http://e.example/"}]}',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TYPE_MAPS)
def test_the_nodes_of_a_type_map_have_their_types(
    northtown: World, tmp_path: Path, name: str
) -> None:
    """JSON-LD 1.1, section 4.6.4; PyLD, an independent processor, has the same statements."""
    require("pyld")
    from pyld import jsonld as pyld

    terms, members = TYPE_MAPS[name]
    path = tmp_path / "x.jsonld"
    context = json.dumps(PREFIXED | terms)
    path.write_text(f'{{"@context": {context}, "@id": "http://a.example/",\n{members}}}')
    expected = pyld.to_rdf(json.loads(path.read_text()), {"format": "application/n-quads"})
    lines = set(read_document(path.read_bytes(), "x", "jsonld").lines())
    assert lines == set(expected.splitlines())
    code, reported = check(northtown, path)
    missing = [problem for problem in reported if problem["rule"] == "pcvesh:Event-kind"]
    assert code == 1
    assert {problem["line"] for problem in missing} == {3}


@pytest.mark.parametrize("members", ['"names": {"en": "x"}, "dropped": 1', '"names": "x", "a": 1'])
def test_a_large_file_is_read_where_a_key_is_no_term(
    northtown: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, members: str
) -> None:
    reported = unread(northtown, tmp_path, members)
    monkeypatch.setattr(jsonld, "_LARGE", 10)
    assert unread(northtown, tmp_path, members) == reported
    assert len(reported) == members.count('"a"')


def test_many_keys_have_a_bounded_number_of_warnings(northtown: World, tmp_path: Path) -> None:
    problems = unread(northtown, tmp_path, ",".join(f'"k{number}": 1' for number in range(50)))
    assert len(problems) == 20
    assert "likewise 30 more keys" in problems[-1]["message"]
