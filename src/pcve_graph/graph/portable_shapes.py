"""The shapes as files that any SHACL engine can use, made from the edited shapes and lists.

Engines differ in where they look for the class hierarchy: some only in the data, some only in the
shapes. And none finds the concepts of a closed list unless they are in the data. So both are
written out: `sh:class C` becomes a choice between C and the classes below it, a target class comes
with those below it, and a list is an `sh:in`. What only these files say is in ontology/portable/.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pyoxigraph as ox

from ..model.namespaces import BASE, PREFIXES, expand, local_name
from ..model.schema import Ontology
from ..model.terms import Iri, Term

PARTS: Final = ("core", "claims", "concepts", "rules", "recommended")
"""The parts, by the name of their file in ontology/portable/ and the end of their IRI."""

_PART_OF_CLASS: Final = {
    expand("oa:SpecificResource"): "claims",
    expand("oa:TextPositionSelector"): "claims",
    expand("oa:TextQuoteSelector"): "claims",
    expand("pcve:Claim"): "claims",
    expand("pcve:DerivedStatement"): "claims",
    expand("pcve:Evidence"): "claims",
    expand("pcve:Passage"): "claims",
    expand("pcve:Source"): "claims",
    expand("skos:Concept"): "concepts",
}
"""The part with the shapes of a class; those of others are in `core`."""

_THING: Final = f"{PREFIXES['pcvesh']}Thing"
"""The shape with the keys of all things."""

_DATATYPES: Final = {
    "xsd:date": "day",
    "xsd:gYearMonth": "month",
    "xsd:gYear": "year",
    "edtf:EDTF": "date in EDTF",
    "xsd:decimal": "number",
    "xsd:string": "text",
}
"""Labels of the datatypes that a value can have one of."""

_DAY: Final = (
    r"^(-?\d{4,}-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)"
    r"|02-(0[1-9]|1\d|2[0-8]))|-?\d*(\d\d(0[48]|[2468][048]|[13579][26])"
    r"|([02468][048]|[13579][26])00)-02-29)(Z|[+-]\d\d:\d\d)?$"
)
"""The days that exist: some engines accept 2015-02-30 as an xsd:date."""


def _iri(name: str) -> ox.NamedNode:
    return ox.NamedNode(expand(name))


def _text(term: Term) -> str:
    """The IRI or text of a term."""
    return str(getattr(term, "value", ""))


def _iri_of(term: Term) -> Iri:
    """The IRI of a named node."""
    return Iri(_text(term))


class _Shapes:
    """Triples by subject and property; properties are prefixed names."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.values: dict[Term, dict[ox.NamedNode, list[Term]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for triple in triples:
            self.values[triple.subject][triple.predicate].append(triple.object)

    def all(self, node: Term, name: str) -> list[Term]:
        return self.values[node].get(_iri(name), []) if node in self.values else []

    def with_property(self, name: str) -> list[tuple[Term, Term]]:
        """The (subject, value) pairs of a property, sorted."""
        key = _iri(name)
        pairs = [
            (node, value) for node, stated in self.values.items() for value in stated.get(key, ())
        ]
        return sorted(pairs, key=lambda pair: (str(pair[0]), str(pair[1])))

    def add(self, node: Term, name: str, value: Term) -> None:
        held = self.values[node][_iri(name)]
        if value not in held:
            held.append(value)

    def remove(self, node: Term, name: str) -> list[Term]:
        return self.values[node].pop(_iri(name), [])

    def listed(self, head: Term) -> list[Term]:
        """The members of an RDF list, which is removed."""
        members: list[Term] = []
        while isinstance(head, ox.BlankNode):
            members += self.values[head][_iri("rdf:first")]
            (rest,) = self.values.pop(head)[_iri("rdf:rest")]
            head = rest
        return members

    def new_list(self, members: Iterable[Term]) -> Term:
        head: Term = _iri("rdf:nil")
        for member in reversed(list(members)):
            node = ox.BlankNode()
            self.add(node, "rdf:first", member)
            self.add(node, "rdf:rest", head)
            head = node
        return head

    def reached(self, roots: Iterable[Term]) -> set[Term]:
        """The nodes of `roots` and the shapes and blank nodes that they lead to."""
        shapes, nodes, waiting = PREFIXES["pcvesh"], set[Term](), list(roots)
        while waiting:
            node = waiting.pop()
            if node in self.values and node not in nodes:
                nodes.add(node)
                waiting += [
                    value
                    for values in self.values[node].values()
                    for value in values
                    if isinstance(value, ox.BlankNode)
                    or (isinstance(value, ox.NamedNode) and value.value.startswith(shapes))
                ]
        return nodes

    def triples(self, nodes: Iterable[Term]) -> Iterator[ox.Triple]:
        for node in nodes:
            if not isinstance(node, ox.Literal):
                for predicate, values in self.values[node].items():
                    yield from (ox.Triple(node, predicate, value) for value in values)


