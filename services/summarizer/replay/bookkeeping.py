"""What a replay of the summarizer keeps beside what it makes: by what it began, what failed, what it has cost."""

import json
from collections.abc import Sequence

from services.summarizer.llm.asking import Answered, AnswerT, AskContext, LanguageModels, Step
from services.summarizer.llm.failures import LlmUnusable, TooLongForModel
from services.summarizer.llm.messages import ChatMessage
from shared.errors import PapersysError, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.replays import Replay
from shared.store.models.ledger import Call, Ledger

_FAILED, _INPUTS = "failed.json", "inputs.json"


class CannotGoOn(PapersysError):
    """No further paper can be done now: a cap is reached, or the model's server is away."""


def event_id_of(replay: Replay) -> str:
    """What its calls to models stand under in the ledger."""
    return f"replay-{replay.record.name}-{replay.record.begun_at:%Y%m%d%H%M%S}"


def calls_of(replay: Replay) -> list[Call]:
    """The calls to models that a replay has made so far."""
    event_id = event_id_of(replay)
    return [call for call in Ledger(replay.data).calls() if call.event_id == event_id]


def spent_by(data: DataFolder, event_id: str) -> float:
    """What the calls of a replay have cost so far, as far as their prices are known."""
    return sum(call.cost or 0.0 for call in Ledger(data).calls() if call.event_id == event_id)


def check_cost(replay: Replay, spent: float, done: int) -> None:
    """Stop where the next paper, at what those `done` cost on average, would pass the cap. Raises PapersysError."""
    cap = replay.request.most_cost
    if cap is None:
        return
    likely = spent / done if done else 0.0
    if spent >= cap > 0 or spent + likely > cap:
        raise PapersysError(
            f"The replay stops: {spent:.4f} of {cap:g} are spent (--most-cost), papers done: {done:,}; "
            "a higher cap lets it go on."
        )


def keep_inputs(replay: Replay, inputs: str) -> None:
    """Remember what decides the outcome besides the papers."""
    replay.own.write_text(replay.own.path(_INPUTS), json.dumps(inputs) + "\n")


def check_inputs(replay: Replay, inputs: str) -> None:
    """Raises PapersysError where a replay that goes on would mix two kinds."""
    path = replay.own.path(_INPUTS)
    if path.exists() and json.loads(path.read_text("utf-8")) != inputs:
        raise PapersysError(
            f"The model, the prompts or the settings have changed since {replay.record.name} began; give another "
            f"--name, or drop it: `papersys replay drop {replay.record.name}`."
        )


def failed(replay: Replay) -> dict[str, str]:
    """Why papers could not be done, by paper."""
    try:
        return dict(json.loads(replay.own.path(_FAILED).read_text("utf-8")))
    except FileNotFoundError:
        return {}


def note_failure(replay: Replay, paper_id: str, why: str) -> None:
    noted = {**failed(replay), paper_id: why}
    replay.own.write_text(replay.own.path(_FAILED), json.dumps(noted, ensure_ascii=False, indent=1) + "\n")


class InsistingModels:
    """Language models whose absence ends a replay: done without them, it would be compared with what was done with."""

    def __init__(self, models: LanguageModels) -> None:
        self._models = models

    def model_for(self, step: Step) -> str | None:
        return self._models.model_for(step)

    async def ask(
        self, conversation: Sequence[ChatMessage], kind: type[AnswerT], context: AskContext
    ) -> Answered[AnswerT]:
        """Raises UnreadableReply and TooLongForModel, which cost this question alone, and CannotGoOn."""
        try:
            return await self._models.ask(conversation, kind, context)
        except TooLongForModel:
            raise
        except (LlmUnusable, TemporaryFailure) as error:
            raise CannotGoOn(str(error)) from error
