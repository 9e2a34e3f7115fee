"""The formats of problems for people, CI servers and code hosts, one function per format."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import chain
from typing import Final
from urllib.parse import quote
from xml.etree import ElementTree

import pyoxigraph as ox

from ..model.namespaces import BASE, DOCUMENT_BASE, PREFIXES, expand, nterm
from ..model.problems import RULES, SEVERITIES, Problem, ShaclResult
from ..model.terms import (
    NO_TERM,
    Iri,
    NTerm,
    blank,
    blank_label,
    from_iri,
    is_blank,
    literal,
    triple_line,
)
from ..model.version import __version__
from ..model.visible import escape_hidden, one_line
from .checked_things import CheckedThings, total


def rule_address(rule: str) -> Iri:
    """The address of the help page of a rule."""
    return Iri(f"{BASE}rule/{rule.replace('pcvesh:', '').replace(':', '/')}")


def has_page(rule: str) -> bool:
    """Whether `pcve explain` explains a rule: one of this project, not a shape of someone else."""
    return rule in RULES or rule.startswith(("pcvesh:", "check:"))


def _rule_iri(rule: str) -> Iri:
    """The address of the page of a rule; a shape of someone else is its own IRI."""
    return rule_address(rule) if has_page(rule) else Iri(rule)


FEW: Final = 10
"""The most problems that text lists one by one; of more, there are groups by rule."""


def text(
    problems: tuple[Problem, ...],
    files: Iterable[str],
    limit: int,
    checked: tuple[CheckedThings, ...] = (),
) -> str:
    """Each problem with its place, rule and fix; more than `FEW` are grouped by rule.

    Of groups, the counts come first, then the rule of each with `limit` of its places. With `limit`
    0 all problems are listed one by one.
    """
    if not limit or len(problems) <= FEW:
        return "".join(f"{problem}\n" for problem in problems)
    groups: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        groups[problem.severity, problem.rule].append(problem)
    ordered = sorted(groups.items(), key=_rank)
    width = max(len(f"{len(group):,}") for group in groups.values())
    longest = max(len(severity) for severity, _ in groups)
    lines = [
        f"{len(group):>{width},}  {severity:{longest}}  {rule}"
        for (severity, rule), group in ordered
    ]
    for (severity, rule), group in ordered:
        lines += ["", f"{severity} {rule}", *_group(group[:limit])]
        if len(group) > limit:
            lines.append(f"    … and {len(group) - limit:,} more")
    if any(len(group) > limit for group in groups.values()):
        lines += ["", f"{limit:,} of each rule are shown; `--limit 0` lists all"]
    return "\n".join([*lines, ""])


def _rank(item: tuple[tuple[str, str], list[Problem]]) -> tuple[int, int, str]:
    """Errors first, then warnings, then the rest; the largest group of each first."""
    (severity, rule), group = item
    return SEVERITIES.index(severity), -len(group), rule


def _group(problems: list[Problem]) -> Iterator[str]:
    """The rule of a group, the place of each problem, and its fix: once, if all have the same."""
    fixes = {problem.fix for problem in problems}
    for why in dict.fromkeys(problem.why for problem in problems):
        yield f"    rule: {why}"
    shared = fixes.pop() if len(fixes) == 1 else ""
    if shared:
        yield f"    fix:  {one_line(shared)}"
    for problem in problems:
        fix = "" if shared else problem.fix
        yield f"    {problem.position}: {one_line(f'{problem.message}; {fix}'.rstrip('; '))}"


def as_json(
    problems: tuple[Problem, ...],
    files: Iterable[str],
    limit: int,
    checked: tuple[CheckedThings, ...] = (),
) -> Iterator[str]:
    """A JSON array of problems: path, line, column, rule, message, why, fix, severity, help.

    Only a rule of this project has a page, and so `help`.
    """
    yield from _array(map(_json_row, problems), 0)
    yield "\n"


def json_report(
    problems: tuple[Problem, ...],
    files: Iterable[str],
    limit: int,
    checked: tuple[CheckedThings, ...] = (),
) -> Iterator[str]:
    """A JSON object: the problems as in `as_json`, the files, and what was checked.

    `checked` has the sums over all files, and `files` the counts of each file that could be read.
    """
    parts = {part.path: part.as_json() for part in checked}
    report = {
        "problems": [],
        "checked": total(checked).as_json(),
        "files": [parts.get(name, {"path": name}) for name in files],
    }
    yield from _with_array(report, "problems", map(_json_row, problems), 2)


def _with_array(
    document: Mapping[str, object], key: str, rows: Iterable[object], indent: int
) -> Iterator[str]:
    """A JSON object in pieces, with `rows` in the first empty array of `key`, at this indent."""
    before, mark, after = _dumped(document).partition(f'"{key}": []')
    yield before + mark.removesuffix("[]")
    yield from _array(rows, indent)
    yield after + "\n"


def _array(rows: Iterable[object], indent: int) -> Iterator[str]:
    """A JSON array in pieces, one for each row, as `json.dumps` writes it at this indent."""
    space, mark = "\n" + " " * (indent + 2), "["
    for row in rows:
        yield mark + space + _dumped(row).replace("\n", space)
        mark = ","
    yield "[]" if mark == "[" else "\n" + " " * indent + "]"


def _dumped(row: object) -> str:
    return json.dumps(row, ensure_ascii=False, indent=2)


def _json_row(problem: Problem) -> dict[str, object]:
    row = {**problem.position._asdict(), **asdict(problem)}
    del row["position"]
    if has_page(problem.rule):
        row["help"] = rule_address(problem.rule)
    return row


def sarif(
    problems: tuple[Problem, ...],
    files: Iterable[str],
    limit: int,
    checked: tuple[CheckedThings, ...] = (),
) -> Iterator[str]:
    """SARIF 2.1.0 (OASIS) with one run; its property bag has what was checked (3.8)."""
    described = {problem.rule: problem.why for problem in sorted(problems, reverse=True)}
    index = {rule: number for number, rule in enumerate(sorted(described))}
    run = {
        "tool": {
            "driver": {
                "name": "pcve",
                "version": __version__,
                "informationUri": BASE,
                "rules": [_sarif_rule(rule, described[rule]) for rule in index],
            }
        },
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": _uri(name)}} for name in sorted(set(files))],
        "results": [],
        "properties": {"checked": [part.as_json() for part in checked]},
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    document = {"$schema": schema, "version": "2.1.0", "runs": [run]}
    results = (_sarif_result(problem, index[problem.rule]) for problem in problems)
    yield from _with_array(document, "results", results, 6)


def _sarif_rule(rule: str, why: str) -> dict[str, object]:
    """A rule as a reportingDescriptor (SARIF 2.1.0, 3.49); only one of this project has a page."""
    row: dict[str, object] = {"id": rule, "shortDescription": {"text": why or rule}}
    return row | {"helpUri": rule_address(rule)} if has_page(rule) else row


def _sarif_result(problem: Problem, index: int) -> dict[str, object]:
    region = {"startLine": problem.position.line, "startColumn": problem.position.column}
    cure = f" Fix: {problem.fix}" if problem.fix else ""
    return {
        "ruleId": problem.rule,
        "ruleIndex": index,
        "level": "note" if problem.severity == "info" else problem.severity,
        "message": {"text": f"{problem.message.rstrip('.')}. {problem.why.rstrip('.')}.{cure}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(problem.position.path)},
                    "region": region,
                }
            }
        ],
    }


def _uri(path: str) -> str:
    """A path as a URI reference (RFC 3986): relative, or a file: URI if it is absolute."""
    return ("file://" if path.startswith("/") else "") + quote(path, errors="surrogateescape")


def junit(
    problems: tuple[Problem, ...],
    files: Iterable[str],
    limit: int,
    checked: tuple[CheckedThings, ...] = (),
) -> str:
    """JUnit XML with a test case per file, which fails if the file has errors.

    The properties of the suite are what was checked in all files together.
    """
    by_file: dict[str, list[Problem]] = {name: [] for name in files}
    for problem in problems:
        by_file.setdefault(problem.position.path, []).append(problem)
    names = sorted(by_file)
    failed = {problem.position.path for problem in problems if problem.severity == "error"}
    counts = {"tests": str(len(names)), "failures": str(len(failed)), "errors": "0"}
    root = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(root, "testsuite", {"name": "pcve validate", **counts})
    properties = ElementTree.SubElement(suite, "properties")
    for name, number in _junit_counts(total(checked)):
        attributes = {"name": _plain(name), "value": str(number)}
        ElementTree.SubElement(properties, "property", attributes)
    for name in names:
        attributes = {"classname": "pcve", "name": _plain(name)}
        case = ElementTree.SubElement(suite, "testcase", attributes)
        wrong = [problem for problem in by_file[name] if problem.severity == "error"]
        if wrong:
            message = f"{len(wrong)} errors" if len(wrong) > 1 else wrong[0].message
            failure = ElementTree.SubElement(
                case, "failure", {"message": _plain(message), "type": wrong[0].rule}
            )
            failure.text = _plain("\n".join(map(str, wrong)))
        warned = [str(problem) for problem in by_file[name] if problem.severity != "error"]
        if warned:
            ElementTree.SubElement(case, "system-out").text = _plain("\n".join(warned))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"


def _junit_counts(checked: CheckedThings) -> Iterator[tuple[str, int]]:
    yield "checked", checked.things
    yield from ((f"checked {name}", number) for _, name, number in checked.classes)
    yield from ((f"checked {words}", number) for words, number in checked.others)
    yield "without shape", checked.without_shape


def _plain(words: str) -> str:
    """`words` with the characters that XML 1.0 does not allow made visible."""
    return escape_hidden(words)


def turtle(results: tuple[ShaclResult, ...], others: tuple[Problem, ...]) -> bytes:
    """A `sh:ValidationReport` in Turtle (W3C SHACL, section 3.6).

    `others` are problems that are not SHACL results, such as a file that is not RDF. The focus node
    of each is its line in the file, and its component is its rule.
    """
    rows = chain(results, map(_as_result, others))
    verdict = "false" if results or others else "true"
    triples = _report_triples(rows, verdict)
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b""


def _report_triples(results: Iterable[ShaclResult], verdict: str) -> Iterator[ox.Triple]:
    """The triples of a report, whose sh:conforms is `verdict`."""
    report = ox.BlankNode("pcve-report")
    kind, conforms = _node("rdf:type"), _node("sh:conforms")
    boolean = ox.NamedNode(expand("xsd:boolean"))
    yield ox.Triple(report, kind, _node("sh:ValidationReport"))
    yield ox.Triple(report, conforms, ox.Literal(verdict, datatype=boolean))
    for number, result in enumerate(results, 1):
        node = ox.BlankNode(f"pcve-result{number}")
        yield ox.Triple(report, _node("sh:result"), node)
        yield ox.Triple(node, kind, _node("sh:ValidationResult"))
        stated = {
            "sh:focusNode": result.focus,
            "sh:resultPath": result.path,
            "sh:value": result.value,
            "sh:sourceShape": result.source,
            "sh:sourceConstraint": result.source_constraint,
            "sh:sourceConstraintComponent": from_iri(result.component),
            "sh:resultSeverity": from_iri(result.severity),
        }
        rows = [*stated.items(), *(("sh:resultMessage", text) for text in result.messages)]
        for key, term in rows:
            if term:
                yield from _stated(node, key, term)


def _as_result(problem: Problem) -> ShaclResult:
    place = problem.position
    rule = _rule_iri(problem.rule)
    message = f"{problem.message}. {problem.why}. {problem.fix}"
    return ShaclResult(
        focus=from_iri(
            f"{DOCUMENT_BASE}{quote(place.path, errors='surrogateescape')}#line={place.line}"
        ),
        path=NO_TERM,
        value=NO_TERM,
        shape=_shape(problem.rule),
        component=rule,
        severity=expand(_SEVERITIES[problem.severity]),
        messages=(literal(message.rstrip(". "), language="en"),),
    )


_SEVERITIES: Final = {"error": "sh:Violation", "warning": "sh:Warning", "info": "sh:Info"}


def _shape(rule: str) -> Iri:
    prefix, _, _ = rule.partition(":")
    return expand(rule) if prefix == "pcvesh" else _rule_iri(rule)


def _node(name: str) -> ox.NamedNode:
    return ox.NamedNode(expand(name))


def _stated(subject: ox.BlankNode, key: str, term: NTerm) -> Iterator[ox.Triple]:
    """The triple that adds a term to a result, and the triples of the term if it is a path."""
    if is_blank(term):
        yield ox.Triple(subject, _node(key), ox.BlankNode(blank_label(term)))
        return
    line = triple_line((blank("subject"), nterm(key), term))
    names = {ox.BlankNode("subject"): subject}
    triples = ox.parse(line, format=ox.RdfFormat.TURTLE, rename_blank_nodes=False)

    for triple in triples:
        for node in (triple.subject, triple.object):
            if isinstance(node, ox.BlankNode) and node not in names:
                names[node] = ox.BlankNode(f"{subject.value}{key[3:]}{len(names)}")
        yield ox.Triple(
            names.get(triple.subject, triple.subject),
            triple.predicate,
            names.get(triple.object, triple.object),
        )


REPORTS: Final[dict[str, Callable[..., str | Iterator[str]]]] = {
    "text": text,
    "json": as_json,
    "json-report": json_report,
    "sarif": sarif,
    "junit": junit,
}
"""The formats of `pcve validate --format` other than turtle.

Each is a function of the problems, the names of the files, the limit of the text, and what was
checked. JSON and SARIF come in pieces.
"""
