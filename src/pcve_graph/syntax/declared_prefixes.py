"""The prefixes that an RDF file declares; never what only looks like a declaration in its data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from .name_characters import WORD, name_class

_HEAD: Final = 2**20
"""Bytes at the beginning of a file in which prefixes are looked for."""

_WHOLE: Final = 20 * 2**20
"""Bytes of the largest JSON-LD file that is read for its context, which may be at the end."""

_TURTLE: Final = re.compile(
    rf"""[^"'<\#\\@Pp]*+(?:
    \#[^\r\n]*+
    |\"\"\"[^"\\]*+(?:(?:\"{{1,2}}(?!\")|\\.)[^"\\]*+)*+(?:\"\"\")?
    |'''[^'\\]*+(?:(?:'{{1,2}}(?!')|\\.)[^'\\]*+)*+(?:''')?
    |"[^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+"?
    |'[^'\\\r\n]*+(?:\\.[^'\\\r\n]*+)*+'?
    |\\.?
    |<[^<>"{{}}|^`\x00-\x20]*+>?
    |(?<!{name_class(WORD + ":.%-")})(?:@prefix|(?i:prefix))(?:\s|\#[^\r\n]*+)++
        (?P<prefix>{name_class(WORD + ".-")}*+):(?:\s|\#[^\r\n]*+)*+
        <(?P<space>[A-Za-z][\w+.-]*+:[^<>"\s]*+)>
    |[@Pp]
    |\Z)""",
    re.VERBOSE | re.DOTALL,
)
"""Matches a directive, after the comments, literals and IRIs that may have the same letters.

It matches at the end of the text too, and wherever a part of the text is cut off there: a search
that fails is repeated from each character that it has passed.
"""

_XML: Final = re.compile(
    r"""<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)
    |(?P<tag><[^\s<>/!?"'](?:[^<>"']++|"[^"]*+"|'[^']*+')*+>)""",
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(r"""\s([^\s="'<>/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CHILD: Final = re.compile(r"(?:\s|<!--.*?-->)*+<[^/!]", re.DOTALL)
"""Matches what is before the first element in an element that has one."""

_JSON: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]', re.DOTALL)
_VALUE: Final = re.compile(r"\s*:\s*")
_GEN_DELIMS: Final = tuple(":/?#[]@")
"""The characters that the IRI of a prefix ends in (RFC 3986, section 2.2)."""

_PREFIX, _SIMPLE = "prefix", "simple"
"""Definitions of terms: with `@prefix`, or a string alone."""

_NONE: Final[Mapping[str, object]] = MappingProxyType({})
_LINKS: Final = 5
"""Prefixes through which the IRI of a term in a context is written out."""


def declared_prefixes(raw: bytes, form: str) -> dict[str, str]:
    """The namespaces by their prefixes in a file of this format, as `documents.FORMATS` names it.

    In Turtle they are those of directives, in RDF/XML of `xmlns` attributes, in JSON-LD as
    `context_terms` has them. A prefix that is declared twice, with different IRIs, is left out, and
    so is one of a relative IRI. Never raises.
    """
    if form == "jsonld":
        return context_terms(raw).prefixes
    head = raw[:_HEAD].decode("utf-8", "replace")
    if form in ("turtle", "trig"):
        matches = _TURTLE.finditer(head)
        return _distinct((match["prefix"], match["space"]) for match in matches if match["space"])
    return _distinct(_of_tags(head)) if form == "rdfxml" else {}


def inherits_language(raw: bytes) -> bool:
    """Whether an element of RDF/XML has a language and elements in it, whose texts inherit it.

    Rule: XML 1.0, section 2.12. Never raises.
    """
    head = raw[:_HEAD].decode("utf-8", "replace")
    if "xml:lang" not in head:
        return False
    return any(
        attribute[1] == "xml:lang" and (attribute[2] or attribute[3])
        for match in _XML.finditer(head)
        if "xml:lang" in (match["tag"] or "") and _CHILD.match(head, match.end())
        for attribute in _ATTRIBUTE.finditer(match["tag"])
    )


class ContextTerms(NamedTuple):
    """How the contexts at the top of a JSON-LD document abbreviate IRIs.

    `prefixes` has the namespaces by prefix, `names` the other terms by their IRIs. `vocabulary` is
    the @vocab, to which all names but those in `defined` are relative; empty if there is none.
    """

    prefixes: dict[str, str]
    names: dict[str, str]
    vocabulary: str = ""
    defined: frozenset[str] = frozenset()


def context_terms(raw: bytes, contents: Mapping[str, object] = _NONE) -> ContextTerms:
    """The prefixes, the other terms and the @vocab of the contexts at the top of JSON-LD.

    A term is a prefix if its value is an IRI that ends in a gen-delim, or if its definition has
    `@prefix` (W3C JSON-LD 1.1, Compact IRIs and Expanded Term Definition). `contents` has the whole
    of a context of which the document has a part, by the text of that part. Never raises.
    """
    if len(raw) > _WHOLE or b'"@context"' not in raw:
        return ContextTerms({}, {})
    try:
        contexts = list(_contexts(raw, contents))
        entries = [pair for context in contexts for pair in _entries(context)]
    except (ValueError, RecursionError):
        return ContextTerms({}, {})
    iris = _distinct((name, iri) for name, iri, _ in entries)
    written = {name: _written_out(iri, iris) for name, iri in iris.items()}
    marks = {name: mark for name, _, mark in entries}
    prefixes, names = {}, {}
    for name, iri in written.items():
        if ":" not in iri:
            continue
        if marks[name] == _PREFIX or (marks[name] == _SIMPLE and iri.endswith(_GEN_DELIMS)):
            prefixes[name] = iri
        else:
            names[iri] = name
    defined = frozenset(name for context in contexts for name in context)
    return ContextTerms(prefixes, names, _vocabulary(contexts), defined)


def _vocabulary(contexts: Iterable[dict[str, Any]]) -> str:
    """The @vocab of these contexts, which follow each other; empty if they have none, or several.

    Its prefix is one that a context before it defines (W3C JSON-LD 1.1 API, 4.1.2, step 5.8).
    """
    before: dict[str, str] = {}
    stated = set()
    for context in contexts:
        if "@vocab" in context:
            stated.add(_written_out(str(context["@vocab"] or ""), before))
        before |= {name: iri for name, iri, _ in _entries(context)}
    vocabulary = stated.pop() if len(stated) == 1 else ""
    return vocabulary if ":" in vocabulary else ""


def _distinct(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    spaces: dict[str, set[str]] = {}
    for prefix, space in pairs:
        spaces.setdefault(prefix, set()).add(space)
    return {prefix: min(of) for prefix, of in spaces.items() if len(of) == 1}


def _of_tags(head: str) -> Iterator[tuple[str, str]]:
    for match in _XML.finditer(head):
        tag = match["tag"] or ""
        for attribute in _ATTRIBUTE.finditer(tag) if "xmlns:" in tag else ():
            space = attribute[2] or attribute[3] or ""
            if attribute[1].startswith("xmlns:") and "&" not in space:
                yield attribute[1].removeprefix("xmlns:"), space


def _contexts(raw: bytes, contents: Mapping[str, object]) -> Iterator[dict[str, Any]]:
    """The objects in the contexts of the outermost nodes, which hold for all that is in them.

    `contents` has what stands for the text of a context, where it does.
    """
    text = raw.decode("utf-8", "replace")
    opened: list[str] = []
    for match in _JSON.finditer(text):
        token = match[0]
        if token in ("[", "{"):
            opened.append(token)
        elif token in ("]", "}"):
            del opened[-1:]
        elif token != '"@context"' or opened not in (["{"], ["[", "{"]):
            continue
        elif colon := _VALUE.match(text, match.end()):
            value, end = json.JSONDecoder().raw_decode(text, colon.end())
            value = contents.get(text[colon.end() : end], value)
            of_node = value if isinstance(value, list) else [value]
            yield from (context for context in of_node if isinstance(context, dict))
            if len(opened) == 1:
                return


def _entries(context: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The terms with their IRIs, and `_PREFIX`, `_SIMPLE` or nothing for the kind of definition."""
    for name, value in context.items():
        if name.startswith("@"):
            continue
        if isinstance(value, str):
            yield name, value, "" if ":" in name or "/" in name else _SIMPLE
        elif isinstance(value, dict) and "@reverse" not in value:
            iri = value.get("@id")
            if isinstance(iri, str):
                yield name, iri, _PREFIX if value.get("@prefix") is True else ""


def _written_out(iri: str, terms: dict[str, str]) -> str:
    """An IRI with the namespace in place of the prefix, if it is a compact IRI."""
    for _ in range(_LINKS):
        prefix, colon, local = iri.partition(":")
        if not colon or local.startswith("//") or prefix not in terms:
            break
        iri = terms[prefix] + local
    return iri
