"""What becomes of a message after a handler has seen it: done, again later, or never. Pure decisions, no bus."""

from dataclasses import dataclass, field

from shared.errors import PapersFailed, PermanentFailure, RequestFailed, TemporaryFailure, reason

CRASH_ALLOWANCE = 25
"""Deliveries of one message that may end without any disposition, because the service was stopped or died."""

LONGEST_WAIT_SECONDS = 3_600.0


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

    def wait_for(self, asked_seconds: float) -> float:
        """The wait to keep where `asked_seconds` were asked for: neither none at all nor for ever."""
        shortest = self.delays_seconds[0] if self.delays_seconds else 1.0
        return min(asked_seconds, LONGEST_WAIT_SECONDS) if asked_seconds > shortest else shortest


@dataclass(frozen=True)
class Disposition:
    """`retry_in_seconds` is None when the message is finished; `dead` holds what goes to the dead letters.

    The key None in `dead` stands for the whole message, any other for one paper of it. `is_attempt` is False where
    nothing failed but something else was away.
    """

    retry_in_seconds: float | None = None
    dead: dict[str | None, str] = field(default_factory=dict)
    is_attempt: bool = True


def decide(error: Exception | None, attempt: int, policy: Policy) -> Disposition:
    """What to do after the `attempt`-th attempt ended with `error` (None: it went well)."""
    if error is None:
        return Disposition()
    if isinstance(error, PapersFailed):
        return _decide_by_paper(error, attempt, policy)
    failure = _in_words_of_delivery(error)
    if (asked_seconds := _wait_asked_for(failure)) is not None:
        return Disposition(retry_in_seconds=policy.wait_for(asked_seconds), is_attempt=False)
    if isinstance(failure, PermanentFailure) or attempt >= policy.max_attempts:
        return Disposition(dead={None: reason(failure)})
    return Disposition(retry_in_seconds=policy.delay_after(attempt))


def is_poison(unfinished: int) -> bool:
    """Whether so many deliveries of a message ended without any disposition that it must be what kills its handlers."""
    return unfinished > CRASH_ALLOWANCE


def _decide_by_paper(error: PapersFailed, attempt: int, policy: Policy) -> Disposition:
    dead: dict[str | None, str] = {}
    delays: list[float] = []
    is_attempt = False
    for paper_id, raised in error.failures.items():
        disposition = decide(raised, attempt, policy)
        if disposition.retry_in_seconds is not None:
            delays.append(disposition.retry_in_seconds)
            is_attempt = is_attempt or disposition.is_attempt
        for why in disposition.dead.values():
            dead[paper_id] = why
    return Disposition(max(delays) if delays else None, dead, is_attempt or not delays)


def _in_words_of_delivery(error: Exception) -> Exception:
    return error.as_failure() if isinstance(error, RequestFailed) else error


def _wait_asked_for(error: Exception) -> float | None:
    return error.retry_in_seconds if isinstance(error, TemporaryFailure) else None
