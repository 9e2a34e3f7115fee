"""Problems of content (position, rule, message, fix) and the exceptions that report them."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, NamedTuple

from .languages import preferred_literal
from .terms import NO_IRI, NO_TERM, Iri, NTerm, from_iri, lexical
from .visible import one_line

RULES: dict[str, str] = {
    "absent-focus": "--focus names a thing that occurs in a file",
    "alias": "a value is written out in place, without anchors, aliases or tags",
    "blank-thing": "a thing that others can refer to has an IRI",
    "bounds": "data/bounds.yml has the sections class, country, year, fill and share, with a "
    "number for each figure, and the losses that were accepted",
    "check-query": "a query in queries/checks is a SELECT of ?subject and ?problem",
    "checksum": "a held text is the file whose SHA-256 the source states",
    "checks-not-run": "a check that needs the whole graph runs on a file with --against",
    "cited": "a new record does not rest on cited facts alone; an old one gets no more of them, "
    "and its cited facts are read again when it is edited",
    "cited-file": "data/cited.tsv has a line for each record of the last release: its id, the "
    "number of its cited facts, and the SHA-256 of its content",
    "claim-predicate": "the predicate of a claim is a property of the class of its subject",
    "claim-statement": "the statement of a claim that is neither contested nor deprecated is in "
    "the file, or with --against in the graph",
    "cleared": "an entry under cleared has a rule, a text and a reason, and lifts an error",
    "comment": "a file that is formatted has no comments: what is worth saying is a value",
    "conflict": "a contested claim conflicts with one that is preferred, or with others that are "
    "contested; a key without a value has none",
    "control-character": "text contains no control characters except tabs and line ends, no "
    "bidirectional overrides, and no unclosed embeddings",
    "duplicate": "a thing has one record; a curator decides once on each pair of similar names",
    "duplicate-id": "an id is used once in all of data/records, and once in data/sources",
    "duplicate-key": "a key occurs once in its mapping",
    "edtf": "a date in EDTF is of a form that is read, and its days exist",
    "empty-value": "a key has a value; a key is left out if the source states no value",
    "encoding": "a file is UTF-8 text without NUL bytes",
    "evidence-repeated": "the same words of a source are the evidence of a fact once",
    "file-name": "a file of one record is named by its id, with .yml",
    "file-size": "a YAML file has at most 4 MB, a line of JSON Lines 4 MB, a held text 64 MB, "
    "pcve.toml 16 KB, any other file 300 MB, and a term in it 16 MB",
    "folder": "a record is in the folder of its class",
    "held-text": "a held text is in data/sources/texts; textFile and sha256 are both given",
    "id": "an id consists of small letters a-z, digits and single hyphens, 200 characters at most",
    "involvement-role": "the role in a hasInvolvement is one that the class of the record "
    "has a key for",
    "json-syntax": "a record in JSON Lines is one JSON object on one line",
    "language": "text for people has a language: {en: the text}",
    "ledger": "an entry of data/ledger.yml decides on one pair of records, with a reason",
    "loss": "no figure of data/bounds.yml is more than 5 % below its least or above its most",
    "missing-key": "a record has id, type and claims; a block has a source and at least one fact",
    "ontology-part": "an ontology describes each class, shape, list and term that the program or "
    "another file of it refers to, in a form that can be read",
    "ontology-subject": "a shape, concept or list is described in one file",
    "ontology-syntax": "a file in ontology/ is Turtle and ends in .ttl; only ontology/shapes/ "
    "may have blank nodes",
    "no-statements": "a file that is validated has statements",
    "other-vocabularies": "properties that no shape is about are allowed, and are not checked",
    "no-claims": "the facts of a file come with their sources, as claims",
    "passage": "a passage has the number of its words (8 to 9999), their SHA-256, at most eight "
    "words that carry the value, and the index of the first of them",
    "passage-contradiction": "fingerprints with one SHA-256 are of one passage: they have the same "
    "number of words, and the same word at the same index",
    "passage-held": "the words of a held text are quoted; a passage is of a text that is not held",
    "passage-not-in-text": "a passage stands in the text that it was read in, word for word",
    "placeholder": "a release states who is responsible for it and how to reach them",
    "private-person": "free text names nobody beside words of suspicion, children, families or "
    "religion, unless a record states the public role",
    "query-columns": "a query whose rows a command reads selects the columns that the command "
    "expects, with values of the expected types",
    "query-header": "the header of a query is `#+ key: value` in YAML, with known keys, classes "
    "and closed lists",
    "query-labels": "a query asks for names by the properties that hold them in this graph",
    "query-nesting": "brackets are nested at most 32 deep; a chain weighs at most 400 "
    "(operator 1, triple 2, bracket 3)",
    "query-size": "a query has at most 1,048,576 characters",
    "query-syntax": "a query is SPARQL 1.1",
    "near-namespace": "a namespace is written as its vocabulary writes it, to the character",
    "nesting": "the depth and breadth of an RDF file allow it to be read in bounded time",
    "no-class": "a thing with properties of pcve: has a class, by which it is checked",
    "nothing-checked": "a file that is validated has a thing that a shape is about, and a "
    "folder a file that can be read",
    "query-service": "a query that a build or an analysis runs reads this graph only: no SERVICE",
    "quote-missing": "a fact from a source with a held text has a quote; only the records in "
    "data/unquoted.yml have blocks without one",
    "quote-not-found": "a quote occurs in the held text, word for word",
    "quote-not-held": "a quote requires a held text to be checked against",
    "quote-position": "the offsets of a quote are those of its words in the held text",
    "quote-ambiguous": "a quote occurs once in the held text, or states which occurrence it is",
    "rdf-syntax": "an RDF file follows the syntax of its format",
    "rdf-version": "a file is RDF 1.1: no triple terms, no reifiers, no base directions",
    "rank": "a fact has one rank",
    "reason": "an inferred or contested block has a note with the reason",
    "reader-id": "who reads or reviews has an id such as reader-a, or an ORCID; never a name",
    "recheck": "a file in data/rechecks is as `pcve evidence recheck` writes it, and named by the "
    "id of its source",
    "redacted": "a redacted record has its id, type, day and reason and nothing else, and nothing "
    "refers to it",
    "relative-iri": "an IRI that refers outside the file is absolute, or the file states a base",
    "review": "a reading is of a claim with words as the graph has it, and has one verdict: "
    "supports, contradicts or unclear",
    "role-concept": "a property of events that takes any agent is a role: one concept of "
    "ontology/vocab/role.ttl names it with pcve:roleProperty",
    "sensitivity": "a record of sensitivity economy is no place, and neither its id nor its name "
    "states the place or the month",
    "settings": "pcve.toml has the keys title, owner, contact, base, data-version, iati-identifier "
    "and iati-type, each a string in the required format",
    "settings-syntax": "pcve.toml is TOML",
    "shacl-advanced": "SHACL Advanced Features are run with --advanced; SHACL-JS, sh:values and "
    "sh:entailment are not run",
    "shacl-term": "a term in the namespace of SHACL is one that SHACL defines",
    "shape": "a shape is well-formed: one path, lists that are lists, parameters with values of "
    "the kind that SHACL requires",
    "shape-query": "a query in a shape is SPARQL 1.1, its prefixes are declared, and it keeps the "
    "rules for pre-bound variables",
    "source-not-public": "a fact rests on sources that the public can read",
    "special-file": "a project, and a folder that is validated or has queries, consists of regular "
    "files in it",
    "structure": "a file has the structure of its format: a record that of data/FORMAT.md, a query "
    "and weights.yml those of queries/README.md",
    "unassigned": "a block has one source, or lists its evidence; only the records in "
    "data/unassigned.yml have blocks that name several sources together",
    "unread-file": "a file below data/ is a record, a source, the held text of a source, or a file "
    "that data/FORMAT.md names",
    "unsourced-fact": "in a file with claims, each fact of the things that they are about has a "
    "claim that is neither contested nor deprecated, or is derived from one",
    "undeclared-prefix": "a prefix of a vocabulary that JSON-LD uses is declared in a context",
    "unknown-key": "a key, which is a property in RDF, is one that the class of the thing has",
    "unknown-source": "a source has a file in data/sources",
    "unknown-term": "a term in a namespace of this project, or of schema.org, SKOS, DCTERMS, ORG, "
    "FOAF, PROV or OA, is one that its vocabulary defines",
    "unknown-type": "a type is a class with a shape in ontology/shapes/",
    "unmapped-key": "a context maps each key of a JSON-LD file to an IRI",
    "unreadable-file": "a file that is named exists, is regular, readable, and of a known format",
    "value-not-in-words": "the words of a stated fact carry its value: the date, the number, each "
    "significant word of a name, a name of the thing, a cue of the concept",
    "weights": "weights.yml has each key of docs/overlap-score.md: a number in its range, or ids "
    "of a closed list",
    "yaml-syntax": "records, query headers and weights are YAML: two spaces a level, no tabs",
}
"""The rules that readers and the mapping enforce. Shapes and checks state their own."""


SEVERITIES: Final = ("error", "warning", "info")
"""The severities of problems, the highest first."""


class Position(NamedTuple):
    """A place in a file; line and column count from 1, column in characters."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{one_line(self.path)}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """A violation of one rule at one position, with a fix. `why` is the text of the rule.

    `severity` is one of `SEVERITIES`.
    """

    position: Position
    rule: str
    message: str
    why: str
    fix: str
    severity: str = "error"

    def __str__(self) -> str:
        message, why, fix = map(one_line, (self.message, self.why, self.fix))
        text = f"{self.position}: {self.severity} {self.rule}: {message}\n    rule: {why}"
        return f"{text}\n    fix:  {fix}" if fix else text


def rule_problem(rule: str, position: Position, message: str, fix: str) -> Problem:
    """The problem of a violation of `rule`, one of `RULES`, at `position`."""
    return Problem(position, rule, message, RULES[rule], fix)


class PcveError(Exception):
    """What pcve raises. `problems` are those of the content, by file and line; empty for others."""

    problems: tuple[Problem, ...] = ()


class ContentError(PcveError):
    """The content has problems: exit code 1. `problems` is sorted by file and line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def shortage_message(error: BaseException) -> str:
    """The message for an `error` caused by too few open files, memory or threads; else empty.

    A retry by other means does not help after such an error. Native code reports it with the text
    of the system alone, and a module that cannot be loaded with an ImportError.
    """
    number = getattr(error, "errno", None)
    text = str(error)
    if number in (errno.EMFILE, errno.ENFILE) or any(
        part in text for part in ("Too many open files", "file descriptors")
    ):
        return "too many open files; raise the limit of this process with `ulimit -n`"
    if (
        isinstance(error, MemoryError)
        or number == errno.ENOMEM
        or any(part in text for part in ("Cannot allocate memory", "failed to map", "start new"))
    ):
        return "not enough memory; raise the limit of this process, or end other processes"
    return ""


