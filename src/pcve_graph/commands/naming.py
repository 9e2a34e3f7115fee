"""What the options of a command name, as the IRIs of things."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..graph.store import Saved
    from ..model.project import Project


def named(project: Project, saved: Saved, query: str, **names: str) -> dict[str, str]:
    """The IRIs of what is named, by parameter of a query of `queries/landscape`.

    What is empty is left out. A name is an id or any name, spelling or script of the thing. Raises
    UsageError with the nearest names for one that there is not.
    """
    from ..query.parameters import bind
    from ..query.saved import read_queries

    asked = read_queries(project, "landscape")[query]
    bound = bind(asked, names, saved.index())
    return {key: str(getattr(term, "value", "")) for key, term in bound.items()}
