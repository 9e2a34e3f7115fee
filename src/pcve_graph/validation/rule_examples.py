"""The good and the bad example of a rule: a snippet of a record, and a whole file of Turtle.

The snippets are those of `rules/<class>.yml`. Where these have none, that of a key has an allowed
and a disallowed value of the key, and that of a list a term of it and a text that is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ..model.messages import choice_names, rule_name
from ..model.namespaces import concept_iri, local_name, prefixed
from ..model.schema import Ontology, RecordClass, RecordKey
from ..model.terms import Iri, from_iri
from .example_texts import Things, jsonld, record, term_text, turtle, value_text
from .examples import Examples

WRONG: Final = "something-else"
_COMMENTS: Final = re.compile(r"(?:#[^\n]*\n)*")


@dataclass(frozen=True, slots=True)
class Example:
    """One example: `record` in the lines of a record that matter, `turtle` and `jsonld` whole.

    Each may be empty.
    """

    record: str = ""
    turtle: str = ""
    jsonld: str = ""


@dataclass(frozen=True)
class RuleExamples:
    """The examples of rules about the classes and keys of `ontology`."""

    ontology: Ontology
    examples: Examples

    def example(self, snippet: str, lines: str = "") -> Example:
        """The example of a snippet of Turtle; `lines` are those of a record that say the same."""
        if not snippet:
            return Example(lines)
        comments = _COMMENTS.match(snippet)
        things = self.examples.whole(snippet)
        head = comments[0] if comments else ""
        return Example(lines, head + turtle(things), jsonld(things))

    def of_key(self, key: RecordKey, owner: RecordClass) -> tuple[Example, Example]:
        """An allowed and a disallowed value of `key` on a thing of the class `owner`."""
        node = term_text(self.examples.new_node(owner, "northtown-example"))

        def stated(lines: str, term: str) -> Example:
            snippet = f"{node} a {_short(owner.iri)} ; {_short(key.path)} {term} ."
            stands = lines and self._is_recorded(owner)
            return self.example(snippet, f"{key.name}: {lines}" if stands else "")

        (right, right_term), (wrong, wrong_term) = self._values(key, owner)
        return stated(right, right_term), stated(wrong, wrong_term)

    def _is_recorded(self, owner: RecordClass) -> bool:
        """Whether the keys of a class are written in records, or in the files of sources."""
        node = self.examples.subject(owner)
        if node is None:
            return False
        return bool(record(node, self.examples.world, self.ontology))

    def record_rule(self, key: RecordKey) -> str:
        """The rule that reports a wrong value of `key` in a record; empty for that of the key."""
        kind = self.ontology.by_iri.get(key.classes[0]) if key.classes else None
        if kind is None or kind.folder or key.scheme or key.refers or kind.name == "Source":
            return ""
        return "structure"

    def of_list(self, scheme: str) -> tuple[Example, Example, str]:
        """A term of a list and a text that is none, and the rule that finds the latter.

        The terms of a list are the values of keys, and a wrong one breaks the rule of its key. All
        three are empty for a list that no key takes.
        """
        for kind in self.ontology.by_iri.values():
            for key in kind.keys.values():
                if key.scheme == scheme and rule_name(key.shape).split(":")[1].startswith(
                    kind.name
                ):
                    return (*self.of_key(key, kind), rule_name(key.shape))
        return Example(), Example(), ""

    def of_class(self, kind: RecordClass) -> Example:
        """A whole thing of `kind` in each syntax; that of what stands in a record is the record."""
        things: Things = self.examples.of_class(kind)
        node = self.examples.subject(kind)
        if node is None:
            return Example()
        return Example(record(node, things, self.ontology), turtle(things), jsonld(things))

    def _values(
        self, key: RecordKey, owner: RecordClass
    ) -> tuple[tuple[str, str], tuple[str, str]]:
        """An allowed and a disallowed value of `key`, each as (record text, Turtle term)."""
        kinds = {local_name(datatype): datatype for datatype in key.datatypes}
        if "date" in kinds:
            day = f'"2018-05-22"^^{_short(kinds["date"])}'
            return ("2018-05-22", day), ("22 May 2018", '"22 May 2018"')
        if "langString" in kinds:
            return ("{en: Northtown}", '"Northtown"@en'), ("Northtown", '"Northtown"')
        if "decimal" in kinds:
            return ("0.5", "0.5"), ("half", '"half"')
        if "integer" in kinds:
            return ("3", "3"), ("three", '"three"')
        if key.scheme:
            term = next(iter(sorted(self.ontology.schemes.get(key.scheme, ()))), "")
            return (term, from_iri(concept_iri(key.scheme, term))), (
                WRONG,
                from_iri(concept_iri(key.scheme, WRONG)),
            )
        if key.choices:
            return (choice_names(key)[0], from_iri(key.choices[0])), (WRONG, f'"{WRONG}"')
        if key.classes:
            node = self.examples.value_of(key, owner)
            name = value_text(key, node, self.examples.world, self.ontology)
            return (name, term_text(node)), ("Northtown Hall", '"Northtown Hall"')
        if kinds:
            return ("northtown.txt", '"northtown.txt"'), ("", "3")
        web = "https://northtown.example/"
        return (web, from_iri(web)), ("www.northtown.example", '"www.northtown.example"')


def _short(iri: Iri) -> str:
    """An IRI as Turtle writes it: prefixed where a prefix applies."""
    name = prefixed(iri)
    return name if name != iri else from_iri(iri)
