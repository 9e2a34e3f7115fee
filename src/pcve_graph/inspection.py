"""Check anybody's data against the shapes: each result at its line, with the rule and the cure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from . import shacl
from .check import term_labels
from .dates import first_and_last
from .documents import Document
from .errors import Position, Problem, breach
from .findings import nearest_key, one_each, plainest, pointed, result_problem
from .locate import Places
from .names import BASE, PREFIXES, Ids, expand, local_name, nearest
from .ontology import Key, Ontology, RecordClass
from .reach import View

Statements = tuple[dict[str, list[str]], list[tuple[str, str, str]]]
"""The classes of each subject, and every other statement, as N-Triples writes them."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with one document, and the SHACL results behind it."""

    problems: tuple[Problem, ...]
    results: tuple[shacl.Result, ...]


def inspect_document(
    document: Document,
    ontology: Ontology,
    shapes: str | None = None,
    against: Iterable[str] = (),
    engine: str | None = None,
    focus: tuple[str, ...] = (),
) -> Findings:
    """Everything that is wrong with `document`, sorted by line.

    `shapes` replaces the project's shapes (N-Triples). `against` is the built graph as N-Triples
    lines: its things are known, and only what the document says is told; with `focus`, only what
    is wrong with those IRIs.
    """
    known = [line for lines in ontology.graphs.values() for line in lines]
    stated = _statements(document)
    derived, origin = _bounds(stated, ontology) if shapes is None else (set(), {})
    lines = sorted({*document.lines, *known, *against, *derived})
    report = shacl.validate("\n".join(lines), shapes or ontology.shapes, engine)
    own = {*_subjects(document), "_:"}
    if focus:
        own &= {f"<{each}>" for each in focus}
    results = tuple(each for each in report.results if each.focus in own)
    store = ox.Store()
    store.bulk_load("\n".join(lines).encode(), format=ox.RdfFormat.N_TRIPLES)
    ids = Ids(
        local_name(quad.subject.value)
        for quad in store.quads_for_pattern(None, ox.NamedNode(expand("skos:prefLabel")), None)
        if isinstance(quad.subject, ox.NamedNode) and "/id/" in quad.subject.value
    )
    unknown = [] if shapes else [each for each in _unknown(stated, ontology) if each[0][0] in own]
    if not results and not unknown:
        return Findings((), ())
    places = document.places()
    for bound, statement in origin.items():
        places.setdefault(bound, places.get(statement, places.get(statement[:1], (1, 1))))
    shown = [pointed(each, places, ontology) for each in results]
    called = term_labels(View(store), {term for each in shown for term in (each.focus, each.value)})
    told = {key for key, _ in unknown}
    problems = [
        result_problem(
            each, _place(document, places, each.focus, each.path, each.value), ontology, called, ids
        )
        for each in sorted(shown, key=plainest)
        if (each.focus, each.path, each.value) not in told
    ]
    closed = []
    for key, (rule, found, fix) in unknown:
        at = key[:2] if rule == "unknown-key" else key
        problems.append(breach(rule, _place(document, places, *at), found, fix))
        closed.append(_closed(key, rule, found))
    return Findings(one_each(problems), tuple(sorted((*results, *closed))))


def _closed(key: tuple[str, ...], rule: str, found: str) -> shacl.Result:
    """What no shape knows, as the result of a shape that is closed (SHACL 4.8.1)."""
    component, severity = expand("sh:ClosedConstraintComponent"), expand("sh:Violation")
    shape = f"{BASE}rule/{rule}"
    return shacl.Result(key[0], key[1], key[2], shape, component, severity, found)


def _subjects(document: Document) -> set[str]:
    return {line.split(" ", 1)[0] for line in document.lines}


def _place(document: Document, places: Places, *key: str) -> Position:
    nearest_ = nearest_key(places, *(*key, "", "")[:3])
    if nearest_:
        return Position(document.name, *places[nearest_])
    for (subject, *rest), place in places.items():
        if subject.startswith("_:") and tuple(rest) in (key[1:], key[1:2], ()):
            return Position(document.name, *place)
    return Position(document.name)


