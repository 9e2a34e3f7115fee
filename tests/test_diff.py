"""`pcve diff`: each statement that differs, once, with a true reason; the patch that makes it so."""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from conftest import ROOT, World, make_world
from test_incremental import FACTS, REFERENCE

from pcve_graph.graph.inputs import scan_inputs
from pcve_graph.graph.ontology import read_ontology
from pcve_graph.model.namespaces import GRAPHS, graph_iri, source_iri
from pcve_graph.model.problems import ContentError
from pcve_graph.model.project import Project
from pcve_graph.publish.diff.compare import Diff, compare
from pcve_graph.publish.diff.reasons import REASONS
from pcve_graph.publish.diff.render import as_counts, as_json, as_markdown, as_text, rdf_patch
from pcve_graph.publish.diff.snapshot import Snapshot, snapshot_of_release
from pcve_graph.records.assemble import build_graph
from pcve_graph.records.reader import read_records
from pcve_graph.validation.gate import memory_store

GOLDEN = ROOT / "tests" / "golden" / "diff"


def side(root: Path, name: str) -> Snapshot:
    """The graph of a project's files, unchecked."""
    project = Project(root, root / "build")
    built = build_graph(read_records(project), read_ontology(project))
    store = memory_store(built)
    graphs = {graph: frozenset(built.graphs[graph]) for graph in GRAPHS}
    return Snapshot(name, graphs, store, scan_inputs(project).sums)


def quads(which: Snapshot) -> set[ox.Quad]:
    return set(which.store)


def holds(diff: Diff) -> None:
    """Every quad that differs belongs to one change, and every change has a reason that is true."""
    gone, come = map(Counter, diff.quads())
    assert gone == Counter(quads(diff.old) - quads(diff.new))
    assert come == Counter(quads(diff.new) - quads(diff.old))
    subjects = [{quad.subject for quad in quads(snapshot)} for snapshot in (diff.old, diff.new)]
    for change in diff.changes:
        code, about = change.reason.code, change.reason.about
        assert code in REASONS
        assert code != "program", change
        if code in ("source-added", "record-added"):
            assert about
            assert all(node in subjects[1] and node not in subjects[0] for node in about), change
        if code in ("source-removed", "record-removed"):
            assert about
            assert all(node in subjects[0] and node not in subjects[1] for node in about), change
        if code in ("read-further", "withdrawn", "reinterpreted", "source-edited"):
            assert any(node in subjects[0] and node in subjects[1] for node in about), change
        if code == "ontology":
            files = [
                {k: v for k, v in which.inputs.items() if k.startswith("ontology/")}
                for which in (diff.old, diff.new)
            ]
            assert files[0] != files[1]
        if code == "reinterpreted":
            assert {piece.source for piece in (*change.before, *change.after)}
        if code == "certainty":
            assert change.old == change.new
            assert {p.certainty for p in change.before} != {p.certainty for p in change.after}


def changed(world: World, edit: Callable[[World], None]) -> Diff:
    old = side(world.root, "A")
    edit(world)
    diff = compare(old, side(world.root, "B"))
    holds(diff)
    return diff


ROUNDTABLE = "data/records/event/southport-roundtable-2016.yml"
CONFERENCE = "data/records/event/northtown-conference-2015.yml"
FAIR = "data/records/event/northtown-fair-2017.yml"


def one_day(world: World) -> None:
    world.replace(FAIR, "startDate: 2017-03-01", "startDate: 2017-03-02")


def a_role(world: World) -> None:
    world.replace(CONFERENCE, "    assistant: river-institute\n", "")


def a_role_of_another(world: World) -> None:
    world.replace(CONFERENCE, "assistant: river-institute", "assistant: lake-fund")


TAKEN = (
    "  - source: northtown-news\n"
    "    quote: The Third Northtown Conference on Mentoring was held from 19 to 20 January 2015 in Northtown\n"
    "    endDate: 2015-01-20\n    rank: preferred\n"
)
CONTESTED = "    contested: true\n    note: the organiser's own news has 20 January\n"


