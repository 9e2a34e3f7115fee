"""Calls of public functions: a wrong argument raises UsageError, which names the nearest one."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from .problems import OptionError, UsageError
from .suggest import did_you_mean

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def names_checked(method: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """`method`, which raises UsageError for an argument that it does not have, with the nearest.

    So it does where an argument is missing, and for one too many. The options in the messages of an
    OptionError are named as its arguments.
    """
    signature = inspect.signature(method)
    parameters = [
        parameter
        for name, parameter in signature.parameters.items()
        if name not in ("self", "cls") and parameter.kind is not parameter.VAR_KEYWORD
    ]
    names = [parameter.name for parameter in parameters]
    takes_any = any(kind.kind is kind.VAR_KEYWORD for kind in signature.parameters.values())

    @functools.wraps(method)
    def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        for name in () if takes_any else kwargs:
            if name not in names:
                hint = did_you_mean(name, names) or _arguments(names)
                raise UsageError(f"{method.__name__} has no argument {name!r}; {hint}")
        try:
            signature.bind(*args, **kwargs)
        except TypeError as error:
            raise UsageError(f"{method.__name__}: {error}; {_arguments(names)}") from None
        try:
            return method(*args, **kwargs)
        except OptionError as error:
            raise error.in_python() from None

    return call


def _arguments(names: list[str]) -> str:
    return "its arguments are " + ", ".join(names) if names else "it has no arguments"
