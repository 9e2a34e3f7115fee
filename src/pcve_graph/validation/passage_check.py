"""Whether fingerprints of one passage can be of one passage (rule passage-contradiction).

The same SHA-256 is of the same words, whatever its source. So two of them that say words at
overlapping places say the same word at the same index, and have one number of words. No text is
needed to see that. Applied to a whole graph, or to the passages with a checksum that a change has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Final

import pyoxigraph as ox

from ..evidence.passages import Passage, words_of
from ..graph.claims import HAS_PASSAGE
from ..incremental.graph_view import GraphView
from ..model.namespaces import expand
from ..model.problems import Position, Problem, ShaclResult, rule_problem
from ..model.terms import NO_IRI, NO_TERM, Iri, NTerm, Term, from_term, literal

RULE: Final = "passage-contradiction"
CONTRADICTION: Final = Iri(f"rule:{RULE}")
"""The shape of the results of this check."""

_FIX: Final = (
    "read the passage at its source again, and replace what is wrong by the block that "
    "`pcve evidence cite` prints"
)
_PASSAGE, _COUNT, _SHA256, _SAYS, _FIRST_WORD = (
    ox.NamedNode(expand(name))
    for name in (HAS_PASSAGE, "pcve:wordCount", "pcve:sha256", "pcve:says", "pcve:firstWord")
)
_OF_PASSAGE: Final = frozenset((_COUNT, _SHA256, _SAYS, _FIRST_WORD))


class PassageCheck:
    """Compares the passages with one checksum, in a view of the graph."""

    def __init__(self, view: GraphView) -> None:
        self._view = view

    def all_passages(self) -> set[Term]:
        """The passages of the graph."""
        return {row.object for row in self._view.quads(None, _PASSAGE, None)}

    def affected_passages(self) -> set[Term]:
        """The passages with the checksum of one that the change of the view adds or changes."""
        view = self._view
        changed = {row.subject for row in view.changes() if row.predicate in _OF_PASSAGE}
        checksums = {row.object for node in changed for row in view.quads(node, _SHA256, None)}
        return {row.subject for text in checksums for row in view.quads(None, _SHA256, text)}

    def results(self, nodes: Iterable[Term]) -> list[ShaclResult]:
        """A result for each passage that another one contradicts."""
        passages: dict[NTerm, Passage] = {}
        for node in nodes:
            count, sha256, says, first = (
                str(getattr(self._view.value(node, name), "value", ""))
                for name in (_COUNT, _SHA256, _SAYS, _FIRST_WORD)
            )
            with suppress(ValueError):  # a shape reports it
                passages[from_term(node)] = Passage(int(count), sha256, says, int(first))
        return [
            ShaclResult(
                focus=node,
                path=NO_TERM,
                value=NO_TERM,
                shape=CONTRADICTION,
                component=NO_IRI,
                severity=NO_IRI,
                messages=(literal(message, language="en"),),
            )
            for node, message in contradictions(passages).items()
        ]


def contradictions(passages: Mapping[NTerm, Passage]) -> dict[NTerm, str]:
    """For each passage that another one contradicts, how the first of these does."""
    messages: dict[NTerm, str] = {}
    by_checksum: dict[str, list[tuple[Passage, NTerm]]] = defaultdict(list)
    for node, passage in passages.items():
        by_checksum[passage.sha256].append((passage, node))
    for same in by_checksum.values():
        same.sort(key=lambda pair: (pair[0].at, pair[0].says, pair[0].words, pair[1]))
        stated = [
            (passage.words, dict(enumerate(words_of(passage.says), passage.at)))
            for passage, _ in same
        ]
        for (passage, node), (count, words) in zip(same, stated, strict=True):
            for (other, _), (other_count, other_words) in zip(same, stated, strict=True):
                if message := _contradiction(count, words, other_count, other_words):
                    shown = f'this one says "{passage.says}" from index {passage.at} on, another '
                    shown += f'"{other.says}" from index {other.at} on'
                    messages[node] = f"two fingerprints of one passage {message}: {shown}"
                    break
    return messages


def _contradiction(
    count: int, words: Mapping[int, str], other_count: int, others: Mapping[int, str]
) -> str:
    """How two fingerprints with one checksum contradict each other; empty if they do not."""
    if count != other_count:
        return f"have {count} and {other_count} words"
    for index, word in words.items():
        if others.get(index, word) != word:
            return f'have "{word}" and "{others[index]}" as the word with the index {index}'
    return ""


def contradiction_problem(message: str, position: Position) -> Problem:
    """A contradiction as a problem at `position`."""
    return rule_problem(RULE, position, message, _FIX)
