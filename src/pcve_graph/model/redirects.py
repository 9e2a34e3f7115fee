"""Retired records: what replaces them now."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def last_replacement(retired: str, replacement_of: Callable[[str], str | None]) -> str:
    """The last in the chain of replacements that begins at `retired`; itself if nothing does.

    `replacement_of` is what directly replaces a record, None where it is not retired. A cycle,
    which the shapes refuse, ends where it would begin again.

    >>> chain = {"first": "second", "second": "third"}
    >>> last_replacement("first", chain.get)
    'third'
    """
    passed, current = {retired}, retired
    while (following := replacement_of(current)) is not None and following not in passed:
        passed.add(following)
        current = following
    return current


def last_replacements(replaced: Mapping[str, str]) -> dict[str, str]:
    """Each retired record of `replaced`, which has what directly replaces it, to the last one."""
    return {retired: last_replacement(retired, replaced.get) for retired in replaced}
