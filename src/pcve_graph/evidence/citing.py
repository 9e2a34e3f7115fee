"""The fingerprint of a passage as it was read, checked against the text that it was read in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..model.problems import ContentError, Position, Problem, UsageError, rule_problem
from ..model.visible import one_line
from .passages import (
    FEWEST_WORDS,
    MOST_WORDS,
    MOST_WORDS_SAID,
    Passage,
    PassageText,
    find_passage,
    line_end_hyphens,
    places_of_words,
    spelled,
    words_of,
)


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage that stands in the text it was read in, and what its reader should know of it.

    Without `says`, the words of the passage that carry the value are still to be chosen.
    """

    passage: Passage
    warnings: tuple[str, ...]


def cite_passage(
    words: str, texts: Sequence[str], name: str, says: str = "", at: int | None = None
) -> Citation:
    """The citation of the passage `words`, which stands in one of `texts`, of the file `name`.

    `says` are words of the passage, at the index `at` of them where they stand in it more than
    once. Raises UsageError for a passage that is too short or too long and for words that do not
    stand in it, ContentError (`passage-not-in-text`) for one that stands in none of the texts.
    """
    passage = PassageText(words)
    count = len(passage.words)
    if not FEWEST_WORDS <= count <= MOST_WORDS:
        bounds = f"{FEWEST_WORDS} to {MOST_WORDS:,}"
        number = f"{count:,} word{'s' * (count != 1)}"
        raise UsageError(
            f"the passage has {number}, and a fingerprint is of {bounds}; "
            "take the whole sentence, and the one before or after it"
        )
    first, warnings = _place_of_says(passage, says, at)
    kept = spelled(words, first, len(words_of(says))) if says else ""
    cited = Passage(count, passage.fingerprint.sha256, kept, first)
    start = " ".join(passage.words[:MOST_WORDS_SAID])
    sought = cited if says else replace(cited, says=start)
    for text in texts:
        if places := find_passage(text, sought):
            return Citation(cited, (*warnings, *_warnings(text, places)))
    raise ContentError([_not_in_text(passage.words, texts, name)])


def _place_of_says(passage: PassageText, says: str, at: int | None) -> tuple[int, list[str]]:
    """The index of the first word of `says` in the passage, and warnings."""
    if not says:
        return 0, []
    words = words_of(says)
    if not 1 <= len(words) <= MOST_WORDS_SAID:
        raise UsageError(
            f"--says has {len(words)} words, and 1 to {MOST_WORDS_SAID} are kept; "
            "give those that carry the value: a date, name, place or number"
        )
    places = places_of_words(passage.words, words)
    shown = one_line(says)
    if not places:
        raise UsageError(
            f"“{shown}” does not stand in the passage; give words of it, in their order"
        )
    if at is not None and at not in places:
        listed = ", ".join(map(str, places))
        raise UsageError(f"“{shown}” does not stand at {at} in the passage, but at {listed}")
    if len(places) > 1 and at is None:
        others = ", ".join(map(str, places[1:]))
        return places[0], [
            f"“{shown}” stands in the passage {len(places)} times; the first is taken, "
            f"--at takes another ({others})"
        ]
    return places[0] if at is None else at, []


def _warnings(text: str, places: list[tuple[int, int]]) -> list[str]:
    warnings = []
    if len(places) > 1:
        shown = ", ".join(f"{start:,}" for start, _ in places[:5])
        warnings.append(
            f"the passage stands in the text {len(places):,} times, at the characters {shown}; "
            "a longer one would stand there once"
        )
    start, end = places[0]
    if joined := line_end_hyphens(text[start:end]):
        warnings.append(
            f"the text divides “{one_line(joined[0])}” at the end of a line, which is read as one "
            "word; if it is written with a hyphen elsewhere too, leave it out of the passage"
        )
    return warnings


def _not_in_text(words: list[str], texts: Sequence[str], name: str) -> Problem:
    """The problem of a passage that no text has: where the longest part of it ends."""
    shared, rest = max(
        (PassageText(text).shared(words) for text in texts), key=lambda pair: pair[0]
    )
    position = Position(name)
    fix = "copy the passage from the text, or read the text again: it may have changed"
    if not shared:
        message = "not even the first word of the passage stands in the text"
        return rule_problem("passage-not-in-text", position, message, fix)
    before = " ".join(words[max(0, shared - 5) : shared])
    theirs = " ".join(words[shared : shared + 4])
    message = f'after "…{before}" the passage continues "{theirs}", the text "{rest}"'
    return rule_problem("passage-not-in-text", position, message, fix)
