"""The page of the namespace: every class with its keys, every property, and the terms of others.

All stand on one page, since what follows the `#` of a term's IRI is never sent to a server. The
anchor of a term is its local name; that of a term of another vocabulary begins with its prefix.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Final

import pyoxigraph as ox

from ...model.messages import rule_name, split_message, takes
from ...model.namespaces import BASE, PREFIXES, concept, expand, local_name, prefixed
from ...model.schema import Key, Ontology, RecordClass
from ...syntax.ontology import Triples
from ...validation.rule_help import Page
from .html import described, link, table
from .rule_pages import file_name

AGENT: Final = PREFIXES["foaf"] + "Agent"
_KINDS: Final = (
    "owl:Class",
    "owl:ObjectProperty",
    "owl:DatatypeProperty",
    "owl:AnnotationProperty",
)


@dataclass(frozen=True)
class Terms:
    """What the ontology says, its shapes included, and the page of each rule by its name."""

    ontology: Ontology
    rules: dict[str, Page]

    @cached_property
    def said(self) -> Triples:
        """Every triple of ontology, vocabulary and shapes."""
        lines = [line for name in ("ontology", "vocabulary") for line in self.ontology.graphs[name]]
        text = "\n".join((*lines, self.ontology.shapes))
        return Triples(quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES))

    @cached_property
    def classes(self) -> list[str]:
        """The IRIs of our classes and of those of others that have keys, by local name."""
        own = set(self.said.having("rdf:type", expand("owl:Class")))
        return sorted(own | self.ontology.by_iri.keys(), key=lambda iri: (local_name(iri), iri))

    @cached_property
    def properties(self) -> list[str]:
        """The IRIs of our properties, by local name."""
        return sorted(
            {iri for kind in _KINDS[1:] for iri in self.said.having("rdf:type", expand(kind))}
        )

    @cached_property
    def borrowed(self) -> list[str]:
        """The IRIs of the terms of others that are none of `classes`, by prefixed name."""
        noted = {s for s, p in self.said.by if p == expand("vann:usageNote")}
        return sorted(noted - set(self.classes), key=prefixed)

    @cached_property
    def users(self) -> dict[str, list[tuple[RecordClass, Key]]]:
        """The classes that have a key for a property, by the property's IRI."""
        found: dict[str, list[tuple[RecordClass, Key]]] = {}
        for kind in sorted(self.ontology.by_iri.values(), key=lambda one: one.name):
            for key in kind.keys.values():
                found.setdefault(key.path, []).append((kind, key))
        return found

    def term(self, iri: str, page: str = "") -> str:
        """A link to where a term is explained: on `page`, or at its own address."""
        known = iri in self.classes or iri in self.properties or iri in self.borrowed
        return link(f"{page}#{anchor(iri)}" if known else iri, prefixed(iri), code=True)


def anchor(iri: str) -> str:
    """The id of a term on its page: the local name, `schema-startDate` for a term of others."""
    return prefixed(iri).removeprefix("pcve:").replace(":", "-")


def terms_page(terms: Terms) -> Iterator[str]:
    """The parts of the page, as HTML."""
    yield '<h2 id="the-classes">Classes</h2>'
    yield "<p>What there are things of. The keys of a class are what a record of it may say.</p>"
    for iri in terms.classes:
        yield _class(terms, iri)
    yield '<h2 id="the-properties">Properties</h2>'
    for iri in terms.properties:
        yield _property(terms, iri)
    yield '<h2 id="terms-of-others">Terms of others</h2>'
    yield "<p>Used with the meaning that their vocabularies give them; the notes say for what.</p>"
    for iri in terms.borrowed:
        yield _property(terms, iri)


def _section(terms: Terms, iri: str, parts: list[str]) -> str:
    label = terms.said.one(iri, "rdfs:label")
    if not label and iri in terms.ontology.by_iri:
        label = terms.ontology.by_iri[iri].label
    title = f"<h3><code>{escape(prefixed(iri))}</code> {escape(label)}</h3>"
    body = "\n".join(each for each in (title, *parts) if each)
    return f'<section id="{escape(anchor(iri))}">\n{body}\n</section>'


def _meaning(terms: Terms, iri: str) -> list[tuple[str, str]]:
    """What is said of a term, for a list of descriptions."""
    said = terms.said

    def listed(name: str) -> str:
        return ", ".join(map(terms.term, said.all(iri, name)))

    return [
        ("Example", escape(said.one(iri, "skos:example"))),
        ("Note", escape(said.one(iri, "skos:scopeNote"))),
        ("Kind of", listed("rdfs:subClassOf") + listed("rdfs:subPropertyOf")),
        ("Near to", listed("skos:closeMatch")),
        ("IRI", link(iri, iri)),
    ]


def _definition(terms: Terms, iri: str) -> str:
    said = terms.said
    words = said.one(iri, "skos:definition") or said.one(iri, "vann:usageNote")
    if not words and iri in terms.ontology.by_iri:
        words = terms.ontology.by_iri[iri].description
    return f"<p>{escape(words)}</p>" if words else ""


