"""The tables of the evidence: claims, what each source says for them, and the quotes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...graph.claims import HAS_PASSAGE, WITHDRAWN
from ...model.grades import Support, grade
from ...model.namespaces import concept_iri, expand, local_name
from ...model.terms import Iri
from .cells import ID, Cells, ExportCell, ExportColumn, ExportTable, ReferenceCell
from .entities import Entities, short_id

_PARTS: Final = tuple(map(expand, ("rdf:subject", "rdf:object", "pcve:certainty", "pcve:rank")))
_STATED: Final = concept_iri("certainty", "stated")
_SELECTED: Final = ("oa:exact", "oa:prefix", "oa:suffix", "oa:start", "oa:end")
_QUOTE: Final = ExportColumn(
    "quote", "string", "The quote; empty where the text of the source is not held.", "quote"
)
_PASSAGE: Final = {
    "pcve:wordCount": (
        "passage_words",
        "integer",
        "The number of words of a passage whose text is not held.",
    ),
    "pcve:sha256": ("passage_sha256", "string", "The SHA-256 of its normalized words."),
    "pcve:says": ("passage_says", "string", "The words of it that carry the value."),
    "pcve:firstWord": (
        "passage_at",
        "integer",
        "The index of the first of these among its words, from 0.",
    ),
}
"""The columns about a passage: name, type and description by property."""

_CERTAINTY: Final = ExportColumn(
    "certainty", "string", "Whether it is stated, assigned or inferred.", "concept"
)


def evidence_tables(
    evidence: Entities, catalog: Entities, cells: Cells, joined: bool
) -> Iterator[ExportTable]:
    """The tables `claim`, `evidence` and `quote`; `catalog` has the sources.

    With `joined`, a claim has the sources, quotes and notes of its evidence in one cell each, and
    there is no table `evidence`.
    """
    yield _claims(evidence, catalog, cells, joined)
    if not joined:
        yield _evidence(evidence, cells)
    yield _quotes(evidence)


def _claims(evidence: Entities, catalog: Entities, cells: Cells, joined: bool) -> ExportTable:
    columns = [
        ID,
        ExportColumn("subject", "string", "The id of the subject."),
        ExportColumn("subject_kind", "string", "The table of the subject."),
        ExportColumn("property", "string", "The property."),
        ExportColumn("object", "string", "The id of the object, or a literal value."),
        ExportColumn("object_label", "string", "The label of the object, or a literal value."),
        _CERTAINTY,
        ExportColumn("grade", "string", "Whether it is verified, fingerprinted or cited."),
        ExportColumn("rank", "string", "Preferred, normal or deprecated.", "concept"),
        ExportColumn(
            "conflicts_with",
            "string",
            "The ids of the claims that contradict it, separated by a bar.",
        ),
    ]
    if joined:
        columns += [
            ExportColumn("quotes", "string", "The quotes; empty where no text is held."),
            ExportColumn(
                "passages",
                "string",
                "Of passages whose text is not held: the words that carry the value.",
            ),
            ExportColumn("notes", "string", "The notes of the curator."),
            ExportColumn("sources", "string", "The sources."),
        ]
    rows = []
    for iri in evidence.of("pcve:Claim"):
        parts = evidence.values_by_property(iri)
        subject, value, certainty, rank = (cells.first(parts.get(name, ())) for name in _PARTS)
        table = subject.table if isinstance(subject, ReferenceCell) else None
        (predicate,) = evidence.refs(iri, "rdf:predicate")
        label = value.label if isinstance(value, ReferenceCell) else str(value)
        statement = (subject, table, local_name(predicate), str(value), label)
        conflicts = " | ".join(map(short_id, evidence.refs(iri, "pcve:conflictsWith"))) or None
        collected = _joined(evidence, cells, iri) if joined else ()
        statuses = (certainty, _grade(evidence, catalog, iri), rank)
        rows.append((short_id(iri), *statement, *statuses, conflicts, *collected))
    return ExportTable(
        "claim", "The claims: each statement that a source makes.", tuple(columns), tuple(rows)
    )


def _grade(evidence: Entities, catalog: Entities, claim: Iri) -> str:
    """How far a claim was checked, by the best of its evidence."""
    return grade(
        Support(
            has_words=bool(evidence.refs(piece, _HAS_QUOTE)),
            is_stated=_STATED in evidence.refs(piece, "pcve:certainty"),
            has_fingerprint=bool(evidence.refs(piece, HAS_PASSAGE)),
            is_withdrawn=any(
                catalog.values(source, WITHDRAWN) for source in evidence.refs(piece, _HAS_SOURCE)
            ),
        )
        for piece in evidence.refs(claim, "pcve:evidence")
    )


def _joined(evidence: Entities, cells: Cells, claim: Iri) -> tuple[str | None, ...]:
    """The quotes, words of passages, notes and sources of a claim, each in one text."""
    pieces = evidence.refs(claim, "pcve:evidence")
    quotes = [_words(evidence, ref) for piece in pieces for ref in evidence.refs(piece, _HAS_QUOTE)]
    says = [
        evidence.text(ref, "pcve:says")
        for piece in pieces
        for ref in evidence.refs(piece, HAS_PASSAGE)
    ]
    notes = [text for piece in pieces for text in evidence.literals(piece, "skos:note")]
    sources = [term for piece in pieces for term in evidence.values(piece, _HAS_SOURCE)]
    texts = (quotes, says, notes, cells.labels(sources))
    return tuple(" | ".join(dict.fromkeys(words)) or None for words in texts)


_HAS_QUOTE: Final = "pcve:quote"
_HAS_SOURCE: Final = "prov:hadPrimarySource"


def _words(evidence: Entities, quote: Iri) -> str:
    """The words of a quote."""
    selectors = evidence.refs(quote, "oa:hasSelector")
    return next(filter(None, (evidence.text(selector, "oa:exact") for selector in selectors)), "")


def _evidence(evidence: Entities, cells: Cells) -> ExportTable:
    columns = (
        ID,
        ExportColumn("claim", "string", "The claim.", "claim"),
        ExportColumn("source", "string", "The source.", "source"),
        _QUOTE,
        *(ExportColumn(name, kind, text) for name, kind, text in _PASSAGE.values()),
        ExportColumn("locator", "string", "The place in the source, such as a page."),
        ExportColumn("date_read", "date", "The day on which the passage was read."),
        ExportColumn("curator", "string", "The curator who read it."),
        _CERTAINTY,
        ExportColumn(
            "support",
            "string",
            "Unassigned where several sources were only named together.",
            "concept",
        ),
        ExportColumn("note", "string", "The curator's note."),
    )
    rows: list[tuple[ExportCell, ...]] = []
    for claim in evidence.of("pcve:Claim"):
        for iri in evidence.refs(claim, "pcve:evidence"):
            quotes = [
                ReferenceCell(short_id(ref), _words(evidence, ref))
                for ref in evidence.refs(iri, _HAS_QUOTE)
            ]
            texts = [
                evidence.text(iri, name) or None
                for name in ("pcve:locator", "pcve:dateRead", "pcve:curator")
            ]
            certainty, support = (
                cells.first(evidence.values(iri, name))
                for name in ("pcve:certainty", "pcve:support")
            )
            rows.append(
                (
                    short_id(iri),
                    short_id(claim),
                    *map(short_id, evidence.refs(iri, _HAS_SOURCE)[:1]),
                    next(iter(quotes), None),
                    *_passage(evidence, iri),
                    *texts,
                    certainty,
                    support,
                    evidence.text(iri, "skos:note") or None,
                )
            )
    return ExportTable("evidence", "What one source says for a claim.", columns, tuple(rows))


def _passage(evidence: Entities, piece: Iri) -> Iterator[ExportCell]:
    """The cells of the columns of `_PASSAGE`."""
    (passage,) = evidence.refs(piece, HAS_PASSAGE)[:1] or (None,)
    for name, (_, kind, _) in _PASSAGE.items():
        text = evidence.text(passage, name) if passage else ""
        yield (int(text) if kind == "integer" else text) if text else None


def _quotes(evidence: Entities) -> ExportTable:
    columns = (
        ID,
        ExportColumn("source", "string", "The source of the quote.", "source"),
        ExportColumn("exact", "string", "The words of the quote."),
        ExportColumn("prefix", "string", "The characters right before it."),
        ExportColumn("suffix", "string", "The characters right after it."),
        ExportColumn("start", "integer", "Offset of the first character in the held text, from 0."),
        ExportColumn("end", "integer", "Offset after the last character."),
    )
    rows: list[tuple[ExportCell, ...]] = []
    for iri in evidence.of("oa:SpecificResource"):
        source = short_id(evidence.refs(iri, "oa:hasSource")[0])
        texts = {
            name: text
            for selector in evidence.refs(iri, "oa:hasSelector")
            for name in _SELECTED
            if (text := evidence.text(selector, name))
        }
        words, start, end = (texts[name] for name in ("oa:exact", "oa:start", "oa:end"))
        around = (texts.get("oa:prefix"), texts.get("oa:suffix"))
        rows.append((short_id(iri), source, words, *around, int(start), int(end)))
    return ExportTable("quote", "The quotes that support claims.", columns, tuple(rows))
