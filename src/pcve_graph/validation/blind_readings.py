"""Verdicts of readers to whom the value of a claim was hidden: from the value that they wrote."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox

from ..evidence.value_in_words import Value, ValueKind, carries
from ..graph.reviewable import ReviewableClaim
from ..incremental.graph_view import GraphView
from ..model.schema import Ontology
from ..model.text_normalization import fold
from .support_check import SupportCheck


class BlindReadings:
    """Compares what readers wrote with the values of claims of a built graph."""

    def __init__(self, store: ox.Store, ontology: Ontology) -> None:
        self._check = SupportCheck(GraphView(store), ontology)

    def is_comparable(self, claim: ReviewableClaim) -> bool:
        """Whether the value can be compared: not where it is the curator's own wording."""
        value = self._value(claim)
        return value is not None and value.kind not in (ValueKind.PROSE, ValueKind.PART)

    def verdict(self, claim: ReviewableClaim, written: str) -> str:
        """One of `VERDICTS`, from the value that a reader wrote without seeing that of the claim.

        It supports the claim if it is the value, or carries it by the rules for quotes; a role
        needs no cue.
        Else it contradicts it. The term of a closed list has more names than its cues, so another
        wording of it is unclear.
        """
        value = self._value(claim)
        if value is None:
            return "unclear"
        if fold(written) == fold(claim.value) or carries(written, value):
            return "supports"
        return "unclear" if value.kind in (ValueKind.CONCEPT, ValueKind.PROSE) else "contradicts"

    def _value(self, claim: ReviewableClaim) -> Value | None:
        value = self._check.value(claim.predicate, claim.object)
        if value is not None and value.kind is ValueKind.THING:
            return replace(value, cues=(), other_cues=frozenset())
        return value
