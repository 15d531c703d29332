"""Calls of models for questions, kept in their traces: an answer is written there before anything else uses it."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from contextvars import ContextVar
from typing import NamedTuple

from pydantic import ValidationError

from services.summarizer.llm.asking import Memo
from services.summarizer.llm.kept import Kept
from services.summarizer.llm.messages import ChatMessage
from services.summarizer.research.tracing.trace import Facts, current_trace
from shared.store.papers.summaries import Usage


class CallNote(NamedTuple):
    """What a trace says of a call besides what the gateway knows: its purpose, its prompts, its messages."""

    purpose: str
    prompt_hash: str
    messages_hash: str


NO_NOTE = CallNote("", "", "")
current_call: ContextVar[CallNote] = ContextVar("current_call", default=NO_NOTE)


class CallMemo:
    """The gateway's memo: of a question's call its trace, of all others the memo of readings."""

    def __init__(self, others: Memo) -> None:
        self._others = others

    async def get(self, key: str) -> str | None:
        trace = current_trace.get()
        if trace is None:
            return await self._others.get(key)
        facts = trace.find("called", key)
        return None if facts is None else _kept_text(facts)

    async def put(self, key: str, text: str, usage: Usage) -> None:
        trace = current_trace.get()
        if trace is None:
            await self._others.put(key, text, usage)
            return
        await trace.once("called", key, lambda: asyncio.sleep(0, _facts(Kept.model_validate_json(text))))


def hash_of_messages(messages: Sequence[ChatMessage]) -> str:
    return hashlib.sha256(json.dumps(list(messages)).encode("utf-8", "replace")).hexdigest()[:16]


def _facts(kept: Kept) -> Facts:
    note, call = current_call.get(), kept.call
    return {
        **note._asdict(),
        "model": call.model,
        "reply": kept.text,
        "problem": kept.problem,
        "cut": kept.cut,
        "input_tokens": call.input_tokens,
        "output_tokens": call.output_tokens,
        "money": call.cost,
        "seconds": call.seconds,
        "call": call.model_dump(mode="json"),
    }


def _kept_text(facts: Facts) -> str | None:
    """The kept call of a line; None where it cannot be read."""
    try:
        names = {"text": facts.get("reply"), "problem": facts.get("problem"), "cut": facts.get("cut")}
        return Kept.model_validate({**names, "call": facts.get("call")}).model_dump_json()
    except ValidationError:
        return None
