"""Facets that are paused or reset: which likes count, from when, and that they come back."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.ranker.facets.pauses import uncounted_likes
from shared.contracts import DEFAULT_USER, ChangeFacet, FacetAction, SetFacetPreference
from shared.errors import PermanentFailure
from shared.store.people.facet_preferences import FacetPreferenceStore, StoredFacetPreference
from tests.unit.ranker.world import DAY, MORNING, World, paper_id

GRAPHS, PROTEINS = range(4, 64, 4), range(5, 65, 4)
KEY = "3fa90c12"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Somebody who likes fifteen papers of graphs and fifteen of proteins; the graphs are a facet."""
    world = World(tmp_path)
    world.add_papers(*range(1, 301))
    world.say("like", *GRAPHS, *PROTEINS)
    FacetPreferenceStore(world.data).put(stored())
    world.clock.pass_seconds(3600)
    return world


def stored(**facts: object) -> StoredFacetPreference:
    papers = tuple(map(paper_id, GRAPHS))
    values = {"key": KEY, "name": "graphs", "preference": "boost", "paper_ids": papers, "set_at": MORNING}
    return StoredFacetPreference.model_validate(values | facts)


def change(world: World, action: FacetAction, days: float | None = None) -> int:
    until = None if days is None else world.clock() + timedelta(days=days)
    return world.ranker.interests.change(ChangeFacet(key=KEY, action=action, until=until)).likes


def picked_topics(world: World, run: str) -> set[int]:
    """The topics (0: graphs, 1: proteins) of the day's picks among the papers that nobody rated."""
    taste = world.ranker.learner.learn_if_stale(DEFAULT_USER)
    ids = [paper_id(number) for number in range(201, 301)]
    candidates = world.ranker.selector.select(taste, DAY, run, ids)
    return {int(one.paper_id[5:]) % 4 for one in candidates if one.outcome == "picked"}


def test_likes_of_before_do_not_count_while_a_facet_is_paused_and_those_given_since_do(world: World) -> None:
    ratings = world.ratings.current()
    newest = max(rating.occurred_at for rating in ratings.values())
    until = newest + timedelta(days=7)
    paused = stored(paused_at=newest, paused_until=until)
    assert uncounted_likes([paused], ratings, newest) == set(paused.paper_ids)
    assert uncounted_likes([paused], ratings, until) == set()
    assert uncounted_likes([stored(paused_at=newest)], ratings, until) == set(paused.paper_ids)
    assert uncounted_likes([stored(reset_at=newest)], ratings, until) == set(paused.paper_ids)
    assert uncounted_likes([stored(reset_at=newest - timedelta(days=1))], ratings, until) == set()


def test_a_paused_facet_is_not_picked_for_and_comes_back_by_itself(world: World) -> None:
    assert 0 in picked_topics(world, "before")
    assert change(world, "pause", days=7) == len(GRAPHS)
    assert picked_topics(world, "paused") == {1}
    assert len(world.ranker.learner.learn_if_stale(DEFAULT_USER).likes) == len(PROTEINS)
    world.clock.pass_seconds(7 * 86_400)
    assert len(world.ranker.learner.learn_if_stale(DEFAULT_USER).likes) == len(GRAPHS) + len(PROTEINS)
    assert 0 in picked_topics(world, "after")


def test_a_pause_without_an_end_lasts_until_it_is_resumed_also_in_a_new_process(world: World) -> None:
    change(world, "pause")
    world.clock.pass_seconds(900 * 86_400)
    world.start()
    assert len(world.ranker.learner.learn_if_stale(DEFAULT_USER).likes) == len(PROTEINS)
    assert change(world, "resume") == 0
    assert len(world.ranker.learner.learn_if_stale(DEFAULT_USER).likes) == len(GRAPHS) + len(PROTEINS)


def test_a_reset_forgets_what_was_learned_keeps_the_ratings_and_can_be_undone(world: World) -> None:
    assert change(world, "reset") == len(GRAPHS)
    assert len(world.ratings.current()) == len(GRAPHS) + len(PROTEINS)
    assert not {*world.ranker.learner.learn_if_stale(DEFAULT_USER).likes.names} & set(stored().paper_ids)
    assert change(world, "undo_reset") == 0
    assert len(world.ranker.learner.learn_if_stale(DEFAULT_USER).likes) == len(GRAPHS) + len(PROTEINS)


def test_why_a_paper_ranks_where_it_does_says_that_its_facet_is_paused(world: World) -> None:
    world.add_papers(*(number for number in range(1_001, 3_001) if number % 4))  # a facet is rare among all papers
    change(world, "pause", days=7)
    taste = world.ranker.learner.learn_if_stale(DEFAULT_USER)
    (candidate,) = world.ranker.selector.select(taste, DAY, "run", [paper_id(204)])
    assert candidate.reasons[-1] == "in “Graphs”, which you paused until 9 November 2026"
    world.clock.pass_seconds(7 * 86_400)
    taste = world.ranker.learner.learn_if_stale(DEFAULT_USER)
    (candidate,) = world.ranker.selector.select(taste, DAY, "later", [paper_id(204)])
    assert candidate.reasons[-1] == "in “Graphs”, which you boosted"


def test_a_pause_and_a_boost_are_kept_side_by_side(world: World) -> None:
    change(world, "pause", days=7)
    world.ranker.interests.set_preference(SetFacetPreference(key=KEY, preference="clear"))
    (kept,) = FacetPreferenceStore(world.data).all()
    assert (kept.preference, kept.is_paused(MORNING)) == ("clear", True)
    change(world, "resume")
    assert FacetPreferenceStore(world.data).all() == []


def test_a_pause_that_would_be_over_is_refused(world: World) -> None:
    with pytest.raises(PermanentFailure, match="A pause must end later than now; 2026-11-01 09:00 has passed"):
        change(world, "pause", days=-1)
    assert not FacetPreferenceStore(world.data).all()[0].is_paused(MORNING)


def test_the_pause_of_one_person_is_no_one_elses(world: World) -> None:
    world.say("like", *GRAPHS, user="you")
    change(world, "pause")
    assert len(world.ranker.learner.learn_if_stale("you").likes) == len(GRAPHS)
