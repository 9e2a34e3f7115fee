"""Two spellings of one name are one name: for search, for parameters and for duplicates alike."""

from __future__ import annotations

import unicodedata

import pytest
from conftest import World, make_world
from hypothesis import assume, given
from hypothesis import strategies as st

from pcve_graph import KnowledgeGraph
from pcve_graph.model.text_normalization import fold, fold_name, straighten_quotes
from pcve_graph.model.visible import one_line

SPELLINGS = [
    # Serbian, Bosnian and Montenegrin, in both scripts
    ("Šabac", "Sabac"),
    ("Šabac", "Шабац"),
    ("Sabac", "ШАБАЦ"),
    ("Šabac", unicodedata.normalize("NFD", "Šabac")),
    ("Đakovica", "Djakovica"),
    ("Ђаково", "Dakovo"),
    ("Ђурђевак", "DJURDJEVAK"),
    ("Љубљанска лига", "Ljubljanska liga"),
    ("Ǉubovija", "Ljubovija"),
    ("Ǌegoševo", "Његошево"),
    ("ǅepovi", "Džepovi"),
    ("Џепови Центар", "Dzepovi Centar"),
    ("Ćuprija Žena", "Ћуприја Жена"),
    ("Herceg-Novi Savjet", "Херцег Нови Савјет"),
    ("Marija Bistrička", "Maria Bistricka"),
    ("Śutra Źenica", "С́утра З́еница"),
    ("Brčko distrikt", "БРЧКО ДИСТРИКТ"),
    # Macedonian
    ("Ѓорче Петров", "Gjorce Petrov"),
    ("Ǵorče Pavlov", "Ѓорче Павлов"),
    ("Ќустендил", "Kjustendil"),
    ("Ḱosevo", "Ќосево"),
    ("Ѕвезда", "Dzvezda"),
    ("Џумаја", "Džumaja"),
    ("Ѐлинден", unicodedata.normalize("NFD", "Ѐлинден")),
    # Albanian, Slovenian, Turkish, German, Danish
    ("Gjirokastër", "Gjirokaster"),
    ("Çairi", "Cairi"),
    ("Shkëndija Sh.p.k.", "SHKENDIJA SHPK"),
    ("Škofja Loka", "Skofja Loka"),
    ("Yıldız Derneği", "Yildiz Dernegi"),
    ("İzmir Vakfı", "Izmir Vakfi"),
    ("Straße der Brücken", "STRASSE DER BRUCKEN"),
    ("Ærø Fonden", "Aero Fonden"),
    # signs
    ("Ｆｕｌｌ Ｗｉｄｔｈ Ｇｒｏｕｐ", "Full Width Group"),
    ("“Bright” ‘Morning’ Circle", "\"Bright\" 'Morning' Circle"),
    ("„Тихи” дом", "«Tihi» dom"),
    ("O’Malley Trust", "O'Malley Trust"),
    ("D´Arcy Trust", "DʼArcy Trust"),
    ("Anti‑Rumour Desk", "Anti-Rumour Desk"),
    ("Peace – Now — Here", "Peace-Now-Here"),
    ("Two  Double   Spaces", "Two Double\u00a0Spaces"),
    ("Soft\u00adware House", "Software House"),
    ("Q.Z.W.", "QZW"),
    ("Граничен Ц.Т.Ж.", "Granicen CTZ"),
]
NUMBERS = range(len(SPELLINGS))
LABELS = [f"{first} = {second}" for first, second in SPELLINGS]


def write_record(world: World, identifier: str, name: str) -> None:
    quoted = name.replace("'", "''")
    world.write(
        f"data/records/organization/{identifier}.yml",
        f"id: {identifier}\ntype: Organization\nclaims:\n  - source: atlas\n"
        f"    prefLabel: {{en: '{quoted}'}}\n    kind: foundation\n",
    )


def write_records(world: World, suffix: str, side: int) -> None:
    """Records with one side of the spellings; of the first four, which are one name, one record."""
    for number in NUMBERS:
        if number == 0 or number > 3:
            write_record(world, f"spelling-{number}-{suffix}", SPELLINGS[number][side])


def record_id(number: int, suffix: str) -> str:
    return f"spelling-{number if number > 3 else 0}-{suffix}"


