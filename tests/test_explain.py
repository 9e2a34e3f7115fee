"""Classes, keys, lists and rules have pages; all their examples are what they say they are.

Each example is validated by the command. Those in RDF are joined to one file for each syntax, in
which the things of each have names of their own, so that its lines show whose example is at fault.
"""

from __future__ import annotations

import json
import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Collection
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, World, make_world
from record_examples import Wholes, as_yaml, inferred, is_words

from pcve_graph.model.namespaces import BASE
from pcve_graph.model.problems import RULES
from pcve_graph.model.project import Project
from pcve_graph.model.schema import Ontology
from pcve_graph.publish.site.rule_pages import file_name, write_pages
from pcve_graph.syntax.tree import MappingNode
from pcve_graph.syntax.yaml import parse_yaml_record
from pcve_graph.validation.class_help import SYNTAXES, class_text, describe_class, page_examples
from pcve_graph.validation.example_texts import class_of, record
from pcve_graph.validation.rule_help import RulePage, describe_rules, page_text

GUIDANCE = ROOT / "src" / "pcve_graph" / "validation" / "rules"

ONLY_AGAINST = {"check:place-has-a-country"}
"""The checks that `pcve validate FILE` runs only with --against, so that it finds no bad example."""

OF_RECORDS = {
    "alias", "conflict", "control-character", "duplicate-key", "empty-value",
    "evidence-repeated", "involvement-role", "json-syntax", "language", "missing-key",
    "passage", "passage-held", "quote-ambiguous", "quote-missing", "quote-not-found", "quote-not-held", "rank", "rdf-syntax",
    "rdf-version", "reason", "relative-iri", "structure", "unassigned", "unknown-key",
    "unknown-source", "unknown-type", "yaml-syntax",
}  # fmt: skip
"""The rules of reading that lines of a record, or a small file, can show. Others are on queries,
settings, the folders of a project, or a file as a whole.
"""


@pytest.fixture(scope="module")
def pages(ontology: Ontology) -> dict[str, RulePage]:
    return describe_rules(ontology, Project(ROOT, ROOT / "build"))


@pytest.fixture(scope="module")
def files(pages: dict[str, RulePage]) -> dict[str, str]:
    return {name: page.decode() for name, page in write_pages(pages).items()}


def guidance() -> dict[Path, list[str]]:
    """The rules that each file of guidance describes."""
    names = {}
    for path in sorted(GUIDANCE.iterdir()):
        tree = parse_yaml_record(path.read_text("utf-8"), path.name)
        assert isinstance(tree, MappingNode)
        names[path] = [key.text for key, _ in tree.entries]
    return names


def test_every_rule_has_a_page(pages: dict[str, RulePage]) -> None:
    assert len(pages) >= 290
    for name, page in pages.items():
        text = page_text(page)
        assert text.startswith(name + "\n")
        assert page.rule or page.what, name
        assert page.why, name
        assert text.rstrip().splitlines()[-1].startswith("page: https://w3id.org/pcve/rule/"), name


def test_every_rule_that_can_be_broken_has_examples(pages: dict[str, RulePage]) -> None:
    of_no_key = {"pcvesh:in-value-status-inScheme"}
    bare = {
        name
        for name, page in pages.items()
        if page.rule and not (page.bad.record or page.bad.turtle)
    }
    assert bare == of_no_key


def test_guidance_speaks_of_rules_that_there_are(pages: dict[str, RulePage]) -> None:
    described = {name for names in guidance().values() for name in names}
    assert described - pages.keys() == set()
    assert RULES.keys() - described == set()


def test_the_guidance_on_a_rule_is_in_the_file_of_its_class() -> None:
    for path, names in guidance().items():
        assert names == sorted(names), path
        if path.name == "reading.yml":
            assert set(names) == RULES.keys()
        elif path.name == "checks.yml":
            assert all(name.startswith("check:") for name in names)
        else:
            owners = {name.removeprefix("pcvesh:").split("-")[0].lower() for name in names}
            assert owners == {path.stem}


