"""A server whose answers harm a parser or violate HTTP, and invalid addresses: one message."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest
from conftest import World
from servers.bad import Request, sends, serving, talking
from SPARQLWrapper import SPARQLWrapper

from pcve_graph import KnowledgeGraph
from pcve_graph.model.problems import UsageError
from pcve_graph.query.execute import ResultTable, ResultTriples
from pcve_graph.query.remote import http
from pcve_graph.query.remote.endpoint import LONGEST_GET, Endpoint
from pcve_graph.query.remote.login import Credentials
from pcve_graph.query.remote.messages import EXCERPT, EndpointError, useful_line
from pcve_graph.system.http.addresses import normal_url

from .commands import JSON, NO, ROWS, SELECT, one_message, pcve
from .endpoints import CONSTRUCT, OK, RDF_XML, XML, answer, failure, fresh

TRIES = int(os.environ.get("PCVE_ATTACK_TRIES", "150"))


# Content that would harm the process that reads it


def nested(opening: bytes, middle: bytes, closing: bytes, depth: int = 50_000) -> bytes:
    return opening * depth + middle + closing * depth


def entities(levels: int = 9) -> bytes:
    lines = [b'<!ENTITY a0 "aaaaaaaaaa">']
    lines += [b'<!ENTITY a%d "%s">' % (level + 1, b"&a%d;" % level * 10) for level in range(levels)]
    return b'<?xml version="1.0"?><!DOCTYPE x [' + b"".join(lines) + b"]>"


_TERM = b'{"type":"uri","value":"a:b"}'
_TRIPLE_TERM = b'{"type":"triple","value":{"subject":%s,"predicate":%s,"object":' % (_TERM, _TERM)
_BOUND = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":%s}]}}'
_SPARQL = (
    b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="x"/></head>'
    b'<results><result><binding name="x">%s</binding></result></results></sparql>'
)
_RDF = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.org/">'
    b'<rdf:Description rdf:about="http://e.org/x"><e:p>%s</e:p></rdf:Description></rdf:RDF>'
)
HARMFUL = {
    "JSON triple terms": (JSON, _BOUND % nested(_TRIPLE_TERM, _TERM, b"}}")),
    "JSON triple terms with escapes": (
        JSON,
        _BOUND % nested(_TRIPLE_TERM.replace(b"triple", b'tr\\u0069ple\\"'), _TERM, b"}}"),
    ),
    "JSON arrays": (JSON, _BOUND % nested(b"[", b"", b"]")),
    "JSON that is not closed": (JSON, b'{"head":' + b"[" * 100_000),
    "rows before the head": (
        JSON,
        b'{"results":{"bindings":[' + b"{}," * 6_000_000 + b'{}]},"head":{"vars":["x"]}}',
    ),
    "XML triple terms": (
        XML,
        _SPARQL
        % nested(
            b"<triple><subject><uri>a:b</uri></subject><predicate><uri>a:b</uri></predicate><object>",
            b"<uri>a:b</uri>",
            b"</object></triple>",
        ),
    ),
    "XML entities": (XML, entities() + _SPARQL % b"<literal>&a9;</literal>"),
    "RDF/XML entities": (RDF_XML, entities() + _RDF % b"&a9;"),
    "RDF/XML elements": (
        RDF_XML,
        _RDF % nested(b"<rdf:Description><e:p>", b"", b"</e:p></rdf:Description>"),
    ),
    "N-Triples": (
        "application/n-triples",
        b"<a:a> <a:b> " + nested(b"<<( <a:s> <a:p> ", b"<a:o>", b" )>>") + b" .",
    ),
    "Turtle": (
        "text/turtle",
        b"<a:a> <a:b> " + nested(b"<<(\n<a:s> <a:p> ", b"<a:o>", b" )>>") + b" .",
    ),
}


@pytest.mark.parametrize("name", HARMFUL)
@pytest.mark.long
def test_an_answer_does_not_harm_the_process(name: str) -> None:
    """Asked in a process of its own: some of these ended it with SIGSEGV, or took gigabytes."""
    kind, body = HARMFUL[name]
    text = SELECT if kind in (JSON, XML) else CONSTRUCT

    def behaviour(request: Request) -> None:
        if "ASK" in request.path:
            return request.answer(200, JSON, NO)
        return request.answer(200, kind, body)

    with serving(behaviour) as server:
        result = pcve("query", "-", "--endpoint", server.url, stdin=text, seconds=40)
    message = one_message(result)
    assert (
        "the response is rejected" in message
        or "returned invalid" in message
        or ("sent an incomplete response" in message)
    )


def test_ordinary_answers_pass_the_guards() -> None:
    words = json.dumps('{"[{"[{' * 100 + "\\" * 7 + '"').encode()
    body = _BOUND % (b'{"type":"literal","value":%s}' % words)
    with talking(sends(answer(body))) as url:
        table = fresh(url).ask(SELECT)
    assert isinstance(table, ResultTable)
    assert str(getattr(table.rows[0][0], "value", "")) == json.loads(words)
    page = b'<?xml version="1.0"?>' + _SPARQL % b"<literal>&lt;!ENTITY &#233; &lt;a></literal>"
    with talking(sends(answer(page, XML))) as url:
        table = fresh(url).ask(SELECT)
    assert isinstance(table, ResultTable)
    assert getattr(table.rows[0][0], "value", "") == "<!ENTITY é <a>"
    for kind, content in (
        (RDF_XML, _RDF % b"7"),
        ("application/n-triples", b'<http://e.org/x> <http://e.org/p> "7" .\n'),
        ("text/turtle", b'<http://e.org/x> <http://e.org/p> <<( <a:a> <a:b> "7" )>> .\n'),
    ):
        with talking(sends(answer(content, kind))) as url:
            triples = fresh(url).ask(CONSTRUCT)
        assert isinstance(triples, ResultTriples)
        assert len(triples.triples) == 1


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (JSON, ROWS.replace(b"7", b"\xe9")),
        (f"{JSON}; charset=utf-16", ROWS.decode().encode("utf-16")),
        (f"{JSON}; charset=zip", b"\xff\xfe"),
        (f"{JSON}; charset=\x00", b"\x00"),
        (JSON, b""),
        (JSON, b"null"),
        (JSON, b'{"head":{"vars":[7]}}'),
        (JSON, _BOUND % b'{"type":"uri","value":"\\u001b[31m"}'),
        (JSON, _BOUND % b'{"type":"\\u001b]0;x\\u0007","value":"x"}'),
        (JSON, _BOUND % b'{"type":"literal","value":"x","xml:lang":"no language"}'),
        (XML, b"<sparql"),
        (XML, b"<a>\x1b[31m</a>"),
        ("\x1b[31mtext/html", b"<h1>\x1b]0;x\x07</h1>"),
        ("text/" + "x" * 5000, b"x"),
        ("", b"\x00" * 1000),
    ],
)
def test_a_malformed_result_set_gives_one_message(kind: str, body: bytes) -> None:
    failure(sends(answer(body, kind)))


# Malformed HTTP


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 1000,
        b"\x1b]0;title\x07\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 2x0 OK\r\n\r\n",
        b"HTTP/1.1 99999 OK\r\n\r\n",
        b"HTTP/1.1 -20 OK\r\n\r\n",
        b"HTTP/1.1 200 " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 500 \x1b[31m\xff\xfe\r\n\r\n\x1b[31m",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n: x\r\nno colon\r\n\r\n",
        OK + b"Content-Length: 99\r\n\r\n{}",
        OK + b"Content-Length: -5\r\n\r\n{}",
        OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n{}",
        OK + b"Content-Length: \xc2\xb2\r\n\r\n{}",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}",
        OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n{}",
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 100 + b"\r\n{}",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_malformed_http_gives_one_message(content: bytes) -> None:
    failure(sends(content))


@pytest.mark.parametrize(
    "challenge",
    [
        "Digest",
        "Digest ",
        "Digest realm",
        "Digest realm=",
        'Digest realm="x"',
        'Digest realm="x", nonce=',
        'Digest realm="x", nonce="y", algorithm=ROT13',
        'Digest realm="x", nonce="y", qop="auth-int"',
        'Digest realm="\x1b[31m", nonce="y"',
        'Digest realm="\xe9", nonce="y"',
        'Digest realm="x", nonce="y\r\n z"',
        'Digest realm="x, nonce="y',
        "Digest " + "," * 5000,
        "Basic " + "x" * 5000,
        "\x1b[31m",
    ],
)
def test_a_malformed_challenge_gives_one_message(challenge: str) -> None:
    content = f"HTTP/1.1 401 No\r\nWWW-Authenticate: {challenge}\r\n\r\n".encode("latin-1")
    message = failure(sends(content), credentials=Credentials("ann", "s3cret"))
    assert "s3cret" not in message
    assert "digest" in message or "does not accept this user" in message


def test_a_digest_is_answered_with_letters_of_ascii_only() -> None:
    content = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="x", nonce="y"\r\n\r\n'
    message = failure(sends(content), credentials=Credentials("ann", "pässword"))
    assert "users and passwords in ASCII" in message
    assert "ssword" not in message.replace("passwords", "")


@pytest.mark.parametrize("secret", ["s3cret\n", "s3cret\0", "s3cret\x7f", "s3cret\udcff"])
def test_secrets_that_a_header_cannot_hold(secret: str) -> None:
    for fields in ({"token": secret}, {"user": "ann", "password": secret}, {"user": secret}):
        with pytest.raises(UsageError) as caught:
            Credentials(**fields)
        assert "s3cret" not in str(caught.value)


def test_any_bytes_give_rows_or_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """Good answers with some bytes cut out, doubled or replaced, by a seed."""
    monkeypatch.setattr(http, "WAIT", 0.001)
    chance = random.Random(15)
    packed = gzip.compress(ROWS)
    good = [
        answer(ROWS),
        answer(packed, JSON, "Content-Encoding: gzip\r\n"),
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n%s\r\n0\r\n\r\n" % (len(ROWS), ROWS),
        answer(_SPARQL % b"<literal>7</literal>", XML),
        b'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="x", nonce="y", qop="auth"\r\n\r\n',
        b"HTTP/1.1 302 Found\r\nLocation: /x?y=z\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n",
    ]
    content = b""
    with talking(lambda link: link.sendall(content)) as url:
        for _ in range(TRIES):
            content = mutated(chance, chance.choice(good))
            endpoint = fresh(url, timeout=5, attempts=2, credentials=Credentials("ann", "s3cret"))
            try:
                assert isinstance(endpoint.ask(SELECT), ResultTable)
            except EndpointError as error:
                assert str(error).isprintable(), content
                assert "s3cret" not in str(error)


def mutated(chance: random.Random, content: bytes) -> bytes:
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(content) + 1)
        end = min(len(content), start + chance.randint(0, 8))
        new = chance.choice([b"", content[start:end] * 2, chance.randbytes(end - start), b"\0\r\n"])
        content = content[:start] + new + content[end:]
    return content


# Addresses


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://[::1",
        "http://[x]/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:x/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:-1/",
        "http://ho st/",
        "http:///x",
        "http://",
        "http:/x",
        "http://a..b/",
        "http://" + "a" * 300 + "/",
        "http://a\\b/",
        "http://a%00b/",
        "http://h/\x1b[31m",
        "http://h/\nx",
        " http://h/",
        "http://h/\u202ex",
        "http://\ufdfa/",
        "http://ann:s3cret@h/",
        "http://ann:s3cret@h:99999/",
        "http://s3cret@[::1",
        "ftp://h/",
        "//h/",
        "h/sparql",
    ],
)
def test_an_invalid_address_gives_one_message(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        KnowledgeGraph.open(endpoint=url)
    message = str(caught.value)
    assert message.isprintable()
    assert "s3cret" not in message


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://127.0.0.1:99999/", "http://ho st/", "http://h/\x1b[31m"]
)
@pytest.mark.long
def test_the_command_refuses_an_invalid_address(northtown: World, url: str) -> None:
    one_message(pcve("query", "-", "--endpoint", url))
    one_message(pcve("publish", "--endpoint", url, project=northtown.root))


@pytest.mark.long
def test_the_command_refuses_an_empty_address(northtown: World) -> None:
    for run in (
        pcve("query", "-", "--endpoint", ""),
        pcve("publish", "--endpoint", "", project=northtown.root),
    ):
        assert (run.returncode, run.stdout) == (2, "")
        fault = "Error: --endpoint is followed by an empty value; give it one, or leave it out"
        assert run.stderr.strip() == fault


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("http://MÜNCHEN.example/ž?q=ž#x", "http://xn--mnchen-3ya.example/%C5%BE?q=%C5%BE"),
        ("HTTP://H:80/a%20b", "http://h/a%20b"),
        ("https://[0:0::1]:443", "https://[::1]"),
        ("http://h:8080/?a=b+c&d", "http://h:8080/?a=b+c&d"),
    ],
)
def test_addresses_are_sent_in_ascii(url: str, normal: str) -> None:
    assert normal_url(url) == normal


# The transport


def test_requests_are_those_of_sparqlwrapper() -> None:
    """SPARQLWrapper's own `query` sends the same bytes."""

    def behaviour(request: Request) -> None:
        request.answer(200, JSON, ROWS)

    text = 'SELECT ?x { ?x ?p "ž & +/~*=", ?x } # x'
    with serving(behaviour) as server:
        for content in (text, f"{text}{'x' * LONGEST_GET}"):
            fresh(server.url).ask(content)
            wrapper = SPARQLWrapper(server.url, returnFormat="json")
            wrapper.setOnlyConneg(True)
            wrapper.setQuery(content)
            wrapper.setMethod(server.seen[-1][0])
            wrapper.query().response.close()
            ours, theirs = server.seen[-2:]
            assert (ours[:2], ours[3]) == (theirs[:2], theirs[3])
            names = ("User-Agent", "Content-Type", "Host")
            assert [ours[2].get(name) for name in names] == [theirs[2].get(name) for name in names]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that it signs itself, in one file."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1".split()
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(path), "-out", "-"]
    completed = subprocess.run(command, check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + completed.stdout)
    return path


