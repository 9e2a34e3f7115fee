"""The reference of the ontology: terms, closed lists, shapes, rules and questions as HTML.

Plain files, made of ontology/ and queries/ alone; beside the pages the ontology, the lists and the
shapes in the forms that a program may ask for. Names of files, and ids in them, are those that
docs/w3id leads the addresses of the terms to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from html import escape
from itertools import groupby
from typing import Final

import pyoxigraph as ox

from ...graph.serialize import serialize
from ...model.namespaces import BASE, expand, local_name
from ...model.project import Project
from ...model.schema import Ontology
from ...query.saved import Parameter, SavedQuery, read_queries
from ...validation.rule_help import Page, pages
from .diagram import Arrow, draw
from .html import described, framed, link, table
from .rule_pages import file_name, write_pages
from .terms import AGENT, Terms, list_page, lists_page, terms_page

FORMS: Final = {"ttl": "turtle", "jsonld": "jsonld", "rdf": "rdfxml", "nt": "nt"}
"""The forms of the ontology, the lists and the shapes, by the ending of their files."""

_PAGES: Final = {
    "index.html": "Reference",
    "ns.html": "Terms",
    "vocab.html": "Lists",
    "shapes.html": "Shapes",
    "rule/index.html": "Rules",
    "queries.html": "Questions",
}


def write_reference(project: Project, ontology: Ontology) -> dict[str, bytes]:
    """The files of the reference by their names in its folder; the same input, the same bytes.

    Raises ContentError where a saved query cannot be read.
    """
    rules = pages(ontology, project)
    terms = Terms(ontology, rules)
    queries = read_queries(project, "answers")
    shapes = [page for name, page in rules.items() if name.startswith("pcvesh:")]
    files = {
        "index.html": _page("index.html", _title(terms, "ns"), _index(terms, queries)),
        "ns.html": _page("ns.html", "Classes and properties", terms_page(terms)),
        "shapes.html": _page("shapes.html", _title(terms, "shapes"), _shapes(terms, shapes)),
        "queries.html": _page("queries.html", "Saved questions", _queries(queries.values())),
        "vocab.html": _page("vocab.html", _title(terms, "vocab"), lists_page(terms)),
    }
    for name in ontology.schemes:
        title = terms.said.one(f"{BASE}vocab/{name}", "skos:prefLabel")
        file = f"vocab/{name}.html"
        files[file] = _page(file, f"List: {title}", list_page(terms, name))
    written = {name: text.encode() for name, text in files.items()} | _data(ontology)
    written |= {f"rule/{name}": page for name, page in write_pages(rules, "../index.html").items()}
    return dict(sorted(written.items()))


def _data(ontology: Ontology) -> dict[str, bytes]:
    """The triples of each header's document, in every form that docs/w3id knows."""
    texts = {
        "ns": "\n".join(ontology.graphs["ontology"]),
        "vocab": "\n".join(ontology.graphs["vocabulary"]),
        "shapes": ontology.shapes,
    }
    found = {}
    for name, text in texts.items():
        triples = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)]
        for ending, form in FORMS.items():
            found[f"{name}.{ending}"] = serialize(triples, form)
    return found


def _page(file: str, title: str, parts: Iterable[str]) -> str:
    up = "../" * file.count("/")
    nav = " · ".join(
        f'<span aria-current="page">{words}</span>' if each == file else link(up + each, words)
        for each, words in _PAGES.items()
    )
    return framed(f"{title} · pcve", [f"<h1>{escape(title)}</h1>", *parts], nav)


def _title(terms: Terms, name: str) -> str:
    return terms.said.one(BASE + name, "dcterms:title")


def _index(terms: Terms, queries: dict[str, SavedQuery]) -> Iterator[str]:
    said = partial(terms.said.one, f"{BASE}ns")
    yield f"<p>{escape(said('dcterms:description'))}</p>"
    licence = said("dcterms:license")
    yield described(
        [
            ("Version", escape(said("owl:versionInfo"))),
            ("Namespace", f"<code>{escape(said('vann:preferredNamespaceUri'))}</code>"),
            ("Prefix", f"<code>{escape(said('vann:preferredNamespacePrefix'))}</code>"),
            ("Made by", escape(said("dcterms:creator"))),
            ("Issued", escape(said("dcterms:issued"))),
            ("Licence", link(licence, licence)),
            ("To cite", escape(said("dcterms:bibliographicCitation"))),
        ]
    )
    yield '<h2 id="the-pages">The pages</h2>'
    counts = {
        "ns.html": f"{len(terms.classes)} classes, {len(terms.properties)} properties, "
        f"and {len(terms.borrowed)} terms of others",
        "vocab.html": f"{len(terms.ontology.schemes)} closed lists",
        "shapes.html": "what a thing of each class may say",
        "rule/index.html": "why each rule is, with a good and a bad example",
        "queries.html": f"{len(queries)} saved questions, their parameters and columns",
    }
    rows = [f"<li>{link(file, _PAGES[file])}: {told}</li>" for file, told in counts.items()]
    yield "<ul>\n" + "\n".join(rows) + "\n</ul>"
    yield '<h2 id="what-points-to-what">What points to what</h2>'
    arrows = list(_arrows(terms))
    title = "The classes, and the keys that lead from one to another; the table says the same"
    yield f"<figure>\n{draw(arrows, _above(terms), title)}\n<figcaption>"
    yield (
        "The thicker a line, the more keys; ↻ leads to things of the same class; a broken line "
        "leads to a wider class, whose keys it has too. An agent is an organisation, person, "
        "initiative or country."
    )
    yield "</figcaption>\n</figure>"
    yield table("The same in words", ("From", "To", "Through"), _in_words(terms, arrows))


