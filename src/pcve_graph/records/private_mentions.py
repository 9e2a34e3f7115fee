"""Names of private persons in the free text of records, sources and data/left-out.md.

A record that has the name explains it: whoever has one is in it for a public role. Which names
there are is known when everything is read, so a sheet keeps its mentions until the gate asks.
Rule: data/FORMAT.md, "What is never written".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from ..evidence.private_persons import (
    Mention,
    person_names,
    person_of_id,
    private_mentions,
    spellings,
)
from ..model.problems import Position, Problem, rule_problem
from ..model.project import Project
from ..model.text_normalization import fold
from ..syntax.tree import decode_utf8, leaves_of
from ..system.files import LARGEST_FILE, read_inside
from .blocks import Source
from .duplicates import NamedRecord
from .reader import Record
from .record_graph import RecordGraph
from .record_keys import Clearance

LEFT_OUT: Final = "left-out.md"
PERSON: Final = "person"
"""The folder of the records of persons."""

_RULE: Final = "private-person"
_FIX: Final = (
    "leave the person out; if the words name no private person, add cleared: "
    "[{rule: private-person, text: the name, reason: why}] to the record"
)


def collect_record_mentions(record: Record, sheet: RecordGraph) -> None:
    """Add the mentions in the texts of `record` to `sheet`, without those that are cleared."""
    _collect(_record_texts(record), record.settings.cleared, sheet)


def collect_source_mentions(
    source: Source, cleared: tuple[Clearance, ...], sheet: RecordGraph
) -> None:
    """Add the mentions in the keys of `source` to `sheet`; its held text is not searched."""
    nodes = (value for key, value in source.entries.entries if key.text != "cleared")
    texts = ((leaf.text, leaf.position) for node in nodes for leaf in leaves_of(node))
    _collect(texts, cleared, sheet)


def explaining_names(thing: NamedRecord) -> set[str]:
    """The folded names by which a record explains a mention; of a person, also their words."""
    names = set(thing.folded)
    return names.union(*map(str.split, names)) if thing.family == PERSON else names


def private_person_problems(
    sheets: Iterable[RecordGraph], is_recorded: Callable[[str], bool]
) -> list[Problem]:
    """A problem for each mention that no record explains.

    `is_recorded` says whether a record has this name, in folded form; of one word, whether it is a
    word in the name of a person.
    """
    return [
        _problem(mention, place)
        for sheet in sheets
        for mention, place in sheet.mentions
        if not any(map(is_recorded, mention.spellings))
    ]


def left_out_problems(project: Project, is_recorded: Callable[[str], bool]) -> list[Problem]:
    """A problem for each line of data/left-out.md that names a person without a record."""
    path = project.data / LEFT_OUT
    if not path.is_file():
        return []
    name = project.relative(path)
    lines = decode_utf8(read_inside(path, project.root, LARGEST_FILE), name).splitlines()
    fix = "say what was left out without a name: two authors of a study"
    return [
        rule_problem(_RULE, Position(name, number), "this line names a person", fix)
        for number, line in enumerate(lines, 1)
        if any(not any(map(is_recorded, spellings(fold(person)))) for person in _persons_in(line))
    ]


def _persons_in(line: str) -> Iterator[str]:
    """The names of persons in a line: in its words, and in the ids between backticks."""
    yield from person_names(line)
    yield from (mention.name for mention in private_mentions(line))
    yield from (name for span in line.split("`")[1::2] if (name := person_of_id(span)))


def _problem(mention: Mention, place: Position) -> Problem:
    message = f'"{mention.name}" stands near "{mention.term}", and no record says in which role'
    return rule_problem(_RULE, place, message, _FIX)


def _collect(
    texts: Iterable[tuple[str, Position]], cleared: tuple[Clearance, ...], sheet: RecordGraph
) -> None:
    reasons = {fold(entry.text): entry for entry in cleared if entry.rule == _RULE}
    unused = set(reasons)
    for text, place in texts:
        for mention in private_mentions(text) if " " in text else ():
            name = fold(mention.name)
            unused.discard(name)
            if name not in reasons:
                sheet.mentions.append((mention, place))
                sheet.needs.update(f"name/{spelling}" for spelling in mention.spellings)
    for name in sorted(unused):
        message = "this entry lifts no error: no text has this name near a listed term"
        fix = "delete the entry, or write the name as the message of the error has it"
        sheet.problems.append(rule_problem("cleared", reasons[name].position, message, fix))


def _record_texts(record: Record) -> Iterator[tuple[str, Position]]:
    """Every text of a record: values, notes, locators, and the words of quotes and passages."""
    for block in record.blocks:
        for _, value in block.facts:
            yield from ((leaf.text, leaf.position) for leaf in leaves_of(value))
        for piece in block.evidence:
            yield piece.note, piece.position
            yield from ((value.text, value.position) for _, value in piece.texts)
            if piece.span and piece.source.text:
                yield piece.source.text.text[slice(*piece.span)], piece.position
            if piece.passage:
                yield piece.passage.says, piece.position
    for entry in record.settings.cleared:
        yield entry.reason, entry.position
