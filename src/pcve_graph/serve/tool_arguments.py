"""The arguments of tools: their JSON Schemas, and checks with messages of ours."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model

from ..model.problems import UsageError
from ..model.suggest import did_you_mean
from ..model.visible import one_line
from .tools import TOOLS

_LONGEST_VALUE: Final = 60
"""The most characters of a wrong value that a message shows."""

_WORDS: Final = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    dict: 'an object such as {"topic": "prisons"}',
    str: "a text",
}
"""What an argument must be, by a type that it may have; the first that fits counts."""


@cache
def _model(name: str) -> type[BaseModel]:
    """The arguments of a tool as a model; numbers are taken as texts, and texts as numbers."""
    fields: dict[str, Any] = {
        argument: (
            kind,
            Field(
                default=... if default is inspect.Parameter.empty else default,
                description=description,
            ),
        )
        for argument, (kind, description, default) in TOOLS[name].arguments.items()
    }
    config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)
    return create_model(f"{name}_arguments", __config__=config, **fields)


@cache
def input_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of the arguments of a tool."""
    return _without(_model(name).model_json_schema(), "title")


@cache
def output_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of the answer of a tool.

    Clients load the schemas of all tools at once: what the parts of answers mean is in the
    instructions of the server, and not in each schema again.
    """
    schema = TypeAdapter(TOOLS[name].answer).json_schema()
    return _without(schema, "title", "description", "default")


def _without(schema: Mapping[str, Any], *left_out: str) -> dict[str, Any]:
    """A schema without these keywords, such as titles that repeat the names of properties."""
    return {
        key: _part(key, content, left_out) for key, content in schema.items() if key not in left_out
    }


def _part(key: str, content: Any, left_out: tuple[str, ...]) -> Any:
    if isinstance(content, list):
        return [_part("", item, left_out) for item in content]
    if not isinstance(content, dict):
        return content
    if key in ("properties", "$defs"):
        return {name: _without(schema, *left_out) for name, schema in content.items()}
    return _without(content, *left_out)


def checked_arguments(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call of a tool. Raises UsageError for the first that is wrong or missing.

    One that is null is as one that is left out.
    """
    if name not in TOOLS:
        hint = did_you_mean(name, TOOLS) or f"the tools are {', '.join(TOOLS)}"
        raise UsageError(f"there is no tool {one_line(name)!r}; {hint}")
    types = TOOLS[name].arguments
    stated = {
        argument: _parsed(value, types[argument][0]) if argument in types else value
        for argument, value in arguments.items()
        if value is not None
    }
    try:
        model = _model(name)(**stated)
    except ValidationError as error:
        errors = sorted(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
        raise UsageError(_message(name, dict(errors[0]))) from None
    return {argument: getattr(model, argument) for argument in model.model_fields_set}


def _parsed(value: Any, kind: Any) -> Any:
    """An object or a list that a client wrote as a text of JSON, as some do; else the value."""
    takes_text = kind is str or get_origin(kind) is Literal
    if isinstance(value, str) and not takes_text and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _message(tool: str, error: Mapping[str, Any]) -> str:
    """The message for an error of pydantic: what is wrong, and what would be right."""
    arguments = TOOLS[tool].arguments
    name, *inner = map(str, error["loc"])
    if name not in arguments:
        names = f"its arguments are {', '.join(arguments)}" if arguments else "it has none"
        return (
            f"{tool} has no argument {one_line(name)!r}; {did_you_mean(name, arguments) or names}"
        )
    kind, description, _ = arguments[name]
    if error["type"] == "missing":
        return f"{tool} requires {name}: {description}"
    value = one_line(repr(error["input"]))
    shown = value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…"
    if get_origin(kind) is Literal:
        choices = get_args(kind)
        nearest = did_you_mean(str(error["input"]), choices)
        return f"{name} must be one of {', '.join(choices)}, not {shown}" + (
            nearest and f"; {nearest}"
        )
    if name == "parameters" and inner:
        return f"parameters: {one_line(inner[0])} must be a text or a number, not {shown}"
    return f"{name} must be {_words(kind)}, not {shown}"


def _words(kind: Any) -> str:
    """What an argument of a type must be, in words."""
    parts = {kind, get_origin(kind), *get_args(kind), *map(get_origin, get_args(kind))}
    words = next(words for part, words in _WORDS.items() if part in parts)
    return f"{words} or a list of these" if list in parts else words
