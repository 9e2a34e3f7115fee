"""Renders a diff as text, as a Markdown changelog, as JSON and as RDF Patch."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Final

import pyoxigraph as ox

from ...graph.claims import Evidence
from ...graph.labels import designation_notes, labels
from ...graph.serialize import prefixed
from ...model.namespaces import BASE, local_name
from ...model.terms import Term
from ...query.execute import json_term
from ...query.render import format_date, format_evidence
from ...query.why_render import evidence_as_json
from .compare import Diff, StatementChange
from .reasons import REASONS, ChangeReason


def rdf_patch(diff: Diff) -> str:
    """One transaction: a `D` line for each removed quad, then an `A` line for each added one.

    The id in its header is a hash of these lines: equal changes have equal ids.
    """
    removed, added = diff.quads()
    deletions = sorted(f"D {quad} .\n" for quad in removed)
    rows = "".join([*deletions, *sorted(f"A {quad} .\n" for quad in added)])
    name = uuid.uuid5(uuid.NAMESPACE_URL, BASE + "patch/\n" + rows)
    return f"H id <urn:uuid:{name}> .\nTX .\n{rows}TC .\n"


_SIGNS: Final = {"added": "+", "changed": "~", "removed": "-"}
_LONG: Final = 90
"""Largest number of characters of a value in text; the JSON form is not truncated."""


class _Labels:
    """The labels of terms, from the new side, else from the old side."""

    def __init__(self, diff: Diff) -> None:
        self.stores = (diff.new.store, diff.old.store)

    def term(self, term: Term | None) -> str:
        if isinstance(term, ox.NamedNode):
            names = (labels(store, [term])[term.value] for store in self.stores)
            bare = local_name(term.value)
            return next((word for word in names if word != bare), bare or term.value)
        text = " ".join(format_date(str(getattr(term, "value", term))).split())
        tag = f" [{term.language}]" if isinstance(term, ox.Literal) and term.language else ""
        return (text if len(text) <= _LONG else f"{text[: _LONG - 2]} …") + tag

    def thing(self, node: ox.NamedNode) -> str:
        """The label and the id of an entity; for other terms the label or the IRI."""
        name, identifier = self.term(node), _identifier(node)
        return name if name == identifier else f"{name}  ({identifier})"

    def value(self, change: StatementChange) -> str:
        if change.old is None or change.new is None or change.old == change.new:
            return self.term(change.new or change.old)
        return f"{self.term(change.old)} → {self.term(change.new)}"

    def reason(self, reason: ChangeReason) -> str:
        about = ", ".join(map(_identifier, reason.about))
        return REASONS[reason.code] + (f": {about}" if about else "")

    def notes(self, text: str) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                note for store in self.stores for note in designation_notes(store, [text])
            )
        )


def _identifier(node: ox.NamedNode) -> str:
    """The id of an entity or source, `list/term` of a concept, a prefixed name, or the IRI."""
    short = node.value.removeprefix(BASE)
    kind, _, rest = short.partition("/")
    if kind == "id":
        return rest.partition("/")[2]
    return rest if kind in ("source", "vocab") else prefixed(node.value)


def as_text(diff: Diff) -> str:
    """The changes of each entity with reasons and quotes, then the counts."""
    words = _Labels(diff)
    lines: list[str] = []
    for node, changes in _changes_by_subject(diff):
        lines.append(words.thing(node))
        for change in changes:
            lines += _change_lines(change, words)
        lines.append("")
    text = "".join(line + "\n" for line in lines) + as_counts(diff)
    return text + "".join(note + "\n" for note in words.notes(text))


def as_counts(diff: Diff) -> str:
    """The number of statements that differ, and the counts by reason."""
    reasons = (f"{number:>6,}  {REASONS[code]}\n" for code, number in diff.reasons().items())
    return summary(diff) + "\n" + "".join(reasons)


def summary(diff: Diff) -> str:
    """`2 statements differ: 1 added, 1 changed, 0 removed`, and how many are only rewritten."""
    text = "no differences"
    if diff.changes:
        verb = "statement differs" if len(diff.changes) == 1 else "statements differ"
        kinds = ", ".join(f"{number:,} {kind}" for kind, number in diff.kinds().items())
        text = f"{len(diff.changes):,} {verb}: {kinds}"
    unchanged = Counter(change.reason.code for change in diff.unchanged)
    return text + "".join(f"; {number:,} {REASONS[code]}" for code, number in unchanged.items())


def _changes_by_subject(diff: Diff) -> Iterator[tuple[ox.NamedNode, list[StatementChange]]]:
    for _, group in groupby(diff.changes, key=lambda change: (change.graph, change.subject.value)):
        changes = list(group)
        yield changes[0].subject, changes


def _change_lines(change: StatementChange, words: _Labels) -> list[str]:
    lines = [
        f"  {_SIGNS[change.kind]} {words.term(change.predicate)}: {words.value(change)}",
        f"      {words.reason(change.reason)}",
    ]
    lines += [f"      {line}" for line in _evidence_lines(change)]
    for node, follows in groupby(change.follows, key=lambda follow: follow.subject):
        if node == change.subject:
            lines += [
                f"      so {_SIGNS[follow.kind]} {words.term(follow.predicate)}:"
                f" {words.value(follow)}"
                for follow in follows
            ]
        else:
            signs = {_SIGNS[follow.kind] for follow in follows}
            sign = signs.pop() if len(signs) == 1 else _SIGNS["changed"]
            lines.append(f"      so {sign} {_identifier(node)}")
    return lines


def _evidence(change: StatementChange) -> Iterator[tuple[str, Evidence]]:
    """The evidence to show, with a mark: what was added or removed, all where the value changed."""
    for evidence in change.before:
        if evidence not in change.after:
            yield ("was " if change.kind == "changed" else ""), evidence
        elif change.old != change.new:
            yield "", evidence
    for evidence in change.after:
        if evidence not in change.before:
            yield ("now " if change.kind == "changed" else ""), evidence


def _evidence_lines(change: StatementChange) -> Iterator[str]:
    for mark, pieces in groupby(_evidence(change), key=lambda marked: marked[0]):
        lines = format_evidence((piece for _, piece in pieces), assigned=True)
        yield from (mark + line for line in lines)


def as_markdown(diff: Diff) -> str:
    """A changelog: added, changed and removed statements by entity, with reasons and quotes."""
    words = _Labels(diff)
    lines = [f"# Changes from {_escaped(diff.old.name)} to {_escaped(diff.new.name)}", ""]
    lines += [summary(diff)[:1].upper() + summary(diff)[1:] + ".", ""]
    for kind in _SIGNS:
        chosen = [change for change in diff.changes if change.kind == kind]
        if chosen:
            lines += [f"## {kind.capitalize()}", ""]
        for _, group in groupby(chosen, key=lambda change: (change.graph, change.subject.value)):
            changes = list(group)
            lines += [f"### {_escaped(words.thing(changes[0].subject))}", ""]
            for change in changes:
                name, value = words.term(change.predicate), words.value(change)
                lines.append(f"- **{_escaped(name)}**: {_escaped(value)}")
                lines.append(f"  ({_escaped(words.reason(change.reason))})")
                lines += [f"  - {_escaped(line)}" for line in _evidence_lines(change)]
            lines.append("")
    text = "\n".join(lines)
    return "\n".join([text.rstrip("\n"), *(f"\n{note}" for note in words.notes(text))]) + "\n"


def _escaped(text: str) -> str:
    for mark in "\\`*_[]<>#|":
        text = text.replace(mark, "\\" + mark)
    return text


def as_json(diff: Diff) -> str:
    """The diff as a JSON object; terms as in SPARQL 1.1 Query Results JSON."""
    document = {
        "from": diff.old.name,
        "to": diff.new.name,
        "counts": {**diff.kinds(), "unchanged": len(diff.unchanged)},
        "reasons": diff.reasons(),
        "changes": [_document(change) for change in diff.changes],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _document(change: StatementChange) -> dict[str, object]:
    return {
        **_statement(change),
        "graph": change.graph,
        "reason": {
            "code": change.reason.code,
            "words": REASONS[change.reason.code],
            "about": [node.value for node in change.reason.about],
        },
        "before": [evidence_as_json(evidence) for evidence in change.before],
        "after": [evidence_as_json(evidence) for evidence in change.after],
        "follows": [_statement(follow) for follow in change.follows],
    }


def _statement(change: StatementChange) -> dict[str, object]:
    document: dict[str, object] = {
        "change": change.kind,
        "subject": change.subject.value,
        "predicate": change.predicate.value,
    }
    for name, value in (("old", change.old), ("new", change.new)):
        if value is not None:
            document[name] = json_term(value)
    return document


DIFF_FORMATS: Final[dict[str, Callable[[Diff], str]]] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
    "rdf-patch": rdf_patch,
}
"""The output formats of `pcve diff` by name."""
