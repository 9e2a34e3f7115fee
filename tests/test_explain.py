"""Every rule has a page, and every message can be followed to it."""

from __future__ import annotations

import pytest
from conftest import ROOT, World

from pcve_graph.explain import explain, rules
from pcve_graph.ontology import Ontology, read_ontology
from pcve_graph.project import Project

PROJECT = Project(ROOT, ROOT / "build")
NAMES = rules(read_ontology(PROJECT), PROJECT)


def test_there_are_as_many_rules_as_ever() -> None:
    assert len(NAMES) >= 290


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_has_a_page(ontology: Ontology, name: str) -> None:
    text = explain(name, ontology, PROJECT)
    assert text.startswith(name + "\n")
    assert "rule: " in text or "what: " in text
    assert text.rstrip().splitlines()[-1].startswith("page: https://w3id.org/pcve/rule/")


def test_a_page_shows_a_good_and_a_bad_example(northtown: World) -> None:
    text = northtown.pcve("explain", "pcvesh:Event-startDate").stdout
    assert "good: startDate: 2018-05-22" in text
    assert "bad:  startDate: 22 May 2018" in text
    assert "of:   Event" in text
    assert northtown.pcve("explain", "Event-startDate").stdout == text
    assert "check:place-has-a-country" in northtown.pcve("explain").stdout


def test_an_unknown_rule_is_told_with_the_nearest(northtown: World) -> None:
    result = northtown.pcve("explain", "Event-startDat")
    assert result.exit_code == 2
    assert "did you mean Event-startDate?" in result.stderr
