"""Numbers as words, up to a hundred, and ordinals, in the languages of the region, folded.

Albanian, Bosnian/Croatian/Montenegrin/Serbian, Macedonian, Slovenian, English, German, Italian,
French, Turkish; without diacritics. Compounds are put together as each language does: twenty-two,
njëzet e dy, dvadeset dva, dvaindvajset, zweiundzwanzig, ventidue, vingt-deux, yirmi iki.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from ..model.text_normalization import fold

_TENS: Final = range(20, 100, 10)


def _compounds(
    small: str, tens: str, joined: str = "{ten} {unit}", units: str = ""
) -> dict[str, int]:
    """Cardinals from those of 1 to 19 and of the tens; forms of one number are joined by `/`."""
    numbers: dict[str, int] = {}
    listed = {value: forms.split("/") for value, forms in enumerate(small.split(), 1)}
    in_compounds = {value: forms.split("/") for value, forms in enumerate(units.split(), 1)}
    for value, forms in listed.items():
        numbers.update(dict.fromkeys((form.replace("_", " ") for form in forms), value))
    for value, spellings in zip(_TENS, tens.split(), strict=True):
        for ten in (form.replace("_", " ") for form in spellings.split("/")):
            numbers[ten] = value
            for unit in range(1, 10):
                for word in (in_compounds or listed)[unit]:
                    for pattern in joined.split("|"):
                        numbers[pattern.format(ten=ten, unit=word)] = value + unit
    return numbers


_ENGLISH: Final = _compounds(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen",
    "twenty thirty forty fifty sixty seventy eighty ninety",
    "{ten} {unit}|{ten}{unit}",
) | {"hundred": 100, "one hundred": 100, "a hundred": 100, "dozen": 12, "a dozen": 12}

_ALBANIAN: Final = _compounds(
    "nje dy/dyja tre/tri/tria kater/katra pese/pesa gjashte/gjashta shtate/shtata tete/teta"
    " nente/nenta dhjete njembedhjete dymbedhjete trembedhjete katermbedhjete pesembedhjete"
    " gjashtembedhjete shtatembedhjete tetembedhjete nentembedhjete",
    "njezet tridhjete dyzet pesedhjete gjashtedhjete shtatedhjete tetedhjete nentedhjete",
    "{ten} e {unit}",
) | {"njeqind": 100}

_SERBIAN: Final = _compounds(
    "jedan/jedna/jedno/jednu/jednog dva/dve/dvije/dvoje/dvojica tri/troje/trojica"
    " cetiri/cetvoro/cetvorica pet/petoro sest/sestoro sedam/sedmoro osam/osmoro devet/devetoro"
    " deset jedanaest dvanaest trinaest cetrnaest petnaest sesnaest sedamnaest osamnaest"
    " devetnaest",
    "dvadeset trideset cetrdeset pedeset sezdeset/sesdeset sedamdeset osamdeset devedeset",
    "{ten} {unit}|{ten} i {unit}",
) | {"sto": 100, "stotinu": 100}

_MACEDONIAN: Final = _compounds(
    "eden/edna/edno/edniot dva/dve/dvajca/dvete tri/trojca/trite cetiri/cetvorica/cetirite"
    " pet/petmina sest/sestmina sedum/sedummina osum/osummina devet deset/desetmina edinaeset"
    " dvanaeset trinaeset cetirinaeset petnaeset sesnaeset sedumnaeset osumnaeset devetnaeset",
    "dvaeset trieset cetirieset pedeset seeset sedumdeset osumdeset devedeset",
    "{ten} i {unit}",
) | {"sto": 100}

_SLOVENIAN: Final = _compounds(
    "en/ena/eno/enega dva/dve/dveh tri/trije/treh stiri/stirje/stirih pet/petih sest/sestih"
    " sedem/sedmih osem/osmih devet/devetih deset/desetih enajst dvanajst trinajst stirinajst"
    " petnajst sestnajst sedemnajst osemnajst devetnajst",
    "dvajset trideset stirideset petdeset sestdeset sedemdeset osemdeset devetdeset",
    "{unit}in{ten}",
    "ena/en dva/dve tri stiri pet sest sedem osem devet",
) | {"sto": 100}

_GERMAN: Final = _compounds(
    "eins/ein/eine/einen/einem zwei/zweier drei vier funf sechs sieben acht neun zehn elf zwolf"
    " dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn",
    "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig",
    "{unit}und{ten}",
    "ein zwei drei vier funf sechs sieben acht neun",
) | {"hundert": 100, "einhundert": 100}

_ITALIAN_TENS: Final = "venti trenta quaranta cinquanta sessanta settanta ottanta novanta"
_ITALIAN: Final = (
    _compounds(
        "uno/una/un due tre quattro cinque sei sette otto nove dieci undici dodici tredici"
        " quattordici quindici sedici diciassette diciotto diciannove",
        _ITALIAN_TENS,
        "{ten}{unit}",
    )
    | {
        ten[:-1] + unit: value + number
        for ten, value in zip(
            _ITALIAN_TENS.split(),
            _TENS,
            strict=True,
        )
        for unit, number in (("uno", 1), ("otto", 8), ("un", 1))
    }
    | {"cento": 100}
)

_FRENCH: Final = (
    _compounds(
        "un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze"
        " seize dix_sept dix_huit dix_neuf",
        "vingt trente quarante cinquante soixante septante quatre_vingt/quatre_vingts/huitante"
        " nonante",
        "{ten} {unit}|{ten} et {unit}",
    )
    | {
        f"{ten} {word}": value + number
        for ten, value in (("soixante", 60), ("quatre vingt", 80))
        for number, word in enumerate(
            "dix onze douze treize quatorze quinze seize dix_sept dix_huit dix_neuf".replace(
                "_", "-"
            ).split(),
            10,
        )
        for word in (word.replace("-", " "),)
    }
    | {"soixante et onze": 71, "cent": 100}
)

_TURKISH: Final = _compounds(
    "bir iki uc dort bes alti yedi sekiz dokuz on on_bir/onbir on_iki/oniki on_uc/onuc"
    " on_dort/ondort on_bes/onbes on_alti/onalti on_yedi/onyedi on_sekiz/onsekiz"
    " on_dokuz/ondokuz",
    "yirmi otuz kirk elli altmis yetmis seksen doksan",
    "{ten} {unit}|{ten}{unit}",
) | {"yuz": 100}


@lru_cache(1)
def cardinals() -> Mapping[str, int]:
    """The value of a number by its words, one to four of them with single spaces, folded.

    The Turkish word for ten alone is left out, since it is a word of English.
    """
    tables = (_FRENCH, _ITALIAN, _TURKISH, _GERMAN, _SLOVENIAN, _MACEDONIAN, _SERBIAN, _ALBANIAN)
    numbers = {fold(word): value for table in (*tables, _ENGLISH) for word, value in table.items()}
    return {word: value for word, value in numbers.items() if word != "on"}


_ORDINALS: Final = (
    {
        stem: value
        for value, stems in enumerate(
            (
                "first pare prv prvi prva prve prvo prvog erste ersten erster primo prima premier"
                " premiere birinci",
                "second dyte drug drugi druga drugo drugog vtor vtori vtora vtoriot zweite zweiten"
                " zweiter secondo seconda deuxieme seconde ikinci",
                "third trete treci treca trece treceg tret treti treta tretiot tretji tretja dritte"
                " dritten dritter terzo terza troisieme ucuncu",
                "fourth katert cetvrti cetvrta cetvrto cetvrtiot cetrti cetrta vierte vierten"
                " vierter"
                " quarto quarta quatrieme dorduncu",
                "fifth peste peti peta peto pettiot funfte funften funfter quinto quinta cinquieme"
                " besinci",
                "sixth gjashtet sesti sesta sesto sestiot sechste sechsten sechster sesto sixieme"
                " altinci",
                "seventh shtatet sedmi sedma sedmo sedmiot siebte siebten siebter settimo settima"
                " septieme yedinci",
                "eighth tetet osmi osma osmo osmiot achte achten achter ottavo ottava huitieme"
                " sekizinci",
                "ninth nentet deveti deveta deveto devetiot neunte neunten neunter nono neuvieme"
                " dokuzuncu",
                "tenth dhjetet deseti deseta deseto desettiot zehnte zehnten zehnter decimo decima"
                " dixieme onuncu",
                "eleventh njembedhjetet jedanaesti jedanaesta edinaesetti enajsti elfte elften"
                " undicesimo onzieme onbirinci",
                "twelfth dymbedhjetet dvanaesti dvanaesta dvanaesetti dvanajsti zwolfte zwolften"
                " dodicesimo douzieme onikinci",
            ),
            1,
        )
        for stem in stems.split()
    }
    | {
        word + "th": value
        for word, value in _ENGLISH.items()
        if 13 <= value <= 19 or word == "hundred"
    }
    | {"twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50}
)
_SMALL: Final = "first second third fourth fifth sixth seventh eighth ninth"
_ORDINAL_COMPOUNDS: Final = {
    f"{ten} {word}": value + unit
    for ten, value in _ENGLISH.items()
    if value in _TENS and " " not in ten
    for unit, word in enumerate(_SMALL.split(), 1)
}


@lru_cache(1)
def ordinals() -> Mapping[str, int]:
    """The number that an ordinal stands for, by its folded forms."""
    return {fold(word): value for word, value in _ORDINALS.items()}


@lru_cache(1)
def compound_ordinals() -> Mapping[str, int]:
    """The number that an ordinal of two English words stands for: twenty third."""
    return _ORDINAL_COMPOUNDS


_TENS_WORDS: Final = {"twenty": 20, "thirty": 30, "dvadeset": 20, "trideset": 30}
_DAYS_ENGLISH: Final = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_DAYS_SERBIAN: Final = (
    "prvog drugog treceg cetvrtog petog sestog sedmog osmog devetog desetog jedanaestog"
    " dvanaestog trinaestog cetrnaestog petnaestog sesnaestog sedamnaestog osamnaestog"
    " devetnaestog dvadesetog"
)
_DAY_WORDS: Final = {
    word: day
    for words in (_DAYS_ENGLISH, _DAYS_SERBIAN)
    for day, word in enumerate(words.split(), 1)
} | {"thirtieth": 30, "tridesetog": 30}


@lru_cache(1)
def day_words() -> Mapping[str, int]:
    """The day of a month by its ordinal, as a date has it: first (of June), trećeg (maja)."""
    return {fold(word): day for word, day in _DAY_WORDS.items()}


@lru_cache(1)
def tens_words() -> Mapping[str, int]:
    """The tens that stand before such an ordinal: twenty-third, dvadeset trećeg."""
    return _TENS_WORDS


_NUMERALS: Final = (
    "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI XXII XXIII XXIV"
    " XXV XXVI XXVII XXVIII XXIX XXX"
)
ROMAN: Final = {
    numeral: value
    for value, numeral in enumerate(
        _NUMERALS.split(),
        1,
    )
}
"""The value of a Roman numeral, up to 30."""

_MULTIPLIERS: Final = {
    word: factor
    for factor, words in (
        (
            1_000,
            "thousand k mije hiljada hiljade hiljadu tisuca tisuce tisucu iljadi iljada tisoc"
            " tausend"
            " tsd mila mille bin",
        ),
        (
            1_000_000,
            "million millions mio mil m mn milion milione milioni miliona milionit milijun milijuna"
            " milijuni milijon milijona milijone milijonov milijoni millionen milioni milyon",
        ),
        (
            1_000_000_000,
            "billion billions bn mrd miliard miliarde milijarda milijarde milijardi milijardu"
            " milliarde milliarden miliardo miliardi milliard milliards milyar",
        ),
    )
    for word in words.split()
}


@lru_cache(1)
def multipliers() -> Mapping[str, int]:
    """What a number before a word is multiplied by, by its folded forms."""
    return {fold(word): factor for word, factor in _MULTIPLIERS.items()}
