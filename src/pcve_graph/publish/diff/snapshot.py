"""Snapshots to compare: the graph of a project, a build, a release or a git revision."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeAlias

import pyoxigraph as ox

from ...graph.build_folder import copy_build
from ...graph.claims import (
    EVIDENCE_PATH,
    HAS_PASSAGE,
    Evidence,
    Statement,
    evidence,
    evidence_order,
    is_described,
    statement_of,
    values,
)
from ...graph.generations import is_build
from ...graph.inputs import is_current, read_inputs
from ...graph.store import StoredGraph, open_graph
from ...model import namespaces
from ...model.namespaces import GRAPHS, expand, graph_iri
from ...model.problems import ContentError, UsageError
from ...model.project import Project, find_project, is_project
from ...model.terms import NTriple, Term, from_triple
from ...system.files import LARGEST_FILE, read_file
from ..release.metadata import INPUTS, NQUADS

_FOLDERS: Final = ("data", "ontology", "queries")
"""The folders of a project that its graph is built from."""

_LOCATION: Final = ("--show-toplevel", "--show-prefix")


@dataclass(frozen=True, slots=True)
class Workspace:
    """Temporary folders in which projects are built for a comparison, deleted with `stack`."""

    stack: ExitStack
    build: Callable[[Project], object]

    def folder(self) -> Path:
        """A new temporary folder."""
        return Path(self.stack.enter_context(tempfile.TemporaryDirectory()))


@dataclass(frozen=True)
class Snapshot:
    """One of the two graphs of a comparison.

    `name` is the user's argument, `graphs` the N-Triples lines of each of `namespaces.GRAPHS`,
    `store` holds the same statements, and `inputs` the SHA-256 of each input by path.
    """

    name: str
    graphs: Mapping[str, frozenset[NTriple]]
    store: ox.Store
    inputs: Mapping[str, str]


def open_snapshot(argument: str, project: Project, workspace: Workspace) -> Snapshot:
    """The graph of `argument`: a folder (project, build or release), else a git revision.

    A project folder stands for its files: where its build is outdated, they are built in a
    temporary folder, as a revision is. Such folders last as long as `workspace`; nothing else is
    written. Raises UsageError where `argument` is none of these, or does not build.
    """
    folder = Path(argument)
    if is_build(folder):
        return snapshot_of_build(argument, open_graph(Project(folder.parent, folder)))
    if (folder / NQUADS).is_file():
        return snapshot_of_release(argument, folder)
    enclosing = find_project(folder) if folder.is_dir() else None
    if enclosing and enclosing.root == folder.resolve():
        build = project.build if enclosing.root == project.root else enclosing.build
        return snapshot_of_files(argument, replace(enclosing, build=build), workspace)
    return snapshot_of_revision(argument, project, workspace)


def snapshot_of_build(name: str, saved: StoredGraph) -> Snapshot:
    """The snapshot of a saved graph."""
    graphs = {graph: frozenset(saved.lines(graph)) for graph in GRAPHS}
    return Snapshot(name, graphs, saved.store, read_inputs(saved.folder).sums)


def snapshot_of_release(name: str, folder: Path) -> Snapshot:
    """The graph of a release. Raises UsageError where its N-Quads cannot be read."""
    store = ox.Store()
    try:
        if not (folder / NQUADS).is_file():
            raise UsageError(f"{folder / NQUADS} is not a regular file")
        store.bulk_load(path=str(folder / NQUADS), format=ox.RdfFormat.N_QUADS)
        sums = read_file(folder / INPUTS, LARGEST_FILE).decode().splitlines()
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        raise UsageError(f"{folder} is not a complete release: {error}") from None
    graphs = {
        graph_name: frozenset(
            from_triple(quad.triple)
            for quad in store.quads_for_pattern(
                None, None, None, ox.NamedNode(graph_iri(graph_name))
            )
        )
        for graph_name in GRAPHS
    }
    if malformed := [number for number, line in enumerate(sums, 1) if "  " not in line]:
        raise UsageError(
            f"{folder / INPUTS}:{malformed[0]}: a line must be a SHA-256, two spaces and a path"
        )
    rows = (line.split("  ", 1) for line in sums)
    inputs = {path: digest for digest, path in rows}
    return Snapshot(name, graphs, store, inputs)


def snapshot_of_files(name: str, project: Project, workspace: Workspace) -> Snapshot:
    """The graph of the current files of a project."""
    if not is_current(project):
        project = replace(project, build=_built(name, project.root, project.build, workspace))
    return snapshot_of_build(name, open_graph(project))


def snapshot_of_revision(revision: str, project: Project, workspace: Workspace) -> Snapshot:
    """The graph of the project at a revision of its git repository."""
    commit = _git(project.root, "rev-parse", "--verify", "--end-of-options", revision + "^{commit}")
    if not commit:
        raise UsageError(
            f"{revision!r} is not a project, build, release or git revision; "
            "`git log --oneline` lists revisions"
        )
    top, _, prefix = _git(project.root, "rev-parse", *_LOCATION).decode().partition("\n")
    tree = f"{commit.decode().strip()}:{prefix.strip()}"
    packed = _git(Path(top), "archive", "--format=tar", tree, "--", *_FOLDERS)
    root = workspace.folder()
    if packed:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(root, filter="data")
    if not is_project(root):
        raise UsageError(
            f"at {revision}, this folder is not a project: it must contain {', '.join(_FOLDERS)}"
        )
    build = _built(revision, root, project.build, workspace)
    return snapshot_of_build(revision, open_graph(Project(root, build)))


def _built(name: str, root: Path, last: Path, workspace: Workspace) -> Path:
    """The build of the files in `root`, incremental from a copy of the build `last`, if any."""
    build = workspace.folder() / "build"
    copy_build(last, build)
    try:
        workspace.build(Project(root, build))
    except ContentError as error:
        remaining = f"\nand {len(error.problems) - 1} more" if len(error.problems) > 1 else ""
        raise UsageError(f"{name} does not build: {error.problems[0]}{remaining}") from None
    return build


def _git(root: Path, *arguments: str) -> bytes:
    """The output of git, empty where it fails. Raises UsageError where git is not installed."""
    command = ["git", "--no-optional-locks", "-C", str(root), *arguments]
    try:
        return subprocess.run(command, capture_output=True, check=False).stdout
    except FileNotFoundError:
        raise UsageError("git is not installed; compare folders instead") from None


StatementTerms: TypeAlias = Statement

FACTS: Final = ox.NamedNode(namespaces.graph_iri("facts"))
_DERIVED: Final = expand("prov:wasDerivedFrom")


@dataclass(frozen=True, slots=True)
class SnapshotClaim:
    """What one source says for a statement: the claim, and one piece of its evidence."""

    node: ox.NamedNode = field(compare=False)
    evidence: Evidence

    @property
    def source(self) -> str:
        """The id of its source."""
        return self.evidence.source[0]

    @property
    def source_and_quote(self) -> tuple[str, str]:
        """The id of the source, and the quote with single spaces, or the SHA-256 of the passage."""
        passage = self.evidence.passage
        return self.source, passage.sha256 if passage else " ".join(self.evidence.quote.split())


def is_nested(node: ox.NamedNode) -> bool:
    """Whether a node is nested in a record: its IRI then contains the id of the record."""
    return node.value.removeprefix(namespaces.BASE).count("/") > 2


class SnapshotReader:
    """Reads claims and values of one snapshot; claims are cached by subject."""

    def __init__(self, side: Snapshot) -> None:
        self.side = side
        self.store = side.store
        self._claims: dict[ox.NamedNode, dict[StatementTerms, list[ox.NamedNode]]] = {}

    def quads(self, name: str, lines: Iterable[str]) -> list[ox.Quad]:
        """N-Triples lines as quads of the graph `name`, sorted."""
        node = ox.NamedNode(namespaces.graph_iri(name))
        text = "\n".join(sorted(lines)).encode()
        parsed = ox.parse(text, format=ox.RdfFormat.N_TRIPLES)
        return [ox.Quad(triple.subject, triple.predicate, triple.object, node) for triple in parsed]

    def stated(self, claim: ox.NamedNode) -> StatementTerms | None:
        """The statement of a claim; None where the node is not a claim of this snapshot."""
        return None if self.first_value(claim, _DERIVED) else self.described(claim)

    def claims(self, fact: StatementTerms) -> tuple[SnapshotClaim, ...]:
        """The evidence of the claims of a statement, that of current claims first."""
        subject = fact[0]
        if subject not in self._claims:
            claims_by_fact: dict[StatementTerms, list[ox.NamedNode]] = defaultdict(list)
            for claim in self.subjects_of("rdf:subject", subject):
                if stated := self.stated(claim):
                    claims_by_fact[stated].append(claim)
            self._claims[subject] = claims_by_fact
        claims = (
            SnapshotClaim(node, piece)
            for node in self._claims[subject][fact]
            for piece in evidence(self.store, node)
        )
        return tuple(
            sorted(claims, key=lambda claim: (evidence_order(claim.evidence), claim.node.value))
        )

    def claims_with(self, node: ox.NamedNode) -> list[ox.NamedNode]:
        """The claims that a node of the evidence belongs to, sorted.

        It is a piece of evidence, a quote, a selector, a passage, or a statement that follows from
        a claim.
        """
        nodes = {node}
        for name in (HAS_PASSAGE, *reversed(EVIDENCE_PATH)):
            nodes |= {owner for part in nodes for owner in self.subjects_of(name, part)}
        derived = self.all_values(node, _DERIVED)
        nodes |= {claim for claim in derived if isinstance(claim, ox.NamedNode)}
        return sorted((claim for claim in nodes if self.stated(claim)), key=str)

    def owners(self, node: ox.NamedNode) -> list[StatementTerms]:
        """The statements of the claims that a node of the evidence belongs to."""
        return [fact for claim in self.claims_with(node) if (fact := self.stated(claim))]

    def described(self, node: ox.NamedNode) -> StatementTerms | None:
        """The statement that a claim or a derived statement describes; None for another node."""
        return statement_of(self.store, node)

    def is_fact(self, fact: StatementTerms) -> bool:
        """Whether the statement is among the facts."""
        return ox.Quad(*fact, FACTS) in self.store

    def describes(self, node: Term) -> bool:
        """Whether a node is the subject of any statement."""
        return is_described(self.store, node)

    def replacement(self, node: Term) -> Term | None:
        """The replacement of a retired entity; None where it is not retired."""
        return self.first_value(node, expand("dcterms:isReplacedBy"))

    def predecessors(self, node: Term) -> list[ox.NamedNode]:
        """The entities that an entity replaces, sorted."""
        return sorted(self.subjects_of("dcterms:isReplacedBy", node, FACTS), key=str)

    def types(self, node: Term) -> set[str]:
        """The classes of a node."""
        return {
            str(getattr(value, "value", "")) for value in self.all_values(node, expand("rdf:type"))
        }

    def roles(self, concept: Term) -> set[Term]:
        """The properties that imply a role."""
        names = ("pcve:roleProperty", "pcve:inverseRoleProperty")
        return {path for name in names for path in self.all_values(concept, expand(name))}

    def first_value(self, node: Term, predicate: str) -> Term | None:
        """A value of a node for a predicate; None where it has none."""
        return next(self.all_values(node, predicate), None)

    def all_values(self, node: Term, predicate: str) -> Iterator[Term]:
        """The values of a node for a predicate."""
        return values(self.store, node, predicate) if isinstance(node, ox.NamedNode) else iter(())

    def subjects_of(
        self, name: str, value: Term, where: ox.NamedNode | None = None
    ) -> list[ox.NamedNode]:
        """The subjects that have `value` for a property, in the graph `where` or in any."""
        quads = self.store.quads_for_pattern(None, ox.NamedNode(expand(name)), value, where)
        return [quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)]
