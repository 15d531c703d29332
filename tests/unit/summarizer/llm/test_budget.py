"""Caps per day and month, what falls near them, and estimates before a run."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.summarizer.llm.budget import Budget, Estimate
from services.summarizer.llm.failures import LlmUnusable
from shared.contracts import now
from shared.settings.sections.language_models import LlmSettings
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Call, Ledger

FULL, ABSTRACT = Estimate(20_000, 1_000), Estimate(1_000, 500)
PRICES = {"price_per_million_input": 1.0, "price_per_million_output": 10.0}
"""So a full text costs 0.03 and an abstract 0.006."""


def budget(folder: Path, spent: float | None = 0.0, **changes: Any) -> Budget:
    ledger = Ledger(DataFolder(folder, 0))
    if spent != 0.0:
        ledger.add(call(spent))
    values = {"base_url": "https://api.example.com/v1", "model": "m", **PRICES, **changes}
    return Budget(
        LlmSettings.model_validate({key: value for key, value in values.items() if value is not None}), ledger
    )


def call(cost: float | None, days_ago: int = 0, **changes: Any) -> Call:
    values = {"service": "summarizer", "purpose": "extract", "model": "m", "input_tokens": 10, "output_tokens": 5}
    made_at = now() - timedelta(days=days_ago)
    return Call.model_validate({"made_at": made_at, "cost": cost, "name": "default", **values, **changes})


@pytest.mark.parametrize(
    ("spent", "caps", "reading", "says"),
    [
        (0.0, {}, "full_text", ""),
        (5.0, {}, "full_text", ""),
        (0.5, {"monthly_cap": 1.0}, "full_text", ""),
        (0.85, {"monthly_cap": 1.0}, "abstract", "0.85 of the monthly cap of 1 (llm.monthly_cap) are spent"),
        (0.98, {"monthly_cap": 1.0, "near_cap": 1.0}, "abstract", "monthly cap of 1 (llm.monthly_cap) is reached"),
        (0.998, {"monthly_cap": 1.0}, "extractive", "Read without a model: the monthly cap of 1"),
        (1.2, {"monthly_cap": 1.0}, "extractive", "1.20 spent"),
        (0.85, {"daily_cap": 1.0, "monthly_cap": 100.0}, "abstract", "the daily cap of 1 (llm.daily_cap)"),
        (0.0, {"daily_cap": 0.02}, "abstract", "daily cap"),
        (0.0, {"daily_cap": 0.0}, "extractive", "daily cap of 0"),
    ],
)
def test_near_a_cap_the_reading_falls_from_full_text_to_abstract_to_extractive(
    tmp_path: Path, spent: float, caps: dict[str, float], reading: str, says: str
) -> None:
    chosen, reason = budget(tmp_path, spent, **caps).reading(FULL, ABSTRACT)
    assert chosen == reading
    assert says in reason
    assert bool(reason) == (reading != "full_text")


def test_what_was_spent_on_other_days_does_not_count_for_the_day(tmp_path: Path) -> None:
    ledger = Ledger(DataFolder(tmp_path, 0))
    ledger.add(call(5.0, days_ago=1))
    assert budget(tmp_path, daily_cap=1.0).reading(FULL, ABSTRACT)[0] == "full_text"


def test_a_cap_that_cannot_be_kept_without_prices_says_which_to_set(tmp_path: Path) -> None:
    chosen, reason = budget(tmp_path, monthly_cap=1.0, price_per_million_output=None).reading(FULL, ABSTRACT)
    assert chosen == "extractive"
    assert "set llm.price_per_million_input and llm.price_per_million_output" in reason


def test_a_server_on_this_machine_without_prices_is_bound_by_no_cap(tmp_path: Path) -> None:
    own = {"base_url": "http://127.0.0.1:8080/v1", "price_per_million_input": None, "price_per_million_output": None}
    assert budget(tmp_path, 5.0, monthly_cap=1.0, **own).reading(FULL, ABSTRACT) == ("full_text", "")


def test_a_model_that_costs_nothing_is_bound_by_no_cap(tmp_path: Path) -> None:
    free = {"price_per_million_input": 0.0, "price_per_million_output": 0.0}
    assert budget(tmp_path, 5.0, monthly_cap=1.0, **free).reading(FULL, ABSTRACT) == ("full_text", "")


def test_without_a_model_papers_are_read_extractively(tmp_path: Path) -> None:
    assert budget(tmp_path, base_url=None).reading(FULL, ABSTRACT)[0] == "extractive"


def test_calls_under_way_count_as_spent(tmp_path: Path) -> None:
    ours = budget(tmp_path, monthly_cap=0.05)
    with ours.allowance("default", FULL):
        with pytest.raises(LlmUnusable, match="monthly cap"), ours.allowance("default", FULL):
            pass
        with ours.allowance("default", ABSTRACT):
            pass
    with ours.allowance("default", FULL):
        pass


def test_many_at_once_never_pass_a_cap_together(tmp_path: Path) -> None:
    ours, allowed, gate = budget(tmp_path, monthly_cap=0.1), [], threading.Barrier(8)

    def work() -> None:
        gate.wait()
        try:
            with ours.allowance("default", FULL):
                allowed.append(1)
                done.wait()
        except LlmUnusable:
            pass

    done = threading.Event()
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    while sum(thread.is_alive() for thread in threads) > 3:
        threads[0].join(0.01)
    done.set()
    for thread in threads:
        thread.join()
    assert len(allowed) == 3


def test_an_estimate_before_a_run_uses_what_earlier_calls_took(tmp_path: Path) -> None:
    first = budget(tmp_path).estimate([40_000, 400_000])
    assert (first.papers, first.calls, first.seconds) == (2, 3, None)
    assert first.input_tokens == 1.5 * (10_000 + 15_000 + 2 * 1_200)
    assert first.cost == pytest.approx((first.input_tokens + 10 * first.output_tokens) / 1e6)
    ledger = Ledger(DataFolder(tmp_path, 0))
    for paper in range(4):
        for step in ("extract", "tag"):
            ledger.add(call(0.01, purpose=step, output_tokens=600, seconds=8.0, paper_id=f"{paper}", event_id="e"))
    then = budget(tmp_path).estimate([40_000, 400_000])
    assert (then.calls, then.output_tokens, then.seconds) == (4, 2_400, 8.0)


def test_an_estimate_at_an_unknown_price_costs_nothing_known(tmp_path: Path) -> None:
    assert budget(tmp_path, price_per_million_input=None).estimate([1000]).cost is None
    assert budget(tmp_path).estimate([]).calls == 0


def of_people(folder: Path, caps: dict[str, float], **spent: float) -> Budget:
    ledger = Ledger(DataFolder(folder, 0))
    for user, cost in spent.items():
        ledger.add(call(cost, user=user))
    settings = LlmSettings.model_validate({"base_url": "https://api.example.com/v1", "model": "m", **PRICES})
    return Budget(settings, ledger, caps.get)


def test_a_persons_cap_binds_that_person_alone_and_tells_nobody_what_was_spent(tmp_path: Path) -> None:
    caps = of_people(tmp_path, {"anna": 1.0, "ben": 1.0}, anna=0.9, me=50.0)
    assert caps.reading(FULL, ABSTRACT)[0] == "full_text"
    assert caps.reading(FULL, ABSTRACT, "ben")[0] == "full_text"
    reading, reason = caps.reading(FULL, ABSTRACT, "anna")
    assert reading == "abstract"
    assert reason == "Only the abstract was read: the monthly cap of the reader who asked for it is nearly reached."


def test_what_is_under_way_for_one_person_counts_against_that_persons_cap(tmp_path: Path) -> None:
    caps = of_people(tmp_path, {"anna": 0.05, "ben": 0.05})
    with caps.allowance("default", FULL, "anna"):
        with pytest.raises(LlmUnusable, match="cap of the reader"), caps.allowance("default", FULL, "anna"):
            raise AssertionError("a second call would pass the cap")
        with caps.allowance("default", FULL, "ben"):
            pass


def test_a_paper_cut_short_by_one_persons_cap_is_read_whole_for_the_next_who_has_room(tmp_path: Path) -> None:
    caps = of_people(tmp_path, {"anna": 1.0, "ben": 1.0}, anna=1.0)
    _, note = caps.reading(FULL, ABSTRACT, "anna")
    assert caps.may_read_more([note], "ben")
    assert not caps.may_read_more([note], "anna")
    assert not caps.may_read_more(["Only the abstract was read: the daily cap of 1 (llm.daily_cap) is reached."], "ben")
