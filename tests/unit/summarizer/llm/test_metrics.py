"""What language models cost, as Prometheus sees it."""

from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry

from services.summarizer.llm.metrics import SpendingCollector
from shared.settings.sections.language_models import LlmSettings
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Call, Ledger

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_the_day_and_the_month_are_told_beside_the_caps_that_are_set(tmp_path: Path) -> None:
    ledger, registry = Ledger(DataFolder(tmp_path, 0)), CollectorRegistry()
    for day, cost in ((22, 0.5), (21, 1.0)):
        made_at = NOW.replace(day=day)
        call = Call(
            made_at=made_at,
            service="summarizer",
            purpose="extract",
            model="m",
            input_tokens=9,
            output_tokens=1,
            cost=cost,
        )
        ledger.add(call)
    registry.register(SpendingCollector(ledger, LlmSettings(monthly_cap=5.0), lambda: NOW))
    told = {
        (name, period): registry.get_sample_value(f"papersys_llm_{name}", {"period": period})
        for name in ("spent", "calls", "cap")
        for period in ("day", "month")
    }
    assert (told["spent", "day"], told["spent", "month"]) == (0.5, 1.5)
    assert (told["calls", "day"], told["calls", "month"]) == (1, 2)
    assert (told["cap", "day"], told["cap", "month"]) == (None, 5.0)
