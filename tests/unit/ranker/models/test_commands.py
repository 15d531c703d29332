"""Models to go back to, what one rating changes, the evaluation."""

import asyncio
import json
import math
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from services.ranker.commands import best, without
from services.ranker.evaluation.backtest import Backtest, BacktestPapers, TimeSplit, run_backtest
from services.ranker.evaluation.baselines import BASELINES
from services.ranker.evaluation.commands import evaluate
from services.ranker.learning.lexicon import bag_of_paper
from services.ranker.models import commands as commands
from services.ranker.settings import RankerSettings, Settings
from shared.errors import PapersysError
from shared.settings.settings import BusSettings
from shared.store.people.preferences import Rating
from tests.support.bus.ports import free_port
from tests.unit.ranker.world import DAY, MORNING, World, paper_id


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.add_papers(*range(1, 161))
    return made


@pytest.fixture
def settings(world: World) -> Settings:
    return world.settings.model_copy(update={"bus": BusSettings(port=free_port())})


def say_daily(world: World, label: str, *numbers: int) -> None:
    """One rating a day, up to a while ago: nothing is said in the future."""
    first = MORNING - timedelta(days=365)
    world.ratings.append(
        Rating(f"daily-{n}", paper_id(n), "me", label, "test", "me", 1.0, first + timedelta(days=n))  # type: ignore[arg-type]
        for n in numbers
    )


async def learn(world: World) -> str:
    world.clock.pass_seconds(60)
    await world.ranker.learner.current()
    return commands.models(world.settings)[0].model_id


def test_one_can_go_back_to_a_kept_model_and_forward_again(world: World, settings: Settings) -> None:
    world.say("like", 4, 8)
    first = asyncio.run(learn(world))
    world.say("like", 12)
    second = asyncio.run(learn(world))
    assert [(one.model_id, one.state) for one in commands.models(settings)] == [(second, "in use"), (first, "kept")]
    commands.use_model(settings, first)
    assert len(asyncio.run(world.ranker.learner.current()).likes) == 2
    world.say("like", 16)
    assert len(asyncio.run(world.start().learner.current()).likes) == 2
    commands.use_model(settings, None)
    assert len(asyncio.run(world.ranker.learner.current()).likes) == 4


def test_a_model_that_is_not_kept_cannot_be_used(world: World, settings: Settings) -> None:
    with pytest.raises(PapersysError, match="model list"):
        commands.use_model(settings, "20200101T000000")


def test_two_models_are_compared_on_the_ratings_that_the_older_lacks(world: World, settings: Settings) -> None:
    world.say("like", 4, 8)
    first = asyncio.run(learn(world))
    world.say("like", *range(12, 60, 4))
    asyncio.run(learn(world))
    found = commands.compare_models(settings, first)
    assert found.ratings == 12
    assert not found.is_worse


