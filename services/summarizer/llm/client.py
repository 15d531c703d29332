"""The only client of language models: any OpenAI-compatible server, with costs in the ledger and a monthly cap.

Structured output is asked for where the server accepts it; replies are validated by the caller either way.
"""

import asyncio
import logging
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from services.summarizer.llm.prompts import ChatMessage
from services.summarizer.llm.replies import strict_schema
from shared.contracts import now
from shared.errors import PapersysError, PermanentFailure, SettingsError, TemporaryFailure
from shared.retry_after import wait_asked_for
from shared.settings.settings import LlmSettings
from shared.store.ledger import Call, Ledger

if TYPE_CHECKING:
    from openai import AsyncOpenAI

log = logging.getLogger(__name__)

MOST_OUTPUT_TOKENS = 4096
_CHARS_A_TOKEN = 4
_REFUSALS = {
    "temperature": re.compile(r"temperature", re.I),
    "max_tokens": re.compile(r"max_tokens", re.I),
    "response_format": re.compile(
        r"response.?format|json.?schema|structured|guided|grammar|not support|unsupported", re.I
    ),
}
_QUOTA_ERRORS = ("insufficient_quota", "billing_hard_limit_reached")


class LlmUnusable(PermanentFailure):
    """The model cannot be used until a person changes something (or the month ends): go on without it, and say so."""


@dataclass(frozen=True)
class CallContext:
    """What a call is made for, as the ledger records it."""

    purpose: str
    paper_id: str | None = None
    run_id: str | None = None
    event_id: str | None = None