def _class(terms: Terms, iri: str) -> str:
    kind = terms.ontology.by_iri.get(iri)
    pairs = _meaning(terms, iri)
    narrower = terms.said.having("rdfs:subClassOf", iri)
    pairs.insert(3, ("Kinds of it", ", ".join(map(terms.term, narrower))))
    if kind is not None and kind.folder:
        pairs.insert(-1, ("Records", f"<code>data/records/{escape(kind.folder)}/</code>"))
    pointing = [
        f"{terms.term(key.path)} of {terms.term(owner.iri)}"
        for users in terms.users.values()
        for owner, key in users
        if iri in key.classes
    ]
    pairs.insert(-1, ("Pointed to by", ", ".join(sorted(pointing))))
    keys = table(
        f"Keys of {local_name(iri)}",
        ("Key", "Takes", "How many", "Rule", "Example"),
        ((*_key(terms, each),) for each in (kind.keys.values() if kind else ())),
    )
    return _section(terms, iri, [_definition(terms, iri), described(pairs), keys])


def _key(terms: Terms, key: Key) -> tuple[str, ...]:
    name = rule_name(key.shape)
    rule = split_message(key.message)[0] or key.description
    example = terms.rules[name].good.record
    return (
        terms.term(key.path),
        _takes(terms, key),
        _many(terms.said, key),
        link(f"rule/{file_name(name)}", rule),
        f"<code>{escape(example)}</code>" if example and key.name in example else "",
    )


def _takes(terms: Terms, key: Key) -> str:
    if key.scheme:
        return f"a term of {link(f'vocab/{key.scheme}.html', key.scheme)}"
    if key.classes:
        return "id of " + " or ".join(map(terms.term, key.classes))
    return escape(takes(key))


def _many(said: Triples, key: Key) -> str:
    """How many values a key may have."""
    most = said.one(key.shape, "sh:maxCount")
    if key.required:
        return "one" if most == "1" else "one or more"
    return "one at most" if most == "1" else "any"


def _property(terms: Terms, iri: str) -> str:
    kinds = [each for each in terms.said.all(iri, "rdf:type") if prefixed(each) in _KINDS]
    pairs = _meaning(terms, iri)
    pairs.insert(0, ("Is a", ", ".join(escape(prefixed(kind)) for kind in kinds)))
    users = [
        f"{terms.term(kind.iri)}: {_takes(terms, key)}" for kind, key in terms.users.get(iri, ())
    ]
    if users:
        listed = "\n".join(f"<li>{user}</li>" for user in users)
        pairs.insert(-1, ("Key of", f"<ul>\n{listed}\n</ul>"))
    return _section(terms, iri, [_definition(terms, iri), described(pairs)])


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
    if any(said.having("skos:broader", top) for top in tops):
        yield '<h2 id="the-tree">The tree</h2>'
        yield f'<nav aria-label="Terms">{_tree(said, tops)}</nav>'
    yield '<h2 id="the-terms">The terms</h2>'
    for each in sorted(terms.ontology.schemes[name]):
        yield _term(terms, concept(name, each))


def _tree(said: Triples, concepts: list[str]) -> str:
    rows = []
    for narrower in sorted(concepts, key=lambda iri: said.one(iri, "skos:prefLabel").casefold()):
        below = said.having("skos:broader", narrower)
        rows.append(f"<li>{_link(said, narrower)}{_tree(said, below) if below else ''}</li>")
    return "<ul>\n" + "\n".join(rows) + "\n</ul>"


def _link(said: Triples, iri: str) -> str:
    return link(f"#{local_name(iri)}", said.one(iri, "skos:prefLabel"))


def _term(terms: Terms, iri: str) -> str:
    said = terms.said

    def listed(concepts: list[str]) -> str:
        return ", ".join(_link(said, concept) for concept in concepts)

    matches = [*said.all(iri, "skos:exactMatch"), *said.all(iri, "skos:closeMatch")]
    roles = said.all(iri, "pcve:roleProperty")
    pairs = [
        ("Note", escape(said.one(iri, "skos:scopeNote"))),
        ("Also called", escape(", ".join(said.all(iri, "skos:altLabel")))),
        ("Broader", listed(said.all(iri, "skos:broader"))),
        ("Narrower", listed(said.having("skos:broader", iri))),
        ("Related", listed(said.all(iri, "skos:related"))),
        ("Property of the role", ", ".join(terms.term(role, "../ns.html") for role in roles)),
        ("Matches", ", ".join(link(match, prefixed(match)) for match in matches)),
        ("Write", f"<code>{escape(local_name(iri))}</code>"),
        ("IRI", link(iri, iri)),
    ]
    return (
        f'<section id="{escape(local_name(iri))}">\n'
        f"<h3>{escape(said.one(iri, 'skos:prefLabel'))}</h3>\n"
        f"<p>{escape(said.one(iri, 'skos:definition'))}</p>\n{described(pairs)}\n</section>"
    )
