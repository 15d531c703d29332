"""What signals add to a fitted taste: only where they are used, once a day, and kept with the model."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from services.ranker.features.signal_use import SignalEvaluation, SignalEvaluations
from services.ranker.learning.taste import Taste
from services.ranker.models.files import ModelFiles
from services.ranker.settings import RankerSettings
from shared.contracts import Explain, SignalKind
from shared.store.people.preferences import Rating
from shared.store.people.signals import Signal, SignalStore
from tests.unit.ranker.world import MORNING, World, paper_id, topic_vector


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Another topic is liked each three days; papers of it are saved for two days before."""
    made = World(tmp_path, use_signals="on")
    made.add_papers(*range(100, 700))
    for day in range(12):
        at = MORNING - timedelta(days=12 - day)
        first, liked, soon = 100 + 40 * day, (day // 3) % 4, ((day + 2) // 3) % 4
        made.ratings.append(
            Rating(f"r{n}", paper_id(n), "me", "like", "test", "me", 1.0, at)
            for n in (first + liked, first + liked + 4, first + liked + 8)
        )
        save(made, *range(first + 16 + soon, first + 40, 4), days_ago=12 - day)
    return made


def save(world: World, *numbers: int, days_ago: float, kind: SignalKind = "save", user: str = "me") -> None:
    at = MORNING - timedelta(days=days_ago)
    SignalStore(world.data).append(Signal(f"{kind} {n} {user}", user, paper_id(n), kind, "reader", at) for n in numbers)


async def taste_of(world: World) -> Taste:
    return await world.start().learner.current()


def scores(taste: Taste) -> list[float]:
    return list(map(float, taste.score(np.array([topic_vector(n % 4, n) for n in range(3_000, 3_040)]))))


def with_setting(world: World, use_signals: str) -> World:
    ranker = RankerSettings.model_validate(world.settings.ranker.model_dump() | {"use_signals": use_signals})
    world.settings = world.settings.model_copy(update={"ranker": ranker})
    return world


async def test_a_model_with_signals_is_kept_and_read_as_it_was(world: World) -> None:
    taste = await taste_of(world)
    assert taste.signals is not None
    assert taste.signals.weights[0] > 0
    loaded = ModelFiles(world.data, only_reads=True).load("me", world.dimension)
    assert loaded is not None
    assert scores(loaded) == pytest.approx(scores(taste))
    assert loaded.signals is not None
    assert loaded.signals.nearness.pools["saved"].names == taste.signals.nearness.pools["saved"].names


async def test_the_setting_takes_them_out_again_and_leaves_no_trace(world: World) -> None:
    used = scores(await taste_of(world))
    plain = await taste_of(with_setting(world, "off"))
    assert plain.signals is None
    assert scores(plain) != used
    facts = world.data.path("state", "ranker", "me", "model.json").read_text()
    assert "signals" not in facts
    assert scores(await taste_of(with_setting(world, "on"))) == used


async def test_a_running_ranker_follows_the_evaluation(world: World) -> None:
    ranker = with_setting(world, "auto").start()
    evaluations = SignalEvaluations(world.data)
    assert (await ranker.learner.current()).signals is None
    evaluations.put("me", SignalEvaluation(evaluated_at=MORNING, helps=True))
    assert (await ranker.learner.current()).signals is not None
    evaluations.put("me", SignalEvaluation(evaluated_at=MORNING))
    assert (await ranker.learner.current()).signals is None


async def test_a_model_that_was_chosen_has_no_say_over_it(world: World) -> None:
    model_id = ModelFiles(world.data).list("me")[0].model_id if (await taste_of(world)).signals else ""
    ModelFiles(world.data).use("me", model_id)
    assert (await taste_of(world)).signals is not None
    assert (await taste_of(with_setting(world, "off"))).signals is None


async def test_signals_of_today_count_tomorrow(world: World) -> None:
    ranker = world.start()
    before = await ranker.learner.current()
    save(world, 650, 654, days_ago=-0.01)
    assert await ranker.learner.current() is before
    world.clock.pass_seconds(86_400)
    after = await ranker.learner.current()
    assert after.signals is not None
    assert {paper_id(650), paper_id(654)} <= set(after.signals.nearness.pools["saved"].names)


async def test_the_signals_of_others_are_theirs(world: World) -> None:
    before = await taste_of(world)
    save(world, *range(600, 700, 4), days_ago=2, user="ada")
    assert (await taste_of(world)).fingerprint == before.fingerprint


async def test_an_explanation_says_what_signals_add(world: World) -> None:
    liked_next = 680
    ranker = world.start()
    explained = await ranker.answers.explain(Explain(paper_id=paper_id(liked_next)))
    assert explained.signals == pytest.approx(await added(world, liked_next))
    plain = with_setting(world, "off").start()
    assert (await plain.answers.explain(Explain(paper_id=paper_id(liked_next)))).signals == 0


async def added(world: World, number: int) -> float:
    """What signals add to the z-score of a paper, by the scores with and without them."""
    taste = await world.ranker.learner.current()
    both = taste.score(topic_vector(number % 4, number)[None])[0]
    effect, z_score = taste.signals, taste.z_scores(topic_vector(number % 4, number)[None])[0]
    assert effect is not None
    return float(8 * np.arctanh(2 * both - 1) - z_score)