def damage_message(error: BaseException) -> str:
    """The message for an `error` of a damaged store (a wrong checksum); empty for other errors."""
    if isinstance(error, (OSError, RuntimeError)) and "Corruption" in str(error):
        return f"the build is damaged ({error}); run `pcve build`"
    return ""


def denial(error: BaseException) -> str:
    """The message where this user may not read or write a file; empty for other errors."""
    if isinstance(error, PermissionError) and error.filename is not None:
        return f"{os.fsdecode(error.filename)} cannot be used: {error.strerror}"
    return ""


@contextmanager
def damage_as_usage_error() -> Iterator[None]:
    """Turn the error of a damaged store into a UsageError with the message of `damage_message`."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        if message := damage_message(error):
            raise UsageError(message) from None
        raise


class UsageError(PcveError):
    """The command or its set-up is wrong: exit code 2. The text states what, and what to do."""


class OptionError(UsageError):
    """Options that are wrong, alone or together, in the words of the command or of Python.

    `template` names options as the command does; `values`, which a user may have typed, replace the
    names in braces.

    >>> error = OptionError("--as-of requires a day, not {day!r}", day="--x")
    >>> str(error), str(error.in_python())
    ("--as-of requires a day, not '--x'", "as_of requires a day, not '--x'")
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template)
        self.template, self.values = template, values

    def __str__(self) -> str:
        return self.template.format(**self.values)

    def in_python(self) -> UsageError:
        """The same error, with options named as arguments: `as_of` for `--as-of`."""
        template = re.sub(
            r"--([a-z]+(?:-[a-z]+)*)", lambda match: match[1].replace("-", "_"), self.template
        )
        return UsageError(template.format(**self.values))


