"""What reasoners of others conclude from the ontology, the graph, and the vocabularies that both reuse."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
import reasoners
from conftest import ROOT, World
from reasoners import closure, owlapi, vocabularies

from pcve_graph.model.namespaces import expand
from pcve_graph.model.schema import Ontology
from pcve_graph.validation import shacl

pytestmark = pytest.mark.full

FOLDER = ROOT / "ontology"
TERMS, REPORT, AXIOMS = (FOLDER / f"{name}.ttl" for name in ("pcve", "report", "axioms"))
PROFILES = {
    "terms": ([TERMS], "DL EL QL RL"),
    "terms and reports": ([TERMS, REPORT], "DL EL QL RL"),
    "terms and axioms": ([TERMS, AXIOMS], "DL RL"),
    "all": ([TERMS, REPORT, AXIOMS], "DL RL"),
}
FAULTS = {
    "a range outside OWL 2": ("pcve:dateRead rdfs:range xsd:date .", "DL EL QL RL"),
    "a class that is not declared": ("pcve:Event rdfs:subClassOf schema:Festival .", "DL EL QL RL"),
    "a functional object property": ("pcve:actor a owl:FunctionalProperty .", "EL QL"),
    "everything is an event": ("owl:Thing rdfs:subClassOf pcve:Event .", "RL"),
}
CONTRADICTIONS = {
    "an event is a project": "x:a a pcve:Event , pcve:Project .",
    "a speaker of a project": "x:a a pcve:Project ; pcve:speaker x:b .",
    "an initiative in a country": "x:a a pcve:Initiative ; pcve:inCountry x:b .",
    "a person that is an organisation": "x:a a foaf:Person , org:Organization .",
    "a place that is a role in an event": "x:a a pcve:Place ; pcve:inEvent x:b .",
    "each before the other": "x:a pcve:precededBy x:b . x:b pcve:precededBy x:a .",
}
"""Statements that cannot be true together; some only because of axioms.ttl."""

PREFIXES = """
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX pcve: <https://w3id.org/pcve/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX x: <http://northtown.example/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
CLOSED_PERSON = {"rdfs:label", "skos:note", "owl:sameAs"}
"""What SKOS and OWL add to a person with a prefLabel and an editorialNote: their shape is closed."""


def turtle(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE)]


def faulty(folder: Path, text: str) -> Path:
    """A file of its own with these statements."""
    path = folder / f"{len(list(folder.iterdir()))}.ttl"
    path.write_text(PREFIXES + text, "utf-8")
    return path


def exported(world: World, form: str, folder: Path) -> Path:
    path = folder / f"graph.{form}"
    result = world.pcve("export", {"nt": "ntriples", "owl": "owl"}[form], "-o", str(path))
    assert result.exit_code == 0, result.output
    return path


def test_the_ontology_conforms_to_its_profiles() -> None:
    answers = owlapi("profiles", *(files for files, _ in PROFILES.values()))
    for (case, (_, required)), violations in zip(PROFILES.items(), answers, strict=True):
        assert {name: violations[name] for name in required.split()} == {
            name: [] for name in required.split()
        }, case


def test_a_profile_is_violated_by_a_fault(tmp_path: Path) -> None:
    groups = [[TERMS, faulty(tmp_path, text)] for text, _ in FAULTS.values()]
    answers = owlapi("profiles", *groups)
    for (case, (_, broken)), violations in zip(FAULTS.items(), answers, strict=True):
        assert {name for name, lines in violations.items() if lines} >= set(broken.split()), case


def test_the_ontology_is_consistent_and_every_class_can_have_instances() -> None:
    own = [TERMS, REPORT, AXIOMS]
    for answer in owlapi("consistency", own, [*own, *vocabularies.files()]):
        assert (answer["consistent"], answer["unsatisfiable"]) == (True, [])
        assert answer["axioms"] > 250


def test_a_class_without_instances_is_reported(tmp_path: Path) -> None:
    text = "x:Gala a owl:Class ; rdfs:subClassOf pcve:Event , pcve:Project ."
    (answer,) = owlapi("consistency", [TERMS, faulty(tmp_path, text)])
    assert answer["unsatisfiable"] == ["http://northtown.example/Gala"]


