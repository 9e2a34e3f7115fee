"""The engines behind `shacl.validate`: which is taken, what it is given, what each gets wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from compare_installations import Installation, differences
from conftest import ROOT, World, make_world
from test_shapes import INVALID, data, name, vocabulary

from pcve_graph.model.namespaces import expand
from pcve_graph.model.problems import UsageError
from pcve_graph.model.terms import Iri
from pcve_graph.validation import engines, shacl

PREFIXES = """
@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix schema: <https://schema.org/> .
"""
EX = "http://example.org/"


def triples(turtle: str) -> str:
    """Turtle as the engines get it."""
    quads = ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE)
    return "\n".join(sorted(f"{quad.triple} ." for quad in quads))


def constraint_results(data: str, shapes: str, engine: str, **options: object) -> list[str]:
    report = shacl.validate(triples(data), triples(shapes), engine, **options)  # type: ignore[arg-type]
    return sorted(
        f"{result.focus} {result.component.rpartition('#')[2]}" for result in report.results
    )


def targeted(lines: str, shapes: str) -> dict[Iri, set[Iri]]:
    """The focus nodes that each shape's own targets choose (SHACL 2.1.3), those with an IRI."""
    store = ox.Store()
    store.load(lines, format=ox.RdfFormat.N_TRIPLES)
    chosen = {
        "sh:targetClass": "{ ?this a/rdfs:subClassOf* $target }",
        "sh:targetSubjectsOf": "{ ?this $target ?any }",
        "sh:targetNode": "{ VALUES ?this { $target } }",
    }
    pairs: dict[Iri, set[Iri]] = defaultdict(set)
    for quad in ox.parse(shapes, format=ox.RdfFormat.N_TRIPLES):
        for key, pattern in chosen.items():
            if quad.predicate.value == expand(key):
                where = pattern.replace("$target", str(quad.object))
                rows = store.query(f"SELECT ?this {where}", prefixes={"rdfs": expand("rdfs:")})
                assert isinstance(rows, ox.QuerySolutions)
                assert isinstance(quad.subject, ox.NamedNode)
                nodes = [row["this"] for row in rows]
                pairs[Iri(quad.subject.value)] |= {
                    Iri(node.value) for node in nodes if isinstance(node, ox.NamedNode)
                }
    return dict(pairs)


@pytest.mark.parametrize("path", INVALID[::40], ids=name)
@pytest.mark.parametrize("engine", ["turbo", "pyshacl"])
@pytest.mark.long
def test_pairs_of_all_targets_give_the_results_of_the_whole(path: Path, engine: str) -> None:
    lines, shapes = data(path), vocabulary().shapes
    whole = shacl.validate(lines, shapes, "turbo").results
    named = tuple(result for result in whole if not result.focus.startswith("_:"))
    assert whole
    assert shacl.validate(lines, shapes, engine, targeted(lines, shapes)).results == named


@pytest.mark.long
def test_an_engine_that_is_given_a_part_of_the_shapes_finds_what_that_part_finds() -> None:
    by_part, wanted = set(), set()
    for path in INVALID[::20]:
        lines, shapes = data(path), vocabulary().shapes
        whole = shacl.validate(lines, shapes, "turbo").results
        wanted |= {result for result in whole if not result.focus.startswith("_:")}
        for shape, focus in targeted(lines, shapes).items():
            by_part |= {*shacl.validate(lines, shapes, "turbo", {shape: focus}).results}
    assert by_part == wanted
    assert len({result.shape for result in by_part}) > 10


SHAPES = """
ex:S a sh:NodeShape ; sh:targetClass ex:Event ; sh:property ex:p ; sh:sparql [
    sh:select "SELECT $this WHERE { $this a <http://example.org/Odd> }" ] .
ex:p a sh:PropertyShape ; sh:path ex:organiser ; sh:minCount 1 ;
    sh:or ( [ sh:class ex:Organisation ] [ sh:class ex:Person ] ) .
"""
EVENT = "ex:a a ex:Event , ex:Odd ; ex:organiser ex:place . ex:place a ex:Place . ex:b a ex:Event ."


@pytest.mark.parametrize("engine", ["turbo", "pyshacl"])
def test_a_pair_gives_every_result_of_that_shape_on_that_node_and_no_other(engine: str) -> None:
    of = [f"<{EX}a> OrConstraintComponent", f"<{EX}a> SPARQLConstraintComponent"]
    assert constraint_results(EVENT, SHAPES, engine, pairs={EX + "S": {EX + "a"}}) == of
    both = [*of, f"<{EX}b> MinCountConstraintComponent"]
    assert constraint_results(EVENT, SHAPES, engine, pairs={EX + "S": {EX + "a", EX + "b"}}) == both
    assert constraint_results(EVENT, SHAPES, engine, pairs={EX + "p": [EX + "a"]}) == of[:1]
    assert constraint_results(EVENT, SHAPES, engine, pairs={EX + "S": set()}) == []
    assert constraint_results(EVENT, SHAPES, engine, pairs={}) == []


