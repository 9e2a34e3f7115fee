"""The help page of a rule: what it requires, why, a good and a bad example.

Most of a page comes from the shape or check itself; the rest is in `rules/<class>.yml`, where
`reading.yml` has the rules of reading and mapping and `checks.yml` those of queries/checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from ..model.messages import choice_names, expected_values, rule_name, split_message
from ..model.namespaces import concept_iri, local_name, prefixed, record_iri
from ..model.problems import RULES, UsageError
from ..model.project import Project
from ..model.schema import Ontology, RecordClass, RecordKey
from ..model.suggest import did_you_mean
from ..model.terms import Iri, from_iri
from ..query.saved import SavedQuery, read_queries
from ..syntax.tree import MappingNode, RecordNode, ScalarNode
from ..syntax.yaml import parse_yaml_record
from .report import rule_address

READER: Final = "reading and mapping"
CHECKS: Final = "checks"


@dataclass(frozen=True, slots=True)
class Example:
    """One example in both notations: `record` in YAML and `turtle`; either may be empty."""

    record: str
    turtle: str = ""


@dataclass(frozen=True, slots=True)
class RulePage:
    """The help page of one rule; empty fields are not shown.

    `group` is the class or the kind of rule; `facts` are further (label, text) pairs.
    """

    name: str
    group: str
    what: str
    rule: str
    why: str
    fix: str
    good: Example
    bad: Example
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def address(self) -> str:
        """The address at which the page is published."""
        return rule_address(self.name)


def describe_rules(ontology: Ontology, project: Project) -> dict[str, RulePage]:
    """The pages of all shapes, checks and rules of reading by rule name, sorted."""
    owners: dict[str, list[RecordClass]] = {}
    for kind in ontology.by_iri.values():
        for key in kind.keys.values():
            owners.setdefault(key.shape, []).append(kind)
    listed = [_shape(iri, ontology, owners.get(iri, [])) for iri in ontology.messages]
    listed += [_check(name, query) for name, query in read_queries(project, "checks").items()]
    listed += [_reader(name) for name in RULES]
    return {page.name: page for page in sorted(listed, key=lambda page: page.name)}


def find_page(rule: str, by_name: dict[str, RulePage]) -> RulePage:
    """The page of `rule`; the prefix may be omitted. Raises UsageError for an unknown rule."""
    short = {name.split(":")[-1]: name for name in by_name}
    name = rule if rule in by_name else short.get(rule, "")
    if not name:
        hint = did_you_mean(rule, [*by_name, *short]) or "`pcve explain` lists all rules"
        raise UsageError(f"no rule {rule!r}; {hint}")
    return by_name[name]


def page_text(page: RulePage) -> str:
    """A page as plain text for the terminal."""
    rows = [("what", page.what), ("rule", page.rule), ("fix", page.fix), ("why", page.why)]
    rows += page.facts
    examples = (("good", page.good), ("bad", page.bad))
    rows += [(label, example.record) for label, example in examples]
    rows += [(f"{label}, in Turtle", example.turtle) for label, example in examples]
    lines = [page.name]
    for label, words in (*rows, ("page", page.address)):
        if "\n" in words:
            lines += [f"{label}:", *(f"    {line}" for line in words.splitlines())]
        elif words:
            lines.append(f"{label + ':':<5} {words}")
    return "\n".join(lines) + "\n"


def _reader(name: str) -> RulePage:
    guide = _guide(name)
    good, bad = Example(guide.get("good", "")), Example(guide.get("bad", ""))
    return RulePage(name, READER, "", RULES[name], guide.get("why", ""), "", good, bad)


def _check(name: str, query: SavedQuery) -> RulePage:
    rule, header = f"check:{name}", query.header
    guide = _guide(rule)
    facts = (("severity", header.get("severity", "error")), ("file", query.path))
    return RulePage(
        name=rule,
        group=CHECKS,
        what=query.summary,
        rule=header.get("rule", ""),
        why=guide.get("why", ""),
        fix=header.get("fix", ""),
        good=Example(guide.get("good", ""), guide.get("goodTurtle", "")),
        bad=Example(guide.get("bad", ""), guide.get("badTurtle", "")),
        facts=facts,
    )


def _shape(iri: Iri, ontology: Ontology, owners: list[RecordClass]) -> RulePage:
    name = rule_name(iri)
    label, message = ontology.messages[iri]
    rule, fix = split_message(message)
    guide = _guide(name)
    good = Example(guide.get("good", ""), guide.get("goodTurtle", ""))
    bad = Example(guide.get("bad", ""), guide.get("badTurtle", ""))
    key = ontology.by_shape.get(iri)
    kind = next((kind for kind in ontology.by_iri.values() if name == f"pcvesh:{kind.name}"), None)
    group = local_name(iri).split("-")[0]
    why, facts = guide.get("why", ""), []
    if key is not None:
        if not guide:
            good, bad = _examples(key, ontology, owners[0])
        why = why or key.description
        facts = [
            ("of", ", ".join(sorted(owner.name for owner in owners))),
            ("takes", expected_values(key) + (", required" if key.required else "")),
        ]
    elif kind is not None and not bad.record:
        why = why or kind.description
        facts = [("keys", ", ".join(kind.keys))] if kind.keys else []
    elif group == "in":
        group = "lists"
        scheme = local_name(iri).removeprefix("in-").removesuffix("-inScheme")
        terms = ontology.schemes.get(scheme, ())
        why = "The list is closed so that counts agree: a term outside the list is not counted."
        facts = [("terms", ", ".join(terms))]
        good, bad = _terms(scheme, terms[0]), _terms(scheme, "something-else")
    return RulePage(name, group, label, rule, why, fix, good, bad, tuple(facts))


def _terms(scheme: str, term: str) -> Example:
    value = from_iri(concept_iri(scheme, term))
    list_ = from_iri(concept_iri(scheme, "").rstrip("/"))
    stated = f"\n# {value} skos:inScheme {list_} ." if term != "something-else" else ""
    return Example("", f"# a value that is a term of {scheme}:\n{value}{stated}")


def _examples(key: RecordKey, ontology: Ontology, owner: RecordClass) -> tuple[Example, Example]:
    """An allowed and a disallowed value of `key` on a record of the class `owner`."""
    subject = from_iri(record_iri(owner.segment, "northtown-example"))
    predicate = _short(key.path)

    def example(record: str, term: str) -> Example:
        kind = f"{subject} a {_short(owner.iri)} ;\n    {predicate} {term} ."
        return Example(f"{key.name}: {record}".rstrip(), kind)

    (right, right_term), (wrong, wrong_term) = _values(key, ontology)
    return example(right, right_term), example(wrong, wrong_term)


def _values(key: RecordKey, ontology: Ontology) -> tuple[tuple[str, str], tuple[str, str]]:
    """An allowed and a disallowed value of `key`, each as (record text, Turtle term)."""
    kinds = {local_name(datatype): datatype for datatype in key.datatypes}
    if "date" in kinds:
        day = f'"2018-05-22"^^{_short(kinds["date"])}'
        return ("2018-05-22", day), ("22 May 2018", '"22 May 2018"')
    if "langString" in kinds:
        return ("{en: Northtown}", '"Northtown"@en'), ("Northtown", '"Northtown"')
    if "decimal" in kinds:
        return ("3", "3.0"), ("three", '"three"')
    if "integer" in kinds:
        return ("3", "3"), ("three", '"three"')
    if key.scheme:
        term = next(iter(sorted(ontology.schemes.get(key.scheme, ()))), "")
        wrong = "something-else"
        return (term, from_iri(concept_iri(key.scheme, term))), (
            wrong,
            from_iri(concept_iri(key.scheme, wrong)),
        )
    if key.choices:
        wrong = "something-else"
        return (choice_names(key)[0], from_iri(key.choices[0])), (wrong, f'"{wrong}"')
    if key.classes:
        kind = ontology.by_iri.get(key.classes[0])
        iri = from_iri(record_iri(kind.segment if kind else "thing", "northtown"))
        words = "the id of a record", "a name that is not the id of a record"
        return (words[0], iri), (words[1], '"Northtown Hall"')
    if kinds:
        return ("northtown.txt", '"northtown.txt"'), ("", "3")
    web = "https://northtown.example/"
    return (web, from_iri(web)), ("northtown", '"northtown"')


def _short(iri: Iri) -> str:
    """An IRI as Turtle writes it: prefixed where a prefix applies."""
    name = prefixed(iri)
    return name if name != iri else from_iri(iri)


def _guide(name: str) -> dict[str, str]:
    return dict(_texts(_guidance().get(name)))


def _texts(node: RecordNode | None) -> Iterator[tuple[str, str]]:
    for key, value in node.entries if isinstance(node, MappingNode) else ():
        if isinstance(value, ScalarNode):
            yield key.text, value.text.strip()


@lru_cache(1)
def _guidance() -> dict[str, RecordNode]:
    """The entries of all files in `rules/`, by rule name."""
    guidance: dict[str, RecordNode] = {}
    for path in sorted(Path(__file__).with_name("rules").glob("*.yml")):
        tree = parse_yaml_record(path.read_text("utf-8"), path.name)
        if isinstance(tree, MappingNode):
            guidance |= {key.text: value for key, value in tree.entries}
    return guidance
