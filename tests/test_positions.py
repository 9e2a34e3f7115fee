"""The readers with positions locate every statement, in every format."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from conftest import ROOT, World
from hypothesis import given
from hypothesis import strategies as st

from pcve_graph.model.schema import Ontology
from pcve_graph.model.terms import NTerm, from_iri
from pcve_graph.publish.export.formats import FORMATS as EXPORTS
from pcve_graph.publish.export.subset import whole_graph
from pcve_graph.syntax.positions import locate_statements
from pcve_graph.validation.documents import FORMATS


def statements(text: str, form: str) -> set[tuple[str, ...]]:
    quads = ox.parse(text, format=FORMATS[form], rename_blank_nodes=False)
    return {tuple(map(str, (q.subject, q.predicate, q.object))) for q in quads}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.long
def test_every_statement_of_the_shipped_graph_is_found(
    shipped: World, ontology: Ontology, form: str
) -> None:
    text = EXPORTS[form].write(whole_graph(shipped.saved()), ontology).decode()
    places = locate_statements(text.encode(), form)
    assert len(places) > 50_000
    assert statements(text, form) - places.keys() == set()


@pytest.mark.parametrize("path", sorted((ROOT / "ontology").rglob("*.ttl")), ids=lambda p: p.name)
def test_every_named_statement_of_hand_written_turtle_is_found(path: object) -> None:
    text = path.read_text()  # type: ignore[attr-defined]
    named = {
        statement
        for statement in statements(text, "turtle")
        if not any(t.startswith("_:") for t in statement)
    }
    assert named - locate_statements(text.encode(), "turtle").keys() == set()


TURTLE = """@base <http://x.example/> .
PREFIX e: <http://e.example/>
# a comment with "quotes" and <brackets>
e:a a e:Thing ;
  e:p "one", 'two'@en-GB ,
    \"\"\"three
lines "of" text\"\"\" ;
  e:q 1, 2.5, 3e0, true ;
  e:r [ e:s <rel> ] , ( e:x "y" ), ( ) .
[] e:t e:u .
_:b e:v e:w\\~z .
"""


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (("<http://e.example/a>",), (4, 1)),
        (("<http://e.example/a>", "<http://e.example/p>"), (5, 3)),
        (("<http://e.example/a>", "<http://e.example/p>", '"one"'), (5, 7)),
        (("<http://e.example/a>", "<http://e.example/p>", '"two"@en-gb'), (5, 14)),
        (("<http://e.example/a>", "<http://e.example/p>", '"three\\nlines \\"of\\" text"'), (6, 5)),
        (
            (
                "<http://e.example/a>",
                "<http://e.example/q>",
                '"2.5"^^<http://www.w3.org/2001/XMLSchema#decimal>',
            ),
            (8, 10),
        ),
        (("_:b", "<http://e.example/v>", "<http://e.example/w~z>"), (11, 9)),
    ],
)
def test_a_turn_of_turtle_is_followed(key: tuple[str, ...], place: tuple[int, int]) -> None:
    assert locate_statements(TURTLE.encode(), "turtle")[*map(NTerm, key),] == place


def test_what_lies_in_brackets_is_found_by_its_values() -> None:
    positions: dict[tuple[str, ...], tuple[int, int]] = {
        key[1:]: place
        for key, place in locate_statements(TURTLE.encode(), "turtle").items()
        if len(key) == 3
    }
    assert positions["<http://e.example/s>", "<http://x.example/rel>"] == (9, 13)


def test_a_context_gives_keys_their_meaning() -> None:
    text = """{
  "@context": {"name": "http://e.example/name", "e": "http://e.example/",
               "day": {"@id": "e:day", "@type": "e:date"}, "id": "@id",
               "label": {"@id": "e:label", "@container": "@language"}},
  "id": "http://x.example/a",
  "name": "A",
  "day": ["2018", "2019"],
  "label": {"en": "Ay",
            "sq": ["Ai"]}
}"""
    places = locate_statements(text.encode(), "jsonld")
    subject = NTerm("<http://x.example/a>")
    expected = [
        ("http://e.example/name", '"A"', (6, 11)),
        ("http://e.example/day", '"2019"^^<http://e.example/date>', (7, 19)),
        ("http://e.example/label", '"Ai"@sq', (9, 20)),
    ]
    for predicate, value, place in expected:
        assert places[subject, from_iri(predicate), NTerm(value)] == place


REFERENCES = ("", "#", "#a", "b#", "../c#", "?d", "/e", "//f.example/#", "urn:g:", "http:h")
IN_A_BASE = {
    "turtle": ("@base <https://x.example/y/z> .\n", "<{0}> <http://e.example/p> <{0}> .\n", ""),
    "rdfxml": (
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:e="http://e.example/" xml:base="https://x.example/y/z">\n',
        '<r:Description r:about="{0}"><e:p r:resource="{0}"/></r:Description>\n',
        "</r:RDF>",
    ),
    "jsonld": (
        '{"@context": {"@base": "https://x.example/y/z"}, "@graph": [\n{}',
        ',\n{{"@id": "{0}", "http://e.example/p": {{"@id": "{0}"}}}}',
        "]}",
    ),
}


@pytest.mark.parametrize("form", IN_A_BASE)
def test_relative_references_stand_for_what_they_do_to_a_parser(form: str) -> None:
    before, entry, after = IN_A_BASE[form]
    text = before + "".join(map(entry.format, REFERENCES)) + after
    stated = statements(text, form)
    assert len(stated) == len(REFERENCES)
    assert stated - locate_statements(text.encode(), form).keys() == set()


@pytest.mark.long
@given(st.text(max_size=300), st.sampled_from(sorted(FORMATS)))
def test_no_text_breaks_a_reader(text: str, form: str) -> None:
    assert isinstance(locate_statements(text.encode(), form), dict)


TERMS = st.sampled_from(["a", "b", "c"]).map(lambda name: ox.NamedNode(f"http://e.example/{name}"))
LITERALS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12).map(
    ox.Literal
)


@given(st.lists(st.tuples(TERMS, TERMS, TERMS | LITERALS), min_size=1, max_size=12))
def test_any_graph_is_found_in_every_format(
    rows: list[tuple[ox.NamedNode, ox.NamedNode, object]],
) -> None:
    triples = [ox.Triple(*row) for row in rows]  # type: ignore[arg-type]
    for form in ("turtle", "trig", "ntriples", "nquads", "jsonld", "rdfxml"):
        text = (ox.serialize(triples, format=FORMATS[form]) or b"").decode()
        assert statements(text, form) - locate_statements(text.encode(), form).keys() == set(), form