@pytest.mark.parametrize("engine", ["turbo", "pyshacl"])
def test_a_pair_applies_a_shape_to_a_node_that_it_does_not_target(engine: str) -> None:
    of = [f"<{EX}place> MinCountConstraintComponent"]
    assert constraint_results(EVENT, SHAPES, engine, pairs={EX + "S": {EX + "place"}}) == of
    gone = [f"<{EX}gone> MinCountConstraintComponent"]
    assert constraint_results(EVENT, SHAPES, engine, pairs={EX + "S": {EX + "gone"}}) == gone


@pytest.mark.parametrize("engine", ["turbo", "pyshacl"])
@pytest.mark.parametrize("shape", ["Sx", "organiser", "Event"])
def test_a_name_that_is_not_a_shape_is_an_error(engine: str, shape: str) -> None:
    with pytest.raises(UsageError, match=f"there is no shape {EX}{shape}"):
        constraint_results(EVENT, SHAPES, engine, pairs={EX + shape: {EX + "a"}})


# The guard: a real process whose path holds another rdflib-turbo, a broken one, or none.

TESTED = {f"rdflib_turbo-{engines.PINNED}.dist-info/METADATA": "", "rdflib_turbo/__init__.py": ""}
SHADOWS: dict[str, tuple[dict[str, str], str]] = {
    "absent": ({}, "rdflib-turbo is not installed"),
    "another-version": (
        {
            "rdflib_turbo-0.2.0a19.dist-info/METADATA": "",
            "rdflib_turbo/__init__.py": "",
            "rdflib_turbo/_native.py": f"SHACL_ENGINE_FINGERPRINT = '{engines.FINGERPRINT}'\n",
        },
        "rdflib-turbo is not 0.2.0a17, the release that was tested",
    ),
    "another-engine": (
        {**TESTED, "rdflib_turbo/_native.py": "SHACL_ENGINE_FINGERPRINT = 'f00'\n"},
        "rdflib-turbo 0.2.0a17 contains a different engine from the one tested",
    ),
    "no-engine": (TESTED, "rdflib-turbo does not load: its extension is missing"),
    "broken": (
        {**TESTED, "rdflib_turbo/_native.py": "raise ImportError('built for another machine')\n"},
        "rdflib-turbo does not load: built for another machine",
    ),
}


@pytest.fixture(params=SHADOWS)
def shadowed(
    request: pytest.FixtureRequest, tmp_path: Path
) -> tuple[list[str], dict[str, str], str]:
    """The command, its environment, and why turbo does not fit there."""
    files, notice = SHADOWS[request.param]
    folder = tmp_path / "packages"
    folder.mkdir()
    if request.param == "absent":
        for module in Path(pyshacl_home()).iterdir():
            if not module.name.startswith(("rdflib_turbo", "__", "pcve_graph")):
                (folder / module.name).symlink_to(module)
    for file, text in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text)
    command = [sys.executable, *(["-S"] if request.param == "absent" else []), "-m", "pcve_graph"]
    path = os.pathsep.join(map(str, (folder, ROOT / "src")))
    return command, {**os.environ, "PYTHONPATH": path}, notice


def pyshacl_home() -> Path:
    """Where this Python keeps its packages."""
    import pyshacl

    return Path(str(pyshacl.__file__)).parents[1]


def note_for(reason: str) -> str:
    """What stderr says, once, where turbo cannot be used for this reason."""
    since = "" if reason == engines.ABSENT else f", since {reason}"
    advice = '`pip install "pcve-graph[fast]"` makes it about 10 times faster'
    return f"note: validating with pySHACL{since}; {advice}"


@pytest.mark.long
def test_without_the_tested_engine_the_reference_is_used_and_reported_once(
    shadowed: tuple[list[str], dict[str, str], str], tmp_path: Path
) -> None:
    command, environment, reason = shadowed
    (tmp_path / "shapes.ttl").write_text(PREFIXES + SHAPES)
    (tmp_path / "data.ttl").write_text(PREFIXES + EVENT)
    project = ["--project", str(ROOT)]

    def pcve(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *project, *arguments],
            env=environment,
            cwd=tmp_path,
            text=True,
            capture_output=True,
            timeout=120,
        )

    run = pcve("validate", "data.ttl", "--shapes", "shapes.ttl")
    assert run.returncode == 1, run.stderr
    assert run.stderr.splitlines()[0] == note_for(reason)
    assert run.stderr.count("pySHACL") == 1
    asked = pcve("validate", "data.ttl", "--shapes", "shapes.ttl", "--engine", "turbo")
    advice = '`pip install "pcve-graph[fast]"` installs it'
    assert (asked.returncode, asked.stderr) == (2, f"pcve: {reason}; {advice}\n")
    named = pcve("validate", "data.ttl", "--shapes", "shapes.ttl", "--engine", "pyshacl")
    assert named.returncode == 1
    assert note_for(reason) + "\n" + named.stderr == run.stderr
    assert named.stdout == run.stdout


