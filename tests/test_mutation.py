"""Every constraint matters: with any one taken out of the shapes, some example's report differs.

A mutant is the shapes without one statement, without one member of a list, or with a violation made
a warning or a warning made a violation. It is killed by the examples of tests/shapes of a shape that reaches it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import pyoxigraph as ox
import pytest
from merged_graph import renamed
from test_shapes import FOLDER, vocabulary

from pcve_graph.model.namespaces import PREFIXES, expand
from pcve_graph.model.problems import ShaclResult, UsageError
from pcve_graph.model.terms import Term
from pcve_graph.validation import shacl

TARGETS = ("sh:targetClass", "sh:targetSubjectsOf")
WORDS = "sh:name sh:description sh:order sh:path sh:select sh:prefixes".split()
WORDS += "sh:declare sh:prefix sh:namespace sh:group pcve:formerKey pcve:formerInverseKey pcve:formerNestedKey".split()
"""What is said about a shape, and what it cannot be without: not taken out."""
FIRST, REST, NIL = (expand(f"rdf:{name}") for name in ("first", "rest", "nil"))

SURVIVORS: dict[str, str] = {
    "Source-license sh:in member ": "each licence of the list is compared with SPDX in test_terms",
}
"""Mutants that no example can or must kill, with the reason."""

Triples = list[ox.Triple]


def shown(term: object) -> str:
    text = str(getattr(term, "value", term))
    for prefix, iri in PREFIXES.items():
        text = text.replace(iri, f"{prefix}:")
    return text


@cache
def shapes() -> Triples:
    lines = vocabulary().shapes
    return [quad.triple for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)]


@cache
def by_subject() -> dict[object, Triples]:
    triples_by_subject: dict[object, Triples] = defaultdict(list)
    for triple in shapes():
        triples_by_subject[triple.subject].append(triple)
    return dict(triples_by_subject)


@cache
def reached(root: str) -> Triples:
    """The statements of a shape, and of all that it reaches."""
    waiting: list[Term] = [ox.NamedNode(root)]
    seen, triples = set[Term](), Triples()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        for triple in by_subject().get(node, ()):
            triples.append(triple)
            waiting.append(triple.object)
    return triples


ROOTS = sorted(
    {
        str(getattr(triple.subject, "value", ""))
        for triple in shapes()
        if triple.predicate.value in set(map(expand, TARGETS))
    }
)


@cache
def reported_nodes(root: str) -> set[object]:
    """The shapes and constraints whose results are in a report, not those nested in others."""
    node = ox.NamedNode(root)
    links = (expand("sh:property"), expand("sh:sparql"))
    return {
        node,
        *(triple.object for triple in by_subject()[node] if triple.predicate.value in links),
    }


@cache
def examples(root: str) -> str:
    """The examples of a shape in one graph, with the vocabulary."""
    folder = FOLDER / root.rpartition("#")[2].partition("-")[0]
    graphs = vocabulary().graphs
    lines: set[str] = {*graphs["ontology"], *graphs["vocabulary"]}
    for number, path in enumerate(sorted(folder.glob("*.ttl"))):
        quads = ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE, rename_blank_nodes=False)
        lines |= renamed({f"{quad.triple} ." for quad in quads}, number)
    return "\n".join(sorted(lines))


def report(root: str, triples: Triples) -> tuple[ShaclResult, ...]:
    text = "\n".join(sorted(f"{triple} ." for triple in triples))
    return shacl.validate(examples(root), text, "turbo").results


@cache
def whole(root: str) -> tuple[ShaclResult, ...]:
    return report(root, reached(root))


def place(triple: ox.Triple) -> str:
    """The shape that a statement stands in, and the way there."""
    way: list[str] = []
    node = triple.subject
    while isinstance(node, ox.BlankNode):
        holder = next(statement for statement in shapes() if statement.object == node)
        if holder.predicate.value not in (FIRST, REST):
            way.insert(0, shown(holder.predicate))
        node = holder.subject
    return " ".join([shown(node).removeprefix("pcvesh:"), *way])


def mutants(root: str) -> Iterator[tuple[str, Triples, Triples]]:
    """(name, statements taken out, statements put in) of what the shape reaches."""
    for triple in reached(root):
        name = shown(triple.predicate)
        if name in ("sh:severity", "sh:message") and triple.subject not in reported_nodes(root):
            continue
        if name == "sh:severity":
            is_warning = triple.object == ox.NamedNode(expand("sh:Warning"))
            other = "sh:Violation" if is_warning else "sh:Warning"
            changed = ox.Triple(triple.subject, triple.predicate, ox.NamedNode(expand(other)))
            yield f"{place(triple)} as {other}", [triple], [changed]
        elif name.startswith("sh:") and name not in WORDS:
            what = "" if isinstance(triple.object, ox.BlankNode) else f" {shown(triple.object)}"
            siblings = by_subject()[triple.subject] if name == "sh:closed" else []
            also = [
                statement
                for statement in siblings
                if shown(statement.predicate) == "sh:ignoredProperties"
            ]
            yield f"{place(triple)} {name}{what}", [triple, *also], []
        elif triple.predicate.value == FIRST:
            yield from without_member(triple)


def without_member(first: ox.Triple) -> Iterator[tuple[str, Triples, Triples]]:
    """The list without the member that `first` states; a list of one is left alone."""
    cell = first.subject
    rest = next(statement for statement in by_subject()[cell] if statement.predicate.value == REST)
    before = next(statement for statement in shapes() if statement.object == cell)
    if before.predicate.value != REST and shown(rest.object) == "rdf:nil":
        return
    member = [shown(statement.object) for statement in by_subject().get(first.object, ())]
    relinked = ox.Triple(before.subject, before.predicate, rest.object)
    yield f"{place(first)} member {' '.join(sorted(member))}", [before], [relinked]


@cache
def home() -> dict[str, list[str]]:
    """The shapes with targets that reach each mutant."""
    roots_by_mutant: dict[str, list[str]] = defaultdict(list)
    for root in ROOTS:
        for mutant, *_ in mutants(root):
            if root not in roots_by_mutant[mutant]:
                roots_by_mutant[mutant].append(root)
    return roots_by_mutant


def killed(root: str, taken: Triples, put: Triples) -> bool:
    """Whether the examples give another report with the change, or the engine refuses the shapes."""
    changed = [triple for triple in reached(root) if triple not in taken] + put
    try:
        return report(root, changed) != whole(root)
    except UsageError:
        return True


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.rpartition("#")[2])
@pytest.mark.long
def test_an_example_differs_without_a_constraint(root: str) -> None:
    """Each mutant is tried with the first shape that reaches it, then with the others."""
    own = [(name, t, p) for name, t, p in mutants(root) if home()[name][0] == root]
    survived = {
        name
        for name, taken, put in own
        if not any(killed(shape, taken, put) for shape in home()[name])
    }
    expected = {name for name, *_ in own} & set(SURVIVORS)
    assert survived == expected


@pytest.mark.long
def test_few_survive_and_all_of_them_are_there() -> None:
    assert len(home()) >= 900
    assert set(SURVIVORS) <= set(home())
    assert len(SURVIVORS) <= 0.05 * len(home())
