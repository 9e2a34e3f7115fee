"""Whether the claims of a document hold: each is of a statement, with words that its source has.

A claim, or a derived statement, names a statement that the document has, or the built graph; its
predicate is a property of the class of its subject; its quote stands in the held text of the source
where its offsets say. In a document with claims, each fact of the things that they are about has
one that counts. Rule: data/FORMAT.md, "Rank and dispute".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pyoxigraph as ox

from ..evidence.passages import FEWEST_WORDS, MOST_WORDS_SAID, Passage, words_of
from ..graph.claims import STATEMENT_PARTS, statement_of, values
from ..graph.store import StoredGraph
from ..model.namespaces import BASE, ID, concept_iri, expand, local_name, nterm, prefixed
from ..model.problems import Position, Problem, rule_problem
from ..model.project import Project
from ..model.schema import Ontology, RecordClass
from ..model.suggest import similar_names
from ..model.terms import (
    NO_TERM,
    Iri,
    NTerm,
    Statement,
    from_iri,
    is_blank,
    is_iri,
    lexical,
    parse_statement,
    parse_term,
    to_iri,
)
from ..records.files import source_paths
from ..records.quotes import HeldText
from ..records.reader import read_sources_in
from .claim_index import ClaimIndex
from .documents import Document
from .passage_check import contradiction_problem, contradictions

Fault = tuple[Statement, Problem]
"""A problem of the statement of a document that it is about; it has no line yet."""

NOTHING: Final = Statement(NO_TERM, NO_TERM, NO_TERM)
"""What a problem of the whole document is about."""

_PREDICATE, _OBJECT = nterm("rdf:predicate"), nterm("rdf:object")
_SAYS, _FIRST_WORD = nterm("pcve:says"), nterm("pcve:firstWord")
_SHA256: Final = nterm("pcve:sha256")
_OF_PASSAGE: Final = (_SAYS, _FIRST_WORD, nterm("pcve:wordCount"))
_NUMBER: Final = re.compile("[0-9]{1,9}")
_EXACT, _START, _END = nterm("oa:exact"), nterm("oa:start"), nterm("oa:end")
_SHOWN: Final = 80
"""Characters of a value that a message shows."""


class ClaimsCheck:
    """Checks the claims of documents, alone or `against` a built graph."""

    def __init__(self, project: Project, ontology: Ontology, against: StoredGraph | None) -> None:
        self.ontology = ontology
        self.store = against.store if against else None
        self.texts = HeldTexts(project)

    def faults(self, claims: ClaimIndex, document: Document, required: bool) -> Iterator[Fault]:
        """The faults of the claims of a document, whose statements are read again.

        Without claims nothing is read. Facts of things that no claim is about are one note, or one
        error if they are `required`.
        """
        about: set[NTerm] = set()
        if claims.has_claims:
            yield from self._statement_faults(claims, document, about)
            yield from self._quote_faults(claims, document.name)
            yield from _passage_faults(claims, document.name)
        facts, things = claims.unclaimed(about)
        if facts:
            number = f"{facts:,} fact{'s' * (facts > 1)} of {things:,} thing{'s' * (things > 1)}"
            fix = "add claims with their evidence, as `pcve export turtle` writes them"
            place, message = Position(document.name), f"{number} without a source"
            problem = rule_problem("no-claims", place, message, fix)
            yield NOTHING, replace(problem, severity="error" if required else "info")

    def _statement_faults(
        self, claims: ClaimIndex, document: Document, about: set[NTerm]
    ) -> Iterator[Fault]:
        """The faults of statements and claims; adds to `about` the things that claims are about."""
        claimed: dict[Statement, NTerm] = {}
        refused: set[Statement] = set()
        nested: set[NTerm] = set()
        for node, statement, is_fact in claims.claims():
            about.add(statement.subject)
            if all(kind.folder is None for kind in claims.classes_of(statement.object)):
                nested.add(statement.object)
            if fault := self._predicate_fault(claims, node, statement, document):
                yield fault
            elif is_fact:
                claimed[statement] = node
                continue
            refused.add(statement)
        about |= {node for node in nested if claims.classes_of(node)}
        stated: set[Statement] = set()
        for statement in map(parse_statement, document.lines()):
            if statement in claimed:
                stated.add(statement)
            elif (
                statement.subject in about
                and claims.is_fact(statement)
                and not self._is_sourced(statement)
            ):
                yield statement, _unsourced(statement, statement in refused, document)
        for statement in claimed.keys() - stated:
            if not self._is_stated(statement):
                node = claimed[statement]
                yield (
                    Statement(node, _OBJECT, statement.object),
                    _unstated(statement, claims.is_derived(node), document, self.store is not None),
                )

    def _predicate_fault(
        self, claims: ClaimIndex, node: NTerm, statement: Statement, document: Document
    ) -> Fault | None:
        """The fault of a claim whose predicate is no property of the class of its subject."""
        kinds = claims.index.classes_of(statement.subject) or self._saved_classes(statement.subject)
        classes = kinds or list(self.ontology.by_iri.values())
        names = {key.path for kind in classes for key in kind.keys.values()}
        names |= {bound for kind in classes for key in kind.keys.values() for bound in key.derives}
        predicate = to_iri(statement.predicate) if is_iri(statement.predicate) else ""
        if not predicate or predicate in names:
            return None
        owner = " or ".join(kind.name for kind in kinds) or "any class"
        shown = document.notation.shown
        message = (
            f"the claim states {shown(statement.predicate)}, which is not a property of {owner}"
        )
        by_local = {local_name(path): path for path in sorted(names, reverse=True)}
        near = similar_names(local_name(predicate), by_local, 1)
        fix = f"did you mean {shown(from_iri(by_local[near[0]]))}?" if near else ""
        fix = fix or "write a property of the class: `pcve explain` lists them"
        problem = rule_problem("claim-predicate", Position(document.name), message, fix)
        return Statement(node, _PREDICATE, statement.predicate), problem

    def _saved_classes(self, subject: NTerm) -> list[RecordClass]:
        """The classes that a thing has in the built graph."""
        if self.store is None or is_blank(subject):
            return []
        kinds = values(self.store, parse_term(subject), expand("rdf:type"))
        classes = (self.ontology.by_iri.get(Iri(getattr(kind, "value", ""))) for kind in kinds)
        return [kind for kind in classes if kind is not None]

    def _is_stated(self, statement: Statement) -> bool:
        """Whether the built graph has a statement."""
        if self.store is None or any(map(is_blank, statement)):
            return False
        subject, predicate = (ox.NamedNode(to_iri(term)) for term in statement[:2])
        value = parse_term(statement.object)
        return any(self.store.quads_for_pattern(subject, predicate, value, None))

    def _is_sourced(self, statement: Statement) -> bool:
        """Whether the built graph has a claim of a statement that counts, or derives it."""
        if self.store is None or any(map(is_blank, statement)):
            return False
        terms = tuple(map(parse_term, statement))
        part, subject = ox.NamedNode(expand(STATEMENT_PARTS[0])), ox.NamedNode(to_iri(statement[0]))
        for quad in self.store.quads_for_pattern(None, part, subject, None):
            node = quad.subject
            if not isinstance(node, ox.NamedNode) or statement_of(self.store, node) != terms:
                continue
            ranks = {getattr(rank, "value", "") for rank in values(self.store, node, _RANK)}
            contested = any(values(self.store, node, expand("pcve:conflictsWith")))
            if concept_iri("rank", "deprecated") not in ranks and not contested:
                return True
        return False

    def _quote_faults(self, claims: ClaimIndex, name: str) -> Iterator[Fault]:
        """The quotes whose words do not stand at their offsets in the held text of the source."""
        for quote in claims.quotes.values():
            stated: dict[NTerm, tuple[NTerm, NTerm]] = {}
            for selector in quote.selectors:
                for predicate, value in claims.selectors.get(selector, {}).items():
                    stated.setdefault(predicate, (selector, value))
            held = self.texts.of(quote.source)
            if held is None or _EXACT not in stated:
                continue
            selector, exact = stated[_EXACT]
            words = lexical(exact)
            offsets = [lexical(stated[key][1]) for key in (_START, _END) if key in stated]
            if not all(text.isascii() and text.isdecimal() for text in offsets):
                continue
            span = tuple(map(int, offsets))
            spans = held.find(words)
            source = local_name(to_iri(quote.source))
            if not spans:
                yield Statement(selector, _EXACT, exact), _not_quoted(held, words, source, name)
            elif len(span) == 2 and held.text[span[0] : span[1]] != words and span not in spans:
                at, value = stated[_START]
                yield Statement(at, _START, value), _misplaced(span, spans, source, name)


_RANK: Final = expand("pcve:rank")


class HeldTexts:
    """The held texts of the sources of a project, each read when it is first needed."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._held: dict[str, HeldText | None] | None = None
        self._start = from_iri(f"{BASE}source/")[:-1]

    def of(self, source: NTerm) -> HeldText | None:
        """The text of a source; None where the project holds none, or the source is not its own."""
        identifier = local_name(to_iri(source)) if source.startswith(self._start) else ""
        if not ID.fullmatch(identifier):
            return None
        if self._held is None:
            has_sources = (self._project.data / "sources").is_dir()
            paths = source_paths(self._project) if has_sources else []
            sources, _ = read_sources_in(self._project, paths)
            self._held = {name: source.text for name, source in sources.items() if source}
        return self._held.get(identifier)


