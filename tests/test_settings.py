"""pcve.toml: what it says shows in a release and in `--version`; what is wrong in it has a place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rdflib
import yaml
from conftest import ROOT, World, make_world
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF

DATASET = rdflib.URIRef("https://w3id.org/pcve/dataset")
VCARD = rdflib.Namespace("http://www.w3.org/2006/vcard/ns#")
TITLE = "pcve-graph: a knowledge graph of work to prevent and counter violent extremism"
SETTINGS = """\
title = "The graph of Northtown"
owner = "Northtown Council"
contact = "data@northtown.example"
base = "https://w3id.org/pcve/"
data-version = "2026.11.29"
"""


def release(world: World, settings: str, name: str = "release") -> Path:
    """A release of Northtown with these settings."""
    world.write("pcve.toml", settings)
    result = world.pcve("release", str(world.root / name))
    assert result.exit_code == 0, result.output
    return world.root / name


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Northtown with settings, and its release in release/; not to be changed."""
    world = make_world(tmp_path_factory.mktemp("settings") / "northtown")
    release(world, SETTINGS)
    return world


def described(folder: Path, name: str) -> rdflib.Graph:
    return rdflib.Graph().parse(folder / name, format="turtle")


@pytest.mark.full
def test_void_and_dcat_name_the_owner_and_the_contact(source: World) -> None:
    for name in ("void.ttl", "dcat.ttl"):
        graph = described(source.root / "release", name)
        owner = graph.value(DATASET, DCTERMS.publisher)
        assert graph.value(owner, FOAF.name) == rdflib.Literal("Northtown Council")
        assert graph.value(owner, FOAF.mbox) == rdflib.URIRef("mailto:data@northtown.example")
        assert str(graph.value(DATASET, DCTERMS.title)) == "The graph of Northtown"
    contact = graph.value(DATASET, DCAT.contactPoint)
    assert graph.value(contact, RDF.type) == VCARD.Kind
    assert graph.value(contact, VCARD.hasEmail) == rdflib.URIRef("mailto:data@northtown.example")
    assert str(graph.value(contact, VCARD.fn)) == "Northtown Council"


@pytest.mark.full
def test_the_crate_names_the_owner_and_the_contact(source: World) -> None:
    crate = json.loads((source.root / "release/ro-crate-metadata.json").read_text())
    nodes = {node["@id"]: node for node in crate["@graph"]}
    owner = nodes[nodes["./"]["publisher"]["@id"]]
    assert (owner["@type"], owner["name"]) == ("Organization", "Northtown Council")
    assert nodes[owner["contactPoint"]["@id"]]["email"] == "data@northtown.example"
    assert nodes["./"]["name"] == "The graph of Northtown"


@pytest.mark.full
def test_data_have_a_version_of_their_own(source: World) -> None:
    folder = source.root / "release"
    dcat = described(folder, "dcat.ttl")
    assert str(dcat.value(DATASET, rdflib.URIRef(f"{DCAT}version"))) == "2026.11.29"
    urls = [
        str(dcat.value(node, DCAT.downloadURL)) for node in dcat.objects(DATASET, DCAT.distribution)
    ]
    assert all(url.startswith("https://w3id.org/pcve/release/2026.11.29/") for url in urls)
    crate = json.loads((folder / "ro-crate-metadata.json").read_text())
    root = next(node for node in crate["@graph"] if node["@id"] == "./")
    manifest = json.loads((folder / "manifest.json").read_text())
    citation = yaml.safe_load((folder / "CITATION.cff").read_text())
    versions = {root["version"], manifest["version"], citation["version"]}
    assert versions == {"2026.11.29"} == {manifest["counts"]["dataVersion"]}
    readme = (folder / "README.md").read_text()
    assert "Version 2026.11.29 of the data, 0.1.0 of ontology and program, " in readme
    assert 'pip install "pcve-graph[release]==0.1.0"' in readme
    assert "Responsible: Northtown Council." in readme
    assert "<mailto:data@northtown.example>" in readme
    assert "pcve.toml" in manifest["inputs"]
    shown = source.pcve("--version").stdout
    assert shown == f"pcve, version {manifest['tools']['pcve-graph']}\ndata, version 2026.11.29\n"


