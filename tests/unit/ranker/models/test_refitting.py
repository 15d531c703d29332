"""Refits: when, what is kept, and what is refused."""

import asyncio
import json
import logging
from pathlib import Path

import numpy as np
import pytest

from shared.contracts import FeedbackLabel
from tests.support.checks.waiting import eventually
from tests.unit.ranker.world import World, paper_id, topic_vector


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.add_papers(*range(1, 200))
    return made


def record(world: World, user: str = "me") -> dict[str, object]:
    content: dict[str, object] = json.loads(world.data.path("state", "ranker", user, "model.json").read_text())
    return content


def wanted(*numbers: int) -> FeedbackLabel:
    return FeedbackLabel(paper_ids=tuple(map(paper_id, numbers)), label="like")


async def test_a_rating_is_learned_from_and_the_model_says_when_and_from_what(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    world.say("like", 1, 2)
    world.say("dislike", 3)
    world.say("like", 5000)
    await world.ranker.learner.current()
    said = record(world)
    assert (said["regime"], said["likes"], said["dislikes"], said["without_vector"]) == ("similarity", 2, 1, 1)
    assert said["missing"] == [paper_id(5000)]
    assert said["fitted_at"] == world.clock().isoformat()
    (line,) = [one for one in caplog.records if getattr(one, "action", "") == "refit"]
    assert (line.ratings, line.regime) == (3, "similarity")  # type: ignore[attr-defined]
    assert line.milliseconds > 0  # type: ignore[attr-defined]
    assert "1 more have no vector yet" in line.getMessage()


async def test_nothing_new_is_no_refit_and_a_new_process_takes_up_the_stored_model(world: World) -> None:
    world.say("like", *range(1, 31))
    first = await world.ranker.learner.current()
    await world.ranker.learner.current()
    again = await world.start().learner.current()
    assert len(world.refits) == 1
    assert again.regime == first.regime == "regression"
    some = np.array([topic_vector(topic, 777) for topic in range(4)])
    assert (again.score(some) == first.score(some)).all()
    assert again.influences(some[0]) == first.influences(some[0])


async def test_the_same_word_again_and_one_taken_back_at_once_are_no_refit(world: World) -> None:
    world.say("like", 1)
    await world.ranker.learner.current()
    world.say("like", 1)
    world.say("like", 2)
    world.say("clear", 2)
    await world.ranker.learner.current()
    assert len(world.refits) == 1


async def test_a_vector_that_comes_after_its_rating_is_learned_from(world: World) -> None:
    world.say("like", 1, 300)
    assert (await world.ranker.learner.current()).missing == (paper_id(300),)
    world.add_papers(300)
    assert (await world.ranker.learner.current()).missing == ()


async def test_a_model_fitted_on_a_small_corpus_is_fitted_again_when_it_has_doubled(world: World) -> None:
    world.say("like", *range(1, 31))
    small = await world.ranker.learner.current()
    world.add_papers(*range(1000, 1100))
    assert (await world.ranker.learner.current()) is small
    world.add_papers(*range(1100, 1300))
    assert (await world.ranker.learner.current()).sampled > small.sampled


@pytest.mark.parametrize("damage", ["json", "arrays", "gone", "format", "empty"])
async def test_a_model_file_that_cannot_be_read_is_learned_again_and_said(
    world: World, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    world.say("like", *range(1, 31))
    await world.ranker.learner.current()
    folder = world.data.path("state", "ranker", "me")
    (arrays,) = folder.glob("*.npz")
    if damage == "json":
        (folder / "model.json").write_text('{"format": 1, "user"')
    elif damage == "empty":
        (folder / "model.json").write_text("")
    elif damage == "format":
        (folder / "model.json").write_text(json.dumps({**record(world), "format": 99}))
    elif damage == "arrays":
        arrays.write_bytes(arrays.read_bytes()[:-100])
    else:
        arrays.unlink()
    await world.start().learner.current()
    assert len(world.refits) == 2
    assert "cannot be used" in caplog.text
    await world.start().learner.current()
    assert len(world.refits) == 2


async def test_a_model_of_another_dimension_is_learned_again_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old = World(tmp_path)
    old.say("like", 1)
    old.add_papers(1)
    await old.ranker.learner.current()
    old.data.path("embeddings", "test").rename(tmp_path / "away")
    new = World(tmp_path, dimension=24)
    new.add_papers(1, 2)
    assert (await new.ranker.learner.current()).dimension == 24
    assert "16 items, the stored papers' 24" in caplog.text


async def test_many_ratings_in_a_row_are_one_refit(world: World) -> None:
    watching = asyncio.create_task(world.ranker.learner.watch())
    try:
        await world.ranker.learner.current()
        for number in range(1, 30):
            world.say("like", number)
            await world.bus.deliver(wanted(number))
        await eventually(lambda: len(world.refits) > 1 and world.refits[-1].ratings == 29)
        assert len(world.refits) <= 3
    finally:
        watching.cancel()


async def test_a_rating_stored_after_its_event_or_with_none_is_not_missed(world: World) -> None:
    watching = asyncio.create_task(world.ranker.learner.watch())
    try:
        await eventually(lambda: world.refits)
        await world.bus.deliver(wanted(7))
        world.say("like", 7, user="you")
        world.say("like", 7)
        await eventually(lambda: {(one.user, one.ratings) for one in world.refits} >= {("me", 1), ("you", 1)})
    finally:
        watching.cancel()


@pytest.mark.parametrize("user", ["../../etc", "a/b", "..", "Jürgen", "x" * 500])
async def test_a_user_whose_name_is_a_path_stays_in_the_folder(world: World, user: str) -> None:
    world.say("like", 1, user=user)
    await world.ranker.learner.current(user)
    (found,) = world.data.path("state", "ranker").glob("*/model.json")
    assert found.parent.parent == world.data.path("state", "ranker")
    assert json.loads(found.read_text())["user"] == user


async def test_nothing_but_arrays_of_numbers_is_stored(world: World) -> None:
    world.say("like", *range(1, 31))
    await world.ranker.learner.current()
    (path,) = world.data.path("state", "ranker", "me").glob("*.npz")
    with np.load(path, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind == "f" for name in arrays.files)


async def test_contradicting_ratings_count_as_the_newest(world: World) -> None:
    for _ in range(3):
        world.say("like", 1)
        world.say("dislike", 1)
    taste = await world.ranker.learner.current()
    assert (len(taste.likes), taste.dislikes.names) == (0, (paper_id(1),))
