"""The pages of sources: from a folder of saved pages, or as a web or WARC reader gives them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from ..model.problems import MissingLibraryError, UsageError
from ..model.visible import one_line
from ..system.files import read_file, walk_files
from ..system.sandbox.process import LimitedProcess
from .extraction import (
    LARGEST_PAGE,
    LONGEST_TEXT,
    OTHER_KINDS,
    page_text,
)
from .rechecking import SoughtSource

_CHARSETS: Final = re.compile(
    r"utf-?(?:8|16|16[bl]e)|us-?ascii|latin-?[0-9]{1,2}|iso-?8859-?[0-9]{1,2}|windows-?[0-9]{3,4}"
    r"|cp[0-9]{3,4}|koi8-?[ru]|mac-?\w{1,12}|gbk|gb2312|gb18030|big5|shift_jis|euc-(?:jp|kr)",
    re.I,
)
"""The encodings of pages that are read; others that Python has, such as punycode, are not of pages.
"""
_WEB_LATIN: Final = re.compile(r"latin-?1|iso-?8859-?1|us-?ascii", re.I)
"""What browsers read as Windows-1252 (WHATWG, Encoding)."""
_OTHER_THAN_TEXT: Final = (b"%PDF-", b"PK")


@dataclass(frozen=True, slots=True)
class Page:
    """What was had for a source.

    `content` are the bytes as received, None without a page; `reason` then says why. `is_gone`
    means that a server answered that there is none. `address` is that of `Recheck`, empty where no
    address was asked. `kind` and `charset` are as the server states them, empty where it does not.
    `redirects` are the addresses that it led to, in order.
    """

    content: bytes | None = None
    address: str = ""
    reason: str = ""
    kind: str = ""
    charset: str = ""
    redirects: tuple[str, ...] = ()
    is_gone: bool = False


PageReader: TypeAlias = Callable[[SoughtSource], Page | None]
"""Gives the page of a source; None where there is none to look at."""


class PageFolder:
    """The saved pages of a folder, named by the ids of their sources with any extension."""

    def __init__(self, folder: Path, ids: Collection[str]) -> None:
        """Raises UsageError for a folder that does not exist, or has two pages of one source."""
        if not folder.is_dir():
            raise UsageError(f"{folder} is not a folder")
        self._paths: dict[str, Path] = {}
        self.unknown: list[str] = []
        """The names of files that no source of `ids` has as its id, sorted."""
        for _, entry in sorted(walk_files(folder)):
            path = Path(entry.path)
            if path.parent != folder:
                continue
            source = path.name.partition(".")[0]
            if source not in ids:
                self.unknown.append(path.name)
            elif source in self._paths:
                names = f"{self._paths[source].name} and {path.name}"
                raise UsageError(f"{folder} has two pages of {source}, {names}; keep one of them")
            else:
                self._paths[source] = path

    def read(self, source: SoughtSource) -> Page | None:
        """The saved page of a source."""
        path = self._paths.get(source.id)
        if path is None:
            return None
        try:
            content = read_file(path, LARGEST_PAGE)
        except UsageError as error:
            return Page(reason=one_line(str(error).replace(str(path), path.name)))
        except OSError as error:
            return Page(reason=f"{path.name} cannot be read: {error.strerror}")
        kind = "text/plain" if path.suffix.lower() in (".txt", ".text", ".md") else ""
        return Page(content, kind=kind)


def texts_of(page: Page, name: str, process: LimitedProcess) -> tuple[list[str], str]:
    """The texts of a page, extracted in several ways, and why there is none.

    Either is empty. Plain text is read as it is; HTML, PDF and DOCX are read in `process`. Raises
    UsageError where a library for that is not installed.
    """
    content = page.content or b""
    if page.kind == "text/plain" and not content.startswith((*_OTHER_THAN_TEXT, *OTHER_KINDS)):
        text = decoded(content, page.charset)[:LONGEST_TEXT]
        if "\0" in text or (not text and b"\0" in content):
            return [], "it is not a text"
        if content and not text:
            return [], "it is not UTF-8, and nothing says how it is encoded"
        return ([text], "") if re.search(r"\w", text) else ([], "it has no text")
    if not content.startswith(_OTHER_THAN_TEXT):
        text = decoded(content, page.charset)
        content = codecs.BOM_UTF8 + text.encode("utf-8", "replace") if text else content
    try:
        extracted = page_text(content, name, process)
    except MissingLibraryError:
        raise
    except UsageError as error:
        return [], str(error).partition("; ")[0]
    return list(dict.fromkeys((extracted.whole, extracted.main))), ""


def decoded(content: bytes, charset: str) -> str:
    """The text of `content`; empty where only the page itself can say how it is encoded.

    A byte order mark decides, and then whether it is UTF-8: text in another encoding hardly ever
    is, so that a server or a page that names the wrong one does no harm. Then `charset` does.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    if b"\0" not in content:
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    name = charset.strip().strip("\"'")
    if not _CHARSETS.fullmatch(name):
        return ""
    try:
        return content.decode("cp1252" if _WEB_LATIN.fullmatch(name) else name, "replace")
    except LookupError:
        return ""
