"""The reader's address as a phone in the same network can use it, and as a picture that it can scan."""

import io
import socket
from collections.abc import Callable, Sequence

from shared.hosts.addresses import is_loopback, url_host

_SOMEWHERE = ("192.0.2.1", 9)
"""An address of nobody (RFC 5737): asking for the way there sends nothing, and tells which address is ours."""
_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104


def phone_address(
    host: str, port: int, names: Sequence[str] = (), own_address: Callable[[], str | None] | None = None
) -> str | None:
    """By a name of the settings, else by this machine's address; None where only this machine reaches the reader."""
    if is_loopback(host):
        return None
    if names:
        return f"http://{url_host(names[0])}:{port}"
    found = (own_address or address_in_network)() if host in _EVERYWHERE else host
    return f"http://{url_host(found)}:{port}" if found and not is_loopback(found) else None


def address_in_network() -> str | None:
    """This machine's address in the network that it reaches others by; None without one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_SOMEWHERE)
            return str(probe.getsockname()[0])
        except OSError:
            return None


def qr_code(text: str) -> str:
    """A QR code in block characters, for a terminal."""
    import segno

    out = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out, compact=True)
    return out.getvalue()
