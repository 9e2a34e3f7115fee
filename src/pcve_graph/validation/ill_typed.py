"""Ill-typed literals that the compiled engine takes for valid, marked so that it does not.

Turbo accepts `nan` and `inf` for xsd:double and any text for some datatypes of XML Schema. With a
datatype of its own such a literal violates sh:datatype, and compares with nothing (SHACL 4.1.2,
4.3); in the report it has its own datatype again.
"""

from __future__ import annotations

import re
from typing import Final

from ..model.namespaces import expand
from ..model.terms import (
    from_iri,
    is_literal,
    literal,
    literal_parts,
    parse_statement,
    statement_lines,
    triple_line,
)
from ..syntax.lexical_forms import LENIENT, is_ill_typed

_MARK: Final = "urn:x-ill-typed:"
_ENDS: Final = tuple(f"#{name}> ." for name in sorted(LENIENT))
_SUSPECT: Final = re.compile(
    '"{}{}(?:{})> [.]$'.format(
        re.escape("^^"), re.escape(from_iri(expand("xsd:"))[:-1]), "|".join(sorted(LENIENT))
    ),
    re.MULTILINE,
)


def with_marked_literals(text: str) -> str:
    """N-Triples, a statement per line, with a datatype of their own for ill-typed literals."""
    if not any(end in text for end in _ENDS):
        return text
    return "\n".join(
        _marked(line) if _SUSPECT.search(line) else line for line in statement_lines(text)
    )


def _marked(line: str) -> str:
    row = parse_statement(line)
    if not is_literal(row.object):
        return line
    text, _, datatype = literal_parts(row.object)
    if datatype is None or not is_ill_typed(text, datatype):
        return line
    return triple_line((row.subject, row.predicate, literal(text, _MARK + datatype)))


def unmarked(datatype: str) -> str:
    """The datatype that a literal with this datatype in a report has in the data."""
    return datatype.removeprefix(_MARK)
