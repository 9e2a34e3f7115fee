"""Sets of classes as numbers, of which a document with many subjects has few."""

from __future__ import annotations

from ..model.terms import NO_TERM, NTerm


class ClassSets:
    """Numbers for sets of classes, so that a subject needs one integer; 0 is the empty set."""

    def __init__(self) -> None:
        self._links: list[tuple[int, NTerm]] = [(0, NO_TERM)]
        self._numbers: dict[tuple[int, NTerm], int] = {}

    def with_class(self, number: int, class_term: NTerm) -> int:
        """The number of the set `number` with one class more."""
        link = (number, class_term)
        if self._links[number][1] == class_term:
            return number
        if link not in self._numbers:
            self._numbers[link] = len(self._links)
            self._links.append(link)
        return self._numbers[link]

    def classes(self, number: int) -> set[NTerm]:
        """The classes in the set `number`."""
        members = set()
        while number:
            number, class_term = self._links[number]
            members.add(class_term)
        return members
