"""Which IP addresses are public: those that a page of anybody on the web may lead to.

A page, a redirect or a name server could otherwise make this computer read what only it can reach:
itself, its network, or the metadata service of a cloud.
"""

from __future__ import annotations

import ipaddress
from typing import Final

_EMBEDDING: Final = tuple(
    map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48"))
)
"""IPv6 networks in whose addresses the last 32 bits are an IPv4 address (RFC 4291, 6052, 8215)."""
_SITE_LOCAL: Final = ipaddress.IPv6Network("fec0::/10")
_SPECIAL: Final = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))
"""IETF protocol assignments and the former 6to4 relays, parts of which count as global."""


def is_public(address: str) -> bool:
    """Whether an IP address, as `getaddrinfo` gives it, is a public unicast address.

    False for anything else, such as a private, loopback, link-local, shared, multicast, reserved or
    documentation address, also where IPv6 embeds one (mapped, NAT64, 6to4, Teredo).
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return _is_plainly_public(ip) and not any(ip in network for network in _SPECIAL)
    if ip in _SITE_LOCAL:
        return False
    if any(ip in network for network in _EMBEDDING):
        return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    if ip.sixtofour is not None:
        return is_public(str(ip.sixtofour))
    if ip.teredo is not None:
        return False
    return _is_plainly_public(ip)


def _is_plainly_public(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)
