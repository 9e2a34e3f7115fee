"""From a choice to the part of the graph that it asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ...model.dates import first_and_last
from ...model.namespaces import expand, kebab
from ...model.problems import UsageError
from ...model.schema import Ontology, RecordClass
from ...model.suggest import nearest
from ...query.parameters import bind
from ...query.saved import Parameter, SavedQuery
from ...query.search import Index
from .subset import NAMES, Part

_PARAMETERS = {
    "topic": Parameter("topic", "concept", "topic", scheme="topic"),
    "country": Parameter("country", "thing", "country", kinds=("country",)),
}


PLACED = ("schema:location", "pcve:country", "schema:containedInPlace")


_DATED = ("schema:startDate", "schema:endDate", "dcterms:issued")


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen: things that fit all that is set. Empty: everything.

    `kinds` are IRIs of classes; `since` and `until` days, both included; `topic` and `country`
    IRIs. A thing fits a topic that is narrower, and a country that its place lies in.
    """

    kinds: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None
    topic: str = ""
    country: str = ""

    def __bool__(self) -> bool:
        return any((self.kinds, self.since, self.until, self.topic, self.country))


def read_choice(
    ontology: Ontology,
    index: Index,
    kinds: Iterable[str],
    since: str,
    until: str,
    topic: str,
    country: str,
) -> Choice:
    """What people set, as a choice; a thing is named in any way that the graph knows.

    Raises UsageError for what is no kind, day, topic or country, and for what never goes together.
    """
    chosen = [each for kind in kinds for each in _kind(ontology, kind)]
    first = _day("since", since)[0] if since else None
    last = _day("until", until)[1] if until else None
    if first and last and first > last:
        raise UsageError(f"--since {since} lies after --until {until}; nothing is in between")
    _say(chosen, "--since and --until", _DATED if first or last else ())
    _say(chosen, "--topic", ("schema:about",) if topic else ())
    _say(chosen, "--country", PLACED if country else ())
    query = SavedQuery("export", "", "", "", (), _PARAMETERS, {}, {}, "")
    terms = bind(query, {"topic": topic, "country": country}, index)
    found = {name: str(getattr(term, "value", term)) for name, term in terms.items()}
    iris = frozenset(each.iri for each in chosen)
    return Choice(iris, first, last, found.get("topic", ""), found.get("country", ""))


def _kind(ontology: Ontology, word: str) -> list[RecordClass]:
    """The classes of a kind: that of the name, or all that have their records in its folder."""
    known = {kebab(record.name): [record] for record in ontology.records()}
    for record in ontology.records():
        known[str(record.folder)] = [
            one for one in ontology.records() if one.folder == record.folder
        ]
    if kebab(word) in known:
        return known[kebab(word)]
    hint = nearest(word, known) or "kinds: " + ", ".join(sorted(known))
    raise UsageError(f"there is no kind {word!r}; {hint}")


def _say(chosen: list[RecordClass], option: str, names: Iterable[str]) -> None:
    """Raise UsageError where no kind that is chosen has any of the properties `names`."""
    paths = set(map(expand, names))
    if (
        paths
        and chosen
        and not any(paths & {key.path for key in each.keys.values()} for each in chosen)
    ):
        kinds = " or ".join(kebab(each.name) for each in chosen)
        raise UsageError(f"{option} cannot choose among things of the kind {kinds}: none says it")


def _day(option: str, text: str) -> tuple[date, date]:
    days = first_and_last(text)
    if days is None:
        raise UsageError(f"--{option} takes a day, month or year such as 2018-05, not {text!r}")
    return days


Lines = dict[str, list[tuple[str, str, str]]]
"""(predicate, object, line) of each subject; terms as N-Triples writes them."""

_TYPE, _ABOUT, _BROADER = (
    f"<{expand(name)}>" for name in ("rdf:type", "schema:about", "skos:broader")
)
_SUBJECT, _QUOTE = f"<{expand('rdf:subject')}>", f"<{expand('pcve:quote')}>"
_PREDICATE = f"<{expand('rdf:predicate')}>"
_SOURCES = {f"<{expand(name)}>" for name in ("prov:hadPrimarySource", "prov:wasQuotedFrom")}
_EARLIEST, _LATEST = f"<{expand('pcve:earliest')}>", f"<{expand('pcve:latest')}>"
_EVENT, _WITHIN = f"<{expand('pcve:event')}>", f"<{expand('schema:containedInPlace')}>"
_PLACES = {f"<{expand(name)}>" for name in PLACED}
_NAMES = {f"<{expand(name)}>" for name in NAMES}


def select(part: Part, ontology: Ontology, choice: Choice) -> Part:
    """What `choice` asks for, with all that is said of it.

    That is: the chosen things, the nodes within them and the places they lie in, whole; each
    claim about those, its quote and its sources; and the type, names and designation note of
    everything else that they point to, with the claims of those names. An empty choice is all.
    Raises UsageError where nothing fits.
    """
    if not choice:
        return part
    facts, vocabulary = _by_subject(part, "facts"), _by_subject(part, "vocabulary")
    records = {f"<{record.iri}>" for record in ontology.records()}
    chosen = _chosen(facts, vocabulary, records, choice)
    if not chosen:
        raise UsageError("nothing in the graph fits all of these; take an option away")
    own = _whole(facts, records, chosen)
    return _collected(part, facts, vocabulary, own)


