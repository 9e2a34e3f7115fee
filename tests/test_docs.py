"""The pages keep up with the code: commands, formats, queries and worked examples."""

from __future__ import annotations

import re
import shlex

import click
import pytest
from conftest import ROOT, World, all_commands

from pcve_graph.cli.main import NAMES, cli
from pcve_graph.model.problems import RULES
from pcve_graph.model.schema import Ontology
from pcve_graph.publish.export.formats import FORMATS
from pcve_graph.query.foreign import parse_foreign_query
from pcve_graph.query.saved import CHECK_KEYS, KEYS, PARAM_KEYS, TYPES
from pcve_graph.records.reader import CLAIM_KEYS

README = (ROOT / "README.md").read_text()
FORMAT = (ROOT / "data/FORMAT.md").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_tells_of_every_command(name: str) -> None:
    assert f"pcve {name}" in README


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
def test_the_readme_tells_of_every_format(name: str) -> None:
    assert f"`{name}`" in README


def test_the_readme_has_one_command_to_run_and_one_to_test() -> None:
    commands = re.findall(r"<!-- (run|test) -->\n```sh\n(.+)\n```", README)
    assert [kind for kind, _ in commands] == ["run", "test"]
    ci = (ROOT / ".ci/run").read_text()
    assert "README.md" in ci


def examples() -> list[tuple[str, str]]:
    return re.findall(r"```console\n\$ (pcve .+)\n([\s\S]*?)```", README)


def test_there_are_examples_in_the_readme() -> None:
    assert len(examples()) >= 2


@pytest.mark.parametrize(("command", "shown"), examples(), ids=[each[0] for each in examples()])
def test_an_example_of_the_readme_prints_what_it_shows(
    shipped: World, command: str, shown: str
) -> None:
    result = shipped.pcve(*shlex.split(command)[1:])
    assert result.exit_code == 0
    printed = result.stdout.splitlines()
    parts = [part.splitlines() for part in re.split(r"\n…(?:\n|$)", shown.strip("\n")) if part]
    at = 0
    for part in parts:
        at = printed.index(part[0], at)
        assert printed[at : at + len(part)] == part
        at += len(part)


@pytest.mark.parametrize("key", CLAIM_KEYS)
def test_the_format_tells_of_every_key_of_a_block(key: str) -> None:
    assert f"| `{key}` |" in FORMAT


def test_the_example_of_the_format_is_a_record(world: World, ontology: Ontology) -> None:
    record, source = re.findall(r"```yaml\n([\s\S]*?)```", FORMAT)
    assert record.splitlines()[0] == "id: northtown-conference-2015"
    keys = set(re.findall(r"^ {4}(\w+):", record, re.M)) - set(CLAIM_KEYS)
    assert keys <= set(ontology.classes["Event"].keys)
    fields = set(re.findall(r"^(\w+):", source, re.M)) - {"id"}
    assert fields <= set(ontology.classes["Source"].keys)


def test_every_rule_of_the_reader_is_broken_by_a_test() -> None:
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    untested = {rule for rule in RULES if f'"{rule}"' not in tests and f"error {rule}" not in tests}
    assert untested == set()


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
    assert world.pcve("edit", "fmt", "--check").stdout == ""
    assert world.pcve("build").exit_code == 0
    text = world.pcve("show", "harbour-forum-2017").stdout
    assert "supporter: Lake Fund\n    “with support from the Lake Fund”" in text
    world.replace("data/records/event/harbour-forum-2017.yml", "support from", "support of")
    assert "error quote-not-found" in world.pcve("validate").stderr


def test_the_security_page_names_every_file_of_attacks() -> None:
    page = (ROOT / "SECURITY.md").read_text()
    named = set(re.findall(r"`(test_\w+\.py)`", page))
    assert named - {"test_binding.py", "test_yaml_syntax.py"} == {
        path.name for path in (ROOT / "tests/attacks").glob("test_*.py")
    }
    for path in re.findall(r"`(tests/test_\w+\.py)`", page):
        assert (ROOT / path).is_file()


DECORATORS = "defaults enumerate endpoint endpoint_in_url method pagination transform".split()


def test_the_page_of_queries_tells_of_every_key_and_type() -> None:
    page = (ROOT / "queries/README.md").read_text()
    for word in (*KEYS, *CHECK_KEYS, *PARAM_KEYS, *TYPES, *DECORATORS):
        assert f"`{word}`" in page, word
    (example,) = re.findall(r"```sparql\n([\s\S]*?)```", page)
    assert parse_foreign_query(example.encode(), "example").notes == ()
