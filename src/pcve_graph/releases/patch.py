"""A difference as an RDF Patch (https://afs.github.io/rdf-patch/): applied to A, it gives B."""

from __future__ import annotations

import uuid

from ..model.namespaces import BASE
from ..publish.diff.compare import Diff


def rdf_patch(diff: Diff) -> str:
    """One transaction: a `D` line for each quad that goes, then an `A` line for each that comes.

    The id in its header is made of these lines: the same change has the same id.
    """
    gone = sorted(f"D {quad} .\n" for each in diff.changes for quad in each.removed)
    come = sorted(f"A {quad} .\n" for each in diff.changes for quad in each.added)
    rows = "".join([*gone, *come])
    name = uuid.uuid5(uuid.NAMESPACE_URL, BASE + "patch/\n" + rows)
    return f"H id <urn:uuid:{name}> .\nTX .\n{rows}TC .\n"
