"""A rating that the owner gives in Notion is one event, however often it is read; ours do not come back."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from services.feedback.notion.poll import NotionPoll
from shared.contracts import FeedbackLabel
from shared.errors import TemporaryFailure
from shared.notion.failures import NotionClosed
from shared.notion.properties import missing_properties
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore, ratings_of
from tests.support.bus.in_memory import FakeBus
from tests.support.folders.seed import GRAPHS, TIDES
from tests.support.notion.beside import Desk
from tests.support.notion.server import notion_server

START = datetime(2026, 11, 6, 15, 0, 40, tzinfo=UTC)


class Feedback:
    """The poll with a clock that Notion shares, and a bus whose ratings are stored at once."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.bus, self.now = desk, FakeBus(), START
        self.workspace = desk.server.workspace
        self.workspace.clock = lambda: self.now.timestamp()

    def poll(self) -> NotionPoll:
        """As after a start of the service."""
        store = RatingStore(self.desk.data)
        return NotionPoll(self.desk.settings, self.desk.data, store, self.bus, self.desk.notion, lambda: self.now)

    async def polled(self, *, stores: bool = True) -> list[FeedbackLabel]:
        """What one poll published, a minute later."""
        self.now += timedelta(minutes=1)
        before = len(self.bus.published)
        await self.poll().poll()
        events = [event for event in self.bus.published[before:] if isinstance(event, FeedbackLabel)]
        if stores:
            RatingStore(self.desk.data).append([one for event in events for one in ratings_of(event)])
        return events

    async def synced(self) -> None:
        """A pass of the publisher, a minute later."""
        self.now += timedelta(minutes=1)
        self.desk.clock = lambda: self.now
        await self.desk.passed()

    def rate_in_notion(self, paper_id: str, name: str | None) -> None:
        self.now += timedelta(seconds=20)
        self.workspace.rate(self.workspace.row(paper_id), name)

    def rate_in_reader(self, paper_id: str, label: str) -> None:
        self.now += timedelta(seconds=20)
        event = FeedbackLabel(paper_ids=(paper_id,), label=label, source="reader", occurred_at=self.now)
        RatingStore(self.desk.data).append(ratings_of(event))

    def rating(self, paper_id: str) -> str:
        return self.workspace.rating(self.workspace.row(paper_id))

    def stored(self, paper_id: str) -> str | None:
        rating = RatingStore(self.desk.data).current().get(paper_id)
        return rating.label if rating else None


@pytest.fixture
async def feedback(data: DataFolder) -> AsyncIterator[Feedback]:
    with notion_server(per_second=10_000, burst=10_000) as server:
        made = Feedback(Desk(server, data))
        await made.desk.make_database()
        await made.synced()
        yield made


async def test_a_rating_in_notion_becomes_one_event(feedback: Feedback) -> None:
    feedback.rate_in_notion(GRAPHS, "Like")
    (event,) = await feedback.polled()
    assert (event.paper_ids, event.label, event.source, event.user) == ((GRAPHS,), "like", "notion", "me")
    assert await feedback.polled() == []
    assert feedback.stored(GRAPHS) == "like"


async def test_a_rating_that_was_published_but_not_noted_is_the_same_event_again(feedback: Feedback) -> None:
    feedback.rate_in_notion(GRAPHS, "Dislike")
    (event,) = await feedback.polled(stores=False)
    feedback.desk.files.ratings._path.unlink()
    feedback.workspace.write_note(feedback.workspace.row(GRAPHS), "Another change of the row")
    (again,) = await feedback.polled()
    assert again.event_id == event.event_id


async def test_a_rating_given_elsewhere_is_shown_and_does_not_come_back(feedback: Feedback) -> None:
    feedback.rate_in_reader(GRAPHS, "like")
    await feedback.synced()
    assert feedback.rating(GRAPHS) == "Like"
    assert await feedback.polled() == []
    assert await feedback.polled() == []


@pytest.mark.parametrize("first", ["notion", "reader"])
async def test_the_newest_word_wins_on_both_sides(feedback: Feedback, first: str) -> None:
    feedback.rate_in_reader(TIDES, "like")
    await feedback.synced()
    if first == "notion":
        feedback.rate_in_notion(TIDES, None)
        feedback.now += timedelta(minutes=1)
        feedback.rate_in_reader(TIDES, "dislike")
    else:
        feedback.rate_in_reader(TIDES, "dislike")
        feedback.now += timedelta(minutes=1)
        feedback.rate_in_notion(TIDES, None)
    await feedback.polled()
    await feedback.synced()
    await feedback.polled()
    expected = ("dislike", "Dislike") if first == "notion" else (None, "")
    assert (feedback.stored(TIDES), feedback.rating(TIDES)) == expected


async def test_a_change_in_the_minute_in_which_our_word_was_written_wins(feedback: Feedback) -> None:
    feedback.rate_in_reader(GRAPHS, "like")
    await feedback.synced()
    feedback.now += timedelta(seconds=5)
    feedback.workspace.rate(feedback.workspace.row(GRAPHS), "Dislike")
    await feedback.polled()
    assert feedback.stored(GRAPHS) == "dislike"


async def test_a_rating_taken_back_in_notion_is_a_clear(feedback: Feedback) -> None:
    feedback.rate_in_notion(GRAPHS, "Like")
    await feedback.polled()
    feedback.rate_in_notion(GRAPHS, None)
    (event,) = await feedback.polled()
    assert event.label == "clear"
    feedback.rate_in_notion(GRAPHS, "Like")
    assert [event.label for event in await feedback.polled()] == ["like"]


