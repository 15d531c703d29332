"""Vectors of chunks in Qdrant's local mode: filters, whatever share of the papers they let pass."""

from pathlib import Path

import numpy as np
import pytest

from services.summarizer.research.retrieval.passage_points import PassagePoints
from services.summarizer.research.retrieval.passage_words import Source

SOURCES = [Source(f"2601.{number:05}", 1) for number in range(20)]
VECTORS = np.random.default_rng(0).normal(size=(20, 6, 8)).astype(np.float32)
QUESTION = np.ones(8, np.float32)


def points_in(folder: Path, name: str = "sections--minilm--1") -> PassagePoints:
    return PassagePoints(folder / "qdrant", folder / "lock", None, name, 8)


def nearest(wanted: list[int], limit: int) -> list[str]:
    units = VECTORS / np.linalg.norm(VECTORS, axis=2, keepdims=True)
    cosines = {f"{paper}-{row}": float(units[paper, row] @ QUESTION) for paper in wanted for row in range(6)}
    return sorted(cosines, key=lambda name: -cosines[name])[:limit]


@pytest.mark.parametrize("most_compared", [0, 1500])
@pytest.mark.parametrize("wanted", [[3], [1, 5, 9], list(range(15)), list(range(20))])
async def test_the_nearest_of_some_papers_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: list[int], most_compared: int
) -> None:
    monkeypatch.setattr("services.summarizer.research.retrieval.passage_points._MOST_COMPARED", most_compared)
    points = points_in(tmp_path)
    await points.open()
    for number, source in enumerate(SOURCES):
        await points.put(source, {f"{number}-{row}": VECTORS[number, row] for row in range(6)})
    hits = await points.search(QUESTION, {SOURCES[number] for number in wanted}, 7)
    assert [hit.chunk_id for hit in hits] == nearest(wanted, 7)
    await points.drop([f"{wanted[0]}-{row}" for row in range(6)])
    left = await points.search(QUESTION, {SOURCES[number] for number in wanted}, 7)
    assert [hit.chunk_id for hit in left] == nearest(wanted[1:], 7)
    await points.close()


async def test_points_are_there_after_a_restart_and_another_model_has_other_ids(tmp_path: Path) -> None:
    first = points_in(tmp_path)
    await first.open()
    await first.put(SOURCES[0], {"a": VECTORS[0, 0]})
    await first.close()
    again = points_in(tmp_path)
    await again.open()
    assert await again.chunk_ids() == {"a": SOURCES[0]}
    assert again.problem() is None
    await again.close()
    assert again.point_id("a") != points_in(tmp_path, "sections--e5--1").point_id("a")
