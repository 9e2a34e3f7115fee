"""Numbers, durations and currencies in the words of a source.

A number in a date is no amount. Groups of three digits are thousands, with a comma, dot, space or
apostrophe between them; a number may be a word, up to a hundred (`number_words`), and may be
multiplied by thousand, million or billion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

from ..model.text_normalization import fold
from .dates_in_words import without_dates
from .number_words import ROMAN, cardinals, compound_ordinals, multipliers, ordinals
from .word_forms import placed_tokens, plain_text, tokens

_NUMBER: Final = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:(?P<mark>[.,'’   ])\d{3})(?:(?P=mark)\d{3})*(?:[.,]\d{1,2}(?!\d))?"
    r"|\d+(?:[.,]\d+)?)(?!\d)(?P<ordinal>st|nd|rd|th|er|re|e|ème|º|ª|°|[-‑](?:të|ti|ta|to|i|a|o|inci|ncı)\b|\.(?=\s?[^\W\d_A-ZČĆŠŽĐ]))?"
    r"(?:[ -]?(?P<word>[^\W\d_]+))?"
)
_MORE: Final = (
    "more than|over|above|exceeding|me shume se|mbi|vise od|preko|povise od|iznad|poveke od|nad"
    "|vec kot|preko|mehr als|uber|piu di|oltre|plus de|fazla|uzerinde"
)
_LESS: Final = (
    "less than|fewer than|under|below|me pak se|nen|manje od|ispod|pomalku od|pod|manj kot"
    "|weniger als|unter|meno di|moins de|az|altinda"
)
_SUM: Final = 10_000
"""Numbers from this on are sums of money, of which "more than" excludes none."""
_NO_EDITIONS: Final = (
    *("anniversar", "anniversair", "birthday", "centur", "pervjetor", "godisnjic", "godisnin"),
    *("obletnic", "jahrestag", "jahrhundert", "yildonum", "yuzyil", "shekull", "stoljec", "stolec"),
)
"""How words begin whose ordinal is no edition: the 25th anniversary."""
_LONGEST: Final = 4
"""Words of a number, at most: soixante et dix sept."""

_UNITS: Final = {
    "H": "hour hours ore orë sat sata sati satova час часа часови ura ure ur uri Stunde Stunden"
    " ora ore"
    " heure heures saat",
    "D": "day days dite ditë dit dan dana ден дена denovi dni dneva Tag Tage Tagen giorno giorni"
    " jour"
    " jours gün",
    "W": "week weeks jave javë nedelja nedelje nedjelja sedmica sedmice tjedan tjedna недела недели"
    " teden tedna tednov Woche Wochen settimana settimane semaine semaines hafta",
    "M": "month months muaj mesec meseca meseci mjesec mjeseca mjeseci месец месеци mesecev"
    " Monat Monate"
    " Monaten mese mesi mois ay",
    "Y": "year years vit vjet vite godina godine godinu година години leto leta let Jahr Jahre"
    " Jahren"
    " anno anni an ans année années yıl",
    "MIN": "minute minutes minuta minutë minutash минути Minuten minuti dakika",
}
_IN_UNITS: Final = {"W": ("D", 7), "Y": ("M", 12), "H": ("MIN", 60)}
"""The smaller unit of some, and how many of it they have."""

_DURATION: Final = re.compile(
    r"P(?:(?P<Y>\d+)Y)?(?:(?P<M>\d+)M)?(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?"
    r"(?:T(?:(?P<H>\d+)H)?(?:(?P<MIN>\d+)M)?)?"
)
_CURRENCIES: Final = {
    "EUR": "€ euro euros evro evra evri евро евра eura eurove eurosh evrov avro",
    "USD": "$ US$ dollar dollars dollare dolar dolara dolari долари dolarjev dollari Dollar",
    "GBP": "£ pound pounds sterling paund funta funti фунти Pfund sterline livres",
    "CHF": "franc francs franga franak franaka франци frankov Franken franchi frank Fr",
    "ALL": "lek leke lekë leku lekesh leka lekov Lek",
    "MKD": "denar denari денар денари denarë dinari",
    "RSD": "dinar dinara dinari динар динара динари din",
    "BAM": "KM marka marke maraka konvertibilna",
    "TRY": "₺ TL lira liras lire lirë",
    "NOK": "kroner krone kr",
    "SEK": "kronor krona kr",
    "DKK": "kroner krone kr",
}


def carries_number(words: str, value: str, bound: str = "", ordinal: bool = False) -> bool:
    """Whether words carry a decimal number.

    With `bound` "min" or "max", also where they say more or less than the number before or after
    it: `more than 300` for a whole number of 301 at least. With `ordinal`, also as an ordinal or a
    Roman numeral. Without a bound, a number that stands only behind "more than" or "less than" is
    not carried.
    """
    try:
        number = Decimal(value)
    except InvalidOperation:
        return False
    amounts, ranks = numbers_in(words)
    phrase, next_to = {"min": (_MORE, number - 1), "max": (_LESS, number + 1)}.get(
        bound, ("", number)
    )
    if phrase and number < _SUM and any(number in numbers_in(x)[0] for x in _after(words, phrase)):
        return False
    if not bound and number in amounts and number not in numbers_in(_unbounded(words))[0]:
        return ordinal and number in ranks
    if number in amounts or (ordinal and number in ranks):
        return True
    if not phrase or next_to not in amounts:
        return False
    return any(next_to in numbers_in(rest)[0] for rest in _after(words, phrase))


@lru_cache(4096)
def _unbounded(words: str) -> str:
    """The words without the numbers right behind "more than" and the like."""
    plain = plain_text(words)
    placed = placed_tokens(plain)
    folded = [token.folded or token.text for token, _ in placed]
    cuts: list[tuple[int, int]] = []
    for at, end in _phrases(folded):
        last = end
        while last < len(placed) and _is_of_number(folded, last, end):
            last += 1
        if last > end:
            cuts.append((placed[at][1][0], placed[last - 1][1][1]))
    for start, stop in sorted(cuts, reverse=True):
        plain = f"{plain[:start]}¤{plain[stop:]}"
    return plain if cuts else words


def _phrases(folded: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where "more than" and the like stand: the first word, and the one behind."""
    for phrase in f"{_MORE}|{_LESS}".split("|"):
        wanted = phrase.split()
        for at in range(len(folded) - len(wanted) + 1):
            is_denied = at > 0 and folded[at - 1] in (
                "no",
                "not",
                "jo",
                "ne",
                "nicht",
                "non",
                "pas",
            )
            if not is_denied and list(folded[at : at + len(wanted)]) == wanted:
                yield at, at + len(wanted)


