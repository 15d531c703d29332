"""The vectors of fields are kept, and made again only where they are lost."""

from pathlib import Path

import numpy as np
import pytest

from services.summarizer.links.field_vectors import FieldVectors, stamp_of_fields
from shared.contracts import Encode, PapersSelected
from shared.store.files.data_folder import DataFolder
from tests.support.papers.summarizer import DIMENSION, PAPER_ID, encode, paper, room, vector_of


def test_vectors_are_found_by_text_and_recipe(tmp_path: Path) -> None:
    kept = FieldVectors(DataFolder(tmp_path, 0), DIMENSION)
    kept.put("minilm", {"one": vector_of("one text"), "two": vector_of("two text")})
    again = FieldVectors(DataFolder(tmp_path, 0), DIMENSION)
    found = again.get("minilm", ["two", "three"])
    assert list(found) == ["two"]
    assert np.array_equal(found["two"], vector_of("two text"))
    assert again.get("other model", ["two"]) == {}
    assert FieldVectors(DataFolder(tmp_path, 0), 8).get("minilm", ["two"]) == {}


@pytest.mark.parametrize("content", [b"no database at all, for sure" * 200, b""])
def test_a_file_that_is_no_database_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state" / "field-vectors.sqlite"
    path.parent.mkdir()
    path.write_bytes(content)
    kept = FieldVectors(DataFolder(tmp_path, 0), DIMENSION)
    assert kept.get("minilm", ["one"]) == {}
    kept.put("minilm", {"one": vector_of("one text")})
    assert list(kept.get("minilm", ["one"])) == ["one"]


def test_a_stamp_tells_texts_and_recipes_apart() -> None:
    stamps = {
        stamp_of_fields("a", {"problem": "x"}),
        stamp_of_fields("b", {"problem": "x"}),
        stamp_of_fields("a", {"method": "x"}),
        stamp_of_fields("a", {"problem": "y"}),
        stamp_of_fields("a", {}),
    }
    assert len(stamps) == 5


async def test_an_index_that_is_lost_is_filled_again_without_the_embedder(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.hold(paper())
        await here.bus.deliver(PapersSelected(paper_ids=(PAPER_ID,)))
        before = await here.index.stamps()
    async with room(tmp_path) as again:
        del again.bus.answers[Encode]
        await again.index.clear()
        assert await again.library.catch_up(again.index) == 1
        assert await again.index.stamps() == before
        assert again.bus.asked == []


async def test_fields_read_while_the_embedder_was_away_get_their_vectors_later(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.hold(paper())
        del here.bus.answers[Encode]
        await here.bus.deliver(PapersSelected(paper_ids=(PAPER_ID,)))
        assert await here.index.stamps() == {PAPER_ID: "none"}
        assert await here.library.complete(here.index, here.encoder) == 0
        here.bus.answers[Encode] = encode
        assert await here.library.complete(here.index, here.encoder) == 1
        assert (await here.index.stamps())[PAPER_ID] != "none"
        assert await here.library.complete(here.index, here.encoder) == 0
        near = await here.index.nearest_by({"problem": vector_of("sorting is slow on cheap disks")}, 3)
        assert [one.paper_id for one in near["problem"]] == [PAPER_ID]
