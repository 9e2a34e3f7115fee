"""Documents and sources as a bibliography: BibTeX, for reference managers and LaTeX."""

from __future__ import annotations

import re
from typing import Any, Final

from ...model.schema import Ontology
from .entities import Things, library, short
from .subset import Part

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
_BRACES: Final = {ord("{"): "(", ord("}"): ")"}
"""What BibTeX reads as its own signs, in the words of a title."""


def bibtex(part: Part, ontology: Ontology) -> bytes:
    """BibTeX in UTF-8: an entry for each document, then one for each source; the key is the id.

    A date is as precise as it is known. An address stays as it is, for \\url. Raises UsageError
    where pybtex is not installed.
    """
    made = library("pybtex.database", "bibtex")
    things = Things(part, "facts", "vocabulary", "catalog")
    addresses: list[str] = []
    entries = {}
    for iri in filter(things.is_told, things.of("pcve:Document")):
        entries[short(iri)] = _document(made, things, iri, addresses)
    for iri in things.of("pcve:Source"):
        entries[f"source-{short(iri)}"] = _source(made, things, iri, addresses)
    text = made.BibliographyData(entries).to_string("bibtex")
    written = _URL.sub(lambda match: f"url = {{{addresses[int(match[1])]}}}", text)
    return written.encode()


_URL: Final = re.compile(r'(?<=^    )url = "(\d+)"', re.M)
"""The place of an address, by number: what is escaped in a text is not in an address."""


def _document(made: Any, things: Things, iri: str, addresses: list[str]) -> Any:
    authors = things.labels(things.refs(iri, "schema:author"))
    publishers = things.labels(things.refs(iri, "schema:publisher"))
    kind = "; ".join(things.labels(things.refs(iri, "pcve:kind")))
    numbers = things.words(iri, "dcterms:identifier")
    web = [ref for ref in things.refs(iri, "schema:sameAs") if "wikidata" not in ref]
    notes = things.notes([things.label(iri), *authors, *publishers])
    fields = {
        "title": _whole(things.label(iri)),
        "howpublished": kind[:1].upper() + kind[1:],
        "publisher": _plain("; ".join(publishers)),
        "number": _plain("; ".join(numbers)),
        **_date(things.text(iri, "dcterms:issued")),
        "url": _address(web or [iri], addresses),
        "keywords": _plain(", ".join(things.labels(things.refs(iri, "schema:about")))),
        "note": _plain(" ".join(notes)),
    }
    return _entry(made, fields, authors)


def _source(made: Any, things: Things, iri: str, addresses: list[str]) -> Any:
    fields = {
        "title": _whole(things.label(iri)),
        "publisher": _plain(things.text(iri, "dcterms:publisher")),
        **_date(things.text(iri, "dcterms:issued")),
        "url": _address(things.refs(iri, "schema:url"), addresses),
        "urldate": things.text(iri, "pcve:dateRead"),
        "language": things.text(iri, "dcterms:language"),
        "note": _plain(" ".join(things.notes([things.label(iri)]))),
    }
    return _entry(made, fields, [])


def _entry(made: Any, fields: dict[str, str], authors: list[str]) -> Any:
    persons = {"author": [made.Person(_whole(author)) for author in authors]} if authors else {}
    return made.Entry("misc", [(name, text) for name, text in fields.items() if text], persons)


def _plain(text: str) -> str:
    return " ".join(text.translate(_BRACES).split())


def _whole(text: str) -> str:
    """A text whose capitals stay, and that is one name, not a first and a last one."""
    return f"{{{_plain(text)}}}"


def _date(text: str) -> dict[str, str]:
    year, _, rest = text.partition("-")
    month, _, day = rest.partition("-")
    named = _MONTHS[int(month) - 1] if month else ""
    return {"year": year, "month": named, "day": day, "date": text}


def _address(found: list[str], addresses: list[str]) -> str:
    """The number of the first address among `addresses`, to which it is added."""
    if not found:
        return ""
    addresses.append(found[0])
    return str(len(addresses) - 1)
