"""What is worked out from a project's files, kept in `build/kept/` for the commands that follow.

A cache: without it, or with that of other files or another program, all is worked out again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from .files import walk

FOLDER: Final = "kept"


def kept(build: Path, name: str, made_of: list[bytes], work: Callable[[], Any]) -> Any:
    """What `work` gives, plain JSON: as `build` has kept it, if it was made of the same."""
    key = hashlib.sha256(b"\0".join([program().encode(), *made_of])).hexdigest()
    file = build / FOLDER / f"{name}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads(file.read_bytes())
        if found["key"] == key:
            return found["value"]
    value = work()
    if build.is_dir():
        _keep({"key": key, "value": value}, file)
    return value


def _keep(content: Any, file: Path) -> None:
    """Write it for the next time; where that cannot be, it is worked out again."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        fresh.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        fresh.replace(file)


def carry_over(build: Path, draft: Path) -> None:
    """Let the folder of the next build keep what the last one kept."""
    if (build / FOLDER).is_dir():
        (draft / FOLDER).mkdir()
        for file in (build / FOLDER).glob("*.json"):
            os.link(file, draft / FOLDER / file.name)


@lru_cache(1)
def program() -> str:
    """A hash of the program's own files by their sizes and times: another program builds anew."""
    stamps = []
    for name, entry in walk(Path(__file__).parent):
        if name.endswith(".py"):
            stat = entry.stat()
            stamps.append((name, stat.st_size, stat.st_mtime_ns))
    return hashlib.sha256(repr(sorted(stamps)).encode()).hexdigest()
