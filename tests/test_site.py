"""The documentation site: it builds strictly, leads nowhere wrong, loads nothing from outside, and its
tutorial works as printed. And the other files of a public repository."""

from __future__ import annotations

import html
import importlib.util
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urlsplit

import click
import pytest
import yaml
from conftest import ROOT, all_commands, not_available

import pcve_graph
from pcve_graph.cli.main import cli

TUTORIAL = sorted((ROOT / "docs/tutorial").glob("*.md"))
LOADING = {"audio", "embed", "iframe", "img", "link", "object", "script", "source", "video"}
"""Elements whose address a browser fetches without being asked; of links only some relations."""

NOT_FETCHED = {"alternate", "author", "canonical", "license", "next", "prev"}
"""Relations of a link element that a browser does not fetch."""


class Page(HTMLParser):
    """The ids of a page, where its links lead, and what a browser loads with it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = re.findall(r"url\(\s*['\"]?([^'\")]+)", text)
        self.loaded += re.findall(r"@import\s+['\"]([^'\"]+)", text)
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.ids |= {attributes[name] for name in ("id", "name") if name in attributes}
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        fetched = tag in LOADING and not set(attributes.get("rel", "").split()) & NOT_FETCHED
        self.loaded += [
            attributes[key] for key in ("src", "href", "data") if fetched and key in attributes
        ]
        self.loaded += re.findall(r"(\S+)(?: \S+)?(?:,|$)", attributes.get("srcset", ""))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    if importlib.util.find_spec("mkdocs") is None:
        not_available("the extra docs is not installed")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    # Whatever a proxy is asked for would be an outside request: nothing listens there.
    offline = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    built = subprocess.run(
        command, cwd=ROOT, env=os.environ | offline, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    """Each page of the site by its path."""
    paths = sorted(site.rglob("*.html"))
    return {path.relative_to(site).as_posix(): Page(path.read_text("utf-8")) for path in paths}


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    """docs/generate.py."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs/generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.full
def test_every_page_of_the_navigation_is_built(site: Path, pages: dict[str, Page]) -> None:
    assert len(pages) > 300
    for path in (ROOT / "docs").rglob("*.md"):
        name = path.relative_to(ROOT / "docs").with_suffix("").as_posix()
        if not name.startswith("w3id/"):
            page = "index.html" if name == "index" else f"{name}/index.html"
            assert page in pages, name
    assert (site / "first-hour.ipynb").read_bytes() == (ROOT / "docs/first-hour.ipynb").read_bytes()
    assert not list(site.rglob("generate.py")) + list(site.rglob(".htaccess"))


@pytest.mark.full
def test_the_ontology_reference_is_a_part_of_the_site(site: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pcve_graph", "--project", str(ROOT), "docs", "ontology"]
    subprocess.run([*command, str(tmp_path / "made")], check=True, capture_output=True)
    for path in (tmp_path / "made").rglob("*.*"):
        name = path.relative_to(tmp_path / "made")
        assert (site / "reference" / name).read_bytes() == path.read_bytes(), name


@pytest.mark.full
def test_every_command_and_option_is_in_the_reference(site: Path, generate: ModuleType) -> None:
    page = (site / "reference/commands/index.html").read_text("utf-8")
    sections = dict(re.findall(r"<h2[^>]*>(pcve[^<]*)</h2>([\s\S]*?)(?=<h2|</main|\Z)", page))
    root = generate.context_of(generate.command_tree())
    contexts = [root, *generate.commands(root)]
    paths = {f"pcve {path}" for path, _ in all_commands(cli)}
    assert {context.command_path for context in contexts} == {"pcve", *paths} == set(sections)
    for context in contexts:
        section = sections[context.command_path]
        first = (context.command.help or "").split("\n\n")[0].split()
        assert f"<p>{html.escape(' '.join(first), quote=False)}" in " ".join(section.split())
        for parameter in context.command.get_params(context):
            if isinstance(parameter, click.Option) and parameter.hidden:
                continue
            if isinstance(parameter, click.Option):
                for name in (*parameter.opts, *parameter.secondary_opts):
                    assert re.search(rf"<code>[^<]*{re.escape(name)}\b", section), name
            else:
                assert parameter.make_metavar(context).strip("[].") in section


@pytest.mark.full
def test_links_within_the_site_lead_somewhere(site: Path, pages: dict[str, Page]) -> None:
    broken = []
    for name, page in pages.items():
        for link in page.links if name != "404.html" else ():
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            path = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path)))
            target = path if parts.path else name
            if (site / target).is_dir():
                target = posixpath.normpath(f"{target}/index.html")
            anchor = unquote(parts.fragment)
            ids = pages[target].ids if target in pages and anchor else {anchor}
            if not (site / target).is_file() or anchor not in ids:
                broken.append((name, link))
    assert broken == []


