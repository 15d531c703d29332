"""Errors that say whether trying again helps, because that decides what becomes of a message."""

from shared.text.safe.plain_text import shortened


class PapersysError(Exception):
    """Something a person can act on; `str()` of it is one clear line."""


class SettingsError(PapersysError):
    """The settings cannot be used as they are."""


class TemporaryFailure(PapersysError):
    """It may work later: retry.

    With `retry_in_seconds` something else is away (arXiv, a server, room on the disk) and it is known when to ask
    again: such a wait is no attempt, however often it comes.
    """

    def __init__(self, message: str, *, retry_in_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_in_seconds = retry_in_seconds


class PermanentFailure(PapersysError):
    """It can never succeed as it is: a dead letter, no retry."""


class PapersFailed(PapersysError):
    """Some papers of a batch failed; the others are done and published."""

    def __init__(self, failures: dict[str, Exception]) -> None:
        super().__init__("; ".join(f"{paper_id}: {error}" for paper_id, error in failures.items()))
        self.failures = failures


class RequestFailed(PapersysError):
    """A request over the bus was answered with an error, or not in time. `code` is the answering side's word for it.

    `retry_in_seconds` is the wait that the answering side asks for, as in `TemporaryFailure`.
    """

    def __init__(self, message: str, *, code: str, retryable: bool, retry_in_seconds: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable
        self.retry_in_seconds = retry_in_seconds

    def as_failure(self, about: str = "") -> TemporaryFailure | PermanentFailure:
        """The same in the words of delivery, for a handler that cannot go on without the answer."""
        text = f"{about}{self}"
        if not self.retryable:
            return PermanentFailure(text)
        return TemporaryFailure(text, retry_in_seconds=self.retry_in_seconds)


def reason(error: Exception) -> str:
    """One line that names the error; unexpected ones with their type."""
    text = shortened(str(error))
    if isinstance(error, PermanentFailure | TemporaryFailure | RequestFailed):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
