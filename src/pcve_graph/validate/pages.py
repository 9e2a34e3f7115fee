"""The pages of the rules as HTML: plain files that need no script, no server and no other file."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby
from pathlib import Path, PurePosixPath
from string import Template
from typing import Final

from ..errors import UsageError
from ..names import PREFIXES
from .explain import CHECKS, READER, Example, Page

_FRAME: Final = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.55 system-ui, sans-serif; max-width: 44rem; margin: 0 auto; padding: 1rem;
  color: CanvasText; background: Canvas; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
dt { font-weight: 600; margin-top: .7rem; }
dd { margin: 0; overflow-wrap: anywhere; }
ul { padding-left: 1.2rem; }
pre { overflow-x: auto; padding: .7rem; border-left: .3rem solid; border-radius: .2rem;
  background: color-mix(in srgb, CanvasText 7%, Canvas); }
pre.good { border-color: #2e8b57; }
pre.bad { border-color: #c0392b; }
nav, footer { font-size: .9rem; }
</style>
</head>
<body>
$body
</body>
</html>
""")


def save_pages(pages: dict[str, Page], folder: Path) -> int:
    """Write the pages into `folder`, and return how many they are.

    Raises UsageError where it cannot be written.
    """
    files = write_pages(pages)
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}") from None
    return len(files)


def write_pages(pages: dict[str, Page]) -> dict[str, str]:
    """The files of a folder of pages, by name: an index, and one for each rule."""
    files = {"index.html": _index(pages.values())}
    for page in pages.values():
        files[file_name(page.name)] = _page(page, pages)
    return files


def file_name(rule: str) -> str:
    """The file of a rule: the end of its address, with .html."""
    return f"{rule.removeprefix('pcvesh:').replace(':', '/')}.html"


def _index(pages: Iterable[Page]) -> str:
    body = ["<h1>Rules</h1>"]
    body.append(
        "<p>What <code>pcve validate</code> and <code>pcve build</code> ask of records and RDF. "
        "Each message names its rule.</p>"
    )
    ordered = sorted(pages, key=lambda one: (one.group in (READER, CHECKS), one.group, one.name))
    for group, members in groupby(ordered, key=lambda one: one.group):
        rows = "\n".join(
            f'<li><a href="{escape(file_name(each.name))}"><code>{escape(each.name)}</code></a>'
            f" {escape(each.rule or each.what)}</li>"
            for each in members
        )
        body.append(f"<h2>{escape(group)}</h2>\n<ul>\n{rows}\n</ul>")
    return _FRAME.substitute(title="Rules of pcve-graph", body="\n".join(body))


def _page(page: Page, pages: dict[str, Page]) -> str:
    up = "../" * (len(PurePosixPath(file_name(page.name)).parts) - 1)
    said = [("What", page.what), ("Rule", page.rule), ("Why", page.why), ("Fix", page.fix)]
    said += [(label.capitalize(), words) for label, words in page.told]
    terms = "\n".join(
        f"<dt>{escape(label)}</dt>\n<dd>{escape(words)}</dd>" for label, words in said if words
    )
    body = [
        f'<nav><a href="{up}index.html">Rules</a> › {escape(page.group)}</nav>',
        f"<h1><code>{escape(page.name)}</code></h1>",
        f"<dl>\n{terms}\n</dl>",
        *_example("Good", page.good),
        *_example("Bad", page.bad),
        *_others(page, pages, up),
        f'<footer><p>Address of this page: <a href="{escape(page.address)}">'
        f"{escape(page.address)}</a></p></footer>",
    ]
    return _FRAME.substitute(
        title=f"{escape(page.name)} · rules of pcve-graph", body="\n".join(body)
    )


def _example(title: str, example: Example) -> Iterable[str]:
    forms = (("in a record", example.record), ("in Turtle", _with_prefixes(example.turtle)))
    for form, text in forms:
        if text:
            kind = title.lower()
            yield f'<h2>{title}, {form}</h2>\n<pre class="{kind}"><code>{escape(text)}</code></pre>'


def _with_prefixes(turtle: str) -> str:
    used = [prefix for prefix in PREFIXES if f"{prefix}:" in turtle]
    head = "\n".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>" for prefix in used)
    return f"{head}\n\n{turtle}" if used and turtle else turtle


def _others(page: Page, pages: dict[str, Page], up: str) -> Iterable[str]:
    """Links to the other rules of the group."""
    links = [
        f'<a href="{up}{escape(file_name(each.name))}">{escape(each.name.split(":")[-1])}</a>'
        for each in pages.values()
        if each.group == page.group and each.name != page.name
    ]
    if links:
        yield f"<h2>Others of {escape(page.group)}</h2>\n<p>{' · '.join(links)}</p>"
