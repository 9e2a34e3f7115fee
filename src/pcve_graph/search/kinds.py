"""The kinds of things by which lookups and searches are limited."""

from __future__ import annotations

from collections.abc import Collection


def kinds_condition(kinds: Collection[str]) -> tuple[str, list[str]]:
    """The condition of SQL for the things of `kinds`, and its values.

    `kinds` are classes, folders or closed lists, or `thing` for all but concepts and sources; all
    without any.
    """
    if "thing" in kinds:
        return "kind not in ('concept', 'source')", []
    if not kinds:
        return "true", []
    marks = ", ".join("?" * len(kinds))
    return f"(kind in ({marks}) or list in ({marks}))", [*kinds, *kinds]
