"""The language of the user, and the choice among texts in several languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from typing import Final

from .terms import NO_TERM, NTerm, literal_parts

USER_LANGUAGE: Final = ContextVar("USER_LANGUAGE", default="en")
"""The language tag that messages are shown in, in lower case; a command sets it."""


LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
"""The language tags that are taken, such as `sr-Latn` (RFC 5646, section 2.1): no singletons."""


def user_language(environment: Mapping[str, str]) -> str:
    """The language tag that an environment sets, in lower case, such as `de-at`; else `en`.

    It is that of the first of LC_ALL, LC_MESSAGES and LANG that is set (POSIX, section 8.2),
    without the encoding. The locales C and POSIX stand for English.
    """
    stated = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, stated), "")
    tag = locale.partition(".")[0].partition("@")[0].replace("_", "-").lower()
    return "en" if tag in ("", "c", "posix") else tag


def canonical_tag(language: str) -> str:
    """A language tag in the case in which it is written, such as `en-GB` or `mk-Cyrl`.

    Rule: RFC 5646, section 2.1.1. The parser gives tags in lower case, as RDF 1.1 allows.
    """
    subtags: list[str] = []
    is_extension = False
    for number, subtag in enumerate(language.lower().split("-")):
        is_extension = is_extension or len(subtag) == 1
        if number and not is_extension and len(subtag) == 2:
            subtag = subtag.upper()
        elif number and not is_extension and len(subtag) == 4:
            subtag = subtag.title()
        subtags.append(subtag)
    return "-".join(subtags)


def preferred_literal(literals: Iterable[NTerm]) -> NTerm:
    """The one of `literals` to show to the user; empty if there are none.

    The order of preference: the language of the user (de-at, then de, then any other variety of
    de), English, without a language, the first.
    """
    by_language: dict[str, NTerm] = {}
    for term in sorted(literals):
        language = literal_parts(term)[1].lower()
        by_language.setdefault(language, term)
        by_language.setdefault(language.partition("-")[0], term)
    user = USER_LANGUAGE.get()
    for language in (user, user.partition("-")[0], "en", ""):
        if language in by_language:
            return by_language[language]
    return next(iter(by_language.values()), NO_TERM)
