"""Saved queries: a .rq file is plain SPARQL 1.1 under a header of `#+` lines in strict YAML.

The form is that of grlc; additional keys describe the parameters and the columns. Queries from
outside the project, whose headers are less strict, are read by `foreign.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from ..model.limits import read_seconds
from ..model.namespaces import kebab_case
from ..model.problems import ContentError, Position, Problem, UsageError, rule_problem
from ..model.project import Project
from ..model.suggest import did_you_mean
from ..syntax.sparql_bounds import LARGEST_QUERY, check_query_size
from ..syntax.sparql_constants import lower_booleans
from ..syntax.sparql_errors import check_syntax
from ..syntax.sparql_tokens import line_and_column, tokenize
from ..syntax.tree import MappingNode, RecordNode, ScalarNode, check_characters, decode_utf8
from ..syntax.yaml import parse_yaml_record
from ..system.files import read_file, walk_files
from .asks import asks_problems
from .base import Base, read_base
from .execute import column_names
from .themes import THEMES, check_theme

TYPES: Final = ("thing", "concept", "date", "year", "number", "text", "language")
"""The types of a parameter in the project's own queries."""

KEYS: Final = (
    "summary",
    "description",
    "tags",
    "theme",
    "asks",
    "params",
    "columns",
    "lists",
    "base",
    "timeout",
)
CHECK_KEYS: Final = ("summary", "rule", "fix", "severity", "scope")
SCOPES: Final = ("part", "graph", "build")
"""What a check can be applied to: a document alone, one joined with a graph, or a build alone."""

