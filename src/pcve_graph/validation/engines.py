"""The two SHACL engines: functions from N-Triples text in chunks to the triples of a report.

Turbo is the compiled engine inside rdflib-turbo. Its extension is loaded without the Python
package, which would import rdflib (a third of the time to validate one record). The package has no
public API for this, so it is used only with the exact version and engine sources that were tested.
Turbo is an extra, 45 MB of native code: without it, or with another version, pySHACL is the engine,
and the user gets a note.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import pyoxigraph as ox

from ..model.namespaces import nterm
from ..model.problems import UsageError
from ..model.terms import (
    Iri,
    Term,
    blank,
    from_iri,
    literal,
    parse_statement,
    statement_lines,
    triple_line,
)
from ..syntax.sparql_patterns import raised_recursion_limit
from ..system.sandbox import inside
from .ask_validators import with_select_validators
from .boolean_order import (
    component_of_shacl,
    has_booleans,
    paired_properties,
    with_ordered_booleans,
)
from .ill_typed import unmarked, with_marked_literals
from .pyshacl_components import replaced_components
from .pyshacl_shapes import shapes_for_pyshacl
from .pyshacl_validators import with_own_validators
from .shape_queries import is_advanced

PINNED: Final = "0.2.0a17"
FINGERPRINT: Final = "fa969e4603d99c90bf9ed48c49ce8590ef8b3654bdb45555821abe5dc3d3daed"
"""The release of rdflib-turbo that was tested, and the hash of the engine sources in it."""

Groups: TypeAlias = Iterable[tuple[Collection[Iri], Collection[Iri]]]
"""Shapes, and the focus nodes to apply each of them to, all as IRIs."""


class ReportTriple(NamedTuple):
    """A triple of a report; equal terms of many triples are mostly one object."""

    subject: Term
    predicate: ox.NamedNode
    object: Term


Engine: TypeAlias = Callable[[Iterable[str], str, Groups | None], Iterator[ReportTriple]]
"""From data in chunks and shapes to the triples of the report."""

TARGETS: Final = {
    nterm(name)
    for name in ("sh:targetClass", "sh:targetNode", "sh:targetObjectsOf", "sh:targetSubjectsOf")
}
"""The properties that state the targets of a shape."""

ALL_TARGETS: Final = {*TARGETS, nterm("sh:target")}
"""These and that of targets in SPARQL (SHACL Advanced Features, section 3)."""

_LABEL: Final = from_iri("urn:x-label:")
_BLANK: Final = re.compile(r"^_:(\S+) |> _:(\S+) \.$", re.MULTILINE)

_STORED: Final = re.compile(r"\b[0-9a-f]{8,32}\b")
"""Matches the names that turbo gives to blank nodes, hexadecimal numbers without leading zeros."""

_COLLAPSED: Final = ("_XSD_NORMALISED_STRING", "_XSD_TOKEN")
"""The names that rdflib has for the datatypes in whose literals it replaces white space."""

_LARGE: Final = 100_000
"""Triples of a report after which memory that the engine has freed is returned to the system."""

_LOGGER: Final = "pyshacl-validate"
_INNER: Final = re.compile(r"<urn:x-shape:\d+>|_:[\w-]+|\bn[0-9a-f]{32}b\d+\b|\bN[0-9a-f]{32}\b")
"""Matches the names of blank nodes in the messages of engines."""

CLASSES: Final = {nterm("rdfs:Class"), nterm("owl:Class")}
"""The types by which a shape is a class, whose instances are its targets."""

INSTALL: Final = 'pip install "pcve-graph[fast]"'
"""The command that installs turbo."""

ABSENT: Final = "rdflib-turbo is not installed"


@lru_cache(1)
def why_unusable() -> str:
    """Why turbo cannot be used (`ABSENT` if it is not installed); empty if it can."""
    package = find_spec("rdflib_turbo")
    if package is None or package.origin is None:
        return ABSENT
    home = Path(package.origin).parents[1]
    if not (home / f"rdflib_turbo-{PINNED}.dist-info").is_dir():
        return f"rdflib-turbo is not {PINNED}, the release that was tested"
    try:
        native = _native()
    except ImportError as error:
        return f"rdflib-turbo does not load: {error}"
    if getattr(native, "SHACL_ENGINE_FINGERPRINT", "") != FINGERPRINT:
        return f"rdflib-turbo {PINNED} contains a different engine from the one tested"
    return ""


def turbo(parts: Iterable[str], shapes: str, groups: Groups | None) -> Iterator[ReportTriple]:
    """The report of the compiled engine on the targets of the shapes, or on `groups`.

    Raises UsageError for shapes that are not valid SHACL.
    """
    native = _native()
    try:
        program, pairs = _compiled(shapes), paired_properties(shapes)
        store = native.NativeStore(None)
        labels: dict[str, str] = {}
        for part in parts:
            if pairs and has_booleans(part, pairs):
                program, pairs = _compiled(shapes, True), frozenset()
            labels |= _load(store, with_marked_literals(part))
        for names, focus in [((), ())] if groups is None else groups:
            settings = {"use_shapes": sorted(names), "focus_nodes": sorted(focus)}
            _, report, _, _ = program.validate_store(store, json.dumps(settings), False)
            if len(report[1]) > _LARGE:  # the engine needs three times the memory of its report
                inside.release_memory()
            yield from _triples(report, labels)
    except (native.SharedValidationFailure, RuntimeError, ValueError) as error:
        raise UsageError(f"the shapes cannot be used: {_plain(str(error))}") from None


def _plain(text: str) -> str:
    """The first line of an engine's message, without names that only the engine knows."""
    line = next(filter(None, map(str.strip, text.splitlines())), "no reason is given")
    return _INNER.sub("a blank node", line)


