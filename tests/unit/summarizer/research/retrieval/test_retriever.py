"""Retrieval: papers are indexed whole, found by words and vectors, and an earlier index answers meanwhile."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.summarizer.research.retrieval.corpora import ResolvedCorpus
from shared.contracts import Encode
from shared.errors import PermanentFailure, RequestFailed, TemporaryFailure
from tests.support.papers.passages import PassageRoom

TREES, HOLES = "2601.00001", "2601.00002"
TREES_TEXT = """# Merge Trees on Slow Disks

## Abstract

We keep sorted runs on disks and merge them.

## Method

### Merging

Each run is merged with the next one when both are of like size.

### Reading

A Bloom filter is asked before a run is read.

## References

1. Somebody. Merging merged merges. 1996.
"""
HOLES_TEXT = "# Black Holes\n\n## Abstract\n\nTelescopes look at black holes.\n\n## Result\n\nThe disks glow.\n"


@asynccontextmanager
async def opened(folder: Path, **options: object) -> AsyncIterator[PassageRoom]:
    room = PassageRoom(folder, **options)  # type: ignore[arg-type]
    await room.retriever.open()
    try:
        yield room
    finally:
        await room.retriever.close()


async def test_a_paper_is_found_by_its_sections_and_embedded_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        room.write(TREES, TREES_TEXT)
        room.write(HOLES, HOLES_TEXT)
        assert await room.retriever.index(TREES, 1) == 3
        assert await room.retriever.index(HOLES, 1) == 2
        both = {TREES: 1, HOLES: 1}
        assert (await room.found("which filter before reading?", both))[0] == f"{TREES}v1 Method / Reading"
        assert (await room.found("telescopes and black holes", both))[0] == f"{HOLES}v1 Abstract"
        assert {name.split("v")[0] for name in await room.found("disks", {HOLES: 1})} == {HOLES}
        count = len(room.encoded)
        assert await room.retriever.index(TREES, 1) == 3
        assert len(room.encoded) == count == 5


async def test_what_another_process_made_ready_is_taken_up_by_the_next_question(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    async with opened(there) as other, opened(here) as room:
        other.write(TREES, TREES_TEXT)
        await other.retriever.index(TREES, 1)
        shutil.copytree(there, here, dirs_exist_ok=True, ignore=shutil.ignore_patterns("state"))
        corpus = ResolvedCorpus(papers={TREES: 1, HOLES: 1})
        assert room.retriever.not_indexed(corpus) == (TREES, HOLES)
        await room.retriever.take_up(corpus)
        assert room.retriever.not_indexed(corpus) == (HOLES,)
        assert await room.found("Bloom filter", {TREES: 1})
        assert room.encoded == []


async def test_what_is_indexed_is_there_after_a_restart_and_the_index_is_made_again_without_embedding(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as room:
        room.write(TREES, TREES_TEXT)
        await room.retriever.index(TREES, 1)
    async with opened(tmp_path) as room:
        assert await room.found("Bloom filter", {TREES: 1})
    shutil.rmtree(tmp_path / "state" / "passages")
    async with opened(tmp_path) as room:
        assert (await room.found("Bloom filter", {TREES: 1}))[0] == f"{TREES}v1 Method / Reading"
        assert await room.retriever.catch_up() == 0
        assert room.encoded == []


async def test_a_paper_that_is_forgotten_is_found_no_longer_and_another_version_is(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        room.write(TREES, TREES_TEXT)
        room.write(TREES, TREES_TEXT.replace("Bloom", "cuckoo"), version=2)
        await room.retriever.index(TREES, 1)
        await room.retriever.index(TREES, 2)
        assert (await room.found("cuckoo filter", {TREES: 2}))[0] == f"{TREES}v2 Method / Reading"
        await room.retriever.forget(TREES, 1)
        assert await room.found("merge", {TREES: 1}) == []
        assert await room.found("merge", {TREES: 2})
        await room.retriever.forget(TREES)
        assert await room.found("merge", {TREES: 2}) == []
        assert room.passages.chunks.count() == 0


@pytest.mark.parametrize("changed", [{"alias": "other"}, {"words": 50}])
async def test_the_earlier_index_answers_until_the_new_one_is_whole(tmp_path: Path, changed: dict[str, object]) -> None:
    async with opened(tmp_path) as room:
        for paper_id, text in ((TREES, TREES_TEXT), (HOLES, HOLES_TEXT)):
            room.write(paper_id, text)
            await room.retriever.index(paper_id, 1)
    both = {TREES: 1, HOLES: 1}
    async with opened(tmp_path, **changed) as room:
        assert (await room.found("Bloom filter", both))[0] == f"{TREES}v1 Method / Reading"
        await room.retriever.index(HOLES, 1)
        assert (await room.found("Bloom filter", both))[0] == f"{TREES}v1 Method / Reading"
        assert (await room.found("telescopes", both))[0] == f"{HOLES}v1 Abstract"
        assert await room.retriever.catch_up() == 1
        assert (await room.found("Bloom filter", both))[0] == f"{TREES}v1 Method / Reading"
        assert len(list((tmp_path / "state" / "passages").iterdir())) == 1
        assert len({chunk.chunker for chunk in room.passages.chunks.of_paper(TREES)}) == 1


async def test_a_paper_without_a_text_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        with pytest.raises(PermanentFailure, match="no text of"):
            await room.retriever.index(TREES, 1)


async def test_without_the_embedder_nothing_is_half_added_and_questions_are_answered_by_words(tmp_path: Path) -> None:
    def away(request: Encode) -> None:
        raise RequestFailed("nobody answers", code="no_responders", retryable=True, retry_in_seconds=5)

    async with opened(tmp_path) as room:
        room.write(TREES, TREES_TEXT)
        room.write(HOLES, HOLES_TEXT)
        await room.retriever.index(TREES, 1)
        answers, room.bus.answers = room.bus.answers, {Encode: away}
        with pytest.raises(TemporaryFailure):
            await room.retriever.index(HOLES, 1)
        assert await room.found("black holes", {TREES: 1, HOLES: 1}) == []
        assert (await room.found("Bloom filter", {TREES: 1, HOLES: 1}))[0] == f"{TREES}v1 Method / Reading"
        room.bus.answers = answers
        assert await room.retriever.catch_up() == 1
        assert (await room.found("black holes", {TREES: 1, HOLES: 1}))[0].startswith(HOLES)


async def test_a_paper_with_chunks_that_is_not_indexed_yet_is_named(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        room.write(TREES, TREES_TEXT)
        asked = ResolvedCorpus(papers={TREES: 1})
        assert room.retriever.not_indexed(asked) == (TREES,)
        await room.retriever.index(TREES, 1)
        assert room.retriever.not_indexed(asked) == ()


async def test_neighbours_of_a_chunk_are_those_before_and_after_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        room.write(TREES, TREES_TEXT)
        await room.retriever.index(TREES, 1)
        first, second, third = room.passages.chunks.of_paper(TREES)
        assert await room.retriever.neighbours(second) == [first, third]
        assert await room.retriever.neighbours(first, around=2) == [second, third]
        assert await room.retriever.section(second) == [second]
