"""Picks from records to real HTTP servers: each told once, at its hours, whatever fails or is killed meanwhile."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from services.publisher.outlets.webhooks.deliveries import Deliveries, Record, Wish
from services.publisher.outlets.webhooks.sending import Sender
from services.publisher.outlets.webhooks.webhook_loop import WebhookLoop
from shared.service.logging import set_up_logging
from shared.settings.settings import LogSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import SummaryStore
from shared.store.people.preferences import RatingStore, ratings_of
from shared.store.people.users import UserStore
from shared.store.selections import SelectionStore
from tests.support.browsing.reader import reader
from tests.support.folders.seed import (
    GRAPHS,
    HOSTILE,
    NOON,
    TIDES,
    TODAY,
    UNREAD,
    YESTERDAY,
    pick,
    rating,
    seed,
    summary,
)
from tests.support.outside.chat_server import SECRETS, ChatServer, Fault, chat_server

KINDS = ("slack", "discord", "matrix", "ntfy")
LATER = NOON + timedelta(hours=3)


@pytest.fixture
def chats() -> Iterator[ChatServer]:
    with chat_server() as server:
        yield server


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """The log as a service writes it, with all that it ever says."""
    root, lines = logging.getLogger(), StringIO()
    before = root.handlers[:], root.level
    set_up_logging("publisher", LogSettings(level="DEBUG", format="json"), lines)
    yield lines
    root.handlers[:], level = before[0], before[1]
    root.setLevel(level)


class Clock:
    """A clock that a test sets."""

    def __init__(self, moment: datetime = LATER) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **by: float) -> None:
        self.moment += timedelta(**by)


def loop(
    data: DataFolder, clock: Clock, address: str | None = "https://papers.example.org", **webhooks: Any
) -> WebhookLoop:
    components = reader(data).components
    sender = Sender(clock=clock, timeout_seconds=5)
    return WebhookLoop(components, webhooks, Deliveries(data), sender, address, "https://arxiv.org", clock)


def run(loop: WebhookLoop) -> None:
    asyncio.run(loop.send_what_is_due())


def record(data: DataFolder, name: str = "team") -> Record:
    return Deliveries(data).get(name)


def scored(data: DataFolder, **probabilities: float) -> None:
    """Today's picks with match scores."""
    scores = {GRAPHS: 0.9, TIDES: 0.4, UNREAD: 0.75, HOSTILE: 0.95, **probabilities}
    picks = [
        pick(paper_id, rank, "audit" if paper_id == HOSTILE else "top").model_copy(
            update={"probability": scores[paper_id]}
        )
        for rank, paper_id in enumerate((GRAPHS, TIDES, UNREAD, HOSTILE), 1)
    ]
    SelectionStore(data).write(TODAY, f"run-{TODAY}", picks)


@pytest.mark.parametrize("kind", KINDS)
def test_the_picks_of_a_day_are_told_once(tmp_path: Path, chats: ChatServer, kind: str) -> None:
    data, clock = seed(tmp_path), Clock()
    first = loop(data, clock, team=chats.webhook(kind))
    run(first)
    run(first)
    run(loop(data, clock, team=chats.webhook(kind)))
    (shown,) = chats.shown
    assert "4 picks for Friday, 6 November 2026" in shown.text
    assert not shown.rang_everybody
    assert "alert" in shown.text
    assert first.note() is None
    assert f"https://papers.example.org/paper/{GRAPHS}" in f"{shown.text} {shown.links}"


def test_without_an_address_of_the_reader_links_lead_to_arxiv(tmp_path: Path, chats: ChatServer) -> None:
    run(loop(seed(tmp_path), Clock(), None, team=chats.webhook("slack")))
    assert f"https://arxiv.org/abs/{GRAPHS}" in chats.shown[0].links


def test_only_picks_above_the_threshold_are_told_and_the_blind_check_stays_blind(
    tmp_path: Path, chats: ChatServer
) -> None:
    data = seed(tmp_path)
    scored(data)
    run(loop(data, Clock(), team=chats.webhook("slack", threshold=0.7)))
    assert [link.rpartition("/")[2] for link in chats.shown[0].links] == [GRAPHS, UNREAD]


def test_a_threshold_without_scores_is_silent_and_says_why(tmp_path: Path, chats: ChatServer) -> None:
    silent = loop(seed(tmp_path), Clock(), team=chats.webhook("slack", threshold=0.7))
    run(silent)
    assert chats.shown == []
    assert "4 of the newest picks have no match score yet" in str(silent.note())


