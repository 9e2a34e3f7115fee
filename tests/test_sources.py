"""Sources as records of their own: who published and wrote them, what was read, and what became of them."""

from __future__ import annotations

import pytest
from conftest import World

PAGE = "data/sources/lake-fund-page.yml"
HERALD = "data/sources/shore-herald.yml"
ATLAS = "data/sources/atlas.yml"
SOURCE = "https://w3id.org/pcve/source/"
NS = "https://w3id.org/pcve/ns#"


def built(world: World) -> None:
    result = world.pcve("build")
    assert result.exit_code == 0, result.output


def graphs(world: World) -> dict[str, tuple[str, ...]]:
    names = ("facts", "evidence", "catalog")
    return {name: tuple(world.saved().lines(name)) for name in names}


def test_a_source_has_a_statement_for_each_of_its_keys(northtown: World) -> None:
    about = f"<{SOURCE}lake-fund-page>"
    lines = {line for line in northtown.saved().lines("catalog") if line.startswith(about)}
    for statement in (
        "<http://purl.org/dc/terms/publisher> <https://w3id.org/pcve/id/organization/lake-fund>",
        f'<{NS}publisherName> "The Lake Fund"',
        "<https://schema.org/author> <https://w3id.org/pcve/id/organization/lake-fund>",
        f"<{NS}kind> <https://w3id.org/pcve/vocab/source-kind/project-page>",
        f"<{NS}extentRead> <https://w3id.org/pcve/vocab/read-extent/whole>",
        "<http://purl.org/dc/terms/license> <https://spdx.org/licenses/CC-BY-4.0>",
        "<https://schema.org/archivedAt> "
        "<https://archive.example/20261123/https://lakefund.example/calm-waters>",
    ):
        assert f"{about} {statement} ." in lines
    mirror = f"<{SOURCE}shore-herald> <{NS}mirrorOf> {about} ."
    assert mirror in set(northtown.saved().lines("catalog"))


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "old", "new", "message", "fix"),
    [
        (PAGE, "publisher: lake-fund", "publisher: lake-fand", "publisher is \"lake-fand\"", "lake-fund"),
        (PAGE, "kind: project-page", "kind: project page", "kind is \"project page\"", "project-page"),
        (PAGE, "license: CC-BY-4.0", "license: CC-BY-4", "licence is \"CC-BY-4\"", "did you mean CC-BY-"),
        (PAGE, "extentRead: whole", "extentRead: all", "extent read is \"all\"", "beginning, excerpt, whole"),
        (PAGE, "archivedAt: https://", "archivedAt: archive:", "archived copy is", "https://"),
        (HERALD, "mirrorOf: lake-fund-page", "mirrorOf: no-such-page", "mirrorOf takes", "source"),
        (HERALD, "mirrorOf: lake-fund-page", "mirrorOf: shore-herald", "is a mirror of itself", "mirrorOf"),
        (HERALD, "mirrorOf: lake-fund-page", "mirrorOf: lake-fund", "mirrorOf takes", "source"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_one_error_with_its_line(
    world: World, name: str, old: str, new: str, message: str, fix: str
) -> None:
    line = next(
        number
        for number, text in enumerate((world.root / name).read_text("utf-8").splitlines(), 1)
        if text.startswith(old)
    )
    world.replace(name, f"\n{old}", f"\n{new}")
    result = world.pcve("build")
    assert result.exit_code == 1
    assert result.stderr.count(" error ") == 1, result.stderr
    assert f"{name}:{line}:" in result.stderr or "mirror of itself" in message, result.stderr
    assert message in result.stderr
    assert fix in result.stderr


def test_the_name_where_an_id_stands_now_is_one_error_with_the_new_key(world: World) -> None:
    world.replace(ATLAS, "publisherName: Atlas House", "publisher: Atlas House")
    result = world.pcve("build")
    assert result.exit_code == 1
    assert result.stderr.count(" error ") == 1
    assert f"{ATLAS}:3:1: error unknown-key: publisher is no longer a text" in result.stderr
    assert "write publisherName, or run `pcve edit migrate`" in result.stderr


@pytest.mark.long
def test_migration_finds_the_publisher_where_one_organisation_has_the_name(world: World) -> None:
    built(world)
    before = graphs(world)
    world.replace(ATLAS, "publisherName: Atlas House", "publisher: Atlas House")
    news = "data/sources/northtown-news.yml"
    world.replace(
        news,
        "publisherName: Northtown Council\npublisher: northtown-council\n",
        "publisher: Northtown Council\n",
    )
    check = world.pcve("edit", "migrate", "--check")
    assert check.exit_code == 1
    assert "2 keys would be renamed, 0 facts moved, 1 publisher linked, 2 files" in check.stderr
    assert world.pcve("edit", "migrate").exit_code == 0
    built(world)
    assert graphs(world) == before
    assert world.pcve("edit", "fmt", "--check").exit_code == 0
    again = world.pcve("edit", "migrate")
    assert (again.exit_code, again.stdout) == (0, "")


@pytest.mark.parametrize(
    "other",
    [
        "id: new-council\ntype: Organization\nclaims:\n"
        "  - source: atlas\n    prefLabel: {en: New Council}\n"
        "    altLabel: {sq: northtown COUNCIL}\n    kind: agency\n",
        "id: new-council\ntype: Initiative\nclaims:\n"
        "  - source: atlas\n    prefLabel: {en: Northtown Council}\n    kind: network\n",
    ],
)
def test_migration_proposes_no_publisher_where_two_records_have_the_name(
    world: World, other: str
) -> None:
    kind = "initiative" if "Initiative" in other else "organization"
    world.write(f"data/records/{kind}/new-council.yml", other)
    news = "data/sources/northtown-news.yml"
    world.replace(
        news,
        "publisherName: Northtown Council\npublisher: northtown-council\n",
        "publisher: Northtown Council\n",
    )
    assert world.pcve("edit", "migrate").exit_code == 0
    text = (world.root / news).read_text("utf-8")
    assert "publisherName: Northtown Council\n" in text
    assert "publisher:" not in text


@pytest.mark.long
def test_a_withdrawn_source_gives_one_warning_for_each_record_that_rests_on_it(
    world: World,
) -> None:
    built(world)
    rights = "rights: {en: 'Invented for the tests of this project; cited, not held.'}\n"
    world.replace(PAGE, rights, rights + "withdrawn: {en: The fund took it back.}\n")
    result = world.pcve("build")
    assert result.exit_code == 0
    assert result.stderr.count(" warning ") == 1
    assert (
        "data/records/project/calm-waters.yml:1:1: warning check:source-is-withdrawn: "
        "rests on the source lake-fund-page, which is withdrawn: The fund took it back."
    ) in result.stderr
    continued = graphs(world)
    assert world.pcve("build", "--whole").stderr.count(" warning ") == 1
    assert graphs(world) == continued


@pytest.mark.long
def test_a_publisher_that_changes_changes_its_sources(world: World) -> None:
    built(world)
    fund = "data/records/organization/lake-fund.yml"
    text = (world.root / fund).read_text("utf-8")
    (world.root / fund).unlink()
    moved = text.replace("type: Organization", "type: Initiative")
    world.write("data/records/initiative/lake-fund.yml", moved.replace("foundation", "network"))
    built(world)
    lines = set(world.saved().lines("catalog"))
    publisher = "<http://purl.org/dc/terms/publisher>"
    assert (
        f"<{SOURCE}lake-fund-page> {publisher} <https://w3id.org/pcve/id/initiative/lake-fund> ."
        in lines
    )
    continued = graphs(world)
    assert world.pcve("build", "--whole").exit_code == 0
    assert graphs(world) == continued
    (world.root / "data/records/initiative/lake-fund.yml").unlink()
    result = world.pcve("build")
    assert result.exit_code == 1
    assert f"{PAGE}:4:12: error pcvesh:Source-publisher" in result.stderr


@pytest.mark.long
def test_an_original_that_goes_leaves_an_error_at_its_mirror(world: World) -> None:
    built(world)
    world.replace(HERALD, "mirrorOf: lake-fund-page", "mirrorOf: shore-rumours")
    built(world)
    (world.root / "data/sources/shore-rumours.yml").unlink()
    result = world.pcve("build")
    assert result.exit_code == 1
    assert "mirrorOf takes" in result.stderr
    assert result.stderr == world.pcve("build", "--whole").stderr


def test_a_part_names_the_publishers_of_its_sources(world: World) -> None:
    built(world)
    result = world.pcve("export", "ntriples", "--only", "project", "--since", "2017")
    assert result.exit_code == 0, result.output
    fund = "<https://w3id.org/pcve/id/organization/lake-fund>"
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    assert (
        f"<{SOURCE}lake-fund-page> <http://purl.org/dc/terms/publisher> {fund} ." in result.stdout
    )
    assert f'{fund} {label} "Lake Fund"@en .' in result.stdout
    university = "<https://w3id.org/pcve/id/organization/old-bridge-university>"
    assert (
        f"<{SOURCE}bridge-study> <http://purl.org/dc/terms/publisher> {university} ."
        in result.stdout
    )
    assert f'{university} {label} "Old Bridge University"@en .' in result.stdout


@pytest.mark.full
def test_a_bibliography_names_publisher_and_authors_as_printed(world: World) -> None:
    built(world)
    result = world.pcve("export", "bibtex")
    assert result.exit_code == 0, result.output
    entry = result.stdout.partition("@misc{source-bridge-study,")[2].partition("\n}\n")[0]
    assert 'author = "{Ana Vale} and {Bo Reed}"' in entry
    assert 'publisher = "Old Bridge University Press"' in entry
    assert 'howpublished = "Study"' in entry
