"""What may still be spent: the caps per day and month and of each person, what is under way, and what a run would cost.

Near a cap papers are read by their abstract, then without a model; a call that would pass it is not made.
"""

import statistics
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from services.summarizer.llm.asking import Step
from services.summarizer.llm.failures import LlmUnusable, setting
from shared.contracts import DEFAULT_USER, now
from shared.settings.sections.language_models import LanguageModelSettings, LlmSettings
from shared.store.models.ledger import Call, Ledger, Period
from shared.store.papers.summaries import Reading

_CHARS_A_TOKEN = 4
_TOKENS_OF_A_PROMPT = 1_200
_OUTPUT_TOKENS_A_CALL = 900
_CALLS_A_PAPER = 1.5
_MOST_REMEMBERED_CALLS = 200
CAP_OF_A_READER = "the monthly cap of the reader who asked for it"


@dataclass(frozen=True)
class Estimate:
    """About how many tokens the calls for something take."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class RunEstimate:
    """What a run is likely to take. `cost` is None where a price is unknown, `seconds` where nothing was measured."""

    papers: int
    calls: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    seconds: float | None


@dataclass(frozen=True)
class _Cap:
    """What may be spent in a period; of a `user` where it is a person's own. What that person spent is told nobody."""

    period: Period
    amount: float
    setting: str = ""
    user: str | None = None

    def __str__(self) -> str:
        if self.user is not None:
            return CAP_OF_A_READER
        word = "daily" if self.period == "day" else "monthly"
        return f"the {word} cap of {self.amount:g} ({self.setting})"

    def spent_in_words(self, spent: float) -> str:
        if self.user is not None:
            return f"{self} is nearly reached"
        return f"{spent:.2f} of {self} are spent (llm.near_cap)"

    def reached_in_words(self, spent: float, cost: float) -> str:
        if self.user is not None:
            return f"{self} is reached"
        return f"{self} is reached: {spent:.2f} spent, this costs about {cost:.2g}"


class Budget:
    """The caps of the settings and of people (`cap_of`) against the ledger. Safe to use from several threads."""

    def __init__(
        self, settings: LlmSettings, ledger: Ledger, cap_of: Callable[[str], float | None] = lambda user: None
    ) -> None:
        self._settings = settings
        self._ledger = ledger
        self._cap_of = cap_of
        self._turn = threading.Lock()
        self._under_way: defaultdict[str, float] = defaultdict(float)

    def may_read_more(self, notes: Iterable[str], user: str) -> bool:
        """Whether a summary was cut short by the cap of one person, and another one has room for all of it."""
        if not any(CAP_OF_A_READER in note for note in notes):
            return False
        return self.reading(Estimate(0, 0), Estimate(0, 0), user)[0] == "full_text"

    def reading(self, full: Estimate, abstract: Estimate, user: str = DEFAULT_USER) -> tuple[Reading, str]:
        """How to read a paper for a person by what it would cost, and why, in words for the page; empty where nothing
        is saved."""
        name = self._settings.model_of("extract")
        model = self._settings.usable.get(name or "")
        if name is None or model is None:
            return "extractive", "No language model is configured."
        if reason := self.refusal(name, abstract, user):
            return "extractive", f"Read without a model: {reason}."
        if reason := self.refusal(name, full, user):
            return "abstract", f"Only the abstract was read: {reason}."
        for cap in self._caps(model, user):
            spent = self._spent(cap)
            if spent >= self._settings.near_cap * cap.amount:
                return "abstract", f"Only the abstract was read: {cap.spent_in_words(spent)}."
        return "full_text", ""

    def refusal(self, name: str, likely: Estimate, user: str = DEFAULT_USER) -> str | None:
        """Why a call of the model `name` may not be made for a person; None where it may."""
        model = self._settings.usable[name]
        cost = model.cost(likely.input_tokens, likely.output_tokens)
        for cap in self._caps(model, user):
            if cost is None:
                prices = setting(name, "price_per_million_input"), setting(name, "price_per_million_output")
                return f"{cap} cannot be kept without prices; set {' and '.join(prices)}"
            spent = self._spent(cap)
            if spent >= cap.amount or spent + cost > cap.amount:
                return cap.reached_in_words(spent, cost)
        return None

    @contextmanager
    def allowance(self, name: str, likely: Estimate, user: str = DEFAULT_USER) -> Iterator[None]:
        """While a call is made: its likely cost counts as spent. Raises LlmUnusable where a cap would be passed."""
        cost = self._settings.usable[name].cost(likely.input_tokens, likely.output_tokens) or 0.0
        with self._turn:
            if reason := self.refusal(name, likely, user):
                raise LlmUnusable(reason)
            self._under_way[user] += cost
        try:
            yield
        finally:
            with self._turn:
                self._under_way[user] -= cost

    def estimate(self, chars: Sequence[int], step: Step = "extract") -> RunEstimate:
        """What it takes to read papers of so many characters each, by what earlier calls took where there are any."""
        name = self._settings.model_of(step)
        model = self._settings.usable.get(name or "", LanguageModelSettings())
        calls = [call for call in self._recent(name) if call.purpose == step and call.finished]
        most = self._settings.max_input_chars
        read = [min(length, most) for length in chars]
        per_paper = _calls_a_paper(self._recent(name))
        output_tokens = round(_median([call.output_tokens for call in calls], _OUTPUT_TOKENS_A_CALL))
        number = round(per_paper * len(read) + 0.49) if read else 0
        sent = round(sum(length / _CHARS_A_TOKEN + _TOKENS_OF_A_PROMPT for length in read) * per_paper)
        written = number * output_tokens
        seconds = number * _median([call.seconds for call in calls], 0.0) / model.most_calls if calls else None
        return RunEstimate(len(read), number, sent, written, model.cost(sent, written), seconds)

    def _recent(self, name: str | None) -> list[Call]:
        """The last calls of a model; lines of earlier versions have no name."""
        return [call for call in self._ledger.month(now()) if call.name == name][-_MOST_REMEMBERED_CALLS:]

    def _caps(self, model: LanguageModelSettings, user: str) -> list[_Cap]:
        """The caps that bind a model and a person; a model that is free, or here and without prices, costs nothing."""
        if model.cost(1, 1) == 0 or (model.is_local and not model.has_prices):
            return []
        amounts: dict[Period, tuple[float | None, str]] = {
            "day": (self._settings.daily_cap, "llm.daily_cap"),
            "month": (self._settings.monthly_cap, "llm.monthly_cap"),
        }
        caps = [_Cap(period, amount, name) for period, (amount, name) in amounts.items() if amount is not None]
        own = self._cap_of(user)
        return caps if own is None else [*caps, _Cap("month", own, user=user)]

    def _spent(self, cap: _Cap) -> float:
        under_way = sum(self._under_way.values()) if cap.user is None else self._under_way[cap.user]
        return self._ledger.spending(now(), cap.period, cap.user).cost + under_way


def _calls_a_paper(calls: Sequence[Call]) -> float:
    """Calls of all steps for a paper, on the mean of those in the ledger."""
    papers = {(call.event_id, call.paper_id) for call in calls if call.paper_id}
    return sum(call.paper_id is not None for call in calls) / len(papers) if papers else _CALLS_A_PAPER


def _median(values: Sequence[float], otherwise: float) -> float:
    return statistics.median(values) if values else otherwise
