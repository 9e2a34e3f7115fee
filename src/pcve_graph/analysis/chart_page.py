"""The page of every chart: title, axes, notes, one palette, and reproducible SVG or PNG output."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ..model.problems import UsageError
from ..model.visible import escape_hidden

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS: Final = (".svg", ".png")
PALETTE: Final = "cividis_r"
"""Luminance falls evenly from light to dark: legible in grey and with colour vision deficiency."""
HATCH: Final = "///"
"""Marks cells whose place or column value is unknown; a pattern, so it does not rely on colour."""

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
"""Line height of small text, in inches."""
_LETTERS: Final = 13.5
"""Characters of small text per inch."""


class ChartPage:
    """A chart page `width` inches wide: a title, `height` inches for axes, and notes at the foot.

    A context manager: within it matplotlib uses the style of the page; `content` returns the bytes.
    Raises UsageError if matplotlib is not installed or the suffix is not one of FORMATS.
    """

    def __init__(
        self, title: str, width: float, height: float, notes: Sequence[str], suffix: str
    ) -> None:
        if suffix.lower() not in FORMATS:
            raise UsageError(f"a picture must be an .svg or .png file, not {suffix!r}")
        try:
            import matplotlib
        except ImportError:
            raise UsageError(
                'matplotlib is not installed; pip install "pcve-graph[pictures]"'
            ) from None
        self.title = title = escape_hidden(title)
        self.suffix = suffix.lower()
        self.context = matplotlib.rc_context(_STYLE)
        letters = int(width * _LETTERS)
        self.heads = textwrap.wrap(title, int(letters * 0.62))
        self.notes = [
            line for note in notes for line in textwrap.wrap(escape_hidden(note), letters)
        ]
        self.width = width
        self.top = 0.25 + 0.27 * len(self.heads)
        self.bottom = 0.2 + _LINE * len(self.notes)
        self.height = self.top + height + self.bottom

    def __enter__(self) -> ChartPage:
        from matplotlib.figure import Figure

        self.context.__enter__()
        self.figure: Figure = Figure(figsize=(self.width, self.height), facecolor="white")
        self.write(0.15, 0.15, "\n".join(self.heads), size=13, weight="bold")
        at = self.height - self.bottom + 0.1
        self.write(0.15, at, "\n".join(self.notes), size=8.5, linespacing=1.35)
        return self

    def __exit__(self, *problem: Any) -> None:
        self.context.__exit__(*problem)

    def write(self, left: float, down: float, text: str, **style: Any) -> None:
        """Write `text` at `left` and `down` inches from the left and top edges of the page."""
        place = left / self.width, 1 - down / self.height
        self.figure.text(*place, escape_hidden(text), va="top", color=_INK, **style)

    def add_axes(self, left: float, down: float, width: float, height: float) -> Axes:
        """Axes without a frame; `left` and `down` are inches from the left edge and the title."""
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

    def content(self) -> bytes:
        """The page as SVG or PNG, reproducible: without date, version or random ids."""
        buffer = io.BytesIO()
        if self.suffix == ".svg":
            description = {"Title": self.title, "Description": " ".join(self.notes)}
            metadata = {**description, "Date": None, "Creator": None}
            self.figure.savefig(buffer, format="svg", metadata=metadata)
        else:
            self.figure.savefig(buffer, format="png", dpi=150, metadata={"Software": None})
        return buffer.getvalue()


def shade(share: float) -> tuple[float, float, float]:
    """The colour of a share (0 to 1) of the maximum, as red, green and blue (0 to 1 each)."""
    from matplotlib import colormaps

    red, green, blue, _ = map(float, colormaps[PALETTE](0.04 + 0.9 * share))
    return red, green, blue


def luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance from 0 (black) to 1 (white), as WCAG 2.2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def text_colour(colour: tuple[float, float, float]) -> str:
    """`black` or `white`, whichever has the higher contrast ratio with `colour` (WCAG 2.2)."""
    light = luminance(colour)
    return "white" if 1.05 / (light + 0.05) > (light + 0.05) / 0.05 else "black"


def wrap_text(text: str, letters: int, lines: int = 3) -> str:
    """`text` wrapped at `letters` characters; after `lines` lines it is cut with an ellipsis."""
    return "\n".join(textwrap.wrap(escape_hidden(text), letters, max_lines=lines, placeholder=" …"))
