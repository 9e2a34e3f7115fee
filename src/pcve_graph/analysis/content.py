"""Validation of the files of queries/landscape: the queries that analysis runs, and the weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from ..model.namespaces import kebab_case
from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.schema import Ontology
from ..model.suggest import did_you_mean
from ..query.columns import Column, check_columns
from ..query.saved import entries, header, parse_query
from ..syntax.tree import MappingNode, RecordNode, ScalarNode, SequenceNode, decode_utf8
from ..syntax.yaml import parse_yaml_record
from .coverage.matrix import LIST_COLUMNS
from .coverage.needs import NEED_COLUMNS
from .coverage.searches import SEARCH_COLUMNS
from .load import COLUMNS, SOURCE_COLUMNS
from .overlaps.weights import weight_problems
from .timeline import CITATION_COLUMNS

QUERY_COLUMNS: Final[dict[str, tuple[Column, ...]]] = {
    **COLUMNS,
    "lists": LIST_COLUMNS,
    "needs": NEED_COLUMNS,
    "searches": SEARCH_COLUMNS,
    "sources": SOURCE_COLUMNS,
    "works-by-source": CITATION_COLUMNS,
}
"""The columns that commands expect of the queries that they run."""

_ANY_KIND: Final = frozenset({"thing", "concept", "source"})


def content_problems(contents: Mapping[str, bytes], ontology: Ontology) -> list[Problem]:
    """The problems of queries and weights, from the content of each file by its name."""
    problems: list[Problem] = []
    for name, raw in contents.items():
        try:
            if name.endswith(".rq"):
                problems += _query_problems(name, raw, ontology)
            else:
                tree = parse_yaml_record(decode_utf8(raw, name), name)
                problems += weight_problems(tree, ontology)
        except ContentError as error:
            problems += error.problems
    return problems


def _query_problems(name: str, raw: bytes, ontology: Ontology) -> Iterator[Problem]:
    """The problems of the parameters of a query. Raises ContentError for any other problem."""
    query = parse_query(name, raw)
    if columns := QUERY_COLUMNS.get(PurePosixPath(name).stem):
        check_columns(query, columns)
    text = header(query.text)
    tree = parse_yaml_record(text, name) if text.strip() else None
    records = [(record.name, record.folder or "") for record in ontology.records()]
    kinds = {*_ANY_KIND, *ontology.schemes}
    kinds |= {kebab_case(word) for pair in records for word in pair if word}
    for _, node in entries(tree.get("params") if isinstance(tree, MappingNode) else None):
        if not isinstance(node, MappingNode):
            continue
        for text, position in _texts(node.get("scheme")):
            if text not in ontology.schemes:
                yield _unknown(position, "closed list", text, ontology.schemes)
        for text, position in _texts(node.get("kinds")):
            if kebab_case(text) not in kinds:
                yield _unknown(position, "class", text, (name for name, _ in records))


def _texts(node: RecordNode | None) -> Iterator[tuple[str, Position]]:
    """The texts of a list, or the one text that `node` is, each with its position."""
    for item in node.values if isinstance(node, SequenceNode) else (node,):
        if isinstance(item, ScalarNode):
            yield item.text, item.position


def _unknown(position: Position, what: str, text: str, names: Iterable[str]) -> Problem:
    names = sorted(names)
    fix = did_you_mean(text, names) or "one of " + ", ".join(names)
    return rule_problem("query-header", position, f"there is no {what} {text!r}", fix)
