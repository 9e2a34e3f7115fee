"""Rewrites the standing of 0.1.0: superseded blocks become deprecated, disputed ones contested.

The blocks that state what was taken instead become preferred. What such a block states together
with a block that was taken was a fact and stays one. Rule: data/FORMAT.md, "Changes of the format".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from ..model.problems import Problem, rule_problem
from ..syntax.tree import MappingNode, RecordNode, ScalarNode, SequenceNode, items_of, text_of
from .blocks import CLAIM_KEYS

_Entries: TypeAlias = list[tuple[ScalarNode, RecordNode]]
_Path: TypeAlias = tuple[str, ...]
"""A key; or a key, the id of an entity that is nested there, and a key of this entity."""
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
    disputed: set[_Path] = set()
    replaced: dict[int, list[RecordNode]] = {}
    taken = [entry for block in before if is_taken(block) for entry in _facts(block)]
    taken_values = {fact for key, value in taken for fact in _values(key, value)}
    taken_paths = {path for path, _ in taken_values}
    ids: set[_Path] = {path[:2] for path in taken_paths if len(path) > 1}
    for number, block in enumerate(before):
        standing = _standing(block)
        if not isinstance(block, MappingNode) or standing is None:
            continue
        shared, own = _parted(_facts(block), ids, lambda path, value: (path, value) in taken_values)
        if standing.text == "disputed":
            paths = {path: key for key, value in own for path, key in _paths(key, value, ids)}
            alone = [key for path, key in paths.items() if path not in taken_paths]
            if alone:
                names = ", ".join(key.text for key in alone)
                message = f"{names} is disputed, and the record has no other value of it"
                fix = "write `contested: true`, and in `conflictsWith` the keys that contradict it"
                problems.append(rule_problem("conflict", alone[0].position, message, fix))
                continue
            disputed |= paths.keys()
        if standing.text == "current" or standing.text in _RANKS:
            replaced[number] = _ranked(block, standing, shared, own)
    result: list[RecordNode] = []
    for number, block in enumerate(before):
        for rewritten in replaced.get(number, [block]):
            result += _split(rewritten, disputed, ids)
    return result, problems, len(replaced)


def _text(block: RecordNode, key: str) -> str:
    return text_of(block.get(key)) if isinstance(block, MappingNode) else ""


def _standing(block: RecordNode) -> ScalarNode | None:
    value = block.get("standing") if isinstance(block, MappingNode) else None
    return value if isinstance(value, ScalarNode) else None


def is_taken(block: RecordNode) -> bool:
    """Whether the facts of a block are facts of the graph, before its migration or after."""
    return (
        _text(block, "standing") in ("", "current")
        and _text(block, "rank") != "deprecated"
        and _text(block, "contested") != "true"
    )


def _facts(block: RecordNode) -> _Entries:
    entries = block.entries if isinstance(block, MappingNode) else ()
    return [entry for entry in entries if entry[0].text not in (*CLAIM_KEYS, "standing")]


def _plain(node: RecordNode) -> object:
    """A value without its positions."""
    if isinstance(node, ScalarNode):
        return node.text
    if isinstance(node, SequenceNode):
        return tuple(map(_plain, node.values))
    return frozenset((key.text, _plain(value)) for key, value in node.entries)


def _id(item: RecordNode) -> str:
    return _text(item, "id")


def _values(key: ScalarNode, value: RecordNode) -> Iterator[tuple[_Path, object]]:
    """The values of a key, and those of the keys of each entity that is nested there."""
    for item in items_of(value):
        yield (key.text,), _plain(item)
        for name, nested in item.entries if isinstance(item, MappingNode) and _id(item) else ():
            yield (key.text, _id(item), name.text), _plain(nested)


def _paths(
    key: ScalarNode, value: RecordNode, ids: set[_Path]
) -> Iterator[tuple[_Path, ScalarNode]]:
    """The key, or those of the entities nested there whose id is in `ids`; each with its node."""
    for item in items_of(value):
        if isinstance(item, MappingNode) and (key.text, _id(item)) in ids:
            names = [name for name, _ in item.entries if name.text != "id"]
            yield from (((key.text, _id(item), name.text), name) for name in names)
        else:
            yield (key.text,), key


def _parted(
    facts: _Entries, ids: set[_Path], is_first: Callable[[_Path, object], bool]
) -> tuple[_Entries, _Entries]:
    """The values for which `is_first` holds, and the others, each with its key.

    An entity that the blocks that are taken state as well (`ids`) is parted by its own keys, and
    keeps its id in both parts.
    """
    parts: tuple[_Entries, _Entries] = [], []
    for key, value in facts:
        items: tuple[list[RecordNode], list[RecordNode]] = [], []
        for item in items_of(value):
            path = (key.text, _id(item))
            if not isinstance(item, MappingNode) or path not in ids:
                items[not is_first((key.text,), _plain(item))].append(item)
                continue
            own = [name for name, _ in item.entries if name.text != "id"]
            first = [n for n in own if is_first((*path, n.text), _plain(item.get(n.text) or n))]
            for number, left_out in ((0, [n for n in own if n not in first]), (1, first)):
                entries = [entry for entry in item.entries if entry[0] not in left_out]
                if len(entries) > 1:
                    items[number].append(MappingNode(tuple(entries), item.position))
        for entries, some in zip(parts, items, strict=True):
            if list(some) == list(items_of(value)):
                entries.append((key, value))
            elif some:
                several = SequenceNode(tuple(some), value.position)
                entries.append((key, some[0] if len(some) == 1 else several))
    return parts


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
        has_note = _text(block, "certainty") == "inferred" or _have_an_entity(shared, own)
        names = [key for key in _EVIDENCE if key != "note" or has_note]
        about = [entry for entry in block.entries if entry[0].text in names]
        result.append(MappingNode((*about, *shared), block.position))
    return result


def _have_an_entity(first: _Entries, second: _Entries) -> bool:
    """Whether both state of one entity; then the note is part of the evidence of the entity."""
    entities = [
        {(key.text, _id(item)) for key, value in facts for item in items_of(value) if _id(item)}
        for facts in (first, second)
    ]
    return bool(entities[0] & entities[1])


def _split(block: RecordNode, disputed: set[_Path], ids: set[_Path]) -> list[RecordNode]:
    """The block, with the facts that are taken in a dispute in a preferred block of their own."""
    facts = _facts(block) if is_taken(block) and not _text(block, "rank") else []
    whole = {path for path in ids if path[:1] in disputed}
    chosen, others = _parted(facts, ids - whole, lambda path, _: path in disputed)
    if not isinstance(block, MappingNode) or not chosen:
        return [block]
    about = [entry for entry in block.entries if entry[0].text in _EVIDENCE]
    kept = [entry for entry in block.entries if entry[0].text in CLAIM_KEYS]
    place = block.position
    rank = (ScalarNode("rank", place), ScalarNode("preferred", place))
    preferred = MappingNode((*about, *chosen, rank), place)
    return [MappingNode((*kept, *others), place), preferred] if others else [preferred]
