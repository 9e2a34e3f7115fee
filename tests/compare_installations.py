"""What an installation of `pcve` prints and writes, step by step, to compare two installations.

    python tests/compare_installations.py PLAIN FAST    # two commands, one installed with `[fast]`, one without

runs both on copies of the project around this file, and fails where they differ in anything but
the name of the SHACL engine, the seconds, and the note that names the extra.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTE = re.compile(r"^note: validating with pySHACL.*\n", re.M)
ENGINE_AND_TIME = re.compile(r"\((?:pyshacl|turbo)\)|^(?:took|try:) .*", re.M)
FAULTS = sorted(
    str(path) for path in (ROOT / "tests" / "faults").iterdir() if path.suffix != ".expected"
)
MANY = [
    *FAULTS[::32],
    *(str(ROOT / "tests/faults" / name) for name in ("issued-badly.ttl", "syntax-bracket.ttl")),
]
FEW = FAULTS[::64]
"""tests/test_differential.py compares the engines on all of them, in one graph."""

Outcome = tuple[int, str, str]
"""Exit code, stdout without engine, seconds and path, stderr without the note."""


class Installation:
    """A command, in its environment, on a project of its own that the steps may change."""

    def __init__(
        self, command: Sequence[str], root: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.command, self.root, self.environment = command, root, environment
        self.notes: list[int] = []
        """How often each run gave the note."""

    def run(self, *arguments: str) -> Outcome:
        """Run the command in the folder of the project."""
        run = subprocess.run(
            [*self.command, *arguments],
            cwd=self.root,
            env=self.environment,
            text=True,
            capture_output=True,
            timeout=600,
        )
        self.notes.append(len(NOTE.findall(run.stderr)))
        return run.returncode, ENGINE_AND_TIME.sub("", run.stdout), NOTE.sub("", run.stderr)

    def graphs(self) -> list[tuple[str, bytes]]:
        """The graph files that builds have left."""
        files = (self.root / "build").rglob("graph/*.nt")
        return sorted((path.name, path.read_bytes()) for path in files)

    def edit(self, folder: str, old: str, new: str) -> None:
        """Replace `old` in the first file of `folder` that has it."""
        for path in sorted((self.root / folder).iterdir()):
            text = path.read_text("utf-8") if path.is_file() else ""
            if old in text:
                path.write_text(text.replace(old, new, 1), "utf-8")
                return
        raise ValueError(f"no file of {folder} has {old!r}")

    def outcomes(self) -> dict[str, object]:
        """The output of each step, or the files that it wrote."""
        seen: dict[str, object] = {
            "first build": self.run("build"),
            "its graphs": self.graphs(),
            "validate": self.run("validate"),
            "foreign files": self.run("validate", *MANY, "--limit", "0"),
            "as a report": self.run("validate", *FEW, "--format", "turtle"),
            "against the graph": self.run("validate", *FEW, "--against", "--format", "json"),
        }
        self.edit("data/sources", "dateRead: 2026-11-23", "dateRead: 2026-11-22")
        seen |= {
            "validate an edit": self.run("validate"),
            "build an edit": self.run("build"),
            "graphs of the edit": self.graphs(),
        }
        self.edit("data/records/place", "kind: city", "kind: cty")
        seen |= {
            "refused by validate": self.run("validate", "--format", "sarif"),
            "refused by build": self.run("build"),
            "graphs after it": self.graphs(),
        }
        return seen


def differences(plain: Installation, fast: Installation) -> list[str]:
    """The steps in which the two differ, and what is wrong in both."""
    ours, theirs = plain.outcomes(), fast.outcomes()
    problems = [f"{step}: the two differ" for step in ours if ours[step] != theirs[step]]
    codes = [seen[0] for seen in ours.values() if isinstance(seen, tuple)]
    if codes != [0, 0, 2, 1, 1, 0, 0, 1, 1]:
        messages = [seen[2] for seen in ours.values() if isinstance(seen, tuple)]
        problems.append(f"the steps ended with {codes}: {messages}")
    if not ours["its graphs"] or ours["its graphs"] == ours["graphs of the edit"]:
        problems.append("the edit is not in the graphs")
    if set(plain.notes) != {1} or set(fast.notes) != {0}:
        problems.append(f"the note was given {plain.notes} times, with [fast] {fast.notes} times")
    return problems


def main(plain: str, fast: str) -> int:
    """Compare two commands on the project; return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        sides = []
        for name, command in (("plain", plain), ("fast", fast)):
            for part in ("data", "ontology", "queries"):
                shutil.copytree(ROOT / part, Path(folder, name, part))
            sides.append(Installation([str(Path(command).absolute())], Path(folder, name)))
        problems = differences(*sides)
    print(
        "\n".join(problems) or f"the same in {len(sides[0].notes)} commands and in all graph files"
    )
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
