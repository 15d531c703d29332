"""The profile of a user over stored records, and preferences that hold."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from services.ranker.components import build_interests
from services.ranker.interests.discovery.evidence import Evidence
from services.ranker.interests.discovery.facets import Facet, find_facets
from services.ranker.subscribers import register_interests
from shared.contracts import Interests, InterestsReply, SetFacetPreference
from shared.errors import PapersysError, PermanentFailure
from shared.store.papers.summaries import Claim, FieldValue, MadeBy, Quote, Summary, SummaryStore
from shared.store.people.facet_preferences import FacetPreferenceStore
from shared.store.tagging.tags import Tag, TagStore
from tests.unit.ranker.interests.discovery.test_facets import DIMENSION, evidence_of
from tests.unit.ranker.world import MORNING, World, paper_id

LIKES = 16


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Papers of made-up evidence, sixteen of them liked for one method."""
    world = World(tmp_path_factory.mktemp("interests"), dimension=DIMENSION)
    evidence = evidence_of([("cs.CV cs.CL eess.AS q-bio.BM".split()[n % 4], "smaller", "") for n in range(LIKES)])  # noqa: SIM905
    numbers = [int(item.paper_id[5:]) for item in evidence.items]
    world.add_papers(*numbers, vectors=np.asarray(evidence.vectors))
    papers = world.metadata.get(item.paper_id for item in evidence.items)
    world.metadata.put(
        replace(papers[item.paper_id], version=2, title=item.title, abstract=item.abstract,
                categories=(item.category,), primary_category=item.category)
        for item in evidence.items
    )  # fmt: skip
    world.say("like", *numbers[:LIKES])
    world.say("dislike", numbers[LIKES + 1])
    return world


async def ask(world: World) -> InterestsReply:
    profile = build_interests(world.data, "test", world.clock)
    register_interests(world.bus, profile)
    reply = await world.bus.responders[Interests](Interests())
    assert isinstance(reply, InterestsReply)
    return reply


async def test_the_liked_papers_make_a_facet(stored: World) -> None:
    reply = await ask(stored)
    assert (reply.likes, reply.sample) == (LIKES, 899)
    assert reply.note.endswith("0 of your likes and 0 other papers have one; 8 and 16 are needed.")
    facet = reply.facets[0]
    assert set(facet.paper_ids) <= set(stored.ratings.current())
    assert len(facet.paper_ids) >= 14
    assert facet.significance.startswith("p < 0.001 against random likes")
    assert facet.trend == (("2026-11", 1.0),)


async def test_facets_are_found_once_for_the_same_ratings_by_whatever_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path)
    world.add_papers(*range(1, 201))
    world.say("like", *range(4, 60, 4))
    looks: list[int] = []

    def counted(evidence: Evidence) -> list[Facet]:
        looks.append(1)
        return find_facets(evidence)

    monkeypatch.setattr("services.ranker.interests.profile.find_facets", counted)
    first = await ask(world)
    assert await ask(world) == first
    assert len(looks) == 1
    world.say("like", 60)
    later = await ask(world)
    assert (len(looks), later.likes) == (2, first.likes + 1)
    world.data.path("state", "ranker", "me", "interests.json").write_text("{")
    assert await ask(world) == later
    assert len(looks) == 3


async def test_what_summaries_say_is_compared_with_what_was_read_and_not_liked(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.add_papers(*range(1, 201))
    world.say("like", *range(1, 15))
    world.say("dislike", 15, 16)
    tags = TagStore(world.data)
    tags.add([Tag(slug="wind", label="Wind power", made_at=MORNING)])
    for number in range(1, 41):
        put_summary(world, number, tag="wind" if number <= 12 else "else", problem="Storms are hard to foresee.")
    reply = await ask(world)
    assert (reply.read_likes, reply.read_others, reply.note) == (14, 26, "")
    (facet,) = [facet for facet in reply.facets if "tags" in facet.found_in]
    assert facet.name == "Wind power"
    assert facet.against == "read"
    assert set(facet.paper_ids) == {paper_id(number) for number in range(1, 13)}
    assert facet.significance.endswith("found by tags among summarised papers")


def put_summary(world: World, number: int, tag: str, problem: str) -> None:
    fields = (FieldValue(name="problem", claims=(Claim(text=problem, quotes=(Quote(text=problem),)),)),)
    made_by = MadeBy(event_id=f"e{number}", model="test")
    SummaryStore(world.data).put(
        Summary(paper_id=paper_id(number), version=1, mode="extractive", fields=fields, tags=(tag,), made_at=MORNING,
                made_by=made_by)
    )  # fmt: skip


async def test_a_preference_is_kept_by_its_papers_and_holds_when_the_facet_grows(stored: World) -> None:
    key = (await ask(stored)).facets[0].key
    profile = build_interests(stored.data, "test", stored.clock)
    reply = profile.set_preference(SetFacetPreference(key=key, preference="mute"))
    assert reply.preference == "mute"
    stored.say("like", 5_003)
    facet = (await ask(stored)).facets[0]
    assert (facet.key, facet.preference) == (key, "mute")
    (direction,) = profile.directions("me")
    liked = stored.vectors.get(facet.paper_ids).matrix
    assert np.median(direction.membership(liked)) > 0.5
    assert direction.membership(stored.vectors.all().matrix).mean() < 0.15
    profile.set_preference(SetFacetPreference(key=facet.name.upper(), preference="boost"))
    assert [one.preference for one in FacetPreferenceStore(stored.data).all()] == ["boost"]
    profile.set_preference(SetFacetPreference(key=key, preference="clear"))
    assert profile.directions("me") == []
    assert (await ask(stored)).facets[0].preference == "clear"


async def test_a_preference_about_no_facet_names_those_that_there_are(stored: World) -> None:
    name = (await ask(stored)).facets[0].name
    with pytest.raises(PermanentFailure, match=f"There is no facet 'x'; there are: .*{name}"):
        build_interests(stored.data, "test", stored.clock).set_preference(
            SetFacetPreference(key="x", preference="mute")
        )


async def test_few_likes_say_how_many_are_needed(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert (await ask(world)).note.startswith("Not enough yet: you like 0 papers")
    world.add_papers(*range(1, 41))
    world.say("like", *range(1, 8))
    assert "you like 7 papers that have a vector, and interests need 8" in (await ask(world)).note
    world.say("like", 8)
    assert (await ask(world)).note.startswith("Not enough papers to compare your 8 likes with: only 32")


def test_a_file_of_preferences_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    world = World(tmp_path)
    path = world.data.path("preferences", "facets.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{")
    with pytest.raises(PapersysError, match="mend it or move it away"):
        FacetPreferenceStore(world.data).all()
