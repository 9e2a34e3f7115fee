"""The MCP server on stdin and stdout: tools, and things as resources.

Protocol: Model Context Protocol, both eras that the package `mcp` serves. What a client is told
when a call fails is the message of the UsageError, and nothing else.
"""

from __future__ import annotations

import logging
from typing import Any, Final

import anyio
import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from ..graph.settings import read_settings
from ..model.namespaces import BASE
from ..model.problems import PcveError
from ..model.project import Project
from ..model.version import __version__
from ..system.sandbox.watch import StoppedError
from .instructions import INSTRUCTIONS
from .tool_arguments import checked_arguments, input_schema, output_schema
from .tool_workers import ToolWorkers
from .tools import TOOLS, read_thing, run_tool

_SCHEME: Final = "pcve://"
"""What the URIs of resources begin with; the IRIs of things are taken too."""

_READ_ONLY: Final = types.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)

_TOOL_OF_COMMAND: Final = {
    "pcve queries": "list_questions",
    "pcve query everything": 'run_question(question="everything")',
    "pcve search": "search",
}
"""What stands in messages for the commands that they refer to."""

_log = logging.getLogger(__name__)


def serve_mcp(project: Project, seconds: float | None, memory: int) -> None:
    """Serve the graph of `project` on stdin and stdout until stdin ends.

    Each call is stopped after `seconds`, or without that at the limit of its question or the usual
    one, and above `memory` bytes; 0 is no limit. Raises BrokenPipeError if the client has closed
    stdout.
    """
    is_closed = False
    try:
        anyio.run(_serve, project, seconds, memory)
    except* BrokenPipeError:
        is_closed = True
    if is_closed:  # what is raised in an `except*` may come in a group again
        raise BrokenPipeError


async def _serve(project: Project, seconds: float | None, memory: int) -> None:
    workers = ToolWorkers(seconds, memory)
    server = _Handlers(project, workers).server()
    try:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())
    finally:
        workers.close()


class _Handlers:
    """The handlers of requests."""

    def __init__(self, project: Project, workers: ToolWorkers) -> None:
        self.project = project
        self.workers = workers

    def server(self) -> Server[Any]:
        """The server with these handlers."""
        version = read_settings(self.project).data_version
        return Server(
            "pcve",
            version=f"{__version__}, data {version}" if version else __version__,
            title="P/CVE knowledge graph",
            instructions=INSTRUCTIONS,
            on_list_tools=self.list_tools,
            on_call_tool=self.call_tool,
            on_list_resources=self.list_resources,
            on_list_resource_templates=self.list_templates,
            on_read_resource=self.read_resource,
        )

    async def list_tools(self, _: Any, __: Any) -> types.ListToolsResult:
        return types.ListToolsResult(
            tools=[
                types.Tool(
                    name=name,
                    title=tool.title,
                    description=tool.description,
                    input_schema=input_schema(name),
                    output_schema=output_schema(name),
                    annotations=_READ_ONLY,
                )
                for name, tool in TOOLS.items()
            ]
        )

    async def call_tool(self, _: Any, request: types.CallToolRequestParams) -> types.CallToolResult:
        name = request.name
        try:
            arguments = checked_arguments(name, request.arguments or {})
            own_limits = self.workers.question_limits
            content, text = await self.workers.call(
                name, run_tool, self.project, name, arguments, own_limits
            )
        except Exception as error:
            return types.CallToolResult(
                content=[types.TextContent(type="text", text=_message(name, error))], is_error=True
            )
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=text)], structured_content=content
        )

    async def list_resources(self, _: Any, __: Any) -> types.ListResourcesResult:
        """No list: there are hundreds of things, and `search` finds them."""
        return types.ListResourcesResult(resources=[])

    async def list_templates(self, _: Any, __: Any) -> types.ListResourceTemplatesResult:
        about = {
            "id": "A thing with its facts and their evidence",
            "source": "A source, and what rests on it",
        }
        return types.ListResourceTemplatesResult(
            resource_templates=[
                types.ResourceTemplate(
                    name=kind,
                    uri_template=f"{_SCHEME}{kind}/{{id}}",
                    description=f"{description}, as text. Its IRI names it as well.",
                    mime_type="text/plain",
                )
                for kind, description in about.items()
            ]
        )

    async def read_resource(
        self, _: Any, request: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        uri = str(request.uri)
        try:
            text = await self.workers.call("reading", read_thing, self.project, _identifier(uri))
        except Exception as error:
            message = _message(uri, error)
            raise MCPError(types.INVALID_PARAMS, message, {"uri": uri}) from None
        contents = types.TextResourceContents(uri=uri, text=text, mime_type="text/plain")
        return types.ReadResourceResult(contents=[contents])


def _identifier(uri: str) -> str:
    """What `show` takes for the URI of a resource: an id, `source/ID`, or the IRI itself."""
    return uri if uri.startswith(BASE) else uri.removeprefix(_SCHEME).removeprefix("id/")


def _message(name: str, error: Exception) -> str:
    """What a client is told of an error; the text of one that is a fault of ours stays here."""
    if isinstance(error, StoppedError):
        return f"{error} of `pcve mcp`"
    if isinstance(error, PcveError):
        message = str(error)
        for typed, tool in _TOOL_OF_COMMAND.items():
            message = message.replace(f"`{typed}`", tool)
        return message
    _log.error("%s failed", name, exc_info=error)
    return f"{name} failed ({type(error).__name__}); please report it"
