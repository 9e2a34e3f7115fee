"""What `pcve query`, `pcve queries` and `pcve search` answer: text for stdout, and talk beside."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

from ..ask.grounds import grounds
from ..graph.serialize import RDF_FORMATS
from ..graph.store import Saved
from ..model.limits import QUESTION_SECONDS
from ..model.namespaces import kebab, likely
from ..model.problems import Problem, UsageError
from ..model.project import Project
from ..model.visible import one_line
from ..query.access import Here, Reading, bind_in
from ..query.execute import RESULT_FORMATS, Table, Triples
from ..query.foreign import choose, own_query, read_folder
from ..query.render import columns, present
from ..query.saved import Parameter, SavedQuery, read_queries
from ..query.search import Hit
from ..syntax.ontology import read_ontology
from ..system.sandbox import inside

ROW_FORMATS = ("table", "markdown", *RESULT_FORMATS)


@dataclass(frozen=True, slots=True)
class Asked:
    """How a question is put: which limits hold, and how the answer is written.

    `settings` are `parameter=value`. `timeout` is in seconds: None for what the header says or the
    usual, 0 for no bound. `limit` is rows or triples, 0 for all. `width` is that of the terminal,
    0 for lines as long as they are. `service` lets SERVICE ask other servers. `why` is the row
    whose reasons are told, 0 for all rows, None for no reasons.
    """

    settings: tuple[str, ...] = ()
    form: str = ""
    iris: bool = False
    width: int = 0
    timeout: float | None = None
    limit: int = 0
    service: bool = False
    queries: Path | None = None
    why: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer as text in the format `form`, messages beside it, and the problems met."""

    text: str
    talk: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    form: str = "text"


def question(project: Project, graph: Reading, name: str, own: bytes | None, asked: Asked) -> Reply:
    """The answer to a saved query, to that of a file or folder, or to the text `own`."""
    known = (*ROW_FORMATS, *RDF_FORMATS)
    if asked.form and asked.form not in known:
        hint = ", ".join(likely(asked.form, known) or known)
        raise UsageError(f"there is no format {asked.form!r}; {hint}")
    chosen = choose(project, name, asked.queries) if own is None else own_query(own, "stdin")
    seconds = asked.timeout
    if seconds is None:
        seconds = chosen.timeout or QUESTION_SECONDS
        if isinstance(graph, Here):
            inside.bound(seconds=seconds)
    inside.working_on(chosen.path)
    bindings = bind_in(graph, chosen, _pairs(asked.settings))
    answer = graph.ask(
        chosen.text,
        bindings,
        chosen.path,
        timeout=seconds,
        limit=asked.limit or None,
        service=asked.service,
    )
    talk = list(map(_note, chosen.notes))
    if not isinstance(answer, bool) and answer.more:
        talk.append(f"stopped after {asked.limit:,}; there are more")
    if asked.why is not None:
        if not isinstance(answer, Table):
            raise UsageError("only the rows of a SELECT have reasons; leave --why out")
        if not isinstance(graph, Here):
            raise UsageError("--why reads the evidence of the built graph; leave --endpoint out")
        ontology = read_ontology(project)
        store = graph.saved.store
        told = grounds(store, ontology, chosen.text, bindings, answer, asked.why, asked.form)
        return Reply(told, tuple(talk), form=asked.form or "table")
    text = present(answer, asked.form, graph.words(answer, asked.form), asked.iris, asked.width)
    usual = "turtle" if isinstance(answer, Triples) else "table"
    return Reply(text, tuple(talk), form=asked.form or usual)


def _note(note: Problem) -> str:
    return one_line(f"{note.position}: note: {note.message}; {note.fix}")


def _pairs(settings: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f"--set takes KEY=VALUE, not {setting!r}")
        pairs[key.strip()] = value.strip()
    return pairs


def overview(project: Project) -> str:
    """The names and summaries of the saved queries, a line each."""
    found = read_queries(project, "answers")
    return indent(columns([[name, query.summary] for name, query in found.items()]), "  ")


def catalogue(project: Project, folder: Path | None) -> Reply:
    """The queries of the project or of `folder`, their parameters, an example of each."""
    problems: list[Problem] = []
    if folder is None:
        found = read_queries(project, "answers")
    else:
        found, problems = read_folder(folder)
    lines: list[str] = []
    for name, query in found.items():
        option = f" --queries {folder}" if folder else ""
        lines += _entry(name, query, option)
    notes = tuple(_note(each) for query in found.values() for each in query.notes)
    return Reply("".join(line + "\n" for line in lines), notes, tuple(problems))


def _entry(name: str, query: SavedQuery, option: str) -> list[str]:
    lines = [f"{name}  {query.summary}".rstrip()]
    example = f"pcve query {name}{option}"
    for parameter in query.params.values():
        lines.append(
            f"    {parameter.name} ({_takes(parameter)}): {parameter.description}".rstrip(": ")
        )
        if parameter.example:
            value = parameter.example
            quoted = f"'{value}'" if set(value) & set(" '\"()<>&;|*?$") else value
            example += f" --set {parameter.name}={quoted}"
    return [*lines, f"    example: {example}"]


def _takes(parameter: Parameter) -> str:
    """`concept of topic, needed`: what a parameter takes, in a few words."""
    words = parameter.type
    if parameter.scheme:
        words += f" of {parameter.scheme}"
    if parameter.kinds:
        words = " or ".join(parameter.kinds)
    if parameter.language:
        words += f" in {parameter.language}"
    if parameter.allowed:
        words += ": " + " | ".join(parameter.allowed)
    if parameter.default:
        return f"{words}, else {parameter.default}"
    return words + (", needed" if parameter.required else "")


def finding(saved: Saved, text: str, kinds: tuple[str, ...], limit: int, form: str) -> Reply:
    """The things that `text` may mean, best first, as a table or JSON."""
    index = saved.index()
    known = index.kinds()
    for kind in kinds:
        if kebab(kind) not in known:
            hint = ", ".join(likely(kebab(kind), known) or sorted(known))
            raise UsageError(f"there is no kind {kind!r}; {hint}")
    found = index.search(text, tuple(map(kebab, kinds)), limit or None)
    if form == "json":
        rows = [
            {"iri": hit.iri, "id": hit.id, "kind": hit.kind, "label": hit.label}
            | {"matched": hit.field, "text": hit.text}
            for hit in found
        ]
        return Reply(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", form=form)
    if form != "table":
        raise UsageError(f"there is no format {form!r}; table, json")
    if not found:
        return Reply("", (f"nothing is called {text!r} or tells of it",))
    return Reply(columns([[hit.id, hit.kind, hit.label, _why(hit)] for hit in found]))


def _why(hit: Hit) -> str:
    if hit.field in ("id", "name") and hit.text in (hit.id, hit.label):
        return ""
    words = " ".join(hit.text.split())
    short = words if len(words) <= 90 else words[:89] + "…"
    return f"{hit.field}: {short}"
