"""The terms of SHACL, and what the value of each parameter of a shape must be.

The terms are those of the vocabulary of SHACL with Advanced Features and SHACL-JS (W3C,
`http://www.w3.org/ns/shacl.ttl` of 2017-07-20) and the node expressions of Advanced Features; the
kinds of values are those of SHACL, sections 2 to 5.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ..model.namespaces import PREFIXES, expand, nterm
from ..model.terms import Iri, NTerm

NAMESPACE: Final = PREFIXES["sh"]

_COMPONENTS: Final = """
And Class Closed Datatype Disjoint Equals Expression HasValue In JS LanguageIn LessThan
LessThanOrEquals MaxCount MaxExclusive MaxInclusive MaxLength MinCount MinExclusive MinInclusive
MinLength Node NodeKind Not Or Pattern Property QualifiedMaxCount QualifiedMinCount SPARQL
UniqueLang Xone
"""

_CLASSES: Final = """
AbstractResult BlankNode BlankNodeOrIRI BlankNodeOrLiteral ConstraintComponent Function IRI
IRIOrLiteral Info JSConstraint JSExecutable JSFunction JSLibrary JSRule JSTarget JSTargetType
JSValidator Literal NodeKind NodeShape Parameter Parameterizable PrefixDeclaration PropertyGroup
PropertyShape ResultAnnotation Rule SPARQLAskExecutable SPARQLAskValidator SPARQLConstraint
SPARQLConstructExecutable SPARQLExecutable SPARQLFunction SPARQLRule SPARQLSelectExecutable
SPARQLSelectValidator SPARQLTarget SPARQLTargetType SPARQLUpdateExecutable Severity Shape Target
TargetType TripleRule ValidationReport ValidationResult Validator Violation Warning
"""

_PROPERTIES: Final = """
alternativePath and annotationProperty annotationValue annotationVarName ask class closed condition
conforms construct count datatype deactivated declare defaultValue desc description detail disjoint
distinct else entailment equals exists expression filterShape flags focusNode group groupConcat
hasValue if ignoredProperties in intersection inversePath js jsFunctionName jsLibrary jsLibraryURL
labelTemplate languageIn lessThan lessThanOrEquals limit max maxCount maxExclusive maxInclusive
maxLength message min minCount minExclusive minInclusive minLength minus name namespace node
nodeKind nodeValidator nodes not object offset oneOrMorePath optional or order orderBy parameter
path pattern predicate prefix prefixes property propertyValidator qualifiedMaxCount
qualifiedMinCount qualifiedValueShape qualifiedValueShapesDisjoint result resultAnnotation
resultMessage resultPath resultSeverity returnType rule select separator severity shapesGraph
shapesGraphWellFormed sourceConstraint sourceConstraintComponent sourceShape sparql sparqlExpr
subject suggestedShapesGraph sum target targetClass targetNode targetObjectsOf targetSubjectsOf then
this union uniqueLang update validator value values xone zeroOrMorePath zeroOrOnePath
"""

PROPERTIES: Final = frozenset(_PROPERTIES.split())
"""Local names of the properties, and of the node `sh:this`."""

CLASSES: Final = frozenset(
    (*_CLASSES.split(), *(f"{name}ConstraintComponent" for name in _COMPONENTS.split()))
)
"""Local names of the classes and of the named nodes such as `sh:IRI` and `sh:Violation`."""

FORMER: Final = {
    "scopeClass": "targetClass",
    "scopeNode": "targetNode",
    "shape": "node",
    "valueShape": "node",
}
"""Terms of drafts of SHACL that published shapes still have, and their present names."""


class ShapeParameter(NamedTuple):
    """What SHACL requires of a parameter. `kind` is the name of a form of value.

    `single` is set if a shape has at most one value, `paths` if only a property shape has it.
    """

    kind: str
    section: str
    single: bool = True
    paths: bool = False


PARAMETERS: Final[dict[NTerm, ShapeParameter]] = {
    nterm(f"sh:{name}"): ShapeParameter(*rest)
    for name, *rest in (
        ("targetClass", "iri", "2.1.3.2", False),
        ("targetNode", "term", "2.1.3.1", False),
        ("targetObjectsOf", "iri", "2.1.3.5", False),
        ("targetSubjectsOf", "iri", "2.1.3.4", False),
        ("severity", "iri", "2.1.4"),
        ("deactivated", "boolean", "2.1.6"),
        ("class", "iri", "4.1.1", False),
        ("datatype", "iri", "4.1.2"),
        ("nodeKind", "node kind", "4.1.3"),
        ("minCount", "integer", "4.2.1", True, True),
        ("maxCount", "integer", "4.2.2", True, True),
        ("minExclusive", "literal", "4.3.1"),
        ("minInclusive", "literal", "4.3.2"),
        ("maxExclusive", "literal", "4.3.3"),
        ("maxInclusive", "literal", "4.3.4"),
        ("minLength", "integer", "4.4.1"),
        ("maxLength", "integer", "4.4.2"),
        ("pattern", "pattern", "4.4.3"),
        ("flags", "string", "4.4.3"),
        ("languageIn", "list of strings", "4.4.4"),
        ("uniqueLang", "boolean", "4.4.5", True, True),
        ("equals", "iri", "4.5.1", False),
        ("disjoint", "iri", "4.5.2", False),
        ("lessThan", "iri", "4.5.3", False, True),
        ("lessThanOrEquals", "iri", "4.5.4", False, True),
        ("not", "shape", "4.6.1", False),
        ("and", "list of shapes", "4.6.2", False),
        ("or", "list of shapes", "4.6.3", False),
        ("xone", "list of shapes", "4.6.4", False),
        ("node", "shape", "4.7.1", False),
        ("property", "shape", "4.7.2", False),
        ("qualifiedValueShape", "shape", "4.7.3", True, True),
        ("qualifiedValueShapesDisjoint", "boolean", "4.7.3"),
        ("qualifiedMinCount", "integer", "4.7.3"),
        ("qualifiedMaxCount", "integer", "4.7.3"),
        ("closed", "boolean", "4.8.1"),
        ("ignoredProperties", "list of iris", "4.8.1"),
        ("hasValue", "any", "4.8.2", False),
        ("in", "list", "4.8.3"),
        ("sparql", "shape", "5.1", False),
    )
}
"""The parameters of the core of SHACL and its targets, by their terms."""

NODE_KINDS: Final = frozenset(
    nterm(f"sh:{name}")
    for name in (
        "BlankNode",
        "IRI",
        "Literal",
        "BlankNodeOrIRI",
        "BlankNodeOrLiteral",
        "IRIOrLiteral",
    )
)

KINDS: Final = {
    "boolean": "true or false",
    "integer": "one whole number, 0 or more",
    "iri": "an IRI",
    "list": "a list",
    "list of iris": "a list of IRIs",
    "list of shapes": "a list of shapes",
    "list of strings": "a list of strings",
    "literal": "a literal",
    "node kind": "one of sh:IRI, sh:Literal, sh:BlankNode, sh:BlankNodeOrIRI, "
    "sh:BlankNodeOrLiteral, sh:IRIOrLiteral",
    "pattern": "a regular expression",
    "shape": "a shape, so an IRI or a blank node",
    "string": "a string",
}
"""The forms of value, in words."""

ADVANCED: Final = {nterm(f"sh:{name}") for name in ("expression", "rule", "target")}
"""The properties of shapes that SHACL Advanced Features define and both engines can run."""

NEVER_RUN: Final = {nterm(f"sh:{name}") for name in ("entailment", "js", "jsLibrary", "values")}
"""The properties that no engine here runs."""


def component_iri(parameter: str) -> Iri:
    """The component of SHACL that has this parameter alone, or as its first.

    >>> component_iri("minCount")
    'http://www.w3.org/ns/shacl#MinCountConstraintComponent'
    """
    return expand(f"sh:{parameter[0].upper()}{parameter[1:]}ConstraintComponent")