def _by_subject(part: Part, name: str) -> Lines:
    found: Lines = defaultdict(list)
    for line in part.graphs.get(name, ()):
        subject, predicate, value = line.split(" ", 2)
        found[subject].append((predicate, value[:-2], line))
    return found


def _chosen(facts: Lines, vocabulary: Lines, records: set[str], choice: Choice) -> set[str]:
    kinds = {f"<{iri}>" for iri in choice.kinds} or records
    topics = _reaching(vocabulary, {_BROADER}, f"<{choice.topic}>") if choice.topic else None
    places = _reaching(facts, {_WITHIN}, f"<{choice.country}>") if choice.country else None
    found = set()
    for subject, own in facts.items():
        types = {value for predicate, value, _ in own if predicate == _TYPE}
        about = {value for predicate, value, _ in own if predicate == _ABOUT}
        there = {subject} | {value for predicate, value, _ in own if predicate in _PLACES}
        if (
            types & kinds
            and (topics is None or about & topics)
            and (places is None or there & places)
            and _in_time(own, choice.since, choice.until)
        ):
            found.add(subject)
    return found


def _reaching(lines: Lines, steps: set[str], goal: str) -> set[str]:
    """Everything from which `steps` lead to `goal`, and it itself."""
    back: dict[str, list[str]] = defaultdict(list)
    for subject, own in lines.items():
        for predicate, value, _ in own:
            if predicate in steps:
                back[value].append(subject)
    return _closure({goal}, lambda each: back[each])


def _in_time(own: list[tuple[str, str, str]], since: date | None, until: date | None) -> bool:
    """Whether a thing may have been on one of these days; without a date it does not say so."""
    if since is None and until is None:
        return True
    first = [value[1:11] for predicate, value, _ in own if predicate == _EARLIEST]
    last = [value[1:11] for predicate, value, _ in own if predicate == _LATEST]
    return (
        bool(first or last)
        and not (since and last and max(last) < since.isoformat())
        and not (until and first and min(first) > until.isoformat())
    )


def _whole(facts: Lines, records: set[str], chosen: set[str]) -> set[str]:
    """The chosen things, the places they lie in, and the nodes that are only part of these."""
    inner = {
        subject
        for subject, own in facts.items()
        if not any(predicate == _TYPE and value in records for predicate, value, _ in own)
    }
    within: dict[str, list[str]] = defaultdict(list)
    for subject in inner:
        for predicate, value, _ in facts[subject]:
            if predicate == _EVENT:
                within[value].append(subject)

    def next_to(subject: str) -> Iterator[str]:
        for predicate, value, _ in facts[subject]:
            if value in inner or (predicate in _PLACES and value in facts):
                yield value
        yield from within[subject]

    return _closure(chosen, next_to)


def _closure(start: set[str], next_to: Callable[[str], Iterable[str]]) -> set[str]:
    found = set(start)
    waiting = list(start)
    while waiting:
        for each in next_to(waiting.pop()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found


def _collected(part: Part, facts: Lines, vocabulary: Lines, own: set[str]) -> Part:
    evidence, catalog = _by_subject(part, "evidence"), _by_subject(part, "catalog")
    ontology = _by_subject(part, "ontology")
    kept: dict[str, set[str]] = {name: set() for name in part.graphs}
    kept["facts"] = {line for subject in own for *_, line in facts[subject]}
    pointed = {value for subject in own for _, value, _ in facts[subject]} - own
    claims = _claims(evidence, own, pointed)
    for claim in claims:
        pointed |= {value for _, value, _ in evidence[claim]}
    pointed -= own
    for name, lines in (("facts", facts), ("vocabulary", vocabulary), ("ontology", ontology)):
        kept[name] |= _named(lines, pointed)
    quotes = {value for claim in claims for p, value, _ in evidence[claim] if p == _QUOTE}
    kept["evidence"] = {line for each in claims | quotes for *_, line in evidence[each]}
    sources = {
        value
        for each in claims | quotes
        for predicate, value, _ in evidence[each]
        if predicate in _SOURCES
    }
    kept["catalog"] = {line for source in sources for *_, line in catalog[source]}
    kept["vocabulary"] |= _named(vocabulary, _objects(kept["vocabulary"] | kept["facts"]))
    kept["ontology"] |= _named(ontology, _terms(kept))
    return Part({name: tuple(sorted(lines)) for name, lines in kept.items()})


def _claims(evidence: Lines, own: set[str], pointed: set[str]) -> set[str]:
    """The claims about what is whole, and about the names of what that points to."""
    found = set()
    for claim, parts in evidence.items():
        said = {predicate: value for predicate, value, _ in parts}
        subject = said.get(_SUBJECT)
        if subject in own or (subject in pointed and said[_PREDICATE] in _NAMES):
            found.add(claim)
    return found


def _named(lines: Lines, subjects: Iterable[str]) -> set[str]:
    """What says the type and the names of these."""
    return {
        line
        for subject in subjects
        if subject in lines
        for predicate, _, line in lines[subject]
        if predicate in _NAMES
    }


def _objects(lines: Iterable[str]) -> set[str]:
    return {line.split(" ", 2)[2][:-2] for line in lines}


def _terms(kept: dict[str, set[str]]) -> set[str]:
    """The properties and classes in use."""
    found = set()
    for lines in kept.values():
        for line in lines:
            _, predicate, value = line.split(" ", 2)
            found.add(predicate)
            if predicate == _TYPE:
                found.add(value[:-2])
    return found
