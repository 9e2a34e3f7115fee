"""The search of free text for private persons: sixty invented sentences, and the command."""

from __future__ import annotations

import time
from typing import NamedTuple

import pytest
from conftest import ROOT

from pcve_graph.evidence.private_persons import DISTANCE, private_mentions
from pcve_graph.model.text_normalization import fold

FOLDER = ROOT / "tests" / "private_persons"
OFFICIAL = {fold("Ana Vale")}
"""Whoever has a record in the invented world."""


class Sentence(NamedTuple):
    part: str
    verdict: str
    language: str
    text: str


def sentences(name: str) -> list[Sentence]:
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return [Sentence(*line.split("\t")) for line in lines if not line.startswith("#")]


def is_reported(sentence: Sentence) -> bool:
    mentions = private_mentions(sentence.text)
    return any(not mention.spellings & OFFICIAL for mention in mentions)


def test_recall_and_precision_on_sixty_sentences() -> None:
    """Recall is at least 95 %, precision at least 90 %; half of the sentences are harmless."""
    listed = sentences("sentences.tsv")
    assert (len(listed), sum(sentence.verdict == "private" for sentence in listed)) == (60, 30)
    assert len({sentence.language for sentence in listed}) == 7
    for parts in (("develop",), ("final",), ("develop", "final")):
        recall, precision = measured([row for row in listed if row.part in parts])
        print(f"{' and '.join(parts)}: recall {recall:.1%}, precision {precision:.1%}")
        assert recall >= 0.95
        assert precision >= 0.9


def measured(chosen: list[Sentence]) -> tuple[float, float]:
    """Recall and precision of the search on these sentences."""
    reported = [sentence for sentence in chosen if is_reported(sentence)]
    private = sum(sentence.verdict == "private" for sentence in chosen)
    true = sum(sentence.verdict == "private" for sentence in reported)
    return true / private, true / len(reported)


def test_recall_and_precision_on_sentences_that_were_written_later() -> None:
    """A third part that nothing was adapted to: what can be expected of other texts."""
    listed = sentences("later-sentences.tsv")
    for part in ("second", "third"):
        recall, precision = measured([row for row in listed if row.part == part])
        print(f"{part}: recall {recall:.1%}, precision {precision:.1%}")
        assert recall >= 0.9
        assert precision >= 0.8


@pytest.mark.parametrize(
    ("between", "reported"), [(DISTANCE, True), (DISTANCE + 1, False)], ids=["12", "13"]
)
def test_a_name_is_reported_within_twelve_words_of_a_term(between: int, reported: bool) -> None:
    text = f"A suspect {'and ' * between}Besnik Tershana"
    assert bool(private_mentions(text)) == reported


@pytest.mark.parametrize(
    "text",
    [
        "the suspect A.K. from the north",
        "the suspect Tershana was released",
        "nine-year-old Lejla lives with her aunt",
        "родители Бесника Тершане",
        "BESNIK said his brother Besnik Tershana fought in the war",
        "Dr. Besnik F. Tershana, a suspect",
        "the family of Vladan de Strugar",
        "Ms Hoti, a returnee",
        "the Berisha family left after the arrest",
        "Hamza, 6, whose father is in prison",
        "BESNIK TERSHANA, suspect, was released",
        "POLICE ARREST BESNIK TERSHANA IN PRIZREN",
        "the family of TERSHANA Besnik",
        "Police said that ZEF MARKU is a suspect",
        "D. KRSTANOSKI, suspect",
        "Осомничениот БОЈАН КРСТАНОСКИ",
        "Hoxha, convicted in 2016, was released",
        "Hoxha (convicted in 2016) was released",
        "Tershana, who was later convicted, left",
        "The court found that Tershana was convicted before",
        "Коларић, осуђен 2016, пуштен је",
        "Kolarić je osuđen 2016.",
        "Hoxha, i dyshuar për rekrutim",
        "Hoxha u dënua në vitin 2016",
        "Zupanec, obsojen leta 2016",
        "Адемоски беше осуден",
        "Jean-Luc Picard was tried for terrorism",
        "Jean-Luc Picard stood trial",
        "Gratë e kthyera, si Valbona Berisha",
        "Učenik škole Besnik Tershana, osumnjičen",
    ],
)
def test_other_forms_of_names_are_reported(text: str) -> None:
    assert private_mentions(text)


@pytest.mark.parametrize(
    "text",
    [
        "Women and Girls Helpline",
        'School of Public Policy "Mother Teresa": session on violent extremism',
        "U.S. support for families of returnees",
        "Konrad Adenauer Stiftung and families in Banja Luka",
        "Besnik Tershana opened the library",
        "the Center for Torture Victims",
        "Osnovna škola Ivo Andrić radi s djecom",
        "Gimnazija Ivan Goran Kovačić i učenici",
        "Училиштето Гоце Делчев ги прими децата",
        "Osnovna šola Prežihov Voranc dela z otroki",
        "Nxënësit e shkollës Naim Frashëri morën pjesë",
        "Shkolla e Mesme Sami Frashëri dhe nxënësit",
        "Ministrantët dhe familjet në Sheshin Skënderbej",
        "The Nelson Mandela Rules on prisoners",
        "suspects met in the Hotel Hilton Garden Inn",
        "Al Hol and Al Roj camps hold women and children",
        "Mother Teresa Square was named for victims",
        "OSCE UNDP training for families",
        "EUROPOL FRONTEX work on suspects",
        "RADICALISATION AWARENESS NETWORK: families",
        "FIRST LINE trains prison staff on suspects",
        "Prisoners, convicted of terrorism, were trained",
        "Everyone, convicted or not, has rights",
        "Nobody was convicted in 2016",
        "In Zenica, convicted terrorists are supported after release",
        "Obuka je zatvorena za osuđenike",
    ],
)
def test_names_of_bodies_and_places_are_not_reported(text: str) -> None:
    assert private_mentions(text) == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The suspect Besnik Tershana and A.K. met children of Agron Shtyllaj there. ", 3),
        ("Suspect The Mr The Mr The Mr The Mr ", 0),
        ("suspect Al de de de de de de de de de ", 1),
        ("suspect BESNIK TERSHANA AND ALL OF THEM ", 1),
    ],
)
@pytest.mark.long
def test_a_long_text_is_searched_in_time_that_grows_with_it(text: str, names: int) -> None:
    times = []
    for copies in (1_000, 8_000):
        started = time.perf_counter()
        assert len(private_mentions(text * copies)) == names
        times.append(time.perf_counter() - started)
    assert times[1] < 24 * times[0]


def test_a_name_in_capitals_is_reported_as_a_whole_with_its_term() -> None:
    (mention,) = private_mentions("Valbona KRASTA was tried for terrorism")
    assert (mention.name, mention.term) == ("Valbona KRASTA", "was tried for")
