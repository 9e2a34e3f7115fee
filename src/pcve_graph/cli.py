"""The command. The only room that prints, exits, and reads the clock or the environment."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import __version__
from .commands.console import announce, completeness, count, doing, guarded, many, summary, tell
from .commands.servers import ENDPOINT, FOLDER, graph_at, listing, publishing
from .errors import ContentError, Problem, UsageError
from .project import Project, find_project, shipped_project

if TYPE_CHECKING:
    from .build.check import Checked
    from .build.store import Saved


def main() -> None:
    """Run `pcve` with the arguments of the process."""
    cli(prog_name="pcve")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="pcve")
@click.option(
    "--project",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The project's folder. Without it: the nearest one upward, else the one shipped inside.",
)
@click.pass_context
def cli(context: click.Context, folder: Path | None) -> None:
    """A knowledge graph of work to prevent and counter violent extremism.

    Every fact says where it comes from, and a machine has checked that the words are there.
    """
    context.obj = folder
    if os.environ.get("NO_COLOR"):
        context.color = False


def here(context: click.Context) -> Project:
    """The project that the command works on."""
    folder: Path | None = context.obj
    if folder is None:
        return find_project(Path.cwd()) or shipped_project(_cache())
    found = find_project(folder)
    if found is None or found.root != folder.resolve():
        raise UsageError(f"{folder} is no project; it has ontology/, data/records/ and queries/")
    return found


def _cache() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("pcve-graph")) / __version__ / "build"


def saved_anew(project: Project, engine: str | None = None, whole: bool = False) -> Checked:
    """Read, map, check and save `project`; what the last build saved is kept where it can be."""
    from .build.build import build_project

    announce(engine)
    with doing("building"):
        return build_project(project, engine, whole)


def opened(project: Project) -> Saved:
    """The saved graph; the shipped project is built into the cache when it is first asked."""
    from .build.store import is_stale, open_graph

    if project.shipped:
        from .build.build import is_current

        if not is_current(project):
            tell(f"building the shipped graph once, into {project.build}")
            saved_anew(project)
        return open_graph(project)
    saved = open_graph(project)
    if is_stale(project, saved):
        tell("pcve: files have changed since the last build; `pcve build` brings it up to date")
    return saved


ENGINE = click.option(
    "--engine", metavar="NAME", help="SHACL engine: turbo (default) or pyshacl, the reference."
)


@cli.command()
@ENGINE
@click.option("--whole", is_flag=True, help="Read and check everything, not only what changed.")
@click.pass_context
@guarded
def build(context: click.Context, engine: str | None, whole: bool) -> None:
    """Read, map, check and store the project; write build/.

    Nothing in build/ changes unless everything passes. After the first time only what has changed
    is read and checked; the outcome is that of a whole build.

    \b
    Example: pcve build
    """
    from .build.store import open_graph

    start = time.perf_counter()
    project = here(context)
    checked = saved_anew(project, engine, whole)
    tell(*map(str, checked.warnings))
    for line in summary(checked, time.perf_counter() - start):
        click.echo(line)
    for line in completeness(project):
        click.echo(line)
    saved = open_graph(project)
    inside = saved.folder.is_relative_to(Path.cwd())
    shown = saved.folder.relative_to(Path.cwd()) if inside else saved.folder
    triples = sum(saved.manifest["triples"].values())
    click.echo(f"wrote    {many(triples, 'triple')} to {shown}")


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@ENGINE
@click.option("--input-format", metavar="FORMAT", help="Of every FILE, where its ending is silent.")
@click.option("--shapes", type=click.Path(path_type=Path), metavar="FILE", help="Your own shapes.")
@click.option("--against", is_flag=True, help="Look references up in the built graph.")
@click.option("--focus", multiple=True, metavar="IRI", help="Only what is wrong with this thing.")
@click.option("--severity", type=click.Choice(["error", "warning"]), default="warning")
@click.option("--format", "form", metavar="FORMAT", default="text")
@click.option("--limit", default=100, show_default=True, help="Problems shown as text; 0 for all.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes.")
@click.pass_context
@guarded
def validate(context: click.Context, /, paths: tuple[Path, ...], watch: bool, **asked: Any) -> None:
    """Check the project, or anybody's files, against the shapes; write nothing.

    FILE is Turtle, TriG, N-Triples, N-Quads, JSON-LD, RDF/XML, a record in YAML or many in JSON
    Lines, a folder of them, or - for stdin. Formats of the answer: text, json, sarif, junit,
    turtle. Exit 0: conforms, 1: does not, 2: a file cannot be read.

    \b
    Examples:
      pcve validate
      pcve validate my-events.ttl --against
      pcve validate data/ --format sarif > pcve.sarif
    """
    from .validate.examine import examine, stamp

    project = here(context)
    announce(asked["engine"])
    run = functools.partial(_validated, project, examine, paths, asked)
    if not watch:
        sys.exit(run())
    seen: object = None
    while True:
        now = stamp(project, paths)
        if now != seen:
            tell(time.strftime("%H:%M:%S"))
            run()
        seen = now
        time.sleep(0.4)


def _validated(project: Project, examine: Any, paths: tuple[Path, ...], asked: Any) -> int:
    """Check once, print the answer, and return the exit code."""
    from .shapes.shacl import fallback
    from .validate.report import REPORTS, turtle

    start = time.perf_counter()
    form = asked["form"]
    if form not in (*REPORTS, "turtle"):
        raise UsageError(f"there is no format {form!r}; known: {', '.join(REPORTS)}, turtle")
    opened_graph = opened(project) if asked["against"] and paths else None
    stdin = sys.stdin.buffer.read() if Path("-") in paths else b""
    with doing("checking"):
        outcome = examine(project, paths, asked, opened_graph, stdin)
    problems = outcome.problems
    if form == "turtle":
        click.echo(turtle(outcome.results, outcome.others), nl=False)
    elif form == "text":
        tell(*REPORTS["text"](problems, outcome.files, asked["limit"]).splitlines())
        if outcome.checked:
            click.echo("\n".join(summary(outcome.checked, time.perf_counter() - start)))
        if paths or problems:
            by = ", checked by pySHACL" if fallback(asked["engine"]) else ""
            tell(f"{count(problems)} in {many(len(outcome.files), 'file')}{by}")
        if problems:
            tell("`pcve explain RULE` tells more of a rule")
    else:
        click.echo(REPORTS[form](problems, outcome.files, asked["limit"]), nl=False)
    return int(outcome.code)


class _QueryCommand(click.Command):
    """A command whose help names the saved queries of the project."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from .commands.asking import overview

        with contextlib.suppress(UsageError, ContentError):
            formatter.write(f"\nSaved queries:\n{overview(here(ctx))}")


