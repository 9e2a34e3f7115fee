"""Shapes and data that others published: the report of the command is that of pySHACL's API.

None of it is in this repository. Shapes and five examples are in `../shared/faults/shapes` (SEMIC's
DCAT-AP 1.2.1 to 3.0.1, CC BY 4.0; profiles of the RO-Crate validator, Apache-2.0); the rest is read
from `../shared/published/<owner>/<repository>/<path>`, copies of files on GitHub:

| repository | commit | licence | what |
| --- | --- | --- | --- |
| w3c/dxwg | 4fe75d55 | W3C Document License | examples of DCAT 3 |
| SEMICeu/DCAT-AP | 7c531da7 | CC BY 4.0 | examples of DCAT-AP 2.1.1 and HVD; shapes of HVD |
| GovDataOfficial/DCAT-AP.de-SHACL-Validation | 0715dd63 | AGPL-3.0 | German catalogues |
| Informasjonsforvaltning/dcat-ap-no-validator-service | a830297a | Apache-2.0 | Norwegian ones, shapes |
| mobilityDCAT-AP/controlled-vocabularies | 475027ac | CC BY 4.0 | SKOS lists |
| dini-ag-kim/hcrt | ae2e0077 | CC0 1.0 | a SKOS list |
| dini-ag-kim/hochschulfaechersystematik | f42b5d8a | see its dct:license | a SKOS list |
| AGLDWG/vocpub-profile | 24d33641 | CC BY 4.0 | shapes for SKOS lists, and examples |
| crs4/rocrate-validator | 3fcaf92a | Apache-2.0 | RO-Crates |

The folder `../shared` is another one if PCVE_SHARED names it.
"""

from __future__ import annotations

import io
import json
import os
from collections import Counter
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from conftest import ROOT, World, require

from pcve_graph.model.namespaces import DOCUMENT_BASE, expand
from pcve_graph.validation.input_files import form_of
from pcve_graph.validation.notation import read_notation

pytestmark = pytest.mark.long

SHARED = Path(os.environ.get("PCVE_SHARED", ROOT.parent / "shared"))
FAULTS = SHARED / "faults" / "shapes"
PUBLISHED = SHARED / "published"
ENGINES = ("turbo", "pyshacl")
SH = "http://www.w3.org/ns/shacl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}

Row: TypeAlias = tuple[str, str, str, str, str, str]
"""Focus node, path, value, component, shape and severity of a result; blank nodes are `_`."""

DCAT = {
    "dcat-ap-1.2.1": ["dcat-ap/1.2.1-shapes.ttl"],
    "dcat-ap-2.0.1": ["dcat-ap/2.0.1-shapes.ttl"],
    "dcat-ap-2.1.1": ["dcat-ap/2.1.1-shapes.ttl"],
    "dcat-ap-3.0.0": ["dcat-ap/3.0.0/dcat-ap-SHACL.ttl"],
    "dcat-ap-3.0.0-parts": ["dcat-ap/3.0.0/shapes.ttl", "dcat-ap/3.0.0/range.ttl"],
    "dcat-ap-3.0.0-recommended": ["dcat-ap/3.0.0/shapes_recommended.ttl"],
    "dcat-ap-3.0.1": ["dcat-ap/3.0.1/dcat-ap-SHACL.ttl"],
    "dcat-ap-3.0.1-parts": ["dcat-ap/3.0.1/shapes.ttl", "dcat-ap/3.0.1/range.ttl"],
    "dcat-ap-3.0.1-recommended": ["dcat-ap/3.0.1/shapes_recommended.ttl"],
}
NOT_TURTLE = ("example-bee-population-dataset-series-api", "example-bees_wasps_dataset.ttl")
"""Published examples with a syntax error, which the command reports at its line."""

BROKEN = {"dcat-ap-3.0.1"}
"""The published shapes with a fault: `sh:property` names two shapes that nothing describes."""

