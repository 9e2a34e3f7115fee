"""The pages agree with the code: commands, formats, queries and worked examples."""

from __future__ import annotations

import csv
import difflib
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner
from conftest import ROOT, World, all_commands, require

from pcve_graph.cli.main import cli
from pcve_graph.model.problems import RULES
from pcve_graph.model.schema import Ontology
from pcve_graph.publish.export.formats import FORMATS
from pcve_graph.query.foreign import parse_foreign_query
from pcve_graph.query.saved import CHECK_KEYS, KEYS, PARAM_KEYS, TYPES
from pcve_graph.records.blocks import CLAIM_KEYS, EVIDENCE_KEYS

README = (ROOT / "README.md").read_text()
FORMAT = (ROOT / "data/FORMAT.md").read_text()


COMMAND = re.compile(
    r"(?:^ *|[`($] ?|: )pcve (?:--project \S+ )?([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", re.M
)
"""A command and the word after it, in code or at the begin of a line."""
PLACES = (
    "*.md", ".pre-commit-*.yaml", ".ci/run", ".github/**/*.yml", "benchmarks/*.md", "data/*.md",
    "docs/**/*.md", "docs/*.ipynb", "queries/**/*.*", "ontology/*.ttl", "src/**/*.py", "src/**/*.yml",
)  # fmt: skip
"""Where commands are named; the changelog also names former ones."""


def test_whatever_names_a_command_names_one_that_there_is() -> None:
    commands = dict(all_commands(cli))
    wrong = []
    for path in sorted({path for place in PLACES for path in ROOT.glob(place)}):
        if path.name == "CHANGELOG.md":
            continue
        for name, word in COMMAND.findall(path.read_text("utf-8")):
            grouped = isinstance(commands.get(name), click.Group) and word
            typed = f"{name} {word}" if grouped else name
            if typed not in commands:
                wrong.append((str(path.relative_to(ROOT)), typed))
    assert wrong == []


@pytest.mark.parametrize("name", FORMATS)
def test_the_page_on_exports_names_every_format(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs/how-to/export.md").read_text()


def test_the_readme_is_short_and_leads_to_pages_that_are_there() -> None:
    assert len(README.splitlines()) <= 120
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert len(links) > 15
    assert [link for link in links if not (ROOT / link).is_file()] == []


PAGES = sorted(
    path
    for place in ("*.md", "benchmarks/*.md", "data/*.md", "docs/**/*.md", "queries/*.md")
    for path in ROOT.glob(place)
)
"""The pages of the repository, as its host shows them."""


@pytest.mark.parametrize("page", PAGES, ids=[str(path.relative_to(ROOT)) for path in PAGES])
def test_links_between_pages_lead_to_files_of_the_repository(page: Path) -> None:
    """The site changes those that lead elsewhere there; test_site.py follows them."""
    links = re.findall(r"\]\((?![a-z]+:)([^)\s]+)\)", page.read_text("utf-8"))
    broken = []
    for name, _, anchor in (link.partition("#") for link in links):
        target = page.parent / name if name else page
        headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.M) if anchor else []
        anchors = [
            re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings
        ]
        if not target.exists() or (anchor and anchor not in anchors):
            broken.append((name, anchor))
    assert broken == []


