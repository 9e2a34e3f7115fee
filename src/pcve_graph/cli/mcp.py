"""`pcve mcp`: serves the graph to programs that speak the Model Context Protocol."""

from __future__ import annotations

from importlib.util import find_spec

import click

from ..model.problems import MissingLibraryError
from ..system.sandbox import inside
from .bounds import MEMORY, SECONDS
from .console import handle_errors
from .context import open_or_build, project_of


@click.command()
@click.option(
    "--timeout",
    type=SECONDS,
    metavar="S",
    help="Stop a call after S seconds; 0 for no limit (default: that of the question, else 60).",
)
@click.option(
    "--memory",
    type=MEMORY,
    default="4G",
    show_default=True,
    metavar="SIZE",
    help="Stop a call above this memory size, such as 600M; 0 for no limit.",
)
@click.pass_context
@handle_errors
def mcp(context: click.Context, timeout: float | None, memory: float) -> None:
    """Serve the graph to language models: MCP on stdin and stdout.

    A client starts it: docs/how-to/mcp.md has the settings. It reads the last build, answers until
    stdin is closed, writes nothing and asks no other server. Requires the extra mcp.

    \b
    Example:
      pcve --project my-project mcp --timeout 20
    """
    if find_spec("mcp") is None:
        raise MissingLibraryError("mcp is not installed; pip install 'pcve-graph[mcp]'")
    project = project_of(context)
    open_or_build(project)
    inside.report_task("pcve mcp")
    inside.set_limits(seconds=0)
    from ..serve.mcp_server import serve_mcp

    serve_mcp(project, timeout, int(memory))
