"""Whether a text is a lexical form of a datatype: for engines, and for fixes that state one."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox

from ..model.dates import date_range
from ..model.namespaces import expand
from ..model.terms import Iri, NTerm, from_iri, literal, literal_parts

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
    *("boolean", "date", "time", "dateTime", "gYear", "gYearMonth"),
    *("gMonth", "gDay", "duration", "dayTimeDuration", "yearMonthDuration"),
}
"""The datatypes to which SPARQL casts a text."""

_DAYS: Final = r"(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
_NUMERAL: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_FLOAT: Final = re.compile(rf"{_NUMERAL}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_START: Final = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
"""The characters that a name may begin with, but for the colon (XML 1.0, section 2.3)."""
_INSIDE: Final = rf"{_START}0-9.\u00b7\u0300-\u036f\u203f\u2040-"
_NAME: Final = re.compile(f"[{_START}][{_INSIDE}]*")
_BASE64: Final = re.compile(
    "(?:(?:[A-Za-z0-9+/] ?){4})*(?:(?:[A-Za-z0-9+/] ?){3}[A-Za-z0-9+/]"
    "|(?:[A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=|[A-Za-z0-9+/] ?[AQgw] ?= ?=)|"
)

_FORMS: Final = {
    "string": re.compile(r"[\s\S]*"),
    "anyURI": re.compile(r"[^\s<>\"{}|\\^`]+"),
    "language": re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*"),
    "decimal": re.compile(_NUMERAL),
    "double": _FLOAT,
    "float": _FLOAT,
    "base64Binary": _BASE64,
    "NCName": _NAME,
    "ID": _NAME,
    "IDREF": _NAME,
    "ENTITY": _NAME,
    "Name": re.compile(f"[:{_START}][:{_INSIDE}]*"),
    "NMTOKEN": re.compile(f"[:{_INSIDE}]+"),
    "hexBinary": re.compile(r"(?:[0-9a-fA-F]{2})*"),
    "normalizedString": re.compile(r"[^\t\n\r]*"),
    "token": re.compile(r"(?:[^\t\n\r ]+(?: [^\t\n\r ]+)*)?"),
}
_DURATIONS: Final = {
    "duration": re.compile(rf"-?P(?!\Z)(?:[0-9]+Y)?(?:[0-9]+M)?{_DAYS}"),
    "dayTimeDuration": re.compile(rf"-?P(?!\Z){_DAYS}"),
    "yearMonthDuration": re.compile(r"-?P(?!\Z)(?:[0-9]+Y)?(?:[0-9]+M)?"),
}
"""The forms of the datatypes of which the cast takes others too."""

LENIENT: Final = frozenset(
    ("double", "float", *_DURATIONS, "base64Binary", "language", "Name", "NCName", "NMTOKEN")
) | {"ID", "IDREF", "ENTITY"}
"""The datatypes of which turbo takes literals for valid that are ill-typed."""

_CHECKED: Final = {
    *(*_CAST, *_RANGES, "gMonthDay", "dateTimeStamp"),
    *("decimal", "hexBinary", "normalizedString", "token", *LENIENT),
}
"""The datatypes for which engines know ill-typed literals (SHACL 4.1.2)."""

_NAMES: Final = {"Name", "NCName", "NMTOKEN", "ID", "IDREF", "ENTITY"}

XSD_DATATYPES: Final = frozenset((*_RANGES, *_CAST, *_FORMS, "gMonthDay", "dateTimeStamp")) - _NAMES
"""The local names of the datatypes of XML Schema whose forms are known, but for names of XML."""

_LEAP_YEAR: Final = "2000"
_ZONE: Final = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})\Z")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,100}")


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
    if name == "gMonthDay":  # the cast of pyoxigraph refuses 29 February
        return text[:2] == "--" and _casts(f"{_LEAP_YEAR}{text[1:]}", "date")
    if name == "dateTimeStamp":
        return bool(_ZONE.search(text)) and _casts(text, "dateTime")
    form = _DURATIONS.get(name)
    return name in _CAST and (form is None or bool(form.fullmatch(text))) and _casts(text, name)


def integer_range(datatype: str) -> tuple[int | None, int | None] | None:
    """The least and the greatest value of an integer datatype, None for no bound; else None.

    >>> integer_range(expand("xsd:byte")), integer_range(expand("xsd:date"))
    ((-128, 127), None)
    """
    return _RANGES.get(datatype.removeprefix(expand("xsd:")))


def is_ill_typed(text: str, datatype: str) -> bool:
    """Whether a literal with this text is ill-typed to the engines, whatever is a fix."""
    name = datatype.removeprefix(expand("xsd:"))
    return name != datatype and name in _CHECKED and not is_lexical_form(text, datatype)


def _casts(text: str, name: str) -> bool:
    """Whether SPARQL casts a text to a datatype of XML Schema, without white space around it."""
    cast = f"SELECT ({from_iri(expand(f'xsd:{name}'))}({literal(text)}) AS ?value) {{}}"
    rows: Any = ox.Store().query(cast)
    return text == text.strip() and next(rows)["value"] is not None