def renamed(text: str, number: int) -> str:
    """The text of an example with other things and names; `number` tells them apart."""
    things = set(re.findall(rf'^(?:<|\s*"@id": ")({BASE}[^>"]+)', text, re.M))
    for thing in sorted(things, key=len, reverse=True):
        text = re.sub(rf'{re.escape(thing)}(?=[>"])', f"{thing}{number:04}", text)
    return re.sub(r'"(?=@[a-z-]+[\s,]|, "@language")', f' {number:04}"', text)


def joined(texts: list[str], syntax: str) -> tuple[str, list[int]]:
    """The examples as one document, and the line in which each begins."""
    numbered = [renamed(text, number) for number, text in enumerate(texts)]
    if syntax == "jsonld":
        contexts: dict[str, str] = {}
        nodes = []
        for text in numbered:
            document = json.loads(text)
            contexts |= document["@context"]
            nodes.append(text.partition('"@graph": [\n')[2].rpartition("\n  ]\n}")[0])
        head = f'{{"@context": {json.dumps(contexts)}, "@graph": [\n'
        numbered = [node + "," for node in nodes[:-1]] + [nodes[-1] + "]}"]
        starts = [2]
    else:
        head, starts = "", [1]
    for text in numbered:
        starts.append(starts[-1] + text.count("\n") + 1)
    return head + "\n".join(numbered), starts[:-1]


def problems(world: World, *paths: Path) -> list[dict[str, Any]]:
    result = world.pcve("validate", *map(str, paths), "--format", "json")
    assert result.exit_code in (0, 1, 2), result.stderr
    listed: list[dict[str, Any]] = json.loads(result.stdout)
    return [problem for problem in listed if problem["severity"] != "info"]


def rdf_examples(
    pages: dict[str, RulePage], ontology: Ontology, syntax: str
) -> dict[tuple[str, str], str]:
    """The examples in a syntax by (name, kind): `good` and `bad` ones of rules, those of classes."""
    texts = {
        (name, which): getattr(getattr(page, which), syntax)
        for which in ("good", "bad")
        for name, page in pages.items()
    }
    for kind in ontology.by_iri.values():
        texts[kind.name, "class"] = getattr(describe_class(kind, ontology).example, syntax)
    return {key: text for key, text in texts.items() if text}


def check_rules(
    reported: dict[tuple[str, str], set[str]],
    names: list[tuple[str, str]],
    pages: dict[str, RulePage],
    unseen: Collection[str] = (),
) -> None:
    """That good examples and those of classes are clean, and bad ones break their rule.

    `unseen` has the rules whose bad example is not seen where it is validated.
    """
    kinds = Counter(which for _, which in names)
    assert kinds["good"] >= 415
    assert kinds["bad"] >= 415
    assert kinds["class"] >= 30
    assert {key: rules for key, rules in reported.items() if key[1] != "bad" and rules} == {}
    missed = {
        name
        for name, which in names
        if which == "bad" and (pages[name].found_by or name) not in reported[name, which]
    }
    assert missed == {*ONLY_AGAINST, *unseen}


@pytest.mark.parametrize("syntax", ["turtle", "jsonld"])
@pytest.mark.long
def test_the_examples_in_rdf_keep_and_break_their_rules(
    northtown: World, pages: dict[str, RulePage], ontology: Ontology, tmp_path: Path, syntax: str
) -> None:
    texts = rdf_examples(pages, ontology, syntax)
    text, starts = joined(list(texts.values()), syntax)
    path = tmp_path / f"examples.{SYNTAXES[syntax][1]}"
    path.write_text(text, "utf-8")
    names = list(texts)
    reported: dict[tuple[str, str], set[str]] = defaultdict(set)
    for problem in problems(northtown, path):
        reported[names[bisect(starts, problem["line"]) - 1]].add(problem["rule"])
    check_rules(reported, names, pages)


