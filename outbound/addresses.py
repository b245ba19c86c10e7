"""Decides whether we may call an address that somebody gave us, and where its name leads.

A name is resolved once, every address it has must be allowed, and the connection is made to the
address that was checked: a name that answers differently a moment later changes nothing.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import SplitResult, urlsplit

from outbound.refusals import AddressRefused

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver: TypeAlias = Callable[[str, int], Sequence[str]]
"""(host, port) -> addresses as text; raises OSError where the name leads nowhere."""

URL_CHARS: Final = 400
_HOST_CHARS: Final = 253
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
# What inet_aton reads as a number: 2130706433, 0177, 0x7f.
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)

# Addresses that answer with the secrets of the machine they are asked from.  Most lie in ranges
# that are refused anyway; these are refused even where an operator allows the range.
_METADATA: Final = tuple(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254",  # most clouds
        "169.254.170.2",  # containers on AWS
        "169.254.170.23",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",  # Google, over IPv6
        "100.100.100.200",  # Alibaba
        "192.0.0.192",  # Oracle, older
        "168.63.129.16",  # Azure, a public address
    )
)
# The IANA registries of special-purpose addresses, whatever a Python release knows of them.
_SPECIAL: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("::/128", "::1/128", "::/96", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20"),
        *("5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "64:ff9b:1::/48"),
    )
)
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Rules:
    """What an operator allows beyond https to the open internet."""

    is_http_allowed: bool = False
    # Networks of the operator's own that may be called: ("10.1.0.0/16", "127.0.0.0/8").
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, *, is_http_allowed: bool, networks: Sequence[str]) -> "Rules":
        """Rules from settings.  Raises: ValueError for what is no network."""
        return cls(is_http_allowed, tuple(ipaddress.ip_network(text) for text in networks))


@dataclass(frozen=True, slots=True)
class Target:
    """Where a connection goes: the name it is made for and the one address it is made to."""

    scheme: str
    host: str
    port: int
    address: str


def check_url(url: str, *, rules: Rules) -> SplitResult:
    """Check the form of an address without asking anybody about its name.

    Raises:
        AddressRefused: for another scheme, user and password, a fragment, a strange host.
    """
    if len(url) > URL_CHARS or any(ord(char) <= 32 or ord(char) >= 127 for char in url):
        raise AddressRefused("bad-characters", chars=URL_CHARS)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused("no-address") from error
    schemes = ("https", "http") if rules.is_http_allowed else ("https",)
    if parts.scheme not in schemes:
        raise AddressRefused("not-http" if rules.is_http_allowed else "not-https")
    if "@" in parts.netloc or "\\" in url:
        raise AddressRefused("has-user")
    if parts.fragment or "#" in url:
        raise AddressRefused("has-fragment")
    if port == 0:
        raise AddressRefused("port-zero")
    _check_host(parts.hostname or "", parts.netloc)
    return parts


def _check_host(host: str, netloc: str) -> None:
    """Admit names, and addresses only in the one way that every program reads the same."""
    if netloc.startswith("["):
        _literal(host)
        return
    name = host.removesuffix(".")
    labels = name.split(".")
    if len(name) > _HOST_CHARS or not all(_LABEL.fullmatch(label) for label in labels):
        raise AddressRefused("bad-host")
    if _NUMBER.fullmatch(labels[-1]) and str(_literal(name)) != name:
        raise AddressRefused("bad-number")


def _literal(text: str) -> Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError as error:
        raise AddressRefused("bad-number") from error


def resolve(host: str, port: int) -> list[str]:
    """Every address that the system's resolver knows for a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def pin(url: str, *, rules: Rules, resolver: Resolver = resolve) -> Target:
    """Resolve an address's name once, check every answer, and choose the first.

    Raises:
        AddressRefused: if the form, the name or any of its addresses is not allowed.
    """
    parts = check_url(url, rules=rules)
    host = (parts.hostname or "").removesuffix(".")
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    try:
        found = list(resolver(host, port))
    except (OSError, UnicodeError) as error:
        raise AddressRefused("leads-nowhere", host=host) from error
    if not found:
        raise AddressRefused("leads-nowhere", host=host)
    for text in found:
        _check_address(host, text, rules)
    return Target(parts.scheme, host, port, found[0])


def _check_address(host: str, text: str, rules: Rules) -> None:
    # A scope such as %eth0 names an interface of this machine.
    if "%" in text:
        raise AddressRefused("own-network", host=host)
    address = _unwrapped(_literal(text))
    if address in _METADATA:
        raise AddressRefused("metadata-service", host=host)
    if any(address in network for network in rules.networks):
        return
    if not address.is_global or any(address in network for network in _SPECIAL):
        raise AddressRefused("not-public", host=host, address=address)


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 address carries, if it carries one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
