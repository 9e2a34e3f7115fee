"""RDF terms and statements: as pyoxigraph has them, and in N-Triples syntax (W3C N-Triples 1.1).

Lines are in the form that pyoxigraph and the build write: one space between the terms, and ` .` at
the end. This module alone adds and removes angle brackets and quotation marks.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple, NewType, TypeAlias

if TYPE_CHECKING:  # commands that read no graph start without loading pyoxigraph
    import pyoxigraph as ox

Term: TypeAlias = "ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple"

Iri = NewType("Iri", str)
"""An IRI without angle brackets."""

NTerm = NewType("NTerm", str)
"""A term in N-Triples syntax: `<IRI>`, `_:label`, or a literal with its quotation marks."""

NTriple = NewType("NTriple", str)
"""A statement as a line of N-Triples, without the newline."""

RecordId = NewType("RecordId", str)
"""The id of a record: the name of its file without the suffix."""


NO_IRI: Final = Iri("")
NO_TERM: Final = NTerm("")
"""Stand for an IRI or a term that is absent."""


class Statement(NamedTuple):
    """A statement whose terms are in N-Triples syntax."""

    subject: NTerm
    predicate: NTerm
    object: NTerm


def from_iri(iri: str) -> NTerm:
    """The term of an IRI, which is not checked.

    >>> from_iri("https://schema.org/name")
    '<https://schema.org/name>'
    """
    return NTerm(f"<{iri}>")


def iri_start(start: str) -> str:
    """How the terms of the IRIs that begin with `start` begin.

    >>> iri_start("https://schema.org/")
    '<https://schema.org/'
    """
    return f"<{start}"


def to_iri(term: NTerm) -> Iri:
    """The IRI of a term for which `is_iri` holds.

    >>> to_iri(NTerm("<https://schema.org/name>"))
    'https://schema.org/name'
    """
    return Iri(term[1:-1])


def is_iri(term: str) -> bool:
    """Whether a term is an IRI.

    >>> is_iri("<https://schema.org/name>"), is_iri("_:b"), is_iri('"text"')
    (True, False, False)
    """
    return term.startswith("<")


def is_blank(term: str) -> bool:
    """Whether a term is a blank node.

    >>> is_blank("_:b"), is_blank("<https://schema.org/name>")
    (True, False)
    """
    return term.startswith("_:")


def is_literal(term: str) -> bool:
    """Whether a term is a literal.

    >>> is_literal('"text"@en'), is_literal("_:b")
    (True, False)
    """
    return term.startswith('"')


def blank(label: str) -> NTerm:
    """The blank node with this label.

    >>> blank("b")
    '_:b'
    """
    return NTerm(f"_:{label}")


def blank_label(term: NTerm) -> str:
    """The label of a blank node.

    >>> blank_label(NTerm("_:b"))
    'b'
    """
    return term[2:]


def literal(text: str, datatype: str | None = None, language: str | None = None) -> NTerm:
    """A literal; `datatype` is an IRI. A language tag is written in lower case.

    Raises ValueError if the datatype is not an IRI or the language is not a tag (BCP 47).

    >>> literal("Rome", language="EN")
    '"Rome"@en'
    >>> literal("2018-05-22", "http://www.w3.org/2001/XMLSchema#date")
    '"2018-05-22"^^<http://www.w3.org/2001/XMLSchema#date>'
    """
    import pyoxigraph as ox

    if language:
        return NTerm(str(ox.Literal(text, language=language.lower())))
    return NTerm(str(ox.Literal(text, datatype=ox.NamedNode(datatype) if datatype else None)))


def escaped_text(term: NTerm) -> str:
    r"""The text of a literal as it is written, with its escapes.

    >>> escaped_text(NTerm(r'"two\nlines"@en'))
    'two\\nlines'
    """
    return term[1 : term.rindex('"')]


def literal_parts(term: NTerm) -> tuple[str, str, Iri | None]:
    r"""The text of a literal without escapes, its language or "", and its datatype if it is stated.

    >>> literal_parts(NTerm(r'"two\nlines"@en'))
    ('two\nlines', 'en', None)
    """
    end = term.rindex('"')
    text, suffix = term[1:end], term[end + 1 :]
    if "\\" in text:  # the escapes that pyoxigraph writes are also those of JSON
        text = json.loads(term[: end + 1], strict=False)
    if suffix.startswith("@"):
        return text, suffix[1:], None
    return text, "", to_iri(NTerm(suffix[2:])) if suffix else None


def stated_datatype(term: NTerm) -> NTerm:
    """The datatype that a literal states, as a term; empty if it states none.

    >>> stated_datatype(NTerm('"2018"^^<http://www.w3.org/2001/XMLSchema#gYear>'))
    '<http://www.w3.org/2001/XMLSchema#gYear>'
    >>> stated_datatype(NTerm('"Rome"@en'))
    ''
    """
    return NTerm(term[term.rindex('"') + 3 :]) if term.endswith(">") else NO_TERM


def has_language(term: NTerm, language: str) -> bool:
    """Whether a term is a literal in this language; `language` is in lower case.

    >>> has_language(NTerm('"Rome"@en'), "en"), has_language(NTerm('"Rome"'), "en")
    (True, False)
    """
    return term.endswith(f'"@{language}')


def lexical(term: NTerm) -> str:
    r"""The text of a literal without escapes (its lexical form), an IRI, or a blank node's label.

    >>> lexical(NTerm(r'"say \"yes\""@en')), lexical(NTerm("<https://schema.org/name>"))
    ('say "yes"', 'https://schema.org/name')
    """
    if is_literal(term):
        return literal_parts(term)[0]
    return to_iri(term) if is_iri(term) else blank_label(term)


def plain_value(term: object) -> str:
    """The IRI, label or text of a term of pyoxigraph, without what marks it as one."""
    return str(getattr(term, "value", term))


def from_term(term: Term) -> NTerm:
    """A term of pyoxigraph in N-Triples syntax.

    >>> import pyoxigraph as ox
    >>> from_term(ox.Literal("text"))
    '"text"'
    """
    return NTerm(str(term))


def parse_term(term: NTerm) -> Term:
    """The term as pyoxigraph has it; a blank node has the same label. Raises SyntaxError.

    >>> parse_term(NTerm('"text"@en'))
    <Literal value=text language=en>
    """
    import pyoxigraph as ox

    if is_iri(term):
        return ox.NamedNode(to_iri(term))
    line = f"<x:s> <x:p> {term} ."
    quads = ox.parse(line, format=ox.RdfFormat.N_TRIPLES, rename_blank_nodes=False)
    term_parsed: Term = next(iter(quads)).object
    return term_parsed


def triple_line(statement: tuple[NTerm, NTerm, NTerm]) -> NTriple:
    """A statement as a line.

    >>> triple_line((NTerm("_:b"), NTerm("<x:p>"), NTerm('"text"')))
    '_:b <x:p> "text" .'
    """
    return NTriple(f"{statement[0]} {statement[1]} {statement[2]} .")


def without_suffix(line: NTriple, suffix: str) -> NTriple:
    """A line without the suffix of its literal, a language or a direction; unchanged without it.

    >>> without_suffix(NTriple('_:b <x:p> "text"@en .'), "@en")
    '_:b <x:p> "text" .'
    """
    ending = f"{suffix} ."
    return NTriple(line.removesuffix(ending) + " .") if line.endswith(ending) else line


def from_triple(triple: ox.Triple) -> NTriple:
    """A triple of pyoxigraph as a line.

    >>> import pyoxigraph as ox
    >>> from_triple(ox.Triple(ox.BlankNode("b"), ox.NamedNode("x:p"), ox.Literal("text")))
    '_:b <x:p> "text" .'
    """
    return NTriple(f"{triple} .")


def statement_lines(text: str) -> list[NTriple]:
    r"""The lines of N-Triples text, which has a statement in each.

    Literals may contain other characters that end a line to Python, such as U+2028.

    >>> statement_lines('<a:s> <a:p> "1\u20282" .\n')
    ['<a:s> <a:p> "1\u20282" .']
    """
    return [NTriple(line) for line in text.split("\n") if line]


def parse_statement(line: str) -> Statement:
    """The statement in a line.

    >>> parse_statement('_:b <x:p> "a text" .').object
    '"a text"'
    """
    return tuple.__new__(Statement, line[:-2].split(" ", 2))  # as fast as a plain tuple


def subject_of(line: str) -> NTerm:
    """The subject of a line.

    >>> subject_of('_:b <x:p> "a text" .')
    '_:b'
    """
    return NTerm(line.partition(" ")[0])


def line_start(*terms: NTerm) -> str:
    """How the lines of a subject begin, or those of a subject and a predicate.

    >>> line_start(NTerm("_:b"))
    '_:b '
    """
    return " ".join([*terms, ""])


def in_graph(line: NTriple, graph: NTerm) -> str:
    """A line of N-Quads: the statement of `line` in the named graph `graph`.

    >>> in_graph(NTriple('_:b <x:p> "text" .'), NTerm("<x:g>"))
    '_:b <x:p> "text" <x:g> .'
    """
    return f"{line[:-1]}{graph} ."
