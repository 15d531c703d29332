"""What a day and a month of summaries take, in time and money, as far as it is known."""

from dataclasses import dataclass

from shared.settings.first_settings import ModelAnswers
from shared.settings.sections.language_models import LanguageModelSettings
from shared.store.models.speeds import PAPER_INPUT_TOKENS, PAPER_OUTPUT_TOKENS, ModelSpeed

_DAYS_WITH_PAPERS = 21
"""arXiv announces on five days a week."""


@dataclass(frozen=True)
class Costs:
    """Of `per_day` papers; None where it is not known."""

    per_day: int
    seconds_a_paper: float | None = None
    money_a_month: float | None = None
    is_local: bool = False
    has_model: bool = True

    @property
    def sentences(self) -> list[str]:
        """For a person."""
        if not self.has_model:
            return ["Without a language model, summaries cost nothing and take about a second each."]
        return [self._time, self._money]

    @property
    def _time(self) -> str:
        if self.seconds_a_paper is None:
            return "Time: not measured yet; press “Test the model”."
        day = self.seconds_a_paper * self.per_day
        return f"Time: about {_duration(self.seconds_a_paper)} a paper, {_duration(day)} for a day’s {self.per_day}."

    @property
    def _money(self) -> str:
        if self.money_a_month is not None:
            return f"Money: {_amount(self.money_a_month)}, at these prices."
        if self.is_local:
            return "Money: none, where the server is your own."
        return "Money: unknown; enter the prices of your provider to see it."


def costs_of(model: ModelAnswers, per_day: int, speed: ModelSpeed | None) -> Costs:
    """What summaries by this model take."""
    if not model.base_url:
        return Costs(per_day, has_model=False)
    settings = LanguageModelSettings(
        base_url=model.base_url,
        price_per_million_input=model.price_per_million_input,
        price_per_million_output=model.price_per_million_output,
    )
    a_paper = settings.cost(PAPER_INPUT_TOKENS, PAPER_OUTPUT_TOKENS)
    return Costs(
        per_day,
        seconds_a_paper=speed.seconds(PAPER_INPUT_TOKENS, PAPER_OUTPUT_TOKENS) if speed else None,
        money_a_month=None if a_paper is None else a_paper * per_day * _DAYS_WITH_PAPERS,
        is_local=settings.is_local,
    )


def _amount(money: float) -> str:
    if money == 0:
        return "nothing"
    return f"about {money:.2f} a month" if money >= 0.01 else "under 0.01 a month"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3600:.1f} h"
