"""A page to draw on: title above, notes below, one palette, and the same bytes each time."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ..model.problems import UsageError
from ..model.visible import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS: Final = (".svg", ".png")
PALETTE: Final = "cividis_r"
"""From light to dark in even steps of luminance: it survives grey and colour-blindness."""
HATCH: Final = "///"
"""What is not known: drawn over the colour, so that it needs none."""

_STYLE: Final[dict[Any, Any]] = {
    "svg.hashsalt": "pcve",
    "svg.fonttype": "none",
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.size": 10,
    "hatch.linewidth": 0.6,
    "axes.unicode_minus": False,
    "text.parse_math": False,
}
_INK: Final = "#1a1a1a"
_LINE: Final = 0.19
"""Inches from one line of small text to the next."""
_LETTERS: Final = 13.5
"""Letters of small text in an inch."""


class Page:
    """A page of `width` inches with room of `height` inches to draw in, and words around it.

    Used as a context, within which matplotlib draws in the page's own style; `written` gives the
    bytes. Raises UsageError where matplotlib is missing, or the suffix is none of FORMATS.
    """

    def __init__(
        self, title: str, width: float, height: float, notes: Sequence[str], suffix: str
    ) -> None:
        if suffix.lower() not in FORMATS:
            raise UsageError(f"a picture is a file that ends in .svg or .png, not {suffix!r}")
        try:
            import matplotlib
        except ImportError:
            raise UsageError(
                'matplotlib is not installed; pip install "pcve-graph[pictures]"'
            ) from None
        self.title = title = visible(title)
        self.suffix = suffix.lower()
        self.context = matplotlib.rc_context(_STYLE)
        letters = int(width * _LETTERS)
        self.heads = textwrap.wrap(title, int(letters * 0.62))
        self.notes = [line for each in notes for line in textwrap.wrap(visible(each), letters)]
        self.width = width
        self.top = 0.25 + 0.27 * len(self.heads)
        self.bottom = 0.2 + _LINE * len(self.notes)
        self.height = self.top + height + self.bottom

    def __enter__(self) -> Page:
        from matplotlib.figure import Figure

        self.context.__enter__()
        self.figure: Figure = Figure(figsize=(self.width, self.height), facecolor="white")
        self.words(0.15, 0.15, "\n".join(self.heads), size=13, weight="bold")
        at = self.height - self.bottom + 0.1
        self.words(0.15, at, "\n".join(self.notes), size=8.5, linespacing=1.35)
        return self

    def __exit__(self, *problem: Any) -> None:
        self.context.__exit__(*problem)

    def words(self, left: float, down: float, text: str, **how: Any) -> None:
        """Text at inches from the left and the top."""
        place = left / self.width, 1 - down / self.height
        self.figure.text(*place, visible(text), va="top", color=_INK, **how)

    def room(self, left: float, down: float, width: float, height: float) -> Axes:
        """Axes at inches from the left and from below the title."""
        bottom = self.height - self.top - down - height
        box = (
            left / self.width,
            bottom / self.height,
            width / self.width,
            height / self.height,
        )
        axes = self.figure.add_axes(box)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        return axes

    def written(self) -> bytes:
        """The page as SVG or PNG: no date, no version, no random ids."""
        held = io.BytesIO()
        if self.suffix == ".svg":
            told = {"Title": self.title, "Description": " ".join(self.notes)}
            metadata = {**told, "Date": None, "Creator": None}
            self.figure.savefig(held, format="svg", metadata=metadata)
        else:
            self.figure.savefig(held, format="png", dpi=150, metadata={"Software": None})
        return held.getvalue()


def shade(share: float) -> tuple[float, float, float]:
    """The colour of a share from 0 to 1 of the most, red, green and blue from 0 to 1."""
    from matplotlib import colormaps

    red, green, blue, _ = map(float, colormaps[PALETTE](0.04 + 0.9 * share))
    return red, green, blue


def luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance, 0 black to 1 white (WCAG 2.2, definition of relative luminance)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ink(colour: tuple[float, float, float]) -> str:
    """Black or white, whichever stands out more on `colour` (WCAG 2.2, contrast ratio)."""
    light = luminance(colour)
    return "white" if 1.05 / (light + 0.05) > (light + 0.05) / 0.05 else "black"


def wrapped(text: str, letters: int, lines: int = 3) -> str:
    """`text` in lines of so many letters; what does not fit ends in an ellipsis."""
    return "\n".join(textwrap.wrap(visible(text), letters, max_lines=lines, placeholder=" …"))
