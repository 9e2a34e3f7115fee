"""The method of `KnowledgeGraph` that validates files and graphs in memory."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ..model.calls import names_checked
from ..model.limits import COMMAND_SECONDS, MEMORY_BYTES
from ..model.problems import SEVERITIES, UsageError
from ..model.suggest import did_you_mean
from .arguments import check_type, flag, optional_text, paths, texts
from .opened_graph import OpenedGraph, read_bounds
from .reports import Problems, problem_tuple

if TYPE_CHECKING:
    import rdflib

Texts: TypeAlias = str | Collection[str]
Files: TypeAlias = str | Path | Collection[str | Path]


class Checks(OpenedGraph):
    """Validation against the shapes and rules of the project, or against other shapes."""

    @names_checked
    def validate(
        self,
        *data: str | Path | rdflib.Graph,
        text: str | None = None,
        engine: str | None = None,
        input_format: str | None = None,
        shapes: Files = (),
        ontology: Files = (),
        advanced: bool = False,
        against: bool = False,
        require_claims: bool = False,
        focus: Texts = (),
        severity: str = "info",
        context: Texts = (),
        require_checked: bool = False,
        timeout: float = COMMAND_SECONDS,
        memory: int | str = MEMORY_BYTES,
    ) -> Problems:
        """The problems in files of RDF or records, in an rdflib graph, or in a text.

        Without any of these, those of the whole project. Sorted by file and line; empty where
        everything conforms. `text` is RDF or a record, in Turtle unless `input_format` says
        otherwise; its problems are in the file `text`, those of a graph in `graph`, at the lines of
        its N-Triples, sorted. With `against`, references are resolved in the saved graph; the other
        arguments are the options of `pcve validate`.

        Validation runs in a process that is stopped after `timeout` seconds or above `memory`
        (bytes, or a text such as "600M"); 0 is no bound, and with both 0 it runs in this process. A
        path that cannot be read is a problem. Raises UsageError for arguments that need others, and
        where validation was stopped.

        >>> kg.validate("mine.ttl", against=True)  # doctest: +SKIP
        >>> kg.validate(rdflib.Graph().parse("mine.ttl"))  # doctest: +SKIP
        """
        from ..validation.request import check_options, problems_in
        from ..validation.run import ValidationOptions

        if flag("against", against):
            self._require_saved("against")
        files, content, name, form = _inputs(
            data, text, optional_text("input_format", input_format)
        )
        options = ValidationOptions(
            engine=optional_text("engine", engine) or None,
            input_format=form or None,
            shapes=paths("shapes", shapes),
            ontologies=paths("ontology", ontology),
            advanced=flag("advanced", advanced),
            focus=texts("focus", focus),
            severity=_severity(severity),
            context=texts("context", context),
            require_checked=flag("require_checked", require_checked),
            require_claims=flag("require_claims", require_claims),
        )
        check_options(options, against, bool(files) or content is not None)
        if advanced and engine is None:
            options["engine"] = "pyshacl"  # turbo does not run every sh:rule
        arguments = (self.project, files, content, name, options, against)
        bounds = read_bounds(timeout, memory)
        return problem_tuple(self._bounded(problems_in, *arguments, name="validate", bounds=bounds))


def _inputs(
    data: tuple[object, ...], text: str | None, form: str
) -> tuple[tuple[Path, ...], bytes | None, str, str]:
    """The files, the content in memory, its name, and its format.

    Raises UsageError for anything that is no path, graph or text, and for two in memory.
    """
    files, graphs = [], []
    for part in data:
        if _is_graph(part):
            graphs.append(part)
        else:
            check_type("a path", part, str, Path)
            files.append(Path(str(part)))
    if text is not None:
        check_type("text", text, str)
        graphs.append(text)
    if len(graphs) > 1:
        raise UsageError("validate takes one graph or text; call it once for each")
    if not graphs:
        return tuple(files), None, "", form
    if form and files:
        raise UsageError("input_format is that of the text; validate the files by themselves")
    if text is not None:
        return tuple(files), text.encode(errors="surrogatepass"), "text", form or "turtle"
    if form:
        raise UsageError("input_format is that of a text or file; a graph has none")
    return tuple(files), *_serialized(graphs[0])


def _is_graph(value: object) -> bool:
    """Whether a value is a graph or dataset of rdflib, which is not imported for it."""
    return callable(getattr(value, "serialize", None)) and callable(getattr(value, "parse", None))


def _serialized(graph: object) -> tuple[bytes, str, str]:
    """The sorted N-Triples of a graph or N-Quads of a dataset, its name, and the format."""
    quads = hasattr(graph, "quads")
    form = "nquads" if quads else "ntriples"
    with warnings.catch_warnings():  # rdflib writes N-Quads by methods that it deprecates
        warnings.simplefilter("ignore", DeprecationWarning)
        written: str = graph.serialize(format="nquads" if quads else "nt")  # type: ignore[attr-defined]
    lines = sorted(line for line in written.split("\n") if line)
    return "".join(f"{line}\n" for line in lines).encode(errors="surrogatepass"), "graph", form


def _severity(severity: str) -> str:
    if severity in SEVERITIES:
        return severity
    hint = did_you_mean(str(severity), SEVERITIES)
    raise UsageError(
        f"severity must be one of {', '.join(SEVERITIES)}, not {severity!r}"
        + (hint and f"; {hint}")
    )
