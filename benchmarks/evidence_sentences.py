"""Invented sentences in the languages of the region, each with facts that its words state.

A template is a sentence with blanks; the facts of its blanks are true by construction. The names
are invented, apart from those of cities. Of the templates in evidence_sentences.json the check was
developed on some; the others were written after it, and are for measuring alone.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from pcve_graph.evidence.value_in_words import Value, ValueKind

MONTHS: Final = {
    "en": "January February March April May June July August September October November December",
    "sq": "janar shkurt mars prill maj qershor korrik gusht shtator tetor nëntor dhjetor",
    "sr": "januara februara marta aprila maja juna jula avgusta septembra oktobra novembra"
    " decembra",
    "sr-Cyrl": "јануара фебруара марта априла маја јуна јула августа септембра октобра новембра"
    " децембра",
    "hr": "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga"
    " prosinca",
    "mk": "јануари февруари март април мај јуни јули август септември октомври ноември декември",
    "sl": "januarja februarja marca aprila maja junija julija avgusta septembra oktobra novembra"
    " decembra",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre"
    " dicembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
}
PLACES: Final = {
    # language: name, and the form after the preposition of place
    "en": ("Skopje|Skopje", "Tirana|Tirana", "Belgrade|Belgrade", "Sarajevo|Sarajevo"),
    "sq": ("Shkup|Shkup", "Tiranë|Tiranë", "Prishtinë|Prishtinë", "Durrës|Durrës"),
    "sr": ("Beograd|Beogradu", "Sarajevo|Sarajevu", "Podgorica|Podgorici", "Niš|Nišu"),
    "sr-Cyrl": ("Београд|Београду", "Сарајево|Сарајеву", "Подгорица|Подгорици", "Ваљево|Ваљеву"),
    "hr": ("Zagreb|Zagrebu", "Mostar|Mostaru", "Zenica|Zenici", "Tuzla|Tuzli"),
    "mk": ("Скопје|Скопје", "Охрид|Охрид", "Тетово|Тетово", "Куманово|Куманово"),
    "sl": ("Ljubljana|Ljubljani", "Maribor|Mariboru", "Celje|Celju", "Koper|Kopru"),
    "de": ("Wien|Wien", "Berlin|Berlin", "Graz|Graz", "Tirana|Tirana"),
    "it": ("Roma|Roma", "Trieste|Trieste", "Tirana|Tirana", "Bari|Bari"),
    "fr": ("Paris|Paris", "Strasbourg|Strasbourg", "Bruxelles|Bruxelles", "Tirana|Tirana"),
    "tr": ("Ankara|Ankara'da", "İstanbul|İstanbul'da", "Üsküp|Üsküp'te", "Prizren|Prizren'de"),
}
BODIES: Final = {
    # language: name, and the form in which "by", "with" or "of" takes it
    "en": (
        "Moor Institute for Dialogue|Moor Institute for Dialogue",
        "Hill Foundation|Hill Foundation",
        "Council of Shores|Council of Shores",
        "Reed Agency|Reed Agency",
        "Lakeside University|Lakeside University",
    ),
    "sq": (
        "Instituti i Dialogut|Instituti i Dialogut",
        "Fondacioni i Kodrës|Fondacionit të Kodrës",
        "Këshilli i Bregut|Këshillit të Bregut",
        "Agjencia e Liqenit|Agjencisë së Liqenit",
        "Qendra për Mentorim|Qendrës për Mentorim",
    ),
    "sr": (
        "Institut za dijalog|Institutom za dijalog",
        "Fondacija Breg|Fondacijom Breg",
        "Savet obale|Savetom obale",
        "Agencija za jezera|Agencijom za jezera",
        "Univerzitet u Jezerskom|Univerzitetom u Jezerskom",
    ),
    "sr-Cyrl": (
        "Институт за дијалог|Институтом за дијалог",
        "Фондација Брег|Фондацијом Брег",
        "Агенција за језера|Агенцијом за језера",
        "Савет обале|Саветом обале",
        "Министарство дијалога|Министарством дијалога",
    ),
    "hr": (
        "Institut za dijalog|Institutom za dijalog",
        "Zaklada Brijeg|Zakladom Brijeg",
        "Vijeće obale|Vijećem obale",
        "Agencija za jezera|Agencijom za jezera",
        "Sveučilište Jezero|Sveučilištem Jezero",
    ),
    "mk": (
        "Институт за дијалог|Институтот за дијалог",
        "Фондација Рид|Фондацијата Рид",
        "Совет на брегот|Советот на брегот",
        "Агенција за езера|Агенцијата за езера",
        "Центар за менторство|Центарот за менторство",
    ),
    "sl": (
        "Inštitut za dialog|Inštitutom za dialog",
        "Fundacija Hrib|Fundacijo Hrib",
        "Svet obale|Svetom obale",
        "Agencija za jezera|Agencijo za jezera",
        "Univerza ob Jezeru|Univerzo ob Jezeru",
    ),
    "de": (
        "Institut für Dialog|Institut für Dialog",
        "Stiftung Hügel|Stiftung Hügel",
        "Rat der Ufer|Rat der Ufer",
        "Seenagentur Nord|Seenagentur Nord",
        "Universität am See|Universität am See",
    ),
    "it": (
        "Istituto per il Dialogo|Istituto per il Dialogo",
        "Fondazione Colle|Fondazione Colle",
        "Consiglio delle Rive|Consiglio delle Rive",
        "Agenzia dei Laghi|Agenzia dei Laghi",
        "Università del Lago|Università del Lago",
    ),
    "fr": (
        "Institut du Dialogue|Institut du Dialogue",
        "Fondation Colline|Fondation Colline",
        "Conseil des Rives|Conseil des Rives",
        "Agence des Lacs|Agence des Lacs",
        "Université du Lac|Université du Lac",
    ),
    "tr": (
        "Diyalog Enstitüsü|Diyalog Enstitüsü",
        "Tepe Vakfı|Tepe Vakfı",
        "Kıyı Konseyi|Kıyı Konseyi",
        "Göl Ajansı|Göl Ajansı",
        "Göl Üniversitesi|Göl Üniversitesi",
    ),
}
TEMPLATES: Final = json.loads(
    Path(__file__).with_name("evidence_sentences.json").read_text("utf-8")
)
"""The templates by group (`developed`, `heldOut`) and language."""

_HELD: Final = (
    *("took place", "hosted a workshop", "u mbajt", "je održan", "održan je", "је одржан", "fand "),
    *("беше одржана", "është mbajtur", "was held", "yapılan", "се одржа ", "potekal", "si è "),
    *("a eu lieu", "s'est tenu", "düzenlendi", "yapıldı"),
)
_PLANNED: Final = (
    *("will be held", "do të mbahet", "će biti", "ће бити", "će se održati", "ће се одржати"),
    *("ќе се одржи", "bo potekala", "findet am", "si terrà", "aura lieu", "yapılacak", "wird vom"),
    *("do të zhvillohet", "se tiendra", "gerçekleştirilecek", "posvet bo"),
)
_WORDS: Final = {
    "en": {12: "twelve", 20: "twenty", 35: "thirty-five", 47: "forty-seven", 60: "sixty"},
    "sq": {12: "dymbëdhjetë", 20: "njëzet", 35: "tridhjetë e pesë", 60: "gjashtëdhjetë"},
    "sr": {12: "dvanaest", 20: "dvadeset", 35: "trideset pet", 60: "šezdeset"},
    "sr-Cyrl": {12: "дванаест", 20: "двадесет", 35: "тридесет пет", 60: "шездесет"},
    "hr": {12: "dvanaest", 20: "dvadeset", 35: "trideset pet", 60: "šezdeset"},
    "mk": {12: "дванаесет", 20: "дваесет", 35: "триесет и пет", 60: "шеесет"},
    "sl": {12: "dvanajst", 20: "dvajset", 35: "petintrideset", 60: "šestdeset"},
    "de": {12: "zwölf", 20: "zwanzig", 35: "fünfunddreißig", 60: "sechzig"},
    "it": {12: "dodici", 20: "venti", 35: "trentacinque", 60: "sessanta"},
    "fr": {12: "douze", 20: "vingt", 35: "trente-cinq", 72: "soixante-douze"},
    "tr": {12: "on iki", 20: "yirmi", 35: "otuz beş", 60: "altmış"},
}
_WEEKDAYS: Final = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
ROLES: Final = (
    *("organizer", "funder", "leader", "partner", "patron", "implementer", "host", "supporter"),
    *("member", "chair"),
)
_TO: Final = {
    **dict.fromkeys(("sr", "hr", "sl"), "do"),
    **dict.fromkeys(("sr-Cyrl", "mk"), "до"),
    "en": "to",
    "sq": "deri më",
    "de": "bis",
    "it": "al",
    "fr": "au",
    "tr": "-",
}
_BLANK: Final = re.compile(r"<([a-z-]+)>")
_DOTTED: Final = {"sr", "sr-Cyrl", "hr", "sl", "de"}
"""Languages that write a dot after the number of a day."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact that words state. `kind` is a type of value, `key` the property of the value."""

    words: str
    kind: str
    key: str
    value: Value
    language: str
    template: int


