"""Small files that cost much: nested, long or broad. Each is read or refused in bounded time and memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import World

from pcve_graph.model.problems import ContentError
from pcve_graph.model.terms import from_iri
from pcve_graph.syntax.positions import ANY_BLANK
from pcve_graph.syntax.tree import DOCUMENT_DEPTH
from pcve_graph.validation.documents import read_document

pytestmark = pytest.mark.long

SECONDS, MEMORY = 60, 2**30
"""Seconds of work and bytes that a file of 2 MB may cost."""
SCALE = float(os.environ.get("PCVE_NESTING", "1"))
"""1 for files of up to 2 MB."""

EVENT = "https://w3id.org/pcve/id/event/a"
TURTLE = (
    "PREFIX e: <https://e.example/>\nPREFIX p: <https://w3id.org/pcve/ns#>\n"
    f"<{EVENT}> a p:Event ; e:l "
)
JSON = f'{{"@id": "{EVENT}", "@type": "https://w3id.org/pcve/ns#Event", "https://e.example/l":\n '
XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:e="https://e.example/" xmlns:p="https://w3id.org/pcve/ns#">\n'
    f'<p:Event rdf:about="{EVENT}">%s</p:Event></rdf:RDF>'
)


def times(count: int) -> int:
    return max(1, int(count * SCALE))


def nested(before: str, opening: str, middle: str, closing: str, after: str, count: int) -> str:
    return before + opening * times(count) + middle + closing * times(count) + after


def many(count: int, text: str, between: str = ",") -> str:
    return between.join(text.replace("#", str(n)) for n in range(times(count)))


REFUSED = {
    # what: (file, content, rule)
    "brackets": ("x.ttl", nested(TURTLE, "[ e:b ", "1 ", "] ", ".", 50_000), "nesting"),
    "lists": ("x.ttl", nested(TURTLE, "( ", "", ") ", ".", 100_000), "nesting"),
    "graphs": ("x.trig", nested("{ " + TURTLE[70:], "[ ", "", "] ", ". }", 50_000), "nesting"),
    "triple terms": ("x.ttl", nested(TURTLE, "<<( ", "", ")>> ", ".", 50_000), "rdf-version"),
    "a list of a million": ("x.ttl", TURTLE + "( " + "1 " * times(10**6) + ") .", "nesting"),
    "blank nodes": ("x.ttl", TURTLE + "[]," * times(600_000) + "1 .", "nesting"),
    "objects": ("x.jsonld", nested(JSON, '{"a:b":', "1", "}", "}", 50_000), "nesting"),
    "arrays": ("x.jsonld", nested(JSON, "[", "1", "]", "}", 500_000), "nesting"),
    "unclosed arrays": ("x.jsonld", JSON + "[" * times(10**6), "nesting"),
    "lists in JSON-LD": ("x.jsonld", nested(JSON, '{"@list":[', "1", "]}", "}", 50_000), "nesting"),
    "contexts": (
        "x.jsonld",
        nested('{"@context":', '{"a":{"@id":"a:b","@context":', "{}", "}}", "}", 50_000),
        "nesting",
    ),
    "a chain of terms": (
        "x.jsonld",
        '{"@context": {' + ",".join(f'"t{n}":"t{n + 1}:x"' for n in range(30_000)) + "}}",
        "nesting",
    ),
    "a ring of terms": (
        "x.jsonld",
        '{"@context": {'
        + ",".join(f'"t{n}":"t{(n + 1) % 30_000}:x"' for n in range(30_000))
        + "}}",
        "nesting",
    ),
    "contexts inside a large one": (
        "x.jsonld",
        '{"@context": {' + many(20_000, '"t#":"a:t#"') + '}, "a:b": ['
        + many(20_000, '{"@context": {"x": "a:x"}, "x": 1}') + "]}",
        "nesting",
    ),
    "a list in JSON-LD": ("x.jsonld", JSON + '{"@list": [' + many(10**6, "1") + "]}}", "nesting"),
    "elements": ("x.rdf", XML % nested("", "<e:p><e:C>", "", "</e:C></e:p>", "", 40_000), "nesting"),
    "attributes": ("x.rdf", XML % ("<e:p " + many(100_000, 'e:a#="1"', " ") + "/>"), "nesting"),
    "a collection": (
        "x.rdf",
        XML % ('<e:p rdf:parseType="Collection">' + "<e:C/>" * times(200_000) + "</e:p>"),
        "nesting",
    ),
    "flow in YAML": ("x.yml", nested("id: x\na: ", "[", "", "]", "", 500_000), "structure"),
    "keys in YAML": ("x.yml", nested("id: x\na: ", "{a: ", "1", "}", "", 300_000), "structure"),
    "dashes in YAML": ("x.yml", "id: x\na:\n" + "- " * times(500_000) + "a", "structure"),
    "complex keys": ("x.yml", "id: x\na:\n  " + "? " * times(300_000) + "a", "structure"),
    "JSON Lines": ("x.jsonl", nested('{"id":"x","a":', "[", "", "]", "}", 500_000), "structure"),
}  # fmt: skip
READ = {
    # what: (file, content); each is an event without a kind, as the shapes say
    "a number of a million digits": ("x.ttl", TURTLE + "1" * times(2 * 10**6) + " ."),
    "a number in JSON-LD": ("x.jsonld", JSON + "1" * times(2 * 10**6) + "}"),
    "numbers that are no numbers": ("x.jsonld", JSON + "[1e999999999,1e-999999999,-1E+400]}"),
    "prefixes": ("x.ttl", many(50_000, "PREFIX p#: <https://e.example/#/>", "\n") + TURTLE + "1 ."),
    "bases": ("x.ttl", "@base <a:b/c/> .\n" + many(10_000, "@base <a#/> .", "\n") + TURTLE + "1 ."),
    "terms": ("x.jsonld", '{"@context": {' + many(50_000, '"t#":"a:t#"') + "}," + JSON[1:] + "1}"),
    "contexts side by side": (
        "x.jsonld",
        "[" + many(10_000, '{"@context": {"x": "a:x"}, "x": #}') + "," + JSON + "1}]",
    ),
    "entities": (
        "x.rdf",
        "<!DOCTYPE r ["
        + many(50_000, "<!ENTITY a# 'x'>", "")
        + "]>"
        + XML % ("<e:p>" + "&a0;" * times(100_000) + "</e:p>"),
    ),
    "IDs": ("x.rdf", XML % many(40_000, '<e:p rdf:ID="i#">1</e:p>', "")),
    "comments in a CDATA section": (
        "x.rdf",
        XML % ("<e:p><![CDATA[" + "<!--" * times(500_000) + "]]></e:p>"),
    ),
    "a literal of elements": (
        "x.rdf",
        XML % ('<e:p rdf:parseType="Literal">' + "<b/>" * times(200_000) + "</e:p>"),
    ),
}


def measured(world: World, path: Path) -> tuple[int, str, float, int]:
    """Exit code, output, CPU seconds and peak bytes of the validation of a file."""
    script = (
        "import os, resource, sys\n"
        "pid = os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, *sys.argv[1:]])\n"
        "_, status, usage = os.wait4(pid, 0)\n"
        "print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, file=open('usage', 'w'))\n"
        "sys.exit(os.waitstatus_to_exitcode(status) % 256)\n"
    )
    command = ["-m", "pcve_graph", "--project", str(world.root), "validate", str(path)]
    run = subprocess.run(
        [sys.executable, "-c", script, *command],
        cwd=path.parent,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS)),
        timeout=300,
    )
    seconds, memory = (path.parent / "usage").read_text().split()
    return run.returncode, run.stdout + run.stderr, float(seconds), int(memory)


@pytest.mark.parametrize("name", REFUSED)
def test_a_costly_file_gets_one_message(northtown: World, tmp_path: Path, name: str) -> None:
    file, content, rule = REFUSED[name]
    (tmp_path / file).write_text(content)
    code, output, seconds, memory = measured(northtown, tmp_path / file)
    assert code in (1, 2), (code, output[-500:])
    assert output.count(": error ") == 1, output[:1000]
    assert f": error {rule}: " in output
    assert seconds < SECONDS
    assert memory < MEMORY


@pytest.mark.parametrize("name", READ)
def test_a_large_but_plain_file_is_read(northtown: World, tmp_path: Path, name: str) -> None:
    file, content = READ[name]
    (tmp_path / file).write_text(content)
    code, output, seconds, memory = measured(northtown, tmp_path / file)
    assert code == 1, (code, output[-500:])
    assert "error pcvesh:Event-kind" in output
    assert seconds < SECONDS
    assert memory < MEMORY


FORMS = {
    # format: (the text around, an opening and a closing of one level, levels of the text around)
    "turtle": (TURTLE + "%s .", "[ e:b ", "1 ", "]", 0),
    "trig": ("PREFIX e: <https://e.example/>\n{ e:a e:b %s }", "( ", "1 ", ")", 1),
    "jsonld": (JSON + "%s}", '{"a:b":', "1", "}", 1),
    "rdfxml": (XML, "<e:p><e:C>", "", "</e:C></e:p>", 2),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_deepest_that_is_read(form: str) -> None:
    around, opening, middle, closing, levels = FORMS[form]
    step = 2 if form == "rdfxml" else 1
    fits = (DOCUMENT_DEPTH - levels) // step

    def statements(count: int) -> int:
        text = around % (opening * count + middle + closing * count)
        document = read_document(text.encode(), "x", form)
        places = document.places({ANY_BLANK, from_iri(EVENT), from_iri("https://e.example/a")})
        assert len(places) > fits, "readers of places in Python reach as deep"
        return sum(1 for _ in document.lines())

    assert statements(fits) > fits
    with pytest.raises(ContentError, match="nested more than 100 levels deep") as caught:
        statements(fits + 1)
    assert caught.value.problems[0].rule == "nesting"


@pytest.mark.quick
def test_brackets_in_strings_comments_and_names_are_not_levels() -> None:
    for form, text in (
        ("turtle", TURTLE + '"%s" . # %s\n<https://e.example/(((> e:\\(\\( "x" .'),
        ("jsonld", JSON + '"%s\\"%s"}'),
    ):
        brackets = "[(" * 500 if form == "turtle" else "[{" * 500
        assert list(read_document((text % (brackets, brackets)).encode(), "x", form).lines())
