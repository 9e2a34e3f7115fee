"""The pages of sources in a WARC file (ISO 28500), as crawlers and web archives write them.

It is read in a process with limits, which also keeps warnings of warcio off the terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urljoin, urlsplit, urlunsplit

from ..model.problems import UsageError
from ..model.visible import one_line
from ..system.http.addresses import normal_url, printable
from ..system.sandbox.process import LimitedProcess
from ..system.sandbox.watch import StoppedError
from .extraction import LARGEST_PAGE, PAGE_MEMORY, PAGE_SECONDS
from .pages import Page
from .rechecking import SoughtSource

INDEX_SECONDS: Final = 600.0
"""The time limit of reading a WARC file once."""

_REDIRECTS: Final = 5
_GONE: Final = ("404", "410")
T = TypeVar("T")


class WarcFile:
    """A WARC file, plain or compressed. Of several captures of an address the last counts."""

    def __init__(self, path: Path, process: LimitedProcess) -> None:
        """Find the captures in the file, which is read in `process`.

        Raises UsageError for a file that is not a WARC file, and without warcio.
        """
        self._path, self._process = path, process
        if not path.is_file():
            raise UsageError(f"{path} is not a file")
        self._places, self._redirects = self._call(_index, path, seconds=INDEX_SECONDS)

    def read(self, source: SoughtSource) -> Page | None:
        """The last capture of the address of a source, after redirects; None without one."""
        url = _normal(source.url)
        if url not in self._places:
            return None
        redirects: list[str] = []
        while (target := self._redirects.get(url)) is not None:
            if len(redirects) == _REDIRECTS:
                why = f"it redirects more than {_REDIRECTS} times"
                return Page(reason=why, redirects=tuple(redirects))
            redirects.append(target)
            url = target
        if url not in self._places:
            return Page(reason="the file has no capture of it", redirects=tuple(redirects))
        page = self._call(_capture, self._path, self._places[url], seconds=PAGE_SECONDS)
        return replace(page, redirects=tuple(redirects))

    def _call(self, work: Callable[..., T], *arguments: object, seconds: float) -> T:
        try:
            name = one_line(self._path.name)
            return self._process.call(
                work, *arguments, name=name, seconds=seconds, memory=PAGE_MEMORY
            )
        except StoppedError as error:
            raise UsageError(f"{self._path} cannot be read: {error}") from None


def _index(path: Path) -> tuple[dict[str, int], dict[str, str]]:
    """The offset of the last capture of each address, and where it redirects to."""
    places: dict[str, int] = {}
    redirects: dict[str, str] = {}
    with _opened(path) as archive:
        for record in archive:
            url = _normal(record.rec_headers.get_header("WARC-Target-URI") or "")
            if not url or record.rec_type not in ("response", "resource"):
                continue
            redirects.pop(url, None)
            if target := _target(url, record):
                redirects[url] = target
            places[url] = archive.get_record_offset()  # reads to the end of the record
    return places, redirects


def _capture(path: Path, start: int) -> Page:
    """The capture at the offset `start`."""
    with _opened(path, start) as archive:
        return _page(next(iter(archive)))


@contextmanager
def _opened(path: Path, start: int = 0) -> Iterator[Any]:
    """The records from an offset on, as an `ArchiveIterator`."""
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError:
        raise UsageError(
            "reading a WARC file requires warcio, which is not installed; "
            'run pip install "pcve-graph[sources]"'
        ) from None
    try:
        with path.open("rb") as file:
            file.seek(start)
            yield ArchiveIterator(file)
    except (ArchiveLoadFailed, EOFError, ValueError, LookupError, AttributeError) as error:
        detail = printable(str(error).partition("\n")[0], 80)
        raise UsageError(f"{path} is not a whole WARC file: {detail}") from None


def _page(record: Any) -> Page:
    headers = record.http_headers
    kind = record.rec_headers.get_header("Content-Type") or ""
    if headers is not None:
        status = str(headers.get_statuscode())
        shown = printable(f"answered {headers.statusline}".rstrip(), 60)
        if status in _GONE:
            return Page(is_gone=True, reason=shown)
        if not status.startswith("2"):
            return Page(reason=shown)
        kind = headers.get_header("Content-Type") or ""
    content = _content(record)
    if content is None:
        return Page(reason=f"the capture has more than {LARGEST_PAGE:,} bytes")
    if getattr(record.raw_stream, "limit", 0) > 0:  # what is left of the length that it states
        return Page(reason="the capture is cut off: the file ends within it")
    media_type, _, rest = kind.partition(";")
    charset = rest.partition("charset=")[2].strip().strip("\"'")
    return Page(content, kind=media_type.strip().lower(), charset=charset)


def _content(record: Any) -> bytes | None:
    """The decoded body of a capture; None for one that is too large."""
    stream, parts, size = record.content_stream(), [], 0
    while part := stream.read(1 << 16):
        size += len(part)
        if size > LARGEST_PAGE:
            return None
        parts.append(part)
    return b"".join(parts)


def _target(url: str, record: Any) -> str:
    """Where a capture redirects to; empty where it does not."""
    headers = record.http_headers
    if headers is None or not str(headers.get_statuscode()).startswith("3"):
        return ""
    location = headers.get_header("Location") or ""
    try:
        return _normal(urljoin(url, location)) if location else ""
    except ValueError:
        return ""


def _normal(url: str) -> str:
    """An address in the form in which addresses are compared; empty for what is none."""
    try:
        normal = urlsplit(normal_url(url.strip()))
    except UsageError:
        return ""
    return urlunsplit(normal._replace(path=normal.path or "/"))
