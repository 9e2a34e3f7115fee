"""Groups of commands, such as `pcve edit`: their help, suggestions and bounds."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

import click

from ..system.sandbox import inside


class CommandGroup(click.Group):
    """Commands under one name, in the order of their definition.

    Each gets the options --timeout and --memory, its summary is not shortened in the help of the
    group, and the message on an unknown name suggests the most similar one.
    """

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
        return super().resolve_command(context, arguments)

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
