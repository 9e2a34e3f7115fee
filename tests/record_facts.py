"""The facts of a project, read from its records by plain Python: no graph and no SPARQL.

Tests compare the answers of saved questions with what they compute from these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Reads all values as texts."""

_META = {
    "source", "quote", "passage", "evidence", "locator", "dateRead", "curator", "certainty",
    "rank", "contested", "conflictsWith", "note", "noValue", "notKnown", "standing", "support",
}  # fmt: skip
"""Keys of a block that state no fact."""

INVOLVEMENT_KEYS = {
    "funder", "implementer", "leader", "coordinator", "partner", "beneficiary", "contractingAuthority",
}  # fmt: skip
"""Roles of an involvement that are keys of a record as well."""


class RecordFacts:
    """The facts in the records below a folder.

    `kinds` has the type of each id; `values` the values of each id by key, in the order of the
    record; `nested` the parts of each id by key and id of the part; `sources` the sources of each
    (id, key, value), and `contested` and `certainties` what is stated of each (id, key), where id
    is that of a part too (`work/part`). `opposed` are the (id, key) that a contested block contradicts.
    """

    def __init__(self, root: Path) -> None:
        self.kinds: dict[str, str] = {}
        self.values: dict[str, dict[str, list[str]]] = {}
        self.nested: dict[str, dict[str, dict[str, dict[str, list[str]]]]] = {}
        self.contested: set[tuple[str, str]] = set()
        self.opposed: set[tuple[str, str]] = set()
        self.certainties: dict[tuple[str, str], dict[str, set[str]]] = {}
        self.sources: dict[tuple[str, str, str], set[str]] = {}
        for path in sorted((root / "data" / "records").rglob("*.yml")):
            record = yaml.load(path.read_text("utf-8"), _LOADER)
            self.kinds[record["id"]] = record["type"]
            self.values.setdefault(record["id"], {})
            for block in record["claims"]:
                self._add_block(record["id"], block)
        for identifier, parts in self.nested.items():
            for part in parts.get("hasInvolvement", {}).values():
                for actor in part.get("actor", []):
                    for role in set(part.get("role", [])) & INVOLVEMENT_KEYS:
                        values = self.values[identifier].setdefault(role, [])
                        values += [actor] if actor not in values else []

    def _add_block(self, identifier: str, block: dict[str, Any]) -> None:
        is_fact = block.get("rank") != "deprecated" and block.get("contested") != "true"
        if block.get("contested") == "true":
            keys = _texts(block.get("conflictsWith", [*(block.keys() - _META)]))
            self.opposed |= {(identifier, key) for key in keys}
        for key in block.keys() - _META:
            stated = block[key] if isinstance(block[key], list) else [block[key]]
            for value in stated:
                if isinstance(value, dict) and "id" in value:
                    subject = f"{identifier}/{value['id']}"
                    part = self.nested.setdefault(identifier, {}).setdefault(key, {})
                    facts = part.setdefault(value["id"], {}) if is_fact else {}
                    self._add(identifier, key, subject, block, {})
                    for name in value.keys() - {"id"}:
                        for text in _texts(value[name]):
                            self._add(subject, name, text, block, facts)
                    continue
                for text in _texts(value):
                    self._add(identifier, key, text, block, self.values[identifier])

    def _add(
        self, subject: str, key: str, text: str, block: dict[str, Any], facts: dict[str, list[str]]
    ) -> None:
        if block.get("contested") == "true":
            self.contested.add((subject, key))
        if block.get("rank") != "deprecated":
            stated = self.certainties.setdefault((subject, key), {}).setdefault(text, set())
            stated.add(block.get("certainty", ""))
        if block.get("rank") == "deprecated" or block.get("contested") == "true":
            return
        values = facts.setdefault(key, [])
        values += [text] if text not in values else []
        cited = block.get("evidence", [{"source": block.get("source")}])
        for item in cited:
            names = item["source"] if isinstance(item["source"], list) else [item["source"]]
            self.sources.setdefault((subject, key, text), set()).update(names)

    def all(self, identifier: str, *keys: str) -> list[str]:
        """The values of any of the keys, once each."""
        stated = self.values.get(identifier, {})
        return list(dict.fromkeys(value for key in keys for value in stated.get(key, [])))

    def one(self, identifier: str, key: str) -> str:
        """The value of a key that has one at most; empty without one."""
        return next(iter(self.all(identifier, key)), "")

    def parts(self, identifier: str, key: str) -> list[dict[str, list[str]]]:
        """The facts of each part, such as a transaction."""
        return list(self.nested.get(identifier, {}).get(key, {}).values())

    def of_type(self, *types: str) -> list[str]:
        """The ids of the things of any of the types that nothing replaces."""
        return [
            identifier
            for identifier, kind in self.kinds.items()
            if kind in types and not self.all(identifier, "isReplacedBy")
        ]

    def closure(self, identifier: str, *keys: str) -> set[str]:
        """The thing and all that the keys lead to, step by step."""
        reached, waiting = {identifier}, [identifier]
        while waiting:
            for value in self.all(waiting.pop(), *keys):
                if value not in reached:
                    reached.add(value)
                    waiting.append(value)
        return reached

    def countries(self, *places: str) -> set[str]:
        """The countries that places are, or lie in."""
        around = {whole for place in places for whole in self.closure(place, "containedInPlace")}
        return {place for place in around if self.kinds.get(place) == "Country"}

    def words(self, announced: bool, *facts: tuple[str, str]) -> str:
        """The standing of a row that these (id, key) decide."""
        is_inferred = any(
            certainties == {"inferred"}
            for fact in facts
            for certainties in self.certainties.get(fact, {}).values()
        )
        is_contested = not self.contested.isdisjoint(facts)
        names = ("inferred", is_inferred), ("contested", is_contested), ("announced", announced)
        return ", ".join(name for name, applies in names if applies)

    def direct_funders(self, identifier: str) -> set[str]:
        """Who pays for a thing itself, without who only passes money on."""
        payers = {
            payer
            for part in self.parts(identifier, "hasTransaction")
            if "partOfTransaction" not in part
            for payer in part.get("payer", [])
        }
        return {*self.all(identifier, "funder"), *payers}


