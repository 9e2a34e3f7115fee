"""A build of what has changed is the whole build: the same files, store, index and report.

Northtown is edited at random, a step at a time, and after each step built both ways. In half of the
runs every shape only warns, so that what is wrong stays in the graph and must be kept up to date.
"""

from __future__ import annotations

import itertools
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import World, make_world
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from pcve_graph.graph.inputs import find_input_changes, read_inputs, scan_inputs
from pcve_graph.graph.ontology import read_ontology
from pcve_graph.graph.store import open_graph
from pcve_graph.incremental.completeness import count_completeness
from pcve_graph.incremental.dependency_index import FIGURES, INDEX_FILE, DependencyIndex
from pcve_graph.incremental.sorted_ntriples import parse_quads
from pcve_graph.model.namespaces import GRAPHS, graph_iri
from pcve_graph.model.problems import ContentError
from pcve_graph.model.project import Project
from pcve_graph.model.schema import Ontology
from pcve_graph.pipeline import build_project, index_graph
from pcve_graph.query.saved import read_queries
from pcve_graph.records.assemble import AssembledGraph, build_graph
from pcve_graph.records.cited import cited_text
from pcve_graph.records.reader import read_records
from pcve_graph.validation.gate import Checked, check_graph
from pcve_graph.validation.incremental_gate import load_rules

FACTS = (
    "about: prisons", "kind: conference", "location: northtown", "location: landia",
    "organizer: river-institute", "organizer: lake-fund", "isPartOf: lake-programme",
    "isPartOf: steady-hands", "precededBy: northtown-conference-2015", "edition: 3",
    "precededBy: southport-roundtable-2016", "containedInPlace: northtown", "startDate: 2014",
    "containedInPlace: southport", "startDate: 2016-06-03", "endDate: 2014-02", "endDate: 2017",
    "altLabel: {en: River Institute}", "altLabel: {en: Mentoring Office of Landia}",
    "prefLabel: {en: Fourth Northtown conference}", "prefLabel: {sq: Konferenca}",
    "isReplacedBy: river-institute", "isReplacedBy: northtown", "funder: lake-fund",
    "budget: {id: b, value: 0.50, currency: EUR}", "nonsense: x", "series: northtown-conferences",
    "startDate: 2016~", "endDate: ../2015", "startDate: 2014/2017-03", "endDate: 2016/2014",
    "hasInvolvement: {id: i, actor: lake-fund, role: funder, endDate: 2016-05}",
    "hasInvolvement: {id: i, actor: northtown, role: leader, startDate: 2015?}",
    "hasInvolvement: {id: m, actor: river-institute, role: member, endDate: 2014}",
    "remark: {en: a suspect was named}", "certainty: inferred", "rank: deprecated",
    "rank: preferred", "contested: true", "noValue: endDate", "notKnown: [startDate, funder]",
    "standing: disputed", "locator: p. 2",
)  # fmt: skip
SOURCES = (
    "source: atlas", "source: shore-herald", "source: [atlas, shore-herald]",
    "evidence: [{source: atlas, locator: p. 1}, {source: shore-herald}]",
)  # fmt: skip
KINDS = ("event", "event-series", "organization", "place", "project", "programme", "person")
TYPES = ("Event", "EventSeries", "Organization", "Place", "Project", "Programme", "Person")
REFERENCE = r"(?<=: )(northtown|southport|landia|river-institute|lake-fund|northtown-council)\b"


Outcome = tuple[str, ...]
Content = dict[str, bytes]
"""The files that edits change, by their path in the project."""
PATIENCE = 6
"""Edits on top of what does not build, before what did is put back."""


