"""A cache of values computed from the files of a project, in `build/kept/`.

An entry is used only if it comes from the same files and the same version of the program.
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
from .atomic_writes import replace_file
from .files import LARGEST_FILE, read_file, walk_files

CACHE_FOLDER: Final = "kept"
"""The name of the cache folder in the folder of builds."""


def cached(build: Path, name: str, inputs: list[bytes], work: Callable[[], object]) -> Any:
    """The JSON value that `work` returns, or the cached one if it comes from the same `inputs`.

    The cache is in the folder of builds `build`. That it cannot be read or written is not an error.
    """
    key = hashlib.sha256(b"\0".join([program_hash().encode(), *inputs])).hexdigest()
    file = build / CACHE_FOLDER / f"{name}.json"
    with suppress(OSError, UsageError, ValueError):
        head, content = read_file(file, LARGEST_FILE).split(b"\n", 1)
        if head == _head(key, content):
            return json.loads(content)
    value = work()
    # Never write to a folder that is not a build of this program, nor through a link.
    if (build / "generations").is_dir() and not build.is_symlink():
        _write(key, json.dumps(value, ensure_ascii=False).encode(), file)
    return value


def _head(key: str, content: bytes) -> bytes:
    """The first line of a cache file: the hash of the inputs, and the SHA-256 of the content."""
    return f"{key} {hashlib.sha256(content).hexdigest()}".encode()


def _write(key: str, content: bytes, file: Path) -> None:
    """Write a cache file, if that is possible."""
    with suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        replace_file(file, _head(key, content) + b"\n" + content)


@lru_cache(1)
def program_hash() -> str:
    """A hash of the sizes and times of the program's own files: it identifies the version."""
    stamps = []
    for name, entry in walk_files(Path(__file__).parents[1]):
        if name.endswith(".py"):
            stat = entry.stat()
            stamps.append((name, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))
    return hashlib.sha256(repr(sorted(stamps)).encode()).hexdigest()