def portable_shapes(ontology: Ontology) -> dict[str, list[ox.Triple]]:
    """The triples of each of `PARTS`.

    `core` has the shapes of things in SHACL Core, `claims` those of claims, evidence, quotes,
    derived statements and sources, `concepts` that of a concept, `rules` the constraints in
    SPARQL, `recommended` those whose severity is less than a violation.
    """
    shapes = _Shapes(_parsed(ontology.shapes))
    terms = _Shapes(_parsed("\n".join(ontology.graphs["ontology"])))
    concepts = _Shapes(_parsed("\n".join(ontology.graphs["vocabulary"])))
    schemes = _schemes(shapes, concepts)
    result = {}
    for part, triples in _divided(shapes).items():
        own = _Shapes((*triples, *_turtle(ontology, part)))
        if part == "core":
            _share_common_keys(own)
            _write_hierarchy(own, terms)
        _write_lists(own, schemes, concepts)
        _write_subclasses(own, _labelled_subclasses(terms, ontology))
        result[part] = list(own.triples(own.values))
    return result


def _parsed(lines: str) -> Iterator[ox.Triple]:
    return (quad.triple for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES))


def _turtle(ontology: Ontology, part: str) -> Iterator[ox.Triple]:
    """What the file of a part in ontology/portable/ says."""
    text = ontology.texts.get(f"ontology/portable/{part}.ttl", "")
    return (quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE))


def _divided(shapes: _Shapes) -> dict[str, list[ox.Triple]]:
    """The triples of the edited shapes by part, without headers and the terms of this program."""
    parts: dict[str, list[ox.Triple]] = {part: [] for part in PARTS}
    for stated in shapes.values.values():
        for predicate in [key for key in stated if key.value.startswith(PREFIXES["pcve"])]:
            del stated[predicate]
    rules = _Shapes(())
    rules_iri = ox.NamedNode(f"{BASE}shapes/rules")
    for node, value in shapes.with_property("sh:declare"):
        shapes.remove(node, "sh:declare")
        rules.add(rules_iri, "sh:declare", value)
        parts["rules"] += shapes.triples([value])
    for node, value in shapes.with_property("sh:sparql"):
        shapes.remove(node, "sh:sparql")
        shapes.values[value][_iri("sh:prefixes")] = [rules_iri]
        rules.add(_holder(node, value, shapes, rules), "sh:sparql", value)
        parts["rules"] += shapes.triples([value])
    parts["rules"] += rules.triples(rules.values)
    roots: dict[str, list[Term]] = defaultdict(list)
    for name in ("sh:targetClass", "sh:targetSubjectsOf"):
        for node, target in shapes.with_property(name):
            roots[_PART_OF_CLASS.get(_iri_of(target), "core")].append(node)
    for part, nodes in roots.items():
        parts[part] += shapes.triples(shapes.reached(nodes))
    return parts


def _holder(node: Term, constraint: Term, shapes: _Shapes, rules: _Shapes) -> Term:
    """The shape that states a constraint in SPARQL: `node`, or a second one with its targets.

    shacl-engine runs several constraints of one shape as one query, with results that are false.
    """
    if not rules.all(node, "sh:sparql"):
        return node
    holder = ox.NamedNode(f"{_text(constraint)}-shape")
    rules.add(holder, "rdf:type", _iri("sh:NodeShape"))
    for name in ("sh:targetClass", "sh:targetSubjectsOf"):
        for target in shapes.all(node, name):
            rules.add(holder, name, target)
    return holder


def _schemes(shapes: _Shapes, concepts: _Shapes) -> dict[Term, list[Term]]:
    """The concepts of each closed list, by the shape that a value of the list conforms to."""
    members: dict[Term, list[Term]] = defaultdict(list)
    for concept, scheme in concepts.with_property("skos:inScheme"):
        members[scheme].append(concept)
    return {
        shape: members[value]
        for shape, constraint in shapes.with_property("sh:property")
        if _iri("skos:inScheme") in shapes.all(constraint, "sh:path")
        for value in shapes.all(constraint, "sh:hasValue")
    }


