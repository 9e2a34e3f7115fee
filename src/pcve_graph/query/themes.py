"""The themes of saved questions: what a question is about, which its header says with `theme`."""

from __future__ import annotations

from typing import Final

from ..model.problems import ContentError, rule_problem
from ..model.suggest import did_you_mean
from ..syntax.tree import RecordNode, ScalarNode

THEMES: Final = (
    "overview",
    "events",
    "projects",
    "people",
    "money",
    "time",
    "topics",
    "places",
    "strategies",
    "evaluation",
    "sources",
)
"""The themes, in the order in which `pcve queries` lists them."""


def check_theme(node: RecordNode | None) -> None:
    """Raise ContentError, with its place, for a `theme` that is not one of THEMES."""
    text = node.text if isinstance(node, ScalarNode) else ""
    if node is None or text in THEMES:
        return
    fault = f"the theme {text!r} is not valid" if text else "the theme is not one word"
    fix = did_you_mean(text, THEMES) or "write one of " + ", ".join(THEMES)
    raise ContentError([rule_problem("query-header", node.position, fault, fix)])