class Edits(RuleBasedStateMachine):
    """Northtown as it is or lenient, both built in `starts`, and edited; `steps` counts the edits
    after which builds are compared, `followed` those of them that do not ask for a whole build."""

    starts: dict[str, Path]
    wholes: dict[str, tuple[Outcome, Checked | None]]
    ontologies: dict[tuple[bytes, ...], Ontology]
    steps = followed = 0

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.root = self.folder / "northtown"
        self.project = Project(self.root, self.root / "build")
        self.broken = 0

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @initialize(start=st.sampled_from(("strict", "lenient")))
    def begin(self, start: str) -> None:
        self.start = start
        shutil.copytree(self.starts[start], self.root)
        self.first = self.saved = self.built = self.content()

    def content(self) -> Content:
        files = [*self.files("data"), *self.files("ontology")]
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in files}

    def put_back(self, content: Content) -> None:
        now = self.content()
        for name in now.keys() - content.keys():
            (self.root / name).unlink()
        for name, old in content.items():
            if now.get(name) != old:
                (self.root / name).write_bytes(old)

    def files(self, folder: str) -> list[Path]:
        return sorted(path for path in (self.root / folder).rglob("*") if path.is_file())

    def record(self, data: Any) -> Path:
        path: Path = data.draw(st.sampled_from(self.files("data/records")))
        return path

    def both(self) -> None:
        content = self.content()
        if content == self.built or self.steps >= STEPS:
            return
        self.built = content
        type(self).steps += 1
        ontology = self.ontology(content)
        actual, checked = outcome(lambda: build_project(self.project))
        expected, whole = self.whole(content, ontology)
        assert actual == expected
        followed = self.is_followed(content)
        type(self).followed += followed
        if checked is None or whole is None:
            self.broken += 1
            if self.broken > PATIENCE or not followed:
                self.put_back(self.saved)
                self.broken = 0
            return
        assert isinstance(whole.graph, AssembledGraph)
        compare(self.project, whole, ontology)
        self.saved, self.broken = content, 0

    def is_followed(self, content: Content) -> bool:
        """Whether the changes since the last build allow an incremental one."""
        changed = {name for name, _ in content.items() ^ self.saved.items()}
        read_whole = ("data/ledger.yml", "data/unassigned.yml", "data/cited.tsv")
        return not any(name.startswith("ontology/") or name in read_whole for name in changed)

    def ontology(self, content: Content) -> Ontology:
        texts = tuple(content[name] for name in content if name.startswith("ontology/"))
        if texts not in self.ontologies:
            self.ontologies[texts] = read_ontology(self.project)
        return self.ontologies[texts]

    def whole(self, content: Content, ontology: Ontology) -> tuple[Outcome, Checked | None]:
        """The outcome of building all, once for what edits start from."""

        def build() -> Checked:
            built = build_graph(read_records(self.project), ontology)
            return check_graph(built, ontology, self.project)

        if content != self.first:
            return outcome(build)
        if self.start not in self.wholes:
            self.wholes[self.start] = outcome(build)
        return self.wholes[self.start]

    @rule(data=st.data(), source=st.sampled_from(SOURCES), fact=st.sampled_from(FACTS))
    def add(self, data: Any, source: str, fact: str) -> None:
        path = self.record(data)
        text = path.read_text("utf-8")
        path.write_text(f"{text}  - {source}\n    {fact}\n    remark: {{en: said}}\n", "utf-8")
        self.both()

    @rule(data=st.data(), fact=st.sampled_from(FACTS))
    def state(self, data: Any, fact: str) -> None:
        path = self.record(data)
        path.write_text(path.read_text("utf-8") + f"    {fact}\n", "utf-8")
        self.both()

    @rule(data=st.data())
    def take_out(self, data: Any) -> None:
        path = self.record(data)
        blocks = re.split(r"(?m)^(?=  - )", path.read_text("utf-8"))
        if len(blocks) > 2:
            del blocks[data.draw(st.integers(1, len(blocks) - 1))]
            path.write_text("".join(blocks), "utf-8")
        self.both()

    @rule(data=st.data(), shift=st.integers(-2, 2))
    def move_dates(self, data: Any, shift: int) -> None:
        path = self.record(data)
        text = path.read_text("utf-8")
        moved = re.sub(r"(?<=Date: )\d{4}", lambda year: str(int(year[0]) + shift), text)
        path.write_text(moved, "utf-8")
        self.both()

    @rule(
        data=st.data(),
        replacement=st.sampled_from(("landia", "lake-fund", "river-report", "nobody")),
    )
    def point_elsewhere(self, data: Any, replacement: str) -> None:
        path = self.record(data)
        path.write_text(re.sub(REFERENCE, replacement, path.read_text("utf-8"), count=1), "utf-8")
        self.both()

    @rule(data=st.data())
    def delete(self, data: Any) -> None:
        if len(self.files("data/records")) > 5:
            self.record(data).unlink()
        self.both()

    @rule(data=st.data(), number=st.integers(0, 4), name=st.sampled_from(("", " again", " two")))
    def copy(self, data: Any, number: int, name: str) -> None:
        path = self.record(data)
        identifier = f"copy-{number}"
        text = re.sub(r"(?m)^id: .*", f"id: {identifier}", path.read_text("utf-8"))
        text = re.sub(r"(prefLabel: \{en: [^}]*)", rf"\1{name}", text)
        path.with_name(f"{identifier}.yml").write_text(text, "utf-8")
        self.both()

    @rule(data=st.data())
    def rename(self, data: Any) -> None:
        path = self.record(data)
        identifier = "renamed"
        text = re.sub(r"(?m)^id: .*", f"id: {identifier}", path.read_text("utf-8"))
        path.unlink()
        path.with_name(f"{identifier}.yml").write_text(text, "utf-8")
        self.both()

    @rule(data=st.data(), kind=st.sampled_from(range(len(KINDS))), moved=st.booleans())
    def retype(self, data: Any, kind: int, moved: bool) -> None:
        path = self.record(data)
        text = re.sub(r"(?m)^type: .*", f"type: {TYPES[kind]}", path.read_text("utf-8"))
        if moved:
            path.unlink()
            path = self.root / "data" / "records" / KINDS[kind] / path.name
            path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        self.both()

    @rule(data=st.data(), garbage=st.sampled_from(("\tx", "claims: []\n", ": :", "&a b", "")))
    def break_it(self, data: Any, garbage: str) -> None:
        path = self.record(data)
        path.write_text(garbage + path.read_text("utf-8") if garbage else "", "utf-8")
        self.both()

    @rule(data=st.data())
    def push_down(self, data: Any) -> None:
        path = self.record(data)
        path.write_text("\n\n" + path.read_text("utf-8"), "utf-8")
        self.both()

    @rule()
    def mend(self) -> None:
        kept = {name: new for name, new in self.content().items() if name.startswith("ontology/")}
        self.put_back({**self.first, **kept})
        self.both()

    @rule(data=st.data(), change=st.sampled_from(("title", "delete", "text", "language", "copy")))
    def edit_source(self, data: Any, change: str) -> None:
        sources = [path for path in self.files("data/sources") if path.suffix == ".yml"]
        if not sources:
            return
        path = data.draw(st.sampled_from(sources))
        text = path.read_text("utf-8")
        if change == "title":
            path.write_text(re.sub(r"title: \{en: ", "title: {en: The ", text), "utf-8")
        elif change == "delete":
            path.unlink()
        elif change == "text" and self.files("data/sources/texts"):
            held = data.draw(st.sampled_from(self.files("data/sources/texts")))
            held.write_text(held.read_text("utf-8") + " More.\n", "utf-8")
        elif change == "language":
            path.write_text(re.sub(r"language: \w+", "language: zz", text), "utf-8")
        else:
            path.with_name("twin.yml").write_text(re.sub("(?m)^id: .*", "id: twin", text), "utf-8")
        self.both()

    @rule(data=st.data(), name=st.sampled_from(("ledger.yml", "unassigned.yml", "cited.tsv")))
    def edit_what_is_read_whole(self, data: Any, name: str) -> None:
        """One rule for the files after which everything is built, so that most edits are others.

        They are decisions on pairs, how many blocks of a record may name several sources together,
        and the cited facts, as a release of the last build writes them.
        """
        path = self.root / "data" / name
        text = path.read_text("utf-8") if path.is_file() else ""
        if name == "ledger.yml":
            first, second = (self.record(data).stem for _ in range(2))
            verdict = data.draw(st.sampled_from(("same", "different")))
            text += f"- pair: [{first}, {second}]\n  verdict: {verdict}\n  reason: it was decided\n"
        elif name == "unassigned.yml":
            limit = data.draw(st.sampled_from((0, 1, 3, "x")))
            text = f"{self.record(data).stem}: {limit}\n"
        else:
            index = DependencyIndex.read(open_graph(self.project).folder / INDEX_FILE)
            assert index
            text = cited_text(index.cited_records())
        path.write_text(text, "utf-8")
        self.both()

    @rule(data=st.data(), word=st.sampled_from(("", "Prisons", "Conference", "Roundtable")))
    def edit_ontology(self, data: Any, word: str) -> None:
        """A word of a list, or whether a shape warns."""
        folder = self.root / "ontology" / ("vocab" if word else "shapes")
        path = data.draw(st.sampled_from(sorted(folder.glob("*.ttl"))))
        text = path.read_text("utf-8")
        if word:
            changed = re.sub(rf'(?i)"({word})"@en', r'"\1!"@en', text, count=1)
        else:
            shapes = text.split("\n\n")
            number = data.draw(st.integers(0, len(shapes) - 1))
            shapes[number] = (
                shapes[number].replace(WARNING, "")
                if WARNING in shapes[number]
                else shapes[number].replace(NAMED, WARNING + NAMED)
            )
            changed = "\n\n".join(shapes)
        path.write_text(changed, "utf-8")
        self.both()

    @rule()
    def write_a_note(self) -> None:
        (self.root / "data" / "left-out.md").write_text(f"step {self.steps}\n", "utf-8")
        self.both()

    @rule(name=st.sampled_from(("records/event/more.yaml", "sources/texts/more.txt", "more.csv")))
    def write_what_is_not_read(self, name: str) -> None:
        (self.root / "data" / name).write_text("more\n", "utf-8")
        self.both()

    @rule(events=st.sampled_from((1, 5, 99)))
    def bound(self, events: int) -> None:
        text = f"class: {{Event: {events}}}\ncountry: {{landia: 2}}\nyear: {{2015: 1}}\n"
        (self.root / "data" / "bounds.yml").write_text(text, "utf-8")
        self.both()


