"""Templates: a new record or source with all keys of its class, for the curator to fill in."""

from __future__ import annotations

from pathlib import Path

from ..model import namespaces
from ..model.messages import expected_values
from ..model.namespaces import ID, kebab_case
from ..model.problems import UsageError
from ..model.project import Project
from ..model.schema import Ontology, RecordClass, RecordKey
from ..model.suggest import did_you_mean


def draft_record(
    project: Project, ontology: Ontology, kind: str, identifier: str
) -> tuple[Path, str]:
    """The path and text of the new file.

    Raises UsageError for an unknown kind, an invalid id, or an id that is in use.
    """
    if not ID.fullmatch(identifier):
        raise UsageError(
            f"invalid id {identifier!r}: use lower-case letters a-z, digits and single hyphens"
        )
    kinds = {kebab_case(record.name): record for record in ontology.records()}
    if kind == "source":
        path = project.data / "sources" / f"{identifier}.yml"
        existing = [path] if path.exists() else []
        text = _source(ontology.classes["Source"], identifier)
    elif kind in kinds:
        record_class = kinds[kind]
        folder = project.data / "records"
        path = folder / str(record_class.folder) / f"{identifier}.yml"
        existing = sorted(folder.rglob(f"{identifier}.yml"))
        text = _record(record_class, identifier)
    else:
        hint = did_you_mean(kind, kinds) or "known kinds: source, " + ", ".join(kinds)
        raise UsageError(f"unknown kind {kind!r}; {hint}")
    if existing:
        raise UsageError(f"the id {identifier} is already used by {project.relative(existing[0])}")
    return path, text


def _source(kind: RecordClass, identifier: str) -> str:
    rows = [f"{key.name}: {_blank(key)}" for key in kind.keys.values()]
    return "\n".join([f"id: {identifier}", *rows]) + "\n"


def _blank(key: RecordKey) -> str:
    """A placeholder in the form that the key takes."""
    if any(namespaces.local_name(datatype) == "langString" for datatype in key.datatypes):
        return "{en: <text>}"
    return f"<{expected_values(key)}>"


def _record(kind: RecordClass, identifier: str) -> str:
    head = [f"id: {identifier}", f"type: {kind.name}", "claims:", "  - source: <id of a source>"]
    rows = ["    quote: <the words, verbatim>"]
    rows += [f"    {key.name}: {_blank(key)}" for key in kind.keys.values()]
    return "\n".join([*head, *rows]) + "\n"
