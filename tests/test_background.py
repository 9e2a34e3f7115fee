"""Work in the background: its result, its errors, and what it falls back to."""

from __future__ import annotations

import gc
import os
import threading
from typing import Any

import pyoxigraph as ox
import pytest

from pcve_graph.system.background import BackgroundProcess, BackgroundThread


def fail() -> Any:
    raise OSError("no room")


def test_a_thread_gives_what_its_work_gave() -> None:
    with BackgroundThread(lambda: 7) as thread:
        assert thread.result() == 7
    assert thread.result() == 7


def test_an_error_in_a_thread_is_raised_where_its_result_is_asked_for() -> None:
    with BackgroundThread(fail) as thread:
        pass
    with pytest.raises(OSError, match="no room"):
        thread.result()


def test_a_thread_drops_no_answer_of_another() -> None:
    circle: list[Any] = [ox.Store().query("SELECT * { ?s ?p ?o }")]
    circle.append(circle)
    del circle
    with BackgroundThread(gc.collect) as thread:
        thread.result()
    gc.collect()


def test_a_process_of_its_own_gives_what_its_work_gave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    apart = BackgroundProcess(lambda: ({"a": ("b" * 10**6, 1)}, {os.getpid()}))
    given, (number,) = apart.result()
    assert given == {"a": ("b" * 10**6, 1)}
    assert number != os.getpid()


def test_where_threads_run_the_work_is_done_here() -> None:
    stop = threading.Event()
    with BackgroundThread(stop.wait):
        apart = BackgroundProcess(os.getpid)
        stop.set()
    assert apart.result() == os.getpid()


def test_what_fails_apart_fails_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    apart = BackgroundProcess(fail)
    with pytest.raises(OSError, match="no room"):
        apart.result()
