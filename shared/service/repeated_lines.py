"""A log that does not fill the disk: a warning that comes again and again is told now and then, with its count."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_OURS = ("services.", "shared.", "deploy.")
_BURST = 10
_REFILL_SECONDS = 60.0
_MOST_KINDS = 1_000


@dataclass
class _Kind:
    """Lines alike: how many may still be written, since when, and how many were left out."""

    left: float
    at: float
    left_out: int = 0


class RepeatedLines(logging.Filter):
    """Lets the first ten warnings of a kind through, then one a minute; information and less is never held back.

    Of our own lines those are alike that say the very same; of others', those that one statement writes.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._kinds: OrderedDict[tuple[str, str], _Kind] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        kind, now = self._kind_of(record), self._clock()
        kind.left = min(_BURST, kind.left + (now - kind.at) / _REFILL_SECONDS)
        kind.at = now
        if kind.left < 1:
            kind.left_out += 1
            return False
        kind.left -= 1
        if kind.left_out:
            record.left_out = f"{kind.left_out} more of this"
            kind.left_out = 0
        return True

    def _kind_of(self, record: logging.LogRecord) -> _Kind:
        text = record.getMessage() if record.name.startswith(_OURS) else str(record.msg)[:200]
        key = (record.name, text)
        kind = self._kinds.setdefault(key, _Kind(_BURST, self._clock()))
        self._kinds.move_to_end(key)
        if len(self._kinds) > _MOST_KINDS:
            self._kinds.popitem(last=False)
        return kind
