"""Names in the code say what they hold, in the terms of the field."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

SOURCES = sorted((ROOT / "src" / "pcve_graph").rglob("*.py"))
FOLDERS = ("tests", "benchmarks", ".ci", "docs")
MODULES = [*SOURCES, *sorted(path for name in FOLDERS for path in (ROOT / name).rglob("*.py"))]
PRIVATE_WORDS = {
    "beside", "telling", "told", "tells", "said", "kept", "known", "grounds", "judge", "sweep",
    "room", "door", "hall", "house",
}  # fmt: skip
"""Words that no file, class or function has in its name."""
VAGUE_NAMES = {"found", "each", "told", "said", "known", "made", "one"}
"""Names that no variable and no parameter has."""


def words(name: str) -> set[str]:
    """The words of a name in snake_case or CamelCase, in small letters."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def bound_names(tree: ast.AST) -> Iterator[str]:
    """Every name that a module assigns to, loops with, matches, catches or takes as a parameter."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_names_are_terms_of_the_field(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    defined = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    for name in (path.stem, *defined):
        assert not words(name) & PRIVATE_WORDS, name
    assert not set(bound_names(tree)) & VAGUE_NAMES


def test_every_folder_with_code_is_checked() -> None:
    checked = {path.relative_to(ROOT).parts[0] for path in MODULES}
    assert checked == {"src", *FOLDERS}


def test_no_two_public_classes_share_a_name() -> None:
    modules: dict[str, list[str]] = {}
    for path in SOURCES:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                modules.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert {name: paths for name, paths in modules.items() if len(paths) > 1} == {}
