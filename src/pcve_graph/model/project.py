"""The folders of a project: one at or above a folder, or the one inside the package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .problems import UsageError
from .version import __version__

REQUIRED_PATHS = ("ontology/shapes", "data/records", "queries/answers")
"""The paths that a project must contain."""

_MARKS = ("data/records", "pcve.toml")
"""The paths by which a folder is recognized as a project, even if other parts are missing."""


@dataclass(frozen=True, slots=True)
class Project:
    """The folders of a project. `shipped` is true for the one inside the installed package."""

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

    @property
    def settings(self) -> Path:
        """The file of settings; a project need not have it."""
        return self.root / "pcve.toml"

    def relative(self, path: Path) -> str:
        """`path` as messages name it: relative to the root if inside it, with `/`."""
        inside = path.is_relative_to(self.root)
        return (path.relative_to(self.root) if inside else path).as_posix()


def is_project(folder: Path) -> bool:
    """Whether `folder` contains the ontology, records and queries of a project."""
    return all((folder / mark).exists() for mark in REQUIRED_PATHS)


def find_project(start: Path) -> Project | None:
    """The project in `start` or the nearest folder above it; None if there is none.

    Raises UsageError for one that lacks a part: a command that took the next project above it
    would read and write the wrong files.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if is_project(folder):
            return Project(folder, folder / "build")
        if any((folder / mark).exists() for mark in _MARKS):
            raise UsageError(
                f"{folder} is not a complete project: {_missing_parts(folder)}; "
                "restore it, or choose another project with --project DIR"
            )
    return None


def open_project(folder: Path | None) -> Project:
    """The project in `folder`, or for None in or above the current folder, else the shipped one.

    The shipped one is built in the user's cache. Raises UsageError if `folder` is not a project,
    and as `find_project` does.
    """
    if folder is None:
        import platformdirs

        cache = Path(platformdirs.user_cache_dir("pcve-graph")) / __version__ / "build"
        return find_project(Path.cwd()) or shipped_project(cache)
    if not is_project(folder):
        raise UsageError(f"{folder} is not a pcve project: {_missing_parts(folder)}")
    root = folder.resolve()
    return Project(root, root / "build")


def _missing_parts(folder: Path) -> str:
    """Which of the paths that a project must contain `folder` lacks."""
    missing = [part for part in REQUIRED_PATHS if not (folder / part).exists()]
    return f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"


def shipped_project(cache: Path) -> Project:
    """The project inside the package; it is built in `cache`, as the package is read-only.

    Raises UsageError if the package contains none.
    """
    package = Path(__file__).resolve().parents[1]
    for root in (package / "project", package.parents[1]):
        if is_project(root):
            return Project(root, cache, shipped=True)
    raise UsageError("this installation contains no project; install the package again")
