"""What the shapes state of projects and events: the roles of actors, the lists of subjects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ..model.namespaces import expand
from ..model.schema import VOCAB_BASE, Ontology, RecordKey

_ANY_AGENT: Final = (expand("foaf:Agent"),)
_LEADING: Final = expand("pcvesh:LeadingRoles")
_PAYING: Final = expand("schema:funder")
_SUBJECTS: Final = {expand("schema:about"): "topic", expand("schema:audience"): "group"}


@dataclass(frozen=True, slots=True)
class WorkRoles:
    """The roles in projects and events, as keys of records.

    `by_property` maps the IRI of each role's property to its key. `leading` are the keys of those
    who carry out the work; all others take part in it.
    """

    by_property: dict[str, str]
    leading: frozenset[str]


def work_roles(ontology: Ontology) -> WorkRoles:
    """The roles that the shapes of projects and events have.

    A role is a key that takes any agent (`sh:class foaf:Agent`), or whose property has a concept in
    the vocabulary of roles; funders pay and have no role. It is leading if its shape is in the
    `sh:group` pcvesh:LeadingRoles.
    """
    keys = [key for key in _keys_of_works(ontology) if _is_role(ontology, key)]
    return WorkRoles(
        by_property={key.path: key.name for key in keys},
        leading=frozenset(key.name for key in keys if key.group == _LEADING),
    )


def subject_lists(ontology: Ontology) -> dict[str, str]:
    """The IRIs of the closed lists of topics and target groups, by `topic` and `group`."""
    return {
        _SUBJECTS[key.path]: VOCAB_BASE + key.scheme
        for key in _keys_of_works(ontology)
        if key.path in _SUBJECTS and key.scheme
    }


def _keys_of_works(ontology: Ontology) -> Iterator[RecordKey]:
    for name in ("pcve:Project", "pcve:Event"):
        if kind := ontology.by_iri.get(expand(name)):
            yield from kind.keys.values()


def _is_role(ontology: Ontology, key: RecordKey) -> bool:
    takes_actors = key.classes == _ANY_AGENT or key.path in ontology.roles
    return takes_actors and key.path != _PAYING