class Llm:
    """A server and a model on it. Nothing is opened or imported before `open`."""

    def __init__(self, settings: LlmSettings, ledger: Ledger) -> None:
        self._settings = settings
        self._ledger = ledger
        self._client: AsyncOpenAI | None = None
        self._opening = asyncio.Lock()
        self._refused: set[str] = set()

    @property
    def configured(self) -> bool:
        return bool(self._settings.base_url)

    @property
    def calls_at_once(self) -> int:
        return self._settings.most_calls

    @property
    def model(self) -> str:
        return self._settings.model

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    def over_cap(self, conversation: Sequence[ChatMessage] = ()) -> str | None:
        """Why no call may be made this month, this one's own likely cost included; None when one may."""
        cap = self._settings.monthly_cap
        if cap is None:
            return None
        spent = self._ledger.spent(now())
        likely = self._cost(_chars(conversation) // _CHARS_A_TOKEN, MOST_OUTPUT_TOKENS // 4)
        if spent < cap and spent + likely <= cap:
            return None
        sums = f"{spent:.2f} spent, a call costs about {likely:.2f}"
        return f"the monthly cap of {cap:g} (llm.monthly_cap) is reached: {sums}"

    async def reply(self, conversation: Sequence[ChatMessage], kind: type[BaseModel], context: CallContext) -> str:
        """The model's text. Raises TemporaryFailure when a retry may help, LlmUnusable when only a person can."""
        if reason := await asyncio.to_thread(self.over_cap, conversation):
            raise LlmUnusable(reason)
        started = time.monotonic()
        completion = await self._complete(conversation, kind)
        text = completion.choices[0].message.content or "" if completion.choices else ""
        await asyncio.to_thread(self._record, completion, conversation, text, context, time.monotonic() - started)
        return text

    async def _complete(self, conversation: Sequence[ChatMessage], kind: type[BaseModel]) -> Any:
        """The server's answer; what it refuses among the optional parts of a call is left out from then on."""
        while True:
            try:
                return await self._call(conversation, kind)
            except _OptionRefused as refusal:
                log.info("The model's server: %s", refusal, extra={"action": "llm_option_refused"})
                self._refused.add(refusal.option)

    async def _call(self, conversation: Sequence[ChatMessage], kind: type[BaseModel]) -> Any:
        client = await self._opened()
        import openai

        options = {name: value for name, value in _options(kind).items() if name not in self._refused}
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                return await client.chat.completions.create(
                    model=self._settings.model,
                    messages=list(conversation),  # type: ignore[arg-type]
                    **options,
                )
        except openai.APIStatusError as error:
            message = self._without_key(_message(error))
            raise _status_failure(error.status_code, message, error.response.headers, options) from error
        except (openai.APIConnectionError, TimeoutError) as error:
            slow = isinstance(error, TimeoutError | openai.APITimeoutError)
            what = f"did not answer within {self._settings.timeout_seconds:g} s" if slow else "cannot be reached"
            raise TemporaryFailure(f"The language model at {self._settings.base_url} {what}.") from error
        except (openai.OpenAIError, ValueError) as error:
            message = self._without_key(str(error))
            raise TemporaryFailure(f"The language model sent no usable answer: {message}") from error

    async def _opened(self) -> "AsyncOpenAI":
        """The client, made at the first call: its import alone takes most of a second."""
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.to_thread(_new_client, self._settings)
            return self._client

    def _without_key(self, text: str) -> str:
        key = self._client.api_key if self._client else ""
        return text.replace(key, "[key]") if len(key) > 5 else text

    def _record(
        self, completion: Any, conversation: Sequence[ChatMessage], text: str, context: CallContext, seconds: float
    ) -> None:
        usage = completion.usage
        tokens_in = usage.prompt_tokens if usage else _chars(conversation) // _CHARS_A_TOKEN
        tokens_out = usage.completion_tokens if usage else len(text) // _CHARS_A_TOKEN
        call = Call(
            made_at=now(),
            service="summarizer",
            purpose=context.purpose,
            model=completion.model or self._settings.model,
            input_tokens=tokens_in,
            output_tokens=tokens_out,
            cost=self._cost(tokens_in, tokens_out),
            estimated=usage is None,
            seconds=round(seconds, 3),
            paper_id=context.paper_id,
            run_id=context.run_id,
            event_id=context.event_id,
        )
        self._ledger.add(call)

    def _cost(self, tokens_in: int, tokens_out: int) -> float:
        prices = self._settings
        return (tokens_in * prices.price_per_million_input + tokens_out * prices.price_per_million_output) / 1e6


class _OptionRefused(PapersysError):
    """The server refused the call because of an optional part of it."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(f"it refused {option}: {message}")
        self.option = option


def _status_failure(status: int, message: str, headers: Any, options: Mapping[str, object]) -> PapersysError:
    """What an HTTP error of the server means. 429 of an empty account is for a person, other 429s pass."""
    if status == 429 and any(word in message for word in _QUOTA_ERRORS):
        return LlmUnusable(f"the account at the language model's server is used up ({message}); top it up")
    if status in (408, 409, 425, 429) or status >= 500:
        wait = wait_asked_for(headers, now())
        return TemporaryFailure(f"The language model answered {status}: {message}", retry_in_seconds=wait)
    if status in (400, 422):
        refused = [option for option in options if _REFUSALS[option].search(message)]
        if refused:
            return _OptionRefused(refused[0], message)
    advice = {
        401: "check the key (PAPERSYS_LLM__API_KEY)",
        403: "check what the key allows (PAPERSYS_LLM__API_KEY)",
        404: "check llm.base_url and llm.model",
    }
    what_to_do = advice.get(status, "check llm.model and llm.max_input_chars")
    return LlmUnusable(f"the language model answered {status} ({message}); {what_to_do}")


def _message(error: Any) -> str:
    """The server's words in one short line; its code with it, where it sent one."""
    code = f" [{error.code}]" if getattr(error, "code", None) else ""
    text = error.body.get("message") if isinstance(error.body, dict) else None
    return " ".join(str(text or error.message).split())[:300] + code


def _options(kind: type[BaseModel]) -> dict[str, Any]:
    """What helps and what not every server knows."""
    schema = {"name": kind.__name__.casefold(), "strict": True, "schema": strict_schema(kind)}
    form = {"type": "json_schema", "json_schema": schema}
    return {"temperature": 0, "max_tokens": MOST_OUTPUT_TOKENS, "response_format": form}


def _chars(conversation: Sequence[ChatMessage]) -> int:
    return sum(len(message["content"]) for message in conversation)


def _new_client(settings: LlmSettings) -> "AsyncOpenAI":
    """A client that never retries by itself: the bus does. Raises LlmUnusable where settings are missing."""
    from openai import AsyncOpenAI

    try:
        key = settings.key()
    except SettingsError as error:
        raise LlmUnusable(str(error)) from error
    if not settings.model:
        raise LlmUnusable("llm.base_url is set, but llm.model is not; name a model of that server")
    return AsyncOpenAI(base_url=settings.base_url, api_key=key, timeout=settings.timeout_seconds, max_retries=0)
