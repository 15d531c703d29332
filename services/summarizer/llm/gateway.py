"""The one way to language models: a question goes to the model of its step and comes back as one validated answer.

Every call that a server took on stands in the ledger. With a memo a finished answer is kept before anything else
happens with it, its ledger line inside it; so a kill at any moment after that costs no second call, and the line,
which has the call's id, is written once whoever comes to write it.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from services.summarizer.llm.asking import Answered, AnswerT, AskContext, Memo, Step, memo_key
from services.summarizer.llm.budget import Budget, Estimate
from services.summarizer.llm.calls.caller import PAUSES_SECONDS, Completion, ModelCaller
from services.summarizer.llm.calls.forms import KnownAbilities, with_schema
from services.summarizer.llm.calls.slots import Slots
from services.summarizer.llm.calls.tokens import tokens_of_messages
from services.summarizer.llm.failures import LlmUnusable
from services.summarizer.llm.kept import Kept, ledger_line
from services.summarizer.llm.messages import ChatMessage
from services.summarizer.llm.structured import UnreadableReply, read_reply, without_thoughts
from shared.settings.sections.language_models import LanguageModelSettings, LlmSettings
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Ledger, total
from shared.store.papers.summaries import Usage
from shared.store.people.users import UserStore
from shared.tracing.spans import span

log = logging.getLogger(__name__)

_AGAIN = """Your reply cannot be used as it is:
{problem}
Give the whole reply again, mended: one JSON object that fits the schema, and nothing else."""
_MOST_CHARS_OF_A_REPLY = 6_000
LIKELY_SHARE_OF_OUTPUT = 4
"""Answers are rarely as long as they may be; what a call is likely to cost is reckoned with a quarter of it."""


class Gateway:
    """The configured models, their servers and what they cost. Close it at the end."""

    def __init__(
        self,
        settings: LlmSettings,
        data: DataFolder,
        ledger: Ledger,
        memo: Memo | None = None,
        pauses: Sequence[float] = PAUSES_SECONDS,
    ) -> None:
        self.settings = settings
        self.budget = Budget(settings, ledger, monthly_costs(UserStore(data)))
        self._ledger = ledger
        self._memo = memo
        self.known = KnownAbilities(data)
        self._callers = _callers(settings, self.known, pauses)
        self._keeping: set[asyncio.Task[None]] = set()

    @property
    def configured(self) -> bool:
        return bool(self._callers)

    def model_for(self, step: Step) -> str | None:
        """The name of the model that answers a step; None where none is configured."""
        return self.settings.model_of(step)

    def settings_for(self, step: Step) -> LanguageModelSettings | None:
        """The model of a step with its window, limits and prices; None where none is configured."""
        return self.settings.usable.get(self.model_for(step) or "")

    async def close(self) -> None:
        """End what is still being written, then the connections."""
        await asyncio.gather(*self._keeping, return_exceptions=True)
        for caller in self._callers.values():
            await caller.close()

    async def ask(
        self,
        conversation: Sequence[ChatMessage],
        kind: type[AnswerT],
        context: AskContext,
        *,
        model: str | None = None,
    ) -> Answered[AnswerT]:
        """An answer that is a `kind`, of the step's model or of the one that is named.

        Raises UnreadableReply (none was to be had, though the model was told what was wrong), LlmUnusable (only a
        person, or the next month, can help) and TemporaryFailure (a retry may help).
        """
        caller = self.caller(model or self.model_for(context.step))
        messages = prepared(conversation, kind)
        usages: list[Usage] = []
        problem, most_output, asked = "", caller.settings.max_output_tokens, messages
        for _ in range(self.settings.asks_again + 1):
            kept = await self._finished(caller, asked, kind, context, most_output)
            usages.append(kept.call.usage)
            try:
                value = read_reply(kept.text, kind)
                return Answered(value, kept.text, kept.call.model, total(usages))
            except UnreadableReply as error:
                problem = kept.problem or str(error)
            asked = [*messages, *_again(kept.text, problem)]
            most_output *= 2 if kept.cut else 1
        raise UnreadableReply(f"{caller.name} gave no usable answer in {len(usages)} calls. {problem}")

    async def _finished(
        self,
        caller: ModelCaller,
        messages: list[ChatMessage],
        kind: type[BaseModel],
        context: AskContext,
        most_output: int,
    ) -> Kept:
        """A finished call: from the memo, or made now, and then in the memo and the ledger."""
        key = memo_key(context, caller.name, messages)
        kept = await self._remembered(key, context)
        if kept is None:
            kept = await self._made(caller, messages, kind, context, most_output)
            await self._undisturbed(self._keep(key, kept, context))
        else:
            await asyncio.to_thread(self._ledger.add, kept.call)
        return kept

    async def _made(
        self,
        caller: ModelCaller,
        messages: list[ChatMessage],
        kind: type[BaseModel],
        context: AskContext,
        most_output: int,
    ) -> Kept:
        most_output = caller.most_output(messages, most_output)
        likely = Estimate(tokens_of_messages(messages), most_output // LIKELY_SHARE_OF_OUTPUT)

        def broken(completion: Completion) -> None:
            self._ledger.add(ledger_line(completion, caller, context))

        with span("call model", "client", model=caller.name, purpose=context.step, paper_id=context.paper_id):
            completion = await caller.call(
                messages, kind, broken, most_output, lambda: self.budget.allowance(caller.name, likely, context.user)
            )
        line = ledger_line(completion, caller, context)
        return Kept(text=completion.text, problem=completion.problem, cut=completion.cut, call=line)

    async def _remembered(self, key: str, context: AskContext) -> Kept | None:
        if self._memo is None or context.event_id is None:
            return None
        text = await self._memo.get(key)
        try:
            return None if text is None else Kept.model_validate_json(text)
        except ValidationError:
            log.warning("A kept answer cannot be read; it is asked for again.", extra={"action": "llm_memo"})
            return None

    async def _keep(self, key: str, kept: Kept, context: AskContext) -> None:
        """Memo first: its copy has the ledger line in it. An answer that it cannot keep is used at least."""
        try:
            if self._memo is not None and context.event_id is not None:
                await self._memo.put(key, kept.model_dump_json(), kept.call.usage)
        except Exception as error:
            text = "An answer about %s cannot be kept, and is asked for again if this process ends now: %s"
            log.error(text, context.paper_id, error, extra={"action": "llm_memo", "paper_id": context.paper_id})
        await asyncio.to_thread(self._ledger.add, kept.call)

    async def _undisturbed(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it to the end even if who waits for it is cancelled: what it keeps is paid for."""
        task = asyncio.get_running_loop().create_task(work)
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)
        await asyncio.shield(task)

    def caller(self, name: str | None) -> ModelCaller:
        """The calls of a model. Raises LlmUnusable where the settings have none of this name."""
        if name is None:
            raise LlmUnusable("no language model is configured (llm.base_url)")
        if name not in self._callers:
            others = ", ".join(self._callers) or "none"
            raise LlmUnusable(f"there is no model {name!r} in the settings; there are: {others}")
        return self._callers[name]


