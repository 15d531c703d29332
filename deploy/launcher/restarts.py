"""When a program that ended is started again, and when that is given up. Pure decisions."""

from dataclasses import dataclass, replace

_FIRST_DELAY_SECONDS = 0.25
_LONGEST_DELAY_SECONDS = 30.0


@dataclass(frozen=True)
class History:
    """How often in a row a program ended soon after its start."""

    short_lives: int = 0

    def after(self, lived_seconds: float, short_life_seconds: float) -> "History":
        """The history once a life of `lived_seconds` has ended; a long life forgives the short ones."""
        return replace(self, short_lives=self.short_lives + 1 if lived_seconds < short_life_seconds else 0)

    @property
    def delay_seconds(self) -> float:
        """How long to wait before the next start: at once after a long life, then growing."""
        if self.short_lives == 0:
            return 0.0
        return float(min(_FIRST_DELAY_SECONDS * 2 ** (self.short_lives - 1), _LONGEST_DELAY_SECONDS))

    def is_hopeless(self, give_up_after: int) -> bool:
        return self.short_lives >= give_up_after
