"""Relative references to IRIs, resolved as parsers of RDF do."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def has_scheme(reference: str) -> bool:
    """Whether a reference is a whole IRI, which no base changes."""
    return bool(_SCHEME.match(reference))


def resolve_reference(base: str, reference: str) -> str:
    """The IRI that `reference` stands for in a document with the IRI `base`.

    Rule: RFC 3986, section 5.2. Unlike `urljoin`, a reference with a scheme stays as it is written,
    and an empty fragment is kept, with which the namespaces of many vocabularies end.

    >>> resolve_reference("https://w3id.org/pcve/document/", "https://w3id.org/pcve/ns#")
    'https://w3id.org/pcve/ns#'
    >>> resolve_reference("https://w3id.org/pcve/document/", "../ns#")
    'https://w3id.org/pcve/ns#'
    """
    if has_scheme(reference):
        return reference
    resolved = urljoin(base, reference)
    return f"{resolved}#" if reference.endswith("#") and not resolved.endswith("#") else resolved
