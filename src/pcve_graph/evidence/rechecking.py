"""Looks for the passages of a source in its page as it is now.

A passage stands there as it was read (`found`), stands there elsewhere or more than once (`moved`),
stands there in part (`changed`), or does not (`gone`). Rule: docs/evidence.md, "Recheck".
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from .passages import PassageText, places_of_words, words_of
from .rechecks import PassageRecheck

CONTEXT_WORDS: Final = 3
"""The words before and after a passage by which it is recognised at its place."""

_DIGEST_LENGTH: Final = 16
_LONGEST_COMPARED: Final = 400
"""The most words of a quote whose order is compared: the time grows with their square."""


class ValueWords(NamedTuple):
    """Words of a passage with a fingerprint that carry a value: `at` and `says` of `Passage`."""

    at: int
    says: str


@dataclass(frozen=True, slots=True)
class SoughtPassage:
    """A passage of the built graph: a quote with what stands around it, or a fingerprint.

    `words` and `sha256` are the fingerprint of either. `quote`, `prefix` and `suffix` are empty
    for a fingerprint; `value_words` are the words of a fingerprint that carry values, each once,
    in their order, and at least one.
    """

    words: int
    sha256: str
    quote: str = ""
    prefix: str = ""
    suffix: str = ""
    value_words: tuple[ValueWords, ...] = ()

    @property
    def key(self) -> tuple[int, str]:
        """The fingerprint."""
        return self.words, self.sha256


@dataclass(frozen=True, slots=True)
class SoughtSource:
    """A source of the built graph with what is looked for; texts are empty where not recorded."""

    id: str
    title: str = ""
    url: str = ""
    archived_at: str = ""
    sha256_read: str = ""
    passages: tuple[SoughtPassage, ...] = ()


@dataclass(frozen=True, slots=True)
class ValueWordsResult:
    """What became of words that carry a value, with a `remark`, empty where there is none."""

    value_words: ValueWords
    outcome: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class PassageResult:
    """What became of a passage, and a `remark` on it; that is empty where there is none.

    `value_words` has the result of each of its words that carry a value, where it has a
    fingerprint; the outcome of the passage is the worst of them.
    """

    sought: SoughtPassage
    recheck: PassageRecheck
    remark: str = ""
    value_words: tuple[ValueWordsResult, ...] = ()


def recheck_passages(
    sought: Sequence[SoughtPassage],
    texts: Sequence[PassageText],
    last: Mapping[tuple[int, str], PassageRecheck],
) -> list[PassageResult]:
    """What became of each passage in a page, whose text has been extracted in several ways.

    The best outcome of any text counts, and then the worst of any words that carry a value. `last`
    are the results of the last recheck, by fingerprint.
    """
    results = []
    for passage in sought:
        before = last.get(passage.key)
        best = [
            min((_look_for(passage, value_words, text, before) for text in texts), key=_rank)
            for value_words in passage.value_words or (None,)
        ]
        value_words = tuple(
            ValueWordsResult(value_words, recheck.outcome, remark)
            for value_words, (recheck, remark) in zip(passage.value_words, best, strict=False)
        )
        recheck, remark = max(best, key=_rank)
        results.append(PassageResult(passage, recheck, remark, value_words))
    return results


def unread_passages(
    sought: Sequence[SoughtPassage], outcome: str, last: Mapping[tuple[int, str], PassageRecheck]
) -> list[PassageResult]:
    """The results where there is no text: all have the same outcome.

    What stood around them at the last recheck is kept for the next.
    """
    results = []
    for passage in sought:
        before = last.get(passage.key)
        around = (before.before, before.after) if before and outcome == "unread" else ("", "")
        value_words = tuple(
            ValueWordsResult(value_words, outcome) for value_words in passage.value_words
        )
        recheck = PassageRecheck(*passage.key, outcome, *around)
        results.append(PassageResult(passage, recheck, value_words=value_words))
    return results


_RANKS: Final = {"found": 0, "moved": 1, "changed": 2, "gone": 3}


def _rank(result: tuple[PassageRecheck, str]) -> int:
    return _RANKS[result[0].outcome]


def _look_for(
    sought: SoughtPassage,
    value_words: ValueWords | None,
    text: PassageText,
    last: PassageRecheck | None,
) -> tuple[PassageRecheck, str]:
    """What became of a passage in a text, judged by some of its words, with a remark.

    `value_words` is None for a quote.
    """
    starts = _starts(sought, value_words, text)
    if not starts:
        outcome, remark = _rest_of(sought, value_words, text)
        return PassageRecheck(*sought.key, outcome), remark
    around = [_around(text.words, start, sought.words) for start in starts]
    expected = _expected(sought, last)
    same = [sides for sides in around if _is_same(sides, expected)]
    if len(starts) == 1:
        outcome = "found" if same or expected == ("", "") else "moved"
        remark = "" if outcome == "found" else "other words stand before and after it"
        return PassageRecheck(*sought.key, outcome, *around[0]), remark
    if len(same) == 1 and expected != ("", ""):
        return PassageRecheck(*sought.key, "found", *same[0]), ""
    remark = f"it stands there {len(starts):,} times"
    return PassageRecheck(*sought.key, "moved"), remark


def _starts(sought: SoughtPassage, value_words: ValueWords | None, text: PassageText) -> list[int]:
    """The indexes of words at which a passage stands in a text, with `value_words` at its place."""
    if value_words is None:
        return places_of_words(text.words, words_of(sought.quote))
    last = len(text.words) - sought.words
    places = places_of_words(text.words, words_of(value_words.says))
    starts = [place - value_words.at for place in places if 0 <= place - value_words.at <= last]
    return [start for start in starts if _sha256(text.words, start, sought) == sought.sha256]


def _sha256(words: Sequence[str], start: int, sought: SoughtPassage) -> str:
    # The words are normalized already: data/FORMAT.md joins them with one space.
    return hashlib.sha256(" ".join(words[start : start + sought.words]).encode()).hexdigest()


def _around(words: Sequence[str], start: int, count: int) -> tuple[str, str]:
    """The digests of the words before and after a passage."""
    end = start + count
    before, after = words[max(0, start - CONTEXT_WORDS) : start], words[end : end + CONTEXT_WORDS]
    return _digest(before), _digest(after)


def _digest(words: Sequence[str]) -> str:
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:_DIGEST_LENGTH]


def _expected(sought: SoughtPassage, last: PassageRecheck | None) -> tuple[str, str]:
    """The digests of the words around a passage when it was last seen; empty where not known.

    Those of the last recheck; else those that the graph has around a quote, without the outermost
    words, which can be cut off.
    """
    if last is not None and (last.before or last.after):
        return last.before, last.after
    before = words_of(sought.prefix)[1:][-CONTEXT_WORDS:]
    after = words_of(sought.suffix)[:-1][:CONTEXT_WORDS]
    return (
        _digest(before) if len(before) == CONTEXT_WORDS else "",
        _digest(after) if len(after) == CONTEXT_WORDS else "",
    )


def _is_same(around: tuple[str, str], expected: tuple[str, str]) -> bool:
    """Whether the words on one side of a passage are those that were expected there."""
    return any(want == have for want, have in zip(expected, around, strict=True) if want)


def _rest_of(
    sought: SoughtPassage, value_words: ValueWords | None, text: PassageText
) -> tuple[str, str]:
    """(outcome, remark) of a passage that does not stand in a text as a whole."""
    if value_words is not None:
        if places_of_words(text.words, words_of(value_words.says)):
            return "changed", "the words that carry the value stand there, the passage does not"
        return "gone", "not even the words that carry the value stand there"
    count = _most_words(words_of(sought.quote), text.words)
    if count * 2 > sought.words:
        return "changed", f"{count:,} of its {sought.words:,} words stand there together"
    return "gone", "most of its words do not stand there together"


def _most_words(part: Sequence[str], words: Sequence[str]) -> int:
    """The most words of `part` that stand in `words` in their order, near each other.

    Measured where most of them stand in any order within the length of `part`. Long parts are
    compared without regard to the order.
    """
    size = len(part)
    missing = Counter(part)
    inside = best = best_end = 0
    for end, word in enumerate(words, 1):
        inside += missing[word] > 0
        missing[word] -= 1
        if end > size:
            dropped = words[end - size - 1]
            missing[dropped] += 1
            inside -= missing[dropped] > 0
        if inside > best:
            best, best_end = inside, end
    if size > _LONGEST_COMPARED or not best:
        return best
    window = words[max(0, best_end - 2 * size) : best_end + size]
    blocks = SequenceMatcher(None, part, window, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks)
