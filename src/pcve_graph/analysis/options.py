"""Rules of the options of an analysis, which the command and Python share."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from ..model.problems import OptionError
from ..model.suggest import did_you_mean

WORK_KINDS: Final = {"all": ("project", "event"), "project": ("project",), "event": ("event",)}
"""The kinds of works by the value of --kind."""


def check_choice(option: str, word: str, choices: Collection[str]) -> None:
    """Raise OptionError, with the nearest of `choices`, unless `word` is one of them.

    `option` is named as the command does: `--kind`.
    """
    if word not in choices:
        nearest = did_you_mean(word, choices)
        template = f"{option} must be one of {{choices}}, not {{word!r}}" + (nearest and "; {hint}")
        raise OptionError(template, choices=", ".join(choices), word=word, hint=nearest)
