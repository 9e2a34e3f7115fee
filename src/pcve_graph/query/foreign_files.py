"""The files of a folder of queries: which are read, and why each of the others is not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ..model.namespaces import PREFIXES
from ..model.problems import ContentError, Position, Problem, UsageError, rule_problem
from ..model.terms import from_iri
from ..model.visible import one_line
from ..syntax.sparql_tokens import query_form, update_keyword
from ..system.files import read_start, walk_files

ENDINGS: Final = (".rq", ".sparql", ".tpf")
"""How the names of queries end, in any case; `.tpf` has a triple pattern."""

_MOST_NAMES: Final = 40
_READ: Final = 4096
"""The bytes at the beginning of another file that tell what it is."""
_RDF: Final = (".ttl", ".trig", ".nt", ".nq", ".rdf", ".owl", ".jsonld", ".n3")
_FIELD: Final = re.compile(r"(subject|predicate|object)[ \t]*=[ \t]*(.*)")
_FORM: Final = "subject=…, predicate=… and object=…, each on a line, or one triple pattern"


def is_query_name(name: str) -> bool:
    """Whether a file of this name is read as a query."""
    return name.lower().endswith(ENDINGS)


def query_paths(
    folder: Path, refuse: Callable[[Problem], None] = lambda _: None
) -> dict[str, Path]:
    """The files of queries in a folder and its subfolders, by name.

    A name is the path relative to the folder, without its ending; with it if another file has the
    same. `refuse` is called with the problem of a link that leads out of the folder, which is not
    followed. Raises UsageError if `folder` is not a folder.
    """
    paths_by_name: dict[str, Path] = {}
    for path in _paths(folder, refuse):
        if is_query_name(path.name) and not _hidden(folder, path):
            relative = path.relative_to(folder)
            short = relative.with_suffix("").as_posix()
            paths_by_name[relative.as_posix() if short in paths_by_name else short] = path
    return paths_by_name


def unread_files(folder: Path) -> tuple[str, ...]:
    """A line for each reason for which files of a folder are not read, with their names."""
    names_by_reason: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in _paths(folder):
        name = path.relative_to(folder).as_posix()
        if hidden := _hidden(folder, path):
            shown = name if name == hidden else f"{hidden}/"
            names = names_by_reason["its name begins with a dot", "rename it if it is a query"]
            names += [] if shown in names[-1:] else [shown]
        elif not is_query_name(path.name):
            names_by_reason[_reason(path)].append(name)
    return tuple(
        one_line(f"{folder}: not read, {reason}: {_listed(names)}; {fix}")
        for (reason, fix), names in sorted(names_by_reason.items())
    )


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _paths(folder: Path, refuse: Callable[[Problem], None] = lambda _: None) -> list[Path]:
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder of queries")

    def refuse_link(error: ContentError) -> None:
        """A FIFO or device is passed over, as it is not a query; a locked folder is an error."""
        (problem,) = error.problems
        path = Path(problem.position.path)
        if path.is_symlink():
            refuse(problem)
        elif path.is_dir():
            raise error

    walked = walk_files(folder, f"{folder}/", folder, True, refuse_link, "folder")
    return sorted(Path(entry) for _, entry in walked)


def _hidden(folder: Path, path: Path) -> str:
    """The path of the outermost part with a dot at its beginning; empty without one."""
    parts = path.relative_to(folder).parts
    for number, part in enumerate(parts, 1):
        if part.startswith("."):
            return "/".join(parts[:number])
    return ""


def _reason(path: Path) -> tuple[str, str]:
    """Why a file is not read, and what would make it one that is."""
    ending = path.suffix.lower()
    try:
        text = read_start(path, _READ).decode("utf-8", "ignore")
    except OSError:
        return "not readable", "let it be read"
    if ending in _RDF:
        if re.search(r"\b(select|construct|ask)\s+\"", text) and "shacl" in text:
            fix = "copy the query into a file that ends in .rq"
            return "RDF that has a query as a value of SHACL", fix
        return "RDF data", "`pcve validate` reads it"
    if ending == ".json" and re.search(r'"(proto|grlc)"\s*:', text):
        fix = "write it as SPARQL in a file that ends in .rq"
        return "a query of SPARQL Transformer in JSON", fix
    if ending == ".ru" or update_keyword(text):
        return "an update, which changes a graph", "queries are read-only: use SELECT"
    if query_form(text):
        fix = f"end its name in {' or '.join(ENDINGS)}, or run `pcve query FILE`"
        return "a query by its text, but not by its name", fix
    return "not a query by its name and text", "no action is needed"


def triple_pattern_query(text: str, name: str) -> str:
    """The query for a file `.tpf`: all that matches its triple pattern; lines and columns stay.

    grlc writes `subject=…`, `predicate=…` and `object=…`, each an IRI, a literal or empty (Triple
    Pattern Fragments). A triple pattern in SPARQL is read as well. Raises ContentError for others.
    """
    if query_form(text):
        return text
    lines = text.split("\n")
    fields = {
        match[1]: (number, match[2].strip())
        for number, line in enumerate(lines)
        if (match := _FIELD.fullmatch(line.strip()))
    }
    if not fields:
        body = [number for number, line in enumerate(lines) if line.strip()[:1] not in ("", "#")]
        if not body:
            raise ContentError(
                [rule_problem("query-syntax", Position(name), "there is no triple pattern", _FORM)]
            )
        lines[body[-1]] += " }"
        return _with_start(lines, body[0], "SELECT * {")
    pattern = " ".join(
        _pattern_term(fields.get(part, (0, ""))[1], part)
        for part in ("subject", "predicate", "object")
    )
    first = min(number for number, _ in fields.values())
    for number, _ in fields.values():
        lines[number] = ""
    lines[first] = f"SELECT * {{ {pattern} }}"
    return "\n".join(lines)


def _with_start(lines: list[str], number: int, start: str) -> str:
    """`lines` with `start` at the end of the line before the line `number`, if that is free."""
    if number and not lines[number - 1].strip():
        lines[number - 1] = start
    else:
        lines[number] = f"{start} {lines[number]}"
    return "\n".join(lines)


def _pattern_term(value: str, part: str) -> str:
    """A field of a triple pattern in SPARQL: `?subject` where it is empty."""
    if not value:
        return f"?{part}"
    if value[0] in "\"'<?$_" or (":" in value and value.partition(":")[0] in PREFIXES):
        return value
    return from_iri(value) if ":" in value else value
