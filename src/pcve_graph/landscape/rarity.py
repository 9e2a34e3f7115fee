"""How much it says that two works have a place, topic or group in common: the rarer, the more.

The information content of a term is the logarithm of one through the share of works under it
(Resnik 1995), those under narrower terms included, so a broad term says little however few use its
very word. A list of terms counts as a few works itself, spread evenly over its narrowest terms;
that keeps a small graph from being read as a sample of the world.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rarity:
    """`shares` is the part of works under each term, `says` what that is worth, both 0 to 1."""

    shares: Mapping[str, float]
    says: Mapping[str, float]


def rarity(
    terms: Iterable[str],
    above: Mapping[str, tuple[str, ...]],
    stated: Iterable[tuple[str, ...]],
    even: float,
    steady: float,
) -> Rarity:
    """The rarity of `terms`, where each work has the terms in one tuple of `stated`.

    A term that is as rare as one in `even` works, or rarer, says 1. `steady` is how many works the
    list itself counts as. Works without any term are no evidence and left out.
    """
    known = sorted({*terms})
    counts: Counter[str] = Counter()
    works = 0
    for found, often in Counter(stated).items():
        if found:
            works += often
            wider = (up for each in found for up in above.get(each, ()))
            counts.update(dict.fromkeys((*found, *wider), often))
    size = max(len(known), 1)
    below = Counter(up for each in known for up in above.get(each, ()))
    shares = {
        each: (counts[each] + steady * (1 + below[each]) / size) / (works + steady)
        for each in known
    }
    says = {each: min(1.0, -math.log(share) / math.log(even)) for each, share in shares.items()}
    return Rarity(shares, {each: max(0.0, value) for each, value in says.items()})
