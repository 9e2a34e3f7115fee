"""The canonical text of records, sources, saved queries and ontology files (`pcve edit fmt`)."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml

from ..evidence.rechecks import RECHECKS
from ..evidence.reviews import REVIEWS
from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.project import Project
from ..model.schema import Ontology
from ..syntax import json as jsontext
from ..syntax.sparql_tokens import line_and_column
from ..syntax.tree import (
    MappingNode,
    RecordNode,
    ScalarNode,
    SequenceNode,
    check_characters,
    decode_utf8,
)
from ..syntax.turtle_format import format_turtle
from ..syntax.yaml import parse_yaml_record
from ..system.files import walk_files
from .blocks import CLAIM_KEYS
from .files import project_files
from .record_keys import RECORD_KEYS

_LAST: Final = CLAIM_KEYS[CLAIM_KEYS.index("noValue") :]
"""The keys that follow the facts of a block."""


def format_text(content: bytes, name: str, ontology: Ontology) -> str:
    """The canonical text of the file called `name`, by its suffix: .yml, .jsonl, .ttl or .rq.

    Raises ContentError where the file cannot be parsed, or where formatting would lose content.
    """
    text = decode_utf8(content, name)
    check_characters(text, name)
    suffix = Path(name).suffix
    if suffix == ".ttl":
        return format_turtle(text, name)
    if suffix == ".rq":
        return "\n".join(line.rstrip() for line in text.strip().split("\n")) + "\n"
    if suffix == ".jsonl":
        return _lines(text, name, ontology)
    return _yaml(text, name, ontology)


def formatted_files(project: Project) -> list[Path]:
    """All files of the project that have a canonical text, sorted.

    As in a build, names that begin with a dot are skipped: editors lock files with them. Raises
    ContentError (`special-file`) for anything but a regular file inside the project.
    """
    written = (RECHECKS, REVIEWS)  # by commands, in forms of their own
    paths = [
        path
        for path in project_files(project, project.data)
        if path.relative_to(project.data).parts[0] not in written
    ]
    for folder, suffix in ((project.ontology, ".ttl"), (project.queries, ".rq")):
        walked = walk_files(folder, f"{project.relative(folder)}/", project.root)
        paths += [Path(entry) for _, entry in walked if entry.name.endswith(suffix)]
    return sorted(paths)


class _Dumper(yaml.SafeDumper):
    """Block style with the dashes of a list indented under its key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _yaml(text: str, name: str, ontology: Ontology) -> str:
    tree = parse_yaml_record(text, name)
    result = yaml_text(tree, ontology)
    ordered = _arranged(tree, ontology)
    if "#" in text and (comment := _first_comment(text, name)):
        fix = "delete the comment (`note:` of a block is for notes), or format this file by hand"
        raise ContentError([rule_problem("comment", comment, "formatting would lose it", fix)])
    if _plain(parse_yaml_record(result, name)) != _plain(ordered):
        fix, message = "format this file by hand", "formatting would change content"
        raise ContentError([rule_problem("structure", Position(name), message, fix)])
    return result


def _first_comment(text: str, name: str) -> Position | None:
    """The position of the first comment in YAML: a `#` after white space, outside a scalar."""
    end = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        start, stop = token.start_mark.index, token.end_mark.index
        if getattr(token, "style", None) in ("|", ">"):  # its first line may have a comment
            start = text.find("\n", start)
        if match := re.compile(r"(?:^|(?<=\s))#", re.M).search(text, end, max(start, end)):
            return Position(name, *line_and_column(text, match.start()))
        end = max(end, stop)
    return None


def yaml_text(tree: RecordNode, ontology: Ontology) -> str:
    """A record or source as canonical YAML."""
    out = io.StringIO()
    dumper = _Dumper(out, allow_unicode=True, width=100)
    for event in (
        yaml.StreamStartEvent(),
        yaml.DocumentStartEvent(explicit=False),
        *_events(_arranged(tree, ontology), 0),
        yaml.DocumentEndEvent(explicit=False),
        yaml.StreamEndEvent(),
    ):
        dumper.emit(event)
    return out.getvalue()


def block_text(block: Mapping[str, str | Mapping[str, str]], ontology: Ontology) -> str:
    """A block of a record as canonical YAML, indented as below `claims`."""
    place = Position("")

    def node(value: str | Mapping[str, str]) -> RecordNode:
        if isinstance(value, str):
            return ScalarNode(value, place)
        return MappingNode(tuple((ScalarNode(k, place), node(v)) for k, v in value.items()), place)

    entries = tuple((ScalarNode(key, place), node(value)) for key, value in block.items())
    blocks = SequenceNode((MappingNode(entries, place),), place)
    record = MappingNode(((ScalarNode("claims", place), blocks),), place)
    return yaml_text(record, ontology).partition("\n")[2]


