"""Both engines give the same report, whatever shapes and data say; what neither reads is located."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import World, make_world
from test_reports_results import ex, files, listed, report_of
from validation_reports import of_command

from pcve_graph.validation.engines import ENGINES


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A project to run the command in, not built."""
    return make_world(tmp_path_factory.mktemp("engines") / "project")


PAIRS = """ex:a ex:p 1 ; ex:q 2 .
ex:b ex:p 2 ; ex:q 1 .
ex:c ex:p "x"^^xsd:integer ; ex:q 1 .
ex:d ex:p 1 ; ex:q "x"^^xsd:date .
ex:e ex:p ex:a ; ex:q ex:b .
ex:f ex:p "a"@en ; ex:q "b" .
ex:g ex:p [] ; ex:q 1 .
ex:h ex:p "2020-01-01"^^xsd:date ; ex:q 1 .
ex:i ex:p "1"^^ex:own ; ex:q "2"^^ex:own .
ex:j ex:p "NaN"^^xsd:double ; ex:q 1.5 .
ex:k ex:p 2 ; ex:q 2 .
ex:l ex:p "P1M"^^xsd:duration ; ex:q "P30D"^^xsd:duration .
"""


@pytest.mark.parametrize(
    ("constraint", "conforming"),
    [
        ("sh:lessThan ex:q", "a"),
        ("sh:lessThanOrEquals ex:q", "ak"),
        ("sh:minInclusive 2", "bk"),
        ("sh:minExclusive 1", "bk"),
        ("sh:maxInclusive 1.5", "ad"),
        ("sh:maxExclusive 1.5", "ad"),
        ('sh:maxInclusive "2020-01-01"^^xsd:date', "h"),
        ('sh:minInclusive "x"^^xsd:date', ""),
        ('sh:maxExclusive "b"', ""),
        ('sh:maxExclusive "b"@en', "f"),
        ("sh:or ()", ""),
        ("sh:xone ()", ""),
        ("sh:and ()", "abcdefghijkl"),
        ("sh:not [ sh:or () ]", "abcdefghijkl"),
        ("sh:not [ sh:and () ]", ""),
        ("sh:qualifiedValueShape [ sh:nodeKind sh:IRI ]", "abcdefghijkl"),
        ("sh:qualifiedMinCount 1", "abcdefghijkl"),
        ("sh:qualifiedValueShapesDisjoint true", "abcdefghijkl"),
        ("sh:ignoredProperties ( ex:p )", "abcdefghijkl"),
        ('sh:flags "i"', "abcdefghijkl"),
    ],
)
def test_values_that_cannot_be_compared_are_violations(
    project: World, tmp_path: Path, constraint: str, conforming: str
) -> None:
    """SHACL 4.3, 4.5.3 to 4.7.3: what SPARQL cannot compare, and what has nothing to check."""
    shape = (
        f"ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property ex:P .\nex:P {constraint}"
    )
    paths = files(tmp_path, PAIRS, f"{shape} ; sh:path ex:p .")
    reports = [of_command(project, *paths, engine) for engine in ENGINES]
    assert reports[0] == reports[1]
    (report, _) = reports
    assert not isinstance(report, str), report
    violating = [row.focus for row in report.rows.elements()]
    assert sorted(violating) == [ex(name) for name in "abcdefghijkl" if name not in conforming]


