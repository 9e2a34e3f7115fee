"""Selects the part of the graph that fits the filters of an export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ...graph.claims import EVIDENCE_PATH
from ...model.closure import closure
from ...model.dates import first_and_last
from ...model.namespaces import expand, kebab_case, nterm
from ...model.problems import UsageError
from ...model.schema import Ontology, RecordClass
from ...model.suggest import did_you_mean
from ...model.terms import NTerm, NTriple, from_iri, lexical, parse_statement
from ...query.parameters import bind
from ...query.saved import Parameter, SavedQuery
from ...query.search import SearchIndex
from .subset import NAMING_PROPERTIES, GraphPart

_PARAMETERS = {
    "topic": Parameter("topic", "concept", "topic", scheme="topic"),
    "country": Parameter("country", "thing", "country", kinds=("country",)),
}
PLACE_PROPERTIES = ("schema:location", "pcve:inCountry", "schema:containedInPlace")
_DATED = ("schema:startDate", "schema:endDate", "dcterms:issued")


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """The filters of an export: entities must match all that are set. Empty: everything.

    `kinds` are IRIs of classes; `since` and `until` are inclusive; `topic` and `country` are IRIs.
    Narrower topics match, and so do places within the country.
    """

    kinds: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None
    topic: str = ""
    country: str = ""

    def __bool__(self) -> bool:
        return any((self.kinds, self.since, self.until, self.topic, self.country))


def read_filter(
    ontology: Ontology,
    index: SearchIndex,
    kinds: Iterable[str],
    since: str,
    until: str,
    topic: str,
    country: str,
) -> ExportFilter:
    """The filters from the options of a user; entities are given by id or any of their names.

    Raises UsageError for an unknown kind, topic or country, an invalid date, and for options that
    contradict each other.
    """
    chosen = [record for kind in kinds for record in _kind(ontology, kind)]
    first = _day("since", since)[0] if since else None
    last = _day("until", until)[1] if until else None
    if first and last and first > last:
        raise UsageError(f"--since {since} is later than --until {until}")
    _check_option(chosen, "--since and --until", _DATED if first or last else ())
    _check_option(chosen, "--topic", ("schema:about",) if topic else ())
    _check_option(chosen, "--country", PLACE_PROPERTIES if country else ())
    query = SavedQuery("export", "", "", "", (), _PARAMETERS, {}, {}, "")
    stated = {name: text for name, text in (("topic", topic), ("country", country)) if text}
    terms = bind(query, stated, index)
    values_by_name = {name: str(getattr(term, "value", term)) for name, term in terms.items()}
    iris = frozenset(record.iri for record in chosen)
    return ExportFilter(
        iris, first, last, values_by_name.get("topic", ""), values_by_name.get("country", "")
    )


def _kind(ontology: Ontology, name: str) -> list[RecordClass]:
    """The classes of a kind: the class, or all classes with records in the folder, of this name."""
    records_by_name = {kebab_case(record.name): [record] for record in ontology.records()}
    for record in ontology.records():
        records_by_name[str(record.folder)] = [
            sibling for sibling in ontology.records() if sibling.folder == record.folder
        ]
    if kebab_case(name) in records_by_name:
        return records_by_name[kebab_case(name)]
    hint = did_you_mean(name, records_by_name) or "kinds: " + ", ".join(sorted(records_by_name))
    raise UsageError(f"unknown kind {name!r}; {hint}")


def _check_option(chosen: list[RecordClass], option: str, names: Iterable[str]) -> None:
    """Raise UsageError where none of the chosen classes has any of the properties `names`."""
    paths = set(map(expand, names))
    if (
        paths
        and chosen
        and not any(paths & {key.path for key in record.keys.values()} for record in chosen)
    ):
        kinds = " or ".join(kebab_case(record.name) for record in chosen)
        raise UsageError(f"{option} cannot be used with {kinds}: no such property")


def _day(option: str, text: str) -> tuple[date, date]:
    days = first_and_last(text)
    if days is None:
        raise UsageError(f"--{option} takes a day, month or year such as 2018-05, not {text!r}")
    return days


LinesBySubject = dict[NTerm, list[tuple[NTerm, NTerm, NTriple]]]
"""(predicate, object, line) by subject; terms in N-Triples syntax."""

_TYPE, _ABOUT, _BROADER = nterm("rdf:type"), nterm("schema:about"), nterm("skos:broader")
_SUBJECT = nterm("rdf:subject")
_PREDICATE = nterm("rdf:predicate")
_PARTS_OF_CLAIMS = {*map(nterm, (*EVIDENCE_PATH, "pcve:conflictsWith"))}
_DERIVED = nterm("prov:wasDerivedFrom")
_SOURCES = {nterm("prov:hadPrimarySource"), nterm("oa:hasSource")}
_MIRROR = nterm("pcve:mirrorOf")
_EARLIEST, _LATEST = nterm("pcve:earliest"), nterm("pcve:latest")
_EVENT, _WITHIN = nterm("pcve:inEvent"), nterm("schema:containedInPlace")
_PLACES = set(map(nterm, PLACE_PROPERTIES))
_NAMES = set(map(nterm, NAMING_PROPERTIES))


def select_part(part: GraphPart, ontology: Ontology, choice: ExportFilter) -> GraphPart:
    """The self-contained part of the graph that matches `choice`; all of it for an empty one.

    It holds all statements on the matching entities, the nodes nested in them and the places that
    contain them, with their claims, quotes and sources; and the type, names and designation note
    of everything else that these refer to, with the claims of those names. Raises UsageError where
    nothing matches.
    """
    if not choice:
        return part
    facts, vocabulary = _by_subject(part, "facts"), _by_subject(part, "vocabulary")
    records = {from_iri(record.iri) for record in ontology.records()}
    chosen = _chosen(facts, vocabulary, records, choice)
    if not chosen:
        raise UsageError("nothing in the graph matches all options; remove one of them")
    whole = _with_parts(facts, records, chosen)
    return _collected(part, facts, vocabulary, whole)


def _by_subject(part: GraphPart, name: str) -> LinesBySubject:
    lines_by_subject: LinesBySubject = defaultdict(list)
    for line in part.graphs.get(name, ()):
        subject, predicate, value = parse_statement(line)
        lines_by_subject[subject].append((predicate, value, line))
    return lines_by_subject


def _chosen(
    facts: LinesBySubject, vocabulary: LinesBySubject, records: set[NTerm], choice: ExportFilter
) -> set[NTerm]:
    kinds = set(map(from_iri, choice.kinds)) or records
    topics = _reaching(vocabulary, {_BROADER}, from_iri(choice.topic)) if choice.topic else None
    places = _reaching(facts, {_WITHIN}, from_iri(choice.country)) if choice.country else None
    chosen = set()
    for subject, statements in facts.items():
        types = {value for predicate, value, _ in statements if predicate == _TYPE}
        about = {value for predicate, value, _ in statements if predicate == _ABOUT}
        places_of_subject = {subject} | {
            value for predicate, value, _ in statements if predicate in _PLACES
        }
        if (
            types & kinds
            and (topics is None or about & topics)
            and (places is None or places_of_subject & places)
            and _in_time(statements, choice.since, choice.until)
        ):
            chosen.add(subject)
    return chosen


def _reaching(lines: LinesBySubject, steps: set[NTerm], goal: NTerm) -> set[NTerm]:
    """`goal` and all subjects from which paths of the predicates `steps` lead to it."""
    back: dict[NTerm, list[NTerm]] = defaultdict(list)
    for subject, statements in lines.items():
        for predicate, value, _ in statements:
            if predicate in steps:
                back[value].append(subject)
    return closure({goal}, lambda value: back[value])


def _in_time(
    statements: list[tuple[NTerm, NTerm, NTriple]], since: date | None, until: date | None
) -> bool:
    """Whether an entity may fall within these days; False without a date."""
    if since is None and until is None:
        return True
    first = [lexical(value)[:10] for predicate, value, _ in statements if predicate == _EARLIEST]
    last = [lexical(value)[:10] for predicate, value, _ in statements if predicate == _LATEST]
    return (
        bool(first or last)
        and not (since and last and max(last) < since.isoformat())
        and not (until and first and min(first) > until.isoformat())
    )


def _with_parts(facts: LinesBySubject, records: set[NTerm], chosen: set[NTerm]) -> set[NTerm]:
    """The chosen entities, the places that contain them, and the nodes nested in these."""
    inner = {
        subject
        for subject, statements in facts.items()
        if not any(predicate == _TYPE and value in records for predicate, value, _ in statements)
    }
    within: dict[NTerm, list[NTerm]] = defaultdict(list)
    for subject in inner:
        for predicate, value, _ in facts[subject]:
            if predicate == _EVENT:
                within[value].append(subject)

    def successors(subject: NTerm) -> Iterator[NTerm]:
        for predicate, value, _ in facts[subject]:
            if value in inner or (predicate in _PLACES and value in facts):
                yield value
        yield from within[subject]

    return closure(chosen, successors)


def _collected(
    part: GraphPart, facts: LinesBySubject, vocabulary: LinesBySubject, whole: set[NTerm]
) -> GraphPart:
    evidence, catalog = _by_subject(part, "evidence"), _by_subject(part, "catalog")
    ontology = _by_subject(part, "ontology")
    selected: dict[str, set[NTriple]] = {name: set() for name in part.graphs}
    selected["facts"] = {line for subject in whole for *_, line in facts[subject]}
    referenced = {value for subject in whole for _, value, _ in facts[subject]} - whole
    nodes, sources = _evidence(evidence, catalog, whole, referenced)
    for name, lines in (("facts", facts), ("vocabulary", vocabulary), ("ontology", ontology)):
        selected[name] |= _naming_lines(lines, referenced)
    selected["evidence"] = {line for node in nodes for *_, line in evidence[node]}
    selected["evidence"] |= {
        line
        for node in whole & evidence.keys()
        for predicate, claim, line in evidence[node]
        if predicate == _DERIVED and claim in nodes
    }
    selected["catalog"] = {line for source in sources for *_, line in catalog[source]}
    selected["vocabulary"] |= _naming_lines(
        vocabulary, _objects(selected["vocabulary"] | selected["facts"])
    )
    selected["ontology"] |= _naming_lines(ontology, _terms(selected))
    return GraphPart({name: tuple(sorted(lines)) for name, lines in selected.items()})


def _evidence(
    evidence: LinesBySubject, catalog: LinesBySubject, whole: set[NTerm], referenced: set[NTerm]
) -> tuple[set[NTerm], set[NTerm]]:
    """The nodes of the evidence of a part, and its sources; what they refer to is added.

    The nodes are claims and those that they conflict with, their evidence, quotes and selectors,
    and the statements that are derived from the claims. What all of them refer to is added to
    `referenced`. Sources refer to their publishers, whose names have claims with further sources.
    """
    sources: set[NTerm] = set()
    while True:
        claims = _claims(evidence, whole, referenced)
        nodes = closure(
            claims, lambda node: [o for p, o, _ in evidence[node] if p in _PARTS_OF_CLAIMS]
        )
        cited = {
            value
            for node in nodes
            for predicate, value, _ in evidence[node]
            if predicate in _SOURCES
        }
        cited = closure(cited, lambda node: [o for p, o, _ in catalog[node] if p == _MIRROR])
        referenced |= {value for node in nodes for _, value, _ in evidence[node]}
        referenced |= {value for source in cited for _, value, _ in catalog[source]}
        referenced -= whole
        if cited == sources:
            return nodes, sources
        sources = cited


def _claims(evidence: LinesBySubject, whole: set[NTerm], referenced: set[NTerm]) -> set[NTerm]:
    """The claims about subjects in `whole`, and about the names of those in `referenced`."""
    claims = set()
    for claim, parts in evidence.items():
        values_by_predicate = {predicate: value for predicate, value, _ in parts}
        subject = values_by_predicate.get(_SUBJECT)
        if subject in whole or (
            subject in referenced and values_by_predicate[_PREDICATE] in _NAMES
        ):
            claims.add(claim)
    return claims


def _naming_lines(lines: LinesBySubject, subjects: Iterable[NTerm]) -> set[NTriple]:
    """The lines with the types and names of `subjects`."""
    return {
        line
        for subject in subjects
        if subject in lines
        for predicate, _, line in lines[subject]
        if predicate in _NAMES
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
