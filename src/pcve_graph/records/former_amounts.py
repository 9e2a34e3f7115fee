"""Rewrites budgets of 0.1.0, whose `share` said which part of the money an amount is.

The ontology states what each share became (`dcterms:isReplacedBy` of its term): another key of the
record, such as `grantSize`, or the kind of a transaction. A total is a budget without a share. The
payer of a contribution is written only where the id of the amount is that of a funder whom the same
block states; otherwise it is left out. Rule: data/FORMAT.md, "Changes of the format".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ..model.namespaces import concept_iri, local_name
from ..model.problems import Problem, rule_problem
from ..model.schema import Ontology, RecordClass
from ..syntax.tree import MappingNode, RecordNode, ScalarNode, SequenceNode, items_of, text_of

SHARE: Final = "share"
"""The key that an amount had in 0.1.0."""

_BUDGET: Final = "budget"
_SHARES: Final = "money-share"
_COMMITMENT: Final = concept_iri("transaction-kind", "commitment")


def split_amounts(
    blocks: Iterable[RecordNode], record_class: RecordClass, ontology: Ontology
) -> tuple[list[RecordNode], int, list[Problem]]:
    """The blocks of a record with its amounts under their present keys.

    Also the number of shares that were rewritten. An amount with an unknown share, or with two in
    the blocks of the record, is a problem, as is one whose new key has an amount of its id; then
    the blocks are returned as they were.
    """
    blocks = list(blocks)
    shares = _shares(blocks)
    keys = record_class.keys.values()
    holder = next((key for key in keys if SHARE in key.former_nested), None)
    problems = list(_problems(shares, ontology)) if holder else []
    if holder is None or problems or not shares:
        return blocks, 0, problems
    names = {key.path: key.name for key in keys}
    places: dict[str, tuple[str, str]] = {}
    for identifier, nodes in shares.items():
        new = ontology.deprecated[concept_iri(_SHARES, text_of(nodes[0]))]
        places[identifier] = (names[new], "") if new in names else (holder.name, new)
    problems = list(_clashes(blocks, shares, places))
    if problems:
        return blocks, 0, problems
    split = [_split(block, places) if isinstance(block, MappingNode) else block for block in blocks]
    return split, sum(map(len, shares.values())), []


def _shares(blocks: Iterable[RecordNode]) -> dict[str, list[RecordNode]]:
    """The shares that are stated of each amount, by its id."""
    shares: dict[str, list[RecordNode]] = defaultdict(list)
    for block in blocks:
        for item in items_of(block.get(_BUDGET)) if isinstance(block, MappingNode) else ():
            share = item.get(SHARE) if isinstance(item, MappingNode) else None
            if isinstance(item, MappingNode) and share is not None:
                several = share.values or (share,) if isinstance(share, SequenceNode) else (share,)
                shares[text_of(item.get("id"))] += several
    return shares


def _problems(shares: Mapping[str, list[RecordNode]], ontology: Ontology) -> Iterator[Problem]:
    for nodes in shares.values():
        for node in nodes:
            if not isinstance(node, ScalarNode):
                message = "a share was one word"
                fix = "write the amount as a budget, a grantSize or a hasTransaction by hand"
                yield rule_problem("structure", node.position, message, fix)
            elif concept_iri(_SHARES, node.text) not in ontology.deprecated:
                message = f'no share was called "{node.text}"'
                fix = "write the amount as a budget, a grantSize or a hasTransaction by hand"
                yield rule_problem("structure", node.position, message, fix)
            elif node.text != (first := text_of(nodes[0])):
                message = f'the amount has the shares "{first}" and "{node.text}"'
                fix = "give each amount an id of its own, then run `pcve edit migrate` again"
                yield rule_problem("structure", node.position, message, fix)


def _clashes(
    blocks: Iterable[RecordNode],
    shares: Mapping[str, list[RecordNode]],
    places: Mapping[str, tuple[str, str]],
) -> Iterator[Problem]:
    """A problem for each amount whose new key already has another amount with its id."""
    present = {
        (key.text, text_of(item.get("id")))
        for block in blocks
        for key, value in (block.entries if isinstance(block, MappingNode) else ())
        for item in (items_of(value) if key.text != _BUDGET else ())
        if isinstance(item, MappingNode)
    }
    for identifier, (name, _) in places.items():
        if (name, identifier) in present:
            message = f'the record has a {name} "{identifier}" already, which may be another amount'
            fix = (
                "give one of the two an id of its own, or write the amount here as a "
                f"{name} if they are the same; then run `pcve edit migrate` again"
            )
            yield rule_problem("structure", shares[identifier][0].position, message, fix)


def _split(block: MappingNode, places: Mapping[str, tuple[str, str]]) -> MappingNode:
    """The block with each amount under its present key; `places` has key and kind by its id."""
    funders = set(map(text_of, items_of(block.get("funder"))))
    amounts: dict[str, list[RecordNode]] = defaultdict(list)
    rest: dict[str, tuple[ScalarNode, RecordNode]] = {}
    for key, value in block.entries:
        rest[key.text] = key, value
        for item in items_of(value) if key.text == _BUDGET else ():
            identifier = text_of(item.get("id")) if isinstance(item, MappingNode) else ""
            name, kind = places.get(identifier, (_BUDGET, ""))
            if isinstance(item, MappingNode) and identifier in places:
                item = _amount(item, kind, identifier if identifier in funders else "")
            amounts[name].append(item)
    if not amounts:
        return block
    budget, _ = rest.pop(_BUDGET)
    for name, items in amounts.items():
        old = items_of(rest[name][1]) if name in rest else ()
        rest[name] = ScalarNode(name, budget.position), _value([*old, *items], budget)
    return MappingNode(tuple(rest.values()), block.position)


def _amount(item: MappingNode, kind: str, payer: str) -> MappingNode:
    """The amount without its share; with a `kind` a transaction, and with `payer` if it has one."""
    entries: list[tuple[ScalarNode, RecordNode]] = []
    for key, value in item.entries:
        if key.text != SHARE:
            entries.append((key, value))
        elif kind:
            place = key.position
            entries.append((ScalarNode("kind", place), ScalarNode(local_name(kind), place)))
            if payer and kind == _COMMITMENT:
                entries.append((ScalarNode("payer", place), ScalarNode(payer, place)))
    return MappingNode(tuple(entries), item.position)


def _value(values: list[RecordNode], key: ScalarNode) -> RecordNode:
    return values[0] if len(values) == 1 else SequenceNode(tuple(values), key.position)
