"""Tokens of a call: as the server counted them, where that can be true, else estimated from the length of the texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.summarizer.llm.messages import ChatMessage

_ASCII_CHARS_A_TOKEN = 4.0
_OTHER_CHARS_A_TOKEN = 1.5
_TOKENS_OF_A_TEMPLATE = 2_000
"""A chat template, a system prompt of the server's own, and a schema that it writes into the prompt."""
_MOST_BYTES_A_TOKEN = 40
"""Long runs of blanks or dashes are one token; text as a whole has about four bytes a token."""


@dataclass(frozen=True)
class Tokens:
    """`cached` are a part of `input`. `doubt` says why the server's count was not taken; empty where it was."""

    input: int
    cached: int
    output: int
    doubt: str = ""

    @property
    def estimated(self) -> bool:
        return bool(self.doubt)


def estimated_tokens(text: str) -> int:
    """About as many tokens as common models make of a text; rather too many than too few."""
    ascii_chars = sum(map(str.isascii, text))
    return round(ascii_chars / _ASCII_CHARS_A_TOKEN + (len(text) - ascii_chars) / _OTHER_CHARS_A_TOKEN + 0.5)


def tokens_of_messages(messages: Sequence[ChatMessage]) -> int:
    """An estimate of what a conversation is as input, with a few tokens of the template for each message."""
    return sum(estimated_tokens(message["content"]) + 4 for message in messages)


def counted(usage: object, messages: Sequence[ChatMessage], text: str, thoughts: str, most_output: int) -> Tokens:
    """The tokens of a finished call. `most_output` is what was asked for at most; servers need not have obeyed.

    Thoughts that stay hidden are output, yet some servers have them in the total alone (Gemini's compatible endpoint).
    """
    if usage is None:
        return estimate(messages, text + thoughts, "the server did not count")
    sent, written = _number(usage, "prompt_tokens"), _number(usage, "completion_tokens")
    total, cached = _number(usage, "total_tokens"), _cached(usage)
    if sent is not None and written is not None and total is not None and sent + written < total <= sent + most_output:
        written = total - sent
    doubt = _doubt(sent, cached, written, messages, text + thoughts, most_output)
    if doubt or sent is None or written is None:
        return estimate(messages, text + thoughts, doubt)
    return Tokens(sent, cached or 0, written)


def estimate(messages: Sequence[ChatMessage], written: str, why: str) -> Tokens:
    return Tokens(tokens_of_messages(messages), 0, estimated_tokens(written) if written else 0, why)


def _doubt(
    sent: int | None,
    cached: int | None,
    written: int | None,
    messages: Sequence[ChatMessage],
    text: str,
    most_output: int,
) -> str:
    """Why these numbers cannot be true; empty where they can. A token is at least a byte of text."""
    bytes_sent = sum(len(message["content"].encode()) for message in messages)
    bytes_written = len(text.encode())
    if sent is None or written is None:
        return "the server did not count"
    if not bytes_sent / _MOST_BYTES_A_TOKEN <= sent <= bytes_sent + _TOKENS_OF_A_TEMPLATE:
        return f"the server counted {sent} tokens for {bytes_sent} bytes of input"
    if not bytes_written / _MOST_BYTES_A_TOKEN <= written <= max(most_output, bytes_written) + _TOKENS_OF_A_TEMPLATE:
        return f"the server counted {written} tokens for {bytes_written} bytes of output"
    if cached is not None and not 0 <= cached <= sent:
        return f"the server counted {cached} tokens of {sent} from its cache"
    return ""


def _cached(usage: Any) -> int | None:
    """OpenAI's place for it, or DeepSeek's."""
    cached = _number(_part(usage, "prompt_tokens_details"), "cached_tokens")
    return cached if cached is not None else _number(usage, "prompt_cache_hit_tokens")


def _number(usage: object, name: str) -> int | None:
    value = _part(usage, name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _part(usage: object, name: str) -> Any:
    return usage.get(name) if isinstance(usage, dict) else getattr(usage, name, None)
