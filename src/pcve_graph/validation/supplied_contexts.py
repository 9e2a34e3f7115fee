"""The JSON-LD contexts that are there without the network: given as files, ours, of packages."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from ..model.namespaces import BASE
from ..model.problems import ContentError, OptionError, Position, rule_problem
from ..model.project import Project
from ..syntax.jsonld_contexts import context_address
from ..system.files import read_file

OWN_CONTEXT: Final = f"{BASE}context.jsonld"
"""The address of ontology/context.jsonld."""

_LARGEST: Final = 16 * 2**20
"""Bytes of the largest document of a context that is read."""

_RO_CRATE: Final = "https://w3id.org/ro/crate/"
_RO_CRATE_FILE: Final = "data/ro-crate.jsonld"
"""The context in the package `rocrate`; its @id is the address of the one version that it has."""


class SuppliedContexts:
    """Contexts by address; each document is read when it is first needed.

    `given` has `URL=FILE` as the command takes them. Raises OptionError for one that is not so, or
    whose file is not there.
    """

    def __init__(self, project: Project, given: tuple[str, ...]) -> None:
        self._given = dict(map(_given, given))
        self._own = project.ontology / "context.jsonld"

    def load(self, address: str) -> object:
        """The content of the @context of the document at `address`; None if there is none.

        Raises ContentError (`rdf-syntax`) for a document that is not JSON or has no @context.
        """
        key = context_address(address)
        if key in self._given:
            return _content(self._given[key])
        if key == context_address(OWN_CONTEXT) and self._own.is_file():
            return _content(self._own)
        return _of_ro_crate(key) if key.startswith(_RO_CRATE) else None


def _given(option: str) -> tuple[str, Path]:
    """The address and file of `URL=FILE`; either may have a `=`, so the file must exist."""
    parts = option.split("=")
    splits = [("=".join(parts[:at]), "=".join(parts[at:])) for at in range(1, len(parts))]
    splits = [(address, name) for address, name in splits if address and name]
    if not splits:
        raise OptionError("--context takes URL=FILE, not {option!r}", option=option)
    for address, name in splits:
        if Path(name).is_file():
            return context_address(address), Path(name)
    address, name = splits[-1]
    raise OptionError("--context {address}: there is no file {name}", address=address, name=name)


def _of_ro_crate(key: str) -> object:
    """The context of RO-Crate, if the package has that version; None if not."""
    spec = find_spec("rocrate")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, _RO_CRATE_FILE)
        if path.is_file():
            document = _document(path)
            if context_address(str(document.get("@id"))) == key:
                return document["@context"]
    return None


def _content(path: Path) -> object:
    """The content of @context in a file."""
    return _document(path)["@context"]


def _document(path: Path) -> dict[str, object]:
    """The JSON object in a file, which has an @context."""
    name = path.as_posix()
    try:
        document = json.loads(read_file(path, _LARGEST))
    except OSError as error:
        raise _fault(Position(name), f"it cannot be read: {error.strerror}", "") from None
    except json.JSONDecodeError as error:
        place = Position(name, error.lineno, error.colno)
        raise _fault(place, f"the file of a context is not JSON: {error.msg}", _FIX) from None
    except (ValueError, RecursionError):
        raise _fault(Position(name), "the file of a context is not JSON in UTF-8", _FIX) from None
    if not isinstance(document, dict) or document.get("@context") is None:
        raise _fault(Position(name), "the file of a context has no @context", _FIX)
    return document


_FIX: Final = "give the JSON-LD document that has the context, as its publisher has it"


def _fault(place: Position, message: str, fix: str) -> ContentError:
    return ContentError([rule_problem("rdf-syntax", place, message, fix)])
