"""Limits of time, memory and rows: their defaults, and the readers of their text form."""

from __future__ import annotations

import math
import re
from typing import Final

from .problems import UsageError

QUERY_SECONDS: Final = 60.0
"""Default time limit of a query."""
COMMAND_SECONDS: Final = 900.0
"""Default time limit of a build, a validation and every other command."""
MEMORY_BYTES: Final = 4 << 30
"""Default memory limit of a query or a command, in bytes."""
LONGEST_SECONDS: Final = 7 * 86_400.0
"""A week: the longest time limit that is accepted."""

_LEAST_MEMORY: Final = 100 << 20
_MOST_MEMORY: Final = 1 << 50
_MOST_ROWS: Final = 10**9
_UNITS: Final = {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}


def read_seconds(value: float | str) -> float:
    """A time limit in seconds, 0 for none. Raises UsageError if it is not one, or over a week."""
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    if not 0 <= seconds <= LONGEST_SECONDS:
        most = f"{LONGEST_SECONDS:,.0f} (a week)"
        raise UsageError(f"a time limit is 0 (none) to {most} seconds, not {value}")
    return seconds


def read_memory(value: int | str) -> int:
    """A memory limit in bytes, 0 for none, from a number of bytes or a text such as `600M`, `4G`.

    Raises UsageError if it is not a size, is less than a process needs to start, or over 1024 T.
    """
    text = str(value).strip().upper()
    match = re.fullmatch(r"(\d{1,18}(?:\.\d{1,9})?)\s*([KMGT]?)(?:I?B)?", text, re.ASCII)
    size = int(float(match[1]) * (1 << _UNITS[match[2]])) if match else -1
    if size != 0 and not _LEAST_MEMORY <= size <= _MOST_MEMORY:
        form = f"at least {format_bytes(_LEAST_MEMORY)}, such as 600M or 4G, or 0 (none)"
        raise UsageError(f"a memory limit is {form}, not {value}")
    return size


def read_count(value: int | str, name: str = "") -> int:
    """A limit on results, 0 for all; `name` is what a message calls it.

    Raises UsageError if it is not a number, or over 10⁹.
    """
    text = str(value)
    number = int(text) if re.fullmatch(r"\d{1,10}", text, re.ASCII) else -1
    if not 0 <= number <= _MOST_ROWS:
        fault = f"{name} must be" if name else "expected"
        raise UsageError(f"{fault} a whole number from 0 (all) to {_MOST_ROWS:,}, not {value}")
    return number


def read_score(value: float | str) -> float:
    """A score, a number from 0 to 1. Raises UsageError if it is not one."""
    try:
        share = float(value)
    except (TypeError, ValueError):
        share = math.nan
    if not 0 <= share <= 1:
        raise UsageError(f"a score is a number from 0 to 1, not {value}")
    return share


def format_bytes(size: int) -> str:
    """`size` in bytes as messages write it, in units of 1024: `600 MB`, `4.0 GB`."""
    return f"{size / (1 << 30):.1f} GB" if size >= 1 << 30 else f"{size >> 20} MB"
