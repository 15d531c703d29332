"""A trial of a language model: one short question, then how quickly it reads and how quickly it writes."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, Field

from services.summarizer.llm.asking import AnswerT, AskContext, LanguageModels
from services.summarizer.llm.messages import ChatMessage
from services.summarizer.llm.structured import UnreadableReply
from shared.store.models.speeds import TimedCall, speeds
from shared.store.papers.summaries import Usage

_TEXT = """We counted how often seabirds returned to the same cliff over nine summers. Of 412 ringed birds, 61 % came \
back at least once, and those that did bred earlier. The weather of the year explained little of the difference."""
_SHORT = "Give the number of ringed birds, and one sentence that says what was found."
_LONG = "Say in one sentence what was found."
_WORDS = "Write the numbers from one to twenty as English words, each as an item of its own, in order."
_REPEATS = 8


class Finding(BaseModel):
    """The answer to the question that a person sees."""

    birds: int
    sentence: str = Field(min_length=1)


class OneSentence(BaseModel):
    sentence: str = Field(min_length=1)


class Words(BaseModel):
    words: tuple[str, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Trial:
    """What came of it. The first answer may include the time that the model took to load."""

    model: str
    finding: Finding
    usage: Usage
    first_seconds: float
    read_per_second: float
    written_per_second: float


async def try_model(models: LanguageModels, clock: Callable[[], float] = time.monotonic) -> Trial:
    """Ask three questions, all with step `try`. Raises what `ask` raises."""
    asked = _Asker(models, clock)
    finding, first = await asked.ask(_conversation(_TEXT, _SHORT), Finding)
    long_text = "\n".join(f"{number}. {_TEXT}" for number in range(_REPEATS))
    _, reading = await asked.ask(_conversation(long_text, _LONG), OneSentence)
    try:
        _, writing = await asked.ask(_conversation("No text.", _WORDS), Words)
    except UnreadableReply:  # a small model that finds no end; the answer that came tells its speed too
        writing = first
    read, written = speeds(reading, writing)
    return Trial(asked.model, finding, asked.usage, first.seconds, read, written)


class _Asker:
    """Asks, and keeps the model's name and what all calls used."""

    def __init__(self, models: LanguageModels, clock: Callable[[], float]) -> None:
        self._models = models
        self._clock = clock
        self.model = ""
        self.usage = Usage(cost=0.0)

    async def ask(self, conversation: list[ChatMessage], kind: type[AnswerT]) -> tuple[AnswerT, TimedCall]:
        started = self._clock()
        answered = await self._models.ask(conversation, kind, AskContext("try"))
        used = answered.usage
        self.model = answered.model
        self.usage = _together(self.usage, used)
        return answered.value, TimedCall(
            used.input_tokens - used.cached_tokens, used.output_tokens, self._clock() - started
        )


def _together(before: Usage, more: Usage) -> Usage:
    cost = None if before.cost is None or more.cost is None else before.cost + more.cost
    return Usage(
        calls=before.calls + more.calls,
        input_tokens=before.input_tokens + more.input_tokens,
        cached_tokens=before.cached_tokens + more.cached_tokens,
        output_tokens=before.output_tokens + more.output_tokens,
        cost=cost,
    )


def _conversation(text: str, question: str) -> list[ChatMessage]:
    return [
        {"role": "system", "content": "You answer about the text that the user sends. Answer briefly."},
        {"role": "user", "content": f"{text}\n\n{question}"},
    ]