@lru_cache(4)
def _compiled(shapes: str, booleans: bool = False) -> Any:
    """`shapes` as the engine runs them; with pairs of `booleans` if the data have some."""
    shapes = with_ordered_booleans(shapes, booleans)
    shapes = with_marked_literals(with_select_validators(shapes))
    return _native().SharedShapes(shapes, is_advanced(shapes), [], False)


def refuses(shapes: str) -> bool:
    """Whether turbo, which must be usable, cannot compile `shapes`."""
    native = _native()
    try:
        _compiled(shapes)
    except (native.SharedValidationFailure, RuntimeError, ValueError):
        return True
    return False


@lru_cache(1)
def _native() -> Any:
    """The extension module of rdflib-turbo. Raises ImportError if it cannot be loaded."""
    package = find_spec("rdflib_turbo")
    places = package.submodule_search_locations if package else None
    spec = PathFinder.find_spec("rdflib_turbo._native", places) if places else None
    if spec is None or spec.loader is None:
        raise ImportError("its extension is missing")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _labels(data: str) -> set[str]:
    """The labels of the blank nodes in N-Triples text."""
    matches = _BLANK.finditer(data) if "_:" in data else ()
    return {match[1] or match[2] for match in matches}


def _load(store: Any, data: str) -> dict[str, str]:
    """Load N-Triples text, and return the original label by the store's name of each blank node.

    The store renames blank nodes, so each temporarily has a triple with its label, which is deleted
    before validation.
    """
    labels = sorted(_labels(data))
    if not labels:
        store.load(data, "nt")
        return {}
    named = "\n".join(triple_line((blank(name), _LABEL, literal(name))) for name in labels)
    store.load(f"{data}\n{named}", "nt")
    _, answer = store.query(f"SELECT ?node ?label {{ ?node {_LABEL} ?label }}")
    store.update(f"DELETE WHERE {{ ?node {_LABEL} ?label }}")
    return dict(json.loads(answer, object_hook=_row)["rows"])


def _row(read: dict[str, Any]) -> Any:
    """A row of a result as (node, label), a term as its text: dicts would need far more memory."""
    return (read["node"], read["label"]) if "node" in read else read.get("value", read)


def _triples(
    report: tuple[list[Any], list[Any]], labels: Mapping[str, str]
) -> Iterator[ReportTriple]:
    """The triples of a report, which turbo returns as terms and rows of indices into them.

    The report is emptied meanwhile, since one of many results needs much memory.
    """

    def term(kind: int, text: str, datatype: str | None, language: str | None) -> Any:
        if kind == 0:
            return ox.NamedNode(component_of_shacl(text))
        if kind == 1:
            return ox.BlankNode(labels.get(text, text))
        if labels:  # a message may name a blank node
            text = _STORED.sub(lambda match: labels.get(match[0], match[0]), text)
        if language:
            return ox.Literal(text, language=language)
        return ox.Literal(text, datatype=ox.NamedNode(unmarked(datatype)) if datatype else None)

    records, quads = report
    terms = [term(*record) for record in records]
    records.clear()
    quads.reverse()
    while quads:
        subject, predicate, value, _ = quads.pop()
        yield ReportTriple(terms[subject], terms[predicate], terms[value])


