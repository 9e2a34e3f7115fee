"""Sorted N-Triples files, searched and updated without reading them whole."""

from __future__ import annotations

import contextlib
import io
import mmap
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from ..model.namespaces import GRAPHS, graph_iri
from ..model.terms import NTerm, NTriple, from_term, line_start, parse_statement, subject_of


class SortedLines:
    """A file of lines in the order of their UTF-8 bytes, each terminated by a newline.

    Raises ValueError for a file that does not end in a newline.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            self.size = file.seek(0, 2)
            self.text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if self.size else b""
        if self.size and self.text[-1:] != b"\n":
            raise ValueError(f"{path} does not end in a newline")  # searching it would not end

    def of(self, subject: NTerm) -> Iterator[NTriple]:
        """The lines of a subject, which is given as an N-Triples term."""
        start = line_start(subject).encode()
        at = self._place(start)
        while self.text[at : at + len(start)] == start:
            end = self.text.find(b"\n", at)
            yield NTriple(self.text[at:end].decode())
            at = end + 1

    def replace(self, target: Path, removed: Iterable[str], added: Iterable[str]) -> None:
        """Write these lines to `target` without `removed` and with `added`, sorted and unique."""
        gone, fresh = set(removed), set(added)
        at = 0
        with self.path.open("rb") as old, target.open("wb", buffering=0) as file:
            for line in sorted((gone | fresh) - (gone & fresh)):
                raw = line.encode() + b"\n"
                place = self._place(raw[:-1])
                is_present = self.text[place : place + len(raw)] == raw
                self._copy(old, at, place, file)
                at = place
                if line in gone and is_present:
                    at = place + len(raw)
                elif line in fresh and not is_present:
                    file.write(raw)
            self._copy(old, at, self.size, file)

    def _copy(self, old: io.BufferedReader, start: int, end: int, target: io.FileIO) -> None:
        """Append a range of this file to another, with the system call for that if there is one."""
        with contextlib.suppress(AttributeError, OSError):
            while start < end:
                start += os.copy_file_range(old.fileno(), target.fileno(), end - start, start)
        target.write(self.text[start:end])

    def _place(self, start: bytes) -> int:
        """The offset of the first line that does not sort before `start`."""
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


def saved_lines(folder: Path) -> dict[str, SortedLines]:
    """The lines of each graph of the generation in `folder`, by the name of the graph."""
    return {name: SortedLines(folder / "graph" / f"{name}.nt") for name in GRAPHS}


def parse_quads(lines: Iterable[str], name: str) -> set[ox.Quad]:
    """The quads of lines of the graph `name` in the form that a store gives them.

    Blank nodes have the labels of the lines.
    """
    text = "\n".join(lines)
    parsed = ox.parse(text, format=ox.RdfFormat.N_TRIPLES, rename_blank_nodes=False)
    home = ox.NamedNode(graph_iri(name))
    store = ox.Store()
    store.extend(
        ox.Quad(triple.subject, triple.predicate, triple.object, home) for triple in parsed
    )
    return set(store)


class LineLookup:
    """Finds the saved lines of quads: a store normalizes some literals, the files do not.

    `added` and `removed` are lines by graph name that are not saved yet.
    """

    def __init__(
        self,
        lines: Mapping[str, SortedLines],
        added: Mapping[str, Iterable[NTriple]],
        removed: Mapping[str, Iterable[NTriple]],
    ) -> None:
        self.lines = lines
        self._new = _by_subject(line for group in added.values() for line in group)
        self._gone = {name: _by_subject(group) for name, group in removed.items()}

    def of(self, quads: Iterable[ox.Quad]) -> list[NTriple]:
        """The lines that have subject and predicate of one of `quads`, sorted."""
        wanted: dict[NTerm, set[NTerm]] = defaultdict(set)
        for quad in quads:
            wanted[from_term(quad.subject)].add(from_term(quad.predicate))
        return sorted(
            line
            for subject, predicates in wanted.items()
            for line in self._lines_of(subject)
            if parse_statement(line).predicate in predicates
        )

    def _lines_of(self, subject: NTerm) -> set[NTriple]:
        lines_of_subject = set(self._new.get(subject, ()))
        for name, lines in self.lines.items():
            gone = self._gone.get(name, {}).get(subject, ())
            lines_of_subject.update(line for line in lines.of(subject) if line not in gone)
        return lines_of_subject


def _by_subject(lines: Iterable[NTriple]) -> dict[NTerm, set[NTriple]]:
    lines_by_subject: dict[NTerm, set[NTriple]] = defaultdict(set)
    for line in lines:
        lines_by_subject[subject_of(line)].add(line)
    return lines_by_subject
