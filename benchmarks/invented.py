"""Invented names: words of no language, in three scripts, each used once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_CONSONANTS: Final = "bdfgklmnprstvz"
_VOWELS: Final = "aeiou"
_ENDINGS: Final = ("", "n", "r", "s", "k", "l")
_SYLLABLES: Final = len(_CONSONANTS) * len(_VOWELS)
WORDS: Final = _SYLLABLES**3 * len(_ENDINGS)
"""How many words there are."""

_SPREAD: Final = 1_000_003
"""Coprime to WORDS: neighbouring numbers get words that look unlike."""

_CYRILLIC: Final = str.maketrans("abdefgiklmnoprstuvz", "абдефгиклмнопрстувз")

LANGUAGES: Final = ("en", "sq", "sr", "mk")

_PATTERNS: Final[dict[str, tuple[str, str, str, str]]] = {
    "conference": ("{} Conference", "Konferenca {}", "Конференција {}", "Конференција {}"),
    "forum": ("{} Forum", "Forumi {}", "Форум {}", "Форум {}"),
    "workshop": ("{} Workshop", "Punëtoria {}", "Радионица {}", "Работилница {}"),
    "training": ("{} Training", "Trajnimi {}", "Обука {}", "Обука {}"),
    "meeting": ("{} Meeting", "Takimi {}", "Састанак {}", "Состанок {}"),
    "series": ("{} Dialogue", "Dialogu {}", "Дијалог {}", "Дијалог {}"),
    "institute": ("{} Institute", "Instituti {}", "Институт {}", "Институт {}"),
    "ministry": ("Ministry of {}", "Ministria e {}", "Министарство {}", "Министерство {}"),
    "association": ("{} Association", "Shoqata {}", "Удружење {}", "Здружение {}"),
    "unit": ("{} Unit", "Njësia {}", "Јединица {}", "Единица {}"),
    "report": ("{} Report", "Raporti {}", "Извештај {}", "Извештај {}"),
    "strategy": ("{} Strategy", "Strategjia {}", "Стратегија {}", "Стратегија {}"),
    "programme": ("{} Programme", "Programi {}", "Програм {}", "Програма {}"),
    "project": ("{} Project", "Projekti {}", "Пројекат {}", "Проект {}"),
    "network": ("{} Network", "Rrjeti {}", "Мрежа {}", "Мрежа {}"),
    "news": ("{} News", "Lajmet {}", "Вести {}", "Вести {}"),
    "": ("{}", "{}", "{}", "{}"),
}


@dataclass(frozen=True, slots=True)
class Name:
    """A thing's id, and its name by language."""

    id: str
    texts: dict[str, str]

    @property
    def en(self) -> str:
        return self.texts["en"]


def word(number: int) -> str:
    """The invented word of `number`, under WORDS; no two numbers have the same."""
    rest = number * _SPREAD % WORDS
    rest, ending = divmod(rest, len(_ENDINGS))
    syllables = []
    for _ in range(3):
        rest, syllable = divmod(rest, _SYLLABLES)
        syllables.append(_CONSONANTS[syllable // len(_VOWELS)] + _VOWELS[syllable % len(_VOWELS)])
    return "".join(syllables) + _ENDINGS[ending]


def name(number: int, noun: str, words: int = 2) -> Name:
    """The name of the thing of `number`: `words` words of its own, and the noun of its kind."""
    own = [word(number * 2 + place).capitalize() for place in range(words)]
    texts = {}
    for language, pattern in zip(LANGUAGES, _PATTERNS[noun], strict=True):
        text = " ".join(own)
        texts[language] = pattern.format(_cyrillic(text) if language in ("sr", "mk") else text)
    return Name(re.sub(r"[^a-z0-9]+", "-", " ".join([*own, noun]).lower()).strip("-"), texts)


def _cyrillic(text: str) -> str:
    small = text.lower().translate(_CYRILLIC)
    return " ".join(part.capitalize() for part in small.split(" "))
