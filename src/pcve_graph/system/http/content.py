"""The body of a response: complete, decoded, and of limited size before and after decoding."""

from __future__ import annotations

import http.client
import zlib
from collections.abc import Iterator
from typing import Final

from .connection import Deadline

LARGEST: Final = 1 << 30
"""The most bytes of a body, compressed or decompressed."""
_CHUNK: Final = 1 << 16
_GZIP: Final = 16 + zlib.MAX_WBITS


class AnswerError(Exception):
    """A response that cannot be used; the message is a predicate whose subject is the server."""


class TooLargeError(AnswerError):
    """A response with more bytes than are read."""


def read_content(
    response: http.client.HTTPResponse, deadline: Deadline, largest: int = LARGEST
) -> bytes:
    """The complete decoded body.

    Raises TooLargeError for a body of more than `largest` bytes, AnswerError for an encoding that
    is not supported or invalid, IncompleteRead for a truncated body, TimeoutError after the
    deadline, OSError and HTTPException.
    """
    parts: list[bytes] = []
    size = 0
    for part in _decoded(response, _received(response, largest)):
        deadline.remaining()
        size += len(part)
        if size > largest:
            raise _too_large(largest)
        parts.append(part)
    return b"".join(parts)


def read_start(response: http.client.HTTPResponse, deadline: Deadline, longest: int) -> bytes:
    """The first `longest` bytes of the decoded body, or all of a shorter one.

    The rest is not read. Raises as `read_content` does, but for what follows.
    """
    start = b""
    for part in _decoded(response, _received(response, LARGEST)):
        deadline.remaining()
        start += part
        if len(start) >= longest:
            break
    return start[:longest]


def read_excerpt(response: http.client.HTTPResponse, longest: int) -> bytes:
    """The first `longest` bytes of a decoded body, or fewer if it cannot be read; never raises."""
    parts: list[bytes] = []
    try:
        for part in _decoded(response, _received(response, LARGEST)):
            parts.append(part)
            if sum(map(len, parts)) >= longest:
                break
    except (AnswerError, OSError, http.client.HTTPException, ValueError):
        pass
    return b"".join(parts)[:longest]


def _received(response: http.client.HTTPResponse, largest: int) -> Iterator[bytes]:
    """The body as received, in chunks."""
    if str(response.headers.get("Transfer-Encoding") or "chunked").lower() != "chunked":
        raise AnswerError("uses a transfer encoding other than chunked, which is not supported")
    content_length = response.length
    if content_length is not None and content_length > largest:
        raise _too_large(largest)
    size = 0
    while content_length is None or size < content_length:
        chunk_size = _CHUNK if content_length is None else min(_CHUNK, content_length - size)
        part = response.read1(chunk_size)
        if not part:
            break
        size += len(part)
        if size > largest:
            raise _too_large(largest)
        yield part
    if content_length is not None and size < content_length:
        raise http.client.IncompleteRead(b"", content_length - size)


def _decoded(response: http.client.HTTPResponse, parts: Iterator[bytes]) -> Iterator[bytes]:
    """The body decoded by its Content-Encoding (RFC 9110, 8.4)."""
    header = ",".join(response.headers.get_all("Content-Encoding") or [])
    codings = [name.strip().lower() for name in header.split(",")]
    codings = [name for name in codings if name not in ("", "identity")]
    if not codings:
        return parts
    if codings not in (["gzip"], ["x-gzip"], ["deflate"]):
        raise AnswerError(f"uses the content encoding {header!r}; gzip and deflate are supported")
    return _inflated(parts, codings[0])


def _inflated(parts: Iterator[bytes], coding: str) -> Iterator[bytes]:
    """Decompressed chunks of limited size, so that the caller can stop a decompression bomb."""
    inflater = None
    try:
        for part in parts:
            while part:
                if inflater is None or inflater.eof:
                    inflater = _inflater(part, coding)
                yield inflater.decompress(part, _CHUNK)
                part = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
        while inflater and not inflater.eof and (rest := inflater.decompress(b"", _CHUNK)):
            yield rest
    except zlib.error:
        raise AnswerError(f"returned invalid {coding} data") from None
    if inflater and not inflater.eof:
        raise http.client.IncompleteRead(b"")


def _inflater(start: bytes, coding: str) -> zlib._Decompress:
    """A decompressor; for deflate also of raw data, as some servers omit the zlib header."""
    if coding != "deflate":
        return zlib.decompressobj(_GZIP)
    plain = start[0] & 0x0F != 8 or start[0] >> 4 > 7
    return zlib.decompressobj(-zlib.MAX_WBITS if plain else zlib.MAX_WBITS)


def _too_large(largest: int) -> TooLargeError:
    return TooLargeError(f"returned more than {largest:,} bytes")
