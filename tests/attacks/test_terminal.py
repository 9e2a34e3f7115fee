"""No name, file, server or argument writes to the terminal, reorders a line or forges one."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from conftest import World

from pcve_graph.model.visible import escape_hidden, first_refused, one_line

pytestmark = pytest.mark.long

ATTACK = "Bell\x1b]0;owned\x07\x1b[2J\x9b31m\u202eyteicoS\u2066\u200b\x7f\nforged: line\r!"
"""OSC, CSI as C0 and as C1, an override, an isolate, a zero-width space, DEL, line feed, CR."""

HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069]|\r(?!\n)"
)
SECONDS = 120
THING = "http://example.org/bell"
_LINE_ENDS = {"\n": "\\n", "\r": "\\r"}
ESCAPED = "".join(_LINE_ENDS.get(letter, f"\\u{ord(letter):04x}") for letter in ATTACK)
"""ATTACK as escapes of a SPARQL string, which writes line ends in one way only."""
LABEL = f'<{THING}> <http://www.w3.org/2004/02/skos/core#prefLabel> "{ESCAPED}"@en .\n'.encode()


def run(
    world: World, *arguments: str | bytes, stdin: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "pcve_graph", "--project", str(world.root), *arguments]
    return subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        timeout=SECONDS,
        check=False,
        env={**os.environ, **environment},
    )


def on_terminal(world: World, *arguments: str | bytes) -> tuple[int, str]:
    """The exit code, and what the command writes to a real pseudo-terminal."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "pcve_graph", "--project", str(world.root), *arguments]
    process = subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower)
    os.close(follower)
    written = b""
    try:
        while chunk := os.read(leader, 65536):
            written += chunk
    except OSError:
        pass  # Linux reports the end of a pseudo-terminal as EIO
    os.close(leader)
    shown = re.sub(rb"\r\x1b\[K|\x1b\[1m(name *)\x1b\[0m", rb"\1", written)
    return process.wait(SECONDS), shown.decode().replace("\r\n", "\n")


def assert_safe(output: bytes | str) -> str:
    text = output.decode() if isinstance(output, bytes) else output
    assert not HIDDEN.search(text), ascii(text)
    assert "Traceback" not in text, text
    return text


@contextmanager
def serving(answer: bytes, status: str = "200 OK") -> Iterator[str]:
    """The address of a SPARQL server with one answer to every SELECT, and one to every CONSTRUCT."""
    code, _, reason = status.partition(" ")

    class Handler(BaseHTTPRequestHandler):
        def version_string(self) -> str:
            return "server\x1b[2J"

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked += self.path.encode()
            kind, content = "sparql-results+json", answer
            if b"CONSTRUCT" in asked:
                kind, content = "n-triples", LABEL
            elif b"ASK" in asked:
                content = b'{"head": {}, "boolean": true}'
            self.send_response(int(code), reason)
            self.send_header("Content-Type", f"application/{kind}")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/sparql"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(SECONDS)


def rows(value: str) -> bytes:
    """Two rows of a column `name`, as the W3C JSON results write them: a text, and a thing."""
    cells = {"type": "literal", "value": value}, {"type": "uri", "value": THING}
    bindings = [{"name": cell} for cell in cells]
    document = {"head": {"vars": ["name"]}, "results": {"bindings": bindings}}
    return json.dumps(document).encode()


@pytest.fixture
def own_query(tmp_path: Path) -> str:
    """A file with a query whose one row is ATTACK, built from escapes of SPARQL."""
    path = tmp_path / "own.rq"
    path.write_text(f'SELECT (CONCAT("{ESCAPED}", "") AS ?name) {{ }}')
    return str(path)


@pytest.mark.parametrize("form", ["table", "markdown"])
@pytest.mark.quick
def test_text_for_people_is_visible_in_a_pipe(northtown: World, own_query: str, form: str) -> None:
    result = run(northtown, "query", own_query, "--format", form)
    text = assert_safe(result.stdout)
    assert result.returncode == 0
    assert "Bell\\u001b]0;owned\\u0007" in text
    assert "\nforged" not in text


