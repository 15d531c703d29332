"""What becomes of a message after a handler has seen it: done, again later, or never. Pure decisions, no bus."""

from dataclasses import dataclass, field

from shared.errors import PapersFailed, PermanentFailure, TemporaryFailure

CRASH_ALLOWANCE = 15
"""Deliveries beyond the allowed attempts that a message gets because its handler may have died of something else."""


@dataclass(frozen=True)
class Policy:
    """How long to wait before each new attempt; one more attempt than delays, then it is over."""

    delays_seconds: tuple[float, ...] = (1, 2, 5, 10, 30, 60, 120, 300, 600)

    @property
    def max_attempts(self) -> int:
        return len(self.delays_seconds) + 1

    def delay_after(self, attempt: int) -> float:
        """Seconds to wait after the `attempt`-th try, counted from 1."""
        return self.delays_seconds[min(attempt, len(self.delays_seconds)) - 1] if self.delays_seconds else 0.0


@dataclass(frozen=True)
class Verdict:
    """`retry_in_seconds` is None when the message is finished; `dead` holds what goes to the dead letters.

    The key None in `dead` stands for the whole message, any other for one paper of it.
    """

    retry_in_seconds: float | None = None
    dead: dict[str | None, str] = field(default_factory=dict)


def decide(error: Exception | None, attempt: int, policy: Policy) -> Verdict:
    """What to do after the `attempt`-th delivery ended with `error` (None: it went well)."""
    if error is None:
        return Verdict()
    if isinstance(error, PapersFailed):
        return _decide_by_paper(error, attempt, policy)
    if isinstance(error, PermanentFailure) or attempt >= policy.max_attempts:
        return Verdict(dead={None: reason(error)})
    return Verdict(retry_in_seconds=_delay(error, attempt, policy))


def is_poison(attempt: int, policy: Policy) -> bool:
    """Whether a message was delivered so often, without any verdict, that it must be what kills its handlers."""
    return attempt > policy.max_attempts + CRASH_ALLOWANCE


def reason(error: Exception) -> str:
    """One line that names the error; unexpected ones with their type."""
    text = " ".join(str(error).split())
    if isinstance(error, PermanentFailure | TemporaryFailure):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _decide_by_paper(error: PapersFailed, attempt: int, policy: Policy) -> Verdict:
    over = attempt >= policy.max_attempts
    dead: dict[str | None, str] = {}
    delays: list[float] = []
    for paper_id, failure in error.failures.items():
        if over or isinstance(failure, PermanentFailure):
            dead[paper_id] = reason(failure)
        else:
            delays.append(_delay(failure, attempt, policy))
    return Verdict(retry_in_seconds=max(delays) if delays else None, dead=dead)


def _delay(error: Exception, attempt: int, policy: Policy) -> float:
    asked_for = error.retry_in_seconds if isinstance(error, TemporaryFailure) else None
    return asked_for if asked_for is not None else policy.delay_after(attempt)
