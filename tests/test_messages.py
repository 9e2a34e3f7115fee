"""Messages from the parameters of any shape: the property, what was found, the rule, and a fix.

The first table has a row for each constraint component of SHACL: one property of one node, a shape
for it, and the sentence, rule and fix that are printed. The second test edits files in each syntax
as the fixes say.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import pytest
from conftest import ROOT, World

from pcve_graph.validation.engines import ENGINES

PREFIXES: Final = """@prefix ex: <http://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

SHAPES: Final = """
ex:Address a sh:NodeShape ; sh:property [ sh:path ex:city ; sh:minCount 1 ; sh:datatype xsd:string ] .
"""

ROWS: Final[dict[str, tuple[str, str, str, str, str]]] = {
    # component: (constraint, values, what is wrong, what is required, fix)
    "Class": (
        "sh:class ex:Org", "ex:o", "is ex:o, which is not an instance of ex:Org",
        "is an instance of ex:Org", "if it is one, state its type: ex:o a ex:Org .",
    ),
    "Datatype": (
        "sh:datatype xsd:date", '"2027-03-01"',
        'is "2027-03-01", which has the datatype xsd:string, not xsd:date',
        "has the datatype xsd:date", 'write "2027-03-01"^^xsd:date',
    ),
    "Datatype of an ill-typed literal": (
        "sh:datatype xsd:date", '"2027-02-30"^^xsd:date',
        'is "2027-02-30"^^xsd:date, which is not a valid xsd:date',
        "has the datatype xsd:date", "write a value that has the datatype xsd:date",
    ),
    "Datatype of an IRI": (
        "sh:datatype xsd:anyURI", "<http://example.org/pages/>",
        "is <http://example.org/pages/>, which is an IRI, not a literal of the datatype xsd:anyURI",
        "has the datatype xsd:anyURI", 'write "http://example.org/pages/"^^xsd:anyURI',
    ),
    "Datatype of a text": (
        "sh:datatype rdf:langString", '"text"',
        'is "text", which has the datatype xsd:string, not rdf:langString',
        "has the datatype rdf:langString",
        'add the language of the text: "text"@en, if it is English',
    ),
    "NodeKind": (
        "sh:nodeKind sh:IRIOrLiteral", "[]", "is a blank node, not an IRI or a literal",
        "is an IRI or a literal", "give the node an IRI",
    ),
    "NodeKind of an address": (
        "sh:nodeKind sh:IRI", '"http://example.org/pages/"',
        'is "http://example.org/pages/", which is a literal, not an IRI',
        "is an IRI", "write <http://example.org/pages/>",
    ),
    "MinCount": (
        "sh:minCount 1 ; sh:datatype xsd:date", "", "is missing", "has at least 1 value",
        'add ex:{} "…"^^xsd:date',
    ),
    "MinCount of two": (
        "sh:minCount 2 ; sh:in ( 1 2 )", "1", "has 1 value, 1: at least 2 are required",
        "has at least 2 values", "add ex:{}: one of 1 and 2",
    ),
    "MaxCount": (
        "sh:maxCount 1", '"a", "b"@en', 'has too many values: "a" and "b"@en (at most 1)',
        "has at most 1 value", 'keep one of "a" and "b"@en',
    ),
    "MaxCount of none": (
        "sh:maxCount 0", "3", "has the value 3, but takes none", "has no value", "delete ex:{} 3",
    ),
    "MinInclusive": (
        "sh:minInclusive 5", "3", "is 3, which is less than 5", "is at least 5",
        "write a value that is at least 5",
    ),
    "MaxInclusive": (
        "sh:maxInclusive 5", "7.5", "is 7.5, which is more than 5", "is at most 5",
        "write a value that is at most 5",
    ),
    "MaxInclusive of a text": (
        'sh:maxInclusive "2020-01-01"^^xsd:date', '"2019-01-01"',
        'is "2019-01-01", which cannot be compared with "2020-01-01"^^xsd:date',
        'is at most "2020-01-01"^^xsd:date', 'write "2019-01-01"^^xsd:date',
    ),
    "MinExclusive": (
        "sh:minExclusive 5", "5", "is 5, which is not more than 5", "is more than 5",
        "write a value that is more than 5",
    ),
    "MaxExclusive": (
        "sh:maxExclusive 5", "5", "is 5, which is not less than 5", "is less than 5",
        "write a value that is less than 5",
    ),
    "MinLength": (
        "sh:minLength 5", '"abc"', 'is "abc", which has 3 characters, fewer than 5',
        "has at least 5 characters", "write a value that has at least 5 characters",
    ),
    "MaxLength": (
        "sh:maxLength 1", '"abc"', 'is "abc", which has 3 characters, more than 1',
        "has at most 1 character", "write a value that has at most 1 character",
    ),
    "Pattern": (
        'sh:pattern "^a" ; sh:flags "i"', '"b"',
        'is "b", which does not match the pattern "^a" with the flags "i"',
        'matches the pattern "^a" with the flags "i"',
        'write a value that matches the pattern "^a" with the flags "i"',
    ),
    "LanguageIn": (
        'sh:languageIn ( "en" "de" )', '"chat"', 'is "chat", which is not a text in en or de',
        "is a text in en or de",
        'add the language of the text: "chat"@en or "chat"@de, whichever it is in',
    ),
    "UniqueLang": (
        "sh:uniqueLang true", '"a"@en, "b"@en, "c"@de',
        'has several texts in one language: "a"@en and "b"@en in en',
        "has at most one text in each language", 'keep one of "a"@en and "b"@en',
    ),
    "Equals": (
        "sh:equals ex:two", "2, 3", "is 3, which is not a value of ex:two",
        "has the same values as ex:two", "add ex:two 3, or delete ex:{} 3",
    ),
    "Disjoint": (
        "sh:disjoint ex:two", "2", "is 2, which is a value also of ex:two (2)",
        "has no value in common with ex:two", "delete ex:{} 2 or ex:two 2",
    ),
    "LessThan": (
        "sh:lessThan ex:two", "2", "is 2, which is not less than ex:two (2)", "is less than ex:two",
        "correct ex:{} or ex:two",
    ),
    "LessThanOrEquals": (
        "sh:lessThanOrEquals ex:two", "3", "is 3, which is more than ex:two (2)", "is at most ex:two",
        "correct ex:{} or ex:two",
    ),
    "Not": (
        'sh:not [ sh:in ( "a" "b" ) ]', '"a"',
        'is "a", which is one of "a" and "b": that is excluded', 'is not one of "a" and "b"',
        'write a value that is not one of "a" and "b"',
    ),
    "And": (
        "sh:and ( [ sh:minInclusive 3 ] [ sh:maxInclusive 4 ] )", "7",
        "is 7, which does not meet all of: is at least 3; is at most 4",
        "meets all of (is at least 3; is at most 4)",
        "write a value that meets all of (is at least 3; is at most 4)",
    ),
    "Or": (
        "sh:or ( [ sh:datatype xsd:date ] [ sh:datatype xsd:gYear ] )", '"2027"',
        'is "2027", which has the datatype xsd:string, not xsd:date or xsd:gYear',
        "has the datatype xsd:date or xsd:gYear", 'write "2027"^^xsd:gYear',
    ),
    "Or of different kinds": (
        "sh:or ( [ sh:datatype xsd:date ] [ sh:class ex:Org ] ex:Address )", "ex:o",
        "is ex:o, which meets none of: has the datatype xsd:date; is an instance of ex:Org; "
        "its ex:city has the datatype xsd:string and has at least 1 value",
        "meets one or more of (has the datatype xsd:date; is an instance of ex:Org; "
        "its ex:city has the datatype xsd:string and has at least 1 value)",
        "write a value that meets one or more of (has the datatype xsd:date; is an instance of "
        "ex:Org; its ex:city has the datatype xsd:string and has at least 1 value)",
    ),
    "Xone": (
        "sh:xone ( [ sh:minInclusive 3 ] [ sh:maxInclusive 4 ] )", "3",
        "is 3, which does not meet exactly one of: is at least 3; is at most 4",
        "meets exactly one of (is at least 3; is at most 4)",
        "write a value that meets exactly one of (is at least 3; is at most 4)",
    ),
    "Node": (
        "sh:node ex:Address", "ex:o",
        "is ex:o, which does not conform to ex:Address: ex:city of ex:o is missing",
        "conforms to ex:Address", 'of ex:o: add ex:city "…"',
    ),
    "Node without a name": (
        "sh:node [ sh:datatype xsd:integer ]", '"12"',
        'is "12", which has the datatype xsd:string, not xsd:integer',
        "has the datatype xsd:integer", "write 12",
    ),
    "QualifiedMinCount": (
        "sh:qualifiedValueShape [ sh:class ex:Org ] ; sh:qualifiedMinCount 1", "ex:o",
        "has fewer than 1 value of this kind: is an instance of ex:Org; its values: ex:o",
        "has at least 1 value of this kind: is an instance of ex:Org",
        "add a value of ex:{} of this kind: is an instance of ex:Org",
    ),
    "QualifiedMaxCount": (
        "sh:qualifiedValueShape [ sh:datatype xsd:integer ] ; sh:qualifiedMaxCount 1", "1, 2",
        "has more than 1 value of this kind: has the datatype xsd:integer; its values: 1 and 2",
        "has at most 1 value of this kind: has the datatype xsd:integer",
        "keep at most 1 of these values",
    ),
    "HasValue": (
        "sh:hasValue ex:right", "ex:wrong", "does not have the value ex:right: it is ex:wrong",
        "has the value ex:right", "add ex:{} ex:right",
    ),
    "In": (
        'sh:in ( "course" "talk" )', '"tlak"', 'is "tlak", which is not one of "course" and "talk"',
        'is one of "course" and "talk"', 'did you mean "talk"?',
    ),
    "In with another datatype": (
        "sh:in ( 1 2 )", '"1"', 'is "1", which is not one of 1 and 2', "is one of 1 and 2", "write 1",
    ),
    "In with the same name elsewhere": (
        "sh:in ( ex:red ex:blue )", "<http://elsewhere.example/red>",
        "is <http://elsewhere.example/red>, which is not one of ex:red and ex:blue",
        "is one of ex:red and ex:blue", "did you mean ex:red?",
    ),
    "In with similar names elsewhere": (
        "sh:in ( ex:red ex:blue )", "<http://elsewhere.example/reds>",
        "is <http://elsewhere.example/reds>, which is not one of ex:red and ex:blue",
        "is one of ex:red and ex:blue", "write one of ex:red and ex:blue",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def reported(northtown: World, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """The problems of one file: node n<i> has the property p<i> of row i."""
    folder = tmp_path_factory.mktemp("messages")
    shapes, data = [PREFIXES, SHAPES], [PREFIXES]
    for number, (constraint, values, *_) in enumerate(ROWS.values()):
        shapes.append(
            f"ex:N{number} a sh:NodeShape ; sh:targetNode ex:n{number} ;\n"
            f"    sh:property [ sh:path ex:p{number} ; {constraint} ] .\n"
        )
        stated = f" ex:p{number} {values} ;" if values else ""
        data.append(f"ex:n{number}{stated} ex:two 2 .\n")
    return problems(northtown, folder, "".join(shapes), {"data.ttl": "".join(data)})


def problems(
    world: World, folder: Path, shapes: str, files: dict[str, str]
) -> list[dict[str, str]]:
    """The problems of the files that the command reports in JSON."""
    (folder / "own.shapes.ttl").write_text(shapes)
    data = folder / "data"
    data.mkdir(exist_ok=True)
    for name, text in files.items():
        (data / name).write_text(text)
    options = ["--shapes", str(folder / "own.shapes.ttl"), "--format", "json"]
    result = world.pcve("validate", str(data), *options)
    assert result.exit_code in (0, 1), result.output
    rows: list[dict[str, str]] = json.loads(result.stdout)
    return rows


@pytest.mark.parametrize("component", ROWS)
def test_each_component_has_a_sentence_a_rule_and_a_fix(
    reported: list[dict[str, str]], component: str
) -> None:
    number = list(ROWS).index(component)
    _, _, wrong, required, fix = ROWS[component]
    name = f"p{number}"
    of_row = [row for row in reported if row["message"].startswith(f"ex:{name} of ")]
    assert {
        "message": f"ex:{name} of ex:n{number} {wrong}",
        "why": f"ex:{name} {required}",
        "fix": fix.replace("{}", name),
    } in [{key: row[key] for key in ("message", "why", "fix")} for row in of_row]


NODES: Final = """
ex:Meeting a sh:NodeShape ; sh:targetClass ex:Meeting ; sh:closed true ;
    sh:ignoredProperties ( rdf:type ) ;
    sh:property [ sh:path ex:title ; sh:name "title"@en , "Titel"@de ; sh:minLength 9 ;
        sh:message "Too short: write more."@en , "Zu kurz."@de ] ;
    sh:property [ sh:path ( ex:part [ sh:inversePath ex:whole ] ) ; sh:minCount 1 ] ;
    sh:property [ sh:path [ sh:alternativePath ( ex:a [ sh:oneOrMorePath ex:b ] ) ] ; sh:maxCount 0 ] ;
    sh:property [ sh:path ex:labelled ; sh:maxCount 0 ] , [ sh:path ex:a ] ;
    sh:property [ sh:path ex:part ; ex:shorter 2 ] ;
    sh:pattern "^http://example.org/m-" ;
    sh:sparql [ sh:message "it ends at {?value}"@en ; sh:select
        "SELECT $this ?value WHERE { $this <http://example.org/title> ?value }" ] ;
    sh:sparql ex:Commented .
ex:labelled rdfs:label "the label"@en .
ex:Commented a sh:SPARQLConstraint ; rdfs:comment "nobody has an a" ;
    sh:select "SELECT $this ?value WHERE { $this <http://example.org/a> ?value }" .
ex:Short a sh:ConstraintComponent ; sh:parameter [ sh:path ex:shorter ] ;
    sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER(STRLEN(STR($value)) < $shorter) }" ] .
"""


def test_paths_names_messages_and_queries(
    northtown: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (
        '@prefix ex: <http://example.org/> .\nex:x a ex:Meeting ; ex:title "short" ;\n'
        '    ex:titel "x" ; ex:a 1 ; ex:part 345 ; ex:labelled 1 .\n'
    )
    rows = problems(northtown, tmp_path, PREFIXES + NODES, {"a.ttl": data})
    assert {(row["message"], row["why"], row["fix"]) for row in rows} == {
        (
            'title of ex:x is "short", which has 5 characters, fewer than 9: Too short: write more.',
            "title has at least 9 characters",
            "write a value that has at least 9 characters",
        ),
        (
            "ex:part/^ex:whole of ex:x is missing",
            "ex:part/^ex:whole has at least 1 value",
            "add a value of ex:part/^ex:whole",
        ),
        (
            "ex:a|(ex:b+) of ex:x has a value, but takes none",
            "ex:a|(ex:b+) has no value",
            "delete it",
        ),
        (
            "the label of ex:x has the value 1, but takes none",
            "the label has no value",
            "delete ex:labelled 1",
        ),
        (
            'ex:titel of ex:x is "x", but the shape has no such property',
            "a node of ex:Meeting has no properties but ex:a, ex:labelled, ex:part, ex:title and rdf:type",
            "did you mean ex:title?",
        ),
        (
            'ex:x does not match the pattern "^http://example.org/m-"',
            'a node of ex:Meeting matches the pattern "^http://example.org/m-"',
            'write a node that matches the pattern "^http://example.org/m-"',
        ),
        (
            'ex:x ("short"): it ends at short',
            "the SPARQL query of ex:Meeting has no result: "
            "SELECT $this ?value WHERE { $this <http://example.org/title> ?value }",
            "",
        ),
        ("ex:x violates this rule: its value is 1", "nobody has an a", ""),
        ("ex:part of ex:x is 345", "ex:part meets ex:Short with ex:shorter 2", ""),
    }
    assert "urn:x-shape" not in json.dumps(rows)
    monkeypatch.setenv("LC_ALL", "de_AT.UTF-8")
    rows = problems(northtown, tmp_path, PREFIXES + NODES, {"a.ttl": data})
    message = 'Titel of ex:x is "short", which has 5 characters, fewer than 9: Zu kurz.'
    assert message in {row["message"] for row in rows}


MEETING: Final = """
ex:Meeting a sh:NodeShape ; sh:targetClass ex:Meeting ;
    sh:property [ sh:path ex:start ; sh:datatype xsd:date ] ;
    sh:property [ sh:path ex:page ; sh:nodeKind sh:IRI ] ;
    sh:property [ sh:path ex:title ; sh:datatype xsd:string ] ;
    sh:property [ sh:path ex:form ; sh:in ( "course" "talk" ) ] ;
    sh:property [ sh:path ex:colour ; sh:in ( ex:red ex:blue ) ] ;
    sh:property [ sh:path ex:seats ; sh:datatype xsd:integer ] ;
    sh:property [ sh:path ex:host ; sh:hasValue ex:council ] ;
    sh:property [ sh:path ex:code ; sh:maxCount 1 ] .
"""
TURTLE: Final = """@prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:m a ex:Meeting ;
    ex:start "2027-03-01" ;
    ex:page "http://example.org/pages/" ;
    ex:title "Open day"@en ;
    ex:form "tlak" ;
    ex:colour ex:rad ;
    ex:seats "12" ;
    ex:code "a" ;
    ex:code "b" .
"""
LINES: Final = [
    '<start> "2027-03-01"', '<page> "http://example.org/pages/"', '<title> "Open day"@en', '<form> "tlak"',
    "<colour> <rad>", '<seats> "12"', '<code> "a"', '<code> "b"',
]  # fmt: skip
FILES: Final = {
    "a.ttl": TURTLE,
    "b.trig": TURTLE.replace("ex:m a", "GRAPH ex:g {\nex:m a").replace('"b" .', '"b" . }'),
    "c.jsonld": """{
  "@context": {"ex": "http://example.org/", "xsd": "http://www.w3.org/2001/XMLSchema#", "start": "ex:start"},
  "@id": "ex:m",
  "@type": "ex:Meeting",
  "start": "2027-03-01",
  "ex:page": "http://example.org/pages/",
  "ex:title": {"@value": "Open day", "@language": "en"},
  "ex:form": "tlak",
  "ex:colour": {"@id": "ex:rad"},
  "ex:seats": "12",
  "ex:code": ["a", {"@value": "b"}]
}
""",
    "d.rdf": """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="http://example.org/">
  <ex:Meeting rdf:about="http://example.org/m">
    <ex:start>2027-03-01</ex:start>
    <ex:page>http://example.org/pages/</ex:page>
    <ex:title xml:lang="en">Open day</ex:title>
    <ex:form>tlak</ex:form>
    <ex:colour rdf:resource="http://example.org/rad"/>
    <ex:seats>12</ex:seats>
    <ex:code>a</ex:code>
    <ex:code>b</ex:code>
  </ex:Meeting>
</rdf:RDF>
""",
    "e.nt": "".join(
        re.sub("<(?!h)", "<http://example.org/", f"<m> {line} .\n")
        for line in ["<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <Meeting>", *LINES]
    ),
}
DATES: Final = {
    "a.ttl": 'write "2027-03-01"^^xsd:date',
    "b.trig": 'write "2027-03-01"^^xsd:date',
    "c.jsonld": 'write {"@value": "2027-03-01", "@type": "xsd:date"}',
    "d.rdf": 'write <ex:start rdf:datatype="http://www.w3.org/2001/XMLSchema#date">2027-03-01</ex:start>',
    "e.nt": 'write "2027-03-01"^^<http://www.w3.org/2001/XMLSchema#date>',
}
_VALUE: Final = re.compile(r"\"[^\"]*\"(?:@\w+|\^\^\S+)?|<[^>]*>|[\w:-]+")
_ELEMENT: Final = re.compile(r"<[^>]*/>|<[^>]*>[^<]*</[^>]*>")


def edited(text: str, ending: str, offset: int, fix: str) -> str:
    """`text` with a fix carried out at the place that the report gives."""
    if match := re.fullmatch(r"(?:write|did you mean) (.*?)\??", fix):
        if ending == "jsonld":
            end = offset + json.JSONDecoder().raw_decode(text[offset:])[1]
        else:
            value = (_ELEMENT if ending == "rdf" else _VALUE).match(text, offset)
            assert value
            end = value.end()
        return text[:offset] + match[1] + text[end:]
    if match := re.fullmatch("keep one of (.*) and (.*)", fix):
        assert text.count(match[2]) == 1
        return text.replace(match[2], match[1])  # a graph has each statement once
    statement = fix.removeprefix("add ")
    if ending == "nt":
        return text + statement + "\n"
    mark, between = {"jsonld": ("{", ","), "rdf": (">", "")}.get(ending, (" ;", " ;"))
    at = text.index(mark, offset) + len(mark)
    return f"{text[:at]} {statement}{between}{text[at:]}"


def test_each_fix_can_be_pasted_in_every_syntax(northtown: World, tmp_path: Path) -> None:
    rows = problems(northtown, tmp_path, PREFIXES + MEETING, FILES)
    files = dict(FILES)
    for row in sorted(rows, key=lambda row: (row["line"], row["column"]), reverse=True):
        name = Path(row["path"]).name
        lines = FILES[name].splitlines(keepends=True)
        offset = sum(map(len, lines[: int(row["line"]) - 1])) + int(row["column"]) - 1
        files[name] = edited(files[name], name.partition(".")[2], offset, row["fix"])
    assert len(rows) == len(FILES) * 8
    assert problems(northtown, tmp_path, PREFIXES + MEETING, files) == []
    starts = {Path(row["path"]).name: row["fix"] for row in rows if "2027" in row["message"]}
    assert starts == DATES


INPUT_05: Final = """4:14: error S: title of ex:open-day is "Open day"@en, which is a text with a language, not of the datatype xsd:string
    rule: title has the datatype xsd:string
    fix:  write "Open day"
5:14: error S: number of seats of ex:open-day is 200, which is more than 100
    rule: number of seats is at most 100
    fix:  write a value that is at most 100
6:13: error S: ex:code of ex:open-day is "toolong", which has 7 characters, more than 3
    rule: ex:code has at most 3 characters
    fix:  write a value that has at most 3 characters
7:13: error S: ex:form of ex:open-day is "x", which is not one of "course" and "talk"
    rule: ex:form is one of "course" and "talk"
    fix:  write one of "course" and "talk"
8:13: error S: page of ex:open-day is <http://example.org/pages/>, which is an IRI, not a literal of the datatype xsd:anyURI
    rule: page has the datatype xsd:anyURI
    fix:  write "http://example.org/pages/"^^<http://www.w3.org/2001/XMLSchema#anyURI>
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_input_05(northtown: World, engine: str) -> None:
    path = ROOT / "tests" / "reports" / "05-own-shapes-messages"
    files = [f"{path}.ttl", "--shapes", f"{path}.shapes.ttl"]
    result = northtown.pcve("validate", *files, "--engine", engine)
    printed = result.output.replace(f"{path}.ttl:", "")
    assert INPUT_05 in printed.replace("http://example.org/MeetingShape:", "S:")


EVENTS: Final = """PREFIX pcve: <https://w3id.org/pcve/ns#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
GRAPH <https://example.org/g> {
<https://example.org/fair> a pcve:Event ;
    skos:prefLabel "Fair" ;
    pcve:kind <https://w3id.org/pcve/vocab/event-kind/conference> ;
    schema:startDate "2027-03-01" .
<https://example.org/talk> a pcve:Event ;
    skos:prefLabel "Talk"@en ;
    pcve:edition "3" ;
    schema:startDate "2027-03-01"^^xsd:date, "2027-03-02"^^xsd:date .
}
"""


def test_the_shapes_of_the_project_have_fixes_in_the_syntax_of_the_file(
    northtown: World, tmp_path: Path
) -> None:
    path = tmp_path / "events.trig"
    path.write_text(EVENTS)
    result = northtown.pcve("validate", str(path), "--severity", "warning", "--format", "json")
    fixes = {(row["line"], row["fix"]) for row in json.loads(result.stdout)}
    assert fixes == {
        (7, 'add the language of the text: "Fair"@en if it is English'),
        (9, 'write "2027-03-01"^^xsd:date'),
        (10, "add pcve:kind: a term of event-kind"),
        (12, "write 3"),
        (13, 'keep one of "2027-03-01"^^xsd:date and "2027-03-02"^^xsd:date'),
    }


def test_a_record_shows_the_passage_and_has_fixes_in_yaml(world: World) -> None:
    name = "data/records/event/northtown-conference-2015.yml"
    passage = "The Third Northtown Conference on Mentoring was held from 19 to 20 January 2015 in Northtown"
    world.replace(name, "kind: conference", "kind: conferense")
    row, *others = json.loads(world.pcve("validate", "--format", "json").stdout)
    assert not others
    assert row["message"] == f'kind is "conferense"; its source says "{passage}"'
    world.replace(name, "conferense", row["fix"].removeprefix("did you mean ").rstrip("?"))
    old, new = (
        "2015-01-19\n    location: northtown",
        "[2015-01-19, 2015-01-20]\n    location: river-institute",
    )
    world.replace(name, old, new)
    rows = json.loads(world.pcve("validate", "--format", "json").stdout)
    assert [row["fix"] for row in rows] == [
        "keep one of 2015-01-19 and 2015-01-20",
        "river-institute exists, but is of another class; write the id of Country or Place",
    ]
    assert rows[1]["message"].endswith(f'is "River Institute"; its source says "{passage}"')
