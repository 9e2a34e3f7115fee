"""What the command refuses so that nobody is harmed: private persons, closed sources, names."""

from __future__ import annotations

import pytest
from conftest import ROOT, World

EVENT = "data/records/event/lanterns-launch-2021.yml"
HIT = '"Besnik Tershana" stands near "suspect", and no record says in which role'
TEXT = "A suspect called Besnik Tershana was there."


def add_block(world: World, facts: str, path: str = EVENT) -> None:
    """Add a block that cites the atlas, whose text is not held."""
    text = (world.root / path).read_text("utf-8")
    world.write(path, f"{text}  - source: atlas\n{facts}")


@pytest.mark.parametrize(
    "facts",
    [
        f"    description: {{en: {TEXT}}}\n",
        f"    altLabel: {{sq: {TEXT}}}\n",
        f"    about: civil-society\n    note: {TEXT}\n",
        f"    about: civil-society\n    locator: {TEXT}\n",
        f"    editorialNote: {{en: {TEXT}}}\n",
    ],
)
@pytest.mark.long
def test_a_private_person_in_any_text_of_a_record_is_an_error(world: World, facts: str) -> None:
    add_block(world, facts)
    result = world.pcve("build")
    assert result.exit_code == 1
    assert f"error private-person: {HIT}" in result.output
    assert f"{EVENT}:" in result.output


def passage(says: str) -> str:
    """The keys of a passage that begins with these words."""
    return f"    passage: {{words: 12, sha256: {'ab' * 32}, says: {says}, at: 0}}\n"


def test_a_private_person_in_the_words_of_a_passage_is_an_error(world: World) -> None:
    says = passage("a suspect called Besnik Tershana")
    add_block(world, f"{says}    certainty: assigned\n    about: civil-society\n")
    result = world.pcve("build")
    assert (result.exit_code, f"error private-person: {HIT}" in result.output) == (1, True)


def test_a_private_person_in_a_source_is_an_error(world: World) -> None:
    world.pcve("build")
    path = "data/sources/atlas.yml"
    world.replace(path, "rights: {en: ", f"rights: {{sq: {TEXT}, en: ")
    result = world.pcve("build")
    assert (result.exit_code, HIT in result.output, path in result.output) == (1, True, True)


@pytest.mark.long
def test_a_reason_in_the_record_lifts_the_error_and_an_unused_one_is_an_error(world: World) -> None:
    path = world.root / EVENT
    cleared = "cleared: [{rule: private-person, text: Besnik Tershana, reason: a ship}]\nclaims:"
    world.replace(EVENT, "claims:", cleared)
    unused = world.pcve("build")
    assert "error cleared: this entry lifts no error" in unused.output
    add_block(world, f"    editorialNote: {{en: {TEXT}}}\n")
    assert world.pcve("build").exit_code == 0, path.read_text()
    assert world.pcve("edit", "fmt").exit_code == 0
    assert (world.root / EVENT).read_text("utf-8").index("cleared:") < 60
    assert world.pcve("build").exit_code == 0


@pytest.mark.parametrize(
    "entry",
    [
        "{rule: private-person, text: Besnik Tershana}",
        "{rule: checksum, text: a, reason: b}",
        "Besnik Tershana",
        "{rule: private-person, text: a, reason: b, by: c}",
    ],
)
def test_an_incomplete_reason_is_an_error(world: World, entry: str) -> None:
    world.replace(EVENT, "claims:", f"cleared: [{entry}]\nclaims:")
    result = world.pcve("build")
    assert result.exit_code == 1
    assert "error cleared: " in result.output


@pytest.mark.long
def test_a_record_of_the_person_explains_the_name_until_it_is_gone(world: World) -> None:
    """A build of the change alone sees it as a whole build does."""
    add_block(
        world,
        "    editorialNote: {en: 'Ana Vale met families there, and Ms Vale thanked Ane Vale.'}\n",
    )
    assert world.pcve("build").exit_code == 0
    person = "data/records/person/ana-vale.yml"
    text = (world.root / person).read_text("utf-8")
    world.write(person, text.replace("Ana Vale}", "Eva Vale}"))
    for command in (("build",), ("build", "--whole")):
        result = world.pcve(*command)
        assert result.exit_code == 1
        assert f"{EVENT}:" in result.output
        assert '"Ana Vale" stands near "families"' in result.output
    world.write(person, text)
    assert world.pcve("build").exit_code == 0


