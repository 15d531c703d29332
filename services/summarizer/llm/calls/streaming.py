"""An answer as it arrives: streamed where the server can, so that the time limit is silence and never length.

Whatever ends the reading early, the connection is closed with it: the server notices and stops working.
"""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from services.summarizer.llm.calls.repetition import STEP, WINDOW, repeats_itself
from shared.settings.sections.language_models import LanguageModelSettings
from shared.text.safe.json_text import parse_json

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_MOST_CHARS_A_TOKEN = 16
_LONGEST_REFUSAL = 200
_THOUGHTS = ("reasoning_content", "reasoning")
CUT = "length"
"""The finish reason of an answer that used up its tokens."""
REPETITION = "repetition"
"""The finish reason that an answer is given here which says the same over and over."""


class UnusableAnswer(Exception):
    """What came back is no answer of a chat completion."""


class ErrorInAnswer(Exception):
    """The server reported an error after it had begun to answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Incoming:
    """What has arrived of an answer. Times are seconds of a monotonic clock."""

    model: str = ""
    pieces: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    refusal: str = ""
    finish_reason: str = ""
    usage: object = None
    accepted: bool = False
    started: float = field(default_factory=time.monotonic)
    first_piece_at: float | None = None
    chars: int = 0
    looked_at: int = 0

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def first_token_seconds(self) -> float:
        return (self.first_piece_at or time.monotonic()) - self.started

    @property
    def problem(self) -> str:
        """Why the answer may not be whole, in words for the model; empty where it is."""
        if self.finish_reason == CUT:
            return "The reply was cut off because it was too long; give a shorter one."
        if self.finish_reason == REPETITION:
            return "The reply said the same over and over and was stopped; say each thing once."
        if self.finish_reason == "content_filter":
            return "The reply was stopped by a content filter."
        if self.refusal and not self.text.strip():
            return f"The reply was a refusal: {self.refusal[:_LONGEST_REFUSAL]}"
        return ""

    def was_taken_on(self, error: BaseException) -> bool:
        """Whether the server may have worked, and reckons with it, for a call that this error ended."""
        if self.first_piece_at is not None or isinstance(error, TimeoutError | asyncio.CancelledError):
            return True
        return self.accepted and not isinstance(error, UnusableAnswer)

    def repeats_itself(self) -> bool:
        """Whether the newest of the answer, or of the thoughts before it, is one passage over and over."""
        if self.chars < self.looked_at + STEP:
            return False
        self.looked_at = self.chars
        return any(repeats_itself(_end(pieces)) for pieces in (self.pieces, self.thoughts))

    def take(self, part: Any) -> bool:
        """Add a chunk of a stream, or a whole completion; says whether an answer has begun."""
        error = _of(part, "error")
        if error:
            raise ErrorInAnswer(_status(error), _words(error))
        self.model = _text(part, "model") or self.model
        self.usage = _of(part, "usage") or self.usage
        choices = _of(part, "choices")
        if isinstance(choices, list) and choices:
            self._take_choice(choices[0])
        if self.first_piece_at is None and self.chars:
            self.first_piece_at = time.monotonic()
        return self.first_piece_at is not None

    def _take_choice(self, choice: Any) -> None:
        message = _of(choice, "delta") or _of(choice, "message")
        self.finish_reason = _text(choice, "finish_reason") or self.finish_reason
        content, refusal = _content(_of(message, "content")), _text(message, "refusal")
        thought = next((text for name in _THOUGHTS if (text := _text(message, name))), "")
        self.pieces.append(content)
        self.thoughts.append(thought)
        self.refusal += refusal
        self.chars += len(content) + len(thought) + len(refusal)


async def receive(
    client: "AsyncOpenAI", body: dict[str, Any], limits: LanguageModelSettings, incoming: Incoming, most_tokens: int
) -> None:
    """Make the call and read its answer into `incoming`.

    Raises TimeoutError for silence, openai's errors, UnusableAnswer and ErrorInAnswer. A model that does not stop is
    stopped far beyond the tokens that it was given, and one that repeats itself as soon as that is plain.
    """
    loop = asyncio.get_running_loop()
    most_chars = most_tokens * _MOST_CHARS_A_TOKEN
    async with asyncio.timeout_at(loop.time() + limits.first_token_seconds) as limit:
        if not body["stream"]:
            incoming.take(await client.chat.completions.create(**body))
            return
        stream = await client.chat.completions.create(**body)
        incoming.accepted = True
        try:
            if not _is_stream(stream.response.headers.get("content-type", "")):
                incoming.take(_whole(await stream.response.aread()))
                return
            async for chunk in stream:
                if incoming.take(chunk):
                    limit.reschedule(loop.time() + limits.silence_seconds)
                if incoming.chars > most_chars:
                    incoming.finish_reason = CUT
                    return
                if incoming.repeats_itself():
                    incoming.finish_reason = REPETITION
                    return
        finally:
            await asyncio.shield(stream.close())
    if incoming.first_piece_at is None and not incoming.finish_reason:
        raise UnusableAnswer("the stream ended without an answer")


def _end(pieces: list[str]) -> str:
    """The last characters of a text in pieces, without putting all of it together."""
    length, first = 0, len(pieces)
    while first and length < WINDOW:
        first -= 1
        length += len(pieces[first])
    return "".join(pieces[first:])


def _is_stream(content_type: str) -> bool:
    return not content_type.startswith(("application/json", "text/html"))


def _whole(content: bytes) -> Any:
    """A completion that came in one piece although a stream was asked for."""
    try:
        answer = parse_json(content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or not ("choices" in answer or "error" in answer):
        start = content[:80].decode("utf-8", "replace")
        raise UnusableAnswer(f"it is no chat completion: {start!r}")
    return answer


def _of(part: Any, name: str) -> Any:
    """A part of a chunk, which openai does not check against its types."""
    return part.get(name) if isinstance(part, dict) else getattr(part, name, None)


def _text(part: Any, name: str) -> str:
    value = _of(part, name)
    return value if isinstance(value, str) else ""


def _content(content: Any) -> str:
    """The text of a message; some servers send it in parts."""
    if isinstance(content, list):
        return "".join(_text(part, "text") for part in content)
    return content if isinstance(content, str) else ""


def _status(error: Any) -> int:
    code = _of(error, "code") or _of(error, "status")
    return code if isinstance(code, int) and 400 <= code < 600 else 500


def _words(error: Any) -> str:
    message = _of(error, "message")
    return message if isinstance(message, str) else json.dumps(error, default=str)
