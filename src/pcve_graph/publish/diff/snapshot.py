"""What is compared: a project, its build, a release, or a git revision, each as its lines."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

import pyoxigraph as ox

from ...graph.build_folder import copy_build
from ...graph.claims import Evidence, evidence, rank, values
from ...graph.generations import is_build
from ...graph.store import Saved, open_graph
from ...incremental.inputs import is_current, read_inputs
from ...model import namespaces
from ...model.namespaces import GRAPHS, expand, graph
from ...model.problems import ContentError, UsageError
from ...model.project import Project, find_project, is_project
from ...model.terms import Term
from ...system.files import LARGEST, read_file
from ..release.metadata import INPUTS, NQUADS

_READ: Final = ("data", "ontology", "queries")
"""The folders of a project that make its graph."""

_PLACE: Final = ("--show-toplevel", "--show-prefix")


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where projects are built for a comparison: temporary folders, which go with `stack`."""

    stack: ExitStack
    build: Callable[[Project], object]

    def folder(self) -> Path:
        """A temporary folder of its own."""
        return Path(self.stack.enter_context(tempfile.TemporaryDirectory()))


@dataclass(frozen=True)
class Side:
    """One of two graphs that are compared.

    `name` is what the user called it, `graphs` the N-Triples lines of each of `names.GRAPHS`,
    `store` the same to ask, and `inputs` the SHA-256 of each file that it was built from, by path.
    """

    name: str
    graphs: Mapping[str, frozenset[str]]
    store: ox.Store
    inputs: Mapping[str, str]


def open_side(word: str, project: Project, workspace: Workspace) -> Side:
    """The graph that `word` means: a folder (project, build or release), else a git revision.

    A project's folder is its files as they are: where its build is older, they are built in a
    temporary folder, as a revision is. Such folders last as long as `workspace`; nothing else is
    written. Raises UsageError where `word` is none of these, or does not build.
    """
    folder = Path(word)
    if is_build(folder):
        return of_build(word, open_graph(Project(folder.parent, folder)))
    if (folder / NQUADS).is_file():
        return of_release(word, folder)
    found = find_project(folder) if folder.is_dir() else None
    if found and found.root == folder.resolve():
        build = project.build if found.root == project.root else found.build
        return of_files(word, replace(found, build=build), workspace)
    return of_revision(word, project, workspace)


def of_build(name: str, saved: Saved) -> Side:
    """A saved graph."""
    graphs = {graph: frozenset(saved.lines(graph)) for graph in GRAPHS}
    return Side(name, graphs, saved.store, read_inputs(saved.folder).sums)


def of_release(name: str, folder: Path) -> Side:
    """The graph of a release. Raises UsageError where its N-Quads cannot be read."""
    store = ox.Store()
    try:
        if not (folder / NQUADS).is_file():
            raise UsageError(f"{folder / NQUADS} is not a regular file")
        store.bulk_load(path=str(folder / NQUADS), format=ox.RdfFormat.N_QUADS)
        sums = read_file(folder / INPUTS, LARGEST).decode().splitlines()
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        raise UsageError(f"{folder} is no whole release: {error}") from None
    graphs = {
        each: frozenset(
            f"{quad.triple} ."
            for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(graph(each)))
        )
        for each in GRAPHS
    }
    rows = (line.split("  ", 1) for line in sums)
    inputs = {path: digest for digest, path in rows}
    return Side(name, graphs, store, inputs)


def of_files(name: str, project: Project, workspace: Workspace) -> Side:
    """The graph of a project's files as they are now."""
    if not is_current(project):
        project = replace(project, build=_built(name, project.root, project.build, workspace))
    return of_build(name, open_graph(project))


def of_revision(word: str, project: Project, workspace: Workspace) -> Side:
    """The graph of the project as it was at a revision of its git repository."""
    commit = _git(project.root, "rev-parse", "--verify", "--end-of-options", word + "^{commit}")
    if not commit:
        raise UsageError(
            f"{word!r} is no project, build, release or git revision; "
            "`git log --oneline` lists revisions"
        )
    top, _, prefix = _git(project.root, "rev-parse", *_PLACE).decode().partition("\n")
    tree = f"{commit.decode().strip()}:{prefix.strip()}"
    packed = _git(Path(top), "archive", "--format=tar", tree, "--", *_READ)
    root = workspace.folder()
    if packed:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(root, filter="data")
    if not is_project(root):
        raise UsageError(f"at {word} there is no project with {', '.join(_READ)} in this folder")
    build = _built(word, root, project.build, workspace)
    return of_build(word, open_graph(Project(root, build)))


def _built(name: str, root: Path, near: Path, workspace: Workspace) -> Path:
    """The build of the files in `root`, begun from the one in `near`, if any: only less is read."""
    build = workspace.folder() / "build"
    copy_build(near, build)
    try:
        workspace.build(Project(root, build))
    except ContentError as error:
        more = f"\nand {len(error.problems) - 1} more" if len(error.problems) > 1 else ""
        raise UsageError(f"{name} does not build: {error.problems[0]}{more}") from None
    return build


