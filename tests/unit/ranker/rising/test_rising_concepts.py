"""What rises for a user, from a data folder: found once a week, kept, and silent where it cannot be told."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from services.ranker.components import build_rising
from services.ranker.rising import rising_concepts
from services.ranker.rising.rising_concepts import RisingConcepts
from services.ranker.subscribers import register_rising
from shared.contracts import Rising, RisingReply
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.people.preferences import Rating, RatingStore
from shared.store.vectors.manifest import Recipe
from shared.store.vectors.writer import Embedded, VectorWriter
from tests.support.bus.in_memory import FakeBus
from tests.support.people.rising_papers import CONCEPT, DIMENSION, NEWEST, plain_papers, planted, vectors_of
from tests.unit.ranker.world import Clock

MADE = datetime.combine(NEWEST, time(12), UTC)


class Shelf:
    """Papers, vectors and likes in a data folder."""

    def __init__(self, folder: Path) -> None:
        self.data = DataFolder(folder, 0)
        self.clock = Clock(MADE)
        self.rising = self.started()

    def started(self) -> RisingConcepts:
        return build_rising(self.data, "test", self.clock)

    def fill(self, weeks: int = 24, seed: int = 0) -> list[str]:
        """Stores 1,800 papers, 26 of the newest four weeks on the concept; returns their ids, those on it last."""
        ages = [*range(1, 27), *(age for age in range(40, 160, 30) if age < 7 * weeks)]
        papers = planted(plain_papers(1_800, weeks, seed), ages)
        made = [datetime.combine(paper.day, time(9), UTC) for paper in papers]
        MetadataStore(self.data).put(
            Paper(paper.paper_id, 1, "", paper.text, paper.authors, (paper.category,), paper.category, at, at)
            for paper, at in zip(papers, made, strict=True)
        )
        writer = VectorWriter(self.data, "test", Recipe("test", "1", DIMENSION, 256))
        ids = [paper.paper_id for paper in papers]
        vectors = vectors_of(papers)
        writer.put(Embedded(ids, vectors, [""] * len(ids), "test", MADE))
        return ids

    def like(self, paper_ids: list[str], user: str = "me") -> None:
        RatingStore(self.data).append(
            Rating(f"{user}-{name}", name, user, "like", "reader", "", 1.0, MADE) for name in paper_ids
        )


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


async def test_a_concept_that_grows_near_the_likes_is_told_with_its_papers(shelf: Shelf) -> None:
    ids = shelf.fill()
    shelf.like(ids[-12:])
    bus = FakeBus()
    register_rising(bus, shelf.rising)
    reply = await bus.responders[Rising](Rising())
    (concept,) = reply.concepts
    assert (concept.name, concept.inside, concept.papers, concept.groups_before) == (CONCEPT, True, 26, 4)
    assert [period.groups for period in concept.periods] == [0, 1, 1, 1, 1, 26]
    assert concept.earliest[0] == ids[-1]
    assert set(concept.nearest) <= set(ids[-30:-4])
    assert (reply.likes, reply.inside, reply.outside, reply.weeks, reply.note) == (12, 600, 600, 24, "")


def test_what_was_found_is_kept_for_a_week(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []
    found = RisingReply.model_validate({"concepts": [concept_facts()], "likes": 12})

    def look(stores: object, liked: list[str], today: object) -> RisingReply:
        looks.append(f"{len(liked)} likes")
        return found

    monkeypatch.setattr(rising_concepts, "search_for_growth", look)
    shelf.like([f"2610.{number:05}" for number in range(20)])
    assert shelf.rising.now("me") == found
    assert shelf.started().now("me") == found
    assert looks == ["20 likes"]
    shelf.rising.now("me", again=True)
    assert len(looks) == 2
    shelf.clock.pass_seconds(6 * 86_400)
    shelf.rising.now("me")
    assert len(looks) == 2
    shelf.like(["2610.00100", "2610.00101", "2610.00102"])
    shelf.rising.now("me")
    assert looks[2:] == ["23 likes"]
    shelf.clock.pass_seconds(8 * 86_400)
    shelf.rising.now("me")
    assert len(looks) == 4
    shelf.clock.at -= timedelta(days=30)
    shelf.rising.now("me")
    assert len(looks) == 5
    shelf.rising.now("you")
    assert looks[5:] == ["0 likes"]


async def test_the_last_answer_comes_at_once_while_a_new_look_is_under_way(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    replies = iter([RisingReply(note="first"), RisingReply(note="second")])
    monkeypatch.setattr(rising_concepts, "search_for_growth", lambda *_: next(replies))
    assert (await shelf.rising.current(Rising())).note == "first"
    shelf.clock.pass_seconds(2 * 86_400)
    at_once = await shelf.rising.current(Rising())
    assert (at_once.note, at_once.is_looking) == ("first", True)
    await asyncio.gather(*shelf.rising._tasks.values())
    assert (await shelf.rising.current(Rising())) == RisingReply(note="second")


async def test_a_look_that_fails_keeps_the_last_answer(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.rising.now("me")
    monkeypatch.setattr(rising_concepts, "search_for_growth", lambda *_: 1 / 0)
    shelf.clock.pass_seconds(2 * 86_400)
    assert (await shelf.rising.current(Rising())).is_looking
    await asyncio.gather(*shelf.rising._tasks.values(), return_exceptions=True)
    assert "Not enough yet" in (await shelf.rising.current(Rising())).note


@pytest.mark.parametrize(
    ("weeks", "likes", "note"),
    [
        (24, 3, "Not enough yet: you like 3 papers that have a vector"),
        (8, 12, "The stored papers do not go back far enough: growth needs 12 weeks"),
    ],
)
def test_too_little_to_tell_is_told(shelf: Shelf, weeks: int, likes: int, note: str) -> None:
    shelf.like(shelf.fill(weeks)[-likes:])
    reply = shelf.rising.now("me")
    assert (reply.concepts, reply.note[: len(note)]) == ((), note)


def test_fields_where_nothing_grows_say_so(shelf: Shelf) -> None:
    ids = shelf.fill()
    papers = MetadataStore(shelf.data)
    plain = [replace(paper, version=2, abstract=paper.abstract.removeprefix(CONCEPT)) for paper in papers.all()]
    papers.put(plain)
    shelf.like(ids[:12])
    assert "Nothing has grown more than chance explains: " in shelf.rising.now("me").note


def test_a_file_that_cannot_be_read_counts_as_none(shelf: Shelf) -> None:
    shelf.rising.now("me")
    (path,) = shelf.data.root.rglob("rising.json")
    path.write_text("{")
    assert "Not enough yet" in shelf.started().now("me").note


def concept_facts() -> dict[str, object]:
    counts = {"weeks": 4, "papers": 9, "groups": 9, "weeks_before": 20, "groups_before": 4}
    return {"name": CONCEPT, **counts, "growth": 9.0, "least": 2.0, "p_value": 0.01}
