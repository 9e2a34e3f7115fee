"""The tools for single things: search, and what is recorded of one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated

import pyoxigraph as ox

from ..graph.claims import evidence as evidence_of
from ..graph.claims import statement_of
from ..graph.labels import labels
from ..model.grades import Grade
from ..model.limits import read_count
from ..model.namespaces import LABELS, expand
from ..query.search import Hit
from ..query.thing_view import grade_counts
from .answers import MOST_BYTES, ROWS, ColumnEntry, NamedThing, TableAnswer, ThingAnswer
from .fact_list import FactList, StatedFact, named_thing, term_value, thing_facts
from .questions import EvidenceRows, Limit, Offset
from .table_answers import EVIDENCE_ROWS, RowDraft, TableBounds, bounded_table
from .tool_graph import ToolGraph, short_text

_HIT_COLUMNS = (
    ColumnEntry("thing", "what matches; show(id) has all facts about it"),
    ColumnEntry("kind", "its class; concept is a term of a closed list"),
    ColumnEntry("field", "where the text matches: id, name, alias, description or quote"),
    ColumnEntry("text", "the text that matches"),
)


def search(
    graph: ToolGraph,
    text: Annotated[str, "Any name in any script or language, or words about a thing."],
    kind: Annotated[str | list[str], "Only this kind, such as event, project, country."] = "",
    limit: Limit = 20,
    offset: Offset = 0,
    evidence: EvidenceRows = EVIDENCE_ROWS,
) -> TableAnswer:
    """Find things by any name, or by words about them; best first, with the ids that show takes."""
    hits = graph.python.search(text, kind=kind or (), limit=0)
    drafts = [
        RowDraft(
            {
                "thing": NamedThing(hit.label, hit.iri, hit.id),
                "kind": hit.kind,
                "field": hit.field,
                "text": short_text(hit.text),
            },
            partial(_matched_facts, graph.store, hit),
        )
        for hit in hits
    ]
    notes = (
        [] if hits else [f"No match for {text!r} on record; what has no record may still exist."]
    )
    bounds = TableBounds(limit, offset, evidence)
    return bounded_table(
        graph.store, f"Things that match {text!r}", _HIT_COLUMNS, drafts, bounds, notes, "show(id)"
    )


def _matched_facts(store: ox.Store, hit: Hit) -> Iterator[StatedFact]:
    """The claimed names of a thing, and the facts with the words that match."""
    names = {*map(expand, LABELS)}
    node = ox.NamedNode(hit.iri)
    for quad in store.quads_for_pattern(None, ox.NamedNode(expand("rdf:subject")), node, None):
        claim = quad.subject
        statement = statement_of(store, claim) if isinstance(claim, ox.NamedNode) else None
        if statement is None or not isinstance(claim, ox.NamedNode):
            continue
        _, predicate, value = statement
        pieces = evidence_of(store, claim)
        matches = hit.text in (getattr(value, "value", ""), *(piece.quote for piece in pieces))
        if pieces and (matches or predicate.value in names):
            label = labels(store, [predicate])[predicate.value]
            subject = named_thing(store, hit.iri)
            yield StatedFact(subject, label, term_value(store, value), pieces)


def show(
    graph: ToolGraph,
    id: Annotated[str, "The id of a thing or source, as answers have it, or its IRI."],  # noqa: A002
    as_of: Annotated[str, "Only the state of affairs on this day, such as 2019-05-01."] = "",
    limit: Limit = ROWS,
    offset: Offset = 0,
) -> ThingAnswer:
    """Show all facts about one thing, or all that rest on one source, each with its evidence.

    Facts of other things that refer to it come last. With as_of, `holds` says of each fact whether
    it surely holds on that day.
    """
    for name, count in (("limit", limit), ("offset", offset)):
        read_count(count, name)
    return thing_answer(graph, id, as_of, limit, offset)


def thing_answer(
    graph: ToolGraph, identifier: str, as_of: str, limit: int, offset: int
) -> ThingAnswer:
    """The facts of a thing from `offset` on, at most `limit` of them; 0 for as many as fit."""
    view = graph.python.show(identifier, as_of=as_of or None).view
    store = graph.store
    stated = list(thing_facts(store, view))
    total = len(stated)
    facts = FactList(store, MOST_BYTES)
    last = min(total, offset + limit) if limit else total
    shown = offset
    while shown < last and facts.number(stated[shown]) is not None:
        shown += 1
    left_out = []
    if offset or shown < total:
        more = f"; call again with offset={shown}" if shown < total else ""
        left_out.append(f"facts shown: {offset + 1:,} to {shown:,} of {total:,}{more}")
    resting = [fact for record in view.supported for fact in record.facts]
    counts, _ = grade_counts(resting if view.is_source else view.facts)
    return ThingAnswer(
        named_thing(store, view.iri),
        view.type,
        facts.facts,
        total,
        {grade.value: counts[grade] for grade in Grade},
        facts.sources,
        view.day,
        view.holds,
        [f"{recheck.source}: {recheck.summary()}" for recheck in view.rechecks],
        list(view.notes),
        left_out,
    )
