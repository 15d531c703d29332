"""Seeds: ids and sentences, asked for once."""

from pathlib import Path

import pytest

from services.ranker.seeds.seeds import is_paper, seed_name
from services.ranker.settings import Settings
from shared.contracts import Encode, Lookup, LookupReply, Recommend
from shared.errors import SettingsError
from shared.settings.settings import load_settings
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
    (path,) = world.data.path("state", "ranker").glob("seeds-*.npz")
    path.write_bytes(b"PK\x03\x04 and no more")
    again = world.start().seeds
    assert len(again.pool(world.dimension)) == 0
    await again.complete_them()
    assert len(again.pool(world.dimension)) == 3
    assert len(again.pool(999)) == 0


def bibliography(folder: Path, text: str) -> str:
    path = folder / "mine.bib"
    path.write_text(text, "utf-8")
    return str(path)


async def test_a_bib_file_seeds_by_id_where_it_can_and_else_by_title_and_abstract(tmp_path: Path) -> None:
    text = (
        "@article{a, title={Stored}, eprint={2611.00005}, archiveprefix={arXiv}}\n"
        "@article{b, title={Never harvested, about proteins}, url={https://arxiv.org/abs/2611.00777}}\n"
        "@arrival_log{c, title={The {Big} Book}, abstract={All about galaxies.}}\n"
    )
    world = World(tmp_path, seeds=["markets", bibliography(tmp_path, text)])
    world.add_papers(5, 6, 7)
    assert not world.ranker.seeds.complete
    await world.ranker.seeds.keep_asking()
    pool = world.ranker.seeds.pool(world.dimension)
    assert set(pool.names) == {"markets", "2611.00005", "2611.00777", "The Big Book"}
    asked = {text: one.kind for one in world.bus.asked if isinstance(one, Encode) for text in one.texts}
    assert asked == {
        "markets": "query",
        "Never harvested, about proteins": "passage",
        "The Big Book. All about galaxies.": "passage",
    }
    taste = await world.ranker.learner.current()
    assert taste.regime == "seeds"
    again = world.start()
    assert set(again.seeds.pool(world.dimension).names) == set(pool.names)
    assert again.seeds.complete


async def test_a_bib_file_that_is_gone_is_said_and_the_other_seeds_count(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(tmp_path, seeds=["graphs", str(tmp_path / "gone.bib")])
    await world.ranker.seeds.keep_asking()
    assert world.ranker.seeds.pool(world.dimension).names == ("graphs",)
    assert "There is no file" in caplog.text
    assert "gone.bib" in caplog.text


async def test_five_thousand_entries_are_asked_for_in_parts_and_do_not_drown_a_like(tmp_path: Path) -> None:
    text = "".join(f"@misc{{k{n}, title={{Paper {n} on galaxies}}}}\n" for n in range(5000))
    world = World(tmp_path, seeds=[bibliography(tmp_path, text)])
    world.add_papers(*range(1, 61))
    await world.ranker.seeds.complete_them()
    pool = world.ranker.seeds.pool(world.dimension)
    assert len(pool) == 5000
    assert pool.weights.sum() == pytest.approx(50)
    assert len(world.bus.asked) < 400
    assert {name[-8:] for name in (await best(world))[:10]} == {"galaxies"}
    world.say("like", 4, 8, 12)  # graphs
    assert "graphs" in {name[-6:] for name in (await best(world))[:12]}


async def best(world: World) -> list[str]:
    taste = await world.ranker.learner.current()
    hits = world.ranker.answers.recommended(Recommend(limit=40), taste).hits
    papers = world.metadata.get([hit.paper_id for hit in hits])
    return [papers[hit.paper_id].title for hit in hits]


async def test_an_embedder_that_is_away_is_asked_once_a_round_not_for_every_entry(tmp_path: Path) -> None:
    text = "".join(f"@misc{{k{n}, title={{Paper {n} on galaxies}}}}\n" for n in range(500))
    world = World(tmp_path, seeds=[bibliography(tmp_path, text)])
    encode = world.bus.answers.pop(Encode)
    await world.ranker.seeds.complete_them()
    assert len(world.bus.asked) == 1
    assert not world.ranker.seeds.complete
    world.bus.answers[Encode] = encode
    await world.ranker.seeds.complete_them()
    assert world.ranker.seeds.complete


def test_a_seed_that_looks_like_an_id_and_is_none_is_refused_and_a_bib_is_beside_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "papersys.toml"
    path.write_text('[ranker]\nseeds = ["lib/mine.bib", "2024 was a good year for graphs"]\n')
    seeds = load_settings(Settings, path, {}).ranker.seeds
    assert seeds == (str(tmp_path / "lib" / "mine.bib"), "2024 was a good year for graphs")
    for wrong in ("2410.1285", "arXiv:24.1", "https://arxiv.org/list/cs.LG"):
        path.write_text(f'[ranker]\nseeds = ["{wrong}"]\n')
        with pytest.raises(SettingsError, match=r"ranker\.seeds.*not an arXiv id"):
            load_settings(Settings, path, {})
