"""What is picked of a day, and what each pick says of itself."""

from pathlib import Path

import pytest

from shared.contracts import FacetPreference
from shared.store.people.facet_preferences import FacetPreferenceStore, StoredFacetPreference
from tests.unit.ranker.world import DAY, TOPICS, World, paper_id


async def test_picks_say_which_likes_they_resemble(world: World) -> None:
    world.add_papers(*range(1, 21))
    await world.deliver(*range(1, 21))
    pick = world.selected_events[0].picks[0]
    assert pick.slot == "top"
    assert pick.reasons[0].startswith("like “Paper 10")
    assert pick.reasons[0].endswith(", which you liked on 2 November")
    assert "cosine" in world.candidates()[pick.paper_id].details[0]
    assert TOPICS[0] in pick.reasons[0]
    assert world.selected_events[0].day == DAY


async def test_withdrawn_disliked_liked_and_repeated_papers_are_not_picked(world: World) -> None:
    world.add_papers(4, withdrawn=True)
    world.add_papers(8, 12, 16, 1, 2, 3)
    world.add_papers(20, vectors=world.vectors.get([paper_id(16)]).matrix)
    world.say("dislike", 8)
    world.say("like", 12)
    await world.deliver(1, 2, 3, 4, 8, 12, 16, 20)
    outcomes = world.outcomes()
    assert [outcomes[paper_id(n)] for n in (4, 8, 12)] == ["withdrawn", "disliked", "already_read"]
    assert (outcomes[paper_id(16)], outcomes[paper_id(20)]) == ("picked", "near_duplicate")
    assert "Paper 16" in world.candidates()[paper_id(20)].reasons[0]


async def test_exploration_is_marked_and_says_so(tmp_path: Path) -> None:
    world = World(tmp_path, per_day=4, explore=1)
    world.add_papers(*range(1, 31), 100)
    world.say("like", 100)
    await world.deliver(*range(1, 31))
    (explored,) = [event.picks[0] for event in world.selected_events if event.picks[0].slot == "explore"]
    assert "drawn at random" in explored.reasons[0]
    assert len(world.picked) == 4


async def test_without_ratings_and_seeds_the_typical_papers_are_picked_and_it_is_said(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.add_papers(*range(2, 42, 4), 1, 3)
    await world.deliver(*range(2, 42, 4), 1, 3)
    assert {int(one[-2:]) % 4 for one in world.picked} == {2}
    assert world.selected_events[0].picks[0].reasons == ("no ratings yet: typical of these papers",)
    assert {one.regime for one in world.candidates().values()} == {"typical"}


async def test_seeds_decide_while_there_are_no_ratings(tmp_path: Path) -> None:
    world = World(tmp_path, seeds=["the growth of galaxies", "arXiv:2611.00103v2"])
    world.add_papers(*range(1, 21))
    world.add_metadata(103)
    await world.ranker.seeds.complete_them()
    await world.deliver(*range(1, 21))
    assert {int(one[-2:]) % 4 for one in world.picked} <= {2, 3}
    said = " ".join(reason for event in world.selected_events for reason in event.picks[0].reasons)
    assert "like your seed “the growth of galaxies”" in said or "like your seed “Paper 103" in said
    assert {one.regime for one in world.candidates().values()} == {"seeds"}


@pytest.mark.parametrize(("preference", "topic", "said"), [("boost", 2, "boosted"), ("mute", 0, "muted")])
async def test_a_wish_about_a_facet_moves_its_papers_and_they_say_so(
    tmp_path: Path, preference: FacetPreference, topic: int, said: str
) -> None:
    world = World(tmp_path, diversity=0)
    world.add_papers(*range(100, 140))
    world.say("like", 100, 104, 108, 102, 106, 110)
    members = tuple(paper_id(number) for number in range(100, 140) if number % 4 == topic)
    FacetPreferenceStore(world.data).put(
        StoredFacetPreference(key="k", name="my facet", preference=preference, paper_ids=members, set_at=world.clock())
    )
    world.add_papers(*range(1, 21))
    await world.deliver(*range(1, 21))
    assert {int(one[-2:]) % 4 for one in world.picked} == {2}
    told = {
        int(one.paper_id[-2:]) % 4 for one in world.candidates().values() if any("my facet" in r for r in one.reasons)
    }
    assert told == {topic}
    assert any(f"in “my facet”, which you {said}" in one.reasons for one in world.candidates().values())
