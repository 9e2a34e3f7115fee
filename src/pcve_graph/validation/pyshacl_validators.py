"""The constraint components that shapes define, run by pySHACL's graphs as SHACL says (6.2, 6.3).

pySHACL (0.40.1) runs a SELECT once for each value node, with `value` bound to it; it refuses one
that binds `value`, and leaves the value out of results on property shapes. Its messages may have
the values of other results.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

_VARIABLE: Final = re.compile(r"\{[?$](\w+)\}")
"""Matches what a value takes the place of in a message (SHACL 5.3.2)."""


def with_own_validators(components: Iterable[Any], rdflib: Any) -> set[Any]:
    """The components that pySHACL has read from shapes, with the validators of this module."""
    return {_Declared(component, rdflib) for component in components}


class _Declared:
    """A component as pySHACL selects it for a shape, by its parameters."""

    def __init__(self, component: Any, rdflib: Any) -> None:
        self.component, self.rdflib = component, rdflib
        self.parameters = component.parameters

    def make_validator_for_shape(self, shape: Any) -> Any:
        bound = self.component.make_validator_for_shape(shape)
        return _validator(self.rdflib)(shape, bound) if hasattr(bound, "query_helper") else bound


class _Validator:
    """A component on one shape, whose parameters are bound."""

    rdflib: Any
    make_v_result: Callable[..., Any]

    def __init__(self, shape: Any, bound: Any) -> None:
        super().__init__(shape)  # type: ignore[call-arg]
        self.is_property = shape.is_property_shape
        self.query = bound.query_helper
        # pySHACL finds MINUS or VALUES in texts too; `query_faults` has read the tokens.
        vars(self.query).update(check_invalid_sparql=lambda *_, **__: True)
        self.is_ask = type(bound.validator).__name__.startswith("Ask")
        self.shacl_constraint_component = bound.constraint.node
        self.messages = sorted(bound.validator.messages)

    @classmethod
    def constraint_parameters(cls) -> list[Any]:
        return []

    @classmethod
    def constraint_name(cls) -> str:
        return "ConstraintComponent"

    def evaluate(
        self, _: Any, graph: Any, values: dict[Any, Iterable[Any]], _path: list[Any]
    ) -> tuple[bool, list[Any]]:
        """Whether there is no solution, and a result for each."""
        results: list[Any] = []
        for focus, nodes in values.items():
            bound, text = self.query.pre_bind_variables(focus)
            bound |= {**self.query.param_bind_map, "this": focus}
            text = self.query.apply_prefixes(text)
            solutions = (
                self.failing(graph, text, bound, nodes)
                if self.is_ask
                else self.selected(graph, text, bound)
            )
            results += [self.result(graph, focus, bound | solution) for solution in solutions]
        return not results, results

    def failing(
        self, graph: Any, text: str, bound: dict[str, Any], nodes: Iterable[Any]
    ) -> Iterator[dict[str, Any]]:
        """A solution for each value node to which the answer is no."""
        for node in nodes:
            if not graph.query(text, initBindings=bound | {"value": node}).askAnswer:
                yield {"value": node}

    def selected(self, graph: Any, text: str, bound: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The solutions of a SELECT, each once."""
        rows = (row.asdict() for row in graph.query(text, initBindings=bound))
        yield from {frozenset(row.items()): row for row in rows}.values()

    def result(self, graph: Any, focus: Any, solution: dict[str, Any]) -> Any:
        """The result of a solution (SHACL 5.3.2)."""
        if solution.get("failure") == self.rdflib.Literal(True):
            raise ValueError("the query of a component reports a failure (SHACL 5.3.2)")
        value, path = solution.get("value"), solution.get("path")
        if value is None and not self.is_property:
            value = focus
        return self.make_v_result(
            graph,
            solution["this"],
            value_node=value,
            result_path=path if isinstance(path, self.rdflib.URIRef) else None,
            extra_messages=[_worded(message, solution, self.rdflib) for message in self.messages],
        )


@lru_cache(1)
def _validator(rdflib: Any) -> Any:
    """`_Validator` as a class of pySHACL."""
    from pyshacl.constraints.constraint_component import ConstraintComponent

    return type("Validator", (_Validator, ConstraintComponent), {"rdflib": rdflib})


def _worded(message: Any, solution: dict[str, Any], rdflib: Any) -> Any:
    """A message with the values of a solution in place of its variables."""
    text = _VARIABLE.sub(lambda match: str(solution.get(match[1], match[0])), str(message))
    return rdflib.Literal(text, lang=message.language)
