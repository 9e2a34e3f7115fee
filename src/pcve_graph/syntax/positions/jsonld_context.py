"""The contexts of JSON-LD 1.1 (section 4.1; API, section 4): the IRIs that keys stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ...model.namespaces import DOCUMENT_BASE
from ..iri_references import has_scheme, resolve_reference

_KEYWORD: Final = re.compile(r"@[A-Za-z]+")
_DELIMITERS: Final = tuple(":/?#[]@_")


@dataclass(frozen=True)
class TermDefinition:
    """A term definition. `language` is None if the definition states none, "" for no language.

    `scoped` is its scoped context as it was written; `holds` are the containers of its values.
    """

    iri: str
    type: str = ""
    language: str | None = None
    holds: frozenset[str] = frozenset()
    reverse: bool = False
    prefix: bool = False
    scoped: object = None
    has_scope: bool = False


@dataclass(frozen=True)
class ActiveContext:
    """An active context. `before` is the one to which nested node objects revert, if any.

    `of_nodes` is that of the node objects among the values of a property with a scoped context, if
    it differs.
    """

    terms: dict[str, TermDefinition] = field(default_factory=dict)
    base: str = DOCUMENT_BASE
    vocab: str = ""
    language: str = ""
    before: ActiveContext | None = None
    of_nodes: ActiveContext | None = None

    def with_local(self, local: object, propagates: bool = True) -> ActiveContext:
        """This context updated with the local context `local`, as it was written."""
        if isinstance(local, dict):
            propagates = local.get("@propagate", propagates)
        result = self
        for context in local if isinstance(local, list) else [local]:
            if context is None:
                result = ActiveContext()
            elif isinstance(context, dict):
                result = result._with_definitions(context)
        before = None if propagates else (self.before or self)
        before = self.before if propagates else before
        return replace(result, before=before, of_nodes=None)

    def of_values(self, local: object) -> ActiveContext:
        """This context in the values of a property with the scoped context `local`.

        Node objects revert to `before` first (JSON-LD 1.1 API, 5.1.2, steps 7 and 8).
        """
        result = self.with_local(local)
        if self.before is None and result.before is None:
            return result
        return replace(result, of_nodes=(self.before or self).with_local(local))

    def _with_definitions(self, local: dict[str, Any]) -> ActiveContext:
        result = self
        if "@base" in local:
            base = local["@base"]
            result = replace(result, base=resolve_reference(self.base, base) if base else "")
        if "@vocab" in local:
            vocab = local["@vocab"]
            result = replace(
                result, vocab="" if vocab is None else result.expand(vocab, True, True)
            )
        if "@language" in local:
            result = replace(result, language=(local["@language"] or "").lower())
        result = replace(result, terms=dict(result.terms))
        pending = {name: raw for name, raw in local.items() if not name.startswith("@")}
        for name in list(pending):
            result._define(name, pending)
        return result

    def _define(self, name: str, pending: dict[str, Any]) -> None:
        """Define `name`, and before it the names in `pending` that its definition uses."""
        if name not in pending:
            return
        raw = pending.pop(name)
        stated = raw if isinstance(raw, dict) else {"@id": raw}
        reverse = stated.get("@reverse")
        target = stated.get("@id", name) if reverse is None else reverse
        for name_used in (target, stated.get("@type")):
            if isinstance(name_used, str):
                self._define(name_used.partition(":")[0], pending)
                self._define(name_used, pending)
        self.terms[name] = TermDefinition("")
        if not isinstance(target, str):
            return
        iri = self.expand(target, True, "/" in name) if target != name else self._default_iri(name)
        holds = stated.get("@container") or []
        kind = stated.get("@type") or ""
        language = stated.get("@language")
        simple = not isinstance(raw, dict) and iri.endswith(_DELIMITERS)
        self.terms[name] = TermDefinition(
            iri=iri,
            type=kind if kind.startswith("@") else self.expand(kind, True) if kind else "",
            language=(language or "").lower() if "@language" in stated else None,
            holds=frozenset([holds] if isinstance(holds, str) else holds),
            reverse=reverse is not None,
            prefix=stated.get("@prefix", False) or simple,
            scoped=stated.get("@context"),
            has_scope="@context" in stated,
        )

    def _default_iri(self, name: str) -> str:
        """The IRI of a term whose definition states none."""
        prefix, colon, local = name.partition(":")
        if colon and prefix in self.terms:
            return self.terms[prefix].iri + local
        return name if colon else self.vocab + name if self.vocab else ""

    def expand(self, value: str, vocabulary: bool, relative: bool = False) -> str:
        """The IRI, keyword or blank node that `value` stands for; empty if there is none.

        With `vocabulary`, it is resolved by terms and @vocab; with `relative`, against @base.
        """
        if _KEYWORD.fullmatch(value):
            return value
        if vocabulary and value in self.terms:
            return self.terms[value].iri
        prefix, colon, local = value.partition(":")
        if colon and prefix:
            if prefix == "_" or local.startswith("//"):
                return value
            if prefix in self.terms and self.terms[prefix].prefix:
                return self.terms[prefix].iri + local
            if has_scheme(value):
                return value
        if vocabulary and self.vocab:
            return self.vocab + value
        return resolve_reference(self.base, value) if relative else ""

    def keyword(self, key: str) -> str:
        """The keyword or IRI that a key stands for; empty if there is none."""
        return self.expand(key, True)

    def inside(self, keys: set[str]) -> ActiveContext:
        """The context inside a node object with `keys`, before its own @context is applied."""
        if "@value" in keys or keys == {"@id"}:
            return self
        return self.of_nodes or self.before or self
