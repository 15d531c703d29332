"""Results looked up by what they measure."""

from shared.result_search import ResultQuestion, choices, find_results
from tests.support.papers.result_tables import paper_results, result

A = paper_results(
    "2611.00101", result("90.9"), result("77.3", is_own=False), result("110", metric="", dataset="", task="")
)
B = paper_results(
    "2611.00102",
    result("93.2"),
    result("4.1", metric="WER", better="lower", dataset="TIMIT", task="speech recognition"),
)
C = paper_results("2611.00103", result("3.1", metric="WER", better="lower", dataset="TIMIT", task="speech recognition"))


def values(**asked: object) -> list[str]:
    return [one.result.value for one in find_results([A, B, C], ResultQuestion(**asked))]  # type: ignore[arg-type]


def test_the_largest_group_that_can_be_compared_comes_first_and_its_best_value() -> None:
    assert values() == ["93.2", "90.9", "77.3", "3.1", "4.1"]


def test_words_fit_in_any_case_and_order() -> None:
    assert values(task="ANSWERING question", metric="f1") == ["93.2", "90.9", "77.3"]
    assert values(dataset="squad 2") == []


def test_own_results_and_those_without_a_name() -> None:
    assert values(dataset="SQuAD", own_only=True) == ["93.2", "90.9"]
    assert sorted(values(paper_id="2611.00101", everything=True)) == ["110", "77.3", "90.9"]


def test_the_choices_are_those_of_most_papers_first() -> None:
    assert choices([A, B, C]) == {
        "task": ["question answering", "speech recognition"],
        "dataset": ["SQuAD 1.1", "TIMIT"],
        "metric": ["F1", "WER"],
    }
