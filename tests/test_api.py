"""The graph in Python: rows, frames, pages; and the notebook of the first hour."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from conftest import ROOT, World, not_available, require
from servers import missing, running

from pcve_graph import KnowledgeGraph
from pcve_graph.model.problems import ContentError, UsageError
from pcve_graph.query.execute import ResultTable
from pcve_graph.query.python_values import python_value
from pcve_graph.query.remote.endpoint import Endpoint
from pcve_graph.query.remote.upload import upload_graph
from pcve_graph.query.results import Rows

XSD = "http://www.w3.org/2001/XMLSchema#"
OPEN: Any = KnowledgeGraph.open
"""To be called with arguments of any type."""


@pytest.fixture(scope="module")
def kg(northtown: World) -> KnowledgeGraph:
    return KnowledgeGraph.open(northtown.root)


def literal(text: str, kind: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + kind))


def test_importing_the_package_costs_nothing() -> None:
    check = "import sys, pcve_graph; print({'pyoxigraph', 'rdflib', 'yaml', 'click'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"
    with pytest.raises(ImportError):
        exec("from pcve_graph import NoSuchThing")


def test_a_row_is_read_by_name_and_by_place(kg: KnowledgeGraph) -> None:
    rows = kg.query("events-in-country", country="landia")
    assert len(rows) >= 2
    row = rows[0]
    assert row.country == row["country"] == row[0] == "https://w3id.org/pcve/id/place/landia"
    assert datetime.date in {type(event.start) for event in rows}
    assert row.asdict().keys() == set(rows.columns)
    assert len(rows[:1]) == 1
    with pytest.raises(AttributeError, match="no column 'city'; its columns: country, place"):
        _ = row.city
    with pytest.raises(KeyError, match="its columns: country"):
        _ = row["city"]
    with pytest.raises(IndexError):
        _ = rows[999]


def test_a_parameter_is_named_as_in_the_question(kg: KnowledgeGraph) -> None:
    days = {"from_": datetime.date(2015, 1, 1), "until": "2015-12-31"}
    everywhere = {"topic": "first-line-practitioners", "country": "landia"}
    narrow = kg.query("events-of-topic-in-country", **everywhere, **days)  # type: ignore[arg-type]
    assert len(narrow) <= len(kg.query("events-of-topic-in-country", **everywhere))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="has no parameter 'contry'; did you mean country"):
        kg.query("events-in-country", contry="landia")
    with pytest.raises(UsageError, match="no saved query 'event-in-country'; did you mean"):
        kg.query("event-in-country")


def test_a_row_says_why(kg: KnowledgeGraph) -> None:
    for row in kg.query("events-in-country", country="landia"):
        reasons = row.why()
        assert any(reason.evidence for reason in reasons)
        assert any(str(reason.subject.value) == row.event for reason in reasons)
    with pytest.raises(UsageError, match="not for rows from a server"):
        Rows(ResultTable(("x",), ((None,),)), ox.Store())[0].why()


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (literal("2018-05-22", "date"), datetime.date(2018, 5, 22)),
        (literal("2018-05", "gYearMonth"), "2018-05"),
        (literal("2018", "gYear"), "2018"),
        (literal("7", "integer"), 7),
        (literal("0.5", "decimal"), Decimal("0.5")),
        (literal("1.5E0", "double"), 1.5),
        (literal("true", "boolean"), True),
        (literal("2018-13-45", "date"), "2018-13-45"),
        (literal("seven", "integer"), "seven"),
        (ox.Literal("né", language="fr"), "né"),
        (ox.NamedNode("https://e.org/x"), "https://e.org/x"),
        (None, None),
    ],
)
def test_a_term_has_its_python_value(term: ox.Literal | None, expected: object) -> None:
    value = python_value(term)
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.full
def test_a_data_frame_has_days_and_whole_numbers() -> None:
    require("pandas", "polars")
    import pandas
    import polars

    table = ResultTable(
        ("thing", "day", "number", "part", "mixed"),
        (
            (
                ox.NamedNode("https://e.org/a"),
                literal("2018-05-22", "date"),
                literal("7", "integer"),
                literal("0.25", "decimal"),
                literal("2018", "gYear"),
            ),
            (ox.NamedNode("https://e.org/b"), None, None, None, literal("2018-01-01", "date")),
        ),
    )
    rows = Rows(table, ox.Store())
    frame = rows.to_pandas(labels=False)
    days = ["day", "day_earliest", "day_latest"]
    bounds = ["mixed", "mixed_earliest", "mixed_latest"]
    assert list(frame.columns) == ["thing", *days, "number", "part", *bounds]
    assert list(rows.to_pandas().columns)[:2] == ["thing", "thing_label"]
    assert all(pandas.api.types.is_datetime64_any_dtype(frame[name]) for name in days)
    assert str(frame["mixed"].dtype) == "category"
    assert frame["mixed"].tolist() == ["2018", "2018-01-01"]
    assert frame["mixed_latest"].astype(str).tolist() == ["2018-12-31", "2018-01-01"]
    assert frame["part"].dtype == float
    assert str(frame["number"].dtype) == "Int64"
    assert frame["number"].isna().tolist() == [False, True]
    polars_frame = rows.to_polars(labels=False)
    assert list(polars_frame.columns) == list(frame.columns)
    assert polars_frame.schema["day"] == polars.Date
    assert polars_frame.schema["number"] == polars.Int64
    assert polars_frame.schema["thing"] == polars.String
    assert polars_frame["mixed"].to_list() == ["2018", "2018-01-01"]
    assert polars_frame["part"].to_list() == [Decimal("0.25"), None]
    nothing = Rows(ResultTable(("x",), ()), ox.Store())
    assert len(nothing.to_pandas()) == len(nothing.to_polars()) == 0


def test_rows_on_a_page_have_names_that_lead_on(kg: KnowledgeGraph) -> None:
    page = kg.query("events-in-country", country="landia")._repr_html_()
    assert '<a href="https://w3id.org/pcve/id/place/landia">Landia' in page
    hostile = ResultTable(("x",), ((ox.Literal("<script>"),), (ox.NamedNode("javascript:x"),)))
    shown = Rows(hostile, ox.Store())._repr_html_()
    assert "<script>" not in shown
    assert "href" not in shown


def test_sparql_gives_what_it_asks_for(kg: KnowledgeGraph) -> None:
    rows = kg.sparql("SELECT ?e { ?e a pcve:Event }")
    assert isinstance(rows, Rows)
    graph = kg.sparql("CONSTRUCT { ?e a pcve:Event } { ?e a pcve:Event }")
    assert isinstance(graph, rdflib.Graph)
    assert len(graph) == len(rows) > 3
    assert kg.sparql("ASK { ?e a pcve:Event }") is True
    with pytest.raises(ContentError):
        kg.sparql("SELECT ?e { ?e a }")
    with pytest.raises(ContentError, match="DROP is an update"):
        kg.sparql("DROP ALL")


def test_the_rest_of_the_command_is_there(kg: KnowledgeGraph, northtown: World) -> None:
    page = kg.show("northtown-conference-2015")
    assert str(page) == northtown.pcve("show", "northtown-conference-2015").stdout
    assert page._repr_html_().startswith("<pre>")
    assert kg.search("northtown")[0].id.startswith("northtown")
    total = {
        line
        for name in ("facts", "evidence", "ontology", "vocabulary", "catalog")
        for line in northtown.saved().lines(name)
    }
    graph = kg.to_rdflib()
    assert len(graph) == len(total)
    assert dict(graph.namespaces())["pcve"] == rdflib.URIRef("https://w3id.org/pcve/ns#")
    assert kg.validate() == ()
    assert repr(kg) == f"KnowledgeGraph({str(northtown.root)!r})"


def test_a_file_is_validated(kg: KnowledgeGraph, world: World) -> None:
    path = world.write("mine.ttl", "<urn:x> a <https://w3id.org/pcve/ns#Event> .")
    problems = kg.validate(path)
    assert problems
    assert problems == tuple(sorted(problems))


def test_a_folder_that_is_not_a_project_is_reported(world: World, kg: KnowledgeGraph) -> None:
    with pytest.raises(UsageError, match="is not a pcve project"):
        KnowledgeGraph.open(world.root / "data")
    with pytest.raises(UsageError, match="run `pcve build` first"):
        KnowledgeGraph.open(world.root)


@pytest.mark.full
def test_a_server_is_asked_the_same(
    kg: KnowledgeGraph, northtown: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if reason := missing("oxigraph"):
        not_available(reason)
    with running("oxigraph", tmp_path_factory.mktemp("oxigraph")) as server:
        upload_graph(Endpoint(server.url), northtown.saved(), lambda *_: None)
        there = KnowledgeGraph.open(northtown.root, endpoint=server.url)
        assert repr(there) == f"KnowledgeGraph(Endpoint('{server.url}'))"
        ours = kg.query("who-did-what", actor="River Institute")
        theirs = there.query("who-did-what", actor="River Institute")
        assert sorted(map(repr, theirs)) == sorted(map(repr, ours))
        assert str(there.show("lake-programme")) == str(kg.show("lake-programme"))
        assert len(there.to_rdflib()) == len(kg.to_rdflib())
        for text, year in (
            ("fair Landia", 2017),
            ("Qyteti", ()),
            ("conference Northtown 2015", ()),
        ):
            hits, ours_there = kg.search(text, year=year), there.search(text, year=year)
            assert [hit.id for hit in ours_there][:1] == [hit.id for hit in hits][:1] != []
        assert {hit.kind for hit in there.search(country="Landia", kind="event")} == {"event"}
        star = there.sparql("SELECT * { ?z a pcve:Event ; skos:prefLabel ?a }")
        assert isinstance(star, Rows)
        assert star.columns == ("z", "a")
        assert [name for name in theirs.to_pandas().columns if name.endswith("_label")]
        for name in ("overlaps", "coverage", "timeline"):
            with pytest.raises(UsageError, match=f"{name} requires the saved graph"):
                getattr(there, name)()
        with pytest.raises(UsageError, match="against requires the saved graph"):
            there.validate(against=True)


@pytest.mark.full
@pytest.mark.filterwarnings("ignore")
def test_the_notebook_of_the_first_hour_runs(shipped: World) -> None:
    require("ipykernel", "matplotlib", "nbclient", "nbformat", "networkx", "pandas")
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(ROOT / "docs/first-hour.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    assert all(not cell.get("outputs") for cell in notebook.cells)
    NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(shipped.root)}}
    ).execute()
    outputs = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    assert len(outputs) >= 9
    assert "<table>" in str(outputs[2])
    pictures = [
        [out for out in cell if "image/png" in out.get("data", {})] for cell in outputs[-2:]
    ]
    assert [len(images) for images in pictures] == [1, 1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda kg: kg.sparql(None), "text must be a text, not None"),
        (lambda kg: kg.sparql(b"ASK {}"), "text must be a text, not b'ASK {}'"),
        (lambda kg: kg.sparql("ASK {}", limit="many"), "limit must be a whole number from 0"),
        (lambda kg: kg.sparql("ASK {}", timeout=None), "a time limit is"),
        (lambda kg: kg.sparql("ASK {}", memory=None), "a memory limit is"),
        (lambda kg: kg.show(None), "identifier must be a text, not None"),
        (lambda kg: kg.show(""), "identifier must not be empty"),
        (
            lambda kg: kg.show("northtown", as_of="2019"),
            "as_of requires a day such as 2019-05-01, not '2019'",
        ),
        (lambda kg: kg.search(None), "text must be a text, not None"),
        (lambda kg: kg.show("northtown", as_of=2019.5), "as_of must be a text or a date"),
        (lambda kg: kg.search("x", kinds="place"), "search has no argument 'kinds'; did you mean"),
        (lambda kg: kg.search("x", kind=5), "kind must be a tuple or list of texts, not 5"),
        (lambda kg: kg.search("x", kind=(1,)), "kind must be a text, not 1"),
        (lambda kg: kg.search("x", kind=("plase",)), "unknown kind 'plase'; did you mean place?"),
        (lambda kg: kg.search("x", limit=None), "limit must be a whole number from 0"),
        (
            lambda kg: kg.query("events-on-topic", limt=3),
            "has no parameter 'limt'; did you mean li",
        ),
        (lambda kg: kg.query("events-in-country", queries=5), "queries must be a text or a Path"),
        (lambda kg: kg.questions("mony"), "there is no theme 'mony'; did you mean money?"),
        (lambda kg: kg.why("events-in-country", 999, country="landia"), "there is no row 999"),
        (lambda kg: kg.why(5), "rows must be Rows, not 5"),
        (lambda kg: kg.overlaps(contry="x"), "overlaps has no argument 'contry'; did you mean"),
        (lambda kg: kg.overlaps(country=5), "country must be a text, not 5"),
        (lambda kg: kg.overlaps(country="Landja"), "did you mean"),
        (
            lambda kg: kg.overlaps(kind="evnt"),
            "kind must be one of all, project, event, not 'evnt'",
        ),
        (lambda kg: kg.overlaps(since="soon"), "since requires a day, month or year"),
        (lambda kg: kg.overlaps(since="2019", until="2018"), "until 2018 is before since 2019"),
        (lambda kg: kg.overlaps(min_score=3), "a score is a number from 0 to 1, not 3"),
        (lambda kg: kg.overlaps(min_score=[]), "a score is a number from 0 to 1, not []"),
        (lambda kg: kg.overlaps(related="no"), "related must be True or False, not 'no'"),
        (lambda kg: kg.overlaps(picture=5), "picture must be a text or a Path, not 5"),
        (lambda kg: kg.overlaps().save("pairs.cvs"), "is not saved as '.cvs'; the suffixes are"),
        (lambda kg: kg.timeline().save("works.ttl"), "the suffixes are .txt, .csv, .xlsx, .md"),
        (lambda kg: kg.coverage(by="topc"), "by must be one of topic, pillar, group, funder, year"),
        (lambda kg: kg.coverage(gaps=True, cell="a/b"), "cell cannot be combined with gaps"),
        (lambda kg: kg.coverage(cell="landia"), "cell requires a row and a column"),
        (lambda kg: kg.coverage(as_of="2019"), "as_of requires a day such as 2019-05-01"),
        (lambda kg: kg.coverage(as_of="2019-05-01", since="2018"), "as_of cannot be combined"),
        (lambda kg: kg.timeline(kind="x"), "kind must be one of all, project, event, not 'x'"),
        (lambda kg: kg.diff(5), "old must be a text or a Path, not 5"),
        (lambda kg: kg.export("turtel"), "unknown format 'turtel'; did you mean turtle?"),
        (lambda kg: kg.export("csv", only="evnt"), "unknown kind 'evnt'; did you mean event?"),
        (lambda kg: kg.export("csv", since="x"), "since takes a day, month or year"),
        (lambda kg: kg.export("csv", by_event=True), "by_event is an option of geojson"),
        (lambda kg: kg.export("csv", excel=True, separator="|"), "separator must be , or ;"),
        (lambda kg: kg.validate(text=""), "text must not be empty"),
        (lambda kg: kg.validate(text="x", severity="warn"), "did you mean warning?"),
        (lambda kg: kg.validate(text="x", shapes=5), "shapes must be a tuple or list of texts"),
        (lambda kg: kg.validate(advanced=True), "advanced requires FILE"),
        (lambda kg: kg.validate(rdflib.Graph(), text="x"), "takes one graph or text"),
        (lambda kg: kg.validate(rdflib.Graph(), input_format="nt"), "a graph has none"),
        (lambda kg: kg.validate(agianst=True), "validate has no argument 'agianst'; did you mean"),
        (lambda _: OPEN(endpont="x"), "open has no argument 'endpont'; did you mean endpoint?"),
        (lambda kg: kg.query(None), "name must be a text, not None"),
        (lambda kg: kg.query("events-on-topic"), 'requires topic; for instance topic="'),
        (lambda kg: kg.query("events-on-topic", topic=None), "topic=… takes a text, a number or a"),
        (lambda kg: kg.query("events-on-topic", topic=True), "topic=… takes a text, a number or a"),
        (lambda kg: kg.query("events-on-topic", topic=["a"]), "topic=… takes a text, a number or"),
        (lambda kg: kg.query("events-on-topic", topic=""), "topic is set to an empty value"),
        (lambda kg: kg.query("events-in-period", from_=""), "from is set to an empty value"),
        (lambda kg: kg.validate(None), "a path must be a text or a Path, not None"),
        (lambda kg: kg.validate(5), "a path must be a text or a Path, not 5"),
        (lambda kg: kg.validate(timeout="soon"), "a time limit is"),
        (lambda _: OPEN(5), "path must be a text or a Path, not 5"),
        (lambda _: OPEN(endpoint=5), "endpoint must be a text, not 5"),
        (lambda _: OPEN(endpoint=""), "endpoint must not be empty"),
        (lambda _: OPEN(allow_redirects="http://e/"), "allow_redirects must be a"),
        (
            lambda _: OPEN(endpoint="http://127.0.0.1/", credentials="me"),
            "credentials must be Credentials, not 'me'",
        ),
    ],
)
def test_a_wrong_argument_is_reported_by_its_name(
    kg: KnowledgeGraph, call: Callable[[KnowledgeGraph], object], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        call(kg)
    assert message in str(caught.value)
    assert "--" not in str(caught.value)
