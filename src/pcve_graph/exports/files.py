"""Several files in one: a ZIP archive with the same bytes for the same files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Final

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The date that every file in an archive has: the first that ZIP can write."""


def archive(files: Mapping[str, bytes]) -> bytes:
    """A ZIP archive of `files`, by name, in their order; none has a date of its own.

    Nothing is compressed: what compresses, and so the bytes, differs between machines.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            made.writestr(entry, content)
    return out.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a ZIP archive, in their order."""
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        return {name: made.read(name) for name in made.namelist()}
