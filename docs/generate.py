"""The pages of the site that are generated: from the commands, from the ontology, and from pages
that live elsewhere in the repository.

MkDocs runs the functions `on_…` as hooks. `python docs/generate.py DIR` writes all pages into a
folder, for any other site generator.
"""

from __future__ import annotations

import inspect
import os
import posixpath
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT: Final = Path(__file__).resolve().parents[1]

COPIES: Final = {
    "CHANGELOG.md": "project/changelog.md",
    "CONTRIBUTING.md": "how-to/extend.md",
    "CORRECTIONS.md": "project/corrections.md",
    "GOVERNANCE.md": "project/governance.md",
    "SECURITY.md": "project/security.md",
    "data/FORMAT.md": "reference/record-format.md",
    "data/README.md": "how-to/record-an-item.md",
    "queries/README.md": "reference/query-files.md",
}
"""Pages that the site includes from elsewhere in the repository."""

COMMANDS: Final = "reference/commands.md"
ONTOLOGY: Final = "reference"
"""Where the pages of `pcve docs ontology` go: docs/w3id leads the addresses of terms there."""

SOURCES: Final = {
    "ontology": "reference/index.html",
    "ontology/pcve.ttl": "reference/ns.html",
    "ontology/shapes": "reference/shapes.html",
    "ontology/vocab": "reference/vocab.html",
    "queries/answers": "reference/queries.html",
    "src/pcve_graph/cli/main.py": COMMANDS,
    "src/pcve_graph/model/problems.py": "reference/rule/index.html",
}
"""Generated pages by the file or folder that each is made from. A page links to the source, which
the repository has; on the site the link leads to the generated page."""


def generated() -> dict[str, bytes]:
    """The content of each generated page, by its path in the site's sources."""
    files = {page: _copy(path, page).encode() for path, page in COPIES.items()}
    files[COMMANDS] = "\n".join(_commands_page()).encode()
    return files | _ontology_pages()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Anchors of headings are as `_anchor` makes them."""
    config.mdx_configs.setdefault("toc", {})["slugify"] = _anchor
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those that MkDocs found."""
    from mkdocs.structure.files import File

    for path, content in generated().items():
        files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """A page of docs/ with its links as the site needs them; generated pages have them already."""
    if page.file.abs_src_path is None:
        return markdown
    return _linked(markdown, f"docs/{page.file.src_uri}", page.file.src_uri)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """A page of the theme with the roles that it lacks; see `accessible`."""
    return accessible(output)


def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> str:
    """The same for pages without a source, such as 404.html."""
    return accessible(output_content) if template_name.endswith(".html") else output_content


def _anchor(heading: str, separator: str) -> str:
    """The anchor of a heading. It begins with a letter: the theme's script fails on `#010`."""
    from markdown.extensions.toc import slugify

    anchor = slugify(heading, separator)
    return anchor if anchor[:1].isalpha() else f"v{separator}{anchor}"


def accessible(html: str) -> str:
    """A page with roles for its parts, headings in order, and code that the keyboard can scroll.

    The theme's script of light and dark needs two style sheets even where highlight.js is off.
    """
    sheets = '<style id="hljs-light"></style><style id="hljs-dark"></style></head>'
    html = html.replace("</head>", sheets, 1)
    html = html.replace(
        'id="mkdocs-search-query" ', 'id="mkdocs-search-query" aria-label="Search" '
    )
    html = re.sub(r'<h4( class="modal-title)("[^>]*>[^<]*)</h4>', r"<h2\1 h4\2</h2>", html)
    html = html.replace('<div class="navbar ', '<div role="navigation" class="navbar ', 1)
    html = html.replace('<div id="main-content"', '<div role="main" id="main-content"', 1)
    return html.replace("<pre>", '<pre tabindex="0">')


