"""A release as an RO-Crate 1.1: https://www.researchobject.org/ro-crate/1.1/."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from ..publish.release.metadata import About
from .layout import CRATE, File

_VERSION: Final = "https://w3id.org/ro/crate/1.1"


def crate(about: About, files: Iterable[File]) -> bytes:
    """The metadata file: the root data set, each file of the release, and who made it."""
    listed = sorted(files, key=lambda file: file.name)
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": about.title,
        "description": about.summary,
        "datePublished": about.issued,
        "version": about.version,
        "creator": {"@id": "#project"},
        "publisher": {"@id": "#project"},
        "hasPart": [{"@id": file.name} for file in listed],
    }
    nodes: list[dict[str, Any]] = [
        {
            "@id": CRATE,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": _VERSION},
        },
        root,
        {"@id": "#project", "@type": "Organization", "name": about.creator},
    ]
    if about.licence:
        root["license"] = {"@id": about.licence}
        nodes.append({"@id": about.licence, "@type": "CreativeWork", "name": "Licence of the data"})
    nodes += [
        {
            "@id": file.name,
            "@type": "File",
            "name": file.title,
            "encodingFormat": file.media_type,
            "contentSize": str(len(file.content)),
        }
        for file in listed
    ]
    document = {"@context": f"{_VERSION}/context", "@graph": nodes}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
