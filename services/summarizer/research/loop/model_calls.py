"""Calls of the model for one question: within its limits, written into its trace, and done without where they fail."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.summarizer.llm.asking import Answered, AnswerT, AskContext, LanguageModels, Step
from services.summarizer.llm.calls.tokens import tokens_of_messages
from services.summarizer.llm.failures import LlmUnusable
from services.summarizer.llm.messages import ChatMessage
from services.summarizer.llm.structured import UnreadableReply
from services.summarizer.research.loop.limits import Limits, refusal
from services.summarizer.research.loop.question import Question
from services.summarizer.research.tracing.kept_calls import CallNote, current_call, hash_of_messages
from services.summarizer.research.tracing.trace import Trace, current_trace
from shared.contracts import GapKind, now
from shared.errors import SettingsError, TemporaryFailure
from shared.settings.sections.language_models import LanguageModelSettings

log = logging.getLogger(__name__)

_LIKELY_OUTPUT_TOKENS = 400


class Models(LanguageModels, Protocol):
    """The configured models, with what their settings say of them."""

    def settings_for(self, step: Step) -> LanguageModelSettings | None: ...


@dataclass(frozen=True)
class ModelCalls:
    """The model of one question; `None` instead of an answer says that there is none to be had."""

    models: Models
    limits: Limits
    trace: Trace
    question: Question
    prompt_hash: str = ""

    @property
    def configured(self) -> bool:
        return self.models.model_for("ask") is not None

    async def ask(
        self, purpose: str, conversation: Sequence[ChatMessage], kind: type[AnswerT]
    ) -> Answered[AnswerT] | None:
        """An answer that is a `kind`; None where limits, settings or the server forbid it, as the trace says."""
        settings = self.models.settings_for("ask")
        if settings is None:
            return None
        asked_at = self.question.asked_at
        tokens = tokens_of_messages(list(conversation)) + _LIKELY_OUTPUT_TOKENS
        why = refusal(self.limits, self.trace, settings, tokens, asked_at, now())
        if why is not None:
            await self._stuck(purpose, "budget", f"No further call was made: {why}.")
            return None
        tokens_set = current_trace.set(self.trace)
        note_set = current_call.set(CallNote(purpose, self.prompt_hash, hash_of_messages(conversation)))
        try:
            async with asyncio.timeout(self._seconds_left()):
                return await self.models.ask(conversation, kind, self._context())
        except TimeoutError:
            text = f"The model was not waited for any longer: the {self.limits.seconds:g} s of this question are over."
            await self._stuck(purpose, "budget", text)
            return None
        except (LlmUnusable, UnreadableReply, SettingsError, TemporaryFailure) as error:
            log.warning("A question goes on without the model: %s", error, extra={"action": "ask_without_model"})
            await self._stuck(purpose, "unreachable", f"The model did not help: {str(error).rstrip('.')}.")
            return None
        finally:
            current_call.reset(note_set)
            current_trace.reset(tokens_set)

    async def _stuck(self, purpose: str, kind: GapKind, text: str) -> None:
        await self.trace.once("stuck", purpose, lambda: asyncio.sleep(0, {"kind": kind, "text": text}))

    def _context(self) -> AskContext:
        return AskContext("ask", event_id=self.trace.trace_id, run_id=self.trace.trace_id, user=self.question.user)

    def _seconds_left(self) -> float | None:
        if self.limits.seconds is None:
            return None
        return max(0.1, self.limits.seconds - (now() - self.question.asked_at).total_seconds())
