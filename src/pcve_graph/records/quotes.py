"""Held texts, and the one dumb question asked of them: do these words stand there?

White space counts as one space and typographic quotation marks as plain ones. Nothing else is
forgiven: no case, no dash, no order. The rule is data/FORMAT.md, "Quotes".
"""

from __future__ import annotations

from typing import Final

_MARKS: Final = str.maketrans(dict.fromkeys("‘’‚‛‹›", "'") | dict.fromkeys("“”„‟«»", '"'))


class HeldText:
    """The text of a source, ready to be searched."""

    def __init__(self, text: str) -> None:
        self.text = text
        folded: list[str] = []
        places: list[int] = []
        for place, character in enumerate(text.translate(_MARKS)):
            if not character.isspace():
                folded.append(character)
                places.append(place)
            elif folded and folded[-1] != " ":
                folded.append(" ")
                places.append(place)
        self._folded = "".join(folded)
        self._places = places

    def find(self, quote: str) -> list[tuple[int, int]]:
        """Where `quote` stands: (start, end) in characters of the text, end exclusive, in order.

        Empty where it does not stand, or where `quote` holds no words.
        """
        wanted = fold(quote)
        spans: list[tuple[int, int]] = []
        at = self._folded.find(wanted) if wanted else -1
        while at >= 0:
            spans.append((self._places[at], self._places[at + len(wanted) - 1] + 1))
            at = self._folded.find(wanted, at + 1)
        return spans

    def divergence(self, quote: str) -> tuple[str, str, str]:
        """Where a quote that is not found leaves the text: (shared, quote's, text's).

        `shared` is the longest beginning of the quote that stands in the text, cut to its end;
        the other two are how the quote and the text go on. All are empty where not even its
        first word stands there.
        """
        wanted = fold(quote)
        low, high = 0, len(wanted)
        while low < high:
            middle = (low + high + 1) // 2
            if wanted[:middle] in self._folded:
                low = middle
            else:
                high = middle - 1
        if low < len(wanted.split(" ", 1)[0]):
            return "", "", ""
        at = self._folded.find(wanted[:low]) + low
        return wanted[max(0, low - 30) : low], wanted[low : low + 20], self._folded[at : at + 20]


def fold(words: str) -> str:
    """`words` with white space as single spaces and quotation marks plain, trimmed."""
    return " ".join(words.translate(_MARKS).split())
