"""Words of a text in folded form, and whether two of them are forms of one word.

Words are compared as `model.text_normalization.fold` writes them, so script, case and diacritics
make no difference. Two words are forms of one where they are the same up to endings of the
languages of the region; a stem has at least four letters.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from ..model.text_normalization import fold


def word_list(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


_TOKEN: Final = re.compile(r"\d+|[^\W\d_]+(?:[̀-ͯ]+[^\W\d_]*)*|[^\s\w]", re.UNICODE)
_ELISION: Final = re.compile(
    r"\b(l|d|dell|nell|all|sull|dall|un|qu|c|s|n|j|m|t|quell|aujourd)['’](?=\w)", re.I
)
_CASE_ENDING: Final = re.compile(
    r"(?<=\w)['’`´](?:s|[dt][ae]n?|y?[aeıiuü]|n?[ıiuü]n|nda|nde|ya|ye)\b", re.I
)
"""A genitive in English, and a case of a name in Turkish: the Council's, Ankara'da."""
_APOSTROPHE: Final = re.compile(r"(?<=\w)['’`´](?=\w)")
_INVISIBLE: Final = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_BROKEN: Final = re.compile(
    "(?<=\\w)[-\u2010][ \\t]*[\\n\\v\\f\\r\\x85\u2028\u2029]\\s*(?=[a-zà-žа-џ])"
)
_IZE: Final = re.compile(r"iz(?=at|e|ing)|ys(?=e)")

STEM: Final = 4
"""Letters that two forms of a word have in common at least."""

_ENDINGS: Final = (
    # English, with derivation: train, trained, training, trainer; Slovenia, Slovenian
    " s es ed d ing e er ers ion ions ation ations al ally y ies ian ians n an ans ic ist ists"
    " ism ment ments or ors ive ance ence r rs ly ity ish ese ar ia ness"
    # Albanian
    " a i u t te se s ve t ja je ne it in ut un et es ave eve ve sh esh ise isht ike ik"
    " imi imit im imin imeve etar etare uar ues uese"
    # Bosnian, Croatian, Montenegrin, Serbian, Slovenian, Macedonian
    " o om em ima ama ov ev og oj ih im u a e i ski ska sko ske skog skom skoj skih skim cki"
    " cka cko cke ckog ckoj skiot skata skoto skite ot ta to te ata ite iot in ina ine nje nja"
    " nju njem anje anja enje enja an ana ane ano ani en ena ene eno ni na no ne nog noj nih"
    " nim je ja ju jom ci ca ce cu ce stvo stva m mi h ah ih eh ega emu am ami oma ema ju"
    " ira irati iranje iranja irao acija acije aciju cija cije ciju ije iju ijom iji"
    " ijski ijska ijsko ijske anski anska ansko anskog"
    # German, Italian, French, Turkish
    " er en em es n ung ungen isch ische ischen ischer isches lich liche lichen"
    " io ia ie ii ione ioni ato ata ati ate are ano ana ani ane ese esi ien iens ienne iennes"
    " ais aise aises ement ements eur eurs euse ant ante ants ee ees"
    " da de ta te dan den tan ten ya ye nin nun in un si su yi yu lar ler lari leri lik luk"
    " inda inde nda nde sinda sinde sinin nin"
)
"""What may follow a stem; nothing is one of them."""

_FUNCTION_WORDS: Final = word_list(
    "the of and for in on to a an with by from at as or its it is are was were be been this "
    "that these those their his her which who into i e te se ne per dhe nga me ose si qe do "
    "ka u na za od iz s sa o po ili kao je su se da v z pri k in ter ob vo so i kon na der "
    "die das des dem den und fur von vom zur zum im auf mit ein eine einer eines il la le lo "
    "gli di del della dei delle degli dell al alla alle ai nel nella con da les du de et pour "
    "en au aux d l un une ve ile icin bir"
)
"""Words that a name or sentence may lack or have without saying something else, folded."""


class TextToken(NamedTuple):
    """A word, a run of digits or a mark of a text: as written and, for words, folded."""

    text: str
    folded: str

    @property
    def is_capital(self) -> bool:
        """Whether it is a word that begins with a capital letter."""
        return self.text[:1].isupper()

    @property
    def is_number(self) -> bool:
        """Whether it is a run of digits."""
        return self.folded.isdecimal()


@lru_cache(4096)
def tokens(text: str) -> tuple[TextToken, ...]:
    """The words, runs of digits and marks of a text, in order; marks have no folded form.

    Line-break hyphens are joined, soft hyphens and zero-width characters left out, and an elided
    article (l', dell') is a word of its own. A word of another script may fold to several.
    """
    return tuple(token for token, _ in placed_tokens(plain_text(text)))


def plain_text(text: str) -> str:
    """A text as it is read word by word: without hyphens of line breaks and case endings."""
    plain = _ELISION.sub(r"\1 ", _BROKEN.sub("", text.translate(_INVISIBLE)))
    return _APOSTROPHE.sub("", _CASE_ENDING.sub("", plain))


def placed_tokens(plain: str) -> tuple[tuple[TextToken, tuple[int, int]], ...]:
    """The tokens of a plain text, each with where it begins and ends there."""
    listed: list[tuple[TextToken, tuple[int, int]]] = []
    for match in _TOKEN.finditer(plain):
        word = match.group()
        folded = fold(word) if word[0].isalnum() else ""
        for part in folded.split() or [""]:
            listed.append((TextToken(word, _IZE.sub("is", part)), match.span()))
    return tuple(listed)


def folded_words(text: str) -> list[str]:
    """The folded words and numbers of a text, in order."""
    return [token.folded for token in tokens(text) if token.folded]


def significant(words: list[str]) -> list[str]:
    """The words without function words and single letters; all of them if nothing else is left."""
    kept = [
        word
        for word in words
        if word not in _FUNCTION_WORDS and (len(word) > 1 or word.isdecimal())
    ]
    return kept or words


def is_function_word(word: str) -> bool:
    """Whether a folded word is an article, preposition, conjunction and the like."""
    return word in _FUNCTION_WORDS


@lru_cache(1)
def _endings() -> frozenset[str]:
    return frozenset(("", *map(fold, _ENDINGS.split())))


_CASES: Final = word_list("a e i o u om em it in ot un ut es s ta te")
"""Endings that a name of three letters takes."""
_FLEETING: Final = re.compile(r"(\w{2,})[ae](\w)")


@lru_cache(2**16)
def same_word(word: str, other: str) -> bool:
    """Whether two folded words are forms of one word: Slovenia, Slovenian, slovenski.

    A vowel before the last letter may be lost before an ending: Koper, Kopru; centar, centra.
    """
    if word == other:
        return True
    if word.isdecimal() or other.isdecimal():
        return False
    if _have_one_stem(word, other):
        return True
    short, long = sorted((word, other), key=len)
    if len(short) == STEM - 1:
        return long.startswith(short) and long[len(short) :] in _CASES
    return any(
        match is not None
        and len(match[1]) >= STEM - 1
        and longer.startswith(match[1] + match[2])
        and longer[len(match[1]) + 1 :] in _CASES
        for shorter, longer in ((word, other), (other, word))
        for match in (_FLEETING.fullmatch(shorter),)
    )


def _have_one_stem(word: str, other: str) -> bool:
    shared = 0
    for left, right in zip(word, other, strict=False):
        if left != right:
            break
        shared += 1
    return any(
        {word[stem:], other[stem:]} <= _endings()
        for stem in range(shared, STEM - 1, -1)
        if max(len(word), len(other)) - stem <= 7
    )
