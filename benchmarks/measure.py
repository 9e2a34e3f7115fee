"""Whole processes measured from outside: time, CPU time, peak memory; and on which machine."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Final

RESULTS: Final = Path(__file__).with_name("RESULTS.md")
_PACKAGES: Final = ("pcve-graph", "pyoxigraph", "pyshacl", "rdflib", "rdflib-turbo")


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: seconds by the clock, seconds of CPU, the highest memory in MB, exit code."""

    wall: float
    cpu: float
    peak: float
    code: int

    def __str__(self) -> str:
        return f"{self.wall:.2f} s, {self.cpu:.2f} CPU s, {self.peak:.0f} MB"


def pcve(*arguments: str) -> list[str]:
    """The command of this checkout, as a process of its own."""
    return [sys.executable, "-m", "pcve_graph", *arguments]


def measured(command: Sequence[str], out: Path, right: Iterable[int] = (0,)) -> Sample:
    """Run `command`, its stdout into `out`. Raises RuntimeError where it exits in another way."""
    source = str(Path(__file__).resolve().parents[1] / "src")
    environment = {**os.environ, "PYTHONPATH": source}
    talk = out.with_suffix(".stderr")
    start = time.perf_counter()
    with (
        out.open("wb") as stdout,
        talk.open("wb") as stderr,
        subprocess.Popen(command, stdout=stdout, stderr=stderr, env=environment) as process,
    ):
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in right:
        raise RuntimeError(f"{' '.join(command)} exits {process.returncode}: {talk.read_text()}")
    cpu = usage.ru_utime + usage.ru_stime
    return Sample(wall, cpu, usage.ru_maxrss / 1024, process.returncode)


def row(name: str, samples: Sequence[Sample]) -> str:
    """A line of a table: medians, the spread of wall time, the highest peak."""
    walls, cpus = [sample.wall for sample in samples], [sample.cpu for sample in samples]
    spread = f"{min(walls):.2f} to {max(walls):.2f}"
    peak = max(sample.peak for sample in samples)
    middle = f"{statistics.median(walls):.2f} | {spread} | {statistics.median(cpus):.2f}"
    return f"| {name} | {len(samples)} | {middle} | {peak:,.0f} |"


HEAD: Final = (
    "| what | runs | wall s (median) | wall s (least to most) | CPU s (median) | peak MB |\n"
    "| --- | --- | --- | --- | --- | --- |"
)


def raw(name: str, samples: Sequence[Sample]) -> str:
    """Every sample, in the order of the runs."""
    return f"    {name}: " + "; ".join(map(str, samples))


def machine() -> str:
    """Where and with what: processor, cores, memory, load, versions, day."""
    model = platform.processor() or platform.machine()
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        named = [line for line in facts.read_text().splitlines() if line.startswith("model name")]
        model = named[0].split(":", 1)[1].strip() if named else model
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    packages = ", ".join(f"{package} {version(package)}" for package in _PACKAGES)
    return (
        f"{date.today().isoformat()}; {model}, {os.cpu_count()} cores, {pages / 2**30:.0f} GB; "
        f"load {os.getloadavg()[0]:.1f} at the end; {platform.system()}, Python "
        f"{platform.python_version()}; {packages}"
    )


def write_section(title: str, lines: Iterable[str]) -> None:
    """Put the section `title` into RESULTS.md, in place of the one of that name."""
    text = RESULTS.read_text("utf-8") if RESULTS.is_file() else "# Results\n"
    head, *sections = text.split("\n## ")
    kept = {section.split("\n", 1)[0]: section.rstrip() for section in sections}
    kept[title] = "\n".join([title, "", *lines, "", machine()])
    parts = [head.rstrip(), *(kept[name] for name in sorted(kept))]
    RESULTS.write_text("\n\n## ".join(parts) + "\n", "utf-8")
