"""BibTeX: documents and sources as a bibliography, for reference managers and LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from types import ModuleType
from typing import Any, Final

from ...model.dates import EDTF, precision
from ...model.problems import NothingToWriteError
from ...model.schema import Ontology
from ...model.terms import Iri
from ...query.render import format_date
from .entities import Entities, import_optional, short_id
from .standings import Standings
from .subset import GraphPart

_MONTHS: Final = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
]
_ESCAPES: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "$": r"\$",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        "{": r"\{",
        "}": r"\}",
    }
)
"""The signs of TeX that pybtex leaves as they are; it escapes `#`, `%`, `&` and `_`."""

_UNPAIRED: Final = _ESCAPES | str.maketrans({"{": r"\textbraceleft{}", "}": r"\textbraceright{}"})
"""For texts whose braces are not in pairs: BibTeX counts a brace also behind a backslash."""


_PROPERTIES: Final = {
    "title": "dcterms:title",
    "name": "skos:prefLabel",
    "author": "schema:author",
    "publisher": "schema:publisher",
    "kind": "pcve:kind",
    "number": "dcterms:identifier",
    "date": "dcterms:issued",
    "keywords": "schema:about",
}
"""The properties that the entry of a document shows."""


def bibtex(part: GraphPart, ontology: Ontology) -> bytes:
    """BibTeX in UTF-8: an entry for each document, then one for each source; the key is the id.

    `note` names the facts of a document that are inferred or contested; what is in the entry of a
    source is read from it. Dates keep their precision. Texts are escaped for LaTeX; URLs are not,
    for \\url. Raises UsageError where pybtex is not installed, NothingToWriteError without
    documents and sources.
    """
    pybtex = import_optional("pybtex.database", "bibtex")
    entities = Entities(part, "facts", "vocabulary", "catalog")
    addresses: list[str] = []
    entries = {}
    standings = Standings(Entities(part, "evidence"))
    for iri in filter(entities.is_described, entities.of("pcve:Document")):
        entries[short_id(iri)] = _document(pybtex, entities, standings, iri, addresses)
    for iri in entities.of("pcve:Source"):
        entries[f"source-{short_id(iri)}"] = _source(pybtex, entities, iri, addresses)
    if not entries:
        raise NothingToWriteError("no document and no source matches")
    text = pybtex.BibliographyData(entries).to_string("bibtex")
    unescaped = _URL.sub(lambda match: f"url = {{{addresses[int(match[1])]}}}", text)
    return unescaped.encode()


_URL: Final = re.compile(r'(?<=^    )url = "(\d+)"', re.M)
"""The placeholder of a URL, by number: URLs must not be escaped as texts are."""


def _document(
    pybtex: ModuleType, entities: Entities, standings: Standings, iri: Iri, addresses: list[str]
) -> Any:
    authors = entities.labels(entities.refs(iri, "schema:author"))
    publishers = entities.labels(entities.refs(iri, "schema:publisher"))
    kind = "; ".join(entities.labels(entities.refs(iri, "pcve:kind")))
    numbers = entities.literals(iri, "dcterms:identifier")
    web = [ref for ref in entities.refs(iri, "schema:sameAs") if "wikidata" not in ref]
    notes = entities.notes([entities.label(iri), *authors, *publishers])
    standing = standings.in_words(entities, iri, _PROPERTIES)
    notes += [f"Standing: {standing}."] if standing else []
    fields = {
        "title": _verbatim(entities.label(iri)),
        "howpublished": kind[:1].upper() + kind[1:],
        "publisher": _plain("; ".join(publishers)),
        "number": _plain("; ".join(numbers)),
        **_date(entities.text(iri, "dcterms:issued")),
        "url": _address(web or [iri], addresses),
        "keywords": _plain(", ".join(entities.labels(entities.refs(iri, "schema:about")))),
        "note": _plain(" ".join(notes)),
    }
    return _entry(pybtex, fields, authors)


def _source(pybtex: ModuleType, entities: Entities, iri: Iri, addresses: list[str]) -> Any:
    """The entry of a source; its publisher and authors as printed, else by their labels."""
    authors = entities.literals(iri, "pcve:authorName")
    publishers = entities.literals(iri, "pcve:publisherName")
    kind = "; ".join(entities.labels(entities.refs(iri, "pcve:kind")))
    authors = authors or entities.labels(entities.refs(iri, "schema:author"))
    publishers = publishers or entities.labels(entities.refs(iri, "dcterms:publisher"))
    fields = {
        "title": _verbatim(entities.label(iri)),
        "howpublished": kind[:1].upper() + kind[1:],
        "publisher": _plain("; ".join(publishers)),
        **_date(entities.text(iri, "dcterms:issued")),
        "url": _address(entities.refs(iri, "schema:url"), addresses),
        "urldate": entities.text(iri, "pcve:dateRead"),
        "language": entities.text(iri, "dcterms:language"),
        "note": _plain(" ".join(entities.notes([entities.label(iri)]))),
    }
    return _entry(pybtex, fields, authors)


def _entry(pybtex: ModuleType, fields: dict[str, str], authors: list[str]) -> Any:
    persons = (
        {"author": [pybtex.Person(_verbatim(author)) for author in authors]} if authors else {}
    )
    return pybtex.Entry("misc", [(name, text) for name, text in fields.items() if text], persons)


def _plain(text: str) -> str:
    """A text on one line that LaTeX prints as it is, once pybtex has written it."""
    escapes = _ESCAPES if _in_pairs(text) else _UNPAIRED
    return " ".join(text.translate(escapes).split())


def _in_pairs(text: str) -> bool:
    """Whether every brace of a text has its opening or closing one."""
    depths = list(accumulate((character == "{") - (character == "}") for character in text))
    return not depths or (min(depths) >= 0 and depths[-1] == 0)


def _verbatim(text: str) -> str:
    """A text in braces: its capitals are preserved, and a name is not split into parts."""
    return f"{{{_plain(text)}}}"


def _date(text: str) -> dict[str, str]:
    """The fields of a date. One that is not exact is in words in `year`, which styles print.

    It has no `date`: biblatex reads an interval as a period, and TeX has a use for `~` and `%`.
    """
    if text and precision(text) == EDTF:
        return {"year": text if "X" in text else format_date(text)}
    year, _, rest = text.partition("-")
    month, _, day = rest.partition("-")
    month_name = _MONTHS[int(month) - 1] if month else ""
    return {"year": year, "month": month_name, "day": day, "date": text}


def _address(urls: Sequence[str], addresses: list[str]) -> str:
    """Adds the first of `urls` to `addresses`, and returns its index as text; empty without any."""
    if not urls:
        return ""
    addresses.append(urls[0])
    return str(len(addresses) - 1)