@pytest.mark.long
@pytest.mark.parametrize("form", ["csv", "tsv", "json", "xml"])
def test_machine_formats_keep_their_bytes_in_a_pipe_alone(
    northtown: World, own_query: str, form: str
) -> None:
    result = run(northtown, "query", own_query, "--format", form, PYTHONIOENCODING="ascii")
    assert result.returncode == 0
    assert "\u202e" in result.stdout.decode()
    if form == "json":
        (row,) = json.loads(result.stdout)["results"]["bindings"]
        assert row["name"]["value"] == ATTACK
    code, shown = on_terminal(northtown, "query", own_query, "--format", form)
    assert code == 0, shown
    assert "\\u202e" in assert_safe(shown)


@pytest.mark.quick
def test_a_table_on_a_terminal_is_visible(northtown: World, own_query: str) -> None:
    code, shown = on_terminal(northtown, "query", own_query)
    assert code == 0, shown
    assert "\\u001b" in assert_safe(shown)


def test_a_graph_on_a_terminal_is_visible(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "graph.rq"
    path.write_text('CONSTRUCT { <http://e/a> <http://e/b> "x\\u009b\\u202e" } { }')
    result = run(northtown, "query", str(path), "--format", "nt")
    assert '"x\x9b\u202e"' in result.stdout.decode()
    code, shown = on_terminal(northtown, "query", str(path), "--format", "nt")
    assert (code, '"x\\u009b\\u202e"' in assert_safe(shown)) == (0, True)


@pytest.mark.parametrize("form", ["table", "markdown", "csv"])
def test_what_a_server_answers_is_visible(northtown: World, tmp_path: Path, form: str) -> None:
    path = tmp_path / "names.rq"
    path.write_text("SELECT ?name { ?s ?p ?name }")
    with serving(rows(ATTACK)) as address:
        code, shown = on_terminal(
            northtown, "query", str(path), "--format", form, "--endpoint", address
        )
    assert code == 0, shown
    assert "Bell\\u001b" in assert_safe(shown)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("query", "events-by-date"), "200 OK"),
        (("query", "events-by-date"), "403 \u00ab\x07"),
        (("query", "events-by-date"), "500 Out\x1b[2J of \x9b31mpaper"),
        (("show", "northtown"), "404 Out\x1b[2J of paper"),
        (("queries", "--check"), "400 Out\x1b[2J of paper"),
        (("publish", "--dry-run"), "400 Out\x1b[2J of paper"),
        (("publish",), "200 OK"),
    ],
)
def test_reasons_and_names_of_a_server_are_visible(
    northtown: World, arguments: tuple[str, ...], status: str
) -> None:
    with serving(f"no \x1b[2J answer\n{ATTACK}".encode(), status) as address:
        code, shown = on_terminal(northtown, *arguments, "--endpoint", address)
    assert code in (1, 2)
    assert_safe(shown)


