"""Parameters: values by any name in the graph; wrong ones are refused with what would be right."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT, World
from engines import QUERIES

from pcve_graph.graph.store import SEARCH_INDEX
from pcve_graph.model.namespaces import expand, graph_iri, record_iri
from pcve_graph.model.problems import UsageError
from pcve_graph.model.project import Project
from pcve_graph.query.foreign import parse_foreign_query
from pcve_graph.query.parameters import bind
from pcve_graph.query.saved import TYPES, Parameter, SavedQuery, read_queries
from pcve_graph.search.index import write_index
from pcve_graph.search.search import SearchIndex, open_index
from pcve_graph.syntax.lexical_forms import XSD_DATATYPES


def query(**settings: object) -> SavedQuery:
    """A query with the one parameter `x`."""
    given = {"name": "x", "type": "text", "variable": "x", **settings}
    return SavedQuery("q", "q.rq", "", "", (), {"x": Parameter(**given)}, {}, {}, "")  # type: ignore[arg-type]


def term(
    text: str, index: SearchIndex | None = None, **settings: object
) -> ox.NamedNode | ox.Literal:
    bound = bind(query(**settings), {"x": text}, index)["x"]
    assert isinstance(bound, (ox.NamedNode, ox.Literal))
    return bound


@pytest.fixture(scope="module")
def index(shipped: World) -> SearchIndex:
    return open_index(shipped.saved().folder)


@pytest.mark.parametrize(
    ("kind", "text", "value", "datatype"),
    [
        ("text", ' a "b" ', 'a "b"', "xsd:string"),
        ("number", "12", "12", "xsd:integer"),
        ("number", "-0.50", "-0.50", "xsd:decimal"),
        ("year", "2018", "2018", "xsd:integer"),
        ("date", "2018-05-22", "2018-05-22", "xsd:date"),
        ("language", "sr-Latn", "sr-latn", "xsd:string"),
        ("number", "1.5e3", "1.5e3", "xsd:double"),
    ],
)
def test_a_value_is_a_term_of_its_type(kind: str, text: str, value: str, datatype: str) -> None:
    assert kind in TYPES
    literal = term(text, type=kind)
    assert isinstance(literal, ox.Literal)
    assert (literal.value, literal.datatype.value) == (value, expand(datatype))


VALUES = {
    "integer": (["0", "-12", "+5", "007"], ["abc", "1.0", "1e3", "", "１"]),
    "nonNegativeInteger": (["0", "12"], ["-1", "x"]),
    "positiveInteger": (["1"], ["0", "-1"]),
    "nonPositiveInteger": (["0", "-4"], ["1"]),
    "negativeInteger": (["-1"], ["0", "1"]),
    "long": (["9223372036854775807"], ["9223372036854775808"]),
    "int": (["-2147483648"], ["2147483648"]),
    "short": (["32767"], ["32768"]),
    "byte": (["-128"], ["128", "-129"]),
    "unsignedLong": (["18446744073709551615"], ["-1", "18446744073709551616"]),
    "unsignedInt": (["4294967295"], ["4294967296"]),
    "unsignedShort": (["65535"], ["65536"]),
    "unsignedByte": (["255"], ["256", "-1"]),
    "decimal": (["1", "1.50", "-.5", "+2."], ["1e3", "1,5", "abc"]),
    "double": (["1", "1.5e3", "-INF", "NaN"], ["1,5", "inf", "e3"]),
    "float": (["1", "1.5E-3", "INF"], ["0x1", "many"]),
    "boolean": (["true", "false", "1", "0", "TRUE", "False"], ["yes", "2"]),
    "date": (["2018-05-22", "2020-02-29"], ["2018-02-30", "22.5.2018", "2018-05", "2019-02-29"]),
    "dateTime": (["2018-05-22T14:30:00", "2018-05-22T14:30:00.5Z"], ["2018-05-22", "2018-05-22 14:30:00"]),
    "dateTimeStamp": (["2018-05-22T14:30:00+02:00"], ["2018-05-22T14:30:00"]),
    "time": (["14:30:00", "14:30:00Z"], ["14:30", "25:00:00"]),
    "gYear": (["2018", "-0044"], ["18", "2018-05", "20181x"]),
    "gYearMonth": (["2018-05"], ["2018-13", "2018"]),
    "gMonth": (["--05"], ["05", "--13"]),
    "gMonthDay": (["--02-29"], ["--02-30", "02-29"]),
    "gDay": (["---31"], ["---32", "31"]),
    "duration": (["P1Y2M3DT4H5M6S", "-P1D", "PT0.5S"], ["P", "1Y", "P1H", "PT"]),
    "dayTimeDuration": (["P3DT4H"], ["P1Y", "P"]),
    "yearMonthDuration": (["P1Y2M"], ["P1D", "P"]),
    "anyURI": (["http://e/x", "x:y#z"], ["a b", "<x>"]),
    "language": (["sr-Latn", "en"], ["in English", "en_GB"]),
    "hexBinary": (["0aFF"], ["0aF", "0g"]),
    "base64Binary": (["YWJj"], ["YWJ", "*"]),
    "normalizedString": (["a  b"], ["a\tb"]),
    "token": (["a b"], ["a  b"]),
    "string": (["anything at all"], []),
}  # fmt: skip
"""Values and texts that are none, for each datatype of XML Schema that a variable can name."""


def test_every_datatype_of_a_variable_is_here() -> None:
    assert VALUES.keys() == XSD_DATATYPES


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("form", ["?_x_{}", "?_x_xsd_{}"])
def test_a_typed_parameter_takes_the_values_of_its_datatype(name: str, form: str) -> None:
    text = f"SELECT ?s {{ ?s ?p {form.format(name)} }}"
    typed = parse_foreign_query(text.encode(), "q.rq")
    right, wrong = VALUES[name]
    for value in right:
        literal = bind(typed, {"x": value})[form.format(name)[1:]]
        assert isinstance(literal, ox.Literal)
        assert literal.datatype.value == expand(f"xsd:{name}")
        assert literal.value == (value.lower() if name == "boolean" else value)
    for value in filter(None, wrong):
        with pytest.raises(UsageError, match=r"x takes .*, not "):
            bind(typed, {"x": value})


def test_a_wrong_typed_value_is_refused_before_the_query_runs(
    tmp_path: Path, northtown: World
) -> None:
    (tmp_path / "since.rq").write_text("SELECT ?e { ?e ?p ?_since_integer } LIMIT ?__n_integer")
    ask = ("query", "since", "--queries", str(tmp_path), "--set")
    wrong = northtown.pcve(*ask, "since=abc")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "since takes a whole number, not 'abc'" in wrong.stderr
    assert northtown.pcve(*ask, "since=3").exit_code == 0
    negative = northtown.pcve(*ask, "since=3", "--set", "n=-1")
    assert negative.exit_code == 2
    assert "n takes a whole number from 0, not '-1'" in negative.stderr
    listed = northtown.pcve("queries", "--queries", str(tmp_path)).stdout
    assert "since (a whole number, required)" in listed
    assert "n (a whole number from 0)" in listed


@pytest.mark.parametrize(
    ("settings", "text", "message"),
    [
        ({"type": "number"}, "many", "x takes a number, not 'many'; for instance 12, 0.5"),
        ({"type": "year"}, "May 2018", "x takes a year, not 'May 2018'; for instance 2018"),
        ({"type": "date"}, "22.5.2018", "x takes a day, not '22.5.2018'; for instance 2018-05-22"),
        ({"type": "date"}, "2018-13-01", "x takes a day, not '2018-13-01'"),
        ({"type": "language"}, "in English", "x takes a language tag"),
        ({"allowed": ("open", "shut", "ajar")}, "opne", "one of 3 values, not 'opne'; .* open"),
        ({"type": "text"}, "\udcff", "x: the value contains an unpaired surrogate"),
        ({"type": "thing"}, "albania", "the IRI of a thing, as there is no graph"),
    ],
)
def test_a_wrong_value_gives_a_message_with_what_is_right(
    settings: dict[str, object], text: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        term(text, None, **settings)


@pytest.mark.parametrize(
    ("text", "settings", "iri"),
    [
        ("albania", {"type": "thing"}, record_iri("place", "albania")),
        ("Albania", {"type": "thing", "kinds": ("country",)}, record_iri("place", "albania")),
        ("Албанија", {"type": "thing"}, record_iri("place", "albania")),
        ("  ALBANIA ", {"type": "thing"}, record_iri("place", "albania")),
        ("Љубљана", {"type": "thing", "kinds": ("place",)}, record_iri("place", "ljubljana")),
        ("RCC", {"type": "thing", "kinds": ("organization",)}, record_iri("organization", "rcc")),
        (record_iri("place", "albania"), {"type": "thing"}, record_iri("place", "albania")),
        (f"<{record_iri('place', 'albania')}>", {"type": "iri"}, record_iri("place", "albania")),
        ("returnees", {"type": "concept", "scheme": "topic"}, "vocab/topic/ftf-returnees"),
        ("ftf", {"type": "concept", "scheme": "topic"}, "vocab/topic/ftf"),
        ("topic/ftf", {"type": "concept", "scheme": "topic"}, "vocab/topic/ftf"),
        ("Albania", {"type": "iri"}, record_iri("place", "albania")),
    ],
)
def test_a_name_stands_for_its_thing(
    index: SearchIndex, text: str, settings: dict[str, object], iri: str
) -> None:
    bound = term(text, index, **settings)
    assert bound.value.endswith(iri)


def test_without_a_graph_an_iri_and_a_term_are_taken_as_they_are() -> None:
    assert term("http://e/x", type="thing").value == "http://e/x"
    concept = term("ftf", type="concept", scheme="topic")
    assert concept.value == "https://w3id.org/pcve/vocab/topic/ftf"


def test_a_name_of_several_things_lists_them(tmp_path: Path) -> None:
    store = ox.Store()
    facts = ox.NamedNode(graph_iri("facts"))
    for folder, kind, name in (
        ("place", "pcve:Place", "northtown"),
        ("organization", "org:Organization", "river-institute"),
    ):
        node = ox.NamedNode(record_iri(folder, name))
        label = ox.Literal("River Institute", language="en")
        for key, value in (("rdf:type", ox.NamedNode(expand(kind))), ("skos:prefLabel", label)):
            store.add(ox.Quad(node, ox.NamedNode(expand(key)), value, facts))
    write_index(store, tmp_path / SEARCH_INDEX)
    index = open_index(tmp_path)
    with pytest.raises(UsageError) as caught:
        term("river  institute", index, type="thing")
    lines = str(caught.value).splitlines()
    assert lines[0] == "x: 'river  institute' is ambiguous; use one of these ids:"
    assert sorted(lines[1:]) == [
        "    northtown  River Institute (place)",
        "    river-institute  River Institute (organization)",
    ]
    only = term("river institute", index, type="thing", kinds=("organization",))
    assert only.value == record_iri("organization", "river-institute")


def test_every_kind_and_list_of_a_header_is_one_of_the_graph(index: SearchIndex) -> None:
    kinds = index.kinds()
    for query in read_queries(Project(ROOT, ROOT / "build"), "answers").values():
        for parameter in query.params.values():
            assert {*parameter.kinds} <= kinds, query.name
            assert not parameter.scheme or parameter.scheme in kinds, query.name


def test_an_unknown_name_lists_the_nearest_of_its_kind(index: SearchIndex) -> None:
    with pytest.raises(UsageError) as caught:
        term("Albnia", index, type="thing", kinds=("country",))
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("x: no country matches 'Albnia'; did you mean:")
    assert lines[1] == "    albania  Albania (country)"
    with pytest.raises(UsageError, match=r"did you mean:\n    kosovo  Kosovo"):
        term("Kossovo", index, type="thing", kinds=("country",))
    with pytest.raises(
        UsageError, match=r"no thing matches 'topic/ftf'; it names:\n    topic/ftf  "
    ):
        term("topic/ftf", index, type="thing")


def test_what_is_like_no_name_gets_no_suggestion(index: SearchIndex) -> None:
    with pytest.raises(UsageError) as caught:
        term("zzzzz", index, type="thing", kinds=("country",))
    message = "x: no country matches 'zzzzz'; `pcve search` finds things by words about them"
    assert str(caught.value) == message
    with pytest.raises(UsageError) as caught:
        term("zzzzz", index, type="concept", scheme="topic")
    assert str(caught.value) == "x: no topic matches 'zzzzz'; `pcve terms topic` lists them"


def test_only_what_is_allowed_is_taken(index: SearchIndex) -> None:
    settings = {"type": "concept", "scheme": "topic", "allowed": ("ftf",)}
    assert term("FTF", index, **settings).value.endswith("/ftf")
    with pytest.raises(UsageError, match="no topic matches"):
        term("pcve", index, **settings)
    assert term("AJAR", allowed=("open", "ajar")).value == "ajar"


def test_defaults_and_needs() -> None:
    assert bind(query(default="y"), {})["x"] == ox.Literal("y")
    assert bind(query(), {}) == {}
    assert bind(query(variable="_x_en", language="en"), {"x": "y"}) == {
        "_x_en": ox.Literal("y", language="en")
    }
    with pytest.raises(UsageError, match=r"q requires x; for instance x=7"):
        bind(query(required=True, example="7"), {})
    with pytest.raises(UsageError, match=r"q has no parameter 'z'; its parameters: x"):
        bind(query(), {"z": "1"})


@pytest.mark.parametrize(
    "name", [name for name, query in QUERIES.items() if {"from", "until"} <= query.params.keys()]
)
def test_a_period_that_ends_before_it_begins_is_refused(northtown: World, name: str) -> None:
    needed = {
        key: "http://x.example/x" for key, param in QUERIES[name].params.items() if param.required
    }
    settings = {**needed, "from": "2018-12-31", "until": "2018-01-01"}
    with pytest.raises(UsageError, match=r"^until 2018-01-01 is before from 2018-12-31$"):
        bind(QUERIES[name], settings)
    if not needed.keys() - {"from", "until"}:
        pairs = [word for pair in settings.items() for word in ("--set", "=".join(pair))]
        result = northtown.pcve("query", name, *pairs)
        assert result.exit_code == 2
        assert result.stdout == ""
