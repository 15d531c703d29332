"""What summaries take, in words."""

import pytest

from services.publisher.system.setup.costs import costs_of
from shared.contracts import now
from shared.settings.first_settings import ModelAnswers
from shared.store.models.speeds import ModelSpeed

LOCAL, FAR = ModelAnswers("http://127.0.0.1:1/v1", "m"), ModelAnswers("https://far.example/v1", "m")


def speed(read: float, written: float) -> ModelSpeed:
    return ModelSpeed(model="m", read_per_second=read, written_per_second=written, measured_at=now())


@pytest.mark.parametrize(
    ("model", "measured", "said"),
    [
        (ModelAnswers(), None, "Without a language model"),
        (LOCAL, None, "not measured yet"),
        (LOCAL, None, "Money: none"),
        (FAR, None, "Money: unknown"),
        (LOCAL, speed(1_000, 100), "about 18 s a paper, 3 min for a day’s 10"),
        (LOCAL, speed(100, 10), "about 3 min a paper, 30 min for a day’s 10"),
        (LOCAL, speed(10, 1), "about 30 min a paper, 5.0 h"),
        (ModelAnswers("https://far.example/v1", "m", "", 1.0, 2.0), None, "about 2.10 a month"),
        (ModelAnswers("https://far.example/v1", "m", "", 0.0, 0.0), None, "nothing, at these prices"),
        (ModelAnswers("https://far.example/v1", "m", "", 0.001, 0.001), None, "under 0.01 a month"),
    ],
)
def test_time_and_money_are_told_as_far_as_they_are_known(
    model: ModelAnswers, measured: ModelSpeed | None, said: str
) -> None:
    assert said in " ".join(costs_of(model, 10, measured).sentences)
