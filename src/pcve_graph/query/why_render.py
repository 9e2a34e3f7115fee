"""The reasons of result rows as text for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import NamedTuple

import pyoxigraph as ox

from ..graph.claims import Evidence, grade_of
from ..graph.labels import labels
from ..model.namespaces import local_name
from ..model.problems import UsageError
from ..model.schema import Ontology
from ..model.terms import Term
from .execute import ResultTable, json_term
from .lists import Cell, cell_of, terms_of
from .render import format_date, format_evidence, single_line
from .thing_view import source_references
from .why import RowReason, why

SHOWN = 30
"""The most facts for one row in the text format; JSON has all."""


def render_reasons(
    store: ox.Store,
    ontology: Ontology,
    text: str,
    bindings: Mapping[str, Term],
    table: ResultTable,
    number: int | None,
    form: str,
) -> str:
    """The rows of `table`, the answer of `text`, with their reasons, as text or JSON.

    `number` selects one row, from 1; None selects all. `form` is empty or `table` for text, or
    `json`. Raises UsageError for another form, and for a number that no row has.
    """
    if form not in ("", "table", "json"):
        raise UsageError(f"the formats of --why are table and json, not {form}")
    rows = explained_rows(store, text, bindings, table, number)
    if form == "json":
        document = [_row_document(*row) for row in rows]
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return reasons_text(store, rows)


class ExplainedRow(NamedTuple):
    """A row of an answer by its number, from 1, and the facts that support it."""

    number: int
    cells: Mapping[str, Cell]
    reasons: tuple[RowReason, ...]


def explained_rows(
    store: ox.Store,
    text: str,
    bindings: Mapping[str, Term],
    table: ResultTable,
    number: int | None,
) -> list[ExplainedRow]:
    """The rows of `table`, or the row `number`, with the facts that support each.

    Raises UsageError for a number that no row has.
    """
    total = len(table.rows)
    if number is not None and not 1 <= number <= total:
        count = f"{total} rows, 1 to {total}" if total > 1 else "one row" if total else "no rows"
        raise UsageError(f"there is no row {number}; the answer has {count}")
    chosen = range(total) if number is None else (number - 1,)
    rows = []
    for place in chosen:
        row = dict(zip(table.columns, table.rows[place], strict=True))
        cells = {name: cell_of(table.lists, name, term) for name, term in row.items()}
        rows.append(ExplainedRow(place + 1, cells, why(store, text, bindings, row)))
    return rows


def reasons_text(store: ox.Store, rows: Iterable[ExplainedRow]) -> str:
    """The rows with their reasons, as text for people."""
    return "\n".join(_row_text(store, *row) for row in rows)


def _row_text(
    store: ox.Store, number: int, row: Mapping[str, Cell], reasons: tuple[RowReason, ...]
) -> str:
    claimed = list(
        dict.fromkeys(fact for reason in reasons for fact in reason.all() if fact.evidence)
    )
    unclaimed = [reason for reason in reasons if not reason.evidence and not reason.basis]
    terms = [term for reason in (*claimed, *unclaimed) for term in _triple_terms(reason)]
    terms += [term for cell in row.values() for term in terms_of(cell)]
    labels_by_iri = labels(store, terms)
    lines = [f"row {number}"]
    lines += [
        f"  {name}: {'; '.join(_term_text(term, labels_by_iri) for term in terms_of(cell))}"
        for name, cell in row.items()
        if terms_of(cell)
    ]
    for fact in claimed[:SHOWN]:
        lines.append(f"    {_sentence(fact, labels_by_iri)}")
        lines += [f"        {line}" for line in format_evidence(fact.evidence)]
    if len(claimed) > SHOWN:
        lines.append(
            f"    and {len(claimed) - SHOWN:,} more facts; --format json lists all of them"
        )
    lines += [
        f"    {_sentence(reason, labels_by_iri)}  ({reason.origin})" for reason in unclaimed[:SHOWN]
    ]
    pieces = (piece for fact in claimed[:SHOWN] for piece in fact.evidence)
    addresses = [
        f"    [{source.id}]  {source.address}"
        for source in source_references(store, pieces)
        if source.address
    ]
    lines += ["  sources", *addresses] if addresses else []
    return "\n".join(lines) + "\n"


def _triple_terms(reason: RowReason) -> tuple[Term, Term, Term]:
    return reason.subject, reason.predicate, reason.object


def _sentence(reason: RowReason, labels_by_iri: dict[str, str]) -> str:
    subject, predicate, value = (_term_text(term, labels_by_iri) for term in _triple_terms(reason))
    return f"{subject}, {predicate}: {value}"


def _term_text(term: Term, labels_by_iri: dict[str, str]) -> str:
    if isinstance(term, ox.NamedNode):
        return labels_by_iri.get(term.value) or local_name(term.value)
    return single_line(format_date(str(getattr(term, "value", term))))


def _row_document(
    number: int, row: Mapping[str, Cell], reasons: tuple[RowReason, ...]
) -> dict[str, object]:
    return {
        "row": number,
        "values": {
            name: list(map(json_term, cell)) if isinstance(cell, tuple) else json_term(cell)
            for name, cell in row.items()
            if cell is not None
        },
        "facts": [_reason_document(reason) for reason in reasons],
    }


def _reason_document(reason: RowReason) -> dict[str, object]:
    subject, predicate, value = map(json_term, _triple_terms(reason))
    document: dict[str, object] = {"subject": subject, "predicate": predicate, "object": value}
    if reason.evidence:
        document["grade"] = grade_of(reason.evidence)
        document["evidence"] = [evidence_as_json(proof) for proof in reason.evidence]
    else:
        document["graph"] = reason.origin
    if reason.basis:
        document["because"] = [_reason_document(premise) for premise in reason.basis]
    return document


def evidence_as_json(proof: Evidence) -> dict[str, object]:
    """One piece of evidence for json.dumps; a quote has its offsets in characters."""
    document: dict[str, object] = {
        "source": {"id": proof.source[0], "title": proof.source[1]},
        "certainty": proof.certainty,
        "rank": proof.rank,
        "contested": proof.contested,
    }
    if proof.unassigned:
        document["support"] = "unassigned"
    if proof.quote:
        document |= {"quote": proof.quote, "start": proof.start, "end": proof.end}
    if proof.passage:
        document["passage"] = asdict(proof.passage)
    optional = {
        "locator": proof.locator,
        "dateRead": proof.date_read,
        "curator": proof.curator,
        "note": proof.note,
    }
    return document | {name: text for name, text in optional.items() if text}
