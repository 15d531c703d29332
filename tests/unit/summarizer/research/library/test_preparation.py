"""Steps that make a paper ready, and the words for a paper that has no text."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from services.summarizer.research.library.preparation import why_no_text
from shared.contracts import AddPapers, DocumentReply, DocumentStatus, Lookup
from shared.errors import PermanentFailure
from tests.support.papers.reading_lists import ListWorld


@pytest.mark.parametrize(
    ("status", "detail", "version", "words"),
    [
        ("withdrawn", "", None, "It was withdrawn."),
        ("missing", "arXiv has no source of it", 9, "There is no source of it (version 9): arXiv has no source of it."),
        ("unreadable", "a scan", None, "Its source cannot be read: a scan."),
    ],
)
def test_why_there_is_no_text(status: DocumentStatus, detail: str, version: int | None, words: str) -> None:
    reply = DocumentReply(paper_id="2611.00001", version=1, status=status, detail=detail)
    assert why_no_text(reply, version) == words


async def test_steps_are_noted_in_their_order_and_a_stored_paper_is_not_looked_up(tmp_path: Path) -> None:
    world, steps = ListWorld(tmp_path), list[object]()
    world.newest = {"2611.00001": 1}
    (paper,) = world.listing.add(AddPapers(paper_ids=("2611.00001",))).papers

    async def note(facts: Mapping[str, object]) -> None:
        steps.append(facts["state"])

    version, facts = await world.preparation.prepare(paper, note)
    assert (version, facts["chunks"], steps) == (1, 7, ["fetching", "cutting", "embedding"])
    await world.preparation.prepare(paper, note)
    assert sum(isinstance(request, Lookup) for request in world.bus.asked) == 1


async def test_a_paper_without_a_sentence_cannot_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = ListWorld(tmp_path)

    async def nothing(paper_id: str, version: int) -> int:
        return 0

    monkeypatch.setattr(world.index, "index", nothing)
    with pytest.raises(PermanentFailure, match="no sentence"):
        await world.preparation.index("2611.00001", 1)
