"""The end of a question: what the answer's papers cite, found among what was harvested."""

from pathlib import Path
from typing import Any

import pytest

from services.summarizer.research.loop.stages.finishing import sought
from services.summarizer.research.loop.stored_papers import StoredPapers
from shared.contracts import Discovery
from shared.errors import TemporaryFailure
from shared.store.papers.documents import DocumentStore
from shared.store.papers.metadata import MetadataStore
from tests.support.papers.questions import TREES, asked_room

MET = Discovery(title="A. Author and B. Author. Merge trees for sorting on cheap disks. Journal of Trees, 1999.")


async def test_a_cited_work_without_an_id_is_found_among_what_was_harvested(tmp_path: Path) -> None:
    async with asked_room(tmp_path) as room:
        papers = StoredPapers(MetadataStore(room.data), DocumentStore(room.data))
        found = await sought(MET, room.search, papers, "me")
        assert (found.paper_id, found.title) == (TREES, "Merge trees for sorting on cheap disks")
        other = Discovery(title="C. Author. A history of disks and trees. 1999.")
        assert await sought(other, room.search, papers, "me") == other


async def test_it_is_told_as_it_is_while_the_search_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*args: Any) -> Any:
        raise TemporaryFailure("The ranker is away.")

    async with asked_room(tmp_path) as room:
        monkeypatch.setattr(room.search, "find", away)
        papers = StoredPapers(MetadataStore(room.data), DocumentStore(room.data))
        assert await sought(MET, room.search, papers, "me") == MET