async def test_a_word_on_its_way_into_the_store_is_not_written_over(feedback: Feedback) -> None:
    feedback.rate_in_notion(GRAPHS, "Like")
    await feedback.polled(stores=False)
    await feedback.synced()
    assert feedback.rating(GRAPHS) == "Like"


@pytest.mark.parametrize("label", ["like", "clear"])
@pytest.mark.parametrize("first", ["poll", "pass"])
async def test_after_a_lost_state_a_newer_rating_given_elsewhere_is_shown(
    feedback: Feedback, label: str, first: str
) -> None:
    feedback.rate_in_notion(GRAPHS, "Dislike")
    await feedback.polled()
    feedback.now += timedelta(minutes=5)
    feedback.rate_in_reader(GRAPHS, label)
    shutil.rmtree(feedback.desk.data.path("state", "notion"))
    if first == "poll":
        await feedback.polled()
    await feedback.synced()
    await feedback.polled()
    await feedback.synced()
    expected = ("like", "Like") if label == "like" else (None, "")
    assert (feedback.stored(GRAPHS), feedback.rating(GRAPHS)) == expected


async def test_after_a_lost_state_a_rating_in_notion_that_is_newer_is_read(feedback: Feedback) -> None:
    feedback.rate_in_reader(GRAPHS, "like")
    feedback.now += timedelta(minutes=5)
    feedback.rate_in_notion(GRAPHS, "Dislike")
    shutil.rmtree(feedback.desk.data.path("state", "notion"))
    await feedback.synced()
    await feedback.polled()
    await feedback.synced()
    assert (feedback.stored(GRAPHS), feedback.rating(GRAPHS)) == ("dislike", "Dislike")


async def test_the_rating_of_a_copy_is_read_once_the_copy_is_the_papers_row(feedback: Feedback) -> None:
    original = feedback.workspace.row(GRAPHS)
    copy = feedback.workspace.duplicate(original)
    feedback.workspace.rate(copy, "Like")
    feedback.now += timedelta(minutes=1)
    assert await feedback.polled() == []
    feedback.workspace.trash(original)
    await feedback.synced()
    feedback.now += timedelta(hours=25)
    assert [event.label for event in await feedback.polled()] == ["like"]
    assert feedback.stored(GRAPHS) == "like"


async def test_an_option_of_the_owners_own_is_no_rating(feedback: Feedback) -> None:
    feedback.rate_in_notion(GRAPHS, "Later")
    assert await feedback.polled() == []
    await feedback.synced()
    assert feedback.rating(GRAPHS) == "Later"


async def test_after_the_first_sweep_only_what_changed_is_asked_for(feedback: Feedback) -> None:
    await feedback.polled()
    feedback.desk.server.asked.clear()
    feedback.now += timedelta(hours=1)
    await feedback.polled()
    (query,) = [asked for asked in feedback.desk.server.asked if asked.method == "POST"]
    assert "last_edited_time" in str(query.body["filter"])
    feedback.desk.server.asked.clear()
    feedback.now += timedelta(days=1)
    await feedback.polled()
    (query,) = [asked for asked in feedback.desk.server.asked if asked.method == "POST"]
    assert "filter" not in query.body


async def test_every_row_is_read_beyond_the_end_of_a_query(feedback: Feedback) -> None:
    feedback.workspace.most_results = 2
    for page, minutes in zip(feedback.workspace.rows(), range(4), strict=True):
        page.made += 60 * minutes
        feedback.workspace.rate(page, "Like")
    assert len(await feedback.polled()) == 4


async def test_a_bus_that_is_away_loses_nothing(feedback: Feedback, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(event: object) -> None:
        raise TemporaryFailure("NATS is away")

    feedback.rate_in_notion(GRAPHS, "Like")
    with monkeypatch.context() as patched:
        patched.setattr(feedback.bus, "publish", away)
        with pytest.raises(TemporaryFailure):
            await feedback.polled()
    feedback.now += timedelta(hours=3)
    assert [event.label for event in await feedback.polled()] == ["like"]


async def test_an_expired_token_waits_and_says_so(feedback: Feedback) -> None:
    feedback.desk.server.token = "another"
    with pytest.raises(NotionClosed, match="token"):
        await feedback.polled()
    feedback.desk.server.token = "ntn_secret-token-of-the-tests"
    feedback.rate_in_notion(GRAPHS, "Like")
    assert len(await feedback.polled()) == 1


async def test_a_deleted_rating_property_takes_nothing_back_and_is_filled_again(feedback: Feedback) -> None:
    feedback.rate_in_notion(GRAPHS, "Like")
    await feedback.polled()
    await feedback.synced()
    (source,) = feedback.workspace.sources.values()
    for name in ("Rating", "Score"):
        del source.properties[name]
    feedback.now += timedelta(hours=30)  # so that the next poll reads every row
    feedback.workspace.write_note(feedback.workspace.row(GRAPHS), "A note after it was gone.")
    missing = missing_properties(source.properties)
    assert set(missing) == {"Rating", "Score"}
    feedback.workspace.update_source(source.id, missing)
    assert await feedback.polled() == []
    await feedback.synced()
    assert await feedback.polled() == []
    assert feedback.rating(GRAPHS) == "Like"
    shown = feedback.workspace.shown(feedback.workspace.row(GRAPHS))["properties"]
    assert shown["Score"]["number"] == 0.88
    feedback.rate_in_notion(GRAPHS, "Dislike")
    assert [event.label for event in await feedback.polled()] == ["dislike"]
