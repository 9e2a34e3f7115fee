"""The key `asks` of a header: typical wordings of a question, by which `pcve ask` finds it.

A parameter stands in braces where its value would: `who pays for {topic} in {country}?`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from ..model.problems import Problem, rule_problem
from ..model.suggest import did_you_mean
from ..syntax.tree import RecordNode, ScalarNode, SequenceNode

SLOT: Final = re.compile(r"\{([^{}]*)\}")
"""A parameter in a wording."""
LONGEST_WORDING: Final = 400
"""Characters of a wording, in a header or from a user."""


def asks_problems(params: Collection[str], node: RecordNode | None) -> list[Problem]:
    """The problems of the key `asks`: what is not a list of wordings, or names no parameter."""
    if node is None:
        return []
    if not isinstance(node, SequenceNode) or not node.values:
        fix = "write #+ asks: and below it a wording a line: #+   - who pays for …?"
        return [_problem(node, "asks is not a list of wordings", fix)]
    problems = []
    for item in node.values:
        text = item.text.strip() if isinstance(item, ScalarNode) else ""
        if not text:
            problems.append(_problem(item, "asks: this is not a wording", "write it as one text"))
        elif len(text) > LONGEST_WORDING:
            fault = f"asks: the wording has {len(text):,} characters, of {LONGEST_WORDING} allowed"
            problems.append(_problem(item, fault, "shorten it"))
        for name in SLOT.findall(text):
            if name not in params:
                fix = did_you_mean(name, params) or "its parameters: " + ", ".join(params)
                fix = fix if params else "write the wording without braces"
                problems.append(_problem(item, f"asks: no parameter is called {name!r}", fix))
    return problems


def _problem(node: RecordNode, fault: str, fix: str) -> Problem:
    return rule_problem("query-header", node.position, fault, fix)
