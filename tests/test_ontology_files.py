"""The files of an ontology and of a project: what is missing, empty or described twice is reported.

A fault in the ontology is one message about the ontology, never a traceback and never a list of
records that are right.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import ROOT, World

from pcve_graph.cli.main import cli

NORTHTOWN = "data/records/place/northtown.yml"
TYPICAL = ("claim", "closed-lists", "event", "hosting", "role", "thing", "topic")
"""The parts of an ontology that a base test takes away; a long one takes each."""
UNUSED = (
    *("organizational-unit.ttl", "retired.ttl", "derived-statement.ttl", "groups.ttl"),
    *(f"portable/{name}.ttl" for name in ("claims", "concepts", "core", "recommended", "rules")),
    *("money-share.ttl", "standing.ttl"),
)
"""Files that nothing else refers to for a check: a superclass is enough, rules and groups are those
of forms and other engines, and lists that are retired have their terms for old data only."""
PARTS = [
    pytest.param(name, marks=() if Path(name).stem in TYPICAL else pytest.mark.long)
    for name in sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("ontology/*/*.ttl"))
    if not name.endswith(UNUSED)
]
COMMANDS = (
    ("build",),
    ("validate",),
    ("validate", NORTHTOWN),
    ("edit", "fmt", "--check"),
    ("edit", "new", "event", "an-event"),
    ("explain", "pcvesh:Event-kind"),
)


def run(world: World, *arguments: str) -> Result:
    """The result of a command that must fail with messages, each with rule and fix."""
    paths = (str(world.root / word) if word.startswith("data/") else word for word in arguments)
    result = world.pcve(*paths)
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in (1, 2), result.output
    assert "Traceback" not in result.output
    return result


def messages(result: Result) -> list[str]:
    """The first line of each problem; every one has a rule and a fix."""
    lines = result.output.splitlines()
    assert sum(line.startswith("    rule: ") for line in lines) == sum(
        line.startswith("    fix:  ") for line in lines
    )
    return [line for line in lines if ": error " in line]


def only_message(world: World, *arguments: str) -> str:
    """The single problem that a command reports."""
    (message,) = messages(run(world, *arguments))
    return message


def shape_file(world: World, name: str, text: str) -> Path:
    prefixes = "".join(
        f"PREFIX {prefix}: <{iri}>\n"
        for prefix, iri in (
            ("pcve", "https://w3id.org/pcve/ns#"),
            ("pcvesh", "https://w3id.org/pcve/shapes#"),
            ("sh", "http://www.w3.org/ns/shacl#"),
        )
    )
    return world.write(name, f"{prefixes}\n{text}\n")


# Parts that are missing or empty.


@pytest.mark.long
@pytest.mark.parametrize("name", ["ontology/pcve.ttl", *PARTS])
def test_a_file_that_is_missing_or_empty_is_one_message(world: World, name: str) -> None:
    path = world.root / name
    path.unlink()
    missing = only_message(world, "validate")
    path.write_text("# empty\n", "utf-8")
    empty = only_message(world, "validate")
    for message in (missing, empty):
        assert message.startswith("ontology/")
        assert "error ontology-part:" in message
        assert "data/" not in message
        assert name in message or path.stem in message or "no shape has" in message
    assert missing.startswith(f"{name}:1:1:") == ("the file is missing" in missing)


@pytest.mark.long
@pytest.mark.parametrize("name", ["pcve", "shapes/source", "shapes/closed-lists", "vocab/role"])
def test_every_command_reports_it(world: World, name: str) -> None:
    (world.root / "ontology" / f"{name}.ttl").unlink()
    for arguments in COMMANDS:
        message = only_message(world, *arguments)
        place = f"ontology/{name}.ttl:1:1: error ontology-part: the file is missing"
        assert message.startswith(place), arguments


@pytest.mark.parametrize("folder", ["ontology/shapes", "ontology/vocab"])
def test_a_folder_of_the_ontology_is_missing_empty_or_a_file(world: World, folder: str) -> None:
    path = world.root / folder
    shutil.rmtree(path)
    if folder == "ontology/vocab":
        assert f"{folder} is missing" in only_message(world, "build")
    path.mkdir()
    assert f"{folder} has no Turtle file" in only_message(world, "build")
    path.rmdir()
    path.write_text("", "utf-8")
    assert f"{folder} is not a folder" in only_message(world, "edit", "fmt")


def test_a_list_without_concepts_is_reported(world: World) -> None:
    scheme = "<https://w3id.org/pcve/vocab/role> a <http://www.w3.org/2004/02/skos/core#Concept"
    world.write("ontology/vocab/role.ttl", f"{scheme}Scheme> .\n")
    assert "the list role has no concept" in only_message(world, "build")
    world.write("ontology/vocab/topic.ttl", f"{scheme.replace('role', 'topic')}Scheme> .\n")
    assert "the list role has no concept" in only_message(world, "build")


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "old", "new", "place", "message"),
    [
        (
            "shapes/event.ttl", "sh:node pcvesh:in-event-kind ;", "sh:node pcvesh:in-event-kin ;",
            "pcvesh:in-event-kin ;", "pcvesh:in-event-kin is not described",
        ),
        (
            "shapes/closed-lists.ttl", "sh:hasValue vocab:topic ;", "sh:hasValue vocab:topics ;",
            "vocab:topics ;", "there is no list topics",
        ),
        (
            "shapes/event.ttl", "    sh:path pcve:kind ;\n", "    sh:path pcve:knd ;\n",
            "pcve:knd ;", "pcve:knd is not described",
        ),
        (
            "shapes/event.ttl", "    sh:path pcve:kind ;\n", "",
            "pcvesh:Event-kind ,", "pcvesh:Event-kind has no sh:path",
        ),
        (
            "shapes/event.ttl", "    sh:order 1 ;\n", "    sh:order 1.5 ;\n",
            "1.5 ;", "sh:order of pcvesh:Event-kind",
        ),
        (
            "shapes/event.ttl", '    pcve:folder "event" ;\n', "",
            "pcvesh:Event\n", "pcvesh:Event has no pcve:folder",
        ),
        (
            "shapes/event.ttl", "    sh:class pcve:EventSeries ;\n", "    sh:class pcve:EventSerie ;\n",
            "pcve:EventSerie ;", "no shape has pcve:EventSerie as",
        ),
        (
            "shapes/participation.ttl", "    sh:path pcve:inEvent ;\n", "    sh:path pcve:kind ;\n",
            "", "the shapes of pcve:Participation",
        ),
    ],
)  # fmt: skip
def test_a_fault_in_a_file_is_reported_where_it_is(
    world: World, name: str, old: str, new: str, place: str, message: str
) -> None:
    """`place` is the text at the position, in the changed file."""
    world.replace(f"ontology/{name}", old, new)
    text = (world.root / "ontology" / name).read_text("utf-8")
    assert not place or text.count(place) == 1
    before = text[: text.index(place)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    start = f"ontology/{name}:{line}:{column}: error ontology-part: {message}"
    assert only_message(world, "build").startswith(start)


# Files that would be ignored, or are of no concern.


@pytest.mark.long
def test_a_subject_in_two_files_is_reported_with_both_positions(world: World) -> None:
    shutil.copy(world.root / "ontology/shapes/event.ttl", world.root / "ontology/shapes/event2.ttl")
    message = only_message(world, "build")
    assert message.startswith("ontology/shapes/event2.ttl:11:1: error ontology-subject: ")
    assert "pcvesh:Event is described in ontology/shapes/event.ttl:11:1 too" in message
    assert "more subjects are in both files" in message
    (world.root / "ontology/shapes/event2.ttl").unlink()
    shape_file(world, "ontology/shapes/more/late.ttl", "pcvesh:Event-edition sh:maxCount 2 .")
    message = only_message(world, "validate")
    assert message.startswith("ontology/shapes/more/late.ttl:5:1: error ontology-subject: ")
    assert message.endswith("too")


def test_a_blank_node_is_reported_where_it_is(world: World) -> None:
    name = "ontology/vocab/topic.ttl"
    path = world.root / name
    path.write_text(path.read_text("utf-8") + "\n[] skos:note [ skos:note 'x' ] .\n", "utf-8")
    last = len(path.read_text("utf-8").splitlines())
    message = only_message(world, "build")
    assert message.startswith(
        f"{name}:{last}:14: error ontology-syntax: a blank node has skos:note"
    )


@pytest.mark.long
def test_hidden_files_are_skipped_by_build_and_fmt(world: World) -> None:
    for name in (".hidden.ttl", ".#lock.ttl"):
        world.write(f"ontology/vocab/{name}", "not Turtle")
        world.write(f"queries/answers/{name.replace('ttl', 'rq')}", "not SPARQL ")
    for command in (("build",), ("edit", "fmt", "--check")):
        result = world.pcve(*command)
        assert result.exit_code == 0, result.output


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_lock_of_an_editor_is_skipped(world: World) -> None:
    (world.root / "ontology/vocab/.#topic.ttl").symlink_to("someone@host.123:456")
    assert world.pcve("edit", "fmt", "--check").exit_code == 0
    assert world.pcve("validate").exit_code == 0


def test_a_suffix_in_capital_letters_is_reported(world: World) -> None:
    (world.root / "ontology/vocab/topic.ttl").rename(world.root / "ontology/vocab/Topic.TTL")
    result = run(world, "build")
    assert (
        "ontology/vocab/Topic.TTL:1:1: error ontology-syntax: the file ends in .TTL"
        in result.output
    )
    assert "rename it to Topic.ttl" in result.output


# Roles.


def test_a_role_without_a_concept_is_reported(world: World) -> None:
    world.replace("ontology/vocab/role.ttl", "    pcve:roleProperty pcve:speaker ;\n", "")
    role, concept = messages(run(world, "build"))
    assert role.startswith("ontology/shapes/event.ttl:")
    assert "error role-concept: the role pcve:speaker has no concept in the list role" in role
    assert concept.startswith("ontology/vocab/role.ttl:")
    assert "error role-concept: the role speaker names no property" in concept


# Replacements.


def retire(world: World, name: str, by: str) -> str:
    path = world.root / "data" / "records" / f"{name}.yml"
    text = path.read_text("utf-8") + f"  - source: atlas\n    isReplacedBy: {by}\n"
    path.write_text(text, "utf-8")
    return f"data/records/{name}.yml:{len(text.splitlines())}"


@pytest.mark.long
@pytest.mark.parametrize(
    ("by", "rule", "fix"),
    [
        ("bell-fund", "Retired-replacementIsAnother", "Delete the isReplacedBy"),
        ("northtown", "Retired-replacementHasItsClass", "Write the id of such a record"),
        ("https://northtown.example/", "Thing-isReplacedBy", "create the record"),
        ("lake-fnd", "Thing-isReplacedBy", "did you mean lake-fund?"),
    ],
)
def test_a_replacement_is_another_record_of_the_same_class(
    world: World, by: str, rule: str, fix: str
) -> None:
    bell_fund(world)
    place = retire(world, "organization/bell-fund", by)
    result = run(world, "build")
    (message,) = messages(result)
    assert message.startswith(place)
    assert f"error pcvesh:{rule}:" in message
    assert fix in result.output


def bell_fund(world: World, name: str = "bell-fund") -> None:
    record = "type: Organization\nclaims:\n  - source: atlas\n    prefLabel: {en: %s}\n    kind: foundation\n"
    label = name.replace("-", " ").title()
    world.write(f"data/records/organization/{name}.yml", f"id: {name}\n" + record % label)


@pytest.mark.long
def test_a_chain_of_replacements_is_allowed_and_a_cycle_is_not(world: World) -> None:
    bell_fund(world)
    bell_fund(world, "moss-trust")
    retire(world, "organization/bell-fund", "moss-trust")
    retire(world, "organization/moss-trust", "lake-fund")
    result = world.pcve("build")
    assert (result.exit_code, "0 warnings" in result.output) == (0, True), result.output
    world.replace("data/records/organization/moss-trust.yml", "lake-fund", "bell-fund")
    result = run(world, "build")
    assert "pcvesh:Retired-replacementIsAnother" in result.output


def test_help_and_template_say_that_a_replacement_is_a_record(world: World) -> None:
    page = world.pcve("explain", "Thing-isReplacedBy").stdout
    assert "takes: id of a record of the same class" in page
    assert "web address" not in page
    assert world.pcve("edit", "new", "place", "hill").exit_code == 0
    template = (world.root / "data/records/place/hill.yml").read_text("utf-8")
    assert "isReplacedBy: <id of a record of the same class>" in template


# Ids.


@pytest.mark.parametrize("words", [("edit", "new", "event"), ("evidence", "new")], ids=" ".join)
def test_an_id_has_a_longest_length(world: World, words: tuple[str, ...]) -> None:
    assert world.pcve(*words, "a" * 200).exit_code == 0
    for length in (201, 300, 5000):
        result = run(world, *words, "a" * length)
        assert result.exit_code == 2
        assert "200 characters at most" in result.output
        assert len(result.output) < 300


def test_a_long_id_in_a_file_is_reported(world: World) -> None:
    world.write(
        "data/records/more.jsonl", f'{{"id": "{"a" * 300}", "type": "Place", "claims": []}}\n'
    )
    result = run(world, "build")
    assert "data/records/more.jsonl:1:" in result.output
    assert "error id:" in result.output
    assert "200 characters at most" in result.output


# Shapes of others.


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no shape in"),
        ("# nothing", "no shape in"),
        ("pcve:a pcve:b pcve:c .", "no shape in"),
        ("pcve:S a sh:NodeShape ; sh:closed true .", "no shape with a target in"),
    ],
)
def test_shapes_that_check_nothing_are_refused(
    northtown: World, tmp_path: Path, text: str, message: str
) -> None:
    shapes = shape_file(World(tmp_path), "mine.ttl", text)
    data = tmp_path / "data.ttl"
    data.write_text("<urn:a> a <https://w3id.org/pcve/ns#Event> .", "utf-8")
    for path in (str(data), str(northtown.root / NORTHTOWN)):
        result = northtown.pcve("validate", "--shapes", str(shapes), path)
        assert result.exit_code == 2, result.output
        assert f"{message} {shapes.as_posix()}" in result.output


def test_a_shape_that_is_a_class_has_a_target(northtown: World, tmp_path: Path) -> None:
    text = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n<urn:C> a sh:NodeShape, rdfs:Class ; sh:closed true ."
    shapes = shape_file(World(tmp_path), "mine.ttl", text)
    data = tmp_path / "data.ttl"
    data.write_text("<urn:a> a <urn:C> ; <urn:p> 1 .", "utf-8")
    assert northtown.pcve("validate", "--shapes", str(shapes), str(data)).exit_code == 1


# Projects.


@pytest.mark.parametrize("part", ["ontology/shapes", "queries/answers", "data/records"])
def test_a_project_that_lacks_a_part_is_not_replaced_by_another(
    world: World, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = World(world.root / "inner")
    for name in ("data", "ontology", "queries"):
        shutil.copytree(world.root / name, inner.root / name)
    inner.write("pcve.toml", "")
    shutil.rmtree(inner.root / part)
    before = sorted(path for path in world.root.rglob("*"))
    monkeypatch.chdir(inner.root / "data")
    for words in (("build",), ("edit", "new", "event", "x")):
        result = CliRunner().invoke(cli, words)
        assert result.exit_code == 2, result.output
        assert f"is not a complete project: {part} is missing" in result.output
    named = inner.pcve("build")
    assert named.exit_code == 2
    assert f"is not a pcve project: {part} is missing" in named.output
    assert sorted(path for path in world.root.rglob("*")) == before