FILE = os.fsencode("x\x1b[2J\u202ey\nforged: line.") + b"\xff.ttl"


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "turtle"])
@pytest.mark.parametrize("content", [b"no turtle", b'<http://e/a> a "\\u001b[2J" .'])
def test_file_names_are_visible(
    northtown: World, tmp_path: Path, form: str, content: bytes
) -> None:
    path = os.fsencode(tmp_path) + b"/" + FILE
    Path(os.fsdecode(path)).write_bytes(content)
    code, shown = on_terminal(northtown, "validate", path, "--format", form)
    assert code in (0, 1, 2)
    assert_safe(shown)
    assert not re.search("^forged", shown, re.M)
    result = run(northtown, "validate", path, "--format", form, PYTHONIOENCODING="ascii")
    assert result.returncode == code
    assert_safe(result.stderr)
    if form == "text":
        assert_safe(result.stdout)
    if form == "json":
        json.loads(result.stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        ("query", ATTACK),
        ("query", f"{ATTACK}.rq"),
        ("query", "events-on-topic", "--set", f"topic={ATTACK}"),
        ("query", "events-on-topic", "--set", ATTACK),
        ("query", "events-on-topic", "--queries", ATTACK),
        ("query", "events-by-date", "--format", ATTACK),
        ("query", "events-by-date", "--endpoint", ATTACK),
        ("query", "events-by-date", "--endpoint", f"http://127.0.0.1:9/{ATTACK}"),
        ("query", "events-by-date", "--limit", ATTACK),
        ("queries", "--queries", ATTACK),
        ("search", ATTACK),
        ("search", "x", "--kind", ATTACK),
        ("search", "x", "--format", ATTACK),
        ("show", ATTACK),
        ("show", "northtown", "--as-of", ATTACK),
        ("overlaps", "--country", ATTACK),
        ("overlaps", "--kind", ATTACK),
        ("overlaps", "--since", ATTACK),
        ("coverage", "--topic", ATTACK),
        ("coverage", "--by", ATTACK),
        ("coverage", "--cell", ATTACK),
        ("coverage", "--picture", ATTACK),
        ("timeline", "--kind", ATTACK),
        ("diff", ATTACK),
        ("diff", "--format", ATTACK),
        ("explain", ATTACK),
        ("export", ATTACK),
        ("export", "csv", "--only", ATTACK),
        ("export", "turtle", "-o", f"/nowhere/{ATTACK}"),
        ("edit", "new", ATTACK, "x"),
        ("edit", "new", "event", ATTACK),
        ("edit", "fmt", ATTACK),
        ("edit", ATTACK),
        ("edit", f"fm{ATTACK}"),
        ("edit", "fmt", f"--{ATTACK}"),
        ("evidence", "new", ATTACK),
        ("evidence", "status", "--format", ATTACK),
        ("docs", "rules", f"/dev/null/{ATTACK}"),
        ("fmt", ATTACK),
        ("validate", ATTACK),
        ("validate", "--engine", ATTACK),
        ("validate", "--input-format", ATTACK, "/dev/null"),
        ("validate", "--shapes", ATTACK, "/dev/null"),
        ("validate", "--severity", ATTACK),
        ("release", "--verify", ATTACK),
        (f"--{ATTACK}",),
        (ATTACK,),
        ("build", f"--{ATTACK}"),
        ("build", ATTACK),
    ],
    ids=lambda arguments: "-".join(one_line(argument)[:12] for argument in arguments),
)
def test_arguments_are_visible_in_messages(northtown: World, arguments: tuple[str, ...]) -> None:
    halved = tuple(
        os.fsencode(argument) + (b"\xff" if ATTACK in argument else b"") for argument in arguments
    )
    result = run(northtown, *halved)
    assert result.returncode in (0, 1, 2)
    text = assert_safe(result.stderr) + assert_safe(result.stdout)
    assert not re.search("^forged", text, re.M), text


@pytest.mark.parametrize("arguments", ["export ntriples -o", "docs ontology", "docs rules"])
def test_the_name_of_what_is_written_is_visible(
    northtown: World, tmp_path: Path, arguments: str
) -> None:
    result = run(northtown, *arguments.split(), str(tmp_path / ATTACK))
    assert (result.returncode, (tmp_path / ATTACK).exists()) == (0, True)
    text = assert_safe(result.stderr)
    assert not re.search("^forged", text, re.M), text


@pytest.mark.parametrize("form", ["table", "csv"])
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp1251", "utf-16", "utf-8:strict"])
def test_what_an_encoding_cannot_hold_is_an_escape(
    northtown: World, tmp_path: Path, encoding: str, form: str
) -> None:
    path = tmp_path / "names.rq"
    path.write_text('SELECT ("Љубљана ë “x” 🏔" AS ?name) { }', "utf-8")
    result = run(northtown, "query", str(path), "--format", form, PYTHONIOENCODING=encoding)
    assert (result.returncode, result.stderr) == (0, b"")
    if form == "csv":
        assert "Љубљана ë “x” 🏔" in result.stdout.decode()
        return
    codec = encoding.partition(":")[0]
    shown = result.stdout.decode(codec)
    assert "Љубљана ë “x” 🏔".encode(codec, "backslashreplace").decode(codec) in shown


