"""Exact search for quotes in the held texts of sources.

White space counts as one space and typographic quotation marks as plain ones; everything else,
case and dashes included, must match. Rule: data/FORMAT.md, "Quotes".
"""

from __future__ import annotations

from ..model.text_normalization import straighten_quotes


class HeldText:
    """The held text of a source, indexed for the search for quotes."""

    def __init__(self, text: str) -> None:
        self.text = text
        folded: list[str] = []
        places: list[int] = []
        for place, character in enumerate(straighten_quotes(text)):
            if not character.isspace():
                folded.append(character)
                places.append(place)
            elif folded and folded[-1] != " ":
                folded.append(" ")
                places.append(place)
        self._folded = "".join(folded)
        self._places = places

    def find(self, quote: str) -> list[tuple[int, int]]:
        """The occurrences of `quote`, in order: (start, end) in characters, end exclusive.

        Empty where there is none, or where `quote` contains no words.
        """
        folded_quote = fold_quote(quote)
        spans: list[tuple[int, int]] = []
        at = self._folded.find(folded_quote) if folded_quote else -1
        while at >= 0:
            spans.append((self._places[at], self._places[at + len(folded_quote) - 1] + 1))
            at = self._folded.find(folded_quote, at + 1)
        return spans

    def divergence(self, quote: str) -> tuple[str, str, str]:
        """Where a quote that does not occur departs from the text: (shared, quote, text).

        `shared` is the end of the longest prefix of the quote that occurs in the text; the other
        two are the continuations of the quote and of the text. All are empty where not even the
        first word occurs.
        """
        folded_quote = fold_quote(quote)
        low, high = 0, len(folded_quote)
        while low < high:
            middle = (low + high + 1) // 2
            if folded_quote[:middle] in self._folded:
                low = middle
            else:
                high = middle - 1
        if low < len(folded_quote.split(" ", 1)[0]):
            return "", "", ""
        at = self._folded.find(folded_quote[:low]) + low
        return (
            folded_quote[max(0, low - 30) : low],
            folded_quote[low : low + 20],
            self._folded[at : at + 20],
        )


def fold_quote(words: str) -> str:
    """`words` with single spaces and plain quotation marks, trimmed."""
    return " ".join(straighten_quotes(words).split())
