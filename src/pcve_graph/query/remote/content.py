"""The body of an answer: decoded, whole, and of a bounded size however it is packed."""

from __future__ import annotations

import http.client
import zlib
from collections.abc import Iterator
from typing import Final

from .connection import Deadline

LARGEST: Final = 1 << 30
"""Bytes of an answer that are read at most, packed or unpacked."""
_CHUNK: Final = 1 << 16
_GZIP: Final = 16 + zlib.MAX_WBITS


class AnswerError(Exception):
    """An answer that is not read; the text goes behind the server's name."""


def read_content(
    response: http.client.HTTPResponse, deadline: Deadline, largest: int = LARGEST
) -> bytes:
    """The whole decoded body.

    Raises AnswerError for a body of more than `largest` bytes and for an encoding that is unknown
    or broken, IncompleteRead for half a body, TimeoutError past the deadline, OSError and
    HTTPException.
    """
    parts: list[bytes] = []
    size = 0
    for part in _decoded(response, _received(response, largest)):
        deadline.left()
        size += len(part)
        if size > largest:
            raise _too_large(largest)
        parts.append(part)
    return b"".join(parts)


def read_excerpt(response: http.client.HTTPResponse, longest: int) -> bytes:
    """The first `longest` bytes of a decoded body, or what can be read of them; never an error."""
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
    """The body as it is sent, in chunks."""
    if str(response.headers.get("Transfer-Encoding") or "chunked").lower() != "chunked":
        raise AnswerError("uses a transfer encoding other than chunked, which is not supported")
    announced = response.length
    if announced is not None and announced > largest:
        raise _too_large(largest)
    size = 0
    while announced is None or size < announced:
        wanted = _CHUNK if announced is None else min(_CHUNK, announced - size)
        part = response.read1(wanted)
        if not part:
            break
        size += len(part)
        if size > largest:
            raise _too_large(largest)
        yield part
    if announced is not None and size < announced:
        raise http.client.IncompleteRead(b"", announced - size)


def _decoded(response: http.client.HTTPResponse, parts: Iterator[bytes]) -> Iterator[bytes]:
    """The parts as their Content-Encoding says (RFC 9110, 8.4)."""
    header = ",".join(response.headers.get_all("Content-Encoding") or [])
    codings = [name.strip().lower() for name in header.split(",")]
    codings = [name for name in codings if name not in ("", "identity")]
    if not codings:
        return parts
    if codings not in (["gzip"], ["x-gzip"], ["deflate"]):
        raise AnswerError(f"uses the content encoding {header!r}; gzip and deflate are supported")
    return _inflated(parts, codings[0])


def _inflated(parts: Iterator[bytes], coding: str) -> Iterator[bytes]:
    """Unpacked in chunks, so that a small body cannot unpack into more than is counted."""
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
        raise AnswerError(f"answered what is not valid {coding}") from None
    if inflater and not inflater.eof:
        raise http.client.IncompleteRead(b"")


def _inflater(start: bytes, coding: str) -> zlib._Decompress:
    """For deflate also without the header of zlib, which some servers leave out."""
    if coding != "deflate":
        return zlib.decompressobj(_GZIP)
    plain = start[0] & 0x0F != 8 or start[0] >> 4 > 7
    return zlib.decompressobj(-zlib.MAX_WBITS if plain else zlib.MAX_WBITS)


def _too_large(largest: int) -> AnswerError:
    return AnswerError(f"answered more than {largest:,} bytes; ask for fewer with LIMIT")