def json_line(tree: RecordNode, ontology: Ontology, typed: dict[int, str]) -> str:
    """A record as one canonical line of JSON; `typed` holds numbers by their offset in the line."""
    return _json(_arranged(tree, ontology), typed) + "\n"


def _lines(text: str, name: str, ontology: Ontology) -> str:
    """One record a line with its keys in canonical order; numbers keep their spelling."""
    written: list[str] = []
    problems: list[Problem] = []
    for line, tree in jsontext.parse_json_lines(io.BytesIO(text.encode()), name):
        if isinstance(tree, ContentError):
            problems += tree.problems
        else:
            typed = dict(jsontext.unquoted_values(jsontext.read_json(line)))
            written.append(json_line(tree, ontology, typed))
    if problems:
        raise ContentError(problems)
    return "".join(written)


def _json(node: RecordNode, typed: dict[int, str]) -> str:
    """A tree as JSON; `typed` holds the numbers and literals by their offset in the line."""
    if isinstance(node, ScalarNode):
        return typed.get(node.position.column - 1) or json.dumps(node.text, ensure_ascii=False)
    if isinstance(node, SequenceNode):
        return f"[{', '.join(_json(value, typed) for value in node.values)}]"
    members = (f"{_json(key, {})}: {_json(value, typed)}" for key, value in node.entries)
    return f"{{{', '.join(members)}}}"


def _arranged(tree: RecordNode, ontology: Ontology) -> RecordNode:
    if not isinstance(tree, MappingNode):
        return tree
    kind = tree.get("type")
    claims = tree.get("claims")
    record_class = ontology.classes.get(kind.text) if isinstance(kind, ScalarNode) else None
    if record_class is None:
        keys = list(ontology.classes["Source"].keys)
        return _sorted(tree, ["id", *keys])
    if not isinstance(claims, SequenceNode):
        return _sorted(tree, list(RECORD_KEYS))
    order = [*(key for key in CLAIM_KEYS if key not in _LAST), *record_class.keys, *_LAST]
    blocks = tuple(
        _sorted(value, order) if isinstance(value, MappingNode) else value
        for value in claims.values
    )
    swapped = tuple(
        (key, SequenceNode(blocks, claims.position) if key.text == "claims" else value)
        for key, value in tree.entries
    )
    return _sorted(MappingNode(swapped, tree.position), list(RECORD_KEYS))


def _sorted(node: MappingNode, order: list[str]) -> MappingNode:
    rank = {key: place for place, key in enumerate(order)}
    ordered = sorted(node.entries, key=lambda entry: rank.get(entry[0].text, len(rank)))
    return MappingNode(tuple(ordered), node.position)


def _plain(node: RecordNode) -> object:
    """The tree without positions, for comparison."""
    if isinstance(node, ScalarNode):
        return node.text
    if isinstance(node, SequenceNode):
        return [_plain(value) for value in node.values]
    return [(key.text, _plain(value)) for key, value in node.entries]


def _events(node: RecordNode, depth: int, key: str = "") -> list[yaml.Event]:
    """The YAML events of a tree, which is the value of `key`: block style outside, flow inside.

    The passage of a block is in block style too: its checksum fills most of a line.
    """
    if isinstance(node, ScalarNode):
        plain = (True, True)
        return [yaml.ScalarEvent(None, None, plain, node.text)]
    inline = depth > 2 or (depth == 1 and isinstance(node, MappingNode))
    inline = inline and not (depth == 3 and key == "passage" and isinstance(node, MappingNode))
    if isinstance(node, SequenceNode):
        flow = depth != 1 and all(isinstance(value, ScalarNode) for value in node.values)
        flow = (
            flow
            and sum(len(value.text) for value in node.values if isinstance(value, ScalarNode)) < 80
        )
        inner = [event for value in node.values for event in _events(value, depth + 1)]
        opening = yaml.SequenceStartEvent(None, None, True, flow_style=flow)
        return [opening, *inner, yaml.SequenceEndEvent()]
    inner = []
    for name, value in node.entries:
        inner += [*_events(name, depth + 1), *_events(value, depth + 1, name.text)]
    start = yaml.MappingStartEvent(None, None, True, flow_style=inline)
    return [start, *inner, yaml.MappingEndEvent()]
