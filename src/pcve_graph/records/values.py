"""Keys and values of records as terms: which key a class has, which term a text is.

Rule: data/FORMAT.md, "Values".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

import pyoxigraph as ox

from ..model import namespaces
from ..model.dates import EDTF, precision
from ..model.messages import former_key, unknown_key, value_problem
from ..model.problems import Position, rule_problem
from ..model.schema import Ontology, RecordClass, RecordKey, moved_key, split_key
from ..model.suggest import IdSuggestions
from ..model.terms import NTerm, from_term, literal
from ..syntax.tree import MappingNode, RecordNode, ScalarNode, SequenceNode
from .record_graph import RecordGraph

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_ADDRESS: Final = re.compile(r"https?://[^\s/<>\"{}|\\^`]+[^\s<>\"{}|\\^`]*")
_NUMBER: Final = {
    "integer": re.compile(r"[+-]?\d+"),
    "decimal": re.compile(r"[+-]?\d+(\.\d+)?"),
}


def checked_key(
    kind: RecordClass, name: ScalarNode, sheet: RecordGraph, ontology: Ontology
) -> RecordKey | None:
    """The key `name` of `kind`; None where it does not exist, with a problem added to the sheet."""
    key = kind.keys.get(name.text)
    if key is None:
        message, fix = _missing_key(kind, name.text, ontology)
        sheet.problems.append(rule_problem("unknown-key", name.position, message, fix))
    return key


def _missing_key(kind: RecordClass, name: str, ontology: Ontology) -> tuple[str, str]:
    """The message and the fix for a key that the class does not have."""
    if new := kind.renamed(name):
        return former_key(kind, name, new), f"write {new.name}, or run `pcve edit migrate`"
    if moved := moved_key(ontology.records(), name):
        other, new = moved
        fix = f"write {new.name} in the {other.label}'s record, or run `pcve edit migrate`"
        return former_key(kind, name), fix
    if split_key(ontology.records(), kind, name):
        place = 'in data/FORMAT.md, "Changes of the format"'
        fix = f"run `pcve edit migrate`, or move the amount to the key of its {name} {place}"
        return former_key(kind, name), fix
    return unknown_key([kind], name)


def texts(
    key: RecordKey, node: RecordNode, sheet: RecordGraph, ontology: Ontology
) -> Iterator[tuple[NTerm, Position]]:
    """The texts of a key with their languages; any other value is a problem of the sheet."""
    if not isinstance(node, MappingNode):
        text = node.text if isinstance(node, ScalarNode) else "a list"
        sheet.problems.append(value_problem(key, text, node.position, ontology, IdSuggestions(())))
        return
    for tag, value in node.entries:
        if not _LANGUAGE.fullmatch(tag.text):
            message, fix = (
                f'"{tag.text}" is not a language tag',
                "use a code such as en, sq, sr, mk or bs",
            )
            sheet.problems.append(rule_problem("language", tag.position, message, fix))
            continue
        for item in value.values if isinstance(value, SequenceNode) else (value,):
            if isinstance(item, ScalarNode):
                yield literal(item.text, language=tag.text), item.position
            else:
                message, fix = "expected a text, found keys", "write one text, or a list of texts"
                sheet.problems.append(rule_problem("structure", item.position, message, fix))


def address(text: str) -> NTerm | None:
    """The term of a web address; None for any other text, such as an address with a bad escape."""
    if _ADDRESS.fullmatch(text):
        with suppress(ValueError):
            return from_term(ox.NamedNode(text))
    return None


def typed(key: RecordKey, text: str) -> NTerm | None:
    """`text` as a literal of the datatype of `key` that it matches; None where it matches none."""
    kinds = {namespaces.local_name(datatype): datatype for datatype in key.datatypes}
    if {"date", "gYear", "gYearMonth", EDTF} & kinds.keys():
        form = precision(text)
        return literal(text, kinds[form]) if form in kinds else None
    for name, digits in _NUMBER.items():
        if name in kinds:
            return literal(text, kinds[name]) if digits.fullmatch(text) else None
    return literal(text, None if "string" in kinds else next(iter(kinds.values())))
