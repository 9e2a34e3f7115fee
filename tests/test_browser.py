"""Pages in a browser: the documentation site, the pages of the ontology and those of the rules.

None violates a rule of axe, asks for anything outside, or reports an error.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from conftest import ROOT, World, not_available

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.long, pytest.mark.full]

ONTOLOGY_PAGES = ("index.html", "ns.html", "vocab.html", "shapes.html", "queries.html")
"""A page of each kind; of the lists and the rules see below."""

PHONE = {"width": 360, "height": 640}


def chromium() -> str:
    """The path of Chromium; empty where it is not installed."""
    return shutil.which("chromium") or ""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of the system; where it is missing, tests are skipped, which fails in CI."""
    missing = [name for name in ("playwright", "axe_playwright_python") if find_spec(name) is None]
    missing += [] if chromium() else ["chromium"]
    if missing:
        not_available(f"not installed: {', '.join(missing)}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield started
        started.close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The built site: its folder and its address."""
    if find_spec("mkdocs") is None:
        not_available("the extra docs is not installed")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "--strict", "--site-dir", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


class Visit:
    """Pages that are opened one after the other, and what was wrong with them."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        from axe_playwright_python.sync_playwright import Axe

        self.page: Page = context.new_page()
        self.origin = origin
        self.faults: list[str] = []
        self.axe = Axe()
        self.page.on("request", self._requested)
        self.page.on("console", self._logged)
        self.page.on("pageerror", lambda error: self._note(f"error: {error}"))

    def open(self, name: str) -> None:
        answer = self.page.goto(self.origin + name, wait_until="load")
        if answer is None or not answer.ok:
            self._note("does not open")

    def check(self) -> None:
        """Note what axe finds on the page as it is now."""
        for violation in self.axe.run(self.page).response["violations"]:
            targets = [node["target"] for node in violation["nodes"][:3]]
            self._note(f"axe {violation['id']}: {targets}")

    def _requested(self, request: Any) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self._note(f"asks for {request.url}")

    def _logged(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self._note(f"{message.type}: {message.text}")

    def _note(self, fault: str) -> None:
        self.faults.append(f"{self.page.url}: {fault}")


def site_pages(folder: Path) -> list[str]:
    """The pages that MkDocs made; those of the ontology and of the rules are tested as files."""
    paths = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.html")))
    return [path for path in paths if Path(path).name == "index.html" and is_docs(folder, path)]


def is_docs(folder: Path, path: str) -> bool:
    return '<html lang="en" data-bs-theme' in (folder / path).read_text("utf-8")


def test_the_documentation_site(browser: Browser, site: tuple[Path, str]) -> None:
    folder, address = site
    names = [*site_pages(folder), "404.html"]
    assert len(names) > 25
    visit = Visit(browser.new_context(), address)
    for name in names:
        visit.open(name)
        visit.check()
    assert visit.faults == [], "\n".join(visit.faults)


def test_the_documentation_site_in_the_dark_and_on_a_phone(
    browser: Browser, site: tuple[Path, str]
) -> None:
    names = ("index.html", "tutorial/five-minutes/", "reference/python/", "glossary/")
    for settings in ({"color_scheme": "dark"}, {"viewport": PHONE}):
        visit = Visit(browser.new_context(**settings), site[1])
        for name in names:
            visit.open(name)
            visit.check()
        assert visit.faults == [], "\n".join(visit.faults)


def test_the_search_of_the_documentation_site(browser: Browser, site: tuple[Path, str]) -> None:
    """Found with the keyboard alone, in a dialog that axe accepts, and nothing is asked outside."""
    visit = Visit(browser.new_context(), site[1])
    with visit.page.expect_console_message(lambda message: "search ready" in message.text):
        visit.open("index.html")
    visit.page.keyboard.press("s")
    visit.page.wait_for_selector("#mkdocs-search-query:focus")
    visit.page.keyboard.type("evidence")
    visit.page.wait_for_selector("#mkdocs-search-results article a")
    visit.check()
    first = visit.page.locator("#mkdocs-search-results article a").first
    first.press("Enter")
    visit.page.wait_for_load_state("load")
    assert "evidence" in visit.page.inner_text("main, [role=main]").lower()
    visit.open("index.html")
    visit.page.keyboard.press("?")
    visit.page.wait_for_selector("#mkdocs_keyboard_modal.show")
    visit.check()
    assert visit.faults == [], "\n".join(visit.faults)


def opened_as_files(browser: Browser, folder: Path, names: list[str]) -> list[str]:
    """The faults of pages that are opened from a folder, in both colour schemes."""
    faults: list[str] = []
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        visit = Visit(browser.new_context(color_scheme=scheme), f"{folder.as_uri()}/")
        for name in names if scheme == "light" else names[-2:]:
            visit.open(name)
            visit.check()
        faults += visit.faults
    return faults


def test_the_pages_of_the_ontology(browser: Browser, northtown: World, tmp_path: Path) -> None:
    result = northtown.pcve("docs", "ontology", str(tmp_path / "pages"))
    assert result.exit_code == 0, result.output
    some = [f"vocab/{name}.html" for name in ("topic", "event-kind")]
    rules = ["rule/index.html", "rule/Event-startDate.html", "rule/quote-not-found.html"]
    names = [*ONTOLOGY_PAGES, *rules, *some]
    assert opened_as_files(browser, tmp_path / "pages", names) == []


def test_the_pages_of_the_rules(browser: Browser, northtown: World, tmp_path: Path) -> None:
    result = northtown.pcve("docs", "rules", str(tmp_path / "pages"))
    assert result.exit_code == 0, result.output
    check = "check/place-has-a-country.html"
    names = ["index.html", "unknown-key.html", check, "Event-startDate.html"]
    assert opened_as_files(browser, tmp_path / "pages", names) == []


def test_a_fault_of_a_page_is_noticed(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(
        '<html><head><title>Bad</title></head><body><main><h1>Bad</h1><img src="x.png">'
        '<img alt="" src="http://127.0.0.1:9/x.png"><script>undefinedName()</script></main>'
    )
    visit = Visit(browser.new_context(), f"{tmp_path.as_uri()}/")
    visit.open("bad.html")
    visit.check()
    faults = "\n".join(visit.faults)
    for fault in ("axe image-alt", "axe html-has-lang", "asks for http://127.0.0.1:9/", "error: "):
        assert fault in faults
