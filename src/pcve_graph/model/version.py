"""The version of the code: that of `pyproject.toml`, CITATION.cff and the changelog (tested)."""

from typing import Final

__version__: Final = "0.1.0"