def pyshacl(parts: Iterable[str], shapes: str, groups: Groups | None) -> Iterator[ReportTriple]:
    """The report of pySHACL, in the form of `turbo`, with our components in place of some of its.

    With `groups` the shapes get the focus nodes as their targets: pySHACL's own selection of shapes
    and focus nodes loses results (0.40.1, tests/test_engines.py).
    """
    if groups is not None:
        shapes = _retargeted(shapes, groups)
    with _exact_literals() as rdflib:
        import logging

        from pyshacl import Validator
        from pyshacl.graph_abstraction import DataGraph

        data, rules = _data_graph(rdflib), _shapes_graph(shapes)
        for part in parts:
            labels = {label: label for label in _labels(part)}
            data.parse(data=part, format="nt", bnode_context=labels)
        try:
            advanced = is_advanced(shapes)
            options = {
                "advanced": advanced,
                "inplace": advanced,
                "logger": logging.getLogger(_LOGGER),
            }
            validator: Any = Validator(
                DataGraph.from_rdflib(data), shacl_graph=rules, options=options
            )
            components = validator.shacl_graph.custom_constraints
            own = with_own_validators(components, rdflib)
            components.clear()
            components.update(own, replaced_components(rdflib))
            _, report, text = validator.run()
        except (MemoryError, RecursionError):
            raise
        except Exception as error:  # rdflib raises plain Exception for a query it cannot parse
            text, report = str(error), None
        if not isinstance(report, rdflib.Graph):
            raise UsageError(f"pySHACL failed: {_plain(text)}")
        lines = report.serialize(format="nt")
    for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES, rename_blank_nodes=False):
        yield ReportTriple(quad.subject, quad.predicate, quad.object)


@lru_cache(4)
def _shapes_graph(shapes: str) -> Any:
    """`shapes` as an rdflib graph, cached for many files; pySHACL does not modify it."""
    import rdflib

    return rdflib.Graph().parse(data=shapes_for_pyshacl(shapes), format="nt")


def _data_graph(rdflib: Any) -> Any:
    """An empty rdflib graph that parses each query once.

    pySHACL runs the query of a SPARQL constraint for one focus node at a time, with new bindings.
    """
    from rdflib.plugins.sparql import prepareQuery

    prepared: dict[str, Any] = {}

    class Graph(rdflib.Graph):  # type: ignore[misc]
        def query(self, text: str, *others: Any, **named: Any) -> Any:
            if text not in prepared:
                with raised_recursion_limit():
                    prepared[text] = prepareQuery(text, dict(self.namespaces()))
                if _has_service(prepared[text].algebra):
                    raise UsageError("SERVICE is not allowed: it queries another server")
            return super().query(prepared[text], *others, **named)

    return Graph()


def _has_service(algebra: Any) -> bool:
    """Whether a query that rdflib has parsed contains SERVICE, however it is written."""
    waiting = [algebra]
    while waiting:
        node = waiting.pop()
        if getattr(node, "name", "") == "ServiceGraphPattern":
            return True
        if isinstance(node, list | tuple | set):
            waiting += node
        elif hasattr(node, "items"):
            waiting += [value for key, value in node.items() if key != "_vars"]
    return False


@contextmanager
def _exact_literals() -> Iterator[Any]:
    """rdflib, without normalization of literals, and without log output in this context.

    rdflib (7.6) normalizes those of `_COLLAPSED` whatever its settings are. Nor does pySHACL log:
    it raises what it would log.
    """
    import logging

    import rdflib

    logs = [logging.getLogger(name) for name in ("rdflib.term", _LOGGER)]
    normalizes, disabled = rdflib.NORMALIZE_LITERALS, [log.disabled for log in logs]
    rdflib.NORMALIZE_LITERALS = False
    collapsed = {name: getattr(rdflib.term, name) for name in _COLLAPSED}
    for name in collapsed:
        setattr(rdflib.term, name, "")
    for log in logs:
        log.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield rdflib
    finally:
        rdflib.NORMALIZE_LITERALS = normalizes
        for name, datatype in collapsed.items():
            setattr(rdflib.term, name, datatype)
        for log, was_disabled in zip(logs, disabled, strict=True):
            log.disabled = was_disabled


def _retargeted(shapes: str, groups: Groups) -> str:
    """`shapes` with the focus nodes of `groups` in place of all targets (SHACL 2.1.3)."""
    lines = []
    for line in statement_lines(shapes):
        statement = parse_statement(line)
        if statement.predicate not in TARGETS and statement.object not in CLASSES:
            lines.append(line)
    target = nterm("sh:targetNode")
    lines += [
        triple_line((from_iri(name), target, from_iri(iri)))
        for names, focus in groups
        for name in names
        for iri in focus
    ]
    return "\n".join(lines)


ENGINES: Final[Mapping[str, Engine]] = {"turbo": turbo, "pyshacl": pyshacl}
