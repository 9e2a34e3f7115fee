"""Rewrites records of an earlier version: renamed keys, facts that move, and their standing.

The ontology states what changed: `pcve:formerKey` of a property shape is a key to rename,
`pcve:formerInverseKey` a key whose facts move to the record of their value. A moved fact keeps the
source, the quote and the other keys of its block. Amounts with a share become budgets, sizes of
grants or transactions (`former_amounts`). A source that had the name of an organisation
where its id stands now gets the id, if the name is that of one record only. Rule: data/FORMAT.md,
"Changes of the format".
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..model.messages import value_problem
from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.project import Project
from ..model.schema import Ontology, RecordClass, moved_key
from ..model.suggest import IdSuggestions
from ..model.text_normalization import fold
from ..syntax.json import parse_json_lines, read_json, unquoted_values
from ..syntax.tree import (
    MappingNode,
    RecordNode,
    ScalarNode,
    SequenceNode,
    decode_utf8,
    leaves_of,
    text_of,
)
from ..syntax.yaml import parse_yaml_record
from ..system.files import read_inside
from .blocks import CLAIM_KEYS
from .files import LARGEST_LINES, project_files, source_paths
from .formatter import format_text, json_line, yaml_text
from .former_amounts import split_amounts
from .rank_migration import is_taken, with_ranks


@dataclass(slots=True)
class Migration:
    """What a migration changes: the new text of each file, and how many keys and facts.

    `linked` counts the sources whose publisher was a name and is a record now, `ranked` the blocks
    whose standing is now a rank, or contested.
    """

    texts: dict[Path, str] = field(default_factory=dict)
    renamed: int = 0
    moved: int = 0
    linked: int = 0
    ranked: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class _RecordFile:
    """A file and its records; `typed` holds the unquoted numbers of each line of JSON."""

    path: Path
    content: bytes
    trees: list[MappingNode]
    typed: list[dict[int, str]]

    def text(self, ontology: Ontology) -> str:
        if self.path.suffix == ".yml":
            return yaml_text(self.trees[0], ontology)
        rows = zip(self.trees, self.typed, strict=True)
        return "".join(json_line(tree, ontology, typed) for tree, typed in rows)


def migrate_records(project: Project, ontology: Ontology) -> Migration:
    """The records of `project` in the present version of the ontology; nothing is written.

    A file that cannot be read or whose comments would be lost, and a fact whose target has no
    record, are problems of the result and stay as they are.
    """
    migration = Migration()
    files = _record_files(project, project_files(project, project.data / "records"), migration)
    source_files = _record_files(project, source_paths(project), migration)
    additions: dict[str, list[MappingNode]] = defaultdict(list)
    ids = {identifier for file in files for identifier in map(_id, file.trees)}
    before = [list(file.trees) for file in (*files, *source_files)]
    for file in files:
        file.trees = [_migrated(tree, ontology, ids, additions, migration) for tree in file.trees]
    for file in files:
        file.trees = [_with_blocks(tree, additions.get(_id(tree), [])) for tree in file.trees]
    organizations = _organizations_by_name(files, ontology)
    for file in source_files:
        file.trees = [
            _migrated_source(tree, ontology, ids, organizations, migration) for tree in file.trees
        ]
    for file, trees in zip((*files, *source_files), before, strict=True):
        if file.trees != trees:
            _write(file, project, ontology, migration)
    return migration


def _record_files(
    project: Project, paths: Iterable[Path], migration: Migration
) -> list[_RecordFile]:
    files: list[_RecordFile] = []
    for path in paths:
        name = project.relative(path)
        try:
            files.append(_read(path, read_inside(path, project.root, LARGEST_LINES), name))
        except ContentError as error:
            migration.problems += error.problems
    return files


def _read(path: Path, content: bytes, name: str) -> _RecordFile:
    file = _RecordFile(path, content, [], [])
    rows: list[tuple[str, RecordNode | ContentError]]
    if path.suffix == ".yml":
        rows = [("", parse_yaml_record(decode_utf8(content, name), name))]
    else:
        rows = list(parse_json_lines(io.BytesIO(content), name))
    for line, tree in rows:
        if isinstance(tree, ContentError):
            raise tree
        if not isinstance(tree, MappingNode):
            fix = "write keys and values: id, type, claims"
            raise ContentError(
                [rule_problem("structure", Position(name), "a record must have keys", fix)]
            )
        file.trees.append(tree)
        file.typed.append(dict(unquoted_values(read_json(line))) if line else {})
    return file


def _id(tree: MappingNode) -> str:
    return text_of(tree.get("id"))


def _migrated(
    tree: MappingNode,
    ontology: Ontology,
    ids: set[str],
    additions: dict[str, list[MappingNode]],
    migration: Migration,
) -> MappingNode:
    """The record with present keys; the blocks that other records get are added to `additions`.

    A record with an amount that cannot be rewritten stays as it is, as a whole.
    """
    kind, claims = tree.get("type"), tree.get("claims")
    record_class = ontology.classes.get(kind.text) if isinstance(kind, ScalarNode) else None
    if record_class is None or not isinstance(claims, SequenceNode):
        return tree
    blocks: list[RecordNode] = []
    former, split, problems = split_amounts(claims.values, record_class, ontology)
    if problems:
        migration.problems += problems
        return tree
    ranked, rank_problems, changed = with_ranks(former)
    migration.renamed += split
    migration.ranked += changed
    migration.problems += rank_problems
    for block in ranked:
        if isinstance(block, MappingNode):
            renamed = _renamed(block, record_class, ontology, migration)
            rest = _without_moved(renamed, _id(tree), ontology, ids, additions, migration)
            without_value = ("noValue", "notKnown")
            if any(
                key.text not in CLAIM_KEYS or key.text in without_value for key, _ in rest.entries
            ):
                blocks.append(rest)
        else:
            blocks.append(block)
    swapped = SequenceNode(tuple(blocks), claims.position)
    entries = ((key, swapped if key.text == "claims" else value) for key, value in tree.entries)
    return MappingNode(tuple(entries), tree.position)


def _renamed(
    node: MappingNode, record_class: RecordClass, ontology: Ontology, migration: Migration
) -> MappingNode:
    """The keys of a block, or of an entity nested in it, by their present names."""
    entries: list[tuple[ScalarNode, RecordNode]] = []
    for key, value in node.entries:
        new = None if key.text in record_class.keys else record_class.renamed(key.text)
        if new is not None:
            migration.renamed += 1
        field_key = new or record_class.keys.get(key.text)
        if field_key is not None and len(field_key.classes) == 1:
            nested = ontology.by_iri.get(field_key.classes[0])
            if nested is not None and nested.folder is None:
                value = _nested(value, nested, ontology, migration)
        entries.append((ScalarNode(new.name, key.position) if new else key, value))
    return MappingNode(tuple(entries), node.position)


def _nested(
    value: RecordNode, nested: RecordClass, ontology: Ontology, migration: Migration
) -> RecordNode:
    if isinstance(value, SequenceNode):
        values = tuple(_nested(item, nested, ontology, migration) for item in value.values)
        return SequenceNode(values, value.position)
    if isinstance(value, MappingNode):
        return _renamed(value, nested, ontology, migration)
    return value


def _without_moved(
    block: MappingNode,
    owner: str,
    ontology: Ontology,
    ids: set[str],
    additions: dict[str, list[MappingNode]],
    migration: Migration,
) -> MappingNode:
    """The block without the facts that belong to other records; these get blocks of their own."""
    rest: list[tuple[ScalarNode, RecordNode]] = []
    about = [(key, value) for key, value in block.entries if key.text in CLAIM_KEYS]
    for key, value in block.entries:
        moved = moved_key(ontology.records(), key.text) if key.text not in CLAIM_KEYS else None
        targets = value.values if isinstance(value, SequenceNode) else (value,)
        if moved is None:
            rest.append((key, value))
            continue
        for target in targets:
            if not isinstance(target, ScalarNode) or target.text not in ids:
                text = target.text if isinstance(target, ScalarNode) else "a list"
                suggestions = IdSuggestions(ids)
                migration.problems.append(
                    value_problem(moved[1], text, target.position, ontology, suggestions)
                )
                return block
            fact = (ScalarNode(moved[1].name, key.position), ScalarNode(owner, target.position))
            additions[target.text].append(MappingNode((*about, fact), block.position))
            migration.moved += 1
    return MappingNode(tuple(rest), block.position)


def _organizations_by_name(files: list[_RecordFile], ontology: Ontology) -> dict[str, str]:
    """The id of the organisation by each folded name that no other record has.

    Names are the current labels of records that are not replaced.
    """
    folder = ontology.classes["Organization"].folder
    ids_by_name: dict[str, set[str]] = defaultdict(set)
    organizations: set[str] = set()
    for tree in (tree for file in files for tree in file.trees):
        kind, claims = tree.get("type"), tree.get("claims")
        record_class = ontology.classes.get(kind.text) if isinstance(kind, ScalarNode) else None
        blocks = claims.values if isinstance(claims, SequenceNode) else ()
        current = [block for block in blocks if isinstance(block, MappingNode) and is_taken(block)]
        if record_class is None or any(block.get("isReplacedBy") for block in current):
            continue
        if record_class.folder == folder:
            organizations.add(_id(tree))
        for block in current:
            for key in ("prefLabel", "altLabel"):
                for name in leaves_of(block.get(key)):
                    ids_by_name[fold(name.text)].add(_id(tree))
    single = {name: next(iter(ids)) for name, ids in ids_by_name.items() if len(ids) == 1}
    return {name: identifier for name, identifier in single.items() if identifier in organizations}


def _migrated_source(
    tree: MappingNode,
    ontology: Ontology,
    ids: set[str],
    organizations: dict[str, str],
    migration: Migration,
) -> MappingNode:
    """The source with present keys; where a name became an id, both, if the id is certain."""
    source = ontology.classes["Source"]
    entries: list[tuple[ScalarNode, RecordNode]] = []
    for key, value in tree.entries:
        new, text = source.renamed(key.text), value.text if isinstance(value, ScalarNode) else ""
        if new is None or tree.get(new.name) or (key.text in source.keys and text in ids):
            entries.append((key, value))
            continue
        migration.renamed += 1
        entries.append((ScalarNode(new.name, key.position), value))
        identifier = organizations.get(fold(text)) if key.text in source.keys else None
        if identifier is not None:
            migration.linked += 1
            entries.append((key, ScalarNode(identifier, value.position)))
    return MappingNode(tuple(entries), tree.position)


def _with_blocks(tree: MappingNode, blocks: list[MappingNode]) -> MappingNode:
    claims = tree.get("claims")
    if not blocks or not isinstance(claims, SequenceNode):
        return tree
    longer = replace(claims, values=(*claims.values, *blocks))
    entries = ((key, longer if key.text == "claims" else value) for key, value in tree.entries)
    return MappingNode(tuple(entries), tree.position)


def _write(file: _RecordFile, project: Project, ontology: Ontology, migration: Migration) -> None:
    """Add the new text of a file, unless comments of the file would be lost."""
    try:
        format_text(file.content, project.relative(file.path), ontology)
    except ContentError as error:
        migration.problems += error.problems
        return
    migration.texts[file.path] = file.text(ontology)
