"""Terms and lines of N-Triples: read and written in one module, as pyoxigraph reads and writes them."""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterator
from itertools import pairwise

import pyoxigraph as ox
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from pcve_graph.model import terms
from pcve_graph.model.namespaces import expand, nterm
from pcve_graph.model.terms import Iri, NTerm, Statement, Term

SOURCE = ROOT / "src" / "pcve_graph"

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
IRIS = st.text("abé/?.~-%", max_size=9).map(
    lambda end: "https://e.example/" + end.replace("%", "%41")
)
LABELS = st.from_regex(r"[a-z][a-z0-9_-]*", fullmatch=True)
LANGUAGES = st.sampled_from(["en", "sr-Latn", "EN-gb", "mk"])
LITERALS = (
    TEXTS.map(ox.Literal)
    | st.builds(lambda text, tag: ox.Literal(text, language=tag), TEXTS, LANGUAGES)
    | st.builds(lambda text, iri: ox.Literal(text, datatype=ox.NamedNode(iri)), TEXTS, IRIS)
)
NODES: st.SearchStrategy[ox.NamedNode | ox.BlankNode] = IRIS.map(ox.NamedNode) | LABELS.map(
    ox.BlankNode
)
TRIPLES = st.builds(ox.Triple, NODES, IRIS.map(ox.NamedNode), NODES | LITERALS)


def parsed(line: str, form: ox.RdfFormat = ox.RdfFormat.N_TRIPLES) -> ox.Quad:
    """The statement of a line, as the parser of pyoxigraph reads it."""
    quads: list[ox.Quad] = list(ox.parse(line, format=form, rename_blank_nodes=False))
    assert len(quads) == 1
    return quads[0]


def test_the_examples_of_the_module_hold() -> None:
    results = doctest.testmod(terms)
    assert results.attempted > 15
    assert results.failed == 0


@given(NODES | LITERALS)
def test_a_term_is_read_as_it_is_written(term: Term) -> None:
    written = terms.from_term(term)
    assert terms.parse_term(written) == term
    assert terms.lexical(written) == getattr(term, "value", None)
    kinds = (terms.is_iri(written), terms.is_blank(written), terms.is_literal(written))
    assert kinds == tuple(
        isinstance(term, kind) for kind in (ox.NamedNode, ox.BlankNode, ox.Literal)
    )


@given(IRIS)
def test_an_iri_gets_brackets_and_loses_them(iri: str) -> None:
    assert terms.from_iri(iri) == str(ox.NamedNode(iri))
    assert terms.to_iri(terms.from_iri(iri)) == iri


@given(LABELS)
def test_a_blank_node_has_its_label(label: str) -> None:
    assert terms.blank(label) == str(ox.BlankNode(label))
    assert terms.blank_label(terms.blank(label)) == label


@given(TEXTS, LANGUAGES)
def test_a_text_has_its_language(text: str, language: str) -> None:
    term = terms.literal(text, language=language)
    assert terms.parse_term(term) == ox.Literal(text, language=language)
    assert terms.literal_parts(term) == (text, language.lower(), None)
    assert terms.has_language(term, language.lower())
    assert not terms.has_language(term, "sq")
    assert not terms.has_language(terms.literal(text), language.lower())


@given(TEXTS, IRIS)
def test_a_value_has_its_datatype(text: str, datatype: str) -> None:
    term = terms.literal(text, datatype)
    assert terms.parse_term(term) == ox.Literal(text, datatype=ox.NamedNode(datatype))
    assert terms.literal_parts(term) == (text, "", datatype)


@given(TEXTS)
def test_a_string_states_no_datatype(text: str) -> None:
    assert terms.literal(text, expand("xsd:string")) == terms.literal(text)
    assert terms.literal_parts(terms.literal(text)) == (text, "", None)
    assert f'"{terms.escaped_text(terms.literal(text))}"' == terms.literal(text)


@given(TRIPLES)
def test_a_line_is_the_statement(triple: ox.Triple) -> None:
    statement = Statement._make(map(terms.from_term, triple))
    line = terms.triple_line(statement)
    assert line == terms.from_triple(triple)
    assert parsed(line).triple == triple
    assert terms.parse_statement(line) == statement
    assert terms.subject_of(line) == statement.subject
    assert line.startswith(terms.line_start(statement.subject, statement.predicate))


@given(TRIPLES, IRIS)
def test_a_line_in_a_graph_is_the_quad(triple: ox.Triple, graph: str) -> None:
    line = terms.in_graph(terms.from_triple(triple), terms.from_iri(graph))
    quad = parsed(line, ox.RdfFormat.N_QUADS)
    assert (quad.triple, quad.graph_name) == (triple, ox.NamedNode(graph))


@pytest.mark.parametrize("term", ["<a b>", "word", '"open', '"text"@', "_: "])
def test_what_is_no_term_is_an_error(term: str) -> None:
    with pytest.raises((SyntaxError, ValueError)):
        terms.parse_term(NTerm(term))


def test_prefixed_names_are_terms() -> None:
    assert nterm("skos:prefLabel") == terms.from_iri(expand("skos:prefLabel"))
    with pytest.raises(KeyError):
        nterm("nothing:here")
    assert terms.iri_start(Iri("https://e.example/")) == "<https://e.example/"


