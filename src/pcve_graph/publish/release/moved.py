"""The IRIs of earlier releases that have moved: data/moved.tsv.

A claim or quote that was published stays an address: it is in the graph, or data/moved.tsv says
where it leads. Rule: docs/w3id/README.md, "Addresses that moved".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import pyoxigraph as ox

from ...graph.claims import Statement, is_described, statement_of, values
from ...graph.replaced import current_node
from ...model.namespaces import BASE, expand, graph_iri, local_name
from ...model.problems import UsageError
from ...model.project import Project
from ...model.terms import Term
from ...system.files import LARGEST_FILE, read_inside

MOVED: Final = "moved.tsv"
"""The name of the file, in data/ and in a release."""

_HEADER: Final = ("old", "new", "reason")
_TYPE = expand("rdf:type")
_HASH: Final = "the hash of a claim is of its statement alone"
_RENAMED: Final = "the claim is stated with another property: "
_RENAMED_NODE: Final = "what the claim is about, or its value, has another class and address now"
_SELECTORS: Final = "the same address; the selectors of the quote have addresses of their own"
_WITHDRAWN: Final = "the claim was withdrawn; this is what it was about"
_REPLACEMENT: Final = "what the claim was about was replaced by this"

ClaimStatements: TypeAlias = Mapping[ox.NamedNode, Statement]
"""The statements of claims."""


@dataclass(frozen=True, slots=True, order=True)
class MovedIri:
    """An IRI of an earlier release, where it leads now, and why."""

    old: str
    new: str
    reason: str

    @property
    def is_replaced(self) -> bool:
        """Whether the new IRI stands for the same kind of thing, such as a claim."""
        kinds = {iri.removeprefix(BASE).partition("/")[0] for iri in (self.old, self.new)}
        return len(kinds) == 1


def read_moved(project: Project) -> dict[str, MovedIri]:
    """The rows of data/moved.tsv by the old IRI; empty where there is no file.

    Raises UsageError for a line that is not old IRI, new IRI and reason, or repeats an old IRI.
    """
    path = project.data / MOVED
    return _rows(path, project.root, project.relative(path)) if path.exists() else {}


def _rows(path: Path, root: Path, name: str) -> dict[str, MovedIri]:
    """The rows of the file `path` below `root`, which messages call `name`."""
    try:
        lines = read_inside(path, root, LARGEST_FILE).decode().splitlines()
    except UnicodeDecodeError:
        raise UsageError(f"{name} is not UTF-8 text; save it as UTF-8") from None
    if not lines or tuple(lines[0].split("\t")) != _HEADER:
        raise UsageError(
            f"{name}:1: the first line must be the column names {', '.join(_HEADER)}, between tabs"
        )
    rows: dict[str, MovedIri] = {}
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(_HEADER) or not all(map(_is_address, cells[:2])) or not cells[2]:
            rule = f"a line is an old and a new IRI under {BASE} and a reason, between tabs"
            raise UsageError(f"{name}:{number}: {rule}; correct the line")
        if cells[0] in rows:
            raise UsageError(f"{name}:{number}: {cells[0]} has a line already; delete one of them")
        rows[cells[0]] = MovedIri(*cells)
    return rows


def _is_address(text: str) -> bool:
    """Whether a text is an IRI of the graph, of letters, digits, hyphens and slashes."""
    tail = text.removeprefix(BASE)
    return tail != text and tail.isascii() and tail.replace("-", "").replace("/", "").isalnum()


def moved_text(rows: Iterable[MovedIri]) -> str:
    """The text of data/moved.tsv: a header, then the rows sorted by the old IRI."""
    lines = ("\t".join(_HEADER), *(f"{row.old}\t{row.new}\t{row.reason}" for row in sorted(rows)))
    return "".join(f"{line}\n" for line in lines)


def with_moves(rows: Mapping[str, MovedIri], old: ox.Store, new: ox.Store) -> dict[str, MovedIri]:
    """The rows with those of the claims and quotes of `old` that moved or changed their form.

    A row whose new IRI has moved since leads where that leads; one whose new IRI is gone is written
    again, where `old` has the claim. A claim moves to that of the same statement, else to one of
    the same subject and object, in either order: that whose property has the same name, or the only
    one. A node nested in a record that has another class now counts as the same. A claim without
    any of these leads to what it was about, or to the record of that. Raises UsageError for a claim
    of `old` that leads nowhere in `new`.
    """
    moves = {row.old: row for row in (*_moved_claims(old, new), *_changed_quotes(old, new))}
    earlier = {
        row.old: _moved_again(row, moves[row.new]) if row.new in moves else row
        for row in rows.values()
    }
    lost = {row.old for row in earlier.values() if not is_described(new, ox.NamedNode(row.new))}
    return moves | {iri: row for iri, row in earlier.items() if iri not in lost & moves.keys()}


def _moved_again(row: MovedIri, move: MovedIri) -> MovedIri:
    """A row led on by a later move, whose reason replaces its own if it says more than the hash."""
    return MovedIri(row.old, move.new, row.reason if move.reason == _HASH else move.reason)


def lost_iris(rows: Mapping[str, MovedIri], old: ox.Store, new: ox.Store) -> list[str]:
    """The claims and quotes of `old` that are neither in `new` nor lead to what is, sorted."""
    nodes = {*_claims(old), *_quotes(old)}
    return sorted(
        node.value
        for node in nodes
        if not is_described(new, node)
        and not (node.value in rows and is_described(new, ox.NamedNode(rows[node.value].new)))
    )


def lost_moves(rows: Mapping[str, MovedIri], release: Path, new: ox.Store) -> list[str]:
    """The old IRIs in moved.tsv of the folder of a release that have no row and are not in `new`.

    Sorted; empty where the folder has no such file. Raises UsageError as `read_moved` does.
    """
    path = release / MOVED
    published = _rows(path, release, str(path)) if path.is_file() else {}
    return sorted(
        iri for iri in published.keys() - rows.keys() if not is_described(new, ox.NamedNode(iri))
    )


def _moved_claims(old: ox.Store, new: ox.Store) -> Iterator[MovedIri]:
    old_claims, claims = _claims(old), _claims(new)
    by_statement = {statement: claim.value for claim, statement in claims.items()}
    same_node = _renamed_nodes(old_claims, claims, new)
    by_ends: dict[frozenset[Term], set[Statement]] = {}
    for statement in by_statement:
        by_ends.setdefault(frozenset(statement[::2]), set()).add(statement)
    for claim, old_statement in old_claims.items():
        if claim in claims:
            continue
        subject, predicate, value = old_statement
        statement = (same_node.get(subject, subject), predicate, same_node.get(value, value))
        if statement in by_statement:
            reason = _HASH if statement == old_statement else _RENAMED_NODE
            yield MovedIri(claim.value, by_statement[statement], reason)
            continue
        name = local_name(statement[1].value)
        others = by_ends.get(frozenset(statement[::2]), set())
        renamed = [other for other in others if local_name(other[1].value) == name] or [*others]
        if len(renamed) == 1:
            (other,) = renamed
            reason = _RENAMED + local_name(other[1].value)
            yield MovedIri(claim.value, by_statement[other], reason)
        else:
            yield _withdrawn(claim, statement[0], old, new)


def _renamed_nodes(
    old: ClaimStatements, new: ClaimStatements, store: ox.Store
) -> dict[Term, ox.NamedNode]:
    """The new node for each node nested in a record that has another class now.

    It has the ids of its record and of its own, as before; two nodes with these are not renamed.
    `store` is the graph of the claims in `new`.
    """
    nodes: dict[str, list[ox.NamedNode]] = {}
    for iri in _nested(new):
        nodes.setdefault(iri.partition("/")[2], []).append(ox.NamedNode(f"{BASE}id/{iri}"))
    gone = (iri for iri in _nested(old) if not is_described(store, ox.NamedNode(f"{BASE}id/{iri}")))
    renamed = {iri: nodes.get(iri.partition("/")[2], []) for iri in gone}
    return {
        ox.NamedNode(f"{BASE}id/{iri}"): candidates[0]
        for iri, candidates in renamed.items()
        if len(candidates) == 1
    }


def _nested(claims: ClaimStatements) -> set[str]:
    """The nodes nested in records that claims are about: class, record and own id, with slashes."""
    tails = {statement[0].value.removeprefix(f"{BASE}id/") for statement in claims.values()}
    return {tail for tail in tails if tail.count("/") == 2}


def _withdrawn(
    claim: ox.NamedNode, subject: ox.NamedNode, old: ox.Store, new: ox.Store
) -> MovedIri:
    subject = subject if is_described(new, subject) else _holder(old, subject)
    replacement = current_node(new, subject)
    if replacement != subject:
        return MovedIri(claim.value, replacement.value, _REPLACEMENT)
    if not is_described(new, subject):
        raise UsageError(
            f"{subject.value} is not in the graph, and nothing replaces it; "
            "restore its record, with isReplacedBy if another stands for it"
        )
    return MovedIri(claim.value, subject.value, _WITHDRAWN)


def _holder(store: ox.Store, node: ox.NamedNode) -> ox.NamedNode:
    """The entity in whose record a node is nested; the node itself where no other refers to it."""
    quads = store.quads_for_pattern(None, None, node, ox.NamedNode(graph_iri("facts")))
    holders = (quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode))
    return next(holders, node)


def _changed_quotes(old: ox.Store, new: ox.Store) -> Iterator[MovedIri]:
    for quote, source in _quotes(old).items():
        if not is_described(new, quote) and source is not None:
            yield MovedIri(quote.value, source.value, _WITHDRAWN.replace("claim", "quote"))
        elif _types(old, quote) != _types(new, quote):
            yield MovedIri(quote.value, quote.value, _SELECTORS)


def _claims(store: ox.Store) -> dict[ox.NamedNode, Statement]:
    """The claims of a graph with their statements; what has no statement is left out."""
    claims = {}
    kind = ox.NamedNode(expand("pcve:Claim"))
    for quad in store.quads_for_pattern(None, ox.NamedNode(_TYPE), kind, None):
        claim = quad.subject
        if isinstance(claim, ox.NamedNode) and (statement := statement_of(store, claim)):
            claims[claim] = statement
    return claims


def _quotes(store: ox.Store) -> dict[ox.NamedNode, ox.NamedNode | None]:
    """The quotes of a graph with their sources."""
    quotes: dict[ox.NamedNode, ox.NamedNode | None] = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(expand("pcve:quote")), None, None):
        if isinstance(quad.object, ox.NamedNode):
            sources = (
                source
                for node, name in (
                    (quad.object, "oa:hasSource"),
                    (quad.subject, "prov:hadPrimarySource"),
                )
                for source in values(store, node, expand(name))
                if isinstance(source, ox.NamedNode)
            )
            quotes[quad.object] = next(sources, None)
    return quotes


def _types(store: ox.Store, node: ox.NamedNode) -> set[Term]:
    return set(values(store, node, _TYPE))
