"""The weekly blind check: who is drawn, and the miss rate it gives."""

from datetime import date, timedelta

import numpy as np
import pytest

from services.ranker.selection.blind_check import (
    Stratum,
    blind_checks_of,
    draw_blind_check,
    estimate_miss_rate,
    rejected_before,
)
from shared.store.people.preferences import Rating
from shared.store.selections import Candidate
from tests.unit.ranker.world import MORNING

MONDAY = date(2026, 11, 2)


def candidate(
    paper_id: str, day: date, outcome: str = "below_quota", rank: int | None = 5, **facts: object
) -> Candidate:
    values = {"paper_id": paper_id, "day": day, "run_id": f"run {day}", "outcome": outcome}
    return Candidate.model_validate({**values, "rank": rank, "made_at": MORNING, **facts})


def rating(paper_id: str, label: str) -> Rating:
    return Rating("e", paper_id, "me", label, "test", "me", 1.0, MORNING)  # type: ignore[arg-type]


def test_a_weeks_first_day_audits_what_the_week_before_left_out() -> None:
    friday = MONDAY - timedelta(days=3)
    earlier = [
        candidate("b", friday),
        candidate("a", friday - timedelta(days=1), outcome="thinned"),
        candidate("picked", friday, outcome="picked"),
        candidate("liked", friday),
        candidate("withdrawn", friday, outcome="withdrawn"),
        candidate("older", friday - timedelta(days=14)),
        candidate("another's", friday, user="you"),
    ]
    rejected, newest = rejected_before(earlier, "me", MONDAY, {"liked"})
    assert [one.paper_id for one in rejected] == ["a", "b"]
    assert newest == friday


def test_a_week_is_audited_once() -> None:
    earlier = [candidate("a", MONDAY - timedelta(days=3)), candidate("b", MONDAY)]
    assert rejected_before(earlier, "me", MONDAY + timedelta(days=1), set()) == ([], None)


def test_the_draw_is_even_and_says_its_chance() -> None:
    rejected = [candidate(f"p{n}", MONDAY) for n in range(10)]
    drawn, chance = draw_blind_check(rejected, 2, "s")
    assert (len(drawn), chance) == (2, 0.2)
    counts = [sum(one.paper_id == "p3" for one in draw_blind_check(rejected, 2, str(seed))[0]) for seed in range(500)]
    assert 60 < sum(counts) < 140


def test_audits_are_read_back_from_what_was_stored() -> None:
    shown = [candidate(name, MONDAY, "picked", None, slot="audit", propensity=0.1) for name in ("a", "b", "c")]
    said = {"a": rating("a", "like"), "b": rating("b", "dislike")}
    assert blind_checks_of([*shown, candidate("d", MONDAY)], said) == [Stratum(rejected=30, answered=2, liked=1)]


def test_without_answers_there_is_no_estimate() -> None:
    assert estimate_miss_rate([Stratum(100, 0, 0)], found=3) is None


def test_nothing_liked_in_an_audit_still_leaves_doubt() -> None:
    found = estimate_miss_rate([Stratum(500, 3, 0)], found=10)
    assert found is not None
    assert found.rate == 0
    assert found.high > 0.5
    assert found.missed_share() == 0


@pytest.mark.parametrize("owners", [400])
def test_the_interval_holds_the_truth_for_95_of_100_simulated_owners_and_the_estimate_is_unbiased(owners: int) -> None:
    rng = np.random.default_rng(7)
    covered, errors = 0, []
    for _ in range(owners):
        weeks, tired = int(rng.integers(6, 60)), rng.uniform(0, 0.4)
        rejected = rng.integers(50, 2500, size=weeks)
        liked = rng.binomial(rejected, np.clip(rng.beta(1, 12) * rng.uniform(0.5, 1.5, size=weeks), 0, 1))
        audits = []
        for total, good in zip(rejected.tolist(), liked.tolist(), strict=True):
            answered = int(rng.binomial(3, 1 - tired))
            audits.append(Stratum(total, answered, int(rng.hypergeometric(good, total - good, answered))))
        estimate = estimate_miss_rate(audits, found=0)
        assert estimate is not None
        truth = liked.sum() / rejected.sum()
        covered += estimate.low <= truth <= estimate.high
        errors.append(estimate.rate - truth)
    assert covered >= 0.95 * owners
    assert abs(float(np.mean(errors))) < 3 * float(np.std(errors)) / np.sqrt(owners)
