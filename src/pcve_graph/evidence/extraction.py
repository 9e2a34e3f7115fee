"""The text of a saved page: HTML, PDF or DOCX, read in a process with limits.

What was saved comes from anywhere, so it is read in a process of its own, with limits of time and
memory (`system.sandbox`), by libraries of the extra `sources` that only the readers of this package
import. Hidden text is left out: nobody read it. Nothing is fetched and nothing is stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ..model.limits import format_bytes
from ..model.problems import MissingLibraryError, UsageError
from ..model.visible import one_line
from ..syntax.tree import decode_utf8
from ..system.sandbox.process import LimitedProcess
from ..system.sandbox.watch import StoppedError

LARGEST_PAGE: Final = 64 * 2**20
"""Bytes of the largest page that is read."""

PAGE_SECONDS: Final = 60.0
"""The time limit of reading one page."""

PAGE_MEMORY: Final = 2**30
"""The memory limit of reading one page, in bytes."""

LONGEST_TEXT: Final = 20 * 2**20
"""Characters of the longest text that a page may have."""

_START: Final = 1024
"""Bytes at the start of a file that show its kind."""

OTHER_KINDS: Final = {
    b"\xd0\xcf\x11\xe0": "a Word file of before 2007: save it as .docx",
    b"{\\rtf": "RTF: save it as .docx",
    b"\x1f\x8b": "compressed: unpack it",
    b"\x89PNG": "an image: recognise its text",
    b"\xff\xd8\xff": "an image: recognise its text",
}
_INSTEAD: Final = "save its text in a file, and give that with --text"


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page: the `main` part of it, and the `whole`, menus and footers included.

    Of PDF and DOCX, both are the same.
    """

    main: str
    whole: str


def plain_text(content: bytes, name: str) -> str:
    """The text of a file in UTF-8, which messages call `name`.

    Raises ContentError (`encoding`) for any other.
    """
    return decode_utf8(content, name)


def page_text(content: bytes, name: str, process: LimitedProcess | None = None) -> PageText:
    """The text of the page with this content, which messages call `name`.

    Many pages are read faster in one `process`. Raises UsageError for a page that is too large, of
    another kind, damaged, encrypted, empty, built to exhaust a reader, or stopped at a limit, and
    where a library is missing.
    """
    if len(content) > LARGEST_PAGE:
        message = f"{len(content):,} bytes; at most {LARGEST_PAGE:,} are read"
        raise UsageError(f"{one_line(name)} has {message}; {_INSTEAD}")
    own = process or LimitedProcess()
    try:
        return own.call(
            read_page, content, name, name=one_line(name), seconds=PAGE_SECONDS, memory=PAGE_MEMORY
        )
    except StoppedError as error:
        bounds = f"{PAGE_SECONDS:g} s and {format_bytes(PAGE_MEMORY)}"
        reason = str(error).partition("; ")[0]
        raise UsageError(f"{reason} (a page is read within {bounds}); {_INSTEAD}") from None
    finally:
        if process is None:
            own.close()


def read_page(content: bytes, name: str) -> PageText:
    """As `page_text`, in this process and without its limits of time and memory."""
    shown = one_line(name)
    try:
        text = _reader(content, shown)(content)
    except ImportError as error:
        library = (error.name or "a library").partition(".")[0]
        raise MissingLibraryError(
            f"reading {shown} requires {library}, which is not installed; "
            'run pip install "pcve-graph[sources]"'
        ) from None
    except UnreadablePageError as error:
        raise UsageError(f"{shown} {error}; {_INSTEAD}") from None
    if len(text.whole) > LONGEST_TEXT:
        raise UsageError(f"{shown} has more than {LONGEST_TEXT:,} characters; {_INSTEAD}")
    if not re.search(r"\w", text.whole):
        raise UsageError(f"nothing was extracted from {shown}: it has no visible text; {_INSTEAD}")
    return text


class UnreadablePageError(Exception):
    """A page cannot be read. The text is a predicate that says why: `is damaged`."""


def _reader(content: bytes, name: str) -> Callable[[bytes], PageText]:
    start = content[:_START].lstrip()
    for signature, kind in OTHER_KINDS.items():
        if start.startswith(signature):
            raise UsageError(f"{name} is {kind}, or {_INSTEAD}")
    if b"%PDF-" in content[:_START]:
        return _read_pdf
    if content.startswith(b"PK"):
        return _read_docx
    if b"multipart/related" in start.lower():
        raise UsageError(f"{name} is a web archive (MHTML): save the page as HTML, or {_INSTEAD}")
    if b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UsageError(f"{name} is neither HTML, PDF nor DOCX; {_INSTEAD}")
    return _read_html


def _read_html(content: bytes) -> PageText:
    from .html_text import html_text

    try:
        main, whole = html_text(content)
    except ValueError as error:
        raise UnreadablePageError(str(error)) from None
    return PageText(main, whole)


def _read_pdf(content: bytes) -> PageText:
    from .pdf_text import pdf_text

    try:
        text = pdf_text(content, LONGEST_TEXT)
    except ValueError as error:
        raise UnreadablePageError(str(error)) from None
    return PageText(text, text)


def _read_docx(content: bytes) -> PageText:
    from .docx_text import docx_text

    try:
        text = docx_text(content)
    except ValueError as error:
        raise UnreadablePageError(str(error)) from None
    return PageText(text, text)
