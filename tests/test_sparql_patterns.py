"""What a query reads: its triple patterns, the parts they stand in, and who sees which variable."""

from __future__ import annotations

import pytest

from pcve_graph.syntax.sparql_patterns import TriplePattern, query_patterns

E = "PREFIX e: <http://e.example/>\n"


def pattern_rows(text: str) -> list[tuple[str, object, str, tuple[str, ...]]]:
    patterns = query_patterns(E + text).patterns
    return sorted(
        ((pattern.subject, pattern.path, pattern.object, pattern.scope) for pattern in patterns),
        key=str,
    )


def e(name: str) -> str:
    return f"<http://e.example/{name}>"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("e:p", e("p")),
        ("?p", "?p"),
        ("e:p/e:q", ("/", e("p"), e("q"))),
        ("e:p|^e:q", ("|", e("p"), ("^", e("q")))),
        ("e:p+/e:q*", ("/", ("+", e("p")), ("*", e("q")))),
        ("(e:p/e:q)?", ("?", ("/", e("p"), e("q")))),
        ("!(e:p|^e:q)", ("!",)),
    ],
)
def test_a_path_keeps_its_form(path: str, expected: object) -> None:
    assert pattern_rows(f"SELECT ?s {{ ?s {path} ?o }}") == [("?s", expected, "?o", ())]


def test_terms_are_written_as_n_triples_writes_them() -> None:
    integer = '"3"^^<http://www.w3.org/2001/XMLSchema#integer>'
    assert pattern_rows('SELECT ?s { ?s e:p "a"@en ; e:q 3 }') == [
        ("?s", e("p"), '"a"@en', ()),
        ("?s", e("q"), integer, ()),
    ]
    ((blank, *rest),) = pattern_rows("SELECT * { [] e:r e:x }")
    assert blank.startswith("?_:")
    assert rest == [e("r"), e("x"), ()]


def test_parts_are_distinguished() -> None:
    text = """SELECT ?a {
      ?a e:p ?b OPTIONAL { ?b e:q ?c OPTIONAL { ?c e:r ?d } }
      { ?a e:s 1 } UNION { ?a e:t 2 }
      MINUS { ?a e:u 3 } FILTER NOT EXISTS { ?a e:v 4 } FILTER (EXISTS { ?a e:w 5 } || ?b > 3)
    }"""
    parts = {
        str(path)[-2]: "/".join(part.rstrip("0123456789") for part in scope)
        for _, path, _, scope in pattern_rows(text)
    }
    assert parts == {
        "p": "", "q": "optional", "r": "optional/optional", "s": "union", "t": "union",
        "u": "minus", "v": "not", "w": "exists",
    }  # fmt: skip
    read = query_patterns(E + text)
    assert {pattern.path for pattern in read.patterns if pattern.negated} == {e("u"), e("v")}
    assert read.mentioned == {"?a", "?b"}
    assert not read.sliced


def test_a_sub_select_keeps_its_variables_to_itself() -> None:
    text = "SELECT ?a { ?a e:p ?b { SELECT ?a (COUNT(?b) AS ?n) { ?a e:q ?b } GROUP BY ?a } }"
    (outer, inner) = pattern_rows(text)
    assert outer[:3] == ("?a", e("p"), "?b")
    assert (inner[0], inner[1]) == ("?a", e("q"))
    assert inner[2].startswith("?b.")
    assert query_patterns(E + text).grouped == (frozenset({"?a"}),)


def test_values_and_graphs_hold_no_surprise() -> None:
    text = "SELECT ?a { VALUES ?b { 1 2 } GRAPH e:g { ?a e:p ?b } BIND (?b AS ?c) }"
    assert pattern_rows(text) == [("?a", e("p"), "?b", ())]


def test_a_slice_is_seen() -> None:
    assert query_patterns(E + "SELECT ?a { ?a e:p ?b } LIMIT 3").sliced
    text = "SELECT ?a { ?a e:p ?b { SELECT ?b { ?c e:q ?b } ORDER BY ?b LIMIT 1 } }"
    assert query_patterns(E + text).sliced


def test_what_is_not_a_query_is_refused() -> None:
    with pytest.raises(Exception, match="Expected"):
        query_patterns("SELECT")
    assert TriplePattern("?a", e("p"), "?b").negated is False
