"""Rate limit on wrong tokens: the first few are free, then each costs a longer wait, per client and over all clients.

An attempt that comes too early is refused unread, so it tells nothing and makes no wait longer. Browsers that logged in
once are counted apart (https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies), and who
is logged in is not asked at all: however many tokens are guessed, the user goes on reading.
"""

import ipaddress
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)

_FREE = 5
_LONGEST_WAIT_SECONDS = 30.0
_FORGOTTEN_SECONDS = 900.0
_MOST_CLIENTS = 10_000
_OVERALL = 100
_OVERALL_PER_SECOND = 0.5
_LOG_LINES = 20
_LOG_LINES_PER_SECOND = 1 / 60


@dataclass
class _Client:
    wrong: int = 0
    next_at: float = 0.0
    last_at: float = 0.0


class Bucket:
    """A leaky bucket: `size` at once, then `per_second`."""

    def __init__(self, size: float, per_second: float, now: float) -> None:
        self._size, self._per_second = size, per_second
        self._left, self._at = size, now

    def wait_seconds(self, now: float) -> float:
        """How long until there is room for one more."""
        self._left = min(self._size, self._left + (now - self._at) * self._per_second)
        self._at = now
        return max(0.0, (1 - self._left) / self._per_second)

    def take(self, now: float) -> bool:
        if self.wait_seconds(now) > 0:
            return False
        self._left -= 1
        return True


class FailedLogins:
    """Wrong tokens by client: an address, or a browser that logged in before."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._clients: OrderedDict[str, _Client] = OrderedDict()
        self._overall = Bucket(_OVERALL, _OVERALL_PER_SECOND, clock())
        self._log_lines = Bucket(_LOG_LINES, _LOG_LINES_PER_SECOND, clock())
        self._unlogged = 0

    def wait_seconds(self, client: str, *, is_known: bool = False) -> float:
        """How long attempts of this client are refused unread; 0 where they are read."""
        now = self._clock()
        own = self._clients[client].next_at - now if client in self._clients else 0.0
        return max(0.0, own, 0.0 if is_known else self._overall.wait_seconds(now))

    def count_wrong(self, client: str, *, is_known: bool = False) -> None:
        """Record a wrong token."""
        now = self._clock()
        record = self._record(client, now)
        record.wrong, record.last_at = record.wrong + 1, now
        record.next_at = now + _wait_after(record.wrong)
        if not is_known:
            self._overall.take(now)
        self._log_wrong(client, record.wrong, now)

    def forget(self, client: str) -> None:
        """Forget the wrong tokens of a client that gave the right one."""
        self._clients.pop(client, None)

    def _record(self, name: str, now: float) -> _Client:
        record = self._clients.get(name)
        if record is None or now - record.last_at > _FORGOTTEN_SECONDS:
            self._clients[name] = _Client()
        self._clients.move_to_end(name)
        if len(self._clients) > _MOST_CLIENTS:
            self._clients.popitem(last=False)
        return self._clients[name]

    def _log_wrong(self, client: str, wrong: int, now: float) -> None:
        """Log the first, second, fourth, eighth ... wrong token of each client, at a limited rate."""
        is_logged = wrong & (wrong - 1) == 0 and self._log_lines.take(now)
        if not is_logged:
            self._unlogged += 1
            return
        log.warning(
            "A wrong token was given for the reader.",
            extra={"action": "wrong_token", "who": client, "times": wrong, "unlogged": self._unlogged or None},
        )
        self._unlogged = 0


def client_name(address: str | None) -> str:
    """The name under which an address is counted: for IPv6 its /64 network, which one household has."""
    try:
        ip = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if ip.version == 6:
        mapped = ip.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def _wait_after(wrong: int) -> float:
    return min(_LONGEST_WAIT_SECONDS, 2.0 ** min(wrong - _FREE, 10)) if wrong >= _FREE else 0.0
