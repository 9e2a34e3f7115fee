"""Groups of commands, such as `pcve edit`: their help, suggestions and bounds."""

from __future__ import annotations

import contextlib
import inspect
from collections import Counter
from collections.abc import Mapping

import click

from ..system.sandbox import inside


class CommandGroup(click.Group):
    """Commands under one name, in the order of their definition.

    Each gets the options --timeout and --memory, its summary is not shortened in the help of the
    group, and the message on an unknown name suggests the most similar one.
    """

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        _check_repeated(self, context, arguments)
        return super().parse_args(context, arguments)

    def list_commands(self, context: click.Context) -> list[str]:
        return list(self.commands)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        command = self.load_command(name)
        if command is not None and not isinstance(command, click.Group):
            from .bounds import add_bounds

            add_bounds(command)
        return command

    def load_command(self, name: str) -> click.Command | None:
        """The command of this name, without the options of `get_command`."""
        return self.commands.get(name)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        summaries = {name: _summary(command) for name, command in self.commands.items()}
        write_section(formatter, "Commands", summaries)

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = arguments[0]
        missing = name[:1].isalnum() and self.get_command(context, name) is None
        if missing and not context.resilient_parsing:
            context.fail(f"No such command {name!r}{self._suggestion(context, name)}")
        command_name, command, rest = super().resolve_command(context, arguments)
        if command is not None and not isinstance(command, click.Group):
            own = click.Context(command, context, command_name, **command.context_settings)
            _check_repeated(command, own, rest)
        return command_name, command, rest

    def _suggestion(self, context: click.Context, name: str) -> str:
        """The end of the message on an unknown name: the command that may be meant, or `.`."""
        from ..model.suggest import similar_names

        paths: dict[str, str] = {}
        for own in self.list_commands(context):
            command = self.get_command(context, own)
            if isinstance(command, click.Group):
                for inner in command.list_commands(context):
                    paths.setdefault(inner, f"{own} {inner}")
        paths |= {own: own for own in self.list_commands(context)}
        matches = similar_names(name, paths, 1)
        return f"; did you mean `pcve {_path(context, paths[matches[0]])}`?" if matches else "."


def _check_repeated(command: click.Command, context: click.Context, arguments: list[str]) -> None:
    """Raise a usage error for an option with one value that is given twice.

    click takes the last value, so the command would answer another question than the one asked.
    """
    given: list[click.Parameter] = []
    with contextlib.suppress(click.UsageError):  # which the command itself reports
        given = command.make_parser(context).parse_args(list(arguments))[2]
    if context.resilient_parsing:
        return
    for option, number in Counter(given).items():
        if number > 1 and isinstance(option, click.Option) and not _is_repeatable(option):
            times = "twice" if number == 2 else f"{number} times"
            fault = f"{max(option.opts, key=len)} is given {times}; leave out all but one"
            raise click.UsageError(fault, context)


def _is_repeatable(option: click.Option) -> bool:
    """Whether an option can be given again without a loss: it has several values, or none."""
    return option.multiple or option.count or (option.is_flag and not option.secondary_opts)


def report_command(context: click.Context) -> None:
    """Report the command that a group runs, for the message if it is stopped."""
    inside.report_task(_path(context, str(context.invoked_subcommand)))


def _path(context: click.Context, name: str) -> str:
    """The command `name` of a group as it is typed after `pcve`."""
    group = context.command_path.partition(" ")[2]
    return f"{group} {name}" if group else name


def write_section(formatter: click.HelpFormatter, title: str, summaries: Mapping[str, str]) -> None:
    """Write a section of commands and their summaries, which are wrapped but never shortened."""
    with formatter.section(title):
        formatter.write_dl(list(summaries.items()))


def _summary(command: click.Command) -> str:
    """The first line of the help of a command."""
    return inspect.cleandoc(command.help or "").partition("\n")[0]
