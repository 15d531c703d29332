"""Ratings and signals come in: each is stored once, whatever else can be had."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.feedback.subscribers import register_follows, register_glossaries, register_notes
from shared.contracts import FeedbackLabel, KeepSignal, KeepSignalReply, Lookup, PutGlossary, PutNote, SetFollow
from shared.errors import PermanentFailure
from shared.store.files.data_folder import DataFolder
from shared.store.people.follows import FollowStore
from shared.store.people.glossaries import GlossaryStore
from shared.store.people.notes import NoteStore
from tests.support.bus.in_memory import FakeBus
from tests.support.folders.seed import GRAPHS, TIDES
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


async def test_a_rating_of_the_future_is_refused_with_the_reason_and_one_within_the_clocks_difference_is_not(
    tmp_path: Path,
) -> None:
    feedback, present = Feedback(tmp_path), datetime.now(UTC)
    for minutes, is_refused in ((4, False), (10, True), (20 * 60, True)):
        event = LIKE.model_copy(
            update={"event_id": f"in {minutes}", "occurred_at": present + timedelta(minutes=minutes)}
        )
        refusal = pytest.raises(PermanentFailure, match="lies in the future") if is_refused else nullcontext()
        with refusal:
            await feedback.bus.deliver(event)
    assert {rating.event_id for rating in feedback.ratings.all()} == {"in 4"}


async def test_a_rating_is_stored_at_once_while_arxiv_is_away(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    feedback.bus.answers[Lookup] = AWAY
    await feedback.bus.deliver(LIKE)
    assert feedback.labels() == {GRAPHS: "like", TIDES: "like"}


async def test_a_follow_is_stored_and_its_end_too(tmp_path: Path) -> None:
    bus, follows = FakeBus(), FollowStore(DataFolder(tmp_path, 0))
    register_follows(bus, follows)
    begin = SetFollow(kind="author", value=" Ada Lovelace ", user="you")
    reply = await bus.responders[SetFollow](begin)
    assert (reply.value, reply.followed) == ("Ada Lovelace", True)
    assert [follow.value for follow in follows.of("you")] == ["Ada Lovelace"]
    await bus.responders[SetFollow](begin.model_copy(update={"followed": False}))
    assert follows.of("you") == []


async def test_a_note_is_kept_unless_its_writer_had_not_seen_the_one_that_stands(tmp_path: Path) -> None:
    bus = FakeBus()
    register_notes(bus, NoteStore(DataFolder(tmp_path, 0)))
    keep = bus.responders[PutNote]
    first = await keep(PutNote(paper_id=GRAPHS, text="first", based_on=""))
    assert (first.is_saved, first.text) == (True, "first")
    second = await keep(PutNote(paper_id=GRAPHS, text="second", based_on=""))
    assert (second.is_saved, second.text, second.fingerprint) == (False, "first", first.fingerprint)


async def test_a_glossary_is_kept_unless_its_writer_had_not_seen_the_one_that_stands(tmp_path: Path) -> None:
    bus = FakeBus()
    register_glossaries(bus, GlossaryStore(DataFolder(tmp_path, 0)))
    keep = bus.responders[PutGlossary]
    first = await keep(PutGlossary(language="de", text="a = b", based_on="", user="ada"))
    assert (first.is_saved, first.text) == (True, "a = b")
    second = await keep(PutGlossary(language="de", text="a = c", based_on="", user="ada"))
    assert (second.is_saved, second.text, second.fingerprint) == (False, "a = b", first.fingerprint)


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
    for kind in ("click", "read"):
        request = KeepSignal.model_validate({"paper_ids": (GRAPHS,), "kind": kind, "value": 60})
        assert await keep(request) == KeepSignalReply(is_kept=False)
    assert await keep(KeepSignal(paper_ids=(GRAPHS,), kind="open")) == KeepSignalReply(is_kept=False)
    await keep(KeepSignal(paper_ids=(GRAPHS,), kind="save"))
    assert [signal.kind for signal in feedback.signals.all()] == ["save"]
