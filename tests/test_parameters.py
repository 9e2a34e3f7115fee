"""Parameters: values by any name in the graph; wrong ones are refused with what would be right."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT, World

from pcve_graph.graph.store import SEARCH_INDEX
from pcve_graph.model.namespaces import expand, graph_iri, record_iri
from pcve_graph.model.problems import UsageError
from pcve_graph.model.project import Project
from pcve_graph.query.parameters import bind
from pcve_graph.query.saved import TYPES, Parameter, SavedQuery, read_queries
from pcve_graph.query.search import SearchIndex, open_index, write_index


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
    ],
)
def test_a_value_is_a_term_of_its_type(kind: str, text: str, value: str, datatype: str) -> None:
    assert kind in TYPES
    literal = term(text, type=kind)
    assert isinstance(literal, ox.Literal)
    assert (literal.value, literal.datatype.value) == (value, expand(datatype))


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
        term("Kosova", index, type="thing", kinds=("country",))
    with pytest.raises(UsageError, match="no thing matches 'topic/ftf'"):
        term("topic/ftf", index, type="thing")
    with pytest.raises(UsageError, match="for instance:\n    albania  Albania"):
        term("zzzzz", index, type="thing", kinds=("country",))


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
