"""The constraint components of pySHACL that compare values, as SHACL defines them.

Those of pySHACL (0.40.1) compare as Python does: IRIs with one another, a text in a language with
one in none, a date with a number; they fail at a blank node and at a literal that is not valid for
its datatype. By SHACL (4.3, 4.5.3, 4.5.4) values that SPARQL cannot compare are violations.
`pyshacl_shapes` renames the parameters, so that these components apply in place of pySHACL's.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, NamedTuple

from ..model.namespaces import expand, nterm
from ..model.terms import Iri, NTerm, blank, from_iri, literal, to_iri
from .sparql_order import relations


class Comparison(NamedTuple):
    """A parameter of SHACL, and how a value must compare with its value.

    `pairs` if that is a property of the focus node whose values are compared.
    """

    name: str
    operator: str
    pairs: bool = False

    @property
    def renamed(self) -> NTerm:
        """The predicate that stands for the parameter in the shapes that pySHACL gets."""
        return from_iri(f"urn:x-shacl:{self.name}")

    @property
    def component(self) -> Iri:
        """The IRI of the constraint component in results."""
        return expand(f"sh:{self.name[0].upper()}{self.name[1:]}ConstraintComponent")


COMPARISONS: Final = {
    nterm(f"sh:{name}"): Comparison(name, operator, name.startswith("less"))
    for name, operator in (
        ("minExclusive", ">"),
        ("minInclusive", ">="),
        ("maxExclusive", "<"),
        ("maxInclusive", "<="),
        ("lessThan", "<"),
        ("lessThanOrEquals", "<="),
    )
}
"""The parameters of the components that compare, by their terms."""


class _Declared:
    """A component as pySHACL selects it for a shape: by its parameter, which is mandatory."""

    optional = False

    def __init__(self, comparison: Comparison, rdflib: Any) -> None:
        self.comparison = comparison
        self.parameter = rdflib.URIRef(to_iri(comparison.renamed))
        self.parameters = (self,)
        self.component = _component(rdflib)

    def path(self) -> Any:
        return self.parameter

    def make_validator_for_shape(self, shape: Any) -> Any:
        return self.component(shape, self.comparison, self.parameter)


def comparison_components(rdflib: Any) -> list[Any]:
    """The components, as a graph of shapes of pySHACL holds those that its shapes declare."""
    return [_Declared(comparison, rdflib) for comparison in COMPARISONS.values()]


@lru_cache(1)
def _component(rdflib: Any) -> Any:
    """The class of a component on one shape."""
    from pyshacl.constraints.constraint_component import ConstraintComponent

    class Component(ConstraintComponent):
        def __init__(self, shape: Any, comparison: Comparison, parameter: Any) -> None:
            super().__init__(shape)
            self.comparison = comparison
            self.limits = tuple(shape.objects(parameter))
            self.shacl_constraint_component = rdflib.URIRef(comparison.component)

        @classmethod
        def constraint_parameters(cls) -> list[Any]:
            return []

        @classmethod
        def constraint_name(cls) -> str:
            return "comparison"

        def evaluate(
            self, _: Any, graph: Any, values: dict[Any, Iterable[Any]], _path: list[Any]
        ) -> tuple[bool, list[Any]]:
            """Whether all value nodes conform, and the results on those that do not."""
            results = [
                self.make_v_result(graph, focus, value_node=value)
                for limit in self.limits
                for focus, of_focus in values.items()
                for other in self.others(graph, focus, limit)
                for value in of_focus
                if self.comparison.operator not in relations(_term(value), _term(other))
            ]
            return not results, results

        def others(self, graph: Any, focus: Any, limit: Any) -> Iterable[Any]:
            """What the value nodes of `focus` are compared with: its values of a property."""
            return set(graph.objects(focus, limit)) if self.comparison.pairs else (limit,)

    return Component


def _term(node: Any) -> NTerm:
    """A term of rdflib, of which only literals have a language, or None, and a datatype."""
    if hasattr(node, "language"):
        return literal(str(node), node.datatype and str(node.datatype), node.language)
    return blank(str(node)) if type(node).__name__ == "BNode" else from_iri(str(node))
