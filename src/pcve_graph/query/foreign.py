"""Queries from outside the project: single files, and folders written for grlc or BASIL.

grlc has a YAML header in `#+` lines, and ignores all of it if one line is not YAML. This module
parses each key by itself: YAML where it is valid, otherwise plain text, with a note. BASIL, and
grlc after it, encode the type of a parameter in the name of its variable:

    ?_name             required, a plain literal      ?__name            the same, optional
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
from ..model.problems import ContentError, Position, Problem, UsageError, rule_problem
from ..model.project import Project
from ..model.suggest import did_you_mean
from ..model.terms import from_iri
from ..syntax.sparql_bounds import check_query_size
from ..syntax.sparql_errors import check_syntax
from ..syntax.sparql_tokens import (
    declared_prefixes,
    missing_prefixes,
    update_keyword,
    variable_names,
)
from ..syntax.tree import (
    MappingNode,
    RecordNode,
    ScalarNode,
    SequenceNode,
    check_characters,
    decode_utf8,
)
from ..syntax.yaml import parse_yaml_record
from ..system.files import walk_files
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
    list_problems,
    parameter,
    read_query_file,
    texts,
)

ENDINGS: Final = (".rq", ".sparql")
_SUPPORTED_KEYS: Final = (*KEYS, "defaults", "enumerate")
_TEXT_KEYS: Final = ("summary", "description")
_GRLC_SERVER_KEYS: Final = {
    "endpoint": "name one with --endpoint",
    "endpoint-method": "",
    "endpoint_in_url": "",
    "method": "",
    "mime": "--format says how the answer is written",
    "pagination": "--limit N stops after N rows",
    "transform": "--format json gives the results of SPARQL 1.1",
}
"""Decorators of grlc that configure its server, each with its replacement in pcve."""

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


def resolve_query(project: Project, name: str, folder: Path | None) -> SavedQuery:
    """The query `name` in `folder`, or without a folder in the project; `name` may be a file.

    Raises UsageError if there is no such query, ContentError if it is not valid.
    """
    path = Path(name)
    if folder is not None:
        paths_by_name = _files(folder)
        if name in paths_by_name:
            return parse_foreign_query(
                read_query_file(paths_by_name[name], name), str(paths_by_name[name])
            )
        hint = did_you_mean(name, paths_by_name) or f"`pcve queries --queries {folder}` lists them"
        raise UsageError(f"there is no query {name!r} in {folder}; {hint}")
    if path.suffix in ENDINGS or (path.is_file() and not _is_saved(project, name)):
        if not path.exists():
            raise UsageError(f"there is no file {name}")
        return parse_foreign_query(read_query_file(path, name), name)
    return find_query(project, name)


def _is_saved(project: Project, name: str) -> bool:
    return (project.queries / "answers" / f"{name}.rq").is_file()


def read_query_folder(folder: Path) -> tuple[dict[str, SavedQuery], list[Problem]]:
    """The queries in a folder and its subfolders, by name, and the problems of the others.

    A name is the path relative to the folder, without its suffix. Raises UsageError if `folder` is
    not a folder.
    """
    queries: dict[str, SavedQuery] = {}
    problems: list[Problem] = []
    for name, path in _files(folder).items():
        inside.report_task(f"reading {path}")
        try:
            queries[name] = replace(
                parse_foreign_query(read_query_file(path, str(path)), str(path)), name=name
            )
        except ContentError as error:
            problems += error.problems
    return queries, problems


def _files(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder of queries")
    return {
        path.relative_to(folder).with_suffix("").as_posix(): path
        for path in sorted(Path(entry) for _, entry in walk_files(folder))
        if path.suffix in ENDINGS
    }


def parse_foreign_query(raw: bytes, name: str) -> SavedQuery:
    """A query from outside the project. It need not declare the project's own prefixes.

    Raises ContentError if it is not SPARQL or is an update; faults of the header are notes.
    """
    check_query_size(len(raw), name)
    text = decode_utf8(raw, name)
    check_characters(text, name)
    if word := update_keyword(text):
        fault = f"{word} is an update; queries are read-only"
        raise ContentError([rule_problem("query-syntax", Position(name), fault, "use SELECT")])
    missing = missing_prefixes(text, PREFIXES)
    prologue = "".join(f"PREFIX {prefix}: {from_iri(PREFIXES[prefix])} " for prefix in missing)
    check_syntax(prologue + text, name, len(prologue))
    reader = _Header(name)
    lines = re.sub(r"^  (?=\S)", "   ", header(text), flags=re.M).split("\n")
    node = reader.parse_whole(lines) or reader.parse_mapping(list(enumerate(lines, 1)))
    params = _params(node, prologue + text, reader)
    reader.check_keys(node)
    query = assemble(name, prologue + text, node, params)
    problems = list_problems(query, node)
    reader.notes += [replace(problem, severity="note") for problem in problems]
    return replace(query, notes=tuple(reader.notes), lists=() if problems else query.lists)


class _Header:
    """Parses a header key by key, and collects notes on what it could not parse."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.notes: list[Problem] = []

    def add_note(self, line: int, fault: str, fix: str) -> None:
        problem = rule_problem("query-header", Position(self.name, line), fault, fix)
        self.notes.append(replace(problem, severity="note"))

    def parse_whole(self, lines: list[str]) -> MappingNode | None:
        """The header as one YAML (or JSON) mapping; None for anything else and for nested texts."""
        try:
            node = parse_yaml_record("\n".join(lines), self.name)
        except ContentError:
            return None
        if not isinstance(node, MappingNode):
            return None
        nested = any(isinstance(node.get(key), (MappingNode, SequenceNode)) for key in _TEXT_KEYS)
        return None if nested else node

    def parse_mapping(self, lines: list[tuple[int, str]]) -> MappingNode:
        """The keys and values of lines of one depth and deeper; a line is (number, text)."""
        values_by_key: dict[str, tuple[ScalarNode, RecordNode]] = {}
        for number, key, chunk in self.split_keys([line for line in lines if line[1].strip()]):
            if key in values_by_key:
                self.add_note(number, f'duplicate key "{key}"', "the first value is used")
                continue
            value = self.parse_value(number, key, chunk)
            if value is not None:
                values_by_key[key] = (ScalarNode(key, Position(self.name, number)), value)
        return MappingNode(tuple(values_by_key.values()), Position(self.name))

    def split_keys(
        self, lines: list[tuple[int, str]]
    ) -> Iterator[tuple[int, str, list[tuple[int, str]]]]:
        """(line number, key, its lines) for each key of the least depth."""
        depth = min((len(text) - len(text.lstrip()) for _, text in lines), default=0)
        chunks: list[tuple[int, str, list[tuple[int, str]]]] = []
        for number, text in lines:
            match = re.match(r"([A-Za-z_][\w-]*)\s*:(?:\s|$)", text[depth:])
            if match:
                chunks.append((number, match[1], []))
            if chunks:
                chunks[-1][2].append((number, text))
            else:
                self.add_note(
                    number, f"{text.strip()!r} does not belong to a key", "write `#+ key: value`"
                )
        yield from chunks

    def parse_value(self, number: int, key: str, chunk: list[tuple[int, str]]) -> RecordNode | None:
        """The value of a key, parsed as YAML where that is valid, otherwise as plain text."""
        try:
            node = parse_yaml_record("\n".join(text for _, text in chunk), self.name, number)
            value = node.get(key) if isinstance(node, MappingNode) else None
            if isinstance(value, ScalarNode) or key not in _TEXT_KEYS:
                return value
            problem = "it has nested keys"
        except ContentError as error:
            problem = error.problems[0].message
        first = chunk[0][1].split(":", 1)[1].strip()
        nested = key not in _TEXT_KEYS and not first and len(chunk) > 1
        if nested and next(self.split_keys(chunk[1:]), None):
            return self.parse_mapping(chunk[1:])
        text = " ".join([first, *(text.strip() for _, text in chunk[1:])]).strip()
        if not text:
            self.add_note(number, f'"{key}" has no value', "fill it in or delete it")
            return None
        bare = re.sub(r"^(['\"])(.*)\1$", r"\2", text)
        quoted = "'" + bare.replace("'", "''") + "'"
        why = f'"{key}" is not YAML ({problem}), so it is read as text'
        self.add_note(number, why, f"write {key}: {quoted}")
        return ScalarNode(bare, Position(self.name, number))

    def check_keys(self, node: MappingNode) -> None:
        """Add a note for each key that pcve ignores."""
        for key, _ in node.entries:
            line = key.position.line
            if key.text in _GRLC_SERVER_KEYS:
                instead = _GRLC_SERVER_KEYS[key.text] or "no action is needed"
                self.add_note(line, f'"{key.text}" configures the grlc server; ignored', instead)
            elif key.text not in _SUPPORTED_KEYS:
                hint = did_you_mean(key.text, _SUPPORTED_KEYS) or "no action is needed"
                self.add_note(line, f'unknown key "{key.text}"; ignored', hint)


