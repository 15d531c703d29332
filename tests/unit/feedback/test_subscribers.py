"""A verdict comes in: it is stored once, whatever else can be had."""

import logging
from pathlib import Path

import pytest

from services.feedback.settings import FeedbackSettings
from services.feedback.subscribers import register
from shared.contracts import FeedbackLabel, Lookup, LookupReply
from shared.store.files import DataFolder
from shared.store.metadata import MetadataStore
from shared.store.preferences import VerdictStore
from tests.support.bus import FakeBus
from tests.support.seed import GRAPHS, TIDES, paper

LIKE = FeedbackLabel(paper_ids=(GRAPHS, TIDES), label="like", source="reader")


class Room:
    def __init__(self, root: Path, *, look_up: bool = True) -> None:
        data = DataFolder(root, 0)
        self.bus, self.verdicts, self.metadata = FakeBus(), VerdictStore(data), MetadataStore(data)
        register(self.bus, self.verdicts, self.metadata, FeedbackSettings(look_up=look_up))

    def labels(self) -> dict[str, str]:
        return {paper_id: verdict.label for paper_id, verdict in self.verdicts.current().items()}


async def test_a_verdict_on_several_papers_is_stored_for_each(tmp_path: Path) -> None:
    room = Room(tmp_path)
    await room.bus.deliver(LIKE)
    assert room.labels() == {GRAPHS: "like", TIDES: "like"}
    assert {(one.source, one.actor, one.event_id) for one in room.verdicts.all()} == {("reader", "me", LIKE.event_id)}


async def test_a_verdict_that_comes_twice_is_stored_once(tmp_path: Path) -> None:
    room = Room(tmp_path)
    await room.bus.deliver(LIKE)
    await room.bus.deliver(LIKE)
    assert room.verdicts.count() == 2


async def test_the_newest_word_wins_and_clear_takes_it_back(tmp_path: Path) -> None:
    room = Room(tmp_path)
    await room.bus.deliver(LIKE)
    await room.bus.deliver(FeedbackLabel(paper_ids=(GRAPHS,), label="dislike"))
    await room.bus.deliver(FeedbackLabel(paper_ids=(TIDES,), label="clear"))
    assert room.labels() == {GRAPHS: "dislike"}
    assert room.verdicts.count() == 4


async def test_only_papers_that_were_never_harvested_are_looked_up(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.metadata.put([paper(GRAPHS)])
    room.bus.answers[Lookup] = LookupReply(found=(TIDES,))
    await room.bus.deliver(LIKE)
    assert room.bus.asked == [Lookup(paper_ids=(TIDES,))]


async def test_nothing_is_looked_up_when_the_settings_say_so(tmp_path: Path) -> None:
    room = Room(tmp_path, look_up=False)
    await room.bus.deliver(LIKE)
    assert room.bus.asked == []
    assert room.verdicts.count() == 2


@pytest.mark.parametrize("answer", [None, LookupReply(missing={GRAPHS: "arXiv does not know it", TIDES: "neither"})])
async def test_a_verdict_stands_when_its_paper_cannot_be_looked_up_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, answer: LookupReply | None
) -> None:
    room = Room(tmp_path)
    if answer:
        room.bus.answers[Lookup] = answer
    with caplog.at_level(logging.WARNING):
        await room.bus.deliver(LIKE)
    assert room.labels() == {GRAPHS: "like", TIDES: "like"}
    said = [record for record in caplog.records if getattr(record, "action", "") == "lookup_failed"]
    assert {vars(record)["paper_id"] for record in said} == {GRAPHS, TIDES}
