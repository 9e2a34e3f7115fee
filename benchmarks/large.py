"""`pcve validate` on large files of invented events: whole processes, time and peak memory.

    python benchmarks/large.py                      # 20 MB and 50 MB
    python benchmarks/large.py --sizes 20 50 200    # takes some minutes
    python benchmarks/large.py --write events.ttl --sizes 50 --blank --faults 100000

Each size is checked as N-Triples and as Turtle, with named and with blank participations, against
the shapes of the project and with --shapes. 100,000 results are written in each format of report.
Fails where the number of problems is not that of the faults that the data were given.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from generate import ROOT
from measure import HEAD, Sample, measured, pcve, raw, row, write_section
from validate import write_shapes

from pcve_graph.graph.ontology import read_ontology
from pcve_graph.model.project import open_project

_ID: Final = "https://w3id.org/pcve/id/"
_VOCAB: Final = "https://w3id.org/pcve/vocab/"
_PREFIXES: Final = {
    "org": "http://www.w3.org/ns/org#",
    "pcve": "https://w3id.org/pcve/ns#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_OTHERS: Final = 1000
"""Places and organizations, each, that the events have."""
_MB: Final = 10**6

FORMATS: Final = ("text", "json", "json-report", "sarif", "junit", "turtle")
"""The formats of report."""

Row = tuple[str, str, str]
"""A statement; its terms are IRIs in angle brackets, prefixed names or literals."""


def others() -> Iterator[list[Row]]:
    """The statements about each place and organization, and the country of the places."""
    country = f"<{_ID}place/landia>"
    yield [
        (country, "rdf:type", "pcve:Country"),
        (country, "skos:prefLabel", '"Landia"@en'),
        (country, "pcve:kind", f"<{_VOCAB}place-kind/country>"),
    ]
    for number in range(_OTHERS):
        place = f"<{_ID}place/town-{number}>"
        yield [
            (place, "rdf:type", "pcve:Place"),
            (place, "skos:prefLabel", f'"Town {number}"@en'),
            (place, "pcve:kind", f"<{_VOCAB}place-kind/city>"),
            (place, "schema:containedInPlace", country),
        ]
        council = f"<{_ID}organization/council-{number}>"
        yield [
            (council, "rdf:type", "org:Organization"),
            (council, "skos:prefLabel", f'"Council {number}"@en'),
            (council, "pcve:kind", f"<{_VOCAB}organization-kind/agency>"),
        ]


def event(number: int, is_faulty: bool, is_blank: bool) -> tuple[list[Row], list[Row]]:
    """The statements about an event, and about its participation; a faulty one lacks its kind."""
    name, owner = f"event-{number}", number % _OTHERS
    node, council = f"<{_ID}event/{name}>", f"<{_ID}organization/council-{owner}>"
    stated = [
        (node, "rdf:type", "pcve:Event"),
        (node, "skos:prefLabel", f'"Event {number} of the council"@en'),
        (node, "pcve:kind", f"<{_VOCAB}event-kind/seminar>"),
        (node, "schema:startDate", f'"2018-05-{1 + number % 28:02}"^^xsd:date'),
        (node, "schema:location", f"<{_ID}place/town-{owner}>"),
        (node, "schema:organizer", council),
        (node, "schema:about", f"<{_VOCAB}topic/local-communities>"),
    ]
    if is_faulty:
        del stated[2]
    part = f"_:p{number}" if is_blank else f"<{_ID}participation/{name}/council-{owner}/organizer>"
    return stated, [
        (part, "rdf:type", "pcve:Participation"),
        (part, "pcve:inEvent", node),
        (part, "pcve:actor", council),
        (part, "pcve:role", f"<{_VOCAB}role/organizer>"),
    ]


def write_events(path: Path, size: int, is_blank: bool = False, faults: int = 0) -> int:
    """Write a file of about `size` MB, and return the number of its statements.

    The first `faults` events have no kind. The suffix of `path` is .nt or .ttl.
    """
    written = count = number = 0
    form = _turtle if path.suffix == ".ttl" else _lines
    with path.open("w", encoding="utf-8", newline="\n") as file:
        if path.suffix == ".ttl":
            file.writelines(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in _PREFIXES.items())
        for stated in others():
            written, count = written + file.write(form(stated)), count + len(stated)
        while written < size * _MB or number < faults:
            number += 1
            for stated in event(number, number <= faults, is_blank):
                written, count = written + file.write(form(stated)), count + len(stated)
    return count


def _turtle(stated: list[Row]) -> str:
    """Statements about one subject in Turtle."""
    pairs = " ;\n    ".join(
        f"{'a' if predicate == 'rdf:type' else predicate} {value}" for _, predicate, value in stated
    )
    return f"{stated[0][0]} {pairs} .\n"


def _lines(stated: list[Row]) -> str:
    """Statements in N-Triples."""
    return "".join(f"{' '.join(map(_whole, terms))} .\n" for terms in stated)


def _whole(term: str) -> str:
    """A term in N-Triples."""
    if term.startswith(("<", "_:")):
        return term
    if term.startswith('"'):
        text, mark, datatype = term.partition("^^")
        return text + mark + (_whole(datatype) if mark else "")
    prefix, _, name = term.partition(":")
    return f"<{_PREFIXES[prefix]}{name}>"


def sizes(folder: Path, megabytes: list[int]) -> list[str]:
    """The lines of the report on files without faults."""
    shapes, terms = folder / "shapes.ttl", folder / "ontology.nt"
    write_shapes(shapes)
    ontology = read_ontology(open_project(ROOT))
    terms.write_text("".join(f"{line}\n" for graph in ontology.graphs.values() for line in graph))
    named: dict[str, list[Sample]] = {}
    for size in megabytes:
        for suffix in ("nt", "ttl"):
            for is_blank in (False, True):
                path = folder / f"{size}.{suffix}"
                count = write_events(path, size, is_blank)
                for own in ((), ("--shapes", str(shapes), "--ontology", str(terms))):
                    nodes = "blank" if is_blank else "named"
                    name = f"{size} MB {suffix}, {count:,} statements, {nodes}"
                    name += ", --shapes" if own else ""
                    named[name] = [_validated(path, own)]
                    print(f"{name}: {named[name][0]}", file=sys.stderr, flush=True)
                path.unlink()
    return [HEAD, *(row(*item) for item in named.items()), "", *(raw(*i) for i in named.items())]


def _validated(path: Path, own: tuple[str, ...]) -> Sample:
    """One run, which must find no error."""
    command = pcve("validate", str(path), "--format", "json", "--severity", "error", *own)
    out = path.with_suffix(".out")
    sample = measured([*command, "--memory", "0", "--timeout", "0"], out)
    if problems := json.loads(out.read_bytes()):
        raise SystemExit(f"{path.name} has no faults, but there are {len(problems)} problems")
    return sample


def reports(folder: Path, faults: int) -> list[str]:
    """The lines of the report on a file with as many results as there are `faults`."""
    named: dict[str, list[Sample]] = {}
    for suffix, is_blank in (("nt", False), ("ttl", False), ("nt", True), ("ttl", True)):
        path = folder / f"faults.{suffix}"
        count = write_events(path, 0, is_blank, faults)
        for form in FORMATS if suffix == "nt" and not is_blank else ("json",):
            command = pcve("validate", str(path), "--format", form, "--severity", "error")
            out = path.with_suffix(".out")
            name = f"{form}, {suffix} with {'blank' if is_blank else 'named'} nodes, {count:,}"
            sample = measured([*command, "--memory", "0", "--timeout", "0"], out, right=(1,))
            if form == "json" and (number := len(json.loads(out.read_bytes()))) != faults:
                raise SystemExit(f"{path.name} has {faults} faults, but {number} are reported")
            named[name] = [sample]
            print(f"{name}: {sample}", file=sys.stderr, flush=True)
    return [HEAD, *(row(*item) for item in named.items()), "", *(raw(*i) for i in named.items())]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[20, 50], metavar="MB")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write one file, and end")
    parser.add_argument("--blank", action="store_true", help="participations are blank nodes")
    parser.add_argument("--faults", type=int, default=100_000)
    asked = parser.parse_args()
    if asked.write:
        print(write_events(asked.write, asked.sizes[0], asked.blank, asked.faults))
        return
    with tempfile.TemporaryDirectory() as folder:
        for title, lines in (
            ("validate: large files", sizes(Path(folder), asked.sizes)),
            (f"validate: {asked.faults:,} results", reports(Path(folder), asked.faults)),
        ):
            write_section(title, lines)
            print("\n".join(lines))


if __name__ == "__main__":
    main()