# A plain installation, without the extra `fast`: every command works, with the same outcome.


@pytest.mark.parametrize("shadowed", ["absent"], indirect=True)
@pytest.mark.long
def test_a_plain_installation_says_and_writes_what_the_fast_one_does(
    shadowed: tuple[list[str], dict[str, str], str], tmp_path: Path
) -> None:
    command, environment, _ = shadowed
    plain = Installation(command, make_world(tmp_path / "plain").root, environment)
    fast = Installation([sys.executable, "-m", "pcve_graph"], make_world(tmp_path / "fast").root)
    assert differences(plain, fast) == []


def test_the_engine_is_pinned_where_it_is_installed_and_checked_where_it_is_used() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    assert extras["fast"] == [f"rdflib-turbo=={engines.PINNED}"]
    assert "pcve-graph[fast]" in extras["test"]
    assert "turbo" not in str(project["dependencies"])
    assert engines.why_unusable() == ""


# Plain and xsd:string literals are one term (RDF 1.1, 3.3), in the data and in the shapes.

STRINGS = {
    "in": "sh:in ( {} )",
    "hasValue": "sh:hasValue {}",
    "equals": "sh:equals ex:t",
    "maxCount": "sh:maxCount 1",
    "datatype": "sh:datatype xsd:string",
    "not": "sh:not [ sh:not [ sh:hasValue {} ] ]",
}


@pytest.mark.parametrize("engine", ["turbo", "pyshacl"])
@pytest.mark.parametrize("constraint", STRINGS)
@pytest.mark.parametrize("form", ["ttl", "jsonld", "rdf"])
@pytest.mark.long
def test_a_plain_literal_is_a_string(
    tmp_path: Path, constraint: str, engine: str, form: str
) -> None:
    plain, typed = '"held"', '"held"^^xsd:string'
    for in_data, in_shapes in ((plain, typed), (typed, plain)):
        (tmp_path / "shapes.ttl").write_text(
            f"{PREFIXES} ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property "
            f"[ sh:path ex:s ; {STRINGS[constraint].format(in_shapes)} ] ."
        )
        turtle = f"{PREFIXES} ex:a ex:s {in_data}, {in_shapes} ; ex:t {in_shapes} ."
        (tmp_path / f"data.{form}").write_bytes(written(turtle, form, in_data == typed))
        arguments = ["validate", f"{tmp_path}/data.{form}", "--shapes", f"{tmp_path}/shapes.ttl"]
        run = World(ROOT).pcve(*arguments, "--engine", engine)
        assert run.exit_code == 0
        assert run.output.endswith("\n0 errors, 0 warnings in 1 file\n")


def written(turtle: str, form: str, typed: bool) -> bytes:
    """`turtle` in another syntax, its strings with or without their datatype."""
    if form == "ttl":
        return turtle.encode()
    kind = f' rdf:datatype="{expand("xsd:string")}"' if typed else ""
    if form == "rdf":
        body = "".join(f"<e:{key}{kind}>held</e:{key}>" for key in "st")
        return (
            f'<rdf:RDF xmlns:rdf="{expand("rdf:")}" xmlns:e="{EX}">'
            f'<rdf:Description rdf:about="{EX}a">{body}</rdf:Description></rdf:RDF>'
        ).encode()
    value = {"@value": "held", "@type": expand("xsd:string")} if typed else "held"
    return json.dumps({"@id": EX + "a", EX + "s": value, EX + "t": value}).encode()


# What the engines' own selection of shapes and nodes gets wrong; hence `pairs` does not use it. A test
# that fails here means that an engine has been fixed.

INVALID_EVENT = "ex:a a ex:Event ; ex:organiser ex:place . ex:place a ex:Place ."


@pytest.mark.parametrize(
    "option",
    [{"focus_nodes": [EX + "a"]}, {"use_shapes": [EX + "S"]}],
    ids=lambda option: next(iter(option)),
)
def test_the_reference_loses_results_with_its_own_options(option: dict[str, Any]) -> None:
    import pyshacl
    import rdflib

    shapes = SHAPES.replace("ex:Odd", "ex:None")
    assert constraint_results(INVALID_EVENT, shapes, "pyshacl") == [
        f"<{EX}a> OrConstraintComponent"
    ]
    graphs = [rdflib.Graph().parse(data=PREFIXES + text) for text in (INVALID_EVENT, shapes)]
    assert pyshacl.validate(graphs[0], shacl_graph=graphs[1], **option)[0] is True


def test_the_default_engine_passes_over_a_shape_that_is_not_there() -> None:
    report = engines.turbo([triples(EVENT)], triples(SHAPES), [([Iri(EX + "Sx")], [Iri(EX + "a")])])
    assert [quad for quad in report if quad.predicate.value == expand("sh:result")] == []
