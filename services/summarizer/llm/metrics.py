"""Metrics of what language models cost, read from the ledger when they are asked for."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import get_args

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from shared.settings.sections.language_models import LlmSettings
from shared.store.models.ledger import Ledger, Period


class SpendingCollector(Collector):
    """Spent today and this month (UTC) in the currency of the settings' prices; caps where some are set."""

    def __init__(self, ledger: Ledger, settings: LlmSettings, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._caps: dict[Period, float | None] = {"day": settings.daily_cap, "month": settings.monthly_cap}
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        period = ["period"]
        spent = GaugeMetricFamily("papersys_llm_spent", "Cost of language models since its beginning", labels=period)
        calls = GaugeMetricFamily("papersys_llm_calls", "Calls of language models since its beginning", labels=period)
        caps = GaugeMetricFamily("papersys_llm_cap", "What may be spent", labels=period)
        for name in get_args(Period):
            spending = self._ledger.spending(self._clock(), name)
            spent.add_metric([name], spending.cost)
            calls.add_metric([name], spending.calls)
            if (cap := self._caps[name]) is not None:
                caps.add_metric([name], cap)
        yield from (spent, calls, caps)
