"""Endpoints that attack the client: what a server sends, and what the client reports."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest
from servers.bad import Talk, talking

from pcve_graph.query.execute import ResultTable
from pcve_graph.query.remote.endpoint import Endpoint
from pcve_graph.query.remote.messages import EndpointError

from .commands import JSON, SELECT

CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
SEVEN = ResultTable(("x",), ((ox.Literal("7"),),))
XML = "application/sparql-results+xml"
RDF_XML = "application/rdf+xml"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\n"


def fresh(url: str, **options: Any) -> Endpoint:
    """An endpoint that is known not to hold the published graphs."""
    endpoint = Endpoint(url, **options)
    endpoint._published = False
    return endpoint


def failure(talk: Talk, text: str = SELECT, **options: Any) -> str:
    """The message of asking a server that answers so; it is one printable line."""
    with talking(talk) as url, pytest.raises(EndpointError) as caught:
        fresh(url, **{"timeout": 10, "attempts": 1, **options}).ask(text)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 700
    return message


def answer(body: bytes, kind: str = JSON, headers: str = "") -> bytes:
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    )
    return head.encode("latin-1") + body
