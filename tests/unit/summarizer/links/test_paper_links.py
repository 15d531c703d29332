"""The links of a paper, from state to state."""

from pathlib import Path

import pytest

from shared.contracts import Encode, PapersSelected
from shared.errors import TemporaryFailure
from tests.support.papers.summarizer import OTHER_ID, PAPER_ID, paper, room


async def test_while_qdrant_cannot_be_used_the_paper_waits_and_nothing_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*values: object) -> None:
        raise TemporaryFailure("Qdrant at http://127.0.0.1:1 cannot be used")

    async with room(tmp_path) as here:
        here.hold(paper())
        monkeypatch.setattr(here.index, "put", fail)
        with pytest.raises(TemporaryFailure, match="Qdrant"):
            await here.bus.deliver(PapersSelected(paper_ids=(PAPER_ID,)))
        assert here.summaries.get(PAPER_ID) is None
        assert here.links.of(PAPER_ID) == []


async def test_without_the_embedder_papers_are_linked_as_a_whole(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.hold(paper(), paper(OTHER_ID), sections=[])
        del here.bus.answers[Encode]
        for number, paper_id in enumerate((PAPER_ID, OTHER_ID)):
            await here.bus.deliver(PapersSelected(paper_ids=(paper_id,), event_id=f"pick-{number}"))
        found = {link.type for link in here.links.of(OTHER_ID) if link.paper_id == OTHER_ID}
    assert "similar" in found
    assert not found & {"similar_problem", "similar_method"}


async def test_no_similar_papers_are_linked_where_none_are_wanted(tmp_path: Path) -> None:
    async with room(tmp_path, neighbours=0, link_candidates=0) as here:
        here.hold(paper(), paper(OTHER_ID), sections=[])
        for number, paper_id in enumerate((PAPER_ID, OTHER_ID)):
            await here.bus.deliver(PapersSelected(paper_ids=(paper_id,), event_id=f"pick-{number}"))
        assert {link.type for link in here.links.of(OTHER_ID)} <= {"cites"}
