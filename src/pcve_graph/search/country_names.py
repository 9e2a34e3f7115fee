"""The forms of the names of countries that no fact states: short ones, and those of other cases."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ..model.text_normalization import fold


@cache
def country_names() -> dict[str, tuple[str, ...]]:
    """The names of the countries that are called so, by the folded form; one in most cases."""
    names: dict[str, tuple[str, ...]] = {}
    for line in Path(__file__).with_name("country_names.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            country, forms = line.split("\t")
            for form in map(fold, forms.split(",")):
                names[form] = (*names.get(form, ()), country)
    return names
