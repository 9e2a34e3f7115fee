"""The terms that code names. All else (roles, kinds, lists, labels) is read from `ontology/`.

A term of the claim model or of a work is part of what the program does; a term of a W3C language is
part of the language. A new term in code fails here: read it from the ontology, or add it to the
list of its kind with the reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

from pcve_graph.model.namespaces import PREFIXES

SOURCES = ROOT / "src" / "pcve_graph"

LANGUAGES = {"owl", "rdf", "rdfs", "sh", "xsd", "dcat", "void", "vann"}
"""Prefixes of languages and of descriptions of data sets, of which code may name any term."""

CLAIM_MODEL = """
    pcve:Claim pcve:DerivedStatement pcve:Evidence pcve:Source pcve:Participation pcve:actor pcve:withdrawn
    pcve:certainty pcve:conflictsWith pcve:curator pcve:dateRead pcve:evidence pcve:inEvent
    pcve:locator pcve:quote pcve:rank pcve:role pcve:support oa:SpecificResource
    pcve:Passage pcve:passage pcve:firstWord pcve:says pcve:sha256 pcve:wordCount
    oa:TextPositionSelector oa:TextQuoteSelector oa:end oa:exact oa:hasSelector oa:hasSource
    oa:prefix oa:start oa:suffix prov:hadPrimarySource prov:wasDerivedFrom schema:url skos:note
""".split()
"""Claims, their evidence, sources, quotes and passages, and what the mapping derives from them."""

FORMER = ("pcve:standing",)
"""Of claims in a release of version 0.1.0, which commands still read."""

MAPPING = """
    pcve:defaultCertainty pcve:derives pcve:folder pcve:roleProperty pcve:inverseRoleProperty pcve:earliest pcve:latest
    pcve:certainFrom pcve:certainUntil dcterms:isReplacedBy edtf:EDTF pcve:hasInvolvement
    pcvesh:LeadingRoles foaf:Agent pcve:formerInverseKey pcve:formerKey
    pcve:formerNestedKey pcve:cue
    schema:domainIncludes schema:rangeIncludes
""".split()
"""What the ontology states for the program: annotations of shapes and concepts, derived bounds."""

LABELS = """
    skos:prefLabel pcve:displayLabel skos:altLabel skos:hiddenLabel schema:name dcterms:title dcterms:identifier pcve:designationNote
    pcve:hasNaming pcve:isoCode pcve:userAssignedCode schema:sameAs
    skos:Concept skos:ConceptScheme skos:inScheme skos:topConceptOf skos:broader skos:related
    skos:closeMatch skos:exactMatch skos:definition skos:example skos:scopeNote skos:editorialNote
""".split()
"""Names of things, and the closed lists."""

WORKS = """
    pcve:Project pcve:Event pcve:Place pcve:Country pcve:kind pcve:status pcve:mode pcve:series
    pcve:edition pcve:precededBy pcve:contributesTo pcve:inCountry dcterms:isPartOf dcterms:relation
    dcterms:issued schema:about schema:audience schema:containedInPlace schema:startDate
    schema:endDate schema:funder schema:location