def test_hermit_reports_what_cannot_be(tmp_path: Path) -> None:
    groups = [[TERMS, AXIOMS, faulty(tmp_path, text)] for text in CONTRADICTIONS.values()]
    answers = owlapi("consistency", *groups)
    consistent = dict(
        zip(CONTRADICTIONS, (answer["consistent"] for answer in answers), strict=True)
    )
    assert consistent == dict.fromkeys(CONTRADICTIONS, False)


@pytest.mark.long
def test_the_graph_is_consistent_with_the_vocabularies(shipped: World, tmp_path: Path) -> None:
    data = exported(shipped, "nt", tmp_path)
    (answer,) = owlapi("consistency", [data, *vocabularies.files()])
    assert (answer["consistent"], answer["unsatisfiable"]) == (True, [])
    assert answer["axioms"] > 30_000


def closed(ours: Iterable[ox.Triple]) -> set[closure.Statement]:
    """The closure of our statements with the vocabularies."""
    reasoners.need("reasonable")
    return closure.close([*vocabulary_triples(), *ours])


def vocabulary_triples() -> list[ox.Triple]:
    return [
        quad.triple
        for path in vocabularies.files()
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_QUADS, rename_blank_nodes=True)
    ]


def graph(world: World) -> list[ox.Triple]:
    return list(dict.fromkeys(quad.triple for quad in world.saved().store))


@pytest.fixture(scope="module")
def shipped_closure(shipped: World) -> set[closure.Statement]:
    return closed(graph(shipped))


def test_the_closure_adds_the_listed_types_and_no_other(
    shipped: World, shipped_closure: set[closure.Statement]
) -> None:
    """One more is a false statement about our things until it is on the list with its reason."""
    table = reasoners.read_table(reasoners.ADDED_TYPES)
    listed = {(kind, added) for kind, added, _ in table}
    assert len(listed) == len(table)
    assert set(closure.added_types(graph(shipped), shipped_closure)) ^ listed == set()


def test_the_closure_has_no_contradiction(shipped_closure: set[closure.Statement]) -> None:
    assert closure.contradictions(shipped_closure) == []


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_contradiction_is_seen_in_the_closure(case: str, ontology: Ontology) -> None:
    terms = "\n".join(ontology.graphs["ontology"])
    ours = [quad.triple for quad in ox.parse(terms, format=ox.RdfFormat.N_TRIPLES)]
    assert closure.contradictions(closed([*ours, *turtle(CONTRADICTIONS[case])]))


@pytest.mark.parametrize(
    ("text", "added"),
    [
        (
            "x:a a pcve:Project . pcve:Project rdfs:subClassOf schema:Project .",
            "schema:Organization",
        ),
        ("x:a a pcve:Initiative . x:b org:memberOf x:a .", "org:Organization"),
        ('x:a a pcve:Source ; foaf:maker "the project" .', "foaf:Agent"),
    ],
)
def test_a_false_type_is_not_on_the_list(text: str, added: str, ontology: Ontology) -> None:
    terms = "\n".join(ontology.graphs["ontology"])
    ours = [quad.triple for quad in ox.parse(terms, format=ox.RdfFormat.N_TRIPLES)]
    ours += turtle(text)
    types = set(closure.added_types(ours, closed(ours)))
    table = reasoners.read_table(reasoners.ADDED_TYPES)
    false = types - {(kind, listed) for kind, listed, _ in table}
    assert added in {kind for _, kind in false}


def results_on(statements: set[closure.Statement], shapes: str) -> list[tuple[str, str, str]]:
    """The focus node, shape and path of each result; a literal cannot be a subject in RDF."""
    lines = sorted(f"{s} {p} {o} ." for s, p, o in statements if not s.startswith('"'))
    report = shacl.validate("\n".join(lines), shapes)
    return [
        (result.focus, closure.prefixed(f"<{result.shape}>"), closure.prefixed(result.path))
        for result in report.results
    ]