# No other module adds or removes angle brackets and quotation marks, or splits a line.

EXEMPT = {
    ("query/asked_terms.py", "brackets"): "a literal with a prefixed datatype, which is shown",
    ("query/remote/answers.py", "endswith"): "the end of a body in XML",
    ("query/results.py", "brackets"): "the repr of a table",
    ("records/template.py", "brackets"): "a placeholder in a template",
    ("syntax/rdfxml_check.py", "startswith"): "the start of a body in XML",
    ("syntax/sparql_errors.py", "strip"): "a word in the message of the parser",
    ("syntax/sparql_results.py", "slice"): "the lines of a table",
    ("validation/component_fixes.py", "line"): "Turtle with prefixed names, which is shown",
    ("validation/example_texts.py", "plus"): "the end of a block of Turtle",
    ("validation/notation.py", "brackets"): "an element of XML",
    ("validation/notation.py", "line"): "Turtle with prefixed names, which is shown",
    ("validation/report.py", "partition"): "an empty array of JSON",
    ("validation/engine_reports.py", "brackets"): "the label in a replacement of a pattern",
    ("validation/shape_query_faults.py", "brackets"): "a property in Turtle, which is shown",
}
"""What only looks like a term, and what it is."""

MARKS = re.compile(r'<|>|<>|_:|"| \.|"(@|\^\^).*', re.DOTALL)
METHODS = {
    *("strip", "lstrip", "rstrip", "removeprefix", "removesuffix"),
    *("startswith", "endswith", "index", "rindex", "find", "rfind", "partition", "rpartition"),
}


def text_of(node: ast.AST | None) -> str | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else None


def faults(node: ast.AST) -> Iterator[str]:
    """What a node of a syntax tree does to terms by hand."""
    if isinstance(node, ast.JoinedStr):
        for left, right in pairwise(node.values):
            before, after = text_of(left) or "", text_of(right) or ""
            if re.search(r"(<|(^|\s)_:)\Z", before) or re.match(r'"(@|\^\^)', after):
                yield "brackets"
        kinds = "".join(text_of(part) or "{}" for part in node.values)
        if "{} {} {} ." in kinds:
            yield "line"
    elif isinstance(node, ast.Slice):
        if ast.unparse(node) in ("1:-1", "1:-2", "1:-3"):
            yield "slice"
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        values = [leaf for argument in node.args for leaf in ast.walk(argument)]
        if node.func.attr in METHODS and any(MARKS.fullmatch(text_of(v) or "") for v in values):
            yield node.func.attr
        if node.func.attr == "split" and ast.unparse(node).endswith(".split(' ', 2)"):
            yield "split"
    elif isinstance(node, ast.Compare) and isinstance(node.left, ast.Subscript):
        first = ast.unparse(node.left.slice) in ("0", ":1", ":2")
        if first and any(MARKS.fullmatch(text_of(value) or "") for value in node.comparators):
            yield "compare"
    elif isinstance(node, ast.BinOp):
        marked = any(text_of(side) in ("<", ">", "_:", " .") for side in (node.left, node.right))
        if isinstance(node.op, ast.Add) and marked:
            yield "plus"


def in_source(text: str) -> list[tuple[int, str]]:
    """The lines of a module with faults. The widths in f-strings are left out."""
    tree = ast.parse(text)
    specs = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FormattedValue) and node.format_spec
        for inner in ast.walk(node.format_spec)
    }
    nodes = [node for node in ast.walk(tree) if id(node) not in specs]
    return [(getattr(node, "lineno", 0), fault) for node in nodes for fault in faults(node)]


@pytest.mark.parametrize(
    "code",
    [
        'f"<{iri}>"',
        'f"_:{label}"',
        'f"{subject} {predicate} {value} ."',
        "f'\"{text}\"@{language}'",
        "f'\"{text}\"^^{datatype}'",
        'f"<{BASE}{name}"',
        '"<" + iri + ">"',
        "term[1:-1]",
        "value[1:-3]",
        'term.strip("<>")',
        'term.removeprefix("<")',
        'term.startswith("<")',
        'term.startswith(("<", "x"))',
        "term.endswith('\"@en')",
        "term.rindex('\"')",
        'term[0] == "<"',
        "term[:1] != '\"'",
        'line.split(" ", 2)',
        'value.removesuffix(" .")',
    ],
)
def test_the_search_finds(code: str) -> None:
    assert in_source(code)


@pytest.mark.parametrize(
    "code",
    [
        'f"{name:<{width}} {title}"',
        'f"{low} < {high}"',
        "row[1:]",
        'line.split(" ", 1)',
        'kind == "<"',
        'f"{from_iri(iri)} a {kind}"',
    ],
)
def test_the_search_passes_over(code: str) -> None:
    assert in_source(code) == []


@pytest.mark.long
def test_no_other_module_cuts_or_glues_terms() -> None:
    seen = {
        (path.relative_to(SOURCE).as_posix(), fault): line
        for path in SOURCE.rglob("*.py")
        if path != SOURCE / "model" / "terms.py"
        for line, fault in in_source(path.read_text("utf-8"))
    }
    assert {key: line for key, line in seen.items() if key not in EXEMPT} == {}
    assert EXEMPT.keys() <= seen.keys(), "an exemption that nothing needs"
