"""The records of version 0.1.0 whose blocks name several sources together: data/unassigned.yml.

Such a block does not say which of its sources supports which fact. A record may keep those that it
has; no record gets a new one. Rule: data/FORMAT.md, "Sources that are named together".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.project import Project
from ..syntax.tree import MappingNode, ScalarNode, decode_utf8
from ..syntax.yaml import parse_yaml_record
from ..system.files import LARGEST_FILE, read_inside
from .blocks import ClaimBlock

UNASSIGNED: Final = "unassigned.yml"
_NUMBER: Final = re.compile(r"[0-9]{1,6}")


def read_unassigned(project: Project) -> Mapping[str, int]:
    """The number of blocks with several sources that each record may have, by its id.

    Empty without the file. Raises ContentError (`unassigned`) for an entry that is not a number.
    """
    path = project.data / UNASSIGNED
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


def too_many(identifier: str, blocks: list[ClaimBlock], limits: Mapping[str, int]) -> list[Problem]:
    """A problem for each block with several sources beyond the number that the record may have."""
    together = [block for block in blocks if any(piece.unassigned for piece in block.evidence)]
    message = "this block names several sources together, and not what each of them states"
    fix = (
        "write a block for each source; under `evidence:` list those that each state all its facts"
    )
    return [
        rule_problem("unassigned", block.position, message, fix)
        for block in together[limits.get(identifier, 0) :]
    ]


def _malformed(place: Position) -> Problem:
    message, fix = (
        "an entry is not a number of blocks",
        "write the id of a record and a number: id: 2",
    )
    return rule_problem("unassigned", place, message, fix)
