"""What lately matches a user's follows, from the index of all papers."""

from datetime import UTC, datetime

from shared.contracts import Followed, FollowedReply, FollowKind
from shared.store.people.follows import Follow, FollowStore
from tests.unit.ranker.world import World, paper_id

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


def look(world: World, *follows: tuple[FollowKind, str], **request: int) -> FollowedReply:
    store = FollowStore(world.data)
    for kind, value in follows:
        store.put(Follow(kind=kind, value=value, at=NOON))
    return world.ranker.follows.find(Followed.model_validate(request))


def test_each_follow_has_its_newest_papers_and_how_many_there_are(world: World) -> None:
    reply = look(world, ("phrase", "galaxies"), ("author", "Author"), ("author", "Nobody"), ("search", "-x"), limit=3)
    galaxies, author, nobody, search = reply.matches
    assert galaxies.total == 10
    assert [int(name[-3:]) % 4 for name in galaxies.paper_ids] == [2, 2, 2]
    assert [int(name[-3:]) % 7 for name in galaxies.paper_ids] == [0, 1, 1]
    assert (author.total, nobody.total, nobody.paper_ids) == (40, 0, ())
    assert "nothing to look for" in search.problem


def test_only_the_last_days_count_and_only_ones_own_follows(world: World) -> None:
    (match,) = look(world, ("phrase", "galaxies"), days=1).matches
    assert all(int(name[-3:]) % 7 == 0 for name in match.paper_ids)
    assert paper_id(102) not in match.paper_ids
    assert world.ranker.follows.find(Followed(user="you")).matches == ()