@pytest.mark.parametrize(
    ("constraint", "message"),
    [
        (
            "sh:qualifiedValueShape []",
            "sh:qualifiedValueShape constrains nothing without "
            "sh:qualifiedMinCount or sh:qualifiedMaxCount",
        ),
        (
            "sh:qualifiedMaxCount 1",
            "sh:qualifiedMaxCount constrains nothing without sh:qualifiedValueShape",
        ),
        ("sh:ignoredProperties ()", "sh:ignoredProperties constrains nothing without sh:closed"),
        ('sh:flags "i"', "sh:flags constrains nothing without sh:pattern"),
        ("sh:or ()", "sh:or has no shapes, so nothing conforms"),
        ("sh:and ()", "sh:and has no shapes, so everything conforms"),
    ],
)
def test_what_a_shape_says_without_effect_is_a_warning(
    project: World, tmp_path: Path, constraint: str, message: str
) -> None:
    shape = (
        f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; {constraint} ] ."
    )
    rows = listed(project, *files(tmp_path, "ex:a a ex:C .", shape))
    (row,) = [row for row in rows if str(row["path"]).endswith("shapes.ttl")]
    assert (row["severity"], row["line"]) == ("warning", 4)
    assert row["message"] == f"ex:S: {message}"


@pytest.mark.parametrize(
    "constraint",
    [
        "sh:minCount -1",
        "sh:maxCount -1",
        "sh:minLength -1",
        "sh:node [ sh:qualifiedValueShape [] ]",
    ],
)
def test_what_no_engine_reads_costs_the_shape_alone(
    project: World, tmp_path: Path, constraint: str
) -> None:
    good = "ex:Good a sh:NodeShape ; sh:targetClass ex:C ; sh:nodeKind sh:BlankNode ."
    shape = (
        f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; {constraint} ] ."
    )
    paths = files(tmp_path, "ex:a a ex:C ; ex:p 1 .", f"{good}\n{shape}")
    reports = [listed(project, *paths, "--engine", engine) for engine in ENGINES]
    assert reports[0] == reports[1]
    assert {(row["severity"], row["line"]) for row in reports[0]} >= {("error", 4), ("error", 5)}
    assert not [row for row in reports[0] if "turbo" in str(row["message"])]


def test_a_message_says_that_values_cannot_be_compared(project: World, tmp_path: Path) -> None:
    shape = (
        "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:q ; sh:property"
        " [ sh:path ex:p ; sh:lessThanOrEquals ex:q ] ."
    )
    rows = listed(project, *files(tmp_path, PAIRS, shape))
    messages = {str(row["message"]).split(" of ")[1][:4]: str(row["message"]) for row in rows}
    assert messages["ex:b"].endswith("is 2, which is more than ex:q (1)")
    assert messages["ex:h"].endswith("which cannot be compared with ex:q (1)")
    assert messages["ex:e"].endswith("is ex:a, which cannot be compared with ex:q (ex:b)")


def test_each_of_equal_results_is_an_error_of_its_own(project: World, tmp_path: Path) -> None:
    """SHACL 4.5.3 and 4.1.1: a result for each pair of values, and for each class."""
    shape = (
        "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property"
        " [ sh:path ex:p ; sh:lessThan ex:q ], [ sh:path ex:r ; sh:class ex:C, ex:D ] ."
    )
    data = 'ex:a ex:p 5 ; ex:q 1, 2, 7, "a" ; ex:r ex:b, ex:c . ex:c a ex:D .'
    paths = files(tmp_path, data, shape)
    rows = [listed(project, *paths, "--engine", engine) for engine in ENGINES]
    assert rows[0] == rows[1]
    assert [str(row["message"]).split(" of ex:a is ")[1] for row in rows[0]] == [
        '5, which cannot be compared with ex:q ("a")',
        "5, which is not less than ex:q (1)",
        "5, which is not less than ex:q (2)",
        "ex:b, which is not an instance of ex:C",
        "ex:b, which is not an instance of ex:D",
        "ex:c, which is not an instance of ex:C",
    ]
    fixes = [str(row["fix"]).rpartition(": ")[2] for row in rows[0][3:]]
    assert fixes == ["ex:b a ex:C .", "ex:b a ex:D .", "ex:c a ex:C ."]
    assert sum(report_of(project, *paths).rows.values()) == len(rows[0])