def test_a_model_that_does_worse_on_later_ratings_is_held_back(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.say("like", *range(4, 100, 4))
    world.say("dislike", *range(1, 40, 4))
    good = asyncio.run(learn(world))
    monkeypatch.setattr("services.ranker.models.fitting.learn", _upside_down(monkeypatch))
    world.say("like", *range(100, 160, 4))
    held = asyncio.run(learn(world))
    states = {one.model_id: one.state for one in commands.models(settings)}
    assert (states[good], states[held]) == ("in use", "held back")
    assert "held back" in caplog.text


def _upside_down(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """A learner that takes likes for dislikes, and yet says it knows the same ratings."""
    from services.ranker.learning.taste import learn, left_out_z_scores
    from services.ranker.models import comparison

    flipped = {name: value for name, value in vars(comparison).items() if name == "left_out_z_scores"}
    assert flipped
    monkeypatch.setattr(comparison, "left_out_z_scores", lambda t: {n: -m for n, m in left_out_z_scores(t).items()})
    return learn


def test_removing_a_rating_shows_the_list_without_it(world: World, settings: Settings) -> None:
    world.say("like", 100, 101)
    found = without(settings, paper_id(100))
    tops = [{int(name[-5:]) % 4 for name, _ in some[:3]} for some in (found.before, found.after)]
    assert 0 in {int(name[-5:]) % 4 for name, _ in found.before[:10]}
    assert tops[1] == {1}
    with pytest.raises(PapersysError, match="no rating"):
        without(settings, paper_id(1))


def test_a_rating_that_is_removed_takes_its_words_and_its_age_along(world: World, settings: Settings) -> None:
    """The newest papers were liked and the oldest disliked, but for one; its own words are known by its like."""
    world.say("like", *(n for n in range(1, 161) if n % 7 < 2), 61)
    world.say("dislike", *(n for n in range(1, 161) if n % 7 > 4 and n != 61))
    taste = asyncio.run(world.ranker.learner.current())
    name = paper_id(61)
    bag = bag_of_paper(world.metadata.get([name])[name])
    before, after = world.ranker.learner.with_and_without(taste, name)
    world.say("clear", 61)
    never = asyncio.run(world.start().learner.current())
    assert None not in (before.lexicon, after.lexicon, never.lexicon)
    gains = [float(one.lexicon.added(np.ones(1), [bag])[0]) for one in (before, after, never) if one.lexicon]
    assert gains[1] < gains[0] - 1e-6
    assert gains[1] == pytest.approx(gains[2], abs=1e-6)
    assert None not in (before.age, after.age)
    assert before.age != after.age == never.age


def test_the_best_that_one_has_not_seen_leaves_out_what_was_shown(world: World, settings: Settings) -> None:
    world.say("like", 4)
    asyncio.run(world.deliver(*range(8, 20)))
    shown = set(world.picked)
    found = {hit.paper_id for hit in best(settings, limit=40).hits}
    assert found
    assert not found & (shown | {paper_id(4)})


def test_an_evaluation_foretells_each_rating_from_earlier_days(world: World, settings: Settings) -> None:
    say_daily(world, "like", *range(4, 161, 4))
    say_daily(world, "dislike", *range(1, 120, 4))
    found = evaluate(settings)
    figures = {one.method: one for one in found.backtest.metrics}
    assert list(figures) == [*BASELINES, "papersys"]
    assert {"TF-IDF centroid", "TF-IDF LinearSVC", "mean similarity", "max similarity"} < set(figures)
    assert found.backtest.ratings == 70
    assert all(one.auc > 0.95 for one in figures.values())
    assert figures["papersys"].brier <= found.backtest.base_brier
    assert (found.missed, found.is_one_day) == (None, False)
    assert json.dumps(found.backtest.learning_curve)


def test_an_evaluation_is_made_once_for_the_same_ratings_and_anew_for_others(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_daily(world, "like", *range(4, 61, 4))
    say_daily(world, "dislike", *range(1, 20, 4))
    made: list[int] = []

    def counted(splits: list[TimeSplit], papers: BacktestPapers, ranker: RankerSettings) -> Backtest:
        made.append(1)
        return run_backtest(splits, papers, ranker)

    monkeypatch.setattr("services.ranker.evaluation.commands.run_backtest", counted)
    first = evaluate(settings)
    again = evaluate(settings)
    assert len(made) == 1
    assert repr(again) == repr(first)
    world.say("dislike", 2)
    evaluate(settings)
    assert len(made) == 2
    kept = world.data.path("state", "ranker", "me", "backtest.json")
    kept.write_text(kept.read_text()[:100])
    evaluate(settings)
    other = settings.ranker.model_copy(update={"half_life_days": 10.0})
    evaluate(settings.model_copy(update={"ranker": other}))
    assert len(made) == 4


def test_likes_without_a_pattern_are_foretold_by_no_recipe(world: World, settings: Settings) -> None:
    drawn = np.random.default_rng(3).permutation(range(1, 161)).tolist()
    say_daily(world, "like", *drawn[:40])
    say_daily(world, "dislike", *drawn[40:80])
    found = evaluate(settings)
    assert all(0.3 < one.auc < 0.7 for one in found.backtest.metrics)


def test_ratings_of_one_day_are_foretold_from_those_given_before(world: World, settings: Settings) -> None:
    world.say("like", *range(4, 64, 4))
    world.say("dislike", *range(1, 60, 4))
    found = evaluate(settings)
    assert found.is_one_day
    assert 25 < found.backtest.ratings <= 30
    assert found.backtest.metrics[-1].auc > 0.9


def test_two_ratings_are_enough_and_without_a_like_nothing_is_ranked(world: World, settings: Settings) -> None:
    world.say("dislike", 4, 8)
    found = evaluate(settings)
    assert found.backtest.ratings == 2
    assert all(math.isnan(one.auc) for one in found.backtest.metrics)


def test_what_an_evaluation_lacks_is_said(world: World, settings: Settings) -> None:
    with pytest.raises(PapersysError, match="no ratings yet"):
        evaluate(settings)
    world.say("like", 4)
    with pytest.raises(PapersysError, match="one rating"):
        evaluate(settings)
    world.say("like", 501, 502)
    with pytest.raises(PapersysError, match="Of the 3 rated papers, 1 have a vector"):
        evaluate(settings)


def test_what_the_audit_found_is_in_the_evaluation(world: World, settings: Settings) -> None:
    say_daily(world, "like", 4, 8)
    asyncio.run(world.deliver(*range(20, 60)))
    next_week = DAY + timedelta(days=7)
    asyncio.run(world.deliver(*range(60, 90), run_id="run-2", day=next_week))
    audited = [one for one in world.selections.day(next_week) if one.slot == "audit"]
    assert len(audited) == 2
    assert all(one.rank is None and one.propensity for one in audited)
    world.ratings.append(
        Rating(f"a{n}", one.paper_id, "me", "like", "test", "me", 1.0, MORNING) for n, one in enumerate(audited)
    )
    missed = evaluate(settings).missed
    assert missed is not None
    assert (missed.answered, missed.liked, missed.rejected) == (2, 2, round(2 / (audited[0].propensity or 1)))


async def test_a_new_version_of_a_liked_paper_may_return(world: World) -> None:
    world.say("like", 20)
    await world.deliver(*range(20, 40))
    await world.deliver(20, run_id="run-2", day=DAY + timedelta(days=1), reason="revised")
    (back,) = world.selections.day(DAY + timedelta(days=1))
    assert (back.paper_id, back.outcome, back.slot) == (paper_id(20), "picked", "revised")


async def test_a_rating_with_a_clock_in_the_past_fades_but_counts(world: World) -> None:
    world.ratings.append([Rating("old", paper_id(4), "me", "like", "t", "me", 1.0, MORNING - timedelta(days=9000))])
    world.say("like", 5)
    taste = await world.ranker.learner.current()
    weights = dict(zip(taste.likes.names, taste.likes.weights.tolist(), strict=True))
    assert 0 < weights[paper_id(4)] < 0.01
    assert weights[paper_id(5)] == 1.0
    assert replace(taste).score(world.vectors.get([paper_id(9)]).matrix)[0] > 0.5


async def test_all_likes_say_no_probability_and_all_dislikes_put_the_like_of_them_last(world: World) -> None:
    world.say("like", *range(4, 160, 4))
    likes = await world.ranker.learner.current()
    matrix = world.vectors.get([paper_id(1)]).matrix
    assert likes.probabilities(likes.score(matrix)) is None
    world.say("dislike", *range(4, 160, 4))
    dislikes = await world.ranker.learner.current()
    here, there = dislikes.score(world.vectors.get([paper_id(8), paper_id(9)]).matrix)
    assert here < there


async def test_ten_thousand_ratings_in_an_hour_are_one_refit_and_unknown_papers_are_counted(world: World) -> None:
    for _ in range(10):
        world.ratings.append(
            Rating(f"m{n}-{_}", paper_id(n), "me", "like", "t", "me", 1.0, MORNING + timedelta(seconds=n / 3))
            for n in range(1, 1001)
        )
    await world.ranker.learner.current()
    taste = await world.ranker.learner.current()
    assert len(world.refits) == 1
    assert (len(taste.likes), len(taste.missing)) == (160, 840)
