from datetime import date
from pathlib import Path

import pytest

from services.fetcher.arxiv import Garbled
from services.fetcher.cursor import Plan
from services.fetcher.versions import correct_versions, newest_version
from tests.support.arxiv import Site, demo_corpus


async def test_the_exact_version_is_asked_for_and_noted(tmp_path: Path) -> None:
    rooms = Site().rooms(tmp_path)
    await rooms.harvester.run(Plan(date(2026, 10, 1)))
    revised = next(paper for paper in demo_corpus().papers.values() if len(paper.announced) > 1)
    found = await correct_versions([revised.paper_id, "2612.99999"], rooms.arxiv, rooms.catalogue)
    assert found == {revised.paper_id: len(revised.announced)}
    stored = await rooms.catalogue.get([revised.paper_id])
    assert stored[revised.paper_id].version == len(revised.announced)


def test_what_is_no_answer_is_garbled() -> None:
    with pytest.raises(Garbled):
        newest_version(b"<html/>")