SEVERAL = """ex:S a sh:NodeShape ; sh:targetClass ex:T ;
  sh:or ( [ sh:class ex:A ] ) , ( [ sh:class ex:C ] [ sh:class ex:D ] ) , ( [ sh:class ex:E ] ) ;
  sh:xone ( [ sh:class ex:T ] [ sh:class ex:A ] ) , ( [ sh:class ex:Y ] ) ;
  sh:and ( [ sh:class ex:A ] ) , ( [ sh:class ex:X ] ) ;
  sh:not [ sh:class ex:A ] , [ sh:class ex:Z ] ; sh:node [ sh:class ex:R ] , ex:Whole ;
  sh:hasValue ex:a , ex:other ; ex:odd 1 , 0 , 2 ;
  sh:sparql [ sh:select "SELECT $this { $this a <http://example.org/T> }" ] ,
    [ sh:select "SELECT $this { $this a ?t FILTER (?t = <http://example.org/A>) }" ] .
ex:Whole a sh:NodeShape ; sh:targetNode ex:b ; sh:class ex:T , ex:P , ex:Q ; sh:nodeKind sh:IRI .
ex:Odd a sh:ConstraintComponent ; sh:parameter [ sh:path ex:odd ] ;
  sh:validator [ sh:ask "ASK { FILTER ($odd = 1) }" ] .
"""
"""Shapes with several constraints of one component, some of which are violated."""


