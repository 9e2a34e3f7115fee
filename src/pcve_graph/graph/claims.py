"""The claims of a statement: how they rank, and the evidence of each, one source a piece."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import pyoxigraph as ox

from ..evidence.passages import Passage
from ..model.grades import Grade, Support, grade
from ..model.namespaces import concept_iri, expand, local_name, nterm, source_iri
from ..model.problems import UsageError
from ..model.terms import NTerm, NTriple, Term, from_iri, parse_statement, triple_line
from .labels import labels

EVIDENCE_PATH: Final = ("pcve:evidence", "pcve:quote", "oa:hasSelector")
"""What leads from a claim to its evidence, from there to the quote, and to the parts of that."""

HAS_PASSAGE: Final = "pcve:passage"
"""What leads from evidence to its passage, where the text of the source is not held."""

WITHDRAWN: Final = "pcve:withdrawn"
"""The property of a source that says why it is not relied on any more."""

STATEMENT_PARTS: Final = ("rdf:subject", "rdf:predicate", "rdf:object")

Statement: TypeAlias = tuple[ox.NamedNode, ox.NamedNode, Term]
"""Subject, predicate and value of a statement."""

_GRADED: Final = frozenset(
    map(
        nterm,
        (
            *STATEMENT_PARTS,
            *("pcve:evidence", "pcve:certainty", "pcve:quote", HAS_PASSAGE),
            "prov:hadPrimarySource",
        ),
    )
)
"""The properties that the grade of a fact follows from."""

_EVIDENCE: Final = expand("pcve:evidence")
_SOURCE: Final = expand("prov:hadPrimarySource")
_CERTAINTIES: Final = ("stated", "assigned", "inferred")
_RANKS: Final = {"superseded": "deprecated"}
"""The ranks of the standings of version 0.1.0 that are not normal."""

_WITHOUT_VALUE: Final = {concept_iri("value-status", term) for term in ("no-value", "not-known")}
"""The objects of claims without a fact; these terms are in the ontology."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one source says for a claim, and how the claim ranks.

    `source` is (id, title). `quote` is empty where the source is only cited; `start` and `end` are
    character offsets in the held text, 0 without a quote. `passage` is the fingerprint of the
    passage that was read, None where the record has none. `locator`, `date_read`, `curator` and
    `note` are empty where they are not recorded. With `unassigned`, several sources were named
    together, and it is not recorded which of them supports the claim. `iri` is that of the
    evidence, `rank` that of the claim; `contested` is set if the claim conflicts with another,
    `is_withdrawn` if the source is not relied on any more. `readings` are the verdicts of second
    readers on its words, as (reader, verdict), where who reads the evidence adds them; a reading of
    what has changed since is "stale".
    """

    source: tuple[str, str]
    quote: str
    start: int
    end: int
    certainty: str
    unassigned: bool
    rank: str
    contested: bool
    iri: str = field(default="", compare=False)
    locator: str = ""
    date_read: str = ""
    curator: str = ""
    note: str = ""
    passage: Passage | None = None
    is_withdrawn: bool = False
    readings: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def is_fingerprinted(self) -> bool:
        """Whether a fingerprint of the passage is kept, and not its text."""
        return self.passage is not None

    @property
    def words(self) -> str:
        """The quote, or what the passage says; empty where the source is only cited."""
        return self.quote or (self.passage.says if self.passage else "")

    @property
    def is_current(self) -> bool:
        """Whether the claim counts: it is neither deprecated nor contested."""
        return self.rank != "deprecated" and not self.contested

    @property
    def support(self) -> Support:
        """What it gives for the grade of the fact."""
        return Support(
            bool(self.quote),
            self.certainty == "stated",
            self.is_fingerprinted,
            self.is_withdrawn,
        )


def grade_of(pieces: Iterable[Evidence]) -> Grade:
    """The grade of a fact with this evidence."""
    return grade(piece.support for piece in pieces)


def fact_grades(
    facts: Iterable[NTriple], evidence_lines: Iterable[NTriple], catalog: Iterable[NTriple]
) -> Counter[Grade]:
    """The number of facts of each grade, from the lines of the three graphs.

    Facts that are derived from others have no claim and are not counted.
    """
    withdrawn = {
        statement.subject
        for statement in map(parse_statement, catalog)
        if statement.predicate == nterm(WITHDRAWN)
    }
    stated = frozenset(facts)
    nodes: dict[NTerm, dict[NTerm, list[NTerm]]] = defaultdict(lambda: defaultdict(list))
    for statement in map(parse_statement, evidence_lines):
        if statement.predicate in _GRADED:
            nodes[statement.subject][statement.predicate].append(statement.object)
    counts: Counter[Grade] = Counter()
    certain = from_iri(concept_iri("certainty", "stated"))
    parts = tuple(map(nterm, STATEMENT_PARTS))
    for node in list(nodes.values()):
        named = node.get(nterm("pcve:evidence"), [])
        if not named or any(len(node.get(part, ())) != 1 for part in parts):
            continue
        subject, predicate, value = (node[part][0] for part in parts)
        if triple_line((subject, predicate, value)) in stated:
            pieces = [nodes.get(piece, {}) for piece in named]
            counts[
                grade(
                    Support(
                        nterm("pcve:quote") in piece,
                        certain in piece.get(nterm("pcve:certainty"), ()),
                        nterm(HAS_PASSAGE) in piece,
                        not withdrawn.isdisjoint(piece.get(nterm("prov:hadPrimarySource"), ())),
                    )
                    for piece in pieces
                )
            ] += 1
    return counts


def evidence(store: ox.Store, claim: ox.NamedNode) -> tuple[Evidence, ...]:
    """The evidence of `claim`, in the order of `evidence_order`.

    A release of version 0.1.0 has the sources, the quote and the certainty on the claim itself, and
    a standing for rank and dispute; such a claim has a piece of evidence for each of its sources.
    Raises UsageError for a source or an offset that is not one.
    """
    standing = local_name(value_text(store, claim, "pcve:standing"))
    rank = local_name(value_text(store, claim, "pcve:rank")) or _RANKS.get(standing, "normal")
    conflicting = next(values(store, claim, expand("pcve:conflictsWith")), None)
    contested = conflicting is not None or standing == "disputed"
    pieces = []
    nodes = values(store, claim, _EVIDENCE)
    pairs = [(node, next(values(store, node, _SOURCE), None)) for node in nodes]
    sources = list(values(store, claim, _SOURCE))
    for node, source in pairs or [(claim, source) for source in sources]:
        if not isinstance(source, ox.NamedNode):
            raise _invalid_claim(claim, "prov:hadPrimarySource of its evidence must be an IRI")
        quote = next(values(store, node, expand("pcve:quote")), None)
        pieces.append(
            Evidence(
                source=(local_name(source.value), labels(store, [source])[source.value]),
                quote=_selected(store, quote, "oa:exact"),
                start=_offset(_selected(store, quote, "oa:start"), claim),
                end=_offset(_selected(store, quote, "oa:end"), claim),
                certainty=local_name(value_text(store, node, "pcve:certainty")),
                unassigned=bool(value_text(store, node, "pcve:support")) or len(sources) > 1,
                rank=rank,
                contested=contested,
                iri=str(getattr(node, "value", "")),
                locator=value_text(store, node, "pcve:locator"),
                date_read=value_text(store, node, "pcve:dateRead"),
                curator=value_text(store, node, "pcve:curator"),
                note=value_text(store, node, "skos:note"),
                passage=passage_of(
                    store, next(values(store, node, expand(HAS_PASSAGE)), None), claim
                ),
                is_withdrawn=bool(value_text(store, source, WITHDRAWN)),
            )
        )
    return tuple(sorted(pieces, key=evidence_order))


def quote_places(store: ox.Store, source: str) -> dict[str, tuple[int, str, str]]:
    """Where the quotes of the source `source` (an id) are in its text: start, prefix and suffix.

    By the words of the quote; of words that are quoted at several places, the first place.
    """
    places: dict[str, tuple[int, str, str]] = {}
    node = ox.NamedNode(source_iri(source))
    for quad in store.quads_for_pattern(None, ox.NamedNode(expand("oa:hasSource")), node, None):
        exact, prefix, suffix, start = (
            _selected(store, quad.subject, name)
            for name in ("oa:exact", "oa:prefix", "oa:suffix", "oa:start")
        )
        if start.isdecimal():
            place = (int(start), prefix, suffix)
            places[exact] = min(places.get(exact, place), place)
    return places


def evidence_order(piece: Evidence) -> tuple[bool, int, int, tuple[str, str], int, str]:
    """The sort key of evidence: of current claims, with a quote, and certain first; by source.

    A passage comes after a quote, and before a source that is only cited.
    """
    certainty = piece.certainty
    place = _CERTAINTIES.index(certainty) if certainty in _CERTAINTIES else len(_CERTAINTIES)
    kept = 0 if piece.quote else 1 if piece.is_fingerprinted else 2
    return not piece.is_current, kept, place, piece.source, piece.start, piece.locator


def groups_of_evidence(evidence: Iterable[Evidence]) -> list[tuple[Evidence, ...]]:
    """Each piece of evidence on its own, then those that are unassigned and otherwise say the same.

    The unassigned pieces of one group were named together, or as good as: they have the same
    certainty and note, and their claims the same rank.
    """
    groups: dict[tuple[object, ...], list[Evidence]] = {}
    alone = []
    for piece in evidence:
        if piece.unassigned:
            key = (piece.certainty, piece.note, piece.rank, piece.contested)
            groups.setdefault(key, []).append(piece)
        else:
            alone.append((piece,))
    return [*alone, *map(tuple, groups.values())]


def values(store: ox.Store, node: Term, predicate: str) -> Iterator[Term]:
    """The objects of `node` for the predicate with this IRI, in any graph; none for a literal."""
    if not isinstance(node, ox.NamedNode):
        return
    for quad in store.quads_for_pattern(node, ox.NamedNode(predicate), None, None):
        yield quad.object


def statement_of(store: ox.Store, node: ox.NamedNode) -> Statement | None:
    """The statement that a claim or a derived statement describes; None for another node."""
    subject, predicate, value = (
        next(values(store, node, expand(name)), None) for name in STATEMENT_PARTS
    )
    if not isinstance(subject, ox.NamedNode) or not isinstance(predicate, ox.NamedNode):
        return None
    return (subject, predicate, value) if value is not None else None


def is_described(store: ox.Store, node: Term) -> bool:
    """Whether a node is the subject of any statement."""
    if not isinstance(node, ox.NamedNode):
        return False
    return next(store.quads_for_pattern(node, None, None, None), None) is not None


def has_value(store: ox.Store, claim: ox.NamedNode) -> bool:
    """Whether a claim states a value, and not that there is none or that it is not known."""
    value = next(values(store, claim, expand("rdf:object")), None)
    return getattr(value, "value", "") not in _WITHOUT_VALUE


def claimed_statement(
    claim: Term | None, subject: Term | None, predicate: Term | None, value: Term | None
) -> tuple[ox.NamedNode, ox.NamedNode, Term]:
    """The statement that a claim is about, given the values that a graph has for its parts.

    Raises UsageError where they are no statement: a graph on a server may hold anything.
    """
    if (
        not isinstance(subject, ox.NamedNode)
        or not isinstance(predicate, ox.NamedNode)
        or value is None
    ):
        raise _invalid_claim(
            claim, "rdf:subject and rdf:predicate must be IRIs, and rdf:object set"
        )
    return subject, predicate, value


def passage_of(store: ox.Store, node: Term | None, claim: ox.NamedNode) -> Passage | None:
    """The passage that `node` describes; None without a node.

    Raises UsageError, which names `claim`, where its numbers are none.
    """
    if node is None:
        return None
    names = ("pcve:wordCount", "pcve:firstWord")
    words, first = (_whole_number(value_text(store, node, name)) for name in names)
    if words is None or first is None:
        raise _invalid_claim(claim, f"{' and '.join(names)} of its passage must be whole numbers")
    return Passage(
        words, value_text(store, node, "pcve:sha256"), value_text(store, node, "pcve:says"), first
    )


def value_text(store: ox.Store, node: Term | None, name: str) -> str:
    """The first value of a property, given as `prefix:name`, as text; empty without one."""
    term = next(values(store, node, expand(name)), None) if node else None
    return str(getattr(term, "value", ""))


def _selected(store: ox.Store, quote: Term | None, name: str) -> str:
    """A property of a selector of a quote; empty where there is none."""
    selectors = [*values(store, quote, expand("oa:hasSelector")), quote] if quote else []
    return next(filter(None, (value_text(store, selector, name) for selector in selectors)), "")


def _offset(text: str, claim: ox.NamedNode) -> int:
    number = _whole_number(text)
    if number is None:
        raise _invalid_claim(claim, "oa:start and oa:end of its quote must be whole numbers")
    return number


def _whole_number(text: str) -> int | None:
    """The number of at most 18 digits; 0 for an empty text, None for any other."""
    if text and not (text.isascii() and text.isdecimal() and len(text) <= 18):
        return None
    return int(text or 0)


def _invalid_claim(claim: Term | None, rule: str) -> UsageError:
    return UsageError(f"the graph has an invalid claim {claim}: {rule}; publish the graph again")
