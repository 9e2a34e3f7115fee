"""What is wrong with the constraint components that shapes define (SHACL, section 6).

Such a component is not applied, which costs no shape the rest of what it says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..model.namespaces import expand, local_name, nterm
from ..model.terms import NTerm, Statement, is_iri, is_literal, lexical, literal_parts, to_iri
from ..syntax.sparql_tokens import tokenize
from .shapes_graph import COMPONENT, PATH, TYPE, Fault, ShapesGraph, Show

_PARAMETER, _OPTIONAL = nterm("sh:parameter"), nterm("sh:optional")
_MESSAGE: Final = nterm("sh:message")
_ASK, _SELECT = nterm("sh:ask"), nterm("sh:select")
_VALIDATOR: Final = nterm("sh:validator")
_OF_NODES, _OF_PROPERTIES = nterm("sh:nodeValidator"), nterm("sh:propertyValidator")
_QUERY_OF: Final = {_VALIDATOR: _ASK, _OF_NODES: _SELECT, _OF_PROPERTIES: _SELECT}
_RESERVED: Final = ("this", "shapesGraph", "currentShape", "path", "PATH", "value")
"""The names that no parameter has (SHACL 6.2.1)."""


def component_faults(graph: ShapesGraph, show: Show) -> Iterator[Fault]:
    """The faults of all components that the shapes define, and of shapes that cannot use them."""
    components = [row.subject for row in graph.rows if row[1:] == (TYPE, COMPONENT)]
    own = [node for node in components if not node.startswith(nterm("sh:")[:-1])]
    broken: set[NTerm] = set()
    for component in own:
        for fault in (
            *_parameter_faults(graph, component, show),
            *_validator_faults(graph, component),
        ):
            broken |= {fault.node} if fault.costs == "node" else set()
            yield fault
    for component in own:
        if component not in broken:
            yield from _unusable(graph, component, show)


def _parameter_faults(graph: ShapesGraph, component: NTerm, show: Show) -> Iterator[Fault]:
    parameters = graph.values(component, _PARAMETER)
    kind = Statement(component, TYPE, COMPONENT)
    true = f'"true"^^{nterm("xsd:boolean")}'
    if all(true in graph.values(parameter, _OPTIONAL) for parameter in parameters):
        message = "the component has no parameter that a shape must state"
        why = "a component has at least one parameter that is not optional (SHACL 6.2.1)"
        yield Fault("shape", kind, component, message, why, "add sh:parameter [ sh:path … ]")
    for parameter in parameters:
        paths = graph.values(parameter, PATH)
        row = Statement(component, _PARAMETER, parameter)
        if len(paths) != 1 or not is_iri(paths[0]):
            message = f"the parameter has {len(paths) or 'no'} sh:path"
            if len(paths) == 1:
                message = "the sh:path of the parameter is not an IRI"
            why = "a parameter has exactly one sh:path, an IRI (SHACL 6.2.1)"
            yield Fault("shape", row, component, message, why, "state one property with sh:path")
        elif (name := local_name(to_iri(paths[0]))) in _RESERVED:
            row = Statement(parameter, PATH, paths[0])
            message = f"{show(paths[0])} is a parameter of the name {name}"
            why = f"no parameter has one of the names {', '.join(_RESERVED)} (SHACL 6.2.1)"
            yield Fault("shape", row, component, message, why, "use a property of another name")


def _validator_faults(graph: ShapesGraph, component: NTerm) -> Iterator[Fault]:
    for predicate, query in _QUERY_OF.items():
        name, form = (f"sh:{local_name(to_iri(term))}" for term in (predicate, query))
        validators = graph.values(component, predicate)
        if len(validators) > 1:
            row = Statement(component, predicate, validators[1])
            message = f"the component has {len(validators)} values of {name}"
            why = "a component has at most one validator of each kind (SHACL 6.2.3)"
            yield Fault("shape", row, component, message, why, "keep one")
            continue
        for validator in validators:
            queries = graph.values(validator, query)
            if len(queries) != 1 or not is_literal(queries[0]):
                row = Statement(component, predicate, validator)
                if len(queries) > 1:
                    row = Statement(validator, query, queries[1])
                message = f"the validator has {len(queries) or 'no'} {form}"
                why = f"a validator of {name} has exactly one {form} (SHACL 6.2.3)"
                yield Fault("shape", row, component, message, why, f"state one query with {form}")
            elif predicate == _OF_NODES:
                yield from _path_of_nodes(component, Statement(validator, query, queries[0]))
            for text in graph.values(validator, _MESSAGE):
                if not _is_text(text):
                    row = Statement(validator, _MESSAGE, text)
                    message = "sh:message is not a text; it is ignored"
                    why = "a message is a string, with or without a language (SHACL 5.2)"
                    yield Fault(
                        "shape",
                        row,
                        component,
                        message,
                        why,
                        "write a string",
                        "statement",
                        "warning",
                    )


def _is_text(term: NTerm) -> bool:
    return is_literal(term) and literal_parts(term)[2] in (None, expand("xsd:string"))


def _path_of_nodes(component: NTerm, row: Statement) -> Iterator[Fault]:
    if (offset := path_offset(lexical(row.object))) is not None:
        yield Fault("shape-query", row, component, *NO_PATH, offset=offset)


NO_PATH: Final = (
    "the query has $PATH, but a node shape has no path",
    "$PATH stands for the path of a property shape (SHACL 5.3.1)",
    "write the property in place of $PATH, or state the query for property shapes",
)
"""The message, rule and fix where there is nothing to put in place of $PATH."""


def path_offset(query: str) -> int | None:
    """Where a query has `$PATH`; None if it does not have it."""
    tokens = tokenize(query)
    at = (token.start for token in tokens if token.kind == "variable" and token.text[1:] == "PATH")
    return next(at, None)


def _unusable(graph: ShapesGraph, component: NTerm, show: Show) -> Iterator[Fault]:
    """Shapes that state the parameters of a component without a validator for their kind."""
    paths = [graph.values(node, PATH)[0] for node in graph.values(component, _PARAMETER)]
    for shape in sorted(graph.shapes):
        is_property = shape in graph.property_shapes
        usable = (_VALIDATOR, _OF_PROPERTIES if is_property else _OF_NODES)
        if any(graph.values(component, predicate) for predicate in usable):
            continue
        stated = [(path, graph.values(shape, path)) for path in paths if graph.values(shape, path)]
        if len(stated) < len(paths):
            continue
        kind = "property" if is_property else "node"
        message = f"{show(component)} has no validator for {kind} shapes; it is not applied"
        why = "a component has a validator for the shapes that state its parameters (SHACL 6.2.3)"
        fix = f"add sh:validator or sh:{kind}Validator to {show(component)}"
        for path, values in stated:
            for value in values:
                row = Statement(shape, path, value)
                yield Fault("shape", row, shape, message, why, fix, "statement")
