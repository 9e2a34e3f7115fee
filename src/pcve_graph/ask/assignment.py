"""Which parameters of a question take the things, terms and dates that a wording names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..query.parameters import PERIOD
from ..query.saved import Parameter
from ..search.names import NamedThing
from .mentions import NameMention
from .periods import AskedPeriod

_FIRST_DAY: Final = (PERIOD[0], "since")
_LAST_DAY: Final = (PERIOD[1],)
_ACTORS: Final = frozenset(("organization", "organizational-unit", "initiative", "programme"))
_WHOLE_FIT: Final = 1.0
_ACTOR_FIT: Final = 0.8
"""How well a parameter for any thing suits one that acts or pays, another one, and places."""
_THING_FIT: Final = 0.6
_COUNTRY_FIT: Final = 0.4
_PLACE_FIT: Final = 0.15
_COUNTRY: Final = "country"
_FITS: Final = {_COUNTRY: _COUNTRY_FIT, "place": _PLACE_FIT}
_LOOSE_FIT: Final = 0.6
"""How well a question about a period suits a day, or one about a year another period."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """The values of parameters, with what does not fit.

    `settings` are texts by parameter, in the order of the header; `fits` says how well each suits
    its parameter, from 0 to 1; `mention_of` has the mention that each is from. `dropped` are the
    mentions that no parameter takes; `period_fit` is 0 where the period has no parameter. `missing`
    are the required parameters without a value.
    """

    settings: Mapping[str, str]
    fits: Mapping[str, float]
    mention_of: Mapping[str, NameMention]
    dropped: tuple[NameMention, ...]
    period_fit: float
    missing: tuple[str, ...]


def assign(
    params: Mapping[str, Parameter],
    mentions: Sequence[NameMention],
    period: AskedPeriod | None,
    preferred: Collection[str] = (),
) -> Assignment:
    """The best assignment: the best fit first, of equal ones a parameter that is `preferred`."""
    pairs = [
        (
            _fit(param, hit),
            param.name in preferred,
            mention.words,
            -order,
            -place,
            param.name,
            hit.iri,
        )
        for order, mention in enumerate(mentions)
        for place, param in enumerate(params.values())
        for hit in mention.hits
    ]
    hits = {hit.iri: hit for mention in mentions for hit in mention.hits}
    chosen: dict[str, tuple[float, NameMention, NamedThing]] = {}
    used: set[int] = set()
    for fit, *_, order, _, name, iri in sorted(pairs, reverse=True):
        if fit and name not in chosen and -order not in used:
            chosen[name] = fit, mentions[-order], hits[iri]
            used.add(-order)
    taken = {hit.iri for _, _, hit in chosen.values()}
    dates, period_fit = _dates(params.values(), period)
    settings = {
        name: dates[name] if name in dates else _value(params[name], chosen[name][2])
        for name in params
        if name in dates or name in chosen
    }
    return Assignment(
        settings,
        {name: fit for name, (fit, _, _) in chosen.items()},
        {name: mention for name, (_, mention, _) in chosen.items()},
        tuple(
            mention
            for order, mention in enumerate(mentions)
            if order not in used and not taken & {hit.iri for hit in mention.hits}
        ),
        period_fit,
        tuple(name for name, param in params.items() if param.required and name not in settings),
    )


def _fit(param: Parameter, hit: NamedThing) -> float:
    """How well a thing or term suits a parameter, from 0 to 1."""
    if param.type == "concept":
        suits = hit.kind == "concept" and hit.id.partition("/")[0] == param.scheme
        return _WHOLE_FIT if suits else 0
    if param.type != "thing" or hit.kind in ("concept", "source"):
        return 0
    if param.kinds and hit.kind not in param.kinds:
        return 0
    if param.kinds and not (hit.kind == _COUNTRY and _ACTORS & {*param.kinds}):
        return _WHOLE_FIT
    return _ACTOR_FIT if hit.kind in _ACTORS else _FITS.get(hit.kind, _THING_FIT)


def _value(param: Parameter, hit: NamedThing) -> str:
    """The text that a parameter is set to for a thing or term: its id, in its list."""
    return hit.id.partition("/")[2] if param.type == "concept" else hit.id


def _dates(params: Iterable[Parameter], period: AskedPeriod | None) -> tuple[dict[str, str], float]:
    """The values of the parameters for days and years, and how well the period suits them."""
    if period is None:
        return {}, 0
    first, last, day = period.first, period.last, period.day
    values: dict[str, str] = {}
    fits: list[float] = []
    for param in params:
        if param.type == "year" and first:
            values[param.name] = f"{first.year:04}"
            fits.append(_WHOLE_FIT if last is None else _LOOSE_FIT)
        elif param.type != "date":
            continue
        elif param.name in (*_FIRST_DAY, *_LAST_DAY):
            if side := first if param.name in _FIRST_DAY else last:
                values[param.name] = side.isoformat()
                fits.append(_LOOSE_FIT if day else _WHOLE_FIT)
        elif day:
            values[param.name] = day.isoformat()
            fits.append(_WHOLE_FIT)
    return values, max(fits, default=0)


def lists_of(params: Iterable[Parameter]) -> Collection[str]:
    """The lists whose terms parameters take."""
    return sorted({param.scheme for param in params if param.type == "concept" and param.scheme})
