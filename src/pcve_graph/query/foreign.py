"""Queries that people bring: files of their own, and folders written for grlc or BASIL.

grlc keeps its header in `#+` lines of YAML, and loses all of it where one line is not YAML. Here
each key is read by itself: what is YAML is read as YAML, and the rest as the text that it is, with
a note. BASIL, and grlc after it, say in a variable's name what it takes:

    ?_name             needed, a plain literal        ?__name            the same, not needed
    ?_name_iri         an IRI                         ?_name_number      a number
    ?_name_literal     a plain literal (or _string)   ?_name_integer     a literal of xsd:integer,
    ?_name_en          a text in English              ?_name_xsd_date    of any prefix:datatype
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from ..model.namespaces import PREFIXES, expand
from ..model.problems import ContentError, Position, Problem, UsageError, breach
from ..model.project import Project
from ..model.suggest import nearest
from ..syntax.sparql_bounds import check_size
from ..syntax.sparql_errors import check_syntax
from ..syntax.sparql_tokens import declared, missing_prefixes, update_word, variables
from ..syntax.tree import Mapping, Node, Scalar, Sequence, check_characters, decode
from ..syntax.yaml import parse
from ..system.files import walk
from ..system.sandbox import inside
from .saved import (
    KEYS,
    TYPES,
    Parameter,
    SavedQuery,
    assemble,
    entries,
    find_query,
    header,
    parameter,
    read_query_file,
    texts,
)

ENDINGS: Final = (".rq", ".sparql")
_READ: Final = (*KEYS, "defaults", "enumerate")
_TEXTS: Final = ("summary", "description")
_SERVERS: Final = {
    "endpoint": "name one with --endpoint",
    "endpoint-method": "",
    "endpoint_in_url": "",
    "method": "",
    "mime": "--format says how the answer is written",
    "pagination": "--limit N stops after N rows",
    "transform": "--format json gives the results of SPARQL 1.1",
}
"""Decorators of grlc that are about its server, and what there is in their place."""

_BASIL: Final = re.compile(r"(_{1,2})([^_]+)(?:_([A-Za-z0-9]+))?(?:_([A-Za-z0-9]+))?")
_XSD: Final = frozenset(
    re.findall(
        r"\w+",
        """
        anyURI base64Binary boolean byte date dateTime dateTimeStamp dayTimeDuration decimal
        double duration float gDay gMonth gMonthDay gYear gYearMonth hexBinary int integer
        language long negativeInteger nonNegativeInteger nonPositiveInteger normalizedString
        positiveInteger short string time token unsignedByte unsignedInt unsignedLong
        unsignedShort yearMonthDuration
        """,
    )
)


def choose(project: Project, name: str, folder: Path | None) -> SavedQuery:
    """The query of this name in `folder`, or in the project without one; or the file `name`.

    Raises UsageError where there is none, ContentError where it cannot be read.
    """
    path = Path(name)
    if folder is not None:
        paths_by_name = _files(folder)
        if name in paths_by_name:
            return own_query(read_query_file(paths_by_name[name], name), str(paths_by_name[name]))
        hint = nearest(name, paths_by_name) or f"`pcve queries --queries {folder}` lists them"
        raise UsageError(f"there is no query {name!r} in {folder}; {hint}")
    if path.suffix in ENDINGS or (path.is_file() and not _is_saved(project, name)):
        if not path.exists():
            raise UsageError(f"there is no file {name}")
        return own_query(read_query_file(path, name), name)
    return find_query(project, name)


def _is_saved(project: Project, name: str) -> bool:
    return (project.queries / "answers" / f"{name}.rq").is_file()


def read_folder(folder: Path) -> tuple[dict[str, SavedQuery], list[Problem]]:
    """The queries of a folder and those below it, by name, and what is wrong with the others.

    A name is the path from the folder, without its ending. Raises UsageError for no folder.
    """
    queries: dict[str, SavedQuery] = {}
    problems: list[Problem] = []
    for name, path in _files(folder).items():
        inside.working_on(f"reading {path}")
        try:
            queries[name] = replace(
                own_query(read_query_file(path, str(path)), str(path)), name=name
            )
        except ContentError as error:
            problems += error.problems
    return queries, problems


def _files(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder of queries")
    return {
        path.relative_to(folder).with_suffix("").as_posix(): path
        for path in sorted(Path(entry) for _, entry in walk(folder))
        if path.suffix in ENDINGS
    }


def own_query(raw: bytes, name: str) -> SavedQuery:
    """A query that a person brings. The known prefixes that it uses need not be declared.

    Raises ContentError where it is not SPARQL, or an update; a header is never a reason.
    """
    check_size(len(raw), name)
    text = decode(raw, name)
    check_characters(text, name)
    if word := update_word(text):
        fault = f"{word} is an update, and a query here changes nothing"
        raise ContentError([breach("query-syntax", Position(name), fault, "ask with SELECT")])
    missing = missing_prefixes(text, PREFIXES)
    prologue = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}> " for prefix in missing)
    check_syntax(prologue + text, name, len(prologue))
    reader = _Header(name)
    lines = re.sub(r"^  (?=\S)", "   ", header(text), flags=re.M).split("\n")
    node = reader.whole(lines) or reader.mapping(list(enumerate(lines, 1)))
    params = _params(node, prologue + text, reader)
    reader.check(node)
    return assemble(name, prologue + text, node, params, tuple(reader.notes))


class _Header:
    """Reads a header key by key, and notes what it could not read as it was meant."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.notes: list[Problem] = []

    def note(self, line: int, fault: str, fix: str) -> None:
        problem = breach("query-header", Position(self.name, line), fault, fix)
        self.notes.append(replace(problem, severity="note"))

    def whole(self, lines: list[str]) -> Mapping | None:
        """The header as one piece of YAML (or JSON), where it is that and texts are texts."""
        try:
            node = parse("\n".join(lines), self.name)
        except ContentError:
            return None
        if not isinstance(node, Mapping):
            return None
        nested = any(isinstance(node.get(key), (Mapping, Sequence)) for key in _TEXTS)
        return None if nested else node

    def mapping(self, lines: list[tuple[int, str]]) -> Mapping:
        """Lines of one depth and deeper as keys and their values; lines are (number, text)."""
        values_by_key: dict[str, tuple[Scalar, Node]] = {}
        for number, key, chunk in self.keys([line for line in lines if line[1].strip()]):
            if key in values_by_key:
                self.note(number, f'the key "{key}" stands twice', "the first is kept")
                continue
            value = self.value(number, key, chunk)
            if value is not None:
                values_by_key[key] = (Scalar(key, Position(self.name, number)), value)
        return Mapping(tuple(values_by_key.values()), Position(self.name))

    def keys(
        self, lines: list[tuple[int, str]]
    ) -> Iterator[tuple[int, str, list[tuple[int, str]]]]:
        """(line, key, its lines) for each key of the least depth."""
        depth = min((len(text) - len(text.lstrip()) for _, text in lines), default=0)
        begun: list[tuple[int, str, list[tuple[int, str]]]] = []
        for number, text in lines:
            match = re.match(r"([A-Za-z_][\w-]*)\s*:(?:\s|$)", text[depth:])
            if match:
                begun.append((number, match[1], []))
            if begun:
                begun[-1][2].append((number, text))
            else:
                self.note(number, f"{text.strip()!r} belongs to no key", "write `#+ key: value`")
        yield from begun

    def value(self, number: int, key: str, chunk: list[tuple[int, str]]) -> Node | None:
        """The value of a key, as YAML if it is YAML, else as what it says."""
        try:
            node = parse("\n".join(text for _, text in chunk), self.name, number)
            value = node.get(key) if isinstance(node, Mapping) else None
            if isinstance(value, Scalar) or key not in _TEXTS:
                return value
            problem = "it has keys of its own"
        except ContentError as error:
            problem = error.problems[0].message
        first = chunk[0][1].split(":", 1)[1].strip()
        nested = key not in _TEXTS and not first and len(chunk) > 1
        if nested and next(self.keys(chunk[1:]), None):
            return self.mapping(chunk[1:])
        words = " ".join([first, *(text.strip() for _, text in chunk[1:])]).strip()
        if not words:
            self.note(number, f'"{key}" has no value', "fill it in or delete it")
            return None
        bare = re.sub(r"^(['\"])(.*)\1$", r"\2", words)
        quoted = "'" + bare.replace("'", "''") + "'"
        why = f'"{key}" is not YAML ({problem}), so it is read as text'
        self.note(number, why, f"write {key}: {quoted}")
        return Scalar(bare, Position(self.name, number))

    def check(self, node: Mapping) -> None:
        """Note the keys that have no meaning here."""
        for key, _ in node.entries:
            line = key.position.line
            if key.text in _SERVERS:
                instead = _SERVERS[key.text] or "nothing is needed"
                self.note(line, f'"{key.text}" is for the server of grlc: ignored', instead)
            elif key.text not in _READ:
                hint = nearest(key.text, _READ) or "nothing is needed"
                self.note(line, f'"{key.text}" is not known here: ignored', hint)