_NO = "Informasjonsforvaltning/dcat-ap-no-validator-service/tests/files"
_DE = "GovDataOfficial/DCAT-AP.de-SHACL-Validation/testcases"
_W3C = "w3c/dxwg/dcat/examples/vocab-dcat-3"
_HVD = "SEMICeu/DCAT-AP/releases/3.0.0-hvd"
_MOBILITY = "mobilityDCAT-AP/controlled-vocabularies"
_VOCPUB = "AGLDWG/vocpub-profile"
BEES = (
    "example-bee-population",
    "example-bee-population-dataset-frequency",
    "example-bee-population-dataset-series-api",
    "example-bee-population-dataset-series-frequency",
    "example-bee-population-dataset-series-ordered",
)
CATALOGUES = (
    *(f"{_W3C}/{name}.ttl" for name in ("basic-example", "catalog-record", "csiro-dap-examples")),
    *(f"{_W3C}/{name}.ttl" for name in ("eea-csw", "ga-courts", "genoa-busstop", "dataset-004")),
    *(f"{_W3C}/{name}.rdf" for name in ("series-versions", "compress-and-package")),
    *(f"{_W3C}/{name}.jsonld" for name in ("service1", "temporal-properties")),
    "w3c/dxwg/dcat/examples/conformance-standards.trig",
    "SEMICeu/DCAT-AP/releases/2.1.1/examples/example1.nt",
    "SEMICeu/DCAT-AP/releases/2.1.1/examples/example2.nt",
    f"{_HVD}/html/examples/example-ms_catalogue_hvd.ttl",
    f"{_HVD}/html/examples/example-bees_wasps_dataset.ttl",
    f"{_DE}/dashboard/brandenburg-catalog-original-input.rdf",
    f"{_DE}/dashboard/rostock-catalog-original-input.rdf",
    f"{_DE}/rewritten-example-advanced.ttl",
    f"{_NO}/mock_organization_catalog_961181399.ttl",
    f"{_NO}/valid_catalog_with_distribution.ttl",
    f"{_NO}/invalid_catalog.ttl",
)
LISTS = (
    "dini-ag-kim/hcrt/hcrt.ttl",
    "dini-ag-kim/hochschulfaechersystematik/hochschulfaechersystematik.ttl",
    *(
        f"{_MOBILITY}/{name}/{name}.ttl"
        for name in ("mobility-theme", "transport-mode", "update-frequency", "network-coverage")
    ),
    f"{_VOCPUB}/vocs/idn-role-codes.ttl",
    f"{_VOCPUB}/vocs/registry-statuses.ttl",
    f"{_VOCPUB}/examples/01-valid.ttl",
    f"{_VOCPUB}/examples/01-invalid.ttl",
    f"{_VOCPUB}/examples/13-invalid-multi-lang-agents.ttl",
    f"{_NO}/valid_collection.ttl",
)
OTHER_SHAPES = {
    "hvd-3.0.0": f"{_HVD}/shacl/hvd-SHACL.ttl",
    "hvd-3.0.0-base": f"{_HVD}/html/hvd-SHACL-base.ttl",
    "dcat-ap-no": f"{_NO}/mock_dcat-ap-no-shacl_shapes_2.00.ttl",
    "dcat-ap-1.1-no": f"{_NO}/mock_dcat-ap_shacl_shapes_1.1.ttl",
}
LIST_SHAPES = {
    "vocpub": f"{_VOCPUB}/validators/validator.ttl",
    "vocpub-multilang": f"{_VOCPUB}/validators/validator.multilang.ttl",
    "skos-ap-no": f"{_NO}/mock_skos-ap-no-shacl_shapes.ttl",
}
CRATES = (
    "invalid/1_file_descriptor_metadata/missing_conforms_to",
    "invalid/2_root_data_entity_metadata/missing_root_license",
    "valid/process-run-crate",
    "valid/rocrate-with-data-entities",
    "valid/workflow-roc",
    "valid/wrroc-paper",
)


def existing(path: Path) -> Path:
    """`path`; the test is skipped where it is absent."""
    if not path.exists():
        pytest.skip(f"{path.name} is not in ../shared/{path.relative_to(SHARED).parts[0]}")
    return path


def graph(paths: Iterable[Path]) -> rdflib.Graph:
    """The files as pySHACL's API takes them, with one term for "x" and "x"^^xsd:string."""
    merged = rdflib.Graph()
    for path in paths:
        text = path.read_bytes()
        triples = [
            quad.triple
            for quad in ox.parse(text, format=FORMATS[path.suffix], base_iri=DOCUMENT_BASE)
        ]
        lines = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
        merged.parse(data=lines, format="nt")
    return merged


