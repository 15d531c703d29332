"""What calls to models cost, added up by what a person wants to see. A price that is unknown stays unknown."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from shared.store.models.ledger import Call

_KEYS: Mapping[str, Callable[[Call], str]] = {
    "month": lambda call: call.made_at.astimezone(UTC).strftime("%Y-%m"),
    "day": lambda call: call.made_at.astimezone(UTC).strftime("%Y-%m-%d"),
    "model": lambda call: call.model,
    "step": lambda call: call.purpose,
    "paper": lambda call: call.paper_id or "(none)",
    "service": lambda call: call.service,
}
GROUPINGS = tuple(_KEYS)


@dataclass(frozen=True)
class Costs:
    """A sum over calls. `cost` has those of known price alone, `unknown` says how many others there are."""

    keys: tuple[str, ...]
    calls: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    seconds: float
    cost: float
    unknown: int
    estimated: int
    """Calls whose tokens the server did not count."""

    @property
    def shown_cost(self) -> str:
        """The cost as a person reads it: never a zero where it is not known."""
        if self.unknown == self.calls and self.calls:
            return "unknown"
        return f"{self.cost:,.4f}" + (f" + {self.unknown:,} calls of unknown cost" if self.unknown else "")


def costs_by(calls: Iterable[Call], groupings: Sequence[str]) -> list[Costs]:
    """A sum for each group, in order of its keys."""
    groups: dict[tuple[str, ...], list[Call]] = defaultdict(list)
    for call in calls:
        groups[tuple(_KEYS[name](call) for name in groupings)].append(call)
    return [costs_of(groups[keys], keys) for keys in sorted(groups)]


def costs_of(calls: Sequence[Call], keys: tuple[str, ...] = ()) -> Costs:
    """The sum over some calls."""
    known = [call.cost for call in calls if call.cost is not None]
    return Costs(
        keys=keys,
        calls=len(calls),
        input_tokens=sum(call.input_tokens for call in calls),
        cached_tokens=sum(call.cached_tokens for call in calls),
        output_tokens=sum(call.output_tokens for call in calls),
        seconds=sum(call.seconds for call in calls),
        cost=sum(known),
        unknown=len(calls) - len(known),
        estimated=sum(call.estimated for call in calls),
    )
