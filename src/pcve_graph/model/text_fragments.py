"""Links that open a page at some of its words.

Rule: URL Fragment Text Directives (WICG draft), `#:~:text=start,end`.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

_MOST_WORDS: Final = 8
"""The most words that a link has in full; of more, it has the first and the last."""

_ENDS: Final = 4
"""The words of each end of a longer passage: few, since one end may not cross a block of a page."""

_NOT_HTML: Final = re.compile(r"\.(pdf|docx?|xlsx?|pptx?|odt|ods|zip)$", re.IGNORECASE)


def text_fragment_link(address: str, words: str) -> str:
    """The address that opens the page at `words`; empty without either, or where it is no page.

    A PDF, an office document and an archive have no text fragments: browsers ignore them there.
    """
    listed = words.split()
    page, _, fragment = address.partition("#")
    if not listed or not address or _NOT_HTML.search(page.partition("?")[0]):
        return ""
    ends = [listed] if len(listed) <= _MOST_WORDS else [listed[:_ENDS], listed[-_ENDS:]]
    directive = ",".join(_encoded(" ".join(end)) for end in ends)
    return f"{page}#{fragment.partition(':~:')[0]}:~:text={directive}"


def _encoded(text: str) -> str:
    """Percent-encoded UTF-8, with the characters that have a meaning in it: `-`, `,` and `&`."""
    return quote(text, safe="").replace("-", "%2D")
