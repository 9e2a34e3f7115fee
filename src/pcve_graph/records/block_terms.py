"""A block of a record as terms: the properties of its evidence, with its quotes and passages.

Rule: data/FORMAT.md, "A record", "Quotes" and "Fingerprints".
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final, Protocol, TypeAlias

from ..evidence.passages import Passage
from ..model import namespaces
from ..model.namespaces import concept_iri, expand, hashed_iri, nterm
from ..model.problems import Position, Problem
from ..model.schema import Ontology, RecordClass, RecordKey
from ..model.terms import Iri, NTerm, from_iri, literal
from ..model.visible import first_refused
from ..syntax.tree import RecordNode, ScalarNode
from .blocks import BlockEvidence, ClaimBlock
from .quotes import HeldText
from .record_graph import RecordGraph
from .values import checked_key

Properties: TypeAlias = tuple[tuple[str, NTerm], ...]

_INTEGER: Final = namespaces.PREFIXES["xsd"] + "integer"

_TEXT_PROPERTIES: Final = {
    "locator": "pcve:locator",
    "dateRead": "pcve:dateRead",
    "curator": "pcve:curator",
}
"""The properties of the texts of `BlockEvidence`."""

_LONGEST: Final = 300
"""Characters of a quote with its prefix and suffix, at most."""

_CONTEXT: Final = 32
"""Characters of the text before a quote, and after it, that its selector repeats, at most."""


@cache
def concept(scheme: str, term: str) -> NTerm:
    """The term of this list, as it is in the graph."""
    return from_iri(concept_iri(scheme, term))


class TermWriter(Protocol):
    """Writes the values of keys as terms: the writer of records, in `mapping`."""

    ontology: Ontology

    def term(self, key: RecordKey, value: ScalarNode, sheet: RecordGraph) -> NTerm | Problem:
        """The term of `value`, or the problem why it is not a value of `key`."""

    def values(
        self, key: RecordKey, node: RecordNode, sheet: RecordGraph
    ) -> Iterator[tuple[NTerm, Position]]:
        """The terms of `node`; a value without a term is added to the problems of the sheet."""


class BlockTerms:
    """A block as terms: its evidence, its rank and what it conflicts with."""

    def __init__(
        self, writer: TermWriter, sheet: RecordGraph, block: ClaimBlock, kind: RecordClass
    ) -> None:
        self.block, self.sheet, self.writer = block, sheet, writer
        sheet.needs.update(f"source/{source.id}" for source in block.sources)
        self.rank = self._chosen("pcve:Claim", "rank", block.rank) or "normal"
        names = [checked_key(kind, name, sheet, writer.ontology) for name in block.conflicts_with]
        self.conflict_paths = tuple(from_iri(key.path) for key in names if key)
        self.evidence = [(item, *self._parts(item)) for item in block.evidence]

    def _chosen(self, owner: str, name: str, value: ScalarNode | None) -> str:
        """The term of the list of a key; empty where none is stated."""
        if value is None:
            return ""
        key = self.writer.ontology.by_iri[expand(owner)].keys[name]
        term = self.writer.term(key, value, self.sheet)
        if isinstance(term, Problem):
            self.sheet.problems.append(term)
            return ""
        return value.text

    def _parts(self, item: BlockEvidence) -> tuple[str, tuple[str, ...], Properties]:
        """The certainty of a piece of evidence, the parts of its hash, and its properties."""
        source = namespaces.source_iri(item.source.id)
        terms = [("rdf:type", nterm("pcve:Evidence")), ("prov:hadPrimarySource", from_iri(source))]
        parts: list[str] = [source]
        if item.span and item.source.text:
            quote = self._quote(source, item.source.text, item.span, item.position)
            terms.append(("pcve:quote", from_iri(quote)))
            parts.append("{}-{}".format(*item.span))
        if item.passage:
            passage = self._passage(source, item.passage, item.position)
            terms.append(("pcve:passage", from_iri(passage)))
            parts.append(item.passage.sha256)
        keys = self.writer.ontology.by_iri[expand("pcve:Evidence")].keys
        for name, value in item.texts:
            for term, _ in self.writer.values(keys[name], value, self.sheet):
                terms.append((_TEXT_PROPERTIES[name], term))
            if name == "locator" and not item.span and not item.passage:
                parts.append(value.text)
        if item.unassigned:
            terms.append(("pcve:support", concept("support", "unassigned")))
        withdrawn = (
            f"the source is withdrawn: {reason}" if (reason := item.source.withdrawn) else ""
        )
        if note := "; ".join(filter(None, (item.note, withdrawn))):
            terms.append(("skos:note", literal(note)))
        certainty = self._chosen("pcve:Evidence", "certainty", item.certainty)
        return certainty, tuple(parts), tuple(terms)

    def _quote(self, source: Iri, held: HeldText, span: tuple[int, int], place: Position) -> Iri:
        """The node of a quote: its source, and its words and position as selectors of their own.

        W3C Web Annotation Data Model, 4.2.4, 4.2.5 and 4.1 (Specific Resources).
        """
        start, end = span
        exact = held.text[start:end]
        prefix, suffix = _context(held.text, start, end)
        node = hashed_iri("quote", source, str(start), str(end), exact)
        words, position = Iri(f"{node}/words"), Iri(f"{node}/position")
        for subject, name, term in (
            (node, "rdf:type", nterm("oa:SpecificResource")),
            (node, "oa:hasSource", from_iri(source)),
            (node, "oa:hasSelector", from_iri(words)),
            (node, "oa:hasSelector", from_iri(position)),
            (words, "rdf:type", nterm("oa:TextQuoteSelector")),
            (words, "oa:exact", literal(exact)),
            *((words, "oa:prefix", literal(text)) for text in (prefix,) if text),
            *((words, "oa:suffix", literal(text)) for text in (suffix,) if text),
            (position, "rdf:type", nterm("oa:TextPositionSelector")),
            (position, "oa:start", literal(str(start), _INTEGER)),
            (position, "oa:end", literal(str(end), _INTEGER)),
        ):
            triple = (from_iri(subject), nterm(name), term)
            self.sheet.add(self.sheet.evidence, triple, place)
        return node

    def _passage(self, source: Iri, passage: Passage, place: Position) -> Iri:
        """The node of a passage: its fingerprint, and the words that carry the value."""
        words, first = str(passage.words), str(passage.at)
        node = hashed_iri("passage", source, words, passage.sha256, first, passage.says)
        for name, term in (
            ("rdf:type", nterm("pcve:Passage")),
            ("pcve:wordCount", literal(words, _INTEGER)),
            ("pcve:sha256", literal(passage.sha256)),
            ("pcve:says", literal(passage.says)),
            ("pcve:firstWord", literal(first, _INTEGER)),
        ):
            self.sheet.add(self.sheet.evidence, (from_iri(node), nterm(name), term), place)
        return node


def _context(text: str, start: int, end: int) -> tuple[str, str]:
    """The characters before and after a quote, without any that the graph does not take."""
    length = max(0, min(_CONTEXT, (_LONGEST - (end - start)) // 2))
    prefix, suffix = text[max(0, start - length) : start], text[end : end + length]
    while prefix and first_refused(prefix):
        prefix = prefix[1:]
    while suffix and first_refused(suffix):
        suffix = suffix[:-1]
    return prefix, suffix
