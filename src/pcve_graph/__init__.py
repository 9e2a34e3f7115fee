"""A knowledge graph of work against violent extremism: every fact with its source."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .api import KnowledgeGraph

from .model.version import __version__

__all__ = ["KnowledgeGraph", "__version__"]


def __getattr__(name: str) -> object:
    """What this package gives, imported when first used: importing the package costs nothing."""
    if name == "KnowledgeGraph":
        from .api import KnowledgeGraph

        return KnowledgeGraph
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
