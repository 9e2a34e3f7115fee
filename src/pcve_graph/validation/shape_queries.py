"""Checks of the SPARQL in shapes before an engine parses it.

Shapes may come from anyone, and an engine prepends their prefix declarations to queries as text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ..model.namespaces import nterm
from ..model.problems import ContentError, UsageError
from ..model.terms import lexical, parse_statement, statement_lines
from ..syntax.sparql_bounds import check_query_text
from ..syntax.sparql_tokens import dataset_graphs, has_service

QUERIES: Final = {
    nterm(name) for name in ("sh:ask", "sh:construct", "sh:select", "sh:sparqlExpr", "sh:update")
}
"""The properties whose values are SPARQL."""

VALIDATORS: Final = frozenset(
    nterm(f"sh:{name}") for name in ("validator", "nodeValidator", "propertyValidator")
)
"""The properties of a constraint component whose values are its validators (SHACL 6.2.3)."""

PREFIX_FORM: Final = r"[\w.\-]*"
INVALID_NAMESPACE: Final = r'[<>"{}|^`\\\x00-\x20]'
_ADVANCED: Final = re.compile(
    "|".join(
        f" {re.escape(nterm(f'sh:{name}'))} "
        for name in ("expression", "rule", "target", "SPARQLFunction")
    )
)
"""Matches a statement with one of SHACL Advanced Features."""

_PREFIX: Final = nterm("sh:prefix")
_NAMESPACE: Final = nterm("sh:namespace")


def is_advanced(shapes: str) -> bool:
    """Whether `shapes` use SHACL Advanced Features, which both engines then run."""
    return bool(_ADVANCED.search(shapes))


@lru_cache(4)
def check_queries(shapes: str) -> None:
    """Raise UsageError for a query in `shapes` (N-Triples) that no engine may parse.

    That is a query that `check_query_text` rejects, one with SERVICE (forbidden by SHACL
    5.2.1) or FROM, and one with a prefix or namespace that would inject text into the query.
    """
    for line in statement_lines(shapes):
        subject, predicate, value = parse_statement(line)
        if predicate in QUERIES:
            _check_query(lexical(value), f"the query of {subject}")
        elif predicate == _PREFIX and not re.fullmatch(PREFIX_FORM, lexical(value)):
            raise _unusable(f"{subject} declares an invalid prefix: {lexical(value)[:60]!r}")
        elif predicate == _NAMESPACE and re.search(INVALID_NAMESPACE, lexical(value)):
            raise _unusable(f"{subject} declares an invalid namespace: {lexical(value)[:60]!r}")


def _check_query(text: str, name: str) -> None:
    try:
        check_query_text(text, name)
    except ContentError as error:
        raise _unusable(str(error)) from None
    if has_service(text):
        raise _unusable(f"{name} has SERVICE, which queries another server")
    if dataset_graphs(text):
        raise _unusable(f"{name} has FROM, but shapes apply to the validated data only")


def _unusable(why: str) -> UsageError:
    return UsageError(f"the shapes cannot be used: {why}")