""".split()
"""What a project or event is compared and selected by: time, place, topic, money, frame."""

BY_PART = {
    "analysis/overlaps/": "pcve:Overlap pcve:between pcve:restsOn pcve:score pcve:verdict "
    "pcve:placeScore pcve:topicScore pcve:groupScore pcve:timeScore pcve:companyScore",
    "graph/ontology_parts.py": "pcve:Overlap pcve:score pcve:verdict",
    "publish/export/bibtex.py": "pcve:Document schema:author schema:publisher schema:sameAs "
    "dcterms:language dcterms:publisher pcve:authorName pcve:publisherName",
    "publish/export/select.py": "pcve:mirrorOf",
    "publish/export/self_contained.py": "pcve:mirrorOf",
    "publish/export/icalendar.py": "schema:organizer pcve:host pcve:purpose pcve:venue",
    "publish/export/owl.py": "pcve:inClaim",
    "publish/export/schemaorg.py": "schema:organizer pcve:purpose schema:sameAs",
    "publish/export/geojson.py": "schema:latitude schema:longitude",
    "publish/export/hxl.py": "pcve:Programme schema:latitude schema:longitude",
    "publish/export/iati.py": "pcve:activity pcve:ending pcve:implementer pcve:plannedEndDate "
    "pcve:purpose pcve:theme schema:latitude schema:longitude",
    "publish/site/terms.py": "pcve:since vs:term_status",
    "publish/export/network.py": "org:hasMembership org:organization pcve:hostedBy pcve:hostingOrganization",
    "records/coarsening.py": "schema:latitude schema:longitude",
    "validation/claim_index.py": "pcve:Overlap pcve:inClaim",
    "graph/source_passages.py": "pcve:sha256Read schema:archivedAt",
    "query/label_properties.py": "pcve:Naming pcve:hasNaming",
    "query/remote/excerpts.py": "schema:archivedAt",
    "query/thing_view.py": "schema:archivedAt",
    "query/weak_sources.py": "dcterms:issued pcve:mirrorOf pcve:withdrawn",
    "publish/": "dcterms:bibliographicCitation dcterms:conformsTo dcterms:created dcterms:creator "
    "dcterms:description dcterms:license dcterms:publisher foaf:mbox foaf:name foaf:page prov:Activity "
    "prov:Collection prov:Entity prov:SoftwareAgent prov:hadMember prov:used "
    "prov:wasAssociatedWith prov:wasGeneratedBy",
}
"""What one part of the program writes: a format with fields of its own, or a description."""

TERM = re.compile(rf"(?<![\w.:-])({'|'.join({*PREFIXES, *LANGUAGES})}):([A-Za-z][\w-]*|$)")
WRITTEN_OUT = (
    "model/messages.py",
    "publish/site/",
    "validation/report.py",
    "validation/rule_help.py",
)
"""Files that glue a prefix to a name that they were given: terms and shapes that are shown."""


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The string constants with their lines, docstrings apart."""
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in documented or not isinstance(node, ast.Constant):
            continue
        if isinstance(node.value, str):
            yield node.lineno, node.value


def terms(text: str) -> set[str]:
    """The prefixed names in a text; a prefix at its end, to which a name is glued, is `prefix:`."""
    return {f"{match[1]}:{match[2]}" for match in TERM.finditer(text)}


def allowed(name: str) -> set[str]:
    """The terms that the file `name` may name, languages apart."""
    parts = (words.split() for part, words in BY_PART.items() if name.startswith(part))
    glued = {"pcve:", "pcvesh:"} if name.startswith(WRITTEN_OUT) else set()
    return {*CLAIM_MODEL, *FORMER, *MAPPING, *LABELS, *WORKS, *glued}.union(*parts)


def is_language(term: str) -> bool:
    return term.partition(":")[0] in LANGUAGES


@pytest.mark.parametrize(
    "path", sorted(SOURCES.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCES))
)
def test_code_names_no_term_but_those_of_its_lists(path: Path) -> None:
    name = path.relative_to(SOURCES).as_posix()
    for line, text in texts(ast.parse(path.read_text("utf-8"))):
        unlisted = {term for term in terms(text) - allowed(name) if not is_language(term)}
        assert not unlisted, f"{name}:{line}"


@pytest.mark.long
def test_every_listed_term_is_named_somewhere() -> None:
    """A list that only grows would allow what nobody needs."""
    named = {
        term
        for path in SOURCES.rglob("*.py")
        for _, text in texts(ast.parse(path.read_text("utf-8")))
        for term in terms(text)
    }
    listed = {*CLAIM_MODEL, *FORMER, *MAPPING, *LABELS, *WORKS}.union(
        *(w.split() for w in BY_PART.values())
    )
    assert listed - named == set()


def test_a_term_is_recognized_wherever_it_stands() -> None:
    query = "SELECT ?e { ?e pcve:speaker ?x ; schema:location/schema:name ?y }"
    assert terms(query) == {"pcve:speaker", "schema:location", "schema:name"}
    assert terms("pcve:") == {"pcve:"}
    assert terms("PREFIX pcve: <https://w3id.org/pcve/ns#>") == set()
    assert terms("pcve: the input is nested too deeply") == set()