def _params(node: MappingNode, text: str, reader: _Header) -> list[Parameter]:
    """The parameters that the header or a variable's name declares, with their values."""
    used = variable_names(text)
    params_by_name: dict[str, Parameter] = {}
    for key, value in entries(node.get("params")):
        param = parameter(
            key, value if isinstance(value, MappingNode) else MappingNode((), key.position)
        )
        if param.variable not in used:
            reader.add_note(
                key.position.line, f"the query has no ?{param.variable}", "correct the name"
            )
            continue
        params_by_name[param.name] = param if param.type in TYPES else replace(param, type="text")
    for variable in sorted(used):
        declared_parameter = _parameter_of_name(variable, text)
        if variable not in params_by_name and declared_parameter:
            name = (
                variable if declared_parameter.name in params_by_name else declared_parameter.name
            )
            params_by_name[name] = replace(declared_parameter, name=name)
    for decorator in ("defaults", "enumerate"):
        for name, value in _settings(node.get(decorator)):
            match = [
                param for param in params_by_name.values() if name in (param.name, param.variable)
            ]
            if not match:
                fix = "its parameters: " + (", ".join(params_by_name) or "none")
                reader.add_note(value.position.line, f"{decorator}: unknown parameter {name}", fix)
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


def _settings(node: RecordNode | None) -> Iterator[tuple[str, RecordNode]]:
    """(parameter, value) pairs of a mapping, or of a list of mappings as grlc has it."""
    for mapping in node.values if isinstance(node, SequenceNode) else (node,):
        for key, value in entries(mapping):
            yield key.text, value


def _parameter_of_name(variable: str, text: str) -> Parameter | None:
    """The parameter that a variable's name declares by the rules of BASIL; None without one."""
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
        spaces = {**PREFIXES, **declared_prefixes(text)}
        space = spaces.get(kind) if local else expand("xsd:")
        datatype = f"{space}{local or kind}" if space else ""
        if datatype == expand("xsd:date"):
            return replace(base, type="date")
        return replace(base, type="literal", datatype=datatype) if space else base
    return replace(base, language=kind.lower()) if len(kind) == 2 and kind.isalpha() else base