def sentences(number: int, seed: int, held_out: bool = True) -> list[Stated]:
    """At least so many facts from the templates that the check was not developed on, or was."""
    chance = random.Random(seed)
    facts: list[Stated] = []
    choices = [
        (language, place, text)
        for language, texts in TEMPLATES["heldOut" if held_out else "developed"].items()
        for place, text in enumerate(texts)
    ]
    while len(facts) < number:
        for language, place, text in choices:
            facts += _filled(language, place, text, chance)
    return facts


def _filled(language: str, template: int, text: str, chance: random.Random) -> list[Stated]:
    facts: list[tuple[str, str, Value]] = []
    used: set[str] = set()

    def fill(match: re.Match[str]) -> str:
        words, stated = _blank(match[1], language, chance, used)
        facts.extend(stated)
        return words

    words = _BLANK.sub(fill, text)
    facts += [
        ("concept", f"event-status/{term}", Value(ValueKind.CONCEPT))
        for term, phrases in (("held", _HELD), ("planned", _PLANNED))
        if any(phrase in words for phrase in phrases)
    ]
    return [Stated(words, kind, key, value, language, template) for kind, key, value in facts]


def _blank(
    blank: str, language: str, chance: random.Random, used: set[str]
) -> tuple[str, list[tuple[str, str, Value]]]:
    day = date(2014, 1, 1) + timedelta(chance.randrange(3_900))
    months = MONTHS[language].split()
    dot = "." if language in _DOTTED else ""
    month = months[day.month - 1]
    if blank == "place":
        name, form = chance.choice(PLACES[language]).split("|")
        return form, [("thing", "location", Value(ValueKind.THING, names=(name,)))]
    if blank == "count":
        written = _WORDS[language]
        number = chance.choice([*written, chance.randrange(3, 400), chance.randrange(1_000, 9_000)])
        words = written[number] if number in written and chance.random() < 0.5 else str(number)
        if number >= 1_000:
            words = f"{number:,}" if language == "en" else f"{number:,}".replace(",", ".")
        return words, [("number", "value", Value(ValueKind.NUMBER, str(number)))]
    if blank == "amount":
        number = chance.choice(
            [chance.randrange(10, 900) * 1_000, chance.randrange(1, 9) * 1_250_000]
        )
        words = (
            f"{number:,}" if language == "en" else f"{number:,}".replace(",", chance.choice(". "))
        )
        return words, [
            ("number", "value", Value(ValueKind.NUMBER, str(number))),
            ("currency", "currency", Value(ValueKind.CURRENCY, "EUR")),
        ]
    blank, in_form = blank.removesuffix("-form"), blank.endswith("-form")
    if blank in ROLES:
        free = [body for body in BODIES[language] if body not in used]
        body = chance.choice(free)
        used.add(body)
        name, form = body.split("|")
        words = form if blank == "partner" or language == "mk" or in_form else name
        return words, [("thing", blank, Value(ValueKind.THING, names=(name,)))]
    if blank == "weekday":
        return _WEEKDAYS[chance.randrange(7)], []
    return _date_blank(blank, language, day, month, dot, months, chance)


