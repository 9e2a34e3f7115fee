"""Things of whose names a question has a part: the German development ministry.

The words stand together in the question, in any order in the name. Of several things the one with
most of the words is meant, then the one with most such names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from ..evidence.word_forms import word_list
from ..search.names import NamedThing
from ..search.names_in_text import things_with_words
from ..search.search import SearchIndex
from .wording import Wording
from .words import stems, word_lists

_LEAST_SHARE: Final = 0.6
"""Share of the words of a name that two words have at least."""
_LEAST_SHARE_OF_MORE: Final = 0.45
"""The same of three words, of which one at least stands in no name that is written in full."""
_PARTS: Final = re.compile(r"[/(:;–—]|\s-\s")
"""What separates parts of a title, each of which counts as a name."""
_LINKS: Final = word_list("and of the for in on to a an with at by from")


def partial_names(
    wording: Wording, index: SearchIndex, named: Collection[int]
) -> Iterable[tuple[int, int, NamedThing]]:
    """The first word, the last word + 1 and the thing of each part of a name.

    `named` are the words that stand in a name that the wording has in full.
    """
    places = [
        place
        for place, word in enumerate(wording.words)
        if word.folded not in _LINKS
        and (word.folded.isdecimal() or word.folded not in word_lists().skipped)
    ]
    stems_by_place = {place: stems(wording.words[place].folded)[0] for place in places}
    hits = things_with_words(index, {stem for stem in stems_by_place.values() if len(stem) > 2})
    best: dict[tuple[int, int], list[tuple[tuple[int, int, float], NamedThing]]] = {}
    for own in _by_thing(hits):
        run = _longest_run(
            places, stems_by_place, {word for hit in own for word in stems(hit.text)}
        )
        words = {stems_by_place[place] for place in run}
        shares = [_share(words, hit.text) for hit in own]
        share, names = max(shares), sum(share >= _LEAST_SHARE_OF_MORE for share in shares)
        numbers = sum(wording.words[place].folded.isdecimal() for place in run)
        least = _LEAST_SHARE_OF_MORE if len(run) > 2 and {*run} - {*named} else _LEAST_SHARE
        if len(run) - numbers >= 2 and share >= least:
            span = (run[0], run[-1] + 1)
            best.setdefault(span, []).append(((len(run), names, share), own[0]))
    for (first, last), ranked in best.items():
        ranked.sort(key=lambda pair: (pair[0], pair[1].iri), reverse=True)
        if len(ranked) == 1 or ranked[0][0] > ranked[1][0]:
            yield first, last, ranked[0][1]


def _by_thing(hits: Iterable[NamedThing]) -> Collection[list[NamedThing]]:
    hits_by_iri: dict[str, list[NamedThing]] = {}
    for hit in hits:
        hits_by_iri.setdefault(hit.iri, []).append(hit)
    return hits_by_iri.values()


def _longest_run(
    places: list[int], stems_by_place: Mapping[int, str], words: Collection[str]
) -> list[int]:
    """The longest run of places whose words the name has, the first of them."""
    longest: list[int] = []
    run: list[int] = []
    for place in places:
        run = [*run, place] if stems_by_place[place] in words else []
        if len(run) > len(longest):
            longest = run
    return longest


def _share(words: Collection[str], name: str) -> float:
    """The share of the words of a name, or of a part of it, that `words` has."""
    shares = [0.0]
    for part in (name, *_PARTS.split(name)):
        own = {word for word in stems(part) if word not in _LINKS}
        if len(own) > 1:
            shares.append(len(own & {*words}) / len(own))
    return max(shares)
