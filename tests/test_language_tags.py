"""Language tags: exports write them in the case of BCP 47, and every reader has the same terms."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import World

from pcve_graph.graph.serialize import serialize, with_canonical_tags
from pcve_graph.model.languages import canonical_tag

READ = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "jsonld-framed": ox.RdfFormat.JSON_LD,
}
_TAG = "([A-Za-z]{2}-[A-Za-z]{2,4})"
STATED = re.compile(rf'(?<!\\)"@{_TAG}\b|xml:lang="{_TAG}"|"@language": "{_TAG}"|"{_TAG}": ')
"""A language tag of two parts in a syntax of RDF."""
TAGS = ["en", "sr-Latn", "sr-Cyrl", "mk-Latn", "zh-Hant-TW", "en-GB", "sl-rozaj", "de-x-ab-cdef"]
TEXTS = [
    "plain",
    'a "quote"@sr-latn',
    "back\\slash\\",
    'end "',
    "<b xml:lang='x'>",
    "@sr-latn",
    "ü\n",
]


def triples() -> list[ox.Triple]:
    subject, predicate = ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p")
    return [
        ox.Triple(subject, predicate, ox.Literal(text, language=tag))
        for text in TEXTS
        for tag in TAGS
    ]


@pytest.mark.parametrize("form", ["turtle", "nt", "rdfxml", "jsonld"])
def test_tags_are_written_in_their_case_and_nothing_else_changes(form: str) -> None:
    written = serialize(triples(), form)
    rdf = READ[{"nt": "ntriples"}.get(form, form)]
    assert {quad.triple for quad in ox.parse(written, format=rdf)} == set(triples())
    text = written.decode()
    for tag in TAGS:
        count = len(re.findall(rf'(?:@|xml:lang="|"){re.escape(tag)}\b', text))
        assert count >= (1 if form == "jsonld" else len(TEXTS))
    read_back = serialize((quad.triple for quad in ox.parse(written, format=rdf)), form)
    assert read_back == written == with_canonical_tags(written)


@pytest.mark.long
@pytest.mark.parametrize("form", READ)
def test_an_export_reads_back_as_the_graph(form: str, shipped: World, tmp_path: Path) -> None:
    path = tmp_path / "export"
    assert shipped.pcve("export", form, "-o", str(path)).exit_code == 0
    written = path.read_text("utf-8")
    tags = {next(filter(None, groups)) for groups in STATED.findall(written)}
    assert {"sr-Latn", "mk-Latn"} <= tags
    assert tags == set(map(canonical_tag, tags))

    def tagged(statements: object) -> set[str]:
        return {str(quad.object) for quad in statements if getattr(quad.object, "language", None)}  # type: ignore[attr-defined]

    expected = {
        str(quad.object)
        for quad in shipped.saved().store
        if isinstance(quad.object, ox.Literal) and quad.object.language
    }
    lenient = not form.startswith("jsonld")  # in lenient JSON-LD the case of tags stays
    assert tagged(ox.parse(written.encode(), format=READ[form], lenient=lenient)) == expected