@pytest.mark.full
def test_a_release_with_settings_is_the_same_again(source: World, tmp_path: Path) -> None:
    verified = source.pcve("release", "--verify", str(source.root / "release"))
    assert (verified.exit_code, verified.stdout) == (0, "identical, file by file\n")
    changed = make_world(tmp_path / "elsewhere")
    changed.write("pcve.toml", SETTINGS.replace("Council", "Museum"))
    differing = changed.pcve("release", "--verify", str(source.root / "release"))
    assert differing.exit_code == 1
    assert "\ninput pcve.toml: the content differs\nfile README.md: " in differing.stderr


@pytest.mark.full
def test_a_contact_may_be_a_page_and_stand_alone(world: World) -> None:
    folder = release(world, 'contact = "https://northtown.example/data?form=1#top"')
    dcat = described(folder, "dcat.ttl")
    contact = dcat.value(DATASET, DCAT.contactPoint)
    page = rdflib.URIRef("https://northtown.example/data?form=1#top")
    assert dcat.value(contact, VCARD.hasURL) == page
    assert str(dcat.value(contact, VCARD.fn)) == TITLE
    crate = json.loads((folder / "ro-crate-metadata.json").read_text())
    nodes = {node["@id"]: node for node in crate["@graph"]}
    publisher = nodes[nodes["./"]["publisher"]["@id"]]
    assert nodes[publisher["contactPoint"]["@id"]]["url"] == str(page)
    assert f"\nWrong facts and removals: <{page}>.\n" in (folder / "README.md").read_text()


@pytest.mark.full
def test_placeholders_change_nothing_and_are_warned_of(world: World) -> None:
    bare = world.root / "bare"
    quiet = world.pcve("release", str(bare))
    note = "note: data/bounds.yml and data/cited.tsv now state what this release has; commit them\n"
    assert quiet.exit_code == 0
    first, left_out = quiet.stderr.splitlines()
    assert first + "\n" == note
    assert left_out.startswith("iati is left out: ")
    world.write(
        "pcve.toml",
        f'title = "{TITLE}"\n\n  owner = "PLACEHOLDER: nobody"\n"contact"= \'PLACEHOLDER\'\n',
    )
    warned = world.pcve("release", str(world.root / "placed"))
    assert warned.exit_code == 0
    lines = [line for line in warned.stderr.splitlines() if not line.startswith(" ")]
    rule = "placeholder"
    assert lines == [
        f"pcve.toml:3:11: warning {rule}: owner is not set yet",
        f"pcve.toml:4:12: warning {rule}: contact is not set yet",
        left_out,
    ]
    assert "fix:  set owner in pcve.toml" in warned.stderr
    for name in ("void.ttl", "dcat.ttl", "README.md", "CITATION.cff"):
        assert (world.root / "placed" / name).read_bytes() == (bare / name).read_bytes()


FAULTS = {
    'title = "x\n': ("1:11", "settings-syntax", "illegal character", "correct the TOML"),
    'title = "x"\nowner = [\n': ("2:10", "settings-syntax", "invalid value", "correct the TOML"),
    'title = "x"\ntitle = "y"\n': ("2:12", "settings-syntax", "cannot overwrite", "correct"),
    f"title = {'[' * 9000}": ("1:1", "settings-syntax", "nested too deeply", "correct"),
    '# contcat\ntitle = """\ncontcat = 1\n"""\ncontcat = "x"\n': (
        "5:1",
        "settings",
        'unknown key "contcat"',
        "did you mean contact?",
    ),
    '[[zz]]\nx = "y"\n': ("1:1", "settings", 'unknown key "zz"', "the keys are title"),
    'zzz.b = "y"\n': ("1:1", "settings", 'unknown key "zzz"', "the keys are title"),
    'owner = """x\n"""\n\ntitle =   3\n': (
        "4:11",
        "settings",
        "title must be a string",
        'title = "…"',
    ),
    '[owner]\nname = "x"\n': ("1:1", "settings", "owner must be a string", 'owner = "…"'),
    'owner = """a\nb"""\n': ("1:9", "settings", "owner has more than one line", "on one line"),
    'owner = " "\n': ("1:9", "settings", "owner is empty", "leave owner out"),
    'contact = "me"\n': ("1:11", "settings", "neither an e-mail address nor", "data@example.org"),
    'contact = "http://[x"\n': ("1:11", "settings", "neither an e-mail", "data@example.org"),
    'base = "https://x.example/"\n': (
        "1:8",
        "settings",
        'base is "https://x.example/"; this version supports only https://w3id.org/pcve/',
        'write base = "https://w3id.org/pcve/"',
    ),
    'data-version = "2026.13.01"\n': ("1:16", "settings", "is not a day", "2026.11.23"),
    'data-version = "1.0"\n': ("1:16", "settings", "is not a day", "2026.11.23"),
    'title = "a\\u001bb"\n': ("1:9", "control-character", "found the character", "delete"),
}