@pytest.mark.long
@pytest.mark.parametrize("syntax", ["turtle", "jsonld"])
def test_each_example_in_rdf_is_a_whole_file(
    shipped: World, pages: dict[str, RulePage], ontology: Ontology, tmp_path: Path, syntax: str
) -> None:
    names = {}
    for number, (key, text) in enumerate(rdf_examples(pages, ontology, syntax).items()):
        path = tmp_path / f"{number}.{SYNTAXES[syntax][1]}"
        path.write_text(text, "utf-8")
        names[path.as_posix()] = key
    reported: dict[tuple[str, str], set[str]] = defaultdict(set)
    for problem in problems(shipped, tmp_path):  # which holds no text of Northtown's sources
        reported[names[problem["path"]]].add(problem["rule"])
    # Shapes are about no class that is only placed below another.
    reported["check:term-not-above-itself", "good"].discard("nothing-checked")
    # The ontology of the project states what the example of its header leaves out.
    unseen = {"check:ontology-says-its-terms-of-use"}
    check_rules(reported, list(names.values()), pages, unseen)


def reader_file(name: str, lines: str, number: int, wholes: Wholes) -> tuple[str, str]:
    """The name and the text of the file for the example of a rule of reading."""
    if name in ("rdf-syntax", "rdf-version", "relative-iri"):
        return f"{number}.ttl", lines
    if name == "json-syntax":
        return f"{number}.jsonl", lines
    if name == "structure":
        return f"{'lamp-walk' if lines.startswith('id:') else number}.yml", lines
    kind = wholes.ontology.classes["Project" if "hasInvolvement" in lines else "Event"]
    whole = wholes.examples.of_class(kind).record
    whole = re.sub(r"^id: .*", f"id: example-{number:04}", whole)
    keys = set(re.findall(r"^(?:- |  )?(\w+):", lines, re.M)) - {"evidence"} | (
        {"source"} if "evidence:" in lines and not lines.startswith("-") else set()
    )
    if lines.startswith("- "):
        keys -= {"source", "quote"}
    kept = [
        row
        for row in whole.splitlines()
        if not re.match(rf"(?:    |  - )?({'|'.join(keys)}):", row)
    ]
    shown = [("  " if lines.startswith("- ") else "    ") + row for row in lines.splitlines()]
    if not any(row.startswith("type:") for row in kept):
        kept.insert(1, lines)
        shown = []
    if not any("- source" in row for row in kept):
        shown[0] = "  - " + shown[0].strip()
        at = kept.index("claims:") + 1
        kept[at:at] = shown
        shown = []
    text = "\n".join([*kept, *shown]) + "\n"
    mark = f"Example {number:04}"
    return f"example-{number:04}.yml", text.replace(
        "{en: Northtown Seminar on Trust}", f"{{en: {mark}}}"
    ).replace("{en: Bridge Lamps}", f"{{en: {mark}}}")


def write_records(
    folder: Path, pages: dict[str, RulePage], which: str, wholes: Wholes
) -> dict[str, tuple[str, str]]:
    """Write the whole records of the examples, and return (rule, `which`) by path."""
    names = {}
    first = 0 if which == "good" else 5000
    for number, (name, page) in enumerate(pages.items(), first):
        lines = getattr(page, which).record
        if not lines or is_words(lines) or (name in RULES and name not in OF_RECORDS):
            continue
        if name in RULES:
            written = dict([reader_file(name, lines, number, wholes)])
        else:
            records = wholes.records(page, lines, number)
            written = {
                f"{entry['id']}.yml": as_yaml(entry) for entry in records if "claims" in entry
            }
        for file, text in written.items():
            if which == "good" and name != "value-not-in-words":
                text = inferred(text)
            (folder / which / file).parent.mkdir(exist_ok=True)
            (folder / which / file).write_text(text, "utf-8")
            names[(folder / which / file).as_posix()] = (name, which)
    return names


