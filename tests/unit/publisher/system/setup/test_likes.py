"""Likes of the Setup page become ratings, once."""

from pathlib import Path

from services.publisher.api.event_sender import EventSender
from services.publisher.system.setup.likes import SetupLikes, events_of
from shared.contracts import MAX_PAPERS_PER_EVENT, FeedbackLabel, ImportRatings, ImportRatingsReply
from shared.settings.changes import PendingFile, PendingLikes, SettingsChanges
from shared.store.files.data_folder import DataFolder
from shared.store.people.rating_uploads import RatingUploads
from tests.support.bus.in_memory import FakeBus

LIKES = PendingLikes(paper_ids=("2403.12345", "hep-th/9901001"), user="ada")


async def test_what_waits_is_sent_and_waits_no_longer(tmp_path: Path) -> None:
    data, bus = DataFolder(tmp_path, 0), FakeBus()
    changes = SettingsChanges(data)
    changes.add_likes(LIKES)
    waiting = changes.likes()
    assert waiting is not None
    assert await SetupLikes(data, EventSender(bus, lambda: None)).send(waiting)
    [event] = bus.published
    assert isinstance(event, FeedbackLabel)
    assert (event.paper_ids, event.label, event.source, event.user) == (LIKES.paper_ids, "like", "setup", "ada")
    assert changes.likes() is None


async def test_while_the_bus_is_away_they_go_on_waiting(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    SettingsChanges(data).add_likes(LIKES)
    assert not await SetupLikes(data, EventSender(FakeBus(), lambda: "NATS is away")).send(LIKES)
    assert SettingsChanges(data).likes() is not None


def test_sent_twice_they_are_the_same_events_and_many_are_parted() -> None:
    many = PendingLikes(paper_ids=tuple(f"2403.{number:05}" for number in range(1, MAX_PAPERS_PER_EVENT + 2)))
    events = events_of(many)
    assert [len(event.paper_ids) for event in events] == [MAX_PAPERS_PER_EVENT, 1]
    assert [event.event_id for event in events] == [event.event_id for event in events_of(many)]


async def test_files_of_ratings_are_imported_and_wait_while_nobody_answers(tmp_path: Path) -> None:
    data, bus = DataFolder(tmp_path, 0), FakeBus()
    file = PendingFile(name="old.csv", text="id,preference\n2403.12345,dislike\n")
    changes, likes = SettingsChanges(data), SetupLikes(data, EventSender(bus, lambda: None))
    changes.add_likes(PendingLikes(files=(file,)))
    waiting = changes.likes()
    assert waiting is not None
    assert not await likes.send(waiting)
    bus.answers[ImportRatings] = ImportRatingsReply()
    assert await likes.send(waiting)
    assert bus.asked[-1] == ImportRatings(upload_id=file.upload_id, is_confirmed=True)
    assert RatingUploads(data).get(file.upload_id, "me") is not None
    assert changes.likes() is None
