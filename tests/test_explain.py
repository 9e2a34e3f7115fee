"""Every rule has a page, as text and as HTML, and its examples are what it says they are."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT, World

from pcve_graph.graph.ontology import read_ontology
from pcve_graph.model.namespaces import PREFIXES
from pcve_graph.model.problems import RULES, ContentError
from pcve_graph.model.project import Project
from pcve_graph.model.schema import Ontology
from pcve_graph.publish.site.rule_pages import file_name, write_pages
from pcve_graph.syntax.tree import MappingNode
from pcve_graph.syntax.yaml import parse_yaml_record
from pcve_graph.validation import shacl
from pcve_graph.validation.rule_help import RulePage, describe_rules, find_page, page_text

PROJECT = Project(ROOT, ROOT / "build")
PAGES = describe_rules(read_ontology(PROJECT), PROJECT)
FILES = {name: page.decode() for name, page in write_pages(PAGES).items()}
HEAD = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items())


def rules_with_guidance() -> set[str]:
    """The rules that the files of guidance describe."""
    folder = ROOT / "src" / "pcve_graph" / "validation" / "rules"
    trees = [parse_yaml_record(path.read_text("utf-8"), path.name) for path in folder.iterdir()]
    return {key.text for tree in trees if isinstance(tree, MappingNode) for key, _ in tree.entries}


def test_there_are_as_many_rules_as_ever() -> None:
    assert len(PAGES) >= 290


@pytest.mark.parametrize("name", PAGES)
def test_a_rule_has_a_page(name: str) -> None:
    page = PAGES[name]
    text = page_text(page)
    assert text.startswith(name + "\n")
    assert page.rule or page.what
    assert page.why
    assert text.rstrip().splitlines()[-1].startswith("page: https://w3id.org/pcve/rule/")


def test_every_rule_that_can_be_broken_has_examples() -> None:
    silent = {name for name, page in PAGES.items() if not page.rule}
    bare = {
        name
        for name in PAGES.keys() - silent
        if not (PAGES[name].bad.record or PAGES[name].bad.turtle)
    }
    assert bare == set()


def test_guidance_speaks_of_rules_that_there_are() -> None:
    assert rules_with_guidance() - PAGES.keys() == set()
    assert RULES.keys() - rules_with_guidance() == set()


def test_the_guidance_on_a_rule_is_in_the_file_of_its_class() -> None:
    for path in (ROOT / "src" / "pcve_graph" / "validation" / "rules").iterdir():
        tree = parse_yaml_record(path.read_text("utf-8"), path.name)
        assert isinstance(tree, MappingNode)
        names = [key.text for key, _ in tree.entries]
        assert names == sorted(names), path
        if path.name == "reading.yml":
            assert set(names) == RULES.keys()
        elif path.name == "checks.yml":
            assert all(name.startswith("check:") for name in names)
        else:
            owners = {name.removeprefix("pcvesh:").split("-")[0].lower() for name in names}
            assert owners == {path.stem}


@pytest.mark.parametrize("name", [name for name in PAGES if PAGES[name].good.turtle])
def test_turtle_on_a_page_is_turtle(name: str) -> None:
    for example in (PAGES[name].good, PAGES[name].bad):
        list(
            ox.parse(
                HEAD + re.sub(r"^<\S+>$", "", example.turtle, flags=re.M),
                format=ox.RdfFormat.TURTLE,
            )
        )


@pytest.mark.parametrize("name", [name for name in PAGES if PAGES[name].good.record])
def test_a_good_record_on_a_page_is_a_record(name: str) -> None:
    text = PAGES[name].good.record
    plain = name in RULES and not re.match(r"[a-zA-Z0-9]+:|- [a-z]+:", text)
    if not (plain or "# two records" in text):
        parse_yaml_record(text, "x.yml")


@pytest.mark.parametrize(
    "name", ["alias", "control-character", "duplicate-key", "empty-value", "yaml-syntax"]
)
def test_a_bad_record_of_the_reader_breaks_its_rule(name: str) -> None:
    with pytest.raises(ContentError) as caught:
        parse_yaml_record(PAGES[name].bad.record, "x.yml")
    assert [problem.rule for problem in caught.value.problems] == [name]


CLAIM_MODEL = "Claim DerivedStatement Evidence Quote QuotePosition QuoteWords".split()


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, page in PAGES.items()
        if page.bad.turtle and name.removeprefix("pcvesh:").split("-")[0] in CLAIM_MODEL
    ],
)
def test_the_examples_of_the_claim_model_keep_and_break_their_rules(
    name: str, ontology: Ontology
) -> None:
    shape = name.replace("pcvesh:", PREFIXES["pcvesh"])
    terms = (*ontology.graphs["ontology"], *ontology.graphs["vocabulary"])
    results = []
    for example in (PAGES[name].good, PAGES[name].bad):
        triples = ox.parse(HEAD + example.turtle, format=ox.RdfFormat.TURTLE)
        lines = {*(f"{quad.triple} ." for quad in triples), *terms}
        report = shacl.validate("\n".join(sorted(lines)), ontology.shapes, "turbo")
        results.append({result.shape for result in report.results})
    assert shape not in results[0]
    assert shape in results[1]


def broken(world: World, folder: Path, example: str, ontology: Ontology) -> set[tuple[int, str]]:
    """(number of the page, rule) of every result in the Turtle of all keys, one after another."""
    numbers = {
        name: number
        for number, name in enumerate(PAGES)
        if "<https://w3id.org/pcve/shapes#"
        and name.replace("pcvesh:", PREFIXES["pcvesh"]) in ontology.by_shape
    }
    text = HEAD + "\n".join(
        getattr(PAGES[name], example).turtle.replace("northtown-example", f"example-{number}")
        for name, number in numbers.items()
    )
    path = folder / "examples.ttl"
    path.write_text(text, "utf-8")
    result = world.pcve("validate", str(path), "--against", "--format", "turtle")
    report = ox.parse(result.stdout.encode(), format=ox.RdfFormat.TURTLE)
    stated: dict[str, dict[str, str]] = {}
    for quad in report:
        stated.setdefault(str(quad.subject), {})[quad.predicate.value.split("#")[1]] = str(
            getattr(quad.object, "value", "")
        )
    broken_rules = set()
    for properties in stated.values():
        match = re.search(r"example-(\d+)$", properties.get("focusNode", ""))
        if (match and "value" in properties) or (
            match and "Count" not in properties["sourceConstraintComponent"]
        ):
            broken_rules.add((int(match[1]), properties["sourceShape"]))
    return broken_rules


@pytest.mark.long
def test_the_examples_of_keys_keep_and_break_their_rules(
    northtown: World, tmp_path: Path, ontology: Ontology
) -> None:
    names = list(PAGES)
    shapes = {
        name.replace("pcvesh:", PREFIXES["pcvesh"]): number for number, name in enumerate(names)
    }
    wanted = {
        (shapes[shape], shape)
        for shape in ontology.by_shape
        if names[shapes[shape]] not in rules_with_guidance()
    }
    assert len(wanted) >= 180
    bad = broken(northtown, tmp_path, "bad", ontology)
    assert {names[number] for number, _ in wanted - bad} == set()
    good = broken(northtown, tmp_path, "good", ontology)
    others = {names[number] for number, shape in wanted & good}
    assert {name for name in others if not refers(PAGES[name])} == set()


def refers(page: RulePage) -> bool:
    """Whether the good example names a thing, which Northtown need not have."""
    return "/id/" in page.good.turtle.split(" ;\n")[-1]


def test_a_page_shows_a_good_and_a_bad_example(northtown: World) -> None:
    text = northtown.pcve("explain", "pcvesh:Event-startDate").stdout
    assert "good: startDate: 2018-05-22" in text
    assert "bad:  startDate: 22 May 2018" in text
    assert 'schema:startDate "2018-05-22"^^xsd:date .' in text
    assert "of:   Event" in text
    assert northtown.pcve("explain", "Event-startDate").stdout == text
    assert "check:place-has-a-country" in northtown.pcve("explain").stdout


def test_an_unknown_rule_is_reported_with_the_nearest(northtown: World) -> None:
    result = northtown.pcve("explain", "Event-startDat")
    assert result.exit_code == 2
    assert "did you mean Event-startDate?" in result.stderr


class Reader(HTMLParser):
    """Checks that elements are closed in their order, and gathers links, ids and names."""

    VOID = ("meta",)

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", FILES)
def test_a_page_is_html_that_needs_nothing_else(name: str) -> None:
    reader = Reader()
    reader.feed(FILES[name])
    assert reader.open == []
    assert FILES[name].startswith("<!DOCTYPE html>")
    assert {"script", "link", "img", "iframe"} & set(reader.seen) == set()
    assert [tag for tag in reader.seen if tag in ("html", "head", "title", "body", "h1")] == [
        "html", "head", "title", "body", "h1"
    ]  # fmt: skip
    for link in reader.links:
        if link == "#main" or link.startswith("https://w3id.org/pcve/rule/"):
            continue
        target = (Path(name).parent / link).as_posix()
        parts: list[str] = []
        for part in target.split("/"):
            parts = parts[:-1] if part == ".." else [*parts, part]
        assert "/".join(parts) in FILES, link


def test_every_rule_has_its_page_in_the_index() -> None:
    assert FILES.keys() == {"index.html", *map(file_name, PAGES)}
    for name in PAGES:
        assert f'href="{file_name(name)}"' in FILES["index.html"]


def test_what_is_shown_is_escaped() -> None:
    assert "&lt;https://w3id.org/pcve/id/event/" in FILES["Event-startDate.html"]


@pytest.mark.long
def test_the_pages_are_written_to_a_folder(northtown: World, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "rules"
    result = northtown.pcve("docs", "rules", str(folder))
    assert result.exit_code == 0, result.stderr
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
    assert written == FILES.keys()
    assert f"wrote {len(FILES)} pages" in result.stderr
    (tmp_path / "file").write_text("")
    assert northtown.pcve("docs", "rules", str(tmp_path / "file" / "x")).exit_code == 2


def test_a_message_leads_to_its_page(northtown: World) -> None:
    path = ROOT / "tests" / "faults" / "date-in-words.ttl"
    result = northtown.pcve("validate", str(path), "--against", "--format", "json")
    (problem,) = json.loads(result.stdout)
    assert problem["help"] == find_page(problem["rule"], PAGES).address
