"""Questions to a saved graph. Values enter a query as terms, never as text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

import pyoxigraph as ox

from . import names
from .dates import precision
from .errors import ContentError, UsageError
from .names import expand, nearest
from .saved import Parameter, SavedQuery, syntax_problem

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

RESULT_FORMATS: Final = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
_REMOTE: Final = re.compile(
    r"#[^\n]*|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|<[^>\s]*>|\bSERVICE\b", re.I
)


@dataclass(frozen=True, slots=True)
class Table:
    """The answer of a SELECT: columns in the query's order, a row of terms or None each."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def serialize(self, form: str) -> bytes:
        """The table as one of `RESULT_FORMATS` (W3C SPARQL 1.1 results in CSV, TSV, JSON, XML)."""
        rows = [
            {name: _json(term) for name, term in zip(self.columns, row, strict=True) if term}
            for row in self.rows
        ]
        document = {"head": {"vars": self.columns}, "results": {"bindings": rows}}
        text = json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"
        if form == "json":
            return text
        solutions = ox.parse_query_results(text, format=ox.QueryResultsFormat.JSON)
        assert isinstance(solutions, ox.QuerySolutions)
        return solutions.serialize(format=RESULT_FORMATS[form]) or b""


def _json(term: Term) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.Literal):
        found = {"type": "literal", "value": term.value}
        if term.language:
            return {**found, "xml:lang": term.language}
        plain = term.datatype.value == expand("xsd:string")
        return found if plain else {**found, "datatype": term.datatype.value}
    return {"type": "bnode", "value": getattr(term, "value", str(term))}


@dataclass(frozen=True, slots=True)
class Triples:
    """The answer of a CONSTRUCT or DESCRIBE, sorted."""

    triples: tuple[ox.Triple, ...]


Answer: TypeAlias = Table | Triples | bool


def ask(
    store: ox.Store, text: str, bindings: dict[str, Term] | None = None, name: str = "query"
) -> Answer:
    """Run SPARQL over all graphs as one; `bindings` are terms for variables that are selected.

    Raises ContentError for a syntax error, with its line and column in `name`, and UsageError
    for a query that would reach out (SERVICE).
    """
    if any(match.group().upper() == "SERVICE" for match in _REMOTE.finditer(text)):
        raise UsageError("SERVICE is refused: a query here reads this graph and nothing else")
    substitutions = {ox.Variable(key): term for key, term in (bindings or {}).items()}
    try:
        answer = store.query(
            text, use_default_graph_as_union=True, substitutions=substitutions or None
        )
    except SyntaxError as error:
        raise ContentError([syntax_problem(error, name)]) from None
    if isinstance(answer, ox.QuerySolutions):
        columns = tuple(each.value for each in answer.variables)
        return Table(columns, tuple(tuple(row[name] for name in columns) for row in answer))
    if isinstance(answer, ox.QueryTriples):
        return Triples(tuple(sorted(answer, key=str)))
    return bool(answer)


def bind(query: SavedQuery, settings: dict[str, str], store: ox.Store) -> dict[str, Term]:
    """The terms that `settings` (parameter to text) stand for in `query`.

    Raises UsageError naming the parameter, what it takes, and the nearest right value.
    """
    bound: dict[str, Term] = {}
    for name, text in settings.items():
        parameter = query.params.get(name)
        if parameter is None:
            known = ", ".join(query.params) or "it has none"
            hint = nearest(name, query.params)
            raise UsageError(f"{query.name} has no parameter {name!r}; {hint or known}")
        bound[name] = _term(parameter, text, store)
    for parameter in query.params.values():
        if parameter.required and parameter.name not in bound:
            example = f"--set {parameter.name}={parameter.example}"
            raise UsageError(f"{query.name} needs {parameter.name}; for instance {example}")
    return bound


def _term(parameter: Parameter, text: str, store: ox.Store) -> Term:
    if parameter.type == "text":
        return ox.Literal(text)
    if parameter.type == "number":
        if re.fullmatch(r"[+-]?\d+", text):
            return ox.Literal(text, datatype=ox.NamedNode(expand("xsd:integer")))
        raise _wrong(parameter, text, "a whole number")
    if parameter.type == "year":
        if precision(text) == "gYear":
            return ox.Literal(text, datatype=ox.NamedNode(expand("xsd:integer")))
        raise _wrong(parameter, text, "a year")
    if parameter.type == "date":
        if precision(text) == "date":
            return ox.Literal(text, datatype=ox.NamedNode(expand("xsd:date")))
        raise _wrong(parameter, text, "a day such as 2018-05-22")
    return _known(parameter, text, store)


def _known(parameter: Parameter, text: str, store: ox.Store) -> ox.NamedNode:
    """The thing or concept that `text` names by id, IRI or label."""
    base = names.BASE + ("id/" if parameter.type == "thing" else f"vocab/{parameter.scheme}")
    called: dict[str, set[str]] = {}
    for name in ("skos:prefLabel", "skos:altLabel"):
        for quad in store.quads_for_pattern(None, ox.NamedNode(expand(name)), None, None):
            iri = str(getattr(quad.subject, "value", ""))
            if iri.startswith(base) and isinstance(quad.object, ox.Literal):
                called.setdefault(quad.object.value.casefold(), set()).add(iri)
                called.setdefault(names.local_name(iri), set()).add(iri)
                called.setdefault(iri.casefold(), set()).add(iri)
    found = called.get(text.casefold(), set())
    if len(found) == 1:
        return ox.NamedNode(found.pop())
    if found:
        choice = ", ".join(sorted(names.local_name(each) for each in found))
        raise UsageError(f"{parameter.name}: {text!r} may be any of {choice}; use the id")
    raise _wrong(parameter, text, f"a {parameter.scheme or 'thing'} of the graph", called)


def _wrong(parameter: Parameter, text: str, takes: str, known: Iterable[str] = ()) -> UsageError:
    hint = nearest(text, known) or f"for instance {parameter.example}"
    return UsageError(f"{parameter.name} takes {takes}; {text!r} is none; {hint}")


def labels(store: ox.Store, terms: Iterable[Term | None]) -> dict[str, str]:
    """What people call the IRIs among `terms`: an English label, any label, the last segment."""
    found: dict[str, str] = {}
    for term in terms:
        if isinstance(term, ox.NamedNode) and term.value not in found:
            found[term.value] = _label(store, term)
    return found


def _label(store: ox.Store, node: ox.NamedNode) -> str:
    for name in ("skos:prefLabel", "rdfs:label", "dcterms:title"):
        words = sorted(
            (quad.object.language != "en", quad.object.value)
            for quad in store.quads_for_pattern(node, ox.NamedNode(expand(name)), None, None)
            if isinstance(quad.object, ox.Literal)
        )
        if words:
            return words[0][1]
    return names.local_name(node.value)


def footnotes(store: ox.Store, shown: Iterable[str]) -> tuple[str, ...]:
    """The designation notes of the names among the texts `shown`, each with its name, sorted."""
    texts = list(shown)
    found = set()
    predicate = ox.NamedNode(expand("pcve:designationNote"))
    for quad in store.quads_for_pattern(None, predicate, None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
            name = _label(store, quad.subject)
            if any(name in text for text in texts):
                found.add(f"{name} {quad.object.value}")
    return tuple(sorted(found))