def command_tree() -> click.Group:
    """The group `cli` of the module that the entry point `pcve` names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    module = import_module(project["scripts"]["pcve"].partition(":")[0])
    group = module.cli
    assert isinstance(group, click.Group)
    return group


def context_of(
    command: click.Command, name: str = "pcve", parent: click.Context | None = None
) -> click.Context:
    """The context in which a command describes itself."""
    return click.Context(command, parent, info_name=name, **command.context_settings)


def commands(context: click.Context) -> Iterator[click.Context]:
    """The context of each command below a group, groups before what is in them."""
    group = context.command
    if not isinstance(group, click.Group):
        return
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None and not command.hidden:
            inner = context_of(command, name, context)
            yield inner
            yield from commands(inner)


def _commands_page() -> Iterator[str]:
    root = context_of(command_tree())
    yield "# Commands\n"
    yield (
        "Generated from the program, so it lists every command and option of this version. "
        "`pcve COMMAND --help` prints the same. Results go to stdout and messages to stderr. "
        "Exit codes: 0 success, 1 the content has problems, 2 wrong usage or set-up.\n"
    )
    yield (
        "Installed with pip, `pcve` carries the graph's sources inside, so it answers in any "
        "folder; in the folder of a project, or with `--project DIR`, it works on that one. "
        "Control characters and others that cannot be seen are shown as escapes (`\\u001b`) in "
        "tables and text, and on a terminal in every format.\n"
    )
    yield (
        "Every command works in a process of its own. It is stopped after `--timeout S` seconds "
        "(queries 60, all else 900) or above `--memory SIZE` (4G; also `600M`; 0 for no limit), "
        "with a message that says which limit it was and in which file, and exit code 2. So no "
        "file or query can hang a machine or fill it.\n"
    )
    for context in (root, *commands(root)):
        yield f"## {context.command_path}\n"
        yield f"```text\n{' '.join((context.command_path, *_usage(context)))}\n```\n"
        yield _help_text(context.command)
        yield from _options(context)


def _usage(context: click.Context) -> list[str]:
    return context.command.collect_usage_pieces(context)


def _help_text(command: click.Command) -> str:
    """The help in Markdown; paragraphs that click keeps as they are hold examples."""
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(command.help or ""))
    return "\n\n".join(map(_paragraph, paragraphs)) + "\n"


def _paragraph(text: str) -> str:
    if not text.startswith("\b"):
        return _escaped(text)
    title, _, rest = text.lstrip("\b\n").partition(":")
    lines = "\n".join(line.strip() for line in rest.strip().splitlines())
    return f"{_escaped(title)}:\n\n```sh\n{lines}\n```"


def _options(context: click.Context) -> Iterator[str]:
    """The table of options; arguments are in the usage, and the text above says what they are."""
    records = [
        record
        for parameter in context.command.get_params(context)
        if (record := parameter.get_help_record(context)) and record[1]
    ]
    if records:
        yield "| option | meaning |\n| --- | --- |"
        for names, meaning in records:
            shown = names.replace("|", "\\|")
            yield f"| `{shown}` | {_escaped(meaning)} |"
        yield ""


def _escaped(text: str) -> str:
    return re.sub(r"([\\*_<>|\[\]])", r"\\\1", text)


def _copy(path: str, page: str) -> str:
    """A page of the repository for its place in the site."""
    return _linked((ROOT / path).read_text("utf-8"), path, page)


def _linked(text: str, path: str, page: str) -> str:
    """`text`, the file `path` of the repository, with its links made right for `page` of the site.

    A link to what is not on the site becomes the path of the file.
    """

    def link(match: re.Match[str]) -> str:
        text, target = match[1], match[2]
        if re.match(r"[a-z]+:|#", target):
            return match[0]
        name, mark, anchor = target.partition("#")
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        page_path = (COPIES | SOURCES).get(wanted, wanted.removeprefix("docs/"))
        if wanted not in COPIES | SOURCES and not _is_page(wanted):
            return f"`{wanted}`" if text.strip("`") in target else f"{text} (`{wanted}`)"
        start = posixpath.dirname(page)
        return f"[{text}]({posixpath.relpath(page_path, start)}{mark}{anchor})"

    return re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", link, text)


def _is_page(path: str) -> bool:
    """Whether a file of the repository is on the site as it is."""
    left_out = path.startswith("docs/w3id/") or path == "docs/generate.py"
    return path.startswith("docs/") and not left_out and (ROOT / path).is_file()


def _written() -> dict[str, bytes]:
    """The files of docs/ that are on the site, with the links of pages made right for it."""
    paths = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*"))]
    contents = {path: (ROOT / path).read_bytes() for path in paths if _is_page(path)}
    return {
        (page := path.removeprefix("docs/")): _linked(content.decode(), path, page).encode()
        if path.endswith(".md")
        else content
        for path, content in contents.items()
    }


def _ontology_pages() -> dict[str, bytes]:
    """What `pcve docs ontology` writes."""
    with tempfile.TemporaryDirectory() as folder:
        program = [sys.executable, "-m", "pcve_graph", "--project", str(ROOT)]
        command = [*program, "docs", "ontology", folder]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        subprocess.run(command, check=True, capture_output=True, env=environment)
        return {
            f"{ONTOLOGY}/{path.relative_to(folder).as_posix()}": path.read_bytes()
            for path in sorted(Path(folder).rglob("*"))
            if path.is_file()
        }


def main() -> None:
    """Write all pages of the site into the folder that the first argument names."""
    for name, content in (_written() | generated()).items():
        path = Path(sys.argv[1]) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main()
