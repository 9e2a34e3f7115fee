"""The constraint components of pySHACL that compare values or check datatypes, as SHACL has them.

Those of pySHACL (0.40.1) compare as Python does: IRIs with one another, a text in a language with
one in none, a date with a number; they fail at a blank node and at a literal that is not valid for
its datatype. By SHACL (4.3, 4.5.3, 4.5.4) values that SPARQL cannot compare are violations. A
literal is valid for its datatype (4.1.2) if Python can read it, which takes `1e3` for a decimal and
refuses a date before the year 1. `pyshacl_shapes` renames the parameters, so that these components
apply in place of pySHACL's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple

from ..model.namespaces import nterm
from ..model.terms import Iri, NTerm, blank, from_iri, is_literal, lexical, literal, to_iri
from ..syntax.lexical_forms import datatype_of, is_ill_typed
from .shacl_vocabulary import component_iri
from .sparql_order import relations


class Replacement(NamedTuple):
    """A parameter of SHACL, and whether a value node conforms to a value of it.

    `pairs` if that is a property of the focus node to whose values the value node must conform.
    """

    name: str
    conforms: Callable[[NTerm, NTerm], bool]
    pairs: bool = False

    @property
    def renamed(self) -> NTerm:
        """The predicate that stands for the parameter in the shapes that pySHACL gets."""
        return from_iri(f"urn:x-shacl:{self.name}")

    @property
    def component(self) -> Iri:
        """The IRI of the constraint component in results."""
        return component_iri(self.name)


_ANY: Final = {nterm("rdfs:Literal"), nterm("rdfs:Datatype")}
"""The classes that both engines take for the datatype of every literal."""


def _is_of(value: NTerm, datatype: NTerm) -> bool:
    """Whether `value` is a literal that is valid for `datatype`."""
    if not is_literal(value) or datatype in _ANY:
        return is_literal(value)
    iri = datatype_of(value)
    return from_iri(iri) == datatype and not is_ill_typed(lexical(value), iri)


def _compares(operator: str, value: NTerm, other: NTerm) -> bool:
    return operator in relations(value, other)


PARAMETERS: Final = {nterm("sh:datatype"): Replacement("datatype", _is_of)} | {
    nterm(f"sh:{name}"): Replacement(name, partial(_compares, operator), name.startswith("less"))
    for name, operator in (
        ("minExclusive", ">"),
        ("minInclusive", ">="),
        ("maxExclusive", "<"),
        ("maxInclusive", "<="),
        ("lessThan", "<"),
        ("lessThanOrEquals", "<="),
    )
}
"""The parameters of the components that are replaced, by their terms."""


class _Declared:
    """A component as pySHACL selects it for a shape: by its parameter, which is mandatory."""

    optional = False

    def __init__(self, replaced: Replacement, rdflib: Any) -> None:
        self.replaced = replaced
        self.parameter = rdflib.URIRef(to_iri(replaced.renamed))
        self.parameters = (self,)
        self.component = _component(rdflib)

    def path(self) -> Any:
        return self.parameter

    def make_validator_for_shape(self, shape: Any) -> Any:
        return self.component(shape, self.replaced, self.parameter)


def replaced_components(rdflib: Any) -> list[Any]:
    """The components, as a graph of shapes of pySHACL holds those that its shapes declare."""
    return [_Declared(replaced, rdflib) for replaced in PARAMETERS.values()]


@lru_cache(1)
def _component(rdflib: Any) -> Any:
    """The class of a component on one shape."""
    from pyshacl.constraints.constraint_component import ConstraintComponent

    class Component(ConstraintComponent):
        def __init__(self, shape: Any, replaced: Replacement, parameter: Any) -> None:
            super().__init__(shape)
            self.replaced = replaced
            self.stated = tuple(shape.objects(parameter))
            self.shacl_constraint_component = rdflib.URIRef(replaced.component)

        @classmethod
        def constraint_parameters(cls) -> list[Any]:
            return []

        @classmethod
        def constraint_name(cls) -> str:
            return "replaced"

        def evaluate(
            self, _: Any, graph: Any, values: dict[Any, Iterable[Any]], _path: list[Any]
        ) -> tuple[bool, list[Any]]:
            """Whether all value nodes conform, and the results on those that do not."""
            results = [
                self.make_v_result(graph, focus, value_node=value)
                for stated in self.stated
                for focus, of_focus in values.items()
                for other in self.others(graph, focus, stated)
                for value in of_focus
                if not self.replaced.conforms(_term(value), _term(other))
            ]
            return not results, results

        def others(self, graph: Any, focus: Any, stated: Any) -> Iterable[Any]:
            """What the value nodes of `focus` must conform to: its values of a property."""
            return set(graph.objects(focus, stated)) if self.replaced.pairs else (stated,)

    return Component


def _term(node: Any) -> NTerm:
    """A term of rdflib, of which only literals have a language, or None, and a datatype."""
    if hasattr(node, "language"):
        return literal(str(node), node.datatype and str(node.datatype), node.language)
    return blank(str(node)) if type(node).__name__ == "BNode" else from_iri(str(node))
