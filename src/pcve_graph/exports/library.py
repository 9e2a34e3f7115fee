"""The libraries that a format needs and the base install does not have."""

from __future__ import annotations

import importlib
from typing import Any

from ..model.problems import UsageError


def library(module: str, extra: str) -> Any:
    """The module, which the extra `extra` brings. Raises UsageError where it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise UsageError(
            f"this format needs {module.partition('.')[0]}, which is not installed; "
            f'run pip install "pcve-graph[{extra}]", or [exports] for all formats'
        ) from None