def _bounds(
    statements: Statements, ontology: Ontology
) -> tuple[set[str], dict[tuple[str, str], tuple[str, str, str]]]:
    """The bounds that the build would derive: lines, and the statement that each comes from.

    A bound that the document states itself is left as it is.
    """
    kinds, stated = statements
    best: dict[tuple[str, str], tuple[int, str, tuple[str, str, str]]] = {}
    for statement in stated:
        subject, predicate, value = statement
        days = first_and_last(value[1 : value.rindex('"')]) if value.startswith('"') else None
        if days is None:
            continue
        for key in _keys(kinds.get(subject, ()), predicate, ontology):
            for bound in key.derives:
                day = days[0] if bound == expand("pcve:earliest") else days[1]
                order, *_ = best.get((subject, f"<{bound}>"), (-1,))
                if order <= key.order:
                    best[subject, f"<{bound}>"] = (key.order, day.isoformat(), statement)
    own = {(subject, predicate) for subject, predicate, _ in stated}
    date = f"<{PREFIXES['xsd']}date>"
    lines = {
        f'{subject} {bound} "{day}"^^{date} .'
        for (subject, bound), (_, day, _) in best.items()
        if (subject, bound) not in own
    }
    return lines, {key: statement for key, (_, _, statement) in best.items()}


def _keys(kinds: Iterable[str], predicate: str, ontology: Ontology) -> Iterator[Key]:
    """The keys that `predicate` is of things of these classes."""
    for kind in kinds:
        if kind in ontology.by_iri:
            keys = ontology.by_iri[kind].keys.values()
            yield from (key for key in keys if predicate == f"<{key.path}>")


def _statements(document: Document) -> Statements:
    """The classes of each subject, and every other statement."""
    kinds: dict[str, list[str]] = {}
    stated: list[tuple[str, str, str]] = []
    for line in document.lines:
        subject, predicate, value = line[:-2].split(" ", 2)
        if predicate == f"<{expand('rdf:type')}>":
            kinds.setdefault(subject, []).append(value.strip("<>"))
        else:
            stated.append((subject, predicate, value))
    return kinds, stated


def _unknown(
    statements: Statements, ontology: Ontology
) -> Iterable[tuple[tuple[str, ...], tuple[str, str, str]]]:
    """Classes and properties that no shape knows: SHACL is silent about them.

    Yields the place's key, then rule, what was found, and the cure.
    """
    kinds, stated = statements
    for subject, classes in sorted(kinds.items()):
        for each in sorted(classes):
            if each not in ontology.by_iri and each.startswith(PREFIXES["pcve"]):
                names = [kind.name for kind in ontology.by_iri.values()]
                found = f'there is no type "{local_name(each)}"'
                fix = nearest(local_name(each), names) or "known types: " + ", ".join(sorted(names))
                key = (subject, f"<{expand('rdf:type')}>", f"<{each}>")
                yield key, ("unknown-type", found, fix)
    for subject, predicate, value in stated:
        known = [
            ontology.by_iri[kind] for kind in kinds.get(subject, ()) if kind in ontology.by_iri
        ]
        problem = _unknown_key(predicate[1:-1], known)
        if problem:
            yield (subject, predicate, value), problem


def _unknown_key(predicate: str, kinds: list[RecordClass]) -> tuple[str, str, str] | None:
    derived = {expand("pcve:earliest"), expand("pcve:latest")}
    if not kinds or predicate in derived:
        return None
    paths = {key.path for kind in kinds for key in kind.keys.values()}
    if predicate in paths:
        return None
    keys = [key for kind in kinds for key in kind.keys]
    name = " or ".join(kind.name for kind in kinds)
    fix = nearest(local_name(predicate), keys) or f"keys of {name}: " + ", ".join(keys)
    return "unknown-key", f'{name} has no key "{local_name(predicate)}"', fix