CLOSED_SOURCE = (
    "id: closed-minutes\ntitle: {en: Minutes of a closed meeting}\npublisherName: Northtown Council\n"
    "dateRead: 2026-11-23\nrights: {en: Not published.}\naccessRights: NON_PUBLIC\n"
)
"""A source that no fact may rest on, which an example names."""


def records_of_northtown(wholes: Wholes, world: World) -> dict[str, tuple[str, str]]:
    """The class and the text of each record that examples refer to and `world` lacks, by file."""
    things = wholes.examples.examples.world
    records = {}
    for node, facts in things.items():
        kind, text = class_of(facts, wholes.ontology), record(node, things, wholes.ontology)
        file = f"{text.partition(chr(10))[0].removeprefix('id: ')}.yml"
        if kind and kind.folder and not list((world.root / "data" / "records").rglob(file)):
            records[file] = (kind.folder, text)
    return records


@pytest.mark.long
def test_the_examples_in_records_keep_and_break_their_rules(
    world: World, pages: dict[str, RulePage], ontology: Ontology, tmp_path: Path
) -> None:
    world.write("data/sources/closed-minutes.yml", CLOSED_SOURCE)
    wholes = Wholes(ontology)
    folder = tmp_path / "examples"
    folder.mkdir()
    for file, (_, text) in records_of_northtown(wholes, world).items():
        (folder / file).write_text(text, "utf-8")
    names = {
        path: name
        for which in ("good", "bad")
        for path, name in write_records(folder, pages, which, wholes).items()
    }
    assert Counter(which for _, which in names.values()).keys() == {"good", "bad"}
    assert len(names) >= 730
    reported: dict[tuple[str, str], set[str]] = defaultdict(set)
    for problem in problems(world, folder):
        reported[names.get(problem["path"], (problem["path"], ""))].add(problem["rule"])
    assert {key: rules for key, rules in reported.items() if key[1] != "bad"} == {}
    wanted = {
        key: pages[key[0]].record_found_by or key[0] for key in names.values() if key[1] == "bad"
    }
    assert {key: reported[key] for key, rule in wanted.items() if rule not in reported[key]} == {}


@pytest.mark.long
def test_the_examples_of_sources_keep_and_break_their_rules(
    pages: dict[str, RulePage], ontology: Ontology, tmp_path: Path
) -> None:
    wholes = Wholes(ontology)
    for which in ("good", "bad"):
        world = make_world(tmp_path / which)
        for file, (folder, text) in records_of_northtown(wholes, world).items():
            world.write(f"data/records/{folder}/{file}", text)
        names = {}
        for number, (name, page) in enumerate(pages.items()):
            lines = getattr(page, which).record
            if not lines or name in RULES or is_words(lines):
                continue
            for entry in wholes.records(page, lines, number):
                if "claims" not in entry:
                    path = world.write(f"data/sources/{entry['id']}.yml", as_yaml(entry))
                    names[path.relative_to(world.root).as_posix()] = name
        assert len(names) >= 15
        reported: dict[str, set[str]] = defaultdict(set)
        for _ in range(
            1 if which == "good" else 2
        ):  # what a reader finds hides what a shape would find
            for problem in problems(world):
                reported[names.get(problem["path"], problem["path"])].add(problem["rule"])
            for source, name in names.items():
                if reported[name]:
                    (world.root / source).unlink(missing_ok=True)
        broken = {name: rules for name, rules in reported.items() if rules}
        if which == "good":
            assert broken == {}
        else:
            wanted = {name: pages[name].record_found_by or name for name in names.values()}
            assert {name for name, rule in wanted.items() if rule not in reported[name]} == set()


def test_the_page_of_each_class_has_its_examples(ontology: Ontology) -> None:
    counts: Counter[str] = Counter()
    for kind in ontology.by_iri.values():
        page = describe_class(kind, ontology)
        text = class_text(page)
        assert text.startswith(f"{kind.name}  (")
        for syntax, example in page_examples(page.example):
            assert example in text
            counts[syntax] += 1
    assert counts["turtle"] == counts["jsonld"] == len(ontology.by_iri)
    assert counts["yaml"] >= 20