@pytest.mark.long
def test_tls_connects_to_trusted_servers_only(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(lambda request: request.answer(200, JSON, NO)) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        command = ("query", "-", "--endpoint", server.url.replace("http:", "https:"))
        trusted = pcve(*command, stdin="ASK { ?s ?p ?o }", SSL_CERT_FILE=str(certificate))
        assert (trusted.returncode, trusted.stdout) == (0, "no\n")
        assert "the certificate is not trusted" in one_message(pcve(*command))
        by_hostname = tuple(part.replace("127.0.0.1", "localhost") for part in command)
        mismatch = one_message(pcve(*by_hostname, SSL_CERT_FILE=str(certificate)))
        assert "the certificate is not trusted: Hostname mismatch" in mismatch


@pytest.mark.long
def test_a_proxy_is_asked_where_the_environment_names_one() -> None:
    with serving(lambda request: request.answer(200, JSON, NO)) as proxy:
        address = proxy.url.removesuffix("/sparql").replace("http://", "http://ann:pw@")
        command = ("query", "-", "--endpoint", "http://data.invalid/sparql")
        result = pcve(*command, stdin="ASK { ?s ?p ?o }", http_proxy=address)
        assert (result.returncode, result.stdout) == (0, "no\n")
        assert proxy.seen[0][1].startswith("http://data.invalid/sparql?")
        assert proxy.seen[0][2]["Host"] == "data.invalid"
        assert proxy.seen[0][2]["Proxy-Authorization"] == "Basic YW5uOnB3"
        one_message(pcve(*command, http_proxy="http://[::1"))
        tunnel = pcve("query", "-", "--endpoint", "https://data.invalid/", https_proxy=address)
        assert "proxy" in one_message(tunnel)


def test_a_body_that_is_an_attack_on_the_reader_of_reasons() -> None:
    start = time.monotonic()
    for body in (
        b"<html><head" * EXCERPT,
        b"<html>" + b"<" * EXCERPT,
        b"[" * EXCERPT,
        b"<p" * 9000,
    ):
        assert useful_line(body).isprintable()
    assert time.monotonic() - start < 5


def test_a_server_that_refuses_a_body_before_it_is_whole() -> None:
    def talk(link: socket.socket) -> None:
        link.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 9\r\n\r\ntoo large")
        link.shutdown(socket.SHUT_WR)
        link.settimeout(5)
        while link.recv(1 << 16):
            pass

    with talking(talk) as url, pytest.raises(EndpointError, match="413 Too Large; “too large”"):
        Endpoint(url, attempts=1).update("INSERT DATA { <a:a> <a:b> <a:c> }" + " " * 3_000_000)