@pytest.mark.long
def test_the_list_of_what_was_left_out_names_no_person(world: World) -> None:
    assert world.pcve("build").exit_code == 0
    world.write("data/left-out.md", "| `tershanic` | a witness |\n| `b` | Besnik Tershana |\n")
    result = world.pcve("build")
    assert result.exit_code == 1
    assert "data/left-out.md:1:1: error private-person" in result.output
    assert "data/left-out.md:2:1: error private-person" in result.output
    assert "Besnik" not in result.output
    world.write("data/left-out.md", "| `study-author-1` | an author, and Ana Vale is recorded |\n")
    assert world.pcve("build").exit_code == 0


def test_the_shipped_list_names_no_person(shipped: World) -> None:
    assert (ROOT / "data/left-out.md").is_file()
    assert "private-person" not in shipped.pcve("validate").output


@pytest.mark.parametrize("change", ["before", "after"])
def test_a_source_that_is_not_public_carries_no_fact(world: World, change: str) -> None:
    if change == "after":
        assert world.pcve("build").exit_code == 0
    world.replace("data/sources/atlas.yml", "kind: ", "accessRights: NON_PUBLIC\nkind: ")
    result = world.pcve("build")
    assert result.exit_code == 1
    assert "error source-not-public: atlas is not public" in result.output


@pytest.mark.parametrize(
    ("curator", "valid"),
    [
        ("reader-a", True),
        ("0000-0002-1825-0097", True),
        ("https://orcid.org/0000-0002-1694-233X", True),
        ("0000-0002-1825-0098", False),
        ("Besnik Tershana", False),
        ("Reader", False),
        ("12-34", False),
    ],
)
@pytest.mark.long
def test_a_curator_is_an_id_or_an_orcid(world: World, curator: str, valid: bool) -> None:
    add_block(world, f"    curator: {curator}\n    about: civil-society\n")
    result = world.pcve("validate")
    assert ("error reader-id: " not in result.output) == valid
    assert curator not in result.output


@pytest.mark.long
def test_redact_leaves_a_tombstone_and_names_the_places(world: World) -> None:
    assert world.pcve("build").exit_code == 0
    reason = ("--reason", "asked to be removed", "--on", "2026-11-30")
    assert world.pcve("edit", "redact", "nobody", *reason).exit_code == 2
    named = world.pcve("edit", "redact", "ana-vale", "--reason", "Ana Vale asked")
    assert (named.exit_code, "repeats a name" in named.output) == (2, True)
    wrong = world.pcve("edit", "redact", "ana-vale", "--reason", "asked", "--on", "30.11.2026")
    assert wrong.exit_code == 2
    result = world.pcve("edit", "redact", "ana-vale", *reason)
    assert result.exit_code == 0, result.output
    path = "data/records/person/ana-vale.yml"
    assert (world.root / path).read_text("utf-8") == (
        "id: ana-vale\ntype: Person\nredacted: {on: 2026-11-30, reason: asked to be removed}\n"
    )
    assert "data/sources/texts/northtown-news.txt:" in result.stdout
    assert "a name of it stands here" in result.stdout
    assert "Ana Vale" not in result.output
    assert world.pcve("edit", "fmt", "--check").exit_code == 0
    again = world.pcve("edit", "redact", "ana-vale", *reason)
    assert (again.exit_code, "redacted already" in again.output) == (2, True)


def test_a_reference_to_a_redacted_record_is_an_error_at_each_place(world: World) -> None:
    """In a build of the change as in a whole one; the record is in no graph and no count."""
    organization = "data/records/organization/reed-trust.yml"
    assert world.pcve("build").exit_code == 0
    result = world.pcve("edit", "redact", "reed-trust", "--reason", "asked to be removed")
    assert f"{EVENT}:" in result.stdout
    for command in (("build",), ("build", "--whole")):
        result = world.pcve(*command)
        assert result.exit_code == 1
        assert f"{EVENT}:" in result.output
        assert "error redacted: the record reed-trust is redacted" in result.output
    world.replace(organization, "redacted:", "sensitivity: economy\nredacted:")
    assert "a redacted record has no sensitivity" in world.pcve("build").output
    world.replace(organization, "sensitivity: economy\n", "")
    world.replace(organization, "reason:", "because:")
    assert "redacted has a day and a reason" in world.pcve("build").output