PARAM_KEYS: Final = (
    "type",
    "description",
    "example",
    "required",
    "scheme",
    "kinds",
    "allowed",
    "default",
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable that may be bound before the query runs; unbound it matches everything.

    `type` is one of TYPES, or `iri` or `literal` (of `datatype`) in queries of other projects.
    `kinds` are the accepted kinds of thing, `scheme` is the closed list of a concept, `allowed`
    holds the only valid values, `language` is that of a text. `variable` is its name in the query.
    """

    name: str
    type: str
    variable: str
    description: str = ""
    example: str = ""
    scheme: str = ""
    required: bool = False
    kinds: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    default: str = ""
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """One .rq file. `columns` maps each column of its answer to its meaning, in order.

    The cells of the columns `lists` hold several values, as `lists.py` reads them. `base` is what
    the answer counts, None where the header does not say. `asks` are typical wordings of the
    question, with a parameter in braces where its value stands: `projects on {topic}`.

    `timeout` is in seconds, 0 where the header gives none. `theme` is one of THEMES, or empty.
    `notes` report what pcve ignores in the header of a query from outside the project, which
    `is_foreign`.
    """

    name: str
    path: str
    summary: str
    description: str
    tags: tuple[str, ...]
    params: dict[str, Parameter]
    columns: dict[str, str]
    header: dict[str, str]
    text: str
    timeout: float = 0
    theme: str = ""
    notes: tuple[Problem, ...] = ()
    lists: tuple[str, ...] = ()
    base: Base | None = None
    is_foreign: bool = False
    asks: tuple[str, ...] = ()


def read_queries(project: Project, folder: str) -> dict[str, SavedQuery]:
    """The queries under `queries/<folder>`, by name.

    Raises ContentError for an invalid header, or text that is not SPARQL.
    """
    paths = _files(project, folder)
    return {name: read_query(project.relative(path), path) for name, path in paths.items()}


def required_queries(project: Project, folder: str, names: Iterable[str]) -> dict[str, SavedQuery]:
    """The queries `names` under `queries/<folder>`, which code relies on.

    Raises UsageError if one is missing, ContentError as `read_queries`.
    """
    paths = _files(project, folder)
    names = tuple(names)
    if missing := [f"{name}.rq" for name in names if name not in paths]:
        where = project.relative(project.queries / folder)
        raise UsageError(
            f"{where}: missing {', '.join(missing)}; copy it from a project of this version of pcve"
        )
    return {name: read_query(project.relative(paths[name]), paths[name]) for name in names}


def find_query(project: Project, name: str) -> SavedQuery:
    """The saved query `name`.

    Raises UsageError with the nearest name if there is none, ContentError as `read_queries`.
    """
    paths_by_name = _files(project, "answers")
    if name in paths_by_name:
        return read_query(project.relative(paths_by_name[name]), paths_by_name[name])
    hint = did_you_mean(name, paths_by_name) or "`pcve queries` lists them"
    raise UsageError(f"there is no saved query {name!r}; {hint}")


def _files(project: Project, folder: str) -> dict[str, Path]:
    """The paths of the queries directly in `queries/<folder>`, by name, sorted."""
    top = project.queries / folder
    walked = walk_files(top, f"{project.relative(top)}/", project.root)
    paths = sorted(Path(entry) for _, entry in walked)
    return {path.stem: path for path in paths if path.parent == top and path.suffix == ".rq"}


def read_query(name: str, path: Path) -> SavedQuery:
    """One query of the project, its header and syntax checked. Raises as `read_queries` does.

    The result is cached for the same name and text.
    """
    return parse_query(name, read_query_file(path, name))


def read_query_file(path: Path, name: str) -> bytes:
    """The content of a file of SPARQL.

    Raises ContentError (`query-size`) for a file that is too large, UsageError if it is not a file.
    """
    check_query_size(path.stat().st_size, name)
    return read_file(path, LARGEST_QUERY)


def refuse_service(query: SavedQuery) -> None:
    """Raise ContentError (`query-service`) for a query with SERVICE, which a build may not run."""
    for token in tokenize(query.text):
        if token.word == "SERVICE":
            place = Position(query.path, *line_and_column(query.text, token.start))
            fault, fix = "SERVICE queries another server", "query only this graph"
            raise ContentError([rule_problem("query-service", place, fault, fix)])


@lru_cache(256)
def parse_query(name: str, raw: bytes) -> SavedQuery:
    """The query with the content `raw`, its header and syntax checked. Raises ContentError."""
    text = decode_utf8(raw, name)
    check_characters(text, name)
    node = (
        parse_yaml_record(header(text), name)
        if header(text).strip()
        else MappingNode((), Position(name))
    )
    if not isinstance(node, MappingNode):
        raise _header_error(
            node.position, "the header has no keys", "begin it with `#+ summary: …`"
        )
    _check_keys(node, CHECK_KEYS if node.get("rule") else KEYS)
    scope = node.get("scope")
    if scope is not None and not (isinstance(scope, ScalarNode) and scope.text in SCOPES):
        fix = "write one of " + ", ".join(SCOPES)
        raise _header_error(scope.position, "this is not a scope of a check", fix)
    check_theme(node.get("theme"))
    text = lower_booleans(text)
    check_syntax(text, name)
    query = assemble(
        name,
        text,
        node,
        [_checked_parameter(*entry) for entry in entries(node.get("params"))],
        base=read_base(node.get("base"), text, name),
    )
    if problems := [*list_problems(query, node), *asks_problems(query.params, node.get("asks"))]:
        raise ContentError(problems)
    return query


def list_problems(query: SavedQuery, node: MappingNode) -> list[Problem]:
    """The problems of the key `lists` in the header `node`: what is no column of the SELECT."""
    value = node.get("lists")
    if value is None:
        return []
    nodes = (value,) if isinstance(value, ScalarNode) else getattr(value, "values", ())
    if not nodes or not all(isinstance(item, ScalarNode) for item in nodes):
        fault, fix = "lists is not a list of columns", "write #+ lists: [column, …]"
        return [rule_problem("query-header", value.position, fault, fix)]
    columns = column_names(query.text, query.path)
    return [
        rule_problem(
            "query-header",
            item.position,
            f"lists: the query has no column {item.text!r}",
            did_you_mean(item.text, columns) or "its columns: " + ", ".join(columns),
        )
        for item in nodes
        if item.text not in columns
    ]


def header(text: str) -> str:
    """The header of a query without `#+`; lines and columns are the same as in `text`."""
    lines = text.splitlines()
    return "\n".join(f"  {line[2:]}" if line.startswith("#+") else "" for line in lines)


def assemble(
    name: str,
    text: str,
    node: MappingNode,
    params: list[Parameter],
    notes: tuple[Problem, ...] = (),
    base: Base | None = None,
) -> SavedQuery:
    """The query with the header `node`. Raises ContentError for an invalid timeout."""
    texts_by_key = {
        key.text: value.text for key, value in node.entries if isinstance(value, ScalarNode)
    }
    theme = texts_by_key.get("theme", "")
    timeout = node.get("timeout")
    seconds = 0.0
    if isinstance(timeout, ScalarNode):
        try:
            seconds = read_seconds(timeout.text)
        except UsageError:
            fix = "write it in seconds"
            raise _header_error(
                timeout.position, f"the timeout {timeout.text!r} is not a duration", fix
            ) from None
    return SavedQuery(
        name=Path(name).stem,
        path=name,
        summary=texts_by_key.get("summary", ""),
        description=texts_by_key.get("description", ""),
        tags=texts(node.get("tags")),
        params={param.name: param for param in params},
        columns={
            key.text: value.text
            for key, value in entries(node.get("columns"))
            if isinstance(value, ScalarNode)
        },
        header=texts_by_key,
        text=text,
        timeout=seconds,
        theme=theme if theme in THEMES else "",
        notes=notes,
        lists=texts(node.get("lists")),
        base=base,
        asks=texts(node.get("asks")),
    )


def entries(node: RecordNode | None) -> tuple[tuple[ScalarNode, RecordNode], ...]:
    """The keys and values of a mapping; empty for any other node."""
    return node.entries if isinstance(node, MappingNode) else ()


def texts(node: RecordNode | None) -> tuple[str, ...]:
    """The texts of a list; a single text counts as a list of one."""
    nodes = (node,) if isinstance(node, ScalarNode) else getattr(node, "values", ())
    return tuple(item.text for item in nodes if isinstance(item, ScalarNode))


def parameter(key: ScalarNode, node: MappingNode) -> Parameter:
    """The parameter `key` as the mapping `node` describes it; its type is not checked."""
    texts_by_key = {
        name.text: value.text for name, value in node.entries if isinstance(value, ScalarNode)
    }
    return Parameter(
        name=key.text,
        type=texts_by_key.get("type", ""),
        variable=key.text,
        description=texts_by_key.get("description", ""),
        example=texts_by_key.get("example", ""),
        scheme=texts_by_key.get("scheme", ""),
        required=texts_by_key.get("required", "") == "true",
        kinds=tuple(map(kebab_case, texts(node.get("kinds")))),
        allowed=texts(node.get("allowed")),
        default=texts_by_key.get("default", ""),
    )


def _checked_parameter(key: ScalarNode, value: RecordNode) -> Parameter:
    if not isinstance(value, MappingNode):
        raise _header_error(
            key.position, f"the parameter {key.text} has no description", "write {type: text, …}"
        )
    _check_keys(value, PARAM_KEYS)
    param = parameter(key, value)
    if param.type not in TYPES:
        fix = "one of " + ", ".join(TYPES)
        raise _header_error(key.position, f"the parameter {key.text} has no valid type", fix)
    return param


def _check_keys(node: MappingNode, keys: tuple[str, ...]) -> None:
    problems = [
        rule_problem(
            "query-header",
            key.position,
            f'unknown key "{key.text}" in the header',
            did_you_mean(key.text, keys) or "valid keys: " + ", ".join(keys),
        )
        for key, _ in node.entries
        if key.text not in keys
    ]
    if problems:
        raise ContentError(problems)


def _header_error(position: Position, fault: str, fix: str) -> ContentError:
    return ContentError([rule_problem("query-header", position, fault, fix)])
