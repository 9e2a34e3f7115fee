"""The claims with words of a built graph, as a second reader judges them.

Words are those of a quote, or those that a passage says of which only the fingerprint is kept. A
claim whose value is a part of its record, such as an involvement, is left out: the part has claims
of its own.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ..model.namespaces import BASE, expand, local_name, source_iri
from ..model.terms import Term, plain_value
from .claims import HAS_PASSAGE, evidence, statement_of, value_text
from .labels import labels

_THINGS: Final = f"{BASE}id/"


@dataclass(frozen=True, slots=True)
class ReviewableClaim:
    """A claim and the words of one source for it.

    `id` depends on the claim and the source; `shown` is the SHA-256 of what there is to judge:
    claim, thing, key, value, source and words. `thing` is the class and id of the `subject`, which
    is a part of `record` where `part`, its own name, is not empty; `name` is the label of the
    record. `predicate` and `object` are those of the claim, `value` is the object as text.
    `evidence` is the IRI of the evidence, `is_quote` false for the words of a passage.
    """

    id: str
    shown: str
    thing: str
    subject: ox.NamedNode
    record: ox.NamedNode
    name: str
    part: str
    key: str
    value: str
    predicate: ox.NamedNode
    object: Term
    words: str
    is_quote: bool
    certainty: str
    source: tuple[str, str]
    address: str
    evidence: str


def reviewable_claims(store: ox.Store) -> list[ReviewableClaim]:
    """All claims with words, sorted by thing, key and id; what is shown alike is there once."""
    nodes = {
        row.subject
        for name in ("pcve:quote", HAS_PASSAGE)
        for quoted in store.quads_for_pattern(None, ox.NamedNode(expand(name)), None, None)
        for row in store.quads_for_pattern(
            None, ox.NamedNode(expand("pcve:evidence")), quoted.subject, None
        )
        if isinstance(row.subject, ox.NamedNode)
    }
    claims = {
        item.shown: item
        for node in sorted(nodes, key=lambda node: node.value)
        for item in claims_of(store, node)
    }
    return sorted(claims.values(), key=lambda item: (item.thing, item.key, item.id))


def claims_of(store: ox.Store, claim: ox.NamedNode) -> Iterator[ReviewableClaim]:
    """A claim with the words of each piece of its evidence that has any, the earliest first."""
    statement = statement_of(store, claim)
    if statement is None:
        return
    subject, predicate, value = statement
    if isinstance(value, ox.NamedNode) and _is_part(value):
        return
    record = _record_of(store, subject)
    name = labels(store, [record])[record.value]
    part = local_name(subject.value) if subject != record else ""
    text = _text_of(store, value)
    numbers: Counter[str] = Counter()
    pieces = [piece for piece in evidence(store, claim) if piece.quote or piece.passage]
    for piece in sorted(pieces, key=lambda piece: (piece.start, piece.locator, piece.iri)):
        source = piece.source[0]
        numbers[source] += 1
        words = piece.words
        if not piece.is_withdrawn:
            key = local_name(predicate.value)
            number = str(numbers[source])
            shown = (claim.value, source, name, part, key, text, words)
            yield ReviewableClaim(
                id=f"c{_digest(claim.value, source, number)[:16]}",  # no number to a spreadsheet
                shown=_digest(*shown),
                thing=subject.value.removeprefix(_THINGS),
                subject=subject,
                record=record,
                name=name,
                part=part,
                key=key,
                value=text,
                predicate=predicate,
                object=value,
                words=words,
                is_quote=bool(piece.quote),
                certainty=piece.certainty,
                source=piece.source,
                address=value_text(store, ox.NamedNode(source_iri(source)), "schema:url"),
                evidence=piece.iri,
            )


def _digest(*parts: str) -> str:
    """The SHA-256 of texts; their normal form and white space make no difference."""
    plain = [unicodedata.normalize("NFC", " ".join(part.split())) for part in parts]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()


def _is_part(node: ox.NamedNode) -> bool:
    """Whether an IRI is that of a part of a record: …/id/involvement/fair/council."""
    return node.value.startswith(_THINGS) and node.value.removeprefix(_THINGS).count("/") > 1


def _record_of(store: ox.Store, node: ox.NamedNode) -> ox.NamedNode:
    """The thing of which a node is a part, or a part of a part; itself if it is none."""
    seen = {node}
    while _is_part(node):
        holders = (
            quad.subject
            for quad in store.quads_for_pattern(None, None, node, None)
            if isinstance(quad.subject, ox.NamedNode)
            and quad.subject.value.startswith(_THINGS)
            and quad.subject not in seen
        )
        holder = min(holders, key=lambda holder: holder.value, default=None)
        if holder is None:
            return node
        seen.add(holder)
        node = holder
    return node


def _text_of(store: ox.Store, value: Term) -> str:
    if isinstance(value, ox.NamedNode) and value.value.startswith(BASE):
        return labels(store, [value])[value.value]
    return plain_value(value)
