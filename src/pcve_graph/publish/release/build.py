"""Builds a release: the graph in all formats, its descriptions, and what a rebuild requires.

The same project files and the same versions of the tools give the same bytes on every machine and
every supported Python: nothing in a release depends on a clock, a path or a host.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from ...evidence.rechecks import RECHECK_TABLE, read_rechecks, recheck_table
from ...evidence.reviews import REVIEW_TABLE, read_reviews, review_table
from ...graph.inputs import read_inputs
from ...graph.ontology_bundle import bundled_turtle, portable_turtle
from ...graph.settings import Settings
from ...graph.store import StoredGraph
from ...model.problems import MissingLibraryError, NothingToWriteError, UsageError
from ...model.project import Project
from ...model.schema import Ontology
from ...model.version import __version__
from ...query.access import SavedGraph, run_trials
from ...query.recorded_answers import FOLDER, answer_files
from ...query.saved import read_queries
from ...system.folders import create_folder
from ..export.formats import FORMATS
from ..export.subset import GraphPart, whole_graph
from ..site.reference import write_reference
from .metadata import CRATE, INPUTS, MANIFEST, REFERENCE, STEM, SUMS, ReleaseFile, ReleaseInfo
from .moved import MOVED, moved_text, read_moved
from .readme import citation, readme
from .void_dcat_prov import crate, dcat, prov, void

TOOLS: Final = ("icalendar", "networkx", "pyarrow", "pybtex", "pyoxigraph", "rdflib", "XlsxWriter")
"""The libraries whose version can affect the bytes; the extra `release` pins them."""

_COPIED: Final = {
    "CITATION.cff": ("How to cite the data", "application/yaml"),
    "LICENSE-DATA": ("The licence of ontology, queries and records", "text/plain"),
}
_TURTLE: Final = "text/turtle"
_MEDIA_TYPES: Final = {
    **{form.suffix: form.media_type for form in FORMATS.values()},
    ".css": "text/css",
    ".tsv": "text/tab-separated-values",
    ".html": "text/html",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class ReleaseContents:
    """The files of a release by name, sorted; `left_out` says of each format without one why."""

    files: dict[str, bytes]
    left_out: tuple[str, ...]


def release_contents(
    project: Project, saved: StoredGraph, ontology: Ontology, settings: Settings
) -> ReleaseContents:
    """What a release has; `saved` must be the graph of the project's files.

    A format whose library is not installed, or that has nothing to write, is left out.
    """
    part = whole_graph(saved, settings)
    about = ReleaseInfo(part, settings)
    inputs = _inputs(project, saved)
    tools = tool_versions()
    files, left_out = _exported(part, ontology)
    files += _ontology_files(project, ontology)
    exported = [file for file in files if file.form]
    files += [
        ReleaseFile("void.ttl", "VoID: the size of the graph and its parts", _TURTLE, void(about)),
        ReleaseFile(
            "dcat.ttl", "DCAT: the files as catalogue entries", _TURTLE, dcat(about, exported)
        ),
        ReleaseFile(
            "prov.ttl",
            "PROV: the inputs and tools of the build",
            _TURTLE,
            prov(about, inputs, tools),
        ),
        ReleaseFile(INPUTS, "SHA-256 of each input", "text/plain", format_sums(inputs)),
        *_copied(project, about),
        *_answers(project, saved),
        *_pages(project, ontology),
    ]
    text = readme(about, files, left_out)
    files.append(ReleaseFile("README.md", "Read this first", "text/markdown", text))
    manifest = _manifest(about, saved, tools, inputs, files)
    files.append(ReleaseFile(MANIFEST, "Inputs, tools and files", "application/json", manifest))
    files.append(ReleaseFile(CRATE, "RO-Crate", "application/ld+json", crate(about, files)))
    contents = {file.name: file.content for file in sorted(files, key=lambda file: file.name)}
    contents[SUMS] = format_sums({name: _digest(content) for name, content in contents.items()})
    return ReleaseContents(contents, left_out)


def _exported(part: GraphPart, ontology: Ontology) -> tuple[list[ReleaseFile], tuple[str, ...]]:
    """A file for each format that can be written, and a line for each that cannot."""
    files, left_out = [], []
    for name, form in FORMATS.items():
        try:
            content = form.write(part, ontology)
        except (MissingLibraryError, NothingToWriteError) as error:
            left_out.append(f"{name} is left out: {str(error).partition(chr(10))[0]}")
            continue
        file = f"{STEM}{form.suffix}"
        files.append(ReleaseFile(file, form.title, form.media_type, content, name))
    return files, tuple(left_out)


def _ontology_files(project: Project, ontology: Ontology) -> Iterator[ReleaseFile]:
    """The files directly in ontology/, those of its folders in one file each, portable shapes."""
    for path in sorted(project.ontology.iterdir()):
        if path.suffix in _MEDIA_TYPES and path.is_file():
            title, kind = f"The ontology: {path.name}", _MEDIA_TYPES[path.suffix]
            yield ReleaseFile(f"ontology/{path.name}", title, kind, path.read_bytes())
    for folder, title in (("shapes", "the shapes"), ("vocab", "the closed lists")):
        content = bundled_turtle(ontology, folder)
        yield ReleaseFile(f"ontology/{folder}.ttl", f"The ontology: {title}", _TURTLE, content)
    for name, content in portable_turtle(ontology).items():
        title = f"The ontology: portable shapes, {name}"
        yield ReleaseFile(f"ontology/{name}", title, _TURTLE, content)


def check_target(target: Path) -> None:
    """Raise UsageError where a release cannot be written to `target`, as something else exists."""
    if target.resolve() == Path.cwd():
        raise UsageError(f"{target} is the current folder; name a new one")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} already exists; name a new folder, or remove it first")
    nearest = next(parent for parent in target.absolute().parents if parent.exists())
    if not nearest.is_dir():
        raise UsageError(f"{target} cannot be written: {nearest} is a file")


def write_release(files: dict[str, bytes], target: Path) -> None:
    """Write the files to the new folder `target`: all or none.

    Raises UsageError where `target` already exists, or cannot be written.
    """
    check_target(target)
    try:
        create_folder(target, files)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror or error}") from None


def tool_versions() -> dict[str, str]:
    """The versions of this program and of the installed ones of `TOOLS`, by name."""
    versions = {"pcve-graph": __version__}
    for name in TOOLS:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def format_sums(digests: dict[str, str]) -> bytes:
    """A file of SHA-256 sums by name, for `sha256sum --check`."""
    return "".join(f"{digest}  {name}\n" for name, digest in digests.items()).encode()


def _inputs(project: Project, saved: StoredGraph) -> dict[str, str]:
    """The SHA-256 of each project file that affects a release, by path, sorted."""
    digests = dict(read_inputs(saved.folder).sums)
    copied = [*(project.root / name for name in _COPIED), project.data / MOVED]
    for path in (*sorted((project.queries / "answers").glob("*.rq")), *copied):
        if path.is_file():
            digests[project.relative(path)] = _digest(path.read_bytes())
    return dict(sorted(digests.items()))


def _copied(project: Project, about: ReleaseInfo) -> Iterator[ReleaseFile]:
    """The files copied from the project; a missing citation is generated."""
    for name, (title, media_type) in _COPIED.items():
        path = project.root / name
        if path.is_file():
            yield ReleaseFile(name, title, media_type, path.read_bytes())
        elif name == "CITATION.cff":
            yield ReleaseFile(name, title, media_type, citation(about))
    if rechecks := read_rechecks(project):
        content = recheck_table(rechecks).encode()
        title = "The last recheck of each source, with a row for each passage"
        yield ReleaseFile(RECHECK_TABLE, title, _MEDIA_TYPES[".tsv"], content)
    if reviews := read_reviews(project):
        title = "What second readers judged of the words of claims"
        content = review_table(reviews).encode()
        yield ReleaseFile(REVIEW_TABLE, title, _MEDIA_TYPES[".tsv"], content)
    if rows := read_moved(project):
        content = moved_text(rows.values()).encode()
        yield ReleaseFile(MOVED, "Addresses that moved", _MEDIA_TYPES[".tsv"], content)


def _answers(project: Project, saved: StoredGraph) -> Iterator[ReleaseFile]:
    """The answers to the saved questions, without those whose examples are not in the graph."""
    queries = read_queries(project, "answers")
    trials = run_trials(SavedGraph(saved), queries.values(), timeout=0)
    for name, content in answer_files(queries, trials).items():
        title = f"The answer to: {queries[Path(name).stem].summary}"
        yield ReleaseFile(f"{FOLDER}/{name}", title, "application/json", content)


def _pages(project: Project, ontology: Ontology) -> Iterator[ReleaseFile]:
    for name, content in write_reference(project, ontology).items():
        media_type = _MEDIA_TYPES[Path(name).suffix]
        yield ReleaseFile(f"{REFERENCE}/{name}", f"Reference: {name}", media_type, content)


def _manifest(
    about: ReleaseInfo,
    saved: StoredGraph,
    tools: dict[str, str],
    inputs: dict[str, str],
    files: Iterable[ReleaseFile],
) -> bytes:
    listed = sorted(files, key=lambda file: file.name)
    document = {
        "version": about.version,
        "issued": about.issued,
        "counts": saved.manifest,
        "tools": tools,
        "inputs": inputs,
        "files": {
            file.name: {
                "title": file.title,
                "mediaType": file.media_type,
                "bytes": len(file.content),
                "sha256": _digest(file.content),
            }
            for file in listed
        },
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
