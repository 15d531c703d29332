"""Errors that say whether trying again helps, because that decides what becomes of a message."""


class PapersysError(Exception):
    """Something a person can act on; `str()` of it is one clear line."""


class SettingsError(PapersysError):
    """The settings cannot be used as they are."""


class TemporaryFailure(PapersysError):
    """It may work later: retry, after `retry_in_seconds` where the other side said so."""

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
    """A request over the bus was answered with an error, or not in time. `code` is the answering side's word for it."""

    def __init__(self, message: str, *, code: str, retryable: bool) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable
