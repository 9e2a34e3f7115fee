"""The files that answer at the addresses that moved, on a site of static files."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

import pyoxigraph as ox

from ...graph.serialize import serialize
from ...model.namespaces import BASE, expand
from ..release.moved import MovedIri

_FORMATS: Final = {".ttl": "turtle", ".jsonld": "jsonld", ".rdf": "rdfxml", ".nt": "nt"}
"""The form of each extension that docs/w3id/.htaccess leads to, HTML excepted."""

_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url={new}">
<link rel="canonical" href="{new}">
<title>Moved · pcve</title>
<p>This address moved to <a href="{new}">{new}</a>: {reason}.</p>
</html>
"""


def moved_pages(rows: Iterable[MovedIri]) -> dict[str, bytes]:
    """For each IRI that moved, a page that leads to the new one, and the same as RDF, by path.

    In RDF the old IRI is replaced by the new one (dcterms:isReplacedBy); if that is no longer a
    claim or quote, but what it was about, see there (rdfs:seeAlso).
    """
    files = {}
    for row in rows:
        if row.old == row.new:
            continue
        path = row.old.removeprefix(BASE)
        predicate = expand("dcterms:isReplacedBy" if row.is_replaced else "rdfs:seeAlso")
        statement = ox.Triple(*map(ox.NamedNode, (row.old, predicate, row.new)))
        page = _PAGE.format(new=escape(row.new), reason=escape(row.reason))
        files[f"{path}.html"] = page.encode()
        for ending, form in _FORMATS.items():
            files[path + ending] = serialize([statement], form)
    return files
