"""What a part of the graph requires to be self-contained: names, claims, quotes and sources.

It conforms to the shapes by itself, and each of its facts has its claims.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ...graph.claims import EVIDENCE_PATH, HAS_PASSAGE, STATEMENT_PARTS
from ...model.closure import closure
from ...model.namespaces import expand, nterm
from ...model.schema import Ontology
from ...model.terms import NO_TERM, NTerm, NTriple, from_iri, parse_statement
from .subset import NAMING_PROPERTIES, GraphPart

LinesBySubject = dict[NTerm, list[tuple[NTerm, NTerm, NTriple]]]
"""(predicate, object, line) by subject; terms in N-Triples syntax."""

_TYPE = nterm("rdf:type")
_SUBJECT = nterm("rdf:subject")
_PREDICATE = nterm("rdf:predicate")
_STATEMENT = tuple(map(nterm, STATEMENT_PARTS))
_DERIVED = nterm("prov:wasDerivedFrom")
_PARTS_OF_CLAIMS = {_DERIVED, *map(nterm, (*EVIDENCE_PATH, HAS_PASSAGE, "pcve:conflictsWith"))}
_FREE = {expand("skos:Concept"), expand("pcve:Source")}
"""The classes without records whose instances are not nested in one."""
_SOURCES = {nterm("prov:hadPrimarySource"), nterm("oa:hasSource")}
_MIRROR = nterm("pcve:mirrorOf")
_NAMES = set(map(nterm, NAMING_PROPERTIES))


def _required_keys(ontology: Ontology) -> dict[NTerm, set[NTerm]]:
    """The properties that the shapes require of the instances of each class; all if it is nested.

    An instance of a nested class has no name, and is what its record says of it.
    """
    return {
        from_iri(iri): {
            from_iri(key.path)
            for key in kind.keys.values()
            if key.required or (kind.folder is None and iri not in _FREE)
        }
        for iri, kind in ontology.by_iri.items()
    }


def lines_by_subject(part: GraphPart, name: str) -> LinesBySubject:
    """The lines of the graph `name` of a part, by subject."""
    lines_by_subject: LinesBySubject = defaultdict(list)
    for line in part.graphs.get(name, ()):
        subject, predicate, value = parse_statement(line)
        lines_by_subject[subject].append((predicate, value, line))
    return lines_by_subject


def collect_part(
    part: GraphPart,
    facts: LinesBySubject,
    vocabulary: LinesBySubject,
    whole: set[NTerm],
    ontology: Ontology,
) -> GraphPart:
    """The part with all statements on `whole`, and what it requires to be self-contained.

    `facts` and `vocabulary` are the lines of these graphs of `part`.
    """
    required = _required_keys(ontology)
    evidence, catalog = lines_by_subject(part, "evidence"), lines_by_subject(part, "catalog")
    selected: dict[str, set[NTriple]] = {name: set() for name in part.graphs}
    selected["facts"] = {line for subject in whole for *_, line in facts[subject]}
    named = _NamedEntities(facts, required, whole)
    named.add(value for subject in whole for _, value, _ in facts[subject])
    nodes, sources = _evidence(evidence, catalog, whole, named)
    selected["facts"] |= {line for subject in named.entities for line in named.lines(subject)}
    selected["facts"].update(_stated(facts, evidence, nodes))
    selected["evidence"] = {
        line
        for node in nodes | ((whole | named.entities) & evidence.keys())
        for predicate, value, line in evidence[node]
        if node in nodes or (predicate == _DERIVED and value in nodes)
    }
    selected["catalog"] = {line for source in sources for *_, line in catalog[source]}
    _add_terms(part, selected, vocabulary, named.all, required)
    graphs = {name: tuple(sorted(lines)) for name, lines in selected.items()}
    return GraphPart(graphs, frozenset(named.entities), part.publisher)


def _add_terms(
    part: GraphPart,
    selected: dict[str, set[NTriple]],
    vocabulary: LinesBySubject,
    named: set[NTerm],
    required: dict[NTerm, set[NTerm]],
) -> None:
    """Add the names of the concepts, properties and classes that a part uses."""
    ontology = lines_by_subject(part, "ontology")
    selected["vocabulary"] = _naming_lines(vocabulary, named, required)
    selected["vocabulary"] |= _naming_lines(
        vocabulary, _objects(selected["vocabulary"] | selected["facts"]), required
    )
    selected["ontology"] = _naming_lines(ontology, named, required)
    selected["ontology"] |= _naming_lines(ontology, _terms(selected), required)


class _NamedEntities:
    """What a part refers to and does not describe; `entities` are those that have facts.

    A part holds their names and required keys: what these refer to is named as well.
    """

    def __init__(
        self, facts: LinesBySubject, required: dict[NTerm, set[NTerm]], whole: set[NTerm]
    ) -> None:
        self.facts, self.required, self.whole = facts, required, whole
        self.all: set[NTerm] = set()
        self.entities: set[NTerm] = set()

    def add(self, terms: Iterable[NTerm]) -> None:
        """Add terms that the part refers to, and what their required keys refer to."""
        fresh = set(terms) - self.whole - self.all
        for term in closure(fresh, self._references) - self.whole:
            self.all.add(term)
            if term in self.facts:
                self.entities.add(term)

    def _references(self, term: NTerm) -> list[NTerm]:
        if term in self.whole or term not in self.facts:
            return []
        held = self.properties(term)
        return [value for predicate, value, _ in self.facts[term] if predicate in held]

    def properties(self, term: NTerm) -> set[NTerm]:
        """The properties of a term that the part holds."""
        return _held_properties(self.facts[term], self.required)

    def lines(self, term: NTerm) -> Iterator[NTriple]:
        """The facts about a term that the part holds."""
        held = self.properties(term)
        return (line for predicate, _, line in self.facts[term] if predicate in held)


def _held_properties(
    statements: list[tuple[NTerm, NTerm, NTriple]], required: dict[NTerm, set[NTerm]]
) -> set[NTerm]:
    """The naming properties, and those that the shapes of the classes in `statements` require."""
    kinds = (value for predicate, value, _ in statements if predicate == _TYPE)
    return _NAMES.union(*(required.get(kind, ()) for kind in kinds))


def _evidence(
    evidence: LinesBySubject, catalog: LinesBySubject, whole: set[NTerm], named: _NamedEntities
) -> tuple[set[NTerm], set[NTerm]]:
    """The nodes of the evidence of a part, and its sources; what they refer to is added.

    The nodes are claims and those that they conflict with, their evidence, quotes, selectors and
    passages, and the statements that are derived from the claims. What all of them refer to is
    added to `named`. Sources refer to their publishers, whose names have claims with further
    sources.
    """
    sources: set[NTerm] = set()
    derived = _derived_statements(evidence)
    while True:
        claims = _claims(evidence, whole, named)
        nodes = closure(
            claims,
            lambda node: [
                *(value for predicate, value, _ in evidence[node] if predicate in _PARTS_OF_CLAIMS),
                *derived.get(node, ()),
            ],
        )
        cited = {
            value
            for node in nodes
            for predicate, value, _ in evidence[node]
            if predicate in _SOURCES
        }
        cited = closure(cited, lambda node: [o for p, o, _ in catalog[node] if p == _MIRROR])
        before = len(named.all)
        named.add(value for node in nodes for _, value, _ in evidence[node])
        named.add(value for source in cited for _, value, _ in catalog[source])
        if cited == sources and len(named.all) == before:
            return nodes, sources
        sources = cited


def _stated(
    facts: LinesBySubject, evidence: LinesBySubject, nodes: Iterable[NTerm]
) -> Iterator[NTriple]:
    """The facts that the claims among `nodes` state."""
    for node in nodes:
        value_by_predicate = {predicate: value for predicate, value, _ in evidence[node]}
        subject, *stated = (value_by_predicate.get(part, NO_TERM) for part in _STATEMENT)
        for predicate, value, line in facts.get(subject, ()):
            if [predicate, value] == stated:
                yield line


def _derived_statements(evidence: LinesBySubject) -> dict[NTerm, list[NTerm]]:
    """The statements that are derived from each claim."""
    derived: dict[NTerm, list[NTerm]] = defaultdict(list)
    for node, parts in evidence.items():
        if any(predicate == _SUBJECT for predicate, _, _ in parts):
            for predicate, claim, _ in parts:
                if predicate == _DERIVED:
                    derived[claim].append(node)
    return derived


def _claims(evidence: LinesBySubject, whole: set[NTerm], named: _NamedEntities) -> set[NTerm]:
    """The claims about subjects in `whole`, and those of what the part holds of `named`."""
    claims = set()
    for claim, parts in evidence.items():
        values_by_predicate = {predicate: value for predicate, value, _ in parts}
        subject = values_by_predicate.get(_SUBJECT)
        if subject in whole or (
            subject in named.entities
            and values_by_predicate[_PREDICATE] in named.properties(subject)
        ):
            claims.add(claim)
    return claims


def _naming_lines(
    lines: LinesBySubject, subjects: Iterable[NTerm], required: dict[NTerm, set[NTerm]]
) -> set[NTriple]:
    """The lines with the types, names and required keys of `subjects`."""
    return {
        line
        for subject in subjects
        if subject in lines
        for predicate, _, line in lines[subject]
        if predicate in _held_properties(lines[subject], required)
    }


def _objects(lines: Iterable[NTriple]) -> set[NTerm]:
    return {parse_statement(line).object for line in lines}


def _terms(lines_by_graph: dict[str, set[NTriple]]) -> set[NTerm]:
    """The properties and classes in use, as N-Triples terms."""
    terms = set()
    for lines in lines_by_graph.values():
        for line in lines:
            _, predicate, value = parse_statement(line)
            terms.add(predicate)
            if predicate == _TYPE:
                terms.add(value)
    return terms