class MissingLibraryError(UsageError):
    """A library that an extra brings is not installed; the text names both."""


class NothingToWriteError(UsageError):
    """The command is right, and no data are left to write: exit code 1, and no file."""


@dataclass(frozen=True, order=True, slots=True)
class ShaclResult:
    """One SHACL validation result (SHACL 3.6.2); its terms are in N-Triples syntax.

    Blank nodes have the labels of the data. `path` is empty for a result about the node itself, and
    in Turtle syntax if it is not a single property (SHACL 2.3.1); `value` is empty if the result
    has none. `shape`, `component` and `constraint` are IRIs without angle brackets. `shape` is
    empty for a shape that is a blank node; `blank_shape` is then that node, and `holder` the
    nearest shape around it that has an IRI. `constraint` is empty unless it is a SPARQL constraint;
    of one that is a blank node, `blank_constraint` is that node. `messages` are literals, sorted,
    each with its language. `details` are the results inside, for a value that does not conform to a
    sh:node. `parameter` is the value of the parameter that is violated, where the shape has several
    of it, such as two lists of sh:or.
    """

    focus: NTerm
    path: NTerm
    value: NTerm
    shape: Iri
    component: Iri
    severity: Iri
    messages: tuple[NTerm, ...]
    constraint: Iri = NO_IRI
    holder: Iri = NO_IRI
    blank_shape: NTerm = NO_TERM
    blank_constraint: NTerm = NO_TERM
    details: tuple[ShaclResult, ...] = ()
    parameter: NTerm = NO_TERM

    @property
    def rule(self) -> Iri:
        """The IRI of the violated rule: the SPARQL constraint if there is one, else the shape."""
        return self.constraint or self.shape or self.holder or self.component

    @property
    def source(self) -> NTerm:
        """The violated shape as a term; empty for a query in queries/checks alone."""
        return from_iri(self.shape) if self.shape else self.blank_shape

    @property
    def source_constraint(self) -> NTerm:
        """The violated SPARQL constraint as a term; empty if there is none."""
        return from_iri(self.constraint) if self.constraint else self.blank_constraint

    @property
    def message(self) -> str:
        """The text of the message in the language of the user; else as `preferred_literal`."""
        shown = preferred_literal(self.messages)
        return lexical(shown) if shown else ""
