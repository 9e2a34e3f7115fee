"""Roles stand in the ontology alone: a new one, added in Turtle, counts wherever roles count."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest
from conftest import ROOT, World, make_world

EVENTS = ("northtown-days-2017", "northtown-fair-2017")

TERM = """
pcve:interpreter
    a owl:ObjectProperty ;
    rdfs:label "interpreter"@en ;
    rdfs:isDefinedBy <https://w3id.org/pcve/ns> ;
    rdfs:subPropertyOf pcve:participant ;
    skos:definition "Agent that interprets what is said at the event."@en ;
    skos:example "An agency of interpreters."@en ;
.
"""
CONCEPT = """
<https://w3id.org/pcve/vocab/role/interpreter>
    a skos:Concept ;
    skos:definition "Interprets what is said."@en ;
    skos:inScheme <https://w3id.org/pcve/vocab/role> ;
    skos:prefLabel "interpreter"@en ;
    skos:topConceptOf <https://w3id.org/pcve/vocab/role> ;
    pcve:roleProperty pcve:interpreter ;
.
"""
SHAPE = """
pcvesh:Event-interpreter
    a sh:PropertyShape ;
    sh:class foaf:Agent ;
    sh:description "Who interprets."@en ;
    sh:message "interpreter takes the id of an organisation, person, initiative or country."@en ;
    sh:name "interpreter"@en ;
    sh:order 23 ;
    sh:path pcve:interpreter ;
.
"""
LEADING = "    sh:group pcvesh:LeadingRoles ;\n    sh:message"


def add_role(world: World, leading: bool = False) -> None:
    """A role and its use in EVENTS, which have no actor in common but for it."""
    shape = SHAPE.replace("    sh:message", LEADING) if leading else SHAPE
    for name, text in (("pcve", TERM), ("vocab/role", CONCEPT), ("shapes/event", shape)):
        path = world.root / "ontology" / f"{name}.ttl"
        path.write_text(path.read_text("utf-8") + text, "utf-8")
    listed = "        pcvesh:Event-host ,\n"
    world.replace(
        "ontology/shapes/event.ttl", listed, f"{listed}        pcvesh:Event-interpreter ,\n"
    )
    use_role(world, "interpreter")


def use_role(world: World, role: str) -> None:
    for event in EVENTS:
        path = world.root / "data" / "records" / "event" / f"{event}.yml"
        block = f"  - source: atlas\n    {role}: moor-office\n"
        path.write_text(path.read_text("utf-8") + block, "utf-8")


def out(world: World, *arguments: str) -> str:
    result = world.pcve(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def company(world: World) -> tuple[str, str]:
    """What the overlap of EVENTS says of bodies in common, and the value of its part."""
    text = out(world, "overlaps", "--kind", "event", "--min-score", "0", "--format", "csv")
    (row,) = (row for row in csv.DictReader(io.StringIO(text)) if row["one"] == EVENTS[0])
    return row["shared bodies"], row["company"]


@pytest.fixture(scope="module")
def with_role(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_world(tmp_path_factory.mktemp("roles") / "northtown")
    add_role(world)
    out(world, "build")
    return world


def test_a_new_role_counts_in_overlaps(with_role: World, northtown: World) -> None:
    assert company(northtown) == ("", "")
    assert company(with_role) == ("Moor Office", "0.5")
    briefing = out(with_role, "overlaps", "--kind", "event")
    assert "in both: Moor Office" in briefing
    assert "company: Moor Office" in briefing


def test_a_new_role_counts_in_coverage_and_timeline(with_role: World, northtown: World) -> None:
    def actors(world: World) -> int:
        options = ("--count", "actors", "--format", "csv", "--by", "year")
        rows = csv.DictReader(io.StringIO(out(world, "coverage", *options)))
        (row,) = (row for row in rows if (row["economyId"], row["yearId"]) == ("landia", "2017"))
        return int(row["actors"])

    assert actors(with_role) == actors(northtown) + 1
    # Three sources are those of Calm Waters; the events have one, and a new one. Soft Dunes, of about 2017, is in no year.
    assert "2017  (5 things going on, 4 sources)" in out(northtown, "timeline")
    assert "2017  (5 things going on, 5 sources)" in out(with_role, "timeline")


def test_a_new_role_is_shown_found_and_asked_for(with_role: World) -> None:
    assert "interpreter: Moor Office" in out(with_role, "show", EVENTS[0])
    assert "role/interpreter" in out(with_role, "search", "interpreter")
    asked = ("query", "who-did-what", "--set", "role=interpreter", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out(with_role, *asked))))
    assert len(rows) == len(EVENTS)
    assert all("moor-office" in str(row) and "interpreter" in str(row) for row in rows)


def test_a_new_role_is_in_the_tables_of_exports(with_role: World, tmp_path: Path) -> None:
    file = tmp_path / "tables.zip"
    out(with_role, "export", "csv", "-o", str(file))
    shutil.unpack_archive(file, tmp_path / "tables")
    links = (tmp_path / "tables" / "links.csv").read_text("utf-8").splitlines()
    for event in EVENTS:
        assert any(event in line and ",interpreter," in line for line in links)
    parts = (tmp_path / "tables" / "participation.csv").read_text("utf-8")
    assert parts.count("role/interpreter") == len(EVENTS)


def test_a_new_role_leads_if_its_shape_says_so(world: World) -> None:
    add_role(world, leading=True)
    out(world, "build")
    assert company(world) == ("Moor Office", "1.0")


@pytest.mark.parametrize(("role", "part"), [("presenter", "0.5"), ("host", "1.0")])
def test_a_role_of_the_ontology_counts_in_overlaps(world: World, role: str, part: str) -> None:
    use_role(world, role)
    out(world, "build")
    assert company(world) == ("Moor Office", part)


def test_every_role_of_the_ontology_is_a_role_in_works() -> None:
    """The properties that pcve.ttl places under pcve:participant are among the keys that count."""
    from pcve_graph.analysis.roles import work_roles
    from pcve_graph.graph.ontology import read_ontology
    from pcve_graph.model.namespaces import expand
    from pcve_graph.model.project import Project

    ontology = read_ontology(Project(ROOT, ROOT / "build"))
    roles = work_roles(ontology)
    lines = (line.split() for line in ontology.graphs["ontology"])
    narrower = {line[0][1:-1] for line in lines if line[1:3] == [SUB_PROPERTY, PARTICIPANT]}
    assert len(narrower) >= 9
    assert narrower | ontology.roles.keys() <= roles.by_property.keys()
    assert expand("schema:funder") not in roles.by_property
    assert roles.leading == {
        "organizer",
        "coOrganizer",
        "host",
        "implementer",
        "leader",
        "coordinator",
    }


SUB_PROPERTY = "<http://www.w3.org/2000/01/rdf-schema#subPropertyOf>"
PARTICIPANT = "<https://w3id.org/pcve/ns#participant>"
