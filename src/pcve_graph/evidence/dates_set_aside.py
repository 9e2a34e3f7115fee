"""Dates in words that are no dates of the event: those it was moved from, deadlines to apply.

"Postponed from 3 May to 5 May": the event starts and ends on 5 May, and this is no range. A date
that was planned first is right in a claim of deprecated rank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from .month_names import months
from .word_forms import TextToken, placed_tokens, plain_text, word_list

_MOVED: Final = re.compile(
    r"postponed|rescheduled|deferred|moved|verschoben|vertagt|verlegt|report(e|ee|es|ees)"
    r"|(posticipat|rinviat|spostat|odlozen|odgoden|pomeren|pomjeren|pomaknut|premesten|premjesten"
    r"|prelozen|prestavljen|prenesen|ertelen)\w*|shty|shtyhet|shtyre|odlozi"
)
_FROM: Final = word_list("from nga od s z sa iz von vom dal da du de")
_TO: Final = word_list("to ne za na v auf zum al au per pour deri do bis")
_TO_NEW: Final = word_list("na za auf ne")
"""Those that stand between two dates only where one takes the place of the other."""
_PLANNED_FIRST: Final = (
    word_list("first originally initially fillimisht prvobitno prvotno prvicno"),
    word_list(
        "planned scheduled due set foreseen planifikuar planiran planirana"
        " planirano predviden predvidena zakazan zakazana nacrtovan nacrtovana"
    ),
)
_APPLICATIONS: Final = re.compile(
    r"applications?|registrations?|nominations?|submissions?|apply|register|aplikim\w*"
    r"|apliko\w*|priav\w*|anmeld\w*|bewerb\w*|candidature\w*|inscriptions?|basvuru\w*"
)  # fmt: skip
"""What one applies by, as `fold` writes it: prijava is priava."""
_CLOSE: Final = re.compile(
    r"close[sd]?|closing|due|deadline|until|by|before|mbyll\w*|deri|do|zaklj\w*|rok|afati?|bis"
    r"|entro|scade|jusqu|avant|kadar"
)
_REACH: Final = 14
"""Words in which the two dates of a move stand."""
_NEAR: Final = 4
"""Words between applications and the word that says that they end."""
_BREAKS: Final = frozenset(";:!?()")


@lru_cache(4096)
def without_dates_set_aside(words: str) -> str:
    """The words without the dates an event was moved from and without deadlines to apply.

    A year stays where no other year follows: "from 3 May 2018 to 5 May".
    """
    plain = plain_text(words)
    placed = placed_tokens(plain)
    listed = [token for token, _ in placed]
    spans = list(_spans(listed))
    for first, last in reversed(spans):
        start, end = placed[first][1][0], placed[last][1][1]
        years = re.findall(r"\b(?:19|20)\d\d\b", plain[start:end])
        has_year = re.search(r"\b(?:19|20)\d\d\b", plain[end:])
        kept = "" if has_year or not years else f" {years[-1]}"
        plain = f"{plain[:start]}¤{kept} {plain[end:]}"
    return plain if spans else words


def _spans(listed: Sequence[TextToken]) -> Iterator[tuple[int, int]]:
    """First and last token of what is set aside, in order and apart."""
    behind = 0
    for at in range(len(listed)):
        if at < behind:
            continue
        span = (
            _moved_from(listed, at)
            or _from_moved(listed, at)
            or _planned_first(listed, at)
            or _deadline(listed, at)
        )
        if span and span[0] >= behind:
            yield span
            behind = span[1] + 1


def _folded(listed: Sequence[TextToken], at: int) -> str:
    return listed[at].folded if 0 <= at < len(listed) else ""


def _moved_from(listed: Sequence[TextToken], at: int) -> tuple[int, int] | None:
    """From the word before the first date up to the `to` before the second, or that `to` alone."""
    if not _MOVED.fullmatch(listed[at].folded):
        return None
    end = next(
        (place for place in range(at + 1, len(listed)) if listed[place].text in _BREAKS),
        len(listed),
    )
    begin = next(
        (place for place in range(at + 1, min(at + 4, end)) if _folded(listed, place) in _FROM),
        None,
    )
    first = at + 1 if begin is None else begin + 1
    ends = [p for p in range(first, min(first + _REACH, end - 1)) if _folded(listed, p) in _TO]
    if begin is None:
        near = [p for p in ends if p <= at + 2 and _is_date_ahead(listed, p + 1)]
        return (near[0], near[0]) if near else None
    with_month = [p for p in ends if _has_month(listed[first:p])]
    last = next(iter(with_month or ends), None)
    if last is None or not _is_date_ahead(listed, first, 2) or not _is_date_ahead(listed, last + 1):
        return None
    return begin, last


def _from_moved(listed: Sequence[TextToken], at: int) -> tuple[int, int] | None:
    """The same where the verb stands last: vom 3. Mai auf den 5. Mai verschoben."""
    if _folded(listed, at) not in _FROM or not _folded(listed, at + 1).isdecimal():
        return None
    ends = (p for p in range(at + 2, at + _REACH) if _folded(listed, p) in _TO_NEW)
    last = next(ends, None)
    if last is None or not _is_date_ahead(listed, last + 1):
        return None
    ahead = range(last, min(last + _REACH // 2, len(listed)))
    is_moved = any(_MOVED.fullmatch(_folded(listed, place)) for place in ahead)
    return (at, last) if is_moved else None


def _planned_first(listed: Sequence[TextToken], at: int) -> tuple[int, int] | None:
    """What follows "first planned for" up to a mark, the word that moves it, or the end."""
    adverbs, verbs = _PLANNED_FIRST
    verb = next((place for place in (at + 1, at + 2) if _folded(listed, place) in verbs), None)
    if _folded(listed, at) not in adverbs or verb is None:
        return None
    if not _is_date_ahead(listed, verb + 1, _NEAR):
        return None
    for place in range(at + 2, len(listed)):
        token = listed[place]
        is_mark = token.text in _BREAKS or token.text == ","
        if (
            is_mark
            or token.folded in ("was", "took", "but", "and", "it")
            or _MOVED.fullmatch(token.folded)
        ):
            return (at + 1, place - 1)
    return (at + 1, len(listed) - 1)


def _deadline(listed: Sequence[TextToken], at: int) -> tuple[int, int] | None:
    """The rest of a clause that says until when one can apply."""
    if not _APPLICATIONS.fullmatch(listed[at].folded):
        return None
    beside = range(max(0, at - _NEAR), min(at + _NEAR + 1, len(listed)))
    if not any(_CLOSE.fullmatch(_folded(listed, place)) for place in beside):
        return None
    last = at
    for place in range(at + 1, len(listed)):
        token = listed[place]
        is_end = token.text == "." and not _folded(listed, place - 1).isdecimal()
        is_comma = token.text == "," and not _folded(listed, place + 1).isdecimal()
        if token.text in _BREAKS or is_end or is_comma or token.folded in ("and", "but", "while"):
            break
        last = place
    return (at, last) if _has_number(listed[at : last + 1]) else None


def _has_month(part: Sequence[TextToken]) -> bool:
    return any(token.folded in months() for token in part) or (
        sum(token.is_number for token in part) > 2
    )


def _has_number(part: Sequence[TextToken]) -> bool:
    return any(token.is_number for token in part)


def _is_date_ahead(listed: Sequence[TextToken], at: int, near: int = 3) -> bool:
    return any(token.is_number or token.folded in months() for token in listed[at : at + near])