@pytest.mark.long
def test_a_tombstone_is_in_no_graph_and_no_count(world: World) -> None:
    assert world.pcve("build").exit_code == 0
    counted = world.saved().manifest["records"]
    assert world.pcve("edit", "redact", "register-border", "--reason", "asked").exit_code == 0
    partial = world.pcve("build")
    assert partial.exit_code == 0, partial.output
    states = [world.saved().manifest]
    assert b"/register-border>" not in world.built("graph/facts.nt").read_bytes()
    assert world.pcve("build", "--whole").exit_code == 0
    states.append(world.saved().manifest)
    assert states[0] == states[1]
    assert states[0]["records"] == counted - 1
    path = "data/records/place/register-border.yml"
    world.write(path, "id: register-border\ntype: Place\nclaims: []\n")
    assert "already used" in world.pcve("build").output


def test_a_record_in_json_lines_is_redacted_in_its_line(world: World) -> None:
    record = '{"id": "%s", "type": "Person", "claims": [{"source": "atlas", "prefLabel": {"en": "%s"}}]}\n'
    path = "data/records/person/more.jsonl"
    world.write(path, record % ("bo-reed", "Bo Reed") + record % ("cy-lake", "Cy Lake"))
    result = world.pcve("edit", "redact", "bo-reed", "--reason", "asked", "--on", "2026-11-30")
    assert result.exit_code == 0, result.output
    tombstone = (
        '{"id": "bo-reed", "type": "Person", "redacted": {"on": "2026-11-30", "reason": "asked"}}\n'
    )
    assert (world.root / path).read_text("utf-8") == tombstone + record % ("cy-lake", "Cy Lake")


def sensitive(world: World, path: str = EVENT) -> None:
    world.replace(path, "claims:", "sensitivity: economy\nclaims:")


def facts_about(world: World, identifier: str) -> str:
    lines = (world.built(f"graph/{name}.nt").read_text("utf-8") for name in ("facts", "evidence"))
    return "\n".join(row for text in lines for row in text.splitlines() if identifier in row)


@pytest.mark.long
def test_a_sensitive_record_is_published_with_years_and_economies(world: World) -> None:
    """Whole or as a change; the words of the source are in no graph, the source is."""
    assert world.pcve("build").exit_code == 0
    before = facts_about(world, "lanterns-launch-2021")
    assert "2021-04-20" in before
    assert "/place/reedham>" in before
    sensitive(world)
    graphs = []
    for command in (("build",), ("build", "--whole")):
        result = world.pcve(*command)
        assert result.exit_code == 0, result.output
        graphs.append(world.built("graph/facts.nt").read_bytes())
        graphs.append(world.built("graph/evidence.nt").read_bytes())
    assert graphs[:2] == graphs[2:]
    after = facts_about(world, "lanterns-launch-2021")
    assert '"2021"^^<http://www.w3.org/2001/XMLSchema#gYear>' in after
    assert "2021-04" not in after
    assert "/place/reedham>" not in after
    assert "/place/islia>" in after
    assert "New Lanterns was opened on 20 April" not in graphs[1].decode()
    shown = world.pcve("show", "lanterns-launch-2021", "--all").output
    assert "Coarsened: years and economies alone" in shown
    assert "20 April" not in shown
    csv = world.pcve("export", "csv", "--only", "event", "-o", str(world.root / "e.zip"))
    assert csv.exit_code == 0, csv.output
    assert "april" not in world.pcve("search", "Opening of New Lanterns").output.casefold()


@pytest.mark.long
def test_a_sensitive_record_keeps_its_fingerprints_to_itself(world: World) -> None:
    """Who has the page finds the passage by its fingerprint, and with it the day."""
    add_block(world, f"{passage('20 April 2021')}    startDate: 2021-04-20\n")
    assert world.pcve("build").exit_code == 0
    assert b"ab" * 32 in world.built("graph/evidence.nt").read_bytes()
    sensitive(world)
    for command in (("build",), ("build", "--whole")):
        result = world.pcve(*command)
        assert result.exit_code == 0, result.output
        graph = world.built("graph/evidence.nt").read_bytes()
        assert b"ab" * 32 not in graph
        assert b"20 April 2021" not in graph
        assert world.saved().manifest["facts"]["fingerprinted"] == 0


@pytest.mark.long
def test_a_place_that_moves_moves_the_sensitive_records_in_it(world: World) -> None:
    sensitive(world)
    assert world.pcve("build").exit_code == 0
    world.replace("data/records/place/greenford.yml", "Place: north-isle", "Place: landia")
    world.replace(
        "data/records/place/greenford.yml",
        "    contained",
        "    certainty: assigned\n    contained",
    )
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    partial = facts_about(world, "lanterns-launch-2021")
    assert "/place/landia>" in partial
    assert world.pcve("build", "--whole").exit_code == 0
    assert facts_about(world, "lanterns-launch-2021") == partial


