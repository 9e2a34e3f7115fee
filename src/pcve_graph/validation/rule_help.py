"""The help page of a rule: what it requires, why, a good and a bad example.

Most of a page comes from the shape or check itself; the rest is in `rules/<class>.yml`, where
`reading.yml` has the rules of reading and mapping and `checks.yml` those of queries/checks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

from ..model.messages import expected_values, rule_name, split_message
from ..model.namespaces import local_name
from ..model.problems import RULES, UsageError
from ..model.project import Project
from ..model.schema import Ontology, RecordClass
from ..model.suggest import did_you_mean
from ..model.terms import Iri
from ..query.saved import SavedQuery, read_queries
from ..syntax.tree import MappingNode, RecordNode, ScalarNode
from ..syntax.yaml import parse_yaml_record
from .examples import Examples
from .report import rule_address
from .rule_examples import Example, RuleExamples

READER: Final = "reading and mapping"
CHECKS: Final = "checks"

RECORD_LINES: Final = (
    "of a record, the lines that matter are shown; `pcve explain CLASS` shows a whole one"
)
"""How the examples in records are to be read, as a page says it."""


@dataclass(frozen=True, slots=True)
class RulePage:
    """The help page of one rule; empty fields are not shown.

    `group` is the class or the kind of rule; `facts` are further (label, text) pairs; `found_by` is
    the rule under which the bad example in RDF is reported, where that is another, and
    `record_found_by` that of the record.
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
    found_by: str = ""
    record_found_by: str = ""

    @property
    def address(self) -> str:
        """The address at which the page is published."""
        return rule_address(self.name)


def describe_rules(ontology: Ontology, project: Project) -> dict[str, RulePage]:
    """The pages of all shapes, checks and rules of reading by rule name, sorted."""
    return {name: build() for name, build in page_builders(ontology, project).items()}


def page_builders(ontology: Ontology, project: Project) -> dict[str, Callable[[], RulePage]]:
    """What builds the page of each rule, by its name, sorted."""
    owners: dict[str, list[RecordClass]] = {}
    for kind in ontology.by_iri.values():
        for key in kind.keys.values():
            owners.setdefault(key.shape, []).append(kind)
    examples = RuleExamples(ontology, Examples(ontology))
    builders: dict[str, Callable[[], RulePage]] = {}
    for iri in ontology.messages:
        builders[rule_name(iri)] = partial(_shape, iri, ontology, owners.get(iri, []), examples)
    for name, query in read_queries(project, "checks").items():
        builders[f"check:{name}"] = partial(_check, name, query, examples)
    for name in RULES:
        builders[name] = partial(_reader, name, examples)
    return dict(sorted(builders.items()))


def full_name(rule: str, by_name: Collection[str]) -> str:
    """The name of `rule`, whose prefix may be omitted. Raises UsageError for an unknown rule."""
    short = {name.split(":")[-1]: name for name in by_name}
    name = rule if rule in by_name else short.get(rule, "")
    if not name:
        hint = did_you_mean(rule, [*by_name, *short]) or "`pcve explain` lists all names"
        raise UsageError(f"no class, key, list or rule {rule!r}; {hint}")
    return name


def page_text(page: RulePage) -> str:
    """A page as plain text for the terminal."""
    rows = [("what", page.what), ("rule", page.rule), ("fix", page.fix), ("why", page.why)]
    rows += page.facts
    examples = (("good", page.good), ("bad", page.bad))
    rows += [(label, example.record) for label, example in examples]
    if page.good.record and page.name.startswith(("pcvesh:", "check:")):
        rows.append(("note", RECORD_LINES))
    rows += [(f"{label}, in Turtle", example.turtle) for label, example in examples]
    lines = [page.name]
    for label, words in (*rows, ("page", page.address)):
        if "\n" in words:
            lines += [f"{label}:", *(f"    {line}".rstrip() for line in words.splitlines())]
        elif words:
            lines.append(f"{label + ':':<5} {words}")
    return "\n".join(lines) + "\n"


def _reader(name: str, examples: RuleExamples) -> RulePage:
    guide = _guide(name)
    good = examples.example(guide.get("goodTurtle", ""), guide.get("good", ""))
    bad = examples.example(guide.get("badTurtle", ""), guide.get("bad", ""))
    return RulePage(name, READER, "", RULES[name], guide.get("why", ""), "", good, bad)


def _check(name: str, query: SavedQuery, examples: RuleExamples) -> RulePage:
    rule, header = f"check:{name}", query.header
    guide = _guide(rule)
    facts = [("severity", header.get("severity", "error")), ("file", query.path)]
    if found_by := guide.get("foundBy", ""):
        facts.append(("found by, in RDF", found_by))
    return RulePage(
        name=rule,
        group=CHECKS,
        what=query.summary,
        rule=header.get("rule", ""),
        why=guide.get("why", ""),
        fix=header.get("fix", ""),
        good=examples.example(guide.get("goodTurtle", ""), guide.get("good", "")),
        bad=examples.example(guide.get("badTurtle", ""), guide.get("bad", "")),
        facts=tuple(facts),
        found_by=found_by,
        record_found_by=guide.get("recordFoundBy", ""),
    )


def _shape(
    iri: Iri, ontology: Ontology, owners: list[RecordClass], examples: RuleExamples
) -> RulePage:
    name = rule_name(iri)
    label, message = ontology.messages[iri]
    rule, fix = split_message(message)
    guide = _guide(name)
    good = examples.example(guide.get("goodTurtle", ""), guide.get("good", ""))
    bad = examples.example(guide.get("badTurtle", ""), guide.get("bad", ""))
    key = ontology.by_shape.get(iri)
    kind = next((kind for kind in ontology.by_iri.values() if name == f"pcvesh:{kind.name}"), None)
    group = local_name(iri).split("-")[0]
    why, facts = guide.get("why", ""), []
    found_by, record_found_by = guide.get("foundBy", ""), guide.get("recordFoundBy", "")
    if key is not None:
        if not guide:
            good, bad = examples.of_key(key, _owner(name, owners))
            record_found_by = examples.record_rule(key)
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
        good, bad, found_by = examples.of_list(scheme)
        record_found_by = found_by
    if found_by:
        facts.append(("found by", found_by))
    if record_found_by and record_found_by != found_by:
        facts.append(("found by, in a record", record_found_by))
    return RulePage(
        name, group, label, rule, why, fix, good, bad, tuple(facts), found_by, record_found_by
    )


def _owner(name: str, owners: list[RecordClass]) -> RecordClass:
    """The class on which the example of a rule shows its key: that of its name, or an event."""
    of_rule = (name.removeprefix("pcvesh:").split("-")[0], "Event")
    named = (owner for wanted in of_rule for owner in owners if owner.name == wanted)
    return next(named, owners[0])


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