def _params(node: Mapping, text: str, reader: _Header) -> list[Parameter]:
    """The parameters of the header and of the variables' names, each with its values."""
    used = variables(text)
    params_by_name: dict[str, Parameter] = {}
    for key, value in entries(node.get("params")):
        param = parameter(key, value if isinstance(value, Mapping) else Mapping((), key.position))
        if param.variable not in used:
            reader.note(
                key.position.line, f"the query has no ?{param.variable}", "correct the name"
            )
            continue
        params_by_name[param.name] = param if param.type in TYPES else replace(param, type="text")
    for variable in sorted(used):
        declared_so = _basil(variable, text)
        if variable not in params_by_name and declared_so:
            name = variable if declared_so.name in params_by_name else declared_so.name
            params_by_name[name] = replace(declared_so, name=name)
    for decorator in ("defaults", "enumerate"):
        for name, value in _settings(node.get(decorator)):
            match = [
                param for param in params_by_name.values() if name in (param.name, param.variable)
            ]
            if not match:
                fix = "its parameters: " + (", ".join(params_by_name) or "none")
                reader.note(value.position.line, f"{decorator}: there is no parameter {name}", fix)
            for param in match:
                values = texts(value)
                params_by_name[param.name] = (
                    replace(param, default="".join(values[:1]))
                    if decorator == "defaults"
                    else replace(param, allowed=values)
                )
    return [
        replace(param, example=param.example or param.default or "".join(param.allowed[:1]))
        for param in params_by_name.values()
    ]


def _settings(node: Node | None) -> Iterator[tuple[str, Node]]:
    """(parameter, value) of a mapping, or of a list of mappings, which is grlc's form."""
    for mapping in node.values if isinstance(node, Sequence) else (node,):
        for key, value in entries(mapping):
            yield key.text, value


def _basil(variable: str, text: str) -> Parameter | None:
    """The parameter that a variable's name declares, by the rules of BASIL; None if it is none."""
    match = _BASIL.fullmatch(variable)
    if match is None:
        return None
    marks, name, kind, local = match.groups()
    base = Parameter(name=name, type="text", variable=variable, required=marks == "_")
    if kind == "iri":
        return replace(base, type="iri")
    if kind == "number":
        return replace(base, type="number")
    if kind in (None, "literal", "string"):
        return base
    if local or kind in _XSD:
        spaces = {**PREFIXES, **declared(text)}
        space = spaces.get(kind) if local else expand("xsd:")
        datatype = f"{space}{local or kind}" if space else ""
        if datatype == expand("xsd:date"):
            return replace(base, type="date")
        return replace(base, type="literal", datatype=datatype) if space else base
    return replace(base, language=kind.lower()) if len(kind) == 2 and kind.isalpha() else base
