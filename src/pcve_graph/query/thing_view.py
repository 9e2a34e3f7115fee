"""What is shown of one thing or source: its facts with their evidence, and what refers to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import pyoxigraph as ox

from ..evidence.rechecks import Recheck, read_recheck
from ..graph.claims import Evidence, grade_of, value_text
from ..model import namespaces
from ..model.grades import Grade
from ..model.namespaces import concept_iri
from ..model.project import Project
from ..model.terms import Term

SOURCES: Final = namespaces.source_iri("")
"""What the IRI of a source begins with."""

TERMS: Final = f"{namespaces.BASE}vocab/"
"""What the IRI of a term of a closed list begins with."""

_WITHOUT_VALUE: Final = concept_iri("value-status", "")


@dataclass(frozen=True, slots=True)
class ThingFact:
    """One property and value of a thing, as text and as a term, with the evidence of its claim.

    `holds` is empty unless a day is asked for: `yes`, `not known`, or `undated` where no source
    dates the fact. It is also empty for the dates themselves, and for facts within another fact.
    """

    key: str
    label: str
    value: str
    term: Term
    evidence: tuple[Evidence, ...]
    inner: tuple[ThingFact, ...] = ()
    holds: str = ""


@dataclass(frozen=True, slots=True)
class IncomingFact:
    """A fact of another thing whose value is the thing that is shown.

    `id` and `label` are those of the other thing, `property` is the label of the property, `start`
    and `end` are its dates as stated, empty without one; `holds` is as in `ThingFact`, `standing`
    how the dates and the status of the other thing stand where a day is asked for. `evidence` is
    that of the claims that state the fact, or that it follows from.
    """

    id: str
    property: str
    label: str
    start: str = ""
    end: str = ""
    holds: str = ""
    evidence: tuple[Evidence, ...] = ()
    standing: str = ""


@dataclass(frozen=True, slots=True)
class SourceReference:
    """A source that evidence refers to; the address and that of an archived copy may be empty."""

    id: str
    title: str
    address: str = ""
    archived: str = ""


@dataclass(frozen=True, slots=True)
class SupportedRecord:
    """A record of which facts rest on a source: these facts, with the evidence of that source."""

    id: str
    label: str
    facts: tuple[ThingFact, ...]


@dataclass(frozen=True, slots=True)
class ThingView:
    """One thing for display. `named_by` are the facts of others that refer to it.

    `label` is the name that the thing had on the requested day. `day` is that day (ISO),
    `within_dates` whether the dates of the thing include it: `yes`, `not known`, `no` or `undated`.
    `standing` is how these dates and its status stand, and `holds` is `within_dates`, but `not
    known` for `yes` with a standing. All are empty without a day. `notes` are the designation notes
    for the names shown, `sources` those that the evidence refers to, by id. Of a source,
    `supported` are the facts that rest on it, `absent` the labels of properties that are not
    recorded. `rechecks` are the last ones of `source_ids`, where the reader of the view adds them.
    """

    iri: str
    label: str
    type: str
    facts: tuple[ThingFact, ...]
    named_by: tuple[IncomingFact, ...]
    notes: tuple[str, ...] = ()
    sources: tuple[SourceReference, ...] = ()
    supported: tuple[SupportedRecord, ...] = ()
    absent: tuple[str, ...] = ()
    rechecks: tuple[Recheck, ...] = ()
    day: str = ""
    holds: str = ""
    within_dates: str = ""
    standing: str = ""

    @property
    def is_source(self) -> bool:
        """Whether the thing is a source."""
        return self.iri.startswith(SOURCES)

    @property
    def is_term(self) -> bool:
        """Whether the thing is a term of a closed list."""
        return self.iri.startswith(TERMS)

    @property
    def source_ids(self) -> tuple[str, ...]:
        """The ids of the sources of all facts, sorted; of a source its own."""
        if self.is_source:
            return (self.iri.removeprefix(SOURCES),)
        return tuple(source.id for source in self.sources)


def grade_counts(facts: Iterable[ThingFact]) -> tuple[Counter[Grade], int]:
    """Facts, also nested ones, by grade; and how many claims among them are not facts.

    Those are deprecated or contested, or state that there is no value or none that is known.
    """
    counts: Counter[Grade] = Counter()
    others = 0
    for fact in facts:
        if fact.evidence:
            current = [piece for piece in fact.evidence if piece.is_current]
            if current and not getattr(fact.term, "value", "").startswith(_WITHOUT_VALUE):
                counts[grade_of(current)] += 1
            else:
                others += 1
        inner, more = grade_counts(fact.inner)
        counts += inner
        others += more
    return counts, others


def source_references(store: ox.Store, pieces: Iterable[Evidence]) -> tuple[SourceReference, ...]:
    """The sources of pieces of evidence, by id, with their addresses."""
    references = []
    for identifier, title in sorted(dict(piece.source for piece in pieces).items()):
        node = ox.NamedNode(namespaces.source_iri(identifier))
        address, archived = (
            value_text(store, node, name) for name in ("schema:url", "schema:archivedAt")
        )
        references.append(SourceReference(identifier, title, address, archived))
    return tuple(references)


def with_rechecks(view: ThingView, project: Project) -> ThingView:
    """The view with the last rechecks of its sources in a project.

    Raises ContentError (`recheck`) for a file of a recheck that is not as it was written.
    """
    rechecks = (read_recheck(project, source) for source in view.source_ids)
    return replace(view, rechecks=tuple(filter(None, rechecks)))
