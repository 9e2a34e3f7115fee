"""Records as JSON Lines: the same graph, the same messages, the same commands as with YAML."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import World, make_world

from pcve_graph.texts.nodes import Mapping, Node, Scalar, Sequence
from pcve_graph.texts.yamltext import parse


def plain(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(each) for each in node.values]
    assert isinstance(node, Mapping)
    return {key.text: plain(value) for key, value in node.entries}


def rewrite(folder: Path) -> None:
    """Every file of YAML in `folder` as a line of one file of JSON Lines."""
    paths = sorted(folder.glob("*.yml"))
    lines = [json.dumps(plain(parse(path.read_text("utf-8"), path.name))) for path in paths]
    (folder / "all.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    for path in paths:
        path.unlink()


@pytest.fixture
def lined(tmp_path: Path) -> World:
    """Northtown with every record and source in JSON Lines."""
    world = make_world(tmp_path / "lined")
    for folder in ((world.root / "data" / "records").iterdir(), [world.root / "data" / "sources"]):
        for each in folder:
            rewrite(each)
    return world


def graphs(world: World) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (world.root / "build" / "graph").iterdir()}


def test_the_same_records_give_the_same_bytes(northtown: World, lined: World) -> None:
    assert lined.pcve("build").exit_code == 0
    assert graphs(lined) == graphs(northtown)


def test_canonical_lines_are_the_same_records(northtown: World, lined: World) -> None:
    path = lined.root / "data/records/event/all.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    mixed = [dict(reversed(each.items())) for each in lines]
    for block in (block for each in mixed for block in each["claims"]):
        if "edition" in block:
            block["edition"] = int(block["edition"])
    path.write_text("\n\n".join(json.dumps(each, indent=None) for each in mixed), "utf-8")
    assert lined.pcve("fmt", "--check").exit_code == 1
    assert lined.pcve("fmt").exit_code == 0
    once = path.read_bytes()
    assert once.startswith(b'{"id": "')
    assert b'"edition": 3' in once
    assert lined.pcve("fmt", "--check").exit_code == 0
    assert lined.pcve("build").exit_code == 0
    assert graphs(lined) == graphs(northtown)


def test_lines_that_cannot_be_read_are_left_as_they_are(lined: World) -> None:
    path = lined.root / "data/records/event/all.jsonl"
    path.write_text(path.read_text("utf-8") + '{"id": "x",}\n', "utf-8")
    before = path.read_bytes()
    line = before.count(b"\n")
    result = lined.pcve("fmt")
    assert result.exit_code == 1
    assert f"all.jsonl:{line}:11: error json-syntax" in result.stderr
    assert path.read_bytes() == before


def test_a_build_tells_the_line_of_a_fault(lined: World) -> None:
    path = lined.root / "data/records/place/all.jsonl"
    path.write_text(path.read_text("utf-8").replace('"kind": "city"', '"kind": "cty"', 1), "utf-8")
    line = next(
        n for n, each in enumerate(path.read_text("utf-8").splitlines(), 1) if "cty" in each
    )
    result = lined.pcve("build")
    assert result.exit_code == 1
    assert f"data/records/place/all.jsonl:{line}:" in result.stderr
    assert "did you mean city?" in result.stderr


def test_an_id_in_two_files_is_told_with_both_places(lined: World) -> None:
    path = lined.root / "data/records/place/all.jsonl"
    (_, second, *_) = path.read_text("utf-8").splitlines()
    lined.write("data/records/place/more.jsonl", second + "\n")
    result = lined.pcve("build")
    assert result.stderr.count(": error ") == 1
    assert "place/more.jsonl:1:8: error duplicate-id" in result.stderr
    assert "data/records/place/all.jsonl, line 2" in result.stderr


def test_a_record_in_the_wrong_folder_is_told(lined: World) -> None:
    (lined.root / "data/records/place/all.jsonl").rename(lined.root / "data/records/all.jsonl")
    result = lined.pcve("build")
    assert result.exit_code == 1
    assert "move it to data/records/place/" in result.stderr


EVENT = '{"id": "fair", "type": "Event", "claims": [{"source": "atlas", "prefLabel": {"en": "Fair"}, "kind": "%s"}]}\n'


@pytest.mark.parametrize("content", [EVENT % "wrkshop", "\n \n" + EVENT % "wrkshop"])
def test_records_come_through_stdin(northtown: World, content: str) -> None:
    options = ["validate", "-", "--input-format", "record", "--format", "json"]
    result = northtown.pcve(*options, stdin=content)
    assert result.exit_code == 1
    (found,) = json.loads(result.stdout)
    assert (found["path"], found["line"]) == ("stdin", content.count("\n"))
    assert found["rule"] == "pcvesh:Event-kind"
    assert northtown.pcve(*options, stdin=EVENT % "workshop").exit_code == 0


def test_a_yaml_record_comes_through_stdin(northtown: World) -> None:
    text = "id: fair\ntype: Event\nclaims:\n  - source: atlas\n    prefLabel: {en: Fair}\n    kind: wrkshop\n"
    result = northtown.pcve("validate", "-", "--input-format", "record", stdin=text)
    assert result.exit_code == 1
    assert "stdin:6:11: error pcvesh:Event-kind" in result.stderr
    right = northtown.pcve(
        "validate", "-", "--input-format", "record", stdin=text.replace("wrk", "work")
    )
    assert right.exit_code == 0


def test_a_file_without_an_ending_is_read_as_what_it_begins_with(
    northtown: World, tmp_path: Path
) -> None:
    path = tmp_path / "fair"
    path.write_text(EVENT % "wrkshop")
    result = northtown.pcve("validate", str(path), "--input-format", "record")
    assert f"{path.as_posix()}:1:" in result.stderr
    assert "error pcvesh:Event-kind" in result.stderr


def test_a_fault_in_one_record_hides_none_in_another(northtown: World, tmp_path: Path) -> None:
    late = (
        EVENT.replace('"fair"', '"late"').replace("Fair", "Orchard")
        % 'workshop", "startDate": "2018-02", "endDate": "2018-01'
    )
    (tmp_path / "a.jsonl").write_text(EVENT % "wrkshop" + late)
    (tmp_path / "b.jsonl").write_text(
        '{"id": "cut",\n' + late.replace('"late"', '"later"').replace("Orchard", "Kites")
    )
    result = northtown.pcve("validate", str(tmp_path), "--format", "json")
    found = [
        (Path(each["path"]).name, each["line"], each["rule"]) for each in json.loads(result.stdout)
    ]
    assert found == [
        ("a.jsonl", 1, "pcvesh:Event-kind"),
        ("a.jsonl", 2, "pcvesh:Dated-earliest"),
        ("b.jsonl", 1, "json-syntax"),
        ("b.jsonl", 2, "pcvesh:Dated-earliest"),
    ]


def test_one_thing_may_be_asked_for(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(EVENT % "wrkshop" + EVENT.replace('"fair"', '"late"') % "conferense")
    options = ["--format", "json", "--focus", "https://w3id.org/pcve/id/event/late"]
    found = json.loads(northtown.pcve("validate", str(path), *options).stdout)
    assert [each["line"] for each in found] == [2]


def test_shapes_of_ones_own_are_asked_of_records(northtown: World, tmp_path: Path) -> None:
    path, shapes = tmp_path / "a.jsonl", tmp_path / "s.ttl"
    path.write_text(EVENT % "workshop")
    shapes.write_text(
        "PREFIX e: <http://e.example/>\nPREFIX sh: <http://www.w3.org/ns/shacl#>\n"
        "PREFIX pcve: <https://w3id.org/pcve/ns#>\n"
        'e:Event-mode a sh:PropertyShape ; sh:path pcve:mode ; sh:minCount 1 ; sh:message "Say how." .\n'
        "e:Event a sh:NodeShape ; sh:targetClass pcve:Event ; sh:property e:Event-mode .\n"
    )
    options = ["--format", "json", "--shapes", str(shapes)]
    (found,) = json.loads(northtown.pcve("validate", str(path), *options).stdout)
    assert (found["line"], found["rule"]) == (1, "http://e.example/Event-mode")


@pytest.mark.parametrize("part", ["data", "data/sources", "data/records", "data/ledger.yml"])
def test_files_of_the_project_are_what_the_build_reads(world: World, part: str) -> None:
    pair = "- pair: [northtown, southport]\n  verdict: different\n  reason: two towns\n"
    world.write("data/ledger.yml", pair)
    result = world.pcve("validate", str(world.root / part))
    assert result.exit_code == 0, result.stderr
    world.replace("data/sources/atlas.yml", "language:", "langage:")
    world.write("data/ledger.yml", pair.replace("different", "other"))
    result = world.pcve("validate", str(world.root / part))
    told = {
        line.split(": error ")[1].split(":")[0]
        for line in result.stderr.splitlines()
        if ": error " in line
    }
    expected = {
        "data/sources": {"unknown-key"},
        "data/records": set(),
        "data/ledger.yml": {"ledger"},
    }
    assert told == expected.get(part, {"unknown-key", "ledger"})
