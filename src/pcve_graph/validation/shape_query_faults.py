"""What is wrong with the SPARQL in shapes: syntax, prefixes, and the rules of pre-binding.

Rules: SHACL, section 5.2.1 (prefixes), 5.3 (constraints) and appendix A (pre-bound variables).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from ..model.namespaces import DOCUMENT_BASE, PREFIXES, expand, local_name, nterm
from ..model.problems import RULES, ContentError
from ..model.terms import NTerm, Statement, from_iri, is_iri, is_literal, lexical, literal, to_iri
from ..syntax.iri_references import resolve_reference
from ..syntax.sparql_errors import check_syntax
from ..syntax.sparql_tokens import Token, dataset_graphs, declared_prefixes, tokenize
from .component_faults import NO_PATH, path_offset
from .query_patterns import query_patterns
from .shape_queries import INVALID_NAMESPACE, PREFIX_FORM, QUERIES, VALIDATORS
from .shapes_graph import PATH, SPARQL, TYPE, Fault, ShapesGraph

_RULE: Final = "shape-query"
_SELECT = nterm("sh:select")
_DECLARE, _PREFIXES, _IMPORTS = nterm("sh:declare"), nterm("sh:prefixes"), nterm("owl:imports")
_PREFIX, _NAMESPACE = nterm("sh:prefix"), nterm("sh:namespace")
_FUNCTIONS: Final = {nterm("sh:SPARQLFunction"), nterm("sh:JSFunction")}
_PRE_BOUND: Final = ("this", "shapesGraph", "currentShape", "PATH")
"""The variables that are bound before a query; sh:ask has `value` too (SHACL 5.3.1 and 6.2.2)."""

_FORBIDDEN: Final = {
    "MINUS": "write FILTER NOT EXISTS { … }",
    "VALUES": "write FILTER (?x IN ( … ))",
    "SERVICE": "query the data that are checked only",
}
"""The keywords that a constraint may not have (SHACL, appendix A), and what to write instead."""

_FORMS: Final = {
    _SELECT: "a SELECT",
    nterm("sh:ask"): "an ASK",
    nterm("sh:construct"): "a CONSTRUCT",
}
"""The form of query that a property takes (SHACL, sections 5.2 and 6.2; SHACL-AF)."""

_KEYWORDS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


def functions_of(graph: ShapesGraph) -> set[NTerm]:
    """The functions that the shapes define (SHACL-AF, section 5)."""
    return {row.subject for row in graph.rows if row.predicate == TYPE and row.object in _FUNCTIONS}


def query_faults(
    graph: ShapesGraph, advanced: bool, namespaces: Mapping[str, str]
) -> Iterator[Fault]:
    """The faults of all queries; `namespaces` are the prefixes of the file, for the fixes."""
    yield from _declaration_faults(graph)
    functions = functions_of(graph)
    if functions and not advanced:
        yield from _function_warnings(graph, functions)
    constraints = {row.object for row in graph.rows if row.predicate == SPARQL}
    validators = {row.object: row.subject for row in graph.rows if row.predicate in VALIDATORS}
    for row in graph.rows:
        if row.predicate == SPARQL and len(graph.values(row.object, _SELECT)) != 1:
            yield _no_select(graph, row)
        if row.predicate not in QUERIES or not is_literal(row.object):
            continue
        checked = row.subject in constraints or row.subject in validators
        if not checked and not advanced:
            continue
        node = validators.get(row.subject, row.subject)
        yield from _path_of_node_shape(graph, row)
        prefixes = _prefixes(graph, row.subject)
        parameters = graph.values(node, nterm("sh:parameter")) if node != row.subject else ()
        paths = (path for parameter in parameters for path in graph.values(parameter, PATH))
        names = {local_name(to_iri(path)) for path in paths if is_iri(path)}
        fault = _query_fault(row, node, prefixes, namespaces, names if checked else None)
        if fault is None and not advanced and functions & _called(lexical(row.object), prefixes):
            message = "the query calls a function that the shapes define; it is skipped"
            rule = "shacl-advanced"
            fix = "run it with --advanced"
            fault = Fault(rule, row, node, message, RULES[rule], fix, "node", "warning")
        if fault is not None:
            yield fault


def _path_of_node_shape(graph: ShapesGraph, row: Statement) -> Iterator[Fault]:
    """$PATH in the query of a SPARQL constraint of a node shape."""
    holders = [outer for outer in graph.holders[row.subject] if outer.predicate == SPARQL]
    of_nodes = [outer for outer in holders if outer.subject not in graph.property_shapes]
    if not of_nodes or (offset := path_offset(lexical(row.object))) is None:
        return
    if len(holders) == len(of_nodes):
        yield Fault(_RULE, row, row.subject, *NO_PATH, offset=offset)
        return
    for outer in of_nodes:
        yield Fault(_RULE, outer, outer.subject, *NO_PATH, "statement")


def _declaration_faults(graph: ShapesGraph) -> Iterator[Fault]:
    """Declarations that would put text into a query in place of a prefix or a namespace."""
    for row in graph.rows:
        text = lexical(row.object)
        if row.predicate == _PREFIX and not re.fullmatch(PREFIX_FORM, text):
            message, fix = f"the prefix {text[:60]!r} is invalid", "use letters, digits and -"
        elif row.predicate == _NAMESPACE and re.search(INVALID_NAMESPACE, text):
            message, fix = f"the namespace {text[:60]!r} is invalid", "write an IRI"
        elif row.predicate == _NAMESPACE and absolute(text) != text:
            message, fix = f"the namespace {from_iri(text)} is relative", "write the whole IRI"
            why = RULES["relative-iri"]
            yield Fault("relative-iri", row, row.subject, message, why, fix, "nothing", "warning")
            continue
        else:
            continue
        yield Fault(_RULE, row, row.subject, message, RULES[_RULE], fix)


def absolute(namespace: str) -> str:
    """A namespace that is relative in its file, against the base of files without one."""
    return resolve_reference(DOCUMENT_BASE, namespace) if namespace else namespace


def with_absolute_namespaces(rows: Iterable[Statement]) -> list[Statement]:
    """`rows` with absolute namespaces, as the engines do not take relative ones alike."""
    return [
        row._replace(object=literal(absolute(lexical(row.object)), expand("xsd:anyURI")))
        if row.predicate == _NAMESPACE and absolute(lexical(row.object)) != lexical(row.object)
        else row
        for row in rows
    ]


def _function_warnings(graph: ShapesGraph, functions: set[NTerm]) -> Iterator[Fault]:
    rule = "shacl-advanced"
    for row in graph.rows:
        if row.subject in functions and row.predicate == TYPE and row.object in _FUNCTIONS:
            message = "functions are part of SHACL Advanced Features; it is skipped"
            fix = "run it with --advanced"
            yield Fault(rule, row, row.subject, message, RULES[rule], fix, "node", "warning")


def _no_select(graph: ShapesGraph, row: Statement) -> Fault:
    number = len(graph.values(row.object, _SELECT))
    message = f"the SPARQL constraint has {number or 'no'} sh:select"
    why = "a SPARQL constraint has exactly one sh:select (SHACL 5.2)"
    at = row
    if number:
        at = Statement(row.object, _SELECT, graph.values(row.object, _SELECT)[1])
    return Fault(_RULE, at, row.object, message, why, "state one query with sh:select")


def _prefixes(graph: ShapesGraph, node: NTerm) -> dict[str, str]:
    """The prefixes that are declared for the query of `node` (SHACL 5.2.1)."""
    waiting, seen, prefixes = list(graph.values(node, _PREFIXES)), set[NTerm](), dict[str, str]()
    while waiting:
        holder = waiting.pop()
        if holder in seen:
            continue
        seen.add(holder)
        waiting += graph.values(holder, _IMPORTS)
        for declaration in graph.values(holder, _DECLARE):
            prefix, space = graph.one(declaration, _PREFIX), graph.one(declaration, _NAMESPACE)
            if prefix is not None and space is not None:
                prefixes[lexical(prefix)] = absolute(lexical(space))
    return prefixes


def _called(text: str, prefixes: Mapping[str, str]) -> set[NTerm]:
    """The IRIs in a query, written in full or with a prefix."""
    spaces = {**prefixes, **declared_prefixes(text)}
    names = set()
    for token in tokenize(text):
        if token.kind == "iri":
            names.add(NTerm(token.text))
        elif token.kind == "name":
            prefix, _, name = token.text.partition(":")
            names.add(from_iri(spaces.get(prefix, "") + name))
    return names


def _query_fault(
    row: Statement,
    node: NTerm,
    prefixes: Mapping[str, str],
    namespaces: Mapping[str, str],
    parameters: Collection[str] | None,
) -> Fault | None:
    """The first fault of the query in `row`; None if it has none.

    `parameters` are the names that a component binds; None for a query that is no constraint.
    """
    text = lexical(row.object)

    def fault(message: str, fix: str, offset: int = -1, why: str = RULES[_RULE]) -> Fault:
        return Fault(_RULE, row, node, message, why, fix, offset=offset)

    if row.predicate in (nterm("sh:update"), nterm("sh:sparqlExpr")):
        return None
    tokens = tokenize(text)
    if other := _other_form(tokens, row.predicate):
        name, form = local_name(to_iri(row.predicate)), _FORMS[row.predicate]
        message = f"sh:{name} must be {form} query, but has {other.word}"
        return fault(message, f"write {form} query", other.start)
    declared = prefixes.keys() | declared_prefixes(text).keys()
    names = (token for token in tokens if token.kind == "name")
    if token := next((name for name in names if _prefix(name) not in declared), None):
        why = "the prefixes of a query are those that sh:prefixes and sh:declare state, "
        why += "or the query itself; those of the file do not count (SHACL 5.2.1)"
        message = f"the prefix {_prefix(token)}: of the query is not declared"
        return fault(message, _declaration(_prefix(token), namespaces), token.start, why)
    is_select = row.predicate == _SELECT
    if parameters is not None and (broken := _pre_binding(tokens, is_select, parameters)):
        message, fix, offset = broken
        why = "the variables that SHACL binds beforehand stay bound (SHACL 5.3.1 and appendix A)"
        return fault(message, fix, offset, why)
    if any(token.word == "SERVICE" for token in tokens):
        return fault("the query has SERVICE, which queries another server", _FORBIDDEN["SERVICE"])
    if dataset_graphs(text):
        message = "the query has FROM, but shapes apply to the data that are checked"
        return fault(message, "delete FROM")
    header = "".join(
        f"PREFIX {prefix}: {from_iri(space)} " for prefix, space in sorted(prefixes.items())
    )
    try:
        check_syntax(header + text.replace("$PATH", "<a:b>"), "", len(header))
    except ContentError as error:
        problem = error.problems[0]
        if "is not a function of SPARQL" in problem.message:
            return None
        lines = text.split("\n")[: problem.position.line - 1]
        offset = sum(len(line) + 1 for line in lines) + problem.position.column - 1
        return fault(problem.message, problem.fix, offset, problem.why)
    for pattern in query_patterns(text):
        if reason := pattern.fault:
            message = f"{pattern.token.text} is not a regular expression that the engines read: "
            fix = "correct the regular expression"
            return fault(message + reason, fix, pattern.token.start)
    return None


def _prefix(name: Token) -> str:
    return name.text.partition(":")[0]


def _other_form(tokens: list[Token], holder: NTerm) -> Token | None:
    """The keyword of a query that is of another form than its property takes; None otherwise."""
    first = next((token for token in tokens if token.word in _KEYWORDS), None)
    right = _FORMS[holder].split()[-1]
    return first if first and first.word != right else None


def _declaration(prefix: str, namespaces: Mapping[str, str]) -> str:
    """The statement that declares `prefix`, with the namespace that it has in the file."""
    space = namespaces.get(prefix, "…")
    xsd = "xsd:anyURI" if namespaces.get("xsd") == PREFIXES["xsd"] else nterm("xsd:anyURI")
    return (
        f'add sh:prefixes [ sh:declare [ sh:prefix "{prefix}" ; '
        f'sh:namespace "{space}"^^{xsd} ] ] beside the query'
    )


def _pre_binding(
    tokens: list[Token], select: bool, parameters: Collection[str]
) -> tuple[str, str, int] | None:
    """(message, fix, offset) of the first breach of the rules of pre-binding; None without one."""
    bound = (*_PRE_BOUND, *parameters, *(() if select else ("value",)))
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else token
        if token.word in _FORBIDDEN:
            message = f"a query of a shape may not have {token.word}"
            return message, _FORBIDDEN[token.word], token.start
        if token.word == "AS" and following.text[1:] in bound:
            message = f"{following.text} is bound beforehand, so AS may not bind it again"
            return message, "use another variable", following.start
        if token.word == "SELECT" and (select or index):
            ends = (
                at for at, end in enumerate(tokens[index:], index) if end.word in ("WHERE", "{")
            )
            projected = tokens[index : next(ends, len(tokens))]
            if not any(column.text in ("?this", "$this", "*") for column in projected):
                return "SELECT does not select $this", "write SELECT $this …", token.start
    return None