def _shown(terms: Terms, iri: str) -> bool:
    """Whether a class has a box: those of closed lists have none."""
    return iri == AGENT or (iri in terms.ontology.by_iri and iri != expand("skos:Concept"))


def _arrows(terms: Terms) -> Iterator[Arrow]:
    """From class to class, through which key; what a wider class has too is not repeated."""
    kinds = terms.ontology.by_iri
    for kind in filter(lambda one: _shown(terms, one.iri), kinds.values()):
        wider = [kinds[each] for each in _wider(terms, kind.iri) if each in kinds]
        for key in kind.keys.values():
            for each in filter(partial(_shown, terms), key.classes):
                if not any(key.name in above.keys for above in wider):
                    yield local_name(kind.iri), local_name(each), key.name


def _wider(terms: Terms, iri: str) -> list[str]:
    return terms.said.all(iri, "rdfs:subClassOf")


def _above(terms: Terms) -> Iterator[tuple[str, str]]:
    for iri in terms.ontology.by_iri:
        for wider in filter(partial(_shown, terms), _wider(terms, iri)):
            yield local_name(iri), local_name(wider)


def _in_words(terms: Terms, arrows: Iterable[Arrow]) -> Iterator[tuple[str, str, str]]:
    iris = {local_name(iri): iri for iri in (*terms.ontology.by_iri, AGENT)}
    for (start, end), group in groupby(sorted(set(arrows)), key=lambda arrow: arrow[:2]):
        first, second = (terms.term(iris[each], "ns.html") for each in (start, end))
        yield first, second, escape(", ".join(what for _, _, what in group))


def _shapes(terms: Terms, shapes: Iterable[Page]) -> Iterator[str]:
    ordered = sorted(shapes, key=lambda one: (one.group, one.name))
    for group, members in groupby(ordered, key=lambda one: one.group):
        yield f'<h2 id="of-{escape(group)}">{escape(group)}</h2>'
        for member in members:
            told = [("Rule", member.rule), ("Fix", member.fix), ("Why", member.why)]
            pairs = [(label.capitalize(), escape(words)) for label, words in (*told, *member.told)]
            pairs.append(("Examples", link(f"rule/{file_name(member.name)}", "good and bad")))
            name = member.name.removeprefix("pcvesh:")
            yield (
                f'<section id="{escape(name)}">\n'
                f"<h3><code>{escape(member.name)}</code> {escape(member.what)}</h3>\n"
                f"{described(pairs)}\n</section>"
            )

    said = terms.said
    declared = said.all(f"{BASE}shapes", "sh:declare")
    rows = [
        f'<li id="{escape(local_name(each))}"><code>{escape(said.one(each, "sh:prefix"))}:</code> '
        f"{escape(said.one(each, 'sh:namespace'))}</li>"
        for each in declared
    ]
    yield '<h2 id="the-prefixes">Prefixes of the rules in SPARQL</h2>'
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
        f"<pre><code>pcve query {escape(query.name + ''.join(examples))}</code></pre>",
        table(
            f"Parameters of {query.name}",
            ("Parameter", "Takes", "Example", "What for"),
            map(_parameter, query.params.values()),
        ),
        table(
            f"Columns of {query.name}",
            ("Column", "What it is"),
            (
                (f"<code>{escape(name)}</code>", escape(what))
                for name, what in query.columns.items()
            ),
        ),
        f"<details><summary>SPARQL of {escape(query.name)}</summary>\n"
        f"<pre><code>{escape(query.text)}</code></pre></details>",
    ]
    body = "\n".join(filter(None, parts))
    return f'<section id="{escape(query.name)}">\n{body}\n</section>'


def _parameter(each: Parameter) -> tuple[str, str, str, str]:
    takes = f"a {each.type}"
    if each.scheme:
        takes = f"a term of {link(f'vocab/{each.scheme}.html', each.scheme)}"
    elif each.kinds:
        takes += f" ({escape(', '.join(each.kinds))})"
    elif each.allowed:
        takes = escape(" or ".join(each.allowed))
    need = "; needed" if each.required else ""
    example = f"<code>{escape(each.example)}</code>" if each.example else ""
    return f"<code>{escape(each.name)}</code>", takes + need, example, escape(each.description)