def test_what_a_sensitive_record_keeps_is_not_in_its_name(world: World) -> None:
    sensitive(world)
    world.replace(EVENT, "Opening of New Lanterns", "Opening of New Lanterns in Reedham")
    result = world.pcve("build")
    assert result.exit_code == 1
    assert 'error sensitivity: "reedham" in the name or id' in result.output
    sensitive(world, "data/records/place/reedham.yml")
    assert "a place cannot be coarsened" in world.pcve("build").output
    world.replace(EVENT, "sensitivity: economy", "sensitivity: town")
    assert '"town" is not a sensitivity' in world.pcve("build").output


FORMS = {
    "en": "Opening, April 2021",
    "sq": "Hapja, në prill",
    "mk": "Априлска средба",
    "sr": "Скуп у Ридаму, 20. IV 2021.",
    "bs": "Otvaranje, travanj",
    "sl": "Srečanje 20. 4. 2021",
    "tr": "Greenford'da bir toplantı",
}


def test_a_month_or_place_in_any_language_is_refused_in_the_name(world: World) -> None:
    """The larger places within the economy are places of the record too; the build names each."""
    sensitive(world)
    names = "".join(f"      {language}: {name!r}\n" for language, name in FORMS.items())
    world.replace(
        EVENT, "    prefLabel: {en: Opening of New Lanterns}\n", f"    prefLabel:\n{names}"
    )
    result = world.pcve("build")
    assert result.exit_code == 1
    lines = [line for line in result.output.splitlines() if "error sensitivity: " in line]
    assert len(lines) == len(FORMS), result.output
    for stated in (
        "april",
        "prill",
        "aprilska",
        "20. IV 2021",
        "travanj",
        "20. 4. 2021",
        "greenfordda",
    ):
        assert f'"{stated}" in the name or id is what the record keeps' in result.output


def test_ids_of_parts_of_a_sensitive_record_state_neither_place_nor_month(world: World) -> None:
    """They are in every export; a part of a part has an id as well."""
    sensitive(world)
    world.replace(EVENT, "{id: women, ", "{id: women-reedham-20-april-2021, ")
    world.replace(EVENT, "{id: all, ", "{id: north-isle, ")
    result = world.pcve("build")
    assert result.exit_code == 1
    assert '"april" in the name or id' in result.output
    assert '"north isle" in the name or id' in result.output
    world.replace(EVENT, "{id: women-reedham-20-april-2021, ", "{id: women-2021-islia, ")
    world.replace(EVENT, "{id: north-isle, ", "{id: all, ")
    assert world.pcve("build").exit_code == 0


def test_the_id_of_a_sensitive_record_states_no_month(world: World) -> None:
    text = (world.root / EVENT).read_text("utf-8")
    text = text.replace("id: lanterns-launch-2021", "id: quiet-april-2021\nsensitivity: economy")
    world.write("data/records/event/quiet-april-2021.yml", text)
    result = world.pcve("build")
    assert (result.exit_code, '"april" in the name or id' in result.output) == (1, True)


def test_a_place_that_gets_a_name_makes_it_a_name_that_is_refused(world: World) -> None:
    """In a build of the change as in a whole one: the name is looked up in the saved graph."""
    sensitive(world)
    world.replace(EVENT, "Opening of New Lanterns", "Opening in the Old Harbour")
    assert world.pcve("build").exit_code == 0
    place = "data/records/place/reedham.yml"
    text = (world.root / place).read_text("utf-8")
    world.write(place, f"{text}  - source: atlas\n    altLabel: {{en: Old Harbour}}\n")
    for command in (("build",), ("build", "--whole")):
        result = world.pcve(*command)
        assert (result.exit_code, '"old harbour" in the name' in result.output) == (1, True)


def test_capitals_and_a_surname_alone_are_names_too_unless_a_record_has_them(world: World) -> None:
    notes = (
        "BESNIK TERSHANA, suspect",
        "Hoxha, convicted in 2016, was released",
        "Jean-Luc Picard was tried for terrorism",
        "Osnovna škola Ivo Andrić radi s djecom",
        "ANA VALE met families there",
    )
    texts = "".join(f"      {tag}: {note!r}\n" for tag, note in zip(LANGUAGES, notes, strict=True))
    add_block(world, f"    editorialNote:\n{texts}")
    result = world.pcve("build")
    assert result.exit_code == 1
    assert result.output.count("error private-person: ") == 3, result.output
    for name in ("BESNIK TERSHANA", "Hoxha", "Jean-Luc Picard"):
        assert f'"{name}" stands near' in result.output


LANGUAGES = ("en", "sq", "fr", "bs", "sl")
