"""How to fix what a SHACL result found: one fix for each component, in the syntax of the file.

A fix has a value only where that follows from what is written: the same text with the datatype that
is required, or the nearest term of a list. Otherwise it says what a valid value is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Final

from ..model.dates import precision
from ..model.messages import date_of
from ..model.namespaces import expand, local_name, nterm
from ..model.suggest import similar_names
from ..model.terms import (
    NO_TERM,
    Iri,
    NTerm,
    escaped_text,
    from_iri,
    is_blank,
    is_iri,
    is_literal,
    lexical,
    literal,
    literal_parts,
    to_iri,
)
from ..syntax.lexical_forms import datatype_of, is_lexical_form
from .component_messages import Finding, absent_values, repeated_languages, too_many
from .requirements import LISTS, alternatives, properties_of_closed, qualified
from .shape_values import is_allowed

IRI_TEXT: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^\s<>\"{}|\\^`]+")
"""Matches the text of an IRI with an authority, such as a web address."""

_XSD: Final = expand("xsd:")
_LANG_STRING: Final = expand("rdf:langString")
_DETAILS: Final = 3
"""Fixes inside a value that a message shows."""

_LONG: Final = 160
"""Characters of a requirement from which a fix does not repeat it."""

_LANGUAGES: Final = 4
"""Languages in which a text is shown with its tag."""


def fix_of(finding: Finding) -> str:
    """How to fix what was found; empty if nothing can be said."""
    if not finding.shape:
        return ""
    if finding.requirements.empty_list(finding.shape, finding.component):
        noun = "this value" if finding.result.path else "this node"
        return f"delete {noun}, or correct the shape"
    if finding.component in FIXES:
        return FIXES[finding.component](finding)
    return as_required(finding)


def as_required(finding: Finding) -> str:
    """What a valid value is; empty where that is too long to repeat the rule."""
    phrase = finding.requirements.phrase(finding.shape, finding.component)
    noun = "value" if finding.result.path else "node"
    return f"write a {noun} that {phrase}" if phrase and len(phrase) < _LONG else ""


def retyped(finding: Finding, datatypes: Iterable[Iri]) -> str:
    """`write …` with the text of the value and the first of `datatypes` that it is a form of.

    Empty if the value is of one of these already, or a form of none that the shape allows.
    """
    value = finding.result.value
    datatypes = list(datatypes)
    if is_blank(value) or not value:
        return ""
    if is_literal(value) and datatype_of(value) in datatypes:
        return _date_in_words(finding, datatypes)
    text = lexical(value)
    for datatype in datatypes:
        if is_iri(value) and datatype != expand("xsd:anyURI"):
            continue
        if is_lexical_form(text, datatype) and _is_allowed(finding, literal(text, datatype)):
            return _written(finding, literal(text, datatype))
    return _date_in_words(finding, datatypes)


def _date_in_words(finding: Finding, datatypes: Iterable[Iri]) -> str:
    """`write …` with the date that the text of a literal means; empty if it means none."""
    value = finding.result.value
    kinds = {local_name(datatype): datatype for datatype in datatypes if datatype.startswith(_XSD)}
    text = date_of(escaped_text(value), kinds) if is_literal(value) else ""
    form = precision(text) if text else None
    return _written(finding, literal(text, kinds[form])) if form else ""


def required_datatypes(finding: Finding) -> Iterator[Iri]:
    """The datatypes of a shape and of its alternatives; a plain text is the last of them."""
    parameters = finding.requirements.parameters
    members = [
        node
        for name in ("sh:or", "sh:xone", "sh:and")
        for nodes in parameters.lists(finding.shape, name)
        for node in nodes
    ]
    nodes = [finding.shape, *members, *finding.parameter("sh:node")]
    terms = [term for node in nodes for term in parameters.values(node, "sh:datatype")]
    plain = nterm("xsd:string")
    yield from map(to_iri, sorted(filter(is_iri, terms), key=lambda term: term == plain))


def keep_one(finding: Finding) -> str:
    """Which values to keep where there are too many."""
    number = finding.requirements.number(finding.shape, "sh:maxCount") or "1"
    values = too_many(finding)
    pasted = alternatives(_pasted(finding, values), "and") + finding.of_graph(values)
    if number == "0":
        rows = [_statement(finding, finding.result.path, value) for value in finding.values]
        return f"delete {alternatives(filter(None, rows), 'and')}" if any(rows) else "delete it"
    amount = "one" if number == "1" else number
    if pasted:
        return f"keep {amount} of {pasted}"
    return f"keep {amount} value{'' if number == '1' else 's'}"


def keep_languages(finding: Finding) -> str:
    """Which texts to keep where there are several in one language."""
    texts = repeated_languages(finding)
    kept = [
        f"keep one of {alternatives(_pasted(finding, texts[language]), 'and')}"
        + finding.of_graph(texts[language])
        for language in sorted(texts)
    ]
    return "; ".join(kept) or "keep one text in each language"


def _pasted(finding: Finding, values: Iterable[NTerm]) -> list[str]:
    """The values as the file writes them; those that are too long as they are shown."""
    notation, path = finding.requirements.notation, finding.result.path
    return [notation.pasted(value, path) or notation.shown(value) for value in values]


def _written(finding: Finding, term: NTerm) -> str:
    """`write …` with a term as it is pasted; empty if it cannot be, or the shape forbids it."""
    if not _is_allowed(finding, term):
        return ""
    pasted = finding.requirements.notation.pasted(term, finding.result.path)
    return f"write {pasted}" if pasted else ""


def _is_allowed(finding: Finding, term: NTerm) -> bool:
    """Whether a value conforms to the shape, so that no fix leads to another result."""
    return is_allowed(finding.requirements.parameters, finding.shape, term)


_CONTRADICTION: Final = "correct the shape: it requires a value that it does not allow"


def _statement(finding: Finding, path: NTerm, term: NTerm) -> str:
    return finding.requirements.notation.statement(finding.result.focus, path, term)


def _are_allowed(finding: Finding, terms: Iterable[NTerm]) -> bool:
    return all(_is_allowed(finding, term) for term in terms)


def _min_count(finding: Finding) -> str:
    path = finding.result.path
    if not is_iri(path):
        return f"add a value of {finding.name}"
    name = finding.requirements.notation.iri(to_iri(path))
    required = finding.parameter("sh:hasValue")
    datatypes = list(required_datatypes(finding))
    writer = finding.requirements
    members = writer.parameters.members(finding.shape, "sh:in")
    allowed = [member for member in members if _is_allowed(finding, member)]
    is_empty = any(writer.empty_list(finding.shape, name) for name in LISTS)
    if is_empty or (members and not allowed) or not _are_allowed(finding, required):
        return _CONTRADICTION
    if required:
        return f"add {alternatives((_statement(finding, path, v) for v in required), 'and')}"
    if allowed:
        return f"add {name}: one of {alternatives(_pasted(finding, allowed), 'and')}"
    if len(datatypes) == 1 and datatypes[0] != _LANG_STRING:
        return f"add {_statement(finding, path, literal('…', datatypes[0])) or name}"
    if datatypes == [_LANG_STRING]:
        return f"add {name} with a text and its language"
    wanted = ("Class", "NodeKind", "Node", "Or", "Pattern")
    has = ("sh:class", "sh:nodeKind", "sh:node", "sh:or", "sh:pattern")
    phrases = [
        writer.phrase(finding.shape, component)
        for component, parameter in zip(wanted, has, strict=True)
        if finding.parameter(parameter)
    ]
    return f"add {name}" + (f" with a value that {' and '.join(phrases)}" if phrases else "")


def _datatype(finding: Finding) -> str:
    value, required = finding.result.value, list(required_datatypes(finding))
    if fix := retyped(finding, required):
        return fix
    if _LANG_STRING in required and is_literal(value):
        return add_language(finding, ("en",), "if it is English")
    fix = as_required(finding)
    if fix and finding.parameter("sh:pattern"):
        fix += f" and {finding.requirements.phrase(finding.shape, 'Pattern')}"
    return fix


def add_language(finding: Finding, tags: Iterable[str], condition: str) -> str:
    """How to add a language to a plain text, which only a reader can tell."""
    value, tags = finding.result.value, list(tags)
    if is_literal(value) and not literal_parts(value)[1] and len(tags) <= _LANGUAGES:
        pasted = finding.requirements.notation.pasted
        texts = []
        with suppress(ValueError):  # "*" is a range of languages, and no language
            terms = [literal(lexical(value), language=tag) for tag in tags if tag]
            texts = [pasted(term, finding.result.path) for term in terms]
        if texts and len(texts) == len(tags) and all(texts):
            return f"add the language of the text: {alternatives(texts)}, {condition}"
    return f"write a text in {alternatives(tags)}"


def _node_kind(finding: Finding) -> str:
    required = finding.requirements.phrase(finding.shape, "NodeKind")
    return _as_iri(finding) if "IRI" in required else as_required(finding)


def _as_iri(finding: Finding) -> str:
    """`write <…>` where the value is a literal with the text of an address."""
    value = finding.result.value
    is_text = is_literal(value) and IRI_TEXT.fullmatch(lexical(value))
    if is_text and (fix := _written(finding, from_iri(lexical(value)))):
        return fix
    if is_blank(value):
        return "give the node an IRI"
    return f"write {'an IRI' if finding.component == 'NodeKind' else 'the IRI of one'}"


def _class(finding: Finding) -> str:
    value, notation = finding.result.value, finding.requirements.notation
    classes = [to_iri(term) for term in finding.parameter("sh:class") if is_iri(term)]
    if is_literal(value) or notation.form == "record" or not classes:
        return _as_iri(finding)
    names, node = list(map(notation.iri, classes)), notation.shown(value)
    if is_blank(value):
        row = alternatives(names, "and")
    elif notation.form == "jsonld":
        row = json.dumps(
            {"@id": node, "@type": names[0] if len(names) == 1 else names}, ensure_ascii=False
        )
    elif notation.form == "rdfxml":
        types = "".join(f'<rdf:type rdf:resource="{iri}"/>' for iri in classes)
        row = f"{types} in the element of {node}"
    elif notation.has_prefixes:
        row = f"{node} a {', '.join(names)} ."
    else:
        row = " ".join(f"{node} {nterm('rdf:type')} {name} ." for name in names)
    return f"if it is one, state its type: {row}"


def _bounded(finding: Finding) -> str:
    bounds = [
        datatype_of(term)
        for name in ("sh:minInclusive", "sh:maxInclusive", "sh:minExclusive", "sh:maxExclusive")
        for term in finding.parameter(name)
        if is_literal(term)
    ]
    value = finding.result.value
    if (
        is_literal(value)
        and datatype_of(value) == expand("xsd:string")
        and (fix := retyped(finding, bounds))
    ):
        return fix
    return as_required(finding)


def _languages(finding: Finding) -> str:
    members = finding.requirements.parameters.members(finding.shape, "sh:languageIn")
    return add_language(finding, map(lexical, members), "whichever it is in")


def _in(finding: Finding) -> str:
    value, path = finding.result.value, finding.result.path
    listed = finding.requirements.parameters.members(finding.shape, "sh:in")
    members = [member for member in listed if _is_allowed(finding, member)]
    if not members:
        return _CONTRADICTION
    pasted = finding.requirements.notation.pasted
    text = _word(value)
    for member in members:
        if is_literal(value) and is_literal(member) and _word(member) == text:
            return f"write {pasted(member, path)}"
    same = [member for member in members if not is_blank(value) and _word(member) == text]
    if same and pasted(same[0], path):
        return f"did you mean {pasted(same[0], path)}?"
    near = _nearest(value, members)
    if near and pasted(near, path):
        return f"did you mean {pasted(near, path)}?"
    return f"write one of {alternatives(_pasted(finding, members), 'and')}"


def _word(term: NTerm) -> str:
    """The text of a literal, or the last part of an IRI that has one."""
    if is_iri(term):
        iri = to_iri(term)
        return local_name(iri) or iri
    return lexical(term)


def _nearest(term: NTerm, members: Iterable[NTerm]) -> NTerm:
    """The member with the most similar text; for an IRI, of those in the same namespace."""
    if is_blank(term):
        return NO_TERM
    word = _word(term)
    space = to_iri(term).removesuffix(word) if is_iri(term) else ""
    alike = sorted(members, key=lambda member: is_iri(member) == is_iri(term))
    words = {  # of a literal and an IRI of one word, the one of the kind of the term
        _word(member): member
        for member in alike
        if not is_blank(member)
        and (not is_iri(term) or not is_iri(member) or to_iri(member) == space + _word(member))
    }
    near = similar_names(word, words, 1)
    return words[near[0]] if near else NO_TERM


def _closed(finding: Finding) -> str:
    path, notation = finding.result.path, finding.requirements.notation
    allowed = properties_of_closed(finding.requirements.parameters, finding.shape)
    if is_iri(path):
        same = [term for term in allowed if _word(term) == _word(path)]
        near = next(iter(same), NO_TERM) or _nearest(path, allowed)
        if near and near != nterm("rdf:type"):
            return f"did you mean {notation.iri(to_iri(near))}?"
    names = finding.requirements.named(allowed)
    listed = f"; the shape has {alternatives(names, 'and')}" if names else ""
    return f"delete the statement{listed}"


def _has_value(finding: Finding) -> str:
    path = finding.result.path
    absent = absent_values(finding)
    if not _are_allowed(finding, absent):
        return _CONTRADICTION
    same = [v for v in absent for value in finding.values if _word(v) == _word(value)]
    if same and is_iri(path):
        return f"write {finding.requirements.notation.pasted(same[0], path)}"
    rows = [_statement(finding, path, value) for value in absent]
    if all(rows):
        return f"add {alternatives(rows, 'and')}"
    return f"add the value {alternatives(_pasted(finding, absent), 'and')}"


def _equals(finding: Finding) -> str:
    value, path = finding.result.value, finding.result.path
    others = finding.parameter("sh:equals")
    pair = (path, *others) if value not in finding.values else (*others, path)
    rows = [_statement(finding, name, value) for name in pair]
    return f"add {rows[0]}, or delete {rows[-1]}" if all(rows) else "state the same values of both"


def _disjoint(finding: Finding) -> str:
    value, path = finding.result.value, finding.result.path
    rows = [_statement(finding, name, value) for name in (path, *finding.parameter("sh:disjoint"))]
    return f"delete {alternatives(rows)}" if all(rows) else "delete the value from one of the two"


def _compared(finding: Finding) -> str:
    names = [finding.name] if finding.result.path else []
    others = (*finding.parameter("sh:lessThan"), *finding.parameter("sh:lessThanOrEquals"))
    names += map(finding.requirements.path_name, others)
    return f"correct {alternatives(names)}"


def _nested(finding: Finding) -> str:
    """The fixes of what failed inside the value; else what the shape requires."""
    fixes = []
    value, path = finding.result.value, finding.result.path
    for detail in finding.result.details[:_DETAILS]:
        inner = finding.inside(detail)
        of_value = detail.focus == value and not detail.path
        if of_value:
            inner = replace(inner, result=replace(detail, path=path))
        if fix := fix_of(inner):
            fixes.append(fix if of_value else f"of {inner.thing}: {fix}")
    if fixes:
        return "; ".join(fixes)
    if fix := retyped(finding, required_datatypes(finding)):
        return fix
    return as_required(finding)


def _qualified_min(finding: Finding) -> str:
    kind = qualified(finding.requirements, finding.shape)
    return f"add a value of {finding.name} of this kind: {kind}"


def _qualified_max(finding: Finding) -> str:
    number = finding.requirements.number(finding.shape, "sh:qualifiedMaxCount")
    return f"keep at most {number} of these values"


FIXES: Final[dict[str, Callable[[Finding], str]]] = {
    "Class": _class,
    "Datatype": _datatype,
    "NodeKind": _node_kind,
    "MinCount": _min_count,
    "MaxCount": keep_one,
    "UniqueLang": keep_languages,
    "MinInclusive": _bounded,
    "MaxInclusive": _bounded,
    "MinExclusive": _bounded,
    "MaxExclusive": _bounded,
    "LanguageIn": _languages,
    "Equals": _equals,
    "Disjoint": _disjoint,
    "LessThan": _compared,
    "LessThanOrEquals": _compared,
    "In": _in,
    "Closed": _closed,
    "HasValue": _has_value,
    "Node": _nested,
    "And": _nested,
    "Or": _nested,
    "Xone": _nested,
    "QualifiedMinCount": _qualified_min,
    "QualifiedMaxCount": _qualified_max,
}
"""The fix of each component; of any other, what the constraint requires of a value."""
