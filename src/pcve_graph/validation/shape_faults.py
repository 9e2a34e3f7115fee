"""What is wrong with the shapes of a file: unknown terms, and shapes that are not well-formed.

Well-formedness is that of SHACL, sections 2 to 4; `shape_queries` checks queries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..model.namespaces import expand, local_name, nterm
from ..model.problems import RULES
from ..model.suggest import similar_names
from ..model.terms import (
    NTerm,
    Statement,
    from_iri,
    iri_start,
    is_blank,
    is_iri,
    is_literal,
    lexical,
    literal_parts,
    to_iri,
)
from .query_patterns import pattern_fault
from .shacl_vocabulary import (
    ADVANCED,
    CLASSES,
    FORMER,
    KINDS,
    NAMESPACE,
    NEVER_RUN,
    NODE_KINDS,
    PARAMETERS,
    PROPERTIES,
    ShapeParameter,
)
from .shape_paths import path_faults
from .shapes_graph import (
    FIRST,
    LOGICAL,
    NIL,
    PROPERTY,
    SINGLE,
    TYPE,
    Costs,
    Fault,
    ShapesGraph,
    Show,
)

_NUMBERS: Final = {expand(f"xsd:{name}") for name in ("integer", "decimal", "double", "float")}
_TARGETS: Final = [term for term in PARAMETERS if term.startswith(nterm("sh:target")[:-1])]
_MESSAGE, _ORDER = nterm("sh:message"), nterm("sh:order")
_PATTERN, _FLAGS = nterm("sh:pattern"), nterm("sh:flags")


def shape_faults(graph: ShapesGraph, advanced: bool, show: Show) -> Iterator[Fault]:
    """All faults of the shapes in `graph`; `advanced` if SHACL Advanced Features are run."""
    yield from _unknown_terms(graph, show)
    yield from _not_run(graph, advanced)
    for shape in sorted(graph.shapes):
        yield from path_faults(graph, shape, show)
        yield from _parameter_faults(graph, shape, show)
        yield from _without_effect(graph, shape)
        yield from _annotation_faults(graph, shape)
        if is_iri(shape):
            yield from _undescribed(graph, shape, show)


def _unknown_terms(graph: ShapesGraph, show: Show) -> Iterator[Fault]:
    """Warnings on terms in the namespace of SHACL that it does not define."""
    start, rule = iri_start(NAMESPACE), "shacl-term"
    for row in graph.rows:
        used = [(row.predicate, PROPERTIES, "statement")]
        used.append((row.object, CLASSES, "statement" if row.predicate == TYPE else "nothing"))
        for term, names, costs in used:
            name = local_name(to_iri(term)) if term.startswith(start) else ""
            if not name or name in PROPERTIES | CLASSES or "-" in name:
                continue
            if PARAMETERS.get(row.predicate, ("",))[0] == "node kind" and term == row.object:
                continue  # an error of its own
            near = _nearest(name, names)
            fix = f"did you mean sh:{near}?" if near else "delete it, or use a term of SHACL"
            message = f"SHACL has no {'property' if names is PROPERTIES else 'term'} sh:{name}"
            message += "; it is ignored" if costs == "statement" else ""
            yield Fault(rule, row, row.subject, message, RULES[rule], fix, costs, "warning")  # type: ignore[arg-type]


def _nearest(name: str, names: frozenset[str]) -> str:
    """The term most like `name`, preferably one that differs in case only; empty if none is."""
    if name in FORMER:
        return FORMER[name]
    same = [term for term in sorted(names) if term.casefold() == name.casefold()]
    near = same or similar_names(name, names, 1) or similar_names(name, PROPERTIES | CLASSES, 1)
    return near[0] if near else ""


def _not_run(graph: ShapesGraph, advanced: bool) -> Iterator[Fault]:
    """Warnings on what the engines do not run: SHACL-JS, and Advanced Features if not asked for."""
    rule = "shacl-advanced"
    for row in graph.rows:
        name = f"sh:{local_name(to_iri(row.predicate))}"
        if row.predicate in NEVER_RUN:
            message = f"{name} is not run by the engines here; the statement is skipped"
            fix = "say it with SHACL core or sh:sparql"
        elif row.predicate in ADVANCED and not advanced:
            message = f"{name} is one of SHACL Advanced Features; it is skipped"
            others = (value for term in _TARGETS for value in graph.values(row.subject, term))
            if row.predicate == nterm("sh:target") and not any(others):
                message += ", and so is the shape, which has no other target"
            fix = "run it with --advanced"
        else:
            continue
        yield Fault(rule, row, row.subject, message, RULES[rule], fix, "statement", "warning")


def _parameter_faults(graph: ShapesGraph, shape: NTerm, show: Show) -> Iterator[Fault]:
    """The faults of the parameters of `shape`: number and kind of values, and where they may be."""
    for term, values in list(graph.objects[shape].items() if shape in graph.objects else ()):
        parameter = PARAMETERS.get(term)
        if parameter is None or not values:
            continue
        name = f"sh:{local_name(to_iri(term))}"
        kind = KINDS.get(parameter.kind, "an IRI or a literal")
        why = f"the value of {name} is {kind} (SHACL {parameter.section})"
        if parameter.single and len(values) > 1:
            shown = ", ".join(show(value) for value in values)
            message = f"{name} has {len(values)} values: {shown}"
            row = Statement(shape, term, values[1])
            single = f"a shape has at most one {name} (SHACL {parameter.section})"
            yield Fault("shape", row, shape, message, single, _one_fix(parameter, name))
            continue
        if (
            parameter.paths
            and shape not in graph.property_shapes
            and not _in_place_of_list(graph, shape)
        ):
            row = Statement(shape, term, values[0])
            message = f"{name} is on a node shape"
            only = f"only a property shape has {name} (SHACL {parameter.section})"
            yield Fault(
                "shape",
                row,
                shape,
                message,
                only,
                "state it in a property shape: sh:property [ sh:path … ]",
            )
            continue
        for value in values:
            if parameter.kind == "pattern" and _is_string(value):
                yield from _pattern_faults(graph, shape, value, why, show)
            elif not _fits(graph, parameter.kind, value):
                message, fix = _describe(graph, parameter, name, value, show)
                row = Statement(shape, term, value)
                yield Fault("shape", row, shape, message, why, fix)


_COUNTS: Final = ("sh:qualifiedMinCount", "sh:qualifiedMaxCount")
_NEEDED: Final[dict[str, tuple[tuple[str, ...], str, Costs]]] = {
    "sh:qualifiedValueShape": (_COUNTS, "4.7.3", "nothing"),
    "sh:qualifiedMinCount": (("sh:qualifiedValueShape",), "4.7.3", "statement"),
    "sh:qualifiedMaxCount": (("sh:qualifiedValueShape",), "4.7.3", "statement"),
    "sh:qualifiedValueShapesDisjoint": (("sh:qualifiedValueShape",), "4.7.3", "statement"),
    "sh:ignoredProperties": (("sh:closed",), "4.8.1", "statement"),
    "sh:flags": (("sh:pattern",), "4.4.3", "nothing"),
}
"""The parameters without which another one constrains nothing: one of those named.

