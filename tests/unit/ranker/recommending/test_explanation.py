"""What would have changed a pick, and which words speak for a paper."""

from collections import Counter
from datetime import date

import pytest

from services.ranker.recommending.explanation import describe_outcome, word_weights, would_change
from shared.store.selections import Candidate
from tests.unit.ranker.world import MORNING


def candidate(paper_id: str, outcome: str, rank: int | None, **facts: object) -> Candidate:
    values = {"paper_id": paper_id, "day": date(2026, 11, 2), "run_id": "r", "made_at": MORNING}
    return Candidate.model_validate({**values, "outcome": outcome, "rank": rank, **facts})


PICKS = [candidate(f"p{rank}", "picked", rank, slot="top") for rank in (1, 2)]
BELOW = [candidate(f"p{rank}", "below_quota", rank) for rank in (3, 4, 5)]


def test_a_paper_below_the_quota_needed_more_picks_or_a_better_rank() -> None:
    assert would_change(BELOW[2], [*PICKS, *BELOW]) == (
        "5 picks a day instead of 2",
        "rank 2 instead of 5, that of p2, the last pick by score",
    )


@pytest.mark.parametrize(
    ("outcome", "facts", "changes"),
    [
        ("thinned", {}, ("a lower `diversity`: it was passed over because it is similar to better picks",)),
        ("below_threshold", {"probability": 0.31}, ("a `threshold` of at most 0.31",)),
        ("withdrawn", {}, ("nothing: its authors withdrew it",)),
        ("picked", {"slot": "top"}, ()),
    ],
)
def test_each_outcome_has_its_remedy(outcome: str, facts: dict[str, object], changes: tuple[str, ...]) -> None:
    assert would_change(candidate("p9", outcome, 9, **facts), PICKS) == changes


def test_what_exploration_could_draw_says_with_which_probability() -> None:
    changes = would_change(candidate("p9", "below_quota", 9, propensity=0.125), [*PICKS, *BELOW])
    assert changes[-1] == "the random draw of exploration, with a probability of 12.5%"


def test_an_outcome_is_one_line() -> None:
    explored = candidate("p9", "picked", 9, slot="explore", reasons=("exploration", "because you liked"))
    assert describe_outcome(explored) == "2026-11-02 picked (explore), rank 9: exploration; because you liked"
    assert describe_outcome(candidate("p", "near_duplicate", None)) == "2026-11-02 near duplicate"


def test_words_weigh_by_their_log_odds_and_rare_or_even_ones_are_left_out() -> None:
    liked = Counter(graphs=9, the=9, once=1), 10
    disliked = Counter(markets=6, the=9), 10
    others = Counter(the=72), 80
    weights = word_weights({"graphs", "markets", "the", "once"}, liked, disliked, others)
    assert [(word, weight > 0) for word, weight in weights] == [("graphs", True)]
