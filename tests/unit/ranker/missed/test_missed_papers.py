"""Which liked papers count as missed."""

from datetime import timedelta

import pytest

from services.ranker.missed.missed_papers import find_missed
from services.ranker.replay.days import RecordedDay
from shared.store.people.preferences import Rating
from shared.store.people.signals import Signal
from shared.store.selections import Candidate
from tests.support.people.missed_days import MONDAY, candidate, paper_id

TUESDAY = MONDAY + timedelta(days=1)


def day(*candidates: Candidate, later: int = 0) -> RecordedDay:
    moment = MONDAY + timedelta(days=later)
    return RecordedDay(moment.date(), f"run-{later}", moment, candidates)


def like(number: int, hours: float = 24, source: str = "reader", label: str = "like") -> dict[str, Rating]:
    at = MONDAY + timedelta(hours=hours)
    name = paper_id(number)
    return {name: Rating(f"r{name}", name, "me", label, source, "me", 1.0, at)}  # type: ignore[arg-type]


BURIED = candidate(7, 200, MONDAY)


def test_what_was_buried_and_liked_later_was_missed() -> None:
    (missed,) = find_missed([day(BURIED)], [], like(7))
    assert (missed.paper_id, missed.candidate.rank, missed.ranked) == (paper_id(7), 200, 1)
    assert missed.found_by == "in the reader"


@pytest.mark.parametrize(
    ("competed", "ratings"),
    [
        (candidate(7, 2, MONDAY, is_picked=True), like(7)),
        (BURIED, like(7, hours=-1)),
        (BURIED, like(7, label="dislike")),
        (BURIED, {}),
        (BURIED.model_copy(update={"outcome": "already_read"}), like(7)),
        (BURIED.model_copy(update={"score": None, "rank": None}), like(7)),
    ],
)
def test_what_was_shown_or_known_or_not_liked_was_not_missed(competed: Candidate, ratings: dict[str, Rating]) -> None:
    assert find_missed([day(competed)], [], ratings) == []


def test_a_paper_that_was_picked_before_it_was_liked_was_not_missed() -> None:
    picked = candidate(7, 1, TUESDAY, is_picked=True)
    assert find_missed([day(BURIED)], [picked], like(7, hours=30)) == []
    assert len(find_missed([day(BURIED)], [picked], like(7, hours=10))) == 1


def test_the_blind_check_finds_what_was_missed_too() -> None:
    check = candidate(7, 1, TUESDAY, is_picked=True).model_copy(update={"slot": "audit", "rank": None})
    (missed,) = find_missed([day(BURIED)], [check], like(7, hours=30))
    assert missed.found_by == "by the blind check"


@pytest.mark.parametrize(("source", "said"), [("zotero", "in Zotero"), ("nats", "elsewhere")])
def test_how_it_was_found_is_said(source: str, said: str) -> None:
    assert find_missed([day(BURIED)], [], like(7, source=source))[0].found_by == said


def test_the_first_day_on_which_a_paper_competed_counts() -> None:
    again = candidate(7, 90, TUESDAY)
    (missed,) = find_missed([day(BURIED), day(again, later=1)], [], like(7, hours=50))
    assert missed.candidate.rank == 200


def opened(hours: float, source: str, number: int = 7) -> Signal:
    at = MONDAY + timedelta(hours=hours)
    return Signal(f"o{number}-{hours}", "me", paper_id(number), "open", source, at)


@pytest.mark.parametrize(
    ("signals", "source", "words"),
    [
        ([opened(20, "reader:search")], "reader", "by search"),
        ([opened(22, "reader:link"), opened(20, "reader:citation")], "reader", "by a citation in the text"),
        ([opened(20, "reader"), opened(21, "reader:link")], "reader", "by a link on the page"),
        ([opened(25, "reader:search")], "reader", "in the reader"),
        ([opened(20, "reader:search", number=8)], "reader", "in the reader"),
        ([opened(20, "reader:nonsense")], "reader", "in the reader"),
        ([], "reader:search", "by search"),
        ([], "reader:", "in the reader"),
        ([opened(20, "reader:search")], "import", "in a file that you imported"),
        ([opened(20, "reader:search")], "zotero", "in Zotero"),
    ],
)
def test_it_is_told_how_a_missed_paper_was_found(signals: list[Signal], source: str, words: str) -> None:
    (missed,) = find_missed([day(BURIED)], [], like(7, source=source), signals)
    assert missed.found_by.startswith(words)