def test_each_constraint_of_a_shape_is_reported_by_itself(project: World, tmp_path: Path) -> None:
    """SHACL 2.1.2, 3.6.2: a result for each constraint; its message names that one alone."""
    paths = files(tmp_path, "ex:a a ex:T , ex:A . ex:b a ex:P .", SEVERAL)
    rows = [listed(project, *paths, "--engine", engine) for engine in ENGINES]
    assert rows[0] == rows[1]
    words = [(str(row["message"]), str(row["why"])) for row in rows[0]]
    assert sorted(message for message, _ in words) == sorted(
        [
            "ex:a meets none of: is an instance of ex:C; is an instance of ex:D",
            "ex:a meets none of: is an instance of ex:E",
            "ex:a does not meet exactly one of: is an instance of ex:T; is an instance of ex:A",
            "ex:a does not meet exactly one of: is an instance of ex:Y",
            "ex:a does not meet all of: is an instance of ex:X",
            "ex:a is an instance of ex:A: that is excluded",
            "ex:a is not an instance of ex:R",
            "ex:a does not conform to ex:Whole: "
            "ex:a is not an instance of all of ex:P, ex:Q and ex:T",
            "ex:a does not have the value ex:other",
            *["ex:a violates this rule"] * 4,
            "ex:b is not an instance of ex:Q",
            "ex:b is not an instance of ex:T",
        ]
    )
    rules = {why.split(" meets ")[-1] for message, why in words if message.endswith("this rule")}
    query = "the SPARQL query of ex:S has no result: SELECT $this { $this a "
    assert rules == {
        *("ex:Odd with ex:odd 0", "ex:Odd with ex:odd 2", f"{query}<http://example.org/T> }}"),
        f"{query}?t FILTER (?t = <http://example.org/A>) }}",
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_each_format_has_as_many_results(project: World, tmp_path: Path, engine: str) -> None:
    """Results of equal words are a problem each: of two shapes alike, of rows alike of a query."""
    shapes = f"""{SEVERAL}
ex:U a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:minCount 1 ] ,
  [ sh:path ex:p ; sh:minCount 1 ] ; sh:sparql [ sh:select "SELECT $this {{ $this a ?t }}" ] .
"""
    data, shapes_file = files(tmp_path, "ex:a a ex:T , ex:A . ex:b a ex:P .", shapes)
    command = ["validate", str(data), "--shapes", str(shapes_file), "--engine", engine, "--format"]
    report = of_command(project, data, shapes_file, engine)
    assert not isinstance(report, str), report
    number = sum(report.rows.values())
    text = project.pcve(*command, "text", "--limit", "0").stdout
    whole = json.loads(project.pcve(*command, "json-report").stdout)
    (run,) = json.loads(project.pcve(*command, "sarif").stdout)["runs"]
    junit = project.pcve(*command, "junit").stdout
    assert number == 18
    assert len(listed(project, data, shapes_file, "--engine", engine)) == number
    assert len(whole["problems"]) == len(run["results"]) == number
    assert text.count(": error ") == junit.count(": error ") == number


BOOLEANS = """ex:a ex:p true ; ex:q false .
ex:b ex:p false ; ex:q true , "1"^^xsd:boolean .
ex:c ex:p "0"^^xsd:boolean ; ex:q false .
ex:d ex:p 1 ; ex:q true .
ex:e ex:p "maybe"^^xsd:boolean ; ex:q true .
ex:f ex:p false ; ex:q true , 5 .
ex:g ex:p 1 ; ex:q 2 .
"""


@pytest.mark.parametrize(
    ("constraint", "conforming", "results"),
    [
        ("sh:minInclusive false", "abcf", 3),
        ("sh:minInclusive true", "a", 6),
        ("sh:minExclusive false", "a", 6),
        ("sh:minExclusive true", "", 7),
        ("sh:maxInclusive true", "abcf", 3),
        ('sh:maxInclusive "0"^^xsd:boolean', "bcf", 4),
        ("sh:maxExclusive true", "bcf", 4),
        ("sh:not [ sh:minInclusive true ]", "bcdefg", 1),
        ("sh:lessThan ex:q", "bg", 5),
        ("sh:lessThanOrEquals ex:q", "bcg", 4),
        ("sh:node [ sh:minInclusive false ]", "abcf", 3),
    ],
)
@pytest.mark.parametrize("message", ["", "; sh:message 'as stated'"])
def test_false_is_less_than_true(
    project: World, tmp_path: Path, constraint: str, conforming: str, results: int, message: str
) -> None:
    """SPARQL 1.1, 17.3, by which SHACL compares (4.3, 4.5.3): booleans with booleans only."""
    shape = f"ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; {constraint} {message} ] ."
    paths = files(tmp_path, BOOLEANS, shape)
    reports = [of_command(project, *paths, engine) for engine in ENGINES]
    assert reports[0] == reports[1]
    (report, _) = reports
    assert not isinstance(report, str), report
    violating = {row.focus for row in report.rows}
    assert violating == {ex(name) for name in "abcdefg" if name not in conforming}
    assert sum(report.rows.values()) == results
    assert {row.component for row in report.rows}.isdisjoint({""})
    assert not any("urn:" in row.component for row in report.rows)


OF_VALUES = "ex:a a ex:T ; ex:p 0 , 1 , 5 , true , ex:b , _:c ; ex:q 7 . ex:b a ex:T ; ex:p 2 ."
LIMITED = """ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:limit ] ; {} [ {} ] .
ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path ex:p ; ex:limit 1 ] ,
  [ sh:path [ sh:alternativePath ( ex:p ex:q ) ] ; ex:limit 1 ] .
ex:N a sh:NodeShape ; sh:targetClass ex:T ; ex:limit 1 .
"""
SELECTS = "sh:nodeValidator [ sh:select 'SELECT $this {{}}' ] ; sh:propertyValidator"


@pytest.mark.parametrize(
    ("kind", "query", "values"),
    [
        ("sh:validator", 'sh:ask "ASK { FILTER ($value = $limit) }"', "0 5 true ex:b _: 7 2"),
        ("sh:validator", 'sh:ask "ASK { FILTER (!isIRI ($value)) }"', "ex:b"),
        ("sh:validator", 'sh:ask "ASK WHERE { { $value ex:p ?x } UNION { ?x ex:q $value } }"', "*"),
        ("sh:validator", 'sh:ask "ASK { BIND ($value AS ?x) FILTER (?x IN ($limit, 5)) }"', "*"),
        ("sh:validator", 'sh:ask "ASK { } LIMIT 1"', ""),
        (
            SELECTS,
            'sh:select "SELECT $this ?value { $this $PATH ?x BIND (?x + 1 AS ?value) }"',
            "*",
        ),
        (
            SELECTS,
            'sh:select "SELECT $this (MAX (?x) AS ?value) { $this $PATH ?x FILTER (isNumeric (?x)) } GROUP BY $this"',
            "*",
        ),
        (SELECTS, 'sh:select "SELECT $this { FILTER NOT EXISTS { $this $PATH 0 } }"', "*"),
    ],
)
@pytest.mark.parametrize("message", ["", "sh:message 'value {$value}, limit {?limit}' ;"])
def test_a_component_of_ones_own_has_a_result_for_each_value(
    project: World, tmp_path: Path, kind: str, query: str, values: str, message: str
) -> None:
    """SHACL 6.3: of a value node to which ASK answers no; `value` is bound beforehand in ASK only."""
    query = query.replace("ex:p", f"{ex('p')}").replace("ex:q", f"{ex('q')}")
    paths = files(tmp_path, OF_VALUES, LIMITED.format(kind.format(), f"{message} {query}"))
    reports = [of_command(project, *paths, engine) for engine in (*ENGINES, "pyshacl")]
    assert reports[0] == reports[1] == reports[2]
    (report, *_) = reports
    assert not isinstance(report, str), report
    rows = [row for row in report.rows.elements() if row.shape == "_:" and "p>" in row.path[-3:]]
    numbers = {"0": 0, "1": 1, "5": 5, "7": 7, "2": 2}
    if values != "*":
        of_p = [value for value in values.split() if value != "7"]
        assert len(rows) == len(of_p)
        assert {row.value for row in rows} == {
            "_:"
            if value == "_:"
            else ex(value[3:])
            if value.startswith("ex:")
            else f'"{value}"^^<{"http://www.w3.org/2001/XMLSchema#"}{"integer" if value in numbers else "boolean"}>'
            for value in of_p
        }
    assert sum(report.rows.values()) == len(listed(project, *paths))


@pytest.mark.parametrize("path", ["ex:p", "( ex:q ex:r )"])
def test_a_selected_path_that_is_no_iri_is_not_taken(
    project: World, tmp_path: Path, path: str
) -> None:
    """SHACL 5.3.2: the path of the result is then that of the shape."""
    query = "SELECT $this ?path ?value { $this ?any ?value BIND ('lit' AS ?path) }"
    shapes = f"""ex:S a sh:PropertyShape ; sh:targetNode ex:a ; sh:path {path} ;
  sh:sparql [ sh:select "{query}" ] . ex:N a sh:NodeShape ; sh:targetNode ex:a ;
  sh:sparql [ sh:select "{query}" ] ."""
    paths = files(tmp_path, "ex:a ex:p 1 .", shapes)
    reports = [of_command(project, *paths, engine) for engine in ENGINES]
    assert reports[0] == reports[1]
    assert not isinstance(reports[0], str), reports[0]
    listed_path = path.replace("ex:p", ex("p")).replace("ex:q", ex("q")).replace("ex:r", ex("r"))
    assert sorted(row.path for row in reports[0].rows) == ["", listed_path]


VALID = {
    "boolean": ("true 1", "TRUE yes"),
    "decimal": ("1 -.5 1. 0.1234567890123456789012345 99999999999999999999999999", "1e3 INF NaN ."),
    "integer": ("1 +01 -0 99999999999999999999999999", "1.0 ٣ +"),
    "nonNegativeInteger": ("-0 1", "-1"),
    "unsignedByte": ("255", "256 -1"),
    "double": (
        "INF +INF -INF NaN 1e400 1. .5E-3",
        "1e inF_ nan inf -inf Infinity infinity NAN +NaN . e5 0x1",
    ),
    "float": ("INF NaN 1", "nan inf Infinity"),
    "date": (
        "-0044-03-15 12020-01-01 0000-01-01 2020-01-01+14:00",
        "2020-02-30 02020-01-01 2020-1-1",
    ),
    "time": ("24:00:00 10:00:00Z", "10:00 24:00:01"),
    "dateTime": (
        "2020-01-01T24:00:00 2020-01-01T10:00:00.5+01:00",
        "2020-01-01 2020-01-01T25:00:00",
    ),
    "dateTimeStamp": ("2020-01-01T10:00:00Z", "2020-01-01T10:00:00 2020-02-30T10:00:00Z"),
    "gYear": ("2020 -2020 12020", "020 0x15"),
    "gYearMonth": ("2020-12", "2020-13"),
    "gMonth": ("--02", "--13"),
    "gMonthDay": ("--02-29 --01-31Z", "--02-30 --1-1 01-01"),
    "gDay": ("---31 ---01Z", "---32"),
    "duration": ("P1Y2M3DT4H5M6.7S -P1M", "PT P 1D P1W P1YT +P1Y P1M1Y PT.5S"),
    "dayTimeDuration": ("P1D PT1S", "P1Y P1M P1DT P"),
    "yearMonthDuration": ("P1Y -P1M", "P1D P1YT P"),
    "hexBinary": ("0a 0A", "0 xy"),
    "base64Binary": ("YQ== YWI= YWJj", "==== YQ YQ= Y-_= YR== YWJ="),
    "language": ("en en-GB x-own", "en_GB en- 1e toolongtag"),
    "NCName": ("a a1 _a.b-c é", "1a a:b -a"),
    "Name": ("a:b :a", "1a -a"),
    "NMTOKEN": ("1a a:b -a", "a,b"),
    "anyURI": ("http://a.b {}", ""),
}
"""Lexical forms of datatypes of XML Schema that are valid, and such that are not."""

OTHER_FORMS = (
    ("xsd:integer", " 1"), ("xsd:integer", "1\\n"), ("xsd:token", "a  b"), ("xsd:token", " a"),
    ("xsd:normalizedString", "a\\tb"), ("xsd:gMonthDay", " --01-01"), ("xsd:dateTimeStamp", " 2020-01-01T10:00:00Z"),
)  # fmt: skip
VALID_TOO = (
    ("xsd:token", "a b"), ("xsd:normalizedString", " a  b"), ("rdf:HTML", "<p>a"),
    ("rdf:XMLLiteral", "<p>a"), ("rdf:XMLLiteral", "a&b"), ("ex:own", "x"), ("xsd:hexBinary", ""),
)  # fmt: skip


def test_a_literal_is_valid_for_its_datatype_to_both_engines(
    project: World, tmp_path: Path
) -> None:
    """SHACL 4.1.2: an ill-typed literal violates sh:datatype; its lexical form is kept."""
    forms = {
        (f"xsd:{name}", text): True for name, pair in VALID.items() for text in pair[0].split()
    }
    forms |= {
        (f"xsd:{name}", text): False for name, pair in VALID.items() for text in pair[1].split()
    }
    forms |= dict.fromkeys(OTHER_FORMS, False) | dict.fromkeys(VALID_TOO, True)
    data = [f'ex:n{i} ex:p "{text}"^^{name} .' for i, (name, text) in enumerate(forms)]
    targets: dict[str, list[str]] = {name: [] for name, _ in forms}
    for number, (name, _) in enumerate(forms):
        targets[name].append(f"ex:n{number}")
    shapes = [
        f"[] a sh:NodeShape ; sh:targetNode {', '.join(nodes)} ;"
        f" sh:property [ sh:path ex:p ; sh:datatype {name} ] ."
        for name, nodes in targets.items()
    ]
    rdf = "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
    paths = files(tmp_path, rdf + "\n".join(data), rdf + "\n".join(shapes))
    reports = [of_command(project, *paths, engine) for engine in ENGINES]
    assert reports[0] == reports[1]
    assert not isinstance(reports[0], str), reports[0]
    invalid = {row.focus for row in reports[0].rows}
    wrong = {
        form
        for number, (form, is_valid) in enumerate(forms.items())
        if (ex(f"n{number}") not in invalid) != is_valid
    }
    assert wrong == set()


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        (r"^\\p{L}+$", {"abc", "ÉÀ", "αβ"}),
        (r"^\\p{Lu}", {"ÉÀ", "B2"}),
        (r"^\\P{L}+$", {"12", "😀", "\u0301", "-"}),
        (r"^[\\p{L}\\p{N}]+$", {"abc", "ÉÀ", "αβ", "12", "B2"}),
        (r"^[^\\P{L}a]+$", {"ÉÀ", "αβ"}),
        (r"^\\i\\c*$", {"abc", "ÉÀ", "αβ", "B2", "😀"}),
        (r"^[a-z-[aeiou]]+$", set()),
        (r"^[a-z-[eiou]]+$", {"abc"}),
        (r"^\\\\p", set()),
    ],
)
def test_patterns_may_have_what_xpath_adds(
    project: World, tmp_path: Path, pattern: str, matching: set[str]
) -> None:
    values = ["abc", "ÉÀ", "αβ", "12", "B2", "😀", "\u0301", "-"]
    data = f"ex:a ex:p {', '.join(chr(34) + value + chr(34) for value in values)} ."
    shape = (
        "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property"
        f' [ sh:path ex:p ; sh:pattern "{pattern}" ] .'
    )
    paths = files(tmp_path, data, shape)
    reports = [listed(project, *paths, "--engine", engine) for engine in ENGINES]
    assert reports[0] == reports[1]
    shown = {str(row["message"]).split(" is ")[1].split(",")[0].strip('"') for row in reports[0]}
    assert shown == set(values) - matching
    assert all(
        f'the pattern "{pattern}"'.replace(r"\\", "\\") in str(row["message"]) for row in reports[0]
    )