def test_plain_locales_end_in_no_traceback(northtown: World) -> None:
    plain = {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    for arguments in (("search", "Љубљана"), ("query", "events-by-date"), ("show", "Љ")):
        result = run(northtown, *arguments, stdin=b"", **plain)
        assert b"Traceback" not in result.stderr
        assert result.returncode in (0, 2)


@pytest.mark.parametrize(
    "arguments",
    [("query", "events-by-date"), ("query", "events-by-date", "--format", "csv"), ("explain",)],
)
def test_streams_that_cannot_be_written(northtown: World, arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "pcve_graph", "--project", str(northtown.root), *arguments]

    def shell(redirection: str) -> tuple[int, str]:
        line = ["bash", "-c", f'set -o pipefail; "$@" {redirection}', "bash", *command]
        result = subprocess.run(line, capture_output=True, timeout=SECONDS, check=False)
        return result.returncode, assert_safe(result.stderr)

    assert shell(">&-") == (2, "pcve: stdout is closed; redirect it to a file\n")
    assert shell("2>&-") == (0, "")
    assert shell("<&-") == (0, "")
    assert shell("2>/dev/full") == (0, "")
    assert shell("| head -0") == (0, "")
    assert shell(">/dev/full") == (
        2,
        "pcve: stdout cannot be written: No space left on device\n",
    )


@pytest.mark.full
def test_help_and_stdin_that_cannot_be_used(northtown: World) -> None:
    start = f"{sys.executable} -m pcve_graph --project {northtown.root}"
    for line, message in (
        ("--help > /dev/full", "pcve: output cannot be written: No space left on device\n"),
        ("query - <&-", "pcve: stdin is closed and cannot be read\n"),
        ("validate - --input-format turtle <&-", "pcve: stdin is closed"),
        ("coverage --format xlsx > /dev/full", "pcve: stdout cannot be written"),
    ):
        result = subprocess.run(
            ["bash", "-c", f"{start} {line}"], capture_output=True, timeout=SECONDS, check=False
        )
        assert result.returncode == 2
        assert assert_safe(result.stderr).startswith(message)


@pytest.mark.full
def test_binary_output_is_not_for_a_terminal(northtown: World) -> None:
    for arguments in (("coverage", "--format", "xlsx"), ("export", "csv")):
        code, shown = on_terminal(northtown, *arguments)
        assert code == 2
        assert "refusing to write binary output" in assert_safe(shown)


PROJECT = """\
id: bell-project
type: Project
claims:
  - source: atlas
    prefLabel: {{en: {label}}}
"""


@pytest.mark.parametrize(
    ("label", "name", "place"),
    [
        ("Bell\x1b[2J", "U+001B", "5:25"),
        ('"Bell\\x1b[2J"', "U+001B", "5:21"),
        ('"Bell\\e[2J"', "U+001B", "5:21"),
        ('"Bell\\x08"', "U+0008", "5:21"),
        ('"Bell\\N"', "U+0085", "5:21"),
        ('"a\\rb"', "U+000D", "5:21"),
        ("Bell\x85b", "U+0085", "5:25"),
        ("Bell\x7fb", "U+007F", "5:25"),
        ("Bell\u202etxt\u202c", "U+202E", "5:25"),
        ("Bell\u2066txt", "U+2066", "5:25"),
        ("Bell\u2069txt", "U+2069", "5:25"),
        ("Bell  # \u202b comment", "U+202B", "5:29"),
    ],
)
def test_a_record_with_a_control_character_is_refused(
    world: World, label: str, name: str, place: str
) -> None:
    path = world.write("data/records/project/bell-project.yml", PROJECT.format(label=label))
    commands: list[tuple[str, ...]] = [("edit", "fmt", str(path))]
    if label.startswith(("Bell\x1b", '"Bell\\x1b')):
        commands += [("build",), ("validate",), ("validate", str(path))]
    for arguments in commands:
        result = run(world, *arguments)
        text = assert_safe(result.stdout + result.stderr)
        assert result.returncode == 1, text
        assert f"bell-project.yml:{place}: error control-character: found" in text
        assert re.search(rf"fix:  delete the character {re.escape(name)} (?:here|from this)", text)


def test_lines_of_json_with_a_control_character_are_refused(world: World) -> None:
    label = {"en": "Bell\x1b[2J"}
    block = {"source": "atlas", "prefLabel": label}
    record = {"id": "bell-project", "type": "Project", "claims": [block]}
    world.write("data/records/project/more.jsonl", json.dumps(record) + "\n")
    result = run(world, "build")
    assert result.returncode == 1
    match = re.search(r"more\.jsonl:1:(\d+): error control-character", assert_safe(result.stderr))
    assert match
    assert json.dumps(record)[int(match[1]) - 1 :].startswith('"Bell\\u001b')


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "old", "new", "place"),
    [
        ("data/sources/atlas.yml", "id: atlas\n", "id: atlas\n# \x9b\n", "2:3"),
        ("data/ledger.yml", "two offices", '"two\\x1boffices"', ""),
        ("data/ledger.yml", "two offices", "two\u202eoffices", ""),
        ("queries/answers/events-by-date.rq", "Which events", "Which\x1b events", "1:18"),
        ("queries/answers/events-by-date.rq", "undated", "un\u202edated", ""),
        ("ontology/vocab/topic.ttl", '"returnees"@en', '"return\\u001Bees"@en', ""),
        ("ontology/vocab/topic.ttl", '"returnees"@en', '"return\u202eees"@en', ""),
    ],
)
def test_sources_ledger_queries_and_ontology_refuse_them(
    world: World, name: str, old: str, new: str, place: str
) -> None:
    path = world.root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    result = run(world, "queries" if name.startswith("queries") else "build")
    shown = assert_safe(result.stderr)
    assert f"{name}:{place}" in shown
    assert "error control-character: found the character U+" in shown
    assert result.returncode == 1


