"""The record examples of rules, which show the lines that matter, made whole records.

`key: value` lines replace these keys in the example of the class that the rule is about, which
`pcve explain CLASS` prints; a list of blocks follows its block. `# place/north-town` above lines
names another record, and `# without KEY` a key that it lacks. What stands in parentheses describes
a file in words, and is no example.
"""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import yaml

from pcve_graph.model.schema import Ontology, RecordClass
from pcve_graph.validation.examples import Examples
from pcve_graph.validation.rule_examples import RuleExamples
from pcve_graph.validation.rule_help import RulePage

BLOCK_KEYS = frozenset(
    "source quote occurrence passage locator dateRead curator evidence certainty rank contested"
    " conflictsWith noValue notKnown note".split()
)
OF_BLOCKS = {"Claim", "Evidence", "Passage", "Quote", "QuoteWords", "QuotePosition"}
"""Rules on classes whose keys are those of a block; an event shows them."""
BASE: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
NAMED = re.compile(r"^# ([a-z-]+)/([a-z0-9-]+)\n?", re.M)


def is_words(record: str) -> bool:
    """Whether an example is described in words, not shown."""
    return " (" in f" {record.splitlines()[0]}" and not record.startswith("#")


class Wholes:
    """Whole records of Northtown for the lines that pages show."""

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.examples = RuleExamples(ontology, Examples(ontology))
        texts = {
            kind.name: self.examples.of_class(kind).record for kind in ontology.by_iri.values()
        }
        self.bases = {name: yaml.load(text, BASE) for name, text in texts.items() if text}
        self.by_shape = {
            key.shape.rpartition("#")[2].split("-")[0]: kind
            for kind in ontology.by_iri.values()
            for key in kind.keys.values()
            if key.shape.rpartition("#")[2].split("-")[0] not in ontology.classes
        }

    def records(self, page: RulePage, lines: str, number: int) -> list[dict[str, Any]]:
        """The whole records for lines of a page; `number` keeps their ids and names apart."""
        parts = NAMED.split(lines)
        if len(parts) == 1:
            kind = self._class_of(page, lines)
            return [self._record(kind, f"example-{number:04}", lines, number)]
        named = list(zip(parts[1::3], parts[2::3], parts[3::3], strict=True))
        for _, identifier, _ in named:
            named = [
                (
                    folder,
                    name,
                    re.sub(
                        rf"(?<=: ){identifier}(?=/|$)",
                        f"{identifier}-{number:04}",
                        part,
                        flags=re.M,
                    ),
                )
                for folder, name, part in named
            ]
        return [
            self._record(self._in_folder(folder), f"{identifier}-{number:04}", part, number)
            for folder, identifier, part in named
        ]

    def _in_folder(self, folder: str) -> RecordClass:
        kinds = sorted(
            self.ontology.by_iri.values(), key=lambda kind: (kind.name == "Country", kind.name)
        )
        return next(kind for kind in kinds if kind.segment == folder)

    def _class_of(self, page: RulePage, lines: str) -> RecordClass:
        """The class of the record of which a page shows lines."""
        classes = self.ontology.classes
        for rule in (page.record_found_by, page.name):
            name = rule.removeprefix("pcvesh:").split("-")[0]
            if name in OF_BLOCKS:
                return classes["Event"]
            if rule.startswith("pcvesh:") and name in classes:
                return classes[name]
            if rule.startswith("pcvesh:") and name in self.by_shape and name != "Thing":
                return self.by_shape[name]
        keys = set(re.findall(r"^(?:- |  )?(\w+):", lines, re.M)) - BLOCK_KEYS - {"type"}
        kinds = sorted(self.ontology.records(), key=lambda kind: kind.name != "Event")
        return next(kind for kind in kinds if keys <= kind.keys.keys())

    def _record(
        self, kind: RecordClass, identifier: str, lines: str, number: int
    ) -> dict[str, Any]:
        record: dict[str, Any] = copy.deepcopy(self.bases[kind.name])
        shown = yaml.load(lines, BASE) or {}
        record["id"] = identifier
        if "claims" not in record:
            return record | shown
        block = record["claims"][0]
        for key in re.findall(r"^# without (\w+)", lines, re.M):
            del block[key]
        if isinstance(shown, list):
            keys = {key for entry in shown for key in entry} - BLOCK_KEYS
            rest = {key: block[key] for key in block if key not in keys}
            record["claims"] = [*([rest] if rest.keys() - BLOCK_KEYS else []), *shown]
        elif not kind.folder and shown.keys() <= kind.keys.keys():
            self._nest(kind, block, shown)
        else:
            record |= {"type": shown.pop("type")} if "type" in shown else {}
            if "isReplacedBy" in shown:  # nothing refers to it, so it has no part in an event
                block.pop("organizer", "")
            if "evidence" in shown:
                del block["source"]
            block |= shown
        for block in record["claims"]:
            for key in ("prefLabel", "altLabel"):
                if isinstance(names := block.get(key), dict):
                    mark = f"{number:04}" if key in shown else identifier
                    block[key] = {language: f"{name} {mark}" for language, name in names.items()}
        return record

    def _nest(self, kind: RecordClass, block: dict[str, Any], shown: dict[str, Any]) -> None:
        """Replace keys of what stands in the block, such as a count."""
        (name,) = {
            key.name
            for owner in self.ontology.records()
            for key in owner.keys.values()
            if kind.iri in key.classes and key.name in block
        }
        block[name] = block[name] | shown


def as_yaml(record: dict[str, Any]) -> str:
    """A record as a file."""
    plain = json.loads(json.dumps(record))
    return str(yaml.dump(plain, Dumper=DUMPER, sort_keys=False, allow_unicode=True))


def inferred(text: str) -> str:
    """A record, its quotes and passages not stating the facts that make it whole."""
    if not re.search(r"^[ -]*(?:quote|passage):", text, re.M) or "certainty:" in text:
        return text
    entry = yaml.load(text, BASE)
    for block in entry["claims"]:
        if any(key in str(block) for key in ("quote", "passage")):
            block |= {"certainty": "inferred", "note": "invented for a test"}
    return as_yaml(entry)