@pytest.mark.long
@pytest.mark.parametrize("settings", FAULTS, ids=[str(number) for number in range(len(FAULTS))])
def test_a_fault_is_one_message_with_its_place(world: World, settings: str) -> None:
    place, rule, message, fix = FAULTS[settings]
    world.write("pcve.toml", settings)
    for command in (["validate"], ["build"], ["release", str(world.root / "release")]):
        result = world.pcve(*command)
        assert result.exit_code == 1
        first, why, cure = result.output.splitlines()[:3]
        assert first.startswith(f"pcve.toml:{place}: error {rule}: ")
        assert message in first
        assert why.startswith("    rule: ")
        assert fix in cure
        assert "1 error, 0 warnings" in result.output
    assert not (world.root / "build/manifest.json").exists()


def test_every_fault_of_a_file_is_reported(world: World) -> None:
    world.write("pcve.toml", 'contcat = "x"\r\ntitle = 1\r\nbase = "y"\r\n')
    places = [line.split(": ")[0] for line in world.pcve("validate").stdout.splitlines()[::3]]
    assert places[:3] == ["pcve.toml:1:1", "pcve.toml:2:9", "pcve.toml:3:8"]


def test_what_is_not_text_or_not_a_file_is_one_message(world: World) -> None:
    path = world.write("pcve.toml", b'title = "caf\xe9"\n')
    assert "pcve.toml:1:13: error encoding: " in world.pcve("build").stderr
    path.write_bytes(b"#" * 20_000)
    assert "pcve.toml:1:1: error file-size: " in world.pcve("validate").stdout
    path.unlink()
    path.symlink_to("gone.toml")
    assert "pcve.toml:1:1: error special-file: " in world.pcve("validate").stdout


@pytest.mark.long
def test_a_changed_setting_is_in_the_next_build(world: World) -> None:
    event = "data/records/event/northtown-fair-2017.yml"
    world.infer(event)
    assert world.pcve("build").exit_code == 0
    before = world.built("graph/facts.nt").read_bytes()
    assert "dataVersion" not in json.loads(world.built("manifest.json").read_text())
    world.write("pcve.toml", 'data-version = "2026.11.29.2"\n')
    assert "files have changed" in world.pcve("show", "northtown-fair-2016").stderr
    assert world.pcve("build").exit_code == 0
    world.replace(event, "startDate: 2017-03-01", "startDate: 2017-03-02")
    assert world.pcve("build").exit_code == 0  # incremental: the version stays
    assert json.loads(world.built("manifest.json").read_text())["dataVersion"] == "2026.11.29.2"
    world.replace(event, "startDate: 2017-03-02", "startDate: 2017-03-01")
    (world.root / "pcve.toml").unlink()
    assert world.pcve("build").exit_code == 0
    assert "dataVersion" not in json.loads(world.built("manifest.json").read_text())
    assert world.built("graph/facts.nt").read_bytes() == before


def test_version_needs_no_project_with_settings(world: World, tmp_path: Path) -> None:
    alone = world.pcve("--version")
    assert (alone.exit_code, alone.stdout.count("\n")) == (0, 1)
    world.write("pcve.toml", "title = 3")
    broken = world.pcve("--version")
    assert (broken.exit_code, broken.stdout) == (1, alone.stdout)
    assert "pcve.toml:1:9: error settings: " in broken.stderr


def test_the_citation_of_the_data_has_their_version() -> None:
    cited = yaml.load((ROOT / "CITATION.cff").read_text("utf-8"), yaml.BaseLoader)
    data = cited["preferred-citation"]
    shown = World(ROOT).pcve("--version").stdout.splitlines()[1]
    assert shown == f"data, version {data['version']}"
    assert data["date-released"] == "-".join(data["version"].split(".")[:3])
    assert data["title"] == cited["title"]
