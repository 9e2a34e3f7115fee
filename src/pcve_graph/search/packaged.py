"""The tables of words that the package has: lines of cells between tabs, comments after `#`."""

from __future__ import annotations

from pathlib import Path


def packaged_rows(name: str) -> list[list[str]]:
    """The cells of each line of a file of this package, without comments."""
    lines = Path(__file__).with_name(name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]
