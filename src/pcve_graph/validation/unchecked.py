"""What validation did not check in a document, so that no error does not pass for conformity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ..model.namespaces import PREFIXES, nterm, other_scheme, split_iri
from ..model.suggest import did_you_mean, similar_names
from ..model.terms import NO_TERM, NTerm, from_iri, iri_start, is_blank, to_iri
from .checked_things import CheckedThings, ThingCounter
from .requirements import alternatives
from .statement_index import OWN, StatementIndex
from .targets import Targets, with_superclasses
from .unknown_terms import TermCheck

_SYNTAX: Final = {nterm("rdf:first"), nterm("rdf:rest")}
"""The properties of lists, which are part of the syntax."""

_NAMED: Final = 5
"""Terms, classes or things that one message names."""

_MOST: Final = 1000
"""Things without a class that are reported one by one, and blank nodes that are located."""

_COMPARED: Final = 100_000
"""Subjects among which a mistyped focus is looked for."""


@dataclass(frozen=True, slots=True)
class Omission:
    """Something that was not checked; `key` is the subject or statement to show, if any."""

    key: tuple[NTerm, ...]
    rule: str
    message: str
    fix: str
    severity: str = "warning"


def omissions(
    counter: ThingCounter,
    checked: CheckedThings,
    check: TermCheck,
    required: bool,
    failed: bool,
    stated_targets: Targets | None = None,
) -> Iterator[Omission]:
    """All that was not checked in the document of `check`.

    `stated_targets` are those of all shapes if errors cost some of them.

    With `required`, that nothing was checked is an error. It is not reported if the document has
    `failed`: an unknown class is an error of its own, with the nearest class.
    """
    index = check.index
    severity = "error" if required else "warning"
    yield from _absent_focus(index, severity)
    is_silent = failed or (not index.marks and not required) or index.focus - index.mentioned
    if not checked.things and not is_silent:
        nothing = _nothing(counter, index, severity, stated_targets)
        if index.targets.has_queries:
            message = f"{nothing.message}; what SPARQL targets (sh:target) select is not counted"
            nothing = replace(nothing, message=message, severity="warning")
        yield nothing
    if index.focus:
        return
    near = dict(_near_namespaces(counter, index, check.document.namespaces))
    yield from near.values()
    if counter.of_project:
        yield from _without_class(counter, index)
        yield from _blank_things(counter, index)
        yield from _note(counter, check, near)


def _absent_focus(index: StatementIndex, severity: str) -> Iterator[Omission]:
    """A node that --focus names and no statement has."""
    subjects = [to_iri(term) for term in index.marks if not is_blank(term)][:_COMPARED]
    for term in sorted(index.focus - index.mentioned):
        message = f"nothing was checked: {term} does not occur in the file"
        yield Omission((), "absent-focus", message, did_you_mean(to_iri(term), subjects), severity)


def _nothing(
    counter: ThingCounter, index: StatementIndex, severity: str, stated_targets: Targets | None
) -> Omission:
    """The reason why no shape is about anything in the file, or about the nodes of --focus."""
    rule, names = "nothing-checked", counter.names
    of_others: list[NTerm] = []
    stated: Counter[NTerm] = Counter()
    for subject, _, number in index.class_numbers():
        if index.focus and subject not in index.focus:
            continue
        stated.update(index.classes_numbered(number))
        of_others += [name for name in counter.targeted(number) if name not in of_others]
    if not index.marks:
        return Omission((), rule, "nothing was checked: the file has no statements", "", severity)
    if stated_targets is not None and (
        skipped := _not_applied(counter, index, severity, stated, stated_targets)
    ):
        return skipped
    if index.targets.only_nodes and not index.focus:
        of = alternatives(map(names.of, sorted(index.targets.nodes)))
        message = f"nothing in the file was checked: the shapes are about {of}"
        message += ", which it does not mention"
        return Omission((), rule, message, "name nodes of the file with sh:targetNode", severity)
    if not stated and index.focus:
        nodes = sorted(index.focus)
        message = f"nothing was checked: no shape is about {' or '.join(map(names.of, nodes))}"
        fix = "state its class (rdf:type), or name another node with --focus"
        return Omission((nodes[0],), rule, message, fix, severity)
    if not stated:
        message = "nothing was checked: no thing in the file has a class"
        return Omission((), rule, message, "state the class of each thing (rdf:type)", severity)
    if of_others:
        listed = ", ".join(map(names.of, sorted(of_others)[:_NAMED]))
        message = f"nothing was checked: no {listed} in the file is of this graph"
        fix = "pass --shapes FILE with shapes of your own; only things of pcve: are checked here"
        return Omission(_first(index, of_others[0]), rule, message, fix, severity)
    pairs = [(name, _nearest_class(name, index)) for name, _ in stated.most_common(_NAMED)]
    name, near = next((pair for pair in pairs if pair[1]), (pairs[0][0], NO_TERM))
    shown = [name] if near else [name for name, _ in pairs]
    message = f"nothing was checked: no shape is about {' or '.join(map(names.of, shown))}"
    if counter.of_project and severity == "warning" and _is_published(stated, index):
        severity = "info"
    targets = ", ".join(map(names.of, sorted(index.targets.classes)[:_NAMED])) or "other targets"
    fix = f"did you mean {names.written(near)}?" if near else f"the shapes are about {targets}"
    return Omission(_first(index, name), rule, message, fix, severity)


def _not_applied(
    counter: ThingCounter,
    index: StatementIndex,
    severity: str,
    classes: Iterable[NTerm],
    targets: Targets,
) -> Omission | None:
    """That no shape is applied to `classes`, where errors in the shapes cost some of them.

    None if the shapes with errors are about other classes too.
    """
    of_shapes = [
        name
        for name in sorted(classes)
        if with_superclasses(name, index.superclasses) & targets.classes
    ]
    if of_shapes:
        listed = ", ".join(map(counter.names.of, of_shapes[:_NAMED]))
        message = f"nothing was checked: no shape about {listed} is applied"
    elif targets.nodes or targets.subjects_of or targets.objects_of:
        nodes = " or ".join(map(counter.names.of, sorted(index.focus))) or "anything in the file"
        message = f"nothing was checked: no shape that is applied is about {nodes}"
    else:
        return None
    key = _first(index, of_shapes[0]) if of_shapes else ()
    fix = "correct the errors in the shapes"
    return Omission(key, "nothing-checked", message, fix, severity)


def _is_published(classes: Iterable[NTerm], index: StatementIndex) -> bool:
    """Whether all classes are of published vocabularies, so that the file is no data of this graph.

    It is shapes, an ontology, or the description of a data set; nothing in it is misspelt.
    """
    return all(
        not is_blank(name)
        and (space := split_iri(to_iri(name))[0]) != PREFIXES["pcve"]
        and (space in _DESCRIPTIONS or space in index.vocabularies)
        and not index.is_undefined(to_iri(name))
        for name in classes
    )


_DESCRIPTIONS: Final = frozenset(
    {
        *(PREFIXES[prefix] for prefix in ("owl", "rdf", "rdfs", "sh")),
        "http://rdfs.org/ns/void#",
        "http://spdx.org/rdf/terms#",
        "http://www.w3.org/ns/dcat#",
        "http://www.w3.org/ns/sparql-service-description#",
    }
)
"""The namespaces of the vocabularies for ontologies, shapes and descriptions of data sets."""


def _nearest_class(name: NTerm, index: StatementIndex) -> NTerm:
    """The target class of a similar name in the same namespace, or of the same name."""
    space, local = split_iri(to_iri(name))
    targets = sorted(map(to_iri, index.targets.classes))
    own = [iri.removeprefix(space) for iri in targets if split_iri(iri)[0] == space]
    if near := similar_names(local, own, 1):
        return from_iri(space + near[0])
    same = [iri for iri in targets if split_iri(iri)[1] == local]
    return from_iri(same[0]) if same else NO_TERM


def _first(index: StatementIndex, term: NTerm) -> tuple[NTerm, ...]:
    return index.first_uses.get(term, ())


def _near_namespaces(
    counter: ThingCounter, index: StatementIndex, outside: Mapping[str, str]
) -> Iterator[tuple[str, Omission]]:
    """The namespaces of the file that are nearly one that the shapes or vocabularies have.

    With shapes of others, only the namespaces of the terms in them are compared. `outside` has the
    namespaces that are those of a context which is not in the file, with its address.
    """
    terms = {*index.targets.classes, *index.targets.subjects_of, *index.targets.objects_of}
    terms |= index.targets.terms
    names: dict[str, set[str]] = {}
    for term in terms:
        space, name = split_iri(to_iri(term)) if not is_blank(term) else ("", "")
        names.setdefault(space, set()).add(name)
    if counter.of_project:
        for space in PREFIXES.values():
            names.setdefault(space, set())
        for space, vocabulary in index.vocabularies.items():
            names.setdefault(space, set()).update(vocabulary.names)
    uses: dict[str, list[NTerm]] = {}
    cut: dict[str, Omission] = {}
    for term in index.first_uses:
        space = "" if is_blank(term) else split_iri(to_iri(term))[0]
        if space and space not in names and (pair := _cut_namespace(to_iri(term), names)):
            cut.setdefault(space, _of_cut_namespace(index, term, *pair))
        elif space:
            uses.setdefault(space, []).append(term)
    yield from cut.items()
    for space, used in uses.items():
        right = "" if space in names else _right_namespace(space, used, names)
        if right:
            defined = (term for term in used if split_iri(to_iri(term))[1] in names[right])
            term = next(defined, used[0])
            name = split_iri(to_iri(term))[1]
            uses_it = "the graph uses" if counter.of_project else "the shapes use"
            is_known = name in names[right] or (counter.of_project and not names[right])
            shown = right + name if is_known else f"the namespace {right}"
            message = f"{to_iri(term)}: {uses_it} {shown}"
            more = len(used) - 1
            message += f"; so do {more:,} more terms of this namespace" if more > 1 else ""
            fix = _namespace_fix(space, right, outside)
            first = index.first_uses[term]
            key = first[:2] if first.predicate == term else first
            yield space, Omission(key, "near-namespace", message, fix)


def _cut_namespace(iri: str, names: dict[str, set[str]]) -> tuple[str, str] | None:
    """The namespace of which `iri` has all but the last character, and what it has of it.

    A name that the namespace defines follows; the scheme may be the other one. None if there is no
    such namespace.
    """
    for space, defined in names.items():
        for stem in (space[:-1], other_scheme(space)[:-1]) if space[-1:] in ("/", "#") else ():
            if iri.startswith(stem) and iri[len(stem) :] in defined:
                return space, stem
    return None


def _of_cut_namespace(index: StatementIndex, term: NTerm, right: str, stem: str) -> Omission:
    """The warning of a term whose namespace is `right` without its last character."""
    first = index.first_uses[term]
    name = to_iri(term).removeprefix(stem)
    message = f"{to_iri(term)}: {right}{name} is meant, as the namespace {stem} lacks its end"
    key = first[:2] if first.predicate == term else first
    return Omission(key, "near-namespace", message, f"write the namespace as {right}")


def _namespace_fix(space: str, right: str, outside: Mapping[str, str]) -> str:
    """How to correct a namespace in the file, or in the context that it comes from."""
    if space not in outside:
        return f"write the namespace as {right}"
    address = outside[space]
    return (
        f"it comes from the context {address}, not from this file: in a copy of that context, "
        f"write {right} in place of {space}, and pass it with --context {address}=FILE"
    )


def _right_namespace(space: str, used: Iterable[NTerm], names: dict[str, set[str]]) -> str:
    """The known namespace that `space` is meant to be; empty if it is one of its own.

    It differs in the scheme, in upper and lower case, or in its end (#, / or nothing), or in one
    character if a term that is used is a term of the known namespace.
    """
    from rapidfuzz.distance import Levenshtein

    plain = _bare(space)
    for candidate in names:
        if plain and _bare(candidate) == plain:
            return candidate
    locals_used = {split_iri(to_iri(term))[1] for term in used}
    for candidate, terms in names.items():
        near = Levenshtein.distance(space, candidate, score_cutoff=1) <= 1
        if near and locals_used & terms:
            return candidate
    return ""


def _bare(space: str) -> str:
    """A namespace without its scheme, `www.` and its end, in lower case."""
    return space.partition("://")[2].lower().removeprefix("www.").rstrip("#/")


def _without_class(counter: ThingCounter, index: StatementIndex) -> Iterator[Omission]:
    """Things with properties of pcve: and no class, which no shape of a class is about."""
    reported = 0
    ours = {path: bit for path, bit in index.keys.items() if path.startswith(_OURS)}
    for subject, bits, number in index.class_numbers():
        if number or not bits & OWN or counter.classes_checked(subject, number):
            continue
        used = {path for path, bit in ours.items() if bits & bit}
        if not used:  # a term that the ontology describes, or an error of its own
            continue
        fitting = [
            counter.names.written(from_iri(kind.iri))
            for kind in index.classes.values()
            if used <= {from_iri(key.path) for key in kind.keys.values()}
        ]
        shown = ", ".join(map(counter.names.of, sorted(used)[:_NAMED]))
        message = f"it has {shown} and no class, so it was not checked"
        fix = "state its class (rdf:type)"
        if fitting:
            fix += f"; classes with these properties: {', '.join(fitting[:_NAMED])}"
        yield Omission((subject,), "no-class", message, fix)
        reported += 1
        if reported == _MOST:
            return


_OURS: Final = iri_start(PREFIXES["pcve"])


def _blank_things(counter: ThingCounter, index: StatementIndex) -> Iterator[Omission]:
    """The classes of pcve: with blank nodes that stand for a thing of its own."""
    numbers: Counter[NTerm] = Counter()
    first: dict[NTerm, NTerm] = {}
    records = {from_iri(kind.iri) for kind in index.classes.values() if kind.folder}
    for subject, _, number in index.class_numbers():
        if not is_blank(subject) or not number:
            continue
        for name in counter.classes_checked(subject, number):
            if name in records:
                numbers[name] += 1
                first.setdefault(name, subject)
    for name, number in sorted(numbers.items()):
        shown = counter.names.of(name)
        many, them, each_one = f"a {shown} is a blank node", "it", "it"
        if number > 1:
            many, them, each_one = f"{number:,} {shown} are blank nodes", "them", "each"
        message = f"{many}: nothing outside the file can refer to {them}"
        key = (first[name],) if number <= _MOST else ()  # to find the place takes time for each
        yield Omission(key, "blank-thing", message, f"give {each_one} an IRI")


def _note(counter: ThingCounter, check: TermCheck, near: dict[str, Omission]) -> Iterator[Omission]:
    """One note on all statements with properties that no shape is about."""
    index = check.index
    uses = Counter(
        {
            term: number
            for term, number in index.uses.items()
            if term not in _SYNTAX
            and not term.startswith(_OURS)
            and split_iri(to_iri(term))[0] not in near
            and not index.is_undefined(to_iri(term))
        }
    )
    uses = uses + check.unused - check.reported
    if not uses:
        return
    spaces = {split_iri(to_iri(term))[0] for term in uses}
    number, terms, vocabularies = uses.total(), len(uses), len(spaces)
    shown = sorted(map(counter.names.of, uses))
    listed = ", ".join(shown[:_NAMED]) + (", …" if terms > _NAMED else "")
    verb = "is" if number == 1 else "are"
    message = (
        f"{number:,} {'statement' if number == 1 else 'statements'} with {terms:,} "
        f"{'property' if terms == 1 else 'properties'} of {vocabularies:,} other "
        f"{'vocabulary' if vocabularies == 1 else 'vocabularies'} {verb} not checked: {listed}"
    )
    yield Omission((), "other-vocabularies", message, "", "info")