def a_dispute_less(world: World) -> None:
    """The claim that was preferred is withdrawn, so that the other is a fact."""
    world.replace(CONFERENCE, TAKEN, "")
    world.replace(CONFERENCE, CONTESTED, "")


def a_rank(world: World) -> None:
    world.replace(CONFERENCE, CONTESTED, "    rank: deprecated\n")


def a_dispute_open(world: World) -> None:
    """Neither of two claims is taken any more: no fact is left."""
    reason = "    contested: true\n    note: the bulletin has 21 January\n"
    world.replace(CONFERENCE, TAKEN, TAKEN.replace("    rank: preferred\n", reason))


def a_certainty(world: World) -> None:
    text = "    startDate: 2017-03-01\n"
    note = "    certainty: inferred\n    note: the year is that of the issue\n"
    world.replace(FAIR, text, text + note)


def an_evidence_more(world: World) -> None:
    """A second source states a fact that has a quote already."""
    path = world.root / CONFERENCE
    more = "  - source: atlas\n    locator: p. 12\n    edition: 3\n"
    path.write_text(path.read_text("utf-8") + more, "utf-8")


def an_evidence_less(world: World) -> None:
    path = world.root / CONFERENCE
    path.write_text(path.read_text("utf-8").partition("  - source: atlas")[0], "utf-8")


def a_source_more(world: World) -> None:
    text = (world.root / "data/sources/atlas.yml").read_text("utf-8")
    world.write("data/sources/gazette.yml", re.sub("(?m)^id: .*", "id: gazette", text))
    path = world.root / ROUNDTABLE
    more = "  - source: gazette\n    startDate: 2016-06-03\n    about: prisons\n"
    path.write_text(path.read_text("utf-8") + more, "utf-8")


def a_source_less(world: World) -> None:
    (world.root / "data/sources/gazette.yml").unlink()
    path = world.root / ROUNDTABLE
    path.write_text(path.read_text("utf-8").partition("  - source: gazette")[0], "utf-8")


def a_text_edited(world: World) -> None:
    path = world.root / "data/sources/texts/northtown-news.txt"
    old = path.read_bytes()
    path.write_bytes(b"A new first line.\n" + old)
    sums = (hashlib.sha256(content).hexdigest() for content in (old, path.read_bytes()))
    world.replace("data/sources/northtown-news.yml", *sums)


def a_record_more(world: World) -> None:
    world.write(
        "data/records/event/evening-walk.yml",
        "id: evening-walk\ntype: Event\nclaims:\n  - source: atlas\n    prefLabel: {en: Evening Walk}\n"
        "    kind: meeting\n    startDate: 2016-05\n    organizer: river-institute\n",
    )


def a_record_less(world: World) -> None:
    (world.root / "data/records/event/fair-of-shores.yml").unlink()


def a_reading_further(world: World) -> None:
    world.replace(
        FAIR, "    location: northtown\n", "    location: northtown\n    about: prisons\n"
    )


def a_note(world: World) -> None:
    world.replace(CONFERENCE, "own news has 20 January", "own news of the year has 20 January")


def a_merger(world: World) -> None:
    fund = "data/records/organization/lake-fund.yml"
    merged = re.findall(r"(?m)^  - (?:.*\n)+?(?=  - |\Z)", (world.root / fund).read_text("utf-8"))
    foundation = world.root / "data/records/organization/hill-foundation.yml"
    facts = [block for block in merged if "kind:" in block or "location" in block]
    kept = "".join(facts).replace("prefLabel:", "altLabel:")
    foundation.write_text(foundation.read_text("utf-8") + kept, "utf-8")
    world.write(
        fund,
        "id: lake-fund\ntype: Organization\nclaims:\n  - source: atlas\n    prefLabel: {en: Lake Fund}\n"
        "    isReplacedBy: hill-foundation\n",
    )
    for path in (world.root / "data/records").rglob("*.yml"):
        if path.stem != "lake-fund":
            path.write_text(
                re.sub(r": lake-fund(?![\w-])", ": hill-foundation", path.read_text("utf-8")),
                "utf-8",
            )


