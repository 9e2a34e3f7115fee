"""Hostile files get one message, in bounded time and memory, and nothing is read, fetched or written."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import World

RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.example/"'


def billion(path: Path) -> None:
    lines = [f"{b}: &{b} [*{a}, *{a}, *{a}]" for a, b in pairwise("abcdefghijklmnopqrstu")]
    path.write_text("\n".join(["id: x", 'a: &a ["lol", "lol"]', *lines]))


def growing(path: Path) -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    path.write_text(
        f'<!DOCTYPE r [<!ENTITY a0 "lol">{entities}]>\n<rdf:RDF {RDF}>'
        '<rdf:Description rdf:about="http://e.example/a"><e:p>&a9;</e:p></rdf:Description></rdf:RDF>'
    )


def repeated(path: Path) -> None:
    body = "&a;" * 50_000
    path.write_text(
        f'<!DOCTYPE r [<!ENTITY a "{"x" * 50_000}">]>\n<rdf:RDF {RDF}>'
        f'<rdf:Description rdf:about="http://e.example/a"><e:p>{body}</e:p></rdf:Description></rdf:RDF>'
    )


def outside(path: Path) -> None:
    secret = path.with_name("secret.txt")
    secret.write_text("do not read me")
    path.write_text(
        f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]>\n<rdf:RDF {RDF}>&x;</rdf:RDF>'
    )


def long_line(path: Path) -> None:
    with path.open("w") as file:
        file.write('<http://e.example/a> <http://e.example/p> "')
        for _ in range(200):
            file.write("x" * 2**20)
        file.write('" .\n')


def deep(path: Path) -> None:
    opening = '{"@id": "http://e.example/a", "http://e.example/p": '
    path.write_text(opening * 100_000 + "1" + "}" * 100_000)


def text(content: str | bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    return write


HOSTILE: dict[str, tuple[str, Callable[[Path], None], int, str]] = {
    "billion laughs in YAML": ("x.yml", billion, 1, "an anchor, an alias or a tag"),
    "billion laughs in XML": ("x.rdf", growing, 2, "is made of entities"),
    "one entity many times": ("x.rdf", repeated, 2, "the entities grow too large"),
    "an entity outside": ("x.rdf", outside, 2, "an entity lies outside the file"),
    "a line of 200 MB": ("x.nt", long_line, 2, "one term is longer than 16 MB"),
    "nesting without end": ("x.jsonld", deep, 2, "rdf-syntax"),
    "brackets without end": (
        "x.ttl",
        text("<http://e.example/a> <http://e.example/p> " + "(" * 100_000),
        2,
        "rdf-syntax",
    ),
    "lists in YAML without end": ("x.yml", text("id: " + "[" * 100_000), 1, "structure"),
    "a record of 5 MB": ("x.yml", text("id: x" + " " * 5 * 2**20), 1, "file-size"),
    "a context elsewhere": (
        "x.jsonld",
        text('{"@context": "http://127.0.0.1:9/c", "@id": "http://e.example/a"}'),
        2,
        "the context lies elsewhere",
    ),
    "a context that names itself": (
        "x.jsonld",
        text('{"@context": {"a": "b:c", "b": "a:d"}, "@id": "http://e.example/x", "a": 1}'),
        2,
        "Cyclic IRI mapping",
    ),
    "two encodings in one file": (
        "x.ttl",
        text(b'<http://e/a> <http://e/p> "\xe9\xc3\xa9" .'),
        2,
        "0xe9",
    ),
    "a NUL byte": ("x.nt", text(b'<http://e/a> <http://e/p> "\0" .'), 2, "a NUL byte"),
    "a file cut short": ("x.rdf", text(f"<rdf:RDF {RDF}><rdf:Description"), 2, "rdf-syntax"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_one_message(northtown: World, tmp_path: Path, name: str) -> None:
    file, write, code, message = HOSTILE[name]
    write(tmp_path / file)
    before = sorted(tmp_path.iterdir())
    command = [sys.executable, "-m", "pcve_graph", "--project", str(northtown.root), "validate"]
    with subprocess.Popen(
        [*command, str(tmp_path / file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (10, 10)),
    ) as process:
        assert process.stderr
        told = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == code, told[:2000]
    assert message in told
    assert told.count(": error ") == 1
    assert "Traceback" not in told
    assert "do not read me" not in told
    assert usage.ru_maxrss < 2**20, f"{usage.ru_maxrss} KB"
    assert sorted(tmp_path.iterdir()) == before


def test_watching_checks_again_when_a_file_changes(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text("<http://e.example/a> a <https://w3id.org/pcve/ns#Evnt> .\n")
    command = [sys.executable, "-m", "pcve_graph", "--project", str(northtown.root), "validate"]
    with subprocess.Popen(
        [*command, str(path), "--watch"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        lines: list[str] = []
        while "1 error, 0 warnings in 1 file" not in lines:
            lines.append(process.stderr.readline().strip())
            assert len(lines) < 40
        time.sleep(0.1)
        path.write_text("<http://e.example/a> a <http://e.example/Thing> .\n")
        while "0 errors, 0 warnings in 1 file" not in lines:
            lines.append(process.stderr.readline().strip())
            assert len(lines) < 40
        process.terminate()


LABEL = 12 * 2**20
"""Bytes of a label below the parser's own limit of 16 MB for one term."""


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("x.nt", '"' + "š" * (LABEL // 2) + '"'),
        ("x.ttl", '"""' + 'one " two\n' * (LABEL // 10) + '"""'),
    ],
)
def test_a_long_label_is_told_in_bounded_memory(
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
    command = [sys.executable, "-m", "pcve_graph", "--project", str(northtown.root), "validate"]
    with subprocess.Popen(
        [*command, name], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout
        said = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 1, said[:500]
    assert f"{name}:1:1: error pcvesh:Event-kind" in said
    assert f"{name}:2:84: error pcvesh:Thing-prefLabel" in said
    assert len(said) < 5_000
    assert usage.ru_maxrss < 2**19, f"{usage.ru_maxrss} KB"
    assert usage.ru_utime + usage.ru_stime < 10
