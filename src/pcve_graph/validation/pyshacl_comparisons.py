"""The constraint components of pySHACL that compare values, as SHACL defines them.

Those of pySHACL (0.40.1) compare as Python does: IRIs with one another, a text in a language with
one in none, a date with a number; they fail at a blank node and at a literal that is not valid for
its datatype. By SHACL (4.3, 4.5.3, 4.5.4) values that SPARQL cannot compare are violations.
`pyshacl_shapes` renames the parameters, so that these components apply in place of pySHACL's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from ..model.namespaces import expand, nterm
from ..model.terms import Iri, NTerm, from_iri, literal
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


def comparison_components() -> Iterable[Any]:
    """The components, as a graph of shapes of pySHACL holds those that its shapes declare."""
    import rdflib
    from pyshacl.constraints.constraint_component import ConstraintComponent

    class Component(ConstraintComponent):
        """One component on one shape."""

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
                if self.comparison.operator not in relations(term(value), term(other))
            ]
            return not results, results

        def others(self, graph: Any, focus: Any, limit: Any) -> Iterable[Any]:
            """What the value nodes of `focus` are compared with: its values of a property."""
            return set(graph.objects(focus, limit)) if self.comparison.pairs else (limit,)

    class Declared:
        """A component as pySHACL selects it for a shape: by its parameter, which is mandatory."""

        optional = False

        def __init__(self, comparison: Comparison) -> None:
            self.comparison = comparison
            self.parameter = rdflib.URIRef(comparison.renamed[1:-1])
            self.parameters = (self,)

        def path(self) -> Any:
            return self.parameter

        def make_validator_for_shape(self, shape: Any) -> Component:
            return Component(shape, self.comparison, self.parameter)

    def term(node: Any) -> NTerm:
        if isinstance(node, rdflib.Literal):
            datatype = Iri(node.datatype) if node.datatype else None
            return literal(str(node), datatype, node.language or "")
        return from_iri(str(node)) if isinstance(node, rdflib.URIRef) else NTerm(node.n3())

    return [Declared(comparison) for comparison in COMPARISONS.values()]