def a_term(world: World) -> None:
    path = world.root / "ontology/vocab/event-kind.ttl"
    path.write_text(
        path.read_text("utf-8").replace("vocab/event-kind/roundtable>", "vocab/event-kind/round>"),
        "utf-8",
    )
    world.replace(ROUNDTABLE, "kind: roundtable", "kind: round")


def a_shape(world: World) -> None:
    path = world.root / "ontology/shapes/event.ttl"
    text = path.read_text("utf-8")
    shape = re.search(r"(?ms)^pcvesh:Event-startDate$.*?^\.$", text)
    assert shape
    path.write_text(
        text.replace(shape[0], re.sub(r"(?s)    pcve:derives.*?;\n", "", shape[0])), "utf-8"
    )


def a_property_more(world: World) -> None:
    path = world.root / "ontology/pcve.ttl"
    declaration = (
        'org:unitOf\n    a owl:ObjectProperty ;\n    vann:usageNote "The organisation whose unit it is."@en ;\n'
        '    pcve:displayLabel "unit of"@en ;\n.\n'
    )
    path.write_text(f"{path.read_text('utf-8')}\n{declaration}", "utf-8")


def a_property_less(world: World) -> None:
    """A property that the ontology also has takes the place of one that goes."""
    for name in ("organization", "organizational-unit"):
        path = world.root / f"ontology/shapes/{name}.ttl"
        path.write_text(
            path.read_text("utf-8").replace("org:subOrganizationOf", "org:unitOf"), "utf-8"
        )
    path = world.root / "ontology/pcve.ttl"
    text = re.sub(r"(?ms)^org:subOrganizationOf$.*?^\.$", "", path.read_text("utf-8"))
    path.write_text(text, "utf-8")
    world.replace(
        "data/records/organization/mentoring-office.yml", "subOrganizationOf: ", "unitOf: "
    )


CASES = {
    edit.__name__.replace("_", "-"): edit
    for edit in (
        one_day, a_role, a_role_of_another, a_dispute_less, a_dispute_open, a_rank, a_certainty,
        an_evidence_more, an_evidence_less, a_source_more, a_source_less, a_text_edited,
        a_record_more, a_record_less, a_reading_further, a_note, a_merger, a_term, a_shape,
        a_property_less,
    )
}  # fmt: skip


BEFORE = {
    "an-evidence-less": an_evidence_more,
    "a-source-less": a_source_more,
    "a-property-less": a_property_more,
}
"""What was edited first, where the edit needs more than Northtown has."""


@pytest.mark.parametrize("name", CASES)
@pytest.mark.long
def test_an_edit_is_reported_as_it_was_made(name: str, world: World) -> None:
    if name in BEFORE:
        BEFORE[name](world)
    diff = changed(world, CASES[name])
    golden = GOLDEN / f"{name}.txt"
    assert as_text(diff) == golden.read_text("utf-8")


def test_every_golden_difference_has_its_edit() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(CASES)
    text = "".join(path.read_text("utf-8") for path in GOLDEN.glob("*.txt"))
    shown = {code for code, words in REASONS.items() if f"  {words}\n" in text}
    assert len(shown) >= 11, sorted(set(REASONS) - shown)


