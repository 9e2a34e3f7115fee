"""Faults put into a valid graph, one for each constraint component in use, and their results.

A fault touches one subject that no other fault touches, so that its results are known exactly.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from pcve_graph.model.namespaces import BASE, concept_iri, expand, local_name

Triples = dict[str, list[str]]
"""The objects of one subject by property, all as N-Triples writes them."""

Expected = tuple[str, str, str, str, str, str]
"""Focus, path, value, component, shape, severity; the last three are bare IRIs."""


@dataclass(slots=True)
class Change:
    """What a fault removes from its subject, what it adds, and the results it gives.

    The results are those of each node in `foci`; where that is empty, of the subject and of those
    of `lines`.
    """

    out: list[tuple[str, str]] = field(default_factory=list)
    add: list[tuple[str, str]] = field(default_factory=list)
    gives: list[tuple[str, str, str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    foci: tuple[str, ...] = ()


def _p(name: str) -> str:
    return f"<{expand(name)}>"


def _typed(text: str, kind: str) -> str:
    return f'"{text}"^^<{expand("xsd:" + kind)}>'


def _concept(scheme: str, term: str) -> str:
    return f"<{concept_iri(scheme, term)}>"


def _swap(prop: str, right: str, wrong: str, component: str, shape: str) -> Change:
    path = _p(prop)
    return Change([(path, right)], [(path, wrong)], [(path, wrong, component, shape)])


def _missing_kind(subject: str, has: Triples) -> Change:
    path = _p("pcve:kind")
    gives = [(path, "", "MinCount", "Event-kind")]
    return Change([(path, value) for value in has[path]], [], gives)


def _second_day_read(subject: str, has: Triples) -> Change:
    path = _p("pcve:dateRead")
    gives = [(path, "", "MaxCount", "Source-dateRead")]
    return Change([], [(path, _typed("2026-11-24", "date"))], gives)


def _read_in_a_year(subject: str, has: Triples) -> Change:
    right = has[_p("pcve:dateRead")][0]
    wrong = _typed("2026", "gYear")
    return _swap("pcve:dateRead", right, wrong, "Datatype", "Source-dateRead")


def _place_that_is_none(subject: str, has: Triples) -> Change:
    right = has[_p("schema:location")][0]
    return _swap("schema:location", right, subject, "Class", "Event-location")


def _start_in_words(subject: str, has: Triples) -> Change:
    right = has[_p("schema:startDate")][0]
    return _swap("schema:startDate", right, '"in the spring"@en', "Or", "Event-startDate")


def _kind_of_another_list(subject: str, has: Triples) -> Change:
    right = has[_p("pcve:kind")][0]
    wrong = _concept("topic", "prisons")
    return _swap("pcve:kind", right, wrong, "Node", "Organization-kind")


def _address_as_text(subject: str, has: Triples) -> Change:
    right = has[_p("schema:sameAs")][0]
    wrong = f'"{right[1:-1]}"'
    return _swap("schema:sameAs", right, wrong, "NodeKind", "Thing-sameAs")


def _language_in_words(subject: str, has: Triples) -> Change:
    right = has[_p("dcterms:language")][0]
    return _swap("dcterms:language", right, '"English"', "Pattern", "Source-language")


def _licence_of_no_list(subject: str, has: Triples) -> Change:
    path = _p("dcterms:license")
    wrong = "<https://licences.example/own>"
    held = [(path, value) for value in has.get(path, ())]
    return Change(held, [(path, wrong)], [(path, wrong, "In", "Source-license")])


def _edition_below_one(subject: str, has: Triples) -> Change:
    right = has[_p("pcve:edition")][0]
    wrong = right.replace('"', '"-', 1)
    return _swap("pcve:edition", right, wrong, "MinInclusive", "Event-edition")


def _too_far_north(subject: str, has: Triples) -> Change:
    right = has[_p("schema:latitude")][0]
    wrong = _typed("141.5", "decimal")
    return _swap("schema:latitude", right, wrong, "MaxInclusive", "Place-latitude")


def _budget_nought(subject: str, has: Triples) -> Change:
    right = has[_p("schema:value")][0]
    wrong = _typed("0.0", "decimal")
    return _swap("schema:value", right, wrong, "MinExclusive", "Budget-value")


def _long_quote(subject: str, has: Triples) -> Change:
    right = has[_p("oa:exact")][0]
    wrong = '"' + "and so on " * 31 + '"'
    return _swap("oa:exact", right, wrong, "MaxLength", "QuoteWords-exact")


def _two_english_names(subject: str, has: Triples) -> Change:
    path = _p("skos:prefLabel")
    return Change([], [(path, '"Another"@en')], [(path, "", "UniqueLang", "Thing-prefLabel")])


def _quote_backwards(subject: str, has: Triples) -> Change:
    right = has[_p("oa:start")][0]
    wrong = _typed("99999999", "integer")
    return _swap("oa:start", right, wrong, "LessThan", "QuotePosition-start")


def _quote_without_selectors(subject: str, has: Triples) -> Change:
    path = _p("oa:hasSelector")
    shapes = ("Quote-hasWords", "Quote-hasPosition")
    gives = [(path, "", "QualifiedMinCount", shape) for shape in shapes]
    return Change([(path, value) for value in has[path]], [], gives)


def _words_twice(subject: str, has: Triples) -> Change:
    path, again = _p("oa:hasSelector"), subject[:-1] + "/again>"
    values = {"rdf:type": _p("oa:TextQuoteSelector"), "oa:exact": '"and so on"'}
    lines = [f"{again} {_p(name)} {value} ." for name, value in values.items()]
    gives = [(path, "", "QualifiedMaxCount", "Quote-hasWords")]
    return Change(add=[(path, again)], gives=gives, lines=lines, foci=(subject,))


def _bounds_backwards(subject: str, has: Triples) -> Change:
    first, last = has[_p("pcve:earliest")][0], has[_p("pcve:latest")][0]
    path, latest_path = _p("pcve:earliest"), _p("pcve:latest")
    gives = [(path, first, "LessThanOrEquals", "Dated-earliest")]
    until_path = _p("pcve:certainUntil")
    for until in has.get(until_path, ()):
        gives.append((until_path, until, "LessThanOrEquals", "Dated-certainUntil"))
    return Change([(latest_path, last)], [(latest_path, _typed("1950-01-01", "date"))], gives)


def _more_of_a_person(subject: str, has: Triples) -> Change:
    path, wrong = _p("schema:description"), '"likes to swim"@en'
    return Change([], [(path, wrong)], [(path, wrong, "Closed", "Person")])


def _budget_without_amount(subject: str, has: Triples) -> Change:
    path = _p("schema:value")
    return Change([(path, has[path][0])], [], [("", subject, "Or", "Budget-hasAnAmount")])


def _no_reason(subject: str, has: Triples) -> Change:
    note = _p("skos:note")
    return Change([(note, has[note][0])], [], [("", subject, "Or", "Evidence-reasonGiven")])


def _edition_twice(subject: str, has: Triples) -> Change:
    """Another event of the same edition: both are reported."""
    series, edition = has[_p("pcve:series")][0], has[_p("pcve:edition")][0]
    twin = subject[:-1] + "-again>"
    values = {
        "rdf:type": _p("pcve:Event"),
        "skos:prefLabel": '"The same again"@en',
        "pcve:kind": _concept("event-kind", "meeting"),
        "pcve:series": series,
        "pcve:edition": edition,
    }
    lines = [f"{twin} {_p(name)} {value} ." for name, value in values.items()]
    return Change(gives=[("", edition, "SPARQL", "Event")], lines=lines)


def _round_concept(subject: str, has: Triples) -> Change:
    """A new term that is broader than itself, named after the subject."""
    term = _concept("topic", local_name(subject[1:-1]))
    values = {
        "rdf:type": _p("skos:Concept"),
        "skos:prefLabel": '"Round"@en',
        "skos:definition": '"A term made to be wrong."@en',
        "skos:inScheme": f"<{BASE}vocab/topic>",
        "skos:broader": term,
    }
    lines = [f"{term} {_p(name)} {value} ." for name, value in values.items()]
    return Change(gives=[("", term, "SPARQL", "Concept")], lines=lines, foci=(term,))


def _part_of_itself(subject: str, has: Triples) -> Change:
    path = _p("dcterms:isPartOf")
    return Change([], [(path, subject)], [("", subject, "SPARQL", "Project")])


def _transaction_of_itself(subject: str, has: Triples) -> Change:
    path = _p("pcve:partOfTransaction")
    return Change([], [(path, subject)], [("", subject, "SPARQL", "Transaction")])


def _replaced_by_itself(subject: str, has: Triples) -> Change:
    path = _p("dcterms:isReplacedBy")
    return Change([], [(path, subject)], [("", subject, "SPARQL", "Retired")])


def _replaced_by_a_place(subject: str, has: Triples) -> Change:
    path, place = _p("dcterms:isReplacedBy"), has[_p("schema:location")][0]
    return Change([], [(path, place)], [("", place, "SPARQL", "Retired")])


FAULTS: Final[dict[str, tuple[str, tuple[str, ...], Callable[[str, Triples], Change]]]] = {
    "missing-kind": ("pcve:Event", ("pcve:kind",), _missing_kind),
    "second-day-read": ("pcve:Source", ("pcve:dateRead",), _second_day_read),
    "read-in-a-year": ("pcve:Source", ("pcve:dateRead",), _read_in_a_year),
    "place-that-is-none": ("pcve:Event", ("schema:location",), _place_that_is_none),
    "start-in-words": ("pcve:Event", ("schema:startDate",), _start_in_words),
    "kind-of-another-list": ("org:Organization", ("pcve:kind",), _kind_of_another_list),
    "address-as-text": ("pcve:Place", ("schema:sameAs",), _address_as_text),
    "language-in-words": ("pcve:Source", ("dcterms:language",), _language_in_words),
    "licence-of-no-list": ("pcve:Source", (), _licence_of_no_list),
    "edition-below-one": ("pcve:Event", ("pcve:edition",), _edition_below_one),
    "too-far-north": ("pcve:Place", ("schema:latitude",), _too_far_north),
    "budget-nought": ("schema:MonetaryAmount", ("schema:value",), _budget_nought),
    "long-quote": ("oa:TextQuoteSelector", ("oa:exact",), _long_quote),
    "two-english-names": ("pcve:Document", ("skos:prefLabel",), _two_english_names),
    "quote-backwards": ("oa:TextPositionSelector", ("oa:start",), _quote_backwards),
    "quote-without-selectors": (
        "oa:SpecificResource",
        ("oa:hasSelector",),
        _quote_without_selectors,
    ),
    "words-twice": ("oa:SpecificResource", ("oa:hasSelector",), _words_twice),
    "bounds-backwards": ("pcve:Event", ("pcve:earliest", "pcve:latest"), _bounds_backwards),
    "more-of-a-person": ("foaf:Person", (), _more_of_a_person),
    "budget-without-amount": ("schema:MonetaryAmount", ("schema:value",), _budget_without_amount),
    "no-reason": ("pcve:Evidence", ("skos:note",), _no_reason),
    "edition-twice": ("pcve:Event", ("pcve:series", "pcve:edition"), _edition_twice),
    "round-concept": ("pcve:Document", (), _round_concept),
    "part-of-itself": ("pcve:Project", (), _part_of_itself),
    "transaction-of-itself": ("pcve:Transaction", (), _transaction_of_itself),
    "replaced-by-itself": ("org:Organization", (), _replaced_by_itself),
    "replaced-by-a-place": ("pcve:Event", ("schema:location",), _replaced_by_a_place),
}
"""Each fault: the class of its subject, the properties that it must have, and the change."""


class Spoiler:
    """Puts faults into the parts of a graph, one kind after the other.

    `rate` is faults for each triple; while it is above 0, each kind is put in once at least, if
    the graph has a subject for it.
    """

    def __init__(self, seed: int, rate: float) -> None:
        self.random = random.Random(f"{seed}/faults")
        self.rate = rate
        self.owed = 0.0
        self.waiting = list(FAULTS) if rate else []
        self.turn = 0
        self.counts = dict.fromkeys(FAULTS, 0)
        self.expected: list[Expected] = []

    def spoil(self, lines: Iterable[str]) -> list[str]:
        """The lines with faults among them, sorted."""
        kept = set(lines)
        has: dict[str, Triples] = {}
        for line in sorted(kept):
            subject, path, value = line[:-2].split(" ", 2)
            has.setdefault(subject, {}).setdefault(path, []).append(value)
        free = sorted(has)
        self.random.shuffle(free)
        self.owed += len(kept) * self.rate
        for kind in [name for name in self.waiting if self.one(name, kept, has, free)]:
            self.waiting.remove(kind)
        missed = 0
        while self.owed >= 1 and missed < len(FAULTS):
            kind = list(FAULTS)[self.turn % len(FAULTS)]
            self.turn += 1
            missed = 0 if self.one(kind, kept, has, free) else missed + 1
        return sorted(kept)

    def one(self, kind: str, kept: set[str], has: dict[str, Triples], free: list[str]) -> bool:
        """Put one fault of `kind` into `kept`, and say whether there was a subject for it."""
        of, needs, change_of = FAULTS[kind]
        wanted = _p(of)
        for subject in free:
            held = has[subject]
            if wanted in held.get(_p("rdf:type"), ()) and all(_p(name) in held for name in needs):
                break
        else:
            return False
        free.remove(subject)
        change = change_of(subject, held)
        kept.difference_update(f"{subject} {path} {value} ." for path, value in change.out)
        kept.update(f"{subject} {path} {value} ." for path, value in change.add)
        kept.update(change.lines)
        new_subjects = {line.split(" ", 1)[0] for line in change.lines}
        for focus in change.foci or {subject, *new_subjects}:
            self.expected += [_expected(focus, *result) for result in change.gives]
        self.counts[kind] += 1
        self.owed -= 1
        return True


def _expected(focus: str, path: str, value: str, component: str, shape: str) -> Expected:
    whole = f"sh:{component}ConstraintComponent"
    return (focus, path, value, expand(whole), expand(f"pcvesh:{shape}"), expand("sh:Violation"))
