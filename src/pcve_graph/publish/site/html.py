"""The template of HTML pages: self-contained files without scripts.

Colours follow the reader's system, light or dark; the first link skips the navigation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from string import Template
from typing import Final

from ...model.visible import escape_hidden

_TEMPLATE: Final = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.55 system-ui, sans-serif; max-width: 56rem; margin: 0 auto; padding: 1rem;
  color: CanvasText; background: Canvas; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
h3 { font-size: 1rem; margin: 1.8rem 0 .3rem; overflow-wrap: anywhere; }
p, li, dd { max-width: 44rem; }
dt { font-weight: 600; margin-top: .7rem; }
dd { margin: 0; overflow-wrap: anywhere; }
ul { padding-left: 1.2rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; font-weight: 600; padding: .5rem 0 .2rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0;
  border-bottom: 1px solid color-mix(in srgb, CanvasText 25%, Canvas); overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
pre { overflow-x: auto; padding: .7rem; border-left: .3rem solid; border-radius: .2rem;
  background: color-mix(in srgb, CanvasText 7%, Canvas); }
pre.good { border-color: #2e8b57; }
pre.bad { border-color: #c0392b; }
nav, footer { font-size: .9rem; }
:target { outline: 2px solid; outline-offset: .3rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 0; padding: .3rem; color: CanvasText; background: Canvas; }
figure { margin: 1rem 0; }
svg { max-width: 100%; height: auto; }
</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<nav aria-label="Pages">$nav</nav>
<main id="main">
$body
</main>
</body>
</html>
""")


def html_page(title: str, body: Iterable[str], nav: str) -> str:
    """An HTML page. `title` is plain text; the parts of `body`, and `nav`, are HTML."""
    return escape_hidden(_TEMPLATE.substitute(title=escape(title), nav=nav, body="\n".join(body)))


def link(address: str, words: str, code: bool = False) -> str:
    """A link; `address` and `words` are plain text."""
    shown = f"<code>{escape(words)}</code>" if code else escape(words)
    return f'<a href="{escape(address)}">{shown}</a>'


def description_list(pairs: Iterable[tuple[str, str]]) -> str:
    """A description list of (plain text, HTML); pairs without HTML are left out."""
    rows = [f"<dt>{escape(label)}</dt>\n<dd>{content}</dd>" for label, content in pairs if content]
    return "<dl>\n" + "\n".join(rows) + "\n</dl>" if rows else ""


def html_table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; `caption` and `heads` are plain text, cells are HTML. Empty without rows."""
    lines = [
        "<tr>"
        + f'<th scope="row">{first}</th>'
        + "".join(f"<td>{cell}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    ]
    if not lines:
        return ""
    columns = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    return (
        f'<div class="wide" role="region" aria-label="{escape(caption)}" tabindex="0">\n'
        f"<table>\n<caption>{escape(caption)}</caption>\n"
        f"<thead><tr>{columns}</tr></thead>\n<tbody>\n" + "\n".join(lines) + "\n</tbody>\n"
        "</table>\n</div>"
    )