def rows(report: bytes, form: ox.RdfFormat) -> Counter[Row]:
    """The results of a validation report."""
    stated: dict[object, dict[str, list[object]]] = {}
    for quad in ox.parse(report, format=form):
        of = stated.setdefault(quad.subject, {})
        of.setdefault(quad.predicate.value, []).append(quad.object)

    def path(term: object) -> str:
        if not isinstance(term, ox.BlankNode):
            return str(term)
        pairs = sorted(
            f"{predicate} {path(value)}"
            for predicate, values in stated.get(term, {}).items()
            for value in values
        )
        return f"[{' ; '.join(pairs)}]"

    def term(node: object, name: str) -> str:
        values = stated[node].get(SH + name, [])
        shown = [path(value) if name == "resultPath" else str(value) for value in values]
        return " ".join("_" if text.startswith("_:") else text for text in sorted(shown))

    names = ("focusNode", "resultPath", "value", "sourceConstraintComponent", "sourceShape")
    nodes = [node for of in stated.values() for node in of.get(SH + "result", [])]
    return Counter(
        tuple(term(node, name) for name in (*names, "resultSeverity"))  # type: ignore[misc]
        for node in nodes
    )


def reference(
    data: Path, shapes: list[Path], ontology: list[Path], advanced: bool
) -> Counter[Row] | str:
    """The results of pySHACL's API, or why it refuses the shapes."""
    normalizes = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        _, report, text = pyshacl.validate(
            graph([data]),
            shacl_graph=graph(shapes),
            ont_graph=graph(ontology) if ontology else None,
            advanced=advanced,
            inference="none",
        )
        if not isinstance(report, rdflib.Graph):
            return str(text)
        return rows(report.serialize(format="nt", encoding="utf-8"), ox.RdfFormat.N_TRIPLES)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        rdflib.NORMALIZE_LITERALS = normalizes


def command(
    world: World, data: Path, shapes: list[Path], engine: str, *options: str
) -> tuple[Counter[Row], int]:
    """The results in the report of `pcve validate`, and its exit code."""
    named = [word for path in shapes for word in ("--shapes", str(path))]
    result = world.pcve(
        "validate", str(data), *named, "--engine", engine, "--format", "turtle", *options
    )
    assert result.exit_code in (0, 1, 2), result.output
    found_rows = rows(result.stdout.encode(), ox.RdfFormat.TURTLE)
    own = "<https://w3id.org/pcve/rule/shape"
    return Counter(
        {row: n for row, n in found_rows.items() if not row[3].startswith(own)}
    ), result.exit_code


def compare(
    world: World,
    data: Path,
    shapes: list[Path],
    ontology: list[Path] | None = None,
    advanced: bool = False,
    refused: bool = False,
) -> None:
    """Compare both engines of the command with pySHACL's API; `refused` if turbo cannot run it."""
    expected = reference(data, shapes, ontology or [], advanced)
    options = ["--advanced"] if advanced else []
    options += [word for path in ontology or [] for word in ("--ontology", str(path))]
    reports = [command(world, data, shapes, engine, *options) for engine in ENGINES]
    if log := os.environ.get("PCVE_PUBLISHED_LOG"):
        with Path(log).open("a") as file:
            numbers = [f"{sum(results.values())} (exit {code})" for results, code in reports]
            api = expected if isinstance(expected, str) else sum(expected.values())
            name = data.parent.name if data.name.startswith("ro-crate") else data.name
            print(name, "+".join(path.name for path in shapes), *numbers, api, sep=" | ", file=file)
    if advanced and refused:
        assert reports[0] == (Counter(), 2)
    else:
        assert reports[0] == reports[1]
    if not isinstance(expected, str):
        assert reports[1][0] == expected


@pytest.mark.parametrize("profile", DCAT)
@pytest.mark.parametrize("name", BEES)
def test_examples_of_dcat_ap(northtown: World, name: str, profile: str) -> None:
    data = existing(FAULTS / "examples" / f"{name}.ttl")
    compare(northtown, data, [existing(FAULTS / path) for path in DCAT[profile]])


@pytest.mark.parametrize("profile", DCAT)
@pytest.mark.parametrize("name", CATALOGUES)
def test_catalogues(northtown: World, name: str, profile: str) -> None:
    data = existing(PUBLISHED / name)
    compare(northtown, data, [existing(FAULTS / path) for path in DCAT[profile]])


@pytest.mark.parametrize("profile", OTHER_SHAPES)
@pytest.mark.parametrize("name", CATALOGUES)
def test_catalogues_with_shapes_of_other_publishers(
    northtown: World, name: str, profile: str
) -> None:
    data = existing(PUBLISHED / name)
    compare(northtown, data, [existing(PUBLISHED / OTHER_SHAPES[profile])])


