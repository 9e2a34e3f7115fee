"""A knowledge graph of work against violent extremism: every fact with its source."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .api import EndpointError, KnowledgeGraph, StoppedError
    from .model.problems import ContentError, PcveError, UsageError

from .model.version import __version__

_MODULES = {
    "ContentError": "model.problems",
    "EndpointError": "api",
    "KnowledgeGraph": "api",
    "PcveError": "model.problems",
    "StoppedError": "api",
    "UsageError": "model.problems",
}
"""The module of each name that is imported when it is first used."""

__all__ = [
    "ContentError",
    "EndpointError",
    "KnowledgeGraph",
    "PcveError",
    "StoppedError",
    "UsageError",
    "__version__",
]


def __getattr__(name: str) -> object:
    """What this package gives, imported when first used: importing the package costs nothing."""
    if name in _MODULES:
        value: object = getattr(import_module(f".{_MODULES[name]}", __name__), name)
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
