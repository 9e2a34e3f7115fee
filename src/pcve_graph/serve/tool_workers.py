"""Calls of tools in processes with limits: several at a time, each in a process of its own.

The server itself reads nothing of the graph, so that no question can slow it down or end it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final, TypeVar

import anyio
import anyio.to_thread

from ..model.limits import QUERY_SECONDS
from ..system.sandbox.process import LimitedProcess

T = TypeVar("T")

PROCESSES: Final = 3
"""The most calls that run at a time; further ones wait."""

_OPTIONS: Final = "--timeout --memory"


class ToolWorkers:
    """Processes for calls, each within `seconds` and `memory` bytes; 0 is no limit.

    Without `seconds` the usual limit holds, and `question_limits` is set: a question has its own.
    A process is started when it is first needed, and again after it was stopped at a limit.
    """

    def __init__(self, seconds: float | None, memory: int) -> None:
        self.question_limits = seconds is None
        self._limits = (QUERY_SECONDS if seconds is None else seconds), memory
        self._idle = [LimitedProcess(_OPTIONS) for _ in range(PROCESSES)]
        self._turn = anyio.Semaphore(PROCESSES)
        self._threads = anyio.CapacityLimiter(4 * PROCESSES)

    async def call(self, name: str, work: Callable[..., T], *arguments: object) -> T:
        """The return value of `work(*arguments)`, a function of a module; messages call it `name`.

        Raises what `work` raises, and StoppedError where it was stopped at a limit. If the call is
        cancelled, its process is killed.
        """
        seconds, memory = self._limits
        async with self._turn:
            process = self._idle.pop()
            try:
                await anyio.to_thread.run_sync(process.start, limiter=self._threads)
                result = await anyio.to_thread.run_sync(
                    partial(
                        process.call, work, *arguments, name=name, seconds=seconds, memory=memory
                    ),
                    abandon_on_cancel=True,
                    limiter=self._threads,
                )
            except anyio.get_cancelled_exc_class():
                _kill(process)
                process = LimitedProcess(_OPTIONS)
                raise
            finally:
                self._idle.append(process)
        return result

    def close(self) -> None:
        """End the processes."""
        for process in self._idle:
            process.close()


def _kill(process: LimitedProcess) -> None:
    """Kill a process during its call, which then ends with a StoppedError in its thread."""
    with suppress(OSError):
        if process.pid is not None:
            os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