def test_a_quote_over_a_control_character_of_the_text_is_refused(world: World) -> None:
    import hashlib

    text = b"Bell Hall was\x0copened in Northtown in 2016.\n"
    world.write("data/sources/texts/bell.txt", text)
    source = (world.root / "data/sources/northtown-news.yml").read_text()
    source = re.sub(r"(?m)^id: .*", "id: bell", source)
    source = re.sub(r"(?m)^textFile: .*", "textFile: bell.txt", source)
    digest = hashlib.sha256(text).hexdigest()
    world.write("data/sources/bell.yml", re.sub(r"(?m)^sha256: .*", f"sha256: {digest}", source))
    record = PROJECT.format(label="Bell Hall").replace(
        "source: atlas", "source: bell\n    quote: Bell Hall was opened in Northtown"
    )
    world.write("data/records/project/bell-project.yml", record)
    result = run(world, "build")
    assert "bell-project.yml:5:12: error control-character" in assert_safe(result.stderr)
    world.replace("data/records/project/bell-project.yml", "was opened", "was")
    world.replace("data/records/project/bell-project.yml", " in Northtown", "")
    assert "control-character" not in assert_safe(run(world, "build").stderr)


DOCUMENTS = {
    "ttl": ('<http://e/a>\n  <http://e/p> "fine", "Bell\\u001B[2J" .', "2:24"),
    "trig": ('<http://e/g> {\n<http://e/a> <http://e/p> "Bell\\u009B" . }', "2:27"),
    "nt": ('<http://e/a> <http://e/p> "Bell\u202e" .\n', "1:27"),
    "nq": ("<http://e/a> <http://e/p> <http://e/\u202eb> <http://e/g> .\n", "1:27"),
    "jsonld": ('[{"@id": "http://e/a",\n "http://e/p": "Bell\\u0007"}]', "2:16"),
    "rdf": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">\n'
        '<rdf:Description rdf:about="http://e/a"><e:p>Bell&#x9b;</e:p></rdf:Description></rdf:RDF>',
        "2:41",
    ),
}


@pytest.mark.parametrize("ending", DOCUMENTS)
def test_a_control_character_in_anybodys_rdf_is_a_warning(
    northtown: World, tmp_path: Path, ending: str
) -> None:
    content, place = DOCUMENTS[ending]
    path = tmp_path / f"x.{ending}"
    path.write_text(content, "utf-8")
    result = run(northtown, "validate", str(path), "--format", "json")
    (problem,) = (
        entry for entry in json.loads(result.stdout) if entry["rule"] == "control-character"
    )
    assert (result.returncode, problem["severity"]) == (0, "warning")
    assert f"{problem['line']}:{problem['column']}" == place
    result = run(northtown, "validate", str(path), "--severity", "error")
    assert (result.returncode, b"control-character" in result.stdout) == (0, False)