@pytest.mark.full
def test_nothing_is_loaded_from_outside(site: Path, pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        outside = [address for address in page.loaded if re.match(r"(?:https?:)?//", address)]
        assert outside == [], name
    for path in site.rglob("*.css"):
        assert not re.search(r"(?:url\(\s*['\"]?|@import\s+['\"])(?:https?:)?//", path.read_text())
    for path in site.rglob("*.js"):
        code = re.sub(r"/\*[\s\S]*?\*/|(?m:^\s*//.*$)", "", path.read_text("utf-8"))
        fetched = r"(?:fetch|open|importScripts|import)\(\s*['\"][^'\"]*https?://"
        assert not re.search(fetched, code), path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, as somebody who reads the tutorial has it."""
    folder = tmp_path / "project"
    for name in ("data", "ontology", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


@pytest.fixture
def terminal(project: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of a shell that knows `pcve`, with nothing of the user's own."""
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin/pcve"
    command.write_text(f"#!{sys.executable}\nfrom pcve_graph.cli.main import main\n\nmain()\n")
    command.chmod(0o755)
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    source = str(Path(pcve_graph.__file__).parents[1])
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    return {"PATH": path, "PYTHONPATH": source, "LC_ALL": "C.UTF-8", **cache}


def steps(page: str) -> list[tuple[str, str]]:
    """What a tutorial asks its reader to do: (file, content) to save, ("$", session) to type."""
    blocks = re.findall(r"(?:^`([^`\n]+)`\n\n)?^```(\w*)\n([\s\S]*?)^```$", page, re.M)
    return [
        ("$", text) if language == "console" else (name, text)
        for name, language, text in blocks
        if name or language == "console"
    ]


def commands_of(session: str) -> list[tuple[str, list[str]]]:
    """Each command of a console block with the lines that it prints."""
    blocks = re.split(r"^\$ ", session, flags=re.M)[1:]
    return [(lines[0], lines[1:]) for lines in (block.splitlines() for block in blocks)]


def pattern(line: str) -> re.Pattern[str]:
    """A printed line; `…` stands for anything, and runs of blanks are one."""
    return re.compile(r".*?".join(map(re.escape, re.sub(r"\s+", " ", line).split("…"))))


def missing_lines(expected: list[str], printed: str) -> list[str]:
    """The first expected line that is not printed in its turn; lines between do not matter.

    So new records make no tutorial fail.
    """
    lines = iter([re.sub(r"\s+", " ", line) for line in printed.splitlines()])
    for line in expected:
        if line.strip() != "…" and not any(
            pattern(line).fullmatch(printed_line) for printed_line in lines
        ):
            return [line]
    return []


def test_there_is_a_tutorial() -> None:
    assert len(TUTORIAL) >= 3
    assert sum(len(steps(path.read_text("utf-8"))) for path in TUTORIAL) >= 15


@pytest.mark.long
def test_the_tutorials_work_as_printed(project: Path, terminal: dict[str, str]) -> None:
    """One after the other, in one folder, as the pages say: the later ones use the first build."""
    for path in sorted(TUTORIAL, key=lambda page: page.name != "five-minutes.md"):
        code = 0
        for name, text in steps(path.read_text("utf-8")):
            if name != "$":
                (project / name).write_text(text, "utf-8")
                continue
            for command, expected in commands_of(text):
                if command == "echo $?":
                    assert expected == [str(code)], f"{path.name}: exit code before {command!r}"
                    code = 0
                    continue
                assert code == 0, f"{path.name}: exit code {code} before {command!r}"
                ran = subprocess.run(
                    ["bash", "-c", command],
                    cwd=project,
                    env=terminal,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    encoding="utf-8",
                    timeout=120,
                )
                code = ran.returncode
                assert missing_lines(expected, ran.stdout) == [], f"{command}\n{ran.stdout}"
        assert code == 0, f"{path.name} ends with exit code {code}"
    # What was invented is gone again.
    compared = ["diff", "-rq", str(ROOT / "data"), str(project / "data")]
    assert subprocess.run(compared, capture_output=True, text=True).stdout == ""


PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_codemeta_agrees_with_citation_and_pyproject() -> None:
    meta = json.loads((ROOT / "codemeta.json").read_text("utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert meta["name"] == citation["title"]
    assert meta["version"] == citation["version"] == PYPROJECT["version"] == pcve_graph.__version__
    assert meta["datePublished"] == str(citation["date-released"])
    assert meta["license"].rsplit("/", 1)[-1] == citation["license"] == PYPROJECT["license"]
    assert meta["keywords"] == citation["keywords"] == PYPROJECT["keywords"]
    names = [author["name"] for author in meta["author"]]
    assert names == [author["name"] for author in citation["authors"]]
    assert names == [author["name"] for author in PYPROJECT["authors"]]


def test_the_package_names_only_addresses_below_the_base() -> None:
    base = tomllib.loads((ROOT / "pcve.toml").read_text("utf-8"))["base"]
    assert all(address.startswith(base) for address in PYPROJECT["urls"].values())
    oldest = PYPROJECT["requires-python"].removeprefix(">=")
    assert f"Programming Language :: Python :: {oldest}" in PYPROJECT["classifiers"]


def test_the_settings_page_describes_every_key_of_pcve_toml() -> None:
    settings = tomllib.loads((ROOT / "pcve.toml").read_text("utf-8"))
    page = (ROOT / "docs/reference/project-settings.md").read_text("utf-8")
    optional = {"iati-identifier", "iati-type"}  # of a project with an owner that reports to IATI
    assert set(re.findall(r"^\| `([\w-]+)` \|", page, re.M)) == set(settings) | optional


def test_workflows_and_templates_are_what_github_reads() -> None:
    workflows = sorted((ROOT / ".github/workflows").glob("*.yml"))
    assert [path.stem for path in workflows] == ["archive", "ci", "data", "package", "pages"]
    for path in workflows:
        # YAML 1.1 reads the key `on` as true.
        workflow = yaml.safe_load(path.read_text("utf-8"))
        assert {"name", True, "permissions", "jobs"} <= set(workflow), path
        for job in workflow["jobs"].values():
            assert job["timeout-minutes"]
            assert all(("uses" in step) != ("run" in step) for step in job["steps"])
    assert ".ci/run" in (ROOT / ".github/workflows/ci.yml").read_text("utf-8")
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (check,) = re.findall(r"<!-- data -->\n```sh\n(.+)\n```", contributing)
    assert f"- run: {check}\n" in (ROOT / ".github/workflows/data.yml").read_text("utf-8")
    for path in sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("[0-9]*.yml")):
        template = yaml.safe_load(path.read_text("utf-8"))
        assert {"name", "description", "body"} <= set(template)
        fields = [field for field in template["body"] if field["type"] != "markdown"]
        assert len({field["id"] for field in fields}) == len(fields) >= 2


def test_paths_that_pages_name_are_there() -> None:
    pages = ["CONTRIBUTING.md", "CORRECTIONS.md", "GOVERNANCE.md"]
    pages += [path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")]
    text = "\n".join((ROOT / page).read_text("utf-8") for page in pages)
    paths = re.findall(r"`((?:data|docs|ontology|queries|tests|\.github|\.ci)/[\w./-]+)`", text)
    invented = re.compile("ljubljana-gazette|mentoring-workshop-2017|reviews/READER")
    # Written by commands: into the reference, after a recheck or a review, and by a release.
    generated = {"docs/reference/commands.md", "data/rechecks/", "data/reviews/", "data/cited.tsv"}
    missing = {path for path in paths if not (ROOT / path).exists() and not invented.search(path)}
    assert missing - generated == set()


def test_the_architecture_names_files_that_are_there() -> None:
    source = ROOT / "src/pcve_graph"
    if not (source / "pipeline.py").is_file():
        pytest.skip("the layout that the page describes is not there yet")
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    rows = re.findall(r"^\| [^|]+ \| (`[^|]+`) \|", page, re.M)
    assert len(rows) > 30
    for row in rows:
        first, *others = re.findall(r"`([^`]+)`", row)
        assert (source / first).exists(), first
        for name in others:
            assert any((folder / name).exists() for folder in (source, (source / first).parent)), (
                name
            )


@pytest.mark.full
def test_code_and_lists_are_rendered(site: Path) -> None:
    """A fence or a list item that Markdown did not understand stands in the page as it was typed."""
    for path in sorted(site.rglob("index.html")):
        text = re.sub(r"<pre[\s\S]*?</pre>|<code[\s\S]*?</code>", "", path.read_text("utf-8"))
        assert "```" not in text, path
        if "rule" not in path.parts:
            assert not re.search(r"^\s*(?:\d+\.|-|\|) +\S", text, re.M), path
