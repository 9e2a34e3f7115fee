"""The layout of the build folder, and how the files of the last build are found in it.

build/current            names the current generation, and the SHA-256 of its sums
build/generations/<n>/   one build: its graph, store, indexes and inputs (see store.py)
build/generations/<n>.lock  locked by every process that reads this generation
build/kept/              caches that do not belong to one build
build/lock               locked by the process that builds
build/draft-…/           a build in progress, or one that was killed

A build is written as a draft, moved to `generations`, and becomes the current one when `current` is
replaced. A generation never changes once written, so a reader only requires that it is not deleted.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from ..model.namespaces import GRAPHS
from ..model.problems import UsageError
from ..system.atomic_writes import replace_file
from ..system.locks import Lock, try_lock
from .sums import FileSum, UnusableError, check_contents, check_sizes, damaged, read_part, read_sums

FORMAT: Final = 2
"""The version of this layout. The first had no `current`: its files were in `build/` itself."""
CURRENT: Final = "current"
GENERATIONS: Final = "generations"
DRAFT: Final = "draft-"
LOCK: Final = "lock"

_LARGEST_CURRENT: Final = 10_000
_TRIES: Final = 20
"""How often a reader retries because the generation that it was about to open was replaced."""
_LARGE: Final = (".nt", ".sqlite", ".sst")
"""Files of which only the size is checked on opening, as reading them takes time."""


class NoGraphError(UsageError):
    """Nothing was built yet."""


class Pointer(NamedTuple):
    """The content of `current`: the number of the generation and the SHA-256 of its sums."""

    number: int
    digest: str


@dataclass(frozen=True)
class Generation:
    """The files of one build, which are not deleted as long as this object exists.

    `build` is the build folder; `sums` gives the size and SHA-256 of each file by its path.
    """

    build: Path
    pointer: Pointer
    sums: Mapping[str, FileSum]
    lock: Lock | None = None
    _checked: set[str] = field(default_factory=set)

    @property
    def folder(self) -> Path:
        """The folder with the files of this build."""
        return self.build / GENERATIONS / str(self.pointer.number)

    def check(self, *names: str) -> None:
        """Compare files (all, without `names`) with their SHA-256, each at most once.

        Raises UnusableError where one differs.
        """
        unchecked = [name for name in names or self.sums if name not in self._checked]
        check_contents(self.folder, self.sums, unchecked)
        self._checked.update(unchecked)

    def check_graph(self) -> None:
        """`check` the N-Triples files."""
        self.check(*(f"graph/{name}.nt" for name in GRAPHS))


def current_generation(build: Path) -> Generation:
    """The generation that `build/current` names, locked against deletion.

    The sizes of all files and the contents of the small ones are checked. Raises NoGraphError where
    nothing was built, UnusableError where a file is damaged or was written by another version.
    """
    for _ in range(_TRIES):
        pointer = read_current(build)
        lock = try_lock(lock_file(build, pointer.number), exclusive=False)
        if lock is None:  # it is being deleted: there is a newer one
            continue
        try:
            return _opened(build, pointer, lock)
        except UnusableError:
            if read_current(build) == pointer:
                raise
    raise UsageError(f"{build} is being rebuilt continually; try again")


def read_current(build: Path) -> Pointer:
    """The content of `build/current`. Raises NoGraphError and UnusableError."""
    path = build / CURRENT
    if not os.path.lexists(path):
        if is_first_layout(build):
            raise _other_version(build)
        if (build / GENERATIONS).is_dir():
            raise damaged(path, "it is missing")
        raise NoGraphError(f"there is no graph in {build}; run `pcve build` first")
    try:
        document = json.loads(read_part(path, _LARGEST_CURRENT))
        layout = document["format"]
        if type(layout) is int and layout != FORMAT:
            raise _other_version(build)
        number, digest = document["generation"], document["sums"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise damaged(path) from None
    if type(number) is not int or number < 1 or type(digest) is not str:
        raise damaged(path)
    return Pointer(number, digest)


def write_current(build: Path, pointer: Pointer) -> None:
    """Make a generation the current one, atomically."""
    document = {"format": FORMAT, "generation": pointer.number, "sums": pointer.digest}
    replace_file(build / CURRENT, json.dumps(document) + "\n")


def generation_numbers(build: Path) -> list[int]:
    """The numbers of the existing generations, sorted."""
    folder = build / GENERATIONS
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return sorted(int(name) for name in names if re.fullmatch("[1-9][0-9]*", name, re.ASCII))


def lock_file(build: Path, number: int) -> Path:
    """The file that readers of a generation lock; outside it, as Windows keeps open files."""
    return build / GENERATIONS / f"{number}.lock"


def holds_generations(build: Path) -> bool:
    """Whether pcve has built into this folder before, even if the build is damaged."""
    marks = (build / CURRENT, build / LOCK)
    return (build / GENERATIONS).is_dir() and any(mark.exists() for mark in marks)


def is_build(folder: Path) -> bool:
    """Whether `folder` is the build folder of a project, in any version of the layout."""
    return holds_generations(folder) or is_first_layout(folder)


def is_first_layout(build: Path) -> bool:
    """Whether a version before `FORMAT` 2 wrote this folder."""
    return (
        (build / "manifest.json").is_file()
        and (build / "inputs.sha256").is_file()
        and any((build / "graph" / f"{name}.nt").is_file() for name in GRAPHS)
    )


def _opened(build: Path, pointer: Pointer, lock: Lock) -> Generation:
    folder = build / GENERATIONS / str(pointer.number)
    generation = Generation(build, pointer, read_sums(folder, pointer.digest), lock)
    check_sizes(folder, generation.sums)
    generation.check(*(name for name in generation.sums if not name.endswith(_LARGE)))
    return generation


def _other_version(build: Path) -> UnusableError:
    return UnusableError(f"{build} was written by another version of pcve")
