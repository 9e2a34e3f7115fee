"""`python tests/term_lists.py NODE_MODULES` writes src/pcve_graph/validation/term_lists/.

They are the local names that seven published vocabularies define, one file each, from the N-Quads in the
npm packages @vocabulary/* (`npm install @vocabulary/dcterms …`). What a list is, the header of each says.
schema.org's http:// in the package is https:// with us; the terms are the same.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pyoxigraph as ox

FOLDER = Path(__file__).resolve().parents[1] / "src" / "pcve_graph" / "validation" / "term_lists"
LICENCES = {
    "dcterms": "CC BY 4.0, https://www.dublincore.org/about/copyright/",
    "foaf": "CC BY 1.0, http://xmlns.com/foaf/spec/",
    "oa": "W3C Document License, https://www.w3.org/copyright/document-license/",
    "org": "PDDL 1.0, http://www.opendatacommons.org/licenses/pddl/1.0/",
    "prov": "W3C Document License, https://www.w3.org/copyright/document-license/",
    "schema": "CC BY-SA 3.0, https://schema.org/docs/terms.html",
    "skos": "W3C Document License, https://www.w3.org/copyright/document-license/",
}

EARLIER = {
    "schema": (
        *("DeliveryTimeSettings", "constrainingProperty", "measuredValue", "observedNode"),
        *("shippingLabel", "shippingSettingsLink", "transitTimeLabel"),
    )
}
"""Terms of earlier releases that the package lacks and rdflib 7.6 has: they are in use."""


def term_list(prefix: str, package: Path) -> str:
    """The list of one vocabulary: a header of comments, then its local names, sorted."""
    description = json.loads((package / "package.json").read_text("utf-8"))
    space: str = description["vocabulary"]["namespace"]
    quads = ox.parse(path=str(package / f"{prefix}.nq"), format=ox.RdfFormat.N_QUADS)
    subjects = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
    names = {iri.removeprefix(space) for iri in subjects if iri.startswith(space)} - {""}
    names |= set(EARLIER.get(prefix, ()))
    header = [
        f"namespace: {space.replace('http://schema.org', 'https://schema.org')}",
        f"version: {description['version']} of the package",
        f"source: the npm package {description['name']}{_and_earlier(prefix)}",
        f"licence: {LICENCES[prefix]}",
    ]
    return "".join(f"{line}\n" for line in [*(f"# {line}" for line in header), *sorted(names)])


def _and_earlier(prefix: str) -> str:
    number = len(EARLIER.get(prefix, ()))
    return f", and {number} terms of earlier releases that rdflib 7.6 lists" if number else ""


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for vocabulary in LICENCES:
        content = term_list(vocabulary, Path(sys.argv[1]) / "@vocabulary" / vocabulary)
        (FOLDER / f"{vocabulary}.txt").write_text(content, "utf-8")
