"""The text of a PDF file, page by page."""

from __future__ import annotations

import io
import logging
from typing import Final

MOST_PAGES: Final = 3000
"""The most pages of a PDF file that is read."""


def pdf_text(content: bytes, longest: int) -> str:
    """The text of all pages, each after a line end.

    Text that is drawn invisibly is kept: it is that of scans. Raises ValueError, with a predicate
    that says why, for a file that is encrypted or damaged or has too many pages, or more than
    `longest` characters; ImportError without pypdf.
    """
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ValueError("is encrypted, and a password is needed")
        if reader.root_object is None:
            raise ValueError("is damaged (no catalog)")
        pages: list[str] = []
        length = 0
        for page in reader.pages:
            if len(pages) == MOST_PAGES:
                raise ValueError(f"has more than {MOST_PAGES:,} pages")
            pages.append(page.extract_text())
            length += len(pages[-1])
            if length > longest:
                raise ValueError(f"has more than {longest:,} characters")
    except pypdf.errors.DependencyError:
        raise ValueError("is encrypted in a way that cannot be read here") from None
    except pypdf.errors.FileNotDecryptedError:
        raise ValueError("is encrypted, and a password is needed") from None
    except pypdf.errors.PyPdfError as error:
        raise ValueError(f"is damaged ({type(error).__name__})") from None
    except (ArithmeticError, AttributeError, LookupError, OSError, TypeError) as error:
        raise ValueError(f"is damaged ({type(error).__name__})") from None
    except RecursionError:
        raise ValueError("is nested too deeply, or refers to itself") from None
    except ValueError as error:
        if str(error).startswith(("is ", "has ")):
            raise
        raise ValueError("is damaged (ValueError)") from None
    return "\n".join(pages)
