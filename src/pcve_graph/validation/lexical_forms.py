"""Whether a text is a lexical form of a datatype, so that a fix may state it with that datatype."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ..model.dates import date_range
from ..model.namespaces import expand
from ..model.terms import Iri, NTerm, literal_parts
from .engines import is_well_typed

_RANGES: Final[dict[str, tuple[int | None, int | None]]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
"""The least and the greatest value of each integer datatype (XML Schema 1.1, section 3.4)."""

_CAST: Final = {
    *("boolean", "decimal", "float", "double", "date", "time", "dateTime", "gYear", "gYearMonth"),
    *("gMonth", "gMonthDay", "gDay", "duration", "dayTimeDuration", "yearMonthDuration"),
}
"""The datatypes to which SPARQL casts a text."""

_FORMS: Final = {
    "string": re.compile(r"[\s\S]*"),
    "anyURI": re.compile(r"[^\s<>\"{}|\\^`]+"),
    "language": re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*"),
    "dateTimeStamp": re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"),
}
_NUMBER: Final = re.compile(r"[+-]?\d{1,100}")


def datatype_of(term: NTerm) -> Iri:
    """The datatype of a literal (RDF 1.1 Concepts, section 3.3)."""
    _, language, datatype = literal_parts(term)
    if language:
        return expand("rdf:langString")
    return datatype or expand("xsd:string")


@lru_cache(4096)
def is_lexical_form(text: str, datatype: str) -> bool:
    """Whether `text` is valid for a datatype; true for one whose forms are not defined here.

    Datatypes of XML Schema that are not here have no valid text, nor has rdf:langString.
    """
    if datatype == expand("edtf:EDTF"):
        return date_range(text) is not None
    xsd = expand("xsd:")
    if not datatype.startswith(xsd):
        return not datatype.startswith(expand("rdf:"))
    name = datatype.removeprefix(xsd)
    if name in _RANGES:
        least, greatest = _RANGES[name]
        number = int(text) if _NUMBER.fullmatch(text) else None
        return number is not None and not (
            (least is not None and number < least) or (greatest is not None and number > greatest)
        )
    if name in _FORMS:
        return bool(_FORMS[name].fullmatch(text))
    return name in _CAST and text == text.strip() and is_well_typed(text, datatype)