def _share_common_keys(shapes: _Shapes) -> None:
    """Give the keys of all things to the shape of each class, as forms expect; Thing has no target.

    sh:node would give one result without the reason, and makes shacl-engine lose results. A closed
    shape has the keys that it ignores, as any other would be allowed by it.
    """
    thing = ox.NamedNode(_THING)
    classes = shapes.remove(thing, "sh:targetClass")
    for node, target in shapes.with_property("sh:targetClass"):
        if target in classes:
            ignored = [
                path
                for head in shapes.remove(node, "sh:ignoredProperties")
                for path in shapes.listed(head)
            ]
            if ignored:
                shapes.add(node, "sh:ignoredProperties", shapes.new_list(ignored))
            for key in shapes.all(thing, "sh:property"):
                if not ignored or shapes.all(key, "sh:path")[0] in ignored:
                    shapes.add(node, "sh:property", key)


def _write_hierarchy(shapes: _Shapes, terms: _Shapes) -> None:
    """Add the subclasses of the classes that the shapes mention."""
    names = ("sh:class", "sh:targetClass")
    mentioned = {value for name in names for _, value in shapes.with_property(name)}
    for child, parent in terms.with_property("rdfs:subClassOf"):
        if parent in mentioned:
            shapes.add(child, "rdfs:subClassOf", parent)


def _write_lists(shapes: _Shapes, schemes: dict[Term, list[Term]], concepts: _Shapes) -> None:
    """Replace membership of a closed list by `sh:in`, with the labels of its concepts."""
    for node, scheme in shapes.with_property("sh:node"):
        if scheme in schemes:
            shapes.values[node][_iri("sh:node")].remove(scheme)
            shapes.remove(node, "sh:class")
            shapes.add(node, "sh:in", shapes.new_list(schemes[scheme]))
            shapes.add(node, "sh:nodeKind", _iri("sh:IRI"))
            for concept in schemes[scheme]:
                for label in concepts.all(concept, "skos:prefLabel"):
                    shapes.add(concept, "skos:prefLabel", label)
    for scheme in schemes:
        for key in shapes.values.pop(scheme, {}).get(_iri("sh:property"), ()):
            shapes.values.pop(key, None)


def _write_subclasses(shapes: _Shapes, below: Mapping[Term, Mapping[Term, str]]) -> None:
    """Replace each class by a choice of itself and the classes below it."""

    def choices(wanted: Term) -> Iterator[Term]:
        for class_iri, label in below[wanted].items():
            choice = ox.BlankNode()
            shapes.add(choice, "sh:class", class_iri)
            shapes.add(choice, "rdfs:label", ox.Literal(label, language="en"))
            yield choice

    for node, head in shapes.with_property("sh:or"):
        members: dict[Term, Term] = {}
        for member in shapes.listed(head):
            if wanted := shapes.all(member, "sh:class"):
                shapes.values.pop(member)
                members |= {
                    shapes.all(choice, "sh:class")[0]: choice for choice in choices(wanted[0])
                }
            else:
                _describe_datatype(shapes, member)
                members[member] = member
        shapes.remove(node, "sh:or")
        shapes.add(node, "sh:or", shapes.new_list(members.values()))
    in_choice = {value for _, value in shapes.with_property("rdf:first")}
    for node, value_class in shapes.with_property("sh:class"):
        if node not in in_choice and len(below.get(value_class, {})) > 1:
            shapes.remove(node, "sh:class")
            shapes.add(node, "sh:or", shapes.new_list(choices(value_class)))
    for node, target in shapes.with_property("sh:targetClass"):
        for class_iri in below.get(target, {}):
            shapes.add(node, "sh:targetClass", class_iri)


def _describe_datatype(shapes: _Shapes, member: Term) -> None:
    """Label a datatype that is one of several; a day must exist."""
    for name, label in _DATATYPES.items():
        if shapes.all(member, "sh:datatype") == [_iri(name)]:
            shapes.add(member, "rdfs:label", ox.Literal(label, language="en"))
            if name == "xsd:date":
                shapes.add(member, "sh:pattern", ox.Literal(_DAY))


def _labelled_subclasses(terms: _Shapes, ontology: Ontology) -> dict[Term, dict[Term, str]]:
    """The classes in and below each class, with their labels."""
    children: dict[Term, list[Term]] = defaultdict(list)
    for child, parent in terms.with_property("rdfs:subClassOf"):
        children[parent].append(child)
    below: dict[Term, dict[Term, str]] = {}
    for top in {*children, *map(ox.NamedNode, ontology.by_iri)}:
        classes: list[Term] = [top]
        for class_iri in classes:
            classes += [child for child in children.get(class_iri, ()) if child not in classes]
        below[top] = {class_iri: _label(class_iri, terms, ontology) for class_iri in classes}
    return below


def _label(class_iri: Term, terms: _Shapes, ontology: Ontology) -> str:
    iri = _iri_of(class_iri)
    if iri in ontology.by_iri:
        return ontology.by_iri[iri].label
    return min(map(_text, terms.all(class_iri, "rdfs:label")), default=local_name(iri).lower())
