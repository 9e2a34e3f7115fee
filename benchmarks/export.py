"""How long `pcve export` takes for each format, as a whole process, on the shipped graph."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from measure import HEAD, Sample, measured, pcve, raw, row, write_section

from pcve_graph.publish.export.formats import FORMATS

ROOT: Final = Path(__file__).resolve().parents[1]
LIMIT: Final = 2.0
"""Seconds of CPU that no format may take."""


def samples(form: str, folder: Path, runs: int) -> list[Sample]:
    """The runs of one format."""
    out = folder / f"graph{FORMATS[form].suffix}"
    command = pcve("--project", str(ROOT), "export", form, "-o", str(out))
    return [measured(command, folder / "out") for _ in range(runs)]


def main() -> None:
    """Measure every format, print it and put it into RESULTS.md; fail where one is too slow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    subprocess.run(pcve("--project", str(ROOT), "build"), check=True)
    with tempfile.TemporaryDirectory() as name:
        samples_by_format = {form: samples(form, Path(name), runs) for form in FORMATS}
    slow = {
        form: best
        for form, some in samples_by_format.items()
        if (best := min(s.cpu for s in some)) > LIMIT
    }
    lines = [
        "`pcve export FORMAT -o FILE` on the shipped graph. Over "
        f"{LIMIT:.0f} s of CPU in the best of its runs: {', '.join(slow) or 'none'}.",
        "",
        HEAD,
        *(row(form, some) for form, some in samples_by_format.items()),
        "",
        *(raw(form, some) for form, some in samples_by_format.items()),
    ]
    print("\n".join(lines))
    write_section("export: the shipped graph", lines)
    if slow:
        sys.exit(f"too slow: {', '.join(slow)}")


if __name__ == "__main__":
    main()
