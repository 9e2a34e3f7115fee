"""Processes with limits of time and memory, in which everything that reads foreign content runs.

To change how a command is started and ended, open `command`; how the Python API runs its calls,
`process`; what the limited process does itself, `inside`; what its parent does (stop it at a limit,
explain how it ended), `watch`.
"""
