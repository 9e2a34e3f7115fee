"""The visible text of a saved HTML page.

trafilatura picks the main part; hidden elements are removed before, since it would keep them, and
the whole page is written out as well, since a passage can stand outside what it picks.
"""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Iterator
from typing import Any, Final

_DROPPED: Final = frozenset(
    ("script", "style", "noscript", "template", "head", "svg", "object", "iframe", "select")
)
"""Elements that a reader of the page does not see as its text."""

_BLOCKS: Final = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body br caption center dd details dialog div dl dt"
        " fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr legend li main menu"
        " nav ol p pre section summary table tbody td tfoot th thead tr ul",
    )
)
"""Elements that begin and end a line; all others are within one."""

_HIDING: Final = re.compile(
    r"(?:^|[;{\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:!|;|\}|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:!|;|\}|$))",
    re.I,
)
_SIMPLE_SELECTOR: Final = re.compile(r"([a-z][a-z0-9]*)?(?:([.#])([\w-]+))?", re.I)
_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I)
_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")


def html_text(content: bytes) -> tuple[str, str]:
    """The (main, whole) visible text of a page; both empty where it has none.

    The main part is the whole where none is recognised. Raises ValueError, with a predicate that
    says why, for a page that is not read to its end, and ImportError without trafilatura.
    """
    import trafilatura
    from lxml import etree, html

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    text = _DECLARATION.sub("", decoded(content)).replace("\0", "")
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):  # an empty document
        tree = None
    if any(entry.type_name == "ERR_NO_MEMORY" for entry in parser.error_log):
        raise MemoryError
    if tree is None:
        return "", ""
    if any("depth" in entry.message for entry in parser.error_log):
        raise ValueError("is nested too deeply to be read to its end")
    _remove_hidden(tree)
    whole = _whole_text(tree)
    main = trafilatura.extract(tree, include_comments=False, favor_recall=True) or ""
    return main or whole, whole


def decoded(content: bytes) -> str:
    """The text of a page: by its byte order mark, its declaration, else UTF-8 or Windows-1252."""
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    declared = _CHARSET.search(content[:4096])
    if declared:
        name = declared[1].decode("ascii", "replace").lower()
        try:
            codec = codecs.lookup({"iso-8859-1": "cp1252", "latin1": "cp1252"}.get(name, name))
            return codec.decode(content, "replace")[0] if codec.name != "utf-16" else ""
        except (LookupError, UnicodeError, TypeError):
            pass
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _remove_hidden(tree: Any) -> None:
    """Remove what a reader of the page does not see."""
    hiding: dict[tuple[str, str], set[str]] = {}
    for tag, *name in _hiding_selectors(tree):
        hiding.setdefault((name[0], name[1]), set()).add(tag)
    for element in list(tree.iter()):
        is_element = isinstance(element.tag, str)
        if element is not tree and not (is_element and not _is_hidden(element, hiding)):
            _drop(element)


def _is_hidden(element: Any, hiding: dict[tuple[str, str], set[str]]) -> bool:
    """Whether an element is hidden; `hiding` has tags (empty for any) by `.` or `#` and name."""
    if element.tag in _DROPPED or element.get("hidden") is not None:
        return True
    if element.get("aria-hidden", "").strip().lower() == "true":
        return True
    if _HIDING.search(element.get("style", "")):
        return True
    names = [("", ""), ("#", element.get("id", ""))]
    names += [(".", name) for name in element.get("class", "").split()]
    return bool(hiding) and any(
        not {"", element.tag}.isdisjoint(hiding.get(name, ())) for name in names
    )


def _drop(element: Any) -> None:
    """Remove an element; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _hiding_selectors(tree: Any) -> Iterator[tuple[str, str, str]]:
    """The simple selectors (tag, `.` or `#`, name) that the style sheets of the page hide.

    Rules within another, such as those for print, are left out, and selectors of several parts.
    """
    for style in tree.iter("style"):
        for selectors, body in _top_rules(style.text or ""):
            if not _HIDING.search(body):
                continue
            for selector in selectors.split(","):
                match = _SIMPLE_SELECTOR.fullmatch(selector.strip())
                if match and match[0]:
                    yield (match[1] or "").lower(), match[2] or "", match[3] or ""


def _top_rules(sheet: str) -> Iterator[tuple[str, str]]:
    """The (selectors, body) of the rules of a style sheet that no other rule holds."""
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.S)
    depth, start, head = 0, 0, ""
    for match in re.finditer(r"[{}]", sheet):
        if match[0] == "{":
            if depth == 0:
                head, start = sheet[start : match.start()], match.end()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                if not head.lstrip().startswith("@"):
                    yield head, sheet[start : match.start()]
                start = match.end()


def _whole_text(tree: Any) -> str:
    """The text of all elements, a line for each block; words across inline elements stay whole."""
    from lxml import etree

    parts: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        block = element.tag in _BLOCKS
        if event == "start":
            parts += ["\n"] * block
            parts.append(element.text or "")
        else:
            parts += ["\n"] * block
            parts.append(element.tail or "")
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(filter(None, lines))
