"""The text of a Word document (DOCX, an archive of XML files).

The archive is checked before anything is unpacked: how many entries it has, how large they become,
and that none declares entities.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any, Final

MOST_ENTRIES: Final = 2000
"""The most entries of an archive that is read."""

LARGEST_UNPACKED: Final = 200 * 2**20
"""Bytes of the entries of an archive together, unpacked, at most."""

HIGHEST_RATIO: Final = 200
"""How many times as large an entry may become that has more than `SMALL` bytes unpacked."""

SMALL: Final = 2**20

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOT_READ: Final = {f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "delText")}
_BREAKS: Final = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_PARTS: Final = ("header+xml", "footer+xml", "footnotes+xml", "endnotes+xml")
"""How the content types of the parts end that have text beside the body."""

_CODES: Final = ("utf-8", "utf-16-le", "utf-16-be")


def docx_text(content: bytes) -> str:
    """The text of body, tables, text boxes, notes, headers and footers, a line for each paragraph.

    Deleted and hidden text is left out. Raises ValueError, with a predicate that says why, for an
    archive that is no Word document, is damaged, or is built to exhaust a reader; ImportError
    without python-docx.
    """
    import docx
    from docx.opc.exceptions import OpcError
    from docx.oxml.parser import parse_xml
    from lxml import etree

    try:
        check_archive(content)
        package = docx.Document(io.BytesIO(content)).part.package
        main = package.main_document_part
        roots = [main.element]
        for part in sorted(package.iter_parts(), key=lambda part: str(part.partname)):
            if part.content_type.endswith(_PARTS):
                roots.append(getattr(part, "element", None) or parse_xml(part.blob))
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from None
        raise ValueError("is damaged (XMLSyntaxError)") from None
    except (zipfile.BadZipFile, OpcError, KeyError, etree.LxmlError, OSError) as error:
        raise ValueError(f"is damaged ({type(error).__name__})") from None
    except NotImplementedError:
        raise ValueError("is compressed in a way that cannot be read here") from None
    except ValueError as error:
        if str(error).startswith(("is ", "has ")):
            raise
        raise ValueError("is not a Word document (DOCX)") from None
    return "\n".join(filter(None, map(_text, roots)))


def check_archive(content: bytes, kind: str = "a Word document (DOCX)") -> None:
    """Raise ValueError, with a predicate, for an archive that is built to exhaust a reader.

    `kind` is what it should be: an Office document. Raises BadZipFile for a damaged one.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES:
            raise ValueError(f"has {len(entries):,} entries; at most {MOST_ENTRIES:,} are read")
        if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
            raise ValueError(f"has more than {LARGEST_UNPACKED:,} bytes unpacked")
        for entry in entries:
            if entry.flag_bits & 1:
                raise ValueError("is encrypted, and a password is needed")
            packed = max(entry.compress_size, 1)
            if entry.file_size > SMALL and entry.file_size > HIGHEST_RATIO * packed:
                raise ValueError(
                    f"has an entry that becomes more than {HIGHEST_RATIO} times larger"
                )
        if "[Content_Types].xml" not in archive.namelist():
            raise ValueError(f"is an archive, but not {kind}")
        for entry in entries:
            if entry.filename.endswith((".xml", ".rels")):
                start = archive.read(entry)
                if any(mark.encode(code) in start for code in _CODES for mark in _DECLARED):
                    raise ValueError(f"is not {kind}: it declares entities (DOCTYPE)")


_DECLARED: Final = ("<!DOCTYPE", "<!ENTITY")


def _text(root: Any) -> str:
    """The text below an element, a line for each paragraph."""
    from lxml import etree

    parts: list[str] = []
    skipped = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        left_out = tag in _NOT_READ or tag == _FALLBACK or (tag == f"{_W}r" and _is_hidden(element))
        if event == "start":
            skipped += left_out
            if not skipped:
                parts.append(_BREAKS.get(tag, "\n" if tag == f"{_W}p" else ""))
                parts.append(element.text or "" if tag == f"{_W}t" else "")
        else:
            skipped -= left_out
            parts += ["\n"] * (tag == f"{_W}p" and not skipped)
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(filter(None, lines))


def _is_hidden(run: Any) -> bool:
    mark = run.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(f"{_W}val", "true") not in ("0", "false", "off")
