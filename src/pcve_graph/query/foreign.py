"""Queries from outside the project: single files, and folders written for grlc or BASIL."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from ..model.namespaces import PREFIXES
from ..model.problems import ContentError, Position, Problem, UsageError, rule_problem
from ..model.project import Project
from ..model.suggest import did_you_mean
from ..model.terms import from_iri
from ..syntax.sparql_bounds import check_query_size, check_query_text
from ..syntax.sparql_constants import lower_booleans, with_placeholders
from ..syntax.sparql_errors import check_syntax
from ..syntax.sparql_tokens import line_and_column, missing_prefixes, update_keyword
from ..syntax.tree import check_characters, decode_utf8
from ..system.sandbox import inside
from .foreign_files import ENDINGS, is_query_name, query_paths, triple_pattern_query
from .foreign_header import ForeignHeader
from .foreign_parameters import fit_places, foreign_parameters, names_in_strings
from .label_properties import label_notes
from .saved import SavedQuery, assemble, find_query, header, list_problems, read_query_file


def resolve_query(project: Project, name: str, folder: Path | None) -> SavedQuery:
    """The query `name` in `folder`, or without a folder in the project; `name` may be a file.

    Raises UsageError if there is no such query, ContentError if it is not valid.
    """
    path = Path(name)
    if folder is not None:
        refused: list[Problem] = []
        paths_by_name = query_paths(folder, refused.append)
        paths_by_file = {
            path.relative_to(folder).as_posix(): path for path in paths_by_name.values()
        }
        chosen = paths_by_name.get(name) or paths_by_file.get(name)
        if chosen:
            return parse_foreign_query(read_query_file(chosen, name), str(chosen))
        places = {folder / name, *(folder / f"{name}{ending}" for ending in ENDINGS)}
        if links := [link for link in refused if Path(link.position.path) in places]:
            raise ContentError(links)
        hint = did_you_mean(name, paths_by_name) or f"`pcve queries --queries {folder}` lists them"
        raise UsageError(f"there is no query {name!r} in {folder}; {hint}")
    if is_query_name(name) or (path.is_file() and not _is_saved(project, name)):
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
    for name, path in query_paths(folder, problems.append).items():
        inside.report_task(f"reading {path}")
        try:
            queries[name] = replace(
                parse_foreign_query(read_query_file(path, str(path)), str(path)), name=name
            )
        except ContentError as error:
            problems += error.problems
    return queries, problems


def parse_foreign_query(raw: bytes, name: str) -> SavedQuery:
    """A query from outside the project. It need not declare the project's own prefixes.

    Raises ContentError if it is not SPARQL or is an update; faults of the header are notes.
    """
    check_query_size(len(raw), name)
    text = lower_booleans(decode_utf8(raw, name))
    check_characters(text, name)
    if name.lower().endswith(".tpf"):
        text = triple_pattern_query(text, name)
    if word := update_keyword(text):
        fault = f"{word} is an update; queries are read-only"
        raise ContentError([rule_problem("query-syntax", Position(name), fault, "use SELECT")])
    missing = missing_prefixes(text, PREFIXES)
    prologue = "".join(f"PREFIX {prefix}: {from_iri(PREFIXES[prefix])} " for prefix in missing)
    reader = ForeignHeader(name)
    reader.notes += label_notes(text, name)
    text = prologue + text
    lines = re.sub(r"^  (?=\S)", "   ", header(text[len(prologue) :]), flags=re.M).split("\n")
    node = reader.parse_whole(lines) or reader.parse_mapping(list(enumerate(lines, 1)))
    params_by_name = foreign_parameters(node, text, reader)
    variables = {param.variable for param in params_by_name.values()}
    check_query_text(text, name, len(prologue))
    checked, kinds = with_placeholders(text, variables)
    check_syntax(checked, name, len(prologue))
    params = fit_places(params_by_name, kinds, node, reader)
    for variable, offset in names_in_strings(text, params_by_name):
        fault = f"{variable} stands inside a string or an IRI, where no value is put"
        fix = f"write it outside, as in CONCAT(…, {variable})"
        reader.add_note(line_and_column(text, offset)[0], fault, fix)
    reader.check_keys(node)
    query = assemble(name, text, node, params)
    problems = list_problems(query, node)
    reader.notes += [replace(problem, severity="note") for problem in problems]
    lists = () if problems else query.lists
    return replace(query, notes=tuple(reader.notes), lists=lists, is_foreign=True)
