"""The brake on guessing the token: some wrong ones are free, then each costs a wait, by who asks and over all.

A guess that comes too early is not looked at, so it tells nothing, and makes no wait longer. Browsers that were let in
once are counted apart (https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies), and who
is logged in is not asked at all: however many guess, the owner goes on reading.
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
_MOST_GUESSERS = 10_000
_TOGETHER = 100
_TOGETHER_PER_SECOND = 0.5
_LINES = 20
_LINES_PER_SECOND = 1 / 60


@dataclass
class _Guesser:
    wrong: int = 0
    next_at: float = 0.0
    last_at: float = 0.0


class Bucket:
    """So many at once, and then so many a second."""

    def __init__(self, size: float, per_second: float, now: float) -> None:
        self._size, self._per_second = size, per_second
        self._left, self._at = size, now

    def wait_seconds(self, now: float) -> float:
        """How long until there is one."""
        self._left = min(self._size, self._left + (now - self._at) * self._per_second)
        self._at = now
        return max(0.0, (1 - self._left) / self._per_second)

    def take(self, now: float) -> bool:
        if self.wait_seconds(now) > 0:
            return False
        self._left -= 1
        return True


class Guesses:
    """Wrong tokens by guesser: an address, or a browser that is known."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._guessers: OrderedDict[str, _Guesser] = OrderedDict()
        self._together = Bucket(_TOGETHER, _TOGETHER_PER_SECOND, clock())
        self._lines = Bucket(_LINES, _LINES_PER_SECOND, clock())
        self._untold = 0

    def wait_seconds(self, guesser: str, *, is_known: bool = False) -> float:
        """How long a guess of theirs will not be looked at; 0 where it is."""
        now = self._clock()
        own = self._guessers[guesser].next_at - now if guesser in self._guessers else 0.0
        return max(0.0, own, 0.0 if is_known else self._together.wait_seconds(now))

    def count_wrong(self, guesser: str, *, is_known: bool = False) -> None:
        """A guess was looked at and was wrong."""
        now = self._clock()
        one = self._guesser(guesser, now)
        one.wrong, one.last_at = one.wrong + 1, now
        one.next_at = now + _wait_after(one.wrong)
        if not is_known:
            self._together.take(now)
        self._tell(guesser, one.wrong, now)

    def forgive(self, guesser: str) -> None:
        """A right token was given."""
        self._guessers.pop(guesser, None)

    def _guesser(self, name: str, now: float) -> _Guesser:
        known = self._guessers.get(name)
        if known is None or now - known.last_at > _FORGOTTEN_SECONDS:
            self._guessers[name] = _Guesser()
        self._guessers.move_to_end(name)
        if len(self._guessers) > _MOST_GUESSERS:
            self._guessers.popitem(last=False)
        return self._guessers[name]

    def _tell(self, guesser: str, wrong: int, now: float) -> None:
        """The first, the second, the fourth, the eighth ... of everybody, as long as these are not many."""
        is_told = wrong & (wrong - 1) == 0 and self._lines.take(now)
        if not is_told:
            self._untold += 1
            return
        log.warning(
            "A wrong token was given for the reader.",
            extra={"action": "wrong_token", "who": guesser, "times": wrong, "untold": self._untold or None},
        )
        self._untold = 0


def guesser_of(address: str | None) -> str:
    """An address as a guesser: of IPv6 the network of 64 bits that one household has."""
    try:
        known = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if known.version == 6:
        mapped = known.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def _wait_after(wrong: int) -> float:
    return min(_LONGEST_WAIT_SECONDS, 2.0 ** min(wrong - _FREE, 10)) if wrong >= _FREE else 0.0