@pytest.mark.parametrize(
    ("pattern", "flags", "matching"),
    [
        ("^a.b$", "", {"a b", "a.b", "a[b"}),
        ("^a.b$", "s", {"a b", "a.b", "a[b", "a\\nb"}),
        ("^ a [ .[] b $", "x", {"a b", "a.b", "a[b"}),
        ("A.b", "qi", {"a.b"}),
        ("[", "q", {"a[b"}),
        ("^B", "im", {"a\\nb"}),
    ],
)
def test_flags_are_those_of_xpath(
    project: World, tmp_path: Path, pattern: str, flags: str, matching: set[str]
) -> None:
    values = ["a b", "a.b", "a[b", "ab", "a\\nb"]
    shape = (
        "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property"
        f' [ sh:path ex:p ; sh:pattern "{pattern}" ; sh:flags "{flags}" ] .'
    )
    data = f"ex:a ex:p {', '.join(chr(34) + value + chr(34) for value in values)} ."
    paths = files(tmp_path, data, shape)
    reports = [of_command(project, *paths, engine) for engine in ENGINES]
    assert reports[0] == reports[1]
    assert not isinstance(reports[0], str), reports[0]
    assert {row.value.strip('"') for row in reports[0].rows} == set(values) - matching


def test_a_flag_that_there_is_not_is_a_warning(project: World, tmp_path: Path) -> None:
    shape = (
        "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property"
        ' [ sh:path ex:p ; sh:pattern "a" ; sh:flags "iz" ] .'
    )
    (row,) = listed(project, *files(tmp_path, 'ex:a ex:p "A" .', shape))
    assert (row["severity"], row["message"]) == (
        "warning",
        "ex:S: sh:flags has z, which is ignored",
    )


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r'"\\p{IsGreek}"', r"\p{IsGreek} is a block of Unicode: write its characters as a range"),
        (r'"\\p{Lu}" ; sh:flags "i"', r'\p{Lu} cannot be combined with the flag "i"'),
        (r'"\\pL"', r"\p needs a category of Unicode in braces, such as \p{L}"),
    ],
)
def test_a_pattern_that_is_not_read_costs_its_shape(
    project: World, tmp_path: Path, pattern: str, reason: str
) -> None:
    good = "ex:Good a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:nodeKind sh:BlankNode ."
    shape = (
        "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property"
        f" [ sh:path ex:p ; sh:pattern {pattern} ] ."
    )
    paths = files(tmp_path, 'ex:a ex:p "a" .', f"{good}\n{shape}")
    for engine in ENGINES:
        rows = listed(project, *paths, "--engine", engine)
        assert [row["line"] for row in rows] == [4, 5]
        assert f"that the engines read: {reason}" in str(rows[1]["message"])


