"""Saved queries: a .rq file is plain SPARQL 1.1 under a header of `#+` lines in strict YAML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from .errors import ContentError, Position, Problem, UsageError, breach
from .names import PREFIXES, nearest
from .nodes import Mapping, Node, Scalar, Sequence, decode
from .project import Project
from .yamltext import parse

TYPES = ("thing", "concept", "date", "year", "number", "text")
"""What a parameter can be. A thing is a record's id, a concept `list/term` or its term alone."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable that may be bound before the query runs; unbound it means all."""

    name: str
    type: str
    description: str
    example: str
    scheme: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """One .rq file. `columns` is what each column of its answer means, in their order."""

    name: str
    path: str
    summary: str
    description: str
    tags: tuple[str, ...]
    params: dict[str, Parameter]
    columns: dict[str, str]
    header: dict[str, str]
    text: str


def read_queries(project: Project, folder: str) -> dict[str, SavedQuery]:
    """The queries under `queries/<folder>`, by name.

    Raises ContentError for a header that is not of its form, or text that is not SPARQL.
    """
    paths = sorted((project.queries / folder).glob("*.rq"))
    return {path.stem: read_query(project.relative(path), path) for path in paths}


def find_query(project: Project, name: str) -> SavedQuery:
    """The saved query of this name, or the query in the file of this name.

    Raises UsageError where there is neither, ContentError as `read_queries` does.
    """
    known = {path.stem: path for path in sorted((project.queries / "answers").glob("*.rq"))}
    if name in known:
        return read_query(project.relative(known[name]), known[name])
    path = Path(name)
    if path.is_file():
        return own_query(path.read_bytes(), name)
    if path.suffix == ".rq":
        raise UsageError(f"there is no file {name}")
    hint = nearest(name, known) or "`pcve queries` lists them"
    raise UsageError(f"there is no saved query {name!r}; {hint}")


def own_query(raw: bytes, name: str) -> SavedQuery:
    """A query that a person brings. The known prefixes that it uses need not be declared."""
    text = decode(raw, name)
    declared = set(re.findall(r"PREFIX\s+([\w-]*):", text, re.I))
    used = set(re.findall(r"\b([A-Za-z][\w-]*):(?!//)", text)) - declared
    missing = sorted(used & PREFIXES.keys())
    return _query(text, name, "".join(f"PREFIX {each}: <{PREFIXES[each]}> " for each in missing))


def read_query(name: str, path: Path) -> SavedQuery:
    """One saved query, its syntax checked. Raises ContentError as `read_queries` does."""
    return _query(decode(path.read_bytes(), name), name)


def _query(text: str, name: str, prologue: str = "") -> SavedQuery:
    lines = text.splitlines()
    head = [line[2:].removeprefix(" ") for line in lines if line.startswith("#+")]
    node = parse("\n".join(head), name) if head else Mapping((), Position(name))
    if not isinstance(node, Mapping):
        raise _stop(node.position, "the header holds no keys", "begin it with `#+ summary: …`")
    _syntax(prologue + text, name, len(prologue))
    words = {key.text: value.text for key, value in node.entries if isinstance(value, Scalar)}
    return SavedQuery(
        name=Path(name).stem,
        path=name,
        summary=words.get("summary", ""),
        description=words.get("description", ""),
        tags=tuple(each.text for each in _items(node.get("tags")) if isinstance(each, Scalar)),
        params={each.name: each for each in _params(node.get("params"))},
        columns=_words(node.get("columns")),
        header=words,
        text=prologue + text,
    )


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.values if isinstance(node, Sequence) else ()


def _words(node: Node | None) -> dict[str, str]:
    entries = node.entries if isinstance(node, Mapping) else ()
    return {key.text: value.text for key, value in entries if isinstance(value, Scalar)}


def _params(node: Node | None) -> list[Parameter]:
    found = []
    for key, value in node.entries if isinstance(node, Mapping) else ():
        words = _words(value)
        if words.get("type") not in TYPES:
            fix = "one of " + ", ".join(TYPES)
            raise _stop(key.position, f"the parameter {key.text} has no type that is known", fix)
        found.append(
            Parameter(
                name=key.text,
                type=words["type"],
                description=words.get("description", ""),
                example=words.get("example", ""),
                scheme=words.get("scheme", ""),
                required=words.get("required", "") == "true",
            )
        )
    return found


def _stop(position: Position, found: str, fix: str) -> ContentError:
    return ContentError([breach("structure", position, found, fix)])


def _syntax(text: str, name: str, added: int) -> None:
    try:
        ox.Store().query(text)
    except SyntaxError as error:
        raise ContentError([syntax_problem(error, name, added)]) from None


def syntax_problem(error: SyntaxError, name: str, added: int = 0) -> Problem:
    """What the SPARQL parser says, with its line and column, in one line.

    `added` counts the characters put before the first line of what the person wrote.
    """
    message = " ".join(str(error).split())
    match = re.match(r"error at (\d+):(\d+): (?:expected (?:one of )?)?", message)
    if match is None:
        return breach("query-syntax", Position(name), message, "correct the query")
    line, column = int(match[1]), int(match[2])
    place = Position(name, line, column - added if line == 1 else column)
    if "Prefix not found" in message:
        known = ", ".join(sorted(PREFIXES))
        found = "a prefix is used here that is not declared"
        return breach("query-syntax", place, found, f"declare it with PREFIX; known here: {known}")
    expected = [each for each in message[match.end() :].split(", ") if "\\u{" not in each]
    return breach("query-syntax", place, f"expected {' or '.join(expected[:6])}", "correct it here")