def edit_at_random(world: World, draw: random.Random) -> None:
    """One edit of a record, a source, the vocabulary or the shapes; it may break the project."""
    records = sorted((world.root / "data/records").rglob("*.yml"))
    path = draw.choice(records)
    text = path.read_text("utf-8")
    blocks = re.split(r"(?m)^(?=  - )", text)
    at = draw.randrange(1, len(blocks))
    kind = draw.randrange(12)
    if kind == 0 and len(blocks) > 2:
        del blocks[at]
    elif kind == 1:
        lines = blocks[at].splitlines(keepends=True)
        facts = [
            i for i, line in enumerate(lines) if re.match(r"    [a-z]+[A-Z]?\w*: ", line) and i > 1
        ]
        if facts:
            del lines[draw.choice(facts)]
        blocks[at] = "".join(lines)
    elif kind in (2, 3):
        blocks.append(f"  - source: atlas\n    {draw.choice(FACTS)}\n")
    elif kind == 4:
        rank = draw.choice(("rank: deprecated", "rank: preferred", "contested: true"))
        blocks[at] += f"    {rank}\n    note: another says otherwise\n"
    elif kind == 5:
        blocks[at] = re.sub(
            r"(?<=Date: )\d{4}", lambda y: str(int(y[0]) + draw.choice((-1, 1))), blocks[at]
        )
    elif kind == 6:
        blocks[at] = re.sub(
            REFERENCE, lambda _: draw.choice(("landia", "lake-fund", "river-institute")), blocks[at]
        )
    elif kind == 7:
        identifier = f"copy-{draw.randrange(3)}"
        copy = re.sub(r"(?m)^id: .*", f"id: {identifier}", text)
        path.with_name(f"{identifier}.yml").write_text(copy, "utf-8")
    elif kind == 8:
        path.unlink()
        return
    elif kind == 9:
        source_file = draw.choice(sorted((world.root / "data/sources").glob("*.yml")))
        titled = re.sub(r"title: \{en: ", "title: {en: The ", source_file.read_text("utf-8"))
        source_file.write_text(titled, "utf-8")
    elif kind == 10:
        vocabulary = world.root / f"ontology/vocab/{draw.choice(('topic', 'event-kind'))}.ttl"
        words = vocabulary.read_text("utf-8")
        vocabulary.write_text(
            re.sub(r'"(prisons|conference|meeting)(!*)"@en', r'"\1!\2"@en', words), "utf-8"
        )
    else:
        blocks.append(f"  - source: atlas\n    isReplacedBy: {draw.choice(records).stem}\n")
    path.write_text("".join(blocks), "utf-8")


@pytest.mark.parametrize("number", range(3))
@pytest.mark.long
def test_every_random_edit_is_reported_in_full_with_a_true_reason(
    number: int, world: World
) -> None:
    """Three edits at a time, those that keep the project readable; each result begins the next."""
    draw = random.Random(number)
    before = side(world.root, "A")
    codes: Counter[str] = Counter()
    for _ in range(14):
        kept = {path: path.read_bytes() for path in world.root.rglob("*") if path.is_file()}
        for _ in range(3):
            edit_at_random(world, draw)
        try:
            now = side(world.root, "B")
        except ContentError:
            for path in set(world.root.rglob("*.yml")) - kept.keys():
                path.unlink()
            for path, content in kept.items():
                path.write_bytes(content)
            continue
        diff = compare(before, now)
        holds(diff)
        holds(compare(now, before))
        codes.update(diff.reasons())
        before = now
    assert len(codes) >= 5, codes


@pytest.mark.long
def test_a_graph_does_not_differ_from_itself(world: World) -> None:
    diff = changed(world, lambda _: None)
    assert diff.changes == ()
    assert as_text(diff) == as_counts(diff) == "no differences\n"


@pytest.mark.long
@pytest.mark.parametrize("name", ["one-day", "a-merger", "a-source-more"])
def test_the_patch_turns_one_graph_into_the_other(name: str, world: World) -> None:
    """rdflib, an independent implementation, applies it; the same lines in both directions have one id each."""
    diff = changed(world, CASES[name])
    patch = rdf_patch(diff)
    dataset = rdflib.Dataset()
    dataset.parse(data="".join(f"{quad} .\n" for quad in quads(diff.old)), format="nquads")
    dataset.parse(data=patch, format="patch")
    ours = {tuple(map(str, quad)) for quad in quads(diff.new)}
    theirs = {(s.n3(), p.n3(), o.n3(), f"<{g}>") for s, p, o, g in dataset.quads() if g is not None}
    assert len(theirs) == len(ours)
    assert patch == rdf_patch(compare(diff.old, diff.new))
    back = rdf_patch(compare(diff.new, diff.old))
    assert sorted(patch.splitlines()[2:]) == sorted(
        line.replace("A <", "_ <").replace("D <", "A <").replace("_ <", "D <")
        for line in back.splitlines()[2:]
    )