def monthly_costs(users: UserStore) -> Callable[[str], float | None]:
    """What a person may spend in a month; None: no cap of their own."""

    def cap_of(name: str) -> float | None:
        user = users.get(name)
        return user.monthly_cost if user else None

    return cap_of


def _callers(settings: LlmSettings, known: KnownAbilities, pauses: Sequence[float]) -> dict[str, ModelCaller]:
    """A caller for each model; models of one server share its slots, of which there are as many as its first has."""
    slots: dict[str, Slots] = {}
    return {
        name: ModelCaller(name, model, slots.setdefault(_server(model), Slots(model.most_calls)), known, pauses)
        for name, model in settings.usable.items()
    }


def _server(model: LanguageModelSettings) -> str:
    return str(model.base_url).rstrip("/").casefold()


def _again(reply: str, problem: str) -> list[ChatMessage]:
    said = without_thoughts(reply).strip()[:_MOST_CHARS_OF_A_REPLY]
    return [
        {"role": "assistant", "content": said or "(no reply)"},
        {"role": "user", "content": _AGAIN.format(problem=problem)},
    ]


def prepared(conversation: Sequence[ChatMessage], kind: type[BaseModel]) -> list[ChatMessage]:
    """A conversation as it is sent: with the schema of its answer, and in sound Unicode."""
    return with_schema([_sendable(message) for message in conversation], kind)


def _sendable(message: ChatMessage) -> ChatMessage:
    """Without lone surrogates, which no server reads and which papers' text may hold."""
    return {"role": message["role"], "content": message["content"].encode("utf-8", "replace").decode()}
