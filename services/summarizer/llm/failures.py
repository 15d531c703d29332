"""What a failed call means: a person must act, a later try may help, or the same call soon again."""

import json
from collections.abc import Mapping
from typing import Any

from shared.contracts import now
from shared.errors import PapersysError, PermanentFailure, TemporaryFailure
from shared.hosts.retry_after import wait_asked_for
from shared.settings.sections.language_models import DEFAULT
from shared.text.safe.plain_text import shortened

LONGEST_WAIT_HERE_SECONDS = 10.0
"""A server that asks for a longer wait is left alone until then; the bus tries again."""
_QUOTA_ERRORS = ("insufficient_quota", "billing_hard_limit_reached", "insufficient balance", "insufficient_balance")
_TOO_LONG = ("context length", "context window", "context size", "context_length", "exceed_context", "too many tokens")
_PASSING = (408, 409, 425, 429)
_LONGEST_MESSAGE = 300


class LlmUnusable(PermanentFailure):
    """The model cannot be used until a person changes something (or the month ends): go on without it, and say so."""


class TooLongForModel(LlmUnusable):
    """The question does not fit the model's window."""


class ServerTrouble(TemporaryFailure):
    """Something that passes, often soon: the same call may be made again after `wait_seconds`, if the server said."""

    def __init__(self, message: str, status: int | None = None, wait_seconds: float | None = None) -> None:
        super().__init__(message, retry_in_seconds=wait_seconds)
        self.status = status
        self.wait_seconds = wait_seconds


class LongWait(TemporaryFailure):
    """The server wants to be left alone for longer than anyone should wait here."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message, retry_in_seconds=seconds)
        self.seconds = seconds


def failure_of(status: int, message: str, headers: Mapping[str, str], name: str = DEFAULT) -> PapersysError:
    """What an HTTP error means for the model `name` of the settings. 429 of an empty account is for a person."""
    if status == 402 or (status == 429 and any(word in message.lower() for word in _QUOTA_ERRORS)):
        return LlmUnusable(f"the account at the language model's server is used up ({message}); top it up")
    if is_too_long(message):
        return TooLongForModel(
            f"the question does not fit the language model's window ({message}); "
            f"set {setting(name, 'context_tokens')} or lower llm.max_input_chars"
        )
    if status in _PASSING or status >= 500:
        return _trouble(status, message, wait_asked_for(headers, now()))
    key = variable(name, "api_key")
    advice = {
        401: f"check the key ({key})",
        403: f"check what the key allows ({key})",
        404: f"check {setting(name, 'base_url')} and {setting(name, 'model')}",
    }
    what_to_do = advice.get(status, f"check {setting(name, 'model')} and llm.max_input_chars")
    return LlmUnusable(f"the language model answered {status} ({message}); {what_to_do}")


def _trouble(status: int, message: str, wait_seconds: float | None) -> TemporaryFailure:
    text = f"The language model answered {status}: {message}"
    if wait_seconds is not None and wait_seconds > LONGEST_WAIT_HERE_SECONDS:
        return LongWait(text, wait_seconds)
    return ServerTrouble(text, status, wait_seconds)


def is_too_long(message: str) -> bool:
    return any(word in message.lower() for word in _TOO_LONG)


def message_of(error: Any, key: str = "") -> str:
    """The server's words in one short line, its code with them where it sent one, the key never."""
    body = error.body if isinstance(error.body, dict) else {}
    text = body.get("message") or body.get("detail") or error.message
    code = f" [{error.code}]" if getattr(error, "code", None) else ""
    line = shortened(text if isinstance(text, str) else json.dumps(text), _LONGEST_MESSAGE) + code
    return without_key(line, key)


def without_key(text: str, key: str) -> str:
    return text.replace(key, "[key]") if len(key) > 5 else text


def setting(name: str, key: str) -> str:
    """The setting of a model, as the settings file has it."""
    return f"llm.{key}" if name == DEFAULT else f"llm.models.{name}.{key}"


def variable(name: str, key: str) -> str:
    """The same as an environment variable."""
    return f"PAPERSYS_{setting(name, key).replace('.', '__')}".upper()
