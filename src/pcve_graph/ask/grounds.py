"""Rows of an answer with what each stands on, as people and as programs read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from ..graph.claims import Evidence
from ..graph.labels import labels
from ..model.namespaces import local_name
from ..model.problems import UsageError
from ..model.schema import Ontology
from ..model.terms import Term
from ..query.execute import Table, plain
from ..query.render import day, in_cell, told
from ..query.why import Reason, why

SHOWN = 30
"""Facts under one row of the text; the JSON form has all."""


def grounds(
    store: ox.Store,
    ontology: Ontology,
    text: str,
    bindings: Mapping[str, Term],
    table: Table,
    number: int,
    form: str,
) -> str:
    """The rows of `table`, the answer of `text`, with their reasons; `number` 0 is all of them.

    `form` is empty or `table` for text, or `json`. Raises UsageError for another form, and for a
    number that no row has.
    """
    if form not in ("", "table", "json"):
        raise UsageError(f"--why is written as table or json, not {form}")
    if number > len(table.rows):
        has = f"{len(table.rows)} rows" if len(table.rows) != 1 else "one row"
        raise UsageError(f"there is no row {number}; the answer has {has}")
    chosen = range(len(table.rows)) if number == 0 else (number - 1,)
    found = []
    for place in chosen:
        row = dict(zip(table.columns, table.rows[place], strict=True))
        found.append((place + 1, row, why(store, ontology, text, bindings, row)))
    if form == "json":
        document = [_document(*each) for each in found]
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return "\n".join(_text(store, *each) for each in found)


def _text(
    store: ox.Store, number: int, row: Mapping[str, Term | None], reasons: tuple[Reason, ...]
) -> str:
    claimed = list(
        dict.fromkeys(each for reason in reasons for each in reason.all() if each.evidence)
    )
    bare = [each for each in reasons if not each.evidence and not each.basis]
    terms = [term for each in (*claimed, *bare) for term in _terms(each)]
    called = labels(store, [*terms, *row.values()])
    lines = [f"row {number}"]
    lines += [f"  {name}: {_word(term, called)}" for name, term in row.items() if term is not None]
    for each in claimed[:SHOWN]:
        lines.append(f"    {_sentence(each, called)}")
        lines += [f"        {told(proof)}" for proof in each.evidence]
    if len(claimed) > SHOWN:
        lines.append(f"    and {len(claimed) - SHOWN:,} facts more; --format json has them all")
    lines += [f"    {_sentence(each, called)}  ({each.origin})" for each in bare[:SHOWN]]
    return "\n".join(lines) + "\n"


def _terms(reason: Reason) -> tuple[Term, Term, Term]:
    return reason.subject, reason.predicate, reason.object


def _sentence(reason: Reason, called: dict[str, str]) -> str:
    subject, predicate, value = (_word(term, called) for term in _terms(reason))
    return f"{subject}, {predicate}: {value}"


def _word(term: Term, called: dict[str, str]) -> str:
    if isinstance(term, ox.NamedNode):
        return called.get(term.value) or local_name(term.value)
    return in_cell(day(str(getattr(term, "value", term))))


def _document(
    number: int, row: Mapping[str, Term | None], reasons: tuple[Reason, ...]
) -> dict[str, Any]:
    return {
        "row": number,
        "values": {name: plain(term) for name, term in row.items() if term is not None},
        "facts": [_fact(each) for each in reasons],
    }


def _fact(reason: Reason) -> dict[str, Any]:
    subject, predicate, value = map(plain, _terms(reason))
    found: dict[str, Any] = {"subject": subject, "predicate": predicate, "object": value}
    if reason.evidence:
        found["evidence"] = [proof_as_json(each) for each in reason.evidence]
    else:
        found["graph"] = reason.origin
    if reason.basis:
        found["because"] = [_fact(each) for each in reason.basis]
    return found


def proof_as_json(proof: Evidence) -> dict[str, Any]:
    """One claim's evidence for json.dumps; a quote with its offsets, in characters."""
    found: dict[str, Any] = {
        "sources": [{"id": source, "title": title} for source, title in proof.sources],
        "certainty": proof.certainty,
        "standing": proof.standing,
    }
    if proof.quote:
        found |= {"quote": proof.quote, "start": proof.start, "end": proof.end}
    return found | ({"note": proof.note} if proof.note else {})
