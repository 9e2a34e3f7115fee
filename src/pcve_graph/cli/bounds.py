"""Parameter types for numbers, and the options --timeout and --memory of every command."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import click

from ..model import limits
from ..model.problems import UsageError
from ..system.sandbox import inside
from .pager import allow_paging


class NumberParam(click.ParamType):  # type: ignore[type-arg]
    """A click parameter type for numbers; `read` parses the text or raises UsageError."""

    def __init__(self, name: str, read: Callable[[str], float]) -> None:
        self.name = name
        self.read = read

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        try:
            return self.read(value)
        except UsageError as error:
            self.fail(str(error), param, ctx)


SECONDS: Final = NumberParam("seconds", limits.read_seconds)
MEMORY: Final = NumberParam("size", limits.read_memory)
ALL: Final = "all"
"""The value that an option with an optional number has without one."""
EVERY_ROW: Final = -1
"""What ROW makes of `ALL`."""


def _read_row(text: str) -> int:
    if text == ALL:
        return EVERY_ROW
    if not re.fullmatch(r"\d{1,10}", text, re.ASCII):
        raise UsageError(f"expected the number of a row, from 1, not {text}")
    return int(text)


ROW: Final = NumberParam("row", _read_row)
COUNT: Final = NumberParam("count", limits.read_count)
SHARE: Final = NumberParam("share", limits.read_score)

QUERY_TIMEOUT: Final = click.option(
    "--timeout",
    type=SECONDS,
    metavar="S",
    help="Stop after S seconds; 0 for no limit (default: that of the query, else 60).",
)

_SHORT: Final = ("ask", "queries", "search", "show")
"""Commands with the shorter default --timeout of a query."""


def add_bounds(command: click.Command) -> None:
    """Add --timeout and --memory to a command, unless it defines them itself."""
    short = command.name in _SHORT
    seconds = limits.QUERY_SECONDS if short else limits.COMMAND_SECONDS
    options = (
        click.Option(
            ["--timeout"],
            type=SECONDS,
            default=f"{seconds:.0f}",
            show_default=True,
            metavar="S",
            help="Stop after S seconds; 0 for no limit.",
            expose_value=False,
            callback=_bound_time,
        ),
        click.Option(
            ["--memory"],
            type=MEMORY,
            default="4G",
            show_default=True,
            metavar="SIZE",
            help="Stop above this memory size, such as 600M; 0 for no limit.",
            expose_value=False,
            callback=_bound_memory,
        ),
    )
    no_pager = click.Option(
        ["--no-pager"],
        is_flag=True,
        hidden=True,
        expose_value=False,
        callback=_refuse_pager,
        help="Write long results to the terminal without a pager.",
    )
    names = {param.name for param in command.params}
    command.params += [option for option in (*options, no_pager) if option.name not in names]


def _refuse_pager(_: click.Context, __: click.Parameter, refused: bool) -> None:
    if refused:
        allow_paging(False)


def _bound_time(_: click.Context, __: click.Parameter, seconds: float) -> None:
    inside.set_limits(seconds=seconds)


def _bound_memory(_: click.Context, __: click.Parameter, size: int) -> None:
    inside.set_limits(memory=size)
