"""Several values in one cell: the header key `lists`, in tables, records, Python and `--why`."""

from __future__ import annotations

import json

import pytest
from conftest import World, require

from pcve_graph import KnowledgeGraph
from pcve_graph.model.namespaces import record_iri

PARTNERS = """\
#+ summary: Who funds and who carries out each project?
#+ columns: {project: the project, partner: its funders and implementers, partners: how many, missing: nothing}
#+ lists: [partner]
PREFIX pcve: <https://w3id.org/pcve/ns#>
PREFIX schema: <https://schema.org/>

SELECT ?project (GROUP_CONCAT(DISTINCT STR(?each); separator=" | ") AS ?partner)
  (COUNT(DISTINCT ?each) AS ?partners) ?missing
WHERE {
  ?project a pcve:Project .
  OPTIONAL { ?project pcve:implementer|schema:funder ?each }
}
GROUP BY ?project ?missing
ORDER BY ?project
"""

NESTED = """\
#+ summary: The partners of each project that has any
#+ lists: [partner]
PREFIX pcve: <https://w3id.org/pcve/ns#>
PREFIX schema: <https://schema.org/>

SELECT ?project ?partner
WHERE {
  ?project a pcve:Project .
  {
    SELECT ?project (GROUP_CONCAT(DISTINCT STR(?each); separator=" | ") AS ?partner)
    WHERE { ?project pcve:implementer|schema:funder ?each }
    GROUP BY ?project
  }
}
"""


@pytest.fixture(scope="module")
def partners(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("queries") / "partners.rq"
    path.write_text(PARTNERS)
    return str(path)


def test_records_have_lists_numbers_and_null(northtown: World, partners: str) -> None:
    result = northtown.pcve("query", partners, "--format", "records")
    assert result.exit_code == 0, result.output
    records = json.loads(result.stdout)
    assert {tuple(record) for record in records} == {("project", "partner", "partners", "missing")}
    assert any(len(record["partner"]) > 1 for record in records)
    for record in records:
        assert record["partner"] == sorted(set(record["partner"]))
        assert record["partners"] == len(record["partner"])
        assert isinstance(record["partners"], int)
        assert record["missing"] is None


def test_tables_show_the_labels_of_a_list(northtown: World, partners: str) -> None:
    records = json.loads(northtown.pcve("query", partners, "--format", "records").stdout)
    several = next(record["partner"] for record in records if len(record["partner"]) > 1)
    names = sorted(northtown.pcve("show", iri.rpartition("/")[2]).stdout for iri in several)
    joined = "; ".join(sorted(name.partition("  (")[0] for name in names))
    for form in ("table", "markdown"):
        output = northtown.pcve("query", partners, "--format", form).stdout
        assert joined in output
        assert " | https" not in output
    assert " | ".join(several) in northtown.pcve("query", partners, "--iris").stdout.replace(
        "; ", " | "
    )


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_the_formats_of_sparql_keep_the_text(northtown: World, partners: str, form: str) -> None:
    result = northtown.pcve("query", partners, "--format", form)
    assert result.exit_code == 0, result.output
    assert " | https://" in result.stdout


def test_a_cell_of_a_list_is_a_list_in_python(northtown: World, partners: str) -> None:
    rows = KnowledgeGraph.open(northtown.root).query(partners)
    several = next(row for row in rows if row.partners > 1)  # type: ignore[operator]
    assert isinstance(several.partner, list)
    assert several.partner == several["partner"] == several[1] == list(several)[1]
    assert len(several.partner) == several.partners
    assert several.why()
    assert "; " in rows._repr_html_()
    assert rows[:1][0].partner == rows[0].partner


@pytest.mark.full
def test_a_cell_of_a_list_is_a_list_in_a_data_frame(northtown: World, partners: str) -> None:
    require("pandas")
    rows = KnowledgeGraph.open(northtown.root).query(partners)
    assert list(rows.to_pandas()["partner"]) == [row.partner for row in rows]


@pytest.mark.parametrize("text", [PARTNERS, NESTED], ids=["outer", "nested"])
def test_a_row_with_a_list_has_its_reasons(northtown: World, world: World, text: str) -> None:
    path = str(world.write("partners.rq", text))
    records = json.loads(northtown.pcve("query", path, "--format", "records").stdout)
    result = northtown.pcve("query", path, "--why", "--format", "json")
    assert result.exit_code == 0, result.output
    explained = json.loads(result.stdout)
    assert len(explained) == len(records)
    for record, row in zip(records, explained, strict=True):
        assert [value["value"] for value in row["values"]["partner"]] == record["partner"]
        partners = {fact["object"]["value"] for fact in row["facts"]}
        assert partners >= set(record["partner"])
    output = northtown.pcve("query", path, "--why", "1").stdout
    assert " | http" not in output


def test_a_list_that_is_no_column_is_an_error_at_its_name(northtown: World, world: World) -> None:
    text = PARTNERS.replace("[partner]", "[partner, parner]")
    world.write("queries/answers/partners.rq", text)
    result = world.pcve("queries")
    assert result.exit_code == 1
    assert "queries/answers/partners.rq:3:21" in result.stderr
    assert "'parner'" in result.stderr
    assert "did you mean" in result.stderr
    world.write("queries/answers/partners.rq", PARTNERS.replace("[partner]", "{a: b}"))
    assert "lists is not a list of columns" in world.pcve("queries").stderr
    own = world.write("own.rq", text)
    result = northtown.pcve("query", str(own))
    assert "own.rq:3" in result.stderr
    assert "note: lists: the query has no column 'parner'" in result.stderr


def test_a_single_name_is_a_list_of_one(world: World) -> None:
    world.write("queries/answers/partners.rq", PARTNERS.replace("[partner]", "partner"))
    assert world.pcve("build").exit_code == 0
    records = json.loads(world.pcve("query", "partners", "--format", "records").stdout)
    assert any(len(record["partner"]) > 1 for record in records)


def test_texts_stay_texts(northtown: World) -> None:
    text = 'SELECT ("b | a | b" AS ?x) ("" AS ?none) (?no AS ?unbound) (1.5 AS ?y) (true AS ?z) {}'
    own = "#+ summary: x\n#+ lists: [x, none, unbound]\n" + text
    result = northtown.pcve("query", "-", "--format", "records", stdin=own)
    assert json.loads(result.stdout) == [
        {"x": ["a", "b"], "none": [], "unbound": [], "y": 1.5, "z": True}
    ]
    result = northtown.pcve("query", "-", "--format", "records", stdin="ASK {}")
    assert json.loads(result.stdout) is True


def test_iris_of_a_list_are_iris(northtown: World) -> None:
    iri = record_iri("organization", "river-institute")
    own = f'#+ lists: x\nSELECT ("{iri} | urn:x:y" AS ?x) ("{iri} | b" AS ?y) {{}}'
    output = northtown.pcve("query", "-", stdin=own).stdout
    assert "River Institute" in output
    assert f"{iri} | b" in output