def _git(root: Path, *arguments: str) -> bytes:
    """What git says; nothing where it fails. Raises UsageError where there is no git."""
    command = ["git", "--no-optional-locks", "-C", str(root), *arguments]
    try:
        return subprocess.run(command, capture_output=True, check=False).stdout
    except FileNotFoundError:
        raise UsageError("git is not installed; compare folders instead") from None


Fact: TypeAlias = tuple[ox.NamedNode, ox.NamedNode, Term]
"""Subject, predicate and value of a statement."""


FACTS: Final = ox.NamedNode(namespaces.graph("facts"))


_PARTS: Final = tuple(map(expand, ("rdf:subject", "rdf:predicate", "rdf:object")))


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of a statement: its node, and what it rests on."""

    node: ox.NamedNode
    evidence: Evidence

    @property
    def sources(self) -> frozenset[str]:
        """The ids of its sources."""
        return frozenset(identifier for identifier, _ in self.evidence.sources)

    @property
    def words(self) -> tuple[frozenset[str], str]:
        """The sources and the quote, white space set aside."""
        return self.sources, " ".join(self.evidence.quote.split())


def is_part(node: ox.NamedNode) -> bool:
    """Whether a thing is written inside the record of another: its IRI has that one's id in it."""
    return node.value.removeprefix(namespaces.BASE).count("/") > 2


class Reading:
    """The graph of one side, and what of it was read so far."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.store = side.store
        self._claims: dict[ox.NamedNode, dict[Fact, list[ox.NamedNode]]] = {}

    def quads(self, name: str, lines: Iterable[str]) -> list[ox.Quad]:
        """N-Triples lines as quads of the graph `name`, sorted."""
        node = ox.NamedNode(namespaces.graph(name))
        text = "\n".join(sorted(lines)).encode()
        parsed = ox.parse(text, format=ox.RdfFormat.N_TRIPLES)
        return [ox.Quad(each.subject, each.predicate, each.object, node) for each in parsed]

    def stated(self, claim: ox.NamedNode) -> Fact | None:
        """What a claim states; None where the node is no claim of this side."""
        subject, predicate, value = (self.one(claim, part) for part in _PARTS)
        if not isinstance(subject, ox.NamedNode) or not isinstance(predicate, ox.NamedNode):
            return None
        return (subject, predicate, value) if value is not None else None

    def claims(self, fact: Fact) -> tuple[Claim, ...]:
        """The claims of a statement, current ones first."""
        subject = fact[0]
        if subject not in self._claims:
            known: dict[Fact, list[ox.NamedNode]] = defaultdict(list)
            for claim in self.pointing("rdf:subject", subject):
                if stated := self.stated(claim):
                    known[stated].append(claim)
            self._claims[subject] = known
        found = (Claim(each, evidence(self.store, each)) for each in self._claims[subject][fact])
        return tuple(sorted(found, key=lambda each: (rank(each.evidence), each.node.value)))

    def quoting(self, quote: ox.NamedNode) -> list[ox.NamedNode]:
        """The claims that rest on a quote, sorted."""
        return sorted(self.pointing("pcve:quote", quote), key=str)

    def is_fact(self, fact: Fact) -> bool:
        """Whether the statement is among the facts."""
        return ox.Quad(*fact, FACTS) in self.store

    def knows(self, node: Term) -> bool:
        """Whether anything is said of a node."""
        if not isinstance(node, ox.NamedNode):
            return False
        return next(self.store.quads_for_pattern(node, None, None, None), None) is not None

    def replacement(self, node: Term) -> Term | None:
        """What a retired thing is replaced by; None where it is not retired."""
        return self.one(node, expand("dcterms:isReplacedBy"))

    def replaced(self, node: Term) -> list[ox.NamedNode]:
        """The things that a thing stands in place of, sorted."""
        return sorted(self.pointing("dcterms:isReplacedBy", node, FACTS), key=str)

    def types(self, node: Term) -> set[str]:
        """The classes of a node."""
        return {str(getattr(each, "value", "")) for each in self.all(node, expand("rdf:type"))}

    def roles(self, concept: Term) -> set[Term]:
        """The properties that stand for a role."""
        return set(self.all(concept, expand("pcve:roleProperty")))

    def one(self, node: Term, predicate: str) -> Term | None:
        """A value of a node; None where it has none."""
        return next(self.all(node, predicate), None)

    def all(self, node: Term, predicate: str) -> Iterator[Term]:
        """The values of a node."""
        return values(self.store, node, predicate) if isinstance(node, ox.NamedNode) else iter(())

    def pointing(
        self, name: str, value: Term, where: ox.NamedNode | None = None
    ) -> list[ox.NamedNode]:
        """The nodes that have `value` under a property, in one graph or any."""
        quads = self.store.quads_for_pattern(None, ox.NamedNode(expand(name)), value, where)
        return [quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)]