@lru_cache(2)
def facts_of(root: Path) -> RecordFacts:
    """The facts of a project whose records do not change."""
    return RecordFacts(root)


def _texts(value: Any) -> Iterator[str]:
    """The texts of a value: itself, those of a list, or those of a text in several languages."""
    if isinstance(value, dict):
        for text in value.values():
            yield from _texts(text)
    elif isinstance(value, list):
        for text in value:
            yield from _texts(text)
    else:
        yield value


def certain_year(text: str) -> str:
    """The year in which a date certainly lies; empty if it is approximate, open or missing."""
    first, slash, last = text.partition("/")
    if not re.fullmatch(r"[0-9]{4}[^~?%]*", text) or (slash and last[:4] != first[:4]):
        return ""
    return text[:4]


def broader(root: Path, scheme: str) -> dict[str, set[str]]:
    """Each term of a closed list with itself and all that are broader, read from its Turtle."""
    text = (root / "ontology" / "vocab" / f"{scheme}.ttl").read_text("utf-8")
    direct: dict[str, set[str]] = {}
    for block in re.split(r"\n\.\n", text):
        if name := re.search(rf"^<\S+/vocab/{scheme}/(\S+)>", block, re.MULTILINE):
            stated = re.search(r"skos:broader((?:[^;.]|\.(?=\S))*)", block)
            links = re.findall(rf"/{scheme}/([^>\s]+)>", stated[1]) if stated else []
            direct[name[1]] = set(links)
    whole: dict[str, set[str]] = {}
    for term in direct:
        reached, waiting = {term}, [term]
        while waiting:
            new = direct[waiting.pop()] - reached
            reached |= new
            waiting += new
        whole[term] = reached
    return whole