def test_a_class_is_explained_by_each_of_its_names(northtown: World) -> None:
    text = northtown.pcve("explain", "Event").stdout
    for name in ("event", "pcve:Event", "PCVE:EVENT", "https://w3id.org/pcve/ns#Event"):
        assert northtown.pcve("explain", name).stdout == text
    for line in (
        r"startDate +schema:startDate +one at most +xsd:date, xsd:gYearMonth, xsd:gYear or edtf:EDTF",
        r"kind +pcve:kind +one or more, required +a term of event-kind",
        r"location +schema:location +any +IRI of pcve:Place",
        r"foaf:Agent is any of .*org:Organization.*",
        r"Terms of event-status: cancelled, held, planned, postponed",
        r"Terms of topic: .* and \d+ more: `pcve explain topic` lists all",
    ):
        assert re.search(rf"^{line}$", text, re.M), line
    assert "Person" in northtown.pcve("explain").stdout.splitlines()


def test_a_key_and_a_list_are_explained(northtown: World) -> None:
    text = northtown.pcve("explain", "startDate").stdout
    assert northtown.pcve("explain", "schema:startDate").stdout == text
    assert re.search(r"^Event +pcve:Event +one at most +xsd:date", text, re.M)
    terms = northtown.pcve("explain", "event-kind").stdout
    assert re.search(r"^conference ", terms, re.M)
    assert re.search(r"^workshop ", terms, re.M)


@pytest.mark.parametrize("kind", ["Event", "Organization", "Place"])
def test_an_example_of_a_record_says_what_it_needs(northtown: World, kind: str) -> None:
    result = northtown.pcve("explain", kind, "--example", "yaml")
    assert "Each source (atlas) needs a file in data/sources" in result.stderr
    assert "Northtown, which is invented" not in result.stdout
    assert "Each source (atlas) needs a file" in northtown.pcve("explain", kind).stdout
    assert northtown.pcve("explain", kind, "--example", "turtle").stderr == ""


@pytest.mark.long
def test_an_example_can_be_written_to_a_file(northtown: World, tmp_path: Path) -> None:
    for syntax, (_, ending) in SYNTAXES.items():
        example = northtown.pcve("explain", "Event", "--example", syntax)
        (tmp_path / f"northtown-seminar-2018.{ending}").write_text(example.stdout, "utf-8")
    assert problems(northtown, tmp_path) == []
    result = northtown.pcve("explain", "Claim", "--example", "yaml")
    assert result.exit_code == 2
    assert "Claim has no records: use --example turtle or jsonld" in result.stderr
    assert northtown.pcve("explain", "Evnt", "--example", "turtle").exit_code == 2


FILLED = {"turtle": ('"Lamp Fair"@en', "<{}>"), "jsonld": ('"Lamp Fair"', '"{}"')}


@pytest.mark.long
@pytest.mark.parametrize("syntax", FILLED)
def test_a_template_is_valid_but_for_its_blanks(
    northtown: World, ontology: Ontology, tmp_path: Path, syntax: str
) -> None:
    ending = SYNTAXES[syntax][1]
    kinds = [kind.segment for kind in ontology.records() if kind.name != "OrganizationalUnit"]
    for kind in kinds:
        result = northtown.pcve(
            "edit", "new", kind.replace("place", "country"), "lamp-fair", "--format", syntax
        )
        assert result.exit_code == 0, result.stderr
        (tmp_path / f"{kind}.{ending}").write_text(result.stdout, "utf-8")
    assert not list((northtown.root / "data").rglob("lamp-fair*"))
    reported: dict[str, int] = defaultdict(int)
    for problem in problems(northtown, tmp_path):
        assert problem["rule"].startswith(("pcvesh:", "check:")), problem
        reported[Path(problem["path"]).stem] += 1
    blanks = {
        kind: (tmp_path / f"{kind}.{ending}").read_text("utf-8").lower().count("fill in: ")
        for kind in kinds
    }
    assert all(reported[kind] >= number > 0 for kind, number in blanks.items()), (reported, blanks)


