"""What a site allows automatic readers, by its robots.txt, asked once a day: https://www.rfc-editor.org/rfc/rfc9309"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from services.fetcher.arxiv.polite_client import PoliteClient
from shared.contracts import now as utc_now

_KEPT_FOR = timedelta(days=1)
_MOST_BYTES = 512 * 1024
_LONGEST_DELAY_SECONDS = 300.0
_AGENT = "papersys"


@dataclass(frozen=True)
class Rules:
    """The rules of one group: patterns that are allowed or not, and the pace that is asked for."""

    patterns: tuple[tuple[bool, str], ...] = ()
    delay_seconds: float = 0.0

    def allow(self, path: str) -> bool:
        """Whether a path may be asked for: the longest pattern decides, an allowing one among equals."""
        matching = [(len(text), allowed) for allowed, text in self.patterns if _matches(text, path)]
        return max(matching)[1] if matching else True


class Robots:
    """The rules of the hosts of one server."""

    def __init__(self, client: PoliteClient, clock: Callable[[], datetime] = utc_now) -> None:
        self._client, self._clock = client, clock
        self._rules: dict[str, tuple[datetime, Rules]] = {}

    async def allow(self, url: str) -> bool:
        """Whether an address may be asked for; the gate keeps the pace that its host asks for from then on.

        Raises TemporaryFailure where the host does not answer.
        """
        parts = urlsplit(url)
        rules = await self._rules_of(f"{parts.scheme}://{parts.netloc}/robots.txt")
        return rules.allow(f"{parts.path}?{parts.query}" if parts.query else parts.path)

    async def _rules_of(self, address: str) -> Rules:
        now = self._clock()
        kept = self._rules.get(address)
        if kept is not None and abs(now - kept[0]) < _KEPT_FOR:
            return kept[1]
        answer = await self._client.file(address, _MOST_BYTES)
        rules = read_rules("" if answer.is_absent else answer.body.decode("utf-8", "replace"))
        self._client.gate.slow_down(rules.delay_seconds)
        self._rules[address] = (now, rules)
        return rules


def read_rules(text: str) -> Rules:
    """The group for us, else the one for everybody. Lines that are none are passed over."""
    groups: dict[str, list[tuple[str, str]]] = {}
    agents: list[str] = []
    is_head = False
    for line in text.removeprefix("\ufeff").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            agents = [*agents, value.lower()] if is_head else [value.lower()]
            groups.setdefault(value.lower(), [])
        elif agents:
            for agent in agents:
                groups[agent].append((key, value))
        is_head = key == "user-agent"
    lines = groups.get(_AGENT, groups.get("*", []))
    delays = (_seconds(value) for key, value in lines if key == "crawl-delay")
    patterns = tuple((key == "allow", value) for key, value in lines if key in ("allow", "disallow") and value)
    return Rules(patterns, max(delays, default=0.0))


def _matches(pattern: str, path: str) -> bool:
    """`*` is any text, `$` at the end is the end. Takes linear time, whatever the pattern."""
    first, *pieces = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    place = len(first)
    is_anchored = pattern.endswith("$")
    for piece in pieces[:-1] if is_anchored else pieces:
        found = path.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    if not is_anchored:
        return True
    return path[place:].endswith(pieces[-1]) if pieces else place == len(path)


def _seconds(text: str) -> float:
    try:
        return min(max(float(text), 0.0), _LONGEST_DELAY_SECONDS)
    except ValueError:
        return 0.0