def _passage_faults(claims: ClaimIndex, name: str) -> Iterator[Fault]:
    """The passages that say too many words, words that cannot be at their index, or other words
    than another passage with the same checksum.
    """
    passages: dict[NTerm, Passage] = {}
    for node, stated in claims.passages.items():
        says, first, count = (stated.get(predicate, NO_TERM) for predicate in _OF_PASSAGE)
        if not says:
            continue
        number = len(words_of(lexical(says)))
        if not 1 <= number <= MOST_WORDS_SAID:
            message = f"the passage says {number} words"
            fix = f"keep the words that carry the value, 1 to {MOST_WORDS_SAID} of them"
            yield (
                Statement(node, _SAYS, says),
                rule_problem("passage", Position(name), message, fix),
            )
            continue
        numbers = [lexical(term) for term in (first, count) if term]
        if len(numbers) < 2 or not all(_NUMBER.fullmatch(text) for text in numbers):
            continue  # a shape reports it
        at, words = map(int, numbers)
        if at < words < at + number:
            message = f"the passage says {number} words from index {at} on, but has {words}"
            fix = "count the words before those that it says, from 0"
            problem = rule_problem("passage", Position(name), message, fix)
            yield Statement(node, _FIRST_WORD, first), problem
        elif at < words and words >= FEWEST_WORDS and (sha256 := stated.get(_SHA256)):
            passages[node] = Passage(words, lexical(sha256), lexical(says), at)
    for node, message in contradictions(passages).items():
        problem = contradiction_problem(message, Position(name))
        yield Statement(node, _SAYS, claims.passages[node][_SAYS]), problem


