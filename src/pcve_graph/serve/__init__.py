"""Servers of a built graph for other programs: MCP on stdin and stdout.

To add a tool, write a function in `things`, `questions` or `analyses` and name it in `tools`; to
change what an answer has, open `answers`, and how it reads as text, `answer_text`. `mcp_server`
speaks the protocol, `tool_workers` keeps each call within its limits.
"""
