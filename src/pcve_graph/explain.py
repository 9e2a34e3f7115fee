"""The page of a rule: what it asks, why, a good and a bad example; made from shapes and checks."""

from __future__ import annotations

from collections.abc import Iterable

from .errors import RULES, UsageError
from .findings import rule_name, split_message, takes
from .names import local_name, nearest
from .ontology import Key, Ontology
from .project import Project
from .report import rule_address
from .saved import read_queries


def rules(ontology: Ontology, project: Project) -> list[str]:
    """The names of all rules: of shapes, of checks, and of the reader, sorted."""
    shapes = (rule_name(shape) for shape in ontology.messages)
    checks = (f"check:{name}" for name in read_queries(project, "checks"))
    return sorted({*shapes, *checks, *RULES})


def explain(rule: str, ontology: Ontology, project: Project) -> str:
    """The page of `rule` as text. Raises UsageError for a rule that is not known."""
    known = rules(ontology, project)
    short = {each.split(":")[-1]: each for each in known}
    name = rule if rule in known else short.get(rule, "")
    if not name:
        hint = nearest(rule, [*known, *short]) or "`pcve explain` lists all"
        raise UsageError(f"there is no rule {rule!r}; {hint}")
    if name.startswith("check:"):
        lines = _check(name, project)
    elif name in RULES:
        lines = [f"rule: {RULES[name]}"]
    else:
        lines = _shape(name, ontology)
    return "\n".join([name, *lines, f"page: {rule_address(name)}"]) + "\n"


def _check(name: str, project: Project) -> list[str]:
    query = read_queries(project, "checks")[name.removeprefix("check:")]
    fields = (("rule", "rule"), ("fix", "fix"), ("severity", "severity"))
    told = [f"{label}: {query.header[key]}" for label, key in fields if key in query.header]
    return [f"what: {query.summary}", *told, f"file: {query.path}"]


def _shape(name: str, ontology: Ontology) -> list[str]:
    iri = next(each for each in ontology.messages if rule_name(each) == name)
    label, message = ontology.messages[iri]
    rule, fix = split_message(message)
    lines = [f"what: {label}"] if label else []
    lines += [f"rule: {rule}"] if rule else []
    lines += [f"fix:  {fix}"] if fix else []
    key = ontology.by_shape.get(iri)
    if key is None:
        return lines
    owners = sorted(
        kind.name
        for kind in ontology.by_iri.values()
        if any(each.shape == iri for each in kind.keys.values())
    )
    good, bad = _examples(key, ontology)
    return [
        *lines,
        f"why:  {key.description}",
        f"of:   {', '.join(owners)}",
        f"takes: {takes(key)}{', and is needed' if key.required else ''}",
        f"good: {key.name}: {good}",
        f"bad:  {key.name}: {bad}",
    ]


def _examples(key: Key, ontology: Ontology) -> tuple[str, str]:
    """A value that the key takes, and one that it does not."""
    kinds = {local_name(each) for each in key.datatypes}
    if "date" in kinds:
        return "2018-05-22", "22 May 2018"
    if "langString" in kinds:
        return "{en: Northtown}", "Northtown"
    if kinds & {"integer", "decimal"}:
        return "3", "three"
    if key.scheme:
        return _first(ontology.schemes.get(key.scheme, ())), "something-else"
    if key.classes:
        return "the id of a record", "the name of a thing without a record"
    return ("northtown.txt", "(nothing)") if kinds else ("https://northtown.example/", "northtown")


def _first(terms: Iterable[str]) -> str:
    return next(iter(sorted(terms)), "")