@cli.command(cls=_QueryCommand)
@click.argument("name", metavar="NAME|FILE|-")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Bind a parameter.")
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    default="",
    help="table (default), csv, tsv, json, xml, markdown; for graphs turtle, jsonld, nt, rdfxml.",
)
@click.option("--iris", is_flag=True, help="In tables, show IRIs instead of labels.")
@click.option("--wide", is_flag=True, help="In tables, fold no line.")
@click.option("--limit", type=click.IntRange(0), default=0, metavar="N", help="Stop after N rows.")
@click.option(
    "--timeout",
    type=click.FloatRange(0),
    metavar="S",
    help="Stop after S seconds; 0 for never. Without it: what the query says, else 60.",
)
@click.option(
    "--why",
    is_flag=False,
    flag_value=0,
    type=click.IntRange(0),
    metavar="[N]",
    help="Under each row, or row N alone, the facts and words that it stands on.",
)
@click.option("--allow-service", "service", is_flag=True, help="Let SERVICE ask other servers.")
@FOLDER
@ENDPOINT
@click.pass_context
@guarded
def query(context: click.Context, /, name: str, wide: bool, endpoint: str, **asked: Any) -> None:
    """Ask a saved query, or SPARQL of your own from a file or stdin.

    A value is an id, or any name, spelling or script of the thing. Prefixes that the graph uses
    need not be declared.

    \b
    Examples:
      pcve query events-by-date
      pcve query events-on-topic --set topic=returnees
      pcve query initiative-origins --why 1
      echo 'SELECT ?s { ?s a pcve:Event }' | pcve query -
    """
    from .ask.worker import Worker

    project = here(context)
    with contextlib.nullcontext() if endpoint else Worker(project.build / "store") as worker:
        graph = graph_at(endpoint, functools.partial(opened, project), worker)
        from .commands.asking import Asked, question

        own = sys.stdin.buffer.read() if name == "-" else None
        how = Asked(**asked, width=0 if wide else _width())
        reply = question(project, graph, name, own, how)
    tell(*reply.talk)
    click.echo(reply.text, nl=False)


def _width() -> int:
    import shutil

    return shutil.get_terminal_size((100, 40)).columns if sys.stdout.isatty() else 0


@cli.command()
@click.argument("text", metavar="TEXT")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind, as country.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, metavar="N")
@click.option("--format", "form", default="table", metavar="FORMAT", help="table (default), json.")
@click.pass_context
@guarded
def search(
    context: click.Context, text: str, kinds: tuple[str, ...], limit: int, form: str
) -> None:
    """Find things by any name, spelling or script, and by words of their descriptions and sources.

    \b
    Examples:
      pcve search RCC
      pcve search Љубљана
      pcve search returnees --kind concept
    """
    from .commands.asking import finding

    reply = finding(opened(here(context)), text, kinds, limit, form)
    tell(*reply.talk)
    click.echo(reply.text, nl=False)


