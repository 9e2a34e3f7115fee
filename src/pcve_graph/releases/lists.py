"""The pages of the closed lists: each a tree from its top terms, with what every term means."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ..model.namespaces import BASE, concept, local_name, prefixed
from ..publish.site.html import described, link, table
from ..publish.site.terms import Terms
from ..syntax.ontology import Triples


def lists_page(terms: Terms) -> Iterator[str]:
    """The parts of the page that names all lists."""
    rows = [
        (
            link(f"vocab/{name}.html", name),
            escape(terms.said.one(f"{BASE}vocab/{name}", "skos:definition")),
            str(len(ids)),
        )
        for name, ids in sorted(terms.ontology.schemes.items())
    ]
    yield table("Closed lists", ("List", "What it holds", "Terms"), rows)


def list_page(terms: Terms, name: str) -> Iterator[str]:
    """The parts of the page of one list."""
    said, scheme = terms.said, f"{BASE}vocab/{name}"
    yield f"<p>{escape(said.one(scheme, 'skos:definition'))}</p>"
    keys = [
        f"{terms.term(key.path, '../ns.html')} of {terms.term(kind.iri, '../ns.html')}"
        for users in terms.users.values()
        for kind, key in users
        if key.scheme == name
    ]
    yield described([("Key", ", ".join(sorted(keys))), ("IRI", link(scheme, scheme))])
    tops = said.having("skos:topConceptOf", scheme)
    if any(said.having("skos:broader", each) for each in tops):
        yield '<h2 id="the-tree">The tree</h2>'
        yield f'<nav aria-label="Terms">{_tree(said, tops)}</nav>'
    yield '<h2 id="the-terms">The terms</h2>'
    for each in sorted(terms.ontology.schemes[name]):
        yield _term(terms, concept(name, each))


def _tree(said: Triples, concepts: list[str]) -> str:
    rows = []
    for each in sorted(concepts, key=lambda iri: said.one(iri, "skos:prefLabel").casefold()):
        below = said.having("skos:broader", each)
        rows.append(f"<li>{_link(said, each)}{_tree(said, below) if below else ''}</li>")
    return "<ul>\n" + "\n".join(rows) + "\n</ul>"


def _link(said: Triples, iri: str) -> str:
    return link(f"#{local_name(iri)}", said.one(iri, "skos:prefLabel"))


def _term(terms: Terms, iri: str) -> str:
    said = terms.said

    def listed(concepts: list[str]) -> str:
        return ", ".join(_link(said, each) for each in concepts)

    matches = [*said.all(iri, "skos:exactMatch"), *said.all(iri, "skos:closeMatch")]
    roles = said.all(iri, "pcve:roleProperty")
    pairs = [
        ("Note", escape(said.one(iri, "skos:scopeNote"))),
        ("Also called", escape(", ".join(said.all(iri, "skos:altLabel")))),
        ("Broader", listed(said.all(iri, "skos:broader"))),
        ("Narrower", listed(said.having("skos:broader", iri))),
        ("Related", listed(said.all(iri, "skos:related"))),
        ("Property of the role", ", ".join(terms.term(each, "../ns.html") for each in roles)),
        ("Matches", ", ".join(link(each, prefixed(each)) for each in matches)),
        ("Write", f"<code>{escape(local_name(iri))}</code>"),
        ("IRI", link(iri, iri)),
    ]
    return (
        f'<section id="{escape(local_name(iri))}">\n'
        f"<h3>{escape(said.one(iri, 'skos:prefLabel'))}</h3>\n"
        f"<p>{escape(said.one(iri, 'skos:definition'))}</p>\n{described(pairs)}\n</section>"
    )