def test_the_shapes_hold_on_the_closure(
    shipped_closure: set[closure.Statement], ontology: Ontology
) -> None:
    """Three rules are about what is written, not about what follows.

    The shape of a person is closed; a concept of EuroVoc that ours matches is a concept of which we
    state nothing; and the licence of a source is rights too, as dcterms:license is a kind of
    dcterms:rights, but the rights that are written are a sentence.
    """
    for focus, shape, path in results_on(shipped_closure, ontology.shapes):
        if focus.startswith("<https://w3id.org/pcve/"):
            name = shape.rpartition("#")[2][:-1]
            is_licence = (name, path) == ("Source-rights", "dcterms:rights")
            assert is_licence or (name, path in CLOSED_PERSON) == ("Person", True), focus
        else:
            assert shape.rpartition("#")[2].startswith("Concept-"), (focus, shape)


def test_a_false_type_breaks_a_shape_on_the_closure(northtown: World, ontology: Ontology) -> None:
    ours = [
        *graph(northtown),
        *turtle("<https://w3id.org/pcve/id/place/landia> pcve:speaker x:b ."),
    ]
    shapes = {shape for _, shape, _ in results_on(closed(ours), ontology.shapes)}
    assert any(shape.endswith("shapes#Event-kind>") for shape in shapes)


@pytest.mark.parametrize("world", ["northtown", "shipped"])
def test_owlapi_writes_every_statement_of_the_export_again(
    request: pytest.FixtureRequest, world: str, tmp_path: Path
) -> None:
    path = exported(request.getfixturevalue(world), "owl", tmp_path)
    (answer,) = owlapi("roundtrip", [path])
    assert answer["lost"] == []
    assert answer["lost axioms"] == []
    assert answer["axioms"] == len(stated_facts(request.getfixturevalue(world)))


def test_a_second_header_is_lost(northtown: World, tmp_path: Path) -> None:
    path = exported(northtown, "owl", tmp_path)
    second = '<owl:Ontology rdf:about="http://northtown.example/"><rdfs:label>x</rdfs:label></owl:Ontology>'
    text = path.read_text("utf-8").replace("</rdf:RDF>", f"{second}</rdf:RDF>")
    path.write_text(text, "utf-8")
    (answer,) = owlapi("roundtrip", [path])
    assert answer["lost"]


def answers(store: ox.Store, query: str) -> list[str]:
    """The values of the only column of a SELECT, sorted."""
    prefixes = {name: str(expand(f"{name}:")) for name in ("owl", "pcve", "rdf")}
    rows = store.query(query, prefixes=prefixes)
    assert isinstance(rows, ox.QuerySolutions)
    return sorted(row[0].value for row in rows)


def stated_facts(world: World) -> list[str]:
    """The claims whose fact is in the graph."""
    return answers(
        world.saved().store,
        """SELECT ?claim { GRAPH <https://w3id.org/pcve/graph/evidence> {
             ?claim a pcve:Claim ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }
           GRAPH <https://w3id.org/pcve/graph/facts> { ?s ?p ?o } }""",
    )


@pytest.mark.parametrize("arguments", [(), ("--only", "event"), ("--since", "2016")])
def test_each_claim_of_a_fact_annotates_the_axiom_that_it_states(
    northtown: World, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    path = tmp_path / "graph.owl"
    result = northtown.pcve("export", "owl", *arguments, "-o", str(path))
    assert result.exit_code == 0, result.output
    store = ox.Store()
    store.load(path=path, format=ox.RdfFormat.RDF_XML)
    claims = answers(
        store,
        """SELECT ?claim { ?axiom a owl:Axiom ; pcve:inClaim ?claim ; owl:annotatedSource ?s ;
             owl:annotatedProperty ?p ; owl:annotatedTarget ?o . ?s ?p ?o .
             pcve:inClaim a owl:AnnotationProperty }""",
    )
    assert claims
    assert len(claims) == len(set(claims))
    if not arguments:
        assert claims == stated_facts(northtown)
    assert set(claims) <= set(stated_facts(northtown))
    headers = answers(store, "SELECT ?ontology { ?ontology a owl:Ontology }")
    assert headers == ["https://w3id.org/pcve/ns"]
