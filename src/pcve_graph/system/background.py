"""Concurrent work: in a thread, or in a forked process."""

from __future__ import annotations

import gc
import marshal
import os
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class BackgroundThread(Generic[T]):
    """`work` in a thread that starts at once, for work that releases the GIL.

    As a context manager, it waits for the thread at the end. Until then the existing objects are
    exempt from cyclic garbage collection: it could run in this thread and free a result of the
    store that belongs to another.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._done: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run)
        gc.freeze()
        self._thread.start()

    def result(self) -> T:
        """Wait for the return value of `work`; raises what `work` raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._done[0]

    def __enter__(self) -> BackgroundThread[T]:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        gc.unfreeze()

    def _run(self) -> None:
        try:
            self._done.append(self._work())
        except BaseException as error:
            self._error = error


class BackgroundProcess(Generic[T]):
    """`work` in a forked process that starts at once; it returns what `marshal` can write.

    If the system cannot fork, if this process has threads (a fork would lose them but not release
    their locks), or if the child fails, `result` does the work in this process.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._child = 0
        if not hasattr(os, "fork") or threading.active_count() > 1:
            return
        self._pipe, end = os.pipe()
        self._child = os.fork()
        if self._child:
            os.close(end)
        else:
            self._run_child(end)

    def result(self) -> T:
        """Wait for the return value of `work`; raises what `work` raised. May be called once."""
        if not self._child:
            return self._work()
        with os.fdopen(self._pipe, "rb") as file:
            content = file.read()
        _, status = os.waitpid(self._child, 0)
        result: T = marshal.loads(content) if status == 0 else self._work()
        return result

    def _run_child(self, end: int) -> None:
        """In the child: do the work, write its result to the pipe, and exit."""
        status = 1
        try:
            result: Any = self._work()  # what marshal can write
            with os.fdopen(end, "wb") as file:
                file.write(marshal.dumps(result))
            status = 0
        finally:
            os._exit(status)