@pytest.fixture(scope="module")
def spelled(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    """Northtown with a record for the first spelling of each pair."""
    world = make_world(tmp_path_factory.mktemp("spelled") / "project")
    write_records(world, "a", 0)
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    return KnowledgeGraph.open(world.root)


@pytest.fixture(scope="module")
def warnings(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `pcve validate` warns of where each name has two records, one for each spelling."""
    world = make_world(tmp_path_factory.mktemp("twice") / "project")
    write_records(world, "a", 0)
    write_records(world, "b", 1)
    result = world.pcve("validate", "--limit", "0")
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("number", NUMBERS, ids=LABELS)
def test_a_search_takes_any_spelling(spelled: KnowledgeGraph, number: int) -> None:
    for spelling in SPELLINGS[number]:
        best = spelled.search(spelling)[0]
        assert (best.id, best.field) == (record_id(number, "a"), "name")


@pytest.mark.parametrize("number", NUMBERS, ids=LABELS)
def test_a_parameter_takes_any_spelling(spelled: KnowledgeGraph, number: int) -> None:
    for spelling in SPELLINGS[number]:
        rows = spelled.query("evidence", thing=spelling)
        assert {str(row["thing"]).rpartition("/")[2] for row in rows} == {record_id(number, "a")}


@pytest.mark.parametrize("number", NUMBERS, ids=LABELS)
def test_two_records_with_spellings_of_one_name_are_likely_duplicates(
    warnings: str, number: int
) -> None:
    first, second = record_id(number, "a"), record_id(number, "b")
    left, right = map(one_line, SPELLINGS[number if number > 3 else 0])
    message = f'{first} and {second} may be duplicates: their names "{left}" and "{right}" differ'
    assert message in warnings


def test_only_spellings_of_one_name_are_warned_of(warnings: str) -> None:
    records = {record_id(number, "a") for number in NUMBERS}
    assert warnings.count("differ only in spelling") == len(records)


def test_a_name_in_another_script_gets_a_suggestion(world: World) -> None:
    path = world.root / "data/records/organization/lake-fund.yml"
    text = path.read_text("utf-8") + "  - source: atlas\n    location: Ландија\n"
    path.write_text(text, "utf-8")
    assert "did you mean landia?" in world.pcve("validate").stdout


def test_a_name_of_punctuation_alone_is_like_no_other(world: World) -> None:
    write_record(world, "dots", "…")
    write_record(world, "dashes", "— —")
    assert "may be duplicates" not in world.pcve("validate").stdout


def test_a_legal_form_alone_is_a_name(world: World) -> None:
    write_record(world, "nvo-one", "N.V.O.")
    write_record(world, "shpk-one", "Sh.p.k.")
    assert "may be duplicates" not in world.pcve("validate").stdout
    write_record(world, "nvo-two", "НВО")
    assert "nvo-one and nvo-two may be duplicates" in world.pcve("validate").stdout


TEXTS = st.one_of(
    st.text(max_size=20),
    st.text("dji.sh'’´ıİßæŠćđжљњћџѓќѕјЈьıëçＡ\u030c\u0301\u00ad -", max_size=20),
)


@given(TEXTS)
def test_folding_is_idempotent_and_plain(text: str) -> None:
    for folded in (fold(text), fold_name(text)):
        assert fold(folded) == folded
        assert folded.isascii()
        assert folded == " ".join(folded.split()).lower()
    assert fold_name(fold_name(text)) == fold_name(text)


@given(TEXTS)
def test_canonically_equivalent_texts_fold_to_one(text: str) -> None:
    forms = {unicodedata.normalize(form, text) for form in ("NFC", "NFD")}
    assert {fold(form) for form in forms} == {fold(text)}


@given(TEXTS)
def test_texts_that_are_equal_by_case_folding_fold_to_one(text: str) -> None:
    for variant in (text.upper(), text.lower(), text.title(), text.swapcase()):
        if variant.casefold() == text.casefold():
            assert fold(variant) == fold(text)


@given(TEXTS, TEXTS)
def test_words_fold_one_by_one(first: str, second: str) -> None:
    """A name within a text folds as it does alone, so that a search by words finds it."""
    assume(fold(first) and fold(second))
    assert fold(f"{first}  {second}") == f"{fold(first)} {fold(second)}"


@given(st.text(max_size=40))
def test_straight_quotation_marks_keep_every_place(text: str) -> None:
    straight = straighten_quotes(text)
    assert len(straight) == len(text)
    assert straighten_quotes(straight) == straight
    assert not set(straight) & set("‘’‚‛‹›“”„‟«»")
