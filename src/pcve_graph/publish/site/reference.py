"""The reference of the ontology as HTML: terms, closed lists, shapes, rules and saved queries.

Generated from ontology/ and queries/ alone, with the ontology, lists and shapes in RDF next to the
pages. File names and anchors are those that docs/w3id redirects the IRIs of the terms to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from html import escape
from itertools import groupby
from typing import Final

import pyoxigraph as ox

from ...graph.ontology_bundle import PORTABLE, portable_turtle, published_modules
from ...graph.serialize import serialize
from ...model.namespaces import BASE, expand, local_name
from ...model.project import Project
from ...model.schema import Ontology
from ...model.terms import Iri
from ...query.saved import Parameter, SavedQuery, read_queries
from ...validation.rule_help import RulePage, describe_rules
from ..export.jsonld_framed import context_document
from .diagram import Arrow, draw
from .html import description_list, html_page, html_table, link
from .rule_pages import file_name, write_pages
from .terms import AGENT, Terms, list_page, lists_page, terms_page

FORMS: Final = {"ttl": "turtle", "jsonld": "jsonld", "rdf": "rdfxml", "nt": "nt"}
"""The RDF formats of the ontology, the lists and the shapes by file suffix."""

_PAGES: Final = {
    "index.html": "Reference",
    "ns.html": "Terms",
    "vocab.html": "Lists",
    "shapes.html": "Shapes",
    "rule/index.html": "Rules",
    "queries.html": "Queries",
}


def write_reference(project: Project, ontology: Ontology) -> dict[str, bytes]:
    """The files of the reference by name, deterministic.

    Raises ContentError where a saved query cannot be read.
    """
    rules = describe_rules(ontology, project)
    terms = Terms(ontology, rules)
    queries = read_queries(project, "answers")
    shapes = [page for name, page in rules.items() if name.startswith("pcvesh:")]
    files = {
        "index.html": _page("index.html", _title(terms, "ns"), _index(terms, queries)),
        "ns.html": _page("ns.html", "Classes and properties", terms_page(terms)),
        "shapes.html": _page("shapes.html", _title(terms, "shapes"), _shapes(terms, shapes)),
        "queries.html": _page("queries.html", "Saved queries", _queries(queries.values())),
        "vocab.html": _page("vocab.html", _title(terms, "vocab"), lists_page(terms)),
    }
    for name in ontology.schemes:
        title = terms.triples.one(f"{BASE}vocab/{name}", "skos:prefLabel")
        file = f"vocab/{name}.html"
        files[file] = _page(file, f"List: {title}", list_page(terms, name))
    written = {name: text.encode() for name, text in files.items()} | _data(ontology)
    written |= {f"rule/{name}": page for name, page in write_pages(rules, "../index.html").items()}
    return dict(sorted(written.items()))


def _data(ontology: Ontology) -> dict[str, bytes]:
    """The RDF of ontology, modules, lists and shapes in all `FORMS`, and the portable shapes.

    Also the JSON-LD context.
    """
    texts = {
        **{name: "\n".join(lines) for name, lines in published_modules(ontology).items()},
        "vocab": "\n".join(ontology.graphs["vocabulary"]),
        "shapes": ontology.shapes,
    }
    contents = {}
    for name, text in texts.items():
        triples = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)]
        for ending, form in FORMS.items():
            contents[f"{name}.{ending}"] = serialize(triples, form)
    contents["context.jsonld"] = context_document(ontology)
    return contents | portable_turtle(ontology)


def _page(file: str, title: str, parts: Iterable[str]) -> str:
    up = "../" * file.count("/")
    nav = " · ".join(
        f'<span aria-current="page">{words}</span>' if page == file else link(up + page, words)
        for page, words in _PAGES.items()
    )
    return html_page(f"{title} · pcve", [f"<h1>{escape(title)}</h1>", *parts], nav)


def _title(terms: Terms, name: str) -> str:
    return terms.triples.one(BASE + name, "dcterms:title")


def _index(terms: Terms, queries: dict[str, SavedQuery]) -> Iterator[str]:
    text_of = partial(terms.triples.one, f"{BASE}ns")
    yield f"<p>{escape(text_of('dcterms:description'))}</p>"
    licence = text_of("dcterms:license")
    creator = text_of("dcterms:creator")
    creator = terms.triples.one(creator, "rdfs:label", creator)
    yield description_list(
        [
            ("Version", escape(text_of("owl:versionInfo"))),
            ("Namespace", f"<code>{escape(text_of('vann:preferredNamespaceUri'))}</code>"),
            ("Prefix", f"<code>{escape(text_of('vann:preferredNamespacePrefix'))}</code>"),
            ("Creator", escape(creator)),
            ("Issued", escape(text_of("dcterms:issued"))),
            ("Licence", link(licence, licence)),
            ("Citation", escape(text_of("dcterms:bibliographicCitation"))),
        ]
    )
    yield '<h2 id="the-pages">Pages</h2>'
    counts = {
        "ns.html": f"{len(terms.classes)} classes, {len(terms.properties)} properties, "
        f"and {len(terms.borrowed)} external terms",
        "vocab.html": f"{len(terms.ontology.schemes)} closed lists",
        "shapes.html": "the keys of each class and their constraints",
        "rule/index.html": "the reason for each rule, with a good and a bad example",
        "queries.html": f"{len(queries)} saved queries, their parameters and columns",
    }
    rows = [f"<li>{link(file, _PAGES[file])}: {summary}</li>" for file, summary in counts.items()]
    yield "<ul>\n" + "\n".join(rows) + "\n</ul>"
    yield '<h2 id="what-points-to-what">Relations between classes</h2>'
    arrows = list(_arrows(terms))
    title = "The classes and the keys that refer from one to another, as in the table below"
    yield f"<figure>\n{draw(arrows, _subclass_pairs(terms), title)}\n<figcaption>"
    yield (
        "The thicker a line, the more keys; ↻ marks keys that refer to the same class; a dashed "
        "line leads to a superclass, whose keys are inherited. An agent is an organisation, "
        "person, initiative or country."
    )
    yield "</figcaption>\n</figure>"
    yield html_table("Relations as a table", ("From", "To", "Keys"), _relation_rows(terms, arrows))


def _shown(terms: Terms, iri: str) -> bool:
    """Whether a class has a box in the diagram: concepts have none."""
    return iri == AGENT or (iri in terms.ontology.by_iri and iri != expand("skos:Concept"))


def _arrows(terms: Terms) -> Iterator[Arrow]:
    """The references from class to class by key; inherited keys are not repeated."""
    kinds = terms.ontology.by_iri
    for kind in filter(lambda record_class: _shown(terms, record_class.iri), kinds.values()):
        superclasses = [
            kinds[class_iri]
            for class_iri in map(Iri, _superclasses(terms, kind.iri))
            if class_iri in kinds
        ]
        for key in kind.keys.values():
            targets = () if key.same_class else key.classes
            for target in filter(partial(_shown, terms), targets):
                if not any(key.name in superclass.keys for superclass in superclasses):
                    yield local_name(kind.iri), local_name(target), key.name


def _superclasses(terms: Terms, iri: str) -> list[str]:
    return terms.triples.all(iri, "rdfs:subClassOf")


def _subclass_pairs(terms: Terms) -> Iterator[tuple[str, str]]:
    for iri in terms.ontology.by_iri:
        for superclass in filter(partial(_shown, terms), _superclasses(terms, iri)):
            yield local_name(iri), local_name(superclass)


def _relation_rows(terms: Terms, arrows: Iterable[Arrow]) -> Iterator[tuple[str, str, str]]:
    iris = {local_name(iri): iri for iri in (*terms.ontology.by_iri, AGENT)}
    for (start, end), group in groupby(sorted(set(arrows)), key=lambda arrow: arrow[:2]):
        first, second = (terms.term(iris[name], "ns.html") for name in (start, end))
        yield first, second, escape(", ".join(what for _, _, what in group))


def _shapes(terms: Terms, shapes: Iterable[RulePage]) -> Iterator[str]:
    files = ", ".join(link(name, name) for name in PORTABLE.values())
    yield f"<p>For other SHACL engines: {files}.</p>"
    ordered = sorted(shapes, key=lambda page: (page.group, page.name))
    for group, members in groupby(ordered, key=lambda page: page.group):
        yield f'<h2 id="of-{escape(group)}">{escape(group)}</h2>'
        for member in members:
            texts = [("Rule", member.rule), ("Fix", member.fix), ("Why", member.why)]
            pairs = [
                (label.capitalize(), escape(words)) for label, words in (*texts, *member.facts)
            ]
            pairs.append(("Examples", link(f"rule/{file_name(member.name)}", "good and bad")))
            name = member.name.removeprefix("pcvesh:")
            yield (
                f'<section id="{escape(name)}">\n'
                f"<h3><code>{escape(member.name)}</code> {escape(member.what)}</h3>\n"
                f"{description_list(pairs)}\n</section>"
            )

    triples = terms.triples
    declared = triples.all(f"{BASE}shapes", "sh:declare")
    rows = [
        f'<li id="{escape(local_name(declaration))}">'
        f"<code>{escape(triples.one(declaration, 'sh:prefix'))}:</code> "
        f"{escape(triples.one(declaration, 'sh:namespace'))}</li>"
        for declaration in declared
    ]
    yield '<h2 id="the-prefixes">Prefixes of SPARQL rules</h2>'
    yield "<ul>\n" + "\n".join(rows) + "\n</ul>"
    groups = triples.subjects_with("rdf:type", expand("sh:PropertyGroup"))
    rows = [
        f'<li id="{escape(local_name(group))}">{escape(triples.one(group, "rdfs:label"))}: '
        f"{escape(triples.one(group, 'rdfs:comment'))}</li>"
        for group in sorted(groups, key=lambda group: int(triples.one(group, "sh:order", "0")))
    ]
    yield '<h2 id="the-groups">Groups of properties in forms</h2>'
    yield "<ul>\n" + "\n".join(rows) + "\n</ul>"


def _queries(queries: Iterable[SavedQuery]) -> Iterator[str]:
    queries = list(queries)
    yield "<ul>"
    for query in queries:
        yield f"<li>{link('#' + query.name, query.summary)}</li>"
    yield "</ul>"
    for query in queries:
        yield _query(query)


def _query(query: SavedQuery) -> str:
    examples = [
        f" --set {param.name}={param.example}"
        if " " not in param.example
        else f" --set {param.name}='{param.example}'"
        for param in query.params.values()
        if param.example and param.required
    ]
    parts = [
        f"<h2>{escape(query.summary)}</h2>",
        f"<p>{escape(query.description)}</p>" if query.description else "",
        f'<pre tabindex="0"><code>pcve query {escape(query.name + "".join(examples))}</code></pre>',
        html_table(
            f"Parameters of {query.name}",
            ("Parameter", "Values", "Example", "Description"),
            map(_parameter, query.params.values()),
        ),
        html_table(
            f"Columns of {query.name}",
            ("Column", "Description"),
            (
                (f"<code>{escape(name)}</code>", escape(what))
                for name, what in query.columns.items()
            ),
        ),
        f"<details><summary>SPARQL of {escape(query.name)}</summary>\n"
        f'<pre tabindex="0"><code>{escape(query.text)}</code></pre></details>',
    ]
    body = "\n".join(filter(None, parts))
    return f'<section id="{escape(query.name)}">\n{body}\n</section>'


def _parameter(parameter: Parameter) -> tuple[str, str, str, str]:
    takes = f"a {parameter.type}"
    if parameter.scheme:
        takes = f"a term of {link(f'vocab/{parameter.scheme}.html', parameter.scheme)}"
    elif parameter.kinds:
        takes += f" ({escape(', '.join(parameter.kinds))})"
    elif parameter.allowed:
        takes = escape(" or ".join(parameter.allowed))
    required = "; required" if parameter.required else ""
    example = f"<code>{escape(parameter.example)}</code>" if parameter.example else ""
    return (
        f"<code>{escape(parameter.name)}</code>",
        takes + required,
        example,
        escape(parameter.description),
    )
