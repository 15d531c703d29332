"""A trial of a configured model through the gateway, and what it says of the time that a paper takes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.summarizer.choosing.reaching import reachable
from services.summarizer.choosing.trial import Trial, try_model
from services.summarizer.llm.asking import Answered, AnswerT, AskContext, Step
from services.summarizer.llm.calls.forms import KnownAbilities
from services.summarizer.llm.gateway import Gateway
from services.summarizer.llm.messages import ChatMessage
from services.summarizer.llm.structured import UnreadableReply
from services.summarizer.settings import Settings
from shared.contracts import now
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Ledger
from shared.store.models.speeds import PAPER_INPUT_TOKENS, PAPER_OUTPUT_TOKENS, ModelSpeed, ModelSpeeds

_MOST_SECONDS = 300.0
_SHORT = {"max_output_tokens": 400, "asks_again": 1}
"""No answer of a trial is long; a small model that repeats itself is cut off soon."""


@dataclass(frozen=True)
class Tried:
    """A trial, the form of the answers, and the speed as it is remembered."""

    trial: Trial
    form: str
    speed: ModelSpeed

    @property
    def seconds_a_paper(self) -> float:
        return self.speed.seconds(PAPER_INPUT_TOKENS, PAPER_OUTPUT_TOKENS)

    @property
    def estimate(self) -> str:
        tokens = f"{PAPER_INPUT_TOKENS:,} tokens read, {PAPER_OUTPUT_TOKENS:,} written"
        return f"About {self.seconds_a_paper:.0f} s a paper ({tokens}); repairs, tags and links come on top."

    def as_dict(self) -> dict[str, Any]:
        trial = self.trial
        return {
            "model": trial.model,
            "form": self.form,
            "answer": trial.finding.model_dump(),
            "first_seconds": round(trial.first_seconds, 2),
            "read_per_second": round(trial.read_per_second, 2),
            "written_per_second": round(trial.written_per_second, 2),
            "seconds_a_paper": round(self.seconds_a_paper, 1),
            "usage": trial.usage.model_dump(),
        }


class _Named:
    """The gateway, asked for one model whatever the step."""

    def __init__(self, gateway: Gateway, name: str) -> None:
        self._gateway = gateway
        self._name = name

    def model_for(self, step: Step) -> str | None:
        return self._name

    async def ask(
        self, conversation: Sequence[ChatMessage], kind: type[AnswerT], context: AskContext
    ) -> Answered[AnswerT]:
        return await self._gateway.ask(conversation, kind, context, model=self._name)


async def try_configured(settings: Settings, data: DataFolder, name: str) -> Tried:
    """Try a model by its name in the settings; empty: the one that extracts. Raises PapersysError with what to do."""
    async with reachable(settings, data) as llm:
        chosen = name if name in llm.usable else llm.model_of("extract") if name in ("", "own") else None
        if chosen is None:
            there = ", ".join(llm.usable) or "none"
            raise PapersysError(
                f"The settings have {'no language model' if not name else f'no model {name!r}'} (there are: {there}); "
                "`papersys llm list` shows those of this machine, `papersys llm use NAME` chooses one."
            )
        model = llm.usable[chosen]
        gateway = Gateway(llm.model_copy(update=_SHORT), data, Ledger(data))
        try:
            async with asyncio.timeout(_MOST_SECONDS):
                trial = await try_model(_Named(gateway, chosen))
        except TimeoutError as error:
            raise PapersysError(
                f"{model.model} at {model.base_url} did not answer three short questions in {_MOST_SECONDS:.0f} s: "
                "it is busy with others, or too slow for whole papers."
            ) from error
        except UnreadableReply as error:
            raise PapersysError(
                f"{model.model} answers, but not in a form that can be used: {error} Take a larger model."
            ) from error
        finally:
            await gateway.close()
        form = KnownAbilities(data).of(str(model.base_url), model.model).form
    speed = ModelSpeed(
        model=model.model,
        read_per_second=trial.read_per_second,
        written_per_second=trial.written_per_second,
        form=form,
        measured_at=now(),
    )
    ModelSpeeds(data).put(settings.llm.gguf or str(model.base_url), speed)
    return Tried(trial, form, speed)
