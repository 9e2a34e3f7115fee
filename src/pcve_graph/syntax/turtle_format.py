"""The canonical text of Turtle files that people edit."""

from __future__ import annotations

import re

import pyoxigraph as ox

from ..model.problems import ContentError, Position, rule_problem
from ..model.terms import NTerm, is_iri, to_iri
from .sparql_tokens import line_and_column


def format_turtle(text: str, name: str) -> str:
    """The canonical Turtle of `text`, a file called `name` in messages.

    Prefixes come first, only those that are used, then one block for each subject in the order of
    `_rank`, one value a line. Raises ContentError where the text is not Turtle, or where a comment
    would be lost.
    """
    import rdflib

    try:
        graph = rdflib.Graph().parse(data=text, format="turtle")
    except Exception as error:
        place, message = _fault(text, name, Position(name, getattr(error, "lines", 0) + 1))
        fix = "correct the Turtle at this position"
        raise ContentError([rule_problem("ontology-syntax", place, message, fix)]) from None
    blocks = graph.serialize(format="longturtle").strip().split("\n\n")
    written = "\n\n".join(blocks)
    lists = re.sub(r"\n\s*\n(\s*)\[", r"\n\1[", written)
    lists = re.sub(r"\[\n\s+([^\n;]+) ;\n\s+\]", r"[ \1 ]", lists)
    head, *rest = lists.split("\n\n")
    result = "\n\n".join([head, *sorted(rest, key=_rank)]) + "\n"
    if comment := _first_comment(text):
        fix = "use skos:scopeNote, skos:editorialNote or sh:description instead"
        message = "formatting would lose a comment"
        place = Position(name, *line_and_column(text, comment.start(1)))
        raise ContentError([rule_problem("comment", place, message, fix)])
    return result


def _fault(text: str, name: str, place: Position) -> tuple[Position, str]:
    """The position and the reason that the parser of a build gives; `place` if it gives none."""
    try:
        list(ox.parse(text, format=ox.RdfFormat.TURTLE))
    except SyntaxError as error:
        return Position(name, error.lineno or 1, error.offset or 1), error.msg
    return place, "invalid Turtle"


def _rank(block: str) -> tuple[int, int, str]:
    """The place of a block: header, then list or shape, then its members in their sh:order.

    rdflib orders subjects by how often they are referred to, so that a new reference moves blocks.
    """
    subject, _, body = block.partition("\n")
    kinds = ("owl:Ontology", "skos:ConceptScheme", "sh:NodeShape")
    kind = next((at for at, name in enumerate(kinds) if f"    a {name} ;" in body), len(kinds))
    order = re.search(r"\n    sh:order (\d+) ;", body)
    name = to_iri(NTerm(subject)) if is_iri(subject) else subject
    return kind, int(order.group(1)) if order else 0, name


def _first_comment(text: str) -> re.Match[str] | None:
    """The match whose group 1 is the `#` of the first comment in Turtle."""
    token = re.compile(r'"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|<[^>\s]*>|(#)')
    return next((match for match in token.finditer(text) if match.group(1)), None)
