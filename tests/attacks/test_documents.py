"""RDF documents that are not what they seem: one message each, with its position, and none stops the others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import World

from pcve_graph.model.problems import ContentError, Problem
from pcve_graph.validation.documents import read_document

PREFIX = "PREFIX e: <https://e.example/>\n"
XMLNS = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://e.example/" '
    'xmlns:its="http://www.w3.org/2005/11/its"'
)
NODE = '<rdf:Description rdf:about="https://e.example/a">\n'


def rdf(body: str) -> str:
    return f"<rdf:RDF {XMLNS}>\n{body}\n<!-- the end --></rdf:RDF>\n"


def described(body: str) -> str:
    return rdf(f"{NODE}{body}</rdf:Description>")


def problem(content: str | bytes, form: str) -> Problem:
    """The one problem of a document."""
    raw = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(ContentError) as caught:
        list(read_document(raw, "x", form).lines())
    assert len(caught.value.problems) == 1
    return caught.value.problems[0]


def at(content: str, marked: str) -> tuple[int, int]:
    """Line and column of the first `marked` in `content`."""
    offset = content.index(marked)
    return content.count("\n", 0, offset) + 1, offset - content.rfind("\n", 0, offset)


def pcve(world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pcve_graph", "--project", str(world.root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


DIRECTED = "http://www.w3.org/1999/02/22-rdf-syntax-ns#dirLangString"
RDF12 = {
    # what: (format, document, the text that it is found at)
    "a base direction": ("turtle", PREFIX + 'e:a e:b "š" , "x"@en--ltr .', "@en--ltr"),
    "its datatype": ("turtle", PREFIX + f'e:a e:b "x"^^<{DIRECTED}> .', "<http:"),
    "a triple term": ("turtle", PREFIX + "e:a e:b <<( e:a e:b e:c )>> .", "<<("),
    "a reified triple": ("turtle", PREFIX + "<< e:a e:b e:c >> e:p e:q .", "<< "),
    "an annotation": ("turtle", PREFIX + "e:a e:b e:c {| e:d e:e |} .", "{|"),
    "a reifier": ("turtle", PREFIX + "e:a e:b e:c ~ e:r .", "~"),
    "a directive": ("turtle", PREFIX + 'VERSION "1.2"\ne:a e:b e:c .', "VERSION"),
    "an older directive": ("turtle", PREFIX + '@version "1.2" .\ne:a e:b e:c .', "@version"),
    "TriG": ("trig", PREFIX + "e:g { e:a e:b <<( e:a e:b e:c )>> }", "<<("),
    "N-Triples": ("ntriples", '<a:a> <a:b> "x"@en--rtl .', "@en--rtl"),
    "N-Quads": ("nquads", "<a:a> <a:b> <<( <a:a> <a:b> <a:c> )>> <a:g> .", "<<("),
    "RDF/XML": ("rdfxml", described('<e:p its:dir="ltr" xml:lang="en">x</e:p>'), "its:dir="),
    "a version": ("rdfxml", rdf('<e:C rdf:version="1.2"/>'), "rdf:version"),
    "a triple in XML": ("rdfxml", described('<e:p rdf:parseType="Triple"/>'), "rdf:parseType"),
    "an annotation in XML": (
        "rdfxml",
        described('<e:p rdf:annotation="https://e.example/t">x</e:p>'),
        "rdf:annotation",
    ),
}


@pytest.mark.parametrize("name", RDF12)
def test_rdf_12_is_refused_at_its_place(name: str) -> None:
    form, content, marked = RDF12[name]
    reported = problem(content, form)
    assert reported.rule == "rdf-version"
    assert reported.position[1:] == at(content, marked)


@pytest.mark.parametrize(
    "content",
    [
        '{"@id": "a:a", "a:b":\n {"@value": "x", "@direction": "ltr"}}',
        '{"@context":\n {"@direction": "ltr"}, "@id": "a:a", "a:b": "x"}',
        '{"@context": {"d": "@direction"}, "@id": "a:a",\n "a:b": {"@value": "x", "d": "ltr"}}',
        '{"@context": {"t": {"@id": "a:b", "@direction": "rtl"}}, "@id": "a:a", "t": "x"}',
        '{"@id": "a:a", "a:b":\n {"@value": "x", "@direction": "rtl", "@language": "en"}}',
    ],
)
def test_a_direction_in_json_ld_is_no_part_of_the_statement(content: str) -> None:
    """JSON-LD 1.1 API, 8.2: without rdfDirection, a base direction is left out."""
    language = "@en" if "@language" in content else ""
    lines = list(read_document(content.encode(), "x", "jsonld").lines())
    assert lines == [f'<a:a> <a:b> "x"{language} .']
    label = '{"@id": "a:a", "a:b": {"@id": "_:x--ltr"}}'
    assert list(read_document(label.encode(), "x", "jsonld").lines()) == ["<a:a> <a:b> _:x--ltr ."]


@pytest.mark.parametrize(
    "content",
    [
        'e:a e:b "x"@version , "~ << {| version \'1\'" , e:a\\~b , <http://a/~b> . # << ~ {|',
        'e:version e:b """ "" << """ , "x"@en-ltr , \'\'\'{| ~\'\'\' .',
        'e:š-version e:b "version" .',
    ],
)
def test_what_only_looks_like_rdf_12_is_read(content: str) -> None:
    assert list(read_document((PREFIX + content).encode(), "x", "turtle").lines())


def test_a_file_of_rdf_12_stops_no_other(northtown: World, tmp_path: Path) -> None:
    event = "<https://w3id.org/pcve/id/event/a> a <https://w3id.org/pcve/ns#Event> .\n"
    (tmp_path / "a.ttl").write_text(PREFIX + 'e:a e:b "x"@en--ltr .')
    (tmp_path / "b.jsonld").write_text('{"a:b": {"@value": "x", "@direction": "ltr"}}')
    (tmp_path / "c.ttl").write_text(event)
    run = pcve(northtown, "validate", str(tmp_path))
    assert run.returncode == 2
    assert "a.ttl:2:12: error rdf-version" in run.stdout + run.stderr
    assert "b.jsonld:1:25: info rdf-version" in run.stdout + run.stderr
    assert "c.ttl:1:1: error pcvesh:Event-kind" in run.stdout + run.stderr
    assert "shapes cannot be used" not in run.stdout + run.stderr


@pytest.mark.long
def test_rdf_12_in_shapes_and_in_the_ontology(world: World, tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(PREFIX + 'e:a e:b "x"@en--ltr .')
    (tmp_path / "a.ttl").write_text(PREFIX + "e:a e:b e:c .")
    run = pcve(world, "validate", str(tmp_path / "a.ttl"), "--shapes", str(tmp_path / "shapes.ttl"))
    assert run.returncode == 2
    assert "shapes.ttl:2:12: error rdf-version" in run.stdout + run.stderr
    text = (world.root / "ontology/vocab/topic.ttl").read_text()
    world.write("ontology/vocab/topic.ttl", text + '\n<a:a> <a:b> "x"@en--ltr .\n')
    run = pcve(world, "build")
    assert run.returncode == 1
    assert f"ontology/vocab/topic.ttl:{text.count(chr(10)) + 2}:16: error rdf-version" in (
        run.stdout + run.stderr
    )


LETTER = "<e:p>š é</e:p>"


@pytest.mark.parametrize(
    ("declared", "saved"),
    [
        ("utf-16", "utf-16"),
        ("utf-16", "utf-16-le"),
        ("utf-16", "utf-16-be"),
        ("iso-8859-2", "iso-8859-2"),
        ("windows-1250", "windows-1250"),
        ("UTF-8", "utf-8-sig"),
        ("utf-8", "utf-8"),
    ],
)
def test_xml_is_read_as_it_declares(declared: str, saved: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?>\n{described(LETTER)}'
    lines = list(read_document(text.encode(saved), "x", "rdfxml").lines())
    assert lines == ['<https://e.example/a> <https://e.example/p> "š é" .']


def test_errors_in_utf_16_stand_at_their_place() -> None:
    body = described(LETTER).replace("<e:p>", "<e:p rdf:ID='a b'>")
    text = f'<?xml version="1.0" encoding="utf-16"?>\n{body}'
    reported = problem(text.encode("utf-16"), "rdfxml")
    assert (reported.rule, reported.position[1:]) == ("rdf-syntax", at(text, "rdf:ID"))


@pytest.mark.parametrize(
    ("declared", "saved", "place", "message"),
    [
        ("utf-8", "latin-1", (4, 6), "found the byte 0xe9, which is not UTF-8 here"),
        ("us-ascii", "utf-8", (4, 6), "the byte 0xc3 is not valid in the encoding us-ascii"),
        ("utf-16", "utf-8", (1, 1), "the file is not in the declared encoding utf-16"),
        ("x-none", "utf-8", (1, 31), "the encoding x-none is not supported"),
        ("unicode_escape", "utf-8", (1, 31), "the encoding unicode_escape is not supported"),
        ("iso-8859-99", "utf-8", (1, 1), "the encoding iso-8859-99 is not supported"),
    ],
)
def test_xml_that_is_not_what_it_declares(
    declared: str, saved: str, place: tuple[int, int], message: str
) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?>\n{described("<e:p>é</e:p>")}'
    reported = problem(text.encode(saved), "rdfxml")
    assert reported.rule == "encoding"
    assert reported.position[1:] == place
    assert message in reported.message


@pytest.mark.parametrize("form", ["turtle", "ntriples", "jsonld", "rdfxml"])
def test_a_nul_byte_is_named_in_the_message(form: str) -> None:
    reported = problem(b'"\xc5\xa1 \n "\xc5\xa1\0"', form)
    assert (reported.rule, reported.position[1:]) == ("encoding", (2, 4))
    assert reported.message == "found a NUL byte"
    assert "NUL" in reported.why


def test_utf_16_is_named_in_the_message() -> None:
    assert problem(PREFIX.encode("utf-16"), "turtle").message == "found UTF-16"


RELATIVE = {
    "Turtle": ("turtle", "# <x/y>\n<> <a:b> <#c> , 'š' , <x/y> .", "<x/y> ."),
    "a prefix": ("turtle", "@prefix : <x/y/> .\n<a:a> <a:b> :c .", ":c"),
    "JSON-LD": ("jsonld", '{"@id": "x/y",\n "a:b": 1}', '"x/y"'),
    "RDF/XML": ("rdfxml", rdf('<e:C rdf:about="x/y"/>'), "x/y"),
}


@pytest.mark.parametrize("name", RELATIVE)
def test_a_relative_iri_without_a_base_stands_at_its_place(name: str) -> None:
    form, content, marked = RELATIVE[name]
    reported = problem(content, form)
    assert reported.rule == "relative-iri"
    assert reported.position[1:] == at(content, marked)


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("turtle", "@base <https://e.example/> .\n<x/y> a <z> ."),
        ("jsonld", '{"@context": {"@base": "https://e.example/"}, "@id": "x/y", "a:b": 1}'),
        ("rdfxml", rdf('<e:C xml:base="https://e.example/" rdf:about="x/y"/>')),
        ("turtle", "<#x> a <> ."),
        ("jsonld", '{"@id": "#x", "a:b": {"@id": ""}}'),
        ("rdfxml", rdf('<e:C rdf:ID="x"/>')),
        ("turtle", "<a:a> <a:b> '<x-document:c>' , <x-document:c> ."),
    ],
)
def test_names_with_a_base_and_of_the_file_itself_are_read(form: str, content: str) -> None:
    lines = list(read_document(content.encode(), "x", form).lines())
    assert lines
    if "x-document" not in content:
        assert not any("x-document" in line for line in lines)


XML_FAULTS = [
    # a body of RDF/XML, and the text that its fault begins at
    ("<e:C rdf:ID='a b'/>", "rdf:ID"),
    ('<e:C rdf:ID="a"/>\n <e:D e:x="1" rdf:ID=\'a\'/>', "rdf:ID='a'"),
    ("<e:C rdf:aboutEach='https://e.example/a'/>", "rdf:aboutEach"),
    ("<e:C e:x='1' rdf:li='x'/>", "rdf:li"),
    ("<rdf:li/>", "<rdf:li/>"),
    ("<rdf:RDF/>", "<rdf:RDF/>"),
    ("<e:C><e:p>text<e:D/></e:p></e:C>", "<e:D/>"),
    ("<e:C rdf:about='a:b' rdf:nodeID='x'/>", "rdf:about"),
    ("<e:C rdf:about='a:b' rdf:ID='x'/>", "rdf:about"),
    ("<e:C>\n text</e:C>", "text"),
    ("<e:C><e:p xml:lang='x_y'>a</e:p></e:C>", "xml:lang"),
    ("<e:C rdf:about='http://[x'/>", "rdf:about"),
    ("<e:C><rdf:Description/></e:C>", "<rdf:Description"),
    ("<e:C>\n <e:p rdf:datatype='http://x/ y'>a</e:p></e:C>", "rdf:datatype"),
    ("<e:C rdf:nodeID='a b'/>", "rdf:nodeID"),
]


@pytest.mark.parametrize(("body", "marked"), XML_FAULTS)
def test_a_fault_of_rdf_xml_stands_at_its_place(body: str, marked: str) -> None:
    content = rdf(f"<e:A/>\n <!-- é --> {body}")
    reported = problem(content, "rdfxml")
    assert reported.rule == "rdf-syntax"
    assert reported.position[1:] == at(content, body[body.index(marked) :])


JSON_FAULTS = [
    # the rest of an object of JSON-LD, and the text that its fault begins at
    ('"@id": 5', '"@id"'),
    ('"@id": "a:a", "a:b": {"@id": "a:c"},\n "@id": "a:d"', '"@id": "a:d"'),
    ('"@type": 5', '"@type"'),
    ('"@type": ["a:T", 5]', "5"),
    ('"@graph": [{"a:b": 1},\n {"a:b": {"@value": {}, "a:c": 1}}]', '"a:c"'),
    ('"a:b": [1, 2, {"@value": "x",\n "@language": 7}]', '"@language"'),
    ('"a:b": {"@value": "x", "@language": "en", "@type": "a:t"}', '"a:t"'),
    ('"@reverse": "x"', '"@reverse"'),
    ('"@context": {"a": "b:c", "b": "a:c"}', '"a:c"'),
    ('"@context": {"@id": "a:b"}', '"@id"'),
    ('"@context": 5', "5"),
    ('"@context": [{"z": "a:b"},\n {"@vocab": 5}]', "5"),
    ('"@context": {"@language": 5}', "5"),
    ('"@context": {"@base": 5}', "5"),
    ('"@context": {"@version": 1.0}', "1.0"),
    ('"@context": {"": "a:b"}', '""'),
    ('"@context": {"t": {"@id": "a:t",\n "@container": "@foo"}}', '"@foo"'),
    ('"@context": {"t": {"@id": "a:t", "@type": "rel"}}', '"rel"'),
    ('"@context": {"t": {"@id": 5}}', "5"),
    ('"@context": {"i": "@id", "z": "a:x"}, "i": "a:a",\n "@id": "a:b"', '"@id": "a:b"'),
    ('"@context": "https://e.example/c"', '"https://e.example/c"'),
    ('"a:b": {"@context": {"a": 5}, "a": 1}', "5"),
    ('"a:b": 1,\n "@context": [{"@vocab": 5}]', "5"),
    ('"a:b": {"@value": "x", "@type": "a b"}', '"a b"'),
    ('"@included": "x"', '"x"'),
    ('"a:b": {"@list": [1], "a:c": 2}', '"a:c"'),
    ('"a:b": {"@set": [1], "a:c": 2}', '"a:c"'),
    ('"a:b": [1 2]', "2]"),
    ('"a:b": 01', "1"),
    ('"a:b" 1', "1"),
]


@pytest.mark.parametrize(("body", "marked"), JSON_FAULTS)
def test_a_fault_of_json_ld_stands_at_its_place(body: str, marked: str) -> None:
    content = '[{"@id": "a:first", "a:label": "š"},\n {"a:é": [], ' + body + "},\n {}]"
    reported = problem(content, "jsonld")
    assert reported.rule == "rdf-syntax"
    assert reported.position[1:] == at(content, body[body.index(marked) :])


@pytest.mark.long
def test_a_fault_in_a_large_file_is_found_in_time() -> None:
    many = ",\n".join(f'{{"@id": "a:{n}", "a:b": [1, {{"@value": "{n}"}}]}}' for n in range(40_000))
    content = f'[{many},\n{{"@id": "a:x", "a:b": {{"@value": "x", "@language": 7}}}},\n{many}]'
    reported = problem(content, "jsonld")
    assert reported.position.line == 40_001
