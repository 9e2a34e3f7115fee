"""Positions in JSON-LD: each statement at its value, and no statement that the file does not state."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest

from pcve_graph.model.namespaces import DOCUMENT_BASE
from pcve_graph.model.terms import NTerm, Statement, from_iri, from_term
from pcve_graph.syntax.positions import locate_statements, match_blank_nodes

HEAD = """{"@context": {"@vocab": "http://v.example/", "e": "http://e.example/", "@language": "EN-gb",
  "list": {"@container": "@list"}, "index": {"@container": "@index"},
  "words": {"@container": "@language"}, "ids": {"@container": "@id"},
  "kinds": {"@container": "@type"}, "graph": {"@container": "@graph"},
  "back": {"@reverse": "http://v.example/forth"}, "part": "@nest", "json": {"@type": "@json"},
  "term": {"@type": "@vocab"}, "ref": {"@type": "@id"}, "plain": {"@language": null},
  "decimal": {"@type": "http://www.w3.org/2001/XMLSchema#decimal"},
  "double": {"@type": "http://www.w3.org/2001/XMLSchema#double"},
  "text": {"@type": "http://www.w3.org/2001/XMLSchema#string"},
  "Scoped": {"@context": {"name": "http://scoped.example/name"}},
  "owner": {"@context": {"name": "http://owner.example/name"}},
  "id": "@id", "type": "@type", "nothing": null, "e:own": {"@type": "@id"}},
 "@id": "http://a.example/",
 %s}"""

CASES: dict[str, tuple[str, int]] = {
    # name: (members of a node, how many statements stand at the place of their key or node)
    "numbers": ('"p": [1, 1.5, 5.0, 1e3, 1e30, -0.0, true, 123456789012345678901234, 0.1, 1E-7, -12]', 0),
    "typed numbers": ('"decimal": [1, 1.5, "2.50"], "double": [1, 5.0, 2.5], "text": [1.5, true, 3]', 0),
    "values": ('"p": ["x", {"@value": "y"}, null, ["z", ["w"]], {"@value": 5.5, "@type": "e:d"}]', 0),
    "languages": ('"p": {"@value": "x", "@language": "sq"}, "plain": "q", "words": {"EN": ["a", "b"], "@none": "c", "sq": null}', 0),
    "direction": ('"p": {"@value": "x", "@language": "en", "@direction": "rtl"}', 0),
    "types": ('"type": ["T", "e:U", "http://t.example/"]', 0),
    "lists": ('"list": ["a", ["b", "c"], {"@id": "k"}, []], "p": {"@list": [1.5, {"q": "in"}]}, "q": {"@list": []}', 0),
    "sets": ('"p": {"@set": ["a", ["b"]]}, "q": []', 0),
    "index": ('"index": {"k": "v", "l": ["w", {"@id": "n", "p": "x"}]}', 0),
    "ids": ('"ids": {"c": {"p": "in c"}, "http://d.example/": [{"p": "d"}]}', 0),
    "kinds": ('"kinds": {"U": "n", "V": ["o"]}', 0),
    "graph": ('"graph": {"@id": "gg", "p": "in"}', 1),
    "reverse": ('"back": [{"@id": "b", "p": "z"}, {"p": "y"}], "@reverse": {"http://r.example/": [{"@id": "c"}, {"@id": "d"}]}', 0),
    "nest": ('"part": {"p": "nested", "part": [{"q": "deeper"}]}', 0),
    "json": ('"json": {"b": 1, "a": [1.0]}', 1),
    "references": ('"term": ["word", "e:x"], "ref": ["rel", "../up", "#here", "_:b"], "e:own": "e:y"', 0),
    "included": ('"@included": [{"@id": "inc", "p": "i"}], "@graph": [{"@id": "g", "p": "in"}, {"p": "blank"}]', 0),
    "blank": ('"p": [{"q": "1"}, {"q": "2"}, {"@id": "_:x", "q": "3"}, {"q": {"q": {"q": "deep"}}}]', 0),
    "nothing": ('"nothing": "x", "@index": "i", "p": {"@id": "e:z"}', 0),
    "scope of a type": ('"type": "Scoped", "name": "n"', 0),
    "scope of a key": ('"owner": {"name": "n", "p": "x"}, "name": "m"', 0),
    "context inside": ('"p": {"@context": {"p": "http://other.example/", "@base": "http://b.example/d/"}, "@id": "e", "p": "x"}', 0),
    "context of nothing": ('"p": {"@context": null, "http://p.example/": "x", "p": "lost"}', 0),
    "absolute": ('"e://host/path": "x", "e:local": "y", "http://k.example/": "z", "_:key": "lost"', 0),
    "escapes": ('"p": "a\\u0161 \\"b\\" \\n", "\\u0070": "same key"', 0),
}  # fmt: skip


def stated(text: str) -> list[Statement]:
    quads = ox.parse(
        text, format=ox.RdfFormat.JSON_LD, base_iri=DOCUMENT_BASE, rename_blank_nodes=False
    )
    # RDF 1.1 has no base direction, so the statements that are checked have none
    rows = [Statement._make(map(from_term, q.triple)) for q in quads]
    return [row._replace(object=NTerm(re.sub("--(?:ltr|rtl)$", "", row.object))) for row in rows]


@pytest.mark.parametrize("name", CASES)
def test_every_statement_is_found_and_no_other(name: str) -> None:
    members, missing = CASES[name]
    text = HEAD % members
    rows = stated(text)
    assert rows
    places = locate_statements(text.encode(), "jsonld")
    alias = match_blank_nodes(rows, places)
    mine = {tuple(alias.get(term, term) for term in row) for row in rows}
    located = {key for key in places if len(key) == 3}
    assert located - mine == set()
    assert len(mine - located) == missing, mine - located


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("numbers", '"1.5E0"^^<http://www.w3.org/2001/XMLSchema#double>', "1.5"),
        ("numbers", '"1000"^^<http://www.w3.org/2001/XMLSchema#integer>', "1e3"),
        ("typed numbers", '"1.5E0"^^<http://www.w3.org/2001/XMLSchema#decimal>', "1.5"),
        ("typed numbers", '"1.5E0"', "1.5, true"),
        ("languages", '"b"@en', '"b"'),
        ("lists", '"c"@en-gb', '"c"'),
        ("index", '"w"@en-gb', '"w"'),
        ("references", f"<{DOCUMENT_BASE.removesuffix('document/')}up>", '"../up"'),
        ("nest", '"deeper"@en-gb', '"deeper"'),
        ("ids", '"in c"@en-gb', '"in c"'),
        ("kinds", "<http://v.example/V>", '"o"'),
    ],
)
def test_a_statement_stands_at_its_value(name: str, value: str, written: str) -> None:
    text = HEAD % CASES[name][0]
    (place, *_) = [
        place
        for key, place in locate_statements(text.encode(), "jsonld").items()
        if key[-1] == value and len(key) == 3
    ]
    lines = text.splitlines()
    assert lines[place[0] - 1][place[1] - 1 :].startswith(written)


def test_a_thing_begins_where_it_is_described_not_where_it_is_named() -> None:
    text = '[{"@id": "http://a.example/", "http://p.example/": {"@id": "http://b.example/"}},\n {"@id": "http://b.example/", "http://p.example/": 1}]'
    assert locate_statements(text.encode(), "jsonld")[from_iri("http://b.example/"),] == (2, 2)


@pytest.mark.parametrize(
    "text",
    [
        '{"@context": {"a": "b:c", "b": "a:d"}, "@id": "http://e.example/x", "a": 1}',
        '{"@context": {"a": {"@id": "a"}}, "a": 1}',
        '{"@context": "http://127.0.0.1:9/c", "@id": "http://e.example/a", "p": 1}',
        '{"@id": 1, "@type": {}, "@graph": "x", "@reverse": [], "p": {"@value": [1]}}',
        '{"p": ' * 5000 + "1" + "}" * 5000,
        '[[[{"@id": "x"}]]]',
        '{"@context": {"@vocab": 1, "@base": 2, "x": 3}, "x": 1}',
    ],
)
def test_what_is_not_json_ld_breaks_nothing(text: str) -> None:
    assert isinstance(locate_statements(text.encode(), "jsonld"), dict)
