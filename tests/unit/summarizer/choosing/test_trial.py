"""A trial: three questions, and from two of them how quickly a model reads and writes."""

from collections.abc import Sequence

import pytest
from pydantic import BaseModel

from services.summarizer.choosing.trial import Finding, OneSentence, Words, try_model
from services.summarizer.llm.asking import Answered, AnswerT, AskContext, Step
from services.summarizer.llm.messages import ChatMessage
from services.summarizer.llm.structured import UnreadableReply
from shared.store.models.speeds import TimedCall, speeds
from shared.store.papers.summaries import Usage

ANSWERS: dict[type[BaseModel], BaseModel] = {
    Finding: Finding(birds=412, sentence="Most came back."),
    OneSentence: OneSentence(sentence="x"),
    Words: Words(words=("one",)),
}


class Models:
    """Reads 50 tokens a second and writes 10, on a clock of its own."""

    def __init__(self, cost: float | None = 0.5) -> None:
        self.now = 0.0
        self.steps: list[Step] = []
        self._cost = cost

    def model_for(self, step: Step) -> str | None:
        return "m"

    async def ask(
        self, conversation: Sequence[ChatMessage], kind: type[AnswerT], context: AskContext
    ) -> Answered[AnswerT]:
        self.steps.append(context.step)
        read = sum(len(message["content"]) for message in conversation) // 4
        written = 100 if kind is Words else 20
        self.now += read / 50 + written / 10
        usage = Usage(calls=1, input_tokens=read + 7, cached_tokens=7, output_tokens=written, cost=self._cost)
        return Answered(kind.model_validate(ANSWERS[kind].model_dump()), "", "qwen", usage)


async def test_both_speeds_are_told_apart() -> None:
    models = Models()
    trial = await try_model(models, lambda: models.now)
    assert trial.read_per_second == pytest.approx(50)
    assert trial.written_per_second == pytest.approx(10)
    assert (trial.model, trial.finding.birds, trial.usage.calls, trial.usage.cost) == ("qwen", 412, 3, 1.5)
    assert set(models.steps) == {"try"}


async def test_a_model_that_finds_no_end_is_judged_by_the_answers_that_came() -> None:
    class Endless(Models):
        async def ask(
            self, conversation: Sequence[ChatMessage], kind: type[AnswerT], context: AskContext
        ) -> Answered[AnswerT]:
            if kind is Words:
                raise UnreadableReply("cut off")
            return await super().ask(conversation, kind, context)

    models = Endless()
    trial = await try_model(models, lambda: models.now)
    assert trial.read_per_second == pytest.approx(50)
    assert trial.usage.calls == 2


async def test_an_unknown_cost_stays_unknown() -> None:
    models = Models(cost=None)
    assert (await try_model(models, lambda: models.now)).usage.cost is None


@pytest.mark.parametrize(
    ("reading", "writing"),
    [
        (TimedCall(500, 20, 0.0), TimedCall(50, 100, 0.0)),
        (TimedCall(500, 20, 9.0), TimedCall(50, 100, 0.5)),
        (TimedCall(0, 0, 1.0), TimedCall(0, 0, 1.0)),
    ],
)
def test_times_that_tell_nothing_still_give_speeds(reading: TimedCall, writing: TimedCall) -> None:
    assert min(speeds(reading, writing)) > 0