@pytest.mark.parametrize("syntax", FILLED)
def test_a_template_of_an_event_is_filled_in(northtown: World, tmp_path: Path, syntax: str) -> None:
    """As an outsider does, with the page of the class at hand."""
    text = northtown.pcve("edit", "new", "event", "lamp-fair", "--format", syntax).stdout
    name, iri = FILLED[syntax]
    term = iri.format("https://w3id.org/pcve/vocab/event-kind/conference")
    if syntax == "turtle":
        text = re.sub(r"(skos:prefLabel) .*;", rf"\1 {name} ;", text)
        text = re.sub(r"(pcve:kind) .*;", rf"\1 {term} ;", text)
        text = text.replace("# schema:startDate", "schema:startDate")
    else:
        text = re.sub(r'("skos:prefLabel": )\{"@value.*\}', rf"\1{name}", text)
        text = re.sub(r'("pcve:kind": )\{"@value.*\}', rf"\1{term}", text)
        text = text.replace('"schema:startDate": null', '"schema:startDate": "2018-05-22"')
    path = tmp_path / f"lamp-fair.{SYNTAXES[syntax][1]}"
    path.write_text(text, "utf-8")
    assert problems(northtown, path) == []
    assert "2018-05-22" in text


def test_a_page_shows_a_good_and_a_bad_example(northtown: World) -> None:
    text = northtown.pcve("explain", "pcvesh:Event-startDate").stdout
    assert "good: startDate: 2018-05-22" in text
    assert "bad:  startDate: 22 May 2018" in text
    assert 'schema:startDate "2018-05-22"^^xsd:date ;' in text
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


def test_a_page_is_html_that_needs_nothing_else(files: dict[str, str]) -> None:
    for name, page in files.items():
        reader = Reader()
        reader.feed(page)
        assert reader.open == [], name
        assert page.startswith("<!DOCTYPE html>")
        assert {"script", "link", "img", "iframe"} & set(reader.seen) == set(), name
        assert [tag for tag in reader.seen if tag in ("html", "head", "title", "body", "h1")] == [
            "html", "head", "title", "body", "h1"
        ], name  # fmt: skip
        for link in set(reader.links):
            if link == "#main" or link.startswith("https://w3id.org/pcve/rule/"):
                continue
            target = (Path(name).parent / link).as_posix()
            parts: list[str] = []
            for part in target.split("/"):
                parts = parts[:-1] if part == ".." else [*parts, part]
            assert "/".join(parts) in files, (name, link)


def test_every_rule_has_its_page_in_the_index(
    files: dict[str, str], pages: dict[str, RulePage]
) -> None:
    assert files.keys() == {"index.html", *map(file_name, pages)}
    for name in pages:
        assert f'href="{file_name(name)}"' in files["index.html"]


def test_what_is_shown_is_escaped(files: dict[str, str]) -> None:
    assert "&lt;https://w3id.org/pcve/id/event/" in files["Event-startDate.html"]


@pytest.mark.long
def test_the_pages_are_written_to_a_folder(
    northtown: World, files: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "a" / "rules"
    result = northtown.pcve("docs", "rules", str(folder))
    assert result.exit_code == 0, result.stderr
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
    assert written == files.keys()
    assert f"wrote {len(files)} pages" in result.stderr
    (tmp_path / "file").write_text("")
    assert northtown.pcve("docs", "rules", str(tmp_path / "file" / "x")).exit_code == 2


def test_a_message_leads_to_its_page(northtown: World, pages: dict[str, RulePage]) -> None:
    path = ROOT / "tests" / "faults" / "date-in-words.ttl"
    options = ("--against", "--format", "json", "--severity", "warning")
    result = northtown.pcve("validate", str(path), *options)
    (problem,) = json.loads(result.stdout)
    assert problem["help"] == pages[problem["rule"]].address