@pytest.mark.long
def test_json_has_every_change_with_its_words(world: World) -> None:
    diff = changed(world, one_day)
    (change,) = json.loads(as_json(diff))["changes"]
    assert change["old"]["value"] == "2017-03-01"
    assert change["new"]["value"] == "2017-03-02"
    assert change["reason"]["code"] == "reinterpreted"
    assert change["reason"]["about"] == [source_iri("lake-review")]
    assert change["before"][0]["quote"].startswith("The Northtown Fair took place")
    assert [statement["predicate"].rpartition("#")[2] for statement in change["follows"]] == [
        "certainFrom",
        "certainUntil",
        "earliest",
        "latest",
    ]


@pytest.mark.long
def test_a_changelog_is_markdown(world: World) -> None:
    text = as_markdown(changed(world, a_source_more))
    assert text.startswith(
        "# Changes from A to B\n\n10 statements differ: 9 added, 1 changed, 0 removed.\n"
    )
    assert (
        "\n## Added\n\n### Roundtable on prisons  (southport-roundtable-2016)\n\n- **topic**:"
        in text
    )


RELEASE = ROOT / "tests" / "releases" / "0.1.0"
"""Facts, evidence and catalog of a release of version 0.1.0: 16 records of Northtown, and a name
from two sources that are named together."""


def old_release(folder: Path, new: Snapshot) -> Snapshot:
    """That release, with the ontology and the lists of `new`."""
    folder.mkdir()
    shutil.copy(RELEASE / "inputs.sha256", folder)
    terms = {"ontology": graph_iri("ontology"), "vocabulary": graph_iri("vocabulary")}
    lines = [
        f"{line.removesuffix(' .')} <{terms[name]}> .\n"
        for name in terms
        for line in sorted(new.graphs[name])
    ]
    text = (RELEASE / "pcve.nq").read_text("utf-8") + "".join(lines)
    (folder / "pcve.nq").write_text(text, "utf-8")
    return snapshot_of_release("0.1.0", folder)


@pytest.fixture
def since_0_1_0(world: World, tmp_path: Path) -> Diff:
    """What changed from that release to a project with the same records."""
    facts = (RELEASE / "pcve.nq").read_text("utf-8")
    kept = set(
        re.findall(r"^<https://w3id.org/pcve/(?:id/[a-z-]+|source)/([a-z0-9-]+)> ", facts, re.M)
    )
    data = world.root / "data"
    for path in (*data.rglob("*.yml"), *data.glob("sources/texts/*")):
        if path.stem not in kept:
            path.unlink()
    path = world.root / "data/records/organization/river-institute.yml"
    together = "  - source: [atlas, lake-fund-page]\n    altLabel: {en: River House}\n"
    path.write_text(path.read_text("utf-8") + together, "utf-8")
    world.write("data/unassigned.yml", "river-institute: 1\n")
    new = side(world.root, "now")
    diff = compare(old_release(tmp_path / "release", new), new)
    holds(diff)
    return diff


def test_the_facts_of_version_0_1_0_are_unchanged_where_their_evidence_is(
    since_0_1_0: Diff,
) -> None:
    """Its claims have sources and quote on themselves, and a standing (superseded, disputed)."""
    diff = since_0_1_0
    assert diff.kinds() == {"added": 0, "changed": len(diff.changes), "removed": 0}
    added = diff.new.graphs["facts"] - diff.old.graphs["facts"]
    assert diff.old.graphs["facts"] <= diff.new.graphs["facts"]
    assert all("/pcve/ns#certain" in line for line in added), "days that 0.1.0 did not derive"
    for change in diff.changes:
        old, new = ([piece.quote for piece in side] for side in (change.before, change.after))
        is_stated = {piece.certainty for piece in change.after} == {"stated"}
        code = "evidence" if old != new else "rank" if is_stated else "certainty"
        assert change.reason.code == code, change
    wider = [change for change in diff.changes if change.reason.code == "evidence"]
    assert {str(getattr(change.subject, "value", "")).split("/id/")[1] for change in wider} == {
        "event/northtown-conference-2015",
        "membership/ana-vale/mayor",
        "person/ana-vale",
    }, "whose quotes were widened in the records since"
    ranked = [change for change in diff.changes if change.reason.code == "rank"]
    assert [str(getattr(change.new, "value", "")) for change in ranked] == [
        "2015-01-20",
        "2015-01-21",
        "Shore Assembly of 2017",
    ]
    assert [piece.rank for piece in ranked[0].after] == ["preferred"]
    assert [piece.contested for piece in (*ranked[1].before, *ranked[1].after)] == [True, True]
    unchanged = {str(getattr(change.new, "value", "")) for change in diff.unchanged}
    assert {"River House", "2017-05", "2015-01-19"} <= unchanged
    assert len(diff.unchanged) > len(diff.changes)
    text = as_text(diff)
    assert f"; {len(diff.unchanged)} unchanged, written in another form\n" in text
    assert "River House" not in text
    assert json.loads(as_json(diff))["counts"]["unchanged"] == len(diff.unchanged)