def test_what_was_rated_meanwhile_is_no_news(tmp_path: Path, chats: ChatServer) -> None:
    data = seed(tmp_path)
    RatingStore(data).append(ratings_of(rating(TIDES, "dislike")))
    run(loop(data, Clock(), team=chats.webhook("slack")))
    assert TIDES not in str(chats.shown[0].links)
    assert len(chats.shown[0].links) == 3


def test_it_rings_at_a_persons_hours_only(tmp_path: Path, chats: ChatServer) -> None:
    clock = Clock(NOON + timedelta(hours=9))
    waiting = loop(seed(tmp_path), clock, team=chats.webhook("slack", hours="08:00-19:00", timezone="Europe/Berlin"))
    run(waiting)
    assert chats.shown == []
    clock.forward(hours=10)
    run(waiting)
    assert len(chats.shown) == 1


def test_one_message_for_each_pick_where_that_is_wanted(tmp_path: Path, chats: ChatServer) -> None:
    run(loop(seed(tmp_path), Clock(), phone=chats.webhook("ntfy", bundle=False)))
    assert len(chats.shown) == 4
    assert all(shown.text.startswith("1 pick for") and len(shown.links) == 1 for shown in chats.shown)


def test_a_bundle_waits_for_summaries_but_not_for_ever(tmp_path: Path, chats: ChatServer) -> None:
    data, clock = seed(tmp_path), Clock(NOON + timedelta(minutes=30))
    early = loop(data, clock, team=chats.webhook("slack"))
    run(early)
    assert chats.shown == []
    SummaryStore(data).put(summary(UNREAD))
    run(early)
    assert len(chats.shown) == 1


def test_picks_of_before_the_webhook_are_not_told(tmp_path: Path, chats: ChatServer) -> None:
    data, clock = seed(tmp_path), Clock()
    team = loop(data, clock, team=chats.webhook("slack"))
    run(team)
    run(team)
    assert record(data).since == TODAY
    assert all(delivery.day != YESTERDAY for delivery in record(data).deliveries)
    assert len(chats.shown) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_busy_chat_is_asked_again_when_it_says(tmp_path: Path, chats: ChatServer, kind: str) -> None:
    data, clock = seed(tmp_path), Clock()
    team = loop(data, clock, team=chats.webhook(kind))
    chats.fault = lambda _: Fault(429, headers={"Retry-After": "900"})
    run(team)
    chats.fault = lambda _: None
    clock.forward(seconds=890)
    run(team)
    assert (len(chats.shown), chats.answers[kind, 429]) == (0, 1)
    assert "is busy" in str(team.note())
    clock.forward(seconds=15)
    run(team)
    assert len(chats.shown) == 1
    assert team.note() is None


