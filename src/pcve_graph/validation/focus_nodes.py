"""Which results the report of a document has, and where the document names their focus nodes.

The report is that of SHACL on the document: a result is kept wherever its focus node is, also if
the document only names it (the value of a property), or does not mention it at all (an absent
sh:targetNode). Where the document is checked in a context, results about the context alone are left
out; `Mentions.is_reported` states the rule.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass

from ..model.problems import ShaclResult
from ..model.terms import NTerm, NTriple, Statement, parse_statement, subject_of


@dataclass(frozen=True, slots=True)
class Mentions:
    """The nodes that a document mentions: its subjects, and the focus nodes that it only names.

    `named` has the first statement of the document with each of these nodes as its object.
    `of_context` are the focus nodes that the document does not mention, but the context does.
    """

    subjects: Container[NTerm]
    named: dict[NTerm, Statement]
    of_context: Container[NTerm]

    def is_reported(self, focus: NTerm, limited: bool) -> bool:
        """Whether the results of a focus node belong in the report of the document.

        The subjects and objects of its statements do, and so do nodes that neither the document nor
        its context mentions: only a target of the shapes names these. A node of the context alone
        does not. With `limited` (a built graph as the context), only subjects and objects do.
        """
        if focus in self.subjects or focus in self.named:
            return True
        return not limited and focus not in self.of_context


def find_mentions(
    focus_nodes: Iterable[NTerm],
    subjects: Container[NTerm],
    document: Iterable[NTriple],
    context: Iterable[NTriple],
) -> Mentions:
    """The mentions of `focus_nodes` in the lines of a document and of its context.

    Neither is read if all focus nodes are subjects of the document.
    """
    named: dict[NTerm, Statement] = {}
    left = {focus for focus in focus_nodes if focus not in subjects}
    if not left:
        return Mentions(subjects, named, frozenset())
    for line in document:
        statement = parse_statement(line)
        if statement.object in left:
            named.setdefault(statement.object, statement)
    absent = left - named.keys()
    of_context = {subject_of(line) for line in context} & absent if absent else set()
    return Mentions(subjects, named, of_context)


def caused_by_document(
    results: Iterable[ShaclResult],
    subjects: Container[NTerm],
    alone: Collection[ShaclResult],
) -> tuple[ShaclResult, ...]:
    """`results` without those about other nodes than `subjects` that the context has `alone`."""
    before = {_key(result) for result in alone}
    return tuple(
        result for result in results if result.focus in subjects or _key(result) not in before
    )


def _key(result: ShaclResult) -> tuple[str, ...]:
    return result.focus, result.path, result.value, result.source, result.component
