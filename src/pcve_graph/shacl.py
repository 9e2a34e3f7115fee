"""One function over two SHACL engines that must agree.

The default is pyshacl-turbo on a native store, both packages pinned; pySHACL is the reference, and
the announced fallback where the pair is not installed or does not fit together. Engines get
N-Triples text that pyoxigraph wrote, so that "x" and "x"^^xsd:string are one term to them.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from .errors import UsageError
from .names import expand

ENGINES: Final = ("turbo", "pyshacl")
PINNED: Final = {"pyshacl_turbo": "0.6.5", "rdflib_turbo": "0.2.0a17"}


@dataclass(frozen=True, order=True, slots=True)
class Result:
    """One validation result, terms as N-Triples writes them (SHACL 3.6.2).

    `focus` is `_:` for a blank node, whose label the engines do not keep. `path` is empty for a
    result on the node itself, and for a path that is no single property; `value` is empty where
    the result has none. `shape`, `component` and `constraint` are bare IRIs; the last is that of
    a SPARQL constraint, empty for any other.
    """

    focus: str
    path: str
    value: str
    shape: str
    component: str
    severity: str
    message: str
    constraint: str = ""

    @property
    def rule(self) -> str:
        """The IRI of the rule that was broken: of a SPARQL constraint, else of the shape."""
        return self.constraint or self.shape


@dataclass(frozen=True, slots=True)
class Report:
    """The results, sorted, and who found them. `notice` says why a fallback was taken."""

    results: tuple[Result, ...]
    engine: str
    notice: str = ""


def validate(data: str, shapes: str, engine: str | None = None) -> Report:
    """Check `data` against `shapes`, both N-Triples text.

    `engine` is one of `ENGINES`; None takes the default, and pySHACL where it does not fit.
    Raises UsageError for an unknown engine, or one asked for by name that does not fit.
    """
    if engine not in (None, *ENGINES):
        raise UsageError(f"there is no engine {engine!r}; known engines: {', '.join(ENGINES)}")
    notice = "" if engine == "pyshacl" else _unfit()
    if notice and engine == "turbo":
        raise UsageError(notice)
    use = "pyshacl" if engine == "pyshacl" or notice else "turbo"
    run: Callable[[str, str], Any] = _turbo if use == "turbo" else _pyshacl
    graph = run(data, shapes)
    return Report(tuple(sorted(_results(graph))), use, notice)


def _unfit() -> str:
    """Why the default engine cannot be used here; empty where it can."""
    for name, version in PINNED.items():
        try:
            module = importlib.import_module(name)
        except ImportError:
            return f"{name} is not installed"
        found = getattr(module, "__version__", None) or module.version(name.replace("_", "-"))
        if found != version:
            return f"{name} is {found}, not {version} as tested"
    prints = {
        importlib.import_module(f"{name}._native").SHACL_ENGINE_FINGERPRINT for name in PINNED
    }
    return "" if len(prints) == 1 else "pyshacl_turbo and rdflib_turbo hold different engines"


def _turbo(data: str, shapes: str) -> Any:
    import pyshacl_turbo
    import rdflib_turbo

    store = rdflib_turbo.Store()  # type: ignore[no-untyped-call]
    store.parse(data=data, format="nt")
    outcome = pyshacl_turbo.validate(store, shacl_graph=shapes, shacl_graph_format="nt")
    return _graph(outcome)


def _pyshacl(data: str, shapes: str) -> Any:
    import pyshacl
    import rdflib

    kept, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        graphs = [rdflib.Graph().parse(data=text, format="nt") for text in (data, shapes)]
        return _graph(pyshacl.validate(graphs[0], shacl_graph=graphs[1], inference="none"))
    finally:
        rdflib.NORMALIZE_LITERALS = kept


def _graph(outcome: Any) -> Any:
    _, graph, text = outcome
    if not hasattr(graph, "subjects"):
        raise UsageError(f"the shapes cannot be used: {text}")
    return graph


def _results(graph: Any) -> list[Result]:
    from rdflib import BNode, URIRef

    def one(node: Any, name: str) -> Any:
        return graph.value(node, URIRef(expand(name)))

    def shown(term: Any) -> str:
        return "" if term is None or isinstance(term, BNode) else str(term.n3())

    def named(term: Any) -> str:
        return str(term) if isinstance(term, URIRef) else ""

    return [
        Result(
            focus=shown(one(node, "sh:focusNode")) or "_:",
            path=shown(one(node, "sh:resultPath")),
            value=shown(one(node, "sh:value")),
            shape=str(one(node, "sh:sourceShape")),
            component=str(one(node, "sh:sourceConstraintComponent")),
            severity=str(one(node, "sh:resultSeverity")),
            constraint=named(one(node, "sh:sourceConstraint")),
            message=min(
                map(str, graph.objects(node, URIRef(expand("sh:resultMessage")))), default=""
            ),
        )
        for node in graph.objects(None, URIRef(expand("sh:result")))
    ]
