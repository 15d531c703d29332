"""One model at one server, as the steps of the agent see it: asked again where its answer is none, never paid twice."""

import asyncio
from collections.abc import Sequence

from services.summarizer.llm.asking import Answered, AnswerT, AskContext, Memo, Step, memo_key
from services.summarizer.llm.budget import Estimate
from services.summarizer.llm.client import CallContext, Llm
from services.summarizer.llm.prompts import ChatMessage
from services.summarizer.llm.replies import UnreadableReply, read_reply
from shared.store.summaries import Usage

_ASKS_AGAIN = 2


class SingleModel:
    """The configured server for every step."""

    def __init__(self, llm: Llm, memo: Memo | None = None) -> None:
        self._llm = llm
        self._memo = memo
        self._places = asyncio.Semaphore(llm.calls_at_once)

    def model_for(self, step: Step) -> str | None:
        return self._llm.model or "the model" if self._llm.configured else None

    async def ask(
        self, conversation: Sequence[ChatMessage], kind: type[AnswerT], context: AskContext
    ) -> Answered[AnswerT]:
        messages = list(conversation)
        for left in reversed(range(_ASKS_AGAIN + 1)):
            text = await self._text(messages, kind, context)
            try:
                value = read_reply(text, kind)
            except UnreadableReply as problem:
                if not left:
                    raise
                told = f"Your reply cannot be used as it is:\n- {problem}\nGive the whole reply again with this mended."
                messages = [
                    *conversation,
                    {"role": "assistant", "content": text[:20_000]},
                    {"role": "user", "content": told},
                ]
            else:
                return Answered(value, text, self._llm.model, Usage())
        raise AssertionError("unreachable")

    def over_cap(self, estimate: Estimate) -> str | None:
        """Why no such calls may be made this month."""
        return self._llm.over_cap() if self._llm.configured else None

    async def _text(self, messages: Sequence[ChatMessage], kind: type[AnswerT], context: AskContext) -> str:
        key = memo_key(context, self._llm.model, messages)
        memo = self._memo if context.event_id else None
        if memo and (kept := await memo.get(key)) is not None:
            return kept
        call = CallContext(context.step, context.paper_id, context.run_id, context.event_id)
        async with self._places:
            text = await self._llm.reply(messages, kind, call)
        if memo:
            await memo.put(key, text, Usage())
        return text
