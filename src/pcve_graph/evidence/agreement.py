"""How far second readers agree: which claims were read by whom, and Cohen's kappa of two readers.

J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement
20 (1960), 37-46.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from .reviews import Reading


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of two readers: how many claims both read, of how many of them they say the same, and kappa.

    `kappa` is None where chance alone would have them always agree, or without a common claim.
    """

    readers: tuple[str, str]
    claims: int
    same: int
    kappa: float | None


@dataclass(frozen=True, slots=True)
class ReviewState:
    """The readings of a graph.

    `current` has the verdicts on what the graph has now, by what was shown (its SHA-256) and by
    reader. `stale` are the readings of what has changed since, by reader.
    """

    current: Mapping[str, Mapping[str, Reading]]
    stale: tuple[tuple[str, Reading], ...]

    def by_number(self) -> tuple[list[str], list[str], list[str]]:
        """What one reader alone read, where two or more agree, and where they disagree."""
        alone: list[str] = []
        agreed: list[str] = []
        disputed: list[str] = []
        for shown, readings in self.current.items():
            verdicts = {reading.verdict for reading in readings.values()}
            if len(readings) == 1:
                alone.append(shown)
            else:
                (disputed if len(verdicts) > 1 else agreed).append(shown)
        return alone, agreed, disputed

    def agreements(self) -> list[Agreement]:
        """The agreement of each two readers who read a claim in common, sorted."""
        readers = sorted({reader for readings in self.current.values() for reader in readings})
        agreements = []
        for first, second in combinations(readers, 2):
            pairs = [
                (readings[first].verdict, readings[second].verdict)
                for readings in self.current.values()
                if first in readings and second in readings
            ]
            if pairs:
                same = sum(one_verdict == other for one_verdict, other in pairs)
                agreements.append(Agreement((first, second), len(pairs), same, cohen_kappa(pairs)))
        return agreements


def review_state(reviews: Mapping[str, Iterable[Reading]], shown: Collection[str]) -> ReviewState:
    """The state of readings, by reader, where `shown` is what the graph has to judge now."""
    current: dict[str, dict[str, Reading]] = defaultdict(dict)
    stale = []
    for reader, readings in sorted(reviews.items()):
        for reading in readings:
            if reading.shown in shown:
                current[reading.shown][reader] = reading
            else:
                stale.append((reader, reading))
    return ReviewState(dict(current), tuple(stale))


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two readers, from their verdicts on the same claims.

    It is (o - e) / (1 - e): `o` is the share of claims on which they say the same, `e` the share
    that chance would give, the sum over all verdicts of the product of the shares with which each
    reader gives it. None where `e` is 1 or there are no pairs.
    """
    total = len(pairs)
    first, second = (Counter(pair[place] for pair in pairs) for place in (0, 1))
    # Whole numbers, each by the square of the total: no rounding before the one division.
    by_chance = sum(first[verdict] * second[verdict] for verdict in first)
    observed = sum(one_verdict == other for one_verdict, other in pairs) * total
    if by_chance == total * total:
        return None
    return (observed - by_chance) / (total * total - by_chance)
