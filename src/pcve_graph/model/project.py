"""Where a project lies: found upward from a folder, or the one shipped inside the package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .. import __version__
from .problems import UsageError

MARKS = ("ontology/shapes.ttl", "data/records", "queries/answers")


@dataclass(frozen=True, slots=True)
class Project:
    """The folders of one project. `shipped` is the one inside the installed package."""

    root: Path
    build: Path
    shipped: bool = False

    @property
    def ontology(self) -> Path:
        return self.root / "ontology"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def queries(self) -> Path:
        return self.root / "queries"

    def relative(self, path: Path) -> str:
        """`path` as messages name it: from the project's root, with `/`, if it lies there."""
        inside = path.is_relative_to(self.root)
        return (path.relative_to(self.root) if inside else path).as_posix()


def is_project(folder: Path) -> bool:
    """Whether `folder` holds the ontology, records and queries that make a project."""
    return all((folder / mark).exists() for mark in MARKS)


def find_project(start: Path) -> Project | None:
    """The project at `start` or in the nearest folder above it; None where there is none."""
    here = start.resolve()
    for folder in (here, *here.parents):
        if is_project(folder):
            return Project(folder, folder / "build")
    return None


def chosen_project(folder: Path | None) -> Project:
    """The project in `folder`; without one the nearest upward from here, else the shipped one.

    The shipped one is built in the user's cache. Raises UsageError where `folder` is no project.
    """
    if folder is None:
        import platformdirs

        cache = Path(platformdirs.user_cache_dir("pcve-graph")) / __version__ / "build"
        return find_project(Path.cwd()) or shipped_project(cache)
    found = find_project(folder)
    if found is None or found.root != folder.resolve():
        raise UsageError(f"{folder} is no project; it has ontology/, data/records/ and queries/")
    return found


def shipped_project(cache: Path) -> Project:
    """The project that the package carries; it is built under `cache`, as the package is read-only.

    Raises UsageError where the package carries none.
    """
    package = Path(__file__).resolve().parents[1]
    for root in (package / "project", package.parents[1]):
        if is_project(root):
            return Project(root, cache, shipped=True)
    raise UsageError("this installation carries no project; install the package again")
