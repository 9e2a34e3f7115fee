"""Label columns and data frames: of every question, and of any dates that a source may give."""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import World, require
from hypothesis import given, settings
from hypothesis import strategies as st

from pcve_graph import KnowledgeGraph
from pcve_graph.model.dates import date_range, precision
from pcve_graph.model.namespaces import expand
from pcve_graph.query.access import example_settings
from pcve_graph.query.execute import ResultTable
from pcve_graph.query.results import Rows
from pcve_graph.query.saved import read_queries


@pytest.fixture(scope="module")
def kg(shipped: World) -> KnowledgeGraph:
    return KnowledgeGraph.open(shipped.root)


def dated(text: str) -> ox.Literal:
    kind = precision(text)
    assert kind is not None
    return ox.Literal(
        text, datatype=ox.NamedNode(expand(f"{'edtf' if kind == 'EDTF' else 'xsd'}:{kind}"))
    )


def answers(kg: KnowledgeGraph) -> Iterator[tuple[str, Rows]]:
    """The answer to every question of the project, with its examples."""
    for name, query in read_queries(kg.project, "answers").items():
        for values in example_settings(query):
            yield name, kg.query(name, timeout=0, memory=0, limit=300, **values)  # type: ignore[arg-type]


@pytest.mark.full
@pytest.mark.long
def test_every_column_of_every_question_has_one_type_and_sorts(kg: KnowledgeGraph) -> None:
    require("pandas", "polars")
    import pandas

    vague = set()
    for name, rows in answers(kg):
        frame, polars_frame = rows.to_pandas(), rows.to_polars()
        assert list(frame.columns) == polars_frame.columns
        assert len(frame) == len(polars_frame) == len(rows)
        for column in map(str, frame):
            kind = str(frame[column].dtype)
            if kind == "object":
                assert {type(value) for value in frame[column]} == {list}, (name, column)
            else:
                assert len(frame.sort_values(column)) == len(polars_frame.sort(column)) == len(rows)
            if f"{column}_earliest" in frame:
                assert pandas.api.types.is_datetime64_any_dtype(frame[f"{column}_earliest"])
                vague |= {column} if kind == "category" else set()
        for column, cells in zip(rows.columns, zip(*rows.table.rows, strict=True), strict=False):
            if any(isinstance(cell, ox.NamedNode) for cell in cells):
                assert f"{column}_label" in frame, (name, column)
    assert "start" in vague


DAYS = st.dates(datetime.date(1800, 1, 1), datetime.date(2100, 12, 31)).map(str)
PLAIN = st.tuples(DAYS, st.sampled_from([4, 7, 10])).map(lambda pair: pair[0][: pair[1]])
STATED = st.one_of(
    PLAIN,
    st.tuples(PLAIN, st.sampled_from("~?%")).map("".join),
    PLAIN.map(lambda text: f"../{text}"),
    PLAIN.map(lambda text: f"{text}/.."),
    PLAIN.map(lambda text: f"{text[:3]}X"),
    PLAIN.map(lambda text: f"{text[:4]}-XX"),
)


