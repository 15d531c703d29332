"""Addresses of hosts: in URLs, to ask at, and as a browser names them."""

import ipaddress
import random
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

_chance = random.SystemRandom()
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def url_host(host: str) -> str:
    """A host as a URL has it: IPv6 addresses in brackets, the zone's percent sign escaped."""
    return f"[{host.replace('%', '%25')}]" if ":" in host else host


def reachable(host: str) -> str:
    """Where to ask, as a URL has it, what listens at `host`: on all addresses means on loopback too."""
    return url_host(_EVERYWHERE.get(host, host))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def free_loopback_port() -> int:
    """A port of this machine that nobody listens on now, below those that the kernel gives to outgoing connections."""
    while True:
        port = _chance.randrange(10_240, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def answers_to(header: str | None, names: Collection[str]) -> bool:
    """Whether a Host header is ours: a bare IP address cannot be rebound by DNS; a name must be one of `names`."""
    name = _name_in(header)
    return name is not None and (_is_ip(name) or name in names)


def known_names(*names: str) -> frozenset[str]:
    """Names as `answers_to` compares them; localhost is always one."""
    return frozenset({"localhost", *(name.lower().rstrip(".") for name in names)})


def _name_in(header: str | None) -> str | None:
    if not header:
        return None
    try:
        return urlsplit(f"//{header}").hostname
    except ValueError:
        return None


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