def typed_commands() -> list[str]:
    """The commands of `pcve` in the shell blocks of README.md and docs/, without what follows."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    text = "\n".join(page.read_text() for page in pages)
    blocks = re.findall(r"^ *```(?:sh|console)\n([\s\S]*?)```", text, re.M)
    lines = [line.partition(" #")[0] for block in blocks for line in block.splitlines()]
    start = re.compile(r"(?:^\s*|[|&$]\s*)pcve ([^|&>]+)")
    return [command for line in lines for command in start.findall(line)]


def test_commands_and_options_that_the_pages_show_are_those_of_the_program() -> None:
    commands = typed_commands()
    assert len(commands) > 40
    wrong = []
    for command in commands:
        words = shlex.split(command)
        named = words[: 2 if words[0] in ("edit", "evidence", "docs") else 1]
        result = CliRunner().invoke(cli, [*named, "--help"])
        options = [word.partition("=")[0] for word in words if word.startswith("--")]
        if result.exit_code or any(option not in result.output for option in options):
            wrong.append(command)
    assert wrong == []


def test_the_counts_of_the_readme_are_those_that_the_build_prints(shipped: World) -> None:
    """Give or take a twentieth, so that a new record makes no test fail."""
    printed = shipped.pcve("build").stdout
    for stated, counted in (
        (r"Of ([\d,]+) facts", r"facts    ([\d,]+):"),
        (r"([\d,]+) are verified", r"([\d,]+) verified"),
        (r"([\d,]+) are fingerprinted", r"([\d,]+) fingerprinted"),
        (r"([\d,]+) are cited", r"([\d,]+) cited"),
    ):
        (before,), (now,) = re.findall(stated, README), re.findall(counted, printed)
        numbers = [int(text.replace(",", "")) for text in (before, now)]
        assert abs(numbers[0] - numbers[1]) <= numbers[1] / 20, f"README: {before}, today {now}"


@pytest.mark.long
def test_rdflib_asks_the_export_as_printed(shipped: World, tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n([\s\S]*?)```", README)
    (shown,) = re.findall(r"```text\n([\s\S]*?)```", README)
    result = shipped.pcve("export", "turtle", "-o", str(tmp_path / "pcve.ttl"))
    assert result.exit_code == 0
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert set(shown.splitlines()) <= set(ran.stdout.splitlines())


def test_the_readme_has_one_command_to_run_and_one_to_test() -> None:
    commands = re.findall(r"<!-- (run|test) -->\n```sh\n(.+)\n```", README)
    assert [kind for kind, _ in commands] == ["run", "test"]
    ci = (ROOT / ".ci/run").read_text()
    assert "README.md" in ci


def examples() -> list[tuple[str, str]]:
    return re.findall(r"```console\n\$ (pcve .+)\n([\s\S]*?)```", README)


def test_there_are_examples_in_the_readme() -> None:
    assert len(examples()) >= 2


@pytest.mark.long
@pytest.mark.parametrize(
    ("command", "shown"), examples(), ids=[example[0] for example in examples()]
)
def test_an_example_of_the_readme_prints_what_it_shows(
    shipped: World, command: str, shown: str
) -> None:
    """Most of it: a new record may change numbers and some of the words, and no test fails for it."""
    result = shipped.pcve(*shlex.split(command)[1:])
    assert result.exit_code == 0
    expected, printed = (
        [re.sub(r"\d+", "0", word) for word in text.split() if word != "…"]
        for text in (shown, result.stdout)
    )
    matches = difflib.SequenceMatcher(None, expected, printed, autojunk=False)
    same = sum(block.size for block in matches.get_matching_blocks())
    assert same >= 0.7 * len(expected), f"paste the output of `{command}` anew:\n{result.stdout}"


@pytest.mark.parametrize("key", CLAIM_KEYS)
def test_the_format_page_names_every_key_of_a_block(key: str) -> None:
    assert f"| `{key}` |" in FORMAT


def test_the_example_of_the_format_is_a_record(world: World, ontology: Ontology) -> None:
    record, block, search, source = re.findall(r"```yaml\n([\s\S]*?)```", FORMAT)
    assert (
        world.root.joinpath("data/records/search/register-prison-marshia.yml").read_text() == search
    )
    assert record.splitlines()[0] == "id: northtown-conference-2015"
    keys = set(re.findall(r"^ {4}(\w+):", record, re.M)) - set(CLAIM_KEYS)
    assert keys <= set(ontology.classes["Event"].keys)
    (listed,) = yaml.safe_load(block)
    assert len(listed["evidence"]) == 2
    assert {key for entry in listed["evidence"] for key in entry} <= set(EVIDENCE_KEYS)
    fields = set(re.findall(r"^(\w+):", source, re.M)) - {"id"}
    assert fields <= set(ontology.classes["Source"].keys)


def test_every_rule_of_the_reader_is_broken_by_a_test() -> None:
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    untested = {rule for rule in RULES if f'"{rule}"' not in tests and f"error {rule}" not in tests}
    assert untested == set()


@pytest.mark.long
def test_the_curators_example_is_green_as_it_stands(world: World) -> None:
    guide = (ROOT / "data/README.md").read_text()
    files = re.findall(r"^`(data/\S+)`\n\n```(?:text|yaml)\n([\s\S]*?)```", guide, re.M)
    assert len(files) == 3
    assert world.pcve("evidence", "new", "northtown-review").exit_code == 0
    assert world.pcve("edit", "new", "event", "harbour-forum-2017").exit_code == 0
    for name, content in files:
        world.write(name, content)
    checked = world.pcve("validate")
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert "checks: 0 warnings" in checked.stdout
    assert world.pcve("edit", "fmt", "--check").stdout == ""
    assert world.pcve("build").exit_code == 0
    text = world.pcve("show", "harbour-forum-2017", "--all").stdout
    assert "supporter: Lake Fund\n    “with support from the Lake Fund”" in text
    world.replace("data/records/event/harbour-forum-2017.yml", "support from", "support of")
    assert "error quote-not-found" in world.pcve("validate").stdout


def test_the_security_page_names_every_file_of_attacks() -> None:
    page = (ROOT / "SECURITY.md").read_text()
    named = set(re.findall(r"`(test_\w+\.py)`", page))
    assert named - {"test_binding.py", "test_yaml_syntax.py"} == {
        path.name for path in (ROOT / "tests/attacks").glob("test_*.py")
    }
    for path in re.findall(r"`(tests/test_\w+\.py)`", page):
        assert (ROOT / path).is_file()


DECORATORS = "defaults enumerate endpoint endpoint_in_url method pagination transform".split()


def test_the_page_of_queries_names_every_key_and_type() -> None:
    page = (ROOT / "queries/README.md").read_text()
    for word in (*KEYS, *CHECK_KEYS, *PARAM_KEYS, *TYPES, *DECORATORS):
        assert f"`{word}`" in page, word
    examples = re.findall(r"```sparql\n([\s\S]*?)```", page)
    assert examples
    for example in examples:
        assert parse_foreign_query(example.encode(), "example").notes == ()


@pytest.mark.full
def test_the_program_of_the_page_on_figures_runs(shipped: World, tmp_path: Path) -> None:
    require("pandas", "matplotlib")
    page = (ROOT / "docs/how-to/figure.md").read_text("utf-8")
    program = "\n".join(re.findall(r"```python\n([\s\S]*?)```", page))
    program = program.replace(
        "KnowledgeGraph.open()", f"KnowledgeGraph.open({str(shipped.root)!r})"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    assert (tmp_path / "figure-1.png").read_bytes().startswith(b"\x89PNG")
    rows = list(csv.DictReader((tmp_path / "figure-1.csv").read_text("utf-8").splitlines()))
    stated = [row["start"] for row in rows]
    assert stated == sorted(stated)
    assert all(row["start_earliest"][:4] == row["start_latest"][:4] for row in rows)
    caption = (tmp_path / "figure-1-caption.txt").read_text("utf-8")
    plain = sum(not row["standing"] for row in rows)
    assert 0 < plain < len(rows)
    assert (
        f"{plain} whose facts sources state plainly (dark), and {len(rows) - plain} that" in caption
    )
    evidence = (tmp_path / "figure-1-evidence.txt").read_text("utf-8")
    assert all(row["event_label"] in " ".join(evidence.split()) for row in rows)
