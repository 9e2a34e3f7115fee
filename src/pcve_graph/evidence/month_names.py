"""Names of months in the languages of the region, without diacritics.

A name is listed with the forms that a date has: genitives and case endings, and abbreviations.
Albanian, Bosnian/Croatian/Montenegrin/Serbian (both scripts), Macedonian, Slovenian, English,
German, Italian, French, Turkish. The tests compare the names with those of Unicode CLDR.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from ..model.text_normalization import fold

_NAMES: Final = (
    "january jan januar januara januari januarja januarju sijecnja sijecanj janar janarit janari"
    " janner januars gennaio janvier ocak ocakta janv genn",
    "february feb februar februara fevruari februarja februarju veljace veljaca shkurt shkurtit"
    " shkurti feber febbraio fevrier subat subatta fevr febb",
    "march mar mart marta marec marca marcu ozujka ozujak mars marsit marz marzo martta",
    "april apr aprila aprili aprilja aprilu travnja travanj prill prillit prilli avril avr aprile"
    " nisan nisanda",
    "may maj maja majit maju svibnja svibanj mai maggio mayis mayista magg mei",
    "june jun juna juni junij junija juniju lipnja lipanj qershor qershorit qershori giugno juin"
    " haziran haziranda jn giu",
    "july jul jula juli julij julija juliju srpnja srpanj korrik korrikut korriku luglio juillet"
    " temmuz temmuzda juil lug",
    "august aug avgust avgusta avgustu kolovoza kolovoz gusht gushtit gushti avg augusta agosto"
    " aout agustos agustosta ago",
    "september sep sept septembar septembra septemvri septembru rujna rujan shtator shtatorit"
    " shtatori settembre septembre eylul eylulde sett",
    "october oct okt oktobar oktobra oktomvri oktober oktobru listopada listopad tetor tetorit"
    " tetori ottobre octobre ekim ekimde ott",
    "november nov novembar novembra noemvri novembru studenoga studenog studeni nentor nentorit"
    " nentori novembre kasim kasimda noem",
    "december dec dez decembar decembra dekemvri decembru prosinca prosinac dhjetor dhjetorit"
    " dhjetori dezember dicembre decembre aralik aralikta dek dic",
)

_AMBIGUOUS: Final = (
    "may mar mart marta mars mai maj mei jan sep dec jun jul oct dic set ago ekim jn lug giu ott"
    " genn magg marca listopad prosinca aug april nisan"
)
"""Forms that are other words, or parts of a name, too."""


@lru_cache(1)
def months() -> Mapping[str, int]:
    """The number of a month, 1 to 12, by each of its forms, as `fold` writes them."""
    return {fold(name): number for number, names in enumerate(_NAMES, 1) for name in names.split()}


def is_ambiguous(name: str) -> bool:
    """Whether a folded form is a date only beside a day or a year: may, mart, mars."""
    return name in _AMBIGUOUS.split()