@pytest.mark.parametrize("kind", ["discord", "matrix"])
def test_the_wait_in_the_body_is_kept_too(tmp_path: Path, chats: ChatServer, kind: str) -> None:
    data, clock = seed(tmp_path), Clock()
    chats.is_paced = True
    many = loop(data, clock, team=chats.webhook(kind, bundle=False))
    for _ in range(11):
        chats._keep_pace(kind) if chats._sent[kind] == [] else chats._sent[kind].append(chats._sent[kind][-1])
    run(many)
    left = record(data)
    assert chats.answers[kind, 429] == 1
    assert left.try_after is not None
    assert left.try_after - clock() <= timedelta(seconds=2.1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("after", [True, False])
def test_a_message_without_an_answer_is_never_shown_twice(
    tmp_path: Path, chats: ChatServer, kind: str, after: bool
) -> None:
    data, clock = seed(tmp_path), Clock()
    team = loop(data, clock, team=chats.webhook(kind))
    chats.fault = lambda _: Fault(0, after=after)
    run(team)
    chats.fault = lambda _: None
    clock.forward(hours=2)
    run(team)
    assert len(chats.shown) == (1 if after or kind == "matrix" else 0)
    if kind == "matrix":
        assert team.note() is None
    else:
        assert "may not have been shown, and is not sent twice" in str(team.note())


@pytest.mark.parametrize("kind", KINDS)
def test_a_kill_while_a_message_is_sent_sends_nothing_twice(tmp_path: Path, chats: ChatServer, kind: str) -> None:
    data, clock = seed(tmp_path), Clock()
    killed = loop(data, clock, team=chats.webhook(kind))

    async def killed_after(*args: Any) -> None:
        await Sender(clock=clock).send(*args)
        raise KeyboardInterrupt

    killed._sender.send = killed_after  # type: ignore[method-assign,assignment]
    with pytest.raises(KeyboardInterrupt):
        run(killed)
    again = loop(data, clock, team=chats.webhook(kind))
    run(again)
    assert len(chats.shown) == 1
    assert [delivery.state for delivery in record(data).deliveries] == ["sent" if kind == "matrix" else "unsure"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_closed_chat_says_what_to_do_and_is_given_up_at_last(tmp_path: Path, chats: ChatServer, kind: str) -> None:
    data, clock = seed(tmp_path), Clock()
    team = loop(data, clock, team=chats.webhook(kind))
    chats.closed = {kind}
    run(team)
    assert "where webhooks.team reads it" in str(team.note())
    assert "1 message waits" in str(team.note())
    clock.forward(days=5)
    run(team)
    chats.closed = set()
    clock.forward(hours=2)
    run(team)
    assert chats.shown == []
    assert "was given up" in str(team.note())


def test_a_refused_message_stops_no_other(tmp_path: Path, chats: ChatServer) -> None:
    data = seed(tmp_path)
    faults = iter([Fault(400)])
    chats.fault = lambda _: next(faults, None)
    team = loop(data, Clock(), team=chats.webhook("slack", bundle=False))
    run(team)
    assert len(chats.shown) == 3
    assert "was given up: Slack refused the message (400)" in str(team.note())


def test_one_webhook_that_fails_stops_no_other(tmp_path: Path, chats: ChatServer) -> None:
    data = seed(tmp_path)
    broken = chats.webhook("ntfy", url=f"{chats.url}/")
    both = loop(data, Clock(), broken=broken, team=chats.webhook("slack"))
    run(both)
    assert [shown.kind for shown in chats.shown] == ["slack"]
    assert "it names no topic" in str(both.note())


def test_nobody_is_told_another_persons_picks(tmp_path: Path, chats: ChatServer) -> None:
    data = seed(tmp_path)
    UserStore(data).add("ana")
    hers = pick(UNREAD, 1).model_copy(update={"user": "ana"})
    SelectionStore(data).of("ana").write(TODAY, f"run-{TODAY}", [hers])
    gone = chats.webhook("discord", user="gone")
    run(loop(data, Clock(), hers=chats.webhook("slack", user="ana"), gone=gone))
    (shown,) = chats.shown
    assert [link.rpartition("/")[2] for link in shown.links] == [UNREAD]


def test_a_record_that_cannot_be_read_sends_nothing(tmp_path: Path, chats: ChatServer) -> None:
    data = seed(tmp_path)
    team = loop(data, Clock(), team=chats.webhook("slack"))
    data.write_text(data.path("state", "publisher", "webhooks.json"), "{half a fi")
    run(team)
    assert chats.shown == []
    assert "cannot be read" in str(team.note())


@pytest.mark.parametrize("kind", KINDS)
def test_no_secret_is_told(tmp_path: Path, chats: ChatServer, kind: str, logged: StringIO) -> None:
    data, clock = seed(tmp_path), Clock()
    settings = chats.webhook(kind)
    team = loop(data, clock, team=settings)
    notes = []
    for fault in (Fault(404), Fault(0), Fault(503), None):
        chats.fault = lambda _, fault=fault: fault  # type: ignore[misc]
        run(team)
        notes.append(team.note())
        clock.forward(hours=2)
    files = "".join(path.read_text("utf-8", "replace") for path in data.path("state").rglob("*.json"))
    seen = f"{logged.getvalue()} {notes} {files} {settings!r} {team!r}"
    assert not [secret for secret in SECRETS if secret in seen]
    assert "Webhook team" in seen


def test_what_the_person_chose_counts_and_a_pause_is_kept(tmp_path: Path, chats: ChatServer) -> None:
    data, clock = seed(tmp_path), Clock()
    scored(data)
    deliveries = Deliveries(data)
    deliveries.wish("team", Wish(is_paused=True, threshold=0.8))
    team = loop(data, clock, team=chats.webhook("slack"))
    run(team)
    assert chats.shown == []
    deliveries.wish("team", Wish(threshold=0.8, hours="10:00-11:00"))
    run(team)
    assert chats.shown == []
    deliveries.wish("team", Wish(threshold=0.8, hours="10:00-16:00"))
    run(team)
    assert [link.rpartition("/")[2] for link in chats.shown[0].links] == [GRAPHS]
    assert record(data).wish.hours == "10:00-16:00"
