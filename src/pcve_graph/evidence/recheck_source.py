"""Rechecks one source: its page, and each passage that facts rest on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..system.sandbox.process import LimitedProcess
from ..system.sandbox.watch import StoppedError
from .extraction import PAGE_MEMORY, PAGE_SECONDS
from .pages import Page, texts_of
from .passages import PassageText
from .rechecking import (
    PassageResult,
    SoughtPassage,
    SoughtSource,
    recheck_passages,
    unread_passages,
)
from .rechecks import LOST, PassageRecheck, Recheck


@dataclass(frozen=True, slots=True)
class SourceResult:
    """The recheck of a source, with what became of each passage, as they are in the graph."""

    source: SoughtSource
    recheck: Recheck
    passages: tuple[PassageResult, ...]

    @property
    def is_lost(self) -> bool:
        """Whether a passage does not stand in the source as it was read."""
        return any(passage.recheck.outcome in LOST for passage in self.passages)


def recheck_source(
    source: SoughtSource,
    page: Page,
    last: Recheck | None,
    day: str,
    way: str,
    process: LimitedProcess,
) -> SourceResult:
    """The recheck of `source` on `day`, with the `page` that was had in one of `WAYS`.

    `last` is the recheck before, `process` the one in which pages are read. Raises UsageError where
    a library for the page is not installed.
    """
    texts: list[str] = []
    reason = page.reason
    before = last.sha256 if last else ""
    sha256 = before
    if page.content is None:
        state = "gone" if page.is_gone else "unread"
    else:
        sha256 = hashlib.sha256(page.content).hexdigest()
        compared = source.sha256_read or before
        state = "first" if not compared else "same" if sha256 == compared else "different"
        if source.passages:
            texts, reason = texts_of(page, f"the page of {source.id}", process)
    passages = {passage.key: passage for passage in last.passages} if last else {}
    outcome = "gone" if page.is_gone else "unread"
    results = unread_passages(source.passages, outcome, passages)
    if texts:
        try:
            results = process.call(
                _look_in,
                texts,
                source.passages,
                passages,
                name=f"the search in the page of {source.id}",
                seconds=PAGE_SECONDS,
                memory=PAGE_MEMORY,
            )
        except StoppedError as error:  # a page can be made to match almost everywhere
            reason = str(error).partition("; ")[0]
    recheck = Recheck(
        source=source.id,
        day=day,
        by=way,
        page=state,
        address=page.address,
        reason=reason,
        sha256=sha256,
        redirects=page.redirects,
        passages=tuple(result.recheck for result in results),
    )
    return SourceResult(source, recheck, tuple(results))


def _look_in(
    texts: Sequence[str],
    sought: Sequence[SoughtPassage],
    last: Mapping[tuple[int, str], PassageRecheck],
) -> list[PassageResult]:
    """As `recheck_passages`, of the texts themselves."""
    return recheck_passages(sought, [PassageText(text) for text in texts], last)
