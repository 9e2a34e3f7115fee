"""The files of a release, and what is said of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

STEM: Final = "pcve"
NQUADS: Final = f"{STEM}.nq"
INPUTS: Final = "inputs.sha256"
SUMS: Final = "SHA256SUMS"
MANIFEST: Final = "manifest.json"
CRATE: Final = "ro-crate-metadata.json"
REFERENCE: Final = "reference"


@dataclass(frozen=True, slots=True)
class File:
    """One file of a release. `form` is the name of the export format that it is, if it is one."""

    name: str
    title: str
    media_type: str
    content: bytes
    form: str = ""
