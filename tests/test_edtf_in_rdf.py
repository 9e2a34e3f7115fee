"""Dates in EDTF in RDF files: those that are no date are problems, as they are in records."""

from __future__ import annotations

import pytest
from conftest import World

EVENT = """PREFIX edtf: <http://id.loc.gov/datatypes/edtf/>
PREFIX pcve: <https://w3id.org/pcve/ns#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
<https://w3id.org/pcve/id/event/fair> a pcve:Event ;
    skos:prefLabel "Fair"@en ;
    pcve:kind <https://w3id.org/pcve/vocab/event-kind/conference> ;
    schema:startDate "DATE"^^edtf:EDTF .
"""


@pytest.mark.long
@pytest.mark.parametrize(
    "text", ["2019-01-01/2018-01-01", "2018-02-31~", "2018-02-30/..", "2018-05-10/2018-05-01"]
)
def test_days_that_there_are_not_are_one_error(world: World, text: str) -> None:
    path = world.write("fair.ttl", EVENT.replace("DATE", text))
    result = world.pcve("validate", str(path))
    assert result.exit_code == 1
    assert result.stdout.count(": error ") == 1, result.stdout
    assert f'fair.ttl:8:22: error edtf: "{text}" has the datatype EDTF' in result.stdout
    report = world.pcve("validate", str(path), "--format", "turtle")
    assert "sh:DatatypeConstraintComponent" in report.stdout


@pytest.mark.long
@pytest.mark.parametrize("text", ["2018~", "2018-05/2019", "../2018-05", "201X"])
def test_a_date_in_edtf_is_none(world: World, text: str) -> None:
    path = world.write("fair.ttl", EVENT.replace("DATE", text))
    result = world.pcve("validate", str(path))
    assert (result.exit_code, ": error " in result.stdout) == (0, False), result.stdout
