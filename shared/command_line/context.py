"""What a command may ask of the system around it: settings, the running services, vectors of texts.

Services give commands to `papersys` without knowing of it or of each other; `deploy` puts the context together.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from shared.bus.questions.requests import ReplyT
from shared.contracts import Request
from shared.errors import RequestFailed
from shared.settings.settings import CommonSettings

if TYPE_CHECKING:  # numpy takes a command that only talks to the bus longer than all else
    from shared.store.vectors.embeddings import Matrix

S = TypeVar("S", bound=CommonSettings)
_CANNOT_BE_DONE = ("permanent", "invalid")


class SettingsLoader(Protocol):
    """Reads one service's settings. Raises SettingsError."""

    def __call__(self, settings_class: type[S]) -> S: ...


class TextEncoder(Protocol):
    """Makes vectors of texts in this process."""

    @property
    def recipe(self) -> str:
        """Names all that decides the vectors: those of one recipe can be kept and compared."""

    def encode(self, texts: Sequence[str]) -> "Matrix":
        """A row for each text (n x d, float32, length 1)."""


@dataclass(frozen=True)
class CommandContext:
    """How a command reaches its settings and the vectors of texts, which another service makes."""

    load_settings: SettingsLoader
    open_text_encoder: Callable[[], TextEncoder]


_current: ContextVar[CommandContext] = ContextVar("command_context")


@contextlib.contextmanager
def command_context(context: CommandContext) -> Iterator[None]:
    """Commands that run within have this context."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


def load(settings_class: type[S]) -> S:
    """The settings as one service sees them, the demo's addresses included. Raises SettingsError."""
    return _current.get().load_settings(settings_class)


def open_text_encoder() -> TextEncoder:
    """The encoder of the embedding models in use. Raises PapersysError."""
    return _current.get().open_text_encoder()


def ask_running_system(request: Request[ReplyT]) -> ReplyT | None:
    """The reply of the running services, which have read everything already; None where this process has to do it.

    Raises RequestFailed where they know that it cannot be done.
    """
    from shared.bus.questions.asking import ask_once

    try:
        return asyncio.run(ask_once(load(CommonSettings).bus, request))
    except RequestFailed as error:
        if error.code in _CANNOT_BE_DONE:
            raise
        return None
