"""shacl-form, a form generator of npm, makes a usable form of an event from the portable shapes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
import rdflib
from conftest import World, not_available
from pyshacl import validate
from rdflib.namespace import RDF, SKOS
from shacl_engines import HERE, require
from test_browser import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.long, pytest.mark.full]

PCVE = rdflib.Namespace("https://w3id.org/pcve/ns#")
SCRIPT = HERE / "node_modules/@ulb-darmstadt/shacl-form/dist/form-default.js"
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Event</title>
<link rel="icon" href="data:,"><script src="/form.js" type="module"></script>
<shacl-form data-shapes-url="/shapes.ttl" data-language="en" data-ignore-owl-imports="yes" data-collapse="open"
  data-shape-subject="https://w3id.org/pcve/shapes#Event"
  data-values-namespace="https://w3id.org/pcve/id/event/"></shacl-form></html>"""
ROOT = "(() => { const form = document.querySelector('shacl-form'); return form.shadowRoot ?? form })()"


@pytest.fixture(scope="module")
def shapes(northtown: World) -> bytes:
    result = northtown.pcve("export", "shacl")
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


@pytest.fixture(scope="module")
def origin(shapes: bytes) -> Iterator[str]:
    """A server of the page, the script and the shapes."""
    require("shacl-form")
    contents = {
        "/": ("text/html", PAGE.encode()),
        "/form.js": ("text/javascript", SCRIPT.read_bytes()),
        "/shapes.ttl": ("text/turtle", shapes),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, content = contents.get(self.path, ("text/plain", b""))
            self.send_response(200 if self.path in contents else 404)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def form(origin: str) -> Iterator[tuple[Page, list[str]]]:
    """The page with the form, and what was wrong with it: errors, and requests to elsewhere."""
    missing = [] if find_spec("playwright") else ["playwright"]
    missing += [] if chromium() else ["chromium"]
    if missing:
        not_available(f"not installed: {', '.join(missing)}")
    from playwright.sync_api import sync_playwright

    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 1400})
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda talk: faults.append(talk.text) if talk.type == "error" else None)
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((origin, "data:")) else faults.append(request.url)
            ),
        )
        page.goto(origin)
        page.wait_for_function(f"{ROOT}.querySelectorAll('label').length > 20")
        yield page, faults
        browser.close()


def texts(page: Page, selector: str) -> list[str]:
    """The texts of elements from top to bottom, as they are shown."""
    script = f"""selector => [...{ROOT}.querySelectorAll(selector)]
      .map(element => [element.getBoundingClientRect().top, element.textContent.trim()])
      .sort((one, other) => one[0] - other[0]).map(pair => pair[1])"""
    shown: list[str] = page.evaluate(script, selector)
    return shown


def test_the_form_has_groups_and_fields_in_their_order(form: tuple[Page, list[str]]) -> None:
    page, faults = form
    groups = [text for text in texts(page, ".shacl-group > :is(h1, h2, h3)") if text]
    assert groups == [
        "Names and description",
        "Kind and identifiers",
        "Time",
        "Place",
        "Leading roles",
        "People and roles",
        "Money",
        "Content",
        "Relations",
        "Assessment",
        "Record",
    ]
    labels = [text.removesuffix("?") for text in texts(page, "label")]
    wanted = ["name", "other name", "kind", "start", "end", "location", "organiser", "topic"]
    assert [label for label in labels if label in wanted] == wanted
    assert faults == []


def test_lists_and_choices_are_in_words(form: tuple[Page, list[str]]) -> None:
    page, _ = form
    options = texts(page, "select option")
    assert {"conference", "community policing", "day", "month", "year", "organisation"} <= set(
        options
    )
    assert not any(option.startswith(("http", "datatype", "class")) for option in options)


def test_what_is_filled_in_is_valid(form: tuple[Page, list[str]], shapes: bytes) -> None:
    page, faults = form
    page.evaluate(
        f"""() => {{
          const set = (label, value) => {{
            const box = [...{ROOT}.querySelectorAll('label')].find(text => text.textContent === label).parentElement
            const editor = box.querySelector('input, textarea, select')
            if (editor.tagName === 'SELECT') {{
              editor.selectedIndex = [...editor.options].findIndex(option => option.text === value)
            }} else {{
              editor.value = value
              const language = box.querySelector('.lang-chooser')
              if (language) {{ language.value = 'en'; language.dispatchEvent(new Event('change', {{ bubbles: true }})) }}
            }}
            editor.dispatchEvent(new Event('change', {{ bubbles: true }}))
          }}
          set('name', 'A meeting'); set('kind', 'conference')
        }}"""
    )
    conforms = "document.querySelector('shacl-form').validate(true).then(report => report === true || report.conforms === true)"
    assert page.evaluate(conforms) is True
    written = rdflib.Graph().parse(
        data=page.evaluate("document.querySelector('shacl-form').serialize()"), format="turtle"
    )
    (event,) = written.subjects(RDF.type, PCVE.Event)
    assert written.value(event, SKOS.prefLabel) == rdflib.Literal("A meeting", lang="en")
    kind = rdflib.URIRef("https://w3id.org/pcve/vocab/event-kind/conference")
    assert written.value(event, PCVE.kind) == kind
    assert validate(written, shacl_graph=rdflib.Graph().parse(data=shapes, format="turtle"))[0]
    assert faults == []


def test_what_is_missing_is_shown(origin: str, form: tuple[Page, list[str]]) -> None:
    page, _ = form
    page.goto(origin)
    page.wait_for_function(f"{ROOT}.querySelectorAll('label').length > 20")
    conforms = "document.querySelector('shacl-form').validate(false).then(report => report === true || report.conforms === true)"
    assert page.evaluate(conforms) is False
    assert page.evaluate(f"{ROOT}.querySelectorAll('.validation-error').length") > 0
