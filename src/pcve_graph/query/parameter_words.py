"""What the parameters of queries take, in words."""

from __future__ import annotations

from typing import Final

from .parameters import datatype_words
from .saved import Parameter

_MOST_VALUES: Final = 8
"""The most values of a parameter that are listed."""


def accepted_values(parameter: Parameter) -> str:
    """The values that a parameter takes, in words: `concept of topic, required`."""
    words = datatype_words(parameter.datatype) if parameter.datatype else parameter.type
    if parameter.scheme:
        words += f" of {parameter.scheme}"
    if parameter.kinds:
        words = " or ".join(parameter.kinds)
    if parameter.language:
        words += f" in {parameter.language}"
    if parameter.allowed:
        more = len(parameter.allowed) - _MOST_VALUES
        words += ": " + " | ".join(parameter.allowed[:_MOST_VALUES])
        words += f" | … {more:,} more" if more > 0 else ""
    if parameter.default:
        return f"{words}, default {parameter.default}"
    return words + (", required" if parameter.required else "")