@pytest.mark.parametrize("profile", LIST_SHAPES)
@pytest.mark.parametrize("name", LISTS)
def test_lists(northtown: World, name: str, profile: str) -> None:
    data = existing(PUBLISHED / name)
    compare(northtown, data, [existing(PUBLISHED / LIST_SHAPES[profile])])


@pytest.mark.parametrize("advanced", [False, True])
@pytest.mark.parametrize("level", ["must", "should", "may"])
@pytest.mark.parametrize("name", CRATES)
def test_crates(northtown: World, tmp_path: Path, name: str, level: str, advanced: bool) -> None:
    """RO-Crates, with the context of the package `rocrate` in place of the one to be fetched."""
    require("rocrate")
    spec = find_spec("rocrate")
    assert spec is not None
    assert spec.origin is not None
    context = json.loads((Path(spec.origin).parent / "data" / "ro-crate.jsonld").read_text())
    folder = existing(PUBLISHED / "crs4/rocrate-validator/tests/data/crates" / name)
    crate = json.loads((folder / "ro-crate-metadata.json").read_text())
    crate["@context"] = [context["@context"], {"@base": "https://example.org/crate/"}]
    quads = ox.parse(io.BytesIO(json.dumps(crate).encode()), format=ox.RdfFormat.JSON_LD)
    data = tmp_path / "crate" / "ro-crate.nt"
    data.parent.mkdir()
    lines = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
    data.write_bytes(lines or b"")
    profile = existing(FAULTS / "ro-crate" / "1.1")
    shapes = sorted((profile / level).glob("*.ttl"))
    shapes.append(profile / "prefixes.ttl")
    refused = name == "valid/workflow-roc" and level == "must"  # a sh:rule on a literal
    compare(northtown, data, shapes, [profile / "ontology.ttl"], advanced, refused)


@pytest.mark.parametrize("profile", DCAT)
def test_only_one_of_the_published_profiles_has_a_fault(northtown: World, profile: str) -> None:
    data = existing(FAULTS / "examples" / f"{BEES[0]}.ttl")
    named = [w for path in DCAT[profile] for w in ("--shapes", str(existing(FAULTS / path)))]
    result = northtown.pcve("validate", str(data), *named, "--format", "json")
    problems = json.loads(result.stdout)
    faults = [row for row in problems if row["rule"] == "shape" and row["severity"] == "error"]
    assert bool(faults) == (profile in BROKEN)
    assert (result.exit_code == 2) == (profile in BROKEN)


UNDEFINED = {
    "w3c/dxwg/dcat/examples/conformance-standards.trig": {"prov:use"},
    f"{_DE}/dashboard/brandenburg-catalog-original-input.rdf": {"dcterms:Language", "skos:concept"},
    f"{_MOBILITY}/mobility-theme/mobility-theme.ttl": {"dcterms:replacedBy"},
    f"{_VOCPUB}/examples/01-invalid.ttl": {"schema:qualifiedAttribution"},
    f"{_VOCPUB}/examples/13-invalid-multi-lang-agents.ttl": {"schema:qualifiedAttribution"},
}
"""Properties in published data that the vocabulary does not define: errors, and right so."""

FOREIGN = [name for name in (*BEES, *CATALOGUES, *LISTS) if not name.endswith(NOT_TURTLE)]


@pytest.mark.parametrize("name", FOREIGN)
def test_published_data_have_no_false_error(northtown: World, name: str) -> None:
    path = FAULTS / "examples" / f"{name}.ttl" if name in BEES else PUBLISHED / name
    options = ("--severity", "error", "--format", "json")
    result = northtown.pcve("validate", str(existing(path)), *options)
    problems = json.loads(result.stdout)
    assert {row["rule"] for row in problems} <= {"unknown-term"}
    notation = read_notation(existing(path).read_bytes(), form_of(path, None), {})
    terms = {notation.iri(expand(term)) for term in UNDEFINED.get(name, set())}
    assert {row["message"].split()[-1] for row in problems} == terms


@pytest.mark.parametrize("name", NOT_TURTLE)
def test_published_data_with_a_syntax_error(northtown: World, name: str) -> None:
    path = PUBLISHED / _HVD / "html" / "examples" / name
    path = path if path.suffix else FAULTS / "examples" / f"{name}.ttl"
    result = northtown.pcve("validate", str(existing(path)), "--format", "json")
    assert result.exit_code == 2
    assert [row["rule"] for row in json.loads(result.stdout)] == ["rdf-syntax"]
