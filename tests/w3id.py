"""The addresses of docs/w3id in a real Apache, over what `pcve docs ontology` writes."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conftest import ROOT
from servers import pages

from pcve_graph import __version__
from pcve_graph.graph.ontology import read_ontology
from pcve_graph.model.project import Project
from pcve_graph.publish.release.moved import read_moved
from pcve_graph.publish.site.moved_pages import moved_pages
from pcve_graph.publish.site.reference import write_reference
from pcve_graph.publish.site.rule_pages import save_pages

PLACEHOLDER = "E=SITE:https://pcve-graph.example]"


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass(frozen=True)
class W3id:
    """What answers for https://w3id.org/pcve/, and where its site is."""

    url: str

    @property
    def site(self) -> str:
        return f"{self.url}/site"

    def leads_to(self, path: str, accept: str = "") -> str:
        """Where an address leads, from the site on; empty where it leads nowhere."""
        opener = urllib.request.build_opener(Stay)
        try:
            opener.open(self.request(path, accept), timeout=10).close()
        except urllib.error.HTTPError as answer:
            with answer:
                if answer.code == 303:
                    assert answer.headers["Vary"] == "Accept"
                    assert answer.headers["Access-Control-Allow-Origin"] == "*"
                    return str(answer.headers["Location"]).removeprefix(self.site)
        return ""

    def read(self, path: str, accept: str) -> tuple[str, bytes]:
        """The type and content that an address gives in the end."""
        with urllib.request.urlopen(self.request(path, accept), timeout=10) as answer:
            return answer.headers.get_content_type(), answer.read()

    def request(self, path: str, accept: str) -> urllib.request.Request:
        headers = {"Accept": accept} if accept else {}
        return urllib.request.Request(f"{self.url}/pcve/{path}", headers=headers)


@contextlib.contextmanager
def served() -> Iterator[W3id]:
    """Apache with the rules; as its site the reference, this version's release, and what moved."""
    folder = Path(tempfile.mkdtemp(prefix="pcve-w3id-"))
    try:
        folder.chmod(0o755)
        rules = (ROOT / "docs/w3id/.htaccess").read_text("utf-8")
        assert rules.count(PLACEHOLDER) == 1
        project = Project(ROOT, ROOT / "build")
        files = write_reference(project, read_ontology(project))
        public = folder / "public"
        save_pages(files, public / "site/reference")
        save_pages(files, public / f"site/releases/{__version__}/reference")
        for name, page in moved_pages(read_moved(project).values()).items():
            (public / "site" / name).parent.mkdir(exist_ok=True)
            (public / "site" / name).write_bytes(page)
        with pages(folder) as url:
            here = rules.replace(PLACEHOLDER, f"E=SITE:{url}/site]")
            save_pages({".htaccess": here.encode()}, public / "pcve")
            yield W3id(url)
    finally:
        shutil.rmtree(folder)
