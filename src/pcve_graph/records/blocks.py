"""Reads one block of a record: its facts, the evidence for them, and how they rank.

Quotes are checked against the held texts here. Rule: data/FORMAT.md, "A record", "Quotes" and
"Fingerprints".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from ..evidence.passages import Passage
from ..evidence.readers import is_reader_id
from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.suggest import did_you_mean
from ..model.visible import first_refused
from ..syntax.tree import MappingNode, RecordNode, ScalarNode, items_of, scalars_of, text_of
from .passage_keys import read_passage
from .quotes import HeldText

EVIDENCE_KEYS: Final = (
    "source",
    "quote",
    "occurrence",
    "passage",
    "locator",
    "dateRead",
    "curator",
    "certainty",
    "note",
)
"""The keys that describe one piece of evidence: of a block, or of an entry under `evidence`."""

CLAIM_KEYS: Final = (
    *("source", "evidence", "quote", "occurrence", "passage", "locator", "dateRead", "curator"),
    *("noValue", "notKnown", "certainty", "rank", "contested", "conflictsWith", "note"),
)
"""The keys of a block that describe its claims, in their order; every other key is a fact."""

NOT_PUBLIC: Final = "NON_PUBLIC"
"""The term of the list of access rights of the EU for what the public cannot read."""

_OF_ONE: Final = ("source", "quote", "occurrence", "passage", "locator", "dateRead", "curator")
"""The keys of a block that it cannot have if it lists its evidence."""

_NAMES: Final = ("noValue", "notKnown", "conflictsWith")
"""The keys of a block whose values are keys of the record."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source as its file states it. `text` is None where no text is held."""

    id: str
    entries: MappingNode
    text: HeldText | None

    @property
    def position(self) -> Position:
        return self.entries.position

    @property
    def is_not_public(self) -> bool:
        """Whether it says that the public cannot read it."""
        return text_of(self.entries.get("accessRights")).endswith(NOT_PUBLIC)

    @property
    def withdrawn(self) -> str:
        """Why it is not relied on any more, in its first language; empty where it is."""
        reason = self.entries.get("withdrawn")
        if isinstance(reason, MappingNode) and reason.entries:
            reason = reason.entries[0][1]
        return text_of(reason)


@dataclass(frozen=True, slots=True)
class BlockEvidence:
    """What one source says for the facts of a block.

    `span` is (start, end) in the held text of the source, in characters; None where there is no
    text. `passage` is the fingerprint of the passage that was read, where there is no text and the
    record has it. `texts` holds the values of locator, dateRead and curator by key, those that are
    given. With `unassigned`, several sources are named together and it is not recorded which of
    them supports which fact.
    """

    source: Source
    span: tuple[int, int] | None
    passage: Passage | None
    certainty: ScalarNode | None
    note: str
    texts: tuple[tuple[str, ScalarNode], ...]
    unassigned: bool
    position: Position


