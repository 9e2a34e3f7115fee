"""The pages of terms: all classes, properties and external terms on one page, and one page a list.

The terms share a page because the fragment of an IRI is never sent to a server. The anchor of a
term is its local name; that of a term of another vocabulary begins with its prefix.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Final

import pyoxigraph as ox

from ...graph.triple_index import TripleIndex
from ...model.messages import expected_values, rule_name, split_message
from ...model.namespaces import BASE, PREFIXES, concept_iri, expand, local_name, prefixed
from ...model.schema import Ontology, RecordClass, RecordKey
from ...model.terms import Iri
from ...validation.class_help import SYNTAXES, describe_class, page_examples
from ...validation.rule_help import RulePage
from .html import description_list, html_table, link
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
    """The ontology with its shapes, and the help pages of the rules by name."""

    ontology: Ontology
    rules: dict[str, RulePage]

    @cached_property
    def triples(self) -> TripleIndex:
        """All triples of ontology, vocabulary and shapes."""
        lines = [line for name in ("ontology", "vocabulary") for line in self.ontology.graphs[name]]
        text = "\n".join((*lines, self.ontology.shapes))
        return TripleIndex(quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES))

    @cached_property
    def classes(self) -> list[str]:
        """The IRIs of the own classes and of external ones with keys, sorted by local name."""
        return sorted(
            self._declared("owl:Class") | self.ontology.by_iri.keys(),
            key=lambda iri: (local_name(iri), iri),
        )

    @cached_property
    def properties(self) -> list[str]:
        """The IRIs of the own properties, sorted by local name."""
        return sorted(self._declared(*_KINDS[1:]))

    def _declared(self, *kinds: str) -> set[str]:
        """The own terms of these kinds; those of other vocabularies are declared as well."""
        own = {s for s, p in self.triples.by if p == expand("rdfs:isDefinedBy")}
        return {
            iri
            for kind in kinds
            for iri in self.triples.subjects_with("rdf:type", expand(kind))
            if iri in own
        }

    @cached_property
    def borrowed(self) -> list[str]:
        """The IRIs of the external terms that are not in `classes`, sorted by prefixed name."""
        noted = {s for s, p in self.triples.by if p == expand("vann:usageNote")}
        return sorted(noted - set(self.classes), key=prefixed)

    @cached_property
    def users(self) -> dict[str, list[tuple[RecordClass, RecordKey]]]:
        """The classes and keys that use a property, by its IRI."""
        users_by_iri: dict[str, list[tuple[RecordClass, RecordKey]]] = {}
        for kind in sorted(
            self.ontology.by_iri.values(), key=lambda record_class: record_class.name
        ):
            for key in kind.keys.values():
                users_by_iri.setdefault(key.path, []).append((kind, key))
        return users_by_iri

    def term(self, iri: str, page: str = "") -> str:
        """A link to where a term is explained: on `page`, or at its own address."""
        is_described = iri in self.classes or iri in self.properties or iri in self.borrowed
        return link(f"{page}#{anchor(iri)}" if is_described else iri, prefixed(iri), code=True)


def anchor(iri: str) -> str:
    """The anchor of a term: the local name, or `schema-startDate` for an external term."""
    return prefixed(iri).removeprefix("pcve:").replace(":", "-")


def terms_page(terms: Terms) -> Iterator[str]:
    """The HTML parts of the page of all terms."""
    yield '<h2 id="the-classes">Classes</h2>'
    yield "<p>The classes of entities. The keys of a class are what its records may state.</p>"
    for iri in terms.classes:
        yield _class(terms, iri)
    yield '<h2 id="the-properties">Properties</h2>'
    for iri in terms.properties:
        yield _property(terms, iri)
    yield '<h2 id="terms-of-others">External terms</h2>'
    yield "<p>Used as their vocabularies define them; the notes describe their use.</p>"
    for iri in terms.borrowed:
        yield _property(terms, iri)


def _section(terms: Terms, iri: str, parts: list[str]) -> str:
    label = terms.triples.one(iri, "rdfs:label") or terms.triples.one(iri, "pcve:displayLabel")
    if not label and iri in terms.ontology.by_iri:
        label = terms.ontology.by_iri[Iri(iri)].label
    title = f"<h3><code>{escape(prefixed(iri))}</code> {escape(label)}</h3>"
    body = "\n".join(part for part in (title, *parts) if part)
    return f'<section id="{escape(anchor(iri))}">\n{body}\n</section>'


def _meaning(terms: Terms, iri: str) -> list[tuple[str, str]]:
    """The (label, HTML) pairs that describe a term."""
    triples = terms.triples

    def listed(name: str) -> str:
        return ", ".join(map(terms.term, triples.all(iri, name)))

    return [
        ("Example", escape(triples.one(iri, "skos:example"))),
        ("Note", escape(triples.one(iri, "skos:scopeNote"))),
        ("Broader", listed("rdfs:subClassOf") + listed("rdfs:subPropertyOf")),
        ("Used with", listed("schema:domainIncludes")),
        ("Values", listed("schema:rangeIncludes")),
        ("Domain", listed("rdfs:domain")),
        ("Range", listed("rdfs:range")),
        ("Inverse of", listed("owl:inverseOf")),
        ("Replaced by", listed("dcterms:isReplacedBy")),
        ("Status", escape(triples.one(iri, "vs:term_status"))),
        ("Since", escape(triples.one(iri, "pcve:since"))),
        ("IRI", link(iri, iri)),
    ]


def _definition(terms: Terms, iri: str) -> str:
    triples = terms.triples
    words = triples.one(iri, "skos:definition") or triples.one(iri, "vann:usageNote")
    if not words and iri in terms.ontology.by_iri:
        words = terms.ontology.by_iri[Iri(iri)].description
    return f"<p>{escape(words)}</p>" if words else ""


def _class(terms: Terms, iri: str) -> str:
    kind = terms.ontology.by_iri.get(Iri(iri))
    pairs = _meaning(terms, iri)
    narrower = terms.triples.subjects_with("rdfs:subClassOf", iri)
    pairs.insert(3, ("Subclasses", ", ".join(map(terms.term, narrower))))
    if kind is not None and kind.folder:
        pairs.insert(-1, ("Records", f"<code>data/records/{escape(kind.folder)}/</code>"))
    pointing = [
        f"{terms.term(key.path)} of {terms.term(owner.iri)}"
        for users in terms.users.values()
        for owner, key in users
        if iri in key.classes
    ]
    pairs.insert(-1, ("Referenced by", ", ".join(sorted(pointing))))
    keys = html_table(
        f"Keys of {local_name(iri)}",
        ("Key", "Values", "Number", "Rule", "Example"),
        ((*_key(terms, key),) for key in (kind.keys.values() if kind else ())),
    )
    examples = _examples(terms, kind) if kind is not None else []
    return _section(terms, iri, [_definition(terms, iri), description_list(pairs), keys, *examples])


def _examples(terms: Terms, kind: RecordClass) -> list[str]:
    """The whole example of a class in each syntax, each folded, and how to write its values."""
    page = describe_class(kind, terms.ontology)
    forms = "\n".join(f"<li>{escape(form)}</li>" for form in page.forms)
    parts = [f"<p>Values in RDF:</p>\n<ul>\n{forms}\n</ul>"] if forms else []
    for syntax, text in page_examples(page.example):
        title = f"Example of {kind.name} as {SYNTAXES[syntax][0]}"
        parts.append(
            f"<details><summary>{escape(title)}</summary>\n"
            f'<pre tabindex="0"><code>{escape(text)}</code></pre></details>'
        )
    return parts


def _key(terms: Terms, key: RecordKey) -> tuple[str, ...]:
    name = rule_name(key.shape)
    rule = split_message(key.message)[0] or key.description
    example = terms.rules[name].good.record
    return (
        terms.term(key.path),
        _takes(terms, key),
        _cardinality(terms.triples, key),
        link(f"rule/{file_name(name)}", rule),
        f"<code>{escape(example)}</code>" if example and key.name in example else "",
    )


def _takes(terms: Terms, key: RecordKey) -> str:
    if key.scheme:
        return f"a term of {link(f'vocab/{key.scheme}.html', key.scheme)}"
    if key.classes and not key.same_class:
        return "id of " + " or ".join(map(terms.term, key.classes))
    return escape(expected_values(key))


def _cardinality(triples: TripleIndex, key: RecordKey) -> str:
    """The number of values that a key may have, in words."""
    most = triples.one(key.shape, "sh:maxCount")
    if key.required:
        return "one" if most == "1" else "one or more"
    return "at most one" if most == "1" else "any"


def _property(terms: Terms, iri: str) -> str:
    kinds = [
        kind_iri for kind_iri in terms.triples.all(iri, "rdf:type") if prefixed(kind_iri) in _KINDS
    ]
    pairs = _meaning(terms, iri)
    pairs.insert(0, ("Is a", ", ".join(escape(prefixed(kind)) for kind in kinds)))
    users = [
        f"{terms.term(kind.iri)}: {_takes(terms, key)}" for kind, key in terms.users.get(iri, ())
    ]
    if users:
        listed = "\n".join(f"<li>{user}</li>" for user in users)
        pairs.insert(-1, ("Key of", f"<ul>\n{listed}\n</ul>"))
    return _section(terms, iri, [_definition(terms, iri), description_list(pairs)])


def lists_page(terms: Terms) -> Iterator[str]:
    """The HTML parts of the index of all lists."""
    rows = [
        (
            link(f"vocab/{name}.html", name),
            escape(terms.triples.one(f"{BASE}vocab/{name}", "skos:definition")),
            str(len(ids)),
        )
        for name, ids in sorted(terms.ontology.schemes.items())
    ]
    yield html_table("Closed lists", ("List", "Content", "Terms"), rows)


def list_page(terms: Terms, name: str) -> Iterator[str]:
    """The HTML parts of the page of one list."""
    triples, scheme = terms.triples, f"{BASE}vocab/{name}"
    yield f"<p>{escape(triples.one(scheme, 'skos:definition'))}</p>"
    keys = [
        f"{terms.term(key.path, '../ns.html')} of {terms.term(kind.iri, '../ns.html')}"
        for users in terms.users.values()
        for kind, key in users
        if key.scheme == name
    ]
    yield description_list([("Key", ", ".join(sorted(keys))), ("IRI", link(scheme, scheme))])
    tops = triples.subjects_with("skos:topConceptOf", scheme)
    if any(triples.subjects_with("skos:broader", top) for top in tops):
        yield '<h2 id="the-tree">Hierarchy</h2>'
        yield f'<nav aria-label="Terms">{_tree(triples, tops)}</nav>'
    yield '<h2 id="the-terms">Terms</h2>'
    for term_id in sorted(terms.ontology.schemes[name]):
        yield _term(terms, concept_iri(name, term_id))


def _tree(triples: TripleIndex, concepts: list[str]) -> str:
    rows = []
    for narrower in sorted(concepts, key=lambda iri: triples.one(iri, "skos:prefLabel").casefold()):
        below = triples.subjects_with("skos:broader", narrower)
        rows.append(f"<li>{_link(triples, narrower)}{_tree(triples, below) if below else ''}</li>")
    return "<ul>\n" + "\n".join(rows) + "\n</ul>"


def _link(triples: TripleIndex, iri: str) -> str:
    return link(f"#{local_name(iri)}", triples.one(iri, "skos:prefLabel"))


def _term(terms: Terms, iri: str) -> str:
    triples = terms.triples

    def listed(concepts: list[str]) -> str:
        return ", ".join(_link(triples, concept) for concept in concepts)

    matches = [*triples.all(iri, "skos:exactMatch"), *triples.all(iri, "skos:closeMatch")]
    roles = triples.all(iri, "pcve:roleProperty")
    pairs = [
        ("Note", escape(triples.one(iri, "skos:scopeNote"))),
        ("Other names", escape(", ".join(triples.all(iri, "skos:altLabel")))),
        ("Broader", listed(triples.all(iri, "skos:broader"))),
        ("Narrower", listed(triples.subjects_with("skos:broader", iri))),
        ("Related", listed(triples.all(iri, "skos:related"))),
        ("Property of the role", ", ".join(terms.term(role, "../ns.html") for role in roles)),
        ("Matches", ", ".join(link(match, prefixed(match)) for match in matches)),
        ("Id", f"<code>{escape(local_name(iri))}</code>"),
        ("IRI", link(iri, iri)),
    ]
    return (
        f'<section id="{escape(local_name(iri))}">\n'
        f"<h3>{escape(triples.one(iri, 'skos:prefLabel'))}</h3>\n"
        f"<p>{escape(triples.one(iri, 'skos:definition'))}</p>\n"
        f"{description_list(pairs)}\n</section>"
    )
