"""Blocks that lack something, of which each record may keep a number and gets no more.

data/unassigned.yml has those of version 0.1.0 that name several sources together: such a block does
not say which of its sources supports which fact. data/unquoted.yml has those that cite a source
whose text the project holds by now, and have no quote yet. Rule: data/FORMAT.md, "Sources that are
named together" and "Quotes".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.project import Project
from ..syntax.tree import MappingNode, ScalarNode, decode_utf8
from ..syntax.yaml import parse_yaml_record
from ..system.files import LARGEST_FILE, read_inside
from .blocks import BlockEvidence, ClaimBlock

UNASSIGNED: Final = "unassigned.yml"
UNQUOTED: Final = "unquoted.yml"
_NUMBER: Final = re.compile(r"[0-9]{1,6}")


class BlockLimits(NamedTuple):
    """The number of blocks that each record may have, by its id: with several sources together,
    and without a quote of a held text.
    """

    unassigned: Mapping[str, int]
    unquoted: Mapping[str, int]


def read_limits(project: Project) -> BlockLimits:
    """The limits of all records; empty without the files.

    Raises ContentError (`unassigned`) for an entry that is not a number.
    """
    return BlockLimits(_read(project, UNASSIGNED), _read(project, UNQUOTED))


def _read(project: Project, file: str) -> Mapping[str, int]:
    path = project.data / file
    if not path.exists():
        return {}
    name = project.relative(path)
    text = decode_utf8(read_inside(path, project.root, LARGEST_FILE), name)
    tree = parse_yaml_record(text, name)
    if not isinstance(tree, MappingNode):
        raise ContentError([_malformed(Position(name))])
    limits = {}
    for key, value in tree.entries:
        if not isinstance(value, ScalarNode) or not _NUMBER.fullmatch(value.text):
            raise ContentError([_malformed(value.position)])
        limits[key.text] = int(value.text)
    return limits


def too_many(identifier: str, blocks: list[ClaimBlock], limits: BlockLimits) -> Iterator[Problem]:
    """A problem for each block beyond the numbers that the record may have."""
    together = [block for block in blocks if any(piece.unassigned for piece in block.evidence)]
    message = "this block names several sources together, and not what each of them states"
    fix = (
        "write a block for each source; under `evidence:` list those that each state all its facts"
    )
    for block in together[limits.unassigned.get(identifier, 0) :]:
        if not any(map(_is_unquoted, block.evidence)):
            yield rule_problem("unassigned", block.position, message, fix)
    unquoted = [pieces for block in blocks if (pieces := [*filter(_is_unquoted, block.evidence)])]
    for pieces in unquoted[limits.unquoted.get(identifier, 0) :]:
        yield from map(_unquoted, pieces)


def _is_unquoted(piece: BlockEvidence) -> bool:
    """Whether it has no quote although the text of its source is held."""
    return piece.source.text is not None and piece.span is None


def _unquoted(piece: BlockEvidence) -> Problem:
    message = f"the text of {piece.source.id} is held, but the block has no quote"
    fix = "quote the words that state it; leave out what no words state"
    if piece.unassigned:
        message = f"the text of {piece.source.id} is held, but the block has other sources as well"
        fix = "put the facts that the held text supports in a separate block, with their quote"
    if piece.passage:
        fix = "quote the words that state it in place of the passage"
    return rule_problem("quote-missing", piece.position, message, fix)


def _malformed(place: Position) -> Problem:
    message, fix = (
        "an entry is not a number of blocks",
        "write the id of a record and a number: id: 2",
    )
    return rule_problem("unassigned", place, message, fix)