@pytest.mark.full
@given(texts=st.lists(st.one_of(st.none(), STATED), min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_any_dates_sort_and_keep_their_bounds(texts: list[str | None]) -> None:
    require("pandas", "polars")
    import pandas

    cells = tuple((dated(text) if text else None,) for text in texts)
    rows = Rows(ResultTable(("start",), cells), ox.Store())
    frame, polars_frame = rows.to_pandas(), rows.to_polars()
    if not any(texts):
        assert list(frame.columns) == ["start"]
        return
    stated = [None if pandas.isna(value) else str(value)[:10] for value in frame["start"]]
    assert stated == [text and text[:10] for text in texts]
    for side, suffix in (("first", "earliest"), ("last", "latest")):
        expected = [getattr(date_range(text), side) if text else None for text in texts]
        column = frame[f"start_{suffix}"]
        assert [None if pandas.isna(day) else day.date() for day in column] == expected
        assert polars_frame[f"start_{suffix}"].to_list() == expected
    in_order = frame.sort_values("start")
    assert list(in_order["start"].isna()) == sorted(frame["start"].isna())
    days = [
        datetime.date.min if pandas.isna(day) else day.date()
        for day in in_order["start_earliest"][in_order["start"].notna()]
    ]
    assert days == sorted(days)
    same = polars_frame.sort("start", nulls_last=True)["start"].cast(str).to_list()
    assert [value and value[:10] for value in same] == [
        None if pandas.isna(value) else str(value)[:10] for value in in_order["start"]
    ]


@pytest.mark.full
@pytest.mark.parametrize(
    ("terms", "kind", "values"),
    [
        (['"1"^^xsd:integer', '"0.5"^^xsd:decimal', ""], "float64", [1.0, 0.5, None]),
        (['"1"^^xsd:integer', '"1e0"^^xsd:double', ""], "float64", [1.0, 1.0, None]),
        (['"true"^^xsd:boolean', "", '"0"^^xsd:boolean'], "boolean", [True, None, False]),
        (['"1"^^xsd:integer', '"many"', "<urn:x>"], "string", ["1", "many", "urn:x"]),
        (
            ['"2018-05-22"^^xsd:date', '"not stated"', ""],
            "string",
            ["2018-05-22", "not stated", None],
        ),
        (
            ['"2018-99"^^xsd:gYearMonth', '"2018"^^xsd:gYear', ""],
            "string",
            ["2018-99", "2018", None],
        ),
        (["", "", ""], "string", [None, None, None]),
    ],
)
def test_a_column_of_several_types_has_one(terms: list[str], kind: str, values: list[Any]) -> None:
    require("pandas", "polars")
    import pandas

    select = " ".join(f"({text or 'UNDEF'})" for text in terms)
    store = ox.Store()
    answer = store.query(
        f"PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT ?x {{ VALUES (?x) {{ {select} }} }}"
    )
    assert isinstance(answer, ox.QuerySolutions)
    rows = Rows(ResultTable(("x",), tuple(tuple(row) for row in answer)), store)
    frame = rows.to_pandas(labels=False)
    assert str(frame["x"].dtype) == kind
    assert [None if pandas.isna(value) else value for value in frame["x"]] == values
    assert len(rows.to_polars(labels=False).sort("x")) == len(frame.sort_values("x")) == len(values)


QUESTION = """#+ summary: Which events were held where?
#+ lists: [places]
SELECT ?event ?start (GROUP_CONCAT(DISTINCT STR(?place); separator=" | ") AS ?places) ?title {
  ?event a pcve:Event ; schema:location ?place ; skos:prefLabel ?title OPTIONAL { ?event schema:startDate ?start }
} GROUP BY ?event ?start ?title ORDER BY ?event
"""


def test_the_command_adds_labels_beside_iris(northtown: World) -> None:
    def printed(*options: str) -> str:
        result = northtown.pcve("query", "-", *options, stdin=QUESTION)
        assert result.exit_code == 0, result.output
        return result.stdout

    rows = list(csv.DictReader(printed("--labels", "--format", "csv").splitlines()))
    assert list(rows[0]) == ["event", "event_label", "start", "places", "places_label", "title"]
    records = json.loads(printed("--labels", "--format", "records"))
    plain = list(csv.DictReader(printed("--format", "csv").splitlines()))
    for row, record, bare in zip(rows, records, plain, strict=True):
        assert row["event_label"] == record["event_label"] == record["title"]
        assert {name: row[name] for name in bare} == bare
        assert len(record["places"]) == len(record["places_label"]) >= 1
        assert row["places_label"] == " | ".join(record["places_label"])
    table = printed("--labels", "--format", "tsv").splitlines()
    assert table[0] == "?event\t?event_label\t?start\t?places\t?places_label\t?title"
    assert '"sparql' not in table[1]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("SELECT ?s { ?s a pcve:Event }", (), "--labels adds columns to --format csv, tsv, json"),
        ("SELECT ?s { ?s a pcve:Event }", ("--format", "markdown"), "tables have labels"),
        ("ASK { ?s a pcve:Event }", ("--format", "json"), "--labels requires a SELECT query"),
    ],
)
def test_labels_that_cannot_be_added_are_refused(
    northtown: World, text: str, options: tuple[str, ...], message: str
) -> None:
    result = northtown.pcve("query", "-", "--labels", *options, stdin=text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_column_of_the_query_keeps_its_name(northtown: World) -> None:
    text = "SELECT ?s ('mine' AS ?s_label) { ?s a pcve:Event } LIMIT 1"
    result = northtown.pcve("query", "-", "--labels", "--format", "csv", stdin=text)
    assert result.stdout.splitlines()[0] == "s,s_label"
    assert result.stdout.splitlines()[1].endswith(",mine")
