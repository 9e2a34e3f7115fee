"""Which IP addresses count as public, and what is connected to where only those may be."""

from __future__ import annotations

import socket
import ssl

import pytest

from pcve_graph.system.http.connection import (
    Deadline,
    HttpRequest,
    RefusedAddressError,
    open_response,
)
from pcve_graph.system.http.public_addresses import is_public


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_a_public_address(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.10",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "192.88.99.1",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.1.2.3",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fc00::1",
        "ff02::1",
        "localhost",
        "",
    ],
)
def test_an_address_that_is_not_public(address: str) -> None:
    assert not is_public(address)


def test_what_is_connected_to_is_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The name is resolved once: a second answer, of another address, is never asked for."""
    answers = iter([[("93.184.215.14", 80)], [("127.0.0.1", 80)]])
    resolved: list[str] = []
    connected: list[object] = []

    def resolve(host: str, *_: object, **__: object) -> list[object]:
        resolved.append(host)
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, address) for address in next(answers)]

    class Link(socket.socket):
        def connect(self, address: object) -> None:
            connected.append(address)
            raise ConnectionRefusedError(111, "refused")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "socket", Link)
    checked: list[str] = []

    def check(_: object, address: str) -> bool:
        checked.append(address)
        return is_public(address)

    request = HttpRequest("GET", "http://rebinding.example/")
    with pytest.raises(ConnectionRefusedError):
        open_response(request, Deadline(5), ssl.create_default_context, check)
    assert (resolved, checked) == (["rebinding.example"], ["93.184.215.14"])
    assert connected == [("93.184.215.14", 80)]
    with pytest.raises(RefusedAddressError) as stopped:
        open_response(request, Deadline(5), ssl.create_default_context, check)
    assert stopped.value.addresses == ("127.0.0.1",)
    assert len(connected) == 1


def test_no_proxy_stands_between_the_check_and_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A proxy would resolve the name again, and so reach what was never checked."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with pytest.raises(RefusedAddressError):
        open_response(
            HttpRequest("GET", "http://127.0.0.1:9/"),
            Deadline(5),
            ssl.create_default_context,
            lambda _, address: is_public(address),
        )