def _is_of_number(folded: Sequence[str], at: int, first: int) -> bool:
    """Whether a token continues a number that begins at `first`: digits, their marks, words."""
    word = folded[at]
    if word in ".,'’" and at > first and at + 1 < len(folded):
        return (
            folded[at - 1].isdecimal() and len(folded[at + 1]) == 3 and folded[at + 1].isdecimal()
        )
    is_word = word in cardinals() or (at > first and word in multipliers()) or word == "-"
    return word.isdecimal() or is_word


def _after(words: str, phrase: str) -> Iterator[str]:
    """What stands behind each of the phrases, a few words of it."""
    folded = " ".join(token.folded or token.text for token in tokens(words))
    for match in re.finditer(rf"\b(?:{phrase})\b", folded):
        yield " ".join(folded[match.end() :].split()[:5]).replace(" , ", ",").replace(" . ", ".")


@lru_cache(4096)
def numbers_in(words: str) -> tuple[frozenset[Decimal], frozenset[Decimal]]:
    """The numbers and the ordinals that words give, apart from those of dates."""
    text = without_dates(words)
    amounts: set[Decimal] = set()
    ranks: set[Decimal] = set()
    for match in _NUMBER.finditer(text):
        word = fold(match["word"] or "")
        factor = multipliers().get(word, 1)
        for number in _read(match[1], match["mark"], factor > 1):
            if match["ordinal"] and word.startswith(_NO_EDITIONS):
                continue
            if match["ordinal"] and match["ordinal"] != ".":
                ranks.add(number)
                continue
            amounts.add(number * factor)
            if match["ordinal"]:
                ranks.add(number)
    listed = [token.folded or token.text for token in tokens(text)]
    place = 0
    while place < len(listed):
        for length in range(min(_LONGEST, len(listed) - place), 0, -1):
            value = cardinals().get(" ".join(listed[place : place + length]).replace(" - ", " "))
            if value is not None:
                after = listed[place + length] if place + length < len(listed) else ""
                amounts.add(Decimal(value * multipliers().get(after, 1)))
                place += length - 1
                break
        place += 1
    ranks.update(_ranks_in_words(listed))
    ranks.update(Decimal(ROMAN[token.text]) for token in tokens(text) if token.text in ROMAN)
    return frozenset(amounts), frozenset(ranks)


