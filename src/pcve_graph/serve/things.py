"""The tools for single things: search, and what is recorded of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Annotated

import pyoxigraph as ox

from ..analysis.closed_lists import closed_lists, terms_of_list
from ..graph.claims import evidence as evidence_of
from ..graph.claims import statement_of
from ..graph.labels import labels
from ..model.grades import Grade
from ..model.limits import read_count
from ..model.namespaces import LABELS, expand
from ..query.search_filters import read_filters
from ..query.thing_view import grade_counts
from ..search.search import Hit
from .answers import MOST_BYTES, ROWS, Cell, ColumnEntry, TableAnswer, ThingAnswer, ThingRef
from .fact_list import FactList, StatedFact, term_value, thing_facts, thing_ref
from .questions import EvidenceRows, Limit, Offset
from .table_answers import EVIDENCE_ROWS, RowDraft, TableBounds, bounded_table
from .tool_graph import ToolGraph, short_text

_HIT_COLUMNS = (
    ColumnEntry("thing", "what matches; show(id) has all facts about it"),
    ColumnEntry("kind", "its class; concept is a term of a closed list"),
    ColumnEntry("field", "where the text matches: name, description, quote, location and others"),
    ColumnEntry("text", "the text that matches"),
    ColumnEntry("score", "how well, to compare hits that match the same words"),
    ColumnEntry("unmatched", "words of the search that do not match"),
)


def search(
    graph: ToolGraph,
    text: Annotated[str, "Any name in any script or language, or words about a thing."],
    kind: Annotated[str | list[str], "Only this kind, such as event, project, country."] = "",
    country: Annotated[str | list[str], "Only what is or takes place in this country."] = "",
    topic: Annotated[str | list[str], "Only what is about this topic or a narrower one."] = "",
    year: Annotated[int | list[int] | None, "Only what was under way in this year."] = None,
    limit: Limit = 20,
    offset: Offset = 0,
    evidence: EvidenceRows = EVIDENCE_ROWS,
) -> TableAnswer:
    """Find things by any name, or by words about them; best first, with the ids that show takes."""
    index = graph.graph.index()
    years = year if not isinstance(year, int | None) else [year] if year is not None else []
    filters = read_filters(index, _texts(kind), _texts(country), _texts(topic), years)
    hits = index.search(text, limit=None, filters=filters)
    drafts = [
        RowDraft(
            {
                "thing": ThingRef(hit.label, hit.iri, hit.id),
                "kind": hit.kind,
                "field": hit.field,
                "text": short_text(hit.text),
                "score": round(hit.score, 3),
                "unmatched": list(hit.unmatched),
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


def _texts(value: str | list[str]) -> list[str]:
    """The texts of an argument that takes one or several; none for an empty text."""
    return [value] if isinstance(value, str) and value else list(value)


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
            subject = thing_ref(store, hit.iri)
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
        thing_ref(store, view.iri),
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


def terms(
    graph: ToolGraph,
    list: Annotated[str, "The id of a closed list, such as topic; empty for all lists."] = "",  # noqa: A002
    lang: Annotated[str, "The language of the labels, as a tag such as sq."] = "en",
    limit: Limit = 100,
    offset: Offset = 0,
) -> TableAnswer:
    """List the closed lists, or the terms of one with their definitions, each below its wider one.

    Terms are what parameters such as topic take. They are set by the project and have no evidence.
    """
    if not list:
        rows: Iterable[dict[str, Cell]] = (
            {"list": entry.id, "terms": entry.size, "definition": entry.definition}
            for entry in closed_lists(graph.graph)
        )
        names: tuple[str, ...] = ("list", "terms", "definition")
        title = "Closed lists"
    else:
        rows = (
            {
                "term": ThingRef(term.label, term.iri, term.id),
                "language": term.language,
                "broader": term.broader,
                "definition": short_text(term.definition),
            }
            for term in terms_of_list(graph.graph, list, lang)
        )
        names = ("term", "language", "broader", "definition")
        title = f"Terms of {list}"
    drafts = [RowDraft(row, tuple) for row in rows]
    columns = [ColumnEntry(name) for name in names]
    return bounded_table(graph.store, title, columns, drafts, TableBounds(limit, offset, 0))