QUERY = """ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:sparql [ sh:select
  '''SELECT $this ?value {{ $this <http://example.org/p> ?value . FILTER ({}) }}''' ] ."""


@pytest.mark.parametrize(
    ("condition", "selected"),
    [
        (r'REGEX(?value, "^\\\\p{L}+$")', {"abc", "ÉÀ"}),
        (r'REGEX(?value, "^\\\\P{Z}+$", "i")', {"abc", "ÉÀ", "1"}),
        (r'REGEX(STR(?value), "^[a-z-[eiou]]+$")', {"abc"}),
        (r'REPLACE(?value, "\\\\p{N}", "-") = "-"', {"1"}),
        (r'CONTAINS("\\\\p{L}", "p") && ?value = "1"', {"1"}),
    ],
)
def test_patterns_in_queries_may_have_what_xpath_adds(
    project: World, tmp_path: Path, condition: str, selected: set[str]
) -> None:
    data = 'ex:a ex:p "abc", "ÉÀ", "1", "\u2028" .'
    paths = files(tmp_path, data, QUERY.format(condition))
    reports = [of_command(project, *paths, engine) for engine in ENGINES]
    assert reports[0] == reports[1]
    assert not isinstance(reports[0], str), reports[0]
    assert {row.value for row in reports[0].rows} == {f'"{value}"' for value in selected}


