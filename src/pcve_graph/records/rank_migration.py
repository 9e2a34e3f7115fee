"""Rewrites the standing of 0.1.0: superseded blocks become deprecated, disputed ones contested.

The blocks that state what was taken instead become preferred. What such a block states together
with a block that was taken was a fact and stays one. Rule: data/FORMAT.md, "Changes of the format".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

from ..model.problems import Problem, rule_problem
from ..syntax.tree import MappingNode, RecordNode, ScalarNode, SequenceNode
from .blocks import CLAIM_KEYS

_Entries: TypeAlias = list[tuple[ScalarNode, RecordNode]]
_RANKS: Final = {"superseded": ("rank", "deprecated"), "disputed": ("contested", "true")}
_EVIDENCE: Final = ("source", "quote", "occurrence", "certainty", "note")
"""The keys of a block of 0.1.0 that describe its evidence."""


def with_ranks(blocks: Iterable[RecordNode]) -> tuple[list[RecordNode], list[Problem], int]:
    """The blocks of a record with rank and contested; the problems; how many blocks had a standing.

    A disputed fact for whose key the record states no other value is a problem, and its block stays
    as it is: which claim contradicts it is for a curator to say.
    """
    before = list(blocks)
    problems: list[Problem] = []
    disputed: set[str] = set()
    replaced: dict[int, list[RecordNode]] = {}
    taken = [entry for block in before if _is_taken(block) for entry in _facts(block)]
    taken_keys = {key.text for key, _ in taken}
    taken_values = {(key.text, _plain(item)) for key, value in taken for item in _items(value)}
    for number, block in enumerate(before):
        standing = _standing(block)
        if not isinstance(block, MappingNode) or standing is None:
            continue
        shared, own = _parted(_facts(block), taken_values)
        if standing.text == "disputed":
            alone = [key for key, _ in own if key.text not in taken_keys]
            if alone:
                names = ", ".join(key.text for key in alone)
                message = f"{names} is disputed, and the record has no other value of it"
                fix = "write `contested: true`, and in `conflictsWith` the keys that contradict it"
                problems.append(rule_problem("conflict", alone[0].position, message, fix))
                continue
            disputed |= {key.text for key, _ in own}
        if standing.text == "current" or standing.text in _RANKS:
            replaced[number] = _ranked(block, standing, shared, own)
    result: list[RecordNode] = []
    for number, block in enumerate(before):
        for rewritten in replaced.get(number, [block]):
            result += _split(rewritten, disputed)
    return result, problems, len(replaced)


def _text(block: RecordNode, key: str) -> str:
    value = block.get(key) if isinstance(block, MappingNode) else None
    return value.text if isinstance(value, ScalarNode) else ""


def _standing(block: RecordNode) -> ScalarNode | None:
    value = block.get("standing") if isinstance(block, MappingNode) else None
    return value if isinstance(value, ScalarNode) else None


def _is_taken(block: RecordNode) -> bool:
    """Whether the facts of a block are facts of the graph, before its migration or after."""
    return (
        _text(block, "standing") in ("", "current")
        and _text(block, "rank") != "deprecated"
        and _text(block, "contested") != "true"
    )


def _facts(block: RecordNode) -> _Entries:
    entries = block.entries if isinstance(block, MappingNode) else ()
    return [entry for entry in entries if entry[0].text not in (*CLAIM_KEYS, "standing")]


def _items(value: RecordNode) -> tuple[RecordNode, ...]:
    return value.values if isinstance(value, SequenceNode) else (value,)


def _plain(node: RecordNode) -> object:
    """A value without its positions."""
    if isinstance(node, ScalarNode):
        return node.text
    if isinstance(node, SequenceNode):
        return tuple(map(_plain, node.values))
    return frozenset((key.text, _plain(value)) for key, value in node.entries)


def _parted(facts: _Entries, taken: set[tuple[str, object]]) -> tuple[_Entries, _Entries]:
    """The values that are in `taken`, and the others, each with its key."""
    shared: _Entries = []
    own: _Entries = []
    for key, value in facts:
        for entries, expected in ((shared, True), (own, False)):
            items = [
                item for item in _items(value) if ((key.text, _plain(item)) in taken) is expected
            ]
            if items and len(items) == len(_items(value)):
                entries.append((key, value))
            elif items:
                several = SequenceNode(tuple(items), value.position)
                entries.append((key, items[0] if len(items) == 1 else several))
    return shared, own


def _ranked(
    block: MappingNode, standing: ScalarNode, shared: _Entries, own: _Entries
) -> list[RecordNode]:
    """The block with its rank in the place of its standing.

    What a block that is taken states as well is a block of its own, without a rank.
    """
    if standing.text == "current":
        entries = [entry for entry in block.entries if entry[0].text != "standing"]
        return [MappingNode(tuple(entries), block.position)]
    kept = [entry for entry in block.entries if entry[0].text in CLAIM_KEYS]
    name, text = _RANKS[standing.text]
    rank = (ScalarNode(name, standing.position), ScalarNode(text, standing.position))
    result: list[RecordNode] = []
    if own:
        result.append(MappingNode((*kept, *own, rank), block.position))
    if shared:
        is_inferred = _text(block, "certainty") == "inferred"
        names = [key for key in _EVIDENCE if key != "note" or is_inferred]
        about = [entry for entry in block.entries if entry[0].text in names]
        result.append(MappingNode((*about, *shared), block.position))
    return result


def _split(block: RecordNode, disputed: set[str]) -> list[RecordNode]:
    """The block, with the facts that are taken in a dispute in a preferred block of their own."""
    facts = _facts(block) if _is_taken(block) and not _text(block, "rank") else []
    chosen = [entry for entry in facts if entry[0].text in disputed]
    if not isinstance(block, MappingNode) or not chosen:
        return [block]
    about = [entry for entry in block.entries if entry[0].text in _EVIDENCE]
    others = [entry for entry in block.entries if entry not in chosen]
    place = block.position
    rank = (ScalarNode("rank", place), ScalarNode("preferred", place))
    preferred = MappingNode((*about, *chosen, rank), place)
    return [preferred] if facts == chosen else [MappingNode(tuple(others), place), preferred]
