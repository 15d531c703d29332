"""What a follow does to a paper: it moves it up and is a reason of its own."""

from datetime import UTC, datetime

import pytest

from services.ranker.following.arriving_papers import MatchedFollow
from services.ranker.selection.follows import follow_adjustment, follow_reasons, with_follows
from services.ranker.selection.reasons import NO_CLOSE_MATCH
from shared.contracts import FollowKind, Recommend
from shared.store.people.follows import Follow, FollowStore
from tests.unit.ranker.world import World, paper_id

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)
IDS = [f"2611.{number:05}" for number in range(100)]


def matched(kind: FollowKind, value: str, count: int) -> MatchedFollow:
    return MatchedFollow(Follow(kind=kind, value=value, at=NOON), frozenset(IDS[:count]))


@pytest.mark.parametrize(("count", "moved"), [(1, 3.0), (10, 1.5), (100, 0.0)])
def test_the_rarer_its_matches_the_further_a_follow_moves_them(count: int, moved: float) -> None:
    adjustment = follow_adjustment(IDS, [matched("phrase", "graphs", count)], 3.0)
    assert adjustment[0] == pytest.approx(moved)
    assert adjustment[count:].tolist() == [0.0] * (100 - count)


def test_of_several_follows_the_strongest_counts_and_without_any_nothing_moves() -> None:
    both = [matched("category", "cs.LG", 100), matched("author", "Ada", 1)]
    assert follow_adjustment(IDS, both, 3.0)[:2].tolist() == pytest.approx([3.0, 0.0])
    assert not follow_adjustment(IDS, [], 3.0).any()
    assert follow_adjustment([], [], 3.0).tolist() == []


def test_reasons_name_three_follows_at_most_those_that_say_most_first() -> None:
    everything = [
        matched("category", "cs.LG", 2),
        matched("search", "pruning -survey", 1),
        matched("phrase", "graph networks", 1),
        matched("author", "Ada Lovelace", 1),
    ]
    assert follow_reasons(IDS[0], everything) == (
        "by Ada Lovelace, whom you follow",
        "mentions “graph networks”, which you follow",
        "matches your saved search “pruning -survey”",
    )
    assert follow_reasons(IDS[1], everything) == ("in cs.LG, which you follow",)
    assert follow_reasons(IDS[2], everything) == ()


def test_a_follow_is_a_match_where_nothing_else_is() -> None:
    follows = [matched("author", "Ada", 1)]
    assert with_follows(IDS[0], follows, (NO_CLOSE_MATCH,)) == ("by Ada, whom you follow",)
    assert with_follows(IDS[1], follows, (NO_CLOSE_MATCH,)) == (NO_CLOSE_MATCH,)
    assert with_follows(IDS[0], follows, ("close",)) == ("by Ada, whom you follow", "close")


async def test_the_best_of_the_last_days_say_what_they_match(world: World) -> None:
    FollowStore(world.data).put(Follow(kind="phrase", value="kind 112", at=NOON))
    reply = await world.bus.responders[Recommend](Recommend(days=60, limit=40))
    reasons = {hit.paper_id: hit.reasons for hit in reply.hits}
    assert reasons[paper_id(112)][0] == "mentions “kind 112”, which you follow"
    assert not any("follow" in reason for reason in reasons[paper_id(116)])


async def test_a_followed_paper_that_would_not_be_picked_is_and_says_why(world: World) -> None:
    FollowStore(world.data).put(Follow(kind="phrase", value="kind 203", at=NOON))
    world.add_papers(*range(200, 240))
    await world.deliver(*range(200, 240))
    assert world.outcomes()[paper_id(203)] == "picked"
    assert world.candidates()[paper_id(203)].reasons[0] == "mentions “kind 203”, which you follow"
