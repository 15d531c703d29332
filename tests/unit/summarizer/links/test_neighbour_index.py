"""The neighbour index: Qdrant in this process."""

from pathlib import Path

import pytest

from services.summarizer.commands import rebuild_index
from services.summarizer.links.neighbour_index import NeighbourIndex, Point, point_id
from services.summarizer.settings import Settings
from shared.contracts import PapersSelected
from shared.errors import TemporaryFailure
from shared.settings.settings import DataSettings
from shared.store.files.data_folder import DataFolder
from tests.support.papers.summarizer import DIMENSION, OTHER_ID, PAPER_ID, paper, room, vector_of


def index(folder: Path, dimension: int = DIMENSION) -> NeighbourIndex:
    return NeighbourIndex(DataFolder(folder, 0), "minilm", dimension)


def point(paper_id: str, text: str) -> Point:
    return Point(paper_id, vector_of(text), text, ("a-tag",))


async def test_points_survive_a_restart_and_a_repeat_replaces(tmp_path: Path) -> None:
    first = index(tmp_path)
    await first.open()
    await first.put([point(PAPER_ID, "old words"), point(OTHER_ID, "merge trees on disks")])
    await first.put([point(PAPER_ID, "merge trees")])
    await first.close()
    second = index(tmp_path)
    await second.open()
    near = await second.nearest(vector_of("merge trees"), 5)
    assert [(one.paper_id, one.title, one.tags) for one in near] == [
        (PAPER_ID, "merge trees", ("a-tag",)),
        (OTHER_ID, "merge trees on disks", ("a-tag",)),
    ]
    assert near[0].score == pytest.approx(1.0, abs=1e-4)
    assert [one.paper_id for one in await second.nearest(vector_of("trees"), 1, without=PAPER_ID)] == [OTHER_ID]
    await second.drop([PAPER_ID])
    assert await second.paper_ids() == {OTHER_ID}
    await second.close()


async def test_only_one_process_has_the_folder_and_the_other_says_so_and_comes_in_later(tmp_path: Path) -> None:
    first, second = index(tmp_path), index(tmp_path)
    await first.open()
    with pytest.raises(TemporaryFailure, match="only one summarizer"):
        await second.open()
    assert "only one summarizer" in (second.problem() or "")
    assert first.problem() is None
    await first.close()
    await second.open()
    assert second.problem() is None
    await second.close()


@pytest.mark.parametrize("ruin", ["meta", "points", "missing"])
async def test_a_ruined_folder_is_filled_again_from_summaries_and_vectors(tmp_path: Path, ruin: str) -> None:
    async with room(tmp_path) as here:
        here.hold(paper())
        await here.bus.deliver(PapersSelected(paper_ids=(PAPER_ID,)))
    folder = tmp_path / "qdrant"
    if ruin == "meta":
        (folder / "meta.json").write_text('{"collections": {"pap')
    elif ruin == "points":
        (folder / "collection" / "papers-minilm" / "storage.sqlite").write_bytes(b"not a database at all" * 100)
    else:
        import shutil

        shutil.rmtree(folder)
    async with room(tmp_path) as again:
        assert await again.index.paper_ids() == {PAPER_ID}


async def test_papers_without_a_summary_leave_the_index_at_the_next_start(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        await here.index.put([point(PAPER_ID, "half read")])
    async with room(tmp_path) as again:
        assert await again.index.paper_ids() == set()


async def test_another_dimension_makes_the_collection_anew(tmp_path: Path) -> None:
    first = index(tmp_path)
    await first.open()
    await first.put([point(PAPER_ID, "words")])
    await first.close()
    second = index(tmp_path, 8)
    await second.open()
    assert await second.paper_ids() == set()
    await second.close()


async def test_the_index_is_rebuilt_by_a_command_unless_a_summarizer_runs(tmp_path: Path) -> None:
    import asyncio

    settings = Settings(data=DataSettings(path=tmp_path, min_free_mb=0))
    async with room(tmp_path) as here:
        here.hold(paper())
        await here.bus.deliver(PapersSelected(paper_ids=(PAPER_ID,)))
        with pytest.raises(TemporaryFailure, match="only one summarizer"):
            await asyncio.to_thread(rebuild_index, settings)
    assert await asyncio.to_thread(rebuild_index, settings) == 1


def test_a_paper_has_one_id_in_qdrant_for_ever() -> None:
    assert point_id("2403.12345") == "27e4b5d9-960c-57bf-a1ae-237dbd7b5f3c"