@cli.command()
@click.argument("identifier", metavar="ID")
@click.option("--as-of", metavar="DATE", help="Only what held on that day, such as 2019-05-01.")
@ENDPOINT
@click.pass_context
@guarded
def show(context: click.Context, identifier: str, as_of: str | None, endpoint: str) -> None:
    """Show everything known of one thing, each fact with its evidence.

    \b
    Examples:
      pcve show osce-ct-2018
      pcve show iisg --as-of 2019-05-01
    """
    from .ask.present import present_view
    from .ask.show import show as view
    from .dates import first_and_last
    from .ontology import read_ontology

    project = here(context)
    ontology = read_ontology(project)
    days = first_and_last(as_of) if as_of else None
    if as_of and (days is None or days[0] != days[1]):
        raise UsageError(f"--as-of takes a day such as 2019-05-01, not {as_of!r}")
    store = graph_at(endpoint, functools.partial(opened, project)).around(identifier, ontology)
    found = view(store, ontology, identifier, days[0] if days else None)
    click.echo(present_view(found), nl=False)


@cli.command()
@click.argument("rule", required=False, metavar="[RULE]")
@click.option(
    "--html",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write an index and a page for each rule.",
)
@click.pass_context
@guarded
def explain(context: click.Context, rule: str | None, folder: Path | None) -> None:
    """Tell what a rule asks, why, and how to keep it; without RULE, list all rules.

    \b
    Examples:
      pcve explain pcvesh:Event-startDate
      pcve explain --html rules/
    """
    from .ontology import read_ontology
    from .validate.explain import as_text, find_page, pages
    from .validate.pages import save_pages

    project = here(context)
    known = pages(read_ontology(project), project)
    if folder is not None:
        tell(f"wrote {many(save_pages(known, folder), 'page')} to {folder}")
    elif rule is None:
        click.echo("\n".join(known))
    else:
        click.echo(as_text(find_page(rule, known)), nl=False)


@cli.command()
@click.argument("form", metavar="FORMAT")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Without it: stdout."
)
@click.pass_context
@guarded
def export(context: click.Context, form: str, output: Path | None) -> None:
    """Write the graph as turtle, jsonld, ntriples, nquads, trig or rdfxml.

    \b
    Examples:
      pcve export turtle > pcve.ttl
      pcve export jsonld -o pcve.jsonld
    """
    from .ask.export import FORMATS
    from .names import nearest
    from .ontology import read_ontology

    if form not in FORMATS:
        hint = nearest(form, FORMATS) or "known formats: " + ", ".join(FORMATS)
        raise UsageError(f"there is no format {form!r}; {hint}")
    project = here(context)
    saved = opened(project)
    content = FORMATS[form](saved, read_ontology(project))
    if output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from None
    tell(f"wrote {len(content):,} bytes to {output}")


@cli.command()
@click.argument("kind", metavar="KIND")
@click.argument("identifier", metavar="ID")
@click.pass_context
@guarded
def new(context: click.Context, kind: str, identifier: str) -> None:
    """Start a record or source: write the file with every key that its class allows.

    KIND is source, or a class: event, event-series, organization, organizational-unit, person,
    initiative, programme, project, document, place, country.

    \b
    Example: pcve new event northtown-conference-2015
    """
    from .ontology import read_ontology
    from .records.draft import draft

    project = here(context)
    if project.shipped:
        raise UsageError(
            "there is no project here to add to; clone the repository, or use --project"
        )
    path, text = draft(project, read_ontology(project), kind, identifier)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    click.echo(project.relative(path))
    tell("fill in what the source says, delete the rest, then `pcve validate`")


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if a file would change.")
@click.pass_context
@guarded
def fmt(context: click.Context, paths: tuple[Path, ...], check: bool) -> None:
    """Write records, sources, queries and ontology files in their canonical form.

    \b
    Examples:
      pcve fmt
      pcve fmt --check
    """
    from .ontology import read_ontology
    from .records.fmt import files, format_text

    project = here(context)
    ontology = read_ontology(project)
    chosen = [path.resolve() for path in paths] or files(project)
    changed: list[str] = []
    problems: list[Problem] = []
    for path in chosen:
        if not path.is_file() or not path.is_relative_to(project.root):
            raise UsageError(f"{path} is no file of the project")
        try:
            text = format_text(path, project.relative(path), ontology)
        except ContentError as error:
            problems.extend(error.problems)
            continue
        if text != path.read_text("utf-8"):
            changed.append(project.relative(path))
            if not check:
                path.write_text(text, "utf-8")
    for name in changed:
        click.echo(name)
    verb = "would change" if check else "changed"
    tell(f"{many(len(chosen), 'file')} read, {len(changed):,} {verb}")
    if problems:
        raise ContentError(problems)
    if check and changed:
        sys.exit(1)


cli.add_command(listing(here, opened))
cli.add_command(publishing(here, opened))
