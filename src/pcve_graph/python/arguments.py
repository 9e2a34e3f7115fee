"""Arguments of the methods of `KnowledgeGraph`: their types, and messages that name them."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeAlias

from ..model.limits import read_count
from ..model.problems import UsageError
from ..system.atomic_writes import write_errors_as_usage, write_file

Day: TypeAlias = str | int | datetime.date | None
"""A date as an argument: `datetime.date`, a text such as `2018-05-22`, a year as a number, or None
where not set."""

_TYPE_NAMES: Final = {
    str: "a text",
    Path: "a Path",
    datetime.date: "a date (datetime.date)",
    tuple: "a tuple or list of texts",
}
"""What an argument must be, in words, by type."""


def check_type(name: str, value: object, *types: type) -> None:
    """Raise UsageError unless the argument `name` is of one of `types`, and no empty text."""
    if not isinstance(value, types):
        expected = " or ".join(_TYPE_NAMES[kind] for kind in types if kind in _TYPE_NAMES)
        raise UsageError(f"{name} must be {expected or types[0].__name__}, not {value!r}")
    if value == "":
        raise UsageError(f"{name} must not be empty")


def save_file(name: str, path: str | Path, content: bytes | str) -> None:
    """Replace the content of the file of the argument `name`.

    Raises UsageError where it cannot be written, and unless `path` is a text or a Path.
    """
    check_type(name, path, str, Path)
    if "\0" in str(path):
        raise UsageError(f"{name} must not contain a NUL character")
    with write_errors_as_usage(Path(path)):
        write_file(Path(path), content)


def flag(name: str, value: object) -> bool:
    """A value that is True or False. Raises UsageError for anything else."""
    if not isinstance(value, bool):
        raise UsageError(f"{name} must be True or False, not {value!r}")
    return value


def texts(name: str, value: str | Collection[str]) -> tuple[str, ...]:
    """The texts of an argument that takes one or several. Raises UsageError for anything else."""
    if isinstance(value, str):
        check_type(name, value, str)
        return (value,)
    check_type(name, value, tuple, list, set, frozenset)
    for text in value:
        check_type(name, text, str)
    return tuple(value)


def paths(name: str, value: str | Path | Collection[str | Path]) -> tuple[Path, ...]:
    """The paths of an argument that takes one or several. Raises UsageError for anything else."""
    if isinstance(value, str | Path):
        value = (value,)
    check_type(name, value, tuple, list, set, frozenset)
    for path in value:
        check_type(name, path, str, Path)
    return tuple(map(Path, value))


def optional_text(name: str, value: str | None) -> str:
    """The text of an argument, empty for None. Raises UsageError for anything else."""
    if value is not None:
        check_type(name, value, str)
    return value or ""


def day_text(name: str, value: Day) -> str:
    """The date of an argument as text, empty for None; a time of day is left out.

    Whether a text is a date is for the reader to say. Raises UsageError for another type.
    """
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:04}"
    if value is None:
        return ""
    check_type(name, value, str, datetime.date)
    return str(value)


def parameter_text(name: str, value: object) -> str:
    """The text of a parameter. Raises UsageError unless it is a text, a number or a date."""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal, datetime.date)):
        hint = f"{name}=… takes a text, a number or a date"
        raise UsageError(f"{hint}, not {value!r}; leave it out to leave it open")
    return str(value)


def parameter_texts(settings: Mapping[str, object]) -> dict[str, str]:
    """The texts of parameters by name, without the `_` at the end of a Python keyword.

    Raises UsageError for a value of another type, and for a parameter that is given twice.
    """
    values: dict[str, str] = {}
    for key, value in settings.items():
        name = key.rstrip("_")
        if name in values:
            raise UsageError(f"{name} is given twice; leave one out")
        values[name] = parameter_text(key, value)
    return values


def read_limit(limit: int | None) -> int | None:
    """A limit of rows; None for all. Raises UsageError for an invalid one."""
    return None if limit is None else read_count(limit, "limit") or None
