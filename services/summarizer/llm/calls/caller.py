"""Calls of one model: a slot, the form that its server takes, the answer, and a few more tries in trouble."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

from services.summarizer.llm.calls.forms import Abilities, KnownAbilities, after_refusal, options
from services.summarizer.llm.calls.slots import Slots
from services.summarizer.llm.calls.streaming import CUT, ErrorInAnswer, Incoming, UnusableAnswer, receive
from services.summarizer.llm.calls.tokens import Tokens, counted, estimate, tokens_of_messages
from services.summarizer.llm.failures import (
    LlmUnusable,
    LongWait,
    ServerTrouble,
    TooLongForModel,
    failure_of,
    message_of,
    setting,
    without_key,
)
from services.summarizer.llm.messages import ChatMessage
from shared.errors import PapersysError, SettingsError, TemporaryFailure
from shared.settings.sections.language_models import LanguageModelSettings

if TYPE_CHECKING:
    from openai import AsyncOpenAI

log = logging.getLogger(__name__)

PAUSES_SECONDS = (1.0, 3.0)
"""Waits before the same call is made again, where the server names none."""
_FEWEST_OUTPUT_TOKENS = 128
_CONNECT_SECONDS = 15.0


@dataclass(frozen=True)
class Completion:
    """A call that a server took on. `problem` says why its answer may not be whole; `cut` that it was too long."""

    text: str
    model: str
    tokens: Tokens
    seconds: float
    problem: str = ""
    cut: bool = False
    finished: bool = True


class _Refused(Exception):
    """The server refused an option; the same call goes on with these abilities."""

    def __init__(self, abilities: Abilities, failure: PapersysError) -> None:
        super().__init__(str(failure))
        self.abilities = abilities
        self.failure = failure


class ModelCaller:
    """One model of the settings. Its import of openai, which takes most of a second, waits for the first call."""

    def __init__(
        self,
        name: str,
        settings: LanguageModelSettings,
        slots: Slots,
        known: KnownAbilities,
        pauses: Sequence[float] = PAUSES_SECONDS,
    ) -> None:
        self.name = name
        self.settings = settings
        self.slots = slots
        self._known = known
        self._pauses = pauses
        self._client: AsyncOpenAI | None = None
        self._opening = asyncio.Lock()
        self._doubted = False

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def call(
        self,
        messages: Sequence[ChatMessage],
        kind: type[BaseModel],
        broken: Callable[[Completion], None],
        most_output: int,
        allowance: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> Completion:
        """The model's answer. Raises TemporaryFailure, LlmUnusable, or what `allowance` raises when a slot is free.

        `broken` is told of every call that the server took on and that did not come to its end.
        """
        tries = AsyncRetrying(
            retry=retry_if_exception_type(ServerTrouble),
            stop=stop_after_attempt(len(self._pauses) + 1),
            wait=self._pause,
            before_sleep=self._before_pause,
            reraise=True,
        )
        async for attempt in tries:
            with attempt:
                async with self.slots.one() as alone:
                    with allowance():
                        incoming = await self._answer(list(messages), kind, most_output, broken)
                    self.slots.answered(incoming.first_token_seconds, alone)
                    return self.completion(incoming, messages)
        raise AssertionError("the last try either returns or raises")

    def _pause(self, state: RetryCallState) -> float:
        """What the server asks for, else a little longer each time."""
        asked = _trouble_of(state).wait_seconds
        pauses = (*self._pauses, 0.0)  # a wait is reckoned after the last try too
        return pauses[state.attempt_number - 1] if asked is None else asked

    def _before_pause(self, state: RetryCallState) -> None:
        """After a 429 the others wait too."""
        trouble, pause = _trouble_of(state), state.upcoming_sleep
        if trouble.status == 429:
            self.slots.refused(pause)
        log.info("%s Again in %.1f s.", trouble, pause, extra={"action": "llm_retry", "model": self.name})

    async def _answer(
        self,
        messages: list[ChatMessage],
        kind: type[BaseModel],
        most_output: int,
        broken: Callable[[Completion], None],
    ) -> Incoming:
        """The answer in the best form that the server takes; what it takes is remembered when it worked."""
        address, model = str(self.settings.base_url), self.settings.model
        abilities = self._known.of(address, model)
        first_failure: PapersysError | None = None
        while True:
            try:
                chosen = options(kind, abilities, most_output)
                incoming = await self._once(messages, chosen, abilities, most_output, broken)
            except _Refused as refusal:
                log.info("The model's server: %s", refusal, extra={"action": "llm_option_refused"})
                abilities, first_failure = refusal.abilities, first_failure or refusal.failure
            except LlmUnusable as error:
                unclear = not isinstance(error, TooLongForModel)
                raise first_failure if first_failure and unclear else error from None
            else:
                self._known.put(address, model, abilities)  # no await: a finished answer is not lost to a cancellation
                return incoming

    async def _once(
        self,
        messages: list[ChatMessage],
        chosen: dict[str, Any],
        abilities: Abilities,
        most_tokens: int,
        broken: Callable[[Completion], None],
    ) -> Incoming:
        """One request. What it cost is told to `broken` where the server had begun, or may have."""
        import openai

        client = await self.opened()
        body = {"model": self.settings.model, "messages": messages, "stream": "stream" not in abilities.refused}
        incoming = Incoming()
        try:
            await receive(client, {**body, **chosen}, self.settings, incoming, most_tokens)
        except openai.APIStatusError as error:
            message = message_of(error, client.api_key)
            raise self._refusal(error.status_code, message, error.response.headers, chosen, abilities) from error
        except ErrorInAnswer as error:
            message = without_key(str(error), client.api_key)
            if incoming.first_piece_at is not None:
                broken(self._unfinished(incoming, messages))
            raise self._refusal(error.status, message, {}, chosen, abilities) from error
        except (Exception, asyncio.CancelledError) as error:
            if incoming.was_taken_on(error):
                broken(self._unfinished(incoming, messages))
            failure = self._failure(error, incoming, client.api_key)
            if failure is None:
                raise
            raise failure from error
        return incoming

    def _refusal(
        self, status: int, message: str, headers: Any, chosen: dict[str, Any], abilities: Abilities
    ) -> Exception:
        """What an HTTP error means: the next form to try, or a failure. A long wait is the whole server's."""
        failure = failure_of(status, message, headers, self.name)
        following = after_refusal(status, message, chosen, abilities)
        if following is not None:
            return _Refused(following, failure)
        if isinstance(failure, LongWait):
            self.slots.block(failure.seconds)
        return failure

    def _failure(self, error: BaseException, incoming: Incoming, key: str) -> TemporaryFailure | None:
        """The same for all other ends of a request; silence is not tried again at once, it was waited for already."""
        import openai

        address, limits = self.settings.base_url, self.settings
        if isinstance(error, TimeoutError):
            if incoming.first_piece_at is None:
                what = f"did not answer within {limits.first_token_seconds:g} s"
                name = setting(self.name, "first_token_seconds")
            else:
                what = f"fell silent for {limits.silence_seconds:g} s in the middle of an answer"
                name = setting(self.name, "silence_seconds")
            return TemporaryFailure(f"The language model at {address} {what} ({name}).")
        if isinstance(error, openai.APIConnectionError):
            what = "broke off in the middle of an answer" if incoming.accepted else "cannot be reached"
            return ServerTrouble(f"The language model at {address} {what}.")
        if isinstance(error, UnusableAnswer | openai.OpenAIError | ValueError | AttributeError | TypeError):
            return ServerTrouble(f"The language model sent no usable answer: {without_key(str(error), key)}")
        return None

    def completion(self, incoming: Incoming, messages: Sequence[ChatMessage]) -> Completion:
        """A finished call, with its tokens; a server that counts what cannot be true is said so of once."""
        most = self.settings.context_tokens or 10 * self.settings.max_output_tokens
        tokens = counted(incoming.usage, messages, incoming.text, "".join(incoming.thoughts), most)
        if tokens.doubt and not self._doubted:
            self._doubted = True
            text = "Tokens of the model %s are estimated: %s."
            log.warning(text, self.name, tokens.doubt, extra={"action": "llm_usage_doubted"})
        model, cut = incoming.model or self.settings.model, incoming.finish_reason == CUT
        return Completion(incoming.text, model, tokens, _seconds(incoming), incoming.problem, cut)

    def _unfinished(self, incoming: Incoming, messages: Sequence[ChatMessage]) -> Completion:
        """A call that was given up or broke off; the server tells no count then."""
        written = incoming.text + "".join(incoming.thoughts)
        tokens = estimate(messages, written, "the call did not come to its end")
        model = incoming.model or self.settings.model
        return Completion(incoming.text, model, tokens, _seconds(incoming), finished=False)

    def most_output(self, messages: Sequence[ChatMessage], wanted: int) -> int:
        """How long an answer may be that fits the window beside the question. Raises TooLongForModel."""
        window = self.settings.context_tokens
        if window is None:
            return wanted
        left = window - tokens_of_messages(messages)
        if left < _FEWEST_OUTPUT_TOKENS:
            raise TooLongForModel(
                f"the question has about {window - left} tokens, which leaves no room for an answer in the language "
                f"model's window of {window} ({setting(self.name, 'context_tokens')})"
            )
        return min(wanted, left)

    async def opened(self) -> "AsyncOpenAI":
        """The client of the model's server. Raises LlmUnusable where settings are missing."""
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.to_thread(new_client, self.name, self.settings)
            return self._client


def _trouble_of(state: RetryCallState) -> ServerTrouble:
    error = state.outcome.exception() if state.outcome else None
    return error if isinstance(error, ServerTrouble) else ServerTrouble(str(error))


def new_client(name: str, settings: LanguageModelSettings) -> "AsyncOpenAI":
    """A client without tries or limits of its own: they are the caller's. Raises LlmUnusable."""
    import openai

    try:
        key = settings.key(setting(name, "api_key_file"))
    except SettingsError as error:
        raise LlmUnusable(str(error)) from error
    if not settings.model:
        where, missing = setting(name, "base_url"), setting(name, "model")
        raise LlmUnusable(f"{where} is set, but {missing} is not; name a model of that server")
    limits = openai.Timeout(None, connect=_CONNECT_SECONDS)
    http = openai.DefaultAsyncHttpxClient(trust_env=False) if settings.is_local else None  # no proxy leads back here
    return openai.AsyncOpenAI(base_url=settings.base_url, api_key=key, timeout=limits, max_retries=0, http_client=http)


def _seconds(incoming: Incoming) -> float:
    return round(time.monotonic() - incoming.started, 3)
