"""Reading ontology/: the classes, the keys of their records (from the shapes), the vocabularies."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from ..model.namespaces import PREFIXES, expand, local_name, prefixed
from ..model.problems import ContentError, Position, rule_problem
from ..model.project import Project
from ..model.schema import VOCAB_BASE, Ontology, RecordClass, RecordKey
from ..model.terms import Iri, NTerm, NTriple, from_term, from_triple, plain_value
from ..model.text_normalization import fold
from ..model.visible import first_refused, offset_in_turtle
from ..syntax.turtle_check import check_turtle
from ..system.cache import cached
from ..system.files import LARGEST_FILE, read_inside, walk_files
from .ontology_files import OntologyFile, iri_of
from .ontology_parts import check_folders, check_parts
from .triple_index import TripleIndex, superclasses

_PARTS: Final = ("terms", "vocabulary", "shapes", "portable")


def read_turtle(raw: bytes, name: str) -> list[ox.Triple]:
    """The triples of a Turtle file.

    Raises ContentError at the position of a fault: `ontology-syntax`, `nesting`, `rdf-version`, or
    `control-character` for one in a term.
    """
    check_turtle(raw, name)
    try:
        triples = [quad.triple for quad in ox.parse(raw, format=ox.RdfFormat.TURTLE)]
    except SyntaxError as error:
        place = Position(name, error.lineno or 1, error.offset or 1)
        fix = "correct the Turtle at this position"
        raise ContentError([rule_problem("ontology-syntax", place, error.msg, fix)]) from None
    terms = (plain_value(term) for triple in triples for term in (triple.subject, triple.object))
    if bad := next(filter(None, map(first_refused, terms)), None):
        text = raw.decode()
        at = offset_in_turtle(text, bad.name)
        place = Position(name, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
        message, fix = f"found the character {bad.name}", f"delete the character {bad.name} here"
        raise ContentError([rule_problem("control-character", place, message, fix)])
    return triples


def read_ontology(project: Project) -> Ontology:
    """The ontology of `project`, from all Turtle files in ontology/.

    The object is the same one as long as the files are the same, so that its shapes stay compiled.
    Raises ContentError (`ontology-syntax`) if a file is not Turtle, or if one that is not a file of
    shapes contains a blank node, and as `check_folders` and `check_parts` do; UsageError if a file
    cannot be read.
    """
    paths = ontology_files(project)
    check_folders(project, [*map(project.relative, paths)])
    raw = tuple(read_inside(path, project.root, LARGEST_FILE) for path in paths)
    return _ontology(project.build, tuple(map(project.relative, paths)), raw)


def ontology_files(project: Project) -> list[Path]:
    """The Turtle files in ontology/, sorted: terms, vocabularies, shapes, then portable shapes.

    pcve.ttl comes first, even if it does not exist. Raises ContentError for anything but a regular
    file inside the project (`special-file`), and for a suffix that differs from .ttl in capital
    letters only (`ontology-syntax`): such a file would be ignored.
    """
    walked = list(walk_files(project.ontology, "ontology/", project.root))
    for name, entry in walked:
        stem, dot, suffix = entry.name.rpartition(".")
        if suffix != "ttl" and suffix.lower() == "ttl":
            message, fix = f"the file ends in .{suffix}", f"rename it to {stem}{dot}ttl"
            raise ContentError([rule_problem("ontology-syntax", Position(name), message, fix)])
    paths = {Path(entry) for _, entry in walked if entry.name.endswith(".ttl")}
    first = project.ontology / "pcve.ttl"

    def order(path: Path) -> tuple[int, Path]:
        return _PARTS.index(_part(project.relative(path))), path

    return [first, *sorted(paths - {first}, key=order)]


def _part(name: str) -> str:
    """What a file of the ontology defines, one of `_PARTS`."""
    folder = name.removeprefix("ontology/").partition("/")[0]
    return {"vocab": "vocabulary", "shapes": "shapes", "portable": "portable"}.get(folder, "terms")


@lru_cache(2)
def _ontology(build: Path, names: tuple[str, ...], raw: tuple[bytes, ...]) -> Ontology:
    content = cached(
        build, "ontology", [*map(str.encode, names), *raw], lambda: _parsed(names, raw)
    )
    by_iri = {entry["iri"]: _record_class(entry) for entry in content["classes"]}
    keys = (key for record_class in by_iri.values() for key in record_class.keys.values())
    return Ontology(
        graphs={name: tuple(lines) for name, lines in content["graphs"].items()},
        shapes=content["shapes"],
        digest=content["digest"],
        classes={record_class.name: record_class for record_class in by_iri.values()},
        by_iri=by_iri,
        schemes={scheme: tuple(terms) for scheme, terms in content["schemes"].items()},
        roles=content["roles"],
        implied=content["implied"],
        implied_inversely=content["implied_inversely"],
        messages={shape: (name, message) for shape, (name, message) in content["messages"].items()},
        labels={(scheme, term): tuple(words) for scheme, term, words in content["labels"]},
        by_shape={key.shape: key for key in keys},
        has_values={shape: tuple(values) for shape, values in content["pointed"].items()},
        deprecated=content["deprecated"],
        texts={name: text.decode() for name, text in zip(names, raw, strict=True)},
    )


_TUPLES: Final = (
    *("datatypes", "classes", "derives", "choices"),
    *("former", "former_inverse", "former_nested"),
)


def _record_class(content: dict[str, Any]) -> RecordClass:
    keys = {name: RecordKey(**{**key, **_tuples(key)}) for name, key in content["keys"].items()}
    return RecordClass(**{**content, "keys": keys})


def _tuples(key: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(key[name]) for name in _TUPLES}


def _parsed(names: tuple[str, ...], raw: tuple[bytes, ...]) -> dict[str, Any]:
    """The content of the files of an ontology as plain JSON."""
    terms: list[ox.Triple] = []
    vocabulary: list[ox.Triple] = []
    shapes: list[ox.Triple] = []
    digest = hashlib.sha256()
    files: list[OntologyFile] = []
    for name, text in zip(names, raw, strict=True):
        triples = read_turtle(text, name)
        files.append(OntologyFile(name, text.decode(), triples))
        part = _part(name)
        if part == "portable":  # for other engines only: graph.portable_shapes
            continue
        if part == "shapes":
            shapes += triples
            digest.update(hashlib.sha256(text).digest())
        else:
            _refuse_blank_nodes(files[-1])
            (vocabulary if part == "vocabulary" else terms).extend(triples)
    everything = TripleIndex((*terms, *vocabulary, *shapes))
    check_parts(files, everything)
    schemes = {
        scheme.removeprefix(VOCAB_BASE): tuple(
            concept.removeprefix(scheme + "/")
            for concept in everything.subjects_with("skos:inScheme", scheme)
        )
        for scheme in everything.subjects_with("rdf:type", expand("skos:ConceptScheme"))
    }
    return {
        "graphs": {
            "ontology": _lines((*terms, *_includes(everything))),
            "vocabulary": _lines(vocabulary),
        },
        "shapes": "\n".join(_lines(shapes)),
        "digest": digest.hexdigest(),
        "classes": [asdict(record_class) for record_class in _classes(everything)],
        "schemes": schemes,
        "roles": _roles(everything),
        "implied": _implied(everything, schemes, "pcve:roleProperty"),
        "implied_inversely": _implied(everything, schemes, "pcve:inverseRoleProperty"),
        "messages": _messages(everything),
        "labels": [(*of, words) for of, words in _labels(everything, schemes).items()],
        "pointed": _pointed(shapes),
        "deprecated": {
            term: everything.one(term, "dcterms:isReplacedBy")
            for term in everything.subjects_with("owl:deprecated", "true")
        },
    }


def _refuse_blank_nodes(file: OntologyFile) -> None:
    for triple in file.triples:
        if ox.BlankNode in (type(triple.subject), type(triple.object)):
            node = isinstance(triple.subject, ox.BlankNode)
            owner = "a blank node" if node else prefixed(iri_of(triple.subject))
            message = f"{prefixed(triple.predicate.value)} of {owner} has a blank node"
            message = f"{owner} has {prefixed(triple.predicate.value)}" if node else message
            place = file.position(triple.subject, triple.predicate, triple.object)
            fix = "give the node an IRI; the published ontology has no blank nodes"
            raise ContentError([rule_problem("ontology-syntax", place, message, fix)])


def _lines(triples: Iterable[ox.Triple]) -> tuple[NTriple, ...]:
    return tuple(sorted(set(map(from_triple, triples))))


def _includes(triples: TripleIndex) -> Iterator[ox.Triple]:
    """By the shapes, the classes that use each of our properties and those of its values."""
    for shape in triples.subjects_with("rdf:type", expand("sh:NodeShape")):
        for key in (_key(triples, member) for member in triples.all(shape, "sh:property")):
            for name, values in (
                ("schema:domainIncludes", triples.all(shape, "sh:targetClass")),
                ("schema:rangeIncludes", (*key.classes, *key.datatypes)),
            ):
                for value in values if key.path.startswith(PREFIXES["pcve"]) else ():
                    yield ox.Triple(*map(ox.NamedNode, (key.path, expand(name), value)))


def _roles(triples: TripleIndex) -> dict[str, str]:
    scheme = VOCAB_BASE + "role"
    return {
        path: concept
        for concept in triples.subjects_with("skos:inScheme", scheme)
        for path in triples.all(concept, "pcve:roleProperty")
    }


def _implied(
    triples: TripleIndex, schemes: dict[str, tuple[str, ...]], name: str
) -> dict[str, str]:
    """The property that each role implies, by concept, apart from the roles in events."""
    concepts = (
        f"{VOCAB_BASE}{scheme}/{term}"
        for scheme, terms in schemes.items()
        if scheme != "role"
        for term in terms
    )
    return {concept: path for concept in concepts for path in triples.all(concept, name)}


def _labels(
    triples: TripleIndex, schemes: dict[str, tuple[str, ...]]
) -> dict[tuple[str, str], tuple[str, ...]]:
    return {
        (scheme, term): tuple(
            fold(word)
            for name in ("skos:prefLabel", "skos:altLabel")
            for word in triples.all(f"{VOCAB_BASE}{scheme}/{term}", name)
        )
        for scheme, terms in schemes.items()
        for term in terms
    }


def _messages(triples: TripleIndex) -> dict[str, tuple[str, str]]:
    kinds = ("sh:NodeShape", "sh:PropertyShape", "sh:SPARQLConstraint")
    return {
        shape: (triples.one(shape, "sh:name"), triples.one(shape, "sh:message"))
        for kind in kinds
        for shape in triples.subjects_with("rdf:type", expand(kind))
    }


def _pointed(shapes: list[ox.Triple]) -> dict[str, tuple[NTerm, ...]]:
    """The values of sh:hasValue by the IRI of their shape, those in its blank nodes included."""
    blanks = (triple for triple in shapes if isinstance(triple.object, ox.BlankNode))
    holder = {triple.object: triple.subject for triple in blanks}
    values_by_shape = defaultdict(list)
    for triple in shapes:
        if triple.predicate.value == expand("sh:hasValue"):
            node = triple.subject
            while isinstance(node, ox.BlankNode) and node in holder:
                node = holder[node]
            values_by_shape[plain_value(node)].append(from_term(triple.object))
    return {shape: tuple(sorted(values)) for shape, values in values_by_shape.items()}


def _classes(triples: TripleIndex) -> Iterator[RecordClass]:
    shapes: dict[str, list[str]] = defaultdict(list)
    for shape in triples.subjects_with("rdf:type", expand("sh:NodeShape")):
        for target in triples.all(shape, "sh:targetClass"):
            shapes[target].append(shape)
    for iri, own in sorted(shapes.items()):
        shape = next((shape for shape in own if triples.all(shape, "pcve:folder")), own[0])
        keys: dict[str, RecordKey] = {}
        for ancestor in sorted(superclasses(triples, iri)):
            for ancestor_shape in shapes.get(ancestor, ()):
                for member in triples.all(ancestor_shape, "sh:property"):
                    key = _key(triples, member)
                    if key.name not in keys or key.datatypes or key.classes or key.scheme:
                        keys[key.name] = key
                    elif key.required:
                        keys[key.name] = replace(keys[key.name], required=True)
        yield RecordClass(
            name=local_name(iri),
            iri=Iri(iri),
            label=triples.one(shape, "sh:name"),
            description=triples.one(shape, "sh:description"),
            folder=triples.one(shape, "pcve:folder") or None,
            keys=dict(sorted(keys.items(), key=_in_order)),
        )


def _in_order(item: tuple[str, RecordKey]) -> tuple[bool, int, str]:
    name, key = item
    return (not local_name(key.shape).startswith("Thing-"), key.order, name)


def _key(triples: TripleIndex, shape: str) -> RecordKey:
    path = triples.one(shape, "sh:path")
    choices = [
        shape,
        *(choice for head in triples.all(shape, "sh:or") for choice in triples.listed(head)),
    ]
    datatypes = [datatype for choice in choices for datatype in triples.all(choice, "sh:datatype")]
    classes = [class_iri for choice in choices for class_iri in triples.all(choice, "sh:class")]
    holders = triples.subjects_with("sh:property", shape)
    targets = {target for holder in holders for target in triples.all(holder, "sh:targetClass")}
    schemes = [
        value.removeprefix(VOCAB_BASE)
        for node in triples.all(shape, "sh:node")
        for member in triples.all(node, "sh:property")
        if triples.one(member, "sh:path") == expand("skos:inScheme")
        for value in triples.all(member, "sh:hasValue")
    ]
    group = triples.one(shape, "sh:group")
    return RecordKey(
        name=local_name(path),
        path=Iri(path),
        shape=Iri(shape),
        label=triples.one(shape, "sh:name"),
        description=triples.one(shape, "sh:description"),
        message=triples.one(shape, "sh:message"),
        order=int(triples.one(shape, "sh:order", "0")),
        datatypes=tuple(map(Iri, datatypes)),
        classes=tuple(map(Iri, classes)),
        scheme=schemes[0] if schemes else None,
        derives=tuple(map(Iri, triples.all(shape, "pcve:derives"))),
        required=triples.one(shape, "sh:minCount", "0") != "0",
        former=tuple(triples.all(shape, "pcve:formerKey")),
        former_inverse=tuple(triples.all(shape, "pcve:formerInverseKey")),
        former_nested=tuple(triples.all(shape, "pcve:formerNestedKey")),
        group=group,
        group_order=int(triples.one(group, "sh:order", "0")),
        choices=tuple(
            Iri(iri) for head in triples.all(shape, "sh:in") for iri in triples.listed(head)
        ),
        same_class=len(classes) > 1 and set(classes) == targets,
        certainty=triples.one(shape, "pcve:defaultCertainty"),
        refers=bool(classes) and triples.one(shape, "sh:nodeKind") == expand("sh:IRI"),
    )