def _unsourced(statement: Statement, refused: bool, document: Document) -> Problem:
    why = "its claims are contested or deprecated" if refused else "no claim states it"
    message = f"this statement has no source: {why} ({_shown(statement, document)})"
    fix = "add a pcve:Claim with this subject, predicate and object, and its evidence"
    return rule_problem("unsourced-fact", Position(document.name), message, fix)


def _unstated(statement: Statement, derived: bool, document: Document, against: bool) -> Problem:
    where = "neither the file nor the graph has" if against else "the file does not have"
    what = "derived statement" if derived else "claim"
    message = f"{where} the statement of this {what}: {_shown(statement, document)}"
    fix = f"add the statement, or correct the {what}"
    if not against:
        fix += "; --against looks in the built graph too"
    return rule_problem("claim-statement", Position(document.name), message, fix)


def _not_quoted(held: HeldText, words: str, source: str, name: str) -> Problem:
    shared, theirs, ours = held.divergence(words)
    message = f"the held text of {source} does not have these words"
    if shared:
        message += f': after "{shared}" the quote has "{theirs}", the text "{ours}"'
    if unseen := held.unseen_difference(words):
        message += f"; it has {unseen}, which looks the same"
    return rule_problem("quote-not-found", Position(name), message, "quote the text word for word")


def _misplaced(
    span: tuple[int, ...], spans: list[tuple[int, int]], source: str, name: str
) -> Problem:
    places = ", ".join(f"{start} to {end}" for start, end in spans[:3])
    message = f"these words are not at {span[0]} to {span[1]} of the text of {source}, but {places}"
    return rule_problem("quote-position", Position(name), message, "correct oa:start and oa:end")


def _shown(statement: Statement, document: Document) -> str:
    """A statement as a message shows it: short names, and literals with language and datatype."""
    words = []
    for term in statement:
        if not is_iri(term):
            words.append(document.notation.shown(term))
            continue
        text = prefixed(to_iri(term))
        text = text.removeprefix(f"{BASE}id/").removeprefix(BASE)
        words.append(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
    return " ".join(words)
