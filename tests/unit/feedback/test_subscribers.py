"""Ratings and signals come in: each is stored once, whatever else can be had."""

from pathlib import Path

from shared.contracts import FeedbackLabel, KeepSignal, KeepSignalReply, Lookup
from tests.support.seed import GRAPHS, TIDES
from tests.unit.feedback.feedback import AWAY, LIKE, Feedback


async def test_a_rating_on_several_papers_is_stored_for_each(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    await feedback.bus.deliver(LIKE)
    assert feedback.labels() == {GRAPHS: "like", TIDES: "like"}
    assert {(rating.source, rating.actor, rating.event_id) for rating in feedback.ratings.all()} == {
        ("reader", "me", LIKE.event_id)
    }


async def test_a_rating_that_comes_twice_is_stored_once(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    await feedback.bus.deliver(LIKE)
    await feedback.bus.deliver(LIKE)
    assert feedback.ratings.count() == 2


async def test_the_newest_rating_counts_and_clear_removes_it(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    await feedback.bus.deliver(LIKE)
    await feedback.bus.deliver(FeedbackLabel(paper_ids=(GRAPHS,), label="dislike"))
    await feedback.bus.deliver(FeedbackLabel(paper_ids=(TIDES,), label="clear"))
    assert feedback.labels() == {GRAPHS: "dislike"}
    assert feedback.ratings.count() == 4


async def test_a_rating_is_stored_at_once_while_arxiv_is_away(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    feedback.bus.answers[Lookup] = AWAY
    await feedback.bus.deliver(LIKE)
    assert feedback.labels() == {GRAPHS: "like", TIDES: "like"}


async def test_a_saved_paper_is_kept_once_for_the_user_who_saved_it(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    request = KeepSignal(paper_ids=(GRAPHS, TIDES), kind="save", user="ada", source="reader")
    keep = feedback.bus.responders[KeepSignal]
    assert await keep(request) == KeepSignalReply(stored=2)
    assert await keep(request) == KeepSignalReply(stored=0)
    assert set(feedback.signals.current("save", "ada")) == {GRAPHS, TIDES}
    assert not feedback.signals.current("save")


async def test_opened_papers_are_forgotten_where_the_settings_say_so_and_saved_ones_are_not(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path, keep_opened=False)
    keep = feedback.bus.responders[KeepSignal]
    assert await keep(KeepSignal(paper_ids=(GRAPHS,), kind="open")) == KeepSignalReply(is_kept=False)
    await keep(KeepSignal(paper_ids=(GRAPHS,), kind="save"))
    assert [signal.kind for signal in feedback.signals.all()] == ["save"]