def _date_blank(
    blank: str,
    language: str,
    day: date,
    month: str,
    dot: str,
    months: list[str],
    chance: random.Random,
) -> tuple[str, list[tuple[str, str, Value]]]:
    def stated(key: str, text: str) -> tuple[str, str, Value]:
        side = {"startDate": "start", "endDate": "end"}.get(key, "")
        return "date", key, Value(ValueKind.DATE, text, side=side)

    if blank == "day":
        ordinal = "er" if language == "fr" and day.day == 1 else dot
        return f"{day.day}{ordinal} {month} {day.year}", [stated("startDate", day.isoformat())]
    if blank == "us-day":
        return f"{month} {day.day}, {day.year}", [stated("startDate", day.isoformat())]
    if blank == "dotted":
        words = chance.choice(
            (f"{day.day}.{day.month}.{day.year}", f"{day:%d.%m.%Y}", f"{day:%d/%m/%Y}")
        )
        return words, [stated("startDate", day.isoformat())]
    if blank == "end-month":
        return f"{month} {day.year}", [stated("endDate", f"{day:%Y-%m}")]
    if blank == "start-month":
        return f"{month} {day.year}", [stated("startDate", f"{day:%Y-%m}")]
    if blank == "start-year":
        return str(day.year), [stated("startDate", str(day.year))]
    end = day + timedelta(chance.randrange(1, 4))
    to = _TO[language]
    if chance.random() < 0.3:
        to = "–"
    if language == "en" and chance.random() < 0.2:
        to = "and"
    if end.month == day.month:
        words = f"{day.day}{dot} {to} {end.day}{dot} {month} {end.year}"
    else:
        last = months[end.month - 1]
        year = f" {day.year}" if end.year != day.year else ""
        words = f"{day.day}{dot} {month}{year} {to} {end.day}{dot} {last} {end.year}"
    return words, [stated("startDate", day.isoformat()), stated("endDate", end.isoformat())]
