"""The languages of the messages of SPARQL constraints, which both engines drop."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ..model.terms import NTerm, lexical, literal, literal_parts

_VARIABLE: Final = re.compile(r"\{[?$]\w+\}")
"""Matches what a value takes the place of in a message (SHACL 5.3.2)."""


def with_languages(messages: Iterable[NTerm], templates: Iterable[NTerm]) -> tuple[NTerm, ...]:
    """`messages`, sorted, each without a language with that of the template it comes from.

    `templates` are the values of sh:message. The template with most words of its own is taken;
    those of several languages with the same words are all.
    """
    tagged = [template for template in templates if literal_parts(template)[1]]
    return tuple(sorted({term for message in messages for term in _tagged(message, tagged)}))


def _tagged(message: NTerm, templates: list[NTerm]) -> Iterator[NTerm]:
    text, language, datatype = literal_parts(message)
    lengths = {
        template: sum(map(len, _VARIABLE.split(lexical(template))))
        for template in templates
        if not language and datatype is None and _is_instance(text, lexical(template))
    }
    for template, length in lengths.items():
        if length == max(lengths.values()):
            yield literal(text, language=literal_parts(template)[1])
    if not lengths:
        yield message


def _is_instance(text: str, template: str) -> bool:
    """Whether `text` is `template` with values in place of its variables.

    Without a regular expression, whose time could grow with a power of the length of the text.
    """
    first, *rest = _VARIABLE.split(template)
    if not rest:
        return text == template
    *middle, last = rest
    if not (text.startswith(first) and text[len(first) :].endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True