@pytest.mark.long
def test_the_patch_turns_a_release_of_version_0_1_0_into_the_graph(since_0_1_0: Diff) -> None:
    after = quads(since_0_1_0.old)
    for line in rdf_patch(since_0_1_0).splitlines()[2:-1]:
        (quad,) = ox.parse(line[2:].encode(), format=ox.RdfFormat.N_QUADS)
        assert (quad in after) == line.startswith("D ")
        after ^= {quad}
    assert after == quads(since_0_1_0.new)


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Ana", "-c", "user.email=ana@northtown.example"]
    subprocess.run(["git", "-C", str(root), *identity, *arguments], check=True, capture_output=True)


def tree(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }


@pytest.mark.long
def test_the_command_compares_revisions_folders_and_builds(tmp_path: Path) -> None:
    """A project in a folder of a repository; a tag, its files as they are, and its build."""
    world = make_world(tmp_path / "north" / "town")
    world.infer(FAIR)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "first")
    git(tmp_path, "tag", "v1")
    assert world.pcve("build").exit_code == 0
    before = tree(world.root)
    same = world.pcve("diff")
    assert (same.exit_code, same.output) == (0, "no differences\n")
    assert tree(world.root) == before
    one_day(world)
    golden = (GOLDEN / "one-day.txt").read_text("utf-8")
    expected = golden.replace(
        "characters 1362-1471]", "characters 1362-1471] (inferred: invented for a test)"
    )
    root = str(world.root)
    for arguments in (
        ["diff"],
        ["diff", "v1"],
        ["diff", "v1", root],
        ["diff", f"{root}/build", root],
    ):
        result = world.pcve(*arguments)
        assert result.exit_code == 1, result.output
        assert result.stdout == expected
    git(tmp_path, "commit", "-qam", "second")
    assert world.pcve("diff", "HEAD~1", "HEAD").stdout == expected
    brief = world.pcve("diff", "HEAD~1", "HEAD", "--brief")
    assert brief.stdout == "".join(expected.splitlines(keepends=True)[-2:])
    leftovers = [
        path for path in tree(tmp_path) if path not in {f"north/town/{name}" for name in before}
    ]
    assert leftovers == []


def test_what_cannot_be_compared_gives_one_message(world: World) -> None:
    for arguments, words in (
        (["nowhere"], "'nowhere' is not a project, build, release or git revision"),
        (["--", "--output=x"], "'--output=x' is not a project, build, release or git revision"),
        (["--format", "jsn"], "unknown format 'jsn'; did you mean json?"),
        (["--brief", "--format", "json"], "--brief requires --format text"),
    ):
        result = world.pcve("diff", *arguments)
        assert result.exit_code == 2
        assert words in result.stderr
        assert "Traceback" not in result.stderr
    world.replace(FAIR, "startDate: 2017-03-01", "startDate: soon")
    shutil.copytree(ROOT / "tests/world/data", world.root / "other/data")
    result = world.pcve("diff", str(world.root), str(world.root))
    assert result.exit_code == 2
    assert "does not build: data/records/event/northtown-fair-2017.yml:9:16" in result.stderr
