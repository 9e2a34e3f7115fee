"""Sorted lines of N-Triples in a file, looked up and replaced without reading the rest."""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator
from pathlib import Path


class Lines:
    """A file of sorted lines, each ended by a newline. Bytes are in the order of their text."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            size = file.seek(0, 2)
            self.text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""

    def of(self, subject: str) -> Iterator[str]:
        """The lines of a subject, as N-Triples writes it."""
        start = f"{subject} ".encode()
        at = self._place(start)
        while self.text[at : at + len(start)] == start:
            end = self.text.find(b"\n", at)
            yield self.text[at:end].decode()
            at = end + 1

    def replace(self, target: Path, removed: Iterable[str], added: Iterable[str]) -> None:
        """Write `target`: these lines without `removed` and with `added`, sorted, each once."""
        gone, fresh = set(removed), set(added)
        at = 0
        with target.open("wb") as file, memoryview(self.text) as text:
            for line in sorted((gone | fresh) - (gone & fresh)):
                raw = line.encode()
                place = self._place(raw)
                there = self.text[place : place + len(raw) + 1] == raw + b"\n"
                file.write(text[at:place])
                at = place
                if line in gone and there:
                    at = place + len(raw) + 1
                elif line in fresh and not there:
                    file.write(raw + b"\n")
            file.write(text[at:])

    def _place(self, start: bytes) -> int:
        """Where the first line stands that does not come before `start`."""
        low, high = 0, len(self.text)
        while low < high:
            middle = (low + high) // 2
            begin = self.text.rfind(b"\n", low, middle) + 1 or low
            end = self.text.find(b"\n", middle) + 1
            if self.text[begin : end - 1] < start:
                low = end
            else:
                high = begin
        return low