def test_a_pattern_in_a_query_that_is_not_read_costs_its_shape(
    project: World, tmp_path: Path
) -> None:
    good = "ex:Good a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:nodeKind sh:BlankNode ."
    shape = QUERY.format(r'REGEX(?value, "\\\\p{IsGreek}")')
    paths = files(tmp_path, 'ex:a ex:p "a" .', f"{good}\n{shape}")
    for engine in ENGINES:
        rows = listed(project, *paths, "--engine", engine)
        assert [(row["line"], row["column"]) for row in rows] == [(4, 1), (6, 88)]
        assert "is a block of Unicode" in str(rows[1]["message"])


def test_a_text_of_shapes_may_have_any_character(project: World, tmp_path: Path) -> None:
    """Some end a line to Python, and none to N-Triples."""
    shape = (
        "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:nodeKind sh:BlankNode ;"
        ' sh:message "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg"@en .'
    )
    paths = files(tmp_path, "ex:a ex:p 1 .", shape)
    reports = [listed(project, *paths, "--engine", engine) for engine in ENGINES]
    assert reports[0] == reports[1]
    assert [row["line"] for row in reports[0]] == [4]


@pytest.mark.parametrize("tags", ['"*"', '"a b"', '""'])
def test_a_language_that_is_none_is_no_fix(project: World, tmp_path: Path, tags: str) -> None:
    shape = (
        "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property"
        f" [ sh:path ex:p ; sh:languageIn ( {tags} ) ] ."
    )
    (row,) = listed(project, *files(tmp_path, 'ex:a ex:p "a" .', shape))
    assert str(row["fix"]).startswith("write a text in ")