def outcome(run: Callable[[], Checked]) -> tuple[Outcome, Checked | None]:
    """The message of a build, and its result; None where it failed."""
    try:
        checked = run()
    except ContentError as error:
        return tuple(map(str, error.problems)), None
    counts = (checked.shapes, checked.checks, checked.engine)
    return (str(checked.graph.tally), str(counts), *map(str, checked.warnings)), checked


def compare(project: Project, whole: Checked, ontology: Ontology) -> None:
    """What lies in build/ is what the whole build would have written."""
    assert isinstance(whole.graph, AssembledGraph)
    saved = open_graph(project)
    for name in GRAPHS:
        lines = list(whole.graph.graphs[name])
        assert saved.lines(name) == lines, name
        assert saved.manifest["triples"][name] == len(lines)
        if name in ("facts", "evidence", "catalog"):
            to_graph = ox.NamedNode(graph_iri(name))
            stored = set(saved.store.quads_for_pattern(None, None, None, to_graph))
            assert stored == parse_quads(lines, name), name
    index = index_graph(whole.graph)
    index.set_results(whole.results)
    index.set_pairs(whole.pairs)
    assert saved.manifest["completeness"] == count_completeness(project, saved.store)
    assert read_inputs(saved.folder).sums == scan_inputs(project).sums
    assert not find_input_changes(project, saved.folder).changed
    kept = DependencyIndex.read(saved.folder / INDEX_FILE)
    assert kept
    assert kept.get(FIGURES) == (whole.counts.to_json() if whole.counts else "")
    for ours, theirs in itertools.zip_longest(kept.dump(), index.dump()):
        assert ours == theirs


