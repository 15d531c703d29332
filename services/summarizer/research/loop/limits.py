"""What one question may cost: the settings' caps, narrowed by its own budget, against what its trace has spent."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from services.summarizer.llm.window import window_of
from services.summarizer.research.tracing.trace import Trace
from services.summarizer.settings import SummarizerSettings
from shared.contracts import Budget, CostEstimate
from shared.settings.sections.language_models import LanguageModelSettings, LlmSettings

_MOST_EVIDENCE_TOKENS = 8_000
_PART_OF_A_WINDOW = 4
"""A model of a small window is a small model: it finds an answer among few sentences, and loses it among many."""
_PROMPT_TOKENS, _RANKED_TOKENS, _OUTPUT_TOKENS = 700, 1_800, 500
_SECONDS_A_CALL = 20.0


@dataclass(frozen=True)
class Limits:
    """The most of everything; None: no cap. `evidence_tokens` is the room for sentences of papers in one call."""

    calls: int
    rounds: int
    tokens: int | None
    money: float | None
    seconds: float | None
    evidence_tokens: int


def limits_of(
    options: SummarizerSettings, llm: LlmSettings, model: LanguageModelSettings | None, budget: Budget
) -> Limits:
    """A question's budget may be smaller than the settings' caps, never larger."""
    return Limits(
        calls=options.ask_calls,
        rounds=options.ask_rounds,
        tokens=_least(options.ask_tokens, budget.tokens),
        money=_least(options.ask_money, budget.money),
        seconds=_least(options.ask_seconds, budget.seconds),
        evidence_tokens=_evidence_tokens(llm, model),
    )


def _evidence_tokens(llm: LlmSettings, model: LanguageModelSettings | None) -> int:
    room = min(_MOST_EVIDENCE_TOKENS, window_of(model, llm.max_input_chars).text)
    context = model.context_tokens if model else None
    return room if context is None else min(room, context // _PART_OF_A_WINDOW)


def estimate_of(limits: Limits, model: LanguageModelSettings | None, currency: str = "") -> CostEstimate:
    """The most that a question is expected to cost: a plan, a judgement and an answer a round, and one mending."""
    if model is None:
        return CostEstimate(llm_calls=0, input_tokens=0, output_tokens=0, seconds=2.0, money=0.0, currency=currency)
    calls = min(limits.calls, 2 + 2 * limits.rounds)
    answers = limits.rounds + 1
    sent = calls * _PROMPT_TOKENS + answers * limits.evidence_tokens + limits.rounds * _RANKED_TOKENS
    written = calls * _OUTPUT_TOKENS
    if limits.tokens is not None and sent + written > limits.tokens:
        sent, written = max(0, limits.tokens - written), min(written, limits.tokens)
    seconds = _least(calls * _SECONDS_A_CALL, limits.seconds)
    return CostEstimate(
        llm_calls=calls,
        input_tokens=sent,
        output_tokens=written,
        seconds=seconds,
        money=_least(model.cost(sent, written), limits.money) if model.has_prices else model.cost(sent, written),
        currency=currency,
    )


def refusal(
    limits: Limits,
    trace: Trace,
    model: LanguageModelSettings,
    tokens: int,
    asked_at: datetime,
    moment: datetime,
) -> str | None:
    """Why the next call, of about so many tokens, may not be made; None where it may."""
    calls = trace.all("called")
    if len(calls) >= limits.calls:
        return f"the {limits.calls} calls that one question may take were made (summarizer.ask_calls)"
    spent = sum(int(call.get("input_tokens") or 0) + int(call.get("output_tokens") or 0) for call in calls)
    if limits.tokens is not None and spent + tokens > limits.tokens:
        return f"{spent:,} of {limits.tokens:,} tokens are used, and the next call takes about {tokens:,}"
    if limits.money is not None:
        paid, cost = sum(float(call.get("money") or 0.0) for call in calls), model.cost(tokens, _OUTPUT_TOKENS)
        if cost is None and not model.is_local:
            return "a budget of money cannot be kept without prices; set llm.price_per_million_input and _output"
        if paid + (cost or 0.0) > limits.money:
            return f"{paid:.3g} of {limits.money:g} are spent, and the next call costs about {cost or 0.0:.2g}"
    if limits.seconds is not None and (moment - asked_at).total_seconds() >= limits.seconds:
        return f"the {limits.seconds:g} s that this question may take are over"
    return None


Number = TypeVar("Number", int, float)


def _least(*values: Number | None) -> Number | None:
    known = [value for value in values if value is not None]
    return min(known) if known else None
