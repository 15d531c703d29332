"""What an answer of GitHub means: data, a wait, a failure that passes, or one that a person has to mend.

GitHub refuses with 403, 429 and also with 200; see the pages "Rate limits and query limits for the GraphQL API" and
"Best practices for using the REST API" (what to do at a secondary limit) of its documentation.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from shared.errors import PermanentFailure, TemporaryFailure
from shared.hosts.retry_after import wait_asked_for
from shared.text.safe.json_text import parse_json
from shared.text.safe.plain_text import shortened

_SECONDARY_SECONDS = 60.0
"""The least that GitHub asks for where it does not say how long."""
_SHORTEST_SECONDS = 1.0
_FOR_GOOD = ("NOT_FOUND", "FORBIDDEN", "INSUFFICIENT_SCOPES", "UNAUTHORIZED")
_MOST_PROBLEMS = 20


class Answer(NamedTuple):
    """The data, and in `problems` why parts of it are missing."""

    data: dict[str, Any]
    problems: tuple[str, ...] = ()


class Wait(TemporaryFailure):
    """GitHub asks for a pause: of `asked_seconds`, or of a minute, then two, four ... where it does not say."""

    def __init__(self, message: str, asked_seconds: float | None) -> None:
        super().__init__(message)
        self._asked_seconds = asked_seconds

    def seconds(self, times: int) -> float:
        """How long to wait the `times`-th time in a row, counted from 1."""
        growing = 2.0 ** min(times - 1, 6)
        if self._asked_seconds is not None:
            return max(self._asked_seconds, _SHORTEST_SECONDS * growing)
        return _SECONDARY_SECONDS * growing


class Overload(TemporaryFailure):
    """GitHub could not answer in time; a smaller question may be answered."""


def read_answer(status: int, headers: Mapping[str, str], content: bytes, present: datetime, repo: str) -> Answer:
    """Raises Wait, Overload and TemporaryFailure for what passes, PermanentFailure for what does not."""
    body = _parsed(content)
    errors = _errors(body)
    said = " ".join(_messages(body, errors))
    if status == 401:
        raise PermanentFailure(
            "GitHub refuses the token (401): it is wrong, has expired or was revoked. Make a new one that may read the "
            f"discussions of {repo}, and set PAPERSYS_GISCUS__TOKEN or put it into the file giscus.token_file."
        )
    if (status in (403, 429) or errors) and _is_limit(status, headers, errors, said):
        raise Wait(f"GitHub asks to slow down ({status}): {shortened(said, 200)}", _seconds(headers, present))
    if status >= 500:
        raise Overload(f"GitHub failed with {status}.")
    if status != 200:
        raise PermanentFailure(f"GitHub refuses to answer ({status}): {shortened(said, 300) or 'no reason was given'}")
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict):
        raise _without_data(errors, said)
    return Answer(data, tuple(_messages(None, errors)[:_MOST_PROBLEMS]))


def missing_repository(repo: str, problems: tuple[str, ...]) -> PermanentFailure:
    """The error for a repository that the token does not see."""
    return PermanentFailure(
        f"GitHub shows no repository {repo} to this token: {'; '.join(problems).rstrip('.') or 'no reason was given'}. "
        "Check giscus.repo, and that the token may read the repository's discussions."
    )


def _without_data(errors: list[dict[str, Any]], said: str) -> TemporaryFailure | PermanentFailure:
    if any(error.get("type") in _FOR_GOOD for error in errors):
        return PermanentFailure(f"GitHub refuses to answer: {shortened(said, 300)}")
    if not errors:
        return TemporaryFailure("GitHub's answer cannot be read.")
    return Overload(f"GitHub failed: {shortened(said, 300)}")


def _is_limit(status: int, headers: Mapping[str, str], errors: list[dict[str, Any]], said: str) -> bool:
    if any(error.get("type") in ("RATE_LIMITED", "RATE_LIMIT") for error in errors):
        return True
    if status == 429 or (status == 403 and ("retry-after" in headers or headers.get("x-ratelimit-remaining") == "0")):
        return True
    return "rate limit" in said.lower() or "abuse detection" in said.lower()


def _seconds(headers: Mapping[str, str], present: datetime) -> float | None:
    """What `Retry-After` asks for, else the time till the points come back, where none are left."""
    asked = wait_asked_for(headers, present)
    if asked is not None or headers.get("x-ratelimit-remaining") != "0":
        return asked
    try:
        reset_at = datetime.fromtimestamp(int(headers["x-ratelimit-reset"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None
    return (reset_at - present).total_seconds() + 1 if reset_at > present else None  # else a clock is wrong


def _parsed(content: bytes) -> Any:
    try:
        return parse_json(content)
    except ValueError:
        return None


def _errors(body: Any) -> list[dict[str, Any]]:
    errors = body.get("errors") if isinstance(body, dict) else None
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def _messages(body: Any, errors: list[dict[str, Any]]) -> list[str]:
    texts = [body.get("message")] if isinstance(body, dict) else []
    texts += [error.get("message") for error in errors]
    return [shortened(text, 200) for text in texts if isinstance(text, str)]
