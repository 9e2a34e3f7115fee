"""The page of dependencies lists those of pyproject.toml; which licences the audit accepts."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

import pytest
from conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PAGE = (ROOT / "docs/dependencies.md").read_text()


def name_in(requirement: str) -> str:
    match = re.match(r"[\w.-]+", requirement)
    assert match
    return match[0]


def required() -> set[tuple[str, str]]:
    """Package and extra of each requirement; but for extras that only collect other extras."""
    pairs = {(name_in(requirement), "base") for requirement in PROJECT["dependencies"]}
    for extra, requirements in PROJECT["optional-dependencies"].items():
        if extra != "exports":
            pairs |= {(name_in(requirement), extra) for requirement in requirements}
    return pairs


def listed() -> list[tuple[str, str]]:
    """Package and extra of each row of the page."""
    pairs = []
    for title, section in re.findall(r"^## (.+)\n([\s\S]*?)(?=^## |\Z)", PAGE, re.M):
        for row in re.findall(r"^\| (.+) \|$", section, re.M)[2:]:
            cells = row.split(" | ")
            assert len(cells) == (6 if title == "Base" else 7), row
            assert all(cells), row
            extras = ["base"] if title == "Base" else cells[1].split(", ")
            pairs += [(cells[0], extra) for extra in extras]
    return pairs


def test_the_page_lists_every_dependency_and_no_other() -> None:
    assert set(listed()) == required()
    assert len(listed()) == len(set(listed()))


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = spec_from_file_location("audit", ROOT / ".ci/audit.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def policy() -> dict[str, object]:
    return dict(tomllib.loads((ROOT / ".ci/audit.toml").read_text())["licences"])


@pytest.mark.parametrize(
    ("licence", "fits"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("BSD-3-Clause AND 0BSD", True),
        ("MIT License; GNU General Public License (GPL)", False),
        ("UNKNOWN", False),
    ],
)
def test_a_licence_fits_by_one_of_its_choices_and_all_its_parts(
    audit: ModuleType, licence: str, fits: bool
) -> None:
    assert audit.is_allowed(licence, policy()["allowed"]) is fits


def test_the_audit_names_what_is_not_allowed_not_for_users_or_no_longer_needed(
    audit: ModuleType,
) -> None:
    exception = {"package": "a", "licence": "GPL", "scope": "development"}
    rules = {"allowed": ["MIT"], "exceptions": [exception]}
    assert audit.licence_problems({"a": "GPL", "b": "MIT"}, {"b"}, rules) == []
    for licences, shipped, problem in (
        ({"a": "GPL", "b": "GPL"}, set(), "b: 'GPL' is not allowed"),
        ({"a": "LGPL"}, set(), "a: 'LGPL' is not allowed"),
        ({"a": "GPL"}, {"a"}, "a: 'GPL' is for development only"),
        ({"a": "MIT"}, set(), "a: the exception in audit.toml is not needed"),
        ({}, set(), "a: the exception in audit.toml is not needed"),
    ):
        (reported,) = audit.licence_problems(licences, shipped, rules)
        assert reported.startswith(problem)


REPORT = json.dumps(
    {
        "dependencies": [
            {
                "name": "A",
                "version": "1.0",
                "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": ["CVE-1"]}],
            },
            {"name": "b", "version": "1.0", "vulns": []},
            {"name": "c", "skip_reason": "not on the index"},
        ]
    }
)
"""A report as pip-audit 2.10 writes it."""


def test_vulnerabilities_are_named_except_accepted_ones(audit: ModuleType) -> None:
    named = ["a 1.0: PYSEC-1, fixed in 1.1"]
    assert audit.vulnerabilities(REPORT, {"a", "b"}, set()) == named
    assert audit.vulnerabilities(REPORT, {"a", "b"}, {"CVE-1"}) == []
    assert audit.vulnerabilities(REPORT, {"b"}, set()) == []
    nothing = json.dumps({"dependencies": [{"name": "a", "skip_reason": "not on the index"}]})
    assert audit.vulnerabilities(nothing, {"a"}, set()) is None


def test_every_exception_is_dated_and_reasoned() -> None:
    rules = tomllib.loads((ROOT / ".ci/audit.toml").read_text())
    for exception in rules["licences"]["exceptions"] + rules["vulnerabilities"]["exceptions"]:
        assert exception["decided"].year >= 2026
        assert len(exception["reason"]) > 20
