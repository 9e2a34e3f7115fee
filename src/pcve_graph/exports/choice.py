"""What people choose to export, read from the words in which they ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ..model.dates import first_and_last
from ..model.namespaces import expand, kebab
from ..model.problems import UsageError
from ..model.schema import Ontology, RecordClass
from ..model.suggest import nearest
from ..query.parameters import bind
from ..query.saved import Parameter, SavedQuery
from ..query.search import Index

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
    known = {kebab(each.name): [each] for each in ontology.records()}
    for each in ontology.records():
        known[str(each.folder)] = [one for one in ontology.records() if one.folder == each.folder]
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
