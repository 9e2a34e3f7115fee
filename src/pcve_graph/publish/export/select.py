"""Selects the part of the graph that fits the filters of an export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from ...model.closure import closure
from ...model.dates import BOUND_PROPERTIES, first_and_last
from ...model.namespaces import expand, kebab_case, nterm
from ...model.periods import NO, YES, Period, period_of_days, period_of_node, share_a_day
from ...model.problems import NothingToWriteError, OptionError, UsageError
from ...model.schema import Ontology, RecordClass
from ...model.standing import joined_standings
from ...model.suggest import did_you_mean
from ...model.terms import NTerm, NTriple, from_iri, lexical, to_iri
from ...query.parameters import bind
from ...query.saved import Parameter, SavedQuery
from ...search.search import SearchIndex
from .entities import Entities
from .self_contained import LinesBySubject, collect_part, lines_by_subject
from .standings import Standings
from .subset import GraphPart, Selection

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
    Narrower topics match, and so do places within the country. What may be in the period by its
    dates matches; what has no date does not.
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
    chosen = [record for kind in kinds for record in classes_of_kind(ontology, kind)]
    first = _day("since", since)[0] if since else None
    last = _day("until", until)[1] if until else None
    if first and last and first > last:
        raise OptionError("--since {since} is later than --until {until}", since=since, until=until)
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


def classes_of_kind(ontology: Ontology, name: str) -> list[RecordClass]:
    """The classes of a kind: the class, or all classes with records in the folder, of this name.

    Raises UsageError for an unknown kind.
    """
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
        raise OptionError(f"{option} cannot be used with {kinds}: no such property")


def _day(option: str, text: str) -> tuple[date, date]:
    days = first_and_last(text)
    if days is None:
        raise OptionError(
            f"--{option} takes a day, month or year such as 2018-05, not {{text!r}}", text=text
        )
    return days


_TYPE, _ABOUT, _BROADER = nterm("rdf:type"), nterm("schema:about"), nterm("skos:broader")
_BOUNDS = {nterm(term): name for name, term in BOUND_PROPERTIES.items()}
_STATED_DATES = set(map(nterm, _DATED))
_STATUS, _EVENT, _WITHIN = map(nterm, ("pcve:status", "pcve:inEvent", "schema:containedInPlace"))
_PLACES = set(map(nterm, PLACE_PROPERTIES))


def select_part(part: GraphPart, ontology: Ontology, choice: ExportFilter) -> GraphPart:
    """The self-contained part of the graph that matches `choice`; all of it for an empty one.

    It holds all statements on the matching entities, the nodes nested in them and the places that
    contain them, with their claims, quotes and sources; and the type, names, designation note and
    required keys of everything else that these refer to, with the claims of those, so that the part
    conforms to the shapes by itself. `selection` tells the two apart. Raises NothingToWriteError
    where nothing matches.
    """
    if not choice:
        return part
    facts, vocabulary = lines_by_subject(part, "facts"), lines_by_subject(part, "vocabulary")
    records = {from_iri(record.iri) for record in ontology.records()}
    selection = _chosen(facts, vocabulary, records, choice)
    if selection.has_period:
        selection = _by_standing(part, facts, vocabulary, selection, choice)
    if not selection.holds:
        notes = "".join(f" ({note})" for note in selection.notes())
        raise NothingToWriteError(
            f"nothing in the graph matches all options{notes}; remove one of them"
        )
    whole, nodes = _with_parts(facts, records, set(selection.holds))
    selection = replace(selection, nodes=frozenset(nodes))
    return replace(collect_part(part, facts, vocabulary, whole, ontology), selection=selection)


def _chosen(
    facts: LinesBySubject, vocabulary: LinesBySubject, records: set[NTerm], choice: ExportFilter
) -> Selection:
    """What matches, with whether it is in the period, and what else has no date."""
    kinds = set(map(from_iri, choice.kinds)) or records
    topics, places = _goals(facts, vocabulary, choice)
    period = period_of_days(choice.since, choice.until) if choice.since or choice.until else None
    holds: dict[NTerm, str] = {}
    undated, kinds_by_subject = set(), {}
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
        ):
            answer = _in_period(statements, period) if period else YES
            kinds_by_subject[subject] = frozenset(types)
            if answer is None:
                undated.add(subject)
            elif answer != NO:
                holds[subject] = answer
    return Selection(holds, frozenset(undated), kinds_by_subject, has_period=period is not None)


def _goals(
    facts: LinesBySubject, vocabulary: LinesBySubject, choice: ExportFilter
) -> tuple[set[NTerm] | None, set[NTerm] | None]:
    """The topics and the places that match; None where none is asked for."""
    topics = _reaching(vocabulary, {_BROADER}, from_iri(choice.topic)) if choice.topic else None
    places = _reaching(facts, {_WITHIN}, from_iri(choice.country)) if choice.country else None
    return topics, places


def _by_standing(
    part: GraphPart,
    facts: LinesBySubject,
    vocabulary: LinesBySubject,
    selection: Selection,
    choice: ExportFilter,
) -> Selection:
    """The selection in which nothing is sure that a fact with a standing decides.

    Of several topics, or places, by which a thing matches, one that stands plainly is enough.
    """
    standings = Standings(Entities(part, "evidence"))
    topics, places = _goals(facts, vocabulary, choice)

    def standing(subject: NTerm) -> str:
        statements = [(predicate, value) for predicate, value, _ in facts[subject]]

        def words(*pairs: tuple[NTerm, NTerm]) -> str:
            iri = to_iri(subject)
            return standings.of((iri, to_iri(predicate), value) for predicate, value in pairs)

        ways = [
            [words((p, value)) for p, value in statements if p in paths and value in goals]
            for paths, goals in (({_ABOUT}, topics or ()), (_PLACES, places or ()))
        ]
        others = [words(pair) for pair in statements if pair[0] in (*_STATED_DATES, _STATUS)]
        status = [to_iri(value) for predicate, value in statements if predicate == _STATUS]
        unsure = [joined_standings(way) for way in ways if "" not in way]
        return joined_standings([*others, *unsure, standings.of((), status)])

    surely = [term for term, answer in selection.holds.items() if answer == YES]
    return selection.with_standings({term: standing(term) for term in surely})


def _reaching(lines: LinesBySubject, steps: set[NTerm], goal: NTerm) -> set[NTerm]:
    """`goal` and all subjects from which paths of the predicates `steps` lead to it."""
    back: dict[NTerm, list[NTerm]] = defaultdict(list)
    for subject, statements in lines.items():
        for predicate, value, _ in statements:
            if predicate in steps:
                back[value].append(subject)
    return closure({goal}, lambda value: back[value])


def _in_period(statements: list[tuple[NTerm, NTerm, NTriple]], period: Period) -> str | None:
    """Whether an entity shares a day with the period, as `share_a_day`; None without any date."""
    bounds = {
        _BOUNDS[predicate]: lexical(value)
        for predicate, value, _ in statements
        if predicate in _BOUNDS
    }
    if not bounds and not any(predicate in _STATED_DATES for predicate, *_ in statements):
        return None
    return share_a_day(period_of_node(bounds), period)


def _with_parts(
    facts: LinesBySubject, records: set[NTerm], chosen: set[NTerm]
) -> tuple[set[NTerm], set[NTerm]]:
    """The chosen entities, the places that contain them, and the nodes nested in all of these.

    Then the nodes nested in the chosen entities alone.
    """
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

    def nested(subject: NTerm) -> Iterator[NTerm]:
        yield from (value for _, value, _ in facts[subject] if value in inner)
        yield from within[subject]

    def successors(subject: NTerm) -> Iterator[NTerm]:
        yield from nested(subject)
        for predicate, value, _ in facts[subject]:
            if predicate in _PLACES and value in facts:
                yield value

    return closure(chosen, successors), closure(chosen, nested) - chosen
