"""Saved queries: a .rq file is plain SPARQL 1.1 under a header of `#+` lines in strict YAML.

The form is grlc's; keys of our own say what a parameter takes and what a column means. Queries of
other projects, whose headers are less strict, are read by `dialects.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from ..model.limits import read_seconds
from ..model.namespaces import kebab
from ..model.problems import ContentError, Position, Problem, UsageError, breach
from ..model.project import Project
from ..model.suggest import nearest
from ..syntax.sparql_bounds import LARGEST, check_size
from ..syntax.sparql_errors import check_syntax
from ..syntax.sparql_tokens import line_and_column, tokens
from ..syntax.tree import Mapping, Node, Scalar, check_characters, decode
from ..syntax.yaml import parse
from ..system.files import read_file, walk

TYPES: Final = ("thing", "concept", "date", "year", "number", "text", "language")
"""What a parameter of the project's own queries can be."""

KEYS: Final = ("summary", "description", "tags", "params", "columns", "timeout")
CHECK_KEYS: Final = ("summary", "rule", "fix", "severity")
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
    """A variable that may be bound before the query runs; unbound it means all.

    `type` is one of TYPES, or `iri` or `literal` (of `datatype`) in queries of other projects.
    `kinds` are the kinds of thing that it takes, `scheme` the closed list of a concept, `allowed`
    the only values, `language` that of a text. `variable` is its name in the query.
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
    """One .rq file. `columns` is what each column of its answer means, in their order.

    `timeout` is in seconds, 0 where the header gives none. `notes` say what of a header of another
    project has no meaning here.
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
    notes: tuple[Problem, ...] = ()


def read_queries(project: Project, folder: str) -> dict[str, SavedQuery]:
    """The queries under `queries/<folder>`, by name.

    Raises ContentError for a header that is not of its form, or text that is not SPARQL.
    """
    paths = _files(project, folder)
    return {name: read_query(project.relative(path), path) for name, path in paths.items()}


def find_query(project: Project, name: str) -> SavedQuery:
    """The saved query of this name.

    Raises UsageError with the nearest name where there is none, ContentError as `read_queries`.
    """
    paths_by_name = _files(project, "answers")
    if name in paths_by_name:
        return read_query(project.relative(paths_by_name[name]), paths_by_name[name])
    hint = nearest(name, paths_by_name) or "`pcve queries` lists them"
    raise UsageError(f"there is no saved query {name!r}; {hint}")


def _files(project: Project, folder: str) -> dict[str, Path]:
    """The queries right under `queries/<folder>`, by name, sorted."""
    top = project.queries / folder
    if not top.is_dir():
        return {}
    walked = walk(top, f"{project.relative(top)}/", project.root)
    paths = sorted(Path(entry) for _, entry in walked)
    return {path.stem: path for path in paths if path.parent == top and path.suffix == ".rq"}


def read_query(name: str, path: Path) -> SavedQuery:
    """One query of the project, its header and syntax checked. Raises as `read_queries` does.

    The same text is checked once in a process.
    """
    return _query(name, read_query_file(path, name))


def read_query_file(path: Path, name: str) -> bytes:
    """The content of a file of SPARQL.

    Raises ContentError (`query-size`) for one that is too large, UsageError for what is no file.
    """
    check_size(path.stat().st_size, name)
    return read_file(path, LARGEST)


def refuse_service(query: SavedQuery) -> None:
    """Raise ContentError (`check-query`) for a query of the build that asks another server."""
    for token in tokens(query.text):
        if token.word == "SERVICE":
            place = Position(query.path, *line_and_column(query.text, token.start))
            fault, fix = "SERVICE asks another server", "ask this graph alone"
            raise ContentError([breach("check-query", place, fault, fix)])


@lru_cache(256)
def _query(name: str, raw: bytes) -> SavedQuery:
    text = decode(raw, name)
    check_characters(text, name)
    node = parse(header(text), name) if header(text).strip() else Mapping((), Position(name))
    if not isinstance(node, Mapping):
        raise _stop(node.position, "the header holds no keys", "begin it with `#+ summary: …`")
    _known(node, CHECK_KEYS if node.get("rule") else KEYS)
    check_syntax(text, name)
    return assemble(name, text, node, [_param(*entry) for entry in entries(node.get("params"))])


def header(text: str) -> str:
    """The header of a query, without its `#+`: every line and column is where it is in `text`."""
    lines = text.splitlines()
    return "\n".join(f"  {line[2:]}" if line.startswith("#+") else "" for line in lines)


def assemble(
    name: str,
    text: str,
    node: Mapping,
    params: list[Parameter],
    notes: tuple[Problem, ...] = (),
) -> SavedQuery:
    """The query whose header is `node`. Raises ContentError for a timeout that is no number."""
    words = {key.text: value.text for key, value in node.entries if isinstance(value, Scalar)}
    timeout = node.get("timeout")
    seconds = 0.0
    if isinstance(timeout, Scalar):
        try:
            seconds = read_seconds(timeout.text)
        except UsageError:
            fix = "write it in seconds"
            raise _stop(timeout.position, f"the timeout is {timeout.text!r}", fix) from None
    return SavedQuery(
        name=Path(name).stem,
        path=name,
        summary=words.get("summary", ""),
        description=words.get("description", ""),
        tags=texts(node.get("tags")),
        params={param.name: param for param in params},
        columns={
            key.text: value.text
            for key, value in entries(node.get("columns"))
            if isinstance(value, Scalar)
        },
        header=words,
        text=text,
        timeout=seconds,
        notes=notes,
    )


def entries(node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    """The keys and values of a mapping; none where it is not one."""
    return node.entries if isinstance(node, Mapping) else ()


def texts(node: Node | None) -> tuple[str, ...]:
    """The texts of a list; a single text is a list of one."""
    nodes = (node,) if isinstance(node, Scalar) else getattr(node, "values", ())
    return tuple(item.text for item in nodes if isinstance(item, Scalar))


def parameter(key: Scalar, node: Mapping) -> Parameter:
    """The parameter `key` as a header of our own describes it; its type may be any text."""
    words = {name.text: value.text for name, value in node.entries if isinstance(value, Scalar)}
    return Parameter(
        name=key.text,
        type=words.get("type", ""),
        variable=key.text,
        description=words.get("description", ""),
        example=words.get("example", ""),
        scheme=words.get("scheme", ""),
        required=words.get("required", "") == "true",
        kinds=tuple(map(kebab, texts(node.get("kinds")))),
        allowed=texts(node.get("allowed")),
        default=words.get("default", ""),
    )


def _param(key: Scalar, value: Node) -> Parameter:
    if not isinstance(value, Mapping):
        raise _stop(key.position, f"{key.text} is not described", "write {type: text, …}")
    _known(value, PARAM_KEYS)
    param = parameter(key, value)
    if param.type not in TYPES:
        fix = "one of " + ", ".join(TYPES)
        raise _stop(key.position, f"the parameter {key.text} has no type that is known", fix)
    return param


def _known(node: Mapping, keys: tuple[str, ...]) -> None:
    problems = [
        breach(
            "query-header",
            key.position,
            f'a header has no key "{key.text}" here',
            nearest(key.text, keys) or "known: " + ", ".join(keys),
        )
        for key, _ in node.entries
        if key.text not in keys
    ]
    if problems:
        raise ContentError(problems)


def _stop(position: Position, fault: str, fix: str) -> ContentError:
    return ContentError([breach("query-header", position, fault, fix)])
