"""Seeded dirty data: a part of a clean graph with 3 to 5 % of its statements lost or corrupted."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import pyoxigraph as ox

from pcve_graph.model.namespaces import expand

Term = Any

ILL_TYPED = (
    ("2015-02-30", "date"), ("2015-13", "gYearMonth"), ("15", "gYear"), ("soon", "date"),
    ("NaN", "double"), ("NaN", "decimal"), ("INF", "integer"), ("1.5", "integer"), ("", "decimal"),
    ("maybe", "boolean"), ("2018-05-22T25:00:00", "dateTime"), ("12,5", "decimal"),
)  # fmt: skip
WELL_TYPED = (
    ("2015-02-28", "date"), ("2015-02-28Z", "date"), ("2015", "gYear"), ("2015-02", "gYearMonth"),
    ("2015-02-28T10:00:00", "dateTime"), ("-3", "integer"), ("007", "integer"), ("0.50", "decimal"),
    ("1e9", "double"), ("NaN", "double"), ("true", "boolean"), ("1", "boolean"),
    ("2015-02-28", "string"), ("https://example.org/", "anyURI"), ("P1D", "duration"),
)  # fmt: skip
LANGUAGES = ("en", "EN", "en-GB", "sr-Latn", "x-private", "de-CH-1996", "zz", "sq")


def typed(lexical: str, kind: str) -> ox.Literal:
    return ox.Literal(lexical, datatype=ox.NamedNode(expand(f"xsd:{kind}")))


def corrupted(chance: random.Random, value: Term, others: list[Term]) -> Term:
    """Another value in place of `value`: ill-typed, of another type, of another kind."""
    text = getattr(value, "value", "")
    ways: list[Callable[[], Term]] = [
        lambda: typed(*chance.choice(ILL_TYPED)),
        lambda: typed(*chance.choice(WELL_TYPED)),
        lambda: ox.Literal(text[:80] or "x", language=chance.choice(LANGUAGES)),
        lambda: ox.Literal(
            text + chance.choice(("", " ", "\n", "\u00e9\u0301", '"\\', "\U0001f600"))
        ),
        lambda: ox.NamedNode(f"https://example.org/{chance.randrange(99)}"),
        lambda: ox.BlankNode(f"dirt{chance.randrange(20)}"),
        lambda: chance.choice(others),
    ]
    return chance.choice(ways)()


def closed_part(lines: Iterable[str], size: int, chance: random.Random) -> list[ox.Triple]:
    """About `size` triples: whole subjects, each with those it points to, chosen at random."""
    of: dict[Term, list[ox.Triple]] = defaultdict(list)
    for quad in ox.parse("\n".join(lines), format=ox.RdfFormat.N_TRIPLES):
        of[quad.subject].append(quad.triple)
    subjects = sorted(of, key=str)
    chance.shuffle(subjects)
    chosen: dict[Term, None] = {}
    triples: list[ox.Triple] = []
    while len(triples) < size and subjects:
        queue = [subjects.pop()]
        for _ in range(2):
            fresh = [node for node in queue if node in of and node not in chosen]
            chosen |= dict.fromkeys(fresh)
            triples += [triple for node in fresh for triple in of[node]]
            queue = [triple.object for node in fresh for triple in of[node]]
    return triples


def dirty(lines: Iterable[str], base: Iterable[str], size: int, seed: int) -> str:
    """`size` triples of `lines` and all of `base`, as N-Triples, 3 to 5 % of them corrupted.

    No class has a literal above it: TopQuadrant's engine then ends without a report.
    """
    chance = random.Random(seed)
    triples = closed_part(lines, size, chance)
    triples += [q.triple for q in ox.parse("\n".join(base), format=ox.RdfFormat.N_TRIPLES)]
    share = chance.uniform(0.03, 0.05)
    others = sorted({triple.object for triple in triples}, key=str)
    kept = []
    for triple in sorted(triples, key=str):
        if chance.random() >= share:
            kept.append(triple)
            continue
        fate = chance.random()
        if fate < 0.25:
            continue
        if fate < 0.4:
            kept.append(triple)
        new = corrupted(chance, triple.object, others)
        kept.append(ox.Triple(triple.subject, triple.predicate, new))
    above = ox.NamedNode(expand("rdfs:subClassOf"))
    usable = [e for e in kept if e.predicate != above or not isinstance(e.object, ox.Literal)]
    return "\n".join(sorted({f"{triple} ." for triple in usable}))
