"""Reads the `passage` of a piece of evidence: the fingerprint of a passage whose text is not held.

Rule: data/FORMAT.md, "Fingerprints".
"""

from __future__ import annotations

import re
from typing import Final

from ..evidence.passages import (
    FEWEST_WORDS,
    MOST_WORDS,
    MOST_WORDS_SAID,
    Passage,
    words_of,
)
from ..model.problems import ContentError, Position, rule_problem
from ..model.suggest import did_you_mean
from ..model.visible import first_refused
from ..syntax.tree import MappingNode, RecordNode, ScalarNode

PASSAGE_KEYS: Final = ("words", "sha256", "says", "at")
"""The keys of a passage, in their order; each is required."""

_NUMBER: Final = re.compile("0|[1-9][0-9]{0,3}")
_SHA256: Final = re.compile("[0-9a-f]{64}")
_CITE: Final = "`pcve evidence cite` prints the whole passage"
_LONGEST: Final = 160
"""Characters of what a passage says, at most, as in the shape Passage-says."""


def read_passage(node: RecordNode) -> Passage:
    """The passage that a record states.

    Raises ContentError (`passage`) with all its problems.
    """
    if not isinstance(node, MappingNode):
        fix = f"write {{words: …, sha256: …, says: …, at: …}}: {_CITE}"
        raise _stop(node.position, "passage is not the fingerprint of a passage", fix)
    values: dict[str, ScalarNode] = {}
    for key, value in node.entries:
        if key.text not in PASSAGE_KEYS:
            hint = did_you_mean(key.text, PASSAGE_KEYS)
            fix = hint or f"the keys of a passage are {', '.join(PASSAGE_KEYS)}; {_CITE}"
            raise _stop(key.position, f'a passage has no key "{key.text}"', fix)
        if not isinstance(value, ScalarNode):
            raise _stop(value.position, f"{key.text} is not one value", f"write one: {_CITE}")
        values[key.text] = value
    if missing := [key for key in PASSAGE_KEYS if key not in values]:
        raise _stop(node.position, f"this passage has no {missing[0]}", _CITE)
    return _passage(values)


def _passage(values: dict[str, ScalarNode]) -> Passage:
    words, sha256, says, at = (values[key] for key in PASSAGE_KEYS)
    count, first = _number(words), _number(at)
    if count is None or not FEWEST_WORDS <= count <= MOST_WORDS:
        message = f'words is "{words.text}", not a number from {FEWEST_WORDS} to {MOST_WORDS}'
        fix = "take a longer passage, such as the whole sentence: `pcve evidence cite` counts it"
        raise _stop(words.position, message, fix)
    if not _SHA256.fullmatch(sha256.text):
        message = f'sha256 is "{sha256.text[:80]}", not 64 digits of 0-9 and a-f'
        raise _stop(sha256.position, message, _CITE)
    if bad := first_refused(says.text):
        raise _stop(says.position, f"says contains the character {bad.name}", "delete it")
    number = len(words_of(says.text))
    if not 1 <= number <= MOST_WORDS_SAID or len(says.text) > _LONGEST:
        message = f"says has {number} words" if number else f'says is "{says.text}", no word'
        if 1 <= number <= MOST_WORDS_SAID:
            message = f"says has {len(says.text)} characters, and {_LONGEST} are allowed"
        fix = f"keep the words that carry the value, 1 to {MOST_WORDS_SAID} of them"
        raise _stop(says.position, message, fix)
    if first is None or first + number > count:
        message = f'at is "{at.text}", but {number} words from there are not within {count}'
        if first is None:
            message = f'at is "{at.text}", not the index of a word'
        fix = f"count the words before those of `says`, from 0: {_CITE}"
        raise _stop(at.position, message, fix)
    return Passage(count, sha256.text, says.text, first)


def _number(value: ScalarNode) -> int | None:
    return int(value.text) if _NUMBER.fullmatch(value.text) else None


def _stop(position: Position, message: str, fix: str) -> ContentError:
    return ContentError([rule_problem("passage", position, message, fix)])
