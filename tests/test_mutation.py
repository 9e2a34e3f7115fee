"""Every constraint matters: with any one taken out of the shapes, some example's report differs.

A mutant is the shapes without one statement, without one member of a list, or with a violation made
a warning. It is killed by the examples of tests/shapes of a shape that reaches it.
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
from pcve_graph.model.problems import ShaclResult
from pcve_graph.model.terms import Term
from pcve_graph.validation import shacl

TARGETS = ("sh:targetClass", "sh:targetSubjectsOf")
WORDS = "sh:name sh:description sh:order sh:path sh:select sh:prefixes".split()
WORDS += "sh:declare sh:prefix sh:namespace".split()
"""What is said about a shape, and what it cannot be without: not taken out."""
FIRST, REST, NIL = (expand(f"rdf:{each}") for each in ("first", "rest", "nil"))

SURVIVORS: dict[str, str] = {}
"""Mutants that no example can or need kill, with the reason."""

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
    found: dict[object, Triples] = defaultdict(list)
    for each in shapes():
        found[each.subject].append(each)
    return dict(found)


@cache
def reached(root: str) -> Triples:
    """The statements of a shape, and of all that it reaches."""
    waiting: list[Term] = [ox.NamedNode(root)]
    seen, found = set[Term](), Triples()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        for each in by_subject().get(node, ()):
            found.append(each)
            waiting.append(each.object)
    return found


ROOTS = sorted(
    {
        str(getattr(each.subject, "value", ""))
        for each in shapes()
        if each.predicate.value in set(map(expand, TARGETS))
    }
)


@cache
def told(root: str) -> set[object]:
    """The shapes and constraints whose results stand in a report: not those inside of others."""
    node = ox.NamedNode(root)
    links = (expand("sh:property"), expand("sh:sparql"))
    return {node, *(each.object for each in by_subject()[node] if each.predicate.value in links)}


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
    text = "\n".join(sorted(f"{each} ." for each in triples))
    return shacl.validate(examples(root), text, "turbo").results


@cache
def whole(root: str) -> tuple[ShaclResult, ...]:
    return report(root, reached(root))


def place(triple: ox.Triple) -> str:
    """The shape that a statement stands in, and the way there."""
    way: list[str] = []
    node = triple.subject
    while isinstance(node, ox.BlankNode):
        holder = next(each for each in shapes() if each.object == node)
        if holder.predicate.value not in (FIRST, REST):
            way.insert(0, shown(holder.predicate))
        node = holder.subject
    return " ".join([shown(node).removeprefix("pcvesh:"), *way])


def mutants(root: str) -> Iterator[tuple[str, Triples, Triples]]:
    """(name, statements taken out, statements put in) of what the shape reaches."""
    for each in reached(root):
        name = shown(each.predicate)
        if name in ("sh:severity", "sh:message") and each.subject not in told(root):
            continue
        if name == "sh:severity":
            warning = ox.Triple(each.subject, each.predicate, ox.NamedNode(expand("sh:Warning")))
            yield f"{place(each)} as a warning", [each], [warning]
        elif name.startswith("sh:") and name not in WORDS:
            what = "" if isinstance(each.object, ox.BlankNode) else f" {shown(each.object)}"
            beside = by_subject()[each.subject] if name == "sh:closed" else []
            also = [one for one in beside if shown(one.predicate) == "sh:ignoredProperties"]
            yield f"{place(each)} {name}{what}", [each, *also], []
        elif each.predicate.value == FIRST:
            yield from without_member(each)


def without_member(first: ox.Triple) -> Iterator[tuple[str, Triples, Triples]]:
    """The list without the member that `first` states; a list of one is left alone."""
    cell = first.subject
    rest = next(each for each in by_subject()[cell] if each.predicate.value == REST)
    before = next(each for each in shapes() if each.object == cell)
    if before.predicate.value != REST and shown(rest.object) == "rdf:nil":
        return
    member = [shown(each.object) for each in by_subject().get(first.object, ())]
    relinked = ox.Triple(before.subject, before.predicate, rest.object)
    yield f"{place(first)} member {' '.join(sorted(member))}", [before], [relinked]


@cache
def home() -> dict[str, list[str]]:
    """The shapes with targets that reach each mutant."""
    found: dict[str, list[str]] = defaultdict(list)
    for root in ROOTS:
        for mutant, *_ in mutants(root):
            if root not in found[mutant]:
                found[mutant].append(root)
    return found


def killed(root: str, taken: Triples, put: Triples) -> bool:
    changed = [each for each in reached(root) if each not in taken] + put
    return report(root, changed) != whole(root)


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.rpartition("#")[2])
@pytest.mark.long
def test_an_example_differs_without_a_constraint(root: str) -> None:
    """Each mutant is tried with the first shape that reaches it, then with the others."""
    own = [(name, t, p) for name, t, p in mutants(root) if home()[name][0] == root]
    survived = {
        name
        for name, taken, put in own
        if not any(killed(each, taken, put) for each in home()[name])
    }
    known = {name for name, *_ in own} & set(SURVIVORS)
    assert survived == known


def test_few_survive_and_all_of_them_are_there() -> None:
    assert len(home()) >= 900
    assert set(SURVIVORS) <= set(home())
    assert len(SURVIVORS) <= 0.05 * len(home())
