"""Hostile files: one clear message each, in bounded time and memory; nothing written or fetched.

Each runs in a process of its own, whose address space and seconds are limited.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import World

SECONDS, MEMORY, ROOM = 25.0, 2**30, 3 * 2**30
"""Seconds of work and bytes that a hostile file may cost, and the address space that it is given.

10 seconds are meant; machines differ by a factor of two and more, and what is looked for is work
that grows with the square of a file.
"""

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
EVENT = f"<https://w3id.org/pcve/id/event/a> <{TYPE}> <https://w3id.org/pcve/ns#Event> .\n"
LABEL = "<https://w3id.org/pcve/id/event/a> <http://www.w3.org/2004/02/skos/core#prefLabel> "
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://e.example/">'
)
A = "<https://e.example/a> <https://e.example/b> "
SECRET = "do not read me"

Write = Callable[[Path], None]


LAUNCH = f"""
import os, resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({ROOM}, {ROOM}))
process = os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, *sys.argv[1:]])
_, status, usage = os.wait4(process, 0)
with open("usage", "w") as file:
    print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, file=file)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""A small process in between: the peak of a child counts what its parent held when it was forked."""


def measured(northtown: World, folder: Path, *names: str) -> tuple[int, str, float, int]:
    """Exit code, output, CPU seconds and peak bytes of the validation of these files."""
    place = Path(tempfile.mkdtemp())
    files = [str(folder / name) if (folder / name).exists() else name for name in names]
    command = ["-m", "pcve_graph", "--project", str(northtown.root), "validate"]
    run = subprocess.run(
        [sys.executable, "-c", LAUNCH, *command, *files], cwd=place, capture_output=True
    )
    seconds, memory = (place / "usage").read_text().split()
    output = (run.stdout + run.stderr).decode().replace(f"{folder}/", "")
    return run.returncode, output, float(seconds), int(memory)


def hostile(northtown: World, folder: Path, *names: str) -> tuple[int, str]:
    """Exit code and output of the validation of the files, within the limits."""
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    code, output, seconds, memory = measured(northtown, folder, *names)
    assert code in (1, 2), (code, output[-500:])
    assert "Traceback" not in output
    assert seconds < SECONDS
    assert memory < MEMORY
    assert max(map(len, output.splitlines())) < 1000
    assert SECRET not in output
    after = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    assert after == before
    return code, output


def holding(content: str | bytes) -> Write:
    return lambda path: (
        path.write_bytes(content if isinstance(content, bytes) else content.encode()),
        None,
    )[1]


def laughs_in_yaml(path: Path) -> None:
    lines = [f"{b}: &{b} [*{a}, *{a}, *{a}]" for a, b in pairwise("abcdefghijklmnopqrstu")]
    path.write_text("\n".join(["id: x", 'a: &a ["lol", "lol"]', *lines]))


def described(words: str, entities: str = "") -> str:
    head = f"<!DOCTYPE r [{entities}]>\n" if entities else ""
    about = '<rdf:Description rdf:about="https://e.example/a">'
    return f"{head}{RDF}{about}<e:p>{words}</e:p></rdf:Description></rdf:RDF>"


def laughs_in_xml(path: Path) -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    path.write_text(described("&a11;", f'<!ENTITY a0 "ha">{entities}'))


def one_entity_often(path: Path) -> None:
    path.write_text(described("&a;" * 50_000, f'<!ENTITY a "{"x" * 50_000}">'))


def entity_outside(path: Path) -> None:
    secret = path.with_name("secret.txt")
    secret.write_text(SECRET)
    path.write_text(described("&x;", f'<!ENTITY x SYSTEM "{secret.as_uri()}">'))


def doctype_outside(path: Path) -> None:
    path.write_text(f'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r.dtd">\n{described("x")}')


def long_line(before: str, after: str, megabytes: int = 200) -> Write:
    def write(path: Path) -> None:
        with path.open("w") as file:
            file.write(before)
            for _ in range(megabytes):
                file.write("x" * 2**20)
            file.write(after)

    return write


def sparse(size: int) -> Write:
    def write(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return write


def gzip_bomb(path: Path) -> None:
    path.write_bytes(gzip.compress(b"\0" * 2**26))


def many_lines(path: Path) -> None:
    path.write_text('{"id": "a",}\n' * 50_000)


HOSTILE: dict[str, tuple[str, Write, int, str]] = {
    # what: (file, its content, exit code, message)
    "Turtle cut short": ("x.ttl", holding(b"PREFIX e: <https://e.example/>\ne:a e:b \"c"), 2, "x.ttl:2:9: error rdf-syntax"),
    "TriG cut short": ("x.trig", holding("<https://e.example/g> { <https://e.example/a> "), 2, "error rdf-syntax"),
    "N-Triples cut short": ("x.nt", holding(EVENT[:-20]), 2, "x.nt:1:"),
    "N-Quads cut short": ("x.nq", holding(EVENT[:-3]), 2, "error rdf-syntax"),
    "JSON-LD cut short": ("x.jsonld", holding('{"@id": "https://e.example/a", "@ty'), 2, "error rdf-syntax"),
    "RDF/XML cut short": ("x.rdf", holding(f"{RDF}<rdf:Description"), 2, "error rdf-syntax"),
    "a record cut short": ("x.yml", holding('id: x\ntype: "Ev'), 1, "error yaml-syntax"),
    "JSON Lines cut short": ("x.jsonl", holding('{"id": "x", "type": "Ev'), 1, "x.jsonl:1:24: error json-syntax"),
    "billion laughs in YAML": ("x.yml", laughs_in_yaml, 1, "x.yml:2:4: error alias"),
    "billion laughs in XML": ("x.rdf", laughs_in_xml, 2, "refers to other entities"),
    "one entity many times": ("x.rdf", one_entity_often, 2, "the expanded entities are too large"),
    "an entity outside": ("x.rdf", entity_outside, 2, "the file declares an external entity"),
    "a system file as an entity": ("x.rdf", holding(described("&h;", '<!ENTITY h SYSTEM "file:///etc/hostname">')), 2, "the file declares an external entity"),
    "a document type outside": ("x.rdf", doctype_outside, 2, "error rdf-syntax"),
    "a context elsewhere": ("x.jsonld", holding('{"@context": "http://127.0.0.1:9/c", "@id": "https://e.example/a"}'), 2, "remote @context is not loaded"),
    "a context that names itself": ("x.jsonld", holding('{"@context": {"a": "b:c", "b": "a:d"}, "@id": "https://e.example/x", "a": 1}'), 2, "Cyclic IRI mapping"),
    "a context within itself": ("x.jsonld", holding('{"@context": ' * 2000 + "{}" + "}" * 2000), 2, "error nesting"),
    "a NUL byte in Turtle": ("x.ttl", holding(b"# a\n# b\0\n"), 2, "x.ttl:2:4: error encoding: found a NUL byte"),
    "a NUL byte in N-Triples": ("x.nt", holding(A.encode() + b'"\0" .'), 2, "a NUL byte"),
    "a NUL byte in YAML": ("x.yml", holding(b"id: nul\ntype: E\0\n"), 1, "x.yml:2:8: error encoding: found a NUL byte"),
    "a NUL byte in JSON Lines": ("x.jsonl", holding(b'{"id": "x\0"}'), 1, "x.jsonl:1:10: error encoding: found a NUL byte"),
    "two encodings in N-Triples": ("x.nt", holding("# \u0161 caf\u00e9\n".encode() + b"# caf\xe9\n"), 2, "x.nt:2:6: error encoding: found the byte 0xe9"),
    "two encodings in Turtle": ("x.ttl", holding(A.encode() + b'"\xe9\xc3\xa9" .'), 2, "0xe9"),
    "two encodings in XML": ("x.rdf", holding(b'<?xml version="1.0"?>\n<!-- \xe9 -->' + RDF.encode()), 2, "x.rdf:2:6: error encoding"),
    "UTF-16": ("x.ttl", holding(EVENT.encode("utf-16")), 2, "error encoding"),
    "UTF-16 lines": ("x.jsonl", holding(('{"id": "x"}\n' * 1000).encode("utf-16")), 1, "x.jsonl:1:1: error encoding"),
    "nesting without end in JSON-LD": ("x.jsonld", holding('{"https://e.example/b":' * 100_000 + "1" + "}" * 100_000), 2, "error nesting"),
    "nodes without end in JSON-LD": ("x.jsonld", holding('{"@id": "https://e.example/a", "https://e.example/p": ' * 100_000 + "1" + "}" * 100_000), 2, "error nesting"),
    "nesting without end in YAML": ("x.yml", holding("[" * 100_000 + "]" * 100_000), 1, "error structure"),
    "lists without end in YAML": ("x.yml", holding("id: " + "[" * 100_000), 1, "error structure"),
    "nesting without end in JSON Lines": ("x.jsonl", holding('{"id": "x", "claims": ' + "[" * 100_000), 1, "error structure"),
    "brackets without end in Turtle": ("x.ttl", holding("PREFIX e: <https://e.example/>\ne:a e:b " + "[ e:b " * 100_000), 2, "error nesting"),
    "lists without end in Turtle": ("x.ttl", holding(A + "(" * 100_000), 2, "error nesting"),
    "a line of 200 MB": ("x.nt", long_line(f'{EVENT}{LABEL}"', '"@en .\n'), 2, "error file-size: one term is longer than 16 MB"),
    "a line of 200 MB in JSON Lines": ("x.jsonl", long_line('{"id": "', '"}\n'), 1, "error file-size: the line is longer than 4 MB"),
    "a record of 5 MB": ("x.yml", holding("id: x" + " " * 5 * 2**20), 1, "error file-size"),
    "a file of 8 GB": ("x.nt", sparse(2**33), 2, "x.nt:1:1: error file-size: the file is too large (8,192 MB)"),
    "JSON Lines of 8 GB": ("x.jsonl", sparse(2**33), 1, "x.jsonl:1:1: error file-size: the file is too large (8,192 MB)"),
    "a gzip bomb": ("x.ttl", gzip_bomb, 2, "x.ttl:1:1: error encoding: found gzip"),
    "a gzip bomb for records": ("x.yml", gzip_bomb, 1, "x.yml:1:2: error encoding"),
    "a gzip bomb for JSON Lines": ("x.jsonl", gzip_bomb, 1, "x.jsonl:1:2: error encoding"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.long
def test_a_hostile_file_gets_one_message(northtown: World, tmp_path: Path, name: str) -> None:
    file, write, code, message = HOSTILE[name]
    write(tmp_path / file)
    exit_code, output = hostile(northtown, tmp_path, file)
    assert message in output
    assert output.count(": error ") == 1, output[:2000]
    assert exit_code == code
    hostname = Path("/etc/hostname")
    if name == "a system file as an entity" and hostname.is_file():
        assert hostname.read_text().strip() not in output


LONG = "x" * 12 * 2**20
LONG_LABELS = {
    "x.nt": f'{EVENT}{LABEL}"{LONG}"@en .\n',
    "x.ttl": f'{EVENT}{LABEL}"""{LONG}"""@en .\n',
    "x.rdf": described(LONG).replace(
        "<e:p>", f'<rdf:type rdf:resource="{EVENT.split()[2][1:-1]}"/><e:p>'
    ),
}


@pytest.mark.parametrize("file", LONG_LABELS)
@pytest.mark.long
def test_a_label_of_12_mb_is_read_and_cut_in_the_message(
    northtown: World, tmp_path: Path, file: str
) -> None:
    (tmp_path / file).write_text(LONG_LABELS[file])
    code, output = hostile(northtown, tmp_path, file)
    assert code == 1
    assert "pcvesh:Event-kind" in output


@pytest.mark.long
def test_many_broken_lines_fit_a_first_screen(northtown: World, tmp_path: Path) -> None:
    many_lines(tmp_path / "x.jsonl")
    code, output = hostile(northtown, tmp_path, "x.jsonl")
    assert code == 1
    assert "50,000  error  json-syntax" in output
    assert len(output.splitlines()) < 200


def test_a_folder_that_holds_itself_is_read_once(northtown: World, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.nt").write_text(EVENT, "utf-8")
    (folder / "again").symlink_to(folder)
    (folder / "up").symlink_to(tmp_path)
    code, output = hostile(northtown, tmp_path, "in")
    assert code == 2
    output = " ".join(output.split())
    assert output.count("error pcvesh:Event-kind") == 1
    assert output.count("error special-file: the target of the link is outside the project") == 1


@pytest.mark.long
def test_watching_checks_again_when_a_file_changes(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text("<http://e.example/a> a <https://w3id.org/pcve/ns#Evnt> .\n")
    command = [sys.executable, "-m", "pcve_graph", "--project", str(northtown.root), "validate"]
    with subprocess.Popen(
        [*command, str(path), "--watch"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        lines: list[str] = []
        while not any(line.startswith("1 error, ") for line in lines):
            lines.append(process.stdout.readline().strip())
            assert len(lines) < 40
        time.sleep(0.1)
        path.write_text("<http://e.example/a> a <http://e.example/Thing> .\n")
        while not any(line.startswith("0 errors, ") for line in lines):
            lines.append(process.stdout.readline().strip())
            assert len(lines) < 40
        process.terminate()


LABEL_BYTES = 12 * 2**20
"""Bytes of a label below the parser's own limit of 16 MB for one term."""


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("x.nt", '"' + "š" * (LABEL_BYTES // 2) + '"'),
        ("x.ttl", '"""' + 'one " two\n' * (LABEL_BYTES // 10) + '"""'),
    ],
)
@pytest.mark.long
def test_a_long_label_is_reported_in_bounded_memory(
    northtown: World, tmp_path: Path, name: str, quoted: str
) -> None:
    thing = "<https://w3id.org/pcve/id/event/a>"
    rdf, skos = (
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "http://www.w3.org/2004/02/skos/core#",
    )
    (tmp_path / name).write_text(
        f"{thing} <{rdf}type> <https://w3id.org/pcve/ns#Event> .\n"
        f"{thing} <{skos}prefLabel> {quoted} .\n"
    )
    code, output, seconds, memory = measured(northtown, tmp_path, name)
    assert code == 1, output[:500]
    assert f"{name}:1:1: error pcvesh:Event-kind" in output
    assert f"{name}:2:84: error pcvesh:Thing-prefLabel" in output
    assert len(output) < 5_000
    assert memory < 2**29
    assert seconds < SECONDS
