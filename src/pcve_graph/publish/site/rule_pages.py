"""The HTML pages of the rules: an index, and one self-contained page for each rule."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Final

from ...model.problems import UsageError
from ...model.project import Project
from ...system.folders import UNFINISHED, update_folder
from ...validation.rule_examples import Example
from ...validation.rule_help import CHECKS, READER, RulePage
from .html import description_list, html_page, link

_OTHER_FOLDER: Final = "name a new folder, such as site/reference"
_HEAD: Final = 4096
"""Bytes at the start of a page in which its marks are."""
_HOW_TO_READ: Final = (
    "<p>Of a record, the lines that matter are shown; <code>pcve explain CLASS</code> shows a "
    "whole one. Examples in Turtle and JSON-LD are whole files. Northtown is invented.</p>"
)
_MARKS: Final = (" pcve-graph</title>", " · pcve</title>", UNFINISHED)
"""Texts that the start of every index page has, and the page of an incomplete update."""


def save_pages(files: dict[str, bytes], folder: Path) -> int:
    """Write `files` by name to `folder`, and return their number.

    Other files in the folder are left alone. Until all are written, an existing index.html states
    that the update is incomplete. Raises UsageError where the folder cannot be written.
    """
    try:
        update_folder(folder, files)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror or error}") from None
    return len(files)


def check_target(folder: Path, project: Project) -> None:
    """Raise UsageError if pages in `folder` would lie among other files.

    It must be a new folder, an empty one, or one with earlier pages, whose index.html pcve wrote;
    it must not be in the sources of `project`, nor be the project or its folder of builds.
    """
    check_outside(folder, project)
    target = folder.resolve()
    start = target / "index.html"
    is_used = target.is_dir() and any(
        not entry.name.startswith(".") for entry in target.iterdir() if entry != start
    )
    if (is_used or start.exists()) and not (start.is_file() and _is_own_page(start)):
        raise UsageError(f"{folder} has other files than pages of pcve; {_OTHER_FOLDER}")


def check_outside(folder: Path, project: Project) -> None:
    """Raise UsageError if `folder` is in the sources of `project`, or is it or its builds."""
    target = folder.resolve()
    sources = (project.data, project.ontology, project.queries, project.root / "src")
    for source in (path.resolve() for path in sources):
        if target.is_relative_to(source):
            raise UsageError(f"{folder} is in {source.name}/ of the project; {_OTHER_FOLDER}")
    if target in (project.root.resolve(), project.build.resolve()):
        raise UsageError(f"{folder} has the files of the project; {_OTHER_FOLDER}")


def _is_own_page(path: Path) -> bool:
    """Whether an index.html was written by pcve, or states that its update is incomplete."""
    head = path.read_bytes()[:_HEAD].decode(errors="replace")
    return any(mark in head for mark in _MARKS)


def write_pages(pages: dict[str, RulePage], home: str = "") -> dict[str, bytes]:
    """The HTML files by name: an index, and one page for each rule.

    `home` is the relative address of the page that links to this folder; empty without one.
    """
    files = {"index.html": _index(pages.values(), home)}
    for page in pages.values():
        files[file_name(page.name)] = _page(page, pages, home)
    return {name: text.encode() for name, text in files.items()}


def file_name(rule: str) -> str:
    """The file name of the page of a rule: the end of its address, with .html."""
    return f"{rule.removeprefix('pcvesh:').replace(':', '/')}.html"


def _index(pages: Iterable[RulePage], home: str) -> str:
    body = ["<h1>Rules</h1>"]
    body.append(
        "<p>The rules that <code>pcve validate</code> and <code>pcve build</code> check. "
        "Each message names its rule.</p>"
    )
    ordered = sorted(
        pages, key=lambda page: (page.group in (READER, CHECKS), page.group, page.name)
    )
    for group, members in groupby(ordered, key=lambda page: page.group):
        rows = "\n".join(
            f'<li><a href="{escape(file_name(member.name))}"><code>{escape(member.name)}</code></a>'
            f" {escape(member.rule or member.what)}</li>"
            for member in members
        )
        body.append(f"<h2>{escape(group)}</h2>\n<ul>\n{rows}\n</ul>")
    return html_page("Rules of pcve-graph", body, f"{_parent_link(home)}Rules")


def _page(page: RulePage, pages: dict[str, RulePage], home: str) -> str:
    up = "../" * (len(PurePosixPath(file_name(page.name)).parts) - 1)
    entries = [("What", page.what), ("Rule", page.rule), ("Why", page.why), ("Fix", page.fix)]
    entries += [(label.capitalize(), words) for label, words in page.facts]
    body = [
        f"<h1><code>{escape(page.name)}</code></h1>",
        description_list((label, escape(words)) for label, words in entries),
        _HOW_TO_READ if page.good.record or page.good.turtle else "",
        *_example("Good", page.good),
        *_example("Bad", page.bad),
        *_related(page, pages, up),
        f'<footer><p>Address of this page: <a href="{escape(page.address)}">'
        f"{escape(page.address)}</a></p></footer>",
    ]
    nav = f"{_parent_link(up + home if home else '')}{link(up + 'index.html', 'Rules')}"
    return html_page(f"{page.name} · rules of pcve-graph", body, f"{nav} › {escape(page.group)}")


def _parent_link(home: str) -> str:
    return f"{link(home, 'Reference')} › " if home else ""


def _example(title: str, example: Example) -> Iterable[str]:
    forms = (("in a record", example.record), ("in Turtle", example.turtle))
    for form, text in (*forms, ("in JSON-LD", example.jsonld)):
        if text:
            kind = title.lower()
            block = f'<pre tabindex="0" class="{kind}"><code>{escape(text)}</code></pre>'
            yield f"<h2>{title}, {form}</h2>\n{block}"


def _related(page: RulePage, pages: dict[str, RulePage], up: str) -> Iterable[str]:
    """Links to the other rules of the group of `page`."""
    links = [
        f'<a href="{up}{escape(file_name(member.name))}">{escape(member.name.split(":")[-1])}</a>'
        for member in pages.values()
        if member.group == page.group and member.name != page.name
    ]
    if links:
        yield f"<h2>Other rules of {escape(page.group)}</h2>\n<p>{' · '.join(links)}</p>"