@dataclass(frozen=True, slots=True)
class ClaimBlock:
    """A claim block: facts with their evidence.

    `no_value` and `not_known` are the keys without a value, `conflicts_with` those whose claims
    contradict the facts of a block that is `contested`.
    """

    evidence: tuple[BlockEvidence, ...]
    rank: ScalarNode | None
    contested: bool
    conflicts_with: tuple[ScalarNode, ...]
    no_value: tuple[ScalarNode, ...]
    not_known: tuple[ScalarNode, ...]
    facts: tuple[tuple[ScalarNode, RecordNode], ...]
    position: Position

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of its evidence."""
        return tuple(evidence.source for evidence in self.evidence)

    @property
    def passage(self) -> str:
        """The passage that the first quote is in the text of its source; empty without a quote."""
        for item in self.evidence:
            if item.span and item.source.text:
                return " ".join(item.source.text.text[slice(*item.span)].split())
        return ""


class EvidenceError(ContentError):
    """The evidence of a block has problems. `block` is the block without it, to check its facts."""

    def __init__(self, problems: tuple[Problem, ...], block: ClaimBlock) -> None:
        super().__init__(list(problems))
        self.block = block


def read_block(node: RecordNode, sources: Mapping[str, Source | None]) -> ClaimBlock:
    """The block of a record; `sources` are all of the project, None for those with a problem.

    Raises ContentError, without problems where a source has reported its own; EvidenceError if only
    the evidence has problems.
    """
    if not isinstance(node, MappingNode):
        fix = "a block begins with `- source: …`"
        raise stop("structure", node.position, "a block must have keys", fix)
    _refuse_standing(node)
    settings = _settings(node, ("source", "evidence", "passage", *_NAMES))
    names = {key: _names(node, key) for key in _NAMES}
    facts = tuple((key, value) for key, value in node.entries if key.text not in CLAIM_KEYS)
    listed = node.get("evidence")
    source = node.get("source")
    if source is not None and len(scalars_of(source)) < len(items_of(source)):
        fix = "write one id: source: ID"
        raise stop("structure", source.position, "source is not the id of a source", fix)
    if listed is None and not scalars_of(source):
        raise _incomplete(node, "source")
    if not facts and not names["noValue"] and not names["notKnown"]:
        raise _incomplete(node, "fact")
    contested = _is_contested(settings.get("contested"))
    if names["conflictsWith"] and not contested:
        place = names["conflictsWith"][0].position
        message, fix = "this block is not contested", "write `contested: true`, or delete the key"
        raise stop("conflict", place, message, fix)
    rank = settings.get("rank")
    if contested and rank is not None and rank.text != "normal":
        message = f"this block is contested, and {rank.text} as well"
        raise stop("conflict", rank.position, message, "delete the rank, or `contested: true`")
    if contested and "note" not in settings:
        fix, place = "add `note:` with the reason", settings["contested"].position
        raise stop("reason", place, "this block is contested but has no note", fix)
    block = ClaimBlock(
        evidence=(),
        rank=rank,
        contested=contested,
        conflicts_with=names["conflictsWith"],
        no_value=names["noValue"],
        not_known=names["notKnown"],
        facts=facts,
        position=node.position,
    )
    try:
        return replace(block, evidence=_evidence(node, sources, settings))
    except ContentError as error:
        if not error.problems:
            raise
        raise EvidenceError(error.problems, block) from None


def stop(rule: str, position: Position, message: str, fix: str) -> ContentError:
    """The error with this one problem."""
    return ContentError([rule_problem(rule, position, message, fix)])


def _incomplete(node: MappingNode, missing: str) -> ContentError:
    message = f"this block states no {missing}"
    return stop("missing-key", node.position, message, f"add a {missing}")


def _refuse_standing(node: MappingNode) -> None:
    """Raise ContentError for the key of version 0.1.0 that rank and contested replace."""
    for key, _ in node.entries:
        if key.text == "standing":
            message = "standing is now rank (superseded) and contested (disputed)"
            fix = "write rank or contested, or run `pcve edit migrate`"
            raise stop("unknown-key", key.position, message, fix)


def _settings(node: MappingNode, lists: tuple[str, ...]) -> dict[str, ScalarNode]:
    """The texts of the keys that describe claims, but those of `lists`."""
    settings: dict[str, ScalarNode] = {}
    for key, value in node.entries:
        if key.text in CLAIM_KEYS and key.text not in lists:
            if not isinstance(value, ScalarNode):
                raise stop(
                    "structure", value.position, f"{key.text} is not a text", "write one text"
                )
            settings[key.text] = value
    return settings


def _names(node: MappingNode, key: str) -> tuple[ScalarNode, ...]:
    value = node.get(key)
    names = scalars_of(value)
    if value is not None and (not names or len(names) < len(items_of(value))):
        fix = f"write one key of the record, or a list: {key}: [endDate]"
        raise stop("structure", value.position, f"{key} takes names of keys", fix)
    return names


def _is_contested(value: ScalarNode | None) -> bool:
    if value is not None and value.text not in ("true", "false"):
        fix = "write `contested: true`, or delete the key"
        raise stop("structure", value.position, f'contested is "{value.text}"', fix)
    return value is not None and value.text == "true"


def _evidence(
    block: MappingNode, sources: Mapping[str, Source | None], settings: dict[str, ScalarNode]
) -> tuple[BlockEvidence, ...]:
    listed = block.get("evidence")
    if listed is None:
        names = scalars_of(block.get("source"))
        together = len(names) > 1
        return tuple(_one(_cited(name, sources), settings, block, together) for name in names)
    if present := next((key for key, _ in block.entries if key.text in _OF_ONE), None):
        message = f"a block that lists its evidence has no {present.text} of its own"
        fix = f"move {present.text} to the entry under evidence that it belongs to"
        raise stop("structure", present.position, message, fix)
    if not items_of(listed):
        fix = "name one source: source: ID"
        raise stop("missing-key", listed.position, "evidence is an empty list", fix)
    pieces = []
    for entry in items_of(listed):
        name = entry.get("source") if isinstance(entry, MappingNode) else None
        if not isinstance(entry, MappingNode) or not isinstance(name, ScalarNode):
            fix = "write a list: - {source: ID, quote: words of the source}"
            message = "each entry under evidence names one source"
            raise stop("structure", entry.position, message, fix)
        for key, _ in entry.entries:
            if key.text not in EVIDENCE_KEYS:
                hint = did_you_mean(key.text, EVIDENCE_KEYS)
                fix = hint or f"the keys of evidence are {', '.join(EVIDENCE_KEYS)}"
                raise stop("unknown-key", key.position, f'evidence has no key "{key.text}"', fix)
        own = _settings(entry, ("source", "passage"))
        common = {key: settings[key] for key in ("certainty", "note") if key in settings}
        pieces.append(_one(_cited(name, sources), common | own, entry, False))
    return tuple(pieces)


def _one(
    source: Source, settings: dict[str, ScalarNode], node: MappingNode, together: bool
) -> BlockEvidence:
    """The evidence of one source, as `node` states it: a block, or an entry under `evidence`."""
    certainty, note = settings.get("certainty"), settings.get("note")
    if certainty is not None and certainty.text == "inferred" and note is None:
        fix = "add `note:` with the reason"
        raise stop("reason", certainty.position, "this block is inferred but has no note", fix)
    curator = settings.get("curator")
    if curator is not None and not is_reader_id(curator.text):
        fix = "write an id that names nobody, such as reader-a, or the ORCID"
        raise stop("reader-id", curator.position, "curator is neither an id nor an ORCID", fix)
    names = ("locator", "dateRead", "curator")
    return BlockEvidence(
        source=source,
        span=_span(source, settings, node, together),
        passage=_passage(source, node, together),
        certainty=certainty,
        note=note.text if note else "",
        texts=tuple((name, settings[name]) for name in names if name in settings),
        unassigned=together,
        position=node.position,
    )


def _cited(name: ScalarNode, sources: Mapping[str, Source | None]) -> Source:
    if name.text not in sources:
        hint = did_you_mean(name.text, sources)
        fix = hint or f"create it (pcve evidence new {name.text}), or correct the id"
        raise stop("unknown-source", name.position, f'no source has the id "{name.text}"', fix)
    source = sources[name.text]
    if source is None:
        raise ContentError([])
    if source.is_not_public:
        message = f"{source.id} is not public"
        fix = "rest the fact on a source that the public can read, or leave it out"
        raise stop("source-not-public", name.position, message, fix)
    return source


def _span(
    source: Source, settings: dict[str, ScalarNode], node: MappingNode, together: bool
) -> tuple[int, int] | None:
    """Where the quote is in the held text of the source, as `BlockEvidence.span`."""
    quote, occurrence = settings.get("quote"), settings.get("occurrence")
    if source.text is None:
        if quote is not None:
            fix = (
                "delete the quote: the facts are then cited; "
                "or replace it by the passage that `pcve evidence cite` prints"
            )
            message = f"the text of {source.id} is not held"
            raise stop("quote-not-held", quote.position, message, fix)
        return None
    if together or quote is None:
        return None  # counted in `unassigned`
    spans = source.text.find(quote.text)
    if not spans:
        shared, continuation, text = source.text.divergence(quote.text)
        message = f"not even its first word occurs in the text of {source.id}"
        if shared:
            message = f'after "…{shared}" the quote continues "{continuation}", the text "{text}"'
        if unseen := source.text.unseen_difference(quote.text):
            message = f"the quote has {unseen}, which looks the same, in the text of {source.id}"
        fix = "copy the words from the text verbatim, its errors included"
        raise stop("quote-not-found", quote.position, message, fix)
    which = occurrence.text if occurrence else "1"
    if (len(spans) > 1 and occurrence is None) or which not in map(str, range(1, len(spans) + 1)):
        fix = f"quote more words, or add `occurrence:` with a number from 1 to {len(spans)}"
        place = occurrence or quote
        times = "time" if len(spans) == 1 else "times"
        message = f"the quote occurs {len(spans)} {times} in the text"
        raise stop("quote-ambiguous", place.position, message, fix)
    start, end = spans[int(which) - 1]
    if bad := first_refused(source.text.text[start:end]):
        message = f"in the text of {source.id} these words contain the character {bad.name}"
        fix = "quote the words before it, or those after it"
        raise stop("control-character", quote.position, message, fix)
    return start, end


def _passage(source: Source, node: MappingNode, together: bool) -> Passage | None:
    """The passage that `node` states; of a held text it is counted in `unassigned`."""
    stated = node.get("passage")
    if stated is None:
        return None
    if source.text is not None and node.get("quote") is not None:
        message = f"the text of {source.id} is held, so a passage of it is quoted"
        fix = "delete the passage, and keep the quote"
        raise stop("passage-held", stated.position, message, fix)
    if together:
        message = "a passage is of one source, but the block has several"
        fix = "put the facts that the passage states in a block of their own, with its source"
        raise stop("passage", stated.position, message, fix)
    return read_passage(stated)
