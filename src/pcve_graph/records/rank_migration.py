"""Rewrites the standing of 0.1.0: superseded blocks become deprecated, disputed ones contested.

The blocks that state what was taken instead become preferred. Rule: data/FORMAT.md, "Changes of the
format".
"""

from __future__ import annotations

from collections.abc import Iterable

from ..model.problems import Problem, rule_problem
from ..syntax.tree import MappingNode, RecordNode, ScalarNode
from .blocks import CLAIM_KEYS


def with_ranks(blocks: Iterable[RecordNode]) -> tuple[list[RecordNode], list[Problem], int]:
    """The blocks of a record with rank and contested; the problems; how many blocks had a standing.

    A disputed fact for whose key the record states no other value is a problem, and its block stays
    as it is: which claim contradicts it is for a curator to say.
    """
    before = list(blocks)
    problems: list[Problem] = []
    disputed: set[str] = set()
    replaced: dict[int, MappingNode] = {}
    taken = {key.text for block in before if _standing(block) is None for key in _facts(block)}
    for number, block in enumerate(before):
        standing = _standing(block)
        if standing is None or not isinstance(block, MappingNode):
            continue
        if standing.text == "disputed":
            alone = [key for key in _facts(block) if key.text not in taken]
            if alone:
                names = ", ".join(key.text for key in alone)
                message = f"{names} is disputed, and the record has no other value of it"
                fix = "write `contested: true`, and in `conflictsWith` the keys that contradict it"
                problems.append(rule_problem("conflict", alone[0].position, message, fix))
                continue
            disputed |= {key.text for key in _facts(block)}
        replaced[number] = _ranked(block, standing)
    result: list[RecordNode] = []
    for number, block in enumerate(before):
        if number in replaced:
            result.append(replaced[number])
        elif isinstance(block, MappingNode) and _standing(block) is None:
            result += _split(block, disputed)
        else:
            result.append(block)
    return result, problems, len(replaced)


def _standing(block: RecordNode) -> ScalarNode | None:
    value = block.get("standing") if isinstance(block, MappingNode) else None
    return value if isinstance(value, ScalarNode) else None


def _facts(block: RecordNode) -> list[ScalarNode]:
    entries = block.entries if isinstance(block, MappingNode) else ()
    return [key for key, _ in entries if key.text not in (*CLAIM_KEYS, "standing")]


def _ranked(block: MappingNode, standing: ScalarNode) -> MappingNode:
    """The block with its rank instead of its standing; a current one has none."""
    words = {"superseded": ("rank", "deprecated"), "disputed": ("contested", "true")}
    entries = [(key, value) for key, value in block.entries if key.text != "standing"]
    if standing.text in words:
        name, text = words[standing.text]
        key = ScalarNode(name, standing.position)
        entries.append((key, ScalarNode(text, standing.position)))
    return MappingNode(tuple(entries), block.position)


def _split(block: MappingNode, disputed: set[str]) -> list[RecordNode]:
    """The block, with the facts that are taken in a dispute in a preferred block of their own."""
    chosen = [(key, value) for key, value in block.entries if key.text in disputed]
    if not chosen:
        return [block]
    about = [(key, value) for key, value in block.entries if key.text in CLAIM_KEYS]
    names = {key.text for key, _ in (*chosen, *about)}
    others = [(key, value) for key, value in block.entries if key.text not in names]
    place = block.position
    rank = (ScalarNode("rank", place), ScalarNode("preferred", place))
    preferred = MappingNode((*about, *chosen, rank), place)
    return [MappingNode((*about, *others), place), preferred] if others else [preferred]
