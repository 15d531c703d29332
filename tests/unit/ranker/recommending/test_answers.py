"""Search, recommend, explain."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.contracts import Encode, Explain, ExplainReply, FacetPreference, HitsReply, Recommend, Search
from shared.search.rank_fusion import fuse
from shared.store.people.facet_preferences import FacetPreferenceStore, StoredFacetPreference
from shared.store.people.signals import Signal, SignalStore
from tests.unit.ranker.world import World, paper_id


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.add_papers(*range(1, 41))
    return made


async def search(world: World, query: str, limit: int = 5) -> HitsReply:
    reply = await world.bus.responders[Search](Search(query=query, limit=limit))
    assert isinstance(reply, HitsReply)
    return reply


async def explain(world: World, number: int) -> ExplainReply:
    reply = await world.bus.responders[Explain](Explain(paper_id=paper_id(number)))
    assert isinstance(reply, ExplainReply)
    return reply


async def test_search_finds_by_words_and_meaning_together(world: World) -> None:
    hits = (await search(world, "galaxies of kind 6")).hits
    assert paper_id(6) in {hit.paper_id for hit in hits}
    assert {int(hit.paper_id[-2:]) % 4 for hit in hits} == {2}
    assert [reason.split(" ")[0] for reason in hits[0].reasons] == ["keyword", "semantic"]
    assert len(hits) == 5


async def test_search_goes_by_words_alone_while_nobody_encodes(world: World) -> None:
    del world.bus.answers[Encode]
    hits = (await search(world, "proteins", 40)).hits
    assert {int(hit.paper_id[-2:]) % 4 for hit in hits} == {1}
    assert not any("meaning" in reason for hit in hits for reason in hit.reasons)


async def test_search_sees_what_was_stored_since_the_last_one(world: World) -> None:
    assert paper_id(77) not in {hit.paper_id for hit in (await search(world, "kind 77")).hits}
    world.add_papers(77)
    assert (await search(world, "kind 77")).hits[0].paper_id == paper_id(77)


async def test_search_in_an_empty_house_finds_nothing(tmp_path: Path) -> None:
    assert (await search(World(tmp_path), "anything")).hits == ()


async def test_recommended_are_the_best_recent_papers_that_were_not_shown(world: World) -> None:
    world.say("like", 4, 8)
    await world.deliver(*range(1, 13))
    reply = await world.bus.responders[Recommend](Recommend(days=2, limit=3))
    ids = [hit.paper_id for hit in reply.hits]
    assert {int(one[-2:]) % 4 for one in ids} == {0}
    assert not {*ids} & {*world.picked, paper_id(4), paper_id(8)}
    assert all(int(one[-2:]) % 7 <= 2 for one in ids)
    assert "like “Paper" in reply.hits[0].reasons[0]
    assert (await world.bus.responders[Recommend](Recommend(days=36500))).hits


async def test_a_skipped_paper_is_not_recommended_until_the_skip_is_taken_back(world: World) -> None:
    world.say("like", 4, 8)
    request, store = Recommend(days=36500, limit=3), SignalStore(world.data)
    best = (await world.bus.responders[Recommend](request)).hits[0].paper_id
    store.append([Signal("s1", "me", best, "skip", "reader", world.clock())])
    assert best not in {hit.paper_id for hit in (await world.bus.responders[Recommend](request)).hits}
    store.append([Signal("s2", "me", best, "unskip", "reader", world.clock() + timedelta(seconds=1))])
    assert (await world.bus.responders[Recommend](request)).hits[0].paper_id == best


async def test_a_muted_facet_is_not_recommended_and_a_boosted_one_says_so(world: World) -> None:
    world.add_papers(*range(60, 90))
    world.say("like", 64, 68, 72, 66, 70, 74)
    await world.deliver(*range(1, 5))
    members = {topic: tuple(paper_id(number) for number in range(60, 90) if number % 4 == topic) for topic in (0, 2)}
    asked: tuple[tuple[int, FacetPreference], ...] = ((0, "mute"), (2, "boost"))
    for topic, preference in asked:
        name = f"facet {topic}"
        stored = StoredFacetPreference(
            key=preference, name=name, preference=preference, paper_ids=members[topic], set_at=world.clock()
        )
        FacetPreferenceStore(world.data).put(stored)
    hits = (await world.bus.responders[Recommend](Recommend(days=36500, limit=5))).hits
    assert {int(hit.paper_id[-2:]) % 4 for hit in hits} == {2}
    assert any("in “facet 2”, which you boosted" in hit.reasons for hit in hits)


async def test_explain_says_the_fate_the_score_and_the_ratings_that_moved_it(world: World) -> None:
    world.say("like", 4, 8)
    world.say("dislike", 1)
    await world.deliver(*range(11, 31))
    picked = world.picked[0]
    said = await explain(world, int(picked[-2:]))
    assert said.regime == "similarity"
    assert said.score == pytest.approx(world.candidates()[picked].score)
    assert said.outcomes[0].startswith("2026-11-02 picked (top), rank ")
    assert {one.paper_id for one in said.influences[:2]} == {paper_id(4), paper_id(8)}
    assert said.influences[0].title.startswith("Paper ")
    assert {one.paper_id: one.weight for one in (await explain(world, 13)).influences}[paper_id(1)] < 0
    assert "below quota" in (await explain(world, 13)).outcomes[0]


@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        (900, "was never harvested"),
        (901, "has no vector yet, so it could not compete"),
        (40, "was in no selection"),
        (39, "waits for the next selection"),
        (902, "could not be embedded, so it never competed"),
    ],
)
async def test_explain_says_where_a_paper_stands_that_was_in_no_selection(
    world: World, number: int, outcome: str
) -> None:
    world.add_metadata(901)
    await world.deliver(39, last=False, run_size=None, failed=(paper_id(902),))
    said = await explain(world, number)
    assert said.outcomes == (outcome,)
    assert said.score is None


def test_what_both_rankings_have_comes_first() -> None:
    assert next(one for one, _ in fuse(["a", "b", "c"], ["c", "d"])) == "c"
    assert fuse([], []) == []
