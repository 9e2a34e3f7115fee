"""Checks of the SPARQL in shapes before an engine parses it.

Shapes may come from anyone, and an engine prepends their prefix declarations to queries as text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from ..model.namespaces import expand
from ..model.problems import ContentError, UsageError
from ..syntax.sparql_bounds import check_query_text
from ..syntax.sparql_tokens import dataset_graphs, has_service

_QUERIES: Final = {
    f"<{expand(name)}>"
    for name in ("sh:ask", "sh:construct", "sh:select", "sh:sparqlExpr", "sh:update")
}
_PREFIX: Final = f"<{expand('sh:prefix')}>"
_NAMESPACE: Final = f"<{expand('sh:namespace')}>"


@lru_cache(4)
def check_queries(shapes: str) -> None:
    """Raise UsageError for a query in `shapes` (N-Triples) that no engine may parse.

    That is a query that `check_query_text` rejects, one with SERVICE (forbidden by SHACL
    5.2.1) or FROM, and one with a prefix or namespace that would inject text into the query.
    """
    for line in shapes.splitlines():
        subject, predicate, value = line.split(" ", 2)
        if predicate in _QUERIES:
            _check_query(_text(value), f"the query of {subject}")
        elif predicate == _PREFIX and not re.fullmatch(r"[\w.\-]*", _text(value)):
            raise _unusable(f"{subject} declares an invalid prefix: {_text(value)[:60]!r}")
        elif predicate == _NAMESPACE and re.search(r'[<>"{}|^`\\\x00-\x20]', _text(value)):
            raise _unusable(f"{subject} declares an invalid namespace: {_text(value)[:60]!r}")


def _check_query(text: str, name: str) -> None:
    try:
        check_query_text(text, name)
    except ContentError as error:
        raise _unusable(str(error)) from None
    if has_service(text):
        raise _unusable(f"{name} has SERVICE, which queries another server")
    if dataset_graphs(text):
        raise _unusable(f"{name} has FROM, but shapes apply to the validated data only")


def _text(literal: str) -> str:
    """The text of the literal or IRI at the end of a line of N-Triples."""
    line = f"<urn:s> <urn:p> {literal}"
    term = next(iter(ox.parse(line, format=ox.RdfFormat.N_TRIPLES))).object
    return str(getattr(term, "value", ""))


def _unusable(why: str) -> UsageError:
    return UsageError(f"the shapes cannot be used: {why}")
