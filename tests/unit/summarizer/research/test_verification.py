"""The look at files of chunks and vectors, and leaving damaged ones out."""

from pathlib import Path

import pytest

from services.summarizer.research.verification import rebuild_passages, verify_passages
from shared.store.files.data_folder import DataFolder
from tests.support.folders.sound_folder import commands_on
from tests.support.papers.passages import PassageRoom

TREES, HOLES = "2601.00001", "2602.00002"


@pytest.fixture
async def data(tmp_path: Path) -> DataFolder:
    room = PassageRoom(tmp_path)
    await room.retriever.open()
    for paper_id in (TREES, HOLES):
        room.write(paper_id, f"## Method\n\nA section of {paper_id}.\n")
        await room.retriever.index(paper_id, 1)
    await room.retriever.close()
    return room.data


def found(data: DataFolder, *, deep: bool = True) -> list[tuple[str, str, str]]:
    with commands_on(data):
        return [(finding.where, finding.what, finding.repair) for finding in verify_passages(deep=deep)]


async def indexed(data: DataFolder) -> PassageRoom:
    """What a summarizer makes of the files as they are."""
    room = PassageRoom(data.root)
    await room.retriever.open()
    for paper_id in (TREES, HOLES):
        await room.retriever.index(paper_id, 1)
    await room.retriever.close()
    return room


@pytest.mark.parametrize("folder", ["chunks", "chunks/vectors/minilm"])
async def test_files_whose_manifest_is_gone_are_named_left_out_and_made_again(data: DataFolder, folder: str) -> None:
    data.path(folder, "manifest.json").unlink()
    named = [f"{folder}/2026-01.parquet", f"{folder}/2026-02.parquet"]
    assert [(where, "manifest.json beside it is gone" in what) for where, what, _ in found(data, deep=False)] == [
        (name, True) for name in named
    ]
    with commands_on(data):
        assert rebuild_passages().startswith("2 damaged files of passages left out")
    assert found(data) == []
    await indexed(data)
    assert found(data) == []
    assert data.path(named[0]).exists()


@pytest.mark.parametrize("name", ["chunks/2026-01.parquet", "chunks/vectors/minilm/2026-01.parquet"])
@pytest.mark.parametrize("is_gone", [True, False])
async def test_a_file_that_is_gone_or_changed_is_named_left_out_and_made_again(
    data: DataFolder, name: str, is_gone: bool
) -> None:
    assert found(data) == []
    path = data.path(name)
    if is_gone:
        path.unlink()
        assert [row[0] for row in found(data, deep=False)] == [name]
    else:
        path.write_bytes(path.read_bytes()[:-20] + bytes(20))
    assert [(where, repair) for where, _, repair in found(data)] == [(name, "passages")]
    with commands_on(data):
        assert rebuild_passages().startswith("1 damaged file of passages left out")
    assert found(data) == []
    room = await indexed(data)
    assert len(room.encoded) == (1 if "vectors" in name else 0)
    assert found(data) == []
    assert room.passages.chunks.papers() == {TREES: (1,), HOLES: (1,)}


async def test_a_manifest_that_cannot_be_read_begins_the_folder_anew(data: DataFolder) -> None:
    data.path("chunks", "manifest.json").write_text("{")
    assert found(data) == [("chunks/manifest.json", "cannot be read", "passages")]
    with commands_on(data):
        assert rebuild_passages().startswith("2 damaged files")
    assert len((await indexed(data)).encoded) == 0
    assert found(data) == []
