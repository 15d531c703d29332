"""Small interests: found among likes, learned from their own likes, and served beside a large one."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from services.ranker.facets.small_facets import groups_of_likes, small_facets
from services.ranker.learning.taste import Taste
from shared.contracts import DEFAULT_USER
from shared.store.people.facet_preferences import FacetPreferenceStore, StoredFacetPreference
from shared.store.selections import Candidate
from shared.store.vectors.embeddings import Matrix
from tests.unit.ranker.world import DAY, World, paper_id

DIMENSION, LARGE, SMALL = 48, 40, 8
DAYS_PAPERS = range(2_001, 2_201)
OF_THE_SMALL_ONE = 2_200


def vectors_of(topics: list[int], seed: int) -> Matrix:
    """Near one another where they are of one topic; of topic -1: near nothing."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(0, 0.12, (len(topics), DIMENSION))
    for row, topic in enumerate(topics):
        vectors[row, topic if topic >= 0 else rng.integers(3, DIMENSION)] += 1.6 if topic == 0 else 1.0
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Somebody with 40 likes of one topic and 8 of another; the day has thirty of the one and one of the other."""
    world = World(tmp_path, dimension=DIMENSION, per_day=10, diversity=0.0)
    world.add_papers(*range(1, 801), vectors=vectors_of([-1] * 800, seed=1))
    world.add_papers(*range(1_001, 1_041), vectors=vectors_of([0] * LARGE, seed=2))
    world.add_papers(*range(1_101, 1_109), vectors=vectors_of([1] * SMALL, seed=3))
    topics = [0] * 30 + [-1] * (len(DAYS_PAPERS) - 31) + [1]
    world.add_papers(*DAYS_PAPERS, vectors=vectors_of(topics, seed=4))
    world.say("like", *range(1_001, 1_041), *range(1_101, 1_109))
    return world


def learned(world: World) -> Taste:
    return world.ranker.learner.learn_if_stale(DEFAULT_USER)


def selected(world: World, run: str = "run") -> dict[str, Candidate]:
    ids = [paper_id(number) for number in DAYS_PAPERS]
    return {one.paper_id: one for one in world.ranker.selector.select(learned(world), DAY, run, ids)}


def test_likes_that_are_alike_are_an_interest_with_a_model_of_its_own(world: World) -> None:
    taste = learned(world)
    assert sorted(map(len, groups_of_likes(taste))) == [SMALL, LARGE]
    (facet,) = small_facets(taste, picks=10)
    assert {*facet.taste.likes.names} == {paper_id(number) for number in range(1_101, 1_109)}
    assert facet.share == pytest.approx(SMALL / (LARGE + SMALL), abs=0.01)


def test_an_interest_that_is_not_due_a_pick_a_day_has_no_model(world: World) -> None:
    assert small_facets(learned(world), picks=5) == []


def test_the_best_paper_of_a_small_interest_has_a_place_and_says_why(world: World) -> None:
    candidates = selected(world)
    mine = candidates[paper_id(OF_THE_SMALL_ONE)]
    assert (mine.outcome, mine.slot) == ("picked", "facet")
    assert mine.reasons[0].startswith("for a smaller interest of yours (8 of your 48 likes): like “Paper 11")
    assert mine.match == "strong"
    assert sum(one.outcome == "picked" for one in candidates.values()) == 10
    (gone,) = [one for one in candidates.values() if "a smaller interest of yours had its place" in one.reasons[0]]
    assert (gone.outcome, gone.rank) == ("below_quota", 10)


def test_without_kept_places_picks_are_by_score_alone(world: World) -> None:
    world.settings = world.settings.model_copy(
        update={"ranker": world.settings.ranker.model_copy(update={"kept_places": 0})}
    )
    world.start()
    assert {one.slot for one in selected(world).values() if one.outcome == "picked"} == {"top"}


def test_a_muted_interest_gets_no_place(world: World) -> None:
    papers = tuple(paper_id(number) for number in range(1_101, 1_109))
    facts = {"key": "k", "name": "small", "preference": "mute", "paper_ids": papers, "set_at": world.clock()}
    FacetPreferenceStore(world.data).put(StoredFacetPreference.model_validate(facts))
    assert "facet" not in {one.slot for one in selected(world).values()}


def test_a_paused_interest_gets_no_place_and_has_it_again_when_the_pause_ends(world: World) -> None:
    world.clock.pass_seconds(3600)
    moment = world.clock()
    pause = {"preference": "clear", "paused_at": moment, "paused_until": moment + timedelta(days=7)}
    papers = tuple(paper_id(number) for number in range(1_101, 1_109))
    facts = {"key": "k", "name": "small", "paper_ids": papers, "set_at": moment, **pause}
    FacetPreferenceStore(world.data).put(StoredFacetPreference.model_validate(facts))
    candidates = selected(world, "paused")
    assert candidates[paper_id(OF_THE_SMALL_ONE)].outcome == "below_quota"
    assert "facet" not in {one.slot for one in candidates.values()}
    world.clock.pass_seconds(7 * 86_400)
    assert selected(world, "after")[paper_id(OF_THE_SMALL_ONE)].slot == "facet"