def test_a_fix_makes_no_date_of_an_escape(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(
        "@prefix pcve: <https://w3id.org/pcve/ns#> . @prefix schema: <https://schema.org/> .\n"
        "<https://w3id.org/pcve/id/event/x> a pcve:Event ; schema:startDate\n"
        '"2018\\u001B[2J"^^<http://www.w3.org/2001/XMLSchema#date> .'
    )
    shown = assert_safe(run(northtown, "validate", str(path)).stdout)
    assert "start of <https://w3id.org/pcve/id/event/x> is " in shown
    assert "2018-01" not in shown


def test_messages_of_own_shapes_are_visible(northtown: World, tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "[] a sh:NodeShape ; sh:targetClass <http://e/C> ; sh:property [\n"
        f'  sh:path <http://e/p> ; sh:maxLength 3 ; sh:message "{ESCAPED}" ] .\n'
    )
    data = tmp_path / "data.ttl"
    data.write_text(f'<http://e/a> a <http://e/C> ; <http://e/p> "{ESCAPED}" .')
    code, shown = on_terminal(northtown, "validate", str(data), "--shapes", str(shapes))
    assert code == 1
    assert "Bell\\u001b" in assert_safe(shown)
    assert not re.search("^forged", shown, re.M)


TEXTS = {
    "combining marks": "Shqipe\u0308ria, s\u030ckola, đorđe, Љубљана",
    "emoji sequences": "👨‍👩‍👧 ❤️‍🔥 👍🏽 1️⃣ ©️ ✈️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "Hebrew with a mark": "שלום\u200f (OSCE)\u200e 2018",
    "Arabic with a mark": "\u061cمنظمة\u200e 5",
    "Persian with a joiner": "می‌خواهم",
    "Devanagari with a joiner": "क्‍ष",
    "Han with a variation": "葛󠄀飾区",
    "lines and tabs": "a\tb\r\nc\n",
    "backslashes": r"C:\new \u001b",
    "no-break spaces": "5\u00a0000\u202f€",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.quick
def test_ordinary_text_is_as_it_was(text: str) -> None:
    assert escape_hidden(text) == text
    assert first_refused(text) is None


CODES = (
    *(*range(9), *range(11, 32), *range(127, 160), 0xAD, 0x200B, 0x2028, 0x2029, 0xFEFF),
    *(*range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xD800, 0xDFFF, 0xE0001, 0xE0041),
    *(0x200C, 0x200D, 0x200E, 0x200F, 0x61C, 0xFE0F, 0xE0100),
)


@pytest.mark.parametrize("text", [*map(chr, CODES)], ids=ascii)
@pytest.mark.quick
def test_what_cannot_be_seen_is_an_escape(text: str) -> None:
    shown = escape_hidden(f"a{text}b")
    assert shown.isascii()
    assert shown.encode().decode("unicode_escape") == f"a{text}b"
    assert escape_hidden(shown) == shown


@pytest.mark.quick
def test_isolates_that_are_closed_in_their_line_are_content() -> None:
    assert first_refused("a \u2067\u202bשלום\u202c\u2069 b") is None
    assert first_refused("a \u2067b\nc\u2069") == (2, "U+2067")
    assert first_refused("a \u202bb\u2069\u202c") == (4, "U+2069")


def test_pages_and_reports_hold_no_control_characters(world: World, tmp_path: Path) -> None:
    from xml.etree import ElementTree

    import pyoxigraph as ox

    from pcve_graph.publish.site.html import html_page
    from pcve_graph.query.execute import ask
    from pcve_graph.query.results import Rows

    store = ox.Store()
    answer = ask(store, f'SELECT ("<script>{ESCAPED}" AS ?name) {{ }}')
    page = Rows(answer, store)._repr_html_()  # type: ignore[arg-type]
    assert "&lt;script&gt;" in assert_safe(page)
    assert "&lt;b&gt;\\u001b" in assert_safe(html_page("<b>\x1b", ["<p>\x9b</p>"], "\u202e"))
    path = tmp_path / "x.ttl"
    path.write_text(f'<http://e/a> a <http://e/C> ; <http://e/p> "{ESCAPED}" . no')
    result = run(world, "validate", str(path), "--format", "junit")
    ElementTree.fromstring(assert_safe(result.stdout))
