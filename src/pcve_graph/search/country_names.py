"""The forms of the names of countries that no fact states: short ones, and those of other cases."""

from __future__ import annotations

from functools import cache

from ..model.text_normalization import fold
from .packaged import packaged_rows


@cache
def country_names() -> dict[str, tuple[str, ...]]:
    """The names of the countries that are called so, by the folded form; one in most cases."""
    names: dict[str, tuple[str, ...]] = {}
    for country, forms in packaged_rows("country_names.tsv"):
        for form in map(fold, forms.split(",")):
            names[form] = (*names.get(form, ()), country)
    return names
