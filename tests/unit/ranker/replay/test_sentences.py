"""What people read of a difference."""

import json
from collections import Counter

from services.ranker.replay.difference import Difference, Interval, difference_of
from services.ranker.replay.sentences import report_of

NAN = float("nan")
TOLD = Difference(
    days=1,
    candidates=1200,
    kept=7,
    gained=3,
    lost=3,
    spearman=0.5,
    kendall=NAN,
    gained_labels=Counter(like=1, unrated=2),
    lost_labels=Counter(dislike=1, unrated=2),
    days_with_likes=6,
    auc_before=0.7,
    auc_after=0.75,
    gain=Interval(0.05, -0.01, 0.11),
)


def test_everything_that_was_measured_is_said_and_nothing_else() -> None:
    report = report_of("me", TOLD, TOLD)
    assert report.lines == (
        "me: 1 day, 1,200 candidates, 10 picks.",
        "  Rank correlation (mean over days): Spearman 0.500, Kendall undefined.",
        "  Picks: 7 the same, 3 gained, 3 lost.",
        "  Later ratings: of those gained, 1 liked, 0 disliked, 2 unrated; of those lost, 0 liked, 1 disliked, "
        "2 unrated.",
        "  Pairs of a later like and another candidate in the right order: 70.0% before, 75.0% after (6 days; "
        "difference +5.0 points, 95% interval -1.0 to +11.0).",
        "  Control, nothing changed: Spearman 0.500 with what was recorded, 7 of 10 picks the same.",
    )
    figures = json.loads(report.model_dump_json())["figures"]["me"]
    assert (figures["kendall"], figures["gain"]["high"], figures["gained_labels"]) == (
        None,
        0.11,
        {"like": 1, "unrated": 2},
    )


def test_nothing_to_compare_is_said_as_such() -> None:
    nothing = difference_of([])
    assert report_of("ada", nothing, nothing).lines == ("ada: no day of the period can be compared.",)
