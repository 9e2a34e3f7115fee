"""The golden exports: one part of Northtown in every format, as text that people can read.

`python tests/golden_exports.py` writes them anew, and the published context; read the difference
before you commit.
"""

from __future__ import annotations

import io
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pcve_graph.graph.ontology import read_ontology
from pcve_graph.model.schema import Ontology
from pcve_graph.publish.export.csv import unzip
from pcve_graph.publish.export.formats import FORMATS
from pcve_graph.publish.export.jsonld_framed import context_document
from pcve_graph.publish.export.select import read_filter, select_part
from pcve_graph.publish.export.subset import GraphPart, Publisher, whole_graph
from pcve_graph.search.search import open_index

sys.path.insert(0, str(Path(__file__).parent))
from conftest import ROOT, World, make_world
from golden import replace_folder

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

GOLDEN = ROOT / "tests" / "golden" / "exports"
CONTEXT = ROOT / "ontology" / "context.jsonld"


def chosen(
    world: World,
    ontology: Ontology,
    kinds: tuple[str, ...] = (),
    since: str = "",
    until: str = "",
    topic: str = "",
    country: str = "",
) -> GraphPart:
    saved = world.saved()
    choice = read_filter(ontology, open_index(saved.folder), kinds, since, until, topic, country)
    return select_part(whole_graph(saved), ontology, choice)


def small(world: World, ontology: Ontology) -> GraphPart:
    """What is exported: what was in 2016 or may have been."""
    return chosen(world, ontology, since="2016-01", until="2016-06")


def part_for(world: World, ontology: Ontology, name: str) -> GraphPart:
    """What is exported in the format `name`: few projects have all that IATI requires."""
    if name == "iati":
        publisher = Publisher("Northtown Council", "XI-IATI-NORTHTOWN", "10")
        return replace(whole_graph(world.saved()), publisher=publisher)
    return small(world, ontology)


def as_text(name: str, content: bytes) -> dict[str, bytes]:
    """The golden files of a format: binary formats as the cells that other readers find in them."""
    if name == "csv":
        return {f"csv/{file}": member for file, member in unzip(content).items()}
    if name == "parquet":
        import polars

        return {
            f"parquet/{file}.csv": polars.read_parquet(member).write_csv().encode()
            for file, member in unzip(content).items()
        }
    if name == "xlsx":
        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(content))
        return {f"xlsx/{sheet.title}.tsv": _cells(sheet) for sheet in book}
    return {f"pcve{FORMATS[name].suffix}": content}


def _cells(sheet: Worksheet) -> bytes:
    rows = (["" if cell is None else str(cell) for cell in row] for row in sheet.values)
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def exported(part: GraphPart, ontology: Ontology, name: str) -> dict[str, bytes]:
    return as_text(name, FORMATS[name].write(part, ontology))


def write_exports(world: World, target: Path) -> None:
    """Write the exports of a built world to the folder `target`; one that fails changes none."""
    ontology = read_ontology(world.project)
    files: dict[str, bytes] = {}
    for name in FORMATS:
        files |= exported(part_for(world, ontology, name), ontology, name)
    replace_folder(target, files)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder) / "northtown")
        assert world.pcve("build").exit_code == 0
        context = context_document(read_ontology(world.project))
        write_exports(world, GOLDEN)
        CONTEXT.write_bytes(context)


if __name__ == "__main__":
    main()
