"""Downloads of lists, by their addresses."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.browsing.reader import FakeReader, rate, reader
from tests.support.folders.seed import FAR, GRAPHS, HOSTILE, NOON, OLD, TIDES, UNREAD, seed


@pytest.fixture
def fake_reader(tmp_path: Path) -> FakeReader:
    return reader(seed(tmp_path))


async def exported(fake_reader: FakeReader, address: str) -> list[str]:
    """The ids of an export as JSON."""
    async with fake_reader.client() as client:
        answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    return [record["id"] for record in answer.json()["papers"]]


@pytest.mark.parametrize(
    ("address", "paper_ids"),
    [
        (f"/export/paper.json?id={OLD}", [OLD]),
        (f"/export/paper.json?id=arXiv:{GRAPHS}v2", [GRAPHS]),
        (f"/export/papers.json?ids={TIDES},{OLD},{TIDES},2401.99999", [TIDES, OLD]),
        ("/export/day.json?day=2026-11-06", [GRAPHS, TIDES, UNREAD, HOSTILE]),
        ("/export/tag.json?tag=planets", [HOSTILE, TIDES, OLD]),
        ("/export/category.json?category=math.PR", [GRAPHS]),
        ("/export/liked.json", [FAR]),
    ],
)
async def test_each_list_can_be_exported(fake_reader: FakeReader, address: str, paper_ids: list[str]) -> None:
    assert await exported(fake_reader, address) == paper_ids


@pytest.mark.parametrize(
    ("ending", "media"), [("bib", "application/x-bibtex"), ("ris", "application/x-research"), ("csv", "text/csv")]
)
async def test_it_is_saved_as_a_file(fake_reader: FakeReader, ending: str, media: str) -> None:
    async with fake_reader.client() as client:
        answer = await client.get(f"/export/paper.{ending}?id={OLD}")
    assert answer.headers["content-type"].startswith(media)
    assert answer.headers["content-disposition"] == f'attachment; filename="arxiv-hep-th_9901001.{ending}"'
    assert "Elder" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/export/paper.json?id=../../etc/passwd",
        "/export/paper.json",
        "/export/papers.json?ids=",
        "/export/day.json?day=yesterday",
        "/export/nothing.json",
        "/export/paper.exe?id=2611.00101",
        "/export/disliked.json",
        "/export/tag.json?tag=%0d%0aX-Evil:1",
        "/export/category.json?category=%0d%0aX",
    ],
)
async def test_what_cannot_be_exported_is_said(fake_reader: FakeReader, address: str) -> None:
    async with fake_reader.client() as client:
        answer = await client.get(address)
    assert answer.status_code == 404
    assert answer.json()["error"]


async def test_a_new_rating_is_in_the_export_at_once(fake_reader: FakeReader) -> None:
    await rate(fake_reader, TIDES, "like")
    assert await exported(fake_reader, "/export/liked.json") == [TIDES, FAR]
    await rate(fake_reader, TIDES, "clear")
    assert await exported(fake_reader, "/export/liked.json") == [FAR]


async def test_what_was_saved_is_exported(fake_reader: FakeReader) -> None:
    ratings: Any = fake_reader.components.ratings
    ratings.library = SimpleNamespace(saved=lambda: {OLD: NOON, GRAPHS: NOON})
    assert await exported(fake_reader, "/export/saved.json") == [OLD, GRAPHS]
    async with fake_reader.client() as client:
        records = (await client.get(f"/export/papers.json?ids={OLD},{TIDES}")).json()["papers"]
    assert [record["saved"] for record in records] == [True, False]