NAMED, WARNING = "\n    sh:name ", "\n    sh:severity sh:Warning ;"
"""The line of each shape that `WARNING` is put before: the result is then a warning."""

STEPS = 260
"""Edits of each of eight runs after which builds are compared: 2,080 in all."""


@pytest.fixture(scope="module")
def starts(northtown: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Northtown, built: as it is, and with shapes and checks that only warn."""
    lenient = make_world(tmp_path_factory.mktemp("lenient") / "northtown")
    checks = (lenient.root / "queries" / "checks").iterdir()
    for path in [*(lenient.root / "ontology" / "shapes").iterdir(), *checks]:
        text = path.read_text("utf-8").replace(NAMED, WARNING + NAMED)
        path.write_text(text.replace("severity: error", "severity: warning"), "utf-8")
    build_project(lenient.project)
    for world in (northtown, lenient):
        load_rules(
            world.project.build, read_ontology(world.project), read_queries(world.project, "checks")
        )
    return {"strict": northtown.root, "lenient": lenient.root}


@pytest.mark.long
@pytest.mark.parametrize("number", range(8))
def test_a_build_of_what_has_changed_is_the_whole_build(
    number: int, starts: dict[str, Path]
) -> None:
    empty = {"steps": 0, "starts": starts, "wholes": {}, "ontologies": {}}
    machine = type(f"Edits{number}", (Edits,), empty)
    for run in itertools.count(number * 1000):
        chosen = settings(
            max_examples=10,
            stateful_step_count=50,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(seed(run)(machine), settings=chosen)
        if machine.steps >= STEPS:  # type: ignore[attr-defined]
            break
    assert machine.followed >= 0.75 * STEPS  # type: ignore[attr-defined]


@pytest.mark.long
def test_words_behind_a_warning_are_checked_again(starts: dict[str, Path], tmp_path: Path) -> None:
    """Where a warning says that a value breaks a shape, its words are judged when it is mended."""
    root = Path(shutil.copytree(starts["lenient"], tmp_path / "northtown"))
    project = Project(root, root / "build")
    path = root / "data/records/document/northtown-arrangement.yml"
    before = path.read_text("utf-8")
    path.write_text(before + "    isPartOf: steady-hands\n", "utf-8")
    assert any("isPartOf" in str(warning) for warning in build_project(project).warnings)
    path.write_text(before, "utf-8")
    build_project(project)
