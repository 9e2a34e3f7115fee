"""Saved pages as the text of `pcve evidence cite --page`: what is read of them, and what is refused."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import World, require

pytestmark = pytest.mark.full
require("docx", "lxml", "pypdf", "trafilatura")

READ = (
    "The Third Northtown Conference was held on 18 November 2019 in Northtown, with many teachers."
)
SAYS = "18 November 2019"


def cite(world: World, name: str, content: bytes, passage: str = READ) -> tuple[int, str, str]:
    page = world.write(name, content)
    result = world.pcve("evidence", "cite", "atlas", "--page", str(page), "--says", SAYS, passage)
    return result.exit_code, result.stdout, result.stderr


def html(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode()


def pdf(*lines: str, extra: str = "", kids: str = "[4 0 R]") -> bytes:
    """A PDF file of one page with these lines of text."""
    drawn = " ".join(f"({line}) Tj T*" for line in lines)
    stream = f"BT /F1 12 Tf 14 TL 50 700 Td {drawn} ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids {kids} /Count 1 >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 5 0 R"
        b" /Resources << /Font << /F1 3 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    return assembled(objects, extra)


def assembled(objects: list[bytes], extra: str = "") -> bytes:
    out, offsets = io.BytesIO(), []
    out.write(b"%PDF-1.7\n")
    for number, content in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    size = len(objects) + 1
    out.write(
        f"trailer\n<< /Size {size} /Root 1 0 R {extra} >>\nstartxref\n{start}\n%%EOF".encode()
    )
    return out.getvalue()


def docx(*paragraphs: str, **parts: bytes) -> bytes:
    """A Word document with these paragraphs; `parts` are files of the archive, `__` for a slash."""
    import docx as python_docx

    out = io.BytesIO()
    document = python_docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(out)
    if not parts:
        return out.getvalue()
    named = {name.replace("__", "/") + ".xml": content for name, content in parts.items()}
    changed = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry not in named:
                new.writestr(entry, old.read(entry))
        for name, content in named.items():
            new.writestr(name, content)
    return changed.getvalue()


def with_table() -> bytes:
    import docx as python_docx

    document = python_docx.Document()
    document.add_paragraph("Report")
    document.add_table(1, 1).cell(0, 0).text = READ
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_note() -> bytes:
    import docx as python_docx

    document = python_docx.Document()
    document.add_paragraph("Report")
    document.sections[0].footer.paragraphs[0].text = READ
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


PAGES = {
    "page.html": html(f"<nav>Home</nav><article><h1>News</h1><p>{READ}</p><p>More.</p></article>"),
    "soft.html": html(f"<p>{READ.replace('Conference', 'Con&shy;ference').replace('held', '<b>h</b>eld')}</p>"),
    "footer.html": html(f"<article><p>{'Other words of the page. ' * 30}</p></article><footer>{READ}</footer>"),
    "xhtml.html": b'<?xml version="1.0" encoding="utf-8"?>' + html(f"<p>{READ}</p>"),
    "utf16.html": html(f"<p>{READ}</p>").replace(b"<meta charset=utf-8>", b"").decode().encode("utf-16"),
    "table.html": html(f"<table><tr><td>{READ}</td><td>x</td></tr></table>"),
    "page.pdf": pdf("The Third Northtown Confer-", "ence was held on 18 November 2019", "in Northtown, with many teachers."),
    "page.docx": docx("Report", READ, "End"),
    "table.docx": with_table(),
    "footer.docx": with_note(),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_passage_is_found_in_a_saved_page(world: World, name: str) -> None:
    code, block, err = cite(world, name, PAGES[name])
    assert code == 0, err
    assert "words: 15" in block
    assert "says: 18 November 2019" in block


def test_a_cyrillic_page_in_its_encoding_is_read(world: World) -> None:
    words = "Третата конференција се одржа на 18 ноември 2019 година во Северград, каде ѓаците беа."
    page = f"<meta charset=windows-1251><p>{words}</p>".encode("cp1251")
    path = str(world.write("page.html", page))
    result = world.pcve("evidence", "cite", "atlas", "--page", path, "--says", "18 ноември", words)
    assert result.exit_code == 0, result.output


HIDDEN = {
    "hidden": html(f"<p>Words.</p><p hidden>{READ}</p>"),
    "aria-hidden": html(f"<p>Words.</p><div aria-hidden=true><p>{READ}</p></div>"),
    "style": html(f'<p>Words.</p><p style="color: red; display :none">{READ}</p>'),
    "visibility": html(f'<p>Words.</p><p style="visibility:hidden">{READ}</p>'),
    "class": html(
        f'<p>Words.</p><p class="a x">{READ}</p>', "<style>.y, p.x {display:none}</style>"
    ),
    "id": html(f"<p>Words.</p><p id=x>{READ}</p>", "<style>/* a */ #x{ display: none }</style>"),
    "comment": html(f"<p>Words.</p><!-- {READ} -->"),
    "script": html(f"<p>Words.</p><script>var x = '{READ}'</script>"),
    "noscript": html(f"<p>Words.</p><noscript>{READ}</noscript>"),
    "template": html(f"<p>Words.</p><template><p>{READ}</p></template>"),
    "attribute": html(f'<p title="{READ}">Words.</p><img alt="{READ}">'),
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_hidden_text_is_not_read(world: World, kind: str) -> None:
    code, block, err = cite(world, "page.html", HIDDEN[kind])
    assert (code, block) == (1, ""), err
    assert "passage-not-in-text" in err


def test_what_only_print_hides_is_read(world: World) -> None:
    sheet = "<style>@media print { .x { display: none } } .y { display: none }</style>"
    assert cite(world, "page.html", html(f"<p class=x>{READ}</p>", sheet))[0] == 0


def test_hidden_and_deleted_text_of_a_document_is_not_read(world: World) -> None:
    for name, marked in (
        ("vanish", f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>{READ}</w:t></w:r>"),
        ("deleted", f"<w:del><w:r><w:delText>{READ}</w:delText></w:r></w:del>"),
    ):
        assert cite(world, f"{name}.docx", docx(word__document=body(marked)))[0] == 1
    inserted = f"<w:ins><w:r><w:t>{READ}</w:t></w:r></w:ins>"
    assert cite(world, "inserted.docx", docx(word__document=body(inserted)))[0] == 0


def body(runs: str, before: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    words = "<w:p><w:r><w:t>Words.</w:t></w:r></w:p>"
    head = f"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>{before}"
    return f"{head}<w:document xmlns:w='{space}'><w:body>{words}<w:p>{runs}</w:p></w:body></w:document>".encode()


def bomb(size: int, name: str = "word/media/a.xml") -> bytes:
    """A Word document with an entry that becomes `size` bytes."""
    out = io.BytesIO(docx(READ))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"\0" * size)
    return out.getvalue()


def many_entries() -> bytes:
    out = io.BytesIO(docx(READ))
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(2500):
            archive.writestr(f"x{number}", b"")
    return out.getvalue()


def laughs() -> str:
    rows = [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    return f'<!DOCTYPE w [<!ENTITY a0 "ha">{"".join(rows)}<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def deflated() -> bytes:
    """A PDF file whose page has a stream of 2 GB, twice packed."""
    packer = zlib.compressobj(9)
    zeros = b"".join([packer.compress(b" " * 2**24) for _ in range(128)] + [packer.flush()])
    twice = zlib.compress(zeros, 9)
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
            b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream"
            % (len(twice), twice),
        ]
    )


def form_loop() -> bytes:
    """A PDF file whose page draws a form that draws itself."""
    drawn = b"/X Do"
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>"
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R"
            b" /Resources << /XObject << /X 5 0 R >> >> >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
            b"<< %s /Length %d >>\nstream\n%s\nendstream" % (form, len(drawn), drawn),
        ]
    )


def encrypted() -> bytes:
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(READ)))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


REFUSED: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "empty.html": (b"", "nothing was extracted"),
    "blank.html": (html("<div hidden>x</div>"), "nothing was extracted"),
    "nested.html": (html("<div>" * 20_000 + READ), "nested too deeply"),
    "laughs.html": (laughs().encode() + html("<p>&a9; &x;</p>"), "passage-not-in-text"),
    "image.png": (b"\x89PNG\r\n\x1a\n\0\0", "is an image"),
    "old.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1", "before 2007"),
    "page.mht": (b"MIME-Version: 1.0\nContent-Type: multipart/related; x\n\n" + html(READ), "MHTML"),
    "bytes.bin": (b"ab\0\0\1", "neither HTML, PDF nor DOCX"),
    "broken.pdf": (b"%PDF-1.7\nnothing", "is damaged"),
    "cut.pdf": (pdf(READ)[:200], "is damaged"),
    "loop.pdf": (pdf(READ, kids="[2 0 R 2 0 R]"), "is damaged"),
    "form.pdf": (form_loop, "nothing was extracted"),
    "encrypted.pdf": (encrypted, "is encrypted, and a password is needed"),
    "bomb.pdf": (deflated, "nothing was extracted"),
    "empty.pdf": (pdf(), "nothing was extracted"),
    "broken.docx": (b"PK\3\4 nothing", "is damaged"),
    "other.docx": (b"PK\5\6" + b"\0" * 18, "not a Word document"),
    "ratio.docx": (lambda: bomb(50 * 2**20), "becomes more than 200 times larger"),
    "size.docx": (lambda: bomb(300 * 2**20), "has more than 209,715,200 bytes unpacked"),
    "entries.docx": (many_entries, "entries; at most 2,000 are read"),
    "laughs.docx": (lambda: docx(word__document=body("<w:r><w:t>&a9;</w:t></w:r>", laughs())), "declares entities"),
    "part.docx": (lambda: docx(word__document=b"<w:document"), "is damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_or_damaged_page_is_one_message(world: World, name: str) -> None:
    source, message = REFUSED[name]
    content = source if isinstance(source, bytes) else source()
    begun = time.monotonic()
    code, out, err = cite(world, name, content)
    assert code in (1, 2), err
    assert out == ""
    assert "Traceback" not in err
    assert message in err
    assert time.monotonic() - begun < 60


def test_a_page_is_read_in_a_process_with_limits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pcve_graph.evidence import extraction

    monkeypatch.setattr(extraction, "PAGE_SECONDS", 0.01)
    code, _, err = cite(world, "page.html", html("<p>x</p>" * 200_000))
    assert (code, "was stopped after 0.01 s" in err, "--text" in err) == (2, True, True), err
    monkeypatch.setattr(extraction, "PAGE_SECONDS", 60.0)
    monkeypatch.setattr(extraction, "PAGE_MEMORY", 200 << 20)
    code, _, err = cite(world, "page.html", html("<p>x</p>" * 2_000_000))
    assert (code, "of memory" in err) == (2, True), err


def test_a_library_that_is_missing_is_named(world: World, tmp_path: Path) -> None:
    import subprocess
    import sys

    (tmp_path / "pypdf.py").write_text("raise ImportError('no', name='pypdf')", "utf-8")
    page = world.write("page.pdf", PAGES["page.pdf"])
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from pathlib import Path\n"
        "from pcve_graph.evidence.extraction import read_page\n"
        f"read_page(Path({str(page)!r}).read_bytes(), 'page.pdf')"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "reading page.pdf requires pypdf, which is not installed" in result.stderr
    assert 'pip install "pcve-graph[sources]"' in result.stderr
