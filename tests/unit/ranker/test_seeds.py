"""Seeds: ids and sentences, asked for once."""

from pathlib import Path

import pytest

from services.ranker.seeds import is_paper, seed_name
from shared.contracts import Encode, Lookup, LookupReply
from tests.unit.ranker.world import World, paper_id

SEEDS = ["the growth of  galaxies", "https://arxiv.org/abs/2611.00103v2", "2611.00103", "arXiv:2611.00005"]


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path, seeds=SEEDS)
    made.add_papers(5)
    return made


def test_a_seed_is_an_id_in_its_plain_spelling_or_the_sentence() -> None:
    assert [seed_name(text) for text in SEEDS] == [
        "the growth of galaxies",
        "2611.00103",
        "2611.00103",
        "2611.00005",
    ]
    assert is_paper("hep-th/9901001")
    assert not is_paper("graphs")


async def test_a_paper_never_harvested_is_looked_up_and_a_sentence_is_encoded(world: World) -> None:
    def look_up(request: Lookup) -> LookupReply:
        world.add_metadata(103)
        return LookupReply(found=request.paper_ids)

    world.bus.answers[Lookup] = look_up
    assert not world.ranker.seeds.complete
    await world.ranker.seeds.complete_them()
    assert world.ranker.seeds.complete
    kinds = [request.kind for request in world.bus.asked if isinstance(request, Encode)]
    assert kinds == ["query", "passage"]
    pool = world.ranker.seeds.pool(world.dimension)
    assert pool.names == ("the growth of galaxies", paper_id(103), paper_id(5))
    assert (pool.vectors[2] == world.vectors.get([paper_id(5)]).matrix[0]).all()
    asked = len(world.bus.asked)
    again = world.start()
    await again.seeds.complete_them()
    assert len(world.bus.asked) == asked
    assert (await again.learner.current()).regime == "seeds"


async def test_a_paper_that_does_not_exist_is_left_out_and_said_and_the_others_count(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.bus.answers[Lookup] = LookupReply(missing={paper_id(103): "arXiv does not know it"})
    await world.ranker.seeds.complete_them()
    assert world.ranker.seeds.complete
    assert len(world.ranker.seeds.pool(world.dimension)) == 2
    assert "arXiv does not know it" in caplog.text


async def test_while_nobody_encodes_seeds_are_asked_for_again(world: World, caplog: pytest.LogCaptureFixture) -> None:
    encode = world.bus.answers.pop(Encode)
    await world.ranker.seeds.complete_them()
    await world.ranker.seeds.complete_them()
    assert not world.ranker.seeds.complete
    assert "the growth of galaxies" not in caplog.text  # an embedder that is still starting is no news
    world.bus.answers[Encode] = encode
    world.add_papers(103)
    await world.ranker.seeds.keep_asking()
    assert world.ranker.seeds.complete


async def test_seeds_of_another_model_or_a_broken_file_are_asked_for_again(world: World) -> None:
    world.add_papers(103)
    await world.ranker.seeds.complete_them()
    (path,) = world.data.path("state", "ranker").glob("seeds-*.json")
    path.write_text("[1, 2")
    again = world.start().seeds
    assert len(again.pool(world.dimension)) == 0
    await again.complete_them()
    assert len(again.pool(world.dimension)) == 3
    assert len(again.pool(999)) == 0
