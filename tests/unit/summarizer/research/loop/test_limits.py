"""What a question may cost."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.summarizer.research.loop.limits import Limits, estimate_of, limits_of, refusal
from services.summarizer.research.tracing.trace import ReplayedTrace
from services.summarizer.settings import SummarizerSettings
from shared.contracts import Budget, now
from shared.settings.sections.language_models import LanguageModelSettings, LlmSettings

PRICED = LanguageModelSettings.model_validate(
    {
        "base_url": "https://llm.example/v1",
        "model": "m",
        "price_per_million_input": 1.0,
        "price_per_million_output": 2.0,
    }
)
LIMITS = Limits(calls=3, rounds=2, tokens=1_000, money=0.01, seconds=60.0, evidence_tokens=500)
CALL = {"step": "called", "input_tokens": 300, "output_tokens": 100, "money": 0.001}


def test_a_budget_narrows_the_settings_and_never_widens_them() -> None:
    options = SummarizerSettings(ask_tokens=10_000, ask_money=1.0)
    narrow = limits_of(options, LlmSettings(), None, Budget(tokens=500, money=5.0, seconds=1.0))
    assert (narrow.tokens, narrow.money, narrow.seconds) == (500, 1.0, 1.0)
    assert limits_of(options, LlmSettings(), None, Budget()).tokens == 10_000


@pytest.mark.parametrize(
    ("calls", "tokens", "seconds_ago", "changes", "why"),
    [
        (1, 100, 0, {}, None),
        (3, 100, 0, {}, "3 calls"),
        (2, 300, 0, {}, "800 of 1,000 tokens"),
        (1, 100, 61, {}, "the 60 s"),
        (1, 100, 0, {"money": 0.001}, "are spent"),
        (0, 100, 0, {"money": 0.0}, "are spent"),
    ],
)
def test_a_call_that_would_pass_a_limit_is_refused(
    calls: int, tokens: int, seconds_ago: int, changes: dict[str, Any], why: str | None
) -> None:
    limits = Limits(**{**LIMITS.__dict__, **changes})
    trace = ReplayedTrace("t", [{**CALL, "key": str(number)} for number in range(calls)])
    moment = now()
    found = refusal(limits, trace, PRICED, tokens, moment - timedelta(seconds=seconds_ago), moment)
    assert (found is None) == (why is None)
    assert (why or "") in (found or "")


def test_an_estimate_keeps_to_the_limits(tmp_path: Path) -> None:
    estimate = estimate_of(LIMITS, PRICED)
    assert estimate.llm_calls == 3
    assert estimate.input_tokens + estimate.output_tokens <= 1_500
    assert estimate.money is not None
    assert estimate.money <= 0.01
    assert estimate_of(LIMITS, None).llm_calls == 0
