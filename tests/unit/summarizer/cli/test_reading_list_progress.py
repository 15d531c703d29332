"""Waiting for papers: until they are done, or wait for what is away, or nobody wants to wait any more."""

from collections.abc import Iterator
from itertools import count

import pytest

from services.summarizer.cli.reading_list_progress import Outcome, follow_progress, progress_text
from shared.contracts import ListedPaper
from tests.support.papers.reading_lists import NOON


def listed(number: int, state: str, problem: str = "") -> ListedPaper:
    given = {"paper_id": f"2403.0000{number}", "state": state, "problem": problem}
    return ListedPaper.model_validate({**given, "added_at": NOON, "changed_at": NOON})


class Lists:
    """Shows one state after the other; the last one stays."""

    def __init__(self, *states: list[ListedPaper]) -> None:
        self.states = list(states)

    def of_user(self, user: str) -> list[ListedPaper]:
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]


def follow(lists: Lists, step: int = 1) -> Outcome:
    clock: Iterator[int] = count(0, step)
    ids = ["2403.00001", "2403.00002"]
    return follow_progress(lists, "me", ids, "Adding", clock=lambda: next(clock), sleep=lambda seconds: None)


def test_papers_are_waited_for_until_each_is_done() -> None:
    done = [listed(1, "ready"), listed(2, "failed", "It was withdrawn.")]
    outcome = follow(
        Lists([listed(1, "waiting"), listed(2, "waiting")], [listed(1, "fetching"), listed(2, "waiting")], done)
    )
    assert (outcome.papers, outcome.is_wrong, outcome.remark) == (done, True, "")
    assert not follow(Lists([listed(1, "ready"), listed(2, "ready")])).is_wrong


def test_what_is_away_is_not_waited_for() -> None:
    outcome = follow(Lists([listed(1, "ready"), listed(2, "waiting", "arXiv is away. It is tried again.")]))
    assert outcome.is_wrong


def test_a_standstill_is_told() -> None:
    outcome = follow(Lists([listed(1, "waiting"), listed(2, "waiting")]), 500)
    assert "papersys logs" in outcome.remark


def test_who_stops_waiting_does_not_stop_the_work() -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    outcome = follow_progress(Lists([listed(1, "waiting")]), "me", ["2403.00001"], "Adding", sleep=interrupt)
    assert "goes on" in outcome.remark


@pytest.mark.parametrize(
    ("states", "text"),
    [
        (("waiting", "waiting"), "0 of 2 done; waiting for 2403.00000"),
        (("ready", "embedding"), "1 of 2 done; embedding 2403.00001"),
        (("failed", "ready"), "2 of 2 done, 1 failed"),
    ],
)
def test_progress_is_told_in_words(states: tuple[str, ...], text: str) -> None:
    assert progress_text([listed(number, state) for number, state in enumerate(states)]) == text
