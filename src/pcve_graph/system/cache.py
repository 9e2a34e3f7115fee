"""What is worked out from a project's files, kept in `build/kept/` for the commands that follow.

A cache: without it, or with that of other files or another program, all is worked out again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from ..model.problems import UsageError
from .files import LARGEST, read_file, replace_file, walk

FOLDER: Final = "kept"


def kept(build: Path, name: str, made_of: list[bytes], work: Callable[[], Any]) -> Any:
    """What `work` gives, plain JSON: as `build` has kept it, if it was made of the same."""
    key = hashlib.sha256(b"\0".join([program().encode(), *made_of])).hexdigest()
    file = build / FOLDER / f"{name}.json"
    with suppress(OSError, UsageError, ValueError):
        head, content = read_file(file, LARGEST).split(b"\n", 1)
        if head == _head(key, content):
            return json.loads(content)
    value = work()
    # Never into a folder of somebody else's, nor through a link.
    if (build / "generations").is_dir() and not build.is_symlink():
        _keep(key, json.dumps(value, ensure_ascii=False).encode(), file)
    return value


def _head(key: str, content: bytes) -> bytes:
    """The first line of a file: what its content was made of, and its SHA-256."""
    return f"{key} {hashlib.sha256(content).hexdigest()}".encode()


def _keep(key: str, content: bytes, file: Path) -> None:
    """Write it for the next time; where that cannot be, it is worked out again."""
    with suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        replace_file(file, _head(key, content) + b"\n" + content)


@lru_cache(1)
def program() -> str:
    """A hash of the program's own files by their sizes and times: another program builds anew."""
    stamps = []
    for name, entry in walk(Path(__file__).parents[1]):
        if name.endswith(".py"):
            stat = entry.stat()
            stamps.append((name, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))
    return hashlib.sha256(repr(sorted(stamps)).encode()).hexdigest()
