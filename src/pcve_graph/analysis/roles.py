"""The roles that actors have in projects and events, read from the shapes of the ontology."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..model.namespaces import expand
from ..model.schema import Ontology, RecordKey

_ANY_AGENT: Final = (expand("foaf:Agent"),)
_LEADING: Final = expand("pcvesh:LeadingRoles")
_PAYING: Final = expand("schema:funder")


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
    kinds = (ontology.by_iri.get(expand(name)) for name in ("pcve:Project", "pcve:Event"))
    keys = [key for kind in kinds if kind for key in kind.keys.values() if _is_role(ontology, key)]
    return WorkRoles(
        by_property={key.path: key.name for key in keys},
        leading=frozenset(key.name for key in keys if key.group == _LEADING),
    )


def _is_role(ontology: Ontology, key: RecordKey) -> bool:
    takes_actors = key.classes == _ANY_AGENT or key.path in ontology.roles
    return takes_actors and key.path != _PAYING