def _ranks_in_words(listed: Sequence[str]) -> Iterator[Decimal]:
    """The ordinals that words are, but for those of an anniversary or century."""
    words = [word for word in listed if word != "-"]
    for at, word in enumerate(words):
        if word in ordinals() and not "".join(words[at + 1 : at + 2]).startswith(_NO_EDITIONS):
            compound = compound_ordinals().get(" ".join(words[max(0, at - 1) : at + 1]))
            yield Decimal(compound or ordinals()[word])


def _read(digits: str, mark: str | None, multiplied: bool) -> list[Decimal]:
    """The number that digits with separators stand for; two where a group may be decimals."""
    if mark:
        whole = [Decimal(re.sub(r"[.,]\d{1,2}$", "", digits).replace(mark, ""))]
        fraction = re.search(r"[.,](\d{1,2})$", digits)
        if fraction and set(fraction[1]) != {"0"}:
            whole = [whole[0] + Decimal(f"0.{fraction[1]}")]
        if multiplied and mark in ".," and digits.count(mark) == 1:
            whole.append(Decimal(digits.replace(",", ".")))
        return whole
    return [Decimal(digits.replace(",", "."))]


def carries_duration(words: str, value: str) -> bool:
    """Whether words carry an XML Schema duration, such as P36M: 36 months, or three years."""
    match = _DURATION.fullmatch(value)
    if match is None:
        return False
    wanted = {unit: int(number) for unit, number in match.groupdict().items() if number}
    listed = [token.folded or token.text for token in tokens(words)]
    units = {fold(word): unit for unit, names in _UNITS.items() for word in names.split()}
    unit_words = [(place, units[word]) for place, word in enumerate(listed) if word in units]
    stated: dict[str, set[Decimal]] = {}
    for place, unit in unit_words:
        before = " ".join(listed[max(0, place - 4) : place]).replace(" - ", " ")
        numbers = set(numbers_in(before)[0])
        stated.setdefault(unit, set()).update(numbers)
        if unit in _IN_UNITS:
            smaller, factor = _IN_UNITS[unit]
            stated.setdefault(smaller, set()).update(number * factor for number in numbers)
    for unit, (smaller, factor) in _IN_UNITS.items():
        more = {number / factor for number in stated.get(smaller, ()) if not number % factor}
        stated.setdefault(unit, set()).update(more)
    return bool(wanted) and all(
        Decimal(number) in stated.get(unit, ()) for unit, number in wanted.items()
    )


def carries_currency(words: str, code: str) -> bool:
    """Whether words carry a currency: its code, its sign or one of its names."""
    if re.search(rf"(?<![A-Za-z]){re.escape(code)}(?![A-Za-z])", words):
        return True
    names = _CURRENCIES.get(code, "").split()
    folded = {token.folded for token in tokens(words)}
    return any(name in words if not name[0].isalpha() else fold(name) in folded for name in names)
