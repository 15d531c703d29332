"""The ways in which arXiv fails, as switches: which fault meets which request, decided without side effects."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

Kind = Literal[
    "503", "503-date", "503-silent", "429", "403", "406", "rate-exceeded", "truncated", "empty-page", "slow",
    "dropped", "token-expired", "stale-none", "garbage", "control-character", "broken-record", "repeated-token",
    "overlong-token", "shifted", "drip", "redirect-loop", "redirect-away", "gzip-bomb", "double-gzip-bomb", "xml-bomb",
    "other-encoding", "corrupt-encoding",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)


class BadFault(ValueError):
    """A switch that names no fault of this server."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One switch. `times` counts down and None means for ever; `seconds` is the delay or the Retry-After.

    503: with Retry-After in seconds; 503-date: as an HTTP date; 503-silent: without; 429: with Retry-After; 403, 406;
    rate-exceeded: the words `Rate exceeded.` in a 200; truncated: the answer breaks off, cleanly closed;
    empty-page: a query answer with totalResults > 0 and no entries; slow: waits `seconds` first; dropped: the
    connection breaks in the body; token-expired: badResumptionToken; stale-none: noRecordsMatch; garbage: source
    or PDF bytes that are none; control-character: a form feed in an abstract; broken-record: a record that is no XML;
    repeated-token, overlong-token: a resumption token that leads to its own page, or has 100,000 characters; shifted:
    a page that begins a record too late, as after a paper has moved; drip: a byte each `seconds`; redirect-loop,
    redirect-away: to itself, or to another host; gzip-bomb (1 GB), double-gzip-bomb, xml-bomb (10 million elements);
    other-encoding: an encoding that is not gzip; corrupt-encoding: gzip that is broken.
    """

    kind: Kind
    path: str = "/"
    times: int | None = None
    probability: float = 1.0
    seconds: float = 3.0

    def meets(self, path: str, query: str) -> bool:
        """Some faults can only befall some requests, so a count is never spent on one that cannot show it."""
        if not path.startswith(self.path) or self.times == 0:
            return False
        match self.kind:
            case "empty-page":
                return path == "/api/query"
            case "token-expired" | "repeated-token" | "shifted":
                return path == "/oai" and "resumptionToken=" in query
            case "stale-none" | "overlong-token":
                return path == "/oai" and "verb=List" in query
            case "control-character" | "broken-record":
                return path == "/oai" and ("ListRecords" in query or "GetRecord" in query)
            case "garbage":
                return path.startswith(("/src/", "/e-print/", "/pdf/"))
            case _:
                return True


@dataclass(frozen=True, slots=True)
class Faults:
    """The switches that are on, in order; the first that meets a request and is drawn befalls it."""

    switches: tuple[Fault, ...] = ()

    def choose(self, path: str, query: str, draw: float) -> tuple[Fault | None, "Faults"]:
        """The fault for this request, and what is left of the switches; `draw` is uniform in [0, 1)."""
        for index, fault in enumerate(self.switches):
            if fault.meets(path, query) and draw < fault.probability:
                return fault, self._spent(index)
        return None, self

    def and_also(self, fault: Fault) -> "Faults":
        return Faults((*self.switches, fault))

    def described(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self.switches]

    def _spent(self, index: int) -> "Faults":
        fault = self.switches[index]
        if fault.times is None:
            return self
        rest = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
        return Faults((*self.switches[:index], *rest, *self.switches[index + 1 :]))


def parse_fault(text: str) -> Fault:
    """`KIND[:path-prefix][:times]`, for instance `429:/oai:2` or `garbage:/e-print/2610.00017`."""
    kind, *rest = text.split(":")
    times = int(rest.pop()) if rest and rest[-1].isdigit() else None
    return new_fault({"kind": kind, "path": rest[0] if rest else "/", "times": times})


def new_fault(record: Mapping[str, Any]) -> Fault:
    """A switch from JSON; a kind or a key that is not known is an error that lists those that are."""
    fields = set(Fault.__slots__)
    if set(record) - fields:
        raise BadFault(f"a fault has no {', '.join(sorted(set(record) - fields))}; it has {', '.join(sorted(fields))}")
    if record.get("kind") not in KINDS:
        raise BadFault(f"no fault is called {record.get('kind')!r}; there are {', '.join(KINDS)}")
    return Fault(**record)


def parse_faults(texts: Sequence[str]) -> Faults:
    return Faults(tuple(parse_fault(text) for text in texts))


def is_too_fast(previous: float | None, now: float, pace_seconds: float) -> bool:
    """arXiv allows one request in three seconds; a pace of 0 allows any."""
    return previous is not None and now - previous < pace_seconds
