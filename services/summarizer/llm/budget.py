"""What may be read for the money: the whole text, the abstract alone, or sentences without a model."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.store.summaries import Reading


@dataclass(frozen=True)
class Estimate:
    """The likely tokens of the calls for one paper."""

    input_tokens: int
    output_tokens: int


class Budget:
    """The cap of the month; `over_cap` says why no call may be made, None when one may."""

    def __init__(self, over_cap: Callable[[Estimate], str | None]) -> None:
        self._over_cap = over_cap

    def reading(self, full: Estimate, abstract: Estimate) -> tuple[Reading, str]:
        """How a paper may be read now, and why in words for its page; no words where all of it may be read."""
        if not (why := self._over_cap(full)):
            return "full_text", ""
        if not self._over_cap(abstract):
            return "abstract", f"Read by its abstract alone: {why}."
        return "extractive", f"No model wrote this summary: {why}."
