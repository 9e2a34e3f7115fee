"""Where an engine is known to be wrong: a minimal case of each, and the clause that settles it.

An entry that no longer holds fails tests/test_differential.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from corrupt_data import ILL_TYPED, typed
from validation_reports import Row

from pcve_graph.model.namespaces import expand

YEARS = tuple(f"^^<{expand(f'xsd:{name}')}>" for name in ("gYear", "gYearMonth", "gMonth", "gDay"))
PAIR = ("LessThanOrEquals", "LessThan")
RANGE = ("MinInclusive", "MaxInclusive", "MinExclusive", "MaxExclusive")
ILL = {str(typed(*pair)) for pair in ILL_TYPED} - {str(typed("NaN", "double"))}
NAN = str(typed("NaN", "double"))
NAN_DECIMAL = str(typed("NaN", "decimal"))


@dataclass(frozen=True)
class Disagreement:
    """Of a schema:minValue that has to conform to `shape`: the engine finds `wrong`, not `right`.

    Its schema:maxValue is 2015-01-01. Both are the components of the results; `wrong` is None where the engine gives no report at all.
    `meets` recognizes a result that the engine lacks. Where there is no report, `spoils` recognizes a
    statement, by predicate and object, that is the cause; it is left out for that engine.
    """

    engine: str
    about: str
    clause: str
    shape: str
    value: str
    right: tuple[str, ...]
    wrong: tuple[str, ...] | None = ()
    meets: Callable[[Row], bool] | None = None
    spoils: Callable[[str, str], bool] | None = None


def component(row: Row) -> str:
    return row.component.strip("<>").rpartition("#")[2].removesuffix("ConstraintComponent")


COMPARED = {
    f"<{expand(name)}>"
    for name in "schema:minValue schema:maxValue pcve:certainFrom pcve:certainUntil pcve:earliest "
    "pcve:latest oa:start oa:end pcve:firstWord pcve:wordCount".split()
}
"""The properties that sh:lessThan and sh:lessThanOrEquals of ontology/shapes.ttl compare."""
RANGED = COMPARED | {
    f"<{expand(name)}>"
    for name in "schema:value schema:latitude schema:longitude pcve:edition".split()
}
"""Those, and the properties that have a least or greatest value."""

WALKED = {f"<{expand(name)}>" for name in ("dcterms:isPartOf", "skos:broader", "schema:minValue")}
"""The properties that rules in SPARQL follow transitively."""
EMPTY = str(typed("", "decimal"))

CANNOT_COMPARE = (
    "SHACL 4.5.4: there is a result for each pair of which the first value is not less than or "
    "equal to the second, or where the two values cannot be compared"
)
NOT_TRUE = (
    "SHACL 4.3: there is a result for each value node where the SPARQL comparison does not return "
    "true, and on what is no number of xsd it is an error (SPARQL 17.3)"
)

KNOWN = (
    Disagreement(
        "pySHACL's API",
        "a blank node that is compared ends the run",
        CANNOT_COMPARE,
        "sh:lessThanOrEquals schema:maxValue",
        "_:b",
        ("LessThanOrEquals",),
        None,
        spoils=lambda predicate, value: predicate in COMPARED and value.startswith("_:"),
    ),
    Disagreement(
        "pySHACL's API",
        "an ill-typed date that is compared with a date ends the run",
        CANNOT_COMPARE,
        "sh:lessThanOrEquals schema:maxValue",
        '"2015-02-30"^^xsd:date',
        ("LessThanOrEquals",),
        None,
        spoils=lambda predicate, value: predicate in COMPARED and value in ILL,
    ),
    Disagreement(
        "pySHACL's API",
        "the decimal NaN, which xsd does not have, ends the run where it is compared",
        NOT_TRUE,
        "sh:minInclusive 1",
        '"NaN"^^xsd:decimal',
        ("MinInclusive",),
        None,
        spoils=lambda predicate, value: predicate in RANGED and value == NAN_DECIMAL,
    ),
    Disagreement(
        "pySHACL's API",
        "an ill-typed number is greater or less than any number",
        NOT_TRUE,
        "sh:maxInclusive 180",
        '"12,5"^^xsd:decimal',
        ("MaxInclusive",),
        meets=lambda result: component(result) in RANGE and result.value in ILL,
    ),
    Disagreement(
        "pySHACL's API",
        "what is no number is less than any number",
        NOT_TRUE,
        "sh:maxInclusive 180",
        '"2015-02-28"^^xsd:date',
        ("MaxInclusive",),
        meets=lambda result: component(result) in RANGE and result.value not in ILL,
    ),
    Disagreement(
        "pySHACL's API",
        "values of unlike datatypes are ordered by the names of their types",
        CANNOT_COMPARE,
        "sh:lessThanOrEquals schema:maxValue",
        "true",
        ("LessThanOrEquals",),
        meets=lambda result: component(result) in PAIR,
    ),
    Disagreement(
        "pyshacl",
        "an ill-typed empty literal at the beginning of a path stands for every node",
        "SPARQL 1.1, 18.4: a path is evaluated from the term that its variable is bound to; the "
        "library takes a literal that is false in Python for none",
        'sh:sparql [ sh:select "SELECT $this ?value { $this <https://schema.org/minValue> ?value . '
        '?value <https://schema.org/minValue>* $this }" ]',
        '""^^xsd:decimal',
        (),
        ("SPARQL",),
        spoils=lambda predicate, value: predicate in WALKED and value == EMPTY,
    ),
    Disagreement(
        "pySHACL's API",
        "rdflib checks no lexical form of a year; the command has a component of its own",
        "SHACL 4.1.2: an ill-typed literal is a violation of sh:datatype",
        "sh:datatype xsd:gYear",
        '"0x15"^^xsd:gYear',
        ("Datatype",),
        meets=lambda row: component(row) in ("Datatype", "Or") and row.value.endswith(YEARS),
    ),
    Disagreement(
        "topquadrant",
        "NaN lies in every range",
        "SHACL 4.3: there is a result where the SPARQL comparison does not return true; NaN is "
        "neither less than nor equal to any number (XPath op:numeric-less-than)",
        "sh:minInclusive 1",
        '"NaN"^^xsd:double',
        ("MinInclusive",),
        meets=lambda result: component(result) in RANGE and result.value == NAN,
    ),
)
