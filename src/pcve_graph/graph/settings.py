"""Reading pcve.toml: title, owner and contact of a project, its version, its publisher in IATI."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from ..model.namespaces import BASE
from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.project import Project
from ..model.suggest import did_you_mean
from ..model.visible import first_refused
from ..syntax.tree import decode_utf8
from ..system.files import read_inside

KEYS: Final = (
    *("title", "owner", "contact", "base", "data-version"),
    *("iati-identifier", "iati-type"),
)
"""The keys of pcve.toml; none is required."""

PLACEHOLDER: Final = "PLACEHOLDER"
"""What a value begins with that is not set yet."""

_LARGEST: Final = 2**14
"""Bytes of the largest file: the position of a problem is found by parsing parts of it again."""

_MAIL: Final = re.compile(r"(?:mailto:)?([\w.+-]+@[\w-]+(?:\.[\w-]+)+)", re.ASCII)
_IRI_PART: Final = r"(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*"
_PAGE: Final = re.compile(
    rf"https?://[\w-]+(?:\.[\w-]+)*(?::\d+)?(?:/{_IRI_PART})?(?:#{_IRI_PART})?", re.ASCII
)
_IATI_IDENTIFIER: Final = re.compile(r"[A-Z]{2}-[A-Za-z0-9]+-[^\s/&|?]+")
_IATI_TYPES: Final = [
    "10",
    "11",
    "15",
    "21",
    "22",
    "23",
    "24",
    "30",
    "40",
    "60",
    "70",
    "71",
    "72",
    "73",
    "80",
    "90",
]
"""Codes of IATI's list OrganisationType."""

_DAY: Final = re.compile(r"(\d{4})\.(\d\d)\.(\d\d)(?:\.[1-9]\d*)?", re.ASCII)
_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a project; empty where pcve.toml does not set them, or has a placeholder.

    `contact` is the IRI of a web page or, with `mailto:`, of an e-mail address. `placeholders` has
    a warning for each placeholder.
    """

    title: str = ""
    owner: str = ""
    contact: str = ""
    data_version: str = ""
    iati_identifier: str = ""
    iati_type: str = ""
    placeholders: tuple[Problem, ...] = ()


def read_settings(project: Project) -> Settings:
    """The settings in pcve.toml of `project`; all are empty if there is no such file.

    Raises ContentError with every problem of the file: `settings-syntax` (TOML 1.0), `settings` for
    an unknown key, a value of the wrong type or form, and any base but the one of this version.
    """
    path, name = project.settings, project.relative(project.settings)
    if not (path.exists() or path.is_symlink()):
        return Settings()
    text = decode_utf8(read_inside(path, project.root, _LARGEST), name).replace("\r\n", "\n")
    document = _parse(text, name)
    if problems := list(_problems(document, text, name)):
        raise ContentError(problems)
    unset = {key for key, value in document.items() if value.startswith(PLACEHOLDER)}
    values = {key: value.strip() for key, value in document.items() if key not in unset}
    mail = _MAIL.fullmatch(values.get("contact", ""))
    return Settings(
        title=values.get("title", ""),
        owner=values.get("owner", ""),
        contact=f"mailto:{mail[1]}" if mail else values.get("contact", ""),
        data_version=values.get("data-version", ""),
        iati_identifier=values.get("iati-identifier", ""),
        iati_type=values.get("iati-type", ""),
        placeholders=tuple(
            _placeholder(key, _position(text, key, name)) for key in KEYS if key in unset
        ),
    )


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = _PLACE.search(str(error))
        message = _PLACE.sub("", str(error)) or "the file is not TOML"
        end = text.rstrip()
        line, column = end.count("\n") + 1, len(end) - end.rfind("\n")
        if place and place[1]:
            line, column = int(place[1]), int(place[2])
        elif place is None:  # a number or a nesting beyond Python's limits
            line, column, message = 1, 1, "a value is nested too deeply, or a number is too long"
        message = message[0].lower() + message[1:]
        fix = 'correct the TOML at this position: key = "text", a line each'
        raise ContentError(
            [rule_problem("settings-syntax", Position(name, line, column), message, fix)]
        ) from None


def _problems(document: dict[str, Any], text: str, name: str) -> Iterator[Problem]:
    for key, value in document.items():
        if key not in KEYS:
            fix = did_you_mean(key, KEYS) or f"the keys are {', '.join(KEYS)}"
            place = _position(text, key, name, of_key=True)
            yield rule_problem("settings", place, f'unknown key "{key}"', fix)
        elif problem := _value_problem(key, value):
            yield rule_problem("settings", _position(text, key, name), *problem)
        elif refused := first_refused(value):
            message, fix = f"found the character {refused.name}", f"delete {refused.name} here"
            yield rule_problem("control-character", _position(text, key, name), message, fix)


def _value_problem(key: str, value: Any) -> tuple[str, str] | None:
    """The problem and its fix of a value that `key` cannot have; None if it can."""
    if not isinstance(value, str):
        return f"{key} must be a string", f'write the value in double quotes: {key} = "…"'
    if not value.strip():
        return f"{key} is empty", f"write a value, or leave {key} out"
    if value.startswith(PLACEHOLDER):
        return None
    if "\n" in value.strip():
        return f"{key} has more than one line", "write the value on one line"
    shown = f'{key} is "{value}"'
    if key == "base" and value != BASE:
        return (
            f"{shown}; this version supports only {BASE}",
            f'write base = "{BASE}", or leave it out',
        )
    if key == "contact" and not (_MAIL.fullmatch(value) or _PAGE.fullmatch(value)):
        return (
            f"{shown}, which is neither an e-mail address nor a web page",
            "write an address such as data@example.org or https://example.org/contact",
        )
    if key == "iati-identifier" and not _IATI_IDENTIFIER.fullmatch(value.strip()):
        return (
            f"{shown}, which is no identifier of an organisation",
            "write agency and number as org-id.guide lists them, such as GB-COH-1234567",
        )
    if key == "iati-type" and value.strip() not in _IATI_TYPES:
        return f"{shown}", f"write a code of OrganisationType: {', '.join(_IATI_TYPES)}"
    if key == "data-version" and not _is_day(value):
        return f"{shown}, which is not a day", "write year.month.day, such as 2026.11.23"
    return None


def _is_day(version: str) -> bool:
    match = _DAY.fullmatch(version)
    try:
        return match is not None and bool(date(*map(int, match.groups())))
    except ValueError:
        return False


def _placeholder(key: str, place: Position) -> Problem:
    fix = f"set {key} in pcve.toml before the release is public"
    return replace(
        rule_problem("placeholder", place, f"{key} is not set yet", fix), severity="warning"
    )


def _position(text: str, key: str, name: str, of_key: bool = False) -> Position:
    """The position of the value of a top-level key of `text`, which is TOML, or of the key itself.

    The parser reports none. The key is on the last line before which the text is TOML without it:
    so a line of a multi-line text that looks like the key is not taken for it.
    """
    lines = text.split("\n")
    start = re.compile(rf"""\s*(\[\[?\s*)?["']?{re.escape(key)}\b["']?(\s*=\s*)?""")
    for number in range(len(lines) - 1, -1, -1):
        match = start.match(lines[number])
        if match and _lacks("\n".join(lines[:number]), key):
            indent = len(lines[number]) - len(lines[number].lstrip())
            column = indent if of_key or not match[2] else match.end()
            return Position(name, number + 1, column + 1)
    return Position(name)


def _lacks(text: str, key: str) -> bool:
    """Whether `text` is TOML that does not have the top-level key."""
    try:
        return key not in tomllib.loads(text)
    except ValueError:
        return False
