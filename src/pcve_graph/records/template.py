"""Templates: a new record or source with all keys of its class, for the curator to fill in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..model import namespaces
from ..model.messages import expected_values, requirement
from ..model.namespaces import ID, ID_FIX, kebab_case, short_id
from ..model.problems import UsageError
from ..model.project import Project
from ..model.schema import Ontology, RecordClass, RecordKey
from ..model.suggest import did_you_mean


def draft_record(
    project: Project, ontology: Ontology, kind: str, identifier: str
) -> tuple[Path, str]:
    """The path and text of a new record of the class `kind`.

    Raises UsageError for an unknown kind, an invalid id, or an id that is in use.
    """
    record_class = class_to_start(ontology, kind, identifier)
    folder = project.data / "records"
    _require_unused(project, identifier, folder.rglob(f"{identifier}.yml"))
    path = folder / str(record_class.folder) / f"{identifier}.yml"
    return path, _record(record_class, identifier, ontology)


def class_to_start(ontology: Ontology, kind: str, identifier: str) -> RecordClass:
    """The class `kind` of a new record `identifier`.

    Raises UsageError for an unknown kind or an invalid id.
    """
    _require_id(identifier)
    kinds = {kebab_case(record.name): record for record in ontology.records()}
    if kind not in kinds:
        hint = did_you_mean(kind, kinds) or "known kinds: " + ", ".join(kinds)
        if kind == "source":
            hint = "`pcve evidence new ID` starts a source"
        raise UsageError(f"unknown kind {kind!r}; {hint}")
    return kinds[kind]


def draft_source(project: Project, ontology: Ontology, identifier: str) -> tuple[Path, str]:
    """The path and text of a new source.

    Raises UsageError for an invalid id, or one that another source has.
    """
    _require_id(identifier)
    folder = project.data / "sources"
    _require_unused(project, identifier, folder.glob(f"{identifier}.yml"))
    return folder / f"{identifier}.yml", _source(ontology.classes["Source"], identifier)


def _require_id(identifier: str) -> None:
    if not ID.fullmatch(identifier):
        raise UsageError(f"invalid id {short_id(identifier)!r}: {ID_FIX}")


def _require_unused(project: Project, identifier: str, files: Iterable[Path]) -> None:
    for path in sorted(files):
        raise UsageError(f"the id {identifier} is already used by {project.relative(path)}")


def _source(kind: RecordClass, identifier: str) -> str:
    rows = [f"{key.name}: {_blank(key, optional=not key.required)}" for key in kind.keys.values()]
    return "\n".join([f"id: {identifier}", *rows]) + "\n"


def _blank(key: RecordKey, optional: bool = False) -> str:
    """A placeholder in the form that the key takes, which says whether it is `optional`."""
    kinds = {namespaces.local_name(datatype) for datatype in key.datatypes}
    if "langString" in kinds:
        return "{en: <text>}"
    words = requirement(key) if "string" in kinds else expected_values(key)
    head, colon, examples = words.partition(": ")  # YAML has no colon in a plain value
    words = f"{head} ({examples})" if colon else words
    return f"<{words}; optional>" if optional else f"<{words}>"


def _record(kind: RecordClass, identifier: str, ontology: Ontology) -> str:
    head = [f"id: {identifier}", f"type: {kind.name}", "claims:", "  - source: <id of a source>"]
    read = ontology.classes["Evidence"].keys["dateRead"]
    rows = [
        "quote: <the words, verbatim; only if the text of the source is held>",
        "passage: <the block that `pcve evidence cite` prints; only if no text is held; optional>",
        "locator: <the place in the source, such as p. 12; optional>",
        f"dateRead: {_blank(read, True)}",
        "curator: <id, such as reader-a, or ORCID of who read it; optional>",
        *(f"{key.name}: {_blank(key)}" for key in kind.keys.values()),
        "noValue: <a key that has no value according to the source; optional>",
        "notKnown: <a key that has a value that the source does not give; optional>",
        f"certainty: <{', '.join(ontology.schemes['certainty'])}; optional>",
        f"rank: <{', '.join(ontology.schemes['rank'])}; optional>",
        "contested: <true if another claim contradicts it; optional>",
        "conflictsWith: <the key of that claim, if it is another; optional>",
        "note: <the reason, if it is inferred or contested; optional>",
    ]
    return "\n".join([*head, *(f"    {row}" for row in rows)]) + "\n"