With the section of SHACL, and what a shape loses that has the other one alone: each engine refuses
some of these, but a shape to be counted is a sibling of others.
"""

_EMPTY: Final = {
    "sh:or": "nothing conforms",
    "sh:xone": "nothing conforms",
    "sh:and": "everything conforms",
}


def _without_effect(graph: ShapesGraph, shape: NTerm) -> Iterator[Fault]:
    """Warnings on parameters that constrain nothing alone, and on empty lists of shapes."""
    for name, (others, section, costs) in _NEEDED.items():
        values = graph.values(shape, nterm(name))
        if not values or any(graph.values(shape, nterm(other)) for other in others):
            continue
        needed = " or ".join(others)
        row = Statement(shape, nterm(name), values[0])
        message = f"{name} constrains nothing without {needed}"
        why = f"a constraint has all the parameters that its component needs (SHACL {section})"
        yield Fault(
            "shape", row, shape, message, why, f"add {needed}, or delete {name}", costs, "warning"
        )
    for name, effect in _EMPTY.items():
        for value in graph.values(shape, nterm(name)):
            if value == NIL:
                row = Statement(shape, nterm(name), value)
                message = f"{name} has no shapes, so {effect}"
                why = f"{name} has a list of the shapes that it combines (SHACL 4.6)"
                fix = f"write {name} ( [ … ] [ … ] ), or delete it"
                yield Fault("shape", row, shape, message, why, fix, "nothing", "warning")


def _in_place_of_list(graph: ShapesGraph, shape: NTerm) -> bool:
    """Whether `shape` is where a list of shapes must be, which is a fault of its own."""
    return any(row.predicate in LOGICAL for row in graph.holders[shape])


def _undescribed(graph: ShapesGraph, shape: NTerm, show: Show) -> Iterator[Fault]:
    """Warnings on shapes that are referred to and not described: every node conforms to them."""
    for row in graph.holders[shape] if shape not in graph.objects else ():
        in_list = row.predicate == FIRST and row.subject in graph.cells_of_shapes
        if in_list or row.predicate in SINGLE - {PROPERTY}:
            message = f"{show(shape)} is not described in the shapes, so everything conforms to it"
            why = "a shape that is referred to is described in the shapes that are given"
            fix = "describe it, correct its name, or give its file with --shapes too"
            yield Fault("shape", row, row.subject, message, why, fix, "nothing", "warning")


def _one_fix(parameter: ShapeParameter, name: str) -> str:
    if name in ("sh:datatype", "sh:nodeKind"):
        return f"keep one; for either of them write sh:or ( [ {name} … ] [ {name} … ] )"
    return "keep one"


def _fits(graph: ShapesGraph, kind: str, value: NTerm) -> bool:
    """Whether `value` is of this kind, one of `KINDS`."""
    if kind.startswith("list"):
        members = graph.list_of(value)
        of = {"list of iris": is_iri, "list of strings": _is_string, "list of shapes": _is_node}
        return members is not None and all(map(of.get(kind, bool), members))
    if kind in ("any", "term"):
        return kind == "any" or not is_blank(value)
    if kind == "literal":
        return is_literal(value)
    if kind in ("pattern", "string"):
        return _is_string(value)
    if kind in ("integer", "boolean"):
        if not is_literal(value):
            return False
        text, _, datatype = literal_parts(value)
        form = r"\+?[0-9]+|-0+" if kind == "integer" else "true|false|1|0"
        return datatype == expand(f"xsd:{kind}") and bool(re.fullmatch(form, text.strip()))
    if kind == "node kind":
        return value in NODE_KINDS
    return is_iri(value) if kind == "iri" else _is_node(value)


def _is_node(value: NTerm) -> bool:
    return not is_literal(value)


def _is_string(value: NTerm) -> bool:
    """Whether a term is a string; a pattern with a language tag, which is none, is one too."""
    return is_literal(value) and literal_parts(value)[1:] in (
        ("", None),
        ("", expand("xsd:string")),
    )


def _pattern_faults(
    graph: ShapesGraph, shape: NTerm, value: NTerm, why: str, show: Show
) -> Iterator[Fault]:
    """What is wrong with the regular expression `value` of `shape`, which is a string.

    Both engines read those of Python; `xpath_patterns` has what XPath adds to them.
    """
    flags = next(filter(is_literal, graph.values(shape, _FLAGS)), None)
    if flags and (unknown := set(lexical(flags)) - set("imsxq")):
        message = f"sh:flags has {', '.join(sorted(unknown))}, which is ignored"
        rule = "the flags of a pattern are i, m, s, x and q (XPath Functions 3.1, 5.6.2)"
        row = Statement(shape, _FLAGS, flags)
        yield Fault("shape", row, shape, message, rule, "delete it", "nothing", "warning")
    if reason := pattern_fault(lexical(value), lexical(flags) if flags else ""):
        message = f"{show(value)} is not a regular expression that the engines read: {reason}"
        row = Statement(shape, _PATTERN, value)
        yield Fault("shape", row, shape, message, why, "correct the regular expression")


def _describe(
    graph: ShapesGraph, parameter: ShapeParameter, name: str, value: NTerm, show: Show
) -> tuple[str, str]:
    """(message, fix) for a `value` of the wrong kind."""
    shown, kind = show(value), parameter.kind
    if kind.startswith("list"):
        members = graph.list_of(value)
        if members is None:
            blank = is_blank(value)
            what = "a blank node" if blank else shown
            fix = "( [ … ] [ … ] )" if kind == "list of shapes" and blank else f"( {shown} )"
            fix = "( … )" if blank and kind != "list of shapes" else fix
            return f"{name} is {what}, not a list", f"write {name} {fix}"
        return f"{name} is not {KINDS[kind]}", f"write {KINDS[kind]}"
    if kind == "node kind":
        names = {local_name(to_iri(term)) for term in NODE_KINDS}
        near = similar_names(local_name(lexical(value)), names, 1)
        fix = f"did you mean sh:{near[0]}?" if near else f"write {KINDS[kind]}"
        return f"{name} is {shown}", fix
    if is_literal(value):
        text = lexical(value)
        if kind == "integer" and re.fullmatch(r"\+?[0-9]+", text):
            return f"{name} is {shown}", f"write {name} {text}"
        if kind == "boolean" and text.casefold() in ("true", "false"):
            return f"{name} is {shown}", f"write {name} {text.casefold()}"
        if kind == "iri" and re.fullmatch(r"[\w.-]+:\S+", text):
            written = from_iri(text) if "//" in text else text
            return f"{name} is {shown}, a literal", f"write {name} {written}"
    what = "a blank node" if is_blank(value) else shown
    return f"{name} is {what}", f"write {KINDS.get(kind, 'an IRI or a literal')}"


def _annotation_faults(graph: ShapesGraph, shape: NTerm) -> Iterator[Fault]:
    """Warnings on messages and orders of a wrong kind, which change no result."""
    for value in graph.values(shape, _MESSAGE):
        if not is_literal(value) or literal_parts(value)[2] not in (None, expand("xsd:string")):
            yield Fault(
                "shape",
                Statement(shape, _MESSAGE, value),
                shape,
                "sh:message is not a text; it is ignored",
                "a message is a string, with or without a language (SHACL 2.1.5)",
                "write a string",
                "statement",
                "warning",
            )
    for value in graph.values(shape, _ORDER):
        if not is_literal(value) or literal_parts(value)[2] not in _NUMBERS:
            yield Fault(
                "shape",
                Statement(shape, _ORDER, value),
                shape,
                "sh:order is not a number; it is ignored",
                "the order of a shape is a number (SHACL 2.3.2.3)",
                "write a number",
                "statement",
                "warning",
            )
