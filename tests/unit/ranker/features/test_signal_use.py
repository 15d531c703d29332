"""Signals are used where the setting says so or, on `auto`, where the last evaluation showed that they help."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.ranker.features.signal_use import (
    SignalEvaluation,
    SignalEvaluations,
    UseSignals,
    are_used,
    signal_counts,
    use_sentence,
)
from shared.store.files.data_folder import DataFolder

AT = datetime(2026, 11, 2, tzinfo=UTC)
HELPS = SignalEvaluation(
    evaluated_at=AT,
    helps=True,
    without=0.81,
    with_signals=0.85,
    gain=0.04,
    low=0.012,
    high=0.068,
    ratings=84,
    papers={"saved": 12, "skipped": 3, "opened": 40},
    weights={"saved": 0.31, "skipped": 0.0, "opened": 0.02},
)
DOES_NOT = HELPS.model_copy(update={"helps": False, "low": -0.01})


@pytest.mark.parametrize(
    ("setting", "evaluation", "used"),
    [
        ("auto", None, False),
        ("auto", DOES_NOT, False),
        ("auto", HELPS, True),
        ("on", None, True),
        ("on", DOES_NOT, True),
        ("off", HELPS, False),
    ],
)
def test_the_setting_decides_and_auto_leaves_it_to_the_evaluation(
    setting: UseSignals, evaluation: SignalEvaluation | None, used: bool
) -> None:
    assert are_used(setting, evaluation) == used


def test_the_sentence_says_what_is_done_and_by_what_figures() -> None:
    assert use_sentence("auto", HELPS) == (
        "Saves, skips and opens change your picks. Evaluated on 2026-11-02 with 84 later ratings: pairs in the right "
        "order 81.0% without them, 85.0% with them (difference +4.0 points, 95% interval +1.2 to +6.8)."
    )
    assert use_sentence("auto", DOES_NOT).startswith("Saves, skips and opens do not change your picks. Evaluated")
    assert "not been evaluated yet" in use_sentence("auto", None)
    assert use_sentence("off", HELPS) == "Saves, skips and opens do not change your picks: ranker.use_signals is off."
    assert use_sentence("auto", SignalEvaluation(evaluated_at=AT, ratings=3)).endswith("to tell (3).")
    assert "12 saved (+0.31), 3 skipped (+0.00), 40 opened (+0.02)" in signal_counts(HELPS)


def test_the_last_evaluation_of_each_user_is_kept_and_a_damaged_one_counts_as_none(tmp_path: Path) -> None:
    kept = SignalEvaluations(DataFolder(tmp_path, 0))
    kept.put("me", HELPS)
    kept.put("ada", DOES_NOT)
    assert (kept.get("me"), kept.get("ada"), kept.get("bob")) == (HELPS, DOES_NOT, None)
    (tmp_path / "state" / "ranker" / "me" / "signals.json").write_text("{")
    assert kept.get("me") is None
