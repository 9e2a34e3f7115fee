"""One function over two SHACL engines that must agree.

The default is turbo, a compiled engine of one pinned release, which the extra `fast` installs;
where it is not installed, the default is pySHACL, which is also the reference. Engines get
N-Triples text that pyoxigraph wrote, so that "x" and "x"^^xsd:string are one term to them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox

from ..model.namespaces import expand
from ..model.problems import Result, UsageError
from .engines import ABSENT, ENGINES, INSTALL, Groups, unfit
from .shape_queries import check_queries

_PART: Final = 2**23
"""Characters of a part of the data: an engine takes each in as one, at a cost beside its size."""

_SHAPE: Final = re.compile(
    "<([^>]*)> <{}> <(?:{}|{})> [.]".format(
        *map(expand, ("rdf:type", "sh:NodeShape", "sh:PropertyShape"))
    )
)


@dataclass(frozen=True, slots=True)
class Report:
    """The results, sorted, and the name of the engine that found them."""

    results: tuple[Result, ...]
    engine: str


def validate(
    data: str | Iterable[str],
    shapes: str,
    engine: str | None = None,
    pairs: Mapping[str, Collection[str]] | None = None,
) -> Report:
    """Check `data` against `shapes`, both N-Triples text, one statement a line.

    `data` may come line by line, as much as is needed of it: only the engine holds it then.

    With `pairs`, from the IRI of a shape to those of its focus nodes, each shape is applied to its
    focus nodes and to nothing else, whatever its targets are: `data` needs to hold no more than
    the shapes look at from there. Shapes stay compiled: the same text is parsed once.

    `engine` is one of `ENGINES`; None takes turbo, and pySHACL where turbo cannot be used.
    Raises UsageError for an unknown engine, turbo asked for by name where it cannot be used, a
    name in `pairs` that is not a shape, shapes that SHACL does not allow, and those that
    `check_queries` refuses.
    """
    use = chosen(engine)
    check_queries(shapes)
    shape_iris = frozenset[str]() if pairs is None else _shapes_in(shapes)
    groups = None if pairs is None else _groups(pairs, shape_iris)
    shapes, holders = _named(shapes)
    if pairs is not None:
        shapes = _cut(shapes, [shape for shape, focus in pairs.items() if focus], shape_iris)
    parts = (data,) if isinstance(data, str) else _parts(data)
    report = ENGINES[use](parts, shapes, groups)
    return Report(tuple(sorted(read_report(report, holders))), use)


def prepare(shapes: str) -> None:
    """Look through `shapes` ahead of the first `validate` with them."""
    _shapes_in(shapes)
    _named(shapes)


def chosen(engine: str | None) -> str:
    """The name of the engine to use: `engine` itself, or the default where it is None.

    Raises UsageError for an unknown engine, and for turbo by name where it cannot be used.
    """
    if engine is None:
        return "pyshacl" if unfit() else "turbo"
    if engine not in ENGINES:
        raise UsageError(f"there is no engine {engine!r}; known engines: {', '.join(ENGINES)}")
    if engine == "turbo" and unfit():
        raise UsageError(f"{unfit()}; `{INSTALL}` installs it")
    return engine


def slower(engine: str | None) -> str:
    """The note where the default is pySHACL; empty where an engine is named, or turbo is used.

    Measured on the shipped project (54,000 triples, 265 shapes): pySHACL 9.9 s, turbo 0.8 s.
    """
    if engine is not None or not unfit():
        return ""
    reason = "" if unfit() == ABSENT else f", since {unfit()}"
    return f"checking with pySHACL{reason}; `{INSTALL}` checks about 10 times faster"


def _groups(pairs: Mapping[str, Collection[str]], shape_iris: Collection[str]) -> Groups:
    """The shapes of `pairs` by their focus nodes: one run of an engine for each group.

    Turbo passes over a name that it does not know, and would find nothing wrong.
    """
    unknown = sorted(pair for pair in pairs if pair not in shape_iris)
    if unknown:
        raise UsageError(f"there is no shape {unknown[0]}")
    groups: dict[frozenset[str], set[str]] = defaultdict(set)
    for shape, focus in pairs.items():
        if focus:
            groups[frozenset(focus)].add(shape)
    return [(names, focus) for focus, names in groups.items()]


def _cut(shapes: str, wanted: Collection[str], shape_iris: Collection[str]) -> str:
    """`shapes` without those of `known` that neither are wanted nor are looked at from elsewhere.

    An engine takes its time to compile each shape that it is given.
    """
    lines_by_subject: dict[str, list[str]] = defaultdict(list)
    for line in shapes.split("\n"):
        lines_by_subject[line.partition(" ")[0]].append(line)

    def reached(nodes: Iterable[str]) -> set[str]:
        nodes_reached: set[str] = set()
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            if node in lines_by_subject and node not in nodes_reached:
                nodes_reached.add(node)
                waiting += [line.split(" ", 2)[2][:-2] for line in lines_by_subject[node]]
        return nodes_reached

    applied = {f"<{shape}>" for shape in wanted}
    spare = reached({f"<{shape}>" for shape in shape_iris} - applied)
    spare -= reached(applied | (lines_by_subject.keys() - spare))
    return "\n".join(
        line for node in lines_by_subject if node not in spare for line in lines_by_subject[node]
    )


def _parts(lines: Iterable[str]) -> Iterator[str]:
    """`lines` in texts of a few megabytes.

    The label of a blank node holds within one text: lines that may have one come together, last.
    """
    part: list[str] = []
    nameless: list[str] = []
    size = 0
    for line in lines:
        if "_:" in line:
            nameless.append(line)
            continue
        part.append(line)
        size += len(line)
        if size > _PART:
            yield "\n".join(part)
            part, size = [], 0
    yield "\n".join([*part, *nameless])


@lru_cache(4)
def _shapes_in(shapes: str) -> frozenset[str]:
    return frozenset(_SHAPE.findall(shapes))


@lru_cache(4)
def _named(shapes: str) -> tuple[str, Mapping[str, str]]:
    """`shapes` with IRIs for its blank property shapes, and from each the shape that holds it.

    That is the nearest shape with an IRI; empty where there is none.
    """
    rows = [line.split(" ", 2) for line in shapes.splitlines()]
    holder = {value[:-2]: subject for subject, _, value in rows if value.startswith("_:")}
    key = f"<{expand('sh:property')}>"
    blank = sorted({row[2][:-2] for row in rows if row[1] == key and row[2].startswith("_:")})
    names = {label: f"<urn:x-shape:{number}>" for number, label in enumerate(blank)}
    if not names:
        return shapes, {}
    lines = [
        f"{names.get(subject, subject)} {predicate} {names.get(value[:-2], value[:-2])} ."
        for subject, predicate, value in rows
    ]
    held = {}
    for label, name in names.items():
        while label in holder:
            label = holder[label]
        held[name[1:-1]] = label[1:-1] if label.startswith("<") else ""
    return "\n".join(lines), held


def read_report(report: Iterable[ox.Triple], holders: Mapping[str, str] = {}) -> list[Result]:
    """The results in a `sh:ValidationReport`; `holders` from `_named`."""
    stated: dict[Any, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for triple in report:
        stated[triple.subject][triple.predicate.value].append(triple.object)

    def result(node: Any) -> Result:
        def one(name: str) -> Any:
            return min(stated[node][expand(name)], key=str, default=None)

        def named(name: str) -> str:
            return one(name).value if isinstance(one(name), ox.NamedNode) else ""

        shape = named("sh:sourceShape")
        return Result(
            focus=_shown(one("sh:focusNode")),
            path=_path(one("sh:resultPath"), stated),
            value=_shown(one("sh:value")),
            shape="" if shape in holders else shape,
            holder=holders.get(shape, ""),
            component=named("sh:sourceConstraintComponent"),
            severity=named("sh:resultSeverity"),
            constraint=named("sh:sourceConstraint"),
            message=getattr(one("sh:resultMessage"), "value", ""),
        )

    nodes = [
        node for properties in stated.values() for node in properties.get(expand("sh:result"), ())
    ]
    return [result(node) for node in nodes]


def _shown(term: Any) -> str:
    if term is None:
        return ""
    return str(term)


def _path(term: Any, stated: Mapping[Any, Mapping[str, list[Any]]]) -> str:
    """A property path in Turtle."""
    if not isinstance(term, ox.BlankNode):
        return _shown(term)
    of = stated[term]
    if expand("rdf:first") not in of:
        return (
            f"[ {' ; '.join(f'<{key}> {_path(values[0], stated)}' for key, values in of.items())} ]"
        )
    members = []
    while expand("rdf:first") in stated[term]:
        members.append(_path(stated[term][expand("rdf:first")][0], stated))
        term = stated[term][expand("rdf:rest")][0]
    return f"( {' '.join(members)} )"
