"""What the steps of the agent need of a language model: one question, one validated answer."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel

from services.summarizer.llm.messages import ChatMessage
from shared.contracts import DEFAULT_USER
from shared.store.papers.summaries import Usage

AnswerT = TypeVar("AnswerT", bound=BaseModel)

Step = Literal["extract", "repair", "tag", "link", "ask", "translate", "try"]
"""What a call is for. The settings may name a model for each step; `try` is a person's test of a model."""


@dataclass(frozen=True)
class AskContext:
    """Whose call it is, as the ledger records it; `user` is the person whose cap it counts against."""

    step: Step
    paper_id: str | None = None
    run_id: str | None = None
    event_id: str | None = None
    user: str = DEFAULT_USER


@dataclass(frozen=True)
class Answered(Generic[AnswerT]):
    """An answer that fits its schema, the text it was read from, and what all calls for it used."""

    value: AnswerT
    text: str
    model: str
    usage: Usage


class LanguageModels(Protocol):
    """The configured models, seen from a step."""

    def model_for(self, step: Step) -> str | None:
        """The name of the model that answers a step; None where none is configured."""

    async def ask(
        self, conversation: Sequence[ChatMessage], kind: type[AnswerT], context: AskContext
    ) -> Answered[AnswerT]:
        """An answer that is a `kind`; what is none is asked for again, with what was wrong, before it counts as none.

        Raises UnreadableReply (no answer of that kind was to be had), LlmUnusable (only a person, or the next month,
        can help) and TemporaryFailure (a retry may help).
        """


class Memo(Protocol):
    """Answers that were paid for and whose use is not finished: what is here is never asked for again."""

    async def get(self, key: str) -> str | None:
        """The text of an answer; None where it was not given yet."""

    async def put(self, key: str, text: str, usage: Usage) -> None:
        """Keep an answer, durably, before anything else happens with it."""


def memo_key(context: AskContext, model: str, conversation: Sequence[ChatMessage]) -> str:
    """The same for the same question of the same event about the same paper to the same model."""
    parts = [context.event_id, context.paper_id, context.step, model, list(conversation)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
