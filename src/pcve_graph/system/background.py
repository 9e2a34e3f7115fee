"""Work done beside what goes on here: in a thread, or in a process of its own."""

from __future__ import annotations

import gc
import marshal
import os
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Beside(Generic[T]):
    """`work` in a thread, begun at once: for what leaves Python's lock to others.

    As a context, it is over at the context's end. Until then Python searches for circles of objects
    only among new ones: a thread must not drop an answer of the store that another one asked for.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._done: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run)
        gc.freeze()
        self._thread.start()

    def result(self) -> T:
        """What `work` gave, as soon as it is there; raises what it raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._done[0]

    def __enter__(self) -> Beside[T]:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        gc.unfreeze()

    def _run(self) -> None:
        try:
            self._done.append(self._work())
        except BaseException as error:
            self._error = error


class Apart:
    """`work` in a process of its own, begun at once; it gives what `marshal` can write.

    Where the system cannot fork, or threads run here (they would be lost, and their locks kept),
    and where that process fails, it is done here when its result is asked for.
    """

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self._child = 0
        if not hasattr(os, "fork") or threading.active_count() > 1:
            return
        self._pipe, end = os.pipe()
        self._child = os.fork()
        if self._child:
            os.close(end)
        else:
            self._give(end)

    def result(self) -> Any:
        """What `work` gave; raises what it raised. To be asked for once."""
        if not self._child:
            return self._work()
        with os.fdopen(self._pipe, "rb") as file:
            given = file.read()
        _, status = os.waitpid(self._child, 0)
        return marshal.loads(given) if status == 0 else self._work()

    def _give(self, end: int) -> None:
        """In the other process: do the work, and end."""
        status = 1
        try:
            with os.fdopen(end, "wb") as file:
                file.write(marshal.dumps(self._work()))
            status = 0
        finally:
            os._exit(status)
