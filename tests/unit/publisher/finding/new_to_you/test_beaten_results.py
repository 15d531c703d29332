"""A result beats another only where both surely measure the same and it is better by more than they leave open."""

import pytest

from services.publisher.finding.new_to_you.beaten_results import beaten, is_beaten
from services.publisher.records.all_results import AllResults, best_own_results
from shared.store.papers.results import Result
from tests.support.papers.result_tables import paper_results, result

MINE, OTHER, THIRD = "2611.00101", "2611.00102", "2611.00103"


@pytest.mark.parametrize(
    ("mine", "other", "is_better"),
    [
        (result("93.2"), result("91.8"), True),
        (result("91.8"), result("93.2"), False),
        (result("93.2"), result("93.2"), False),
        (result("93.2", uncertainty="0.9"), result("92.0", uncertainty="0.4"), False),
        (result("93.2", uncertainty="0.5"), result("92.0", uncertainty="0.4"), True),
        (result("4.1", better="lower"), result("5.2", better="lower"), True),
        (result("93.2"), result("0.918"), False),
        (result("93.2", unit="ms"), result("91.8"), False),
        (result("93.2", unit="%"), result("91.8"), True),
        (result("93", unit="K"), result("91.8"), False),
        (result("-1"), result("-2"), False),
    ],
)
def test_better_is_said_only_of_what_can_be_compared(mine: Result, other: Result, is_better: bool) -> None:
    assert is_beaten(mine, other) == is_better


@pytest.mark.parametrize(
    "changed",
    [
        {"split": "test"},
        {"dataset": "SQuAD 2.0"},
        {"metric": "exact match"},
        {"task": "retrieval"},
        {"is_own": False},
        {"task": ""},
    ],
)
def test_another_data_set_split_metric_task_or_somebody_else_s_number_is_not_compared(
    changed: dict[str, object],
) -> None:
    everything = AllResults()
    everything.take("1", [paper_results(OTHER, result("80.0", **changed))])
    assert beaten(best_own_results(paper_results(MINE, result("93.2"))), everything.best, [OTHER]) == []


def test_the_best_own_result_of_each_paper_counts_and_only_papers_that_are_known() -> None:
    everything = AllResults()
    everything.take(
        "1",
        [
            paper_results(OTHER, result("90.0"), result("91.8"), result("99.0", is_own=False)),
            paper_results(THIRD, result("80.0")),
        ],
    )
    mine = best_own_results(paper_results(MINE, result("90.5"), result("93.2")))
    found = beaten(mine, everything.best, [OTHER])
    assert [(one.mine.result.value, one.other.paper_id, one.other.result.value) for one in found] == [
        ("93.2", OTHER, "91.8")
    ]
