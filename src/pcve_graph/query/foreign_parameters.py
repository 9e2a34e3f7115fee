"""The parameters of queries from outside the project, named by the rules of BASIL.

BASIL, and grlc after it, encode the type of a parameter in the name of its variable:

    ?_name             required, a plain literal      ?__name            the same, optional
    ?_name_iri         an IRI                         ?_name_number      a number
    ?_name_literal     a plain literal (or _string)   ?_name_integer     a literal of xsd:integer,
    ?_name_en          a text in English              ?_name_xsd_date    of any prefix:datatype
    ?_name_sr_Latn     a text in Serbian, in Latin script
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from ..model.namespaces import PREFIXES, expand
from ..model.problems import UsageError
from ..syntax.lexical_forms import XSD_DATATYPES
from ..syntax.sparql_constants import LIMIT, REQUIRED
from ..syntax.sparql_tokens import declared_prefixes, tokenize, variable_names
from ..syntax.tree import MappingNode, RecordNode, ScalarNode, SequenceNode
from .foreign_header import ForeignHeader
from .parameters import check_value
from .saved import TYPES, Parameter, entries, parameter, texts

_BASIL: Final = re.compile(r"(_{1,2})([^_]+)(?:_([A-Za-z0-9]+))?(?:_([A-Za-z0-9]+))?")
_SCRIPT: Final = re.compile(r"[A-Z][a-z]{3}|[A-Z]{2}")
"""The script or the region of a language, as it follows the language in a variable."""


def foreign_parameters(node: MappingNode, text: str, reader: ForeignHeader) -> dict[str, Parameter]:
    """The parameters that the header or the name of a variable declares, with their values."""
    used = variable_names(text)
    params_by_name: dict[str, Parameter] = {}
    for key, value in _declarations(node.get("params")):
        param = parameter(key, value)
        variable = _variable_of(param.name, used)
        if not variable:
            reader.add_note(
                key.position.line, f"the query has no ?{param.variable}", "correct the name"
            )
            continue
        stated = param.type if param.type in TYPES else "text"
        named = _parameter_of_name(variable, text) if param.type not in TYPES else None
        params_by_name[param.name] = (
            replace(named, name=param.name, description=param.description)
            if named
            else replace(param, type=stated, variable=variable)
        )
    declared = {param.variable for param in params_by_name.values()}
    for variable in sorted(used - declared):
        if named := _parameter_of_name(variable, text):
            name = variable if named.name in params_by_name else named.name
            params_by_name[name] = replace(named, name=name)
    _read_settings(node, params_by_name, reader)
    return params_by_name


def fit_places(
    params: Mapping[str, Parameter],
    kinds: Mapping[str, str],
    node: MappingNode,
    reader: ForeignHeader,
) -> list[Parameter]:
    """The parameters as their places in the query require, with an example for each.

    `kinds` are the kinds of place of variables (`sparql_constants.with_placeholders`): after LIMIT
    stands a whole number, and a place that cannot be left out needs a value. A default that is no
    valid value is noted and left out.
    """
    fitted = []
    for param in params.values():
        kind = kinds.get(param.variable)
        if kind == LIMIT:
            counted = expand("xsd:nonNegativeInteger")
            param = replace(param, type="literal", datatype=counted, language="")
        if kind == REQUIRED:
            param = replace(param, required=True)
        if param.default:
            try:
                check_value(param, param.default)
            except UsageError as error:
                line = (node.get("defaults") or node).position.line
                reader.add_note(line, f"the default is left out: {error}", "correct it")
                param = replace(param, default="")
        example = param.example or param.default or "".join(param.allowed[:1])
        fitted.append(replace(param, example=example))
    return fitted


def names_in_strings(text: str, params: Mapping[str, Parameter]) -> Iterator[tuple[str, int]]:
    """The variables of parameters that stand inside a string or an IRI, with their offsets.

    There grlc replaces the characters; here they stay, as a value could end the string.
    """
    variables = {param.variable for param in params.values()}
    for token in tokenize(text):
        if token.kind in ("string", "iri"):
            for match in re.finditer(r"\?(_{1,2}[A-Za-z0-9]\w*)", token.text):
                if match[1] in variables or token.kind == "string":
                    yield match[0], token.start + match.start()


def _declarations(node: RecordNode | None) -> Iterator[tuple[ScalarNode, MappingNode]]:
    """(name, description) pairs of `params`: a mapping, or a list of names, mappings or both."""
    for item in node.values if isinstance(node, SequenceNode) else (node,):
        if isinstance(item, ScalarNode):
            yield item, MappingNode((), item.position)
        elif isinstance(item, MappingNode):
            name = item.get("name")
            if isinstance(name, ScalarNode):
                yield name, item
                continue
            for key, value in item.entries:
                yield key, _description(key, value)


def _description(key: ScalarNode, value: RecordNode) -> MappingNode:
    """The description of a parameter; a text alone describes what it is."""
    if isinstance(value, MappingNode):
        return value
    if isinstance(value, ScalarNode) and value.text:
        label = ScalarNode("description", value.position)
        return MappingNode(((label, value),), key.position)
    return MappingNode((), key.position)


def _variable_of(name: str, used: set[str]) -> str:
    """The variable of the parameter `name`, which may be written as one; empty without any."""
    bare = name.lstrip("?$")
    if bare in used:
        return bare
    match = (variable for variable in sorted(used) if _name_of(variable) == bare.lstrip("_"))
    return next(match, "")


def _name_of(variable: str) -> str:
    """The name of the parameter that a variable declares; empty if it declares none."""
    match = _BASIL.fullmatch(variable)
    return match[2] if match else ""


def _read_settings(
    node: MappingNode, params_by_name: dict[str, Parameter], reader: ForeignHeader
) -> None:
    """Add the values of `defaults` and `enumerate` to the parameters."""
    for decorator in ("defaults", "enumerate"):
        for key, value in _settings(node.get(decorator)):
            name = key.text
            match = [param for param in params_by_name.values() if _is_called(param, name)]
            if not match:
                fix = "its parameters: " + (", ".join(params_by_name) or "none")
                fault = f"{decorator}: unknown parameter {name}"
                reader.add_note(key.position.line, fault, fix)
            for param in match:
                values = tuple(text for text in texts(value) if text)
                if not values:
                    fault = f"{decorator}: no value for {name}"
                    fix = "any value is accepted; list the values under the name"
                    reader.add_note(key.position.line, fault, fix)
                elif decorator == "defaults":
                    params_by_name[param.name] = replace(param, default=values[0])
                else:
                    params_by_name[param.name] = replace(param, allowed=values)


def _is_called(param: Parameter, name: str) -> bool:
    """Whether `name` is that of the parameter or its variable, with or without marks and type."""
    bare = name.lstrip("?$")
    inner = param.variable.lstrip("_")
    return bare in (param.name, param.variable, inner) or bare.lstrip("_") in (param.name, inner)


def _settings(node: RecordNode | None) -> Iterator[tuple[ScalarNode, RecordNode | None]]:
    """(parameter, value) pairs of a mapping, a list of mappings, or a list of names alone."""
    for item in node.values if isinstance(node, SequenceNode) else (node,):
        if isinstance(item, ScalarNode):
            name, colon, value = item.text.partition(": ")
            stated = ScalarNode(value.strip(), item.position) if colon else None
            yield ScalarNode(name, item.position), stated
        yield from entries(item)


def _parameter_of_name(variable: str, text: str) -> Parameter | None:
    """The parameter that a variable's name declares by the rules of BASIL; None without one."""
    match = _BASIL.fullmatch(variable)
    if match is None:
        return None
    marks, name, kind, local = match.groups()
    base = Parameter(name=name, type="text", variable=variable, required=marks == "_")
    if kind in ("iri", "number") and not local:
        return replace(base, type=kind)
    if kind in (None, "literal", "string") and not local:
        return base
    if local or kind in XSD_DATATYPES:
        spaces = {**PREFIXES, **declared_prefixes(text)}
        space = spaces.get(kind) if local else expand("xsd:")
        datatype = f"{space}{local or kind}" if space else ""
        if datatype == expand("xsd:date"):
            return replace(base, type="date")
        if space:
            return replace(base, type="literal", datatype=datatype)
    if len(kind) == 2 and kind.isalpha() and (not local or _SCRIPT.fullmatch(local)):
        return replace(base, language="-".join(filter(None, (kind, local))).lower())
    return base
